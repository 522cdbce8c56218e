use super::{CheckState, VerdictWord, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which proof is wanted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProofRequest {
    /// Archive's number.
    pub archive: u32,
    /// Position of the entry.
    pub position: Whole,
}

/// Why an entry has its verdict, made again from its bytes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProofView {
    /// The verdict in a sentence.
    pub sentence: String,
    /// The verdict.
    pub verdict: VerdictWord,
    /// What the bytes give (hex), and over which bytes.
    pub computed: Option<String>,
    /// What the seal says (hex).
    pub claimed: Option<String>,
    /// Where the claimed value stands, such as `leaf list of the frame at byte 1,204,224`.
    pub claimed_from: String,
    /// What was hashed, such as `SHA-256 of 0x00 and 412 bytes`.
    pub leaf_input: String,
    /// The checks in order.
    pub steps: Vec<ProofStep>,
    /// What the seal is worth, in a few sentences; empty where the steps say it.
    pub worth: String,
    /// Inclusion path from leaf to root, hex; empty where the format has none.
    pub path: Vec<String>,
    /// The root that the path leads to, hex.
    pub root: Option<String>,
    /// The checkpoint's text, escaped; line breaks are kept.
    pub checkpoint: Option<String>,
    /// Shell commands that check the same without Sealscope.
    pub shell_commands: String,
    /// The proof as text for the clipboard or a file.
    pub export_text: String,
}

/// One check of a proof.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProofStep {
    /// What was checked.
    pub label: String,
    /// How it came out.
    pub state: CheckState,
    /// Details in a sentence.
    pub detail: String,
}

/// Which part of the chain is wanted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChainRequest {
    /// Archive's number.
    pub archive: u32,
    /// Sealed position in the middle.
    pub position: Whole,
    /// Number of the break that it is about, from 0; it goes before the position.
    pub problem: Option<Whole>,
    /// How many nodes on each side, at most 20.
    pub around: u32,
}

/// One node of the chain as drawn.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChainNode {
    /// What it is.
    pub kind: ChainKind,
    /// What is written in it, such as `1,204`, `12 missing`, `Checkpoint 3`; escaped.
    pub label: String,
    /// Stored position; `None` where nothing is stored.
    pub position: Option<Whole>,
    /// First 12 hex digits of its digest; empty where it has none.
    pub digest_short: String,
    /// Its verdict.
    pub verdict: VerdictWord,
    /// How it hangs on the node before; a seal with entries under it, on the seal before.
    pub link: ChainLink,
    /// What is to be said under it; empty for nothing.
    pub note: String,
    /// It is the one in the middle.
    pub here: bool,
    /// It stands under the last node that does not: an entry under the seal that covers it.
    pub under: bool,
    /// The file that holds a seal, where it has one of its own; escaped.
    pub file: Option<String>,
}

/// What a node of the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ChainKind {
    /// A log entry.
    Entry,
    /// A control entry.
    Control,
    /// Sealed entries that are not there.
    Missing,
    /// An entry that was never sealed there.
    Added,
    /// A checkpoint.
    Checkpoint,
    /// A frame, digest file, or seal interval.
    Segment,
    /// Entries that are left out of the drawing.
    More,
}

/// How a node hangs on the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ChainLink {
    /// It is the first one.
    None,
    /// The link holds.
    Ok,
    /// The link does not hold.
    Broken,
    /// Nothing tells.
    Unknown,
}
