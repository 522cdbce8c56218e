//! Answering a query without an index: every entry is read and hashed, and the plain evaluator
//! asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use sealscope_fields::{Record, Severity};
use sealscope_index::Sort;
use sealscope_index::query::{FieldName, Matcher, Prefilter, Query, RowView};
use sealscope_model::{Position, Verdict, VerdictRanges};
use sealscope_proof::sha256;
use sealscope_verify::check_segment;

use crate::histogram::{BucketOut, HistogramOut, verdict_slot};
use crate::open_archive::OpenArchive;
use crate::progress::Cancel;
use crate::rows::{RowError, RowPlace};
use crate::search::{FacetOut, SearchError};

/// Hits that are kept with their places; beyond, they are only counted.
pub const LISTED_HITS_MAX: usize = 5_000_000;
/// Buckets of one histogram at most.
const BUCKETS_MAX: i128 = 1 << 18;

/// What to scan for.
pub(crate) struct ScanSpec<'a> {
    pub(crate) query: &'a Query,
    pub(crate) matcher: &'a Matcher,
    pub(crate) join: Option<&'a str>,
}

/// What a scan gave.
pub(crate) struct Scanned {
    pub(crate) hits: ScanHits,
    pub(crate) rows_read: u64,
    /// Whether every entry was read.
    pub(crate) is_whole: bool,
}

/// One hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hit {
    time_ns: Option<i64>,
    position: Position,
    archive: u32,
    record: u32,
    severity: Option<Severity>,
}

/// The hits of a scan, in order of archive, position and record.
#[derive(Debug, Default)]
pub(crate) struct ScanHits {
    hits: Vec<Hit>,
    /// With `join`: further rows that each hit stands for.
    joined: Vec<u32>,
    /// Hits beyond those listed.
    unlisted: u64,
    /// Numbers of the hits in order of time, made when first asked for.
    by_time: std::sync::OnceLock<Vec<u32>>,
    by_time_down: std::sync::OnceLock<Vec<u32>>,
}

/// Hits of one segment.
#[derive(Default)]
struct SegmentHits {
    hits: Vec<Hit>,
    /// With `join`: what each hit is joined by.
    keys: Vec<Option<[u8; 32]>>,
}

/// Scans all archives, on all cores.
pub(crate) fn scan(
    archives: &[Arc<OpenArchive>],
    spec: &ScanSpec<'_>,
    cancel: &Cancel,
    tell: &(dyn Fn(u64, u64) + Sync),
) -> Result<Scanned, SearchError> {
    let mut all = ScanHits::default();
    let (mut rows_read, mut is_whole) = (0, true);
    let mut seen = HashMap::new();
    for archive in archives {
        let work = Work::new(archive, spec, cancel, tell, all.count());
        let segments = work.run()?;
        rows_read += work.rows.load(Ordering::Relaxed);
        is_whole &= work.failed.load(Ordering::Relaxed) == 0;
        // Lines of a plain log are numbered when all before them are known.
        let mut first = archive
            .known()
            .first_positions
            .first()
            .copied()
            .unwrap_or(0);
        for (mut found, lines) in segments {
            found.hits.iter_mut().for_each(|hit| hit.position += first);
            first += lines;
            all.add(found, spec.join.is_some().then_some(&mut seen));
        }
    }
    Ok(Scanned {
        hits: all,
        rows_read,
        is_whole,
    })
}

struct Work<'a> {
    archive: &'a OpenArchive,
    spec: &'a ScanSpec<'a>,
    prefilter: Option<Prefilter>,
    cancel: &'a Cancel,
    tell: &'a (dyn Fn(u64, u64) + Sync),
    next: AtomicUsize,
    rows: AtomicU64,
    hits: AtomicU64,
    failed: AtomicU64,
    /// Whether a segment is not as it was when it was checked: its verdicts would not be its own.
    changed: AtomicBool,
    ranges: VerdictRanges,
    outcomes: Mutex<Vec<Option<(SegmentHits, u64)>>>,
}

impl<'a> Work<'a> {
    fn new(
        archive: &'a OpenArchive,
        spec: &'a ScanSpec<'a>,
        cancel: &'a Cancel,
        tell: &'a (dyn Fn(u64, u64) + Sync),
        hits_before: u64,
    ) -> Self {
        let segments = archive.archive().segment_count();
        let is_json = matches!(archive.reading().schema.name(), "kubernetes-audit" | "json");
        Self {
            archive,
            spec,
            prefilter: if is_json {
                Prefilter::new(spec.query)
            } else {
                None
            },
            cancel,
            tell,
            next: AtomicUsize::new(0),
            rows: AtomicU64::new(0),
            hits: AtomicU64::new(hits_before),
            failed: AtomicU64::new(0),
            changed: AtomicBool::new(false),
            ranges: archive.ranges(),
            outcomes: Mutex::new((0..segments).map(|_| None).collect()),
        }
    }

    fn run(&self) -> Result<Vec<(SegmentHits, u64)>, SearchError> {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| self.work());
            }
        });
        if self.changed.load(Ordering::Relaxed) {
            return Err(SearchError::Row(self.archive.changed_error()));
        }
        if self.cancel.is_stopped() {
            return Err(SearchError::Cancelled);
        }
        let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(outcomes
            .iter_mut()
            .map(|slot| slot.take().unwrap_or_default())
            .collect())
    }

    fn work(&self) {
        let mut record = Record::new();
        let mut reuse = None;
        let count = self.archive.archive().segment_count();
        loop {
            let ordinal = self.next.fetch_add(1, Ordering::Relaxed);
            if ordinal >= count || self.cancel.is_stopped() {
                return;
            }
            let Ok(segment) = self.archive.archive().read_segment(ordinal, reuse.take()) else {
                self.failed.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            let checked = check_segment(segment, 0);
            if !self.archive.is_as_checked(ordinal, &checked) {
                self.changed.store(true, Ordering::Relaxed);
                return;
            }
            let lines = checked.line_count() as u64;
            let Some(found) = self.search(ordinal, &checked, &mut record) else {
                return;
            };
            self.hits
                .fetch_add(found.hits.len() as u64, Ordering::Relaxed);
            (self.tell)(
                self.hits.load(Ordering::Relaxed),
                self.rows.load(Ordering::Relaxed),
            );
            let mut outcomes = self.outcomes.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(slot) = outcomes.get_mut(ordinal) {
                *slot = Some((found, lines));
            }
            drop(outcomes);
            reuse = Some(checked.into_segment());
        }
    }

    /// Position of a segment's first line. Queries that ask for it wait for the check, where one is
    /// under way, to come by.
    fn first_position(&self, ordinal: usize) -> Option<Position> {
        loop {
            let first = self.archive.known().first_positions.get(ordinal).copied();
            let must_wait = first.is_none()
                && self.spec.query.asks_for_places()
                && self.archive.is_being_checked()
                && !self.cancel.is_stopped();
            if !must_wait {
                return first;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// The hits of a segment, with positions from its own first line; `None` when asked to stop.
    fn search(
        &self,
        ordinal: usize,
        checked: &sealscope_verify::CheckedSegment,
        record: &mut Record,
    ) -> Option<SegmentHits> {
        let reading = self.archive.reading();
        let first = self.first_position(ordinal);
        let mut found = SegmentHits::default();
        let mut rows = 0;
        for (count, entry) in checked.log_entries().enumerate() {
            if count % 256 == 0 && self.cancel.is_stopped() {
                return None;
            }
            let may_match = self
                .prefilter
                .as_ref()
                .is_none_or(|filter| filter.may_match(entry.bytes));
            if !may_match {
                rows += 1;
                continue;
            }
            let position = first.map_or(0, |first| first + u64::from(entry.number));
            let verdict = first.and_then(|_| self.ranges.verdict_at(position));
            reading.schema.read(
                entry.bytes,
                &reading.settings,
                record,
                &mut |number, record| {
                    rows += 1;
                    if self.spec.matcher.matches(&RowView {
                        position,
                        verdict,
                        record,
                    }) {
                        found.hits.push(Hit {
                            time_ns: record.spine().time.map(|time| time.ns),
                            position: u64::from(entry.number),
                            archive: u32::try_from(self.archive.id()).unwrap_or(u32::MAX),
                            record: number,
                            severity: record.spine().severity,
                        });
                        if let Some(field) = self.spec.join {
                            found.keys.push(join_key(field, record));
                        }
                    }
                },
            );
        }
        self.rows.fetch_add(rows, Ordering::Relaxed);
        Some(found)
    }
}

/// What a row is joined by: the first value of the field; rows without it stay alone.
fn join_key(field: &str, record: &Record) -> Option<[u8; 32]> {
    let value = match FieldName::from_query(field) {
        FieldName::Spine(name) => record.spine().keyword(name).map(str::to_owned),
        FieldName::Raw(path) => record
            .get(&path)
            .next()
            .map(|value| value.as_text().to_owned()),
    };
    value.map(|text| *sha256(text.as_bytes()).as_bytes())
}

impl ScanHits {
    fn add(&mut self, found: SegmentHits, seen: Option<&mut HashMap<[u8; 32], usize>>) {
        let Some(seen) = seen else {
            let room = LISTED_HITS_MAX.saturating_sub(self.hits.len());
            self.unlisted += found.hits.len().saturating_sub(room) as u64;
            self.hits.extend(found.hits.into_iter().take(room));
            return;
        };
        for (hit, key) in found.hits.into_iter().zip(found.keys) {
            if let Some(first) = key.and_then(|key| seen.get(&key)) {
                if let Some(joined) = self.joined.get_mut(*first) {
                    *joined = joined.saturating_add(1);
                }
                continue;
            }
            if let Some(key) = key {
                seen.insert(key, self.hits.len());
            }
            if self.hits.len() < LISTED_HITS_MAX {
                self.hits.push(hit);
                self.joined.push(0);
            } else {
                self.unlisted += 1;
            }
        }
    }

    /// Further rows that a hit stands for, where rows were joined.
    pub(crate) fn joined_at(&self, sort: Sort, ordinal: u64) -> u32 {
        let number = self.number_at(sort, ordinal);
        let joined = number.and_then(|number| self.joined.get(number));
        joined.copied().unwrap_or(0)
    }

    /// Rows by severity in the buckets of a histogram, worst first, then those without.
    pub(crate) fn by_severity(&self, counted: &HistogramOut) -> Vec<[u64; 6]> {
        let mut split = vec![[0; 6]; counted.buckets.len()];
        for hit in &self.hits {
            let bucket = hit.time_ns.and_then(|time| counted.bucket_of(time));
            let slot = hit.severity.map_or(5, |severity| severity as usize);
            let count = bucket.and_then(|bucket| split.get_mut(bucket)?.get_mut(slot));
            if let Some(count) = count {
                *count += 1;
            }
        }
        split
    }

    pub(crate) fn count(&self) -> u64 {
        self.hits.len() as u64 + self.unlisted
    }

    /// The numbers of the hits in order of time, undated ones last, ties by position.
    fn order(&self, is_down: bool) -> &[u32] {
        let slot = if is_down {
            &self.by_time_down
        } else {
            &self.by_time
        };
        slot.get_or_init(|| {
            let mut order: Vec<u32> =
                (0..u32::try_from(self.hits.len()).unwrap_or(u32::MAX)).collect();
            let key = |number: &u32| {
                let time = self.hits.get(*number as usize).and_then(|hit| hit.time_ns);
                match time {
                    Some(time) if is_down => (false, !time),
                    Some(time) => (false, time),
                    None => (true, 0),
                }
            };
            order.sort_by_key(key);
            order
        })
    }

    fn number_at(&self, sort: Sort, ordinal: u64) -> Option<usize> {
        let ordinal = usize::try_from(ordinal).ok()?;
        Some(match sort {
            Sort::Position => ordinal,
            Sort::PositionDown => self.hits.len().checked_sub(ordinal.checked_add(1)?)?,
            Sort::Time => *self.order(false).get(ordinal)? as usize,
            Sort::TimeDown => *self.order(true).get(ordinal)? as usize,
        })
    }

    fn at(&self, sort: Sort, ordinal: u64) -> Option<&Hit> {
        self.hits.get(self.number_at(sort, ordinal)?)
    }

    pub(crate) fn page(&self, sort: Sort, first: u64, count: usize) -> Vec<RowPlace> {
        let ordinals = first..first.saturating_add(count as u64);
        ordinals
            .map_while(|ordinal| self.at(sort, ordinal))
            .map(|hit| RowPlace {
                archive: hit.archive as usize,
                position: hit.position,
                record: hit.record,
            })
            .collect()
    }

    pub(crate) fn time_of(&self, sort: Sort, ordinal: u64) -> Option<i64> {
        self.at(sort, ordinal)?.time_ns
    }

    /// The number, in an order, of the hit with the earliest time at or after `ns`.
    pub(crate) fn earliest_from(&self, sort: Sort, ns: i64) -> Option<u64> {
        let later = self
            .hits
            .iter()
            .enumerate()
            .filter(|(_, hit)| hit.time_ns.is_some_and(|t| t >= ns));
        let (number, _) = later.min_by_key(|(_, hit)| hit.time_ns)?;
        Some(match sort {
            Sort::PositionDown => (self.hits.len() - number - 1) as u64,
            _ => number as u64,
        })
    }

    pub(crate) fn ordinal_of(&self, sort: Sort, archive: usize, position: Position) -> u64 {
        let before = self
            .hits
            .partition_point(|hit| (hit.archive as usize, hit.position) < (archive, position));
        let ordinal = match sort {
            Sort::Position => before,
            Sort::PositionDown => self.hits.len().saturating_sub(before + 1),
            Sort::Time | Sort::TimeDown => {
                let order = self.order(sort == Sort::TimeDown);
                order
                    .iter()
                    .position(|number| *number as usize == before)
                    .unwrap_or(order.len())
            }
        };
        ordinal as u64
    }

    pub(crate) fn times(&self) -> Option<(i64, i64)> {
        let mut times = self.hits.iter().filter_map(|hit| hit.time_ns);
        let first = times.next()?;
        Some(times.fold((first, first), |(a, b), time| (a.min(time), b.max(time))))
    }

    pub(crate) fn histogram(
        &self,
        from_ns: i64,
        to_ns: i64,
        bucket_ns: i64,
        ranges: &[Arc<VerdictRanges>],
    ) -> HistogramOut {
        let span = (i128::from(to_ns) - i128::from(from_ns)).max(0);
        let count = ((span + i128::from(bucket_ns) - 1) / i128::from(bucket_ns)).min(BUCKETS_MAX);
        let start = |number: i128| {
            i64::try_from(i128::from(from_ns) + number * i128::from(bucket_ns)).unwrap_or(i64::MAX)
        };
        let buckets = (0..count).map(|n| BucketOut {
            start_ns: start(n),
            ..BucketOut::default()
        });
        let mut out = HistogramOut {
            from_ns,
            bucket_ns,
            buckets: buckets.collect(),
            ..HistogramOut::default()
        };
        for hit in &self.hits {
            let Some(time) = hit.time_ns else {
                out.undated += 1;
                continue;
            };
            let bucket = out.bucket_of(time).and_then(|n| out.buckets.get_mut(n));
            let Some(bucket) = bucket else {
                out.outside += 1;
                continue;
            };
            bucket.count += 1;
            let verdict = verdict_of(ranges, hit);
            if let Some(slot) = bucket.by_verdict.get_mut(verdict_slot(verdict)) {
                *slot += 1;
            }
        }
        out
    }

    pub(crate) fn facet(
        &self,
        archives: &[Arc<OpenArchive>],
        field: &str,
        top: usize,
        ranges: &[Arc<VerdictRanges>],
    ) -> Result<FacetOut, RowError> {
        let mut counts: HashMap<String, u64> = HashMap::new();
        match field {
            "seal" => {
                for hit in &self.hits {
                    let word = verdict_of(ranges, hit).map_or("unchecked", Verdict::word);
                    *counts.entry(word.to_owned()).or_default() += 1;
                }
            }
            "archive" => {
                for hit in &self.hits {
                    *counts.entry(hit.archive.to_string()).or_default() += 1;
                }
            }
            name => self.count_values(archives, &FieldName::from_query(name), &mut counts)?,
        }
        let distinct = counts.len() as u64;
        let mut values: Vec<(String, u64)> = counts.into_iter().collect();
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(top);
        Ok(FacetOut { values, distinct })
    }

    /// Reads the hits' segments again and counts each different value of a row once.
    fn count_values(
        &self,
        archives: &[Arc<OpenArchive>],
        field: &FieldName,
        counts: &mut HashMap<String, u64>,
    ) -> Result<(), RowError> {
        let mut record = Record::new();
        let mut kept: Option<(u32, usize, sealscope_verify::CheckedSegment)> = None;
        for hit in &self.hits {
            let missing = RowError::NoEntry(hit.position);
            let Some(archive) = archives.get(hit.archive as usize) else {
                return Err(missing);
            };
            let Some((segment, number)) = archive.locate(hit.position) else {
                return Err(missing);
            };
            let is_kept = kept
                .as_ref()
                .is_some_and(|(a, s, _)| (*a, *s) == (hit.archive, segment));
            if !is_kept {
                kept = Some((hit.archive, segment, archive.reread(segment)?));
            }
            let Some(entry) = kept
                .as_ref()
                .and_then(|(_, _, checked)| checked.log_entry(number))
            else {
                return Err(missing);
            };
            let reading = archive.reading();
            reading.schema.read(
                entry.bytes,
                &reading.settings,
                &mut record,
                &mut |n, record| {
                    if n == hit.record {
                        for value in different_values(field, record) {
                            *counts.entry(value).or_default() += 1;
                        }
                    }
                },
            );
        }
        Ok(())
    }
}

fn verdict_of(ranges: &[Arc<VerdictRanges>], hit: &Hit) -> Option<Verdict> {
    ranges.get(hit.archive as usize)?.verdict_at(hit.position)
}

fn different_values(field: &FieldName, record: &Record) -> std::collections::BTreeSet<String> {
    match field {
        FieldName::Spine(name) => record
            .spine()
            .keyword(name)
            .map(str::to_owned)
            .into_iter()
            .collect(),
        FieldName::Raw(path) => record
            .get(path)
            .map(|value| value.as_text().to_owned())
            .collect(),
    }
}
