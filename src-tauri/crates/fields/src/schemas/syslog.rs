//! Syslog: RFC 3164 as it is found in files, the same with ISO 8601 times (rsyslog, journald), and
//! RFC 5424; the priority in front may be there or not.
//!
//! | raw field | from |
//! | --- | --- |
//! | `facility`, `severity` | the priority, by name (`authpriv`, `err`); only where it is there |
//! | `timestamp`, `host`, `app`, `pid`, `msgid`, `msg` | the header and the message |
//! | `sd.ID.PARAM` | structured data of RFC 5424 |
//! | `TTY`, `PWD`, `USER`, `COMMAND`, `ruser`, `rhost`, `user`, … | `key=value` of sudo and PAM |
//!
//! | spine | from |
//! | --- | --- |
//! | time | `timestamp`. RFC 3164 has no zone and no year: see [`Settings`]; both are marked |
//! | severity | the priority; else what the message of a login service says |
//! | message | from `app` to the end: `sshd[19]: Accepted password for anna …` |
//! | the others | the messages of login services, see [`auth`](crate::schemas::syslog_auth) |
//!
//! A line that has no such header (the rest of a message of several lines) is read as text.

use sealscope_model::{EntryTime, TimeParseError};

use super::{set_time, syslog_auth, text};
use crate::note::{Note, NoteKind};
use crate::record::{Kind, Record};
use crate::schema::{Recognition, Schema};
use crate::settings::Settings;
use crate::time;
use crate::value::{Severity, Value};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Syslog;

impl Schema for Syslog {
    fn name(&self) -> &'static str {
        "syslog"
    }

    fn describe(&self) -> &'static str {
        "Syslog (RFC 3164, RFC 5424), auth.log"
    }

    fn recognize(&self, sample: &[&[u8]]) -> Recognition {
        let (mut fitting, mut tagged) = (0, 0);
        for entry in sample {
            let line = String::from_utf8_lossy(entry.get(..1024).unwrap_or(entry));
            let line = line.strip_prefix('\u{FEFF}').unwrap_or(&line);
            if let Some(header) = header(line, &Settings::default()) {
                let sure = header.rfc5424 || header.priority.is_some() || !header.app.is_empty();
                fitting += usize::from(sure || header.is_rfc3164());
                tagged += usize::from(sure);
            }
        }
        // Many logs begin with a time; it is the program's name and colon that make it syslog.
        if tagged * 2 < sample.len() {
            return Recognition::No;
        }
        Recognition::from_share(fitting, sample.len(), 90)
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
            let line = source.get(start..end).unwrap_or("");
            match header(line, settings) {
                Some(header) => fill(record, source, &header),
                None => record.note(Note {
                    kind: NoteKind::NotTheSchema,
                    offset_bytes: start,
                    detail: "expected a priority or a time",
                }),
            }
        });
        if record.slots.is_empty() {
            text::fill(record, start, settings);
        }
        record.deliver(entry, 0, each);
    }
}

/// What stands before the message.
#[derive(Debug)]
struct Header<'l> {
    priority: Option<u8>,
    timestamp: &'l str,
    time: Option<Result<EntryTime, TimeParseError>>,
    host: &'l str,
    app: &'l str,
    pid: &'l str,
    msgid: &'l str,
    /// Structured data, brackets included.
    structured: &'l str,
    msg: &'l str,
    /// The message with the name of the program.
    message: &'l str,
    rfc5424: bool,
}

impl Header<'_> {
    /// Whether the time begins with the name of a month.
    fn is_rfc3164(&self) -> bool {
        !self.host.is_empty()
            && self
                .timestamp
                .starts_with(|first: char| first.is_alphabetic())
    }
}

fn header<'l>(line: &'l str, settings: &Settings) -> Option<Header<'l>> {
    let (priority, rest) = priority(line);
    if priority.is_some()
        && let Some(found) = rest
            .strip_prefix("1 ")
            .and_then(|rest| rfc5424(rest, priority))
    {
        return Some(found);
    }
    let (time, used) = time::parse_rfc3164_start(rest, settings).or_else(|| {
        let found = time::parse_iso_start(rest, settings.zone);
        found.filter(|_| rest.as_bytes().get(10).is_some_and(|byte| *byte != b' '))
    })?;
    let (timestamp, rest) = rest.split_at_checked(used)?;
    // Some devices put a colon behind the time.
    let rest = rest.strip_prefix(':').unwrap_or(rest).strip_prefix(' ')?;
    let (host, message) = rest.split_once(' ').unwrap_or((rest, ""));
    let (app, pid, msg) = tag(message);
    Some(Header {
        priority,
        timestamp,
        time: Some(time),
        host,
        app,
        pid,
        msgid: "",
        structured: "",
        msg,
        message,
        rfc5424: false,
    })
}

/// `<34>` in front: 0 to 191.
fn priority(line: &str) -> (Option<u8>, &str) {
    let inside = line.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    match inside {
        Some((digits, rest))
            if (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            match digits.parse().ok().filter(|number| *number <= 191) {
                Some(number) => (Some(number), rest),
                None => (None, line),
            }
        }
        _ => (None, line),
    }
}

/// The tag of RFC 3164: `sshd[19]: `, `kernel: `, `sshd(pam_unix)[19]: `. Gives the name, the
/// process number and the message; without a colon all is message.
fn tag(message: &str) -> (&str, &str, &str) {
    let none = ("", "", message);
    let name_end = message.find(['[', ':', ' ']).unwrap_or(message.len());
    let (app, rest) = message.split_at_checked(name_end).unwrap_or(("", message));
    let (pid, rest) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((pid, rest)) if !pid.contains(' ') => (pid, rest),
        _ => ("", rest),
    };
    match rest.strip_prefix(':') {
        Some(msg) if !app.is_empty() => (app, pid, msg.strip_prefix(' ').unwrap_or(msg)),
        _ => none,
    }
}

/// RFC 5424 behind its version number.
fn rfc5424(rest: &str, priority: Option<u8>) -> Option<Header<'_>> {
    let (timestamp, rest) = rest.split_once(' ')?;
    let (host, rest) = rest.split_once(' ')?;
    let (app, rest) = rest.split_once(' ')?;
    let (pid, rest) = rest.split_once(' ')?;
    let (msgid, rest) = rest.split_once(' ').unwrap_or((rest, "-"));
    let structured_end = if rest.starts_with('[') {
        structured_end(rest)?
    } else {
        0
    };
    let (structured, rest) = rest.split_at_checked(structured_end)?;
    let msg = rest.strip_prefix('-').unwrap_or(rest);
    let msg = msg.strip_prefix(' ').unwrap_or(msg);
    let msg = msg.strip_prefix('\u{FEFF}').unwrap_or(msg);
    let time = if timestamp == "-" {
        None
    } else {
        Some(time::parse_iso(timestamp, None))
    };
    if matches!(time, Some(Err(TimeParseError::Form))) {
        return None;
    }
    Some(Header {
        priority,
        timestamp: nil(timestamp),
        time,
        host: nil(host),
        app: nil(app),
        pid: nil(pid),
        msgid: nil(msgid),
        structured,
        msg,
        message: if msg.is_empty() { structured } else { msg },
        rfc5424: true,
    })
}

/// The value `-` says that there is none.
fn nil(value: &str) -> &str {
    if value == "-" { "" } else { value }
}

/// Where the structured data ends that begins at the first byte.
fn structured_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped, mut inside) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' if !quoted && !inside => inside = true,
            b']' if !quoted => inside = false,
            _ if inside => {}
            _ => return Some(at),
        }
    }
    (!inside && !quoted).then_some(text.len())
}

fn fill(record: &mut Record, source: &str, header: &Header<'_>) {
    if let Some(priority) = header.priority {
        let facility = FACILITIES
            .get(usize::from(priority / 8))
            .copied()
            .unwrap_or("");
        let severity = SEVERITIES
            .get(usize::from(priority % 8))
            .copied()
            .unwrap_or("");
        record.push_raw("facility", Value::Text(facility));
        record.push_raw("severity", Value::Text(severity));
        record.spans.severity = Severity::from_syslog(priority % 8);
    }
    for (path, value) in [
        ("timestamp", header.timestamp),
        ("host", header.host),
        ("app", header.app),
        ("pid", header.pid),
        ("msgid", header.msgid),
    ] {
        if !value.is_empty() {
            let span = record.piece(source, value);
            record.push_slot(path, Kind::Text, span);
        }
    }
    push_structured(record, source, header.structured);
    let msg = record.piece(source, header.msg);
    record.push_slot("msg", Kind::Text, msg);
    if let Some(read) = header.time {
        let span = record.piece(source, header.timestamp);
        set_time(record, span, read);
    }
    record.spans.message = Some(record.piece(source, header.message));
    syslog_auth::fill(record, source, header.app, header.host, header.msg);
}

/// Adds structured data as `sd.ID.PARAM`; stops where the form does.
fn push_structured(record: &mut Record, source: &str, structured: &str) {
    let mut path = String::new();
    let mut rest = structured;
    while let Some(element) = rest.strip_prefix('[') {
        let (id, mut params) = until(element, &[' ', ']']);
        loop {
            params = params.trim_start_matches(' ');
            if let Some(after) = params.strip_prefix(']') {
                rest = after;
                break;
            }
            let (name, value) = until(params, &['=', ']', '"', ' ']);
            let Some(value) = value.strip_prefix("=\"") else {
                return;
            };
            let (value, after) = value
                .split_at_checked(quoted_end(value))
                .unwrap_or((value, ""));
            path.clear();
            path.extend(["sd.", id, ".", name]);
            let span = if value.contains('\\') {
                let plain = unescape(value);
                record.keep(&plain)
            } else {
                record.piece(source, value)
            };
            record.push_slot(&path, Kind::Text, span);
            let Some(after) = after.strip_prefix('"') else {
                return;
            };
            params = after;
        }
    }
}

/// A text before and from the first of the characters on.
fn until<'t>(text: &'t str, stops: &[char]) -> (&'t str, &'t str) {
    text.split_at_checked(text.find(stops).unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// Where a value ends: before the first quotation mark that is not escaped.
fn quoted_end(value: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    value.len()
}

/// Undoes `\"`, `\\` and `\]`; any other backslash stands for itself (RFC 5424 §6.3.3).
fn unescape(value: &str) -> String {
    let mut plain = String::with_capacity(value.len());
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = character == '\\' && matches!(characters.peek(), Some('"' | '\\' | ']'));
        plain.push(if escaped {
            characters.next().unwrap_or('\\')
        } else {
            character
        });
    }
    plain
}

const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];
const SEVERITIES: [&str; 8] = [
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
];

#[cfg(test)]
#[path = "syslog_tests.rs"]
mod tests;
