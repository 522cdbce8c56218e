//! Times as logs write them, read without guessing.
//!
//! What is impossible (30 February, an offset of 99 hours, a leap second at noon) is an error and
//! never moved to a moment nearby. A time without a zone is read in the zone of the settings, UTC
//! if there is none, and is always marked as inferred; so is a year that the text leaves out.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use sealscope_model::{EntryTime, Precision, TimeParseError, ZoneOrigin};

use crate::settings::{Settings, Zone};
use TimeParseError::{Form, Impossible, NoYear, Range};

/// One day in nanoseconds.
const DAY_NS: i64 = 86_400_000_000_000;
/// Epoch units: numbers below the bound, precision, nanoseconds of one.
const EPOCH_UNITS: [(i64, Precision, i64); 4] = [
    (100_000_000_000, Precision::Seconds, 1_000_000_000),
    (100_000_000_000_000, Precision::Milliseconds, 1_000_000),
    (100_000_000_000_000_000, Precision::Microseconds, 1000),
    (i64::MAX, Precision::Nanoseconds, 1),
];
const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Reads a time in one of the forms that need no schema: ISO 8601 as in [`parse_iso`], or an epoch
/// number as in [`parse_epoch`].
///
/// # Errors
/// `Form` for other texts, `Impossible` and `Range` for forms that hold no moment.
pub fn parse(text: &str, zone: Option<Zone>) -> Result<EntryTime, TimeParseError> {
    match parse_iso(text, zone) {
        Err(Form) => parse_epoch(text),
        read => read,
    }
}

/// Reads `2026-03-14T09:00:00.123Z` and its kin (RFC 3339): `T`, `t` or a space between date and
/// time; any number of fraction digits after `.` or `,`; `Z`, `+09:00`, `+0900`, `+09`, also after
/// a space, or no zone.
///
/// # Errors
/// `Form` for other texts, `Impossible` and `Range` for forms that hold no moment.
pub fn parse_iso(text: &str, zone: Option<Zone>) -> Result<EntryTime, TimeParseError> {
    let (time, used) = parse_iso_start(text, zone).ok_or(Form)?;
    if used == text.len() || time.is_err() {
        time
    } else {
        Err(Form)
    }
}

/// Reads a time in the form of [`parse_iso`] at the start of a text: the moment, or why it is none,
/// and how many bytes it takes. `None` where no such form stands.
#[must_use]
pub fn parse_iso_start(
    text: &str,
    zone: Option<Zone>,
) -> Option<(Result<EntryTime, TimeParseError>, usize)> {
    let mut cursor = Cursor::new(text);
    let year = cursor.number(4).ok()?;
    cursor.byte(b"-").ok()?;
    let month = cursor.number(2).ok()?;
    cursor.byte(b"-").ok()?;
    let day = cursor.number(2).ok()?;
    cursor.byte(b"Tt ").ok()?;
    let clock = cursor.clock(b".,").ok()?;
    let time = cursor.offset().and_then(|offset| {
        let date = date(year, month, day)?;
        clock.on(date, offset, zone, false)
    });
    Some((time, cursor.at))
}

fn date(year: u32, month: u32, day: u32) -> Result<NaiveDate, TimeParseError> {
    let year = i32::try_from(year).map_err(|_| Range)?;
    NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible)
}

/// Reads seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size:
/// each is taken from 1973 on, so that no number is read in two ways, and a smaller number is no
/// time. Seconds may have a fraction. Such times are UTC by definition.
///
/// # Errors
/// `Form` for other texts, small and negative numbers; `Range` beyond the year 2261.
pub fn parse_epoch(text: &str) -> Result<EntryTime, TimeParseError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = whole.len() == text.len();
    if whole.is_empty() || !digits(whole) || !digits(fraction) || (fraction.is_empty() && !bare) {
        return Err(Form);
    }
    let number: i64 = whole.parse().map_err(|_| Range)?;
    if number < 100_000_000 {
        return Err(Form);
    }
    let unit = EPOCH_UNITS.into_iter().find(|(below, ..)| number < *below);
    let (_, precision, unit_ns) = unit.ok_or(Range)?;
    if !bare && precision != Precision::Seconds {
        return Err(Form);
    }
    let (fraction_ns, fraction_precision) = fraction_of(fraction.as_bytes());
    let ns = number
        .checked_mul(unit_ns)
        .and_then(|ns| ns.checked_add(fraction_ns))
        .ok_or(Range)?;
    let precision = precision.max(fraction_precision);
    Ok(EntryTime {
        ns,
        precision,
        zone: ZoneOrigin::Stated,
        year_inferred: false,
        offset_seconds: 0,
    })
}

/// Reads the time of access logs: `17/May/2015:10:05:03 +0000`.
///
/// # Errors
/// `Form` for other texts, `Impossible` and `Range` for forms that hold no moment.
pub fn parse_access_log(text: &str, zone: Option<Zone>) -> Result<EntryTime, TimeParseError> {
    let mut cursor = Cursor::new(text);
    let day = cursor.number(2)?;
    cursor.byte(b"/")?;
    let month = cursor.month()?;
    cursor.byte(b"/")?;
    let year = cursor.number(4)?;
    cursor.byte(b":")?;
    let clock = cursor.clock(b".")?;
    let offset = cursor.offset()?;
    cursor.end()?;
    clock.on(date(year, month, day)?, offset, zone, false)
}

/// Reads the time of C's `asctime`, as in error logs of Apache: `Sun Dec 04 04:47:44.123 2005`. A
/// wrong day of the week is impossible.
///
/// # Errors
/// `Form` for other texts, `Impossible` and `Range` for forms that hold no moment.
pub fn parse_asctime(text: &str, zone: Option<Zone>) -> Result<EntryTime, TimeParseError> {
    let mut cursor = Cursor::new(text);
    let weekday = cursor.take(3)?;
    cursor.byte(b" ")?;
    let month = cursor.month()?;
    cursor.byte(b" ")?;
    let day = cursor.padded_day()?;
    cursor.byte(b" ")?;
    let clock = cursor.clock(b".")?;
    cursor.byte(b" ")?;
    let year = cursor.number(4)?;
    cursor.end()?;
    let date = date(year, month, day)?;
    let named: chrono::Weekday = std::str::from_utf8(weekday)
        .ok()
        .and_then(|name| name.parse().ok())
        .ok_or(Form)?;
    if named != date.weekday() {
        return Err(Impossible);
    }
    clock.on(date, None, zone, false)
}

/// Reads the time of RFC 3164 at the start of a text: `Mar  7 09:01:02`, also with a fraction, and
/// with a year after the day as some devices write it. Gives the moment, or why it is none
/// (`NoYear` when the year is neither there nor given nor to be worked out), and how many bytes it
/// takes. `None` where no such form stands.
///
/// A year that is not there is the one of the settings, or else the latest in which the time is
/// not more than a day after the reference moment.
#[must_use]
pub fn parse_rfc3164_start(
    text: &str,
    settings: &Settings,
) -> Option<(Result<EntryTime, TimeParseError>, usize)> {
    let mut cursor = Cursor::new(text);
    let month = cursor.month().ok()?;
    cursor.byte(b" ").ok()?;
    let day = cursor.padded_day().ok()?;
    cursor.byte(b" ").ok()?;
    let mut stated_year = None;
    let mut ahead = cursor;
    if let (Ok(year), Ok(_)) = (ahead.number(4), ahead.byte(b" ")) {
        (stated_year, cursor) = (Some(year), ahead);
    }
    let clock = cursor.clock(b".").ok()?;
    let on = |year: i32, inferred: bool| {
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(Impossible)?;
        clock.on(date, None, settings.zone, inferred)
    };
    let time = match (stated_year, settings.year, settings.reference_ns) {
        (Some(year), ..) => i32::try_from(year)
            .map_err(|_| Range)
            .and_then(|year| on(year, false)),
        (None, Some(year), _) => on(year, true),
        (None, None, Some(reference_ns)) => latest_before(reference_ns, |year| on(year, true)),
        (None, None, None) => Err(NoYear),
    };
    Some((time, cursor.at))
}

/// The latest year in which the time exists and is at most a day after the reference.
fn latest_before(
    reference_ns: i64,
    on: impl Fn(i32) -> Result<EntryTime, TimeParseError>,
) -> Result<EntryTime, TimeParseError> {
    let newest = chrono::DateTime::from_timestamp_nanos(reference_ns).year() + 1;
    let latest_ns = reference_ns.saturating_add(DAY_NS);
    // 29 February is there every fourth year, but for one gap of eight.
    let candidates = (newest - 9..=newest).rev();
    let mut error = Impossible;
    for year in candidates {
        match on(year) {
            Ok(time) if time.ns <= latest_ns => return Ok(time),
            Ok(_) => {}
            Err(found) => error = found,
        }
    }
    Err(error)
}

/// Reads `Z`, `+09:00`, `+0900` or `+09` at the start: seconds to the east and bytes taken; `None`
/// where no offset stands.
///
/// # Errors
/// `Impossible` beyond 23:59.
pub(crate) fn parse_offset(bytes: &[u8]) -> Result<Option<(i32, usize)>, TimeParseError> {
    let sign = match bytes.first() {
        Some(b'Z' | b'z') => return Ok(Some((0, 1))),
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Ok(None),
    };
    let mut cursor = Cursor { bytes, at: 1 };
    let Ok(hours) = cursor.number(2) else {
        return Ok(None);
    };
    let mut ahead = cursor;
    let _ = ahead.byte(b":");
    let minutes = match ahead.number(2) {
        Ok(minutes) => {
            cursor.at = ahead.at;
            minutes
        }
        Err(_) => 0,
    };
    if hours > 23 || minutes > 59 {
        return Err(Impossible);
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| Impossible)?;
    Ok(Some((sign * seconds, cursor.at)))
}

/// Nanoseconds and precision of fraction digits; digits beyond the ninth are left out.
fn fraction_of(digits: &[u8]) -> (i64, Precision) {
    let ns = (0..9).fold(0, |ns, place| {
        ns * 10
            + digits
                .get(place)
                .map_or(0, |digit| i64::from(digit.wrapping_sub(b'0')))
    });
    let precision = match digits.len() {
        0 => Precision::Seconds,
        1..=3 => Precision::Milliseconds,
        4..=6 => Precision::Microseconds,
        _ => Precision::Nanoseconds,
    };
    (ns, precision)
}

/// The time of day.
#[derive(Debug, Clone, Copy)]
struct Clock {
    hour: u32,
    minute: u32,
    /// 60 in a leap second.
    second: u32,
    fraction_ns: i64,
    precision: Precision,
}

impl Clock {
    fn on(
        self,
        date: NaiveDate,
        offset: Option<i32>,
        zone: Option<Zone>,
        year_inferred: bool,
    ) -> Result<EntryTime, TimeParseError> {
        if self.second > 60 {
            return Err(Impossible);
        }
        let leap = self.second == 60;
        let second = self.second - u32::from(leap);
        let time = NaiveTime::from_hms_opt(self.hour, self.minute, second).ok_or(Impossible)?;
        let local = NaiveDateTime::new(date, time);
        let mut seconds = match offset {
            Some(offset) => local.and_utc().timestamp() - i64::from(offset),
            None => zone.unwrap_or(Zone::UTC).seconds_of(local)?,
        };
        if leap {
            seconds += 1;
            // A leap second is the last one of a month in UTC, so the next second begins a month.
            let next = chrono::DateTime::from_timestamp(seconds, 0).ok_or(Range)?;
            if next.day() != 1 || next.time() != NaiveTime::MIN {
                return Err(Impossible);
            }
        }
        let ns = seconds
            .checked_mul(1_000_000_000)
            .and_then(|ns| ns.checked_add(self.fraction_ns));
        let zone = if offset.is_some() {
            ZoneOrigin::Stated
        } else {
            ZoneOrigin::Inferred
        };
        Ok(EntryTime {
            ns: ns.ok_or(Range)?,
            precision: self.precision,
            zone,
            year_inferred,
            offset_seconds: offset.unwrap_or(0),
        })
    }
}

/// Reads on in the bytes of a time.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    fn take(&mut self, count: usize) -> Result<&'t [u8], TimeParseError> {
        let taken = self.bytes.get(self.at..self.at + count).ok_or(Form)?;
        self.at += count;
        Ok(taken)
    }

    /// Exactly `count` digits, and no more.
    fn number(&mut self, count: usize) -> Result<u32, TimeParseError> {
        let mut number = 0;
        for digit in self.take(count)? {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return Err(Form);
            }
            number = number * 10 + u32::from(digit);
        }
        Ok(number)
    }

    fn byte(&mut self, any_of: &[u8]) -> Result<u8, TimeParseError> {
        let byte = self
            .bytes
            .get(self.at)
            .copied()
            .filter(|byte| any_of.contains(byte));
        self.at += usize::from(byte.is_some());
        byte.ok_or(Form)
    }

    fn end(&self) -> Result<(), TimeParseError> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(Form)
        }
    }

    fn month(&mut self) -> Result<u32, TimeParseError> {
        let name = self.take(3)?;
        let number = MONTHS.iter().position(|month| *month == name).ok_or(Form)?;
        u32::try_from(number + 1).map_err(|_| Form)
    }

    /// Day of the month: two digits, or a space (or a second space) and one digit.
    fn padded_day(&mut self) -> Result<u32, TimeParseError> {
        if self.byte(b" ").is_ok() {
            return self.number(1);
        }
        let mut ahead = *self;
        match ahead.number(2) {
            Ok(day) => {
                self.at = ahead.at;
                Ok(day)
            }
            Err(_) => self.number(1),
        }
    }

    /// `09:01:02`, and a fraction behind one of the `points`.
    fn clock(&mut self, points: &[u8]) -> Result<Clock, TimeParseError> {
        let hour = self.number(2)?;
        self.byte(b":")?;
        let minute = self.number(2)?;
        self.byte(b":")?;
        let second = self.number(2)?;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let digits = match rest.split_first() {
            Some((point, rest)) if points.contains(point) => {
                let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                rest.get(..count).unwrap_or_default()
            }
            _ => &[],
        };
        // A point without digits is no part of the time.
        self.at += if digits.is_empty() {
            0
        } else {
            digits.len() + 1
        };
        let (fraction_ns, precision) = fraction_of(digits);
        Ok(Clock {
            hour,
            minute,
            second,
            fraction_ns,
            precision,
        })
    }

    /// An offset, also after a space. What runs on into a word (`Zulu`, `+0500x`) is none.
    fn offset(&mut self) -> Result<Option<i32>, TimeParseError> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let space = usize::from(rest.first() == Some(&b' '));
        let rest = rest.get(space..).unwrap_or_default();
        let Some((seconds, used)) = parse_offset(rest)? else {
            return Ok(None);
        };
        if rest.get(used).is_some_and(u8::is_ascii_alphanumeric) {
            return Ok(None);
        }
        self.at += space + used;
        Ok(Some(seconds))
    }
}

/// Writes a time in a zone, with the digits that its text gave and no more:
/// `2026-03-14T09:00:00.123+01:00`, with `Z` for UTC.
#[must_use]
pub fn to_rfc3339(time: &EntryTime, zone: Zone) -> String {
    let offset = zone.offset_seconds_at(time.ns);
    let utc = chrono::DateTime::from_timestamp_nanos(time.ns).naive_utc();
    let local = utc
        .checked_add_signed(chrono::TimeDelta::seconds(i64::from(offset)))
        .unwrap_or(utc);
    let mut text = local.format("%Y-%m-%dT%H:%M:%S").to_string();
    let ns = time.ns.rem_euclid(1_000_000_000);
    let written = match time.precision {
        Precision::Seconds => Ok(()),
        Precision::Milliseconds => write!(text, ".{:03}", ns / 1_000_000),
        Precision::Microseconds => write!(text, ".{:06}", ns / 1000),
        Precision::Nanoseconds => write!(text, ".{ns:09}"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
    if offset == 0 {
        text.push('Z');
    } else {
        let (sign, minutes) = (
            if offset < 0 { '-' } else { '+' },
            offset.unsigned_abs() / 60,
        );
        let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    }
    text
}

#[cfg(test)]
#[path = "time_tests.rs"]
mod tests;
