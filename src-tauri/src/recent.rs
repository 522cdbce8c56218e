//! The archives opened before, with the verdict of their last check.
//!
//! Invariants: 1. The file lies in the program's own data folder, never beside evidence. 2. It is
//! replaced as a whole or not at all. 3. The page sees a token instead of a path.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const FILE: &str = "recent.json";
const SCHEMA: &str = "sealscope.recent/1";

/// As many as the first screen has room for.
const KEPT_MAX: usize = 12;

/// Room for twelve long paths; a larger file is not ours.
const BYTES_MAX: u64 = 1 << 20;

/// What was remembered of one archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Stands for the path. Never used twice.
    pub token: String,
    /// Where it was.
    pub path: PathBuf,
    /// The verdict's word, or `unchecked`.
    pub verdict: String,
    /// The verdict in a few words, such as `Broken at entry 1,204`.
    pub verdict_text: String,
    /// When it was last checked, in nanoseconds since 1970; `None` when it never was in full.
    pub checked_at_ns: Option<i64>,
}

/// The list, latest first.
#[derive(Debug)]
pub struct Recent {
    folder: PathBuf,
    archives: Vec<Remembered>,
    next_token: u64,
}

#[derive(Serialize, Deserialize)]
struct FileForm {
    schema: String,
    next_token: u64,
    archives: Vec<ArchiveForm>,
}

#[derive(Serialize, Deserialize)]
struct ArchiveForm {
    token: String,
    /// Percent-encoded where the system's bytes are no UTF-8; see [`written`].
    path: String,
    verdict: String,
    verdict_text: String,
    checked_at_ns: Option<i64>,
}

impl Recent {
    /// Reads the list. A file that is missing or no such list is an empty one: it holds nothing
    /// that could not be lost.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        let empty = Self {
            folder: folder.to_path_buf(),
            archives: Vec::new(),
            next_token: 1,
        };
        let path = folder.join(FILE);
        if path.metadata().is_ok_and(|found| found.len() > BYTES_MAX) {
            return empty;
        }
        let form = std::fs::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<FileForm>(&bytes).ok())
            .filter(|form| form.schema == SCHEMA);
        let Some(form) = form else { return empty };
        let archives = form
            .archives
            .into_iter()
            .take(KEPT_MAX)
            .map(|archive| Remembered {
                token: archive.token,
                path: read(&archive.path),
                verdict: archive.verdict,
                verdict_text: archive.verdict_text,
                checked_at_ns: archive.checked_at_ns,
            });
        Self {
            archives: archives.collect(),
            next_token: form.next_token,
            ..empty
        }
    }

    /// The archives, latest first.
    #[must_use]
    pub fn archives(&self) -> &[Remembered] {
        &self.archives
    }

    /// The path that a token stands for.
    #[must_use]
    pub fn path(&self, token: &str) -> Option<&Path> {
        let found = self
            .archives
            .iter()
            .find(|archive| archive.token == token)?;
        Some(&found.path)
    }

    /// Puts an archive first, with its verdict as of now.
    ///
    /// # Errors
    ///
    /// When the list cannot be stored; it is then remembered until the window closes.
    pub fn remember(
        &mut self,
        path: &Path,
        verdict: &str,
        verdict_text: &str,
        checked_at_ns: Option<i64>,
    ) -> std::io::Result<()> {
        let before = self
            .archives
            .iter()
            .position(|archive| archive.path == path);
        let token = match before.map(|at| self.archives.remove(at)) {
            Some(known) => known.token,
            None => self.new_token(),
        };
        let remembered = Remembered {
            token,
            path: path.to_path_buf(),
            verdict: verdict.to_owned(),
            verdict_text: verdict_text.to_owned(),
            checked_at_ns,
        };
        self.archives.insert(0, remembered);
        self.archives.truncate(KEPT_MAX);
        self.store()
    }

    /// Takes an archive off the list. An unknown token changes nothing.
    ///
    /// # Errors
    ///
    /// When the list cannot be stored.
    pub fn forget(&mut self, token: &str) -> std::io::Result<()> {
        self.archives.retain(|archive| archive.token != token);
        self.store()
    }

    fn new_token(&mut self) -> String {
        let token = format!("r{}", self.next_token);
        self.next_token = self.next_token.saturating_add(1);
        token
    }

    fn store(&self) -> std::io::Result<()> {
        let archives = self.archives.iter().map(|archive| ArchiveForm {
            token: archive.token.clone(),
            path: written(archive.path.as_os_str()),
            verdict: archive.verdict.clone(),
            verdict_text: archive.verdict_text.clone(),
            checked_at_ns: archive.checked_at_ns,
        });
        let form = FileForm {
            schema: SCHEMA.to_owned(),
            next_token: self.next_token,
            archives: archives.collect(),
        };
        std::fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(FILE);
        let beside = self.folder.join(format!("{FILE}.{}", std::process::id()));
        let mut file = private_file(&beside)?;
        file.write_all(&serde_json::to_vec_pretty(&form)?)?;
        file.sync_all()?;
        std::fs::rename(&beside, &path)
    }
}

/// File names can tell whom an investigation is about: nobody else may read the list.
fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A path as text from which the same path can be read: `%` and bytes that are no UTF-8 as `%XX`.
fn written(path: &OsStr) -> String {
    let mut text = String::new();
    for chunk in path.as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('%', "%25"));
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn read(text: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let byte = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() {
            after.get(2..).unwrap_or_default()
        } else {
            after
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    from_bytes(bytes)
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remember(recent: &mut Recent, path: &str) {
        recent
            .remember(Path::new(path), "intact", "Intact", Some(1))
            .expect("can be stored");
    }

    fn paths(recent: &Recent) -> Vec<String> {
        let path = |archive: &Remembered| archive.path.to_string_lossy().into_owned();
        recent.archives().iter().map(path).collect()
    }

    #[test]
    fn the_latest_archive_stands_first_and_none_stands_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recent = Recent::load(folder.path());
        for path in ["/a", "/b", "/a"] {
            remember(&mut recent, path);
        }
        assert_eq!(paths(&recent), ["/a", "/b"]);
        assert_eq!(paths(&Recent::load(folder.path())), ["/a", "/b"]);
    }

    #[test]
    fn the_thirteenth_archive_pushes_out_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recent = Recent::load(folder.path());
        for number in 0..13 {
            remember(&mut recent, &format!("/{number}"));
        }
        assert_eq!(recent.archives().len(), KEPT_MAX);
        assert!(!paths(&recent).contains(&"/0".to_owned()));
    }

    #[test]
    fn a_token_stands_for_one_path_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut recent = Recent::load(folder.path());
        remember(&mut recent, "/a");
        let token = recent.archives()[0].token.clone();
        recent.forget(&token).expect("can be stored");
        let mut recent = Recent::load(folder.path());
        remember(&mut recent, "/b");
        assert_eq!(recent.path(&token), None);
        assert_ne!(recent.archives()[0].token, token);
    }

    #[test]
    fn a_file_that_is_no_list_is_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in [
            "",
            "{",
            "[]",
            r#"{"schema":"other","next_token":1,"archives":[]}"#,
        ] {
            std::fs::write(folder.path().join(FILE), text).expect("writable");
            assert!(Recent::load(folder.path()).archives().is_empty(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn paths_that_are_no_text_come_back_whole() {
        for bytes in [&b"/a%b"[..], b"/\xFF\xFE", b"/%41", b"/\xC3\xA4 %", b"%"] {
            let path = from_bytes(bytes.to_vec());
            assert_eq!(read(&written(path.as_os_str())), path);
        }
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_list() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        remember(&mut Recent::load(folder.path()), "/a");
        let mode = folder
            .path()
            .join(FILE)
            .metadata()
            .expect("is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
