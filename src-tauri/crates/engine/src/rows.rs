//! Rows as they are shown: read from the evidence again, hashed again, and asked the query again.
//!
//! The index only says where to look. A row leaves this module when the segment that holds it has
//! the hashes that were found when it was checked, and when the record matches the query: an edited
//! index can hide a row until it is rebuilt, but never make a false one appear.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use sealscope_archive::ReadError;
use sealscope_fields::{Class, Record, Severity, Value};
use sealscope_model::{Digest, EntryTime, Position, Verdict};
use sealscope_verify::{
    CheckedEntry, CheckedSegment, RecheckedLines, check_segment, recheck_lines,
};

use crate::open_archive::OpenArchive;

/// A value of a raw field, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedField {
    /// Dotted path.
    pub path: String,
    /// The value's text, exact.
    pub text: String,
    /// What it is in the entry.
    pub kind: ValueKind,
}

/// What a value is in its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A string.
    Text,
    /// A number, in the digits of the entry.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

/// The spine of a row, with its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnedSpine {
    /// When; `None` for undated rows.
    pub time: Option<EntryTime>,
    /// The time as the entry writes it.
    pub time_text: Option<String>,
    /// Who did it.
    pub who: Option<String>,
    /// What was done.
    pub did: Option<String>,
    /// To what.
    pub to_what: Option<String>,
    /// From where.
    pub from_where: Option<String>,
    /// The result.
    pub outcome: Option<String>,
    /// The decision.
    pub decision: Option<String>,
    /// How grave it is.
    pub severity: Option<Severity>,
    /// What kind of act.
    pub class: Class,
    /// The entry in one line.
    pub message: String,
}

/// One row, re-read and re-hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Number among the hits, in their order.
    pub ordinal: u64,
    /// Number of the archive.
    pub archive: usize,
    /// Position of the entry.
    pub position: Position,
    /// Number of the record in the entry.
    pub record: u32,
    /// Records that the entry holds: 1 for most.
    pub records: u32,
    /// Verdict of the entry as known now.
    pub verdict: Option<Verdict>,
    /// Hash of the entry's leaf, made from the bytes shown here.
    pub leaf: Digest,
    /// What it says, by the spine.
    pub spine: OwnedSpine,
    /// What it says, by its own names.
    pub fields: Vec<OwnedField>,
    /// The entry's own bytes: all of them, whatever the record.
    pub raw: Arc<[u8]>,
    /// Remarks about the text.
    pub notes: Vec<String>,
    /// Whether it does not fit its schema and is read as text.
    pub is_unparsed: bool,
    /// Sealed entries missing right before it.
    pub missing_before: u64,
}

/// Where a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowPlace {
    /// Number of the archive.
    pub archive: usize,
    /// Position of the entry.
    pub position: Position,
    /// Number of the record.
    pub record: u32,
}

/// Why a row cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The file changed since it was checked: what is shown would not be what was judged.
    #[error("{path} changed after it was checked; check it again")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The medium failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no such entry.
    #[error("there is no entry {0} in this archive")]
    NoEntry(Position),
}

/// Segments kept at most, by bytes of text: paging back and forth reads nothing twice.
const KEPT_BYTES: usize = 48 << 20;

/// Checked segments that were read lately.
#[derive(Debug, Default)]
pub(crate) struct SegmentCache {
    inner: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    segments: HashMap<(usize, usize), (u64, Arc<CheckedSegment>)>,
    bytes: usize,
    clock: u64,
}

impl SegmentCache {
    /// Forgets all, when an archive is read anew.
    pub(crate) fn clear(&self) {
        *self.inner.lock().unwrap_or_else(PoisonError::into_inner) = Kept::default();
    }

    /// A segment, read and hashed now or lately, that is as it was when it was checked.
    pub(crate) fn get(
        &self,
        archive: &OpenArchive,
        ordinal: usize,
    ) -> Result<Arc<CheckedSegment>, RowError> {
        let key = (archive.id(), ordinal);
        {
            let mut kept = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            kept.clock += 1;
            let now = kept.clock;
            if let Some((used, segment)) = kept.segments.get_mut(&key) {
                *used = now;
                return Ok(Arc::clone(segment));
            }
        }
        let segment = Arc::new(archive.reread(ordinal)?);
        let mut kept = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let now = kept.clock;
        kept.bytes += segment.segment().text.len();
        kept.segments.insert(key, (now, Arc::clone(&segment)));
        while kept.bytes > KEPT_BYTES && kept.segments.len() > 1 {
            let oldest = kept
                .segments
                .iter()
                .min_by_key(|(_, (used, _))| *used)
                .map(|(k, _)| *k);
            let gone = oldest.and_then(|key| kept.segments.remove(&key));
            let Some((_, gone)) = gone else { break };
            kept.bytes = kept.bytes.saturating_sub(gone.segment().text.len());
        }
        Ok(segment)
    }
}

/// Lines wanted of one segment, up to which only they are hashed.
const FEW_LINES: usize = 8;
/// Segments of one page, from which on the whole of each is not worth keeping.
const FEW_SEGMENTS: usize = 8;

/// A segment checked as a whole, or the wanted lines of one.
enum Lines {
    All(Arc<CheckedSegment>),
    Some(Box<RecheckedLines>),
}

impl Lines {
    fn log_entry(&self, number: u32) -> Option<CheckedEntry<'_>> {
        match self {
            Self::All(checked) => checked.log_entry(number),
            Self::Some(lines) => lines.log_entry(number),
        }
    }
}

impl SegmentCache {
    fn kept(&self, key: (usize, usize)) -> Option<Arc<CheckedSegment>> {
        let kept = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        kept.segments
            .get(&key)
            .map(|(_, segment)| Arc::clone(segment))
    }

    /// A few lines of a segment: only they are hashed where the leaf list vouches for the rest.
    fn get_lines(
        &self,
        archive: &OpenArchive,
        ordinal: usize,
        numbers: &[u32],
    ) -> Result<Lines, RowError> {
        if let Some(segment) = self.kept((archive.id(), ordinal)) {
            return Ok(Lines::All(segment));
        }
        let expected = archive
            .known()
            .findings
            .get(ordinal)
            .map(|found| found.range.clone());
        if let Some(expected) = expected {
            let segment = archive.archive().read_segment(ordinal, None)?;
            if let Ok(lines) = recheck_lines(segment, &expected, numbers) {
                return Ok(Lines::Some(Box::new(lines)));
            }
        }
        Ok(Lines::All(self.get(archive, ordinal)?))
    }
}

impl OpenArchive {
    /// Reads and hashes a segment now.
    ///
    /// # Errors
    /// When it is not as it was when it was checked: its verdicts would not be its own.
    pub(crate) fn reread(&self, ordinal: usize) -> Result<CheckedSegment, RowError> {
        let checked = check_segment(self.archive().read_segment(ordinal, None)?, 0);
        if self.is_as_checked(ordinal, &checked) {
            Ok(checked)
        } else {
            Err(self.changed_error())
        }
    }

    /// Whether a segment read now has the hashes that were found when it was checked.
    pub(crate) fn is_as_checked(&self, ordinal: usize, checked: &CheckedSegment) -> bool {
        let known = self.known();
        let found = known.findings.get(ordinal);
        found.is_none_or(|found| found.is_unreadable || found.range == *checked.range())
    }

    pub(crate) fn changed_error(&self) -> RowError {
        RowError::Changed {
            path: self.path().to_owned(),
        }
    }
}

/// Reads rows, segment by segment and on several cores; the result is in the order asked for.
pub(crate) fn read_rows(
    archives: &[Arc<OpenArchive>],
    cache: &SegmentCache,
    places: &[RowPlace],
    first_ordinal: u64,
) -> Result<Vec<Row>, RowError> {
    let mut by_segment: BTreeMap<(usize, usize), Vec<(usize, u32)>> = BTreeMap::new();
    for (slot, place) in places.iter().enumerate() {
        let archive = archives
            .get(place.archive)
            .ok_or(RowError::NoEntry(place.position))?;
        let (segment, number) = archive
            .locate(place.position)
            .ok_or(RowError::NoEntry(place.position))?;
        by_segment
            .entry((place.archive, segment))
            .or_default()
            .push((slot, number));
    }
    let groups: Vec<_> = by_segment.into_iter().collect();
    let read: Result<Vec<Vec<(usize, Row)>>, RowError> = groups
        .par_iter()
        .map(|((archive, segment), wanted)| {
            let archive = archives.get(*archive).ok_or(RowError::NoEntry(0))?;
            let numbers: Vec<u32> = wanted.iter().map(|(_, number)| *number).collect();
            let lines = if numbers.len() <= FEW_LINES && groups.len() > FEW_SEGMENTS {
                cache.get_lines(archive, *segment, &numbers)?
            } else {
                Lines::All(cache.get(archive, *segment)?)
            };
            let mut record = Record::new();
            let mut rows = Vec::with_capacity(wanted.len());
            for (slot, number) in wanted {
                let place = places.get(*slot).ok_or(RowError::NoEntry(0))?;
                let ordinal = first_ordinal + *slot as u64;
                let entry = lines
                    .log_entry(*number)
                    .ok_or(RowError::NoEntry(place.position))?;
                let row = row_of(archive, &entry, place, ordinal, &mut record)?;
                rows.push((*slot, row));
            }
            Ok(rows)
        })
        .collect();
    let mut rows: Vec<(usize, Row)> = read?.into_iter().flatten().collect();
    rows.sort_unstable_by_key(|(slot, _)| *slot);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn row_of(
    archive: &OpenArchive,
    entry: &CheckedEntry<'_>,
    place: &RowPlace,
    ordinal: u64,
    record: &mut Record,
) -> Result<Row, RowError> {
    let reading = archive.reading();
    let mut row = None;
    let mut records = 0;
    reading.schema.read(
        entry.bytes,
        &reading.settings,
        record,
        &mut |found, record| {
            records = found.saturating_add(1);
            if found == place.record {
                row = Some(Row {
                    ordinal,
                    archive: place.archive,
                    position: place.position,
                    record: found,
                    records: 1,
                    verdict: archive.verdict_at(place.position),
                    leaf: entry.leaf,
                    spine: owned_spine(record),
                    fields: owned_fields(record),
                    raw: Arc::from(entry.bytes),
                    notes: record.notes().iter().map(ToString::to_string).collect(),
                    is_unparsed: record
                        .notes()
                        .iter()
                        .any(sealscope_fields::Note::is_unparsed),
                    missing_before: archive.missing_before(place.position),
                });
            }
        },
    );
    row.map(|row| Row { records, ..row })
        .ok_or(RowError::NoEntry(place.position))
}

fn owned_spine(record: &Record) -> OwnedSpine {
    let spine = record.spine();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    OwnedSpine {
        time: spine.time,
        time_text: owned(spine.time_text),
        who: owned(spine.who),
        did: owned(spine.did),
        to_what: owned(spine.to_what),
        from_where: owned(spine.from_where),
        outcome: owned(spine.outcome),
        decision: owned(spine.decision),
        severity: spine.severity,
        class: spine.class,
        message: spine.message.to_owned(),
    }
}

fn owned_fields(record: &Record) -> Vec<OwnedField> {
    record
        .raw()
        .map(|field| OwnedField {
            path: field.path.to_owned(),
            text: field.value.as_text().to_owned(),
            kind: match field.value {
                Value::Text(_) => ValueKind::Text,
                Value::Number(_) => ValueKind::Number,
                Value::Bool(_) => ValueKind::Bool,
                Value::Null => ValueKind::Null,
            },
        })
        .collect()
}
