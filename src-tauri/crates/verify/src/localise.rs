//! Sealed and stored frames held side by side: which entries changed, went, came or moved.
//!
//! Frames that are as they were sealed are compared as a whole; only of the others are leaves read
//! again, and of those only what lies between an equal beginning and an equal end is aligned.

mod frames;
mod repeats;
mod says;

use std::collections::{HashMap, HashSet};

use sealscope_archive::sealog::SealogArchive;
use sealscope_model::{Break, BreakKind, Digest, Position};
use sealscope_proof::CompactRange;

use crate::align::{Alignment, Kept, Known, Token, align, unknown_gaps};
use crate::check::SegmentFindings;
use crate::prove::{LeavesAt, Sealed, SealedFrame, SpanState, leaves_of};
use frames::{Matched, Pair};

/// Leaves that are aligned one by one on either side at most; beyond, a change is bounded by
/// frames.
const ALIGNED_LEAVES_MAX: usize = 1 << 20;

/// The outcome for the whole archive.
#[derive(Debug, Default)]
pub(crate) struct Localised {
    /// What is as it was sealed, in stored order.
    pub(crate) kept: Vec<Kept>,
    /// What is not, in order of sealed index.
    pub(crate) breaks: Vec<Break>,
    /// Segments that take no part in the comparison, by place.
    pub(crate) apart: Vec<(usize, Apart)>,
    /// Segments that are, as a whole, as they were sealed.
    pub(crate) whole: HashSet<usize>,
    /// Stored indexes after the last seal at which missing sealed entries stand.
    pub(crate) strays: Vec<Position>,
}

/// Why a segment takes no part in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Apart {
    /// It stands after the last checkpoint.
    Tail,
    /// The tree before it cannot be read.
    NoTree,
    /// Nothing sealed is known to compare it with, or there is too much to compare.
    NotCompared,
}

/// What localising looks at.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) archive: &'a SealogArchive,
    pub(crate) findings: &'a [SegmentFindings],
    /// Stored index of the first line of each segment.
    pub(crate) stored_first: &'a [Position],
    pub(crate) sealed: &'a Sealed,
    /// Leaf index at which the archive begins.
    pub(crate) start: Position,
    /// The first segment after the last seal.
    pub(crate) tail_from: usize,
}

/// Aligns what is stored with what was sealed.
pub(crate) fn localise(scene: Scene<'_>) -> Localised {
    let mut work = Work {
        scene,
        stored_left: ALIGNED_LEAVES_MAX,
        sealed_left: ALIGNED_LEAVES_MAX,
        out: Localised::default(),
    };
    let matched = work.match_frames();
    work.out.whole = matched.by_segment.keys().copied().collect();
    let pairs = work.pair_frames(&matched);
    let opaque = work.opaque_segments(&matched, &pairs);
    let stored = work.stored_tokens(&matched, &pairs, &opaque);
    let sealed = work.sealed_tokens(&matched, &pairs);
    drop(pairs);
    let end = scene.sealed.end(scene.start);
    let mut alignment = align(&sealed, &stored, &[], end);
    let is_something_lost = alignment
        .edits
        .iter()
        .any(|edit| matches!(edit.kind, BreakKind::Removed | BreakKind::Modified));
    let aside = if is_something_lost {
        work.tail_tokens()
    } else {
        Vec::new()
    };
    if !aside.is_empty() {
        alignment = align(&sealed, &stored, &aside, end);
    }
    work.find_repeats(&mut alignment);
    work.finish(alignment)
}

pub(super) struct Work<'a> {
    scene: Scene<'a>,
    stored_left: usize,
    sealed_left: usize,
    out: Localised,
}

impl Work<'_> {
    fn finish(mut self, alignment: Alignment) -> Localised {
        let tail = self.scene.stored_first.get(self.scene.tail_from).copied();
        let edits = alignment.edits.iter();
        self.out.strays = edits
            .clone()
            .filter(|edit| edit.kind == BreakKind::Moved && tail.is_some() && edit.found >= tail)
            .flat_map(|edit| (0..edit.count).filter_map(|n| Some(edit.found? + n)))
            .collect();
        self.out.strays.sort_unstable();
        self.out.kept = alignment.kept;
        self.out
            .breaks
            .extend(edits.map(|edit| says::break_of(edit, &self.scene)));
        self.out
    }

    fn stored_at(&self, place: usize) -> Position {
        self.scene.stored_first.get(place).copied().unwrap_or(0)
    }

    fn stored_tokens(
        &mut self,
        matched: &Matched,
        pairs: &HashMap<usize, Pair>,
        opaque: &HashSet<usize>,
    ) -> Vec<Token> {
        let mut tokens = Vec::new();
        for (place, found) in self.scene.findings.iter().enumerate() {
            let at = self.stored_at(place);
            if found.lines == 0 {
                continue;
            }
            if let Some(number) = matched.by_segment.get(&found.ordinal) {
                tokens.extend(self.frame_token(*number, at));
            } else if let Some(pair) = pairs.get(&found.ordinal) {
                pair.add_stored(at, &mut tokens);
            } else if let Some(why) = self.apart(place, found) {
                self.out.apart.push((place, why));
                if why == Apart::NotCompared {
                    tokens.push(unknown(at, at + found.lines));
                }
            } else if opaque.contains(&place) {
                tokens.push(unknown(at, at + found.lines));
            } else {
                self.stored_left -= usize::try_from(found.lines).unwrap_or(usize::MAX);
                let leaves = leaves_of(self.scene.archive, found.ordinal);
                add_leaves(&leaves, at, &mut tokens);
            }
        }
        tokens
    }

    /// Why a segment that is not as it was sealed takes no part; `None` when it does.
    fn apart(&self, place: usize, found: &SegmentFindings) -> Option<Apart> {
        let state = self
            .scene
            .sealed
            .span_at(found.range.begin())
            .map(|(_, span)| span.state);
        if place >= self.scene.tail_from {
            return Some(Apart::Tail);
        }
        match state {
            Some(SpanState::Unknowable) => Some(Apart::NoTree),
            _ if self.scene.sealed.frames.is_empty() => Some(Apart::NotCompared),
            _ if found.lines > self.stored_left as u64 => Some(Apart::NotCompared),
            _ => None,
        }
    }

    fn frame_token(&self, number: usize, at: Position) -> Option<Token> {
        let frame = self.scene.sealed.frames.get(number)?;
        // Two frames with the same lines at different places are two frames.
        let mut key = frame.range.folded().as_bytes().to_vec();
        key.extend_from_slice(&frame.range.begin().to_be_bytes());
        Some(Token {
            key: sealscope_proof::sha256(&key),
            at,
            count: frame.range.end() - frame.range.begin(),
            known: Known::Run,
        })
    }

    /// The leaf hashes of a sealed frame, where they can be read.
    fn sealed_leaves(&self, frame: &SealedFrame) -> Option<Vec<Digest>> {
        let leaves = match frame.leaves.as_ref() {
            None => return None,
            Some(LeavesAt::Data(ordinal)) => leaves_of(self.scene.archive, *ordinal),
            Some(LeavesAt::List(place)) => self.scene.archive.read_list(place).ok()?.ok()?.leaves,
        };
        (leaves.len() as u64 == count_of(&frame.range)).then_some(leaves)
    }

    fn sealed_tokens(&mut self, matched: &Matched, pairs: &HashMap<usize, Pair>) -> Vec<Token> {
        let pair_of: HashMap<usize, &Pair> =
            pairs.values().map(|pair| (pair.frame, pair)).collect();
        let mut tokens = Vec::new();
        let mut refuted = self.refuted_spans().into_iter().peekable();
        let sealed = self.scene.sealed;
        for (number, frame) in sealed.frames.iter().enumerate() {
            let first = frame.range.begin();
            while let Some((from, to)) = refuted.next_if(|(from, _)| *from < first) {
                tokens.push(unknown(from, to));
            }
            if matched.sealed.contains(&number) {
                tokens.extend(self.frame_token(number, first));
                continue;
            }
            if let Some(pair) = pair_of.get(&number) {
                pair.add_sealed(first, &mut tokens);
                continue;
            }
            let count = count_of(&frame.range);
            let leaves = if count <= self.sealed_left as u64 {
                self.sealed_leaves(frame)
            } else {
                None
            };
            match leaves {
                Some(leaves) => {
                    self.sealed_left -= leaves.len();
                    add_leaves(&leaves, first, &mut tokens);
                }
                None => tokens.push(unknown(first, frame.range.end())),
            }
        }
        tokens.extend(refuted.map(|(from, to)| unknown(from, to)));
        tokens
    }

    /// Segments that stand where nobody can tell what was sealed, by place. Their lines are not
    /// told apart: a line that equals a known one may well be in its own place.
    fn opaque_segments(&self, matched: &Matched, pairs: &HashMap<usize, Pair>) -> HashSet<usize> {
        let sealed = self.coarse_sealed(matched, pairs);
        if sealed.iter().all(|token| token.known.is_known()) {
            return HashSet::new();
        }
        let (mut stored, mut places) = (Vec::new(), Vec::new());
        for (place, found) in self.scene.findings.iter().enumerate() {
            if found.lines == 0 || place >= self.scene.tail_from {
                continue;
            }
            let at = self.stored_at(place);
            let token = match (
                matched.by_segment.get(&found.ordinal),
                pairs.get(&found.ordinal),
            ) {
                (Some(number), _) => self.frame_token(*number, at),
                (None, Some(pair)) => Some(place_token(pair.frame, at, found.lines)),
                (None, None) => None,
            };
            stored.push(token.unwrap_or(unknown(at, at + found.lines)));
            places.push(place);
        }
        unknown_gaps(&sealed, &stored)
            .into_iter()
            .flatten()
            .filter_map(|index| places.get(index).copied())
            .collect()
    }

    /// The sealed frames and spans, each as one token.
    fn coarse_sealed(&self, matched: &Matched, pairs: &HashMap<usize, Pair>) -> Vec<Token> {
        let paired: HashSet<usize> = pairs.values().map(|pair| pair.frame).collect();
        let mut refuted = self.refuted_spans().into_iter().peekable();
        let mut tokens = Vec::new();
        for (number, frame) in self.scene.sealed.frames.iter().enumerate() {
            let (first, end) = (frame.range.begin(), frame.range.end());
            while let Some((from, to)) = refuted.next_if(|(from, _)| *from < first) {
                tokens.push(unknown(from, to));
            }
            if matched.sealed.contains(&number) {
                tokens.extend(self.frame_token(number, first));
            } else if paired.contains(&number) || frame.leaves.is_some() {
                tokens.push(place_token(number, first, end - first));
            } else {
                tokens.push(unknown(first, end));
            }
        }
        tokens.extend(refuted.map(|(from, to)| unknown(from, to)));
        tokens
    }

    /// Runs of spans whose root nothing in the file has.
    fn refuted_spans(&self) -> Vec<(Position, Position)> {
        let mut runs: Vec<(Position, Position)> = Vec::new();
        let spans = self.scene.sealed.spans.iter();
        for span in spans.filter(|span| span.state == SpanState::Refuted && span.from < span.to) {
            match runs.last_mut() {
                Some((_, to)) if *to == span.from => *to = span.to,
                _ => runs.push((span.from, span.to)),
            }
        }
        runs
    }

    /// The leaves after the last seal, as far as there is room for them.
    fn tail_tokens(&self) -> Vec<Token> {
        let (mut tokens, mut left) = (Vec::new(), self.stored_left as u64);
        for (place, _) in self.out.apart.iter().filter(|(_, why)| *why == Apart::Tail) {
            let Some(found) = self.scene.findings.get(*place) else {
                continue;
            };
            let Some(rest) = left.checked_sub(found.lines) else {
                break;
            };
            left = rest;
            let leaves = leaves_of(self.scene.archive, found.ordinal);
            add_leaves(&leaves, self.stored_at(*place), &mut tokens);
        }
        tokens
    }
}

pub(super) fn count_of(range: &CompactRange) -> u64 {
    range.end() - range.begin()
}

/// A token for the place of a sealed frame, whatever stands there.
fn place_token(frame: usize, at: Position, count: u64) -> Token {
    let key = [b"place".as_slice(), &frame.to_be_bytes()].concat();
    Token {
        key: sealscope_proof::sha256(&key),
        at,
        count,
        known: Known::Run,
    }
}

fn unknown(from: Position, to: Position) -> Token {
    Token {
        // Never compared: what is not known equals nothing.
        key: Digest::new([0; 32]),
        at: from,
        count: to - from,
        known: Known::No,
    }
}

pub(super) fn add_leaves(leaves: &[Digest], first: Position, tokens: &mut Vec<Token>) {
    tokens.extend(leaves.iter().zip(first..).map(|(key, at)| Token {
        key: *key,
        at,
        count: 1,
        known: Known::Leaf,
    }));
}
