use sealscope_proof::leaf_hash;
use sealscope_testkit::sealog::{Cover, Made, Plan, other_signer};

use super::*;
use crate::testing::{open_made, open_text};

fn chain_of(made: &Made, centre: ChainCentre, around: usize) -> Vec<ChainNode> {
    open_made(made)
        .workspace
        .chain(0, centre, around)
        .expect("it reads")
}

/// The chain as a line of text: what is where, and how it hangs on what is before.
fn drawn(nodes: &[ChainNode]) -> String {
    let draw = |node: &ChainNode| {
        let link = match node.link {
            ChainLink::None => "",
            ChainLink::Ok => "-- ",
            ChainLink::Broken => "xx ",
            ChainLink::Unknown => ".. ",
        };
        let here = if node.is_here { "*" } else { "" };
        format!("{link}[{}{here}]", node.label)
    };
    nodes.iter().map(draw).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_intact_chain_is_drawn_with_its_checkpoints() {
    let made = Plan::new(2, 3).build();
    let nodes = chain_of(&made, ChainCentre::Stored(4), 20);
    assert_eq!(
        drawn(&nodes),
        "[0] -- [1] -- [2] -- [3] -- [Checkpoint of 4] -- [4*] -- [5] -- [6] -- [7] -- [8] \
         -- [Checkpoint of 9]"
    );
    assert_eq!(nodes[0].kind, ChainKind::Control);
    assert_eq!(nodes[1].kind, ChainKind::Entry);
    assert_eq!(nodes[1].digest, Some(leaf_hash(b"entry 0 of segment 0")));
    assert_eq!(nodes[5].note, "names the checkpoint before it");
}

#[test]
fn what_is_left_out_is_counted() {
    let nodes = chain_of(&Plan::new(2, 10).build(), ChainCentre::Stored(7), 1);
    assert_eq!(
        drawn(&nodes),
        "[… 6 entries before] -- [6] -- [7*] -- [8] .. [… 14 entries after]"
    );
}

#[test]
fn a_changed_entry_is_broken_and_the_next_one_stands_on_its_own_seal() {
    let mut made = Plan::new(1, 8).build();
    made.edit(Cover::Nothing, |lines| lines[3].1 = b"changed".to_vec());
    let nodes = chain_of(&made, ChainCentre::Sealed(3), 2);
    assert_eq!(
        drawn(&nodes),
        "[… 1 entry before] -- [1] -- [2] xx [3*] .. [4] -- [5] .. [… 4 entries after]"
    );
    let changed = &nodes[3];
    assert_eq!(changed.digest, Some(leaf_hash(b"changed")));
    let sealed = leaf_hash(b"entry 2 of segment 0").to_short_hex();
    assert_eq!(
        changed.note,
        format!("content does not match: sealed {sealed}")
    );
    assert_eq!(nodes[4].verdict, Some(Verdict::Intact));
}

#[test]
fn removed_and_added_entries_are_drawn_where_they_are_missed_or_found() {
    let mut made = Plan::new(1, 8).build();
    made.edit(Cover::Nothing, |lines| {
        lines.drain(3..5);
    });
    let nodes = chain_of(&made, ChainCentre::Sealed(4), 1);
    assert_eq!(
        drawn(&nodes),
        "[… 2 entries before] -- [2] xx [2 missing] .. [3*] -- [4] .. [… 3 entries after]"
    );
    assert_eq!(nodes[2].kind, ChainKind::Missing);
    assert_eq!(nodes[3].note, "sealed as 5");

    let mut made = Plan::new(1, 8).build();
    made.edit(Cover::Nothing, |lines| {
        let frame = lines[3].0;
        lines.insert(3, (frame, b"added".to_vec()));
    });
    let nodes = chain_of(&made, ChainCentre::Stored(3), 1);
    let added = nodes.iter().find(|node| node.is_here).expect("it is here");
    assert_eq!(
        (added.kind, added.note.as_str()),
        (ChainKind::Added, "never sealed here")
    );
    assert_eq!(added.link, ChainLink::Broken);
}

#[test]
fn entries_cut_from_the_end_are_missing_there() {
    let mut made = Plan::new(1, 6).build();
    made.edit(Cover::Nothing, |lines| lines.truncate(6));
    let nodes = chain_of(&made, ChainCentre::Stored(5), 1);
    assert!(
        drawn(&nodes).ends_with("[5*] xx [2 missing] .. [Checkpoint of 8]"),
        "{}",
        drawn(&nodes)
    );
}

#[test]
fn a_log_without_seals_has_nothing_that_links_it() {
    let opened = open_text("made.log", b"one\ntwo\nthree\n");
    let nodes = opened
        .workspace
        .chain(0, ChainCentre::Stored(1), 5)
        .expect("it reads");
    assert_eq!(drawn(&nodes), "[0] .. [1*] .. [2]");
    assert_eq!(nodes[1].verdict, Some(Verdict::Unsealed));
}

#[test]
fn a_checkpoint_by_a_key_that_is_not_trusted_is_unproven() {
    let made = Plan {
        signer: other_signer(),
        ..Plan::new(1, 2)
    }
    .build();
    let nodes = chain_of(&made, ChainCentre::Stored(1), 5);
    let last = nodes.last().expect("a checkpoint");
    assert_eq!(
        (last.kind, last.verdict),
        (ChainKind::Checkpoint, Some(Verdict::Unproven))
    );
}

#[test]
fn a_break_leads_to_the_entry_to_look_at() {
    let mut made = Plan::new(1, 8).build();
    made.edit(Cover::Nothing, |lines| {
        lines.drain(3..5);
    });
    let opened = open_made(&made);
    let summary = opened.workspace.archives()[0].summary().expect("checked");
    let found = summary.breaks.first().expect("a break");
    assert_eq!(opened.workspace.place_of_break(0, found), Some(3));
    assert_eq!(opened.workspace.break_at(0, 3), None);
}
