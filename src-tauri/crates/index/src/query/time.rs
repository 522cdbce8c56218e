//! Times in queries: `2026-03-14T09:00`, `-2d`, `A..B`, `A..+15m`.

use std::ops::Range;

use chrono::{DateTime, Duration, Months, NaiveDate, NaiveDateTime, TimeDelta};

/// A moment in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// So many nanoseconds before the newest time of all archives; never negative.
    BeforeNewest(i64),
}

impl Moment {
    /// Nanoseconds since 1970; `None` when relative and nothing is dated.
    #[must_use]
    pub fn resolve(self, newest_ns: Option<i64>) -> Option<i64> {
        match self {
            Moment::At(ns) => Some(ns),
            Moment::BeforeNewest(back) => newest_ns.map(|newest| newest.saturating_sub(back)),
        }
    }
}

/// Moments `from <= time < to`; an open end takes all times on its side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeSpan {
    /// First moment.
    pub from: Option<Moment>,
    /// One past the last moment.
    pub to: Option<Moment>,
}

/// A [`TimeSpan`] in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SpanNs {
    from: i64,
    to: Option<i64>,
}

impl SpanNs {
    /// Whether a time lies in the span.
    pub fn holds(&self, ns: i64) -> bool {
        self.from <= ns && self.to.is_none_or(|to| ns < to)
    }

    /// First and last moment; `None` when there is none.
    pub fn inclusive(&self) -> Option<std::ops::RangeInclusive<i64>> {
        let last = match self.to {
            Some(to) => to.checked_sub(1)?,
            None => i64::MAX,
        };
        (self.from <= last).then_some(self.from..=last)
    }

    /// Whether every time from `min` to `max`, both included, lies in the span.
    pub fn holds_all(&self, min: i64, max: i64) -> bool {
        self.holds(min) && self.holds(max)
    }

    /// Whether no time from `min` to `max`, both included, lies in the span.
    pub fn holds_none(&self, min: i64, max: i64) -> bool {
        max < self.from || self.to.is_some_and(|to| to <= min)
    }
}

impl TimeSpan {
    /// The span `from_ns <= time < to_ns`.
    #[must_use]
    pub const fn between(from_ns: i64, to_ns: i64) -> Self {
        Self {
            from: Some(Moment::At(from_ns)),
            to: Some(Moment::At(to_ns)),
        }
    }

    /// Whether it depends on the newest time.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        let relative = |moment: Option<Moment>| matches!(moment, Some(Moment::BeforeNewest(_)));
        relative(self.from) || relative(self.to)
    }

    /// The span in nanoseconds; `None` when it is relative and nothing is dated.
    pub(crate) fn resolve(&self, newest_ns: Option<i64>) -> Option<SpanNs> {
        let from = match self.from {
            Some(moment) => moment.resolve(newest_ns)?,
            None => i64::MIN,
        };
        let to = match self.to {
            Some(moment) => Some(moment.resolve(newest_ns)?),
            None => None,
        };
        Some(SpanNs { from, to })
    }

    /// As a query writes it after `@`.
    pub(crate) fn text(&self) -> String {
        let end = |moment: Option<Moment>| moment.map_or(String::new(), moment_text);
        format!("{}..{}", end(self.from), end(self.to))
    }
}

/// Why a time could not be read: a sentence, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadTime {
    pub span: Range<usize>,
    pub message: &'static str,
}

const FORM: &str = "This is no time; write 2026-03-14, 2026-03-14T09:00, 2026-03-14T09:00:00+02:00 \
                    or -2d.";
const NO_SUCH: &str = "There is no such moment.";
const OUTSIDE: &str = "Times must lie in the years 1678 to 2261.";
const UNIT: &str = "A length of time is written like 90s, 15m, 2h, 1d or 1w.";

/// A moment as written, with the span that it leaves open: `2026-03` is a month long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// Its first moment.
    pub start: Moment,
    /// One past its last; `None` beyond the last time there is.
    pub end: Option<Moment>,
}

/// Reads `A`, `A..B`, `A..+15m`, `A..`, `..B`.
pub(crate) fn span(text: &str) -> Result<TimeSpan, BadTime> {
    let Some(dots) = text.find("..") else {
        let written = moment(text)?;
        // `@-2d` is "the last two days": to the newest time.
        let to = match written.start {
            Moment::BeforeNewest(_) => None,
            Moment::At(_) => written.end,
        };
        return Ok(TimeSpan {
            from: Some(written.start),
            to,
        });
    };
    let (before, after) = (
        text.get(..dots).unwrap_or(""),
        text.get(dots + 2..).unwrap_or(""),
    );
    let shift = |mut bad: BadTime| {
        bad.span = bad.span.start + dots + 2..bad.span.end + dots + 2;
        bad
    };
    if before.is_empty() && after.is_empty() {
        return Err(BadTime {
            span: 0..text.len(),
            message: FORM,
        });
    }
    let from = if before.is_empty() {
        None
    } else {
        Some(moment(before)?.start)
    };
    let to = match (after.strip_prefix('+'), from) {
        _ if after.is_empty() => None,
        (Some(length), Some(from)) => {
            let length = duration(length).ok_or_else(|| {
                shift(BadTime {
                    span: 0..after.len(),
                    message: UNIT,
                })
            })?;
            later(from, length)
        }
        (Some(_), None) => {
            return Err(shift(BadTime {
                span: 0..after.len(),
                message: FORM,
            }));
        }
        (None, _) => Some(moment(after).map_err(shift)?.start),
    };
    Ok(TimeSpan { from, to })
}

/// `length` nanoseconds after a moment; `None` where that is beyond every time.
fn later(from: Moment, length: i64) -> Option<Moment> {
    match from {
        Moment::At(ns) => ns.checked_add(length).map(Moment::At),
        Moment::BeforeNewest(back) if back < length => None,
        Moment::BeforeNewest(back) => Some(Moment::BeforeNewest(back - length)),
    }
}

/// Reads one moment.
pub(crate) fn moment(text: &str) -> Result<Written, BadTime> {
    let bad = |message| BadTime {
        span: 0..text.len(),
        message,
    };
    if let Some(length) = text.strip_prefix('-') {
        let back = duration(length).ok_or_else(|| bad(UNIT))?;
        let start = Moment::BeforeNewest(back);
        // Lengths are written in seconds, so a relative moment leaves a second open.
        return Ok(Written {
            start,
            end: later(start, 1_000_000_000),
        });
    }
    let (start, end) = absolute(text).map_err(bad)?;
    let start = start.ok_or_else(|| bad(OUTSIDE))?;
    Ok(Written {
        start: Moment::At(start),
        end: end.map(Moment::At),
    })
}

/// Start and end of an absolute time in nanoseconds; `None` where outside the range.
fn absolute(text: &str) -> Result<(Option<i64>, Option<i64>), &'static str> {
    let (local, offset_seconds) = split_zone(text)?;
    let (start, end) = civil(local)?;
    let ns = |time: Option<NaiveDateTime>| {
        let utc = time?.checked_sub_signed(Duration::seconds(i64::from(offset_seconds)))?;
        utc.and_utc().timestamp_nanos_opt()
    };
    Ok((ns(Some(start)), ns(end)))
}

/// The text without its zone, and the zone's offset; UTC when none is written.
fn split_zone(text: &str) -> Result<(&str, i32), &'static str> {
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return Ok((local, 0));
    }
    // Only a text with a clock time can have an offset: `2026-03-14` has dashes of its own.
    let clock = text.find(['T', 't', ' ']).map_or(text.len(), |at| at + 1);
    let Some(sign) = text.get(clock..).and_then(|rest| rest.find(['+', '-'])) else {
        return Ok((text, 0));
    };
    let (local, zone) = (text.get(..clock + sign), text.get(clock + sign..));
    let (Some(local), Some(zone)) = (local, zone) else {
        return Err(FORM);
    };
    let (hours, minutes) = match zone.len() {
        3 => (zone.get(1..3), Some("00")),
        5 => (zone.get(1..3), zone.get(3..5)),
        6 if zone.get(3..4) == Some(":") => (zone.get(1..3), zone.get(4..6)),
        _ => return Err(FORM),
    };
    let hours = number(hours.unwrap_or("")).ok_or(FORM)?;
    let minutes = number(minutes.unwrap_or("")).ok_or(FORM)?;
    if hours > 23 || minutes > 59 {
        return Err(NO_SUCH);
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| FORM)?;
    Ok((
        local,
        if zone.starts_with('-') {
            -seconds
        } else {
            seconds
        },
    ))
}

/// Digits only, at most nine.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// Start and end of `2026`, `2026-03`, `2026-03-14`, `…T09`, `…T09:00`, `…T09:00:01`, `…:01.25`.
fn civil(text: &str) -> Result<(NaiveDateTime, Option<NaiveDateTime>), &'static str> {
    let (date, clock) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at).unwrap_or(""), text.get(at + 1..)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let sized = |text: &str, digits: usize| number(text).filter(|_| text.len() == digits);
    let part = |at: usize, digits: usize| match parts.get(at) {
        Some(text) => sized(text, digits).map(Some).ok_or(FORM),
        None => Ok(None),
    };
    let year = part(0, 4)?.ok_or(FORM)?;
    let (month, day) = (part(1, 2)?, part(2, 2)?);
    if parts.len() > 3 || (clock.is_some() && day.is_none()) {
        return Err(FORM);
    }
    let year = i32::try_from(year).map_err(|_| FORM)?;
    let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1));
    let midnight = first
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .ok_or(NO_SUCH)?;
    match (clock, month, day) {
        (Some(clock), _, _) => within_day(midnight, clock),
        (None, None, _) => Ok((midnight, midnight.checked_add_months(Months::new(12)))),
        (None, Some(_), None) => Ok((midnight, midnight.checked_add_months(Months::new(1)))),
        (None, _, Some(_)) => Ok((midnight, midnight.checked_add_signed(TimeDelta::days(1)))),
    }
}

fn within_day(
    midnight: NaiveDateTime,
    clock: &str,
) -> Result<(NaiveDateTime, Option<NaiveDateTime>), &'static str> {
    let (whole, fraction) = match clock.split_once(['.', ',']) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (clock, None),
    };
    let parts: Vec<&str> = whole.split(':').collect();
    let mut numbers = [0_i64; 3];
    for (place, text) in numbers.iter_mut().zip(&parts) {
        *place = number(text)
            .filter(|_| text.len() == 2)
            .map(i64::from)
            .ok_or(FORM)?;
    }
    let [hours, minutes, seconds] = numbers;
    if parts.len() > 3 || (fraction.is_some() && parts.len() != 3) {
        return Err(FORM);
    }
    // A leap second is the first second of the next minute, as the entries' times have it.
    if hours > 23 || minutes > 59 || seconds > 60 {
        return Err(NO_SUCH);
    }
    let mut ns = (hours * 3600 + minutes * 60 + seconds) * 1_000_000_000;
    let mut length = match parts.len() {
        1 => 3_600_000_000_000,
        2 => 60_000_000_000,
        _ => 1_000_000_000,
    };
    if let Some(fraction) = fraction {
        let digits = number(fraction).ok_or(FORM)?;
        length = 10_i64.pow(9_u32.saturating_sub(u32::try_from(fraction.len()).unwrap_or(9)));
        ns += i64::from(digits) * length;
    }
    let start = midnight
        .checked_add_signed(TimeDelta::nanoseconds(ns))
        .ok_or(NO_SUCH)?;
    Ok((
        start,
        start.checked_add_signed(TimeDelta::nanoseconds(length)),
    ))
}

/// Reads `90s`, `15m`, `1h30m`, `2d`, `1w`, into nanoseconds.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count = i64::from(number(rest.get(..digits)?)?);
        let unit = rest.get(digits..)?.chars().next()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return None,
        };
        let part = count.checked_mul(seconds)?.checked_mul(1_000_000_000)?;
        total = total.checked_add(part)?;
        rest = rest.get(digits + 1..)?;
    }
    if text.is_empty() { None } else { Some(total) }
}

fn moment_text(moment: Moment) -> String {
    match moment {
        Moment::At(ns) => at_text(ns),
        Moment::BeforeNewest(back) => format!("-{}", duration_text(back)),
    }
}

/// RFC 3339 in UTC with as many digits as needed.
fn at_text(ns: i64) -> String {
    let time = DateTime::from_timestamp_nanos(ns);
    let digits = match ns.rem_euclid(1_000_000_000) {
        0 => return time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        part => format!("{part:09}"),
    };
    format!(
        "{}.{}Z",
        time.format("%Y-%m-%dT%H:%M:%S"),
        digits.trim_end_matches('0')
    )
}

/// Whole seconds in the largest unit that divides them; moments have no finer lengths.
fn duration_text(ns: i64) -> String {
    let seconds = ns / 1_000_000_000;
    let units = [(86_400, 'd'), (3600, 'h'), (60, 'm')];
    match units
        .into_iter()
        .find(|(length, _)| seconds != 0 && seconds % length == 0)
    {
        Some((length, unit)) => format!("{}{unit}", seconds / length),
        None => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000_000;
    /// 2026-03-14T00:00:00Z.
    const PI_DAY: i64 = 1_773_446_400_000_000_000;

    fn check(text: &str, from: Option<i64>, to: Option<i64>) {
        let span = span(text).unwrap_or_else(|bad| panic!("{text}: {bad:?}"));
        assert_eq!(
            span,
            TimeSpan {
                from: from.map(Moment::At),
                to: to.map(Moment::At)
            },
            "{text}"
        );
    }

    #[test]
    fn a_time_means_the_span_it_leaves_open() {
        check("2026-03-14", Some(PI_DAY), Some(PI_DAY + DAY));
        check(
            "2026-03-14T09",
            Some(PI_DAY + DAY / 24 * 9),
            Some(PI_DAY + DAY / 24 * 10),
        );
        check(
            "2026-03-14T00:01",
            Some(PI_DAY + 60_000_000_000),
            Some(PI_DAY + 120_000_000_000),
        );
        check(
            "2026-03-14T00:00:01Z",
            Some(PI_DAY + 1_000_000_000),
            Some(PI_DAY + 2_000_000_000),
        );
        check(
            "2026-03-14T00:00:00.25",
            Some(PI_DAY + 250_000_000),
            Some(PI_DAY + 260_000_000),
        );
        check(
            "2026-03-14T00:00:00.000000001",
            Some(PI_DAY + 1),
            Some(PI_DAY + 2),
        );
        check("2026-03", Some(PI_DAY - 13 * DAY), Some(PI_DAY + 18 * DAY));
        check(
            "2026",
            Some(1_767_225_600_000_000_000),
            Some(1_798_761_600_000_000_000),
        );
    }

    #[test]
    fn offsets_are_taken_off() {
        check(
            "2026-03-14T09:00:00+09:00",
            Some(PI_DAY),
            Some(PI_DAY + 1_000_000_000),
        );
        check(
            "2026-03-13T22:00-0200",
            Some(PI_DAY),
            Some(PI_DAY + 60_000_000_000),
        );
        check(
            "2026-03-14 02:00+02",
            Some(PI_DAY),
            Some(PI_DAY + 60_000_000_000),
        );
    }

    #[test]
    fn ranges_run_from_start_to_start() {
        check("2026-03-14..2026-03-15", Some(PI_DAY), Some(PI_DAY + DAY));
        check(
            "2026-03-14T00:00..+15m",
            Some(PI_DAY),
            Some(PI_DAY + 900_000_000_000),
        );
        check("2026-03-14..", Some(PI_DAY), None);
        check("..2026-03-14", None, Some(PI_DAY));
        assert_eq!(
            span("-2d..+1h30m"),
            Ok(TimeSpan {
                from: Some(Moment::BeforeNewest(2 * DAY)),
                to: Some(Moment::BeforeNewest(2 * DAY - 5_400_000_000_000)),
            })
        );
        assert_eq!(
            span("-2d"),
            Ok(TimeSpan {
                from: Some(Moment::BeforeNewest(2 * DAY)),
                to: None
            })
        );
    }

    #[test]
    fn what_is_no_time_is_told_with_its_place() {
        for (text, place, message) in [
            ("2026-02-30", 0..10, NO_SUCH),
            ("2026-03-14T25:00", 0..16, NO_SUCH),
            ("1500-01-01", 0..10, OUTSIDE),
            ("2026-3-14", 0..9, FORM),
            ("yesterday", 0..9, FORM),
            ("..", 0..2, FORM),
            ("2026-03-14..+5x", 12..15, UNIT),
            ("2026-03-14..2026-13", 12..19, NO_SUCH),
            ("-", 0..1, UNIT),
            ("2026-03-14T09:00é", 0..18, FORM),
        ] {
            assert_eq!(
                span(text),
                Err(BadTime {
                    span: place,
                    message
                }),
                "{text}"
            );
        }
    }

    #[test]
    fn the_text_of_a_span_reads_back() {
        for text in [
            "2026-03-14",
            "2026",
            "-2d..-1h",
            "-90s",
            "..2026-03-14T09:00:00.123456789Z",
            "1677-09-22..2262-04-11T23:47:16.854775807Z",
            "-0s..",
        ] {
            let read = span(text).unwrap();
            assert_eq!(span(&read.text()), Ok(read), "{text} as {}", read.text());
        }
    }
}
