//! The examiner's trust store: a file of public keys, each with the origins it may speak for, when
//! it was added, from where, and whether somebody compared its fingerprint.
//!
//! Invariants: 1. Only the examiner's own acts change the file. 2. It is replaced as a whole or not
//! at all. 3. A store that others may write to is refused: it would trust for them.

mod others;

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sealscope_archive::sealog::rfc3339;
use sealscope_proof::VerifierKey;
use sealscope_verify::{OriginPattern, TrustStore, TrustedKey};
use serde::{Deserialize, Serialize};

use crate::trust_files::TrustItem;
pub use others::StoredOther;
use others::{OtherForm, read_authority, read_witness};

const SCHEMA: &str = "sealscope.trust/1";
/// Bytes of a trust store that are read: room for some ten thousand keys.
const STORE_BYTES_MAX: u64 = 8 << 20;

/// Why the trust store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustStoreError {
    /// The file cannot be read or written.
    #[error("the trust store {path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The file is no trust store.
    #[error("{path} is no trust store: {why}; move it away to begin a new one")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What does not parse.
        why: String,
    },
    /// The file was written by a later version.
    #[error("{path} is a trust store of another version ({found}); this one reads {SCHEMA}")]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// What it states.
        found: String,
    },
    /// Others than the examiner may write to the file.
    #[error("others may write to the trust store {path}; make it yours alone (chmod 600)")]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// No key has this id.
    #[error("no trusted key has an id that begins with {0:?}; `sealscope trust list` shows them")]
    NoSuchKey(String),
    /// Several keys have an id that begins so.
    #[error("several trusted keys have an id that begins with {prefix:?}: {}", .ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        prefix: String,
        /// The keys that fit: id and name.
        ids: Vec<String>,
    },
    /// A pattern that no origin can fit.
    #[error("the origin pattern {0:?} is empty or not one line; `*` stands for any origin")]
    Pattern(String),
}

/// One key as the examiner pinned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The key.
    pub key: VerifierKey,
    /// The origins it may speak for.
    pub origin: OriginPattern,
    /// When it was added, RFC 3339 in UTC.
    pub added: String,
    /// Where it came from, in words or as a path.
    pub from: String,
    /// Whether the examiner compared its fingerprint with one from elsewhere.
    pub fingerprint_compared: bool,
}

/// The trust store as read from its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustStoreFile {
    path: PathBuf,
    keys: Vec<StoredKey>,
    others: Vec<StoredOther>,
    /// Members that a later version put there; kept as they are.
    other: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct FileForm {
    schema: String,
    keys: Vec<KeyForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<OtherForm>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tsa_roots: Vec<OtherForm>,
    #[serde(flatten)]
    other: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct KeyForm {
    vkey: String,
    origin: String,
    added: String,
    from: String,
    fingerprint_compared: bool,
}

impl TrustStoreFile {
    /// Where the trust store lies on this system; `None` where there is no home.
    #[must_use]
    pub fn default_path() -> Option<PathBuf> {
        let folders = directories::ProjectDirs::from("", "", "sealscope")?;
        Some(folders.config_dir().join("trust.json"))
    }

    /// Reads the store; a file that is not there is an empty store.
    ///
    /// # Errors
    /// See [`TrustStoreError`].
    pub fn load(path: &Path) -> Result<Self, TrustStoreError> {
        let in_file = |error| TrustStoreError::File {
            path: path.to_owned(),
            error,
        };
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    path: path.to_owned(),
                    keys: Vec::new(),
                    others: Vec::new(),
                    other: serde_json::Map::new(),
                });
            }
            file => file.map_err(in_file)?,
        };
        refuse_exposed(path, &file)?;
        let mut text = String::new();
        file.take(STORE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(in_file)?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, TrustStoreError> {
        let malformed = |why: String| TrustStoreError::Malformed {
            path: path.to_owned(),
            why,
        };
        let form: FileForm =
            serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        if form.schema != SCHEMA {
            return Err(TrustStoreError::OtherVersion {
                path: path.to_owned(),
                found: form.schema,
            });
        }
        let mut keys = Vec::with_capacity(form.keys.len());
        for key in form.keys {
            keys.push(StoredKey {
                key: VerifierKey::parse(&key.vkey)
                    .map_err(|error| malformed(format!("{}: {error}", key.vkey)))?,
                origin: OriginPattern::new(&key.origin),
                added: key.added,
                from: key.from,
                fingerprint_compared: key.fingerprint_compared,
            });
        }
        let witnesses = form.witnesses.into_iter();
        let witnesses = witnesses.map(|one| one.into_stored(read_witness));
        let roots = form.tsa_roots.into_iter();
        let roots = roots.map(|one| one.into_stored(read_authority));
        let others: Result<Vec<StoredOther>, String> = witnesses.chain(roots).collect();
        Ok(Self {
            path: path.to_owned(),
            keys,
            others: others.map_err(malformed)?,
            other: form.other,
        })
    }

    /// The keys, in the order in which they were added.
    #[must_use]
    pub fn keys(&self) -> &[StoredKey] {
        &self.keys
    }

    /// What `verify` judges with.
    #[must_use]
    pub fn to_trust_store(&self) -> TrustStore {
        let trusted = self.keys.iter().map(|stored| TrustedKey {
            key: stored.key.clone(),
            origin: stored.origin.clone(),
        });
        let mut store = TrustStore::new(trusted.collect());
        for other in &self.others {
            match &other.item {
                TrustItem::Signer(_) => {}
                TrustItem::Witness(key) => store.witnesses.push(key.clone()),
                TrustItem::Authority(authority) => store.tsa_roots.push(authority.der.clone()),
            }
        }
        store
    }

    /// Pins a key for the origins that fit a pattern (`*` is any run of characters), and stores
    /// that.
    ///
    /// `false` when the key was trusted for just this pattern before; then only a comparison of its
    /// fingerprint is new. `added_ns` counts nanoseconds since 1970.
    ///
    /// # Errors
    /// See [`TrustStoreError`]; the file is then as before.
    pub fn add(
        &mut self,
        key: VerifierKey,
        origin: &str,
        added_ns: i64,
        from: &str,
        fingerprint_compared: bool,
    ) -> Result<bool, TrustStoreError> {
        if origin.is_empty() || origin.contains(char::is_control) {
            return Err(TrustStoreError::Pattern(origin.to_owned()));
        }
        // Another window may have written since this one read.
        *self = Self::load(&self.path)?;
        let same = |stored: &&mut StoredKey| stored.key == key && stored.origin.as_str() == origin;
        if let Some(known) = self.keys.iter_mut().find(same) {
            known.fingerprint_compared |= fingerprint_compared;
            self.store()?;
            return Ok(false);
        }
        self.keys.push(StoredKey {
            key,
            origin: OriginPattern::new(origin),
            added: rfc3339(added_ns),
            from: from.to_owned(),
            fingerprint_compared,
        });
        self.store()?;
        Ok(true)
    }

    /// Removes the one key whose id or fingerprint begins so, with all its origins, and stores
    /// that.
    ///
    /// # Errors
    /// When no key or several keys fit, or the file cannot be written; it is then as before.
    pub fn remove(&mut self, id_prefix: &str) -> Result<Vec<StoredKey>, TrustStoreError> {
        *self = Self::load(&self.path)?;
        let prefix = id_prefix.to_ascii_lowercase();
        let fits = |stored: &StoredKey| {
            stored.key.id_hex().starts_with(&prefix)
                || stored.key.fingerprint().starts_with(&prefix)
        };
        let Some(first) = self.keys.iter().find(|stored| fits(stored)) else {
            return Err(TrustStoreError::NoSuchKey(id_prefix.to_owned()));
        };
        let chosen = first.key.clone();
        if self
            .keys
            .iter()
            .any(|stored| fits(stored) && stored.key != chosen)
        {
            let all = self.keys.iter().filter(|stored| fits(stored));
            let mut ids: Vec<String> = all
                .map(|stored| format!("{} {}", stored.key.id_hex(), stored.key.name()))
                .collect();
            ids.dedup();
            return Err(TrustStoreError::Ambiguous {
                prefix: id_prefix.to_owned(),
                ids,
            });
        }
        let (removed, kept) = std::mem::take(&mut self.keys)
            .into_iter()
            .partition(|stored| stored.key == chosen);
        self.keys = kept;
        self.store()?;
        Ok(removed)
    }

    /// Replaces the file as a whole: a reader sees the old store or the new one.
    fn store(&self) -> Result<(), TrustStoreError> {
        let in_file = |error| TrustStoreError::File {
            path: self.path.clone(),
            error,
        };
        let form = FileForm {
            schema: SCHEMA.to_owned(),
            keys: self.keys.iter().map(KeyForm::of).collect(),
            witnesses: self.others_of(|item| matches!(item, TrustItem::Witness(_))),
            tsa_roots: self.others_of(|item| matches!(item, TrustItem::Authority(_))),
            other: self.other.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&form).map_err(|error| in_file(error.into()))?;
        text.push(b'\n');
        replace(&self.path, &text).map_err(in_file)
    }
}

impl KeyForm {
    fn of(stored: &StoredKey) -> Self {
        Self {
            vkey: stored.key.to_vkey(),
            origin: stored.origin.as_str().to_owned(),
            added: stored.added.clone(),
            from: stored.from.clone(),
            fingerprint_compared: stored.fingerprint_compared,
        }
    }
}

fn refuse_exposed(path: &Path, file: &File) -> Result<(), TrustStoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = file.metadata().map_err(|error| TrustStoreError::File {
            path: path.to_owned(),
            error,
        })?;
        if metadata.permissions().mode() & 0o022 != 0 {
            return Err(TrustStoreError::Exposed {
                path: path.to_owned(),
            });
        }
    }
    #[cfg(not(unix))]
    let _ = (path, file);
    Ok(())
}

/// Puts a file of our own in place as a whole, mode 0600: a reader sees the old one or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    let written = file
        .write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written?;
    sync_folder(folder)
}

/// Makes a new name in a folder outlive a crash.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sealscope_proof::Signer;

    use super::*;

    fn key(name: &str, seed: u8) -> VerifierKey {
        let signer = Signer::from_seed(name, &[seed; 32]).expect("the name is valid");
        signer.verifier().clone()
    }

    fn empty_store() -> (tempfile::TempDir, TrustStoreFile) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config/trust.json");
        let store = TrustStoreFile::load(&path).expect("no file is an empty store");
        (folder, store)
    }

    #[test]
    fn what_was_added_is_there_when_the_store_is_read_again() {
        let (_folder, mut store) = empty_store();
        let added = store.add(key("a", 1), "example.org/*", 0, "a.vkey", true);
        assert_eq!(added.ok(), Some(true));
        let read = TrustStoreFile::load(&store.path).expect("it reads");
        assert_eq!(read, store);
        let [stored] = read.keys() else {
            panic!("one key was added");
        };
        assert_eq!(stored.added, "1970-01-01T00:00:00.000Z");
        assert_eq!(stored.from, "a.vkey");
        assert!(
            read.to_trust_store().keys()[0]
                .origin
                .matches("example.org/audit")
        );
    }

    #[test]
    fn a_key_added_again_for_the_same_origins_is_there_once() {
        let (_folder, mut store) = empty_store();
        store
            .add(key("a", 1), "*", 0, "a.vkey", false)
            .expect("added");
        assert_eq!(
            store.add(key("a", 1), "*", 5, "b.vkey", true).ok(),
            Some(false)
        );
        assert_eq!(store.keys().len(), 1);
        assert!(store.keys()[0].fingerprint_compared);
        assert_eq!(
            store.add(key("a", 1), "x", 5, "b.vkey", false).ok(),
            Some(true)
        );
    }

    #[test]
    fn removing_takes_the_key_with_all_its_origins_and_no_other() {
        let (_folder, mut store) = empty_store();
        let (one, two) = (key("a", 1), key("b", 2));
        store.add(one.clone(), "x", 0, "", false).expect("added");
        store.add(one.clone(), "y", 0, "", false).expect("added");
        store.add(two.clone(), "*", 0, "", false).expect("added");
        let removed = store.remove(&one.id_hex()).expect("one key fits");
        assert_eq!(removed.len(), 2);
        let read = TrustStoreFile::load(&store.path).expect("it reads");
        assert_eq!(read.keys().len(), 1);
        assert_eq!(read.keys()[0].key, two);
        assert!(store.remove(&two.fingerprint()[..12]).is_ok());
    }

    #[test]
    fn an_id_that_fits_several_keys_or_none_removes_nothing() {
        let (_folder, mut store) = empty_store();
        store.add(key("a", 1), "*", 0, "", false).expect("added");
        store.add(key("b", 2), "*", 0, "", false).expect("added");
        let several = store.remove("");
        assert!(matches!(several, Err(TrustStoreError::Ambiguous { ids, .. }) if ids.len() == 2));
        assert!(matches!(
            store.remove("xyz"),
            Err(TrustStoreError::NoSuchKey(_))
        ));
        assert_eq!(
            TrustStoreFile::load(&store.path)
                .expect("it reads")
                .keys()
                .len(),
            2
        );
    }

    #[test]
    fn what_a_later_version_added_to_the_file_is_kept() {
        let (_folder, mut store) = empty_store();
        store.add(key("a", 1), "*", 0, "", false).expect("added");
        let text = std::fs::read_to_string(&store.path).expect("it reads");
        let text = text.replacen('{', "{\"memory\": [1],", 1);
        std::fs::write(&store.path, text).expect("written");
        store.add(key("b", 2), "*", 0, "", false).expect("added");
        let text = std::fs::read_to_string(&store.path).expect("it reads");
        assert!(text.contains("\"memory\""), "{text}");
    }

    #[test]
    fn what_is_no_trust_store_is_refused_and_left_alone() {
        let (folder, _) = empty_store();
        let path = folder.path().join("trust.json");
        for text in ["", "[]", "{\"schema\":\"sealscope.trust/2\",\"keys\":[]}"] {
            std::fs::write(&path, text).expect("written");
            assert!(TrustStoreFile::load(&path).is_err(), "{text:?}");
            assert_eq!(std::fs::read_to_string(&path).expect("it reads"), text);
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_the_examiner_may_read_or_write_the_store() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, mut store) = empty_store();
        store.add(key("a", 1), "*", 0, "", false).expect("added");
        let mode = |path: &Path| {
            std::fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode()
        };
        assert_eq!(mode(&store.path) & 0o777, 0o600);
        assert_eq!(mode(store.path.parent().expect("a folder")) & 0o777, 0o700);
        std::fs::set_permissions(&store.path, std::fs::Permissions::from_mode(0o666)).expect("set");
        let refused = TrustStoreFile::load(&store.path);
        assert!(matches!(refused, Err(TrustStoreError::Exposed { .. })));
    }

    #[test]
    fn keys_given_for_one_run_count_for_any_origin() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys");
        std::fs::write(&path, key("a", 1).to_vkey()).expect("written");
        let given = crate::trust_for_this_run(&[path]).expect("it reads");
        let mut trust = TrustStore::default();
        let notes = given.add_to(&mut trust);
        assert!(trust.keys()[0].origin.matches("anything/at all"));
        assert!(notes[0].contains("for this run only"));
    }

    #[test]
    fn witnesses_and_authorities_are_kept_beside_the_keys() {
        let (folder, mut store) = empty_store();
        let made = sealscope_testkit::timestamp::TokenPlan::default().stamp(b"x");
        let witness = sealscope_proof::Witness::from_seed("w", &[9; 32]).expect("it is valid");
        let (certificate, vkey) = (folder.path().join("root.der"), folder.path().join("w.vkey"));
        std::fs::write(&certificate, &made.root).expect("written");
        std::fs::write(&vkey, witness.verifier().to_vkey()).expect("written");
        store
            .add(key("a", 1), "*", 0, "a.vkey", false)
            .expect("added");
        for file in [&certificate, &vkey] {
            for item in crate::load_trust(file).expect("it reads") {
                assert_eq!(
                    store.add_other(item.clone(), 0, "here", true).ok(),
                    Some(true)
                );
                assert_eq!(store.add_other(item, 0, "here", true).ok(), Some(false));
            }
        }
        let read = TrustStoreFile::load(&store.path).expect("it reads");
        let trust = read.to_trust_store();
        assert_eq!(trust.tsa_roots, [made.root]);
        assert_eq!(trust.witnesses, [witness.verifier().clone()]);
        assert_eq!(trust.keys().len(), 1);
        let id = witness.verifier().id_hex();
        assert!(store.remove_other(&id).expect("it is written").is_some());
        assert!(store.remove_other(&id).expect("it reads").is_none());
        let read = TrustStoreFile::load(&store.path).expect("it reads");
        assert_eq!((read.keys().len(), read.others().len()), (1, 1));
    }
}
