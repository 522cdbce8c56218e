//! The archives that are open together, and the work on them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use sealscope_archive::sealog::rfc3339;
use sealscope_archive::{OpenContext, Structure, Watch};
use sealscope_index::{Context, Index, Shard, ShardPlace, TimeOrder};
use sealscope_model::{Verdict, VerdictRanges};
use sealscope_verify::TrustStore;

use crate::cache::{self, Loaded};
use crate::clock::ClockStep;
use crate::ingest::ingest;
use crate::ledger::Ledger;
use crate::memory;
use crate::open::{EntrySettings, OpenFailure, open_all};
use crate::open_archive::{ArchiveIndex, OpenArchive, SegmentOutcome};
use crate::places::Places;
use crate::progress::{Cancel, Progress};
use crate::rows::{Row, RowError, RowPlace, SegmentCache, read_rows};

/// What to open, and how.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// The keys that the examiner gave.
    pub trust: TrustStore,
    /// Remarks about them, which go with every verdict.
    pub trust_notes: Vec<String>,
    /// Whether checkpoints that were seen before count, and those that are proven now are
    /// remembered.
    pub uses_memory: bool,
    /// How entries are read.
    pub settings: EntrySettings,
    /// Where the program keeps its own files.
    pub places: Places,
    /// Now, in nanoseconds since 1970: the engine has no clock of its own.
    pub now_ns: i64,
}

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunMode {
    /// Check every seal; read no fields.
    Verify,
    /// Check every seal and make everything searchable; a cached index is used again.
    Index,
    /// The same, but check and index anew.
    IndexAnew,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Everything was looked at.
    Finished,
    /// It was asked to stop.
    Cancelled,
}

/// The archives that are open together.
#[derive(Debug)]
pub struct Workspace {
    archives: Vec<Arc<OpenArchive>>,
    failures: Vec<OpenFailure>,
    trust: RwLock<(TrustStore, Vec<String>)>,
    uses_memory: bool,
    /// Whether what is proven now is remembered.
    remembers: bool,
    places: Places,
    pub(crate) segments: SegmentCache,
    index: Mutex<Option<Index>>,
    /// Steps back of the clock, and the generation that they were found in.
    clock_steps: Mutex<Option<(u64, Arc<Vec<ClockStep>>)>>,
    /// Changes whenever verdicts or rows may have changed.
    generation: AtomicU64,
}

impl Workspace {
    /// Opens every path. It never fails as a whole: [`Workspace::failures`] says what could not be
    /// looked at.
    #[must_use]
    pub fn open(request: OpenRequest) -> Self {
        Self::open_watched(request, Watch::default())
    }

    /// The same, with somebody told how far the unpacking of each compressed log is, who may stop
    /// it.
    #[must_use]
    pub fn open_watched(request: OpenRequest, watch: Watch) -> Self {
        cache::sweep(&request.places);
        let mut archives = Vec::new();
        let mut failures = Vec::new();
        match request.places.spool() {
            Ok(spool) => {
                let context = OpenContext {
                    spool,
                    watch,
                    profile: request.settings.profile.clone(),
                };
                let settings = &request.settings;
                archives = open_all(
                    &request.paths,
                    settings,
                    &context,
                    request.now_ns,
                    &mut failures,
                );
            }
            Err(error) => failures.push(OpenFailure {
                path: request.places.cache.clone(),
                error: sealscope_archive::OpenError::from_io(&request.places.cache, error),
            }),
        }
        Self {
            archives,
            failures,
            trust: RwLock::new((request.trust, request.trust_notes)),
            uses_memory: request.uses_memory,
            remembers: request.uses_memory,
            places: request.places,
            segments: SegmentCache::default(),
            index: Mutex::new(None),
            clock_steps: Mutex::new(None),
            generation: AtomicU64::new(1),
        }
    }

    /// Counts what was seen before, and remembers nothing new: whoever runs it twice gets the same
    /// answer twice.
    #[must_use]
    pub fn without_remembering(mut self) -> Self {
        self.remembers = false;
        self
    }

    /// The archives; an archive's id is its place here.
    #[must_use]
    pub fn archives(&self) -> &[Arc<OpenArchive>] {
        &self.archives
    }

    /// What could not be looked at.
    #[must_use]
    pub fn failures(&self) -> &[OpenFailure] {
        &self.failures
    }

    /// The program's own folders.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// Changes whenever verdicts or rows may have changed.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    fn changed(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    fn trust(&self) -> TrustStore {
        let trust = self.trust.read();
        let mut trust = trust.unwrap_or_else(PoisonError::into_inner).0.clone();
        trust.anchors_are_shared = self.archives.len() > 1;
        trust
    }

    /// Judges an archive with what was seen of its log before, and remembers what was proven now.
    fn judge(&self, archive: &OpenArchive, trust: &TrustStore, checked_at_ns: Option<i64>) {
        let mut trust = trust.clone();
        let is_sealog = matches!(archive.archive().structure(), Structure::Sealog(_));
        let trouble = if self.uses_memory && is_sealog {
            memory::recall(&self.places).map(|logs| trust.remembered = logs)
        } else {
            Ok(())
        };
        archive.judge(&trust, checked_at_ns);
        let to_remember = archive
            .summary()
            .and_then(|summary| summary.outside.to_remember.clone())
            .filter(|_| self.remembers && !archive.has_changed());
        let trouble = trouble.and_then(|()| match to_remember {
            Some(mut log) => {
                let checked_at_ns = archive.known().checked_at_ns;
                log.seen = checked_at_ns.map_or_else(String::new, rfc3339);
                memory::remember(&self.places, &log)
            }
            None => Ok(()),
        });
        if let Err(error) = trouble {
            archive.add_note(format!("What was seen before does not count: {error}."));
        }
    }

    /// Remarks about the keys of this run.
    #[must_use]
    pub fn trust_notes(&self) -> Vec<String> {
        self.trust
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .1
            .clone()
    }

    /// Works through all archives: blocks until it is done or asked to stop. What is known so far
    /// can be read meanwhile. `now_ns` is the time of the check.
    pub fn run(
        &self,
        mode: RunMode,
        now_ns: i64,
        progress: &Progress,
        cancel: &Cancel,
    ) -> RunOutcome {
        let total = self
            .archives
            .iter()
            .map(|archive| archive.live().bytes_total)
            .sum();
        progress.set_bytes_total(total);
        for archive in &self.archives {
            archive.set_being_checked(true);
            self.run_one(archive, mode, now_ns, progress, cancel);
            archive.set_being_checked(false);
            self.changed();
            if cancel.is_stopped() {
                return RunOutcome::Cancelled;
            }
        }
        if mode != RunMode::Verify {
            self.join_index(cancel);
            self.changed();
        }
        if cancel.is_stopped() {
            RunOutcome::Cancelled
        } else {
            RunOutcome::Finished
        }
    }

    fn run_one(
        &self,
        archive: &OpenArchive,
        mode: RunMode,
        now_ns: i64,
        progress: &Progress,
        cancel: &Cancel,
    ) {
        archive.forget();
        self.segments.clear();
        let trust = self.trust();
        let key = (mode != RunMode::Verify)
            .then(|| cache::key_of(archive, &trust))
            .flatten();
        if mode == RunMode::Index
            && let Some(key) = &key
            && let Some(loaded) = cache::load(&self.places, key, archive)
        {
            progress.add_bytes(archive.live().bytes_total);
            let checked_at_ns = take_loaded(archive, loaded, &trust);
            self.judge(archive, &trust, Some(checked_at_ns));
            return;
        }
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let built = key.as_ref().map(|key| {
            let salt = self.generation() << 16 | archive.id() as u64;
            cache::building_folder(&self.places, key, salt)
        });
        let folder = match &built {
            Some(Ok(folder)) => Some(folder.as_path()),
            Some(Err(error)) => {
                archive.known().index_trouble = Some(format!(
                    "The cache folder {} cannot be used: {error}.",
                    self.places.cache.display()
                ));
                None
            }
            None => None,
        };
        let pass = ingest(archive, &trust, folder, workers, progress, cancel);
        self.judge(archive, &trust, pass.is_complete.then_some(now_ns));
        if let (Some(folder), Some(key)) = (folder, &key) {
            match &pass.shards {
                Some(shards) => self.keep(archive, key, folder, shards, now_ns),
                None => {
                    let _ = std::fs::remove_dir_all(folder);
                }
            }
        }
        if let Some(error) = pass.index_trouble {
            archive.known().index_trouble = Some(error.to_string());
        }
    }

    /// Puts a finished index into the cache.
    fn keep(
        &self,
        archive: &OpenArchive,
        key: &str,
        folder: &std::path::Path,
        shards: &[(PathBuf, usize)],
        now_ns: i64,
    ) {
        let outcomes = archive.outcomes();
        let is_unread = |outcome: &SegmentOutcome| outcome.findings.is_unreadable;
        if archive.has_changed() || outcomes.iter().any(is_unread) {
            // It serves this run; the next one has to look again.
            archive.known().index = Some(ArchiveIndex {
                shards: shards.to_vec(),
            });
            return;
        }
        let stored = cache::store(
            &self.places,
            key,
            folder,
            &outcomes,
            archive,
            shards,
            now_ns,
        );
        let mut known = archive.known();
        match stored {
            Ok(index) => known.index = Some(index),
            Err(error) => {
                known.index_trouble = Some(format!("The index could not be kept: {error}."));
                // It is whole where it was built, and serves this run.
                known.index = Some(ArchiveIndex {
                    shards: shards.to_vec(),
                });
            }
        }
    }

    /// Makes one index of the archives' shards, with all rows in the order of time.
    fn join_index(&self, cancel: &Cancel) {
        let mut places = Vec::new();
        for archive in &self.archives {
            let shards = archive.known().index.clone().map(|index| index.shards);
            let Some(shards) = shards else { return };
            for (dir, first_segment) in shards {
                let first_position = archive
                    .known()
                    .first_positions
                    .get(first_segment)
                    .copied()
                    .unwrap_or(0);
                match Shard::open(&dir) {
                    Ok(shard) => places.push(ShardPlace {
                        shard,
                        archive: u32::try_from(archive.id()).unwrap_or(u32::MAX),
                        first_position,
                    }),
                    Err(error) => {
                        // Damaged since it was written: the next run builds it again.
                        if let Some(key) = cache::key_of(archive, &self.trust()) {
                            cache::forget(&self.places, &key);
                        }
                        let mut known = archive.known();
                        known.index = None;
                        known.index_trouble = Some(error.to_string());
                        return;
                    }
                }
            }
        }
        let index = Index::new(places);
        let index = self.with_time_order(index, cancel);
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = Some(index);
    }

    fn with_time_order(&self, index: Index, cancel: &Cancel) -> Index {
        let Some(path) = self.order_path() else {
            return index;
        };
        if let Ok(order) = TimeOrder::open(&index, &path) {
            return index.with_time_order(order);
        }
        let cancelled = || cancel.is_stopped();
        let context = Context {
            cancelled: &cancelled,
            ..Context::plain()
        };
        match TimeOrder::build(&index, &path, &context) {
            Ok(order) => index.with_time_order(order),
            // Without it pages by time take longer, and nothing else changes.
            Err(_) => index,
        }
    }

    /// The order of time is kept beside the shards of a single archive, else for this run.
    fn order_path(&self) -> Option<PathBuf> {
        if let [only] = self.archives.as_slice() {
            let known = only.known();
            let (shard, _) = known.index.as_ref()?.shards.first()?;
            return Some(shard.parent()?.join("by-time"));
        }
        let spool = self.places.spool().ok()?;
        let salt = std::ptr::from_ref(self) as usize;
        Some(spool.join(format!("by-time-{}-{salt:x}", std::process::id())))
    }

    /// The index over all archives, when it is complete.
    #[must_use]
    pub fn index(&self) -> Option<Index> {
        self.index
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Answers from the index of other archives, as a harmed one would.
    #[cfg(test)]
    pub(crate) fn take_index_of(&self, other: &Self) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = other.index();
    }

    /// Where the clock went back by a second and more, found once for each index.
    #[must_use]
    pub fn clock_steps(&self) -> Arc<Vec<ClockStep>> {
        let known = || {
            self.clock_steps
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let generation = self.generation();
        if let Some((_, steps)) = known().as_ref().filter(|(of, _)| *of == generation) {
            return Arc::clone(steps);
        }
        let steps = Arc::new(self.find_clock_steps());
        *known() = Some((generation, Arc::clone(&steps)));
        steps
    }

    /// Whether every archive can be searched by index.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        self.index().is_some()
    }

    /// Drops the index after it turned out to be damaged, so that queries are answered by scanning
    /// and the next run builds it again.
    pub(crate) fn drop_index(&self, why: &str) {
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = None;
        for archive in &self.archives {
            if let Some(key) = cache::key_of(archive, &self.trust()) {
                cache::forget(&self.places, &key);
            }
            let mut known = archive.known();
            known.index = None;
            known.index_trouble = Some(why.to_owned());
        }
        self.changed();
    }

    /// Judges every archive anew under other keys, from what was found: nothing is read again but
    /// what localising needs.
    pub fn rejudge(&self, trust: TrustStore, notes: Vec<String>) {
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = (trust, notes);
        let trust = self.trust();
        for archive in &self.archives {
            if archive.summary().is_some() {
                self.judge(archive, &trust, None);
            }
        }
        self.changed();
    }

    /// The keys of this run.
    #[must_use]
    pub fn trust_store(&self) -> TrustStore {
        self.trust()
    }

    /// The worst verdict of all archives; `None` while one was not checked.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        let verdicts: Option<Vec<Verdict>> = self
            .archives
            .iter()
            .map(|a| a.summary().map(|summary| summary.verdict))
            .collect();
        verdicts?.into_iter().max()
    }

    /// The books of all archives together.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let mut sum = Ledger::empty();
        for archive in &self.archives {
            sum.add(&archive.ledger());
        }
        sum
    }

    /// The verdict ranges of every archive, by number.
    pub(crate) fn ranges(&self) -> Vec<Arc<VerdictRanges>> {
        self.archives
            .iter()
            .map(|archive| Arc::new(archive.ranges()))
            .collect()
    }

    /// One row, read and hashed again.
    ///
    /// # Errors
    /// When there is none, or evidence cannot be read or has changed.
    pub fn row(&self, place: RowPlace) -> Result<Row, RowError> {
        let mut rows = read_rows(&self.archives, &self.segments, &[place], 0)?;
        rows.pop().ok_or(RowError::NoEntry(place.position))
    }

    /// Oldest and newest time of all archives.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        let times = self.archives.iter().filter_map(|archive| archive.times());
        times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The exit code of `sealscope verify`: any broken 1; else any that could not be opened 2; else
    /// any weaker than intact 3; else 0. An open end counts as weaker where closed ones are
    /// required.
    #[must_use]
    pub fn exit_code(&self, is_closed_required: bool) -> u8 {
        let summaries: Vec<_> = self
            .archives
            .iter()
            .map(|archive| archive.summary())
            .collect();
        let any = |test: &dyn Fn(&sealscope_verify::Summary) -> bool| {
            summaries.iter().flatten().any(|summary| test(summary))
        };
        if any(&|summary| summary.verdict == Verdict::Broken) {
            return 1;
        }
        if !self.failures.is_empty() || summaries.iter().any(Option::is_none) {
            return 2;
        }
        let is_open =
            |s: &sealscope_verify::Summary| !s.head.is_anchored() || !s.tail.is_anchored();
        if any(&|s| s.verdict != Verdict::Intact || (is_closed_required && is_open(s))) {
            return 3;
        }
        u8::from(summaries.is_empty()) * 2
    }
}

/// Takes what was kept; returns when it was checked.
fn take_loaded(archive: &OpenArchive, loaded: Loaded, trust: &TrustStore) -> i64 {
    for outcome in loaded.outcomes {
        archive.take(outcome, trust);
    }
    {
        let mut known = archive.known();
        known.index = Some(loaded.index);
        known.sha256 = loaded.sha256;
        known.from_cache = true;
    }
    loaded.checked_at_ns
}

impl OpenArchive {
    /// What was found, segment by segment, as the cache stores it.
    fn outcomes(&self) -> Vec<SegmentOutcome> {
        let known = self.known();
        known
            .findings
            .iter()
            .zip(&known.rows)
            .zip(&known.segment_times)
            .map(|((findings, rows), times)| SegmentOutcome {
                findings: findings.clone(),
                rows: *rows,
                times: *times,
            })
            .collect()
    }
}
