//! The verdict of a sealog archive, from what was hashed and what the examiner trusts.
//!
//! Invariants: 1. An entry is intact only when its hash is under a root that was recomputed from
//! hashes and signed by a key trusted for this origin. 2. Any break makes the archive broken. 3.
//! The order of segments is the file's. 4. What was not looked at is unchecked, never intact.

mod entry_proof;
mod findings;
mod outside;
mod ranges;
mod stamps;
mod start;

use sealscope_archive::Archive as _;
use sealscope_archive::sealog::{Header, SealogArchive};
use sealscope_model::{
    Break, BreakKind, Damage, End, EntryCounts, Position, Strength, Verdict, VerdictRanges,
};

use crate::check::{SegmentFindings, control_numbers};
use crate::grammar::{Grammar, PlacedControl, Surroundings, check_controls};
use crate::localise::{Localised, Scene, localise};
use crate::outside::Outside;
use crate::prove::{Sealed, SpanState, Start};
use crate::seals::{SealTrust, Seals, judge_seals, origin_name};
use crate::summary::{Summary, entries};
use crate::trust::TrustStore;
use crate::words;
pub use entry_proof::{
    CheckpointState, EntryProof, KnownHashes, LeafFrom, SealedCheckpoint, SealedLog,
};
pub(crate) use start::first_start;
use start::{first_header, prove_from_start};

/// Judges a sealog archive. `findings` are those of its segments from the first on, in order; where
/// they end early (the check was cancelled), what follows is unchecked; so is what follows a
/// segment that the medium did not give: that nobody saw a line is no sign that it is gone.
#[must_use]
pub fn judge_sealog(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    trust: &TrustStore,
) -> Summary {
    Case::of(archive, findings, trust).summarise(trust)
}

/// Everything that the answer is made from.
pub(crate) struct Case<'a> {
    archive: &'a SealogArchive,
    findings: &'a [SegmentFindings],
    /// What was found from the first segment on that the medium did not give: damage only.
    unseen: &'a [SegmentFindings],
    /// Stored index of the first line of each segment.
    stored_first: Vec<Position>,
    start: Start,
    header: Option<&'a Header>,
    seals: Seals,
    sealed: Sealed,
    located: Localised,
    /// The first segment after the last seal.
    tail_from: usize,
    is_partial: bool,
}

impl<'a> Case<'a> {
    fn of(archive: &'a SealogArchive, findings: &'a [SegmentFindings], trust: &TrustStore) -> Self {
        let structure = archive.structure();
        let seen = findings
            .iter()
            .position(|found| found.is_unreadable)
            .unwrap_or(findings.len());
        let (findings, unseen) = findings.split_at(seen);
        let header = first_header(findings);
        let is_partial = findings.len() < structure.frames.len();
        let mut seals = judge_seals(structure, header, trust);
        if is_partial {
            for list in [&mut seals.bounds, &mut seals.others, &mut seals.bad] {
                list.retain(|seal| seal.frames_before <= findings.len());
            }
        }
        let (start, sealed) = prove_from_start(archive, findings, &seals.bounds, header);
        let stored_first = stored_positions(start.at, findings);
        let tail_from = seals.bounds.last().map_or(0, |seal| seal.frames_before);
        let located = localise(Scene {
            archive,
            findings,
            stored_first: &stored_first,
            sealed: &sealed,
            start: start.at,
            tail_from,
        });
        Self {
            archive,
            findings,
            unseen,
            stored_first,
            start,
            header,
            seals,
            sealed,
            located,
            tail_from,
            is_partial,
        }
    }

    fn summarise(self, trust: &TrustStore) -> Summary {
        let ranges = self.verdicts_by_position();
        let (ranges, mut breaks, mut damage) = self.hold_against_bad_signatures(ranges);
        let controls = self.placed_controls(&ranges);
        let mut grammar = self.check_grammar(&controls, &ranges);
        let ranges = match grammar.closed_at {
            Some(stored) => ranges::overlay(&ranges, self.start.at, stored + 1, u64::MAX, |_| {
                Verdict::Broken
            }),
            None => ranges,
        };
        breaks.extend(self.seals.breaks.iter().cloned());
        breaks.extend(self.located.breaks.iter().cloned());
        breaks.append(&mut grammar.breaks);
        breaks.extend(self.contradicting_checkpoints());
        let stamps = self.judge_stamps(trust);
        let (head, tail) = self.ends(&ranges, &grammar);
        let mut held = self.hold_outside(trust, &stamps.given, &breaks, tail.is_anchored());
        let ranges = self.strengthen(held.apply(ranges, self.start.at), &stamps);
        breaks.append(&mut held.breaks);
        let to_remember = self.to_remember(&breaks);
        damage.extend(stamps.damage.iter().cloned());
        breaks.sort_by_key(|found| (found.position, found.found, found.kind));
        damage.extend(self.damage(&ranges, &breaks));
        damage.sort_by_key(|one| one.offset_bytes);
        let entries = self.count(&ranges);
        let verdict = self.verdict(&ranges, &entries, &breaks);
        // A tail that something outside contradicts is not fixed by what stands in the file.
        let tail = match held.tail.take() {
            Some(anchored) if !tail.is_anchored() => anchored,
            _ => tail,
        };
        let signers = self.signers();
        let facts = words::Facts {
            verdict,
            start: self.start.at,
            breaks: &breaks,
            damage: &damage,
            signers: &signers,
            seals: self.seals.bounds.len(),
            time: stamps.aspect(),
            stamps: &stamps.findings,
            observations: &held.observations,
            lacks_tree: self.lacks_tree(),
            head: &head,
            tail: &tail,
            entries: &entries,
            ranges: &ranges,
        };
        let aspects = words::aspects(&facts);
        let says = words::sentence(&facts);
        let mut observations = grammar.observations;
        observations.append(&mut held.observations);
        observations.extend(stamps.observations);
        Summary {
            verdict: self.at_most_what_was_checked(verdict),
            strength: self.strength(&ranges),
            head,
            tail,
            says,
            entries,
            ranges,
            breaks,
            damage,
            observations,
            aspects,
            signers,
            origin: self.seals.origin.clone(),
            checkpoints_held: self.checkpoints_held(),
            checkpoints: self.archive.structure().checkpoints.len() as u64,
            links: Vec::new(),
            outside: Outside {
                timestamps: stamps.findings,
                witnesses: stamps.witnesses,
                remembered: held.remembered,
                held: held.findings,
                to_remember,
            },
            notes: held.notes,
        }
    }

    fn stored_end(&self) -> Position {
        match (self.stored_first.last(), self.findings.last()) {
            (Some(first), Some(found)) => first + found.lines,
            _ => self.start.at,
        }
    }

    /// Stored index of the first line of a segment, or where the stored lines end.
    fn stored_at(&self, place: usize) -> Position {
        let first = self.stored_first.get(place).copied();
        first.unwrap_or_else(|| self.stored_end())
    }

    /// The worst of the log entries and the breaks; where there is no log entry, of the lines.
    fn verdict(&self, ranges: &VerdictRanges, entries: &EntryCounts, breaks: &[Break]) -> Verdict {
        if !breaks.is_empty() {
            return Verdict::Broken;
        }
        let of_entries = Verdict::ALL
            .into_iter()
            .rev()
            .find(|verdict| entries.of(*verdict) > 0);
        let of_lines = || ranges.as_slice().iter().filter_map(|r| r.verdict).max();
        of_entries
            .or_else(of_lines)
            .unwrap_or_else(|| self.verdict_of_nothing())
    }

    /// Of an archive that was looked at in part, the whole is at best unproven, however good the
    /// part.
    fn at_most_what_was_checked(&self, verdict: Verdict) -> Verdict {
        if self.is_partial {
            verdict.and(Verdict::Unproven)
        } else {
            verdict
        }
    }

    /// An archive without a single line: what seals it is all there is.
    fn verdict_of_nothing(&self) -> Verdict {
        let last = self.sealed.spans.iter().zip(&self.seals.bounds).next_back();
        match last {
            Some((span, seal)) if span.is_proven() && seal.trust.is_trusted() => Verdict::Intact,
            Some(_) => Verdict::Unproven,
            None => Verdict::Unsealed,
        }
    }

    /// A signature that names a known key and does not hold breaks the entries since the checkpoint
    /// before it, unless a later trusted one proves them.
    fn hold_against_bad_signatures(
        &self,
        mut ranges: VerdictRanges,
    ) -> (VerdictRanges, Vec<Break>, Vec<Damage>) {
        let (mut breaks, mut damage) = (Vec::new(), Vec::new());
        let mut places: Vec<usize> = self.seals.all().map(|seal| seal.frames_before).collect();
        places.sort_unstable();
        places.dedup();
        for seal in &self.seals.bad {
            let SealTrust::Bad(key) = &seal.trust else {
                continue;
            };
            let before = places.partition_point(|place| *place < seal.frames_before);
            let since = before.checked_sub(1).and_then(|at| places.get(at));
            let from = self.stored_at(since.copied().unwrap_or(0));
            let to = self.stored_at(seal.frames_before);
            let (first, count) = ranges::not_intact(&ranges, from, to);
            let who = format!("{} ({})", key.name(), key.id_hex());
            let Some(first) = first else {
                let reason = format!(
                    "a checkpoint's signature was not made by the key that it names, {who}; the \
                     entries are proven by another checkpoint"
                );
                damage.push(Damage::at(seal.offset_bytes, reason));
                continue;
            };
            let says = format!(
                "The signature of the checkpoint of {} was not made by the key that it names, \
                 {who}, over this content.",
                entries(seal.size)
            );
            let position = self.sealed_of(first).unwrap_or(first);
            let mut bad = Break::new(BreakKind::BadSignature, position, count, says);
            bad.exact = true;
            bad.offset_bytes = Some(seal.offset_bytes);
            breaks.push(bad);
            ranges = ranges::overlay(&ranges, self.start.at, from, to, |verdict| match verdict {
                Verdict::Intact => Verdict::Intact,
                _ => Verdict::Broken,
            });
        }
        (ranges, breaks, damage)
    }

    /// Sealed index of a stored line that is as it was sealed; in the tail, the index it would
    /// have.
    fn sealed_of(&self, stored: Position) -> Option<Position> {
        let kept = &self.located.kept;
        let after = kept.partition_point(|run| run.stored_at <= stored);
        let run = after.checked_sub(1).and_then(|place| kept.get(place));
        if let Some(run) = run.filter(|run| stored < run.stored_at + run.count) {
            return Some(run.sealed_at + (stored - run.stored_at));
        }
        let tail = self.stored_at(self.tail_from);
        let offset = stored.checked_sub(tail)?;
        Some(self.sealed.end(self.start.at) + offset)
    }

    fn placed_controls(&self, ranges: &VerdictRanges) -> Vec<PlacedControl> {
        let mut placed = Vec::new();
        for (first, found) in self.stored_first.iter().zip(self.findings) {
            for (number, control) in &found.controls {
                let stored = first + u64::from(*number);
                let verdict = ranges.verdict_at(stored);
                placed.push(PlacedControl {
                    stored,
                    place: self
                        .sealed_of(stored)
                        .filter(|_| verdict != Some(Verdict::Broken)),
                    control: control.clone(),
                });
            }
        }
        placed
    }

    fn check_grammar(&self, controls: &[PlacedControl], ranges: &VerdictRanges) -> Grammar {
        let sealed_end = self.sealed.end(self.start.at);
        let is_unchanged = self.located.breaks.is_empty()
            && self.sealed.spans.iter().all(|span| span.is_proven())
            && !self.is_partial;
        let is_broken = |stored: &Position| ranges.verdict_at(*stored) == Some(Verdict::Broken);
        let stored_of =
            |sealed: Position| self.stored_of(sealed).filter(|stored| !is_broken(stored));
        let not_broken_from = |from: Position| {
            let end = self.stored_end();
            end.saturating_sub(from) - ranges::broken(ranges, from, end)
        };
        let is_torn_before = |stored: Position| self.is_torn_before(stored);
        check_controls(
            controls,
            &Surroundings {
                identity: self.archive.structure().identity.as_ref(),
                start: self.start.at,
                first: ranges.verdict_at(self.start.at),
                seals: &self.seals,
                sealed_end,
                stored_end: self.stored_end(),
                stored_of: &stored_of,
                is_torn_before: &is_torn_before,
                not_broken_from: &not_broken_from,
                has_lost_head: self.located.breaks.iter().any(|found| {
                    let is_there = found.position <= self.start.at
                        && self.start.at < found.position + found.count;
                    is_there && found.kind != BreakKind::Inserted
                }),
                is_unchanged,
            },
        )
    }

    /// Where the leaf that was sealed at an index stands, in order; in the tail, the line that has
    /// its index.
    fn stored_of(&self, sealed: Position) -> Option<Position> {
        let kept = &self.located.kept;
        let after = kept.partition_point(|run| run.sealed_at <= sealed);
        let run = after.checked_sub(1).and_then(|place| kept.get(place));
        if let Some(run) = run.filter(|run| sealed < run.sealed_at + run.count) {
            return Some(run.stored_at + (sealed - run.sealed_at));
        }
        let offset = sealed.checked_sub(self.sealed.end(self.start.at))?;
        let stored = self.stored_at(self.tail_from) + offset;
        (stored < self.stored_end()).then_some(stored)
    }

    /// Whether bytes that do not parse stand right before the segment of a stored line: a
    /// checkpoint may have been among them.
    fn is_torn_before(&self, stored: Position) -> bool {
        let after = self.stored_first.partition_point(|first| *first <= stored);
        let frames = &self.archive.structure().frames;
        let Some(frame) = after.checked_sub(1).and_then(|place| frames.get(place)) else {
            return false;
        };
        let before = after.checked_sub(2).and_then(|place| frames.get(place));
        let from = before.map_or(0, |frame| frame.offset_bytes + frame.stored_bytes);
        let damage = self.archive.damage();
        let first = damage.partition_point(|one| one.offset_bytes < from);
        damage
            .get(first)
            .is_some_and(|one| one.offset_bytes < frame.offset_bytes)
    }

    fn count(&self, ranges: &VerdictRanges) -> EntryCounts {
        let mut counts = EntryCounts::default();
        for range in ranges.as_slice() {
            let control = self.control_lines(range.from, range.to);
            counts.control += control;
            counts.add(range.verdict, range.to - range.from - control);
        }
        counts
    }

    /// How many of the lines stored at `from <= position < to` are control lines.
    fn control_lines(&self, from: Position, to: Position) -> u64 {
        let begin = self.stored_first.partition_point(|first| *first <= from);
        let begin = begin.saturating_sub(1);
        let segments = self.stored_first.iter().zip(self.findings).skip(begin);
        let mut count = 0;
        for (first, found) in segments.take_while(|(first, _)| **first < to) {
            let (a, b) = (from.max(*first), to.min(first + found.lines));
            let all = found.lines - found.log_entries;
            if b <= a || all == 0 {
                continue;
            }
            let inside =
                |number: u32| a <= first + u64::from(number) && first + u64::from(number) < b;
            count += if b - a == found.lines {
                all
            } else if all == found.controls.len() as u64 {
                let controls = found.controls.iter();
                controls.filter(|(number, _)| inside(*number)).count() as u64
            } else {
                // Only some were kept; where they stand is read again.
                let numbers = self.archive.read_segment(found.ordinal, None);
                let numbers = numbers
                    .map(|segment| control_numbers(&segment))
                    .unwrap_or_default();
                numbers.into_iter().filter(|number| inside(*number)).count() as u64
            };
        }
        count
    }

    /// What the seals prove, at the weakest range that is sealed and not broken.
    fn strength(&self, ranges: &VerdictRanges) -> Strength {
        let sealed = || {
            let all = ranges.as_slice().iter();
            all.filter(|range| range.strength.base.is_some())
        };
        let sound = || sealed().filter(|range| range.verdict != Some(Verdict::Broken));
        let all = |is: fn(&Strength) -> bool| {
            sound().next().is_some() && sound().all(|range| is(&range.strength))
        };
        Strength {
            base: sealed().filter_map(|range| range.strength.base).min(),
            timestamped: all(|strength| strength.timestamped),
            witnessed: all(|strength| strength.witnessed),
        }
    }

    fn ends(&self, ranges: &VerdictRanges, grammar: &Grammar) -> (End, End) {
        let is_intact = |position: Option<Position>| {
            position.and_then(|at| ranges.verdict_at(at)) == Some(Verdict::Intact)
        };
        let is_headed =
            self.start.at == 0 && grammar.has_sound_header && is_intact(Some(self.start.at));
        let is_closed =
            grammar.is_closed && is_intact(self.stored_end().checked_sub(1)) && !self.is_partial;
        let end = |is_anchored, by| {
            if is_anchored {
                End::Anchored { by }
            } else {
                End::Open
            }
        };
        (end(is_headed, "header"), end(is_closed, "close"))
    }

    /// Whether spans cannot be checked for want of the tree before the archive.
    fn lacks_tree(&self) -> bool {
        let mut spans = self.sealed.spans.iter();
        spans.any(|span| span.from < span.to && span.state == SpanState::Unknowable)
    }

    fn checkpoints_held(&self) -> u64 {
        let held = self.sealed.spans.iter().zip(&self.seals.bounds);
        held.filter(|(span, seal)| span.is_proven() && seal.trust.is_trusted())
            .count() as u64
    }
}

fn stored_positions(start: Position, findings: &[SegmentFindings]) -> Vec<Position> {
    let mut next = start;
    findings
        .iter()
        .map(|found| {
            let first = next;
            next += found.lines;
            first
        })
        .collect()
}

/// The name, without the log's uuid, that a key has to be trusted for to speak for this archive.
#[must_use]
pub fn trusted_origin_name(checkpoint_origin: &str) -> &str {
    origin_name(checkpoint_origin)
}
