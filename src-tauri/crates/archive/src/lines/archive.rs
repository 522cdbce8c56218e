use std::io;
use std::path::PathBuf;

use memchr::{memchr, memchr_iter};
use sealscope_model::Damage;

use super::Reading;
use crate::{Archive, FileStamp, ReadError, Segment, Source, Structure, limits};

const PIECE: u64 = limits::PIECE_BYTES as u64;
/// Bytes read at a time to find the end of a line that goes on behind its piece.
const STEP_BYTES: usize = 64 << 10;

/// How the text is divided into segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Segment `k` holds the lines that begin in piece `k`.
    Pieces(usize),
    /// The whole text is one entry.
    Document,
}

impl Plan {
    pub(super) fn pieces(bytes: u64) -> Self {
        Self::Pieces(usize::try_from(bytes.div_ceil(PIECE)).unwrap_or(usize::MAX))
    }
}

/// An open plain log.
#[derive(Debug)]
pub(crate) struct LinesArchive {
    source: Source,
    text: Option<Source>,
    plan: Plan,
    damage: Vec<Damage>,
    notes: Vec<String>,
}

impl LinesArchive {
    pub(super) fn new(source: Source, plan: Plan, reading: Reading) -> Self {
        Self {
            source,
            text: reading.text,
            plan,
            damage: reading.damage,
            notes: reading.notes,
        }
    }

    /// The bytes that are divided into lines.
    pub(crate) fn text(&self) -> &Source {
        self.text.as_ref().unwrap_or(&self.source)
    }

    /// Where a piece begins and ends; `None` beyond the last.
    fn piece(&self, ordinal: usize) -> Option<(u64, u64)> {
        let bytes = self.text().bytes();
        match self.plan {
            Plan::Document => (ordinal == 0).then_some((0, bytes)),
            Plan::Pieces(count) => (ordinal < count).then(|| {
                let begin = ordinal as u64 * PIECE;
                (begin, (begin + PIECE).min(bytes))
            }),
        }
    }

    fn fill_document(&self, segment: &mut Segment) -> io::Result<()> {
        let text = self.text();
        // The plan says document only where the limit of an entry holds.
        let bytes = usize::try_from(text.bytes()).unwrap_or(usize::MAX);
        let bytes = bytes.min(limits::ENTRY_BYTES_MAX);
        text.read_into(0, bytes, &mut segment.text)?;
        let end = segment.text.len() - usize::from(segment.text.ends_with(b"\n"));
        let feeds = memchr_iter(b'\n', &segment.text).count() as u64;
        segment.lines = feeds + u64::from(!segment.text.ends_with(b"\n"));
        segment.entries.push(0..offset(end));
        Ok(())
    }

    fn fill_piece(&self, begin: u64, end: u64, segment: &mut Segment) -> io::Result<()> {
        // The byte before tells whether a line begins with the piece.
        let from = begin.saturating_sub(1);
        let bytes = usize::try_from(end - from).unwrap_or(usize::MAX);
        let bytes = bytes.min(limits::PIECE_BYTES + 1);
        self.text().read_into(from, bytes, &mut segment.text)?;
        let first = match begin {
            0 => 0,
            _ => memchr(b'\n', &segment.text).map_or(segment.text.len(), |place| place + 1),
        };
        segment.text.drain(..first);
        segment.offset_bytes = from + first as u64;
        if segment.text.is_empty() {
            return Ok(());
        }
        self.complete_last_line(end, segment)?;
        divide(segment);
        Ok(())
    }

    /// Reads on to the end of the line that the piece ends in; one longer than an entry is cut.
    fn complete_last_line(&self, end: u64, segment: &mut Segment) -> io::Result<()> {
        let line = memchr::memrchr(b'\n', &segment.text).map_or(0, |place| place + 1);
        if line == segment.text.len() {
            return Ok(());
        }
        let mut at = end;
        let mut step = vec![0; STEP_BYTES];
        let mut cut_bytes = 0;
        while at < self.text().bytes() {
            let count = self.text().read_at(at, &mut step)?;
            let read = step.get(..count).unwrap_or_default();
            let found = memchr(b'\n', read);
            let rest = read.get(..found.unwrap_or(count)).unwrap_or_default();
            let room = (line + limits::ENTRY_BYTES_MAX).saturating_sub(segment.text.len());
            let (kept, cut) = rest.split_at(rest.len().min(room));
            segment.text.extend_from_slice(kept);
            cut_bytes += cut.len() as u64;
            at += count as u64;
            if count == 0 || found.is_some() {
                if found.is_some() {
                    segment.text.push(b'\n');
                }
                break;
            }
            // A long line is read in longer steps.
            if step.len() < 1 << 20 {
                step.resize(step.len() * 2, 0);
            }
        }
        if cut_bytes > 0 {
            segment.rejected_bytes = cut_bytes;
            segment.damage.push(Damage::at(
                segment.offset_bytes + line as u64,
                format!(
                    "a line of {} bytes is longer than an entry may be: its last {cut_bytes} bytes \
                     are left out",
                    limits::ENTRY_BYTES_MAX as u64 + cut_bytes
                ),
            ));
        }
        Ok(())
    }
}

/// Divides the text into lines; the last one may lack its line feed.
fn divide(segment: &mut Segment) {
    let mut begin = 0;
    for end in memchr_iter(b'\n', &segment.text) {
        segment.entries.push(offset(begin)..offset(end));
        begin = end + 1;
    }
    if begin < segment.text.len() {
        segment
            .entries
            .push(offset(begin)..offset(segment.text.len()));
    }
    segment.lines = segment.entries.len() as u64;
}

/// A segment is shorter than a piece and an entry together.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl Archive for LinesArchive {
    fn format(&self) -> &'static str {
        "lines"
    }

    fn segment_count(&self) -> usize {
        match self.plan {
            Plan::Pieces(count) => count,
            Plan::Document => 1,
        }
    }

    fn segment_bytes(&self, ordinal: usize) -> u64 {
        self.piece(ordinal).map_or(0, |(begin, end)| end - begin)
    }

    fn read_segment(&self, ordinal: usize, reuse: Option<Segment>) -> Result<Segment, ReadError> {
        let (begin, end) = self.piece(ordinal).ok_or(ReadError::NoSegment(ordinal))?;
        let mut segment = reuse.unwrap_or_default();
        segment.recycle();
        segment.ordinal = ordinal;
        segment.offset_bytes = begin;
        let filled = match self.plan {
            Plan::Document => self.fill_document(&mut segment),
            Plan::Pieces(_) => self.fill_piece(begin, end, &mut segment),
        };
        filled.map_err(|error| ReadError::Medium {
            path: self.source.path().to_owned(),
            offset_bytes: begin,
            error,
        })?;
        Ok(segment)
    }

    fn structure(&self) -> Structure<'_> {
        Structure::Unsealed
    }

    fn damage(&self) -> &[Damage] {
        &self.damage
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn files(&self) -> Vec<(PathBuf, FileStamp)> {
        vec![(self.source.path().to_owned(), self.source.stamp())]
    }

    fn has_changed(&self) -> bool {
        self.source.has_changed()
    }

    fn whole_file(&self) -> Option<&Source> {
        Some(&self.source)
    }
}
