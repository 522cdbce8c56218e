//! Cuts a query text into atoms. Every atom keeps its place in the text.

use std::ops::Range;

use super::Diagnostic;

/// Bytes of the query text.
pub(crate) type Span = Range<usize>;

/// What the parser reads.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    /// A bare word, possibly with wildcards.
    Word(Vec<Glyph>),
    /// A text in quotes.
    Quoted(String),
    /// `name:value`.
    Field {
        name: String,
        name_span: Span,
        value: RawValue,
        value_span: Span,
    },
    /// What stands after `#`.
    Positions(String),
    /// What stands after `@`.
    Time(String),
}

/// One character of a word or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Glyph {
    Literal(char),
    /// An unescaped `*`.
    Star,
    /// An unescaped `?`.
    Question,
}

/// The value after a field's colon.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawValue {
    Bare(Vec<Glyph>),
    Quoted(String),
    Regex(String),
    Compare {
        sign: Sign,
        text: String,
    },
    Range {
        low: String,
        low_span: Span,
        high: String,
        high_span: Span,
        ends: Ends,
    },
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Greater,
    AtLeast,
    Less,
    AtMost,
}

/// Whether the ends of a range belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    pub low_included: bool,
    pub high_included: bool,
}

/// The characters as text, wildcards as they are written.
pub(crate) fn plain(glyphs: &[Glyph]) -> String {
    glyphs
        .iter()
        .map(|glyph| match glyph {
            Glyph::Literal(character) => *character,
            Glyph::Star => '*',
            Glyph::Question => '?',
        })
        .collect()
}

/// Whether a wildcard stands in it.
pub(crate) fn has_wildcard(glyphs: &[Glyph]) -> bool {
    glyphs
        .iter()
        .any(|glyph| !matches!(glyph, Glyph::Literal(_)))
}

/// Cuts the whole text.
pub(crate) fn lex(text: &str) -> Result<Vec<(Token, Span)>, Diagnostic> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.at;
        let Some(token) = lexer.token()? else {
            return Ok(tokens);
        };
        tokens.push((token, start..lexer.at));
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn token(&mut self) -> Result<Option<Token>, Diagnostic> {
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let second = self.peek_second();
        let token = match first {
            '(' => {
                self.bump();
                Token::Open
            }
            ')' => {
                self.bump();
                Token::Close
            }
            '"' => {
                let start = self.at;
                let quoted = self.quoted()?;
                self.refuse_quoted_name(start, &quoted)?;
                Token::Quoted(quoted)
            }
            '#' if second.is_some_and(|c| c.is_ascii_digit() || c == '.') => {
                self.bump();
                Token::Positions(self.run())
            }
            '@' if second.is_some_and(|c| c.is_ascii_digit() || "-.+".contains(c)) => {
                self.bump();
                Token::Time(self.run())
            }
            _ => self.word_or_field()?,
        };
        Ok(Some(token))
    }

    /// Everything up to a blank or a parenthesis.
    fn run(&mut self) -> String {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')');
        let run = rest.get(..end.unwrap_or(rest.len())).unwrap_or("");
        self.at += run.len();
        run.to_owned()
    }

    /// A text in quotes; stands at the opening quote.
    fn quoted(&mut self) -> Result<String, Diagnostic> {
        let start = self.at;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.at = start + at + 1;
                    return Ok(text);
                }
                '\\' => match characters.next_if(|(_, next)| matches!(next, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
        let end = self.text.len();
        // Closed at the end it reads as it was begun; a backslash there must not eat the quote.
        let close = if self.text.ends_with('\\') {
            "\\\""
        } else {
            "\""
        };
        Err(
            Diagnostic::error(start..end, "The quote that opens here is never closed.").fix(
                "Close it at the end.",
                end..end,
                close,
            ),
        )
    }

    fn refuse_quoted_name(&self, start: usize, quoted: &str) -> Result<(), Diagnostic> {
        if self.peek() != Some(':') {
            return Ok(());
        }
        let span = start..self.at;
        let name = super::canonical::escaped(quoted);
        let says = format!("Write {name}: in its place.");
        Err(Diagnostic::error(
            span.clone(),
            "The name of a field is written without quotes.",
        )
        .fix(says, span, name))
    }

    fn word_or_field(&mut self) -> Result<Token, Diagnostic> {
        let start = self.at;
        let word = self.glyphs(true);
        if self.peek() == Some(':') {
            return self.field(start, &word);
        }
        let raw = self.text.get(start..self.at);
        Ok(match raw {
            Some("AND") => Token::And,
            Some("OR") => Token::Or,
            Some("NOT") => Token::Not,
            _ => Token::Word(word),
        })
    }

    /// Characters of a word or value. A parenthesis opened inside is part of it, and so is the one
    /// that closes it: `exit(1)`.
    fn glyphs(&mut self, stop_at_colon: bool) -> Vec<Glyph> {
        let start = self.at;
        let mut glyphs = Vec::new();
        let mut depth = 0_usize;
        while let Some(character) = self.peek() {
            match character {
                '"' => break,
                ':' if stop_at_colon => break,
                '(' if self.is_operator(start) => break,
                ')' if depth == 0 => break,
                c if c.is_whitespace() => break,
                _ => {}
            }
            self.bump();
            glyphs.push(match character {
                '*' => Glyph::Star,
                '?' => Glyph::Question,
                '\\' => Glyph::Literal(self.escaped()),
                other => {
                    depth = match other {
                        '(' => depth + 1,
                        ')' => depth.saturating_sub(1),
                        _ => depth,
                    };
                    Glyph::Literal(other)
                }
            });
        }
        glyphs
    }

    /// Whether an operator was read since `start`: `NOT(a)` is no word.
    fn is_operator(&self, start: usize) -> bool {
        matches!(self.text.get(start..self.at), Some("AND" | "OR" | "NOT"))
    }

    /// The character that a backslash, just read, stands for.
    fn escaped(&mut self) -> char {
        match self.peek() {
            Some(next) if !next.is_alphanumeric() => {
                self.bump();
                next
            }
            _ => '\\',
        }
    }

    /// A field; stands at the colon.
    fn field(&mut self, start: usize, name: &[Glyph]) -> Result<Token, Diagnostic> {
        let name_span = start..self.at;
        self.bump();
        if name.is_empty() {
            let message = "The name of a field is missing before the colon.";
            return Err(Diagnostic::error(start..self.at, message));
        }
        if has_wildcard(name) {
            let message = "The name of a field cannot hold * or ?.";
            let diagnostic = Diagnostic::error(name_span.clone(), message);
            let name = super::canonical::escaped(&plain(name));
            return Err(diagnostic.fix(format!("Escape it: {name}"), name_span, name));
        }
        let value_start = self.at;
        let value = self.value(&name_span)?;
        let value_span = value_start..self.at;
        Ok(Token::Field {
            name: plain(name),
            name_span,
            value,
            value_span,
        })
    }

    fn value(&mut self, name_span: &Span) -> Result<RawValue, Diagnostic> {
        match self.peek() {
            Some('"') => self.quoted().map(RawValue::Quoted),
            Some('/') => match self.regex() {
                Some(pattern) => Ok(RawValue::Regex(pattern)),
                None => Ok(RawValue::Bare(self.glyphs(false))),
            },
            Some('[' | '{') => self.range(),
            Some('>' | '<') => self.compare(),
            Some('(') => Err(self.refuse_group(name_span)),
            Some(c) if !c.is_whitespace() && c != ')' => Ok(RawValue::Bare(self.glyphs(false))),
            _ => {
                let name = self.text.get(name_span.clone()).unwrap_or("");
                let message = format!("A value is missing after {name}: here.");
                let place = self.at..self.at;
                Err(Diagnostic::error(name_span.start..self.at, message).fix(
                    format!("Write {name}:* to find entries that have the field."),
                    place,
                    "*",
                ))
            }
        }
    }

    fn refuse_group(&self, name_span: &Span) -> Diagnostic {
        let name = self.text.get(name_span.clone()).unwrap_or("");
        let message = "A value cannot be a group in parentheses.";
        let end = self.rest().find(')').map(|at| self.at + at + 1);
        let span = name_span.start..end.unwrap_or(self.text.len());
        let diagnostic = Diagnostic::error(span.clone(), message);
        let inside = end
            .and_then(|end| self.text.get(self.at + 1..end - 1))
            .unwrap_or("");
        let simple = |c: char| c.is_alphanumeric() || "_-./@* ".contains(c);
        if inside.trim().is_empty() || !inside.chars().all(simple) {
            return diagnostic;
        }
        let parts: Vec<String> = inside
            .split_whitespace()
            .map(|part| match part {
                "OR" | "AND" | "NOT" => part.to_owned(),
                value => format!("{name}:{value}"),
            })
            .collect();
        let group = format!("({})", parts.join(" "));
        diagnostic.fix(format!("Write {group}."), span, group)
    }

    /// A regular expression, if an unescaped slash closes it where a value can end.
    fn regex(&mut self) -> Option<String> {
        let mut pattern = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '/' => {
                    let after = characters.next().map(|(_, next)| next);
                    if after.is_some_and(|next| !next.is_whitespace() && next != ')') {
                        return None;
                    }
                    self.at += at + 1;
                    return Some(pattern);
                }
                '\\' => match characters.next() {
                    Some((_, '/')) => pattern.push('/'),
                    Some((_, other)) => pattern.extend(['\\', other]),
                    None => return None,
                },
                other => pattern.push(other),
            }
        }
        None
    }

    fn compare(&mut self) -> Result<RawValue, Diagnostic> {
        let start = self.at;
        let greater = self.peek() == Some('>');
        self.bump();
        let or_equal = self.peek() == Some('=');
        if or_equal {
            self.bump();
        }
        let sign = match (greater, or_equal) {
            (true, true) => Sign::AtLeast,
            (true, false) => Sign::Greater,
            (false, true) => Sign::AtMost,
            (false, false) => Sign::Less,
        };
        let text = match self.peek() {
            Some('"') => self.quoted()?,
            _ => self.run(),
        };
        if text.is_empty() {
            let message = "A number or a time is missing here.";
            return Err(Diagnostic::error(start..self.at, message));
        }
        Ok(RawValue::Compare { sign, text })
    }

    fn range(&mut self) -> Result<RawValue, Diagnostic> {
        let start = self.at;
        let low_included = self.peek() == Some('[');
        self.bump();
        let rest = self.rest();
        let Some(length) = rest.find([']', '}']) else {
            return Err(self.unclosed_range(start, low_included));
        };
        let inside_start = self.at;
        let inside = rest.get(..length).unwrap_or("");
        let high_included = rest.get(length..).is_some_and(|end| end.starts_with(']'));
        self.at += length + 1;
        let to = inside.match_indices("TO").map(|(at, _)| at).find(|at| {
            let blank = |text: Option<&str>, end: fn(&str) -> Option<char>| {
                text.and_then(end).is_some_and(char::is_whitespace)
            };
            blank(inside.get(..*at), |before| before.chars().next_back())
                && blank(inside.get(at + 2..), |after| after.chars().next())
        });
        let Some(to) = to else {
            let span = start..self.at;
            let message = "A range is written [from TO to], or {from TO to} without its ends.";
            return Err(Diagnostic::error(span.clone(), message).fix(
                "Put quotes around it if it is a plain value.",
                span.clone(),
                super::canonical::quoted(self.text.get(span).unwrap_or("")),
            ));
        };
        let side = |from: usize, to: usize| {
            let text = inside.get(from..to).unwrap_or("");
            let lead = text.len() - text.trim_start().len();
            let trimmed = text.trim();
            let begin = inside_start + from + lead;
            let text = trimmed.trim_matches('"').to_owned();
            (text, begin..begin + trimmed.len())
        };
        let (low, low_span) = side(0, to);
        let (high, high_span) = side(to + 2, inside.len());
        let ends = Ends {
            low_included,
            high_included,
        };
        Ok(RawValue::Range {
            low,
            low_span,
            high,
            high_span,
            ends,
        })
    }

    fn unclosed_range(&self, start: usize, low_included: bool) -> Diagnostic {
        let close = if low_included { "]" } else { "}" };
        let end = self.text.len();
        let message = "The range that opens here is never closed.";
        let diagnostic = Diagnostic::error(start..end, message);
        // Closing helps only a range that is whole but for its bracket.
        let inside = self.rest().trim_end();
        match inside.split_once(" TO ") {
            Some((low, high)) if !low.trim().is_empty() && !high.trim().is_empty() => {
                // The first word after TO is the end; what follows is the rest of the query.
                let lead = inside.len() - high.trim_start().len();
                let word = high.trim_start().find([' ', ')']);
                let at = self.at + lead + word.unwrap_or(high.trim_start().len());
                diagnostic.fix(format!("Close it with {close}"), at..at, close)
            }
            _ => diagnostic,
        }
    }
}
