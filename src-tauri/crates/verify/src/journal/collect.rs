//! The findings of all segments, put together by interval.

use sealscope_archive::journal::{Interval, JournalArchive, JournalFile};
use sealscope_model::Position;

use super::check::{EntryMark, PartFindings, SealCheck};
use crate::check::SegmentFindings;
use crate::checker::SealFindings;

/// A file with what was found of its intervals.
pub(super) struct FileCase<'a> {
    pub(super) file: &'a JournalFile,
    pub(super) intervals: Vec<Outcome<'a>>,
    /// Position of its first entry.
    pub(super) first: Position,
}

/// What was found of an interval.
#[derive(Debug, Clone)]
pub(super) struct Outcome<'a> {
    pub(super) interval: &'a Interval,
    /// Positions of the entries that were looked at.
    pub(super) from: Position,
    pub(super) to: Position,
    pub(super) seal: SealCheck,
    pub(super) ends: Option<(EntryMark, EntryMark)>,
    pub(super) realtime: Option<(u64, u64)>,
    pub(super) changed: Vec<(Position, Position)>,
    pub(super) bad_sums: Vec<Position>,
    pub(super) unordered: Vec<Position>,
    pub(super) reversed: Vec<Position>,
    /// Whether a segment with it, or a part of it, was looked at.
    pub(super) is_seen: bool,
}

/// Puts the findings together. They are those of the segments from the first on, in order.
pub(super) fn collect<'a>(
    archive: &'a JournalArchive,
    findings: &[SegmentFindings],
) -> Vec<FileCase<'a>> {
    let mut cases: Vec<FileCase<'a>> = archive
        .journal_files()
        .iter()
        .map(|file| FileCase {
            file,
            intervals: file.intervals().iter().map(Outcome::unseen).collect(),
            first: 0,
        })
        .collect();
    let mut position = 0;
    for found in findings {
        let SealFindings::Interval(seals) = &found.seal else {
            position += found.log_entries;
            continue;
        };
        let Some(case) = cases.get_mut(seals.file as usize) else {
            continue;
        };
        if case.intervals.iter().all(|outcome| !outcome.is_seen) {
            case.first = position;
        }
        for part in &seals.parts {
            if let Some(outcome) = case.intervals.get_mut(part.interval as usize) {
                outcome.take(part, position);
            }
            position += u64::from(part.entries);
        }
    }
    cases
}

impl FileCase<'_> {
    /// Whether all that was looked at comes first, without a hole.
    pub(super) fn is_prefix(&self) -> bool {
        let is_whole = |outcome: &Outcome<'_>| outcome.entries() == outcome.interval.entries;
        let mut rest = self
            .intervals
            .iter()
            .skip_while(|outcome| is_whole(outcome));
        let _torn = rest.next();
        rest.all(|outcome| outcome.entries() == 0)
    }
}

impl<'a> Outcome<'a> {
    const fn unseen(interval: &'a Interval) -> Self {
        Self {
            interval,
            from: 0,
            to: 0,
            seal: SealCheck::None,
            ends: None,
            realtime: None,
            changed: Vec::new(),
            bad_sums: Vec::new(),
            unordered: Vec::new(),
            reversed: Vec::new(),
            is_seen: false,
        }
    }

    /// Entries that were looked at.
    pub(super) const fn entries(&self) -> u64 {
        self.to - self.from
    }

    fn take(&mut self, part: &PartFindings, position: Position) {
        if !self.is_seen {
            (self.is_seen, self.from) = (true, position);
        }
        self.to = position + u64::from(part.entries);
        if part.seal != SealCheck::None {
            self.seal = part.seal;
        }
        let place = |number: &u32| position + u64::from(*number);
        self.changed.extend(
            part.changed
                .iter()
                .map(|(from, to)| (place(from), place(to))),
        );
        self.bad_sums.extend(part.bad_sums.iter().map(place));
        self.unordered.extend(part.unordered.iter().map(place));
        self.reversed.extend(part.reversed.iter().map(place));
        if let Some((first, last)) = part.ends {
            if let Some((_, before)) = self.ends {
                if !before.is_followed_by(&first) {
                    self.unordered.push(position);
                }
                if before.is_later_than(&first) {
                    self.reversed.push(position);
                }
            }
            self.ends = Some((self.ends.map_or(first, |ends| ends.0), last));
        }
        if let Some((first, last)) = part.realtime {
            let (a, b) = self.realtime.unwrap_or((first, last));
            self.realtime = Some((a.min(first), b.max(last)));
        }
    }
}
