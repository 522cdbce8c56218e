//! Which part of the page may use which: features stand side by side, only `backend/` knows
//! Tauri, and nothing turns text into markup.

use super::repo::File;
use super::{Complaint, Repo};

const PAGE: &str = "ui/src/";

/// Ways to turn text into markup or code. Text from a log is put into text nodes only.
const MARKUP: &[&str] = &[
    "{@html",
    ".innerHTML",
    ".outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "new Function(",
    "eval(",
];

/// For each part: the parts that it may import from, itself aside. `app` may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("backend", &["format"]),
    ("features", &["backend", "widgets", "format", "styles"]),
    ("widgets", &["format", "styles"]),
    ("format", &[]),
    ("styles", &[]),
];

/// Looks at every file of the page, tests aside for what they import.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for file in repo.ending(&[".ts", ".svelte"]) {
        let Some(inside) = file.path.strip_prefix(PAGE) else {
            continue;
        };
        let is_test = file.path.contains(".test.") || file.path.contains("/test/");
        for (number, line) in file.lines() {
            let trimmed = line.trim_start();
            if trimmed.starts_with("//") || trimmed.starts_with('*') {
                continue;
            }
            found.extend(markup(file, number, line).filter(|_| !is_test));
            // Types vanish when the page is built: every part may name what crosses from Rust.
            let only_types = trimmed.starts_with("import type") && line.contains("backend/");
            if only_types {
                continue;
            }
            let says = imported(line).and_then(|import| complaint(inside, import));
            found.extend(
                says.filter(|_| !is_test)
                    .map(|says| Complaint::failure(file.at(number), says)),
            );
        }
    }
    Ok(found)
}

fn markup(file: &File, number: usize, line: &str) -> Option<Complaint> {
    let word = MARKUP.iter().find(|word| line.contains(**word))?;
    Some(Complaint::failure(
        file.at(number),
        format!("{word} turns text into markup or code"),
    ))
}

/// What a line imports: `from '…'`, `import '…'`, `import('…')`.
fn imported(line: &str) -> Option<&str> {
    let start = [
        "from '",
        "from \"",
        "import '",
        "import \"",
        "import('",
        "import(\"",
    ]
    .iter()
    .find_map(|lead| line.find(lead).map(|at| at + lead.len()))?;
    line.get(start..)?.split(['\'', '"']).next()
}

fn complaint(inside: &str, import: &str) -> Option<String> {
    let (part, _) = inside.split_once('/').unwrap_or(("app", inside));
    if import.starts_with("@tauri-apps/") {
        return (part != "backend").then(|| format!("only backend/ may import {import}"));
    }
    let (other, target) = resolved(inside, import)?;
    if part == "features" && other == "features" {
        let own = inside.split('/').nth(1);
        let theirs = target.split('/').nth(1);
        return (own != theirs).then(|| format!("a feature may not import another: {import}"));
    }
    let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == part)?;
    let fine = part == other || allowed.contains(&other.as_str());
    (!fine).then(|| format!("{part}/ may not import from {other}/"))
}

/// The part that a relative or `$part` import leads to, and its path inside the page.
fn resolved(inside: &str, import: &str) -> Option<(String, String)> {
    if let Some(path) = import.strip_prefix('$') {
        let part = path.split('/').next()?;
        return Some((part.to_owned(), path.to_owned()));
    }
    if !import.starts_with('.') {
        return None;
    }
    let mut folders: Vec<&str> = inside.split('/').collect();
    folders.pop();
    for step in import.split('/') {
        match step {
            "." => {}
            ".." => {
                folders.pop();
            }
            name => folders.push(name),
        }
    }
    let part = if folders.len() > 1 {
        folders.first()?
    } else {
        "app"
    };
    Some((part.to_owned(), folders.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Repo::of(&[(path, text)]))
            .expect("nothing to read")
            .len()
    }

    #[test]
    fn only_the_backend_folder_knows_tauri() {
        let line = "import { invoke } from '@tauri-apps/api/core'\n";
        assert_eq!(count("ui/src/backend/tauri.ts", line), 0);
        assert_eq!(count("ui/src/features/search/a.ts", line), 1);
    }

    #[test]
    fn features_do_not_import_features() {
        let other = "import { x } from '../entry/x'\n";
        assert_eq!(count("ui/src/features/search/a.ts", other), 1);
        assert_eq!(
            count("ui/src/features/search/a.ts", "import x from './x'\n"),
            0
        );
        assert_eq!(
            count("ui/src/app/a.ts", "import x from '../features/search/x'\n"),
            0
        );
    }

    #[test]
    fn lower_parts_do_not_reach_up() {
        assert_eq!(
            count("ui/src/format/time.ts", "import x from '../widgets/x'\n"),
            1
        );
        assert_eq!(
            count(
                "ui/src/widgets/A.svelte",
                "  import x from '../features/search/x'\n"
            ),
            1
        );
        assert_eq!(
            count("ui/src/widgets/A.svelte", "  import x from '../format/x'\n"),
            0
        );
    }

    #[test]
    fn text_never_becomes_markup() {
        assert_eq!(count("ui/src/widgets/A.svelte", "{@html text}\n"), 1);
        assert_eq!(count("ui/src/widgets/a.ts", "node.innerHTML = text\n"), 1);
        assert_eq!(
            count("ui/src/widgets/a.ts", "// never innerHTML: {@html\n"),
            0
        );
    }
}
