//! Installs what is missing, so that `run` and `test` work on a fresh machine.

mod debian;
mod node;
mod page;
mod readers;
mod versions;

use anyhow::bail;

use crate::shell;

/// One line for the list of verbs.
pub const ABOUT: &str = "installs what is missing; --for run leaves out what only tests need";

/// What the machine is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and using the window.
    Run,
    /// That, and driving the window in tests.
    Test,
}

/// `setup [--for run|test]`.
pub fn verb(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let purpose = match words.as_slice() {
        [] | ["--for", "test"] => Purpose::Test,
        ["--for", "run"] => Purpose::Run,
        _ => bail!("usage: cargo xtask setup [--for run|test]"),
    };
    prepare(purpose)?;
    println!("Everything needed is here.");
    Ok(())
}

/// Checks and installs: Rust's version, system packages, Node.js, the page's packages, and for
/// tests the programs that read exports back.
///
/// # Errors
///
/// When something is missing that cannot be installed from here; the message holds the command
/// with which a person can.
pub fn prepare(purpose: Purpose) -> anyhow::Result<()> {
    check_rust()?;
    debian::prepare(purpose)?;
    node::prepare()?;
    page::prepare()?;
    match purpose {
        Purpose::Run => Ok(()),
        Purpose::Test => readers::prepare(),
    }
}

/// The oldest Rust that builds this workspace, as `rust-version` in `Cargo.toml` states.
const RUST_MIN: (u32, u32) = (1, 88);

fn check_rust() -> anyhow::Result<()> {
    let text = shell::read(&mut shell::cargo(&["--version"]))?;
    let found = versions::first(&text);
    if found.is_none_or(|(major, minor, _)| (major, minor) < RUST_MIN) {
        let (major, minor) = RUST_MIN;
        bail!(
            "Rust {major}.{minor} or newer is needed, this is {}. Run: rustup update",
            text.trim()
        );
    }
    Ok(())
}
