//! Every sealed sample gets its right verdict from the real program, and the page that says so is
//! true.
//!
//! `SEALSCOPE_WRITE_VERDICTS=1 cargo test -p sealscope-tests --test conformance verdicts` writes
//! `src-tauri/docs/verdicts.md` anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use sealscope_testkit::{repository, shared_data};
use serde_json::Value;

/// One row of the list of right verdicts.
struct Sample {
    name: String,
    key: Option<String>,
    verdicts: Vec<String>,
    tail: String,
    note: String,
}

fn samples(data: &Path) -> Vec<Sample> {
    let list = std::fs::read_to_string(data.join("verdicts.tsv")).expect("the list is there");
    let rows = list
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("sample\t"));
    rows.map(|row| {
        let mut cells = row.split('\t').map(str::to_owned);
        let mut cell = || cells.next().unwrap_or_default();
        Sample {
            name: cell(),
            key: Some(cell()).filter(|key| key != "-"),
            verdicts: cell().split('|').map(str::to_owned).collect(),
            tail: cell(),
            note: cell(),
        }
    })
    .collect()
}

impl Sample {
    fn family(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// What is opened, and the key as it is given.
    fn command_line(&self, data: &Path) -> Vec<PathBuf> {
        let path = data.join(&self.name);
        let is_trail = self.family() == "cloudtrail-digests";
        let mut words = vec![if is_trail {
            path.join("bucket")
        } else {
            path.clone()
        }];
        if let Some(key) = &self.key {
            let key = if is_trail { path.join(key) } else { key.into() };
            words.extend(["--key".into(), key]);
        }
        words
    }
}

/// What the program says of one sample.
struct Answer {
    code: i32,
    printed: Value,
}

fn ask(data: &Path, sample: &Sample) -> Answer {
    let home = tempfile::tempdir().expect("a folder");
    let run = Command::new(sealscope_tests::program("sealscope").expect("it is built"))
        .args(["verify", "--json"])
        .args(sample.command_line(data))
        .env("SEALSCOPE_HOME", home.path())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&run.stdout);
    Answer {
        code: run.status.code().unwrap_or(-1),
        printed: serde_json::from_str(text.trim()).unwrap_or(Value::Null),
    }
}

impl Answer {
    fn text(&self, pointer: &str) -> &str {
        let found = self.printed.pointer(pointer);
        found.and_then(Value::as_str).unwrap_or_default()
    }

    /// The verdict's word; `-` where the sample was not opened.
    fn verdict(&self) -> &str {
        match (self.code, self.text("/verdict")) {
            (2, _) => "-",
            (_, word) => word,
        }
    }

    fn kinds(&self) -> Vec<String> {
        let breaks = self.printed.pointer("/breaks").and_then(Value::as_array);
        let mut counts = BTreeMap::<&str, u64>::new();
        for one in breaks.into_iter().flatten() {
            *counts
                .entry(one["kind"].as_str().unwrap_or("?"))
                .or_default() += 1;
        }
        let told = counts.into_iter().map(|(kind, count)| match count {
            1 => kind.to_owned(),
            _ => format!("{count} × {kind}"),
        });
        told.collect()
    }
}

#[test]
fn every_sealed_sample_gets_its_right_verdict_and_the_page_is_true() {
    let Some(data) = shared_data() else { return };
    let mut wrong = Vec::new();
    let mut page = String::from(HEAD);
    let mut family = String::new();
    for sample in samples(&data) {
        let answer = ask(&data, &sample);
        let verdict = answer.verdict().to_owned();
        if !sample.verdicts.contains(&verdict) {
            wrong.push(format!(
                "{}: {verdict}, right is {}; it says: {}",
                sample.name,
                sample.verdicts.join(" or "),
                answer.text("/says")
            ));
        }
        let right_code = match verdict.as_str() {
            "intact" => 0,
            "broken" => 1,
            "-" => 2,
            _ => 3,
        };
        if answer.code != right_code {
            wrong.push(format!(
                "{}: {verdict} ends with {}",
                sample.name, answer.code
            ));
        }
        let is_open = answer.printed.pointer("/tail/anchored") == Some(&Value::Bool(false));
        if sample.tail == "open" && !is_open && verdict != "-" {
            wrong.push(format!("{}: the tail is not open", sample.name));
        }
        if verdict == "broken" && answer.kinds().is_empty() {
            wrong.push(format!("{}: broken, but no break is named", sample.name));
        }
        if family != sample.family() {
            family = sample.family().to_owned();
            let _ = write!(page, "\n## {}\n\n{COLUMNS}", title_of(&family));
        }
        page.push_str(&row_of(&data, &sample, &answer));
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let file = repository().join("src-tauri/docs/verdicts.md");
    if std::env::var_os("SEALSCOPE_WRITE_VERDICTS").is_some() {
        std::fs::write(&file, &page).expect("written");
    }
    let stands = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        stands == page,
        "src-tauri/docs/verdicts.md is not what the program says now; see the top of this test"
    );
}

const HEAD: &str = "# What Sealscope says of every sealed sample

Made by `tests/conformance/verdicts.rs` from the real program's answers, and held against them in
every test run. *Right* is the verdict that the evidence allows, in Sealscope's words; *the format's
own tool* is what its reference verifier said of the same bytes. Where that tool says nothing is
wrong and the right answer is another one, it stands in **bold**.
";

const COLUMNS: &str = "| sample | key | right | Sealscope | names | the format's own tool |\n\
                       | --- | --- | --- | --- | --- | --- |\n";

fn title_of(family: &str) -> &str {
    match family {
        "cloudtrail-digests" => "AWS CloudTrail digests (`aws cloudtrail validate-logs`)",
        "journals" => "Journals of systemd (`journalctl --verify`, 252 and 257)",
        "hash-chains" => "Hash-chained lines (each recipe's own verifier)",
        other => other,
    }
}

fn row_of(data: &Path, sample: &Sample, answer: &Answer) -> String {
    let short = sample.name.split_once('/').map_or("", |(_, rest)| rest);
    let key = if sample.key.is_some() {
        "given"
    } else {
        "none"
    };
    let strength = answer.text("/strength");
    let says = match answer.verdict() {
        "-" => "not opened".to_owned(),
        verdict if strength.is_empty() => verdict.to_owned(),
        verdict => format!("{verdict}, {strength}"),
    };
    let mut right = sample.verdicts.join(" or ");
    if !sample.note.is_empty() {
        let _ = write!(right, " ({})", sample.note);
    }
    let (other, is_content) = reference(data, sample);
    let is_miss = is_content
        && !sample.verdicts.contains(&"intact".to_owned())
        && !sample.verdicts.contains(&"consistent".to_owned());
    let other = if is_miss {
        format!("**{other}**")
    } else {
        other
    };
    let cells = [
        short,
        key,
        &right,
        &says,
        &answer.kinds().join(", "),
        &other,
    ];
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

/// What the reference verifier said, and whether it was content.
fn reference(data: &Path, sample: &Sample) -> (String, bool) {
    match sample.family() {
        "cloudtrail-digests" => {
            let case = read_json(&data.join(&sample.name).join("case.json"));
            let code = case["exit_code"].as_i64().unwrap_or(-1);
            (exit_words(code), code == 0)
        }
        "journals" => of_journalctl(data, sample),
        "hash-chains" => of_chain(data, sample),
        _ => (String::new(), false),
    }
}

fn exit_words(code: i64) -> String {
    if code == 0 { "valid" } else { "invalid" }.to_owned()
}

fn of_journalctl(data: &Path, sample: &Sample) -> (String, bool) {
    let stem = sample.name.trim_end_matches(".journal.zst");
    let recorded = read_json(&data.join(format!("{stem}.expected.json")));
    let run = match &sample.key {
        Some(_) => "verify_with_key",
        None => "verify_without_key",
    };
    let code = |name: &str| recorded[name]["exit_code"].as_i64();
    let old = code(run).or_else(|| code("verify_without_key"));
    let new = code(&format!("{run}_systemd_257"));
    let word = |code: Option<i64>| match code {
        Some(0) => "PASS",
        Some(_) => "FAIL",
        None => "not asked",
    };
    // 252 refuses what 257 sealed with a flag that it does not know.
    let is_content = new.or(old) == Some(0);
    (format!("{}; {}", word(old), word(new)), is_content)
}

fn of_chain(data: &Path, sample: &Sample) -> (String, bool) {
    let path = data.join(&sample.name);
    let (Some(folder), Some(file)) = (path.parent(), path.file_name()) else {
        return (String::new(), false);
    };
    let recorded = folder.join("original-verifier-output.txt");
    let text = std::fs::read_to_string(recorded).unwrap_or_default();
    let file = file.to_string_lossy();
    let said = text
        .lines()
        .find_map(|line| line.strip_prefix(file.as_ref()));
    let said = said
        .unwrap_or_default()
        .trim()
        .trim_start_matches(':')
        .trim();
    let lower = said.to_lowercase();
    let is_valid = ["\"valid\":true", "valid=true", "ok=true"]
        .iter()
        .any(|word| lower.contains(word));
    let words = if said.is_empty() {
        "not recorded"
    } else if is_valid {
        "valid"
    } else {
        "invalid"
    };
    (words.to_owned(), words == "valid")
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
