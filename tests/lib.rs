//! Helpers shared by the black-box tests: where the finished programs and the pictures are.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A finished program of the workspace, such as `sealscope`, from the folder that this test was
/// built in.
///
/// # Errors
///
/// When it has not been built.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let file = profile_folder()?.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !file.is_file() {
        bail!(
            "{} is not built. Run: cargo build --workspace",
            file.display()
        );
    }
    Ok(file)
}

/// Where pictures of the window go: `screenshots` in the target folder.
///
/// # Errors
///
/// When it cannot be made.
pub fn screenshots() -> anyhow::Result<PathBuf> {
    let profile = profile_folder()?;
    let folder = profile.parent().unwrap_or(&profile).join("screenshots");
    std::fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    Ok(folder)
}

/// The Python that has the packages of `tests/readers/requirements.txt`, as `cargo xtask setup`
/// puts it into the target folder; `None` where it was not set up.
#[must_use]
pub fn readers_python() -> Option<PathBuf> {
    let profile = profile_folder().ok()?;
    let names = ["bin/python3", "Scripts/python.exe"];
    let own = profile.parent()?.join("python");
    let is_whole = own.join("requirements.txt").is_file();
    let mut found = names.iter().map(|name| own.join(name));
    found.find(|file| is_whole && file.is_file())
}

/// A test program lies in `target/<profile>/deps`.
fn profile_folder() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("this program has no path")?;
    let folder = own.ancestors().nth(2).map(Path::to_path_buf);
    folder.context("this program does not lie in a target folder")
}
