//! `sealscope.compare/1`: what `sealscope compare --json` prints.

use sealscope_engine::{CopiesCompared, Difference, OpenArchive};
use serde::Serialize;

/// Two copies.
#[derive(Serialize)]
pub struct CompareObject {
    schema: &'static str,
    first: CopyObject,
    second: CopyObject,
    same: bool,
    counts: CountsObject,
    /// Position in the first and in the second copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_difference: Option<[u64; 2]>,
    /// Index at which one sealed log has two histories.
    #[serde(skip_serializing_if = "Option::is_none")]
    fork: Option<u64>,
    /// Whether both are states of one sealog log.
    one_log: bool,
    differences: Vec<DifferenceObject>,
    /// Whether there are more differences than are listed.
    cut: bool,
}

#[derive(Serialize)]
struct CopyObject {
    path: String,
    format: &'static str,
    verdict: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

#[derive(Serialize)]
struct CountsObject {
    same: u64,
    added: u64,
    removed: u64,
    changed: u64,
    moved: u64,
}

#[derive(Serialize)]
struct DifferenceObject {
    kind: &'static str,
    first: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    second: Option<u64>,
    count: u64,
}

impl CompareObject {
    /// The object for two archives.
    pub fn of(first: &OpenArchive, second: &OpenArchive, found: &CopiesCompared) -> Self {
        let all = &found.comparison;
        Self {
            schema: "sealscope.compare/1",
            first: CopyObject::of(first),
            second: CopyObject::of(second),
            same: all.is_same(),
            counts: CountsObject {
                same: all.same,
                added: all.added,
                removed: all.removed,
                changed: all.changed,
                moved: all.moved,
            },
            first_difference: all.first_difference.map(|(a, b)| [a, b]),
            fork: found.fork,
            one_log: found.is_one_log,
            differences: all.differences.iter().map(DifferenceObject::of).collect(),
            cut: all.is_cut,
        }
    }
}

impl CopyObject {
    fn of(archive: &OpenArchive) -> Self {
        let summary = archive.summary();
        Self {
            path: archive.path().to_string_lossy().into_owned(),
            format: archive.format(),
            verdict: summary.as_ref().map(|summary| summary.verdict.word()),
            origin: summary.and_then(|summary| summary.origin.clone()),
        }
    }
}

impl DifferenceObject {
    const fn of(one: &Difference) -> Self {
        Self {
            kind: one.kind.word(),
            first: one.first,
            second: one.second,
            count: one.count,
        }
    }
}
