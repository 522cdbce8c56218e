//! The words for each kind of break.

use sealscope_model::{Break, BreakKind};
use sealscope_verify::grouped;

use super::{Words, entries};

/// A few words that name kind and place.
pub(super) fn title(found: &Break) -> String {
    let at = grouped(found.position);
    let last = grouped(found.position.saturating_add(found.count.max(1)) - 1);
    let stored = grouped(found.found.unwrap_or(found.position));
    let some = entries(found.count);
    match found.kind {
        BreakKind::Modified if found.count == 0 => format!("Contradiction at entry {at}"),
        BreakKind::Modified if found.count == 1 => format!("Broken at entry {at}"),
        BreakKind::Modified if found.exact => format!("Broken at entries {at} to {last}"),
        BreakKind::Modified => format!("Broken between {at} and {last}"),
        BreakKind::Removed if !found.exact => format!("Entries missing between {at} and {last}"),
        BreakKind::Removed if found.position == 0 => format!("{some} missing at the beginning"),
        BreakKind::Removed => format!("{some} missing after {}", grouped(found.position - 1)),
        BreakKind::Inserted if !found.exact => format!("Entries added between {at} and {last}"),
        BreakKind::Inserted if found.count == 1 => format!("Entry added at {stored}"),
        BreakKind::Inserted => format!("{some} added at {stored}"),
        BreakKind::Moved if found.count <= 1 => format!("Entry {at} stands at {stored}"),
        BreakKind::Moved => format!("{some} from {at} on stand at {stored}"),
        BreakKind::Duplicated if found.count <= 1 => format!("Entry {at} is repeated at {stored}"),
        BreakKind::Duplicated => format!("{some} from {at} on are repeated at {stored}"),
        BreakKind::Truncated if found.count == 0 => format!("Cut off at entry {at}"),
        BreakKind::Truncated => format!("{some} missing at the end"),
        BreakKind::Relinked => format!("Broken link at entry {at}"),
        BreakKind::Resealed => "Sealed by another run or key".to_owned(),
        BreakKind::BadSignature => "Signature does not match".to_owned(),
        BreakKind::Fork => "Two histories".to_owned(),
        BreakKind::MissingFile => "File missing".to_owned(),
        BreakKind::ReplacedFile => "File replaced".to_owned(),
        BreakKind::Checksum => "Checksum does not match".to_owned(),
    }
}

const COMPARE: &str =
    "Compare with another copy of the log, and ask whoever keeps it about this place.";

/// What a kind can mean, what it does not tell, and what to do.
pub(super) const fn words(found: &Break) -> Words {
    match found.kind {
        BreakKind::Modified if found.count == 0 => CONTRADICTION,
        BreakKind::Modified if found.exact => MODIFIED,
        BreakKind::Modified => MODIFIED_SOMEWHERE,
        BreakKind::Removed if found.exact => REMOVED,
        BreakKind::Removed => REMOVED_SOMEWHERE,
        BreakKind::Inserted => INSERTED,
        BreakKind::Moved => MOVED,
        BreakKind::Duplicated => DUPLICATED,
        BreakKind::Truncated => TRUNCATED,
        BreakKind::Relinked => RELINKED,
        BreakKind::Resealed => RESEALED,
        BreakKind::BadSignature => BAD_SIGNATURE,
        BreakKind::Fork => FORK,
        BreakKind::MissingFile => MISSING_FILE,
        BreakKind::ReplacedFile => REPLACED_FILE,
        BreakKind::Checksum => CHECKSUM,
    }
}

const CONTRADICTION: Words = Words {
    can_mean: &[
        "parts of different archives were put together",
        "the part of the file that names the archive was edited",
        "the sealing program failed here",
    ],
    does_not_tell: &[
        "who did it, or when",
        "that the log entries themselves were changed: each has its own verdict",
    ],
    next_step: "Ask for the archive as it was first sealed, and compare.",
};

const MODIFIED: Words = Words {
    can_mean: &[
        "the entry was edited after it was sealed",
        "the disk or a copy changed it by accident",
        "the sealing program failed here",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "what the entry said when it was sealed: a digest cannot be read backwards",
        "that other entries are false: each has its own verdict",
    ],
    next_step: COMPARE,
};

const MODIFIED_SOMEWHERE: Words = Words {
    can_mean: &[
        "at least one entry in this range was edited, added, removed or moved after it was sealed",
        "the list of their digests was changed too, so the entry cannot be named",
        "the disk or a copy changed the file by accident",
    ],
    does_not_tell: &[
        "which entries of the range were changed, or how many",
        "who changed them, or when",
        "that entries outside the range are false: each has its own verdict",
    ],
    next_step: "Look for an older copy: with its list of digests the entries can be named.",
};

const REMOVED: Words = Words {
    can_mean: &[
        "entries were deleted after they were sealed",
        "part of the file was lost when it was copied",
        "the archive was put together from parts, and one is missing",
    ],
    does_not_tell: &[
        "what the missing entries said",
        "who removed them, or when",
        "that the entries around them are false: each has its own verdict",
    ],
    next_step: "Look for a copy that still holds these entries; its digests can be compared with \
                the seals here.",
};

const REMOVED_SOMEWHERE: Words = Words {
    can_mean: &[
        "entries were deleted together with everything that stood for them",
        "part of the file was lost when it was copied",
    ],
    does_not_tell: &[
        "how many entries of the range are gone, and which are still there under other numbers",
        "who removed them, or when",
    ],
    next_step: "Look for a copy that still holds this range.",
};

const INSERTED: Words = Words {
    can_mean: &[
        "entries were added to the file after it was sealed",
        "parts of another log were put into this one",
    ],
    does_not_tell: &[
        "who added them, or when",
        "whether what they say happened: no seal speaks for them",
    ],
    next_step: "Do not rely on these entries unless another source confirms them.",
};

const MOVED: Words = Words {
    can_mean: &[
        "entries were put at another place after they were sealed",
        "frames of the file were swapped, on purpose or by a faulty copy",
    ],
    does_not_tell: &[
        "who moved them, or when",
        "that what they say was changed: their content still matches a seal",
    ],
    next_step: "Read the entries in the order of their sealed numbers, and compare with another \
                copy.",
};

const DUPLICATED: Words = Words {
    can_mean: &[
        "a sealed entry was copied to a second place",
        "a frame was written twice by a faulty copy",
    ],
    does_not_tell: &[
        "who copied it, or when",
        "that the act it records happened twice: the seal speaks for one entry only",
    ],
    next_step: "Count the entry once, and compare with another copy.",
};

const TRUNCATED: Words = Words {
    can_mean: &[
        "the end of the archive was cut off",
        "an older copy of the archive was given",
    ],
    does_not_tell: &["what the missing entries said", "who cut them off, or when"],
    next_step: "Ask for the archive up to the size that the anchor proves.",
};

const RELINKED: Words = Words {
    can_mean: &[
        "seals were taken out, or put in from another run",
        "the part of the file before this place was replaced",
        "the sealing program failed here",
    ],
    does_not_tell: &[
        "who did it, or when",
        "that the entries themselves were changed: each has its own verdict",
    ],
    next_step: COMPARE,
};

const RESEALED: Words = Words {
    can_mean: &[
        "part of another archive was put into this one",
        "the range was sealed a second time",
    ],
    does_not_tell: &["who did it, or when", "which of the two is the first one"],
    next_step: "Ask which runs of the sealing program wrote this archive, and with which keys.",
};

const BAD_SIGNATURE: Words = Words {
    can_mean: &[
        "the signed statement was changed after it was signed",
        "somebody without the key wrote a statement in its name",
        "the disk or a copy changed the signature by accident",
    ],
    does_not_tell: &[
        "who did it, or when",
        "that the owner of the key did anything wrong",
        "that the entries were changed: nothing proves them up to this seal",
    ],
    next_step: "Ask the owner of the key for the statement as it was signed.",
};

const FORK: Words = Words {
    can_mean: &[
        "the owner of the key signed two different histories of one log",
        "the log went on from an old copy, for instance after a restored backup",
        "the key is in other hands",
    ],
    does_not_tell: &["which of the two is the true one", "why there are two"],
    next_step: "Keep both copies, and compare them from the place where they part.",
};

const MISSING_FILE: Words = Words {
    can_mean: &[
        "the file was deleted after it was sealed",
        "the file was not collected with the others",
    ],
    does_not_tell: &["what the file held", "who removed it, or when"],
    next_step: "Ask for the file; its digest is known and can be compared.",
};

const REPLACED_FILE: Words = Words {
    can_mean: &[
        "another file was put in its place",
        "files were mixed up when they were collected",
    ],
    does_not_tell: &["what the sealed file held", "who replaced it, or when"],
    next_step: "Ask for the file whose digest the seal states.",
};

const CHECKSUM: Words = Words {
    can_mean: &[
        "the bytes were changed, and the checksum was not made anew",
        "the disk or a copy changed them by accident",
    ],
    does_not_tell: &[
        "who changed them, or when",
        "that everything else is as it was: a checksum can be made anew by anybody",
    ],
    next_step: COMPARE,
};
