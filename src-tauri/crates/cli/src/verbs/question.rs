//! What is asked of the entries: the options that search and export share, and their answer.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use sealscope_engine::query::{TimeSpan, parse};
use sealscope_engine::{Search, SearchError, SearchSpec, Sort, Workspace};

use crate::failure::{Failure, complain};
use crate::quoting::shell_word;
use crate::text::{self, counted};
use crate::times;
use crate::verbs::Run;

/// A question.
#[derive(Debug, Args)]
pub struct QuestionArgs {
    /// What to look for; * is every entry
    #[arg(short, long, value_name = "QUERY")]
    pub query: String,
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

impl QuestionArgs {
    /// Reads query and times, before anything long is done.
    pub fn check(&self) -> Result<TimeSpan, Failure> {
        if let Err(error) = parse(&self.query) {
            return Err(wrong_query(&self.query, &error));
        }
        times::span(self.from.as_deref(), self.to.as_deref())
    }

    /// Asks the archives.
    pub fn ask(
        &self,
        workspace: &Arc<Workspace>,
        span: TimeSpan,
        join: Option<String>,
        no_index: bool,
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
            text: self.query.clone(),
            sort: match self.sort {
                Order::Time => Sort::Time,
                Order::TimeDown => Sort::TimeDown,
                Order::Position => Sort::Position,
                Order::PositionDown => Sort::PositionDown,
            },
            from_ns: resolved(span.from)?,
            to_ns: resolved(span.to)?,
            join,
            no_index,
        };
        workspace
            .search(spec, &run.cancel)
            .map_err(|error| match error {
                SearchError::Query(error) => wrong_query(&self.query, &error),
                SearchError::Cancelled => stopped(workspace),
                SearchError::Index(_) => {
                    Failure::new(error.to_string(), "Search again with --no-index.")
                }
                SearchError::Row(_) => Failure::new(error.to_string(), "Run the search again."),
            })
    }
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

/// Says how far it came.
pub fn stopped(workspace: &Workspace) -> Failure {
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
pub fn complain_of_indexes(workspace: &Workspace) {
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
