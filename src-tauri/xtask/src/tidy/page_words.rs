//! Words that promise more than was checked have no place on the screen.

use super::repo::File;
use super::source::{Language, text_only};
use super::{Complaint, Repo};

/// A person may conclude these; the program only says what was observed.
const FORBIDDEN: &[&str] = &["tampered", "secure", "safe", "guaranteed"];

/// Where sentences for people are written.
const SENTENCES: &[&str] = &[
    "ui/src/",
    "src-tauri/crates/engine/src/",
    "src-tauri/crates/verify/src/",
];

/// Looks at texts in code and at the markup of the page.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for file in repo.ending(&[".ts", ".svelte", ".rs"]) {
        let is_test = file.path.contains(".test.") || file.path.contains("/tests");
        if !is_test && SENTENCES.iter().any(|folder| file.path.starts_with(folder)) {
            found.extend(in_file(file));
        }
    }
    Ok(found)
}

fn in_file(file: &File) -> Vec<Complaint> {
    let code = match file.path.ends_with(".rs") {
        // Tests stand last and may well say what must not be said.
        true => file.text.split("#[cfg(test)]").next().unwrap_or_default(),
        false => file.text.as_str(),
    };
    let texts = match file.path.ends_with(".svelte") {
        true => markup_text(code),
        false => text_only(code, Language::of(&file.path)),
    };
    let mut found = Vec::new();
    for (number, line) in texts.lines().enumerate() {
        for word in words(line) {
            if FORBIDDEN
                .iter()
                .any(|forbidden| word.eq_ignore_ascii_case(forbidden))
            {
                let says = format!("\"{word}\": say what was checked instead");
                found.push(Complaint::failure(file.at(number), says));
            }
        }
    }
    found
}

/// Whole words; what is joined by `-`, `_`, `.` or `:` is a name, not prose.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')))
        .map(|word| word.trim_end_matches(['.', ':']))
}

/// A Svelte file without its styles and its script's code; texts in the script stay, and so do
/// the markup's words and attributes.
fn markup_text(source: &str) -> String {
    let mut kept = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("<script") {
        kept.push_str(before);
        let (script, later) = after.split_once("</script>").unwrap_or((after, ""));
        kept.push_str(&text_only(script, Language::Page));
        rest = later;
    }
    kept.push_str(rest);
    match kept.split_once("<style") {
        Some((before, _)) => before.to_owned(),
        None => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(path: &str, text: &str) -> Vec<String> {
        let found = check(&Repo::of(&[(path, text)])).expect("nothing to read");
        found.into_iter().map(|complaint| complaint.place).collect()
    }

    #[test]
    fn promises_are_found_in_markup_and_in_texts() {
        assert_eq!(
            places("ui/src/app/A.svelte", "<p>Your log is\nsafe.</p>"),
            ["ui/src/app/A.svelte:2"]
        );
        assert_eq!(
            places("ui/src/a.ts", "const a = 'Log was Tampered with'"),
            ["ui/src/a.ts:1"]
        );
        let engine = "src-tauri/crates/engine/src/says.rs";
        assert_eq!(
            places(engine, "let a = \"guaranteed intact\";"),
            [format!("{engine}:1")]
        );
    }

    #[test]
    fn code_comments_and_names_are_no_promises() {
        assert_eq!(places("ui/src/a.ts", "const safe = 1 // safe\n"), [""; 0]);
        assert_eq!(places("ui/src/a.ts", "run('--safe-rendering')\n"), [""; 0]);
        assert_eq!(
            places(
                "ui/src/A.svelte",
                "<script>\nlet safe = 1\n</script>\n<p>x</p>"
            ),
            [""; 0]
        );
        assert_eq!(
            places("src-tauri/xtask/src/a.rs", "let a = \"safe\";"),
            [""; 0]
        );
    }

    #[test]
    fn tests_may_say_what_must_not_be_said() {
        assert_eq!(places("ui/src/a.test.ts", "const a = 'safe'"), [""; 0]);
    }
}
