//! How entries are read.

use std::sync::Arc;

use sealscope_engine::RunMode;
use tauri::State;

use crate::encode;
use crate::error::Answer;
use crate::session::Session;
use crate::wire::TimeFieldCandidate;

type Here<'a> = State<'a, Arc<Session>>;

/// Fields that might hold an entry's time.
#[tauri::command]
pub async fn time_field_candidates(
    session: Here<'_>,
    archive: u32,
) -> Answer<Vec<TimeFieldCandidate>> {
    let workspace = session.workspace()?;
    let candidates = workspace.time_field_candidates(archive as usize);
    Ok(candidates
        .into_iter()
        .map(|candidate| TimeFieldCandidate {
            field: candidate.path,
            example: encode::escaped(&candidate.example),
            share: candidate.share,
            selected: candidate.is_selected,
        })
        .collect())
}

/// Reads the time of every entry from this field, and indexes anew.
#[tauri::command]
pub fn set_time_field(session: Here<'_>, archive: u32, field: String) -> Answer<()> {
    // One setting for all that is open: the page offers it where one archive is.
    let _ = archive;
    session.state().settings.time_field = Some(field);
    session.start(RunMode::Index);
    Ok(())
}
