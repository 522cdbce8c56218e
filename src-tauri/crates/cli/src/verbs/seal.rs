//! `sealscope seal`: logs into a sealed archive.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, ValueEnum};
use sealscope_engine::model::Digest;
use sealscope_engine::{
    Ending, Passphrase, Progress, SealError, SealInput, SealMode, SealReport, SealRequest,
    SealedSource, Signer, is_exposed, load_signer, random_uuid, schema_by_name, seal,
};

use super::Run;
use crate::failure::{Failure, complain};
use crate::json::seal::SealObject;
use crate::output::Output;
use crate::quoting::shell_path;
use crate::text::{self, counted, escaped};
use crate::{Exit, progress};

const EXAMPLES: &str = "\
Inputs are only read. The archive is plain zstd: `zstd -dc audit.sealog` prints the log. A leaf list
costs 32 bytes an entry; without it a break is localised to its frame of at most 4,096 entries.

Examples:
  sealscope seal audit.log -o audit.sealog --origin example.org/audit --key acme.key
  sealscope seal /var/log/audit logs.gz -o all.sealog --origin example.org/audit --key acme.key
  journalctl -o json | sealscope seal - -o j.sealog --origin example.org/j --key acme.key
  sealscope seal day1.log -o day.sealog --origin example.org/d --key acme.key --leave-open
  sealscope seal day2.log -o day.sealog --append --key acme.key
  sealscope seal day3.log -o next.sealog --continue day.sealog --key acme.key";

/// Seal logs into an archive in which every change shows
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SealArgs {
    /// Files, folders (with all files below), or - for standard input; gz and zst are unpacked
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<PathBuf>,
    /// The archive to make; with --append, the one to go on in
    #[arg(short, long, value_name = "OUT.sealog")]
    output: PathBuf,
    /// Name of the log, such as example.org/audit; a new log needs one
    #[arg(long, value_name = "NAME", required_unless_present_any = ["append", "continue_from"])]
    origin: Option<String>,
    /// The secret key that signs (made by `sealscope keygen`)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The passphrase of an encrypted key, in the first line of FILE
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Go on in OUT.sealog, which must not be closed
    #[arg(long, conflicts_with = "continue_from")]
    append: bool,
    /// Make OUT.sealog the next file of the log that PREV.sealog belongs to
    #[arg(long = "continue", value_name = "PREV.sealog")]
    continue_from: Option<PathBuf>,
    /// Do not close the archive, so that more can be appended; its end is then open
    #[arg(long)]
    leave_open: bool,
    /// Whether the hash of each entry is listed, to name changed entries exactly
    #[arg(long, value_name = "WHICH", default_value = "all")]
    leaf_list: LeafList,
    /// State the schema of the entries in the archive (see `sealscope formats`)
    #[arg(long, value_name = "NAME")]
    schema: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Which leaf lists are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LeafList {
    /// Every frame gets one
    All,
    /// None: a smaller archive, with breaks named by frame
    None,
}

pub fn run(args: SealArgs, run: &Run) -> Result<Exit, Failure> {
    let signer = signer(&args)?;
    if let Some(name) = args
        .schema
        .as_deref()
        .filter(|name| schema_by_name(name).is_none())
    {
        let next_step = "Run `sealscope formats` for the schemas there are.";
        return Err(Failure::new(
            format!("there is no schema {name:?}"),
            next_step,
        ));
    }
    let uuids = [uuid()?, uuid()?];
    let done = Progress::default();
    let is_json = args.json;
    let report = progress::shown("sealing", &done, || {
        // The archive's, then the log's.
        let given = std::cell::Cell::new(0);
        let give_uuid = || uuids[given.replace(1)];
        let now = || Utc::now().timestamp_nanos_opt().unwrap_or(0);
        let request = SealRequest {
            mode: mode(&args),
            inputs: args.inputs.into_iter().map(input).collect(),
            out: args.output,
            origin: args.origin,
            signer: &signer,
            leaf_lists: args.leaf_list == LeafList::All,
            ending: if args.leave_open {
                Ending::LeaveOpen
            } else {
                Ending::Close
            },
            schema: args.schema,
            tool: format!("sealscope {}", env!("CARGO_PKG_VERSION")),
            now: &now,
            uuid: &give_uuid,
            threads: 0,
        };
        seal(request, &done, &run.cancel)
    });
    let report = report.map_err(failure)?;
    let mut output = Output::open();
    if is_json {
        output.json(&SealObject::of(&report))?;
    } else {
        tell(&report, &mut output)?;
    }
    output.flush()?;
    complain_of_gaps(&report);
    Ok(if report.is_stopped {
        Exit::Interrupted
    } else {
        Exit::Answered
    })
}

fn signer(args: &SealArgs) -> Result<Signer, Failure> {
    if is_exposed(&args.key) {
        let says = format!(
            "others on this machine may read the secret key {}",
            args.key.display()
        );
        let next_step = format!("Make it yours alone: chmod 600 {}", shell_path(&args.key));
        complain(&says, Some(&next_step));
    }
    let passphrase = args
        .passphrase_file
        .as_deref()
        .map(Passphrase::from_file)
        .transpose()?;
    Ok(load_signer(&args.key, passphrase.as_ref())?)
}

fn uuid() -> Result<[u8; 16], Failure> {
    random_uuid().map_err(|error| {
        Failure::new(
            format!("the system gives no random bytes: {error}"),
            "An archive needs a name of its own; try again, or on another machine.",
        )
    })
}

fn mode(args: &SealArgs) -> SealMode {
    match &args.continue_from {
        Some(previous) => SealMode::Continue {
            previous: previous.clone(),
        },
        None if args.append => SealMode::Append,
        None => SealMode::New,
    }
}

fn input(path: PathBuf) -> SealInput {
    if path.as_os_str() == "-" {
        return SealInput::Stream {
            name: "stdin".to_owned(),
            bytes: Box::new(std::io::stdin()),
        };
    }
    SealInput::Path(path)
}

fn failure(error: SealError) -> Failure {
    let next_step = match &error {
        SealError::Input(_) => "Check the path and who may read it. Nothing was sealed.",
        SealError::Output { .. } | SealError::Write { .. } => {
            "Check disk and path. What the last checkpoint covers is safe: go on by --append."
        }
        SealError::Previous(_) => "Check the archive with `sealscope verify`.",
        SealError::LineTooLong { .. } => "Split that line, and go on with --append.",
        SealError::OtherOrigin { .. } => "Leave --origin out to go on with the log.",
        // These say what to do themselves.
        _ => return Failure::plain(error.to_string()),
    };
    Failure::new(error.to_string(), next_step)
}

fn tell(report: &SealReport, output: &mut Output) -> Result<(), Failure> {
    let out = escaped(&report.out.to_string_lossy());
    let entries = counted(report.entries, "entry", "entries");
    let sources = counted(report.sources.len() as u64, "input", "inputs");
    let (raw, stored) = (
        text::bytes(report.bytes_raw),
        text::bytes(report.archive_bytes),
    );
    if report.is_stopped {
        output.line(&format!(
            "Stopped: {entries} from {sources} are sealed in {out}."
        ))?;
    } else {
        output.line(&format!(
            "Sealed {entries} from {sources} in {out} ({raw} in {stored})."
        ))?;
    }
    let checkpoints = counted(report.checkpoints, "checkpoint", "checkpoints");
    let size = text::grouped(report.size);
    output.line(&format!("  log     {}", escaped(&report.origin)))?;
    output.line(&format!(
        "  head    size {size}, root {} ({checkpoints})",
        report.root
    ))?;
    output.line(&format!("  key     {}", escaped(&report.vkey)))?;
    let end = if report.is_closed {
        "closed: a cut shows"
    } else {
        "open: --append goes on"
    };
    output.line(&format!("  end     {end}"))?;
    if report.found_unsealed > 0 {
        let found = counted(report.found_unsealed, "line", "lines");
        output.line(&format!(
            "  note    {found} of an interrupted run are sealed now as they were found; nothing \
             proves what happened to them before"
        ))?;
    }
    for source in &report.sources {
        tell_source(source, output)?;
    }
    let out = shell_path(&report.out);
    output.line("")?;
    if report.is_stopped {
        output.line(&format!(
            "Go on with:  sealscope seal INPUT -o {out} --append --key FILE"
        ))?;
    } else {
        output.line(&format!("Check it:  sealscope verify {out}"))?;
    }
    Ok(())
}

fn tell_source(source: &SealedSource, output: &mut Output) -> Result<(), Failure> {
    let name = escaped(&source.name);
    match digest_of(source) {
        Some(sha256) => {
            let entries = counted(source.entries, "entry", "entries");
            output.line(&format!("  input   {name}: {entries}, SHA-256 {sha256}"))?;
        }
        None => output.line(&format!("  input   {name}: not read to its end"))?,
    }
    Ok(())
}

/// SHA-256 of an input as found; `None` where it was not read to its end.
pub fn digest_of(source: &SealedSource) -> Option<Digest> {
    // No bytes have this digest.
    Some(source.sha256).filter(|sha256| *sha256 != Digest::new([0; 32]))
}

/// What is missing from the archive goes to standard error, where no pipe swallows it.
fn complain_of_gaps(report: &SealReport) {
    for source in &report.sources {
        for gap in &source.gaps {
            complain(gap, None);
        }
        if source.has_changed {
            let says = format!("{} changed while it was read", source.name);
            complain(
                &says,
                Some("What was read is sealed; seal the rest with a later run."),
            );
        }
    }
    for skipped in &report.skipped {
        complain(
            &format!(
                "{} was left out: {}",
                skipped.path.display(),
                skipped.reason
            ),
            None,
        );
    }
}
