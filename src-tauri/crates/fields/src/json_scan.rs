//! The grammar of JSON (RFC 8259), byte by byte: strings, numbers, words, whole values.
//!
//! The text is UTF-8 already, so a byte that is `"` is a quotation mark.

/// What does not fit the grammar, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Bytes from the start of the text.
    pub offset: usize,
    pub says: &'static str,
}

/// Reads on from a place in a text.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'t> {
    pub text: &'t str,
    pub at: usize,
}

/// A string as it stands between its quotation marks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw {
    pub start: usize,
    pub end: usize,
    pub escaped: bool,
}

impl<'t> Scanner<'t> {
    pub const fn new(text: &'t str, at: usize) -> Self {
        Self { text, at }
    }

    #[inline]
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub const fn fault<T>(&self, says: &'static str) -> Result<T, Fault> {
        Err(Fault {
            offset: self.at,
            says,
        })
    }

    #[inline]
    pub fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    pub fn eat(&mut self, byte: u8) -> bool {
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    /// A string, its quotation marks included; `at` stands on the first one.
    #[inline]
    pub fn string(&mut self) -> Result<Raw, Fault> {
        if !self.eat(b'"') {
            return self.fault("expected a string");
        }
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at = plain_end(self.text.as_bytes(), self.at);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Raw {
                        start,
                        end: self.at - 1,
                        escaped,
                    });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return self.fault("a control character in a string"),
                None => return self.fault("the string has no end"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let from = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => match hex4(self.text, self.at + 1) {
                Some(_) => {
                    self.at += 5;
                    Ok(())
                }
                None => Err(Fault {
                    offset: from,
                    says: "an escape without four hex digits",
                }),
            },
            _ => Err(Fault {
                offset: from,
                says: "an unknown escape",
            }),
        }
    }

    /// A number: its end is left in `at`.
    #[inline]
    pub fn number(&mut self) -> Result<(), Fault> {
        self.eat(b'-');
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.fault("expected a digit"),
        }
        if self.eat(b'.') {
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(())
    }

    fn some_digits(&mut self) -> Result<(), Fault> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.fault("expected a digit");
        }
        self.digits();
        Ok(())
    }

    #[inline]
    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// `true`, `false` or `null`.
    #[inline]
    pub fn word(&mut self, word: &str) -> Result<(), Fault> {
        let end = self.at + word.len();
        if self.text.as_bytes().get(self.at..end) != Some(word.as_bytes()) {
            return self.fault("expected a value");
        }
        self.at = end;
        Ok(())
    }

    /// The colon after a key.
    #[inline]
    pub fn colon(&mut self) -> Result<(), Fault> {
        self.skip_space();
        if !self.eat(b':') {
            return self.fault("expected a colon");
        }
        self.skip_space();
        Ok(())
    }

    /// A value that is no object and no array.
    fn scalar(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => self.fault("expected a value"),
        }
    }

    /// A whole value of any depth: its end is left in `at`. Takes one bit of memory per level and
    /// no stack.
    pub fn value(&mut self) -> Result<(), Fault> {
        self.values(&mut Levels::default())
    }

    /// What is left of an object, from a key on, or of an array, from an element on; its bracket
    /// included.
    pub fn rest(&mut self, of_object: bool) -> Result<(), Fault> {
        let mut open = Levels::default();
        open.push(of_object);
        if of_object {
            self.key()?;
        }
        self.values(&mut open)
    }

    /// Values until nothing is open any more.
    fn values(&mut self, open: &mut Levels) -> Result<(), Fault> {
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    self.skip_space();
                    if !self.eat(b'}') {
                        open.push(true);
                        self.key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    self.at += 1;
                    self.skip_space();
                    if !self.eat(b']') {
                        open.push(false);
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            if self.close(open)? {
                return Ok(());
            }
        }
    }

    fn key(&mut self) -> Result<(), Fault> {
        self.string()?;
        self.colon()
    }

    /// After a value: closes what ends here. Whether nothing is open any more; otherwise `at`
    /// stands before the next value.
    fn close(&mut self, open: &mut Levels) -> Result<bool, Fault> {
        while let Some(object) = open.last() {
            self.skip_space();
            match (self.peek(), object) {
                (Some(b'}'), true) | (Some(b']'), false) => {
                    self.at += 1;
                    open.pop();
                }
                (Some(b','), _) => {
                    self.at += 1;
                    self.skip_space();
                    if object {
                        self.key()?;
                    }
                    return Ok(false);
                }
                (_, true) => return self.fault("expected a comma or the end of the object"),
                (_, false) => return self.fault("expected a comma or the end of the array"),
            }
        }
        Ok(true)
    }
}

/// Four hex digits of the text as a number.
pub(crate) fn hex4(text: &str, at: usize) -> Option<u16> {
    let digits = text.as_bytes().get(at..at.checked_add(4)?)?;
    digits.iter().try_fold(0u16, |value, digit| {
        let nibble = char::from(*digit).to_digit(16)?;
        Some(value << 4 | u16::try_from(nibble).ok()?)
    })
}

/// Where the plain bytes of a string end: at a quotation mark, a backslash, a control character
/// or the end of the text.
#[inline]
fn plain_end(bytes: &[u8], from: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    let mut at = from;
    // Eight bytes at once. Borrows can mark a byte too many, but only above one that is marked
    // rightly, and the lowest is what counts.
    while let Some(Ok(chunk)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(chunk);
        let zero_at = |word: u64| word.wrapping_sub(ONES) & !word;
        let quote = zero_at(word ^ (ONES * u64::from(b'"')));
        let backslash = zero_at(word ^ (ONES * u64::from(b'\\')));
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let stops = (quote | backslash | control) & TOPS;
        if stops != 0 {
            return at + stops.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            break;
        }
        at += 1;
    }
    at
}

/// Which of the open levels are objects, one bit each.
#[derive(Debug, Default)]
struct Levels {
    bits: Vec<u64>,
    count: usize,
}

impl Levels {
    fn push(&mut self, object: bool) {
        if self.count.is_multiple_of(64) {
            self.bits.push(0);
        }
        if let Some(word) = self.bits.last_mut() {
            *word = *word << 1 | u64::from(object);
        }
        self.count += 1;
    }

    fn pop(&mut self) {
        if let Some(word) = self.bits.last_mut() {
            *word >>= 1;
        }
        self.count = self.count.saturating_sub(1);
        if self.count.is_multiple_of(64) {
            self.bits.pop();
        }
    }

    fn last(&self) -> Option<bool> {
        self.bits.last().map(|word| word & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accepts(text: &str) -> bool {
        let mut scanner = Scanner::new(text, 0);
        scanner.skip_space();
        let read = scanner.value();
        scanner.skip_space();
        read.is_ok() && scanner.peek().is_none()
    }

    /// `RawValue` checks the grammar without reading numbers, so huge ones pass, as they must.
    fn serde_accepts(text: &str) -> bool {
        serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
    }

    #[test]
    fn plain_bytes_end_at_each_kind_of_stop_at_each_place() {
        for stop in ["\"", "\\", "\u{1f}", "\0", "\n"] {
            for length in 0..40 {
                let text = format!(
                    "{}{stop}é",
                    "aé~ ]".chars().cycle().take(length).collect::<String>()
                );
                let expected = text.find(stop).unwrap();
                assert_eq!(plain_end(text.as_bytes(), 0), expected, "{text:?}");
            }
        }
        assert_eq!(plain_end("\u{7f}\u{80}éaaaaaaaaaa".as_bytes(), 0), 15);
    }

    #[test]
    fn what_is_not_json_is_refused_where_it_begins_to_be_wrong() {
        for (text, offset) in [
            ("{\"n\":NaN}", 5),
            ("{\"n\":01}", 6),
            ("{\"n\":1.}", 7),
            ("{\"n\":0x10}", 6),
            ("{\"a\" 1}", 5),
            ("[1,]", 3),
            ("{\"a\":1,}", 7),
            ("\"a\\x\"", 2),
            ("\"a\\u12g4\"", 2),
            ("\"abc", 4),
            ("\"a\tb\"", 2),
            ("tru", 0),
            ("", 0),
        ] {
            assert_eq!(
                Scanner::new(text, 0).value().unwrap_err().offset,
                offset,
                "{text}"
            );
        }
    }

    #[test]
    fn the_rest_of_an_object_or_array_ends_behind_its_bracket() {
        for (text, of_object, rest) in [
            (r#""a":1,"b":[{}]},"c""#, true, r#","c""#),
            ("1,[2,[3]],4],5", false, ",5"),
            ("{}]", false, ""),
        ] {
            let mut scanner = Scanner::new(text, 0);
            scanner.rest(of_object).unwrap();
            assert_eq!(&text[scanner.at..], rest);
        }
        assert!(Scanner::new("1,2}", 0).rest(false).is_err());
        assert!(Scanner::new("\"a\":1]", 0).rest(true).is_err());
    }

    #[test]
    fn a_million_levels_take_no_stack() {
        let text = "[".repeat(1_000_000);
        assert!(!accepts(&text));
        let text = format!("{}{}", text, "]".repeat(1_000_000));
        assert!(accepts(&text));
        let text = format!("{}1{}", "{\"a\":[".repeat(100_000), "]}".repeat(100_000));
        assert!(accepts(&text));
    }

    proptest! {
        #[test]
        fn texts_near_json_are_accepted_when_serde_json_accepts_them(
            parts in prop::collection::vec(prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"\\", "\\u00e9", "\\ud800", "n",
                "null", "true", "false", "0", "-", "1", "12", ".", "5", "e", "E+", " ", "\n", "é",
                "\"k\":", "\"k\":1", "\u{1}", "\\n", "/",
            ]), 0..14)
        ) {
            let text = parts.concat();
            prop_assert_eq!(accepts(&text), serde_accepts(&text), "{}", text);
        }

        #[test]
        fn any_text_is_accepted_when_serde_json_accepts_it(text in "\\PC{0,20}") {
            prop_assert_eq!(accepts(&text), serde_accepts(&text));
        }
    }
}
