//! Reports: made, checked, changed, made again.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::{World, made_log};

const AT: &str = "2026-03-15T08:00:00Z";
const FORMS: [&str; 5] = ["r.pdf", "r.html", "r.json", "r.zip", "bag"];

fn report(world: &World, archive: &Path, out: &str, more: &[&str]) -> Value {
    let archive = archive.to_string_lossy();
    let mut arguments = vec!["report", &archive, "-o", out, "--at", AT, "--json"];
    arguments.extend(more);
    world.expect(0, &arguments).json()
}

/// Exit code and answer.
fn check(world: &World, report: &str, more: &[&str]) -> (Option<i32>, Value) {
    let mut arguments = vec!["check", report, "--json"];
    arguments.extend(more);
    let ran = world.run(&arguments);
    (ran.code, ran.json())
}

/// An archive whose key is trusted, and a key for the examiner.
fn prepared() -> (World, PathBuf) {
    let world = World::new();
    let archive = world.seal("audit", made_log(200));
    world.trust();
    world.expect(0, &["keygen", "examiner", "--name", "examiner.example"]);
    (world, archive)
}

#[test]
fn every_form_holds_by_itself_and_against_the_archive() {
    let (world, archive) = prepared();
    for out in FORMS {
        let made = report(
            &world,
            &archive,
            out,
            &["-q", "code:403", "--sign", "examiner.key"],
        );
        assert_eq!(made["exhibits"], 20, "{out}");
        let (code, answer) = check(&world, out, &["--key", "examiner.vkey"]);
        assert_eq!(code, Some(0), "{out}: {answer:#}");
        let named = archive.to_string_lossy();
        let (code, answer) = check(
            &world,
            out,
            &["--key", "examiner.vkey", "--archive", &named],
        );
        assert_eq!(code, Some(0), "{out}: {answer:#}");
        // Whoever trusts nobody is told so, and no more.
        let other = World::new();
        let path = world.path(out);
        let (code, _) = check(&other, &path.to_string_lossy(), &[]);
        assert_eq!(code, Some(3), "{out}");
    }
}

#[test]
fn another_archive_is_not_the_one_that_a_report_is_about() {
    let (world, archive) = prepared();
    report(&world, &archive, "r.html", &["-q", "code:403"]);
    let other = world.seal("other", made_log(150));
    let (code, answer) = check(&world, "r.html", &["--archive", &other.to_string_lossy()]);
    assert_eq!(code, Some(1), "{answer:#}");
}

#[test]
fn a_changed_byte_is_found_in_every_form() {
    let (world, archive) = prepared();
    for out in ["r.pdf", "r.html", "r.json", "r.zip"] {
        report(
            &world,
            &archive,
            out,
            &["-q", "code:403", "--limit", "3", "--sign", "examiner.key"],
        );
        let bytes = fs::read(world.path(out)).expect("it was made");
        let step = bytes.len() / 40 + 1;
        for place in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            fs::write(world.path(out), &changed).expect("writable");
            let ran = world.run(&["check", out, "--key", "examiner.vkey"]);
            assert!(
                matches!(ran.code, Some(1 | 2)),
                "{out}, byte {place}: {:?}\n{}\n{}",
                ran.code,
                ran.text(),
                ran.err
            );
        }
    }
}

#[test]
fn the_same_time_gives_the_same_bytes() {
    let (world, archive) = prepared();
    for ending in ["pdf", "html", "json", "zip"] {
        let of = |name: &str, threads: &str| {
            let out = format!("{name}.{ending}");
            let ran = {
                let mut command = world.command();
                command.env("RAYON_NUM_THREADS", threads);
                command.args(["report", &archive.to_string_lossy(), "-q", "code:403"]);
                command.args(["--at", AT, "-o", &out]);
                command.output().expect("it runs")
            };
            assert!(ran.status.success(), "{ran:?}");
            fs::read(world.path(&out)).expect("it was made")
        };
        assert!(of("one", "1") == of("two", "2"), "{ending}");
    }
}

#[test]
fn nothing_is_written_over_and_a_wrong_query_makes_no_report() {
    let (world, archive) = prepared();
    let archive = archive.to_string_lossy();
    let kept = world.file("kept.html", "mine");
    world.expect(2, &["report", &archive, "-o", "kept.html"]);
    assert_eq!(fs::read(kept).expect("there"), b"mine");
    world.expect(2, &["report", &archive, "-q", "code:(", "-o", "new.html"]);
    assert!(!world.path("new.html").exists());
}

#[test]
fn what_is_redacted_is_in_no_form() {
    let (world, archive) = prepared();
    for out in ["r.pdf", "r.html", "r.json", "r.zip"] {
        report(
            &world,
            &archive,
            out,
            &["-q", "n:10", "--redact", "msg=private"],
        );
        let bytes = fs::read(world.path(out)).expect("it was made");
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!holds(b"request number"), "{out}");
    }
    let json: Value =
        serde_json::from_slice(&fs::read(world.path("r.json")).expect("there")).expect("JSON");
    let exhibit = &json["exhibits"][0];
    assert_eq!(exhibit["redacted"][0], "msg");
    assert!(
        exhibit["raw_base64"].is_null() && exhibit["leaf"].is_null(),
        "{exhibit:#}"
    );
}

/// Each prepared query means something and is answered, on logs of several schemas.
#[test]
fn the_questions_of_every_control_are_asked() {
    let (world, archive) = prepared();
    let mut logs = vec![archive];
    if let Some(data) = sealscope_testkit::shared_data() {
        for name in ["linux/auth.log", "web/apache_logs"] {
            let log = data.join(name);
            assert!(log.is_file(), "{name} is not among the samples");
            logs.push(log);
        }
    }
    for (number, log) in logs.iter().enumerate() {
        for control in [
            "gdpr-32-33",
            "hipaa-164-312-b",
            "iso-27001-a8",
            "pci-dss-10",
        ] {
            let out = format!("{number}-{control}.json");
            let log = log.to_string_lossy();
            world.expect(
                0,
                &[
                    "report",
                    &log,
                    "--control",
                    control,
                    "--limit",
                    "1",
                    "-o",
                    &out,
                ],
            );
            let json: Value =
                serde_json::from_slice(&fs::read(world.path(&out)).expect("there")).expect("JSON");
            let queries = json["queries"].as_array().expect("a list");
            assert!(queries.len() >= 5, "{control}");
            for query in queries {
                assert!(query["trouble"].is_null(), "{control}: {query:#}");
                assert!(query["searched"].as_u64() > Some(0), "{control}: {query:#}");
            }
            assert_eq!(json["template"], "control-audit");
        }
    }
}

#[test]
fn times_are_shown_as_coarse_as_wanted_and_kept_in_full_beside() {
    let (world, _) = prepared();
    let archive = world.seal(
        "fine",
        made_log(50).replace("Z\",\"user", ".250125Z\",\"user"),
    );
    let shown = |out: &str, more: &[&str]| {
        report(&world, &archive, out, &[&["-q", "code:403"], more].concat());
        let text = fs::read_to_string(world.path(out)).expect("the report");
        let content: Value = serde_json::from_str(&text).expect("JSON");
        let time = content["exhibits"][0]["time"].clone();
        (
            time,
            content["time"]["says"][0].to_string(),
            content["reproduction"]["command"].to_string(),
        )
    };
    let (full, says, _) = shown("full.json", &[]);
    assert!(says.contains("no finer than the entry writes it"), "{says}");
    let (coarse, says, command) = shown("coarse.json", &["--show-precision", "seconds"]);
    assert!(says.contains("cut off, not rounded"), "{says}");
    assert!(command.contains("--show-precision seconds"), "{command}");
    let text = |time: &Value, name: &str| time[name].as_str().expect("a text").to_owned();
    let whole = text(&full, "shown");
    let (seconds, _) = whole.split_once('.').expect("finer than seconds");
    assert_eq!(text(&coarse, "shown"), seconds);
    for name in ["utc", "original", "precision"] {
        assert_eq!(coarse[name], full[name], "{name}");
    }
}
