//! Access logs of web servers: Common and Combined Log Format (Apache, nginx, and their kin), also
//! with the virtual host in front and with more behind.
//!
//! <https://httpd.apache.org/docs/current/logs.html#accesslog>
//!
//! | raw field | from |
//! | --- | --- |
//! | `vhost` | a name before the client, as Apache's `vhost_combined` has it |
//! | `client`, `ident`, `user` | the first three; `-` is no field |
//! | `timestamp` | in brackets |
//! | `method`, `path`, `protocol` | the request; one that is not made of these is all `path` |
//! | `status`, `bytes` | numbers; `-` is no field |
//! | `referer`, `agent` | of Combined; `-` is no field |
//! | `extra` | what stands behind, as it is |
//!
//! | spine | from |
//! | --- | --- |
//! | time | `timestamp` |
//! | who | `user` |
//! | did | `method` |
//! | to what | `path` |
//! | from where | `client` |
//! | outcome | `status` |
//! | severity | 500 and above: error; 401, 403: warning; else info |
//! | class | API request; a 401: authentication |
//! | message | `GET /index.html: 200` |
//!
//! A decision is not in such a log. Backslash escapes in the request stay as they are.

use super::{set_time, text};
use crate::note::{Note, NoteKind};
use crate::record::{Kind, Record};
use crate::schema::{Recognition, Schema};
use crate::settings::Settings;
use crate::time;
use crate::value::{Class, Severity};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct AccessLog;

impl Schema for AccessLog {
    fn name(&self) -> &'static str {
        "access-log"
    }

    fn describe(&self) -> &'static str {
        "Web server access logs (Common, Combined)"
    }

    fn recognize(&self, sample: &[&[u8]]) -> Recognition {
        let fits = |entry: &&&[u8]| {
            let start = entry.get(..SAMPLE_BYTES_MAX).unwrap_or(entry);
            Line::read(&String::from_utf8_lossy(start)).is_some()
        };
        Recognition::from_share(sample.iter().filter(fits).count(), sample.len(), 95)
    }

    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        record.begin_entry(entry);
        let start = text::text_start(entry);
        record.with_source(|record, source| {
            let end = text::text_end(source).max(start);
            match Line::read(source.get(start..end).unwrap_or("")) {
                Some(line) => fill(record, source, &line, settings),
                None => record.note(Note {
                    kind: NoteKind::NotTheSchema,
                    offset_bytes: start,
                    detail: "expected client, time in brackets and request in quotation marks",
                }),
            }
        });
        if record.slots.is_empty() {
            text::fill(record, start, settings);
        }
        record.deliver(entry, 0, each);
    }
}

/// Bytes of an entry that its form is told from, at most.
const SAMPLE_BYTES_MAX: usize = 64 << 10;

/// A line taken apart; an empty part is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line<'l> {
    vhost: &'l str,
    client: &'l str,
    ident: &'l str,
    user: &'l str,
    timestamp: &'l str,
    method: &'l str,
    path: &'l str,
    protocol: &'l str,
    status: &'l str,
    bytes: &'l str,
    referer: &'l str,
    agent: &'l str,
    extra: &'l str,
}

impl<'l> Line<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let (before, rest) = line.split_once(" [")?;
        let (timestamp, rest) = rest.split_once("] \"")?;
        let (vhost, client, ident, user) = names(before)?;
        let (request, rest) = quoted(rest)?;
        let (status, rest) = rest.strip_prefix(' ')?.split_once(' ')?;
        let (bytes, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(status) || !(bytes == "-" || is_number(bytes)) {
            return None;
        }
        let (referer, agent, extra) = combined(rest).unwrap_or(("", "", rest));
        let (method, path, protocol) = request_parts(request);
        Some(Self {
            vhost,
            client,
            ident: given(ident),
            user: given(user),
            timestamp,
            method,
            path,
            protocol,
            status,
            bytes: given(bytes),
            referer: given(referer),
            agent: given(agent),
            extra,
        })
    }
}

/// `[vhost ]client ident user`; the user may hold blanks.
fn names(before: &str) -> Option<(&str, &str, &str, &str)> {
    let (first, rest) = before.split_once(' ')?;
    let (second, rest) = rest.split_once(' ')?;
    // With a virtual host there are four words, and its name or port gives it away: a client is
    // followed by the ident, which is nearly always `-`.
    match rest.split_once(' ') {
        Some((ident, user)) if ident == "-" && second != "-" => Some((first, second, ident, user)),
        _ => Some(("", first, second, rest)),
    }
}

/// A text up to its closing quotation mark; one behind a backslash does not close.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn combined(rest: &str) -> Option<(&str, &str, &str)> {
    let (referer, rest) = quoted(rest.strip_prefix('"')?)?;
    let (agent, rest) = quoted(rest.strip_prefix(" \"")?)?;
    Some((referer, agent, rest.trim_start()))
}

/// `GET /index.html HTTP/1.1`; what has another form is all path.
fn request_parts(request: &str) -> (&str, &str, &str) {
    let is_method = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b == b'-' || b == b'_')
    };
    match request.split_once(' ') {
        Some((method, rest)) if is_method(method) => match rest.rsplit_once(' ') {
            Some((path, protocol)) if protocol.starts_with("HTTP/") => (method, path, protocol),
            _ => (method, rest, ""),
        },
        _ => ("", given(request), ""),
    }
}

fn given(value: &str) -> &str {
    if value == "-" { "" } else { value }
}

fn fill(record: &mut Record, source: &str, line: &Line<'_>, settings: &Settings) {
    for (path, value, kind) in [
        ("vhost", line.vhost, Kind::Text),
        ("client", line.client, Kind::Text),
        ("ident", line.ident, Kind::Text),
        ("user", line.user, Kind::Text),
        ("timestamp", line.timestamp, Kind::Text),
        ("method", line.method, Kind::Text),
        ("path", line.path, Kind::Text),
        ("protocol", line.protocol, Kind::Text),
        ("status", line.status, Kind::Number),
        ("bytes", line.bytes, Kind::Number),
        ("referer", line.referer, Kind::Text),
        ("agent", line.agent, Kind::Text),
        ("extra", line.extra, Kind::Text),
    ] {
        if !value.is_empty() {
            let span = record.piece(source, value);
            record.push_slot(path, kind, span);
        }
    }
    let time = record.piece(source, line.timestamp);
    set_time(
        record,
        time,
        time::parse_access_log(line.timestamp, settings.zone),
    );
    let parts = [line.user, line.method, line.path, line.client, line.status];
    let spans = parts.map(|part| (!part.is_empty()).then(|| record.piece(source, part)));
    let spine = &mut record.spans;
    [
        spine.who,
        spine.did,
        spine.to_what,
        spine.from_where,
        spine.outcome,
    ] = spans;
    let status = line.status.parse::<u32>().unwrap_or(0);
    spine.severity = Some(match status {
        500.. => Severity::Error,
        401 | 403 => Severity::Warning,
        _ => Severity::Info,
    });
    spine.class = if status == 401 {
        Class::Authentication
    } else {
        Class::ApiRequest
    };
    record.spans.message = Some(record.compose(|_, to| {
        let path = if line.path.is_empty() { "-" } else { line.path };
        to.extend([
            line.method,
            if line.method.is_empty() { "" } else { " " },
            path,
        ]);
        to.extend([": ", line.status]);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{read_one, utc};

    #[test]
    fn a_combined_line_answers_all_questions() {
        let line = concat!(
            r#"10.0.0.1 - anna [14/Mar/2026:09:00:00 +0100] "GET /a?b=1 HTTP/1.1" 403 203023"#,
            r#" "http://example.com/" "Mozilla/5.0 (X11) \"x\"""#,
        );
        let said = read_one(&AccessLog, line.as_bytes());
        let raw: Vec<_> = said
            .raw
            .iter()
            .map(|(path, value)| (path.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            raw,
            [
                ("client", "10.0.0.1"),
                ("user", "anna"),
                ("timestamp", "14/Mar/2026:09:00:00 +0100"),
                ("method", "GET"),
                ("path", "/a?b=1"),
                ("protocol", "HTTP/1.1"),
                ("status", "403"),
                ("bytes", "203023"),
                ("referer", "http://example.com/"),
                ("agent", r#"Mozilla/5.0 (X11) \"x\""#),
            ]
        );
        assert_eq!(said.acts(), ["anna", "GET", "/a?b=1", "10.0.0.1", "403"]);
        assert_eq!(
            (said.severity, said.class),
            (Some(Severity::Warning), Class::ApiRequest)
        );
        assert_eq!(
            said.time.map(|time| time.ns),
            Some(utc("2026-03-14T08:00:00Z"))
        );
        assert_eq!(
            (said.message.as_str(), said.decision),
            ("GET /a?b=1: 403", None)
        );
    }

    #[test]
    fn common_lines_virtual_hosts_and_extras_are_read() {
        let time = "[14/Mar/2026:09:00:00 +0000]";
        for (line, path, value) in [
            (
                format!(r#"::1 - - {time} "GET / HTTP/1.0" 200 -"#),
                "client",
                Some("::1"),
            ),
            (
                format!(r#"::1 - - {time} "GET / HTTP/1.0" 200 -"#),
                "bytes",
                None,
            ),
            (
                format!(
                    r#"www.example.com:443 10.0.0.1 - - {time} "GET / HTTP/1.0" 200 5 "-" "x""#
                ),
                "vhost",
                Some("www.example.com:443"),
            ),
            (
                format!(r#"10.0.0.1 - anna b {time} "GET / HTTP/1.0" 200 5"#),
                "user",
                Some("anna b"),
            ),
            (
                format!(r#"10.0.0.1 - - {time} "GET / HTTP/1.0" 200 5 "-" "x" 0.012 "fwd""#),
                "extra",
                Some(r#"0.012 "fwd""#),
            ),
            (
                format!(r#"10.0.0.1 - - {time} "\x16\x03\x01" 400 226 "-" "-""#),
                "path",
                Some(r"\x16\x03\x01"),
            ),
            (format!(r#"10.0.0.1 - - {time} "-" 408 0"#), "path", None),
            (
                format!(r#"10.0.0.1 - - {time} "GET /a b HTTP/1.1" 200 5"#),
                "path",
                Some("/a b"),
            ),
            (
                format!(r#"10.0.0.1 - - {time} "GET /a\" 1 HTTP/1.1" 200 5"#),
                "path",
                Some(r#"/a\" 1"#),
            ),
        ] {
            let said = read_one(&AccessLog, line.as_bytes());
            assert_eq!(said.raw(path), value, "{line}");
            assert!(said.notes.is_empty(), "{line}");
        }
    }

    #[test]
    fn an_impossible_time_leaves_the_entry_undated() {
        let said = read_one(
            &AccessLog,
            br#"10.0.0.1 - - [31/Feb/2026:09:00:00 +0000] "GET / HTTP/1.0" 200 5"#,
        );
        assert_eq!((said.time, said.notes.len()), (None, 1));
        assert_eq!(said.raw("status"), Some("200"));
    }

    #[test]
    fn what_is_no_access_line_is_read_as_text() {
        let whole = r#"10.0.0.1 - - [14/Mar/2026:09:00:00 +0000] "GET /é HTTP/1.0" 200 5"#;
        for cut in 0..whole.find("200").unwrap() {
            let said = read_one(&AccessLog, &whole.as_bytes()[..cut]);
            assert_eq!(
                (said.raw.len(), said.notes[0].starts_with("Read as text")),
                (0, true)
            );
        }
        assert_eq!(
            AccessLog.recognize(&[whole.as_bytes(), b"x"]),
            Recognition::Maybe(47)
        );
        assert_eq!(AccessLog.recognize(&[b"[error] x", b"x"]), Recognition::No);
    }
}
