//! The archives that were opened lately, with the outcome of their last check: never a fresh one.
//!
//! The list is a convenience. It lies in the program's own folder, says nothing about the
//! evidence that the evidence does not say itself, and a list that cannot be read is an empty
//! one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sealscope_model::Verdict;
use sealscope_proof::sha256;
use serde::{Deserialize, Serialize};

use crate::places::{Places, private_folder};
use crate::trust_store::replace;

/// Archives that are remembered.
pub const RECENT_MAX: usize = 20;
/// A longer file is none of ours.
const FILE_BYTES_MAX: u64 = 1 << 20;
const FILE: &str = "recent.json";
const SCHEMA: &str = "sealscope.recent/1";

/// An archive that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentArchive {
    /// Where it is; absolute.
    pub path: PathBuf,
    /// The verdict of its last check; `None` where it was not checked to the end.
    pub verdict: Option<Verdict>,
    /// The verdict in a few words, as `explain::archive_title` gives it.
    pub title: String,
    /// When it was last checked, or opened, in nanoseconds since 1970.
    pub checked_at_ns: i64,
}

impl RecentArchive {
    /// Stands for the path where the path itself must not go: the first 16 hex digits of its
    /// digest.
    #[must_use]
    pub fn token(&self) -> String {
        let digest = sha256(self.path.as_os_str().as_encoded_bytes());
        digest.to_hex().chars().take(16).collect()
    }

    /// Whether nothing is at the path now.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        !self.path.exists()
    }
}

#[derive(Serialize, Deserialize)]
struct FileForm {
    schema: String,
    archives: Vec<ArchiveForm>,
}

#[derive(Serialize, Deserialize)]
struct ArchiveForm {
    path: String,
    verdict: Option<String>,
    title: String,
    checked_at_ns: i64,
}

/// The archives opened lately, latest first.
#[must_use]
pub fn recent_archives(places: &Places) -> Vec<RecentArchive> {
    read(&places.data.join(FILE)).unwrap_or_default()
}

/// Puts an archive at the head of the list. A path that is not Unicode is not remembered.
///
/// # Errors
/// When the list cannot be written; it is then as before.
pub fn remember_archive(places: &Places, archive: RecentArchive) -> io::Result<()> {
    if archive.path.to_str().is_none() {
        return Ok(());
    }
    let mut list = recent_archives(places);
    list.retain(|known| known.path != archive.path);
    list.insert(0, archive);
    list.truncate(RECENT_MAX);
    write(places, &list)
}

/// Takes the archive with this token from the list; returns whether it was there.
///
/// # Errors
/// When the list cannot be written; it is then as before.
pub fn forget_archive(places: &Places, token: &str) -> io::Result<bool> {
    let mut list = recent_archives(places);
    let before = list.len();
    list.retain(|known| known.token() != token);
    if list.len() == before {
        return Ok(false);
    }
    write(places, &list)?;
    Ok(true)
}

fn read(path: &Path) -> Option<Vec<RecentArchive>> {
    if fs::metadata(path).ok()?.len() > FILE_BYTES_MAX {
        return None;
    }
    let form: FileForm = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    if form.schema != SCHEMA {
        return None;
    }
    let archives = form.archives.into_iter().take(RECENT_MAX);
    let list = archives.map(|form| RecentArchive {
        path: PathBuf::from(form.path),
        verdict: form.verdict.as_deref().and_then(Verdict::from_word),
        title: form.title,
        checked_at_ns: form.checked_at_ns,
    });
    Some(list.collect())
}

fn write(places: &Places, list: &[RecentArchive]) -> io::Result<()> {
    let folder = private_folder(&places.data)?;
    let archives = list.iter().filter_map(|archive| {
        Some(ArchiveForm {
            path: archive.path.to_str()?.to_owned(),
            verdict: archive.verdict.map(|verdict| verdict.word().to_owned()),
            title: archive.title.clone(),
            checked_at_ns: archive.checked_at_ns,
        })
    });
    let form = FileForm {
        schema: SCHEMA.to_owned(),
        archives: archives.collect(),
    };
    let mut text = serde_json::to_vec_pretty(&form)?;
    text.push(b'\n');
    replace(&folder.join(FILE), &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(path: &Path, checked_at_ns: i64) -> RecentArchive {
        RecentArchive {
            path: path.to_owned(),
            verdict: Some(Verdict::Broken),
            title: "Broken at entry 1,204".to_owned(),
            checked_at_ns,
        }
    }

    fn places() -> (tempfile::TempDir, Places) {
        let folder = tempfile::tempdir().expect("a folder");
        let places = Places::under(folder.path());
        (folder, places)
    }

    #[test]
    fn what_was_opened_last_stands_first_and_once() {
        let (folder, places) = places();
        assert_eq!(recent_archives(&places), []);
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        for (path, ns) in [(&a, 1), (&b, 2), (&a, 3)] {
            remember_archive(&places, archive(path, ns)).expect("written");
        }
        assert_eq!(recent_archives(&places), [archive(&a, 3), archive(&b, 2)]);
    }

    #[test]
    fn no_more_than_twenty_are_kept() {
        let (folder, places) = places();
        for number in 0..25 {
            let path = folder.path().join(number.to_string());
            remember_archive(&places, archive(&path, number)).expect("written");
        }
        let list = recent_archives(&places);
        assert_eq!(list.len(), RECENT_MAX);
        assert_eq!(list.last().map(|one| one.checked_at_ns), Some(5));
    }

    #[test]
    fn an_archive_is_forgotten_by_its_token_and_a_missing_one_is_told() {
        let (folder, places) = places();
        let (gone, there) = (folder.path().join("gone"), folder.path().join("there"));
        fs::write(&there, "x").expect("written");
        for path in [&gone, &there] {
            remember_archive(&places, archive(path, 1)).expect("written");
        }
        let list = recent_archives(&places);
        assert_eq!(
            list.iter()
                .map(RecentArchive::is_missing)
                .collect::<Vec<_>>(),
            [false, true]
        );
        let token = archive(&gone, 1).token();
        assert!(forget_archive(&places, &token).expect("written"));
        assert!(!forget_archive(&places, &token).expect("read"));
        assert_eq!(recent_archives(&places), [archive(&there, 1)]);
    }

    #[test]
    fn a_list_that_is_none_of_ours_is_an_empty_one() {
        let (_folder, places) = places();
        fs::create_dir_all(&places.data).expect("a folder");
        for text in [
            "",
            "[]",
            "{\"schema\":\"other/1\",\"archives\":[]}",
            "\u{0}",
        ] {
            fs::write(places.data.join(FILE), text).expect("written");
            assert_eq!(recent_archives(&places), [], "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_examiner_may_read_the_list() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, places) = places();
        remember_archive(&places, archive(folder.path(), 1)).expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&places.data), 0o700);
        assert_eq!(mode(&places.data.join(FILE)), 0o600);
    }
}
