//! One query on one shard: a set of rows.

use sealscope_model::VerdictRanges;

use super::terms::{ColumnTest, Documents, add_column, candidates};
use super::{Bits, Fault, FieldPlan, Plan, Stop, WordPlan, phrase};
use crate::query::{FieldName, Place, SpanNs, TextTest, is_at_or_below};
use crate::shard::{
    FieldId, Kind, Shard, WordsField, is_one_word, keyword_key, keyword_prefix, keyword_text,
};

/// A shard in its place, with what a query may ask beside its files.
pub(crate) struct Evaluation<'e> {
    pub shard: &'e Shard,
    /// Position of the shard's first entry.
    pub first_position: u64,
    /// The verdicts of its archive.
    pub verdicts: Option<&'e VerdictRanges>,
    pub stop: &'e Stop<'e>,
}

impl Evaluation<'_> {
    /// The rows that match.
    pub fn rows(&self, plan: &Plan) -> Result<Bits, Fault> {
        self.stop.check()?;
        let rows = self.shard.rows();
        Ok(match plan {
            Plan::All => Bits::all(rows),
            Plan::And(parts) => {
                let mut bits = Bits::all(rows);
                for part in parts {
                    bits.and(&self.rows(part)?);
                    if bits.is_empty() {
                        break;
                    }
                }
                bits
            }
            Plan::Or(parts) => {
                let mut bits = Bits::none(rows);
                for part in parts {
                    bits.or(&self.rows(part)?);
                }
                bits
            }
            Plan::Not(part) => {
                let mut bits = self.rows(part)?;
                bits.not();
                bits
            }
            Plan::Words(place, test) => self.words(*place, test)?,
            Plan::Field(field, test) => self.field(field, test)?,
            Plan::Seal(verdict) => {
                let mut bits = Bits::none(rows);
                self.each_verdict(|found, from, to| {
                    if found == *verdict {
                        bits.set_range(from, to);
                    }
                });
                bits
            }
            Plan::Positions(from, to) => {
                let mut bits = Bits::none(rows);
                let end = to.map_or(rows, |to| self.first_row_at(to));
                bits.set_range(self.first_row_at(*from), end);
                bits
            }
            Plan::Time(span) => span.map_or_else(|| Bits::none(rows), |span| self.time(&span)),
            Plan::Dated => self.shard.dated().clone(),
        })
    }

    /// The first row at a position or after it.
    fn first_row_at(&self, position: u64) -> u32 {
        self.shard
            .first_row_from(position.saturating_sub(self.first_position))
    }

    /// Calls `each` with runs of rows that share a verdict, in order and without holes.
    pub fn each_verdict(&self, mut each: impl FnMut(Option<sealscope_model::Verdict>, u32, u32)) {
        let rows = self.shard.rows();
        let mut from = 0;
        let ranges = self
            .verdicts
            .map(VerdictRanges::as_slice)
            .unwrap_or_default();
        let first = ranges.partition_point(|range| range.to <= self.first_position);
        for range in ranges.iter().skip(first) {
            if from >= rows {
                return;
            }
            let begin = self.first_row_at(range.from).max(from);
            let end = self.first_row_at(range.to);
            if from < begin {
                each(None, from, begin);
            }
            if begin < end {
                each(range.verdict, begin, end);
            }
            from = end.max(begin);
        }
        if from < rows {
            each(None, from, rows);
        }
    }

    fn time(&self, span: &SpanNs) -> Bits {
        let rows = self.shard.rows();
        let (Some((oldest, newest)), Some(time)) = (self.shard.info().times, &self.shard.time)
        else {
            return Bits::none(rows);
        };
        if span.holds_none(oldest, newest) {
            return Bits::none(rows);
        }
        if span.holds_all(oldest, newest) {
            return self.shard.dated().clone();
        }
        let mut bits = Bits::none(rows);
        let Some(range) = span.inclusive() else {
            return bits;
        };
        let mut found = Vec::new();
        time.get_docids_for_value_range(range, 0..rows, &mut found);
        found.into_iter().for_each(|row| bits.set(row));
        bits
    }

    fn field(&self, name: &FieldName, test: &FieldPlan) -> Result<Bits, Fault> {
        let mut bits = Bits::none(self.shard.rows());
        match (name, test) {
            (FieldName::Raw(top), FieldPlan::Exists) => {
                for (number, field) in self.shard.fields() {
                    let below = match &field.name {
                        Some(FieldName::Raw(path)) => is_at_or_below(path, top),
                        _ => false,
                    };
                    if below {
                        self.add_field(number, field.rows, test, &mut bits)?;
                    }
                }
            }
            _ => {
                if let Some((number, field)) = self.shard.field(name) {
                    self.add_field(number, field.rows, test, &mut bits)?;
                }
            }
        }
        Ok(bits)
    }

    fn add_field(
        &self,
        field: FieldId,
        rows: u32,
        test: &FieldPlan,
        bits: &mut Bits,
    ) -> Result<(), Fault> {
        if matches!(test, FieldPlan::Exists) && rows == bits.rows() {
            bits.set_range(0, rows);
            return Ok(());
        }
        for kind in Kind::ALL {
            if matches!(test, FieldPlan::Number(..)) && kind != Kind::Number {
                continue;
            }
            self.add_listed(field, kind, test, bits)?;
            self.add_spilled(field, kind, test, bits)?;
        }
        self.add_long(field, test, bits)
    }

    fn add_listed(
        &self,
        field: FieldId,
        kind: Kind,
        test: &FieldPlan,
        bits: &mut Bits,
    ) -> Result<(), Fault> {
        if self.shard.ordinals(field, kind).is_empty() {
            return Ok(());
        }
        let keywords = &self.shard.keywords;
        let mut documents = Documents::new(keywords);
        if let FieldPlan::Text(TextTest::Equals(text)) = test {
            let mut key = Vec::new();
            keyword_key(field, kind, text.as_bytes(), &mut key);
            if let Some(term) = keywords.terms().get(&key)? {
                documents.add_to(&term, bits)?;
            }
            return Ok(());
        }
        let prefix = match test {
            FieldPlan::Text(test) => test.prefix(),
            _ => "",
        };
        let mut stream = candidates(keywords, &keyword_prefix(field, kind), prefix)?;
        while stream.advance() {
            if test.holds(keyword_text(stream.key())) {
                documents.add_to(stream.value(), bits)?;
            }
        }
        Ok(())
    }

    fn add_spilled(
        &self,
        field: FieldId,
        kind: Kind,
        test: &FieldPlan,
        bits: &mut Bits,
    ) -> Result<(), Fault> {
        if !self.shard.has_column(field, kind) {
            return Ok(());
        }
        let column = self.shard.column(field, kind)?;
        let holds = |text: &str| test.holds(text);
        let test = match test {
            FieldPlan::Exists => ColumnTest::Any,
            FieldPlan::Text(TextTest::Equals(text)) => ColumnTest::Equals(text),
            FieldPlan::Text(test) if test.is_prefix() => ColumnTest::BeginsWith(test.prefix()),
            FieldPlan::Text(test) => ColumnTest::Holds(test.prefix(), &holds),
            FieldPlan::Number(..) => ColumnTest::Holds("", &holds),
        };
        add_column(&column, &test, bits, self.stop)
    }

    fn add_long(&self, field: FieldId, test: &FieldPlan, bits: &mut Bits) -> Result<(), Fault> {
        if !self.shard.has_long(field) {
            return Ok(());
        }
        let number = matches!(test, FieldPlan::Number(..));
        let wanted =
            |found: FieldId, kind: Kind| found == field && (!number || kind == Kind::Number);
        self.shard.long_values(wanted, |value| {
            if test.holds(&value.text) {
                bits.set(value.row);
            }
        })?;
        Ok(())
    }

    fn words(&self, place: Place, test: &WordPlan) -> Result<Bits, Fault> {
        let mut bits = Bits::none(self.shard.rows());
        self.add_listed_words(place, test, &mut bits)?;
        self.documents(&self.shard.message_words, test, &mut bits)?;
        if place == Place::Anywhere {
            self.documents(&self.shard.row_words, test, &mut bits)?;
            self.add_lone_words(test, &mut bits)?;
        }
        Ok(bits)
    }

    /// Words of listed values: first the values that hold them, then the rows of those.
    fn add_listed_words(
        &self,
        place: Place,
        test: &WordPlan,
        bits: &mut Bits,
    ) -> Result<(), Fault> {
        let terms = u32::try_from(self.shard.keywords.terms().num_terms()).unwrap_or(u32::MAX);
        let mut ordinals = Bits::none(terms);
        self.documents(&self.shard.value_words, test, &mut ordinals)?;
        let messages = self.shard.message_ordinals();
        let wanted = |ordinal: &u32| place == Place::Anywhere || messages.contains(ordinal);
        let mut found = ordinals.iter().filter(wanted).peekable();
        if found.peek().is_none() {
            return Ok(());
        }
        let listed = self.shard.listed()?;
        let mut documents = Documents::new(&self.shard.keywords);
        for (number, ordinal) in found.enumerate() {
            if number % 1024 == 0 {
                self.stop.check()?;
            }
            if let Some(term) = listed.get(ordinal as usize) {
                documents.add_to(term, bits)?;
            }
        }
        Ok(())
    }

    /// The documents of a field of words that pass.
    fn documents(&self, field: &WordsField, test: &WordPlan, bits: &mut Bits) -> Result<(), Fault> {
        let index = &*field.index;
        let mut documents = Documents::new(index);
        match test {
            WordPlan::Phrase(words) => match words.as_slice() {
                [word] => {
                    if let Some(term) = index.terms().get(word.as_bytes())? {
                        documents.add_to(&term, bits)?;
                    }
                }
                words => phrase::documents(field, words, self.stop, |document| bits.set(document))?,
            },
            WordPlan::Each(test) => {
                let mut stream = candidates(index, b"", test.prefix())?;
                let mut seen = 0_u32;
                while stream.advance() {
                    seen += 1;
                    if seen.is_multiple_of(1024) {
                        self.stop.check()?;
                    }
                    if std::str::from_utf8(stream.key()).is_ok_and(|word| test.holds(word)) {
                        documents.add_to(stream.value(), bits)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Spilled values that are exactly one word.
    fn add_lone_words(&self, test: &WordPlan, bits: &mut Bits) -> Result<(), Fault> {
        for (field, kind) in self.shard.lone_word_columns() {
            let column = self.shard.column(field, kind)?;
            match test {
                WordPlan::Phrase(words) => {
                    if let [word] = words.as_slice() {
                        add_column(&column, &ColumnTest::Equals(word), bits, self.stop)?;
                    }
                }
                WordPlan::Each(test) => {
                    // The column may hold other values too; those have word entries of their own.
                    let holds = |text: &str| test.holds(text) && is_one_word(text);
                    let test = ColumnTest::Holds(test.prefix(), &holds);
                    add_column(&column, &test, bits, self.stop)?;
                }
            }
        }
        Ok(())
    }
}
