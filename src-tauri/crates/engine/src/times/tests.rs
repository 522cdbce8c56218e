use super::*;

const BERLIN: Zone = Zone::Named(Tz::Europe__Berlin);

fn ns(text: &str) -> i64 {
    let moment = DateTime::parse_from_rfc3339(text).expect("a time");
    moment.timestamp_nanos_opt().expect("in range")
}

fn time(text: &str, precision: Precision) -> EntryTime {
    let moment = DateTime::parse_from_rfc3339(text).expect("a time");
    EntryTime {
        ns: ns(text),
        precision,
        zone: ZoneOrigin::Stated,
        year_inferred: false,
        offset_seconds: moment.offset().local_minus_utc(),
    }
}

#[test]
fn a_time_is_never_finer_than_its_source() {
    let at = |precision| format_ns(ns("2026-03-14T09:12:07.104221999Z"), precision, Zone::Utc);
    assert_eq!(at(Precision::Seconds), "2026-03-14 09:12:07");
    assert_eq!(at(Precision::Milliseconds), "2026-03-14 09:12:07.104");
    assert_eq!(at(Precision::Microseconds), "2026-03-14 09:12:07.104221");
    assert_eq!(at(Precision::Nanoseconds), "2026-03-14 09:12:07.104221999");
}

#[test]
fn a_zone_moves_the_clock_and_not_the_moment() {
    let one = time("2026-07-01T23:30:00+09:00", Precision::Seconds);
    assert_eq!(format_time(&one, Zone::Utc), "2026-07-01 14:30:00");
    assert_eq!(format_time(&one, BERLIN), "2026-07-01 16:30:00");
    assert_eq!(
        format_time(&one, Zone::Source),
        "2026-07-01 23:30:00 +09:00"
    );
    let utc = time("2026-07-01T14:30:00Z", Precision::Seconds);
    assert_eq!(format_time(&utc, Zone::Source), "2026-07-01 14:30:00 Z");
}

#[test]
fn a_clock_time_that_comes_twice_is_told_apart() {
    let show = |text| format_ns(ns(text), Precision::Seconds, BERLIN);
    assert_eq!(show("2025-10-26T00:30:00Z"), "2025-10-26 02:30:00 +02:00");
    assert_eq!(show("2025-10-26T01:30:00Z"), "2025-10-26 02:30:00 +01:00");
    assert_eq!(show("2025-10-26T02:30:00Z"), "2025-10-26 03:30:00");
}

#[test]
fn times_before_1970_and_at_the_ends_of_the_range_are_written_too() {
    let show = |ns| format_ns(ns, Precision::Nanoseconds, Zone::Utc);
    assert_eq!(show(-1), "1969-12-31 23:59:59.999999999");
    assert_eq!(show(i64::MIN), "1677-09-21 00:12:43.145224192");
    assert_eq!(show(i64::MAX), "2262-04-11 23:47:16.854775807");
    let east = format_ns(i64::MAX, Precision::Seconds, Zone::Named(Tz::Asia__Tokyo));
    assert_eq!(east, "2262-04-12 08:47:16");
}

#[test]
fn other_programs_read_our_times() {
    let at = ns("2026-03-14T09:12:07.104Z");
    assert_eq!(
        rfc3339_utc(at, Precision::Milliseconds),
        "2026-03-14T09:12:07.104Z"
    );
    assert_eq!(moment_text(at, Zone::Utc), "14 Mar 2026 09:12:07 UTC");
    assert_eq!(moment_text(at, BERLIN), "14 Mar 2026 10:12:07 +01:00");
}

#[test]
fn the_zone_of_the_machine_is_found_by_name() {
    let link = Path::new("/usr/share/zoneinfo/Europe/Berlin");
    let berlin = LocalZone::Named(Tz::Europe__Berlin);
    for (tz, target, zone) in [
        (Some("Europe/Berlin"), None, berlin),
        (
            Some(":/usr/share/zoneinfo/posix/Europe/Berlin"),
            None,
            berlin,
        ),
        (None, Some(link), berlin),
        (Some(""), Some(link), LocalZone::Named(Tz::UTC)),
        (Some("XYZ-3"), Some(link), LocalZone::System),
        (None, None, LocalZone::System),
    ] {
        assert_eq!(
            LocalZone::from_system(tz, target),
            zone,
            "{tz:?} {target:?}"
        );
    }
    assert_eq!(Zone::Local(berlin).label(), "Local (Europe/Berlin)");
}

#[test]
fn zones_are_read_as_they_are_named() {
    let parse = |text| Zone::parse(text, LocalZone::System);
    assert_eq!(parse("UTC"), Some(Zone::Utc));
    assert_eq!(parse("local"), Some(Zone::Local(LocalZone::System)));
    assert_eq!(parse("Europe/Berlin"), Some(BERLIN));
    assert_eq!(parse("Mars/Olympus"), None);
}

#[test]
fn a_clock_time_becomes_a_moment() {
    let clock = |text: &str| NaiveDateTime::parse_from_str(text, "%F %T").expect("a time");
    let at = |text| BERLIN.ns_of_clock(clock(text));
    assert_eq!(at("2026-07-01 12:00:00"), Some(ns("2026-07-01T10:00:00Z")));
    // Comes twice: the earlier one. Is skipped: an hour on.
    assert_eq!(at("2025-10-26 02:30:00"), Some(ns("2025-10-26T00:30:00Z")));
    assert_eq!(at("2026-03-29 02:30:00"), Some(ns("2026-03-29T01:30:00Z")));
    assert_eq!(at("3000-01-01 00:00:00"), None);
}

#[test]
fn offsets_of_a_year_change_twice() {
    let offsets = BERLIN.offsets_between(ns("2026-01-01T00:00:00Z"), ns("2027-01-01T00:00:00Z"));
    assert_eq!(
        offsets,
        [
            (ns("2026-01-01T00:00:00Z"), 3600),
            (ns("2026-03-29T01:00:00Z"), 7200),
            (ns("2026-10-25T01:00:00Z"), 3600),
        ]
    );
    assert_eq!(
        Zone::Utc.offsets_between(i64::MIN, i64::MAX),
        [(i64::MIN, 0)]
    );
    assert!(BERLIN.offsets_between(i64::MIN, i64::MAX).len() <= 4097);
    assert_eq!(BERLIN.offsets_between(5, 5).len(), 1);
}

#[test]
fn lengths_of_time_are_readable() {
    for (ns, text) in [
        (192_000_000_000, "00:03:12"),
        (250_000_000, "00:00:00.25"),
        (183_600_000_000_000, "2 d 03:00:00"),
        (0, "00:00:00"),
    ] {
        assert_eq!(clock_text(ns), text);
    }
    for (ns, text) in [
        (300_000_000_000, "5 min"),
        (100_000_000, "100 ms"),
        (86_400_000_000_000, "1 d"),
        (90_000_000_000, "90 s"),
        (0, "0 s"),
    ] {
        assert_eq!(width_text(ns), text);
    }
}

#[test]
fn time_left_is_rounded_as_people_say_it() {
    for (seconds, text) in [
        (0.4, "about 5 s left"),
        (38.0, "about 40 s left"),
        (57.0, "about 55 s left"),
        (58.0, "about 1 min left"),
        (110.0, "about 1 min 50 s left"),
        (294.0, "about 4 min 50 s left"),
        (296.0, "about 5 min left"),
        (3590.0, "about 1 h 0 min left"),
        (7800.0, "about 2 h 10 min left"),
    ] {
        assert_eq!(eta_text(Some(seconds)), text, "{seconds}");
    }
    assert_eq!(eta_text(None), "estimating…");
    assert_eq!(eta_text(Some(f64::INFINITY)), "estimating…");
}

#[test]
fn rates_have_two_or_three_digits() {
    for (rate, text) in [
        (0.0, "0 B/s"),
        (999.4, "999 B/s"),
        (412e6, "412 MB/s"),
        (4.14e9, "4.1 GB/s"),
        (9.96e6, "10 MB/s"),
        (999.6e6, "1.0 GB/s"),
    ] {
        assert_eq!(rate_text(rate), text, "{rate}");
    }
}

const SECOND: i64 = 1_000_000_000;

#[test]
fn nothing_is_promised_before_three_steady_seconds() {
    let mut pace = Pace::default();
    for tenth in 0..=29 {
        pace.note(tenth * SECOND / 10, tenth as u64 * 10_000_000);
        assert_eq!(pace.per_second(), None);
        assert_eq!(pace.eta_text(1_000_000_000), "estimating…");
    }
    for tenth in 30..=40 {
        pace.note(tenth * SECOND / 10, tenth as u64 * 10_000_000);
    }
    assert_eq!(pace.rate_text(), "100 MB/s");
    assert_eq!(pace.eta_text(1_000_000_000), "about 5 s left");
    assert_eq!(pace.eta_text(4_400_000_000), "about 40 s left");
    assert_eq!(pace.eta_text(400_000_000), "");
}

#[test]
fn an_unsteady_pace_is_told_later_and_a_new_start_forgets_it() {
    let mut pace = Pace::default();
    let mut done = 0;
    for second in 0..=12i64 {
        pace.note(second * SECOND, done);
        done += if second % 8 < 4 { 100 } else { 1 };
        if second == 6 {
            assert_eq!(pace.per_second(), None);
        }
    }
    assert!(pace.per_second().is_some());
    pace.note(13 * SECOND, 0);
    assert_eq!(pace.per_second(), None);
}

#[test]
fn samples_are_bounded() {
    let mut pace = Pace::default();
    for tick in 0..100_000i64 {
        pace.note(tick * 1_000_000, tick as u64);
    }
    assert!(
        pace.per_second()
            .is_some_and(|rate| (rate - 1000.0).abs() < 20.0)
    );
}
