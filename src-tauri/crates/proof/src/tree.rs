//! RFC 6962 section 2.1: the hash of a leaf, of a node, and of a whole tree.

use sealscope_model::{Computed, Digest};
use sha2::{Digest as _, Sha256};

/// SHA-256 of bytes (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::new(Sha256::digest(bytes).into())
}

/// A digest that is made while bytes pass by.
#[derive(Debug, Clone, Default)]
pub struct Sha256Stream(Sha256);

impl Sha256Stream {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes taken.
    #[must_use]
    pub fn finish(self) -> Computed<Digest> {
        Computed::hashed(Digest::new(self.0.finalize().into()))
    }
}

/// Hash of a leaf: `SHA256(0x00 || entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Digest {
    // RFC 6962 §2.1: the 0x00 prefix keeps a leaf from passing as a node.
    let mut hasher = Sha256::new();
    hasher.update([0x00]);
    hasher.update(entry);
    Digest::new(hasher.finalize().into())
}

/// Hash of an inner node: `SHA256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [0x01u8; 65];
    let (_, children) = bytes.split_at_mut(1);
    let (first, second) = children.split_at_mut(32);
    first.copy_from_slice(left.as_bytes());
    second.copy_from_slice(right.as_bytes());
    sha256(&bytes)
}

/// Root of the empty tree: `SHA256("")`.
#[must_use]
pub fn empty_root() -> Digest {
    sha256(b"")
}

/// Root over leaf hashes, by the recursion of RFC 6962 §2.1 word for word.
///
/// Slow and obvious on purpose: the tests hold [`crate::CompactRange`] against it.
#[must_use]
pub fn root_by_definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split_point(leaves.len() as u64) as usize);
            node_hash(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

/// Largest power of two smaller than `size`; `size` is at least 2.
pub(crate) fn split_point(size: u64) -> u64 {
    debug_assert!(size >= 2, "a tree of one leaf is not split");
    1 << (63 - (size.max(2) - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leaf inputs of the reference vectors that all RFC 6962 implementations share.
    pub(crate) const INPUTS: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];

    #[test]
    fn roots_equal_the_published_vectors() {
        let leaves: Vec<_> = INPUTS.iter().map(|input| leaf_hash(input)).collect();
        let root = |n: usize| root_by_definition(&leaves[..n]).to_hex();
        assert_eq!(
            root(0),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            root(1),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            root(2),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        assert_eq!(
            root(3),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
        assert_eq!(
            root(7),
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
        );
        assert_eq!(
            root(8),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        );
    }

    #[test]
    fn the_split_is_the_largest_power_of_two_below_the_size() {
        for size in 2u64..5000 {
            let split = split_point(size);
            assert!(
                split.is_power_of_two() && split < size && size <= split * 2,
                "{size}"
            );
        }
    }
}
