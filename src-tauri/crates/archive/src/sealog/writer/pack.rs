use std::fmt;

use sealscope_proof::{CompactRange, leaf_hash, sha256};

use super::{FrameDraft, WriteError, WriterSettings};
use crate::sealog::layout::LeafList;

/// Compresses and hashes drafts: the costly part of writing. One for each thread.
pub struct Packer {
    compressor: zstd::bulk::Compressor<'static>,
    leaf_lists: bool,
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer")
            .field("leaf_lists", &self.leaf_lists)
            .finish_non_exhaustive()
    }
}

/// A data frame ready to be written, with what its leaf list says.
#[derive(Debug)]
pub struct PackedFrame {
    pub(super) stored: Vec<u8>,
    pub(super) list: LeafList,
    pub(super) range: CompactRange,
    /// The draft's memory, to be used again.
    pub(super) spent: FrameDraft,
}

impl Packer {
    /// Makes a packer.
    ///
    /// # Errors
    /// When zstd refuses the settings.
    pub fn new(settings: WriterSettings) -> Result<Self, WriteError> {
        let mut compressor = zstd::bulk::Compressor::new(settings.level)?;
        compressor.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true))?;
        compressor.set_parameter(zstd::zstd_safe::CParameter::ContentSizeFlag(true))?;
        Ok(Self {
            compressor,
            leaf_lists: settings.leaf_lists,
        })
    }

    /// Packs one draft. The result depends on the draft and the settings alone.
    ///
    /// # Errors
    /// When the draft still waits for a checkpoint, or compressing fails for lack of memory.
    pub fn pack(&mut self, draft: FrameDraft) -> Result<PackedFrame, WriteError> {
        if draft.waits_for_checkpoint() {
            return Err(WriteError::Order);
        }
        let room = zstd::zstd_safe::compress_bound(draft.text().len());
        let mut stored = Vec::with_capacity(room);
        self.compressor
            .compress_to_buffer(draft.text(), &mut stored)?;
        let mut range = CompactRange::empty(draft.first());
        let mut leaves = Vec::with_capacity(if self.leaf_lists { draft.count() } else { 0 });
        for line in draft.lines() {
            let leaf = leaf_hash(line);
            range.push(leaf);
            if self.leaf_lists {
                leaves.push(leaf);
            }
        }
        let list = LeafList {
            frame: sha256(&stored),
            first: draft.first(),
            count: u32::try_from(draft.count()).map_err(|_| WriteError::Order)?,
            content_bytes: draft.text().len() as u64,
            leaves,
        };
        Ok(PackedFrame {
            stored,
            list,
            range,
            spent: draft,
        })
    }
}

impl PackedFrame {
    /// Bytes of its lines, line feeds included.
    #[must_use]
    pub fn content_bytes(&self) -> usize {
        self.spent.content_bytes()
    }
}
