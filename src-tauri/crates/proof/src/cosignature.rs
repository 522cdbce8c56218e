//! Cosignatures of witnesses (C2SP tlog-cosignature): a witness signs a checkpoint with the time at
//! which it saw that the log only grew. A signature line as in any note, of key type 0x04: the time
//! as eight bytes, big endian, in seconds since 1970, then an Ed25519 signature over
//! `cosignature/v1`, a line with the time, and the checkpoint's text.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::note::{KeyError, NoteSignature, id_of, name_is_valid, split_vkey};
use crate::tree::sha256;

const COSIGNATURE: u8 = 0x04;

/// The public key of a witness, and the name that it signs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl WitnessKey {
    /// The key under a name.
    ///
    /// # Errors
    /// When the name is empty or holds a space or a plus sign.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, KeyError> {
        if !name_is_valid(name) {
            return Err(KeyError::Name);
        }
        Ok(Self {
            name: name.to_owned(),
            id: id_of(name, COSIGNATURE, &key),
            key,
        })
    }

    /// Reads `NAME+HEX8+BASE64(0x04 || key)`.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, key) = split_vkey(text, COSIGNATURE)?;
        let read = Self::new(name, key)?;
        if read.id == id {
            Ok(read)
        } else {
            Err(KeyError::Id)
        }
    }

    /// The name that the witness signs under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of `SHA256(name || 0x0A || 0x04 || key)`, big endian.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The id as eight hex digits.
    #[must_use]
    pub fn id_hex(&self) -> String {
        format!("{:08x}", self.id)
    }

    /// What two people compare: SHA-256 of `type || key`, in hex.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        sha256(&self.typed()).to_hex()
    }

    /// The key in its text form.
    #[must_use]
    pub fn to_vkey(&self) -> String {
        let encoded = BASE64.encode(self.typed());
        format!("{}+{}+{encoded}", self.name, self.id_hex())
    }

    fn typed(&self) -> Vec<u8> {
        let mut bytes = vec![COSIGNATURE];
        bytes.extend_from_slice(self.key.as_bytes());
        bytes
    }

    /// Whether this key could have made the signature: same name and id.
    #[must_use]
    pub fn is_named_by(&self, signature: &NoteSignature) -> bool {
        signature.name == self.name && signature.key_id == self.id
    }

    /// The time, in seconds since 1970, at which this witness signed the checkpoint; `None` when it
    /// did not.
    #[must_use]
    pub fn time_of(&self, text: &str, signature: &NoteSignature) -> Option<u64> {
        if !self.is_named_by(signature) {
            return None;
        }
        let (time, rest) = signature.bytes.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        let bytes = <[u8; 64]>::try_from(rest).ok()?;
        self.key
            .verify_strict(
                message(time, text).as_bytes(),
                &Signature::from_bytes(&bytes),
            )
            .is_ok()
            .then_some(time)
    }
}

fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The private key of a witness. Its `Debug` form does not show the key.
pub struct Witness {
    key: SigningKey,
    public: WitnessKey,
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Witness")
            .field(&self.public.to_vkey())
            .finish()
    }
}

impl Witness {
    /// The witness with this 32-byte seed (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// When the name is empty or holds a space or a plus sign.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = WitnessKey::new(name, key.verifying_key())?;
        Ok(Self { key, public })
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &WitnessKey {
        &self.public
    }

    /// The signature over a checkpoint's text at a time, in seconds since 1970.
    #[must_use]
    pub fn cosign(&self, text: &str, time: u64) -> NoteSignature {
        let mut bytes = time.to_be_bytes().to_vec();
        let signature = self.key.sign(message(time, text).as_bytes());
        bytes.extend_from_slice(&signature.to_bytes());
        NoteSignature {
            name: self.public.name.clone(),
            key_id: self.public.id,
            bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "example.org/log\n3\nAAAA\n";

    fn witness() -> Witness {
        Witness::from_seed("example.org/witness", &[9; 32]).expect("the name is valid")
    }

    #[test]
    fn a_cosignature_holds_for_its_text_and_its_time() {
        let made = witness().cosign(TEXT, 1_773_480_600);
        let key = witness().verifier().clone();
        assert_eq!(key.time_of(TEXT, &made), Some(1_773_480_600));
        assert_eq!(key.time_of("other\n3\nAAAA\n", &made), None);
        for at in 0..made.bytes.len() {
            let mut changed = made.clone();
            changed.bytes[at] ^= 1;
            assert_eq!(key.time_of(TEXT, &changed), None, "{at}");
        }
        let other = Witness::from_seed("example.org/witness", &[8; 32]).expect("it is valid");
        assert_eq!(other.verifier().time_of(TEXT, &made), None);
    }

    #[test]
    fn a_witness_key_is_no_signer_key_and_the_other_way_round() {
        let vkey = witness().verifier().to_vkey();
        assert_eq!(WitnessKey::parse(&vkey), Ok(witness().verifier().clone()));
        assert_eq!(crate::VerifierKey::parse(&vkey), Err(KeyError::Type(4)));
        let signer = crate::Signer::from_seed("a", &[1; 32]).expect("it is valid");
        let vkey = signer.verifier().to_vkey();
        assert_eq!(WitnessKey::parse(&vkey), Err(KeyError::Type(1)));
    }
}
