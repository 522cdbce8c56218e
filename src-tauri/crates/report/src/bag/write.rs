//! Writes bags: under another name beside, then renamed, so that there is a whole bag or none.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::{Bag, zip};

/// Why a bag was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Nothing is written over.
    #[error("{} exists already; choose another name", path.display())]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("{} cannot be written: {error}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Writes a bag as a folder, which must not exist.
///
/// # Errors
/// See [`WriteError`]. Nothing is left behind when it fails.
pub fn write_folder(bag: Bag<'_>, path: &Path) -> Result<(), WriteError> {
    write(path, |unfinished| {
        fs::create_dir(unfinished)?;
        write_files(&bag.finish(), unfinished)
    })
}

/// Writes a bag as a zip file, which must not exist.
///
/// # Errors
/// See [`WriteError`]. Nothing is left behind when it fails.
pub fn write_zip(bag: Bag<'_>, path: &Path) -> Result<(), WriteError> {
    write(path, |unfinished| {
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).open(unfinished)?;
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let folder = bag.folder_name();
        zip::write(&folder, &bag.finish(), &mut out)?;
        out.flush()?;
        out.get_ref().sync_all()
    })
}

fn write(path: &Path, make: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), WriteError> {
    if path.symlink_metadata().is_ok() {
        return Err(WriteError::Exists {
            path: path.to_owned(),
        });
    }
    let in_path = |error| WriteError::Io {
        path: path.to_owned(),
        error,
    };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".unfinished");
    let unfinished = path.with_file_name(name);
    if unfinished.symlink_metadata().is_ok() {
        return Err(WriteError::Exists { path: unfinished });
    }
    let made = make(&unfinished).and_then(|()| rename_new(&unfinished, path));
    if made.is_err() {
        let _ = match unfinished.is_dir() {
            true => fs::remove_dir_all(&unfinished),
            false => fs::remove_file(&unfinished),
        };
    }
    made.map_err(in_path)
}

/// Renames to a name that must be free. A folder never takes the place of one with files in it;
/// for a file a second name tells whether the first is taken, where the file system has such.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_file() && fs::hard_link(from, to).is_ok() {
        return fs::remove_file(from);
    }
    if to.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

fn write_files(files: &BTreeMap<String, Cow<'_, [u8]>>, folder: &Path) -> io::Result<()> {
    let mut made = BTreeSet::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some((below, _)) = name.rsplit_once('/')
            && made.insert(below)
        {
            fs::create_dir_all(folder.join(below))?;
        }
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(path)?;
        file.write_all(bytes)?;
    }
    Ok(())
}
