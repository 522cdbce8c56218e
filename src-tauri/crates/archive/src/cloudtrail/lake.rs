//! Query results of CloudTrail Lake: packed tables under one signature.
//!
//! `result_sign.json` lists the SHA-256 of each `.csv.gz` as stored; the hashes, joined by single
//! spaces in their order, are signed. *Left out:* the names of the files, the time, the query.

use std::path::Path;

use sealscope_model::{Claimed, Computed, Damage, Digest};
use serde::Deserialize;

use super::archive::CloudTrailArchive;
use super::folder::{Found, read_small};
use super::names::{Names, last};
use crate::input::AsFound;
use crate::lines::LinesArchive;
use crate::{
    Archive as _, FileStamp, FolderSample, OpenContext, OpenError, ReadError, Segment, Source,
    limits,
};

/// The results of Lake queries in a folder.
#[derive(Debug)]
pub struct Lake {
    /// Each signature file with the files beside it.
    pub results: Vec<QueryResult>,
    /// Files with entries, in order of path.
    pub files: Vec<QueryFile>,
    tables: Vec<LinesArchive>,
    /// Table and segment in it, by segment of the archive.
    plan: Vec<(usize, usize)>,
}

/// A `result_sign.json`.
#[derive(Debug)]
pub struct QueryResult {
    /// The file, in the folder.
    pub file: String,
    /// What it says, or why it cannot be read.
    pub document: Result<SignDocument, String>,
}

/// What a signature file says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignDocument {
    /// The files of the result; their names are not signed.
    pub files: Vec<SignedFile>,
    /// How the files are hashed, as stated.
    pub hash_algorithm: Option<String>,
    /// How the hashes are signed, as stated.
    pub signature_algorithm: Option<String>,
    /// The signature, hex digits as written.
    pub hash_signature: String,
    /// Names the public key.
    pub public_key_fingerprint: String,
}

/// A file as a signature file lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedFile {
    /// Hash of its bytes as stored, as written: these very characters are signed.
    pub file_hash_value: String,
    /// Its name, which is not signed.
    pub file_name: String,
}

impl SignedFile {
    /// The hash, where it is a SHA-256.
    #[must_use]
    pub fn hash(&self) -> Option<Claimed<Digest>> {
        Digest::from_hex(&self.file_hash_value)
            .ok()
            .map(Claimed::parsed)
    }
}

/// A file of a query result.
#[derive(Debug)]
pub struct QueryFile {
    /// The file, in the folder.
    pub file: String,
    /// SHA-256 of its bytes as stored.
    pub stored_sha256: Option<Computed<Digest>>,
    /// Its segments: from this one on, up to the next file's first.
    pub first_segment: usize,
}

/// Opens a folder that holds signature files.
pub(super) fn open(
    folder: &FolderSample<'_>,
    names: &Names,
    context: &OpenContext,
) -> Result<CloudTrailArchive, OpenError> {
    let mut found = Found::default();
    let mut lake = Lake {
        results: Vec::new(),
        files: Vec::new(),
        tables: Vec::new(),
        plan: Vec::new(),
    };
    let mut others = 0u64;
    for path in folder.files {
        let file = names.relative(path);
        if Names::is_sign_file(&file) {
            take_sign_file(path, file, &mut found, &mut lake)?;
        } else if last(&file).ends_with(".csv.gz") || last(&file).ends_with(".csv") {
            take_table(path, file, context, &mut found, &mut lake)?;
        } else if Names::may_hold_keys(path) {
            found.take_key(path, file);
        } else {
            others += 1;
        }
    }
    found.keys_above(folder.root);
    if others > 0 {
        found.notes.push(format!(
            "{others} other files in the folder are no part of a query result and were not looked \
             at."
        ));
    }
    Ok(CloudTrailArchive::of_lake(found, lake))
}

fn take_sign_file(
    path: &Path,
    file: String,
    found: &mut Found,
    lake: &mut Lake,
) -> Result<(), OpenError> {
    let unreadable = |error| OpenError::from_io(path, error);
    let bytes = read_small(path, limits::SIDECAR_BYTES_MAX).map_err(unreadable)?;
    let document = match bytes {
        None => Err("it is larger than a signature file may be".to_owned()),
        Some(bytes) => serde_json::from_slice::<SignDocument>(&bytes)
            .map_err(|why| format!("it is no signature file of the known form ({why})")),
    };
    if let Err(reason) = &document {
        let reason = format!("The signature file cannot be read: {reason}.");
        found.damage.push(Damage {
            file: Some(file.clone()),
            offset_bytes: 0,
            reason,
        });
    }
    found
        .files
        .push((path.to_owned(), FileStamp::at(path).map_err(unreadable)?));
    lake.results.push(QueryResult { file, document });
    Ok(())
}

fn take_table(
    path: &Path,
    file: String,
    context: &OpenContext,
    found: &mut Found,
    lake: &mut Lake,
) -> Result<(), OpenError> {
    let unreadable = |error| OpenError::from_io(path, error);
    let source = Source::open(path).map_err(unreadable)?;
    found.files.push((path.to_owned(), source.stamp()));
    let stored_sha256 = Some(hash(path).map_err(unreadable)?);
    lake.files.push(QueryFile {
        file: file.clone(),
        stored_sha256,
        first_segment: lake.plan.len(),
    });
    match crate::lines::open(source, context) {
        Ok(table) => {
            let number = lake.tables.len();
            let damage = table.damage().iter().cloned();
            found.damage.extend(damage.map(|one| Damage {
                file: Some(file.clone()),
                ..one
            }));
            lake.plan
                .extend((0..table.segment_count()).map(|segment| (number, segment)));
            lake.tables.push(table);
        }
        Err(stopped @ OpenError::Stopped { .. }) => return Err(stopped),
        Err(why) => found.damage.push(Damage {
            reason: format!("The file gives no entries: {why}."),
            file: Some(file),
            offset_bytes: 0,
        }),
    }
    Ok(())
}

fn hash(path: &Path) -> std::io::Result<Computed<Digest>> {
    let mut found = AsFound::hashing(std::fs::File::open(path)?);
    found.read_to_end()?;
    let (_, hash) = found.so_far();
    hash.ok_or_else(|| std::io::ErrorKind::Other.into())
}

impl Lake {
    pub(super) fn segment_count(&self) -> usize {
        self.plan.len()
    }

    fn segment_of(&self, ordinal: usize) -> Option<(&LinesArchive, usize)> {
        let (table, segment) = self.plan.get(ordinal)?;
        Some((self.tables.get(*table)?, *segment))
    }

    pub(super) fn segment_bytes(&self, ordinal: usize) -> u64 {
        self.segment_of(ordinal)
            .map_or(0, |(table, segment)| table.segment_bytes(segment))
    }

    pub(super) fn read_segment(
        &self,
        ordinal: usize,
        reuse: Option<Segment>,
    ) -> Result<Segment, ReadError> {
        let (table, segment) = self
            .segment_of(ordinal)
            .ok_or(ReadError::NoSegment(ordinal))?;
        let mut segment = table.read_segment(segment, reuse)?;
        segment.ordinal = ordinal;
        Ok(segment)
    }
}
