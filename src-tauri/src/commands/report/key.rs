//! The private key that signs reports: named here, read when a report is signed, kept nowhere.

use std::sync::Arc;

use sealscope_engine::{Passphrase, Signer, is_exposed, load_signer, needs_passphrase};
use tauri::State;

use super::desk::Desk;
use crate::encode;
use crate::error::{Answer, failed};
use crate::session::Session;
use crate::wire::{CommandError, SigningKey};

type Here<'a> = State<'a, Arc<Session>>;
type OnDesk<'a> = State<'a, Arc<Desk>>;

/// Asks for the private key that signs reports; `None` when there is none. The key itself is read
/// when a report is signed.
#[tauri::command]
pub async fn choose_signing_key(session: Here<'_>, desk: OnDesk<'_>) -> Answer<Option<SigningKey>> {
    let picked = session.dialogs.signing_key_file().await;
    if let Some(path) = picked.into_iter().next() {
        needs_passphrase(&path).map_err(|error| no_key(&error.to_string()))?;
        *desk.key() = Some(path);
    }
    signing_key_of(&desk)
}

/// Reports are not signed from now on.
#[tauri::command]
pub fn forget_signing_key(desk: OnDesk<'_>) -> Answer<()> {
    *desk.key() = None;
    Ok(())
}

fn signing_key_of(desk: &Desk) -> Answer<Option<SigningKey>> {
    let Some(path) = desk.key().clone() else {
        return Ok(None);
    };
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok(Some(SigningKey {
        name: encode::escaped(&name.to_string_lossy()),
        needs_passphrase: needs_passphrase(&path).map_err(|error| no_key(&error.to_string()))?,
        exposed: is_exposed(&path),
    }))
}

/// The signer of the key that was chosen; `None` where none was.
pub(super) fn signer(desk: &Desk, passphrase: String) -> Answer<Option<Signer>> {
    let key = desk.key().clone();
    let passphrase = (!passphrase.is_empty()).then(|| Passphrase::new(passphrase));
    let Some(path) = key else {
        return Ok(None);
    };
    let loaded = load_signer(&path, passphrase.as_ref());
    loaded.map(Some).map_err(|error| no_key(&error.to_string()))
}

fn no_key(detail: &str) -> CommandError {
    failed(
        "signing-key",
        "The signing key cannot be used",
        encode::escaped(&format!("{detail}.")),
        "Check the passphrase, or choose another key.",
    )
}
