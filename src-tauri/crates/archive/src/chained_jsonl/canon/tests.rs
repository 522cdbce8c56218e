//! The vectors were made with Python 3.11 (`json.dumps`) and Node 20 (`JSON.stringify`; sorted with
//! `Object.keys(value).sort()`, which is what RFC 8785 asks for).

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use super::*;

fn written(mode: CanonMode, text: &str) -> Result<String, NotCanonical> {
    let mut tape = Tape::default();
    tape.scan(text.as_bytes()).expect("it is JSON");
    let mut out = Vec::new();
    Writer::default().write(
        mode,
        (&tape, text.as_bytes()),
        0,
        Members::AllBut(&[]),
        &mut out,
    )?;
    Ok(String::from_utf8(out).expect("UTF-8"))
}

#[test]
fn every_mode_writes_what_its_language_writes() {
    let vectors: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(include_str!("vectors.json")).expect("vectors");
    let mut compared = 0;
    for row in &vectors {
        let text = row["text"].as_str().expect("a text");
        for (name, expected) in row.iter().filter(|(name, _)| *name != "text") {
            let mode = CanonMode::named(name).expect(name);
            let found = written(mode, text);
            assert_eq!(
                found.as_deref(),
                Ok(expected.as_str().expect("a text")),
                "{name}: {text}"
            );
            compared += 1;
        }
    }
    assert!(compared > 150);
}

#[test]
fn raw_tokens_stay_as_they_are_written() {
    let text = "{ \"b\" : 1.00 , \"a\" : \"\\u00e9\" }";
    let raw = |sorted| written(CanonMode::RawTokens { sorted }, text);
    assert_eq!(raw(false).as_deref(), Ok("{\"b\":1.00,\"a\":\"\\u00e9\"}"));
    assert_eq!(raw(true).as_deref(), Ok("{\"a\":\"\\u00e9\",\"b\":1.00}"));
}

#[test]
fn what_a_language_could_not_have_written_is_refused() {
    let js = CanonMode::JsStringify;
    let ascii = python(true, true, true);
    assert_eq!(written(js, "[\"\\ud800\"]").as_deref(), Ok("[\"\\ud800\"]"));
    assert_eq!(
        written(ascii, "[\"\\ud800\"]").as_deref(),
        Ok("[\"\\ud800\"]")
    );
    assert!(written(CanonMode::Jcs, "[\"\\ud800\"]").is_err());
    assert!(written(python(true, true, false), "[\"\\ud800\"]").is_err());
    assert!(written(CanonMode::Jcs, "[1e400]").is_err());
    assert_eq!(written(js, "[1e400]").as_deref(), Ok("[null]"));
    assert_eq!(
        written(ascii, "[1e400,-1e400,NaN]").as_deref(),
        Ok("[Infinity,-Infinity,NaN]")
    );
}

/// Doubles of all sizes, as JSON may write them.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<f64>()
            .prop_filter("finite", |x| x.is_finite())
            .prop_map(|x| format!("{x:e}")),
        (any::<i32>(), 0..9u32).prop_map(|(x, d)| format!("{:.*}", d as usize, f64::from(x) / 1e4)),
        (-400i64..400, -30i32..30).prop_map(|(x, e)| format!("{x}e{e}")),
        any::<i64>().prop_map(|x| x.to_string()),
    ]
}

fn ask(program: &str, arguments: &[&str], script: &str, input: &str) -> Option<String> {
    use std::io::Write as _;
    let mut child = Command::new(program)
        .args(arguments)
        .arg(script)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(input.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).ok())?
}

#[test]
fn two_thousand_numbers_are_printed_as_python_and_node_print_them() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let numbers: Vec<String> = (0..2000)
        .map(|_| number().new_tree(&mut runner).expect("a number").current())
        .collect();
    let text = format!("[{}]", numbers.join(","));
    let script = "import json,sys;print(json.dumps(json.load(sys.stdin)),end='')";
    match ask("python3", &["-c"], script, &text) {
        Some(expected) => assert_eq!(written(python(true, false, true), &text), Ok(expected)),
        None => eprintln!("python3 is not here: not compared"),
    }
    let script =
        "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8'))))";
    match ask("node", &["-e"], script, &text) {
        Some(expected) => assert_eq!(written(CanonMode::JsStringify, &text), Ok(expected)),
        None => eprintln!("node is not here: not compared"),
    }
}
