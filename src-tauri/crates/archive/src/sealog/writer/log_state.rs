use sealscope_model::Digest;
use sealscope_proof::{CompactRange, VerifierKey, leaf_hash};

use crate::sealog::control::{Control, Header, Line};
use crate::sealog::layout::{IndexRow, LeafList};
use crate::sealog::{CheckpointFrame, DataFrame, SealogArchive};
use crate::{Archive as _, ReadError, Segment, SegmentSeal, Watch};

/// Where an archive stands, recomputed from its lines: what a writer needs to go on after it.
#[derive(Debug, Clone)]
pub struct LogState {
    pub(super) header: Header,
    /// Over all leaves of the log up to the end of this file.
    pub(super) tree: CompactRange,
    pub(super) rows: Vec<IndexRow>,
    /// Size and payload hash of the last checkpoint.
    pub(super) last_checkpoint: Option<(u64, Digest)>,
    pub(super) segment: u64,
    pub(super) is_source_open: bool,
    pub(super) is_closed: bool,
    pub(super) missing_list: Option<LeafList>,
    pub(super) kept_bytes: u64,
    entries: u64,
}

/// Why nobody should write on after an archive.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It lost its head, or never had one.
    #[error("its first leaf is no header")]
    NoHeader,
    /// Something in it does not parse; a new seal over it would hide that.
    #[error("it is damaged at byte {offset_bytes}: {reason}")]
    Damaged {
        /// Where, in the file.
        offset_bytes: u64,
        /// What was found.
        reason: String,
    },
    /// Its lines do not give the root that was signed; a new seal over them would hide that.
    #[error("its lines do not give the root of the checkpoint of size {size}")]
    Broken {
        /// The checkpoint's size.
        size: u64,
    },
    /// Another key sealed it.
    #[error("it was sealed by another key; {expected} did not sign its checkpoints")]
    OtherKey {
        /// Name of the key that should go on.
        expected: String,
    },
    /// It begins in the middle of a log, and no checkpoint proves what came before.
    #[error(
        "it begins at leaf {start} and no checkpoint proves the leaves before; continue the \
         archive before it anew"
    )]
    UnprovenHead {
        /// Its first leaf index.
        start: u64,
    },
    /// The program was told to stop.
    #[error("reading it was stopped")]
    Stopped,
}

impl LogState {
    /// Reads an archive from end to end and checks it against its own checkpoints, which `key` has
    /// to have signed.
    ///
    /// # Errors
    /// See [`StateError`]: anything but a torn tail is a reason not to go on.
    pub fn read(
        archive: &SealogArchive,
        key: &VerifierKey,
        watch: &Watch,
    ) -> Result<Self, StateError> {
        let structure = archive.structure();
        let identity = structure.identity.as_ref().ok_or(StateError::NoHeader)?;
        let kept_bytes = kept_bytes(archive);
        refuse_damage(archive, kept_bytes)?;
        let mut reading = Reading {
            key,
            state: None,
            tree: CompactRange::from_frontier(identity.start, &identity.frontier)
                .ok_or(StateError::NoHeader)?,
            kept_bytes,
        };
        let frames = structure.frames.iter();
        let kept = frames.take_while(|frame| frame.offset_bytes < kept_bytes);
        let mut checkpoints = structure.checkpoints.iter().peekable();
        let mut segment = Segment::default();
        for (ordinal, frame) in kept.enumerate() {
            while let Some(checkpoint) = checkpoints.next_if(|c| c.frames_before <= ordinal) {
                reading.check(checkpoint)?;
            }
            if !watch.goes_on(frame.offset_bytes, kept_bytes) {
                return Err(StateError::Stopped);
            }
            segment = archive.read_segment(ordinal, Some(segment))?;
            reading.fold(frame, &segment)?;
        }
        for checkpoint in checkpoints {
            reading.check(checkpoint)?;
        }
        let mut state = reading.state.ok_or(StateError::NoHeader)?;
        let start = identity.start;
        if state.header.start != start {
            return Err(StateError::Damaged {
                offset_bytes: 0,
                reason: format!(
                    "its header begins at leaf {}, not at {start}",
                    state.header.start
                ),
            });
        }
        // The frontier in SLID is a hint; only a checkpoint proves it.
        if start > 0 && state.last_checkpoint.is_none() {
            return Err(StateError::UnprovenHead { start });
        }
        state.tree = reading.tree;
        Ok(state)
    }

    /// Name under which the log is sealed, without its uuid.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.header.origin
    }

    /// Whether a `close` line ended it.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Leaf index up to which its checkpoints reach.
    #[must_use]
    pub fn sealed(&self) -> u64 {
        self.last_checkpoint
            .map_or(self.header.start, |(size, _)| size)
    }

    /// Leaves after the last checkpoint: readable, and not sealed.
    #[must_use]
    pub fn unsealed(&self) -> u64 {
        self.tree.end() - self.sealed()
    }

    /// Log entries in it.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Bytes of the file up to a torn tail or an index at its end.
    #[must_use]
    pub const fn kept_bytes(&self) -> u64 {
        self.kept_bytes
    }
}

/// Where appending goes on: before a torn tail, before an index at the end.
fn kept_bytes(archive: &SealogArchive) -> u64 {
    let structure = archive.structure();
    [structure.torn_tail, structure.index_offset_bytes]
        .into_iter()
        .flatten()
        .fold(archive.source().bytes(), u64::min)
}

fn refuse_damage(archive: &SealogArchive, kept_bytes: u64) -> Result<(), StateError> {
    let kept = archive
        .damage()
        .iter()
        .find(|damage| damage.offset_bytes < kept_bytes);
    match kept {
        None => Ok(()),
        Some(damage) => Err(StateError::Damaged {
            offset_bytes: damage.offset_bytes,
            reason: damage.reason.clone(),
        }),
    }
}

struct Reading<'a> {
    key: &'a VerifierKey,
    /// `None` until the header was read.
    state: Option<LogState>,
    tree: CompactRange,
    kept_bytes: u64,
}

impl Reading<'_> {
    fn fold(&mut self, frame: &DataFrame, segment: &Segment) -> Result<(), StateError> {
        let damaged = |reason: &str| StateError::Damaged {
            offset_bytes: frame.offset_bytes,
            reason: reason.to_owned(),
        };
        if frame.first != self.tree.end() {
            return Err(damaged("its leaves do not follow those before"));
        }
        let mut range = CompactRange::empty(frame.first);
        let mut leaves = Vec::with_capacity(segment.entries.len());
        for line in segment.entry_bytes() {
            let leaf = leaf_hash(line);
            range.push(leaf);
            leaves.push(leaf);
            self.take_line(line)?;
        }
        let count = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
        let row = IndexRow {
            offset_bytes: frame.offset_bytes,
            stored_bytes: frame.stored_bytes,
            content_bytes: segment.text.len() as u64,
            first: frame.first,
            count,
            hashes: range.hashes().collect(),
        };
        let SegmentSeal::Frame { stored, list } = &segment.seal else {
            return Err(damaged("it is no data frame"));
        };
        let ends_file = frame.offset_bytes + frame.stored_bytes == self.kept_bytes;
        let mut missing_list = None;
        match list {
            Some(list) => {
                let lists_it = list.frame == *stored.get()
                    && list.count == count
                    && (list.leaves.is_empty() || list.leaves == leaves);
                if let Some(damage) = segment.damage.first() {
                    return Err(damaged(&damage.reason));
                }
                if !lists_it {
                    return Err(damaged("its leaf list is that of another frame"));
                }
            }
            // Torn between a frame and its list: all that the list would say is known.
            None if frame.is_whole && ends_file && segment.text.last() == Some(&b'\n') => {
                missing_list = Some(LeafList {
                    frame: *stored.get(),
                    first: frame.first,
                    count,
                    content_bytes: row.content_bytes,
                    leaves,
                });
            }
            None => return Err(damaged("its leaf list is missing")),
        }
        self.tree
            .join(&range)
            .map_err(|_| damaged("its leaves do not follow those before"))?;
        let state = self.state.as_mut().ok_or(StateError::NoHeader)?;
        state.rows.push(row);
        state.missing_list = missing_list;
        Ok(())
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), StateError> {
        let read = Line::read(line);
        let Some(state) = &mut self.state else {
            let Line::Control(control) = read else {
                return Err(StateError::NoHeader);
            };
            let Control::Header(header) = *control else {
                return Err(StateError::NoHeader);
            };
            self.state = Some(LogState {
                header,
                tree: CompactRange::empty(0),
                rows: Vec::new(),
                last_checkpoint: None,
                segment: 0,
                is_source_open: false,
                is_closed: false,
                missing_list: None,
                kept_bytes: self.kept_bytes,
                entries: 0,
            });
            return Ok(());
        };
        match read {
            Line::Control(control) => match *control {
                Control::Source { .. } => state.is_source_open = true,
                Control::SourceEnd { .. } => state.is_source_open = false,
                Control::Segment { number, .. } => state.segment = number,
                Control::Close { .. } => state.is_closed = true,
                // The gap of an interrupted source ends it; other gaps stand inside of one.
                Control::Gap { ref reason, .. } if reason == super::INTERRUPTED => {
                    state.is_source_open = false;
                }
                Control::Gap { .. } | Control::Header(_) | Control::Line { .. } => {}
            },
            _ => state.entries += 1,
        }
        Ok(())
    }

    fn check(&mut self, found: &CheckpointFrame) -> Result<(), StateError> {
        let damaged = |reason: &str| StateError::Damaged {
            offset_bytes: found.offset_bytes,
            reason: reason.to_owned(),
        };
        let (Ok(note), Ok(checkpoint)) = (&found.note, &found.checkpoint) else {
            return Err(damaged("it is no checkpoint"));
        };
        let size = checkpoint.size;
        if size != self.tree.end() || Some(checkpoint.root) != self.tree.root() {
            return Err(StateError::Broken { size });
        }
        let state = self.state.as_mut().ok_or(StateError::NoHeader)?;
        if checkpoint.origin != state.header.checkpoint_origin() {
            return Err(damaged("it is a checkpoint of another log"));
        }
        // Later checkpoints of one size only add signatures; links name the first.
        if state.last_checkpoint.is_some_and(|(last, _)| last == size) {
            return Ok(());
        }
        let is_ours = |signature| self.key.verifies(&note.text, signature);
        if !note.signatures.iter().any(is_ours) {
            return Err(StateError::OtherKey {
                expected: self.key.name().to_owned(),
            });
        }
        state.last_checkpoint = Some((size, found.payload_hash));
        Ok(())
    }
}
