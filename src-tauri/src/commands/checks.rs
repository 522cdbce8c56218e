//! The table of checks, in the language of each format.

use sealscope_engine::model::{Aspect, BreakKind, End, Verdict};
use sealscope_engine::{Summary, grouped};

use crate::encode;
use crate::wire::{CheckRow, CheckState};

/// The checks that were performed on an archive of a format.
#[must_use]
pub(super) fn checks(summary: &Summary, format: &str) -> Vec<CheckRow> {
    let mut rows = match format {
        "sealog" => of_sealog(summary),
        "cloudtrail" => of_cloudtrail(summary),
        "journal" => of_journal(summary),
        "chained-jsonl" => of_chain(summary),
        _ => vec![by_aspect(
            "Seals over the entries",
            &summary.aspects.seal,
            String::new(),
            entries(summary),
        )],
    };
    let time = &summary.aspects.time;
    let why = time.why.as_deref().map(encode::escaped).unwrap_or_default();
    rows.push(by_aspect("Timestamps", time, String::new(), why));
    rows
}

fn of_sealog(summary: &Summary) -> Vec<CheckRow> {
    let checkpoints = counted(summary.checkpoints, "checkpoint", "checkpoints");
    let aspects = &summary.aspects;
    vec![
        by_aspect(
            "Leaf hashes under signed roots",
            &aspects.content,
            broken_entries(summary),
            entries(summary),
        ),
        by_aspect(
            "Order of entries",
            &aspects.order,
            String::new(),
            entries(summary),
        ),
        by_aspect(
            "Checkpoints with a trusted signature and the right root",
            &aspects.signer,
            of(summary.checkpoints_held, summary.checkpoints),
            checkpoints.clone(),
        ),
        by_aspect(
            "Links from segment to checkpoint",
            &aspects.seal,
            String::new(),
            checkpoints,
        ),
        by_end("Beginning", &summary.head, "fixed", "first entry"),
        by_end("End", &summary.tail, "closed", "last entry"),
    ]
}

fn of_cloudtrail(summary: &Summary) -> Vec<CheckRow> {
    let aspects = &summary.aspects;
    let seals = Seals::of(summary);
    let digests = counted(seals.there, "digest", "digests");
    vec![
        by_aspect(
            "Digest signatures",
            &aspects.signer,
            of(seals.intact, seals.there),
            digests.clone(),
        ),
        by_aspect(
            "Links from digest to digest",
            &aspects.seal,
            seals.link_words("missing"),
            digests,
        ),
        by_aspect(
            "Log files listed and unchanged",
            &aspects.content,
            file_words(summary),
            entries(summary),
        ),
        by_count(
            "Log files that no digest lists",
            summary.entries.unsealed,
            entries(summary),
        ),
        by_end("First digest", &summary.head, "fixed", "oldest digest here"),
        by_end(
            "Newest digest",
            &summary.tail,
            "fixed",
            "newest digest here",
        ),
    ]
}

fn of_journal(summary: &Summary) -> Vec<CheckRow> {
    let aspects = &summary.aspects;
    let seals = Seals::of(summary);
    let tags = counted(seals.there, "seal", "seals");
    vec![
        by_aspect(
            "Tags (seals) under the verification key",
            &aspects.seal,
            of(seals.intact, seals.there),
            tags.clone(),
        ),
        by_aspect(
            "Epochs and times of the seals",
            &aspects.order,
            seals.link_words("missing"),
            tags,
        ),
        by_aspect(
            "Verification key",
            &aspects.signer,
            String::new(),
            why(&aspects.signer),
        ),
        by_aspect(
            "Entries under seals",
            &aspects.content,
            broken_entries(summary),
            entries(summary),
        ),
        by_count(
            "Entries under no seal",
            summary.entries.unsealed,
            entries(summary),
        ),
        by_end("First entry", &summary.head, "fixed", "first entry"),
        by_end("Newest entries", &summary.tail, "fixed", "last entry"),
    ]
}

fn of_chain(summary: &Summary) -> Vec<CheckRow> {
    let aspects = &summary.aspects;
    let is_link = |kind: BreakKind| !matches!(kind, BreakKind::Modified | BreakKind::Checksum);
    let breaks = |is_of_link: bool| {
        let of_kind = |found: &&sealscope_engine::model::Break| is_link(found.kind) == is_of_link;
        broken(summary.breaks.iter().filter(of_kind).count() as u64)
    };
    vec![
        by_aspect(
            "Digest of each line",
            &aspects.content,
            breaks(false),
            entries(summary),
        ),
        by_aspect(
            "Link to the line before",
            &aspects.order,
            breaks(true),
            entries(summary),
        ),
        by_aspect(
            "Key or signature over the digests",
            &aspects.signer,
            String::new(),
            why(&aspects.signer),
        ),
        by_end("First line", &summary.head, "fixed", "first line"),
        by_end("Head", &summary.tail, "known from outside", "last line"),
    ]
}

/// The chain of seals, counted.
struct Seals {
    there: u64,
    missing: u64,
    intact: u64,
    unlinked: u64,
}

impl Seals {
    fn of(summary: &Summary) -> Self {
        let links = || summary.links.iter();
        Self {
            there: links().filter(|link| !link.is_missing).count() as u64,
            missing: links().filter(|link| link.is_missing).count() as u64,
            intact: links()
                .filter(|link| link.verdict == Some(Verdict::Intact))
                .count() as u64,
            unlinked: links().filter(|link| link.follows == Some(false)).count() as u64,
        }
    }

    fn link_words(&self, missing: &str) -> String {
        match (self.unlinked, self.missing) {
            (0, 0) => String::new(),
            (unlinked, 0) => broken(unlinked),
            (0, gone) => format!("{} {missing}", grouped(gone)),
            (unlinked, gone) => format!("{}, {} {missing}", broken(unlinked), grouped(gone)),
        }
    }
}

fn row(name: &str, state: CheckState, result: String, scope: String) -> CheckRow {
    CheckRow {
        name: name.to_owned(),
        state,
        result,
        scope,
    }
}

fn by_aspect(name: &str, aspect: &Aspect, result: String, scope: String) -> CheckRow {
    row(name, encode::state(aspect.state), result, scope)
}

fn by_end(name: &str, end: &End, when_fixed: &str, scope: &str) -> CheckRow {
    let (state, result) = if end.is_anchored() {
        (CheckState::Ok, when_fixed)
    } else {
        (CheckState::NotCheckable, "open")
    };
    row(name, state, result.to_owned(), scope.to_owned())
}

/// A row for what should not be there: none is well.
fn by_count(name: &str, count: u64, scope: String) -> CheckRow {
    let (state, result) = match count {
        0 => (CheckState::Ok, "none".to_owned()),
        _ => (
            CheckState::NotCheckable,
            counted(count, "entry unsealed", "entries unsealed"),
        ),
    };
    row(name, state, result, scope)
}

fn entries(summary: &Summary) -> String {
    counted(summary.entries.total, "entry", "entries")
}

fn broken_entries(summary: &Summary) -> String {
    broken(summary.entries.broken)
}

fn broken(count: u64) -> String {
    format!("{} broken", grouped(count))
}

/// Files that do not match, and files that are not there.
fn file_words(summary: &Summary) -> String {
    let missing = summary
        .breaks
        .iter()
        .filter(|found| found.kind == BreakKind::MissingFile)
        .count() as u64;
    match missing {
        0 => broken_entries(summary),
        _ => format!(
            "{}, {}",
            broken_entries(summary),
            counted(missing, "file missing", "files missing")
        ),
    }
}

fn of(held: u64, all: u64) -> String {
    format!("{} of {}", grouped(held), grouped(all))
}

fn counted(count: u64, one: &str, many: &str) -> String {
    let what = if count == 1 { one } else { many };
    format!("{} {what}", grouped(count))
}

fn why(aspect: &Aspect) -> String {
    aspect
        .why
        .as_deref()
        .map(encode::escaped)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sealscope_engine::SealLink;
    use sealscope_engine::model::{
        AspectState, Aspects, Break, EntryCounts, Strength, VerdictRanges,
    };

    use super::*;

    fn summary() -> Summary {
        let aspects = Aspects {
            content: Aspect::OK,
            order: Aspect::OK,
            seal: Aspect::OK,
            signer: Aspect::because(AspectState::NotCheckable, "No key was given."),
            time: Aspect::because(AspectState::Absent, "No timestamp."),
            completeness: Aspect::OK,
        };
        let mut entries = EntryCounts::default();
        entries.add(Some(Verdict::Intact), 8);
        entries.add(Some(Verdict::Unsealed), 2);
        let link = |verdict, follows, is_missing| SealLink {
            label: "a seal".to_owned(),
            covers: Vec::new(),
            verdict,
            follows,
            is_missing,
            file: None,
            note: String::new(),
        };
        Summary {
            verdict: Verdict::Broken,
            strength: Strength::SIGNED,
            head: End::Open,
            tail: End::Open,
            says: String::new(),
            entries,
            ranges: VerdictRanges::default(),
            breaks: vec![
                Break::new(BreakKind::MissingFile, 0, 0, ""),
                Break::new(BreakKind::Modified, 1, 1, ""),
            ],
            damage: Vec::new(),
            observations: Vec::new(),
            aspects,
            signers: Vec::new(),
            origin: None,
            checkpoints_held: 1,
            checkpoints: 2,
            links: vec![
                link(Some(Verdict::Intact), None, false),
                link(None, None, true),
                link(Some(Verdict::Broken), Some(false), false),
            ],
            outside: sealscope_engine::Outside::default(),
            notes: Vec::new(),
        }
    }

    fn told(format: &str) -> Vec<String> {
        let tell = |row: &CheckRow| format!("{} | {} | {}", row.name, row.result, row.scope);
        checks(&summary(), format).iter().map(tell).collect()
    }

    #[test]
    fn each_format_names_what_it_is_made_of() {
        assert_eq!(
            told("cloudtrail"),
            [
                "Digest signatures | 1 of 2 | 2 digests",
                "Links from digest to digest | 1 broken, 1 missing | 2 digests",
                "Log files listed and unchanged | 0 broken, 1 file missing | 10 entries",
                "Log files that no digest lists | 2 entries unsealed | 10 entries",
                "First digest | open | oldest digest here",
                "Newest digest | open | newest digest here",
                "Timestamps |  | No timestamp.",
            ]
        );
        assert_eq!(
            told("chained-jsonl"),
            [
                "Digest of each line | 1 broken | 10 entries",
                "Link to the line before | 1 broken | 10 entries",
                "Key or signature over the digests |  | No key was given.",
                "First line | open | first line",
                "Head | open | last line",
                "Timestamps |  | No timestamp.",
            ]
        );
        let journal = told("journal");
        assert!(journal[0].starts_with("Tags (seals)"), "{journal:?}");
        assert!(journal[3].starts_with("Entries under seals"), "{journal:?}");
        assert_eq!(told("lines").len(), 2);
        assert_eq!(told("sealog").len(), 7);
    }
}
