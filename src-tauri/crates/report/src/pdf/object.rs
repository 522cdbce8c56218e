//! Objects of a document (ISO 32000-1, 7.3), in the form in which our own writer writes them. A
//! document that another program wrote again is none that a report can be taken from: it would
//! leave open which of its revisions was looked at.

use std::collections::HashSet;

/// Nesting at most.
const DEPTH_MAX: usize = 12;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`, `true`, and numbers with a point: of no interest here.
    Other,
    /// A whole number.
    Number(u64),
    /// `/Name`, as written.
    Name(&'a [u8]),
    /// `(text)` or `<hex>`.
    Text(Vec<u8>),
    /// `[…]`.
    Array(Vec<Self>),
    /// `<<…>>`.
    Dict(Dict<'a>),
    /// `12 0 R`.
    Reference(usize),
}

/// Members in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict<'a>(Vec<(&'a [u8], Value<'a>)>);

impl<'a> Dict<'a> {
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let found = self.0.iter().find(|(known, _)| *known == name.as_bytes());
        found.map(|(_, value)| value)
    }

    pub(super) fn dict(&self, name: &str) -> Option<&Self> {
        match self.get(name)? {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub(super) fn reference(&self, name: &str) -> Option<usize> {
        match self.get(name)? {
            Value::Reference(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        match self.get(name)? {
            Value::Number(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }
}

/// Reads one value after another.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// What was not read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Goes past bytes that have to stand here.
    pub(super) fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(bytes)?;
        Some(())
    }

    /// A number in decimal digits.
    pub(super) fn digits(&mut self) -> Option<u64> {
        let length = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (digits, rest) = self.rest.split_at_checked(length)?;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    pub(super) fn value(&mut self) -> Option<Value<'a>> {
        self.value_below(DEPTH_MAX)
    }

    fn value_below(&mut self, depth: usize) -> Option<Value<'a>> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.rest {
            [b'<', b'<', rest @ ..] => {
                self.rest = rest;
                self.members(depth).map(Value::Dict)
            }
            [b'[', rest @ ..] => {
                self.rest = rest;
                self.items(depth).map(Value::Array)
            }
            [b'(', rest @ ..] => {
                self.rest = rest;
                self.text().map(Value::Text)
            }
            [b'<', rest @ ..] => {
                self.rest = rest;
                self.hex().map(Value::Text)
            }
            [b'/', rest @ ..] => {
                self.rest = rest;
                Some(Value::Name(self.word()))
            }
            _ => self.number_or_word(),
        }
    }

    fn skip_space(&mut self) {
        let length = self.rest.iter().take_while(|byte| is_space(**byte)).count();
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// Up to the next space or delimiter.
    fn word(&mut self) -> &'a [u8] {
        let is_part = |byte: &u8| !is_space(*byte) && !b"()<>[]{}/%".contains(byte);
        let length = self.rest.iter().take_while(|byte| is_part(byte)).count();
        let (word, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        word
    }

    fn number_or_word(&mut self) -> Option<Value<'a>> {
        let word = self.word();
        if word.is_empty() {
            return None;
        }
        let Some(number) = whole(word) else {
            return Some(Value::Other);
        };
        let mut ahead = Self::new(self.rest);
        if ahead.expect(b" 0 R").is_some()
            && !ahead.rest.first().is_some_and(u8::is_ascii_alphanumeric)
        {
            self.rest = ahead.rest;
            return Some(Value::Reference(usize::try_from(number).ok()?));
        }
        Some(Value::Number(number))
    }

    fn items(&mut self, depth: usize) -> Option<Vec<Value<'a>>> {
        let mut items = Vec::new();
        loop {
            self.skip_space();
            if self.expect(b"]").is_some() {
                return Some(items);
            }
            items.push(self.value_below(depth)?);
        }
    }

    fn members(&mut self, depth: usize) -> Option<Dict<'a>> {
        let mut members = Vec::new();
        let mut names = HashSet::new();
        loop {
            self.skip_space();
            if self.expect(b">>").is_some() {
                return Some(Dict(members));
            }
            self.expect(b"/")?;
            let name = self.word();
            // Which of two would count is left to the reader: there is none.
            if !names.insert(name) {
                return None;
            }
            members.push((name, self.value_below(depth)?));
        }
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let mut open = 1_u32;
        loop {
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'(' => open = open.checked_add(1)?,
                b')' => open = open.checked_sub(1)?,
                b'\\' => {
                    let (escaped, rest) = self.rest.split_first()?;
                    self.rest = rest;
                    text.push(match escaped {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 12,
                        b'(' | b')' | b'\\' => *escaped,
                        // Octal codes and broken lines are not written.
                        _ => return None,
                    });
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                return Some(text);
            }
            text.push(*first);
        }
    }

    fn hex(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            if self.expect(b">").is_some() {
                return Some(text);
            }
            let (pair, rest) = self.rest.split_at_checked(2)?;
            let pair = std::str::from_utf8(pair).ok()?;
            if !pair.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            text.push(u8::from_str_radix(pair, 16).ok()?);
            self.rest = rest;
        }
    }
}

fn whole(word: &[u8]) -> Option<u64> {
    let is_number = word.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(word).ok().filter(|_| is_number)?;
    text.parse().ok()
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<Value<'_>> {
        Reader::new(text.as_bytes()).value()
    }

    #[test]
    fn values_are_read_as_written() {
        let Some(Value::Dict(dict)) = value("<</A 12 0 R/B[(x\\))<6162>-1.5 7]/C/D>>") else {
            panic!("a dictionary");
        };
        assert_eq!(dict.reference("A"), Some(12));
        assert_eq!(dict.get("C"), Some(&Value::Name(b"D")));
        let items = vec![
            Value::Text(b"x)".to_vec()),
            Value::Text(b"ab".to_vec()),
            Value::Other,
            Value::Number(7),
        ];
        assert_eq!(dict.get("B"), Some(&Value::Array(items)));
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_no_value() {
        for text in [
            "",
            "<<",
            "<</A",
            "[1",
            "(a",
            "<6",
            "<</A 1/A 2>>",
            "(\\",
            "<6g>",
            ")",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
        assert_eq!(value(&"[".repeat(1 << 20)), None);
    }
}
