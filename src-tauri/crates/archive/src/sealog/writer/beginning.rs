use std::io;

use sealscope_model::Digest;
use sealscope_proof::{CompactRange, Signer};

use super::{INTERRUPTED, LogState, WriteError};
use crate::Source;
use crate::sealog::control::{Control, Header};
use crate::sealog::layout::{
    FRAME_HEAD_BYTES, FrameHead, FrameType, Identity, IndexRow, SKIPPABLE_MAGIC, frame,
};
use crate::sealog::walk::{self, Walked};

/// What a new archive is called. Uuids and texts come from outside: nothing here is random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArchive {
    /// The archive's uuid (RFC 9562, version 4).
    pub archive: [u8; 16],
    /// The log's uuid; not used when another archive is continued.
    pub log: [u8; 16],
    /// Name under which logs are sealed; not used when another archive is continued.
    pub origin: String,
    /// Schema of the entries, where known.
    pub schema: Option<String>,
    /// Program and version that seals.
    pub tool: String,
}

/// From where a writer goes on: a new log, the next file of a log, or the end of a file.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Leaf index of the first line to be written.
    pub(super) next: u64,
    pub(super) checkpoint_size: Option<u64>,
    pub(super) segment: u64,
    pub(super) first_lines: Vec<Control>,
    pub(super) first_bytes: Vec<u8>,
    pub(super) kept_bytes: u64,
    pub(super) checkpoint_origin: String,
    pub(super) tree: CompactRange,
    pub(super) rows: Vec<IndexRow>,
    pub(super) last_checkpoint: Option<(u64, Digest)>,
}

impl Beginning {
    /// The first file of a new log.
    ///
    /// # Errors
    /// When the origin cannot stand in a checkpoint.
    pub fn new_log(new: &NewArchive, signer: &Signer) -> Result<Self, WriteError> {
        check_origin(&new.origin)?;
        let header = header(new, signer, new.origin.clone(), uuid_text(&new.log));
        Ok(Self::first_frame(new, header, CompactRange::empty(0)))
    }

    /// The next file of the log that `before` is a file of.
    ///
    /// # Errors
    /// [`WriteError::Order`] when `before` has no checkpoint over all its entries.
    pub fn continuing(
        before: &LogState,
        new: &NewArchive,
        signer: &Signer,
    ) -> Result<Self, WriteError> {
        let (size, hash) = before.last_checkpoint.ok_or(WriteError::Order)?;
        if size != before.tree.end() {
            return Err(WriteError::Order);
        }
        let of = &before.header;
        let mut header = header(new, signer, of.origin.clone(), of.log.clone());
        header.start = size;
        header.previous = Some(hash.to_hex());
        if header.schema.is_none() {
            header.schema.clone_from(&of.schema);
        }
        Ok(Self::first_frame(new, header, before.tree.clone()))
    }

    /// The end of a file that is not closed. The output has to be cut to
    /// [`Beginning::kept_bytes`] first.
    #[must_use]
    pub fn appending(state: &LogState) -> Self {
        let gap = Control::Gap {
            reason: INTERRUPTED.to_owned(),
            count: None,
        };
        let list = state.missing_list.as_ref();
        Self {
            next: state.tree.end(),
            checkpoint_size: state.last_checkpoint.map(|(size, _)| size),
            segment: state.segment,
            first_lines: state.is_source_open.then_some(gap).into_iter().collect(),
            // A crash between a data frame and its leaf list is mended: the leaves are known.
            first_bytes: list
                .map(|list| frame(FrameType::LeafList, &list.to_payload()))
                .unwrap_or_default(),
            kept_bytes: state.kept_bytes,
            checkpoint_origin: state.header.checkpoint_origin(),
            tree: state.tree.clone(),
            rows: state.rows.clone(),
            last_checkpoint: state.last_checkpoint,
        }
    }

    /// Bytes of the file that stay; the rest is a torn tail or an index that a new one replaces.
    #[must_use]
    pub const fn kept_bytes(&self) -> u64 {
        self.kept_bytes
    }

    /// Origin of the checkpoints, with the log's uuid.
    #[must_use]
    pub fn checkpoint_origin(&self) -> &str {
        &self.checkpoint_origin
    }

    fn first_frame(new: &NewArchive, header: Header, tree: CompactRange) -> Self {
        let identity = Identity {
            archive: new.archive,
            start: header.start,
            frontier: tree.hashes().collect(),
        };
        Self {
            next: header.start,
            checkpoint_size: None,
            segment: 0,
            checkpoint_origin: header.checkpoint_origin(),
            first_lines: vec![Control::Header(header)],
            first_bytes: frame(FrameType::Id, &identity.to_payload()),
            kept_bytes: 0,
            tree,
            rows: Vec::new(),
            last_checkpoint: None,
        }
    }
}

/// Whether a file is an archive whose writing ended before its first frame was whole: nothing but
/// SLID, or a part of it, and at most a torn frame. Such a file holds no entry that was ever whole.
///
/// # Errors
/// When the file cannot be read.
pub fn is_barely_begun(source: &Source) -> io::Result<bool> {
    let mut head = Vec::new();
    let bytes = source.bytes().min(FRAME_HEAD_BYTES as u64);
    source.read_into(0, usize::try_from(bytes).unwrap_or(0), &mut head)?;
    let Some(whole) = head.first_chunk::<FRAME_HEAD_BYTES>() else {
        let (magic, rest) = head.split_at(head.len().min(4));
        let tag = rest.get(4..).unwrap_or_default();
        return Ok(SKIPPABLE_MAGIC.starts_with(magic)
            && FrameType::Id
                .tag()
                .starts_with(tag.get(..tag.len().min(4)).unwrap_or_default()));
    };
    let Ok(slid) = FrameHead::parse(whole) else {
        return Ok(false);
    };
    if slid.kind != FrameType::Id {
        return Ok(false);
    }
    if source.bytes() < (FRAME_HEAD_BYTES + slid.payload_bytes) as u64 {
        return Ok(true);
    }
    let Walked { structure, damage } = walk::walk(source)?;
    Ok(structure.identity.is_some()
        && structure.frames.is_empty()
        && structure.checkpoints.is_empty()
        && structure.orphan_lists.is_empty()
        && damage.len() <= usize::from(structure.torn_tail.is_some()))
}

fn header(new: &NewArchive, signer: &Signer, origin: String, log: String) -> Header {
    Header {
        version: 1,
        archive: uuid_text(&new.archive),
        origin,
        log,
        start: 0,
        schema: new.schema.clone(),
        signer: signer.verifier().to_vkey(),
        previous: None,
        tool: new.tool.clone(),
    }
}

/// A checkpoint gives the origin one line; lines that look empty or hide characters mislead.
fn check_origin(origin: &str) -> Result<(), WriteError> {
    let is_plain = !origin.is_empty()
        && origin.len() <= 512
        && origin.trim() == origin
        && !origin.contains(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}');
    if is_plain {
        Ok(())
    } else {
        Err(WriteError::Origin(origin.to_owned()))
    }
}

/// The text form of a uuid: 8-4-4-4-12 hex digits.
fn uuid_text(uuid: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in uuid.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
