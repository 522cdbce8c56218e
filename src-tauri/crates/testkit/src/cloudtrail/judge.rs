use std::path::Path;

use sealscope_archive::input::list_folder;
use sealscope_archive::{Archive, FolderSample, OpenContext, open_folder};
use sealscope_verify::{Checker, GivenKey, SegmentFindings, Summary, TrustStore, judge};

/// Opens a folder and judges it with these keys.
///
/// # Panics
/// When it cannot be opened or read, or no format claims it whole.
#[must_use]
pub fn judge_folder(root: &Path, keys: &[Vec<u8>]) -> Summary {
    judge_folder_with(root, keys, |_| {})
}

/// The same, and shows the open archive before it is judged.
///
/// # Panics
/// See [`judge_folder`].
pub fn judge_folder_with(root: &Path, keys: &[Vec<u8>], look: impl Fn(&dyn Archive)) -> Summary {
    let mut trust = TrustStore::default();
    for bytes in keys {
        let name = "keys of the test".to_owned();
        trust.given_keys.push(GivenKey {
            name,
            bytes: bytes.clone(),
        });
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
    look(archive.as_ref());
    let checker = Checker::new(archive.as_ref(), &trust);
    let mut position = 0;
    let findings: Vec<SegmentFindings> = (0..archive.segment_count())
        .map(|ordinal| {
            let segment = archive.read_segment(ordinal, None).expect("it reads");
            let findings = checker.check(segment, position).findings();
            position += findings.lines;
            findings
        })
        .collect();
    judge(archive.as_ref(), &findings, &trust)
}
