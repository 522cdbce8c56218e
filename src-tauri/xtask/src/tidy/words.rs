//! Words that say nothing, that say too much, or that belong to one machine.

use super::repo::File;
use super::source::{Language, code_only, identifiers};
use super::{Complaint, Repo};

/// In an identifier, and why not.
const VAGUE: &[(&str, &str)] = &[
    ("Manager", "say what it does"),
    ("utils", "name it after what is in it"),
    ("tampered", "say what was observed: broken, changed"),
];

/// Anywhere in a text file, and why not. Written in two parts, so that this file does not match.
const ANYWHERE: &[(&str, &str, &str)] = &[
    ("/wor", "k/", "a path of one machine"),
    ("/tmp/bash", "_jobs", "a path of one machine"),
    ("/far", "m/", "a path of one machine"),
    ("TO", "DO", "finish it, or write an issue"),
    ("FIX", "ME", "finish it, or write an issue"),
];

/// In Rust and TypeScript code: tests that do not run. One that is run by hand says why, in the
/// attribute itself, and is counted as skipped.
const ASLEEP: &[(&str, &str)] = &[
    ("#[ign", "ore]"),
    (".sk", "ip("),
    (".on", "ly("),
    ("unimpl", "emented!("),
    ("to", "do!("),
];

const CODE: &[&str] = &[".rs", ".ts", ".svelte"];

/// Looks at every text file.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for file in &repo.files {
        found.extend(anywhere(file));
        if CODE.iter().any(|ending| file.path.ends_with(ending)) {
            found.extend(in_code(file));
        }
    }
    Ok(found)
}

fn anywhere(file: &File) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        for (start, end, why) in ANYWHERE {
            let word = format!("{start}{end}");
            if stands_alone(line, &word) {
                found.push(Complaint::failure(
                    file.at(number),
                    format!("{word}: {why}"),
                ));
            }
        }
    }
    found
}

/// Not in the middle of a longer word or path: `./work` and `mastodon` are fine.
fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|start| start.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '~' | '}'))
    })
}

fn in_code(file: &File) -> Vec<Complaint> {
    let mut found = Vec::new();
    let code = code_only(&file.text, Language::of(&file.path));
    for (number, line) in code.lines().enumerate() {
        for identifier in identifiers(line) {
            for (word, why) in VAGUE {
                if holds(identifier, word) {
                    found.push(Complaint::failure(
                        file.at(number),
                        format!("{identifier}: {why}"),
                    ));
                }
            }
        }
        for (start, end) in ASLEEP {
            let word = format!("{start}{end}");
            // Only tests of the page are put to sleep with these; elsewhere `.skip(` is iteration.
            let of_page_tests = word.starts_with('.');
            if line.contains(&word) && (!of_page_tests || is_page_test(file, line)) {
                found.push(Complaint::failure(
                    file.at(number),
                    format!("{word}: a test that sleeps"),
                ));
            }
        }
    }
    if file
        .path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with("utils."))
    {
        found.push(Complaint::failure(
            &file.path,
            "utils: name it after what is in it",
        ));
    }
    found
}

/// `Manager` is looked for as written; the others in any case.
fn holds(identifier: &str, word: &str) -> bool {
    match word {
        "Manager" => identifier.contains(word),
        "utils" => {
            identifier.eq_ignore_ascii_case("utils") || identifier.eq_ignore_ascii_case("util")
        }
        _ => identifier.to_ascii_lowercase().contains(word),
    }
}

fn is_page_test(file: &File, line: &str) -> bool {
    file.path.ends_with(".test.ts")
        && ["it.", "test.", "describe."]
            .iter()
            .any(|start| line.trim_start().starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(path: &str, text: &str) -> Vec<String> {
        let found = check(&Repo::of(&[(path, text)])).expect("nothing to read");
        found.into_iter().map(|complaint| complaint.place).collect()
    }

    #[test]
    fn vague_names_are_found_in_code_and_not_in_texts() {
        assert_eq!(places("a.rs", "struct SealManager;\n"), ["a.rs:1"]);
        assert_eq!(places("a.rs", "let a = b;\nmod utils;\n"), ["a.rs:2"]);
        assert_eq!(places("a.ts", "const isTampered = true\n"), ["a.ts:1"]);
        assert_eq!(
            places("a.rs", "let path = \"fixtures/tampered\"; // utils\n"),
            [""; 0]
        );
        assert_eq!(places("src/utils.rs", ""), ["src/utils.rs"]);
    }

    #[test]
    fn paths_of_one_machine_are_found_in_every_file() {
        let path = format!("see {}{}a", "/wor", "k/");
        assert_eq!(places("README.md", &path), ["README.md:1"]);
        assert_eq!(places("README.md", "see ./work/a.md"), [""; 0]);
    }

    #[test]
    fn tests_that_sleep_are_found() {
        let rust = format!("    {}{}]\n", "#[ign", "ore");
        assert_eq!(places("a.rs", &rust), ["a.rs:1"]);
        let page = format!("  it{}{}'x', () => {{}})\n", ".sk", "ip(");
        assert_eq!(places("a.test.ts", &page), ["a.test.ts:1"]);
        assert_eq!(places("a.rs", "words.iter().skip(1)\n"), [""; 0]);
    }
}
