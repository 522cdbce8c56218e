use super::{CommandError, VerdictWord, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the page asks once, when it starts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Startup {
    /// Archives opened before, latest first, at most 12.
    pub recent: Vec<Recent>,
    /// Something is being opened already (command line, file association).
    pub opening: bool,
    /// The program's version.
    pub version: String,
    /// Name of the machine's time zone, such as `Europe/Vienna` or `UTC`.
    pub zone_local: String,
}

/// An archive opened before.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Recent {
    /// Stands for the path, which the page never sees.
    pub token: String,
    /// File or folder name, escaped.
    pub name: String,
    /// The folder it lies in, shortened and escaped.
    pub place: String,
    /// The verdict of the last check, which is not a fresh one.
    pub verdict: VerdictWord,
    /// The verdict in a few words, such as `Broken at entry 1,204`.
    pub verdict_text: String,
    /// When it was last checked, as text in the display zone.
    pub checked_at_text: String,
    /// The file is not there any more.
    pub missing: bool,
}

/// Everything that changes while archives are opened and checked.
///
/// Pulled at most ten times a second.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Grows with every opening, re-check or closing; answers to older ones are dropped.
    pub generation: Whole,
    /// What is going on.
    pub phase: Phase,
    /// The archives that are open, in the order of `archive` numbers.
    pub archives: Vec<ArchiveStatus>,
    /// How far the check of seals is, over all archives.
    pub check: CheckProgress,
    /// How far the index is.
    pub index: IndexProgress,
    /// The verdict as far as it is known.
    pub verdict_so_far: VerdictSoFar,
    /// The window's title, verdict first; escaped.
    pub title: String,
    /// How the display zone is written beside times, such as `UTC` or `Local (Europe/Vienna)`.
    pub time_zone_note: String,
    /// Where every byte went.
    pub ledger: Ledger,
    /// Why opening failed, or what stopped indexing; rows stay readable where they can.
    pub error: Option<CommandError>,
}

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing is open.
    None,
    /// Being recognized and opened; no rows yet.
    Opening,
    /// Rows can be read; checking or indexing goes on.
    Working,
    /// Checked and indexed.
    Done,
    /// Could not be opened; see `error`.
    Failed,
    /// Stopped by the examiner; what was checked stays checked.
    Cancelled,
}

/// One open archive.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveStatus {
    /// Its number in this window, from 0.
    pub id: u32,
    /// File or folder name, escaped.
    pub name: String,
    /// Format, such as `sealog`.
    pub format: String,
    /// Schema of its entries, such as `kubernetes-audit`.
    pub schema: String,
    /// The schema was guessed from the entries' shape.
    pub schema_guessed: bool,
    /// Verdict when known in full, else `None`.
    pub verdict: Option<VerdictWord>,
    /// The verdict in one sentence.
    pub says: String,
    /// Size as stored.
    pub bytes: Whole,
    /// Log entries known so far.
    pub entries: Whole,
    /// Breaks found so far.
    pub problems: Whole,
    /// The file changed since it was opened; results describe the earlier content.
    pub changed_on_disk: bool,
}

/// How far the check of seals is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckProgress {
    /// Bytes checked.
    pub done_bytes: Whole,
    /// Bytes to check.
    pub total_bytes: Whole,
    /// Entries checked.
    pub entries: Whole,
    /// Rate, such as `412 MB/s`; empty while not stable.
    pub rate_text: String,
    /// Time left, such as `about 38 s left` or `estimating…`; empty when done.
    pub eta_text: String,
    /// First break found, in a sentence.
    pub first_problem: Option<String>,
}

/// How far the index is.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IndexProgress {
    /// 0 to 100.
    pub percent: f64,
    /// Every entry is indexed.
    pub complete: bool,
    /// The index, and with it the last check, was read from the cache.
    pub from_cache: bool,
    /// When the seals were last checked, as text in the display zone; empty while checking.
    pub checked_at_text: String,
    /// Time left; empty when complete.
    pub eta_text: String,
}

/// The verdict as far as it is known.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerdictSoFar {
    /// The archive's verdict once everything was checked; before that `broken` as soon as a break
    /// was found, else `unchecked`.
    pub word: VerdictWord,
    /// One sentence, such as `No problem so far: 18.4 M of 30.1 M entries checked.`
    pub sentence: String,
}

/// Where every byte went. Entries = dated + undated; bytes = entries + rejected.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// Bytes read, unpacked.
    pub bytes: Whole,
    /// Lines found.
    pub lines: Whole,
    /// Log entries.
    pub entries: Whole,
    /// Rows: records of the entries.
    pub rows: Whole,
    /// Control entries of the format.
    pub control: Whole,
    /// Entries without a time.
    pub undated: Whole,
    /// Pieces that are no entries, each with a reason under damage.
    pub rejected: Whole,
    /// Entries that no schema reads; kept and searchable as text.
    pub unparsed: Whole,
}

/// A field that might hold an entry's time.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimeFieldCandidate {
    /// The field's path.
    pub field: String,
    /// A value of it, as text, escaped.
    pub example: String,
    /// How many of the sampled entries hold a time there, from 0 to 1.
    pub share: f64,
    /// It is the one in use.
    pub selected: bool,
}

/// The index cache of this computer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CacheInfo {
    /// Where it lies, escaped.
    pub place: String,
    /// Bytes in use.
    pub bytes: Whole,
    /// Cap in bytes.
    pub cap_bytes: Whole,
    /// Archives with an index.
    pub archives: Whole,
}
