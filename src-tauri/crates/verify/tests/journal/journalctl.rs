//! What journalctl itself prints of the same file, where the machine has it.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use sealscope_archive::Structure;
use sealscope_testkit::journal::{JournalBuilder, Layout, SEAL_KEY, write_epoch};

use crate::support::{entries_of, open};

/// What journalctl prints; `None` where it is not there, which is said.
fn journalctl(file: &Path, form: &str) -> Option<Vec<u8>> {
    let output = Command::new("journalctl")
        .args(["--all", "--no-pager", "-o", form])
        .arg(format!("--file={}", file.display()))
        .output();
    let Ok(output) = output else {
        let _ = writeln!(
            std::io::stderr(),
            "skipped: journalctl, to be compared with, is not on this machine"
        );
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(output.stdout)
}

fn same_as_journalctl(path: &Path) {
    let opened = open(path).expect("it opens");
    let Structure::Journal(journal) = opened.archive.structure() else {
        panic!("it is a journal");
    };
    let mut export = Vec::new();
    for ordinal in 0..opened.archive.segment_count() {
        let (segment, entries) = journal.read_export(ordinal).expect("it reads");
        assert_eq!(segment.entries.len(), entries.len());
        entries
            .iter()
            .for_each(|entry| export.extend_from_slice(entry));
    }
    let Some(theirs) = journalctl(path, "export") else {
        return;
    };
    // systemd 254 and later tell these too.
    let theirs: Vec<&[u8]> = theirs
        .split_inclusive(|byte| *byte == b'\n')
        .filter(|line| !line.starts_with(b"__SEQNUM"))
        .collect();
    assert!(
        export == theirs.concat(),
        "{}: the export differs",
        path.display()
    );
    let json = journalctl(path, "json").expect("it is there");
    let theirs = json
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    for (ours, theirs) in entries_of(&*opened.archive).iter().zip(theirs) {
        let ours: serde_json::Value = serde_json::from_slice(ours).expect("JSON");
        let mut theirs: serde_json::Value = serde_json::from_slice(theirs).expect("JSON");
        if let Some(members) = theirs.as_object_mut() {
            members.retain(|name, _| !name.starts_with("__SEQNUM"));
        }
        assert_eq!(ours, theirs, "{}", path.display());
    }
}

#[test]
fn samples_print_as_journalctl_prints_them() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    for name in [
        "01-sealed-intact",
        "03-sealed-regular",
        "04-sealed-lz4",
        "05-sealed-xz",
        "06-sealed-non-keyed-hash",
        "30-hostile-messages-sealed",
    ] {
        let packed = data.join("journals").join(format!("{name}.journal.zst"));
        let packed = std::fs::File::open(packed).expect("it is there");
        let path = folder.path().join(format!("{name}.journal"));
        std::fs::write(&path, zstd::decode_all(packed).expect("zstd")).expect("written");
        same_as_journalctl(&path);
    }
}

#[test]
fn odd_fields_print_as_journalctl_prints_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("made.journal");
    for is_compact in [false, true] {
        let layout = Layout {
            is_compact,
            ..Layout::USUAL
        };
        let mut journal = JournalBuilder::new(layout, 1);
        journal.seal(0);
        let time = journal.epoch_start(0);
        journal.entry(time + 1, &[b"A=1", b"B=x", b"A=2", b"A=\xFF", b"B=\x1B[0m"]);
        journal.entry(
            time + 2,
            &[b"_BOOT_ID=other", b"MESSAGE=a\tb\nc", b"EMPTY="],
        );
        journal.entry(
            time + 3,
            &["MESSAGE=\u{fdd0}\u{7f} \u{fffe}".as_bytes(), b"B=\"\\/"],
        );
        journal.entry(
            time + 4,
            &["MESSAGE=\u{2028}\u{85}".as_bytes(), "C=日本".as_bytes()],
        );
        journal.seal(0);
        std::fs::write(&path, journal.finish()).expect("written");
        same_as_journalctl(&path);
    }
}

#[test]
fn an_indexed_journal_passes_with_journalctl_and_a_changed_one_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("made.journal");
    for is_compact in [false, true] {
        let layout = Layout {
            is_compact,
            ..Layout::USUAL
        };
        let mut journal = JournalBuilder::indexed(layout, 1, 9);
        journal.seal(0);
        for epoch in [0, 1, 2] {
            write_epoch(&mut journal, epoch, 3);
            if epoch == 2 {
                journal.index();
            }
            journal.seal(epoch);
        }
        let bytes = journal.finish();
        std::fs::write(&path, &bytes).expect("written");
        let passes = || {
            let mut command = Command::new("journalctl");
            command.args(["--verify", &format!("--verify-key={SEAL_KEY}")]);
            command.arg(format!("--file={}", path.display()));
            let output = command.output().ok()?;
            Some((output.status.success(), output.stderr))
        };
        let Some((is_passed, says)) = passes() else {
            return;
        };
        assert!(is_passed, "{}", String::from_utf8_lossy(&says));
        let at = bytes.windows(8).position(|part| part == b"MESSAGE=");
        let mut changed = bytes;
        changed[at.expect("a message") + 9] ^= 1;
        std::fs::write(&path, changed).expect("written");
        assert_eq!(passes().map(|(is_passed, _)| is_passed), Some(false));
    }
}
