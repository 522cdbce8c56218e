//! Chained lines: each holds the digest of the one before, and most their own.

use sealscope_model::{Break, BreakKind, ObservationKind};
use sealscope_verify::grouped;

use super::super::Words;

pub(super) fn title(found: &Break) -> Option<String> {
    let at = grouped(found.found.unwrap_or(found.position));
    Some(match found.kind {
        BreakKind::Modified if found.count == 1 => {
            format!("Entry {at} does not match its digest")
        }
        BreakKind::Relinked => format!("Entry {at} does not follow from the one before"),
        BreakKind::BadSignature => format!("Signature of entry {at} does not match"),
        BreakKind::Checksum => format!("Inner digest of entry {at} does not match"),
        BreakKind::Resealed => format!("Another chain begins at entry {at}"),
        _ => return None,
    })
}

pub(super) fn words(found: &Break) -> Option<Words> {
    Some(match found.kind {
        BreakKind::Modified => MODIFIED,
        BreakKind::Relinked => RELINKED,
        BreakKind::Removed => REMOVED,
        BreakKind::Inserted => INSERTED,
        BreakKind::Moved => MOVED,
        BreakKind::Duplicated => DUPLICATED,
        BreakKind::BadSignature => BAD_SIGNATURE,
        BreakKind::Checksum => INNER,
        BreakKind::Resealed => RESEALED,
        _ => return None,
    })
}

pub(super) const fn observation(kind: ObservationKind) -> Option<Words> {
    match kind {
        ObservationKind::SequenceGap => Some(GAP),
        ObservationKind::ClockReversed => Some(CLOCK),
        ObservationKind::KeyBesideEvidence => Some(KEY_BESIDE),
        ObservationKind::SchemaGuessed => Some(RECIPE),
        ObservationKind::Uncovered => Some(UNCOVERED),
        _ => None,
    }
}

pub(super) const fn observation_title(kind: ObservationKind) -> Option<&'static str> {
    match kind {
        ObservationKind::SchemaGuessed => Some("Recipe of the digests worked out, or in doubt"),
        _ => None,
    }
}

const COMPARE: &str = "Compare this place with another copy of the log, and check that the chain \
                       profile in the notes is the one that its writer uses.";
const ELSEWHERE: &str = "that lines which agree are as they were first written: without a key, \
                         digests can be made anew by anybody";

const MODIFIED: Words = Words {
    can_mean: &[
        "the line was edited, and its digest was left as it was",
        "its digest was edited",
        "where a digest covers what stands before it: lines before it were changed, removed or \
         moved",
        "the chain profile does not describe how this line's digest was made",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "what the line said before",
        ELSEWHERE,
    ],
    next_step: COMPARE,
};

const RELINKED: Words = Words {
    can_mean: &[
        "lines were removed, added or put in another order here",
        "the line before was edited and its digest made anew, and the later ones were left as they \
         were",
        "the writer began anew here, or lost its last digest",
    ],
    does_not_tell: &[
        "which of these it was, or whether this line or the one before is the changed one",
        "who did it, or when",
        ELSEWHERE,
    ],
    next_step: COMPARE,
};

const REMOVED: Words = Words {
    can_mean: &[
        "lines were deleted, and the digests after them were left as they were",
        "part of the file was lost when it was copied",
        "the writer lost lines",
    ],
    does_not_tell: &[
        "what the missing lines said",
        "who removed them, or when",
        ELSEWHERE,
    ],
    next_step: "Look for a copy that still holds these lines: the line after them states the \
                digest of the last one.",
};

const INSERTED: Words = Words {
    can_mean: &[
        "lines were added to the file, and the digests after them were left as they were",
        "lines of another log were put into this one",
    ],
    does_not_tell: &[
        "who added them, or when",
        "whether what they say happened",
        ELSEWHERE,
    ],
    next_step: COMPARE,
};

const MOVED: Words = Words {
    can_mean: &[
        "lines were put in another order",
        "parts of the file were joined in the wrong order",
    ],
    does_not_tell: &[
        "who moved them, or when",
        "that their content was changed",
        ELSEWHERE,
    ],
    next_step: COMPARE,
};

const DUPLICATED: Words = Words {
    can_mean: &[
        "a line was copied to another place",
        "the writer wrote it twice",
    ],
    does_not_tell: &["who copied it, or when", ELSEWHERE],
    next_step: "Count the line once, and compare with another copy.",
};

const BAD_SIGNATURE: Words = Words {
    can_mean: &[
        "the line was changed by somebody without the key",
        "the key that you gave is not the one that its writer used",
        "the signature was changed",
    ],
    does_not_tell: &["which of these it was", "who did it, or when"],
    next_step: "If every line fails, ask for the right key; else compare this place with another \
                copy.",
};

const INNER: Words = Words {
    can_mean: &[
        "part of the line was edited, and the digest of that part was left as it was",
        "the chain profile does not describe how this digest was made",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "what the line said before",
        ELSEWHERE,
    ],
    next_step: COMPARE,
};

const RESEALED: Words = Words {
    can_mean: &[
        "two logs, or two runs of one writer, were put into one file",
        "the writer began anew here",
        "everything before this place was removed or replaced",
    ],
    does_not_tell: &["which of these it was", "who did it, or when", ELSEWHERE],
    next_step: "Ask when the writer was started, and for the log before this place.",
};

const GAP: Words = Words {
    can_mean: &[
        "the writer left numbers out, or lost lines before it chained them",
        "several writers share one numbering",
    ],
    does_not_tell: &[
        "what the missing lines said",
        "that chained lines were removed: where the links hold, each line follows from the one \
         before",
    ],
    next_step: "Ask how the writer numbers its lines.",
};

const UNCOVERED: Words = Words {
    can_mean: &[
        "the program that wrote the log leaves these members out when it makes its digests, or \
         writes some entries without a signature",
        "they were added, changed or taken away later: no digest would show that",
    ],
    does_not_tell: &[
        "which of the two it is",
        "that the members which a digest covers are in doubt: they are judged by themselves",
    ],
    next_step: "Ask how the writer makes its digests. Members that it is known to leave out are \
                named in the chain profile, as uncovered = [\"/member\"]; do not rest anything on \
                them alone.",
};

const RECIPE: Words = Words {
    can_mean: &[
        "the log does not state how its digests are made; the recipe that fits was taken",
        "where it fits no entry: the log is made by another recipe, or every entry was changed",
    ],
    does_not_tell: &[
        "that its writer uses exactly this recipe; an entry that differs can be made otherwise",
    ],
    next_step: "Ask how the writer makes its digests, and give the recipe with --profile.",
};

const CLOCK: Words = Words {
    can_mean: &[
        "the clock of the source was set back",
        "lines of several sources reached the log out of order",
        "lines were written with an old time",
    ],
    does_not_tell: &[
        "which of the times are right",
        "that the order of the lines was changed: the links speak for their order",
    ],
    next_step: "Read the lines here in stored order, and compare with another source's clock.",
};

const KEY_BESIDE: Words = Words {
    can_mean: &["the key was copied together with the log"],
    does_not_tell: &[
        "whose key it is: whoever could change the log could put another key here, or make every \
         digest anew with this one",
    ],
    next_step: "Get the key from its owner, and give it under \"Keys and anchors…\" or with --key.",
};
