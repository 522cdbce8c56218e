//! The columns that a table can show, and the text of a cell.

use std::borrow::Cow;

use sealscope_fields::{SPINE_KEYWORDS, Severity};
use sealscope_index::query::FieldName;

use crate::rows::Row;
use crate::shown::{CELL_BYTES_MAX, Shown, shown};
use crate::times::{Zone, format_time};
use crate::workspace::Workspace;

/// A column. Seal and position always stand first and are not among these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name in queries: `time`, `who`, … or the path of a raw field; possibly hostile text.
    pub key: String,
    /// Heading; possibly hostile text where it is a raw field.
    pub title: String,
    /// Whether it is set in the fixed-width face.
    pub is_mono: bool,
    /// First width in pixels at normal density.
    pub width: u32,
    /// Whether it is shown until the examiner hides it.
    pub is_default: bool,
}

/// A field that at least one row has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldCount {
    /// Name in queries; possibly hostile text.
    pub key: String,
    /// Rows that have it.
    pub rows: u64,
    /// Whether it belongs to the spine.
    pub is_spine: bool,
    /// Whether some of its values are numbers.
    pub is_numeric: bool,
}

/// The spine's columns with heading, face and width.
const SPINE: [(&str, &str, bool, u32); 10] = [
    ("time", "Time", true, 190),
    ("severity", "Severity", false, 84),
    ("who", "Who", true, 170),
    ("did", "Did", true, 120),
    ("to_what", "To what", true, 240),
    ("from_where", "From where", true, 140),
    ("outcome", "Outcome", true, 90),
    ("decision", "Decision", true, 90),
    ("class", "Class", false, 130),
    ("message", "Message", true, 520),
];

/// Spine columns and raw columns that a schema shows at first.
fn defaults_of(schema: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match schema {
        "kubernetes-audit" => (
            &[
                "time",
                "severity",
                "who",
                "did",
                "to_what",
                "from_where",
                "outcome",
                "decision",
            ],
            &["stage"],
        ),
        "cloudtrail" => (
            &[
                "time",
                "severity",
                "who",
                "did",
                "to_what",
                "from_where",
                "outcome",
            ],
            &["awsRegion"],
        ),
        "access-log" => (
            &[
                "time",
                "severity",
                "from_where",
                "who",
                "did",
                "to_what",
                "outcome",
            ],
            &[],
        ),
        "syslog" => (&["time", "severity", "who", "did", "message"], &["host"]),
        "json" => (&["time", "severity", "who", "did", "message"], &[]),
        _ => (&["time", "message"], &[]),
    }
}

/// The columns for archives of these schemas; the archive's name is one where there are several.
#[must_use]
pub fn columns(schemas: &[&str], has_several_archives: bool) -> Vec<Column> {
    let spine_shown = |key: &str| {
        schemas
            .iter()
            .any(|schema| defaults_of(schema).0.contains(&key))
    };
    let mut columns: Vec<Column> = SPINE
        .into_iter()
        .map(|(key, title, is_mono, width)| Column {
            key: key.to_owned(),
            title: title.to_owned(),
            is_mono,
            width,
            is_default: spine_shown(key),
        })
        .collect();
    if has_several_archives {
        columns.insert(
            0,
            Column {
                key: "archive".to_owned(),
                title: "Archive".to_owned(),
                is_mono: false,
                width: 140,
                is_default: true,
            },
        );
    }
    let message = columns.pop();
    for raw in schemas.iter().flat_map(|schema| defaults_of(schema).1) {
        if !columns.iter().any(|column| column.key == *raw) {
            columns.push(Column {
                is_default: true,
                ..raw_column(raw)
            });
        }
    }
    // The message is the widest and stands last.
    columns.extend(message);
    columns
}

/// A column for any raw field.
#[must_use]
pub fn raw_column(key: &str) -> Column {
    Column {
        key: key.to_owned(),
        title: key.to_owned(),
        is_mono: true,
        width: 150,
        is_default: false,
    }
}

/// The text of a cell, exact and not escaped; several values are parted by `, `. Empty where the
/// row has no such field.
#[must_use]
pub fn cell_text<'r>(row: &'r Row, key: &str, zone: Zone) -> Cow<'r, str> {
    let text = |text: &'r Option<String>| Cow::Borrowed(text.as_deref().unwrap_or(""));
    let spine = &row.spine;
    match key {
        "time" => spine
            .time
            .map_or(Cow::Borrowed(""), |time| format_time(&time, zone).into()),
        "message" => Cow::Borrowed(&spine.message),
        _ => match FieldName::from_query(key) {
            FieldName::Spine(name) => match name {
                "who" => text(&spine.who),
                "did" => text(&spine.did),
                "to_what" => text(&spine.to_what),
                "from_where" => text(&spine.from_where),
                "outcome" => text(&spine.outcome),
                "decision" => text(&spine.decision),
                "severity" => spine.severity.map(Severity::word).unwrap_or("").into(),
                "class" => spine.class.word().into(),
                _ => Cow::Borrowed(""),
            },
            FieldName::Raw(path) => raw_text(row, &path),
        },
    }
}

fn raw_text<'r>(row: &'r Row, path: &str) -> Cow<'r, str> {
    let mut values = row.fields.iter().filter(|field| field.path == path);
    let Some(first) = values.next() else {
        return Cow::Borrowed("");
    };
    let mut joined = Cow::Borrowed(first.text.as_str());
    for field in values {
        joined.to_mut().push_str(", ");
        joined.to_mut().push_str(&field.text);
    }
    joined
}

/// A cell as a table shows it: escaped, one line, at most 512 bytes. `archive` is the name of the
/// row's archive.
#[must_use]
pub fn cell(row: &Row, key: &str, zone: Zone, archive: &str) -> Shown {
    match key {
        "archive" => shown(archive, CELL_BYTES_MAX),
        _ => shown(cell_text(row, key, zone).as_ref(), CELL_BYTES_MAX),
    }
}

impl Workspace {
    /// The columns for the archives that are open.
    #[must_use]
    pub fn columns(&self) -> Vec<Column> {
        let mut schemas: Vec<&str> = self
            .archives()
            .iter()
            .map(|archive| archive.reading().schema.name())
            .collect();
        schemas.dedup();
        columns(&schemas, self.archives().len() > 1)
    }

    /// The fields of all rows with exact counts, spine first, then raw ones by name; empty while
    /// the index is incomplete.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldCount> {
        let catalogue = self
            .index()
            .map(|index| index.catalogue())
            .unwrap_or_default();
        let mut fields: Vec<FieldCount> = catalogue
            .into_iter()
            .map(|info| FieldCount {
                key: info.field.in_query(),
                rows: info.rows,
                is_spine: matches!(info.field, FieldName::Spine(_)),
                is_numeric: info.numbers,
            })
            .collect();
        let place = |field: &FieldCount| {
            SPINE_KEYWORDS
                .iter()
                .position(|key| field.is_spine && *key == field.key)
        };
        fields.sort_by_key(|field| (place(field).unwrap_or(usize::MAX), field.key.clone()));
        fields
    }
}

#[cfg(test)]
mod tests {
    use sealscope_fields::SCHEMAS;

    use super::*;

    #[test]
    fn every_schema_shows_a_time_and_something_to_read() {
        for schema in SCHEMAS {
            let columns = columns(&[schema.name()], false);
            let shown = |key: &str| columns.iter().any(|c| c.key == key && c.is_default);
            assert!(shown("time"), "{}", schema.name());
            assert!(shown("message") || shown("to_what"), "{}", schema.name());
        }
    }

    #[test]
    fn columns_are_listed_once_and_the_message_last() {
        let columns = columns(&["syslog", "kubernetes-audit", "syslog"], true);
        let mut keys: Vec<&str> = columns.iter().map(|column| column.key.as_str()).collect();
        assert_eq!(keys.first(), Some(&"archive"));
        assert_eq!(keys.last(), Some(&"message"));
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }

    #[test]
    fn spine_columns_have_the_names_of_queries() {
        for name in SPINE_KEYWORDS {
            assert!(SPINE.iter().any(|(key, ..)| *key == name), "{name}");
        }
    }
}
