//! What no digest of a chain covers, as it is told.

use sealscope_model::{Observation, ObservationKind, Position};

use super::findings::Uncovered;
use super::summarise::{Case, STEPS_TOLD_MAX};
use super::words;

impl Case<'_> {
    /// Entries that hold what no digest covers, with the position of the segment's first entry.
    pub(super) fn uncovered(&self) -> impl Iterator<Item = (Position, &Uncovered)> {
        let last = self.findings.last().map(|found| found.ordinal);
        let firsts = self.links().scan(0, move |first, (found, links)| {
            let at = *first;
            *first += found.lines;
            // Where the next entry covers an entry as a whole, only the very last can hold any.
            let is_last = Some(found.ordinal) == last;
            Some((at, links, is_last))
        });
        firsts.flat_map(|(at, links, is_last)| {
            let tail = links.uncovered_last.iter().filter(move |_| is_last);
            links
                .uncovered
                .iter()
                .chain(tail)
                .map(move |found| (at, found))
        })
    }

    /// What no digest covers: by the profile, and beyond what it says.
    pub(super) fn uncovered_observations(&self) -> Vec<Observation> {
        let of = |position, says| Observation {
            kind: ObservationKind::Uncovered,
            position,
            says,
        };
        let known = words::known_uncovered(&self.keys.profile);
        let mut all: Vec<_> = known.map(|says| of(None, says)).into_iter().collect();
        for (first, found) in self.uncovered().take(STEPS_TOLD_MAX) {
            let (from, to) = span(first, found);
            all.push(of(Some(from), words::uncovered(from, to, found)));
        }
        let more = self.uncovered().skip(STEPS_TOLD_MAX).count();
        if more > 0 {
            all.push(of(None, words::more_uncovered(more as u64)));
        }
        let mut first = 0;
        let mut unsigned = Vec::new();
        for (found, links) in self.links() {
            let runs = links.unsigned.iter();
            unsigned.extend(runs.map(|(from, to)| (first + u64::from(*from), to - from)));
            first += found.lines;
        }
        unsigned.truncate(STEPS_TOLD_MAX);
        for (from, count) in unsigned {
            let says = words::unsigned(from, u64::from(count));
            all.push(of(Some(from), says));
        }
        all
    }
}

/// Where entries stand that hold what no digest covers.
pub(super) fn span(first: Position, found: &Uncovered) -> (Position, Position) {
    (first + u64::from(found.from), first + u64::from(found.to))
}
