//! Node.js, which builds the page. Debian 12 has version 18; Vite needs 20.19.

use std::process::Command;

use anyhow::{Context, bail};

use super::{debian, versions};
use crate::{place, shell};

const NODE_MIN: (u32, u32, u32) = (20, 19, 0);

/// The npm packages that hold a newer Node.js and npm: published by the projects themselves.
const NEWER: [&str; 2] = ["node@22", "npm@11"];

/// Makes sure that [`shell::tool`] finds `node` and `npm` of a good version.
///
/// # Errors
///
/// When there is none and none can be installed.
pub fn prepare() -> anyhow::Result<()> {
    if is_good(node_version()) && shell::exists("npm") {
        return Ok(());
    }
    if !shell::exists("npm") {
        if !shell::exists("apt-get") {
            bail!("Node.js 20.19 or newer with npm is needed: see nodejs.org");
        }
        debian::install(&["nodejs", "npm"])?;
    }
    if !is_good(node_version()) {
        install_newer()?;
    }
    if !is_good(node_version()) {
        bail!("Node.js 20.19 or newer could not be installed: see nodejs.org");
    }
    Ok(())
}

/// Puts a newer Node.js where [`shell::tool`] finds it first.
fn install_newer() -> anyhow::Result<()> {
    let own = place::target().join("node");
    println!(
        "This Node.js is too old for the page; a newer one goes into {}.",
        own.display()
    );
    std::fs::create_dir_all(&own).context("the target folder cannot be written")?;
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--no-save",
        "--no-audit",
        "--no-fund",
        "--prefix",
    ])
    .arg(&own);
    shell::run(npm.args(NEWER).current_dir(&own))
}

fn node_version() -> Option<(u32, u32, u32)> {
    let mut node = shell::tool("node");
    versions::first(&shell::read(node.arg("--version")).ok()?)
}

fn is_good(version: Option<(u32, u32, u32)>) -> bool {
    version.is_some_and(|version| version >= NODE_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debians_own_node_is_too_old_and_the_next_is_not() {
        assert!(!is_good(Some((18, 19, 0))));
        assert!(is_good(Some((20, 19, 0))));
        assert!(is_good(Some((22, 1, 0))));
        assert!(!is_good(None));
    }
}
