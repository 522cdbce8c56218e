//! Names and byte forms that writer and reader share.

use sealscope_fields::{SPINE_KEYWORDS, Value};
use tantivy::schema::{IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};

use crate::query::FieldName;

/// Version of everything in a shard's folder; raise it with every change.
pub(crate) const SHARD_VERSION: &str = "sealscope-index/1";

/// tantivy's fields, in the order of [`schema`].
pub(crate) const KEYWORDS: tantivy::schema::Field = tantivy::schema::Field::from_field_id(0);
/// Words of listed values; documents are ordinals of [`KEYWORDS`].
pub(crate) const VALUE_WORDS: tantivy::schema::Field = tantivy::schema::Field::from_field_id(1);
/// Words of spilled and long values; documents are rows.
pub(crate) const ROW_WORDS: tantivy::schema::Field = tantivy::schema::Field::from_field_id(2);
/// Words of messages that are not listed; documents are rows.
pub(crate) const MESSAGE_WORDS: tantivy::schema::Field = tantivy::schema::Field::from_field_id(3);

/// The shape of every shard's tantivy index.
pub(crate) fn schema() -> Schema {
    let mut builder = SchemaBuilder::new();
    let mut add = |name: &str, option: IndexRecordOption| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_fieldnorms(false)
            .set_index_option(option);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing));
    };
    add("keywords", IndexRecordOption::Basic);
    for name in ["value_words", "row_words", "message_words"] {
        add(name, IndexRecordOption::WithFreqsAndPositions);
    }
    builder.build()
}

/// Column of the time in nanoseconds.
pub(crate) const TIME_COLUMN: &str = "time";
/// Column of the entry's number in the shard.
pub(crate) const ENTRY_COLUMN: &str = "entry";
/// Column of the record's number in its entry; absent for 0.
pub(crate) const RECORD_COLUMN: &str = "record";

/// File of the [`FieldsTable`].
pub(crate) const FIELDS_FILE: &str = "fields";
/// File of long values.
pub(crate) const LONG_FILE: &str = "long";

/// Kinds of values that equal texts can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Text,
    Number,
    Bool,
    Null,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Text, Kind::Number, Kind::Bool, Kind::Null];

    pub fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Text(_) => Kind::Text,
            Value::Number(_) => Kind::Number,
            Value::Bool(_) => Kind::Bool,
            Value::Null => Kind::Null,
        }
    }

    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Whether bare words are looked for in values of this kind.
    pub const fn has_words(self) -> bool {
        matches!(self, Kind::Text | Kind::Number)
    }
}

/// Number of a field within its shard: the spine's keywords, the message, then raw fields.
pub(crate) type FieldId = u32;

/// The message's number.
pub(crate) const MESSAGE: FieldId = SPINE_KEYWORDS.len() as FieldId;
/// Number of the first raw field.
pub(crate) const FIRST_RAW: FieldId = MESSAGE + 1;

/// Bytes in front of every keyword's text.
const KEY_FRONT_BYTES: usize = 5;

/// Field and kind as one number; it sorts like the keys below.
pub(crate) const fn tag(field: FieldId, kind: Kind) -> u32 {
    field << 2 | kind as u32
}

/// Field and kind of a tag.
pub(crate) fn tag_parts(tag: u32) -> (FieldId, Kind) {
    let kind = Kind::ALL
        .into_iter()
        .nth((tag & 3) as usize)
        .unwrap_or(Kind::Null);
    (tag >> 2, kind)
}

/// Front of the terms of one kind of one field.
pub(crate) fn keyword_prefix(field: FieldId, kind: Kind) -> [u8; KEY_FRONT_BYTES] {
    let [a, b, c, d] = field.to_be_bytes();
    [a, b, c, d, kind.code()]
}

/// The term of a listed value.
pub(crate) fn keyword_key(field: FieldId, kind: Kind, text: &[u8], key: &mut Vec<u8>) {
    key.clear();
    key.extend_from_slice(&keyword_prefix(field, kind));
    key.extend_from_slice(text);
}

/// The text of a term.
pub(crate) fn keyword_text(key: &[u8]) -> &str {
    let text = key.get(KEY_FRONT_BYTES..).unwrap_or_default();
    std::str::from_utf8(text).unwrap_or("")
}

/// Name of the column of a field's spilled values of one kind.
pub(crate) fn column_name(field: FieldId, kind: Kind) -> String {
    format!("f{field}.{}", kind.code())
}

/// What a shard knows of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name; `None` for the message.
    pub name: Option<FieldName>,
    /// Rows that have it.
    pub rows: u32,
    /// Per kind.
    pub kinds: [FieldKind; 4],
}

/// What a shard knows of one kind of one field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FieldKind {
    /// Terms of listed values.
    pub listed: u32,
    /// Whether some values are in a column.
    pub spilled: bool,
    /// Whether some values in the column are exactly one word and have no word entry.
    pub lone_words: bool,
    /// Values in the file of long values.
    pub long: u32,
}

/// All fields of a shard, by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct FieldsTable {
    pub fields: Vec<Field>,
}

impl FieldsTable {
    /// The byte form; fields stand in the order of their numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let count = u32::try_from(self.fields.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&count.to_le_bytes());
        for field in &self.fields {
            let (sort, name) = match &field.name {
                Some(FieldName::Spine(name)) => (0, *name),
                None => (1, ""),
                Some(FieldName::Raw(path)) => (2, path.as_str()),
            };
            bytes.push(sort);
            let length = u32::try_from(name.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(&field.rows.to_le_bytes());
            for kind in &field.kinds {
                bytes.extend_from_slice(&kind.listed.to_le_bytes());
                bytes.push(u8::from(kind.spilled) | u8::from(kind.lone_words) << 1);
                bytes.extend_from_slice(&kind.long.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads the byte form; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader { rest: bytes };
        let count = reader.u32()?;
        let mut fields = Vec::new();
        for _ in 0..count {
            let sort = reader.u8()?;
            let length = reader.u32()? as usize;
            let name = std::str::from_utf8(reader.take(length)?).ok()?;
            let name = match sort {
                0 => Some(FieldName::Spine(
                    SPINE_KEYWORDS.into_iter().find(|s| *s == name)?,
                )),
                1 => None,
                2 => Some(FieldName::Raw(name.to_owned())),
                _ => return None,
            };
            let rows = reader.u32()?;
            let mut kinds = [FieldKind::default(); 4];
            for kind in &mut kinds {
                let listed = reader.u32()?;
                let flags = reader.u8()?;
                let long = reader.u32()?;
                let (spilled, lone_words) = (flags & 1 != 0, flags & 2 != 0);
                *kind = FieldKind {
                    listed,
                    spilled,
                    lone_words,
                    long,
                };
            }
            fields.push(Field { name, rows, kinds });
        }
        reader.rest.is_empty().then_some(Self { fields })
    }
}

/// Reads little-endian numbers off the front.
pub(crate) struct Reader<'b> {
    pub rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (front, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(front)
    }

    pub fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?
            .first_chunk()
            .map(|bytes| u32::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_table_reads_back_and_refuses_anything_shorter() {
        let kind = FieldKind {
            listed: 7,
            spilled: true,
            lone_words: false,
            long: 2,
        };
        let table = FieldsTable {
            fields: vec![
                Field {
                    name: Some(FieldName::Spine("who")),
                    rows: 3,
                    kinds: [kind, FieldKind::default(), kind, FieldKind::default()],
                },
                Field {
                    name: None,
                    rows: 9,
                    kinds: [kind; 4],
                },
                Field {
                    name: Some(FieldName::Raw("a.é".to_owned())),
                    rows: 1,
                    kinds: [kind; 4],
                },
            ],
        };
        let bytes = table.to_bytes();
        assert_eq!(FieldsTable::from_bytes(&bytes), Some(table));
        for length in 0..bytes.len() {
            assert_eq!(FieldsTable::from_bytes(&bytes[..length]), None);
        }
    }

    #[test]
    fn tags_sort_like_keys() {
        let mut parts = Vec::new();
        for field in [0, 1, 9, 255, 256, 70_000] {
            for kind in Kind::ALL {
                parts.push((tag(field, kind), keyword_prefix(field, kind)));
                assert_eq!(tag_parts(tag(field, kind)), (field, kind));
            }
        }
        assert!(parts.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
