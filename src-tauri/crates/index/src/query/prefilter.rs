//! Which entries need not even be parsed to answer a query.

use memchr::memmem::Finder;

use super::{FieldName, FieldTest, Leaf, Query, Wildcard, WildcardPart};

/// Shortest run of letters worth looking for.
const LITERAL_BYTES_MIN: usize = 3;
/// Most alternatives of one clause; beyond that looking costs more than it saves.
const ALTERNATIVES_MAX: usize = 8;

/// Literals of which every matching entry must hold some.
///
/// Certain only for schemas whose raw fields are the text of a JSON entry, and for queries on raw
/// fields: spine and message are put together by the schema and may hold words that no entry has.
/// JSON may write any character as `\u0061`, so an entry with such an escape is never dismissed.
#[derive(Debug)]
pub struct Prefilter {
    /// Of each clause at least one literal must occur.
    clauses: Vec<Vec<Finder<'static>>>,
    escape: Finder<'static>,
}

impl Prefilter {
    /// The filter of a query; `None` when nothing can be told without parsing.
    #[must_use]
    pub fn new(query: &Query) -> Option<Self> {
        let clauses = clauses(query);
        if clauses.is_empty() {
            return None;
        }
        let finders = |literals: Vec<String>| {
            literals
                .into_iter()
                .map(|literal| Finder::new(literal.as_bytes()).into_owned())
        };
        Some(Self {
            clauses: clauses
                .into_iter()
                .map(|clause| finders(clause).collect())
                .collect(),
            escape: Finder::new(b"\\u").into_owned(),
        })
    }

    /// Whether the entry could match. `false` is certain.
    #[must_use]
    pub fn may_match(&self, entry: &[u8]) -> bool {
        let fits = self
            .clauses
            .iter()
            .all(|clause| clause.iter().any(|literal| literal.find(entry).is_some()));
        fits || self.escape.find(entry).is_some()
    }
}

/// The clauses, rarest looking (longest literals) first.
fn clauses(query: &Query) -> Vec<Vec<String>> {
    let mut found = match query {
        Query::All | Query::Not(_) => Vec::new(),
        Query::And(parts) => parts.iter().flat_map(clauses).collect(),
        // Each alternative gives its best clause; one without a clause spoils all.
        Query::Or(parts) => {
            let best: Option<Vec<Vec<String>>> = parts
                .iter()
                .map(|part| clauses(part).into_iter().next())
                .collect();
            let joined: Vec<String> = best.unwrap_or_default().into_iter().flatten().collect();
            if joined.is_empty() || joined.len() > ALTERNATIVES_MAX {
                Vec::new()
            } else {
                vec![joined]
            }
        }
        Query::Is(Leaf::Field {
            field: FieldName::Raw(path),
            test,
        }) => {
            let name = longest_run(path);
            let value = match test {
                FieldTest::Equals(value) => longest_run(value),
                FieldTest::Wildcard(wildcard) => longest_of(wildcard),
                FieldTest::Exists | FieldTest::Regex(_) | FieldTest::Number { .. } => None,
            };
            value
                .into_iter()
                .chain(name)
                .map(|literal| vec![literal])
                .collect()
        }
        Query::Is(_) => Vec::new(),
    };
    let shortest = |clause: &Vec<String>| clause.iter().map(String::len).min().unwrap_or(0);
    // Stable, so that a value stays before a field's name of the same length.
    found.sort_by_key(|clause| std::cmp::Reverse(shortest(clause)));
    found
}

fn longest_of(wildcard: &Wildcard) -> Option<String> {
    wildcard
        .parts()
        .iter()
        .filter_map(|part| match part {
            WildcardPart::Literal(text) => longest_run(text),
            _ => None,
        })
        .max_by_key(String::len)
}

/// The longest run of ASCII letters and digits: what no JSON escape but `\u` can change.
fn longest_run(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|run| run.len() >= LITERAL_BYTES_MIN)
        .max_by_key(|run| run.len())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn may_match(query: &str, entry: &str) -> Option<bool> {
        let query = parse(query).unwrap().query;
        Prefilter::new(&query).map(|filter| filter.may_match(entry.as_bytes()))
    }

    #[test]
    fn an_entry_without_the_literal_is_dismissed() {
        let entry = r#"{"user":"anna","verb":"get"}"#;
        for (query, expected) in [
            ("user:anna", Some(true)),
            ("user:mallory", Some(false)),
            ("user:anna verb:delete", Some(false)),
            ("user:mallory OR verb:get", Some(true)),
            ("user:mallory OR verb:delete", Some(false)),
            ("user:mall*", Some(false)),
            ("resource:*", Some(false)),
            ("code:>400", Some(false)),
            // Nothing can be told of these.
            ("NOT user:anna", None),
            ("anna", None),
            ("who:anna", None),
            ("user:mallory OR denied", None),
            ("ip:x", None),
        ] {
            assert_eq!(may_match(query, entry), expected, "{query}");
        }
    }

    #[test]
    fn an_entry_with_a_unicode_escape_is_never_dismissed() {
        assert_eq!(
            may_match("user:mallory", r#"{"user":"\u006dallory"}"#),
            Some(true)
        );
    }

    #[test]
    fn only_runs_that_no_escape_can_change_are_looked_for() {
        assert_eq!(
            may_match("user:\"a\\\\b\\\"cdef\"", r#"{"user":"a\\b\"cdef"}"#),
            Some(true)
        );
        assert_eq!(
            may_match("path:\"/var/log\"", r#"{"path":"\/var\/log"}"#),
            Some(true)
        );
    }
}
