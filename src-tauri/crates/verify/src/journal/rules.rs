//! The rules that seals keep beyond matching their bytes: numbers, epochs, times.
//!
//! An intruder who has the key of an epoch can make any seal of that epoch and of later ones. What
//! he cannot have is an earlier key: entries that claim to be older than the key of their seal were
//! sealed anew (CVE-2023-31439), and epochs left out may stand for seals cut out (CVE-2023-31438).

use sealscope_model::{Break, BreakKind, Observation, ObservationKind};

use super::check::{EntryMark, SealCheck};
use super::collect::{FileCase, Outcome};
use super::key::SealTimes;
use super::words;

/// What the rules gave for a file.
#[derive(Debug, Default)]
pub(super) struct RuleFindings {
    pub(super) breaks: Vec<Break>,
    pub(super) observations: Vec<Observation>,
    /// Numbers of intervals whose seal matches but is of another time.
    pub(super) resealed: Vec<usize>,
    /// Whether a promised seal is missing, or one stands out of its turn.
    pub(super) has_gap: bool,
}

/// Holds the rules against a file whose seals match, all or some of them.
pub(super) fn hold(case: &FileCase<'_>, times: &SealTimes) -> RuleFindings {
    let mut found = RuleFindings::default();
    let mut before = Before {
        seqnum: Some(0),
        epoch: None,
    };
    let mut last: Option<EntryMark> = None;
    for (number, outcome) in case.intervals.iter().enumerate() {
        let Some(tag) = &outcome.interval.tag else {
            break;
        };
        let holds = matches!(outcome.seal, SealCheck::Holds { .. });
        if holds {
            if let Some(says) = words::wrong_time(outcome, tag, times) {
                found.resealed.push(number);
                found.breaks.push(at(
                    case,
                    outcome,
                    BreakKind::Resealed,
                    outcome.entries(),
                    says,
                ));
            }
            follow(case, outcome, before, &mut found);
            order(case, outcome, last, &mut found);
        }
        // What a seal that does not match says of itself is not believed, and damage may have
        // swallowed others.
        before = if holds {
            Before {
                seqnum: Some(tag.seqnum),
                epoch: Some(tag.epoch),
            }
        } else {
            Before {
                seqnum: before
                    .seqnum
                    .filter(|_| !outcome.interval.is_damaged)
                    .map(|n| n + 1),
                epoch: None,
            }
        };
        last = outcome.ends.map_or(last, |ends| Some(ends.1));
    }
    found
}

/// What is known of the seal before.
#[derive(Debug, Clone, Copy)]
struct Before {
    seqnum: Option<u64>,
    epoch: Option<u64>,
}

/// Whether a seal follows from the one before it.
fn follow(case: &FileCase<'_>, outcome: &Outcome<'_>, before: Before, found: &mut RuleFindings) {
    let Some(tag) = &outcome.interval.tag else {
        return;
    };
    let mut relinked = |says: String, is_gap: bool| {
        found.has_gap |= is_gap;
        let one = at(case, outcome, BreakKind::Relinked, 0, says);
        found.breaks.push(one);
    };
    if let Some(seqnum) = before.seqnum.filter(|seqnum| seqnum + 1 != tag.seqnum) {
        relinked(words::wrong_number(tag.seqnum, seqnum), true);
    }
    let Some(epoch) = before.epoch else { return };
    let Some(step) = tag.epoch.checked_sub(epoch) else {
        relinked(words::epoch_back(tag, epoch), false);
        return;
    };
    if case.file.header.is_continuous {
        // systemd 255 and later: one seal for every epoch; the second may repeat the first's.
        let may_repeat = before.seqnum == Some(1);
        if step != 1 && !(step == 0 && may_repeat) {
            relinked(words::promised_seals_missing(tag, epoch, step), true);
        }
    } else if step > 1 {
        found.observations.push(Observation {
            kind: ObservationKind::SequenceGap,
            position: Some(outcome.from),
            says: words::epochs_without_seal(tag, step - 1),
        });
    }
}

/// Whether sequence numbers rise under the seals.
fn order(
    case: &FileCase<'_>,
    outcome: &Outcome<'_>,
    last: Option<EntryMark>,
    found: &mut RuleFindings,
) {
    let first = outcome.ends.map(|ends| ends.0);
    let at_begin = last
        .zip(first)
        .filter(|(last, first)| !last.is_followed_by(first))
        .map(|_| outcome.from);
    for position in at_begin
        .into_iter()
        .chain(outcome.unordered.iter().copied())
    {
        let mut one = at(
            case,
            outcome,
            BreakKind::Moved,
            1,
            words::number_not_above(position),
        );
        one.position = position;
        found.breaks.push(one);
    }
}

/// A break at an interval.
pub(super) fn at(
    case: &FileCase<'_>,
    outcome: &Outcome<'_>,
    kind: BreakKind,
    count: u64,
    says: String,
) -> Break {
    let mut one = Break::new(kind, outcome.from, count, says);
    one.file = case.file.name().map(str::to_owned);
    one.offset_bytes = Some(outcome.interval.from);
    one
}
