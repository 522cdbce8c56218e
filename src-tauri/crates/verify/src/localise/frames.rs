//! Which segment is which sealed frame, as a whole or in part.

use std::collections::{HashMap, HashSet};

use sealscope_model::{Digest, Position};
use sealscope_proof::{CompactRange, Sha256Stream};

use super::{Work, add_leaves, count_of};
use crate::align::{Known, Token};
use crate::check::SegmentFindings;
use crate::prove::{leaves_of, range_of};

/// How many segments are hashed again at most in search of all frames of which only the hashes are
/// known; and in search of one at least.
const TRIES_MAX: usize = 4096;
const TRIES_MIN: usize = 16;

/// Segments by the distance of their first leaf index from `expected`; at most `count` of them.
fn nearest<'s>(
    free: &'s [&'s SegmentFindings],
    expected: Position,
    count: usize,
) -> impl Iterator<Item = &'s SegmentFindings> {
    let middle = free.partition_point(|found| found.range.begin() < expected);
    let (before, after) = free.split_at(middle);
    let (mut before, mut after) = (before.iter().rev().peekable(), after.iter().peekable());
    let distance = move |found: &&&SegmentFindings| found.range.begin().abs_diff(expected);
    std::iter::from_fn(move || {
        let is_before = match (before.peek(), after.peek()) {
            (Some(b), Some(a)) => distance(b) < distance(a),
            (b, _) => b.is_some(),
        };
        if is_before {
            before.next()
        } else {
            after.next()
        }
    })
    .copied()
    .take(count)
}

/// Which segment is which sealed frame, as a whole; several segments may be the same one.
#[derive(Default)]
pub(super) struct Matched {
    pub(super) by_segment: HashMap<usize, usize>,
    pub(super) sealed: HashSet<usize>,
}

/// A segment and the sealed frame in whose place it stands, without the equal ends.
pub(super) struct Pair {
    /// Number of the sealed frame.
    pub(super) frame: usize,
    prefix: Run,
    suffix: Run,
    sealed: Vec<Digest>,
    stored: Vec<Digest>,
}

/// A run of leaves that stand at the same end of both.
#[derive(Clone, Copy)]
struct Run {
    key: Digest,
    count: u64,
}

impl Run {
    fn of(leaves: &[Digest], sealed_at: Position) -> Self {
        let mut hash = Sha256Stream::default();
        hash.update(&sealed_at.to_be_bytes());
        leaves.iter().for_each(|leaf| hash.update(leaf.as_bytes()));
        Self {
            key: *hash.finish().get(),
            count: leaves.len() as u64,
        }
    }

    fn token(&self, at: Position) -> Option<Token> {
        (self.count > 0).then_some(Token {
            key: self.key,
            at,
            count: self.count,
            known: Known::Run,
        })
    }
}

impl Pair {
    fn of(frame: usize, first: Position, sealed: &[Digest], stored: &[Digest]) -> Self {
        let same = |(a, b): &(&Digest, &Digest)| a == b;
        let prefix = sealed.iter().zip(stored).take_while(same).count();
        let (head, sealed) = sealed.split_at(prefix);
        let stored = stored.get(prefix..).unwrap_or_default();
        let backwards = sealed.iter().rev().zip(stored.iter().rev());
        let suffix = backwards.take_while(same).count();
        let (sealed, tail) = sealed.split_at(sealed.len() - suffix);
        let stored = stored
            .get(..stored.len() - suffix)
            .unwrap_or_default()
            .to_vec();
        let tail_at = first + (head.len() + sealed.len()) as u64;
        Self {
            frame,
            prefix: Run::of(head, first),
            suffix: Run::of(tail, tail_at),
            sealed: sealed.to_vec(),
            stored,
        }
    }

    pub(super) fn add_sealed(&self, first: Position, tokens: &mut Vec<Token>) {
        self.add(&self.sealed, first, tokens);
    }

    pub(super) fn add_stored(&self, at: Position, tokens: &mut Vec<Token>) {
        self.add(&self.stored, at, tokens);
    }

    fn add(&self, middle: &[Digest], first: Position, tokens: &mut Vec<Token>) {
        tokens.extend(self.prefix.token(first));
        let from = first + self.prefix.count;
        add_leaves(middle, from, tokens);
        tokens.extend(self.suffix.token(from + middle.len() as u64));
    }
}

impl Work<'_> {
    /// The hashes of a segment at the leaf index where it was proven, else where it says.
    fn range_of(&self, place: usize) -> Option<&CompactRange> {
        let found = self.scene.findings.get(place)?;
        let placed = self.scene.sealed.placed.get(&found.ordinal);
        Some(placed.unwrap_or(&found.range))
    }

    pub(super) fn match_frames(&self) -> Matched {
        let by_first = self.frames_by_first();
        let mut matched = Matched::default();
        for (place, found) in self.scene.findings.iter().enumerate() {
            let Some(range) = self.range_of(place) else {
                continue;
            };
            let number = by_first.get(&range.begin()).copied();
            let frame = number.and_then(|number| self.scene.sealed.frames.get(number));
            if let (Some(number), true) = (number, frame.is_some_and(|f| f.range == *range)) {
                matched.by_segment.insert(found.ordinal, number);
                matched.sealed.insert(number);
            }
        }
        self.match_by_shift(&mut matched);
        matched
    }

    fn frames_by_first(&self) -> HashMap<Position, usize> {
        let frames = self.scene.sealed.frames.iter().enumerate();
        frames
            .map(|(number, frame)| (frame.range.begin(), number))
            .collect()
    }

    /// Frames of which only the hashes are known are looked for among the segments, the nearest
    /// first: their leaf lists may state other leaf indexes than they were sealed at, shifted by
    /// what was added or removed before them.
    fn match_by_shift(&self, matched: &mut Matched) {
        let wanted: Vec<usize> = (0..self.scene.sealed.frames.len())
            .filter(|number| !matched.sealed.contains(number))
            .filter(|number| {
                let frame = self.scene.sealed.frames.get(*number);
                frame.is_some_and(|frame| frame.leaves.is_none())
            })
            .collect();
        if wanted.is_empty() {
            return;
        }
        let tries = (TRIES_MAX / wanted.len()).max(TRIES_MIN);
        let is_free = |found: &&SegmentFindings| {
            found.lines > 0 && !matched.by_segment.contains_key(&found.ordinal)
        };
        let mut free: Vec<&SegmentFindings> = self.scene.findings.iter().filter(is_free).collect();
        free.sort_by_key(|found| found.range.begin());
        // The last shift and the one before: a frame that was moved far tells nothing of the next.
        let mut shifts = [0i64; 2];
        for number in wanted {
            let Some(frame) = self.scene.sealed.frames.get(number) else {
                continue;
            };
            let first = frame.range.begin();
            let is_candidate = |found: &&SegmentFindings| {
                found.lines == count_of(&frame.range)
                    && !matched.by_segment.contains_key(&found.ordinal)
            };
            let mut near = shifts.iter().flat_map(|shift| {
                let expected = first.saturating_add_signed(-shift);
                let near = nearest(&free, expected, 8 * tries);
                near.filter(is_candidate).take(tries / 2)
            });
            let found = near.find(|found| self.is_frame_elsewhere(found, &frame.range));
            if let Some(found) = found {
                matched.by_segment.insert(found.ordinal, number);
                matched.sealed.insert(number);
                let shift = first.cast_signed() - found.range.begin().cast_signed();
                if shift != shifts[0] {
                    shifts = [shift, shifts[0]];
                }
            }
        }
    }

    /// Whether a segment has the lines of a frame, under another leaf index.
    fn is_frame_elsewhere(&self, found: &SegmentFindings, range: &CompactRange) -> bool {
        let first = range.begin();
        found.lines == count_of(range)
            && found.range.begin() != first
            && range_of(first, &leaves_of(self.scene.archive, found.ordinal)) == *range
    }

    /// Segments that stand in the place of a frame whose leaves are known and that they are not, by
    /// ordinal.
    pub(super) fn pair_frames(&mut self, matched: &Matched) -> HashMap<usize, Pair> {
        let by_first = self.frames_by_first();
        let mut taken = HashSet::new();
        let mut pairs = HashMap::new();
        for place in 0..self.scene.tail_from.min(self.scene.findings.len()) {
            let (Some(found), Some(range)) = (self.scene.findings.get(place), self.range_of(place))
            else {
                continue;
            };
            let number = by_first.get(&range.begin()).copied();
            let Some(number) = number.filter(|number| {
                found.lines > 0
                    && !matched.by_segment.contains_key(&found.ordinal)
                    && !matched.sealed.contains(number)
                    && taken.insert(*number)
            }) else {
                continue;
            };
            let Some(frame) = self.scene.sealed.frames.get(number) else {
                continue;
            };
            let Some(sealed) = self.sealed_leaves(frame) else {
                continue;
            };
            let stored = leaves_of(self.scene.archive, found.ordinal);
            let pair = Pair::of(number, frame.range.begin(), &sealed, &stored);
            let room = self.sealed_left.checked_sub(pair.sealed.len());
            let room = room.zip(self.stored_left.checked_sub(pair.stored.len()));
            if let Some((sealed_left, stored_left)) = room {
                (self.sealed_left, self.stored_left) = (sealed_left, stored_left);
                pairs.insert(found.ordinal, pair);
            }
        }
        pairs
    }
}
