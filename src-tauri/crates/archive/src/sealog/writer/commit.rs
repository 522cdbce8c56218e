use std::fs::File;
use std::io::{self, Write as _};

use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, CompactRange, Signer, sha256};

use super::{
    Beginning, FrameDraft, PackedFrame, Packer, Step, TakeSteps, WriteError, WriterSettings,
};
use crate::limits;
use crate::sealog::layout::{FrameType, IndexRow, frame, index_to_payload};

/// Where the bytes of an archive go: after those that are there.
pub trait SealogOutput {
    /// Writes all of these bytes at the end.
    ///
    /// # Errors
    /// When the medium fails or is full; some of the bytes may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns once everything written is on the medium.
    ///
    /// # Errors
    /// When the medium fails.
    fn sync(&mut self) -> io::Result<()>;
}

impl SealogOutput for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// An archive in memory, for tests and samples.
impl SealogOutput for Vec<u8> {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What an archive holds after writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteSummary {
    /// Leaf index after the last line: the size of the last checkpoint.
    pub size: u64,
    /// Root of the last checkpoint.
    pub root: Digest,
    /// SHA-256 of the last checkpoint's payload.
    pub checkpoint: Digest,
    /// Checkpoints made by this writer.
    pub checkpoints: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Writes packed frames in order and signs checkpoints.
#[derive(Debug)]
pub struct Committer<'s, O> {
    output: O,
    signer: &'s Signer,
    /// Origin of the checkpoints, with the log's uuid.
    origin: String,
    packer: Packer,
    offset_bytes: u64,
    tree: CompactRange,
    rows: Vec<IndexRow>,
    last: Option<(u64, Digest)>,
    checkpoints: u64,
    spent: FrameDraft,
}

impl<'s, O: SealogOutput> Committer<'s, O> {
    /// Begins to write; `output` stands at the end of what the beginning keeps.
    ///
    /// # Errors
    /// When the first bytes cannot be written.
    pub fn new(
        beginning: &Beginning,
        output: O,
        signer: &'s Signer,
        settings: WriterSettings,
    ) -> Result<Self, WriteError> {
        let mut committer = Self {
            output,
            signer,
            origin: beginning.checkpoint_origin.clone(),
            packer: Packer::new(settings)?,
            offset_bytes: beginning.kept_bytes,
            tree: beginning.tree.clone(),
            rows: beginning.rows.clone(),
            last: beginning.last_checkpoint,
            checkpoints: 0,
            spent: FrameDraft::default(),
        };
        committer.write(&beginning.first_bytes)?;
        // The name of the archive has to outlive a crash before the first checkpoint does.
        committer.output.sync()?;
        Ok(committer)
    }

    /// Packs a frame whose first line names the checkpoint before it, and writes it.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn commit_draft(&mut self, mut draft: FrameDraft) -> Result<FrameDraft, WriteError> {
        if draft.waits_for_checkpoint() {
            let (size, hash) = self.last.ok_or(WriteError::Order)?;
            if size != draft.first() {
                return Err(WriteError::Order);
            }
            draft.name_checkpoint(&hash)?;
        }
        let packed = self.packer.pack(draft)?;
        self.commit_frame(packed)
    }

    /// Writes a packed frame; it has to be the next one. Gives back memory to use again.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn commit_frame(&mut self, packed: PackedFrame) -> Result<FrameDraft, WriteError> {
        self.tree
            .join(&packed.range)
            .map_err(|_| WriteError::Order)?;
        self.rows.push(IndexRow {
            offset_bytes: self.offset_bytes,
            stored_bytes: packed.stored.len() as u64,
            content_bytes: packed.list.content_bytes,
            first: packed.list.first,
            count: packed.list.count,
            hashes: packed.range.hashes().collect(),
        });
        self.write(&packed.stored)?;
        self.write(&frame(FrameType::LeafList, &packed.list.to_payload()))?;
        Ok(packed.spent)
    }

    /// Signs what was written so far and syncs it.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn checkpoint(&mut self) -> Result<(), WriteError> {
        let size = self.tree.end();
        if self.last.is_some_and(|(last, _)| last == size) {
            return Ok(());
        }
        let root = self.tree.root().ok_or(WriteError::Order)?;
        let text = Checkpoint {
            origin: self.origin.clone(),
            size,
            root,
        }
        .to_text();
        let note = self.signer.sign(&text);
        self.write(&frame(FrameType::Checkpoint, note.as_bytes()))?;
        self.output.sync()?;
        self.last = Some((size, sha256(note.as_bytes())));
        self.checkpoints += 1;
        Ok(())
    }

    /// Checkpoints made by this writer so far.
    #[must_use]
    pub const fn checkpoints_made(&self) -> u64 {
        self.checkpoints
    }

    #[cfg(test)]
    pub(super) const fn output(&self) -> &O {
        &self.output
    }

    fn finish(&mut self) -> Result<(), WriteError> {
        let payload = index_to_payload(&self.rows);
        // The index is a convenience: where it cannot hold all frames it is left out.
        if payload.len() <= limits::SLIX_BYTES_MAX {
            self.write(&frame(FrameType::Index, &payload))?;
        }
        self.output.sync()?;
        Ok(())
    }

    /// What the archive holds, and the output. Valid after [`Step::Finish`].
    ///
    /// # Errors
    /// When no checkpoint covers all that was written.
    pub fn into_summary(self) -> Result<(WriteSummary, O), WriteError> {
        let (size, checkpoint) = self.last.ok_or(WriteError::Order)?;
        if size != self.tree.end() {
            return Err(WriteError::Order);
        }
        let summary = WriteSummary {
            size,
            root: self.tree.root().ok_or(WriteError::Order)?,
            checkpoint,
            checkpoints: self.checkpoints,
            bytes: self.offset_bytes,
        };
        Ok((summary, self.output))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.output.append(bytes)?;
        self.offset_bytes += bytes.len() as u64;
        Ok(())
    }
}

impl<O: SealogOutput> TakeSteps for Committer<'_, O> {
    fn take(&mut self, step: Step) -> Result<(), WriteError> {
        match step {
            Step::Frame(draft) => {
                self.spent = self.commit_draft(draft)?;
                Ok(())
            }
            Step::Checkpoint => self.checkpoint(),
            Step::Finish => self.finish(),
        }
    }

    fn spare(&mut self) -> FrameDraft {
        std::mem::take(&mut self.spent)
    }
}
