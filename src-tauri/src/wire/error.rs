use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a command could not be carried out. A broken seal is a result, never one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// Stable kebab-case word, such as `not-an-archive`, `not-found`, `permission`, `disk-full`,
    /// `stale-search`, `no-archive`, `fingerprint-differs`, `internal`.
    pub code: String,
    /// One short line, without a period.
    pub title: String,
    /// What was expected and what was found, with file and offset; sentences, already escaped.
    pub detail: String,
    /// What the examiner can do next; empty where there is nothing.
    pub hint: String,
}
