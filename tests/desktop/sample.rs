//! The sample case, made once and opened by many tests.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, anyhow, ensure};
use sealscope_testkit::sample::{Case, LogSettings, Planted, Story, make_case};
use tempfile::TempDir;

use crate::harness::Start;

/// A case and the folder that it lies in, which is gone when the test program ends.
pub struct Sample {
    pub case: Case,
    _folder: TempDir,
}

/// A case of 4,000 entries, which takes a second to index. Its story and its breaks are those of
/// the large one.
pub fn small() -> anyhow::Result<&'static Sample> {
    static MADE: OnceLock<Result<Sample, String>> = OnceLock::new();
    shared(&MADE, 4_000)
}

/// The case that `cargo xtask run` opens.
pub fn large() -> anyhow::Result<&'static Sample> {
    static MADE: OnceLock<Result<Sample, String>> = OnceLock::new();
    shared(&MADE, LogSettings::default().entries)
}

fn shared(
    made: &'static OnceLock<Result<Sample, String>>,
    entries: u64,
) -> anyhow::Result<&'static Sample> {
    let made = made.get_or_init(|| make(entries).map_err(|error| format!("{error:#}")));
    made.as_ref().map_err(|error| anyhow!("{error}"))
}

fn make(entries: u64) -> anyhow::Result<Sample> {
    let folder = tempfile::Builder::new()
        .prefix("sealscope-case-")
        .tempdir()?;
    let settings = LogSettings {
        entries,
        ..LogSettings::default()
    };
    let sealscope = sealscope_tests::program("sealscope")?;
    let case = make_case(&folder.path().join("case"), &sealscope, settings)?;
    Ok(Sample {
        case,
        _folder: folder,
    })
}

impl Sample {
    /// The edited archive in a window that trusts its key.
    pub fn opened(&self) -> Start {
        self.start(&self.case.changed, true)
    }

    /// The untouched archive in a window that does not know its key.
    pub fn with_an_unknown_key(&self) -> Start {
        self.start(&self.case.intact, false)
    }

    fn start(&self, archive: &Path, trusted: bool) -> Start {
        let mut arguments = Vec::<OsString>::new();
        if trusted {
            arguments.extend(["--trust".into(), self.case.key.clone().into()]);
        }
        arguments.push(archive.into());
        Start::on(arguments)
    }

    /// Where a story stands in the log.
    pub fn planted(&self, story: Story) -> anyhow::Result<Planted> {
        let found = self.case.planted.iter().find(|each| each.story == story);
        found.cloned().context("the story is not in the log")
    }

    /// What the owner of the key would read out: the fingerprint, from the key's own file.
    pub fn fingerprint(&self) -> anyhow::Result<String> {
        let home = tempfile::tempdir()?;
        let run = Command::new(sealscope_tests::program("sealscope")?)
            .args(["trust", "add"])
            .arg(&self.case.key)
            .env("SEALSCOPE_HOME", home.path())
            .output()?;
        ensure!(run.status.success(), "trust add: {run:?}");
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        let digits = said
            .split_whitespace()
            .find(|word| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()));
        digits
            .map(str::to_owned)
            .with_context(|| format!("no fingerprint in: {said}"))
    }
}

/// One of the sample logs beside the repository, `None` where they are absent.
pub fn shared_files(names: &[&str]) -> Option<Vec<PathBuf>> {
    let data = sealscope_testkit::shared_data()?;
    Some(names.iter().map(|name| data.join(name)).collect())
}
