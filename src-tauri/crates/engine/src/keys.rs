//! Keys that seal: made here, kept in files, read again.
//!
//! A private key file holds one line in the form of Go's `sumdb/note`,
//! `PRIVATE+KEY+<name>+<key id in 8 hex digits>+<base64(0x01 || seed)>`, or, when a passphrase was
//! given, that line encrypted with age (scrypt, armored), so that `age -d` opens it too. The public
//! file beside it holds the vkey (C2SP signed-note).

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_proof::{KeyError, Signer, VerifierKey};
use zeroize::Zeroizing;

const PRIVATE_PREFIX: &str = "PRIVATE+KEY+";
const AGE_ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const ED25519: u8 = 0x01;
/// Bytes of a key file that are read: many times what any form of it needs.
const KEY_FILE_BYTES_MAX: u64 = 64 << 10;

/// Why a key cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A key is never written over.
    #[error("{path} exists already; choose another name, or move the old key away")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{path} is no private key: {why}")]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// What was expected, or found.
        why: &'static str,
    },
    /// The file holds no vkey.
    #[error("{path}, line {line}: {error}")]
    NotPublic {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        error: KeyError,
    },
    /// The file holds no certificate that can be used.
    #[error("{path} holds no certificate that can be used: {why}")]
    NotCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file has no key at all.
    #[error("{path} holds no key; a vkey reads NAME+HEX8+BASE64")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The key is encrypted.
    #[error("{path} is protected by a passphrase; give it with --passphrase-file")]
    NeedsPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase is another one.
    #[error("the passphrase does not open {path}")]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase file has no text.
    #[error("{path} holds no passphrase: its first line is empty")]
    EmptyPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// A name that cannot stand in a signature line.
    #[error("the key name {name:?} cannot be used: {error}")]
    Name {
        /// The name.
        name: String,
        /// Why.
        error: KeyError,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
}

/// A passphrase; its memory is cleared when it is dropped.
pub struct Passphrase(Zeroizing<String>);

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

impl Passphrase {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The first line of a file, without its line end.
    ///
    /// # Errors
    /// When the file cannot be read, or its first line is empty.
    pub fn from_file(path: &Path) -> Result<Self, KeyFileError> {
        let text = read_text(path)?;
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            return Err(KeyFileError::EmptyPassphrase {
                path: path.to_owned(),
            });
        }
        Ok(Self::new(line.to_owned()))
    }

    fn secret(&self) -> SecretString {
        SecretString::from(self.0.as_str().to_owned())
    }
}

/// What [`keygen`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The private key's file, mode 0600.
    pub key_path: PathBuf,
    /// The public key's file.
    pub vkey_path: PathBuf,
    /// The public key.
    pub verifier: VerifierKey,
}

/// Makes a key from the system's randomness: `PATH.key` and `PATH.vkey`, neither of which may
/// exist.
///
/// # Errors
/// See [`KeyFileError`]. Nothing is left behind when it fails.
pub fn keygen(
    path: &Path,
    name: &str,
    passphrase: Option<&Passphrase>,
) -> Result<NewKey, KeyFileError> {
    let mut seed = Zeroizing::new([0u8; 32]);
    getrandom::fill(seed.as_mut()).map_err(|error| KeyFileError::Random(error.to_string()))?;
    let signer = signer_of(name, &seed)?;
    let (key_path, vkey_path) = (with_suffix(path, ".key"), with_suffix(path, ".vkey"));
    if vkey_path.symlink_metadata().is_ok() {
        return Err(KeyFileError::Exists { path: vkey_path });
    }
    let text = private_text(&signer, &seed);
    let stored = match passphrase {
        None => text,
        Some(passphrase) => encrypt(&text, passphrase).map_err(|error| KeyFileError::File {
            path: key_path.clone(),
            error,
        })?,
    };
    write_new(&key_path, stored.as_bytes(), 0o600)?;
    let vkey = format!("{}\n", signer.verifier().to_vkey());
    if let Err(error) = write_new(&vkey_path, vkey.as_bytes(), 0o644) {
        // A private key whose public half is nowhere is of no use.
        let _ = std::fs::remove_file(&key_path);
        return Err(error);
    }
    Ok(NewKey {
        key_path,
        vkey_path,
        verifier: signer.verifier().clone(),
    })
}

/// Reads a private key of either form.
///
/// # Errors
/// See [`KeyFileError`].
pub fn load_signer(path: &Path, passphrase: Option<&Passphrase>) -> Result<Signer, KeyFileError> {
    let text = read_text(path)?;
    if !text.trim_start().starts_with(AGE_ARMOR) {
        return parse_private(path, text.trim());
    }
    let passphrase = passphrase.ok_or_else(|| KeyFileError::NeedsPassphrase {
        path: path.to_owned(),
    })?;
    let text = decrypt(path, text.as_bytes(), passphrase)?;
    parse_private(path, text.trim())
}

/// Whether the private key in a file is protected by a passphrase.
///
/// # Errors
/// When the file cannot be read.
pub fn needs_passphrase(path: &Path) -> Result<bool, KeyFileError> {
    Ok(read_text(path)?.trim_start().starts_with(AGE_ARMOR))
}

/// Whether others than its owner may read a private key's file. False where the system cannot tell.
#[must_use]
pub fn is_exposed(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode());
        mode.is_ok_and(|mode| mode & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// Reads public keys, one vkey a line; blank lines and lines that begin with `#` are passed over.
///
/// # Errors
/// See [`KeyFileError`].
pub fn load_vkeys(path: &Path) -> Result<Vec<VerifierKey>, KeyFileError> {
    let text = read_text(path)?;
    let mut keys = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let key = VerifierKey::parse(line).map_err(|error| KeyFileError::NotPublic {
            path: path.to_owned(),
            line: number + 1,
            error,
        })?;
        keys.push(key);
    }
    if keys.is_empty() {
        return Err(KeyFileError::NoKey {
            path: path.to_owned(),
        });
    }
    Ok(keys)
}

fn signer_of(name: &str, seed: &[u8; 32]) -> Result<Signer, KeyFileError> {
    Signer::from_seed(name, seed).map_err(|error| KeyFileError::Name {
        name: name.to_owned(),
        error,
    })
}

fn private_text(signer: &Signer, seed: &[u8; 32]) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(vec![ED25519]);
    bytes.extend_from_slice(seed);
    let encoded = Zeroizing::new(BASE64.encode(&*bytes));
    let (name, id) = (signer.verifier().name(), signer.verifier().id_hex());
    Zeroizing::new(format!(
        "{PRIVATE_PREFIX}{name}+{id}+{}\n",
        encoded.as_str()
    ))
}

fn parse_private(path: &Path, text: &str) -> Result<Signer, KeyFileError> {
    let not_private = |why| KeyFileError::NotPrivate {
        path: path.to_owned(),
        why,
    };
    let Some(rest) = text.strip_prefix(PRIVATE_PREFIX) else {
        return Err(not_private(if VerifierKey::parse(text).is_ok() {
            "it is the public half; sealing needs the .key file"
        } else {
            "it does not begin with PRIVATE+KEY+"
        }));
    };
    let mut parts = rest.splitn(3, '+');
    let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(not_private("it does not read PRIVATE+KEY+NAME+HEX8+BASE64"));
    };
    let bytes = BASE64
        .decode(encoded)
        .map(Zeroizing::new)
        .map_err(|_| not_private("its last part is no base64"))?;
    let seed = match bytes.split_first() {
        Some((&ED25519, seed)) => <[u8; 32]>::try_from(seed),
        _ => return Err(not_private("it is no Ed25519 key")),
    };
    let seed = Zeroizing::new(seed.map_err(|_| not_private("its seed is not 32 bytes"))?);
    let signer = signer_of(name, &seed)?;
    if signer.verifier().id_hex() == id {
        Ok(signer)
    } else {
        Err(not_private(
            "its key id does not belong to its name and seed",
        ))
    }
}

fn encrypt(text: &str, passphrase: &Passphrase) -> io::Result<Zeroizing<String>> {
    use age::armor::{ArmoredWriter, Format};
    let encryptor = age::Encryptor::with_user_passphrase(passphrase.secret());
    let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor)?;
    let mut writer = encryptor.wrap_output(armor)?;
    writer.write_all(text.as_bytes())?;
    let armored = writer.finish()?.finish()?;
    String::from_utf8(armored)
        .map(Zeroizing::new)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn decrypt(
    path: &Path,
    armored: &[u8],
    passphrase: &Passphrase,
) -> Result<Zeroizing<String>, KeyFileError> {
    use age::DecryptError;
    let failed = |error: DecryptError| match error {
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys => KeyFileError::WrongPassphrase {
            path: path.to_owned(),
        },
        DecryptError::ExcessiveWork { .. } => KeyFileError::NotPrivate {
            path: path.to_owned(),
            why: "its passphrase asks for more work than this machine should do",
        },
        DecryptError::Io(error) => KeyFileError::File {
            path: path.to_owned(),
            error,
        },
        _ => KeyFileError::NotPrivate {
            path: path.to_owned(),
            why: "it is a damaged age file, or one for recipients instead of a passphrase",
        },
    };
    let armor = age::armor::ArmoredReader::new(armored);
    let decryptor = age::Decryptor::new(armor).map_err(failed)?;
    let identity = age::scrypt::Identity::new(passphrase.secret());
    let identities = std::iter::once(&identity as &dyn age::Identity);
    let reader = decryptor.decrypt(identities).map_err(failed)?;
    let mut text = Zeroizing::new(String::new());
    reader
        .take(KEY_FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .map_err(|error| KeyFileError::File {
            path: path.to_owned(),
            error,
        })?;
    Ok(text)
}

/// The path with a suffix behind its last part, whatever extension that has.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let in_file = |error| KeyFileError::File {
        path: path.to_owned(),
        error,
    };
    let file = std::fs::File::open(path).map_err(in_file)?;
    let mut text = Zeroizing::new(String::new());
    let read = file.take(KEY_FILE_BYTES_MAX + 1).read_to_string(&mut text);
    match read.map_err(in_file)? as u64 {
        bytes if bytes <= KEY_FILE_BYTES_MAX => Ok(text),
        _ => Err(in_file(io::Error::new(
            io::ErrorKind::InvalidData,
            "it is too long to be a key",
        ))),
    }
}

/// Writes a file that must not exist yet, and returns once it is on the disk.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyFileError> {
    let in_file = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists {
            path: path.to_owned(),
        },
        _ => KeyFileError::File {
            path: path.to_owned(),
            error,
        },
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(in_file)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // Half a key is worse than none.
        let _ = std::fs::remove_file(path);
        return Err(in_file(error));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn a_key_made_is_read_again_and_signs_for_its_vkey() {
        let folder = folder();
        let new = keygen(&folder.path().join("case.v1"), "example.org/me", None).expect("made");
        assert!(new.key_path.ends_with("case.v1.key"));
        let signer = load_signer(&new.key_path, None).expect("it reads");
        assert_eq!(
            load_vkeys(&new.vkey_path).expect("it reads"),
            [signer.verifier().clone()]
        );
        assert_eq!(signer.verifier(), &new.verifier);
    }

    #[test]
    fn two_keys_are_never_the_same() {
        let folder = folder();
        let make = |name: &str| keygen(&folder.path().join(name), "me", None).expect("made");
        assert_ne!(make("a").verifier, make("b").verifier);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_a_private_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        let new = keygen(&folder.path().join("k"), "me", None).expect("made");
        let mode = |path: &Path| {
            std::fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode()
        };
        assert_eq!(mode(&new.key_path) & 0o777, 0o600);
        assert!(!is_exposed(&new.key_path));
        std::fs::set_permissions(&new.key_path, std::fs::Permissions::from_mode(0o640))
            .expect("set");
        assert!(is_exposed(&new.key_path));
    }

    #[test]
    fn a_key_is_never_written_over() {
        let folder = folder();
        let path = folder.path().join("k");
        let first = keygen(&path, "me", None).expect("made");
        let before = std::fs::read(&first.key_path).expect("it reads");
        assert!(matches!(
            keygen(&path, "me", None),
            Err(KeyFileError::Exists { .. })
        ));
        std::fs::remove_file(&first.vkey_path).expect("removed");
        assert!(matches!(
            keygen(&path, "me", None),
            Err(KeyFileError::Exists { .. })
        ));
        assert_eq!(std::fs::read(&first.key_path).expect("it reads"), before);
        std::fs::rename(&first.key_path, folder.path().join("old")).expect("renamed");
        std::fs::write(&first.vkey_path, "taken").expect("written");
        assert!(matches!(
            keygen(&path, "me", None),
            Err(KeyFileError::Exists { .. })
        ));
        assert!(!first.key_path.exists(), "no half of a pair is left behind");
    }

    #[test]
    fn a_protected_key_opens_with_its_passphrase_and_with_no_other() {
        let folder = folder();
        let right = Passphrase::new("correct horse".to_owned());
        let new = keygen(&folder.path().join("k"), "me", Some(&right)).expect("made");
        let stored = std::fs::read_to_string(&new.key_path).expect("it reads");
        assert!(stored.starts_with(AGE_ARMOR) && !stored.contains("PRIVATE"));
        assert_eq!(needs_passphrase(&new.key_path).ok(), Some(true));
        let read = load_signer(&new.key_path, Some(&right)).expect("it opens");
        assert_eq!(read.verifier(), &new.verifier);
        let none = load_signer(&new.key_path, None);
        assert!(matches!(none, Err(KeyFileError::NeedsPassphrase { .. })));
        let wrong = load_signer(&new.key_path, Some(&Passphrase::new("battery".to_owned())));
        assert!(matches!(wrong, Err(KeyFileError::WrongPassphrase { .. })));
    }

    #[test]
    fn a_key_of_the_go_tools_reads() {
        // The example key of golang.org/x/mod/sumdb/note, whose vkey is published beside it.
        let folder = folder();
        let path = folder.path().join("go.key");
        let text = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        std::fs::write(&path, text).expect("written");
        let signer = load_signer(&path, None).expect("it reads");
        assert_eq!(
            signer.verifier().to_vkey(),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        );
    }

    #[test]
    fn what_is_no_private_key_is_refused_with_the_reason() {
        let folder = folder();
        let path = folder.path().join("k.key");
        let new = keygen(&folder.path().join("k2"), "me", None).expect("made");
        let good = std::fs::read_to_string(&new.key_path).expect("it reads");
        for (text, part) in [
            (new.verifier.to_vkey(), "public half"),
            ("hello".to_owned(), "PRIVATE+KEY+"),
            ("PRIVATE+KEY+me".to_owned(), "NAME+HEX8+BASE64"),
            ("PRIVATE+KEY+me+00000000+!".to_owned(), "base64"),
            ("PRIVATE+KEY+me+00000000+AgAA".to_owned(), "Ed25519"),
            ("PRIVATE+KEY+me+00000000+AQAA".to_owned(), "32 bytes"),
            (good.replace("+me+", "+you+"), "key id"),
            (format!("{AGE_ARMOR}\nnonsense\n"), "passphrase"),
        ] {
            std::fs::write(&path, &text).expect("written");
            let error = load_signer(&path, None)
                .expect_err("it is refused")
                .to_string();
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_trust_file_lists_keys_between_comments_and_names_a_bad_line() {
        let folder = folder();
        let new = keygen(&folder.path().join("k"), "me", None).expect("made");
        let path = folder.path().join("trust.txt");
        let vkey = new.verifier.to_vkey();
        std::fs::write(&path, format!("# ours\n\n{vkey}\n")).expect("written");
        assert_eq!(load_vkeys(&path).expect("it reads"), [new.verifier]);
        std::fs::write(&path, format!("{vkey}\nnonsense\n")).expect("written");
        let error = load_vkeys(&path).expect_err("line 2 is no key");
        assert!(matches!(error, KeyFileError::NotPublic { line: 2, .. }));
        std::fs::write(&path, "# nothing\n").expect("written");
        assert!(matches!(load_vkeys(&path), Err(KeyFileError::NoKey { .. })));
    }
}
