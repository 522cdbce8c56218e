//! Opens archives for a verb and works through them.

use std::path::PathBuf;
use std::sync::Arc;

use sealscope_engine::{
    EntrySettings, OpenRequest, Progress, RunMode, RunOutcome, TrustStoreFile, Watch, Workspace,
};

use crate::args::TrustArgs;
use crate::failure::{Failure, complain};
use crate::progress;
use crate::verbs::Run;

/// Opens the paths. What cannot be looked at is told at once, and the rest goes on.
pub fn open(
    paths: &[PathBuf],
    trust: Option<&TrustArgs>,
    settings: EntrySettings,
    run: &Run,
) -> Result<Workspace, Failure> {
    if let Err(error) = settings.check() {
        return Err(Failure::plain(error.to_string()));
    }
    let places = run.places()?;
    let mut store = TrustStoreFile::load(&places.trust_store())?.to_trust_store();
    let trust_notes = match trust {
        Some(given) => given.load()?.add_to(&mut store),
        None => Vec::new(),
    };
    let request = OpenRequest {
        paths: paths.to_vec(),
        trust: store,
        trust_notes,
        uses_memory: trust.is_none_or(|given| !given.no_memory),
        settings,
        places,
        now_ns: run.now_ns,
    };
    let workspace = unpack(request, run);
    if run.cancel.is_stopped() {
        eprintln!("Stopped while the archives were being opened; nothing was looked at.");
        return Err(Failure::Interrupted);
    }
    for failure in workspace.failures() {
        complain(&failure.error.to_string(), Some(failure.next_step()));
    }
    Ok(workspace)
}

/// Opens with progress on a terminal: compressed logs are unpacked first.
fn unpack(request: OpenRequest, run: &Run) -> Workspace {
    let done = Arc::new(Progress::default());
    let (told, cancel) = (Arc::clone(&done), run.cancel.clone());
    let watch = Watch::new(move |bytes_done, bytes_total| {
        told.set_bytes_done(bytes_done);
        told.set_bytes_total(bytes_total);
        !cancel.is_stopped()
    });
    progress::shown("opening", &done, || Workspace::open_watched(request, watch))
}

/// Works through all archives, with progress on a terminal. `false`: it was asked to stop.
pub fn work(workspace: &Workspace, mode: RunMode, label: &'static str, run: &Run) -> bool {
    let done = Progress::default();
    let outcome = progress::shown(label, &done, || {
        workspace.run(mode, run.now_ns, &done, &run.cancel)
    });
    outcome == RunOutcome::Finished
}
