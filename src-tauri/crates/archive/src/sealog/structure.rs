//! What stands in a sealog file around its entries, as found by the walk over its frames.

use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, Note};

use super::layout::{Identity, IndexRow};

/// Everything in the file but the entries. All of it is claims.
#[derive(Debug, Default)]
pub struct SealogStructure {
    /// SLID; `None` when it is missing or unreadable (the head was cut).
    pub identity: Option<Identity>,
    /// The data frames in file order; a segment's ordinal is its place here.
    pub frames: Vec<DataFrame>,
    /// SLTL frames that follow no data frame of theirs: the frame itself is gone.
    pub orphan_lists: Vec<ListPlace>,
    /// SLCP frames in file order.
    pub checkpoints: Vec<CheckpointFrame>,
    /// SLTS frames in file order.
    pub timestamps: Vec<TimestampFrame>,
    /// SLIX, where there is a readable one.
    pub index: Option<Vec<IndexRow>>,
    /// Where an incomplete last frame begins.
    pub torn_tail: Option<u64>,
    /// Where SLIX begins, when nothing but SLIX follows: what appending cuts off.
    pub index_offset_bytes: Option<u64>,
    /// Where the SLIX frame begins that `index` was read from.
    pub index_at: Option<u64>,
}

/// One data frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFrame {
    /// Where it begins in the file.
    pub offset_bytes: u64,
    /// Its bytes as stored.
    pub stored_bytes: u64,
    /// Content size that its header states.
    pub content_bytes: Option<u64>,
    /// Whether its block headers lead to its end; otherwise as much as unpacks is read.
    pub is_whole: bool,
    /// Whether its header says that a checksum of the content follows.
    pub has_checksum: bool,
    /// The leaf list behind it.
    pub list: Option<ListPlace>,
    /// Leaf index at which its lines are hashed: what the leaf list states, else what follows from
    /// the frame before.
    pub first: u64,
}

/// Where a leaf list stands and what its fixed part states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPlace {
    /// Where the SLTL frame begins in the file.
    pub offset_bytes: u64,
    /// Bytes of its payload.
    pub payload_bytes: usize,
    /// First leaf index stated.
    pub first: u64,
    /// Count stated.
    pub count: u32,
}

/// One SLCP frame.
#[derive(Debug, Clone)]
pub struct CheckpointFrame {
    /// Where it begins in the file.
    pub offset_bytes: u64,
    /// Data frames before it in the file.
    pub frames_before: usize,
    /// SHA-256 of its payload: what links to it name.
    pub payload_hash: Digest,
    /// Whether the payload has the hash that its frame states.
    pub is_undamaged: bool,
    /// The note, or why it is none.
    pub note: Result<Note, String>,
    /// The statement, or why it is none.
    pub checkpoint: Result<Checkpoint, String>,
}

/// One SLTS frame.
#[derive(Debug, Clone)]
pub struct TimestampFrame {
    /// Where it begins in the file.
    pub offset_bytes: u64,
    /// Bytes of the DER token.
    pub token_bytes: usize,
}
