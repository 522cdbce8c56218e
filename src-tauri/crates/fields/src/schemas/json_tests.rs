use super::*;
use crate::testing::{read_all, read_one, read_with, utc};

#[test]
fn the_usual_names_fill_the_spine() {
    let said = read_one(&Json, br#"{"ts":"2026-03-14T09:00:00Z","level":"warn","user":"anna","action":"login","ip":"10.0.0.1","host":"web-1","status":"failure","msg":"bad password"}"#);
    assert_eq!(
        said.acts(),
        ["anna", "login", "web-1", "10.0.0.1", "failure"]
    );
    assert_eq!(
        (said.severity, said.message.as_str()),
        (Some(Severity::Warning), "bad password")
    );
    assert_eq!(
        said.time.map(|time| time.ns),
        Some(utc("2026-03-14T09:00:00Z"))
    );
}

#[test]
fn names_of_ecs_are_known_nested_or_dotted() {
    let nested = read_one(&Json, br#"{"@timestamp":"2026-03-14T09:00:00Z","user":{"name":"anna"},"source":{"ip":"10.0.0.1"},"event":{"action":"ssh_login","outcome":"failure","category":["authentication"]},"log":{"level":"error"}}"#);
    let dotted = read_one(&Json, br#"{"@timestamp":"2026-03-14T09:00:00Z","user.name":"anna","source.ip":"10.0.0.1","event.action":"ssh_login","event.outcome":"failure","event.category":["authentication"],"log.level":"error"}"#);
    assert_eq!(
        nested.acts(),
        ["anna", "ssh_login", "-", "10.0.0.1", "failure"]
    );
    assert_eq!(
        (nested.class, nested.severity),
        (Class::Authentication, Some(Severity::Error))
    );
    assert_eq!(nested, dotted);
}

#[test]
fn names_are_known_in_any_case_of_letters() {
    let said = read_one(
        &Json,
        br#"{"Timestamp":"2026-03-14T09:00:00Z","Level":"Information","Message":"up"}"#,
    );
    assert!(said.time.is_some());
    assert_eq!(
        (said.severity, said.message.as_str()),
        (Some(Severity::Info), "up")
    );
}

#[test]
fn severities_are_words_or_numbers() {
    for (level, severity) in [
        ("\"ERROR\"", Some(Severity::Error)),
        ("\"fatal\"", Some(Severity::Critical)),
        ("30", Some(Severity::Info)),
        ("50", Some(Severity::Error)),
        ("3", Some(Severity::Error)),
        ("\"loud\"", None),
        ("8", None),
    ] {
        let line = format!(r#"{{"level":{level}}}"#);
        assert_eq!(
            read_one(&Json, line.as_bytes()).severity,
            severity,
            "{level}"
        );
    }
}

#[test]
fn the_time_is_the_first_usual_field_that_holds_a_moment() {
    let said = read_one(
        &Json,
        br#"{"time":"12.5","ts":1735689600000,"date":"today"}"#,
    );
    assert_eq!(said.time_text.as_deref(), Some("1735689600000"));
    assert!(said.notes.is_empty());
    let said = read_one(&Json, br#"{"time":"12.5","date":"today"}"#);
    assert_eq!((said.time, said.time_text.as_deref()), (None, Some("12.5")));
    assert_eq!(
        said.notes,
        ["A time that could not be read at byte 9: no known form of time."]
    );
}

#[test]
fn the_field_that_the_examiner_chose_is_the_only_one() {
    let settings = Settings {
        time_field: Some("meta.at".into()),
        ..Settings::default()
    };
    let line = br#"{"ts":"2026-03-14T09:00:00Z","meta":{"at":"2020-01-01T00:00:00Z"}}"#;
    let said = read_with(&Json, line, &settings).remove(0);
    assert_eq!(
        said.time.map(|time| time.ns),
        Some(utc("2020-01-01T00:00:00Z"))
    );
    let said = read_with(&Json, br#"{"ts":"2026-03-14T09:00:00Z"}"#, &settings).remove(0);
    assert_eq!(said.time, None);
}

#[test]
fn one_buffer_serves_changing_settings() {
    let chosen = Settings {
        time_field: Some("other".into()),
        ..Settings::default()
    };
    let line = br#"{"ts":"2026-03-14T09:00:00Z","other":"2020-01-01T00:00:00Z"}"#;
    let mut record = Record::new();
    let mut texts = Vec::new();
    for settings in [&Settings::default(), &chosen, &Settings::default()] {
        Json.read(line, settings, &mut record, &mut |_, record| {
            texts.push(record.spine().time_text.map(str::to_owned));
        });
    }
    let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
    let (ts, other) = (Some("2026-03-14T09:00:00Z"), Some("2020-01-01T00:00:00Z"));
    assert_eq!(texts, [ts, other, ts]);
}

#[test]
fn without_a_message_the_first_fields_make_one() {
    let said = read_one(
        &Json,
        br#"{"ts":"2026-03-14T09:00:00Z","a":1,"b":{"c":"x y"},"n":null}"#,
    );
    assert_eq!(said.message, "a=1 b.c=x y");
    let said = read_one(
        &Json,
        format!(r#"{{"data":"{}"}}"#, "é".repeat(500)).as_bytes(),
    );
    assert_eq!(said.message, format!("data={}…", "é".repeat(117)));
}

#[test]
fn an_array_gives_a_record_for_each_element() {
    let all = read_all(
        &Json,
        b"[ {\"msg\":\"one\"}, 7, \"two\", null, [1,[2]], {} ]\n",
    );
    let raw: Vec<_> = all.iter().map(|said| said.raw.as_slice()).collect();
    let value = |texts: &[&str]| -> Vec<(String, String)> {
        texts
            .iter()
            .map(|text| ("value".to_owned(), (*text).to_owned()))
            .collect()
    };
    assert_eq!(raw[0], [("msg".to_owned(), "one".to_owned())]);
    assert_eq!(
        raw[1..],
        [
            value(&["7"]),
            value(&["two"]),
            value(&["null"]),
            value(&["1", "2"]),
            vec![]
        ]
    );
    assert!(read_all(&Json, b"[]").is_empty());
}

#[test]
fn an_array_that_breaks_off_keeps_its_records_and_the_rest_as_text() {
    let all = read_all(&Json, br#"[{"msg":"one"},{"msg":"tw"#);
    assert_eq!((all.len(), all[0].message.as_str()), (2, "one"));
    assert_eq!(all[1].message, r#"{"msg":"tw"#);
    assert_eq!(all[1].notes.len(), 1);
    assert!(all[1].notes[0].ends_with("at byte 25: the string has no end."));
    let all = read_all(&Json, br#"[{"msg":"one"}] trailing"#);
    assert_eq!((all.len(), all[1].message.as_str()), (2, " trailing"));
}

#[test]
fn what_is_no_object_is_read_as_text() {
    for line in [
        "",
        "hello",
        "7",
        "\"x\"",
        "{\"a\":1} {\"b\":2}",
        "{\"a\":01}",
        "{",
    ] {
        let said = read_one(&Json, line.as_bytes());
        assert_eq!(
            (said.message.as_str(), said.notes.len()),
            (line, 1),
            "{line}"
        );
        assert!(said.raw.is_empty(), "{line}");
    }
}

#[test]
fn the_time_field_of_a_log_is_found_by_name_then_by_shape() {
    let find = |lines: &[&str]| {
        find_time_field(&lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>())
    };
    let (a, b) = (
        r#"{"ts":"x","time":"2026-03-14T09:00:00Z"}"#,
        r#"{"time":1735689600}"#,
    );
    assert_eq!(find(&[a, b]).as_deref(), Some("time"));
    let shape = r#"{"n":1735689600,"meta":{"happened":"2026-03-14T09:00:00Z"},"sent":"2026-03-14T09:00:00Z"}"#;
    assert_eq!(find(&[shape]).as_deref(), Some("meta.happened"));
    assert_eq!(find(&[r#"{"a":"b"}"#]), None);
    // Half of the entries have one field, half another: no one field is the time.
    assert_eq!(find(&[a, r#"{"@timestamp":"2026-03-14T09:00:00Z"}"#]), None);
}

#[test]
fn lines_that_only_begin_with_a_bracket_are_no_json() {
    assert_eq!(
        Json.recognize(&[b"[error] x", b"[12:00] y"]),
        Recognition::No
    );
    assert_eq!(Json.recognize(&[b"[1, 2]"]), Recognition::Maybe(60));
    assert_eq!(
        Json.recognize(&[b" {\"a\":1}", b"\xEF\xBB\xBF{}"]),
        Recognition::Maybe(60)
    );
}
