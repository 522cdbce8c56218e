//! The folders under `tests/fixtures/cloudtrail` are judged as they always were.
//!
//! `SEALSCOPE_WRITE_FIXTURES=1 cargo test -p sealscope-verify --test cloudtrail_fixtures` writes
//! them anew.

use std::path::{Path, PathBuf};

use sealscope_model::Verdict;
use sealscope_testkit::cloudtrail::{Case, cases, judge_folder};
use sealscope_testkit::fixtures;
use sealscope_verify::Summary;
use serde_json::{Value, json};

/// Those that are kept as files; the others are made anew by every test run.
const KEPT: [&str; 5] = ["plain", "lake", "huawei", "swapped", "missing-digest"];

fn kept() -> Vec<(Case, PathBuf)> {
    let home = fixtures().join("cloudtrail");
    let kept = cases().into_iter().filter(|case| KEPT.contains(&case.name));
    kept.map(|case| {
        let folder = home.join(case.state).join(case.name);
        (case, folder)
    })
    .collect()
}

/// What has to stay as it is, release after release.
fn told(summary: &Summary) -> Value {
    let ranges = summary.ranges.as_slice().iter();
    json!({
        "verdict": summary.verdict.word(),
        "ranges": ranges.map(|range| json!({
            "from": range.from,
            "to": range.to,
            "verdict": range.verdict.map(Verdict::word),
        })).collect::<Vec<_>>(),
        "breaks": summary.breaks.iter().map(|found| json!({
            "kind": found.kind.word(),
            "position": found.position,
            "count": found.count,
            "file": found.file,
            "says": found.says,
        })).collect::<Vec<_>>(),
        "observations": summary.observations.iter().map(|seen| json!({
            "kind": seen.kind.word(),
            "position": seen.position,
            "says": seen.says,
        })).collect::<Vec<_>>(),
        "says": summary.says,
    })
}

fn write_anew(case: &Case, folder: &Path) {
    let evidence = folder.join("evidence");
    if evidence.exists() {
        std::fs::remove_dir_all(&evidence).expect("the old one goes");
    }
    case.made.write(&evidence);
    let keys = case.given_keys();
    std::fs::write(folder.join("public-keys.json"), &keys[0]).expect("written");
    let origin = format!(
        "what = {:?}\nmade_by = \"sealscope-testkit, cloudtrail::cases\"\nlicense = \"as the \
         repository\"\n",
        case.what
    );
    std::fs::write(folder.join("origin.toml"), origin).expect("written");
    let expected = serde_json::to_string_pretty(&told(&judge_folder(&evidence, &keys)));
    let expected = expected.expect("JSON") + "\n";
    std::fs::write(folder.join("expected.json"), expected).expect("written");
}

#[test]
fn every_kept_folder_is_judged_as_it_always_was() {
    for (case, folder) in kept() {
        if std::env::var_os("SEALSCOPE_WRITE_FIXTURES").is_some() {
            write_anew(&case, &folder);
        }
        let keys = [std::fs::read(folder.join("public-keys.json")).expect("keys")];
        let expected = std::fs::read_to_string(folder.join("expected.json")).expect("it is there");
        let expected: Value = serde_json::from_str(&expected).expect("JSON");
        let summary = judge_folder(&folder.join("evidence"), &keys);
        assert_eq!(told(&summary), expected, "{}", folder.display());
        assert_eq!(summary.verdict.word(), case.verdict, "{}", folder.display());
    }
}
