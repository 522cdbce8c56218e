//! Words that differ from format to format: what is sealed, and with what.

use sealscope_model::{Break, BreakKind, ObservationKind};

use super::Words;

mod chained;
mod cloudtrail;
mod journal;

/// How an archive is sealed, as far as the words differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sealing {
    /// By checkpoints over the tree of its lines, or not at all: the general words.
    Log,
    /// By signed digest files over log files.
    CloudTrail,
    /// By tags over intervals of a journal.
    Journal,
    /// By the digest of each line in the next one.
    Chained,
}

impl Sealing {
    /// All of them, for tests.
    #[cfg(test)]
    pub(super) const ALL: [&'static str; 4] = ["sealog", "cloudtrail", "journal", "chained-jsonl"];

    /// That of a format, by its name.
    pub(super) fn of(format: &str) -> Self {
        match format {
            "cloudtrail" => Self::CloudTrail,
            "journal" => Self::Journal,
            "chained-jsonl" => Self::Chained,
            _ => Self::Log,
        }
    }
}

/// The title of a break where the format has its own; without a period.
pub(super) fn title(found: &Break, sealing: Sealing) -> Option<String> {
    match sealing {
        Sealing::Log => None,
        Sealing::CloudTrail => cloudtrail::title(found),
        Sealing::Journal => journal::title(found),
        Sealing::Chained => chained::title(found),
    }
}

/// The words for a break where the format has its own.
pub(super) fn words(found: &Break, sealing: Sealing) -> Option<Words> {
    // Two signed histories are the same everywhere, and so is what an anchor proves to be missing.
    if matches!(found.kind, BreakKind::Fork | BreakKind::Truncated) {
        return None;
    }
    match sealing {
        Sealing::Log => None,
        Sealing::CloudTrail => cloudtrail::words(found),
        Sealing::Journal => journal::words(found),
        Sealing::Chained => chained::words(found),
    }
}

/// The title of an observation where the format has its own; without a period.
pub(super) const fn observation_title(
    kind: ObservationKind,
    sealing: Sealing,
) -> Option<&'static str> {
    match sealing {
        Sealing::Log => None,
        Sealing::CloudTrail => cloudtrail::observation_title(kind),
        Sealing::Journal => journal::observation_title(kind),
        Sealing::Chained => chained::observation_title(kind),
    }
}

/// The words for an observation where the format has its own.
pub(super) fn observation(kind: ObservationKind, sealing: Sealing) -> Option<Words> {
    match sealing {
        Sealing::Log => None,
        Sealing::CloudTrail => cloudtrail::observation(kind),
        Sealing::Journal => journal::observation(kind),
        Sealing::Chained => chained::observation(kind),
    }
}
