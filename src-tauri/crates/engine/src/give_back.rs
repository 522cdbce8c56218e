//! Gives back what an archive holds: its entries, and the original bytes of what was sealed.
//!
//! Nothing is judged here and no verdict goes with the bytes: `cat` is for those who want the log.

use std::io;
use std::ops::Range;

use sealscope_archive::sealog::{SourceBytes, SourceForm, SourceName, SourceOutcome, SourceSink};
use sealscope_archive::{ReadError, Segment, Structure};
use sealscope_model::Position;
use sealscope_proof::Sha256Stream;
use sealscope_verify::check_segment;

use crate::open_archive::OpenArchive;
use crate::progress::Cancel;

/// Why not everything was given back.
#[derive(Debug, thiserror::Error)]
pub enum GiveBackError {
    /// The medium failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Whoever takes the bytes failed.
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The archive is made of the original files themselves.
    #[error("this archive holds no copies of files: its own files are the originals")]
    NoCopies,
    /// Only journals have an export format.
    #[error("only journals of systemd have an export format")]
    NoJournal,
    /// It was asked to stop.
    #[error("giving back was stopped")]
    Stopped,
}

impl OpenArchive {
    /// Calls `take` with each log entry of a range of positions, in stored order: control lines are
    /// left out, envelopes opened.
    ///
    /// # Errors
    /// See [`GiveBackError`].
    pub fn each_entry(
        &self,
        range: Range<Position>,
        cancel: &Cancel,
        take: &mut dyn FnMut(Position, &[u8]) -> io::Result<()>,
    ) -> Result<(), GiveBackError> {
        let mut first = self.first_position();
        self.each_segment(cancel, &mut |segment| {
            if range.end <= first {
                return Ok(false);
            }
            let checked = check_segment(std::mem::take(segment), 0);
            for entry in checked.log_entries() {
                let position = first + u64::from(entry.number);
                if range.contains(&position) {
                    take(position, entry.bytes)?;
                }
            }
            first += checked.line_count() as u64;
            *segment = checked.into_segment();
            Ok(true)
        })
    }

    /// Calls `take` with each entry of a range of a journal in export format ("Journal Export
    /// Formats", systemd), its empty line included.
    ///
    /// # Errors
    /// When it is no journal; else see [`GiveBackError`].
    pub fn each_export(
        &self,
        range: Range<Position>,
        cancel: &Cancel,
        take: &mut dyn FnMut(Position, &[u8]) -> io::Result<()>,
    ) -> Result<(), GiveBackError> {
        let Structure::Journal(journal) = self.archive().structure() else {
            return Err(GiveBackError::NoJournal);
        };
        let mut position = self.first_position();
        for ordinal in 0..self.archive().segment_count() {
            if cancel.is_stopped() {
                return Err(GiveBackError::Stopped);
            }
            if range.end <= position {
                return Ok(());
            }
            let (_, entries) = journal.read_export(ordinal)?;
            for entry in entries {
                if range.contains(&position) {
                    take(position, &entry)?;
                }
                position += 1;
            }
        }
        Ok(())
    }

    /// Gives the original bytes of each sealed source back, unpacked, and compares them with the
    /// digests that were sealed. A plain log is one source, without a digest to compare with.
    ///
    /// # Errors
    /// See [`GiveBackError`].
    pub fn give_back_sources(
        &self,
        cancel: &Cancel,
        sink: &mut dyn SourceSink,
    ) -> Result<(), GiveBackError> {
        match self.archive().structure() {
            Structure::CloudTrail(_) | Structure::Journal(_) => Err(GiveBackError::NoCopies),
            Structure::Unsealed | Structure::Chained(_) => self.give_back_plain(cancel, sink),
            Structure::Sealog(_) => {
                let mut sources = SourceBytes::default();
                self.each_segment(cancel, &mut |segment| {
                    for line in segment.entry_bytes() {
                        sources.line(line, sink)?;
                    }
                    Ok(true)
                })?;
                Ok(sources.finish(sink)?)
            }
        }
    }

    fn give_back_plain(
        &self,
        cancel: &Cancel,
        sink: &mut dyn SourceSink,
    ) -> Result<(), GiveBackError> {
        let source = SourceName {
            number: 0,
            name: self.name(),
            modified: None,
            form: SourceForm::Plain,
        };
        sink.begin(&source)?;
        let (mut bytes, mut hash) = (0, Sha256Stream::default());
        self.each_segment(cancel, &mut |segment| {
            bytes += segment.text.len() as u64;
            hash.update(&segment.text);
            sink.bytes(Some(&source), &segment.text)?;
            Ok(true)
        })?;
        let computed = *hash.finish().get();
        Ok(sink.end(SourceOutcome {
            source,
            bytes,
            computed,
            claimed: None,
            is_same: false,
            gaps: Vec::new(),
        })?)
    }

    /// Reads the segments in order until `take` says `false`.
    fn each_segment(
        &self,
        cancel: &Cancel,
        take: &mut dyn FnMut(&mut Segment) -> Result<bool, GiveBackError>,
    ) -> Result<(), GiveBackError> {
        let mut reuse = None;
        for ordinal in 0..self.archive().segment_count() {
            if cancel.is_stopped() {
                return Err(GiveBackError::Stopped);
            }
            let mut segment = self.archive().read_segment(ordinal, reuse.take())?;
            if !take(&mut segment)? {
                return Ok(());
            }
            reuse = Some(segment);
        }
        Ok(())
    }

    fn first_position(&self) -> Position {
        self.known().first_positions.first().copied().unwrap_or(0)
    }
}
