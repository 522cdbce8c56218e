//! Opens sealog archives and reads their data frames.

use std::io;
use std::path::PathBuf;

use memchr::memchr_iter;
use sealscope_model::{Computed, Damage};
use sealscope_proof::sha256;

use super::layout::{FORMAT_MAGIC, FRAME_HEAD_BYTES, FrameHead, LeafList};
use super::structure::{DataFrame, ListPlace, SealogStructure, TimestampFrame};
use super::walk::{self, Walked};
use crate::{
    Archive, ArchiveFormat, FileStamp, OpenContext, OpenError, ReadError, Recognition, Sample,
    Segment, SegmentSeal, Source, Structure, limits,
};

/// The format `sealog`.
#[derive(Debug, Clone, Copy)]
pub struct Sealog;

impl ArchiveFormat for Sealog {
    fn name(&self) -> &'static str {
        "sealog"
    }

    fn describe(&self) -> &'static str {
        "Sealscope's own archive: a signed transparency log in a zstd file"
    }

    fn recognize(&self, sample: &Sample<'_>) -> Recognition {
        let head = sample.bytes.first_chunk::<FRAME_HEAD_BYTES>();
        if head.is_some_and(|head| FrameHead::parse(head).is_ok()) {
            return Recognition::Certain;
        }
        // The head of the file may be gone: any sound sealog frame further on tells the format.
        let mut places = memchr::memmem::find_iter(sample.bytes, &super::layout::SKIPPABLE_MAGIC);
        let is_sound = |place: usize| {
            let rest = sample.bytes.get(place..)?;
            let head = FrameHead::parse(rest.first_chunk()?).ok()?;
            let payload = rest.get(FRAME_HEAD_BYTES..FRAME_HEAD_BYTES + head.payload_bytes)?;
            head.fits(payload).then_some(())
        };
        if places
            .by_ref()
            .take(64)
            .any(|place| is_sound(place).is_some())
        {
            Recognition::Certain
        } else if sample.name.ends_with(".sealog") {
            Recognition::Maybe
        } else {
            Recognition::No
        }
    }

    fn open(&self, source: Source, _: &OpenContext) -> Result<Box<dyn Archive>, OpenError> {
        Ok(Box::new(SealogArchive::open(source)?))
    }
}

/// An open sealog archive.
#[derive(Debug)]
pub struct SealogArchive {
    source: Source,
    structure: SealogStructure,
    damage: Vec<Damage>,
}

impl SealogArchive {
    /// Walks the file.
    ///
    /// # Errors
    /// When the medium fails, or SLID states a version that is not 1.
    pub fn open(source: Source) -> Result<Self, OpenError> {
        refuse_other_versions(&source)?;
        let Walked { structure, damage } =
            walk::walk(&source).map_err(|error| OpenError::from_io(source.path(), error))?;
        Ok(Self {
            source,
            structure,
            damage,
        })
    }

    /// Everything in the file but the entries.
    #[must_use]
    pub const fn structure(&self) -> &SealogStructure {
        &self.structure
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }

    /// Reads a leaf list in full; the inner error says why it does not hold together.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn read_list(&self, place: &ListPlace) -> io::Result<Result<LeafList, &'static str>> {
        walk::read_list(&self.source, place)
    }

    /// Reads the token of an SLTS frame: at most [`limits::SLTS_BYTES_MAX`] bytes of DER,
    /// nothing of which is believed.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn read_token(&self, frame: &TimestampFrame) -> io::Result<Vec<u8>> {
        let mut token = Vec::new();
        let at = frame.offset_bytes + FRAME_HEAD_BYTES as u64;
        let bytes = frame.token_bytes.min(limits::SLTS_BYTES_MAX);
        self.source.read_into(at, bytes, &mut token)?;
        Ok(token)
    }

    fn fill(&self, frame: &DataFrame, segment: &mut Segment) -> io::Result<()> {
        let mut stored = Vec::new();
        let bytes = usize::try_from(frame.stored_bytes).unwrap_or(usize::MAX);
        let bytes = bytes.min(limits::ENTRY_BYTES_MAX + (1 << 20));
        self.source
            .read_into(frame.offset_bytes, bytes, &mut stored)?;
        unpack(&stored, frame, segment);
        let list = match &frame.list {
            None => {
                note_damage(
                    segment,
                    frame.offset_bytes,
                    "the data frame has no leaf list",
                );
                None
            }
            Some(place) => match self.read_list(place)? {
                Ok(list) => Some(list),
                Err(why) => {
                    note_damage(segment, place.offset_bytes, &format!("leaf list: {why}"));
                    None
                }
            },
        };
        segment.seal = SegmentSeal::Frame {
            stored: Computed::hashed(sha256(&stored)),
            list,
        };
        Ok(())
    }
}

impl Archive for SealogArchive {
    fn format(&self) -> &'static str {
        "sealog"
    }

    fn segment_count(&self) -> usize {
        self.structure.frames.len()
    }

    fn segment_bytes(&self, ordinal: usize) -> u64 {
        self.structure
            .frames
            .get(ordinal)
            .map_or(0, |frame| frame.stored_bytes)
    }

    fn read_segment(&self, ordinal: usize, reuse: Option<Segment>) -> Result<Segment, ReadError> {
        let frame = self
            .structure
            .frames
            .get(ordinal)
            .ok_or(ReadError::NoSegment(ordinal))?;
        let mut segment = reuse.unwrap_or_default();
        segment.recycle();
        segment.ordinal = ordinal;
        segment.first = Some(frame.first);
        segment.offset_bytes = frame.offset_bytes;
        segment.stored_bytes = frame.stored_bytes;
        self.fill(frame, &mut segment)
            .map_err(|error| ReadError::Medium {
                path: self.source.path().to_owned(),
                offset_bytes: frame.offset_bytes,
                error,
            })?;
        Ok(segment)
    }

    fn structure(&self) -> Structure<'_> {
        Structure::Sealog(self)
    }

    fn damage(&self) -> &[Damage] {
        &self.damage
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

/// Only an unknown version is refused; everything else that is wrong is evidence.
fn refuse_other_versions(source: &Source) -> Result<(), OpenError> {
    let path = source.path().to_owned();
    if source.bytes() == 0 {
        return Err(OpenError::Empty { path });
    }
    let mut head = [0u8; FRAME_HEAD_BYTES + FORMAT_MAGIC.len()];
    let read = source
        .read_at(0, &mut head)
        .map_err(|error| OpenError::from_io(&path, error))?;
    let Some(frame) = head
        .first_chunk()
        .and_then(|head| FrameHead::parse(head).ok())
    else {
        return Ok(());
    };
    let magic = head.get(FRAME_HEAD_BYTES..read).unwrap_or_default();
    // The version stands in the payload, under its hash: a flipped bit elsewhere is no other
    // version.
    let is_other = frame.kind == super::layout::FrameType::Id
        && magic.starts_with(b"sealog/")
        && magic != FORMAT_MAGIC;
    if !is_other {
        return Ok(());
    }
    let mut payload = Vec::new();
    let hashes_right = source
        .read_into(FRAME_HEAD_BYTES as u64, frame.payload_bytes, &mut payload)
        .is_ok_and(|()| frame.hashes(&payload));
    if !hashes_right {
        return Ok(());
    }
    let feature = format!("archive version {:?}", magic.escape_ascii().to_string());
    Err(OpenError::Unsupported {
        path,
        feature,
        offset_bytes: 0,
    })
}

/// Unpacks a frame into the segment and divides it into lines. What unpacks before a fault is kept.
fn unpack(stored: &[u8], frame: &DataFrame, segment: &mut Segment) {
    let at = frame.offset_bytes;
    let stated = frame
        .content_bytes
        .and_then(|bytes| usize::try_from(bytes).ok());
    let within = stated.filter(|bytes| *bytes <= limits::ENTRY_BYTES_MAX + 1);
    let is_done = frame.is_whole
        && within.is_some_and(|bytes| {
            segment.text.reserve(bytes);
            zstd::bulk::Decompressor::new()
                .and_then(|mut unpacker| unpacker.decompress_to_buffer(stored, &mut segment.text))
                .is_ok_and(|count| count == bytes)
        });
    if !is_done {
        segment.text.clear();
        let why = unpack_what_can_be(stored, stated, &mut segment.text);
        note_damage(
            segment,
            at,
            &format!("the data frame does not unpack cleanly: {why}"),
        );
    }
    if !frame.has_checksum {
        note_damage(segment, at, "the data frame has no checksum");
    }
    divide(segment, at);
}

/// Streams out of a faulty frame until it fails; returns why it is faulty.
fn unpack_what_can_be(stored: &[u8], stated: Option<usize>, text: &mut Vec<u8>) -> String {
    use std::io::Read as _;
    let mut reader = match zstd::stream::read::Decoder::with_buffer(stored) {
        Ok(reader) => reader.single_frame(),
        Err(error) => return error.to_string(),
    };
    if let Err(error) = reader.window_log_max(limits::FRAME_WINDOW_LOG_MAX) {
        return error.to_string();
    }
    // With room for all of the content, a wrong checksum would keep all of it back.
    let room = stated.unwrap_or(usize::MAX) / 2;
    let mut buffer = vec![0u8; room.clamp(1, 128 << 10)];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return "its header does not state what it holds".to_owned(),
            Ok(count) => text.extend_from_slice(buffer.get(..count).unwrap_or_default()),
            Err(error) => return error.to_string(),
        }
        if text.len() > limits::ENTRY_BYTES_MAX + 1 {
            text.truncate(limits::ENTRY_BYTES_MAX + 1);
            return format!("it holds more than {} bytes", limits::ENTRY_BYTES_MAX);
        }
    }
}

/// Divides the text into lines. Lines beyond the limit of a frame are no entries: what holds
/// millions of empty ones must not take their multiple in memory.
fn divide(segment: &mut Segment, at: u64) {
    let mut begin = 0u32;
    let offset = |end: usize| u32::try_from(end).unwrap_or(u32::MAX);
    for end in memchr_iter(b'\n', &segment.text).take(limits::FRAME_LINES_READ_MAX) {
        segment.entries.push(begin..offset(end));
        begin = offset(end).saturating_add(1);
    }
    let length = offset(segment.text.len());
    if segment.entries.len() == limits::FRAME_LINES_READ_MAX && begin < length {
        segment.rejected_bytes = u64::from(length - begin);
        let reason = format!(
            "the data frame holds more than {} lines: {} bytes after them are not read",
            limits::FRAME_LINES_READ_MAX,
            length - begin
        );
        note_damage(segment, at, &reason);
    } else if begin < length {
        segment.entries.push(begin..length);
        note_damage(
            segment,
            at,
            "the last line of the data frame has no line feed",
        );
    }
    segment.lines = segment.entries.len() as u64;
    if segment.entries.len() > limits::FRAME_ENTRIES_MAX {
        let reason = format!(
            "the data frame holds {} lines; the limit is {}",
            segment.entries.len(),
            limits::FRAME_ENTRIES_MAX
        );
        note_damage(segment, at, &reason);
    }
    if segment.entries.is_empty() {
        note_damage(segment, at, "the data frame holds no line");
    }
    if segment.text.len() > limits::FRAME_BYTES_MAX && segment.entries.len() > 1 {
        note_damage(
            segment,
            at,
            "the data frame holds more than 8 MiB in more than one line",
        );
    }
    let span = limits::FRAME_ENTRIES_MAX as u64;
    if let Some(first) = segment.first {
        let last = first + (segment.entries.len() as u64).max(1) - 1;
        if first / span != last / span {
            note_damage(segment, at, "the data frame crosses a multiple of 4,096");
        }
    }
}

fn note_damage(segment: &mut Segment, at: u64, reason: &str) {
    segment.damage.push(Damage::at(at, reason));
}
