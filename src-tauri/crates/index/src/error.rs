use std::io;
use std::path::{Path, PathBuf};

/// The index could not be written or read. It is derived data: the way out is to build it again.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The files on disk are not those that were written, or not of this version.
    #[error("The index in {} is damaged: {what}. It has to be built again.", .dir.display())]
    Damaged {
        /// Folder of the shard.
        dir: PathBuf,
        /// What differs.
        what: String,
    },
    /// A file could not be read or written.
    #[error("The index in {} could not be used: {source}.", .dir.display())]
    Io {
        /// Folder or file concerned.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// More than one shard can hold.
    #[error("A shard holds at most {limit} {what}.")]
    Full {
        /// What there is too much of.
        what: &'static str,
        /// How much fits.
        limit: u64,
    },
    /// The caller asked to stop.
    #[error("The search was cancelled.")]
    Cancelled,
}

impl IndexError {
    pub(crate) fn io(dir: &Path, source: io::Error) -> Self {
        Self::Io {
            dir: dir.to_owned(),
            source,
        }
    }

    pub(crate) fn damaged(dir: &Path, what: impl Into<String>) -> Self {
        Self::Damaged {
            dir: dir.to_owned(),
            what: what.into(),
        }
    }

    /// What tantivy says, as ours: files it cannot make sense of are damaged.
    pub(crate) fn tantivy(dir: &Path, error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::IoError(source) => {
                Self::io(dir, io::Error::new(source.kind(), source.to_string()))
            }
            other => Self::damaged(dir, other.to_string()),
        }
    }
}
