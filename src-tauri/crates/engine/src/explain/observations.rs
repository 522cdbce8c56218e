//! The words for each kind of observation.

use sealscope_model::ObservationKind;

use super::Words;

/// The kind in a few words.
pub(super) const fn title(kind: ObservationKind) -> &'static str {
    match kind {
        ObservationKind::ClockReversed => "Clock went back",
        ObservationKind::RenamedFile => "File renamed",
        ObservationKind::SequenceGap => "Gap in the numbering",
        ObservationKind::Silence => "Unusual silence",
        ObservationKind::LongerStateKnown => "A longer state of this log is known",
        ObservationKind::UnlistedFile => "File that no seal lists",
        ObservationKind::BadTimestamp => "Timestamp does not hold",
        ObservationKind::KeyBesideEvidence => "Key found beside the evidence",
        ObservationKind::KeyOutOfTime => "Key used outside of its time",
        ObservationKind::SchemaGuessed => "Kind of log guessed",
        ObservationKind::Uncovered => "Part of entries that no digest covers",
        ObservationKind::ZoneInferred => "Time zone inferred",
    }
}

/// What a kind can mean, what it does not tell, and what to do.
pub(super) const fn words(kind: ObservationKind) -> Words {
    match kind {
        ObservationKind::ClockReversed => CLOCK_REVERSED,
        ObservationKind::RenamedFile => RENAMED_FILE,
        ObservationKind::SequenceGap => SEQUENCE_GAP,
        ObservationKind::Silence => SILENCE,
        ObservationKind::LongerStateKnown => LONGER_STATE_KNOWN,
        ObservationKind::UnlistedFile => UNLISTED_FILE,
        ObservationKind::BadTimestamp => BAD_TIMESTAMP,
        ObservationKind::KeyBesideEvidence => KEY_BESIDE_EVIDENCE,
        ObservationKind::KeyOutOfTime => KEY_OUT_OF_TIME,
        ObservationKind::SchemaGuessed => SCHEMA_GUESSED,
        ObservationKind::Uncovered => UNCOVERED,
        ObservationKind::ZoneInferred => ZONE_INFERRED,
    }
}

const CLOCK_REVERSED: Words = Words {
    can_mean: &[
        "the clock of the source was set back",
        "entries of several sources reached the log out of order",
        "entries were written with an old time",
    ],
    does_not_tell: &[
        "which of the times are right",
        "that the order of the entries was changed: the seals speak for their order",
    ],
    next_step: "Read the entries here in stored order, and compare with another source's clock.",
};

const RENAMED_FILE: Words = Words {
    can_mean: &["the file was renamed when it was copied or exported"],
    does_not_tell: &["that its content was changed: that is judged by its digest"],
    next_step: "Note both names in the report.",
};

const SEQUENCE_GAP: Words = Words {
    can_mean: &[
        "the writer lost entries, and says so or left numbers out",
        "sealing was interrupted",
        "an input was not sealed to its end",
    ],
    does_not_tell: &[
        "what the missing entries said",
        "that sealed entries were removed: the seals speak for those",
    ],
    next_step: "Look for the entries in the original log of the source.",
};

const KEY_OUT_OF_TIME: Words = Words {
    can_mean: &[
        "the time in the list of keys, or in what was signed, is wrong",
        "somebody who has the private key signed later, or with another date",
    ],
    does_not_tell: &["which of these it was", "who signed it"],
    next_step: "Get the list of keys for this time anew from its owner, and compare the times.",
};

const UNCOVERED: Words = Words {
    can_mean: &[
        "the program that wrote the log leaves this out when it makes its digests",
        "it was added or changed later: nothing here would show that",
    ],
    does_not_tell: &[
        "which of the two it is",
        "that what the digests do cover is in doubt: it is judged by itself",
    ],
    next_step: "Do not rest anything on these parts alone: look for what they say in another \
                source.",
};

const SILENCE: Words = Words {
    can_mean: &[
        "nothing happened, or the source was switched off",
        "entries did not reach the log",
    ],
    does_not_tell: &["that entries were removed after they were sealed"],
    next_step: "Look at other logs of the same time.",
};

const LONGER_STATE_KNOWN: Words = Words {
    can_mean: &[
        "this is an older copy or a backup of the log",
        "the end was cut off this copy",
    ],
    does_not_tell: &["that the entries in this copy were changed: they match their seals"],
    next_step: "Ask for the longer state, whose size and root are remembered.",
};

const UNLISTED_FILE: Words = Words {
    can_mean: &[
        "the file was added to the folder later",
        "the seal that lists it is missing",
    ],
    does_not_tell: &["whether the file is what it seems to be: no seal speaks for it"],
    next_step: "Do not rely on the file unless another source confirms it.",
};

const BAD_TIMESTAMP: Words = Words {
    can_mean: &[
        "the token was made for other bytes",
        "the authority that made it is not among those you trust",
        "the token was damaged",
    ],
    does_not_tell: &["when the archive was sealed"],
    next_step: "Ask for the token again, or for the certificate of the authority.",
};

const KEY_BESIDE_EVIDENCE: Words = Words {
    can_mean: &["the key was copied together with the log"],
    does_not_tell: &["whose key it is: whoever could change the log could put another key here"],
    next_step: "Get the key from its owner, and trust that one.",
};

const SCHEMA_GUESSED: Words = Words {
    can_mean: &["the entries do not say what kind of log they are; their shape was taken"],
    does_not_tell: &["anything about the seals: they do not depend on it"],
    next_step: "If fields or times look wrong, choose the kind of log yourself.",
};

const ZONE_INFERRED: Words = Words {
    can_mean: &["the entries state no time zone or no year"],
    does_not_tell: &["the true moment of an entry: it can be off by hours or by a year"],
    next_step: "Set the zone and the year of the source, and note where you have them from.",
};
