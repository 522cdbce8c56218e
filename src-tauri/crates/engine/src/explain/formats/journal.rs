//! systemd journals: tags that seal the interval since the tag before.

use sealscope_model::{Break, BreakKind, ObservationKind};
use sealscope_verify::grouped;

use super::super::Words;

pub(super) fn title(found: &Break) -> Option<String> {
    let first = found.found.unwrap_or(found.position);
    let last = grouped(first.saturating_add(found.count.max(1)) - 1);
    let first = grouped(first);
    Some(match found.kind {
        BreakKind::Modified | BreakKind::BadSignature if found.count == 0 => {
            "Seal does not match".to_owned()
        }
        BreakKind::Modified if found.exact => return None,
        BreakKind::Modified | BreakKind::BadSignature if found.count == 1 => {
            format!("Seal over entry {first} does not match")
        }
        BreakKind::Modified | BreakKind::BadSignature => {
            format!("Seal over entries {first} to {last} does not match")
        }
        BreakKind::Resealed if found.count == 1 => {
            format!("Entry {first} does not fit the time of its seal")
        }
        BreakKind::Resealed if found.count > 0 => {
            format!("Entries {first} to {last} do not fit the time of their seal")
        }
        BreakKind::Resealed => "Seal of another time".to_owned(),
        BreakKind::Moved => format!("Numbers do not rise at entry {first}"),
        BreakKind::Relinked => "Seals do not follow each other".to_owned(),
        BreakKind::MissingFile => "Journal file missing".to_owned(),
        BreakKind::Checksum => "Stored hash does not match its data".to_owned(),
        _ => return None,
    })
}

pub(super) fn words(found: &Break) -> Option<Words> {
    Some(match found.kind {
        BreakKind::Modified if found.exact && found.count > 0 => MODIFIED_ENTRY,
        BreakKind::Modified | BreakKind::BadSignature => INTERVAL,
        BreakKind::Resealed => RESEALED,
        BreakKind::Relinked => RELINKED,
        BreakKind::Removed => REMOVED,
        BreakKind::Moved => UNORDERED,
        BreakKind::MissingFile => MISSING_FILE,
        BreakKind::Checksum => DATA_HASH,
        _ => return None,
    })
}

pub(super) const fn observation(kind: ObservationKind) -> Option<Words> {
    match kind {
        ObservationKind::SequenceGap => Some(GAP),
        ObservationKind::Silence => Some(SILENCE),
        ObservationKind::ClockReversed => Some(CLOCK),
        ObservationKind::UnlistedFile => Some(UNLISTED),
        ObservationKind::KeyBesideEvidence => Some(KEY_BESIDE),
        _ => None,
    }
}

pub(super) const fn observation_title(kind: ObservationKind) -> Option<&'static str> {
    match kind {
        ObservationKind::SequenceGap => Some("Seals or numbers out of step"),
        _ => None,
    }
}

const COPY: &str = "Compare with another copy of these hours: a backup, or what was forwarded to \
                    another machine.";

const INTERVAL: Words = Words {
    can_mean: &[
        "at least one entry of this interval, or one of their fields, was changed, added or \
         removed after it was sealed",
        "the seal itself was changed",
        "the disk, a copy, or copying while the journal was being written changed the file",
    ],
    does_not_tell: &[
        "which entry of the interval was changed, or how many: one seal covers them together",
        "who changed it, or when",
        "that other intervals are false: each has its own seal",
    ],
    next_step: COPY,
};

const MODIFIED_ENTRY: Words = Words {
    can_mean: &[
        "the entry, or one of its fields, was edited after it was written",
        "the disk or a copy changed it by accident",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "what it said before",
        "that other entries are false: each interval has its own seal",
    ],
    next_step: COPY,
};

const RESEALED: Words = Words {
    can_mean: &[
        "entries were written or sealed again later, with a sealing key of a later time; whoever \
         has full rights on the machine holds that key",
        "the clock of the machine was set back or forward while the journal was being written",
    ],
    does_not_tell: &[
        "which of the two it was, or who did it",
        "what the entries said when they were first written",
    ],
    next_step: "Look for changes of the machine's clock in other logs, and compare with another \
                copy of these hours.",
};

const RELINKED: Words = Words {
    can_mean: &[
        "seals, with the entries before them, were taken out",
        "an older state of the journal was put back, and sealing went on from there",
        "sealing was stopped and begun again, or set up with new keys",
    ],
    does_not_tell: &[
        "whether entries are missing, or what they said",
        "who did it, or when",
        "that the entries here were changed: each interval has its own seal",
    ],
    next_step: COPY,
};

const REMOVED: Words = Words {
    can_mean: &[
        "entries were deleted after they were written",
        "part of the file was lost when it was copied",
        "the machine stopped before everything was written to the disk",
    ],
    does_not_tell: &[
        "what the missing entries said",
        "who removed them, or when",
        "that the entries around them are false: each interval has its own seal",
    ],
    next_step: COPY,
};

const UNORDERED: Words = Words {
    can_mean: &[
        "entries were put in another order, or an older one was put in later, and sealed so",
        "parts of two journals were joined",
        "journald numbered entries anew",
    ],
    does_not_tell: &[
        "who did it, or when",
        "that the content of the entries was changed: their seal holds",
    ],
    next_step: COPY,
};

const MISSING_FILE: Words = Words {
    can_mean: &[
        "an older file of the journal was deleted, by journald itself to save space or by somebody",
        "it was not collected with the others",
    ],
    does_not_tell: &["what the file held", "who removed it, or when"],
    next_step: "Ask for the file, and for SystemMaxUse and MaxRetentionSec of the machine.",
};

const DATA_HASH: Words = Words {
    can_mean: &[
        "the data was changed, and its hash was not made anew",
        "the disk or a copy changed it by accident",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "that data whose hash matches is as it was: such a hash can be made anew by anybody",
    ],
    next_step: COPY,
};

const GAP: Words = Words {
    can_mean: &[
        "where seals are left out: nothing was written in these intervals (systemd before 255 then \
         sets no seal), or the machine was off",
        "an older state was put back, and sealing went on from there: entries in between are gone",
        "where numbers do not rise: entries were put in another order, or two journals were joined",
    ],
    does_not_tell: &[
        "which of these it was",
        "that the entries here were changed: they are judged by their own seals, where they have \
         any",
    ],
    next_step: "Compare the time with other logs of the machine, such as its starts and stops.",
};

const SILENCE: Words = Words {
    can_mean: &[
        "nothing was written, or the machine was off",
        "entries did not reach the journal",
    ],
    does_not_tell: &["that entries were removed after they were sealed"],
    next_step: "Look at other logs of the same time.",
};

const CLOCK: Words = Words {
    can_mean: &[
        "the clock of the machine was set back, for instance after a start without network",
        "entries were written with an old time",
    ],
    does_not_tell: &[
        "which of the times are right: the monotonic time of one start does not jump",
        "that the order of the entries was changed: the seals speak for their order",
    ],
    next_step: "Compare __MONOTONIC_TIMESTAMP and _BOOT_ID of the entries here.",
};

const UNLISTED: Words = Words {
    can_mean: &["the file belongs to another journal, or was put into the folder later"],
    does_not_tell: &["whether it is what it seems to be: no seal ties the files together"],
    next_step: "Compare machine and sequence ids of the files.",
};

const KEY_BESIDE: Words = Words {
    can_mean: &["the verification key was copied together with the journal"],
    does_not_tell: &[
        "whose key it is: whoever could change the journal could put another key here",
    ],
    next_step: "Get the verification key from whoever noted it when sealing was set up, and give \
                it under \"Keys and anchors…\" or with --key.",
};
