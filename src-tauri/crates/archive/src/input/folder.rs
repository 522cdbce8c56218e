//! The files of a folder, in a stable order, with what is left out and why.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::limits;

/// The files of a folder and of the folders in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FolderListing {
    /// Regular files, sorted by path, byte by byte.
    pub files: Vec<PathBuf>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// Something in a folder that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// What it is called.
    pub path: PathBuf,
    /// Why it is not read, in a sentence.
    pub reason: String,
}

/// Lists the files of a folder, hidden ones too: evidence has no files that do not count.
///
/// Symbolic links are not followed (they could lead out of the evidence), pipes and devices are not
/// opened (they could block), and limits hold; each such thing is listed as skipped.
///
/// # Errors
/// When the folder itself cannot be read.
pub fn list_folder(folder: &Path) -> io::Result<FolderListing> {
    let mut listing = FolderListing::default();
    take_folder(folder, 0, &mut listing)?;
    Ok(listing)
}

fn take_folder(folder: &Path, depth: usize, listing: &mut FolderListing) -> io::Result<()> {
    let mut paths = Vec::new();
    for item in fs::read_dir(folder)? {
        match item {
            Ok(item) => paths.push(item.path()),
            Err(error) => listing.skip(folder, format!("not all of it can be listed: {error}.")),
        }
        if paths.len() > limits::FOLDER_FILES_MAX {
            let most = limits::FOLDER_FILES_MAX;
            listing.skip(
                folder,
                format!("it holds more than {most} files; the rest is left out."),
            );
            break;
        }
    }
    paths.sort_unstable();
    for path in paths {
        take_item(path, depth, listing);
    }
    Ok(())
}

fn take_item(path: PathBuf, depth: usize, listing: &mut FolderListing) {
    let kind = match fs::symlink_metadata(&path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) => return listing.skip(&path, format!("it cannot be looked at: {error}.")),
    };
    if kind.is_symlink() {
        listing.skip(&path, "it is a symbolic link, which is not followed.");
    } else if kind.is_dir() {
        if depth + 1 >= limits::FOLDER_DEPTH_MAX {
            let most = limits::FOLDER_DEPTH_MAX;
            listing.skip(&path, format!("it lies more than {most} folders deep."));
        } else if let Err(error) = take_folder(&path, depth + 1, listing) {
            listing.skip(&path, format!("the folder cannot be read: {error}."));
        }
    } else if !kind.is_file() {
        listing.skip(&path, "it is no regular file.");
    } else if listing.files.len() >= limits::FOLDER_FILES_MAX {
        let most = limits::FOLDER_FILES_MAX;
        listing.skip(
            &path,
            format!("more than {most} files are given as one folder."),
        );
    } else {
        listing.files.push(path);
    }
}

impl FolderListing {
    fn skip(&mut self, path: &Path, reason: impl Into<String>) {
        // What lies beyond the limit is told once, not a million times.
        if self.skipped.len() < limits::DAMAGE_MAX {
            self.skipped.push(Skipped {
                path: path.to_owned(),
                reason: reason.into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_sorted_and_hidden_ones_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("b")).expect("made");
        for name in ["b/z.log", "b/.hidden", "c.log", "a.log"] {
            fs::write(at(name), "x").expect("written");
        }
        let listing = list_folder(folder.path()).expect("it is listed");
        assert_eq!(
            listing.files,
            [at("a.log"), at("b/.hidden"), at("b/z.log"), at("c.log")]
        );
        assert_eq!(listing.skipped, []);
    }

    #[cfg(unix)]
    #[test]
    fn links_pipes_and_too_deep_folders_are_named_and_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink("/etc", at("link")).expect("made");
        let _listener = std::os::unix::net::UnixListener::bind(at("socket")).expect("made");
        let mut deep = at("d");
        for _ in 0..40 {
            deep.push("d");
        }
        fs::create_dir_all(&deep).expect("made");
        fs::write(deep.join("too-deep.log"), "x").expect("written");
        let listing = list_folder(folder.path()).expect("it is listed");
        assert_eq!(listing.files, Vec::<PathBuf>::new());
        assert_eq!(listing.skipped.len(), 3, "{:?}", listing.skipped);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(list_folder(Path::new("not/there")).is_err());
    }
}
