//! Digests of the evidence's files, made before and after.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sealscope_proof::Sha256Stream;
use sealscope_report::content::{Item, ItemFile};
use sha2::{Digest as _, Sha512};

use super::{Gathering, LISTED_MAX, ReportError, texts};
use crate::open_archive::OpenArchive;
use crate::progress::Cancel;

/// Digests of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedFile {
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// SHA-512 in hex.
    pub sha512: String,
}

/// Digests of files by their place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileHashes {
    by_path: BTreeMap<PathBuf, HashedFile>,
    made_at_opening: bool,
}

impl FileHashes {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// The same, made at the same time as the archives were first read, and not before.
    #[must_use]
    pub fn made_at_opening(mut self) -> Self {
        self.made_at_opening = true;
        self
    }

    /// When the files were hashed first, in a sentence.
    pub(super) fn told(&self) -> &'static str {
        match (self.made_at_opening, self.is_empty()) {
            (false, false) => {
                "The files of the items were hashed with SHA-256 and SHA-512 before they were \
                 opened."
            }
            (true, false) => {
                "The files of folders were hashed with SHA-256 and SHA-512 from when the folders \
                 were opened, at the same time as they were read for the first time; items of a \
                 single file with SHA-256 by that reading itself."
            }
            (_, true) => {
                "Items of a single file were hashed with SHA-256 while they were read for the \
                 first time; the files of folders were not hashed before."
            }
        }
    }

    fn get(&self, path: &Path) -> Option<&HashedFile> {
        self.by_path.get(path)
    }
}

/// Hashes files, to be held against later digests. What cannot be read is left out: opening it
/// says why.
/// `None`: it was asked to stop.
#[must_use]
pub fn hash_files(paths: &[PathBuf], cancel: &Cancel) -> Option<FileHashes> {
    let mut hashes = FileHashes::default();
    let mut all = Vec::new();
    for path in paths {
        files_below(path, 0, &mut all);
    }
    for path in &all {
        match hash(path, cancel) {
            Ok(Some(file)) => {
                hashes.by_path.insert(path.clone(), file);
            }
            Ok(None) => return None,
            Err(_) => {}
        }
    }
    Some(hashes)
}

/// Folders that are gone down at most.
const DEPTH_MAX: usize = 64;

/// The files below a path; links are not followed. What cannot be listed has no digest then.
fn files_below(path: &Path, depth: usize, all: &mut Vec<PathBuf>) {
    if path.is_file() {
        all.push(path.to_owned());
    } else if depth < DEPTH_MAX && path.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()))
        {
            files_below(&entry.path(), depth + 1, all);
        }
    }
}

/// `None`: it was asked to stop.
fn hash(path: &Path, cancel: &Cancel) -> io::Result<Option<HashedFile>> {
    let mut file = File::open(path)?;
    let (mut short, mut long) = (Sha256Stream::default(), Sha512::new());
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        if cancel.is_stopped() {
            return Ok(None);
        }
        let count = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let part = buffer.get(..count).unwrap_or_default();
        short.update(part);
        long.update(part);
        bytes += count as u64;
    }
    Ok(Some(HashedFile {
        bytes,
        sha256: short.finish().get().to_string(),
        sha512: long
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect(),
    }))
}

/// Files of an archive in the order of their names. Key lists that lie above a folder are read as
/// well, but are no part of the item.
fn files_of(archive: &OpenArchive) -> Vec<(String, PathBuf)> {
    let mut files: Vec<(String, PathBuf)> = archive
        .archive()
        .files()
        .into_iter()
        .filter_map(|(path, _)| {
            let name = path.strip_prefix(archive.path()).ok()?;
            let name = match name.as_os_str().is_empty() {
                true => archive.name(),
                false => name.to_string_lossy().into_owned(),
            };
            Some((name, path))
        })
        .collect();
    files.sort();
    files
}

/// SHA-256 of the list that `sha256sum` prints of an archive's files, as
/// [`Item::files_sha256`] has it.
pub(crate) fn list_sha256(archive: &OpenArchive) -> io::Result<String> {
    let mut sums = Sha256Stream::default();
    for (name, path) in files_of(archive) {
        let file = hash(&path, &Cancel::default())?;
        let file = file.ok_or(io::ErrorKind::Interrupted)?;
        sums.update(listed(&file.sha256, &name).as_bytes());
    }
    Ok(sums.finish().get().to_string())
}

fn listed(sha256: &str, name: &str) -> String {
    format!("{sha256}  {name}\n")
}

impl Gathering<'_> {
    pub(super) fn items(&self) -> Result<Vec<Item>, ReportError> {
        let archives = self.workspace.archives().iter().enumerate();
        archives
            .map(|(number, archive)| Ok(self.item(number, archive)))
            .collect()
    }

    fn item(&self, number: usize, archive: &OpenArchive) -> Item {
        let info = archive.info();
        let summary = archive.summary();
        let sha256 = match archive.archive().whole_file() {
            Some(_) => match self.request.before.get(archive.path()) {
                Some(before) => Some(before.sha256.clone()),
                // Made while the archive was checked.
                None => archive.sha256().map(|digest| digest.to_hex()),
            },
            None => None,
        };
        let deposit = self.request.case.deposits.iter().find(|deposit| {
            match (&sha256, deposit.sha256.is_empty()) {
                (Some(sha256), false) => *sha256 == deposit.sha256,
                _ => Path::new(&deposit.path) == archive.path(),
            }
        });
        let deposit = deposit.cloned().unwrap_or_default();
        Item {
            label: item_label(number),
            name: archive.name(),
            bytes: archive.bytes(),
            sha256,
            format: archive.format().to_owned(),
            producer: info
                .header
                .as_ref()
                .map_or_else(String::new, |header| header.tool.clone()),
            origin: summary
                .as_ref()
                .and_then(|summary| summary.origin.clone())
                .unwrap_or_default(),
            source: deposit.source,
            collector: deposit.collector,
            received_from: deposit.received_from,
            received_at: deposit.received_at,
            condition: deposit.condition,
            medium: deposit.medium,
            key_obtained: deposit.key_obtained,
            keys: summary
                .as_deref()
                .map(texts::fingerprints)
                .unwrap_or_default(),
            ..Item::default()
        }
    }

    /// The files once more, after all entries were read.
    pub(super) fn hash_again(&self, items: &mut [Item]) -> Result<(), ReportError> {
        for (archive, item) in self.workspace.archives().iter().zip(items) {
            let files = files_of(archive);
            item.files_total = files.len() as u64;
            // Never more than was compared: each file needs a digest from before.
            item.is_unchanged = !archive.has_changed() && !files.is_empty();
            let mut sums = Sha256Stream::default();
            for (name, path) in &files {
                let found = hash(path, self.cancel).map_err(|source| ReportError::File {
                    path: path.display().to_string(),
                    source,
                })?;
                let found = found.ok_or(ReportError::Stopped)?;
                sums.update(listed(&found.sha256, name).as_bytes());
                if archive.archive().whole_file().is_some() {
                    let read = archive.sha256().map(|digest| digest.to_hex());
                    item.is_unchanged &= item.sha256.as_ref() == Some(&found.sha256)
                        && read.as_ref() == Some(&found.sha256);
                    item.sha256_after = Some(found.sha256);
                    item.sha512 = Some(found.sha512);
                    continue;
                }
                let before = self.request.before.get(path);
                item.is_unchanged &= before.is_some_and(|file| file.sha256 == found.sha256);
                if item.files.len() < LISTED_MAX {
                    item.files.push(ItemFile {
                        name: name.clone(),
                        bytes: found.bytes,
                        sha256: found.sha256,
                    });
                }
            }
            if archive.archive().whole_file().is_none() {
                item.files_sha256 = Some(sums.finish().get().to_string());
            }
        }
        Ok(())
    }
}

/// The label of an item by its place: `A` to `Z`, then `AA`.
#[must_use]
pub fn item_label(number: usize) -> String {
    let mut rest = number;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        match rest / 26 {
            0 => break,
            more => rest = more - 1,
        }
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_go_on_after_z() {
        let labels: Vec<String> = [0, 25, 26, 27, 701, 702]
            .into_iter()
            .map(item_label)
            .collect();
        assert_eq!(labels, ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }

    #[test]
    fn a_file_has_the_digests_of_its_bytes() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("a");
        std::fs::write(&path, "abc").expect("write");
        let hashes = hash_files(
            &[path.clone(), folder.path().join("none")],
            &Cancel::default(),
        );
        let hashes = hashes.expect("not stopped");
        let found = hashes.get(&path).expect("hashed");
        // FIPS 180-4, the examples for "abc".
        assert!(found.sha256.starts_with("ba7816bf8f01cfea414140de5dae2223"));
        assert!(found.sha512.starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!((found.bytes, hashes.by_path.len()), (3, 1));
    }
}
