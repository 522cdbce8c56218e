//! The hostile samples: what each of them must become.

use crate::common::{self, Log, Row};
use sealscope_fields::{Settings, by_name};

#[test]
fn digits_of_odd_numbers_are_kept_and_what_is_no_number_is_reported() {
    let Some(log) = Log::lines("hostile/numbers.jsonl") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("json", 14));
    for (row, line) in log.rows.iter().zip(log.entries()).take(9) {
        let line = std::str::from_utf8(line).unwrap();
        let digits = line
            .strip_prefix("{\"n\":")
            .and_then(|line| line.strip_suffix('}'));
        assert_eq!(row.raw("n"), digits);
        assert!(row.notes.is_empty());
    }
    for (row, line) in log.rows.iter().zip(log.entries()).skip(9) {
        assert_eq!(row.message.as_bytes(), line);
        assert!(row.notes[0].starts_with("Read as text"), "{:?}", row.notes);
        assert!(row.raw.is_empty());
    }
}

#[test]
fn keys_that_come_twice_are_both_kept_and_reported() {
    let Some(log) = Log::lines("hostile/duplicate-keys.jsonl") else {
        return;
    };
    assert_eq!(log.rows.len(), 4);
    for row in &log.rows {
        assert!(
            row.notes
                .iter()
                .any(|note| note.starts_with("A key that stands twice"))
        );
    }
    let values = |row: &Row, path: &str| -> Vec<String> {
        row.raw
            .iter()
            .filter(|(name, _)| name == path)
            .map(|(_, value)| value.clone())
            .collect()
    };
    assert_eq!(values(&log.rows[0], "user"), ["anna", "mallory"]);
    assert_eq!(values(&log.rows[1], "a.b"), ["1", "2", "3"]);
    assert_eq!(values(&log.rows[3], "user"), ["escaped", "plain"]);
    // Of two values the spine takes the first.
    assert_eq!(log.rows[0].who.as_deref(), Some("anna"));
}

#[test]
fn times_are_read_or_marked_and_never_guessed() {
    let Some(log) = Log::lines("hostile/timestamps.jsonl") else {
        return;
    };
    let read: Vec<_> = log.rows.iter().map(|row| row.time.is_some()).collect();
    assert_eq!(
        read,
        [
            false, // 30 February
            true,  // a leap second
            false, // the year 0
            false, // the year 9999
            true,  // no zone: inferred
            false, // an offset of 99:99
            false, // a negative number
            false, // 1e18 as a string
            true,  // seconds
            true,  // milliseconds
            true,  // nanoseconds
            true,  // no zone, a comma
            false, // no year
            false, // a week date
            false, // empty
            false, // null
            false, // other digits
        ]
    );
    for row in &log.rows {
        let empty = row.time_text.as_deref().is_none_or(str::is_empty);
        assert_eq!(
            row.notes.len(),
            usize::from(row.time.is_none() && !empty),
            "{}",
            row.message
        );
    }
    assert_eq!(log.rows[1].time.unwrap().ns, 1_483_228_800_000_000_000);
}

#[test]
fn bytes_that_are_not_utf8_lose_no_line() {
    let Some(log) = Log::lines("hostile/invalid-utf8.jsonl") else {
        return;
    };
    assert_eq!(log.rows.len(), 4);
    assert_eq!(log.rows[0].raw("a"), Some("\u{FFFD}\u{FFFD}"));
    assert_eq!(log.rows[2].raw("a"), Some("\u{FFFD}"));
    assert_eq!(log.rows[3].raw("a"), Some("\u{FFFD}\u{FFFD} reversed"));
    for (row, notes) in log.rows.iter().zip([1, 0, 1, 2]) {
        assert_eq!(row.notes.len(), notes, "{:?}", row.notes);
    }
    let Some(log) = Log::lines("hostile/invalid-utf8.log") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("syslog", 5));
    for row in &log.rows {
        assert!(row.time.is_some());
        assert_eq!(row.raw("app"), Some("a"));
        assert_eq!(row.notes.len(), 1);
    }
}

#[test]
fn nests_without_end_are_reported_and_their_neighbours_read() {
    let Some(log) = Log::lines("hostile/deep-object.jsonl.gz") else {
        return;
    };
    assert_eq!(log.rows.len(), 3);
    assert_eq!(
        (log.rows[0].raw("ok"), log.rows[2].raw("ok")),
        (Some("1"), Some("2"))
    );
    assert_eq!(log.rows[1].notes.len(), 1);
    for name in [
        "hostile/deep-array.json.gz",
        "hostile/deep-unclosed.json.gz",
    ] {
        let Some(log) = Log::lines(name) else { return };
        for schema in ["json", "cloudtrail"] {
            let rows = log.read_as(schema);
            assert_eq!(rows.len(), 1, "{name}");
            assert_eq!(rows[0].notes.len(), 1, "{name}");
        }
    }
}

#[test]
fn long_lines_long_numbers_and_many_fields_are_read() {
    let Some(log) = Log::lines("hostile/long-line.jsonl.gz") else {
        return;
    };
    assert_eq!(log.rows.len(), 3);
    assert!(log.rows[1].message.contains("NEEDLE") && log.rows[1].time.is_some());
    let Some(log) = Log::lines("hostile/number-1mb.json.gz") else {
        return;
    };
    assert_eq!(log.rows.len(), 1);
    let digits: usize = log.rows[0].raw.iter().map(|(_, value)| value.len()).sum();
    assert!(digits >= 1_000_000, "{digits}");
    let Some(log) = Log::lines("hostile/many-fields.jsonl.gz") else {
        return;
    };
    assert_eq!(log.rows[0].raw.len(), 50_000);
}

#[test]
fn odd_cloudtrail_documents_give_all_that_is_in_them() {
    let Some(log) = Log::whole("hostile/cloudtrail-odd.json") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("cloudtrail", 6));
    let Some(log) = Log::whole("hostile/cloudtrail-empty.json") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("cloudtrail", 0));
    let Some(log) = Log::whole("hostile/cloudtrail-truncated.json") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("cloudtrail", 2));
    assert_eq!(log.rows[0].did.as_deref(), Some("A"));
    assert_eq!(log.rows[1].message, "{\"eventVer");
    assert!(
        log.rows[1].notes[0].contains("at byte 97"),
        "{:?}",
        log.rows[1].notes
    );
}

#[test]
fn markup_and_escapes_are_text_and_dates_are_found() {
    for (name, schema, rows) in [
        ("html-script.jsonl", "json", 13),
        ("html-script.log", "syslog", 13),
        ("bidi-unicode.jsonl", "json", 11),
        ("csv-formulas.jsonl", "json", 12),
        ("log4shell.log", "syslog", 1),
        ("nul-bytes.log", "syslog", 5),
    ] {
        let Some(log) = Log::lines(&format!("hostile/{name}")) else {
            return;
        };
        assert_eq!((log.schema(), log.rows.len()), (schema, rows), "{name}");
        let dated = log.rows.iter().filter(|row| row.time.is_some()).count();
        assert!(dated >= rows - 1, "{name}: {dated}");
    }
}

#[test]
fn every_hostile_file_is_read_by_every_schema_without_panic() {
    let Some(names) = common::names("hostile") else {
        return;
    };
    assert!(names.len() >= 45);
    for name in names {
        // A bomb of blanks is the archive's to refuse.
        if name.contains("bomb") && !name.ends_with(".log") {
            continue;
        }
        let Some(log) = Log::lines(&format!("hostile/{name}")) else {
            return;
        };
        for schema in [
            "kubernetes-audit",
            "cloudtrail",
            "access-log",
            "syslog",
            "json",
            "text",
        ] {
            let lines = log.entries().count();
            let rows = log.read_as(schema);
            let empty_lists = log.entries().filter(|line| line.ends_with(b"[]}")).count();
            assert!(rows.len() + empty_lists >= lines, "{name} as {schema}");
        }
    }
}

#[test]
fn memory_stays_a_small_multiple_of_the_entry() {
    // One long key above many members: paths written out would take gigabytes.
    let key = "k".repeat(1 << 20);
    let members: Vec<_> = (0..200_000).map(|n| format!("\"{n}\":0")).collect();
    let entry = format!("{{\"{key}\":{{{}}}}}", members.join(","));
    let mut bytes = 0;
    let mut different = std::collections::HashSet::new();
    common::read(
        by_name("json").unwrap(),
        entry.as_bytes(),
        &Settings::default(),
        |record| {
            for field in record.raw() {
                if different.insert(field.path.as_ptr()) {
                    bytes += field.path.len();
                }
            }
            assert_eq!(record.raw().count(), 200_000);
        },
    );
    assert!(bytes <= entry.len() * 5 + (1 << 16), "{bytes}");
}
