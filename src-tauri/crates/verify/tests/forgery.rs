//! What an attacker without the trusted key can make of archives that it sealed: frames of several
//! logs and of older states mixed, left out, repeated, rewritten and signed with keys of their own.
//! No entry may ever be intact in a log and at a place, in order, where the key did not seal it.

use proptest::prelude::*;
use sealscope_archive::Archive as _;
use sealscope_model::{Digest, Verdict};
use sealscope_proof::{CompactRange, leaf_hash};
use sealscope_testkit::sealog::{
    Cover, List, Made, Part, Plan, judge_archive, open, other_signer, our_signer, to_bytes,
    trust_in,
};

/// A small generator of its own, so that a failing seed says everything.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("small")
    }
}

/// What our key sealed: the lines of each log by origin, and the archives.
struct World {
    archives: Vec<Made>,
    logs: Vec<(String, Vec<Vec<u8>>)>,
}

fn world(random: &mut Random) -> World {
    let mut archives = Vec::new();
    for log in 0..2u8 {
        let make = |segments: usize, entries: usize, close: bool| {
            let mut plan = Plan::new(segments, entries);
            plan.log[0] = b'a' + log;
            plan.frame_lines = 3;
            plan.close = close;
            for segment in &mut plan.segments {
                // Some lines are the same in both logs, and some stand in a log twice.
                segment
                    .iter_mut()
                    .skip(2)
                    .for_each(|line| line.push(b'a' + log));
                segment[1] = b"heartbeat".to_vec();
            }
            plan
        };
        let entries = 4 + random.below(4);
        let whole = make(3, entries, true).build();
        // The same log some segments earlier, and the next file of it.
        let older = make(2, entries, false).build();
        let mut next = make(1, 5, false);
        next.archive = *b"the-next-archive";
        next.before = whole.tree();
        archives.extend([whole, older, next.build()]);
    }
    let logs = [0, 3].map(|at| {
        let lines = [archives[at].lines(), archives[at + 2].lines()].concat();
        (archives[at].origin.clone(), lines)
    });
    World {
        archives,
        logs: logs.into(),
    }
}

/// One thing that an attacker does to a row of frames.
fn attack(parts: &mut Vec<Part>, world: &World, random: &mut Random) {
    let at = random.below(parts.len().max(1)).min(parts.len());
    let other = &world.archives[random.below(world.archives.len())].parts;
    let from = random.below(other.len());
    let to = (from + 1 + random.below(6)).min(other.len());
    match random.below(10) {
        0 if !parts.is_empty() => {
            let end = (at + 1 + random.below(4)).min(parts.len());
            parts.drain(at..end);
        }
        1 => drop(parts.splice(at..at, other[from..to].to_vec())),
        2 => {
            let end = (at + to - from).min(parts.len());
            parts.splice(at..end, other[from..to].to_vec());
        }
        3 if !parts.is_empty() => {
            let with = random.below(parts.len());
            let at = at.min(parts.len() - 1);
            parts.swap(at, with);
        }
        4 => change_a_line(parts, random),
        5 => change_a_list(parts, random),
        6 => change_the_id(parts, world, random),
        7 => {
            let made = &world.archives[random.below(world.archives.len())];
            let root = made.tree().root().expect("it begins at leaf 0");
            let size = random.below(60) as u64;
            parts.insert(
                at,
                Part::Checkpoint(made.note(size, root, &[&other_signer()])),
            );
        }
        8 => {
            // Our signature over another text: cut out and pasted.
            if let Some(Part::Checkpoint(note)) = parts.get_mut(at) {
                let place = random.below(note.len());
                note[place] = b'0' + u8::try_from(random.below(10)).expect("small");
            }
        }
        _ => change_the_index(parts, random),
    }
}

fn change_a_line(parts: &mut [Part], random: &mut Random) {
    let frames: Vec<usize> = (0..parts.len())
        .filter(|at| matches!(parts[*at], Part::Data(_)))
        .collect();
    if frames.is_empty() {
        return;
    }
    let at = frames[random.below(frames.len())];
    let Part::Data(lines) = &mut parts[at] else {
        return;
    };
    if lines.is_empty() {
        return;
    }
    let line = random.below(lines.len());
    match random.below(3) {
        0 => lines[line] = b"never sealed".to_vec(),
        1 => drop(lines.remove(line)),
        _ => lines.insert(line, b"never sealed".to_vec()),
    }
    let lines = lines.clone();
    // Mostly covered up in the list.
    if let (Some(Part::List(list)), true) = (parts.get_mut(at + 1), random.below(3) > 0) {
        *list = List::of(&lines, list.first, true);
    }
}

fn change_a_list(parts: &mut [Part], random: &mut Random) {
    let lists: Vec<usize> = (0..parts.len())
        .filter(|at| matches!(parts[*at], Part::List(_)))
        .collect();
    if lists.is_empty() {
        return;
    }
    if let Part::List(list) = &mut parts[lists[random.below(lists.len())]] {
        match random.below(3) {
            0 => list.first = random.below(60) as u64,
            1 => list.leaves.reverse(),
            _ => list.leaves.clear(),
        }
    }
}

fn change_the_id(parts: &mut [Part], world: &World, random: &mut Random) {
    let made = &world.archives[random.below(world.archives.len())];
    let lines = made.lines();
    let start = random.below(lines.len());
    let mut tree = CompactRange::empty(0);
    lines[..start]
        .iter()
        .for_each(|line| tree.push(leaf_hash(line)));
    if let Some(Part::Id(id)) = parts.first_mut() {
        (id.start, id.frontier) = (start as u64, tree.hashes().collect());
    }
}

fn change_the_index(parts: &mut [Part], random: &mut Random) {
    for part in parts {
        if let Part::Index(rows) = part
            && !rows.is_empty()
        {
            let at = random.below(rows.len());
            let with = random.below(rows.len());
            rows.swap(at, with);
            if let Some(hash) = rows[at].hashes.first_mut() {
                *hash = Digest::new([7; 32]);
            }
        }
    }
}

/// The stored lines that are intact, and the log that they are said to be of.
fn intact(bytes: &[u8]) -> (Option<String>, Vec<Vec<u8>>, Verdict) {
    let archive = open(bytes).expect("it opens");
    let summary = judge_archive(&archive, &trust_in(our_signer().verifier()));
    let mut lines = Vec::new();
    for ordinal in 0..archive.segment_count() {
        let segment = archive.read_segment(ordinal, None).expect("it reads");
        lines.extend(segment.entry_bytes().map(<[u8]>::to_vec));
    }
    let begin = summary
        .ranges
        .as_slice()
        .first()
        .map_or(0, |range| range.from);
    let is_intact =
        |at: usize| summary.ranges.verdict_at(begin + at as u64) == Some(Verdict::Intact);
    let intact = lines.iter().enumerate().filter(|(at, _)| is_intact(*at));
    let intact = intact.map(|(_, line)| line.clone()).collect();
    (summary.origin.clone(), intact, summary.verdict)
}

/// Whether the lines stand in the log in this order.
fn stand_in_order(lines: &[Vec<u8>], log: &[Vec<u8>]) -> bool {
    let mut rest = log.iter();
    lines.iter().all(|line| rest.any(|sealed| sealed == line))
}

fn check(seed: u64) {
    let mut random = Random(seed);
    let world = world(&mut random);
    let mut parts = world.archives[random.below(world.archives.len())]
        .parts
        .clone();
    let count = 1 + random.below(7);
    for _ in 0..count {
        attack(&mut parts, &world, &mut random);
    }
    let bytes = to_bytes(&parts);
    if bytes.is_empty() {
        return;
    }
    let (origin, lines, verdict) = intact(&bytes);
    if lines.is_empty() {
        return;
    }
    let log = world
        .logs
        .iter()
        .find(|(name, _)| Some(name) == origin.as_ref());
    let (_, log) = log.expect("intact under an origin that our key never signed for");
    assert!(stand_in_order(&lines, log), "{verdict}: {}", lines.len());
    assert!(!lines.iter().any(|line| line == b"never sealed"));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1500, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_is_intact_where_the_trusted_key_did_not_seal_it(seed in 1u64..) {
        check(seed);
    }
}

/// Every way to leave frames out of a small archive: whatever is called intact as a whole is one
/// stretch of the log from its first leaf on.
fn check_every_choice_of_frames(segments: usize, entries: usize) {
    let mut plan = Plan::new(segments, entries);
    (plan.frame_lines, plan.close, plan.index) = (2, false, false);
    let made = plan.build();
    let log = made.lines();
    let count = made.parts.len();
    for mask in 1u32..1 << count {
        let kept = (0..count).filter(|at| mask >> at & 1 == 1);
        let parts: Vec<Part> = kept.map(|at| made.parts[at].clone()).collect();
        let (_, lines, verdict) = intact(&to_bytes(&parts));
        assert!(stand_in_order(&lines, &log), "{mask:b}");
        if verdict == Verdict::Intact && !lines.is_empty() {
            assert_eq!(lines, log[..lines.len()], "{mask:b}");
        }
    }
}

#[test]
fn an_intact_archive_is_a_part_of_its_log_without_a_hole() {
    check_every_choice_of_frames(2, 3);
    check_every_choice_of_frames(3, 1);
}

#[test]
fn sealing_anew_with_another_key_leaves_nothing_intact() {
    let mut random = Random(9);
    for made in world(&mut random).archives {
        let mut forged = made;
        forged.edit(Cover::Nothing, |lines| {
            lines[1].1 = b"never sealed".to_vec()
        });
        forged.reseal(&other_signer());
        let (_, lines, verdict) = intact(&forged.bytes());
        assert_eq!((lines.len(), verdict), (0, Verdict::Unproven));
    }
}
