use std::path::Path;
use std::process::{Command, Stdio};

use sealscope_proof::{Checkpoint, Note, check_inclusion, leaf_hash};
use sealscope_testkit::sealog::{Cover, Part, Plan, other_signer, our_signer};

use super::*;
use crate::testing::{Opened, open_made, open_text};

fn proof_of(opened: &Opened, position: Position) -> EntryProofView {
    opened.workspace.proof(0, position).expect("it reads")
}

fn states(view: &EntryProofView) -> Vec<AspectState> {
    view.steps.iter().map(|step| step.state).collect()
}

use AspectState::{Absent, Broken, NotCheckable, Ok};

#[test]
fn an_intact_entry_passes_every_step() {
    let opened = open_made(&Plan::new(3, 10).build());
    let view = proof_of(&opened, 7);
    assert_eq!(view.verdict, Some(Verdict::Intact));
    assert_eq!(view.computed, Some(leaf_hash(b"entry 6 of segment 0")));
    assert_eq!(view.claimed, view.computed);
    assert_eq!(view.leaf_input, "SHA-256 of 0x00 and 20 bytes");
    assert_eq!(states(&view), [Ok; 7]);
    assert!(view.sentence.contains("a key you trust"));
}

#[test]
fn a_changed_entry_shows_what_was_sealed_and_what_is_found() {
    let mut made = Plan::new(3, 10).build();
    made.edit(Cover::Nothing, |lines| lines[7].1 = b"changed".to_vec());
    let opened = open_made(&made);
    let view = proof_of(&opened, 7);
    assert_eq!(view.verdict, Some(Verdict::Broken));
    assert_eq!(view.computed, Some(leaf_hash(b"changed")));
    assert_eq!(view.claimed, Some(leaf_hash(b"entry 6 of segment 0")));
    assert!(
        view.claimed_from.starts_with("The leaf list at byte"),
        "{}",
        view.claimed_from
    );
    assert_eq!(
        view.sentence,
        "This entry's content does not match its seal."
    );
    assert_eq!(states(&view), [Ok, Broken, Ok, Ok, Ok, Ok, Ok]);
    assert!(!view.export_text.starts_with("c2sp.org"));
    assert!(
        view.export_text
            .contains(&view.claimed.expect("claimed").to_hex())
    );
    // Its neighbours are proven as before.
    assert_eq!(states(&proof_of(&opened, 8)), [Ok; 7]);
}

#[test]
fn an_added_entry_has_no_seal_to_be_compared_with() {
    let mut made = Plan::new(2, 10).build();
    made.edit(Cover::Nothing, |lines| {
        let frame = lines[5].0;
        lines.insert(5, (frame, b"added".to_vec()));
    });
    let view = proof_of(&open_made(&made), 5);
    assert_eq!((view.verdict, view.claimed), (Some(Verdict::Broken), None));
    assert_eq!(view.proof, None);
    assert_eq!(states(&view)[1], Broken);
    assert!(view.sentence.contains("never sealed"), "{}", view.sentence);
}

#[test]
fn a_repeated_entry_matches_a_seal_of_another_place() {
    let mut made = Plan::new(1, 10).build();
    made.edit(Cover::Nothing, |lines| {
        let (frame, line) = (lines[8].0, lines[3].1.clone());
        lines.insert(8, (frame, line));
    });
    let view = proof_of(&open_made(&made), 8);
    assert_eq!(view.verdict, Some(Verdict::Broken));
    assert_eq!(view.sentence, "This entry repeats entry 3.");
    assert_eq!(states(&view), [Ok, Ok, Broken, Ok, Ok, Ok, Ok]);
    assert_eq!(
        view.steps[2].detail,
        "It was sealed at one place only: as entry 3. Here it stands at 8."
    );
}

#[test]
fn a_false_signature_is_told_of_the_entries_under_it() {
    let mut made = Plan {
        index: false,
        ..Plan::new(2, 4)
    }
    .build();
    let places = made.places(|part| matches!(part, Part::Checkpoint(_)));
    let last = *places.last().expect("a checkpoint");
    if let Part::Checkpoint(note) = &mut made.parts[last] {
        let text = String::from_utf8(note.clone()).expect("text");
        let (head, signature) = text.trim_end().rsplit_once(' ').expect("a signature");
        let turned = signature.replacen(&signature[20..24], "AAAA", 1);
        *note = format!("{head} {turned}\n").into_bytes();
    }
    let opened = open_made(&made);
    let view = proof_of(&opened, 7);
    assert_eq!(view.verdict, Some(Verdict::Broken));
    assert!(view.sentence.contains("signature"), "{}", view.sentence);
    assert_eq!(states(&view)[4], Broken, "{:?}", view.steps);
    assert_eq!(proof_of(&opened, 2).verdict, Some(Verdict::Intact));
}

#[test]
fn a_change_that_is_only_bounded_says_so() {
    let mut made = Plan {
        index: false,
        ..Plan::new(1, 10)
    }
    .build();
    made.edit(Cover::Lists, |lines| lines[5].1 = b"changed".to_vec());
    let opened = open_made(&made);
    let view = proof_of(&opened, 5);
    assert_eq!(view.verdict, Some(Verdict::Broken));
    assert!(
        view.sentence.contains("cannot be told"),
        "{}",
        view.sentence
    );
    assert_eq!(view.proof, None);
}

#[test]
fn a_key_that_is_not_trusted_leaves_the_signature_open() {
    let opened = open_made(
        &Plan {
            signer: other_signer(),
            ..Plan::new(2, 5)
        }
        .build(),
    );
    let view = proof_of(&opened, 2);
    assert_eq!(view.verdict, Some(Verdict::Unproven));
    assert_eq!(
        states(&view),
        [Ok, Ok, Ok, Ok, NotCheckable, Ok, NotCheckable]
    );
    assert!(
        view.shell_commands
            .contains(&other_signer().verifier().to_vkey())
    );
}

#[test]
fn an_open_log_and_a_log_without_seals_say_what_is_absent() {
    let opened = open_made(
        &Plan {
            close: false,
            ..Plan::new(1, 5)
        }
        .build(),
    );
    assert_eq!(states(&proof_of(&opened, 2)).last(), Some(&NotCheckable));
    let plain = open_text("made.log", b"one\ntwo\n");
    let view = proof_of(&plain, 1);
    assert_eq!(view.verdict, Some(Verdict::Unsealed));
    assert_eq!(
        (view.computed, view.claimed),
        (Some(leaf_hash(b"two")), None)
    );
    assert_eq!(states(&view), [Ok, Absent]);
}

#[test]
fn an_entry_that_is_not_there_or_a_file_that_changed_gives_no_proof() {
    let made = Plan::new(1, 5).build();
    let opened = open_made(&made);
    assert!(matches!(
        opened.workspace.proof(0, 99),
        Err(RowError::NoEntry(99))
    ));
    assert!(matches!(
        opened.workspace.proof(1, 0),
        Err(RowError::NoEntry(0))
    ));
    let path = opened.workspace.archives()[0].path().to_owned();
    let mut bytes = made.bytes();
    // The data frame's bytes are replaced by those of another archive of the same size.
    let other = Plan {
        segments: vec![vec![b"ENTRY 0 of segment 0".to_vec(); 5]],
        ..Plan::new(1, 5)
    };
    let other = other.build().bytes();
    let length = bytes.len().min(other.len());
    bytes[..length].copy_from_slice(&other[..length]);
    std::fs::write(&path, bytes).expect("written");
    assert!(opened.workspace.proof(0, 2).is_err());
}

/// Reads a tlog-proof with nothing but the published form.
fn read_tlog_proof(text: &str) -> (u64, Vec<Digest>, Note) {
    use base64::Engine as _;
    let (head, note) = text.split_once("\n\n").expect("a blank line");
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("c2sp.org/tlog-proof@v1"));
    let index = lines
        .next()
        .and_then(|line| line.strip_prefix("index "))
        .expect("an index");
    let hash = |line: &str| {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(line)
            .expect("base64");
        Digest::new(bytes.try_into().expect("32 bytes"))
    };
    let path = lines.map(hash).collect();
    (
        index.parse().expect("a number"),
        path,
        Note::parse(note.as_bytes()).expect("a note"),
    )
}

#[test]
fn the_exported_proof_is_checked_by_the_published_form_alone() {
    let opened = open_made(&Plan::new(3, 9).build());
    for position in 0..30 {
        let view = proof_of(&opened, position);
        let (index, path, note) = read_tlog_proof(&view.export_text);
        let checkpoint = Checkpoint::parse(&note.text).expect("a checkpoint");
        assert!(
            note.signatures
                .iter()
                .any(|s| our_signer().verifier().verifies(&note.text, s))
        );
        check_inclusion(
            index,
            checkpoint.size,
            &view.computed.expect("hashed"),
            &path,
            &checkpoint.root,
        )
        .expect("it leads to the root");
    }
}

fn has(program: &str) -> bool {
    let found = Command::new("bash")
        .args(["-c", &format!("command -v {program}")])
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI is set, but {program} is not here"
        );
        eprintln!("skipped: {program} is not here");
    }
    found
}

fn run(commands: &str, folder: &Path) -> String {
    let script = folder.join("check.sh");
    std::fs::write(&script, commands).expect("written");
    let output = Command::new("bash")
        .arg(&script)
        .output()
        .expect("bash runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{commands}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_shell_commands_check_an_entry_without_this_program() {
    if !["bash", "zstd", "openssl", "base64", "od"]
        .into_iter()
        .all(has)
    {
        return;
    }
    let mut plan = Plan::new(3, 9);
    plan.segments[1][4] = b"bytes \x00 \xff \r and 'quotes' $(id) %s \\n".to_vec();
    let opened = open_made(&plan.build());
    for position in [0, 1, 15, 21, 30] {
        let view = proof_of(&opened, position);
        let printed = run(&view.shell_commands, opened.folder.path());
        let value = |name: &str| {
            let line = printed
                .lines()
                .find(|line| line.starts_with(name))
                .unwrap_or_default();
            line.split_whitespace()
                .last()
                .unwrap_or_default()
                .to_owned()
        };
        let leaf = view.computed.expect("hashed").to_hex();
        assert_eq!(
            (value("leaf"), value("sealed")),
            (leaf.clone(), leaf),
            "{printed}"
        );
        let root = view.proof.as_ref().expect("a proof").root.to_hex();
        assert_eq!(
            (value("root"), value("signed")),
            (root.clone(), root),
            "{printed}"
        );
        assert!(
            printed.contains("Signature Verified Successfully"),
            "{printed}"
        );
    }
}

#[test]
fn the_shell_commands_notice_a_changed_entry() {
    if !["bash", "zstd"].into_iter().all(has) {
        return;
    }
    let mut made = Plan::new(2, 9).build();
    made.edit(Cover::Nothing, |lines| lines[4].1 = b"changed".to_vec());
    let opened = open_made(&made);
    let view = proof_of(&opened, 4);
    let printed = run(&view.shell_commands, opened.folder.path());
    assert!(
        printed.contains(&leaf_hash(b"changed").to_hex()),
        "{printed}"
    );
    assert_ne!(view.claimed, Some(leaf_hash(b"changed")));
}

#[test]
fn the_shell_commands_hash_a_line_of_a_plain_log_however_it_is_packed() {
    if !["bash", "gzip", "zstd"].into_iter().all(has) {
        return;
    }
    let text = b"one\ntwo with \x00 and \xff\r\nthree";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, text).expect("packed");
    let gzip = gzip.finish().expect("packed");
    let zstd = zstd::encode_all(&text[..], 1).expect("packed");
    for (name, bytes) in [
        ("made.log", text.to_vec()),
        ("it's $(id).gz", gzip),
        ("made.zst", zstd),
    ] {
        let opened = open_text(name, &bytes);
        for position in 0..3 {
            let view = proof_of(&opened, position);
            let printed = run(&view.shell_commands, opened.folder.path());
            assert_eq!(
                printed.trim(),
                view.computed.expect("hashed").to_hex(),
                "{name} {position}"
            );
        }
    }
}
