//! Rows by time while an archive is still being read: what the timeline shows before there is an
//! index.

use std::collections::BTreeMap;

use crate::histogram::{BucketOut, HistogramOut, bucket_for, verdict_slot};

/// Buckets kept at most; beyond that they grow.
const BUCKETS_MAX: usize = 4096;

/// Rows by time, in buckets whose length grows with the span, so that memory does not.
#[derive(Debug, Clone, Default)]
pub(crate) struct LiveTimes {
    /// 0 while there are none.
    bucket_ns: i64,
    /// Rows by the number of their bucket, counted from 1970.
    counts: BTreeMap<i64, u64>,
}

impl LiveTimes {
    /// Counts a row.
    pub(crate) fn add(&mut self, time_ns: i64) {
        if self.bucket_ns == 0 {
            self.bucket_ns = bucket_for(0, 0, 1);
        }
        *self
            .counts
            .entry(time_ns.div_euclid(self.bucket_ns))
            .or_default() += 1;
        self.keep_small();
    }

    /// Adds the rows of another part of the archive.
    pub(crate) fn merge(&mut self, other: &Self) {
        if other.bucket_ns > self.bucket_ns {
            self.grow_to(other.bucket_ns);
        }
        for (number, count) in &other.counts {
            let start_ns = number.saturating_mul(other.bucket_ns);
            let number = start_ns.div_euclid(self.bucket_ns.max(1));
            *self.counts.entry(number).or_default() += count;
        }
        self.keep_small();
    }

    fn keep_small(&mut self) {
        while self.counts.len() > BUCKETS_MAX {
            // One length further; the count, not the span, is what is bounded.
            self.grow_to(longer(self.bucket_ns));
        }
    }

    fn grow_to(&mut self, bucket_ns: i64) {
        let old = std::mem::take(&mut self.counts);
        for (number, count) in old {
            let start_ns = number.saturating_mul(self.bucket_ns);
            *self
                .counts
                .entry(start_ns.div_euclid(bucket_ns))
                .or_default() += count;
        }
        self.bucket_ns = bucket_ns;
    }

    /// The counts between two times, in buckets no shorter than `bucket_ns`; nothing has a verdict
    /// yet.
    pub(crate) fn histogram(
        parts: &[Self],
        (from_ns, to_ns): (i64, i64),
        bucket_ns: i64,
        undated: u64,
    ) -> HistogramOut {
        let kept = parts.iter().map(|part| part.bucket_ns).max().unwrap_or(1);
        let bucket_ns = bucket_ns.max(kept).max(1);
        let first = from_ns.div_euclid(bucket_ns);
        let last = to_ns.saturating_sub(1).div_euclid(bucket_ns).max(first);
        let number_max = first.saturating_add(BUCKETS_MAX as i64 - 1);
        let mut histogram = HistogramOut {
            from_ns: first.saturating_mul(bucket_ns),
            bucket_ns,
            buckets: Vec::new(),
            outside: 0,
            undated,
        };
        for number in first..=last.min(number_max) {
            histogram.buckets.push(BucketOut {
                start_ns: number.saturating_mul(bucket_ns),
                ..BucketOut::default()
            });
        }
        for part in parts {
            for (number, count) in &part.counts {
                let place = histogram.bucket_of(number.saturating_mul(part.bucket_ns));
                match place.and_then(|place| histogram.buckets.get_mut(place)) {
                    Some(bucket) => {
                        bucket.count += count;
                        if let Some(slot) = bucket.by_verdict.get_mut(verdict_slot(None)) {
                            *slot += count;
                        }
                    }
                    None => histogram.outside += count,
                }
            }
        }
        histogram
    }
}

/// The next round length; all are multiples of a second or divide one, but not always of each
/// other, which moves a row by less than a bucket and only while counting goes on.
fn longer(bucket_ns: i64) -> i64 {
    bucket_for(0, bucket_ns.saturating_mul(2), 2).max(bucket_ns.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn all_rows_are_counted_and_memory_is_bounded() {
        let mut whole = LiveTimes::default();
        for part in 0..20 {
            let mut times = LiveTimes::default();
            for n in 0..3_000 {
                times.add((part * 3_000 + n) * 97 * SECOND);
            }
            whole.merge(&times);
        }
        assert!(whole.counts.len() <= BUCKETS_MAX);
        let span = (0, 60_000 * 97 * SECOND);
        let histogram = LiveTimes::histogram(&[whole], span, 3600 * SECOND, 5);
        let rows: u64 = histogram.buckets.iter().map(|bucket| bucket.count).sum();
        assert_eq!(rows + histogram.outside, 60_000);
        assert_eq!(histogram.undated, 5);
        assert_eq!(histogram.bucket_ns, 3600 * SECOND);
        let middle = &histogram.buckets[100];
        assert!((34..=40).contains(&middle.count), "{middle:?}");
        assert_eq!(middle.by_verdict[5], middle.count);
    }

    #[test]
    fn times_at_the_ends_of_the_scale_do_not_overflow() {
        let mut times = LiveTimes::default();
        times.add(i64::MIN);
        times.add(i64::MAX);
        let histogram = LiveTimes::histogram(&[times], (i64::MIN, i64::MAX), 1, 0);
        let rows: u64 = histogram.buckets.iter().map(|bucket| bucket.count).sum();
        assert_eq!(rows + histogram.outside, 2);
        assert!(histogram.buckets.len() <= BUCKETS_MAX);
    }
}
