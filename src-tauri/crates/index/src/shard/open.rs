use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::columnar::{
    Column, ColumnIndex, ColumnValues, ColumnarReader, DynamicColumn, StrColumn,
};
use tantivy::directory::{CompositeFile, FileSlice, MmapDirectory};
use tantivy::index::{InvertedIndexReader, SegmentComponent, SegmentId};
use tantivy::postings::TermInfo;
use tantivy::{Directory, SegmentReader};

use super::ShardInfo;
use super::layout::{
    ENTRY_COLUMN, FIELDS_FILE, Field, FieldId, FieldKind, FieldsTable, KEYWORDS, Kind, LONG_FILE,
    MESSAGE, MESSAGE_WORDS, RECORD_COLUMN, ROW_WORDS, Reader, TIME_COLUMN, VALUE_WORDS,
    column_name,
};
use super::manifest::Manifest;
use crate::IndexError;
use crate::bits::Bits;
use crate::query::FieldName;

/// A finished shard, checked and ready to be searched.
pub struct Shard {
    dir: PathBuf,
    info: ShardInfo,
    segment: String,
    table: FieldsTable,
    by_name: HashMap<FieldName, FieldId>,
    /// First ordinal of each kind of each field, four a field, and the end.
    ordinals: Vec<u32>,
    pub(crate) keywords: Arc<InvertedIndexReader>,
    pub(crate) value_words: WordsField,
    pub(crate) row_words: WordsField,
    pub(crate) message_words: WordsField,
    columns: ColumnarReader,
    pub(crate) time: Option<Column<i64>>,
    entry: Option<Arc<dyn ColumnValues<i64>>>,
    /// Whether entry and row have the same number throughout.
    entry_is_row: bool,
    record: Option<Column<i64>>,
    long: tantivy::directory::OwnedBytes,
    /// Where each listed value's rows are, by ordinal; read when first needed.
    listed: OnceLock<Vec<TermInfo>>,
    /// Columns opened so far.
    open_columns: Mutex<HashMap<(FieldId, Kind), Arc<StringColumn>>>,
    dated: OnceLock<Bits>,
}

/// Words with the places where they stand.
pub(crate) struct WordsField {
    pub index: Arc<InvertedIndexReader>,
    pub positions: FileSlice,
}

/// A column of spilled values.
pub(crate) struct StringColumn {
    pub values: StrColumn,
    /// The rows that have a value; found when first needed.
    rows: OnceLock<Bits>,
}

impl StringColumn {
    /// The rows that have a value.
    pub fn rows(&self, all: u32) -> &Bits {
        self.rows.get_or_init(|| rows_of(self.values.ords(), all))
    }
}

/// The rows that have a value in a column. Finding them is slow, going through them is not.
fn rows_of<T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static>(
    column: &Column<T>,
    all: u32,
) -> Bits {
    if matches!(column.index, ColumnIndex::Full) {
        return Bits::all(all);
    }
    let mut bits = Bits::none(all);
    let mut rows: Vec<u32> = (0..column.values.num_vals()).collect();
    column.index.select_batch_in_place(0, &mut rows);
    rows.into_iter().for_each(|row| bits.set(row));
    bits
}

/// A long value of a row.
pub(crate) struct LongValue {
    pub row: u32,
    pub text: String,
}

impl std::fmt::Debug for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shard")
            .field("dir", &self.dir)
            .field("info", &self.info)
            .finish()
    }
}

impl Shard {
    /// Opens a shard, after checking the digest of each of its files.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] when the folder is not exactly what [`super::ShardWriter::finish`]
    /// wrote, or of another version: build it again.
    pub fn open(dir: &Path) -> Result<Arc<Self>, IndexError> {
        let manifest = Manifest::read_checked(dir)?;
        // tantivy trusts its files and panics where they do not add up. The digests were right, so
        // this would be a folder made to deceive, or a fault of ours; neither may take us down.
        let opened = catch_unwind(AssertUnwindSafe(|| Self::open_files(dir, &manifest)));
        match opened {
            Ok(shard) => Ok(Arc::new(
                shard.map_err(|error| IndexError::tantivy(dir, error))?,
            )),
            Err(_) => Err(IndexError::damaged(dir, "its files do not fit together")),
        }
    }

    fn open_files(dir: &Path, manifest: &Manifest) -> tantivy::Result<Self> {
        let index = tantivy::Index::open(MmapDirectory::open(dir)?)?;
        let id = SegmentId::from_uuid_string(&manifest.segment)
            .map_err(|_| invalid("no name of a segment"))?;
        let segment = index.segment(index.new_segment_meta(id, manifest.rows));
        let reader = SegmentReader::open(&segment)?;
        let columns = ColumnarReader::open(segment.open_read(SegmentComponent::FastFields)?)?;
        let read = |name: &str| -> tantivy::Result<tantivy::directory::OwnedBytes> {
            Ok(index.directory().open_read(Path::new(name))?.read_bytes()?)
        };
        let positions = CompositeFile::open(&segment.open_read(SegmentComponent::Positions)?)?;
        let words = |field| -> tantivy::Result<WordsField> {
            let positions = positions
                .open_read(field)
                .ok_or_else(|| invalid("no places"))?;
            Ok(WordsField {
                index: reader.inverted_index(field)?,
                positions,
            })
        };
        let table = FieldsTable::from_bytes(&read(FIELDS_FILE)?)
            .ok_or_else(|| invalid("no table of fields"))?;
        let entry = numbers(&columns, ENTRY_COLUMN, Some(manifest.rows))?;
        let last = manifest.rows.checked_sub(1);
        let last_entry = entry
            .as_ref()
            .zip(last)
            .and_then(|(entry, last)| entry.first(last));
        Ok(Self {
            dir: dir.to_owned(),
            info: ShardInfo::of(manifest),
            segment: manifest.segment.clone(),
            by_name: names(&table),
            ordinals: ordinals(&table),
            keywords: reader.inverted_index(KEYWORDS)?,
            value_words: words(VALUE_WORDS)?,
            row_words: words(ROW_WORDS)?,
            message_words: words(MESSAGE_WORDS)?,
            time: numbers(&columns, TIME_COLUMN, Some(manifest.dated))?,
            // Entries ascend, so the two ends decide.
            entry_is_row: manifest.entries == manifest.rows && last_entry == last.map(i64::from),
            entry: entry.map(|column| column.values),
            record: numbers(&columns, RECORD_COLUMN, None)?,
            long: read(LONG_FILE)?,
            table,
            columns,
            listed: OnceLock::new(),
            open_columns: Mutex::default(),
            dated: OnceLock::new(),
        })
    }

    /// What it holds.
    #[must_use]
    pub fn info(&self) -> &ShardInfo {
        &self.info
    }

    /// Its folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A name that no other shard has.
    pub(crate) fn identity(&self) -> &str {
        &self.segment
    }

    pub(crate) fn rows(&self) -> u32 {
        self.info.rows
    }

    /// All fields with their numbers, but for the message.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        (0_u32..)
            .zip(&self.table.fields)
            .filter(|(_, field)| field.name.is_some())
    }

    /// The number of a field.
    pub(crate) fn field(&self, name: &FieldName) -> Option<(FieldId, &Field)> {
        let number = *self.by_name.get(name)?;
        Some((number, self.table.fields.get(number as usize)?))
    }

    /// Ordinals of the listed values of one kind of a field.
    pub(crate) fn ordinals(&self, field: FieldId, kind: Kind) -> std::ops::Range<u32> {
        let at = field as usize * Kind::ALL.len() + kind as usize;
        let get = |at: usize| self.ordinals.get(at).copied().unwrap_or(0);
        get(at)..get(at + 1)
    }

    /// Ordinals of listed messages.
    pub(crate) fn message_ordinals(&self) -> std::ops::Range<u32> {
        self.ordinals(MESSAGE, Kind::Text)
    }

    fn kind(&self, field: FieldId, kind: Kind) -> FieldKind {
        let field = self.table.fields.get(field as usize);
        field
            .and_then(|field| field.kinds.get(kind as usize))
            .copied()
            .unwrap_or_default()
    }

    /// Whether values of one kind of a field have spilled.
    pub(crate) fn has_column(&self, field: FieldId, kind: Kind) -> bool {
        self.kind(field, kind).spilled
    }

    /// Whether some values of a field are of a kind.
    pub(crate) fn has_kind(&self, field: FieldId, kind: Kind) -> bool {
        let kind = self.kind(field, kind);
        kind.listed > 0 || kind.spilled || kind.long > 0
    }

    /// Whether a field has long values.
    pub(crate) fn has_long(&self, field: FieldId) -> bool {
        Kind::ALL
            .into_iter()
            .any(|kind| self.kind(field, kind).long > 0)
    }

    /// Columns with values that are exactly one word and have no word entry.
    pub(crate) fn lone_word_columns(&self) -> impl Iterator<Item = (FieldId, Kind)> {
        (0_u32..)
            .zip(&self.table.fields)
            .flat_map(|(number, field)| {
                Kind::ALL
                    .into_iter()
                    .zip(&field.kinds)
                    .filter(|(_, kind)| kind.lone_words)
                    .map(move |(kind, _)| (number, kind))
            })
    }

    /// The column of spilled values of one kind of a field, which must have one.
    pub(crate) fn column(&self, field: FieldId, kind: Kind) -> io::Result<Arc<StringColumn>> {
        let opened = || {
            self.open_columns
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some(column) = opened().get(&(field, kind)) {
            return Ok(Arc::clone(column));
        }
        let handles = self.columns.read_columns(&column_name(field, kind))?;
        let handle = handles
            .first()
            .ok_or_else(|| invalid("a column is missing"))?;
        let DynamicColumn::Str(values) = handle.open()? else {
            return Err(invalid("no column of values"));
        };
        // Buffers are as large as these numbers say; they must make sense.
        if values.dictionary().num_terms() > values.ords().values.num_vals() as usize {
            return Err(invalid("more different values than values"));
        }
        let column = Arc::new(StringColumn {
            values,
            rows: OnceLock::new(),
        });
        opened().insert((field, kind), Arc::clone(&column));
        Ok(column)
    }

    /// The rows that have a time.
    pub(crate) fn dated(&self) -> &Bits {
        self.dated.get_or_init(|| match &self.time {
            Some(time) => rows_of(time, self.info.rows),
            None => Bits::none(self.info.rows),
        })
    }

    /// Where the rows of each listed value are, by ordinal.
    pub(crate) fn listed(&self) -> io::Result<&[TermInfo]> {
        if let Some(listed) = self.listed.get() {
            return Ok(listed);
        }
        let mut listed = Vec::with_capacity(self.keywords.terms().num_terms());
        let mut stream = self.keywords.terms().stream()?;
        while stream.advance() {
            listed.push(stream.value().clone());
        }
        Ok(self.listed.get_or_init(|| listed))
    }

    /// Number of a row's entry, counted from the shard's first.
    pub(crate) fn entry_of(&self, row: u32) -> u64 {
        if self.entry_is_row {
            return u64::from(row);
        }
        let entry = self.entry.as_ref().filter(|_| row < self.info.rows);
        entry
            .and_then(|entry| u64::try_from(entry.get_val(row)).ok())
            .unwrap_or(0)
    }

    /// Number of a row's record in its entry.
    pub(crate) fn record_of(&self, row: u32) -> u32 {
        let record = self.record.as_ref().and_then(|column| column.first(row));
        record
            .and_then(|record| u32::try_from(record).ok())
            .unwrap_or(0)
    }

    /// Time of a row in nanoseconds.
    pub(crate) fn time_of(&self, row: u32) -> Option<i64> {
        self.time.as_ref().and_then(|column| column.first(row))
    }

    /// The first row whose entry is `entry` or later.
    pub(crate) fn first_row_from(&self, entry: u64) -> u32 {
        if self.entry_is_row {
            return u32::try_from(entry).unwrap_or(u32::MAX).min(self.info.rows);
        }
        let (mut low, mut high) = (0, self.info.rows);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry_of(middle) < entry {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Calls `each` for every long value, in the order of rows.
    pub(crate) fn long_values(
        &self,
        wanted: impl Fn(FieldId, Kind) -> bool,
        mut each: impl FnMut(LongValue),
    ) -> io::Result<()> {
        let mut reader = Reader {
            rest: self.long.as_slice(),
        };
        let invalid = || invalid("long values are cut");
        while !reader.rest.is_empty() {
            let row = reader.u32().ok_or_else(invalid)?;
            let field = reader.u32().ok_or_else(invalid)?;
            let code = reader.u8().ok_or_else(invalid)?;
            let length = reader.u32().ok_or_else(invalid)? as usize;
            let stored = reader.u32().ok_or_else(invalid)? as usize;
            let bytes = reader.take(stored).ok_or_else(invalid)?;
            let kind = Kind::ALL.into_iter().find(|kind| kind.code() == code);
            let kind = kind.ok_or_else(invalid)?;
            if !wanted(field, kind) {
                continue;
            }
            let text = if stored == length {
                bytes.to_vec()
            } else {
                zstd::bulk::decompress(bytes, length)?
            };
            let text = String::from_utf8(text).map_err(|_| invalid())?;
            each(LongValue { row, text });
        }
        Ok(())
    }
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// A column of whole numbers, of which it must hold `count`.
fn numbers(
    columns: &ColumnarReader,
    name: &str,
    count: Option<u32>,
) -> tantivy::Result<Option<Column<i64>>> {
    match columns.read_columns(name)?.first() {
        Some(handle) => match handle.open()? {
            DynamicColumn::I64(column)
                if count.is_none_or(|count| column.values.num_vals() == count) =>
            {
                Ok(Some(column))
            }
            _ => Err(invalid("no column of numbers").into()),
        },
        None if count.unwrap_or(0) == 0 => Ok(None),
        None => Err(invalid("a column is missing").into()),
    }
}

fn names(table: &FieldsTable) -> HashMap<FieldName, FieldId> {
    (0_u32..)
        .zip(&table.fields)
        .filter_map(|(number, field)| Some((field.name.clone()?, number)))
        .collect()
}

fn ordinals(table: &FieldsTable) -> Vec<u32> {
    let mut total = 0;
    let mut starts = Vec::with_capacity(table.fields.len() * Kind::ALL.len() + 1);
    for kind in table.fields.iter().flat_map(|field| &field.kinds) {
        starts.push(total);
        total += kind.listed;
    }
    starts.push(total);
    starts
}
