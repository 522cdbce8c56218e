//! A folder stands for the files in it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use sealscope_archive::{OpenError, limits};

use crate::open::OpenFailure;

/// The files below a folder, in order of name; links are not followed.
pub(crate) fn files_below(folder: &Path, failures: &mut Vec<OpenFailure>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    walk(folder, 0, &mut files, failures);
    if files.is_empty() {
        let path = folder.to_owned();
        let error = OpenError::Empty { path: path.clone() };
        failures.push(OpenFailure { path, error });
    }
    files
}

fn walk(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, failures: &mut Vec<OpenFailure>) {
    let mut fail = |path: &Path, error| {
        failures.push(OpenFailure {
            path: path.to_owned(),
            error,
        })
    };
    let limit = |limit: String| OpenError::Limit {
        path: folder.to_owned(),
        limit,
    };
    if depth > limits::FOLDER_DEPTH_MAX {
        return fail(
            folder,
            limit(format!("folders deeper than {}", limits::FOLDER_DEPTH_MAX)),
        );
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return fail(folder, OpenError::from_io(folder, error)),
    };
    let mut names: Vec<(OsString, fs::FileType)> = entries
        .flatten()
        .filter_map(|entry| Some((entry.file_name(), entry.file_type().ok()?)))
        .collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, kind) in names {
        let path = folder.join(name);
        if files.len() >= limits::FOLDER_FILES_MAX {
            let many = limit(format!("more than {} files", limits::FOLDER_FILES_MAX));
            failures.push(OpenFailure {
                path: folder.to_owned(),
                error: many,
            });
            return;
        }
        if kind.is_dir() {
            walk(&path, depth + 1, files, failures);
        } else if kind.is_file() {
            files.push(path);
        }
    }
}
