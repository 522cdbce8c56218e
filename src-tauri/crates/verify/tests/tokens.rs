//! Every rule of a timestamp token, broken alone.

use sealscope_testkit::timestamp::{TokenPlan, code_signing, time_stamping};
use sealscope_verify::{Stamped, TimestampFinding, TimestampState, check_token};

const BYTES: &[u8] = b"what was stamped";

fn finding(plan: &TokenPlan) -> TimestampFinding {
    let made = plan.stamp(BYTES);
    check_token(
        &made.token,
        Stamped::Bytes(BYTES),
        "this",
        &[made.root],
        &[],
    )
}

#[test]
fn a_token_that_keeps_every_rule_is_trusted() {
    let found = finding(&TokenPlan::default());
    assert_eq!(found.state, TimestampState::Trusted, "{found:#?}");
    assert_eq!(found.authority.as_deref(), Some("CN=Testkit TSA"));
    assert_eq!(found.time().as_deref(), Some("2026-03-14T09:30:00.000Z"));
    let bare = TokenPlan {
        status: None,
        ..TokenPlan::default()
    };
    assert_eq!(finding(&bare).state, TimestampState::Trusted);
    let between = TokenPlan {
        between_validity: Some(("20200101000000Z".to_owned(), "20300101000000Z".to_owned())),
        root_depth: Some(1),
        ..TokenPlan::default()
    };
    assert_eq!(finding(&between).state, TimestampState::Trusted);
}

#[test]
fn the_chain_is_judged_at_the_time_stated_and_both_ends_belong_to_it() {
    let at = "20260314093000Z".to_owned();
    let exact = TokenPlan {
        signer_validity: (at.clone(), at.clone()),
        root_validity: (at.clone(), at),
        ..TokenPlan::default()
    };
    assert_eq!(finding(&exact).state, TimestampState::Trusted);
}

#[test]
fn a_token_without_a_trusted_root_is_untrusted_and_not_bad() {
    let made = TokenPlan::default().stamp(BYTES);
    let found = check_token(&made.token, Stamped::Bytes(BYTES), "this", &[], &[]);
    assert_eq!(found.state, TimestampState::Untrusted);
    // The examiner may pin the authority itself.
    let pinned = [made.signer];
    let found = check_token(&made.token, Stamped::Bytes(BYTES), "this", &pinned, &[]);
    assert_eq!(found.state, TimestampState::Trusted);
}

type Change = fn(&mut TokenPlan);

#[test]
fn each_rule_that_is_broken_is_named() {
    let rules: [(&str, Change); 17] = [
        ("did not grant it", |plan| plan.status = Some(2)),
        ("timeStamping alone", |plan| {
            plan.purposes = Some(vec![code_signing()])
        }),
        ("timeStamping alone", |plan| {
            plan.purposes = Some(vec![time_stamping(), code_signing()]);
        }),
        ("no extended key usage", |plan| {
            plan.purposes = Some(Vec::new())
        }),
        ("usage is not critical", |plan| {
            plan.purposes_critical = false
        }),
        ("signer's certificate was not valid", |plan| {
            plan.signer_validity.1 = "20260314092959Z".to_owned();
        }),
        ("signer's certificate was not valid", |plan| {
            plan.signer_validity.0 = "20260314093001Z".to_owned();
        }),
        ("CN=Testkit root: it was not valid", |plan| {
            plan.root_validity.1 = "20260314092959Z".to_owned();
        }),
        ("CN=Testkit authority: it was not valid", |plan| {
            let gone = ("20200101000000Z".to_owned(), "20260314092959Z".to_owned());
            plan.between_validity = Some(gone);
        }),
        ("allows 0 authorities below it, and there are 1", |plan| {
            plan.between_validity = Some(plan.signer_validity.clone());
            plan.root_depth = Some(0);
        }),
        ("do not make it an authority", |plan| {
            plan.is_authority = false
        }),
        ("does not allow signing certificates", |plan| {
            plan.authority_usage = 0x80
        }),
        ("do not state that it is a timestamp", |plan| {
            plan.states_timestamp = false
        }),
        ("do not name the signer's certificate", |plan| {
            plan.names_certificate = None
        }),
        ("name another certificate", |plan| {
            plan.names_certificate = Some(false)
        }),
        ("no digest of the timestamp", |plan| plan.has_digest = false),
        ("critical extension", |plan| plan.critical_extension = true),
    ];
    for (expected, change) in rules {
        let mut plan = TokenPlan::default();
        change(&mut plan);
        let found = finding(&plan);
        let why = found.why.clone().unwrap_or_default();
        assert_eq!(found.state, TimestampState::Bad, "{expected}: {found:#?}");
        assert!(why.contains(expected), "{expected}: {why}");
    }
}

#[test]
fn two_signers_are_one_too_many_and_none_is_no_token() {
    for signers in [0, 2] {
        let found = finding(&TokenPlan {
            signers,
            ..TokenPlan::default()
        });
        assert_eq!(found.state, TimestampState::Bad, "{signers}");
    }
}

#[test]
fn certificates_may_come_from_elsewhere() {
    let plan = TokenPlan {
        with_certificates: false,
        ..TokenPlan::default()
    };
    let made = plan.stamp(BYTES);
    let roots = [made.root];
    let without = check_token(&made.token, Stamped::Bytes(BYTES), "this", &roots, &[]);
    assert!(
        without
            .why
            .is_some_and(|why| why.contains("neither in the token"))
    );
    let extra = [made.signer];
    let with = check_token(&made.token, Stamped::Bytes(BYTES), "this", &roots, &extra);
    assert_eq!(with.state, TimestampState::Trusted);
}

#[test]
fn an_imprint_is_held_against_a_digest_too() {
    let made = TokenPlan::default().stamp(BYTES);
    let roots = [made.root];
    let digest = sealscope_proof::sha256(BYTES);
    let found = check_token(&made.token, Stamped::Sha256(&digest), "this", &roots, &[]);
    assert_eq!(found.state, TimestampState::Trusted);
    let other = sealscope_proof::sha256(b"other");
    let found = check_token(&made.token, Stamped::Sha256(&other), "this", &roots, &[]);
    assert_eq!(found.why.as_deref(), Some("it stamps other bytes"));
}

#[test]
fn every_flipped_bit_of_a_token_leaves_its_statement_or_its_trust_behind() {
    let made = TokenPlan::default().stamp(BYTES);
    let roots = [made.root.clone()];
    let judge = |token: &[u8]| check_token(token, Stamped::Bytes(BYTES), "this", &roots, &[]);
    let truth = judge(&made.token);
    for at in 0..made.token.len() {
        for bit in 0..8 {
            let mut changed = made.token.clone();
            changed[at] ^= 1 << bit;
            let found = judge(&changed);
            let is_same = found.details == truth.details;
            assert!(
                !found.is_trusted() || is_same,
                "byte {at} bit {bit}: {found:#?}"
            );
        }
    }
}
