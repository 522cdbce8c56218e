//! Proofs for single entries: where each sealed leaf stands, and the path from it to a signed root.

use std::collections::{BTreeMap, HashMap};

use sealscope_archive::sealog::SealogArchive;
use sealscope_model::{Digest, Position};
use sealscope_proof::{CompactRange, Note, VerifierKey, check_inclusion, prove_inclusion};

use super::Case;
use crate::align::Kept;
use crate::check::SegmentFindings;
use crate::prove::{LeavesAt, SealedFrame, SpanState, Start, leaves_of};
use crate::seals::{Seal, SealTrust};
use crate::trust::TrustStore;

/// Checkpoints that are tried for one entry at most.
const TRIED_MAX: usize = 8;
/// Hashes that [`KnownHashes`] keeps, each of 32 bytes and its place.
const KNOWN_MAX: usize = 1 << 20;

/// What was sealed, and where it stands now: made once per archive and asked for many entries.
#[derive(Debug)]
pub struct SealedLog {
    start: Start,
    end: Position,
    /// The frames of the proven spans, in order.
    frames: Vec<SealedFrame>,
    bounds: Vec<Seal>,
    checkpoints: Vec<SealedCheckpoint>,
    /// Runs that are as they were sealed, in stored order.
    kept: Vec<Kept>,
    /// The same in sealed order.
    kept_by_seal: Vec<Kept>,
}

/// A checkpoint of the archive's log, and what it is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCheckpoint {
    /// Entries that it covers: leaves `0 <= index < size`.
    pub size: u64,
    /// Root over them, as it states.
    pub root: Digest,
    /// SHA-256 of its note: what the next segment links to.
    pub payload_hash: Digest,
    /// Where its frame begins in the file.
    pub offset_bytes: u64,
    /// What it is worth.
    pub state: CheckpointState,
}

/// What a checkpoint is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointState {
    /// The root is that of the entries, and a trusted key signed it.
    Held,
    /// The root is that of the entries; no trusted key signed it for this origin.
    NotTrusted,
    /// The entries do not have its root.
    Refuted,
    /// A signature on it was not made by the key that it names.
    BadSignature,
    /// It could not be compared with the entries.
    NotCompared,
}

/// The proof that one leaf is under a signed root. It holds: it was checked before it was given
/// out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryProof {
    /// Sealed index of the leaf.
    pub index: Position,
    /// Its hash, as the root confirms it.
    pub leaf: Digest,
    /// Where the hash was read.
    pub leaf_from: LeafFrom,
    /// Leaf indexes of the frame that it was sealed in: first, and one past the last.
    pub frame: (Position, Position),
    /// The sibling hashes, leaf first (RFC 6962 §2.1.1).
    pub path: Vec<Digest>,
    /// Size that the checkpoint states.
    pub size: u64,
    /// Root that the checkpoint states and the path leads to.
    pub root: Digest,
    /// The whole checkpoint note with all its signature lines.
    pub note: String,
    /// Where the checkpoint's frame begins in the file.
    pub checkpoint_offset_bytes: u64,
    /// The trusted key that signed the checkpoint for this origin; `None`: nobody known did.
    pub trusted_by: Option<VerifierKey>,
}

/// Where the hash of a leaf was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafFrom {
    /// Made from the stored line.
    StoredLine,
    /// From the leaf list whose frame begins here in the file: the line itself is not as sealed.
    LeafList {
        /// Where the list's frame begins.
        offset_bytes: u64,
    },
}

impl SealedLog {
    /// Works out what was sealed. As costly as judging the archive.
    #[must_use]
    pub fn of(archive: &SealogArchive, findings: &[SegmentFindings], trust: &TrustStore) -> Self {
        let case = Case::of(archive, findings, trust);
        let checkpoints = checkpoints_of(&case);
        let kept = case.located.kept;
        let mut kept_by_seal = kept.clone();
        kept_by_seal.sort_unstable_by_key(|run| run.sealed_at);
        Self {
            end: case.sealed.end(case.start.at),
            start: case.start,
            frames: case.sealed.frames,
            bounds: case.seals.bounds,
            checkpoints,
            kept,
            kept_by_seal,
        }
    }

    /// First sealed index of the archive.
    #[must_use]
    pub const fn start(&self) -> Position {
        self.start.at
    }

    /// One past the last leaf that a checkpoint covers.
    #[must_use]
    pub const fn end(&self) -> Position {
        self.end
    }

    /// The checkpoints of this log, by size.
    #[must_use]
    pub fn checkpoints(&self) -> &[SealedCheckpoint] {
        &self.checkpoints
    }

    /// Sealed index of a stored line that is as it was sealed, in its order.
    #[must_use]
    pub fn sealed_at(&self, stored: Position) -> Option<Position> {
        let after = self.kept.partition_point(|run| run.stored_at <= stored);
        let run = self.kept.get(after.checked_sub(1)?)?;
        let offset = stored.checked_sub(run.stored_at)?;
        (offset < run.count).then(|| run.sealed_at + offset)
    }

    /// Where a sealed leaf stands, if it is as it was sealed, in its order.
    #[must_use]
    pub fn stored_at(&self, sealed: Position) -> Option<Position> {
        let runs = &self.kept_by_seal;
        let after = runs.partition_point(|run| run.sealed_at <= sealed);
        let run = runs.get(after.checked_sub(1)?)?;
        let offset = sealed.checked_sub(run.sealed_at)?;
        (offset < run.count).then(|| run.stored_at + offset)
    }

    /// Sealed indexes of the nearest lines before and after a stored one that are as they were
    /// sealed; what stands between is not.
    #[must_use]
    pub fn sealed_around(&self, stored: Position) -> (Option<Position>, Option<Position>) {
        let after = self.kept.partition_point(|run| run.stored_at <= stored);
        let before = after
            .checked_sub(1)
            .and_then(|place| self.kept.get(place))
            .map(|run| run.sealed_at + (stored - run.stored_at).min(run.count - 1));
        (before, self.kept.get(after).map(|run| run.sealed_at))
    }

    /// Where the first leaf at or after a sealed index stands that is as it was sealed.
    #[must_use]
    pub fn stored_from(&self, sealed: Position) -> Option<Position> {
        let runs = &self.kept_by_seal;
        let place = runs.partition_point(|run| run.sealed_at + run.count <= sealed);
        let run = runs.get(place)?;
        Some(run.stored_at + sealed.saturating_sub(run.sealed_at))
    }

    /// Proves the leaf that was sealed at an index under the smallest checkpoint that a trusted key
    /// signed, else under the smallest one. `None` where no root confirms it, or its hash can be
    /// read nowhere.
    #[must_use]
    pub fn prove(&self, archive: &SealogArchive, index: Position) -> Option<EntryProof> {
        self.prove_again(archive, index, &mut KnownHashes::default())
    }

    /// The same for one of many entries: `known` has what was read for those before it, of this
    /// archive alone.
    #[must_use]
    pub fn prove_again(
        &self,
        archive: &SealogArchive,
        index: Position,
        known: &mut KnownHashes,
    ) -> Option<EntryProof> {
        known.make_room();
        let mut tree = Tree {
            log: self,
            archive,
            known,
        };
        let (frame, leaf) = tree.leaf(index)?;
        let frame = self.frames.get(frame)?;
        let mut seals: Vec<&Seal> = self.bounds.iter().filter(|s| index < s.size).collect();
        seals.sort_by_key(|seal| (!seal.trust.is_trusted(), seal.size));
        seals.into_iter().take(TRIED_MAX).find_map(|seal| {
            let path = prove_inclusion(index, seal.size, &mut |from, to| tree.subtree(from, to))?;
            check_inclusion(index, seal.size, &leaf, &path, &seal.root).ok()?;
            Some(EntryProof {
                index,
                leaf,
                leaf_from: match frame.leaves.as_ref()? {
                    LeavesAt::Data(_) => LeafFrom::StoredLine,
                    LeavesAt::List(place) => LeafFrom::LeafList {
                        offset_bytes: place.offset_bytes,
                    },
                },
                frame: (frame.range.begin(), frame.range.end()),
                path,
                size: seal.size,
                root: seal.root,
                note: note_of(archive, seal)?,
                checkpoint_offset_bytes: seal.offset_bytes,
                trusted_by: match &seal.trust {
                    SealTrust::Trusted(key) => Some(key.clone()),
                    _ => None,
                },
            })
        })
    }
}

fn checkpoints_of(case: &Case<'_>) -> Vec<SealedCheckpoint> {
    let of = |seal: &Seal, state| SealedCheckpoint {
        size: seal.size,
        root: seal.root,
        payload_hash: seal.payload_hash,
        offset_bytes: seal.offset_bytes,
        state,
    };
    let bounds = case.seals.bounds.iter().zip(&case.sealed.spans);
    let mut all: Vec<SealedCheckpoint> = bounds
        .map(|(seal, span)| {
            let state = match span.state {
                SpanState::Proven if seal.trust.is_trusted() => CheckpointState::Held,
                SpanState::Proven => CheckpointState::NotTrusted,
                SpanState::Refuted => CheckpointState::Refuted,
                SpanState::Unknowable => CheckpointState::NotCompared,
            };
            of(seal, state)
        })
        .collect();
    let bad = case.seals.bad.iter();
    all.extend(bad.map(|seal| of(seal, CheckpointState::BadSignature)));
    for seal in &case.seals.others {
        // A second statement of the same is worth what the first one is, but for whose it is.
        let same = all
            .iter()
            .find(|one| one.size == seal.size && one.root == seal.root);
        let state = match same.map(|one| one.state) {
            Some(CheckpointState::Held | CheckpointState::NotTrusted) => {
                CheckpointState::NotTrusted
            }
            _ => CheckpointState::NotCompared,
        };
        all.push(of(seal, state));
    }
    all.sort_by_key(|one| (one.size, one.offset_bytes));
    all
}

/// The note of a checkpoint with the signature lines of all its frames.
fn note_of(archive: &SealogArchive, seal: &Seal) -> Option<String> {
    let frames = &archive.structure().checkpoints;
    let notes = || {
        frames
            .iter()
            .filter_map(|frame| Some((frame, frame.note.as_ref().ok()?)))
    };
    let (_, first) = notes().find(|(frame, _)| frame.offset_bytes == seal.offset_bytes)?;
    let mut note: Note = first.clone();
    for (_, other) in notes().filter(|(_, other)| other.text == first.text) {
        for line in &other.signatures {
            let is_room = note.signatures.len() < sealscope_proof::NOTE_SIGNATURES_MAX;
            if is_room && !note.signatures.contains(line) {
                note.signatures.push(line.clone());
            }
        }
    }
    Some(note.to_note())
}

/// Hashes that were read or made for proofs, and may serve for more.
#[derive(Debug, Default)]
pub struct KnownHashes {
    /// Leaf hashes of frames that a subtree cuts, by number of the frame.
    leaves: BTreeMap<usize, Vec<Digest>>,
    /// Roots of subtrees by first leaf and one past the last.
    roots: HashMap<(u64, u64), Digest>,
    count: usize,
}

impl KnownHashes {
    fn make_room(&mut self) {
        if self.count + self.roots.len() > KNOWN_MAX {
            *self = Self::default();
        }
    }
}

/// The tree over the sealed leaves, as far as hashes are known.
struct Tree<'a> {
    log: &'a SealedLog,
    archive: &'a SealogArchive,
    known: &'a mut KnownHashes,
}

impl Tree<'_> {
    /// The frame of a leaf, and its hash.
    fn leaf(&mut self, index: Position) -> Option<(usize, Digest)> {
        let number = self.frame_at(index)?;
        let first = self.log.frames.get(number)?.range.begin();
        let offset = usize::try_from(index - first).ok()?;
        let leaf = *self.leaves(number)?.get(offset)?;
        Some((number, leaf))
    }

    fn frame_at(&self, index: Position) -> Option<usize> {
        let frames = &self.log.frames;
        let number = frames.partition_point(|frame| frame.range.end() <= index);
        let frame = frames.get(number)?;
        (frame.range.begin() <= index).then_some(number)
    }

    fn leaves(&mut self, number: usize) -> Option<&[Digest]> {
        if !self.known.leaves.contains_key(&number) {
            let frame = self.log.frames.get(number)?;
            let leaves = match frame.leaves.as_ref()? {
                LeavesAt::Data(ordinal) => leaves_of(self.archive, *ordinal),
                LeavesAt::List(place) => self.archive.read_list(place).ok()?.ok()?.leaves,
            };
            // What was read now has to be what the root confirmed then.
            let mut range = CompactRange::empty(frame.range.begin());
            leaves.iter().for_each(|leaf| range.push(*leaf));
            if range != frame.range {
                return None;
            }
            self.known.count += leaves.len();
            self.known.leaves.insert(number, leaves);
        }
        self.known.leaves.get(&number).map(Vec::as_slice)
    }

    /// Root over the leaves `from <= index < to`, which are a subtree of RFC 6962.
    fn subtree(&mut self, from: u64, to: u64) -> Option<Digest> {
        if let Some(root) = self.known.roots.get(&(from, to)) {
            return Some(*root);
        }
        let root = self.made_subtree(from, to)?;
        self.known.roots.insert((from, to), root);
        Some(root)
    }

    fn made_subtree(&mut self, from: u64, to: u64) -> Option<Digest> {
        let mut joined = CompactRange::empty(from);
        while joined.end() < to {
            let at = joined.end();
            if at < self.log.start.at {
                joined.join(&self.before_start(at, to)?).ok()?;
                continue;
            }
            let number = self.frame_at(at)?;
            let range = &self.log.frames.get(number)?.range;
            if range.begin() == at && range.end() <= to {
                joined.join(range).ok()?;
                continue;
            }
            let (first, end) = (range.begin(), range.end().min(to));
            let part = usize::try_from(at - first).ok()?..usize::try_from(end - first).ok()?;
            let leaves = self.leaves(number)?.get(part)?.to_vec();
            leaves.into_iter().for_each(|leaf| joined.push(leaf));
        }
        Some(joined.folded())
    }

    /// The complete subtree before the archive that begins at `at`, if it ends by `to`.
    fn before_start(&self, at: u64, to: u64) -> Option<CompactRange> {
        let tree = self.log.start.tree.as_ref()?;
        let size = tree.end();
        let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
        let mut begin = 0;
        for (level, hash) in levels.zip(tree.hashes()) {
            let end = begin + (1u64 << level);
            if begin == at && end <= to {
                return CompactRange::from_hashes(begin, end, &[hash]);
            }
            begin = end;
        }
        None
    }
}
