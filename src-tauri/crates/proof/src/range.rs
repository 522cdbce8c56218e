//! Compact ranges: the hashes that stand for a run of leaves, joined without holding the leaves.
//!
//! A range `[begin, end)` is kept as the roots of the largest aligned, complete subtrees that cover
//! it, left to right. Two ranges that touch join into one; a range that begins at 0 has a root.
//! The idea is described in transparency-dev/merkle's `docs/compact_ranges.md`.

use sealscope_model::Digest;

use crate::tree::{empty_root, node_hash};

/// One complete subtree: `2^level` leaves from `index * 2^level` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Subtree {
    level: u32,
    hash: Digest,
}

/// The hashes that stand for the leaves `begin <= index < end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactRange {
    begin: u64,
    end: u64,
    /// Complete aligned subtrees, left to right; at most 126.
    subtrees: Vec<Subtree>,
}

/// The range that should come next begins elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the next range begins at leaf {found}, not at {expected}")]
pub struct RangeGap {
    /// Where the next range has to begin.
    pub expected: u64,
    /// Where it begins.
    pub found: u64,
}

impl CompactRange {
    /// The empty range at `begin`.
    #[must_use]
    pub const fn empty(begin: u64) -> Self {
        Self {
            begin,
            end: begin,
            subtrees: Vec::new(),
        }
    }

    /// The range that `[0, size)` is, from its subtree hashes left to right (a *frontier*): one per
    /// bit set in `size`, largest first.
    ///
    /// `None` when the number of hashes does not fit the size. The hashes are taken as given; a
    /// root proves them or does not.
    #[must_use]
    pub fn from_frontier(size: u64, hashes: &[Digest]) -> Option<Self> {
        if hashes.len() != size.count_ones() as usize {
            return None;
        }
        let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
        let subtrees = levels
            .zip(hashes)
            .map(|(level, hash)| Subtree { level, hash: *hash })
            .collect();
        Some(Self {
            begin: 0,
            end: size,
            subtrees,
        })
    }

    /// The range `[begin, end)` from the roots of the largest complete aligned subtrees that cover
    /// it, left to right. `None` when their number does not fit. The hashes are taken as given.
    #[must_use]
    pub fn from_hashes(begin: u64, end: u64, hashes: &[Digest]) -> Option<Self> {
        let mut levels = Vec::new();
        let mut at = begin;
        while at < end {
            let by_place = if at == 0 { 63 } else { at.trailing_zeros() };
            let level = by_place.min(63 - (end - at).leading_zeros());
            levels.push(level);
            at += 1 << level;
        }
        if levels.len() != hashes.len() || begin > end {
            return None;
        }
        let subtrees = levels
            .into_iter()
            .zip(hashes)
            .map(|(level, hash)| Subtree { level, hash: *hash });
        Some(Self {
            begin,
            end,
            subtrees: subtrees.collect(),
        })
    }

    /// First leaf of the range.
    #[must_use]
    pub const fn begin(&self) -> u64 {
        self.begin
    }

    /// One past the last leaf.
    #[must_use]
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// The subtree hashes, left to right.
    pub fn hashes(&self) -> impl ExactSizeIterator<Item = Digest> + '_ {
        self.subtrees.iter().map(|subtree| subtree.hash)
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        self.push_subtree(0, leaf);
    }

    /// Joins the range that follows.
    ///
    /// # Errors
    /// When `next` does not begin where this one ends.
    pub fn join(&mut self, next: &CompactRange) -> Result<(), RangeGap> {
        if next.begin != self.end {
            return Err(RangeGap {
                expected: self.end,
                found: next.begin,
            });
        }
        for subtree in &next.subtrees {
            self.push_subtree(subtree.level, subtree.hash);
        }
        Ok(())
    }

    fn push_subtree(&mut self, level: u32, hash: Digest) {
        let mut subtree = Subtree { level, hash };
        let mut index = self.end >> level;
        self.end += 1 << level;
        // A right child is merged with the left sibling as soon as both are known.
        while index & 1 == 1 {
            match self.subtrees.last() {
                Some(left) if left.level == subtree.level => {
                    subtree.hash = node_hash(&left.hash, &subtree.hash);
                    subtree.level += 1;
                    self.subtrees.pop();
                }
                // The left sibling lies before `begin`.
                _ => break,
            }
            index >>= 1;
        }
        self.subtrees.push(subtree);
    }

    /// Root of the tree over `[0, end)`; `None` where the range begins later.
    #[must_use]
    pub fn root(&self) -> Option<Digest> {
        if self.begin != 0 {
            return None;
        }
        let mut from_right = self.subtrees.iter().rev();
        let Some(last) = from_right.next() else {
            return Some(empty_root());
        };
        Some(from_right.fold(last.hash, |right, left| node_hash(&left.hash, &right)))
    }

    /// The one hash of a range that is a single complete subtree, such as a full aligned frame.
    #[must_use]
    pub fn single_hash(&self) -> Option<Digest> {
        match self.subtrees.as_slice() {
            [only] => Some(only.hash),
            _ => None,
        }
    }

    /// A digest that stands for the range in lists of ranges: the subtree hashes folded from the
    /// right, whatever `begin` is. Equal ranges have equal digests.
    #[must_use]
    pub fn folded(&self) -> Digest {
        let mut from_right = self.subtrees.iter().rev();
        let Some(last) = from_right.next() else {
            return empty_root();
        };
        from_right.fold(last.hash, |right, left| node_hash(&left.hash, &right))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::{leaf_hash, root_by_definition};

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count)
            .map(|index| leaf_hash(&index.to_be_bytes()))
            .collect()
    }

    fn range(begin: u64, leaves: &[Digest]) -> CompactRange {
        let mut range = CompactRange::empty(begin);
        for leaf in leaves {
            range.push(*leaf);
        }
        range
    }

    #[test]
    fn every_tree_up_to_300_leaves_has_the_root_of_the_definition() {
        let leaves = leaves(300);
        for size in 0..=300 {
            assert_eq!(
                range(0, &leaves[..size]).root(),
                Some(root_by_definition(&leaves[..size]))
            );
        }
    }

    #[test]
    fn ranges_joined_at_every_two_cuts_are_the_whole() {
        let leaves = leaves(40);
        let whole = range(0, &leaves);
        for a in 0..=40usize {
            for b in a..=40 {
                let mut joined = range(0, &leaves[..a]);
                joined
                    .join(&range(a as u64, &leaves[a..b]))
                    .expect("it follows");
                joined
                    .join(&range(b as u64, &leaves[b..]))
                    .expect("it follows");
                assert_eq!(joined, whole, "cut at {a} and {b}");
            }
        }
    }

    #[test]
    fn a_range_that_does_not_follow_is_refused() {
        let mut first = range(0, &leaves(3));
        let gap = first.join(&CompactRange::empty(4));
        assert_eq!(
            gap,
            Err(RangeGap {
                expected: 3,
                found: 4
            })
        );
    }

    #[test]
    fn a_frontier_stands_for_its_tree() {
        let leaves = leaves(100);
        for size in 0..=100u64 {
            let whole = range(0, &leaves[..size as usize]);
            let hashes: Vec<_> = whole.hashes().collect();
            assert_eq!(CompactRange::from_frontier(size, &hashes), Some(whole));
            assert_eq!(
                CompactRange::from_frontier(size + 1, &hashes).is_some(),
                hashes.len() == (size + 1).count_ones() as usize
            );
        }
    }

    #[test]
    fn a_range_is_rebuilt_from_its_hashes() {
        let leaves = leaves(40);
        for a in 0..=40usize {
            for b in a..=40 {
                let whole = range(a as u64, &leaves[a..b]);
                let hashes: Vec<_> = whole.hashes().collect();
                assert_eq!(
                    CompactRange::from_hashes(a as u64, b as u64, &hashes),
                    Some(whole)
                );
                assert_eq!(
                    CompactRange::from_hashes(a as u64, b as u64 + 64, &hashes),
                    None
                );
            }
        }
    }

    proptest! {
        #[test]
        fn joining_pieces_of_any_length_gives_the_root(
        cuts in prop::collection::vec(0usize..70, 0..8)
    ) {
            let total: usize = cuts.iter().sum();
            let leaves = leaves(total as u64);
            let mut joined = CompactRange::empty(0);
            let mut at = 0;
            for length in cuts {
                joined.join(&range(at as u64, &leaves[at..at + length])).expect("it follows");
                at += length;
            }
            prop_assert_eq!(joined.root(), Some(root_by_definition(&leaves)));
        }
    }
}
