//! Verdicts by stored position.

use sealscope_model::{Position, Strength, Verdict, VerdictRanges};

use super::Case;
use crate::localise::Apart;
use crate::prove::SpanState;

/// The ranges with another verdict for `from <= position < to`.
pub(super) fn overlay(
    ranges: &VerdictRanges,
    begin: Position,
    from: Position,
    to: Position,
    change: impl Fn(Verdict) -> Verdict,
) -> VerdictRanges {
    let mut out = VerdictRanges::starting_at(begin);
    for range in ranges.as_slice() {
        let (a, b) = (
            range.from.max(from).min(range.to),
            range.to.min(to).max(range.from),
        );
        out.push(range.from, a.min(range.to), range.verdict, range.strength);
        if a < b {
            let verdict = range.verdict.map(&change);
            out.push(a, b, verdict, strength_of(verdict));
        }
        out.push(b.max(range.from), range.to, range.verdict, range.strength);
    }
    out
}

/// The ranges with what an anchor vouches for up to `to`: sealed or not, it is as the examiner
/// knows it. What no seal covers gets the strength given.
pub(super) fn vouched(
    ranges: &VerdictRanges,
    begin: Position,
    to: Position,
    strength: Strength,
) -> VerdictRanges {
    changed(
        ranges,
        begin,
        (begin, to),
        |verdict, before| match verdict {
            Some(Verdict::Unproven | Verdict::Consistent) => (Some(Verdict::Intact), before),
            Some(Verdict::Unsealed) => (Some(Verdict::Intact), strength),
            _ => (verdict, before),
        },
    )
}

/// The ranges with an addition to the strength of `from <= position < to`, where entries are
/// sealed and not broken.
pub(super) fn strengthened(
    ranges: &VerdictRanges,
    begin: Position,
    from: Position,
    to: Position,
    add: impl Fn(&mut Strength),
) -> VerdictRanges {
    changed(ranges, begin, (from, to), |verdict, mut strength| {
        if matches!(verdict, Some(Verdict::Intact | Verdict::Unproven)) {
            add(&mut strength);
        }
        (verdict, strength)
    })
}

/// The ranges, those of a stretch with what `change` makes of verdict and strength.
fn changed(
    ranges: &VerdictRanges,
    begin: Position,
    (from, to): (Position, Position),
    change: impl Fn(Option<Verdict>, Strength) -> (Option<Verdict>, Strength),
) -> VerdictRanges {
    let mut out = VerdictRanges::starting_at(begin);
    for range in ranges.as_slice() {
        let a = range.from.max(from).min(range.to);
        let b = range.to.min(to).max(a);
        out.push(range.from, a, range.verdict, range.strength);
        let (verdict, strength) = change(range.verdict, range.strength);
        out.push(a, b, verdict, strength);
        out.push(b, range.to, range.verdict, range.strength);
    }
    out
}

/// The first position of a stretch that is not intact, and how many there are.
pub(super) fn not_intact(
    ranges: &VerdictRanges,
    from: Position,
    to: Position,
) -> (Option<Position>, u64) {
    count(ranges, from, to, |verdict| verdict != Some(Verdict::Intact))
}

/// How many positions of a stretch are broken.
pub(super) fn broken(ranges: &VerdictRanges, from: Position, to: Position) -> u64 {
    count(ranges, from, to, |verdict| verdict == Some(Verdict::Broken)).1
}

fn count(
    ranges: &VerdictRanges,
    from: Position,
    to: Position,
    counts: impl Fn(Option<Verdict>) -> bool,
) -> (Option<Position>, u64) {
    let all = ranges.as_slice();
    let begin = all.partition_point(|range| range.to <= from);
    let (mut first, mut count) = (None, 0);
    for range in all.iter().skip(begin).take_while(|range| range.from < to) {
        let (a, b) = (range.from.max(from), range.to.min(to));
        if a < b && counts(range.verdict) {
            first = first.or(Some(a));
            count += b - a;
        }
    }
    (first, count)
}

fn strength_of(verdict: Option<Verdict>) -> Strength {
    match verdict {
        Some(Verdict::Intact | Verdict::Consistent | Verdict::Unproven | Verdict::Broken) => {
            Strength::SIGNED
        }
        Some(Verdict::Unsealed) | None => Strength::NONE,
    }
}

impl Case<'_> {
    /// What a sealed leaf in a span is worth, by the best signature that vouches for it.
    pub(super) fn span_verdicts(&self) -> Vec<Verdict> {
        let mut worth = vec![Verdict::Broken; self.sealed.spans.len()];
        let spans = self.sealed.spans.iter().zip(&self.seals.bounds);
        let mut vouched = false;
        for (slot, (span, seal)) in worth.iter_mut().zip(spans).rev() {
            // A later root speaks for this span only if all spans between them are proven: then the
            // tree is one.
            vouched = span.is_proven() && (vouched || seal.trust.is_trusted());
            *slot = match span.state {
                SpanState::Proven if vouched => Verdict::Intact,
                SpanState::Proven | SpanState::Unknowable => Verdict::Unproven,
                SpanState::Refuted => Verdict::Broken,
            };
        }
        worth
    }

    pub(super) fn verdicts_by_position(&self) -> VerdictRanges {
        let worth = self.span_verdicts();
        let mut marks: Vec<(Position, Position, Option<Verdict>)> = Vec::new();
        for kept in &self.located.kept {
            let (mut at, end) = (kept.sealed_at, kept.sealed_at + kept.count);
            // A run may reach over checkpoints, each of which is worth what it is.
            while at < end {
                let span = self.sealed.span_at(at);
                let to = span.map_or(end, |(_, span)| span.to.min(end));
                let verdict = span.and_then(|(number, _)| worth.get(number)).copied();
                let stored = kept.stored_at + (at - kept.sealed_at);
                let verdict = verdict.unwrap_or(Verdict::Broken);
                marks.push((stored, stored + (to - at), Some(verdict)));
                at = to;
            }
        }
        for (place, why) in &self.located.apart {
            let from = self.stored_at(*place);
            let to = from + self.findings.get(*place).map_or(0, |found| found.lines);
            match why {
                Apart::Tail => self.mark_tail(from, to, &mut marks),
                Apart::NoTree => marks.push((from, to, Some(Verdict::Unproven))),
                Apart::NotCompared => {}
            }
        }
        marks.sort_unstable();
        let mut ranges = VerdictRanges::starting_at(self.start.at);
        for (from, to, verdict) in marks {
            // What no mark covers was changed, added or moved.
            ranges.push(ranges.end(), from, Some(Verdict::Broken), Strength::SIGNED);
            ranges.push(from, to, verdict, strength_of(verdict));
        }
        let end = self.stored_end();
        ranges.push(ranges.end(), end, Some(Verdict::Broken), Strength::SIGNED);
        if self.is_partial {
            ranges.push(ranges.end(), self.unchecked_end(), None, Strength::NONE);
        }
        ranges
    }

    /// Entries after the last seal are unsealed, but for sealed ones that went there. Where the
    /// check was stopped, their seal may be yet to come: they are unchecked.
    fn mark_tail(
        &self,
        from: Position,
        to: Position,
        marks: &mut Vec<(Position, Position, Option<Verdict>)>,
    ) {
        let verdict = (!self.is_partial).then_some(Verdict::Unsealed);
        let strays = &self.located.strays;
        let mut at = from;
        let first = strays.partition_point(|stray| *stray < from);
        for stray in strays.iter().skip(first).take_while(|stray| **stray < to) {
            marks.push((at, *stray, verdict));
            at = stray + 1;
        }
        marks.push((at, to, verdict));
    }

    /// Where the archive would end if what was not read is as its leaf lists state.
    fn unchecked_end(&self) -> Position {
        let frames = self.archive.structure().frames.iter();
        let unread = frames.skip(self.findings.len());
        let lines = unread.map(|frame| frame.list.as_ref().map_or(0, |list| u64::from(list.count)));
        self.stored_end() + lines.sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlay_changes_its_stretch_and_nothing_else() {
        for from in 0..12u64 {
            for to in from..14 {
                let mut ranges = VerdictRanges::starting_at(2);
                ranges.push(2, 5, Some(Verdict::Intact), Strength::SIGNED);
                ranges.push(5, 6, None, Strength::NONE);
                ranges.push(6, 10, Some(Verdict::Unproven), Strength::SIGNED);
                let changed = overlay(&ranges, 2, from, to, |_| Verdict::Broken);
                for at in 0..14 {
                    let before = ranges.verdict_at(at);
                    let expected = match before {
                        Some(_) if from <= at && at < to => Some(Verdict::Broken),
                        other => other,
                    };
                    assert_eq!(changed.verdict_at(at), expected, "{from}..{to} at {at}");
                }
                assert_eq!(changed.end(), 10);
            }
        }
    }
}
