//! What an archive is read as: runs of entries, with the seals and the damage found in them.

use std::ops::Range;

use sealscope_model::{Claimed, Computed, Damage, Digest, Position};

/// A run of entries that is read as one: a data frame of a sealog archive, a piece of a plain log.
///
/// Segments are read in parallel and in any order; what they say about themselves is a claim.
#[derive(Debug, Default)]
pub struct Segment {
    /// Number in the archive's plan, from 0, in stored order.
    pub ordinal: usize,
    /// Position of the first entry, where the format states it (a plain log is counted on joining).
    pub first: Option<Position>,
    /// Where the segment begins in the file as stored, in bytes.
    pub offset_bytes: u64,
    /// All bytes of the segment, unpacked.
    pub text: Vec<u8>,
    /// Where each entry stands in `text`, without its line end.
    pub entries: Vec<Range<u32>>,
    /// What does not parse.
    pub damage: Vec<Damage>,
    /// What the format says about these entries.
    pub seal: SegmentSeal,
}

impl Segment {
    /// The entries' bytes, in stored order.
    pub fn entry_bytes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.entries
            .iter()
            .map(|range| self.text.get(range.start as usize..range.end as usize).unwrap_or_default())
    }
}

/// What a format says about the entries of one segment.
#[derive(Debug, Default)]
pub enum SegmentSeal {
    /// Nothing: a plain log.
    #[default]
    None,
    /// A data frame of a sealog archive and the leaf list that follows it, if one does.
    LeafList {
        /// SHA-256 of the compressed frame as the leaf list states it, and as it is.
        frame: Option<(Claimed<Digest>, Computed<Digest>)>,
        /// The leaf hashes as stated; empty under `--leaf-list none` or when unreadable.
        leaves: Vec<Claimed<Digest>>,
    },
}
