//! Reads the inputs and gives their lines to the writer.

use std::fs::{self, File};
use std::io::{self, BufRead as _, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, UNIX_EPOCH};

use sealscope_archive::input::{AsFound, Packing, Skipped, Unpacker};
use sealscope_archive::limits::ENTRY_BYTES_MAX;
use sealscope_archive::sealog::{
    INTERRUPTED, SealogWriter, SourceForm, SourceTotals, TakeSteps, WriteError, rfc3339,
};
use sealscope_model::Digest;
use sealscope_proof::Sha256Stream;

use super::inputs::Input;
use super::{Ending, Fed, SealError, SealedSource, Settings};
use crate::{Cancel, Progress};

/// Bytes handed on at a time: small enough to stop within 100 ms.
const CHUNK_BYTES: usize = 1 << 20;
/// Bytes read from a stream at a time; pipes give no more.
const STREAM_CHUNK_BYTES: usize = 128 << 10;
/// How long a silent stream is waited for before checkpoints and wishes to stop are looked at.
const STREAM_WAIT: Duration = Duration::from_millis(50);

/// Why an input ended early.
enum Halt {
    /// Somebody wished to stop.
    Stopped,
    /// A line that no entry can hold begins at this byte of the unpacked input.
    TooLong(u64),
    Write(WriteError),
}

impl From<WriteError> for Halt {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

/// Gives all inputs to the writer and ends the archive.
pub(super) fn feed<T: TakeSteps>(
    request: &Settings<'_>,
    inputs: Vec<Input>,
    writer: SealogWriter<'_, T>,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Fed, SealError> {
    let written = |error| SealError::Write {
        path: request.out.to_owned(),
        error,
    };
    let mut feeder = Feeder {
        writer,
        progress,
        cancel,
        sources: Vec::new(),
        vanished: Vec::new(),
        lines: Lines::default(),
    };
    let mut halt = None;
    for input in inputs {
        let fed = match input {
            Input::File { path, .. } => feeder.file(&path),
            Input::Stream { name, bytes } => feeder.stream(&name, bytes),
        };
        if let Err(reason) = fed {
            halt = Some(reason);
            break;
        }
    }
    let Feeder {
        mut writer,
        sources,
        vanished,
        ..
    } = feeder;
    match &halt {
        // The source that is open ends here, and the archive can be appended to.
        Some(Halt::Stopped | Halt::TooLong(_)) => writer.gap(INTERRUPTED, None).map_err(written)?,
        Some(Halt::Write(_)) | None => {}
    }
    let entries = writer.entries();
    let is_closed = halt.is_none() && request.ending == Ending::Close;
    match halt {
        Some(Halt::Write(error)) => return Err(written(error)),
        _ if is_closed => drop(writer.close("complete").map_err(written)?),
        _ => drop(writer.leave_open().map_err(written)?),
    }
    if let Some(Halt::TooLong(offset_bytes)) = halt {
        return Err(SealError::LineTooLong {
            input: sources
                .last()
                .map(|source| source.name.clone())
                .unwrap_or_default(),
            offset_bytes,
            out: request.out.to_owned(),
        });
    }
    Ok(Fed {
        entries,
        sources,
        vanished,
        is_closed,
        is_stopped: halt.is_some(),
    })
}

struct Feeder<'f, 'n, T> {
    writer: SealogWriter<'n, T>,
    progress: &'f Progress,
    cancel: &'f Cancel,
    sources: Vec<SealedSource>,
    vanished: Vec<Skipped>,
    lines: Lines,
}

impl<T: TakeSteps> Feeder<'_, '_, T> {
    fn file(&mut self, path: &Path) -> Result<(), Halt> {
        let name = path.to_string_lossy().into_owned();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let reason = format!("{name} could be opened before and cannot now: {error}.");
                self.writer.gap(&reason, None)?;
                self.vanished.push(Skipped {
                    path: path.to_owned(),
                    reason,
                });
                return Ok(());
            }
        };
        // A log that grows is read to where it ended, or reading might never end.
        let mut found = AsFound::hashing(file.take(metadata.len()));
        let packing = Packing::of(found.fill_buf().unwrap_or_default());
        let form = match packing {
            Packing::Plain => SourceForm::Plain,
            Packing::Gzip => SourceForm::Gzip,
            Packing::Zstd => SourceForm::Zstd,
        };
        self.begin(&name, modified(&metadata), form)?;
        let mut gaps = Vec::new();
        let (raw, found) = self.unpack(&name, found, packing, &mut gaps)?;
        let (bytes, sha256) = found;
        if bytes < metadata.len() && gaps.is_empty() {
            gaps.push(format!("{name} became shorter while it was read."));
        }
        let now = fs::metadata(path);
        let has_changed = !now
            .is_ok_and(|now| now.len() == metadata.len() && modified(&now) == modified(&metadata));
        let totals = self.lines.totals(bytes, sha256, raw.unwrap_or(sha256));
        self.end(totals, gaps, has_changed)
    }

    /// Unpacks a file and gives its lines on; the digests of the unpacked bytes (where they are not
    /// those as found) and of the bytes as found.
    fn unpack(
        &mut self,
        name: &str,
        found: AsFound<io::Take<File>>,
        packing: Packing,
        gaps: &mut Vec<String>,
    ) -> Result<(Option<Digest>, (u64, Digest)), Halt> {
        let mut unpacker = Unpacker::new(found, packing).map_err(WriteError::Output)?;
        let mut raw = (packing != Packing::Plain).then(Sha256Stream::default);
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut offset_bytes = 0;
        let failure = loop {
            let count = match unpacker.read(&mut chunk) {
                Ok(0) => break None,
                Ok(count) => count,
                Err(error) => break Some(error),
            };
            let bytes = chunk.get(..count).unwrap_or_default();
            if let Some(raw) = &mut raw {
                raw.update(bytes);
            }
            self.take(bytes)?;
            let now = unpacker.offset_bytes();
            self.progress.add_bytes(now - offset_bytes);
            offset_bytes = now;
        };
        self.last_line()?;
        if let Some(fault) = unpacker.fault().filter(|_| failure.is_none()) {
            gaps.push(format!(
                "{}, at byte {} of {name}.",
                fault.reason, fault.offset_bytes
            ));
        }
        let mut found = unpacker.into_found().ok_or(WriteError::Order)?;
        // What stands behind a fault is part of the bytes as found.
        let failure = failure.or_else(|| found.read_to_end().err());
        let (bytes, sha256) = found.so_far();
        if let Some(error) = failure {
            gaps.push(format!("reading {name} failed at byte {bytes}: {error}."));
        }
        self.progress.add_bytes(bytes.saturating_sub(offset_bytes));
        let sha256 = sha256.map_or(sealscope_proof::sha256(b""), |digest| *digest.get());
        let raw = raw.map(|raw| *raw.finish().get());
        Ok((raw, (bytes, sha256)))
    }

    fn stream(&mut self, name: &str, bytes: Box<dyn Read + Send>) -> Result<(), Halt> {
        self.begin(name, None, SourceForm::Stdin)?;
        let chunks = read_ahead(bytes);
        let mut hash = Sha256Stream::default();
        let mut gaps = Vec::new();
        loop {
            match chunks.recv_timeout(STREAM_WAIT) {
                Ok(Ok(chunk)) => {
                    hash.update(&chunk);
                    self.take(&chunk)?;
                    self.progress.add_bytes(chunk.len() as u64);
                }
                Ok(Err(error)) => gaps.push(format!("reading {name} failed: {error}.")),
                Err(RecvTimeoutError::Timeout) => self.look_up()?,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.last_line()?;
        let sha256 = *hash.finish().get();
        let totals = self.lines.totals(self.lines.bytes, sha256, sha256);
        self.end(totals, gaps, false)
    }

    fn begin(
        &mut self,
        name: &str,
        modified: Option<String>,
        form: SourceForm,
    ) -> Result<(), Halt> {
        self.look_up()?;
        self.lines = Lines::default();
        self.sources.push(SealedSource {
            name: name.to_owned(),
            form,
            bytes: 0,
            sha256: Digest::new([0; 32]),
            bytes_raw: 0,
            sha256_raw: Digest::new([0; 32]),
            entries: 0,
            gaps: vec![INTERRUPTED.to_owned()],
            has_changed: false,
        });
        Ok(self.writer.begin_source(name, modified, form)?)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        let entries = self.lines.entries;
        self.lines.take(bytes, &mut self.writer)?;
        self.progress.add_entries(self.lines.entries - entries);
        self.look_up()
    }

    fn last_line(&mut self) -> Result<(), Halt> {
        let entries = self.lines.entries;
        self.lines.end(&mut self.writer)?;
        self.progress.add_entries(self.lines.entries - entries);
        Ok(())
    }

    /// Makes a checkpoint when one is due, and stops when somebody wished so.
    fn look_up(&mut self) -> Result<(), Halt> {
        if self.cancel.is_stopped() {
            return Err(Halt::Stopped);
        }
        Ok(self.writer.tick()?)
    }

    fn end(
        &mut self,
        totals: SourceTotals,
        gaps: Vec<String>,
        has_changed: bool,
    ) -> Result<(), Halt> {
        for gap in &gaps {
            self.writer.gap(gap, None)?;
        }
        self.writer.end_source(&totals)?;
        if let Some(source) = self.sources.last_mut() {
            source.bytes = totals.bytes;
            source.sha256 = totals.sha256;
            source.bytes_raw = totals.bytes_raw;
            source.sha256_raw = totals.sha256_raw;
            source.entries = self.lines.entries;
            source.gaps = gaps;
            source.has_changed = has_changed;
        }
        Ok(())
    }
}

/// Divides a stream into lines.
#[derive(Default)]
struct Lines {
    /// The line that the last chunk broke off in.
    begun: Vec<u8>,
    /// Bytes taken.
    bytes: u64,
    entries: u64,
    lacks_lf: bool,
}

impl Lines {
    fn take<T: TakeSteps>(
        &mut self,
        bytes: &[u8],
        writer: &mut SealogWriter<'_, T>,
    ) -> Result<(), Halt> {
        let mut begin = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            let line = bytes.get(begin..end).unwrap_or_default();
            let offset_bytes = self.bytes + begin as u64 - self.begun.len() as u64;
            if self.begun.is_empty() {
                entry(writer, line, offset_bytes)?;
            } else {
                self.begun.extend_from_slice(line);
                entry(writer, &self.begun, offset_bytes)?;
                self.begun.clear();
            }
            self.entries += 1;
            begin = end + 1;
        }
        let rest = bytes.get(begin..).unwrap_or_default();
        self.bytes += bytes.len() as u64;
        if self.begun.len() + rest.len() > ENTRY_BYTES_MAX {
            return Err(Halt::TooLong(
                self.bytes - rest.len() as u64 - self.begun.len() as u64,
            ));
        }
        self.begun.extend_from_slice(rest);
        Ok(())
    }

    /// The last line may have no line feed.
    fn end<T: TakeSteps>(&mut self, writer: &mut SealogWriter<'_, T>) -> Result<(), Halt> {
        if self.begun.is_empty() {
            return Ok(());
        }
        entry(writer, &self.begun, self.bytes - self.begun.len() as u64)?;
        self.begun.clear();
        self.entries += 1;
        self.lacks_lf = true;
        Ok(())
    }

    const fn totals(&self, bytes: u64, sha256: Digest, sha256_raw: Digest) -> SourceTotals {
        SourceTotals {
            bytes,
            sha256,
            bytes_raw: self.bytes,
            sha256_raw,
            ends_with_lf: !self.lacks_lf,
        }
    }
}

fn entry<T: TakeSteps>(
    writer: &mut SealogWriter<'_, T>,
    line: &[u8],
    offset_bytes: u64,
) -> Result<(), Halt> {
    writer.entry(line).map_err(|error| match error {
        WriteError::LineTooLong { .. } => Halt::TooLong(offset_bytes),
        other => Halt::Write(other),
    })
}

/// Reads a stream on a thread of its own, so that a silent one does not hold up checkpoints. The
/// thread ends with the stream, or when nobody takes its chunks any more.
fn read_ahead(mut bytes: Box<dyn Read + Send>) -> Receiver<io::Result<Vec<u8>>> {
    let (chunks, taken) = sync_channel(16);
    std::thread::spawn(move || {
        loop {
            let mut chunk = vec![0; STREAM_CHUNK_BYTES];
            let read = match bytes.read(&mut chunk) {
                Ok(0) => return,
                Ok(count) => {
                    chunk.truncate(count);
                    Ok(chunk)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let is_end = read.is_err();
            if chunks.send(read).is_err() || is_end {
                return;
            }
        }
    });
    taken
}

fn modified(metadata: &fs::Metadata) -> Option<String> {
    let time = metadata.modified().ok()?;
    let ns = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok()?,
        Err(before) => -i64::try_from(before.duration().as_nanos()).ok()?,
    };
    Some(rfc3339(ns))
}
