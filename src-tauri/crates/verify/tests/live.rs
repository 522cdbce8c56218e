//! The verdict while it grows never says more than the final one.

use proptest::prelude::*;
use sealscope_model::{Damage, Verdict};
use sealscope_testkit::sealog::{
    Cover, Made, Part, Plan, findings_of, judge_archive, open, other_signer, our_signer, trust_in,
};
use sealscope_verify::LiveCheck;

/// How far the entries are proven while reading, and by the final judgement.
///
/// What is called broken while reading has to be broken in the end.
fn proven_to(made: &Made) -> (u64, u64, bool) {
    let archive = open(&made.bytes()).expect("it opens");
    let trust = trust_in(our_signer().verifier());
    let mut live = LiveCheck::new(archive.structure());
    for found in &findings_of(&archive) {
        live.push(found, archive.structure(), &trust);
    }
    let summary = judge_archive(&archive, &trust);
    if live.is_refuted() {
        assert_eq!(summary.verdict, Verdict::Broken, "{}", summary.says);
    }
    let ranges = summary.ranges.as_slice().iter();
    let intact = ranges.take_while(|range| range.verdict == Some(Verdict::Intact));
    let begin = summary
        .ranges
        .as_slice()
        .first()
        .map_or(0, |range| range.from);
    let finally = intact.last().map_or(begin, |range| range.to);
    (live.intact_to(), finally, live.first_problem().is_some())
}

#[test]
fn of_an_archive_as_sealed_all_is_proven_while_it_is_read() {
    let mut continued = Plan::new(2, 5);
    continued.before = Plan::new(1, 6).build().tree();
    for made in [Plan::new(3, 8).build(), continued.build()] {
        let (live, finally, has_problem) = proven_to(&made);
        assert_eq!(live, finally);
        assert!(!has_problem);
    }
}

#[test]
fn under_an_unknown_key_nothing_is_proven_while_it_is_read() {
    let mut made = Plan::new(3, 8).build();
    made.reseal(&other_signer());
    assert_eq!(proven_to(&made), (0, 0, false));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_change_stops_what_is_proven_while_reading_no_later_than_in_the_end(
        at in 0usize..28, how in 0usize..6, frame in 0usize..20,
    ) {
        let mut made = Plan::new(3, 8).build();
        let cover = [Cover::Nothing, Cover::Lists, Cover::ListsAndIndex][how % 3];
        match how {
            0..=2 => made.edit(cover, |lines| lines[at].1 = b"changed".to_vec()),
            3 | 4 => made.edit(cover, |lines| drop(lines.remove(at))),
            _ => drop(made.parts.remove(frame % made.parts.len())),
        }
        let (live, finally, _) = proven_to(&made);
        prop_assert!(live <= finally, "{live} {finally}");
    }
}

#[test]
fn a_checkpoint_from_before_the_archive_disturbs_nothing() {
    let before = Plan::new(1, 6).build();
    let mut plan = Plan::new(2, 5);
    plan.before = before.tree();
    let mut made = plan.build();
    let root = before.seals[0].root;
    let note = made.note(before.seals[0].size, root, &[&our_signer()]);
    made.parts.insert(1, Part::Checkpoint(note));
    let (live, finally, has_problem) = proven_to(&made);
    assert_eq!((live, has_problem), (finally, false));
}

#[test]
fn damage_alone_is_not_called_broken_while_it_is_read() {
    let archive = open(&Plan::new(3, 8).build().bytes()).expect("it opens");
    let trust = trust_in(our_signer().verifier());
    let mut findings = findings_of(&archive);
    let torn = Damage::at(findings[1].offset_bytes, "a torn write");
    findings[1].damage.push(torn);
    let mut live = LiveCheck::new(archive.structure());
    for found in &findings {
        live.push(found, archive.structure(), &trust);
    }
    assert!(live.first_problem().is_some() && !live.is_refuted());
}
