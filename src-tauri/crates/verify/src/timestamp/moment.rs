//! The two times of X.680, as nanoseconds since 1970.

use super::der::{Tlv, tag};

const SECOND_NS: i64 = 1_000_000_000;

/// Reads a UTCTime or a GeneralizedTime in the form that DER asks for: seconds present, `Z` at the
/// end. `None` for any other form, and beyond what 64 bits hold (the year 2262).
pub(crate) fn moment(value: &Tlv<'_>) -> Option<i64> {
    let text = std::str::from_utf8(value.content).ok()?.strip_suffix('Z')?;
    match value.tag {
        tag::UTC_TIME => {
            let year = two(text, 0)?;
            // RFC 5280 §4.1.2.5.1: 50 to 99 are of the last century.
            let year = if year < 50 { 2000 + year } else { 1900 + year };
            (text.len() == 12).then(|| since_1970(year, text.get(2..)?, 0))?
        }
        tag::GENERALIZED_TIME => {
            let (whole, fraction) = match text.split_once('.') {
                Some((whole, digits)) => (whole, fraction_ns(digits)?),
                None => (text, 0),
            };
            let year = 100 * two(whole, 0)? + two(whole, 2)?;
            (whole.len() == 14).then(|| since_1970(year, whole.get(4..)?, fraction))?
        }
        _ => None,
    }
}

/// Reads a time of RFC 3339 (§5.6), which states its zone. `None` for any other form.
pub(crate) fn of_rfc3339(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_at_checked(19)?;
    let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    if marks
        .iter()
        .any(|(at, mark)| whole.get(*at..at + 1) != Some(mark))
    {
        return None;
    }
    let digits: String = whole.split(['-', 'T', ':']).collect();
    let year = 100 * two(&digits, 0)? + two(&digits, 2)?;
    let at = since_1970(year, digits.get(4..)?, 0)?;
    let zone = match rest.strip_prefix('.') {
        // Fractions of a second are passed over.
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    if zone == "Z" {
        return Some(at);
    }
    let (sign, ahead) = match zone.split_at_checked(1)? {
        ("+", ahead) => (1, ahead),
        ("-", ahead) => (-1, ahead),
        _ => return None,
    };
    let is_zone = ahead.len() == 5 && ahead.get(2..3) == Some(":");
    let seconds = 3600 * two(ahead, 0)? + 60 * two(ahead, 3)?;
    is_zone.then(|| at.checked_sub(sign * seconds * SECOND_NS))?
}

fn two(text: &str, at: usize) -> Option<i64> {
    let digits = text.get(at..at + 2)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?
}

/// RFC 3161 §2.4.2: no trailing zeros; digits beyond the ninth are dropped.
fn fraction_ns(digits: &str) -> Option<i64> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || digits.len() > 18 || !is_number || digits.ends_with('0') {
        return None;
    }
    let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().ok()
}

/// `rest` is month, day, hour, minute and second, two digits each.
fn since_1970(year: i64, rest: &str, fraction: i64) -> Option<i64> {
    let (month, day) = (two(rest, 0)?, two(rest, 2)?);
    let (hour, minute, second) = (two(rest, 4)?, two(rest, 6)?, two(rest, 8)?);
    let is_sound = (1..=12).contains(&month)
        && 1 <= day
        && day <= days_of(year, month)
        && hour < 24
        && minute < 60
        && second < 60;
    if !is_sound {
        return None;
    }
    let seconds = 86_400 * days_since_1970(year, month, day) + 3600 * hour + 60 * minute + second;
    seconds.checked_mul(SECOND_NS)?.checked_add(fraction)
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Leap years before a year, counted from the year 0 of the proleptic Gregorian calendar.
    let before = year - 1;
    let leaps = before / 4 - before / 100 + before / 400;
    let mut days = 365 * year + leaps;
    let mut at = 1;
    while at < month {
        days += days_of(year, at);
        at += 1;
    }
    // 719,528 is the first day of 1970 by the same count.
    days + day - 719_528
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: u8, text: &str) -> Option<i64> {
        moment(&Tlv {
            tag,
            raw: &[],
            content: text.as_bytes(),
        })
    }

    #[test]
    fn times_are_nanoseconds_since_1970() {
        let g = tag::GENERALIZED_TIME;
        assert_eq!(read(g, "19700101000000Z"), Some(0));
        assert_eq!(read(g, "20250505120000Z"), Some(1_746_446_400 * SECOND_NS));
        assert_eq!(
            read(g, "20240229235959.5Z"),
            Some(1_709_251_199 * SECOND_NS + SECOND_NS / 2)
        );
        assert_eq!(read(tag::UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(
            read(tag::UTC_TIME, "240102000000Z"),
            Some(1_704_153_600 * SECOND_NS)
        );
        assert_eq!(
            read(tag::UTC_TIME, "991231235959Z"),
            Some(946_684_799 * SECOND_NS)
        );
    }

    #[test]
    fn other_forms_are_refused() {
        let g = tag::GENERALIZED_TIME;
        for text in [
            "20250505120000",
            "20250505120000+0000",
            "202505051200Z",
            "20250505120000.50Z",
            "20250505120000.Z",
            "20250230120000Z",
            "20251301000000Z",
            "2025050512000éZ",
            "99991231235959Z",
            "+0250505120000Z",
        ] {
            assert_eq!(read(g, text), None, "{text}");
        }
    }
}
