//! Times and lengths of time as the command line reads and writes them.

use chrono::{DateTime, SecondsFormat};
use sealscope_engine::model::EntryTime;
use sealscope_engine::query::{Leaf, Moment, Query, TimeSpan, parse};
use sealscope_engine::times::rfc3339_utc;

use crate::failure::Failure;

const NEXT_STEP: &str = "Write 2026-03-14, 2026-03-14T09:00:00+02:00, or -2d for two \
                         days before the newest entry.";

/// A time of an entry, in UTC, as precise as the entry gives it.
pub fn of_entry(time: EntryTime) -> String {
    rfc3339_utc(time.ns, time.precision)
}

/// A moment in UTC, with as many digits as it needs.
pub fn of_ns(ns: i64) -> String {
    DateTime::from_timestamp_nanos(ns).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Reads `--from` and `--to`: moments as queries write them, `from <= time < to`.
pub fn span(from: Option<&str>, to: Option<&str>) -> Result<TimeSpan, Failure> {
    let one = |option: &str, text: Option<&str>| {
        text.map(|text| {
            moment(text)
                .ok_or_else(|| Failure::new(format!("{option} {text:?} is no time"), NEXT_STEP))
        })
        .transpose()
    };
    Ok(TimeSpan {
        from: one("--from", from)?,
        to: one("--to", to)?,
    })
}

fn moment(text: &str) -> Option<Moment> {
    let text = text.trim().replacen(' ', "T", 1);
    let is_one_word = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-:.".contains(c));
    if !is_one_word || text.is_empty() || text.contains("..") {
        return None;
    }
    match parse(&format!("@{text}..")).ok()?.query {
        Query::Is(Leaf::Time(TimeSpan { from, to: None })) => from,
        _ => None,
    }
}

/// Reads a moment with its zone (RFC 3339), in nanoseconds since 1970.
pub fn instant(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text.trim())
        .ok()?
        .timestamp_nanos_opt()
}

/// Reads a length of time such as `500ms`, `30s`, `15m`, `1h`, `1d`, `1w`, in nanoseconds.
pub fn length(text: &str) -> Result<i64, String> {
    const UNITS: [(&str, i64); 6] = [
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
        ("d", 86_400_000_000_000),
        ("w", 604_800_000_000_000),
    ];
    let wrong = || "a length of time is written like 500ms, 30s, 15m, 1h, 1d or 1w".to_owned();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
    let (_, unit_ns) = UNITS
        .into_iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(wrong)?;
    let number: i64 = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(unit_ns)
        .filter(|ns| *ns > 0)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use sealscope_engine::model::{Precision, ZoneOrigin};

    use super::*;

    #[test]
    fn a_time_shows_no_more_digits_than_its_entry_has() {
        let time = |precision| EntryTime {
            ns: 1_743_494_400_141_391_000,
            precision,
            zone: ZoneOrigin::Stated,
            year_inferred: false,
            offset_seconds: 0,
        };
        for (precision, text) in [
            (Precision::Seconds, "2025-04-01T08:00:00Z"),
            (Precision::Milliseconds, "2025-04-01T08:00:00.141Z"),
            (Precision::Microseconds, "2025-04-01T08:00:00.141391Z"),
            (Precision::Nanoseconds, "2025-04-01T08:00:00.141391000Z"),
        ] {
            assert_eq!(of_entry(time(precision)), text);
        }
    }

    #[test]
    fn from_and_to_read_what_a_query_reads() {
        let read = span(Some("2025-04-01"), Some("2025-04-01 09:00")).expect("both are times");
        assert_eq!(read.from, Some(Moment::At(1_743_465_600_000_000_000)));
        assert_eq!(read.to, Some(Moment::At(1_743_498_000_000_000_000)));
        let back = span(Some("-2d"), None).expect("a relative time");
        assert_eq!(back.from, Some(Moment::BeforeNewest(172_800_000_000_000)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2025-13-01",
            "2025-04-01 OR *",
            "2025..2026",
            "*) (x",
        ] {
            assert!(span(Some(text), None).is_err(), "{text}");
        }
    }

    #[test]
    fn lengths_have_a_number_and_a_unit() {
        assert_eq!(length("1h"), Ok(3_600_000_000_000));
        assert_eq!(length("250ms"), Ok(250_000_000));
        for text in ["", "h", "1", "0h", "-1h", "1y", "1.5h", "99999999999w"] {
            assert!(length(text).is_err(), "{text}");
        }
    }
}
