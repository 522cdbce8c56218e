//! Random edits of random archives: the reported list is the edit that was made, and every other
//! entry keeps its verdict.
//!
//! How edits that can be told in several ways are told here, and by the judge:
//! - all lines of these archives differ, so that no two can be mistaken for each other;
//! - edits stand at least two untouched lines apart, so that a swap is two moves and a copy is the
//!   repeat (with less in between, the lines in between could as well be called moved);
//! - runs of one kind that follow each other are one break, across frames too;
//! - of a stretch whose leaves nobody can tell, nothing is said but that it changed.
//!
//! What is left out here (neighbours swapped, identical lines) is fixed in `attacks/entries.rs`.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sealscope_model::{BreakKind, Verdict};
use sealscope_testkit::sealog::{Cover, Made, Owned, Plan, judge};
use sealscope_verify::Summary;

/// A small generator of its own, so that a failing seed says everything.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("small")
    }
}

fn plan(random: &mut Random) -> Plan {
    let mut plan = Plan::new(1 + random.below(4), 3 + random.below(16));
    plan.frame_lines = 1 + random.below(7);
    plan.close = random.below(3) > 0;
    plan.index = random.below(2) > 0;
    plan
}

type Short = (u64, Option<u64>, BreakKind, u64, bool);

fn breaks(summary: &Summary) -> Vec<Short> {
    let breaks = summary.breaks.iter();
    let mut breaks: Vec<_> = breaks
        .map(|found| {
            (
                found.position,
                found.found,
                found.kind,
                found.count,
                found.exact,
            )
        })
        .collect();
    breaks.sort_unstable();
    breaks
}

fn positions(summary: &Summary, verdict: Verdict) -> BTreeSet<u64> {
    let ranges = summary.ranges.as_slice().iter();
    ranges
        .filter(|range| range.verdict == Some(verdict))
        .flat_map(|range| range.from..range.to)
        .collect()
}

/// One edit of a run of sealed lines.
#[derive(Debug, Clone, Copy)]
enum Edit {
    Modify(usize),
    Remove(usize),
    /// So many lines go before.
    Insert(usize),
    /// A copy of the line at this index goes before.
    Repeat(usize),
    /// Changes places with the line at this index.
    Swap(usize),
}

/// Untouched lines between two edits.
const APART: usize = 2;

/// Edits by sealed index.
fn edits(random: &mut Random, lines: usize, many: bool) -> BTreeMap<usize, Edit> {
    let mut edits = BTreeMap::new();
    let mut swaps = Vec::new();
    let mut at = random.below(if many { 3 } else { lines });
    while at < lines {
        let length = 1 + random.below(4.min(lines - at));
        let edit = match random.below(5) {
            0 => Edit::Modify(length),
            1 => Edit::Remove(length),
            2 => Edit::Insert(length),
            3 => Edit::Repeat(0),
            _ => Edit::Swap(0),
        };
        let taken = match edit {
            Edit::Modify(length) | Edit::Remove(length) => length,
            _ => 1,
        };
        if matches!(edit, Edit::Swap(_)) {
            swaps.push(at);
        } else {
            edits.insert(at, edit);
        }
        if !many && swaps.len() != 1 {
            break;
        }
        at += taken + APART + random.below(if many { 6 } else { 20 });
    }
    while let (Some(b), Some(a)) = (swaps.pop(), swaps.pop()) {
        edits.insert(a, Edit::Swap(b));
        edits.insert(b, Edit::Swap(a));
    }
    choose_copies(random, lines, edits)
}

/// Copies are of lines that no edit touches, and do not stand near them.
fn choose_copies(
    random: &mut Random,
    lines: usize,
    mut edits: BTreeMap<usize, Edit>,
) -> BTreeMap<usize, Edit> {
    let mut touched = vec![false; lines];
    for (at, edit) in &edits {
        let length = match edit {
            Edit::Modify(length) | Edit::Remove(length) => *length,
            _ => 1,
        };
        touched[*at..*at + length].fill(true);
    }
    let places: Vec<usize> = edits
        .iter()
        .filter_map(|(at, edit)| matches!(edit, Edit::Repeat(_)).then_some(*at))
        .collect();
    for at in places {
        let free: Vec<usize> = (0..lines)
            .filter(|from| !touched[*from] && from.abs_diff(at) > 2 * APART)
            .collect();
        if free.is_empty() {
            edits.remove(&at);
        } else {
            let from = free[random.below(free.len())];
            // Of one line no two copies: they would be repeats of one another.
            touched[from] = true;
            edits.insert(at, Edit::Repeat(from));
        }
    }
    edits
}

/// What the edits make of the lines, and what has to be reported.
#[derive(Default)]
struct Told {
    lines: Vec<Owned>,
    breaks: Vec<Short>,
    broken: BTreeSet<u64>,
}

impl Told {
    fn put(&mut self, line: Owned) -> u64 {
        self.lines.push(line);
        self.lines.len() as u64 - 1
    }

    fn tell(&mut self, kind: BreakKind, position: usize, found: Option<u64>, count: usize) {
        let run = found.into_iter().flat_map(|at| at..at + count as u64);
        self.broken.extend(run);
        self.breaks
            .push((position as u64, found, kind, count as u64, true));
    }
}

fn tell(sealed: &[Owned], edits: &BTreeMap<usize, Edit>, random: &mut Random) -> Told {
    let mut told = Told::default();
    let mut at = 0;
    while at < sealed.len() {
        let owner = sealed[at].0;
        let fresh = |n: usize| (owner, format!("new line {at}.{n}").into_bytes());
        match edits.get(&at) {
            None => {}
            Some(Edit::Modify(length)) => {
                let first = told.lines.len() as u64;
                for n in 0..*length {
                    let line = format!("changed line {at}.{n}").into_bytes();
                    told.put((sealed[at + n].0, line));
                }
                told.tell(BreakKind::Modified, at, Some(first), *length);
                at += length;
                continue;
            }
            Some(Edit::Remove(length)) => {
                told.tell(BreakKind::Removed, at, None, *length);
                at += length;
                continue;
            }
            Some(Edit::Insert(length)) => {
                // At the end of the frame before, or at the beginning of this one.
                let first = told.lines.len() as u64;
                let before = at.checked_sub(1).map_or(owner, |before| sealed[before].0);
                let before = if random.below(2) == 0 { owner } else { before };
                for n in 0..*length {
                    told.put((before, fresh(n).1));
                }
                told.tell(BreakKind::Inserted, at, Some(first), *length);
            }
            Some(Edit::Repeat(from)) => {
                let found = told.put((owner, sealed[*from].1.clone()));
                told.tell(BreakKind::Duplicated, *from, Some(found), 1);
            }
            Some(Edit::Swap(with)) => {
                let found = told.put((owner, sealed[*with].1.clone()));
                told.tell(BreakKind::Moved, *with, Some(found), 1);
                at += 1;
                continue;
            }
        }
        told.put(sealed[at].clone());
        at += 1;
    }
    told.breaks.sort_unstable();
    told
}

fn owned_lines(made: &Made) -> Vec<Owned> {
    let frames = made.data().enumerate();
    frames
        .flat_map(|(frame, lines)| lines.iter().map(move |line| (frame, line.clone())))
        .collect()
}

/// Edits an archive, leaf lists kept, and compares the report with the edit.
fn check_reported(seed: u64, many: bool) {
    let mut random = Random(seed);
    let mut made = plan(&mut random).build();
    let sealed = owned_lines(&made);
    let edits = edits(&mut random, sealed.len(), many);
    let told = tell(&sealed, &edits, &mut random);
    let lines = told.lines.clone();
    made.edit(Cover::Nothing, |all| *all = lines);
    let summary = judge(&made.bytes());
    assert_eq!(breaks(&summary), told.breaks, "{edits:?} {summary:#?}");
    assert_eq!(positions(&summary, Verdict::Broken), told.broken);
    let intact = positions(&summary, Verdict::Intact).len();
    assert_eq!(intact + told.broken.len(), told.lines.len());
    let expected = if edits.is_empty() {
        Verdict::Intact
    } else {
        Verdict::Broken
    };
    assert_eq!(summary.verdict, expected);
    assert_eq!(summary.damage, []);
    assert_eq!(summary.observations, []);
}

/// First leaf, count and whether it was changed, of every frame as sealed.
fn frames_changed(sealed: &[Owned], lines: &[Owned]) -> Vec<(u64, u64, bool)> {
    let frames = 1 + sealed.last().map_or(0, |(frame, _)| *frame);
    let of = |lines: &[Owned], frame: usize| -> Vec<Vec<u8>> {
        let own = lines.iter().filter(|(owner, _)| *owner == frame);
        own.map(|(_, line)| line.clone()).collect()
    };
    let mut first = 0;
    (0..frames)
        .map(|frame| {
            let (was, is) = (of(sealed, frame), of(lines, frame));
            first += was.len() as u64;
            (first - was.len() as u64, was.len() as u64, was != is)
        })
        .collect()
}

/// Covers the edits up in the leaf lists; SLIX stays. Each change is bounded by its frame.
fn check_bounded_by_frames(seed: u64, cover: Cover) {
    let mut random = Random(seed);
    let mut plan = plan(&mut random);
    plan.index = true;
    let mut made = plan.build();
    let sealed = owned_lines(&made);
    let many = random.below(2) == 0;
    let edits = edits(&mut random, sealed.len(), many);
    let told = tell(&sealed, &edits, &mut random);
    let lines = told.lines.clone();
    made.edit(cover, |all| *all = lines);
    let summary = judge(&made.bytes());
    let changed: BTreeSet<u64> = frames_changed(&sealed, &told.lines)
        .into_iter()
        .filter(|(_, _, is_changed)| *is_changed)
        .flat_map(|(first, count, _)| first..first + count)
        .collect();
    let reported: BTreeSet<u64> = summary
        .breaks
        .iter()
        .flat_map(|found| found.position..found.position + found.count)
        .collect();
    assert_eq!(reported, changed, "{cover:?} {edits:?} {summary:#?}");
    for found in &summary.breaks {
        // A frame of one line that changed places is known by its hash, and moved.
        let bounds = [BreakKind::Modified, BreakKind::Removed];
        let is_moved = found.kind == BreakKind::Moved && found.count == 1;
        assert!(is_moved || bounds.contains(&found.kind), "{summary:#?}");
    }
    let frames = frames_changed(&sealed, &told.lines);
    let intact: BTreeSet<u64> = (0u64..)
        .zip(&told.lines)
        .filter(|(_, (owner, _))| !frames[*owner].2)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(
        positions(&summary, Verdict::Intact),
        intact,
        "{edits:?} {summary:#?}"
    );
    assert_eq!(summary.damage, []);
}

/// Covers the edits up everywhere but in the checkpoints. Each change is bounded by its span, and
/// what follows is proven again from a tree of a power of two on.
fn check_bounded_by_checkpoints(seed: u64) {
    let mut random = Random(seed);
    let mut made = plan(&mut random).build();
    let sealed = owned_lines(&made);
    let edits = edits(&mut random, sealed.len(), false);
    let told = tell(&sealed, &edits, &mut random);
    let lines = told.lines.clone();
    made.edit(Cover::ListsAndIndex, |all| *all = lines);
    let summary = judge(&made.bytes());
    let frames = frames_changed(&sealed, &told.lines);
    let (mut from, mut is_known) = (0, true);
    let mut intact = BTreeSet::new();
    for seal in &made.seals {
        let is_inside = |(first, _, _): &&(u64, u64, bool)| from <= *first && *first < seal.size;
        let is_changed = frames
            .iter()
            .filter(is_inside)
            .any(|(_, _, changed)| *changed);
        let is_proven = is_known && !is_changed;
        for (at, (owner, _)) in (0u64..).zip(&told.lines) {
            let (first, _, _) = frames[*owner];
            if is_proven && from <= first && first < seal.size {
                intact.insert(at);
            }
        }
        is_known = is_proven || seal.size.is_power_of_two();
        from = seal.size;
    }
    assert_eq!(
        positions(&summary, Verdict::Intact),
        intact,
        "{edits:?} {summary:#?}"
    );
    let is_broken = summary.verdict == Verdict::Broken;
    assert_eq!(is_broken, frames.iter().any(|(_, _, changed)| *changed));
    for found in &summary.breaks {
        assert!(
            found.exact == (found.count == 1) || found.kind == BreakKind::Removed,
            "{summary:#?}"
        );
    }
}

/// Length of the longest common subsequence.
fn common(a: &[Owned], b: &[Owned]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for (_, x) in a {
        let mut corner = 0;
        for (j, (_, y)) in b.iter().enumerate() {
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

/// Edits one over the other, near and far: as much as possible is kept, and all is accounted for.
fn check_accounted_for(seed: u64) {
    let mut random = Random(seed);
    let mut made = plan(&mut random).build();
    let small = made.data().filter(|lines| lines.len() < 3);
    let small: usize = small.map(Vec::len).sum();
    let sealed = owned_lines(&made);
    let mut lines = sealed.clone();
    for n in 0..1 + random.below(8) {
        let at = random
            .below(lines.len().max(1))
            .min(lines.len().saturating_sub(1));
        if lines.is_empty() {
            break;
        }
        match random.below(5) {
            0 => lines[at].1 = format!("changed {n}").into_bytes(),
            1 => drop(lines.remove(at)),
            2 => lines.insert(at, (lines[at].0, format!("new {n}").into_bytes())),
            3 => {
                let from = random.below(lines.len());
                lines.insert(at, (lines[at].0, lines[from].1.clone()));
            }
            _ => {
                let with = random.below(lines.len());
                let one = lines[at].1.clone();
                lines[at].1 = std::mem::replace(&mut lines[with].1, one);
            }
        }
    }
    let stored = lines.clone();
    made.edit(Cover::Nothing, |all| *all = lines);
    let summary = judge(&made.bytes());
    let intact = positions(&summary, Verdict::Intact);
    // A frame that is as it was sealed is moved as a whole, even where copies of its lines would
    // serve better; here that can only be the smallest frames.
    let common = common(&sealed, &stored);
    assert!(
        intact.len() <= common && common <= intact.len() + small,
        "{summary:#?}"
    );
    let mut at = 0;
    for position in &intact {
        let line = &stored[usize::try_from(*position).expect("small")].1;
        let found = sealed[at..].iter().position(|(_, one)| one == line);
        at += found.expect("sealed, in this order") + 1;
    }
    let count = |kinds: &[BreakKind]| -> usize {
        let breaks = summary
            .breaks
            .iter()
            .filter(|found| kinds.contains(&found.kind));
        breaks
            .map(|found| usize::try_from(found.count).expect("small"))
            .sum()
    };
    use BreakKind::{Duplicated, Inserted, Modified, Moved, Removed};
    let changed_here = count(&[Modified, Inserted, Moved, Duplicated]);
    assert_eq!(intact.len() + changed_here, stored.len(), "{summary:#?}");
    let changed_there = count(&[Modified, Removed, Moved]);
    assert_eq!(intact.len() + changed_there, sealed.len(), "{summary:#?}");
    assert!(summary.breaks.iter().all(|found| found.exact));
}

proptest! {
    #![proptest_config(ProptestConfig {
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn one_edit_is_reported_as_it_was_made(seed in 1u64..) {
        check_reported(seed, false);
    }

    #[test]
    fn many_edits_are_reported_as_they_were_made(seed in 1u64..) {
        check_reported(seed, true);
    }

    #[test]
    fn edits_covered_up_in_the_leaf_lists_are_bounded_by_frames(seed in 1u64..) {
        check_bounded_by_frames(seed, Cover::Lists);
        check_bounded_by_frames(seed, Cover::ListsRenumbered);
    }

    #[test]
    fn edits_covered_up_everywhere_are_bounded_by_checkpoints(seed in 1u64..) {
        check_bounded_by_checkpoints(seed);
    }

    #[test]
    fn of_edits_in_any_disorder_as_much_as_possible_is_kept_and_all_is_accounted_for(
        seed in 1u64..
    ) {
        check_accounted_for(seed);
    }
}
