//! The index and the findings of an archive, kept for the next opening.
//!
//! Everything here is derived: it may be deleted at any time, and in doubt it is. A finished entry
//! is a folder with the shards and, written last, `state.json`; an unfinished one has another name,
//! so that a crash leaves nothing that looks finished. Two programs may build the same entry at
//! once: each builds in a folder of its own, and the later one puts its folder in place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sealscope_archive::Structure;
use sealscope_archive::sealog::Control;
use sealscope_model::{Damage, Digest};
use sealscope_proof::{CompactRange, sha256};
use sealscope_verify::{SealFindings, SegmentFindings, TrustStore};
use serde::{Deserialize, Serialize};

use crate::open_archive::{ArchiveIndex, OpenArchive, RowCounts, SegmentOutcome};
use crate::places::{Places, private_folder};

/// Raised whenever shards, findings or schemas would come out otherwise.
const CACHE_VERSION: u32 = 3;
/// Bytes that all entries together may take; the least recently used go first.
pub const CACHE_BYTES_MAX: u64 = 20 << 30;
/// Bytes of either end of a file that go into its identity.
const END_BYTES: usize = 64 << 10;
/// Unfinished folders of programs that died are removed after this.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 3600);
const STATE_FILE: &str = "state.json";
const BUILDING: &str = "building-";

/// What the cache holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheInfo {
    /// Where it is.
    pub path: PathBuf,
    /// Bytes in it.
    pub bytes: u64,
    /// Bytes that it may hold.
    pub cap_bytes: u64,
    /// Finished entries.
    pub archives: u64,
}

/// Looks at the cache.
///
/// # Errors
/// When its folder cannot be read.
pub fn info(places: &Places) -> io::Result<CacheInfo> {
    let path = places.indexes()?;
    let entries = finished(&path)?;
    let bytes = folder_bytes(&path)?;
    Ok(CacheInfo {
        path,
        bytes,
        cap_bytes: CACHE_BYTES_MAX,
        archives: entries.len() as u64,
    })
}

/// Deletes the cache; returns the bytes freed.
///
/// # Errors
/// When something cannot be deleted.
pub fn clear(places: &Places) -> io::Result<u64> {
    let path = places.indexes()?;
    let bytes = folder_bytes(&path)?;
    for entry in fs::read_dir(&path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(bytes)
}

#[derive(Serialize, Deserialize)]
struct StoredState {
    version: u32,
    sha256: Option<String>,
    checked_at_ns: i64,
    segments: Vec<StoredSegment>,
    /// Folder name and first segment of each shard.
    shards: Vec<(String, usize)>,
}

#[derive(Serialize, Deserialize)]
struct StoredSegment {
    offset_bytes: u64,
    lines: u64,
    log_entries: u64,
    text_bytes: u64,
    text_lines: u64,
    rejected_bytes: u64,
    first: u64,
    hashes: Vec<String>,
    controls: Vec<(u32, Control)>,
    damage: Vec<(u64, String)>,
    list_damage: Vec<(u64, String)>,
    seal: SealFindings,
    rows: [u64; 4],
    times: Option<(i64, i64)>,
}

impl StoredSegment {
    fn of(outcome: &SegmentOutcome) -> Option<Self> {
        let SegmentOutcome {
            findings,
            rows,
            times,
        } = outcome;
        let rows = (*rows)?;
        let stored = |damage: &[Damage]| {
            damage
                .iter()
                .map(|one| (one.offset_bytes, one.reason.clone()))
                .collect()
        };
        Some(Self {
            offset_bytes: findings.offset_bytes,
            lines: findings.lines,
            log_entries: findings.log_entries,
            text_bytes: findings.text_bytes,
            text_lines: findings.text_lines,
            rejected_bytes: findings.rejected_bytes,
            first: findings.range.begin(),
            hashes: findings.range.hashes().map(|hash| hash.to_hex()).collect(),
            controls: findings.controls.clone(),
            damage: stored(&findings.damage),
            list_damage: stored(&findings.list_damage),
            seal: findings.seal.clone(),
            rows: [rows.rows, rows.undated, rows.unparsed, rows.empty_entries],
            times: *times,
        })
    }

    fn into_outcome(self, ordinal: usize) -> Option<SegmentOutcome> {
        let hashes: Result<Vec<Digest>, _> = self
            .hashes
            .iter()
            .map(|hex| Digest::from_hex(hex))
            .collect();
        let range = CompactRange::from_hashes(
            self.first,
            self.first.checked_add(self.lines)?,
            &hashes.ok()?,
        )?;
        let read = |damage: Vec<(u64, String)>| {
            damage
                .into_iter()
                .map(|(offset, reason)| Damage::at(offset, reason))
                .collect()
        };
        let [rows, undated, unparsed, empty_entries] = self.rows;
        Some(SegmentOutcome {
            findings: SegmentFindings {
                ordinal,
                offset_bytes: self.offset_bytes,
                lines: self.lines,
                log_entries: self.log_entries,
                text_bytes: self.text_bytes,
                text_lines: self.text_lines,
                rejected_bytes: self.rejected_bytes,
                range,
                controls: self.controls,
                damage: read(self.damage),
                list_damage: read(self.list_damage),
                // What the medium did not give is not kept.
                is_unreadable: false,
                seal: self.seal,
            },
            rows: Some(RowCounts {
                rows,
                undated,
                unparsed,
                empty_entries,
            }),
            times: self.times,
        })
    }
}

/// The name of an archive's entry: it changes with the files, the schema, the settings and the
/// versions. `None` when a file cannot be read.
pub(crate) fn key_of(archive: &OpenArchive, trust: &TrustStore) -> Option<String> {
    let mut text = format!(
        "sealscope cache {CACHE_VERSION}\n{}\n{}\n",
        env!("CARGO_PKG_VERSION"),
        archive.format()
    );
    let reading = archive.reading();
    text.push_str(&format!(
        "{}\n{:?}\n",
        reading.schema.name(),
        reading.settings
    ));
    // Under another profile other digests are made of the same bytes.
    if let Structure::Chained(chain) = archive.archive().structure() {
        text.push_str(&format!("profile {:?}\n", chain.profile().to_toml()));
    }
    // What is found of a segment may depend on them; a digest, for they may be secret.
    for key in &trust.given_keys {
        text.push_str(&format!("key {}\n", sha256(&key.bytes).to_hex()));
    }
    for (path, stamp) in archive.archive().files() {
        text.push_str(&format!("{path:?}\n{stamp:?}\n"));
    }
    let mut bytes = text.into_bytes();
    if let Some(source) = archive.archive().whole_file() {
        let mut end = vec![0u8; END_BYTES];
        for offset in [0, source.bytes().saturating_sub(END_BYTES as u64)] {
            let read = source.read_at(offset, &mut end).ok()?;
            bytes.extend_from_slice(sha256(end.get(..read)?).as_bytes());
        }
    }
    Some(sha256(&bytes).to_hex().chars().take(40).collect())
}

/// A folder to build an entry in.
pub(crate) fn building_folder(places: &Places, key: &str, salt: u64) -> io::Result<PathBuf> {
    let indexes = places.indexes()?;
    let name = format!("{BUILDING}{}-{salt:x}-{key}", std::process::id());
    private_folder(&indexes.join(name))
}

/// Puts a finished entry in place and makes room. Returns the shards in their final folder.
pub(crate) fn store(
    places: &Places,
    key: &str,
    built: &Path,
    outcomes: &[SegmentOutcome],
    archive: &OpenArchive,
    shards: &[(PathBuf, usize)],
    checked_at_ns: i64,
) -> io::Result<ArchiveIndex> {
    let name_of = |path: &Path| {
        path.file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    let segments: Option<Vec<StoredSegment>> = outcomes.iter().map(StoredSegment::of).collect();
    let state = StoredState {
        version: CACHE_VERSION,
        sha256: archive.sha256().map(|digest| digest.to_hex()),
        checked_at_ns,
        segments: segments.ok_or_else(|| io::Error::other("not every segment was read"))?,
        shards: shards
            .iter()
            .map(|(path, first)| (name_of(path), *first))
            .collect(),
    };
    write_state(built, &state)?;
    let place = places.indexes()?.join(key);
    if place.exists() {
        // Another program was quicker, or the entry was damaged: what is in use stays open.
        let aside = built.with_extension("old");
        fs::rename(&place, &aside)?;
        fs::rename(built, &place)?;
        fs::remove_dir_all(&aside)?;
    } else {
        fs::rename(built, &place)?;
    }
    make_room(places, key)?;
    let shards = state
        .shards
        .iter()
        .map(|(name, first)| (place.join(name), *first))
        .collect();
    Ok(ArchiveIndex { shards })
}

fn write_state(folder: &Path, state: &StoredState) -> io::Result<()> {
    let body = serde_json::to_vec(state)?;
    // The digest tells a torn or edited file from a whole one.
    let mut bytes = sha256(&body).to_hex().into_bytes();
    bytes.push(b'\n');
    bytes.extend_from_slice(&body);
    let draft = folder.join("state.new");
    fs::write(&draft, &bytes)?;
    fs::File::open(&draft)?.sync_all()?;
    fs::rename(&draft, folder.join(STATE_FILE))
}

/// What an entry holds.
pub(crate) struct Loaded {
    pub(crate) outcomes: Vec<SegmentOutcome>,
    pub(crate) index: ArchiveIndex,
    pub(crate) sha256: Option<Digest>,
    pub(crate) checked_at_ns: i64,
}

/// Loads an entry; `None` when there is none or it is not whole (it is deleted then).
pub(crate) fn load(places: &Places, key: &str, archive: &OpenArchive) -> Option<Loaded> {
    let folder = places.indexes().ok()?.join(key);
    if !folder.exists() {
        return None;
    }
    let loaded = read_entry(&folder, archive);
    if loaded.is_none() {
        // Damaged or of another version: it is built again.
        let _ = fs::remove_dir_all(&folder);
    } else {
        touch(&folder.join(STATE_FILE));
    }
    loaded
}

/// Deletes an entry that turned out to be damaged.
pub(crate) fn forget(places: &Places, key: &str) {
    if let Ok(indexes) = places.indexes() {
        let _ = fs::remove_dir_all(indexes.join(key));
    }
}

fn read_entry(folder: &Path, archive: &OpenArchive) -> Option<Loaded> {
    let bytes = fs::read(folder.join(STATE_FILE)).ok()?;
    let (digest, body) = bytes.split_at_checked(65)?;
    let stated = std::str::from_utf8(digest).ok()?.strip_suffix('\n')?;
    if Digest::from_hex(stated).ok()? != sha256(body) {
        return None;
    }
    let state: StoredState = serde_json::from_slice(body).ok()?;
    let is_whole = state.version == CACHE_VERSION
        && state.segments.len() == archive.archive().segment_count()
        && fits(&state, archive);
    if !is_whole {
        return None;
    }
    let outcomes: Option<Vec<SegmentOutcome>> = state
        .segments
        .into_iter()
        .enumerate()
        .map(|(ordinal, segment)| segment.into_outcome(ordinal))
        .collect();
    let shards = state.shards.into_iter().map(|(name, first)| {
        // The name is a plain one of ours; anything else would lead out of the folder.
        let is_plain = name.starts_with("shard-") && !name.contains(['/', '\\', '.']);
        is_plain.then(|| (folder.join(name), first))
    });
    Some(Loaded {
        outcomes: outcomes?,
        index: ArchiveIndex {
            shards: shards.collect::<Option<Vec<_>>>()?,
        },
        sha256: state.sha256.and_then(|hex| Digest::from_hex(&hex).ok()),
        checked_at_ns: state.checked_at_ns,
    })
}

/// Whether the entry's segments are those that the archive has now.
fn fits(state: &StoredState, archive: &OpenArchive) -> bool {
    match archive.archive().structure() {
        Structure::Sealog(sealog) => {
            let frames = &sealog.structure().frames;
            state.segments.iter().zip(frames).all(|(segment, frame)| {
                segment.offset_bytes == frame.offset_bytes && segment.first == frame.first
            })
        }
        _ => true,
    }
}

fn touch(path: &Path) {
    // Only the order of removal depends on it.
    if let Ok(file) = fs::File::options().append(true).open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}

/// Finished entries with the time of their last use.
fn finished(indexes: &Path) -> io::Result<Vec<(PathBuf, SystemTime)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(indexes)? {
        let path = entry?.path();
        let state = path.join(STATE_FILE);
        if let Ok(metadata) = fs::metadata(&state) {
            entries.push((path, metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
        }
    }
    Ok(entries)
}

fn make_room(places: &Places, keep: &str) -> io::Result<()> {
    let indexes = places.indexes()?;
    let mut entries = finished(&indexes)?;
    entries.sort_by_key(|(_, used)| *used);
    let mut bytes = folder_bytes(&indexes)?;
    for (path, _) in entries {
        if bytes <= CACHE_BYTES_MAX {
            break;
        }
        if path.file_name().is_some_and(|name| name != keep) {
            bytes = bytes.saturating_sub(folder_bytes(&path)?);
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

/// Removes what programs that died have left half built.
pub(crate) fn sweep(places: &Places) {
    let Ok(indexes) = places.indexes() else {
        return;
    };
    let Ok(entries) = fs::read_dir(indexes) else {
        return;
    };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(BUILDING);
        let age = entry
            .metadata()
            .and_then(|m| m.modified())
            .ok()
            .and_then(|t| t.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > ABANDONED_AFTER) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn folder_bytes(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            // Another program may delete its own files meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        sum += if metadata.is_dir() {
            folder_bytes(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(sum)
}
