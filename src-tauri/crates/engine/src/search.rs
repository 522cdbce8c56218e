//! Asking: a query becomes hits, by the index where it is complete, else by scanning the entries.
//! Both give the same answers; the tests hold them against each other.

use std::sync::Arc;

use sealscope_index::query::{Diagnostic, Matcher, Moment, Query, RowView, TimeSpan, parse};
use sealscope_index::{Context, Hits, IndexError, Sort};
use sealscope_model::Position;

use crate::open_archive::OpenArchive;
use crate::prefix;
use crate::progress::Cancel;
use crate::rows::{Row, RowError, RowPlace, read_rows};
use crate::scan::{ScanHits, ScanSpec, scan};
use crate::workspace::Workspace;

mod counts;

pub use counts::FacetOut;

/// A question.
#[derive(Debug, Clone)]
pub struct SearchSpec {
    /// The query's text.
    pub text: String,
    /// In which order hits are wanted.
    pub sort: Sort,
    /// Only entries at or after this time, in nanoseconds since 1970.
    pub from_ns: Option<i64>,
    /// Only entries before this time.
    pub to_ns: Option<i64>,
    /// Field whose equal values make one hit of several rows, such as `auditID`.
    pub join: Option<String>,
    /// Scan, even where there is an index.
    pub no_index: bool,
}

impl SearchSpec {
    /// A query in the order of position.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            sort: Sort::Position,
            from_ns: None,
            to_ns: None,
            join: None,
            no_index: false,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query has no meaning.
    #[error("{}", .0.message)]
    Query(Box<Diagnostic>),
    /// It was asked to stop.
    #[error("the search was stopped")]
    Cancelled,
    /// The index failed; asking again scans instead.
    #[error(transparent)]
    Index(IndexError),
    /// Evidence could not be read.
    #[error(transparent)]
    Row(#[from] RowError),
}

impl From<IndexError> for SearchError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Cancelled => Self::Cancelled,
            other => Self::Index(other),
        }
    }
}

/// Hits, however they were found.
#[derive(Debug)]
enum Found {
    Index(Hits),
    Scan(ScanHits),
    /// Every row known at the moment of looking, in stored order.
    Known,
}

/// The answer to a question, at the moment it was asked.
#[derive(Debug)]
pub struct Search {
    workspace: Arc<Workspace>,
    spec: SearchSpec,
    query: Query,
    matcher: Matcher,
    hints: Vec<Diagnostic>,
    found: Found,
    searched_rows: u64,
    is_exact: bool,
}

/// One page of rows.
#[derive(Debug, Clone, Default)]
pub struct RowPage {
    /// The rows, in the order of the hits.
    pub rows: Vec<Row>,
    /// Hits that did not match when they were read again: the index is wrong and is dropped.
    pub false_hits: usize,
}

/// Reads a query and adds the time limits of the specification.
///
/// # Errors
/// What has no meaning, and where.
pub(crate) fn query_of(spec: &SearchSpec) -> Result<(Query, Vec<Diagnostic>), SearchError> {
    let parsed = parse(&spec.text).map_err(SearchError::Query)?;
    let limits = (spec.from_ns.is_some() || spec.to_ns.is_some()).then(|| {
        Query::within(TimeSpan {
            from: spec.from_ns.map(Moment::At),
            to: spec.to_ns.map(Moment::At),
        })
    });
    let query = match limits {
        Some(limits) => Query::all_of(vec![parsed.query, limits]),
        None => parsed.query,
    };
    Ok((query, parsed.hints))
}

impl Workspace {
    /// Answers a question; blocks until the answer is there.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn search(
        self: &Arc<Self>,
        spec: SearchSpec,
        cancel: &Cancel,
    ) -> Result<Search, SearchError> {
        self.search_with(spec, cancel, &|_, _| {})
    }

    /// The same, telling hits so far and rows searched so far while it scans.
    ///
    /// # Errors
    /// See [`SearchError`].
    pub fn search_with(
        self: &Arc<Self>,
        spec: SearchSpec,
        cancel: &Cancel,
        tell: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<Search, SearchError> {
        let (query, mut hints) = query_of(&spec)?;
        let index = self
            .index()
            .filter(|_| !spec.no_index && spec.join.is_none());
        let newest_ns = self.times().map(|(_, newest)| newest);
        let matcher = Matcher::new(&query, newest_ns);
        let (found, searched_rows, is_exact) = match index {
            Some(index) => {
                hints.extend(self.unknown_fields(&spec.text));
                let hits = self.ask(&index, &query, cancel)?;
                let rows = index.rows();
                (Found::Index(hits), rows, true)
            }
            None if query == Query::All && !spec.no_index && spec.join.is_none() => {
                (Found::Known, 0, false)
            }
            None => {
                let scanned = scan(
                    self.archives(),
                    &ScanSpec {
                        query: &query,
                        matcher: &matcher,
                        join: spec.join.as_deref(),
                    },
                    cancel,
                    tell,
                )?;
                let is_exact = scanned.is_whole;
                let rows = scanned.rows_read;
                (Found::Scan(scanned.hits), rows, is_exact)
            }
        };
        let workspace = Arc::clone(self);
        Ok(Search {
            workspace,
            spec,
            query,
            matcher,
            hints,
            found,
            searched_rows,
            is_exact,
        })
    }

    fn ask(
        &self,
        index: &sealscope_index::Index,
        query: &Query,
        cancel: &Cancel,
    ) -> Result<Hits, SearchError> {
        let ranges = self.ranges();
        let cancelled = || cancel.is_stopped();
        let context = Context {
            verdicts: &ranges,
            newest_ns: None,
            cancelled: &cancelled,
        };
        Ok(index.search(query, &context)?)
    }

    /// Fields that a query names and no source has; empty while the index is incomplete.
    #[must_use]
    pub fn unknown_fields(&self, text: &str) -> Vec<Diagnostic> {
        match (self.index(), parse(text)) {
            (Some(index), Ok(parsed)) => index.unknown_fields(&parsed.fields),
            _ => Vec::new(),
        }
    }
}

impl Search {
    /// How many hits there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.found {
            Found::Index(hits) => hits.count(),
            Found::Scan(hits) => hits.count(),
            Found::Known => prefix::rows_known(self.workspace.archives()),
        }
    }

    /// Whether every entry was searched: the count is then exact.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// Whether the answer came from the index.
    #[must_use]
    pub const fn is_indexed(&self) -> bool {
        matches!(self.found, Found::Index(_))
    }

    /// Rows searched.
    #[must_use]
    pub fn searched_rows(&self) -> u64 {
        match self.found {
            Found::Known => self.count(),
            _ => self.searched_rows,
        }
    }

    /// The workspace that was asked.
    #[must_use]
    pub const fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// The question.
    #[must_use]
    pub const fn spec(&self) -> &SearchSpec {
        &self.spec
    }

    /// The query in its one text form.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.query.canonical()
    }

    /// What may not be what was meant.
    #[must_use]
    pub fn hints(&self) -> &[Diagnostic] {
        &self.hints
    }

    /// Rows `first` to `first + count` of the hits, read and hashed again.
    ///
    /// # Errors
    /// When evidence cannot be read or has changed.
    pub fn page(&self, first: u64, count: usize) -> Result<RowPage, RowError> {
        let places = self.places(first, count)?;
        let rows = read_rows(
            self.workspace.archives(),
            &self.workspace.segments,
            &places,
            first,
        )?;
        Ok(self.only_true_hits(rows))
    }

    /// Where the hits `first` to `first + count` are.
    ///
    /// # Errors
    /// When evidence that has to be looked at cannot be read.
    pub fn places(&self, first: u64, count: usize) -> Result<Vec<RowPlace>, RowError> {
        Ok(match &self.found {
            Found::Known => prefix::places(
                self.workspace.archives(),
                &self.workspace.segments,
                first,
                count,
            )?,
            Found::Index(hits) => hits
                .page(self.spec.sort, first, count)
                .into_iter()
                .map(|row| RowPlace {
                    archive: row.archive as usize,
                    position: row.position,
                    record: row.record,
                })
                .collect(),
            Found::Scan(hits) => hits.page(self.spec.sort, first, count),
        })
    }

    /// The index only says where to look: a row that does not match after all is not shown.
    fn only_true_hits(&self, rows: Vec<Row>) -> RowPage {
        if !self.is_indexed() {
            return RowPage {
                rows,
                false_hits: 0,
            };
        }
        let before = rows.len();
        let archives = self.workspace.archives();
        let kept: Vec<Row> = rows
            .into_iter()
            .filter(|row| self.still_matches(archives, row))
            .collect();
        let false_hits = before - kept.len();
        if false_hits > 0 {
            self.workspace.drop_index(
                "The index named entries that do not match: it is damaged and was dropped.",
            );
        }
        RowPage {
            rows: kept,
            false_hits,
        }
    }

    fn still_matches(&self, archives: &[Arc<OpenArchive>], row: &Row) -> bool {
        let Some(archive) = archives.get(row.archive) else {
            return false;
        };
        let reading = archive.reading();
        let mut record = sealscope_fields::Record::new();
        let mut matches = false;
        reading.schema.read(
            &row.raw,
            &reading.settings,
            &mut record,
            &mut |number, record| {
                if number == row.record {
                    let view = RowView {
                        position: row.position,
                        verdict: row.verdict,
                        record,
                    };
                    // Verdicts may have changed since the question was asked; that is no false hit.
                    matches = self.query.asks_for_seals() || self.matcher.matches(&view);
                }
            },
        );
        matches
    }

    /// Further rows that a hit stands for, where rows were joined by a field.
    #[must_use]
    pub fn joined_at(&self, ordinal: u64) -> u32 {
        match &self.found {
            Found::Scan(hits) => hits.joined_at(self.spec.sort, ordinal),
            Found::Index(_) | Found::Known => 0,
        }
    }

    /// Oldest and newest time of the hits.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        match &self.found {
            Found::Index(hits) => hits.times(),
            Found::Scan(hits) => hits.times(),
            Found::Known => self.workspace.times(),
        }
    }

    /// The number of the first hit at or after a time, in the order of the hits.
    #[must_use]
    pub fn ordinal_at_time(&self, ns: i64) -> u64 {
        let (mut low, mut high) = (0, self.count());
        match self.spec.sort {
            Sort::Time | Sort::TimeDown => {
                let is_down = self.spec.sort == Sort::TimeDown;
                while low < high {
                    let middle = low + (high - low) / 2;
                    let time = self.time_of(middle);
                    let is_before =
                        time.is_some_and(|time| if is_down { time > ns } else { time < ns });
                    if is_before {
                        low = middle + 1
                    } else {
                        high = middle
                    }
                }
                low
            }
            // Entries are nearly in order of time: the first page that reaches the time is near
            // enough, and the row is then looked for exactly.
            Sort::Position | Sort::PositionDown => self.first_in_position_order(ns),
        }
    }

    fn time_of(&self, ordinal: u64) -> Option<i64> {
        match &self.found {
            Found::Index(hits) => hits.page(self.spec.sort, ordinal, 1).first()?.time_ns,
            Found::Scan(hits) => hits.time_of(self.spec.sort, ordinal),
            Found::Known => None,
        }
    }

    fn first_in_position_order(&self, ns: i64) -> u64 {
        let earliest = match &self.found {
            Found::Index(hits) => {
                let by_time = self.earliest_from(hits, ns);
                by_time.map(|row| hits.ordinal_of(self.spec.sort, row))
            }
            Found::Scan(hits) => hits.earliest_from(self.spec.sort, ns),
            Found::Known => None,
        };
        earliest.unwrap_or_else(|| self.count())
    }

    /// The row with the earliest time at or after `ns`.
    fn earliest_from(&self, hits: &Hits, ns: i64) -> Option<u64> {
        let (mut low, mut high) = (0, hits.count());
        while low < high {
            let middle = low + (high - low) / 2;
            let row = hits.page(Sort::Time, middle, 1);
            let is_before = row
                .first()
                .and_then(|row| row.time_ns)
                .is_some_and(|time| time < ns);
            if is_before {
                low = middle + 1
            } else {
                high = middle
            }
        }
        hits.page(Sort::Time, low, 1)
            .first()
            .filter(|row| row.time_ns.is_some())
            .map(|row| row.row)
    }

    /// The number of the hit at or after an entry, in the order of the hits.
    #[must_use]
    pub fn ordinal_of(&self, archive: usize, position: Position) -> u64 {
        match &self.found {
            Found::Index(hits) => {
                let archive = u32::try_from(archive).unwrap_or(u32::MAX);
                match hits.row_at(archive, position, 0) {
                    Some(row) => hits.ordinal_of(self.spec.sort, row),
                    None => self.count(),
                }
            }
            Found::Scan(hits) => hits.ordinal_of(self.spec.sort, archive, position),
            Found::Known => {
                let workspace = &self.workspace;
                let known = prefix::ordinal_of(
                    workspace.archives(),
                    &workspace.segments,
                    archive,
                    position,
                );
                known.unwrap_or_else(|| self.count())
            }
        }
    }
}
