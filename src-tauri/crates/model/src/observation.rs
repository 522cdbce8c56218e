use crate::Position;

/// A fact worth knowing that is no seal failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObservationKind {
    /// An entry's time lies before that of the entry before it.
    ClockReversed,
    /// A file has another name than the one that was sealed.
    RenamedFile,
    /// Numbers that count up leave some out.
    SequenceGap,
    /// The log is silent for longer than it usually is.
    Silence,
    /// The trust store remembers a longer state of this log.
    LongerStateKnown,
    /// A file that no seal lists.
    UnlistedFile,
    /// A timestamp token that does not hold.
    BadTimestamp,
    /// A key lies beside the evidence; it is used, and trusts nothing.
    KeyBesideEvidence,
    /// A key signed what lies outside of the time in which it was in use.
    KeyOutOfTime,
    /// The schema of the entries was guessed from their shape.
    SchemaGuessed,
    /// An entry holds what no seal covers.
    Uncovered,
    /// Zone or year of the times was inferred, not stated.
    ZoneInferred,
}

impl ObservationKind {
    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ClockReversed => "clock-reversed",
            Self::RenamedFile => "renamed-file",
            Self::SequenceGap => "sequence-gap",
            Self::Silence => "silence",
            Self::LongerStateKnown => "longer-state-known",
            Self::UnlistedFile => "unlisted-file",
            Self::BadTimestamp => "bad-timestamp",
            Self::KeyBesideEvidence => "key-beside-evidence",
            Self::KeyOutOfTime => "key-out-of-time",
            Self::SchemaGuessed => "schema-guessed",
            Self::Uncovered => "uncovered",
            Self::ZoneInferred => "zone-inferred",
        }
    }
}

/// An observation with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What kind of fact.
    pub kind: ObservationKind,
    /// The entry concerned, where there is one.
    pub position: Option<Position>,
    /// The fact in a sentence.
    pub says: String,
}
