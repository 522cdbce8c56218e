//! Anything: a line of text.
//!
//! | spine | from |
//! | --- | --- |
//! | time | an ISO 8601 time at the start, also in brackets; or that of Apache's error log |
//! | message | the line |
//!
//! There are no raw fields. A carriage return before the line end belongs to the line end; one
//! inside the line stays. Other schemas read an entry in this way when it does not fit them.

use sealscope_model::TimeParseError;

use super::set_time;
use crate::record::{Record, Span};
use crate::schema::{Recognition, Schema};
use crate::settings::Settings;
use crate::time;

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Schema for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn describe(&self) -> &'static str {
        "Any text, a line an entry"
    }

    fn recognize(&self, _sample: &[&[u8]]) -> Recognition {
        Recognition::Maybe(1)
    }

    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        record.begin_entry(entry);
        fill(record, text_start(entry), settings);
        record.deliver(entry, 0, each);
    }
}

/// Where the text of an entry begins: behind a byte order mark.
pub(crate) fn text_start(entry: &[u8]) -> usize {
    if entry.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    }
}

/// Where the text of a record ends: before one line end.
pub(crate) fn text_end(text: &str) -> usize {
    let line = text.strip_suffix('\n').unwrap_or(text);
    line.strip_suffix('\r').unwrap_or(line).len()
}

/// Fills the spine from the entry's text from `start` on.
pub(crate) fn fill(record: &mut Record, start: usize, settings: &Settings) {
    let end = text_end(&record.source).max(start);
    record.spans.message = Some(Span::source(start, end));
    let Some(line) = record.source.get(start..end) else {
        return;
    };
    let inside = line.trim_start_matches([' ', '[', '(', '<']);
    let from = start + (line.len() - inside.len());
    let bracketed = || {
        // `[Sun Dec 04 04:47:44 2005] [error] …`
        let until = inside.find(']')?;
        match time::parse_asctime(inside.get(..until)?, settings.zone) {
            Err(TimeParseError::Form) => None,
            read => Some((read, until)),
        }
    };
    let found = time::parse_iso_start(inside, settings.zone).or_else(bracketed);
    if let Some((read, length)) = found {
        set_time(record, Span::source(from, from + length), read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{read_one, utc};

    #[test]
    fn the_message_is_the_line_without_its_end() {
        for (entry, message) in [
            (&b"hello\r\n"[..], "hello"),
            (b"hello\n", "hello"),
            (b"\xEF\xBB\xBFhello", "hello"),
            (b"a\rb", "a\rb"),
            (b"", ""),
        ] {
            let said = read_one(&Text, entry);
            assert_eq!(said.message, message);
            assert!(said.raw.is_empty());
        }
    }

    #[test]
    fn a_time_is_found_at_the_start_and_nowhere_else() {
        for (line, text) in [
            ("2026-03-14T09:00:00Z up", Some("2026-03-14T09:00:00Z")),
            ("2016-09-28 04:30:30, Info CBS", Some("2016-09-28 04:30:30")),
            (
                "[2026-03-14 09:00:00,250] WARN x",
                Some("2026-03-14 09:00:00,250"),
            ),
            (
                "[Sun Dec 04 04:47:44 2005] [error] x",
                Some("Sun Dec 04 04:47:44 2005"),
            ),
            ("2026-03-14 09:00:00 Zulu time", Some("2026-03-14 09:00:00")),
            ("at 2026-03-14T09:00:00Z", None),
            ("2026-02-30T09:00:00Z", Some("2026-02-30T09:00:00Z")),
            ("2026-03-14", None),
        ] {
            assert_eq!(
                read_one(&Text, line.as_bytes()).time_text.as_deref(),
                text,
                "{line}"
            );
        }
        let said = read_one(&Text, b"2026-03-14T09:00:00+01:00 up");
        assert_eq!(
            said.time.map(|time| time.ns),
            Some(utc("2026-03-14T08:00:00Z"))
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_and_noted() {
        let said = read_one(&Text, b"caf\xE9 \xFF");
        assert_eq!(said.message, "caf\u{FFFD} \u{FFFD}");
        assert_eq!(said.notes, ["Bytes that are not UTF-8 at byte 3."]);
    }
}
