//! What findings mean and do not mean, in plain words: one source for window, command line and
//! reports.
//!
//! Invariants: 1. A sentence states what was observed; conclusions are left to people. 2. Every
//! finding says what it does not tell. 3. Nothing here is markup, and texts that come from the
//! archive are not escaped here (see `shown.rs`).
//!
//! What is sealed, and with what, differs: `format` is the name of the archive's format, by which
//! the words are chosen.

use sealscope_model::{Break, BreakKind, Damage, Observation, ObservationKind, Position, Verdict};
use sealscope_verify::{Summary, grouped};

mod breaks;
mod formats;
mod observations;
#[cfg(test)]
mod tests;
mod verdicts;

pub use verdicts::{COLLECTING, VerdictWords, explain_verdict};

use formats::Sealing;

/// One finding, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// A few words, without a period: `Broken at entry 1,204`.
    pub title: String,
    /// The fact in one or two sentences.
    pub sentence: String,
    /// What can have led to it; each begins in lower case and has no period.
    pub can_mean: &'static [&'static str],
    /// What does not follow from it; same form.
    pub does_not_tell: &'static [&'static str],
    /// What to do next, in a sentence.
    pub next_step: &'static str,
}

/// Explains a break in an archive of a format.
#[must_use]
pub fn explain_break(found: &Break, format: &str) -> Explanation {
    let sealing = Sealing::of(format);
    let words = formats::words(found, sealing).unwrap_or_else(|| breaks::words(found));
    Explanation {
        title: break_title(found, sealing),
        sentence: as_sentence(&found.says),
        can_mean: words.can_mean,
        does_not_tell: words.does_not_tell,
        next_step: words.next_step,
    }
}

/// Explains an observation: a fact that is no seal failure.
#[must_use]
pub fn explain_observation(seen: &Observation, format: &str) -> Explanation {
    let sealing = Sealing::of(format);
    let own = formats::observation(seen.kind, sealing);
    let words = own.unwrap_or_else(|| observations::words(seen.kind));
    Explanation {
        title: formats::observation_title(seen.kind, sealing)
            .unwrap_or_else(|| observations::title(seen.kind))
            .to_owned(),
        sentence: as_sentence(&seen.says),
        can_mean: words.can_mean,
        does_not_tell: words.does_not_tell,
        next_step: words.next_step,
    }
}

/// Explains bytes that do not parse.
#[must_use]
pub fn explain_damage(damage: &Damage) -> Explanation {
    let file = damage
        .file
        .as_ref()
        .map_or_else(String::new, |file| format!(" of {file}"));
    Explanation {
        title: "Could not read part".to_owned(),
        sentence: format!(
            "From byte {}{file} on, something does not parse: {} By itself this is not evidence of \
             a change.",
            grouped(damage.offset_bytes),
            as_sentence(&damage.reason)
        ),
        can_mean: &[
            "the last write was interrupted, by a crash or by switching off",
            "the disk or the copy is faulty",
            "bytes were overwritten by accident or on purpose",
        ],
        does_not_tell: &[
            "which of these it was",
            "that anything is wrong with the entries whose seals hold",
        ],
        next_step: "Compare the size and SHA-256 of the file with those noted when it was \
                    collected, or copy it again.",
    }
}

fn break_title(found: &Break, sealing: Sealing) -> String {
    formats::title(found, sealing).unwrap_or_else(|| breaks::title(found))
}

/// What a list of reasons, limits and steps is made of.
struct Words {
    can_mean: &'static [&'static str],
    does_not_tell: &'static [&'static str],
    next_step: &'static str,
}

/// The text with a period at its end.
fn as_sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// `1 entry`, `12 entries`.
fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        _ => format!("{} entries", grouped(count)),
    }
}

/// The name of a verdict, as a heading has it; `Not checked` for none.
#[must_use]
pub const fn verdict_title(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Intact) => "Intact",
        Some(Verdict::Consistent) => "Consistent, not proven",
        Some(Verdict::Unproven) => "Could not be proven",
        Some(Verdict::Unsealed) => "Unsealed",
        Some(Verdict::Broken) => "Broken",
        None => "Not checked",
    }
}

/// The finding on an archive in a few words: `Intact`, `Broken at entry 1,204`, `Intact to entry
/// 9,999,988`, `Checked in part`.
#[must_use]
pub fn archive_title(summary: &Summary, format: &str) -> String {
    let title = |found| break_title(found, Sealing::of(format));
    let is_partial = summary.entries.unchecked > 0;
    match summary.verdict {
        Verdict::Broken => summary
            .breaks
            .first()
            .map_or_else(|| "Broken".to_owned(), title),
        _ if is_partial => "Checked in part".to_owned(),
        Verdict::Unproven if summary.signers.iter().any(|signer| !signer.is_trusted) => {
            "Signed by a key you have not trusted".to_owned()
        }
        Verdict::Unsealed => match intact_to(summary) {
            Some(last) => format!("Intact to entry {}", grouped(last)),
            None => "Unsealed".to_owned(),
        },
        verdict => verdict_title(Some(verdict)).to_owned(),
    }
}

/// The last entry of the intact beginning of an archive whose end alone is not sealed.
fn intact_to(summary: &Summary) -> Option<Position> {
    match summary.ranges.as_slice() {
        [sealed, tail]
            if sealed.verdict == Some(Verdict::Intact)
                && tail.verdict == Some(Verdict::Unsealed) =>
        {
            sealed.to.checked_sub(1)
        }
        _ => None,
    }
}

/// What is said of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryWords {
    /// A few words, without a period: `Broken here`.
    pub headline: String,
    /// The fact in one or two sentences.
    pub sentence: String,
}

/// Explains the verdict of one entry. `found` is the break that concerns it, where there is one;
/// `summary` is that of its archive, where it was checked.
#[must_use]
pub fn explain_entry(
    verdict: Option<Verdict>,
    found: Option<&Break>,
    summary: Option<&Summary>,
    format: &str,
) -> EntryWords {
    let sealing = Sealing::of(format);
    let (headline, sentence) = match (verdict, found) {
        (None, _) => (
            "Not checked yet",
            "Nobody has compared this entry with its seal yet.".to_owned(),
        ),
        (Some(Verdict::Intact), _) => ("Intact", intact_sentence(summary, sealing)),
        (Some(Verdict::Consistent), _) => (
            "Consistent, not proven",
            "This entry agrees with the entries around it, but anyone able to rewrite the whole \
             archive could have done so unnoticed."
                .to_owned(),
        ),
        (Some(Verdict::Unproven), _) => {
            ("Could not be proven", unproven_sentence(summary, sealing))
        }
        (Some(Verdict::Unsealed), _) => (
            "Unsealed",
            "No seal covers this entry. It can be read, but not checked for changes.".to_owned(),
        ),
        (Some(Verdict::Broken), Some(found)) => ("Broken here", broken_sentence(found, sealing)),
        (Some(Verdict::Broken), None) => (
            "Broken here",
            "A seal over this entry and the bytes in the file disagree.".to_owned(),
        ),
    };
    EntryWords {
        headline: headline.to_owned(),
        sentence,
    }
}

fn intact_sentence(summary: Option<&Summary>, sealing: Sealing) -> String {
    let trusted = summary.and_then(|s| s.signers.iter().find(|signer| signer.is_trusted));
    match (sealing, trusted) {
        (Sealing::Log, Some(signer)) => format!(
            "This entry matches its seal, signed by {} ({}), a key you trust.",
            signer.name, signer.key_id
        ),
        (Sealing::CloudTrail, _) => "The log file of this entry is as its signed digest lists it; \
                                     the signature holds with a key that you gave."
            .to_owned(),
        (Sealing::Journal, _) => {
            "The seal over this entry and its neighbours holds with the key that you gave."
                .to_owned()
        }
        (Sealing::Chained, _) => "The digests around this entry hold, with a key or up to a head \
                                  that you gave."
            .to_owned(),
        (Sealing::Log, None) => "This entry matches its seal.".to_owned(),
    }
}

fn unproven_sentence(summary: Option<&Summary>, sealing: Sealing) -> String {
    let stranger = summary.and_then(|s| s.signers.iter().find(|signer| !signer.is_trusted));
    match stranger.filter(|_| sealing == Sealing::Log) {
        Some(signer) => format!(
            "This entry matches its seal, but the seal is by {} ({}), a key that you have not \
             trusted for this origin: anyone could have made it.",
            signer.name, signer.key_id
        ),
        None => "This entry is sealed, but what is needed to check its seal, a key that you trust \
                 or a file beside it, is missing or does not fit."
            .to_owned(),
    }
}

fn broken_sentence(found: &Break, sealing: Sealing) -> String {
    let last = found.position.saturating_add(found.count.max(1)) - 1;
    let range = format!("{} to {}", grouped(found.position), grouped(last));
    match (found.kind, found.exact, sealing) {
        (BreakKind::Modified, true, Sealing::Log) => {
            "This entry's content does not match its seal.".to_owned()
        }
        (_, false, Sealing::Log) => format!(
            "This entry lies among the entries {range}, which do not match what was sealed; \
             whether it is itself one that was changed cannot be told."
        ),
        (BreakKind::Modified | BreakKind::BadSignature, _, Sealing::Journal) if !found.exact => {
            format!(
                "This entry lies among the entries {range}, whose common seal does not match; \
                 whether it is itself one that was changed cannot be told."
            )
        }
        (BreakKind::Modified, _, Sealing::CloudTrail) => {
            let says = as_sentence(&found.says);
            format!("{says} A digest speaks for its log file as a whole, not for single entries.")
        }
        (BreakKind::Inserted, true, Sealing::Log) => {
            "This entry was never sealed here: no seal covers it.".to_owned()
        }
        (BreakKind::Moved, true, Sealing::Log) => format!(
            "This entry was sealed as number {}; it stands at another place now.",
            grouped(found.position)
        ),
        (BreakKind::Duplicated, true, Sealing::Log) => {
            format!("This entry repeats entry {}.", grouped(found.position))
        }
        _ => as_sentence(&found.says),
    }
}

/// The kind of an observation in a few words: `Clock went back`.
#[must_use]
pub const fn observation_title(kind: ObservationKind) -> &'static str {
    observations::title(kind)
}
