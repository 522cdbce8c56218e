//! What was searched for, with and without each filter.

use serde::{Deserialize, Serialize};

/// The record of a query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryRecord {
    /// What it asks, for people; empty for none.
    pub title: String,
    /// Control that it belongs to; empty for none.
    pub control: String,
    /// The text as typed.
    pub text: String,
    /// The form in which it was run.
    pub canonical: String,
    /// Only at or after, RFC 3339 in UTC.
    pub from: Option<String>,
    /// Only before.
    pub to: Option<String>,
    /// Order: `time`, `position`.
    pub sort: String,
    /// Hits.
    pub count: u64,
    /// Records searched.
    pub searched: u64,
    /// Whether the count is exact.
    pub is_exact: bool,
    /// The count without each filter.
    pub without: Vec<FilterCount>,
    /// Hits by verdict.
    pub by_verdict: super::Counts,
    /// Numbers of the exhibits that come from it.
    pub exhibits: Vec<u32>,
    /// Remarks: fields that do not occur.
    pub hints: Vec<String>,
    /// What the examiner answers.
    pub answer: String,
    /// A query that cannot be run says why here, and has no counts.
    pub trouble: Option<String>,
}

/// The count with one filter left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterCount {
    /// The filter.
    pub filter: String,
    /// Hits without it.
    pub count: u64,
}

/// Activity over time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// What is counted: `all records`, or a query's text.
    pub says: String,
    /// Length of a bucket in words: `1 h`.
    pub width: String,
    /// In order; empty ones stand too.
    pub buckets: Vec<Bucket>,
    /// Records without a time.
    pub undated: u64,
    /// The same in words: for whoever cannot see the drawing.
    pub summary: String,
}

/// One bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// Its begin, as shown in the report's zone.
    pub from: String,
    /// Records.
    pub count: u64,
    /// Of them broken.
    pub broken: u64,
    /// Of them neither intact nor broken.
    pub not_intact: u64,
}
