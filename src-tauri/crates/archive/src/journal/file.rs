//! One journal file that is open.

use std::io;
use std::sync::Arc;

use sealscope_model::Damage;

use super::arrays::Listing;
use super::header::Header;
use super::object::{HEAD_BYTES, Head, Kind, Layout};
use super::render::items;
use super::scan::{Counts, Ends, Hole, Interval, Piece, Scan, scan};
use super::window::{Blocks, View, Window};
use crate::{OpenContext, OpenError, Source};

/// A journal file: what its header says, and what a walk over its objects found.
#[derive(Debug)]
pub struct JournalFile {
    number: u32,
    /// What to call it in an archive of several files.
    name: Option<String>,
    /// The file as found.
    source: Source,
    /// The unpacked copy, where the file is packed.
    unpacked: Option<Source>,
    /// What its header says.
    pub header: Header,
    pub(super) layout: Layout,
    intervals: Vec<Interval>,
    holes: Vec<Hole>,
    pub(super) counts: Counts,
    pub(super) first: Option<Ends>,
    pub(super) last: Option<Ends>,
    pub(super) listing: Listing,
    blocks: Arc<Blocks>,
}

/// A file, what is read of it as segments, and its damage.
pub(super) struct Opened {
    pub(super) file: JournalFile,
    pub(super) pieces: Vec<Piece>,
    pub(super) damage: Vec<Damage>,
}

impl JournalFile {
    /// Walks over a file.
    pub(super) fn open(
        number: u32,
        name: Option<String>,
        source: Source,
        unpacked: Option<Source>,
        blocks: Arc<Blocks>,
        context: &OpenContext,
    ) -> Result<Opened, OpenError> {
        let path = source.path().to_owned();
        let unreadable = |error| OpenError::from_io(&path, error);
        let bytes = unpacked.as_ref().unwrap_or(&source);
        let header = Header::read(bytes).map_err(unreadable)?;
        header.check(&path)?;
        let layout = Layout {
            is_compact: header.is_compact,
        };
        let found = scan(bytes, &header, layout, &context.watch).map_err(unreadable)?;
        if found.is_stopped {
            return Err(OpenError::Stopped { path });
        }
        let Scan {
            intervals,
            pieces,
            holes,
            damage,
            counts,
            first,
            last,
            listing,
            ..
        } = found;
        let file = Self {
            number,
            name,
            source,
            unpacked,
            header,
            layout,
            intervals,
            holes,
            counts,
            first,
            last,
            listing,
            blocks,
        };
        Ok(Opened {
            file,
            pieces,
            damage,
        })
    }

    /// What to call it; `None` where the archive is this file.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The seals and what lies between them, in order.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Entries of the file.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.counts.entries
    }

    /// Seals of the file.
    #[must_use]
    pub const fn tags(&self) -> u64 {
        self.counts.tags
    }

    /// Sequence number and time (microseconds since 1970) of the first entry.
    #[must_use]
    pub fn first_entry(&self) -> Option<(u64, u64)> {
        self.first.map(|ends| (ends.seqnum, ends.realtime))
    }

    /// Sequence number and time (microseconds since 1970) of the last entry.
    #[must_use]
    pub fn last_entry(&self) -> Option<(u64, u64)> {
        self.last.map(|ends| (ends.seqnum, ends.realtime))
    }

    /// Entries that the file's own list leaves out, so that readers that follow it do not show
    /// them: number in the file and offset of the first ones, and how many there are.
    #[must_use]
    pub fn hidden_entries(&self) -> (&[(u64, u64)], u64) {
        (&self.listing.hidden, self.listing.hidden_count)
    }

    /// The file as found.
    pub(super) const fn source(&self) -> &Source {
        &self.source
    }

    /// The journal's bytes.
    pub(super) fn bytes(&self) -> &Source {
        self.unpacked.as_ref().unwrap_or(&self.source)
    }

    pub(super) fn read_block(&self, offset: u64, count: usize, to: &mut Vec<u8>) -> io::Result<()> {
        self.blocks
            .read(self.number, self.bytes(), offset, count, to)
    }

    /// Where the walk goes on when it stands at a hole.
    pub(super) fn after_hole(&self, at: u64) -> Option<u64> {
        let place = self.holes.binary_search_by_key(&at, |hole| hole.from);
        place
            .ok()
            .and_then(|place| self.holes.get(place))
            .map(|hole| hole.to)
    }

    /// Gives every byte that the seal of an interval covers to `take`, in order; reads the file
    /// anew. `false`: not all of it is there, so that nothing can match.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn covered(&self, interval: usize, take: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        self.put_covered(interval, &mut Window::new(self.bytes()), take)
    }

    /// The same from a stretch that was read already.
    pub(super) fn put_covered<V: View>(
        &self,
        interval: usize,
        view: &mut V,
        take: &mut dyn FnMut(&[u8]),
    ) -> io::Result<bool> {
        let Some(found) = self.intervals.get(interval) else {
            return Ok(false);
        };
        if found.is_damaged {
            return Ok(false);
        }
        if interval == 0 {
            self.header.covered().for_each(&mut *take);
        }
        let mut at = found.from;
        while at < found.to {
            let bytes = view.get(at, 16)?;
            let Ok(head) = Head::parse(bytes, self.layout) else {
                return Ok(false);
            };
            let (first, second) = head.covered(self.layout);
            let is_whole =
                put(view, at, at + first, take)? && put(view, at + second, at + head.size, take)?;
            if !is_whole {
                return Ok(false);
            }
            at = head.next(at);
        }
        Ok(true)
    }

    /// Entries, by number in the file, that name data lying in one of the ranges of bytes: runs of
    /// them, in order. The entries inside the ranges themselves are left out.
    ///
    /// # Errors
    /// When the medium fails.
    pub fn entries_with_data_in(&self, ranges: &[(u64, u64)]) -> io::Result<Vec<(u64, u64)>> {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        let Some(first) = ranges.first().map(|range| range.0) else {
            return Ok(runs);
        };
        let is_in = |offset: u64| {
            let after = ranges.partition_point(|range| range.1 <= offset);
            ranges.get(after).is_some_and(|range| range.0 <= offset)
        };
        let mut window = Window::new(self.bytes());
        let mut number = 0;
        for interval in &self.intervals {
            if interval.to <= first || is_in(interval.from) {
                number += interval.entries;
                continue;
            }
            let mut at = interval.from;
            while at < interval.to {
                if let Some(next) = self.after_hole(at) {
                    at = next;
                    continue;
                }
                let Ok(head) = Head::parse(window.get(at, 16)?, self.layout) else {
                    break;
                };
                if self.is_entry(&head) {
                    let size = usize::try_from(head.size).unwrap_or(usize::MAX);
                    let bytes = window.get(at, size)?;
                    if items(bytes, self.layout).any(is_in) {
                        match runs.last_mut() {
                            Some(last) if last.1 == number => last.1 = number + 1,
                            _ => runs.push((number, number + 1)),
                        }
                    }
                    number += 1;
                }
                at = head.next(at);
            }
        }
        Ok(runs)
    }

    /// Whether an object is an entry that is read: larger ones are damage.
    pub(super) fn is_entry(&self, head: &Head) -> bool {
        head.kind == Kind::Entry && head.size <= super::scan::LARGE_BYTES
    }
}

/// Gives the bytes between two offsets; `false`: they are not all there.
fn put<V: View>(view: &mut V, from: u64, to: u64, take: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
    let mut at = from;
    while at < to {
        let count = usize::try_from(to - at).unwrap_or(usize::MAX);
        let bytes = view.get(at, count)?;
        if bytes.is_empty() {
            return Ok(false);
        }
        take(bytes);
        at += bytes.len() as u64;
    }
    Ok(true)
}

/// Reads the header of an object; used by readers of stretches.
pub(super) fn head_at<V: View>(view: &mut V, at: u64, layout: Layout) -> io::Result<Option<Head>> {
    let bytes = view.get(at, usize::try_from(HEAD_BYTES).unwrap_or(16))?;
    Ok(Head::parse(bytes, layout).ok())
}
