use sealscope_archive::sealog::{Control, Header};

use super::{Cover, Made, Owned, Part, Plan, control_line, other_signer, our_signer, stranger};

/// A small archive that shows one thing, for `tests/fixtures/sealog`.
#[derive(Debug)]
pub struct Fixture {
    /// `intact` or `tampered`.
    pub state: &'static str,
    /// Name of its folder.
    pub name: &'static str,
    /// What was done, in a sentence.
    pub what: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Three segments of eight entries under our key.
fn made() -> Made {
    Plan::new(3, 8).build()
}

fn without_index() -> Made {
    let mut plan = Plan::new(3, 8);
    plan.index = false;
    plan.build()
}

fn edited(cover: Cover, edit: impl FnOnce(&mut Vec<Owned>)) -> Vec<u8> {
    let mut made = made();
    made.edit(cover, edit);
    made.bytes()
}

fn places(made: &Made, is_data: bool) -> Vec<usize> {
    made.places(|part| match part {
        Part::Data(_) => is_data,
        Part::Checkpoint(_) => !is_data,
        _ => false,
    })
}

fn replace(made: &mut Made, at: usize, line: &[u8]) {
    made.edit(Cover::Nothing, |lines| lines[at].1 = line.to_vec());
}

/// All samples, in the order of their folders.
#[must_use]
pub fn fixture_archives() -> Vec<Fixture> {
    let intact = |(name, what, bytes)| Fixture {
        state: "intact",
        name,
        what,
        bytes,
    };
    let other = |(name, what, bytes)| Fixture {
        state: "tampered",
        name,
        what,
        bytes,
    };
    let all = intact_archives().into_iter().map(intact);
    let changed = changed_entries().into_iter().chain(changed_frames());
    let changed = changed.chain(changed_seals()).map(other);
    all.chain(changed).collect()
}

type Told = (&'static str, &'static str, Vec<u8>);

fn intact_archives() -> Vec<Told> {
    let plan = |change: fn(&mut Plan)| {
        let mut plan = Plan::new(3, 8);
        change(&mut plan);
        plan.build()
    };
    let mut torn = without_index().bytes();
    torn.truncate(torn.len() - 300);
    let mut unsealed = plan(|plan| (plan.close, plan.index) = (false, false));
    unsealed.parts.pop();
    let mut continued = Plan::new(2, 6);
    continued.before = made().tree();
    continued.archive = *b"archive-uuid-02!";
    let mut cosigned = without_index();
    let last = cosigned.seals[2].clone();
    let witness = stranger("example.org/witness", 9);
    cosigned.parts.push(Part::Checkpoint(cosigned.note(
        last.size,
        last.root,
        &[&witness],
    )));
    let mut damaged = made();
    let place = places(&damaged, true)[2] + 1;
    let mut list = damaged.parts[place].to_bytes();
    list[70] ^= 4;
    damaged.parts[place] = Part::Raw(list);
    vec![
        ("closed", "Closed; nothing was changed.", made().bytes()),
        (
            "open",
            "Not closed; nothing was changed.",
            plan(|plan| plan.close = false).bytes(),
        ),
        (
            "plain-lists",
            "Leaf lists without leaf hashes, and no index.",
            plan(|plan| (plan.leaf_lists, plan.index) = (false, false)).bytes(),
        ),
        (
            "torn",
            "The last 300 bytes are missing, as after a crash.",
            torn,
        ),
        (
            "unsealed-tail",
            "The last checkpoint is missing: the entries before it are not sealed.",
            unsealed.bytes(),
        ),
        (
            "continued",
            "The next file of a log of 28 entries: it begins at leaf 28.",
            continued.build().bytes(),
        ),
        (
            "cosigned",
            "A witness added its signature to the last checkpoint.",
            cosigned.bytes(),
        ),
        (
            "damaged-list",
            "One bit of a leaf list is flipped; the roots hold.",
            damaged.bytes(),
        ),
    ]
}

fn changed_entries() -> Vec<Told> {
    vec![
        (
            "modified",
            "Entry 12 was changed, its leaf list kept.",
            edited(Cover::Nothing, |lines| lines[12].1 = b"changed".to_vec()),
        ),
        (
            "removed",
            "Entries 12 and 13 were removed, their leaf lists kept.",
            edited(Cover::Nothing, |lines| drop(lines.drain(12..14))),
        ),
        (
            "inserted",
            "An entry was added before entry 12.",
            edited(Cover::Nothing, |lines| {
                lines.insert(12, (lines[12].0, b"added".to_vec()));
            }),
        ),
        (
            "repeated",
            "Entry 3 stands once more before entry 20.",
            edited(Cover::Nothing, |lines| {
                lines.insert(20, (lines[20].0, lines[3].1.clone()));
            }),
        ),
        (
            "swapped",
            "Entries 5 and 15 changed places.",
            edited(Cover::Nothing, |lines| {
                let one = lines[5].1.clone();
                lines[5].1 = std::mem::replace(&mut lines[15].1, one);
            }),
        ),
        (
            "covered-in-lists",
            "Entry 12 was changed and its leaf list made anew; the index was forgotten.",
            edited(Cover::Lists, |lines| lines[12].1 = b"changed".to_vec()),
        ),
        (
            "covered-everywhere",
            "Entry 12 was removed and all lists and the index made anew.",
            edited(Cover::ListsAndIndex, |lines| drop(lines.remove(12))),
        ),
        (
            "resealed",
            "All was made anew and signed with another key.",
            {
                let mut forged = made();
                replace(&mut forged, 12, b"changed");
                forged.reseal(&other_signer());
                forged.bytes()
            },
        ),
    ]
}

fn changed_frames() -> Vec<Told> {
    let mut removed = made();
    let place = places(&removed, true)[4];
    removed.parts.drain(place..place + 2);
    let mut swapped = made();
    let data = places(&swapped, true);
    for part in 0..2 {
        swapped.parts.swap(data[1] + part, data[4] + part);
    }
    let mut headless = made();
    let place = places(&headless, true)[2];
    headless.parts.drain(..place);
    let mut raised = without_index();
    raised.raise_start(8, header_at(8));
    let mut other = Plan::new(3, 8);
    other.log = *b"another-log-uuid";
    let other = other.build();
    let mut spliced = without_index();
    let (ours, theirs) = (places(&spliced, false)[1], places(&other, false));
    let tail = other.parts[theirs[1] + 1..=theirs[2]].to_vec();
    spliced.parts.truncate(ours + 1);
    spliced.parts.extend(tail);
    vec![
        (
            "frame-removed",
            "A data frame and its leaf list were removed.",
            removed.bytes(),
        ),
        (
            "frames-swapped",
            "Two data frames changed places with their lists.",
            swapped.bytes(),
        ),
        (
            "head-cut",
            "The file was cut off before leaf 8.",
            headless.bytes(),
        ),
        (
            "start-raised",
            "Cut off before leaf 8, with a header and a frontier made to fit.",
            raised.bytes(),
        ),
        (
            "spliced",
            "The last segment is that of another log.",
            spliced.bytes(),
        ),
    ]
}

fn header_at(start: u64) -> Vec<u8> {
    control_line(&Control::Header(Header {
        version: 1,
        archive: "61726368-6976-652d-7575-69642d303121".to_owned(),
        origin: "example.org/audit".to_owned(),
        log: "7468652d-7575-6964-2d6f-662d6c6f6721".to_owned(),
        start,
        schema: None,
        signer: our_signer().verifier().to_vkey(),
        previous: None,
        tool: "testkit".to_owned(),
    }))
}

fn changed_seals() -> Vec<Told> {
    let mut false_signature = made();
    let place = places(&false_signature, false)[2];
    let note = false_signature.seals[2].note.clone();
    let text = note.split("\n\n").next().unwrap_or_default().to_owned() + "\n";
    let foreign = our_signer().sign("another text\n");
    let line = foreign.split("\n\n").nth(1).unwrap_or_default();
    false_signature.parts[place] = Part::Checkpoint(format!("{text}\n{line}").into_bytes());
    let mut unlinked = without_index();
    let place = places(&unlinked, false)[0];
    unlinked.parts.remove(place);
    let mut late = made();
    late.parts.pop();
    late.parts.push(Part::Data(vec![b"late".to_vec()]));
    let mut longer = without_index();
    let root = longer.seals[2].root;
    longer
        .parts
        .push(Part::Checkpoint(longer.note(40, root, &[&our_signer()])));
    vec![
        (
            "false-signature",
            "The last checkpoint carries our key's signature over another text.",
            false_signature.bytes(),
        ),
        (
            "checkpoint-removed",
            "The first checkpoint was removed.",
            unlinked.bytes(),
        ),
        (
            "late-entry",
            "An entry was added after the log was closed.",
            late.bytes(),
        ),
        (
            "end-missing",
            "A checkpoint of ours covers more entries than the file has.",
            longer.bytes(),
        ),
    ]
}
