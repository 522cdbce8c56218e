//! Archives against what was kept elsewhere: checkpoints, head hashes, and the memory.

use sealscope_model::BreakKind::{Fork, Truncated};
use sealscope_model::{Digest, End, ObservationKind, Verdict};
use sealscope_proof::{Checkpoint, Signer};
use sealscope_testkit::sealog::{
    Made, Part, Plan, judge_archive, open, other_signer, our_signer, trust_in, trusting,
};
use sealscope_verify::{Anchor, HeldState, RememberedLog, Summary, TrustStore};

use crate::support::{assert_clean, breaks, intact_count, kinds, made};

fn open_ended(segments: usize) -> Made {
    let mut plan = Plan::new(segments, 8);
    plan.close = false;
    plan.build()
}

fn trust_with(anchor: Anchor) -> TrustStore {
    let mut trust = trust_in(our_signer().verifier());
    trust.anchors.push(anchor);
    trust
}

fn judged(made: &Made, trust: &TrustStore) -> Summary {
    judge_archive(&open(&made.bytes()).expect("it opens"), trust)
}

fn checkpoint(made: &Made, size: u64, root: Digest, signer: &Signer) -> Anchor {
    let states = Checkpoint {
        origin: made.origin.clone(),
        size,
        root,
    };
    Anchor::Checkpoint(signer.sign(&states.to_text()))
}

fn root_of(made: &Made, size: u64) -> Digest {
    let mut tree = made.before();
    for line in made.lines().iter().take((size - tree.end()) as usize) {
        tree.push(sealscope_proof::leaf_hash(line));
    }
    tree.root().expect("it begins at leaf 0")
}

/// The same log with another entry at an index, sealed by the same key.
fn another_history(segments: usize, at: usize) -> Made {
    let mut plan = Plan::new(segments, 8);
    plan.close = false;
    // Each segment opens with a control line.
    let (segment, entry) = (at / 9, at % 9);
    plan.segments[segment][entry.max(1) - 1] = b"another history".to_vec();
    plan.build()
}

#[test]
fn a_checkpoint_of_the_end_fixes_the_tail() {
    let made = open_ended(3);
    let anchor = checkpoint(&made, 27, root_of(&made, 27), &our_signer());
    let summary = judged(&made, &trust_with(anchor));
    assert_clean(&summary);
    assert_eq!(summary.tail, End::Anchored { by: "checkpoint" });
}

#[test]
fn a_checkpoint_of_any_smaller_size_that_agrees_changes_nothing() {
    let made = open_ended(3);
    for size in 0..27 {
        let anchor = checkpoint(&made, size, root_of(&made, size), &our_signer());
        let summary = judged(&made, &trust_with(anchor));
        assert_clean(&summary);
        assert_eq!(summary.tail, End::Open, "{size}");
    }
}

#[test]
fn an_archive_that_is_shorter_than_a_checkpoint_is_truncated() {
    let long = open_ended(3);
    let short = open_ended(2);
    for size in 19..=27 {
        let anchor = checkpoint(&long, size, root_of(&long, size), &our_signer());
        let summary = judged(&short, &trust_with(anchor));
        assert_eq!(summary.verdict, Verdict::Broken, "{size}");
        assert_eq!(breaks(&summary), [(Truncated, 18, size - 18, None, true)]);
        assert_eq!(intact_count(&summary), 18);
        assert_eq!(summary.tail, End::Open);
    }
}

#[test]
fn a_closed_archive_whose_log_went_on_is_not_truncated() {
    let made = made();
    let anchor = checkpoint(&made, 40, Digest::new([7; 32]), &our_signer());
    let summary = judged(&made, &trust_with(anchor));
    assert_eq!(summary.verdict, Verdict::Intact);
    assert_eq!(
        summary.observations[0].kind,
        ObservationKind::LongerStateKnown
    );
}

#[test]
fn another_root_at_any_size_is_a_fork() {
    let truth = open_ended(3);
    for at in 1..27usize {
        let other = another_history(3, at);
        let first = truth
            .lines()
            .iter()
            .zip(other.lines())
            .position(|(a, b)| *a != b)
            .expect("they differ") as u64;
        for size in [first, first + 1, 27] {
            let anchor = checkpoint(&truth, size, root_of(&truth, size), &our_signer());
            let summary = judged(&other, &trust_with(anchor));
            if size == first {
                assert_eq!(summary.verdict, Verdict::Intact, "{at} {size}");
                continue;
            }
            assert_eq!(breaks(&summary), [(Fork, 0, size, None, size == 1)]);
            assert_eq!(intact_count(&summary), 27 - size);
        }
    }
}

#[test]
fn two_checkpoints_bound_where_histories_part() {
    let truth = open_ended(3);
    let other = another_history(3, 12);
    let mut trust = trust_in(our_signer().verifier());
    for size in [27, 13, 12, 5] {
        let anchor = checkpoint(&truth, size, root_of(&truth, size), &our_signer());
        trust.anchors.push(anchor);
    }
    let summary = judged(&other, &trust);
    assert_eq!(breaks(&summary), [(Fork, 12, 1, None, true)]);
    assert!(
        summary.says.contains("they part at entry 12"),
        "{}",
        summary.says
    );
}

#[test]
fn an_archive_sealed_anew_with_another_key_is_found_by_a_checkpoint() {
    let truth = open_ended(3);
    let mut plan = Plan::new(3, 8);
    plan.close = false;
    plan.signer = other_signer();
    // Even the header claims to be the true one.
    plan.header = truth.lines().first().cloned();
    plan.segments[1][3] = b"changed".to_vec();
    let forged = plan.build();
    let trust = trust_in(our_signer().verifier());
    assert_eq!(judged(&forged, &trust).verdict, Verdict::Unproven);
    let anchor = checkpoint(&truth, 18, root_of(&truth, 18), &our_signer());
    let summary = judged(&forged, &trust_with(anchor));
    assert_eq!(kinds(&summary), [Fork]);
    // The first nine entries are as they were: a checkpoint of them says so.
    let anchor = checkpoint(&truth, 9, root_of(&truth, 9), &our_signer());
    let summary = judged(&forged, &trust_with(anchor));
    assert_eq!(
        (summary.verdict, intact_count(&summary)),
        (Verdict::Unproven, 9)
    );
}

#[test]
fn a_checkpoint_that_no_trusted_key_signed_proves_nothing() {
    let made = open_ended(3);
    for root in [root_of(&made, 27), Digest::new([1; 32])] {
        let anchor = checkpoint(&made, 27, root, &other_signer());
        let summary = judged(&made, &trust_with(anchor));
        assert_clean(&summary);
        assert_eq!(summary.tail, End::Open);
        assert!(summary.notes[0].contains("not signed by a key that you trust"));
    }
    // A key that is trusted for other origins is not trusted for this one.
    let anchor = checkpoint(&made, 27, root_of(&made, 27), &our_signer());
    let mut trust = trusting(our_signer().verifier(), "elsewhere");
    trust.anchors.push(anchor);
    let summary = judged(&made, &trust);
    assert_eq!(
        (summary.verdict, intact_count(&summary)),
        (Verdict::Unproven, 0)
    );
}

#[test]
fn a_checkpoint_of_another_log_says_nothing_here() {
    let made = open_ended(3);
    let states = Checkpoint {
        origin: "example.org/audit/00000000-0000-0000-0000-000000000000".to_owned(),
        size: 100,
        root: Digest::new([1; 32]),
    };
    let anchor = Anchor::Checkpoint(our_signer().sign(&states.to_text()));
    let summary = judged(&made, &trust_with(anchor));
    assert_clean(&summary);
    assert!(summary.notes[0].contains("says nothing of this archive"));
}

#[test]
fn a_head_hash_vouches_for_an_archive_of_a_stranger() {
    let mut plan = Plan::new(3, 8);
    plan.signer = other_signer();
    plan.close = false;
    let made = plan.build();
    for (count, expected) in [(27, Verdict::Intact), (18, Verdict::Unproven)] {
        let digest = root_of(&made, count);
        let summary = judged(&made, &trust_with(Anchor::Head { count, digest }));
        assert_eq!(summary.verdict, expected);
        assert_eq!(intact_count(&summary), count);
        let is_end = count == 27;
        assert_eq!(summary.tail == End::Anchored { by: "examiner" }, is_end);
    }
    let digest = Digest::new([3; 32]);
    let summary = judged(&made, &trust_with(Anchor::Head { count: 27, digest }));
    assert_eq!(kinds(&summary), [Fork]);
    assert_eq!(intact_count(&summary), 0);
    // With several archives open it may be meant for another.
    let mut trust = trust_with(Anchor::Head { count: 27, digest });
    trust.anchors_are_shared = true;
    let summary = judged(&made, &trust);
    assert_eq!(summary.verdict, Verdict::Unproven);
}

#[test]
fn an_anchor_covers_a_tail_that_lost_its_checkpoint() {
    let truth = open_ended(3);
    let anchor = checkpoint(&truth, 27, root_of(&truth, 27), &our_signer());
    let mut cut = open_ended(3);
    let place = cut.places(|part| matches!(part, Part::Checkpoint(_)))[2];
    cut.parts.remove(place);
    let before = judged(&cut, &trust_in(our_signer().verifier()));
    assert_eq!(before.verdict, Verdict::Unsealed);
    let summary = judged(&cut, &trust_with(anchor));
    assert_eq!(
        (summary.verdict, intact_count(&summary)),
        (Verdict::Intact, 27)
    );
    assert_eq!(summary.tail, End::Anchored { by: "checkpoint" });
}

#[test]
fn no_anchor_makes_a_changed_entry_better() {
    for at in 0..27usize {
        let truth = open_ended(3);
        let mut changed = open_ended(3);
        let mut lines = 0;
        for part in &mut changed.parts {
            if let Part::Data(data) = part {
                if let Some(line) = at.checked_sub(lines).and_then(|at| data.get_mut(at)) {
                    *line = b"changed".to_vec();
                }
                lines += data.len();
            }
        }
        let trust = trust_in(our_signer().verifier());
        let without = judged(&changed, &trust);
        for size in [1, 9, 18, 26, 27] {
            let anchor = checkpoint(&truth, size, root_of(&truth, size), &our_signer());
            let with = judged(&changed, &trust_with(anchor));
            assert_eq!(breaks(&with), breaks(&without), "{at} {size}");
            assert_eq!(with.ranges, without.ranges, "{at} {size}");
        }
    }
}

fn remembered(summary: &Summary) -> RememberedLog {
    let mut log = summary.outside.to_remember.clone().expect("all held");
    log.seen = "2026-03-14T09:30:00Z".to_owned();
    log
}

fn held_states(summary: &Summary) -> Vec<HeldState> {
    let held = summary.outside.held.iter();
    held.map(|finding| finding.state).collect()
}

fn trust_remembering(log: RememberedLog) -> TrustStore {
    let mut trust = trust_in(our_signer().verifier());
    trust.remembered.push(log);
    trust
}

#[test]
fn what_was_seen_before_is_found_again() {
    let made = open_ended(3);
    let first = judged(&made, &trust_in(our_signer().verifier()));
    let log = remembered(&first);
    assert_eq!(log.checkpoints.len(), 3);
    let again = judged(&made, &trust_remembering(log.clone()));
    assert_clean(&again);
    assert_eq!(again.tail, End::Open, "the memory fixes no end");
    assert_eq!(
        again.outside.remembered.as_ref().map(|(at, _)| at.size),
        Some(27)
    );
    assert_eq!(held_states(&again), [HeldState::Agrees; 3]);
    // A longer state that continues it.
    let longer = judged(&open_ended(4), &trust_remembering(log));
    assert_clean(&longer);
}

#[test]
fn an_older_state_is_intact_and_a_longer_one_is_known() {
    let log = remembered(&judged(&open_ended(3), &trust_in(our_signer().verifier())));
    for segments in 1..3 {
        let summary = judged(&open_ended(segments), &trust_remembering(log.clone()));
        assert_eq!(summary.verdict, Verdict::Intact);
        assert_eq!(breaks(&summary), []);
        let kinds: Vec<_> = summary.observations.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [ObservationKind::LongerStateKnown]);
        let held = held_states(&summary);
        let agreeing = held.iter().filter(|state| **state == HeldState::Agrees);
        assert_eq!(agreeing.count(), segments);
        assert!(held.contains(&HeldState::NotCompared), "{held:?}");
        assert!(summary.says.contains("A longer state of this log is known"));
        assert_eq!(summary.tail, End::Open);
    }
}

#[test]
fn another_history_than_the_one_seen_is_a_fork_with_its_place() {
    let log = remembered(&judged(&open_ended(3), &trust_in(our_signer().verifier())));
    for (at, from, to) in [(3, 0, 9), (12, 9, 18), (25, 18, 27)] {
        // Also a longer and a shorter state of the other history.
        for segments in [3, 4] {
            let other = another_history(segments, at);
            let summary = judged(&other, &trust_remembering(log.clone()));
            let expected = [(Fork, from, to - from, None, false)];
            assert_eq!(breaks(&summary), expected, "{at} {segments}");
            let held = held_states(&summary);
            assert_eq!(held.first() == Some(&HeldState::Agrees), at > 3, "{held:?}");
            assert_eq!(held.last(), Some(&HeldState::Contradicts), "{held:?}");
            assert_eq!(
                summary.outside.to_remember, None,
                "the fork is not remembered"
            );
        }
    }
    let shorter = another_history(2, 12);
    let summary = judged(&shorter, &trust_remembering(log));
    assert_eq!(breaks(&summary), [(Fork, 9, 9, None, false)]);
}

#[test]
fn a_memory_whose_key_is_trusted_no_longer_is_not_used() {
    let log = remembered(&judged(&open_ended(3), &trust_in(our_signer().verifier())));
    let mut trust = trust_in(other_signer().verifier());
    trust.remembered.push(log);
    let summary = judged(&another_history(3, 12), &trust);
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert_eq!(summary.outside.remembered, None);
}

#[test]
fn two_logs_of_one_name_are_no_fork() {
    let log = remembered(&judged(&open_ended(3), &trust_in(our_signer().verifier())));
    let mut plan = Plan::new(2, 8);
    plan.log = *b"another-uuid-log";
    let summary = judged(&plan.build(), &trust_remembering(log));
    assert_clean(&summary);
}

#[test]
fn nothing_is_remembered_of_what_did_not_hold() {
    let stranger = judged(&open_ended(3), &trust_in(other_signer().verifier()));
    assert_eq!(stranger.outside.to_remember, None);
    let mut changed = open_ended(3);
    if let Some(Part::Data(lines)) = changed
        .parts
        .iter_mut()
        .find(|p| matches!(p, Part::Data(_)))
    {
        lines[2] = b"changed".to_vec();
    }
    let broken = judged(&changed, &trust_in(our_signer().verifier()));
    assert_eq!(broken.outside.to_remember, None);
}
