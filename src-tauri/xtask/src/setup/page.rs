//! The page's packages.

use std::path::Path;
use std::time::SystemTime;

use crate::{place, shell};

/// Installs exactly what `package-lock.json` lists, when that is not there already.
///
/// # Errors
///
/// When npm fails.
pub fn prepare() -> anyhow::Result<()> {
    let page = place::page();
    // npm writes this file last.
    let installed = modified(&page.join("node_modules/.package-lock.json"));
    let locked = modified(&page.join("package-lock.json"));
    if is_fresh(installed, locked) {
        return Ok(());
    }
    shell::run(&mut shell::npm(&["ci", "--no-audit", "--no-fund"]))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|found| found.modified()).ok()
}

fn is_fresh(installed: Option<SystemTime>, locked: Option<SystemTime>) -> bool {
    installed.is_some_and(|installed| locked.is_none_or(|locked| installed >= locked))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packages_are_installed_when_missing_or_older_than_the_lock() {
        let early = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        let late = SystemTime::UNIX_EPOCH + Duration::from_secs(2);
        assert!(!is_fresh(None, Some(early)));
        assert!(!is_fresh(Some(early), Some(late)));
        assert!(is_fresh(Some(late), Some(early)));
    }
}
