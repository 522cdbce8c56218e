//! `cargo xtask bench [ENTRIES | others | reports]`: measures the release build against named peers
//! on the same data, in one run, and prints the tables of `src-tauri/docs/performance.md`; with
//! `others` only the one of archives that others sealed, with `reports` that of reports and
//! exports.

mod others;
mod reports;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::Value;

use crate::{place, shell};

pub const ABOUT: &str = "measures the release build against named peers on the same data";

/// Entries of the log that is measured, unless a number is given.
const ENTRIES: &str = "2000000";
/// Pairs of runs of a ratio; the median of the ratios counts.
const PAIRS: usize = 5;

pub fn verb(arguments: &[String]) -> anyhow::Result<()> {
    let entries = arguments.first().map_or(ENTRIES, String::as_str);
    let folder = place::target().join("bench");
    fs::create_dir_all(&folder)?;
    match entries {
        "others" => return others::measure(&folder),
        "reports" => return reports::measure(&folder),
        _ => {}
    }
    let log = make_log(&folder, entries)?;
    let program = release_program()?;
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "-p",
        "sealscope-engine",
        "--example",
        "figures",
    ]))?;
    let release = place::target().join("release");
    let home = folder.join("home");
    let bench = Bench {
        program,
        folder,
        log,
        home,
    };
    let key = bench.key()?;
    let raw = fs::metadata(&bench.log)?.len();
    let (archive, seal_rates) = bench.seal(&key)?;
    let ratios = bench.verify_against_peer(&archive)?;
    let figures = bench.figures(&release.join("examples/figures"), &archive, &key)?;
    let window = bench.window(&archive, &key)?;
    others::measure(&bench.folder)?;
    reports::measure(&bench.folder)?;
    print(
        raw,
        fs::metadata(&archive)?.len(),
        &seal_rates,
        &ratios,
        &figures,
    );
    print_rows(&window, WINDOW_ROWS);
    Ok(())
}

/// Builds the command line as it is shipped.
fn release_program() -> anyhow::Result<PathBuf> {
    shell::run(&mut shell::cargo(&[
        "build",
        "--release",
        "-p",
        "sealscope-cli",
    ]))?;
    let name = format!("sealscope{}", std::env::consts::EXE_SUFFIX);
    Ok(place::target().join("release").join(name))
}

/// The shared maker writes the same bytes every time, so an existing file is used again.
fn make_log(folder: &Path, entries: &str) -> anyhow::Result<PathBuf> {
    let log = folder.join(format!("audit-{entries}.log"));
    if log.exists() {
        return Ok(log);
    }
    let maker = place::repository().join("../shared/tools/make_audit_log.py");
    if !maker.exists() {
        bail!(
            "{} is not there: it makes the log to measure on",
            maker.display()
        );
    }
    let draft = log.with_extension("new");
    let status = Command::new("python3")
        .arg(&maker)
        .arg(entries)
        .stdout(fs::File::create(&draft)?)
        .stderr(Stdio::null())
        .status()
        .context("python3 could not start")?;
    if !status.success() {
        bail!("{} failed", maker.display());
    }
    fs::rename(&draft, &log)?;
    Ok(log)
}

struct Bench {
    program: PathBuf,
    folder: PathBuf,
    log: PathBuf,
    home: PathBuf,
}

impl Bench {
    fn sealscope(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env("SEALSCOPE_HOME", &self.home)
            .stdout(Stdio::null());
        command
    }

    fn key(&self) -> anyhow::Result<PathBuf> {
        let path = self.folder.join("bench");
        let key = path.with_extension("key");
        if !key.exists() {
            let path = path.to_string_lossy();
            let arguments = ["keygen", path.as_ref(), "--name", "bench"];
            timed(&mut self.sealscope(&arguments))?;
        }
        Ok(key)
    }

    /// Seals the log a few times; MB of raw log a second.
    fn seal(&self, key: &Path) -> anyhow::Result<(PathBuf, Vec<f64>)> {
        let archive = self.folder.join("audit.sealog");
        let megabytes = fs::metadata(&self.log)?.len() as f64 / 1e6;
        let mut rates = Vec::new();
        for _ in 0..3 {
            let _ = fs::remove_file(&archive);
            let (log, out) = (self.log.to_string_lossy(), archive.to_string_lossy());
            let key = key.to_string_lossy();
            let seconds = timed(&mut self.sealscope(&[
                "seal",
                log.as_ref(),
                "-o",
                out.as_ref(),
                "--origin",
                "bench.example/audit",
                "--key",
                key.as_ref(),
            ]))?;
            rates.push(megabytes / seconds);
        }
        Ok((archive, rates))
    }

    /// `sealscope verify` against `zstd -dc FILE | openssl dgst -sha256`, in turns.
    fn verify_against_peer(&self, archive: &Path) -> anyhow::Result<Vec<(f64, f64)>> {
        let path = archive.to_string_lossy();
        let vkey = self.folder.join("bench.vkey");
        let vkey = vkey.to_string_lossy();
        let mut pairs = Vec::new();
        for _ in 0..PAIRS {
            let ours =
                timed(&mut self.sealscope(&["verify", path.as_ref(), "--trust", vkey.as_ref()]))?;
            let mut peer = Command::new("sh");
            peer.args([
                "-c",
                "zstd -dc \"$0\" | openssl dgst -sha256",
                path.as_ref(),
            ]);
            let peer = timed(peer.stdout(Stdio::null()))?;
            pairs.push((ours, peer));
        }
        Ok(pairs)
    }

    fn figures(&self, program: &Path, archive: &Path, key: &Path) -> anyhow::Result<Value> {
        let home = self.folder.join("figures-home");
        let _ = fs::remove_dir_all(&home);
        let vkey = key.with_extension("vkey");
        let text = shell::read(Command::new(program).args([archive, &vkey, &home]))?;
        let _ = fs::remove_dir_all(&home);
        serde_json::from_str(text.trim()).context("figures printed no JSON")
    }

    /// The real window on a screen of its own, drawn by software.
    fn window(&self, archive: &Path, key: &Path) -> anyhow::Result<Value> {
        shell::run(&mut shell::npm(&["run", "build"]))?;
        shell::run(&mut shell::cargo(&[
            "build",
            "--release",
            "-p",
            "sealscope-desktop",
            "--features",
            "sealscope-desktop/e2e",
        ]))?;
        let out = self.folder.join("window.json");
        let mut test = shell::cargo(&[
            "test",
            "--release",
            "-p",
            "sealscope-tests",
            "--test",
            "desktop",
            "figures_of_the_window",
            "--",
            "--ignored",
        ]);
        test.env("SEALSCOPE_BENCH_ARCHIVE", archive)
            .env("SEALSCOPE_BENCH_TRUST", key.with_extension("vkey"))
            .env("SEALSCOPE_BENCH_OUT", &out);
        shell::run(&mut test)?;
        let text = fs::read_to_string(&out).context("the window left no figures")?;
        serde_json::from_str(&text).context("the window's figures are no JSON")
    }
}

fn timed(command: &mut Command) -> anyhow::Result<f64> {
    let started = Instant::now();
    let status = command.status().context("a program could not start")?;
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(seconds)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print(raw: u64, stored: u64, seal: &[f64], pairs: &[(f64, f64)], figures: &Value) {
    let figure = |name: &str| {
        figures
            .get(name)
            .and_then(Value::as_f64)
            .unwrap_or(f64::NAN)
    };
    let ours = median(pairs.iter().map(|(ours, _)| *ours).collect());
    let peer = median(pairs.iter().map(|(_, peer)| *peer).collect());
    let ratio = median(pairs.iter().map(|(ours, peer)| ours / peer).collect());
    println!("| figure | measured |\n| --- | --- |");
    println!(
        "| raw log; archive | {:.0} MB; {:.0} MB |",
        raw as f64 / 1e6,
        stored as f64 / 1e6
    );
    println!("| verify: ours; zstd and openssl; ratio | {ours:.2} s; {peer:.2} s; {ratio:.2} |");
    println!("| seal, MB/s of raw log | {:.0} |", median(seal.to_vec()));
    let share = figure("index_bytes") / figure("raw_bytes");
    println!(
        "| verify + index, entries/s | {:.0} |",
        figure("index_entries_per_s")
    );
    println!("| index size against raw | {share:.3} |");
    print_rows(figures, ENGINE_ROWS);
}

/// What the engine's example measures, by name, and how the table calls it.
const ENGINE_ROWS: &[(&str, &str)] = &[
    ("second_open_first_rows_s", "open again to first rows, s"),
    ("scan_field_s", "a field query without an index, s"),
    ("scan_words_s", "a word query without an index, s"),
    ("term_count_p95_ms", "term count, p95 ms"),
    ("phrase_p95_ms", "phrase, p95 ms"),
    ("page_p95_ms", "page of 100 rows, p95 ms"),
    ("top_by_time_p95_ms", "top 100 by time, p95 ms"),
    ("histogram_p95_ms", "histogram by hour over all, p95 ms"),
    (
        "histogram_filtered_p95_ms",
        "the same over a filter, p95 ms",
    ),
    ("facet_p95_ms", "facet of one field over a filter, p95 ms"),
    ("scattered_page_p95_ms", "100 rows in 100 frames, p95 ms"),
    ("verify_rss_anon_mb", "peak anonymous memory: verify, MB"),
    (
        "index_rss_anon_mb",
        "peak anonymous memory: verify + index, MB",
    ),
];

/// What the window's story measures.
const WINDOW_ROWS: &[(&str, &str)] = &[
    ("open_ms", "start of the program to first rows, ms"),
    ("open_again_ms", "the same with an index that is kept, ms"),
    (
        "idle_frame_p95_ms",
        "a frame in which nothing moves, p95 ms",
    ),
    ("scroll_frame_p95_ms", "a frame of scrolling, p95 ms"),
    ("search_to_rows_p95_ms", "search to painted rows, p95 ms"),
];

fn print_rows(figures: &Value, rows: &[(&str, &str)]) {
    for (name, label) in rows {
        let figure = figures.get(*name).and_then(Value::as_f64);
        println!("| {label} | {:.3} |", figure.unwrap_or(f64::NAN));
    }
}
