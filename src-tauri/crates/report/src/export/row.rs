//! What every writer gets: rows and the facts of the whole export, as plain data.

use sealscope_model::EntryTime;

pub use crate::content::ValueKind;

/// What an export is, apart from its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportHead {
    /// Version of the program.
    pub tool_version: String,
    /// When it was made, RFC 3339 in UTC.
    pub made_at: String,
    /// The query as typed.
    pub query: String,
    /// The form in which it was run.
    pub canonical: String,
    /// Only at or after, RFC 3339 in UTC.
    pub from: Option<String>,
    /// Only before.
    pub to: Option<String>,
    /// Order of the rows: `time`, `-time`, `position`, `-position`.
    pub sort: &'static str,
    /// Hits of the query.
    pub count: u64,
    /// Rows searched.
    pub searched: u64,
    /// Whether all rows were searched.
    pub is_exact: bool,
    /// Remarks about the query.
    pub hints: Vec<String>,
    /// The archives, in the order of opening.
    pub archives: Vec<ExportArchive>,
}

/// An archive that rows come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportArchive {
    /// Name of the file or folder, without its place on this computer.
    pub name: String,
    /// SHA-256 of the file in hex; `None` for folders.
    pub sha256: Option<String>,
    /// Bytes; of a folder, of all its files.
    pub bytes: u64,
    /// Name of the format.
    pub format: String,
    /// Name of the schema under which entries are read.
    pub schema: String,
    /// Verdict word, or `unchecked`.
    pub verdict: String,
    /// What the seals can prove, in words; empty for nothing.
    pub strength: String,
    /// The finding in a sentence or two.
    pub says: String,
    /// Entries.
    pub entries: u64,
}

/// One row, read and hashed again for this export.
#[derive(Debug, Clone)]
pub struct ExportRow<'a> {
    /// Its archive.
    pub archive: &'a ExportArchive,
    /// Position of its entry.
    pub position: u64,
    /// Number of the record in the entry.
    pub record: u32,
    /// Records that the entry holds.
    pub records: u32,
    /// Verdict word of the entry, or `unchecked`.
    pub verdict: &'a str,
    /// What the seal of the entry can prove, in words; empty for nothing.
    pub strength: &'a str,
    /// Leaf hash of the entry in hex (RFC 6962, 2.1); `None` for formats without a Merkle tree.
    pub leaf: Option<&'a str>,
    /// When.
    pub time: Option<EntryTime>,
    /// What it says, in common words.
    pub spine: SpineRef<'a>,
    /// What it says, by its own names, in the order of the entry.
    pub fields: Vec<FieldRef<'a>>,
    /// The entry's bytes.
    pub raw: &'a [u8],
    /// Remarks about the text.
    pub notes: &'a [String],
    /// Sealed entries missing right before it.
    pub missing_before: u64,
}

/// The spine of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpineRef<'a> {
    /// The time as the entry writes it.
    pub time_text: Option<&'a str>,
    /// Who did it.
    pub who: Option<&'a str>,
    /// What was done.
    pub did: Option<&'a str>,
    /// To what.
    pub to_what: Option<&'a str>,
    /// From where.
    pub from_where: Option<&'a str>,
    /// Result.
    pub outcome: Option<&'a str>,
    /// Decision.
    pub decision: Option<&'a str>,
    /// How grave.
    pub severity: Option<&'a str>,
    /// What kind of act.
    pub class: &'a str,
    /// In one line.
    pub message: &'a str,
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldRef<'a> {
    /// Dotted path.
    pub path: &'a str,
    /// Text, exact.
    pub text: &'a str,
    /// What it is in the entry.
    pub kind: ValueKind,
}

impl<'a> ExportRow<'a> {
    /// The first value of a field, where it is a string or a number and not empty.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<&'a str> {
        let found = self.fields.iter().find(|field| field.path == path)?;
        let is_text = matches!(found.kind, ValueKind::Text | ValueKind::Number);
        (is_text && !found.text.is_empty()).then_some(found.text)
    }
}

/// Rows by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerdictRows {
    counts: [u64; 6],
}

impl VerdictRows {
    const WORDS: [&'static str; 6] = [
        "intact",
        "consistent",
        "unproven",
        "unsealed",
        "broken",
        "unchecked",
    ];

    /// Counts one row.
    pub fn add(&mut self, verdict: &str) {
        let place = Self::WORDS.iter().position(|word| *word == verdict);
        if let Some(count) = self.counts.get_mut(place.unwrap_or(5)) {
            *count += 1;
        }
    }

    /// Word and count, of all verdicts.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Self::WORDS.into_iter().zip(self.counts)
    }
}

/// Name of the file for rows without a time.
#[must_use]
pub fn undated_name(name: &str) -> String {
    format!("{name}.undated.jsonl")
}
