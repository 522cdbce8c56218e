//! Keys and anchors that the examiner gives for this run.

use std::sync::Arc;

use sealscope_engine::{GivenError, GivenKind as EngineKind};
use tauri::State;

use crate::encode;
use crate::error::{Answer, failed};
use crate::session::Session;
use crate::wire::{CommandError, GivenKind, GivenView};

type Here<'a> = State<'a, Arc<Session>>;

/// What was given so far: names, never what they hold.
#[tauri::command]
pub fn given(session: Here<'_>) -> Answer<Vec<GivenView>> {
    let state = session.state();
    let views = state.given.items().map(|item| GivenView {
        id: item.id.into(),
        kind: match item.kind {
            EngineKind::Key => GivenKind::Key,
            EngineKind::Anchor => GivenKind::Anchor,
        },
        name: encode::escaped(&item.name),
        looks_like: item.looks_like.clone(),
    });
    Ok(views.collect())
}

/// Asks for a file and takes what it holds; `false` when the dialog was cancelled.
#[tauri::command]
pub async fn give_file(session: Here<'_>, kind: GivenKind) -> Answer<bool> {
    let picking = match kind {
        GivenKind::Key => session.dialogs.key_file(),
        GivenKind::Anchor => session.dialogs.anchor_file(),
    };
    let picked = picking.await;
    for path in &picked {
        let mut state = session.state();
        let taken = match kind {
            GivenKind::Key => state.given.add_key_file(path),
            GivenKind::Anchor => state.given.add_anchor_file(path),
        };
        taken.map_err(|error| refused(&error))?;
    }
    Ok(!picked.is_empty())
}

/// Takes a text that was pasted.
#[tauri::command]
pub fn give_text(session: Here<'_>, kind: GivenKind, text: String) -> Answer<()> {
    let given = &mut session.state().given;
    let taken = match kind {
        GivenKind::Key => given.add_key_text(&text),
        GivenKind::Anchor => given.add_anchor_text(&text),
    };
    taken.map_err(|error| refused(&error))
}

/// Takes an item away again.
#[tauri::command]
pub fn forget_given(session: Here<'_>, id: u64) -> Answer<()> {
    session.state().given.remove(id);
    Ok(())
}

/// Checks what is open with what is given now.
#[tauri::command]
pub fn use_given(session: Here<'_>) -> Answer<()> {
    session.use_given()
}

fn refused(error: &GivenError) -> CommandError {
    let title = match error {
        GivenError::File { .. } => "The file could not be read",
        GivenError::Twice { .. } => "This was given already",
        GivenError::NoAnchor { .. } => "This is no anchor",
        _ => "This key cannot be used",
    };
    failed(
        "not-given",
        title,
        encode::escaped(&format!("{error}.")),
        error.next_step(),
    )
}
