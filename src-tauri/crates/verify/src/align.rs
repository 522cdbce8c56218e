//! Which entries changed: two sequences of hashes, one sealed and one stored, are held side by side.
//!
//! A token is one leaf, or a whole frame that is as it was sealed. Tokens that can be matched in
//! order stay; of the rest, a stored token that is a missing sealed one was *moved*, one that equals a
//! sealed token still in its place is *duplicated*, and what is left in a gap is *modified* pair by
//! pair, then *removed* or *inserted*. The matching is a patience diff: prefix and suffix first, then
//! a longest increasing run over hashes that occur once on either side.

use std::collections::HashMap;
use std::ops::Range;

use sealscope_model::{BreakKind, Digest, Position};

/// One leaf, or one frame of leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is told by.
    pub(crate) key: Digest,
    /// Sealed or stored index of its first leaf.
    pub(crate) at: Position,
    /// Leaves in it.
    pub(crate) count: u64,
}

/// One change of a run of leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) kind: BreakKind,
    /// Sealed index; of an insertion, the sealed index that it stands before.
    pub(crate) position: Position,
    pub(crate) count: u64,
    /// Stored index, where the leaves are stored.
    pub(crate) found: Option<Position>,
    /// The sealed and the stored hash of the first leaf, for single leaves.
    pub(crate) sealed: Option<Digest>,
    pub(crate) stored: Option<Digest>,
}

/// A run of leaves that is as it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) sealed_at: Position,
    pub(crate) stored_at: Position,
    pub(crate) count: u64,
}

/// The outcome: what stayed, in order, and what did not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Alignment {
    pub(crate) kept: Vec<Kept>,
    pub(crate) edits: Vec<Edit>,
}

/// Above this product of lengths, a gap of repeated hashes is matched greedily instead of optimally.
const OPTIMAL_CELLS_MAX: usize = 1 << 22;

/// Aligns stored tokens with sealed ones. `sealed_end` is the index after the last sealed leaf.
pub(crate) fn align(sealed: &[Token], stored: &[Token], sealed_end: Position) -> Alignment {
    let pairs = matched_pairs(sealed, stored);
    let mut alignment = Alignment::default();
    for (s, t) in &pairs {
        if let (Some(s), Some(t)) = (sealed.get(*s), stored.get(*t)) {
            alignment.kept.push(Kept {
                sealed_at: s.at,
                stored_at: t.at,
                count: s.count,
            });
        }
    }
    let gaps = gaps_between(&pairs, sealed.len(), stored.len());
    let mut elsewhere = Elsewhere::new(sealed, stored, &pairs, &gaps);
    for gap in gaps {
        explain_gap(
            sealed,
            stored,
            sealed_end,
            gap,
            &mut elsewhere,
            &mut alignment.edits,
        );
    }
    alignment
        .edits
        .sort_by_key(|edit| (edit.position, edit.found));
    alignment.edits = merged(alignment.edits);
    alignment
}

/// Pairs of indexes whose keys are equal, increasing on both sides.
fn matched_pairs(sealed: &[Token], stored: &[Token]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut work = vec![(0..sealed.len(), 0..stored.len())];
    while let Some((mut s, mut t)) = work.pop() {
        trim(sealed, stored, &mut s, &mut t, &mut pairs);
        if s.start == s.end || t.start == t.end {
            continue;
        }
        let anchors = unique_anchors(sealed, stored, &s, &t);
        if anchors.is_empty() {
            pairs.extend(repeated_matches(sealed, stored, &s, &t));
            continue;
        }
        let (mut s_from, mut t_from) = (s.start, t.start);
        for (s_at, t_at) in anchors {
            work.push((s_from..s_at, t_from..t_at));
            pairs.push((s_at, t_at));
            (s_from, t_from) = (s_at + 1, t_at + 1);
        }
        work.push((s_from..s.end, t_from..t.end));
    }
    pairs.sort_unstable();
    pairs
}

fn same(sealed: &[Token], stored: &[Token], s: usize, t: usize) -> bool {
    matches!((sealed.get(s), stored.get(t)), (Some(a), Some(b)) if a.key == b.key)
}

fn trim(
    sealed: &[Token],
    stored: &[Token],
    s: &mut Range<usize>,
    t: &mut Range<usize>,
    pairs: &mut Vec<(usize, usize)>,
) {
    while s.start < s.end && t.start < t.end && same(sealed, stored, s.start, t.start) {
        pairs.push((s.start, t.start));
        (s.start, t.start) = (s.start + 1, t.start + 1);
    }
    while s.start < s.end && t.start < t.end && same(sealed, stored, s.end - 1, t.end - 1) {
        (s.end, t.end) = (s.end - 1, t.end - 1);
        pairs.push((s.end, t.end));
    }
}

/// The longest increasing run over keys that occur once in each range.
fn unique_anchors(
    sealed: &[Token],
    stored: &[Token],
    s: &Range<usize>,
    t: &Range<usize>,
) -> Vec<(usize, usize)> {
    let place = |tokens: &[Token], range: &Range<usize>| {
        let mut places: HashMap<Digest, Option<usize>> = HashMap::with_capacity(range.len());
        for index in range.clone() {
            if let Some(token) = tokens.get(index) {
                places
                    .entry(token.key)
                    .and_modify(|seen| *seen = None)
                    .or_insert(Some(index));
            }
        }
        places
    };
    let in_sealed = place(sealed, s);
    let mut candidates: Vec<(usize, usize)> = place(stored, t)
        .into_iter()
        .filter_map(|(key, t_at)| Some((in_sealed.get(&key).copied().flatten()?, t_at?)))
        .collect();
    candidates.sort_unstable_by_key(|(_, t_at)| *t_at);
    longest_increasing(&candidates)
}

/// The longest subsequence whose first members increase (patience sorting, O(n log n)).
fn longest_increasing(candidates: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let value = |index: usize| candidates.get(index).map_or(0, |(s, _)| *s);
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(candidates.len());
    for index in 0..candidates.len() {
        let pile = tops.partition_point(|top| value(*top) < value(index));
        before.push(pile.checked_sub(1).and_then(|left| tops.get(left).copied()));
        match tops.get_mut(pile) {
            Some(top) => *top = index,
            None => tops.push(index),
        }
    }
    let mut run = Vec::with_capacity(tops.len());
    let mut at = tops.last().copied();
    while let Some(index) = at {
        run.extend(candidates.get(index).copied());
        at = before.get(index).copied().flatten();
    }
    run.reverse();
    run
}

/// Matches where every hash is repeated: a longest common subsequence, or the first that fits when
/// the gap is too large for that.
fn repeated_matches(
    sealed: &[Token],
    stored: &[Token],
    s: &Range<usize>,
    t: &Range<usize>,
) -> Vec<(usize, usize)> {
    if s.len().saturating_mul(t.len()) <= OPTIMAL_CELLS_MAX {
        return common_subsequence(sealed, stored, s, t);
    }
    let mut places: HashMap<Digest, Vec<usize>> = HashMap::new();
    for index in s.clone() {
        if let Some(token) = sealed.get(index) {
            places.entry(token.key).or_default().push(index);
        }
    }
    let mut from = s.start;
    let mut pairs = Vec::new();
    for t_at in t.clone() {
        let Some(list) = stored.get(t_at).and_then(|token| places.get(&token.key)) else {
            continue;
        };
        let next = list.partition_point(|place| *place < from);
        if let Some(s_at) = list.get(next) {
            pairs.push((*s_at, t_at));
            from = s_at + 1;
        }
    }
    pairs
}

fn common_subsequence(
    sealed: &[Token],
    stored: &[Token],
    s: &Range<usize>,
    t: &Range<usize>,
) -> Vec<(usize, usize)> {
    let width = t.len() + 1;
    let mut table = vec![0u32; (s.len() + 1) * width];
    let cell = |table: &[u32], i: usize, j: usize| table.get(i * width + j).copied().unwrap_or(0);
    for i in (0..s.len()).rev() {
        for j in (0..t.len()).rev() {
            let best = if same(sealed, stored, s.start + i, t.start + j) {
                cell(&table, i + 1, j + 1) + 1
            } else {
                cell(&table, i + 1, j).max(cell(&table, i, j + 1))
            };
            if let Some(slot) = table.get_mut(i * width + j) {
                *slot = best;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < s.len() && j < t.len() {
        if same(sealed, stored, s.start + i, t.start + j) {
            pairs.push((s.start + i, t.start + j));
            (i, j) = (i + 1, j + 1);
        } else if cell(&table, i + 1, j) >= cell(&table, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

type Gap = (Range<usize>, Range<usize>);

fn gaps_between(pairs: &[(usize, usize)], sealed: usize, stored: usize) -> Vec<Gap> {
    let (mut s, mut t, mut gaps) = (0, 0, Vec::new());
    for (s_at, t_at) in pairs.iter().copied().chain([(sealed, stored)]) {
        if s < s_at || t < t_at {
            gaps.push((s..s_at, t..t_at));
        }
        (s, t) = (s_at + 1, t_at + 1);
    }
    gaps
}

/// Where hashes of gaps occur outside their own gap.
struct Elsewhere {
    /// Sealed tokens without a partner, by key, first place last.
    missing: HashMap<Digest, Vec<usize>>,
    /// Sealed tokens that are in their place, by key.
    present: HashMap<Digest, usize>,
    /// For each stored token of a gap that was moved, the sealed token that it is.
    moved: HashMap<usize, usize>,
    /// Sealed tokens that were found elsewhere.
    taken: std::collections::HashSet<usize>,
}

impl Elsewhere {
    fn new(sealed: &[Token], stored: &[Token], pairs: &[(usize, usize)], gaps: &[Gap]) -> Self {
        let mut all = Self {
            missing: HashMap::new(),
            present: HashMap::new(),
            moved: HashMap::new(),
            taken: std::collections::HashSet::new(),
        };
        if gaps.is_empty() {
            return all;
        }
        for (s_at, _) in pairs {
            if let Some(token) = sealed.get(*s_at) {
                all.present.entry(token.key).or_insert(*s_at);
            }
        }
        for s_at in gaps.iter().flat_map(|(s, _)| s.clone()).rev() {
            if let Some(token) = sealed.get(s_at) {
                all.missing.entry(token.key).or_default().push(s_at);
            }
        }
        for t_at in gaps.iter().flat_map(|(_, t)| t.clone()) {
            let Some(token) = stored.get(t_at) else {
                continue;
            };
            if let Some(s_at) = all.missing.get_mut(&token.key).and_then(Vec::pop) {
                all.moved.insert(t_at, s_at);
                all.taken.insert(s_at);
                all.present.entry(token.key).or_insert(s_at);
            }
        }
        all
    }
}

fn explain_gap(
    sealed: &[Token],
    stored: &[Token],
    sealed_end: Position,
    (s, t): Gap,
    elsewhere: &mut Elsewhere,
    edits: &mut Vec<Edit>,
) {
    let mut fresh = Vec::new();
    for t_at in t {
        let Some(token) = stored.get(t_at) else {
            continue;
        };
        let known = elsewhere.moved.get(&t_at).copied();
        let (kind, original) = match known {
            Some(s_at) => (BreakKind::Moved, sealed.get(s_at)),
            None => match elsewhere.present.get(&token.key) {
                Some(s_at) => (BreakKind::Duplicated, sealed.get(*s_at)),
                None => {
                    fresh.push(*token);
                    continue;
                }
            },
        };
        if let Some(original) = original {
            edits.push(Edit {
                kind,
                position: original.at,
                count: token.count,
                found: Some(token.at),
                sealed: Some(original.key),
                stored: Some(token.key),
            });
        }
    }
    let lost: Vec<Token> = s
        .clone()
        .filter(|s_at| !elsewhere.taken.contains(s_at))
        .filter_map(|s_at| sealed.get(s_at).copied())
        .collect();
    let next = sealed.get(s.end).map_or(sealed_end, |token| token.at);
    pair_up(&lost, &fresh, next, edits);
}

/// Explains what is left in a gap: pairs were modified, the rest was removed or inserted.
fn pair_up(lost: &[Token], fresh: &[Token], next: Position, edits: &mut Vec<Edit>) {
    let mut fresh_left = fresh.iter();
    let mut lost_left = lost.iter();
    loop {
        match (lost_left.next(), fresh_left.next()) {
            (None, None) => break,
            (Some(gone), Some(new)) if gone.count == new.count => edits.push(Edit {
                kind: BreakKind::Modified,
                position: gone.at,
                count: gone.count,
                found: Some(new.at),
                sealed: Some(gone.key),
                stored: Some(new.key),
            }),
            (gone, new) => {
                edits.extend(gone.map(|gone| removed(gone)));
                edits.extend(new.map(|new| inserted(new, next)));
            }
        }
    }
}

const fn removed(gone: &Token) -> Edit {
    Edit {
        kind: BreakKind::Removed,
        position: gone.at,
        count: gone.count,
        found: None,
        sealed: Some(gone.key),
        stored: None,
    }
}

const fn inserted(new: &Token, next: Position) -> Edit {
    Edit {
        kind: BreakKind::Inserted,
        position: next,
        count: new.count,
        found: Some(new.at),
        sealed: None,
        stored: Some(new.key),
    }
}

/// Joins edits of one kind that follow each other on both sides.
fn merged(edits: Vec<Edit>) -> Vec<Edit> {
    let mut joined: Vec<Edit> = Vec::with_capacity(edits.len());
    for edit in edits {
        if let Some(last) = joined.last_mut().filter(|last| continues(last, &edit)) {
            last.count += edit.count;
            // A run has no one hash.
            (last.sealed, last.stored) = (None, None);
        } else {
            joined.push(edit);
        }
    }
    joined
}

fn continues(last: &Edit, next: &Edit) -> bool {
    let sealed_follows = match next.kind {
        BreakKind::Inserted => next.position == last.position,
        _ => next.position == last.position + last.count,
    };
    last.kind == next.kind
        && sealed_follows
        && next.found == last.found.map(|found| found + last.count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(keys: &[u32]) -> Vec<Token> {
        let key = |key: u32| {
            let mut bytes = [0u8; 32];
            bytes[..4].copy_from_slice(&key.to_be_bytes());
            Digest::new(bytes)
        };
        keys.iter()
            .zip(0..)
            .map(|(k, at)| Token {
                key: key(*k),
                at,
                count: 1,
            })
            .collect()
    }

    fn edits(sealed: &[u32], stored: &[u32]) -> Vec<(BreakKind, u64, u64, Option<u64>)> {
        align(&tokens(sealed), &tokens(stored), sealed.len() as u64)
            .edits
            .into_iter()
            .map(|edit| (edit.kind, edit.position, edit.count, edit.found))
            .collect()
    }

    #[test]
    fn equal_sequences_have_no_edits() {
        assert_eq!(edits(&[1, 2, 3, 2, 1], &[1, 2, 3, 2, 1]), []);
    }

    #[test]
    fn each_kind_of_edit_is_named_at_its_place() {
        use BreakKind::{Duplicated, Inserted, Modified, Moved, Removed};
        let sealed = [1, 2, 3, 4, 5, 6];
        assert_eq!(
            edits(&sealed, &[1, 2, 9, 4, 5, 6]),
            [(Modified, 2, 1, Some(2))]
        );
        assert_eq!(edits(&sealed, &[1, 2, 4, 5, 6]), [(Removed, 2, 1, None)]);
        assert_eq!(edits(&sealed, &[1, 2, 5, 6]), [(Removed, 2, 2, None)]);
        assert_eq!(
            edits(&sealed, &[1, 2, 8, 9, 3, 4, 5, 6]),
            [(Inserted, 2, 2, Some(2))]
        );
        assert_eq!(
            edits(&sealed, &[1, 2, 3, 4, 5, 6, 9]),
            [(Inserted, 6, 1, Some(6))]
        );
        assert_eq!(
            edits(&sealed, &[1, 2, 3, 4, 2, 5, 6]),
            [(Duplicated, 1, 1, Some(4))]
        );
        assert_eq!(
            edits(&sealed, &[1, 5, 3, 4, 2, 6]),
            [(Moved, 1, 1, Some(4)), (Moved, 4, 1, Some(1))]
        );
        assert_eq!(edits(&sealed, &[1, 2, 3, 4, 5]), [(Removed, 5, 1, None)]);
        assert_eq!(edits(&sealed, &[2, 3, 4, 5, 6]), [(Removed, 0, 1, None)]);
    }

    #[test]
    fn a_swap_of_neighbours_is_one_move() {
        let found = edits(&[1, 2, 3, 4], &[1, 3, 2, 4]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, BreakKind::Moved);
    }

    proptest! {
        #[test]
        fn what_is_kept_is_equal_in_order_and_everything_is_accounted_for(
            sealed in prop::collection::vec(0u32..12, 0..40),
            stored in prop::collection::vec(0u32..12, 0..40),
        ) {
            let (s, t) = (tokens(&sealed), tokens(&stored));
            let alignment = align(&s, &t, sealed.len() as u64);
            for pair in alignment.kept.windows(2) {
                prop_assert!(pair[0].sealed_at < pair[1].sealed_at);
                prop_assert!(pair[0].stored_at < pair[1].stored_at);
            }
            for kept in &alignment.kept {
                prop_assert_eq!(sealed[kept.sealed_at as usize], stored[kept.stored_at as usize]);
            }
            let on_stored = |kinds: &[BreakKind]| -> u64 {
                alignment.edits.iter().filter(|e| kinds.contains(&e.kind)).map(|e| e.count).sum()
            };
            use BreakKind::{Duplicated, Inserted, Modified, Moved, Removed};
            let kept = alignment.kept.len() as u64;
            prop_assert_eq!(kept + on_stored(&[Modified, Inserted, Moved, Duplicated]), stored.len() as u64);
            prop_assert_eq!(kept + on_stored(&[Modified, Removed, Moved]), sealed.len() as u64);
        }
    }
}
