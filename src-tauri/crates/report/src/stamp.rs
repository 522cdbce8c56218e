//! A timestamp token (RFC 3161) for a report that is signed already: over the examiner's statement,
//! so that it shows since when the signed report exists.
//!
//! Invariants: 1. What a token is worth is judged elsewhere; here it gets its place. 2. The report,
//! its signature and all that they cover keep their bytes: a token is a file more, and in a bag a
//! line more in the list of the files beside `data/`. 3. A bag that is not as its own list or zip
//! file states gets no token: a list written anew would hide that.

use std::borrow::Cow;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::bag::{
    Found, ReadFault, STATEMENT, TAG_MANIFEST, TOKEN, compare_zip, read_folder, read_zip,
    tag_manifest, write_zip_files,
};
use crate::check::{self, CheckError, TOKEN_BYTES_MAX};
use crate::sign::{ENVELOPE_BYTES_MAX, Form};

/// Why a report gets no token.
#[derive(Debug, thiserror::Error)]
pub enum AddTokenError {
    /// It cannot be read as a report.
    #[error(transparent)]
    Read(#[from] CheckError),
    /// A bag that none of ours looks like.
    #[error("{} is no bag as Sealscope writes it: {why}", path.display())]
    Form {
        /// The bag.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// There is no signature that a token could be about.
    #[error(
        "{} is not signed, and a timestamp is over the signature: make the report again with an \
         examiner's key", .0.display()
    )]
    Unsigned(PathBuf),
    /// It has another token.
    #[error("{} has another timestamp already; nothing was written", .0.display())]
    Stamped(PathBuf),
    /// It cannot be written.
    #[error("{} cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// What came of adding a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedToken {
    /// The file that holds it: in a bag, beside the report, or the zip file itself.
    pub path: PathBuf,
    /// The report had it before: nothing was written.
    pub was_there: bool,
}

/// Whether something is a report by its form, rather than an archive.
#[must_use]
pub fn is_report(path: &Path) -> bool {
    check::form_of(path).is_ok()
}

/// The examiner's signed statement of a report: the bytes that a token is about.
///
/// # Errors
/// See [`AddTokenError`].
pub fn signed_statement(path: &Path) -> Result<Vec<u8>, AddTokenError> {
    let statement = match check::form_of(path)? {
        Form::Bag if path.is_dir() => sound(path, read_folder(path))?.take(STATEMENT),
        Form::Bag => {
            let zip = check::read_bag_file(path)?;
            sound(path, read_zip(&zip))?.take(STATEMENT)
        }
        _ => check::read_beside(path, ".dsse.json", ENVELOPE_BYTES_MAX)?,
    };
    statement.ok_or_else(|| AddTokenError::Unsigned(path.to_owned()))
}

/// Adds a token to a report: in a bag as `statement.tsr`, otherwise beside it as `NAME.dsse.tsr`.
/// That it is about [`signed_statement`] is for the caller to see to.
///
/// # Errors
/// See [`AddTokenError`]. Of a folder the token may be there without its line in the list: adding
/// it again mends that.
pub fn add_token(path: &Path, token: &[u8]) -> Result<AddedToken, AddTokenError> {
    match check::form_of(path)? {
        Form::Bag if path.is_dir() => add_to_folder(path, token),
        Form::Bag => add_to_zip(path, token),
        _ => add_beside(path, token),
    }
}

fn add_beside(path: &Path, token: &[u8]) -> Result<AddedToken, AddTokenError> {
    let there = check::read_beside(path, ".dsse.tsr", TOKEN_BYTES_MAX)?;
    let at = check::beside(path, ".dsse.tsr");
    let was_there = is_known(path, there.as_deref(), token)?;
    if !was_there {
        put(&at, token)?;
    }
    Ok(AddedToken {
        path: at,
        was_there,
    })
}

fn add_to_folder(path: &Path, token: &[u8]) -> Result<AddedToken, AddTokenError> {
    let mut found = sound(path, read_folder(path))?;
    let there = found.files.remove(TOKEN);
    let was_there = is_known(path, there.as_deref(), token)?;
    let before = found.files.remove(TAG_MANIFEST).unwrap_or_default();
    let without = tag_manifest(&found.files);
    found.files.insert(TOKEN.to_owned(), Cow::Borrowed(token));
    let list = tag_manifest(&found.files);
    let is_listed = *before == *list.as_bytes();
    if !is_listed && *before != *without.as_bytes() {
        return Err(not_as_listed(path));
    }
    let at = path.join(TOKEN);
    if !was_there {
        put(&at, token)?;
    }
    if !is_listed {
        put(&path.join(TAG_MANIFEST), list.as_bytes())?;
    }
    Ok(AddedToken {
        path: at,
        was_there,
    })
}

fn add_to_zip(path: &Path, token: &[u8]) -> Result<AddedToken, AddTokenError> {
    let zip = check::read_bag_file(path)?;
    let mut found = sound(path, read_zip(&zip))?;
    let there = found.files.get(TOKEN).map(|bytes| &**bytes);
    let was_there = is_known(path, there, token)?;
    if !was_there {
        let list = found.files.get(TAG_MANIFEST).map(|bytes| &**bytes);
        if list != Some(tag_manifest(&found.files).as_bytes())
            || !compare_zip(&zip, &found.folder, &found.files)
        {
            return Err(not_as_listed(path));
        }
        found.files.insert(TOKEN.to_owned(), Cow::Borrowed(token));
        let list = tag_manifest(&found.files);
        found
            .files
            .insert(TAG_MANIFEST.to_owned(), Cow::Owned(list.into_bytes()));
        let mut out = Vec::with_capacity(zip.len() + 2 * token.len());
        write_zip_files(&found.folder, &found.files, &mut out)
            .map_err(|error| unwritten(path, error))?;
        put(path, &out)?;
    }
    Ok(AddedToken {
        path: path.to_owned(),
        was_there,
    })
}

fn not_as_listed(path: &Path) -> AddTokenError {
    AddTokenError::Form {
        path: path.to_owned(),
        why: "its files are not as its own list states; `sealscope check` says which".to_owned(),
    }
}

fn sound<'b>(path: &Path, read: Result<Found<'b>, ReadFault>) -> Result<Found<'b>, AddTokenError> {
    let path = path.to_owned();
    read.map_err(|fault| match fault {
        ReadFault::Io(error) => CheckError::Io { path, error }.into(),
        ReadFault::TooLarge(why) => CheckError::TooLarge { path, why }.into(),
        ReadFault::Form(why) => AddTokenError::Form { path, why },
    })
}

fn is_known(path: &Path, there: Option<&[u8]>, token: &[u8]) -> Result<bool, AddTokenError> {
    match there {
        Some(there) if there == token => Ok(true),
        Some(_) => Err(AddTokenError::Stamped(path.to_owned())),
        None => Ok(false),
    }
}

fn unwritten(path: &Path, error: io::Error) -> AddTokenError {
    AddTokenError::Write {
        path: path.to_owned(),
        error,
    }
}

/// Writes a file whole: under another name beside, to the disk, then renamed.
fn put(path: &Path, bytes: &[u8]) -> Result<(), AddTokenError> {
    let unfinished = check::beside(path, ".unfinished");
    let write = || {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    write().map_err(|error: io::Error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = fs::remove_file(&unfinished);
        }
        unwritten(path, error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Form as Written, write_report};
    use crate::testing;

    #[test]
    fn a_bag_that_is_not_as_listed_gets_no_token() {
        let folder = tempfile::tempdir().expect("a folder");
        let package = testing::package(1);
        let write = |form: Written| {
            let path = folder.path().join(form.name());
            let signer = testing::signer();
            write_report(&package, form, &path, Some(&signer)).expect("written");
            path
        };
        let bag = write(Written::Bag);
        let info = bag.join("bag-info.txt");
        let list = fs::read(bag.join(TAG_MANIFEST)).expect("there");
        let bytes = fs::read(&info).expect("there");
        fs::write(&info, [&bytes[..], b"More: lies\n"].concat()).expect("written");
        let refused = add_token(&bag, b"token");
        assert!(matches!(refused, Err(AddTokenError::Form { .. })));
        assert_eq!(fs::read(bag.join(TAG_MANIFEST)).expect("there"), list);
        assert!(!bag.join(TOKEN).exists());
        // As it was, it takes the token; and again, where the list was not written the first time.
        fs::write(&info, bytes).expect("written");
        assert!(!add_token(&bag, b"token").expect("added").was_there);
        fs::write(bag.join(TAG_MANIFEST), list).expect("written");
        assert!(add_token(&bag, b"token").expect("known").was_there);
        let text = fs::read_to_string(bag.join(TAG_MANIFEST)).expect("there");
        assert!(text.contains(TOKEN), "{text}");

        let zip = write(Written::Zip);
        let mut bytes = fs::read(&zip).expect("there");
        // Behind the files, where only an unpacking program looks.
        let last = bytes.len() - 30;
        bytes[last] ^= 1;
        fs::write(&zip, &bytes).expect("written");
        let refused = add_token(&zip, b"token");
        assert!(matches!(refused, Err(AddTokenError::Form { .. })));
        assert_eq!(fs::read(&zip).expect("there"), bytes);
    }

    #[test]
    fn what_an_archive_is_called_makes_it_no_report() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.zip");
        fs::write(&path, "SLHD, or any other bytes").expect("written");
        assert!(!is_report(&path));
    }
}
