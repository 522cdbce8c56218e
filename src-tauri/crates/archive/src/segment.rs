//! What an archive is read as: runs of entries, with the seals and the damage found in them.

use std::ops::Range;

use sealscope_model::{Computed, Damage, Digest, Position};

use crate::chained_jsonl::LinksSeal;
use crate::cloudtrail::LogFileSeal;
use crate::journal::IntervalSeal;
use crate::sealog::LeafList;

/// A run of entries that is read as one: a data frame of a sealog archive, a piece of a plain log.
///
/// Segments are read in parallel and in any order; what they say about themselves is a claim.
#[derive(Debug, Default)]
pub struct Segment {
    /// Number in the archive's plan, from 0, in stored order.
    pub ordinal: usize,
    /// Leaf index at which the entries are hashed, where the format states one.
    pub first: Option<Position>,
    /// Where the segment begins in the file as stored, in bytes.
    pub offset_bytes: u64,
    /// Its bytes as stored; 0 where the format does not say.
    pub stored_bytes: u64,
    /// All bytes of the segment, unpacked.
    pub text: Vec<u8>,
    /// Where each entry stands in `text`, without its line end.
    pub entries: Vec<Range<u32>>,
    /// Lines of the input that the entries take up (one each, but for whole documents).
    pub lines: u64,
    /// Bytes that belong to no entry and are reported as damage; they need not be in `text`.
    pub rejected_bytes: u64,
    /// What does not parse.
    pub damage: Vec<Damage>,
    /// What the format says about these entries.
    pub seal: SegmentSeal,
}

impl Segment {
    /// The entries' bytes, in stored order.
    pub fn entry_bytes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.entries.iter().map(|range| self.bytes_of(range))
    }

    /// The bytes of one entry; `None` when there are fewer.
    #[must_use]
    pub fn entry(&self, number: usize) -> Option<&[u8]> {
        self.entries.get(number).map(|range| self.bytes_of(range))
    }

    fn bytes_of(&self, range: &Range<u32>) -> &[u8] {
        self.text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default()
    }

    /// Empties the segment but keeps its memory for the next one.
    pub fn recycle(&mut self) {
        self.text.clear();
        self.entries.clear();
        self.damage.clear();
        self.first = None;
        self.stored_bytes = 0;
        self.lines = 0;
        self.rejected_bytes = 0;
        self.seal = SegmentSeal::None;
    }
}

/// What a format says about the entries of one segment.
#[derive(Debug, Default)]
pub enum SegmentSeal {
    /// Nothing: a plain log.
    #[default]
    None,
    /// A data frame of a sealog archive.
    Frame {
        /// SHA-256 of the frame as stored.
        stored: Computed<Digest>,
        /// The leaf list behind it, when there is a readable one.
        list: Option<LeafList>,
    },
    /// A log file of CloudTrail.
    LogFile(LogFileSeal),
    /// A run of entries of a journal.
    Interval(IntervalSeal),
    /// Lines of a chained log.
    Links(LinksSeal),
}
