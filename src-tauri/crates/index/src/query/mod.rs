//! The query language: text to a tree and back, and the plain evaluator.
//!
//! Invariants:
//! 1. `parse(canonical(q)) == q` for every tree that the parser can make.
//! 2. What a tree means is said once, by [`Matcher`]; the index must agree with it on every row.
//! 3. No query is catastrophic: length, depth and the number of patterns are bounded, regular
//!    expressions run in linear time.
//!
//! Decisions where the language is silent:
//! - Inside quotes only `\"` and `\\` are escapes. Outside, a backslash makes the next character
//!   literal, unless that is a letter or a digit: `CORP\anna` is what it looks like.
//! - A value that starts with `/` is a regular expression only if an unescaped `/` closes it right
//!   before a space, a `)` or the end: `requestURI:/api/v1` is a plain value.
//! - Wildcards and regular expressions on `message` are tried on its single lower-cased words.
//! - `field:*` on an object (`objectRef:*`) holds where any field below it exists.
//! - A date means the whole span that it leaves open: `@2026-03-14` that day, `time:>2026-03-14`
//!   after that day. `@A..B` runs from the start of A to the start of B, as ranges do everywhere;
//!   `time:[A TO B]` includes all of B.

mod canonical;
mod diagnostic;
mod leaves;
mod lexer;
mod matches;
mod parser;
mod pattern;
mod prefilter;
mod suggest;
#[cfg(test)]
mod tests;
mod time;

pub use canonical::{escaped, quoted};
pub use diagnostic::{Diagnostic, DiagnosticKind, Fix, utf16_offset, utf16_span};
pub(crate) use matches::is_at_or_below;
pub use matches::{Matcher, RowView};
pub use parser::{FieldMention, Parsed, parse};
pub(crate) use pattern::TextTest;
pub use pattern::{Wildcard, WildcardPart};
pub use prefilter::Prefilter;
pub(crate) use suggest::nearest;
pub(crate) use time::SpanNs;
pub use time::{Moment, TimeSpan};

use std::ops::Bound;

use sealscope_fields::SPINE_KEYWORDS;
use sealscope_model::{Position, Verdict};

/// Longest query text, in bytes. Far beyond what people write; generated lists fit.
pub const QUERY_BYTES_MAX: usize = 64 * 1024;
/// Deepest nesting of parentheses and NOT.
pub const QUERY_DEPTH_MAX: usize = 64;
/// Most regular expressions and wildcards in one query: each costs memory once compiled.
pub const QUERY_PATTERNS_MAX: usize = 128;

/// A query as a tree. Made by [`parse`], or by hand from [`Query::all_of`] and its siblings, which
/// keep it in the one form that the parser gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// Every row.
    All,
    /// All of these: two or more, none of them an `And`.
    And(Vec<Query>),
    /// Any of these: two or more, none of them an `Or`.
    Or(Vec<Query>),
    /// The rows that this does not match.
    Not(Box<Query>),
    /// One test.
    Is(Leaf),
}

impl Query {
    /// The rows that match every part; every row when there is no part.
    #[must_use]
    pub fn all_of(parts: Vec<Query>) -> Query {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Query::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Query::All,
            1 => flat.pop().unwrap_or(Query::All),
            _ => Query::And(flat),
        }
    }

    /// The rows that match any part. An empty list means every row, as an empty query does.
    #[must_use]
    pub fn any_of(parts: Vec<Query>) -> Query {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Query::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Query::All,
            1 => flat.pop().unwrap_or(Query::All),
            _ => Query::Or(flat),
        }
    }

    /// The rows that do not match.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // A constructor beside its siblings, no operator.
    pub fn not(part: Query) -> Query {
        Query::Not(Box::new(part))
    }

    /// `field:value` for a raw or spine field, as facets and the inspector build it.
    #[must_use]
    pub fn field_is(field: FieldName, value: &str) -> Query {
        Query::Is(Leaf::Field {
            field,
            test: FieldTest::Equals(value.to_owned()),
        })
    }

    /// Rows of a time span.
    #[must_use]
    pub fn within(span: TimeSpan) -> Query {
        Query::Is(Leaf::Time(span))
    }

    /// The one text form: parsing it gives this tree again.
    #[must_use]
    pub fn canonical(&self) -> String {
        canonical::text(self)
    }

    /// Whether a moment relative to the newest time occurs.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        match self {
            Query::All => false,
            Query::And(parts) | Query::Or(parts) => parts.iter().any(Query::is_relative),
            Query::Not(part) => part.is_relative(),
            Query::Is(Leaf::Time(span)) => span.is_relative(),
            Query::Is(_) => false,
        }
    }

    /// Whether `seal:` occurs, so that the answer changes while verdicts are still being made.
    #[must_use]
    pub fn asks_for_seals(&self) -> bool {
        match self {
            Query::All => false,
            Query::And(parts) | Query::Or(parts) => parts.iter().any(Query::asks_for_seals),
            Query::Not(part) => part.asks_for_seals(),
            Query::Is(leaf) => matches!(leaf, Leaf::Seal(_)),
        }
    }

    /// Whether the answer depends on where an entry stands: its position or its verdict.
    #[must_use]
    pub fn asks_for_places(&self) -> bool {
        match self {
            Query::All => false,
            Query::And(parts) | Query::Or(parts) => parts.iter().any(Query::asks_for_places),
            Query::Not(part) => part.asks_for_places(),
            Query::Is(leaf) => matches!(leaf, Leaf::Seal(_) | Leaf::Positions { .. }),
        }
    }
}

/// One test of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf {
    /// Words of the message or, when `Anywhere`, of one raw value too.
    Words {
        /// Where to look.
        place: Place,
        /// What to look for.
        test: WordTest,
    },
    /// The keywords of a raw or spine field.
    Field {
        /// Which field.
        field: FieldName,
        /// What must hold of at least one of its values.
        test: FieldTest,
    },
    /// The verdict of the row; `None` is unchecked.
    Seal(Option<Verdict>),
    /// Positions `from <= position < to`, in every archive.
    Positions {
        /// First position.
        from: Position,
        /// One past the last; `None`: to the end.
        to: Option<Position>,
    },
    /// Dated rows of a time span.
    Time(TimeSpan),
    /// Rows that have a time (`time:*`).
    Dated,
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the message, and in each raw value that is text or number.
    Anywhere,
    /// In the message alone.
    Message,
}

/// A test of words. Words are cut and lower-cased by `sealscope_fields::tokens`.
#[derive(Debug, Clone, PartialEq)]
pub enum WordTest {
    /// These words, one right after the other, within one text. Never empty.
    Phrase(Vec<String>),
    /// One word that fits the pattern. A lone `*` is any word.
    Wildcard(Wildcard),
    /// One word that the expression matches from end to end.
    Regex(String),
}

/// The name of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldName {
    /// One of [`SPINE_KEYWORDS`].
    Spine(&'static str),
    /// The path of a raw field.
    Raw(String),
}

impl FieldName {
    /// The field that a name means in a query: the spine wins, `raw.` reaches past it.
    #[must_use]
    pub fn from_query(name: &str) -> FieldName {
        if let Some(raw) = name.strip_prefix("raw.") {
            return FieldName::Raw(raw.to_owned());
        }
        match SPINE_KEYWORDS.into_iter().find(|spine| *spine == name) {
            Some(spine) => FieldName::Spine(spine),
            None => FieldName::Raw(name.to_owned()),
        }
    }

    /// The name by which a query reaches the field, not escaped.
    #[must_use]
    pub fn in_query(&self) -> String {
        match self {
            FieldName::Spine(name) => (*name).to_owned(),
            FieldName::Raw(path) if is_reserved(path) => format!("raw.{path}"),
            FieldName::Raw(path) => path.clone(),
        }
    }
}

/// Whether a raw path must be written with `raw.` in front.
fn is_reserved(path: &str) -> bool {
    path.is_empty()
        || path.starts_with("raw.")
        || SPINE_KEYWORDS.contains(&path)
        || matches!(path, "time" | "message" | "seal" | "tag" | "has")
}

/// What must hold of one of a field's values.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldTest {
    /// The row has the field, or a field below it.
    Exists,
    /// The keyword is exactly this, case included.
    Equals(String),
    /// The keyword fits the pattern from end to end.
    Wildcard(Wildcard),
    /// The expression matches the keyword from end to end.
    Regex(String),
    /// The value is a number between the bounds. A text of digits is no number.
    Number {
        /// Lower bound.
        low: Bound<f64>,
        /// Upper bound.
        high: Bound<f64>,
    },
}
