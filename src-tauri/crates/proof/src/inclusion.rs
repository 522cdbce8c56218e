//! Inclusion proofs (RFC 6962 §2.1.1, there "audit paths") and consistency proofs (§2.1.2).

use sealscope_model::Digest;

use crate::tree::{node_hash, split_point};

/// Gives the root over the leaves `from <= index < to`, or `None` where it cannot be had.
type SubtreeRoot<'f> = &'f mut dyn FnMut(u64, u64) -> Option<Digest>;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Index or sizes are not those of any proof.
    #[error("no proof exists for these numbers")]
    Numbers,
    /// The proof has more or fewer hashes than the numbers ask for.
    #[error("the proof has the wrong number of hashes")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Makes the proof that leaf `index` is in the tree of `size` leaves: the sibling hashes, leaf
/// first.
///
/// `None` when `index >= size` or when `subtree` cannot give a hash.
pub fn prove_inclusion(index: u64, size: u64, subtree: SubtreeRoot<'_>) -> Option<Vec<Digest>> {
    if index >= size {
        return None;
    }
    let (mut from, mut to) = (0, size);
    let mut path = Vec::new();
    while to - from > 1 {
        let middle = from + split_point(to - from);
        if index < middle {
            path.push(subtree(middle, to)?);
            to = middle;
        } else {
            path.push(subtree(from, middle)?);
            from = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// Checks that a leaf hash stands at `index` in the tree of `size` leaves with this root
/// (RFC 9162 §2.1.3.2).
///
/// # Errors
/// See [`ProofError`].
pub fn check_inclusion(
    index: u64,
    size: u64,
    leaf: &Digest,
    path: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Numbers);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if hash == *root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

/// Makes the proof that the tree of `second` leaves extends the tree of `first` leaves.
///
/// `None` unless `0 < first <= second`, or when `subtree` cannot give a hash.
pub fn prove_consistency(first: u64, second: u64, subtree: SubtreeRoot<'_>) -> Option<Vec<Digest>> {
    if first == 0 || first > second {
        return None;
    }
    let (mut from, mut to) = (0, second);
    let mut path = Vec::new();
    // RFC 6962 §2.1.2, SUBPROOF: `whole` says that [from, first) is a subtree the checker knows.
    let mut whole = true;
    while first != to {
        let middle = from + split_point(to - from);
        if first <= middle {
            path.push(subtree(middle, to)?);
            to = middle;
        } else {
            path.push(subtree(from, middle)?);
            from = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(subtree(from, to)?);
    }
    path.reverse();
    Some(path)
}

/// Checks that the tree of `second` leaves extends the tree of `first` leaves
/// (RFC 9162 §2.1.4.2).
///
/// # Errors
/// See [`ProofError`].
pub fn check_consistency(
    first: u64,
    second: u64,
    path: &[Digest],
    first_root: &Digest,
    second_root: &Digest,
) -> Result<(), ProofError> {
    if first == 0 || first > second {
        return Err(ProofError::Numbers);
    }
    if first == second {
        if !path.is_empty() {
            return Err(ProofError::Length);
        }
        return if first_root == second_root {
            Ok(())
        } else {
            Err(ProofError::Root)
        };
    }
    // A first tree that is one complete subtree is known to the checker and left out of the path.
    let mut hashes = path.iter();
    let start = if first.is_power_of_two() {
        *first_root
    } else {
        *hashes.next().ok_or(ProofError::Length)?
    };
    let (mut node, mut last) = (first - 1, second - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut of_first, mut of_second) = (start, start);
    for sibling in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            of_first = node_hash(sibling, &of_first);
            of_second = node_hash(sibling, &of_second);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            of_second = node_hash(&of_second, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if of_first == *first_root && of_second == *second_root {
        Ok(())
    } else {
        Err(ProofError::Root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{leaf_hash, root_by_definition};

    const SIZE_MAX: u64 = 100;

    fn leaves() -> Vec<Digest> {
        (0..SIZE_MAX)
            .map(|index| leaf_hash(&index.to_be_bytes()))
            .collect()
    }

    fn root(leaves: &[Digest], from: u64, to: u64) -> Digest {
        root_by_definition(&leaves[from as usize..to as usize])
    }

    #[test]
    fn every_inclusion_proof_up_to_100_leaves_holds_and_no_other_leaf_passes() {
        let leaves = leaves();
        for size in 1..=SIZE_MAX {
            let whole = root(&leaves, 0, size);
            for index in 0..size {
                let path = prove_inclusion(index, size, &mut |a, b| Some(root(&leaves, a, b)))
                    .expect("index < size");
                let leaf = &leaves[index as usize];
                assert_eq!(check_inclusion(index, size, leaf, &path, &whole), Ok(()));
                let other = &leaves[((index + 1) % SIZE_MAX) as usize];
                assert!(check_inclusion(index, size, other, &path, &whole).is_err());
            }
        }
    }

    #[test]
    fn a_proof_made_longer_shorter_or_moved_fails() {
        let leaves = leaves();
        for size in 1..=40u64 {
            let whole = root(&leaves, 0, size);
            for index in 0..size {
                let path = prove_inclusion(index, size, &mut |a, b| Some(root(&leaves, a, b)))
                    .expect("index < size");
                let leaf = &leaves[index as usize];
                let mut longer = path.clone();
                longer.push(leaves[0]);
                assert!(check_inclusion(index, size, leaf, &longer, &whole).is_err());
                if let Some((_, shorter)) = path.split_last() {
                    assert!(check_inclusion(index, size, leaf, shorter, &whole).is_err());
                }
                for elsewhere in (0..size).filter(|elsewhere| *elsewhere != index) {
                    assert!(check_inclusion(elsewhere, size, leaf, &path, &whole).is_err());
                }
                assert!(check_inclusion(size, size, leaf, &path, &whole).is_err());
            }
        }
    }

    #[test]
    fn every_consistency_proof_up_to_100_leaves_holds_and_no_other_root_passes() {
        let leaves = leaves();
        for second in 1..=SIZE_MAX {
            let new = root(&leaves, 0, second);
            for first in 1..=second {
                let old = root(&leaves, 0, first);
                let path = prove_consistency(first, second, &mut |a, b| Some(root(&leaves, a, b)))
                    .expect("0 < first <= second");
                assert_eq!(check_consistency(first, second, &path, &old, &new), Ok(()));
                let wrong = leaf_hash(b"wrong");
                assert!(check_consistency(first, second, &path, &wrong, &new).is_err());
                assert!(check_consistency(first, second, &path, &old, &wrong).is_err());
                let mut longer = path.clone();
                longer.push(wrong);
                assert!(check_consistency(first, second, &longer, &old, &new).is_err());
            }
        }
    }
}
