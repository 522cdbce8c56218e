//! Apache Parquet: columns named and nested as in OCSF 1.8.0, the seal, and the entry's bytes.
//!
//! Rows wait in columns until there are [`GROUP_ROWS_MAX`] of them or [`GROUP_BYTES_MAX`] of
//! text, and are then written as one row group: memory does not grow with the export.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::ocsf::{self, Mapped, event_uid, time_ms};
use super::row::{ExportHead, ExportRow};
use super::safe_json::{Fields, write_json};
use super::vocabulary::{address, message, sha256_hex};
use super::{RowSink, Taken, times};

/// Rows of a row group at most.
const GROUP_ROWS_MAX: usize = 65_536;
/// Bytes of text in a row group, from which on it is written: twice that is needed while it is
/// packed.
const GROUP_BYTES_MAX: usize = 32 << 20;

const SCHEMA: &str = "
message sealscope {
  required binary archive (UTF8);
  optional binary archive_sha256 (UTF8);
  required int64 position (INTEGER(64,false));
  required int32 record (INTEGER(32,false));
  required binary verdict (UTF8);
  required binary strength (UTF8);
  optional binary leaf_hash (UTF8);
  optional int64 time;
  optional int64 time_dt (TIMESTAMP(MICROS,true));
  optional int64 time_ns;
  optional binary time_inferred (UTF8);
  required int32 category_uid;
  required int32 class_uid;
  required binary class_name (UTF8);
  required int32 activity_id;
  optional binary activity_name (UTF8);
  required int64 type_uid;
  required int32 severity_id;
  required binary severity (UTF8);
  optional int32 status_id;
  optional binary status (UTF8);
  optional binary status_code (UTF8);
  required binary message (UTF8);
  required group metadata {
    required binary version (UTF8);
    required binary uid (UTF8);
    required binary log_name (UTF8);
    required binary log_format (UTF8);
    optional binary original_time (UTF8);
  }
  required group actor {
    required group user {
      optional binary name (UTF8);
    }
  }
  required group api {
    optional binary operation (UTF8);
    required group service {
      optional binary name (UTF8);
    }
  }
  required group src_endpoint {
    optional binary ip (UTF8);
    optional binary name (UTF8);
  }
  required group dst_endpoint {
    optional binary hostname (UTF8);
  }
  optional binary resource_name (UTF8);
  optional binary decision (UTF8);
  required binary spine_class (UTF8);
  required binary unmapped (UTF8);
  optional binary notes (UTF8);
  required int64 missing_before (INTEGER(64,false));
  required int64 raw_data_size;
  required binary raw_data_hash (UTF8);
  required binary raw;
}";

/// Values of one column; in an optional one `levels` says which rows have one.
#[derive(Default)]
struct Column {
    values: Values,
    levels: Vec<i16>,
}

#[derive(Default)]
enum Values {
    #[default]
    None,
    Bytes(Vec<ByteArray>),
    Long(Vec<i64>),
    Int(Vec<i32>),
}

/// A value on its way into its column.
enum Cell<'a> {
    Text(Option<&'a str>),
    Bytes(&'a [u8]),
    Long(Option<i64>),
    Int(Option<i32>),
}

/// The file while it is written.
pub(super) struct Table<'w> {
    writer: SerializedFileWriter<Box<dyn Write + Send + 'w>>,
    columns: Vec<Column>,
    /// Which columns are optional, in the order of [`SCHEMA`].
    optional: Vec<bool>,
    rows: usize,
    bytes: usize,
}

impl<'w> Table<'w> {
    pub(super) fn new(head: &ExportHead, out: Box<dyn Write + Send + 'w>) -> io::Result<Self> {
        let schema = parse_message_type(SCHEMA).map_err(failed)?;
        let level = ZstdLevel::try_new(3).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_key_value_metadata(Some(metadata(head)))
            .build();
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
        let writer = writer.map_err(failed)?;
        let leaves = writer.schema_descr().columns();
        let optional: Vec<bool> = leaves.iter().map(|leaf| leaf.max_def_level() > 0).collect();
        Ok(Self {
            writer,
            columns: optional.iter().map(|_| Column::default()).collect(),
            optional,
            rows: 0,
            bytes: 0,
        })
    }

    fn write_group(&mut self) -> io::Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for column in &mut self.columns {
            let mut writer = group
                .next_column()
                .map_err(failed)?
                .ok_or_else(|| io::Error::other("a row has more columns than the table"))?;
            let levels = (!column.levels.is_empty()).then_some(column.levels.as_slice());
            let written = match (writer.untyped(), &column.values) {
                (ColumnWriter::ByteArrayColumnWriter(to), Values::Bytes(values)) => {
                    to.write_batch(values, levels, None)
                }
                (ColumnWriter::ByteArrayColumnWriter(to), Values::None) => {
                    to.write_batch(&[], levels, None)
                }
                (ColumnWriter::Int64ColumnWriter(to), Values::Long(values)) => {
                    to.write_batch(values, levels, None)
                }
                (ColumnWriter::Int32ColumnWriter(to), Values::Int(values)) => {
                    to.write_batch(values, levels, None)
                }
                _ => Err(ParquetError::General(
                    "a value does not fit its column".to_owned(),
                )),
            };
            written.map_err(failed)?;
            writer.close().map_err(failed)?;
            column.clear();
        }
        group.close().map_err(failed)?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Column {
    /// `is_optional` is what the schema says.
    fn push(&mut self, cell: Cell<'_>, is_optional: bool) -> usize {
        let has_value = !matches!(cell, Cell::Text(None) | Cell::Long(None) | Cell::Int(None));
        if is_optional {
            self.levels.push(i16::from(has_value));
        }
        match cell {
            Cell::Text(text) => self.bytes(text.map(str::as_bytes)),
            Cell::Bytes(bytes) => self.bytes(Some(bytes)),
            Cell::Long(value) => {
                if !matches!(self.values, Values::Long(_)) {
                    self.values = Values::Long(Vec::new());
                }
                if let Values::Long(values) = &mut self.values {
                    values.extend(value);
                }
                8
            }
            Cell::Int(value) => {
                if !matches!(self.values, Values::Int(_)) {
                    self.values = Values::Int(Vec::new());
                }
                if let Values::Int(values) = &mut self.values {
                    values.extend(value);
                }
                4
            }
        }
    }

    fn bytes(&mut self, value: Option<&[u8]>) -> usize {
        if !matches!(self.values, Values::Bytes(_)) {
            self.values = Values::Bytes(Vec::new());
        }
        if let (Values::Bytes(values), Some(value)) = (&mut self.values, value) {
            values.push(ByteArray::from(value.to_vec()));
        }
        value.map_or(0, <[u8]>::len)
    }

    fn clear(&mut self) {
        self.levels.clear();
        match &mut self.values {
            Values::None => {}
            Values::Bytes(values) => values.clear(),
            Values::Long(values) => values.clear(),
            Values::Int(values) => values.clear(),
        }
    }
}

impl RowSink for Table<'_> {
    fn row(&mut self, row: &ExportRow<'_>) -> io::Result<Taken> {
        let mut columns = self.columns.iter_mut().zip(&self.optional);
        let bytes = &mut self.bytes;
        each_cell(row, &mut |cell| {
            if let Some((column, is_optional)) = columns.next() {
                *bytes += column.push(cell, *is_optional);
            }
        })?;
        self.rows += 1;
        if self.rows >= GROUP_ROWS_MAX || self.bytes >= GROUP_BYTES_MAX {
            self.write_group()?;
        }
        Ok(Taken::Written)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.write_group()?;
        self.writer.finish().map_err(failed)?;
        self.writer.inner_mut().flush()
    }
}

/// The cells of a row in the order of [`SCHEMA`].
fn each_cell(row: &ExportRow<'_>, put: &mut dyn FnMut(Cell<'_>)) -> io::Result<()> {
    let (archive, spine) = (row.archive, &row.spine);
    let mapped = Mapped::of(row);
    let ns = row.time.map(|time| time.ns);
    let int = |number: u32| Cell::Int(Some(number.cast_signed()));
    put(Cell::Text(Some(&archive.name)));
    put(Cell::Text(archive.sha256.as_deref()));
    put(Cell::Long(Some(row.position.cast_signed())));
    put(int(row.record));
    put(Cell::Text(Some(row.verdict)));
    put(Cell::Text(Some(row.strength)));
    put(Cell::Text(row.leaf));
    put(Cell::Long(ns.map(time_ms)));
    put(Cell::Long(ns.map(|ns| ns.div_euclid(1000))));
    put(Cell::Long(ns));
    put(Cell::Text(inferred(row).as_deref()));
    put(int(mapped.category_uid));
    put(int(mapped.class_uid));
    put(Cell::Text(Some(mapped.class_name)));
    put(int(mapped.activity_id));
    put(Cell::Text(mapped.activity_name));
    put(Cell::Long(Some(i64::from(mapped.type_uid))));
    put(int(mapped.severity_id));
    put(Cell::Text(Some(mapped.severity)));
    put(Cell::Int(mapped.status_id.map(u32::cast_signed)));
    put(Cell::Text(mapped.status));
    put(Cell::Text(mapped.status_code));
    put(Cell::Text(Some(message(row))));
    put(Cell::Text(Some(ocsf::VERSION)));
    put(Cell::Text(Some(&event_uid(row))));
    put(Cell::Text(Some(&archive.name)));
    put(Cell::Text(Some(&archive.schema)));
    put(Cell::Text(spine.time_text));
    put(Cell::Text(spine.who));
    put(Cell::Text(spine.did));
    put(Cell::Text(mapped.service));
    let from = spine.from_where;
    let ip = from.and_then(address).map(|ip| ip.to_string());
    put(Cell::Text(ip.as_deref()));
    put(Cell::Text(from.filter(|_| ip.is_none())));
    put(Cell::Text(mapped.host));
    put(Cell::Text(spine.to_what));
    put(Cell::Text(spine.decision));
    put(Cell::Text(Some(spine.class)));
    let mut fields = Vec::new();
    write_json(&Fields(&row.fields), &mut fields)?;
    put(Cell::Bytes(&fields));
    let notes = (!row.notes.is_empty()).then(|| row.notes.join(" "));
    put(Cell::Text(notes.as_deref()));
    put(Cell::Long(Some(row.missing_before.cast_signed())));
    put(Cell::Long(Some(
        i64::try_from(row.raw.len()).unwrap_or(i64::MAX),
    )));
    put(Cell::Text(Some(&sha256_hex(row.raw))));
    put(Cell::Bytes(row.raw));
    Ok(())
}

fn inferred(row: &ExportRow<'_>) -> Option<String> {
    let words = times::inferred(row.time.as_ref());
    (!words.is_empty()).then(|| words.join(" "))
}

/// What the export is, in the file's own metadata.
fn metadata(head: &ExportHead) -> Vec<KeyValue> {
    vec![
        KeyValue::new(
            "sealscope.schema".to_owned(),
            "sealscope.export/1".to_owned(),
        ),
        KeyValue::new(
            "sealscope.tool_version".to_owned(),
            head.tool_version.clone(),
        ),
        KeyValue::new("sealscope.made_at".to_owned(), head.made_at.clone()),
        KeyValue::new("sealscope.query".to_owned(), json(&head.query_object())),
        KeyValue::new(
            "sealscope.archives".to_owned(),
            json(&head.archive_objects()),
        ),
        KeyValue::new("ocsf.version".to_owned(), ocsf::VERSION.to_owned()),
    ]
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::{Row, RowAccessor as _};

    use super::*;
    use crate::export::ExportFormat;
    use crate::export::testing::{BINARY, HOSTILE, archive, exported, head, row, written};

    fn read(bytes: Vec<u8>) -> (Vec<Row>, usize) {
        let reader = SerializedFileReader::new(Bytes::from(bytes)).expect("Parquet");
        let groups = reader.num_row_groups();
        let rows = reader.get_row_iter(None).expect("rows");
        (rows.map(|row| row.expect("a row")).collect(), groups)
    }

    #[test]
    fn cells_are_read_back_as_they_were() {
        let (rows, groups) = read(exported(ExportFormat::Parquet).0);
        assert_eq!((rows.len(), groups), (4, 1));
        let names: Vec<_> = rows[0]
            .get_column_iter()
            .map(|(name, _)| name.clone())
            .collect();
        let at = |name: &str| names.iter().position(|one| one == name).expect("a column");
        let text = |row: usize, name: &str| rows[row].get_string(at(name)).expect("text").clone();
        assert_eq!(text(0, "verdict"), "intact");
        assert_eq!(text(0, "leaf_hash"), "cd".repeat(32));
        assert!(rows[1].get_string(at("leaf_hash")).is_err());
        assert_eq!(text(1, "message"), HOSTILE);
        assert_eq!(
            rows[1].get_ulong(at("position")).expect("a number"),
            u64::MAX
        );
        assert_eq!(rows[2].get_bytes(at("raw")).expect("bytes").data(), BINARY);
        assert!(rows[3].get_long(at("time")).is_err());
        let user = rows[0]
            .get_group(at("actor"))
            .and_then(|actor| actor.get_group(0).cloned());
        assert_eq!(user.expect("a group").get_string(0).expect("text"), "anna");
        assert!(text(0, "unmapped").contains("\"n\":9007199254740993"));
    }

    #[test]
    fn many_rows_become_several_groups() {
        let archive = archive();
        let rows = vec![row(&archive, "ef"); GROUP_ROWS_MAX + 1];
        let (bytes, _) = written(ExportFormat::Parquet, &head(), &rows);
        let (read, groups) = read(bytes);
        assert_eq!((read.len(), groups), (rows.len(), 2));
        let mut large = row(&archive, "ef");
        let raw = vec![b'x'; GROUP_BYTES_MAX / 2];
        large.raw = &raw;
        let (bytes, _) = written(ExportFormat::Parquet, &head(), &vec![large; 5]);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).expect("Parquet");
        assert_eq!(reader.num_row_groups(), 3);
    }

    #[test]
    fn no_rows_are_a_table_too() {
        let (bytes, _) = written(ExportFormat::Parquet, &head(), &[]);
        let reader = SerializedFileReader::new(Bytes::from(bytes)).expect("Parquet");
        assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
        let pairs = reader.metadata().file_metadata().key_value_metadata();
        let keys: Vec<_> = pairs
            .into_iter()
            .flatten()
            .map(|pair| pair.key.as_str())
            .collect();
        assert!(keys.contains(&"sealscope.archives"), "{keys:?}");
    }
}
