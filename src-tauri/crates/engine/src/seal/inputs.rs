use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use sealscope_archive::OpenError;
use sealscope_archive::input::{Skipped, list_folder};

use super::{SealError, SealInput};
use crate::output_place::OutputPlace;

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
            refuse(place.lies_inside(&path), &path, out)?;
            let listing = list_folder(&path).map_err(unreadable)?;
            if listing.files.is_empty() {
                return Err(SealError::NothingToSeal { path });
            }
            for file in listing.files {
                found.push(file_input(file)?);
            }
            skipped.extend(listing.skipped);
        } else if metadata.is_file() {
            refuse(place.is_same(&path), &path, out)?;
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

fn refuse(is_inside: bool, input: &Path, out: &Path) -> Result<(), SealError> {
    if !is_inside {
        return Ok(());
    }
    Err(SealError::OutputInsideInput {
        out: out.to_owned(),
        input: input.to_owned(),
    })
}
