use sealscope_model::{BreakKind, End, Verdict};
use sealscope_testkit::shared_data;

use super::*;

/// Rows of verdicts.tsv about chains: sample, key, verdict, tail, note.
fn rows() -> Option<Vec<[String; 5]>> {
    let text = std::fs::read_to_string(shared_data()?.join("verdicts.tsv")).ok()?;
    let rows = text.lines().filter(|line| line.starts_with("hash-chains/"));
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    };
    Some(rows.map(row).collect())
}

fn given(key: &str) -> Given {
    Given {
        key: match key {
            "-" => None,
            "sealscope-test-hmac-key" => Some("sealscope-test-hmac-key"),
            other => panic!("an unknown key: {other}"),
        },
        ..Given::default()
    }
}

/// Line, from 1, of the first thing that is wrong: where an entry stands that does not belong
/// there, or from which one is missing.
fn first_bad_line(summary: &Summary) -> Option<u64> {
    let lines = summary.breaks.iter().map(|found| match found.kind {
        BreakKind::Duplicated | BreakKind::Inserted => found.found.unwrap_or(found.position) + 1,
        _ => found.position + 1,
    });
    lines.min()
}

#[test]
fn every_row_of_the_verdicts_holds() {
    let (Some(rows), Some(data)) = (rows(), shared_data()) else {
        return;
    };
    let mut wrong = Vec::new();
    for [sample, key, verdict, tail, note] in &rows {
        let summary = opened(&data.join(sample), &given(key)).expect(sample);
        let mut faults = Vec::new();
        if !verdict
            .split('|')
            .any(|word| word == summary.verdict.word())
        {
            faults.push(format!("verdict {}", summary.verdict));
        }
        if (tail == "open") != (summary.tail == End::Open) {
            faults.push(format!("tail {:?}", summary.tail));
        }
        let line = note.strip_prefix("first bad line ");
        let line = line.and_then(|rest| rest.split(' ').next()?.parse::<u64>().ok());
        if line != first_bad_line(&summary) {
            faults.push(format!("first bad line {:?}", first_bad_line(&summary)));
        }
        if note.starts_with("damage") == summary.damage.is_empty() {
            faults.push(format!("damage {:?}", summary.damage));
        }
        if !faults.is_empty() {
            wrong.push(format!(
                "{sample} ({key}): {}; {:?}",
                faults.join(", "),
                summary.breaks
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows.len(), 43);
}

#[test]
fn each_change_to_a_sample_is_told_as_what_it_is() {
    let Some(data) = shared_data() else {
        return;
    };
    use BreakKind::{Duplicated, Modified, Moved, Removed};
    for folder in [
        "aegis",
        "agentic-harness-tsv",
        "agt-file-audit-sink",
        "haller17-hashchain",
        "ujex-audit-chain",
    ] {
        let path = |name: &str| {
            let all = std::fs::read_dir(data.join("hash-chains").join(folder)).expect("a folder");
            let mut all = all.flatten().map(|entry| entry.path());
            all.find(|path| path.file_stem() == Some(name.as_ref()))
                .expect(name)
        };
        for (name, kind, position, found) in [
            ("edited", Modified, 9, Some(9)),
            ("deleted", Removed, 11, None),
            ("inserted-copy", Duplicated, 3, Some(6)),
            ("swapped", Moved, 14, Some(15)),
        ] {
            let summary = opened(&path(name), &Given::default()).expect(name);
            let told: Vec<_> = summary
                .breaks
                .iter()
                .map(|found| (found.kind, found.position, found.count, found.found))
                .collect();
            assert_eq!(
                told,
                [(kind, position, 1, found)],
                "{folder}/{name}: {:?}",
                summary.breaks
            );
            let intact = summary.entries.consistent;
            let rest = summary.entries.total - u64::from(kind != Removed || folder == "aegis");
            assert_eq!(
                intact, rest,
                "{folder}/{name}: all others keep their verdict"
            );
        }
    }
}

#[test]
fn a_head_from_elsewhere_shows_a_cut_tail() {
    let Some(data) = shared_data() else {
        return;
    };
    let folder = data.join("hash-chains/haller17-hashchain");
    let text = std::fs::read_to_string(folder.join("intact.log")).expect("it reads");
    let last = text.trim_end().rsplit('\n').next().expect("a line");
    let hex = last.rsplit('"').nth(1).expect("a digest");
    let digest = sealscope_model::Digest::from_hex(hex).expect("a digest");
    let given = Given {
        head: Some((24, digest)),
        ..Given::default()
    };
    let intact = opened(&folder.join("intact.log"), &given).expect("it opens");
    assert_eq!(
        (intact.verdict, intact.tail),
        (Verdict::Intact, End::Anchored { by: "examiner" })
    );
    let cut = opened(&folder.join("tail-cut.log"), &given).expect("it opens");
    assert_eq!(cut.verdict, Verdict::Broken);
    let first = &cut.breaks[0];
    assert_eq!(
        (first.kind, first.position, first.count),
        (BreakKind::Truncated, 19, 5)
    );
    // A head of a part vouches for that part.
    let line = text.lines().nth(9).expect("a line");
    let hex = line.rsplit('"').nth(1).expect("a digest");
    let given = Given {
        head: Some((
            10,
            sealscope_model::Digest::from_hex(hex).expect("a digest"),
        )),
        ..Given::default()
    };
    let part = opened(&folder.join("intact.log"), &given).expect("it opens");
    assert_eq!((part.entries.intact, part.entries.consistent), (10, 14));
    assert_eq!(part.verdict, Verdict::Consistent);
    // A head that is nobody's here.
    let given = Given {
        head: Some((24, sealscope_model::Digest::new([7; 32]))),
        ..Given::default()
    };
    let other = opened(&folder.join("intact.log"), &given).expect("it opens");
    assert_eq!(
        (other.verdict, other.breaks[0].kind),
        (Verdict::Broken, BreakKind::Fork)
    );
}

#[test]
fn the_key_finds_an_entry_whose_digest_was_made_anew() {
    let Some(data) = shared_data() else {
        return;
    };
    let path = data.join("hash-chains/agt-file-audit-sink/edited-own-hash-fixed.jsonl");
    let summary = opened(&path, &given("sealscope-test-hmac-key")).expect("it opens");
    let told: Vec<_> = summary
        .breaks
        .iter()
        .map(|b| (b.kind, b.position))
        .collect();
    assert_eq!(
        told,
        [(BreakKind::BadSignature, 9), (BreakKind::Removed, 10)]
    );
    let path = data.join("hash-chains/agt-file-audit-sink/intact.jsonl");
    let wrong = Given {
        key: Some("another key"),
        ..Given::default()
    };
    let summary = opened(&path, &wrong).expect("it opens");
    assert_eq!(summary.verdict, Verdict::Unproven);
}

#[test]
fn no_cut_and_no_flipped_bit_gives_a_better_verdict_than_the_truth() {
    let Some(data) = shared_data() else {
        return;
    };
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below as u64) as usize
    };
    let rows = rows().expect("verdicts");
    let (mut flips, mut opened_at_all) = (0, 0);
    for [sample, key, verdict, ..] in &rows {
        let bytes = std::fs::read(data.join(sample)).expect("it reads");
        let given = given(key);
        let truth = Verdict::from_word(verdict).expect("a verdict");
        for cut in (0..bytes.len()).step_by(512) {
            if let Some(summary) = of_text(&bytes[..cut], &given) {
                let at_best = if key == "-" {
                    Verdict::Consistent
                } else {
                    Verdict::Intact
                };
                assert!(
                    is_no_better(summary.verdict, at_best),
                    "{sample} cut at {cut}"
                );
                opened_at_all += 1;
            }
        }
        for _ in 0..2000usize.div_ceil(rows.len()) {
            let mut changed = bytes.clone();
            let at = next(bytes.len());
            changed[at] ^= 1 << next(8);
            flips += 1;
            let Some(summary) = of_text(&changed, &given) else {
                continue;
            };
            opened_at_all += 1;
            assert!(
                is_no_better(summary.verdict, truth),
                "{sample}: byte {at} gives {}",
                summary.verdict
            );
            if truth != Verdict::Broken && summary.verdict < Verdict::Unproven {
                harmless(&bytes, &changed, at, sample, &summary);
            }
        }
    }
    assert!(
        flips >= 2000 && opened_at_all > 2000,
        "{flips} {opened_at_all}"
    );
}

/// A flipped bit that breaks nothing must lie where nothing is sealed: between JSON tokens, in a
/// member that the recipe leaves out, or in a last line that is torn by it.
fn harmless(before: &[u8], after: &[u8], at: usize, sample: &str, summary: &Summary) {
    let line = |bytes: &[u8]| {
        let from = bytes[..at]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |from| from + 1);
        let to = bytes[at..].iter().position(|byte| *byte == b'\n');
        String::from_utf8_lossy(&bytes[from..to.map_or(bytes.len(), |to| at + to)]).into_owned()
    };
    let sealed = |line: &str| {
        let mut value: serde_json::Value = serde_json::from_str(line).ok()?;
        let members = value.as_object_mut()?;
        for name in ["compute_driver", "environment", "sandbox_id", "signature"] {
            members.remove(name);
        }
        if sample.contains("/aegis/") {
            members.remove("seq");
        }
        members.retain(|name, _| name.is_ascii());
        Some(value)
    };
    let (old, new) = (line(before), line(after));
    let is_same = sealed(&old).is_some() && sealed(&old) == sealed(&new);
    let left_out = ["compute_driver", "environment", "sandbox_id", "signature"];
    let is_renamed = left_out
        .iter()
        .any(|name| old.contains(name) && !new.contains(name));
    let is_torn = !summary.damage.is_empty();
    assert!(
        is_same || is_renamed || is_torn,
        "{sample}: byte {at} is missed\n{old}\n{new}"
    );
}
