//! The keys that the examiner gave. Nothing in an archive can add to them.

use sealscope_proof::{NoteSignature, VerifierKey, WitnessKey};

use crate::anchors::Anchor;
use crate::journal::ReadyKeys;
use crate::outside::RememberedLog;

/// The origins that a key may speak for: text in which `*` stands for any run of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPattern(String);

impl OriginPattern {
    /// A pattern; `*` alone is any origin.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self(pattern.to_owned())
    }

    /// Any origin at all.
    #[must_use]
    pub fn any() -> Self {
        Self::new("*")
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an origin, without the uuid of its log, fits.
    #[must_use]
    pub fn matches(&self, origin: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(rest) = parts.next().and_then(|prefix| origin.strip_prefix(prefix)) else {
            return false;
        };
        let Some(suffix) = parts.next_back() else {
            return rest.is_empty();
        };
        let Some(mut middle) = rest.strip_suffix(suffix) else {
            return false;
        };
        for part in parts {
            // The leftmost place is enough: what follows can only gain room.
            match middle.find(part) {
                Some(place) => middle = middle.get(place + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        true
    }
}

/// A key that the examiner pinned, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub key: VerifierKey,
    /// The origins it may speak for.
    pub origin: OriginPattern,
}

/// A format's own verification key as the examiner gave it: the text itself, or a file's bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenKey {
    /// What to call it: the file's name, or "given on the command line".
    pub name: String,
    /// Its bytes; the format knows how to read them.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for GivenKey {
    // It may be a secret (HMAC): it never gets into a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GivenKey({:?}, {} bytes)", self.name, self.bytes.len())
    }
}

/// The keys and anchors that the examiner gave for this run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustStore {
    keys: Vec<TrustedKey>,
    /// Verification keys of formats other than sealog.
    pub given_keys: Vec<GivenKey>,
    /// What the examiner holds against the archives.
    pub anchors: Vec<Anchor>,
    /// Certificates of timestamping authorities, DER, to which a token's chain must lead.
    pub tsa_roots: Vec<Vec<u8>>,
    /// Witnesses whose cosignatures count, for any origin.
    pub witnesses: Vec<WitnessKey>,
    /// Several archives are open: an anchor that does not fit one of them may be meant for another.
    pub anchors_are_shared: bool,
    /// What was seen of logs before.
    pub remembered: Vec<RememberedLog>,
    /// Keys of journals among [`Self::given_keys`], made ready.
    pub(crate) seal_keys: ReadyKeys,
}

/// What the trust store makes of one signature line as a cosignature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WitnessFinding<'t> {
    /// A trusted witness made it, at this time in seconds since 1970.
    Holds(&'t WitnessKey, u64),
    /// It names a trusted witness that did not make it.
    Bad(&'t WitnessKey),
}

/// What the trust store makes of one signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureFinding {
    /// A key trusted for this origin made it.
    Trusted(VerifierKey),
    /// A trusted key made it, but not for this origin.
    OtherOrigin(VerifierKey),
    /// It names a trusted key that did not make it.
    Bad(VerifierKey),
    /// It names no trusted key.
    Unknown,
}

impl TrustStore {
    /// A store with these keys.
    #[must_use]
    pub fn new(keys: Vec<TrustedKey>) -> Self {
        Self {
            keys,
            ..Self::default()
        }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[TrustedKey] {
        &self.keys
    }

    /// Adds a key.
    pub fn add(&mut self, key: TrustedKey) {
        self.keys.push(key);
    }

    /// Judges one signature line under a checkpoint's text as the cosignature of a witness; `None`
    /// when it names no trusted one.
    pub(crate) fn judge_cosignature(
        &self,
        text: &str,
        line: &NoteSignature,
    ) -> Option<WitnessFinding<'_>> {
        let mut named = self.witnesses.iter().filter(|key| key.is_named_by(line));
        let holds = |key: &&WitnessKey| key.time_of(text, line).is_some();
        let first = named.clone().next()?;
        Some(match named.find(holds) {
            Some(key) => WitnessFinding::Holds(key, key.time_of(text, line)?),
            None => WitnessFinding::Bad(first),
        })
    }

    /// Judges one signature line under a text. Ids can collide, so every key that the line could
    /// mean is tried.
    #[must_use]
    pub fn judge(&self, text: &str, origin: &str, line: &NoteSignature) -> SignatureFinding {
        let mut finding = SignatureFinding::Unknown;
        for trusted in self
            .keys
            .iter()
            .filter(|trusted| trusted.key.is_named_by(line))
        {
            if !trusted.key.verifies(text, line) {
                if finding == SignatureFinding::Unknown {
                    finding = SignatureFinding::Bad(trusted.key.clone());
                }
            } else if trusted.origin.matches(origin) {
                return SignatureFinding::Trusted(trusted.key.clone());
            } else {
                finding = SignatureFinding::OtherOrigin(trusted.key.clone());
            }
        }
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_origin() {
        for (pattern, origin, fits) in [
            ("*", "anything", true),
            ("*", "", true),
            ("example.org/audit", "example.org/audit", true),
            ("example.org/audit", "example.org/audit2", false),
            ("example.org/*", "example.org/audit", true),
            ("example.org/*", "example.net/audit", false),
            ("*/audit", "example.org/audit", true),
            ("*/audit", "example.org/audit/x", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a*a", "a", false),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(
                OriginPattern::new(pattern).matches(origin),
                fits,
                "{pattern} on {origin}"
            );
        }
    }
}
