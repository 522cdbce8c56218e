//! Bytes of a file by offset: read ahead for walks, kept in blocks for looking up.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::{Source, limits};

/// Bytes read at a time by a walk.
const WINDOW_BYTES: usize = 1 << 20;
/// Bytes of a block that is kept.
const BLOCK_BYTES: usize = 64 << 10;

/// A walk's view of a file: one stretch of it at a time.
#[derive(Debug)]
pub(super) struct Window<'s> {
    source: &'s Source,
    from: u64,
    bytes: Vec<u8>,
    /// Bytes read at a time.
    size: usize,
}

/// Where a walk over objects takes its bytes from.
pub(super) trait View {
    /// Up to `count` bytes from an offset on: as many as are at hand, at least 64 where the file
    /// or the stretch does not end before.
    fn get(&mut self, offset: u64, count: usize) -> io::Result<&[u8]>;
}

/// A stretch of a file that was read already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'b> {
    pub(super) from: u64,
    pub(super) bytes: &'b [u8],
}

impl View for Stretch<'_> {
    fn get(&mut self, offset: u64, count: usize) -> io::Result<&[u8]> {
        let begin = offset.checked_sub(self.from);
        let begin = begin.and_then(|begin| usize::try_from(begin).ok());
        let rest = begin.and_then(|begin| self.bytes.get(begin..));
        let rest = rest.unwrap_or_default();
        Ok(rest.get(..count).unwrap_or(rest))
    }
}

impl<'s> Window<'s> {
    pub(super) const fn new(source: &'s Source) -> Self {
        Self::of(source, WINDOW_BYTES)
    }

    /// A view that reads so many bytes at a time, at least 64.
    pub(super) const fn of(source: &'s Source, size: usize) -> Self {
        Self {
            source,
            from: 0,
            bytes: Vec::new(),
            size,
        }
    }
}

impl View for Window<'_> {
    fn get(&mut self, offset: u64, count: usize) -> io::Result<&[u8]> {
        let count = count.min(self.size);
        let end = self.from + self.bytes.len() as u64;
        let begins_here = self.from <= offset;
        let is_held = begins_here && offset + count as u64 <= end;
        let is_last = begins_here && end == self.source.bytes() && end > 0;
        if !(is_held || is_last) {
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.resize(self.size, 0);
            let done = self.source.read_at(offset, &mut bytes)?;
            bytes.truncate(done);
            (self.from, self.bytes) = (offset, bytes);
        }
        let begin = usize::try_from(offset - self.from).unwrap_or(usize::MAX);
        let held = self.bytes.get(begin..).unwrap_or_default();
        Ok(held.get(..count).unwrap_or(held))
    }
}

/// Blocks of the files of an archive that entries share; the oldest go first.
#[derive(Debug)]
pub(super) struct Blocks {
    shards: Vec<Mutex<Shard>>,
}

#[derive(Debug, Default)]
struct Shard {
    blocks: HashMap<(u32, u64), Arc<[u8]>>,
    order: VecDeque<(u32, u64)>,
}

const SHARDS: usize = 16;

impl Blocks {
    pub(super) fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    /// Copies up to `count` bytes from an offset on behind what `to` holds.
    pub(super) fn read(
        &self,
        file: u32,
        source: &Source,
        offset: u64,
        count: usize,
        to: &mut Vec<u8>,
    ) -> io::Result<()> {
        if count > BLOCK_BYTES {
            let begin = to.len();
            to.resize(begin + count, 0);
            let done = source.read_at(offset, to.get_mut(begin..).unwrap_or_default())?;
            to.truncate(begin + done);
            return Ok(());
        }
        let mut at = offset;
        let end = offset + count as u64;
        while at < end {
            let block = self.block(file, source, at / BLOCK_BYTES as u64)?;
            let begin = usize::try_from(at % BLOCK_BYTES as u64).unwrap_or(0);
            let wanted = usize::try_from(end - at).unwrap_or(0);
            let held = block.get(begin..).unwrap_or_default();
            let piece = held.get(..wanted).unwrap_or(held);
            if piece.is_empty() {
                break;
            }
            to.extend_from_slice(piece);
            at += piece.len() as u64;
        }
        Ok(())
    }

    fn block(&self, file: u32, source: &Source, number: u64) -> io::Result<Arc<[u8]>> {
        let key = (file, number);
        let place = usize::try_from(number).unwrap_or(0) % SHARDS;
        let lock = |shard: &'_ Mutex<Shard>| -> Option<Arc<[u8]>> {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.blocks.get(&key).cloned()
        };
        let Some(shard) = self.shards.get(place) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if let Some(block) = lock(shard) {
            return Ok(block);
        }
        let mut bytes = vec![0; BLOCK_BYTES];
        let done = source.read_at(number * BLOCK_BYTES as u64, &mut bytes)?;
        bytes.truncate(done);
        let block: Arc<[u8]> = bytes.into();
        let mut held = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if held.blocks.insert(key, Arc::clone(&block)).is_none() {
            held.order.push_back(key);
        }
        while held.order.len() > limits::JOURNAL_BLOCKS_MAX / SHARDS {
            if let Some(oldest) = held.order.pop_front() {
                held.blocks.remove(&oldest);
            }
        }
        Ok(block)
    }
}
