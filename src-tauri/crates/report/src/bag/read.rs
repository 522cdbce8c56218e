//! Reads bags made by anybody.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::package::is_name;

/// Files that a bag may have: two for each of 100,000 exhibits, and as many again.
const FILES_MAX: usize = 400_000;
/// Bytes that a bag may have; all of them are held in memory while it is checked.
pub(crate) const BAG_BYTES_MAX: u64 = 2 << 30;
/// Folders in folders: names of attachments have at most 240 bytes.
const DEPTH_MAX: usize = 16;

/// Why a bag could not be read.
#[derive(Debug)]
pub(crate) enum ReadFault {
    /// The system says no.
    Io(io::Error),
    /// More than is read.
    TooLarge(String),
    /// No bag of ours has this.
    Form(String),
}

impl From<io::Error> for ReadFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The files that were found, by path.
#[derive(Debug, Default)]
pub(crate) struct Found<'b> {
    pub files: BTreeMap<String, Cow<'b, [u8]>>,
    /// Name of the folder in a zip file; empty for a folder.
    pub folder: String,
    names: BTreeSet<String>,
    bytes: u64,
}

impl<'b> Found<'b> {
    /// Takes a file, unless it makes the bag too large, or has a name that no bag of ours has.
    pub fn add(&mut self, name: &str, bytes: Cow<'b, [u8]>) -> Result<(), ReadFault> {
        if !is_name(name) {
            return Err(ReadFault::Form(format!("it holds a file named {name:?}")));
        }
        if !self.names.insert(name.to_ascii_lowercase()) {
            return Err(ReadFault::Form(format!("it holds {name:?} twice")));
        }
        self.bytes += bytes.len() as u64;
        if self.names.len() > FILES_MAX || self.bytes > BAG_BYTES_MAX {
            return Err(too_large());
        }
        self.files.insert(name.to_owned(), bytes);
        Ok(())
    }

    /// One file, taken out.
    pub fn take(mut self, name: &str) -> Option<Vec<u8>> {
        self.files.remove(name).map(Cow::into_owned)
    }
}

fn too_large() -> ReadFault {
    ReadFault::TooLarge(format!(
        "it has more than {FILES_MAX} files or {BAG_BYTES_MAX} bytes"
    ))
}

/// Reads all files of a folder. Links are not followed: a bag has none.
pub(crate) fn read_folder(path: &Path) -> Result<Found<'static>, ReadFault> {
    let mut found = Found::default();
    read_below(path, "", 0, &mut found)?;
    Ok(found)
}

fn read_below(
    folder: &Path,
    prefix: &str,
    depth: usize,
    found: &mut Found<'static>,
) -> Result<(), ReadFault> {
    if depth > DEPTH_MAX {
        return Err(ReadFault::Form(format!("{prefix:?} lies too deep")));
    }
    let mut entries = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let file_name = entry.file_name();
        let name = format!("{prefix}{}", file_name.to_string_lossy());
        entries += 1;
        if entries > FILES_MAX {
            return Err(too_large());
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            let before = found.names.len();
            read_below(&entry.path(), &format!("{name}/"), depth + 1, found)?;
            if found.names.len() == before {
                return Err(ReadFault::Form(format!("the folder {name:?} is empty")));
            }
        } else if kind.is_file() {
            let left = BAG_BYTES_MAX.saturating_sub(found.bytes);
            let mut bytes = Vec::new();
            let file = File::open(entry.path())?;
            file.take(left + 1).read_to_end(&mut bytes)?;
            found.add(&name, Cow::Owned(bytes))?;
        } else {
            return Err(ReadFault::Form(format!(
                "{name:?} is neither a file nor a folder (links are not followed)"
            )));
        }
    }
    Ok(())
}
