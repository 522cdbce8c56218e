use super::{Ns, SeverityWord, Shown, VerdictWord, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A column that the table can show. Seal and position always stand first and are not listed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// The field's name in queries: `time`, `severity`, `who`, … or a raw path.
    pub key: String,
    /// Heading, escaped.
    pub title: String,
    /// Set in the fixed-width face.
    pub mono: bool,
    /// First width in pixels at normal density.
    pub width: u32,
    /// Shown until the examiner hides it.
    pub default_visible: bool,
}

/// A raw field that at least one entry has.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldInfo {
    /// Path, as written in queries.
    pub key: String,
    /// Path, escaped.
    pub title: String,
    /// Rows that have it; `None` while not counted.
    pub rows: Option<Whole>,
}

/// Which rows to read.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PageRequest {
    /// The search.
    pub search_id: Whole,
    /// First ordinal: place among the hits, from 0.
    pub first: Whole,
    /// How many, at most 512.
    pub count: u32,
    /// Keys of the columns whose cells are wanted, in order.
    pub columns: Vec<String>,
}

/// Rows read again from the archive and hashed again.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Generation of the search at that moment.
    pub generation: Whole,
    /// Ordinal of the first row.
    pub first: Whole,
    /// Hits known at that moment.
    pub count: Whole,
    /// The rows; fewer than asked for at the end.
    pub rows: Vec<Row>,
}

/// One row of the table.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Place among the hits, from 0.
    pub ordinal: Whole,
    /// Archive's number.
    pub archive: u32,
    /// Position of the entry in its archive.
    pub position: Whole,
    /// Number of the record in the entry; `None` where the entry is one record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub record: Option<u32>,
    /// The entry's verdict.
    pub verdict: VerdictWord,
    /// How grave it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub severity: Option<SeverityWord>,
    /// When; `None` for undated entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub time_ns: Option<Ns>,
    /// When, as text in the display zone and at the precision of the source.
    pub time_text: String,
    /// One cell per column asked for, at most 512 bytes each.
    pub cells: Vec<Shown>,
    /// What else is to be said of the entry.
    #[serde(default, skip_serializing_if = "RowFlags::is_plain")]
    #[ts(optional, as = "Option<RowFlags>")]
    pub flags: RowFlags,
}

/// What else is to be said of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct RowFlags {
    /// Zone or year of the time was inferred.
    pub time_inferred: bool,
    /// Holds control characters.
    pub controls: bool,
    /// Holds characters that turn the direction of text, or that cannot be seen.
    pub bidi: bool,
    /// Holds bytes that are not UTF-8.
    pub invalid_utf8: bool,
    /// No schema reads it.
    pub unparsed: bool,
    /// Its bytes could not be read again; the cells are empty.
    pub unreadable: bool,
    /// How many sealed entries are missing directly before it; 0 for none.
    pub missing_before: Whole,
    /// How many further stages are joined into this row; 0 for none.
    pub joined: u32,
}

impl RowFlags {
    /// Nothing to say.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// Sealed entries that are missing between two rows of an unfiltered table in stored order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RowGap {
    /// Ordinal of the row after the gap; the count of rows where the gap is at the end.
    pub before_ordinal: Whole,
    /// How many are missing.
    pub missing: Whole,
    /// Archive's number.
    pub archive: u32,
    /// Sealed position of the first one missing.
    pub position: Whole,
}

/// Where to go.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GotoAnswer {
    /// The place among the hits.
    pub ordinal: Option<Whole>,
    /// Where that is, or why there is none.
    pub message: String,
}

/// Asks for the next seal problem.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProblemRequest {
    /// The search whose ordinals are wanted.
    pub search_id: Whole,
    /// Archive where to begin.
    pub archive: u32,
    /// Stored position where to begin; problems at it are passed over.
    pub position: Option<Whole>,
    /// Look for the one before.
    pub backward: bool,
}

/// A seal problem. After the last one comes the first one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProblemPlace {
    /// Archive's number.
    pub archive: u32,
    /// Stored position of the entry, or of the entry after what is missing.
    pub position: Whole,
    /// Its place among the hits; `None` where the query leaves it out.
    pub ordinal: Option<Whole>,
    /// Which one it is, such as `Problem 2 of 5: 12 entries missing after 1,206.`
    pub says: String,
}

/// Rows to be copied.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CopyRequest {
    /// The search.
    pub search_id: Whole,
    /// Half-open ranges of ordinals, in order.
    pub ranges: Vec<(Whole, Whole)>,
    /// Keys of the columns, in order; used by tab-separated text.
    pub columns: Vec<String>,
    /// The form.
    pub format: CopyFormat,
}

/// The form of copied rows. Each has the seal state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CopyFormat {
    /// Tab-separated, with a Seal column, formulas disarmed.
    Tsv,
    /// JSON Lines.
    Jsonl,
}

/// Rows as text. Above 100,000 rows or 32 MB the command fails and says so.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    /// The text for the clipboard.
    pub text: String,
    /// How many rows it holds.
    pub rows: Whole,
}
