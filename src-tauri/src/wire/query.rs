use super::{Ns, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the one parser says about a query. Offsets count UTF-16 code units, as the page does.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueryCheck {
    /// The query in canonical form; `None` where it does not parse.
    pub canonical: Option<String>,
    /// Errors and hints, in order.
    pub diagnostics: Vec<Diagnostic>,
    /// The top-level conditions joined by AND.
    pub pills: Vec<Pill>,
}

/// One thing to say about a place of a query.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// The query cannot run because of it; otherwise it is a hint (an unknown field).
    pub error: bool,
    /// Where it begins.
    pub from_utf16: u32,
    /// One past where it ends.
    pub to_utf16: u32,
    /// A sentence.
    pub message: String,
    /// What to put there instead.
    pub fix: Option<Fix>,
}

/// A replacement for the text of a diagnostic.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// What it does, such as `Did you mean user.username?`.
    pub label: String,
    /// The text that replaces the place of the diagnostic.
    pub replacement: String,
}

/// One condition, shown as a pill under the query.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Pill {
    /// The condition as text, without NOT; escaped.
    pub text: String,
    /// It excludes.
    pub negated: bool,
    /// Where it begins, NOT included.
    pub from_utf16: u32,
    /// One past where it ends.
    pub to_utf16: u32,
    /// The query with this pill taken out (canonical); `*` where none is left.
    pub without: String,
    /// The query with this pill turned into its opposite.
    pub inverted: String,
}

/// Answer to a request for completions.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// Where the word to be replaced begins; it ends at the caret.
    pub from_utf16: u32,
    /// At most 50.
    pub options: Vec<CompletionOption>,
}

/// One thing that could be written.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompletionOption {
    /// What is listed, escaped.
    pub label: String,
    /// A count or what kind of thing it is, such as `12,402` or `field`.
    pub detail: String,
    /// What is written, quoted where needed.
    pub apply: String,
    /// A field name; otherwise a value or a keyword.
    pub field: bool,
}

/// A search to be made.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// The query as typed; empty means every entry.
    pub text: String,
    /// The order of the hits.
    pub sort: Sort,
    /// Only hits at or after this moment.
    #[ts(optional)]
    pub from_ns: Option<Ns>,
    /// Only hits before this moment.
    #[ts(optional)]
    pub to_ns: Option<Ns>,
    /// Join the stages of one request (Kubernetes audit) into one row.
    #[ts(optional, as = "Option<bool>")]
    #[serde(default)]
    pub join: bool,
}

/// The order of hits. Ties stand in position order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum Sort {
    /// As stored.
    #[serde(rename = "position")]
    Position,
    /// As stored, last first.
    #[serde(rename = "-position")]
    PositionDown,
    /// By time; undated last.
    #[serde(rename = "time")]
    Time,
    /// By time, latest first; undated last.
    #[serde(rename = "-time")]
    TimeDown,
}

/// How far a search is. A query with errors does not run: then `search_id` is `None`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchState {
    /// Names the search; `None` when it did not run.
    pub search_id: Option<Whole>,
    /// Grows whenever a row already handed out could differ: hits came in before it, a verdict
    /// changed, the archive was checked anew. Stays the same when hits are only added behind.
    pub generation: Whole,
    /// Hits known.
    pub count: Whole,
    /// The count is final.
    pub exact: bool,
    /// Rows looked at.
    pub searched: Whole,
    /// Rows there are, as far as known.
    pub total: Whole,
    /// It is still looking.
    pub running: bool,
    /// The query in canonical form.
    pub canonical: String,
    /// Errors and hints.
    pub diagnostics: Vec<Diagnostic>,
    /// Time left where the search is slow; empty otherwise.
    pub eta_text: String,
}

/// What a query without hits would find if one pill were taken out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RelaxedQuery {
    /// The pill that is taken out, escaped.
    pub without: String,
    /// The query without it.
    pub text: String,
    /// How many hits it has then.
    pub count: Whole,
}
