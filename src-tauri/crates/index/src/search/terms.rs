//! Rows out of tantivy's dictionaries, postings and columns.

use std::io;
use std::ops::Range;

use tantivy::columnar::{Column, ColumnIndex};
use tantivy::index::InvertedIndexReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::termdict::TermStreamer;

use super::{Bits, Fault, Stop};
use crate::shard::StringColumn;

/// Values decoded at a time.
const BATCH: usize = 1024;

/// The documents of terms, one after the other. Keeps its buffers.
pub(crate) struct Documents<'i> {
    index: &'i InvertedIndexReader,
    block: Option<BlockSegmentPostings>,
}

impl<'i> Documents<'i> {
    pub fn new(index: &'i InvertedIndexReader) -> Self {
        Self { index, block: None }
    }

    /// Calls `each` with runs of documents of a term, in order.
    pub fn each(&mut self, term: &TermInfo, mut each: impl FnMut(&[u32])) -> io::Result<()> {
        let block = match &mut self.block {
            Some(block) => {
                self.index.reset_block_postings_from_terminfo(term, block)?;
                block
            }
            place => {
                let option = IndexRecordOption::Basic;
                place.insert(self.index.read_block_postings_from_terminfo(term, option)?)
            }
        };
        loop {
            let documents = block.docs();
            if documents.is_empty() {
                return Ok(());
            }
            each(documents);
            block.advance();
        }
    }

    /// Adds the documents of a term to a set.
    pub fn add_to(&mut self, term: &TermInfo, bits: &mut Bits) -> io::Result<()> {
        if term.doc_freq == bits.rows() {
            bits.set_range(0, bits.rows());
            return Ok(());
        }
        self.each(term, |documents| {
            documents.iter().for_each(|document| bits.set(*document))
        })
    }
}

/// The terms under `front` whose text begins with `prefix`.
pub(crate) fn candidates<'i>(
    index: &'i InvertedIndexReader,
    front: &[u8],
    prefix: &str,
) -> io::Result<TermStreamer<'i>> {
    let mut low = front.to_vec();
    low.extend_from_slice(prefix.as_bytes());
    let range = index.terms().range().ge(&low);
    match after_prefix(low) {
        Some(high) => range.lt(high).into_stream(),
        None => range.into_stream(),
    }
}

/// The first key after all that begin with `prefix`; `None` when nothing comes after.
pub(crate) fn after_prefix(mut prefix: Vec<u8>) -> Option<Vec<u8>> {
    while let Some(last) = prefix.pop() {
        if last < u8::MAX {
            prefix.push(last + 1);
            return Some(prefix);
        }
    }
    None
}

/// Adds the rows of a column whose value passes.
pub(crate) fn add_column(
    column: &StringColumn,
    test: &ColumnTest<'_>,
    bits: &mut Bits,
    stop: &Stop<'_>,
) -> Result<(), Fault> {
    match test {
        ColumnTest::Any => bits.or(column.rows(bits.rows())),
        ColumnTest::Equals(text) => {
            if let Some(ordinal) = column.values.dictionary().term_ord(text)? {
                add_ordinals(column, ordinal..ordinal + 1, bits);
            }
        }
        ColumnTest::BeginsWith(prefix) => {
            add_ordinals(column, prefix_ordinals(column, prefix)?, bits);
        }
        ColumnTest::Holds(prefix, holds) => {
            let range = prefix_ordinals(column, prefix)?;
            let passing = passing(column, range, holds, stop)?;
            add_set(column, &passing, bits, stop)?;
        }
    }
    Ok(())
}

/// What is asked of a column's values.
pub(crate) enum ColumnTest<'t> {
    /// Nothing but to be there.
    Any,
    /// To be this.
    Equals(&'t str),
    /// To begin with this.
    BeginsWith(&'t str),
    /// To pass; only texts that begin with the prefix can.
    Holds(&'t str, &'t dyn Fn(&str) -> bool),
}

/// Ordinals of the texts that begin with `prefix`.
pub(crate) fn prefix_ordinals(column: &StringColumn, prefix: &str) -> io::Result<Range<u64>> {
    let dictionary = column.values.dictionary();
    let terms = dictionary.num_terms() as u64;
    let at = |key: &[u8]| -> io::Result<u64> {
        Ok(match dictionary.term_ord_or_next(key)? {
            tantivy::columnar::TermOrdHit::Exact(ordinal) => ordinal,
            tantivy::columnar::TermOrdHit::Next(ordinal) => ordinal.min(terms),
        })
    };
    if prefix.is_empty() {
        return Ok(0..terms);
    }
    let low = at(prefix.as_bytes())?;
    let high = match after_prefix(prefix.as_bytes().to_vec()) {
        Some(key) => at(&key)?,
        None => terms,
    };
    Ok(low..high)
}

/// Which ordinals of a range have a text that passes.
fn passing(
    column: &StringColumn,
    range: Range<u64>,
    holds: &dyn Fn(&str) -> bool,
    stop: &Stop<'_>,
) -> Result<Bits, Fault> {
    let terms = u32::try_from(column.values.dictionary().num_terms()).unwrap_or(u32::MAX);
    let mut bits = Bits::none(terms);
    each_text(column, range, stop, |ordinal, text| {
        if holds(text) {
            bits.set(ordinal);
        }
    })?;
    Ok(bits)
}

/// Calls `each` with the texts of a range of ordinals, in order.
pub(crate) fn each_text(
    column: &StringColumn,
    range: Range<u64>,
    stop: &Stop<'_>,
    mut each: impl FnMut(u32, &str),
) -> Result<(), Fault> {
    let mut first = Vec::new();
    if range.is_empty()
        || !column
            .values
            .dictionary()
            .ord_to_term(range.start, &mut first)?
    {
        return Ok(());
    }
    let mut stream = column
        .values
        .dictionary()
        .range()
        .ge(&first)
        .into_stream()?;
    for ordinal in range {
        if !stream.advance() {
            break;
        }
        if ordinal % 1024 == 0 {
            stop.check()?;
        }
        let text = std::str::from_utf8(stream.key()).unwrap_or("");
        each(u32::try_from(ordinal).unwrap_or(u32::MAX), text);
    }
    Ok(())
}

/// Adds the rows whose value has one of the ordinals.
fn add_ordinals(column: &StringColumn, ordinals: Range<u64>, bits: &mut Bits) {
    if ordinals.is_empty() {
        return;
    }
    let mut rows = Vec::new();
    let ordinals = ordinals.start..=ordinals.end - 1;
    column
        .values
        .ords()
        .get_docids_for_value_range(ordinals, 0..bits.rows(), &mut rows);
    rows.into_iter().for_each(|row| bits.set(row));
}

/// Adds the rows whose value is in a set of ordinals.
fn add_set(
    column: &StringColumn,
    ordinals: &Bits,
    bits: &mut Bits,
    stop: &Stop<'_>,
) -> Result<(), Fault> {
    if ordinals.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::new();
    each_value(column, stop, |number, ordinal| {
        if ordinals.has(u32::try_from(ordinal).unwrap_or(u32::MAX)) {
            rows.push(number);
        }
    })?;
    column
        .values
        .ords()
        .index
        .select_batch_in_place(0, &mut rows);
    rows.into_iter().for_each(|row| bits.set(row));
    Ok(())
}

/// Calls `each` with the number and ordinal of every value.
pub(crate) fn each_value(
    column: &StringColumn,
    stop: &Stop<'_>,
    mut each: impl FnMut(u32, u64),
) -> Result<(), Fault> {
    let values = &column.values.ords().values;
    let count = values.num_vals();
    let mut buffer = [0_u64; BATCH];
    let mut from = 0;
    while from < count {
        stop.check()?;
        let length = (count - from).min(BATCH as u32);
        let part = buffer.get_mut(..length as usize).unwrap_or_default();
        values.get_range(u64::from(from), part);
        for (number, ordinal) in (from..).zip(part) {
            each(number, *ordinal);
        }
        from += length;
    }
    Ok(())
}

/// Calls `each` once for every ordinal of every row of a set.
pub(crate) fn each_ordinal_of(
    column: &StringColumn,
    rows: &Bits,
    stop: &Stop<'_>,
    mut each: impl FnMut(u32),
) -> Result<(), Fault> {
    let ordinal = |ordinal: u64| u32::try_from(ordinal).unwrap_or(u32::MAX);
    let Column { index, values } = column.values.ords();
    let single = matches!(index, ColumnIndex::Full | ColumnIndex::Optional(_));
    if single && rows.count() > values.num_vals() / 8 {
        let mut with_value = column.rows(rows.rows()).iter();
        return each_value(column, stop, |_, value| {
            if with_value.next().is_some_and(|row| rows.has(row)) {
                each(ordinal(value));
            }
        });
    }
    let mut found: Vec<u32> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        if number % BATCH == 0 {
            stop.check()?;
        }
        found.clear();
        found.extend(
            index
                .value_row_ids(row)
                .map(|value| ordinal(values.get_val(value))),
        );
        // A row counts once for a value, however often it stands there.
        found.sort_unstable();
        found.dedup();
        found.iter().for_each(|value| each(*value));
    }
    Ok(())
}
