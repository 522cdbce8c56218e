use super::{Shown, VerdictWord, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names a row by its place in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntryAt {
    /// Archive's number.
    pub archive: u32,
    /// Position of the entry.
    pub position: Whole,
    /// Number of the record in the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub record: Option<u32>,
}

/// All that one entry says, read and hashed again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntryDetail {
    /// Where it stands.
    pub at: EntryAt,
    /// Its verdict.
    pub verdict: VerdictWord,
    /// The verdict in a few words, such as `Broken here`.
    pub headline: String,
    /// The fact in a sentence.
    pub sentence: String,
    /// The spine first, then the raw fields in the order of the entry. At most 2,000.
    pub fields: Vec<EntryField>,
    /// Fields that were left out because there are too many.
    pub fields_left_out: Whole,
    /// The stored bytes as text, at most 64 kB; line breaks are kept.
    pub raw_text: Shown,
    /// The bytes go on beyond `raw_text`.
    pub raw_truncated: bool,
    /// Size of the entry.
    pub bytes_total: Whole,
    /// Such as `UTF-8, 2 invalid bytes shown as ⟦FF⟧`.
    pub encoding_note: String,
    /// What is worth knowing, in sentences: direction controls, mixed scripts, duplicate keys.
    pub notes: Vec<String>,
    /// When, in each zone.
    pub times: Option<EntryTimes>,
    /// Rows of the same request, in order of time, where the schema joins them.
    pub stages: Vec<RequestStage>,
}

/// One field of an entry.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntryField {
    /// Name in queries and columns.
    pub key: String,
    /// Name, escaped.
    pub name: Shown,
    /// Value, at most 64 kB.
    pub shown: Shown,
    /// What kind of value.
    pub kind: FieldKind,
    /// It belongs to the spine.
    pub spine: bool,
    /// The condition that stands for it; `None` where it cannot be filtered.
    pub condition: Option<String>,
    /// The value for the clipboard, escaped as in exports.
    pub copy: String,
}

/// What kind of value a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A string.
    Text,
    /// A number in the digits of the source.
    Number,
    /// True or false.
    Bool,
    /// Null.
    Null,
    /// A time.
    Time,
}

/// When an entry happened.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EntryTimes {
    /// In the zone that the entry states.
    pub source: String,
    /// In UTC.
    pub utc: String,
    /// In the zone of this computer.
    pub local: String,
    /// Smallest unit that the entry gives, in words.
    pub precision: String,
    /// How the zone and the year are known; empty where both are stated.
    pub zone_note: String,
    /// The time as the entry writes it.
    pub original_text: Shown,
    /// The field that it stands in.
    pub field: String,
}

/// One row of the same request.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RequestStage {
    /// Where it stands.
    pub at: EntryAt,
    /// The stage, escaped.
    pub stage: String,
    /// When, in the display zone.
    pub time_text: String,
    /// Its verdict.
    pub verdict: VerdictWord,
    /// It is the entry shown.
    pub here: bool,
}

/// Bytes of an entry that are wanted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BytesRequest {
    /// Archive's number.
    pub archive: u32,
    /// Position of the entry.
    pub position: Whole,
    /// First byte, from 0 in the entry.
    pub offset: Whole,
    /// How many, at most 65,536.
    pub len: u32,
}

/// Bytes of an entry.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RawBytes {
    /// First byte, from 0 in the entry.
    pub offset: Whole,
    /// The bytes in hex, two digits each.
    pub hex: String,
    /// Size of the entry.
    pub total: Whole,
}
