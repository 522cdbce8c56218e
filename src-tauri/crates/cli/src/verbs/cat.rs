//! `sealscope cat`: the entries as they are, or the original files' bytes.

mod give_back;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sealscope_engine::{GiveBackError, OpenArchive};

use super::Run;
use crate::args::ProfileArgs;
use crate::failure::Failure;
use crate::output::Output;
use crate::text::{counted, escaped_bytes};
use crate::{Exit, opening};

const EXAMPLES: &str = "\
Bytes come out exactly as they are stored, except on a terminal, where what would steer it is
spelled out. No verdict goes with them: `sealscope verify` gives it, `sealscope search` shows it
for each entry.

Examples:
  sealscope cat audit.sealog | jq .verb
  sealscope cat audit.sealog --range 1200..1210
  sealscope cat audit.sealog --raw --source 0 > audit.log
  sealscope cat audit.sealog --raw -o given-back/";

/// Print the entries of an archive, or give the original files back
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CatArgs {
    /// The archive
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Only the entries at positions A to B-1, from 0; either side may be left out
    #[arg(long, value_name = "A..B", value_parser = range, conflicts_with = "raw")]
    range: Option<Range<u64>>,
    /// Entries of a journal as `journalctl -o export` prints them (without it, as `-o json` does)
    #[arg(long, conflicts_with = "raw")]
    export: bool,
    /// The bytes of the files that were sealed, unpacked, instead of the entries
    #[arg(long)]
    raw: bool,
    /// Only the file with this number, from 0 (see `sealscope info`)
    #[arg(long, value_name = "N", requires = "raw")]
    source: Option<u64>,
    /// Write each file into the folder DIR, which is made if missing; nothing is written over
    #[arg(short, long, value_name = "DIR", requires = "raw")]
    output: Option<PathBuf>,
    /// Print one JSON object about the files written (with -o)
    #[arg(long, requires = "output")]
    json: bool,
    #[command(flatten)]
    profile: ProfileArgs,
}

pub fn run(args: &CatArgs, run: &Run) -> Result<Exit, Failure> {
    let paths = std::slice::from_ref(&args.path);
    let workspace = opening::open(paths, None, args.profile.settings()?, run)?;
    let archive = match workspace.archives() {
        [] => return Ok(Exit::CouldNotLook),
        [only] => only,
        several => {
            let archives = counted(several.len() as u64, "archive", "archives");
            let says = format!("{} holds {archives}", args.path.display());
            return Err(Failure::new(says, "Name one of them."));
        }
    };
    match (args.raw, &args.output) {
        (true, Some(folder)) => give_back::into_folder(archive, args, folder, run)?,
        (true, None) => give_back::to_stdout(archive, args, run)?,
        (false, _) => entries(archive, args, run)?,
    }
    Ok(Exit::Answered)
}

fn entries(archive: &Arc<OpenArchive>, args: &CatArgs, run: &Run) -> Result<(), Failure> {
    let mut output = Output::open();
    let is_terminal = output.is_terminal();
    let range = args.range.clone().unwrap_or(0..u64::MAX);
    if args.export {
        // Binary by its nature: a terminal gets it escaped, entry by entry.
        let given = archive.each_export(range, &run.cancel, &mut |_, bytes| match is_terminal {
            true => output.line(&escaped_bytes(bytes)),
            false => output.bytes(bytes),
        });
        output.flush()?;
        return given.map_err(failure);
    }
    let given = archive.each_entry(range, &run.cancel, &mut |_, bytes| {
        if is_terminal {
            return output.line(&escaped_bytes(bytes));
        }
        output.bytes(bytes)?;
        output.bytes(b"\n")
    });
    // What came before a failure is the reader's already.
    output.flush()?;
    given.map_err(failure)
}

fn failure(error: GiveBackError) -> Failure {
    match error {
        GiveBackError::Stopped => {
            eprintln!("Stopped before the end of the archive.");
            Failure::Interrupted
        }
        GiveBackError::Output(error) => Failure::from(error),
        GiveBackError::NoCopies => {
            Failure::new(error.to_string(), "Take those, or leave --raw out.")
        }
        GiveBackError::NoJournal => Failure::new(error.to_string(), "Leave --export out."),
        GiveBackError::Read(_) => Failure::new(
            error.to_string(),
            "Check the medium, and take an image of it before trying again.",
        ),
    }
}

fn range(text: &str) -> Result<Range<u64>, String> {
    let wrong = || "a range is written A..B, with B not included".to_owned();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str, missing| match text {
        "" => Ok(missing),
        digits => digits.parse::<u64>().map_err(|_| wrong()),
    };
    let (from, to) = (number(from, 0)?, number(to, u64::MAX)?);
    if to < from {
        Err("a range goes upwards".to_owned())
    } else {
        Ok(from..to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_half_open_and_may_be_open_ended() {
        for (text, read) in [
            ("3..9", 3..9),
            ("3..", 3..u64::MAX),
            ("..9", 0..9),
            ("..", 0..u64::MAX),
            ("4..4", 4..4),
        ] {
            assert_eq!(range(text), Ok(read));
        }
        for text in ["", "3", "9..3", "a..b", "-1..3", "1..2..3"] {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
