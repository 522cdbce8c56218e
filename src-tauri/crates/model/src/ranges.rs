use crate::{Position, Strength, Verdict};

/// Entries `from <= position < to` that share a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckedRange {
    /// First position.
    pub from: Position,
    /// One past the last position.
    pub to: Position,
    /// What was found; `None` while nobody looked.
    pub verdict: Option<Verdict>,
    /// What the seal of the range can prove.
    pub strength: Strength,
}

/// The verdicts of an archive: ranges in order, without overlap and without holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerdictRanges {
    begin: Position,
    ranges: Vec<CheckedRange>,
}

impl VerdictRanges {
    /// No ranges yet; the first position is `begin`.
    #[must_use]
    pub const fn starting_at(begin: Position) -> Self {
        Self {
            begin,
            ranges: Vec::new(),
        }
    }

    /// Adds a range after the last one; a range that continues the last is merged into it.
    /// An empty range adds nothing, one that begins before the end is cut to what is new, and
    /// a hole is filled as unchecked.
    pub fn push(
        &mut self,
        from: Position,
        to: Position,
        verdict: Option<Verdict>,
        strength: Strength,
    ) {
        let end = self.end();
        let from_new = from.max(end);
        if to <= from_new {
            return;
        }
        if end < from_new {
            self.ranges.push(CheckedRange {
                from: end,
                to: from_new,
                verdict: None,
                strength: Strength::NONE,
            });
        }
        match self.ranges.last_mut() {
            Some(last)
                if last.to == from_new && last.verdict == verdict && last.strength == strength =>
            {
                last.to = to;
            }
            _ => self.ranges.push(CheckedRange {
                from: from_new,
                to,
                verdict,
                strength,
            }),
        }
    }

    /// One past the last position covered; the first position when empty.
    #[must_use]
    pub fn end(&self) -> Position {
        self.ranges.last().map_or(self.begin, |range| range.to)
    }

    /// The ranges, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[CheckedRange] {
        &self.ranges
    }

    /// The range that holds a position.
    #[must_use]
    pub fn at(&self, position: Position) -> Option<&CheckedRange> {
        let after = self.ranges.partition_point(|range| range.to <= position);
        self.ranges
            .get(after)
            .filter(|range| range.from <= position)
    }

    /// The verdict at a position; `None` when unchecked or outside.
    #[must_use]
    pub fn verdict_at(&self, position: Position) -> Option<Verdict> {
        self.at(position).and_then(|range| range.verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(parts: &[(u64, u64, Option<Verdict>)]) -> VerdictRanges {
        let mut all = VerdictRanges::default();
        for (from, to, verdict) in parts {
            all.push(*from, *to, *verdict, Strength::NONE);
        }
        all
    }

    #[test]
    fn neighbours_with_one_verdict_become_one_range() {
        let all = ranges(&[(0, 3, Some(Verdict::Intact)), (3, 9, Some(Verdict::Intact))]);
        assert_eq!(all.as_slice().len(), 1);
        assert_eq!(all.end(), 9);
    }

    #[test]
    fn a_position_finds_its_own_range() {
        let all = ranges(&[
            (0, 3, Some(Verdict::Intact)),
            (3, 4, Some(Verdict::Broken)),
            (4, 9, Some(Verdict::Intact)),
        ]);
        assert_eq!(all.verdict_at(2), Some(Verdict::Intact));
        assert_eq!(all.verdict_at(3), Some(Verdict::Broken));
        assert_eq!(all.verdict_at(8), Some(Verdict::Intact));
        assert_eq!(all.verdict_at(9), None);
    }

    #[test]
    fn a_hole_is_unchecked_and_an_overlap_never_judges_twice() {
        let all = ranges(&[
            (0, 3, Some(Verdict::Broken)),
            (1, 4, Some(Verdict::Intact)),
            (6, 7, Some(Verdict::Intact)),
        ]);
        assert_eq!(all.verdict_at(1), Some(Verdict::Broken));
        assert_eq!(all.verdict_at(3), Some(Verdict::Intact));
        assert_eq!(all.at(5).map(|range| range.verdict), Some(None));
    }
}
