//! What tests look at: a record as plain values.

use sealscope_model::EntryTime;

use crate::{Class, Record, Schema, Settings, Severity};

/// A record, owned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub raw: Vec<(String, String)>,
    pub time: Option<EntryTime>,
    pub time_text: Option<String>,
    pub who: Option<String>,
    pub did: Option<String>,
    pub to_what: Option<String>,
    pub from_where: Option<String>,
    pub outcome: Option<String>,
    pub decision: Option<String>,
    pub severity: Option<Severity>,
    pub class: Class,
    pub message: String,
    pub notes: Vec<String>,
}

impl Said {
    pub fn of(record: &Record) -> Self {
        let spine = record.spine();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            raw: record
                .raw()
                .map(|field| (field.path.to_owned(), field.value.as_text().to_owned()))
                .collect(),
            time: spine.time,
            time_text: owned(spine.time_text),
            who: owned(spine.who),
            did: owned(spine.did),
            to_what: owned(spine.to_what),
            from_where: owned(spine.from_where),
            outcome: owned(spine.outcome),
            decision: owned(spine.decision),
            severity: spine.severity,
            class: spine.class,
            message: spine.message.to_owned(),
            notes: record.notes().iter().map(ToString::to_string).collect(),
        }
    }

    /// The first value of a raw field.
    pub fn raw(&self, path: &str) -> Option<&str> {
        self.raw
            .iter()
            .find(|(name, _)| name == path)
            .map(|(_, value)| value.as_str())
    }

    /// Who, did, to what, from where, outcome; `-` where there is none.
    pub fn acts(&self) -> [&str; 5] {
        [
            &self.who,
            &self.did,
            &self.to_what,
            &self.from_where,
            &self.outcome,
        ]
        .map(|text| text.as_deref().unwrap_or("-"))
    }
}

pub(crate) fn read_with(schema: &dyn Schema, entry: &[u8], settings: &Settings) -> Vec<Said> {
    let mut all = Vec::new();
    let mut record = Record::new();
    schema.read(entry, settings, &mut record, &mut |number, record| {
        assert_eq!(number as usize, all.len(), "records are numbered in order");
        all.push(Said::of(record));
    });
    all
}

pub(crate) fn read_all(schema: &dyn Schema, entry: &[u8]) -> Vec<Said> {
    read_with(schema, entry, &Settings::default())
}

pub(crate) fn read_one(schema: &dyn Schema, entry: &[u8]) -> Said {
    let mut all = read_all(schema, entry);
    assert_eq!(all.len(), 1, "one record");
    all.remove(0)
}

/// Nanoseconds of a time that states its zone.
pub(crate) fn utc(text: &str) -> i64 {
    crate::time::parse_iso(text, None).unwrap().ns
}
