//! The walk over a sealog file: what it finds in files that are not as written, and that its work
//! is bounded by their length.

use std::time::{Duration, Instant};

use sealscope_archive::sealog::{Sealog, SealogArchive};
use sealscope_archive::{Archive as _, ArchiveFormat as _, OpenError, Recognition, Sample};
use sealscope_testkit::sealog::{Made, Part, Plan, frame_of, made_of_raw, open, to_bytes};

fn made() -> Made {
    Plan::new(2, 6).build()
}

fn reasons(archive: &SealogArchive) -> Vec<&str> {
    let damage = archive.damage().iter();
    damage.map(|one| one.reason.as_str()).collect()
}

#[test]
fn a_sound_file_is_frames_from_end_to_end() {
    let made = made();
    let archive = open(&made.bytes()).expect("it opens");
    assert_eq!(archive.damage(), []);
    let structure = archive.structure();
    assert_eq!(structure.frames.len(), made.data().count());
    assert_eq!(structure.checkpoints.len(), 2);
    assert!(structure.orphan_lists.is_empty() && structure.torn_tail.is_none());
    let firsts: Vec<u64> = structure.frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [0, 4, 7, 11]);
    assert_eq!(structure.index_at, structure.index_offset_bytes);
}

#[test]
fn frames_without_leaf_lists_are_placed_by_the_index() {
    let mut made = made();
    made.parts.retain(|part| !matches!(part, Part::List(_)));
    made.rewrite_index();
    let archive = open(&made.bytes()).expect("it opens");
    let frames = &archive.structure().frames;
    let firsts: Vec<u64> = frames.iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [0, 4, 7, 11]);
}

#[test]
fn what_follows_the_index_is_out_of_its_place() {
    for part in made().parts {
        let mut made = made();
        made.parts.push(part);
        let archive = open(&made.bytes()).expect("it opens");
        let is_named = reasons(&archive)
            .iter()
            .any(|why| why.contains("after SLIX"));
        assert!(is_named, "{:?}", reasons(&archive));
    }
}

#[test]
fn a_file_without_its_first_frame_says_so() {
    let mut made = made();
    made.parts.remove(0);
    let archive = open(&made.bytes()).expect("it opens");
    assert_eq!(
        reasons(&archive),
        ["the file does not begin with an SLID frame"]
    );
    assert!(archive.structure().identity.is_none());
}

/// The archive whose SLID begins with other bytes, under a right hash.
fn with_format(magic: &[u8; 8]) -> Vec<u8> {
    let made = made();
    let mut payload = made.parts[0].to_bytes().split_off(24);
    payload[..8].copy_from_slice(magic);
    [frame_of(b"SLID", &payload), to_bytes(&made.parts[1..])].concat()
}

#[test]
fn only_another_version_in_the_payload_is_refused() {
    for magic in [b"sealog/2", b"sealog/9", b"sealog/x"] {
        let refused = matches!(
            open(&with_format(magic)),
            Err(OpenError::Unsupported { .. })
        );
        assert!(refused, "{}", magic.escape_ascii());
    }
    assert!(open(&with_format(b"sealog/1")).is_ok());
    assert!(open(&with_format(b"nonsense")).is_ok());
    // The version byte of a frame is under no hash: another one is damage.
    let mut bytes = made().bytes();
    bytes[12] = 2;
    let archive = open(&bytes).expect("it opens");
    assert!(!archive.damage().is_empty());
    assert!(matches!(open(b""), Err(OpenError::Empty { .. })));
}

#[test]
fn an_archive_is_recognised_by_any_sound_frame() {
    let recognised = |name: &str, bytes: &[u8]| {
        Sealog.recognize(&Sample {
            name,
            bytes,
            bytes_total: bytes.len() as u64,
        })
    };
    let bytes = made().bytes();
    assert_eq!(recognised("a", &bytes), Recognition::Certain);
    assert_eq!(recognised("a", &bytes[100..]), Recognition::Certain);
    assert_eq!(recognised("a.sealog", b"text"), Recognition::Maybe);
    assert_eq!(recognised("a.log", b"text"), Recognition::No);
    assert_eq!(recognised("a", &made_of_raw(b"text\n")), Recognition::No);
}

#[test]
fn a_frame_without_checksum_or_size_is_read_and_is_damage() {
    for (checksum, size) in [(false, true), (true, false)] {
        let mut compressor = zstd::bulk::Compressor::new(1).expect("zstd");
        compressor
            .set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(checksum))
            .expect("zstd");
        compressor
            .set_parameter(zstd::zstd_safe::CParameter::ContentSizeFlag(size))
            .expect("zstd");
        let mut parts = made().parts;
        parts.truncate(1);
        parts.push(Part::Raw(compressor.compress(b"one\ntwo\n").expect("zstd")));
        let archive = open(&to_bytes(&parts)).expect("it opens");
        let segment = archive.read_segment(0, None).expect("it reads");
        assert_eq!(segment.entries.len(), 2);
        // Beside the leaf list that is missing.
        assert_eq!(segment.damage.len(), 2, "{:?}", segment.damage);
    }
}

#[test]
fn lines_are_kept_where_only_the_checksum_is_wrong() {
    let mut parts = made().parts;
    parts.truncate(1);
    let mut frame = made_of_raw(b"one\ntwo\nthree\n");
    let last = frame.len() - 1;
    frame[last] ^= 1;
    parts.push(Part::Raw(frame));
    let archive = open(&to_bytes(&parts)).expect("it opens");
    let segment = archive.read_segment(0, None).expect("it reads");
    let lines: Vec<&[u8]> = segment.entry_bytes().collect();
    assert_eq!(lines, [&b"one"[..], b"two", b"three"]);
    assert!(!segment.damage.is_empty());
}

/// Opens bytes that are made to cost time.
#[track_caller]
fn assert_quick(bytes: &[u8]) {
    let began = Instant::now();
    let archive = open(bytes).expect("it opens");
    assert!(!archive.damage().is_empty());
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn files_made_to_cost_time_cost_little() {
    // Nothing but beginnings of frames.
    assert_quick(&[0x28, 0xB5, 0x2F, 0xFD].repeat(1 << 19));
    assert_quick(&[0x5A, 0x2A, 0x4D, 0x18].repeat(1 << 19));
    // One frame of empty blocks without end, and beginnings of frames in between.
    let head = [0x28, 0xB5, 0x2F, 0xFD, 0b0000_0100, 0x58];
    let mut blocks = head.to_vec();
    blocks.extend([0u8, 0, 0].repeat(1 << 20));
    assert_quick(&blocks);
    let mut nested = Vec::new();
    for _ in 0..5000 {
        nested.extend(head);
        // A raw block that holds the next beginning, and leads astray at the end.
        nested.extend([0x30, 0, 0]);
    }
    assert_quick(&nested);
    // Large sealog frames with a wrong hash, one inside the other.
    let mut frames = Vec::new();
    for _ in 0..2000 {
        let mut frame = frame_of(b"SLIX", b"");
        frame[4..8].copy_from_slice(&(1u32 << 16).to_le_bytes());
        frames.extend(frame);
    }
    frames.extend(vec![0; 1 << 17]);
    assert_quick(&frames);
}
