//! What every archive format offers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealscope_model::Damage;

use crate::chained_jsonl::{ChainProfile, ChainedArchive};
use crate::cloudtrail::CloudTrailArchive;
use crate::journal::JournalArchive;
use crate::sealog::SealogArchive;
use crate::{FileStamp, Segment, Source};

/// How sure a format is that an input is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recognition {
    /// It is something else.
    No,
    /// It may be; a more certain format goes first.
    Maybe,
    /// It is.
    Certain,
}

/// What a format sees of an input before it opens it.
#[derive(Debug)]
pub struct Sample<'s> {
    /// The file's name.
    pub name: &'s str,
    /// Its first bytes, at most [`crate::limits::SAMPLE_BYTES`].
    pub bytes: &'s [u8],
    /// Its length.
    pub bytes_total: u64,
}

/// What a format sees of a folder before it claims it whole.
#[derive(Debug, Clone, Copy)]
pub struct FolderSample<'s> {
    /// The folder.
    pub root: &'s Path,
    /// The files below it, links left out, in order of path; at most
    /// [`crate::limits::FOLDER_FILES_MAX`].
    pub files: &'s [PathBuf],
}

/// What opening needs from outside.
#[derive(Debug, Clone)]
pub struct OpenContext {
    /// A folder of the program's own, never beside the evidence, for unpacked copies that end with
    /// the archive.
    pub spool: PathBuf,
    /// Told how far unpacking is, and asked whether to go on.
    pub watch: Watch,
    /// How the digests of a chained log are made, where the examiner says it.
    pub profile: Option<Arc<ChainProfile>>,
}

impl OpenContext {
    /// Opens without telling anybody how far it is.
    #[must_use]
    pub fn new(spool: impl Into<PathBuf>) -> Self {
        Self {
            spool: spool.into(),
            watch: Watch::default(),
            profile: None,
        }
    }
}

/// Who looks on while something long is done: called with the bytes done and the bytes in all,
/// answers whether to go on.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<WatchFn>>);

type WatchFn = dyn Fn(u64, u64) -> bool + Send + Sync;

impl Watch {
    /// Calls this again and again; `false` stops the work.
    #[must_use]
    pub fn new(look: impl Fn(u64, u64) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(look)))
    }

    /// Tells how far the work is; `false` means stop.
    #[must_use]
    pub fn goes_on(&self, bytes_done: u64, bytes_total: u64) -> bool {
        self.0
            .as_ref()
            .is_none_or(|look| look(bytes_done, bytes_total))
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Watch(on)"
        } else {
            "Watch(off)"
        })
    }
}

/// Why an archive could not be looked at. Damage inside an archive is no such reason.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file or folder.
    #[error("{path} is not there")]
    NotFound {
        /// What was asked for.
        path: PathBuf,
    },
    /// The system refuses to read it.
    #[error("{path} may not be read: permission denied")]
    Denied {
        /// What was asked for.
        path: PathBuf,
    },
    /// Reading failed.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// What was asked for.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file has no bytes.
    #[error("{path} is empty: there is nothing to look at")]
    Empty {
        /// What was asked for.
        path: PathBuf,
    },
    /// No format claims it.
    #[error("{path} is in no known format: {found}")]
    UnknownFormat {
        /// What was asked for.
        path: PathBuf,
        /// What its first bytes look like.
        found: String,
    },
    /// The format is known, this form of it is not.
    #[error("{path} needs {feature}, which this version cannot read (byte {offset_bytes})")]
    Unsupported {
        /// What was asked for.
        path: PathBuf,
        /// What is missing here.
        feature: String,
        /// Where it was found.
        offset_bytes: u64,
    },
    /// The person, or the program, said stop.
    #[error("opening {path} was stopped")]
    Stopped {
        /// What was asked for.
        path: PathBuf,
    },
    /// A stated limit is exceeded.
    #[error("{path} exceeds a limit: {limit}")]
    Limit {
        /// What was asked for.
        path: PathBuf,
        /// Which limit, with its number.
        limit: String,
    },
}

impl OpenError {
    /// Tells the reasons apart that a person can act on.
    #[must_use]
    pub fn from_io(path: &Path, error: std::io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::NotFound { path },
            std::io::ErrorKind::PermissionDenied => Self::Denied { path },
            _ => Self::Unreadable { path, error },
        }
    }
}

/// Why a segment could not be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The medium failed at this place.
    #[error("reading {path} failed at byte {offset_bytes}: {error}")]
    Medium {
        /// The file.
        path: PathBuf,
        /// Where.
        offset_bytes: u64,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no such segment or entry.
    #[error("there is no segment {0} in this archive")]
    NoSegment(usize),
}

/// One way of storing a log so that changes to it can be noticed.
pub trait ArchiveFormat: Sync {
    /// Stable name, used on the command line, in the cache and in reports.
    fn name(&self) -> &'static str;

    /// What it is, in a sentence for `sealscope formats`.
    fn describe(&self) -> &'static str;

    /// How sure we are, from the first bytes and the file name alone.
    fn recognize(&self, sample: &Sample<'_>) -> Recognition;

    /// Opens the archive. Bad bytes become [`Damage`], not an error.
    ///
    /// # Errors
    /// When the archive cannot be looked at; see [`OpenError`].
    fn open(&self, source: Source, context: &OpenContext) -> Result<Box<dyn Archive>, OpenError>;

    /// How sure we are that a whole folder is one archive of this format, from the names in it.
    fn recognize_folder(&self, _folder: &FolderSample<'_>) -> Recognition {
        Recognition::No
    }

    /// Opens a folder as one archive, where the format claims it.
    ///
    /// # Errors
    /// When the archive cannot be looked at; see [`OpenError`].
    fn open_folder(
        &self,
        folder: &FolderSample<'_>,
        _context: &OpenContext,
    ) -> Result<Box<dyn Archive>, OpenError> {
        Err(OpenError::UnknownFormat {
            path: folder.root.to_owned(),
            found: "no format claims the folder as a whole".to_owned(),
        })
    }
}

/// An archive that is open: its segments can be read in parallel, in any order and again.
pub trait Archive: Send + Sync + std::fmt::Debug {
    /// Name of its format.
    fn format(&self) -> &'static str;

    /// Segments in the plan, known after opening.
    fn segment_count(&self) -> usize;

    /// Stored bytes of one segment, for progress; 0 for an unknown one.
    fn segment_bytes(&self, ordinal: usize) -> u64;

    /// Reads one segment: unpacked, divided into entries, nothing believed.
    ///
    /// `reuse` is an earlier segment whose memory may be used again.
    ///
    /// # Errors
    /// When the medium fails. Bytes that do not parse are damage in the segment.
    fn read_segment(&self, ordinal: usize, reuse: Option<Segment>) -> Result<Segment, ReadError>;

    /// What the format says around the entries.
    fn structure(&self) -> Structure<'_>;

    /// What does not parse outside the segments, in file order.
    fn damage(&self) -> &[Damage];

    /// What an examiner should know of how the bytes were read, in sentences: for instance that
    /// the entries were unpacked or transcoded.
    fn notes(&self) -> &[String] {
        &[]
    }

    /// The files that make up the archive.
    fn files(&self) -> Vec<(PathBuf, FileStamp)>;

    /// Whether a file is no longer the one that was opened.
    fn has_changed(&self) -> bool;

    /// The archive's file as stored, for its digest; `None` for a folder.
    fn whole_file(&self) -> Option<&Source>;
}

/// The seals of an archive as found, by format.
#[derive(Debug, Clone, Copy)]
pub enum Structure<'a> {
    /// A plain log has none.
    Unsealed,
    /// A sealog archive.
    Sealog(&'a SealogArchive),
    /// CloudTrail log files with their digest files.
    CloudTrail(&'a CloudTrailArchive),
    /// Journals of systemd.
    Journal(&'a JournalArchive),
    /// A hash-chained log.
    Chained(&'a ChainedArchive),
}
