//! The digests and the log file that carry one entry.

use sealscope_archive::cloudtrail::{CloudTrailArchive, ListedHash};
use sealscope_model::{AspectState, Computed, Verdict};

use super::chain::{Chain, Node, ProvenBy, Standing};
use super::keys::KeyRing;
use super::logs::{Logs, last};
use crate::check::SegmentFindings;
use crate::entry_seal::{EntryPlace, EntrySeal, SealStep};
use crate::summary::grouped;
use crate::trust::TrustStore;

/// What the digests say of every log file that was looked at.
#[derive(Debug)]
pub(crate) struct TrailSeals {
    files: Vec<FileSeal>,
    digests: Vec<DigestFacts>,
}

/// One log file.
#[derive(Debug)]
struct FileSeal {
    file: String,
    listed: Option<Listed>,
    /// Not listed, but its bytes are those of this listed one.
    copy_of: Option<String>,
}

/// How a digest lists it.
#[derive(Debug)]
struct Listed {
    digest: usize,
    hash: Option<ListedHash>,
    /// Digests that list it.
    digests: usize,
    /// The name that is sealed, where it has another one here.
    sealed_as: Option<String>,
}

/// One digest, told once.
#[derive(Debug)]
struct DigestFacts {
    file: String,
    steps: Vec<SealStep>,
}

impl TrailSeals {
    pub(crate) fn of(
        archive: &CloudTrailArchive,
        findings: &[SegmentFindings],
        trust: &TrustStore,
    ) -> Self {
        let ring = KeyRing::new(archive.keys_beside(), trust);
        let chain = Chain::of(archive, &ring);
        let logs = Logs::of(archive, &chain, findings);
        let files = archive.logs().iter().zip(&logs.files).enumerate();
        let files = files.map(|(number, (log, found))| FileSeal {
            file: log.file.clone(),
            listed: found.node.map(|digest| Listed {
                digest,
                hash: found.hash,
                digests: logs.digests_listing(number),
                sealed_as: found.sealed_as.clone(),
            }),
            copy_of: found.copy_of.clone(),
        });
        Self {
            files: files.collect(),
            digests: chain
                .nodes
                .iter()
                .map(|node| DigestFacts {
                    file: node.file.file.clone(),
                    steps: vec![signature(node).about(&covers(node)), before(&chain, node)],
                })
                .collect(),
        }
    }

    pub(crate) fn entry(&self, place: EntryPlace<'_>) -> Option<EntrySeal> {
        let file = self.files.get(place.segment.ordinal)?;
        let content = place.segment.entry(place.number)?;
        let computed = Computed::hashed(sealscope_proof::sha256(content));
        let digest = file
            .listed
            .as_ref()
            .and_then(|listed| self.digests.get(listed.digest));
        let mut seal = EntrySeal {
            hashed: format!(
                "SHA-256 of the unpacked log file, {} bytes",
                grouped(content.len() as u64)
            ),
            computed: Some(computed),
            worth: worth(place.verdict, file).to_owned(),
            ..EntrySeal::default()
        };
        if let (
            Some(Listed {
                hash: Some(ListedHash::Sha256(claimed)),
                ..
            }),
            Some(digest),
        ) = (&file.listed, digest)
        {
            seal.claimed = Some(*claimed);
            seal.claimed_from = format!("Listed by the digest {}.", last(&digest.file));
        }
        seal.steps.push(log_file(file, &seal, place.verdict));
        if let Some(digest) = digest {
            seal.steps.extend(digest.steps.iter().cloned());
        }
        Some(seal)
    }
}

fn log_file(file: &FileSeal, seal: &EntrySeal, verdict: Option<Verdict>) -> SealStep {
    let name = &file.file;
    let Some(listed) = &file.listed else {
        let also = match &file.copy_of {
            Some(other) => format!(" Its content is that of another file that is listed, {other}."),
            None => String::new(),
        };
        let detail = format!("{name}: no digest here lists it.{also}");
        return SealStep::new("Log file", AspectState::Absent, detail);
    };
    let agrees = seal
        .claimed
        .zip(seal.computed)
        .map(|(claimed, computed)| sealscope_model::agree(&claimed, &computed));
    let (state, found) = match (agrees, listed.hash) {
        (Some(true), _) if verdict == Some(Verdict::Broken) => (
            AspectState::NotCheckable,
            "its unpacked content has the SHA-256 that the digest lists",
        ),
        (Some(true), _) => (
            AspectState::Ok,
            "its unpacked content has the SHA-256 that the digest lists",
        ),
        (Some(false), _) if verdict == Some(Verdict::Broken) => (
            AspectState::Broken,
            "its unpacked content does not have the SHA-256 that the digest lists",
        ),
        (Some(false), _) => (
            AspectState::NotCheckable,
            "the digest lists the SHA-256 of other bytes, such as of the packed file",
        ),
        (None, Some(ListedHash::Md5(_))) => (
            AspectState::NotCheckable,
            "the digest lists its MD5 only, which two different files can share",
        ),
        (None, _) => (
            AspectState::NotCheckable,
            "the hash that the digest lists cannot be read",
        ),
    };
    let mut detail = format!("{name}: {found}.");
    if listed.digests > 1 {
        detail.push_str(&format!(
            " {} digests list it.",
            grouped(listed.digests as u64)
        ));
    }
    if let Some(object) = &listed.sealed_as {
        detail.push_str(&format!(" It was sealed under another name, {object}."));
    }
    SealStep::new("Log file", state, detail)
}

fn covers(node: &Node<'_>) -> String {
    let document = node.document;
    format!(
        "{} lists it. The digest states to be of {} to {}, with {} log files.",
        node.file.file,
        document.start_time,
        document.end_time,
        grouped(document.logs.len() as u64)
    )
}

fn signature(node: &Node<'_>) -> SealStep {
    let (state, detail) = match (&node.standing, node.proven_by) {
        (Standing::Proven, Some(ProvenBy::Hash)) => (
            AspectState::Ok,
            "Its own signature was not checked; the next digest, which is proven, names its \
             SHA-256."
                .to_owned(),
        ),
        (Standing::Proven, Some(ProvenBy::Successor)) => (
            AspectState::Ok,
            "A key that you gave made its signature, which was taken from the next digest, which \
             repeats it."
                .to_owned(),
        ),
        (Standing::Proven, _) => (
            AspectState::Ok,
            "A key that you gave made its signature.".to_owned(),
        ),
        (Standing::Unproven(why), _) => (
            AspectState::NotCheckable,
            format!("Its signature proves nothing yet: {why}."),
        ),
        (Standing::Refuted, _) => (
            AspectState::Broken,
            "The digest's bytes are not those that were signed, or not those that the next digest \
             names: what it lists counts for nothing."
                .to_owned(),
        ),
    };
    SealStep::new("Signature of the digest", state, detail)
}

fn before(chain: &Chain<'_>, node: &Node<'_>) -> SealStep {
    let previous = node.previous.and_then(|number| chain.nodes.get(number));
    let (state, detail) = match (&node.document.previous, previous) {
        (None, _) => (
            AspectState::Absent,
            "It names no digest before it: a chain begins here, or logging was switched on again."
                .to_owned(),
        ),
        (Some(named), None) => (
            AspectState::NotCheckable,
            format!(
                "It names {} as the digest before it, which is not here.",
                last(&named.object)
            ),
        ),
        (Some(named), Some(before)) => match before.has(&named.hash) {
            Some(true) => (
                AspectState::Ok,
                format!(
                    "{} has the hash that this digest names for the one before it.",
                    last(&before.file.file)
                ),
            ),
            Some(false) => (
                AspectState::Broken,
                format!(
                    "{} does not have the hash that this digest names for the one before it.",
                    last(&before.file.file)
                ),
            ),
            None => (
                AspectState::NotCheckable,
                "The hash that it names for the digest before cannot be compared.".to_owned(),
            ),
        },
    };
    SealStep::new("Digest before it", state, detail)
}

const fn worth(verdict: Option<Verdict>, file: &FileSeal) -> &'static str {
    match (verdict, &file.listed) {
        (Some(Verdict::Intact), _) => {
            "The log file is, byte for byte, the one that was hashed for the signed digest, as far \
             as the key that you gave is the service's own. That covers what was delivered; it \
             does not tell whether all that happened was logged and delivered."
        }
        (Some(Verdict::Consistent), _) => {
            "The file agrees with a signed digest by MD5 alone. Different files with one MD5 can \
             be made: this shows accidents, and not every intent."
        }
        (Some(Verdict::Unproven), _) => {
            "File and digest may agree, but nothing here proves who made the digest: whoever could \
             write the folder could have made both."
        }
        (Some(Verdict::Broken), Some(_)) => {
            "What stands here is not proven to be what was delivered: the file, how it is packed, \
             or the digest that lists it, is not as sealed. That does not tell who changed it, or \
             when."
        }
        (Some(Verdict::Unsealed | Verdict::Broken), _) => {
            "Nothing that is signed speaks of this file: whether it was changed cannot be told. \
             The newest files may not have been listed yet when the copy was made."
        }
        (None, _) => "It was not checked so far.",
    }
}
