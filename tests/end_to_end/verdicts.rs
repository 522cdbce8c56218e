//! Verdicts, breaks and exit codes.

use std::fs;

use sealscope_testkit::sample::{Edit, edit_lines};

use crate::world::{World, made_log};

/// A world with a trusted archive of 300 entries, whose first lines are control lines.
fn sealed() -> World {
    let world = World::new();
    world.seal("audit", made_log(300));
    world.trust();
    world
}

/// Position of the entry that holds a text.
fn position_of(world: &World, text: &str) -> u64 {
    let found = world.found(&world.path("audit.sealog"), &format!("\"{text}\""), &[]);
    found["hits"][0]["position"]
        .as_u64()
        .unwrap_or_else(|| panic!("{found}"))
}

fn edit(world: &World, edits: &[Edit]) -> std::path::PathBuf {
    let bytes = fs::read(world.path("audit.sealog")).expect("there");
    world.file("edited.sealog", edit_lines(&bytes, edits).expect("it fits"))
}

#[test]
fn a_changed_entry_is_named_and_all_others_stay_intact() {
    let world = sealed();
    let at = position_of(&world, "request number 123");
    let edited = edit(
        &world,
        &[Edit::Modify {
            position: at,
            from: "number 123".into(),
            to: "number 321".into(),
        }],
    );
    let ran = world.expect(1, &["verify", "edited.sealog"]);
    assert!(ran.text().contains("BROKEN"), "{}", ran.text());
    assert!(ran.text().contains(&format!("#{at}")), "{}", ran.text());
    let found = world.verified(&edited);
    let breaks = found["breaks"].as_array().expect("a list");
    assert_eq!(breaks.len(), 1, "{found}");
    assert_eq!(breaks[0]["kind"], "modified");
    assert_eq!(breaks[0]["position"], at);
    assert_eq!(breaks[0]["exact"], true);
    assert_ne!(breaks[0]["claimed"], breaks[0]["computed"]);
    assert_eq!(found["entries"]["broken"], 1);
    assert_eq!(found["entries"]["intact"], 299);
}

#[test]
fn removed_entries_are_counted_and_their_place_is_shown() {
    let world = sealed();
    let at = position_of(&world, "request number 200");
    let edited = edit(
        &world,
        &[Edit::Remove {
            position: at,
            count: 3,
        }],
    );
    let found = world.verified(&edited);
    assert_eq!(found["breaks"][0]["kind"], "removed", "{found}");
    assert_eq!(found["breaks"][0]["position"], at);
    assert_eq!(found["breaks"][0]["count"], 3);
    assert_eq!(found["entries"]["total"], 297);
    let hit = world.found(&edited, "\"request number 203\"", &[]);
    assert_eq!(hit["hits"][0]["missing_before"], 3, "{hit}");
}

#[test]
fn a_break_can_be_searched_for() {
    let world = sealed();
    let at = position_of(&world, "request number 42");
    let edited = edit(
        &world,
        &[Edit::Modify {
            position: at,
            from: "number 42".into(),
            to: "number 24".into(),
        }],
    );
    let broken = world.found(&edited, "seal:broken", &[]);
    assert_eq!(broken["count"], 1);
    assert_eq!(broken["hits"][0]["position"], at);
    assert_eq!(broken["hits"][0]["verdict"], "broken");
    assert_eq!(
        world.found(&edited, "seal:intact", &["--count"])["count"],
        299
    );
}

#[test]
fn no_single_flipped_bit_goes_unnoticed() {
    let world = sealed();
    let bytes = fs::read(world.path("audit.sealog")).expect("there");
    // Every index is tried in the tests of `verify`; here the program's own answer is looked at.
    for at in (0..bytes.len()).step_by(bytes.len() / 24) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 0x10;
        let path = world.file("flipped.sealog", &flipped);
        let ran = world.run(&["verify", "flipped.sealog", "--json"]);
        assert!(ran.is_calm(), "{}", ran.err);
        let found = world.verified(&path);
        let is_noticed = ran.code != Some(0)
            || found["damage"]
                .as_array()
                .is_some_and(|damage| !damage.is_empty());
        assert!(is_noticed, "byte {at}: {found}");
    }
}

#[test]
fn an_archive_cut_short_is_never_intact_and_closed() {
    let world = sealed();
    let bytes = fs::read(world.path("audit.sealog")).expect("there");
    for part in 1..12 {
        world.file("cut.sealog", &bytes[..bytes.len() * part / 12]);
        let ran = world.run(&["verify", "cut.sealog", "--require-closed"]);
        assert!(ran.is_calm(), "{}", ran.err);
        assert!(
            matches!(ran.code, Some(1..=3)),
            "{part}/12: {:?}\n{}",
            ran.code,
            ran.text()
        );
    }
}

#[test]
fn an_open_end_is_said_and_refused_where_closed_ones_are_required() {
    let world = World::new();
    world.key();
    world.trust();
    world.file("a.log", "one\n");
    let seal = [
        "seal", "a.log", "-o", "a.sealog", "--origin", "o", "--key", "acme.key",
    ];
    world.expect(0, &[&seal[..], &["--leave-open"]].concat());
    let ran = world.expect(0, &["verify", "a.sealog"]);
    assert!(ran.text().contains("tail open"), "{}", ran.text());
    world.expect(3, &["verify", "a.sealog", "--require-closed"]);
}

#[test]
fn a_plain_log_is_unsealed() {
    let world = World::new();
    world.file("plain.log", made_log(10));
    let ran = world.expect(3, &["verify", "plain.log"]);
    assert!(ran.text().contains("UNSEALED"), "{}", ran.text());
    assert!(ran.text().contains("sealscope seal"), "{}", ran.text());
}

#[test]
fn over_several_archives_broken_outranks_missing_and_missing_outranks_weaker() {
    let world = sealed();
    edit(
        &world,
        &[Edit::Remove {
            position: 50,
            count: 1,
        }],
    );
    world.file("plain.log", made_log(3));
    for (paths, code) in [
        (&["audit.sealog"][..], 0),
        (&["audit.sealog", "audit.sealog"], 0),
        (&["audit.sealog", "plain.log"], 3),
        (&["audit.sealog", "plain.log", "missing"], 2),
        (&["audit.sealog", "missing"], 2),
        (&["missing", "edited.sealog", "plain.log"], 1),
    ] {
        world.expect(code, &[&["verify"], paths].concat());
        world.expect(code, &[&["verify", "--json"], paths].concat());
    }
}

#[test]
fn several_archives_are_each_told_and_summed_up() {
    let world = sealed();
    world.file("plain.log", made_log(3));
    let text = world
        .expect(3, &["verify", "audit.sealog", "plain.log"])
        .text();
    assert!(text.contains("audit.sealog: INTACT") && text.contains("plain.log: UNSEALED"));
    assert!(text.contains("2 archives: 1 intact, 1 unsealed."), "{text}");
}

#[test]
fn a_hostile_key_name_never_becomes_a_command() {
    let world = World::new();
    world.expect(
        0,
        &["keygen", "acme", "--name", "$(touch${IFS}pwned)';reboot;'"],
    );
    world.file("a.log", "one\n");
    world.expect(
        0,
        &[
            "seal",
            "a.log",
            "-o",
            "a.sealog",
            "--origin",
            "o/x'$(id)",
            "--key",
            "acme.key",
        ],
    );
    let said = world.expect(3, &["verify", "a.sealog"]).text();
    let script: String = said
        .lines()
        .filter(|line| line.trim_start().starts_with("printf "))
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    assert!(!script.is_empty(), "{said}");
    let ran = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(world.path(""))
        .status()
        .expect("a shell");
    assert!(ran.success());
    assert!(!world.path("pwned").exists());
}
