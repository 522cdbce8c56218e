//! From bytes as found to bytes that were hashed: a [`Segment`] becomes a [`CheckedSegment`].
//!
//! Invariants: 1. Only this module makes a [`CheckedSegment`]. 2. Every entry handed out was hashed
//! here. 3. Checking a segment decides nothing about its verdict: that takes the seals around it.

use std::sync::OnceLock;

use sealscope_archive::sealog::{Control, Line};
use sealscope_archive::{Segment, SegmentSeal};
use sealscope_model::{Claimed, Computed, Damage, Digest, Position, agree};
use sealscope_proof::{CompactRange, leaf_hash, sha256};

use crate::checker::SealFindings;

/// Bytes of control lines that are kept of any frame.
const CONTROL_BYTES_FREE: u64 = 4 << 10;
/// How many times its stored size the control lines that are kept of a frame may have.
const CONTROL_RATIO_MAX: u64 = 16;

/// A segment whose every entry was hashed.
#[derive(Debug)]
pub struct CheckedSegment {
    segment: Segment,
    /// Made with the check or, of a log file that its seal hashes as a whole, when asked for.
    leaves: OnceLock<Vec<Digest>>,
    /// SHA-256 of a log file's content.
    content: Option<Computed<Digest>>,
    /// What is no ordinary log entry, by number in the segment.
    special: Vec<(u32, Line)>,
    range: CompactRange,
    seal: SealFindings,
}

/// Hashes a segment. `assumed_first` is the leaf index at which the lines are hashed where the
/// segment states none.
#[must_use]
pub fn check_segment(segment: Segment, assumed_first: Position) -> CheckedSegment {
    if matches!(segment.seal, SegmentSeal::LogFile(_)) {
        return check_log_file(segment, assumed_first);
    }
    let first = segment.first.unwrap_or(assumed_first);
    let mut range = CompactRange::empty(first);
    let mut leaves = Vec::with_capacity(segment.entries.len());
    let mut special = Vec::new();
    let is_sealog = matches!(segment.seal, SegmentSeal::Frame { .. });
    for (number, bytes) in segment.entry_bytes().enumerate() {
        let leaf = leaf_hash(bytes);
        leaves.push(leaf);
        range.push(leaf);
        if is_sealog {
            match Line::read(bytes) {
                Line::Entry => {}
                line => special.push((u32::try_from(number).unwrap_or(u32::MAX), line)),
            }
        }
    }
    CheckedSegment {
        segment,
        leaves: leaves.into(),
        content: None,
        special,
        range,
        seal: SealFindings::None,
    }
}

/// A log file is one entry, and what seals it is the plain SHA-256 of that: this hash stands for
/// the entry in the range too, so that the bytes are hashed once.
fn check_log_file(segment: Segment, assumed_first: Position) -> CheckedSegment {
    let mut range = CompactRange::empty(segment.first.unwrap_or(assumed_first));
    let content = segment.entry(0).map(sha256);
    if let Some(hash) = content {
        range.push(hash);
    }
    CheckedSegment {
        segment,
        leaves: OnceLock::new(),
        content: content.map(Computed::hashed),
        special: Vec::new(),
        range,
        seal: SealFindings::None,
    }
}

/// The numbers of the control lines of a segment.
pub(crate) fn control_numbers(segment: &Segment) -> Vec<u32> {
    let lines = segment.entry_bytes().zip(0u32..);
    lines
        .filter(|(bytes, _)| !Line::read(bytes).is_log_entry())
        .map(|(_, number)| number)
        .collect()
}

/// One log entry whose bytes were hashed.
#[derive(Debug, Clone, Copy)]
pub struct CheckedEntry<'s> {
    /// Number of the line in its segment, control lines counted.
    pub number: u32,
    /// The entry's own bytes, out of its envelope if it had one.
    pub bytes: &'s [u8],
    /// Hash of the leaf as stored.
    pub leaf: Digest,
}

impl CheckedSegment {
    /// The same with what the format's own seals say of it.
    pub(crate) fn with_seal(mut self, seal: SealFindings) -> Self {
        self.seal = seal;
        self
    }

    /// Number of the segment in its archive.
    #[must_use]
    pub const fn ordinal(&self) -> usize {
        self.segment.ordinal
    }

    /// Lines in the segment, control lines counted.
    #[must_use]
    pub const fn line_count(&self) -> usize {
        self.segment.entries.len()
    }

    /// Log entries in the segment.
    #[must_use]
    pub fn log_entry_count(&self) -> usize {
        let control = self
            .special
            .iter()
            .filter(|(_, line)| !line.is_log_entry())
            .count();
        self.line_count() - control
    }

    /// The hash of every line, in stored order.
    #[must_use]
    pub fn leaves(&self) -> &[Digest] {
        let hash = || self.segment.entry_bytes().map(leaf_hash).collect();
        self.leaves.get_or_init(hash)
    }

    /// SHA-256 of the content, where the segment is a log file that is sealed as a whole and its
    /// content could be had.
    pub(crate) const fn content(&self) -> Option<Computed<Digest>> {
        self.content
    }

    /// Gives the segment back, so that its memory serves the next one.
    #[must_use]
    pub fn into_segment(self) -> Segment {
        self.segment
    }

    /// The hashes that stand for all lines, from the leaf index at which they were hashed; a log
    /// file that is sealed as a whole is stood for by the SHA-256 of its content.
    #[must_use]
    pub const fn range(&self) -> &CompactRange {
        &self.range
    }

    /// The segment's bytes and what was found with them.
    #[must_use]
    pub const fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The log entries, in stored order: control lines are left out, envelopes opened.
    pub fn log_entries(&self) -> impl Iterator<Item = CheckedEntry<'_>> {
        let mut special = self.special.iter().peekable();
        self.segment
            .entry_bytes()
            .zip(self.leaves())
            .zip(0u32..)
            .filter_map(move |((stored, leaf), number)| {
                let line = special
                    .next_if(|(at, _)| *at == number)
                    .map(|(_, line)| line);
                let bytes = match line {
                    Some(Line::Control(_)) => return None,
                    Some(Line::Enveloped(original)) => original.as_slice(),
                    _ => stored,
                };
                Some(CheckedEntry {
                    number,
                    bytes,
                    leaf: *leaf,
                })
            })
    }

    /// One line by its number, as a log entry; `None` when it is a control line or not there.
    #[must_use]
    pub fn log_entry(&self, number: u32) -> Option<CheckedEntry<'_>> {
        let leaf = *self.leaves().get(number as usize)?;
        let stored = self.segment.entry(number as usize)?;
        let bytes = match self.special.binary_search_by_key(&number, |(at, _)| *at) {
            Err(_) => stored,
            Ok(place) => match self.special.get(place).map(|(_, line)| line) {
                Some(Line::Control(_)) | None => return None,
                Some(Line::Enveloped(original)) => original.as_slice(),
                Some(_) => stored,
            },
        };
        Some(CheckedEntry {
            number,
            bytes,
            leaf,
        })
    }

    /// What the judge needs of the segment; the bytes can go.
    #[must_use]
    pub fn findings(&self) -> SegmentFindings {
        let mut damage = self.segment.damage.clone();
        let mut controls = Vec::new();
        // What is kept of an archive must not outgrow it: a frame of a few bytes can hold thousands
        // of control lines. Honest ones are mostly digests, and hardly shrink.
        let mut room = CONTROL_BYTES_FREE + CONTROL_RATIO_MAX * self.segment.stored_bytes;
        let mut left_out = 0u64;
        for (number, line) in &self.special {
            match line {
                Line::Control(control) => {
                    let bytes = self.segment.entry(*number as usize).map_or(0, <[u8]>::len);
                    match room.checked_sub(bytes as u64) {
                        Some(left) => {
                            room = left;
                            controls.push((*number, (**control).clone()));
                        }
                        None => left_out += 1,
                    }
                }
                Line::Malformed(why) => damage.push(Damage::at(
                    self.segment.offset_bytes,
                    format!("line {number} of this frame is read as a log entry: {why}"),
                )),
                Line::Entry | Line::Enveloped(_) => {}
            }
        }
        if left_out > 0 {
            let reason = format!(
                "{left_out} control lines of this frame are not held against each other: together \
                 they are far larger than the frame as stored"
            );
            damage.push(Damage::at(self.segment.offset_bytes, reason));
        }
        let mut list_damage = Vec::new();
        self.compare_list(&mut list_damage);
        SegmentFindings {
            ordinal: self.segment.ordinal,
            offset_bytes: self.segment.offset_bytes,
            lines: self.line_count() as u64,
            log_entries: self.log_entry_count() as u64,
            text_bytes: self.segment.text.len() as u64,
            text_lines: self.segment.lines,
            rejected_bytes: self.segment.rejected_bytes,
            range: self.range.clone(),
            controls,
            damage,
            list_damage,
            is_unreadable: false,
            seal: self.seal.clone(),
        }
    }

    /// A leaf list is a claim. Where it differs from its frame and the root holds all the same,
    /// that is damage of the list; where the root does not hold, the judge reads both again.
    fn compare_list(&self, damage: &mut Vec<Damage>) {
        let SegmentSeal::Frame {
            stored,
            list: Some(list),
        } = &self.segment.seal
        else {
            return;
        };
        let at = self.segment.offset_bytes;
        if !agree(&Claimed::parsed(list.frame), stored) {
            damage.push(Damage::at(
                at,
                "the data frame is not the one its leaf list was made for",
            ));
        }
        let count = self.line_count() as u64;
        if u64::from(list.count) != count || list.content_bytes != self.segment.text.len() as u64 {
            let reason = format!(
                "the leaf list states {} lines and {} bytes, the frame holds {count} and {}",
                list.count,
                list.content_bytes,
                self.segment.text.len()
            );
            damage.push(Damage::at(at, reason));
        } else if !list.leaves.is_empty()
            && !agree(
                &Claimed::parsed(list.leaves.as_slice()),
                &Computed::hashed(self.leaves()),
            )
        {
            damage.push(Damage::at(
                at,
                "the leaf list does not list the lines of its frame",
            ));
        }
    }
}

/// What is kept of a segment after its bytes are gone: a few hundred bytes.
#[derive(Debug, Clone)]
pub struct SegmentFindings {
    /// Number of the segment in its archive.
    pub ordinal: usize,
    /// Where it begins in the file.
    pub offset_bytes: u64,
    /// Lines, control lines counted.
    pub lines: u64,
    /// Log entries.
    pub log_entries: u64,
    /// Bytes unpacked.
    pub text_bytes: u64,
    /// Lines of input that the entries take up.
    pub text_lines: u64,
    /// Bytes that belong to no entry.
    pub rejected_bytes: u64,
    /// The hashes that stand for the lines, from the leaf index at which they were hashed.
    pub range: CompactRange,
    /// The control lines, by number in the segment: all of them (`lines - log_entries`), unless
    /// together they are far larger than the frame as stored.
    pub controls: Vec<(u32, Control)>,
    /// What does not parse.
    pub damage: Vec<Damage>,
    /// Where the leaf list differs from its frame.
    pub list_damage: Vec<Damage>,
    /// The medium did not give the segment: nothing is known of its lines, which is no sign of a
    /// change.
    pub is_unreadable: bool,
    /// What the format's own seals say of the segment.
    pub seal: SealFindings,
}

impl SegmentFindings {
    /// A segment that the medium did not give: no lines, and the reason as damage.
    #[must_use]
    pub fn unreadable(ordinal: usize, first: Position, offset_bytes: u64, reason: String) -> Self {
        Self {
            ordinal,
            offset_bytes,
            lines: 0,
            log_entries: 0,
            text_bytes: 0,
            text_lines: 0,
            rejected_bytes: 0,
            range: CompactRange::empty(first),
            controls: Vec::new(),
            damage: vec![Damage::at(offset_bytes, reason)],
            list_damage: Vec::new(),
            is_unreadable: true,
            seal: SealFindings::None,
        }
    }
}
