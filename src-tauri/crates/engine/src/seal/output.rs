use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use fs4::fs_std::FileExt as _;
use sealscope_archive::sealog::SealogOutput;

use super::SealError;
use crate::output_place::folder_of;
use crate::trust_store::sync_folder;

/// The archive's file while it is written; nobody else may write to it meanwhile.
#[derive(Debug)]
pub(super) struct Output {
    file: File,
    path: PathBuf,
}

impl Output {
    /// Makes a file that must not exist, readable by its owner alone.
    pub(super) fn create(path: &Path) -> Result<Self, SealError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => SealError::OutputExists {
                path: path.to_owned(),
            },
            _ => failed(path, error),
        })?;
        let output = Self::locked(path, file)?;
        // The name has to outlive a crash as the bytes do.
        sync_folder(folder_of(path)).map_err(|error| failed(path, error))?;
        Ok(output)
    }

    /// Opens a file that exists, to add to it.
    pub(super) fn open(path: &Path) -> Result<Self, SealError> {
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|error| failed(path, error))?;
        Self::locked(path, file)
    }

    fn locked(path: &Path, file: File) -> Result<Self, SealError> {
        // A file system without locks is no reason not to seal.
        if let Ok(false) = file.try_lock_exclusive() {
            return Err(SealError::Busy {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Cuts off what does not stay and goes to the end.
    pub(super) fn cut_to(&self, bytes: u64) -> Result<(), SealError> {
        let cut = self
            .file
            .set_len(bytes)
            .and_then(|()| (&self.file).seek(SeekFrom::Start(bytes)))
            .and_then(|_| self.file.sync_all());
        cut.map_err(|error| failed(&self.path, error))
    }

    /// Returns once file and name are on the disk.
    pub(super) fn finish(self) -> Result<(), SealError> {
        self.file
            .sync_all()
            .and_then(|()| sync_folder(folder_of(&self.path)))
            .map_err(|error| failed(&self.path, error))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // A program being started may hold a copy of the file for a moment; the lock must not
        // live on in it.
        let _ = fs4::fs_std::FileExt::unlock(&self.file);
    }
}

impl SealogOutput for Output {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

fn failed(path: &Path, error: io::Error) -> SealError {
    SealError::Output {
        path: path.to_owned(),
        error,
    }
}
