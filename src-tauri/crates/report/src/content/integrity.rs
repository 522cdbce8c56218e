//! The verdict of an item and what it rests on.

use serde::{Deserialize, Serialize};

/// The verdict of one item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integrity {
    /// The word: `intact`, `consistent`, `unproven`, `unsealed`, `broken`.
    pub verdict: String,
    /// The verdict in a few words.
    pub title: String,
    /// In one or two sentences.
    pub says: String,
    /// What its seals can prove: `signed`, `keyed`, `chain`, … and what was added to it.
    pub strength: String,
    /// Whether entries could have been cut off before the first.
    pub head: EndOf,
    /// Whether entries could have been cut off after the last.
    pub tail: EndOf,
    /// Entries by verdict.
    pub counts: Counts,
    /// Verdicts by stored position; the first ones.
    pub ranges: Vec<RangeOf>,
    /// How many ranges in all.
    pub ranges_total: u64,
    /// The six aspects.
    pub aspects: Vec<Aspect>,
    /// Where seals and bytes disagree; the first ones.
    pub breaks: Vec<Problem>,
    /// How many in all.
    pub breaks_total: u64,
    /// What does not parse; the first ones.
    pub damage: Vec<Problem>,
    /// How many in all.
    pub damage_total: u64,
    /// Facts that are no seal failure; the first ones.
    pub observations: Vec<Problem>,
    /// How many in all.
    pub observations_total: u64,
    /// Who signed.
    pub signers: Vec<Signer>,
    /// Checkpoints in the archive, and those that hold under a trusted key.
    pub checkpoints: u64,
    /// See `checkpoints`.
    pub checkpoints_held: u64,
    /// Timestamps, witnesses, remembered checkpoints.
    pub outside: Vec<FromOutside>,
    /// Remarks.
    pub notes: Vec<String>,
    /// What follows from the verdict.
    pub can_mean: Vec<String>,
    /// What does not follow from it.
    pub does_not_tell: Vec<String>,
    /// What could be done to prove more.
    pub next_step: String,
    /// The chain of seals around the first break, or its ends; drawn.
    pub chain: Option<Chain>,
}

/// One end of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndOf {
    /// Whether it is fixed.
    pub is_anchored: bool,
    /// By what, or why not, in a sentence.
    pub says: String,
}

/// Entries by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All log entries: the sum of those below.
    pub total: u64,
    /// Control entries, counted beside.
    pub control: u64,
    /// Intact.
    pub intact: u64,
    /// Consistent.
    pub consistent: u64,
    /// Unproven.
    pub unproven: u64,
    /// Unsealed.
    pub unsealed: u64,
    /// Broken.
    pub broken: u64,
    /// Not looked at.
    pub unchecked: u64,
}

/// A run of positions with one verdict; half-open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeOf {
    /// First position.
    pub from: u64,
    /// One past the last.
    pub to: u64,
    /// The word.
    pub verdict: String,
    /// What the seals there can prove.
    pub strength: String,
}

/// One of content, order, seal, signer, time, completeness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aspect {
    /// Its name.
    pub name: String,
    /// `ok`, `broken`, `absent`, `not-checkable`.
    pub state: String,
    /// Why, in a sentence; empty for nothing to say.
    pub why: String,
}

/// A finding, explained.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Its kind: `modified`, `clock-reversed`.
    pub kind: String,
    /// A few words.
    pub title: String,
    /// The fact.
    pub says: String,
    /// Position, where it has one.
    pub position: Option<u64>,
    /// How many entries.
    pub count: u64,
    /// Whether the place is exact.
    pub is_exact: bool,
    /// Digest that the seal claims, hex.
    pub claimed: Option<String>,
    /// Digest of what is there, hex.
    pub computed: Option<String>,
    /// File, for formats made of files.
    pub file: Option<String>,
    /// Offset, where known.
    pub offset_bytes: Option<u64>,
    /// What can have led to it.
    pub can_mean: Vec<String>,
    /// What does not follow.
    pub does_not_tell: Vec<String>,
    /// What to do next.
    pub next_step: String,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// Name.
    pub name: String,
    /// Key id.
    pub key_id: String,
    /// Whether the examiner trusts it.
    pub is_trusted: bool,
    /// Signatures of it.
    pub checkpoints: u64,
    /// The public key as the archive claims it (C2SP vkey), to compare.
    pub vkey: Option<String>,
}

/// Something known from outside of the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FromOutside {
    /// `timestamp`, `witness`, `remembered`, `anchor`.
    pub kind: String,
    /// `ok`, `broken`, `not-checkable`.
    pub state: String,
    /// In a sentence.
    pub says: String,
}

/// A piece of the chain of seals, drawn as a row of boxes and links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// What the boxes are: entries, digests, seals.
    pub says: String,
    /// In order.
    pub pieces: Vec<ChainPiece>,
}

/// One box of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainPiece {
    /// What stands in it.
    pub label: String,
    /// Verdict word; `unchecked`.
    pub verdict: String,
    /// Begin of its digest in hex; empty for none.
    pub digest: String,
    /// Whether it follows from the one before; `None` where nothing tells or it is the first.
    pub follows: Option<bool>,
    /// It is named by its neighbours, but not there.
    pub is_missing: bool,
}
