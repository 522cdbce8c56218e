//! The verbs, one file each.

mod cache;
mod cat;
mod check;
mod compare;
mod completions;
mod export;
mod formats;
mod info;
mod keygen;
mod open;
mod question;
mod report;
pub mod seal;
mod search;
mod stamp;
mod trust;
mod verify;

use clap::{Parser, Subcommand};
use sealscope_engine::{Cancel, Places};

use crate::Exit;
use crate::failure::Failure;

const EXIT_CODES: &str = "\
Exit codes:
  0    answered; for verify: all intact; for check: the report holds
  1    verify: broken, a seal and the bytes disagree; check: the report does not hold
  2    something could not be looked at (not found, not readable, no known format, bad usage)
  3    verify: weaker than intact (consistent, unproven, unsealed); check: not in full
  130  interrupted

Examples:
  sealscope keygen acme
  sealscope seal /var/log/audit -o audit.sealog --origin example.org/audit --key acme.key
  sealscope trust add acme.vkey --origin 'example.org/*'
  sealscope verify audit.sealog
  sealscope search audit.sealog -q 'verb:delete AND who:anna'

Evidence is only read; nothing is written beside it, and no network is used.";

/// Checks sealed log archives for changes, and searches them.
#[derive(Debug, Parser)]
#[command(name = "sealscope", version, after_help = EXIT_CODES)]
#[command(subcommand_required = true, arg_required_else_help = true)]
#[command(max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Verify(verify::VerifyArgs),
    Seal(seal::SealArgs),
    Stamp(stamp::StampArgs),
    Keygen(keygen::KeygenArgs),
    Trust(trust::TrustVerb),
    Info(info::InfoArgs),
    Search(search::SearchArgs),
    Export(export::ExportArgs),
    Cat(cat::CatArgs),
    Check(check::CheckArgs),
    Compare(compare::CompareArgs),
    Report(report::ReportArgs),
    Cache(cache::CacheVerb),
    Formats(formats::FormatsArgs),
    Completions(completions::CompletionsArgs),
    Open(open::OpenArgs),
}

/// What every verb gets from outside.
pub struct Run {
    /// The wish to stop.
    pub cancel: Cancel,
    /// Now, in nanoseconds since 1970-01-01T00:00:00Z.
    pub now_ns: i64,
}

impl Run {
    /// A run that begins now.
    pub fn new(cancel: Cancel) -> Self {
        let now_ns = chrono::Utc::now().timestamp_nanos_opt().unwrap_or(0);
        Self { cancel, now_ns }
    }

    /// The program's own folders.
    pub fn places(&self) -> Result<Places, Failure> {
        Places::of_user().ok_or_else(|| {
            Failure::new(
                "this system names no home folder, so there is no place for trust store and cache",
                "Set SEALSCOPE_HOME to a folder of yours.",
            )
        })
    }
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self, run: &Run) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Verify(args) => verify::run(&args, run),
            Verb::Seal(args) => seal::run(args, run),
            Verb::Stamp(args) => stamp::run(&args, run),
            Verb::Keygen(args) => keygen::run(&args),
            Verb::Trust(args) => trust::run(&args, run),
            Verb::Info(args) => info::run(&args, run),
            Verb::Search(args) => search::run(&args, run),
            Verb::Export(args) => export::run(&args, run),
            Verb::Cat(args) => cat::run(&args, run),
            Verb::Check(args) => check::run(&args, run),
            Verb::Compare(args) => compare::run(&args, run),
            Verb::Report(args) => report::run(&args, run),
            Verb::Cache(args) => cache::run(&args, run),
            Verb::Formats(args) => formats::run(&args),
            Verb::Completions(args) => completions::run(&args),
            Verb::Open(args) => open::run(&args),
        }
    }
}
