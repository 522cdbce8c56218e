//! The sentences of a summary: one source for window, command line and reports.

use sealscope_model::{
    Aspect, AspectState, Aspects, Break, BreakKind, Damage, End, EntryCounts, Verdict,
    VerdictRanges,
};

use crate::summary::{SignerSummary, grouped};

/// What the aspects are told from.
pub(crate) struct Facts<'a> {
    pub(crate) verdict: Verdict,
    pub(crate) breaks: &'a [Break],
    pub(crate) damage: &'a [Damage],
    pub(crate) signers: &'a [SignerSummary],
    pub(crate) seals: usize,
    pub(crate) timestamps: usize,
    pub(crate) head: &'a End,
    pub(crate) tail: &'a End,
    pub(crate) entries: &'a EntryCounts,
}

/// The six aspects of a sealog archive.
pub(crate) fn aspects(facts: &Facts<'_>) -> Aspects {
    use AspectState::{Absent, Broken, NotCheckable};
    let first_of = |kinds: &[BreakKind]| {
        facts
            .breaks
            .iter()
            .find(|found| kinds.contains(&found.kind))
            .map(|found| found.says.clone())
    };
    let or_ok = |why: Option<String>| {
        if facts.seals == 0 {
            return Aspect::because(Absent, "No checkpoint seals these entries.");
        }
        why.map_or(Aspect::OK, |why| Aspect::because(Broken, why))
    };
    use BreakKind as B;
    let content = or_ok(first_of(&[
        B::Modified,
        B::Removed,
        B::Inserted,
        B::Truncated,
    ]));
    let order = or_ok(first_of(&[
        B::Moved,
        B::Duplicated,
        B::Removed,
        B::Inserted,
    ]));
    let seal = or_ok(first_of(&[
        B::Relinked,
        B::Resealed,
        B::BadSignature,
        B::Fork,
    ]));
    let signer = if facts.signers.is_empty() {
        Aspect::because(Absent, "Nobody has signed this archive.")
    } else if let Some(why) = first_of(&[B::BadSignature]) {
        Aspect::because(Broken, why)
    } else if facts.signers.iter().any(|signer| signer.is_trusted) {
        Aspect::OK
    } else {
        Aspect::because(
            NotCheckable,
            "No signature is by a key that you trust for this origin.",
        )
    };
    let time = if facts.timestamps == 0 {
        Aspect::because(
            Absent,
            "No timestamp token proves when the archive was sealed.",
        )
    } else {
        Aspect::because(
            NotCheckable,
            "Timestamp tokens are in the file; they were not checked.",
        )
    };
    Aspects {
        content,
        order,
        seal,
        signer,
        time,
        completeness: completeness(facts),
    }
}

fn completeness(facts: &Facts<'_>) -> Aspect {
    let removed = facts
        .breaks
        .iter()
        .find(|found| matches!(found.kind, BreakKind::Removed | BreakKind::Truncated));
    if let Some(found) = removed {
        return Aspect::because(AspectState::Broken, found.says.clone());
    }
    if facts.entries.unchecked > 0 {
        return Aspect::because(AspectState::NotCheckable, "Not all entries were looked at.");
    }
    match (facts.head.is_anchored(), facts.tail.is_anchored()) {
        (true, true) if facts.damage.is_empty() || facts.verdict == Verdict::Intact => Aspect::OK,
        (true, true) => Aspect::because(
            AspectState::NotCheckable,
            "Part of the file does not parse.",
        ),
        (true, false) => Aspect::because(
            AspectState::NotCheckable,
            "The end is open: later entries could have been cut off.",
        ),
        (false, true) => Aspect::because(
            AspectState::NotCheckable,
            "The beginning is open: it is in an earlier archive of this log.",
        ),
        (false, false) => Aspect::because(
            AspectState::NotCheckable,
            "Both ends are open: entries could have been cut off there.",
        ),
    }
}

/// The finding in one or two sentences.
pub(crate) fn sentence(
    verdict: Verdict,
    entries: &EntryCounts,
    breaks: &[Break],
    signers: &[SignerSummary],
    tail: &End,
    ranges: &VerdictRanges,
) -> String {
    let total = grouped(entries.total);
    let end = if tail.is_anchored() {
        "The archive is closed."
    } else {
        "The end is open: later entries could have been cut off."
    };
    let sentence = match verdict {
        Verdict::Intact => {
            let by = signers.iter().find(|signer| signer.is_trusted);
            let by = by.map_or_else(String::new, |s| {
                format!(", signed by {} ({})", s.name, s.key_id)
            });
            format!("All {total} entries match their seals{by}, a key you trust. {end}")
        }
        Verdict::Consistent => format!(
            "The {total} entries agree with each other, but anyone able to rewrite the whole \
             archive could do so unnoticed. {end}"
        ),
        Verdict::Unproven => unproven(entries, signers, end),
        Verdict::Unsealed => unsealed(entries, ranges),
        Verdict::Broken => broken(entries, breaks),
    };
    if entries.unchecked > 0 {
        return format!(
            "{sentence} {} entries were not looked at.",
            grouped(entries.unchecked)
        );
    }
    sentence
}

fn unproven(entries: &EntryCounts, signers: &[SignerSummary], end: &str) -> String {
    let total = grouped(entries.total);
    match signers.iter().find(|signer| !signer.is_trusted) {
        Some(signer) => format!(
            "{} of {total} entries match seals by {} ({}), a key that you have not trusted for this \
             origin. Anyone could have made this archive: compare the fingerprint with the key's \
             owner. {end}",
            grouped(entries.unproven),
            signer.name,
            signer.key_id
        ),
        None => format!("What is needed to check {total} entries is missing. {end}"),
    }
}

fn unsealed(entries: &EntryCounts, ranges: &VerdictRanges) -> String {
    if entries.unsealed == entries.total || entries.total == 0 {
        return "This archive has no seals over its entries. It can be searched, but not checked \
                for changes."
            .to_owned();
    }
    let sealed = ranges.as_slice().iter().take_while(|range| {
        matches!(
            range.verdict,
            Some(Verdict::Intact | Verdict::Unproven | Verdict::Consistent)
        )
    });
    let all_intact = entries.unproven == 0;
    match sealed.last() {
        Some(last) if all_intact => format!(
            "Intact to entry {}; the last {} entries are not sealed.",
            grouped(last.to.saturating_sub(1)),
            grouped(entries.unsealed)
        ),
        _ => format!(
            "{} of {} entries are not sealed.",
            grouped(entries.unsealed),
            grouped(entries.total)
        ),
    }
}

fn broken(entries: &EntryCounts, breaks: &[Break]) -> String {
    let Some(first) = breaks.first() else {
        return "Seals and bytes disagree.".to_owned();
    };
    let more = match breaks.len() {
        1 => String::new(),
        2 => " There is 1 more break.".to_owned(),
        n => format!(" There are {} more breaks.", grouped(n as u64 - 1)),
    };
    let mut rest = Vec::new();
    for (count, word) in [
        (entries.intact, "match their seals"),
        (entries.unproven, "match seals by a key that is not trusted"),
        (entries.unsealed, "are not sealed"),
    ] {
        if count > 0 {
            rest.push(format!("{} entries {word}", grouped(count)));
        }
    }
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!(" {}.", rest.join("; "))
    };
    format!("{}{more}{rest}", first.says)
}
