//! All rows of an index in the order of time, in one file.
//!
//! The file: `SSORDER1`, number of rows (8 bytes), SHA-256 of the names of the shards in order, the
//! rows oldest first, the rows newest first (4 bytes each, little-endian), SHA-256 of all before.
//! In both orders rows of the same time stand in the order of position, and undated ones last, in
//! the order of position.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use tantivy::Directory;
use tantivy::directory::{MmapDirectory, OwnedBytes};

use super::hits::{Sort, compare};
use super::{Context, Fault, Index, ShardPlace, Stop, guarded};
use crate::IndexError;

const MAGIC: &[u8; 8] = b"SSORDER1";
const HEAD_BYTES: usize = 8 + 8 + 32;
const DIGEST_BYTES: usize = 32;
/// Rows sorted at a time, about: 16 bytes each in memory.
const BATCH_ROWS: usize = 4 << 20;
/// One row in so many is looked at to cut time into batches.
const SAMPLE_STEP: u32 = 64;

/// The rows of an index in the order of time.
#[derive(Clone)]
pub struct TimeOrder {
    bytes: OwnedBytes,
    rows: u64,
}

impl std::fmt::Debug for TimeOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TimeOrder")
            .field("rows", &self.rows)
            .finish()
    }
}

impl TimeOrder {
    /// Sorts the rows of an index and writes the file; it is there when this returns, whole.
    ///
    /// # Errors
    /// The file cannot be written, a shard cannot be read, the call was cancelled, or the index has
    /// more than 2^32 rows.
    pub fn build(index: &Index, path: &Path, context: &Context<'_>) -> Result<Self, IndexError> {
        if u32::try_from(index.rows()).is_err() {
            return Err(IndexError::Full {
                what: "rows in the order of time",
                limit: 1 << 32,
            });
        }
        let io = |error| IndexError::io(path, error);
        let draft = path.with_extension("new");
        let mut builder = Builder::create(&draft, index).map_err(io)?;
        builder.write_dated(index, &context.stop())?;
        builder.write_undated(index, &context.stop())?;
        builder.finish().map_err(io)?;
        std::fs::rename(&draft, path).map_err(io)?;
        Self::open(index, path)
    }

    /// Opens the file, after checking its digest and that it is of this index.
    ///
    /// # Errors
    /// It is damaged, cut, or of another index: build it again.
    pub fn open(index: &Index, path: &Path) -> Result<Self, IndexError> {
        let damaged = |what: &str| IndexError::damaged(path, what);
        let read = || -> io::Result<OwnedBytes> {
            let missing = || io::Error::new(io::ErrorKind::NotFound, "no such file");
            let (dir, name) = (path.parent(), path.file_name());
            let (dir, name) = (dir.ok_or_else(missing)?, name.ok_or_else(missing)?);
            let directory = MmapDirectory::open(dir).map_err(io::Error::other)?;
            let file = directory
                .open_read(Path::new(name))
                .map_err(io::Error::other)?;
            file.read_bytes()
        };
        let bytes = read().map_err(|error| IndexError::damaged(path, error.to_string()))?;
        let rows = index.rows();
        let length = rows.checked_mul(8).and_then(|body| {
            usize::try_from(body)
                .ok()
                .map(|body| HEAD_BYTES + body + DIGEST_BYTES)
        });
        if Some(bytes.len()) != length {
            return Err(damaged("it has another number of rows"));
        }
        let (body, digest) = bytes.split_at(bytes.len() - DIGEST_BYTES);
        if Sha256::digest(body)[..] != *digest {
            return Err(damaged("it is not what was written"));
        }
        if body.get(..HEAD_BYTES) != Some(head(index).as_slice()) {
            return Err(damaged("it is the order of other shards"));
        }
        Ok(Self { bytes, rows })
    }

    /// Whether it is the order of this index.
    pub(crate) fn is_of(&self, index: &Index) -> bool {
        self.rows == index.rows() && self.bytes.get(..HEAD_BYTES) == Some(head(index).as_slice())
    }

    /// The row at a place of an order.
    pub(crate) fn row(&self, sort: Sort, place: u64) -> Option<u64> {
        self.rows(sort, place).next()
    }

    /// The rows of an order from a place on.
    pub(crate) fn rows(&self, sort: Sort, from: u64) -> impl Iterator<Item = u64> + '_ {
        let rows = usize::try_from(self.rows).unwrap_or(0);
        let from = usize::try_from(from).unwrap_or(rows).min(rows);
        let start = HEAD_BYTES + if sort == Sort::TimeDown { rows * 4 } else { 0 };
        let part = self
            .bytes
            .get(start + from * 4..start + rows * 4)
            .unwrap_or_default();
        let (places, _) = part.as_chunks::<4>();
        // A row that is not there would be a forged file; the reader skips it.
        places.iter().map(|row| u64::from(u32::from_le_bytes(*row)))
    }
}

/// Magic, number of rows, digest of the shards' names.
fn head(index: &Index) -> Vec<u8> {
    let mut names = Sha256::new();
    for place in index.shards() {
        names.update(place.shard.identity().as_bytes());
        names.update(place.archive.to_le_bytes());
        names.update(place.first_position.to_le_bytes());
    }
    let mut head = MAGIC.to_vec();
    head.extend_from_slice(&index.rows().to_le_bytes());
    head.extend_from_slice(&names.finalize());
    head
}

/// A row's time and number.
type TimedRow = (Option<i64>, u64);

struct Builder {
    file: BufWriter<File>,
    rows: u64,
    dated: u64,
    /// Rows written to the order oldest first.
    written: u64,
}

impl Builder {
    fn create(draft: &Path, index: &Index) -> io::Result<Self> {
        let file = File::options()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(draft)?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        file.write_all(&head(index))?;
        Ok(Self {
            file,
            rows: index.rows(),
            dated: index.dated(),
            written: 0,
        })
    }

    fn write_dated(&mut self, index: &Index, stop: &Stop<'_>) -> Result<(), IndexError> {
        let bounds = bounds(index, stop)?;
        for pair in bounds.windows(2) {
            let [from, to] = pair else { continue };
            let last = if *to == i64::MAX { *to } else { to - 1 };
            let parts: Result<Vec<Vec<TimedRow>>, IndexError> = index
                .shards()
                .par_iter()
                .zip(&index.inner.starts)
                .map(|(place, start)| rows_between(place, *start, *from, last, stop))
                .collect();
            let mut rows: Vec<TimedRow> = parts?.into_iter().flatten().collect();
            // Logs are nearly in order; this sort is quick on runs.
            rows.par_sort_by(|one, other| compare(Sort::Time, *one, *other));
            self.write_batch(&rows)
                .map_err(|error| IndexError::io(Path::new("order"), error))?;
        }
        Ok(())
    }

    fn write_batch(&mut self, rows: &[TimedRow]) -> io::Result<()> {
        self.seek(self.written)?;
        for (_, row) in rows {
            self.write_row(*row)?;
        }
        self.written += rows.len() as u64;
        // Newest first, what is later in the order stands earlier.
        self.seek(self.rows + self.dated - self.written.min(self.dated))?;
        for same_time in rows.chunk_by(|one, other| one.0 == other.0).rev() {
            for (_, row) in same_time {
                self.write_row(*row)?;
            }
        }
        Ok(())
    }

    fn write_undated(&mut self, index: &Index, stop: &Stop<'_>) -> Result<(), IndexError> {
        let mut undated = Vec::new();
        for (place, start) in index.shards().iter().zip(&index.inner.starts) {
            let shard = &place.shard;
            if shard.info().dated == shard.rows() {
                continue;
            }
            guarded(shard, || {
                stop.check()?;
                let rows = (0..shard.rows()).filter(|row| shard.time_of(*row).is_none());
                undated.extend(rows.map(|row| start + u64::from(row)));
                Ok(())
            })?;
        }
        let mut write = || -> io::Result<()> {
            for order in [0, self.rows] {
                self.seek(order + self.dated)?;
                for row in &undated {
                    self.write_row(*row)?;
                }
            }
            Ok(())
        };
        write().map_err(|error| IndexError::io(Path::new("order"), error))
    }

    fn seek(&mut self, place: u64) -> io::Result<()> {
        self.file
            .seek(SeekFrom::Start(HEAD_BYTES as u64 + place * 4))
            .map(|_| ())
    }

    fn write_row(&mut self, row: u64) -> io::Result<()> {
        // `build` made sure that rows fit.
        self.file
            .write_all(&u32::try_from(row).unwrap_or(u32::MAX).to_le_bytes())
    }

    fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        let mut file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        loop {
            let length = file.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            hash.update(buffer.get(..length).unwrap_or_default());
        }
        file.write_all(&hash.finalize())?;
        file.sync_all()
    }
}

/// Times that cut the dated rows into batches; from the first to beyond the last.
fn bounds(index: &Index, stop: &Stop<'_>) -> Result<Vec<i64>, IndexError> {
    let mut sample = Vec::new();
    for place in index.shards() {
        let shard = &place.shard;
        guarded(shard, || {
            stop.check()?;
            let rows = (0..shard.rows()).step_by(SAMPLE_STEP as usize);
            sample.extend(rows.filter_map(|row| shard.time_of(row)));
            Ok(())
        })?;
    }
    sample.par_sort_unstable();
    let mut bounds = vec![i64::MIN];
    bounds.extend(
        sample
            .into_iter()
            .skip(1)
            .step_by(BATCH_ROWS / SAMPLE_STEP as usize)
            .skip(1),
    );
    bounds.push(i64::MAX);
    bounds.dedup();
    Ok(bounds)
}

/// The rows of a shard of the times `from` to `last`, both included.
fn rows_between(
    place: &ShardPlace,
    start: u64,
    from: i64,
    last: i64,
    stop: &Stop<'_>,
) -> Result<Vec<TimedRow>, IndexError> {
    let shard = &place.shard;
    guarded(shard, || -> Result<_, Fault> {
        stop.check()?;
        let (Some((oldest, newest)), Some(time)) = (shard.info().times, &shard.time) else {
            return Ok(Vec::new());
        };
        if newest < from || last < oldest {
            return Ok(Vec::new());
        }
        let mut rows = Vec::new();
        time.get_docids_for_value_range(from..=last, 0..shard.rows(), &mut rows);
        Ok(rows
            .into_iter()
            .map(|row| (time.first(row), start + u64::from(row)))
            .collect())
    })
}
