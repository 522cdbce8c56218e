use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;

use crate::{Archive, OpenContext, OpenError, Watch, limits, open};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn context(&self) -> OpenContext {
        OpenContext::new(self.0.path().join("spool"))
    }

    fn open(&self, bytes: &[u8]) -> Result<Box<dyn Archive>, OpenError> {
        let path = self.0.path().join("a.log");
        std::fs::write(&path, bytes).expect("written");
        open(&path, &self.context())
    }
}

fn entries_of(archive: &dyn Archive) -> Vec<Vec<u8>> {
    let segments = (0..archive.segment_count())
        .map(|ordinal| archive.read_segment(ordinal, None).expect("it reads"));
    segments
        .flat_map(|segment| {
            segment
                .entry_bytes()
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>()
        })
        .collect()
}

fn entries(bytes: &[u8]) -> Vec<Vec<u8>> {
    entries_of(&*Folder::new().open(bytes).expect("it opens"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes all bytes");
    encoder.finish().expect("memory takes all bytes")
}

#[test]
fn an_entry_is_a_line_without_its_line_feed_and_nothing_else_is_taken_off() {
    let text = b"\xEF\xBB\xBFone\r\n\ntwo\0\xFF\n last";
    let expected: [&[u8]; 4] = [b"\xEF\xBB\xBFone\r", b"", b"two\0\xFF", b" last"];
    assert_eq!(entries(text), expected);
    assert_eq!(entries(&gzip(text)), expected);
    assert_eq!(
        entries(&zstd::encode_all(&text[..], 1).expect("packed")),
        expected
    );
}

#[test]
fn lines_across_pieces_come_once_and_in_order() {
    // Lines of many lengths, so that some end just at, before and behind the end of a piece.
    let piece = limits::PIECE_BYTES;
    for shift in [0, 1, 2, 3] {
        let mut text = vec![b'x'; piece - shift];
        text.push(b'\n');
        text.extend(std::iter::repeat_n(b'y', piece * 2 + shift));
        text.extend_from_slice(b"\nz\n\nend");
        let expected: Vec<Vec<u8>> = text.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
        let archive = Folder::new().open(&text).expect("it opens");
        assert_eq!(archive.segment_count(), 4);
        assert!(entries_of(&*archive) == expected, "shifted by {shift}");
        let segments: Vec<_> = (0..4)
            .map(|ordinal| archive.read_segment(ordinal, None).expect("it reads"))
            .collect();
        // Every segment knows where its text stands.
        for segment in segments {
            let begin = usize::try_from(segment.offset_bytes).expect("it is small");
            assert!(text[begin..].starts_with(&segment.text));
        }
    }
}

#[test]
fn a_line_longer_than_an_entry_is_cut_and_the_rest_is_told() {
    let longest = limits::ENTRY_BYTES_MAX;
    let mut text = b"first\n".to_vec();
    text.resize(6 + longest + 1000, b'x');
    text.extend_from_slice(b"\nlast\n");
    let archive = Folder::new().open(&text).expect("it opens");
    let (mut lengths, mut rejected, mut damage) = (Vec::new(), 0, Vec::new());
    for ordinal in 0..archive.segment_count() {
        let segment = archive.read_segment(ordinal, None).expect("it reads");
        lengths.extend(segment.entry_bytes().map(<[u8]>::len));
        rejected += segment.rejected_bytes;
        damage.extend(segment.damage);
    }
    assert_eq!(lengths, [5, longest, 4]);
    assert_eq!(rejected, 1000);
    assert_eq!(damage.len(), 1);
    assert_eq!(damage[0].offset_bytes, 6);
}

#[test]
fn bytes_in_are_entries_and_line_feeds_and_rejected_bytes() {
    let text = b"one\n\ntwo\r\nthree";
    let archive = Folder::new().open(text).expect("it opens");
    let segment = archive.read_segment(0, None).expect("it reads");
    let in_entries: usize = segment.entry_bytes().map(<[u8]>::len).sum();
    assert_eq!(in_entries + 3, text.len());
    assert_eq!((segment.lines, segment.rejected_bytes), (4, 0));
}

#[test]
fn a_packed_log_that_breaks_off_gives_its_first_lines_and_the_place() {
    let folder = Folder::new();
    let text = "a line of some length\n".repeat(9000);
    let stored = gzip(text.as_bytes());
    let archive = folder.open(&stored[..stored.len() / 2]).expect("it opens");
    let found = entries_of(&*archive);
    assert!(!found.is_empty() && found.len() < 9000);
    let [damage] = archive.damage() else {
        panic!("one place is damaged: {:?}", archive.damage());
    };
    assert!(damage.reason.contains("cut off"), "{damage:?}");
    assert!(damage.offset_bytes <= (stored.len() / 2) as u64);
}

#[test]
fn an_unpacked_copy_has_no_name_and_its_folder_is_the_owners_alone() {
    let folder = Folder::new();
    let archive = folder.open(&gzip(b"one\n")).expect("it opens");
    let spool = folder.0.path().join("spool");
    assert_eq!(std::fs::read_dir(&spool).expect("it is there").count(), 0);
    assert_eq!(entries_of(&*archive), [b"one"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&spool)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[test]
fn a_bomb_is_stopped_and_said_to_be_one() {
    let folder = Folder::new();
    let line = b"0".repeat(1 << 20);
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("it begins");
    for _ in 0..200 {
        encoder.write_all(&line).expect("packed");
        encoder.write_all(b"\n").expect("packed");
    }
    let archive = folder
        .open(&encoder.finish().expect("packed"))
        .expect("it opens");
    assert!(
        archive.damage()[0].reason.contains("bomb"),
        "{:?}",
        archive.damage()
    );
    let bytes: u64 = (0..archive.segment_count())
        .map(|n| archive.segment_bytes(n))
        .sum();
    assert!(bytes < limits::UNPACKED_BYTES_FREE + (2 << 20));
}

#[test]
fn unpacking_stops_when_somebody_says_so() {
    let folder = Folder::new();
    let path = folder.0.path().join("a.gz");
    std::fs::write(&path, gzip(&vec![b'x'; 8 << 20])).expect("written");
    let mut context = folder.context();
    context.watch = Watch::new(|_, _| false);
    assert!(matches!(
        open(&path, &context),
        Err(OpenError::Stopped { .. })
    ));
}

#[test]
fn utf_16_is_transcribed_and_said_to_be() {
    let text = "one ä\r\ntwo 𝄞\n";
    for big_endian in [false, true] {
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        let bytes: Vec<u8> = units
            .flat_map(|unit| {
                if big_endian {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect();
        let folder = Folder::new();
        let archive = folder.open(&bytes).expect("it opens");
        assert_eq!(
            entries_of(&*archive),
            ["one ä\r".as_bytes(), "two 𝄞".as_bytes()]
        );
        assert!(archive.notes().iter().any(|note| note.contains("UTF-16")));
        assert_eq!(
            entries(&gzip(&bytes)),
            ["one ä\r".as_bytes(), "two 𝄞".as_bytes()]
        );
    }
    let archive = Folder::new()
        .open(b"\xFF\xFEa\0\x00\xD8b\0c")
        .expect("it opens");
    assert_eq!(entries_of(&*archive), ["a\u{fffd}b\u{fffd}".as_bytes()]);
    let places: Vec<u64> = archive
        .damage()
        .iter()
        .map(|damage| damage.offset_bytes)
        .collect();
    assert_eq!(places, [4, 8]);
}

#[test]
fn one_json_document_over_many_lines_is_one_entry() {
    for text in [
        "{\n  \"Records\": [\n {\"a\": 1},\n {\"a\": \"}\"}\n]}\n",
        "\u{feff}[\n{\"a\": 1}\n,{\"a\": 2}]",
        "{\"a\":\n1}",
    ] {
        let archive = Folder::new().open(text.as_bytes()).expect("it opens");
        assert_eq!(archive.damage(), []);
        assert_eq!(
            entries_of(&*archive),
            [text.trim_end_matches('\n').as_bytes()],
            "{text:?}"
        );
        let segment = archive.read_segment(0, None).expect("it reads");
        assert_eq!(segment.lines, text.lines().count() as u64);
    }
}

#[test]
fn a_json_document_that_breaks_off_is_an_entry_with_damage() {
    let archive = Folder::new()
        .open(b"{\"Records\":[\n{\"a\":1},\n{\"b\"")
        .expect("it opens");
    assert_eq!(entries_of(&*archive).len(), 1);
    assert!(archive.damage()[0].reason.contains("breaks off"));
}

#[test]
fn lines_that_begin_like_json_stay_lines() {
    for text in [
        "{\"a\":1}\n{\"a\":2}\n",
        "[2026-01-01 10:00:00] started\n[2026-01-01 10:00:01] done\n",
        "{\"torn\n{\"a\":2}\n",
        "[]\n[]\n",
    ] {
        assert_eq!(entries(text.as_bytes()).len(), 2, "{text:?}");
    }
}

#[test]
fn what_is_no_log_is_refused_with_what_it_is_and_what_to_do() {
    for (bytes, part) in [
        (b"PK\x03\x04....".to_vec(), "zip archive; unpack it"),
        (b"ElfFile\0....".to_vec(), "EVTX"),
        (
            gzip(&[&[b'a'; 257][..], b"ustar\0", &[0; 300]].concat()),
            "tar archive packed with gzip",
        ),
    ] {
        let Err(OpenError::UnknownFormat { found, .. }) = Folder::new().open(&bytes) else {
            panic!("{part} is refused");
        };
        assert!(found.contains(part), "{found}");
    }
    assert!(matches!(
        Folder::new().open(b""),
        Err(OpenError::Empty { .. })
    ));
    assert!(matches!(
        Folder::new().open(&gzip(b"")),
        Err(OpenError::Empty { .. })
    ));
}

/// What has to come of each hostile input: entries and places of damage, or why it is refused.
const HOSTILE: [(&str, Answer); 45] = {
    use Answer::{Entries as E, Refused as R};
    [
        ("ansi-escapes.log", E(13, 0)),
        ("bidi-unicode.jsonl", E(11, 0)),
        ("cloudtrail-empty.json", E(1, 0)),
        ("cloudtrail-odd.json", E(1, 0)),
        ("cloudtrail-truncated.json", E(1, 1)),
        ("csv-formulas.jsonl", E(12, 0)),
        ("deep-array.json.gz", E(1, 0)),
        ("deep-object.jsonl.gz", E(3, 0)),
        ("deep-unclosed.json.gz", E(1, 1)),
        ("duplicate-keys.jsonl", E(4, 0)),
        ("empty.log", R("empty")),
        ("gzip-bad-crc.log.gz", E(1000, 1)),
        ("gzip-bomb.json.gz", E(1, 2)),
        ("gzip-trailing-garbage.log.gz", E(1000, 1)),
        ("gzip-truncated.log.gz", E(958, 1)),
        ("gzip-two-members.log.gz", E(1001, 0)),
        ("html-script.jsonl", E(13, 0)),
        ("html-script.log", E(13, 0)),
        ("invalid-utf8.jsonl", E(4, 0)),
        ("invalid-utf8.log", E(5, 0)),
        ("journal-array-loop.journal", E(0, 3)),
        ("journal-huge-sizes.journal", E(0, 1)),
        ("log4shell.log", E(1, 0)),
        ("long-line.jsonl.gz", E(3, 0)),
        ("many-fields.jsonl.gz", E(2, 0)),
        ("nul-bytes.log", E(5, 0)),
        ("number-1mb.json.gz", E(1, 0)),
        ("numbers.jsonl", E(14, 0)),
        ("one-byte.log", E(1, 0)),
        ("only-newlines.log", E(1000, 0)),
        ("regex-bomb.log", E(2, 0)),
        ("sigma-hostile.yml", E(10, 0)),
        ("tar-traversal-links.tar", R("tar archive")),
        ("timestamps.jsonl", E(17, 0)),
        ("utf16le-bom.log", E(2, 0)),
        ("utf8-bom-mixed-eol.log", E(5, 0)),
        ("wrong-extension.evtx", E(1, 0)),
        ("wrong-extension.journal", R("systemd journal")),
        ("wrong-extension.json", R("EVTX")),
        ("yaml-alias-bomb.yml", E(10, 0)),
        ("zip-bomb-nested.zip", R("zip archive")),
        ("zip-bomb-small.zip", R("zip archive")),
        ("zip-symlink.zip", R("zip archive")),
        ("zip-traversal.zip", R("zip archive")),
        ("zip-truncated.zip", R("zip archive")),
    ]
};

#[derive(Debug, Clone, Copy)]
enum Answer {
    Entries(usize, usize),
    Refused(&'static str),
}

fn answer_holds(answer: Answer, path: &Path, context: &OpenContext) -> Result<(), String> {
    match (answer, open(path, context)) {
        (Answer::Refused(part), Err(error)) if error.to_string().contains(part) => Ok(()),
        (Answer::Entries(entries, places), Ok(archive)) => {
            let (mut found, mut damaged) = (0, archive.damage().len());
            for ordinal in 0..archive.segment_count() {
                let segment = archive
                    .read_segment(ordinal, None)
                    .map_err(|e| e.to_string())?;
                found += segment.entries.len();
                damaged += segment.damage.len();
            }
            if (found, damaged) == (entries, places) {
                Ok(())
            } else {
                Err(format!(
                    "{found} entries, {damaged} places of damage, not {answer:?}"
                ))
            }
        }
        (_, Ok(archive)) => Err(format!("it opens as {}, not {answer:?}", archive.format())),
        (_, Err(error)) => Err(format!("{error}, not {answer:?}")),
    }
}

#[test]
fn every_hostile_input_has_a_clear_answer() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let folder = Folder::new();
    let begun = std::time::Instant::now();
    let mut wrong = Vec::new();
    for (name, answer) in HOSTILE {
        let path = data.join("hostile").join(name);
        if let Err(why) = answer_holds(answer, &path, &folder.context()) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(begun.elapsed().as_secs() < 60, "none of them takes long");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_are_read_or_refused_and_no_byte_is_lost(
        bytes in prop::collection::vec(prop_oneof![Just(10u8), 32u8..127, any::<u8>()], 1..300),
    ) {
        let folder = Folder::new();
        if let Ok(archive) = folder.open(&bytes)
            && archive.notes().is_empty()
        {
            let joined = entries_of(&*archive).join(&b'\n');
            let expected = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            prop_assert_eq!(joined, expected);
        }
    }
}
