//! CloudTrail: log files under signed digest files.

use sealscope_archive::cloudtrail::CloudTrailArchive;
use sealscope_archive::{Archive, Segment};
use serde::{Deserialize, Serialize};

use crate::check::SegmentFindings;
use crate::summary::Summary;
use crate::trust::TrustStore;

/// What the check found of one log file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFileFindings;

/// The keys, made ready once for an archive.
#[derive(Debug)]
pub(crate) struct Keys;

impl Keys {
    pub(crate) fn new(_archive: &CloudTrailArchive, _trust: &TrustStore) -> Self {
        Self
    }

    /// Checks one segment against its seals; runs on many threads at once.
    pub(crate) fn check(&self, _segment: &Segment) -> LogFileFindings {
        LogFileFindings
    }
}

/// Judges the archive from what was found in its segments, from the first one on, in order.
pub(crate) fn judge(
    archive: &dyn Archive,
    _sealed: &CloudTrailArchive,
    findings: &[SegmentFindings],
    _trust: &TrustStore,
) -> Summary {
    crate::judge_unsealed(
        findings,
        archive.damage(),
        findings.len() < archive.segment_count(),
    )
}
