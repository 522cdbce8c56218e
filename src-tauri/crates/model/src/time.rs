/// How an entry's zone is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ZoneOrigin {
    /// The entry states it (`Z`, `+02:00`, or a format whose times are UTC by definition).
    Stated,
    /// The entry has none; the examiner gave it, or it was inferred. Always marked on screen.
    Inferred,
}

/// Smallest unit that the entry's own text gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Whole seconds.
    Seconds,
    /// Thousandths.
    Milliseconds,
    /// Millionths.
    Microseconds,
    /// Billionths.
    Nanoseconds,
}

/// When an entry says it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryTime {
    /// Nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted. Range: years 1678 to 2261.
    pub ns: i64,
    /// Smallest unit that the text gives; nothing finer is ever shown.
    pub precision: Precision,
    /// How the zone is known.
    pub zone: ZoneOrigin,
    /// Whether the year was inferred (RFC 3164 times have none).
    pub year_inferred: bool,
    /// Offset from UTC that the text states, in seconds; 0 when inferred.
    pub offset_seconds: i32,
}

/// The text is no time that this program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeParseError {
    /// No known form.
    #[error("no known form of time")]
    Form,
    /// The form is known, the value impossible (month 13, 30 February).
    #[error("no such moment")]
    Impossible,
    /// Outside the years 1678 to 2261.
    #[error("outside the years 1678 to 2261")]
    Range,
    /// The text has no year, and none was given.
    #[error("no year is given")]
    NoYear,
}
