use sealscope_model::Digest;

use super::WriteError;
use crate::sealog::control::Control;

/// The `segment` line that a frame begins with, while the checkpoint that it names is not made yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opening {
    /// Number of the segment, from 1.
    pub(super) number: u64,
    /// RFC 3339 text.
    pub(super) time: String,
}

impl Opening {
    /// The stored line; its length does not depend on the digest.
    pub(super) fn line(&self, previous: &Digest) -> Vec<u8> {
        Control::Segment {
            number: self.number,
            time: self.time.clone(),
            previous: Some(previous.to_hex()),
        }
        .to_line()
    }
}

/// The lines of one data frame, not packed yet.
#[derive(Debug, Default)]
pub struct FrameDraft {
    /// Leaf index of the first line.
    first: u64,
    /// The lines, each with its LF.
    text: Vec<u8>,
    /// Where each line ends in `text`, after its LF.
    ends: Vec<u32>,
    opening: Option<Opening>,
}

impl FrameDraft {
    /// Empties the draft and keeps its memory.
    pub(super) fn begin(&mut self, first: u64) {
        self.first = first;
        self.text.clear();
        self.ends.clear();
        self.opening = None;
    }

    /// Adds a line that fits; an opening is always the first.
    pub(super) fn push(&mut self, line: &[u8], opening: Option<Opening>) {
        debug_assert!(
            opening.is_none() || self.is_empty(),
            "a segment line opens its frame"
        );
        if opening.is_some() {
            self.opening = opening;
        }
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
        // A frame holds at most 64 MiB.
        self.ends
            .push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    /// Whether it holds no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether the first line names a checkpoint that has to be made before packing; a committer
    /// packs such a frame itself.
    #[must_use]
    pub const fn waits_for_checkpoint(&self) -> bool {
        self.opening.is_some()
    }

    pub(super) const fn first(&self) -> u64 {
        self.first
    }

    /// Bytes of its lines, line feeds included.
    #[must_use]
    pub fn content_bytes(&self) -> usize {
        self.text.len()
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The lines without their LF.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let mut begin = 0;
        self.ends.iter().map(move |end| {
            let end = *end as usize;
            let line = self.text.get(begin..end.saturating_sub(1));
            begin = end;
            line.unwrap_or_default()
        })
    }

    /// Fills in the checkpoint that the `segment` line names.
    pub(super) fn name_checkpoint(&mut self, previous: &Digest) -> Result<(), WriteError> {
        let Some(opening) = self.opening.take() else {
            return Ok(());
        };
        let line = opening.line(previous);
        let place = self.text.get_mut(..line.len()).ok_or(WriteError::Order)?;
        place.copy_from_slice(&line);
        Ok(())
    }
}
