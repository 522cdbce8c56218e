//! Times as people read them: in a zone that is always named, and never finer than the source.
//!
//! There is no clock and no global zone here: the moment comes in as nanoseconds since 1970, the
//! machine's zone as a [`LocalZone`].

use std::path::Path;

use chrono::{
    DateTime, FixedOffset, Local, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset as _,
    TimeZone,
};
use chrono_tz::Tz;
use sealscope_model::{EntryTime, Precision, ZoneOrigin};

mod pace;
#[cfg(test)]
mod tests;

pub use pace::{Pace, eta_text, rate_text};

const SECOND_NS: i64 = 1_000_000_000;

/// The zone of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalZone {
    /// Known by name.
    Named(Tz),
    /// As the system keeps it, under no name that is known here.
    System,
}

impl LocalZone {
    /// The zone that the environment variable `TZ` names, else the one that `/etc/localtime` links
    /// to, else [`LocalZone::System`].
    #[must_use]
    pub fn from_system(tz: Option<&str>, localtime_target: Option<&Path>) -> Self {
        match tz {
            Some("") => Self::Named(Tz::UTC),
            Some(text) => named(text).map_or(Self::System, Self::Named),
            None => localtime_target
                .and_then(Path::to_str)
                .and_then(named)
                .map_or(Self::System, Self::Named),
        }
    }

    /// Its name; `Local` where it has none.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Named(tz) => tz.name(),
            Self::System => "Local",
        }
    }
}

/// Reads `Europe/Berlin`, `:Europe/Berlin` or a path that ends in it.
fn named(text: &str) -> Option<Tz> {
    let text = text.strip_prefix(':').unwrap_or(text);
    let name = text
        .split_once("zoneinfo/")
        .map_or(text, |(_, after)| after);
    let name = name
        .strip_prefix("posix/")
        .or_else(|| name.strip_prefix("right/"))
        .unwrap_or(name);
    name.parse().ok()
}

/// The zone in which times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// UTC: the default.
    Utc,
    /// That of this machine.
    Local(LocalZone),
    /// The offset that each entry states; its text then ends in that offset.
    Source,
    /// A zone of the tz database.
    Named(Tz),
}

impl Zone {
    /// Reads `utc`, `local`, `source` or a name of the tz database.
    #[must_use]
    pub fn parse(text: &str, local: LocalZone) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "utc" | "z" => Some(Self::Utc),
            "local" => Some(Self::Local(local)),
            "source" => Some(Self::Source),
            _ => text.parse().ok().map(Self::Named),
        }
    }

    /// How the zone is named in headings: `UTC`, `Local (Europe/Berlin)`, `Source`, `Asia/Tokyo`.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Local(LocalZone::System) => "Local".to_owned(),
            Self::Local(LocalZone::Named(tz)) => format!("Local ({})", tz.name()),
            Self::Source => "Source".to_owned(),
            Self::Named(tz) => tz.name().to_owned(),
        }
    }

    /// Seconds east of UTC at a moment; `source_seconds` is what the entry states.
    #[must_use]
    pub fn offset_seconds_at(&self, ns: i64, source_seconds: i32) -> i32 {
        let moment = DateTime::from_timestamp_nanos(ns).naive_utc();
        let of = |offset: FixedOffset| offset.local_minus_utc();
        match self {
            Self::Utc => 0,
            Self::Source => source_seconds,
            Self::Local(LocalZone::System) => of(Local.offset_from_utc_datetime(&moment)),
            Self::Local(LocalZone::Named(tz)) | Self::Named(tz) => {
                of(tz.offset_from_utc_datetime(&moment).fix())
            }
        }
    }

    /// The moment at which the clocks of the zone show a time, in nanoseconds since 1970; of two,
    /// the earlier one, and of none, the one an hour on. [`Zone::Source`] is read as UTC. `None`
    /// outside the years 1678 to 2261.
    #[must_use]
    pub fn ns_of_clock(&self, clock: NaiveDateTime) -> Option<i64> {
        let seconds = match self.clock_offsets(clock) {
            LocalResult::Single(seconds) | LocalResult::Ambiguous(seconds, _) => seconds,
            LocalResult::None => {
                let before = clock.checked_sub_signed(chrono::TimeDelta::hours(3))?;
                match self.clock_offsets(before) {
                    LocalResult::Single(seconds) | LocalResult::Ambiguous(seconds, _) => seconds,
                    LocalResult::None => 0,
                }
            }
        };
        let ns = clock.and_utc().timestamp_nanos_opt()?;
        ns.checked_sub(i64::from(seconds) * SECOND_NS)
    }

    fn clock_offsets(&self, clock: NaiveDateTime) -> LocalResult<i32> {
        match self {
            Self::Utc | Self::Source => LocalResult::Single(0),
            Self::Local(LocalZone::System) => Local
                .offset_from_local_datetime(&clock)
                .map(|offset| offset.local_minus_utc()),
            Self::Local(LocalZone::Named(tz)) | Self::Named(tz) => tz
                .offset_from_local_datetime(&clock)
                .map(|offset| offset.fix().local_minus_utc()),
        }
    }

    /// Date and clock of a moment in this zone.
    #[must_use]
    pub fn clock_at(&self, ns: i64, source_seconds: i32) -> NaiveDateTime {
        let seconds =
            ns.div_euclid(SECOND_NS) + i64::from(self.offset_seconds_at(ns, source_seconds));
        let nanos = u32::try_from(ns.rem_euclid(SECOND_NS)).unwrap_or(0);
        let epoch = NaiveDate::default().and_time(NaiveTime::MIN);
        DateTime::from_timestamp(seconds, nanos).map_or(epoch, |moment| moment.naive_utc())
    }

    /// Offsets from UTC between two moments: from each moment on, so many seconds. The first one
    /// is that at `from_ns`; at most 4,096.
    #[must_use]
    pub fn offsets_between(&self, from_ns: i64, to_ns: i64) -> Vec<(i64, i32)> {
        const STEPS_MAX: i64 = 4096;
        const STEP_MIN_NS: i64 = 7 * 86_400 * SECOND_NS;
        let at = |ns| self.offset_seconds_at(ns, 0);
        let mut offsets = vec![(from_ns, at(from_ns))];
        let whole = to_ns.saturating_sub(from_ns).max(0);
        let step = (whole / STEPS_MAX + 1).max(STEP_MIN_NS);
        let mut here = from_ns;
        while here < to_ns {
            let next = here.saturating_add(step).min(to_ns);
            if at(next) != at(here) {
                offsets.push((first_change(here, next, &at), at(next)));
            }
            here = next;
        }
        offsets
    }
}

/// The first moment in `from < moment <= to` at which the offset is that of `to`.
fn first_change(from: i64, to: i64, at: &dyn Fn(i64) -> i32) -> i64 {
    let (mut low, mut high) = (from, to);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if at(middle) == at(from) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// An entry's time: `2026-03-14 09:12:07.104`, at the precision of its source. The offset follows
/// where the clock shows this time twice, and always in [`Zone::Source`].
#[must_use]
pub fn format_time(time: &EntryTime, zone: Zone) -> String {
    format(time.ns, time.precision, zone, time.offset_seconds)
}

/// A moment, as [`format_time`] writes it; in [`Zone::Source`] it is written in UTC.
#[must_use]
pub fn format_ns(ns: i64, precision: Precision, zone: Zone) -> String {
    format(ns, precision, zone, 0)
}

fn format(ns: i64, precision: Precision, zone: Zone, source_seconds: i32) -> String {
    let clock = zone.clock_at(ns, source_seconds);
    let mut text = format!(
        "{}{}",
        clock.format("%Y-%m-%d %H:%M:%S"),
        fraction(ns, precision)
    );
    let is_twice = matches!(zone.clock_offsets(clock), LocalResult::Ambiguous(a, b) if a != b);
    if is_twice || zone == Zone::Source {
        text.push(' ');
        text.push_str(&offset_text(zone.offset_seconds_at(ns, source_seconds)));
    }
    text
}

/// A moment as other programs read it (RFC 3339): `2026-03-14T09:12:07.104Z`.
#[must_use]
pub fn rfc3339_utc(ns: i64, precision: Precision) -> String {
    let clock = Zone::Utc.clock_at(ns, 0);
    format!(
        "{}{}Z",
        clock.format("%Y-%m-%dT%H:%M:%S"),
        fraction(ns, precision)
    )
}

/// A moment with its zone, in words: `14 Mar 2026 15:02:11 UTC`.
#[must_use]
pub fn moment_text(ns: i64, zone: Zone) -> String {
    let clock = zone.clock_at(ns, 0);
    let zone = match zone {
        Zone::Utc | Zone::Source => "UTC".to_owned(),
        other => offset_text(other.offset_seconds_at(ns, 0)),
    };
    format!("{} {zone}", clock.format("%-d %b %Y %H:%M:%S"))
}

fn fraction(ns: i64, precision: Precision) -> String {
    let below = ns.rem_euclid(SECOND_NS);
    match precision {
        Precision::Seconds => String::new(),
        Precision::Milliseconds => format!(".{:03}", below / 1_000_000),
        Precision::Microseconds => format!(".{:06}", below / 1000),
        Precision::Nanoseconds => format!(".{below:09}"),
    }
}

/// `Z`, `+01:00`, `-03:30`, `+00:19:32`.
fn offset_text(seconds: i32) -> String {
    if seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (size, rest) = (seconds.unsigned_abs(), seconds.unsigned_abs() % 60);
    let hours_minutes = format!("{sign}{:02}:{:02}", size / 3600, size / 60 % 60);
    if rest == 0 {
        hours_minutes
    } else {
        format!("{hours_minutes}:{rest:02}")
    }
}

/// The smallest unit that a source gives, in words.
#[must_use]
pub const fn precision_words(precision: Precision) -> &'static str {
    match precision {
        Precision::Seconds => "seconds",
        Precision::Milliseconds => "milliseconds",
        Precision::Microseconds => "microseconds",
        Precision::Nanoseconds => "nanoseconds",
    }
}

/// How zone and year of a time are known, in a sentence; empty where the entry states both.
#[must_use]
pub const fn zone_note(time: &EntryTime) -> &'static str {
    match (time.zone, time.year_inferred) {
        (ZoneOrigin::Stated, false) => "",
        (ZoneOrigin::Stated, true) => "The entry states no year; the year was inferred.",
        (ZoneOrigin::Inferred, false) => {
            "The entry states no zone; it was read in the zone of the settings."
        }
        (ZoneOrigin::Inferred, true) => {
            "The entry states neither year nor zone; both were inferred."
        }
    }
}

/// A length of time as clocks show it: `00:03:12`, `00:00:00.250`, `2 d 03:00:00`.
#[must_use]
pub fn clock_text(ns: u64) -> String {
    let seconds = ns / 1_000_000_000;
    let days = match seconds / 86_400 {
        0 => String::new(),
        days => format!("{days} d "),
    };
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    let mut text = format!("{days}{hours:02}:{minutes:02}:{:02}", seconds % 60);
    let below = ns % 1_000_000_000;
    if 0 < below && seconds < 60 {
        let digits = format!("{below:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

/// A round length of time in one unit: `5 min`, `100 ms`, `1 d`.
#[must_use]
pub fn width_text(ns: u64) -> String {
    const UNITS: [(u64, &str); 7] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1000, "µs"),
        (1, "ns"),
    ];
    let unit = UNITS
        .iter()
        .find(|(unit, _)| 0 < ns && ns.is_multiple_of(*unit));
    match unit {
        Some((unit, word)) => format!("{} {word}", ns / unit),
        None => "0 s".to_owned(),
    }
}
