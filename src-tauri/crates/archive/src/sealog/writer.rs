//! Writes sealog archives: lines in, sealed frames out.
//!
//! Three parts, so that the costly one can run on many cores. [`SealogWriter`] takes lines and
//! divides them into steps; a [`Packer`] compresses and hashes one [`FrameDraft`], alone and in any
//! order; a [`Committer`] writes packed frames in order and signs checkpoints. A committer is
//! itself a [`TakeSteps`], so `SealogWriter<Committer<File>>` is a writer on one thread.
//!
//! Invariants: 1. The bytes written depend on the lines, uuids, times, key and settings alone,
//! never on who packs. 2. A checkpoint is signed only over leaves that this program hashed itself.
//! 3. Nothing that was written is written again: a crash leaves a torn tail at worst.

mod beginning;
mod commit;
mod draft;
mod log_state;
mod pack;
mod rfc3339;

use std::io;

pub use beginning::{Beginning, NewArchive, is_barely_begun};
pub use commit::{Committer, SealogOutput, WriteSummary};
pub use draft::FrameDraft;
use draft::Opening;
pub use log_state::{LogState, StateError};
pub use pack::{PackedFrame, Packer};
pub use rfc3339::rfc3339;
use sealscope_model::Digest;

use super::control::{Control, SourceForm, stored_form};
use crate::limits;

/// Leaves between checkpoints: a checkpoint is made whenever the leaf index is a multiple of this.
pub const CHECKPOINT_ENTRIES: u64 = 65_536;
/// Nanoseconds between checkpoints while entries come.
pub const CHECKPOINT_NS: i64 = 60_000_000_000;

/// Reason of the gap that ends a source whose sealing was interrupted.
pub const INTERRUPTED: &str = "sealing was interrupted: the rest of this source is not here";

/// How frames are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterSettings {
    /// zstd level, 1 to 19.
    pub level: i32,
    /// Whether leaf lists are written: 32 bytes an entry, for which a break is localised exactly.
    pub leaf_lists: bool,
}

impl Default for WriterSettings {
    fn default() -> Self {
        Self {
            level: 1,
            leaf_lists: true,
        }
    }
}

/// Why writing stopped. What was written before stays valid.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The medium failed or is full.
    #[error("the archive cannot be written: {0}")]
    Output(#[from] io::Error),
    /// A line is longer than an entry may be.
    #[error(
        "a line of {bytes} bytes is longer than an entry may be ({})",
        limits::ENTRY_BYTES_MAX
    )]
    LineTooLong {
        /// Its length, without line end.
        bytes: u64,
    },
    /// A name that a checkpoint cannot carry.
    #[error("the origin {0:?} cannot be used: it must be one line without control characters")]
    Origin(String),
    /// A control line would be longer than readers accept.
    #[error(
        "a control line would be longer than {} bytes",
        limits::CONTROL_BYTES_MAX
    )]
    ControlTooLong,
    /// The log has as many leaves as the format allows.
    #[error("the log is full")]
    Full,
    /// Whoever takes the steps is gone.
    #[error("writing was stopped")]
    Stopped,
    /// Calls came in an order that makes no archive.
    #[error("the frames to write do not follow one another")]
    Order,
}

/// What has to be done next, in this order.
#[derive(Debug)]
pub enum Step {
    /// Pack and write a frame.
    Frame(FrameDraft),
    /// Sign what was written so far, and sync it to disk.
    Checkpoint,
    /// Write the index and sync: nothing follows.
    Finish,
}

/// Who carries steps out, at once or later.
pub trait TakeSteps {
    /// Takes the next step.
    ///
    /// # Errors
    /// When the archive cannot be written.
    fn take(&mut self, step: Step) -> Result<(), WriteError>;

    /// A buffer that is no longer needed, to be used again; empty by default.
    fn spare(&mut self) -> FrameDraft {
        FrameDraft::default()
    }
}

/// Gives wall time in nanoseconds since 1970. Below the engine nobody asks a clock.
pub type Now<'n> = &'n (dyn Fn() -> i64 + Sync);

/// What a source was, for the line that closes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceTotals {
    /// Bytes as found.
    pub bytes: u64,
    /// SHA-256 of the bytes as found.
    pub sha256: Digest,
    /// Bytes unpacked.
    pub bytes_raw: u64,
    /// SHA-256 of the unpacked bytes.
    pub sha256_raw: Digest,
    /// Whether the last line ended in LF; true for a source without bytes.
    pub ends_with_lf: bool,
}

/// Takes lines and divides them into steps.
pub struct SealogWriter<'n, T> {
    steps: T,
    now: Now<'n>,
    draft: FrameDraft,
    /// Leaf index of the next line.
    next: u64,
    /// Leaf index up to which checkpoints were asked for; `None` before the first.
    checkpoint_size: Option<u64>,
    checkpoint_ns: i64,
    /// Number of the last `segment` line.
    segment: u64,
    /// Log entries since the open source was opened.
    source_entries: Option<u64>,
    entries: u64,
}

impl<T> std::fmt::Debug for SealogWriter<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealogWriter")
            .field("next", &self.next)
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}

impl<'n, T: TakeSteps> SealogWriter<'n, T> {
    /// Begins to write; `steps` was made from the same beginning.
    ///
    /// # Errors
    /// When the first lines (header, or the gap of an interrupted source) cannot be written.
    pub fn new(beginning: &Beginning, steps: T, now: Now<'n>) -> Result<Self, WriteError> {
        let mut writer = Self {
            steps,
            now,
            draft: FrameDraft::default(),
            next: beginning.next,
            checkpoint_size: beginning.checkpoint_size,
            checkpoint_ns: now(),
            segment: beginning.segment,
            source_entries: None,
            entries: 0,
        };
        writer.draft.begin(writer.next);
        for control in &beginning.first_lines {
            writer.control(control)?;
        }
        Ok(writer)
    }

    /// Opens an input. `modified` is RFC 3339 text.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn begin_source(
        &mut self,
        name: &str,
        modified: Option<String>,
        form: SourceForm,
    ) -> Result<(), WriteError> {
        self.source_entries = Some(0);
        self.control(&Control::Source {
            name: name.to_owned(),
            modified,
            form,
        })
    }

    /// Adds a log entry: its bytes without the line feed, which they do not hold.
    ///
    /// # Errors
    /// [`WriteError::LineTooLong`], or the archive cannot be written.
    pub fn entry(&mut self, line: &[u8]) -> Result<(), WriteError> {
        debug_assert!(!line.contains(&b'\n'), "a line feed ends a line");
        self.push(&stored_form(line), None)?;
        self.entries += 1;
        self.source_entries = self.source_entries.map(|count| count + 1);
        Ok(())
    }

    /// Closes the input that is open.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn end_source(&mut self, totals: &SourceTotals) -> Result<(), WriteError> {
        let entries = self.source_entries.take().unwrap_or_default();
        self.control(&Control::SourceEnd {
            bytes: totals.bytes,
            sha256: totals.sha256.to_hex(),
            bytes_raw: totals.bytes_raw,
            sha256_raw: totals.sha256_raw.to_hex(),
            entries,
            ends_with_lf: totals.ends_with_lf,
        })
    }

    /// Says that something is missing here; `count` is how many entries, where known.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn gap(&mut self, reason: &str, count: Option<u64>) -> Result<(), WriteError> {
        self.control(&Control::Gap {
            reason: reason.to_owned(),
            count,
        })
    }

    /// Makes a checkpoint when the last one is too old. To be called while lines come, and while
    /// they do not.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn tick(&mut self) -> Result<(), WriteError> {
        if !self.has_unsealed() {
            return Ok(());
        }
        let now = (self.now)();
        // A clock set back must not put off checkpoints for as long.
        let is_due = now < self.checkpoint_ns || now - self.checkpoint_ns >= CHECKPOINT_NS;
        if is_due { self.checkpoint() } else { Ok(()) }
    }

    /// Makes a checkpoint now, unless nothing came since the last one.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn checkpoint(&mut self) -> Result<(), WriteError> {
        if !self.has_unsealed() {
            return Ok(());
        }
        self.flush_frame()?;
        self.steps.take(Step::Checkpoint)?;
        self.checkpoint_size = Some(self.next);
        self.checkpoint_ns = (self.now)();
        Ok(())
    }

    /// Ends the archive for good; afterwards it can only be continued in another file.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn close(mut self, reason: &str) -> Result<T, WriteError> {
        // A segment line may come before it, so its own place is known only after that.
        if self.needs_opening() {
            self.open_segment()?;
        }
        self.control(&Control::Close {
            size: self.next + 1,
            reason: reason.to_owned(),
        })?;
        self.leave_open()
    }

    /// Ends writing so that entries can be appended later.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn leave_open(mut self) -> Result<T, WriteError> {
        self.checkpoint()?;
        self.steps.take(Step::Finish)?;
        Ok(self.steps)
    }

    /// Log entries taken by this writer.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Leaf index of the next line, of whatever kind.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    fn has_unsealed(&self) -> bool {
        self.checkpoint_size.is_none_or(|size| size < self.next)
    }

    fn needs_opening(&self) -> bool {
        self.checkpoint_size == Some(self.next)
    }

    fn control(&mut self, control: &Control) -> Result<(), WriteError> {
        let line = control.to_line();
        if line.len() > limits::CONTROL_BYTES_MAX {
            return Err(WriteError::ControlTooLong);
        }
        self.push(&line, None)
    }

    fn open_segment(&mut self) -> Result<(), WriteError> {
        self.segment += 1;
        let opening = Opening {
            number: self.segment,
            time: rfc3339((self.now)()),
        };
        let line = opening.line(&Digest::new([0; 32]));
        self.push(&line, Some(opening))
    }

    fn push(&mut self, line: &[u8], opening: Option<Opening>) -> Result<(), WriteError> {
        if line.len() >= limits::ENTRY_BYTES_MAX {
            return Err(WriteError::LineTooLong {
                bytes: line.len() as u64,
            });
        }
        if self.next + 2 >= limits::LEAF_INDEX_MAX {
            return Err(WriteError::Full);
        }
        if opening.is_none() && self.needs_opening() {
            self.open_segment()?;
        }
        if !self.draft.is_empty()
            && self.draft.content_bytes() + line.len() + 1 > limits::FRAME_BYTES_MAX
        {
            self.flush_frame()?;
            self.tick()?;
            if opening.is_none() && self.needs_opening() {
                self.open_segment()?;
            }
        }
        self.draft.push(line, opening);
        self.next += 1;
        if self.next.is_multiple_of(limits::FRAME_ENTRIES_MAX as u64) {
            self.flush_frame()?;
            if self.next.is_multiple_of(CHECKPOINT_ENTRIES) {
                return self.checkpoint();
            }
            return self.tick();
        }
        Ok(())
    }

    fn flush_frame(&mut self) -> Result<(), WriteError> {
        if self.draft.is_empty() {
            return Ok(());
        }
        let mut fresh = self.steps.spare();
        fresh.begin(self.next);
        let full = std::mem::replace(&mut self.draft, fresh);
        self.steps.take(Step::Frame(full))
    }
}

#[cfg(test)]
mod tests;
