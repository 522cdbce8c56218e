//! `sealscope search`: finds entries, with their verdicts.

mod csv;
mod figures;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use sealscope_engine::{
    FacetOut, HistogramOut, HitObject, Row, RunMode, Search, SearchError, Workspace,
};

use super::Run;
use super::question::{QuestionArgs, complain_of_indexes, stopped};
use crate::args::{ProfileArgs, ReadingArgs, TrustArgs};
use crate::failure::{Failure, complain};
use crate::json::search::{Figures, SearchHead};
use crate::output::Output;
use crate::text::{counted, grouped};
use crate::{Exit, opening, times};

/// Rows read and printed at a time.
const PAGE_ROWS: usize = 500;
/// Values that a facet lists.
const FACET_VALUES: usize = 100;
/// Buckets that one histogram may have.
const BUCKETS_MAX: i64 = 100_000;

const EXAMPLES: &str = "\
Query language:
  anna delete            words of any value, both there       \"not found\"       a phrase
  verb:delete            a field, exactly (case counts)       user.username:*   the field is there
  code:>=400             numbers; also code:[400 TO 499]      who:sys*          * and ?, end to end
  path:/\\/api\\/.*/       regular expression, end to end       NOT a (b OR c)    not, or, groups
  seal:broken            by verdict                           #1000..2000       positions
  @2026-03-14T09:00..+15m  times                              @-2d              the last two days
Fields of every log: who, did, to_what, from_where, outcome, decision, severity, class, message.

The first search makes an index outside the evidence and keeps it; --no-index only scans.
Figures (--histogram, --facet, --count) are exact, and take the place of the hits unless --json.

Examples:
  sealscope search audit.sealog -q 'verb:delete AND NOT who:system*'
  sealscope search audit.sealog -q seal:broken --sort position
  sealscope search evidence/ -q 'outcome:403' --facet who
  sealscope search audit.sealog -q '*' --histogram 1h
  sealscope search audit.sealog -q secrets --json | jq -r '.hits[].raw'";

/// Search the entries of archives; each hit comes with its verdict
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SearchArgs {
    /// Archives: files, or folders with all files below
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    question: QuestionArgs,
    /// Hits to print; 0 is all
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u64,
    /// Hits to pass over first
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u64,
    /// How hits are printed
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        conflicts_with = "json"
    )]
    format: Format,
    /// Print one JSON object (sealscope.search/1)
    #[arg(long)]
    json: bool,
    /// Print only how many hits there are
    #[arg(long)]
    count: bool,
    /// Count the hits by time, in buckets of this length: 30s, 15m, 1h, 1d
    #[arg(long, value_name = "LENGTH", value_parser = times::length)]
    histogram: Option<i64>,
    /// Count the values of a field among the hits; `seal` counts verdicts, `archive` archives
    #[arg(long, value_name = "FIELD")]
    facet: Option<String>,
    /// Make one hit of the rows that have the same value in this field, such as auditID
    #[arg(long, value_name = "FIELD")]
    join: Option<String>,
    /// Scan the entries instead of making an index
    #[arg(long)]
    no_index: bool,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    profile: ProfileArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// One JSON object for each hit, a line each
    Jsonl,
    /// Comma-separated values; cells that a spreadsheet would run are defused
    Csv,
}

pub fn run(args: &SearchArgs, run: &Run) -> Result<Exit, Failure> {
    let is_two_tables = args.histogram.is_some() && args.facet.is_some();
    if is_two_tables && args.format == Format::Csv {
        return Err(Failure::plain(
            "--histogram and --facet make two tables; ask for them one by one with --format csv",
        ));
    }
    // Before a long pass over the archives: a slip in the query shows at once.
    let span = args.question.check()?;
    let mut settings = args.reading.settings();
    settings.profile = args.profile.load()?;
    let workspace = Arc::new(opening::open(
        &args.paths,
        Some(&args.trust),
        settings,
        run,
    )?);
    if workspace.archives().is_empty() {
        return Ok(Exit::CouldNotLook);
    }
    let (mode, label) = match args.no_index {
        true => (RunMode::Verify, "checking"),
        false => (RunMode::Index, "checking and indexing"),
    };
    if !opening::work(&workspace, mode, label, run) {
        return Err(stopped(&workspace));
    }
    complain_of_indexes(&workspace);
    let search = args
        .question
        .ask(&workspace, span, args.join.clone(), args.no_index, run)?;
    for hint in search.hints() {
        complain(&hint.to_string(), None);
    }
    let mut output = Output::open();
    print(args, &workspace, &search, &mut output, run)?;
    output.flush()?;
    Ok(if workspace.failures().is_empty() {
        Exit::Answered
    } else {
        Exit::CouldNotLook
    })
}

fn print(
    args: &SearchArgs,
    workspace: &Workspace,
    search: &Search,
    output: &mut Output,
    run: &Run,
) -> Result<(), Failure> {
    let histogram = args
        .histogram
        .map(|length| histogram(search, length))
        .transpose()?;
    let facet = args
        .facet
        .as_deref()
        .map(|field| facet(search, field))
        .transpose()?;
    if args.json {
        return print_json(args, workspace, search, (histogram, facet), output, run);
    }
    if histogram.is_none() && facet.is_none() {
        return match args.count {
            true => Ok(output.line(&search.count().to_string())?),
            false => print_hits(args, workspace, search, output, run),
        };
    }
    if args.count {
        output.line(&search.count().to_string())?;
    }
    if let Some(histogram) = histogram {
        match args.format {
            Format::Table => figures::tell_histogram(&histogram, output)?,
            Format::Jsonl => figures::histogram_lines(&histogram, output)?,
            Format::Csv => figures::histogram_csv(&histogram, output)?,
        }
    }
    if let (Some(facet), Some(field)) = (facet, &args.facet) {
        match args.format {
            Format::Table => figures::tell_facet(field, &facet, output)?,
            Format::Jsonl => figures::facet_lines(&facet, output)?,
            Format::Csv => figures::facet_csv(field, &facet, output)?,
        }
    }
    Ok(())
}

fn histogram(search: &Search, length_ns: i64) -> Result<HistogramOut, Failure> {
    let Some((oldest, newest)) = search.times() else {
        return search.histogram(None, None, 1).map_err(failed);
    };
    let buckets = newest.saturating_sub(oldest) / length_ns;
    if buckets >= BUCKETS_MAX {
        let says = format!(
            "the histogram would have {} buckets",
            grouped(buckets.unsigned_abs())
        );
        return Err(Failure::new(
            says,
            "Give a greater length, or fewer hours by --from and --to.",
        ));
    }
    search
        .histogram_of(oldest, newest.saturating_add(1), length_ns)
        .map_err(failed)
}

fn facet(search: &Search, field: &str) -> Result<FacetOut, Failure> {
    search.facet(field, FACET_VALUES).map_err(failed)
}

fn failed(error: SearchError) -> Failure {
    Failure::new(error.to_string(), "Search again with --no-index.")
}

fn print_json(
    args: &SearchArgs,
    workspace: &Workspace,
    search: &Search,
    (histogram, facet): (Option<HistogramOut>, Option<FacetOut>),
    output: &mut Output,
    run: &Run,
) -> Result<(), Failure> {
    // Hits may be millions: the object is written piece by piece.
    let head = SearchHead::of(&args.question.query, search);
    let mut head = serde_json::to_vec(&head).map_err(std::io::Error::from)?;
    head.pop();
    output.bytes(&head)?;
    if !args.count {
        output.bytes(b",\"hits\":[")?;
        let mut is_first = true;
        each_page(args, search, run, |rows| {
            for row in rows {
                if !std::mem::take(&mut is_first) {
                    output.bytes(b",")?;
                }
                output.json_part(&HitObject::of(row, workspace))?;
            }
            Ok(())
        })?;
        output.bytes(b"]")?;
    }
    let figures = Figures::of(histogram.as_ref(), facet.as_ref(), args.facet.as_deref());
    let figures = serde_json::to_vec(&figures).map_err(std::io::Error::from)?;
    if let Some(members) = figures
        .strip_prefix(b"{")
        .filter(|members| members.len() > 1)
    {
        output.bytes(b",")?;
        output.bytes(members)?;
    } else {
        output.bytes(b"}")?;
    }
    Ok(output.bytes(b"\n")?)
}

fn print_hits(
    args: &SearchArgs,
    workspace: &Workspace,
    search: &Search,
    output: &mut Output,
    run: &Run,
) -> Result<(), Failure> {
    let mut table = table::Table::new(workspace.archives().len() > 1, output.is_terminal());
    if args.format == Format::Csv {
        csv::header(output)?;
    }
    let mut printed = 0;
    each_page(args, search, run, |rows| {
        printed += rows.len() as u64;
        match args.format {
            Format::Table => table.page(rows, workspace, output)?,
            Format::Jsonl => {
                for row in rows {
                    output.json(&HitObject::of(row, workspace))?;
                }
            }
            Format::Csv => csv::rows(rows, workspace, output)?,
        }
        Ok(())
    })?;
    output.flush()?;
    if args.format == Format::Table {
        tell_count(args, search, printed);
    }
    Ok(())
}

/// Reads the wanted hits page by page.
fn each_page(
    args: &SearchArgs,
    search: &Search,
    run: &Run,
    mut print: impl FnMut(&[Row]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let end = match args.limit {
        0 => search.count(),
        limit => search.count().min(args.offset.saturating_add(limit)),
    };
    let mut first = args.offset;
    while first < end {
        if run.cancel.is_stopped() {
            eprintln!("Stopped after {} of {} hits.", grouped(first), grouped(end));
            return Err(Failure::Interrupted);
        }
        let count = usize::try_from(end - first)
            .unwrap_or(PAGE_ROWS)
            .min(PAGE_ROWS);
        let page = search.page(first, count).map_err(|error| {
            Failure::new(
                error.to_string(),
                "Run the search again, on a copy that nobody writes to.",
            )
        })?;
        if page.false_hits > 0 {
            let hits = counted(page.false_hits as u64, "hit", "hits");
            complain(
                &format!("the index named {hits} that do not match: it is damaged and was dropped"),
                Some("Run the search again: the index is then made anew."),
            );
        }
        print(&page.rows)?;
        first += count as u64;
    }
    Ok(())
}

/// Beside the table, on standard error, so that the table can be piped on.
fn tell_count(args: &SearchArgs, search: &Search, printed: u64) {
    let hits = counted(search.count(), "hit", "hits");
    let searched = counted(search.searched_rows(), "row", "rows");
    let exact = if search.is_exact() {
        ""
    } else {
        " (not all entries could be searched)"
    };
    let more = match printed < search.count() {
        true if args.limit > 0 => {
            let next = args.offset.saturating_add(printed);
            format!(
                "; {} shown, go on with --offset {next} or --limit 0",
                grouped(printed)
            )
        }
        _ => String::new(),
    };
    eprintln!("{hits} in {searched}{exact}{more}.");
}
