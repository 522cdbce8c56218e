//! Arrows point down only. The picture is in `src-tauri/ARCHITECTURE.md`; this is its one table.

use anyhow::Context;
use serde_json::Value;

use super::{Complaint, Repo};
use crate::shell;

/// Each of our crates, and those of ours that it may use outside its tests.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("proof", &["model"]),
    ("archive", &["proof", "model"]),
    ("verify", &["archive", "proof", "model"]),
    ("fields", &["verify", "archive", "proof", "model"]),
    ("index", &["fields", "verify", "archive", "proof", "model"]),
    ("detect", &["fields", "verify", "archive", "proof", "model"]),
    ("shown", &[]),
    ("case", &["model"]),
    (
        "report",
        &["case", "shown", "verify", "archive", "proof", "model"],
    ),
    (
        "engine",
        &[
            "report", "case", "shown", "detect", "index", "fields", "verify", "archive", "proof",
            "model",
        ],
    ),
    ("cli", &["engine"]),
    ("desktop", &["engine"]),
    (
        "testkit",
        &["fields", "verify", "archive", "proof", "model"],
    ),
    (
        "tests",
        &[
            "testkit", "engine", "report", "fields", "verify", "archive", "proof", "model",
        ],
    ),
];

/// Crates of others that only one of ours may use, with the crates that belong to them.
const RESERVED: &[(&str, &str)] = &[
    ("tantivy", "index"),
    ("tauri", "desktop"),
    ("wry", "desktop"),
    ("typst", "report"),
    ("parquet", "report"),
    ("comemo", "report"),
    ("rfd", "desktop"),
    ("ts-rs", "desktop"),
    ("clap", "cli"),
    ("indicatif", "cli"),
];

const PREFIX: &str = "sealscope-";

/// Reads `cargo metadata` and compares.
pub fn check(_repo: &Repo) -> anyhow::Result<Vec<Complaint>> {
    let arguments = ["metadata", "--format-version=1", "--no-deps"];
    complaints(&shell::read(&mut shell::cargo(&arguments))?)
}

fn complaints(metadata: &str) -> anyhow::Result<Vec<Complaint>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata without packages")?;
    let mut found = Vec::new();
    for package in packages {
        let full_name = package["name"].as_str().unwrap_or_default();
        let Some(name) = full_name.strip_prefix(PREFIX) else {
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let in_tests = dependency["kind"].as_str() == Some("dev");
            if let Some(says) = complaint(name, other, in_tests) {
                found.push(Complaint::failure(full_name, says));
            }
        }
    }
    Ok(found)
}

fn complaint(name: &str, other: &str, in_tests: bool) -> Option<String> {
    let Some(other) = other.strip_prefix(PREFIX) else {
        let (_, owner) = RESERVED
            .iter()
            .find(|(theirs, _)| is_part_of(other, theirs))?;
        return (*owner != name).then(|| format!("only {owner} may use {other}"));
    };
    let Some((_, allowed)) = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name) else {
        return Some("is not in the table of allowed edges (xtask, tidy/edges.rs)".to_owned());
    };
    let fine = allowed.contains(&other) || in_tests && other == "testkit";
    (!fine).then(|| format!("may not use {other}: arrows point down only"))
}

/// `tauri` and `tauri-build`, but not `tauriment`.
fn is_part_of(name: &str, whole: &str) -> bool {
    name.strip_prefix(whole)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_down_only() {
        assert_eq!(complaint("archive", "sealscope-proof", false), None);
        assert!(complaint("proof", "sealscope-archive", false).is_some());
        assert!(complaint("cli", "sealscope-index", false).is_some());
        assert!(complaint("index", "sealscope-detect", false).is_some());
        assert_eq!(complaint("report", "sealscope-case", false), None);
    }

    #[test]
    fn testkit_is_for_tests_only() {
        assert_eq!(complaint("verify", "sealscope-testkit", true), None);
        assert!(complaint("verify", "sealscope-testkit", false).is_some());
    }

    #[test]
    fn only_the_index_knows_tantivy_and_only_the_shell_knows_tauri() {
        assert_eq!(complaint("index", "tantivy", false), None);
        assert!(complaint("engine", "tantivy-common", false).is_some());
        assert!(complaint("engine", "tauri", true).is_some());
        assert_eq!(complaint("desktop", "tauri-build", false), None);
        assert_eq!(complaint("engine", "serde", false), None);
    }

    #[test]
    fn an_unknown_crate_of_ours_has_to_be_entered_in_the_table() {
        assert!(complaint("novelty", "sealscope-model", false).is_some());
    }

    #[test]
    fn every_package_of_the_metadata_is_looked_at() {
        let metadata = r#"{"packages":[
            {"name":"serde","dependencies":[{"name":"tauri","kind":null}]},
            {"name":"sealscope-model","dependencies":[{"name":"sealscope-proof","kind":null}]}]}"#;
        let found = complaints(metadata).expect("well-formed");
        assert_eq!(found.len(), 1);
        assert!(
            found
                .iter()
                .all(|complaint| complaint.place == "sealscope-model")
        );
    }

    #[test]
    fn no_edge_of_the_table_points_up() {
        for (place, (_, below)) in ALLOWED.iter().enumerate() {
            for other in *below {
                let found = ALLOWED.iter().position(|(name, _)| name == other);
                assert!(found.is_some(), "{other} is in the table");
                assert!(found < Some(place) || *other == "testkit", "{other}");
            }
        }
    }
}
