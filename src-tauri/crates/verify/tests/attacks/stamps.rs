//! Timestamps and cosignatures, true and false.

use sealscope_model::{AspectState, ObservationKind, Strength, Verdict};
use sealscope_proof::{Note, Witness};
use sealscope_testkit::sealog::{
    Made, Part, Plan, judge_archive, open, other_signer, our_signer, trust_in,
};
use sealscope_testkit::timestamp::{TokenPlan, code_signing};
use sealscope_verify::{Anchor, Summary, TrustStore};

use crate::support::{assert_clean, breaks, damage, intact_count, made, verdicts};

/// The archive with a token over one of its checkpoints, and trust in the token's root.
fn stamped(mut made: Made, seal: usize, plan: &TokenPlan) -> (Vec<u8>, TrustStore) {
    let token = plan.stamp(made.seals[seal].note.as_bytes());
    let mut trust = trust_in(our_signer().verifier());
    trust.tsa_roots.push(token.root.clone());
    let places = made.places(|part| matches!(part, Part::Checkpoint(_)));
    made.parts
        .insert(places[seal] + 1, Part::Timestamp(token.token));
    made.parts.retain(|part| !matches!(part, Part::Index(_)));
    (made.bytes(), trust)
}

fn judged((bytes, trust): (Vec<u8>, TrustStore)) -> Summary {
    judge_archive(&open(&bytes).expect("it opens"), &trust)
}

fn kinds(summary: &Summary) -> Vec<ObservationKind> {
    summary.observations.iter().map(|one| one.kind).collect()
}

#[test]
fn a_trusted_token_over_the_last_checkpoint_stamps_the_whole_archive() {
    let summary = judged(stamped(made(), 2, &TokenPlan::default()));
    assert_clean(&summary);
    assert_eq!(summary.aspects.time.state, AspectState::Ok);
    assert_eq!(summary.strength.additions(), ["timestamped"]);
    assert!(
        summary.says.contains("2026-03-14T09:30:00.000Z"),
        "{}",
        summary.says
    );
    assert_eq!(summary.outside.timestamps.len(), 1);
}

#[test]
fn a_token_over_an_earlier_checkpoint_stamps_what_that_one_seals() {
    for seal in 0..2 {
        let summary = judged(stamped(made(), seal, &TokenPlan::default()));
        assert_clean(&summary);
        assert_eq!(
            summary.strength,
            Strength::SIGNED,
            "the rest is not stamped"
        );
        let to = made().seals[seal].size;
        let stamped = summary.ranges.as_slice().iter();
        let reach = stamped
            .filter(|range| range.strength.timestamped)
            .map(|range| range.to);
        assert_eq!(reach.max(), Some(to));
    }
}

#[test]
fn a_token_that_does_not_hold_breaks_the_aspect_of_time_and_no_entry() {
    type Change = fn(&mut TokenPlan);
    let faults: [(&str, Change); 4] = [
        ("not valid at the time stated", |plan| {
            plan.signer_validity.1 = "20250101000000Z".to_owned();
        }),
        ("timeStamping alone", |plan| {
            plan.purposes = Some(vec![code_signing()])
        }),
        ("name another certificate", |plan| {
            plan.names_certificate = Some(false)
        }),
        ("it was not valid", |plan| {
            plan.root_validity.1 = "20250101000000Z".to_owned()
        }),
    ];
    for (why, change) in faults {
        let mut plan = TokenPlan::default();
        change(&mut plan);
        let summary = judged(stamped(made(), 2, &plan));
        assert_bad(&summary, why);
    }
}

fn assert_bad(summary: &Summary, why: &str) {
    assert_eq!(summary.verdict, Verdict::Intact, "{summary:#?}");
    assert_eq!(breaks(summary), []);
    assert_eq!(intact_count(summary), 28);
    assert_eq!(summary.aspects.time.state, AspectState::Broken);
    assert_eq!(kinds(summary), [ObservationKind::BadTimestamp]);
    assert_eq!(summary.strength, Strength::SIGNED);
    let [reason] = damage(summary)[..] else {
        panic!("one place is damaged: {summary:#?}");
    };
    assert!(reason.contains(why), "{reason}");
    assert!(summary.says.contains(why), "{}", summary.says);
}

#[test]
fn a_token_over_other_bytes_is_named() {
    let mut made = made();
    let token = TokenPlan::default().stamp(b"other bytes");
    made.parts.retain(|part| !matches!(part, Part::Index(_)));
    made.parts.push(Part::Timestamp(token.token));
    let mut trust = trust_in(our_signer().verifier());
    trust.tsa_roots.push(token.root);
    assert_bad(&judged((made.bytes(), trust)), "it stamps other bytes");
}

#[test]
fn bytes_that_are_no_token_are_named() {
    let mut made = made();
    made.parts.retain(|part| !matches!(part, Part::Index(_)));
    made.parts.push(Part::Timestamp(b"no token".to_vec()));
    let trust = trust_in(our_signer().verifier());
    assert_bad(
        &judged((made.bytes(), trust)),
        "it is not a timestamp token in DER",
    );
}

#[test]
fn a_token_of_an_authority_that_nobody_trusts_proves_nothing_and_breaks_nothing() {
    let (bytes, mut trust) = stamped(made(), 2, &TokenPlan::default());
    trust.tsa_roots.clear();
    let summary = judged((bytes, trust));
    assert_clean(&summary);
    assert_eq!(summary.aspects.time.state, AspectState::NotCheckable);
    assert_eq!(summary.strength, Strength::SIGNED);
    let why = summary.aspects.time.why.expect("it says why");
    assert!(why.contains("no trusted root vouches for"), "{why}");
}

#[test]
fn a_token_in_an_archive_of_a_stranger_proves_time_and_not_the_signer() {
    let mut plan = Plan::new(3, 8);
    plan.signer = other_signer();
    let summary = judged(stamped(plan.build(), 2, &TokenPlan::default()));
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert_eq!(summary.aspects.time.state, AspectState::Ok);
    assert_eq!(summary.strength.additions(), ["timestamped"]);
}

#[test]
fn a_stamped_entry_that_was_changed_is_broken_all_the_same() {
    for at in 0..28usize {
        let mut made = made();
        let mut lines = 0;
        for part in &mut made.parts {
            if let Part::Data(data) = part {
                if let Some(line) = at.checked_sub(lines).and_then(|at| data.get_mut(at)) {
                    *line = b"changed".to_vec();
                }
                lines += data.len();
            }
        }
        let summary = judged(stamped(made, 2, &TokenPlan::default()));
        assert_eq!(summary.verdict, Verdict::Broken, "{at}");
        let range = summary.ranges.at(at as u64).expect("it is there");
        assert_eq!(range.verdict, Some(Verdict::Broken));
        assert!(!range.strength.timestamped, "{at}");
    }
}

#[test]
fn every_flipped_bit_of_a_stamp_leaves_the_entries_alone() {
    let (bytes, trust) = stamped(made(), 2, &TokenPlan::default());
    let token = TokenPlan::default()
        .stamp(made().seals[2].note.as_bytes())
        .token;
    let begin = bytes
        .windows(token.len())
        .position(|window| window == token.as_slice())
        .expect("the token is in the file");
    for at in (begin - 24..begin + token.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        let summary = judged((changed, trust.clone()));
        assert_eq!(summary.verdict, Verdict::Intact, "{at}");
        assert_ne!(damage(&summary), [""; 0], "{at}");
        assert_eq!(summary.strength, Strength::SIGNED, "{at}");
    }
}

#[test]
fn a_token_given_over_a_checkpoint_vouches_for_what_it_seals() {
    let mut plan = Plan::new(3, 8);
    plan.signer = other_signer();
    plan.close = false;
    let made = plan.build();
    for seal in 0..3 {
        let token = TokenPlan::default().stamp(made.seals[seal].note.as_bytes());
        let mut trust = trust_in(our_signer().verifier());
        trust.tsa_roots.push(token.root);
        trust.anchors.push(Anchor::Token(token.token));
        let summary = judged((made.bytes(), trust));
        let size = made.seals[seal].size;
        assert_eq!(intact_count(&summary), size);
        assert_eq!(summary.tail.is_anchored(), seal == 2);
        let all = if seal == 2 {
            Verdict::Intact
        } else {
            Verdict::Unproven
        };
        assert_eq!(summary.verdict, all);
    }
}

fn witness() -> Witness {
    Witness::from_seed("example.org/witness", &[9; 32]).expect("the name is valid")
}

/// Adds a note with a cosignature as a later frame of the same text.
fn cosigned(mut made: Made, seal: usize, change: impl Fn(&mut Note)) -> Vec<u8> {
    let mut note = Note::parse(made.seals[seal].note.as_bytes()).expect("it is a note");
    let cosignature = witness().cosign(&note.text, 1_773_480_600);
    note.signatures = vec![cosignature];
    change(&mut note);
    let place = made.places(|part| matches!(part, Part::Checkpoint(_)))[seal];
    let added = Part::Checkpoint(note.to_note().into_bytes());
    made.parts.insert(place + 1, added);
    made.parts.retain(|part| !matches!(part, Part::Index(_)));
    made.bytes()
}

fn trust_with_witness() -> TrustStore {
    let mut trust = trust_in(our_signer().verifier());
    trust.witnesses.push(witness().verifier().clone());
    trust
}

#[test]
fn a_trusted_witness_makes_it_witnessed() {
    let summary = judged((cosigned(made(), 2, |_| {}), trust_with_witness()));
    assert_clean(&summary);
    assert_eq!(summary.strength.additions(), ["witnessed"]);
    let [seen] = summary.outside.witnesses.as_slice() else {
        panic!("one witness: {summary:#?}");
    };
    assert_eq!((seen.checkpoints, seen.newest_time), (1, 1_773_480_600));
    assert!(
        summary
            .signers
            .iter()
            .all(|one| one.name != "example.org/witness")
    );
}

#[test]
fn a_witness_that_nobody_trusts_changes_nothing() {
    let bytes = cosigned(made(), 2, |_| {});
    let summary = judged((bytes, trust_in(our_signer().verifier())));
    assert_clean(&summary);
    assert_eq!(summary.strength, Strength::SIGNED);
}

#[test]
fn a_cosignature_that_does_not_hold_is_damage() {
    let change = |note: &mut Note| note.signatures[0].bytes[3] ^= 1;
    let summary = judged((cosigned(made(), 2, change), trust_with_witness()));
    assert_eq!(summary.verdict, Verdict::Intact);
    assert_eq!(summary.strength, Strength::SIGNED);
    assert!(
        damage(&summary)[0].contains("names the witness"),
        "{summary:#?}"
    );
}

#[test]
fn a_witness_is_no_signer() {
    let mut plan = Plan::new(3, 8);
    plan.signer = other_signer();
    let summary = judged((cosigned(plan.build(), 2, |_| {}), trust_with_witness()));
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert_eq!(verdicts(&summary), [(0, 28, "unproven")]);
    assert_eq!(summary.aspects.signer.state, AspectState::NotCheckable);
    assert_eq!(summary.strength.additions(), ["witnessed"]);
}
