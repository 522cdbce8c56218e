//! The tools of others that read exports back in tests: pinned packages in a folder of their own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::{place, shell};

/// Makes sure that the packages of `tests/readers/requirements.txt` are in `python` in the target
/// folder.
///
/// # Errors
///
/// When there is no Python with `venv`, or the packages cannot be had.
pub fn prepare() -> anyhow::Result<()> {
    let list = place::repository().join("tests/readers/requirements.txt");
    let wanted = std::fs::read(&list).with_context(|| format!("{}", list.display()))?;
    let own = place::target().join("python");
    // Copied last: there once everything of it is.
    let done = own.join("requirements.txt");
    if std::fs::read(&done).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let mut python = shell::tool("python3");
    python.args(["-m", "venv", "--clear"]).arg(&own);
    if shell::run(&mut python).is_err() {
        bail!("Python 3 with its venv module is needed (Debian: python3-venv)");
    }
    let mut pip = Command::new(interpreter(own));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--only-binary=:all:",
        "-r",
    ]);
    shell::run(pip.arg(&list))?;
    std::fs::write(&done, wanted).context("the target folder cannot be written")
}

fn interpreter(own: PathBuf) -> PathBuf {
    if cfg!(windows) {
        own.join("Scripts/python.exe")
    } else {
        own.join("bin/python3")
    }
}
