//! Archives that others sealed: CloudTrail folders, a sealed journal, hash chains.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use super::{PAIRS, median, release_program, timed};
use crate::{place, shell};

/// The key under which the testkit seals journals.
const JOURNAL_KEY: &str = "001122334455667788990194/77d90-d693a400";

/// Makes the archives where they are not there yet, measures and prints the rows.
pub fn measure(folder: &Path) -> anyhow::Result<()> {
    let folder = folder.join("others");
    fs::create_dir_all(&folder)?;
    release_program()?;
    for example in ["journal_speed", "chain_rate"] {
        shell::run(&mut shell::cargo(&[
            "build",
            "--release",
            "-p",
            "sealscope-verify",
            "--example",
            example,
        ]))?;
    }
    let trails = make_trails(&folder)?;
    let journal = make_journal(&folder)?;
    let raw = unpack(&trails.join("100"), &folder.join("unpacked"))?;
    println!("| figure | measured |\n| --- | --- |");
    trail_rows(&folder, &trails, &raw)?;
    journal_row(&folder, &journal)?;
    let chains = shell::read(&mut Command::new(example("chain_rate")))?;
    for line in chains.lines() {
        println!("| chained JSON lines | {line} |");
    }
    Ok(())
}

fn example(name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    place::target().join("release/examples").join(name)
}

fn ours(folder: &Path, archive: &Path, key: &str) -> anyhow::Result<f64> {
    let name = format!("sealscope{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(place::target().join("release").join(name));
    command.args(["verify", "--key", key]).arg(archive);
    command.env("SEALSCOPE_HOME", folder.join("home"));
    timed(command.stdout(Stdio::null()))
}

/// Times of ours and of a peer, in turns, after one pair to warm up.
fn pairs(
    mut ours: impl FnMut() -> anyhow::Result<f64>,
    mut peer: impl FnMut() -> anyhow::Result<f64>,
) -> anyhow::Result<String> {
    let mut both = Vec::new();
    for _ in 0..=PAIRS {
        both.push((ours()?, peer()?));
    }
    both.remove(0);
    let ratio = median(both.iter().map(|(ours, peer)| peer / ours).collect());
    let (ours, peer): (Vec<f64>, Vec<f64>) = both.into_iter().unzip();
    let (ours, peer) = (median(ours), median(peer));
    Ok(format!(
        "{ours:.3} s; {peer:.3} s; {ratio:.2} times as fast"
    ))
}

/// The test that measures the library leaves its folders behind.
fn make_trails(folder: &Path) -> anyhow::Result<PathBuf> {
    let trails = folder.join("trails");
    if !trails.join("100").exists() {
        fs::create_dir_all(&trails)?;
        let mut test = shell::cargo(&[
            "test",
            "--release",
            "-p",
            "sealscope-verify",
            "--test",
            "cloudtrail",
            "rates",
            "--",
            "--ignored",
        ]);
        shell::run(test.env("SEALSCOPE_KEEP", &trails))?;
    }
    Ok(trails)
}

fn make_journal(folder: &Path) -> anyhow::Result<PathBuf> {
    let journal = folder.join("made.journal");
    if !journal.exists() {
        shell::run(
            Command::new(example("journal_speed"))
                .arg("make")
                .arg(&journal),
        )?;
    }
    Ok(journal)
}

/// The log files of a trail unpacked, for a program that only hashes.
fn unpack(trail: &Path, to: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !to.exists() {
        fs::create_dir_all(to)?;
        let mut packed = Vec::new();
        files_below(trail, &mut packed)?;
        packed.retain(|file| file.to_string_lossy().ends_with(".json.gz"));
        for file in packed {
            let name = file.with_extension("");
            let out = to.join(name.file_name().context("a file has a name")?);
            let mut gzip = Command::new("gzip");
            let gzip = gzip.arg("-dc").arg(&file).stdout(fs::File::create(out)?);
            if !gzip.status()?.success() {
                bail!("gzip could not unpack {}", file.display());
            }
        }
    }
    let mut raw = Vec::new();
    files_below(to, &mut raw)?;
    raw.sort();
    Ok(raw)
}

/// Files below a folder, but for digests.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.is_file() {
            files.push(path);
        } else if !path.ends_with("CloudTrail-Digest") {
            files_below(&path, files)?;
        }
    }
    Ok(())
}

fn trail_rows(folder: &Path, trails: &Path, raw: &[PathBuf]) -> anyhow::Result<()> {
    let keys = trails.join("keys.json");
    let keys = keys.to_string_lossy();
    let mut seconds = Vec::new();
    for _ in 0..=PAIRS {
        seconds.push(ours(folder, &trails.join("200"), &keys)?);
    }
    println!(
        "| CloudTrail, 200 digests, 2,000 log files | {:.3} s; AWS CLI: peer not run \
         (recorded: 15.5 s over loopback) |",
        median(seconds.split_off(1))
    );
    let one = folder.join("unpacked.one");
    let mut bytes = Vec::new();
    for file in raw {
        bytes.extend(fs::read(file)?);
    }
    fs::write(&one, bytes)?;
    let as_one = [one];
    for (what, files) in [("each file", raw), ("joined in one file", &as_one[..])] {
        let openssl = || {
            let mut command = Command::new("openssl");
            timed(
                command
                    .args(["dgst", "-sha256"])
                    .args(files)
                    .stdout(Stdio::null()),
            )
        };
        let said = if is_there("openssl", "version") {
            pairs(|| ours(folder, &trails.join("100"), &keys), openssl)?
        } else {
            "peer not run".to_owned()
        };
        let count = raw.len();
        println!("| CloudTrail, {count} log files: ours; openssl over {what}; rate | {said} |");
    }
    Ok(())
}

fn journal_row(folder: &Path, journal: &Path) -> anyhow::Result<()> {
    let mine = || ours(folder, journal, JOURNAL_KEY);
    let said = if is_there("journalctl", "--version") {
        pairs(mine, || {
            let mut command = Command::new("journalctl");
            command.args(["--verify", &format!("--verify-key={JOURNAL_KEY}")]);
            command.arg(format!("--file={}", journal.display()));
            timed(command.stdout(Stdio::null()).stderr(Stdio::null()))
        })?
    } else {
        format!("{:.3} s; peer not run", mine()?)
    };
    println!("| sealed journal, 145,000 entries: ours; journalctl; rate | {said} |");
    Ok(())
}

fn is_there(program: &str, asked: &str) -> bool {
    let mut command = Command::new(program);
    let command = command
        .arg(asked)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
