//! Checkpoints changed, added, forged and signed by others.

use sealscope_model::BreakKind::{BadSignature, Fork, Relinked, Removed, Resealed};
use sealscope_model::{Digest, Verdict};
use sealscope_proof::{Checkpoint, Note, Signer};
use sealscope_testkit::sealog::{
    Made, Part, Plan, judge, judge_archive, open, other_signer, our_signer, stranger, trust_in,
    trusting,
};
use sealscope_verify::Summary;

use crate::support::{
    assert_clean, breaks, damage, intact_count, kinds, made, made_without_index, verdicts,
};

fn last_checkpoint(made: &Made) -> usize {
    let places = made.places(|part| matches!(part, Part::Checkpoint(_)));
    *places.last().expect("there is one")
}

/// The signature line that a key makes over a text.
fn line_of(signer: &Signer, text: &str) -> String {
    signer.sign(text).split_at(text.len() + 1).1.to_owned()
}

fn text_of(note: &str) -> String {
    Note::parse(note.as_bytes()).expect("it is a note").text
}

/// Replaces the last note.
fn with_last_note(mut made: Made, note: Vec<u8>) -> Summary {
    let place = last_checkpoint(&made);
    made.parts[place] = Part::Checkpoint(note);
    judge(&made.bytes())
}

/// Adds a note after the last checkpoint.
fn with_added_note(mut made: Made, note: Vec<u8>) -> Summary {
    let place = last_checkpoint(&made);
    made.parts.insert(place + 1, Part::Checkpoint(note));
    judge(&made.bytes())
}

#[test]
fn a_checkpoint_added_by_a_stranger_is_named_when_it_contradicts() {
    let root = Digest::new([3; 32]);
    for signer in [our_signer(), other_signer()] {
        let true_root = made().seals[2].root;
        for (size, root, kind) in [
            (
                28,
                root,
                if signer.verifier().name() == "example.org/sealer" {
                    Fork
                } else {
                    Resealed
                },
            ),
            (40, root, Removed),
            (
                9,
                true_root,
                if signer.verifier().name() == "example.org/sealer" {
                    Fork
                } else {
                    Resealed
                },
            ),
        ] {
            let made = made_without_index();
            let note = made.note(size, root, &[&signer]);
            let summary = with_added_note(made, note);
            assert_eq!(summary.verdict, Verdict::Broken);
            assert!(
                kinds(&summary).contains(&kind),
                "{size} {kind:?}: {summary:#?}"
            );
            assert_eq!(intact_count(&summary), 28, "{size} {summary:#?}");
        }
    }
}

#[test]
fn a_root_over_part_of_a_frame_is_held_against_its_lines() {
    // At 9 and 18 stand checkpoints of ours, which the true ones would only cosign.
    for size in (1..28).filter(|size| *size != 9 && *size != 18) {
        let made = made_without_index();
        let mut tree = sealscope_proof::CompactRange::empty(0);
        for line in &made.lines()[..size] {
            tree.push(sealscope_proof::leaf_hash(line));
        }
        let true_root = tree.root().expect("it begins at 0");
        let false_note = made.note(size as u64, Digest::new([1; 32]), &[&other_signer()]);
        let true_note = made.note(size as u64, true_root, &[&other_signer()]);
        let summary = with_added_note(made, false_note);
        assert!(kinds(&summary).contains(&Resealed), "{size}: {summary:#?}");
        let summary = with_added_note(made_without_index(), true_note);
        assert!(!kinds(&summary).contains(&Resealed), "{size}: {summary:#?}");
        // It stands after leaf 28 all the same, and the leaf at its size names no checkpoint.
        let is_named = !damage(&summary).is_empty() || kinds(&summary).contains(&Relinked);
        assert!(is_named, "{size}");
    }
}

#[test]
fn a_checkpoint_of_another_origin_is_named() {
    for signer in [our_signer(), other_signer()] {
        let made = made();
        let text = Checkpoint {
            origin: "elsewhere/00000000-0000-0000-0000-000000000000".to_owned(),
            size: 28,
            root: made.seals[2].root,
        }
        .to_text();
        let summary = with_added_note(made, signer.sign(&text).into_bytes());
        assert_eq!(kinds(&summary), [Resealed]);
        assert_eq!(intact_count(&summary), 28);
    }
}

#[test]
fn a_false_signature_breaks_what_nothing_later_proves() {
    let made = made();
    let text = text_of(&made.seals[2].note);
    let false_line = line_of(&our_signer(), "another text\n");
    let beside_good_stranger = format!("{text}\n{false_line}{}", line_of(&other_signer(), &text));
    for note in [format!("{text}\n{false_line}"), beside_good_stranger] {
        let summary = with_last_note(Plan::new(3, 8).build(), note.into_bytes());
        assert_eq!(
            breaks(&summary),
            [(BadSignature, 18, 10, None, true)],
            "{summary:#?}"
        );
        assert_eq!(verdicts(&summary), [(0, 18, "intact"), (18, 28, "broken")]);
        assert!(!summary.tail.is_anchored());
    }
}

#[test]
fn a_false_signature_of_the_key_that_the_header_claims_is_damage_and_proves_nothing() {
    let mut made = made();
    let text = text_of(&made.seals[2].note);
    let place = last_checkpoint(&made);
    let note = format!("{text}\n{}", line_of(&our_signer(), "another text\n"));
    made.parts[place] = Part::Checkpoint(note.into_bytes());
    let archive = open(&made.bytes()).expect("it opens");
    let summary = judge_archive(&archive, &trust_in(other_signer().verifier()));
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert_eq!(damage(&summary).len(), 1, "{summary:#?}");
}

#[test]
fn a_false_signature_that_a_later_checkpoint_outweighs_is_damage() {
    let mut made = made();
    let place = made.places(|part| matches!(part, Part::Checkpoint(_)))[0];
    let text = text_of(&made.seals[0].note);
    let false_line = line_of(&our_signer(), "another text\n");
    made.parts[place] = Part::Checkpoint(format!("{text}\n{false_line}").into_bytes());
    let summary = judge(&made.bytes());
    assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    assert!(
        damage(&summary).iter().any(|why| why.contains("signature")),
        "{summary:#?}"
    );
    // The link names the note as it was.
    assert_eq!(kinds(&summary), [Relinked]);
}

#[test]
fn a_false_line_beside_a_good_one_of_ours_is_damage() {
    let second = stranger("example.org/second", 9);
    let mut made = made();
    let text = text_of(&made.seals[2].note);
    let false_line = line_of(&second, "another text\n");
    let place = last_checkpoint(&made);
    let note = format!("{}{false_line}", made.seals[2].note);
    made.parts[place] = Part::Checkpoint(note.into_bytes());
    let mut trust = trust_in(our_signer().verifier());
    for key in trust_in(second.verifier()).keys() {
        trust.add(key.clone());
    }
    let archive = open(&made.bytes()).expect("it opens");
    let summary = judge_archive(&archive, &trust);
    assert_eq!(verdicts(&summary), [(0, 28, "intact")], "{text}");
    assert_eq!(damage(&summary).len(), 1);
}

#[test]
fn unknown_signatures_beside_ours_change_nothing() {
    let made = made();
    let text = text_of(&made.seals[2].note);
    let note = format!("{}{}", made.seals[2].note, line_of(&other_signer(), &text));
    assert_clean(&with_last_note(made, note.into_bytes()));
    // As a frame of its own, the cosignature of a witness.
    let note = format!("{text}\n{}", line_of(&other_signer(), &text));
    assert_clean(&with_added_note(Plan::new(3, 8).build(), note.into_bytes()));
}

#[test]
fn sixteen_signatures_are_read_and_seventeen_are_no_checkpoint() {
    for (count, verdict) in [(16, Verdict::Intact), (17, Verdict::Unsealed)] {
        let made = made();
        let text = text_of(&made.seals[2].note);
        let lines = line_of(&our_signer(), &text).repeat(count);
        let summary = with_last_note(made, format!("{text}\n{lines}").into_bytes());
        assert_eq!(summary.verdict, verdict, "{summary:#?}");
        assert_eq!(
            damage(&summary)
                .iter()
                .any(|why| why.contains("16 signatures")),
            count == 17
        );
    }
}

#[test]
fn a_key_trusted_for_another_origin_proves_nothing() {
    let archive = open(&made().bytes()).expect("it opens");
    for (pattern, verdict) in [
        ("example.org/audit", Verdict::Intact),
        ("example.org/*", Verdict::Intact),
        ("example.org/other", Verdict::Unproven),
        ("example.org/audit/*", Verdict::Unproven),
        ("", Verdict::Unproven),
    ] {
        let trust = trusting(our_signer().verifier(), pattern);
        let summary = judge_archive(&archive, &trust);
        assert_eq!(summary.verdict, verdict, "{pattern}");
        assert_eq!(summary.tail.is_anchored(), verdict == Verdict::Intact);
    }
}

#[test]
fn a_removed_checkpoint_leaves_the_entries_proven_by_the_next_and_breaks_the_link() {
    for number in 0..2 {
        let mut changed = made_without_index();
        let place = changed.places(|part| matches!(part, Part::Checkpoint(_)))[number];
        changed.parts.remove(place);
        let summary = judge(&changed.bytes());
        assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
        assert_eq!(kinds(&summary), [Relinked]);
    }
}

#[test]
fn a_checkpoint_that_is_damaged_breaks_no_link() {
    let mut changed = made_without_index();
    let place = changed.places(|part| matches!(part, Part::Checkpoint(_)))[0];
    let mut bytes = changed.parts[place].to_bytes();
    bytes[60] ^= 1;
    changed.parts[place] = Part::Raw(bytes);
    let summary = judge(&changed.bytes());
    assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    assert_eq!(kinds(&summary), []);
    assert_eq!(damage(&summary).len(), 1, "{summary:#?}");
}

#[test]
fn what_a_stranger_seals_after_our_last_checkpoint_is_unproven() {
    let mut plan = Plan::new(3, 8);
    (plan.close, plan.index) = (false, false);
    let mut made = plan.build();
    let place = last_checkpoint(&made);
    let text = text_of(&made.seals[2].note);
    made.parts[place] = Part::Checkpoint(other_signer().sign(&text).into_bytes());
    let summary = judge(&made.bytes());
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert_eq!(
        verdicts(&summary),
        [(0, 18, "intact"), (18, 27, "unproven")]
    );
}

#[test]
fn without_any_trusted_key_a_changed_entry_is_broken_all_the_same() {
    let mut made = made();
    made.edit(sealscope_testkit::sealog::Cover::Nothing, |lines| {
        lines[5].1 = b"changed".to_vec();
    });
    let archive = open(&made.bytes()).expect("it opens");
    let summary = judge_archive(&archive, &sealscope_verify::TrustStore::default());
    assert_eq!(summary.verdict, Verdict::Broken);
    assert_eq!(
        verdicts(&summary),
        [(0, 5, "unproven"), (5, 6, "broken"), (6, 28, "unproven")]
    );
}

#[test]
fn entries_after_the_last_checkpoint_are_unsealed() {
    let mut plan = Plan::new(3, 8);
    (plan.close, plan.index) = (false, false);
    let mut made = plan.build();
    made.parts.pop();
    let summary = judge(&made.bytes());
    assert_eq!(summary.verdict, Verdict::Unsealed);
    assert_eq!(
        verdicts(&summary),
        [(0, 18, "intact"), (18, 27, "unsealed")]
    );
    assert_eq!((summary.entries.intact, summary.entries.unsealed), (16, 8));
    assert!(
        summary
            .says
            .starts_with("Intact to entry 17; the last 8 entries are not sealed.")
    );
}
