//! A journal, or a family of them, read in segments.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use sealscope_model::Damage;

use super::file::{JournalFile, head_at};
use super::object::Kind;
use super::render::{DataFault, EntryFact, Renderer};
use super::scan::Piece;
use super::window::Stretch;
use crate::{Archive, FileStamp, ReadError, Segment, SegmentSeal, Source, Structure};

/// A journal, or a rotated family of them, that is open.
#[derive(Debug)]
pub struct JournalArchive {
    files: Vec<Arc<JournalFile>>,
    /// What is read as one segment: number of the file, and where in it.
    pieces: Vec<(u32, Piece)>,
    is_folder: bool,
    damage: Vec<Damage>,
    notes: Vec<String>,
}

/// What a journal says of a run of entries: which seals cover them.
#[derive(Debug, Default)]
pub struct IntervalSeal {
    /// The file that the entries are from; `None` in an empty segment only.
    pub file: Option<Arc<JournalFile>>,
    /// Number of the file in the archive.
    pub file_number: usize,
    /// The intervals, or the part of one, that the segment holds.
    pub parts: Vec<IntervalPart>,
    /// What was found of each entry, in order.
    pub entries: Vec<EntryFact>,
    /// Fields that stand in this segment and are not as they were written.
    pub faults: Vec<DataFault>,
    raw: Vec<u8>,
    raw_from: u64,
}

/// An interval in a segment, or a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalPart {
    /// Number of the interval in its file.
    pub interval: usize,
    /// Entries of the segment that are from it: the first, and one past the last.
    pub entries: (u32, u32),
    /// Whether all of it is in the segment.
    pub is_whole: bool,
    /// Whether its beginning is in the segment.
    pub is_first: bool,
}

impl IntervalSeal {
    /// Gives every byte that the seal of an interval of this segment covers to `take`, in order:
    /// from the bytes that the entries were read from where the segment holds the interval whole,
    /// else from the file. `false`: not all of it is there, so that nothing can match.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn covered(&self, part: &IntervalPart, take: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        let Some(file) = &self.file else {
            return Ok(false);
        };
        if part.is_whole {
            file.put_covered(part.interval, &mut self.stretch(), take)
        } else {
            file.covered(part.interval, take)
        }
    }

    fn stretch(&self) -> Stretch<'_> {
        Stretch {
            from: self.raw_from,
            bytes: &self.raw,
        }
    }
}

impl JournalArchive {
    pub(super) fn new(
        files: Vec<Arc<JournalFile>>,
        pieces: Vec<(u32, Piece)>,
        is_folder: bool,
        damage: Vec<Damage>,
        notes: Vec<String>,
    ) -> Self {
        Self {
            files,
            pieces,
            is_folder,
            damage,
            notes,
        }
    }

    /// Its files, in the order in which their entries stand in the archive.
    #[must_use]
    pub fn journal_files(&self) -> &[Arc<JournalFile>] {
        &self.files
    }

    /// Reads a segment together with its entries in export format ("Journal Export Formats",
    /// systemd), both from the same bytes: one element an entry, its empty line included.
    ///
    /// # Errors
    /// When the medium fails, or there is no such segment.
    pub fn read_export(&self, ordinal: usize) -> Result<(Segment, Vec<Vec<u8>>), ReadError> {
        let segment = self.read_segment(ordinal, None)?;
        let mut entries = Vec::new();
        if let SegmentSeal::Interval(seal) = &segment.seal
            && let Some(file) = &seal.file
        {
            let stretch = seal.stretch();
            let mut renderer = Renderer::new(file, stretch);
            for fact in &seal.entries {
                let mut text = Vec::new();
                let bytes = object_in(stretch, fact.offset_bytes).unwrap_or_default();
                renderer
                    .export(fact.offset_bytes, bytes, &mut text)
                    .map_err(|error| medium(file, fact.offset_bytes, error))?;
                entries.push(text);
            }
        }
        Ok((segment, entries))
    }

    fn fill(&self, number: u32, piece: &Piece, segment: &mut Segment) -> io::Result<()> {
        let Some(file) = self.files.get(number as usize) else {
            return Ok(());
        };
        let mut seal = match std::mem::take(&mut segment.seal) {
            SegmentSeal::Interval(old) => IntervalSeal {
                raw: old.raw,
                ..IntervalSeal::default()
            },
            _ => IntervalSeal::default(),
        };
        let bytes = usize::try_from(piece.to - piece.from).unwrap_or(usize::MAX);
        file.bytes().read_into(piece.from, bytes, &mut seal.raw)?;
        seal.raw_from = piece.from;
        seal.file_number = number as usize;
        let raw = std::mem::take(&mut seal.raw);
        let mut stretch = Stretch {
            from: piece.from,
            bytes: &raw,
        };
        let mut reading = Reading {
            file,
            renderer: Renderer::new(file, stretch),
            segment,
            seal: &mut seal,
            piece,
        };
        reading.run(&mut stretch)?;
        let mut damage = std::mem::take(&mut reading.renderer.damage);
        damage
            .iter_mut()
            .for_each(|damage| damage.file = file.name().map(str::to_owned));
        segment.damage = damage;
        segment.lines = segment.entries.len() as u64;
        seal.raw = raw;
        seal.file = Some(Arc::clone(file));
        segment.seal = SegmentSeal::Interval(seal);
        Ok(())
    }
}

struct Reading<'a, 'b> {
    file: &'a JournalFile,
    renderer: Renderer<'a, 'b>,
    segment: &'a mut Segment,
    seal: &'a mut IntervalSeal,
    piece: &'a Piece,
}

impl Reading<'_, '_> {
    /// Walks over the objects of the piece, interval by interval.
    fn run(&mut self, stretch: &mut Stretch<'_>) -> io::Result<()> {
        let (first, last) = self.piece.intervals;
        for number in first..last {
            let Some(interval) = self.file.intervals().get(number as usize) else {
                break;
            };
            let from = interval.from.max(self.piece.from);
            let to = interval.to.min(self.piece.to);
            let begin = self.count();
            self.walk(stretch, from, to)?;
            self.seal.parts.push(IntervalPart {
                interval: number as usize,
                entries: (begin, self.count()),
                is_whole: from == interval.from && to == interval.to,
                is_first: number > first || self.piece.is_first,
            });
        }
        Ok(())
    }

    fn count(&self) -> u32 {
        u32::try_from(self.segment.entries.len()).unwrap_or(u32::MAX)
    }

    fn walk(&mut self, stretch: &mut Stretch<'_>, from: u64, to: u64) -> io::Result<()> {
        let mut at = from;
        while at < to {
            if let Some(next) = self.file.after_hole(at) {
                at = next;
                continue;
            }
            let Some(head) = head_at(stretch, at, self.file.layout)? else {
                break;
            };
            match head.kind {
                Kind::Data => {
                    self.seal.faults.extend(self.renderer.check_data(at)?);
                }
                Kind::Entry if self.file.is_entry(&head) => self.entry(*stretch, at)?,
                _ => {}
            }
            at = head.next(at);
        }
        Ok(())
    }

    fn entry(&mut self, stretch: Stretch<'_>, at: u64) -> io::Result<()> {
        let bytes = object_in(stretch, at).unwrap_or_default();
        let text = &mut self.segment.text;
        let begin = text.len();
        let fact = self.renderer.entry(at, bytes, text)?;
        let place = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.segment.entries.push(place(begin)..place(text.len()));
        text.push(b'\n');
        self.seal.entries.push(fact);
        Ok(())
    }
}

/// The bytes of an object that lies in a stretch.
fn object_in(stretch: Stretch<'_>, at: u64) -> Option<&[u8]> {
    let begin = usize::try_from(at.checked_sub(stretch.from)?).ok()?;
    let rest = stretch.bytes.get(begin..)?;
    let size = super::object::u64_at(rest.get(..16)?, 8);
    rest.get(..usize::try_from(size).ok()?)
}

fn medium(file: &JournalFile, offset_bytes: u64, error: io::Error) -> ReadError {
    ReadError::Medium {
        path: file.source().path().to_owned(),
        offset_bytes,
        error,
    }
}

impl Archive for JournalArchive {
    fn format(&self) -> &'static str {
        "journal"
    }

    fn segment_count(&self) -> usize {
        self.pieces.len()
    }

    fn segment_bytes(&self, ordinal: usize) -> u64 {
        self.pieces
            .get(ordinal)
            .map_or(0, |(_, piece)| piece.to - piece.from)
    }

    fn read_segment(&self, ordinal: usize, reuse: Option<Segment>) -> Result<Segment, ReadError> {
        let (number, piece) = self
            .pieces
            .get(ordinal)
            .ok_or(ReadError::NoSegment(ordinal))?;
        let mut segment = reuse.unwrap_or_default();
        let seal = std::mem::take(&mut segment.seal);
        segment.recycle();
        segment.seal = seal;
        segment.ordinal = ordinal;
        segment.offset_bytes = piece.from;
        segment.stored_bytes = piece.to - piece.from;
        match self.fill(*number, piece, &mut segment) {
            Ok(()) => Ok(segment),
            Err(error) => Err(match self.files.get(*number as usize) {
                Some(file) => medium(file, piece.from, error),
                None => ReadError::NoSegment(ordinal),
            }),
        }
    }

    fn structure(&self) -> Structure<'_> {
        Structure::Journal(self)
    }

    fn damage(&self) -> &[Damage] {
        &self.damage
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn files(&self) -> Vec<(PathBuf, FileStamp)> {
        let file = |file: &Arc<JournalFile>| {
            let source = file.source();
            (source.path().to_owned(), source.stamp())
        };
        self.files.iter().map(file).collect()
    }

    fn has_changed(&self) -> bool {
        self.files.iter().any(|file| file.source().has_changed())
    }

    fn whole_file(&self) -> Option<&Source> {
        match self.files.as_slice() {
            [file] if !self.is_folder => Some(file.source()),
            _ => None,
        }
    }
}
