//! `sealscope info`: what an archive says of itself, and where every byte went.

use std::path::PathBuf;

use clap::Args;
use sealscope_engine::{ArchiveInfo, Ledger, OpenArchive, RunMode, SourceInfo};

use super::Run;
use crate::args::{ProfileArgs, ReadingArgs};
use crate::failure::Failure;
use crate::json::info::InfoObject;
use crate::json::seal::form_word;
use crate::output::Output;
use crate::text::{bytes, counted, escaped, grouped, sentence};
use crate::{Exit, opening, times};

/// Checkpoints, sources and rejected parts that are printed; the rest is counted.
const SHOWN_MAX: usize = 20;

const EXAMPLES: &str = "\
What is printed is what the archive states; `sealscope verify` says whether it holds. The entries
are read once and indexed, so that a search afterwards is instant.

Examples:
  sealscope info audit.sealog
  sealscope info /var/log/auth.log --year 2025 --zone Europe/Berlin
  sealscope info audit.sealog --json | jq .ledger";

/// Show format, seals, sources, counts and time range of archives; no verdict
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct InfoArgs {
    /// Archives: files, or folders with all files below
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Print one JSON object for each archive (sealscope.info/1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    profile: ProfileArgs,
}

pub fn run(args: &InfoArgs, run: &Run) -> Result<Exit, Failure> {
    let mut settings = args.reading.settings();
    settings.profile = args.profile.load()?;
    let workspace = opening::open(&args.paths, None, settings, run)?;
    let is_finished = opening::work(&workspace, RunMode::Index, "reading", run);
    let mut output = Output::open();
    for (number, archive) in workspace.archives().iter().enumerate() {
        if args.json {
            output.json(&InfoObject::of(archive, &archive.info(), &archive.ledger()))?;
            continue;
        }
        if number > 0 {
            output.line("")?;
        }
        tell(archive, &mut output)?;
    }
    output.flush()?;
    if !is_finished {
        eprintln!("Stopped before everything was read: counts and times are those of a part.");
        return Ok(Exit::Interrupted);
    }
    Ok(if workspace.failures().is_empty() {
        Exit::Answered
    } else {
        Exit::CouldNotLook
    })
}

fn tell(archive: &OpenArchive, output: &mut Output) -> Result<(), Failure> {
    let info = archive.info();
    let reading = archive.reading();
    output.line(&escaped(&archive.path().to_string_lossy()))?;
    output.line(&format!(
        "  format    {}, {}",
        archive.format(),
        bytes(archive.bytes())
    ))?;
    if let Some(sha256) = archive.sha256() {
        output.line(&format!("  SHA-256   {sha256}"))?;
    }
    let guessed = if reading.is_guessed { " (guessed)" } else { "" };
    let why = escaped(&reading.why);
    output.line(&format!(
        "  schema    {}{guessed}: {why}",
        reading.schema.name()
    ))?;
    if let Some(field) = &reading.settings.time_field {
        output.line(&format!("  time in   {}", escaped(field)))?;
    }
    if let Some((oldest, newest)) = archive.times() {
        output.line(&format!(
            "  times     {} to {}",
            times::of_ns(oldest),
            times::of_ns(newest)
        ))?;
    }
    tell_seals(&info, output)?;
    tell_sources(&info.sources, output)?;
    for gap in &info.gaps {
        let reason = sentence(&escaped(&gap.reason));
        output.line(&format!("  gap       #{} {reason}", gap.position))?;
    }
    tell_ledger(&archive.ledger(), output)
}

fn tell_seals(info: &ArchiveInfo, output: &mut Output) -> Result<(), Failure> {
    if let Some(header) = &info.header {
        output.line(&format!(
            "  log       {}",
            escaped(&header.checkpoint_origin())
        ))?;
        let start = grouped(header.start);
        output.line(&format!(
            "  archive   {}, from entry {start}",
            escaped(&header.archive)
        ))?;
        output.line(&format!("  made by   {}", escaped(&header.tool)))?;
        output.line(&format!("  claims    key {}", escaped(&header.signer)))?;
        let end = if info.closed.is_some() {
            "closed"
        } else {
            "not closed"
        };
        let lists = if info.has_leaf_lists {
            "with leaf lists"
        } else {
            "without leaf lists"
        };
        let frames = counted(info.segments, "frame", "frames");
        output.line(&format!("  frames    {frames}, {lists}, {end}"))?;
    }
    let hidden = info.checkpoints.len().saturating_sub(SHOWN_MAX);
    if hidden > 0 {
        let all = grouped(info.checkpoints.len() as u64);
        output.line(&format!(
            "  seals     {all} checkpoints; the last {SHOWN_MAX}:"
        ))?;
    }
    for checkpoint in info.checkpoints.iter().skip(hidden) {
        let size = checkpoint.size.map_or_else(|| "?".to_owned(), grouped);
        let root = checkpoint
            .root
            .map_or_else(|| "?".to_owned(), |root| root.to_short_hex());
        let signers: Vec<String> = checkpoint
            .signers
            .iter()
            .map(|(name, id)| format!("{} ({})", escaped(name), escaped(id)))
            .collect();
        let signers = signers.join(", ");
        output.line(&format!(
            "  seal      size {size}, root {root}, signed by {signers}"
        ))?;
    }
    if let Some(offset) = info.torn_tail {
        output.line(&format!(
            "  torn      the last frame is incomplete, at byte {}",
            grouped(offset)
        ))?;
    }
    Ok(())
}

fn tell_sources(sources: &[SourceInfo], output: &mut Output) -> Result<(), Failure> {
    for (number, source) in sources.iter().enumerate().take(SHOWN_MAX) {
        let name = escaped(&source.name);
        let form = form_word(source.form);
        let end = match &source.end {
            Some(end) => format!(
                "{}, {}, SHA-256 {}",
                counted(end.entries, "entry", "entries"),
                bytes(end.bytes),
                escaped(&end.sha256)
            ),
            None => "sealing was interrupted".to_owned(),
        };
        output.line(&format!("  source {number:<2} {name} ({form}): {end}"))?;
    }
    if sources.len() > SHOWN_MAX {
        let rest = grouped((sources.len() - SHOWN_MAX) as u64);
        output.line(&format!("  … {rest} more sources, see --json."))?;
    }
    Ok(())
}

fn tell_ledger(ledger: &Ledger, output: &mut Output) -> Result<(), Failure> {
    let bytes_in = grouped(ledger.bytes);
    let rejected = grouped(ledger.rejected_bytes);
    let in_entries = grouped(ledger.bytes.saturating_sub(ledger.rejected_bytes));
    output.line("  ledger")?;
    let control = match ledger.control {
        0 => String::new(),
        control => format!(", and {} control beside", grouped(control)),
    };
    let lines = counted(ledger.lines, "line", "lines");
    let entries = counted(ledger.entries, "entry", "entries");
    output.line(&format!("    {lines}: {entries}{control}"))?;
    output.line(&format!(
        "    {bytes_in} bytes = {in_entries} in entries + {rejected} rejected"
    ))?;
    if let (Some(rows), Some(undated)) = (ledger.rows, ledger.undated) {
        let dated = grouped(rows.saturating_sub(undated));
        let (rows, undated) = (counted(rows, "row", "rows"), grouped(undated));
        output.line(&format!("    {rows} = {dated} dated + {undated} undated"))?;
    }
    for (count, words) in [
        (ledger.unparsed, "read as text: they do not fit the schema"),
        (ledger.empty_entries, "with an empty list: they give no row"),
    ] {
        if let Some(count) = count.filter(|count| *count > 0) {
            output.line(&format!("    {} {words}", grouped(count)))?;
        }
    }
    for rejected in ledger.rejected.iter().take(SHOWN_MAX) {
        let reason = sentence(&escaped(&rejected.reason));
        output.line(&format!(
            "    at byte {}: {reason}",
            grouped(rejected.offset_bytes)
        ))?;
    }
    let shown = ledger.rejected.len().min(SHOWN_MAX) as u64;
    if ledger.rejected_count > shown {
        let rest = grouped(ledger.rejected_count - shown);
        output.line(&format!("    … {rest} more, see --json."))?;
    }
    Ok(())
}
