use super::*;
use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;

fn check_iso(text: &str, expected: Result<(&str, Precision, ZoneOrigin, i32), TimeParseError>) {
    let read = parse_iso(text, None).map(|time| {
        (
            to_rfc3339(&time, Zone::UTC),
            time.precision,
            time.zone,
            time.offset_seconds,
        )
    });
    let expected =
        expected.map(|(text, precision, zone, offset)| (text.to_owned(), precision, zone, offset));
    assert_eq!(read, expected, "{text}");
}

type IsoCase = (&'static str, &'static str, Precision, ZoneOrigin, i32);

/// Text, the moment in UTC, and what else is known of it.
const ISO_CASES: &[IsoCase] = &[
    (
        "2026-03-14T09:00:00Z",
        "2026-03-14T09:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2026-03-14t09:00:00z",
        "2026-03-14T09:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2026-03-14 09:00:00.5Z",
        "2026-03-14T09:00:00.500Z",
        Precision::Milliseconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2026-03-14T09:00:00,123",
        "2026-03-14T09:00:00.123Z",
        Precision::Milliseconds,
        ZoneOrigin::Inferred,
        0,
    ),
    (
        "2026-03-14T09:00:00.141391Z",
        "2026-03-14T09:00:00.141391Z",
        Precision::Microseconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2026-03-14T09:00:00.1234567Z",
        "2026-03-14T09:00:00.123456700Z",
        Precision::Nanoseconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2026-03-14T09:00:00.1234567899Z",
        "2026-03-14T09:00:00.123456789Z",
        Precision::Nanoseconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2026-03-14T09:00:00+09:00",
        "2026-03-14T00:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        32400,
    ),
    (
        "2026-03-14T09:00:00 +0900",
        "2026-03-14T00:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        32400,
    ),
    (
        "2026-03-14T09:00:00-03",
        "2026-03-14T12:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        -10800,
    ),
    (
        "2026-03-14T00:00:00+05:45",
        "2026-03-13T18:15:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        20700,
    ),
    (
        "2016-12-31T23:59:60Z",
        "2017-01-01T00:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        0,
    ),
    (
        "2017-01-01T08:59:60.5+09:00",
        "2017-01-01T00:00:00.500Z",
        Precision::Milliseconds,
        ZoneOrigin::Stated,
        32400,
    ),
    (
        "2024-02-29T00:00:00Z",
        "2024-02-29T00:00:00Z",
        Precision::Seconds,
        ZoneOrigin::Stated,
        0,
    ),
];

#[test]
fn iso_times_keep_their_precision_and_say_whether_their_zone_is_stated() {
    for (text, utc, precision, zone, offset) in ISO_CASES {
        check_iso(text, Ok((utc, *precision, *zone, *offset)));
    }
}

#[test]
fn what_is_no_moment_is_an_error_and_no_guess() {
    for (text, error) in [
        ("2025-02-30T00:00:00Z", Impossible),
        ("2025-02-29T00:00:00Z", Impossible),
        ("2025-13-01T00:00:00Z", Impossible),
        ("2025-01-01T24:00:00Z", Impossible),
        ("2025-01-01T00:60:00Z", Impossible),
        ("2025-01-01T00:00:61Z", Impossible),
        ("2025-01-01T12:00:60Z", Impossible),
        ("2025-01-14T23:59:60Z", Impossible),
        ("2016-12-31T23:59:60+09:00", Impossible),
        ("2025-01-01T00:00:00+99:99", Impossible),
        ("0000-01-01T00:00:00Z", Range),
        ("9999-12-31T23:59:59.999999999Z", Range),
        ("2025-W01-1", Form),
        ("2025-01-01", Form),
        ("2025-1-1T00:00:00Z", Form),
        ("2025-01-01T00:00:00Zulu", Form),
        ("2025-01-01T00:00:00.Z", Form),
        ("2025-01-01T00:00:00 UTC", Form),
        ("+2025-01-01T00:00:00Z", Form),
        (
            "\u{661}\u{662}/\u{660}\u{663}/\u{662}\u{660}\u{662}\u{665}",
            Form,
        ),
        ("", Form),
    ] {
        check_iso(text, Err(error));
    }
}

#[test]
fn a_time_without_zone_is_read_in_the_zone_given_and_marked() {
    let berlin = Zone::parse("Europe/Berlin");
    let read = |text| parse_iso(text, berlin).map(|time| to_rfc3339(&time, Zone::UTC));
    assert_eq!(
        read("2025-07-01 12:00:00").as_deref(),
        Ok("2025-07-01T10:00:00Z")
    );
    assert_eq!(
        read("2025-01-01 12:00:00").as_deref(),
        Ok("2025-01-01T11:00:00Z")
    );
    // Clocks set back: the earlier of the two. Clocks set forward: no such moment.
    assert_eq!(
        read("2025-10-26 02:30:00").as_deref(),
        Ok("2025-10-26T00:30:00Z")
    );
    assert_eq!(read("2025-03-30 02:30:00"), Err(Impossible));
    assert_eq!(
        read("2025-07-01 12:00:00Z").as_deref(),
        Ok("2025-07-01T12:00:00Z")
    );
    let time = parse_iso("2025-07-01 12:00:00", berlin).unwrap();
    assert_eq!((time.zone, time.offset_seconds), (ZoneOrigin::Inferred, 0));
}

#[test]
fn epoch_numbers_are_told_apart_by_their_size() {
    use Precision::{Microseconds, Milliseconds, Nanoseconds, Seconds};
    for (text, utc, precision) in [
        ("1735689600", "2025-01-01T00:00:00Z", Seconds),
        ("1735689600000", "2025-01-01T00:00:00.000Z", Milliseconds),
        (
            "1735689600000000",
            "2025-01-01T00:00:00.000000Z",
            Microseconds,
        ),
        (
            "1735689600000000000",
            "2025-01-01T00:00:00.000000000Z",
            Nanoseconds,
        ),
        (
            "1591367999.305988",
            "2020-06-05T14:39:59.305988Z",
            Microseconds,
        ),
        ("100000000", "1973-03-03T09:46:40Z", Seconds),
    ] {
        let time = parse_epoch(text).unwrap();
        assert_eq!(
            (to_rfc3339(&time, Zone::UTC).as_str(), time.precision),
            (utc, precision)
        );
        assert_eq!(time.zone, ZoneOrigin::Stated);
    }
    for (text, error) in [
        ("5", Form),
        ("99999999", Form),
        ("-2147483648", Form),
        ("1e18", Form),
        ("1735689600.", Form),
        (".5", Form),
        ("1735689600000.5", Form),
        ("", Form),
        ("99999999999", Range),
        ("99999999999999999999", Range),
    ] {
        assert_eq!(parse_epoch(text), Err(error), "{text}");
    }
}

#[test]
fn access_log_times_state_their_zone() {
    let time = parse_access_log("17/May/2015:10:05:03 +0200", None).unwrap();
    assert_eq!(to_rfc3339(&time, Zone::UTC), "2015-05-17T08:05:03Z");
    assert_eq!((time.zone, time.offset_seconds), (ZoneOrigin::Stated, 7200));
    for (text, error) in [
        ("31/Feb/2015:10:05:03 +0000", Impossible),
        ("17/Mai/2015:10:05:03 +0000", Form),
        ("17/May/2015 10:05:03 +0000", Form),
        ("17/May/2015:10:05:03 +0000 ", Form),
    ] {
        assert_eq!(parse_access_log(text, None), Err(error), "{text}");
    }
}

#[test]
fn asctime_is_read_when_its_day_of_the_week_is_right() {
    let read = |text| parse_asctime(text, None).map(|time| to_rfc3339(&time, Zone::UTC));
    assert_eq!(
        read("Sun Dec 04 04:47:44 2005").as_deref(),
        Ok("2005-12-04T04:47:44Z")
    );
    assert_eq!(
        read("Sun Dec  4 04:47:44.250 2005").as_deref(),
        Ok("2005-12-04T04:47:44.250Z")
    );
    assert_eq!(read("Mon Dec 04 04:47:44 2005"), Err(Impossible));
    assert_eq!(read("Xyz Dec 04 04:47:44 2005"), Err(Form));
}

fn rfc3164(text: &str, settings: &Settings) -> Result<(String, bool), TimeParseError> {
    let (time, used) = parse_rfc3164_start(text, settings).unwrap();
    assert_eq!(&text[used..], " host", "{text}");
    time.map(|time| {
        assert_eq!(time.zone, ZoneOrigin::Inferred);
        (to_rfc3339(&time, Zone::UTC), time.year_inferred)
    })
}

#[test]
fn the_year_of_rfc_3164_is_given_or_worked_out_and_marked() {
    let given = Settings {
        year: Some(2017),
        ..Settings::default()
    };
    let read = |text| rfc3164(text, &given);
    assert_eq!(
        read("Mar  7 09:01:02 host"),
        Ok(("2017-03-07T09:01:02Z".into(), true))
    );
    assert_eq!(
        read("Mar 17 09:01:02.5 host"),
        Ok(("2017-03-17T09:01:02.500Z".into(), true))
    );
    assert_eq!(
        read("Mar 7 09:01:02 host"),
        Ok(("2017-03-07T09:01:02Z".into(), true))
    );
    assert_eq!(
        read("Mar 07 2009 09:01:02 host"),
        Ok(("2009-03-07T09:01:02Z".into(), false))
    );
    assert_eq!(read("Feb 29 09:01:02 host"), Err(Impossible));
    assert_eq!(
        rfc3164("Mar  7 09:01:02 host", &Settings::default()),
        Err(NoYear)
    );
}

#[test]
fn a_year_worked_out_is_the_latest_before_the_reference() {
    let reference_ns = Some(parse_iso("2026-03-01T12:00:00Z", None).unwrap().ns);
    let settings = Settings {
        reference_ns,
        ..Settings::default()
    };
    for (text, utc) in [
        ("Mar  1 11:00:00 host", "2026-03-01T11:00:00Z"),
        ("Mar  2 11:00:00 host", "2026-03-02T11:00:00Z"),
        ("Mar  2 13:00:00 host", "2025-03-02T13:00:00Z"),
        ("Dec 31 23:59:59 host", "2025-12-31T23:59:59Z"),
        ("Feb 29 00:00:00 host", "2024-02-29T00:00:00Z"),
    ] {
        assert_eq!(rfc3164(text, &settings), Ok((utc.into(), true)), "{text}");
    }
    let new_year = Some(parse_iso("2025-12-31T23:30:00Z", None).unwrap().ns);
    let settings = Settings {
        reference_ns: new_year,
        ..Settings::default()
    };
    let read = rfc3164("Jan  1 00:10:00 host", &settings);
    assert_eq!(read, Ok(("2026-01-01T00:10:00Z".into(), true)));
}

/// Any moment of the years that are read.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    any::<i64>().prop_map(|ns| Utc.timestamp_nanos(ns))
}

proptest! {
    #[test]
    fn a_moment_written_in_any_zone_is_read_as_itself(
        moment in moment(), minutes in -1439i32..1440, digits in 0usize..12,
        separator in prop::sample::select(vec!['T', 't', ' ']), colon in any::<bool>(),
    ) {
        let offset = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let local = moment.with_timezone(&offset);
        prop_assume!((1678..=2261).contains(&local.year()));
        let fraction = format!("{:09}000", moment.timestamp_subsec_nanos());
        let fraction = &fraction[..digits];
        let point = if digits == 0 { "" } else { "." };
        let zone = local.format(if colon { "%:z" } else { "%z" });
        let date = local.format("%Y-%m-%d");
        let text = format!("{date}{separator}{}{point}{fraction}{zone}", local.format("%H:%M:%S"));
        let time = parse_iso(&text, None).unwrap();
        let unit = 10i64.pow(9 - digits.min(9) as u32);
        prop_assert_eq!(time.ns, moment.timestamp_nanos_opt().unwrap().div_euclid(unit) * unit);
        prop_assert_eq!(time.offset_seconds, minutes * 60);
        prop_assert_eq!(time.zone, ZoneOrigin::Stated);
    }

    #[test]
    fn what_is_written_is_read_again(
        ns in any::<i64>(), precision in 0usize..4, hours in -12i32..13,
    ) {
        use Precision::{Microseconds, Milliseconds, Nanoseconds, Seconds};
        let (precision, unit) = [
            (Seconds, 1_000_000_000),
            (Milliseconds, 1_000_000),
            (Microseconds, 1000),
            (Nanoseconds, 1),
        ][precision];
        let ns = ns.div_euclid(unit).saturating_mul(unit);
        let zone = Zone::Fixed(chrono::FixedOffset::east_opt(hours * 3600).unwrap());
        let time = EntryTime {
            ns,
            precision,
            zone: ZoneOrigin::Stated,
            year_inferred: false,
            offset_seconds: hours * 3600,
        };
        prop_assume!(ns.checked_add(i64::from(hours) * 3_600_000_000_000).is_some());
        prop_assert_eq!(parse_iso(&to_rfc3339(&time, zone), None), Ok(time));
    }

    #[test]
    fn access_log_times_agree_with_chrono(moment in moment(), minutes in -1439i32..1440) {
        let offset = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let local = moment.with_timezone(&offset);
        prop_assume!((1678..=2261).contains(&local.year()));
        let text = local.format("%d/%b/%Y:%H:%M:%S %z").to_string();
        let seconds = parse_access_log(&text, None).unwrap().ns.div_euclid(1_000_000_000);
        prop_assert_eq!(seconds, moment.timestamp());
    }

    #[test]
    fn epoch_numbers_in_every_unit_agree(seconds in 100_000_000i64..9_000_000_000) {
        for zeros in ["", "000", "000000", "000000000"] {
            let text = format!("{seconds}{zeros}");
            prop_assert_eq!(parse_epoch(&text).unwrap().ns, seconds * 1_000_000_000);
        }
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,40}|[0-9:TZ/ +.-]{0,40}|[A-Za-z0-9 :]{0,30}") {
        let settings = Settings { reference_ns: Some(0), ..Settings::default() };
        let _ = parse(&text, Zone::parse("Europe/Berlin"));
        let _ = parse_access_log(&text, None);
        let _ = parse_asctime(&text, None);
        let _ = parse_rfc3164_start(&text, &settings);
    }

    #[test]
    fn impossible_days_are_never_read(year in 1700i32..2200, month in 0u32..14, day in 0u32..33) {
        let text = format!("{year:04}-{month:02}-{day:02}T12:00:00Z");
        let there = NaiveDate::from_ymd_opt(year, month, day).is_some();
        prop_assert_eq!(parse_iso(&text, None).is_ok(), there);
    }
}
