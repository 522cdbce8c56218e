use super::*;

fn scan(text: &str) -> Result<Tape, JsonFault> {
    let mut tape = Tape::default();
    tape.scan(text.as_bytes()).map(|()| tape)
}

#[test]
fn every_document_that_serde_reads_is_read_and_no_other() {
    for text in [
        "{}",
        "[]",
        "0",
        "-0",
        "1.5e-7",
        "\"\"",
        " { \"a\" : [ 1 , true , null ] } ",
        "{\"a\":{\"b\":[]}}",
        "[[[]]]",
        "\"\\u00e9\\\\\"",
        "",
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{,}",
        "01",
        "1.",
        "-",
        "+1",
        ".5",
        "1e",
        "\"\\x\"",
        "\"\\u12\"",
        "\"a",
        "[1 2]",
        "{\"a\":1,}",
        "[}",
        "{]",
        "tru",
        "1 1",
        "\"\u{1}\"",
        "{a:1}",
        "'a'",
    ] {
        let expected = serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert_eq!(scan(text).is_ok(), expected, "{text}");
    }
}

#[test]
fn a_member_that_stands_twice_is_refused_however_it_is_written() {
    let many: String = (0..40).map(|n| format!("\"k{n}\":1,")).collect();
    for text in [
        "{\"a\":1,\"a\":2}".to_owned(),
        "{\"a\":1,\"\\u0061\":2}".to_owned(),
        "{\"x\":{\"b\":1,\"c\":{},\"b\":2}}".to_owned(),
        format!("{{{many}\"k7\":2}}"),
    ] {
        let fault = scan(&text).map(|_| ()).expect_err(&text);
        assert!(fault.reason.contains("twice"), "{fault:?}");
    }
    assert!(scan("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}").is_ok());
}

#[test]
fn members_are_found_by_name_and_kept_in_order() {
    let text = "{\"b\":1.0,\"a\":{\"n\":\"x\\ny\"},\"c\":[1,[2]]}";
    let tape = scan(text).expect("it is JSON");
    let text = text.as_bytes();
    let raw = |at: u32| token(text, tape.node(at).expect("a token"));
    let b = tape.member(text, 0, b"b").expect("it is there");
    assert_eq!(raw(b), b"1.0");
    let a = tape.member(text, 0, b"a").expect("it is there");
    let n = tape.member(text, a, b"n").expect("it is there");
    let inside = inside(text, tape.node(n).expect("a token"));
    assert_eq!(unescaped(inside).as_deref(), Some(&b"x\ny"[..]));
    let keys: Vec<_> = tape.members(0).map(|(key, _)| raw(key)).collect();
    assert_eq!(keys, [&b"\"b\""[..], b"\"a\"", b"\"c\""]);
}

#[test]
fn deep_nesting_and_half_pairs_are_told() {
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert!(scan(&deep).is_err());
    assert!(scan("[NaN,-Infinity,Infinity]").is_ok());
    assert_eq!(unescaped(br"\ud800"), None);
    assert_eq!(
        unescaped(br"\ud83d\ude00").as_deref(),
        Some("😀".as_bytes())
    );
}
