use proptest::prelude::*;

use super::*;
use crate::testing;

fn parsed(text: &str) -> Query {
    parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .query
}

fn raw(field: &str, value: &str) -> Query {
    Query::field_is(FieldName::Raw(field.to_owned()), value)
}

#[test]
fn and_binds_before_or_and_side_by_side_means_and() {
    let (a, b, c) = (raw("a", "1"), raw("b", "2"), raw("c", "3"));
    let both = Query::all_of(vec![a.clone(), b.clone()]);
    let expected = Query::any_of(vec![both, c.clone()]);
    assert_eq!(parsed("a:1 b:2 OR c:3"), expected);
    assert_eq!(parsed("a:1 AND b:2 OR c:3"), expected);
    assert_eq!(parsed("(a:1 b:2) OR c:3"), expected);
    let either = Query::any_of(vec![b, c]);
    assert_eq!(
        parsed("a:1 (b:2 OR c:3)"),
        Query::all_of(vec![a.clone(), either])
    );
    let not = Query::not(a.clone());
    assert_eq!(
        parsed("NOT a:1 b:2"),
        Query::all_of(vec![not, raw("b", "2")])
    );
    assert_eq!(parsed("NOT(a:1)"), Query::not(a));
}

#[test]
fn values_keep_their_characters() {
    for (text, field, value) in [
        (
            "user:system:serviceaccount:ns:sa",
            "user",
            "system:serviceaccount:ns:sa",
        ),
        ("requestURI:/api/v1/pods", "requestURI", "/api/v1/pods"),
        ("user:CORP\\anna", "user", "CORP\\anna"),
        ("user:a\\*b", "user", "a*b"),
        ("a:\"x \\\"y\\\" \\z\"", "a", "x \"y\" \\z"),
        ("agent:curl(linux)", "agent", "curl(linux)"),
        ("x\\ y:1", "x y", "1"),
        ("@timestamp:1", "@timestamp", "1"),
        (
            "annotations.authorization.k8s.io/decision:allow",
            "annotations.authorization.k8s.io/decision",
            "allow",
        ),
        ("raw.who:x", "who", "x"),
        ("a:-5", "a", "-5"),
    ] {
        assert_eq!(parsed(text), raw(field, value), "{text}");
    }
}

#[test]
fn the_canonical_form_is_as_people_write() {
    for (text, canonical) in [
        ("  verb:get   code:>=400 ", "verb:get AND code:>=400"),
        ("", "*"),
        ("Failed", "failed"),
        ("10.0.0.1", "\"10 0 0 1\""),
        (
            "a:1 (b:2 OR c:3) NOT (d:4 e:5)",
            "a:1 AND (b:2 OR c:3) AND NOT (d:4 AND e:5)",
        ),
        ("code:[400 TO 499]", "code:[400 TO 499]"),
        ("code:{400 TO *]", "code:>400"),
        ("@2026-03-14", "@2026-03-14T00:00:00Z..2026-03-15T00:00:00Z"),
        (
            "@2026-03-14T09:00..+15m",
            "@2026-03-14T09:00:00Z..2026-03-14T09:15:00Z",
        ),
        ("@-2d", "@-2d.."),
        ("#1204", "#1204"),
        ("seal:broken", "seal:broken"),
        ("user:*@example.org", "user:*@example.org"),
        ("@timestamp:1", "@timestamp:1"),
        ("a.k8s.io/decision:allow", "a.k8s.io/decision:allow"),
        ("uri:/api.*\\/x/", "uri:/api.*\\/x/"),
        ("message:\"a b\"", "message:\"a b\""),
        (
            "time:[2026-03-14 TO 2026-03-15]",
            "@2026-03-14T00:00:00Z..2026-03-16T00:00:00Z",
        ),
        (
            "time:{2026-03-14 TO 2026-03-16}",
            "@2026-03-15T00:00:00Z..2026-03-16T00:00:00Z",
        ),
        ("raw.time:x", "raw.time:x"),
        ("user:/healthz", "user:\"/healthz\""),
    ] {
        assert_eq!(parsed(text).canonical(), canonical, "{text}");
    }
}

/// A query, what is said of it, the text marked, and the text after the fix.
type Faulty = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

fn check_errors(faulty: &[Faulty]) {
    for (text, message, marked, fixed) in faulty {
        let error = parse(text).map(|parsed| parsed.query).expect_err(text);
        assert_eq!(error.message, *message, "{text}");
        assert_eq!(&text[error.span.clone()], *marked, "{text}");
        let after = error.fix.as_ref().map(|fix| fix.apply(text));
        assert_eq!(after.as_deref(), *fixed, "{text}");
        if let Some(after) = after {
            assert!(parse(&after).is_ok(), "{text} mended to {after}");
        }
    }
}

#[test]
fn errors_of_structure_point_at_their_place_and_offer_a_fix() {
    let close = "The quote that opens here is never closed.";
    let open = "The parenthesis that opens here is never closed.";
    let range = "The range that opens here is never closed.";
    check_errors(&[
        ("a \"b c", close, "\"b c", Some("a \"b c\"")),
        ("a:\"b c", close, "\"b c", Some("a:\"b c\"")),
        ("(a OR b", open, "(", Some("(a OR b)")),
        ("a) b", "This parenthesis closes nothing.", ")", Some("a b")),
        (
            "a ()",
            "Nothing stands in the parentheses.",
            "()",
            Some("a "),
        ),
        (
            "code:[400 TO 499 x",
            range,
            "[400 TO 499 x",
            Some("code:[400 TO 499] x"),
        ),
        (
            "a AND",
            "Something to search for is missing after AND.",
            "AND",
            Some("a "),
        ),
        (
            "OR a",
            "Something to search for is missing before OR.",
            "OR",
            Some(" a"),
        ),
        (
            "NOT",
            "Something to search for is missing after NOT.",
            "NOT",
            None,
        ),
    ]);
}

#[test]
fn errors_of_values_point_at_their_place_and_offer_a_fix() {
    let group = "A value cannot be a group in parentheses.";
    let number = "Only numbers and the field `time` can be compared; this is no number.";
    let wildcard = "A wildcard fits one word, and words are runs of letters and digits.";
    let position = "A position is written #1204, a range of positions #1000..2000.";
    let name = "The name of a field is written without quotes.";
    let either = "(verb:get OR verb:list)";
    check_errors(&[
        (
            "verb: get",
            "A value is missing after verb: here.",
            "verb:",
            Some("verb:* get"),
        ),
        ("seal:borken", SEALS, "borken", Some("seal:broken")),
        ("seal:green", SEALS, "green", None),
        ("code:>abc", number, ">abc", None),
        ("a && b", NO_WORD, "&&", Some("a AND b")),
        ("x ---", NO_WORD, "---", None),
        (
            "verb:(get OR list)",
            group,
            "verb:(get OR list)",
            Some(either),
        ),
        (
            "\"user name\":x",
            name,
            "\"user name\"",
            Some("user\\ name:x"),
        ),
        ("10.0.*", wildcard, "10.0.*", Some("\"10 0\"")),
        (
            "tag:x",
            "Searching by `tag:` is not available yet.",
            "tag:x",
            None,
        ),
        (
            "@2026-02-30",
            "There is no such moment.",
            "2026-02-30",
            None,
        ),
        ("#12a", position, "#12a", None),
        (
            "us*r:x",
            "The name of a field cannot hold * or ?.",
            "us*r",
            Some("us\\*r:x"),
        ),
    ]);
}

const SEALS: &str = "A seal is one of intact, consistent, unproven, unsealed, broken, unchecked.";
const NO_WORD: &str = "There is no word to search for: words are runs of letters and digits.";

#[test]
fn a_bad_regex_is_marked_at_the_character() {
    let class = "This is no regular expression: unclosed character class.";
    let memory = "This expression needs too much memory; make its repetitions smaller.";
    check_errors(&[
        (
            "uri:/a(b/",
            "This is no regular expression: unclosed group.",
            "(",
            None,
        ),
        ("uri:/a\\/b[/", class, "[", None),
        ("uri:/(a{1000}){1000}/", memory, "/(a{1000}){1000}/", None),
    ]);
}

#[test]
fn small_operators_are_words_with_a_hint() {
    let parsed = parse("anna and bob").unwrap();
    let hint = &parsed.hints[0];
    assert_eq!(hint.kind, DiagnosticKind::Hint);
    let fixed = hint.fix.as_ref().unwrap().apply("anna and bob");
    assert_eq!(fixed, "anna AND bob");
    assert!(parse("and").unwrap().hints.is_empty());
    let parsed = parse("anna -bob").unwrap();
    let fixed = parsed.hints[0].fix.as_ref().unwrap().apply("anna -bob");
    assert_eq!(fixed, "anna NOT bob");
    assert_eq!(parse("outcome:>=400").unwrap().hints.len(), 1);
}

#[test]
fn every_field_named_is_listed_with_its_place() {
    let text = "verb:get AND who:anna OR raw.time:x seal:broken";
    let fields = parse(text).unwrap().fields;
    let names: Vec<_> = fields
        .iter()
        .map(|field| &text[field.span.clone()])
        .collect();
    assert_eq!(names, ["verb", "who", "raw.time"]);
    assert_eq!(fields[1].field, FieldName::Spine("who"));
}

#[test]
fn length_depth_and_number_of_patterns_are_limited() {
    let deep = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&deep(QUERY_DEPTH_MAX - 1)).is_ok());
    assert!(parse(&deep(QUERY_DEPTH_MAX)).is_err());
    assert!(parse(&"NOT ".repeat(100_000 / 4)).is_err());
    assert!(parse(&"(".repeat(60_000)).is_err());
    assert!(parse(&"a".repeat(QUERY_BYTES_MAX)).is_ok());
    assert!(parse(&"a".repeat(QUERY_BYTES_MAX + 1)).is_err());
    assert!(parse(&"a* ".repeat(QUERY_PATTERNS_MAX)).is_ok());
    assert!(parse(&"a* ".repeat(QUERY_PATTERNS_MAX + 1)).is_err());
}

proptest! {
    #[test]
    fn the_canonical_form_parses_to_the_same_query(query in testing::query()) {
        let text = query.canonical();
        let again = parse(&text).map(|parsed| parsed.query);
        prop_assert_eq!(again, Ok(query), "{}", text);
    }

    #[test]
    fn any_text_is_answered_without_panic_and_with_a_place_inside(
        text in "[a-z0-9:()\"*?\\\\/\\[\\]{}<>=#@. +TOANDR-]{0,24}|\\PC{0,16}"
    ) {
        match parse(&text) {
            Ok(parsed) => {
                let canonical = parsed.query.canonical();
                prop_assert_eq!(parse(&canonical).map(|again| again.query), Ok(parsed.query));
            }
            Err(error) => {
                prop_assert!(text.get(error.span.clone()).is_some(), "{:?}", error);
                if let Some(fix) = &error.fix {
                    prop_assert!(text.get(fix.span.clone()).is_some(), "{:?}", error);
                }
            }
        }
    }
}
