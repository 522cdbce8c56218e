//! Numbers of rows by text: millions of different texts without an allocation each.

use super::facets::{Facets, ValueCount};

/// Texts in the order of their bytes, each once, with numbers of rows.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    text: String,
    /// Where each text ends.
    ends: Vec<usize>,
    rows: Vec<u64>,
}

impl Counts {
    /// Adds a text that comes after all others.
    pub fn push(&mut self, text: &str, rows: u64) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.rows.push(rows);
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn get(&self, at: usize) -> Option<(&str, u64)> {
        let end = *self.ends.get(at)?;
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .unwrap_or(&0);
        Some((self.text.get(*start..end)?, *self.rows.get(at)?))
    }

    /// Both together; `join` says how many rows a text has that both have.
    pub fn merge<E>(
        self,
        other: Self,
        mut join: impl FnMut(&str, u64, u64) -> Result<u64, E>,
    ) -> Result<Self, E> {
        if self.is_empty() {
            return Ok(other);
        }
        if other.is_empty() {
            return Ok(self);
        }
        let mut merged = Self {
            text: String::with_capacity(self.text.len() + other.text.len()),
            ends: Vec::with_capacity(self.len() + other.len()),
            rows: Vec::with_capacity(self.len() + other.len()),
        };
        let (mut a, mut b) = (0, 0);
        loop {
            let (text, rows) = match (self.get(a), other.get(b)) {
                (None, None) => return Ok(merged),
                (Some(one), Some(two)) if one.0 == two.0 => {
                    (a, b) = (a + 1, b + 1);
                    (one.0, join(one.0, one.1, two.1)?)
                }
                (Some(one), two) if two.is_none_or(|two| one.0 < two.0) => {
                    a += 1;
                    one
                }
                (_, Some(two)) => {
                    b += 1;
                    two
                }
                (Some(one), None) => {
                    a += 1;
                    one
                }
            };
            merged.push(text, rows);
        }
    }

    /// The most frequent texts, at most `most`; equal numbers in the order of texts.
    pub fn top(&self, most: usize) -> Facets {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let key = |at: &usize| (std::cmp::Reverse(self.rows.get(*at).copied()), *at);
        if most < order.len() {
            order.select_nth_unstable_by_key(most, key);
            order.truncate(most);
        }
        order.sort_unstable_by_key(key);
        let value = |(text, rows): (&str, u64)| ValueCount {
            value: text.to_owned(),
            rows,
        };
        let values = order
            .into_iter()
            .filter_map(|at| self.get(at).map(value))
            .collect();
        Facets {
            values,
            distinct: self.len() as u64,
        }
    }
}

impl FromIterator<(String, u64)> for Counts {
    /// From texts that are all different, in any order.
    fn from_iter<I: IntoIterator<Item = (String, u64)>>(counts: I) -> Self {
        let mut sorted: Vec<(String, u64)> = counts.into_iter().collect();
        sorted.sort_unstable();
        let mut counts = Self::default();
        sorted
            .iter()
            .for_each(|(text, rows)| counts.push(text, *rows));
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    proptest! {
        #[test]
        fn merged_counts_are_the_sums(
            one in prop::collection::btree_map("[ab]{0,3}", 1_u64..9, 0..9),
            other in prop::collection::btree_map("[ab]{0,3}", 1_u64..9, 0..9),
            most in 0_usize..9,
        ) {
            let mut sums: BTreeMap<String, u64> = one.clone();
            for (text, rows) in &other {
                *sums.entry(text.clone()).or_default() += rows;
            }
            let (one, other): (Counts, Counts) =
                (one.into_iter().collect(), other.into_iter().collect());
            let merged = one.merge(other, |_, a, b| Ok::<_, Infallible>(a + b)).unwrap();
            let mut expected: Vec<ValueCount> =
                sums.into_iter().map(|(value, rows)| ValueCount { value, rows }).collect();
            let distinct = expected.len() as u64;
            expected.sort_by_key(|count| std::cmp::Reverse(count.rows));
            expected.truncate(most);
            prop_assert_eq!(merged.top(most), Facets { values: expected, distinct });
        }
    }
}
