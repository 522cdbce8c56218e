//! The verdicts, explained, and the books.

use sealscope_model::{
    Aspect as ModelAspect, Break, Damage, End, EntryCounts, Observation, Strength, Verdict,
};
use sealscope_report::content::{
    Aspect, Books, Chain, ChainPiece, Counts, EndOf, FromOutside, Integrity, Problem, RangeOf,
    Rejected, Signer,
};
use sealscope_verify::{Summary, grouped};

use super::{Gathering, LISTED_MAX, ReportError};
use crate::chain::{ChainCentre, ChainKind, ChainLink, ChainNode};
use crate::explain::{
    Explanation, archive_title, explain_break, explain_damage, explain_observation, explain_verdict,
};
use crate::open_archive::OpenArchive;
use crate::outside::{OutsideKind, outside_facts};

/// Boxes on either side of the drawn chain's middle.
const DRAWN_AROUND: usize = 4;

impl Gathering<'_> {
    pub(super) fn integrity(&self) -> Result<Vec<Integrity>, ReportError> {
        let archives = self.workspace.archives().iter();
        archives
            .map(|archive| {
                let summary = archive
                    .summary()
                    .ok_or_else(|| ReportError::Unchecked(archive.name()))?;
                Ok(self.of_archive(archive, &summary))
            })
            .collect()
    }

    fn of_archive(&self, archive: &OpenArchive, summary: &Summary) -> Integrity {
        let format = archive.format();
        let verdict = explain_verdict(summary, format).map(|words| words.words);
        let ranges = summary.ranges.as_slice();
        Integrity {
            verdict: summary.verdict.word().to_owned(),
            title: archive_title(summary, format),
            says: summary.says.clone(),
            strength: strength(summary.strength),
            head: end(&summary.head, true),
            tail: end(&summary.tail, false),
            counts: counts(&summary.entries),
            ranges: ranges
                .iter()
                .take(LISTED_MAX)
                .map(|range| RangeOf {
                    from: range.from,
                    to: range.to,
                    verdict: range.verdict.map_or("unchecked", Verdict::word).to_owned(),
                    strength: strength(range.strength),
                })
                .collect(),
            ranges_total: ranges.len() as u64,
            aspects: aspects(summary),
            breaks: first(&summary.breaks, |found| of_break(found, format)),
            breaks_total: summary.breaks.len() as u64,
            damage: first(&summary.damage, of_damage),
            damage_total: summary.damage.len() as u64,
            observations: first(&summary.observations, |seen| of_observation(seen, format)),
            observations_total: summary.observations.len() as u64,
            signers: summary
                .signers
                .iter()
                .map(|signer| Signer {
                    name: signer.name.clone(),
                    key_id: signer.key_id.clone(),
                    is_trusted: signer.is_trusted,
                    checkpoints: signer.checkpoints,
                    vkey: signer.claimed_vkey.clone(),
                })
                .collect(),
            checkpoints: summary.checkpoints,
            checkpoints_held: summary.checkpoints_held,
            outside: outside(summary),
            notes: summary.notes.clone(),
            can_mean: verdict
                .as_ref()
                .map(|words| owned(words.can_mean))
                .unwrap_or_default(),
            does_not_tell: match &verdict {
                Some(words) => owned(words.does_not_tell),
                None => owned(SEALS_DO_NOT_TELL),
            },
            next_step: verdict.map_or_else(String::new, |words| words.next_step.to_owned()),
            chain: self.chain(archive, summary),
        }
    }

    /// The seals around the first break, else around the last entry.
    fn chain(&self, archive: &OpenArchive, summary: &Summary) -> Option<Chain> {
        let (first, end) = archive.stored_bounds();
        let centre = match summary.breaks.is_empty() {
            false => ChainCentre::Break(0),
            true => ChainCentre::Stored(end.checked_sub(1).filter(|last| first <= *last)?),
        };
        if summary.strength.base.is_none() && summary.links.is_empty() {
            return None;
        }
        let nodes = self
            .workspace
            .chain(archive.id(), centre, DRAWN_AROUND)
            .ok()?;
        let what = match summary.links.is_empty() {
            true => "Entries with their leaf hashes, and the checkpoints that confirm them",
            false => "Seals in their order, and entries under them",
        };
        let place = match summary.breaks.is_empty() {
            false => "around the first break",
            true => "at the end",
        };
        Some(Chain {
            says: format!("{what}, {place}"),
            pieces: nodes.iter().map(piece).collect(),
        })
    }

    pub(super) fn books(&self) -> Vec<Books> {
        let archives = self.workspace.archives().iter();
        archives.map(|archive| books(archive)).collect()
    }
}

/// What no seal tells, however good.
const SEALS_DO_NOT_TELL: &[&str] = &[
    "that what an entry says is true: a seal shows that it was not changed after it was sealed",
    "that everything that happened was written to the log",
    "that nobody else could use the key that sealed it",
];

fn piece(node: &ChainNode) -> ChainPiece {
    ChainPiece {
        label: node.label.clone(),
        verdict: node.verdict.map_or("unchecked", Verdict::word).to_owned(),
        digest: node.digest.map_or_else(String::new, |digest| {
            digest.to_string().chars().take(12).collect()
        }),
        follows: match node.link {
            ChainLink::Ok => Some(true),
            ChainLink::Broken => Some(false),
            _ => None,
        },
        is_missing: node.kind == ChainKind::Missing,
    }
}

fn books(archive: &OpenArchive) -> Books {
    let ledger = archive.ledger();
    let info = archive.info();
    let mut gaps: Vec<String> = info
        .gaps
        .iter()
        .map(|gap| match gap.count {
            Some(count) => format!(
                "At line {} the sealer declares a loss of {} entries: {}.",
                grouped(gap.position),
                grouped(count),
                gap.reason
            ),
            None => format!(
                "At line {} the sealer declares a loss of unknown size: {}.",
                grouped(gap.position),
                gap.reason
            ),
        })
        .collect();
    gaps.truncate(LISTED_MAX);
    let says = match (ledger.rejected_bytes, ledger.rejected_count) {
        (0, 0) => "Every byte of the unpacked text belongs to an entry.".to_owned(),
        (bytes, count) => format!(
            "{} bytes in {} places belong to no entry; the other {} bytes do.",
            grouped(bytes),
            grouped(count),
            grouped(ledger.bytes.saturating_sub(bytes))
        ),
    };
    Books {
        bytes: ledger.bytes,
        lines: ledger.lines,
        entries: ledger.entries,
        control: ledger.control,
        rows: ledger.rows,
        undated: ledger.undated,
        unparsed: ledger.unparsed,
        empty_entries: ledger.empty_entries,
        rejected_bytes: ledger.rejected_bytes,
        rejected: first(&ledger.rejected, |damage| Rejected {
            file: damage.file.clone(),
            offset_bytes: damage.offset_bytes,
            reason: damage.reason.clone(),
        }),
        rejected_total: ledger.rejected_count,
        gaps,
        says,
    }
}

fn first<T, U>(all: &[T], one: impl Fn(&T) -> U) -> Vec<U> {
    all.iter().take(LISTED_MAX).map(one).collect()
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(super) fn strength(strength: Strength) -> String {
    let base = strength.base.map_or("none", |base| base.word());
    let words = std::iter::once(base).chain(strength.additions());
    words.collect::<Vec<_>>().join(", ")
}

fn end(end: &End, is_head: bool) -> EndOf {
    let (side, what) = match is_head {
        true => ("before the first entry", "head"),
        false => ("after the last entry", "tail"),
    };
    match end {
        End::Open => EndOf {
            is_anchored: false,
            says: format!(
                "The {what} is not anchored: entries {side} could have been cut off unnoticed."
            ),
        },
        End::Anchored { by } => EndOf {
            is_anchored: true,
            says: format!("The {what} is anchored ({by}): a cut {side} would show."),
        },
    }
}

pub(super) const fn counts(entries: &EntryCounts) -> Counts {
    Counts {
        total: entries.total,
        control: entries.control,
        intact: entries.intact,
        consistent: entries.consistent,
        unproven: entries.unproven,
        unsealed: entries.unsealed,
        broken: entries.broken,
        unchecked: entries.unchecked,
    }
}

fn aspects(summary: &Summary) -> Vec<Aspect> {
    let aspects = &summary.aspects;
    let of = |name: &str, aspect: &ModelAspect| Aspect {
        name: name.to_owned(),
        state: aspect.state.word().to_owned(),
        why: aspect.why.clone().unwrap_or_default(),
    };
    vec![
        of("content", &aspects.content),
        of("order", &aspects.order),
        of("seal", &aspects.seal),
        of("signer", &aspects.signer),
        of("time", &aspects.time),
        of("completeness", &aspects.completeness),
    ]
}

fn explained(words: Explanation) -> Problem {
    Problem {
        title: words.title,
        says: words.sentence,
        can_mean: owned(words.can_mean),
        does_not_tell: owned(words.does_not_tell),
        next_step: words.next_step.to_owned(),
        ..Problem::default()
    }
}

fn of_break(found: &Break, format: &str) -> Problem {
    Problem {
        kind: found.kind.word().to_owned(),
        position: Some(found.position),
        count: found.count,
        is_exact: found.exact,
        claimed: found.claimed.map(|digest| digest.get().to_hex()),
        computed: found.computed.map(|digest| digest.get().to_hex()),
        file: found.file.clone(),
        offset_bytes: found.offset_bytes,
        ..explained(explain_break(found, format))
    }
}

fn of_damage(damage: &Damage) -> Problem {
    Problem {
        kind: "damage".to_owned(),
        file: damage.file.clone(),
        offset_bytes: Some(damage.offset_bytes),
        ..explained(explain_damage(damage))
    }
}

fn of_observation(seen: &Observation, format: &str) -> Problem {
    Problem {
        kind: seen.kind.word().to_owned(),
        position: seen.position,
        ..explained(explain_observation(seen, format))
    }
}

fn outside(summary: &Summary) -> Vec<FromOutside> {
    let facts = outside_facts(&summary.outside);
    let facts = facts.into_iter().map(|fact| FromOutside {
        kind: match fact.kind {
            OutsideKind::Timestamp => "timestamp",
            OutsideKind::Witness => "witness",
            OutsideKind::Remembered => "remembered",
            OutsideKind::Anchor => "anchor",
        }
        .to_owned(),
        state: fact.state.word().to_owned(),
        says: match fact.why.is_empty() {
            true => format!("{}: {}.", fact.kind.title(), fact.line),
            false => format!("{}: {}. {}", fact.kind.title(), fact.line, fact.why),
        },
    });
    facts.collect()
}
