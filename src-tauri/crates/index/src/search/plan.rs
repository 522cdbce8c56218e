//! A query made ready for the index: expressions compiled, times resolved.

use std::ops::{Bound, RangeBounds};

use sealscope_model::{Position, Verdict};

use crate::query::{FieldName, FieldTest, Leaf, Place, Query, SpanNs, TextTest, WordTest};

/// A query ready to be asked of shards.
#[derive(Debug)]
pub(crate) enum Plan {
    All,
    And(Vec<Plan>),
    Or(Vec<Plan>),
    Not(Box<Plan>),
    Words(Place, WordPlan),
    Field(FieldName, FieldPlan),
    Seal(Option<Verdict>),
    Positions(Position, Option<Position>),
    Time(Option<SpanNs>),
    Dated,
}

/// A test of words.
#[derive(Debug)]
pub(crate) enum WordPlan {
    Phrase(Vec<String>),
    Each(TextTest),
}

/// A test of a field's values.
#[derive(Debug)]
pub(crate) enum FieldPlan {
    Exists,
    Text(TextTest),
    Number(Bound<f64>, Bound<f64>),
}

impl Plan {
    pub fn new(query: &Query, newest_ns: Option<i64>) -> Self {
        let all = |parts: &[Query]| {
            parts
                .iter()
                .map(|part| Plan::new(part, newest_ns))
                .collect()
        };
        match query {
            Query::All => Plan::All,
            Query::And(parts) => Plan::And(all(parts)),
            Query::Or(parts) => Plan::Or(all(parts)),
            Query::Not(part) => Plan::Not(Box::new(Plan::new(part, newest_ns))),
            Query::Is(Leaf::Words { place, test }) => Plan::Words(*place, WordPlan::new(test)),
            Query::Is(Leaf::Field { field, test }) => {
                Plan::Field(field.clone(), FieldPlan::new(test))
            }
            Query::Is(Leaf::Seal(verdict)) => Plan::Seal(*verdict),
            Query::Is(Leaf::Positions { from, to }) => Plan::Positions(*from, *to),
            Query::Is(Leaf::Time(span)) => Plan::Time(span.resolve(newest_ns)),
            Query::Is(Leaf::Dated) => Plan::Dated,
        }
    }
}

impl WordPlan {
    fn new(test: &WordTest) -> Self {
        match test {
            WordTest::Phrase(words) => WordPlan::Phrase(words.clone()),
            WordTest::Wildcard(wildcard) => WordPlan::Each(TextTest::Wildcard(wildcard.clone())),
            WordTest::Regex(pattern) => WordPlan::Each(TextTest::regex(pattern)),
        }
    }
}

impl FieldPlan {
    fn new(test: &FieldTest) -> Self {
        match test {
            FieldTest::Exists => FieldPlan::Exists,
            FieldTest::Equals(text) => FieldPlan::Text(TextTest::Equals(text.clone())),
            FieldTest::Wildcard(wildcard) => FieldPlan::Text(TextTest::Wildcard(wildcard.clone())),
            FieldTest::Regex(pattern) => FieldPlan::Text(TextTest::regex(pattern)),
            FieldTest::Number { low, high } => FieldPlan::Number(*low, *high),
        }
    }

    /// Whether a value's text passes; for `Number`, the text of a number.
    pub fn holds(&self, text: &str) -> bool {
        match self {
            FieldPlan::Exists => true,
            FieldPlan::Text(test) => test.holds(text),
            FieldPlan::Number(low, high) => match text.parse::<f64>() {
                Ok(number) => number.is_finite() && (*low, *high).contains(&number),
                Err(_) => false,
            },
        }
    }
}
