//! Files that appear when they are whole, and writers that hash what passes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sealscope_proof::Sha256Stream;
use sealscope_report::export::ExportFile;

use super::{ExportError, beside, name_of};
use crate::output_place::folder_of;
use crate::trust_store::sync_folder;

/// Bytes on their way, counted and hashed.
pub(super) struct Counted<W> {
    out: W,
    bytes: u64,
    hash: Sha256Stream,
}

impl<W: Write> Counted<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            bytes: 0,
            hash: Sha256Stream::default(),
        }
    }

    pub(super) fn finish(self, name: &str, rows: u64) -> ExportFile {
        ExportFile {
            name: name.to_owned(),
            rows,
            bytes: self.bytes,
            sha256: self.hash.finish().get().to_hex(),
        }
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.out.write(bytes)?;
        self.hash.update(bytes.get(..taken).unwrap_or(bytes));
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file under another name, until it is whole. Dropped before, it leaves nothing.
pub(super) struct Draft {
    path: PathBuf,
    partial: PathBuf,
    out: Option<BufWriter<Counted<File>>>,
    /// Whether the file under the other name is there and ours.
    is_made: bool,
}

impl Draft {
    /// A file that must not exist, readable by its owner alone.
    pub(super) fn create(path: &Path) -> Result<Self, ExportError> {
        let mut draft = Self::when_needed(path);
        match draft.open() {
            Ok(_) => Ok(draft),
            Err(error) => Err(draft.failed(error)),
        }
    }

    /// The same, made with its first byte.
    pub(super) fn when_needed(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            partial: beside(path, &format!("{}.partial", name_of(path))),
            out: None,
            is_made: false,
        }
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<Counted<File>>> {
        if self.out.is_none() {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(&self.partial)?;
            self.is_made = true;
            self.out = Some(BufWriter::with_capacity(256 << 10, Counted::new(file)));
        }
        self.out
            .as_mut()
            .ok_or_else(|| io::Error::other("the file is not open"))
    }

    /// Ends the writing; the bytes are on the disk then. `None` where there was nothing to write.
    pub(super) fn close(&mut self, rows: u64) -> Result<Option<ExportFile>, ExportError> {
        let Some(out) = self.out.take() else {
            return Ok(None);
        };
        let counted = out
            .into_inner()
            .map_err(|error| self.failed(error.into_error()))?;
        counted.out.sync_all().map_err(|error| self.failed(error))?;
        Ok(Some(counted.finish(&name_of(&self.path), rows)))
    }

    /// Gives it its name.
    pub(super) fn publish(mut self) -> Result<(), ExportError> {
        if !self.is_made {
            return Ok(());
        }
        if self.path.symlink_metadata().is_ok() {
            let path = self.path.clone();
            return Err(ExportError::Exists { path });
        }
        fs::rename(&self.partial, &self.path).map_err(|error| self.failed(error))?;
        self.is_made = false;
        sync_folder(folder_of(&self.path)).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> ExportError {
        match error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::Exists {
                path: self.partial.clone(),
            },
            _ => ExportError::Output {
                path: self.path.clone(),
                error,
            },
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.out = None;
        if self.is_made {
            let _ = fs::remove_file(&self.partial);
        }
    }
}
