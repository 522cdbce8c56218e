//! The steps of [`super::verb`] that are more than one command.

use anyhow::{Context, bail};
use serde_json::Value;

use super::counts::Counts;
use crate::{place, shell};

/// Under this feature a test may name the file that a dialog would give.
const TEST_DOOR: &str = "sealscope-desktop/e2e";

/// What only a build with the test door holds.
const TEST_DOOR_MARK: &[u8] = b"SEALSCOPE_E2E_PICK";

pub const CLIPPY: &[&str] = &[
    "clippy",
    "--workspace",
    "--all-targets",
    "--features",
    TEST_DOOR,
    "--",
    "--deny",
    "warnings",
];

/// All targets at once: built in parts, dependencies would be built again with other features.
pub const BUILD: &[&str] = &[
    "build",
    "--workspace",
    "--all-targets",
    "--features",
    TEST_DOOR,
];

/// Tests inside the crates, and the examples in their documentation.
pub const RUST_TESTS: &[(&str, &[&str])] = &[
    ("unit tests", &["--lib", "--bins"]),
    ("examples in the documentation", &["--doc"]),
];

/// The test program that drives the window; it needs a virtual screen and runs apart.
const WINDOW: &str = "desktop";

/// The page's own tests.
pub fn page_tests(counts: &mut Counts) -> anyhow::Result<bool> {
    let heard = shell::run_and_hear(shell::npm(&["test"]).env("NO_COLOR", "1"))?;
    let found = Counts::from_vitest(&heard.text);
    counts.add(found);
    if found == Counts::default() {
        bail!("the page's tests did not say how many ran");
    }
    Ok(heard.ok)
}

/// `cargo test` over the workspace, for some kinds of targets.
pub fn rust_tests(selection: &[&str], counts: &mut Counts) -> anyhow::Result<bool> {
    let mut arguments = vec![
        "test",
        "--workspace",
        "--features",
        TEST_DOOR,
        "--no-fail-fast",
    ];
    arguments.extend(selection);
    let heard = shell::run_and_hear(&mut shell::cargo(&arguments))?;
    counts.add(Counts::from_cargo(&heard.text));
    Ok(heard.ok)
}

/// Every test program of the workspace but the window's.
pub fn black_box(counts: &mut Counts) -> anyhow::Result<bool> {
    let metadata = shell::read(&mut shell::cargo(&[
        "metadata",
        "--format-version=1",
        "--no-deps",
    ]))?;
    let programs = test_programs(&metadata)?;
    if !programs.iter().any(|name| name == WINDOW) {
        bail!("the window's tests are not among the workspace's test programs");
    }
    let mut selection = Vec::new();
    for name in programs.iter().filter(|name| *name != WINDOW) {
        selection.extend(["--test", name]);
    }
    if selection.is_empty() {
        bail!("no test program was found");
    }
    rust_tests(&selection, counts)
}

/// The tests of the verifier in Python, which shares nothing with this workspace.
pub fn second_verifier(counts: &mut Counts) -> anyhow::Result<bool> {
    let mut python = shell::tool("python3");
    python
        .args(["-m", "unittest"])
        .current_dir(place::repository().join("tests/independent"));
    let heard = shell::run_and_hear(&mut python)?;
    let found = Counts::from_unittest(&heard.text, heard.ok);
    counts.add(found);
    if found == Counts::default() {
        bail!("the second verifier's tests did not say how many ran");
    }
    Ok(heard.ok)
}

/// The tests that drive the real window. One at a time: they share two cores with a web view each.
pub fn window(counts: &mut Counts) -> anyhow::Result<bool> {
    rust_tests(&["--test", WINDOW, "--", "--test-threads=1"], counts)
}

/// The documentation, with every link checked.
pub fn documentation() -> anyhow::Result<bool> {
    let arguments = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
    ];
    let flags = "--deny rustdoc::broken_intra_doc_links --deny rustdoc::bare_urls";
    Ok(shell::run_and_hear(shell::cargo(&arguments).env("RUSTDOCFLAGS", flags))?.ok)
}

/// Builds the window as it is given away and looks for the mark of the test door, which must be in
/// the build before and not in this one.
pub fn no_test_door(counts: &mut Counts) -> anyhow::Result<bool> {
    let program = place::program("sealscope-desktop");
    let with_door = holds_mark(&program)?;
    let build = shell::run_and_hear(&mut shell::cargo(&[
        "build",
        "--workspace",
        "--all-targets",
    ]))?;
    let without_door = build.ok && !holds_mark(&program)?;
    if !with_door {
        println!("The build for tests lacks the mark, so its absence would prove nothing.");
    }
    let ok = with_door && without_door;
    counts.add(Counts {
        passed: u64::from(ok),
        failed: u64::from(!ok),
        skipped: 0,
    });
    Ok(ok)
}

fn holds_mark(program: &std::path::Path) -> anyhow::Result<bool> {
    let bytes = std::fs::read(program).with_context(|| format!("{}", program.display()))?;
    Ok(bytes
        .windows(TEST_DOOR_MARK.len())
        .any(|window| window == TEST_DOOR_MARK))
}

/// The names of all test programs, from `cargo metadata`.
fn test_programs(metadata: &str) -> anyhow::Result<Vec<String>> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata without packages")?;
    let mut names: Vec<String> = packages
        .iter()
        .flat_map(|package| package["targets"].as_array().into_iter().flatten())
        .filter(|target| {
            target["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.contains(&"test".into()))
        })
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_are_told_from_libraries() {
        let metadata = r#"{"packages":[
            {"targets":[{"kind":["lib"],"name":"a"},{"kind":["test"],"name":"desktop"}]},
            {"targets":[{"kind":["test"],"name":"conformance"},{"kind":["bin"],"name":"b"}]}]}"#;
        let names = test_programs(metadata).expect("well-formed");
        assert_eq!(names, ["conformance", "desktop"]);
    }

    #[test]
    fn the_mark_is_found_wherever_it_stands() {
        let folder = std::env::temp_dir().join(format!("xtask-mark-{}", std::process::id()));
        std::fs::write(&folder, [b"ab".as_slice(), TEST_DOOR_MARK].concat()).expect("writable");
        let found = holds_mark(&folder).expect("readable");
        std::fs::write(&folder, b"SEALSCOPE_E2E").expect("writable");
        let cut = holds_mark(&folder).expect("readable");
        let _ = std::fs::remove_file(&folder);
        assert!(found && !cut);
    }
}
