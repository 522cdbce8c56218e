//! The six aspects of a journal.

use sealscope_model::{Aspect, AspectState, Aspects, BreakKind, Verdict};

use super::judge::Facts;

/// The six aspects, from what the verdict was made from.
pub(super) fn aspects(facts: &Facts<'_>) -> Aspects {
    use AspectState::{Absent, Broken, NotCheckable};
    let first = |kinds: &[BreakKind]| {
        let found = facts.breaks.iter().find(|one| kinds.contains(&one.kind));
        found.map(|one| Aspect::because(Broken, one.says.clone()))
    };
    let otherwise = || {
        if facts.tags == 0 {
            Aspect::because(Absent, "This journal has no seals.")
        } else if !facts.has_key {
            Aspect::because(NotCheckable, "The verification key is missing.")
        } else if facts.wrong_keys > 0 {
            Aspect::because(NotCheckable, "No seal matches under the key given.")
        } else if facts.verdict == Verdict::Unsealed {
            Aspect::because(NotCheckable, "The last entries are not sealed.")
        } else {
            Aspect::OK
        }
    };
    let content = [
        BreakKind::Modified,
        BreakKind::Checksum,
        BreakKind::Resealed,
    ];
    let seal = [
        BreakKind::BadSignature,
        BreakKind::Modified,
        BreakKind::Resealed,
        BreakKind::Relinked,
    ];
    let signer = match (facts.tags, facts.has_key) {
        (0, _) => Aspect::because(Absent, "Nobody has sealed this journal."),
        (_, false) => Aspect::because(NotCheckable, "The verification key is missing."),
        _ if facts.tags_held == 0 => {
            Aspect::because(NotCheckable, "No seal matches under the key given.")
        }
        _ => Aspect::OK,
    };
    let completeness = if facts.has_gap {
        first(&[BreakKind::Relinked]).unwrap_or(Aspect::OK)
    } else if facts.missing != (0, 0) {
        Aspect::because(NotCheckable, "The end of the file is missing.")
    } else {
        Aspect::because(
            NotCheckable,
            "The end is open: later entries could have been cut off.",
        )
    };
    Aspects {
        content: first(&content).unwrap_or_else(otherwise),
        order: first(&[BreakKind::Moved, BreakKind::Relinked]).unwrap_or_else(otherwise),
        seal: first(&seal).unwrap_or_else(otherwise),
        signer,
        time: Aspect::because(
            Absent,
            "No timestamp token proves when the journal was sealed.",
        ),
        completeness,
    }
}
