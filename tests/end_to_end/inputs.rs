//! Bad input: each gets a clear answer that names the file, with no panic and in bounded time.

use std::fs;
use std::time::{Duration, Instant};

use crate::world::{World, made_log};

/// Long enough for a debug build on a busy machine, short enough to notice a hang.
const ANSWER_MAX: Duration = Duration::from_secs(60);

#[test]
fn what_is_not_there_is_named() {
    let world = World::new();
    for verb in [
        &["verify", "gone.sealog"][..],
        &["info", "gone.sealog"],
        &["cat", "gone.sealog"],
    ] {
        let ran = world.expect(2, verb);
        assert!(ran.err.contains("gone.sealog"), "{}", ran.err);
        assert!(ran.err.contains("Check the path"), "{}", ran.err);
    }
    let ran = world.expect(2, &["search", "gone.sealog", "-q", "*"]);
    assert!(ran.err.contains("gone.sealog"), "{}", ran.err);
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let world = World::new();
    world.file("empty.log", "");
    let ran = world.expect(2, &["verify", "empty.log"]);
    assert!(ran.err.contains("empty.log is empty"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let log = world.file("secret.log", made_log(2));
    fs::set_permissions(&log, fs::Permissions::from_mode(0o000)).expect("ours");
    if fs::read(&log).is_ok() {
        eprintln!("skipped: a_file_that_may_not_be_read_is_said: root may read everything");
        return;
    }
    let ran = world.expect(2, &["verify", "secret.log"]);
    assert!(ran.err.contains("permission denied"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_and_never_waited_for() {
    let world = World::new();
    let made = std::process::Command::new("mkfifo")
        .arg(world.path("pipe"))
        .status();
    assert!(made.expect("mkfifo").success());
    let started = Instant::now();
    for verb in [
        &["verify", "pipe"][..],
        &["search", "pipe", "-q", "*"],
        &["cat", "pipe"],
    ] {
        let ran = world.expect(2, verb);
        assert!(ran.err.contains("pipe"), "{}", ran.err);
    }
    assert!(started.elapsed() < ANSWER_MAX);
}

#[test]
fn a_folder_of_mixed_files_gives_each_its_own_answer() {
    let world = World::new();
    world.key();
    world.trust();
    world.file("mixed/plain.log", made_log(5));
    world.file("mixed/empty.log", "");
    world.file(
        "mixed/picture.png",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR",
    );
    world.file("src.log", made_log(5));
    world.seal_into(&world.path("mixed/audit.sealog"), &[&world.path("src.log")]);
    let ran = world.expect(2, &["verify", "mixed", "--json"]);
    let verdicts: Vec<_> = ran
        .json_lines()
        .iter()
        .map(|object| object["verdict"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(
        verdicts,
        [Some("intact".to_owned()), Some("unsealed".to_owned())]
    );
    assert!(
        ran.err.contains("empty.log") && ran.err.contains("picture.png"),
        "{}",
        ran.err
    );
}

#[test]
fn packed_logs_open_as_what_they_hold() {
    let world = World::new();
    let log = made_log(200);
    let gz = world.file("a.log.gz", crate::sealing::gzip(log.as_bytes()));
    let zst = world.file(
        "a.log.zst",
        zstd::encode_all(log.as_bytes(), 1).expect("packed"),
    );
    for path in [gz, zst] {
        assert_eq!(
            world.found(&path, "code:403", &["--count"])["count"],
            20,
            "{path:?}"
        );
    }
}

#[test]
fn an_unknown_format_is_told_from_an_error_and_the_way_on_is_named() {
    let world = World::new();
    world.file("x.zip", b"PK\x03\x04\x14\x00\x00\x00\x08\x00");
    let ran = world.expect(2, &["verify", "x.zip"]);
    assert!(ran.err.contains("x.zip"), "{}", ran.err);
    assert!(
        ran.err.lines().count() >= 2,
        "a next step follows: {}",
        ran.err
    );
}

#[test]
fn every_hostile_input_gets_a_clear_answer() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let world = World::new();
    let mut files: Vec<_> = fs::read_dir(data.join("hostile"))
        .expect("there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "MANIFEST.tsv"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 45);
    for file in &files {
        let path = file.to_str().expect("plain names");
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .expect("plain names");
        for arguments in [
            &["verify", path][..],
            &["verify", path, "--json"],
            &["info", path],
            &["info", path, "--json"],
            &["search", path, "-q", "*"],
            &["search", path, "-q", "/(a+)+/", "--json"],
            &["search", path, "-q", "*", "--format", "csv", "--no-index"],
        ] {
            let started = Instant::now();
            let ran = world.run(arguments);
            let shown = format!("{arguments:?}\n{}", ran.err);
            assert!(ran.is_calm(), "{shown}");
            assert!(
                matches!(ran.code, Some(0 | 2 | 3)),
                "{:?} {shown}",
                ran.code
            );
            assert!(
                started.elapsed() < ANSWER_MAX,
                "{:?} {shown}",
                started.elapsed()
            );
            assert!(
                ran.code != Some(2) || ran.err.contains(name),
                "names the file: {shown}"
            );
            is_harmless(&ran.out, &shown);
            is_harmless(ran.err.as_bytes(), &shown);
        }
    }
}

/// What a terminal would act on never comes out; JSON writes it with escapes of its own.
fn is_harmless(bytes: &[u8], shown: &str) {
    let text = String::from_utf8(bytes.to_vec()).expect("our output is UTF-8");
    let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    // Exact text stands inside JSON strings, where only ASCII controls have to be escaped.
    let is_json = text.starts_with('{');
    let found = text.chars().find(|&c| {
        if is_json {
            c != '\n' && c < ' '
        } else {
            acts(c)
        }
    });
    assert_eq!(found, None, "{shown}\n{text}");
}

#[test]
fn known_facts_about_hostile_inputs_hold() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let world = World::new();
    let count = |file: &str, query: &str| {
        world.found(&data.join("hostile").join(file), query, &["--count"])["count"].clone()
    };
    for (file, query, expected) in [
        ("nul-bytes.log", "*", 5),
        ("invalid-utf8.log", "*", 5),
        ("bidi-unicode.jsonl", "*", 11),
        ("long-line.jsonl.gz", "*", 3),
        ("only-newlines.log", "*", 1000),
        ("gzip-two-members.log.gz", "*", 1001),
        ("gzip-trailing-garbage.log.gz", "*", 1000),
        ("utf16le-bom.log", "*", 2),
        ("cloudtrail-odd.json", "*", 6),
    ] {
        assert_eq!(count(file, query), expected, "{file}");
    }
    assert_eq!(count("long-line.jsonl.gz", "msg:*NEEDLE*"), 1);
}

#[test]
fn a_store_that_others_may_write_to_is_refused() {
    let world = World::new();
    world.seal("a", "one\n");
    world.trust();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = world.expect(0, &["trust", "list", "--json"]).json()["path"].clone();
        let path = path.as_str().expect("a path").to_owned();
        fs::set_permissions(path, fs::Permissions::from_mode(0o666)).expect("ours");
        let ran = world.expect(2, &["verify", "a.sealog"]);
        assert!(ran.err.contains("others may write"), "{}", ran.err);
    }
}

#[test]
fn a_trust_file_that_is_none_is_said() {
    let world = World::new();
    world.seal("a", "one\n");
    world.file("notes.txt", "hello\n");
    let ran = world.expect(2, &["verify", "a.sealog", "--trust", "notes.txt"]);
    assert!(ran.err.contains("notes.txt, line 1"), "{}", ran.err);
}
