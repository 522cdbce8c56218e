//! Public keys: the output of `aws cloudtrail list-public-keys`, or a single key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::sha2::Sha256;
use rsa::signature::Verifier as _;
use sealscope_archive::cloudtrail::KeyFile;
use sealscope_archive::sealog::rfc3339;
use serde::Deserialize;

use crate::timestamp::of_rfc3339;
use crate::trust::TrustStore;

/// Keys that are tried; a list for years of one region has some dozens.
const KEYS_MAX: usize = 10_000;

/// How far a digest may lie outside of its key's time: an hour, as AWS's own tool looks around a
/// backfill digest for its key.
const SLACK_NS: i64 = 3600 * 1_000_000_000;

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
    /// When AWS signed with it, in nanoseconds since 1970, where the list says so.
    window: Window,
}

/// A span of time of which either end may be unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Window {
    from_ns: Option<i64>,
    to_ns: Option<i64>,
}

impl Window {
    /// Whether a digest that ends then can have been signed in this span: digests are signed some
    /// time after they end.
    fn takes(&self, end_ns: i64) -> bool {
        let is_early = self
            .from_ns
            .is_some_and(|from| end_ns < from.saturating_sub(SLACK_NS));
        let is_late = self
            .to_ns
            .is_some_and(|to| end_ns > to.saturating_add(SLACK_NS));
        !is_early && !is_late
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let from = self.from_ns.map(|at| format!("from {}", rfc3339(at)));
        let to = self.to_ns.map(|at| format!("until {}", rfc3339(at)));
        let all: Vec<String> = from.into_iter().chain(to).collect();
        f.write_str(&all.join(" "))
    }
}

/// A time as `list-public-keys` gives it: seconds since 1970, or RFC 3339.
fn time_of(value: &serde_json::Value) -> Option<i64> {
    match value {
        serde_json::Value::Number(number) => {
            let seconds = number.as_f64().filter(|s| (0.0..9e9).contains(s))?;
            // Whole seconds: nothing here is told by fractions.
            format!("{seconds:.0}")
                .parse::<i64>()
                .ok()?
                .checked_mul(1_000_000_000)
        }
        serde_json::Value::String(text) => of_rfc3339(text),
        _ => None,
    }
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
    /// The key of that fingerprint, which the examiner gave, did not make it.
    Bad,
    /// The key of that fingerprint that lay beside the evidence, in this file, did not make it:
    /// whoever could change the evidence could have put it there.
    NotByBeside(String),
    /// A key that the examiner gave made it, but it was not in use at that time.
    OutOfTime(String),
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
    #[serde(rename = "ValidityStartTime")]
    from: Option<serde_json::Value>,
    #[serde(rename = "ValidityEndTime")]
    to: Option<serde_json::Value>,
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
                    Some(key) => {
                        let window = Window {
                            from_ns: listed.from.as_ref().and_then(time_of),
                            to_ns: listed.to.as_ref().and_then(time_of),
                        };
                        let fingerprint = Some(listed.fingerprint.clone());
                        self.add((fingerprint, window), key, is_given, file);
                    }
                    None => self.notes.push(format!(
                        "The key with the fingerprint {} in {file} cannot be read.",
                        listed.fingerprint
                    )),
                }
            }
        } else if let Some(key) = single_key(bytes) {
            self.add((None, Window::default()), key, is_given, file);
        }
        if self.keys.len() == before {
            self.notes
                .push(format!("{file} holds no public key that can be used here."));
        }
    }

    fn add(
        &mut self,
        (fingerprint, window): (Option<String>, Window),
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
                window,
            });
        }
    }

    /// Judges a signature (hex digits) over a message, by the key of a fingerprint. Keys that the
    /// examiner gave go before those beside the evidence. `end_ns` is the time of what is signed,
    /// where it is known; a key has to have been in use then.
    pub(super) fn judge(
        &self,
        fingerprint: Option<&str>,
        message: &[u8],
        hex: &str,
        end_ns: Option<i64>,
    ) -> Signed {
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
                let is_in_time = end_ns.is_none_or(|end| key.window.takes(end));
                return match is_given {
                    true if !is_in_time => Signed::OutOfTime(key.window.to_string()),
                    true => Signed::Given,
                    false => Signed::Beside(key.file.clone()),
                };
            }
            if let Some(key) = of().find(is_named) {
                return match is_given {
                    true => Signed::Bad,
                    false => Signed::NotByBeside(key.file.clone()),
                };
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
    fn times_of_keys_are_read_in_both_forms() {
        let at = Some(1_685_577_600_000_000_000);
        for (text, expected) in [
            ("1685577600.0", at),
            ("1685577600", at),
            ("\"2023-06-01T00:00:00Z\"", at),
            ("\"2023-06-01T02:00:00+02:00\"", at),
            ("-1", None),
            ("1e300", None),
            ("\"soon\"", None),
            ("null", None),
        ] {
            let value = serde_json::from_str(text).expect("JSON");
            assert_eq!(time_of(&value), expected, "{text}");
        }
        let window = Window {
            from_ns: at,
            to_ns: None,
        };
        assert!(window.takes(i64::MAX) && !window.takes(i64::MIN));
        assert!(window.takes(1_685_574_000_000_000_000));
        assert!(!window.takes(1_685_573_999_000_000_000));
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
        assert_eq!(ring.judge(Some("00"), b"x", "00", None), Signed::NoKey);
        assert_eq!(ring.judge(Some("00"), b"x", "zz", None), Signed::Malformed);
    }
}
