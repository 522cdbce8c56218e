//! Keys and anchors that the examiner gives for this run.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use sealscope_engine::{ChainProfile, GivenError, GivenKind as EngineKind, RunMode};
use tauri::State;

use crate::encode;
use crate::error::{Answer, failed};
use crate::session::Session;
use crate::wire::{ChainProfileView, CommandError, GivenKind, GivenView};

type Here<'a> = State<'a, Arc<Session>>;

/// Bytes of a profile that are read: it is a page of text.
const PROFILE_BYTES_MAX: u64 = 1 << 20;

/// What was given so far: names, never what they hold.
#[tauri::command]
pub fn given(session: Here<'_>) -> Answer<Vec<GivenView>> {
    let state = session.state();
    let views = state.given.items().map(|item| GivenView {
        id: item.id.into(),
        kind: match item.kind {
            EngineKind::Key => GivenKind::Key,
            EngineKind::Anchor => GivenKind::Anchor,
            EngineKind::Authority => GivenKind::Authority,
        },
        name: encode::escaped(&item.name),
        looks_like: encode::escaped(&item.looks_like),
    });
    Ok(views.collect())
}

/// Asks for a file and takes what it holds; `false` when the dialog was cancelled.
#[tauri::command]
pub async fn give_file(session: Here<'_>, kind: GivenKind) -> Answer<bool> {
    let picking = match kind {
        GivenKind::Key => session.dialogs.key_file(),
        GivenKind::Anchor => session.dialogs.anchor_file(),
        GivenKind::Authority => session.dialogs.authority_file(),
    };
    let picked = picking.await;
    for path in &picked {
        let mut state = session.state();
        let taken = match kind {
            GivenKind::Key => state.given.add_key_file(path),
            GivenKind::Anchor => state.given.add_anchor_file(path),
            GivenKind::Authority => state.given.add_authority_file(path),
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
        GivenKind::Authority => given.add_authority_text(&text),
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

/// The chain profile that counts now: the one given, else that of the first chained log.
#[tauri::command]
pub fn chain_profile(session: Here<'_>) -> Answer<ChainProfileView> {
    let archives = match session.workspace() {
        Ok(workspace) => workspace.archives().to_vec(),
        Err(_) => Vec::new(),
    };
    let found = archives.iter().find_map(|archive| {
        let (profile, origin) = archive.chain_profile()?;
        Some(encode::chain_profile(profile, origin))
    });
    // Of a plain log, nobody knows yet that its lines are chained.
    let applies = archives.iter().any(|archive| archive.format() == "lines");
    Ok(found.unwrap_or_else(|| ChainProfileView {
        applies,
        given: session.state().settings.profile.is_some(),
        says: "No chain profile fits what is open.".to_owned(),
        toml: String::new(),
    }))
}

/// Asks for a profile's file and gives back its text, to be looked at before it counts; `None` when
/// the dialog was cancelled.
#[tauri::command]
pub async fn profile_file(session: Here<'_>) -> Answer<Option<String>> {
    let Some(path) = session.dialogs.profile_file().await.into_iter().next() else {
        return Ok(None);
    };
    let mut text = String::new();
    let reading = File::open(&path).and_then(|file| {
        let mut file = file.take(PROFILE_BYTES_MAX);
        file.read_to_string(&mut text)
    });
    reading.map_err(|error| {
        let detail = encode::escaped(&format!("{}: {error}.", path.display()));
        let hint = "Check whether it is a chain profile, a page of text, and whether you may read \
                    it.";
        failed("no-profile", "The profile could not be read", detail, hint)
    })?;
    Ok(Some(text))
}

/// Opens the same archives anew under this profile; an empty text: under what is found.
#[tauri::command]
pub fn use_profile(session: Here<'_>, text: String) -> Answer<()> {
    let profile = if text.trim().is_empty() {
        None
    } else {
        let read = ChainProfile::from_toml(&text).map_err(|error| {
            let hint = "The chain profile page of the documentation lists what a profile may say.";
            let detail = encode::escaped(&format!("{error}."));
            failed("no-profile", "This is no chain profile", detail, hint)
        })?;
        Some(Arc::new(read))
    };
    session.workspace()?;
    session.state().settings.profile = profile;
    session.start(RunMode::IndexAnew);
    Ok(())
}

fn refused(error: &GivenError) -> CommandError {
    let title = match error {
        GivenError::File { .. } => "The file could not be read",
        GivenError::Twice { .. } => "This was given already",
        GivenError::NoAnchor { .. } => "This is no anchor",
        GivenError::NoAuthority(_) | GivenError::Signer { .. } => {
            "This is no timestamping authority and no witness"
        }
        _ => "This key cannot be used",
    };
    failed(
        "not-given",
        title,
        encode::escaped(&format!("{error}.")),
        error.next_step(),
    )
}
