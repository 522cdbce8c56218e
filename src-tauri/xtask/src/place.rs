//! Where things are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn repository() -> PathBuf {
    // What cargo says now, not when this was built: a target folder may be moved or shared.
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    crate_folder
        .ancestors()
        .nth(2)
        .unwrap_or(&crate_folder)
        .to_path_buf()
}

/// The page's folder.
pub fn page() -> PathBuf {
    repository().join("ui")
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    let env = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    target_for(&repository(), env)
}

/// Where setup puts a newer Node.js than the system's, when that one is too old.
pub fn own_node() -> PathBuf {
    target().join("node/node_modules/.bin")
}

/// A finished program of the debug profile.
pub fn program(name: &str) -> PathBuf {
    target()
        .join("debug")
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// Continuous integration builds in a fresh clone each time: a folder in the cache, shared by the
/// clones, makes every run but the first one warm.
fn target_for(repository: &Path, env: impl Fn(&'static str) -> Option<OsString>) -> PathBuf {
    if let Some(folder) = env("CARGO_TARGET_DIR") {
        return repository.join(folder);
    }
    let cache = env("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env("HOME").map(|home| Path::new(&home).join(".cache")));
    match (env("CI"), cache) {
        (Some(_), Some(cache)) => cache.join("sealscope-ci-target"),
        _ => repository.join("target"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target_with(variables: &[(&str, &str)]) -> PathBuf {
        let find = |name: &'static str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| OsString::from(value))
        };
        target_for(Path::new("/repo"), find)
    }

    #[test]
    fn at_home_the_target_folder_is_cargos_own() {
        assert_eq!(
            target_with(&[("HOME", "/home/a")]),
            Path::new("/repo/target")
        );
    }

    #[test]
    fn in_ci_clones_share_a_folder_in_the_cache() {
        let home = [("HOME", "/home/a"), ("CI", "true")];
        assert_eq!(
            target_with(&home),
            Path::new("/home/a/.cache/sealscope-ci-target")
        );
        let cache = [
            ("HOME", "/home/a"),
            ("CI", "true"),
            ("XDG_CACHE_HOME", "/cache"),
        ];
        assert_eq!(target_with(&cache), Path::new("/cache/sealscope-ci-target"));
        assert_eq!(target_with(&[("CI", "true")]), Path::new("/repo/target"));
    }

    #[test]
    fn a_target_folder_given_by_hand_wins() {
        let given = [("CI", "1"), ("HOME", "/home/a"), ("CARGO_TARGET_DIR", "/t")];
        assert_eq!(target_with(&given), Path::new("/t"));
    }

    #[test]
    fn the_repository_holds_this_crate() {
        assert!(repository().join("src-tauri/xtask/src/place.rs").is_file());
    }
}
