//! What is counted over the hits of a search: by time, severity and value.

use sealscope_fields::Severity;
use sealscope_index::query::{FieldName, Query};
use sealscope_index::{Context, Facet};

use super::{Found, Search, SearchError};
use crate::histogram::{self, BucketOut, HistogramOut};
use crate::live_times::LiveTimes;
use crate::progress::Cancel;

/// Severities in the order of their counts.
const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::Error,
    Severity::Warning,
    Severity::Info,
    Severity::Debug,
];

/// A value with the number of rows that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetOut {
    /// The most frequent values, with exact numbers of rows.
    pub values: Vec<(String, u64)>,
    /// Different values in all.
    pub distinct: u64,
}

impl Search {
    /// Counts by time and verdict, in at most `buckets_max` buckets between two times (all times
    /// where none are given).
    ///
    /// # Errors
    /// When the index fails.
    pub fn histogram(
        &self,
        from_ns: Option<i64>,
        to_ns: Option<i64>,
        buckets_max: usize,
    ) -> Result<HistogramOut, SearchError> {
        let Some((oldest, newest)) = self.times() else {
            let undated = match &self.found {
                Found::Known => self.undated_so_far(),
                Found::Index(_) | Found::Scan(_) => self.count(),
            };
            return Ok(HistogramOut::without_times(undated));
        };
        let from = from_ns.unwrap_or(oldest);
        let to = to_ns.unwrap_or(newest.saturating_add(1));
        let bucket_ns = histogram::bucket_for(from, to, buckets_max);
        self.histogram_of(from, to, bucket_ns)
    }

    /// Counts by time and verdict in buckets of `bucket_ns`, aligned to whole multiples of it.
    ///
    /// # Errors
    /// When the index fails.
    pub fn histogram_of(
        &self,
        from_ns: i64,
        to_ns: i64,
        bucket_ns: i64,
    ) -> Result<HistogramOut, SearchError> {
        let bucket_ns = bucket_ns.max(1);
        let from = from_ns.div_euclid(bucket_ns).saturating_mul(bucket_ns);
        let ranges = self.workspace.ranges();
        match &self.found {
            Found::Index(hits) => {
                let context = Context {
                    verdicts: &ranges,
                    ..Context::plain()
                };
                let counted = hits.histogram(from, to_ns, bucket_ns, &context)?;
                Ok(HistogramOut::of_index(&counted))
            }
            Found::Scan(hits) => Ok(hits.histogram(from, to_ns, bucket_ns, &ranges)),
            Found::Known => Ok(self.live_histogram(from, to_ns, bucket_ns)),
        }
    }

    /// The rows in each bucket of a histogram by severity, worst first, then those without one.
    ///
    /// # Errors
    /// When the index fails.
    pub fn by_severity(&self, counted: &HistogramOut) -> Result<Vec<[u64; 6]>, SearchError> {
        let hits = match &self.found {
            Found::Scan(hits) => return Ok(hits.by_severity(counted)),
            Found::Known => {
                let ungraded = |bucket: &BucketOut| [0, 0, 0, 0, 0, bucket.count];
                return Ok(counted.buckets.iter().map(ungraded).collect());
            }
            Found::Index(hits) => hits,
        };
        let mut split = vec![[0u64; 6]; counted.buckets.len()];
        let (Some(first), Some(last)) = (counted.buckets.first(), counted.buckets.last()) else {
            return Ok(split);
        };
        let to = last.start_ns.saturating_add(counted.bucket_ns);
        for (slot, severity) in SEVERITIES.into_iter().enumerate() {
            let of_it = Query::field_is(FieldName::Spine("severity"), severity.word());
            let query = Query::all_of(vec![self.query.clone(), of_it]);
            let part = self
                .workspace
                .ask(hits.index(), &query, &Cancel::default())?;
            let context = Context::plain();
            let part = part.histogram(first.start_ns, to, counted.bucket_ns, &context)?;
            for (counts, bucket) in split.iter_mut().zip(&part.buckets) {
                if let Some(count) = counts.get_mut(slot) {
                    *count = bucket.total();
                }
            }
        }
        for (counts, bucket) in split.iter_mut().zip(&counted.buckets) {
            let graded: u64 = counts.iter().sum();
            if let Some(rest) = counts.last_mut() {
                *rest = bucket.count.saturating_sub(graded);
            }
        }
        Ok(split)
    }

    /// The most frequent values of a field among the hits; `seal` counts verdicts, `archive`
    /// archives.
    ///
    /// # Errors
    /// When the index fails or evidence cannot be read.
    pub fn facet(&self, field: &str, top: usize) -> Result<FacetOut, SearchError> {
        let ranges = self.workspace.ranges();
        match &self.found {
            Found::Index(hits) => {
                let context = Context {
                    verdicts: &ranges,
                    ..Context::plain()
                };
                let facet = match field {
                    "seal" => Facet::Seal,
                    "archive" => Facet::Archive,
                    name => Facet::Field(sealscope_index::query::FieldName::from_query(name)),
                };
                let counted = hits.facet(&facet, top, &context)?;
                let values = counted
                    .values
                    .into_iter()
                    .map(|value| (value.value, value.rows));
                Ok(FacetOut {
                    values: values.collect(),
                    distinct: counted.distinct,
                })
            }
            Found::Scan(hits) => Ok(hits.facet(self.workspace.archives(), field, top, &ranges)?),
            // Nothing is counted by value before the index is there.
            Found::Known => Ok(FacetOut {
                values: Vec::new(),
                distinct: 0,
            }),
        }
    }

    /// Rows without a time, as far as archives were read.
    fn undated_so_far(&self) -> u64 {
        let archives = self.workspace.archives().iter();
        let undated = archives.map(|archive| {
            let known = archive.known();
            let rows = known.rows.iter().flatten();
            rows.map(|rows| rows.undated).sum::<u64>()
        });
        undated.sum()
    }

    fn live_histogram(&self, from_ns: i64, to_ns: i64, bucket_ns: i64) -> HistogramOut {
        let archives = self.workspace.archives().iter();
        let parts: Vec<LiveTimes> = archives
            .map(|archive| archive.known().live_times.clone())
            .collect();
        let undated = self.undated_so_far();
        LiveTimes::histogram(&parts, (from_ns, to_ns), bucket_ns, undated)
    }
}
