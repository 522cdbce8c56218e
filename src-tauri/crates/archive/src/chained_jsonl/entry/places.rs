//! Where the values of an entry stand.

use std::borrow::Cow;
use std::ops::Range;

use regex::bytes::Regex;

use super::super::json::{Kind, inside, token, unescaped};
use super::super::path::Path;
use super::super::profile::Framing;
use super::EntryReader;

impl EntryReader {
    pub(super) fn is_json(&self) -> bool {
        matches!(self.profile.framing, Framing::Jsonl | Framing::JsonArray)
    }

    pub(super) fn node_at(&self, text: &[u8], path: &Path) -> Option<u32> {
        self.is_json().then(|| self.node_below(text, 0, path))?
    }

    pub(super) fn node_below(&self, text: &[u8], from: u32, path: &Path) -> Option<u32> {
        let mut names = path.names().iter();
        names.try_fold(from, |at, name| match self.tape.node(at)?.kind {
            Kind::Array => {
                let number: usize = std::str::from_utf8(name).ok()?.parse().ok()?;
                self.tape
                    .elements(at)
                    .nth(number)
                    .map(|(element, _)| element)
            }
            _ => self.tape.member(text, at, name),
        })
    }

    /// The text of a value: a string's content, any other token as written; `None` for `null` and
    /// what is not there.
    pub(super) fn text_at<'e>(&self, text: &'e [u8], path: &Path) -> Option<Cow<'e, [u8]>> {
        match &self.profile.framing {
            Framing::Jsonl | Framing::JsonArray => {
                let node = self.tape.node(self.node_below(text, 0, path)?)?;
                match node.kind {
                    Kind::Null => None,
                    Kind::String => unescaped(inside(text, node)),
                    _ => Some(Cow::Borrowed(token(text, node))),
                }
            }
            Framing::Tsv => self.column(text, path).map(Cow::Borrowed),
            Framing::Csv { .. } => {
                let raw = self.column(text, path)?;
                let quoted = raw
                    .strip_prefix(b"\"")
                    .and_then(|raw| raw.strip_suffix(b"\""));
                Some(match quoted {
                    None => Cow::Borrowed(raw),
                    Some(inside) if !inside.contains(&b'"') => Cow::Borrowed(inside),
                    Some(inside) => {
                        let mut value = Vec::with_capacity(inside.len());
                        let mut bytes = inside.iter().peekable();
                        while let Some(byte) = bytes.next() {
                            value.push(*byte);
                            if *byte == b'"' {
                                bytes.next_if_eq(&&b'"');
                            }
                        }
                        Cow::Owned(value)
                    }
                })
            }
            Framing::Text(pattern) => {
                let span = self.group(pattern, path)?;
                text.get(span).map(Cow::Borrowed)
            }
        }
    }

    /// Where the group stands that a path names; `None` where it took no part.
    pub(super) fn group(&self, pattern: &Regex, path: &Path) -> Option<Range<usize>> {
        let name = path.names().first()?;
        let mut names = pattern.capture_names();
        let group = names.position(|group| group.map(str::as_bytes) == Some(name))?;
        let (from, to) = self.groups.as_ref()?.get(group)?;
        Some(from..to)
    }

    fn column<'e>(&self, text: &'e [u8], path: &Path) -> Option<&'e [u8]> {
        let (from, to) = self.columns.get(path.column()?)?;
        text.get(*from as usize..*to as usize)
    }
}
