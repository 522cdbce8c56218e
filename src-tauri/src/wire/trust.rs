use super::Whole;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The key that the examiner thinks of trusting.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrustPreviewRequest {
    /// Archive's number.
    pub archive: u32,
    /// Key id, hex, as in the archive's signers.
    pub key_id: String,
}

/// A key that signed an archive and is not trusted yet.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrustPreview {
    /// Key name, escaped.
    pub name: String,
    /// Key id, hex.
    pub key_id: String,
    /// SHA-256 of the public key: 16 groups of four hex digits, parted by spaces.
    pub fingerprint: String,
    /// Origin of the log, without the run's own id; escaped. Proposed as the pattern.
    pub origin: String,
    /// Verifier key in the signed-note form, escaped.
    pub vkey: String,
    /// How many checkpoints it signed here.
    pub checkpoints: Whole,
    /// What trusting means and does not mean, in sentences.
    pub warning: String,
}

/// Trusts a key. The typed fingerprint comes from elsewhere: comparing is the point.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TrustAddRequest {
    /// Archive's number.
    pub archive: u32,
    /// Key id, hex.
    pub key_id: String,
    /// Origins for which it is trusted; `*` stands for any run of characters.
    pub origin_pattern: String,
    /// What the examiner typed: the first 32 hex digits or more; spaces, colons and case are
    /// ignored. The command fails with `fingerprint-differs` where it is not the key's.
    pub typed_fingerprint: String,
}

/// Something that the examiner gave for this run, without what it holds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GivenView {
    /// Stands for it.
    pub id: Whole,
    /// What it is for.
    pub kind: GivenKind,
    /// The file's name, or how it was given; escaped.
    pub name: String,
    /// What it looks like, such as `journal verification key`.
    pub looks_like: String,
}

/// What something given is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum GivenKind {
    /// A verification key of a format.
    Key,
    /// Something to hold against an archive.
    Anchor,
    /// A timestamping authority's certificate, or a witness's key.
    Authority,
}

/// How the digests of chained logs are made, to be shown and edited.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChainProfileView {
    /// A profile can matter to what is open.
    pub applies: bool,
    /// The examiner gave it; it goes before what is found.
    pub given: bool,
    /// Where it comes from, in a sentence; escaped.
    pub says: String,
    /// The profile, TOML with line breaks; empty where there is none. Escaped but for these.
    pub toml: String,
}
