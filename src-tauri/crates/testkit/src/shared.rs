use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The root of the repository: the folder that holds `src-tauri`, `ui` and `tests`.
///
/// Known since the crate was compiled; it does not depend on the current folder.
#[must_use]
pub fn repository() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder
        .ancestors()
        .nth(3)
        .unwrap_or(crate_folder)
        .to_path_buf()
}

/// The folder of our own fixtures, `tests/fixtures`.
#[must_use]
pub fn fixtures() -> PathBuf {
    repository().join("tests/fixtures")
}

/// The folder of real sample logs, `../shared/data` beside the repository.
///
/// `None` when it is absent, after a line that starts with `skipped` on standard error, which
/// `cargo xtask test` counts.
///
/// # Panics
///
/// When the folder is absent and the environment variable `CI` is set: there, nothing may be
/// skipped unnoticed.
#[must_use]
pub fn shared_data() -> Option<PathBuf> {
    let repository = repository();
    let folder = beside(&repository)?;
    match judge(folder.is_dir(), std::env::var_os("CI").as_deref()) {
        Presence::Here => Some(folder),
        Presence::Skipped => {
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            // Straight to the stream: what a passing test prints is otherwise kept from sight.
            let _ = writeln!(
                std::io::stderr(),
                "skipped: {test}: the sample data beside the repository are not here"
            );
            None
        }
        Presence::Required => panic!("CI is set, but {} is not here.", folder.display()),
    }
}

/// Where the sample data stand for a repository.
fn beside(repository: &Path) -> Option<PathBuf> {
    Some(repository.parent()?.join("shared/data"))
}

#[derive(Debug, PartialEq, Eq)]
enum Presence {
    Here,
    Skipped,
    Required,
}

/// An empty `CI` counts as unset, as most tools have it.
fn judge(present: bool, ci: Option<&OsStr>) -> Presence {
    match (present, ci) {
        (true, _) => Presence::Here,
        (false, Some(value)) if !value.is_empty() => Presence::Required,
        (false, _) => Presence::Skipped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_holds_the_folders_that_tests_feed_on() {
        assert!(
            repository()
                .join("src-tauri/crates/testkit/Cargo.toml")
                .is_file()
        );
        assert!(repository().join("Cargo.toml").is_file());
    }

    #[test]
    fn sample_data_stand_beside_the_repository_and_not_inside() {
        let found = beside(Path::new("/home/someone/sealscope")).expect("has a parent");
        assert_eq!(found, Path::new("/home/someone/shared/data"));
    }

    #[test]
    fn absent_data_are_skipped_at_home_and_fatal_in_ci() {
        assert_eq!(judge(true, None), Presence::Here);
        assert_eq!(judge(true, Some(OsStr::new("1"))), Presence::Here);
        assert_eq!(judge(false, None), Presence::Skipped);
        assert_eq!(judge(false, Some(OsStr::new(""))), Presence::Skipped);
        assert_eq!(judge(false, Some(OsStr::new("true"))), Presence::Required);
    }
}
