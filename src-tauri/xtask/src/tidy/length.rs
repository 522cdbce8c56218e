//! Files, functions and lines that a reader can take in.

use super::repo::File;
use super::{Complaint, Repo};

const FILE_LINES_WARN: usize = 600;
const FILE_LINES_MAX: usize = 1_000;
const FUNCTION_LINES_WARN: usize = 70;
const LINE_CHARS_MAX: usize = 100;

const SOURCES: &[&str] = &[".rs", ".ts", ".svelte", ".css", ".py"];

/// Files that have to be shorter than others, the lines that they may have, and why.
const SHORTER: &[(&str, usize, &str)] = &[(
    "tests/independent/verify_sealog.py",
    300,
    "whoever doubts our verdicts reads it in one sitting",
)];

/// Made by a program, or a catalogue without logic.
const EXEMPT: &[&str] = &["ui/src/backend/bindings/"];

/// Looks at every source file.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for file in repo.ending(SOURCES) {
        if EXEMPT.iter().any(|folder| file.path.starts_with(folder)) {
            continue;
        }
        found.extend(file_length(file));
        if file.path.ends_with(".rs") {
            found.extend(line_lengths(file));
            found.extend(function_lengths(file));
        }
    }
    Ok(found)
}

fn file_length(file: &File) -> Option<Complaint> {
    let lines = file.text.lines().count();
    if let Some((_, max, why)) = SHORTER.iter().find(|(path, ..)| *path == file.path)
        && lines > *max
    {
        let says = format!("{lines} lines, {max} at most: {why}");
        return Some(Complaint::failure(&file.path, says));
    }
    let says = format!("{lines} lines; split it by meaning");
    if lines > FILE_LINES_MAX {
        Some(Complaint::failure(&file.path, says))
    } else if lines > FILE_LINES_WARN {
        Some(Complaint::warning(&file.path, says))
    } else {
        None
    }
}

/// rustfmt leaves long texts and comments alone. A single long word (an address, a digest) cannot
/// be broken and is left alone here too.
fn line_lengths(file: &File) -> Vec<Complaint> {
    let too_long = |line: &str| {
        let longest_word = line
            .split_whitespace()
            .map(|word| word.chars().count())
            .max();
        line.chars().count() > LINE_CHARS_MAX && longest_word < Some(LINE_CHARS_MAX / 2)
    };
    file.lines()
        .filter(|(_, line)| too_long(line))
        .map(|(number, line)| {
            Complaint::failure(
                file.at(number),
                format!("{} characters", line.chars().count()),
            )
        })
        .collect()
}

/// As rustfmt lays it out, a function ends with the first brace at its own indentation.
fn function_lengths(file: &File) -> Vec<Complaint> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let end_brace = format!("{}}}", " ".repeat(indent));
        let body = lines.iter().skip(start).position(|line| *line == end_brace);
        let length = body.map_or(1, |offset| offset + 1);
        if length > FUNCTION_LINES_WARN {
            let says = format!("{name} has {length} lines");
            found.push(Complaint::warning(file.at(start), says));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let before_name = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "const",
        "async",
        "unsafe",
        "extern",
    ];
    let mut rest = line.trim_start();
    while let Some((word, after)) = rest.split_once(' ') {
        if word == "fn" {
            return after.split(['(', '<']).next();
        }
        if !before_name.contains(&word) {
            return None;
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::Weight;
    use super::*;

    fn weights(path: &str, text: &str) -> Vec<Weight> {
        let found = check(&Repo::of(&[(path, text)])).expect("nothing to read");
        found
            .into_iter()
            .map(|complaint| complaint.weight)
            .collect()
    }

    #[test]
    fn a_long_file_warns_and_a_very_long_one_fails() {
        assert_eq!(weights("a.rs", &"x\n".repeat(600)), []);
        assert_eq!(weights("a.rs", &"x\n".repeat(601)), [Weight::Warning]);
        assert_eq!(weights("a.ts", &"x\n".repeat(1_001)), [Weight::Failure]);
        assert_eq!(weights("a.md", &"x\n".repeat(1_001)), []);
        assert_eq!(
            weights("ui/src/backend/bindings/a.ts", &"x\n".repeat(1_001)),
            []
        );
    }

    #[test]
    fn the_independent_verifier_is_held_to_its_own_length() {
        let path = "tests/independent/verify_sealog.py";
        assert_eq!(weights(path, &"x\n".repeat(300)), []);
        assert_eq!(weights(path, &"x\n".repeat(301)), [Weight::Failure]);
        assert_eq!(weights("tests/independent/a.py", &"x\n".repeat(301)), []);
    }

    #[test]
    fn a_long_line_fails_unless_it_is_one_long_word() {
        assert_eq!(weights("a.rs", &"word ".repeat(21)), [Weight::Failure]);
        assert_eq!(weights("a.rs", &format!("\"{}\"", "0".repeat(120))), []);
    }

    #[test]
    fn a_long_function_warns() {
        let long = |lines: usize| {
            format!(
                "impl A {{\n    pub fn a() {{\n{}    }}\n}}\n",
                "        x;\n".repeat(lines)
            )
        };
        assert_eq!(weights("a.rs", &long(68)), []);
        assert_eq!(weights("a.rs", &long(69)), [Weight::Warning]);
    }

    #[test]
    fn functions_are_told_from_what_only_looks_like_one() {
        assert_eq!(function_name("    pub const fn of(&self) {"), Some("of"));
        assert_eq!(function_name("fn open<T>(a: T) {"), Some("open"));
        assert_eq!(function_name("    // fn of old"), None);
        assert_eq!(function_name("    let f: fn (u8) = x;"), None);
    }
}
