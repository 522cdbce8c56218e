//! The file of a case: bounded reading, writing as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::work::{Case, LISTS_MAX, SCHEMA};

/// Bytes of a case file at most.
pub const CASE_BYTES_MAX: u64 = 64 << 20;

/// A case and where it is kept.
#[derive(Debug)]
pub struct CaseFile {
    path: PathBuf,
    /// The case; [`CaseFile::save`] writes it.
    pub case: Case,
}

/// Why a case cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum CaseFileError {
    /// The medium failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no case file, or one of a later version.
    #[error("{path} is no case file that can be read: {says}")]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        says: String,
    },
    /// Somebody else wrote it meanwhile.
    #[error(
        "{path} was written by somebody else meanwhile (revision {found}, not {known}); open it \
        again \
         and repeat the change"
    )]
    Changed {
        /// The file.
        path: PathBuf,
        /// The revision in the file.
        found: u64,
        /// The one that was read.
        known: u64,
    },
}

impl CaseFile {
    /// A new case that has no file yet; `id` is a UUID.
    #[must_use]
    pub fn new(path: PathBuf, id: String) -> Self {
        Self {
            path,
            case: Case {
                id,
                ..Case::default()
            },
        }
    }

    /// Reads a case.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or is no case of this version.
    pub fn open(path: &Path) -> Result<Self, CaseFileError> {
        Ok(Self {
            case: read(path)?,
            path: path.to_owned(),
        })
    }

    /// Where it is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes it: into a file beside it, to the disk, then in its place.
    ///
    /// # Errors
    /// When it cannot be written, or the file is not the one that was read; then nothing is
    /// changed.
    pub fn save(&mut self) -> Result<(), CaseFileError> {
        let path = self.path.clone();
        let failed = |source| CaseFileError::Io {
            path: path.clone(),
            source,
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let lock = beside(&path, "lock");
        let lock = private(OpenOptions::new().create(true).truncate(false).write(true))
            .open(lock)
            .map_err(failed)?;
        lock.lock().map_err(failed)?;
        let found = match path.try_exists().map_err(failed)? {
            true => read(&path)?.revision,
            false => 0,
        };
        if found != self.case.revision {
            return Err(CaseFileError::Changed {
                path: path.clone(),
                found,
                known: self.case.revision,
            });
        }
        let mut next = self.case.clone();
        next.revision += 1;
        let mut bytes = serde_json::to_vec_pretty(&next).map_err(|error| failed(error.into()))?;
        bytes.push(b'\n');
        let made = beside(&path, "new");
        replace(&made, &path, folder, &bytes).map_err(failed)?;
        self.case = next;
        Ok(())
    }
}

fn replace(made: &Path, path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file =
        private(OpenOptions::new().create(true).truncate(true).write(true)).open(made)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(made, path)?;
    // The rename itself lasts only when the folder is on the disk.
    File::open(folder)?.sync_all()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// Names and notes in a case are for the examiner alone.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn read(path: &Path) -> Result<Case, CaseFileError> {
    let failed = |source| CaseFileError::Io {
        path: path.to_owned(),
        source,
    };
    let form = |says: String| CaseFileError::Form {
        path: path.to_owned(),
        says,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(CASE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > CASE_BYTES_MAX {
        return Err(form(format!(
            "it has more than {} MiB",
            CASE_BYTES_MAX >> 20
        )));
    }
    let case: Case = serde_json::from_slice(&bytes).map_err(|error| form(error.to_string()))?;
    if case.schema != SCHEMA {
        return Err(form(format!(
            "its schema is {:?}, not {SCHEMA:?}",
            case.schema
        )));
    }
    let lists = [
        ("people", case.people.len()),
        ("deposits", case.deposits.len()),
        ("custody", case.custody.len()),
        ("queries", case.queries.len()),
        ("cited", case.cited.len()),
        ("findings", case.findings.len()),
        ("limits", case.limits.len()),
        ("redact", case.redact.len()),
        ("declarations", case.declarations.len()),
        ("sections", case.sections.len()),
    ];
    for (name, length) in lists {
        if length > LISTS_MAX {
            return Err(form(format!(
                "{name:?} has {length} members, more than {LISTS_MAX}"
            )));
        }
    }
    Ok(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_case(folder: &Path) -> CaseFile {
        CaseFile::new(folder.join("a/case.json"), "5f0c".to_owned())
    }

    #[test]
    fn what_is_saved_is_read_again() {
        let folder = tempfile::tempdir().expect("folder");
        let mut file = new_case(folder.path());
        file.case.identity.title = "On the \u{202e}night".to_owned();
        file.save().expect("first");
        file.case.limits.push("no clock".to_owned());
        file.save().expect("second");
        let again = CaseFile::open(file.path()).expect("open");
        assert_eq!(again.case, file.case);
        assert_eq!(again.case.revision, 2);
    }

    #[test]
    fn a_later_writer_does_not_undo_an_earlier_one() {
        let folder = tempfile::tempdir().expect("folder");
        let mut mine = new_case(folder.path());
        mine.save().expect("first");
        let mut other = CaseFile::open(mine.path()).expect("open");
        other.case.limits.push("theirs".to_owned());
        other.save().expect("theirs");
        mine.case.limits.push("mine".to_owned());
        let refused = mine.save().expect_err("a revision was not seen");
        assert!(matches!(
            refused,
            CaseFileError::Changed {
                found: 2,
                known: 1,
                ..
            }
        ));
        let kept = CaseFile::open(mine.path()).expect("open");
        assert_eq!(kept.case.limits, ["theirs"]);
    }

    #[test]
    fn a_half_written_file_is_not_taken_for_the_case() {
        let folder = tempfile::tempdir().expect("folder");
        let mut file = new_case(folder.path());
        file.save().expect("save");
        fs::write(beside(file.path(), "new"), b"{\"schema\":").expect("a crash");
        file.case.limits.push("after".to_owned());
        file.save().expect("save again");
        assert_eq!(
            CaseFile::open(file.path()).expect("open").case.limits,
            ["after"]
        );
    }

    #[test]
    fn what_is_no_case_is_said() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("x.json");
        for (text, part) in [
            ("", "EOF"),
            ("[]", "schema is \"\""),
            ("{\"schema\":\"sealscope.case/9\"}", "sealscope.case/9"),
            ("{\"template\":\"none\"}", "none"),
            ("{}", "schema is \"\""),
        ] {
            fs::write(&path, text).expect("write");
            let says = CaseFile::open(&path).expect_err(text).to_string();
            assert!(says.contains(part), "{says}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn others_cannot_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("folder");
        let mut file = new_case(folder.path());
        file.save().expect("save");
        let mode = fs::metadata(file.path())
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0);
    }
}
