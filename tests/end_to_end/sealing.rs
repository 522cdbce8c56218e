//! Keys, sealing and trust.

use std::fs;

use crate::world::{World, made_log};

#[test]
fn what_a_trusted_key_sealed_is_intact() {
    let world = World::new();
    let archive = world.seal("audit", made_log(500));
    world.trust();
    let ran = world.expect(0, &["verify", "audit.sealog"]);
    assert!(ran.text().contains("INTACT"), "{}", ran.text());
    assert_eq!(world.verified(&archive)["entries"]["intact"], 500);
}

#[test]
fn a_key_that_nobody_trusts_proves_nothing_and_the_way_to_trust_is_named() {
    let world = World::new();
    world.seal("audit", made_log(5));
    let ran = world.expect(3, &["verify", "audit.sealog"]);
    assert!(ran.text().contains("UNPROVEN"), "{}", ran.text());
    let fingerprint = world.expect(0, &["keygen", "other", "--json"]).json();
    assert_eq!(fingerprint["fingerprint"].as_str().map(str::len), Some(64));
    assert!(ran.text().contains("sealscope trust add"), "{}", ran.text());
    assert!(
        ran.text().contains("--origin example.org/audit"),
        "{}",
        ran.text()
    );
}

#[test]
fn the_commands_that_verify_offers_make_the_archive_intact() {
    let world = World::new();
    world.seal("audit", made_log(5));
    let said = world.expect(3, &["verify", "audit.sealog"]).text();
    let offered: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("printf "))
        .collect();
    let [printf] = offered.as_slice() else {
        panic!("no printf in {said}")
    };
    let written = std::process::Command::new("sh")
        .args(["-c", printf])
        .current_dir(world.path(""))
        .status()
        .expect("a shell");
    assert!(written.success());
    let trust = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("sealscope trust add "));
    let arguments: Vec<&str> = trust.expect("it is offered").split(' ').collect();
    world.expect(0, &[&["trust", "add"], arguments.as_slice()].concat());
    world.expect(0, &["verify", "audit.sealog"]);
}

#[test]
fn a_key_trusted_for_another_origin_proves_nothing_here() {
    let world = World::new();
    world.seal("audit", made_log(5));
    world.expect(
        0,
        &["trust", "add", "acme.vkey", "--origin", "example.net/*"],
    );
    world.expect(3, &["verify", "audit.sealog"]);
    world.expect(
        0,
        &["trust", "add", "acme.vkey", "--origin", "example.org/*"],
    );
    world.expect(0, &["verify", "audit.sealog"]);
}

#[test]
fn trust_for_one_run_is_said_and_not_kept() {
    let world = World::new();
    world.seal("audit", made_log(5));
    let ran = world.expect(0, &["verify", "audit.sealog", "--trust", "acme.vkey"]);
    assert!(ran.text().contains("for this run only"), "{}", ran.text());
    world.expect(3, &["verify", "audit.sealog"]);
}

#[test]
fn trust_can_be_listed_and_taken_back() {
    let world = World::new();
    world.seal("audit", made_log(5));
    world.trust();
    let listed = world.expect(0, &["trust", "list", "--json"]).json();
    let id = listed["keys"][0]["key_id"]
        .as_str()
        .expect("one key")
        .to_owned();
    assert_eq!(listed["keys"][0]["name"], "acme.example");
    assert!(world.expect(0, &["trust", "list"]).text().contains(&id));
    world.expect(2, &["trust", "remove", "ffffffffff"]);
    world.expect(0, &["trust", "remove", &id[..6]]);
    world.expect(3, &["verify", "audit.sealog"]);
}

#[test]
fn a_fingerprint_that_is_not_the_owners_adds_nothing() {
    let world = World::new();
    world.key();
    let wrong = "0".repeat(64);
    let ran = world.expect(2, &["trust", "add", "acme.vkey", "--fingerprint", &wrong]);
    assert!(ran.err.contains("another fingerprint"), "{}", ran.err);
    let listed = world.expect(0, &["trust", "list", "--json"]).json();
    assert_eq!(listed["keys"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_owners_fingerprint_is_remembered_as_compared() {
    let world = World::new();
    let made = world.expect(0, &["keygen", "acme", "--json"]).json();
    let fingerprint = made["fingerprint"].as_str().expect("a fingerprint");
    world.expect(
        0,
        &["trust", "add", "acme.vkey", "--fingerprint", fingerprint],
    );
    let listed = world.expect(0, &["trust", "list", "--json"]).json();
    assert_eq!(listed["keys"][0]["fingerprint_compared"], true);
}

#[test]
fn sealing_changes_no_input() {
    let world = World::new();
    world.seal("audit", made_log(50));
    let log = world.path("audit.log");
    let before = (fs::read(&log).expect("there"), modified(&log));
    world.seal_into(&world.path("again.sealog"), &[&log]);
    assert_eq!((fs::read(&log).expect("there"), modified(&log)), before);
}

fn modified(path: &std::path::Path) -> std::time::SystemTime {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .expect("there")
}

#[test]
fn an_archive_is_never_written_over() {
    let world = World::new();
    let archive = world.seal("audit", made_log(5));
    let before = fs::read(&archive).expect("there");
    let again = [
        "seal",
        "audit.log",
        "-o",
        "audit.sealog",
        "--origin",
        "x",
        "--key",
        "acme.key",
    ];
    let ran = world.expect(2, &again);
    assert!(ran.err.contains("never written over"), "{}", ran.err);
    assert_eq!(fs::read(&archive).expect("there"), before);
}

#[test]
fn packed_inputs_are_sealed_unpacked() {
    let world = World::new();
    world.key();
    let log = made_log(300);
    let gz = world.file("a.log.gz", gzip(log.as_bytes()));
    let zst = world.file(
        "b.log.zst",
        zstd::encode_all(log.as_bytes(), 3).expect("packed"),
    );
    world.seal_into(&world.path("both.sealog"), &[&gz, &zst]);
    world.trust();
    let found = world.verified(&world.path("both.sealog"));
    assert_eq!(
        (&found["verdict"], &found["entries"]["total"]),
        (&"intact".into(), &600.into())
    );
    let ran = world.expect(0, &["cat", "both.sealog"]);
    assert_eq!(ran.text(), log.repeat(2));
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("into memory");
    packer.finish().expect("into memory")
}

#[test]
fn a_gzip_that_was_cut_short_is_sealed_as_far_as_it_goes_and_said() {
    let world = World::new();
    world.key();
    let packed = gzip(made_log(2000).as_bytes());
    let cut = world.file("cut.log.gz", &packed[..packed.len() / 2]);
    let ran = world.seal_into(&world.path("cut.sealog"), &[&cut]);
    assert!(ran.err.contains("cut.log.gz"), "{}", ran.err);
    let info = world.expect(0, &["info", "cut.sealog", "--json"]).json();
    assert_eq!(info["gaps"].as_array().map(Vec::len), Some(1), "{info}");
}

#[test]
fn standard_input_can_be_sealed() {
    let world = World::new();
    world.key();
    let arguments = [
        "seal",
        "-",
        "-o",
        "in.sealog",
        "--origin",
        "o/x",
        "--key",
        "acme.key",
    ];
    let ran = world.run_with(&arguments, made_log(70).as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(world.expect(0, &["cat", "in.sealog"]).text(), made_log(70));
    let info = world.expect(0, &["info", "in.sealog", "--json"]).json();
    assert_eq!(info["sources"][0]["form"], "stdin");
}

#[test]
fn a_folder_is_sealed_in_the_order_of_its_names() {
    let world = World::new();
    world.key();
    world.file("logs/b.log", "second\n");
    world.file("logs/a.log", "first\n");
    world.file("logs/sub/c.log", "third\n");
    world.seal_into(&world.path("all.sealog"), &[&world.path("logs")]);
    assert_eq!(
        world.expect(0, &["cat", "all.sealog"]).text(),
        "first\nsecond\nthird\n"
    );
}

#[test]
fn an_archive_left_open_can_be_gone_on_with_and_a_closed_one_cannot() {
    let world = World::new();
    world.key();
    world.trust();
    world.file("one.log", "one\n");
    world.file("two.log", "two\n");
    let seal = [
        "seal", "one.log", "-o", "x.sealog", "--origin", "o/x", "--key", "acme.key",
    ];
    world.expect(0, &[&seal[..], &["--leave-open"]].concat());
    assert_eq!(
        world.verified(&world.path("x.sealog"))["tail"]["anchored"],
        false
    );
    let append = [
        "seal", "two.log", "-o", "x.sealog", "--append", "--key", "acme.key",
    ];
    world.expect(0, &append);
    assert_eq!(
        world.verified(&world.path("x.sealog"))["tail"]["by"],
        "close"
    );
    assert_eq!(world.expect(0, &["cat", "x.sealog"]).text(), "one\ntwo\n");
    let ran = world.expect(2, &append);
    assert!(ran.err.contains("--continue"), "{}", ran.err);
    world.expect(
        0,
        &[
            "seal",
            "two.log",
            "-o",
            "y.sealog",
            "--continue",
            "x.sealog",
            "--key",
            "acme.key",
        ],
    );
    let next = world.expect(0, &["info", "y.sealog", "--json"]).json();
    let before = world.expect(0, &["info", "x.sealog", "--json"]).json();
    assert_eq!(next["header"]["log"], before["header"]["log"]);
    assert!(next["header"]["start"].as_u64() > Some(0));
}

#[test]
fn without_leaf_lists_an_archive_is_smaller_and_as_intact() {
    let world = World::new();
    world.seal("with", made_log(2000));
    world.trust();
    let seal = [
        "seal",
        "with.log",
        "-o",
        "without.sealog",
        "--origin",
        "o",
        "--key",
        "acme.key",
    ];
    world.expect(0, &[&seal[..], &["--leaf-list", "none"]].concat());
    let bytes = |name: &str| fs::metadata(world.path(name)).expect("there").len();
    assert!(bytes("without.sealog") + 32 * 2000 <= bytes("with.sealog") + 64);
    world.expect(0, &["verify", "without.sealog"]);
}

#[cfg(unix)]
#[test]
fn a_secret_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    world.key();
    let mode = fs::metadata(world.path("acme.key"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_key_is_never_written_over() {
    let world = World::new();
    world.key();
    let before = fs::read(world.path("acme.key")).expect("there");
    let ran = world.expect(2, &["keygen", "acme"]);
    assert!(ran.err.contains("exists already"), "{}", ran.err);
    assert_eq!(fs::read(world.path("acme.key")).expect("there"), before);
}

#[test]
fn an_encrypted_key_seals_only_with_its_passphrase() {
    let world = World::new();
    world.file("pass", "correct horse\n");
    world.file("wrong", "battery staple\n");
    world.file("a.log", "one\n");
    world.expect(0, &["keygen", "acme", "--passphrase-file", "pass"]);
    let seal = [
        "seal", "a.log", "-o", "a.sealog", "--origin", "o/x", "--key", "acme.key",
    ];
    let ran = world.expect(2, &seal);
    assert!(ran.err.contains("--passphrase-file"), "{}", ran.err);
    world.expect(2, &[&seal[..], &["--passphrase-file", "wrong"]].concat());
    world.expect(0, &[&seal[..], &["--passphrase-file", "pass"]].concat());
}

#[test]
fn a_vkey_in_place_of_a_key_is_said() {
    let world = World::new();
    world.key();
    world.file("a.log", "one\n");
    let ran = world.expect(
        2,
        &[
            "seal",
            "a.log",
            "-o",
            "a.sealog",
            "--origin",
            "o",
            "--key",
            "acme.vkey",
        ],
    );
    assert!(ran.err.contains("public half"), "{}", ran.err);
    assert!(!world.path("a.sealog").exists());
}

#[test]
fn a_new_log_needs_a_name() {
    let world = World::new();
    world.key();
    world.file("a.log", "one\n");
    let ran = world.expect(2, &["seal", "a.log", "-o", "a.sealog", "--key", "acme.key"]);
    assert!(ran.err.contains("--origin"), "{}", ran.err);
}
