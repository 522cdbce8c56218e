/// The moment in UTC as RFC 3339 text with milliseconds, such as `2026-03-14T09:26:53.589Z`.
///
/// `ns` counts nanoseconds since 1970-01-01T00:00:00Z; every `i64` is a moment in a four-digit
/// year.
#[must_use]
pub fn rfc3339(ns: i64) -> String {
    let (days, of_day) = (
        ns.div_euclid(86_400_000_000_000),
        ns.rem_euclid(86_400_000_000_000),
    );
    let (year, month, day) = civil(days);
    let (seconds, millis) = (of_day / 1_000_000_000, of_day / 1_000_000 % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day of a count of days since 1970-01-01, in the proleptic Gregorian calendar
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_their_dates() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_772_323_199, "2026-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(seconds * 1_000_000_000), text);
        }
        assert_eq!(rfc3339(i64::MIN), "1677-09-21T00:12:43.145Z");
        assert_eq!(rfc3339(i64::MAX), "2262-04-11T23:47:16.854Z");
    }
}
