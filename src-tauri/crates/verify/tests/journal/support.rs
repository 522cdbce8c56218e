//! Opens, checks and judges.

use std::path::Path;

use sealscope_archive::{Archive, FolderSample, OpenContext, OpenError};
use sealscope_verify::{Checker, GivenKey, SegmentFindings, Summary, TrustStore, judge};

/// A journal that is open, and the folder that its unpacked copy needs.
pub struct Opened {
    pub archive: Box<dyn Archive>,
    _spool: tempfile::TempDir,
}

pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let spool = tempfile::tempdir().expect("a folder");
    let archive = sealscope_archive::open(path, &OpenContext::new(spool.path()))?;
    Ok(Opened {
        archive,
        _spool: spool,
    })
}

/// The trust store with a verification key; `-` for none.
pub fn trust_in(key: &str) -> TrustStore {
    let mut trust = TrustStore::default();
    if key != "-" {
        trust.given_keys.push(GivenKey {
            name: "given for the test".to_owned(),
            bytes: key.as_bytes().to_vec(),
        });
    }
    trust
}

pub fn findings(archive: &dyn Archive, trust: &TrustStore) -> Vec<SegmentFindings> {
    let checker = Checker::new(archive, trust);
    let mut reuse = None;
    (0..archive.segment_count())
        .map(|ordinal| {
            let segment = archive
                .read_segment(ordinal, reuse.take())
                .expect("it reads");
            let checked = checker.check(segment, 0);
            let findings = checked.findings();
            reuse = Some(checked.into_segment());
            findings
        })
        .collect()
}

pub fn judged(archive: &dyn Archive, key: &str) -> Summary {
    let trust = trust_in(key);
    judge(archive, &findings(archive, &trust), &trust)
}

/// Opens what tests make in memory.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn open(&self, bytes: &[u8]) -> Result<Box<dyn Archive>, OpenError> {
        let path = self.folder.path().join("made.journal");
        std::fs::write(&path, bytes).expect("written");
        sealscope_archive::open(&path, &OpenContext::new(self.folder.path()))
    }

    pub fn judge(&self, bytes: &[u8], key: &str) -> Result<Summary, OpenError> {
        self.open(bytes).map(|archive| judged(&*archive, key))
    }
}

/// All entries of an archive.
pub fn entries_of(archive: &dyn Archive) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    for ordinal in 0..archive.segment_count() {
        let segment = archive.read_segment(ordinal, None).expect("it reads");
        entries.extend(segment.entry_bytes().map(<[u8]>::to_vec));
    }
    entries
}

/// A folder as one archive; `None` where no format claims it.
pub fn open_folder(folder: &Path) -> Option<Box<dyn Archive>> {
    let listing = sealscope_archive::input::list_folder(folder).expect("it is listed");
    let sample = FolderSample {
        root: folder,
        files: &listing.files,
    };
    let spool = tempfile::tempdir().expect("a folder");
    sealscope_archive::open_folder(&sample, &OpenContext::new(spool.path())).expect("it opens")
}
