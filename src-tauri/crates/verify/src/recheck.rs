//! A few lines of a segment, held against what was found when the whole was checked.

use std::collections::BTreeMap;

use sealscope_archive::sealog::Line;
use sealscope_archive::{Segment, SegmentSeal};
use sealscope_model::Digest;
use sealscope_proof::{CompactRange, leaf_hash};

use crate::check::CheckedEntry;

/// Lines whose hashes are those of the segment as it was checked.
///
/// The leaf list behind the frame folds to the hashes that were computed from all lines then, so it
/// lists those lines; each line handed out was hashed now and is the one that is listed.
#[derive(Debug)]
pub struct RecheckedLines {
    segment: Segment,
    lines: BTreeMap<u32, (Digest, Line)>,
}

/// Hashes the wanted lines and holds them against `expected`, the hashes of the whole segment as it
/// was checked. The segment comes back where that takes all lines: it has no leaf list, its list is
/// not that of the lines that were checked, or a line is not the one listed.
///
/// # Errors
/// The segment, to be checked as a whole.
pub fn recheck_lines(
    segment: Segment,
    expected: &CompactRange,
    wanted: &[u32],
) -> Result<RecheckedLines, Box<Segment>> {
    match hashed(&segment, expected, wanted) {
        Some(lines) => Ok(RecheckedLines { segment, lines }),
        None => Err(Box::new(segment)),
    }
}

fn hashed(
    segment: &Segment,
    expected: &CompactRange,
    wanted: &[u32],
) -> Option<BTreeMap<u32, (Digest, Line)>> {
    let SegmentSeal::Frame {
        list: Some(list), ..
    } = &segment.seal
    else {
        return None;
    };
    let count = expected.end().checked_sub(expected.begin())?;
    if list.leaves.len() as u64 != count || segment.entries.len() as u64 != count {
        return None;
    }
    let mut listed = CompactRange::empty(expected.begin());
    list.leaves.iter().for_each(|leaf| listed.push(*leaf));
    if listed != *expected {
        return None;
    }
    let mut lines = BTreeMap::new();
    for number in wanted {
        let bytes = segment.entry(*number as usize)?;
        let leaf = leaf_hash(bytes);
        if list.leaves.get(*number as usize) != Some(&leaf) {
            return None;
        }
        lines.insert(*number, (leaf, Line::read(bytes)));
    }
    Some(lines)
}

impl RecheckedLines {
    /// One of the wanted lines as a log entry; `None` when it is a control line or was not wanted.
    #[must_use]
    pub fn log_entry(&self, number: u32) -> Option<CheckedEntry<'_>> {
        let (leaf, line) = self.lines.get(&number)?;
        let bytes = match line {
            Line::Control(_) => return None,
            Line::Enveloped(original) => original.as_slice(),
            Line::Entry | Line::Malformed(_) => self.segment.entry(number as usize)?,
        };
        Some(CheckedEntry {
            number,
            bytes,
            leaf: *leaf,
        })
    }
}

#[cfg(test)]
mod tests {
    use sealscope_archive::sealog::LeafList;
    use sealscope_model::Computed;

    use super::*;

    fn segment(lines: &[&str]) -> Segment {
        let mut segment = Segment::default();
        for line in lines {
            let begin = u32::try_from(segment.text.len()).expect("short");
            segment.text.extend_from_slice(line.as_bytes());
            segment
                .entries
                .push(begin..u32::try_from(segment.text.len()).expect("short"));
            segment.text.push(b'\n');
        }
        segment.seal = SegmentSeal::Frame {
            stored: Computed::hashed(Digest::new([0; 32])),
            list: Some(LeafList {
                frame: Digest::new([0; 32]),
                first: 0,
                count: u32::try_from(lines.len()).expect("few"),
                content_bytes: segment.text.len() as u64,
                leaves: lines
                    .iter()
                    .map(|line| leaf_hash(line.as_bytes()))
                    .collect(),
            }),
        };
        segment
    }

    fn range(lines: &[&str]) -> CompactRange {
        let mut range = CompactRange::empty(0);
        lines
            .iter()
            .for_each(|line| range.push(leaf_hash(line.as_bytes())));
        range
    }

    #[test]
    fn wanted_lines_are_given_when_nothing_changed() {
        let lines = ["a", "b", "c"];
        let checked = recheck_lines(segment(&lines), &range(&lines), &[1]).expect("unchanged");
        assert_eq!(
            checked.log_entry(1).map(|entry| entry.bytes),
            Some(&b"b"[..])
        );
        assert!(
            checked.log_entry(0).is_none(),
            "it was not asked for, so it was not hashed"
        );
    }

    #[test]
    fn a_changed_line_or_list_or_number_of_lines_sends_the_segment_back() {
        let lines = ["a", "b", "c"];
        let mut changed = segment(&lines);
        changed.text[2] = b'x';
        assert!(recheck_lines(changed, &range(&lines), &[1]).is_err());
        assert!(recheck_lines(segment(&["a", "x", "c"]), &range(&lines), &[0]).is_err());
        assert!(recheck_lines(segment(&["a", "b"]), &range(&lines), &[0]).is_err());
        assert!(recheck_lines(segment(&lines), &range(&lines), &[3]).is_err());
    }
}
