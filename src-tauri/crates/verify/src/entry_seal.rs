//! What the seals of a format of others say of one entry, told step by step.
//!
//! Invariants: 1. Nothing is judged here: verdicts are those of the summary. 2. A step holds only
//! where what it names was compared, by the judge or just now.

use sealscope_archive::{Archive, Segment, Structure};
use sealscope_model::{AspectState, Claimed, Computed, Digest, Position, Verdict};

use crate::check::SegmentFindings;
use crate::summary::Summary;
use crate::trust::TrustStore;
use crate::{chained, cloudtrail, journal};

/// One thing that was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealStep {
    /// What was looked at.
    pub label: &'static str,
    /// How it came out.
    pub state: AspectState,
    /// Details in a sentence or two. Names from the archive are not escaped.
    pub detail: String,
}

impl SealStep {
    pub(crate) fn new(label: &'static str, state: AspectState, detail: impl Into<String>) -> Self {
        Self {
            label,
            state,
            detail: detail.into(),
        }
    }

    /// The same with what it is about before it: a place alone holds nothing, and gets no step of
    /// its own.
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.detail = format!("{what} {}", self.detail);
        self
    }
}

/// What seals one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntrySeal {
    /// What was hashed, such as `SHA-256 of the unpacked log file`; empty where no digest stands
    /// for this entry or its file.
    pub hashed: String,
    /// What the seal states.
    pub claimed: Option<Claimed<Digest>>,
    /// What the bytes give.
    pub computed: Option<Computed<Digest>>,
    /// Where the claimed value stands; empty for none.
    pub claimed_from: String,
    /// The checks, in order.
    pub steps: Vec<SealStep>,
    /// What all of it is worth, in a few sentences.
    pub worth: String,
}

/// The entry that is asked about, read just now.
#[derive(Debug, Clone, Copy)]
pub struct EntryPlace<'a> {
    /// Its segment.
    pub segment: &'a Segment,
    /// Its number there.
    pub number: usize,
    /// Its position.
    pub position: Position,
    /// Its verdict; `None` while it was not checked.
    pub verdict: Option<Verdict>,
}

/// What the seals of an archive say, made ready for many entries.
#[derive(Debug)]
pub struct EntrySeals(Kind);

#[derive(Debug)]
enum Kind {
    /// Without seals of others.
    None,
    Trail(cloudtrail::TrailSeals),
    Lake(cloudtrail::LakeSeals),
    Journal(journal::FileSeals),
    Chained(chained::LineSeals),
}

impl EntrySeals {
    /// Makes it ready: as costly as judging the archive. `findings` are those of its segments from
    /// the first on, in order.
    #[must_use]
    pub fn of(
        archive: &dyn Archive,
        findings: &[SegmentFindings],
        trust: &TrustStore,
        summary: &Summary,
    ) -> Self {
        Self(match archive.structure() {
            Structure::CloudTrail(trail) => {
                match cloudtrail::LakeSeals::of(trail, findings, trust) {
                    Some(lake) => Kind::Lake(lake),
                    None => Kind::Trail(cloudtrail::TrailSeals::of(trail, findings, trust)),
                }
            }
            Structure::Journal(files) => {
                Kind::Journal(journal::FileSeals::of(files, findings, trust))
            }
            Structure::Chained(chain) => {
                Kind::Chained(chained::LineSeals::of(chain, trust, &summary.outside.held))
            }
            Structure::Sealog(_) | Structure::Unsealed => Kind::None,
        })
    }

    /// What seals an entry; `None` where the format has no seals of this kind, or it was not
    /// looked at.
    #[must_use]
    pub fn entry(&self, archive: &dyn Archive, place: EntryPlace<'_>) -> Option<EntrySeal> {
        match (&self.0, archive.structure()) {
            (Kind::Trail(seals), _) => seals.entry(place),
            (Kind::Lake(seals), _) => seals.entry(place),
            (Kind::Journal(seals), Structure::Journal(files)) => seals.entry(files, place),
            (Kind::Chained(seals), _) => Some(seals.entry(archive, place)),
            _ => None,
        }
    }
}
