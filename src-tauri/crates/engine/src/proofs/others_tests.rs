//! What is told of one entry in the formats of others.

use sealscope_testkit::chains::{ChainFamily, chain_lines};
use sealscope_testkit::cloudtrail::{RegionKey, Trail, gzip, lake_result};
use sealscope_testkit::journal::{Layout, SEAL_KEY, sealed_epochs};
use sealscope_verify::{Anchor, GivenKey, TrustStore};

use super::*;
use crate::testing::{Opened, open_path, open_trusting};

fn with_key(bytes: &[u8]) -> TrustStore {
    let mut trust = TrustStore::default();
    trust.given_keys.push(GivenKey {
        name: "a key".to_owned(),
        bytes: bytes.to_vec(),
    });
    trust
}

fn proof_of(opened: &Opened, position: Position) -> EntryProofView {
    opened.workspace.proof(0, position).expect("it reads")
}

fn step<'v>(view: &'v EntryProofView, label: &str) -> &'v ProofStep {
    let mut steps = view.steps.iter();
    let labels = view.steps.iter().map(|step| step.label);
    let labels: Vec<_> = labels.collect();
    let found = steps.find(|step| step.label == label);
    found.unwrap_or_else(|| panic!("no step {label}: {labels:?}"))
}

fn trail(trust: TrustStore, change: bool) -> Opened {
    let mut made = Trail::of_hours(3, 1).make();
    if change {
        let is_log = |name: &&String| name.contains("/CloudTrail/") && name.ends_with(".json.gz");
        let log = made.files.keys().find(is_log).expect("a log").clone();
        made.files.insert(log, gzip(b"{\"Records\":[]}"));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bucket");
    made.write(&path);
    open_path(folder, path, trust)
}

#[test]
fn a_log_file_is_held_against_the_digest_that_lists_it() {
    let opened = trail(with_key(&RegionKey::list(&[0, 1])), false);
    let view = proof_of(&opened, 0);
    assert_eq!(view.verdict, Some(Verdict::Intact));
    assert!(view.computed.is_some() && view.computed == view.claimed);
    assert_eq!(step(&view, "Log file").state, AspectState::Ok);
    let signature = step(&view, "Signature of the digest");
    assert_eq!(signature.state, AspectState::Ok, "{}", signature.detail);
    assert!(view.claimed_from.starts_with("Listed by the digest "));
    assert!(view.export_text.contains("What it is worth"));
}

#[test]
fn without_keys_the_digest_proves_nothing_and_a_changed_file_shows_all_the_same() {
    let view = proof_of(&trail(TrustStore::default(), false), 0);
    assert_eq!(view.verdict, Some(Verdict::Unproven));
    let signature = step(&view, "Signature of the digest");
    assert_eq!(signature.state, AspectState::NotCheckable);
    assert!(
        view.worth.contains("could have made both"),
        "{}",
        view.worth
    );
    let view = proof_of(&trail(with_key(&RegionKey::list(&[0, 1])), true), 0);
    assert_eq!(view.verdict, Some(Verdict::Broken));
    assert_eq!(step(&view, "Log file").state, AspectState::Broken);
    assert_ne!(view.computed, view.claimed);
}

/// Two tables of a query, each of a header and two rows; the second one changed at will.
fn query_result(trust: TrustStore, change: bool) -> Opened {
    let mut made = lake_result(&["a,b\n1,2\n3,4\n", "a,b\n5,6\n7,8\n"], 0);
    if change {
        let table = made.logs[1].clone();
        made.files.insert(table, gzip(b"a,b\n5,6\n7,9\n"));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("result");
    made.write(&path);
    open_path(folder, path, trust)
}

#[test]
fn a_row_of_a_query_stands_in_a_file_whose_hash_is_signed() {
    let keys = with_key(&RegionKey::list(&[0]));
    let opened = query_result(keys.clone(), false);
    let view = proof_of(&opened, 0);
    assert_eq!(view.verdict, Some(Verdict::Intact));
    assert!(view.computed.is_some() && view.computed == view.claimed);
    assert_eq!(step(&view, "File of the result").state, AspectState::Ok);
    let signature = step(&view, "Signature of the result");
    assert_eq!(signature.state, AspectState::Ok, "{}", signature.detail);
    assert!(view.worth.contains("what the query left out"));

    let view = proof_of(&query_result(TrustStore::default(), false), 0);
    assert_eq!(view.verdict, Some(Verdict::Unproven));
    let signature = step(&view, "Signature of the result");
    assert_eq!(signature.state, AspectState::NotCheckable);
    assert!(view.worth.contains("could have made both"));

    let opened = query_result(keys, true);
    let is_in_second = |view: &EntryProofView| {
        let found = step(view, "File of the result");
        found.detail.starts_with("result_2.csv.gz")
    };
    let last = opened.workspace.archives()[0].rows_known() - 1;
    let view = proof_of(&opened, last);
    assert!(is_in_second(&view));
    assert_eq!(view.verdict, Some(Verdict::Broken));
    let file = step(&view, "File of the result");
    assert_eq!(file.state, AspectState::Broken, "{}", file.detail);
    assert_ne!(view.computed, view.claimed);
    let first = proof_of(&opened, 0);
    assert!(!is_in_second(&first));
    assert_eq!(first.verdict, Some(Verdict::Intact));
}

#[test]
fn a_journal_entry_stands_in_the_interval_of_its_seal() {
    let bytes = sealed_epochs(Layout::USUAL, &[2, 3]).finish();
    let opened = open_trusting("a.journal", &bytes, with_key(SEAL_KEY.as_bytes()));
    let view = proof_of(&opened, 4);
    assert_eq!(view.verdict, Some(Verdict::Intact));
    let interval = step(&view, "Seal interval");
    assert!(
        interval.detail.contains("covers entries 3 to 5"),
        "{}",
        interval.detail
    );
    assert_eq!(step(&view, "Seal interval").state, AspectState::Ok);
    let epoch = step(&view, "Epoch of the seal's key");
    assert!(epoch.detail.starts_with("Epoch 3: "), "{}", epoch.detail);
    let opened = open_trusting("a.journal", &bytes, TrustStore::default());
    let view = proof_of(&opened, 4);
    let tag = step(&view, "Seal interval");
    assert_eq!(tag.state, AspectState::NotCheckable);
    assert!(tag.detail.contains("was not given"), "{}", tag.detail);
    assert!(view.worth.contains("prove nothing"));
}

fn chain(lines: &[String], trust: TrustStore) -> Opened {
    open_trusting("a.jsonl", lines.join("\n").as_bytes(), trust)
}

#[test]
fn a_line_is_held_against_its_digest_and_its_neighbours() {
    let mut lines = chain_lines(ChainFamily::CanonicalBody, 60, "alice");
    let view = proof_of(&chain(&lines, TrustStore::default()), 7);
    assert_eq!(view.verdict, Some(Verdict::Consistent));
    for label in [
        "Digest of the line",
        "Link to the line before",
        "Link from the line after",
    ] {
        let step = step(&view, label);
        assert_eq!(step.state, AspectState::Ok, "{label}: {}", step.detail);
    }
    let head = step(&view, "Nearest anchored head");
    assert_eq!(head.state, AspectState::Absent);
    assert!(view.worth.contains("No secret goes into them"));
    assert!(view.computed.is_some() && view.computed == view.claimed);
    let digest = view.claimed.expect("it has one");
    let mut trust = TrustStore::default();
    trust.anchors.push(Anchor::Head { count: 8, digest });
    let view = proof_of(&chain(&lines, trust), 7);
    assert_eq!(view.verdict, Some(Verdict::Intact));
    assert_eq!(step(&view, "Nearest anchored head").state, AspectState::Ok);
    lines[7] = lines[7].replace("alice", "mallory");
    let view = proof_of(&chain(&lines, TrustStore::default()), 7);
    assert_eq!(view.verdict, Some(Verdict::Broken));
    assert_eq!(step(&view, "Digest of the line").state, AspectState::Broken);
    assert_ne!(view.computed, view.claimed);
    // Its neighbours name the digest that is written in it.
    let next = step(&view, "Link from the line after");
    assert_eq!(next.state, AspectState::Ok, "{}", next.detail);
}

#[test]
fn a_removed_line_breaks_the_link_and_not_the_digest() {
    let mut lines = chain_lines(ChainFamily::CanonicalBody, 60, "alice");
    lines.remove(20);
    let view = proof_of(&chain(&lines, TrustStore::default()), 20);
    assert_eq!(step(&view, "Digest of the line").state, AspectState::Ok);
    let link = step(&view, "Link to the line before");
    assert_eq!(link.state, AspectState::Broken, "{}", link.detail);
}
