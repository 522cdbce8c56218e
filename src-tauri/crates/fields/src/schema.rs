use std::fmt;

use crate::record::Record;
use crate::schemas::{access_log, cloudtrail, journal, json, kubernetes_audit, syslog, text};
use crate::settings::Settings;

/// What the entries of a log say, and in which fields.
pub trait Schema: Send + Sync {
    /// Stable name, used on the command line, in case files and in reports.
    fn name(&self) -> &'static str;

    /// The kind of log in a few words, for people.
    fn describe(&self) -> &'static str;

    /// How sure we are, from the first entries of the log alone.
    fn recognize(&self, sample: &[&[u8]]) -> Recognition;

    /// Reads one entry and calls `each` with every record of it, numbered from 0, in the order of
    /// the text. `record` is the buffer; what it held is lost. An entry that does not fit is given
    /// as one record of text with a note; only an entry that holds an empty list gives none.
    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    );
}

impl fmt::Debug for dyn Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq for dyn Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

/// How sure a schema is that a log is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recognition {
    /// It is another one's.
    No,
    /// It could be; the higher, the surer: 1 to 100.
    Maybe(u8),
    /// The entries say so themselves, or all have a form that no other log has.
    Certain,
}

impl Recognition {
    /// From how many of the entries have a form: all are certain, most are a maybe of up to
    /// `most`, fewer than half are none.
    pub(crate) fn from_share(fitting: usize, all: usize, most: u8) -> Self {
        if all == 0 || fitting * 2 < all {
            return Self::No;
        }
        if fitting == all {
            return Self::Certain;
        }
        let share = usize::from(most) * fitting / all;
        Self::Maybe(u8::try_from(share).unwrap_or(most).max(1))
    }
}

/// All schemas, the more particular ones first.
pub static SCHEMAS: [&dyn Schema; 7] = [
    &kubernetes_audit::KubernetesAudit,
    &cloudtrail::CloudTrail,
    &journal::Journal,
    &access_log::AccessLog,
    &syslog::Syslog,
    &json::Json,
    &text::Text,
];

/// The schema of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Schema> {
    SCHEMAS.into_iter().find(|schema| schema.name() == name)
}

/// The schema found for a log, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    /// The schema.
    pub schema: &'static dyn Schema,
    /// Why, in a sentence.
    pub why: String,
    /// Whether it was guessed from the shape of the entries; otherwise they say so themselves.
    pub guessed: bool,
    /// The raw field that holds the time, where the schema has to look for it. Put it into
    /// [`Settings::time_field`], so that all entries are read alike.
    pub time_field: Option<String>,
}

/// Entries that are looked at, at most.
const SAMPLE_ENTRIES_MAX: usize = 100;
/// Bytes of entries that are looked at, at most, but for the first one.
const SAMPLE_BYTES_MAX: usize = 1 << 20;

/// Finds the schema of a log from its first entries. Empty ones are passed over.
#[must_use]
pub fn detect(entries: &[&[u8]]) -> Detected {
    let mut bytes = 0;
    let sample: Vec<&[u8]> = entries
        .iter()
        .copied()
        .filter(|entry| !entry.trim_ascii().is_empty())
        .take(SAMPLE_ENTRIES_MAX)
        .take_while(|entry| {
            let fits = bytes == 0 || bytes + entry.len() <= SAMPLE_BYTES_MAX;
            bytes += entry.len();
            fits
        })
        .collect();
    let mut best: (Recognition, &'static dyn Schema) = (Recognition::No, &text::Text);
    for schema in SCHEMAS {
        let found = schema.recognize(&sample);
        if found > best.0 {
            best = (found, schema);
        }
    }
    let (recognition, schema) = best;
    let guessed = recognition != Recognition::Certain;
    let is_json = schema.name() == json::Json.name();
    let time_field = if is_json {
        json::find_time_field(&sample)
    } else {
        None
    };
    let why = why(schema, recognition, sample.len(), time_field.as_deref());
    Detected {
        schema,
        why,
        guessed,
        time_field,
    }
}

fn why(
    schema: &dyn Schema,
    recognition: Recognition,
    looked_at: usize,
    time_field: Option<&str>,
) -> String {
    let name = schema.name();
    let mut why = match recognition {
        _ if looked_at == 0 => "There are no entries to tell the schema from.".to_owned(),
        _ if name == text::Text.name() => "No schema known here fits the entries.".to_owned(),
        Recognition::Certain => format!("All entries looked at have the form of {name}."),
        _ => format!("Most of the entries looked at have the form of {name}."),
    };
    if schema.name() == json::Json.name() {
        why = match time_field {
            Some(field) => format!("JSON; the time is taken from the field {field}."),
            None => "JSON; no one field holds the time of all entries.".to_owned(),
        };
    }
    why
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_is_found_by_its_name_and_names_are_different() {
        for schema in SCHEMAS {
            assert_eq!(
                by_name(schema.name()).map(|found| found.name()),
                Some(schema.name())
            );
            assert!(!schema.describe().is_empty());
        }
        assert!(by_name("nothing").is_none());
    }

    #[test]
    fn nothing_at_all_is_text_and_says_why() {
        let detected = detect(&[b"", b"  "]);
        assert_eq!(detected.schema.name(), "text");
        assert!(detected.guessed);
        assert_eq!(
            detected.why,
            "There are no entries to tell the schema from."
        );
    }

    #[test]
    fn a_few_odd_lines_do_not_hide_the_schema() {
        let mut lines: Vec<&[u8]> = vec![b"Mar  7 09:01:02 host sshd[1]: Accepted"; 9];
        lines.push(b"#### cut here ####");
        let detected = detect(&lines);
        assert_eq!((detected.schema.name(), detected.guessed), ("syslog", true));
    }
}
