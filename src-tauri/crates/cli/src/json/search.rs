//! `sealscope.search/1`: the stable contract of `sealscope search --json`. A hit is the engine's
//! `HitObject`, which exports have too.

use sealscope_engine::{BucketOut, FacetOut, HistogramOut, Search};

use crate::times;

/// What stands before the hits.
#[derive(serde::Serialize)]
pub struct SearchHead<'a> {
    schema: &'static str,
    query: &'a str,
    canonical: String,
    count: u64,
    exact: bool,
}

impl<'a> SearchHead<'a> {
    /// The members for an answer.
    pub fn of(query: &'a str, search: &Search) -> Self {
        Self {
            schema: "sealscope.search/1",
            query,
            canonical: search.canonical(),
            count: search.count(),
            exact: search.is_exact(),
        }
    }
}

/// What stands behind the hits.
#[derive(serde::Serialize)]
pub struct Figures<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    buckets: Option<Vec<BucketObject>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<ValueObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distinct: Option<u64>,
}

impl<'a> Figures<'a> {
    /// The members for the figures that were asked for.
    pub fn of(
        histogram: Option<&HistogramOut>,
        facet: Option<&'a FacetOut>,
        field: Option<&'a str>,
    ) -> Self {
        Self {
            buckets: histogram.map(|all| all.buckets.iter().map(BucketObject::of).collect()),
            bucket_ns: histogram.map(|all| all.bucket_ns),
            undated: histogram.map(|all| all.undated),
            values: facet.map(|facet| {
                facet
                    .values
                    .iter()
                    .map(|(value, count)| ValueObject::of(value, *count))
                    .collect()
            }),
            field: facet.and(field),
            distinct: facet.map(|facet| facet.distinct),
        }
    }
}

/// One bucket of a histogram.
#[derive(serde::Serialize)]
pub struct BucketObject {
    start: String,
    count: u64,
    by_verdict: ByVerdict,
}

#[derive(serde::Serialize)]
struct ByVerdict {
    intact: u64,
    consistent: u64,
    unproven: u64,
    unsealed: u64,
    broken: u64,
    unchecked: u64,
}

impl BucketObject {
    /// The object for a bucket.
    pub fn of(bucket: &BucketOut) -> Self {
        let [intact, consistent, unproven, unsealed, broken, unchecked] = bucket.by_verdict;
        Self {
            start: times::of_ns(bucket.start_ns),
            count: bucket.count,
            by_verdict: ByVerdict {
                intact,
                consistent,
                unproven,
                unsealed,
                broken,
                unchecked,
            },
        }
    }
}

/// One value of a facet.
#[derive(serde::Serialize)]
pub struct ValueObject<'a> {
    value: &'a str,
    count: u64,
}

impl<'a> ValueObject<'a> {
    /// The object for a value.
    pub const fn of(value: &'a str, count: u64) -> Self {
        Self { value, count }
    }
}
