//! The verifier in Python, written from the format's page alone, says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sealscope_archive::Archive as _;
use sealscope_archive::sealog::SealogArchive;
use sealscope_model::{Damage, Verdict};
use sealscope_testkit::repository;
use sealscope_testkit::sealog::{judge, open, our_signer};
use sealscope_verify::Summary;
use serde_json::Value;

use crate::random::sample;

/// Archives that both verifiers judge.
const ARCHIVES: u64 = 240;

/// One script of the other verifier judges every file: one JSON object a line, in the order of the
/// arguments.
const DRIVER: &str = "
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
script = importlib.import_module(sys.argv[2])
verify_sealog = sys.modules['verify_sealog']
keys = verify_sealog.read_vkeys(sys.argv[3])
for path in sys.argv[4:]:
    try:
        with open(path, 'rb') as file:
            archive = verify_sealog.Archive(file.read())
        print(json.dumps(script.Judgement(archive, keys, ['*']).report()))
    except verify_sealog.CouldNotLook as error:
        print(json.dumps({'refused': str(error)}))
";

/// The scripts of the other verifier.
#[derive(Debug, Clone, Copy)]
pub enum Script {
    /// Alone makes the verdicts; lists its breaks by place.
    VerifySealog,
    /// Builds on the first; names the kind of each change.
    NameChanges,
}

impl Script {
    fn module(self) -> &'static str {
        match self {
            Self::VerifySealog => "verify_sealog",
            Self::NameChanges => "name_changes",
        }
    }
}

pub fn has_tools() -> bool {
    let runs = |tool: &str| {
        let tool = Command::new(tool).arg("--version").output();
        tool.is_ok_and(|output| output.status.success())
    };
    if runs("python3") && runs("zstd") {
        return true;
    }
    assert!(
        std::env::var_os("CI").is_none_or(|value| value.is_empty()),
        "CI is set, but python3 or zstd is not here."
    );
    // Straight to the stream: what a passing test prints is otherwise kept from sight.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: the independent verifier needs python3 and zstd"
    );
    false
}

/// What the other verifier says of these files.
pub fn judged_by_the_other(script: Script, files: &[PathBuf]) -> Vec<Value> {
    let output = Command::new("python3")
        .arg("-c")
        .arg(DRIVER)
        .arg(repository().join("tests/independent"))
        .arg(script.module())
        .arg(our_signer().verifier().to_vkey())
        .args(files)
        .output()
        .expect("python3 runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).expect("it is text");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect()
}

/// Of identical lines that stand together nobody can tell which is which: the first place of the
/// run that a stored line is in, for every stored position.
struct Runs {
    start: u64,
    first: Vec<u64>,
}

impl Runs {
    fn of(archive: &SealogArchive) -> Self {
        let start = archive
            .structure()
            .identity
            .as_ref()
            .map_or(0, |id| id.start);
        let (mut first, mut last): (Vec<u64>, Vec<u8>) = (Vec::new(), Vec::new());
        for ordinal in 0..archive.segment_count() {
            let segment = archive.read_segment(ordinal, None).expect("it reads");
            for line in segment.entry_bytes() {
                let here = start + first.len() as u64;
                let same = first.last().copied().filter(|_| line == last);
                first.push(same.unwrap_or(here));
                last = line.to_vec();
            }
        }
        Self { start, first }
    }

    fn first_of(&self, position: u64) -> u64 {
        let place = position.checked_sub(self.start).map(usize::try_from);
        let first = place.and_then(|place| self.first.get(place.ok()?));
        first.copied().unwrap_or(position)
    }
}

/// What is compared of a report. The other verifier does without SLIX and without roots of powers
/// of two (its first lines say so): where it can only bound a change, we may name more, never
/// less.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    verdict: String,
    /// Verdicts of the lines of each run, worst last.
    lines: BTreeMap<u64, Vec<String>>,
    counts: Vec<u64>,
    anchored: (bool, bool),
    is_damaged: bool,
    /// Whether a change could only be bounded.
    is_bounded: bool,
    /// Exact changes of entries: kind and stored place, or sealed place where nothing is stored.
    exact: BTreeSet<(String, u64)>,
}

const WORDS: [&str; 5] = ["total", "intact", "unproven", "unsealed", "broken"];

fn said_by_us(summary: &Summary, runs: &Runs) -> Said {
    let counts = &summary.entries;
    let mut said = Said {
        verdict: summary.verdict.word().to_owned(),
        lines: BTreeMap::new(),
        counts: vec![
            counts.total,
            counts.intact,
            counts.unproven,
            counts.unsealed,
            counts.broken,
        ],
        anchored: (summary.head.is_anchored(), summary.tail.is_anchored()),
        is_damaged: !summary.damage.is_empty(),
        is_bounded: false,
        exact: BTreeSet::new(),
    };
    for range in summary.ranges.as_slice() {
        let verdict = range.verdict.map_or("unchecked", Verdict::word);
        add_range(&mut said, runs, range.from, range.to, verdict);
    }
    for found in &summary.breaks {
        let place = (found.position, found.found, found.count);
        add_break(&mut said, runs, found.kind.word(), place, found.exact);
    }
    said
}

/// Everything but the kinds of changes comes from the report of the first script.
fn said_by_the_other(report: &Value, named: &Value, runs: &Runs) -> Said {
    let number = |value: &Value| value.as_u64().unwrap_or(u64::MAX);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let counts = &report["entries"];
    let mut said = Said {
        verdict: text(&report["verdict"]),
        lines: BTreeMap::new(),
        counts: WORDS.iter().map(|word| number(&counts[word])).collect(),
        anchored: (
            report["head"]["anchored"] == Value::Bool(true),
            report["tail"]["anchored"] == Value::Bool(true),
        ),
        is_damaged: report["damage"]
            .as_array()
            .is_some_and(|all| !all.is_empty()),
        is_bounded: false,
        exact: BTreeSet::new(),
    };
    for range in report["ranges"].as_array().expect("a list") {
        let (from, to) = (number(&range["from"]), number(&range["to"]));
        add_range(&mut said, runs, from, to, &text(&range["verdict"]));
    }
    for found in named["breaks"].as_array().expect("a list") {
        let place = (
            number(&found["position"]),
            found["found"].as_u64(),
            number(&found["count"]),
        );
        let is_exact = found["exact"] == Value::Bool(true);
        add_break(&mut said, runs, &text(&found["kind"]), place, is_exact);
    }
    said
}

fn add_range(said: &mut Said, runs: &Runs, from: u64, to: u64, verdict: &str) {
    for position in from..to {
        let run = said.lines.entry(runs.first_of(position)).or_default();
        run.push(verdict.to_owned());
        run.sort();
    }
}

fn add_break(
    said: &mut Said,
    runs: &Runs,
    kind: &str,
    place: (u64, Option<u64>, u64),
    is_exact: bool,
) {
    let (position, found, count) = place;
    said.is_bounded |= !is_exact && count > 0;
    if is_exact && ["removed", "inserted", "moved", "duplicated", "modified"].contains(&kind) {
        let at = found.unwrap_or(position);
        let place = |at| found.map_or(at, |_| runs.first_of(at));
        let places = (at..at + count).map(|at| (kind.to_owned(), place(at)));
        said.exact.extend(places);
    }
}

/// Whether the two scripts differ in how they tell the breaks and in nothing else, and tell the
/// same number of sealed lines as changed.
fn is_same_but_named(report: &Value, named: &Value) -> bool {
    let breaks = |of: &Value| of["breaks"].as_array().cloned().unwrap_or_default();
    let kind_is = |found: &Value, kinds: &[&str]| {
        let kind = found["kind"].as_str();
        kind.is_some_and(|kind| kinds.contains(&kind))
    };
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let (by_place, by_kind) = (breaks(report), breaks(named));
    let unnamed: u64 = by_place
        .iter()
        .filter(|found| kind_is(found, &["changed", "removed"]))
        .map(|found| number(&found["sealed"][1]) - number(&found["sealed"][0]))
        .sum();
    let told: u64 = by_kind
        .iter()
        .filter(|found| kind_is(found, &["removed", "modified", "moved"]))
        .map(|found| number(&found["count"]))
        .sum();
    let mut renamed = named.clone();
    renamed["breaks"] = report["breaks"].clone();
    renamed == *report && by_place.is_empty() == by_kind.is_empty() && unnamed == told
}

impl Said {
    /// How many lines of each run are intact.
    fn intact(&self) -> BTreeSet<(u64, usize)> {
        let count = |run: &Vec<String>| run.iter().filter(|word| *word == "intact").count();
        let runs = self.lines.iter().map(|(first, run)| (*first, count(run)));
        runs.flat_map(|(first, count)| (1..=count).map(move |n| (first, n)))
            .collect()
    }

    /// Whether this is what the other verifier says, or more of it where that one bounds a change.
    fn agrees_with(&self, other: &Self) -> bool {
        // Damage of SLIX is only seen here.
        let is_as_damaged = self.is_damaged || !other.is_damaged;
        if !other.is_bounded {
            let is_damaged = other.is_damaged;
            return is_as_damaged
                && Self {
                    is_damaged,
                    ..self.clone()
                } == *other;
        }
        is_as_damaged
            && self.verdict == other.verdict
            && self.counts[0] == other.counts[0]
            && other.intact().is_subset(&self.intact())
            && (!other.anchored.0 || self.anchored.0)
            && (!other.anchored.1 || self.anchored.1)
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

#[test]
fn both_verifiers_agree_on_random_archives_intact_and_changed() {
    if !has_tools() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let samples: Vec<_> = (1..=ARCHIVES).map(sample).collect();
    let files: Vec<PathBuf> = samples
        .iter()
        .zip(1u64..)
        .map(|(sample, seed)| write(folder.path(), &format!("{seed}.sealog"), &sample.bytes))
        .collect();
    let others = judged_by_the_other(Script::VerifySealog, &files);
    let named = judged_by_the_other(Script::NameChanges, &files);
    assert_eq!((others.len(), named.len()), (samples.len(), samples.len()));
    let mut words = BTreeSet::new();
    let mut differing = Vec::new();
    for (((sample, other), named), seed) in samples.iter().zip(&others).zip(&named).zip(1u64..) {
        let archive = open(&sample.bytes).expect("it opens");
        let runs = Runs::of(&archive);
        let summary = judge(&sample.bytes);
        let ours = said_by_us(&summary, &runs);
        words.insert(ours.verdict.clone());
        if other.get("refused").is_some() {
            // It does not look where the tree before the archive is lost; we look, and prove
            // nothing.
            assert_eq!(ours.counts[1], 0, "seed {seed}, {}: {ours:?}", sample.what);
            continue;
        }
        assert!(
            is_same_but_named(other, named),
            "seed {seed}, {}: {other}\n{named}",
            sample.what
        );
        let theirs = said_by_the_other(other, named, &runs);
        // How much of a frame with a fault unpacks is up to the program that unpacks it.
        let is_torn = |damage: &Damage| damage.reason.contains("does not unpack");
        if summary.damage.iter().any(is_torn) {
            assert_eq!(ours.verdict, theirs.verdict, "seed {seed}, {}", sample.what);
            continue;
        }
        if !ours.agrees_with(&theirs) {
            differing.push(format!(
                "seed {seed}, {}:\n  ours   {ours:?}\n  theirs {theirs:?}",
                sample.what
            ));
        }
    }
    assert!(
        differing.is_empty(),
        "{} of {ARCHIVES} differ:\n{}",
        differing.len(),
        differing.join("\n")
    );
    let all = ["intact", "unproven", "unsealed", "broken"];
    assert_eq!(words, all.map(str::to_owned).into());
}
