//! One door for all formats: check a segment, judge an archive.

use sealscope_archive::{Archive, Segment, Structure};
use sealscope_model::Position;
use serde::{Deserialize, Serialize};

use crate::anchors::{note_unused, note_unused_checkpoints};
use crate::check::{CheckedSegment, SegmentFindings, check_segment};
use crate::summary::Summary;
use crate::trust::TrustStore;
use crate::{chained, cloudtrail, journal, judge_sealog, judge_unsealed};

/// What a format's own seals say of one segment, as found by the check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SealFindings {
    /// Nothing beyond the hashes of the lines.
    #[default]
    None,
    /// A log file of CloudTrail.
    LogFile(cloudtrail::LogFileFindings),
    /// A run of entries of a journal.
    Interval(journal::IntervalFindings),
    /// Lines of a chained log.
    Links(chained::LinkFindings),
}

/// Checks the segments of one archive; made once, so that keys are made ready once.
#[derive(Debug)]
pub struct Checker(Kind);

#[derive(Debug)]
enum Kind {
    /// The hashes of the lines are all there is to find in a segment.
    Lines,
    CloudTrail(cloudtrail::Keys),
    Journal(journal::Keys),
    Chained(chained::Keys),
}

impl Checker {
    /// Makes the keys ready that the examiner gave for this kind of archive.
    #[must_use]
    pub fn new(archive: &dyn Archive, trust: &TrustStore) -> Self {
        Self(match archive.structure() {
            Structure::Unsealed | Structure::Sealog(_) => Kind::Lines,
            Structure::CloudTrail(trail) => Kind::CloudTrail(cloudtrail::Keys::new(trail, trust)),
            Structure::Journal(files) => Kind::Journal(journal::Keys::new(files, trust)),
            Structure::Chained(chain) => Kind::Chained(chained::Keys::new(chain, trust)),
        })
    }

    /// Hashes a segment and holds it against the seals that concern it alone. `assumed_first` is
    /// the leaf index at which the lines are hashed where the segment states none.
    #[must_use]
    pub fn check(&self, segment: Segment, assumed_first: Position) -> CheckedSegment {
        let seal = match &self.0 {
            Kind::Lines => SealFindings::None,
            Kind::CloudTrail(keys) => {
                let checked = check_segment(segment, assumed_first);
                let seal = SealFindings::LogFile(keys.check(&checked));
                return checked.with_seal(seal);
            }
            Kind::Journal(keys) => SealFindings::Interval(keys.check(&segment)),
            Kind::Chained(keys) => SealFindings::Links(keys.check(&segment)),
        };
        check_segment(segment, assumed_first).with_seal(seal)
    }
}

/// Judges an archive. `findings` are those of its segments from the first on, in order; where they
/// end early (the check was cancelled), what follows is unchecked.
#[must_use]
pub fn judge(archive: &dyn Archive, findings: &[SegmentFindings], trust: &TrustStore) -> Summary {
    match archive.structure() {
        Structure::Sealog(sealog) => judge_sealog(sealog, findings, trust),
        Structure::CloudTrail(trail) => {
            note_unused(cloudtrail::judge(archive, trail, findings, trust), trust)
        }
        Structure::Journal(files) => {
            note_unused(journal::judge(archive, files, findings, trust), trust)
        }
        Structure::Chained(chain) => {
            let summary = chained::judge(archive, chain, findings, trust);
            note_unused_checkpoints(summary, trust)
        }
        Structure::Unsealed => {
            let is_partial = findings.len() < archive.segment_count();
            note_unused(
                judge_unsealed(findings, archive.damage(), is_partial),
                trust,
            )
        }
    }
}
