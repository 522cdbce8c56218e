//! CloudTrail: log files, and the digest files that list and sign them.

use sealscope_model::{Break, BreakKind, ObservationKind};
use sealscope_verify::grouped;

use super::super::{Words, entries};

pub(super) fn title(found: &Break) -> Option<String> {
    let what = what(found);
    Some(match found.kind {
        BreakKind::Modified if found.file.is_none() => return None,
        BreakKind::Modified if found.count == 1 => format!(
            "{what} is not as it was delivered: entry {}",
            grouped(found.found.unwrap_or(found.position))
        ),
        BreakKind::Modified if found.count > 1 => format!(
            "{what} is not as it was delivered: {} from {} on",
            entries(found.count),
            grouped(found.found.unwrap_or(found.position))
        ),
        BreakKind::Modified | BreakKind::Checksum => format!("{what} is not as it was delivered"),
        BreakKind::MissingFile => format!("{what} missing"),
        BreakKind::ReplacedFile => format!("{what} holds the content of another one"),
        BreakKind::Relinked => "Digest does not follow from the one before".to_owned(),
        BreakKind::BadSignature => "Digest signature does not match".to_owned(),
        BreakKind::Resealed => "Digest replaced by another signed one".to_owned(),
        _ => return None,
    })
}

pub(super) const fn observation_title(kind: ObservationKind) -> Option<&'static str> {
    match kind {
        ObservationKind::Silence => Some("Time under no digest"),
        ObservationKind::UnlistedFile => Some("File that no digest lists, or a second copy"),
        _ => None,
    }
}

pub(super) fn words(found: &Break) -> Option<Words> {
    let is_digest = is_digest(found);
    Some(match found.kind {
        BreakKind::Modified if is_of_form(found) => FORM,
        BreakKind::Modified if is_digest => MODIFIED_DIGEST,
        BreakKind::Modified => MODIFIED_LOG,
        BreakKind::Checksum => FORM,
        BreakKind::MissingFile if is_digest => MISSING_DIGEST,
        BreakKind::MissingFile => MISSING_LOG,
        BreakKind::ReplacedFile => REPLACED,
        BreakKind::Relinked => RELINKED,
        BreakKind::BadSignature => BAD_SIGNATURE,
        BreakKind::Resealed => RESEALED,
        _ => return None,
    })
}

pub(super) const fn observation(kind: ObservationKind) -> Option<Words> {
    match kind {
        ObservationKind::RenamedFile => Some(RENAMED),
        ObservationKind::SequenceGap => Some(GAP),
        ObservationKind::Silence => Some(SILENCE),
        ObservationKind::UnlistedFile => Some(UNLISTED),
        ObservationKind::KeyBesideEvidence => Some(KEY_BESIDE),
        ObservationKind::ClockReversed => Some(CLOCK),
        _ => None,
    }
}

/// Whether the break is about a digest file; else it is about a log file. Both name the trail
/// alike, only digests have the word in their path.
fn is_digest(found: &Break) -> bool {
    let is_named = |file: &String| file.to_ascii_lowercase().contains("digest");
    found.file.as_ref().is_some_and(is_named)
}

/// Whether only the packing differs: the content is what was sealed, or bytes follow after it.
fn is_of_form(found: &Break) -> bool {
    match (&found.claimed, &found.computed) {
        (Some(claimed), Some(computed)) => claimed.get() == computed.get(),
        (None, None) => found.file.is_some(),
        _ => false,
    }
}

fn what(found: &Break) -> &'static str {
    if is_digest(found) {
        "Digest file"
    } else {
        "Log file"
    }
}

const MODIFIED_LOG: Words = Words {
    can_mean: &[
        "the log file was edited after its digest was made",
        "another file was saved under this name",
        "the file was damaged, or unpacked and packed again with other content, when it was copied",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "which of its records were changed: the digest speaks for the file as a whole",
        "that other log files are false: each has its own line in a digest",
    ],
    next_step: "Get this file from its bucket again, with its older versions where versioning is \
                on, and compare its SHA-256, unpacked, with the one that the digest lists.",
};

const MODIFIED_DIGEST: Words = Words {
    can_mean: &[
        "the digest file was edited after it was signed",
        "another file was saved under its name",
        "the file was damaged when it was copied",
    ],
    does_not_tell: &[
        "who changed it, or when",
        "that the log files of its hour were changed: nothing proves them up to this digest",
    ],
    next_step: "Get this digest from its bucket again, together with its metadata.",
};

const FORM: Words = Words {
    can_mean: &[
        "bytes were added behind the packed content, or the file was packed in another way",
        "the file was unpacked, or damaged, when it was copied",
    ],
    does_not_tell: &[
        "who did it, or when",
        "that the records were changed: the digest speaks for the unpacked bytes",
    ],
    next_step: "Get this file from its bucket again, and compare both byte by byte.",
};

const MISSING_LOG: Words = Words {
    can_mean: &[
        "the log file was deleted from the bucket or from this copy",
        "it was not collected: the copy was interrupted, or leaves out a day, a region or an \
         account",
        "a lifecycle rule of the bucket removed it or moved it to an archive",
    ],
    does_not_tell: &[
        "what the file held: the digest states its SHA-256 and the times of its events only",
        "who removed it, or when, or whether it is still in the bucket",
    ],
    next_step: "Ask for this file by its name from the bucket; its SHA-256 stands in the digest \
                and can be compared.",
};

const MISSING_DIGEST: Words = Words {
    can_mean: &[
        "the digest file was deleted from the bucket or from this copy",
        "it was not collected with the others",
        "a lifecycle rule of the bucket removed it or moved it to an archive",
    ],
    does_not_tell: &[
        "which log files it listed: those that no other digest lists are unsealed here",
        "whether log files of its hour are missing too",
        "who removed it, or when",
    ],
    next_step: "Ask for this digest from the bucket; the digest after it states its SHA-256 and \
                its signature.",
};

const REPLACED: Words = Words {
    can_mean: &[
        "another genuine file was saved under this name",
        "files were mixed up when they were collected",
    ],
    does_not_tell: &[
        "what the sealed file held",
        "who replaced it, or when, or whether on purpose",
    ],
    next_step: "Get this file from its bucket again, and compare its SHA-256, unpacked, with the \
                one that the digest lists.",
};

const RELINKED: Words = Words {
    can_mean: &[
        "the digest before it was replaced by another one, or changed, after this one was signed",
        "digests of two trails or of two copies were put into one folder",
    ],
    does_not_tell: &[
        "which of the two digests is the first one",
        "who did it, or when",
        "that the log files were changed: each has its own line in a digest",
    ],
    next_step: "Get both digests from their bucket again, with older versions where versioning is \
                on.",
};

const BAD_SIGNATURE: Words = Words {
    can_mean: &[
        "the digest was changed after it was signed",
        "the signature in its metadata was changed, or belongs to another digest",
        "somebody without the key wrote a digest in its name",
    ],
    does_not_tell: &[
        "who did it, or when",
        "that the log files of its hour were changed: nothing proves them up to this digest",
    ],
    next_step: "Get this digest from its bucket again together with its metadata (aws s3api \
                head-object), and the public keys of its time (aws cloudtrail list-public-keys).",
};

const RESEALED: Words = Words {
    can_mean: &[
        "the digest was delivered again",
        "digests of two trails or of two copies were put into one folder",
    ],
    does_not_tell: &["which of the two is the first one", "who did it, or when"],
    next_step: "Ask whoever runs the trail which digests it delivered for this hour.",
};

const RENAMED: Words = Words {
    can_mean: &[
        "the file was renamed or moved when it was copied or exported",
        "it was moved within its bucket",
    ],
    does_not_tell: &[
        "that its content was changed: that is judged by its signature or digest",
        "who moved it, or when",
    ],
    next_step: "Note the signed name and the name found in the report.",
};

const GAP: Words = Words {
    can_mean: &[
        "validation of log files was switched off for this time, and a new chain began after it",
        "the trail itself was stopped, changed or made anew",
    ],
    does_not_tell: &[
        "what happened in this time, or that log files of it were removed",
        "who switched it off: look for StopLogging, UpdateTrail and DeleteTrail",
    ],
    next_step: "Search the entries before the gap for StopLogging, UpdateTrail and DeleteTrail.",
};

const SILENCE: Words = Words {
    can_mean: &[
        "validation of log files was switched off for this time, and a new chain began after it",
        "the trail itself was stopped, changed or made anew",
        "digests of this time, and the log files that they list, are not in this copy",
    ],
    does_not_tell: &[
        "what happened in this time, or that log files of it were removed",
        "who switched it off, if anybody did",
    ],
    next_step: "Ask the bucket for digests of this time, and search the entries before it for \
                StopLogging, UpdateTrail and DeleteTrail.",
};

const UNLISTED: Words = Words {
    can_mean: &[
        "the file was put into the folder later",
        "the digest that lists it was not collected, or was not made yet when the copy was taken",
        "it was delivered while validation was switched off",
        "it is a second copy of a digest or log file that is here already",
    ],
    does_not_tell: &[
        "whether CloudTrail wrote it: no digest speaks for it",
        "that its records are false",
    ],
    next_step: "Collect the digests of the hours after it, and do not rely on the file unless one \
                of them lists it.",
};

const KEY_BESIDE: Words = Words {
    can_mean: &["the list of public keys was collected together with the log files"],
    does_not_tell: &[
        "whose keys they are: whoever could change the files could put other keys here",
    ],
    next_step: "Get the keys of this time and region yourself, with aws cloudtrail \
                list-public-keys, and give them under \"Keys and anchors…\" or with --key.",
};

const CLOCK: Words = Words {
    can_mean: &[
        "events are not logged in the order of their times: in this kind of log that is usual",
        "a log file was delivered late",
    ],
    does_not_tell: &["that the order of the records was changed: the digests speak for the files"],
    next_step: "Sort by time where the order of events matters.",
};
