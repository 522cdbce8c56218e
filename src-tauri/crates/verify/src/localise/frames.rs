//! Which segment is which sealed frame, as a whole or in part.

use std::collections::{HashMap, HashSet};

use sealscope_model::{Digest, Position};
use sealscope_proof::{CompactRange, Sha256Stream};

use super::{Work, add_leaves, count_of};
use crate::align::{Known, Token};
use crate::prove::{leaves_of, range_of};

/// How many segments are hashed again in search of a frame of which only the hashes are known.
const TRIES_MAX: usize = 4;

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
            known: Known::Leaves,
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
        self.match_by_order(&mut matched);
        matched
    }

    fn frames_by_first(&self) -> HashMap<Position, usize> {
        let frames = self.scene.sealed.frames.iter().enumerate();
        frames
            .map(|(number, frame)| (frame.range.begin(), number))
            .collect()
    }

    /// Frames of which only the hashes are known are looked for among the segments in order: their
    /// leaf lists may state other leaf indexes than they were sealed at.
    fn match_by_order(&self, matched: &mut Matched) {
        let findings = self.scene.findings;
        let free: Vec<usize> = (0..findings.len())
            .filter(|place| {
                let found = findings.get(*place);
                found.is_some_and(|f| f.lines > 0 && !matched.by_segment.contains_key(&f.ordinal))
            })
            .collect();
        let mut from = 0;
        for (number, frame) in self.scene.sealed.frames.iter().enumerate() {
            if frame.leaves.is_some() || matched.sealed.contains(&number) {
                continue;
            }
            let first = frame.range.begin();
            let near = free.iter().enumerate().skip(from).take(TRIES_MAX);
            for (next, place) in near {
                let Some(found) = findings.get(*place) else {
                    continue;
                };
                let is_candidate =
                    found.lines == count_of(&frame.range) && found.range.begin() != first;
                if is_candidate
                    && range_of(first, &leaves_of(self.scene.archive, found.ordinal)) == frame.range
                {
                    matched.by_segment.insert(found.ordinal, number);
                    matched.sealed.insert(number);
                    from = next + 1;
                    break;
                }
            }
        }
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
