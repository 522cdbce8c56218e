//! The samples of `hash-chains/`, each against `verdicts.tsv`, and damaged in thousands of ways.

mod covering;
mod edits;
mod fixtures;
mod forms;
mod guide;
mod samples;

use std::path::Path;
use std::sync::Arc;

use sealscope_archive::chained_jsonl::ChainProfile;
use sealscope_archive::{Archive, OpenContext, open};
use sealscope_model::Verdict;

use crate::anchors::Anchor;
use crate::summary::Summary;
use crate::trust::{GivenKey, TrustStore};
use crate::{Checker, judge};

/// What the examiner gives.
#[derive(Default, Clone)]
struct Given {
    key: Option<&'static str>,
    head: Option<(u64, sealscope_model::Digest)>,
    profile: Option<Arc<ChainProfile>>,
}

fn trust(given: &Given) -> TrustStore {
    let mut trust = TrustStore::default();
    trust.given_keys.extend(given.key.map(|key| GivenKey {
        name: "test key".to_owned(),
        bytes: key.as_bytes().to_vec(),
    }));
    let head = given
        .head
        .map(|(count, digest)| Anchor::Head { count, digest });
    trust.anchors.extend(head);
    trust
}

fn judged(archive: &dyn Archive, given: &Given) -> Summary {
    let trust = trust(given);
    let checker = Checker::new(archive, &trust);
    let mut findings = Vec::new();
    let mut first = 0;
    for ordinal in 0..archive.segment_count() {
        let segment = archive.read_segment(ordinal, None).expect("it reads");
        let found = checker.check(segment, first).findings();
        first += found.lines;
        findings.push(found);
    }
    let summary = judge(archive, &findings, &trust);
    assert_eq!(summary.entries.total, first, "every entry is counted");
    assert_eq!(summary.ranges.end(), first, "every entry is in a range");
    summary
}

fn opened(path: &Path, given: &Given) -> Result<Summary, sealscope_archive::OpenError> {
    let spool = tempfile::tempdir().expect("a folder");
    let mut context = OpenContext::new(spool.path());
    context.profile.clone_from(&given.profile);
    let archive = open(path, &context)?;
    Ok(judged(&*archive, given))
}

fn of_text(text: &[u8], given: &Given) -> Option<Summary> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chain.jsonl");
    std::fs::write(&path, text).expect("written");
    opened(&path, given).ok()
}

/// How bad: the archive's own verdict, then its breaks.
fn is_no_better(found: Verdict, truth: Verdict) -> bool {
    found >= truth
}
