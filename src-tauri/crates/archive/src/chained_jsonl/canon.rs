//! JSON values written the way that a digest was made over.
//!
//! Every mode gives the bytes that the language named gives, from the tokens as they stand in the
//! log: a digest over a value differs with every blank, escape and digit. Vectors made with Python
//! and Node stand in the tests.

use super::json::{Kind, Node, Tape, for_each_code, inside, token, unescaped};
use super::number;

/// How a JSON value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanonMode {
    /// RFC 8785 (JSON Canonicalization Scheme).
    Jcs,
    /// `JSON.stringify(value)` in JavaScript.
    JsStringify,
    /// The same with the members of every object sorted by `Array.prototype.sort`.
    JsSorted,
    /// `json.dumps(value, sort_keys=…, separators=…, ensure_ascii=…)` in Python.
    Python {
        /// `sort_keys=True`.
        sorted: bool,
        /// `separators=(",", ":")` in place of `", "` and `": "`.
        compact: bool,
        /// `ensure_ascii=True`.
        ascii: bool,
    },
    /// No blanks, numbers and texts as they are written in the log.
    RawTokens {
        /// Whether members are sorted by name, byte by byte.
        sorted: bool,
    },
}

const fn python(sorted: bool, compact: bool, ascii: bool) -> CanonMode {
    CanonMode::Python {
        sorted,
        compact,
        ascii,
    }
}

/// Every mode with its name in a profile.
pub const CANON_MODES: [(&str, CanonMode); 13] = [
    ("jcs", CanonMode::Jcs),
    ("js-stringify", CanonMode::JsStringify),
    ("js-sorted", CanonMode::JsSorted),
    ("py-default", python(true, false, true)),
    ("py-compact", python(true, true, true)),
    ("py-compact-utf8", python(true, true, false)),
    ("py-utf8", python(true, false, false)),
    ("py-default-ordered", python(false, false, true)),
    ("py-compact-ordered", python(false, true, true)),
    ("py-compact-utf8-ordered", python(false, true, false)),
    ("py-utf8-ordered", python(false, false, false)),
    ("raw-tokens-sorted", CanonMode::RawTokens { sorted: true }),
    ("raw-tokens-ordered", CanonMode::RawTokens { sorted: false }),
];

impl CanonMode {
    /// The mode that a profile names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut modes = CANON_MODES.iter();
        modes
            .find(|(known, _)| *known == name)
            .map(|(_, mode)| *mode)
    }

    /// Its name in a profile.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut modes = CANON_MODES.iter();
        modes
            .find(|(_, mode)| *mode == self)
            .map_or("", |(name, _)| name)
    }

    const fn separators(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::Python { compact: false, .. } => (b", ", b": "),
            _ => (b",", b":"),
        }
    }
}

/// Why a value cannot be written in a mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotCanonical(pub &'static str);

/// Which members are left out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Members<'m> {
    /// These values, wherever they stand.
    AllBut(&'m [u32]),
    /// All at the top but these.
    Only(&'m [u32]),
}

/// Writes values; its memory serves the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct Writer {
    order: Vec<(u32, u32)>,
}

/// One value on its way.
struct Job<'j> {
    mode: CanonMode,
    tape: &'j Tape,
    text: &'j [u8],
    members: Members<'j>,
    out: &'j mut Vec<u8>,
}

impl Writer {
    /// Appends the value at a token.
    pub(super) fn write(
        &mut self,
        mode: CanonMode,
        (tape, text): (&Tape, &[u8]),
        at: u32,
        members: Members<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), NotCanonical> {
        self.order.clear();
        let mut job = Job {
            mode,
            tape,
            text,
            members,
            out,
        };
        self.value(&mut job, at, true)
    }

    fn value(&mut self, job: &mut Job<'_>, at: u32, is_top: bool) -> Result<(), NotCanonical> {
        let Some(node) = job.tape.node(at) else {
            return Ok(());
        };
        match node.kind {
            Kind::Object => self.object(job, at, is_top),
            Kind::Array => self.array(job, at),
            Kind::String => job.string(node),
            Kind::Number => job.number(token(job.text, node)),
            Kind::True => job.word(b"true"),
            Kind::False => job.word(b"false"),
            Kind::Null => job.word(b"null"),
            Kind::NotFinite => match job.mode {
                CanonMode::Python { .. } | CanonMode::RawTokens { .. } => {
                    let word = token(job.text, node);
                    job.word(word)
                }
                _ => Err(NotCanonical("it holds a number that JSON does not know")),
            },
        }
    }

    fn array(&mut self, job: &mut Job<'_>, at: u32) -> Result<(), NotCanonical> {
        let (comma, _) = job.mode.separators();
        job.out.push(b'[');
        let mut is_first = true;
        for (element, _) in job.tape.elements(at) {
            if job.is_left_out(element, false) {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                job.out.extend_from_slice(comma);
            }
            self.value(job, element, false)?;
        }
        job.out.push(b']');
        Ok(())
    }

    fn object(&mut self, job: &mut Job<'_>, at: u32, is_top: bool) -> Result<(), NotCanonical> {
        let (comma, colon) = job.mode.separators();
        let from = self.order.len();
        let members = job.tape.members(at);
        self.order
            .extend(members.filter(|(_, value)| !job.is_left_out(*value, is_top)));
        self.sort(job, from);
        job.out.push(b'{');
        let to = self.order.len();
        for place in from..to {
            let Some((key, value)) = self.order.get(place).copied() else {
                break;
            };
            if place > from {
                job.out.extend_from_slice(comma);
            }
            if let Some(key) = job.tape.node(key) {
                job.string(key)?;
            }
            job.out.extend_from_slice(colon);
            self.value(job, value, false)?;
        }
        self.order.truncate(from);
        job.out.push(b'}');
        Ok(())
    }

    fn sort(&mut self, job: &Job<'_>, from: usize) {
        let slice = self.order.get_mut(from..).unwrap_or_default();
        let key = |at: &(u32, u32)| job.tape.node(at.0);
        let text = job.text;
        match job.mode {
            CanonMode::JsStringify => {
                // A JavaScript object lists names that are array indexes first, by number.
                if slice.iter().any(|at| array_index(text, key(at)).is_some()) {
                    slice.sort_by_key(|at| match array_index(text, key(at)) {
                        Some(index) => (0, index),
                        None => (1, 0),
                    });
                }
            }
            CanonMode::Jcs | CanonMode::JsSorted => {
                let order = |a: &(u32, u32), b: &(u32, u32)| by_units(text, key(a), key(b));
                sort_unless_sorted(slice, order);
            }
            CanonMode::Python { sorted: true, .. } => {
                let order = |a: &(u32, u32), b: &(u32, u32)| by_codes(text, key(a), key(b));
                sort_unless_sorted(slice, order);
            }
            CanonMode::RawTokens { sorted: true } => {
                let order = |a: &(u32, u32), b: &(u32, u32)| by_bytes(text, key(a), key(b));
                sort_unless_sorted(slice, order);
            }
            CanonMode::Python { sorted: false, .. } | CanonMode::RawTokens { sorted: false } => {}
        }
    }
}

type Order = std::cmp::Ordering;

fn sort_unless_sorted(slice: &mut [(u32, u32)], order: impl Fn(&(u32, u32), &(u32, u32)) -> Order) {
    if !slice.is_sorted_by(|a, b| order(a, b) != Order::Greater) {
        slice.sort_unstable_by(order);
    }
}

fn by_bytes(text: &[u8], a: Option<&Node>, b: Option<&Node>) -> Order {
    match (a, b) {
        (Some(a), Some(b)) => inside(text, a).cmp(inside(text, b)),
        _ => Order::Equal,
    }
}

/// By Unicode code points, as Python compares texts: UTF-8 keeps that order.
fn by_codes(text: &[u8], a: Option<&Node>, b: Option<&Node>) -> Order {
    match (a, b) {
        (Some(a), Some(b)) if !a.is_escaped && !b.is_escaped => {
            inside(text, a).cmp(inside(text, b))
        }
        (Some(a), Some(b)) => codes(inside(text, a)).cmp(&codes(inside(text, b))),
        _ => Order::Equal,
    }
}

/// By UTF-16 code units, as JavaScript compares texts (RFC 8785 §3.2.3).
fn by_units(text: &[u8], a: Option<&Node>, b: Option<&Node>) -> Order {
    let is_plain = |node: &Node| !node.is_escaped && !node.is_wide;
    match (a, b) {
        (Some(a), Some(b)) if is_plain(a) && is_plain(b) => inside(text, a).cmp(inside(text, b)),
        (Some(a), Some(b)) => units(inside(text, a)).cmp(&units(inside(text, b))),
        _ => Order::Equal,
    }
}

fn codes(raw: &[u8]) -> Vec<u32> {
    let mut all = Vec::new();
    for_each_code(raw, |code| all.push(code));
    all
}

fn units(raw: &[u8]) -> Vec<u16> {
    let mut all = Vec::new();
    for_each_code(raw, |code| match char::from_u32(code) {
        Some(c) => all.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        None => all.push(u16::try_from(code).unwrap_or(0xFFFD)),
    });
    all
}

/// ECMA-262 §6.1.7: the canonical text of an integer below 2^32 - 1.
fn array_index(text: &[u8], key: Option<&Node>) -> Option<u32> {
    let name = unescaped(inside(text, key?))?;
    let is_canonical = *name == *b"0" || !name.starts_with(b"0");
    if !is_canonical || name.len() > 10 || !name.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let index = std::str::from_utf8(&name).ok()?.parse::<u32>().ok()?;
    (index < u32::MAX).then_some(index)
}

impl Job<'_> {
    fn word(&mut self, word: &[u8]) -> Result<(), NotCanonical> {
        self.out.extend_from_slice(word);
        Ok(())
    }

    fn is_left_out(&self, value: u32, is_top: bool) -> bool {
        match self.members {
            Members::AllBut(some) => some.contains(&value),
            Members::Only(some) => is_top && !some.contains(&value),
        }
    }

    fn number(&mut self, token: &[u8]) -> Result<(), NotCanonical> {
        match self.mode {
            CanonMode::RawTokens { .. } => self.word(token),
            CanonMode::Python { .. } => number::python(token, self.out)
                .map_err(|_| NotCanonical("it holds more digits than Python converts")),
            CanonMode::Jcs => number::es(token, self.out)
                .ok_or(NotCanonical("it holds a number too large for a double")),
            CanonMode::JsStringify | CanonMode::JsSorted => {
                if number::es(token, self.out).is_none() {
                    self.out.extend_from_slice(b"null");
                }
                Ok(())
            }
        }
    }

    fn string(&mut self, node: &Node) -> Result<(), NotCanonical> {
        let is_ascii = matches!(self.mode, CanonMode::Python { ascii: true, .. });
        let is_raw = matches!(self.mode, CanonMode::RawTokens { .. });
        // What needs no escape in the log needs none in any mode.
        let is_as_written = !node.is_escaped && (!node.is_wide || !is_ascii);
        if is_raw || is_as_written {
            let written = token(self.text, node);
            self.out.extend_from_slice(written);
            return Ok(());
        }
        let is_strict = matches!(self.mode, CanonMode::Jcs)
            || matches!(self.mode, CanonMode::Python { ascii: false, .. });
        let out = &mut *self.out;
        let mut is_whole = true;
        out.push(b'"');
        for_each_code(inside(self.text, node), |code| match code {
            8 => out.extend_from_slice(b"\\b"),
            9 => out.extend_from_slice(b"\\t"),
            10 => out.extend_from_slice(b"\\n"),
            12 => out.extend_from_slice(b"\\f"),
            13 => out.extend_from_slice(b"\\r"),
            34 => out.extend_from_slice(b"\\\""),
            92 => out.extend_from_slice(b"\\\\"),
            0..32 => escape(code, out),
            32..127 => out.push(u8::try_from(code).unwrap_or(b'?')),
            _ => match char::from_u32(code) {
                Some(c) if is_ascii => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        escape(u32::from(*unit), out);
                    }
                }
                Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
                None => {
                    is_whole = false;
                    escape(code, out);
                }
            },
        });
        out.push(b'"');
        if is_whole || !is_strict {
            Ok(())
        } else {
            Err(NotCanonical("a text holds half a character"))
        }
    }
}

fn escape(unit: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        let digit = char::from_digit(unit >> shift & 15, 16).unwrap_or('0');
        out.push(u8::try_from(digit).unwrap_or(b'0'));
    }
}

#[cfg(test)]
mod tests;
