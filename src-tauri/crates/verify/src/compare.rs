//! Two copies of a log, side by side: what was added, removed, changed and moved.
//!
//! Streaming: leaf hashes come one after another, and a bounded window of each side is held. What
//! follows a long run that only one side has is found again as long as the run is shorter than the
//! largest window; a longer one is told as changed.

use std::collections::{HashMap, VecDeque};

use sealscope_model::{BreakKind, Digest, Position};

use crate::align::{Alignment, Edit, Known, Token, align};

/// Leaves of either side that are held side by side at first.
const WINDOW: usize = 1 << 13;
/// Leaves of either side that are held where nothing matches: some 150 MB in all.
const WINDOW_MAX: usize = 1 << 19;
/// Differences that are listed; further ones are counted.
pub const DIFFERENCES_MAX: usize = 100_000;
/// Added and removed entries of each side that are kept to find what moved further than a window.
const STRAYS_MAX: usize = 1 << 19;

/// How the second copy differs from the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Another entry stands in its place.
    Changed,
    /// It stands at another place.
    Moved,
}

impl DifferenceKind {
    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// A run of entries that differ in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// In which way.
    pub kind: DifferenceKind,
    /// Position of the first in the first copy; of added ones, of what they stand before.
    pub first: Position,
    /// Position of the first in the second copy; `None` for removed ones.
    pub second: Option<Position>,
    /// Entries; at least 1.
    pub count: u64,
}

/// The outcome of comparing two copies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Entries that both have, in order.
    pub same: u64,
    /// Entries that only the second has.
    pub added: u64,
    /// Entries that only the first has.
    pub removed: u64,
    /// Entries that differ in place.
    pub changed: u64,
    /// Entries that stand elsewhere.
    pub moved: u64,
    /// Position in the first and in the second copy where they first differ.
    pub first_difference: Option<(Position, Position)>,
    /// The differences by position in the first copy, at most [`DIFFERENCES_MAX`].
    pub differences: Vec<Difference>,
    /// Whether there are more differences than listed.
    pub is_cut: bool,
}

impl Comparison {
    /// Whether the copies hold the same entries in the same order.
    #[must_use]
    pub const fn is_same(&self) -> bool {
        self.first_difference.is_none()
    }
}

/// One side, read ahead as far as its window.
struct Side<I> {
    leaves: I,
    ahead: VecDeque<Digest>,
    at: Position,
    is_done: bool,
}

impl<E, I: Iterator<Item = Result<Digest, E>>> Side<I> {
    fn new(leaves: I, at: Position) -> Self {
        Self {
            leaves,
            ahead: VecDeque::new(),
            at,
            is_done: false,
        }
    }

    fn fill(&mut self, count: usize) -> Result<(), E> {
        while !self.is_done && self.ahead.len() < count {
            match self.leaves.next() {
                Some(leaf) => self.ahead.push_back(leaf?),
                None => self.is_done = true,
            }
        }
        Ok(())
    }

    fn tokens(&self, count: usize) -> Vec<Token> {
        let numbered = (self.at..).zip(self.ahead.iter().take(count));
        numbered
            .map(|(at, key)| Token {
                key: *key,
                at,
                count: 1,
                known: Known::Leaf,
            })
            .collect()
    }

    fn drop_first(&mut self, count: usize) {
        let count = count.min(self.ahead.len());
        self.ahead.drain(..count);
        self.at += count as u64;
    }
}

/// Compares two streams of leaf hashes. `starts` are the positions of their first leaves.
/// `goes_on` is asked again and again; `None` when it said no.
///
/// # Errors
/// The first that a stream gives.
pub fn compare_leaves<E>(
    first: impl Iterator<Item = Result<Digest, E>>,
    second: impl Iterator<Item = Result<Digest, E>>,
    starts: (Position, Position),
    goes_on: &dyn Fn() -> bool,
) -> Result<Option<Comparison>, E> {
    let (mut a, mut b) = (Side::new(first, starts.0), Side::new(second, starts.1));
    let mut outcome = Outcome::default();
    let mut window = WINDOW;
    loop {
        if !goes_on() {
            return Ok(None);
        }
        a.fill(window)?;
        b.fill(window)?;
        let equal = a.ahead.iter().zip(&b.ahead).take_while(|(x, y)| x == y);
        let equal = equal.count();
        outcome.comparison.same += equal as u64;
        a.drop_first(equal);
        b.drop_first(equal);
        if a.is_done && b.is_done && a.ahead.is_empty() && b.ahead.is_empty() {
            return Ok(Some(outcome.finish()));
        }
        if equal > 0 {
            window = WINDOW;
            continue;
        }
        outcome.note_first(a.at, b.at);
        let is_last = a.is_done && b.is_done;
        let (s, t) = (a.tokens(window), b.tokens(window));
        let alignment = align(&s, &t, &[], a.at + s.len() as u64);
        if is_last && s.len() == a.ahead.len() && t.len() == b.ahead.len() {
            outcome.take(&alignment, &s, &t);
            a.drop_first(s.len());
            b.drop_first(t.len());
            continue;
        }
        match alignment.kept.last() {
            None if window < WINDOW_MAX => window *= 2,
            None => {
                outcome.take(&alignment, &s, &t);
                a.drop_first(s.len());
                b.drop_first(t.len());
            }
            // Up to the last match what differs is known; the rest is looked at again.
            Some(kept) => {
                let in_a = usize::try_from(kept.sealed_at + kept.count - a.at).unwrap_or(0);
                let in_b = usize::try_from(kept.stored_at + kept.count - b.at).unwrap_or(0);
                let (s, t) = (
                    s.get(..in_a).unwrap_or_default(),
                    t.get(..in_b).unwrap_or_default(),
                );
                let alignment = align(s, t, &[], a.at + s.len() as u64);
                outcome.take(&alignment, s, t);
                a.drop_first(in_a);
                b.drop_first(in_b);
                window = WINDOW;
            }
        }
    }
}

#[derive(Default)]
struct Outcome {
    comparison: Comparison,
    /// Entries that only one side has so far: hash, and position in the first and second copy.
    removed: Vec<(Digest, Position)>,
    added: Vec<(Digest, Position, Position)>,
}

impl Outcome {
    fn note_first(&mut self, a: Position, b: Position) {
        self.comparison.first_difference.get_or_insert((a, b));
    }

    fn take(&mut self, alignment: &Alignment, s: &[Token], t: &[Token]) {
        self.comparison.same += alignment.kept.iter().map(|kept| kept.count).sum::<u64>();
        for edit in &alignment.edits {
            match edit.kind {
                BreakKind::Removed => self.take_removed(edit, s),
                BreakKind::Inserted | BreakKind::Duplicated => self.take_added(edit, s, t),
                BreakKind::Moved => {
                    self.comparison.moved += edit.count;
                    self.list(DifferenceKind::Moved, edit.position, edit.found, edit.count);
                }
                _ => {
                    self.comparison.changed += edit.count;
                    self.list(
                        DifferenceKind::Changed,
                        edit.position,
                        edit.found,
                        edit.count,
                    );
                }
            }
        }
    }

    fn take_removed(&mut self, edit: &Edit, s: &[Token]) {
        self.comparison.removed += edit.count;
        let begin = s.first().map_or(0, |token| token.at);
        for at in edit.position..edit.position + edit.count {
            let token = usize::try_from(at - begin).ok().and_then(|at| s.get(at));
            match token.filter(|_| self.removed.len() < STRAYS_MAX) {
                Some(token) => self.removed.push((token.key, at)),
                None => {
                    let rest = edit.position + edit.count - at;
                    self.list(DifferenceKind::Removed, at, None, rest);
                    return;
                }
            }
        }
    }

    fn take_added(&mut self, edit: &Edit, s: &[Token], t: &[Token]) {
        self.comparison.added += edit.count;
        let begin = t.first().map_or(0, |token| token.at);
        let found = edit.found.unwrap_or(begin);
        // A repeated entry's own position is that of its original: where it stands is looked up.
        let before = match edit.kind {
            BreakKind::Inserted => edit.position,
            _ => s.first().map_or(0, |token| token.at) + (found - begin).min(s.len() as u64),
        };
        for at in found..found + edit.count {
            let token = usize::try_from(at - begin).ok().and_then(|at| t.get(at));
            match token.filter(|_| self.added.len() < STRAYS_MAX) {
                Some(token) => self.added.push((token.key, before, at)),
                None => {
                    let rest = found + edit.count - at;
                    self.list(DifferenceKind::Added, before, Some(at), rest);
                    return;
                }
            }
        }
    }

    /// Adds a run to the list, or to the one that it continues.
    fn list(
        &mut self,
        kind: DifferenceKind,
        first: Position,
        second: Option<Position>,
        count: u64,
    ) {
        let list = &mut self.comparison.differences;
        if let Some(last) = list.last_mut()
            && last.kind == kind
        {
            let follows_second = match (last.second, second) {
                (Some(a), Some(b)) => a + last.count == b,
                (None, None) => true,
                _ => false,
            };
            // Added entries all stand before the same one.
            let follows_first = match kind {
                DifferenceKind::Added => last.first == first,
                _ => last.first + last.count == first,
            };
            if follows_first && follows_second {
                last.count += count;
                return;
            }
        }
        if list.len() == DIFFERENCES_MAX {
            self.comparison.is_cut = true;
            return;
        }
        list.push(Difference {
            kind,
            first,
            second,
            count,
        });
    }

    /// What one side lost and the other has elsewhere was moved.
    fn finish(mut self) -> Comparison {
        let mut places: HashMap<Digest, VecDeque<Position>> = HashMap::new();
        for (key, at) in &self.removed {
            places.entry(*key).or_default().push_back(*at);
        }
        let mut gone: HashMap<Position, ()> = HashMap::new();
        for (key, before, at) in std::mem::take(&mut self.added) {
            match places.get_mut(&key).and_then(VecDeque::pop_front) {
                Some(from) => {
                    self.comparison.added -= 1;
                    self.comparison.removed -= 1;
                    self.comparison.moved += 1;
                    gone.insert(from, ());
                    self.list(DifferenceKind::Moved, from, Some(at), 1);
                }
                None => self.list(DifferenceKind::Added, before, Some(at), 1),
            }
        }
        for (_, at) in std::mem::take(&mut self.removed) {
            if !gone.contains_key(&at) {
                self.list(DifferenceKind::Removed, at, None, 1);
            }
        }
        let differences = &mut self.comparison.differences;
        differences.sort_by_key(|one| (one.first, one.second, one.kind));
        self.comparison
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sealscope_proof::leaf_hash;

    use super::*;

    fn compare(a: &[u32], b: &[u32]) -> Comparison {
        let leaves = |list: &[u32]| {
            let hashes: Vec<Result<Digest, ()>> = list
                .iter()
                .map(|entry| Ok(leaf_hash(&entry.to_be_bytes())))
                .collect();
            hashes.into_iter()
        };
        let compared = compare_leaves(leaves(a), leaves(b), (0, 0), &|| true);
        compared.expect("no stream fails").expect("nobody stops it")
    }

    fn runs(found: &Comparison) -> Vec<(&'static str, u64, Option<u64>, u64)> {
        let list = found.differences.iter();
        list.map(|one| (one.kind.word(), one.first, one.second, one.count))
            .collect()
    }

    #[test]
    fn what_is_the_same_has_no_difference() {
        let all: Vec<u32> = (0..20_000).collect();
        let found = compare(&all, &all);
        assert!(found.is_same());
        assert_eq!((found.same, runs(&found)), (20_000, vec![]));
    }

    #[test]
    fn each_kind_is_told_with_its_places() {
        let a: Vec<u32> = (0..30_000).collect();
        let mut b = a.clone();
        b[100] = 99_999;
        b.remove(9_000);
        b.splice(20_000..20_000, [70_001, 70_002]);
        let found = compare(&a, &b);
        assert_eq!(
            runs(&found),
            [
                ("changed", 100, Some(100), 1),
                ("removed", 9_000, None, 1),
                ("added", 20_001, Some(20_000), 2)
            ]
        );
        assert_eq!(found.first_difference, Some((100, 100)));
        assert_eq!(found.same, 29_998);
    }

    #[test]
    fn what_went_further_than_a_window_is_moved() {
        let a: Vec<u32> = (0..40_000).collect();
        let mut b = a.clone();
        let entry = b.remove(10);
        b.insert(35_000, entry);
        let found = compare(&a, &b);
        assert_eq!(runs(&found), [("moved", 10, Some(35_000), 1)]);
        assert_eq!((found.added, found.removed, found.moved), (0, 0, 1));
    }

    #[test]
    fn a_long_run_that_one_side_has_is_found_again() {
        let a: Vec<u32> = (0..50_000).collect();
        let mut b = a.clone();
        b.drain(5_000..45_000);
        assert_eq!(runs(&compare(&a, &b)), [("removed", 5_000, None, 40_000)]);
        assert_eq!(
            runs(&compare(&b, &a)),
            [("added", 5_000, Some(5_000), 40_000)]
        );
    }

    #[test]
    fn a_longer_copy_of_the_same_log_only_adds() {
        let a: Vec<u32> = (0..20_000).collect();
        let b: Vec<u32> = (0..33_000).collect();
        let found = compare(&a, &b);
        assert_eq!(runs(&found), [("added", 20_000, Some(20_000), 13_000)]);
        assert_eq!(found.first_difference, Some((20_000, 20_000)));
    }

    proptest! {
        #[test]
        fn the_counts_add_up_to_both_sides(
            a in proptest::collection::vec(0u32..40, 0..200),
            b in proptest::collection::vec(0u32..40, 0..200),
        ) {
            let found = compare(&a, &b);
            let both = found.same + found.changed + found.moved;
            prop_assert_eq!(both + found.removed, a.len() as u64);
            prop_assert_eq!(both + found.added, b.len() as u64);
            prop_assert_eq!(found.is_same(), a == b);
            let of = |kind| {
                let list = found.differences.iter().filter(|one| one.kind == kind);
                list.map(|one| one.count).sum::<u64>()
            };
            prop_assert_eq!(of(DifferenceKind::Added), found.added);
            prop_assert_eq!(of(DifferenceKind::Removed), found.removed);
            prop_assert_eq!(of(DifferenceKind::Changed), found.changed);
            prop_assert_eq!(of(DifferenceKind::Moved), found.moved);
        }
    }
}
