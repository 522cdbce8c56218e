//! `sealscope compare`: two copies of a log, side by side.

use std::path::PathBuf;

use clap::Args;
use sealscope_engine::{
    CopiesCompared, Difference, DifferenceKind, OpenArchive, Progress, RunMode, compare_copies,
};

use super::Run;
use crate::args::{ProfileArgs, TrustArgs};
use crate::failure::Failure;
use crate::json::compare::CompareObject;
use crate::output::Output;
use crate::text::{counted, escaped, grouped};
use crate::{Exit, opening, progress};

/// Differences that are printed as text; the rest is counted.
const SHOWN_MAX: usize = 50;

const EXAMPLES: &str = "\
Entries are told by the hashes of their bytes, as they are stored now; in a sealog archive control
lines are entries too. The seals of both are checked first: where two states of one sealed log part
and both are as they were sealed, that is a fork, and its index is named.

Exit codes: 0 the same, 1 they differ, 2 one could not be looked at.

Examples:
  sealscope compare audit.sealog backup/audit.sealog
  sealscope compare auth.log auth.log.copy --json | jq .counts";

/// Compare two copies of a log: added, removed, changed and moved entries, and forks
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompareArgs {
    /// The first copy
    #[arg(value_name = "A")]
    first: PathBuf,
    /// The second copy
    #[arg(value_name = "B")]
    second: PathBuf,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    profile: ProfileArgs,
    /// Print one JSON object (sealscope.compare/1)
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CompareArgs, run: &Run) -> Result<Exit, Failure> {
    let paths = [args.first.clone(), args.second.clone()];
    let workspace = opening::open(&paths, Some(&args.trust), args.profile.settings()?, run)?;
    let [first, second] = workspace.archives() else {
        if workspace.failures().is_empty() {
            return Err(Failure::new(
                "a folder of several archives cannot be compared as one",
                "Name two archives.",
            ));
        }
        // What could not be opened was told already.
        return Ok(Exit::CouldNotLook);
    };
    if !opening::work(&workspace, RunMode::Verify, "checking", run) {
        return Ok(Exit::Interrupted);
    }
    let done = Progress::default();
    done.set_bytes_total(first.live().bytes_total + second.live().bytes_total);
    let compared = progress::shown("comparing", &done, || {
        compare_copies(first, second, &done, &run.cancel)
    });
    let Some(found) = compared.map_err(|error| Failure::plain(error.to_string()))? else {
        return Ok(Exit::Interrupted);
    };
    let mut output = Output::open();
    if args.json {
        output.json(&CompareObject::of(first, second, &found))?;
    } else {
        tell(first, second, &found, &mut output)?;
    }
    output.flush()?;
    Ok(if found.comparison.is_same() {
        Exit::Answered
    } else {
        Exit::Broken
    })
}

fn tell(
    first: &OpenArchive,
    second: &OpenArchive,
    found: &CopiesCompared,
    output: &mut Output,
) -> Result<(), Failure> {
    for (letter, archive) in [("A", first), ("B", second)] {
        let verdict = archive
            .summary()
            .map_or("unchecked", |one| one.verdict.word());
        let path = escaped(&archive.path().to_string_lossy());
        output.line(&format!("{letter}  {path}: {verdict}"))?;
    }
    let all = &found.comparison;
    if all.is_same() {
        let some = counted(all.same, "entry", "entries");
        output.line(&format!("Both hold the same {some} in the same order."))?;
        return Ok(());
    }
    if let Some(at) = found.fork {
        output.line(&format!(
            "Fork: the log has two histories, both under seals that hold. They part at entry {}.",
            grouped(at)
        ))?;
    } else if let Some((a, b)) = all.first_difference {
        output.line(&format!(
            "They first differ at entry {} of A and {} of B.",
            grouped(a),
            grouped(b)
        ))?;
    }
    output.line(&format!(
        "{} the same, {} added, {} removed, {} changed, {} moved.",
        grouped(all.same),
        grouped(all.added),
        grouped(all.removed),
        grouped(all.changed),
        grouped(all.moved)
    ))?;
    for difference in all.differences.iter().take(SHOWN_MAX) {
        output.line(&format!("  {}", line_of(difference)))?;
    }
    let more = all.differences.len().saturating_sub(SHOWN_MAX);
    if more > 0 || all.is_cut {
        output.line("  There are more; --json lists up to 100,000.")?;
    }
    Ok(())
}

fn line_of(one: &Difference) -> String {
    let range = |from: u64| match one.count {
        1 => format!("entry {}", grouped(from)),
        count => format!("entries {} to {}", grouped(from), grouped(from + count - 1)),
    };
    let second = one.second.unwrap_or(one.first);
    match one.kind {
        DifferenceKind::Added => format!(
            "added    {} of B, before entry {} of A",
            range(second),
            grouped(one.first)
        ),
        DifferenceKind::Removed => format!("removed  {} of A", range(one.first)),
        DifferenceKind::Changed => format!(
            "changed  {} of A, at {} of B",
            range(one.first),
            grouped(second)
        ),
        DifferenceKind::Moved => format!(
            "moved    {} of A, to {} of B",
            range(one.first),
            grouped(second)
        ),
    }
}
