//! Cited entries and their proofs.

use serde::{Deserialize, Serialize};

/// One cited record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Number in the report, from 1: `E1`.
    pub number: u32,
    /// Place of its archive in the list of items.
    pub item: usize,
    /// Stored position of its entry.
    pub position: u64,
    /// Number of the record in the entry.
    pub record: u32,
    /// Records that the entry holds.
    pub records: u32,
    /// Verdict of the entry: a verdict word, or `unchecked`.
    pub verdict: String,
    /// The verdict in a few words, and the reason in a sentence.
    pub title: String,
    /// See `title`.
    pub says: String,
    /// When.
    pub time: Option<ExhibitTime>,
    /// What it says, in common words.
    pub spine: Spine,
    /// What it says, by its own names.
    pub fields: Vec<FieldValue>,
    /// The entry's bytes in base64 (RFC 4648, section 4); `None` where something in it is redacted.
    pub raw_base64: Option<String>,
    /// How many bytes it has.
    pub raw_bytes: u64,
    /// SHA-256 of 0x00 and the bytes (RFC 6962, 2.1) in hex; `None` where withheld.
    pub leaf: Option<String>,
    /// Why a reader can believe it without the archive.
    pub proof: Proof,
    /// Remarks about the text.
    pub notes: Vec<NoteText>,
    /// What the examiner says of it.
    pub comment: String,
    /// Fields that were replaced.
    pub redacted: Vec<String>,
    /// Sealed entries missing right before it.
    pub missing_before: u64,
}

/// A remark.
pub type NoteText = String;

/// When an exhibit says it happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExhibitTime {
    /// RFC 3339 in UTC, as finely as the source writes it.
    pub utc: String,
    /// In the report's zone.
    pub shown: String,
    /// As the entry writes it; `None` where the format keeps a number.
    pub original: Option<String>,
    /// How fine: `seconds`, `nanoseconds`.
    pub precision: String,
    /// Where the zone comes from, in words.
    pub zone: String,
}

/// What an entry says, in the words that all schemas share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spine {
    /// Who did it.
    pub who: Option<String>,
    /// What was done.
    pub did: Option<String>,
    /// To what.
    pub to_what: Option<String>,
    /// From where.
    pub from_where: Option<String>,
    /// Result.
    pub outcome: Option<String>,
    /// Decision.
    pub decision: Option<String>,
    /// How grave.
    pub severity: Option<String>,
    /// What kind of act.
    pub class: String,
    /// In one line.
    pub message: String,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldValue {
    /// Dotted path.
    pub path: String,
    /// Text, exact.
    pub text: String,
    /// What it is in the entry.
    pub kind: ValueKind,
}

/// What a value is in its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// A string.
    Text,
    /// A number, in the digits of the entry.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

/// Why a reader can believe an exhibit without the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Proof {
    /// A path from the leaf to the root of a signed checkpoint (RFC 6962, 2.1.1; C2SP tlog-proof).
    Merkle {
        /// Place in [`super::Content::checkpoints`].
        checkpoint: usize,
        /// Number of the leaf.
        index: u64,
        /// Leaves under the root.
        size: u64,
        /// Hashes from the leaf upwards, hex.
        path: Vec<String>,
        /// The trusted key that signed, as a C2SP vkey; `None` where no trusted one did.
        vkey: Option<String>,
        /// In words: what it proves.
        says: String,
    },
    /// Files that belong to the report and that `sealscope verify` judges by themselves.
    Files {
        /// Name of the format.
        format: String,
        /// Folder or file among the attachments.
        path: String,
        /// The files.
        files: Vec<ProofFile>,
        /// Position of the entry in the archive that the files make; `None` where it has none.
        position: Option<u64>,
        /// In words: what it proves, and with which key.
        says: String,
    },
    /// There is none.
    None {
        /// Why, in words.
        says: String,
    },
    /// There is one, but it would give the redacted text away.
    Withheld {
        /// Why, in words.
        says: String,
    },
}

/// A file of a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFile {
    /// Name of the attachment.
    pub name: String,
    /// SHA-256 in hex.
    pub sha256: String,
}

impl Default for Proof {
    fn default() -> Self {
        Self::None {
            says: String::new(),
        }
    }
}
