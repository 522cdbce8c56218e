//! One open archive and everything that is known about it so far.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use sealscope_archive::chained_jsonl::{ChainProfile, ProfileOrigin};
use sealscope_archive::{Archive, Structure};
use sealscope_fields::{Schema, Settings};
use sealscope_model::{Digest, Position, Verdict, VerdictRanges};
use sealscope_verify::{
    EntrySeals, LiveCheck, SealedLog, SegmentFindings, Summary, TrustStore, hold_against_file,
    judge,
};

use crate::ledger::{Ledger, REJECTED_KEPT};
use crate::live_times::LiveTimes;

/// Files that one core looks at for changes before another one helps.
const FILES_LOOKED_AT_TOGETHER: usize = 256;

/// How the entries of an archive are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The schema.
    pub schema: &'static dyn Schema,
    /// Why this one, in a sentence.
    pub why: String,
    /// Whether it was guessed from the shape of the entries.
    pub is_guessed: bool,
    /// Time field, zone and year.
    pub settings: Settings,
}

/// What reading one segment for its fields gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowCounts {
    pub(crate) rows: u64,
    pub(crate) undated: u64,
    pub(crate) unparsed: u64,
    pub(crate) empty_entries: u64,
}

/// One segment, checked and counted.
#[derive(Debug, Clone)]
pub(crate) struct SegmentOutcome {
    pub(crate) findings: SegmentFindings,
    /// `None` where only seals were checked.
    pub(crate) rows: Option<RowCounts>,
    /// Oldest and newest time in the segment.
    pub(crate) times: Option<(i64, i64)>,
}

/// How far the work on an archive is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveState {
    /// Entries checked, from the first one on.
    pub entries: u64,
    /// Stored bytes checked.
    pub bytes_done: u64,
    /// Stored bytes in all.
    pub bytes_total: u64,
    /// Entries before this position are proven already.
    pub intact_to: Position,
    /// What was noticed first, while the check goes on.
    pub first_problem: Option<String>,
    /// Whether entries were seen that are not those that were sealed: the archive is broken.
    pub is_refuted: bool,
    /// Whether the final judgement stands.
    pub is_checked: bool,
    /// Whether the index is complete.
    pub is_indexed: bool,
    /// Why there will be no index.
    pub index_trouble: Option<String>,
    /// Whether index and findings come from the cache.
    pub from_cache: bool,
    /// When the seals were last checked, in nanoseconds since 1970.
    pub checked_at_ns: Option<i64>,
}

/// Findings of the segments from the first one on, and what follows from them.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) findings: Vec<SegmentFindings>,
    /// Position of each segment's first line, and of the end.
    pub(crate) first_positions: Vec<Position>,
    pub(crate) rows: Vec<Option<RowCounts>>,
    pub(crate) segment_times: Vec<Option<(i64, i64)>>,
    pub(crate) times: Option<(i64, i64)>,
    /// Rows by time, as far as they were read in this run.
    pub(crate) live_times: LiveTimes,
    /// Segments that came before their turn.
    waiting: std::collections::BTreeMap<usize, SegmentOutcome>,
    live: LiveCheck,
    pub(crate) summary: Option<Arc<Summary>>,
    /// What was sealed and where it stands, once somebody asked; goes with the summary.
    pub(crate) sealed_log: Option<Arc<SealedLog>>,
    /// What the seals of a format of others say of each entry; goes with the summary too.
    pub(crate) entry_seals: Option<Arc<EntrySeals>>,
    pub(crate) sha256: Option<Digest>,
    pub(crate) checked_at_ns: Option<i64>,
    pub(crate) from_cache: bool,
    pub(crate) index: Option<ArchiveIndex>,
    pub(crate) index_trouble: Option<String>,
    bytes_done: u64,
}

/// The shards of an archive's index.
#[derive(Debug, Clone)]
pub(crate) struct ArchiveIndex {
    /// Folder, and first segment, of each shard in order.
    pub(crate) shards: Vec<(PathBuf, usize)>,
}

/// One open archive.
#[derive(Debug)]
pub struct OpenArchive {
    id: usize,
    path: PathBuf,
    archive: Box<dyn Archive>,
    reading: Reading,
    known: Mutex<Known>,
    being_checked: AtomicBool,
}

impl OpenArchive {
    pub(crate) fn new(
        id: usize,
        path: PathBuf,
        archive: Box<dyn Archive>,
        reading: Reading,
    ) -> Self {
        let known = Self::nothing_known(archive.as_ref());
        let being_checked = AtomicBool::new(false);
        Self {
            id,
            path,
            archive,
            reading,
            known: Mutex::new(known),
            being_checked,
        }
    }

    fn nothing_known(archive: &dyn Archive) -> Known {
        let (start, live) = match archive.structure() {
            Structure::Unsealed
            | Structure::CloudTrail(_)
            | Structure::Journal(_)
            | Structure::Chained(_) => (0, LiveCheck::default()),
            Structure::Sealog(sealog) => {
                let structure = sealog.structure();
                let start = structure
                    .identity
                    .as_ref()
                    .map_or(0, |identity| identity.start);
                (start, LiveCheck::new(structure))
            }
        };
        Known {
            first_positions: vec![start],
            live,
            ..Known::default()
        }
    }

    /// Its number in the workspace, from 0.
    #[must_use]
    pub const fn id(&self) -> usize {
        self.id
    }

    /// Where it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its file name, possibly hostile text: to be shown escaped.
    #[must_use]
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// Name of its format.
    #[must_use]
    pub fn format(&self) -> &'static str {
        self.archive.format()
    }

    /// How its entries are read.
    #[must_use]
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Its stored bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.archive
            .files()
            .iter()
            .map(|(_, stamp)| stamp.bytes)
            .sum()
    }

    /// Whether a file is no longer the one that was opened.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        let files = self.archive.files();
        if files.len() < FILES_LOOKED_AT_TOGETHER {
            return self.archive.has_changed();
        }
        // Looking at thousands of files takes a tenth of the time of checking them.
        files
            .par_chunks(FILES_LOOKED_AT_TOGETHER)
            .any(|files| files.iter().any(|(path, stamp)| !stamp.is_of(path)))
    }

    /// The archive itself, for what only a format knows.
    #[must_use]
    pub fn archive(&self) -> &dyn Archive {
        self.archive.as_ref()
    }

    /// SHA-256 of the file as stored, once the whole file was read.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        self.known().sha256
    }

    /// The judgement, once it was made (of a part, if the check was cancelled).
    #[must_use]
    pub fn summary(&self) -> Option<Arc<Summary>> {
        self.known().summary.clone()
    }

    /// Oldest and newest time seen so far, in nanoseconds since 1970.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        self.known().times
    }

    pub(crate) fn known(&self) -> MutexGuard<'_, Known> {
        // A worker that panicked leaves whole values behind: each change is one assignment or push.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a pass over it is under way.
    #[must_use]
    pub fn is_being_checked(&self) -> bool {
        self.being_checked.load(Ordering::Acquire)
    }

    pub(crate) fn set_being_checked(&self, yes: bool) {
        self.being_checked.store(yes, Ordering::Release);
    }

    /// How far the work is.
    #[must_use]
    pub fn live(&self) -> LiveState {
        let known = self.known();
        let segments = 0..self.archive.segment_count();
        LiveState {
            entries: known.findings.iter().map(|found| found.log_entries).sum(),
            bytes_done: known.bytes_done,
            bytes_total: segments
                .map(|ordinal| self.archive.segment_bytes(ordinal))
                .sum(),
            intact_to: known.live.intact_to(),
            first_problem: known.live.first_problem().map(str::to_owned),
            is_refuted: known.live.is_refuted(),
            is_checked: known.summary.is_some(),
            is_indexed: known.index.is_some(),
            index_trouble: known.index_trouble.clone(),
            from_cache: known.from_cache,
            checked_at_ns: known.checked_at_ns,
        }
    }

    /// The verdict at a position as far as it is known now; `None` while unchecked.
    #[must_use]
    pub fn verdict_at(&self, position: Position) -> Option<Verdict> {
        let known = self.known();
        match &known.summary {
            Some(summary) => summary.ranges.verdict_at(position),
            None if position < known.live.intact_to() => Some(Verdict::Intact),
            None => None,
        }
    }

    /// The verdict ranges as far as they are known now.
    #[must_use]
    pub fn ranges(&self) -> VerdictRanges {
        let known = self.known();
        match &known.summary {
            Some(summary) => summary.ranges.clone(),
            None => {
                let start = known.first_positions.first().copied().unwrap_or(0);
                let mut ranges = VerdictRanges::starting_at(start);
                let signed = sealscope_model::Strength::SIGNED;
                ranges.push(start, known.live.intact_to(), Some(Verdict::Intact), signed);
                ranges
            }
        }
    }

    /// Forgets what was found, before the archive is checked anew.
    pub(crate) fn forget(&self) {
        *self.known() = Self::nothing_known(self.archive.as_ref());
    }

    /// Takes the outcome of one segment; those out of turn wait.
    pub(crate) fn take(&self, outcome: SegmentOutcome, trust: &TrustStore) {
        let mut guard = self.known();
        let known = &mut *guard;
        known.bytes_done += self.archive.segment_bytes(outcome.findings.ordinal);
        known.waiting.insert(outcome.findings.ordinal, outcome);
        while let Some(next) = known.waiting.remove(&known.findings.len()) {
            if let Structure::Sealog(sealog) = self.archive.structure() {
                known.live.push(&next.findings, sealog.structure(), trust);
            }
            let end = known.first_positions.last().copied().unwrap_or(0);
            known.first_positions.push(end + next.findings.lines);
            if let Some((oldest, newest)) = next.times {
                let (a, b) = known.times.unwrap_or((oldest, newest));
                known.times = Some((a.min(oldest), b.max(newest)));
            }
            known.segment_times.push(next.times);
            known.rows.push(next.rows);
            known.findings.push(next.findings);
        }
    }

    /// Makes the judgement from what was found.
    pub(crate) fn judge(&self, trust: &TrustStore, checked_at_ns: Option<i64>) {
        // Judging may read the archive again; others may look meanwhile.
        let findings = self.known().findings.clone();
        let summary = judge(self.archive.as_ref(), &findings, trust);
        let is_complete = findings.len() == self.archive.segment_count()
            && !findings.iter().any(|found| found.is_unreadable);
        let file = self.sha256();
        let summary = hold_against_file(summary, file.as_ref(), is_complete, trust);
        // Verdicts of bytes that were never in the file together are those of no file.
        let summary = if self.has_changed() {
            summary.of_changing_file()
        } else {
            summary
        };
        let mut known = self.known();
        known.summary = Some(Arc::new(summary));
        known.sealed_log = None;
        known.entry_seals = None;
        known.checked_at_ns = checked_at_ns.or(known.checked_at_ns);
    }

    /// How the digests of a chained log are made, and where that is known from.
    #[must_use]
    pub fn chain_profile(&self) -> Option<(&ChainProfile, ProfileOrigin)> {
        match self.archive.structure() {
            Structure::Chained(chain) => Some((chain.profile(), chain.profile_origin())),
            _ => None,
        }
    }

    /// Adds a remark to the judgement.
    pub(crate) fn add_note(&self, note: String) {
        let mut known = self.known();
        if let Some(summary) = &known.summary {
            let mut with_note = Summary::clone(summary);
            with_note.notes.push(note);
            known.summary = Some(Arc::new(with_note));
        }
    }

    /// The books.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let known = self.known();
        let mut ledger = Ledger::empty();
        for (found, rows) in known.findings.iter().zip(&known.rows) {
            ledger.bytes += found.text_bytes;
            ledger.lines += found.text_lines;
            ledger.entries += found.log_entries;
            ledger.control += found.lines - found.log_entries;
            ledger.rejected_bytes += found.rejected_bytes;
            let count = |slot: &mut Option<u64>, of: fn(&RowCounts) -> u64| {
                *slot = slot.zip(rows.as_ref().map(of)).map(|(a, b)| a + b);
            };
            count(&mut ledger.rows, |rows| rows.rows);
            count(&mut ledger.undated, |rows| rows.undated);
            count(&mut ledger.unparsed, |rows| rows.unparsed);
            count(&mut ledger.empty_entries, |rows| rows.empty_entries);
        }
        let damage = || {
            let inside = known.findings.iter().flat_map(|found| &found.damage);
            self.archive.damage().iter().chain(inside)
        };
        ledger.rejected = damage().take(REJECTED_KEPT).cloned().collect();
        ledger.rejected_count = damage().count() as u64;
        ledger
    }

    /// Which segment holds a position, and the line's number in it.
    pub(crate) fn locate(&self, position: Position) -> Option<(usize, u32)> {
        let known = self.known();
        let after = known
            .first_positions
            .partition_point(|first| *first <= position);
        let segment = after.checked_sub(1)?;
        let first = *known.first_positions.get(segment)?;
        let found = known.findings.get(segment)?;
        let number = position - first;
        (number < found.lines).then(|| (segment, u32::try_from(number).unwrap_or(u32::MAX)))
    }
}

impl OpenArchive {
    /// Sealed entries that are missing right before the one stored at a position.
    pub(crate) fn missing_before(&self, position: Position) -> u64 {
        let known = self.known();
        let Some(summary) = &known.summary else {
            return 0;
        };
        // A removal is named by its sealed index; where it shows among what is stored follows from
        // the edits before it.
        crate::shifts::missing_before(&summary.breaks, position)
    }
}

impl OpenArchive {
    /// Rows of the segments read so far, from the first one on; entries where only seals were
    /// checked.
    pub(crate) fn rows_known(&self) -> u64 {
        let known = self.known();
        let rows = known.rows.iter().zip(&known.findings);
        rows.map(|(rows, found)| rows.as_ref().map_or(found.log_entries, |rows| rows.rows))
            .sum()
    }

    /// Rows of one segment; `None` while it was not read.
    pub(crate) fn rows_of(&self, ordinal: usize) -> Option<u64> {
        let known = self.known();
        let found = known.findings.get(ordinal)?;
        let rows = known.rows.get(ordinal)?;
        Some(rows.as_ref().map_or(found.log_entries, |rows| rows.rows))
    }

    /// Position of a segment's first line.
    pub(crate) fn first_position_of(&self, ordinal: usize) -> Position {
        self.known()
            .first_positions
            .get(ordinal)
            .copied()
            .unwrap_or(0)
    }
}

impl OpenArchive {
    /// Where sealed entries are missing: sealed index, stored index of the entry after them, count.
    #[must_use]
    pub fn missing_runs(&self) -> Vec<(Position, Position, u64)> {
        let summary = self.summary();
        summary.map_or_else(Vec::new, |summary| {
            crate::shifts::missing_runs(&summary.breaks)
        })
    }
}
