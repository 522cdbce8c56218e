//! The archives under `tests/fixtures/sealog` are judged as they always were, by both verifiers,
//! and the format's page shows true bytes.
//!
//! `SEALSCOPE_WRITE_FIXTURES=1 cargo test -p sealscope-tests --test conformance` writes them anew.

use std::path::{Path, PathBuf};

use sealscope_model::Verdict;
use sealscope_proof::{leaf_hash, sha256};
use sealscope_testkit::sealog::{Part, Plan, fixture_archives, judge, our_signer};
use sealscope_testkit::{fixtures, repository};
use sealscope_verify::Summary;
use serde_json::{Value, json};

use crate::independent::{Script, has_tools, judged_by_the_other};

/// The folders with an archive, sorted.
pub fn folders() -> Vec<PathBuf> {
    let states = ["intact", "tampered"].map(|state| fixtures().join("sealog").join(state));
    let entries = states
        .iter()
        .flat_map(|state| std::fs::read_dir(state).expect("the fixtures are here"));
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    folders
}

fn archive_of(folder: &Path) -> PathBuf {
    folder.join("archive.sealog")
}

/// What has to stay as it is, release after release.
fn told(summary: &Summary) -> Value {
    let ranges = summary.ranges.as_slice().iter();
    let breaks = summary.breaks.iter();
    let counts = &summary.entries;
    json!({
        "verdict": summary.verdict.word(),
        "head": summary.head.is_anchored(),
        "tail": summary.tail.is_anchored(),
        "entries": {
            "total": counts.total, "control": counts.control, "intact": counts.intact,
            "unproven": counts.unproven, "unsealed": counts.unsealed, "broken": counts.broken,
        },
        "ranges": ranges.map(|range| json!({
            "from": range.from,
            "to": range.to,
            "verdict": range.verdict.map(Verdict::word),
        })).collect::<Vec<_>>(),
        "breaks": breaks.map(|found| json!({
            "kind": found.kind.word(),
            "position": found.position,
            "count": found.count,
            "found": found.found,
            "exact": found.exact,
            "says": found.says,
        })).collect::<Vec<_>>(),
        "damage": summary.damage.iter().map(|one| json!({
            "offset_bytes": one.offset_bytes,
            "reason": one.reason,
        })).collect::<Vec<_>>(),
        "says": summary.says,
    })
}

fn write_anew() {
    let key = our_signer().verifier().to_vkey();
    for fixture in fixture_archives() {
        let folder = fixtures()
            .join("sealog")
            .join(fixture.state)
            .join(fixture.name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let origin = format!(
            "what = {:?}\nmade_by = \"sealscope-testkit, fixture_archives\"\nlicense = \"as the \
             repository\"\nkey = {key:?}\n",
            fixture.what
        );
        let expected = told(&judge(&fixture.bytes));
        let expected = serde_json::to_string_pretty(&expected).expect("JSON") + "\n";
        std::fs::write(archive_of(&folder), &fixture.bytes).expect("written");
        std::fs::write(folder.join("origin.toml"), origin).expect("written");
        std::fs::write(folder.join("expected.json"), expected).expect("written");
    }
}

#[test]
fn every_fixture_is_judged_as_it_always_was() {
    if std::env::var_os("SEALSCOPE_WRITE_FIXTURES").is_some() {
        write_anew();
    }
    let folders = folders();
    assert_eq!(folders.len(), fixture_archives().len());
    for folder in folders {
        let bytes = std::fs::read(archive_of(&folder)).expect("an archive");
        let expected = std::fs::read_to_string(folder.join("expected.json")).expect("it is there");
        let expected: Value = serde_json::from_str(&expected).expect("JSON");
        assert_eq!(told(&judge(&bytes)), expected, "{}", folder.display());
        let is_changed = folder
            .parent()
            .is_some_and(|state| state.ends_with("tampered"));
        let is_trusted = expected["verdict"] != json!("unproven");
        assert_eq!(
            expected["verdict"] == json!("broken"),
            is_changed && is_trusted,
            "{}",
            folder.display()
        );
    }
}

#[test]
fn both_verifiers_give_each_fixture_the_same_verdict() {
    if !has_tools() {
        return;
    }
    let folders = folders();
    let files: Vec<PathBuf> = folders.iter().map(|folder| archive_of(folder)).collect();
    let others = judged_by_the_other(Script::VerifySealog, &files);
    for (file, other) in files.iter().zip(others) {
        let ours = judge(&std::fs::read(file).expect("an archive"));
        assert_eq!(
            json!(ours.verdict.word()),
            other["verdict"],
            "{}",
            file.display()
        );
        let counts = json!([ours.entries.total, ours.entries.control]);
        let theirs = json!([other["entries"]["total"], other["entries"]["control"]]);
        assert_eq!(counts, theirs, "{}", file.display());
    }
}

/// The smallest archive that the page shows.
fn shown() -> Plan {
    let mut plan = Plan::new(1, 0);
    plan.segments = vec![vec![b"hello".to_vec()]];
    (plan.close, plan.index) = (false, false);
    plan
}

/// What the page shows: a name and the hex digits or the text.
fn vectors() -> Vec<(&'static str, String)> {
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("{byte:02x}")).collect() };
    let made = shown().build();
    let lines = made.lines();
    let [
        Part::Id(_),
        Part::Data(_),
        Part::List(_),
        Part::Checkpoint(note),
    ] = &made.parts[..]
    else {
        panic!("four frames");
    };
    let tree = made.tree();
    vec![
        ("vkey", our_signer().verifier().to_vkey()),
        ("header", String::from_utf8(lines[0].clone()).expect("text")),
        ("leaf 0", leaf_hash(&lines[0]).to_hex()),
        ("leaf 1", leaf_hash(&lines[1]).to_hex()),
        ("root", tree.root().expect("it begins at 0").to_hex()),
        ("SLID", hex(&made.parts[0].to_bytes())),
        ("SLCP payload", hex(&sha256(note).as_bytes()[..])),
        (
            "signature",
            made.seals[0]
                .note
                .lines()
                .last()
                .expect("a line")
                .to_owned(),
        ),
    ]
}

#[test]
fn the_vectors_on_the_page_are_true() {
    let page = repository().join("src-tauri/docs/sealog.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let digits: String = page.split_whitespace().collect();
    for (name, vector) in vectors() {
        let vector: String = vector.split_whitespace().collect();
        assert!(digits.contains(&vector), "{name}: {vector}");
    }
}

#[test]
#[ignore = "prints the vectors, for whoever writes the page"]
fn the_vectors_are_printed() {
    for (name, vector) in vectors() {
        println!("{name}: {vector}");
    }
}
