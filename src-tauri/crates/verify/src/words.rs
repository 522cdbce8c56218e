//! The sentences of a summary: one source for window, command line and reports.
//!
//! They say what was observed, of what, and by whose key; never why, and never more than was
//! checked.

use sealscope_model::{
    Aspect, AspectState, Aspects, Break, BreakKind, Damage, End, EntryCounts, Observation,
    Position, Verdict, VerdictRanges,
};

use crate::summary::{SignerSummary, entries, grouped};
use crate::timestamp::TimestampFinding;

/// What is told about.
pub(crate) struct Facts<'a> {
    pub(crate) verdict: Verdict,
    pub(crate) start: Position,
    pub(crate) breaks: &'a [Break],
    pub(crate) damage: &'a [Damage],
    pub(crate) signers: &'a [SignerSummary],
    /// Checkpoints that bound entries.
    pub(crate) seals: usize,
    pub(crate) time: Aspect,
    pub(crate) stamps: &'a [TimestampFinding],
    /// What is observed from outside.
    pub(crate) observations: &'a [Observation],
    /// Whether the tree before the archive is needed and cannot be read.
    pub(crate) lacks_tree: bool,
    pub(crate) head: &'a End,
    pub(crate) tail: &'a End,
    pub(crate) entries: &'a EntryCounts,
    pub(crate) ranges: &'a VerdictRanges,
}

impl Facts<'_> {
    fn first_of(&self, kinds: &[BreakKind]) -> Option<String> {
        let mut breaks = self.breaks.iter();
        let found = breaks.find(|found| kinds.contains(&found.kind));
        found.map(|found| found.says.clone())
    }

    /// What the entries can be said to be when no break speaks against them.
    fn unbroken(&self) -> Aspect {
        use AspectState::{Absent, NotCheckable};
        let counts = self.entries;
        if self.seals == 0 {
            Aspect::because(Absent, "No checkpoint seals these entries.")
        } else if counts.unchecked > 0 {
            Aspect::because(NotCheckable, "Not all entries were looked at.")
        } else if counts.unproven > 0 {
            Aspect::because(NotCheckable, self.why_unproven())
        } else if counts.unsealed > 0 {
            let why = format!(
                "{} after the last checkpoint.",
                are_not_sealed(counts.unsealed)
            );
            Aspect::because(NotCheckable, why)
        } else {
            Aspect::OK
        }
    }

    fn why_unproven(&self) -> String {
        if self.lacks_tree {
            "SLID, which holds the tree before this archive, cannot be read.".to_owned()
        } else {
            format!(
                "{} only by a key that you have not trusted for this origin.",
                are_sealed(self.entries.unproven)
            )
        }
    }
}

fn are_sealed(count: u64) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb} sealed", entries(count))
}

fn are_not_sealed(count: u64) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb} not sealed", entries(count))
}

/// The six aspects of a sealog archive.
pub(crate) fn aspects(facts: &Facts<'_>) -> Aspects {
    use AspectState::{Absent, Broken};
    use BreakKind as B;
    let or = |kinds: &[BreakKind], otherwise: Aspect| match facts.first_of(kinds) {
        Some(why) => Aspect::because(Broken, why),
        None => otherwise,
    };
    let seal = if facts.seals == 0 {
        Aspect::because(Absent, "No checkpoint seals these entries.")
    } else {
        Aspect::OK
    };
    Aspects {
        content: or(
            &[B::Modified, B::Removed, B::Inserted, B::Truncated],
            facts.unbroken(),
        ),
        order: or(
            &[B::Moved, B::Duplicated, B::Removed, B::Inserted],
            facts.unbroken(),
        ),
        seal: or(&[B::Relinked, B::Resealed, B::BadSignature, B::Fork], seal),
        signer: or(&[B::BadSignature], signer(facts)),
        time: facts.time.clone(),
        completeness: completeness(facts),
    }
}

fn signer(facts: &Facts<'_>) -> Aspect {
    if facts.signers.is_empty() {
        Aspect::because(AspectState::Absent, "Nobody has signed this archive.")
    } else if !facts.signers.iter().any(|signer| signer.is_trusted) {
        Aspect::because(
            AspectState::NotCheckable,
            "No signature is by a key that you trust for this origin.",
        )
    } else if facts.entries.unproven > 0 && !facts.lacks_tree {
        Aspect::because(AspectState::NotCheckable, facts.why_unproven())
    } else {
        Aspect::OK
    }
}

fn completeness(facts: &Facts<'_>) -> Aspect {
    use AspectState::NotCheckable;
    if let Some(why) = facts.first_of(&[BreakKind::Removed, BreakKind::Truncated]) {
        return Aspect::because(AspectState::Broken, why);
    }
    if facts.entries.unchecked > 0 {
        return Aspect::because(NotCheckable, "Not all entries were looked at.");
    }
    if facts
        .breaks
        .iter()
        .any(|found| !found.exact && found.count > 0)
    {
        return Aspect::because(
            NotCheckable,
            "Where a change could only be bounded, entries may be missing.",
        );
    }
    match (facts.head.is_anchored(), facts.tail.is_anchored()) {
        (true, true) => Aspect::OK,
        (true, false) => Aspect::because(NotCheckable, OPEN_END),
        (false, true) => Aspect::because(NotCheckable, open_head(facts.start)),
        (false, false) => Aspect::because(
            NotCheckable,
            "Both ends are open: entries could have been cut off there.",
        ),
    }
}

const OPEN_END: &str = "The end is open: later entries could have been cut off.";

const fn open_head(start: Position) -> &'static str {
    if start > 0 {
        "The beginning is open: the entries before are in an earlier archive of this log."
    } else {
        "The beginning is open: earlier entries could have been cut off."
    }
}

/// The finding in a few sentences.
pub(crate) fn sentence(facts: &Facts<'_>) -> String {
    let counts = facts.entries;
    let mut parts = match facts.verdict {
        Verdict::Intact => vec![intact(facts), ends(facts)],
        Verdict::Consistent => vec![consistent(counts), ends(facts)],
        Verdict::Unproven => vec![unproven(facts), ends(facts)],
        Verdict::Unsealed => vec![unsealed(facts)],
        Verdict::Broken => vec![broken(facts)],
    };
    let verb = if facts.damage.len() == 1 {
        "place"
    } else {
        "places"
    };
    if !facts.damage.is_empty() {
        parts.push(format!(
            "Damage was found at {} {verb} in the file.",
            grouped(facts.damage.len() as u64)
        ));
    }
    // The newest time that is proven, and whatever does not hold or is known from outside.
    let trusted = facts.stamps.iter().filter(|found| found.is_trusted());
    let newest = trusted.max_by_key(|found| found.details.as_ref().map(|one| one.gen_time_ns));
    let others = facts.stamps.iter().filter(|found| !found.is_trusted());
    parts.extend(
        newest
            .into_iter()
            .chain(others)
            .map(|found| found.says.clone()),
    );
    parts.extend(facts.observations.iter().map(|one| one.says.clone()));
    if counts.unchecked > 0 {
        let verb = if counts.unchecked == 1 { "was" } else { "were" };
        parts.push(format!(
            "{} {verb} not looked at.",
            entries(counts.unchecked)
        ));
    }
    parts.join(" ")
}

fn ends(facts: &Facts<'_>) -> String {
    if facts.entries.unchecked > 0 {
        return "Nothing can be said of the end yet.".to_owned();
    }
    let tail = match facts.tail {
        End::Anchored { by: "close" } => "The archive is closed.",
        End::Anchored { by: "checkpoint" } => "The end is fixed by the checkpoint that you gave.",
        End::Anchored { by: "token" } => "The end is fixed by the timestamp that you gave.",
        End::Anchored { .. } => "The end is fixed by the head hash that you gave.",
        End::Open => OPEN_END,
    };
    if facts.head.is_anchored() {
        tail.to_owned()
    } else {
        format!("{tail} {}", open_head(facts.start))
    }
}

fn intact(facts: &Facts<'_>) -> String {
    let trusted: Vec<String> = facts
        .signers
        .iter()
        .filter(|signer| signer.is_trusted)
        .map(|signer| format!("{} ({})", signer.name, signer.key_id))
        .collect();
    let by = match trusted.as_slice() {
        [] => String::new(),
        [one] => format!(", signed by {one}, a key you trust"),
        [all @ .., last] => format!(", signed by {} and {last}, keys you trust", all.join(", ")),
    };
    let counts = facts.entries;
    match (counts.intact, counts.total) {
        (_, 0) => format!("The archive has no log entries; its seals hold{by}."),
        (1, 1) => format!("The only entry matches its seal{by}."),
        (intact, total) if intact == total => {
            format!("All {} match their seals{by}.", entries(total))
        }
        (intact, total) => format!(
            "{} of {} were checked, and match their seals{by}.",
            grouped(intact),
            entries(total)
        ),
    }
}

fn consistent(counts: &EntryCounts) -> String {
    format!(
        "The {} agree with each other, but anyone able to rewrite the whole archive could do so \
         unnoticed.",
        entries(counts.total)
    )
}

fn unproven(facts: &Facts<'_>) -> String {
    let counts = facts.entries;
    let which = match (counts.unproven, counts.total) {
        (_, 0) => "The archive has no log entries. Its seals are".to_owned(),
        (1, 1) => "The only entry is sealed".to_owned(),
        (some, total) if some == total => format!("All {} are sealed", entries(total)),
        (some, total) => {
            let verb = if some == 1 { "is" } else { "are" };
            format!("{} of {} {verb} sealed", grouped(some), entries(total))
        }
    };
    if facts.lacks_tree {
        return format!(
            "{which}, but SLID, which holds the tree before this archive, cannot be read: \
             the seals cannot be checked without it."
        );
    }
    match facts.signers.iter().find(|signer| !signer.is_trusted) {
        Some(signer) => format!(
            "{which} by {} ({}), a key that you have not trusted for this origin. Anyone could \
             have made these seals: compare the key's fingerprint with its owner.",
            signer.name, signer.key_id
        ),
        None => format!("{which}, but what is needed to check the seals is missing."),
    }
}

fn unsealed(facts: &Facts<'_>) -> String {
    let counts = facts.entries;
    if facts.seals == 0 || counts.unsealed == counts.total {
        return "This archive has no seals over its entries. It can be searched, but not checked \
                for changes."
            .to_owned();
    }
    let sealed = facts.ranges.as_slice().iter();
    let sealed = sealed.take_while(|range| range.verdict == Some(Verdict::Intact));
    match sealed.last() {
        Some(last) if counts.unproven == 0 => {
            let end = grouped(last.to.saturating_sub(1));
            match counts.unsealed {
                1 => format!("Intact to entry {end}; the last entry is not sealed."),
                some => format!(
                    "Intact to entry {end}; the last {} entries are not sealed.",
                    grouped(some)
                ),
            }
        }
        _ => format!(
            "{}, of {}.",
            are_not_sealed(counts.unsealed),
            entries(counts.total)
        ),
    }
}

fn broken(facts: &Facts<'_>) -> String {
    let counts = facts.entries;
    let Some(first) = facts.breaks.first() else {
        return "Seals and bytes disagree.".to_owned();
    };
    let mut parts = vec![first.says.clone()];
    match facts.breaks.len() {
        1 => {}
        2 => parts.push("There is 1 more break.".to_owned()),
        n => parts.push(format!("There are {} more breaks.", grouped(n as u64 - 1))),
    }
    let mut rest = Vec::new();
    for (count, one, many) in [
        (counts.intact, "matches its seal", "match their seals"),
        (
            counts.unproven,
            "matches a seal by a key that you have not trusted",
            "match seals by a key that you have not trusted",
        ),
        (counts.unsealed, "is not sealed", "are not sealed"),
    ] {
        if count > 0 {
            let says = if count == 1 { one } else { many };
            rest.push(format!("{} {says}", entries(count)));
        }
    }
    if !rest.is_empty() {
        parts.push(format!("{}.", rest.join("; ")));
    }
    parts.join(" ")
}
