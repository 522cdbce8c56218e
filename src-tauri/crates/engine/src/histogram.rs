//! Counts by time.

use sealscope_model::Verdict;

const SECOND: i64 = 1_000_000_000;

/// The lengths that a bucket may have, in nanoseconds: round to the reader.
const LADDER: [i64; 33] = [
    1_000,
    10_000,
    100_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    60 * SECOND,
    2 * 60 * SECOND,
    5 * 60 * SECOND,
    10 * 60 * SECOND,
    15 * 60 * SECOND,
    30 * 60 * SECOND,
    3600 * SECOND,
    2 * 3600 * SECOND,
    3 * 3600 * SECOND,
    6 * 3600 * SECOND,
    12 * 3600 * SECOND,
    24 * 3600 * SECOND,
    7 * 24 * 3600 * SECOND,
    30 * 24 * 3600 * SECOND,
    365 * 24 * 3600 * SECOND,
];

/// The shortest length with which `from..to` takes at most `buckets_max` buckets.
#[must_use]
pub fn bucket_for(from_ns: i64, to_ns: i64, buckets_max: usize) -> i64 {
    let span = i128::from(to_ns) - i128::from(from_ns);
    let most = i128::try_from(buckets_max.max(1)).unwrap_or(1);
    let fits = |length: &&i64| span <= (most - 1).max(1) * i128::from(**length);
    let last = LADDER.last().copied().unwrap_or(i64::MAX);
    LADDER.iter().find(fits).copied().unwrap_or_else(|| {
        let most_ns = most * i128::from(last);
        let years = ((span + most_ns - 1) / most_ns).max(1);
        i64::try_from(years)
            .ok()
            .and_then(|years| years.checked_mul(last))
            .unwrap_or(i64::MAX)
    })
}

/// One bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BucketOut {
    /// Where it begins, in nanoseconds since 1970.
    pub start_ns: i64,
    /// Rows in it.
    pub count: u64,
    /// The same by verdict, best first, then unchecked.
    pub by_verdict: [u64; 6],
}

/// Counts by time: buckets in order, each half-open, without holes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistogramOut {
    /// Start of the first bucket.
    pub from_ns: i64,
    /// Length of a bucket.
    pub bucket_ns: i64,
    /// The buckets.
    pub buckets: Vec<BucketOut>,
    /// Rows before the first bucket, and after the last.
    pub outside: u64,
    /// Rows without a time.
    pub undated: u64,
}

/// The place of a verdict in [`BucketOut::by_verdict`].
#[must_use]
pub const fn verdict_slot(verdict: Option<Verdict>) -> usize {
    match verdict {
        Some(verdict) => verdict as usize,
        None => 5,
    }
}

impl HistogramOut {
    /// The bucket that holds a time; `None` outside.
    pub(crate) fn bucket_of(&self, time_ns: i64) -> Option<usize> {
        let since = i128::from(time_ns) - i128::from(self.from_ns);
        let number = since.div_euclid(i128::from(self.bucket_ns.max(1)));
        usize::try_from(number)
            .ok()
            .filter(|number| *number < self.buckets.len())
    }

    /// No row has a time.
    pub(crate) fn without_times(undated: u64) -> Self {
        Self {
            undated,
            ..Self::default()
        }
    }

    pub(crate) fn of_index(counted: &sealscope_index::Histogram) -> Self {
        let mut start_ns = counted.from_ns;
        let mut buckets = Vec::with_capacity(counted.buckets.len());
        for bucket in &counted.buckets {
            let mut by_verdict = [0; 6];
            for (slot, verdict) in by_verdict
                .iter_mut()
                .zip(Verdict::ALL.into_iter().map(Some).chain([None]))
            {
                *slot = bucket.of(verdict);
            }
            buckets.push(BucketOut {
                start_ns,
                count: bucket.total(),
                by_verdict,
            });
            start_ns = start_ns.saturating_add(counted.bucket_ns);
        }
        Self {
            from_ns: counted.from_ns,
            bucket_ns: counted.bucket_ns,
            buckets,
            outside: counted.before.total() + counted.after.total(),
            undated: counted.undated.total(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_the_shortest_round_length_that_fits() {
        assert_eq!(bucket_for(0, 3600 * SECOND, 61), 60 * SECOND);
        assert_eq!(bucket_for(0, 14 * 86_400 * SECOND, 600), 3600 * SECOND);
        assert_eq!(bucket_for(i64::MIN, i64::MAX, 10) % LADDER[32], 0);
        assert_eq!(bucket_for(5, 5, 600), 1_000);
    }
}
