//! The journal's own list of its entries, walked beside the entries themselves.
//!
//! Entry arrays are not sealed: an entry that they leave out is hidden from readers that follow
//! them (CVE-2023-31437). Here they are only held against what is there.

use std::io;

use super::object::{Head, Kind, Layout, u32_at, u64_at};
use super::window::{View as _, Window};
use crate::Source;

/// Arrays that are followed: each is larger than the one before, so real files have some twenty.
const ARRAYS_MAX: u32 = 1 << 16;
/// Entries that are named; the others are counted.
const NAMED_MAX: usize = 1000;
const WINDOW_BYTES: usize = 64 << 10;

/// The items of the chain of arrays, in its order.
#[derive(Debug)]
pub(super) struct ArrayWalk<'s> {
    window: Window<'s>,
    layout: Layout,
    file_bytes: u64,
    /// Where the next item stands, and where the array ends.
    at: u64,
    end: u64,
    next: u64,
    arrays: u32,
    item: Option<u64>,
    found: Listing,
}

/// What came of holding the list against the entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Entries that the list leaves out: number in the file, and offset. The first ones only.
    pub(super) hidden: Vec<(u64, u64)>,
    /// All that it leaves out.
    pub(super) hidden_count: u64,
    /// Items that name no entry, or one again.
    pub(super) stray: u64,
    /// Where the chain cannot be followed.
    pub(super) torn_at: Option<u64>,
}

impl<'s> ArrayWalk<'s> {
    pub(super) fn new(source: &'s Source, layout: Layout, first: u64) -> io::Result<Self> {
        let mut walk = Self {
            window: Window::of(source, WINDOW_BYTES),
            layout,
            file_bytes: source.bytes(),
            at: 0,
            end: 0,
            next: first,
            arrays: 0,
            item: None,
            found: Listing::default(),
        };
        walk.advance()?;
        Ok(walk)
    }

    /// Takes the next entry of the file.
    pub(super) fn entry(&mut self, number: u64, offset: u64) -> io::Result<()> {
        while let Some(item) = self.item {
            let is_outside = item >= self.file_bytes || !item.is_multiple_of(8);
            if item > offset && !is_outside {
                break;
            }
            self.advance()?;
            if item == offset {
                return Ok(());
            }
            self.found.stray += 1;
        }
        self.found.hidden_count += 1;
        if self.found.hidden.len() < NAMED_MAX {
            self.found.hidden.push((number, offset));
        }
        Ok(())
    }

    /// What was found, once all entries were taken.
    pub(super) fn finish(mut self) -> io::Result<Listing> {
        while self.item.is_some() {
            self.found.stray += 1;
            self.advance()?;
        }
        Ok(self.found)
    }

    fn advance(&mut self) -> io::Result<()> {
        self.item = None;
        loop {
            while self.at < self.end {
                let bytes = self.window.get(self.at, 8)?;
                let item = if self.layout.is_compact {
                    u64::from(u32_at(bytes, 0))
                } else {
                    u64_at(bytes, 0)
                };
                self.at += self.layout.array_item();
                // Arrays are made larger than they need be.
                if item != 0 {
                    self.item = Some(item);
                    return Ok(());
                }
            }
            if !self.enter()? {
                return Ok(());
            }
        }
    }

    /// Goes to the next array; `false` at the end of the chain, or where it cannot be followed.
    fn enter(&mut self) -> io::Result<bool> {
        let offset = self.next;
        if offset == 0 {
            return Ok(false);
        }
        let bytes = self.window.get(offset, 24)?;
        let head = Head::parse(bytes, self.layout).ok();
        let head = head.filter(|head| {
            head.kind == Kind::EntryArray
                && offset.is_multiple_of(8)
                && offset <= self.file_bytes
                && head.size <= self.file_bytes - offset
        });
        let next = u64_at(bytes, 16);
        // Later arrays stand later: a chain that turns back would never end.
        let is_sound = (next == 0 || next > offset) && self.arrays < ARRAYS_MAX;
        let Some(head) = head.filter(|_| is_sound) else {
            self.found.torn_at = Some(offset);
            self.next = 0;
            return Ok(false);
        };
        self.arrays += 1;
        self.at = offset + 24;
        self.end = offset + head.size;
        self.next = next;
        Ok(true)
    }
}
