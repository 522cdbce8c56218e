//! Each format has a page of its own documentation, and fixtures whose origin is told.

use super::{Complaint, Repo};

const FORMATS: &str = "src-tauri/crates/archive/src/";
const FIXTURES: &str = "tests/fixtures/";

/// What makes a folder of the archive crate a format.
const MARK: &str = "ArchiveFormat for";

/// Looks at every format's folder and at every fixture's.
pub fn check(repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    for format in formats(repo) {
        let module = format!("{FORMATS}{format}/mod.rs");
        let documented = repo
            .get(&module)
            .is_some_and(|file| file.text.starts_with("//!"));
        if !documented {
            found.push(Complaint::failure(
                module,
                "the format's folder needs a documented mod.rs",
            ));
        }
        // Fixtures go by the format's name, which has hyphens.
        let fixtures = format!("{FIXTURES}{}/", format.replace('_', "-"));
        if !repo
            .files
            .iter()
            .any(|file| file.path.starts_with(&fixtures))
        {
            found.push(Complaint::warning(
                fixtures,
                "the format has no fixtures yet",
            ));
        }
    }
    found.extend(without_origin(repo));
    Ok(found)
}

fn formats(repo: &Repo) -> Vec<&str> {
    let mut formats: Vec<&str> = repo
        .files
        .iter()
        .filter(|file| file.text.contains(MARK))
        .filter_map(|file| file.path.strip_prefix(FORMATS)?.split_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    formats.dedup();
    formats
}

/// A fixture is `tests/fixtures/<format>/{intact,tampered}/<what-was-done>/…`.
fn without_origin(repo: &Repo) -> Vec<Complaint> {
    let mut folders: Vec<String> = repo
        .files
        .iter()
        .filter_map(|file| {
            let mut parts = file.path.strip_prefix(FIXTURES)?.split('/');
            let (format, state, done) = (parts.next()?, parts.next()?, parts.next()?);
            parts.next()?;
            Some(format!("{FIXTURES}{format}/{state}/{done}"))
        })
        .collect();
    folders.dedup();
    folders
        .into_iter()
        .filter(|folder| repo.get(&format!("{folder}/origin.toml")).is_none())
        .map(|folder| Complaint::failure(folder, "a fixture needs an origin.toml"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Weight;
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<(Weight, String)> {
        let found = check(&Repo::of(files)).expect("nothing to read");
        found
            .into_iter()
            .map(|complaint| (complaint.weight, complaint.place))
            .collect()
    }

    const READER: (&str, &str) = (
        "src-tauri/crates/archive/src/tlog/reader.rs",
        "impl ArchiveFormat for Tlog {}",
    );

    #[test]
    fn a_format_needs_a_documented_module() {
        let fixture = ("tests/fixtures/tlog/intact/small/origin.toml", "");
        let page = (
            "src-tauri/crates/archive/src/tlog/mod.rs",
            "//! Tile logs.\n",
        );
        assert_eq!(found(&[READER, page, fixture]), []);
        let bare = ("src-tauri/crates/archive/src/tlog/mod.rs", "mod reader;\n");
        assert_eq!(
            found(&[READER, bare, fixture]),
            [(Weight::Failure, bare.0.to_owned())]
        );
    }

    #[test]
    fn missing_fixtures_are_not_passed_over_in_silence() {
        let page = (
            "src-tauri/crates/archive/src/tlog/mod.rs",
            "//! Tile logs.\n",
        );
        let place = "tests/fixtures/tlog/".to_owned();
        assert_eq!(found(&[READER, page]), [(Weight::Warning, place)]);
    }

    #[test]
    fn every_fixture_tells_its_origin() {
        let fixture = (
            "tests/fixtures/tlog/tampered/leaf-removed/expected.json",
            "{}",
        );
        let place = "tests/fixtures/tlog/tampered/leaf-removed".to_owned();
        assert_eq!(found(&[fixture]), [(Weight::Failure, place)]);
    }
}
