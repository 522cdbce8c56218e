use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The verdict of an entry, a range or an archive, or that nobody looked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictWord {
    /// The bytes agree with a seal whose key, or with an anchor, that the examiner gave.
    Intact,
    /// Chain or checksums agree, but anybody could have recomputed them.
    Consistent,
    /// Sealed, but what is needed to check is missing or not trusted.
    Unproven,
    /// No seal covers it.
    Unsealed,
    /// A seal and the bytes disagree.
    Broken,
    /// Not looked at yet; no verdict.
    Unchecked,
}

/// How grave an entry is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SeverityWord {
    /// Emergency, alert, critical.
    Critical,
    /// Error.
    Error,
    /// Warning.
    Warning,
    /// Notice, informational.
    Info,
    /// Debug, trace.
    Debug,
}
