//! Two copies of a log against each other, by the hashes of their entries as they are stored.

use sealscope_archive::{Archive, ReadError, Structure};
use sealscope_model::{Digest, Position, Verdict};
use sealscope_verify::{Comparison, check_segment, compare_leaves};

use crate::open_archive::OpenArchive;
use crate::progress::{Cancel, Progress};

/// What came of comparing two archives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiesCompared {
    /// What differs.
    pub comparison: Comparison,
    /// The leaf index at which one log has two histories, both under seals that hold: nobody
    /// changed a copy, the log itself was told in two ways.
    pub fork: Option<Position>,
    /// Whether both are states of one sealog log, by their origin.
    pub is_one_log: bool,
}

/// Compares two archives that were checked; entries are all lines that are hashed, in a sealog
/// archive control lines too. `None` when asked to stop.
///
/// # Errors
/// When a medium fails: half of a comparison would be called removed entries.
pub fn compare_copies(
    first: &OpenArchive,
    second: &OpenArchive,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Option<CopiesCompared>, ReadError> {
    let starts = (start_of(first), start_of(second));
    let goes_on = || !cancel.is_stopped();
    let (a, b) = (
        LeafStream::new(first.archive(), progress),
        LeafStream::new(second.archive(), progress),
    );
    let Some(comparison) = compare_leaves(a, b, starts, &goes_on)? else {
        return Ok(None);
    };
    let is_one_log = origin_of(first).is_some() && origin_of(first) == origin_of(second);
    let fork = comparison
        .first_difference
        .filter(|(a, b)| is_one_log && a == b)
        .map(|(at, _)| at)
        .filter(|at| {
            let is_sealed = |open: &OpenArchive| open.verdict_at(*at) == Some(Verdict::Intact);
            is_sealed(first) && is_sealed(second)
        });
    Ok(Some(CopiesCompared {
        comparison,
        fork,
        is_one_log,
    }))
}

fn origin_of(open: &OpenArchive) -> Option<String> {
    open.summary()?.origin.clone()
}

/// Position of the first entry.
fn start_of(open: &OpenArchive) -> Position {
    match open.archive().structure() {
        Structure::Sealog(sealog) => {
            let identity = sealog.structure().identity.as_ref();
            identity.map_or(0, |identity| identity.start)
        }
        _ => 0,
    }
}

/// The leaf hashes of an archive, one segment in memory at a time.
struct LeafStream<'a> {
    archive: &'a dyn Archive,
    progress: &'a Progress,
    next: usize,
    leaves: std::vec::IntoIter<Digest>,
}

impl<'a> LeafStream<'a> {
    fn new(archive: &'a dyn Archive, progress: &'a Progress) -> Self {
        Self {
            archive,
            progress,
            next: 0,
            leaves: Vec::new().into_iter(),
        }
    }
}

impl Iterator for LeafStream<'_> {
    type Item = Result<Digest, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(leaf) = self.leaves.next() {
                return Some(Ok(leaf));
            }
            if self.next == self.archive.segment_count() {
                return None;
            }
            let segment = match self.archive.read_segment(self.next, None) {
                Ok(segment) => segment,
                Err(error) => return Some(Err(error)),
            };
            self.progress
                .add_bytes(self.archive.segment_bytes(self.next));
            self.next += 1;
            self.leaves = check_segment(segment, 0).leaves().to_vec().into_iter();
        }
    }
}

#[cfg(test)]
mod tests {
    use sealscope_testkit::sealog::Plan;

    use super::*;
    use crate::testing::{open_made, open_text};

    fn compared(a: &OpenArchive, b: &OpenArchive) -> CopiesCompared {
        let done = compare_copies(a, b, &Progress::default(), &Cancel::default());
        done.expect("it reads").expect("nobody stops it")
    }

    fn plan(segments: usize) -> Plan {
        let mut plan = Plan::new(segments, 8);
        plan.close = false;
        plan
    }

    #[test]
    fn two_histories_of_one_log_part_at_their_index() {
        let one = open_made(&plan(3).build());
        let mut other = plan(3);
        other.segments[1][3] = b"another".to_vec();
        let other = open_made(&other.build());
        let (a, b) = (&one.workspace.archives()[0], &other.workspace.archives()[0]);
        // Nine leaves, the opening of the second segment, and three entries stand before it.
        let found = compared(a, b);
        assert_eq!(found.fork, Some(13));
        assert_eq!(found.comparison.first_difference, Some((13, 13)));
        assert!(found.is_one_log);
    }

    #[test]
    fn a_longer_state_of_one_log_is_no_fork() {
        let (short, long) = (open_made(&plan(2).build()), open_made(&plan(3).build()));
        let (a, b) = (
            &short.workspace.archives()[0],
            &long.workspace.archives()[0],
        );
        let found = compared(a, b);
        assert_eq!((found.fork, found.comparison.added), (None, 9));
        assert_eq!(found.comparison.removed, 0);
    }

    #[test]
    fn a_changed_copy_is_no_fork() {
        let one = open_made(&plan(3).build());
        let mut made = plan(3).build();
        for part in &mut made.parts {
            if let sealscope_testkit::sealog::Part::Data(lines) = part {
                lines[2] = b"changed".to_vec();
                break;
            }
        }
        let other = open_made(&made);
        let (a, b) = (&one.workspace.archives()[0], &other.workspace.archives()[0]);
        let found = compared(a, b);
        assert_eq!((found.fork, found.comparison.changed), (None, 1));
    }

    #[test]
    fn plain_logs_are_compared_by_their_lines() {
        let one = open_text("a.log", b"one\ntwo\nthree\nfour\n");
        let other = open_text("b.log", b"one\nthree\ntwo\nfour\nfive\n");
        let (a, b) = (&one.workspace.archives()[0], &other.workspace.archives()[0]);
        let found = compared(a, b).comparison;
        assert_eq!((found.moved, found.added, found.removed), (1, 1, 0));
        assert!(compared(a, a).comparison.is_same());
    }
}
