use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use sealscope_archive::input::list_folder;
use sealscope_archive::{FolderSample, OpenContext, open_folder};
use sealscope_verify::{Checker, GivenKey, SegmentFindings, Summary, TrustStore, judge};

/// Opens a folder and judges it with these keys.
///
/// # Panics
/// When it cannot be opened or read, or no format claims it whole.
#[must_use]
pub fn judge_folder(root: &Path, keys: &[Vec<u8>]) -> Summary {
    judge_folder_on(root, keys, 1).0
}

/// The same on so many threads, with the bytes that the entries have.
///
/// # Panics
/// See [`judge_folder`].
#[must_use]
pub fn judge_folder_on(root: &Path, keys: &[Vec<u8>], threads: usize) -> (Summary, u64) {
    let mut trust = TrustStore::default();
    for bytes in keys {
        let name = "keys of the test".to_owned();
        let bytes = bytes.clone();
        trust.given_keys.push(GivenKey { name, bytes });
    }
    let files = list_folder(root).expect("the folder is listed").files;
    let sample = FolderSample {
        root,
        files: &files,
    };
    let spool = tempfile::tempdir().expect("a folder");
    let archive = open_folder(&sample, &OpenContext::new(spool.path()))
        .expect("it opens")
        .expect("it is claimed whole");
    let archive = archive.as_ref();
    let checker = Checker::new(archive, &trust);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut findings: Vec<SegmentFindings> = Vec::new();
        let mut reuse = None;
        loop {
            let ordinal = next.fetch_add(1, Ordering::Relaxed);
            if ordinal >= archive.segment_count() {
                return findings;
            }
            let segment = archive
                .read_segment(ordinal, reuse.take())
                .expect("it reads");
            let checked = checker.check(segment, 0);
            findings.push(checked.findings());
            reuse = Some(checked.into_segment());
        }
    };
    let mut findings: Vec<SegmentFindings> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let found = workers
            .into_iter()
            .map(|worker| worker.join().expect("it ends"));
        found.flatten().collect()
    });
    findings.sort_by_key(|found| found.ordinal);
    let bytes = findings.iter().map(|found| found.text_bytes).sum();
    (judge(archive, &findings, &trust), bytes)
}
