//! Which entries changed: two sequences of hashes, one sealed and one stored, are held side by
//! side.
//!
//! A token is one leaf, a run of leaves that is as it was sealed, or a stretch of which nobody can
//! tell the leaves. Tokens that can be matched in order stay; of the rest, a stored token that is a
//! missing sealed one was *moved*, one that equals a sealed token still in its place is
//! *duplicated*, and what is left in a gap is *modified* pair by pair, then *removed* or
//! *inserted*.

mod matching;

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use sealscope_model::{BreakKind, Digest, Position};

/// One leaf, or a run of leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is told by.
    pub(crate) key: Digest,
    /// Sealed or stored index of its first leaf.
    pub(crate) at: Position,
    /// Leaves in it.
    pub(crate) count: u64,
    /// What is known of it.
    pub(crate) known: Known,
}

/// How far the leaves of a token are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// It is one leaf, and told by its hash.
    Leaf,
    /// It is a run of leaves that are known, and told by a key of its own.
    Run,
    /// Nobody can tell its leaves: it equals nothing.
    No,
}

impl Known {
    /// Whether the leaves are known, so that the token can be compared.
    pub(crate) const fn is_known(self) -> bool {
        matches!(self, Self::Leaf | Self::Run)
    }
}

impl Token {
    /// The leaf hash, where it is a single leaf.
    fn leaf(&self) -> Option<Digest> {
        (self.known == Known::Leaf).then_some(self.key)
    }
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
    /// What bounds the change, where its entries cannot be named.
    pub(crate) bound: Option<Bound>,
}

/// A stretch in which the change lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    /// Entries that stand in its place; at least 1.
    pub(crate) stored: u64,
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

impl Alignment {
    /// Adds a token that is as it was sealed to the run that it continues, or begins one.
    fn keep(&mut self, sealed: &Token, stored: &Token) {
        match self.kept.last_mut() {
            Some(run)
                if run.sealed_at + run.count == sealed.at
                    && run.stored_at + run.count == stored.at =>
            {
                run.count += sealed.count;
            }
            _ => self.kept.push(Kept {
                sealed_at: sealed.at,
                stored_at: stored.at,
                count: sealed.count,
            }),
        }
    }
}

/// Aligns stored tokens with sealed ones. `aside` are stored tokens behind all seals: they are only
/// looked at for sealed ones that are missing. `sealed_end` is the index after the last sealed
/// leaf.
pub(crate) fn align(
    sealed: &[Token],
    stored: &[Token],
    aside: &[Token],
    sealed_end: Position,
) -> Alignment {
    let pairs = matching::matched_pairs(sealed, stored);
    let mut alignment = Alignment::default();
    for (s, t) in &pairs {
        if let (Some(s), Some(t)) = (sealed.get(*s), stored.get(*t)) {
            alignment.keep(s, t);
        }
    }
    let gaps = gaps_between(&pairs, sealed, stored);
    let elsewhere = Elsewhere::new(sealed, stored, aside, &gaps);
    for (token, s_at) in &elsewhere.aside {
        let original = sealed.get(*s_at);
        alignment
            .edits
            .extend(original.map(|original| again(BreakKind::Moved, original, token)));
    }
    for gap in &gaps {
        let next = sealed.get(gap.s.end).map_or(sealed_end, |token| token.at);
        explain(sealed, stored, next, gap, &elsewhere, &mut alignment.edits);
    }
    alignment
        .edits
        .sort_by_key(|edit| (edit.position, edit.found));
    alignment.edits = merged(alignment.edits);
    alignment
}

/// The stored tokens that stand between neighbours where sealed tokens are not known, by index.
pub(crate) fn unknown_gaps(sealed: &[Token], stored: &[Token]) -> Vec<Range<usize>> {
    let pairs = matching::matched_pairs(sealed, stored);
    let gaps = gaps_between(&pairs, sealed, stored).into_iter();
    gaps.filter(|gap| !gap.is_known).map(|gap| gap.t).collect()
}

/// Tokens without a partner between two pairs.
struct Gap {
    s: Range<usize>,
    t: Range<usize>,
    /// Whether the leaves of all its sealed tokens are known.
    is_known: bool,
}

fn gaps_between(pairs: &[(usize, usize)], sealed: &[Token], stored: &[Token]) -> Vec<Gap> {
    let (mut s, mut t, mut gaps) = (0, 0, Vec::new());
    for (s_at, t_at) in pairs.iter().copied().chain([(sealed.len(), stored.len())]) {
        if s < s_at || t < t_at {
            let tokens = sealed.get(s..s_at).unwrap_or_default();
            gaps.push(Gap {
                s: s..s_at,
                t: t..t_at,
                is_known: tokens.iter().all(|token| token.known.is_known()),
            });
        }
        (s, t) = (s_at + 1, t_at + 1);
    }
    gaps
}

/// Where stored tokens without a partner were sealed.
#[derive(Default)]
struct Elsewhere {
    /// For a stored token that was moved, the sealed token that it is.
    moved: HashMap<usize, usize>,
    /// Sealed tokens that were found elsewhere.
    taken: HashSet<usize>,
    /// Tokens behind all seals, each with the sealed token that it is.
    aside: Vec<(Token, usize)>,
    /// For what other stored tokens hold, the first sealed token that holds the same.
    present: HashMap<Digest, Option<usize>>,
}

impl Elsewhere {
    fn new(sealed: &[Token], stored: &[Token], aside: &[Token], gaps: &[Gap]) -> Self {
        let mut all = Self::default();
        let mut missing: HashMap<Digest, VecDeque<usize>> = HashMap::new();
        for s_at in gaps.iter().flat_map(|gap| gap.s.clone()) {
            match sealed.get(s_at) {
                Some(token) if token.known.is_known() => {
                    missing.entry(token.key).or_default().push_back(s_at);
                }
                _ => {}
            }
        }
        // Where nobody knows what was sealed, a familiar line may well be in its own place.
        let told = gaps.iter().filter(|gap| gap.is_known);
        for t_at in told.flat_map(|gap| gap.t.clone()) {
            let Some(token) = stored.get(t_at) else {
                continue;
            };
            match missing.get_mut(&token.key).and_then(VecDeque::pop_front) {
                Some(s_at) => {
                    all.moved.insert(t_at, s_at);
                    all.taken.insert(s_at);
                }
                None => {
                    all.present.insert(token.key, None);
                }
            }
        }
        for token in aside {
            if let Some(s_at) = missing.get_mut(&token.key).and_then(VecDeque::pop_front) {
                all.aside.push((*token, s_at));
                all.taken.insert(s_at);
            }
        }
        if !all.present.is_empty() {
            for (s_at, token) in sealed.iter().enumerate() {
                if let Some(first) = all.present.get_mut(&token.key) {
                    first.get_or_insert(s_at);
                }
            }
        }
        all
    }
}

fn explain(
    sealed: &[Token],
    stored: &[Token],
    next: Position,
    gap: &Gap,
    elsewhere: &Elsewhere,
    edits: &mut Vec<Edit>,
) {
    let lost = gap
        .s
        .clone()
        .filter(|s_at| !elsewhere.taken.contains(s_at))
        .filter_map(|s_at| sealed.get(s_at).copied());
    let lost: Vec<Token> = lost.collect();
    let there = stored.get(gap.t.clone()).unwrap_or_default();
    if !gap.is_known {
        bound(&lost, there.iter().map(|token| token.count).sum(), edits);
        return;
    }
    let mut left = Vec::new();
    for (token, t_at) in there.iter().zip(gap.t.clone()) {
        let moved = elsewhere.moved.get(&t_at);
        match moved.and_then(|s_at| sealed.get(*s_at)) {
            Some(original) => edits.push(again(BreakKind::Moved, original, token)),
            None => left.push(*token),
        }
    }
    let original = |token: &Token| {
        let first = elsewhere.present.get(&token.key).copied().flatten();
        first.and_then(|s_at| sealed.get(s_at))
    };
    pair_up(&lost, &left, next, original, edits);
}

/// Explains what is left in a gap: pairs were modified, the rest was removed, repeated or inserted.
fn pair_up<'t>(
    lost: &[Token],
    left: &[Token],
    next: Position,
    original: impl Fn(&Token) -> Option<&'t Token>,
    edits: &mut Vec<Edit>,
) {
    let (mut lost, mut left) = (lost.iter().peekable(), left.iter().peekable());
    loop {
        match (lost.peek(), left.peek()) {
            (None, None) => break,
            (Some(gone), Some(new)) if gone.count == new.count => {
                edits.push(Edit {
                    found: Some(new.at),
                    stored: new.leaf(),
                    ..removed(gone, BreakKind::Modified)
                });
                (_, _) = (lost.next(), left.next());
            }
            // Runs of different lengths are no pair: the longer one is whole or not at all.
            (Some(gone), new) if new.is_none_or(|new| gone.count > new.count) => {
                edits.push(removed(gone, BreakKind::Removed));
                lost.next();
            }
            (_, Some(new)) => {
                edits.push(match original(new) {
                    Some(original) => again(BreakKind::Duplicated, original, new),
                    None => inserted(new, next),
                });
                left.next();
            }
            (Some(_), None) => break,
        }
    }
}

/// In a gap with unknown leaves, changes can only be bounded. Stretches that touch are one: which
/// of the lines that stand there belong to which cannot be told.
fn bound(lost: &[Token], stored: u64, edits: &mut Vec<Edit>) {
    let mut unknown: Vec<Token> = Vec::new();
    for token in lost {
        if token.known.is_known() || stored == 0 {
            edits.push(removed(token, BreakKind::Removed));
            continue;
        }
        match unknown.last_mut() {
            Some(last) if last.at + last.count == token.at => {
                last.count += token.count;
            }
            _ => unknown.push(*token),
        }
    }
    let is_one = unknown.len() == 1;
    for token in unknown {
        let kind = if is_one && stored < token.count {
            BreakKind::Removed
        } else {
            BreakKind::Modified
        };
        edits.push(Edit {
            bound: Some(Bound { stored }),
            ..removed(&token, kind)
        });
    }
}

/// A sealed token that stands elsewhere, or once more.
fn again(kind: BreakKind, original: &Token, token: &Token) -> Edit {
    Edit {
        kind,
        position: original.at,
        count: token.count,
        found: Some(token.at),
        sealed: original.leaf(),
        stored: token.leaf(),
        bound: None,
    }
}

fn removed(gone: &Token, kind: BreakKind) -> Edit {
    Edit {
        kind,
        position: gone.at,
        count: gone.count,
        found: None,
        sealed: gone.leaf(),
        stored: None,
        bound: None,
    }
}

fn inserted(new: &Token, next: Position) -> Edit {
    Edit {
        kind: BreakKind::Inserted,
        position: next,
        count: new.count,
        found: Some(new.at),
        sealed: None,
        stored: new.leaf(),
        bound: None,
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
        && last.bound.is_none()
        && next.bound.is_none()
        && next.found == last.found.map(|found| found + last.count)
}

#[cfg(test)]
mod tests;
