//! The keys that the examiner gave, as a chain can use them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use sealscope_archive::chained_jsonl::{
    Before, ChainProfile, ChainedArchive, EntryReader, OwnDigest, SignatureAlg,
};
use sealscope_archive::{Archive as _, Segment};

use super::check;
use super::findings::LinkFindings;
use crate::trust::{GivenKey, TrustStore};

/// Entries of a segment that a key is tried on.
const TRIED_ENTRIES: usize = 64;
/// Keys that are tried.
const KEYS_MAX: usize = 64;

/// A key that makes signatures, or digests, of this log.
#[derive(Clone)]
pub(super) enum Key {
    Secret(Vec<u8>),
    Ed25519(Box<VerifyingKey>),
}

impl std::fmt::Debug for Key {
    // A secret never gets into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret(..)",
            Self::Ed25519(_) => "Ed25519(..)",
        })
    }
}

/// The keys, made ready once for an archive.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(super) profile: Arc<ChainProfile>,
    /// The secret that the digests are made with, with its name.
    pub(super) digest_key: Option<(Vec<u8>, String)>,
    /// The key that made the signatures, with its name.
    pub(super) signature_key: Option<(Key, String)>,
    /// Whether the examiner gave any key.
    pub(super) any_given: bool,
}

impl Keys {
    pub(crate) fn new(archive: &ChainedArchive, trust: &TrustStore) -> Self {
        let profile = Arc::clone(archive.profile());
        let mut keys = Self {
            digest_key: None,
            signature_key: None,
            any_given: !trust.given_keys.is_empty(),
            profile,
        };
        let given = || trust.given_keys.iter().take(KEYS_MAX);
        let needs_keys = keys.profile.is_keyed() || keys.profile.signature().is_some();
        if !needs_keys || !keys.any_given {
            return keys;
        }
        let count = archive.segment_count();
        let mut ordinals = vec![0, count / 2, count.saturating_sub(1)];
        ordinals.dedup();
        for ordinal in ordinals {
            let Ok(segment) = archive.read_segment(ordinal, None) else {
                continue;
            };
            if keys.digest_key.is_none() && keys.profile.is_keyed() {
                keys.digest_key = given().find_map(|key| keys.makes_digests(&segment, key));
            }
            if keys.signature_key.is_none() && keys.profile.signature().is_some() {
                keys.signature_key = given().find_map(|key| keys.made_signatures(&segment, key));
            }
        }
        keys
    }

    /// Checks one segment against its seals; runs on many threads at once.
    pub(crate) fn check(&self, segment: &Segment) -> LinkFindings {
        check::check(self, segment)
    }

    pub(super) fn digest_secret(&self) -> Option<&[u8]> {
        self.digest_key.as_ref().map(|(key, _)| key.as_slice())
    }

    /// The form of a key under which it makes the digest of any of the first entries.
    fn makes_digests(&self, segment: &Segment, key: &GivenKey) -> Option<(Vec<u8>, String)> {
        let mut reader = EntryReader::new(Arc::clone(&self.profile));
        secrets(&key.bytes)
            .into_iter()
            .find(|secret| {
                let mut line: &[u8] = &[];
                let mut id = Vec::new();
                segment.entry_bytes().take(TRIED_ENTRIES).any(|entry| {
                    let before = std::mem::replace(&mut line, entry);
                    if reader.read(entry).is_err() {
                        return false;
                    }
                    let named = reader.prev(entry);
                    let own = reader.own(entry).map(std::borrow::Cow::into_owned);
                    let before_id = std::mem::take(&mut id);
                    let digest = if self.profile.has_prev() {
                        named.text()
                    } else {
                        &before_id
                    };
                    let before = Before {
                        digest,
                        line: before,
                    };
                    match own {
                        Some(own) => {
                            let holds = reader.check_own(entry, &own, before, Some(secret));
                            id = own;
                            holds == OwnDigest::Holds
                        }
                        // Each names the one before: the digest just made is looked for there.
                        None => {
                            let holds = !before_id.is_empty() && named.text() == before_id;
                            if let Ok(made) = reader.link_digest(entry, Some(secret)) {
                                id = self.profile.write_digest(made.as_slice());
                            }
                            holds
                        }
                    }
                })
            })
            .map(|secret| (secret, key.name.clone()))
    }

    /// The form of a key that made any of the first entries' signatures.
    fn made_signatures(&self, segment: &Segment, key: &GivenKey) -> Option<(Key, String)> {
        let alg = self.profile.signature()?.alg;
        let forms: Vec<Key> = match alg {
            SignatureAlg::Hmac(_) => secrets(&key.bytes).into_iter().map(Key::Secret).collect(),
            SignatureAlg::Ed25519 => public_key(&key.bytes)
                .map(|key| Key::Ed25519(Box::new(key)))
                .into_iter()
                .collect(),
        };
        let mut reader = EntryReader::new(Arc::clone(&self.profile));
        forms
            .into_iter()
            .find(|form| {
                segment.entry_bytes().take(TRIED_ENTRIES).any(|entry| {
                    if reader.read(entry).is_err() {
                        return false;
                    }
                    let own = reader.own(entry).map(std::borrow::Cow::into_owned);
                    let named = reader.prev(entry);
                    let before = Before {
                        digest: named.text(),
                        line: b"",
                    };
                    let signature = reader.signature(entry).and_then(Result::ok);
                    signature.is_some_and(|signature| {
                        let own = own.unwrap_or_default();
                        let signed = reader.signed_bytes(entry, &own, before);
                        signed.is_ok_and(|bytes| holds(alg, form, bytes, &signature))
                    })
                })
            })
            .map(|form| (form, key.name.clone()))
    }
}

/// Whether a key made a signature over bytes.
pub(super) fn holds(alg: SignatureAlg, key: &Key, bytes: &[u8], signature: &[u8]) -> bool {
    match (alg, key) {
        (SignatureAlg::Hmac(alg), Key::Secret(secret)) => {
            let made = alg.mac(secret, bytes);
            made.is_some_and(|made| made.as_slice() == signature)
        }
        (SignatureAlg::Ed25519, Key::Ed25519(key)) => Signature::from_slice(signature)
            .is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok()),
        _ => false,
    }
}

/// What the bytes given may stand for: themselves, without the line end of a file, or in hex.
fn secrets(given: &[u8]) -> Vec<Vec<u8>> {
    use sealscope_archive::chained_jsonl::Encoding;
    let line = given.trim_ascii_end();
    let mut all = vec![given.to_vec()];
    if line != given {
        all.push(line.to_vec());
    }
    all.extend(
        Encoding::HexLower
            .read(line)
            .filter(|bytes| !bytes.is_empty()),
    );
    all
}

/// A public key: a vkey line, PEM, or 32 bytes as they are, in hex or in base64.
fn public_key(given: &[u8]) -> Option<VerifyingKey> {
    use sealscope_archive::chained_jsonl::Encoding;
    let key = |bytes: &[u8]| VerifyingKey::from_bytes(bytes.try_into().ok()?).ok();
    if let Some(found) = key(given) {
        return Some(found);
    }
    let text = std::str::from_utf8(given).ok()?.trim();
    if let Some(found) = Encoding::HexLower
        .read(text.as_bytes())
        .and_then(|bytes| key(&bytes))
    {
        return Some(found);
    }
    if text.starts_with("-----BEGIN PUBLIC KEY-----") {
        let body: String = text
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = BASE64.decode(body).ok()?;
        // RFC 8410 §4: twelve bytes say that it is Ed25519.
        let header = [
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ];
        return key(der.strip_prefix(&header)?);
    }
    if sealscope_proof::VerifierKey::parse(text).is_ok() {
        let bytes = BASE64.decode(text.splitn(3, '+').nth(2)?).ok()?;
        return key(bytes.get(1..)?);
    }
    key(&BASE64.decode(text).ok()?)
}
