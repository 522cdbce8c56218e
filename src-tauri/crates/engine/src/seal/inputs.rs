use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use sealscope_archive::OpenError;
use sealscope_archive::input::{Skipped, list_folder};

use super::output::folder_of;
use super::{SealError, SealInput};

/// One input, found and not yet read.
pub(super) enum Input {
    /// A regular file.
    File { path: PathBuf, bytes: u64 },
    Stream {
        name: String,
        bytes: Box<dyn Read + Send>,
    },
}

impl Input {
    /// Its length as found; `None` where nobody knows.
    pub(super) const fn bytes(&self) -> Option<u64> {
        match self {
            Self::File { bytes, .. } => Some(*bytes),
            Self::Stream { .. } => None,
        }
    }
}

/// Lists the files of folders, and refuses what cannot be sealed before anything is created.
pub(super) fn expand(
    inputs: Vec<SealInput>,
    out: &Path,
) -> Result<(Vec<Input>, Vec<Skipped>), SealError> {
    let place = OutputPlace::of(out);
    let (mut found, mut skipped) = (Vec::new(), Vec::new());
    for input in inputs {
        let path = match input {
            SealInput::Stream { name, bytes } => {
                found.push(Input::Stream { name, bytes });
                continue;
            }
            SealInput::Path(path) => path,
        };
        let unreadable = |error| SealError::Input(OpenError::from_io(&path, error));
        let metadata = fs::metadata(&path).map_err(unreadable)?;
        if metadata.is_dir() {
            place.refuse_inside(&path)?;
            let listing = list_folder(&path).map_err(unreadable)?;
            if listing.files.is_empty() {
                return Err(SealError::NothingToSeal { path });
            }
            for file in listing.files {
                found.push(file_input(file)?);
            }
            skipped.extend(listing.skipped);
        } else if metadata.is_file() {
            place.refuse_same(&path)?;
            found.push(file_input(path)?);
        } else {
            return Err(SealError::NotRegular { path });
        }
    }
    Ok((found, skipped))
}

/// Opens the file once, so that one that may not be read is told before the work begins.
fn file_input(path: PathBuf) -> Result<Input, SealError> {
    let length = File::open(&path).and_then(|file| file.metadata());
    match length {
        Ok(metadata) => Ok(Input::File {
            bytes: metadata.len(),
            path,
        }),
        Err(error) => Err(SealError::Input(OpenError::from_io(&path, error))),
    }
}

/// Where the archive lies, with links resolved.
struct OutputPlace {
    out: PathBuf,
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
}

impl OutputPlace {
    fn of(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            file: out.canonicalize().ok(),
            folder: folder_of(out).canonicalize().ok(),
        }
    }

    fn refuse_inside(&self, input: &Path) -> Result<(), SealError> {
        let inside = |place: &PathBuf, folder: &PathBuf| place.starts_with(folder);
        let folder = input.canonicalize().ok();
        let Some(folder) = &folder else {
            return Ok(());
        };
        // A link may lie inside while its file does not, and the other way round.
        let is_inside = self
            .folder
            .as_ref()
            .is_some_and(|place| inside(place, folder))
            || self
                .file
                .as_ref()
                .is_some_and(|place| inside(place, folder));
        self.refuse(is_inside, input)
    }

    fn refuse_same(&self, input: &Path) -> Result<(), SealError> {
        let is_same = self.file.is_some() && self.file == input.canonicalize().ok();
        self.refuse(is_same, input)
    }

    fn refuse(&self, is_inside: bool, input: &Path) -> Result<(), SealError> {
        if !is_inside {
            return Ok(());
        }
        Err(SealError::OutputInsideInput {
            out: self.out.clone(),
            input: input.to_owned(),
        })
    }
}
