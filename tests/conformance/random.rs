//! Random small archives, intact and changed, told by their seed alone.

use sealscope_model::Digest;
use sealscope_proof::{CompactRange, leaf_hash};
use sealscope_testkit::sealog::{Cover, Made, Owned, Part, Plan, other_signer, our_signer};

/// A small generator of its own: the same seed gives the same archive everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        // Small seeds differ in few bits; a few rounds spread them.
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        for _ in 0..4 {
            random.below(2);
        }
        random
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap_or(0)
    }
}

/// An archive and what was done to it.
pub struct Sample {
    pub what: String,
    pub bytes: Vec<u8>,
}

pub fn sample(seed: u64) -> Sample {
    let mut random = Random::new(seed);
    let (mut made, mut what) = intact(&mut random);
    if random.below(5) == 0 {
        return Sample {
            bytes: made.bytes(),
            what,
        };
    }
    let how = random.below(9);
    let mut bytes = None;
    what.push_str(match how {
        0..=3 => edit_lines(&mut made, &mut random),
        4 => change_frames(&mut made, &mut random),
        5 => change_checkpoints(&mut made, &mut random),
        6 => {
            made.reseal(&other_signer());
            ", sealed anew by a stranger"
        }
        7 => {
            let whole = made.bytes();
            let end = 60 + random.below(whole.len() - 60);
            bytes = Some(whole[..end].to_vec());
            ", cut"
        }
        _ => {
            let mut whole = made.bytes();
            let bit = random.below(whole.len() * 8);
            whole[bit / 8] ^= 1 << (bit % 8);
            bytes = Some(whole);
            ", one bit flipped"
        }
    });
    Sample {
        bytes: bytes.unwrap_or_else(|| made.bytes()),
        what,
    }
}

fn intact(random: &mut Random) -> (Made, String) {
    let (segments, entries) = (1 + random.below(3), 2 + random.below(9));
    let mut plan = Plan::new(segments, entries);
    plan.frame_lines = 2 + random.below(5);
    plan.close = random.below(3) > 0;
    plan.index = random.below(2) > 0;
    plan.leaf_lists = random.below(5) > 0;
    if random.below(4) == 0 {
        let mut before = CompactRange::empty(0);
        let start = 1 + random.below(40) as u64;
        (0..start).for_each(|index| before.push(leaf_hash(&index.to_be_bytes())));
        plan.before = before;
    }
    let what = format!(
        "{segments} segments of {entries}, {} lines a frame, start {}, lists {}, index {}, \
         close {}",
        plan.frame_lines,
        plan.before.end(),
        plan.leaf_lists,
        plan.index,
        plan.close
    );
    (plan.build(), what)
}

fn edit_lines(made: &mut Made, random: &mut Random) -> &'static str {
    let covers = [
        Cover::Nothing,
        Cover::Nothing,
        Cover::Lists,
        Cover::ListsAndIndex,
    ];
    let cover = covers[random.below(covers.len())];
    let edits = 1 + random.below(3);
    made.edit(cover, |lines| {
        for number in 0..edits {
            edit_one(lines, number, random);
        }
    });
    match cover {
        Cover::Nothing => ", lines edited",
        Cover::Lists | Cover::ListsRenumbered => ", lines edited, lists made anew",
        Cover::ListsAndIndex => ", lines edited, lists and index made anew",
    }
}

fn edit_one(lines: &mut Vec<Owned>, number: usize, random: &mut Random) {
    let at = random.below(lines.len());
    if lines.is_empty() {
        return;
    }
    match random.below(5) {
        0 => lines[at].1 = format!("changed {number}").into_bytes(),
        1 => drop(lines.remove(at)),
        2 => lines.insert(at, (lines[at].0, format!("new {number}").into_bytes())),
        3 => {
            let copy = lines[random.below(lines.len())].1.clone();
            lines.insert(at, (lines[at].0, copy));
        }
        _ => {
            let with = random.below(lines.len());
            let one = lines[at].1.clone();
            lines[at].1 = std::mem::replace(&mut lines[with].1, one);
        }
    }
}

fn change_frames(made: &mut Made, random: &mut Random) -> &'static str {
    let data = made.places(|part| matches!(part, Part::Data(_)));
    let (a, b) = (
        data[random.below(data.len())],
        data[random.below(data.len())],
    );
    match random.below(4) {
        0 => {
            made.parts.remove(a);
            ", a data frame removed"
        }
        1 => {
            made.parts.drain(a..a + 2);
            ", a data frame and its list removed"
        }
        2 => {
            let copy = made.parts[a..a + 2].to_vec();
            made.parts.splice(b..b, copy);
            ", a data frame repeated"
        }
        _ => {
            made.parts.swap(a, b);
            made.parts.swap(a + 1, b + 1);
            ", two data frames swapped"
        }
    }
}

fn change_checkpoints(made: &mut Made, random: &mut Random) -> &'static str {
    let places = made.places(|part| matches!(part, Part::Checkpoint(_)));
    let place = places[random.below(places.len())];
    let (ours, other) = (our_signer(), other_signer());
    let size = made.tree().end();
    let root = Digest::new([random.below(256) as u8; 32]);
    match random.below(4) {
        0 => {
            made.parts.remove(place);
            ", a checkpoint removed"
        }
        1 => {
            let last = places[places.len() - 1];
            let note = made.note(size + 1 + random.below(9) as u64, root, &[&ours]);
            made.parts.insert(last + 1, Part::Checkpoint(note));
            ", a checkpoint of ours of more than there is"
        }
        2 => {
            let last = places[places.len() - 1];
            let note = made.note(size, root, &[&other]);
            made.parts.insert(last + 1, Part::Checkpoint(note));
            ", a false checkpoint by a stranger added"
        }
        _ => {
            let last = places[places.len() - 1];
            let tree = made.tree().root().unwrap_or(root);
            let note = made.note(size, tree, &[&other]);
            made.parts[last] = Part::Checkpoint(note);
            ", the last checkpoint signed by a stranger"
        }
    }
}
