//! Reports and exports, made by the real program as a user makes them: opening, checking and
//! searching the archive counted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::{Bench, PAIRS, make_log, median, release_program};

/// Entries of the archive that is cited and exported.
const ENTRIES: &str = "100000";
/// What finds them all.
const QUERY: &str = "*";

/// A report that is made: its file, how many entries it cites, and what was asked for.
const REPORTS: &[(&str, u32, &str)] = &[
    ("a.pdf", 100, "2 s"),
    ("b.pdf", 1_000, "10 s, 800 MB"),
    ("c.html", 10_000, "30 s, 500 MB"),
    ("d.json", 10_000, "30 s, 500 MB"),
    ("bag", 10_000, "30 s, 500 MB"),
    ("e.zip", 10_000, "30 s, 500 MB"),
];

/// A run of a program.
struct Run {
    seconds: f64,
    /// Peak of resident memory by the kernel (`VmHWM`), 0 where it does not tell.
    megabytes: f64,
}

/// Makes the archives where they are not there yet, measures and prints the rows.
pub fn measure(folder: &Path) -> anyhow::Result<()> {
    let folder = folder.join("reports");
    fs::create_dir_all(&folder)?;
    let program = release_program()?;
    let sealed = bench_on(&folder, &program, ENTRIES)?;
    println!("| figure | reach | measured (median of {PAIRS}) |\n| --- | --- | --- |");
    for (out, exhibits, reach) in REPORTS {
        let limit = exhibits.to_string();
        let made = sealed.runs(Some(out), &|archive, out| {
            let mut arguments = vec!["report", archive, "-q", QUERY, "--limit"];
            arguments.extend([limit.as_str(), "-o", out, "--at", "2026-03-15T08:00:00Z"]);
            arguments.into_iter().map(str::to_owned).collect()
        })?;
        println!("| report, {exhibits} exhibits, {out} | {reach} | {made} |");
    }
    for (out, reach) in [("bag", "5 s"), ("e.zip", ""), ("c.html", ""), ("b.pdf", "")] {
        let out = folder.join(out);
        let checked = sealed.runs(None, &|_, _| {
            vec!["check".to_owned(), out.to_string_lossy().into_owned()]
        })?;
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        println!("| check of {name} | {reach} | {checked} |");
    }
    for format in [
        "csv",
        "jsonl",
        "timesketch",
        "ecs",
        "ocsf",
        "case",
        "parquet",
    ] {
        let made = sealed.runs(Some(format), &|archive, out| {
            [
                "export", archive, "-q", QUERY, "--format", format, "-o", out,
            ]
            .map(str::to_owned)
            .to_vec()
        })?;
        println!("| export of {ENTRIES} entries, {format} | | {made} |");
    }
    Ok(())
}

struct Sealed {
    bench: Bench,
    archive: String,
    vkey: String,
}

fn bench_on(folder: &Path, program: &Path, entries: &str) -> anyhow::Result<Sealed> {
    let own = folder.join(entries);
    fs::create_dir_all(&own)?;
    let bench = Bench {
        program: program.to_owned(),
        log: make_log(&own, entries)?,
        home: own.join("home"),
        folder: own,
    };
    let key = bench.key()?;
    let (archive, _) = bench.seal(&key)?;
    let vkey = key.with_extension("vkey");
    Ok(Sealed {
        bench,
        archive: archive.to_string_lossy().into_owned(),
        vkey: vkey.to_string_lossy().into_owned(),
    })
}

impl Sealed {
    /// Runs the program a few times, each time with a fresh output, and tells the medians.
    fn runs(
        &self,
        out: Option<&str>,
        arguments: &dyn Fn(&str, &str) -> Vec<String>,
    ) -> anyhow::Result<String> {
        let place = self.bench.folder.with_file_name(out.unwrap_or_default());
        let mut all = Vec::new();
        for _ in 0..PAIRS {
            if out.is_some() {
                for ending in ["", ".manifest.json", ".undated.jsonl"] {
                    remove(&beside(&place, ending))?;
                }
            }
            let mut arguments = arguments(&self.archive, &place.to_string_lossy());
            arguments.extend(["--trust".to_owned(), self.vkey.clone()]);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            all.push(watched(&mut self.bench.sealscope(&arguments))?);
        }
        let seconds = median(all.iter().map(|run| run.seconds).collect());
        let megabytes = median(all.iter().map(|run| run.megabytes).collect());
        Ok(format!("{seconds:.2} s, {megabytes:.0} MB"))
    }
}

fn beside(place: &Path, ending: &str) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    place.with_file_name(name)
}

fn remove(place: &Path) -> anyhow::Result<()> {
    if place.is_dir() {
        fs::remove_dir_all(place)?;
    } else if place.exists() {
        fs::remove_file(place)?;
    }
    Ok(())
}

/// Runs a program to its end and looks at its memory meanwhile.
fn watched(command: &mut Command) -> anyhow::Result<Run> {
    let started = Instant::now();
    let mut child = command
        .stderr(Stdio::null())
        .spawn()
        .context("a program could not start")?;
    let status = format!("/proc/{}/status", child.id());
    let mut megabytes = 0.0_f64;
    let ended = loop {
        megabytes = megabytes.max(peak_of(&status));
        match child.try_wait()? {
            Some(ended) => break ended,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    // 3: nobody signed the report that is checked.
    if !matches!(ended.code(), Some(0 | 3)) {
        bail!("{command:?} ended with {ended}");
    }
    Ok(Run { seconds, megabytes })
}

fn peak_of(status: &str) -> f64 {
    let text = fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1e3
}
