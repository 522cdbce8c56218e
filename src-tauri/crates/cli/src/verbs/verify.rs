//! `sealscope verify`: says whether anybody changed an archive.

mod story;

use std::path::PathBuf;

use clap::Args;
use sealscope_engine::explain::COLLECTING;
use sealscope_engine::model::Verdict;
use sealscope_engine::{OpenArchive, RunMode, Workspace};

use super::Run;
use crate::args::{ProfileArgs, TrustArgs};
use crate::failure::Failure;
use crate::json::verify::VerifyObject;
use crate::output::Output;
use crate::text::{self, counted, grouped};
use crate::{Exit, opening};

const EXAMPLES: &str = "\
Verdicts, from best to worst, and exit codes:
  intact      0  the bytes agree with a seal whose key you trust
  consistent  3  chain or checksums agree, but anybody could have recomputed them
  unproven    3  sealed, but what is needed to check is missing or not trusted
  unsealed    3  no seal covers these entries
  broken      1  a seal and the bytes disagree
Over several archives: any broken 1; else any that could not be opened 2; else any weaker 3; else 0.

Examples:
  sealscope verify audit.sealog
  sealscope verify audit.sealog --trust acme.vkey --require-closed
  sealscope verify bucket/ --key public-keys.json
  sealscope verify system.journal --key 54c134-461b43-041cbd-cbc8a0/6516c-d693a400
  sealscope verify audit.jsonl --profile recipe.toml --anchor head.txt
  sealscope verify evidence/ --json | jq -r '[.path, .verdict] | @tsv'

How to copy a CloudTrail trail with its signatures stands in --help.";

fn long_help() -> String {
    format!(
        "{EXAMPLES}\n\nCloudTrail, with signatures:\n{}",
        COLLECTING.trim()
    )
}

/// Check the seals of archives and say which entries were changed
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, after_long_help = long_help())]
pub struct VerifyArgs {
    /// Archives: files, or folders with all files below
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    profile: ProfileArgs,
    /// End with 3 instead of 0 when entries could have been cut off at either end
    #[arg(long)]
    require_closed: bool,
    /// Print one JSON object for each archive (sealscope.verify/1)
    #[arg(long)]
    json: bool,
}

pub fn run(args: &VerifyArgs, run: &Run) -> Result<Exit, Failure> {
    let workspace = opening::open(
        &args.paths,
        Some(&args.trust),
        args.profile.settings()?,
        run,
    )?;
    let is_finished = opening::work(&workspace, RunMode::Verify, "checking", run);
    // The code tells the truth even when nobody reads the words.
    let exit = if is_finished {
        exit(&workspace, args)
    } else {
        Exit::Interrupted
    };
    match print(&workspace, args, is_finished) {
        Ok(()) | Err(Failure::NobodyReads) => Ok(exit),
        Err(failure) => Err(failure),
    }
}

fn exit(workspace: &Workspace, args: &VerifyArgs) -> Exit {
    match workspace.exit_code(args.require_closed) {
        0 => Exit::Answered,
        1 => Exit::Broken,
        3 => Exit::Weaker,
        _ => Exit::CouldNotLook,
    }
}

fn print(workspace: &Workspace, args: &VerifyArgs, is_finished: bool) -> Result<(), Failure> {
    let mut output = Output::open();
    let notes = workspace.trust_notes();
    for (number, archive) in workspace.archives().iter().enumerate() {
        let Some(summary) = archive.summary() else {
            continue;
        };
        if args.json {
            output.json(&VerifyObject::of(archive, &summary, &notes))?;
            continue;
        }
        if number > 0 {
            output.line("")?;
        }
        story::tell(archive, &summary, &notes, is_finished, &mut output)?;
    }
    if !args.json {
        tell_together(workspace, &mut output)?;
        if args.require_closed {
            tell_open_ends(workspace, &mut output)?;
        }
    }
    if !is_finished {
        tell_stopped(workspace.archives());
    }
    Ok(output.flush()?)
}

/// Several archives: how many there are of each verdict.
fn tell_together(workspace: &Workspace, output: &mut Output) -> Result<(), Failure> {
    let archives = workspace.archives();
    if archives.len() < 2 {
        return Ok(());
    }
    let verdicts: Vec<Verdict> = archives
        .iter()
        .filter_map(|archive| Some(archive.summary()?.verdict))
        .collect();
    let parts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| {
            (
                verdict,
                verdicts.iter().filter(|found| **found == verdict).count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    let together = counted(archives.len() as u64, "archive", "archives");
    output.line("")?;
    output.line(&format!("{together}: {}.", parts.join(", ")))?;
    let failures = workspace.failures().len();
    if failures > 0 {
        let inputs = counted(failures as u64, "input", "inputs");
        output.line(&format!(
            "{inputs} could not be looked at; see the messages."
        ))?;
    }
    Ok(())
}

fn tell_open_ends(workspace: &Workspace, output: &mut Output) -> Result<(), Failure> {
    for archive in workspace.archives() {
        let Some(summary) = archive.summary() else {
            continue;
        };
        if !summary.head.is_anchored() || !summary.tail.is_anchored() {
            let name = text::escaped(&archive.path().to_string_lossy());
            output.line(&format!(
                "{name}: an end is open, and --require-closed was given."
            ))?;
        }
    }
    Ok(())
}

/// What a person who pressed Ctrl-C wants to know: how far it was, and what was seen until then.
fn tell_stopped(archives: &[std::sync::Arc<OpenArchive>]) {
    let states: Vec<_> = archives.iter().map(|archive| archive.live()).collect();
    let entries: u64 = states.iter().map(|state| state.entries).sum();
    let done: u64 = states.iter().map(|state| state.bytes_done).sum();
    let total: u64 = states.iter().map(|state| state.bytes_total).sum();
    let problem = states.iter().find_map(|state| state.first_problem.clone());
    eprintln!(
        "Stopped after {} of {} and {} entries. {}",
        text::bytes(done),
        text::bytes(total),
        grouped(entries),
        match problem {
            Some(problem) => text::sentence(&text::escaped(&problem)),
            None => "No problem was found in those; the rest was not looked at.".to_owned(),
        }
    );
}
