//! What a verdict that is neither intact nor broken means, and what would make it better.

use sealscope_model::{Strength, Verdict};
use sealscope_verify::Summary;
pub use sealscope_verify::cloudtrail::COLLECTING;

use super::formats::Sealing;
use super::{Explanation, Words, as_sentence, verdict_title};

/// A verdict, explained, with what could be given to prove more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictWords {
    /// The words, in the form of those for breaks.
    pub words: Explanation,
    /// Commands that collect what is missing, line by line; `None` where there are none.
    pub recipe: Option<&'static str>,
    /// A verification key, given for this run, can change the verdict.
    pub wants_key: bool,
    /// A head, checkpoint or token, given for this run, can change the verdict or what it rests on.
    pub wants_anchor: bool,
}

/// Explains the verdict of an archive that is not intact and has no break; `None` for one that is
/// intact with both ends fixed, or broken: breaks have words of their own.
#[must_use]
pub fn explain_verdict(summary: &Summary, format: &str) -> Option<VerdictWords> {
    let sealing = Sealing::of(format);
    let is_sealed = summary.strength.base.is_some() || !summary.links.is_empty();
    let (words, wants_key, wants_anchor) = match (summary.verdict, sealing) {
        (Verdict::Broken, _) => return None,
        (Verdict::Intact, _) => {
            let is_fixed = summary.head.is_anchored() && summary.tail.is_anchored();
            if is_fixed || sealing == Sealing::Log {
                return None;
            }
            (OPEN_END, false, true)
        }
        (Verdict::Consistent, _) if is_keyless(summary.strength) => (CONSISTENT, true, true),
        (Verdict::Consistent, _) => (CONSISTENT, false, true),
        (Verdict::Unproven, Sealing::Log) => return None,
        (Verdict::Unproven, Sealing::CloudTrail) => (UNPROVEN_CLOUDTRAIL, true, false),
        (Verdict::Unproven, Sealing::Journal) => (UNPROVEN_JOURNAL, true, false),
        (Verdict::Unproven, Sealing::Chained) => (UNPROVEN_CHAINED, true, true),
        (Verdict::Unsealed, Sealing::CloudTrail) => (UNSEALED_CLOUDTRAIL, false, false),
        (Verdict::Unsealed, Sealing::Journal) if is_sealed => (UNSEALED_TAIL, false, true),
        (Verdict::Unsealed, Sealing::Journal) => (UNSEALED_JOURNAL, false, true),
        (Verdict::Unsealed, _) if is_sealed => return None,
        (Verdict::Unsealed, _) => (UNSEALED, false, true),
    };
    let is_cloudtrail = sealing == Sealing::CloudTrail;
    let lacks = matches!(summary.verdict, Verdict::Unproven | Verdict::Unsealed);
    Some(VerdictWords {
        words: Explanation {
            title: verdict_title(Some(summary.verdict)).to_owned(),
            sentence: as_sentence(&summary.says),
            can_mean: words.can_mean,
            does_not_tell: words.does_not_tell,
            next_step: words.next_step,
        },
        recipe: (is_cloudtrail && lacks).then_some(COLLECTING),
        wants_key,
        wants_anchor,
    })
}

/// Whether no key took part in the seals: one may exist that could be checked too.
fn is_keyless(strength: Strength) -> bool {
    strength
        .base
        .is_none_or(|base| matches!(base.word(), "checksum" | "chain"))
}

const OPEN_END: Words = Words {
    can_mean: &[
        "what is here is as it was sealed, by a key or an anchor that you gave",
        "the archive begins or ends where it does because it was collected so, or was cut there",
    ],
    does_not_tell: &[
        "that nothing came before the first or after the last entry: an end that is open would not \
         show a cut",
        "that what the entries say is true: a seal speaks for what was written, not for what \
         happened",
    ],
    next_step: "If you know the last digest, checkpoint or number of entries from elsewhere, give \
                it under \"Keys and anchors…\".",
};

const CONSISTENT: Words = Words {
    can_mean: &[
        "nothing was changed since it was written",
        "somebody changed it, and made every later digest anew: without a key anybody can",
    ],
    does_not_tell: &[
        "which of the two it is",
        "that nothing was cut off at the end: a shorter chain agrees with itself too",
    ],
    next_step: "Get the last digest with the number of entries, from whoever kept it elsewhere, or \
                the key where the log has one, and give it under \"Keys and anchors…\".",
};

const UNPROVEN_CLOUDTRAIL: Words = Words {
    can_mean: &[
        "the public keys of this time and region were not given, or are only beside the evidence",
        "the newest digest was collected without its signature, which is not in the file but in \
         the metadata of the object",
    ],
    does_not_tell: &[
        "that anything was changed",
        "that nothing was changed: what could not be checked can be either",
    ],
    next_step: "Collect signatures and public keys as shown here, and give public-keys.json under \
                \"Keys and anchors…\" or with --key.",
};

const UNPROVEN_JOURNAL: Words = Words {
    can_mean: &[
        "the verification key was not given",
        "the key that was given is that of another machine or another setup",
        "the journal was made anew and sealed with another key",
    ],
    does_not_tell: &[
        "which of these it is, where no seal fits the key",
        "that anything was changed, or that nothing was",
    ],
    next_step: "Get the verification key that journalctl --setup-keys printed on this machine, and \
                give it under \"Keys and anchors…\" or with --key.",
};

const UNPROVEN_CHAINED: Words = Words {
    can_mean: &[
        "the key of its signatures or digests was not given, or is only beside the evidence",
        "the key that was given is another one",
        "entries hold members that no digest covers and the chain profile does not name",
    ],
    does_not_tell: &["that anything was changed, or that nothing was"],
    next_step: "Get the key from whoever runs the writer of this log, and give it under \"Keys and \
                anchors…\" or with --key.",
};

const UNSEALED_CLOUDTRAIL: Words = Words {
    can_mean: &[
        "log files were put into the folder later",
        "the digests that list them were not collected, or were not made yet when the copy was \
         taken",
    ],
    does_not_tell: &[
        "whether CloudTrail wrote the files that no digest lists",
        "that log files under a digest that holds are in doubt: they are not",
    ],
    next_step: "Collect the digests of all hours, up to two hours after the last log file, as \
                shown here.",
};

const UNSEALED_TAIL: Words = Words {
    can_mean: &[
        "the journal was copied while it was being written: what came last was not sealed yet",
        "entries were written after the last seal, by journald or by somebody else",
    ],
    does_not_tell: &[
        "whether the entries after the last seal were changed",
        "that the entries before it are in doubt: each interval has its own verdict",
    ],
    next_step: "Do not rely on the unsealed entries unless another source confirms them; a later \
                copy of the journal may seal them.",
};

const UNSEALED_JOURNAL: Words = Words {
    can_mean: &[
        "sealing was never set up on the machine: it is off unless somebody runs journalctl \
         --setup-keys",
        "a sealed journal was replaced by an unsealed one",
    ],
    does_not_tell: &[
        "which of the two it was",
        "whether anything was changed: the hashes in the file can be made anew by anybody",
    ],
    next_step: "Ask whether sealing was set up on this machine: /var/log/journal/MACHINE-ID/fss is \
                then there.",
};

const UNSEALED: Words = Words {
    can_mean: &[
        "this kind of log is not sealed by whoever writes it",
        "its seals were not given",
    ],
    does_not_tell: &["whether it was changed"],
    next_step: "If a timestamp token or the SHA-256 of the file was kept elsewhere, give it under \
                \"Keys and anchors…\"; else seal a copy, so that changes from now on show.",
};
