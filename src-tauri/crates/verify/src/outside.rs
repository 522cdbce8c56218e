//! What comes from outside of an archive: remembered checkpoints, timestamps, witnesses.

use sealscope_model::Digest;

use crate::timestamp::TimestampFinding;

/// Checkpoints of one log that are remembered beside the newest: enough to tell where two histories
/// part, and a file of some hundred KiB at most.
pub const REMEMBERED_CHECKPOINTS_MAX: usize = 1024;

/// That the first `size` leaves of a log have this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CheckpointStatement {
    /// Leaves.
    pub size: u64,
    /// Their root.
    pub root: Digest,
}

/// What was seen of one log: kept by the engine in the examiner's own folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedLog {
    /// Origin of the log with its uuid.
    pub origin: String,
    /// The newest checkpoint that a trusted key signed: the whole note.
    pub note: String,
    /// When it was seen, RFC 3339 in UTC; empty where nobody said.
    pub seen: String,
    /// Checkpoints that were proven then, by size; the newest is the last.
    pub checkpoints: Vec<CheckpointStatement>,
}

impl RememberedLog {
    /// Keeps as many checkpoints as are remembered: the last one and an even choice of the others.
    #[must_use]
    pub fn thinned(mut self) -> Self {
        while self.checkpoints.len() > REMEMBERED_CHECKPOINTS_MAX {
            // Every second one from the end, so that the last stays.
            let count = self.checkpoints.len();
            let mut number = 0;
            self.checkpoints.retain(|_| {
                number += 1;
                (count - number).is_multiple_of(2)
            });
        }
        self
    }
}

/// A witness that cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessSummary {
    /// Name on the signature lines.
    pub name: String,
    /// Key id, eight hex digits.
    pub key_id: String,
    /// Checkpoints with a cosignature of this key that holds.
    pub checkpoints: u64,
    /// Newest time stated, in seconds since 1970.
    pub newest_time: u64,
}

/// What was held against an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldKind {
    /// A checkpoint that the examiner gave.
    Checkpoint,
    /// A number of entries with the digest after them that the examiner gave.
    Head,
    /// A timestamp token that the examiner gave. One that was checked is among the timestamps.
    Token,
    /// A checkpoint that was seen before.
    Remembered,
}

/// How it and the archive compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldState {
    /// The archive is as it states.
    Agrees,
    /// It is of another log, or of another part of it.
    SaysNothing,
    /// It could not be compared, or is not trusted.
    NotCompared,
    /// The archive is not as it states.
    Contradicts,
}

/// One anchor, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldFinding {
    /// What it is.
    pub kind: HeldKind,
    /// Entries that it is about; `None` where it could not be read that far.
    pub size: Option<u64>,
    /// How it compares.
    pub state: HeldState,
    /// That in a sentence.
    pub says: String,
}

/// What was known from outside, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outside {
    /// Tokens in the archive and tokens given, each with what was found.
    pub timestamps: Vec<TimestampFinding>,
    /// Trusted witnesses whose cosignatures hold.
    pub witnesses: Vec<WitnessSummary>,
    /// The remembered checkpoint that the archive was held against, and when it was seen.
    pub remembered: Option<(CheckpointStatement, String)>,
    /// Every anchor that was given and every checkpoint remembered, as it compares.
    pub held: Vec<HeldFinding>,
    /// What is worth remembering of this log; `None` where not everything held.
    pub to_remember: Option<RememberedLog>,
}

/// A remark on an anchor that does not concern this archive.
pub(crate) fn says_nothing_here(what: &str) -> String {
    format!("{what}; it says nothing of this archive.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_newest_and_is_even() {
        let checkpoints = (1..=5000u64).map(|size| CheckpointStatement {
            size,
            root: Digest::new([1; 32]),
        });
        let log = RememberedLog {
            origin: String::new(),
            note: String::new(),
            seen: String::new(),
            checkpoints: checkpoints.collect(),
        };
        let thin = log.thinned();
        assert_eq!(thin.checkpoints.len(), 625);
        assert_eq!(thin.checkpoints.last().map(|last| last.size), Some(5000));
        let steps = thin.checkpoints.windows(2);
        assert!(
            steps
                .into_iter()
                .all(|pair| pair[1].size - pair[0].size == 8)
        );
    }
}
