//! The chain of digests: what each one is worth, and what its neighbours say of it.

use std::collections::{HashMap, HashSet};

use sealscope_archive::cloudtrail::{
    CloudTrailArchive, DigestDocument, DigestFile, Flavour, ListedHash,
};
use sealscope_model::{Claimed, Computed, Digest, agree};

use super::keys::{KeyRing, Signed};
use crate::timestamp::of_rfc3339;

/// Digests that claim one place and are held against their neighbours; real chains have one.
const SAME_PLACE_MAX: usize = 16;

/// What a digest's content is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// A key that the examiner gave signed it, or signed a later digest that names its hash.
    Proven,
    /// Sealed, but what is needed to check is missing; why, in a sentence.
    Unproven(String),
    /// Its bytes are not those that were signed, or that its successor names.
    Refuted,
}

/// How a digest was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProvenBy {
    /// The signature in its own metadata.
    Own,
    /// The signature that its successor holds.
    Successor,
    /// The hash that its proven successor names.
    Hash,
}

/// One digest that can be read.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) file: &'a DigestFile,
    pub(super) document: &'a DigestDocument,
    sha256: Computed<Digest>,
    pub(super) stream: String,
    pub(super) standing: Standing,
    pub(super) proven_by: Option<ProvenBy>,
    /// What the keys say of the signature in its metadata.
    pub(super) own: Option<Signed>,
    /// Nodes that name this one as the digest before, with what the keys say of the signature that
    /// they state for it.
    pub(super) successors: Vec<(usize, Option<Signed>)>,
    /// The digest before, where it is here.
    pub(super) previous: Option<usize>,
}

impl Node<'_> {
    pub(super) fn is_proven(&self) -> bool {
        self.standing == Standing::Proven
    }

    pub(super) fn is_refuted(&self) -> bool {
        self.standing == Standing::Refuted
    }

    /// What is signed: the end time, the place, the hash and the signature before, a line each.
    fn messages(&self) -> Vec<String> {
        let document = self.document;
        let before = document.previous_signature.as_deref().unwrap_or("null");
        let message = |hash: &Digest| {
            format!(
                "{}\n{}/{}\n{hash}\n{before}",
                document.end_time, document.bucket, document.object
            )
        };
        let mut messages = vec![message(self.sha256.get())];
        if let (Flavour::Huawei, Some(others)) = (document.flavour, &self.file.other_hashes) {
            messages.push(message(&Digest::new(others.stored_sha256)));
        }
        messages
    }

    /// The time near which the digest was signed: its end, or of a backfill digest the time at
    /// which it was made, where that is stated.
    fn signed_about(&self) -> Option<&str> {
        if !self.document.is_backfill() {
            return Some(&self.document.end_time);
        }
        self.file.sidecar.as_ref()?.backfill_generated.as_deref()
    }

    fn judge(&self, ring: &KeyRing, hex: &str) -> Signed {
        let fingerprint = self.document.fingerprint.as_deref();
        let algorithm = self.document.signature_algorithm.as_deref();
        if algorithm.is_some_and(|name| name != "SHA256withRSA") {
            return Signed::NoKey;
        }
        let end_ns = self.signed_about().and_then(of_rfc3339);
        let judged = self
            .messages()
            .into_iter()
            .map(|message| ring.judge(fingerprint, message.as_bytes(), hex, end_ns));
        // Any of the messages that a key signed will do; else the last answer is as good as any.
        judged
            .reduce(|one, other| if is_valid(&one) { one } else { other })
            .unwrap_or(Signed::NoKey)
    }

    /// Whether the hash that another digest names is this one's; `None` where that cannot be told.
    pub(super) fn has(&self, hash: &ListedHash) -> Option<bool> {
        let others = self.file.other_hashes.as_ref();
        match hash {
            ListedHash::Sha256(claimed) => Some(
                agree(claimed, &self.sha256)
                    || others.is_some_and(|o| o.stored_sha256 == *claimed.get().as_bytes()),
            ),
            ListedHash::Md5(claimed) => {
                others.map(|o| o.md5 == *claimed || o.stored_md5 == *claimed)
            }
            ListedHash::Unreadable => None,
        }
    }

    pub(super) fn computed(&self) -> Computed<Digest> {
        self.sha256
    }

    /// The hash that the digest states for the one before it.
    pub(super) fn claimed_previous(&self) -> Option<Claimed<Digest>> {
        match self.document.previous.as_ref()?.hash {
            ListedHash::Sha256(claimed) => Some(claimed),
            ListedHash::Md5(_) | ListedHash::Unreadable => None,
        }
    }

    fn own_signature(&self) -> Option<&str> {
        self.file.sidecar.as_ref()?.signature.as_deref()
    }
}

pub(super) fn is_valid(signed: &Signed) -> bool {
    matches!(signed, Signed::Given | Signed::Beside(_))
}

/// All digests of a folder.
#[derive(Debug)]
pub(super) struct Chain<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    /// Digest files that cannot be read.
    pub(super) unreadable: Vec<&'a DigestFile>,
    /// Digest files with the bytes of another one: the file, and the node.
    pub(super) copies: Vec<(&'a DigestFile, usize)>,
    by_place: HashMap<&'a str, HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Chain<'a> {
    pub(super) fn of(archive: &'a CloudTrailArchive, ring: &KeyRing) -> Self {
        let mut chain = Self::collect(archive);
        chain.link();
        chain.check_signatures(ring);
        chain.settle_lone_keys();
        chain.prove();
        chain.refute();
        chain.say_why_unproven(ring);
        chain
    }

    fn collect(archive: &'a CloudTrailArchive) -> Self {
        let mut chain = Self {
            nodes: Vec::new(),
            unreadable: Vec::new(),
            copies: Vec::new(),
            by_place: HashMap::new(),
        };
        let mut seen: HashMap<Digest, usize> = HashMap::new();
        for file in archive.digests() {
            let (Ok(document), Some(sha256)) = (&file.document, file.sha256) else {
                chain.unreadable.push(file);
                continue;
            };
            let node = Node {
                file,
                document,
                sha256,
                stream: document.stream(),
                standing: Standing::Unproven(String::new()),
                proven_by: None,
                own: None,
                successors: Vec::new(),
                previous: None,
            };
            let Some(first) = seen.get(sha256.get()).copied() else {
                seen.insert(*sha256.get(), chain.nodes.len());
                chain.nodes.push(node);
                continue;
            };
            // Of two files with the same bytes, the one that stands at its place counts.
            let Some(held) = chain.nodes.get_mut(first) else {
                continue;
            };
            let is_better = archive.is_at(&file.file, &document.object)
                && !archive.is_at(&held.file.file, &document.object);
            let other = if is_better {
                std::mem::replace(held, node).file
            } else {
                file
            };
            chain.copies.push((other, first));
        }
        chain.nodes.sort_by(|a, b| {
            let key = |node: &Node<'a>| (node.stream.clone(), node.document.end_time.clone());
            key(a)
                .cmp(&key(b))
                .then_with(|| a.file.file.cmp(&b.file.file))
        });
        let nodes = chain.nodes.iter().enumerate();
        let by_hash: HashMap<Digest, usize> =
            nodes.map(|(n, node)| (*node.sha256.get(), n)).collect();
        for (file, place) in &mut chain.copies {
            let found = file
                .sha256
                .and_then(|hash| by_hash.get(hash.get()).copied());
            *place = found.unwrap_or(*place);
        }
        chain
    }

    /// Finds each digest's predecessor by the place that is signed, not by the name it has here.
    fn link(&mut self) {
        for (number, node) in self.nodes.iter().enumerate() {
            let document = node.document;
            let bucket = self.by_place.entry(&document.bucket).or_default();
            let place = bucket.entry(&document.object).or_default();
            if place.len() < SAME_PLACE_MAX {
                place.push(number);
            }
        }
        for number in 0..self.nodes.len() {
            let Some(previous) = self
                .nodes
                .get(number)
                .and_then(|n| n.document.previous.as_ref())
            else {
                continue;
            };
            let found = self.at(&previous.bucket, &previous.object);
            // Where two files claim one place, the one with the hash that is named goes first.
            let has_hash = |place: &&usize| {
                self.nodes.get(**place).and_then(|n| n.has(&previous.hash)) == Some(true)
            };
            let best = found.iter().find(has_hash).or(found.first()).copied();
            if let Some(node) = self.nodes.get_mut(number) {
                node.previous = best;
            }
            for place in found {
                if let Some(node) = self.nodes.get_mut(place) {
                    node.successors.push((number, None));
                }
            }
        }
    }

    /// The digests that claim a place.
    fn at(&self, bucket: &str, object: &str) -> Vec<usize> {
        let found = self
            .by_place
            .get(bucket)
            .and_then(|places| places.get(object));
        found.cloned().unwrap_or_default()
    }

    fn check_signatures(&mut self, ring: &KeyRing) {
        for number in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(number) else {
                continue;
            };
            // The same digits stand in the metadata and in the successor: one check is enough.
            let mut judged: HashMap<String, Signed> = HashMap::new();
            let mut judge = |hex: &str| {
                let hex = hex.to_ascii_lowercase();
                let known = judged.entry(hex);
                let made = |entry: &String| node.judge(ring, entry);
                known.or_insert_with_key(made).clone()
            };
            let own = node.own_signature().map(&mut judge);
            let via: Vec<(usize, Option<Signed>)> = node
                .successors
                .iter()
                .map(|(successor, _)| {
                    let stated = self.nodes.get(*successor);
                    let stated = stated.and_then(|n| n.document.previous_signature.as_deref());
                    (*successor, stated.map(&mut judge))
                })
                .collect();
            if let Some(node) = self.nodes.get_mut(number) {
                node.own = own;
                node.successors = via;
            }
        }
    }

    /// A key without a fingerprint (a single key that was given) belongs to the fingerprint under
    /// which it made a signature: then one that it did not make is bad, and not unknown.
    fn settle_lone_keys(&mut self) {
        let is_known = |node: &Node<'_>| {
            let mut all = node
                .own
                .iter()
                .chain(node.successors.iter().filter_map(|s| s.1.as_ref()));
            // A key beside the evidence may be anybody's: what it did not make is not bad by it.
            all.any(|signed| *signed == Signed::Given)
        };
        // Without fingerprints, the digests of one chain share a key.
        let key_of = |node: &Node<'_>| {
            let fingerprint = node.document.fingerprint.clone();
            fingerprint.ok_or_else(|| node.stream.clone())
        };
        let of_known = self.nodes.iter().filter(|node| is_known(node));
        let known: HashSet<Result<String, String>> = of_known.map(key_of).collect();
        for node in &mut self.nodes {
            let algorithm = node.document.signature_algorithm.as_deref();
            let is_rsa = algorithm.is_none_or(|name| name == "SHA256withRSA");
            if !is_rsa || !known.contains(&key_of(node)) {
                continue;
            }
            let via = node.successors.iter_mut().filter_map(|s| s.1.as_mut());
            for signed in node.own.iter_mut().chain(via) {
                if *signed == Signed::NoKey {
                    *signed = Signed::Bad;
                }
            }
        }
    }

    /// Proven are those that a given key signed, and those whose SHA-256 a proven one names.
    fn prove(&mut self) {
        let mut fresh = Vec::new();
        for (number, node) in self.nodes.iter_mut().enumerate() {
            let is_given = |signed: &Option<Signed>| *signed == Some(Signed::Given);
            let by = if is_given(&node.own) {
                ProvenBy::Own
            } else if node.successors.iter().any(|(_, signed)| is_given(signed)) {
                ProvenBy::Successor
            } else {
                continue;
            };
            node.standing = Standing::Proven;
            node.proven_by = Some(by);
            fresh.push(number);
        }
        while let Some(number) = fresh.pop() {
            let Some(node) = self.nodes.get(number) else {
                continue;
            };
            let Some(claimed) = node.claimed_previous() else {
                continue;
            };
            let Some(previous) = node.previous else {
                continue;
            };
            if let Some(before) = self.nodes.get_mut(previous)
                && !before.is_proven()
                && agree(&claimed, &before.sha256)
            {
                before.standing = Standing::Proven;
                before.proven_by = Some(ProvenBy::Hash);
                fresh.push(previous);
            }
        }
    }

    /// Refuted are those that have a bad signature and no good one, and those whose successor, not
    /// refuted itself, names another hash. Newer digests are settled first.
    fn refute(&mut self) {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|number| self.nodes.get(*number).map(|n| n.document.end_time.clone()));
        for number in order.into_iter().rev() {
            let Some(node) = self.nodes.get(number).filter(|node| !node.is_proven()) else {
                continue;
            };
            let is_bad = |signed: &Signed| matches!(signed, Signed::Bad | Signed::Malformed);
            let has_beside = node
                .own
                .iter()
                .chain(
                    node.successors
                        .iter()
                        .filter_map(|(_, signed)| signed.as_ref()),
                )
                .any(is_valid);
            let own_is_bad = node.own.as_ref().is_some_and(is_bad) && !has_beside;
            let is_refuted = own_is_bad
                || node.successors.iter().any(|(successor, signed)| {
                    let Some(after) = self.nodes.get(*successor) else {
                        return false;
                    };
                    let signed_bad = signed.as_ref().is_some_and(is_bad) && !has_beside;
                    !after.is_refuted() && (self.names_another(after, node) || signed_bad)
                });
            if is_refuted && let Some(node) = self.nodes.get_mut(number) {
                node.standing = Standing::Refuted;
            }
        }
    }

    /// Whether a digest states another hash for the one before it than that has.
    pub(super) fn names_another(&self, after: &Node<'_>, before: &Node<'_>) -> bool {
        let previous = after.document.previous.as_ref();
        previous.and_then(|previous| before.has(&previous.hash)) == Some(false)
    }

    fn say_why_unproven(&mut self, ring: &KeyRing) {
        for node in &mut self.nodes {
            if !matches!(node.standing, Standing::Unproven(_)) {
                continue;
            }
            let fingerprint = node
                .document
                .fingerprint
                .as_deref()
                .unwrap_or("no fingerprint");
            let signatures = node
                .own
                .iter()
                .chain(node.successors.iter().filter_map(|(_, s)| s.as_ref()));
            let (mut beside, mut not_by, mut window) = (None, None, None);
            let mut has_signature = false;
            for signed in signatures {
                has_signature = true;
                match signed {
                    Signed::Beside(file) => beside = Some(file.clone()),
                    Signed::NotByBeside(file) => not_by = Some(file.clone()),
                    Signed::OutOfTime(span) => window = Some(span.clone()),
                    _ => {}
                }
            }
            let algorithm = node.document.signature_algorithm.as_deref();
            let why = if let Some(span) = window {
                format!(
                    "its key ({fingerprint}) was in use {span}, and the digest ends at {}",
                    node.document.end_time
                )
            } else if let Some(file) = beside {
                format!("the key lay beside the evidence, in {file}")
            } else if !has_signature {
                "its signature is not here: it is in the metadata of the object, or in the next \
                 digest"
                    .to_owned()
            } else if let Some(name) = algorithm.filter(|name| *name != "SHA256withRSA") {
                format!("it is signed with {name}, which cannot be checked")
            } else if let Some(file) = not_by {
                format!("the key found beside the evidence, in {file}, did not make its signature")
            } else if ring.has_given() {
                format!("its key ({fingerprint}) is not among those that you gave")
            } else {
                format!("no key was given ({fingerprint})")
            };
            node.standing = Standing::Unproven(why);
        }
    }
}
