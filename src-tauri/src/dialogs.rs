//! Asks the examiner what to open, in a way that a test can answer.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

/// What a dialog gives back once it is closed; empty when it was cancelled.
pub type Picked = Pin<Box<dyn Future<Output = Vec<PathBuf>> + Send>>;

/// Asks the examiner which archives to open.
pub trait Dialogs: Send + Sync {
    /// One or several files.
    fn files(&self) -> Picked;
    /// A folder.
    fn folder(&self) -> Picked;
    /// The file of a verification key.
    fn key_file(&self) -> Picked;
    /// The file of an anchor.
    fn anchor_file(&self) -> Picked;
    /// The certificate of a timestamping authority, or the key of a witness.
    fn authority_file(&self) -> Picked;
    /// A chain profile.
    fn profile_file(&self) -> Picked;
    /// The file of a case; the dialog begins in this folder.
    fn case_file(&self, folder: &Path) -> Picked;
    /// The private key that signs reports.
    fn signing_key_file(&self) -> Picked;
    /// A report to be checked.
    fn report_file(&self) -> Picked;
    /// Where a report is to be written.
    fn report_place(&self, name: &str) -> Picked;
}

/// The dialogs that this build uses: the system's, or under the feature `e2e`, where a test said
/// what to pick, that.
#[must_use]
pub fn of_this_build() -> Box<dyn Dialogs> {
    #[cfg(feature = "e2e")]
    if let Some(paths) = std::env::var_os("SEALSCOPE_E2E_PICK") {
        return Box::new(Prearranged::new(std::env::split_paths(&paths)));
    }
    Box::new(System)
}

/// The system's own dialogs.
struct System;

impl Dialogs for System {
    fn files(&self) -> Picked {
        let picking = titled("Open archives (read-only)").pick_files();
        Box::pin(async {
            let files = picking.await.unwrap_or_default();
            files
                .into_iter()
                .map(|file| file.path().to_path_buf())
                .collect()
        })
    }

    fn folder(&self) -> Picked {
        let picking = titled("Open a folder (read-only)").pick_folder();
        Box::pin(async {
            let folder = picking.await;
            folder
                .into_iter()
                .map(|folder| folder.path().to_path_buf())
                .collect()
        })
    }

    fn key_file(&self) -> Picked {
        one_file("Choose a verification key")
    }

    fn anchor_file(&self) -> Picked {
        one_file("Choose an anchor: checkpoint, head or timestamp token")
    }

    fn authority_file(&self) -> Picked {
        one_file("Choose a timestamping authority's certificate or a witness's key")
    }

    fn profile_file(&self) -> Picked {
        one_file("Choose a chain profile")
    }

    fn case_file(&self, folder: &Path) -> Picked {
        picked(titled("Open a case").set_directory(folder).pick_file())
    }

    fn signing_key_file(&self) -> Picked {
        one_file("Choose the private key that signs the report")
    }

    fn report_file(&self) -> Picked {
        one_file("Choose a report to check")
    }

    fn report_place(&self, name: &str) -> Picked {
        picked(titled("Write the report").set_file_name(name).save_file())
    }
}

fn titled(title: &str) -> rfd::AsyncFileDialog {
    rfd::AsyncFileDialog::new().set_title(title)
}

fn one_file(title: &str) -> Picked {
    picked(titled(title).pick_file())
}

fn picked(picking: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static) -> Picked {
    Box::pin(async {
        let file = picking.await;
        file.into_iter()
            .map(|file| file.path().to_path_buf())
            .collect()
    })
}

/// WebDriver cannot see the system's dialogs: a test names beforehand what would be picked, one
/// path for each dialog in turn; the last one serves all that follow.
#[cfg(feature = "e2e")]
struct Prearranged(std::sync::Mutex<std::collections::VecDeque<PathBuf>>);

#[cfg(feature = "e2e")]
impl Prearranged {
    fn new(paths: impl Iterator<Item = PathBuf>) -> Self {
        Self(std::sync::Mutex::new(paths.collect()))
    }

    fn next(&self) -> Picked {
        let mut paths = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let path = match paths.len() {
            0 | 1 => paths.front().cloned(),
            _ => paths.pop_front(),
        };
        Box::pin(std::future::ready(path.into_iter().collect()))
    }
}

#[cfg(feature = "e2e")]
impl Dialogs for Prearranged {
    fn files(&self) -> Picked {
        self.next()
    }

    fn folder(&self) -> Picked {
        self.next()
    }

    fn key_file(&self) -> Picked {
        self.next()
    }

    fn anchor_file(&self) -> Picked {
        self.next()
    }

    fn authority_file(&self) -> Picked {
        self.next()
    }

    fn profile_file(&self) -> Picked {
        self.next()
    }

    fn case_file(&self, _folder: &Path) -> Picked {
        self.next()
    }

    fn signing_key_file(&self) -> Picked {
        self.next()
    }

    fn report_file(&self) -> Picked {
        self.next()
    }

    fn report_place(&self, _name: &str) -> Picked {
        self.next()
    }
}
