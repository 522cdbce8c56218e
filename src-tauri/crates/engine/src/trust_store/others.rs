//! Witnesses and timestamping authorities in the trust store.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_archive::sealog::rfc3339;
use sealscope_proof::WitnessKey;
use serde::{Deserialize, Serialize};

use super::{TrustStoreError, TrustStoreFile};
use crate::trust_files::{Authority, TrustItem};

/// A witness or a timestamping authority as the examiner pinned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOther {
    /// What it is; never a signer.
    pub item: TrustItem,
    /// When it was added, RFC 3339 in UTC.
    pub added: String,
    /// Where it came from, in words or as a path.
    pub from: String,
    /// Whether the examiner compared its fingerprint with one from elsewhere.
    pub fingerprint_compared: bool,
}

/// A witness by its vkey, an authority by its certificate in base64.
#[derive(Serialize, Deserialize)]
pub(super) struct OtherForm {
    value: String,
    added: String,
    from: String,
    fingerprint_compared: bool,
}

impl OtherForm {
    fn of(stored: &StoredOther) -> Self {
        Self {
            value: match &stored.item {
                TrustItem::Signer(key) => key.to_vkey(),
                TrustItem::Witness(key) => key.to_vkey(),
                TrustItem::Authority(authority) => BASE64.encode(&authority.der),
            },
            added: stored.added.clone(),
            from: stored.from.clone(),
            fingerprint_compared: stored.fingerprint_compared,
        }
    }

    pub(super) fn into_stored(
        self,
        read: impl Fn(&str) -> Result<TrustItem, String>,
    ) -> Result<StoredOther, String> {
        Ok(StoredOther {
            item: read(&self.value)?,
            added: self.added,
            from: self.from,
            fingerprint_compared: self.fingerprint_compared,
        })
    }
}

pub(super) fn read_witness(vkey: &str) -> Result<TrustItem, String> {
    let key = WitnessKey::parse(vkey).map_err(|error| format!("{vkey}: {error}"))?;
    Ok(TrustItem::Witness(key))
}

pub(super) fn read_authority(base64: &str) -> Result<TrustItem, String> {
    let der = BASE64
        .decode(base64)
        .map_err(|_| "a certificate is no base64".to_owned())?;
    Ok(TrustItem::Authority(Authority::parse(&der)?))
}

impl TrustStoreFile {
    /// Witnesses and timestamping authorities, in the order in which they were added.
    #[must_use]
    pub fn others(&self) -> &[StoredOther] {
        &self.others
    }

    /// Pins a witness or a timestamping authority, and stores that. `false` when it was trusted
    /// before; then only a comparison of its fingerprint is new. A signer is not taken: it needs
    /// the origins that it may speak for.
    ///
    /// # Errors
    /// See [`TrustStoreError`]; the file is then as before.
    pub fn add_other(
        &mut self,
        item: TrustItem,
        added_ns: i64,
        from: &str,
        fingerprint_compared: bool,
    ) -> Result<bool, TrustStoreError> {
        *self = Self::load(&self.path)?;
        if matches!(item, TrustItem::Signer(_)) {
            return Ok(false);
        }
        if let Some(known) = self.others.iter_mut().find(|known| known.item == item) {
            known.fingerprint_compared |= fingerprint_compared;
            self.store()?;
            return Ok(false);
        }
        self.others.push(StoredOther {
            item,
            added: rfc3339(added_ns),
            from: from.to_owned(),
            fingerprint_compared,
        });
        self.store()?;
        Ok(true)
    }

    /// Removes the one witness or authority whose id or fingerprint begins so, and stores that;
    /// `None` when there is none, or several, or a signer's key fits too.
    ///
    /// # Errors
    /// When the file cannot be written; it is then as before.
    pub fn remove_other(&mut self, id: &str) -> Result<Option<StoredOther>, TrustStoreError> {
        *self = Self::load(&self.path)?;
        let prefix = id.to_ascii_lowercase();
        let begins = |id: String, fingerprint: String| {
            id.starts_with(&prefix) || fingerprint.starts_with(&prefix)
        };
        let of_keys = self.keys.iter();
        let mut of_keys = of_keys.map(|one| begins(one.key.id_hex(), one.key.fingerprint()));
        let fits = |one: &StoredOther| begins(one.item.id(), one.item.fingerprint());
        if of_keys.any(|fits| fits) || self.others.iter().filter(|one| fits(one)).count() != 1 {
            return Ok(None);
        }
        let Some(place) = self.others.iter().position(fits) else {
            return Ok(None);
        };
        let removed = self.others.remove(place);
        self.store()?;
        Ok(Some(removed))
    }

    pub(super) fn others_of(&self, is_kind: fn(&TrustItem) -> bool) -> Vec<OtherForm> {
        let others = self.others.iter().filter(|one| is_kind(&one.item));
        others.map(OtherForm::of).collect()
    }
}
