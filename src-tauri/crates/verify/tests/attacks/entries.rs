//! Entries modified, removed, inserted, swapped and repeated, with more and more covered up.

use sealscope_model::BreakKind::{Duplicated, Inserted, Modified, Moved, Removed, Resealed};
use sealscope_model::Verdict;
use sealscope_testkit::sealog::{
    Cover, Made, Owned, Plan, judge, judge_archive, open, other_signer, our_signer, trust_in,
};

use crate::support::{
    LEAVES, Short, assert_clean, breaks, broken_at, damage, intact_count, kinds, made,
    made_without_index, verdicts,
};

#[test]
fn an_archive_as_sealed_is_intact_and_fixed_at_both_ends() {
    let summary = judge(&made().bytes());
    assert_clean(&summary);
    assert!(summary.head.is_anchored() && summary.tail.is_anchored());
    assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    assert_eq!((summary.entries.total, summary.entries.control), (24, 4));
    assert_eq!(summary.checkpoints_held, 3);
}

#[test]
fn without_close_the_end_is_open() {
    let mut plan = Plan::new(3, 8);
    plan.close = false;
    let summary = judge(&plan.build().bytes());
    assert_clean(&summary);
    assert!(!summary.tail.is_anchored());
}

#[test]
fn without_leaf_lists_or_index_an_unchanged_archive_is_as_intact() {
    for (leaf_lists, index) in [(false, true), (true, false), (false, false)] {
        let mut plan = Plan::new(3, 8);
        (plan.leaf_lists, plan.index) = (leaf_lists, index);
        assert_clean(&judge(&plan.build().bytes()));
    }
}

/// Makes one edit on every index, leaf lists kept, and expects exactly these breaks and broken
/// positions.
#[track_caller]
fn on_every_index(
    last: usize,
    edit: impl Fn(&mut Vec<Owned>, usize),
    expected: impl Fn(u64) -> (Vec<Short>, Vec<u64>),
) {
    for make in [made, made_without_index] {
        for at in 0..LEAVES - last {
            let mut changed = make();
            changed.edit(Cover::Nothing, |lines| edit(lines, at));
            let summary = judge(&changed.bytes());
            let (expected, broken) = expected(at as u64);
            assert_eq!(breaks(&summary), expected, "at {at}: {summary:#?}");
            assert_eq!(broken_at(&summary), broken, "at {at}");
            let stored = changed.lines().len() as u64;
            assert_eq!(
                intact_count(&summary),
                stored - broken.len() as u64,
                "at {at}"
            );
            assert_eq!(summary.verdict, Verdict::Broken);
            assert_eq!(damage(&summary), [""; 0], "at {at}");
        }
    }
}

#[test]
fn a_modified_entry_is_named_and_no_other() {
    let edit = |lines: &mut Vec<Owned>, at: usize| lines[at].1 = b"changed".to_vec();
    on_every_index(0, edit, |at| {
        (vec![(Modified, at, 1, Some(at), true)], vec![at])
    });
}

#[test]
fn a_removed_entry_is_named_and_no_other() {
    let edit = |lines: &mut Vec<Owned>, at: usize| drop(lines.remove(at));
    on_every_index(0, edit, |at| (vec![(Removed, at, 1, None, true)], vec![]));
}

#[test]
fn an_inserted_entry_is_named_and_no_other() {
    let edit = |lines: &mut Vec<Owned>, at: usize| {
        let frame = lines[at].0;
        lines.insert(at, (frame, b"new".to_vec()));
    };
    on_every_index(0, edit, |at| {
        (vec![(Inserted, at, 1, Some(at), true)], vec![at])
    });
}

#[test]
fn an_entry_repeated_at_once_is_named_and_no_other() {
    let edit = |lines: &mut Vec<Owned>, at: usize| {
        let copy = lines[at].clone();
        lines.insert(at + 1, copy);
    };
    on_every_index(0, edit, |at| {
        (vec![(Duplicated, at, 1, Some(at + 1), true)], vec![at + 1])
    });
}

#[test]
fn an_entry_repeated_far_away_is_named_by_its_origin() {
    for from in 0..LEAVES {
        let edit = |lines: &mut Vec<Owned>, at: usize| {
            let (frame, copy) = (lines[at].0, lines[from].1.clone());
            lines.insert(at, (frame, copy));
        };
        let copied = |at: u64| {
            let from = from as u64;
            // A copy right before the original stands first, and the original is the repeat.
            let found = if at == from { at + 1 } else { at };
            (vec![(Duplicated, from, 1, Some(found), true)], vec![found])
        };
        on_every_index(0, edit, copied);
    }
}

#[test]
fn of_two_swapped_neighbours_the_first_is_moved() {
    let edit = |lines: &mut Vec<Owned>, at: usize| swap(lines, at, at + 1);
    on_every_index(1, edit, |at| {
        (vec![(Moved, at, 1, Some(at + 1), true)], vec![at + 1])
    });
}

#[test]
fn of_two_swapped_others_both_are_moved() {
    for apart in 2..LEAVES - 1 {
        let edit = |lines: &mut Vec<Owned>, at: usize| swap(lines, at, at + apart);
        on_every_index(apart, edit, |at| {
            let to = at + apart as u64;
            let moved = vec![
                (Moved, at, 1, Some(to), true),
                (Moved, to, 1, Some(at), true),
            ];
            (moved, vec![at, to])
        });
    }
}

/// Swaps two lines; the frames keep their sizes.
fn swap(lines: &mut [Owned], a: usize, b: usize) {
    let one = lines[a].1.clone();
    lines[a].1 = std::mem::replace(&mut lines[b].1, one);
}

/// The frame of the leaf at an index: its first leaf and its count.
fn frame_of(made: &Made, at: usize) -> (u64, u64) {
    let mut first = 0;
    for lines in made.data() {
        if at < first + lines.len() {
            return (first as u64, lines.len() as u64);
        }
        first += lines.len();
    }
    panic!("no leaf {at}");
}

#[test]
fn with_its_leaf_list_made_anew_a_change_is_bounded_by_its_frame() {
    for cover in [Cover::Lists, Cover::ListsRenumbered] {
        for at in 0..LEAVES {
            let mut changed = made();
            changed.edit(cover, |lines| lines[at].1 = b"changed".to_vec());
            let (first, count) = frame_of(&changed, at);
            let summary = judge(&changed.bytes());
            // In a frame of one line it is that line.
            let exact = count == 1;
            assert_eq!(breaks(&summary), [(Modified, first, count, None, exact)]);
            let frame: Vec<u64> = (first..first + count).collect();
            assert_eq!(broken_at(&summary), frame, "at {at}");
            assert_eq!(intact_count(&summary), 28 - count);
        }
    }
}

#[test]
fn with_all_lists_made_anew_a_removal_is_bounded_by_its_frame_and_all_others_stay_intact() {
    for cover in [Cover::Lists, Cover::ListsRenumbered] {
        for at in 0..LEAVES {
            let mut changed = made();
            let (first, count) = frame_of(&changed, at);
            changed.edit(cover, |lines| drop(lines.remove(at)));
            let summary = judge(&changed.bytes());
            // A frame of one line is gone with its line, and that is exact.
            let exact = count == 1;
            assert_eq!(
                breaks(&summary),
                [(Removed, first, count, None, exact)],
                "{cover:?} at {at}: {summary:#?}"
            );
            let rest: Vec<u64> = (first..first + count - 1).collect();
            assert_eq!(broken_at(&summary), rest, "{cover:?} at {at}");
            assert_eq!(intact_count(&summary), 28 - count, "{cover:?} at {at}");
        }
    }
}

#[test]
fn with_all_lists_made_anew_an_insertion_is_bounded_by_its_frame() {
    for cover in [Cover::Lists, Cover::ListsRenumbered] {
        for at in 0..LEAVES {
            let mut changed = made();
            let (first, count) = frame_of(&changed, at);
            changed.edit(cover, |lines| {
                let frame = lines[at].0;
                lines.insert(at, (frame, b"new".to_vec()));
            });
            let summary = judge(&changed.bytes());
            assert_eq!(
                breaks(&summary),
                [(Modified, first, count, None, false)],
                "{cover:?} at {at}: {summary:#?}"
            );
            assert_eq!(intact_count(&summary), 28 - count, "{cover:?} at {at}");
        }
    }
}

/// The sealed indexes of the spans from the one of a leaf to the end.
fn span_start(at: usize) -> u64 {
    // Header and eight entries; `segment` and eight; `segment`, eight and `close`.
    if at < 9 {
        0
    } else if at < 18 {
        9
    } else {
        18
    }
}

#[test]
fn with_lists_and_index_made_anew_a_change_is_bounded_by_checkpoints_and_the_rest_is_not_proven() {
    for at in 0..LEAVES {
        let mut changed = made();
        changed.edit(Cover::ListsAndIndex, |lines| {
            lines[at].1 = b"changed".to_vec();
        });
        let summary = judge(&changed.bytes());
        let from = span_start(at);
        assert_eq!(breaks(&summary), [(Modified, from, 28 - from, None, false)]);
        assert_eq!(broken_at(&summary), (from..28).collect::<Vec<_>>());
        assert_eq!(intact_count(&summary), from);
    }
}

#[test]
fn a_span_that_ends_at_a_power_of_two_is_proven_again_after_a_broken_one() {
    // Sizes 8, 16, 24: the tree of 16 leaves is known by its root alone.
    let make = |index| {
        let mut plan = Plan::new(3, 7);
        (plan.close, plan.index) = (false, index);
        plan.build()
    };
    for cover in [Cover::Lists, Cover::ListsRenumbered] {
        let mut changed = make(false);
        changed.edit(cover, |lines| lines[10].1 = b"changed".to_vec());
        let summary = judge(&changed.bytes());
        assert_eq!(breaks(&summary), [(Modified, 8, 8, None, false)]);
        assert_eq!(broken_at(&summary), (8..16).collect::<Vec<_>>());
        assert_eq!(intact_count(&summary), 16);
        // Lists that count through state other places for all that follows a removal.
        let mut shorter = make(false);
        shorter.edit(cover, |lines| drop(lines.remove(10)));
        let summary = judge(&shorter.bytes());
        assert_eq!(
            breaks(&summary),
            [(Removed, 8, 8, None, false)],
            "{cover:?}"
        );
        assert_eq!(broken_at(&summary), (8..15).collect::<Vec<_>>());
        assert_eq!(intact_count(&summary), 16);
    }
}

#[test]
fn without_leaf_lists_a_change_is_bounded_by_its_frame_through_the_index() {
    for at in 0..LEAVES {
        let mut plan = Plan::new(3, 8);
        plan.leaf_lists = false;
        let mut changed = plan.build();
        let (first, count) = frame_of(&changed, at);
        changed.edit(Cover::Nothing, |lines| lines[at].1 = b"changed".to_vec());
        let summary = judge(&changed.bytes());
        let exact = count == 1;
        assert_eq!(breaks(&summary), [(Modified, first, count, None, exact)]);
        assert_eq!(intact_count(&summary), 28 - count);
    }
}

#[test]
fn a_familiar_line_in_a_frame_that_is_only_bounded_is_not_called_a_repeat() {
    let mut plan = Plan::new(3, 8);
    for segment in &mut plan.segments {
        segment[2] = b"heartbeat".to_vec();
    }
    let mut changed = plan.build();
    changed.edit(Cover::Lists, |lines| lines[11].1 = b"changed".to_vec());
    let summary = judge(&changed.bytes());
    assert_eq!(breaks(&summary), [(Modified, 9, 4, None, false)]);
}

#[test]
fn of_identical_entries_one_removed_or_added_is_told_by_count() {
    let mut plan = Plan::new(1, 8);
    plan.segments = vec![vec![b"same".to_vec(); 8]];
    let mut shorter = plan.build();
    shorter.edit(Cover::Nothing, |lines| drop(lines.remove(3)));
    let summary = judge(&shorter.bytes());
    assert_eq!(kinds(&summary), [Removed]);
    assert_eq!(summary.breaks[0].count, 1);
    assert_eq!(broken_at(&summary), [0u64; 0]);
}

#[test]
fn everything_made_anew_under_another_key_is_unproven() {
    for at in 0..LEAVES {
        let mut forged = made();
        forged.edit(Cover::Nothing, |lines| {
            if lines[at].1.starts_with(b"entry") {
                lines[at].1 = b"changed".to_vec();
            }
        });
        forged.reseal(&other_signer());
        let archive = open(&forged.bytes()).expect("it opens");
        let summary = judge_archive(&archive, &trust_in(our_signer().verifier()));
        assert_eq!(summary.verdict, Verdict::Unproven);
        assert_eq!(verdicts(&summary), [(0, 28, "unproven")]);
        assert!(!summary.head.is_anchored() && !summary.tail.is_anchored());
        assert!(summary.signers.iter().all(|signer| !signer.is_trusted));
    }
}

#[test]
fn our_checkpoints_kept_beside_a_forgery_break_it() {
    let mut forged = made();
    let ours: Vec<_> = forged.parts.clone();
    forged.edit(Cover::Nothing, |lines| lines[5].1 = b"changed".to_vec());
    forged.reseal(&other_signer());
    for (place, part) in ours.iter().enumerate().rev() {
        if let sealscope_testkit::sealog::Part::Checkpoint(_) = part {
            forged.parts.insert(place, part.clone());
        }
    }
    let summary = judge(&forged.bytes());
    assert_eq!(summary.verdict, Verdict::Broken);
    assert_eq!(intact_count(&summary), 0, "{summary:#?}");
    assert!(kinds(&summary).contains(&Modified));
    assert!(!kinds(&summary).contains(&Resealed) || summary.entries.intact == 0);
}
