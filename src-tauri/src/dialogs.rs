//! Asks the examiner what to open, in a way that a test can answer.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

/// What a dialog gives back once it is closed; empty when it was cancelled.
pub type Picked = Pin<Box<dyn Future<Output = Vec<PathBuf>> + Send>>;

/// Asks the examiner which archives to open.
pub trait Dialogs: Send + Sync {
    /// One or several files.
    fn files(&self) -> Picked;
    /// A folder.
    fn folder(&self) -> Picked;
}

/// The dialogs that this build uses: the system's, or under the feature `e2e`, where a test said
/// what to pick, that.
#[must_use]
pub fn of_this_build() -> Box<dyn Dialogs> {
    #[cfg(feature = "e2e")]
    if let Some(path) = std::env::var_os("SEALSCOPE_E2E_PICK") {
        return Box::new(Prearranged(vec![path.into()]));
    }
    Box::new(System)
}

/// The system's own dialogs.
struct System;

impl Dialogs for System {
    fn files(&self) -> Picked {
        let dialog = rfd::AsyncFileDialog::new().set_title("Open archives (read-only)");
        let picking = dialog.pick_files();
        Box::pin(async {
            let files = picking.await.unwrap_or_default();
            files
                .into_iter()
                .map(|file| file.path().to_path_buf())
                .collect()
        })
    }

    fn folder(&self) -> Picked {
        let dialog = rfd::AsyncFileDialog::new().set_title("Open a folder (read-only)");
        let picking = dialog.pick_folder();
        Box::pin(async {
            let folder = picking.await;
            folder
                .into_iter()
                .map(|folder| folder.path().to_path_buf())
                .collect()
        })
    }
}

/// WebDriver cannot see the system's dialogs: a test names beforehand what would be picked.
#[cfg(feature = "e2e")]
struct Prearranged(Vec<PathBuf>);

#[cfg(feature = "e2e")]
impl Dialogs for Prearranged {
    fn files(&self) -> Picked {
        Box::pin(std::future::ready(self.0.clone()))
    }

    fn folder(&self) -> Picked {
        Box::pin(std::future::ready(self.0.clone()))
    }
}
