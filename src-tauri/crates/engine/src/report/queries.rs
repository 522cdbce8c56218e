//! Queries: their counts, with and without each filter, and the timeline.

use chrono::{DateTime, SecondsFormat};
use sealscope_case::KeptQuery;
use sealscope_index::Sort;
use sealscope_index::query::{Leaf, Moment, Query, TimeSpan, parse};
use sealscope_model::Verdict;
use sealscope_report::content::{Bucket, Counts, FilterCount, QueryRecord, Timeline};
use sealscope_verify::grouped;

use super::{Gathering, ReportError};
use crate::histogram::{BucketOut, bucket_for, verdict_slot};
use crate::search::{Search, SearchError, SearchSpec};
use crate::times::{moment_text, width_text};

/// Filters of one query that are left out one by one at most.
const FILTERS_MAX: usize = 16;
/// Bars of the timeline at most.
const BARS_MAX: usize = 60;

/// A moment in UTC with as many digits as it needs.
fn utc(ns: i64) -> String {
    DateTime::from_timestamp_nanos(ns).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A query that was asked, and its answer where there is one.
pub(super) struct Asked {
    pub(super) record: QueryRecord,
    pub(super) search: Option<Search>,
    pub(super) exhibits_max: u64,
}

impl Gathering<'_> {
    pub(super) fn queries(&self) -> Result<Vec<Asked>, ReportError> {
        let kept = self.request.case.queries.iter();
        kept.map(|kept| self.ask(kept)).collect()
    }

    fn ask(&self, kept: &KeptQuery) -> Result<Asked, ReportError> {
        let mut record = QueryRecord {
            title: kept.title.clone(),
            control: kept.control.clone(),
            text: kept.text.clone(),
            sort: "time".to_owned(),
            answer: kept.answer.clone(),
            ..QueryRecord::default()
        };
        let failed = |mut record: QueryRecord, trouble: String| {
            record.trouble = Some(trouble);
            Ok(Asked {
                record,
                search: None,
                exhibits_max: 0,
            })
        };
        let (from_ns, to_ns) = match (self.moment(&kept.from), self.moment(&kept.to)) {
            (Ok(from_ns), Ok(to_ns)) => (from_ns, to_ns),
            (Err(text), _) | (_, Err(text)) => {
                return failed(record, format!("{text:?} is no time, or no entry has one."));
            }
        };
        record.from = from_ns.map(utc);
        record.to = to_ns.map(utc);
        let spec = SearchSpec {
            sort: Sort::Time,
            from_ns,
            to_ns,
            ..SearchSpec::new(&kept.text)
        };
        let search = match self.workspace.search(spec.clone(), self.cancel) {
            Ok(search) => search,
            Err(SearchError::Query(error)) => return failed(record, error.message.clone()),
            Err(SearchError::Cancelled) => return Err(ReportError::Stopped),
            Err(error) => return Err(error.into()),
        };
        record.canonical = search.canonical();
        record.count = search.count();
        record.searched = search.searched_rows();
        record.is_exact = search.is_exact();
        record.hints = search.hints().iter().map(ToString::to_string).collect();
        record.by_verdict = self.by_verdict(&search)?;
        record.without = self.without(&spec)?;
        Ok(Asked {
            record,
            search: Some(search),
            exhibits_max: kept.exhibits_max,
        })
    }

    /// `Err`: the text.
    fn moment(&self, text: &str) -> Result<Option<i64>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let spelled = text.replacen(' ', "T", 1);
        let is_plain = spelled
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-:.".contains(c))
            && !spelled.contains("..");
        let moment = match parse(&format!("@{spelled}..")).map(|parsed| parsed.query) {
            Ok(Query::Is(Leaf::Time(TimeSpan {
                from: Some(moment),
                to: None,
            }))) if is_plain => moment,
            _ => return Err(text.to_owned()),
        };
        let newest = self.workspace.times().map(|(_, newest)| newest);
        let ns = Moment::resolve(moment, newest);
        ns.map(Some).ok_or_else(|| text.to_owned())
    }

    fn by_verdict(&self, search: &Search) -> Result<Counts, ReportError> {
        let facet = search.facet("seal", Verdict::ALL.len() + 1)?;
        let of = |word: &str| {
            let found = facet.values.iter().find(|(value, _)| value == word);
            found.map_or(0, |(_, count)| *count)
        };
        Ok(Counts {
            total: search.count(),
            control: 0,
            intact: of("intact"),
            consistent: of("consistent"),
            unproven: of("unproven"),
            unsealed: of("unsealed"),
            broken: of("broken"),
            unchecked: of("unchecked"),
        })
    }

    /// The count with each filter left out.
    fn without(&self, spec: &SearchSpec) -> Result<Vec<FilterCount>, ReportError> {
        let parts = match parse(&spec.text).map(|parsed| parsed.query) {
            Ok(Query::And(parts)) => parts,
            Ok(Query::All) | Err(_) => Vec::new(),
            Ok(one) => vec![one],
        };
        let mut counts = Vec::new();
        let mut count = |filter: String, other: SearchSpec| -> Result<(), ReportError> {
            let count = match self.workspace.search(other, self.cancel) {
                Ok(search) => search.count(),
                Err(SearchError::Cancelled) => return Err(ReportError::Stopped),
                Err(error) => return Err(error.into()),
            };
            counts.push(FilterCount { filter, count });
            Ok(())
        };
        for (place, part) in parts.iter().enumerate().take(FILTERS_MAX) {
            let others = parts.iter().enumerate();
            let others = others.filter(|(other, _)| *other != place);
            let others = Query::all_of(others.map(|(_, part)| part.clone()).collect());
            let other = SearchSpec {
                text: others.canonical(),
                ..spec.clone()
            };
            count(part.canonical(), other)?;
        }
        if let Some(from_ns) = spec.from_ns {
            let other = SearchSpec {
                from_ns: None,
                ..spec.clone()
            };
            count(format!("from {}", utc(from_ns)), other)?;
        }
        if let Some(to_ns) = spec.to_ns {
            let other = SearchSpec {
                to_ns: None,
                ..spec.clone()
            };
            count(format!("before {}", utc(to_ns)), other)?;
        }
        Ok(counts)
    }

    /// All records by time.
    pub(super) fn timeline(&self) -> Result<Option<Timeline>, ReportError> {
        let search = match self.workspace.search(SearchSpec::new("*"), self.cancel) {
            Ok(search) => search,
            Err(SearchError::Cancelled) => return Err(ReportError::Stopped),
            Err(error) => return Err(error.into()),
        };
        let Some((oldest, newest)) = search.times() else {
            return Ok(None);
        };
        let width = bucket_for(oldest, newest, BARS_MAX);
        let counted = search.histogram_of(oldest, newest.saturating_add(1), width)?;
        let broken = verdict_slot(Some(Verdict::Broken));
        let intact = verdict_slot(Some(Verdict::Intact));
        let slot =
            |bucket: &BucketOut, slot: usize| bucket.by_verdict.get(slot).copied().unwrap_or(0);
        let buckets: Vec<Bucket> = counted
            .buckets
            .iter()
            .map(|bucket| Bucket {
                from: moment_text(bucket.start_ns, self.zone),
                count: bucket.count,
                broken: slot(bucket, broken),
                not_intact: bucket.count - slot(bucket, intact) - slot(bucket, broken),
            })
            .collect();
        let total: u64 = buckets.iter().map(|bucket| bucket.count).sum();
        let most = buckets.iter().max_by_key(|bucket| bucket.count);
        let width_says = width_text(width.unsigned_abs());
        let summary = format!(
            "{} dated records from {} to {}, in steps of {width_says}; most in the step that \
            begins at {} ({}).{}",
            grouped(total),
            moment_text(oldest, self.zone),
            moment_text(newest, self.zone),
            most.map_or("", |bucket| bucket.from.as_str()),
            grouped(most.map_or(0, |bucket| bucket.count)),
            match counted.undated {
                0 => String::new(),
                undated => format!(" {} records have no time.", grouped(undated)),
            }
        );
        Ok(Some(Timeline {
            says: "All records of all items".to_owned(),
            width: width_says,
            buckets,
            undated: counted.undated,
            summary,
        }))
    }
}
