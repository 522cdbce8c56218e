use std::ops::{Bound, Range};

use sealscope_fields::{lowered, tokens};

use super::leaves::{bad_time, number, number_range, positions, seal, time_leaf};
use super::lexer::{Glyph, RawValue, Sign, Span, Token, has_wildcard, lex, plain};
use super::pattern::anchored;
use super::time;
use super::{
    Diagnostic, FieldName, FieldTest, Leaf, Place, QUERY_BYTES_MAX, QUERY_DEPTH_MAX,
    QUERY_PATTERNS_MAX, Query, Wildcard, WildcardPart, WordTest,
};

/// A query text that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What it means.
    pub query: Query,
    /// What may not be what was meant.
    pub hints: Vec<Diagnostic>,
    /// Every field named, in order: names that no archive has deserve a word.
    pub fields: Vec<FieldMention>,
}

/// A field named in a query text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMention {
    /// The field.
    pub field: FieldName,
    /// Where its name stands, in bytes.
    pub span: Range<usize>,
}

/// Reads a query text. An empty text means every row.
///
/// # Errors
/// The first thing that has no meaning, with its place and, where one can be named, a fix.
pub fn parse(text: &str) -> Result<Parsed, Box<Diagnostic>> {
    if text.len() > QUERY_BYTES_MAX {
        let message = format!("A query is at most {} KiB long.", QUERY_BYTES_MAX / 1024);
        return Err(Box::new(Diagnostic::error(0..text.len(), message)));
    }
    let tokens = lex(text)?;
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        depth: 0,
        patterns: 0,
        hints: vec![],
        fields: vec![],
    };
    let query = if parser.tokens.is_empty() {
        Query::All
    } else {
        parser.any()?
    };
    if let Some((_, span)) = parser.tokens.get(parser.at) {
        // Only a closing parenthesis ends an expression before the end of the text.
        let message = "This parenthesis closes nothing.";
        let diagnostic = Diagnostic::error(span.clone(), message);
        return Err(Box::new(diagnostic.fix("Remove it.", span.clone(), "")));
    }
    Ok(Parsed {
        query,
        hints: parser.hints,
        fields: parser.fields,
    })
}

/// What reading a part of a query gives.
pub(crate) type Read<T> = Result<T, Diagnostic>;

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: usize,
    patterns: usize,
    hints: Vec<Diagnostic>,
    fields: Vec<FieldMention>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    /// Where the next token stands; the end of the text when there is none.
    fn span(&self) -> Span {
        let end = self.text.len();
        self.tokens
            .get(self.at)
            .map_or(end..end, |(_, span)| span.clone())
    }

    fn any(&mut self) -> Read<Query> {
        let mut parts = vec![self.all()?];
        while self.peek() == Some(&Token::Or) {
            self.at += 1;
            parts.push(self.all()?);
        }
        Ok(Query::any_of(parts))
    }

    fn all(&mut self) -> Read<Query> {
        let mut parts = vec![self.single()?];
        loop {
            match self.peek() {
                Some(Token::And) => self.at += 1,
                None | Some(Token::Or | Token::Close) => return Ok(Query::all_of(parts)),
                Some(_) => {}
            }
            parts.push(self.single()?);
        }
    }

    fn single(&mut self) -> Read<Query> {
        let span = self.span();
        if self.depth >= QUERY_DEPTH_MAX {
            let message = format!("Parentheses and NOT nest at most {QUERY_DEPTH_MAX} deep.");
            return Err(Diagnostic::error(span, message));
        }
        let Some((token, _)) = self.tokens.get(self.at).cloned() else {
            return Err(self.missing(span));
        };
        self.depth += 1;
        let query = match token {
            Token::Not => {
                self.at += 1;
                self.single().map(Query::not)?
            }
            Token::Open => {
                self.at += 1;
                self.group(&span)?
            }
            Token::Close | Token::And | Token::Or => return Err(self.missing(span)),
            _ => {
                self.hint_at(&token, &span);
                self.at += 1;
                self.atom(token, span)?
            }
        };
        self.depth -= 1;
        Ok(query)
    }

    fn group(&mut self, open: &Span) -> Read<Query> {
        if self.peek() == Some(&Token::Close) {
            let span = open.start..self.span().end;
            let diagnostic = Diagnostic::error(span.clone(), "Nothing stands in the parentheses.");
            return Err(diagnostic.fix("Remove them.", span, ""));
        }
        let query = self.any()?;
        if self.peek() != Some(&Token::Close) {
            let end = self.text.len();
            let message = "The parenthesis that opens here is never closed.";
            let diagnostic = Diagnostic::error(open.clone(), message);
            return Err(diagnostic.fix("Close it at the end.", end..end, ")"));
        }
        self.at += 1;
        Ok(query)
    }

    /// Something to search for is missing at `span`.
    fn missing(&self, span: Span) -> Diagnostic {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        match before {
            Some((token @ (Token::And | Token::Or | Token::Not), operator)) => {
                let word = self.text.get(operator.clone()).unwrap_or("");
                let message = format!("Something to search for is missing after {word}.");
                let diagnostic = Diagnostic::error(operator.clone(), message);
                // Dropping a NOT would turn the meaning around: that is no fix.
                match token {
                    Token::Not => diagnostic,
                    _ => diagnostic.fix(format!("Remove {word}."), operator.clone(), ""),
                }
            }
            _ => match self.text.get(span.clone()) {
                Some(word @ ("AND" | "OR")) => {
                    let message = format!("Something to search for is missing before {word}.");
                    let diagnostic = Diagnostic::error(span.clone(), message);
                    diagnostic.fix(format!("Remove {word}."), span, "")
                }
                Some(")") => Diagnostic::error(span.clone(), "This parenthesis closes nothing.")
                    .fix("Remove it.", span, ""),
                _ => Diagnostic::error(span, "Something to search for is missing here."),
            },
        }
    }

    /// Words that look like operators are searched for, but may have been meant as such.
    fn hint_at(&mut self, token: &Token, span: &Span) {
        let Token::Word(_) = token else { return };
        let Some(word) = self.text.get(span.clone()) else {
            return;
        };
        let followed = self.at + 1 < self.tokens.len();
        let operator = match word {
            "and" if self.at > 0 && followed => "AND",
            "or" if self.at > 0 && followed => "OR",
            "not" if followed => "NOT",
            _ => return self.hint_at_sign(word, span),
        };
        let message = format!("`{word}` in small letters is searched for as a word.");
        let hint = Diagnostic::hint(span.clone(), message);
        self.hints
            .push(hint.fix(format!("Did you mean {operator}?"), span.clone(), operator));
    }

    fn hint_at_sign(&mut self, word: &str, span: &Span) {
        let Some(rest) = word.strip_prefix(['-', '!']) else {
            return;
        };
        if rest.starts_with(char::is_alphanumeric) {
            let message = format!(
                "`{}` does not exclude entries.",
                word.get(..1).unwrap_or("-")
            );
            let hint = Diagnostic::hint(span.clone(), message);
            let text = format!("NOT {rest}");
            self.hints
                .push(hint.fix(format!("Did you mean {text}?"), span.clone(), text));
        }
    }

    /// The spine holds keywords; comparing one with a number finds nothing.
    fn hint_at_number(&mut self, field: &FieldName, test: &FieldTest, span: &Span) {
        if let (FieldName::Spine(name), FieldTest::Number { .. }) = (field, test) {
            let message =
                format!("`{name}` holds keywords, which are no numbers; compare a raw field.");
            self.hints.push(Diagnostic::hint(span.clone(), message));
        }
    }

    fn atom(&mut self, token: Token, span: Span) -> Read<Query> {
        let leaf = match token {
            Token::Word(glyphs) if glyphs.iter().all(|glyph| *glyph == Glyph::Star) => {
                return Ok(Query::All);
            }
            Token::Word(glyphs) => {
                let test = self.words(&glyphs, &span)?;
                Leaf::Words {
                    place: Place::Anywhere,
                    test,
                }
            }
            Token::Quoted(text) => Leaf::Words {
                place: Place::Anywhere,
                test: phrase(&text, &span)?,
            },
            Token::Positions(text) => positions(&text, &span)?,
            Token::Time(text) => {
                Leaf::Time(time::span(&text).map_err(|bad| bad_time(bad, span.start + 1))?)
            }
            Token::Field {
                name,
                name_span,
                value,
                value_span,
            } => {
                return self.field(&name, name_span, value, value_span);
            }
            Token::Open | Token::Close | Token::And | Token::Or | Token::Not => {
                return Err(self.missing(span));
            }
        };
        Ok(Query::Is(leaf))
    }

    fn field(
        &mut self,
        name: &str,
        name_span: Span,
        value: RawValue,
        value_span: Span,
    ) -> Read<Query> {
        let leaf = match name {
            "seal" => seal(&value, &value_span)?,
            "tag" | "has" => {
                let message = format!("Searching by `{name}:` is not available yet.");
                return Err(Diagnostic::error(name_span.start..value_span.end, message));
            }
            "time" => time_leaf(&value, &value_span)?,
            "message" => {
                let test = self.message(value, &value_span)?;
                Leaf::Words {
                    place: Place::Message,
                    test,
                }
            }
            _ => {
                let field = FieldName::from_query(name);
                let test = self.field_test(value, &value_span)?;
                self.hint_at_number(&field, &test, &value_span);
                self.fields.push(FieldMention {
                    field: field.clone(),
                    span: name_span,
                });
                Leaf::Field { field, test }
            }
        };
        Ok(Query::Is(leaf))
    }

    fn message(&mut self, value: RawValue, span: &Span) -> Read<WordTest> {
        match value {
            RawValue::Bare(glyphs) => self.words(&glyphs, span),
            RawValue::Quoted(text) => phrase(&text, span),
            RawValue::Regex(pattern) => {
                self.check_regex(&pattern, span)?;
                Ok(WordTest::Regex(pattern))
            }
            RawValue::Compare { .. } | RawValue::Range { .. } => {
                let message = "A message holds words; it cannot be compared.";
                Err(Diagnostic::error(span.clone(), message))
            }
        }
    }

    fn field_test(&mut self, value: RawValue, span: &Span) -> Read<FieldTest> {
        Ok(match value {
            RawValue::Bare(glyphs) if has_wildcard(&glyphs) => {
                self.count_pattern(span)?;
                let wildcard = wildcard(&glyphs, |text| text);
                if wildcard.is_any() {
                    FieldTest::Exists
                } else {
                    FieldTest::Wildcard(wildcard)
                }
            }
            RawValue::Bare(glyphs) => FieldTest::Equals(plain(&glyphs)),
            RawValue::Quoted(text) => FieldTest::Equals(text),
            RawValue::Regex(pattern) => {
                self.check_regex(&pattern, span)?;
                FieldTest::Regex(pattern)
            }
            RawValue::Compare { sign, text } => {
                let number = number(&text, span)?;
                let (low, high) = match sign {
                    Sign::Greater => (Bound::Excluded(number), Bound::Unbounded),
                    Sign::AtLeast => (Bound::Included(number), Bound::Unbounded),
                    Sign::Less => (Bound::Unbounded, Bound::Excluded(number)),
                    Sign::AtMost => (Bound::Unbounded, Bound::Included(number)),
                };
                FieldTest::Number { low, high }
            }
            RawValue::Range {
                low,
                low_span,
                high,
                high_span,
                ends,
            } => number_range((&low, &low_span), (&high, &high_span), ends)?,
        })
    }

    /// A bare word: one word with wildcards, or words one after the other.
    fn words(&mut self, glyphs: &[Glyph], span: &Span) -> Read<WordTest> {
        if !has_wildcard(glyphs) {
            return phrase(&plain(glyphs), span);
        }
        self.count_pattern(span)?;
        let wildcard = wildcard(glyphs, |text| lowered(&text));
        let cut = wildcard.parts().iter().any(|part| match part {
            WildcardPart::Literal(text) => !text.chars().all(char::is_alphanumeric),
            _ => false,
        });
        if !cut {
            return Ok(WordTest::Wildcard(wildcard));
        }
        let message = "A wildcard fits one word, and words are runs of letters and digits.";
        let diagnostic = Diagnostic::error(span.clone(), message);
        let mut words = Vec::new();
        let text: String = plain(glyphs).replace(['*', '?'], " ");
        tokens(&text, |word| words.push(word.to_owned()));
        if words.is_empty() {
            return Err(diagnostic);
        }
        let text = super::canonical::quoted(&words.join(" "));
        Err(diagnostic.fix(
            format!("Search for the words {text}, or use it with a field."),
            span.clone(),
            text,
        ))
    }

    fn count_pattern(&mut self, span: &Span) -> Read<()> {
        self.patterns += 1;
        if self.patterns <= QUERY_PATTERNS_MAX {
            return Ok(());
        }
        let message = format!("A query holds at most {QUERY_PATTERNS_MAX} patterns.");
        Err(Diagnostic::error(span.clone(), message))
    }

    /// Checks that an expression compiles; `span` is the value's, slashes included.
    fn check_regex(&mut self, pattern: &str, span: &Span) -> Read<()> {
        self.count_pattern(span)?;
        let Err(error) = anchored(pattern) else {
            return Ok(());
        };
        let regex::Error::Syntax(says) = error else {
            let message = "This expression needs too much memory; make its repetitions smaller.";
            return Err(Diagnostic::error(span.clone(), message));
        };
        let reason = says
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("error: "));
        let message = format!(
            "This is no regular expression: {}.",
            reason.unwrap_or("it does not parse")
        );
        // The crate draws a caret under the place, four columns in.
        let caret = says.lines().find(|line| line.trim_start().starts_with('^'));
        let column = caret
            .and_then(|line| line.find('^'))
            .and_then(|at| at.checked_sub(4));
        let place = column.and_then(|column| self.regex_place(span, column));
        Err(Diagnostic::error(
            place.unwrap_or_else(|| span.clone()),
            message,
        ))
    }

    /// The place of a pattern's character in the query text, where `\/` stands for one character.
    fn regex_place(&self, span: &Span, column: usize) -> Option<Span> {
        let start = span.start + 1;
        let written = self.text.get(start..span.end)?;
        let mut characters = written.char_indices().peekable();
        let mut place = 0..written.len().min(1);
        for _ in 0..=column {
            let (mut at, character) = characters.next()?;
            let mut end = at + character.len_utf8();
            if character == '\\' && characters.peek().is_some_and(|(_, next)| *next == '/') {
                (at, _) = characters.next()?;
                end = at + 1;
            }
            place = at..end;
        }
        Some(start + place.start..start + place.end)
    }
}

fn wildcard(glyphs: &[Glyph], literal: impl Fn(String) -> String) -> Wildcard {
    Wildcard::new(glyphs.iter().map(|glyph| match glyph {
        Glyph::Literal(character) => WildcardPart::Literal(literal(character.to_string())),
        Glyph::Star => WildcardPart::Any,
        Glyph::Question => WildcardPart::One,
    }))
}

fn phrase(text: &str, span: &Span) -> Read<WordTest> {
    let mut words = Vec::new();
    tokens(text, |word| words.push(word.to_owned()));
    if !words.is_empty() {
        return Ok(WordTest::Phrase(words));
    }
    let diagnostic = Diagnostic::error(
        span.clone(),
        "There is no word to search for: words are runs of letters and digits.",
    );
    let operator = match text {
        "&&" | "&" => "AND",
        "||" | "|" => "OR",
        "!" => "NOT",
        _ => return Err(diagnostic),
    };
    Err(diagnostic.fix(format!("Did you mean {operator}?"), span.clone(), operator))
}
