//! The sentences about journals.

use sealscope_archive::journal::Tag;
use sealscope_model::{Position, Verdict};

use super::collect::Outcome;
use super::judge::Facts;
use super::key::SealTimes;
use crate::summary::{entries, grouped};

const OPEN_END: &str = "The end is open: later entries, with their seals, could have been cut off.";

/// A time in UTC, to the second.
pub(super) fn utc(usec: u64) -> String {
    let seconds = usec / 1_000_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, in eras of 400 years (the proleptic Gregorian calendar).
    let since = days + 719_468;
    let (era, day_of_era) = (since / 146_097, since % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// "entries 440 to 487 (from … to …)", or what else a seal without entries covers.
fn covered(outcome: &Outcome<'_>) -> String {
    let times = outcome.realtime.map_or_else(String::new, |(first, last)| {
        format!(" (from {} to {})", utc(first), utc(last))
    });
    match outcome.entries() {
        0 => "what it covers; no entries are under it".to_owned(),
        1 => format!("entry {}{times}", grouped(outcome.from)),
        _ => format!(
            "entries {} to {}{times}",
            grouped(outcome.from),
            grouped(outcome.to - 1)
        ),
    }
}

/// A seal that does not match.
pub(super) fn differs(outcome: &Outcome<'_>, tag: &Tag, is_first: bool) -> String {
    let seal = format!("Seal {}", tag.seqnum);
    let mut says = match (outcome.entries(), is_first) {
        (0, true) => format!(
            "{seal} does not match the file's header and the beginning of its indexes: one of \
             them, or the seal, is not as it was when the seal was made. No entries are under it."
        ),
        (0, false) => format!(
            "{seal} does not match what was written since the seal before it; no entries are under \
             it now."
        ),
        _ => format!(
            "{seal} does not match {}: one of them, a field first written there, or the seal is \
             not as it was when the seal was made.",
            covered(outcome)
        ),
    };
    if outcome.interval.is_damaged {
        says.push_str(" Bytes there belong to no object.");
    }
    if let Some((from, _)) = outcome.changed.first() {
        says.push_str(&format!(
            " A field of entry {} does not match its own checksum or cannot be read.",
            grouped(*from)
        ));
    } else if let Some(position) = outcome.bad_sums.first() {
        says.push_str(&format!(
            " The fields of entry {} do not match its own checksum.",
            grouped(*position)
        ));
    }
    says
}

/// Entries whose fields are not as they were written, under a seal that matches or under none.
pub(super) fn field_changed(from: Position, to: Position, is_sealed: bool) -> String {
    let which = if to - from == 1 {
        format!("entry {}", grouped(from))
    } else {
        format!(
            "each of the entries {} to {}",
            grouped(from),
            grouped(to - 1)
        )
    };
    let under = if is_sealed {
        "; the field stands in another part of the file than the entry"
    } else {
        ""
    };
    format!("A field of {which} does not match its own checksum or cannot be read{under}.")
}

/// A seal that is of another time than its entries; `None` where the times fit.
pub(super) fn wrong_time(outcome: &Outcome<'_>, tag: &Tag, times: &SealTimes) -> Option<String> {
    let (first, last) = outcome.realtime?;
    let begin = times.epoch_start_usec(tag.epoch);
    let end = tag
        .epoch
        .checked_add(1)
        .and_then(|next| times.epoch_start_usec(next));
    let seal = format!("Seal {} matches {}", tag.seqnum, covered(outcome));
    match (begin, end) {
        (Some(begin), _) if first < begin => Some(format!(
            "{seal}, but was made with a key that is good only from {} on: it was made anew after \
             its entries' time.",
            utc(begin)
        )),
        (_, Some(end)) if last >= end => Some(format!(
            "{seal}, but was made with the key of an epoch that ended at {}, before an entry's \
             time.",
            utc(end)
        )),
        (None, _) => Some(format!("{seal}, but its epoch is no time that can be.")),
        _ => None,
    }
}

/// A seal out of its turn.
pub(super) fn wrong_number(seqnum: u64, before: u64) -> String {
    if before == 0 {
        format!("The first seal in the file is number {seqnum}: those before it are missing.")
    } else {
        format!("Seal {seqnum} follows seal {before}: seals between them are missing or moved.")
    }
}

/// A seal of an earlier epoch than the one before it.
pub(super) fn epoch_back(tag: &Tag, before: u64) -> String {
    format!(
        "Seal {} is of epoch {}, before that of the seal before it ({before}).",
        tag.seqnum, tag.epoch
    )
}

/// A promised seal that is not there.
pub(super) fn promised_seals_missing(tag: &Tag, before: u64, step: u64) -> String {
    if step == 0 {
        return format!(
            "Seal {} is of epoch {before}, as the one before it: the writer promises one seal for \
             every epoch.",
            tag.seqnum
        );
    }
    format!(
        "Before seal {} of epoch {}, {} are missing that the writer promises, one for every epoch: \
         entries of that time, with their seals, were removed, or never sealed.",
        tag.seqnum,
        tag.epoch,
        if step == 2 {
            "1 seal".to_owned()
        } else {
            format!("{} seals", grouped(step - 1))
        }
    )
}

/// Epochs without a seal, where the writer promises none.
pub(super) fn epochs_without_seal(tag: &Tag, count: u64) -> String {
    let epochs = if count == 1 {
        "1 epoch has".to_owned()
    } else {
        format!("{} epochs have", grouped(count))
    };
    format!(
        "Before seal {} of epoch {}, {epochs} no seal: nothing was logged then, or entries with \
         their seals were removed. This file cannot tell which.",
        tag.seqnum, tag.epoch
    )
}

/// A sequence number that does not rise.
pub(super) fn number_not_above(position: Position) -> String {
    format!(
        "The sequence number of entry {} is not above that of the entry before it.",
        grouped(position)
    )
}

/// A clock that went back within one start of the machine.
pub(super) fn clock_back(position: Position) -> String {
    format!(
        "Entry {} is older than the entry before it by the clock that counts from the machine's \
         start.",
        grouped(position)
    )
}

/// Entries whose fields stand under a seal that fails.
pub(super) fn dependent(count: u64) -> String {
    let (which, verb) = if count == 1 {
        ("1 entry".to_owned(), "has")
    } else {
        (format!("{} entries", grouped(count)), "have")
    };
    format!(
        "{which} under seals that match {verb} fields that were first written under a seal that \
         does not: these entries are unproven."
    )
}

/// Entries that the file's own list leaves out.
pub(super) fn hidden(count: u64, file: Option<&str>) -> String {
    let of = file.map_or_else(String::new, |name| format!(" of {name}"));
    let verb = if count == 1 { "is" } else { "are" };
    format!(
        "{}{of} {verb} not in the journal's own list of entries, so that journalctl does not show \
         them. Here all entries are read.",
        entries(count)
    )
}

/// The header stands under a seal that fails.
pub(super) fn header_unproven(file: Option<&str>) -> String {
    let of = file.map_or_else(String::new, |name| format!(" of {name}"));
    format!(
        "The first seal{of}, over the file's header, does not match. Entries whose own seals match \
         are unproven all the same: the id in each __CURSOR is taken from the header."
    )
}

/// The finding in a few sentences.
pub(super) fn sentence(facts: &Facts<'_>) -> String {
    let mut parts = match facts.verdict {
        Verdict::Intact | Verdict::Consistent => vec![intact(facts), OPEN_END.to_owned()],
        Verdict::Unproven => vec![unproven(facts)],
        Verdict::Unsealed => vec![unsealed(facts)],
        Verdict::Broken => vec![broken(facts)],
    };
    if facts.missing != (0, 0) {
        parts.push(missing(facts.missing));
    }
    match facts.damage {
        0 => {}
        1 => parts.push("Damage was found at 1 place.".to_owned()),
        some => parts.push(format!(
            "Damage was found at {} places.",
            grouped(some as u64)
        )),
    }
    if facts.entries.unchecked > 0 {
        parts.push(format!(
            "{} not looked at.",
            counted(facts.entries.unchecked, "was", "were")
        ));
    }
    parts.join(" ")
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", entries(count), if count == 1 { one } else { many })
}

fn missing((tags, entries_missing): (u64, u64)) -> String {
    let seals = match tags {
        0 => String::new(),
        1 => "1 seal".to_owned(),
        some => format!("{} seals", grouped(some)),
    };
    let joined = match (tags, entries_missing) {
        (0, some) => entries(some),
        (_, 0) => seals,
        (_, some) => format!("{seals} and {}", entries(some)),
    };
    format!("The header counts {joined} more than are there: the end of the file is missing.")
}

fn intact(facts: &Facts<'_>) -> String {
    match (facts.entries.intact, facts.entries.total) {
        (_, 0) => "The journal has no entries; its seals match under the key given.".to_owned(),
        (1, 1) => "The only entry matches its seal under the key given.".to_owned(),
        (intact, total) if intact == total => {
            format!(
                "All {} match their seals under the key given.",
                entries(total)
            )
        }
        (intact, total) => format!(
            "{} of {} were checked, and match their seals under the key given.",
            grouped(intact),
            entries(total)
        ),
    }
}

fn unproven(facts: &Facts<'_>) -> String {
    let counts = facts.entries;
    if !facts.has_key {
        return format!(
            "{} sealed, but the verification key was not given.",
            counted(counts.unproven, "is", "are")
        );
    }
    if facts.wrong_keys > 0 {
        let seals = facts.tags;
        let whole = if facts.wrong_keys == facts.files {
            format!(
                "None of the {} seals matches under the key given",
                grouped(seals)
            )
        } else {
            "In some files none of the seals matches under the keys given".to_owned()
        };
        return format!(
            "{whole}: it is the key of another journal, or this one was made anew with another \
             key."
        );
    }
    if counts.unproven > 0 {
        return format!(
            "{} not proven; {} under the key given.",
            counted(counts.unproven, "is", "are"),
            counted(counts.intact, "matches its seal", "match their seals")
        );
    }
    format!(
        "{}, but not all of the file is there.",
        intact(facts).trim_end_matches('.')
    )
}

fn unsealed(facts: &Facts<'_>) -> String {
    let counts = facts.entries;
    if facts.tags == 0 && facts.missing.0 > 0 {
        return "What is left of this journal has no seals; the header counts some.".to_owned();
    }
    if facts.tags == 0 && facts.claims_seals {
        return "The header of this journal says that it is sealed, but there is no seal in it. It \
                can be searched, but not checked for changes."
            .to_owned();
    }
    if facts.tags == 0 {
        let given = if facts.has_key {
            " A verification key was given: if this journal ought to be sealed, this is not the \
             sealed one."
        } else {
            ""
        };
        return format!(
            "This journal has no seals. It can be searched, but not checked for changes.{given}"
        );
    }
    if counts.intact > 0 && counts.unproven == 0 && facts.files == 1 {
        let last = counts.total.saturating_sub(counts.unsealed + 1);
        return match counts.unsealed {
            1 => format!(
                "Intact to entry {}; the last entry is not sealed.",
                grouped(last)
            ),
            some => format!(
                "Intact to entry {}; the last {} entries are not sealed.",
                grouped(last),
                grouped(some)
            ),
        };
    }
    let mut says = format!("{} not sealed", counted(counts.unsealed, "is", "are"));
    if counts.unproven > 0 {
        says.push_str(&format!(
            "; {} not proven",
            counted(counts.unproven, "is", "are")
        ));
    }
    if counts.intact > 0 {
        says.push_str(&format!(
            "; {} under the key given",
            counted(counts.intact, "matches its seal", "match their seals")
        ));
    }
    if facts.has_key {
        says + "."
    } else {
        says + ". The verification key was not given."
    }
}

fn broken(facts: &Facts<'_>) -> String {
    let Some(first) = facts.breaks.first() else {
        return "Seals and bytes disagree.".to_owned();
    };
    let mut parts = vec![first.says.clone()];
    match facts.breaks.len() {
        1 => {}
        2 => parts.push("There is 1 more break.".to_owned()),
        n => parts.push(format!("There are {} more breaks.", grouped(n as u64 - 1))),
    }
    let counts = facts.entries;
    let rest: Vec<String> = [
        (counts.intact, "matches its seal", "match their seals"),
        (counts.unproven, "is not proven", "are not proven"),
        (counts.unsealed, "is not sealed", "are not sealed"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    if !rest.is_empty() {
        parts.push(format!("{}.", rest.join("; ")));
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (usec, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (1_490_620_016_000_001, "2017-03-27 13:06:56 UTC"),
            (951_782_399_000_000, "2000-02-28 23:59:59 UTC"),
            (951_868_800_000_000, "2000-03-01 00:00:00 UTC"),
            (4_107_542_400_000_000, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(utc(usec), text);
        }
    }
}
