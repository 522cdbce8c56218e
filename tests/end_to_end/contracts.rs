//! What scripts rely on: members and their order, one object a line, exit codes.

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::world::{World, made_log};

/// The names of an object's members, in the order of the text.
#[derive(Debug, PartialEq)]
struct Members(Vec<String>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Members;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Members(names))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

fn members(json: &[u8]) -> Vec<String> {
    serde_json::from_slice::<Members>(json)
        .expect("one object")
        .0
}

/// The members of the first object behind a text such as `"hits":[`.
fn members_behind(json: &str, mark: &str) -> Vec<String> {
    let at = json
        .find(mark)
        .unwrap_or_else(|| panic!("no {mark} in {json}"))
        + mark.len();
    let mut values = serde_json::Deserializer::from_str(&json[at..]).into_iter::<Members>();
    values.next().expect("a value").expect("an object").0
}

const VERIFY: [&str; 20] = [
    "schema",
    "path",
    "format",
    "sha256",
    "bytes",
    "verdict",
    "strength",
    "also",
    "tail",
    "head",
    "says",
    "entries",
    "ranges",
    "breaks",
    "damage",
    "observations",
    "aspects",
    "signers",
    "timestamps",
    "notes",
];

#[test]
fn verify_prints_its_members_in_the_documented_order() {
    let world = World::new();
    world.seal("audit", made_log(20));
    world.trust();
    let ran = world.expect(0, &["verify", "audit.sealog", "--json"]);
    assert_eq!(members(&ran.out), VERIFY);
    let text = ran.text();
    assert_eq!(members_behind(&text, "\"tail\":"), ["anchored", "by"]);
    assert_eq!(
        members_behind(&text, "\"entries\":"),
        [
            "total",
            "control",
            "intact",
            "consistent",
            "unproven",
            "unsealed",
            "broken",
            "unchecked"
        ]
    );
    assert_eq!(
        members_behind(&text, "\"ranges\":["),
        ["from", "to", "verdict", "strength"]
    );
    assert_eq!(
        members_behind(&text, "\"aspects\":"),
        ["content", "order", "seal", "signer", "time", "completeness"]
    );
    let signer = members_behind(&text, "\"signers\":[");
    assert_eq!(signer[..4], ["name", "key_id", "trusted", "checkpoints"]);
    assert!(text.starts_with("{\"schema\":\"sealscope.verify/1\",\"path\":\"audit.sealog\","));
}

#[test]
fn the_counts_of_verify_add_up() {
    let world = World::new();
    world.seal("audit", made_log(123));
    world.trust();
    let found = world.verified(&world.path("audit.sealog"));
    let count = |name: &str| found["entries"][name].as_u64().expect("a count");
    let sum: u64 = [
        "intact",
        "consistent",
        "unproven",
        "unsealed",
        "broken",
        "unchecked",
    ]
    .into_iter()
    .map(count)
    .sum();
    assert_eq!((count("total"), sum), (123, 123));
    let ranges = found["ranges"].as_array().expect("a list");
    let mut end = 0;
    for range in ranges {
        assert_eq!(range["from"], end, "a hole or an overlap");
        end = range["to"].as_u64().expect("a position");
    }
    assert_eq!(end, count("total") + count("control"));
}

#[test]
fn the_digest_that_verify_prints_is_the_files() {
    let world = World::new();
    let archive = world.seal("audit", made_log(20));
    let sum = std::process::Command::new("sha256sum")
        .arg(&archive)
        .output()
        .expect("sha256sum");
    let found = world.verified(&archive);
    let sum = String::from_utf8_lossy(&sum.stdout).into_owned();
    assert_eq!(found["sha256"].as_str(), sum.split(' ').next());
}

#[test]
fn several_archives_are_one_object_a_line() {
    let world = World::new();
    world.seal("a", made_log(2));
    world.file("b.log", made_log(2));
    let objects = world
        .expect(3, &["verify", "--json", "a.sealog", "b.log"])
        .json_lines();
    let paths: Vec<&Value> = objects.iter().map(|object| &object["path"]).collect();
    assert_eq!(paths, ["a.sealog", "b.log"]);
    let objects = world
        .expect(0, &["info", "--json", "a.sealog", "b.log"])
        .json_lines();
    assert_eq!(objects.len(), 2);
}

#[test]
fn search_prints_its_members_in_the_documented_order() {
    let world = World::new();
    world.seal("audit", made_log(20));
    let search = ["search", "audit.sealog", "-q", "code:403", "--json"];
    let ran = world.expect(0, &search);
    assert_eq!(
        members(&ran.out),
        ["schema", "query", "canonical", "count", "exact", "hits"]
    );
    assert_eq!(
        members_behind(&ran.text(), "\"hits\":["),
        [
            "archive", "position", "time", "verdict", "leaf", "fields", "spine", "raw"
        ]
    );
    let counted = world.expect(0, &[&search[..], &["--count"]].concat());
    assert_eq!(
        members(&counted.out),
        ["schema", "query", "canonical", "count", "exact"]
    );
    let figures = world.expect(
        0,
        &[
            &search[..],
            &["--count", "--histogram", "1m", "--facet", "user"],
        ]
        .concat(),
    );
    assert_eq!(
        members(&figures.out)[5..],
        [
            "buckets",
            "bucket_ns",
            "undated",
            "values",
            "field",
            "distinct"
        ]
    );
    assert_eq!(
        members_behind(&figures.text(), "\"buckets\":["),
        ["start", "count", "by_verdict"]
    );
}

#[test]
fn a_hit_holds_the_exact_bytes_of_its_entry() {
    let world = World::new();
    let lines = [
        "{\"msg\":\"a \u{202e} b \\u001b[31m\"}",
        "{\"msg\":\"\u{1f512}\",\"n\":1.50}",
    ];
    let archive = world.seal("audit", lines.join("\n"));
    let found = world.found(&archive, "*", &["--sort", "position"]);
    for (hit, line) in found["hits"].as_array().expect("a list").iter().zip(lines) {
        assert_eq!(hit["raw"], line);
        let leaf = {
            let mut bytes = vec![0];
            bytes.extend_from_slice(line.as_bytes());
            sha256_hex(&bytes)
        };
        assert_eq!(hit["leaf"].as_str(), Some(leaf.as_str()));
    }
    let raw = world
        .expect(0, &["search", "audit.sealog", "-q", "n:*", "--json"])
        .text();
    assert!(raw.contains("\"n\":1.50"), "digits are kept: {raw}");
}

fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test]
fn bytes_that_are_not_utf8_come_in_base64() {
    let world = World::new();
    let archive = world.seal("audit", b"plain\nbad \xff\xfe bytes\n");
    let found = world.found(&archive, "bad", &[]);
    let hit = &found["hits"][0];
    assert_eq!(hit["raw_base64"], "YmFkIP/+IGJ5dGVz");
    assert!(hit.get("raw").is_none(), "{hit}");
}

#[test]
fn an_entry_of_several_records_gives_a_row_for_each() {
    let world = World::new();
    let records = r#"{"Records":[{"eventVersion":"1.08","eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"A","awsRegion":"x"},{"eventVersion":"1.08","eventTime":"2026-01-01T00:00:01Z","eventSource":"s3.amazonaws.com","eventName":"B","awsRegion":"x"}]}"#;
    let archive = world.seal("trail", records);
    let found = world.found(&archive, "eventName:*", &["--sort", "position"]);
    assert_eq!(found["count"], 2);
    assert_eq!(found["hits"][0]["record"], 0);
    assert_eq!(found["hits"][1]["record"], 1);
    assert_eq!(found["hits"][0]["position"], found["hits"][1]["position"]);
    assert_eq!(found["hits"][1]["fields"]["eventName"], "B");
}

#[test]
fn the_ledger_adds_up() {
    let world = World::new();
    let log = format!("{}no time here\n\n{{\"broken\": \n", made_log(40));
    world.file("mixed.log", &log);
    let info = world.expect(0, &["info", "mixed.log", "--json"]).json();
    let ledger = &info["ledger"];
    let of = |name: &str| {
        ledger[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{name}: {ledger}"))
    };
    assert_eq!(of("bytes"), log.len() as u64);
    assert_eq!(of("lines"), 43);
    assert_eq!(of("rows"), of("dated") + of("undated"));
    assert_eq!(of("entries"), of("rows") + of("empty_entries"));
    assert_eq!(of("rejected_bytes"), 0);
}

#[test]
fn every_member_is_documented() {
    let world = World::new();
    world.seal("audit", made_log(20));
    let page = sealscope_testkit::repository().join("src-tauri/docs/json.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let outputs = [
        world.expect(3, &["verify", "audit.sealog", "--json"]),
        world.expect(
            0,
            &[
                "search",
                "audit.sealog",
                "-q",
                "*",
                "--json",
                "--histogram",
                "1h",
            ],
        ),
        world.expect(0, &["info", "audit.sealog", "--json"]),
        world.expect(0, &["formats", "--json"]),
        world.expect(0, &["cache", "info", "--json"]),
        world.expect(0, &["trust", "list", "--json"]),
        world.expect(0, &["keygen", "k", "--json"]),
        world.expect(0, &["cat", "audit.sealog", "--raw", "-o", "out", "--json"]),
    ];
    for output in outputs {
        for name in members(&output.out) {
            let is_there = [format!("`{name}`"), format!("{name},"), format!("{name}`")];
            assert!(
                is_there.iter().any(|form| page.contains(form)),
                "{name} is not in json.md"
            );
        }
    }
}

#[test]
fn bad_usage_ends_with_2_and_names_the_mistake() {
    let world = World::new();
    for (arguments, says) in [
        (&["verify"][..], "PATH"),
        (&["verify", "x", "--bogus"], "--bogus"),
        (&["frobnicate"], "frobnicate"),
        (&["search", "x"], "--query"),
        (
            &["search", "x", "-q", "a", "--sort", "sideways"],
            "sideways",
        ),
        (&["search", "x", "-q", "a", "--histogram", "often"], "1h"),
        (&["search", "x", "-q", "a", "--from", "yesterday"], "--from"),
        (&["cat", "x", "--range", "9..3"], "upwards"),
        (&["cat", "x", "-o", "dir"], "--raw"),
        (&["info", "x", "--schema", "nope"], "sealscope formats"),
        (&["info", "x", "--zone", "Mars"], "time zone"),
        (&[], "Usage"),
    ] {
        let ran = world.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
}
