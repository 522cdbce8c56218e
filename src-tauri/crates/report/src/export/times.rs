//! Moments as the formats write them, without a clock or a time zone database.

use sealscope_model::{EntryTime, Precision, ZoneOrigin};

const SECOND_NS: i64 = 1_000_000_000;

/// RFC 3339 in UTC, as finely as the source writes it: `2026-03-14T09:12:07.104Z`.
pub(super) fn rfc3339(time: &EntryTime) -> String {
    let below = time.ns.rem_euclid(SECOND_NS);
    let seconds = clock(time.ns.div_euclid(SECOND_NS));
    match time.precision {
        Precision::Seconds => format!("{seconds}Z"),
        Precision::Milliseconds => format!("{seconds}.{:03}Z", below / 1_000_000),
        Precision::Microseconds => format!("{seconds}.{:06}Z", below / 1000),
        Precision::Nanoseconds => format!("{seconds}.{below:09}Z"),
    }
}

/// ISO 8601 in UTC with six digits: `2026-03-14T09:12:07.104000+00:00`.
pub(super) fn iso_micros(ns: i64) -> String {
    let seconds = clock(ns.div_euclid(SECOND_NS));
    format!("{seconds}.{:06}+00:00", ns.rem_euclid(SECOND_NS) / 1000)
}

/// What of the time the entry does not state: `zone`, `year`.
pub(super) fn inferred(time: Option<&EntryTime>) -> Vec<&'static str> {
    let Some(time) = time else {
        return Vec::new();
    };
    let zone = (time.zone == ZoneOrigin::Inferred).then_some("zone");
    let year = time.year_inferred.then_some("year");
    zone.into_iter().chain(year).collect()
}

/// Date and clock of seconds since 1970, in UTC.
fn clock(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// Year, month and day of days since 1970-01-01 in the Gregorian calendar: eras of 400 years that
/// begin in March have 146,097 days each.
fn civil(days: i64) -> (i64, i64, i64) {
    let from_march = days + 719_468;
    let (era, day_of_era) = (
        from_march.div_euclid(146_097),
        from_march.rem_euclid(146_097),
    );
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(ns: i64, precision: Precision) -> EntryTime {
        EntryTime {
            ns,
            precision,
            zone: ZoneOrigin::Inferred,
            year_inferred: false,
            offset_seconds: 0,
        }
    }

    #[test]
    fn moments_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_400, "2000-02-29T00:00:00"),
            (1_773_479_527, "2026-03-14T09:12:07"),
            (4_107_542_399, "2100-02-28T23:59:59"),
            (4_107_542_400, "2100-03-01T00:00:00"),
            (-1, "1969-12-31T23:59:59"),
            (-9_214_560_000, "1678-01-01T00:00:00"),
        ] {
            assert_eq!(clock(seconds), text);
        }
    }

    #[test]
    fn a_time_has_the_digits_of_its_source() {
        let ns = 1_773_479_527_104_200_300;
        let text = |precision| rfc3339(&time(ns, precision));
        assert_eq!(text(Precision::Seconds), "2026-03-14T09:12:07Z");
        assert_eq!(text(Precision::Milliseconds), "2026-03-14T09:12:07.104Z");
        assert_eq!(
            text(Precision::Nanoseconds),
            "2026-03-14T09:12:07.104200300Z"
        );
        assert_eq!(iso_micros(ns), "2026-03-14T09:12:07.104200+00:00");
        assert_eq!(iso_micros(-1), "1969-12-31T23:59:59.999999+00:00");
    }

    #[test]
    fn what_is_inferred_is_said() {
        assert_eq!(inferred(Some(&time(0, Precision::Seconds))), ["zone"]);
        assert!(inferred(None).is_empty());
    }
}
