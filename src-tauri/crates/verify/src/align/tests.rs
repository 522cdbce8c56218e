use proptest::prelude::*;

use super::*;

fn tokens(keys: &[u32]) -> Vec<Token> {
    let key = |key: u32| {
        let mut bytes = [0u8; 32];
        bytes[..4].copy_from_slice(&key.to_be_bytes());
        Digest::new(bytes)
    };
    keys.iter()
        .zip(0..)
        .map(|(k, at)| Token {
            key: key(*k),
            at,
            count: 1,
            known: Known::Leaf,
        })
        .collect()
}

type Short = (BreakKind, u64, u64, Option<u64>);

fn edits(sealed: &[u32], stored: &[u32]) -> Vec<Short> {
    short(align(
        &tokens(sealed),
        &tokens(stored),
        &[],
        sealed.len() as u64,
    ))
}

fn short(alignment: Alignment) -> Vec<Short> {
    let edits = alignment.edits.into_iter();
    edits
        .map(|edit| (edit.kind, edit.position, edit.count, edit.found))
        .collect()
}

#[test]
fn equal_sequences_have_no_edits() {
    assert_eq!(edits(&[1, 2, 3, 2, 1], &[1, 2, 3, 2, 1]), []);
}

#[test]
fn each_kind_of_edit_is_named_at_its_place() {
    use BreakKind::{Duplicated, Inserted, Modified, Removed};
    let sealed = [1, 2, 3, 4, 5, 6];
    for (stored, expected) in [
        (&[1, 2, 9, 4, 5, 6][..], (Modified, 2, 1, Some(2))),
        (&[1, 2, 4, 5, 6], (Removed, 2, 1, None)),
        (&[1, 2, 5, 6], (Removed, 2, 2, None)),
        (&[1, 2, 8, 9, 3, 4, 5, 6], (Inserted, 2, 2, Some(2))),
        (&[1, 2, 3, 4, 5, 6, 9], (Inserted, 6, 1, Some(6))),
        (&[1, 2, 3, 4, 2, 5, 6], (Duplicated, 1, 1, Some(4))),
        (&[1, 2, 3, 4, 5], (Removed, 5, 1, None)),
        (&[2, 3, 4, 5, 6], (Removed, 0, 1, None)),
    ] {
        assert_eq!(edits(&sealed, stored), [expected], "{stored:?}");
    }
}

#[test]
fn a_swap_of_two_entries_moves_both() {
    use BreakKind::Moved;
    for apart in 2..6u32 {
        let sealed: Vec<u32> = (0..12).collect();
        let mut stored = sealed.clone();
        stored.swap(3, 3 + apart as usize);
        let apart = u64::from(apart);
        assert_eq!(
            edits(&sealed, &stored),
            [
                (Moved, 3, 1, Some(3 + apart)),
                (Moved, 3 + apart, 1, Some(3))
            ]
        );
    }
}

#[test]
fn a_swap_of_neighbours_moves_the_first() {
    assert_eq!(
        edits(&[1, 2, 3, 4], &[1, 3, 2, 4]),
        [(BreakKind::Moved, 1, 1, Some(2))]
    );
}

#[test]
fn a_long_run_outweighs_single_entries() {
    // A frame of nine entries went before three single ones: the frame stays, the three moved.
    let mut sealed = tokens(&[1, 2, 3, 4]);
    sealed[3].count = 9;
    let mut stored = tokens(&[4, 1, 2, 3]);
    (stored[0].count, stored[1].at, stored[2].at, stored[3].at) = (9, 9, 10, 11);
    assert_eq!(
        short(align(&sealed, &stored, &[], 12)),
        [(BreakKind::Moved, 0, 3, Some(9))]
    );
}

#[test]
fn where_leaves_are_not_known_the_change_is_bounded_and_familiar_lines_prove_nothing() {
    let mut sealed = tokens(&[1, 2, 3, 7]);
    (sealed[1].count, sealed[1].known) = (3, Known::No);
    (sealed[2].at, sealed[3].at) = (4, 5);
    for (between, kind) in [
        (&[1, 8, 9][..], BreakKind::Modified),
        (&[8, 9], BreakKind::Removed),
        (&[], BreakKind::Removed),
    ] {
        let stored: Vec<u32> = [&[1], between, &[3, 7]].concat();
        let alignment = align(&sealed, &tokens(&stored), &[], 6);
        let kept: u64 = alignment.kept.iter().map(|run| run.count).sum();
        assert_eq!(kept, 3);
        let [edit] = &alignment.edits[..] else {
            panic!("{:?}", alignment.edits);
        };
        assert_eq!((edit.kind, edit.position, edit.count), (kind, 1, 3));
        let stored = between.len() as u64;
        let bound = Bound { stored };
        // Where nothing stands, nothing is left to be bounded.
        assert_eq!(edit.bound, (stored > 0).then_some(bound));
    }
}

#[test]
fn many_equal_lines_are_aligned_in_bounded_time() {
    let sealed = vec![5; 6000];
    let mut stored = sealed.clone();
    stored[2000] = 9;
    stored[4000] = 8;
    let modified = |at| (BreakKind::Modified, at, 1, Some(at));
    assert_eq!(edits(&sealed, &stored), [modified(2000), modified(4000)]);
}

/// Length of the longest common subsequence, the slow way.
fn common(a: &[u32], b: &[u32]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y {
                corner + 1
            } else {
                row[j].max(above)
            };
            corner = above;
        }
    }
    row[b.len()]
}

proptest! {
    #[test]
    fn as_much_is_kept_as_can_be_and_everything_is_accounted_for(
        sealed in prop::collection::vec(0u32..12, 0..40),
        stored in prop::collection::vec(0u32..12, 0..40),
    ) {
        let (s, t) = (tokens(&sealed), tokens(&stored));
        let alignment = align(&s, &t, &[], sealed.len() as u64);
        for pair in alignment.kept.windows(2) {
            prop_assert!(pair[0].sealed_at < pair[1].sealed_at);
            prop_assert!(pair[0].stored_at < pair[1].stored_at);
        }
        for run in &alignment.kept {
            for n in 0..run.count {
                let (a, b) = ((run.sealed_at + n) as usize, (run.stored_at + n) as usize);
                prop_assert_eq!(sealed[a], stored[b]);
            }
        }
        let counted = |kinds: &[BreakKind]| -> u64 {
            alignment.edits.iter().filter(|e| kinds.contains(&e.kind)).map(|e| e.count).sum()
        };
        use BreakKind::{Duplicated, Inserted, Modified, Moved, Removed};
        let kept = alignment.kept.iter().map(|run| run.count as usize).sum::<usize>();
        prop_assert_eq!(kept, common(&sealed, &stored));
        let kept = kept as u64;
        let others = counted(&[Modified, Inserted, Moved, Duplicated]);
        prop_assert_eq!(kept + others, stored.len() as u64);
        prop_assert_eq!(kept + counted(&[Modified, Removed, Moved]), sealed.len() as u64);
    }
}
