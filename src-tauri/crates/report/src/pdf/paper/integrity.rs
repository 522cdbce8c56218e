//! Verdicts, drawn and in words.

use super::super::blocks::{
    BarPart, Block, Link, Rows, VerdictBlock, count, digest, glyph, list, minor, remark, stated,
    text, verdict_word, yes,
};
use super::super::text::{Runs, flat, line, lines, mono};
use super::item_name;
use crate::content::{Chain, ChainPiece, Content, Counts, EndOf, Integrity, Problem, RangeOf};

/// Problems of one kind that are printed; the others are in the machine-readable report.
const PROBLEMS_MAX: usize = 40;
/// Ranges that are printed as a table.
const RANGES_MAX: usize = 60;
/// Boxes of a drawn chain.
const CHAIN_MAX: usize = 9;

pub(super) fn integrity(content: &Content) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (place, integrity) in content.integrity.iter().enumerate() {
        blocks.push(Block::Heading {
            t: Runs::own("Item ").then(item_name(content, place)),
        });
        item(integrity, &mut blocks);
    }
    if blocks.is_empty() {
        blocks.push(text("No item was examined."));
    }
    blocks
}

fn item(integrity: &Integrity, blocks: &mut Vec<Block>) {
    blocks.push(Block::Verdict {
        v: VerdictBlock {
            glyph: glyph(&integrity.verdict),
            word: verdict_word(&integrity.verdict),
            title: lines(&integrity.title),
            says: lines(&integrity.says),
        },
    });
    blocks.push(facts(integrity));
    ranges(integrity, blocks);
    if let Some(chain) = &integrity.chain {
        drawn(chain, blocks);
    }
    aspects(integrity, blocks);
    signers(integrity, blocks);
    outside(integrity, blocks);
    problems(
        "Where seals and bytes disagree",
        &integrity.breaks,
        integrity.breaks_total,
        blocks,
    );
    problems(
        "What does not parse",
        &integrity.damage,
        integrity.damage_total,
        blocks,
    );
    problems(
        "Observations",
        &integrity.observations,
        integrity.observations_total,
        blocks,
    );
    for (title, texts) in [
        ("What this can mean", &integrity.can_mean),
        ("What this does not tell", &integrity.does_not_tell),
        ("Remarks", &integrity.notes),
    ] {
        if !texts.is_empty() {
            blocks.push(minor(title));
            blocks.push(list(texts));
        }
    }
    if !integrity.next_step.is_empty() {
        blocks.push(minor("What could prove more"));
        blocks.push(text(&integrity.next_step));
    }
}

fn facts(integrity: &Integrity) -> Block {
    let end = |end: &EndOf| {
        let word = if end.is_anchored { "yes. " } else { "no. " };
        Runs::own(word).then(lines(&end.says))
    };
    let Counts {
        total,
        control,
        intact,
        consistent,
        unproven,
        unsealed,
        broken,
        unchecked,
    } = integrity.counts;
    let mut sums = format!(
        "{} log entries: {} intact, {} consistent, {} unproven, {} unsealed, {} broken",
        count(total),
        count(intact),
        count(consistent),
        count(unproven),
        count(unsealed),
        count(broken)
    );
    if unchecked > 0 {
        sums.push_str(&format!(", {} not checked", count(unchecked)));
    }
    if control > 0 {
        sums.push_str(&format!("; beside them {} control entries", count(control)));
    }
    let checkpoints = format!(
        "{}, of which {} hold under a trusted key",
        count(integrity.checkpoints),
        count(integrity.checkpoints_held)
    );
    let mut rows = Rows::default();
    rows.put("Entries", Runs::own(sums))
        .stated("Strength", &integrity.strength)
        .put("Begin is fixed", end(&integrity.head))
        .put("End is fixed", end(&integrity.tail))
        .put("Checkpoints", Runs::own(checkpoints));
    rows.block()
}

fn ranges(integrity: &Integrity, blocks: &mut Vec<Block>) {
    if integrity.ranges.is_empty() {
        return;
    }
    blocks.push(minor("Verdicts by position"));
    let is_whole = integrity.ranges.len() as u64 == integrity.ranges_total;
    if let Some(bar) = bar(&integrity.ranges) {
        blocks.push(bar);
    }
    let row = |range: &RangeOf| {
        let last = range.to.saturating_sub(1);
        vec![
            Runs::own(count(range.from)),
            Runs::own(count(last)),
            Runs::own(count(range.to.saturating_sub(range.from))),
            verdict_word(&range.verdict),
            stated(&range.strength),
        ]
    };
    blocks.push(Block::Table {
        widths: vec![2, 2, 2, 3, 4],
        right: vec![true, true, true, false, false],
        head: vec!["First", "Last", "Entries", "Verdict", "Strength"],
        rows: integrity.ranges.iter().take(RANGES_MAX).map(row).collect(),
    });
    let printed = integrity.ranges.len().min(RANGES_MAX) as u64;
    if printed < integrity.ranges_total {
        blocks.push(remark(format!(
            "{} of {} runs of positions are listed{}",
            count(printed),
            count(integrity.ranges_total),
            if is_whole {
                "; the others are in the attached report.json."
            } else {
                "."
            }
        )));
    }
}

fn bar(ranges: &[RangeOf]) -> Option<Block> {
    let from = ranges.first()?.from;
    let to = ranges.last()?.to;
    let whole = u128::from(to.checked_sub(from).filter(|length| *length > 0)?);
    let share = |position: u64| {
        let done = u128::from(position.saturating_sub(from)) * 1000 / whole;
        u32::try_from(done.min(1000)).unwrap_or(1000)
    };
    let mut parts: Vec<BarPart> = Vec::new();
    let mut key: Vec<(&'static str, Runs)> = Vec::new();
    let mut sums: Vec<(String, u64)> = Vec::new();
    for range in ranges {
        let (at, end) = (share(range.from), share(range.to));
        let glyph = glyph(&range.verdict);
        let length = end.saturating_sub(at);
        match parts.last_mut() {
            Some(last) if last.glyph == glyph => last.length = end.saturating_sub(last.at),
            // What is too short to be seen is drawn all the same where it is broken.
            _ if length > 0 || glyph == "broken" => parts.push(BarPart { at, length, glyph }),
            _ => {}
        }
        if !key.iter().any(|(known, _)| *known == glyph) {
            key.push((glyph, verdict_word(&range.verdict)));
        }
        let entries = range.to.saturating_sub(range.from);
        let known = sums
            .iter()
            .position(|(verdict, _)| *verdict == range.verdict);
        if let Some((_, sum)) = known.and_then(|place| sums.get_mut(place)) {
            *sum = sum.saturating_add(entries);
        } else if sums.len() < 8 {
            sums.push((range.verdict.clone(), entries));
        }
    }
    let sums = sums
        .iter()
        .map(|(verdict, sum)| format!("{} {}", count(*sum), flat(verdict)));
    let sums: Vec<String> = sums.collect();
    let last = to.saturating_sub(1);
    Some(Block::Bar {
        alt: format!(
            "Bar of verdicts from position {} to {}: {}. The table below holds the same.",
            count(from),
            count(last),
            sums.join(", ")
        ),
        from: Runs::own(count(from)),
        to: Runs::own(count(last)),
        parts,
        key,
    })
}

/// The boxes around the first break, as many as fit into a line.
fn around_break(chain: &Chain) -> &[ChainPiece] {
    let pieces = &chain.pieces;
    let is_odd = |piece: &ChainPiece| {
        piece.verdict == "broken" || piece.is_missing || piece.follows == Some(false)
    };
    let middle = pieces.iter().position(is_odd).unwrap_or(0);
    let from = middle
        .saturating_sub(CHAIN_MAX / 2)
        .min(pieces.len().saturating_sub(CHAIN_MAX));
    let to = (from + CHAIN_MAX).min(pieces.len());
    pieces.get(from..to).unwrap_or_default()
}

fn drawn(chain: &Chain, blocks: &mut Vec<Block>) {
    if chain.pieces.is_empty() {
        return;
    }
    blocks.push(minor("Chain of seals"));
    blocks.push(text(&chain.says));
    let pieces = around_break(chain);
    let mut words = Vec::new();
    let mut links = Vec::new();
    for (place, piece) in pieces.iter().enumerate() {
        let follows = match piece.follows {
            _ if place == 0 => "none",
            Some(true) => "yes",
            Some(false) => "no",
            None => "unknown",
        };
        let link = match follows {
            "no" => ", does not follow from the one before",
            "unknown" => ", link to the one before unknown",
            _ => "",
        };
        let missing = if piece.is_missing { ", missing" } else { "" };
        words.push(format!(
            "{}: {}{missing}{link}",
            flat(&piece.label),
            flat(&piece.verdict)
        ));
        links.push(Link {
            glyph: glyph(&piece.verdict),
            label: line(&piece.label),
            digest: mono(&piece.digest.chars().take(8).collect::<String>()),
            follows,
            is_missing: piece.is_missing,
        });
    }
    blocks.push(Block::Chain {
        alt: format!("Chain of seals. {}.", words.join("; ")),
        pieces: links,
    });
    let row = |piece: &ChainPiece| {
        let follows = match piece.follows {
            Some(true) => Runs::own("yes"),
            Some(false) => Runs::own("NO"),
            None => Runs::own("nothing tells"),
        };
        let verdict = verdict_word(&piece.verdict);
        vec![
            line(&piece.label),
            match piece.is_missing {
                true => verdict.then(Runs::own(", missing")),
                false => verdict,
            },
            mono(&piece.digest),
            follows,
        ]
    };
    blocks.push(Block::Table {
        widths: vec![3, 2, 4, 3],
        right: vec![false; 4],
        head: vec![
            "Piece",
            "Verdict",
            "Digest begins",
            "Follows from the one before",
        ],
        rows: chain.pieces.iter().map(row).collect(),
    });
}

fn aspects(integrity: &Integrity, blocks: &mut Vec<Block>) {
    if integrity.aspects.is_empty() {
        return;
    }
    let rows = integrity.aspects.iter().map(|aspect| {
        let state = match aspect.state.as_str() {
            "ok" => Runs::own("holds"),
            "broken" => Runs::own("BROKEN"),
            "absent" => Runs::own("absent"),
            "not-checkable" => Runs::own("cannot be checked"),
            other => line(other),
        };
        vec![line(&aspect.name), state, lines(&aspect.why)]
    });
    blocks.push(minor("What was checked"));
    blocks.push(Block::Table {
        widths: vec![2, 2, 6],
        right: vec![false; 3],
        head: vec!["Aspect", "Result", "Why"],
        rows: rows.collect(),
    });
}

fn signers(integrity: &Integrity, blocks: &mut Vec<Block>) {
    if integrity.signers.is_empty() {
        return;
    }
    blocks.push(minor("Who signed"));
    for signer in &integrity.signers {
        let mut rows = Rows::default();
        rows.put("Name", line(&signer.name))
            .put("Key id", mono(&signer.key_id))
            .put("Trusted by the examiner", yes(signer.is_trusted))
            .count("Signatures", signer.checkpoints)
            .put(
                "Public key as the archive claims",
                signer.vkey.as_deref().map_or(Runs::own("none"), mono),
            );
        blocks.push(rows.block());
    }
}

fn outside(integrity: &Integrity, blocks: &mut Vec<Block>) {
    if integrity.outside.is_empty() {
        return;
    }
    let rows = integrity.outside.iter().map(|fact| {
        let state = match fact.state.as_str() {
            "ok" => Runs::own("holds"),
            "broken" => Runs::own("BROKEN"),
            "not-checkable" => Runs::own("cannot be checked"),
            other => line(other),
        };
        vec![line(&fact.kind), state, lines(&fact.says)]
    });
    blocks.push(minor("Known from outside"));
    blocks.push(Block::Table {
        widths: vec![2, 2, 6],
        right: vec![false; 3],
        head: vec!["Kind", "Result", "What it says"],
        rows: rows.collect(),
    });
}

fn problems(title: &str, problems: &[Problem], total: u64, blocks: &mut Vec<Block>) {
    if total == 0 {
        return;
    }
    blocks.push(minor(title));
    for problem in problems.iter().take(PROBLEMS_MAX) {
        let mut rows = Rows::default();
        rows.put("Finding", lines(&problem.title))
            .put("Kind", mono(&problem.kind))
            .given("Fact", &problem.says);
        if let Some(position) = problem.position {
            let place = match problem.is_exact {
                true => count(position),
                false => format!("at or after {}", count(position)),
            };
            rows.put("Position", Runs::own(place));
        }
        if problem.count != 1 {
            rows.count("Entries", problem.count);
        }
        if let Some(claimed) = &problem.claimed {
            rows.put("Digest that is sealed", digest(claimed));
        }
        if let Some(computed) = &problem.computed {
            rows.put("Digest of what is there", digest(computed));
        }
        if let Some(file) = &problem.file {
            rows.put("File", mono(file));
        }
        if let Some(offset) = problem.offset_bytes {
            rows.put("Offset", Runs::own(format!("{} bytes", count(offset))));
        }
        rows.given("Can mean", &problem.can_mean.join("\n"))
            .given("Does not tell", &problem.does_not_tell.join("\n"))
            .given("Next step", &problem.next_step);
        blocks.push(rows.block());
    }
    let printed = problems.len().min(PROBLEMS_MAX) as u64;
    if printed < total {
        blocks.push(remark(format!(
            "{} of {} are printed; the attached report.json holds {}.",
            count(printed),
            count(total),
            count(problems.len() as u64)
        )));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: u64, to: u64, verdict: &str) -> RangeOf {
        RangeOf {
            from,
            to,
            verdict: verdict.to_owned(),
            strength: String::new(),
        }
    }

    #[test]
    fn one_broken_entry_among_millions_is_drawn() {
        let ranges = [
            range(0, 7, "intact"),
            range(7, 8, "broken"),
            range(8, 30_000_000, "intact"),
        ];
        let Some(Block::Bar { parts, .. }) = bar(&ranges) else {
            panic!("a bar");
        };
        assert!(parts.iter().any(|part| part.glyph == "broken"));
    }

    #[test]
    fn a_bar_of_hostile_ranges_stays_in_its_bounds() {
        let ranges = [
            range(u64::MAX, 0, "intact"),
            range(5, 1, "x"),
            range(0, u64::MAX, "broken"),
        ];
        assert!(bar(&ranges).is_none());
        let ranges = [range(0, u64::MAX, "intact"), range(3, 9, "broken")];
        let Some(Block::Bar { parts, .. }) = bar(&ranges) else {
            panic!("a bar");
        };
        assert!(parts.iter().all(|part| part.at + part.length <= 1000));
    }

    #[test]
    fn the_drawn_part_of_a_chain_holds_the_break() {
        let piece = |number: usize| ChainPiece {
            label: number.to_string(),
            verdict: if number == 40 { "broken" } else { "intact" }.to_owned(),
            digest: String::new(),
            follows: Some(true),
            is_missing: false,
        };
        let chain = Chain {
            says: String::new(),
            pieces: (0..42).map(piece).collect(),
        };
        let drawn = around_break(&chain);
        assert_eq!(drawn.len(), CHAIN_MAX);
        assert!(drawn.iter().any(|piece| piece.verdict == "broken"));
    }
}
