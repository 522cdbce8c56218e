//! The one way out: a report written in a form, whole or not at all.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sealscope_proof::{Sha256Stream, Signer};

use crate::bag::{Bag, BagError, WriteError, write_folder, write_zip};
use crate::check::Renderer;
use crate::package::{AttachedFile, Package};
use crate::{html, pdf, sign};

/// The forms in which a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// PDF/A-3 with the machine-readable report inside.
    Pdf,
    /// One page that checks itself.
    Html,
    /// The machine-readable report alone; attached files are left out.
    Json,
    /// A folder of entries and proofs (BagIt).
    Bag,
    /// The same in one file.
    Zip,
}

impl Form {
    /// All forms.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Html, Self::Bag, Self::Zip, Self::Json];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Json => "json",
            Self::Bag => "bag",
            Self::Zip => "zip",
        }
    }

    /// That of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The form that a file's ending asks for; without one of the endings, a bag.
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str() {
            Some("pdf") => Self::Pdf,
            Some("html" | "htm") => Self::Html,
            Some("json") => Self::Json,
            Some("zip") => Self::Zip,
            _ => Self::Bag,
        }
    }

    const fn signed_as(self) -> sign::Form {
        match self {
            Self::Pdf => sign::Form::Pdf,
            Self::Html => sign::Form::Html,
            Self::Json => sign::Form::Json,
            Self::Bag | Self::Zip => sign::Form::Bag,
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// In which form.
    pub form: Form,
    /// SHA-256 of the file, hex; `None` for a folder.
    pub sha256: Option<String>,
    /// SHA-256 of the machine-readable report, hex.
    pub content_sha256: String,
    /// The file with the examiner's signature beside it; a bag has it inside.
    pub signature: Option<PathBuf>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// Nothing is written over.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// The report makes no document of this form.
    #[error("the report cannot be written in this form: {0}")]
    Form(String),
    /// The medium failed.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Writes a report; with a signer, its signature is inside (bags) or beside it (`OUT.dsse.json`).
///
/// # Errors
/// See [`OutputError`]. Nothing is left behind.
pub fn write_report(
    package: &Package,
    form: Form,
    path: &Path,
    signer: Option<&Signer>,
) -> Result<Written, OutputError> {
    if path.symlink_metadata().is_ok() {
        return Err(OutputError::Exists(path.to_owned()));
    }
    let mut written = Written {
        path: path.to_owned(),
        form,
        sha256: None,
        content_sha256: package.content().sha256(),
        signature: None,
    };
    match form {
        Form::Bag | Form::Zip => bag(package, form, path, signer)?,
        Form::Pdf => {
            let bytes =
                pdf::render(package).map_err(|error| OutputError::Form(error.to_string()))?;
            one_file(package, &bytes, signer, &mut written)?;
        }
        Form::Html => one_file(package, &html::render(package), signer, &mut written)?,
        Form::Json => one_file(package, &package.content().to_json(), signer, &mut written)?,
    }
    if form == Form::Zip {
        let sha256 = sha256_of(path).map_err(|error| OutputError::Io {
            path: path.to_owned(),
            error,
        })?;
        written.sha256 = Some(sha256);
    }
    Ok(written)
}

/// The page goes with the bag, for people; a PDF would double the time.
fn bag(
    package: &Package,
    form: Form,
    path: &Path,
    signer: Option<&Signer>,
) -> Result<(), OutputError> {
    let renderings = [AttachedFile {
        name: "report.html".to_owned(),
        bytes: html::render(package),
    }];
    let of_form = |error: BagError| OutputError::Form(error.to_string());
    let mut bag = Bag::new(package, &renderings).map_err(of_form)?;
    if let Some(signer) = signer {
        bag.sign(signer);
    }
    let done = match form {
        Form::Zip => write_zip(bag, path),
        _ => write_folder(bag, path),
    };
    done.map_err(|error| match error {
        WriteError::Exists { path } => OutputError::Exists(path),
        WriteError::Io { path, error } => OutputError::Io { path, error },
    })
}

fn one_file(
    package: &Package,
    bytes: &[u8],
    signer: Option<&Signer>,
    written: &mut Written,
) -> Result<(), OutputError> {
    written.sha256 = Some(sealscope_proof::sha256(bytes).to_hex());
    let signature = signer.map(|signer| {
        let path = beside(&written.path, ".dsse.json");
        let form = written.form.signed_as();
        (
            path,
            sign::sign_file(package.content(), form, bytes, signer),
        )
    });
    if let Some((path, envelope)) = &signature {
        whole(path, envelope)?;
    }
    if let Err(error) = whole(&written.path, bytes) {
        if let Some((path, _)) = &signature {
            let _ = fs::remove_file(path);
        }
        return Err(error);
    }
    written.signature = signature.map(|(path, _)| path);
    Ok(())
}

/// Writes under another name beside, to the disk, then renames.
fn whole(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    if path.symlink_metadata().is_ok() {
        return Err(OutputError::Exists(path.to_owned()));
    }
    let unfinished = beside(path, ".unfinished");
    let write = || {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&unfinished)?;
        let mut out = BufWriter::new(file);
        out.write_all(bytes)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|error: io::Error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&unfinished);
        }
        OutputError::Io {
            path: path.to_owned(),
            error,
        }
    })
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

fn sha256_of(path: &Path) -> io::Result<String> {
    struct Hash(Sha256Stream);
    impl Write for Hash {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut hash = Hash(Sha256Stream::default());
    io::copy(&mut fs::File::open(path)?, &mut hash)?;
    Ok(hash.0.finish().get().to_hex())
}

/// Pages, for [`crate::check`].
#[derive(Debug, Clone, Copy)]
pub struct HtmlForm;

impl Renderer for HtmlForm {
    fn render(&self, package: &Package) -> Result<Vec<u8>, String> {
        Ok(html::render(package))
    }

    fn extract(&self, bytes: &[u8]) -> Result<Package, String> {
        html::extract(bytes).map_err(|error| error.to_string())
    }
}

/// PDF, for [`crate::check`].
#[derive(Debug, Clone, Copy)]
pub struct PdfForm;

impl Renderer for PdfForm {
    fn render(&self, package: &Package) -> Result<Vec<u8>, String> {
        pdf::render(package).map_err(|error| error.to_string())
    }

    fn extract(&self, bytes: &[u8]) -> Result<Package, String> {
        pdf::extract(bytes).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_ending_tells_the_form() {
        for (name, form) in [
            ("a.pdf", Form::Pdf),
            ("a.HTML", Form::Html),
            ("a.json", Form::Json),
            ("a.zip", Form::Zip),
            ("bag", Form::Bag),
            ("a.txt", Form::Bag),
        ] {
            assert_eq!(Form::of_path(Path::new(name)), form, "{name}");
        }
        for form in Form::ALL {
            assert_eq!(Form::from_name(form.name()), Some(form));
        }
    }

    #[test]
    fn nothing_is_written_over_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().expect("folder");
        let package = testing::package(2);
        let path = folder.path().join("r.html");
        let signer = testing::signer();
        let written = write_report(&package, Form::Html, &path, Some(&signer)).expect("written");
        let bytes = fs::read(&path).expect("there");
        assert_eq!(
            written.sha256,
            Some(sealscope_proof::sha256(&bytes).to_hex())
        );
        assert!(written.signature.is_some_and(|path| path.exists()));
        let refused = write_report(&package, Form::Html, &path, None);
        assert!(matches!(refused, Err(OutputError::Exists(_))));
        assert_eq!(fs::read(&path).expect("there"), bytes);
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 2);
    }

    #[test]
    fn two_writings_have_the_same_bytes() {
        let folder = tempfile::tempdir().expect("folder");
        let package = testing::package(2);
        for form in [Form::Html, Form::Json, Form::Zip] {
            let of = |name: &str| {
                let path = folder.path().join(name);
                write_report(&package, form, &path, Some(&testing::signer())).expect("written");
                fs::read(path).expect("there")
            };
            assert!(of(&format!("1.{}", form.name())) == of(&format!("2.{}", form.name())));
        }
    }
}
