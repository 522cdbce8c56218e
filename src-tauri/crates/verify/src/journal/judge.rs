//! The verdict of a journal, from what was found in its segments.
//!
//! Invariants: 1. An entry is no better than the worst of: its own seal, the seals over the fields
//! it names, the rules of its file. 2. That no seal at all matches is the evidence of a wrong key,
//! and of a journal made anew: unproven. 3. A file that its own header says is longer is never
//! intact as a whole.

use sealscope_archive::Archive;
use sealscope_archive::journal::JournalArchive;
use sealscope_model::{
    Base, Break, BreakKind, Computed, Damage, Digest, End, EntryCounts, Observation,
    ObservationKind, Position, Strength, Verdict, VerdictRanges,
};

use super::aspects::aspects;
use super::check::{SealCheck, given};
use super::collect::{FileCase, Outcome, collect};
use super::key::SealTimes;
use super::{links, rules, words};
use crate::check::SegmentFindings;
use crate::outside::Outside;
use crate::summary::{SealLink, SignerSummary, Summary};
use crate::trust::TrustStore;

/// Breaks and observations that are told of one archive.
const TOLD_MAX: usize = 10_000;

const KEYED: Strength = Strength {
    base: Some(Base::Keyed),
    timestamped: false,
    witnessed: false,
};

/// What the sentences are made from.
pub(super) struct Facts<'a> {
    pub(super) verdict: Verdict,
    pub(super) entries: &'a EntryCounts,
    pub(super) breaks: &'a [Break],
    pub(super) damage: usize,
    pub(super) has_key: bool,
    pub(super) tags: u64,
    pub(super) files: usize,
    /// Files with seals none of which matches.
    pub(super) wrong_keys: usize,
    /// Seals and entries that the headers count and that are not there.
    pub(super) missing: (u64, u64),
    /// A header says that its file is sealed.
    pub(super) claims_seals: bool,
    /// A promised seal is missing, or one stands out of its turn.
    pub(super) has_gap: bool,
    /// Seals that match.
    pub(super) tags_held: u64,
}

/// A run of positions with its verdict; `None`: not looked at.
type Run = (Position, Position, Option<Verdict>);

/// What was judged so far.
#[derive(Default)]
struct Judged {
    runs: Vec<Run>,
    breaks: Vec<Break>,
    damage: Vec<Damage>,
    observations: Vec<Observation>,
    links: Vec<SealLink>,
    notes: Vec<String>,
    tags: u64,
    tags_held: u64,
    wrong_keys: usize,
    missing: (u64, u64),
    has_gap: bool,
    /// A header says that its file is sealed.
    claims_seals: bool,
    /// Entries were not looked at although everything was.
    is_incomplete: bool,
    /// Seals that match, by number of the key.
    held_by: Vec<u64>,
}

/// Judges the archive from what was found in its segments, from the first one on, in order.
pub(crate) fn judge(
    archive: &dyn Archive,
    sealed: &JournalArchive,
    findings: &[SegmentFindings],
    trust: &TrustStore,
) -> Summary {
    let keys = given(trust);
    let times: Vec<SealTimes> = keys.iter().map(|key| key.0).collect();
    let is_partial = findings.len() < archive.segment_count()
        || findings.iter().any(|found| found.is_unreadable);
    let mut judged = Judged {
        held_by: vec![0; keys.len()],
        damage: archive.damage().to_vec(),
        ..Judged::default()
    };
    for found in findings {
        judged.damage.extend(found.damage.iter().cloned());
    }
    let cases = collect(sealed, findings);
    for case in &cases {
        judge_file(case, &times, is_partial, &mut judged);
    }
    if !trust.given_keys.is_empty() && keys.is_empty() {
        judged
            .notes
            .push("None of the keys given is a journal's verification key.".to_owned());
    }
    let signers = keys
        .iter()
        .zip(&judged.held_by)
        .filter(|(_, held)| **held > 0);
    let signers = signers
        .map(|((times, name, _), held)| SignerSummary {
            name: name.clone(),
            key_id: times.id(),
            is_trusted: true,
            checkpoints: *held,
            claimed_vkey: None,
        })
        .collect();
    let unchecked = unchecked(&cases);
    judged.is_incomplete = unchecked > 0 && !is_partial;
    let head = head(&cases);
    judged.summarise(cases.len(), !keys.is_empty(), unchecked, signers, head)
}

/// Entries that the files hold and nobody looked at.
fn unchecked(cases: &[FileCase<'_>]) -> u64 {
    let held: u64 = cases.iter().map(|case| case.file.entries()).sum();
    let seen: u64 = cases
        .iter()
        .flat_map(|case| &case.intervals)
        .map(Outcome::entries)
        .sum();
    held.saturating_sub(seen)
}

/// Whether the log begins here: the first seal covers the header, and the first entry, which is
/// sealed too, has the first number of all.
fn head(cases: &[FileCase<'_>]) -> End {
    let Some(case) = cases.first() else {
        return End::Open;
    };
    let holds = |outcome: &Outcome<'_>| matches!(outcome.seal, SealCheck::Holds { .. });
    let first = case.intervals.iter().find(|outcome| outcome.entries() > 0);
    let is_first = first
        .filter(|outcome| holds(outcome))
        .and_then(|outcome| outcome.ends)
        .is_some_and(|ends| ends.0.seqnum == 1);
    let has_header = case.intervals.first().is_some_and(|outcome| {
        holds(outcome)
            && outcome
                .interval
                .tag
                .as_ref()
                .is_some_and(|tag| tag.seqnum == 1)
    });
    if is_first && has_header {
        End::Anchored { by: "header" }
    } else {
        End::Open
    }
}

/// What the seals of a file say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyState {
    /// No key was given.
    Missing,
    /// None of the seals matches.
    Wrong,
    /// Some match, under this key.
    Right(usize),
    /// There are no seals, or none was looked at yet.
    NoSeals,
}

pub(super) fn key_state(case: &FileCase<'_>, has_key: bool, is_partial: bool) -> KeyState {
    let sealed = || {
        case.intervals
            .iter()
            .filter(|one| one.interval.tag.is_some())
    };
    if sealed().next().is_none() {
        return KeyState::NoSeals;
    }
    if !has_key {
        return KeyState::Missing;
    }
    let key = sealed().find_map(|outcome| match outcome.seal {
        SealCheck::Holds { key } => Some(usize::from(key)),
        _ => None,
    });
    let fails = sealed().any(|outcome| matches!(outcome.seal, SealCheck::Fails { .. }));
    match key {
        Some(key) => KeyState::Right(key),
        None if fails || !is_partial => KeyState::Wrong,
        None => KeyState::NoSeals,
    }
}

fn judge_file(case: &FileCase<'_>, times: &[SealTimes], is_partial: bool, judged: &mut Judged) {
    let state = key_state(case, !times.is_empty(), is_partial);
    judged.tags += case.file.tags();
    let (tags, entries) = case.file.missing();
    judged.missing = (judged.missing.0 + tags, judged.missing.1 + entries);
    judged.claims_seals |= case.file.header.is_sealed;
    let (_, hidden) = case.file.hidden_entries();
    if hidden > 0 {
        judged.notes.push(words::hidden(hidden, case.file.name()));
    }
    let mut verdicts: Vec<Option<Verdict>> = case
        .intervals
        .iter()
        .map(|outcome| verdict_of(outcome, state))
        .collect();
    let mut breaks = Vec::new();
    match state {
        KeyState::Right(key) => {
            let held = verdicts
                .iter()
                .filter(|verdict| **verdict == Some(Verdict::Intact));
            let held = held.count() as u64;
            judged.tags_held += held;
            if let Some(count) = judged.held_by.get_mut(key) {
                *count += held;
            }
            if let Some(times) = times.get(key) {
                let found = rules::hold(case, times);
                for number in &found.resealed {
                    if let Some(verdict) = verdicts.get_mut(*number) {
                        *verdict = Some(Verdict::Broken);
                    }
                }
                judged.has_gap |= found.has_gap;
                judged.observations.extend(found.observations);
                breaks.extend(found.breaks);
            }
            breaks.extend(failed_seals(case).take(TOLD_MAX));
        }
        KeyState::Wrong => judged.wrong_keys += 1,
        KeyState::Missing | KeyState::NoSeals => {}
    }
    let is_sealed = matches!(state, KeyState::Right(_));
    let mut runs = base_runs(case, &verdicts);
    runs = overlay(&runs, &dependents(case, &verdicts, judged));
    runs = overlay(&runs, &changed(case, &verdicts, is_sealed, &mut breaks));
    let moved: Vec<Run> = breaks
        .iter()
        .filter(|one| one.kind == BreakKind::Moved)
        .map(|one| (one.position, one.position + 1, Some(Verdict::Broken)))
        .collect();
    judged.runs.extend(overlay(&runs, &moved));
    observe(case, is_sealed, judged);
    let relinked: Vec<u64> = breaks
        .iter()
        .filter(|one| one.kind == BreakKind::Relinked)
        .filter_map(|one| one.offset_bytes)
        .collect();
    links::links(case, &verdicts, &relinked, &mut judged.links);
    breaks.sort_by_key(|one| (one.position, one.kind));
    judged.breaks.extend(breaks);
}

fn verdict_of(outcome: &Outcome<'_>, state: KeyState) -> Option<Verdict> {
    if !outcome.is_seen {
        return None;
    }
    if outcome.interval.tag.is_none() {
        return Some(Verdict::Unsealed);
    }
    match (state, outcome.seal) {
        (KeyState::Right(_), SealCheck::Holds { .. }) => Some(Verdict::Intact),
        (KeyState::Right(_), SealCheck::Fails { .. }) => Some(Verdict::Broken),
        _ => Some(Verdict::Unproven),
    }
}

fn failed_seals<'c>(case: &'c FileCase<'_>) -> impl Iterator<Item = Break> + 'c {
    case.intervals
        .iter()
        .enumerate()
        .filter_map(|(number, outcome)| {
            let (SealCheck::Fails { computed }, Some(tag)) = (outcome.seal, &outcome.interval.tag)
            else {
                return None;
            };
            let count = outcome.entries();
            let kind = if count == 0 {
                BreakKind::BadSignature
            } else {
                BreakKind::Modified
            };
            let says = words::differs(outcome, tag, number == 0);
            let mut one = rules::at(case, outcome, kind, count, says);
            one.claimed = Some(tag.claimed);
            one.computed = computed.map(|bytes| Computed::hashed(Digest::new(bytes)));
            Some(one)
        })
}

fn base_runs(case: &FileCase<'_>, verdicts: &[Option<Verdict>]) -> Vec<Run> {
    let runs = case.intervals.iter().zip(verdicts);
    runs.filter(|(outcome, _)| outcome.entries() > 0)
        .map(|(outcome, verdict)| (outcome.from, outcome.to, *verdict))
        .collect()
}

/// Entries under seals that hold, with fields that stand under seals that do not.
fn dependents(case: &FileCase<'_>, verdicts: &[Option<Verdict>], judged: &mut Judged) -> Vec<Run> {
    let broken = case
        .intervals
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| **verdict == Some(Verdict::Broken))
        .map(|(outcome, _)| (outcome.interval.from, outcome.interval.to));
    let broken: Vec<(u64, u64)> = broken.collect();
    if broken.is_empty() || !verdicts.contains(&Some(Verdict::Intact)) {
        return Vec::new();
    }
    let unproven = Some(Verdict::Unproven);
    if verdicts.first() == Some(&Some(Verdict::Broken)) {
        // Every entry's place is told with an id from the header.
        judged.notes.push(words::header_unproven(case.file.name()));
        return vec![(case.first, Position::MAX, unproven)];
    }
    if !case.is_prefix() {
        // Numbers in the file are no positions then.
        return vec![(case.first, Position::MAX, unproven)];
    }
    let runs: Vec<Run> = match case.file.entries_with_data_in(&broken) {
        Ok(runs) => runs
            .into_iter()
            .map(|(from, to)| (case.first + from, case.first + to, unproven))
            .collect(),
        Err(error) => {
            let reason = format!("the entries cannot be read again: {error}");
            judged.damage.push(Damage::at(0, reason));
            vec![(case.first, Position::MAX, unproven)]
        }
    };
    let intact = base_runs(case, verdicts);
    let count: u64 = overlay(&intact, &runs)
        .iter()
        .filter(|(.., verdict)| *verdict == unproven)
        .map(|(from, to, _)| to - from)
        .sum();
    if count > 0 {
        judged.notes.push(words::dependent(count));
    }
    runs
}

/// Entries with fields that are not as they were written. Where the entry's own seal fails, that is
/// said with the seal.
fn changed(
    case: &FileCase<'_>,
    verdicts: &[Option<Verdict>],
    is_sealed: bool,
    breaks: &mut Vec<Break>,
) -> Vec<Run> {
    let mut runs = Vec::new();
    for (outcome, verdict) in case.intervals.iter().zip(verdicts) {
        for (from, to) in &outcome.changed {
            runs.push((*from, *to, Some(Verdict::Broken)));
            if *verdict == Some(Verdict::Broken) || breaks.len() >= TOLD_MAX {
                continue;
            }
            let under_seal = is_sealed && outcome.interval.tag.is_some();
            let kind = if under_seal {
                BreakKind::Modified
            } else {
                BreakKind::Checksum
            };
            let says = words::field_changed(*from, *to, under_seal);
            let mut one = rules::at(case, outcome, kind, to - from, says);
            one.position = *from;
            one.exact = true;
            breaks.push(one);
        }
    }
    runs
}

/// Facts that are no seal failure.
fn observe(case: &FileCase<'_>, is_sealed: bool, judged: &mut Judged) {
    for outcome in &case.intervals {
        for position in &outcome.reversed {
            judged.observations.push(Observation {
                kind: ObservationKind::ClockReversed,
                position: Some(*position),
                says: words::clock_back(*position),
            });
        }
        if is_sealed && outcome.interval.tag.is_some() {
            continue;
        }
        for position in &outcome.unordered {
            judged.observations.push(Observation {
                kind: ObservationKind::SequenceGap,
                position: Some(*position),
                says: words::number_not_above(*position),
            });
        }
    }
}

/// Lays runs over others: where both are, the worse verdict counts. Both are in order.
fn overlay(base: &[Run], over: &[Run]) -> Vec<Run> {
    let mut laid = Vec::with_capacity(base.len());
    let mut first = 0;
    for (from, to, verdict) in base {
        let mut at = *from;
        first += over
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(|run| run.1 <= *from)
            .count();
        for (begin, end, worse) in over.get(first..).unwrap_or_default() {
            if *begin >= *to {
                break;
            }
            let (begin, end) = ((*begin).max(at), (*end).min(*to));
            if begin >= end {
                continue;
            }
            if at < begin {
                laid.push((at, begin, *verdict));
            }
            let both = verdict.zip(*worse).map(|(one, two)| one.and(two));
            laid.push((begin, end, both));
            at = end;
        }
        if at < *to {
            laid.push((at, *to, *verdict));
        }
    }
    laid
}

impl Judged {
    fn summarise(
        mut self,
        files: usize,
        has_key: bool,
        unchecked: u64,
        signers: Vec<SignerSummary>,
        head: End,
    ) -> Summary {
        let mut entries = EntryCounts::default();
        let mut ranges = VerdictRanges::default();
        for (from, to, verdict) in &self.runs {
            entries.add(*verdict, to - from);
            let strength = match verdict {
                Some(Verdict::Unsealed) | None => Strength::NONE,
                _ if self.tags == 0 => Strength::NONE,
                _ => KEYED,
            };
            ranges.push(*from, *to, *verdict, strength);
        }
        entries.add(None, unchecked);
        ranges.push(ranges.end(), ranges.end() + unchecked, None, Strength::NONE);
        self.damage
            .sort_by(|a, b| (&a.file, a.offset_bytes).cmp(&(&b.file, b.offset_bytes)));
        self.breaks.truncate(TOLD_MAX);
        self.observations.truncate(TOLD_MAX);
        let verdict = self.verdict(&entries, has_key);
        let facts = Facts {
            verdict,
            entries: &entries,
            breaks: &self.breaks,
            damage: self.damage.len(),
            has_key,
            tags: self.tags,
            files,
            wrong_keys: self.wrong_keys,
            missing: self.missing,
            claims_seals: self.claims_seals,
            has_gap: self.has_gap,
            tags_held: self.tags_held,
        };
        let says = words::sentence(&facts);
        let aspects = aspects(&facts);
        Summary {
            verdict,
            strength: if self.tags > 0 { KEYED } else { Strength::NONE },
            head,
            tail: End::Open,
            says,
            entries,
            ranges,
            breaks: self.breaks,
            damage: self.damage,
            observations: self.observations,
            aspects,
            signers,
            origin: None,
            checkpoints_held: self.tags_held,
            checkpoints: self.tags,
            links: self.links,
            outside: Outside::default(),
            notes: self.notes,
        }
    }

    fn verdict(&self, entries: &EntryCounts, has_key: bool) -> Verdict {
        let worst = Verdict::ALL
            .into_iter()
            .rev()
            .find(|verdict| entries.of(*verdict) > 0);
        let mut verdict = match worst {
            _ if !self.breaks.is_empty() => Verdict::Broken,
            Some(worst) => worst,
            // No entries: then the seals speak for the header alone.
            None if self.tags == 0 => Verdict::Unsealed,
            None if has_key && self.wrong_keys == 0 && self.tags_held > 0 => Verdict::Intact,
            None => Verdict::Unproven,
        };
        let is_short = self.missing != (0, 0) || self.is_incomplete;
        if is_short || self.wrong_keys > 0 {
            verdict = verdict.and(Verdict::Unproven);
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_of_two_runs_counts_where_both_are() {
        let (intact, bad) = (Some(Verdict::Intact), Some(Verdict::Broken));
        let base = [(0, 10, intact), (10, 20, bad), (20, 30, None)];
        let over = [(0, 2, bad), (5, 12, Some(Verdict::Unproven)), (18, 25, bad)];
        assert_eq!(
            overlay(&base, &over),
            [
                (0, 2, bad),
                (2, 5, intact),
                (5, 10, Some(Verdict::Unproven)),
                (10, 12, bad),
                (12, 18, bad),
                (18, 20, bad),
                (20, 25, None),
                (25, 30, None),
            ]
        );
    }
}
