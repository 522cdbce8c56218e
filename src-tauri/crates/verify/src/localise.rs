//! Sealed and stored frames held side by side: which entries changed, went, came or moved.

use std::collections::{HashMap, HashSet};

use sealscope_archive::Archive as _;
use sealscope_archive::sealog::SealogArchive;
use sealscope_model::{Break, BreakKind, Claimed, Computed, Digest, Position};

use crate::align::{Alignment, Edit, Kept, Token, align};
use crate::check::{SegmentFindings, check_segment};
use crate::prove::{LeavesAt, Sealed, SealedFrame};

/// Leaves that are aligned one by one on either side at most; beyond, a change is bounded by frames.
const ALIGNED_LEAVES_MAX: u64 = 1 << 21;
/// Inserted entries that are looked up among all sealed ones at most.
const LOOKED_UP_MAX: usize = 1 << 17;

/// The outcome for the whole archive.
#[derive(Debug, Default)]
pub(crate) struct Localised {
    /// What is as it was sealed.
    pub(crate) kept: Vec<Kept>,
    /// What is not, in order of sealed index.
    pub(crate) breaks: Vec<Break>,
    /// Segments that take no part: they stand where nothing is proven, or after the last seal.
    pub(crate) apart: Vec<usize>,
    /// Segments that are, as a whole, as they were sealed.
    pub(crate) whole: HashSet<usize>,
}

/// Aligns what is stored with what was sealed. `tail_from` is the first segment after the last seal.
pub(crate) fn localise(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    stored_first: &[Position],
    sealed: &Sealed,
    tail_from: usize,
) -> Localised {
    let mut work = Work {
        archive,
        findings,
        stored_first,
        sealed,
        leaves_left: ALIGNED_LEAVES_MAX,
        out: Localised::default(),
    };
    let matched = work.match_frames();
    let stored = work.stored_tokens(&matched, tail_from);
    let sealed_tokens = work.sealed_tokens(&matched);
    let end = sealed.spans.last().map_or(0, |span| span.to);
    let mut alignment = align(&sealed_tokens, &stored, end);
    work.find_repeats(&mut alignment);
    work.out.kept = alignment.kept;
    work.out.breaks.extend(
        alignment
            .edits
            .iter()
            .map(|edit| break_of(edit, findings, stored_first)),
    );
    work.out
        .breaks
        .sort_by_key(|found| (found.position, found.found));
    work.out
}

struct Work<'a> {
    archive: &'a SealogArchive,
    findings: &'a [SegmentFindings],
    stored_first: &'a [Position],
    sealed: &'a Sealed,
    leaves_left: u64,
    out: Localised,
}

/// Which segment is which sealed frame, as a whole; several segments may be the same one.
struct Matched {
    by_segment: HashMap<usize, usize>,
    sealed: HashSet<usize>,
}

impl Work<'_> {
    fn match_frames(&mut self) -> Matched {
        let by_first: HashMap<Position, usize> = self
            .sealed
            .frames
            .iter()
            .enumerate()
            .map(|(number, frame)| (frame.range.begin(), number))
            .collect();
        let mut matched = Matched {
            by_segment: HashMap::new(),
            sealed: HashSet::new(),
        };
        for found in self.findings {
            let Some(number) = by_first.get(&found.range.begin()) else {
                continue;
            };
            let is_same = self
                .sealed
                .frames
                .get(*number)
                .is_some_and(|f| f.range == found.range);
            if is_same {
                matched.by_segment.insert(found.ordinal, *number);
                matched.sealed.insert(*number);
                self.out.whole.insert(found.ordinal);
            }
        }
        matched
    }

    fn is_proven_at(&self, position: Position) -> bool {
        self.sealed
            .spans
            .iter()
            .any(|span| span.is_proven && span.from <= position && position < span.to)
    }

    fn stored_tokens(&mut self, matched: &Matched, tail_from: usize) -> Vec<Token> {
        let mut tokens = Vec::new();
        let end = self.sealed.spans.last().map_or(0, |span| span.to);
        for (place, found) in self.findings.iter().enumerate() {
            let at = self.stored_first.get(place).copied().unwrap_or(0);
            if let Some(number) = matched.by_segment.get(&found.ordinal) {
                tokens.extend(self.frame_token(*number, at));
                continue;
            }
            let first = found.range.begin();
            let in_tail = place >= tail_from && first >= end;
            let in_unproven = first < end && !self.is_proven_at(first);
            if found.lines > 0 && (in_tail || in_unproven) {
                self.out.apart.push(place);
            } else {
                self.add_stored_leaves(found.ordinal, at, &mut tokens);
            }
        }
        tokens
    }

    fn frame_token(&self, number: usize, at: Position) -> Option<Token> {
        let frame = self.sealed.frames.get(number)?;
        let count = frame.range.end() - frame.range.begin();
        // Two frames with the same lines at different places are two frames.
        let mut key = frame.range.folded().as_bytes().to_vec();
        key.extend_from_slice(&frame.range.begin().to_be_bytes());
        Some(Token {
            key: sealscope_proof::sha256(&key),
            at,
            count,
        })
    }

    fn add_stored_leaves(&mut self, ordinal: usize, at: Position, tokens: &mut Vec<Token>) {
        for (leaf, at) in self.stored_leaves(ordinal).into_iter().zip(at..) {
            tokens.push(Token {
                key: leaf,
                at,
                count: 1,
            });
        }
    }

    fn stored_leaves(&self, ordinal: usize) -> Vec<Digest> {
        match self.archive.read_segment(ordinal, None) {
            Ok(segment) => check_segment(segment, 0).leaves().to_vec(),
            // What could not be read was reported when it was first read.
            Err(_) => Vec::new(),
        }
    }

    fn sealed_leaves(&self, frame: &SealedFrame) -> Option<Vec<Digest>> {
        match frame.leaves.as_ref()? {
            LeavesAt::Data(ordinal) => Some(self.stored_leaves(*ordinal)),
            LeavesAt::List(place) => Some(self.archive.read_list(place).ok()?.ok()?.leaves),
        }
    }

    fn sealed_tokens(&mut self, matched: &Matched) -> Vec<Token> {
        let mut tokens = Vec::new();
        let sealed = self.sealed;
        for (number, frame) in sealed.frames.iter().enumerate() {
            let first = frame.range.begin();
            if matched.sealed.contains(&number) {
                tokens.extend(self.frame_token(number, first));
                continue;
            }
            let count = frame.range.end() - first;
            let leaves = if count <= self.leaves_left {
                self.sealed_leaves(frame)
            } else {
                None
            };
            match leaves {
                Some(leaves) if leaves.len() as u64 == count => {
                    self.leaves_left -= count;
                    let token = |(key, at)| Token { key, at, count: 1 };
                    tokens.extend(leaves.into_iter().zip(first..).map(token));
                }
                _ => self.bound_by_frame(frame),
            }
        }
        tokens
    }

    /// The frame's leaves cannot be told: the change is somewhere in it, or all of it is gone.
    fn bound_by_frame(&mut self, frame: &SealedFrame) {
        let (first, end) = (frame.range.begin(), frame.range.end());
        let is_stored = self
            .findings
            .iter()
            .any(|found| found.lines > 0 && found.range.begin() == first);
        let (kind, says) = if is_stored {
            let says = format!(
                "Between entry {first} and entry {}, at least one entry was changed; the list of \
                 leaf hashes was changed too, so it cannot be named.",
                end - 1
            );
            (BreakKind::Modified, says)
        } else {
            (BreakKind::Removed, says_removed(first, end - first))
        };
        let mut bounded = Break::new(kind, first, end - first, says);
        bounded.exact = kind == BreakKind::Removed;
        bounded.claimed = Some(Claimed::parsed(frame.range.folded()));
        self.out.breaks.push(bounded);
    }

    /// An inserted entry may be a copy of one in a frame that was compared as a whole.
    fn find_repeats(&self, alignment: &mut Alignment) {
        let mut wanted: HashMap<Digest, Option<Position>> = HashMap::new();
        let singles = |edit: &Edit| edit.kind == BreakKind::Inserted;
        let mut split = Vec::new();
        for edit in alignment.edits.iter().filter(|edit| singles(edit)) {
            let hashes = self.stored_hashes(edit);
            if wanted.len() + hashes.len() > LOOKED_UP_MAX {
                break;
            }
            wanted.extend(hashes.iter().map(|hash| (*hash, None)));
            split.push((*edit, hashes));
        }
        if wanted.is_empty() {
            return;
        }
        for frame in &self.sealed.frames {
            for (leaf, at) in self
                .sealed_leaves(frame)
                .unwrap_or_default()
                .iter()
                .zip(frame.range.begin()..)
            {
                if let Some(seen) = wanted.get_mut(leaf) {
                    seen.get_or_insert(at);
                }
            }
        }
        if wanted.values().all(Option::is_none) {
            return;
        }
        alignment
            .edits
            .retain(|edit| !split.iter().any(|(looked_up, _)| looked_up == edit));
        for (edit, hashes) in split {
            alignment.edits.extend(told_apart(&edit, &hashes, &wanted));
        }
        alignment
            .edits
            .sort_by_key(|edit| (edit.position, edit.found));
    }

    /// The hashes of a run of stored entries.
    fn stored_hashes(&self, edit: &Edit) -> Vec<Digest> {
        let Some(from) = edit.found else {
            return Vec::new();
        };
        if let (1, Some(hash)) = (edit.count, edit.stored) {
            return vec![hash];
        }
        let to = from + edit.count;
        let mut hashes = Vec::new();
        for (first, found) in self.stored_first.iter().zip(self.findings) {
            if from < first + found.lines && *first < to {
                let leaves = self.stored_leaves(found.ordinal);
                let inside = leaves
                    .into_iter()
                    .zip(*first..)
                    .filter(|(_, at)| from <= *at && *at < to);
                hashes.extend(inside.map(|(leaf, _)| leaf));
            }
        }
        hashes
    }
}

/// Splits a run of inserted entries into those that are copies and those that are new.
fn told_apart(
    edit: &Edit,
    hashes: &[Digest],
    known: &HashMap<Digest, Option<Position>>,
) -> Vec<Edit> {
    let mut parts: Vec<Edit> = Vec::new();
    for (hash, offset) in hashes.iter().zip(0u64..) {
        let original = known.get(hash).copied().flatten();
        let one = Edit {
            kind: if original.is_some() {
                BreakKind::Duplicated
            } else {
                BreakKind::Inserted
            },
            position: original.unwrap_or(edit.position),
            count: 1,
            found: edit.found.map(|found| found + offset),
            sealed: original.map(|_| *hash),
            stored: Some(*hash),
        };
        match parts.last_mut() {
            Some(last)
                if last.kind == one.kind
                    && one.found == last.found.map(|found| found + last.count)
                    && (one.kind == BreakKind::Inserted
                        || one.position == last.position + last.count) =>
            {
                last.count += 1;
                (last.sealed, last.stored) = (None, None);
            }
            _ => parts.push(one),
        }
    }
    parts
}

fn says_removed(first: Position, count: u64) -> String {
    match count {
        1 => format!("Entry {first} was sealed here and is not in the file."),
        _ => format!(
            "{count} entries, {first} to {}, were sealed here and are not in the file.",
            first + count - 1
        ),
    }
}

fn break_of(edit: &Edit, findings: &[SegmentFindings], stored_first: &[Position]) -> Break {
    let (first, count) = (edit.position, edit.count);
    let found = edit.found.unwrap_or(first);
    let says = match (edit.kind, count) {
        (BreakKind::Modified, 1) => format!("Entry {first} does not match its seal."),
        (BreakKind::Modified, _) => {
            format!(
                "Entries {first} to {} do not match their seals.",
                first + count - 1
            )
        }
        (BreakKind::Removed, _) => says_removed(first, count),
        (BreakKind::Inserted, 1) => {
            format!("Entry {found} was never sealed: it was added before sealed entry {first}.")
        }
        (BreakKind::Inserted, _) => format!(
            "{count} entries from {found} on were never sealed: they were added before sealed \
             entry {first}."
        ),
        (BreakKind::Moved, 1) => {
            format!("Sealed entry {first} stands at {found}, not where it was sealed.")
        }
        (BreakKind::Moved, _) => format!(
            "{count} sealed entries from {first} on stand at {found}, not where they were sealed."
        ),
        (_, 1) => format!("Sealed entry {first} is repeated at {found}."),
        _ => format!("{count} sealed entries from {first} on are repeated at {found}."),
    };
    let mut found_break = Break::new(edit.kind, first, count, says);
    found_break.exact = true;
    found_break.found = edit.found;
    found_break.claimed = edit.sealed.map(Claimed::parsed);
    found_break.computed = edit.stored.map(Computed::hashed);
    found_break.offset_bytes = edit.found.and_then(|found| {
        let after = stored_first.partition_point(|first| *first <= found);
        findings
            .get(after.checked_sub(1)?)
            .map(|segment| segment.offset_bytes)
    });
    found_break
}
