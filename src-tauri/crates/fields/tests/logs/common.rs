//! Samples opened and read, as plain values.

use std::io::Read as _;
use std::path::PathBuf;

use sealscope_fields::{Class, Record, Schema, Settings, Severity, by_name, detect};
use sealscope_model::EntryTime;

/// What a record said.
#[derive(Debug, Clone)]
pub struct Row {
    pub raw: Vec<(String, String)>,
    pub time: Option<EntryTime>,
    pub time_text: Option<String>,
    pub who: Option<String>,
    pub did: Option<String>,
    pub to_what: Option<String>,
    pub from_where: Option<String>,
    pub outcome: Option<String>,
    pub severity: Option<Severity>,
    pub class: Class,
    pub message: String,
    pub notes: Vec<String>,
}

impl Row {
    pub fn of(record: &Record) -> Self {
        let spine = record.spine();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let raw = record
            .raw()
            .map(|field| (field.path.to_owned(), field.value.as_text().to_owned()));
        Self {
            raw: raw.collect(),
            time: spine.time,
            time_text: owned(spine.time_text),
            who: owned(spine.who),
            did: owned(spine.did),
            to_what: owned(spine.to_what),
            from_where: owned(spine.from_where),
            outcome: owned(spine.outcome),
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

    pub fn has(&self, path: &str, value: &str) -> bool {
        self.raw
            .iter()
            .any(|(name, other)| name == path && other == value)
    }
}

/// A sample, read under the schema that was found for it.
pub struct Log {
    pub name: String,
    pub bytes: Vec<u8>,
    pub rows: Vec<Row>,
    path: PathBuf,
    schema: &'static dyn Schema,
    whole: bool,
}

impl Log {
    /// A sample of which each line is an entry; unpacked where it is gzip. `None` where the sample
    /// data are not here.
    pub fn lines(path: &str) -> Option<Self> {
        Self::open(path, false)
    }

    /// A sample that is one entry.
    pub fn whole(path: &str) -> Option<Self> {
        Self::open(path, true)
    }

    /// All samples of a folder with this ending, each one entry.
    pub fn folder(path: &str, ending: &str) -> Option<Vec<Self>> {
        let names = names(path)?;
        let names = names.iter().filter(|name| name.ends_with(ending));
        names
            .map(|name| Self::whole(&format!("{path}/{name}")))
            .collect()
    }

    fn open(path: &str, whole: bool) -> Option<Self> {
        let path = sealscope_testkit::shared_data()?.join(path);
        let mut bytes = std::fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "gz") {
            let mut unpacked = Vec::new();
            let read =
                flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
            // Some are cut or damaged on purpose; what was unpacked before stands.
            drop(read);
            bytes = unpacked;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let schema = by_name("text").unwrap();
        let mut log = Self {
            name,
            bytes,
            rows: Vec::new(),
            path,
            schema,
            whole,
        };
        let sample: Vec<_> = log.entries().take(100).collect();
        log.schema = detect(&sample).schema;
        log.rows = log.read_as(log.schema.name());
        Some(log)
    }

    pub fn schema(&self) -> &'static str {
        self.schema.name()
    }

    /// The entries: lines without their ends, or all of it.
    pub fn entries(&self) -> Box<dyn Iterator<Item = &[u8]> + '_> {
        if self.whole {
            return Box::new(std::iter::once(self.bytes.as_slice()));
        }
        let lines = self.bytes.split_inclusive(|byte| *byte == b'\n');
        Box::new(lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line)))
    }

    pub fn read_as(&self, schema: &str) -> Vec<Row> {
        // auth.log is of 2017, which it does not say.
        let settings = Settings {
            year: Some(2017),
            ..Settings::default()
        };
        let schema = by_name(schema).unwrap();
        let mut record = Record::new();
        let mut rows = Vec::new();
        for entry in self.entries() {
            schema.read(entry, &settings, &mut record, &mut |_, record| {
                rows.push(Row::of(record))
            });
        }
        rows
    }

    /// Whether some record passes.
    pub fn first(&self, test: impl Fn(&Record) -> bool) -> bool {
        let mut found = false;
        for entry in self.entries() {
            read(self.schema, entry, &Settings::default(), |record| {
                found |= test(record)
            });
        }
        found
    }

    /// How many lines hold a text.
    pub fn grep(&self, needle: &str) -> usize {
        let holds = |line: &&[u8]| String::from_utf8_lossy(line).contains(needle);
        self.entries().filter(holds).count()
    }

    /// A JSON file beside the sample.
    pub fn beside(&self, name: &str) -> serde_json::Value {
        let bytes = std::fs::read(self.path.with_file_name(name)).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }
}

/// Names of the files in a folder of the samples, sorted.
pub fn names(folder: &str) -> Option<Vec<String>> {
    let folder = sealscope_testkit::shared_data()?.join(folder);
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Some(names)
}

pub fn read(schema: &dyn Schema, entry: &[u8], settings: &Settings, mut each: impl FnMut(&Record)) {
    schema.read(entry, settings, &mut Record::new(), &mut |_, record| {
        each(record)
    });
}

/// Counts the rows by a text and compares with an object of counts.
pub fn check_counts(
    log: &Log,
    expected: &serde_json::Value,
    text: impl Fn(&Row) -> Option<String>,
) {
    let mut counts = serde_json::Map::new();
    for row in &log.rows {
        let text = text(row).unwrap();
        let count = counts
            .get(&text)
            .and_then(serde_json::Value::as_u64)
            .unwrap_or(0);
        counts.insert(text, (count + 1).into());
    }
    assert_eq!(&serde_json::Value::Object(counts), expected);
}

/// Fields sorted, with what is a number written in one way.
pub fn normal(mut fields: Vec<(String, String)>) -> Vec<(String, String)> {
    for (_, value) in &mut fields {
        if let Ok(number) = value.parse::<f64>() {
            *value = number.to_string();
        }
    }
    fields.sort();
    fields
}

/// The fields of a JSON value in the plain way.
pub fn flatten(value: &serde_json::Value) -> Vec<(String, String)> {
    let mut to = Vec::new();
    flatten_into("", value, &mut to);
    to
}

fn flatten_into(path: &str, value: &serde_json::Value, to: &mut Vec<(String, String)>) {
    let text = match value {
        serde_json::Value::Object(members) => {
            for (key, value) in members {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                flatten_into(&path, value, to);
            }
            return;
        }
        serde_json::Value::Array(elements) => {
            return elements
                .iter()
                .for_each(|element| flatten_into(path, element, to));
        }
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    to.push((path.to_owned(), text));
}
