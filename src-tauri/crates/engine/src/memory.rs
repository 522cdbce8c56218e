//! What was seen of sealog archives before: of each log the newest checkpoint that a trusted key
//! signed, so that a rollback or a second history shows the next time.
//!
//! The file lies in the examiner's own data folder, never beside evidence. Invariants: 1. Only what
//! was proven under a trusted key is remembered. 2. A shorter state never takes the place of a
//! longer one. 3. A file that cannot be read, or that others may write to, remembers nothing, and
//! that is said.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, Note};
use sealscope_verify::{CheckpointStatement, RememberedLog};
use serde::{Deserialize, Serialize};

use crate::places::{Places, private_folder};
use crate::trust_store::replace;

/// Logs that are remembered; the one seen longest ago goes first.
const LOGS_MAX: usize = 2_000;
/// A longer file is none of ours.
const FILE_BYTES_MAX: u64 = 256 << 20;
const FILE: &str = "checkpoints.json";
const LOCK: &str = "checkpoints.lock";
const SCHEMA: &str = "sealscope.memory/1";

/// Why the memory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// The file cannot be read or written.
    #[error("the memory of checkpoints {path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file holds something else.
    #[error("{path} is no memory of checkpoints; move it away to begin a new one")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// Others than the examiner may write to the file.
    #[error(
        "others may write to the memory of checkpoints {path}; make it yours alone (chmod 600)"
    )]
    Exposed {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Default, Serialize, Deserialize)]
struct FileForm {
    schema: String,
    logs: Vec<LogForm>,
}

#[derive(Clone, Serialize, Deserialize)]
struct LogForm {
    origin: String,
    note: String,
    seen: String,
    /// Size and root of each.
    checkpoints: Vec<(u64, String)>,
}

impl LogForm {
    fn of(log: &RememberedLog) -> Self {
        let checkpoints = log.checkpoints.iter();
        Self {
            origin: log.origin.clone(),
            note: log.note.clone(),
            seen: log.seen.clone(),
            checkpoints: checkpoints
                .map(|one| (one.size, one.root.to_hex()))
                .collect(),
        }
    }

    fn into_log(self) -> Option<RememberedLog> {
        let read = |(size, root): (u64, String)| {
            let root = Digest::from_hex(&root).ok()?;
            Some(CheckpointStatement { size, root })
        };
        let checkpoints: Option<Vec<_>> = self.checkpoints.into_iter().map(read).collect();
        Some(RememberedLog {
            origin: self.origin,
            note: self.note,
            seen: self.seen,
            checkpoints: checkpoints?,
        })
    }
}

/// What was seen before; nothing where there is no file yet.
///
/// # Errors
/// See [`MemoryError`].
pub(crate) fn recall(places: &Places) -> Result<Vec<RememberedLog>, MemoryError> {
    let path = places.data.join(FILE);
    let form = read(&path)?;
    let logs: Option<Vec<_>> = form.logs.into_iter().map(LogForm::into_log).collect();
    logs.ok_or(MemoryError::Malformed { path })
}

/// Remembers what was proven of a log, unless a longer state of it is known.
///
/// # Errors
/// When the file cannot be read or written; it is then as before.
pub(crate) fn remember(places: &Places, log: &RememberedLog) -> Result<(), MemoryError> {
    let path = places.data.join(FILE);
    let failed = |error| MemoryError::File {
        path: path.clone(),
        error,
    };
    let folder = private_folder(&places.data).map_err(failed)?;
    // Two programs that remember at once must not lose what the other one saw.
    let lock = fs::File::create(folder.join(LOCK)).map_err(failed)?;
    let _ = fs4::fs_std::FileExt::lock_exclusive(&lock);
    let written = rewrite(&path, log);
    let _ = fs4::fs_std::FileExt::unlock(&lock);
    written
}

fn rewrite(path: &Path, log: &RememberedLog) -> Result<(), MemoryError> {
    let mut form = read(path)?;
    let known = form.logs.iter().position(|one| one.origin == log.origin);
    let mut merged = log.clone();
    if let Some(place) = known {
        let Some(before) = form.logs.remove(place).into_log() else {
            return Err(MemoryError::Malformed {
                path: path.to_owned(),
            });
        };
        if size_of(&before.note) > size_of(&log.note) {
            return Ok(());
        }
        // The earlier ones agree: a state that contradicts them is not remembered.
        let known: Vec<u64> = merged.checkpoints.iter().map(|one| one.size).collect();
        let earlier = before.checkpoints.into_iter();
        let earlier = earlier.filter(|one| !known.contains(&one.size));
        merged.checkpoints.extend(earlier);
        merged.checkpoints.sort_unstable();
    }
    form.logs.push(LogForm::of(&merged.thinned()));
    let too_many = form.logs.len().saturating_sub(LOGS_MAX);
    form.logs.drain(..too_many);
    form.schema = SCHEMA.to_owned();
    let failed = |error| MemoryError::File {
        path: path.to_owned(),
        error,
    };
    let mut text = serde_json::to_vec(&form).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    replace(path, &text).map_err(failed)
}

fn size_of(note: &str) -> Option<u64> {
    let note = Note::parse(note.as_bytes()).ok()?;
    Some(Checkpoint::parse(&note.text).ok()?.size)
}

fn read(path: &Path) -> Result<FileForm, MemoryError> {
    let failed = |error| MemoryError::File {
        path: path.to_owned(),
        error,
    };
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(FileForm::default()),
        metadata => metadata.map_err(failed)?,
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(MemoryError::Exposed {
                path: path.to_owned(),
            });
        }
    }
    let malformed = || MemoryError::Malformed {
        path: path.to_owned(),
    };
    if metadata.len() > FILE_BYTES_MAX {
        return Err(malformed());
    }
    let bytes = fs::read(path).map_err(failed)?;
    let form: FileForm = serde_json::from_slice(&bytes).map_err(|_| malformed())?;
    if form.schema == SCHEMA {
        Ok(form)
    } else {
        Err(malformed())
    }
}

#[cfg(test)]
mod tests {
    use sealscope_proof::Signer;

    use super::*;

    fn log(size: u64) -> RememberedLog {
        let signer = Signer::from_seed("example.org/sealer", &[7; 32]).expect("it is valid");
        let root = Digest::new([size as u8; 32]);
        let states = Checkpoint {
            origin: "example.org/audit/1".to_owned(),
            size,
            root,
        };
        RememberedLog {
            origin: states.origin.clone(),
            note: signer.sign(&states.to_text()),
            seen: format!("at {size}"),
            checkpoints: vec![CheckpointStatement { size, root }],
        }
    }

    #[test]
    fn the_longest_state_is_remembered_with_those_before_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let places = Places::under(folder.path());
        assert_eq!(recall(&places).expect("nothing yet"), []);
        for size in [5, 9, 7] {
            remember(&places, &log(size)).expect("it is written");
        }
        let [known] = &recall(&places).expect("it reads")[..] else {
            panic!("one log");
        };
        assert_eq!(known.seen, "at 9");
        let sizes: Vec<u64> = known.checkpoints.iter().map(|one| one.size).collect();
        assert_eq!(sizes, [5, 9]);
    }

    #[test]
    fn a_file_of_others_or_of_another_kind_is_not_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let places = Places::under(folder.path());
        fs::create_dir_all(&places.data).expect("a folder");
        let path = places.data.join(FILE);
        fs::write(&path, "{}").expect("written");
        assert!(matches!(
            recall(&places),
            Err(MemoryError::Malformed { .. })
        ));
        assert!(remember(&places, &log(1)).is_err());
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), Some("{}"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::Permissions::from_mode(0o666);
            fs::set_permissions(&path, mode).expect("changed");
            assert!(matches!(recall(&places), Err(MemoryError::Exposed { .. })));
        }
    }
}
