//! Sizes that nobody should believe, and bombs: a stated limit, and bounded memory.

use sealscope_model::Verdict;
use sealscope_testkit::sealog::{Made, Part, Plan, data_frame, frame_of, judge, made_of_raw};

use crate::support::{damage, made_without_index};

fn open_ended() -> Made {
    let mut plan = Plan::new(2, 8);
    (plan.close, plan.index) = (false, false);
    plan.build()
}

#[test]
fn claimed_sizes_are_not_believed() {
    for tag in [b"SLID", b"SLTL", b"SLCP", b"SLTS", b"SLIX"] {
        for claimed in [[0xff; 4], [0, 0, 0, 0x80], [15, 0, 0, 0], [0; 4]] {
            let mut made = made_without_index();
            let mut frame = frame_of(tag, b"");
            frame[4..8].copy_from_slice(&claimed);
            made.parts.push(Part::Raw(frame));
            let summary = judge(&made.bytes());
            assert_eq!(summary.entries.intact, 24);
            assert_eq!(summary.breaks, []);
            assert_eq!(summary.damage.len(), 1, "{tag:?} {claimed:?}");
        }
    }
    // Counts inside of payloads.
    for payload in [
        vec![0xff; 4],
        [vec![1, 0, 0, 0], vec![0xff; 40]].concat(),
        vec![0xff; 52],
    ] {
        for tag in [b"SLIX", b"SLTL"] {
            let mut made = made_without_index();
            made.parts.push(Part::Raw(frame_of(tag, &payload)));
            let summary = judge(&made.bytes());
            assert_eq!(summary.entries.intact, 24);
            assert_eq!(summary.damage.len(), 1, "{summary:#?}");
        }
    }
}

#[test]
fn a_header_that_claims_two_gibibytes_of_content_gets_none() {
    // Magic, single segment with a size of eight bytes, the size, one raw block, a checksum.
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0b1100_0100, 0x58];
    frame.extend((2u64 << 30).to_le_bytes());
    frame.extend([0x09, 0, 0, b'\n', 0, 0, 0, 0]);
    let mut made = open_ended();
    made.parts.push(Part::Raw(frame));
    let summary = judge(&made.bytes());
    assert_eq!(summary.entries.intact, 16);
    assert!(!damage(&summary).is_empty());
}

#[test]
fn a_bomb_is_read_up_to_the_limit_of_an_entry() {
    let mut made = open_ended();
    let bomb = data_frame(&[vec![b'a'; 80 << 20]]);
    assert!(bomb.len() < 64 << 10);
    made.parts.push(Part::Raw(bomb));
    let summary = judge(&made.bytes());
    assert_eq!(summary.entries.intact, 16);
    assert!(
        damage(&summary).iter().any(|why| why.contains("67108864")),
        "{summary:#?}"
    );
}

#[test]
fn ten_million_empty_lines_end_at_the_limit_of_a_frame() {
    let mut made = open_ended();
    made.parts
        .push(Part::Raw(made_of_raw(&vec![b'\n'; 10_000_000])));
    let summary = judge(&made.bytes());
    assert_eq!(summary.entries.intact, 16);
    assert_eq!(summary.entries.unsealed, 65_536);
    assert!(
        damage(&summary)
            .iter()
            .any(|why| why.contains("more than 65536 lines"))
    );
}

#[test]
fn one_line_of_64_mib_is_an_entry() {
    let mut plan = Plan::new(1, 1);
    plan.segments = vec![vec![vec![b'x'; (64 << 20) - 1]]];
    plan.frame_lines = 1;
    let made = plan.build();
    let summary = judge(&made.bytes());
    assert_eq!(summary.verdict, Verdict::Intact, "{summary:#?}");
    assert_eq!(summary.damage, []);
    assert_eq!(summary.entries.total, 1);
}

#[test]
fn many_checkpoints_and_many_broken_frames_are_judged_in_bounded_time() {
    let mut made = open_ended();
    let root = sealscope_model::Digest::new([1; 32]);
    let other = sealscope_testkit::sealog::other_signer();
    for size in 0..3000u64 {
        made.parts
            .push(Part::Checkpoint(made.note(100 + size, root, &[&other])));
    }
    let began = std::time::Instant::now();
    let summary = judge(&made.bytes());
    assert_eq!(summary.verdict, Verdict::Broken);
    assert_eq!(summary.entries.intact, 16);
    assert!(began.elapsed().as_secs() < 20);
}

#[test]
fn control_lines_that_outgrow_their_frame_are_counted_and_not_kept() {
    let gap = b"{\"@sealog\":\"gap\",\"reason\":\"\",\"count\":null}".to_vec();
    let mut plan = Plan::new(2, 8);
    plan.segments[1] = vec![gap; 4000];
    plan.segments[1][1000] = b"an entry".to_vec();
    plan.frame_lines = 4096;
    let made = plan.build();
    let archive = sealscope_testkit::sealog::open(&made.bytes()).expect("it opens");
    let kept: usize = sealscope_testkit::sealog::findings_of(&archive)
        .iter()
        .map(|found| found.controls.len())
        .sum();
    assert!(kept < 1000, "{kept}");
    let summary = judge(&made.bytes());
    assert_eq!(summary.entries.total, 9);
    assert_eq!(summary.entries.control, 4001 + 1);
    assert_eq!(damage(&summary).len(), 1);
    // The verdict of the entries is not touched by it, nor the count where a range ends among them.
    let mut changed = made;
    changed.edit(sealscope_testkit::sealog::Cover::Nothing, |lines| {
        lines[2000].1 = b"changed".to_vec();
    });
    let summary = judge(&changed.bytes());
    assert_eq!((summary.entries.intact, summary.entries.broken), (9, 1));
    assert_eq!(summary.entries.control, 4001);
}
