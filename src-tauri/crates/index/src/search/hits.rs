use std::cmp::Ordering;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use rayon::prelude::*;
use sealscope_model::Position;

use super::facets::{self, Facet, Facets};
use super::histogram::{self, Histogram, VerdictCounts};
use super::{Bits, Context, Index};
use crate::IndexError;

/// Rows between two marks of the running count.
const MARK_ROWS: u32 = 4096;
/// Rows of the order of time between two marks.
const BLOCK_ROWS: usize = 4096;

/// The rows that match a query, at the moment it was asked. Only numbers of rows, never text.
#[derive(Debug)]
pub struct Hits {
    index: Index,
    sets: Vec<Bits>,
    /// Hits before each shard, and the end.
    before: Vec<u64>,
    /// Per shard, hits before every [`MARK_ROWS`] rows.
    marks: Vec<Vec<u32>>,
    oldest_first: OnceLock<ByTime>,
    newest_first: OnceLock<ByTime>,
}

/// In which order rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// By archive and position.
    Position,
    /// The same backwards.
    PositionDown,
    /// Oldest first; equal times by position, undated last.
    Time,
    /// Newest first; equal times by position, undated last.
    TimeDown,
}

/// A row among the hits: where to read it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowRef {
    /// Number of the archive.
    pub archive: u32,
    /// Position of the entry in the archive.
    pub position: Position,
    /// Number of the record in the entry, from 0.
    pub record: u32,
    /// Number of the row among all rows of the index, in the order of position.
    pub row: u64,
    /// Time that the index knows, in nanoseconds since 1970. Not to be shown: the row read again
    /// says its time.
    pub time_ns: Option<i64>,
}

/// How hits lie in the order of time.
#[derive(Debug)]
enum ByTime {
    /// Hits before every [`BLOCK_ROWS`] rows of the index's order.
    Blocks(Vec<u64>),
    /// The hits' rows themselves, where the index has no order yet.
    Rows(Vec<u64>),
}

impl Hits {
    pub(crate) fn new(index: Index, sets: Vec<Bits>) -> Self {
        let mut before = vec![0];
        let mut total = 0;
        let mut marks = Vec::with_capacity(sets.len());
        for set in &sets {
            let mut running = 0;
            let mut of_shard = Vec::new();
            for words in set.words().chunks(MARK_ROWS as usize / 64) {
                of_shard.push(running);
                running += words.iter().map(|word| word.count_ones()).sum::<u32>();
            }
            marks.push(of_shard);
            total += u64::from(running);
            before.push(total);
        }
        let (oldest_first, newest_first) = (OnceLock::new(), OnceLock::new());
        Self {
            index,
            sets,
            before,
            marks,
            oldest_first,
            newest_first,
        }
    }

    /// The index they were found in.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// How many there are; exact.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.before.last().copied().unwrap_or(0)
    }

    pub(crate) fn sets(&self) -> &[Bits] {
        &self.sets
    }

    /// Whether every row of the index is a hit.
    pub(crate) fn is_everything(&self) -> bool {
        self.count() == self.index.rows()
    }

    /// The hits numbered `first` to `first + most` in an order. The time does not depend on
    /// `first`; the first page by time costs one look at each row of the index's order.
    ///
    /// Empty when the index's files were changed underneath.
    #[must_use]
    pub fn page(&self, sort: Sort, first: u64, most: usize) -> Vec<RowRef> {
        shielded(|| self.read_page(sort, first, most))
    }

    fn read_page(&self, sort: Sort, first: u64, most: usize) -> Vec<RowRef> {
        let count = self.count();
        let wanted = count.saturating_sub(first).min(most as u64);
        let rows = match sort {
            Sort::Position => self.by_position(first, wanted),
            Sort::PositionDown => {
                let mut rows = self.by_position(count - first.min(count) - wanted, wanted);
                rows.reverse();
                rows
            }
            Sort::Time | Sort::TimeDown => self.by_time(sort, first, wanted),
        };
        rows.into_iter()
            .filter_map(|row| self.row_ref(row))
            .collect()
    }

    /// What the index knows of a row.
    #[must_use]
    pub fn row_ref(&self, row: u64) -> Option<RowRef> {
        shielded(|| self.read_row(row))
    }

    fn read_row(&self, row: u64) -> Option<RowRef> {
        let (number, in_shard) = self.index.inner.shard_of(row)?;
        let place = self.index.inner.shards.get(number)?;
        Some(RowRef {
            archive: place.archive,
            position: place.first_position + place.shard.entry_of(in_shard),
            record: place.shard.record_of(in_shard),
            row,
            time_ns: place.shard.time_of(in_shard),
        })
    }

    /// The row of a record of an entry, hit or not; `None` when the index has no such row.
    #[must_use]
    pub fn row_at(&self, archive: u32, position: Position, record: u32) -> Option<u64> {
        shielded(|| self.find_row(archive, position, record))
    }

    fn find_row(&self, archive: u32, position: Position, record: u32) -> Option<u64> {
        let inner = &self.index.inner;
        let shards = &inner.shards;
        let after =
            shards.partition_point(|p| (p.archive, p.first_position) <= (archive, position));
        let number = after.checked_sub(1)?;
        let place = shards
            .get(number)
            .filter(|place| place.archive == archive)?;
        let entry = position - place.first_position;
        let mut row = place.shard.first_row_from(entry);
        while row < place.shard.rows() && place.shard.entry_of(row) == entry {
            if place.shard.record_of(row) == record {
                return Some(inner.starts.get(number)? + u64::from(row));
            }
            row += 1;
        }
        None
    }

    /// The number of the hit at or after a row in an order: where to scroll to. Hits before it in
    /// the order are counted, so a row that is no hit gives the place where it would stand.
    #[must_use]
    pub fn ordinal_of(&self, sort: Sort, row: u64) -> u64 {
        match sort {
            Sort::Position => self.rank(row),
            Sort::PositionDown => self.count() - self.rank(row.saturating_add(1)),
            Sort::Time | Sort::TimeDown => shielded(|| self.ordinal_by_time(sort, row)),
        }
    }

    /// Whether a row is among the hits.
    #[must_use]
    pub fn has(&self, row: u64) -> bool {
        let found = self.index.inner.shard_of(row);
        found.is_some_and(|(shard, row)| self.sets.get(shard).is_some_and(|set| set.has(row)))
    }

    /// Hits before a row, in the order of position.
    fn rank(&self, row: u64) -> u64 {
        let Some((shard, row)) = self.index.inner.shard_of(row) else {
            return self.count();
        };
        let before = self.before.get(shard).copied().unwrap_or(0);
        before
            + self
                .sets
                .get(shard)
                .map_or(0, |set| u64::from(set.rank(row)))
    }

    /// `wanted` hits from the one numbered `first` on, in the order of position.
    fn by_position(&self, first: u64, wanted: u64) -> Vec<u64> {
        let mut rows = Vec::new();
        let after = self.before.partition_point(|before| *before <= first);
        let mut skip = first
            - after
                .checked_sub(1)
                .and_then(|at| self.before.get(at))
                .unwrap_or(&0);
        for shard in after.saturating_sub(1)..self.sets.len() {
            let left = usize::try_from(wanted).unwrap_or(usize::MAX) - rows.len();
            if left == 0 {
                break;
            }
            let (Some(set), Some(marks), Some(start)) = (
                self.sets.get(shard),
                self.marks.get(shard),
                self.index.inner.starts.get(shard),
            ) else {
                break;
            };
            let mark = marks
                .partition_point(|before| u64::from(*before) <= skip)
                .saturating_sub(1);
            let passed = marks.get(mark).copied().unwrap_or(0);
            let from = u32::try_from(mark).unwrap_or(0) * MARK_ROWS;
            let skip_here = usize::try_from(skip - u64::from(passed)).unwrap_or(usize::MAX);
            let found = set.rows_from(from).skip(skip_here).take(left);
            rows.extend(found.map(|row| start + u64::from(row)));
            skip = 0;
        }
        rows
    }

    fn by_time(&self, sort: Sort, first: u64, wanted: u64) -> Vec<u64> {
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let (by_time, order) = (self.time_places(sort), &self.index.inner.order);
        let blocks = match by_time {
            ByTime::Rows(rows) => {
                let first = usize::try_from(first).unwrap_or(usize::MAX);
                return rows.iter().skip(first).take(wanted).copied().collect();
            }
            ByTime::Blocks(blocks) => blocks,
        };
        let Some(order) = order else {
            return Vec::new();
        };
        let block = blocks
            .partition_point(|before| *before <= first)
            .saturating_sub(1);
        let passed = blocks.get(block).copied().unwrap_or(0);
        let skip = usize::try_from(first - passed).unwrap_or(usize::MAX);
        let from = (block * BLOCK_ROWS) as u64;
        order
            .rows(sort, from)
            .filter(|row| self.has(*row))
            .skip(skip)
            .take(wanted)
            .collect()
    }

    /// How the hits lie in an order of time; made once and kept.
    fn time_places(&self, sort: Sort) -> &ByTime {
        let place = match sort {
            Sort::TimeDown => &self.newest_first,
            _ => &self.oldest_first,
        };
        place.get_or_init(|| match &self.index.inner.order {
            None => ByTime::Rows(self.sorted(sort)),
            Some(order) => {
                let total = usize::try_from(self.index.rows()).unwrap_or(usize::MAX);
                let counts: Vec<u64> = (0..total.div_ceil(BLOCK_ROWS))
                    .into_par_iter()
                    .with_min_len(16)
                    .map(|block| {
                        if self.is_everything() {
                            return BLOCK_ROWS as u64;
                        }
                        let rows = order.rows(sort, (block * BLOCK_ROWS) as u64);
                        let mut probe = Probe::new(self);
                        rows.take(BLOCK_ROWS).filter(|row| probe.has(*row)).count() as u64
                    })
                    .collect();
                let before = counts.iter().scan(0, |total, count| {
                    let before = *total;
                    *total += count;
                    Some(before)
                });
                ByTime::Blocks(before.collect())
            }
        })
    }

    /// The hits' rows sorted by time.
    fn sorted(&self, sort: Sort) -> Vec<u64> {
        let mut keys: Vec<(Option<i64>, u64)> = Vec::new();
        for (shard, set) in self.sets.iter().enumerate() {
            let inner = &self.index.inner;
            let (Some(place), Some(start)) = (inner.shards.get(shard), inner.starts.get(shard))
            else {
                continue;
            };
            let rows = set.iter();
            keys.extend(rows.map(|row| (place.shard.time_of(row), start + u64::from(row))));
        }
        keys.par_sort_by(|one, other| compare(sort, *one, *other));
        keys.into_iter().map(|(_, row)| row).collect()
    }

    fn ordinal_by_time(&self, sort: Sort, row: u64) -> u64 {
        let key = |row: u64| {
            let found = self.index.inner.shard_of(row);
            let time = found.and_then(|(shard, row)| {
                self.index
                    .inner
                    .shards
                    .get(shard)
                    .and_then(|place| place.shard.time_of(row))
            });
            (time, row)
        };
        let wanted = key(row);
        let is_before = |row: u64| compare(sort, key(row), wanted) == Ordering::Less;
        match (self.time_places(sort), &self.index.inner.order) {
            (ByTime::Rows(rows), _) => rows.partition_point(|row| is_before(*row)) as u64,
            (ByTime::Blocks(_), None) => 0,
            (ByTime::Blocks(blocks), Some(order)) => {
                let (mut low, mut high) = (0, self.index.rows());
                while low < high {
                    let middle = low + (high - low) / 2;
                    if order.row(sort, middle).is_some_and(is_before) {
                        low = middle + 1;
                    } else {
                        high = middle;
                    }
                }
                let block = usize::try_from(low).unwrap_or(usize::MAX) / BLOCK_ROWS;
                let from = (block * BLOCK_ROWS) as u64;
                let passed = blocks.get(block).copied().unwrap_or_else(|| self.count());
                let rest = usize::try_from(low - from.min(low)).unwrap_or(0);
                let rows = order.rows(sort, from).take(rest);
                let mut probe = Probe::new(self);
                passed + rows.filter(|row| probe.has(*row)).count() as u64
            }
        }
    }

    /// Counts by time: buckets of `bucket_ns` from `from_ns` until `to_ns` is covered, with a split
    /// by verdict; hits before, after and without a time are counted beside. Exact.
    ///
    /// # Errors
    /// Cancelled, or a shard that cannot be read any more.
    pub fn histogram(
        &self,
        from_ns: i64,
        to_ns: i64,
        bucket_ns: i64,
        context: &Context<'_>,
    ) -> Result<Histogram, IndexError> {
        histogram::of(self, from_ns, to_ns, bucket_ns, context)
    }

    /// How many hits have which verdict. Exact.
    #[must_use]
    pub fn verdicts(&self, context: &Context<'_>) -> VerdictCounts {
        histogram::verdicts(self, context)
    }

    /// The most frequent values among the hits, with exact counts of rows, at most `most`, and how
    /// many different values there are.
    ///
    /// # Errors
    /// Cancelled, or a shard that cannot be read any more.
    pub fn facet(
        &self,
        facet: &Facet,
        most: usize,
        context: &Context<'_>,
    ) -> Result<Facets, IndexError> {
        facets::of(self, facet, most, context)
    }

    /// Oldest and newest time of the hits; `None` when none is dated.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        if self.is_everything() {
            return self.index.times();
        }
        histogram::times(self)
    }
}

/// Asks of many rows whether they are hits. Rows near in time mostly lie in one shard, so the shard
/// of the row before is tried first.
struct Probe<'h> {
    hits: &'h Hits,
    start: u64,
    end: u64,
    set: Option<&'h Bits>,
}

impl<'h> Probe<'h> {
    fn new(hits: &'h Hits) -> Self {
        Self {
            hits,
            start: 0,
            end: 0,
            set: None,
        }
    }

    #[inline]
    fn has(&mut self, row: u64) -> bool {
        if !(self.start <= row && row < self.end) {
            let Some((shard, _)) = self.hits.index.inner.shard_of(row) else {
                return false;
            };
            let starts = &self.hits.index.inner.starts;
            self.start = starts.get(shard).copied().unwrap_or(0);
            self.end = starts.get(shard + 1).copied().unwrap_or(0);
            self.set = self.hits.sets.get(shard);
        }
        let in_shard = u32::try_from(row - self.start).unwrap_or(u32::MAX);
        self.set.is_some_and(|set| set.has(in_shard))
    }
}

/// Reads of single rows. Files were checked when they were opened; what changes under an open map
/// must not take the program down. See [`crate::Shard::open`].
fn shielded<T: Default>(read: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// Which of two rows comes first in an order of time.
pub(crate) fn compare(sort: Sort, one: (Option<i64>, u64), other: (Option<i64>, u64)) -> Ordering {
    let by_time = match (one.0, other.0) {
        (Some(a), Some(b)) if sort == Sort::TimeDown => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    };
    by_time.then(one.1.cmp(&other.1))
}
