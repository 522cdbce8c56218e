use std::io::{Seek as _, Write as _};
use std::path::Path;

use sealscope_archive::sealog::SealogArchive;
use sealscope_archive::{Archive as _, OpenError, Source};
use sealscope_proof::VerifierKey;
use sealscope_verify::{
    OriginPattern, SegmentFindings, Summary, TrustStore, TrustedKey, check_segment, judge_sealog,
};

use super::keys::our_signer;

/// Opens bytes as an archive, from a file without a name.
///
/// # Errors
/// As the reader says.
///
/// # Panics
/// When the disk is full.
pub fn open(bytes: &[u8]) -> Result<SealogArchive, OpenError> {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(bytes).expect("written");
    file.rewind().expect("a file can be rewound");
    let source = Source::of_own_file(Path::new("made.sealog"), file);
    SealogArchive::open(source.expect("it has a length"))
}

/// Opens a file.
///
/// # Errors
/// As the reader says.
///
/// # Panics
/// When the file is not there.
pub fn open_at(path: &Path) -> Result<SealogArchive, OpenError> {
    SealogArchive::open(Source::open(path).expect("the file is there"))
}

/// Trust in one key, for any origin.
#[must_use]
pub fn trust_in(key: &VerifierKey) -> TrustStore {
    trusting(key, "*")
}

/// Trust in one key for some origins.
#[must_use]
pub fn trusting(key: &VerifierKey, origins: &str) -> TrustStore {
    TrustStore::new(vec![TrustedKey {
        key: key.clone(),
        origin: OriginPattern::new(origins),
    }])
}

/// Hashes every segment.
///
/// # Panics
/// When the medium fails.
#[must_use]
pub fn findings_of(archive: &SealogArchive) -> Vec<SegmentFindings> {
    let read = |ordinal| archive.read_segment(ordinal, None).expect("it reads");
    (0..archive.segment_count())
        .map(|ordinal| check_segment(read(ordinal), 0).findings())
        .collect()
}

/// Judges an open archive under these keys.
#[must_use]
pub fn judge_archive(archive: &SealogArchive, trust: &TrustStore) -> Summary {
    judge_sealog(archive, &findings_of(archive), trust)
}

/// Judges bytes under our key, trusted for any origin.
///
/// # Panics
/// When the bytes do not open at all.
#[must_use]
pub fn judge(bytes: &[u8]) -> Summary {
    let archive = open(bytes).expect("it opens");
    judge_archive(&archive, &trust_in(our_signer().verifier()))
}
