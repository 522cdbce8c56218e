//! Judging a large archive costs little beside hashing it, changed or not. Times are bounds for a
//! busy machine and an unoptimised build; what they bound is work that grows with more than the
//! frames.

use std::time::{Duration, Instant};

use sealscope_archive::sealog::SealogArchive;
use sealscope_model::{BreakKind, Verdict};
use sealscope_testkit::sealog::{Cover, Made, Plan, findings_of, open, our_signer, trust_in};
use sealscope_verify::{SegmentFindings, Summary, judge_sealog};

/// Sixteen frames to a checkpoint, as the writer makes them.
fn large(frames: usize) -> Made {
    let mut plan = Plan::new(0, 0);
    let mut number = 0;
    let mut line = || {
        number += 1;
        format!("{number} of many").into_bytes()
    };
    for segment in 0..frames / 16 {
        // Header or `segment` line, and `close` at the end, take places of their own.
        let is_last = segment + 1 == frames / 16;
        let count = 16 * 4096 - 1 - usize::from(is_last);
        plan.segments.push((0..count).map(|_| line()).collect());
    }
    plan.frame_lines = 4096;
    plan.build()
}

fn judged(archive: &SealogArchive, findings: &[SegmentFindings]) -> (Summary, Duration) {
    let trust = trust_in(our_signer().verifier());
    let began = Instant::now();
    let summary = judge_sealog(archive, findings, &trust);
    (summary, began.elapsed())
}

fn check_scale(frames: usize) -> Vec<(&'static str, Duration)> {
    let mut made = large(frames);
    let archive = open(&made.bytes()).expect("it opens");
    let began = Instant::now();
    let findings = findings_of(&archive);
    let hashing = began.elapsed();
    let (summary, clean) = judged(&archive, &findings);
    assert_eq!(summary.verdict, Verdict::Intact, "{}", summary.says);
    assert_eq!(summary.damage, []);

    let middle = frames * 2048 + 7;
    made.edit(Cover::Nothing, |lines| {
        lines[middle].1 = b"changed".to_vec()
    });
    let archive = open(&made.bytes()).expect("it opens");
    let findings = findings_of(&archive);
    let (summary, modified) = judged(&archive, &findings);
    let [only] = &summary.breaks[..] else {
        panic!("{} breaks", summary.breaks.len());
    };
    assert_eq!(
        (only.kind, only.position),
        (BreakKind::Modified, middle as u64)
    );

    made.edit(Cover::Nothing, |lines| {
        let frame = lines[middle].0;
        lines.insert(middle + 9, (frame, b"new".to_vec()));
        lines.remove(middle + 5000);
    });
    let archive = open(&made.bytes()).expect("it opens");
    let findings = findings_of(&archive);
    let (summary, inserted) = judged(&archive, &findings);
    assert_eq!(summary.breaks.len(), 3, "{:#?}", summary.breaks);

    // One line in every frame.
    made.edit(Cover::Nothing, |lines| {
        for (number, line) in lines.iter_mut().enumerate() {
            if number % 4096 == 77 {
                line.1 = b"also changed".to_vec();
            }
        }
    });
    let archive = open(&made.bytes()).expect("it opens");
    let findings = findings_of(&archive);
    let (summary, everywhere) = judged(&archive, &findings);
    assert_eq!(summary.breaks.len(), frames + 3);
    assert!(summary.breaks.iter().all(|found| found.exact));
    vec![
        ("hashing", hashing),
        ("clean", clean),
        ("one modified", modified),
        ("one inserted", inserted),
        ("one in every frame", everywhere),
    ]
}

#[test]
fn judging_costs_little_beside_hashing() {
    let times = check_scale(32);
    let of = |what: &str| {
        let found = times.iter().find(|(name, _)| *name == what);
        found.map_or(Duration::ZERO, |(_, time)| *time)
    };
    assert!(of("clean") < Duration::from_millis(200), "{times:?}");
    assert!(of("one modified") < of("hashing"), "{times:?}");
    assert!(of("one inserted") < 2 * of("hashing"), "{times:?}");
    assert!(of("one in every frame") < 5 * of("hashing"), "{times:?}");
}

#[test]
#[ignore = "two million entries: for measuring, not for every run"]
fn two_million_entries() {
    println!("{:#?}", check_scale(496));
}
