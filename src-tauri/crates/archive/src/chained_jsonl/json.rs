//! A JSON scanner (RFC 8259) that keeps every token as written and in its order.
//!
//! Digests are over text: `1.0` and `1` are the same number and not the same bytes, so that values
//! are never turned into numbers or strings here. A member that stands twice makes a text that two
//! parsers read differently; such a text is refused. `NaN`, `Infinity` and `-Infinity`, which
//! Python writes, are tokens too.

mod text;

use std::borrow::Cow;

use text::{escape_length, number_length, plain_run, skip_space};
pub(super) use text::{for_each_code, inside, token, unescaped};

/// Levels of nesting that are read: what common parsers allow, and no more stack than they need.
const DEPTH_MAX: usize = 128;
/// Keys of one object that are compared pair by pair; with more of them they are sorted.
const PAIRWISE_KEYS_MAX: usize = 24;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
    /// `NaN`, `Infinity` or `-Infinity`.
    NotFinite,
}

/// A token. The members of an object follow it as key, value, key, value; the elements of an array
/// follow it one by one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The string holds an escape.
    pub(super) is_escaped: bool,
    /// The string holds DEL or what is not ASCII.
    pub(super) is_wide: bool,
    /// Where it begins in the text; of a string, its quotation mark.
    pub(super) start: u32,
    /// Where it ends.
    pub(super) end: u32,
    /// The token after it and all that is in it.
    pub(super) next: u32,
}

/// Why a text is no JSON document that can be hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    /// Where in the text, in bytes.
    pub offset_bytes: usize,
    /// What was found.
    pub reason: &'static str,
}

/// The tokens of one document; its memory serves the next one.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape {
    nodes: Vec<Node>,
    open: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
}

impl Tape {
    /// Scans a document.
    pub(super) fn scan(&mut self, text: &[u8]) -> Result<(), JsonFault> {
        self.nodes.clear();
        self.open.clear();
        let fault = |at: usize, reason| {
            Err(JsonFault {
                offset_bytes: at,
                reason,
            })
        };
        if u32::try_from(text.len()).is_err() {
            return fault(0, "it is longer than 4 GiB");
        }
        if let Err(error) = std::str::from_utf8(text) {
            return fault(error.valid_up_to(), "it is no UTF-8");
        }
        let mut at = 0;
        let mut expect = Expect::Value;
        loop {
            at = skip_space(text, at);
            let Some(byte) = text.get(at) else {
                return fault(at, "it ends too early");
            };
            match (expect, byte) {
                (Expect::KeyOrEnd, b'}') | (Expect::ValueOrEnd, b']') => {
                    at += 1;
                    self.close(text, at)?;
                }
                (Expect::CommaOrEnd, b'}' | b']') => {
                    if self.is_in_object() != (*byte == b'}') {
                        return fault(at, "a bracket closes what it did not open");
                    }
                    at += 1;
                    self.close(text, at)?;
                }
                (Expect::CommaOrEnd, b',') => {
                    at += 1;
                    expect = if self.is_in_object() {
                        Expect::Key
                    } else {
                        Expect::Value
                    };
                    continue;
                }
                (Expect::Key | Expect::KeyOrEnd, b'"') => {
                    at = self.string(text, at)?;
                    at = skip_space(text, at);
                    if text.get(at) != Some(&b':') {
                        return fault(at, "a colon is missing after a member's name");
                    }
                    at += 1;
                    expect = Expect::Value;
                    continue;
                }
                (Expect::Value | Expect::ValueOrEnd, b'{' | b'[') => {
                    if self.open.len() >= DEPTH_MAX {
                        return fault(at, "it is nested too deeply");
                    }
                    let is_object = *byte == b'{';
                    self.open.push(index(self.nodes.len()));
                    self.push(if is_object { Kind::Object } else { Kind::Array }, at, at);
                    at += 1;
                    expect = if is_object {
                        Expect::KeyOrEnd
                    } else {
                        Expect::ValueOrEnd
                    };
                    continue;
                }
                (Expect::Value | Expect::ValueOrEnd, _) => at = self.scalar(text, at)?,
                (Expect::Key | Expect::KeyOrEnd, _) => {
                    return fault(at, "a member's name is missing");
                }
                (Expect::CommaOrEnd, _) => return fault(at, "a comma or an end is missing"),
            }
            if self.open.is_empty() {
                at = skip_space(text, at);
                return if at == text.len() {
                    Ok(())
                } else {
                    fault(at, "something follows its end")
                };
            }
            expect = Expect::CommaOrEnd;
        }
    }

    /// The tokens, in order.
    pub(super) fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    /// How many tokens there are.
    pub(super) const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The members of an object, as numbers of their key and value.
    pub(super) fn members(&self, object: u32) -> Children<'_> {
        self.children(object, Kind::Object)
    }

    /// The elements of an array; key and value are the same.
    pub(super) fn elements(&self, array: u32) -> Children<'_> {
        self.children(array, Kind::Array)
    }

    fn children(&self, at: u32, kind: Kind) -> Children<'_> {
        let end = self
            .node(at)
            .filter(|node| node.kind == kind)
            .map_or(at + 1, |node| node.next);
        Children {
            tape: self,
            is_object: kind == Kind::Object,
            at: at + 1,
            end,
        }
    }

    /// The value of a member.
    pub(super) fn member(&self, text: &[u8], object: u32, name: &[u8]) -> Option<u32> {
        let mut members = self.members(object);
        members
            .find(|(key, _)| self.is_key(text, *key, name))
            .map(|(_, value)| value)
    }

    fn is_key(&self, text: &[u8], key: u32, name: &[u8]) -> bool {
        match self.node(key) {
            Some(node) if !node.is_escaped => inside(text, node) == name,
            Some(node) => unescaped(inside(text, node)).is_some_and(|key| *key == *name),
            None => false,
        }
    }

    fn is_in_object(&self) -> bool {
        let open = self.open.last().and_then(|at| self.node(*at));
        open.is_some_and(|node| node.kind == Kind::Object)
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.nodes.push(Node {
            kind,
            is_escaped: false,
            is_wide: false,
            start: index(start),
            end: index(end),
            next: index(self.nodes.len() + 1),
        });
    }

    fn close(&mut self, text: &[u8], end: usize) -> Result<(), JsonFault> {
        let next = index(self.nodes.len());
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let Some(node) = self.nodes.get_mut(open as usize) else {
            return Ok(());
        };
        node.end = index(end);
        node.next = next;
        if node.kind == Kind::Object
            && let Some(at) = self.repeated_key(text, open)
        {
            return Err(JsonFault {
                offset_bytes: at,
                reason: "a member stands twice: what it says depends on who reads it",
            });
        }
        Ok(())
    }

    fn repeated_key(&self, text: &[u8], object: u32) -> Option<usize> {
        let keys = || self.members(object).filter_map(|(key, _)| self.node(key));
        let is_plain = keys().all(|key| !key.is_escaped);
        if is_plain && keys().take(PAIRWISE_KEYS_MAX + 1).count() <= PAIRWISE_KEYS_MAX {
            let mut members = self.members(object);
            while let Some((key, _)) = members.next() {
                let Some(name) = self.node(key).map(|key| inside(text, key)) else {
                    continue;
                };
                let mut rest = members.clone().filter_map(|(key, _)| self.node(key));
                if let Some(again) = rest.find(|other| inside(text, other) == name) {
                    return Some(again.start as usize);
                }
            }
            return None;
        }
        let mut names: Vec<(Cow<'_, [u8]>, u32)> = keys()
            .map(|key| {
                let raw = inside(text, key);
                (unescaped(raw).unwrap_or(Cow::Borrowed(raw)), key.start)
            })
            .collect();
        names.sort_unstable();
        let mut pairs = names.iter().zip(names.iter().skip(1));
        let twice = pairs.find(|(a, b)| a.0 == b.0);
        twice.map(|(_, b)| b.1 as usize)
    }

    fn scalar(&mut self, text: &[u8], at: usize) -> Result<usize, JsonFault> {
        let rest = text.get(at..).unwrap_or_default();
        let words: [(&[u8], Kind); 6] = [
            (b"true", Kind::True),
            (b"false", Kind::False),
            (b"null", Kind::Null),
            (b"NaN", Kind::NotFinite),
            (b"Infinity", Kind::NotFinite),
            (b"-Infinity", Kind::NotFinite),
        ];
        match rest.first() {
            Some(b'"') => return self.string(text, at),
            Some(b'-' | b'0'..=b'9') if !rest.starts_with(b"-I") => {
                let Some(length) = number_length(rest) else {
                    return Err(JsonFault {
                        offset_bytes: at,
                        reason: "a number is not written as JSON writes it",
                    });
                };
                self.push(Kind::Number, at, at + length);
                return Ok(at + length);
            }
            _ => {}
        }
        match words.iter().find(|(word, _)| rest.starts_with(word)) {
            Some((word, kind)) => {
                self.push(*kind, at, at + word.len());
                Ok(at + word.len())
            }
            None => Err(JsonFault {
                offset_bytes: at,
                reason: "a value is missing",
            }),
        }
    }

    fn string(&mut self, text: &[u8], start: usize) -> Result<usize, JsonFault> {
        let fault = |at: usize, reason| {
            Err(JsonFault {
                offset_bytes: at,
                reason,
            })
        };
        let mut at = start + 1;
        let (mut is_escaped, mut is_wide) = (false, false);
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let Some(plain) = plain_run(rest) else {
                return fault(text.len(), "a text has no end");
            };
            at += plain;
            match text.get(at).copied() {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_escaped = true;
                    at += match escape_length(text.get(at..).unwrap_or_default()) {
                        Some(length) => length,
                        None => return fault(at, "an escape is not one that JSON knows"),
                    };
                }
                Some(0..=31) => return fault(at, "a control character stands in a text"),
                _ => {
                    is_wide = true;
                    let rest = text.get(at..).unwrap_or_default();
                    at += rest.iter().take_while(|byte| **byte >= 127).count();
                }
            }
        }
        self.push(Kind::String, start, at + 1);
        if let Some(node) = self.nodes.last_mut() {
            (node.is_escaped, node.is_wide) = (is_escaped, is_wide);
        }
        Ok(at + 1)
    }
}

/// Goes through the members of an object or the elements of an array.
#[derive(Debug, Clone)]
pub(super) struct Children<'t> {
    tape: &'t Tape,
    is_object: bool,
    at: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        if self.at >= self.end {
            return None;
        }
        let key = self.at;
        let value = key + u32::from(self.is_object);
        self.at = self.tape.node(value)?.next;
        Some((key, value))
    }
}

fn index(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
