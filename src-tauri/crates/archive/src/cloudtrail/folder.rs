//! The files of a folder, by what they are.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use sealscope_model::Damage;

use super::archive::{DigestFile, KeyFile, LogFile, OtherHashes};
use super::document::{DigestDocument, Flavour};
use super::member::{Form, unpack_member};
use super::names::{Names, SIDECAR_ENDINGS, time_in};
use super::sidecar::Sidecar;
use crate::{FileStamp, FolderSample, OpenContext, OpenError, Source, limits};

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) digests: Vec<DigestFile>,
    pub(super) logs: Vec<LogFile>,
    pub(super) keys: Vec<KeyFile>,
    pub(super) files: Vec<(PathBuf, FileStamp)>,
    pub(super) damage: Vec<Damage>,
    pub(super) notes: Vec<String>,
    pub(super) scope: Option<String>,
}

/// Reads digests, their metadata and keys; log files are only listed.
pub(super) fn look(
    folder: &FolderSample<'_>,
    names: &Names,
    context: &OpenContext,
) -> Result<Found, OpenError> {
    let mut found = Found::default();
    let present: HashSet<&Path> = folder.files.iter().map(PathBuf::as_path).collect();
    let mut others = 0u64;
    let mut listed = 0usize;
    for (number, path) in folder.files.iter().enumerate() {
        if !context
            .watch
            .goes_on(number as u64, folder.files.len() as u64)
        {
            return Err(OpenError::Stopped {
                path: folder.root.to_owned(),
            });
        }
        let relative = names.relative(path);
        if let Some(base) = sidecar_base(path) {
            let has_base = present.contains(base.as_path());
            let of = names.relative(&base);
            if has_base && (names.is_digest(&of) || names.is_log(&of)) {
                // A digest reads its own; a log file's metadata says nothing that is signed.
                found.note_file(path);
                continue;
            }
        }
        if names.is_digest(&relative) {
            let digest = read_digest(path, &relative, &present, &mut listed)
                .map_err(|error| OpenError::from_io(path, error))?;
            found.note_file(path);
            found.take_digest(digest, names);
        } else if names.is_log(&relative) {
            let stamp = found.note_file(path);
            found.logs.push(LogFile {
                time: time_in(super::names::last(&relative)),
                path: path.clone(),
                file: relative,
                stored_bytes: stamp.map_or(0, |stamp| stamp.bytes),
            });
        } else if Names::may_hold_keys(path) {
            found.take_key(path, relative);
        } else {
            others += 1;
        }
    }
    found.keys_above(folder.root);
    // Files without a time in their name stand last.
    fn order(log: &LogFile) -> (bool, &Option<String>, &str) {
        (log.time.is_none(), &log.time, &log.file)
    }
    found.logs.sort_by(|a, b| order(a).cmp(&order(b)));
    if others > 0 {
        found.notes.push(format!(
            "{others} other files in the folder are none of CloudTrail's: they are no part of this \
             archive and were not looked at."
        ));
    }
    Ok(found)
}

/// The file that a file of metadata belongs to, by its name.
fn sidecar_base(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let base = SIDECAR_ENDINGS
        .iter()
        .find_map(|ending| name.strip_suffix(ending))?;
    Some(path.with_file_name(base))
}

/// Reads a whole small file; `None` where it is larger than the limit.
pub(super) fn read_small(path: &Path, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let source = Source::open(path)?;
    if source.bytes() > bytes_max {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    // The limit has been checked.
    source.read_into(
        0,
        usize::try_from(source.bytes()).unwrap_or(usize::MAX),
        &mut bytes,
    )?;
    Ok(Some(bytes))
}

fn read_digest(
    path: &Path,
    relative: &str,
    present: &HashSet<&Path>,
    listed: &mut usize,
) -> io::Result<DigestFile> {
    let mut digest = DigestFile {
        file: relative.to_owned(),
        form: Form::Member,
        sha256: None,
        other_hashes: None,
        document: Err(String::new()),
        sidecar: read_sidecar(path, relative, present),
    };
    let Some(stored) = read_small(path, limits::DIGEST_BYTES_MAX as u64)? else {
        digest.document = Err("it is larger than a digest may be".to_owned());
        return Ok(digest);
    };
    let mut text = Vec::new();
    digest.form = unpack_member(&stored, &mut text, limits::DIGEST_BYTES_MAX);
    digest.document = match &digest.form {
        Form::Faulty { reason } | Form::TooLarge { reason } => Err(reason.clone()),
        Form::Member | Form::Plain | Form::Trailing { .. } => {
            digest.sha256 = Some(super::archive::sha256(&text));
            DigestDocument::read(&text)
        }
    };
    if let Ok(document) = &digest.document {
        *listed += document.logs.len();
        if document.flavour == Flavour::Huawei {
            digest.other_hashes = Some(Box::new(OtherHashes::of(&stored, &text)));
        }
        if *listed > limits::LISTED_FILES_MAX {
            let most = limits::LISTED_FILES_MAX;
            digest.document = Err(format!(
                "the digests of this folder list more than {most} files, the most that is kept"
            ));
        }
    }
    Ok(digest)
}

/// The first file of metadata that holds a signature. Only listed files are read: a link could lead
/// out of the evidence.
fn read_sidecar(path: &Path, relative: &str, present: &HashSet<&Path>) -> Option<Sidecar> {
    let name = path.file_name()?.to_str()?;
    let mut unusable = None;
    for ending in SIDECAR_ENDINGS {
        let file = path.with_file_name(format!("{name}{ending}"));
        if !present.contains(file.as_path()) {
            continue;
        }
        let bytes = read_small(&file, limits::SIDECAR_BYTES_MAX).ok().flatten();
        let sidecar = Sidecar::read(&format!("{relative}{ending}"), &bytes.unwrap_or_default());
        if sidecar.signature.is_some() {
            return Some(sidecar);
        }
        unusable.get_or_insert(sidecar);
    }
    unusable
}

impl Found {
    fn note_file(&mut self, path: &Path) -> Option<FileStamp> {
        let stamp = FileStamp::at(path).ok()?;
        self.files.push((path.to_owned(), stamp));
        Some(stamp)
    }

    fn take_digest(&mut self, digest: DigestFile, names: &Names) {
        let mut damaged = |file: &str, offset_bytes: u64, reason: String| {
            self.damage.push(Damage {
                file: Some(file.to_owned()),
                offset_bytes,
                reason,
            });
        };
        if let Err(reason) = &digest.document {
            damaged(
                &digest.file,
                0,
                format!("The digest cannot be read: {reason}."),
            );
        }
        if let Form::Trailing { at, .. } = digest.form {
            let reason = "Bytes follow the digest's gzip stream.".to_owned();
            damaged(&digest.file, at, reason);
        }
        if let Some(sidecar) = &digest.sidecar
            && let Some(problem) = &sidecar.problem
        {
            damaged(
                &sidecar.file,
                0,
                format!("The metadata cannot be read: {problem}."),
            );
        }
        if let Ok(document) = &digest.document
            && self.scope.is_none()
        {
            self.scope = names.scope_of(&digest.file, &document.object);
        }
        self.digests.push(digest);
    }

    pub(super) fn take_key(&mut self, path: &Path, file: String) {
        if self.keys.len() >= limits::KEY_FILES_MAX {
            return;
        }
        let Ok(Some(bytes)) = read_small(path, limits::SIDECAR_BYTES_MAX) else {
            return;
        };
        // Other JSON about keys (access keys, for instance) is none of ours.
        if memchr::memmem::find(&bytes, b"PublicKeyList").is_some() {
            self.note_file(path);
            self.keys.push(KeyFile { file, bytes });
        }
    }

    /// Keys are often kept beside the folder that was copied.
    pub(super) fn keys_above(&mut self, root: &Path) {
        let Ok(whole) = std::fs::canonicalize(root) else {
            return;
        };
        let Some(Ok(items)) = whole.parent().map(std::fs::read_dir) else {
            return;
        };
        let most = items.take(limits::FOLDER_FILES_MAX).filter_map(Result::ok);
        let is_file = |item: &std::fs::DirEntry| item.file_type().is_ok_and(|kind| kind.is_file());
        let mut paths: Vec<PathBuf> = most.filter(is_file).map(|item| item.path()).collect();
        paths.sort_unstable();
        for path in paths.iter().filter(|path| Names::may_hold_keys(path)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            self.take_key(path, format!("../{name}"));
        }
    }
}
