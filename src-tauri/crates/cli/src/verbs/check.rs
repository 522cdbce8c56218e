//! `sealscope check`: whether a report holds.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Args;
use sealscope_engine::checked::{Answer, CheckError, Checked, Finding, Outcome, State};
use sealscope_engine::{
    GivenForRun, RunMode, TrustStoreFile, check_report, hold_against_archives, load_vkeys,
    trust_for_this_run,
};

use super::Run;
use crate::args::TrustArgs;
use crate::failure::Failure;
use crate::json::check::CheckObject;
use crate::output::Output;
use crate::text::{counted, escaped, grouped};
use crate::{Exit, opening};

/// Exhibits with something to say that are printed as text; the rest is counted.
const SHOWN_MAX: usize = 20;

const EXAMPLES: &str = "\
Needs the report alone. All that follows from its data is made again and compared, each exhibit is
held against its proof and checkpoint, and signatures against the keys that you trust: never against
those that the report brings along. The signature of a PDF or HTML report stands beside it, as
REPORT.dsse.json.

Exit codes:
  0  the report holds
  1  it does not: something in it is not as claimed
  2  it could not be looked at
  3  nothing is wrong, but something could not be checked: not signed, a key that you do not trust,
     an exhibit without a proof, or pages that another version wrote

Examples:
  sealscope check report.zip --trust acme.vkey --key examiner.vkey
  sealscope check report.pdf --trust acme.vkey --key examiner.vkey --archive audit.sealog
  sealscope check report/ --json | jq -r .answer";

/// Check a report: a bag (folder or .zip), PDF, HTML or JSON
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// The report
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// Compare with the archive that the report is about, too; may be repeated
    #[arg(long, value_name = "PATH")]
    archive: Vec<PathBuf>,
    /// Trust the keys of logs (.vkey) or the certificates of timestamping authorities (PEM or DER)
    /// in FILE for this run, beside the trust store; may be repeated
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// The public key of an examiner (.vkey), which may sign reports and no logs; may be repeated
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    /// A verification key of the evidence's own format (of a journal, CloudTrail's public keys),
    /// where the report brings evidence along as proof; literal or in a file; may be repeated
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    evidence_key: Vec<String>,
    /// What you know of that evidence from elsewhere: a checkpoint, COUNT HEX, or a timestamp
    /// token; may be repeated
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// Print one JSON object (sealscope.check/1)
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CheckArgs, run: &Run) -> Result<Exit, Failure> {
    let places = run.places()?;
    let mut trust = TrustStoreFile::load(&places.trust_store())?.to_trust_store();
    trust_for_this_run(&args.trust)?.add_to(&mut trust);
    let mut examiners = Vec::new();
    for file in &args.key {
        examiners.extend(load_vkeys(file)?);
    }
    let keys = args.evidence_key.iter().map(OsStr::new);
    let given = GivenForRun::on_command_line(keys, &args.anchor);
    let given = given.map_err(|error| Failure::new(error.to_string(), error.next_step()))?;
    given.add_to(&mut trust);
    let checked = check_report(&args.report, &trust, &examiners, &places, run.now_ns);
    let mut checked = checked.map_err(could_not_look)?;
    if !args.archive.is_empty() && !compare(args, run, &mut checked)? {
        return Ok(Exit::Interrupted);
    }
    let outcome = &checked.outcome;
    let exit = match outcome.answer() {
        Answer::Holds => Exit::Answered,
        Answer::DoesNotHold => Exit::Broken,
        Answer::NotInFull => Exit::Weaker,
    };
    let mut output = Output::open();
    let printed = if args.json {
        let object = CheckObject::of(&args.report, outcome);
        output.json(&object).map_err(Failure::from)
    } else {
        tell(outcome, &mut output)
    };
    match printed.and_then(|()| Ok(output.flush()?)) {
        Ok(()) | Err(Failure::NobodyReads) => Ok(exit),
        Err(failure) => Err(failure),
    }
}

fn could_not_look(error: CheckError) -> Failure {
    let next_step = match &error {
        CheckError::Io { .. } => "Check the path and who may read it.",
        CheckError::TooLarge { .. } => "Unpack it, or check its parts with the tools of its form.",
        CheckError::NoReport { .. } => "Name a bag, or a PDF, HTML or JSON file of a report.",
    };
    Failure::new(error.to_string(), next_step)
}

/// Opens and checks the archives. `false`: it was asked to stop.
fn compare(args: &CheckArgs, run: &Run, checked: &mut Checked) -> Result<bool, Failure> {
    let trust = TrustArgs {
        trust: args.trust.clone(),
        key: args.evidence_key.clone(),
        anchor: args.anchor.clone(),
        no_memory: true,
    };
    let settings = sealscope_engine::EntrySettings::default();
    let workspace = opening::open(&args.archive, Some(&trust), settings, run)?;
    if !workspace.failures().is_empty() {
        let says = "Not every archive that was given could be opened.";
        let finding = Finding::not_checkable(says);
        checked.outcome.add("archives", finding);
    }
    if !opening::work(&workspace, RunMode::Verify, "checking", run) {
        return Ok(false);
    }
    hold_against_archives(checked, &workspace);
    Ok(true)
}

fn tell(outcome: &Outcome, output: &mut Output) -> Result<(), Failure> {
    output.line(&format!("The report {}.", outcome.answer().words()))?;
    if let Some(claimed) = &outcome.claimed {
        output.line(&format!("  Report        {}", escaped(&claimed.report_id)))?;
        output.line(&format!("  Content hash  {}", claimed.content_sha256))?;
        output.line(&format!(
            "  Made          {} by {}",
            escaped(&claimed.made_at),
            escaped(&claimed.tool)
        ))?;
        output.line(&format!("  It says       {}", escaped(&claimed.headline)))?;
    }
    output.line("")?;
    for check in &outcome.checks {
        output.line(&line(&escaped(&check.what), &check.finding))?;
    }
    tell_exhibits(outcome, output)?;
    output.line("")?;
    for limit in &outcome.limits {
        output.line(&format!("Not shown by this: {limit}"))?;
    }
    Ok(())
}

fn line(what: &str, finding: &Finding) -> String {
    format!(
        "  {:<13} {what}: {}",
        finding.state.word(),
        escaped(&finding.says)
    )
}

fn tell_exhibits(outcome: &Outcome, output: &mut Output) -> Result<(), Failure> {
    let count = outcome.exhibits.len() as u64;
    if count == 0 {
        return Ok(());
    }
    let fine = outcome.exhibits.iter();
    let fine = fine
        .filter(|checks| !checks.has(State::Broken) && !checks.has(State::NotCheckable))
        .count() as u64;
    output.line(&format!(
        "  {:<13} exhibits: {} of {} as claimed.",
        if fine == count { "ok" } else { "" },
        grouped(fine),
        counted(count, "exhibit", "exhibits")
    ))?;
    let mut shown = 0;
    for wanted in [State::Broken, State::NotCheckable] {
        for checks in &outcome.exhibits {
            for (aspect, finding) in checks.all() {
                if finding.state != wanted {
                    continue;
                }
                shown += 1;
                if shown <= SHOWN_MAX {
                    output.line(&line(&format!("E{}, {aspect}", checks.number), finding))?;
                }
            }
        }
    }
    if shown > SHOWN_MAX {
        let more = counted((shown - SHOWN_MAX) as u64, "line", "lines");
        output.line(&format!("  … and {more} more; --json has all."))?;
    }
    Ok(())
}
