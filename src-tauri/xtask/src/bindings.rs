//! Writes the page's types anew from the Rust types that cross to it.

use crate::shell;

/// One line for the list of verbs.
pub const ABOUT: &str = "writes ui/src/backend/bindings from the types in src-tauri/src/wire";

/// The variable under which the freshness test writes instead of comparing.
const UPDATE: &str = "SEALSCOPE_WRITE_BINDINGS";

/// Runs the freshness test in its writing mode, then once more to prove that all is fresh.
pub fn verb(_arguments: &[String]) -> anyhow::Result<()> {
    let test = ["test", "-p", "sealscope-desktop", "--lib", "bindings"];
    shell::run(shell::cargo(&test).env(UPDATE, "1"))?;
    shell::run(&mut shell::cargo(&test))?;
    let changed = shell::read(
        std::process::Command::new("git")
            .args(["status", "--short", "--", "ui/src/backend/bindings"])
            .current_dir(crate::place::repository()),
    )?;
    if changed.is_empty() {
        println!("The bindings were fresh already.");
    } else {
        print!("Written anew:\n{changed}");
    }
    Ok(())
}
