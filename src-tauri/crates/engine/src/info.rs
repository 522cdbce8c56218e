//! What stands around the entries of an archive: names, seals, sources. All of it is what the
//! archive states; nothing here is a verdict.

use sealscope_archive::Structure;
use sealscope_archive::sealog::{Control, Header, INTERRUPTED, SealogStructure, SourceForm};
use sealscope_model::{Digest, Position};

use crate::open_archive::OpenArchive;

/// What an archive states about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArchiveInfo {
    /// What the header states.
    pub header: Option<Header>,
    /// Signed statements of size and root, in file order.
    pub checkpoints: Vec<CheckpointInfo>,
    /// The inputs that were sealed, in order.
    pub sources: Vec<SourceInfo>,
    /// What the sealer said is missing.
    pub gaps: Vec<GapInfo>,
    /// Reason in the `close` line, where there is one.
    pub closed: Option<String>,
    /// Data frames, or pieces of a plain log.
    pub segments: u64,
    /// Timestamp tokens in the file; what they are worth is in the judgement.
    pub timestamps: u64,
    /// Whether every frame has its leaf list, so that a changed entry can be named.
    pub has_leaf_lists: bool,
    /// Where an incomplete last frame begins.
    pub torn_tail: Option<u64>,
}

/// One signed statement of size and root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointInfo {
    /// Where its frame begins in the file.
    pub offset_bytes: u64,
    /// Number of leaves; `None` where it does not parse.
    pub size: Option<u64>,
    /// Root over them.
    pub root: Option<Digest>,
    /// Name and key id, in eight hex digits, of each signature line.
    pub signers: Vec<(String, String)>,
}

/// One input as the archive states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceInfo {
    /// Position of the line that opens it.
    pub position: Position,
    /// Name as sealed.
    pub name: String,
    /// How it was stored.
    pub form: SourceForm,
    /// Modification time, RFC 3339.
    pub modified: Option<String>,
    /// What the line that closes it states; `None` where sealing was interrupted.
    pub end: Option<SourceEnd>,
}

/// What the line that closes a source states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceEnd {
    /// Bytes as found.
    pub bytes: u64,
    /// SHA-256 of the bytes as found, in hex.
    pub sha256: String,
    /// Bytes unpacked.
    pub bytes_raw: u64,
    /// SHA-256 of the unpacked bytes, in hex.
    pub sha256_raw: String,
    /// Log entries.
    pub entries: u64,
}

/// A loss that the sealer declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapInfo {
    /// Position of the line that declares it.
    pub position: Position,
    /// Why.
    pub reason: String,
    /// How many entries, where known.
    pub count: Option<u64>,
}

impl OpenArchive {
    /// What the archive states about itself, as far as it was read.
    #[must_use]
    pub fn info(&self) -> ArchiveInfo {
        let mut info = match self.archive().structure() {
            Structure::Sealog(sealog) => of_structure(sealog.structure()),
            _ => ArchiveInfo::default(),
        };
        info.segments = self.archive().segment_count() as u64;
        let known = self.known();
        let mut open = None;
        for (found, first) in known.findings.iter().zip(&known.first_positions) {
            for (number, control) in &found.controls {
                take_control(&mut info, &mut open, control, first + u64::from(*number));
            }
        }
        info
    }
}

fn of_structure(structure: &SealogStructure) -> ArchiveInfo {
    let checkpoints = structure.checkpoints.iter().map(|frame| {
        let signatures = frame.note.as_ref().map(|note| note.signatures.as_slice());
        let signers = signatures.unwrap_or_default().iter();
        CheckpointInfo {
            offset_bytes: frame.offset_bytes,
            size: frame
                .checkpoint
                .as_ref()
                .ok()
                .map(|checkpoint| checkpoint.size),
            root: frame
                .checkpoint
                .as_ref()
                .ok()
                .map(|checkpoint| checkpoint.root),
            signers: signers
                .map(|line| (line.name.clone(), format!("{:08x}", line.key_id)))
                .collect(),
        }
    });
    ArchiveInfo {
        checkpoints: checkpoints.collect(),
        timestamps: structure.timestamps.len() as u64,
        has_leaf_lists: structure.frames.iter().all(|frame| {
            // A list without hashes has its fixed part alone.
            frame
                .list
                .as_ref()
                .is_some_and(|list| list.payload_bytes > 52)
        }),
        torn_tail: structure.torn_tail,
        ..ArchiveInfo::default()
    }
}

/// `open`: number of the source that was opened last and not closed.
fn take_control(
    info: &mut ArchiveInfo,
    open: &mut Option<usize>,
    control: &Control,
    position: Position,
) {
    match control {
        Control::Header(header) => {
            info.header.get_or_insert_with(|| header.clone());
        }
        Control::Source {
            name,
            modified,
            form,
        } => {
            *open = Some(info.sources.len());
            info.sources.push(SourceInfo {
                position,
                name: name.clone(),
                form: *form,
                modified: modified.clone(),
                end: None,
            });
        }
        Control::SourceEnd {
            bytes,
            sha256,
            bytes_raw,
            sha256_raw,
            entries,
            ..
        } => {
            if let Some(source) = open.take().and_then(|number| info.sources.get_mut(number)) {
                source.end = Some(SourceEnd {
                    bytes: *bytes,
                    sha256: sha256.clone(),
                    bytes_raw: *bytes_raw,
                    sha256_raw: sha256_raw.clone(),
                    entries: *entries,
                });
            }
        }
        Control::Gap { reason, count } => {
            info.gaps.push(GapInfo {
                position,
                reason: reason.clone(),
                count: *count,
            });
            if reason == INTERRUPTED {
                *open = None;
            }
        }
        Control::Close { reason, .. } => info.closed = Some(reason.clone()),
        Control::Segment { .. } | Control::Line { .. } => {}
    }
}
