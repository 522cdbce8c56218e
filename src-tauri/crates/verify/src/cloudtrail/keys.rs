//! Public keys: the output of `aws cloudtrail list-public-keys`, or a single key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::sha2::Sha256;
use rsa::signature::Verifier as _;
use sealscope_archive::cloudtrail::KeyFile;
use serde::Deserialize;

use crate::trust::TrustStore;

/// Keys that are tried; a list for years of one region has some dozens.
const KEYS_MAX: usize = 10_000;

/// The keys at hand.
#[derive(Debug, Default)]
pub(super) struct KeyRing {
    keys: Vec<PublicKey>,
    /// What to say of files that hold no usable key.
    pub(super) notes: Vec<String>,
}

struct PublicKey {
    /// 32 hex digits, as the list gives them; `None` for a single key.
    fingerprint: Option<String>,
    key: VerifyingKey<Sha256>,
    /// Whether the examiner gave it; otherwise it lay beside the evidence.
    is_given: bool,
    /// The file that it was in.
    file: String,
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "PublicKey({:?}, given: {})",
            self.fingerprint, self.is_given
        )
    }
}

/// What the keys make of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Signed {
    /// A key that the examiner gave made it.
    Given,
    /// A key that lay beside the evidence made it, in this file.
    Beside(String),
    /// The key of that fingerprint did not make it.
    Bad,
    /// No key of that fingerprint is at hand; keys without one did not make it either.
    NoKey,
    /// It is no signature of a known form.
    Malformed,
}

#[derive(Deserialize)]
struct KeyList {
    #[serde(rename = "PublicKeyList")]
    keys: Vec<ListedKey>,
}

#[derive(Deserialize)]
struct ListedKey {
    #[serde(rename = "Value")]
    value: String,
    #[serde(rename = "Fingerprint")]
    fingerprint: String,
}

impl KeyRing {
    pub(super) fn new(beside: &[KeyFile], trust: &TrustStore) -> Self {
        let mut ring = Self::default();
        for given in &trust.given_keys {
            ring.take(&given.name, &given.bytes, true);
        }
        for file in beside {
            ring.take(&file.file, &file.bytes, false);
        }
        ring
    }

    /// Whether the examiner gave any key that can be used here.
    pub(super) fn has_given(&self) -> bool {
        self.keys.iter().any(|key| key.is_given)
    }

    fn take(&mut self, file: &str, bytes: &[u8], is_given: bool) {
        let before = self.keys.len();
        if let Ok(list) = serde_json::from_slice::<KeyList>(bytes) {
            for listed in list.keys.iter().take(KEYS_MAX) {
                let der = STANDARD.decode(listed.value.trim()).ok();
                match der.as_deref().and_then(key_of_der) {
                    Some(key) => self.add(Some(listed.fingerprint.clone()), key, is_given, file),
                    None => self.notes.push(format!(
                        "The key with the fingerprint {} in {file} cannot be read.",
                        listed.fingerprint
                    )),
                }
            }
        } else if let Some(key) = single_key(bytes) {
            self.add(None, key, is_given, file);
        }
        if self.keys.len() == before {
            self.notes
                .push(format!("{file} holds no public key that can be used here."));
        }
    }

    fn add(
        &mut self,
        fingerprint: Option<String>,
        key: rsa::PublicKey,
        is_given: bool,
        file: &str,
    ) {
        if self.keys.len() < KEYS_MAX {
            let (key, file) = (VerifyingKey::new(key), file.to_owned());
            self.keys.push(PublicKey {
                fingerprint,
                key,
                is_given,
                file,
            });
        }
    }

    /// Judges a signature (hex digits) over a message, by the key of a fingerprint. Keys that the
    /// examiner gave go before those beside the evidence.
    pub(super) fn judge(&self, fingerprint: Option<&str>, message: &[u8], hex: &str) -> Signed {
        let signature = bytes_of_hex(hex);
        let Some(signature) = signature.and_then(|bytes| Signature::try_from(&bytes[..]).ok())
        else {
            return Signed::Malformed;
        };
        let is_named = |key: &&PublicKey| match (&key.fingerprint, fingerprint) {
            (Some(own), Some(named)) => own.eq_ignore_ascii_case(named),
            _ => false,
        };
        let has_made = |key: &&PublicKey| key.key.verify(message, &signature).is_ok();
        for is_given in [true, false] {
            let of = || self.keys.iter().filter(move |key| key.is_given == is_given);
            let mut fit = of()
                .filter(|key| key.fingerprint.is_none() || fingerprint.is_none() || is_named(key));
            if let Some(key) = fit.find(has_made) {
                return match is_given {
                    true => Signed::Given,
                    false => Signed::Beside(key.file.clone()),
                };
            }
            if of().any(|key| is_named(&key)) {
                return Signed::Bad;
            }
        }
        Signed::NoKey
    }
}

/// PKCS#1 (RFC 8017, appendix A.1.1), as AWS lists keys, or a SubjectPublicKeyInfo.
fn key_of_der(der: &[u8]) -> Option<rsa::PublicKey> {
    rsa::PublicKey::from_pkcs1_der(der)
        .ok()
        .or_else(|| rsa::PublicKey::from_public_key_der(der).ok())
}

/// One key: PEM, base64 or DER.
fn single_key(bytes: &[u8]) -> Option<rsa::PublicKey> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return key_of_der(bytes);
    };
    let base64: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(|line| line.chars().filter(|c| !c.is_whitespace()))
        .collect();
    key_of_der(&STANDARD.decode(base64).ok()?)
}

fn bytes_of_hex(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(digit(high)? << 4 | digit(low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_in_pairs() {
        assert_eq!(bytes_of_hex("00fF"), Some(vec![0, 255]));
        for bad in ["", "0", "0g", "é"] {
            assert_eq!(bytes_of_hex(bad), None);
        }
    }

    #[test]
    fn what_holds_no_key_is_said() {
        let mut ring = KeyRing::default();
        for bytes in [
            &b"{}"[..],
            b"",
            b"\xFF\xFE",
            b"{\"PublicKeyList\":[]}",
            b"-----BEGIN X",
        ] {
            ring.take("a file", bytes, true);
        }
        assert_eq!(ring.notes.len(), 5);
        assert!(!ring.has_given());
        assert_eq!(ring.judge(Some("00"), b"x", "00"), Signed::NoKey);
        assert_eq!(ring.judge(Some("00"), b"x", "zz"), Signed::Malformed);
    }
}
