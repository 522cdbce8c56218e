//! CloudTrail: log files under signed digest files.
//!
//! Invariants: 1. A log file is intact only when its hash stands in a digest that a key given by
//! the examiner signed, or that such a digest names by its hash. 2. What a digest claims counts for
//! nothing once the digest itself is refuted. 3. MD5 never gives more than consistent. 4. The
//! newest end is always open.

mod chain;
mod digests;
mod entry;
mod keys;
mod lake;
mod lake_entry;
mod logs;
mod recipe;
mod words;

use sealscope_archive::cloudtrail::{CloudTrailArchive, Form, ListedHash, OtherHashes};
use sealscope_archive::{Archive, SegmentSeal};
use sealscope_model::{Computed, Digest};
use serde::{Deserialize, Serialize};

use crate::check::{CheckedSegment, SegmentFindings};
use crate::summary::Summary;
use crate::trust::TrustStore;

use self::keys::KeyRing;
pub(crate) use entry::TrailSeals;
pub(crate) use lake_entry::LakeSeals;
pub use recipe::COLLECTING;

/// What the check found of one log file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFileFindings {
    /// SHA-256 of the unpacked content; `None` where there is none.
    sha256: Option<[u8; 32]>,
    /// Hashes that AWS's digests do not use.
    others: Option<Box<OtherHashes>>,
    /// How it is packed.
    form: Form,
}

impl LogFileFindings {
    fn sha256(&self) -> Option<Computed<Digest>> {
        self.sha256
            .map(|bytes| Computed::hashed(Digest::new(bytes)))
    }

    /// Whether the content has a hash that a digest states.
    fn has(&self, listed: &ListedHash) -> bool {
        match listed {
            ListedHash::Sha256(claimed) => {
                let others = self.others.as_ref();
                self.sha256()
                    .is_some_and(|own| sealscope_model::agree(claimed, &own))
                    || others.is_some_and(|o| o.stored_sha256 == *claimed.get().as_bytes())
            }
            ListedHash::Md5(claimed) => {
                let others = self.others.as_ref();
                others.is_some_and(|o| o.md5 == *claimed || o.stored_md5 == *claimed)
            }
            ListedHash::Unreadable => false,
        }
    }
}

/// The keys, made ready once for an archive.
#[derive(Debug)]
pub(crate) struct Keys;

impl Keys {
    pub(crate) const fn new(_archive: &CloudTrailArchive, _trust: &TrustStore) -> Self {
        // Signatures are over the digests, which are few: the judge checks them.
        Self
    }

    /// What was found of a log file; runs on many threads at once.
    #[expect(clippy::unused_self, reason = "all formats have this shape")]
    pub(crate) fn check(&self, checked: &CheckedSegment) -> LogFileFindings {
        let SegmentSeal::LogFile(seal) = &checked.segment().seal else {
            return LogFileFindings::default();
        };
        LogFileFindings {
            sha256: checked.content().map(|hash| *hash.get().as_bytes()),
            others: seal.other_hashes.clone(),
            form: seal.form.clone(),
        }
    }
}

/// Judges the archive from what was found in its segments, from the first one on, in order.
pub(crate) fn judge(
    archive: &dyn Archive,
    sealed: &CloudTrailArchive,
    findings: &[SegmentFindings],
    trust: &TrustStore,
) -> Summary {
    let ring = KeyRing::new(sealed.keys_beside(), trust);
    match sealed.lake() {
        Some(lake) => lake::judge(archive, lake, findings, &ring),
        None => words::summarise(archive, sealed, findings, &ring),
    }
}
