use chrono::{FixedOffset, LocalResult, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use sealscope_model::TimeParseError;

/// What the examiner says about the entries, and what the caller knows from outside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Path of the raw field that holds the time, for the schemas that are JSON. `None`: the
    /// schema's own choice.
    pub time_field: Option<String>,
    /// Zone of times that state none. `None`: UTC. Such times are always marked as inferred.
    pub zone: Option<Zone>,
    /// Year of times that state none (RFC 3164). `None`: worked out from `reference_ns`.
    pub year: Option<i32>,
    /// A moment that the entries are not later than, by more than a day: when the file was last
    /// written, or now. Nanoseconds since 1970-01-01T00:00:00Z. `None`, and no year given: times
    /// without a year are not read.
    pub reference_ns: Option<i64>,
}

/// A time zone: a fixed offset from UTC, or a place of the tz database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A fixed offset from UTC.
    Fixed(FixedOffset),
    /// A place (`Europe/Berlin`), with its summer time.
    Named(Tz),
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self::Named(Tz::UTC);

    /// Reads `UTC`, `Z`, `+02:00`, `-0530`, `+09` or a name of the tz database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" || text.eq_ignore_ascii_case("utc") {
            return Some(Self::UTC);
        }
        if text.starts_with(['+', '-']) {
            let (seconds, used) = crate::time::parse_offset(text.as_bytes()).ok()??;
            let offset = FixedOffset::east_opt(seconds)?;
            return (used == text.len()).then_some(Self::Fixed(offset));
        }
        text.parse().ok().map(Self::Named)
    }

    /// The name under which [`Zone::parse`] reads it again.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Fixed(offset) => offset.to_string(),
            Self::Named(tz) => tz.name().to_owned(),
        }
    }

    /// Offset from UTC at a moment, in seconds, positive to the east.
    #[must_use]
    pub fn offset_seconds_at(&self, ns: i64) -> i32 {
        match self {
            Self::Fixed(offset) => offset.local_minus_utc(),
            Self::Named(tz) => {
                let moment = chrono::DateTime::from_timestamp_nanos(ns);
                tz.offset_from_utc_datetime(&moment.naive_utc())
                    .fix()
                    .local_minus_utc()
            }
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z of a time on this zone's clocks. A time that comes twice
    /// (clocks set back) is taken as the earlier one.
    ///
    /// # Errors
    /// `Impossible` for a time that the clocks skip.
    pub(crate) fn seconds_of(&self, local: NaiveDateTime) -> Result<i64, TimeParseError> {
        let seconds = local.and_utc().timestamp();
        match self {
            Self::Fixed(offset) => Ok(seconds - i64::from(offset.local_minus_utc())),
            Self::Named(Tz::UTC) => Ok(seconds),
            Self::Named(tz) => match tz.offset_from_local_datetime(&local) {
                LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => {
                    Ok(seconds - i64::from(offset.fix().local_minus_utc()))
                }
                LocalResult::None => Err(TimeParseError::Impossible),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_by_offset_and_by_name() {
        for name in ["UTC", "+02:00", "-05:30", "Europe/Berlin", "Asia/Tokyo"] {
            let zone = Zone::parse(name).unwrap();
            assert_eq!(zone.name(), name);
        }
        assert_eq!(Zone::parse("+0530"), Zone::parse("+05:30"));
        for name in ["", "+", "+99:99", "+1", "Mars/Olympus", "+02:00x"] {
            assert_eq!(Zone::parse(name), None, "{name}");
        }
    }

    #[test]
    fn summer_time_is_known() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(zone.offset_seconds_at(1_735_689_600_000_000_000), 3600);
        assert_eq!(zone.offset_seconds_at(1_751_328_000_000_000_000), 7200);
    }
}
