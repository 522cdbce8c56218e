use std::sync::Arc;

use rayon::prelude::*;
use sealscope_model::Position;

use super::facets::{self, FieldInfo, ValueCount};
use super::hits::Hits;
use super::{Bits, Context, Evaluation, Plan, TimeOrder, guarded};
use crate::IndexError;
use crate::query::{Diagnostic, FieldMention, FieldName, Query, nearest};
use crate::shard::Shard;

/// A shard with its place among the archives.
#[derive(Debug, Clone)]
pub struct ShardPlace {
    /// The shard.
    pub shard: Arc<Shard>,
    /// Number of its archive, as in [`Context::verdicts`].
    pub archive: u32,
    /// Position in the archive of the shard's entry 0.
    pub first_position: Position,
}

/// A snapshot of finished shards, of one archive or several. Cheap to clone; a growing archive
/// makes a new one with each shard.
#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    /// In the order of archive, then position.
    pub shards: Vec<ShardPlace>,
    /// Number of the first row of each shard among all rows, and the end.
    pub starts: Vec<u64>,
    pub order: Option<TimeOrder>,
}

impl Index {
    /// Joins shards; their order does not matter.
    #[must_use]
    pub fn new(mut shards: Vec<ShardPlace>) -> Self {
        shards.sort_by_key(|place| (place.archive, place.first_position));
        let mut starts = vec![0];
        let mut total = 0;
        for place in &shards {
            total += u64::from(place.shard.rows());
            starts.push(total);
        }
        Self {
            inner: Arc::new(Inner {
                shards,
                starts,
                order: None,
            }),
        }
    }

    /// The same with its rows in the order of time, which makes pages sorted by time quick to
    /// find. An order of other shards is not taken.
    #[must_use]
    pub fn with_time_order(self, order: TimeOrder) -> Self {
        if !order.is_of(&self) {
            return self;
        }
        let Inner { shards, starts, .. } = &*self.inner;
        let inner = Inner {
            shards: shards.clone(),
            starts: starts.clone(),
            order: Some(order),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Whether it has its rows in the order of time.
    #[must_use]
    pub fn has_time_order(&self) -> bool {
        self.inner.order.is_some()
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.inner.starts.last().copied().unwrap_or(0)
    }

    /// Number of rows that have a time.
    #[must_use]
    pub fn dated(&self) -> u64 {
        self.inner
            .shards
            .iter()
            .map(|place| u64::from(place.shard.info().dated))
            .sum()
    }

    /// Oldest and newest time in nanoseconds since 1970; `None` when no row is dated.
    #[must_use]
    pub fn times(&self) -> Option<(i64, i64)> {
        let times = self
            .inner
            .shards
            .iter()
            .filter_map(|place| place.shard.info().times);
        times.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// The shards, in the order of archive, then position.
    #[must_use]
    pub fn shards(&self) -> &[ShardPlace] {
        &self.inner.shards
    }

    /// The rows that match a query.
    ///
    /// # Errors
    /// Cancelled, or a shard that cannot be read any more.
    pub fn search(&self, query: &Query, context: &Context<'_>) -> Result<Hits, IndexError> {
        let plan = self.plan(query, context);
        let sets: Result<Vec<Bits>, IndexError> = self
            .inner
            .shards
            .par_iter()
            .map(|place| self.evaluate(place, context, &plan))
            .collect();
        Ok(Hits::new(self.clone(), sets?))
    }

    /// How many rows match a query. Quicker than [`Self::search`] for one keyword.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn count(&self, query: &Query, context: &Context<'_>) -> Result<u64, IndexError> {
        let plan = self.plan(query, context);
        self.inner
            .shards
            .par_iter()
            .map(|place| match &plan {
                Plan::All => Ok(u64::from(place.shard.rows())),
                plan => self
                    .evaluate(place, context, plan)
                    .map(|bits| u64::from(bits.count())),
            })
            .sum()
    }

    fn plan(&self, query: &Query, context: &Context<'_>) -> Plan {
        let newest = context
            .newest_ns
            .or_else(|| self.times().map(|(_, newest)| newest));
        Plan::new(query, newest)
    }

    fn evaluate(
        &self,
        place: &ShardPlace,
        context: &Context<'_>,
        plan: &Plan,
    ) -> Result<Bits, IndexError> {
        let stop = context.stop();
        let evaluation = Evaluation::of(place, context, &stop);
        guarded(&place.shard, || evaluation.rows(plan))
    }

    /// All fields, by name, with exact numbers of rows.
    #[must_use]
    pub fn catalogue(&self) -> Vec<FieldInfo> {
        facets::catalogue(&self.inner.shards)
    }

    /// The values of a field that begin with `prefix`, most frequent first, with exact numbers of
    /// rows, at most `most`.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub fn complete(
        &self,
        field: &FieldName,
        prefix: &str,
        most: usize,
        context: &Context<'_>,
    ) -> Result<Vec<ValueCount>, IndexError> {
        Ok(facets::values(&self.everything(), field, prefix, most, context)?.values)
    }

    /// Every row.
    #[must_use]
    pub fn everything(&self) -> Hits {
        let all = self
            .inner
            .shards
            .iter()
            .map(|place| Bits::all(place.shard.rows()))
            .collect();
        Hits::new(self.clone(), all)
    }

    /// Says of each named field that no source has it so, with the name that may be meant.
    #[must_use]
    pub fn unknown_fields(&self, mentions: &[FieldMention]) -> Vec<Diagnostic> {
        let known: Vec<String> = self
            .catalogue()
            .iter()
            .map(|field| field.field.in_query())
            .collect();
        let has = |name: &str| {
            known
                .iter()
                .any(|known| crate::query::is_at_or_below(known, name))
        };
        let unknown = mentions.iter().filter(|mention| match &mention.field {
            FieldName::Spine(_) => false,
            raw => !has(&raw.in_query()),
        });
        unknown
            .map(|mention| {
                let name = mention.field.in_query();
                let message = format!("The field {name} exists in no source.");
                let hint = Diagnostic::hint(mention.span.clone(), message);
                match nearest(&name, known.iter().map(String::as_str)) {
                    Some(meant) => {
                        let text = crate::query::escaped(meant);
                        hint.fix(format!("Did you mean {meant}?"), mention.span.clone(), text)
                    }
                    None => hint,
                }
            })
            .collect()
    }
}

impl Inner {
    /// The shard of a row and the row's number in it.
    pub fn shard_of(&self, row: u64) -> Option<(usize, u32)> {
        let after = self.starts.partition_point(|start| *start <= row);
        let shard = after
            .checked_sub(1)
            .filter(|shard| *shard < self.shards.len())?;
        let start = self.starts.get(shard)?;
        Some((shard, u32::try_from(row - start).ok()?))
    }
}

impl<'e> Evaluation<'e> {
    pub(crate) fn of(
        place: &'e ShardPlace,
        context: &Context<'e>,
        stop: &'e super::Stop<'e>,
    ) -> Self {
        Self {
            shard: &place.shard,
            first_position: place.first_position,
            verdicts: context.verdicts_of(place.archive),
            stop,
        }
    }
}
