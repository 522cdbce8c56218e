//! The one walk over a journal when it is opened: over the objects as they stand, never along the
//! file's own indexes.
//!
//! It finds the seals and what lies between them, counts, and plans what is read as one segment.
//! Where no object stands it goes on at the next place at which several in a row make sense.

use std::io;

use sealscope_model::{Claimed, Damage, Digest};

use super::arrays::{ArrayWalk, Listing};
use super::header::Header;
use super::object::{HEAD_BYTES, Head, Kind, Layout, u64_at};
use super::window::{View as _, Window};
use crate::{Source, Watch, limits};

/// Objects in a row that must make sense where the walk goes on after damage.
const CHAIN: u32 = 3;
/// Places at which that is tried.
const TRIES_MAX: u32 = 1 << 20;
/// Objects and holes larger than this are left out of segments where they hold no entry.
pub(super) const LARGE_BYTES: u64 = 1 << 20;
/// Bytes between two looks at the wish to stop.
const WATCHED_BYTES: u64 = 4 << 20;

/// A seal of a journal as found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Where it stands in the file.
    pub offset_bytes: u64,
    /// Its number in the file, from 1.
    pub seqnum: u64,
    /// The epoch whose key made it.
    pub epoch: u64,
    /// HMAC-SHA256 over everything since the seal before.
    pub claimed: Claimed<Digest>,
}

/// What lies between two seals, the second one included; or what follows the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins in the file.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// The seal at its end; `None`: nothing seals it.
    pub tag: Option<Tag>,
    /// Entries in it.
    pub entries: u64,
    /// Bytes in it belong to no object, so that nothing can match its seal.
    pub is_damaged: bool,
}

/// What is read as one segment: some whole intervals, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) intervals: (u32, u32),
    pub(super) from: u64,
    pub(super) to: u64,
    /// Whether no piece before holds a part of its first interval.
    pub(super) is_first: bool,
}

/// Bytes where no object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) from: u64,
    pub(super) to: u64,
}

/// How many objects of each kind there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) objects: u64,
    pub(super) data: u64,
    pub(super) fields: u64,
    pub(super) entries: u64,
    pub(super) arrays: u64,
    pub(super) tags: u64,
}

/// What is kept of an entry for holding it against the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) seqnum: u64,
    pub(super) realtime: u64,
}

/// What the walk found.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) intervals: Vec<Interval>,
    pub(super) pieces: Vec<Piece>,
    pub(super) holes: Vec<Hole>,
    pub(super) damage: Vec<Damage>,
    pub(super) counts: Counts,
    pub(super) first: Option<Ends>,
    pub(super) last: Option<Ends>,
    pub(super) listing: Listing,
    /// Where the last object ends.
    pub(super) end: u64,
    /// Somebody said stop.
    pub(super) is_stopped: bool,
}

struct Walk<'s> {
    source: &'s Source,
    window: Window<'s>,
    arrays: ArrayWalk<'s>,
    layout: Layout,
    scan: Scan,
    tries: u32,
    /// The interval at hand, and the part of it that is no piece yet.
    interval: Interval,
    part_from: u64,
    part_entries: u32,
    /// Whether the part holds entries or data; without, it need not be read as a segment.
    has_content: bool,
    /// Whether a part of the interval is a piece already.
    is_cut: bool,
    /// Intervals that will be one piece: the first, where they begin and end, entries.
    group: Option<(u32, u64, u64, u32)>,
}

/// Walks over a file.
pub(super) fn scan(
    source: &Source,
    header: &Header,
    layout: Layout,
    watch: &Watch,
) -> io::Result<Scan> {
    let from = header.header_bytes;
    let mut walk = Walk {
        source,
        window: Window::new(source),
        arrays: ArrayWalk::new(source, layout, header.entry_array_offset)?,
        layout,
        scan: Scan {
            intervals: Vec::new(),
            pieces: Vec::new(),
            holes: Vec::new(),
            damage: Vec::new(),
            counts: Counts::default(),
            first: None,
            last: None,
            listing: Listing::default(),
            end: from,
            is_stopped: false,
        },
        tries: 0,
        interval: Interval::from(from),
        part_from: from,
        part_entries: 0,
        has_content: false,
        is_cut: false,
        group: None,
    };
    walk.run(from, watch)?;
    walk.finish()
}

impl Interval {
    const fn from(from: u64) -> Self {
        Self {
            from,
            to: from,
            tag: None,
            entries: 0,
            is_damaged: false,
        }
    }
}

impl Walk<'_> {
    fn run(&mut self, from: u64, watch: &Watch) -> io::Result<()> {
        let (mut at, mut looked) = (from, from);
        let bytes = self.source.bytes();
        while at < bytes {
            if at - looked > WATCHED_BYTES {
                looked = at;
                if !watch.goes_on(at, bytes) {
                    self.scan.is_stopped = true;
                    return Ok(());
                }
            }
            let view = self.window.get(at, 64)?;
            let why = match Head::parse(view, self.layout) {
                Ok(head) if head.size <= bytes - at => {
                    self.take(at, head)?;
                    at = head.next(at).min(bytes);
                    self.scan.end = at;
                    continue;
                }
                Ok(_) => "an object ends beyond the end of the file",
                Err(_) if view.iter().take(16).all(|byte| *byte == 0) => "",
                Err(why) => why,
            };
            let Some(next) = self.go_on_after(at, why, watch)? else {
                return Ok(());
            };
            at = next;
        }
        Ok(())
    }

    fn take(&mut self, at: u64, head: Head) -> io::Result<()> {
        let is_full = self.part_entries >= limits::JOURNAL_PIECE_ENTRIES
            || at - self.part_from >= limits::JOURNAL_PIECE_BYTES;
        let is_large = head.size > LARGE_BYTES;
        if is_full || is_large {
            self.cut(at);
        }
        self.scan.counts.objects += 1;
        match head.kind {
            Kind::Data => {
                self.scan.counts.data += 1;
                self.has_content = true;
                // Larger ones are not read; nor are they skipped without a word where an entry
                // names them.
                if head.size > limits::ENTRY_BYTES_MAX as u64 {
                    self.leave_out(at, head);
                }
            }
            Kind::Field => self.scan.counts.fields += 1,
            Kind::Entry if is_large => {
                self.leave_out(at, head);
                self.interval.is_damaged = true;
                self.damage(at, "an entry is larger than any can be; it is left out");
            }
            Kind::Entry => self.take_entry(at)?,
            Kind::EntryArray | Kind::DataHashTable | Kind::FieldHashTable => {
                self.scan.counts.arrays += u64::from(head.kind == Kind::EntryArray);
                if is_large {
                    self.leave_out(at, head);
                }
            }
            Kind::Tag => self.take_tag(at, head)?,
        }
        Ok(())
    }

    /// Lets the next piece begin behind an object.
    fn leave_out(&mut self, at: u64, head: Head) {
        self.part_from = head.next(at);
    }

    fn take_entry(&mut self, at: u64) -> io::Result<()> {
        let bytes = self.window.get(at, 64)?;
        let ends = Ends {
            seqnum: u64_at(bytes, 16),
            realtime: u64_at(bytes, 24),
        };
        self.scan.first.get_or_insert(ends);
        self.scan.last = Some(ends);
        self.arrays.entry(self.scan.counts.entries, at)?;
        self.scan.counts.entries += 1;
        self.interval.entries += 1;
        self.part_entries += 1;
        self.has_content = true;
        Ok(())
    }

    fn take_tag(&mut self, at: u64, head: Head) -> io::Result<()> {
        self.scan.counts.tags += 1;
        if self.scan.intervals.len() >= limits::JOURNAL_TAGS_MAX {
            if self.scan.intervals.len() == limits::JOURNAL_TAGS_MAX {
                self.damage(at, "there are more seals than are looked at");
            }
            return Ok(());
        }
        let bytes = self.window.get(at, 64)?;
        let tag = bytes.get(32..64).and_then(|tag| tag.try_into().ok());
        self.interval.tag = Some(Tag {
            offset_bytes: at,
            seqnum: u64_at(bytes, 16),
            epoch: u64_at(bytes, 24),
            claimed: Claimed::parsed(Digest::new(tag.unwrap_or_default())),
        });
        self.close(head.next(at).min(self.source.bytes()));
        Ok(())
    }

    /// Ends a part of an interval that is too large for one piece, or stands before what is not
    /// read.
    fn cut(&mut self, at: u64) {
        if self.has_content {
            self.flush_group();
            self.push_part(at);
            self.is_cut = true;
        }
        self.part_from = self.part_from.max(at);
        self.part_entries = 0;
        self.has_content = false;
    }

    fn push_part(&mut self, to: u64) {
        let number = self.number();
        self.scan.pieces.push(Piece {
            intervals: (number, number + 1),
            from: self.part_from,
            to,
            is_first: !self.is_cut,
        });
    }

    fn number(&self) -> u32 {
        u32::try_from(self.scan.intervals.len()).unwrap_or(u32::MAX)
    }

    /// Ends the interval at hand.
    fn close(&mut self, to: u64) {
        self.interval.to = to;
        self.part_from = self.part_from.min(to);
        if !self.is_cut {
            self.join_group(to);
        } else if self.has_content {
            self.push_part(to);
        }
        let next = Interval::from(to);
        self.scan
            .intervals
            .push(std::mem::replace(&mut self.interval, next));
        self.part_from = to;
        self.part_entries = 0;
        self.has_content = false;
        self.is_cut = false;
    }

    /// Puts the interval at hand to those before it, where together they are small.
    fn join_group(&mut self, to: u64) {
        let fits = self.group.as_ref().is_some_and(|(_, from, end, entries)| {
            *end == self.part_from
                && to - from <= limits::JOURNAL_PIECE_BYTES / 4
                && entries + self.part_entries <= limits::JOURNAL_PIECE_ENTRIES / 2
        });
        if !fits {
            self.flush_group();
        }
        let begun = (self.number(), self.part_from, to, 0);
        let group = self.group.get_or_insert(begun);
        group.2 = to;
        group.3 += self.part_entries;
    }

    fn flush_group(&mut self) {
        if let Some((first, from, to, _)) = self.group.take() {
            self.scan.pieces.push(Piece {
                intervals: (first, self.number()),
                from,
                to,
                is_first: true,
            });
        }
    }

    fn finish(mut self) -> io::Result<Scan> {
        if self.interval.from < self.scan.end || self.interval.is_damaged {
            self.close(self.scan.end.max(self.interval.from));
        }
        self.flush_group();
        self.scan.listing = self.arrays.finish()?;
        Ok(self.scan)
    }

    fn damage(&mut self, at: u64, reason: &str) {
        if self.scan.damage.len() < limits::DAMAGE_MAX {
            self.scan.damage.push(Damage::at(at, reason));
        }
    }

    /// Where the walk goes on after bytes that are no object; `None`: nothing follows.
    fn go_on_after(&mut self, at: u64, why: &str, watch: &Watch) -> io::Result<Option<u64>> {
        let bytes = self.source.bytes();
        let mut place = at;
        if why.is_empty() {
            // Journals are made larger than they need be: zeros to the end are no damage.
            match self.next_written(at, watch)? {
                None => return Ok(None),
                Some(written) => place = written,
            }
        } else {
            place += 8;
        }
        let mut looked = place;
        let next = loop {
            if place + HEAD_BYTES > bytes || self.scan.holes.len() >= limits::DAMAGE_MAX {
                break None;
            }
            if place - looked > WATCHED_BYTES {
                looked = place;
                if !watch.goes_on(place, bytes) {
                    self.scan.is_stopped = true;
                    break None;
                }
            }
            if self.is_object(place)? {
                break Some(place);
            }
            place += 8;
        };
        let to = next.unwrap_or(bytes);
        let why = if why.is_empty() {
            "there are zeros where an object should begin"
        } else {
            why
        };
        let left_out = to - at;
        self.damage(at, &format!("{why}; {left_out} bytes are left out"));
        self.scan.holes.push(Hole { from: at, to });
        self.interval.is_damaged = true;
        if left_out > LARGE_BYTES {
            self.cut(at);
            self.part_from = to;
        }
        Ok(next)
    }

    /// The first place from here on, in steps of eight bytes, that is not zero.
    fn next_written(&mut self, at: u64, watch: &Watch) -> io::Result<Option<u64>> {
        let mut place = at;
        loop {
            let view = self.window.get(place, usize::MAX)?;
            if view.is_empty() {
                return Ok(None);
            }
            if let Some(found) = view.iter().position(|byte| *byte != 0) {
                return Ok(Some((place + found as u64) & !7));
            }
            place += view.len() as u64;
            if !watch.goes_on(place, self.source.bytes()) {
                self.scan.is_stopped = true;
                return Ok(None);
            }
        }
    }

    /// Whether an object stands here, and others, or the end, behind it.
    fn is_object(&mut self, place: u64) -> io::Result<bool> {
        let bytes = self.source.bytes();
        let view = self.window.get(place, 16)?;
        let fits = |at: u64, view: &[u8], layout| {
            let head = Head::parse(view, layout).ok()?;
            let is_inside = head.size <= bytes.saturating_sub(at);
            (head.is_usual(view) && is_inside).then(|| head.next(at))
        };
        let Some(mut next) = fits(place, view, self.layout) else {
            return Ok(false);
        };
        self.tries += 1;
        if self.tries > TRIES_MAX {
            return Ok(false);
        }
        for _ in 1..CHAIN {
            let mut view = [0; 16];
            let count = self.source.read_at(next, &mut view)?;
            if count < 16 || view == [0; 16] {
                return Ok(true);
            }
            match fits(next, &view, self.layout) {
                Some(after) => next = after,
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}
