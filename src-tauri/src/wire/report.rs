use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CommandError, Shown, TemplateWord, Whole};

/// What a report can be made of: the same for every case.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportChoices {
    /// All sections in their usual order.
    pub sections: Vec<SectionChoice>,
    /// What a report can be for.
    pub templates: Vec<TemplateChoice>,
    /// Declarations that can be made.
    pub declarations: Vec<DeclarationChoice>,
    /// Prepared questions.
    pub controls: Vec<ControlChoice>,
    /// Forms that this build writes.
    pub forms: Vec<ReportForm>,
    /// It can sign a report.
    pub signs: bool,
    /// Exhibits of one report at most.
    pub exhibits_max: u32,
}

/// One section.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SectionChoice {
    /// Its id.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// It cannot be left out.
    pub required: bool,
}

/// What a report can be for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TemplateChoice {
    /// Which.
    pub template: TemplateWord,
    /// For people.
    pub title: String,
    /// Sections that it leaves out unless they are chosen.
    pub leaves_out: Vec<String>,
}

/// A declaration.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeclarationChoice {
    /// Its name in a case.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// Where the form comes from, and what has to be looked at before it is used.
    pub basis: String,
    /// The text.
    pub text: String,
}

/// A set of prepared questions.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ControlChoice {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What has to be checked before use.
    pub basis: String,
    /// How many questions it has.
    pub questions: u32,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReportForm {
    /// A document.
    Pdf,
    /// One page that checks itself.
    Html,
    /// A folder after BagIt.
    Bag,
    /// The same in one zip file.
    Zip,
    /// The machine-readable report.
    Json,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReportTask {
    /// Pages to look at.
    Preview,
    /// A file.
    Make,
    /// Check the report that was made last.
    Check,
    /// Check a report that the examiner picks.
    CheckOther,
    /// The hits of a search as data; has a command of its own.
    Export,
}

/// The form of exported hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ExportForm {
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// JSON Lines as Timesketch imports them.
    Timesketch,
    /// JSON Lines in the Elastic Common Schema.
    Ecs,
    /// JSON Lines in the Open Cybersecurity Schema Framework.
    Ocsf,
    /// A CASE/UCO bundle in JSON-LD.
    Case,
    /// Apache Parquet.
    Parquet,
}

/// Hits that were exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportedView {
    /// Where they are, escaped.
    pub path: String,
    /// How many rows.
    pub rows: Whole,
    /// Its bytes.
    pub bytes: Whole,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Rows without a time, which stand in a file of their own; 0 for none.
    pub undated: Whole,
}

/// Asks for something to be done.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportRequest {
    /// What.
    pub task: ReportTask,
    /// The form of a file.
    pub form: ReportForm,
    /// Passphrase of the signing key; empty where it has none.
    pub passphrase: String,
}

/// How far the work on a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReportPhase {
    /// Nothing was asked for.
    Idle,
    /// Entries are read and hashed again.
    Gathering,
    /// It is written or drawn.
    Writing,
    /// A report is checked.
    Checking,
    /// It is done.
    Done,
    /// It failed.
    Failed,
    /// It was stopped.
    Stopped,
}

/// The work on reports, and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReportState {
    /// The task that is done now, or was done last.
    pub task: Option<ReportTask>,
    /// How far it is.
    pub phase: ReportPhase,
    /// Exhibits read so far.
    pub done: Whole,
    /// All of them; 0 while that is not known.
    pub total: Whole,
    /// Why it failed.
    pub error: Option<CommandError>,
    /// The newest preview.
    pub preview: Option<PreviewView>,
    /// The report that was made last.
    pub made: Option<MadeReport>,
    /// The newest check of a report.
    pub checked: Option<CheckedReport>,
    /// The newest export.
    pub exported: Option<ExportedView>,
}

/// A preview: a report that was gathered, and its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PreviewView {
    /// Grows with each preview.
    pub number: Whole,
    /// Generation of the open archives that it shows, as in the status.
    pub generation: Whole,
    /// Revision of the case that it shows.
    pub revision: Whole,
    /// Pages; 0 where they could not be drawn.
    pub pages: u32,
    /// Why they could not be drawn; escaped, empty where they are there.
    pub no_pages: String,
    /// What the report warns of, escaped.
    pub warnings: Vec<String>,
    /// Exhibits that it has.
    pub exhibits: u32,
    /// What it took to make, in milliseconds.
    pub took_ms: Whole,
}

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MadeReport {
    /// Where it is, escaped.
    pub path: String,
    /// Its form.
    pub form: ReportForm,
    /// Its bytes; of a folder, those of all files.
    pub bytes: Whole,
    /// SHA-256 of the file; of a folder, that of its list of files.
    pub sha256: String,
    /// What that is the digest of.
    pub sha256_of: String,
    /// SHA-256 of the content, which stands in the report.
    pub content_sha256: String,
    /// The signature beside it, escaped; empty where there is none.
    pub signature: String,
    /// What the report warns of, escaped.
    pub warnings: Vec<String>,
}

/// How one check of a report came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckedWord {
    /// It holds.
    Ok,
    /// It does not.
    Broken,
    /// Something needed is missing or not trusted here.
    NotCheckable,
    /// The report claims nothing here.
    Absent,
}

/// Whether a report holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckedAnswer {
    /// All of it that can be checked holds.
    Holds,
    /// Something in it is not as claimed.
    DoesNotHold,
    /// Nothing was found wrong, but something could not be checked.
    NotInFull,
}

/// A report that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckedReport {
    /// Where it is, escaped.
    pub path: String,
    /// The answer.
    pub answer: CheckedAnswer,
    /// The answer in words.
    pub title: String,
    /// The checks in order.
    pub lines: Vec<CheckedLine>,
}

/// One check of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckedLine {
    /// What was checked.
    pub what: Shown,
    /// How it came out.
    pub word: CheckedWord,
    /// In a sentence; may hold text of the report.
    pub says: Shown,
}

/// The key that signs reports.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SigningKey {
    /// Name of its file, escaped.
    pub name: String,
    /// A passphrase protects it.
    pub needs_passphrase: bool,
    /// Others than its owner may read the file.
    pub exposed: bool,
}
