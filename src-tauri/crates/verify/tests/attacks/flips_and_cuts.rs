//! Every bit flipped, every cut, and random bytes: never intact without a finding, never a panic.

use proptest::prelude::*;
use sealscope_model::Verdict;
use sealscope_proof::leaf_hash;
use sealscope_testkit::sealog::{
    Made, Plan, data_frame, frame_of, judge, judge_archive, open, other_signer, our_signer,
    trust_in,
};
use sealscope_verify::Summary;

use crate::support::made_without_index;

/// Two segments, two frames each: a few kB.
fn small(index: bool) -> Made {
    let mut plan = Plan::new(2, 5);
    (plan.index, plan.frame_lines) = (index, 4);
    plan.build()
}

/// No stored line is intact unless it is the very line that was sealed at its place in order.
#[track_caller]
fn assert_nothing_false(sealed: &[Vec<u8>], bytes: &[u8], summary: &Summary, what: &str) {
    let archive = open(bytes).expect("it opened before");
    let mut at = 0;
    let stored = stored_lines(&archive);
    for range in summary.ranges.as_slice() {
        if range.verdict != Some(Verdict::Intact) {
            continue;
        }
        for position in range.from..range.to {
            let line = &stored[usize::try_from(position).expect("small")];
            let found = sealed[at..]
                .iter()
                .position(|one| leaf_hash(one) == leaf_hash(line));
            at += found.unwrap_or_else(|| panic!("{what}: {position} was never sealed here")) + 1;
        }
    }
}

fn stored_lines(archive: &sealscope_archive::sealog::SealogArchive) -> Vec<Vec<u8>> {
    use sealscope_archive::Archive as _;
    let read = |ordinal| archive.read_segment(ordinal, None).expect("it reads");
    (0..archive.segment_count())
        .flat_map(|ordinal| {
            read(ordinal)
                .entry_bytes()
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn no_flipped_bit_leaves_an_archive_intact_without_damage() {
    // All of them with an index; without one, where nothing follows the last checkpoint, some.
    for (index, step) in [(true, 1), (false, 7)] {
        let made = small(index);
        let (bytes, sealed) = (made.bytes(), made.lines());
        for bit in (0..bytes.len() * 8).step_by(step) {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let summary = judge(&flipped);
            let is_found = summary.verdict != Verdict::Intact || !summary.damage.is_empty();
            assert!(is_found, "bit {bit} of {}: {summary:#?}", bytes.len() * 8);
            assert_nothing_false(&sealed, &flipped, &summary, &format!("bit {bit}"));
        }
    }
}

#[test]
fn a_flipped_bit_under_an_unknown_key_is_never_better_than_unproven() {
    let bytes = small(true).bytes();
    let trust = trust_in(other_signer().verifier());
    for bit in (0..bytes.len() * 8).step_by(3) {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let summary = judge_archive(&open(&flipped).expect("it opens"), &trust);
        assert!(summary.verdict >= Verdict::Unproven, "bit {bit}");
        assert_eq!(summary.entries.intact, 0, "bit {bit}");
    }
}

#[test]
fn every_cut_is_intact_with_an_open_end_or_unsealed_and_never_a_break() {
    let made = made_without_index();
    let bytes = made.bytes();
    let mut seen = Vec::new();
    for end in 1..bytes.len() {
        let summary = judge(&bytes[..end]);
        assert_eq!(summary.breaks, [], "cut at {end}: {summary:#?}");
        assert!(!summary.tail.is_anchored(), "cut at {end}");
        let allowed = [Verdict::Intact, Verdict::Unsealed];
        assert!(
            allowed.contains(&summary.verdict),
            "cut at {end}: {summary:#?}"
        );
        assert_nothing_false(
            &made.lines(),
            &bytes[..end],
            &summary,
            &format!("cut {end}"),
        );
        if !seen.contains(&summary.entries.intact) {
            seen.push(summary.entries.intact);
        }
    }
    // What a checkpoint covers stays intact whatever is cut off behind it.
    assert_eq!(seen, [0, 8, 16]);
}

#[test]
fn bytes_between_frames_are_damage_and_reading_goes_on() {
    let made = small(true);
    let whole: Vec<Vec<u8>> = made.parts.iter().map(|part| part.to_bytes()).collect();
    for noise in [
        &b"noise"[..],
        b"\x28\xb5\x2f\xfdnoise",
        b"\x5a\x2a\x4d\x18",
        &[0; 300],
    ] {
        for place in 0..=whole.len() {
            let mut bytes = whole[..place].concat();
            bytes.extend(noise);
            bytes.extend(whole[place..].concat());
            let summary = judge(&bytes);
            assert!(!summary.damage.is_empty(), "before frame {place}");
            assert_eq!(summary.breaks, [], "before frame {place}: {summary:#?}");
            assert_eq!(
                summary.entries.intact, 10,
                "before frame {place}: {summary:#?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_archive_with_bytes_overwritten_moved_and_cut_out_never_lies(
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..40, 0u8..4, any::<u8>()),
            1..6,
        ),
    ) {
        let made = small(true);
        let mut bytes = made.bytes();
        for (at, length, how, value) in changes {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match how {
                0 => bytes[at..end].fill(value),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let copy = bytes[at..end].to_vec();
                    let to = usize::from(value) * bytes.len() / 256;
                    bytes.splice(to..to, copy);
                }
                _ => bytes[at..end].iter_mut().for_each(|byte| *byte ^= value),
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        let summary = judge(&bytes);
        prop_assert!(
            bytes == made.bytes()
                || summary.verdict != Verdict::Intact
                || !summary.damage.is_empty()
                || !summary.tail.is_anchored()
        );
        assert_nothing_false(&made.lines(), &bytes, &summary, "changed");
    }

    #[test]
    fn random_bytes_open_and_are_judged(bytes in prop::collection::vec(any::<u8>(), 1..2000)) {
        let summary = judge(&bytes);
        prop_assert_eq!(summary.entries.intact, 0);
    }

    #[test]
    fn random_frames_open_and_are_judged(
        frames in prop::collection::vec(
            (0usize..7, prop::collection::vec(any::<u8>(), 0..200)),
            1..12,
        ),
    ) {
        let tags = [b"SLID", b"SLTL", b"SLCP", b"SLTS", b"SLIX"];
        let mut bytes = Vec::new();
        for (kind, payload) in frames {
            match tags.get(kind) {
                Some(tag) => bytes.extend(frame_of(tag, &payload)),
                None if kind == 5 => bytes.extend(data_frame(&[payload])),
                None => bytes.extend(payload),
            }
        }
        if !bytes.is_empty() {
            let summary = judge(&bytes);
            prop_assert_eq!(summary.entries.intact, 0);
        }
    }
}

#[test]
fn the_verdict_does_not_depend_on_who_reads_which_segment() {
    use sealscope_archive::Archive as _;
    use sealscope_verify::{check_segment, judge_sealog};
    let mut made = Plan::new(3, 8).build();
    made.edit(sealscope_testkit::sealog::Cover::Nothing, |lines| {
        lines[7].1 = b"changed".to_vec();
        lines.remove(20);
    });
    let archive = open(&made.bytes()).expect("it opens");
    let trust = trust_in(our_signer().verifier());
    let expected = judge_archive(&archive, &trust);
    let count = archive.segment_count();
    // Memory used again, in another order.
    let mut reuse = None;
    let mut findings: Vec<_> = (0..count).map(|_| None).collect();
    for ordinal in (0..count).rev() {
        let segment = archive
            .read_segment(ordinal, reuse.take())
            .expect("it reads");
        let checked = check_segment(segment, 0);
        findings[ordinal] = Some(checked.findings());
        reuse = Some(checked.into_segment());
    }
    let findings: Vec<_> = findings.into_iter().flatten().collect();
    assert_eq!(judge_sealog(&archive, &findings, &trust), expected);
    // Many threads at once.
    let threads: Vec<_> = std::thread::scope(|scope| {
        let read = |ordinal| {
            let archive = &archive;
            scope.spawn(move || {
                check_segment(archive.read_segment(ordinal, None).expect("it reads"), 0).findings()
            })
        };
        let handles: Vec<_> = (0..count).map(read).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().expect("no panic"))
            .collect()
    });
    assert_eq!(judge_sealog(&archive, &threads, &trust), expected);
}

#[test]
fn a_check_that_ends_early_leaves_the_rest_unchecked() {
    use sealscope_verify::judge_sealog;
    let made = Plan::new(3, 8).build();
    let archive = open(&made.bytes()).expect("it opens");
    let trust = trust_in(our_signer().verifier());
    let findings = sealscope_testkit::sealog::findings_of(&archive);
    for read in 0..findings.len() {
        let summary = judge_sealog(&archive, &findings[..read], &trust);
        assert_eq!(summary.breaks, [], "{read}: {summary:#?}");
        assert_eq!(summary.damage, [], "{read}: {summary:#?}");
        assert!(summary.entries.unchecked > 0 || read + 1 >= findings.len());
        assert!(!summary.tail.is_anchored());
        assert_eq!(summary.ranges.end(), 28, "{read}");
    }
}
