//! The README's session is run as it stands, and prints what stands there.

use std::fs;

use sealscope_testkit::sample::{LogSettings, make_case};

use crate::world::World;

#[test]
fn the_readme_shows_what_a_real_log_gives() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let world = World::new();
    world.file(
        "audit.log",
        fs::read(data.join("kubernetes/made/audit.log")).expect("there"),
    );
    assert_eq!(run_session(&world, "seal audit.log"), [0; 5]);
}

#[test]
fn the_readme_shows_what_the_sample_case_gives() {
    let world = World::new();
    let sealscope = sealscope_tests::program("sealscope").expect("it is built");
    let case = make_case(&world.path("case"), &sealscope, LogSettings::default());
    let case = case.expect("made");
    for file in [case.changed, case.key] {
        let name = file.file_name().expect("a name").to_owned();
        fs::rename(&file, world.path(&name.to_string_lossy())).expect("movable");
    }
    assert_eq!(run_session(&world, "verify --trust"), [1, 0]);
}

/// Runs the README's session that has a command beginning so, compares what it prints with what
/// stands there, and gives the exit codes.
fn run_session(world: &World, with: &str) -> Vec<i32> {
    let readme = fs::read_to_string(sealscope_testkit::repository().join("README.md"));
    let readme = readme.expect("there");
    let sessions = readme.split("```console\n").skip(1);
    let mut sessions = sessions.filter_map(|session| session.split("```").next());
    let wanted = format!("$ sealscope {with}");
    let session = sessions.find(|session| session.contains(&wanted));
    let mut codes = Vec::new();
    for step in session.expect("a session").split("$ sealscope ").skip(1) {
        let (command, expected) = step.split_once('\n').expect("a line");
        let ran = world.run(&words(command));
        let (printed, expected) = (normal(&ran.text()), normal(expected));
        if !expected.is_empty() {
            assert!(
                fits(&printed, &expected),
                "{command}\n{printed:#?}\n{expected:#?}\n{}",
                ran.err
            );
        }
        codes.push(ran.code.expect("an exit code"));
    }
    codes
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
