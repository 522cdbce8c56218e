//! The main job, on a machine that has nothing yet: builds everything, makes the sample case and
//! opens the window on it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::bail;

use crate::setup::{self, Purpose};
use crate::{place, shell};

/// One line for the list of verbs.
pub const ABOUT: &str = "builds all, makes the sample case and opens the window on it";

/// Built together, so that their dependencies are built once; as for the tests, so that these find
/// them built.
const BUILD: &[&str] = &["build", "--workspace", "--all-targets"];

/// What somebody asks first: who got at secrets from outside, and what did they do then?
const QUESTION: &str = "sourceIPs:203.0.113.66 AND NOT responseStatus.code:403";

/// `run`.
pub fn verb(arguments: &[String]) -> anyhow::Result<()> {
    if !arguments.is_empty() {
        bail!("usage: cargo xtask run");
    }
    setup::prepare(Purpose::Run)?;
    shell::run(&mut shell::npm(&["run", "build"]))?;
    shell::run(&mut shell::cargo(BUILD))?;
    let case = place::target().join("sample-case");
    let sealscope = place::program("sealscope");
    shell::run(
        Command::new(place::program("sample-case"))
            .arg(&case)
            .arg(&sealscope),
    )?;
    if has_display(|name| std::env::var_os(name)) {
        return open_window(&case);
    }
    without_display(&sealscope, &case)
}

fn has_display(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    cfg!(not(target_os = "linux"))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

fn open_window(case: &Path) -> anyhow::Result<()> {
    let mut window = Command::new(place::program("sealscope-desktop"));
    shell::run(window.arg("--trust").arg(key(case)).arg(archive(case)))
}

/// The same job by the command line: check, then search.
fn without_display(sealscope: &Path, case: &Path) -> anyhow::Result<()> {
    let ask = |verb: &str| {
        let mut command = Command::new(sealscope);
        command
            .arg(verb)
            .arg("--trust")
            .arg(key(case))
            .arg(archive(case));
        command
    };
    println!();
    let verify = shell::run_to_the_end(&mut ask("verify"))?;
    // The sample was changed on purpose: 1 means that this was noticed.
    if verify != Some(1) {
        bail!("sealscope verify ended with {verify:?}, but the sample is broken");
    }
    println!();
    shell::run(ask("search").args(["-q", "seal:broken", "--limit", "20"]))?;
    println!();
    shell::run(ask("search").args(["-q", QUESTION, "--limit", "20"]))?;
    println!(
        "\nThere is no display here ($DISPLAY and $WAYLAND_DISPLAY are not set), so the window \
         stayed closed. To open it, run this on a desktop:\n\n    {} --trust {} {}\n",
        place::program("sealscope-desktop").display(),
        key(case).display(),
        archive(case).display()
    );
    Ok(())
}

fn archive(case: &Path) -> PathBuf {
    case.join("case.sealog")
}

fn key(case: &Path) -> PathBuf {
    case.join("sample.vkey")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_display_is_there_when_one_of_the_two_variables_says_so() {
        let only = |name: &'static str, value: &'static str| {
            has_display(move |asked| (asked == name).then(|| value.into()))
        };
        assert!(only("DISPLAY", ":0"));
        assert!(only("WAYLAND_DISPLAY", "wayland-0"));
        assert!(!only("DISPLAY", ""));
        assert!(!only("HOME", "/home/a"));
    }
}
