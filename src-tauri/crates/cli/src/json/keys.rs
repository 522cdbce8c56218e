//! `sealscope.keygen/1` and `sealscope.trust/1`.

use sealscope_engine::{NewKey, StoredKey, StoredOther};
use serde::Serialize;

/// A key that was made.
#[derive(Serialize)]
pub struct NewKeyObject {
    schema: &'static str,
    key: String,
    vkey_file: String,
    name: String,
    key_id: String,
    fingerprint: String,
    vkey: String,
    encrypted: bool,
}

impl NewKeyObject {
    /// The object for a key.
    pub fn of(new: &NewKey, is_encrypted: bool) -> Self {
        Self {
            schema: "sealscope.keygen/1",
            key: new.key_path.to_string_lossy().into_owned(),
            vkey_file: new.vkey_path.to_string_lossy().into_owned(),
            name: new.verifier.name().to_owned(),
            key_id: new.verifier.id_hex(),
            fingerprint: new.verifier.fingerprint(),
            vkey: new.verifier.to_vkey(),
            encrypted: is_encrypted,
        }
    }
}

/// What became of the trust store; one of the lists.
#[derive(Serialize)]
pub struct TrustObject<'a> {
    schema: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<KeyObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<Vec<KeyObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Vec<KeyObject<'a>>>,
    /// Witnesses and timestamping authorities, of the same listing, addition or removal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<OtherObject<'a>>,
}

impl<'a> TrustObject<'a> {
    fn empty(path: &std::path::Path) -> Self {
        let path = path.to_string_lossy().into_owned();
        Self {
            schema: "sealscope.trust/1",
            path,
            keys: None,
            added: None,
            removed: None,
            others: Vec::new(),
        }
    }

    /// The same with witnesses and timestamping authorities.
    pub fn with(mut self, others: impl IntoIterator<Item = &'a StoredOther>) -> Self {
        self.others = others.into_iter().map(OtherObject::of).collect();
        self
    }

    /// All keys.
    pub fn listing(path: &std::path::Path, keys: &'a [StoredKey]) -> Self {
        Self {
            keys: Some(keys.iter().map(KeyObject::of).collect()),
            ..Self::empty(path)
        }
    }

    /// The keys that are trusted now.
    pub fn adding(path: &std::path::Path, keys: &[&'a StoredKey]) -> Self {
        let keys = keys.iter().map(|key| KeyObject::of(key)).collect();
        Self {
            added: Some(keys),
            ..Self::empty(path)
        }
    }

    /// The keys that are trusted no longer.
    pub fn removing(path: &std::path::Path, keys: &'a [StoredKey]) -> Self {
        Self {
            removed: Some(keys.iter().map(KeyObject::of).collect()),
            ..Self::empty(path)
        }
    }
}

#[derive(Serialize)]
struct KeyObject<'a> {
    name: &'a str,
    key_id: String,
    fingerprint: String,
    fingerprint_compared: bool,
    origin: &'a str,
    added: &'a str,
    from: &'a str,
    vkey: String,
}

impl<'a> KeyObject<'a> {
    fn of(stored: &'a StoredKey) -> Self {
        Self {
            name: stored.key.name(),
            key_id: stored.key.id_hex(),
            fingerprint: stored.key.fingerprint(),
            fingerprint_compared: stored.fingerprint_compared,
            origin: stored.origin.as_str(),
            added: &stored.added,
            from: &stored.from,
            vkey: stored.key.to_vkey(),
        }
    }
}

#[derive(Serialize)]
struct OtherObject<'a> {
    /// `witness` or `timestamping authority`.
    kind: &'static str,
    name: &'a str,
    id: String,
    fingerprint: String,
    fingerprint_compared: bool,
    added: &'a str,
    from: &'a str,
}

impl<'a> OtherObject<'a> {
    fn of(stored: &'a StoredOther) -> Self {
        Self {
            kind: stored.item.kind(),
            name: stored.item.name(),
            id: stored.item.id(),
            fingerprint: stored.item.fingerprint(),
            fingerprint_compared: stored.fingerprint_compared,
            added: &stored.added,
            from: &stored.from,
        }
    }
}
