//! An open chained log: the lines format's reader, or a splitter where entries are no lines.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use memchr::memrchr;
use sealscope_model::Damage;

use super::entry::EntryReader;
use super::profile::{ChainProfile, Framing};
use super::split::{Piece, Splitter, Units, pieces};
use super::{LinksSeal, ProfileOrigin};
use crate::lines::LinesArchive;
use crate::{
    Archive, FileStamp, OpenError, ReadError, Segment, SegmentSeal, Source, Structure, limits,
};

/// Bytes first read to find the line before a segment.
const STEP_BACK_BYTES: u64 = 4 << 10;

/// A hash-chained log that is open.
#[derive(Debug)]
pub struct ChainedArchive {
    lines: LinesArchive,
    profile: Arc<ChainProfile>,
    origin: ProfileOrigin,
    /// Where the segments stand, where entries are no lines.
    pieces: Option<(Units, Vec<Piece>)>,
    notes: Vec<String>,
}

impl ChainedArchive {
    pub(super) fn new(
        lines: LinesArchive,
        profile: Arc<ChainProfile>,
        origin: ProfileOrigin,
    ) -> Result<Self, OpenError> {
        let units = match &profile.framing {
            Framing::JsonArray => Some((Units::Elements, false)),
            Framing::Csv { header } => Some((Units::Rows, *header)),
            Framing::Jsonl | Framing::Tsv | Framing::Text(_) => None,
        };
        let mut notes = lines.notes().to_vec();
        let pieces = match units {
            Some((units, has_header)) => {
                if has_header {
                    notes.push(
                        "The first row names the columns: it is no entry, and no digest covers it."
                            .to_owned(),
                    );
                }
                let found = pieces(lines.text(), units, has_header);
                let found =
                    found.map_err(|error| OpenError::from_io(lines.text().path(), error))?;
                Some((units, found))
            }
            None => None,
        };
        Ok(Self {
            lines,
            profile,
            origin,
            pieces,
            notes,
        })
    }

    /// How the digests are made.
    #[must_use]
    pub const fn profile(&self) -> &Arc<ChainProfile> {
        &self.profile
    }

    /// Where the profile comes from.
    #[must_use]
    pub const fn profile_origin(&self) -> ProfileOrigin {
        self.origin
    }

    /// Whether a segment's first digest can only be checked with the entry before it.
    fn needs_line_before(&self) -> bool {
        let is_implicit = self.profile.has_own() && !self.profile.has_prev();
        self.profile.needs_line_before() || (is_implicit && !self.profile.has_partitions())
    }

    fn fill_piece(
        &self,
        units: Units,
        piece: &Piece,
        is_last: bool,
        segment: &mut Segment,
    ) -> io::Result<()> {
        let length = piece.bytes.end - piece.bytes.start;
        let most = (limits::ENTRY_BYTES_MAX + limits::PIECE_BYTES) as u64;
        let kept = usize::try_from(length.min(most)).unwrap_or(usize::MAX);
        let text = self.lines.text();
        text.read_into(piece.bytes.start, kept, &mut segment.text)?;
        segment.offset_bytes = piece.bytes.start;
        let is_first = piece.before.is_none() && piece.bytes.start == 0;
        let mut splitter = if is_first {
            Splitter::new(units)
        } else {
            Splitter::inside(units)
        };
        let entries = &mut segment.entries;
        let range = |unit: Range<u64>| offset(unit.start)..offset(unit.end);
        splitter.feed(&segment.text, 0, |unit| entries.push(range(unit)));
        segment.lines = segment.entries.len() as u64;
        match splitter.unfinished() {
            // A piece in the middle ends with its last unit, and a row needs no end.
            Some(unit) if units == Units::Rows || !is_last => {
                segment.entries.push(range(unit));
                segment.lines += 1;
            }
            Some(unit) => {
                segment.rejected_bytes = unit.end - unit.start;
                segment.damage.push(Damage::at(
                    segment.offset_bytes + unit.start,
                    "the last entry breaks off: the file ends before it does",
                ));
            }
            None if is_last && !splitter.is_whole() => {
                let reason = "the array has no end: the file ends before it does";
                segment.damage.push(Damage::at(piece.bytes.end, reason));
            }
            None => {}
        }
        if let Some(stray) = splitter.stray {
            let bytes = segment.text.len() as u64 - stray;
            segment.rejected_bytes += bytes;
            let reason = format!("{bytes} bytes here belong to no entry of the array");
            segment
                .damage
                .push(Damage::at(segment.offset_bytes + stray, reason));
        }
        Ok(())
    }

    /// Empty lines are no entries; nor is a last line without an end that cannot be read: the
    /// writer, or the copy, broke off there.
    fn tidy_lines(&self, is_last: bool, segment: &mut Segment) {
        let before = segment.entries.len();
        let text = &segment.text;
        let blank = |range: &Range<u32>| {
            let bytes = text.get(range.start as usize..range.end as usize);
            bytes.is_none_or(|bytes| bytes.iter().all(u8::is_ascii_whitespace))
        };
        let first = segment.entries.iter().find(|range| blank(range)).cloned();
        if let Some(first) = first {
            let blanks = segment.entries.iter().filter(|range| blank(range));
            segment.rejected_bytes += blanks
                .map(|range| u64::from(range.end - range.start))
                .sum::<u64>();
            segment.entries.retain(|range| !blank(range));
            let count = before - segment.entries.len();
            let says = match count {
                1 => "an empty line here is no entry".to_owned(),
                _ => format!("{count} empty lines from here on are no entries"),
            };
            let at = segment.offset_bytes + u64::from(first.start);
            segment.damage.push(Damage::at(at, says));
        }
        if !is_last || segment.text.ends_with(b"\n") {
            return;
        }
        let Some(range) = segment.entries.last().cloned() else {
            return;
        };
        let bytes = segment.entry(segment.entries.len() - 1).unwrap_or_default();
        if let Err(why) = EntryReader::new(Arc::clone(&self.profile)).read(bytes) {
            segment.entries.pop();
            segment.rejected_bytes += u64::from(range.end - range.start);
            let reason = format!(
                "the last line has no end and is no whole entry: {}; it was written, or copied, \
                 in part",
                why.0
            );
            let at = segment.offset_bytes + u64::from(range.start);
            segment.damage.push(Damage::at(at, reason));
        }
    }

    /// The last line before a place that is not empty; nothing where there is none.
    fn line_before(&self, place: u64) -> io::Result<Vec<u8>> {
        let text = self.lines.text();
        let mut bytes = Vec::new();
        let mut step = STEP_BACK_BYTES;
        loop {
            let from = place.saturating_sub(step);
            let count = usize::try_from(place - from).unwrap_or(usize::MAX);
            text.read_into(from, count, &mut bytes)?;
            let end = bytes.trim_ascii_end().len();
            let line = bytes.get(..end).unwrap_or_default();
            let begin = memrchr(b'\n', line);
            if end > 0
                && let Some(begin) = begin
            {
                // A CR before the line end belongs to the line.
                let behind = bytes.get(end..).unwrap_or_default();
                let feed = behind.iter().position(|byte| *byte == b'\n').unwrap_or(0);
                return Ok(bytes
                    .get(begin + 1..end + feed)
                    .unwrap_or_default()
                    .to_vec());
            }
            if from == 0 || step > limits::ENTRY_BYTES_MAX as u64 {
                let behind = bytes.get(end..).unwrap_or_default();
                let feed = behind.iter().position(|byte| *byte == b'\n').unwrap_or(0);
                bytes.truncate(end + feed);
                return Ok(bytes);
            }
            step *= 16;
        }
    }

    fn entry_before(&self, ordinal: usize, segment: &Segment) -> io::Result<Vec<u8>> {
        let Some((_, pieces)) = &self.pieces else {
            return self.line_before(segment.offset_bytes);
        };
        let Some(before) = pieces.get(ordinal).and_then(|piece| piece.before.clone()) else {
            return Ok(Vec::new());
        };
        let count = (before.end - before.start).min(limits::ENTRY_BYTES_MAX as u64);
        let mut bytes = Vec::new();
        let count = usize::try_from(count).unwrap_or(0);
        self.lines
            .text()
            .read_into(before.start, count, &mut bytes)?;
        Ok(bytes)
    }

    fn fill(&self, ordinal: usize, segment: &mut Segment) -> io::Result<()> {
        if let Some((units, pieces)) = &self.pieces
            && let Some(piece) = pieces.get(ordinal)
        {
            self.fill_piece(*units, piece, ordinal + 1 == pieces.len(), segment)?;
        }
        let before = if ordinal > 0 && self.needs_line_before() {
            self.entry_before(ordinal, segment)?
        } else {
            Vec::new()
        };
        segment.seal = SegmentSeal::Links(LinksSeal { before });
        Ok(())
    }
}

/// A segment is shorter than a piece and an entry together.
fn offset(place: u64) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl Archive for ChainedArchive {
    fn format(&self) -> &'static str {
        super::NAME
    }

    fn segment_count(&self) -> usize {
        match &self.pieces {
            Some((_, pieces)) => pieces.len(),
            None => self.lines.segment_count(),
        }
    }

    fn segment_bytes(&self, ordinal: usize) -> u64 {
        match &self.pieces {
            Some((_, pieces)) => pieces
                .get(ordinal)
                .map_or(0, |piece| piece.bytes.end - piece.bytes.start),
            None => self.lines.segment_bytes(ordinal),
        }
    }

    fn read_segment(&self, ordinal: usize, reuse: Option<Segment>) -> Result<Segment, ReadError> {
        if ordinal >= self.segment_count() {
            return Err(ReadError::NoSegment(ordinal));
        }
        let mut segment = match &self.pieces {
            None => self.lines.read_segment(ordinal, reuse)?,
            Some(_) => {
                let mut segment = reuse.unwrap_or_default();
                segment.recycle();
                segment.ordinal = ordinal;
                segment
            }
        };
        let offset_bytes = segment.offset_bytes;
        self.fill(ordinal, &mut segment)
            .map_err(|error| ReadError::Medium {
                path: self.lines.text().path().to_owned(),
                offset_bytes,
                error,
            })?;
        if !matches!(self.pieces, Some((Units::Elements, _))) {
            let is_last = ordinal + 1 == self.segment_count();
            self.tidy_lines(is_last, &mut segment);
        }
        Ok(segment)
    }

    fn structure(&self) -> Structure<'_> {
        Structure::Chained(self)
    }

    fn damage(&self) -> &[Damage] {
        self.lines.damage()
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn files(&self) -> Vec<(PathBuf, FileStamp)> {
        self.lines.files()
    }

    fn has_changed(&self) -> bool {
        self.lines.has_changed()
    }

    fn whole_file(&self) -> Option<&Source> {
        self.lines.whole_file()
    }
}
