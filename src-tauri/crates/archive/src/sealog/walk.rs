//! The walk over a sealog file: finds every frame without unpacking any, and goes on after bytes
//! that are none.
//!
//! Invariants: 1. Every byte of the file is in exactly one frame or in reported damage. 2. The work
//! is bounded by the file's length. 3. Nothing found here is believed.

use std::collections::HashMap;
use std::io;

use memchr::memmem;
use sealscope_model::Damage;
use sealscope_proof::{Checkpoint, Note, sha256};

use super::layout::{
    DATA_MAGIC, FRAME_HEAD_BYTES, FrameHead, FrameType, Identity, SKIPPABLE_MAGIC,
    SLTL_FIXED_BYTES, parse_index,
};
use super::structure::{CheckpointFrame, DataFrame, ListPlace, SealogStructure, TimestampFrame};
use super::zstd_frame::{self, WalkFault};
use crate::{Source, limits};

/// What the walk found.
pub(super) struct Walked {
    pub(super) structure: SealogStructure,
    pub(super) damage: Vec<Damage>,
}

/// Walks the whole file.
pub(super) fn walk(source: &Source) -> io::Result<Walked> {
    let mut walker = Walker {
        source,
        structure: SealogStructure::default(),
        damage: Vec::new(),
        at: 0,
        // Searching after damage hashes candidates; the sum of that work is bounded too.
        search_bytes_left: source.bytes().saturating_mul(8).saturating_add(64 << 20),
        blocks_seen: 0,
        checkpoint_bytes: 0,
        is_full: false,
    };
    while walker.at < source.bytes() {
        walker.step()?;
    }
    walker.complete();
    Ok(Walked {
        structure: walker.structure,
        damage: walker.damage,
    })
}

struct Walker<'s> {
    source: &'s Source,
    structure: SealogStructure,
    damage: Vec<Damage>,
    at: u64,
    search_bytes_left: u64,
    blocks_seen: u64,
    checkpoint_bytes: usize,
    /// Whether a limit on frames was met and reported.
    is_full: bool,
}

/// What stands at an offset.
enum Found {
    Data(zstd_frame::FrameExtent),
    Sealog(FrameHead),
    /// The frame would end beyond the file.
    BeyondEnd(&'static str),
    Nothing(String),
}

impl Walker<'_> {
    /// Takes the next frame, or reports damage up to the next one.
    fn step(&mut self) -> io::Result<()> {
        match self.look(self.at)? {
            Found::Data(extent) if self.begins_frame(self.at + extent.stored_bytes)? => {
                self.take_data(self.at, extent.stored_bytes, Some(extent));
                Ok(())
            }
            Found::Data(_) => self.skip("a data frame whose block headers lead astray"),
            Found::Sealog(head) => self.take_sealog(head),
            Found::BeyondEnd(what) => match self.next_valid(self.at + 1)? {
                None => {
                    let rest = self.source.bytes() - self.at;
                    self.report(
                        self.at,
                        format!("torn tail: the last {rest} bytes are an incomplete {what}"),
                    );
                    self.structure.torn_tail = Some(self.at);
                    self.at = self.source.bytes();
                    Ok(())
                }
                Some(_) => self.skip(what),
            },
            Found::Nothing(why) => self.skip(&why),
        }
    }

    fn look(&mut self, at: u64) -> io::Result<Found> {
        let mut head = [0u8; FRAME_HEAD_BYTES];
        let read = self.source.read_at(at, &mut head)?;
        let magic = head.first_chunk::<4>().copied().unwrap_or_default();
        if read >= 4 && magic == DATA_MAGIC {
            return match zstd_frame::extent(self.source, at, &mut self.blocks_seen) {
                Ok(extent) => Ok(Found::Data(extent)),
                Err(WalkFault::BeyondEnd) => Ok(Found::BeyondEnd("data frame")),
                Err(WalkFault::Form(why)) => Ok(Found::Nothing(why)),
                Err(WalkFault::Medium(error)) => Err(error),
            };
        }
        if read < FRAME_HEAD_BYTES {
            let seen = head.get(..read.min(4)).unwrap_or_default();
            let torn = SKIPPABLE_MAGIC.starts_with(seen) || DATA_MAGIC.starts_with(seen);
            return Ok(if torn {
                Found::BeyondEnd("frame head")
            } else {
                Found::Nothing("bytes that begin no frame".to_owned())
            });
        }
        match FrameHead::parse(&head) {
            Err(why) => Ok(Found::Nothing(why)),
            Ok(head) if at + self.frame_bytes(&head) > self.source.bytes() => {
                Ok(Found::BeyondEnd(head.kind.name()))
            }
            Ok(head) => Ok(Found::Sealog(head)),
        }
    }

    const fn frame_bytes(&self, head: &FrameHead) -> u64 {
        (FRAME_HEAD_BYTES + head.payload_bytes) as u64
    }

    /// Whether a frame may begin here: one of the two magics, or the end of the file.
    fn begins_frame(&self, at: u64) -> io::Result<bool> {
        let mut magic = [0u8; 4];
        let read = self.source.read_at(at, &mut magic)?;
        let seen = magic.get(..read).unwrap_or_default();
        Ok(SKIPPABLE_MAGIC.starts_with(seen) || DATA_MAGIC.starts_with(seen))
    }

    fn payload(&self, at: u64, head: &FrameHead) -> io::Result<Vec<u8>> {
        let mut payload = Vec::new();
        self.source.read_into(
            at + FRAME_HEAD_BYTES as u64,
            head.payload_bytes,
            &mut payload,
        )?;
        Ok(payload)
    }

    fn take_data(&mut self, at: u64, stored_bytes: u64, extent: Option<zstd_frame::FrameExtent>) {
        self.after_index(at);
        self.at = at + stored_bytes;
        if self.structure.frames.len() == limits::FRAMES_MAX {
            self.report_full(at, "data frames", limits::FRAMES_MAX);
            return;
        }
        self.structure.frames.push(DataFrame {
            offset_bytes: at,
            stored_bytes,
            content_bytes: extent.and_then(|extent| extent.content_bytes),
            is_whole: extent.is_some(),
            has_checksum: extent.is_none_or(|extent| extent.has_checksum),
            list: None,
            first: 0,
        });
    }

    /// SLIX is the last frame; whatever follows one is out of its place.
    fn after_index(&mut self, at: u64) {
        if self.structure.index_offset_bytes.take().is_some() {
            self.report(
                at,
                "a frame after SLIX, which is the last frame of an archive",
            );
        }
    }

    fn report_full(&mut self, at: u64, what: &str, limit: usize) {
        if !self.is_full {
            self.is_full = true;
            self.report(
                at,
                format!("more than {limit} {what}: those from here on are not read"),
            );
        }
    }

    fn take_sealog(&mut self, head: FrameHead) -> io::Result<()> {
        let at = self.at;
        let end = at + self.frame_bytes(&head);
        if head.kind == FrameType::LeafList {
            // The whole payload is checked when the segment is read; here only what leads on.
            if !self.begins_frame(end)? && !head.fits(&self.payload(at, &head)?) {
                return self.skip("a leaf list with a wrong hash");
            }
            self.take_list(at, &head)?;
            self.at = end;
            return Ok(());
        }
        let payload = self.payload(at, &head)?;
        let fits = head.fits(&payload);
        if !fits && !self.begins_frame(end)? {
            return self.skip(&format!("an {} frame with a wrong hash", head.kind.name()));
        }
        if !fits {
            self.report(
                at,
                format!(
                    "the {} frame does not have the hash that it states",
                    head.kind.name()
                ),
            );
        }
        self.take_payload(at, head.kind, payload, fits);
        self.at = end;
        Ok(())
    }

    fn take_payload(&mut self, at: u64, kind: FrameType, payload: Vec<u8>, fits: bool) {
        self.after_index(at);
        match kind {
            FrameType::Id if fits => match Identity::parse(&payload) {
                Some(identity) if self.structure.identity.is_none() && at == 0 => {
                    self.structure.identity = Some(identity);
                }
                Some(_) => self.report(at, "an SLID frame that is not the first frame"),
                None => self.report(at, "an SLID frame whose payload does not parse"),
            },
            FrameType::Checkpoint => self.take_checkpoint(at, &payload, fits),
            FrameType::Timestamp if fits => {
                self.structure.timestamps.push(TimestampFrame {
                    offset_bytes: at,
                    token_bytes: payload.len(),
                });
            }
            FrameType::Index if fits => match parse_index(&payload) {
                Some(rows) => {
                    self.structure.index = Some(rows);
                    self.structure.index_at = Some(at);
                    self.structure.index_offset_bytes = Some(at);
                }
                None => self.report(at, "an SLIX frame whose payload does not parse"),
            },
            // Damaged frames were reported by the caller; leaf lists are taken elsewhere.
            _ => {}
        }
    }

    fn take_checkpoint(&mut self, at: u64, payload: &[u8], is_undamaged: bool) {
        self.checkpoint_bytes += payload.len();
        if self.structure.checkpoints.len() == limits::CHECKPOINTS_MAX
            || self.checkpoint_bytes > limits::CHECKPOINT_BYTES_MAX
        {
            self.report_full(at, "checkpoints", limits::CHECKPOINTS_MAX);
            return;
        }
        let note = Note::parse(payload).map_err(|error| error.to_string());
        let checkpoint = note
            .as_ref()
            .map_err(Clone::clone)
            .and_then(|note| Checkpoint::parse(&note.text).map_err(|error| error.to_string()))
            .and_then(|checkpoint| {
                if checkpoint.size < limits::LEAF_INDEX_MAX {
                    Ok(checkpoint)
                } else {
                    Err("its size is beyond the limit".to_owned())
                }
            });
        self.structure.checkpoints.push(CheckpointFrame {
            offset_bytes: at,
            frames_before: self.structure.frames.len(),
            payload_hash: sha256(payload),
            is_undamaged,
            note,
            checkpoint,
        });
    }

    fn take_list(&mut self, at: u64, head: &FrameHead) -> io::Result<()> {
        self.after_index(at);
        let mut fixed = [0u8; SLTL_FIXED_BYTES];
        let read = self
            .source
            .read_at(at + FRAME_HEAD_BYTES as u64, &mut fixed)?;
        let numbers = fixed.get(32..44).and_then(|bytes| {
            let (first, rest) = bytes.split_first_chunk::<8>()?;
            let (count, _) = rest.split_first_chunk::<4>()?;
            Some((u64::from_le_bytes(*first), u32::from_le_bytes(*count)))
        });
        let Some((first, count)) = numbers.filter(|(first, count)| {
            read == SLTL_FIXED_BYTES
                && head.payload_bytes >= SLTL_FIXED_BYTES
                && *first < limits::LEAF_INDEX_MAX
                && 0 < *count
                && *count as usize <= limits::FRAME_ENTRIES_MAX
        }) else {
            self.report(at, "a leaf list that states impossible numbers");
            return Ok(());
        };
        let place = ListPlace {
            offset_bytes: at,
            payload_bytes: head.payload_bytes,
            first,
            count,
        };
        match self.structure.frames.last_mut() {
            // A list belongs to the data frame that ends where it begins.
            Some(frame)
                if frame.list.is_none() && frame.offset_bytes + frame.stored_bytes == at =>
            {
                frame.list = Some(place);
            }
            _ => self.structure.orphan_lists.push(place),
        }
        Ok(())
    }

    /// Reports what stands here as damage and goes on at the next valid frame. Bytes that begin
    /// like a data frame are kept as one: what unpacks of it is read.
    fn skip(&mut self, why: &str) -> io::Result<()> {
        let next = self.next_valid(self.at + 1)?.unwrap_or(self.source.bytes());
        self.report(
            self.at,
            format!("{why}: {} bytes are not a valid frame", next - self.at),
        );
        let mut magic = [0u8; 4];
        if self.source.read_at(self.at, &mut magic)? == 4 && magic == DATA_MAGIC {
            self.take_data(self.at, next - self.at, None);
        }
        self.at = next;
        Ok(())
    }

    /// Where the next valid frame begins, from `from` on.
    fn next_valid(&mut self, from: u64) -> io::Result<Option<u64>> {
        const STEP: usize = 1 << 20;
        let mut buffer = vec![0u8; STEP + 3];
        let mut at = from;
        while at < self.source.bytes() {
            let read = self.source.read_at(at, &mut buffer)?;
            let window = buffer.get(..read).unwrap_or_default();
            // A magic that begins in the last three bytes is found by the next window.
            let mut places: Vec<usize> = memmem::find_iter(window, &SKIPPABLE_MAGIC)
                .chain(memmem::find_iter(window, &DATA_MAGIC))
                .filter(|place| *place < STEP)
                .collect();
            places.sort_unstable();
            for place in places {
                if self.is_valid(at + place as u64)? {
                    return Ok(Some(at + place as u64));
                }
                if self.search_bytes_left == 0 {
                    self.report(from, "too many false frames: what follows is not looked at");
                    return Ok(None);
                }
            }
            at += STEP as u64;
        }
        Ok(None)
    }

    fn is_valid(&mut self, at: u64) -> io::Result<bool> {
        self.blocks_seen = 0;
        let (is_valid, cost) = match self.look(at)? {
            Found::Data(extent) => (self.begins_frame(at + extent.stored_bytes)?, 64),
            Found::Sealog(head) => (
                head.fits(&self.payload(at, &head)?),
                self.frame_bytes(&head),
            ),
            Found::BeyondEnd(_) | Found::Nothing(_) => (false, 64),
        };
        // A look at a block header is a read of its own.
        let cost = cost + 64 * self.blocks_seen;
        self.search_bytes_left = self.search_bytes_left.saturating_sub(cost);
        Ok(is_valid)
    }

    fn report(&mut self, at: u64, reason: impl Into<String>) {
        if self.damage.len() < limits::DAMAGE_MAX {
            self.damage.push(Damage::at(at, reason));
        }
    }

    fn complete(&mut self) {
        let is_headless = self.structure.identity.is_none();
        if is_headless && self.damage.first().is_none_or(|one| one.offset_bytes > 0) {
            let reason = "the file does not begin with an SLID frame";
            self.damage.insert(0, Damage::at(0, reason));
        }
        self.place_frames();
    }

    /// Gives each data frame the leaf index that its list states, else the one that SLIX states for
    /// its place, else the one that follows from the frame before it.
    fn place_frames(&mut self) {
        let rows = self.structure.index.as_deref().unwrap_or_default();
        let indexed: HashMap<u64, u64> = rows
            .iter()
            .map(|row| (row.offset_bytes, row.first))
            .collect();
        let mut next = self
            .structure
            .identity
            .as_ref()
            .map_or(0, |identity| identity.start);
        for frame in &mut self.structure.frames {
            match &frame.list {
                Some(list) => {
                    frame.first = list.first;
                    next = list.first + u64::from(list.count);
                }
                None => {
                    frame.first = indexed.get(&frame.offset_bytes).copied().unwrap_or(next);
                    // Nothing tells how many lines it holds before it is unpacked.
                    next = (frame.first / FRAME_SPAN + 1) * FRAME_SPAN;
                }
            }
        }
    }
}

const FRAME_SPAN: u64 = limits::FRAME_ENTRIES_MAX as u64;

/// Reads a leaf list in full; `None` with the reason when it does not hold together.
pub(super) fn read_list(
    source: &Source,
    place: &ListPlace,
) -> io::Result<Result<super::LeafList, &'static str>> {
    let mut head = [0u8; FRAME_HEAD_BYTES];
    source.read_at(place.offset_bytes, &mut head)?;
    let mut payload = Vec::new();
    let at = place.offset_bytes + FRAME_HEAD_BYTES as u64;
    source.read_into(at, place.payload_bytes, &mut payload)?;
    let Ok(head) = FrameHead::parse(&head) else {
        return Ok(Err("its head does not parse"));
    };
    if !head.fits(&payload) {
        return Ok(Err("it does not have the hash that it states"));
    }
    Ok(super::LeafList::parse(&payload).ok_or("its payload does not parse"))
}
