//! Chains of all families with edits made on purpose: what is told is what was done, wherever the
//! chain allows.

use std::sync::Arc;

use proptest::prelude::*;
use sealscope_archive::chained_jsonl::ChainProfile;
use sealscope_model::{BreakKind, Verdict};
use sealscope_testkit::chains::{ChainFamily, ChainMaker, chain_lines};

use super::{Given, of_text};
use crate::summary::Summary;

const COUNT: u64 = 14;

fn given(family: ChainFamily, has_seq: bool) -> Given {
    let profile = ChainProfile::from_toml(&family.profile(has_seq)).expect("a profile");
    Given {
        profile: Some(Arc::new(profile)),
        ..Given::default()
    }
}

fn summary_of(lines: &[String], family: ChainFamily, has_seq: bool) -> Summary {
    let text = lines.join("\n") + "\n";
    of_text(text.as_bytes(), &given(family, has_seq)).expect("it opens")
}

type Told = (BreakKind, u64, u64, Option<u64>);

fn told(lines: &[String], family: ChainFamily, has_seq: bool) -> Vec<Told> {
    let breaks = summary_of(lines, family, has_seq).breaks.into_iter();
    breaks
        .map(|b| (b.kind, b.position, b.count, b.found))
        .collect()
}

fn each(mut check: impl FnMut(ChainFamily, bool, &[String])) {
    for family in ChainFamily::ALL {
        for has_seq in [true, false] {
            check(family, has_seq, &chain_lines(family, COUNT, "n"));
        }
    }
}

#[test]
fn an_unchanged_chain_is_consistent_and_so_is_one_without_its_end() {
    each(|family, has_seq, lines| {
        for end in 1..=lines.len() {
            let summary = summary_of(&lines[..end], family, has_seq);
            let expected = match family {
                // The last line is named by none.
                ChainFamily::LineBefore => Verdict::Unsealed,
                _ => Verdict::Consistent,
            };
            assert_eq!(
                summary.verdict, expected,
                "{family:?} {has_seq} {end}: {}",
                summary.says
            );
            assert!(summary.head.is_anchored());
        }
    });
}

#[test]
fn a_modified_entry_is_named() {
    each(|family, has_seq, lines| {
        for at in 0..COUNT {
            let mut changed = lines.to_vec();
            changed[at as usize] = changed[at as usize].replacen("\"n", "\"m", 1);
            let found = told(&changed, family, has_seq);
            let expected = match family {
                ChainFamily::LineBefore if at + 1 == COUNT => vec![],
                ChainFamily::LineBefore if !has_seq => {
                    vec![(BreakKind::Removed, at + 1, 1, None)]
                }
                _ => vec![(BreakKind::Modified, at, 1, Some(at))],
            };
            assert_eq!(found, expected, "{family:?} {has_seq} {at}");
        }
    });
}

#[test]
fn removed_entries_are_counted_where_numbers_allow() {
    each(|family, has_seq, lines| {
        for at in 0..COUNT - 1 {
            for count in 1..(COUNT - at).min(4) {
                let mut changed = lines.to_vec();
                changed.drain(at as usize..(at + count) as usize);
                let found = told(&changed, family, has_seq);
                let expected = match family {
                    _ if has_seq => (BreakKind::Removed, at, count, None),
                    ChainFamily::Implicit => (BreakKind::Modified, at, 1, Some(at)),
                    _ => (BreakKind::Removed, at, 1, None),
                };
                assert_eq!(found, [expected], "{family:?} {has_seq} {at} {count}");
            }
        }
    });
}

#[test]
fn repeated_entries_are_named_with_their_place() {
    each(|family, has_seq, lines| {
        for from in 0..COUNT {
            for to in 0..=COUNT {
                let mut changed = lines.to_vec();
                changed.insert(to as usize, lines[from as usize].clone());
                let found = told(&changed, family, has_seq);
                let is_beside = to == from || to == from + 1;
                let [(BreakKind::Duplicated, position, 1, Some(at))] = found.as_slice() else {
                    panic!("{family:?} {has_seq} {from} to {to}: {found:?}");
                };
                assert_eq!(*position, from, "{family:?} {has_seq} {from} to {to}");
                assert!(
                    *at == to || is_beside,
                    "{family:?} {has_seq} {from} to {to}: {at}"
                );
            }
        }
    });
}

#[test]
fn swapped_entries_are_moved() {
    each(|family, has_seq, lines| {
        for at in 0..COUNT {
            for other in at + 1..COUNT {
                let mut changed = lines.to_vec();
                changed.swap(at as usize, other as usize);
                let found = told(&changed, family, has_seq);
                let expected = if other == at + 1 {
                    vec![(BreakKind::Moved, at, 1, Some(other))]
                } else {
                    vec![
                        (BreakKind::Moved, at, 1, Some(other)),
                        (BreakKind::Moved, other, 1, Some(at)),
                    ]
                };
                assert_eq!(found, expected, "{family:?} {has_seq} {at} {other}");
            }
        }
    });
}

#[test]
fn an_entry_of_another_chain_is_inserted() {
    each(|family, has_seq, lines| {
        let foreign = chain_lines(family, COUNT, "other");
        for at in 0..COUNT {
            let mut changed = lines.to_vec();
            changed.insert(at as usize, foreign[7].clone());
            let found = told(&changed, family, has_seq);
            let expected = [(BreakKind::Inserted, at, 1, Some(at))];
            assert_eq!(found, expected, "{family:?} {has_seq} {at}");
        }
    });
}

#[test]
fn an_entry_that_was_made_to_follow_is_inserted() {
    each(|family, has_seq, lines| {
        for at in 1..COUNT - 1 {
            let mut maker = ChainMaker::new(family);
            (0..at).for_each(|seq| {
                maker.line(seq, &format!("n{seq}"));
            });
            let mut changed = lines.to_vec();
            changed.insert(at as usize, maker.line(at, "made to follow"));
            let found = told(&changed, family, has_seq);
            let expected = [(BreakKind::Inserted, at, 1, Some(at))];
            assert_eq!(found, expected, "{family:?} {has_seq} {at}");
        }
    });
}

#[test]
fn an_entry_that_was_made_anew_shows_at_the_next_one() {
    each(|family, has_seq, lines| {
        for at in 0..COUNT - 1 {
            let mut maker = ChainMaker::new(family);
            (0..at).for_each(|seq| {
                maker.line(seq, &format!("n{seq}"));
            });
            let mut changed = lines.to_vec();
            changed[at as usize] = maker.line(at, "made anew");
            let summary = summary_of(&changed, family, has_seq);
            assert_eq!(
                summary.verdict,
                Verdict::Broken,
                "{family:?} {has_seq} {at}"
            );
            let first = &summary.breaks[0];
            let place = if first.kind == BreakKind::Modified && family == ChainFamily::LineBefore {
                at
            } else {
                at + 1
            };
            assert_eq!(
                first.position, place,
                "{family:?} {has_seq} {at}: {first:?}"
            );
            assert_eq!(summary.breaks.len(), 1, "{family:?} {has_seq} {at}");
        }
    });
}

#[derive(Debug, Clone)]
enum Edit {
    Modify(usize),
    Remove(usize, usize),
    Insert(usize),
    Garbage(usize),
    Swap(usize, usize),
    Repeat(usize, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = 0..40usize;
    prop_oneof![
        at.clone().prop_map(Edit::Modify),
        (at.clone(), 1..4usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        at.clone().prop_map(Edit::Insert),
        at.clone().prop_map(Edit::Garbage),
        (at.clone(), at.clone()).prop_map(|(a, b)| Edit::Swap(a, b)),
        (at.clone(), at).prop_map(|(a, b)| Edit::Repeat(a, b)),
    ]
}

fn apply(edit: &Edit, lines: &mut Vec<String>, foreign: &[String]) {
    if lines.is_empty() {
        return;
    }
    let within = |at: usize| at % lines.len();
    match *edit {
        Edit::Modify(at) => {
            let at = within(at);
            lines[at] = lines[at].replacen("\"who\":\"", "\"who\":\"x", 1);
        }
        Edit::Remove(at, count) => {
            let at = within(at);
            lines.drain(at..(at + count).min(lines.len()));
        }
        Edit::Insert(at) => lines.insert(within(at), foreign[at % foreign.len()].clone()),
        Edit::Garbage(at) => lines.insert(within(at), "{\"who\":".to_owned()),
        Edit::Swap(a, b) => {
            let (a, b) = (within(a), within(b));
            lines.swap(a, b);
        }
        Edit::Repeat(a, b) => {
            let (a, b) = (within(a), within(b));
            lines.insert(b, lines[a].clone());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn many_edits_never_give_a_better_verdict_than_the_truth(
        edits in prop::collection::vec(edit(), 1..6),
        number in 0..ChainFamily::ALL.len(),
        has_seq in any::<bool>(),
    ) {
        let family = ChainFamily::ALL[number];
        let sealed = chain_lines(family, 40, "n");
        let foreign = chain_lines(family, 40, "other");
        let mut lines = sealed.clone();
        edits.iter().for_each(|edit| apply(edit, &mut lines, &foreign));
        prop_assume!(!lines.is_empty());
        let summary = summary_of(&lines, family, has_seq);
        // What follows the last entry that another one names is not covered.
        let covered = match family {
            ChainFamily::LineBefore => &lines[..lines.len() - 1],
            _ => &lines[..],
        };
        if sealed.starts_with(covered) {
            prop_assert!(summary.verdict >= Verdict::Consistent);
        } else {
            let last_resort = [Verdict::Broken, Verdict::Unproven];
            prop_assert!(last_resort.contains(&summary.verdict), "{:?}", summary.verdict);
            // Entries that still stand where and as they were sealed may hold; others must not.
            let held = summary.entries.consistent + summary.entries.intact;
            let most = lines.iter().filter(|line| sealed.contains(line)).count() as u64;
            prop_assert!(held <= most + 1 || family == ChainFamily::LineBefore, "{held} of {most}");
        }
    }
}
