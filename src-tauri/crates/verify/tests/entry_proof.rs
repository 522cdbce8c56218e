//! Proofs of single entries, made from small archives and checked as a stranger would.

use sealscope_archive::sealog::SealogArchive;
use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, CompactRange, Note, check_inclusion, leaf_hash};
use sealscope_testkit::sealog::{
    Cover, Made, Part, Plan, findings_of, open, other_signer, our_signer, trust_in,
};
use sealscope_verify::{CheckpointState, EntryProof, KnownHashes, LeafFrom, SealedLog};

fn log_of(made: &Made) -> (SealogArchive, SealedLog) {
    let archive = open(&made.bytes()).expect("it opens");
    let findings = findings_of(&archive);
    let log = SealedLog::of(&archive, &findings, &trust_in(our_signer().verifier()));
    (archive, log)
}

fn lines_of(made: &Made) -> Vec<Vec<u8>> {
    let lines = made.parts.iter().filter_map(|part| match part {
        Part::Data(lines) => Some(lines.clone()),
        _ => None,
    });
    lines.flatten().collect()
}

/// Checks a proof with nothing but the line, the key and the published standards.
fn check_as_a_stranger(proof: &EntryProof, line: &[u8]) {
    let note = Note::parse(proof.note.as_bytes()).expect("a note");
    let key = our_signer();
    let is_signed = note
        .signatures
        .iter()
        .any(|s| key.verifier().verifies(&note.text, s));
    assert!(is_signed);
    let checkpoint = Checkpoint::parse(&note.text).expect("a checkpoint");
    let leaf = leaf_hash(line);
    check_inclusion(
        proof.index,
        checkpoint.size,
        &leaf,
        &proof.path,
        &checkpoint.root,
    )
    .expect("the path leads to the root");
}

#[test]
fn every_line_of_a_sealed_archive_has_a_proof_that_a_stranger_can_check() {
    for plan in [Plan::new(1, 1), Plan::new(3, 10), Plan::new(5, 7)] {
        let made = plan.build();
        let (archive, log) = log_of(&made);
        let mut known = KnownHashes::default();
        for (line, index) in lines_of(&made).iter().zip(0..) {
            let proof = log.prove(&archive, index).expect("a proof");
            let again = log.prove_again(&archive, index, &mut known);
            assert_eq!(again.as_ref(), Some(&proof), "with what others needed");
            check_as_a_stranger(&proof, line);
            assert_eq!(proof.leaf_from, LeafFrom::StoredLine);
            assert!(proof.trusted_by.is_some());
            // The smallest checkpoint that covers it.
            let smallest = made
                .seals
                .iter()
                .find(|seal| index < seal.size)
                .expect("sealed");
            assert_eq!((proof.size, &proof.note), (smallest.size, &smallest.note));
            assert_eq!(log.sealed_at(index), Some(index));
            assert_eq!(log.stored_at(index), Some(index));
        }
        let end = lines_of(&made).len() as u64;
        assert_eq!(log.end(), end);
        assert_eq!(log.prove(&archive, end), None);
        assert!(
            log.checkpoints()
                .iter()
                .all(|one| one.state == CheckpointState::Held)
        );
    }
}

#[test]
fn an_archive_that_continues_another_proves_its_lines_from_the_frontier() {
    for start in [1u64, 2, 5, 8, 13] {
        let mut before = CompactRange::empty(0);
        (0..start).for_each(|index| before.push(leaf_hash(&index.to_be_bytes())));
        let made = Plan {
            before,
            ..Plan::new(2, 9)
        }
        .build();
        let (archive, log) = log_of(&made);
        for (line, index) in lines_of(&made).iter().zip(start..) {
            check_as_a_stranger(&log.prove(&archive, index).expect("a proof"), line);
        }
        assert_eq!(log.prove(&archive, start - 1), None);
    }
}

#[test]
fn a_changed_line_leaves_the_proof_of_what_was_sealed_there() {
    let mut made = Plan::new(3, 10).build();
    let sealed = lines_of(&made);
    made.edit(Cover::Nothing, |lines| lines[6].1 = b"changed".to_vec());
    let (archive, log) = log_of(&made);
    assert_eq!(log.sealed_at(6), None);
    assert_eq!(log.stored_at(6), None);
    assert_eq!(log.sealed_at(7), Some(7));
    assert_eq!(log.sealed_around(6), (Some(5), Some(7)));
    assert_eq!(log.stored_from(6), Some(7));
    let proof = log.prove(&archive, 6).expect("the list is proven");
    assert!(matches!(proof.leaf_from, LeafFrom::LeafList { .. }));
    check_as_a_stranger(&proof, &sealed[6]);
    let neighbour = log.prove(&archive, 7).expect("a proof");
    check_as_a_stranger(&neighbour, &sealed[7]);
}

#[test]
fn a_removed_line_shifts_what_follows_and_not_its_proof() {
    let mut made = Plan::new(2, 10).build();
    let sealed = lines_of(&made);
    made.edit(Cover::Nothing, |lines| {
        lines.remove(3);
    });
    let (archive, log) = log_of(&made);
    assert_eq!(log.stored_at(3), None);
    assert_eq!(log.stored_from(3), Some(3));
    assert_eq!(log.sealed_around(3), (Some(4), None));
    for stored in [0u64, 2, 3, 4, 15] {
        let index = if stored < 3 { stored } else { stored + 1 };
        assert_eq!(log.sealed_at(stored), Some(index));
        let proof = log.prove(&archive, index).expect("a proof");
        check_as_a_stranger(&proof, &sealed[usize::try_from(index).expect("small")]);
    }
}

#[test]
fn without_a_trusted_key_a_proof_says_so() {
    let made = Plan {
        signer: other_signer(),
        ..Plan::new(2, 5)
    }
    .build();
    let (archive, log) = log_of(&made);
    let proof = log.prove(&archive, 2).expect("a proof");
    assert_eq!(proof.trusted_by, None);
    let states: Vec<_> = log.checkpoints().iter().map(|one| one.state).collect();
    assert_eq!(states, [CheckpointState::NotTrusted; 2]);
}

#[test]
fn nothing_is_proven_where_nothing_is_sealed_or_the_root_is_another() {
    let mut unsealed = Plan::new(1, 5).build();
    unsealed
        .parts
        .retain(|part| !matches!(part, Part::Checkpoint(_)));
    let (archive, log) = log_of(&unsealed);
    assert_eq!((log.prove(&archive, 1), log.end()), (None, 0));

    let mut other_root = Plan {
        index: false,
        ..Plan::new(1, 5)
    }
    .build();
    let wrong = other_root.note(6, Digest::new([7; 32]), &[&our_signer()]);
    for part in &mut other_root.parts {
        if let Part::Checkpoint(note) = part {
            note.clone_from(&wrong);
        }
    }
    let (archive, log) = log_of(&other_root);
    assert_eq!(log.prove(&archive, 1), None);
    assert_eq!(log.checkpoints()[0].state, CheckpointState::Refuted);
}
