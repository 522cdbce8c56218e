//! `sealscope export`: all hits as a file for other programs, each with its seal.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use sealscope_engine::{
    ExportError, ExportFormat, ExportReport, ExportRequest, Progress, RunMode, Search, Workspace,
};

use super::Run;
use super::question::{self, QuestionArgs};
use crate::args::{ProfileArgs, ReadingArgs, TrustArgs};
use crate::failure::{Failure, complain};
use crate::output::Output;
use crate::text::{bytes, counted, escaped};
use crate::{Exit, opening, progress};

const EXAMPLES: &str = "\
Every row carries its seal: verdict, SHA-256 of the archive, position, leaf hash. OUT.manifest.json
says what the export is, with the SHA-256 of OUT. timesketch, ecs and ocsf need a time on each row:
rows without one go to OUT.undated.jsonl. No file is written over. What each column means, and what
a format loses, is in docs/exports.md.

Examples:
  sealscope export audit.sealog -q '*' --format parquet -o audit.parquet
  sealscope export audit.sealog -q 'who:anna @-2d' --format csv -o anna.csv
  sealscope export evidence/ -q 'outcome:403' --format timesketch -o timeline.jsonl
  sealscope export audit.sealog -q seal:broken --format case -o broken.jsonld
  sealscope export audit.sealog -q '*' --format jsonl -o - | jq -c .spine";

/// Write all hits into a file for other programs, each with its seal
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArgs {
    /// Archives: files, or folders with all files below
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    question: QuestionArgs,
    /// What to write
    #[arg(long, value_name = "FORMAT")]
    format: Format,
    /// The file to make; - is standard output, for formats that are text
    #[arg(short, long, value_name = "OUT")]
    out: PathBuf,
    /// Where the manifest goes when the rows go to standard output
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// State this as the time of the export (RFC 3339) instead of now: the same bytes again
    #[arg(long, value_name = "T", value_parser = moment)]
    at: Option<i64>,
    /// Print the manifest (sealscope.export/1)
    #[arg(long)]
    json: bool,
    /// Scan the entries instead of making an index
    #[arg(long)]
    no_index: bool,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    profile: ProfileArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Comma-separated values; cells that a spreadsheet would run are defused
    Csv,
    /// One JSON object for each hit, a line each, as `search --json` has them
    Jsonl,
    /// JSON Lines for Timesketch
    Timesketch,
    /// JSON Lines in the Elastic Common Schema
    Ecs,
    /// JSON Lines in the Open Cybersecurity Schema Framework
    Ocsf,
    /// CASE/UCO bundle in JSON-LD
    Case,
    /// Apache Parquet
    Parquet,
}

impl Format {
    const fn of_engine(self) -> ExportFormat {
        match self {
            Self::Csv => ExportFormat::Csv,
            Self::Jsonl => ExportFormat::JsonLines,
            Self::Timesketch => ExportFormat::Timesketch,
            Self::Ecs => ExportFormat::Ecs,
            Self::Ocsf => ExportFormat::Ocsf,
            Self::Case => ExportFormat::Case,
            Self::Parquet => ExportFormat::Parquet,
        }
    }
}

fn moment(text: &str) -> Result<i64, String> {
    chrono::DateTime::parse_from_rfc3339(text)
        .ok()
        .and_then(|time| time.timestamp_nanos_opt())
        .ok_or_else(|| "a time is written like 2026-03-14T09:00:00Z".to_owned())
}

pub fn run(args: &ExportArgs, run: &Run) -> Result<Exit, Failure> {
    let is_stream = args.out == Path::new("-");
    if args.manifest.is_some() && !is_stream {
        return Err(Failure::plain(
            "--manifest is for -o -; beside a file the manifest is OUT.manifest.json",
        ));
    }
    if args.json && is_stream {
        return Err(Failure::plain(
            "--json prints the manifest where the rows would go; give --manifest FILE",
        ));
    }
    if is_stream && !args.format.of_engine().is_text() {
        return Err(told(&ExportError::NotText(args.format.of_engine())));
    }
    let span = args.question.check()?;
    let mut settings = args.reading.settings();
    settings.profile = args.profile.load()?;
    let workspace = Arc::new(opening::open(
        &args.paths,
        Some(&args.trust),
        settings,
        run,
    )?);
    if workspace.archives().is_empty() {
        return Ok(Exit::CouldNotLook);
    }
    let (mode, label) = match args.no_index {
        true => (RunMode::Verify, "checking"),
        false => (RunMode::Index, "checking and indexing"),
    };
    if !opening::work(&workspace, mode, label, run) {
        return Err(question::stopped(&workspace));
    }
    question::complain_of_indexes(&workspace);
    let search = args
        .question
        .ask(&workspace, span, None, args.no_index, run)?;
    for hint in search.hints() {
        complain(&hint.to_string(), None);
    }
    let report = match is_stream {
        true => to_stdout(args, &search, run)?,
        false => to_file(args, &search, run)?,
    };
    Ok(if is_whole(&workspace, &report, is_stream) {
        Exit::Answered
    } else {
        Exit::CouldNotLook
    })
}

/// Whether every archive was looked at, and every row written somewhere.
fn is_whole(workspace: &Workspace, report: &ExportReport, is_stream: bool) -> bool {
    let left = report.undated.as_ref().filter(|_| is_stream);
    if let Some(left) = left {
        let rows = counted(left.rows, "row has", "rows have");
        complain(
            &format!("{rows} no time, which this format needs, and were not written"),
            Some("Give a file by -o: they then go to OUT.undated.jsonl."),
        );
    }
    workspace.failures().is_empty() && left.is_none()
}

fn to_file(args: &ExportArgs, search: &Search, run: &Run) -> Result<ExportReport, Failure> {
    let request = ExportRequest {
        format: args.format.of_engine(),
        out: args.out.clone(),
        evidence: args.paths.clone(),
        made_at_ns: args.at.unwrap_or(run.now_ns),
    };
    let done = Progress::default();
    let report = progress::shown("exporting", &done, || {
        search.export(&request, &done, &run.cancel)
    });
    let report = report.map_err(|error| failed(&error, &done))?;
    let mut output = Output::open();
    if args.json {
        output.bytes(&report.manifest)?;
        output.flush()?;
        return Ok(report);
    }
    let folder = args.out.parent().unwrap_or(Path::new(""));
    for file in std::iter::once(&report.file).chain(&report.undated) {
        let path = folder.join(&file.name);
        output.line(&format!(
            "{}: {}, {}, SHA-256 {}",
            escaped(&path.to_string_lossy()),
            counted(file.rows, "row", "rows"),
            bytes(file.bytes),
            file.sha256
        ))?;
    }
    output.line(&format!("verdicts: {}", verdicts(&report)))?;
    output.flush()?;
    Ok(report)
}

fn verdicts(report: &ExportReport) -> String {
    let there = report.by_verdict.iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = there
        .map(|(word, count)| format!("{} {word}", crate::text::grouped(*count)))
        .collect();
    if words.is_empty() {
        "no rows".to_owned()
    } else {
        words.join(", ")
    }
}

fn to_stdout(args: &ExportArgs, search: &Search, run: &Run) -> Result<ExportReport, Failure> {
    let mut stdout = std::io::BufWriter::with_capacity(256 << 10, std::io::stdout());
    let done = Progress::default();
    let made_at_ns = args.at.unwrap_or(run.now_ns);
    let format = args.format.of_engine();
    let report = search
        .export_to(format, made_at_ns, &mut stdout, &done, &run.cancel)
        .map_err(|error| match error {
            ExportError::Stream(error) => error.into(),
            other => failed(&other, &done),
        })?;
    stdout.flush()?;
    if let Some(path) = &args.manifest {
        write_new(path, &report.manifest)?;
    }
    Ok(report)
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = std::fs::OpenOptions::new();
    let made = options.write(true).create_new(true).open(path);
    made.and_then(|mut file| file.write_all(bytes))
        .map_err(|error| {
            Failure::new(
                format!("{} cannot be written: {error}", path.display()),
                "Nothing is written over: give a name that is free, in a folder of yours.",
            )
        })
}

fn failed(error: &ExportError, done: &Progress) -> Failure {
    if matches!(error, ExportError::Stopped) {
        let rows = counted(done.entries(), "row", "rows");
        eprintln!("Stopped after {rows}; no file was kept.");
        return Failure::Interrupted;
    }
    told(error)
}

fn told(error: &ExportError) -> Failure {
    let next_step = match error {
        ExportError::Exists { .. } => "Give another name, or move the file away.",
        ExportError::InsideEvidence { .. } => "Give a folder of yours, outside the evidence.",
        ExportError::Output { .. } | ExportError::Stream(_) => {
            "Check the path, the disk and who may write there."
        }
        ExportError::NotText(_) => "Give a file by -o.",
        ExportError::FalseHits(_) => "Export again: the index is then made anew.",
        ExportError::Row(_) | ExportError::Stopped => {
            "Run it again, on a copy that nobody writes to."
        }
    };
    Failure::new(error.to_string(), next_step)
}
