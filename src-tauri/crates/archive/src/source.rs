//! Read-only bytes of evidence, by position.
//!
//! Evidence is read with positioned reads and never memory-mapped: a failing disk has to give an
//! error, not kill the process. Nothing here can write.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// What tells one state of a file from another without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileStamp {
    /// Length in bytes.
    pub bytes: u64,
    /// Modification time in nanoseconds since 1970; 0 where the system has none.
    pub modified_ns: i128,
    /// Device and inode (zero where the system has none): another file under the old name shows.
    pub place: (u64, u64),
}

impl FileStamp {
    /// The state of the file at a path, without opening it.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn at(path: &Path) -> io::Result<Self> {
        Ok(Self::of(&std::fs::metadata(path)?))
    }

    /// Whether the file at a path is in this state now.
    #[must_use]
    pub fn is_of(&self, path: &Path) -> bool {
        Self::at(path).is_ok_and(|now| now == *self)
    }

    fn of(metadata: &Metadata) -> Self {
        let since = |time: std::time::SystemTime| match time.duration_since(UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(0),
            Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(0),
        };
        Self {
            bytes: metadata.len(),
            modified_ns: metadata.modified().map_or(0, since),
            place: place_of(metadata),
        }
    }
}

#[cfg(unix)]
fn place_of(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
const fn place_of(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// One open file of evidence.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    file: File,
    stamp: FileStamp,
}

impl Source {
    /// Opens a regular file for reading only.
    ///
    /// # Errors
    /// When it cannot be opened, or is no regular file (a pipe or device could block or change).
    pub fn open(path: &Path) -> io::Result<Self> {
        // Looked at before opening: opening a pipe would wait for a writer.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is no regular file",
            ));
        }
        let file = File::open(path)?;
        let stamp = FileStamp::of(&file.metadata()?);
        Ok(Self {
            path: path.to_owned(),
            file,
            stamp,
        })
    }

    /// Wraps a file that this program made for itself, such as an unpacked copy.
    ///
    /// # Errors
    /// When its length cannot be had.
    pub fn of_own_file(path: &Path, file: File) -> io::Result<Self> {
        let stamp = FileStamp::of(&file.metadata()?);
        Ok(Self {
            path: path.to_owned(),
            file,
            stamp,
        })
    }

    /// Where it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its length when it was opened, in bytes. What is appended later is not read.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.stamp.bytes
    }

    /// Its state when it was opened.
    #[must_use]
    pub const fn stamp(&self) -> FileStamp {
        self.stamp
    }

    /// Whether the file at the path is no longer the one that was opened.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        let now = std::fs::metadata(&self.path).map(|metadata| FileStamp::of(&metadata));
        !now.is_ok_and(|now| now == self.stamp)
    }

    /// Reads up to `buffer.len()` bytes from `offset_bytes` on; fewer only at the end of the file.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn read_at(&self, offset_bytes: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted =
            usize::try_from(self.bytes().saturating_sub(offset_bytes)).unwrap_or(usize::MAX);
        let wanted = wanted.min(buffer.len());
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..wanted).filter(|rest| !rest.is_empty()) {
            match read_once(&self.file, rest, offset_bytes + done as u64) {
                Ok(0) => break,
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Reads exactly `count` bytes into `buffer`, which is emptied first.
    ///
    /// The caller has checked `count` against a limit.
    ///
    /// # Errors
    /// When the medium fails, or the file is shorter (it was when it was opened, or is now).
    pub fn read_into(
        &self,
        offset_bytes: u64,
        count: usize,
        buffer: &mut Vec<u8>,
    ) -> io::Result<()> {
        buffer.clear();
        buffer.resize(count, 0);
        let done = self.read_at(offset_bytes, buffer)?;
        if done == count {
            return Ok(());
        }
        buffer.truncate(done);
        Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            format!("the file ends {} bytes early", count - done),
        ))
    }
}

#[cfg(unix)]
fn read_once(file: &File, buffer: &mut [u8], offset_bytes: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset_bytes)
}

#[cfg(windows)]
fn read_once(file: &File, buffer: &mut [u8], offset_bytes: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_stops_at_the_end_and_never_before_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.log");
        std::fs::write(&path, b"0123456789").expect("written");
        let source = Source::open(&path).expect("it opens");
        let mut buffer = [0; 8];
        assert_eq!(source.read_at(6, &mut buffer).expect("it reads"), 4);
        assert_eq!(&buffer[..4], b"6789");
        let mut bytes = Vec::new();
        assert!(source.read_into(6, 5, &mut bytes).is_err());
        source.read_into(2, 3, &mut bytes).expect("it reads");
        assert_eq!(bytes, b"234");
    }

    #[test]
    fn a_file_that_grew_or_was_replaced_has_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.log");
        std::fs::write(&path, b"one").expect("written");
        let source = Source::open(&path).expect("it opens");
        assert!(!source.has_changed());
        std::fs::write(&path, b"one and two").expect("written");
        assert!(source.has_changed());
    }

    #[test]
    fn a_folder_is_no_source() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Source::open(folder.path()).is_err());
    }
}
