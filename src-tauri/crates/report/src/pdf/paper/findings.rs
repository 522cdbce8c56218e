//! Queries, activity over time, and what was found.

use super::super::blocks::{Block, Rows, count, list, remark, stated, text};
use super::super::text::{Runs, flat, line, lines, mono};
use super::exhibit_names;
use crate::content::{Content, QueryRecord, Timeline};

/// Buckets that the table beside a drawing lists.
const BUCKETS_MAX: usize = 200;
/// Bars of a drawing.
const BARS_MAX: usize = 480;

pub(super) fn queries(content: &Content) -> Vec<Block> {
    if content.queries.is_empty() {
        return vec![text("No query was recorded.")];
    }
    let mut blocks = Vec::new();
    for (place, query) in content.queries.iter().enumerate() {
        let title = match query.title.trim() {
            "" => Runs::own(format!("Query {}", place + 1)),
            title => line(title),
        };
        blocks.push(Block::Heading { t: title });
        record(query, &mut blocks);
    }
    blocks
}

fn record(query: &QueryRecord, blocks: &mut Vec<Block>) {
    let mut rows = Rows::default();
    rows.given("Control", &query.control)
        .put("Query", mono(&query.text))
        .put("As it was run", mono(&query.canonical))
        .put(
            "From",
            query
                .from
                .as_deref()
                .map_or(Runs::own("the beginning"), line),
        )
        .put("To", query.to.as_deref().map_or(Runs::own("the end"), line))
        .put("Order", stated(&query.sort));
    if let Some(trouble) = &query.trouble {
        rows.put("Not run", lines(trouble))
            .stated("Answer", &query.answer);
        blocks.push(rows.block());
        return;
    }
    let at_least = if query.is_exact { "" } else { "at least " };
    let found = format!(
        "{at_least}{} of {} records",
        count(query.count),
        count(query.searched)
    );
    let by = query.by_verdict;
    let words = [
        (by.intact, "intact"),
        (by.consistent, "consistent"),
        (by.unproven, "unproven"),
        (by.unsealed, "unsealed"),
        (by.broken, "broken"),
        (by.unchecked, "not checked"),
    ];
    let by: Vec<String> = words
        .into_iter()
        .filter(|(hits, _)| *hits > 0)
        .map(|(hits, word)| format!("{} {word}", count(hits)))
        .collect();
    rows.put("Hits", Runs::own(found))
        .put(
            "By verdict",
            match by.is_empty() {
                true => Runs::own("none"),
                false => Runs::own(by.join(", ")),
            },
        )
        .put("Exhibits", exhibit_names(&query.exhibits))
        .stated("Answer", &query.answer);
    blocks.push(rows.block());
    if !query.without.is_empty() {
        let rows = query
            .without
            .iter()
            .map(|one| vec![mono(&one.filter), Runs::own(count(one.count))]);
        blocks.push(Block::Table {
            widths: vec![1, 0],
            right: vec![false, true],
            head: vec!["Without this filter", "Hits"],
            rows: rows.collect(),
        });
    }
    if !query.hints.is_empty() {
        blocks.push(list(&query.hints));
    }
}

pub(super) fn timeline(content: &Content) -> Vec<Block> {
    let Some(timeline) = &content.timeline else {
        return vec![text("No timeline was made.")];
    };
    let mut rows = Rows::default();
    rows.put("Counted", lines(&timeline.says))
        .put("Step", line(&timeline.width))
        .count("Records without a time", timeline.undated);
    let mut blocks = vec![rows.block()];
    if !timeline.summary.is_empty() {
        blocks.push(text(&timeline.summary));
    }
    if let Some(drawing) = histogram(timeline) {
        blocks.push(drawing);
        table(timeline, &mut blocks);
    }
    blocks
}

fn histogram(timeline: &Timeline) -> Option<Block> {
    let (first, last) = (timeline.buckets.first()?, timeline.buckets.last()?);
    let step = timeline.buckets.len().div_ceil(BARS_MAX).max(1);
    let sums: Vec<[u64; 3]> = timeline
        .buckets
        .chunks(step)
        .map(|buckets| {
            buckets
                .iter()
                .fold([0_u64; 3], |[all, other, broken], bucket| {
                    [
                        all.saturating_add(bucket.count),
                        other.saturating_add(bucket.not_intact),
                        broken.saturating_add(bucket.broken),
                    ]
                })
        })
        .collect();
    let top = sums.iter().map(|[all, _, _]| *all).max().unwrap_or(0);
    let share = |value: u64, all: u64| {
        let value = u128::from(value.min(all)) * 1000;
        let share = value.div_ceil(u128::from(top.max(1)));
        u32::try_from(share).unwrap_or(1000)
    };
    let bars = sums
        .iter()
        .map(|[all, other, broken]| (share(*all, *all), share(*other, *all), share(*broken, *all)));
    Some(Block::Histogram {
        alt: format!(
            "Records over time from {} to {} in steps of {}. {} The table below holds the counts.",
            flat(&first.from),
            flat(&last.from),
            flat(&timeline.width),
            flat(&timeline.summary)
        ),
        bars: bars.collect(),
        top: Runs::own(count(top)),
        from: line(&first.from),
        to: line(&last.from),
    })
}

fn table(timeline: &Timeline, blocks: &mut Vec<Block>) {
    let filled: Vec<_> = timeline
        .buckets
        .iter()
        .filter(|bucket| bucket.count > 0)
        .collect();
    let rows = filled.iter().take(BUCKETS_MAX).map(|bucket| {
        vec![
            line(&bucket.from),
            Runs::own(count(bucket.count)),
            Runs::own(count(bucket.broken)),
            Runs::own(count(bucket.not_intact)),
        ]
    });
    blocks.push(Block::Table {
        widths: vec![4, 2, 2, 3],
        right: vec![false, true, true, true],
        head: vec!["From", "Records", "Broken", "Neither intact nor broken"],
        rows: rows.collect(),
    });
    let mut says = "Steps without a record are not listed.".to_owned();
    if filled.len() > BUCKETS_MAX {
        says = format!(
            "{says} {} of {} steps with records are listed; the others are in the attached \
             report.json.",
            count(BUCKETS_MAX as u64),
            count(filled.len() as u64)
        );
    }
    blocks.push(remark(says));
}

pub(super) fn findings(content: &Content) -> Vec<Block> {
    if content.findings.is_empty() {
        return vec![text("No finding is stated.")];
    }
    let mut blocks = Vec::new();
    for (place, finding) in content.findings.iter().enumerate() {
        let title = match finding.title.trim() {
            "" => Runs::own(format!("Finding {}", place + 1)),
            title => line(title),
        };
        blocks.push(Block::Heading { t: title });
        let mut rows = Rows::default();
        rows.stated("Observation", &finding.observation)
            .stated("Inference", &finding.inference)
            .stated("Opinion", &finding.opinion)
            .stated("Other explanations", &finding.alternatives)
            .put("Rests on exhibits", exhibit_names(&finding.exhibits));
        blocks.push(rows.block());
    }
    blocks
}
