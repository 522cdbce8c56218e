//! A folder of log files and digests that is open.

use std::path::PathBuf;

use md5::Digest as _;
use sealscope_model::{Computed, Damage, Digest};
use serde::{Deserialize, Serialize};

use super::document::{DigestDocument, Flavour, ListedHash};
use super::folder::{Found, look};
use super::lake::Lake;
use super::member::{Form, unpack_member};
use super::names::Names;
use super::sidecar::Sidecar;
use crate::{
    Archive, FileStamp, FolderSample, OpenContext, OpenError, ReadError, Segment, SegmentSeal,
    Source, Structure, limits,
};

/// A CloudTrail folder that is open: log files with digests, or results of Lake queries.
#[derive(Debug)]
pub struct CloudTrailArchive {
    pub(super) found: Found,
    pub(super) lake: Option<Lake>,
    /// The folder's full path, with slashes.
    full: String,
    hashes_others: bool,
}

/// A digest file as found.
#[derive(Debug)]
pub struct DigestFile {
    /// The file, in the folder.
    pub file: String,
    /// How it is packed.
    pub form: Form,
    /// SHA-256 of its unpacked bytes; `None` where it cannot be unpacked.
    pub sha256: Option<Computed<Digest>>,
    /// Further hashes, for digests that are not AWS's.
    pub other_hashes: Option<Box<OtherHashes>>,
    /// What it says, or why it cannot be read.
    pub document: Result<DigestDocument, String>,
    /// Its metadata, where a file beside it holds them.
    pub sidecar: Option<Sidecar>,
}

/// A log file of the folder.
#[derive(Debug)]
pub struct LogFile {
    /// The file, in the folder.
    pub file: String,
    /// The time in its name, as digits.
    pub time: Option<String>,
    /// Its bytes as stored, when it was opened.
    pub stored_bytes: u64,
    pub(super) path: PathBuf,
}

/// A file with public keys that lies beside the evidence: nobody vouches for it.
#[derive(Debug)]
pub struct KeyFile {
    /// The file, from the folder on.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Hashes that AWS's digests do not use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherHashes {
    /// MD5 of the unpacked bytes.
    pub md5: [u8; 16],
    /// MD5 of the bytes as stored.
    pub stored_md5: [u8; 16],
    /// SHA-256 of the bytes as stored.
    pub stored_sha256: [u8; 32],
}

impl OtherHashes {
    pub(super) fn of(stored: &[u8], text: &[u8]) -> Self {
        Self {
            md5: md5::Md5::digest(text).into(),
            stored_md5: md5::Md5::digest(stored).into(),
            stored_sha256: *sealscope_proof::sha256(stored).as_bytes(),
        }
    }
}

pub(super) fn sha256(bytes: &[u8]) -> Computed<Digest> {
    Computed::hashed(sealscope_proof::sha256(bytes))
}

/// What is known of a log file from its own bytes. Its content is the segment's only entry; bytes
/// behind it in the text belong to no entry.
#[derive(Debug, Default)]
pub struct LogFileSeal {
    /// How it is packed.
    pub form: Form,
    /// Hashes that AWS's digests do not use, where a digest in the folder is not AWS's.
    pub other_hashes: Option<Box<OtherHashes>>,
}

/// Opens a folder that holds digests.
pub(super) fn open(
    folder: &FolderSample<'_>,
    names: &Names,
    context: &OpenContext,
) -> Result<CloudTrailArchive, OpenError> {
    let found = look(folder, names, context)?;
    let uses_others = |document: &DigestDocument| {
        let mut logs = document.logs.iter();
        document.flavour == Flavour::Huawei || logs.any(|l| matches!(l.hash, ListedHash::Md5(_)))
    };
    let is_other = |digest: &DigestFile| digest.document.as_ref().is_ok_and(uses_others);
    Ok(CloudTrailArchive {
        hashes_others: found.digests.iter().any(is_other),
        full: names.full(""),
        found,
        lake: None,
    })
}

impl CloudTrailArchive {
    pub(super) const fn of_lake(found: Found, lake: Lake) -> Self {
        Self {
            found,
            lake: Some(lake),
            full: String::new(),
            hashes_others: false,
        }
    }

    /// The digest files, in order of path. Empty for Lake results.
    #[must_use]
    pub fn digests(&self) -> &[DigestFile] {
        &self.found.digests
    }

    /// The log files, in order of their segments. Empty for Lake results.
    #[must_use]
    pub fn logs(&self) -> &[LogFile] {
        &self.found.logs
    }

    /// Files with public keys in the folder or beside it.
    #[must_use]
    pub fn keys_beside(&self) -> &[KeyFile] {
        &self.found.keys
    }

    /// The results of Lake queries, where the folder holds such.
    #[must_use]
    pub fn lake(&self) -> Option<&Lake> {
        self.lake.as_ref()
    }

    /// Whether a key lies in the part of the bucket that was opened: of a folder inside of the
    /// bucket nobody can say what else the bucket holds.
    #[must_use]
    pub fn covers(&self, object: &str) -> bool {
        self.found
            .scope
            .as_ref()
            .is_none_or(|scope| object.starts_with(scope.as_str()))
    }

    /// Whether a file of the folder stands where an object of this key stands in its bucket: its
    /// full path ends with the key.
    #[must_use]
    pub fn is_at(&self, file: &str, object: &str) -> bool {
        let object = whole_names(object);
        let ends_with = |text: &str, end: &str| {
            text.strip_suffix(end)
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        if file.len() >= object.len() {
            return ends_with(file, &object);
        }
        let above = self.full.trim_end_matches('/');
        object
            .strip_suffix(file)
            .and_then(|before| before.strip_suffix('/'))
            .is_some_and(|before| ends_with(above, before))
    }

    /// How many log files of the folder come before an object of this key, in the order of the
    /// segments.
    #[must_use]
    pub fn logs_before(&self, object: &str) -> usize {
        let time = super::names::time_in(super::names::last(object));
        self.found
            .logs
            .partition_point(|log| (log.time.is_none(), &log.time) < (time.is_none(), &time))
    }

    fn fill(&self, log: &LogFile, segment: &mut Segment) -> std::io::Result<()> {
        let source = Source::open(&log.path)?;
        let mut seal = LogFileSeal::default();
        segment.stored_bytes = source.bytes();
        if source.bytes() > limits::LOG_STORED_BYTES_MAX {
            let most = limits::LOG_STORED_BYTES_MAX;
            let reason = format!("it has more than {most} bytes, the most that is read");
            seal.form = Form::TooLarge { reason };
            segment.rejected_bytes = source.bytes();
        } else {
            let mut stored = Vec::new();
            let bytes = usize::try_from(source.bytes()).unwrap_or(usize::MAX);
            source.read_into(0, bytes, &mut stored)?;
            seal.form = unpack_member(&stored, &mut segment.text, limits::ENTRY_BYTES_MAX);
            if self.hashes_others && seal.form.has_content() {
                seal.other_hashes = Some(Box::new(OtherHashes::of(&stored, &segment.text)));
            }
            divide(&seal.form, &stored, segment);
        }
        segment.damage.extend(damage_of(&seal.form, &log.file));
        segment.seal = SegmentSeal::LogFile(seal);
        Ok(())
    }
}

/// A key without empty names, which no copy keeps.
fn whole_names(object: &str) -> std::borrow::Cow<'_, str> {
    if object.contains("//") || object.starts_with('/') {
        let names: Vec<&str> = object.split('/').filter(|name| !name.is_empty()).collect();
        return names.join("/").into();
    }
    object.into()
}

/// The content is one entry; what belongs to none stays in the text behind it, so that the books
/// add up.
fn divide(form: &Form, stored: &[u8], segment: &mut Segment) {
    let end = segment.text.len();
    let rest = match form {
        Form::Member | Form::Plain => &[],
        Form::Trailing { at, .. } => usize::try_from(*at)
            .ok()
            .and_then(|at| stored.get(at..))
            .unwrap_or_default(),
        Form::Faulty { .. } | Form::TooLarge { .. } => stored,
    };
    segment.rejected_bytes = rest.len() as u64;
    if form.has_content() {
        // A content is at most as large as an entry may be.
        segment
            .entries
            .push(0..u32::try_from(end).unwrap_or(u32::MAX));
        let feeds = memchr::memchr_iter(b'\n', &segment.text).count() as u64;
        segment.lines = feeds + u64::from(!segment.text.ends_with(b"\n"));
    }
    segment.text.extend_from_slice(rest);
}

fn damage_of(form: &Form, file: &str) -> Option<Damage> {
    let (offset_bytes, reason) = match form {
        Form::Member | Form::Plain => return None,
        Form::Trailing { at, .. } => (*at, "Bytes follow the file's gzip stream.".to_owned()),
        Form::Faulty { reason } | Form::TooLarge { reason } => {
            (0, format!("The log file cannot be read: {reason}."))
        }
    };
    Some(Damage {
        file: Some(file.to_owned()),
        offset_bytes,
        reason,
    })
}

impl Archive for CloudTrailArchive {
    fn format(&self) -> &'static str {
        "cloudtrail"
    }

    fn segment_count(&self) -> usize {
        match &self.lake {
            Some(lake) => lake.segment_count(),
            None => self.found.logs.len(),
        }
    }

    fn segment_bytes(&self, ordinal: usize) -> u64 {
        match &self.lake {
            Some(lake) => lake.segment_bytes(ordinal),
            None => self
                .found
                .logs
                .get(ordinal)
                .map_or(0, |log| log.stored_bytes),
        }
    }

    fn read_segment(&self, ordinal: usize, reuse: Option<Segment>) -> Result<Segment, ReadError> {
        if let Some(lake) = &self.lake {
            return lake.read_segment(ordinal, reuse);
        }
        let log = self
            .found
            .logs
            .get(ordinal)
            .ok_or(ReadError::NoSegment(ordinal))?;
        let mut segment = reuse.unwrap_or_default();
        segment.recycle();
        segment.ordinal = ordinal;
        segment.offset_bytes = 0;
        self.fill(log, &mut segment)
            .map_err(|error| ReadError::Medium {
                path: log.path.clone(),
                offset_bytes: 0,
                error,
            })?;
        Ok(segment)
    }

    fn structure(&self) -> Structure<'_> {
        Structure::CloudTrail(self)
    }

    fn damage(&self) -> &[Damage] {
        &self.found.damage
    }

    fn notes(&self) -> &[String] {
        &self.found.notes
    }

    fn files(&self) -> Vec<(PathBuf, FileStamp)> {
        self.found.files.clone()
    }

    fn has_changed(&self) -> bool {
        let mut files = self.found.files.iter();
        files.any(|(path, stamp)| !stamp.is_of(path))
    }

    fn whole_file(&self) -> Option<&Source> {
        None
    }
}
