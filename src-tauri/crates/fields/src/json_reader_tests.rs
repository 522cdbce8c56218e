use super::*;
use crate::schemas::json::Json;
use crate::testing::{read_all, read_one};
use crate::{Schema, Value};
use proptest::prelude::*;

fn raw(line: &str) -> Vec<(String, String)> {
    read_one(&Json, line.as_bytes()).raw
}

fn check(line: &str, expected: &[(&str, &str)]) {
    let owned: Vec<_> = expected
        .iter()
        .map(|(path, value)| ((*path).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(raw(line), owned, "{line}");
}

#[test]
fn objects_nest_with_dots_and_arrays_share_their_path() {
    check(
        r#"{"a":{"b":1,"c":{"d":true}},"l":[1,"x",[2,{"k":null}]]}"#,
        &[
            ("a.b", "1"),
            ("a.c.d", "true"),
            ("l", "1"),
            ("l", "x"),
            ("l", "2"),
            ("l.k", "null"),
        ],
    );
    check(
        r#" { "a" : [ ] , "b" : { } , "" : 1 , "c.d" : 2 } "#,
        &[("", "1"), ("c.d", "2")],
    );
}

#[test]
fn escapes_are_undone_in_keys_and_values() {
    check(
        r#"{"\u0075ser":"a\"\\\/\b\f\n\r\tb","k":"\u00e9\ud83d\ude00x"}"#,
        &[("user", "a\"\\/\u{8}\u{c}\n\r\tb"), ("k", "é😀x")],
    );
}

#[test]
fn half_a_surrogate_pair_is_replaced_and_noted() {
    let said = read_one(
        &Json,
        br#"{"a":"\ud800","b":"\udc00\ud800 x","c":"\ud800\u0041"}"#,
    );
    let values: Vec<_> = said.raw.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["\u{FFFD}", "\u{FFFD}\u{FFFD} x", "\u{FFFD}A"]);
    assert_eq!(said.notes[0], "Half of a surrogate pair at byte 6.");
    assert_eq!(said.notes.len(), 4);
}

#[test]
fn digits_are_never_changed() {
    for number in [
        "1e400",
        "-1e400",
        "9007199254740993",
        "18446744073709551616",
        "-0",
        "1E+2",
        "0.1000000000000000055511151231257827",
        "1234567890123456789012345678901234567890",
    ] {
        let line = format!(r#"{{"n":{number}}}"#);
        let mut record = Record::new();
        Json.read(
            line.as_bytes(),
            &Settings::default(),
            &mut record,
            &mut |_, record| {
                let values: Vec<_> = record.get("n").collect();
                assert_eq!(values, [Value::Number(number)]);
            },
        );
    }
}

#[test]
fn both_values_of_a_key_that_comes_twice_are_kept_and_noted() {
    let said = read_one(
        &Json,
        br#"{"\u0075ser":"anna","user":"mallory","a":{"b":1,"b":2}}"#,
    );
    let users: Vec<_> = said.raw.iter().filter(|(path, _)| path == "user").collect();
    assert_eq!(users.len(), 2);
    assert_eq!(said.who.as_deref(), Some("anna"));
    assert_eq!(
        said.notes,
        [
            "A key that stands twice in its object at byte 20.",
            "A key that stands twice in its object at byte 48.",
        ]
    );
    // The same key in two objects of an array is no repetition.
    assert!(
        read_one(&Json, br#"{"a":[{"b":1},{"b":2}]}"#)
            .notes
            .is_empty()
    );
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_and_offsets_stay_true() {
    let said = read_one(&Json, b"{\"a\":\"\xFF\xFE\",\"k\":1,\"k\":2}");
    assert_eq!(said.raw("a"), Some("\u{FFFD}\u{FFFD}"));
    assert_eq!(
        said.notes,
        [
            "A key that stands twice in its object at byte 16.",
            "Bytes that are not UTF-8 at byte 6.",
        ]
    );
}

#[test]
fn deep_values_are_kept_as_text_and_noted() {
    let deep = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert!(read_one(&Json, deep(64).as_bytes()).notes.is_empty());
    let said = read_one(&Json, deep(65).as_bytes());
    assert_eq!(
        said.raw,
        [(vec!["a"; 64].join("."), r#"{"a":1}"#.to_owned())]
    );
    assert_eq!(
        said.notes,
        ["A value that is nested too deeply, kept as text at byte 320."]
    );
    let said = read_one(&Json, deep(100_000).as_bytes());
    assert_eq!((said.raw.len(), said.notes.len()), (1, 1));
    let said = read_one(&Json, "[".repeat(100_000).as_bytes());
    assert_eq!(said.notes.len(), 1);
    assert!(said.notes[0].starts_with("Read as text"));
    let all = read_all(
        &Json,
        format!("{}{}", "[".repeat(70), "]".repeat(70)).as_bytes(),
    );
    assert_eq!((all.len(), all[0].notes.len()), (1, 1));
}

#[test]
fn names_cannot_outgrow_the_entry() {
    let key = "k".repeat(100_000);
    let members: Vec<_> = (0..1000).map(|n| format!(r#""m{n}":{n}"#)).collect();
    let line = format!(r#"{{"{key}":{{{}}}}}"#, members.join(","));
    let said = read_one(&Json, line.as_bytes());
    assert_eq!(said.raw.len(), 1000);
    assert!(said.raw.iter().map(|(path, _)| path.len()).sum::<usize>() > 0);
    assert_eq!(said.raw[999], (key, r#""m999":999"#.to_owned()));
    assert!(said.notes[0].starts_with("Too many fields"));
    assert_eq!(said.notes.len(), 17);
}

#[test]
fn many_fields_are_all_there() {
    let members: Vec<_> = (0..50_000).map(|n| format!(r#""k{n}":{n}"#)).collect();
    let said = read_one(&Json, format!("{{{}}}", members.join(",")).as_bytes());
    assert_eq!((said.raw.len(), said.notes.len()), (50_000, 0));
    assert_eq!(said.raw("k49999"), Some("49999"));
}

#[test]
fn fields_beyond_the_limit_are_kept_as_text_level_by_level() {
    let members: Vec<_> = (0..FIELDS_MAX + 5)
        .map(|n| format!(r#""k{n}":{n}"#))
        .collect();
    let line = format!(r#"{{"a":{{{}}},"b":{{"c":1}}}}"#, members.join(","));
    let said = read_one(&Json, line.as_bytes());
    assert_eq!(said.raw.len(), FIELDS_MAX + 2);
    let rest: Vec<_> = (FIELDS_MAX..FIELDS_MAX + 5)
        .map(|n| format!(r#""k{n}":{n}"#))
        .collect();
    assert_eq!(said.raw[FIELDS_MAX], ("a".to_owned(), rest.join(",")));
    assert_eq!(
        said.raw[FIELDS_MAX + 1],
        (String::new(), r#""b":{"c":1}"#.to_owned())
    );
    assert_eq!(said.notes.len(), 2);
    let said = read_one(
        &Json,
        format!("{{\"l\":[{}7]}}", "7,".repeat(FIELDS_MAX + 1)).as_bytes(),
    );
    assert_eq!(said.raw.len(), FIELDS_MAX + 1);
    assert_eq!(said.raw[FIELDS_MAX], ("l".to_owned(), "7,7".to_owned()));
}

/// The fields of a value as `serde_json` reads it, flattened in the plain way.
fn flatten(path: &str, value: &serde_json::Value, to: &mut Vec<(String, String)>) {
    let text = match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten(&path, value, to);
            }
            return;
        }
        serde_json::Value::Array(elements) => {
            elements
                .iter()
                .for_each(|element| flatten(path, element, to));
            return;
        }
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    to.push((path.to_owned(), text));
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[a-z\"\\\\\n\t\u{1}é😀]{0,30}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("[a-zA-Z./\\\\\"é]{1,6}", inner, 0..6).prop_map(
                |members| members
                    .into_iter()
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            ),
        ]
    })
}

proptest! {
    #[test]
    fn fields_are_those_that_serde_json_reads(
        objects in prop::collection::vec(any_json(), 1..4), pretty in any::<bool>(),
    ) {
        // One buffer for all: what is kept from entry to entry must not show.
        let mut record = Record::new();
        for value in objects {
            let value = serde_json::json!({"v": value, "w": {"x": 1}});
            let text = if pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            };
            let mut expected = Vec::new();
            flatten("", &value, &mut expected);
            let mut found = Vec::new();
            Json.read(text.as_bytes(), &Settings::default(), &mut record, &mut |_, record| {
                assert!(record.notes().is_empty());
                found = crate::testing::Said::of(record).raw;
            });
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn an_entry_is_read_as_json_when_serde_json_accepts_it(
        value in any_json(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let mut text = serde_json::json!({"v": value}).to_string().into_bytes();
        for (place, byte) in changes {
            let place = place.index(text.len());
            text[place] = byte;
        }
        // Bytes that are not UTF-8 are replaced before, as a viewer must.
        let lossy = String::from_utf8_lossy(&text);
        let accepted = serde_json::from_str::<&serde_json::value::RawValue>(&lossy)
            .is_ok_and(|raw| raw.get().starts_with(['{', '[']));
        // Of an array, the records before the fault stand; then comes the rest as text.
        let refused = read_all(&Json, &text)
            .iter()
            .any(|said| said.notes.iter().any(|note| note.starts_with("Read as text")));
        prop_assert_eq!(!refused, accepted);
    }

    #[test]
    fn a_line_cut_anywhere_is_never_lost(cut in any::<prop::sample::Index>()) {
        let line = r#"[{"user":"anna","n":[1,2.5e3,{"k":"\u00e9"}],"t":true},{"user":"bob","z":null}]"#;
        let cut = &line[..cut.index(line.len())];
        let all = read_all(&Json, cut.as_bytes());
        let last = all.last().unwrap();
        prop_assert!(cut.ends_with(&last.message));
        prop_assert_eq!(last.notes.len(), 1);
    }
}
