//! `sealscope stamp`: proof from outside of when an archive was sealed, or a report signed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use sealscope_engine::{TrustStoreFile, add_stamp, random_uuid, stamp_query, trust_for_this_run};

use super::Run;
use crate::Exit;
use crate::failure::Failure;
use crate::json::stamp::{QueryObject, TokenObject};
use crate::output::Output;
use crate::text::{escaped, grouped};

const EXAMPLES: &str = "\
A timestamp proves that the newest checkpoint, and with it every entry before it, existed at a time
that a timestamping authority (RFC 3161) states. This program uses no network: send the query
yourself. Evidence that others sealed is better left as it is: give its token with --anchor instead.
Of a report that an examiner signed, the signature is stamped; `sealscope check` then says since
when the report exists.

Examples:
  sealscope stamp audit.sealog --query audit.tsq
  curl -sS -H 'Content-Type: application/timestamp-query' --data-binary @audit.tsq \\
       https://tsa.example.org/ -o audit.tsr
  sealscope stamp audit.sealog --token audit.tsr
  sealscope trust add tsa-root.pem && sealscope verify audit.sealog
  sealscope stamp report.zip --query report.tsq    (and --token with the answer)";

/// Ask for, and add, a timestamp over a sealog archive's newest checkpoint, or a signed report
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct StampArgs {
    /// A sealog archive, or a signed report in any of its forms
    #[arg(value_name = "ARCHIVE")]
    archive: PathBuf,
    /// Write the query for a timestamping authority to OUT, which must not exist
    #[arg(long, value_name = "OUT.tsq", required_unless_present = "token")]
    query: Option<PathBuf>,
    /// Add the authority's answer to the archive or the report
    #[arg(long, value_name = "TOKEN.tsr", conflicts_with = "query")]
    token: Option<PathBuf>,
    /// Trust the certificates in FILE (PEM or DER) for this run, beside the trust store
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Bytes of an answer that are read: more than any token has.
const TOKEN_BYTES_MAX: u64 = 1 << 20;

pub fn run(args: &StampArgs, run: &Run) -> Result<Exit, Failure> {
    let mut output = Output::open();
    match (&args.query, &args.token) {
        (Some(out), _) => ask(args, out, &mut output)?,
        (None, Some(token)) => add(args, token, run, &mut output)?,
        (None, None) => return Err(Failure::plain("give --query or --token".to_owned())),
    }
    output.flush()?;
    Ok(Exit::Answered)
}

fn ask(args: &StampArgs, out: &Path, output: &mut Output) -> Result<(), Failure> {
    let [a, b, c, d, e, f, g, h, ..] = random_uuid()
        .map_err(|error| Failure::plain(format!("the system gives no random bytes: {error}")))?;
    let query = stamp_query(&args.archive, [a, b, c, d, e, f, g, h])
        .map_err(|error| Failure::plain(error.to_string()))?;
    let write = || {
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(out)?;
        file.write_all(&query.der)?;
        file.sync_all()
    };
    write().map_err(|error: std::io::Error| {
        let path = escaped(&out.to_string_lossy());
        Failure::plain(format!("{path} cannot be written: {error}"))
    })?;
    if args.json {
        output.json(&QueryObject::of(&args.archive, out, &query))?;
        return Ok(());
    }
    let path = escaped(&out.to_string_lossy());
    let what = match query.size {
        Some(size) => format!("the checkpoint of {} entries", grouped(size)),
        None => "the examiner's signature of the report".to_owned(),
    };
    output.line(&format!("{path} asks for a timestamp over {what}."))?;
    output.line(&format!("  imprint {}", query.imprint.to_hex()))?;
    output.line("  Send it to a timestamping authority, and add its answer with --token.")?;
    Ok(())
}

fn add(args: &StampArgs, token: &Path, run: &Run, output: &mut Output) -> Result<(), Failure> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(token)
        .and_then(|file| file.take(TOKEN_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|error| {
            let path = escaped(&token.to_string_lossy());
            Failure::plain(format!("{path} cannot be read: {error}"))
        })?;
    let places = run.places()?;
    let mut trust = TrustStoreFile::load(&places.trust_store())?.to_trust_store();
    trust_for_this_run(&args.trust)?.add_to(&mut trust);
    let report = add_stamp(&args.archive, &bytes, &trust.tsa_roots)
        .map_err(|error| Failure::plain(error.to_string()))?;
    if args.json {
        output.json(&TokenObject::of(&args.archive, &report))?;
        return Ok(());
    }
    let archive = escaped(&args.archive.to_string_lossy());
    output.line(&if report.was_there {
        format!("{archive} has this timestamp already; nothing was written.")
    } else {
        format!("The timestamp was added to {archive}.")
    })?;
    output.line(&format!("  {}", escaped(&report.finding.says)))?;
    Ok(())
}
