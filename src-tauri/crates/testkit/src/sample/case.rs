use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use super::breaks::{Edit, edit_lines, stored_lines};
use super::log::{LogSettings, write_log};
use super::story::{Planted, Story};

/// The finished sample case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The log as it was sealed.
    pub log: PathBuf,
    /// The sealed archive, as it was.
    pub intact: PathBuf,
    /// The same archive after somebody edited it.
    pub changed: PathBuf,
    /// The key to trust.
    pub key: PathBuf,
    /// What is in the log, by line of the log.
    pub planted: Vec<Planted>,
    /// What was done to the archive, by position.
    pub edits: Vec<Edit>,
}

/// Makes the case in a folder: writes the log, makes a throw-away key, seals the log with the
/// `sealscope` program given, and edits a copy. A case that was there before is replaced.
///
/// # Errors
///
/// When the folder cannot be written, or the program refuses.
pub fn make_case(folder: &Path, sealscope: &Path, settings: LogSettings) -> anyhow::Result<Case> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
    let log = folder.join("audit.log");
    let mut out = BufWriter::new(File::create(&log)?);
    let planted = write_log(&mut out, settings)?;
    out.flush()?;

    let key = folder.join("sample");
    run(Command::new(sealscope)
        .arg("keygen")
        .arg(&key)
        .args(["--name", "acme-audit-2026"]))?;
    let intact = folder.join("intact.sealog");
    let mut seal = Command::new(sealscope);
    seal.arg("seal").arg(&log).arg("-o").arg(&intact);
    seal.args(["--origin", "acme.example/prod-eu-1/audit", "--key"])
        .arg(folder.join("sample.key"));
    run(&mut seal)?;

    let sealed = std::fs::read(&intact)?;
    let edits = edits(&sealed, &planted)?;
    let changed = folder.join("case.sealog");
    std::fs::write(&changed, edit_lines(&sealed, &edits)?)?;
    Ok(Case {
        log,
        intact,
        changed,
        key: folder.join("sample.vkey"),
        planted,
        edits,
    })
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{command:?} ended with {}: {said}",
        output.status
    );
    Ok(())
}

/// What somebody who wants the burglary forgotten would do: lay the read of the secret at another
/// door, take the plunder out, and have the binding deleted before it was used.
fn edits(sealed: &[u8], planted: &[Planted]) -> anyhow::Result<Vec<Edit>> {
    let positions = positions(sealed)?;
    let at = |story: Story| -> anyhow::Result<(u64, u64)> {
        let found = planted
            .iter()
            .find(|planted| planted.story == story)
            .context("a story")?;
        let position = positions
            .get(found.line as usize)
            .context("a line beyond the archive")?;
        Ok((*position, found.count))
    };
    let (read, _) = at(Story::SecretRead)?;
    let (plunder, plundered) = at(Story::Plunder)?;
    let (exec, _) = at(Story::Exec)?;
    let (cover, _) = at(Story::CoverUp)?;
    Ok(vec![
        Edit::Modify {
            position: read,
            from: "system:serviceaccount:default:ci-runner".into(),
            to: "goran.petrovic@acme.example".into(),
        },
        Edit::Remove {
            position: plunder,
            count: plundered,
        },
        Edit::Move {
            position: cover,
            before: exec,
        },
    ])
}

/// The leaf index of each line of the log: control lines stand between them.
fn positions(sealed: &[u8]) -> anyhow::Result<Vec<u64>> {
    let lines = stored_lines(sealed)?;
    let is_control = |line: &[u8]| line.starts_with(b"{\"@sealog\":");
    Ok((0..)
        .zip(&lines)
        .filter(|(_, line)| !is_control(line))
        .map(|(index, _)| index)
        .collect())
}
