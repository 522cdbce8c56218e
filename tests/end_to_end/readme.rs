//! The README's session is run as it stands, and prints what stands there.

use std::fs;

use crate::world::World;

#[test]
fn the_readme_shows_what_the_program_prints() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let readme = fs::read_to_string(sealscope_testkit::repository().join("README.md"));
    let readme = readme.expect("there");
    let world = World::new();
    world.file(
        "audit.log",
        fs::read(data.join("kubernetes/made/audit.log")).expect("there"),
    );
    let session = readme.split("```console\n").nth(1).expect("a session");
    let session = session.split("```").next().expect("it ends");
    let mut steps = 0;
    for step in session.split("$ sealscope ").skip(1) {
        let (command, expected) = step.split_once('\n').expect("a line");
        let ran = world.run(&words(command));
        assert_eq!(ran.code, Some(0), "{command}\n{}", ran.err);
        let (printed, expected) = (normal(&ran.text()), normal(expected));
        if !expected.is_empty() {
            assert!(
                fits(&printed, &expected),
                "{command}\n{printed:#?}\n{expected:#?}"
            );
        }
        steps += 1;
    }
    assert!(steps >= 5, "{steps}");
}

/// A command's words, with single quotes taken away.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for character in command.chars() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().expect("one").push(character),
        }
    }
    words
}

/// Lines, with what differs from run to run (ids, digests) made the same.
fn normal(text: &str) -> Vec<String> {
    let is_hex = |word: &str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = |line: &str| {
        let words = line
            .split(['(', ')'])
            .map(|word| if is_hex(word) { "ID" } else { word });
        words.collect::<Vec<_>>().join("|").trim_end().to_owned()
    };
    text.lines().map(line).collect()
}

/// Whether the lines are those expected; `…` stands for any number of them.
fn fits(printed: &[String], expected: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "…" => {
            (0..=printed.len()).any(|skipped| fits(&printed[skipped..], rest))
        }
        Some((first, rest)) => printed
            .split_first()
            .is_some_and(|(line, more)| line == first && fits(more, rest)),
    }
}
