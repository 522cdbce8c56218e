//! The one pass over an archive: every byte is read, unpacked, hashed, read for its fields and
//! indexed once.
//!
//! ```text
//! tasks (runs of segments) ─► workers: read ─► check ─► fields ─► shard of the index
//!                                        └────────► findings, joined in order by the archive
//! ```
//!
//! Invariants: 1. Only checked segments are indexed. 2. Memory is bounded by the number of workers,
//! not by the archive. 3. A wish to stop is heard within some milliseconds. 4. Trouble with the
//! index never stops the check.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealscope_archive::{Archive, Segment, Structure};
use sealscope_fields::Record;
use sealscope_index::{IndexError, ShardWriter};
use sealscope_proof::Sha256Stream;
use sealscope_verify::{CheckedSegment, Checker, SegmentFindings, TrustStore};

use crate::live_times::LiveTimes;
use crate::open_archive::{OpenArchive, RowCounts, SegmentOutcome};
use crate::progress::{Cancel, Progress};

/// Rows of one shard, about: what one worker holds in memory before it writes.
const SHARD_ROWS: u64 = 131_072;
/// Bytes of text of one shard, about, where rows are not known before they are read.
const SHARD_TEXT_BYTES: u64 = 96 << 20;
/// Memory of one shard's writer at which it is finished early.
const SHARD_MEMORY_BYTES: usize = 160 << 20;
/// Entries read between two looks at the wish to stop.
const ENTRIES_BETWEEN_LOOKS: usize = 256;
/// Bytes of the file hashed between two looks at the wish to stop.
const HASHED_BYTES: usize = 4 << 20;

/// What came of a pass.
#[derive(Debug)]
pub(crate) struct Pass {
    /// Whether every segment was looked at.
    pub(crate) is_complete: bool,
    /// The shards in order: folder and first segment; `None` where no index was asked for or made.
    pub(crate) shards: Option<Vec<(PathBuf, usize)>>,
    /// Why there is no index.
    pub(crate) index_trouble: Option<IndexError>,
}

/// Checks an archive, and indexes it into `index_dir` where one is given.
pub(crate) fn ingest(
    archive: &OpenArchive,
    trust: &TrustStore,
    index_dir: Option<&Path>,
    workers: usize,
    progress: &Progress,
    cancel: &Cancel,
) -> Pass {
    let tasks = plan(archive.archive(), index_dir.is_some(), workers);
    let shared = Shared {
        archive,
        checker: Checker::new(archive.archive(), trust),
        trust,
        progress,
        cancel,
        tasks: &tasks,
        next: AtomicUsize::new(0),
        index_dir,
        shards: Mutex::new(Vec::new()),
        trouble: Mutex::new(None),
    };
    std::thread::scope(|scope| {
        scope.spawn(|| shared.hash_file());
        for _ in 0..workers.max(1) {
            scope.spawn(|| shared.work());
        }
    });
    let trouble = shared.trouble.into_inner().unwrap_or_default();
    let mut shards = shared.shards.into_inner().unwrap_or_default();
    shards.sort_unstable_by_key(|(_, first)| *first);
    let is_complete = archive.known().findings.len() == archive.archive().segment_count();
    let has_index = index_dir.is_some() && trouble.is_none() && is_complete;
    Pass {
        is_complete,
        shards: has_index.then_some(shards),
        index_trouble: trouble,
    }
}

/// Divides the segments into runs: single ones for checking alone, shards for indexing.
fn plan(archive: &dyn Archive, is_indexing: bool, workers: usize) -> Vec<Range<usize>> {
    let count = archive.segment_count();
    if !is_indexing {
        return (0..count).map(|ordinal| ordinal..ordinal + 1).collect();
    }
    let weight = |ordinal: usize| match archive.structure() {
        Structure::Sealog(sealog) => {
            let frame = sealog.structure().frames.get(ordinal);
            frame
                .and_then(|frame| frame.list.as_ref())
                .map_or(4096, |list| u64::from(list.count))
        }
        _ => archive.segment_bytes(ordinal),
    };
    let full = match archive.structure() {
        Structure::Sealog(_) => SHARD_ROWS,
        _ => SHARD_TEXT_BYTES,
    };
    let total: u64 = (0..count).map(weight).sum();
    // A small archive is shared out too, so that every worker has something to do.
    let target = full
        .min(total.div_ceil(2 * workers.max(1) as u64))
        .max(full / 32);
    let mut tasks = Vec::new();
    let (mut from, mut sum) = (0, 0);
    for ordinal in 0..count {
        sum += weight(ordinal);
        if sum >= target || ordinal + 1 == count {
            tasks.push(from..ordinal + 1);
            (from, sum) = (ordinal + 1, 0);
        }
    }
    tasks
}

struct Shared<'a> {
    archive: &'a OpenArchive,
    checker: Checker,
    trust: &'a TrustStore,
    progress: &'a Progress,
    cancel: &'a Cancel,
    tasks: &'a [Range<usize>],
    next: AtomicUsize,
    index_dir: Option<&'a Path>,
    shards: Mutex<Vec<(PathBuf, usize)>>,
    trouble: Mutex<Option<IndexError>>,
}

/// What one worker uses again and again.
struct Bench {
    record: Record,
    segment: Option<Segment>,
}

/// The shard that a worker is writing.
struct OpenShard {
    writer: ShardWriter,
    dir: PathBuf,
    first_segment: usize,
    /// Lines before the segment at hand, from the shard's first.
    lines: u64,
}

impl Shared<'_> {
    /// SHA-256 of the file as stored, beside the work on its segments.
    fn hash_file(&self) {
        let Some(source) = self.archive.archive().whole_file() else {
            return;
        };
        let mut stream = Sha256Stream::default();
        let mut buffer = vec![0u8; HASHED_BYTES];
        let mut at = 0;
        while at < source.bytes() {
            if self.cancel.is_stopped() {
                return;
            }
            match source.read_at(at, &mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(count) => {
                    stream.update(buffer.get(..count).unwrap_or_default());
                    at += count as u64;
                }
            }
        }
        self.archive.known().sha256 = Some(*stream.finish().get());
    }

    fn work(&self) {
        let mut bench = Bench {
            record: Record::new(),
            segment: None,
        };
        while let Some(task) = self.tasks.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if !self.run(task.clone(), &mut bench) {
                return;
            }
        }
    }

    /// Works through one run of segments; `false` when asked to stop.
    fn run(&self, task: Range<usize>, bench: &mut Bench) -> bool {
        let mut shard = None;
        for ordinal in task {
            if self.cancel.is_stopped() {
                return false;
            }
            let checked = match self
                .archive
                .archive()
                .read_segment(ordinal, bench.segment.take())
            {
                Ok(segment) => self.checker.check(segment, 0),
                Err(error) => {
                    self.take_unreadable(ordinal, &error.to_string());
                    continue;
                }
            };
            let Some(outcome) = self.read_fields(&checked, bench, &mut shard) else {
                return false;
            };
            self.progress
                .add_bytes(self.archive.archive().segment_bytes(ordinal));
            self.progress.add_entries(checked.log_entry_count() as u64);
            bench.segment = Some(checked.into_segment());
            self.archive.take(outcome, self.trust);
        }
        self.finish(shard);
        true
    }

    fn take_unreadable(&self, ordinal: usize, reason: &str) {
        let (first, offset_bytes) = match self.archive.archive().structure() {
            Structure::Sealog(sealog) => sealog
                .structure()
                .frames
                .get(ordinal)
                .map_or((0, 0), |frame| (frame.first, frame.offset_bytes)),
            _ => (0, 0),
        };
        let findings = SegmentFindings::unreadable(ordinal, first, offset_bytes, reason.to_owned());
        let rows = Some(RowCounts::default());
        self.archive.take(
            SegmentOutcome {
                findings,
                rows,
                times: None,
            },
            self.trust,
        );
    }

    /// Reads a checked segment for its fields and indexes them; `None` when asked to stop.
    fn read_fields(
        &self,
        checked: &CheckedSegment,
        bench: &mut Bench,
        shard: &mut Option<OpenShard>,
    ) -> Option<SegmentOutcome> {
        let findings = checked.findings();
        if self.index_dir.is_none() {
            return Some(SegmentOutcome {
                findings,
                rows: None,
                times: None,
            });
        }
        self.open_shard(checked.ordinal(), shard);
        let reading = self.archive.reading();
        let (mut rows, mut times) = (RowCounts::default(), None);
        let mut live = LiveTimes::default();
        for (count, entry) in checked.log_entries().enumerate() {
            if count % ENTRIES_BETWEEN_LOOKS == 0 && self.cancel.is_stopped() {
                return None;
            }
            let mut given = false;
            reading.schema.read(
                entry.bytes,
                &reading.settings,
                &mut bench.record,
                &mut |number, record| {
                    given = true;
                    count_row(record, &mut rows, &mut times);
                    if let Some(time) = record.spine().time {
                        live.add(time.ns);
                    }
                    self.add(shard, entry.number, number, record);
                },
            );
            rows.empty_entries += u64::from(!given);
        }
        self.archive.known().live_times.merge(&live);
        let is_full = shard.as_mut().is_some_and(|open| {
            open.lines += checked.line_count() as u64;
            open.writer.bytes_in_use() > SHARD_MEMORY_BYTES
        });
        if is_full {
            self.finish(shard.take());
        }
        Some(SegmentOutcome {
            findings,
            rows: Some(rows),
            times,
        })
    }

    fn open_shard(&self, ordinal: usize, shard: &mut Option<OpenShard>) {
        let Some(parent) = self
            .index_dir
            .filter(|_| shard.is_none() && !self.has_trouble())
        else {
            return;
        };
        let dir = parent.join(format!("shard-{ordinal:08}"));
        match ShardWriter::create(&dir) {
            Ok(writer) => {
                *shard = Some(OpenShard {
                    writer,
                    dir,
                    first_segment: ordinal,
                    lines: 0,
                });
            }
            Err(error) => self.report(error),
        }
    }

    fn add(&self, shard: &mut Option<OpenShard>, number: u32, record: u32, content: &Record) {
        let Some(open) = shard else { return };
        let entry = u32::try_from(open.lines + u64::from(number)).unwrap_or(u32::MAX);
        if let Err(error) = open.writer.add(entry, record, content) {
            *shard = None;
            self.report(error);
        }
    }

    fn finish(&self, shard: Option<OpenShard>) {
        let Some(open) = shard.filter(|_| !self.cancel.is_stopped()) else {
            return;
        };
        match open.writer.finish() {
            Ok(_) => {
                if let Ok(mut shards) = self.shards.lock() {
                    shards.push((open.dir, open.first_segment));
                }
            }
            Err(error) => self.report(error),
        }
    }

    fn report(&self, error: IndexError) {
        if let Ok(mut trouble) = self.trouble.lock() {
            self.archive
                .known()
                .index_trouble
                .get_or_insert_with(|| error.to_string());
            trouble.get_or_insert(error);
        }
    }

    fn has_trouble(&self) -> bool {
        self.trouble.lock().is_ok_and(|trouble| trouble.is_some())
    }
}

/// Counts a row for the books.
pub(crate) fn count_row(record: &Record, rows: &mut RowCounts, times: &mut Option<(i64, i64)>) {
    rows.rows += 1;
    match record.spine().time {
        Some(time) => {
            let (oldest, newest) = times.unwrap_or((time.ns, time.ns));
            *times = Some((oldest.min(time.ns), newest.max(time.ns)));
        }
        None => rows.undated += 1,
    }
    if record
        .notes()
        .iter()
        .any(sealscope_fields::Note::is_unparsed)
    {
        rows.unparsed += 1;
    }
}
