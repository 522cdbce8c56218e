//! The seal interval that one entry of a journal stands in.

use sealscope_archive::Archive as _;
use sealscope_archive::journal::{JournalArchive, Tag};
use sealscope_model::{AspectState, Computed, Digest, Position, Verdict};

use super::check::{SealCheck, given};
use super::collect::collect;
use super::judge::{KeyState, key_state};
use super::key::SealTimes;
use super::words;
use crate::check::SegmentFindings;
use crate::entry_seal::{EntryPlace, EntrySeal, SealStep};
use crate::summary::grouped;
use crate::trust::TrustStore;

/// What is known of the seals of every file.
#[derive(Debug)]
pub(crate) struct FileSeals {
    intervals: Vec<IntervalSeal>,
}

/// An interval with entries that were looked at.
#[derive(Debug)]
struct IntervalSeal {
    file: usize,
    number: usize,
    from: Position,
    to: Position,
    check: SealCheck,
    key: KeyState,
    /// When the epoch of its key began, and the next one; microseconds since 1970.
    epoch: Option<(u64, Option<u64>)>,
    realtime: Option<(u64, u64)>,
    /// Why its time cannot be that of its entries.
    wrong_time: Option<String>,
    /// Entries with a field that is not as it was written.
    changed: Vec<(Position, Position)>,
    /// Entries with a checksum that does not fit.
    bad_sums: Vec<Position>,
}

impl FileSeals {
    pub(crate) fn of(
        archive: &JournalArchive,
        findings: &[SegmentFindings],
        trust: &TrustStore,
    ) -> Self {
        let times: Vec<SealTimes> = given(trust).iter().map(|key| key.0).collect();
        let is_partial = findings.len() < archive.segment_count()
            || findings.iter().any(|found| found.is_unreadable);
        let mut intervals = Vec::new();
        for (file, case) in collect(archive, findings).into_iter().enumerate() {
            let key = key_state(&case, !times.is_empty(), is_partial);
            let times = match key {
                KeyState::Right(number) => times.get(number),
                _ => None,
            };
            for (number, outcome) in case.intervals.iter().enumerate() {
                if outcome.entries() == 0 {
                    continue;
                }
                let both = times.zip(outcome.interval.tag.as_ref());
                intervals.push(IntervalSeal {
                    file,
                    number,
                    from: outcome.from,
                    to: outcome.to,
                    check: outcome.seal,
                    key,
                    epoch: both.and_then(|(times, tag)| epoch(times, tag)),
                    realtime: outcome.realtime,
                    wrong_time: both
                        .and_then(|(times, tag)| words::wrong_time(outcome, tag, times)),
                    changed: outcome.changed.clone(),
                    bad_sums: outcome.bad_sums.clone(),
                });
            }
        }
        intervals.sort_by_key(|interval| interval.from);
        Self { intervals }
    }

    pub(crate) fn entry(
        &self,
        archive: &JournalArchive,
        place: EntryPlace<'_>,
    ) -> Option<EntrySeal> {
        let at = place.position;
        let after = self.intervals.partition_point(|one| one.from <= at);
        let interval = self.intervals.get(after.checked_sub(1)?)?;
        let file = archive.journal_files().get(interval.file)?;
        let stored = file.intervals().get(interval.number)?;
        let name = file.name();
        let mut seal = EntrySeal {
            worth: interval.worth(place.verdict).to_owned(),
            ..EntrySeal::default()
        };
        let Some(tag) = stored.tag.as_ref().filter(|_| at < interval.to) else {
            let detail = format!(
                "No seal follows this entry{}: journald had not sealed it yet, or the seals were \
                 cut off.",
                in_file(name)
            );
            seal.steps
                .push(SealStep::new("Seal interval", AspectState::Absent, detail));
            seal.steps.push(interval.fields(place));
            return Some(seal);
        };
        let about = format!(
            "Seal {}{} covers entries {} to {}{}: bytes {} to {} of the file.",
            grouped(tag.seqnum),
            in_file(name),
            grouped(interval.from),
            grouped(interval.to.saturating_sub(1)),
            interval.times(),
            grouped(stored.from),
            grouped(stored.to)
        );
        seal.steps.push(interval.tag(tag).about(&about));
        seal.steps.push(interval.epoch(tag));
        seal.steps.push(interval.fields(place));
        if let (SealCheck::Fails { computed }, KeyState::Right(_)) = (interval.check, interval.key)
        {
            seal.hashed = "HMAC-SHA256 over the interval, with the key of its epoch".to_owned();
            seal.claimed = Some(tag.claimed);
            seal.computed = computed.map(|bytes| Computed::hashed(Digest::new(bytes)));
            seal.claimed_from = format!("Seal {}.", grouped(tag.seqnum));
        }
        Some(seal)
    }
}

fn epoch(times: &SealTimes, tag: &Tag) -> Option<(u64, Option<u64>)> {
    let begin = times.epoch_start_usec(tag.epoch)?;
    let next = tag.epoch.checked_add(1);
    Some((begin, next.and_then(|next| times.epoch_start_usec(next))))
}

fn in_file(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" of {name}"))
}

impl IntervalSeal {
    fn times(&self) -> String {
        self.realtime.map_or_else(String::new, |(first, last)| {
            format!(", from {} to {}", words::utc(first), words::utc(last))
        })
    }

    fn tag(&self, tag: &Tag) -> SealStep {
        let seal = format!("Seal {}", grouped(tag.seqnum));
        let (state, detail) = match (self.key, self.check) {
            (KeyState::Right(_), SealCheck::Holds { .. }) => (
                AspectState::Ok,
                format!("{seal} is the one that the key you gave makes over these bytes."),
            ),
            (KeyState::Right(_), SealCheck::Fails { .. }) => (
                AspectState::Broken,
                format!(
                    "{seal} is not the one that the key makes over these bytes. One of the entries \
                     of the interval, a field first written there, or the seal is not as it was; \
                     which one, the seal does not tell."
                ),
            ),
            (KeyState::Right(_), SealCheck::None | SealCheck::Unreadable) => (
                AspectState::NotCheckable,
                format!("{seal} was not checked: its bytes were not all read."),
            ),
            (KeyState::Wrong, _) => (
                AspectState::NotCheckable,
                "None of the seals of this file matches the key that you gave: it is another \
                 machine's key, or all of the file was made anew."
                    .to_owned(),
            ),
            (KeyState::Missing | KeyState::NoSeals, _) => (
                AspectState::NotCheckable,
                format!(
                    "{seal} can only be checked with the verification key, which was not given."
                ),
            ),
        };
        SealStep::new("Seal interval", state, detail)
    }

    fn epoch(&self, tag: &Tag) -> SealStep {
        let epoch = format!("Epoch {}", grouped(tag.epoch));
        let (state, detail) = match (&self.wrong_time, self.epoch) {
            (Some(why), _) => (AspectState::Broken, why.clone()),
            (None, Some((begin, end))) => {
                let end = end.map_or_else(String::new, |end| format!(" to {}", words::utc(end)));
                (
                    AspectState::Ok,
                    format!(
                        "{epoch}: its key was in use from {}{end}. A machine forgets the key of an \
                         epoch when the next one begins.",
                        words::utc(begin)
                    ),
                )
            }
            (None, None) => (
                AspectState::NotCheckable,
                format!("{epoch}: when it was is told by the verification key."),
            ),
        };
        SealStep::new("Epoch of the seal's key", state, detail)
    }

    fn fields(&self, place: EntryPlace<'_>) -> SealStep {
        let at = place.position;
        let is_changed = self
            .changed
            .iter()
            .any(|(from, to)| *from <= at && at < *to);
        let is_held = matches!(self.check, SealCheck::Holds { .. });
        let (state, detail) = if is_changed {
            (
                AspectState::Broken,
                "A field of this entry does not match its own checksum or cannot be read.",
            )
        } else if self.bad_sums.contains(&at) {
            (
                AspectState::NotCheckable,
                "They do not match the entry's own checksum.",
            )
        } else if is_held && place.verdict == Some(Verdict::Unproven) {
            (
                AspectState::NotCheckable,
                "A field of this entry was first written under another seal, which does not match \
                 or could not be checked: the entry is only as good as that one.",
            )
        } else {
            (
                AspectState::Ok,
                "They can be read, and their checksums fit. Checksums are no proof: anyone can \
                 make them anew.",
            )
        };
        SealStep::new("Fields of the entry", state, detail)
    }

    const fn worth(&self, verdict: Option<Verdict>) -> &'static str {
        match (verdict, self.key) {
            (Some(Verdict::Intact), _) => {
                "The entry is as it was when the seal was made, as far as the verification key was \
                 kept away from the machine. It does not tell whether the entry was true, nor what \
                 was written and changed before the seal was made."
            }
            (Some(Verdict::Broken), _) => {
                "The bytes under this seal, or the seal, are not as they were when it was made. A \
                 crash or a bad disk can do that too; who did it, and when, the seal does not tell."
            }
            (Some(Verdict::Unsealed), _) => {
                "No seal speaks of this entry: whether it was changed cannot be told."
            }
            (_, KeyState::Missing) => {
                "Without the verification key the seals prove nothing: nobody can tell good ones \
                 from made-up ones."
            }
            (_, KeyState::Wrong) => {
                "Nothing is proven either way: find out first whether the key is this machine's."
            }
            (None, _) => "It was not checked so far.",
            _ => "It could not be proven that the entry is as it was written, nor that it is not.",
        }
    }
}
