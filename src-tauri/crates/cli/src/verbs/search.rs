//! `sealscope search`: finds entries, with their verdicts.

mod csv;
mod figures;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use sealscope_engine::query::{TimeSpan, parse};
use sealscope_engine::{
    FacetOut, HistogramOut, Row, RunMode, Search, SearchError, SearchSpec, Sort, Workspace,
};

use super::Run;
use crate::args::{ProfileArgs, ReadingArgs, TrustArgs};
use crate::failure::{Failure, complain};
use crate::json::search::{Figures, HitObject, SearchHead};
use crate::output::Output;
use crate::quoting::shell_word;
use crate::text::{self, counted, grouped};
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
    /// What to look for; * is every entry
    #[arg(short, long, value_name = "QUERY")]
    query: String,
    /// Only entries at or after this time
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    from: Option<String>,
    /// Only entries before this time
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    to: Option<String>,
    /// Order of the hits
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "time",
        allow_hyphen_values = true
    )]
    sort: Order,
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
enum Order {
    /// Oldest first, undated last
    Time,
    /// Newest first, undated last
    #[value(name = "-time")]
    TimeDown,
    /// As stored
    Position,
    /// As stored, backwards
    #[value(name = "-position")]
    PositionDown,
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
    if let Err(error) = parse(&args.query) {
        return Err(wrong_query(&args.query, &error));
    }
    let span = times::span(args.from.as_deref(), args.to.as_deref())?;
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
    let search = search(args, &workspace, span, run)?;
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

fn search(
    args: &SearchArgs,
    workspace: &Arc<Workspace>,
    span: TimeSpan,
    run: &Run,
) -> Result<Search, Failure> {
    let newest = workspace.times().map(|(_, newest)| newest);
    let resolved = |moment: Option<sealscope_engine::query::Moment>| match moment {
        None => Ok(None),
        Some(moment) => match moment.resolve(newest) {
            Some(ns) => Ok(Some(ns)),
            None => Err(Failure::new(
                "no entry has a time, so there is none to count back from",
                "Give --time-field, or leave --from and --to out.",
            )),
        },
    };
    let spec = SearchSpec {
        text: args.query.clone(),
        sort: match args.sort {
            Order::Time => Sort::Time,
            Order::TimeDown => Sort::TimeDown,
            Order::Position => Sort::Position,
            Order::PositionDown => Sort::PositionDown,
        },
        from_ns: resolved(span.from)?,
        to_ns: resolved(span.to)?,
        join: args.join.clone(),
        no_index: args.no_index,
    };
    workspace
        .search(spec, &run.cancel)
        .map_err(|error| match error {
            SearchError::Query(error) => wrong_query(&args.query, &error),
            SearchError::Cancelled => stopped(workspace),
            SearchError::Index(_) => {
                Failure::new(error.to_string(), "Search again with --no-index.")
            }
            SearchError::Row(_) => Failure::new(error.to_string(), "Run the search again."),
        })
}

/// The query with a mark under what is wrong, and how to mend it.
fn wrong_query(query: &str, error: &sealscope_engine::query::Diagnostic) -> Failure {
    let before: String = query
        .chars()
        .take(characters(query, error.span.start))
        .collect();
    let marked = query.get(error.span.clone()).unwrap_or_default();
    let marks = "^".repeat(text::escaped(marked).chars().count().max(1));
    let room = " ".repeat(text::escaped(&before).chars().count());
    let mut next_step = format!("{}\n  {room}{marks}", text::escaped(query));
    if let Some(fix) = &error.fix {
        next_step.push_str(&format!("\n  {}", text::escaped(&fix.says)));
        if let Some(mended) = shell_word(&fix.apply(query)) {
            next_step.push_str(&format!("\n  -q {mended}"));
        }
    }
    Failure::laid_out(
        format!("in the query: {}", text::escaped(&error.message)),
        next_step,
    )
}

fn characters(text: &str, offset_bytes: usize) -> usize {
    text.char_indices()
        .take_while(|(at, _)| *at < offset_bytes)
        .count()
}

fn stopped(workspace: &Workspace) -> Failure {
    let entries: u64 = workspace
        .archives()
        .iter()
        .map(|archive| archive.live().entries)
        .sum();
    let entries = counted(entries, "entry was", "entries were");
    eprintln!("Stopped before the query was answered; {entries} checked until then.");
    Failure::Interrupted
}

/// Without an index the answer is the same, only slower: worth a word, not a failure.
fn complain_of_indexes(workspace: &Workspace) {
    for archive in workspace.archives() {
        if let Some(trouble) = archive.live().index_trouble {
            let says = format!("{}: {trouble}", archive.path().display());
            complain(
                &says,
                Some("The entries are scanned instead: same answer, more time."),
            );
        }
    }
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
    let head = SearchHead::of(&args.query, search);
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
