//! From paths to open archives.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealscope_archive::chained_jsonl::ChainProfile;
use sealscope_archive::sealog::{Control, Header};
use sealscope_archive::{Archive, FolderSample, OpenContext, OpenError};
use sealscope_fields::{Settings, Zone, by_name, detect};
use sealscope_verify::{CheckedSegment, check_segment};

use crate::open_archive::{OpenArchive, Reading};

/// What the examiner says about how entries are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntrySettings {
    /// Name of the schema; `None`: found from the entries.
    pub schema: Option<String>,
    /// Path of the field that holds the time.
    pub time_field: Option<String>,
    /// Zone of times that state none: `UTC`, `+02:00` or a name of the tz database.
    pub zone: Option<String>,
    /// Year of times that state none.
    pub year: Option<i32>,
    /// How the digests of a chained log are made; `None`: found from its lines.
    pub profile: Option<Arc<ChainProfile>>,
}

/// A path that could not be looked at.
#[derive(Debug)]
pub struct OpenFailure {
    /// What was asked for.
    pub path: PathBuf,
    /// Why not.
    pub error: OpenError,
}

impl OpenFailure {
    /// What to do next, in a sentence.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match &self.error {
            OpenError::NotFound { .. } => "Check the path.",
            OpenError::Denied { .. } => {
                "Ask whoever owns the file for read access, or work on a copy."
            }
            OpenError::Unreadable { .. } => {
                "Check the medium, and take an image of it before trying again."
            }
            OpenError::Empty { .. } => "Check whether the file was copied completely.",
            OpenError::UnknownFormat { .. } => {
                "Run `sealscope formats` for the formats that can be opened."
            }
            OpenError::Unsupported { .. } => "Use a newer version of Sealscope for this archive.",
            OpenError::Stopped { .. } => "Open it again to go on.",
            OpenError::Limit { .. } => "Split the input, or unpack it outside Sealscope.",
        }
    }
}

/// Why a setting cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// No such schema.
    #[error("there is no schema {0:?}; `sealscope formats` lists them")]
    Schema(String),
    /// No such zone.
    #[error("{0:?} is no time zone; write UTC, +02:00 or a name such as Europe/Berlin")]
    Zone(String),
}

impl EntrySettings {
    /// Checks that schema and zone exist.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn check(&self) -> Result<(), SettingsError> {
        if let Some(name) = self.schema.as_ref().filter(|name| by_name(name).is_none()) {
            return Err(SettingsError::Schema(name.clone()));
        }
        match self
            .zone
            .as_ref()
            .filter(|zone| Zone::parse(zone).is_none())
        {
            Some(zone) => Err(SettingsError::Zone(zone.clone())),
            None => Ok(()),
        }
    }
}

/// Opens everything that was asked for, each with how its entries are read.
pub(crate) fn open_all(
    paths: &[PathBuf],
    settings: &EntrySettings,
    context: &OpenContext,
    now_ns: i64,
    failures: &mut Vec<OpenFailure>,
) -> Vec<Arc<OpenArchive>> {
    let mut archives = Vec::new();
    let mut take = |path: &Path, opened: Result<Box<dyn Archive>, OpenError>| match opened {
        Ok(archive) => {
            let reading = reading_of(archive.as_ref(), settings, now_ns);
            let open = OpenArchive::new(archives.len(), path.to_owned(), archive, reading);
            archives.push(Arc::new(open));
            None
        }
        Err(error) => Some(OpenFailure {
            path: path.to_owned(),
            error,
        }),
    };
    for path in paths {
        if !path.is_dir() {
            failures.extend(take(path, sealscope_archive::open(path, context)));
            continue;
        }
        let files = crate::folder::files_below(path, failures);
        let folder = FolderSample {
            root: path,
            files: &files,
        };
        match sealscope_archive::open_folder(&folder, context).transpose() {
            Some(whole) => failures.extend(take(path, whole)),
            None => {
                for file in &files {
                    failures.extend(take(file, sealscope_archive::open(file, context)));
                }
            }
        }
    }
    archives
}

/// Entries looked at to find the schema.
const SAMPLE_ENTRIES: usize = 100;

fn reading_of(archive: &dyn Archive, wanted: &EntrySettings, now_ns: i64) -> Reading {
    let first = archive
        .read_segment(0, None)
        .ok()
        .map(|segment| check_segment(segment, 0));
    let entries: Vec<&[u8]> = first
        .iter()
        .flat_map(CheckedSegment::log_entries)
        .take(SAMPLE_ENTRIES)
        .map(|entry| entry.bytes)
        .collect();
    let detected = detect(&entries);
    let stated = header_of(first.as_ref()).and_then(|header| header.schema);
    let named = wanted.schema.as_deref().and_then(by_name);
    let (schema, why, is_guessed) = match (named, stated.as_deref().and_then(by_name)) {
        (Some(schema), _) => (schema, "You chose it.".to_owned(), false),
        (None, Some(schema)) => (schema, "The archive's header states it.".to_owned(), false),
        (None, None) => (detected.schema, detected.why.clone(), detected.guessed),
    };
    let found_field = (schema == detected.schema)
        .then_some(detected.time_field)
        .flatten();
    let modified = archive.files().first().map(|(_, stamp)| stamp.modified_ns);
    let settings = Settings {
        time_field: wanted.time_field.clone().or(found_field),
        zone: wanted.zone.as_deref().and_then(Zone::parse),
        year: wanted.year,
        reference_ns: modified
            .and_then(|ns| i64::try_from(ns).ok())
            .or(Some(now_ns)),
    };
    Reading {
        schema,
        why,
        is_guessed,
        settings,
    }
}

fn header_of(first: Option<&CheckedSegment>) -> Option<Header> {
    match first?.findings().controls.into_iter().next()? {
        (0, Control::Header(header)) => Some(header),
        _ => None,
    }
}
