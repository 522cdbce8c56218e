//! Files that nothing compiles: a module that no other declares, a test that no program runs.

use super::repo::File;
use super::{Complaint, Repo};

/// Where a file may declare itself: cargo finds these by their names.
const ROOTS: &[&str] = &["lib.rs", "main.rs", "build.rs"];

/// Looks at every Rust file.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for file in repo.ending(&[".rs"]) {
        if is_root(&file.path) || file.path.starts_with("tests/fuzz/") {
            continue;
        }
        let parents = parents(&file.path);
        let by_name = parents
            .iter()
            .any(|parent| declares(repo, parent, &file.path));
        if !by_name && !declared_by_path(repo, &file.path) {
            found.push(Complaint::failure(
                &file.path,
                "no other file declares it with mod",
            ));
        }
    }
    found.extend(undeclared_programs(repo));
    Ok(found)
}

fn is_root(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let by_name = ROOTS.contains(&name);
    // Each file directly in these folders is a program of its own.
    let folder_name = folder.rsplit('/').next().unwrap_or_default();
    let by_folder = matches!(folder_name, "bin" | "examples" | "benches")
        || folder_name == "tests" && folder.starts_with("src-tauri/");
    by_name || by_folder
}

/// The files that can declare this one.
fn parents(path: &str) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    // `a/b/mod.rs` is declared as `a/b.rs` would be: in `a`.
    let folder = match name {
        "mod.rs" => folder.rsplit_once('/').map_or("", |(above, _)| above),
        _ => folder,
    };
    let mut parents: Vec<String> = ["lib.rs", "main.rs", "mod.rs"]
        .iter()
        .map(|root| format!("{folder}/{root}"))
        .collect();
    parents.push(format!("{folder}.rs"));
    parents
}

fn declares(repo: &Repo, parent: &str, path: &str) -> bool {
    let name = module_name(path);
    let declaration = format!("mod {name};");
    let says = |file: &File| {
        file.lines().any(|(_, line)| {
            let line = line.trim_start();
            line.ends_with(&declaration) && (line.starts_with("mod ") || line.starts_with("pub"))
        })
    };
    repo.get(parent).is_some_and(says)
}

/// `#[path = "time_tests.rs"] mod tests;` in a file of the same folder.
fn declared_by_path(repo: &Repo, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let attribute = format!("#[path = \"{name}\"]");
    repo.files
        .iter()
        .filter(|file| {
            file.path
                .rsplit_once('/')
                .is_some_and(|(beside, _)| beside == folder)
        })
        .any(|file| file.path != path && file.text.contains(&attribute))
}

fn module_name(path: &str) -> &str {
    let path = path.strip_suffix("/mod.rs").unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".rs").unwrap_or(name)
}

/// In `tests/`, cargo looks for nothing by itself: each program stands in `tests/Cargo.toml`.
fn undeclared_programs(repo: &Repo) -> Vec<Complaint> {
    let manifest = repo
        .get("tests/Cargo.toml")
        .map_or("", |file| file.text.as_str());
    repo.ending(&["/main.rs"])
        .filter_map(|file| file.path.strip_prefix("tests/"))
        .filter(|program| !program.starts_with("fuzz/"))
        .filter(|program| !manifest.contains(&format!("path = \"{program}\"")))
        .map(|program| {
            Complaint::failure(
                format!("tests/{program}"),
                "tests/Cargo.toml has no [[test]] for it",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        let found = check(&Repo::of(files)).expect("nothing to read");
        found.into_iter().map(|complaint| complaint.place).collect()
    }

    #[test]
    fn a_module_that_nothing_declares_is_found() {
        let lib = ("a/src/lib.rs", "mod seal;\npub mod verdict;\n");
        assert_eq!(
            places(&[lib, ("a/src/seal.rs", ""), ("a/src/verdict/mod.rs", "")]),
            [""; 0]
        );
        assert_eq!(places(&[lib, ("a/src/lost.rs", "")]), ["a/src/lost.rs"]);
        assert_eq!(
            places(&[lib, ("a/src/lost/mod.rs", "")]),
            ["a/src/lost/mod.rs"]
        );
    }

    #[test]
    fn a_module_may_be_declared_by_the_file_of_its_folders_name() {
        let files = [
            ("a/src/lib.rs", "mod query;\n"),
            ("a/src/query.rs", "mod lexer;\n"),
            ("a/src/query/lexer.rs", ""),
        ];
        assert_eq!(places(&files), [""; 0]);
    }

    #[test]
    fn a_module_may_be_declared_by_its_path() {
        let time = ("a/src/time.rs", "#[path = \"time_tests.rs\"]\nmod tests;\n");
        let lib = ("a/src/lib.rs", "mod time;\n");
        assert_eq!(places(&[lib, time, ("a/src/time_tests.rs", "")]), [""; 0]);
        assert_eq!(
            places(&[lib, time, ("a/src/other_tests.rs", "")]),
            ["a/src/other_tests.rs"]
        );
    }

    #[test]
    fn a_declaration_in_a_comment_is_none() {
        let lib = ("a/src/lib.rs", "// mod seal;\n");
        assert_eq!(places(&[lib, ("a/src/seal.rs", "")]), ["a/src/seal.rs"]);
    }

    #[test]
    fn a_test_program_has_to_stand_in_the_manifest() {
        let manifest = (
            "tests/Cargo.toml",
            "[[test]]\nname = \"desktop\"\npath = \"desktop/main.rs\"\n",
        );
        assert_eq!(places(&[manifest, ("tests/desktop/main.rs", "")]), [""; 0]);
        let forgotten = ("tests/conformance/main.rs", "");
        assert_eq!(
            places(&[manifest, forgotten]),
            ["tests/conformance/main.rs"]
        );
    }
}
