//! The one text form of a query tree.

use std::ops::Bound;

use super::{FieldName, FieldTest, Leaf, Place, Query, Wildcard, WildcardPart, WordTest};

/// The text of a tree.
pub(crate) fn text(query: &Query) -> String {
    let mut out = String::new();
    write(query, Tightness::Or, &mut out);
    out
}

/// What may stand at a place without parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Or,
    And,
    Single,
}

fn write(query: &Query, place: Tightness, out: &mut String) {
    let own = match query {
        Query::Or(_) => Tightness::Or,
        Query::And(_) => Tightness::And,
        _ => Tightness::Single,
    };
    let wrap = own < place;
    if wrap {
        out.push('(');
    }
    match query {
        Query::All => out.push('*'),
        Query::And(parts) => join(parts, " AND ", Tightness::Single, out),
        Query::Or(parts) => join(parts, " OR ", Tightness::And, out),
        Query::Not(part) => {
            out.push_str("NOT ");
            write(part, Tightness::Single, out);
        }
        Query::Is(leaf) => write_leaf(leaf, out),
    }
    if wrap {
        out.push(')');
    }
}

fn join(parts: &[Query], between: &str, place: Tightness, out: &mut String) {
    for (number, part) in parts.iter().enumerate() {
        if number > 0 {
            out.push_str(between);
        }
        write(part, place, out);
    }
}

fn write_leaf(leaf: &Leaf, out: &mut String) {
    match leaf {
        Leaf::Words { place, test } => {
            if *place == Place::Message || matches!(test, WordTest::Regex(_)) {
                out.push_str("message:");
            }
            match test {
                WordTest::Phrase(words) => match words.as_slice() {
                    [word] if is_plain_word(word) => out.push_str(word),
                    _ => out.push_str(&quoted(&words.join(" "))),
                },
                WordTest::Wildcard(wildcard) => write_wildcard(wildcard, out),
                WordTest::Regex(pattern) => write_regex(pattern, out),
            }
        }
        Leaf::Field { field, test } => {
            write_name(field, out);
            out.push(':');
            write_test(test, out);
        }
        Leaf::Seal(verdict) => {
            out.push_str("seal:");
            out.push_str(verdict.map_or("unchecked", |verdict| verdict.word()));
        }
        Leaf::Positions { from, to } => match to {
            Some(to) if *to == from.saturating_add(1) => out.push_str(&format!("#{from}")),
            Some(to) => out.push_str(&format!("#{from}..{to}")),
            None => out.push_str(&format!("#{from}..")),
        },
        Leaf::Time(span) => {
            out.push('@');
            out.push_str(&span.text());
        }
        Leaf::Dated => out.push_str("time:*"),
    }
}

fn write_test(test: &FieldTest, out: &mut String) {
    match test {
        FieldTest::Exists => out.push('*'),
        FieldTest::Equals(value) if is_plain_value(value) => out.push_str(value),
        FieldTest::Equals(value) => out.push_str(&quoted(value)),
        FieldTest::Wildcard(wildcard) => write_wildcard(wildcard, out),
        FieldTest::Regex(pattern) => write_regex(pattern, out),
        FieldTest::Number { low, high } => write_number(*low, *high, out),
    }
}

fn write_number(low: Bound<f64>, high: Bound<f64>, out: &mut String) {
    let text = match (low, high) {
        (Bound::Included(low), Bound::Unbounded) => format!(">={low}"),
        (Bound::Excluded(low), Bound::Unbounded) => format!(">{low}"),
        (Bound::Unbounded, Bound::Included(high)) => format!("<={high}"),
        (Bound::Unbounded, Bound::Excluded(high)) => format!("<{high}"),
        (low, high) => {
            let (open, low) = match low {
                Bound::Included(low) => ('[', low.to_string()),
                Bound::Excluded(low) => ('{', low.to_string()),
                Bound::Unbounded => ('[', "*".to_owned()),
            };
            let (close, high) = match high {
                Bound::Included(high) => (']', high.to_string()),
                Bound::Excluded(high) => ('}', high.to_string()),
                Bound::Unbounded => (']', "*".to_owned()),
            };
            format!("{open}{low} TO {high}{close}")
        }
    };
    out.push_str(&text);
}

fn write_name(field: &FieldName, out: &mut String) {
    out.push_str(&escaped(&field.in_query()));
}

fn write_wildcard(wildcard: &Wildcard, out: &mut String) {
    for (number, part) in wildcard.parts().iter().enumerate() {
        match part {
            WildcardPart::Any => out.push('*'),
            WildcardPart::One => out.push('?'),
            WildcardPart::Literal(text) => push_escaped(text, number == 0, out),
        }
    }
}

fn write_regex(pattern: &str, out: &mut String) {
    out.push('/');
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '/' => out.push_str("\\/"),
            '\\' => {
                out.push('\\');
                out.extend(characters.next());
            }
            other => out.push(other),
        }
    }
    out.push('/');
}

/// A text for a place outside quotes, made literal: the name of a field, a bare value.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // `@timestamp` is a name; only a digit or a sign after the @ makes it a time.
    if let Some(rest) = text.strip_prefix('@')
        && rest.starts_with(char::is_alphabetic)
    {
        out.push('@');
        push_escaped(rest, false, &mut out);
        return out;
    }
    push_escaped(text, true, &mut out);
    out
}

/// Adds a text, escaped; some characters mean something only where a word or value begins.
fn push_escaped(text: &str, begins: bool, out: &mut String) {
    for (at, character) in text.char_indices() {
        // Letters and digits cannot have an escape: a backslash before them is itself.
        let plain = character.is_alphanumeric() || "_-.".contains(character);
        let plain_inside = (at > 0 || !begins) && "/@=+%,~&#;".contains(character);
        if !plain && !plain_inside {
            out.push('\\');
        }
        out.push(character);
    }
}

/// A text in quotes, made literal.
#[must_use]
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a value reads back as itself without quotes.
fn is_plain_value(value: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "_-.@/:+,;=%&~#".contains(c);
    value.starts_with(|c: char| c.is_alphanumeric()) && value.chars().all(inside)
}

/// Whether a word reads back as a word: operators are upper case, words never are.
fn is_plain_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphanumeric)
}
