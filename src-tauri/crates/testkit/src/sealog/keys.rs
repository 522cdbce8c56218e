use sealscope_proof::Signer;

/// The key that seals the archives of the tests, and that the examiner of the tests trusts.
#[must_use]
pub fn our_signer() -> Signer {
    stranger("example.org/sealer", 7)
}

/// A key of somebody else.
#[must_use]
pub fn other_signer() -> Signer {
    stranger("example.net/other", 8)
}

/// A key under any name, from a seed of one repeated byte.
///
/// # Panics
/// When the name is none that a key can have.
#[must_use]
pub fn stranger(name: &str, seed: u8) -> Signer {
    Signer::from_seed(name, &[seed; 32]).expect("the name is valid")
}
