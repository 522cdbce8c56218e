//! `sealscope report`: makes a report that proves itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use sealscope_engine::case::{
    CONTROLS, Case, CaseFile, ControlSet, KeptQuery, Redact, ShownPrecision, Template, control_set,
};
use sealscope_engine::documents::content::Setting;
use sealscope_engine::documents::{Form, OutputError, Written, write_report};
use sealscope_engine::query::parse;
use sealscope_engine::times::LocalZone;
use sealscope_engine::{
    Passphrase, Progress, ReportError, ReportRequest, RunMode, Signer, build_of_this_program,
    hash_files, load_signer,
};

use super::Run;
use crate::args::{ProfileArgs, ReadingArgs, TrustArgs};
use crate::failure::{Failure, complain};
use crate::output::Output;
use crate::quoting::shell_word;
use crate::text::{escaped, grouped};
use crate::{Exit, opening, progress, times};

const EXAMPLES: &str = "\
The form follows from OUT: .pdf, .html, .json (machine-readable), .zip (a bag, zipped); any other
name is a folder with a bag (BagIt) of entries and proofs. `sealscope check OUT` verifies each of
them without the archive.

Without --at the report says now; with it, the same archives, keys, case and version give the same
bytes. A report cites the hits of each -q, up to --limit; how many there are in all it says too.

Examples:
  sealscope report audit.sealog -o verification.pdf --template verification
  sealscope report audit.sealog -q 'verb:delete AND NOT who:system*' -o report.html
  sealscope report audit.sealog -q outcome:403 -o bag --sign examiner.key --at 2026-03-15T08:00:00Z
  sealscope report --case night.case.json -o report.pdf
  sealscope report audit.sealog --control pci-dss-10 --limit 20 -o audit.html
  sealscope report audit.sealog -q anna --redact user.email='personal data' -o report.pdf";

/// Make a report on archives: verdicts, cited entries, and proofs that others can check
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReportArgs {
    /// Archives: files, or folders with all files below
    #[arg(value_name = "PATH", required_unless_present = "case")]
    paths: Vec<PathBuf>,
    /// Take what the examiner wrote from this case file; its archives are opened where no PATH is
    /// given
    #[arg(long, value_name = "FILE")]
    case: Option<PathBuf>,
    /// Cite what this query finds; may be repeated
    #[arg(short, long, value_name = "QUERY")]
    query: Vec<String>,
    /// Only entries at or after this time
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    from: Option<String>,
    /// Only entries before this time
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    to: Option<String>,
    /// Hits of each query that are cited at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
    /// What the report is for: verification, investigation or control-audit
    #[arg(long, value_name = "NAME", value_parser = template)]
    template: Option<Template>,
    /// Put in the prepared questions of a control, each with its query: gdpr-32-33,
    /// hipaa-164-312-b, iso-27001-a8 or pci-dss-10; may be repeated
    #[arg(long, value_name = "NAME", value_parser = control)]
    control: Vec<&'static ControlSet>,
    /// Title of the report
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// When the report is made, instead of now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Zone in which times are shown beside the original text: UTC, source, local or a name such as
    /// Europe/Berlin
    #[arg(long, value_name = "Z")]
    show_zone: Option<String>,
    /// Show those times to the seconds, milliseconds or microseconds at most; without it as written
    #[arg(long, value_name = "P", value_parser = precision)]
    show_precision: Option<ShownPrecision>,
    /// Withhold this field in every exhibit; =REASON says why; may be repeated
    #[arg(long, value_name = "FIELD[=REASON]")]
    redact: Vec<String>,
    /// Sign with this private key (made by `sealscope keygen`)
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// Read the passphrase of the private key from this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Where to write the report; must not exist
    #[arg(short, long, value_name = "OUT")]
    out: PathBuf,
    /// Print one JSON object (sealscope.report-made/1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    profile: ProfileArgs,
}

fn precision(name: &str) -> Result<ShownPrecision, String> {
    ShownPrecision::from_name(name).ok_or_else(|| {
        let names = ShownPrecision::ALL.map(ShownPrecision::name);
        format!("there are {}", names.join(", "))
    })
}

fn template(name: &str) -> Result<Template, String> {
    Template::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Template::ALL.iter().map(|one| one.name()).collect();
        format!("there are {}", names.join(", "))
    })
}

fn control(name: &str) -> Result<&'static ControlSet, String> {
    control_set(name).ok_or_else(|| {
        let names: Vec<&str> = CONTROLS.iter().map(|one| one.name).collect();
        format!("there are {}", names.join(", "))
    })
}

pub fn run(args: &ReportArgs, run: &Run) -> Result<Exit, Failure> {
    let made_at_ns = made_at(args, run)?;
    let signer = signer(args)?;
    if args.out.exists() {
        return Err(already_there(&args.out));
    }
    let case = case(args)?;
    let paths = paths(args, &case)?;
    let before = progress::shown("hashing", &Progress::default(), || {
        hash_files(&paths, &run.cancel)
    });
    let before = before.ok_or(Failure::Interrupted)?;
    let mut settings = args.reading.settings();
    settings.profile = args.profile.load()?;
    // The same command gives the same bytes again: it leaves no trace in the memory.
    let workspace = opening::open(&paths, Some(&args.trust), settings, run)?;
    let workspace = Arc::new(workspace.without_remembering());
    if workspace.archives().is_empty() {
        return Ok(Exit::CouldNotLook);
    }
    let needs_index = !case.queries.is_empty() || case.template != Template::Verification;
    let (mode, label) = match needs_index {
        true => (RunMode::Index, "checking and indexing"),
        false => (RunMode::Verify, "checking"),
    };
    if !opening::work(&workspace, mode, label, run) {
        eprintln!("Stopped before the archives were checked; no report was made.");
        return Err(Failure::Interrupted);
    }
    let request = ReportRequest {
        case: &case,
        made_at_ns,
        build: build_of_this_program(),
        command: command(args, made_at_ns),
        settings: told_settings(args),
        before,
        local: LocalZone::System,
    };
    let package = {
        let done = Progress::default();
        progress::shown("gathering", &done, || {
            workspace.report(&request, &done, &run.cancel)
        })
    };
    let package = package.map_err(failed)?;
    for warning in &package.content().warnings {
        complain(warning, None);
    }
    let written = write_report(
        &package,
        Form::of_path(&args.out),
        &args.out,
        signer.as_ref(),
    );
    let written = written.map_err(|error| not_written(&args.out, &error))?;
    tell(args, package.content().exhibits.len(), &written)?;
    Ok(match workspace.failures().is_empty() {
        true => Exit::Answered,
        false => Exit::CouldNotLook,
    })
}

fn made_at(args: &ReportArgs, run: &Run) -> Result<i64, Failure> {
    let Some(text) = &args.at else {
        // As finely as the report says it, so that the command that it prints gives the same bytes.
        return Ok(run.now_ns - run.now_ns.rem_euclid(1_000_000));
    };
    times::instant(text).ok_or_else(|| {
        Failure::new(
            format!("--at {text:?} is no time with a zone"),
            "Write it as 2026-03-15T08:00:00Z.",
        )
    })
}

fn signer(args: &ReportArgs) -> Result<Option<Signer>, Failure> {
    let passphrase = args.passphrase_file.as_deref().map(Passphrase::from_file);
    let passphrase = passphrase.transpose()?;
    let key = args.sign.as_ref();
    Ok(key
        .map(|path| load_signer(path, passphrase.as_ref()))
        .transpose()?)
}

/// What the case file says, and what the command line adds.
fn case(args: &ReportArgs) -> Result<Case, Failure> {
    let mut case = match &args.case {
        Some(path) => {
            let next = "Give a case file that this version wrote.";
            let file = CaseFile::open(path);
            file.map_err(|error| Failure::new(error.to_string(), next))?
                .case
        }
        None => Case::default(),
    };
    match args.template {
        Some(template) => case.template = template,
        None if !args.control.is_empty() => case.template = Template::ControlAudit,
        None => {}
    }
    if let Some(title) = &args.title {
        case.identity.title.clone_from(title);
    }
    if let Some(zone) = &args.show_zone {
        case.settings.zone.clone_from(zone);
    }
    if let Some(precision) = args.show_precision {
        case.settings.precision = precision;
    }
    for set in &args.control {
        case.queries.extend(set.queries(args.limit));
    }
    for text in &args.query {
        parse(text).map_err(|error| {
            Failure::new(
                format!("in the query {text:?}: {}", error.message),
                "`sealscope search --help` shows the query language.",
            )
        })?;
        case.queries.push(KeptQuery {
            text: text.clone(),
            from: args.from.clone().unwrap_or_default(),
            to: args.to.clone().unwrap_or_default(),
            exhibits_max: args.limit,
            ..KeptQuery::default()
        });
    }
    times::span(args.from.as_deref(), args.to.as_deref())?;
    for rule in &args.redact {
        let (field, reason) = rule.split_once('=').unwrap_or((rule, ""));
        case.redact.push(Redact {
            field: field.to_owned(),
            reason: reason.to_owned(),
        });
    }
    Ok(case)
}

fn paths(args: &ReportArgs, case: &Case) -> Result<Vec<PathBuf>, Failure> {
    if !args.paths.is_empty() {
        return Ok(args.paths.clone());
    }
    let paths: Vec<PathBuf> = case
        .deposits
        .iter()
        .filter(|deposit| !deposit.path.is_empty())
        .map(|deposit| PathBuf::from(&deposit.path))
        .collect();
    match paths.is_empty() {
        false => Ok(paths),
        true => Err(Failure::new(
            "the case names no archive",
            "Name the archives on the command line too.",
        )),
    }
}

/// Settings that change what is read or checked; keys are not told, only that there were some.
fn told_settings(args: &ReportArgs) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut tell = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            settings.push(Setting {
                name: name.to_owned(),
                value,
            });
        }
    };
    let reading = &args.reading;
    tell("schema", reading.schema.clone());
    tell("time field", reading.time_field.clone());
    tell("zone of times that state none", reading.zone.clone());
    tell(
        "year of times that state none",
        reading.year.map(|year| year.to_string()),
    );
    tell(
        "chain profile",
        args.profile.profile.as_deref().map(file_name),
    );
    let files = |paths: &[PathBuf]| {
        let names: Vec<String> = paths.iter().map(|path| file_name(path)).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    tell("trusted for this run", files(&args.trust.trust));
    tell("anchors", files(&args.trust.anchor));
    let keys = args.trust.key.len() as u64;
    tell("verification keys given", (keys > 0).then(|| grouped(keys)));
    tell(
        "memory of checkpoints",
        Some(
            if args.trust.no_memory {
                "not used"
            } else {
                "used"
            }
            .to_owned(),
        ),
    );
    settings
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// The command that makes the report again: file names alone, as folders differ from computer to
/// computer, and no verification keys, as they may be secret.
fn command(args: &ReportArgs, made_at_ns: i64) -> String {
    let mut words = vec!["sealscope report".to_owned()];
    let mut push = |option: &str, value: &str| {
        // What no shell word can hold is left to the reader.
        let value = shell_word(value).unwrap_or_else(|| "...".to_owned());
        match option.is_empty() {
            true => words.push(value),
            false => words.push(format!("{option} {value}")),
        }
    };
    for path in &args.paths {
        push("", &file_name(path));
    }
    if let Some(path) = &args.case {
        push("--case", &file_name(path));
    }
    let texts = [
        ("--from", &args.from),
        ("--to", &args.to),
        ("--title", &args.title),
        ("--show-zone", &args.show_zone),
        ("--schema", &args.reading.schema),
        ("--time-field", &args.reading.time_field),
        ("--zone", &args.reading.zone),
    ];
    for query in &args.query {
        push("-q", query);
    }
    for (option, value) in texts {
        if let Some(value) = value {
            push(option, value);
        }
    }
    if let Some(precision) = args.show_precision {
        push("--show-precision", precision.name());
    }
    push("--at", &times::of_ns(made_at_ns));
    if !args.query.is_empty() || !args.control.is_empty() {
        push("--limit", &args.limit.to_string());
    }
    if let Some(template) = args.template {
        push("--template", template.name());
    }
    for set in &args.control {
        push("--control", set.name);
    }
    for rule in &args.redact {
        push("--redact", rule);
    }
    for path in &args.trust.trust {
        push("--trust", &file_name(path));
    }
    for _ in &args.trust.key {
        push("--key", "KEY");
    }
    for path in &args.trust.anchor {
        push("--anchor", &file_name(path));
    }
    if let Some(path) = &args.profile.profile {
        push("--profile", &file_name(path));
    }
    if let Some(year) = args.reading.year {
        push("--year", &year.to_string());
    }
    if args.trust.no_memory {
        words.push("--no-memory".to_owned());
    }
    words.push("-o OUT".to_owned());
    words.join(" ")
}

fn failed(error: ReportError) -> Failure {
    match error {
        ReportError::Stopped => {
            eprintln!("Stopped; no report was made.");
            Failure::Interrupted
        }
        ReportError::TooMany(_) => Failure::new(error.to_string(), "Give a smaller --limit."),
        _ => Failure::new(
            error.to_string(),
            "Make the report again, on a copy that nobody writes to.",
        ),
    }
}

fn already_there(out: &Path) -> Failure {
    Failure::new(
        format!("{} exists already", out.display()),
        "Name a file or folder that does not exist: a report is never written over another.",
    )
}

fn not_written(out: &Path, error: &OutputError) -> Failure {
    match error {
        OutputError::Exists(_) => already_there(out),
        _ => Failure::new(
            error.to_string(),
            "Look whether there is room, and whether you may write there.",
        ),
    }
}

fn tell(args: &ReportArgs, exhibits: usize, written: &Written) -> Result<(), Failure> {
    let mut output = Output::open();
    if args.json {
        output.json(&crate::json::report::MadeObject::of(
            exhibits as u64,
            written,
        ))?;
        return Ok(output.flush()?);
    }
    let path = escaped(&written.path.to_string_lossy());
    output.line(&format!("Report    {path}"))?;
    output.line(&format!("  exhibits  {}", grouped(exhibits as u64)))?;
    output.line(&format!("  content   {}", written.content_sha256))?;
    if let Some(sha256) = &written.sha256 {
        output.line(&format!("  SHA-256   {sha256}"))?;
    }
    if let Some(signature) = &written.signature {
        output.line(&format!(
            "  signature {}",
            escaped(&signature.to_string_lossy())
        ))?;
    }
    output.line(&format!(
        "  check     sealscope check {}",
        shell_word(&path).unwrap_or(path)
    ))?;
    Ok(output.flush()?)
}
