//! Timestamps for sealog archives and reports: the query that a timestamping authority answers, and
//! its answer as a frame of the archive, or as a file of the report.
//!
//! Invariants: 1. No token goes in that does not stamp a checkpoint of this archive or the signed
//! statement of this report, or that is bad whoever made it. 2. Nothing that was sealed is written
//! again: of an archive only SLIX is cut off, which is a hint, and put back behind the token. A
//! crash leaves an archive without SLIX, or with a torn tail.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use fs4::fs_std::FileExt as _;
use sealscope_archive::sealog::{CheckpointFrame, SealogArchive, timestamp_frame};
use sealscope_archive::{OpenError, Source};
use sealscope_model::Digest;
use sealscope_report::stamp::{AddTokenError, add_token, is_report, signed_statement};
use sealscope_verify::{
    Stamped, TimestampFinding, TimestampState, TokenImprint, bare_token, check_token, grouped,
};

/// Bytes of SLIX that are put back; a larger one is left out, as it is only a hint.
const INDEX_BYTES_MAX: u64 = 65 << 20;

/// Why an archive could not be stamped.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// The archive cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It has no checkpoint that could be stamped.
    #[error("{path} has no checkpoint: there is nothing to stamp")]
    NoCheckpoint {
        /// The archive.
        path: PathBuf,
    },
    /// The archive ends in an incomplete frame.
    #[error("{path} ends in a torn tail; finish it with `sealscope seal --append` first")]
    TornTail {
        /// The archive.
        path: PathBuf,
    },
    /// Another program writes to it, or has written to it.
    #[error("{path} is being written by another program; try again when it is done")]
    Busy {
        /// The archive.
        path: PathBuf,
    },
    /// The report can take no token.
    #[error(transparent)]
    Report(#[from] AddTokenError),
    /// The token is none.
    #[error("this is no timestamp token: {0}")]
    NoToken(String),
    /// The token is about something else.
    #[error(
        "the token stamps other bytes than {0}; nothing was written. Make the query anew with \
         --query"
    )]
    OtherBytes(&'static str),
    /// The token does not hold.
    #[error("the token does not hold: {0}; nothing was written")]
    Bad(String),
    /// The archive cannot be written.
    #[error("{path} cannot be written: {error}")]
    Write {
        /// The archive.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// What is to be sent to an authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampQuery {
    /// TimeStampReq (RFC 3161 §2.4.1) in DER.
    pub der: Vec<u8>,
    /// Size of the checkpoint that it is about; `None` for the signed statement of a report.
    pub size: Option<u64>,
    /// SHA-256 of the note, or the statement: the imprint.
    pub imprint: Digest,
}

/// What came of adding a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StampReport {
    /// Size of the checkpoint that it stamps; `None` for the signed statement of a report.
    pub size: Option<u64>,
    /// What the token is worth.
    pub finding: TimestampFinding,
    /// The archive or the report had it before: nothing was written.
    pub was_there: bool,
}

/// Makes the query for the newest checkpoint of an archive, or for the examiner's signed statement
/// of a report. `nonce` is random.
///
/// # Errors
/// See [`StampError`].
pub fn stamp_query(path: &Path, nonce: [u8; 8]) -> Result<StampQuery, StampError> {
    if is_report(path) {
        let imprint = sealscope_proof::sha256(&signed_statement(path)?);
        return Ok(StampQuery {
            der: query(&imprint, nonce),
            size: None,
            imprint,
        });
    }
    let archive = open(path)?;
    let seals = seals(&archive);
    let Some((size, frame)) = seals.last() else {
        return Err(StampError::NoCheckpoint {
            path: path.to_owned(),
        });
    };
    Ok(StampQuery {
        der: query(&frame.payload_hash, nonce),
        size: Some(*size),
        imprint: frame.payload_hash,
    })
}

fn open(path: &Path) -> Result<SealogArchive, StampError> {
    let source = Source::open(path).map_err(|error| OpenError::from_io(path, error))?;
    Ok(SealogArchive::open(source)?)
}

/// The first undamaged checkpoint frame of each size, by size.
fn seals(archive: &SealogArchive) -> Vec<(u64, &CheckpointFrame)> {
    let frames = archive.structure().checkpoints.iter();
    let sound = frames.filter(|frame| frame.is_undamaged);
    let mut seals: Vec<(u64, &CheckpointFrame)> = sound
        .filter_map(|frame| Some((frame.checkpoint.as_ref().ok()?.size, frame)))
        .collect();
    seals.sort_by_key(|(size, frame)| (*size, frame.offset_bytes));
    seals.dedup_by_key(|(size, _)| *size);
    seals
}

/// TimeStampReq: version 1, SHA-256 imprint, nonce, certificates asked for. All lengths are below
/// 128.
fn query(imprint: &Digest, nonce: [u8; 8]) -> Vec<u8> {
    const SHA256: [u8; 15] = [
        0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    ];
    let mut number = nonce;
    // A positive number that needs all of its eight bytes.
    number[0] = number[0] & 0x7F | 0x40;
    let mut body = vec![0x02, 0x01, 0x01];
    body.extend([0x30, (SHA256.len() + 2 + 32) as u8]);
    body.extend(SHA256);
    body.extend([0x04, 32]);
    body.extend_from_slice(imprint.as_bytes());
    body.extend([0x02, 0x08]);
    body.extend(number);
    body.extend([0x01, 0x01, 0xFF]);
    let mut der = vec![0x30, body.len() as u8];
    der.append(&mut body);
    der
}

/// Adds an authority's answer to an archive or to a report.
///
/// # Errors
/// See [`StampError`]; but for [`StampError::Write`] the archive is as before.
pub fn add_stamp(path: &Path, token: &[u8], roots: &[Vec<u8>]) -> Result<StampReport, StampError> {
    if is_report(path) {
        return add_to_report(path, token, roots);
    }
    let written = |error| StampError::Write {
        path: path.to_owned(),
        error,
    };
    let mut options = OpenOptions::new();
    let file = options.read(true).write(true).open(path);
    let file = file.map_err(|error| OpenError::from_io(path, error))?;
    // A file system without locks is no reason not to stamp.
    if let Ok(false) = file.try_lock_exclusive() {
        return Err(StampError::Busy {
            path: path.to_owned(),
        });
    }
    let outcome = add_locked(path, &file, token, roots, written);
    let _ = fs4::fs_std::FileExt::unlock(&file);
    outcome
}

fn add_to_report(path: &Path, token: &[u8], roots: &[Vec<u8>]) -> Result<StampReport, StampError> {
    let statement = signed_statement(path)?;
    let stamped = Stamped::Bytes(&statement);
    if !imprint_of(token)?.is_of(stamped) {
        return Err(StampError::OtherBytes(
            "the signed statement of this report",
        ));
    }
    let finding = check_token(token, stamped, "the signed statement", roots, roots);
    if finding.state == TimestampState::Bad {
        return Err(StampError::Bad(finding.why.unwrap_or_default()));
    }
    let added = add_token(path, token)?;
    Ok(StampReport {
        size: None,
        finding,
        was_there: added.was_there,
    })
}

fn imprint_of(token: &[u8]) -> Result<TokenImprint, StampError> {
    TokenImprint::of(token).ok_or_else(|| {
        let none = check_token(token, Stamped::Bytes(&[]), "nothing", &[], &[]);
        StampError::NoToken(none.why.unwrap_or_default())
    })
}

fn add_locked(
    path: &Path,
    file: &File,
    token: &[u8],
    roots: &[Vec<u8>],
    written: impl Fn(io::Error) -> StampError,
) -> Result<StampReport, StampError> {
    let archive = open(path)?;
    if archive.structure().torn_tail.is_some() {
        return Err(StampError::TornTail {
            path: path.to_owned(),
        });
    }
    let (size, finding) = judge(&archive, token, roots)?;
    let Some(bare) = bare_token(token) else {
        return Err(StampError::NoToken("it does not parse".to_owned()));
    };
    let mut tokens = archive.structure().timestamps.iter();
    let was_there = tokens.any(|frame| archive.read_token(frame).is_ok_and(|one| one == bare));
    if !was_there {
        let Some(frame) = timestamp_frame(bare) else {
            return Err(StampError::NoToken("it is longer than 64 KiB".to_owned()));
        };
        if archive.source().has_changed() {
            return Err(StampError::Busy {
                path: path.to_owned(),
            });
        }
        write(&archive, file, frame).map_err(written)?;
    }
    Ok(StampReport {
        size: Some(size),
        finding,
        was_there,
    })
}

/// The size of the checkpoint that a token stamps, and what the token is worth.
fn judge(
    archive: &SealogArchive,
    token: &[u8],
    roots: &[Vec<u8>],
) -> Result<(u64, TimestampFinding), StampError> {
    let imprint = imprint_of(token)?;
    for (size, frame) in seals(archive).into_iter().rev() {
        let note = frame.note.as_ref().map(sealscope_proof::Note::to_note);
        let note = note.unwrap_or_default();
        let is_it = sealscope_proof::sha256(note.as_bytes()) == frame.payload_hash;
        let stamped = if is_it {
            Stamped::Bytes(note.as_bytes())
        } else {
            Stamped::Sha256(&frame.payload_hash)
        };
        if imprint.is_of(stamped) {
            let what = format!("the checkpoint of {} entries", grouped(size));
            let finding = check_token(token, stamped, &what, roots, roots);
            return match finding.state {
                TimestampState::Bad => Err(StampError::Bad(finding.why.unwrap_or_default())),
                _ => Ok((size, finding)),
            };
        }
    }
    Err(StampError::OtherBytes("a checkpoint of this archive"))
}

/// Puts the frame behind everything but SLIX, and SLIX behind it.
fn write(archive: &SealogArchive, mut file: &File, frame: Vec<u8>) -> io::Result<()> {
    let source = archive.source();
    let mut added = frame;
    let end = match archive.structure().index_offset_bytes {
        Some(at) => {
            let index_bytes = source.bytes().saturating_sub(at);
            if index_bytes <= INDEX_BYTES_MAX {
                let mut index = Vec::new();
                let count = usize::try_from(index_bytes).unwrap_or(0);
                source.read_into(at, count, &mut index)?;
                added.extend_from_slice(&index);
            }
            file.set_len(at)?;
            // Cut first, on the disk too: never half of one and half of the other.
            file.sync_all()?;
            at
        }
        None => source.bytes(),
    };
    file.seek(SeekFrom::Start(end))?;
    file.write_all(&added)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use sealscope_testkit::sealog::{Part, Plan, judge, other_signer};
    use sealscope_testkit::timestamp::TokenPlan;

    use super::*;

    fn archive(with_index: bool) -> (tempfile::TempDir, PathBuf, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.sealog");
        let mut plan = Plan::new(3, 8);
        plan.index = with_index;
        let made = plan.build();
        std::fs::write(&path, made.bytes()).expect("written");
        let notes = made.seals.iter().map(|seal| seal.note.clone()).collect();
        (folder, path, notes)
    }

    #[test]
    fn a_token_goes_in_before_the_index_and_is_found_again() {
        for with_index in [true, false] {
            for seal in 0..3 {
                let (_folder, path, notes) = archive(with_index);
                let before = std::fs::read(&path).expect("it reads");
                let made = TokenPlan::default().stamp(notes[seal].as_bytes());
                let roots = [made.root];
                let report = add_stamp(&path, &made.token, &roots).expect("it is added");
                assert!(report.finding.is_trusted() && !report.was_there);
                let after = std::fs::read(&path).expect("it reads");
                let summary = judge(&after);
                assert_eq!(summary.damage, [], "{with_index} {seal}");
                assert_eq!(summary.verdict, sealscope_model::Verdict::Intact);
                assert_eq!(summary.outside.timestamps.len(), 1);
                // The same again changes nothing; without the response around it, it is the same.
                let again = add_stamp(&path, bare_token(&made.token).expect("it is one"), &roots);
                assert!(again.expect("it is there").was_there);
                assert_eq!(std::fs::read(&path).expect("it reads"), after);
                assert!(after.len() > before.len());
            }
        }
    }

    #[test]
    fn a_crash_at_any_byte_leaves_what_was_sealed() {
        let (_folder, path, notes) = archive(true);
        let before = std::fs::read(&path).expect("it reads");
        let made = TokenPlan::default().stamp(notes[2].as_bytes());
        add_stamp(&path, &made.token, &[]).expect("it is added");
        let after = std::fs::read(&path).expect("it reads");
        let kept = before
            .iter()
            .zip(&after)
            .take_while(|(a, b)| a == b)
            .count();
        // The first frame that differs is SLIX, whose head begins like that of SLTS.
        for end in kept - 4..after.len() {
            let summary = judge(&after[..end]);
            assert_eq!(summary.verdict, sealscope_model::Verdict::Intact, "{end}");
            assert_eq!(summary.entries.intact, 24, "{end}");
        }
    }

    #[test]
    fn what_does_not_belong_there_is_refused_and_nothing_is_written() {
        let (_folder, path, notes) = archive(true);
        let before = std::fs::read(&path).expect("it reads");
        let other = TokenPlan::default().stamp(b"other bytes");
        let outcome = add_stamp(&path, &other.token, &[]);
        assert!(matches!(outcome, Err(StampError::OtherBytes(_))));
        let plan = TokenPlan {
            names_certificate: Some(false),
            ..TokenPlan::default()
        };
        let bad = plan.stamp(notes[2].as_bytes());
        assert!(matches!(
            add_stamp(&path, &bad.token, &[]),
            Err(StampError::Bad(_))
        ));
        assert!(matches!(
            add_stamp(&path, b"no", &[]),
            Err(StampError::NoToken(_))
        ));
        let plan = TokenPlan {
            status: Some(2),
            ..TokenPlan::default()
        };
        let refused = plan.stamp(notes[2].as_bytes());
        let outcome = add_stamp(&path, &refused.token, &[]);
        assert!(matches!(outcome, Err(StampError::NoToken(why)) if why.contains("did not grant")));
        assert_eq!(std::fs::read(&path).expect("it reads"), before);
    }

    #[test]
    fn a_torn_archive_is_not_stamped() {
        let (_folder, path, notes) = archive(false);
        let bytes = std::fs::read(&path).expect("it reads");
        let torn = [&bytes[..], &[0x28, 0xB5, 0x2F, 0xFD, 0x20]].concat();
        std::fs::write(&path, &torn).expect("written");
        let made = TokenPlan::default().stamp(notes[2].as_bytes());
        let outcome = add_stamp(&path, &made.token, &[]);
        assert!(matches!(outcome, Err(StampError::TornTail { .. })));
        assert_eq!(std::fs::read(&path).expect("it reads"), torn);
    }

    #[test]
    fn a_later_cosignature_does_not_change_what_is_stamped() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.sealog");
        let mut made = Plan::new(1, 4).build();
        let seal = made.seals[0].clone();
        let text = sealscope_proof::Note::parse(seal.note.as_bytes())
            .expect("a note")
            .text;
        made.parts.retain(|part| !matches!(part, Part::Index(_)));
        made.parts
            .push(Part::Checkpoint(other_signer().sign(&text).into_bytes()));
        std::fs::write(&path, made.bytes()).expect("written");
        let query = stamp_query(&path, [7; 8]).expect("it has a checkpoint");
        assert_eq!(query.imprint, sealscope_proof::sha256(seal.note.as_bytes()));
        assert_eq!(query.size, Some(seal.size));
    }
}
