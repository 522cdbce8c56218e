//! `sealscope cache`: the indexes kept for a second opening.

use clap::{Args, Subcommand};
use sealscope_engine::cache::{self, CacheInfo};

use super::Run;
use crate::Exit;
use crate::failure::Failure;
use crate::json::cache::{CacheObject, ClearedObject};
use crate::output::Output;
use crate::text::{bytes, counted, escaped};

const EXAMPLES: &str = "\
The cache holds indexes, so that a second opening is instant. It is never beside the evidence, only
its owner may read it, and it can be deleted at any time: the next search builds what it needs.

Examples:
  sealscope cache info
  sealscope cache clear";

/// Look at or delete the indexes kept for a second opening
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CacheVerb {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Info(PrintArgs),
    Clear(ClearArgs),
}

/// Show where the cache is and how big
#[derive(Debug, Args)]
struct PrintArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Delete all kept indexes
#[derive(Debug, Args)]
struct ClearArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CacheVerb, run: &Run) -> Result<Exit, Failure> {
    let places = run.places()?;
    let failed = |error: std::io::Error| {
        Failure::new(
            format!("the cache in {}: {error}", places.cache.display()),
            "Check who may read and write that folder.",
        )
    };
    let mut output = Output::open();
    match &args.verb {
        Verb::Info(args) => {
            let info = cache::info(&places).map_err(failed)?;
            if args.json {
                output.json(&CacheObject::of(&info))?;
            } else {
                tell(&info, &mut output)?;
            }
        }
        Verb::Clear(args) => {
            let freed = cache::clear(&places).map_err(failed)?;
            if args.json {
                output.json(&ClearedObject::of(&places.cache, freed))?;
            } else {
                output.line(&format!("Deleted {} of indexes.", bytes(freed)))?;
            }
        }
    }
    output.flush()?;
    Ok(Exit::Answered)
}

fn tell(info: &CacheInfo, output: &mut Output) -> Result<(), Failure> {
    let path = escaped(&info.path.to_string_lossy());
    let archives = counted(info.archives, "archive", "archives");
    let (held, cap) = (bytes(info.bytes), bytes(info.cap_bytes));
    output.line(&format!(
        "{path}: indexes of {archives}, {held} of at most {cap}"
    ))?;
    Ok(())
}
