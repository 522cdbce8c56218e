//! Reads a report again, without the archive, and says what of it holds.
//!
//! Invariants: 1. Nothing is `ok` on the report's own word: a key that only the report names is
//! not trusted, and a report without a signature of a trusted examiner never holds in full. 2.
//! Everything that follows from
//! `report.json` is made again and compared byte for byte. 3. A report is as untrusted as
//! evidence: sizes are bounded, names cannot leave the folder, links are not followed, and
//! nothing panics. 4. A report that does not hold is a result; an error means that it could not
//! be looked at.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sealscope_proof::VerifierKey;
use sealscope_verify::TrustStore;

use crate::bag::{BAG_BYTES_MAX, ReadFault, read_folder, read_zip};
use crate::content::Exhibit;
use crate::package::Package;
use crate::sign::{ENVELOPE_BYTES_MAX, Form};

mod bag;
mod exhibits;
mod facts;
mod outcome;
mod signature;
mod single;
#[cfg(test)]
mod tests;

pub use outcome::{Answer, Check, ExhibitChecks, Finding, Outcome, State};

/// Bytes of a timestamp token that are read: more than any token has.
pub(crate) const TOKEN_BYTES_MAX: usize = 1 << 20;

/// Bytes by which a form is told.
const HEAD_BYTES: u64 = 64;

/// What reports are held against.
#[derive(Clone, Copy)]
pub struct CheckOptions<'o> {
    /// Keys of logs, witnesses, and certificates of timestamping authorities. None of these keys
    /// signs reports: whoever holds that of a log is no examiner.
    pub trust: &'o TrustStore,
    /// Keys of examiners.
    pub examiners: &'o [VerifierKey],
    /// This program: what another one made is not compared where the forms of versions may differ.
    pub this: ThisProgram<'o>,
    /// Forms that can be written again.
    pub renderers: Renderers<'o>,
    /// Judges the files of a proof that is no path in a tree.
    pub files: Option<&'o FilesJudge<'o>>,
}

/// Judges a proof that is made of files of the package.
pub type FilesJudge<'o> = dyn Fn(&Package, &Exhibit) -> Finding + Sync + 'o;

/// The program that checks.
#[derive(Debug, Clone, Copy)]
pub struct ThisProgram<'o> {
    /// Its version, as in `method.version`.
    pub version: &'o str,
    /// Its commit, as in `method.commit`.
    pub commit: &'o str,
}

/// A form that a report can be written in, and read back from.
pub trait Renderer: Sync {
    /// The report in this form.
    ///
    /// # Errors
    /// Why not, in words.
    fn render(&self, package: &Package) -> Result<Vec<u8>, String>;

    /// The report that stands in these bytes. Bounded and without panic, whatever they are.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn extract(&self, bytes: &[u8]) -> Result<Package, String>;
}

/// The forms that this program knows.
#[derive(Clone, Copy, Default)]
pub struct Renderers<'o> {
    /// Pages.
    pub html: Option<&'o dyn Renderer>,
    /// PDF.
    pub pdf: Option<&'o dyn Renderer>,
}

impl<'o> Renderers<'o> {
    fn of(&self, form: Form) -> Option<&'o dyn Renderer> {
        match form {
            Form::Html => self.html,
            Form::Pdf => self.pdf,
            Form::Bag | Form::Json => None,
        }
    }
}

/// Why a report could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// It cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is larger than what is read.
    #[error("{} is too large to be checked: {why}", path.display())]
    TooLarge {
        /// The path.
        path: PathBuf,
        /// What is too large.
        why: String,
    },
    /// Neither a bag nor a file of a known form.
    #[error("{} is no report: neither a bag, nor a PDF, HTML or JSON file", path.display())]
    NoReport {
        /// The path.
        path: PathBuf,
    },
}

/// What came of a check.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What was found.
    pub outcome: Outcome,
    /// The report, where it could be read; not believed.
    pub package: Option<Package>,
}

/// Checks a bag (a folder or a zip file), or a report in one file with its signature beside it
/// (`NAME.dsse.json`, and a timestamp over that, `NAME.dsse.tsr`).
///
/// # Errors
/// See [`CheckError`].
pub fn check_path(path: &Path, options: &CheckOptions<'_>) -> Result<Checked, CheckError> {
    let in_path = |error| CheckError::Io {
        path: path.to_owned(),
        error,
    };
    if path.metadata().map_err(in_path)?.is_dir() {
        if !is_bag_folder(path) {
            return Err(no_report(path));
        }
        return match read_folder(path) {
            Ok(found) => Ok(bag::check(&found, None, options)),
            Err(fault) => unreadable(path, fault),
        };
    }
    let bytes = read_file(path, BAG_BYTES_MAX)?;
    match kind_of(path, &bytes).ok_or_else(|| no_report(path))? {
        Form::Bag => match read_zip(&bytes) {
            Ok(found) => Ok(bag::check(&found, Some(&bytes), options)),
            Err(fault) => unreadable(path, fault),
        },
        form => {
            let envelope = read_beside(path, ".dsse.json", ENVELOPE_BYTES_MAX)?;
            let token = read_beside(path, ".dsse.tsr", TOKEN_BYTES_MAX)?;
            let beside = single::Beside { envelope, token };
            Ok(single::check(form, bytes, &beside, options))
        }
    }
}

fn is_bag_folder(path: &Path) -> bool {
    let names = ["bagit.txt", "data", "manifest-sha256.txt"];
    names.iter().any(|name| path.join(name).exists())
}

/// The form of a report, by its folder or its first bytes alone: an archive may have any name.
pub(crate) fn form_of(path: &Path) -> Result<Form, CheckError> {
    let in_path = |error| CheckError::Io {
        path: path.to_owned(),
        error,
    };
    let form = if path.metadata().map_err(in_path)?.is_dir() {
        is_bag_folder(path).then_some(Form::Bag)
    } else {
        let mut head = Vec::new();
        let file = File::open(path).map_err(in_path)?;
        file.take(HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(in_path)?;
        kind_of_bytes(&head)
    };
    form.ok_or_else(|| no_report(path))
}

/// A zip file, read as a bag may be.
pub(crate) fn read_bag_file(path: &Path) -> Result<Vec<u8>, CheckError> {
    read_file(path, BAG_BYTES_MAX)
}

fn no_report(path: &Path) -> CheckError {
    CheckError::NoReport {
        path: path.to_owned(),
    }
}

fn unreadable(path: &Path, fault: ReadFault) -> Result<Checked, CheckError> {
    let path = path.to_owned();
    match fault {
        ReadFault::Io(error) => Err(CheckError::Io { path, error }),
        ReadFault::TooLarge(why) => Err(CheckError::TooLarge { path, why }),
        ReadFault::Form(why) => {
            let mut outcome = Outcome::of(Form::Bag);
            let says = format!("This is no bag as Sealscope writes it: {why}.");
            outcome.add("files", Finding::broken(says));
            Ok(Checked {
                outcome,
                package: None,
            })
        }
    }
}

/// By its first bytes; a file with a changed beginning, by its name.
fn kind_of(path: &Path, bytes: &[u8]) -> Option<Form> {
    kind_of_bytes(bytes).or_else(|| {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "zip" => Some(Form::Bag),
            "pdf" => Some(Form::Pdf),
            "html" | "htm" => Some(Form::Html),
            "json" => Some(Form::Json),
            _ => None,
        }
    })
}

fn kind_of_bytes(bytes: &[u8]) -> Option<Form> {
    let begins = |text: &str| {
        let head = bytes.get(..text.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(text.as_bytes()))
    };
    let forms = [
        ("PK\u{3}\u{4}", Form::Bag),
        ("%PDF-", Form::Pdf),
        ("<!doctype html", Form::Html),
        ("{\n  \"schema\"", Form::Json),
    ];
    let found = forms.into_iter().find(|(text, _)| begins(text));
    found.map(|(_, form)| form)
}

/// Reads a file of at most so many bytes.
fn read_file(path: &Path, bytes_max: u64) -> Result<Vec<u8>, CheckError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_end(&mut bytes));
    match read {
        Ok(read) if read as u64 <= bytes_max => Ok(bytes),
        Ok(_) => Err(CheckError::TooLarge {
            path: path.to_owned(),
            why: format!("it has more than {bytes_max} bytes"),
        }),
        Err(error) => Err(CheckError::Io {
            path: path.to_owned(),
            error,
        }),
    }
}

/// The place of a file whose name goes on with a suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The file whose name goes on with a suffix, if there is one.
pub(crate) fn read_beside(
    path: &Path,
    suffix: &str,
    max: usize,
) -> Result<Option<Vec<u8>>, CheckError> {
    let beside = beside(path, suffix);
    match beside.exists() {
        true => read_file(&beside, max as u64).map(Some),
        false => Ok(None),
    }
}
