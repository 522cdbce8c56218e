use rayon::prelude::*;
use sealscope_model::Verdict;

use super::{Bits, Context, Evaluation, Fault, Hits, ShardPlace, guarded};
use crate::IndexError;
use crate::shard::Shard;

/// Most buckets of one histogram: far more than there are pixels.
const BUCKETS_MAX: u64 = 1 << 18;

/// Numbers of rows by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VerdictCounts {
    /// By verdict, best first, then unchecked.
    counts: [u64; 6],
}

impl VerdictCounts {
    /// Rows of a verdict; `None` is unchecked.
    #[must_use]
    pub fn of(&self, verdict: Option<Verdict>) -> u64 {
        self.counts.get(slot(verdict)).copied().unwrap_or(0)
    }

    /// Rows in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    fn add(&mut self, slot: usize, rows: u64) {
        if let Some(count) = self.counts.get_mut(slot) {
            *count += rows;
        }
    }

    fn add_all(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(other.counts) {
            *count += other;
        }
    }
}

/// Place of a verdict in the counts.
fn slot(verdict: Option<Verdict>) -> usize {
    verdict.map_or(5, |verdict| verdict as usize)
}

/// Rows of one bucket.
pub type Bucket = VerdictCounts;

/// Numbers of rows over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Start of the first bucket, in nanoseconds since 1970.
    pub from_ns: i64,
    /// Length of a bucket in nanoseconds.
    pub bucket_ns: i64,
    /// The buckets, each half-open, in order and without holes.
    pub buckets: Vec<Bucket>,
    /// Rows before the first bucket.
    pub before: VerdictCounts,
    /// Rows after the last bucket.
    pub after: VerdictCounts,
    /// Rows without a time.
    pub undated: VerdictCounts,
}

impl Histogram {
    fn add_all(&mut self, other: &Self) {
        for (bucket, other) in self.buckets.iter_mut().zip(&other.buckets) {
            bucket.add_all(other);
        }
        self.before.add_all(&other.before);
        self.after.add_all(&other.after);
        self.undated.add_all(&other.undated);
    }
}

/// See [`Hits::histogram`].
pub(crate) fn of(
    hits: &Hits,
    from_ns: i64,
    to_ns: i64,
    bucket_ns: i64,
    context: &Context<'_>,
) -> Result<Histogram, IndexError> {
    let bucket_ns = bucket_ns.max(1);
    let length = to_ns.max(from_ns).abs_diff(from_ns);
    let buckets = length.div_ceil(bucket_ns.unsigned_abs());
    if buckets > BUCKETS_MAX {
        return Err(IndexError::Full {
            what: "buckets in a histogram",
            limit: BUCKETS_MAX,
        });
    }
    let empty = Histogram {
        from_ns,
        bucket_ns,
        buckets: vec![Bucket::default(); usize::try_from(buckets).unwrap_or(0)],
        before: VerdictCounts::default(),
        after: VerdictCounts::default(),
        undated: VerdictCounts::default(),
    };
    let shards: Vec<(&ShardPlace, &Bits)> = hits.index().shards().iter().zip(hits.sets()).collect();
    // A part of the shards at a time: each part has buckets of its own.
    shards
        .par_chunks(
            shards
                .len()
                .div_ceil(rayon::current_num_threads() * 2)
                .max(1),
        )
        .map(|part| {
            let mut histogram = empty.clone();
            for (place, set) in part {
                add_shard(place, set, context, &mut histogram)?;
            }
            Ok(histogram)
        })
        .try_reduce(
            || empty.clone(),
            |mut one, other| {
                one.add_all(&other);
                Ok(one)
            },
        )
}

fn add_shard(
    place: &ShardPlace,
    set: &Bits,
    context: &Context<'_>,
    histogram: &mut Histogram,
) -> Result<(), IndexError> {
    let stop = context.stop();
    let evaluation = Evaluation::of(place, context, &stop);
    guarded(&place.shard, || {
        stop.check()?;
        let times = Times::of(&place.shard, set);
        evaluation.each_verdict(|verdict, from, to| {
            let slot = slot(verdict);
            for row in set.rows_from(from).take_while(|row| *row < to) {
                add_row(histogram, times.at(row), slot);
            }
        });
        Ok(())
    })
}

#[inline]
fn add_row(histogram: &mut Histogram, time: Option<i64>, slot: usize) {
    let counts = match time {
        None => &mut histogram.undated,
        Some(time) if time < histogram.from_ns => &mut histogram.before,
        Some(time) => {
            let bucket = time.abs_diff(histogram.from_ns) / histogram.bucket_ns.unsigned_abs();
            let bucket = usize::try_from(bucket).unwrap_or(usize::MAX);
            histogram
                .buckets
                .get_mut(bucket)
                .unwrap_or(&mut histogram.after)
        }
    };
    counts.add(slot, 1);
}

/// The times of a shard's rows, decoded at once where many are wanted.
enum Times<'s> {
    Each(&'s Shard),
    Dated(Vec<i64>),
    Some(Vec<Option<i64>>),
}

impl<'s> Times<'s> {
    fn of(shard: &'s Shard, wanted: &Bits) -> Self {
        let Some(column) = &shard.time else {
            return Times::Each(shard);
        };
        if wanted.count() < shard.rows() / 8 {
            return Times::Each(shard);
        }
        let mut values = vec![0; column.values.num_vals() as usize];
        column.values.get_range(0, &mut values);
        if values.len() == shard.rows() as usize {
            return Times::Dated(values);
        }
        let mut times = vec![None; shard.rows() as usize];
        for (row, value) in shard.dated().iter().zip(values) {
            if let Some(time) = times.get_mut(row as usize) {
                *time = Some(value);
            }
        }
        Times::Some(times)
    }

    #[inline]
    fn at(&self, row: u32) -> Option<i64> {
        match self {
            Times::Each(shard) => shard.time_of(row),
            Times::Dated(times) => times.get(row as usize).copied(),
            Times::Some(times) => times.get(row as usize).copied().flatten(),
        }
    }
}

/// See [`Hits::verdicts`].
pub(crate) fn verdicts(hits: &Hits, context: &Context<'_>) -> VerdictCounts {
    let stop = context.stop();
    let mut counts = VerdictCounts::default();
    for (place, set) in hits.index().shards().iter().zip(hits.sets()) {
        Evaluation::of(place, context, &stop).each_verdict(|verdict, from, to| {
            counts.add(slot(verdict), u64::from(set.rank(to) - set.rank(from)));
        });
    }
    counts
}

/// See [`Hits::times`].
pub(crate) fn times(hits: &Hits) -> Option<(i64, i64)> {
    let shards: Vec<(&ShardPlace, &Bits)> = hits.index().shards().iter().zip(hits.sets()).collect();
    shards
        .into_par_iter()
        .filter_map(|(place, set)| {
            let read = || -> Result<Option<(i64, i64)>, Fault> {
                let times = Times::of(&place.shard, set);
                let times = set.iter().filter_map(|row| times.at(row));
                Ok(times.map(|time| (time, time)).reduce(wider))
            };
            guarded(&place.shard, read).ok().flatten()
        })
        .reduce_with(wider)
}

fn wider(one: (i64, i64), other: (i64, i64)) -> (i64, i64) {
    (one.0.min(other.0), one.1.max(other.1))
}
