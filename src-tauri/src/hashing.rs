//! Digests of files in folders, made while the folder is opened: a report holds later ones against
//! them. A single file is hashed by the check itself.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sealscope_engine::{Cancel, FileHashes, hash_files};

use crate::session::yield_to_the_window;

/// How often a wait looks whether it was cancelled.
const LOOK: Duration = Duration::from_millis(50);

/// Digests in the making; dropping it stops the work.
pub struct Hashing {
    shared: Arc<Shared>,
    stop: Cancel,
}

#[derive(Default)]
struct Shared {
    done: Mutex<Option<FileHashes>>,
    woken: Condvar,
}

impl Shared {
    fn done(&self) -> MutexGuard<'_, Option<FileHashes>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hashing {
    /// Begins with the files below the folders among these paths.
    pub fn begin(mut paths: Vec<PathBuf>) -> Self {
        paths.retain(|path| path.is_dir());
        let (shared, stop) = (Arc::<Shared>::default(), Cancel::default());
        let (to_fill, stopped) = (Arc::clone(&shared), stop.clone());
        std::thread::spawn(move || {
            yield_to_the_window();
            let hashes = hash_files(&paths, &stopped).unwrap_or_default();
            *to_fill.done() = Some(hashes.made_at_opening());
            to_fill.woken.notify_all();
        });
        Self { shared, stop }
    }

    /// The digests, once they are made; none where `cancel` comes first.
    pub fn wait(&self, cancel: &Cancel) -> FileHashes {
        let mut done = self.shared.done();
        loop {
            if let Some(hashes) = &*done {
                return hashes.clone();
            }
            if cancel.is_stopped() {
                return FileHashes::default();
            }
            let woken = self.shared.woken.wait_timeout(done, LOOK);
            done = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        self.stop.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_folders_are_hashed_and_single_files_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.log");
        std::fs::write(&file, "abc").expect("written");
        let of_folder = Hashing::begin(vec![folder.path().to_owned()]);
        assert!(!of_folder.wait(&Cancel::default()).is_empty());
        let of_file = Hashing::begin(vec![file]);
        assert!(of_file.wait(&Cancel::default()).is_empty());
    }
}
