//! Where to go: an entry's number, a time, a length of time from here, or the beginning of a
//! digest.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use crate::times::Zone;

mod place;

pub use place::{GotoAnswer, LeafSearch};

/// Hex digits of a digest that are enough to look for it.
pub const DIGEST_DIGITS_MIN: usize = 8;

/// A place that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GotoTarget {
    /// The entry with this number.
    Position(u64),
    /// The first entry at or after this moment, in nanoseconds since 1970.
    Time(i64),
    /// The entry whose leaf hash begins with these hex digits, lower case, 8 to 64 of them.
    Leaf(String),
}

/// What a place can depend on.
#[derive(Debug, Clone, Copy)]
pub struct GotoContext {
    /// Zone of times that state none.
    pub zone: Zone,
    /// Time of the entry where one stands, else of the first one.
    pub here_ns: Option<i64>,
    /// Newest time of all entries.
    pub newest_ns: Option<i64>,
}

/// Why a text names no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GotoError {
    /// Nothing that is known here.
    #[error(
        "Write an entry number (1204), a time (2026-03-14 09:12, 09:12), a step (-15m) or the \
         first {DIGEST_DIGITS_MIN} digits of a digest."
    )]
    Form,
    /// The form is known, the time impossible or outside the years 1678 to 2261.
    #[error("There is no such time.")]
    NoSuchTime,
    /// It depends on a time, and no entry has one.
    #[error("No entry here has a time.")]
    Undated,
}

/// Reads `1204`, `#1,204`, `2026-03-14T09:12:07Z`, `2026-03-14 09:12`, `09:12`, `-15m`, `+2h`,
/// `deadbeef`, `leaf:12345678`. Steps count from where one stands, or back from the newest entry.
///
/// # Errors
/// See [`GotoError`].
pub fn parse_goto(text: &str, context: &GotoContext) -> Result<GotoTarget, GotoError> {
    let text = text.trim();
    if text.len() > 128 {
        return Err(GotoError::Form);
    }
    if let Some(number) = position(text.strip_prefix('#').unwrap_or(text)) {
        return Ok(GotoTarget::Position(number));
    }
    if let Some(step) = step(text) {
        let from = context
            .here_ns
            .or(context.newest_ns)
            .ok_or(GotoError::Undated)?;
        return Ok(GotoTarget::Time(from.saturating_add(step)));
    }
    if let Some(digits) = leaf(text) {
        return Ok(GotoTarget::Leaf(digits));
    }
    time(text.strip_prefix('@').unwrap_or(text), context)
}

/// Digits, with commas, spaces or apostrophes between groups of three.
fn position(text: &str) -> Option<u64> {
    let mut groups = text.split([',', '\'', ' ', '\u{A0}']);
    let first = groups.next()?;
    let is_number = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let mut digits = Some(first).filter(|group| is_number(group))?.to_owned();
    for group in groups {
        if group.len() != 3 || first.len() > 3 || !is_number(group) {
            return None;
        }
        digits.push_str(group);
    }
    digits.parse().ok()
}

/// `-15m`, `+1h30m`: nanoseconds.
fn step(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.split_at_checked(1)? {
        ("-" | "−", rest) => (-1, rest),
        ("+", rest) => (1, rest),
        _ => return None,
    };
    let mut sum: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let unit_text = rest.get(digits..)?;
        let letters = unit_text.len()
            - unit_text
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let unit: i64 = match unit_text.get(..letters)? {
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" | "min" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            "w" => 604_800_000_000_000,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(unit)?)?;
        rest = unit_text.get(letters..)?;
    }
    (sum > 0).then_some(sign * sum)
}

/// Hex digits with at least one letter, or any after `leaf:`.
fn leaf(text: &str) -> Option<String> {
    let (digits, is_named) = match text.strip_prefix("leaf:") {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_letter = digits.bytes().any(|byte| byte.is_ascii_alphabetic());
    let fits = (DIGEST_DIGITS_MIN..=64).contains(&digits.len()) && is_hex;
    (fits && (has_letter || is_named)).then(|| digits.to_ascii_lowercase())
}

fn time(text: &str, context: &GotoContext) -> Result<GotoTarget, GotoError> {
    let (local, offset_seconds) = split_offset(text);
    let clock = match local.split_once(['T', 't', ' ']) {
        Some((day, clock)) => date(day)?.and_time(clock_time(clock)?),
        None if local.contains(':') => {
            let here = context
                .here_ns
                .or(context.newest_ns)
                .ok_or(GotoError::Undated)?;
            context
                .zone
                .clock_at(here, 0)
                .date()
                .and_time(clock_time(local)?)
        }
        None => date(local)?.and_time(NaiveTime::MIN),
    };
    let ns = match offset_seconds {
        None => context.zone.ns_of_clock(clock),
        Some(seconds) => moment_of(clock, seconds),
    };
    ns.map(GotoTarget::Time).ok_or(GotoError::NoSuchTime)
}

fn moment_of(clock: NaiveDateTime, offset_seconds: i32) -> Option<i64> {
    let utc = clock.checked_sub_signed(TimeDelta::seconds(i64::from(offset_seconds)))?;
    utc.and_utc().timestamp_nanos_opt()
}

/// The text without `Z`, `UTC`, `+01:00`, `-0330`, and the offset in seconds.
fn split_offset(text: &str) -> (&str, Option<i32>) {
    for word in ["Z", "z", " UTC", "UTC"] {
        if let Some(local) = text.strip_suffix(word) {
            return (local.trim_end(), Some(0));
        }
    }
    let Some(sign) = text
        .rfind(['+', '-'])
        .filter(|sign| text.get(..*sign).is_some_and(has_clock))
    else {
        return (text, None);
    };
    let (local, zone) = text.split_at(sign);
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let seconds = |digits: &str| -> Option<i32> {
        let (hours, minutes) = (digits.get(..2)?, digits.get(2..4).unwrap_or("00"));
        Some(hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60)
    };
    match seconds(&digits).filter(|_| matches!(zone.len(), 3 | 5 | 6)) {
        Some(seconds) if zone.starts_with('-') => (local.trim_end(), Some(-seconds)),
        Some(seconds) => (local.trim_end(), Some(seconds)),
        None => (text, None),
    }
}

fn has_clock(text: &str) -> bool {
    text.contains(':')
}

fn date(text: &str) -> Result<NaiveDate, GotoError> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Err(GotoError::Form);
    };
    let number = |text: &str, digits: usize| match text.parse::<u32>() {
        Ok(number) if text.len() == digits => Ok(number),
        _ => Err(GotoError::Form),
    };
    let year = i32::try_from(number(year, 4)?).map_err(|_| GotoError::Form)?;
    NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?).ok_or(GotoError::NoSuchTime)
}

/// `09:12`, `09:12:07`, `09:12:07.104`.
fn clock_time(text: &str) -> Result<NaiveTime, GotoError> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let mut parts = whole.split(':').map(|part| match part.parse::<u32>() {
        Ok(number) if (1..=2).contains(&part.len()) => Ok(number),
        _ => Err(GotoError::Form),
    });
    let (Some(hour), Some(minute)) = (parts.next(), parts.next()) else {
        return Err(GotoError::Form);
    };
    let second = parts.next().unwrap_or(Ok(0));
    let is_fraction = fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !is_fraction {
        return Err(GotoError::Form);
    }
    let nanos: u32 = format!("{fraction:0<9}")
        .parse()
        .map_err(|_| GotoError::Form)?;
    NaiveTime::from_hms_nano_opt(hour?, minute?, second?, nanos).ok_or(GotoError::NoSuchTime)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn ns(text: &str) -> i64 {
        let moment = DateTime::parse_from_rfc3339(text).expect("a time");
        moment.timestamp_nanos_opt().expect("in range")
    }

    fn context() -> GotoContext {
        GotoContext {
            zone: Zone::Utc,
            here_ns: Some(ns("2026-03-14T09:00:00Z")),
            newest_ns: Some(ns("2026-03-15T00:00:00Z")),
        }
    }

    fn goto(text: &str) -> Result<GotoTarget, GotoError> {
        parse_goto(text, &context())
    }

    #[test]
    fn numbers_are_entries() {
        for (text, position) in [
            ("1204", 1204),
            ("#1204", 1204),
            ("#1,204", 1204),
            (" 1 204 567 ", 1_204_567),
            ("0", 0),
        ] {
            assert_eq!(goto(text), Ok(GotoTarget::Position(position)), "{text}");
        }
        for text in ["1,2", "1204,204", "#", "99999999999999999999999"] {
            assert!(!matches!(goto(text), Ok(GotoTarget::Position(_))), "{text}");
        }
    }

    #[test]
    fn times_are_read_in_full_and_in_part() {
        for (text, moment) in [
            ("2026-03-14T09:12:07Z", "2026-03-14T09:12:07Z"),
            ("2026-03-14T09:12:07.104+01:00", "2026-03-14T08:12:07.104Z"),
            ("2026-03-14 09:12 -0330", "2026-03-14T12:42:00Z"),
            ("@2026-03-14", "2026-03-14T00:00:00Z"),
            ("2026-03-14 09:12:07 UTC", "2026-03-14T09:12:07Z"),
            ("9:30", "2026-03-14T09:30:00Z"),
            ("23:59:59.5", "2026-03-14T23:59:59.5Z"),
        ] {
            assert_eq!(goto(text), Ok(GotoTarget::Time(ns(moment))), "{text}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_read_in_the_zone_on_screen() {
        let berlin = GotoContext {
            zone: Zone::Named(chrono_tz::Tz::Europe__Berlin),
            ..context()
        };
        let at = |text| parse_goto(text, &berlin);
        assert_eq!(
            at("2026-03-14 09:12"),
            Ok(GotoTarget::Time(ns("2026-03-14T08:12:00Z")))
        );
        assert_eq!(
            at("2026-03-14 09:12Z"),
            Ok(GotoTarget::Time(ns("2026-03-14T09:12:00Z")))
        );
        assert_eq!(
            at("10:00"),
            Ok(GotoTarget::Time(ns("2026-03-14T09:00:00Z")))
        );
    }

    #[test]
    fn steps_count_from_here() {
        let at = |text| Ok(GotoTarget::Time(ns(text)));
        assert_eq!(goto("-15m"), at("2026-03-14T08:45:00Z"));
        assert_eq!(goto("+1h30m"), at("2026-03-14T10:30:00Z"));
        let nowhere = GotoContext {
            here_ns: None,
            ..context()
        };
        assert_eq!(parse_goto("-1d", &nowhere), at("2026-03-14T00:00:00Z"));
        let undated = GotoContext {
            here_ns: None,
            newest_ns: None,
            ..context()
        };
        assert_eq!(parse_goto("-1d", &undated), Err(GotoError::Undated));
        assert_eq!(parse_goto("09:00", &undated), Err(GotoError::Undated));
    }

    #[test]
    fn the_beginning_of_a_digest_is_looked_for() {
        assert_eq!(
            goto("DEADBEEF"),
            Ok(GotoTarget::Leaf("deadbeef".to_owned()))
        );
        assert_eq!(
            goto("leaf:12345678"),
            Ok(GotoTarget::Leaf("12345678".to_owned()))
        );
        assert_eq!(goto("deadbee"), Err(GotoError::Form));
        assert_eq!(goto(&"a".repeat(65)), Err(GotoError::Form));
    }

    #[test]
    fn what_is_no_place_says_what_would_be_one() {
        for text in [
            "",
            "-",
            "-15",
            "yesterday",
            "2026-3-14",
            "12:",
            "1h",
            "2026-03-14T",
        ] {
            assert_eq!(goto(text), Err(GotoError::Form), "{text}");
        }
        for text in ["2026-02-30", "25:00", "2026-03-14 09:61", "0001-01-01"] {
            assert_eq!(goto(text), Err(GotoError::NoSuchTime), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".{0,40}", parts in "[-+#@0-9a-fTZ:., ]{0,40}") {
            let _ = goto(&text);
            let _ = goto(&parts);
        }
    }
}
