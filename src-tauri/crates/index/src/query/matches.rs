//! The plain evaluator: says of one row whether a query matches it, from the record alone.
//!
//! It is written apart from the index on purpose. It answers while the index is incomplete, it is
//! asked again about every row before that row is shown, and the tests hold the index to it.

use std::ops::{Bound, RangeBounds};

use sealscope_fields::{Record, Value, tokens};
use sealscope_model::{Position, Verdict};

use super::time::SpanNs;
use super::{FieldName, FieldTest, Leaf, Place, Query, TextTest, WordTest};

/// A row as the evaluator sees it.
#[derive(Debug, Clone, Copy)]
pub struct RowView<'r> {
    /// Position of its entry in its archive.
    pub position: Position,
    /// Verdict of its entry; `None` while unchecked.
    pub verdict: Option<Verdict>,
    /// What the record says.
    pub record: &'r Record,
}

/// A query made ready to be asked about many rows. Cheap to share between threads.
#[derive(Debug)]
pub struct Matcher {
    root: Node,
}

#[derive(Debug)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Words(Place, WordNode),
    Field(FieldName, FieldNode),
    Seal(Option<Verdict>),
    Positions(Position, Option<Position>),
    Time(Option<SpanNs>),
    Dated,
}

#[derive(Debug)]
enum WordNode {
    Phrase(Phrase),
    Each(TextTest),
}

#[derive(Debug)]
enum FieldNode {
    Exists,
    Text(TextTest),
    Number(Bound<f64>, Bound<f64>),
}

impl Matcher {
    /// Makes a query ready. `newest_ns` is the newest time of all archives, in nanoseconds since
    /// 1970, from which `@-2d` counts; without it relative times match nothing.
    #[must_use]
    pub fn new(query: &Query, newest_ns: Option<i64>) -> Self {
        Self {
            root: Node::new(query, newest_ns),
        }
    }

    /// Whether the row matches.
    #[must_use]
    pub fn matches(&self, row: &RowView<'_>) -> bool {
        self.root.matches(row)
    }
}

impl Node {
    fn new(query: &Query, newest_ns: Option<i64>) -> Self {
        let all = |parts: &[Query]| {
            parts
                .iter()
                .map(|part| Node::new(part, newest_ns))
                .collect()
        };
        match query {
            Query::All => Node::All,
            Query::And(parts) => Node::And(all(parts)),
            Query::Or(parts) => Node::Or(all(parts)),
            Query::Not(part) => Node::Not(Box::new(Node::new(part, newest_ns))),
            Query::Is(leaf) => match leaf {
                Leaf::Words { place, test } => Node::Words(*place, WordNode::new(test)),
                Leaf::Field { field, test } => Node::Field(field.clone(), FieldNode::new(test)),
                Leaf::Seal(verdict) => Node::Seal(*verdict),
                Leaf::Positions { from, to } => Node::Positions(*from, *to),
                Leaf::Time(span) => Node::Time(span.resolve(newest_ns)),
                Leaf::Dated => Node::Dated,
            },
        }
    }

    fn matches(&self, row: &RowView<'_>) -> bool {
        match self {
            Node::All => true,
            Node::And(parts) => parts.iter().all(|part| part.matches(row)),
            Node::Or(parts) => parts.iter().any(|part| part.matches(row)),
            Node::Not(part) => !part.matches(row),
            Node::Words(place, test) => test.matches(*place, row.record),
            Node::Field(field, test) => test.matches(field, row.record),
            Node::Seal(verdict) => row.verdict == *verdict,
            Node::Positions(from, to) => {
                *from <= row.position && to.is_none_or(|to| row.position < to)
            }
            Node::Time(span) => match (span, row.record.spine().time) {
                (Some(span), Some(time)) => span.holds(time.ns),
                _ => false,
            },
            Node::Dated => row.record.spine().time.is_some(),
        }
    }
}

impl WordNode {
    fn new(test: &WordTest) -> Self {
        match test {
            WordTest::Phrase(words) => WordNode::Phrase(Phrase::new(words)),
            WordTest::Wildcard(wildcard) => WordNode::Each(TextTest::Wildcard(wildcard.clone())),
            WordTest::Regex(pattern) => WordNode::Each(TextTest::regex(pattern)),
        }
    }

    fn matches(&self, place: Place, record: &Record) -> bool {
        match place {
            Place::Message => self.found_in(record.spine().message),
            Place::Anywhere => {
                let mut found = false;
                record.for_each_text(|text| found = found || self.found_in(text));
                found
            }
        }
    }

    fn found_in(&self, text: &str) -> bool {
        match self {
            WordNode::Phrase(phrase) => phrase.found_in(text),
            WordNode::Each(test) => {
                let mut found = false;
                tokens(text, |word| found = found || test.holds(word));
                found
            }
        }
    }
}

/// Words in a row, looked for with the failure links of Knuth, Morris and Pratt: one pass over the
/// text whatever the phrase repeats.
#[derive(Debug)]
pub(crate) struct Phrase {
    words: Vec<String>,
    /// For each number of words matched, how many of them still match after a mismatch.
    back: Vec<usize>,
}

impl Phrase {
    pub fn new(words: &[String]) -> Self {
        let mut back = vec![0; words.len()];
        let mut matched = 0;
        for at in 1..words.len() {
            while matched > 0 && words.get(at) != words.get(matched) {
                matched = back.get(matched - 1).copied().unwrap_or(0);
            }
            if words.get(at) == words.get(matched) {
                matched += 1;
            }
            if let Some(place) = back.get_mut(at) {
                *place = matched;
            }
        }
        Self {
            words: words.to_vec(),
            back,
        }
    }

    /// Whether the words stand in the text one after the other.
    pub fn found_in(&self, text: &str) -> bool {
        let mut matched = 0;
        tokens(text, |word| {
            if matched == self.words.len() {
                return;
            }
            while matched > 0 && self.words.get(matched).is_none_or(|next| next != word) {
                matched = self.back.get(matched - 1).copied().unwrap_or(0);
            }
            if self.words.get(matched).is_some_and(|next| next == word) {
                matched += 1;
            }
        });
        matched == self.words.len()
    }
}

impl FieldNode {
    fn new(test: &FieldTest) -> Self {
        match test {
            FieldTest::Exists => FieldNode::Exists,
            FieldTest::Equals(text) => FieldNode::Text(TextTest::Equals(text.clone())),
            FieldTest::Wildcard(wildcard) => FieldNode::Text(TextTest::Wildcard(wildcard.clone())),
            FieldTest::Regex(pattern) => FieldNode::Text(TextTest::regex(pattern)),
            FieldTest::Number { low, high } => FieldNode::Number(*low, *high),
        }
    }

    fn matches(&self, field: &FieldName, record: &Record) -> bool {
        match field {
            FieldName::Spine(name) => record
                .spine()
                .keyword(name)
                .is_some_and(|text| self.holds(Value::Text(text))),
            FieldName::Raw(path) => record.raw().any(|field| match self {
                FieldNode::Exists => is_at_or_below(field.path, path),
                _ => field.path == path && self.holds(field.value),
            }),
        }
    }

    fn holds(&self, value: Value<'_>) -> bool {
        match self {
            FieldNode::Exists => true,
            FieldNode::Text(test) => test.holds(value.as_text()),
            FieldNode::Number(low, high) => value
                .as_number()
                .is_some_and(|number| (*low, *high).contains(&number)),
        }
    }
}

/// Whether a path is `top` or a field below it.
pub(crate) fn is_at_or_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use sealscope_model::{EntryTime, Precision, ZoneOrigin};

    /// A record that has something of everything.
    fn record() -> Record {
        let mut record = Record::new();
        record.clear();
        record.push_raw("verb", Value::Text("get"));
        record.push_raw("user.name", Value::Text("Anna Smith"));
        record.push_raw("user.groups", Value::Text("system:masters"));
        record.push_raw("user.groups", Value::Text("dev"));
        record.push_raw("code", Value::Number("403"));
        record.push_raw("code_text", Value::Text("403"));
        record.push_raw("dry", Value::Bool(true));
        record.push_raw("ref", Value::Null);
        record.push_raw("who", Value::Text("raw who"));
        record.push_raw("ip", Value::Text("10.0.0.1"));
        record.set_who("anna");
        record.set_message("Anna was denied access to pods/exec");
        let ns = 1_773_446_400_000_000_000;
        record.set_time(
            Some(EntryTime {
                ns,
                precision: Precision::Seconds,
                zone: ZoneOrigin::Stated,
                year_inferred: false,
                offset_seconds: 0,
            }),
            None,
        );
        record
    }

    fn matches(query: &str) -> bool {
        let parsed = parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        let record = record();
        let row = RowView {
            position: 1204,
            verdict: Some(Verdict::Broken),
            record: &record,
        };
        Matcher::new(&parsed.query, Some(1_773_446_400_000_000_000)).matches(&row)
    }

    #[test]
    fn these_queries_match_the_record() {
        for query in [
            "",
            "*",
            "verb:get",
            "user.groups:dev",
            "user.groups:system*",
            "user.name:\"Anna Smith\"",
            "user:*",
            "ref:null",
            "ref:*",
            "dry:true",
            "code:403",
            "code:>=403",
            "code:[400 TO 404]",
            "code:{402 TO 404}",
            "code_text:403",
            "who:anna",
            "raw.who:\"raw who\"",
            "who:/an+a/",
            "denied",
            "DENIED",
            "\"was denied\"",
            "message:exec",
            "message:\"pods exec\"",
            "den*",
            "d?nied",
            "10.0.0.1",
            "ip:10.0.*",
            "anna smith",
            "\"anna smith\"",
            "get OR nothing",
            "NOT nothing",
            "NOT missing:x",
            "seal:broken",
            "#1204",
            "#1000..1205",
            "@2026-03-14",
            "time:>=2026-03-14",
            "time:*",
            "@-2d",
            "time:[2026 TO 2026]",
            "403",
            "class:other",
            "message:/den.+/",
            "NOT code:>403",
            "masters",
        ] {
            assert!(matches(query), "{query}");
        }
    }

    #[test]
    fn these_queries_do_not() {
        for query in [
            "verb:GET",
            "verb:ge",
            "user:x",
            "use:*",
            "code:>403",
            "code_text:>=403",
            "who:\"raw who\"",
            "raw.who:anna",
            "verb:/g/",
            "message:get",
            "message:10",
            "\"denied was\"",
            "\"smith system\"",
            "nied",
            "NOT denied",
            "seal:intact",
            "seal:unchecked",
            "#1205",
            "#0..1204",
            "@2026-03-13",
            "time:>2026-03-14",
            "true",
            "null",
            "denied AND nothing",
            "code:{403 TO 500]",
            "dry:>0",
            "anna.smith.x",
            "time:<2026-03-14",
        ] {
            assert!(!matches(query), "{query}");
        }
    }

    #[test]
    fn a_phrase_that_repeats_itself_is_found() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        for (phrase, text, found) in [
            ("a a b", "a a a b", true),
            ("a b a c", "a b a b a c", true),
            ("a b a c", "a b a b a d", false),
            ("a", "b a", true),
        ] {
            assert_eq!(
                Phrase::new(&words(phrase)).found_in(text),
                found,
                "{phrase} in {text}"
            );
        }
    }
}
