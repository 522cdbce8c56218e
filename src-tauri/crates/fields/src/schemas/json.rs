//! JSON lines of any kind: the usual names of fields are looked for.
//!
//! | spine | from the first of these that is there |
//! | --- | --- |
//! | time | the time field of the settings; else [`TIME_FIELDS`], in any case of letters |
//! | who | [`WHO`] |
//! | did | [`DID`] |
//! | to what | [`TO_WHAT`] |
//! | from where | [`FROM_WHERE`] |
//! | outcome | [`OUTCOME`] |
//! | decision | [`DECISION`] |
//! | severity | [`SEVERITY`]: a word, a syslog number (0 to 7), the tens of pino (10 to 60) |
//! | message | [`MESSAGE`]; else the first fields as `name=value` |
//! | class | ECS `event.category`; an HTTP method is an API request |
//!
//! Names are ECS's, OpenTelemetry's and those that loggers use. An array at the root gives a
//! record for each element.

use crate::json_reader::{self, Dialect};
use crate::json_scan::Scanner;
use crate::record::{Kind, ROLES, Record, Span};
use crate::schema::{Recognition, Schema};
use crate::schemas::{count_objects, fill_time, set_time};
use crate::settings::Settings;
use crate::time;
use crate::value::{Class, Severity, Value};

/// Fields that hold the time, likeliest first.
pub const TIME_FIELDS: [&str; 22] = [
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "datetime",
    "date",
    "eventTime",
    "event_time",
    "event.created",
    "_time",
    "t",
    "created_at",
    "createdAt",
    "logged_at",
    "logTime",
    "asctime",
    "timeStamp",
    "time_iso8601",
    "start_time",
    "TimeCreated",
    "UtcTime",
    "metadata.timestamp",
];
/// Fields that hold who did it.
pub const WHO: [&str; 16] = [
    "user.name",
    "user",
    "username",
    "userName",
    "user_name",
    "user.username",
    "actor.user.name",
    "actor.name",
    "actor",
    "principal",
    "account",
    "user.email",
    "email",
    "user.id",
    "user_id",
    "userId",
];
/// Fields that hold what was done.
pub const DID: [&str; 9] = [
    "event.action",
    "action",
    "operation",
    "eventName",
    "event_type",
    "activity",
    "verb",
    "http.request.method",
    "method",
];
/// Fields that hold to what it was done.
pub const TO_WHAT: [&str; 16] = [
    "resource",
    "resource.name",
    "object",
    "target",
    "target.name",
    "file.path",
    "url.path",
    "url.original",
    "url.full",
    "path",
    "uri",
    "url",
    "host.name",
    "hostname",
    "host",
    "computer",
];
/// Fields that hold from where it was done.
pub const FROM_WHERE: [&str; 16] = [
    "source.ip",
    "source.address",
    "client.ip",
    "client.address",
    "src_ip",
    "source_ip",
    "client_ip",
    "clientIp",
    "remote_addr",
    "remote_ip",
    "remoteAddress",
    "sourceIPAddress",
    "ip",
    "ip_address",
    "src",
    "id.orig_h",
];
/// Fields that hold how it ended.
pub const OUTCOME: [&str; 9] = [
    "event.outcome",
    "outcome",
    "http.response.status_code",
    "status_code",
    "statusCode",
    "status",
    "result",
    "errorCode",
    "exit_code",
];
/// Fields that hold whether it was allowed.
pub const DECISION: [&str; 4] = [
    "decision",
    "policy_decision",
    "authorization.decision",
    "verdict",
];
/// Fields that hold how grave it is.
pub const SEVERITY: [&str; 9] = [
    "log.level",
    "level",
    "severity",
    "severityText",
    "severity_text",
    "loglevel",
    "log_level",
    "levelname",
    "lvl",
];
/// Fields that hold the message.
pub const MESSAGE: [&str; 9] = [
    "message",
    "msg",
    "event.original",
    "log",
    "text",
    "body",
    "description",
    "event",
    "note",
];
/// Fields that hold the kind of act.
const CATEGORY: [&str; 1] = ["event.category"];

/// All lists in order: a path has the role of its number in them, counted from 2.
const GROUPS: [&[&str]; 10] = [
    &TIME_FIELDS,
    &WHO,
    &DID,
    &TO_WHAT,
    &FROM_WHERE,
    &OUTCOME,
    &DECISION,
    &SEVERITY,
    &MESSAGE,
    &CATEGORY,
];

/// The roles of each list.
const fn roles(group: usize) -> (u8, u8) {
    let mut start = 2;
    let mut number = 0;
    while number < group {
        start += length(number);
        number += 1;
    }
    (start, start + length(group))
}

#[expect(
    clippy::indexing_slicing,
    reason = "worked out when the program is built"
)]
#[expect(clippy::cast_possible_truncation, reason = "the lists are short")]
const fn length(group: usize) -> u8 {
    GROUPS[group].len() as u8
}

const TIME_ROLES: (u8, u8) = roles(0);
const WHO_ROLES: (u8, u8) = roles(1);
const DID_ROLES: (u8, u8) = roles(2);
const TO_WHAT_ROLES: (u8, u8) = roles(3);
const FROM_WHERE_ROLES: (u8, u8) = roles(4);
const OUTCOME_ROLES: (u8, u8) = roles(5);
const DECISION_ROLES: (u8, u8) = roles(6);
const SEVERITY_ROLES: (u8, u8) = roles(7);
const MESSAGE_ROLES: (u8, u8) = roles(8);
const CATEGORY_ROLES: (u8, u8) = roles(9);
const _: () = assert!((CATEGORY_ROLES.1 as usize) < ROLES);

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Schema for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn describe(&self) -> &'static str {
        "JSON lines of any kind"
    }

    fn recognize(&self, sample: &[&[u8]]) -> Recognition {
        let objects = count_objects(sample, |_| true);
        let arrays = sample
            .iter()
            .filter(|entry| entry.trim_ascii_start().first() == Some(&b'['));
        // A line that only begins with a bracket, as many plain logs do, is no array.
        let arrays = arrays.filter(|entry| is_array(entry)).count();
        match Recognition::from_share(objects + arrays, sample.len(), 60) {
            Recognition::Certain => Recognition::Maybe(60),
            other => other,
        }
    }

    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        json_reader::read(&DIALECT, entry, settings, record, each);
    }
}

static DIALECT: Dialect = Dialect {
    name: "json",
    role: role_of,
    records_key: None,
    fill,
};

fn role_of(path: &str) -> u8 {
    let known = GROUPS.iter().flat_map(|group| group.iter());
    let found = known
        .zip(2..)
        .find(|(name, _)| name.eq_ignore_ascii_case(path));
    found.map_or(0, |(_, role)| role)
}

fn fill(record: &mut Record, settings: &Settings) {
    find_time(record, settings);
    record.spans.who = first(record, WHO_ROLES);
    record.spans.did = first(record, DID_ROLES);
    record.spans.to_what = first(record, TO_WHAT_ROLES);
    record.spans.from_where = first(record, FROM_WHERE_ROLES);
    record.spans.outcome = first(record, OUTCOME_ROLES);
    record.spans.decision = first(record, DECISION_ROLES);
    record.spans.severity =
        first(record, SEVERITY_ROLES).and_then(|span| severity(record.text(span)));
    record.spans.class = class(record);
    record.spans.message = match first(record, MESSAGE_ROLES) {
        Some(message) => Some(message),
        None => Some(record.compose(write_message)),
    };
}

/// The first of the roles that has a value.
fn first(record: &Record, (from, to): (u8, u8)) -> Option<Span> {
    (from..to).find_map(|role| record.role_span(role))
}

/// The first of the usual fields that holds a moment; where none does, the first is noted.
fn find_time(record: &mut Record, settings: &Settings) {
    if settings.time_field.is_some() {
        return fill_time(record, settings, &[]);
    }
    let mut unread = None;
    for role in TIME_ROLES.0..TIME_ROLES.1 {
        let Some(span) = record.role_span(role) else {
            continue;
        };
        match time::parse(record.text(span), settings.zone) {
            Ok(time) => return set_time(record, span, Ok(time)),
            Err(error) => unread = unread.or(Some((span, error))),
        }
    }
    if let Some((span, error)) = unread {
        set_time(record, span, Err(error));
    }
}

/// Severity by word, by syslog number or by the tens of bunyan and pino.
fn severity(text: &str) -> Option<Severity> {
    Severity::from_word(text).or_else(|| match text.parse::<u8>().ok()? {
        number @ 0..=7 => Severity::from_syslog(number),
        10 | 20 => Some(Severity::Debug),
        30 => Some(Severity::Info),
        40 => Some(Severity::Warning),
        50 => Some(Severity::Error),
        60 => Some(Severity::Critical),
        _ => None,
    })
}

fn class(record: &Record) -> Class {
    if let Some(category) = first(record, CATEGORY_ROLES) {
        return match record.text(category) {
            "authentication" | "session" => Class::Authentication,
            "iam" => Class::Privilege,
            "file" => Class::FileAccess,
            "configuration" | "registry" | "package" | "driver" => Class::ConfigurationChange,
            "api" | "web" => Class::ApiRequest,
            _ => Class::Other,
        };
    }
    let method = record.spans.did.map_or("", |did| record.text(did));
    if matches!(
        method,
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
    ) {
        return Class::ApiRequest;
    }
    Class::Other
}

/// Bytes of a message put together from fields, at most.
const MADE_MESSAGE_BYTES_MAX: usize = 240;

fn write_message(record: &Record, to: &mut String) {
    for slot in &record.slots {
        if Some(slot.span) == record.spans.time_text || slot.kind == Kind::Null {
            continue;
        }
        if !to.is_empty() {
            to.push(' ');
        }
        to.push_str(record.paths.path(slot.path));
        to.push('=');
        to.push_str(cut(record.value_of(slot).as_text(), MADE_MESSAGE_BYTES_MAX));
        if to.len() > MADE_MESSAGE_BYTES_MAX {
            to.truncate(cut(to, MADE_MESSAGE_BYTES_MAX).len());
            to.push('…');
            return;
        }
    }
}

/// The characters that fit into so many bytes.
fn cut(text: &str, bytes_max: usize) -> &str {
    let ends = (0..=bytes_max.min(text.len())).rev();
    ends.filter_map(|end| text.get(..end)).next().unwrap_or("")
}

fn is_array(entry: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(entry) else {
        return false;
    };
    let mut scanner = Scanner::new(text, 0);
    scanner.skip_space();
    scanner.value().is_ok()
}

/// The field that holds the time in nearly all records: of the usual names the likeliest, else the
/// first whose values are all full ISO 8601 times. `None` where there is no such field; then each
/// record is looked through for the usual names.
#[must_use]
pub fn find_time_field(entries: &[&[u8]]) -> Option<String> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut records = 0usize;
    let mut record = Record::new();
    for entry in entries {
        Json.read(
            entry,
            &Settings::default(),
            &mut record,
            &mut |_, record| {
                if records < SAMPLE_RECORDS_MAX {
                    records += 1;
                    count_times(record, &mut found);
                }
            },
        );
    }
    let enough = |candidate: &&Candidate| candidate.times * 10 >= records * 9;
    let named = found
        .iter()
        .filter(enough)
        .filter(|candidate| candidate.rank.is_some());
    let best = named.min_by_key(|candidate| candidate.rank);
    best.or_else(|| found.iter().filter(enough).find(|candidate| candidate.iso))
        .map(|candidate| candidate.path.clone())
}

/// A field that has held times.
struct Candidate {
    path: String,
    /// Its place among the usual names.
    rank: Option<usize>,
    times: usize,
    /// Whether all of them were full ISO 8601.
    iso: bool,
}

/// Records that are looked at for the time field, at most.
const SAMPLE_RECORDS_MAX: usize = 1000;
/// Fields of a record that are looked at for the time, at most.
const SAMPLE_FIELDS_MAX: usize = 10_000;
/// Fields that are compared, at most.
const CANDIDATES_MAX: usize = 200;

fn count_times(record: &Record, found: &mut Vec<Candidate>) {
    for field in record.raw().take(SAMPLE_FIELDS_MAX) {
        let (Value::Text(text) | Value::Number(text)) = field.value else {
            continue;
        };
        if text.len() > 40 || time::parse(text, None).is_err() {
            continue;
        }
        let iso = time::parse_iso(text, None).is_ok();
        if let Some(known) = found.iter_mut().find(|known| known.path == field.path) {
            known.times += 1;
            known.iso &= iso;
        } else if found.len() < CANDIDATES_MAX {
            found.push(Candidate {
                path: field.path.to_owned(),
                rank: TIME_FIELDS
                    .iter()
                    .position(|name| name.eq_ignore_ascii_case(field.path)),
                times: 1,
                iso,
            });
        }
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
