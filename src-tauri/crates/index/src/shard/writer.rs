use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sealscope_fields::{Record, SPINE_KEYWORDS, Spine, TOKEN_BYTES_MAX, tokens};
use tantivy::columnar::ColumnarWriter;
use tantivy::directory::{CompositeWrite, MmapDirectory, TerminatingWrite};
use tantivy::index::SegmentComponent;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::{Directory, IndexSettings, Segment};

use super::layout::{
    ENTRY_COLUMN, FIELDS_FILE, FieldId, KEYWORDS, Kind, LONG_FILE, MESSAGE, MESSAGE_WORDS,
    RECORD_COLUMN, ROW_WORDS, TIME_COLUMN, VALUE_WORDS, keyword_key, schema,
};
use super::manifest::{MANIFEST, Manifest};
use super::values::{Finished, Limits, Put, Values};
use super::words::WordLog;
use crate::IndexError;

/// Most rows of one shard.
pub const SHARD_ROWS_MAX: u32 = 1 << 24;

/// Writes one shard. One worker fills it, entry after entry; nothing is on disk before
/// [`Self::finish`]. Dropping it unfinished leaves at most an empty folder.
pub struct ShardWriter {
    dir: PathBuf,
    values: Values,
    columns: ColumnarWriter,
    row_words: WordLog,
    message_words: WordLog,
    long: LongValues,
    stats: Manifest,
    last_entry: Option<u32>,
}

/// What a finished shard holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardInfo {
    /// Rows.
    pub rows: u32,
    /// Entries that gave rows.
    pub entries: u32,
    /// Rows that have a time.
    pub dated: u32,
    /// Oldest and newest time in nanoseconds since 1970; `None` when no row is dated.
    pub times: Option<(i64, i64)>,
    /// Size of its folder in bytes.
    pub bytes: u64,
}

impl ShardInfo {
    pub(crate) fn of(manifest: &Manifest) -> Self {
        Self {
            rows: manifest.rows,
            entries: manifest.entries,
            dated: manifest.dated,
            times: manifest.times,
            bytes: manifest.files.iter().map(|(_, size, _)| size).sum(),
        }
    }
}

impl ShardWriter {
    /// Starts a shard in a folder of its own, which is made if it is missing; what an interrupted
    /// run left in it is removed.
    ///
    /// # Errors
    /// The folder cannot be made or emptied.
    pub fn create(dir: &Path) -> Result<Self, IndexError> {
        Self::create_with(dir, Limits::default())
    }

    /// The same with limits of one's own.
    pub(crate) fn create_with(dir: &Path, limits: Limits) -> Result<Self, IndexError> {
        let io = |error| IndexError::io(dir, error);
        fs::create_dir_all(dir).map_err(io)?;
        // The manifest goes first: without it the folder is no shard.
        match fs::remove_file(dir.join(MANIFEST)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        for file in fs::read_dir(dir).map_err(io)? {
            let file = file.map_err(io)?;
            if file.file_type().map_err(io)?.is_file() {
                fs::remove_file(file.path()).map_err(io)?;
            }
        }
        Ok(Self {
            dir: dir.to_owned(),
            values: Values::new(limits),
            columns: ColumnarWriter::default(),
            row_words: WordLog::new(),
            message_words: WordLog::new(),
            long: LongValues::default(),
            stats: Manifest::default(),
            last_entry: None,
        })
    }

    /// Adds the next row: the record numbered `record` of the entry that lies `entry_in_shard`
    /// entries after the shard's first. Entries come in ascending order, and so do the records of
    /// one entry.
    ///
    /// # Errors
    /// The shard is full ([`SHARD_ROWS_MAX`], or 4 GiB of words).
    pub fn add(
        &mut self,
        entry_in_shard: u32,
        record: u32,
        content: &Record,
    ) -> Result<(), IndexError> {
        let row = self.values.row();
        if row >= SHARD_ROWS_MAX {
            return Err(IndexError::Full {
                what: "rows",
                limit: u64::from(SHARD_ROWS_MAX),
            });
        }
        let spine = content.spine();
        self.add_position(row, entry_in_shard, record);
        self.add_time(row, &spine);
        for (field, name) in (0_u32..).zip(SPINE_KEYWORDS) {
            if let Some(text) = spine.keyword(name) {
                self.add_value(row, field, Kind::Text, text, true);
            }
        }
        if self.values.put(MESSAGE, Kind::Text, spine.message) != Put::Listed {
            self.message_words.add(row, spine.message);
        }
        for raw in content.raw() {
            let field = self.values.raw_field(raw.path);
            let kind = Kind::of(&raw.value);
            let text = raw.value.as_text();
            // Words of the message are found anyway.
            let known = !kind.has_words() || text == spine.message;
            self.add_value(row, field, kind, text, known);
        }
        self.values.end_row();
        if self.values.is_full() || self.row_words.is_full() || self.message_words.is_full() {
            return Err(IndexError::Full {
                what: "bytes of text",
                limit: 1 << 32,
            });
        }
        Ok(())
    }

    /// Bytes of memory in use. Callers with a budget finish the shard when it is reached; writing
    /// takes about half as much again.
    #[must_use]
    pub fn bytes_in_use(&self) -> usize {
        self.values.bytes_in_use()
            + self.columns.mem_usage()
            + self.row_words.bytes_in_use()
            + self.message_words.bytes_in_use()
            + self.long.bytes.capacity()
    }

    /// Rows added so far.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.values.row()
    }

    fn add_position(&mut self, row: u32, entry_in_shard: u32, record: u32) {
        self.columns
            .record_numerical(row, ENTRY_COLUMN, i64::from(entry_in_shard));
        if record != 0 {
            self.columns
                .record_numerical(row, RECORD_COLUMN, i64::from(record));
        }
        if self.last_entry != Some(entry_in_shard) {
            self.last_entry = Some(entry_in_shard);
            self.stats.entries += 1;
        }
    }

    fn add_time(&mut self, row: u32, spine: &Spine<'_>) {
        let Some(time) = spine.time else { return };
        self.columns.record_numerical(row, TIME_COLUMN, time.ns);
        self.stats.dated += 1;
        let (oldest, newest) = self.stats.times.unwrap_or((time.ns, time.ns));
        self.stats.times = Some((oldest.min(time.ns), newest.max(time.ns)));
    }

    /// Adds a value; its words too, unless they are `known` to be found elsewhere or nowhere.
    fn add_value(&mut self, row: u32, field: FieldId, kind: Kind, text: &str, known: bool) {
        match self.values.put(field, kind, text) {
            Put::Listed => {}
            Put::Spilled => {
                self.columns
                    .record_str(row, self.values.column(field, kind), text);
                if known {
                } else if is_one_word(text) {
                    self.values.note_lone_word(field, kind);
                } else {
                    self.row_words.add(row, text);
                }
            }
            Put::Long => {
                self.long.add(row, field, kind, text);
                if !known {
                    self.row_words.add(row, text);
                }
            }
        }
    }

    /// Writes the shard. Its folder is complete when this returns.
    ///
    /// # Errors
    /// A file could not be written; the folder is then no shard.
    pub fn finish(self) -> Result<ShardInfo, IndexError> {
        let dir = self.dir.clone();
        let manifest = self
            .write()
            .map_err(|error| IndexError::tantivy(&dir, error))?;
        Ok(ShardInfo::of(&manifest.write(&dir)?))
    }

    fn write(mut self) -> tantivy::Result<Manifest> {
        let rows = self.values.row();
        let directory = MmapDirectory::open(&self.dir)?;
        let index = tantivy::Index::create(directory, schema(), IndexSettings::default())?;
        let segment = index.new_segment();
        let finished = self.values.finish();
        let mut serializer = InvertedIndexSerializer::open(&segment)?;
        write_listed(&mut serializer, &finished)?;
        write_value_words(&mut serializer, &finished)?;
        write_words(&mut serializer, ROW_WORDS, self.row_words)?;
        write_words(&mut serializer, MESSAGE_WORDS, self.message_words)?;
        serializer.close()?;
        let mut columns = segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(rows, None, &mut columns)?;
        columns.terminate()?;
        write_unused(&segment)?;
        write_file(&index, FIELDS_FILE, &finished.table.to_bytes())?;
        write_file(&index, LONG_FILE, &self.long.bytes)?;
        Ok(Manifest {
            segment: segment.id().uuid_string(),
            rows,
            ..self.stats
        })
    }
}

fn write_listed(serializer: &mut InvertedIndexSerializer, finished: &Finished) -> io::Result<()> {
    let mut field = serializer.new_field(KEYWORDS, 0, None)?;
    let mut key = Vec::new();
    for (_, number, kind, text, rows) in finished.terms() {
        keyword_key(number, kind, text, &mut key);
        field.new_term(&key, u32::try_from(rows.len()).unwrap_or(u32::MAX), false)?;
        for row in rows {
            field.write_doc(*row, 1, &[]);
        }
        field.close_term()?;
    }
    field.close()
}

fn write_value_words(
    serializer: &mut InvertedIndexSerializer,
    finished: &Finished,
) -> io::Result<()> {
    let mut words = WordLog::new();
    for (ordinal, field, kind, text, _) in finished.terms() {
        if field >= MESSAGE
            && kind.has_words()
            && let Ok(text) = std::str::from_utf8(text)
        {
            words.add(ordinal, text);
        }
    }
    write_words(serializer, VALUE_WORDS, words)
}

fn write_words(
    serializer: &mut InvertedIndexSerializer,
    field: tantivy::schema::Field,
    words: WordLog,
) -> io::Result<()> {
    let mut field = serializer.new_field(field, words.count(), None)?;
    words.write(&mut field)?;
    field.close()
}

/// tantivy opens these two with every segment; we keep nothing in them.
fn write_unused(segment: &Segment) -> tantivy::Result<()> {
    CompositeWrite::wrap(segment.open_write(SegmentComponent::FieldNorms)?).close()?;
    segment.open_write(SegmentComponent::Store)?.terminate()?;
    Ok(())
}

fn write_file(index: &tantivy::Index, name: &str, bytes: &[u8]) -> tantivy::Result<()> {
    let mut file = index.directory().open_write(Path::new(name))?;
    file.write_all(bytes)?;
    file.terminate()?;
    Ok(())
}

/// Whether a text is one word, letter for letter as words are cut.
pub(crate) fn is_one_word(text: &str) -> bool {
    if text.is_empty() || text.len() > TOKEN_BYTES_MAX {
        return false;
    }
    if text.is_ascii() {
        return text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    }
    let (mut words, mut same) = (0, false);
    tokens(text, |word| {
        words += 1;
        same = word == text;
    });
    words == 1 && same
}

/// Values too long for terms and columns, one after the other.
#[derive(Default)]
struct LongValues {
    bytes: Vec<u8>,
}

impl LongValues {
    /// Row, field, kind, length, stored length, text. Stored is the text itself where compressing
    /// does not make it shorter: then both lengths are the same.
    fn add(&mut self, row: u32, field: FieldId, kind: Kind, text: &str) {
        let packed = zstd::bulk::compress(text.as_bytes(), 1)
            .ok()
            .filter(|packed| packed.len() < text.len())
            .unwrap_or_else(|| text.as_bytes().to_vec());
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
        self.bytes.extend_from_slice(&row.to_le_bytes());
        self.bytes.extend_from_slice(&field.to_le_bytes());
        self.bytes.push(kind.code());
        self.bytes.extend_from_slice(&length(text.as_bytes()));
        self.bytes.extend_from_slice(&length(&packed));
        self.bytes.extend_from_slice(&packed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_word_is_what_cutting_leaves_as_it_is(
            text in "[a-z0-9]{0,9}|[A-Za-z0-9é登 -]{0,5}|\\PC{0,3}|a{254,259}"
        ) {
            let mut words = Vec::new();
            tokens(&text, |word| words.push(word.to_owned()));
            prop_assert_eq!(is_one_word(&text), words == vec![text.clone()]);
        }
    }
}
