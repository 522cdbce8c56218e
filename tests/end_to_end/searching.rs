//! Searching: answers that can be checked with `grep`, and the forms in which they come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::{World, made_log};

fn sealed(count: usize) -> (World, PathBuf) {
    let world = World::new();
    let archive = world.seal("audit", made_log(count));
    (world, archive)
}

#[test]
fn counts_are_those_of_a_plain_scan_of_the_text() {
    let (world, archive) = sealed(1000);
    let log = made_log(1000);
    let count = |test: &dyn Fn(&Value) -> bool| {
        let lines = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|line| test(line)).count()
    };
    let code = |line: &Value| line["code"].as_u64().expect("a number");
    for (query, expected) in [
        ("*", 1000),
        ("code:403", count(&|line| code(line) == 403)),
        ("code:>=300", count(&|line| code(line) >= 300)),
        (
            "NOT code:403 user:u3",
            count(&|line| code(line) != 403 && line["user"] == "u3"),
        ),
        (
            "user:u1 OR user:u2",
            count(&|line| line["user"] == "u1" || line["user"] == "u2"),
        ),
        ("\"request number 77\"", 1),
        ("user:U1", 0),
        (
            "user:/u[12]/",
            count(&|line| line["user"] == "u1" || line["user"] == "u2"),
        ),
        ("n:[10 TO 19]", 10),
        ("nowhere:x", 0),
        ("@2026-03-14T09:00..+1m", 60),
    ] {
        for more in [&["--count"][..], &["--count", "--no-index"]] {
            assert_eq!(
                world.found(&archive, query, more)["count"],
                expected,
                "{query} {more:?}"
            );
        }
    }
}

#[test]
fn index_and_scan_give_the_same_hits() {
    let (world, archive) = sealed(400);
    for query in [
        "code:403",
        "number",
        "user:u?",
        "NOT user:u1 @2026-03-14T09:02..",
    ] {
        for sort in ["time", "-time", "position", "-position"] {
            let order = ["--sort", sort, "--limit", "0"];
            let indexed = world.found(&archive, query, &order);
            let scanned = world.found(&archive, query, &[&order[..], &["--no-index"]].concat());
            assert_eq!(indexed, scanned, "{query} by {sort}");
        }
    }
}

#[test]
fn pages_follow_one_another_in_every_order() {
    let (world, archive) = sealed(50);
    for sort in ["time", "-time", "position", "-position"] {
        let all = world.found(&archive, "*", &["--sort", sort]);
        let mut pieces = Vec::new();
        for offset in (0..50).step_by(20) {
            let offset = offset.to_string();
            let page = world.found(
                &archive,
                "*",
                &["--sort", sort, "--limit", "20", "--offset", &offset],
            );
            pieces.extend(page["hits"].as_array().expect("a list").clone());
        }
        assert_eq!(Value::from(pieces), all["hits"], "{sort}");
    }
}

#[test]
fn from_and_to_bound_the_times_as_a_half_open_range() {
    let (world, archive) = sealed(200);
    let count =
        |more: &[&str]| world.found(&archive, "*", &[more, &["--count"]].concat())["count"].clone();
    assert_eq!(
        count(&[
            "--from",
            "2026-03-14T09:01:00Z",
            "--to",
            "2026-03-14T09:02:00Z"
        ]),
        60
    );
    assert_eq!(count(&["--to", "2026-03-14 09:01"]), 60);
    assert_eq!(count(&["--from", "2026-03-14T18:01:00+09:00"]), 140);
    assert_eq!(
        count(&["--from", "-19s"]),
        20,
        "the newest entry and 19 s before it"
    );
}

#[test]
fn histograms_and_facets_are_exact() {
    let (world, archive) = sealed(600);
    let found = world.found(
        &archive,
        "*",
        &["--count", "--histogram", "1m", "--facet", "user"],
    );
    let buckets = found["buckets"].as_array().expect("a list");
    assert_eq!(buckets.len(), 10);
    assert!(
        buckets.iter().all(|bucket| bucket["count"] == 60),
        "{found}"
    );
    assert_eq!(buckets[0]["start"], "2026-03-14T09:00:00Z");
    let values = found["values"].as_array().expect("a list");
    let sum: u64 = values
        .iter()
        .filter_map(|value| value["count"].as_u64())
        .sum();
    assert_eq!((values.len(), sum, &found["distinct"]), (7, 600, &7.into()));
    let table = world.expect(
        0,
        &[
            "search",
            "audit.sealog",
            "-q",
            "code:403",
            "--facet",
            "user",
        ],
    );
    assert_eq!(table.text().lines().count(), 7, "{}", table.text());
}

#[test]
fn a_query_that_makes_no_sense_is_marked_where_it_is_wrong() {
    let (world, _) = sealed(2);
    let ran = world.expect(
        2,
        &["search", "audit.sealog", "-q", "user:u1 AND (code:403"],
    );
    assert!(ran.err.contains("user:u1 AND (code:403"), "{}", ran.err);
    assert!(ran.err.contains('^'), "{}", ran.err);
}

#[test]
fn a_field_that_exists_nowhere_is_said() {
    let (world, _) = sealed(20);
    let ran = world.expect(0, &["search", "audit.sealog", "-q", "usr:u1"]);
    assert!(ran.err.contains("usr"), "{}", ran.err);
}

#[test]
fn the_table_shows_verdicts_and_says_how_many_hits_there_are() {
    let (world, _) = sealed(300);
    let ran = world.expect(0, &["search", "audit.sealog", "-q", "*", "--limit", "3"]);
    assert_eq!(ran.text().lines().count(), 4, "{}", ran.text());
    assert!(ran.text().contains("unproven"), "{}", ran.text());
    assert!(
        ran.err.contains("300 hits") && ran.err.contains("--offset 3"),
        "{}",
        ran.err
    );
}

#[test]
fn jsonl_is_one_hit_a_line_and_count_a_bare_number() {
    let (world, _) = sealed(300);
    let search = ["search", "audit.sealog", "-q", "code:403"];
    let lines = world
        .expect(0, &[&search[..], &["--format", "jsonl"]].concat())
        .json_lines();
    assert_eq!(lines.len(), 30);
    assert!(lines.iter().all(|line| line["fields"]["code"] == 403));
    assert_eq!(
        world
            .expect(0, &[&search[..], &["--count"]].concat())
            .text(),
        "30\n"
    );
}

#[test]
fn csv_runs_nothing_in_a_spreadsheet() {
    let world = World::new();
    let lines = "{\"user\":\"=cmd|' /C calc'!A0\",\"msg\":\"a, \\\"b\\\"\"}\n";
    world.file("x.log", lines);
    let text = world
        .expect(0, &["search", "x.log", "-q", "*", "--format", "csv"])
        .text();
    assert!(
        text.starts_with("archive,position,record,time,verdict,leaf,"),
        "{text}"
    );
    let row = text.lines().nth(1).expect("a row");
    assert!(
        row.split(',')
            .all(|cell| !cell.starts_with('=') && !cell.starts_with("\"=")),
        "{row}"
    );
}

#[test]
fn the_index_is_kept_for_the_next_search_and_can_be_cleared() {
    let (world, archive) = sealed(100);
    let info = || world.expect(0, &["cache", "info", "--json"]).json();
    assert_eq!(info()["archives"], 0);
    let first = world.found(&archive, "code:403", &[]);
    assert_eq!(info()["archives"], 1);
    assert_eq!(world.found(&archive, "code:403", &[]), first);
    assert_eq!(info()["archives"], 1);
    world.expect(0, &["cache", "clear"]);
    assert_eq!(
        (&info()["archives"], &info()["bytes"]),
        (&0.into(), &0.into())
    );
    assert_eq!(world.found(&archive, "code:403", &[]), first);
}

#[test]
fn a_search_without_index_keeps_nothing() {
    let (world, archive) = sealed(100);
    world.found(&archive, "code:403", &["--no-index"]);
    assert_eq!(
        world.expect(0, &["cache", "info", "--json"]).json()["archives"],
        0
    );
}

#[test]
fn nothing_is_put_beside_the_evidence() {
    let world = World::new();
    world.key();
    world.file("evidence/a.log", made_log(30));
    world.seal_into(
        &world.path("evidence/a.sealog"),
        &[&world.path("evidence/a.log")],
    );
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(world.path("evidence"))
            .expect("there")
            .map(|entry| entry.expect("readable").file_name())
            .collect();
        names.sort();
        names
    };
    let before = names();
    world.run(&["verify", "evidence"]);
    world.run(&["search", "evidence", "-q", "code:403"]);
    world.run(&["info", "evidence"]);
    assert_eq!(names(), before);
}

#[test]
fn the_time_field_can_be_chosen() {
    let world = World::new();
    let line =
        "{\"time\":\"2026-01-01T00:00:00Z\",\"seen\":\"2020-05-05T05:05:05Z\",\"m\":\"x\"}\n";
    let log = world.file("x.jsonl", line);
    assert_eq!(
        world.found(&log, "*", &[])["hits"][0]["time"],
        "2026-01-01T00:00:00Z"
    );
    let chosen = world.found(&log, "*", &["--time-field", "seen"]);
    assert_eq!(chosen["hits"][0]["time"], "2020-05-05T05:05:05Z");
}

#[test]
fn zone_and_year_can_be_given_and_are_marked() {
    let world = World::new();
    let line =
        "Mar  5 10:00:00 host sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2\n";
    let log = world.file("auth.log", line.repeat(3));
    let found = world.found(&log, "*", &["--year", "2021", "--zone", "Europe/Berlin"]);
    let hit = &found["hits"][0];
    assert_eq!(hit["time"], "2021-03-05T09:00:00Z", "{hit}");
    assert!(
        hit["inferred"]
            .as_array()
            .is_some_and(|marks| marks.contains(&"zone".into())),
        "{hit}"
    );
}

#[test]
fn rows_of_one_request_can_be_joined() {
    let world = World::new();
    let line = |id: &str, stage: &str| {
        format!(
            "{{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\
             \"auditID\":\"{id}\",\"stage\":\"{stage}\",\"requestURI\":\"/api\",\"verb\":\"get\",\
             \"user\":{{\"username\":\"anna\"}},\
             \"requestReceivedTimestamp\":\"2026-01-01T00:00:00.000000Z\",\
             \"stageTimestamp\":\"2026-01-01T00:00:00.000001Z\"}}\n"
        )
    };
    let log: String = ["a", "b"]
        .iter()
        .flat_map(|id| [line(id, "RequestReceived"), line(id, "ResponseComplete")])
        .collect();
    let log = world.file("k.log", log);
    assert_eq!(world.found(&log, "*", &["--count"])["count"], 4);
    assert_eq!(
        world.found(&log, "*", &["--count", "--join", "auditID"])["count"],
        2
    );
}

/// Facts about `kubernetes/made/audit.log` that an independent script has counted.
#[test]
fn the_sample_cluster_is_counted_as_an_independent_script_counts_it() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let folder = data.join("kubernetes/made");
    let expected: Value = serde_json::from_slice(
        &std::fs::read(folder.join("audit.log.expected.json")).expect("there"),
    )
    .expect("JSON");
    let world = World::new();
    world.key();
    world.trust();
    let archive = world.path("k.sealog");
    world.seal_into(&archive, &[&folder.join("audit.log")]);
    world.expect(0, &["verify", "k.sealog", "--require-closed"]);
    let count = |query: &str| world.found(&archive, query, &["--count"])["count"].clone();
    assert_eq!(count("*"), expected["lines"]);
    assert_eq!(count("seal:intact"), expected["lines"]);
    for (field, name) in [
        ("verb", "by_verb"),
        ("responseStatus.code", "by_code"),
        ("user.username", "by_user"),
    ] {
        let found = world.found(&archive, "*", &["--count", "--facet", field]);
        let values = found["values"].as_array().expect("a list");
        let expected = expected[name].as_object().expect("an object");
        assert_eq!(values.len(), expected.len(), "{field}");
        for value in values {
            let name = value["value"].as_str().expect("a text");
            assert_eq!(value["count"], expected[name], "{field} {name}");
        }
    }
    assert_eq!(
        count("objectRef.resource:secrets AND (verb:get OR verb:list)"),
        expected["secrets_get_or_list"]
    );
    assert_eq!(
        count("objectRef.resource:pods objectRef.subresource:exec verb:create"),
        expected["pods_exec_create"]
    );
    let info = world.expect(0, &["info", "k.sealog", "--json"]).json();
    assert_eq!(info["reading"]["schema"], "kubernetes-audit");
    assert_eq!(info["times"]["first"], expected["first"]);
    assert_eq!(info["times"]["last"], expected["last"]);
}

#[test]
fn real_logs_are_found_true_by_plain_counting() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let world = World::new();
    for (file, query, needle) in [
        ("linux/auth.log", "\"Failed password\"", "Failed password"),
        (
            "linux/auth.log",
            "\"Accepted publickey\"",
            "Accepted publickey",
        ),
        ("web/apache_logs", "\"POST\"", "\"POST "),
    ] {
        let path = data.join(file);
        let text = std::fs::read(&path).expect("there");
        let lines = text.split(|byte| *byte == b'\n');
        let expected = lines
            .filter(|line| memchr_find(line, needle.as_bytes()))
            .count();
        assert!(expected > 0, "{needle} is in no line");
        let found = world.found(&path, query, &["--count"]);
        assert_eq!(found["count"], expected, "{file} {query}");
    }
}

fn memchr_find(line: &[u8], needle: &[u8]) -> bool {
    line.windows(needle.len()).any(|window| window == needle)
}

/// How often each event name stands in CloudTrail files, counted by a JSON parser alone.
fn event_names(files: &[PathBuf]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for file in files {
        let bytes = std::fs::read(file).expect("readable");
        let file: Value = serde_json::from_slice(&bytes).expect("JSON");
        for record in file["Records"].as_array().expect("a list") {
            let name = record["eventName"].as_str().expect("a name").to_owned();
            *counts.entry(name).or_default() += 1;
        }
    }
    counts
}

/// The JSON files of a folder, by name.
fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("there").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    files
}

#[test]
fn sealed_cloudtrail_files_are_counted_record_by_record() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let files = json_files(&data.join("cloudtrail/invictus"));
    let expected = event_names(&files);
    let world = World::new();
    world.key();
    world.trust();
    let archive = world.path("trail.sealog");
    world.seal_into(
        &archive,
        &files.iter().map(PathBuf::as_path).collect::<Vec<_>>(),
    );
    world.expect(0, &["verify", "trail.sealog", "--require-closed"]);
    let all = world.found(&archive, "*", &["--count", "--facet", "eventName"]);
    assert_eq!(all["count"], expected.values().sum::<u64>());
    assert_eq!(all["distinct"], expected.len());
    for value in all["values"].as_array().expect("a list") {
        let name = value["value"].as_str().expect("a text");
        assert_eq!(
            value["count"].as_u64(),
            expected.get(name).copied(),
            "{name}"
        );
    }
    for name in [
        "ConsoleLogin",
        "StopLogging",
        "GetSecretValue",
        "CreateUser",
    ] {
        let count = expected.get(name).copied().unwrap_or(0);
        let found = world.found(
            &archive,
            &format!("eventName:{name} seal:intact"),
            &["--count"],
        );
        assert_eq!(found["count"], count, "{name}");
    }
    // The same files, not sealed, give the same answers.
    for file in &files {
        let name = file.file_name().expect("a name").to_string_lossy();
        world.file(
            &format!("plain/{name}"),
            std::fs::read(file).expect("readable"),
        );
    }
    let plain = world.path("plain");
    let plain = world.found(&plain, "*", &["--count", "--facet", "eventName"]);
    assert_eq!(
        (&plain["count"], &plain["values"]),
        (&all["count"], &all["values"])
    );
}

#[test]
fn attacks_on_a_cluster_are_found_in_a_folder_of_single_events() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let folder = data.join("kubernetes/falco");
    let mut expected = 0;
    for file in json_files(&folder) {
        let bytes = std::fs::read(file).expect("readable");
        let event: Value = serde_json::from_slice(&bytes).expect("JSON");
        expected +=
            u64::from(event["verb"] == "create" && event["objectRef"]["resource"] == "pods");
    }
    assert!(expected > 0);
    let found = World::new().found(&folder, "verb:create objectRef.resource:pods", &["--count"]);
    assert_eq!(found["count"], expected);
}
