//! Where a file that is to be made would lie, and whether that is among evidence.

use std::path::{Path, PathBuf};

/// The place of a file to be made, with links resolved.
#[derive(Debug)]
pub(crate) struct OutputPlace {
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
}

impl OutputPlace {
    pub(crate) fn of(out: &Path) -> Self {
        Self {
            file: out.canonicalize().ok(),
            folder: folder_of(out).canonicalize().ok(),
        }
    }

    /// Whether it lies in a folder or below it.
    pub(crate) fn lies_inside(&self, folder: &Path) -> bool {
        let Ok(folder) = folder.canonicalize() else {
            return false;
        };
        // A link may lie inside while its file does not, and the other way round.
        let is_inside = |place: &Option<PathBuf>| {
            place
                .as_ref()
                .is_some_and(|place| place.starts_with(&folder))
        };
        is_inside(&self.folder) || is_inside(&self.file)
    }

    /// Whether it is this file.
    pub(crate) fn is_same(&self, file: &Path) -> bool {
        self.file.is_some() && self.file == file.canonicalize().ok()
    }
}

/// The folder that a file lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
