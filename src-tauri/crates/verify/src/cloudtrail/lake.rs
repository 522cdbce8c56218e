//! Query results of CloudTrail Lake.

use sealscope_archive::Archive;
use sealscope_archive::cloudtrail::Lake;

use super::keys::KeyRing;
use crate::check::SegmentFindings;
use crate::summary::Summary;

pub(super) fn judge(
    archive: &dyn Archive,
    _lake: &Lake,
    findings: &[SegmentFindings],
    _ring: &KeyRing,
) -> Summary {
    let is_partial = findings.len() < archive.segment_count();
    crate::judge_unsealed(findings, archive.damage(), is_partial)
}
