//! Keys and anchors that the examiner gives for one run: read, named, and never shown.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sealscope_verify::{Anchor, AnchorError, GivenKey, TrustStore, grouped};

use crate::trust_files::{TrustItem, parse_trust};

/// Bytes of a file that are read: the largest is a list of public keys over years.
const GIVEN_BYTES_MAX: u64 = 16 << 20;

/// What an item is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenKind {
    /// A verification key of a format.
    Key,
    /// Something to hold against an archive.
    Anchor,
    /// Somebody outside whose word counts: a timestamping authority, or a witness.
    Authority,
}

/// One item, without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenItem {
    /// Stands for it until the run ends.
    pub id: u64,
    /// What it is for.
    pub kind: GivenKind,
    /// The file's name, or how it was given. Not escaped.
    pub name: String,
    /// What it looks like, in a few words: `journal verification key`.
    pub looks_like: String,
}

/// Why something is no key or anchor.
#[derive(Debug, thiserror::Error)]
pub enum GivenError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is larger than any key or anchor.
    #[error("{name} is larger than {} bytes", grouped(GIVEN_BYTES_MAX))]
    TooLarge {
        /// What it was called.
        name: String,
    },
    /// There is nothing in it.
    #[error("{name} is empty")]
    Empty {
        /// What it was called.
        name: String,
    },
    /// It is the secret half of a pair.
    #[error("{name} is a private key: it makes seals, and checks none")]
    Private {
        /// What it was called.
        name: String,
    },
    /// It is the state with which journald seals.
    #[error("{name} is the sealing key of a machine, not its verification key")]
    Sealing {
        /// What it was called.
        name: String,
    },
    /// It is no certificate of a timestamping authority and no key of a witness.
    #[error("{0}")]
    NoAuthority(String),
    /// It is a key that seals archives.
    #[error("{name} holds a key that signs archives, not one of a witness")]
    Signer {
        /// What it was called.
        name: String,
    },
    /// It is no anchor.
    #[error("{name} is no anchor: {error}")]
    NoAnchor {
        /// What it was called.
        name: String,
        /// Why not.
        error: AnchorError,
    },
    /// The same was given before.
    #[error("{name} was given already")]
    Twice {
        /// What it was called.
        name: String,
    },
}

impl GivenError {
    /// What to do next, in a sentence.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::File { .. } => "Check the path, and whether you may read the file.",
            Self::TooLarge { .. } | Self::Empty { .. } => {
                "Check whether it is the file that you meant."
            }
            Self::Private { .. } => {
                "Give the public key that belongs to it, and keep this one to yourself."
            }
            Self::Sealing { .. } => {
                "Give the verification key that journalctl --setup-keys printed when sealing was \
                 set up."
            }
            Self::NoAnchor { .. } => {
                "An anchor is a checkpoint (a signed note), one line COUNT HEX, or an RFC 3161 \
                 timestamp token."
            }
            Self::NoAuthority(_) => {
                "Give the root certificate of the timestamping authority in PEM or DER, or the \
                 .vkey of a witness."
            }
            Self::Signer { .. } => {
                "Signers of sealog archives are trusted under Signers, or with `sealscope trust \
                 add`."
            }
            Self::Twice { .. } => "It counts as it is.",
        }
    }
}

#[derive(Debug, Clone)]
enum What {
    Key(GivenKey),
    Anchor(Anchor),
    Authority(TrustItem),
}

#[derive(Debug, Clone)]
struct Given {
    item: GivenItem,
    what: What,
}

/// The keys and anchors of a run, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct GivenForRun {
    all: Vec<Given>,
    next: u64,
}

impl GivenForRun {
    /// What `--key` and `--anchor` give. The same twice counts once.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn on_command_line<'k>(
        keys: impl IntoIterator<Item = &'k OsStr>,
        anchors: &[PathBuf],
    ) -> Result<Self, GivenError> {
        let mut given = Self::default();
        let once = |taken| match taken {
            Err(GivenError::Twice { .. }) => Ok(()),
            other => other,
        };
        for key in keys {
            once(given.add_key_argument(key))?;
        }
        for file in anchors {
            once(given.add_anchor_file(file))?;
        }
        Ok(given)
    }

    /// Takes a key from `--key`: the content of the file of this name, where there is one, else the
    /// text itself.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_key_argument(&mut self, argument: &OsStr) -> Result<(), GivenError> {
        let path = Path::new(argument);
        match argument.to_str() {
            Some(text) if !path.is_file() => self.add_key(
                self.name("given on the command line"),
                text.as_bytes().to_vec(),
            ),
            _ => self.add_key_file(path),
        }
    }

    /// Takes a key from a file.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_key_file(&mut self, path: &Path) -> Result<(), GivenError> {
        let (name, bytes) = read(path)?;
        self.add_key(name, bytes)
    }

    /// Takes a key from a text that was pasted; blanks around it do not count.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_key_text(&mut self, text: &str) -> Result<(), GivenError> {
        self.add_key(self.name("pasted key"), text.trim().as_bytes().to_vec())
    }

    /// Takes an anchor from a file.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_anchor_file(&mut self, path: &Path) -> Result<(), GivenError> {
        let (name, bytes) = read(path)?;
        self.add_anchor(name, &bytes)
    }

    /// Takes an anchor from a text that was pasted.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_anchor_text(&mut self, text: &str) -> Result<(), GivenError> {
        // A signed note ends in a line feed; blanks before it are nobody's.
        let text = format!("{}\n", text.trim());
        self.add_anchor(self.name("pasted anchor"), text.as_bytes())
    }

    /// Takes the certificates of authorities, or the keys of witnesses, from a file.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_authority_file(&mut self, path: &Path) -> Result<(), GivenError> {
        let (name, bytes) = read(path)?;
        self.add_authorities(name, &bytes)
    }

    /// Takes them from a text that was pasted.
    ///
    /// # Errors
    /// See [`GivenError`].
    pub fn add_authority_text(&mut self, text: &str) -> Result<(), GivenError> {
        self.add_authorities(self.name("pasted certificate"), text.trim().as_bytes())
    }

    /// Takes an item away; whether it was there.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.all.len();
        self.all.retain(|given| given.item.id != id);
        self.all.len() < before
    }

    /// The items, without what they hold.
    pub fn items(&self) -> impl Iterator<Item = &GivenItem> {
        self.all.iter().map(|given| &given.item)
    }

    /// Puts all of them into a trust store.
    pub fn add_to(&self, trust: &mut TrustStore) {
        for given in &self.all {
            match &given.what {
                What::Key(key) => trust.given_keys.push(key.clone()),
                What::Anchor(anchor) => trust.anchors.push(anchor.clone()),
                What::Authority(TrustItem::Authority(found)) => {
                    trust.tsa_roots.push(found.der.clone());
                }
                What::Authority(TrustItem::Witness(key)) => trust.witnesses.push(key.clone()),
                // None of them is taken.
                What::Authority(TrustItem::Signer(_)) => {}
            }
        }
    }

    /// Remarks that go with every verdict: names, never content.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        self.items().map(|item| {
            let what = match item.kind {
                GivenKind::Key => "key",
                GivenKind::Anchor => "anchor",
                GivenKind::Authority => "trust in",
            };
            let GivenItem {
                name, looks_like, ..
            } = item;
            format!("The {what} \"{name}\" ({looks_like}) was given for this run only.")
        })
    }

    fn add_key(&mut self, name: String, bytes: Vec<u8>) -> Result<(), GivenError> {
        let looks_like = key_shape(&name, &bytes)?;
        let holds = |what: &What| matches!(what, What::Key(key) if key.bytes == bytes);
        if self.all.iter().any(|given| holds(&given.what)) {
            return Err(GivenError::Twice { name });
        }
        let key = GivenKey {
            name: name.clone(),
            bytes,
        };
        self.push(GivenKind::Key, name, looks_like.to_owned(), What::Key(key));
        Ok(())
    }

    fn add_anchor(&mut self, name: String, bytes: &[u8]) -> Result<(), GivenError> {
        if bytes.trim_ascii().is_empty() {
            return Err(GivenError::Empty { name });
        }
        let anchor = match Anchor::parse(bytes) {
            Ok(anchor) => anchor,
            Err(error) => return Err(GivenError::NoAnchor { name, error }),
        };
        let holds = |what: &What| matches!(what, What::Anchor(known) if *known == anchor);
        if self.all.iter().any(|given| holds(&given.what)) {
            return Err(GivenError::Twice { name });
        }
        let looks_like = match &anchor {
            Anchor::Checkpoint(_) => "checkpoint".to_owned(),
            Anchor::Head { count, .. } => format!("head after {} entries", grouped(*count)),
            Anchor::Token(_) => "timestamp token".to_owned(),
        };
        self.push(GivenKind::Anchor, name, looks_like, What::Anchor(anchor));
        Ok(())
    }

    fn add_authorities(&mut self, name: String, bytes: &[u8]) -> Result<(), GivenError> {
        if bytes.trim_ascii().is_empty() {
            return Err(GivenError::Empty { name });
        }
        let items = parse_trust(Path::new(&name), bytes);
        let items = items.map_err(|error| GivenError::NoAuthority(error.to_string()))?;
        if items
            .iter()
            .any(|item| matches!(item, TrustItem::Signer(_)))
        {
            return Err(GivenError::Signer { name });
        }
        let is_known = |item: &TrustItem| {
            let holds = |what: &What| matches!(what, What::Authority(known) if known == item);
            self.all.iter().any(|given| holds(&given.what))
        };
        let new: Vec<TrustItem> = items.into_iter().filter(|item| !is_known(item)).collect();
        if new.is_empty() {
            return Err(GivenError::Twice { name });
        }
        for item in new {
            // The fingerprint is what its owner can be asked for.
            let looks_like = format!(
                "{} {}, SHA-256 {}",
                item.kind(),
                item.name(),
                item.fingerprint()
            );
            self.push(
                GivenKind::Authority,
                name.clone(),
                looks_like,
                What::Authority(item),
            );
        }
        Ok(())
    }

    fn push(&mut self, kind: GivenKind, name: String, looks_like: String, what: What) {
        self.next += 1;
        let item = GivenItem {
            id: self.next,
            kind,
            name,
            looks_like,
        };
        self.all.push(Given { item, what });
    }

    /// A name for what has none: the second one is numbered.
    fn name(&self, what: &str) -> String {
        let is_so = |item: &&GivenItem| item.name.starts_with(what);
        match self.items().filter(is_so).count() {
            0 => what.to_owned(),
            before => format!("{what} ({})", before + 1),
        }
    }
}

fn read(path: &Path) -> Result<(String, Vec<u8>), GivenError> {
    let name = path.file_name().unwrap_or(path.as_os_str());
    let name = name.to_string_lossy().into_owned();
    let mut bytes = Vec::new();
    let reading = File::open(path).and_then(|file| {
        // One byte more tells a file that is too large.
        file.take(GIVEN_BYTES_MAX + 1).read_to_end(&mut bytes)
    });
    match reading {
        Err(error) => Err(GivenError::File {
            path: path.to_owned(),
            error,
        }),
        Ok(count) if count as u64 > GIVEN_BYTES_MAX => Err(GivenError::TooLarge { name }),
        Ok(_) => Ok((name, bytes)),
    }
}

/// What a key looks like; whether it fits, its format says when it checks.
fn key_shape(name: &str, bytes: &[u8]) -> Result<&'static str, GivenError> {
    let name = || name.to_owned();
    if bytes.trim_ascii().is_empty() {
        return Err(GivenError::Empty { name: name() });
    }
    // systemd's journal-authenticate.c: the file that journald seals with begins so.
    if bytes.starts_with(b"KSHHRHLP") {
        return Err(GivenError::Sealing { name: name() });
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim();
    let is_private = text.contains("PRIVATE KEY-----")
        || text.starts_with("PRIVATE+KEY+")
        || text.starts_with("AGE-SECRET-KEY-");
    if is_private {
        return Err(GivenError::Private { name: name() });
    }
    Ok(if sealscope_proof::VerifierKey::parse(text).is_ok() {
        "verifier key of a signer"
    } else if text.contains("\"PublicKeyList\"") {
        "list of CloudTrail public keys"
    } else if is_journal_key(text) {
        "journal verification key"
    } else if text.contains("-----BEGIN CERTIFICATE-----") {
        "certificate"
    } else if text.starts_with("-----BEGIN ") {
        "public key"
    } else {
        "text or bytes, such as an HMAC key"
    })
}

/// `24 hex digits/START-INTERVAL`, hyphens anywhere between the bytes of the seed.
fn is_journal_key(text: &str) -> bool {
    let Some((seed, times)) = text.split_once('/') else {
        return false;
    };
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seed = seed.replace('-', "");
    let times = times.split_once('-');
    seed.len() == 24 && is_hex(&seed) && times.is_some_and(|(a, b)| is_hex(a) && is_hex(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FSS: &str = "54c134-461b43-041cbd-cbc8a0/6516c-d693a400";

    fn looks(given: &GivenForRun) -> Vec<&str> {
        given.items().map(|item| item.looks_like.as_str()).collect()
    }

    #[test]
    fn a_key_is_named_by_its_file_and_known_by_its_shape() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("public-keys.json");
        std::fs::write(&file, br#"{"PublicKeyList": []}"#).expect("written");
        let mut given = GivenForRun::default();
        given.add_key_argument(file.as_os_str()).expect("a file");
        given.add_key_argument(OsStr::new(FSS)).expect("a literal");
        given
            .add_key_text("  sealscope-test-hmac-key\n")
            .expect("a text");
        given
            .add_key_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")
            .expect("PEM");
        assert_eq!(
            looks(&given),
            [
                "list of CloudTrail public keys",
                "journal verification key",
                "text or bytes, such as an HMAC key",
                "public key"
            ]
        );
        let names: Vec<&str> = given.items().map(|item| item.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "public-keys.json",
                "given on the command line",
                "pasted key",
                "pasted key (2)"
            ]
        );
        let mut trust = TrustStore::default();
        given.add_to(&mut trust);
        assert_eq!(trust.given_keys[2].bytes, b"sealscope-test-hmac-key");
        assert!(given.remove(2) && !given.remove(2));
        assert_eq!(given.items().count(), 3);
    }

    #[test]
    fn no_note_holds_what_was_given() {
        let mut given = GivenForRun::default();
        given.add_key_text("a secret of somebody").expect("a key");
        given
            .add_anchor_text(&format!("1204 {}", "ab".repeat(32)))
            .expect("a head");
        let notes: Vec<String> = given.notes().collect();
        assert_eq!(
            notes,
            [
                "The key \"pasted key\" (text or bytes, such as an HMAC key) was given for this \
                 run only.",
                "The anchor \"pasted anchor\" (head after 1,204 entries) was given for this \
                 run only."
            ]
        );
        assert!(!format!("{given:?}").contains("secret"));
    }

    #[test]
    fn an_authority_counts_for_the_run_and_shows_its_fingerprint() {
        let made = sealscope_testkit::timestamp::TokenPlan::default().stamp(b"x");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("root.der");
        std::fs::write(&file, &made.root).expect("written");
        let mut given = GivenForRun::default();
        given.add_authority_file(&file).expect("a certificate");
        let mut trust = TrustStore::default();
        given.add_to(&mut trust);
        assert_eq!(trust.tsa_roots, std::slice::from_ref(&made.root));
        let hex = sealscope_proof::sha256(&made.root).to_hex();
        let looks = looks(&given).join("");
        assert!(looks.starts_with("timestamping authority "), "{looks}");
        assert!(looks.ends_with(&hex), "{looks}");
        let twice = given.add_authority_file(&file).expect_err("twice");
        assert!(matches!(twice, GivenError::Twice { .. }));
        let none = given.add_authority_text("hello").expect_err("no key");
        assert!(none.next_step().contains("root certificate"));
        let key = sealscope_proof::Signer::from_seed("example.org/s", &[7; 32]).expect("valid");
        let signer = given.add_authority_text(&key.verifier().to_vkey());
        assert!(
            matches!(signer, Err(GivenError::Signer { .. })),
            "{signer:?}"
        );
    }

    #[test]
    fn what_cannot_check_anything_is_refused_with_what_to_do() {
        let mut given = GivenForRun::default();
        let mut refused = |text: &str| {
            let error = given.add_key_text(text).expect_err("refused");
            format!("{error}. {}", error.next_step())
        };
        assert!(refused(" \n").contains("is empty"));
        assert!(refused("-----BEGIN RSA PRIVATE KEY-----\nAA").contains("public key that belongs"));
        assert!(refused("PRIVATE+KEY+acme+00000000+AAAA").contains("is a private key"));
        assert!(refused("KSHHRHLP...").contains("--setup-keys"));
        let mut given = GivenForRun::default();
        given.add_key_text(FSS).expect("a key");
        let twice = given.add_key_text(FSS).expect_err("twice");
        assert!(matches!(twice, GivenError::Twice { .. }));
        let error = given.add_anchor_text("not an anchor").expect_err("refused");
        assert!(error.next_step().contains("COUNT HEX"));
        let error = given
            .add_key_file(Path::new("/nowhere/k"))
            .expect_err("no file");
        assert!(error.to_string().contains("/nowhere/k"));
    }
}
