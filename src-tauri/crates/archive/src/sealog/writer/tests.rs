use std::cell::Cell;
use std::io::Write as _;

use proptest::prelude::*;
use sealscope_proof::Signer;

use super::*;
use crate::sealog::{Line, SealogArchive};
use crate::{Archive as _, Source, Watch};

const SECOND: i64 = 1_000_000_000;

fn signer() -> Signer {
    Signer::from_seed("example.org/sealer", &[7; 32]).expect("the name is valid")
}

fn names(number: u8) -> NewArchive {
    NewArchive {
        archive: [number; 16],
        log: [9; 16],
        origin: "example.org/audit".to_owned(),
        schema: None,
        tool: "sealscope test".to_owned(),
    }
}

fn source_totals() -> SourceTotals {
    SourceTotals {
        bytes: 1,
        sha256: Digest::new([1; 32]),
        bytes_raw: 1,
        sha256_raw: Digest::new([1; 32]),
        ends_with_lf: true,
    }
}

fn begin<'s>(
    beginning: &Beginning,
    signer: &'s Signer,
    bytes: Vec<u8>,
) -> SealogWriter<'static, Committer<'s, Vec<u8>>> {
    let committer = Committer::new(beginning, bytes, signer, WriterSettings::default());
    let committer = committer.expect("memory takes all bytes");
    SealogWriter::new(beginning, committer, &|| 5 * SECOND).expect("it begins")
}

fn bytes_of(committer: Committer<'_, Vec<u8>>) -> Vec<u8> {
    committer.into_summary().expect("it is finished").1
}

/// A closed archive of these lines.
fn archive_of(lines: &[&[u8]]) -> Vec<u8> {
    let signer = signer();
    let beginning = Beginning::new_log(&names(1), &signer).expect("the origin is valid");
    let mut writer = begin(&beginning, &signer, Vec::new());
    for line in lines {
        writer.entry(line).expect("it is taken");
    }
    bytes_of(writer.close("complete").expect("it closes"))
}

fn source_of(bytes: &[u8]) -> Source {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    Source::of_own_file(std::path::Path::new("made.sealog"), file).expect("a source")
}

fn open(bytes: &[u8]) -> SealogArchive {
    SealogArchive::open(source_of(bytes)).expect("it opens")
}

/// All stored lines, in order.
fn lines_of(archive: &SealogArchive) -> Vec<Vec<u8>> {
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

/// The log entries as they were before sealing.
fn entries_of(archive: &SealogArchive) -> Vec<Vec<u8>> {
    let originals = lines_of(archive)
        .into_iter()
        .filter_map(|line| match Line::read(&line) {
            Line::Entry | Line::Malformed(_) => Some(line),
            Line::Enveloped(original) => Some(original),
            Line::Control(_) => None,
        });
    originals.collect()
}

fn state_of(archive: &SealogArchive) -> Result<LogState, StateError> {
    LogState::read(archive, signer().verifier(), &Watch::default())
}

#[test]
fn what_is_sealed_is_read_back_with_every_root_right() {
    let archive = open(&archive_of(&[b"one", b"", b"\x00\r\xff"]));
    assert_eq!(archive.damage(), []);
    assert_eq!(entries_of(&archive), [&b"one"[..], b"", b"\x00\r\xff"]);
    let state = state_of(&archive).expect("its roots hold");
    assert!(state.is_closed());
    assert_eq!(state.unsealed(), 0);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let lines: [&[u8]; 2] = [b"one", b"two"];
    assert_eq!(archive_of(&lines), archive_of(&lines));
}

#[test]
fn an_ordinary_line_that_begins_like_control_stays_an_entry() {
    let forged = b"{\"@sealog\":\"close\",\"size\":2,\"reason\":\"forged\"}";
    let archive = open(&archive_of(&[forged]));
    assert_eq!(entries_of(&archive), [forged]);
}

#[test]
fn frames_are_full_and_aligned_and_a_checkpoint_comes_every_65536_leaves() {
    let line: &[u8] = b"x";
    let archive = open(&archive_of(&vec![line; 70_000]));
    let structure = archive.structure();
    let sizes: Vec<u64> = structure
        .checkpoints
        .iter()
        .map(|found| found.checkpoint.as_ref().expect("it parses").size)
        .collect();
    // Header, segment and close are leaves too.
    assert_eq!(sizes, [65_536, 70_003]);
    let last = structure.frames.len() - 1;
    for (number, frame) in structure.frames.iter().enumerate() {
        let list = frame.list.as_ref().expect("it has a list");
        assert_eq!(list.first, number as u64 * 4096);
        assert!(list.count == 4096 || number == last, "frame {number}");
    }
    state_of(&archive).expect("its roots hold");
}

#[test]
fn a_frame_holds_8_mib_or_one_longer_line() {
    let (long, short) = (vec![b'a'; 9 << 20], vec![b'b'; 5 << 20]);
    let archive = open(&archive_of(&[&short, &short, &long, b"end"]));
    assert_eq!(archive.damage(), []);
    for ordinal in 0..archive.segment_count() {
        let segment = archive.read_segment(ordinal, None).expect("it reads");
        assert_eq!(segment.damage, []);
        assert!(segment.text.len() <= limits::FRAME_BYTES_MAX || segment.entries.len() == 1);
    }
    assert_eq!(entries_of(&archive), [&short[..], &short, &long, b"end"]);
}

#[test]
fn a_line_longer_than_64_mib_is_refused_and_nothing_else_is_lost() {
    let signer = signer();
    let beginning = Beginning::new_log(&names(1), &signer).expect("the origin is valid");
    let mut writer = begin(&beginning, &signer, Vec::new());
    writer.entry(b"before").expect("it is taken");
    let refused = writer.entry(&vec![b'a'; limits::ENTRY_BYTES_MAX]);
    assert!(matches!(refused, Err(WriteError::LineTooLong { bytes }) if bytes == 64 << 20));
    writer.entry(b"after").expect("it is taken");
    let archive = open(&bytes_of(writer.close("complete").expect("it closes")));
    assert_eq!(entries_of(&archive), [&b"before"[..], b"after"]);
}

#[test]
fn a_checkpoint_comes_after_a_minute_and_not_before() {
    let signer = signer();
    let beginning = Beginning::new_log(&names(1), &signer).expect("the origin is valid");
    let committer = Committer::new(&beginning, Vec::new(), &signer, WriterSettings::default());
    let time = std::sync::atomic::AtomicI64::new(0);
    let now = || time.load(std::sync::atomic::Ordering::Relaxed);
    let mut writer =
        SealogWriter::new(&beginning, committer.expect("it begins"), &now).expect("it begins");
    writer.entry(b"one").expect("it is taken");
    let checkpoints = Cell::new(0);
    for (seconds, expected) in [(59, 0), (60, 1), (200, 1)] {
        time.store(seconds * SECOND, std::sync::atomic::Ordering::Relaxed);
        writer.tick().expect("it is written");
        checkpoints.set(writer.steps.checkpoints_made());
        assert_eq!(checkpoints.get(), expected, "after {seconds} s");
    }
}

#[test]
fn appending_goes_on_where_the_archive_was_left() {
    let signer = signer();
    let beginning = Beginning::new_log(&names(1), &signer).expect("the origin is valid");
    let mut writer = begin(&beginning, &signer, Vec::new());
    writer.entry(b"one").expect("it is taken");
    let mut bytes = bytes_of(writer.leave_open().expect("it ends"));
    for round in 0..3 {
        let state = state_of(&open(&bytes)).expect("its roots hold");
        let beginning = Beginning::appending(&state);
        bytes.truncate(usize::try_from(beginning.kept_bytes()).expect("it is small"));
        let mut writer = begin(&beginning, &signer, bytes);
        writer
            .entry(format!("round {round}").as_bytes())
            .expect("it is taken");
        bytes = bytes_of(writer.leave_open().expect("it ends"));
    }
    let archive = open(&bytes);
    assert_eq!(archive.damage(), []);
    assert_eq!(
        entries_of(&archive),
        [&b"one"[..], b"round 0", b"round 1", b"round 2"]
    );
    let state = state_of(&archive).expect("its roots hold");
    assert_eq!((state.segment, state.unsealed()), (3, 0));
}

#[test]
fn continuing_makes_the_next_file_of_the_same_log() {
    let signer = signer();
    let before = state_of(&open(&archive_of(&[b"one", b"two"]))).expect("its roots hold");
    let beginning =
        Beginning::continuing(&before, &names(2), &signer).expect("it is sealed to its end");
    let mut writer = begin(&beginning, &signer, Vec::new());
    writer.entry(b"three").expect("it is taken");
    let archive = open(&bytes_of(writer.close("complete").expect("it closes")));
    let state = state_of(&archive).expect("its roots hold");
    assert_eq!(state.header.start, before.tree.end());
    assert_eq!(state.header.log, before.header.log);
    assert_eq!(
        state.header.previous,
        before.last_checkpoint.map(|(_, hash)| hash.to_hex())
    );
}

#[test]
fn a_continued_file_without_a_checkpoint_is_not_gone_on_with() {
    let signer = signer();
    let before = state_of(&open(&archive_of(&[b"one", b"two"]))).expect("its roots hold");
    let beginning =
        Beginning::continuing(&before, &names(2), &signer).expect("it is sealed to its end");
    let mut writer = begin(&beginning, &signer, Vec::new());
    writer.flush_frame().expect("it is written");
    let torn = writer.steps.output().clone();
    let refused = state_of(&open(&torn));
    assert!(
        matches!(refused, Err(StateError::UnprovenHead { start: 4 })),
        "{refused:?}"
    );
}

#[test]
fn an_archive_that_was_changed_or_is_of_another_key_is_not_gone_on_with() {
    let bytes = archive_of(&[b"one", b"two"]);
    let archive = open(&bytes);
    let other = Signer::from_seed("example.org/sealer", &[8; 32]).expect("the name is valid");
    let refused = LogState::read(&archive, other.verifier(), &Watch::default());
    assert!(matches!(refused, Err(StateError::OtherKey { .. })));
    let frame = archive
        .structure()
        .frames
        .first()
        .expect("it has a frame")
        .clone();
    let mut changed = bytes;
    let place = usize::try_from(frame.offset_bytes + frame.stored_bytes / 2).expect("it is small");
    changed[place] ^= 1;
    assert!(state_of(&open(&changed)).is_err());
}

#[test]
fn an_origin_that_no_checkpoint_can_carry_is_refused() {
    for origin in ["", " a", "a\nb", "a\u{7f}"] {
        let mut new = names(1);
        new.origin = origin.to_owned();
        let refused = Beginning::new_log(&new, &signer());
        assert!(matches!(refused, Err(WriteError::Origin(_))), "{origin:?}");
    }
}

#[test]
fn only_an_archive_without_a_whole_frame_is_begun_anew() {
    let whole = archive_with_checkpoints();
    for bytes in [
        &whole[..],
        b"a log line\n",
        b"Z",
        b"{",
        &[0x28, 0xB5, 0x2F, 0xFD],
    ] {
        let begun = is_barely_begun(&source_of(bytes)).expect("it reads");
        assert_eq!(
            begun,
            bytes == b"Z",
            "{:?}",
            bytes.escape_ascii().to_string()
        );
    }
}

/// An archive with several checkpoints, sources and an end that is left open.
fn archive_with_checkpoints() -> Vec<u8> {
    let signer = signer();
    let beginning = Beginning::new_log(&names(1), &signer).expect("the origin is valid");
    let mut writer = begin(&beginning, &signer, Vec::new());
    for source in 0..3 {
        writer
            .begin_source(&format!("{source}.log"), None, SourceForm::Plain)
            .expect("it is taken");
        for entry in 0..4 {
            writer
                .entry(format!("{source} {entry}").as_bytes())
                .expect("it is taken");
            if entry == 1 {
                writer.checkpoint().expect("it is made");
            }
        }
        writer.end_source(&source_totals()).expect("it is taken");
    }
    bytes_of(writer.leave_open().expect("it ends"))
}

#[test]
fn cut_after_any_byte_the_archive_opens_with_all_sealed_entries_and_can_be_appended_to() {
    let signer = signer();
    let whole = archive_with_checkpoints();
    let all = lines_of(&open(&whole));
    for length in 0..whole.len() {
        let begun = is_barely_begun(&source_of(&whole[..length])).expect("it reads");
        if begun {
            // What has no whole line is begun anew.
            assert!(length == 0 || lines_of(&open(&whole[..length])).is_empty());
            continue;
        }
        let archive = open(&whole[..length]);
        let lines = lines_of(&archive);
        assert!(all.starts_with(&lines), "cut at {length}: only whole lines");
        let sealed = archive.structure().checkpoints.last().map_or(0, |found| {
            found
                .checkpoint
                .as_ref()
                .map_or(0, |checkpoint| checkpoint.size)
        });
        assert!(
            sealed <= lines.len() as u64,
            "cut at {length}: all sealed entries"
        );
        let state = state_of(&archive).unwrap_or_else(|error| panic!("cut at {length}: {error}"));
        let beginning = Beginning::appending(&state);
        let kept = usize::try_from(beginning.kept_bytes()).expect("it is small");
        let mut writer = begin(&beginning, &signer, whole[..kept].to_vec());
        writer.entry(b"appended").expect("it is taken");
        let archive = open(&bytes_of(writer.close("complete").expect("it closes")));
        assert_eq!(archive.damage(), [], "cut at {length}");
        let now = lines_of(&archive);
        assert!(
            now.starts_with(&lines),
            "cut at {length}: nothing is lost by appending"
        );
        let state = state_of(&archive).unwrap_or_else(|error| panic!("cut at {length}: {error}"));
        assert_eq!(state.unsealed(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_lines_come_back_as_they_were(
        lines in prop::collection::vec(
            prop::collection::vec(any::<u8>().prop_filter("no LF", |b| *b != b'\n'), 0..60), 0..40),
        every in 1usize..9,
    ) {
        let signer = signer();
        let beginning = Beginning::new_log(&names(1), &signer).expect("the origin is valid");
        let mut writer = begin(&beginning, &signer, Vec::new());
        for (number, line) in lines.iter().enumerate() {
            writer.entry(line).expect("it is taken");
            if number % every == 0 {
                writer.checkpoint().expect("it is made");
            }
        }
        let archive = open(&bytes_of(writer.close("complete").expect("it closes")));
        prop_assert_eq!(entries_of(&archive), lines);
        prop_assert!(state_of(&archive).is_ok());
    }
}
