use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use sealscope_model::Verdict;

use super::counts::Counts;
use super::terms::{Documents, candidates, each_ordinal_of, each_text, prefix_ordinals};
use super::{Bits, Context, Evaluation, Fault, FieldPlan, Hits, Plan, ShardPlace, guarded};
use crate::IndexError;
use crate::query::{FieldName, TextTest};
use crate::shard::{FieldId, Kind, keyword_prefix, keyword_text};

/// By what rows are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    /// The values of a field. A row counts once for each of its different values.
    Field(FieldName),
    /// The verdict, by the words of `seal:`.
    Seal,
    /// The archive, by number.
    Archive,
}

/// A value with the number of rows that have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The keyword.
    pub value: String,
    /// Rows.
    pub rows: u64,
}

/// The values of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    /// The most frequent values; equal numbers in the order of their bytes.
    pub values: Vec<ValueCount>,
    /// How many different values there are.
    pub distinct: u64,
}

/// A field of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldInfo {
    /// The field.
    pub field: FieldName,
    /// Rows that have it.
    pub rows: u64,
    /// Whether some of its values are numbers, so that it can be compared.
    pub numbers: bool,
}

/// See [`super::Index::catalogue`].
pub(crate) fn catalogue(shards: &[ShardPlace]) -> Vec<FieldInfo> {
    let mut fields: BTreeMap<FieldName, (u64, bool)> = BTreeMap::new();
    for place in shards {
        for (number, field) in place.shard.fields().filter(|(_, field)| field.rows > 0) {
            let Some(name) = &field.name else { continue };
            let numbers = place.shard.has_kind(number, Kind::Number);
            let sum = fields.entry(name.clone()).or_default();
            sum.0 += u64::from(field.rows);
            sum.1 |= numbers;
        }
    }
    let info = |(field, (rows, numbers))| FieldInfo {
        field,
        rows,
        numbers,
    };
    fields.into_iter().map(info).collect()
}

/// See [`Hits::facet`].
pub(crate) fn of(
    hits: &Hits,
    facet: &Facet,
    most: usize,
    context: &Context<'_>,
) -> Result<Facets, IndexError> {
    let counts: BTreeMap<String, u64> = match facet {
        Facet::Field(field) => return values(hits, field, "", most, context),
        Facet::Seal => {
            let counts = hits.verdicts(context);
            let all = Verdict::ALL.into_iter().map(Some).chain([None]);
            all.map(|verdict| {
                let word = verdict.map_or("unchecked", Verdict::word);
                (word.to_owned(), counts.of(verdict))
            })
            .collect()
        }
        Facet::Archive => {
            let mut counts = BTreeMap::new();
            for (place, set) in hits.index().shards().iter().zip(hits.sets()) {
                *counts.entry(place.archive.to_string()).or_default() += u64::from(set.count());
            }
            counts
        }
    };
    let found: Counts = counts.into_iter().filter(|(_, rows)| *rows > 0).collect();
    Ok(found.top(most))
}

/// The values of a field that begin with a prefix, among the hits.
pub(crate) fn values(
    hits: &Hits,
    field: &FieldName,
    prefix: &str,
    most: usize,
    context: &Context<'_>,
) -> Result<Facets, IndexError> {
    let shards: Vec<(&ShardPlace, &Bits)> = hits.index().shards().iter().zip(hits.sets()).collect();
    let counts = shards
        .into_par_iter()
        .map(|(place, set)| {
            let stop = context.stop();
            let evaluation = Evaluation::of(place, context, &stop);
            let Some((number, _)) = place.shard.field(field) else {
                return Ok(Counts::default());
            };
            let counting = Counting {
                evaluation: &evaluation,
                set,
                field,
                number,
                prefix,
            };
            guarded(&place.shard, || counting.counts())
        })
        .try_reduce(Counts::default, |one, other| {
            one.merge(other, |_, a, b| Ok(a + b))
        })?;
    Ok(counts.top(most))
}

/// Counts the values of one field in one shard.
struct Counting<'c> {
    evaluation: &'c Evaluation<'c>,
    set: &'c Bits,
    field: &'c FieldName,
    number: FieldId,
    prefix: &'c str,
}

impl Counting<'_> {
    fn counts(&self) -> Result<Counts, Fault> {
        let mut counts = Counts::default();
        if self.set.is_empty() {
            return Ok(counts);
        }
        for kind in Kind::ALL {
            // 200 and "200" are one keyword; a row that has both counts once.
            counts = counts.merge(self.of_kind(kind)?, |value, _, _| self.exactly(value))?;
        }
        Ok(counts)
    }

    /// Rows that have a value in any kind.
    fn exactly(&self, value: &str) -> Result<u64, Fault> {
        let test = FieldPlan::Text(TextTest::Equals(value.to_owned()));
        let mut rows = self
            .evaluation
            .rows(&Plan::Field(self.field.clone(), test))?;
        rows.and(self.set);
        Ok(u64::from(rows.count()))
    }

    /// Values of one kind. A value is listed, spilled or long, never two of these.
    fn of_kind(&self, kind: Kind) -> Result<Counts, Fault> {
        let sum = |_: &str, a: u64, b: u64| Ok::<u64, Fault>(a + b);
        let short = self.listed(kind)?.merge(self.spilled(kind)?, sum)?;
        short.merge(self.long(kind)?, sum)
    }

    fn listed(&self, kind: Kind) -> Result<Counts, Fault> {
        let shard = self.evaluation.shard;
        let mut counts = Counts::default();
        if shard.ordinals(self.number, kind).is_empty() {
            return Ok(counts);
        }
        let everything = self.set.count() == self.set.rows();
        let mut documents = Documents::new(&shard.keywords);
        let front = keyword_prefix(self.number, kind);
        let mut stream = candidates(&shard.keywords, &front, self.prefix)?;
        while stream.advance() {
            let mut rows = 0_u64;
            if everything {
                rows = u64::from(stream.value().doc_freq);
            } else {
                self.evaluation.stop.check()?;
                documents.each(stream.value(), |documents| {
                    rows += documents.iter().filter(|row| self.set.has(**row)).count() as u64;
                })?;
            }
            if rows > 0 {
                counts.push(keyword_text(stream.key()), rows);
            }
        }
        Ok(counts)
    }

    fn spilled(&self, kind: Kind) -> Result<Counts, Fault> {
        let shard = self.evaluation.shard;
        let mut counts = Counts::default();
        if !shard.has_column(self.number, kind) {
            return Ok(counts);
        }
        let column = shard.column(self.number, kind)?;
        let stop = self.evaluation.stop;
        let range = prefix_ordinals(&column, self.prefix)?;
        let mut rows = vec![0_u32; column.values.dictionary().num_terms()];
        each_ordinal_of(&column, self.set, stop, |ordinal| {
            if let Some(count) = rows.get_mut(ordinal as usize) {
                *count += 1;
            }
        })?;
        each_text(&column, range, stop, |ordinal, text| {
            let rows = rows.get(ordinal as usize).copied().unwrap_or(0);
            if rows > 0 {
                counts.push(text, u64::from(rows));
            }
        })?;
        Ok(counts)
    }

    fn long(&self, kind: Kind) -> Result<Counts, Fault> {
        let shard = self.evaluation.shard;
        if !shard.has_long(self.number) {
            return Ok(Counts::default());
        }
        let mut rows: HashMap<String, (u64, u32)> = HashMap::new();
        let wanted = |field: FieldId, found: Kind| field == self.number && found == kind;
        shard.long_values(wanted, |value| {
            if self.set.has(value.row) && value.text.starts_with(self.prefix) {
                let (count, last) = rows.entry(value.text).or_insert((0, u32::MAX));
                // Rows ascend, so a row that has the value twice comes twice in a row.
                if *last != value.row {
                    *count += 1;
                    *last = value.row;
                }
            }
        })?;
        Ok(rows
            .into_iter()
            .map(|(value, (count, _))| (value, count))
            .collect())
    }
}
