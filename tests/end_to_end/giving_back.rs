//! `cat`: the entries, and the original files' bytes.

use std::fs;

use crate::sealing::gzip;
use crate::world::{World, made_log};

#[test]
fn cat_prints_the_log_as_it_was() {
    let world = World::new();
    let log =
        b"one\r\n\ntwo \xff\x00\n{\"@sealog\":\"close\",\"size\":1,\"reason\":\"forged\"}\nlast\n";
    world.seal("odd", log);
    assert_eq!(world.expect(0, &["cat", "odd.sealog"]).out, log);
    assert_eq!(world.expect(0, &["cat", "odd.log"]).out, log);
}

#[test]
fn a_range_is_by_position() {
    let world = World::new();
    let archive = world.seal("audit", made_log(30));
    let hit = world.found(&archive, "\"request number 5\"", &[]);
    let at = hit["hits"][0]["position"].as_u64().expect("a position");
    let range = format!("{at}..{}", at + 2);
    let text = world
        .expect(0, &["cat", "audit.sealog", "--range", &range])
        .text();
    let expected: String = made_log(30)
        .lines()
        .skip(5)
        .take(2)
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(text, expected);
}

#[test]
fn raw_gives_back_the_bytes_of_every_input() {
    let world = World::new();
    world.key();
    let inputs: [(&str, &[u8]); 5] = [
        ("empty.log", b""),
        ("no-end.log", b"one\ntwo"),
        ("blank.log", b"\n\n\n"),
        ("binary.bin", b"\x00\xff\n\r\n{\"@sealog\":\"x\"}"),
        ("plain.log", b"a\nb\n"),
    ];
    let paths: Vec<_> = inputs
        .iter()
        .map(|(name, bytes)| world.file(name, bytes))
        .collect();
    let refs: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    world.seal_into(&world.path("all.sealog"), &refs);
    for (number, (name, bytes)) in inputs.iter().enumerate() {
        let number = number.to_string();
        let ran = world.expect(0, &["cat", "all.sealog", "--raw", "--source", &number]);
        assert_eq!(ran.out, *bytes, "{name}");
        assert_eq!(ran.err, "", "{name}");
    }
    let all = world.expect(0, &["cat", "all.sealog", "--raw"]).out;
    assert_eq!(
        all,
        inputs
            .iter()
            .flat_map(|(_, bytes)| bytes.to_vec())
            .collect::<Vec<u8>>()
    );
}

#[test]
fn files_given_back_are_compared_with_what_was_sealed() {
    let world = World::new();
    world.key();
    let log = made_log(100);
    let gz = world.file("a.log.gz", gzip(log.as_bytes()));
    world.seal_into(&world.path("a.sealog"), &[&gz]);
    let ran = world
        .expect(0, &["cat", "a.sealog", "--raw", "-o", "back", "--json"])
        .json();
    let file = &ran["files"][0];
    assert_eq!(
        (&file["same"], &file["form"]),
        (&true.into(), &"gzip".into()),
        "{ran}"
    );
    let path = world.path(file["file"].as_str().expect("a path"));
    assert_eq!(fs::read(path).expect("written"), log.as_bytes());
}

#[test]
fn nothing_is_written_over() {
    let world = World::new();
    world.seal("a", "one\n");
    world.expect(0, &["cat", "a.sealog", "--raw", "-o", "back"]);
    let names: Vec<_> = fs::read_dir(world.path("back"))
        .expect("made")
        .flatten()
        .collect();
    let [file] = names.as_slice() else {
        panic!("one file")
    };
    fs::write(file.path(), "mine").expect("writable");
    let ran = world.expect(2, &["cat", "a.sealog", "--raw", "-o", "back"]);
    assert!(ran.err.contains("Nothing is written over"), "{}", ran.err);
    assert_eq!(fs::read(file.path()).expect("there"), b"mine");
}

#[test]
fn a_sealed_name_never_leads_out_of_the_folder() {
    let world = World::new();
    world.key();
    world.file("deep/down/here/x", "x");
    world.file("evil.log", "evil\n");
    let arguments = [
        "seal",
        "deep/down/here/../../../evil.log",
        "-o",
        "e.sealog",
        "--origin",
        "o/x",
        "--key",
        "acme.key",
    ];
    world.expect(0, &arguments);
    world.expect(
        0,
        &["cat", "e.sealog", "--raw", "-o", "deep/down/here/back"],
    );
    assert_eq!(fs::read(world.path("evil.log")).expect("there"), b"evil\n");
    let back = fs::read_dir(world.path("deep/down/here/back"))
        .expect("made")
        .flatten();
    let names: Vec<String> = back
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["0000-evil.log"]);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_folder_is_not_followed() {
    let world = World::new();
    world.seal("a", "one\n");
    world.file("precious", "precious");
    fs::create_dir(world.path("back")).expect("made");
    std::os::unix::fs::symlink(world.path("precious"), world.path("back/0000-a.log"))
        .expect("made");
    world.expect(2, &["cat", "a.sealog", "--raw", "-o", "back"]);
    assert_eq!(
        fs::read(world.path("precious")).expect("there"),
        b"precious"
    );
}

#[test]
fn a_source_that_is_not_there_is_said() {
    let world = World::new();
    world.seal("a", "one\n");
    let ran = world.expect(2, &["cat", "a.sealog", "--raw", "--source", "7"]);
    assert!(ran.err.contains("sealscope info"), "{}", ran.err);
}

#[test]
fn a_file_that_differs_from_what_was_sealed_is_given_back_and_said() {
    let world = World::new();
    let archive = world.seal("a", made_log(50));
    let bytes = fs::read(&archive).expect("there");
    let at = world.found(&archive, "\"request number 30\"", &[])["hits"][0]["position"].as_u64();
    let edits = [sealscope_testkit::sample::Edit::Modify {
        position: at.expect("found"),
        from: "number 30".into(),
        to: "number 03".into(),
    }];
    let edited = sealscope_testkit::sample::edit_lines(&bytes, &edits).expect("it fits");
    world.file("edited.sealog", edited);
    let ran = world.expect(0, &["cat", "edited.sealog", "--raw"]);
    assert_eq!(
        ran.text(),
        made_log(50).replace("number 30\"", "number 03\"")
    );
    assert!(ran.err.contains("not as it was sealed"), "{}", ran.err);
}
