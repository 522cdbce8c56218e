//! What the one window holds: the open archives, the work on them, and the searches.
//!
//! Long work runs on threads of its own; the page asks for the state of things at most ten times a
//! second. Only this file knows the clock.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use sealscope_engine::times::{LocalZone, Pace, Zone};
use sealscope_engine::{
    Cancel, EntrySettings, GivenForRun, OpenRequest, Places, Progress, RecentArchive, RunMode,
    RunOutcome, RunTrust, SearchJob, TrustStore, TrustStoreFile, Workspace, explain,
    remember_archive, trust_for_this_run,
};

use crate::dialogs::Dialogs;
use crate::error::{Answer, could_not_open, failed, no_such_search, nothing_open};
use crate::hashing::Hashing;
use crate::launch::Launch;
use crate::wire::{CommandError, Phase};

/// Searches kept at once; the oldest go first.
const SEARCHES_MAX: usize = 8;

/// The state of the one window.
pub struct Session {
    /// Where the program keeps its own files.
    pub places: Places,
    /// Asks what to open.
    pub dialogs: Box<dyn Dialogs>,
    /// The machine's zone.
    pub local: LocalZone,
    run_trust: RunTrust,
    uses_memory: bool,
    state: Mutex<State>,
}

/// What changes.
pub struct State {
    /// The open archives.
    pub workspace: Option<Arc<Workspace>>,
    /// What is going on.
    pub phase: Phase,
    /// Grows with every opening, check and closing.
    pub generation: u64,
    /// The paths that are open.
    pub paths: Vec<PathBuf>,
    /// How entries are read.
    pub settings: EntrySettings,
    /// Keys and anchors that the examiner gave for this run.
    pub given: GivenForRun,
    /// How far the check is.
    pub progress: Arc<Progress>,
    /// The wish to stop the check.
    pub cancel: Cancel,
    /// How fast the check is.
    pub pace: Pace,
    /// Why opening failed.
    pub error: Option<CommandError>,
    /// The zone of every time text.
    pub zone: Zone,
    /// Digests of the files in the folders that are open.
    pub hashing: Option<Arc<Hashing>>,
    searches: BTreeMap<u64, Arc<SearchJob>>,
    next_search: u64,
}

/// Now, in nanoseconds since 1970.
#[must_use]
pub fn now_ns() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

impl Session {
    /// A window with nothing open.
    ///
    /// # Errors
    /// When the user has no home folder, or a key file given on the command line cannot be read.
    pub fn new(launch: &Launch, dialogs: Box<dyn Dialogs>) -> Result<Self, String> {
        let places = Places::of_user().ok_or("this user has no home folder")?;
        let run_trust = trust_for_this_run(&launch.trust).map_err(|error| error.to_string())?;
        let keys = launch.keys.iter().map(OsString::as_os_str);
        let given = GivenForRun::on_command_line(keys, &launch.anchors)
            .map_err(|error| format!("{error}. {}", error.next_step()))?;
        let state = State {
            workspace: None,
            phase: Phase::None,
            generation: 1,
            paths: Vec::new(),
            settings: EntrySettings::default(),
            given,
            progress: Arc::default(),
            cancel: Cancel::default(),
            pace: Pace::default(),
            error: None,
            zone: Zone::Utc,
            hashing: None,
            searches: BTreeMap::new(),
            next_search: 1,
        };
        let tz = std::env::var("TZ").ok();
        let link = std::fs::read_link("/etc/localtime").ok();
        let local = LocalZone::from_system(tz.as_deref(), link.as_deref());
        Ok(Self {
            places,
            dialogs,
            local,
            run_trust,
            uses_memory: !launch.no_memory,
            state: Mutex::new(state),
        })
    }

    /// The state, for as long as the guard lives.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open archives.
    ///
    /// # Errors
    /// Nothing is open.
    pub fn workspace(&self) -> Answer<Arc<Workspace>> {
        self.state().workspace.clone().ok_or_else(nothing_open)
    }

    /// The keys that count now: pinned ones, and those given for this run.
    ///
    /// # Errors
    /// When the trust store cannot be read.
    pub fn trust(&self) -> Answer<(TrustStore, Vec<String>)> {
        let file = self.trust_file()?;
        let mut trust = file.to_trust_store();
        let mut notes = self.run_trust.add_to(&mut trust);
        let given = self.state().given.clone();
        given.add_to(&mut trust);
        notes.extend(given.notes());
        Ok((trust, notes))
    }

    /// Lets what is given now count: from what was found where that is enough, else by checking
    /// anew.
    ///
    /// # Errors
    /// When nothing is open, or the trust store cannot be read.
    pub fn use_given(self: &Arc<Self>) -> Answer<()> {
        let workspace = self.workspace()?;
        let (trust, notes) = self.trust()?;
        // What is found in a segment may depend on the keys; anchors count in the judgement.
        let has_same_keys = workspace.trust_store().given_keys == trust.given_keys;
        if has_same_keys && self.state().phase == Phase::Done {
            workspace.rejudge(trust, notes);
            self.state().generation += 1;
        } else {
            self.start(RunMode::IndexAnew);
        }
        Ok(())
    }

    /// The trust store as it is on disk.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn trust_file(&self) -> Answer<TrustStoreFile> {
        let path = self.places.trust_store();
        TrustStoreFile::load(&path).map_err(|error| {
            let hint = "Mend or move the file, then open the archive again.";
            failed(
                "trust-store",
                "The trust store cannot be read",
                error.to_string(),
                hint,
            )
        })
    }

    /// Opens archives in place of what is open; returns at once.
    pub fn open(self: &Arc<Self>, paths: Vec<PathBuf>) {
        self.close();
        {
            let mut state = self.state();
            state.paths.clone_from(&paths);
            state.settings = EntrySettings::default();
            state.hashing = Some(Arc::new(Hashing::begin(paths)));
        }
        self.start(RunMode::Index);
    }

    /// Opens the same paths anew, with the settings as they are now, and checks them.
    pub fn start(self: &Arc<Self>, mode: RunMode) {
        let cancel = Cancel::default();
        {
            let mut state = self.state();
            state.cancel.stop();
            state.searches.clear();
            state.cancel = cancel.clone();
            state.progress = Arc::default();
            state.pace = Pace::default();
            state.phase = Phase::Opening;
            state.error = None;
            state.generation += 1;
        }
        let session = Arc::clone(self);
        std::thread::spawn(move || {
            yield_to_the_window();
            session.work(mode, &cancel);
        });
    }

    fn work(&self, mode: RunMode, cancel: &Cancel) {
        let (trust, trust_notes) = match self.trust() {
            Ok(trust) => trust,
            Err(error) => return self.fail(error, cancel),
        };
        let (paths, settings, progress) = {
            let state = self.state();
            (
                state.paths.clone(),
                state.settings.clone(),
                Arc::clone(&state.progress),
            )
        };
        let workspace = Arc::new(Workspace::open(OpenRequest {
            paths,
            trust,
            trust_notes,
            uses_memory: self.uses_memory,
            settings,
            places: self.places.clone(),
            now_ns: now_ns(),
        }));
        if cancel.is_stopped() {
            return;
        }
        let failure = workspace.failures().first().map(could_not_open);
        if workspace.archives().is_empty() {
            return self.fail(failure.unwrap_or_else(nothing_open), cancel);
        }
        {
            let mut state = self.state();
            state.workspace = Some(Arc::clone(&workspace));
            state.phase = Phase::Working;
            state.error = failure;
            state.generation += 1;
        }
        let outcome = workspace.run(mode, now_ns(), &progress, cancel);
        self.finish(&workspace, outcome, cancel);
    }

    fn finish(&self, workspace: &Arc<Workspace>, outcome: RunOutcome, cancel: &Cancel) {
        {
            let mut state = self.state();
            let is_current = state
                .workspace
                .as_ref()
                .is_some_and(|now| Arc::ptr_eq(now, workspace));
            if !is_current {
                return;
            }
            state.phase = match outcome {
                RunOutcome::Finished => Phase::Done,
                RunOutcome::Cancelled => Phase::Cancelled,
            };
            state.generation += 1;
        }
        if !cancel.is_stopped() {
            self.remember(workspace);
        }
    }

    fn fail(&self, error: CommandError, cancel: &Cancel) {
        if cancel.is_stopped() {
            return;
        }
        let mut state = self.state();
        state.workspace = None;
        state.phase = Phase::Failed;
        state.error = Some(error);
        state.generation += 1;
    }

    /// Puts the archives on the list of the first screen.
    fn remember(&self, workspace: &Workspace) {
        for archive in workspace.archives().iter().take(12) {
            let Some(summary) = archive.summary() else {
                continue;
            };
            // The list is a convenience: failing to write it must not disturb the work.
            let _ = remember_archive(
                &self.places,
                RecentArchive {
                    path: archive.path().to_owned(),
                    verdict: Some(summary.verdict),
                    title: explain::archive_title(&summary, archive.format()),
                    checked_at_ns: archive.live().checked_at_ns.unwrap_or_else(now_ns),
                },
            );
        }
    }

    /// Stops everything and shows the first screen.
    pub fn close(&self) {
        let mut state = self.state();
        state.cancel.stop();
        state.searches.clear();
        state.workspace = None;
        state.hashing = None;
        state.paths.clear();
        state.phase = Phase::None;
        state.error = None;
        state.generation += 1;
    }

    /// Keeps a search and names it.
    pub fn keep_search(&self, job: SearchJob) -> u64 {
        let mut state = self.state();
        let id = state.next_search;
        state.next_search += 1;
        state.searches.insert(id, Arc::new(job));
        while state.searches.len() > SEARCHES_MAX {
            state.searches.pop_first();
        }
        id
    }

    /// A search that was kept.
    ///
    /// # Errors
    /// It was dropped for newer ones.
    pub fn search(&self, id: u64) -> Answer<Arc<SearchJob>> {
        self.state()
            .searches
            .get(&id)
            .cloned()
            .ok_or_else(no_such_search)
    }
}

/// Lets the window be drawn while every core checks and indexes: this thread, and those that it
/// starts, take what the window leaves.
pub fn yield_to_the_window() {
    // On Linux a priority belongs to a thread and is inherited; elsewhere it would slow down all.
    #[cfg(target_os = "linux")]
    {
        const NICE: i32 = 5;
        // Without it the check runs all the same.
        let _ = rustix::process::setpriority_process(None, NICE);
    }
}
