//! One module per schema: what its logs say, and in which fields.

pub mod access_log;
pub mod cloudtrail;
pub mod journal;
pub mod json;
pub mod kubernetes_audit;
pub mod syslog;
pub mod syslog_auth;
pub mod text;

use sealscope_model::{EntryTime, TimeParseError};

use crate::record::{CHOSEN_TIME, Kind, Record, Span};
use crate::settings::Settings;
use crate::time;

/// Takes the time from the first of the roles that has a value. A value that is no moment leaves
/// the entry undated, with a note; the next role is not tried, because that would be a guess. The
/// field that the examiner chose goes before all others, and is the only one then.
pub(crate) fn fill_time(record: &mut Record, settings: &Settings, roles: &[u8]) {
    let chosen = [CHOSEN_TIME];
    let roles = if settings.time_field.is_some() {
        &chosen
    } else {
        roles
    };
    let Some(span) = roles.iter().find_map(|role| record.role_span(*role)) else {
        return;
    };
    let read = time::parse(record.text(span), settings.zone);
    set_time(record, span, read);
}

/// Sets the time and its text; what is no moment is noted.
pub(crate) fn set_time(record: &mut Record, span: Span, read: Result<EntryTime, TimeParseError>) {
    record.spans.time_text = Some(span);
    match read {
        Ok(time) => record.spans.time = Some(time),
        Err(error) => record.note_time(span, says(error)),
    }
}

/// Why a time could not be read, in a few words.
pub(crate) fn says(error: TimeParseError) -> &'static str {
    match error {
        TimeParseError::Form => "no known form of time",
        TimeParseError::Impossible => "no such moment",
        TimeParseError::Range => "outside the years 1678 to 2261",
        TimeParseError::NoYear => "no year is given",
    }
}

/// How many of the entries begin with an object and satisfy `fits`.
pub(crate) fn count_objects(sample: &[&[u8]], fits: impl Fn(&[u8]) -> bool) -> usize {
    let object = |entry: &&&[u8]| {
        let entry = entry.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(entry);
        entry.trim_ascii_start().first() == Some(&b'{') && fits(entry)
    };
    sample.iter().filter(object).count()
}

/// Whether all needles occur.
pub(crate) fn holds_all(entry: &[u8], needles: &[&str]) -> bool {
    needles
        .iter()
        .all(|needle| memchr::memmem::find(entry, needle.as_bytes()).is_some())
}

/// Whether the first value in a role is `true`.
pub(crate) fn is_true(record: &Record, role: u8) -> Option<bool> {
    match record.role(role)?.kind {
        Kind::True => Some(true),
        Kind::False => Some(false),
        _ => None,
    }
}

/// A role for each path of a table, numbered from 2 in its order; 1 is the chosen time.
pub(crate) fn role_in(paths: &[&str], path: &str) -> u8 {
    let found = paths.iter().position(|known| *known == path);
    found
        .and_then(|number| u8::try_from(number + 2).ok())
        .unwrap_or(0)
}
