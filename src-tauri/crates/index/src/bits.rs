//! Sets of rows of one shard.

/// A set of rows, a bit each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
    rows: u32,
}

impl Bits {
    /// No row.
    pub fn none(rows: u32) -> Self {
        Self {
            words: vec![0; (rows as usize).div_ceil(64)],
            rows,
        }
    }

    /// Every row.
    pub fn all(rows: u32) -> Self {
        let mut bits = Self {
            words: vec![u64::MAX; (rows as usize).div_ceil(64)],
            rows,
        };
        bits.trim();
        bits
    }

    /// Clears what lies beyond the last row.
    fn trim(&mut self) {
        let beyond = self.rows % 64;
        if beyond != 0
            && let Some(last) = self.words.last_mut()
        {
            *last &= (1 << beyond) - 1;
        }
    }

    pub fn rows(&self) -> u32 {
        self.rows
    }

    pub fn words(&self) -> &[u64] {
        &self.words
    }

    #[inline]
    pub fn set(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }

    #[inline]
    pub fn has(&self, row: u32) -> bool {
        self.words
            .get(row as usize / 64)
            .is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the rows `from <= row < to`.
    pub fn set_range(&mut self, from: u32, to: u32) {
        let to = to.min(self.rows);
        if from >= to {
            return;
        }
        let (first, last) = (from as usize / 64, (to - 1) as usize / 64);
        let front = u64::MAX << (from % 64);
        let back = u64::MAX >> (63 - (to - 1) % 64);
        if first == last {
            if let Some(word) = self.words.get_mut(first) {
                *word |= front & back;
            }
            return;
        }
        for (number, word) in self.words.iter_mut().enumerate().take(last + 1).skip(first) {
            *word |= match number {
                n if n == first => front,
                n if n == last => back,
                _ => u64::MAX,
            };
        }
    }

    pub fn and(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub fn or(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub fn not(&mut self) {
        for word in &mut self.words {
            *word = !*word;
        }
        self.trim();
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// How many rows before `row` are in the set.
    pub fn rank(&self, row: u32) -> u32 {
        let whole = row as usize / 64;
        let before: u32 = self
            .words
            .iter()
            .take(whole)
            .map(|word| word.count_ones())
            .sum();
        let mask = (1_u64 << (row % 64)) - 1;
        before
            + self
                .words
                .get(whole)
                .map_or(0, |word| (word & mask).count_ones())
    }

    /// The rows from `from` on, in order.
    pub fn rows_from(&self, from: u32) -> impl Iterator<Item = u32> + '_ {
        let first = from as usize / 64;
        let mask = u64::MAX << (from % 64);
        self.words
            .iter()
            .enumerate()
            .skip(first)
            .flat_map(move |(number, word)| {
                let word = if number == first { word & mask } else { *word };
                // A shard has fewer rows than fit in 32 bits.
                Ones {
                    word,
                    base: u32::try_from(number * 64).unwrap_or(u32::MAX),
                }
            })
    }

    /// All rows of the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.rows_from(0)
    }
}

struct Ones {
    word: u64,
    base: u32,
}

impl Iterator for Ones {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if self.word == 0 {
            return None;
        }
        let bit = self.word.trailing_zeros();
        self.word &= self.word - 1;
        Some(self.base + bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn of(rows: u32, set: &BTreeSet<u32>) -> Bits {
        let mut bits = Bits::none(rows);
        set.iter().for_each(|row| bits.set(*row));
        bits
    }

    proptest! {
        #[test]
        fn bits_do_as_a_plain_set_does(
            rows in 1_u32..300,
            one in prop::collection::btree_set(0_u32..300, 0..60),
            other in prop::collection::btree_set(0_u32..300, 0..60),
            (from, to) in (0_u32..310, 0_u32..310),
        ) {
            let one: BTreeSet<u32> = one.into_iter().filter(|row| *row < rows).collect();
            let other: BTreeSet<u32> = other.into_iter().filter(|row| *row < rows).collect();
            let (a, b) = (of(rows, &one), of(rows, &other));
            let list = |bits: &Bits| bits.iter().collect::<BTreeSet<u32>>();
            let mut and = a.clone();
            and.and(&b);
            prop_assert_eq!(list(&and), &one & &other);
            let mut or = a.clone();
            or.or(&b);
            prop_assert_eq!(list(&or), &one | &other);
            let mut not = a.clone();
            not.not();
            prop_assert_eq!(list(&not), (0..rows).filter(|row| !one.contains(row)).collect());
            let mut ranged = a.clone();
            ranged.set_range(from, to);
            prop_assert_eq!(
                list(&ranged),
                (0..rows).filter(|r| one.contains(r) || (from..to).contains(r)).collect()
            );
            prop_assert_eq!(a.count() as usize, one.len());
            prop_assert_eq!(a.rank(from.min(rows)) as usize, one.range(..from.min(rows)).count());
            let rest: Vec<u32> = a.rows_from(from.min(rows)).collect();
            prop_assert_eq!(rest, one.range(from.min(rows)..).copied().collect::<Vec<_>>());
            prop_assert_eq!(Bits::all(rows).count(), rows);
            prop_assert_eq!(a.is_empty(), one.is_empty());
        }
    }
}
