//! Debian's packages: which are needed, which are missing, how they come in.

use std::process::Command;

use anyhow::{Context, bail};

use super::Purpose;
use crate::shell;

/// To build the window and to look into archives with the usual tools.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "librsvg2-dev",
    "zstd",
];

/// To drive the window and browsers without a screen, and for the independent verifier.
const TEST: &[&str] = &[
    "webkit2gtk-driver",
    "chromium",
    "chromium-driver",
    "xvfb",
    "xauth",
    "fonts-dejavu-core",
    "python3",
    "python3-venv",
];

/// Installs what is missing.
///
/// # Errors
///
/// When packages are missing and cannot be installed from here.
pub fn prepare(purpose: Purpose) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted = wanted(purpose);
    if !shell::exists("dpkg-query") {
        return check_elsewhere(&wanted);
    }
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing packages: {}", missing.join(" "));
    install(&missing)
}

/// Installs packages, as root or with sudo.
///
/// # Errors
///
/// When neither is possible; the message holds the command.
pub fn install(packages: &[&str]) -> anyhow::Result<()> {
    let root = shell::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !root && !shell::exists("sudo") {
        bail!(
            "these packages need root: apt-get install -y {}",
            packages.join(" ")
        );
    }
    if !root {
        println!("Installing them needs root; sudo may ask for your password.");
    }
    let mut install = vec!["apt-get", "install", "-y", "--no-install-recommends"];
    install.extend(packages);
    // The lists of a fresh machine are empty or old: then the first try fails.
    if shell::run(&mut as_root(root, &install)).is_ok() {
        return Ok(());
    }
    shell::run(&mut as_root(root, &["apt-get", "update"]))?;
    shell::run(&mut as_root(root, &install)).with_context(|| {
        format!(
            "install them by hand: apt-get install {}",
            packages.join(" ")
        )
    })
}

fn wanted(purpose: Purpose) -> Vec<&'static str> {
    let mut wanted = BUILD.to_vec();
    if purpose == Purpose::Test {
        wanted.extend(TEST);
    }
    wanted
}

fn missing<'a>(wanted: &[&'a str]) -> anyhow::Result<Vec<&'a str>> {
    // It ends with 1 when one of them is unknown, and still prints the others.
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .output()
        .context("dpkg-query could not start")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    Ok(wanted
        .iter()
        .copied()
        .filter(|package| !is_installed(&printed, package))
        .collect())
}

fn is_installed(printed: &str, package: &str) -> bool {
    printed
        .lines()
        .any(|line| line.split_once(' ') == Some((package, "installed")))
}

fn as_root(root: bool, words: &[&str]) -> Command {
    let mut command = if root {
        Command::new("env")
    } else {
        Command::new("sudo")
    };
    command.arg("DEBIAN_FRONTEND=noninteractive").args(words);
    command
}

/// Other distributions name their packages otherwise: only what the build asks for is checked.
fn check_elsewhere(wanted: &[&str]) -> anyhow::Result<()> {
    let found = Command::new("pkg-config")
        .args(["--exists", "webkit2gtk-4.1"])
        .status()
        .is_ok_and(|status| status.success());
    if found {
        return Ok(());
    }
    bail!(
        "WebKitGTK 4.1 with its headers is needed. On Debian the packages are: {}",
        wanted.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_only_when_it_is_installed() {
        let printed = "zstd installed\nxvfb config-files\nxauth not-installed\n";
        assert!(is_installed(printed, "zstd"));
        assert!(!is_installed(printed, "xvfb"));
        assert!(!is_installed(printed, "xauth"));
        assert!(!is_installed(printed, "python3"));
    }

    #[test]
    fn running_needs_no_driver_and_no_virtual_screen() {
        assert!(!wanted(Purpose::Run).contains(&"xvfb"));
        assert!(wanted(Purpose::Test).contains(&"webkit2gtk-driver"));
    }
}
