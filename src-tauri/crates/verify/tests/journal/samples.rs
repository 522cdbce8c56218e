use std::path::{Path, PathBuf};

use sealscope_model::End;

use crate::support::{judged, open};

/// One line of `verdicts.tsv`.
struct Row {
    name: String,
    key: String,
    allowed: Vec<String>,
    tail: String,
}

fn rows(data: &Path) -> Vec<Row> {
    let table = std::fs::read_to_string(data.join("verdicts.tsv")).expect("the table is there");
    let row = |line: &str| {
        let mut columns = line.split('\t').map(str::to_owned);
        let mut next = || columns.next().unwrap_or_default();
        Row {
            name: next(),
            key: next(),
            allowed: next().split('|').map(str::to_owned).collect(),
            tail: next(),
        }
    };
    let rows: Vec<Row> = table
        .lines()
        .filter(|line| line.starts_with("journals/"))
        .map(row)
        .collect();
    assert!(rows.len() >= 30, "the table lists the journals");
    rows
}

#[test]
fn every_sample_has_the_verdict_that_is_right() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let mut wrong = Vec::new();
    for row in rows(&data) {
        let path: PathBuf = data.join(&row.name);
        let found = match open(&path) {
            Err(_) if row.allowed.iter().any(|word| word == "-") => continue,
            Err(error) => {
                wrong.push(format!("{}: {error}", row.name));
                continue;
            }
            Ok(opened) => judged(&*opened.archive, &row.key),
        };
        let word = found.verdict.word();
        let tail = if found.tail == End::Open {
            "open"
        } else {
            "anchored"
        };
        println!(
            "{} {word} {}/{} seals | {} | {:?} | {} breaks, {} damage, {} observations | {:?}",
            row.name,
            found.checkpoints_held,
            found.checkpoints,
            found.says,
            found.entries,
            found.breaks.len(),
            found.damage.len(),
            found.observations.len(),
            found.notes,
        );
        for one in found.breaks.iter().take(3) {
            println!(
                "    {} @{}+{} {}",
                one.kind.word(),
                one.position,
                one.count,
                one.says
            );
        }
        for one in found.damage.iter().take(4) {
            println!("    damage {} {}", one.offset_bytes, one.reason);
        }
        for one in found.observations.iter().take(2) {
            println!("    {} {}", one.kind.word(), one.says);
        }
        if !row.allowed.iter().any(|allowed| allowed == word) || row.tail != tail {
            wrong.push(format!("{}: {word}, tail {tail}: {}", row.name, found.says));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Members of a JSON object; their order is that of a hash table in journalctl, another every run.
type Members = serde_json::Map<String, serde_json::Value>;

fn members(line: &[u8]) -> Members {
    serde_json::from_slice(line).expect("an object")
}

#[test]
fn entries_say_what_journalctl_printed() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    for name in ["01-sealed-intact", "30-hostile-messages-sealed"] {
        let folder = data.join("journals");
        let recorded = std::fs::read(folder.join(format!("{name}.json.zst"))).expect("recorded");
        let recorded = zstd::decode_all(recorded.as_slice()).expect("zstd");
        let opened = open(&folder.join(format!("{name}.journal.zst"))).expect("it opens");
        let mut ours: Vec<Vec<u8>> = Vec::new();
        for ordinal in 0..opened.archive.segment_count() {
            let segment = opened
                .archive
                .read_segment(ordinal, None)
                .expect("it reads");
            ours.extend(segment.entry_bytes().map(<[u8]>::to_vec));
        }
        let lines: Vec<&[u8]> = recorded
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(ours.len(), lines.len(), "{name}");
        for (mine, theirs) in ours.iter().zip(lines) {
            let (mine, mut theirs) = (members(mine), members(theirs));
            // Without --all journalctl prints null for values of 4 KiB and more.
            for (field, value) in &mut theirs {
                if value.is_null() {
                    *value = mine.get(field).cloned().expect("the field is there");
                }
            }
            assert_eq!(mine, theirs, "{name}");
        }
    }
}
