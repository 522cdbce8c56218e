//! What a file of trust can hold beside keys that seal: witnesses, and certificates of timestamping
//! authorities; and what was given for one run only.

use std::path::{Path, PathBuf};

use sealscope_proof::{KeyError, VerifierKey, WitnessKey, sha256};
use sealscope_verify::{OriginPattern, TrustStore, TrustedKey, certificate_name, pem_blocks};

use crate::given::GivenForRun;
use crate::keys::KeyFileError;

/// Bytes of a trust file that are read: a bundle of some hundred certificates.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// One thing that can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustItem {
    /// A key that seals archives.
    Signer(VerifierKey),
    /// A key whose cosignatures count.
    Witness(WitnessKey),
    /// A certificate to which the chain of a timestamp may lead.
    Authority(Authority),
}

/// The certificate of a timestamping authority, or of one above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// The certificate, DER.
    pub der: Vec<u8>,
    /// Its subject: hostile text.
    pub name: String,
}

impl Authority {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// Why it is none that can be used.
    pub fn parse(der: &[u8]) -> Result<Self, String> {
        Ok(Self {
            der: der.to_vec(),
            name: certificate_name(der)?,
        })
    }

    /// What two people compare: SHA-256 of the certificate, in hex.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        sha256(&self.der).to_hex()
    }
}

impl TrustItem {
    /// The name on its signatures, or the subject: hostile text.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Signer(key) => key.name(),
            Self::Witness(key) => key.name(),
            Self::Authority(authority) => &authority.name,
        }
    }

    /// What two people compare, in hex.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Signer(key) => key.fingerprint(),
            Self::Witness(key) => key.fingerprint(),
            Self::Authority(authority) => authority.fingerprint(),
        }
    }

    /// Eight hex digits to name it by: the key id, or the first of the fingerprint.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Signer(key) => key.id_hex(),
            Self::Witness(key) => key.id_hex(),
            Self::Authority(authority) => authority.fingerprint().chars().take(8).collect(),
        }
    }

    /// What it is, in a word or two.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Signer(_) => "key",
            Self::Witness(_) => "witness",
            Self::Authority(_) => "timestamping authority",
        }
    }
}

/// Reads what a file of trust holds: vkeys of signers and witnesses, one a line, or certificates in
/// PEM or DER.
///
/// # Errors
/// See [`KeyFileError`].
pub fn load_trust(path: &Path) -> Result<Vec<TrustItem>, KeyFileError> {
    parse_trust(path, &read_at_most(path, FILE_BYTES_MAX)?)
}

/// The same of bytes at hand; `path` names them in errors.
pub(crate) fn parse_trust(path: &Path, bytes: &[u8]) -> Result<Vec<TrustItem>, KeyFileError> {
    let no_certificate = |why: String| KeyFileError::NotCertificate {
        path: path.to_owned(),
        why,
    };
    if bytes.first() == Some(&0x30) {
        let read = Authority::parse(bytes).map_err(no_certificate)?;
        return Ok(vec![TrustItem::Authority(read)]);
    }
    if bytes.starts_with(b"-----BEGIN ") || contains(bytes, b"\n-----BEGIN CERTIFICATE-----") {
        let blocks = pem_blocks(bytes);
        let blocks = blocks.ok_or_else(|| no_certificate("its PEM is not whole".to_owned()))?;
        let mut items = Vec::new();
        for block in blocks {
            if block.label != "CERTIFICATE" {
                return Err(no_certificate(format!("it holds a {:?}", block.label)));
            }
            let read = Authority::parse(&block.der).map_err(no_certificate)?;
            items.push(TrustItem::Authority(read));
        }
        return Ok(items);
    }
    let text = String::from_utf8_lossy(bytes);
    let mut items = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let item = match VerifierKey::parse(line) {
            Ok(key) => Ok(TrustItem::Signer(key)),
            Err(KeyError::Type(4)) => WitnessKey::parse(line).map(TrustItem::Witness),
            Err(error) => Err(error),
        };
        items.push(item.map_err(|error| KeyFileError::NotPublic {
            path: path.to_owned(),
            line: number + 1,
            error,
        })?);
    }
    if items.is_empty() {
        return Err(KeyFileError::NoKey {
            path: path.to_owned(),
        });
    }
    Ok(items)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(bytes, part).is_some()
}

/// What was given for one run: it counts beside the trust store, and nothing of it is kept.
#[derive(Debug, Clone, Default)]
pub struct RunTrust {
    /// From `--trust`.
    pub items: Vec<TrustItem>,
    /// From `--key` and `--anchor`.
    pub given: GivenForRun,
}

impl RunTrust {
    /// Adds everything to a store; returns the remarks that go with every verdict.
    pub fn add_to(&self, store: &mut TrustStore) -> Vec<String> {
        let mut notes = Vec::new();
        for item in &self.items {
            let (kind, name, id) = (item.kind(), item.name(), item.id());
            notes.push(match item {
                TrustItem::Signer(key) => {
                    store.add(TrustedKey {
                        key: key.clone(),
                        origin: OriginPattern::any(),
                    });
                    format!(
                        "The key {name} ({id}) was given for this run only and counts for any \
                         origin."
                    )
                }
                TrustItem::Witness(key) => {
                    store.witnesses.push(key.clone());
                    format!("The {kind} {name} ({id}) was given for this run only.")
                }
                TrustItem::Authority(authority) => {
                    store.tsa_roots.push(authority.der.clone());
                    format!("The {kind} {name} ({id}) was given for this run only.")
                }
            });
        }
        self.given.add_to(store);
        notes.extend(self.given.notes());
        notes
    }
}

/// What the files given for one run hold (`--trust FILE`); keys count for any origin.
///
/// # Errors
/// When a file cannot be read or holds something else.
pub fn trust_for_this_run(files: &[PathBuf]) -> Result<RunTrust, KeyFileError> {
    let mut given = RunTrust::default();
    for file in files {
        given.items.extend(load_trust(file)?);
    }
    Ok(given)
}

fn read_at_most(path: &Path, bytes_max: u64) -> Result<Vec<u8>, KeyFileError> {
    use std::io::Read as _;
    let failed = |error| KeyFileError::File {
        path: path.to_owned(),
        error,
    };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(bytes_max)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}
