//! Entries read again, where a chain is broken: what was checked is kept as runs only.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use sealscope_archive::Archive;
use sealscope_archive::chained_jsonl::{Before, ChainProfile, EntryReader, OwnDigest};
use sealscope_model::Position;

use super::findings::Link;
use crate::check::SegmentFindings;

/// Places of one digest that are looked at.
const PLACES_MAX: usize = 16;

/// An entry by its chain and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) partition: Option<Link>,
    pub(super) at: u64,
}

/// An entry that was read again.
#[derive(Debug, Clone)]
pub(super) struct Again {
    /// Its number in the archive.
    pub(super) stored: Position,
    pub(super) bytes: Vec<u8>,
    /// The digest by which the next one knows it.
    pub(super) id: Option<Vec<u8>>,
    pub(super) seq: Option<i64>,
    /// The line before it in its segment.
    pub(super) line_before: Vec<u8>,
}

/// The archive, to read entries of it again.
pub(super) struct Scene<'a> {
    pub(super) archive: &'a dyn Archive,
    pub(super) profile: Arc<ChainProfile>,
    pub(super) findings: &'a [SegmentFindings],
    pub(super) key: Option<&'a [u8]>,
}

impl Scene<'_> {
    /// Calls `give` with every entry that was checked, in stored order: place, number in the
    /// archive, bytes, bytes before.
    fn visit(&self, mut give: impl FnMut(&mut EntryReader, Place, Position, &[u8], &[u8])) {
        let mut reader = EntryReader::new(Arc::clone(&self.profile));
        let mut counts: HashMap<Option<Link>, u64> = HashMap::new();
        let mut stored = 0;
        let mut reuse = None;
        for found in self.findings {
            let Ok(segment) = self.archive.read_segment(found.ordinal, reuse.take()) else {
                stored += found.lines;
                continue;
            };
            let mut before: &[u8] = &[];
            for bytes in segment.entry_bytes() {
                let is_read = reader.read(bytes).is_ok();
                let partition = if is_read {
                    reader.partition(bytes).map(|text| Link::of(&text))
                } else {
                    None
                };
                let count = counts.entry(partition).or_default();
                let place = Place {
                    partition,
                    at: *count,
                };
                *count += 1;
                give(&mut reader, place, stored, bytes, before);
                before = bytes;
                stored += 1;
            }
            reuse = Some(segment);
        }
    }

    fn id(&self, reader: &mut EntryReader, bytes: &[u8]) -> Option<Vec<u8>> {
        reader.read(bytes).ok()?;
        if self.profile.has_own() {
            return reader.own(bytes).map(Cow::into_owned);
        }
        let digest = reader.link_digest(bytes, self.key).ok()?;
        Some(self.profile.write_digest(digest.as_slice()))
    }

    /// Where entries with these digests stand.
    pub(super) fn find(&self, wanted: &HashSet<Link>) -> HashMap<Link, Vec<Place>> {
        let mut hits: HashMap<Link, Vec<Place>> = HashMap::new();
        if wanted.is_empty() {
            return hits;
        }
        self.visit(|reader, place, _, bytes, _| {
            let link = self.id(reader, bytes).map(|id| Link::of(&id));
            if let Some(link) = link.filter(|link| wanted.contains(link)) {
                let places = hits.entry(link).or_default();
                if places.len() < PLACES_MAX {
                    places.push(place);
                }
            }
        });
        hits
    }

    /// Entries by their place.
    pub(super) fn entries_at(&self, places: &BTreeSet<Place>) -> HashMap<Place, Again> {
        let mut all = HashMap::new();
        if places.is_empty() {
            return all;
        }
        if !self.profile.has_partitions() {
            self.read_at(places, &mut all);
            return all;
        }
        self.visit(|reader, place, stored, bytes, before| {
            if places.contains(&place) {
                let again = self.again(reader, stored, bytes, before);
                all.insert(place, again);
            }
        });
        all
    }

    fn again(
        &self,
        reader: &mut EntryReader,
        stored: Position,
        bytes: &[u8],
        before: &[u8],
    ) -> Again {
        let id = self.id(reader, bytes);
        let seq = match reader.read(bytes) {
            Ok(()) => reader.seq(bytes),
            Err(_) => None,
        };
        Again {
            stored,
            bytes: bytes.to_vec(),
            id,
            seq,
            line_before: before.to_vec(),
        }
    }

    /// Where there is one chain, a place is a position: only the segments concerned are read.
    fn read_at(&self, places: &BTreeSet<Place>, all: &mut HashMap<Place, Again>) {
        let mut reader = EntryReader::new(Arc::clone(&self.profile));
        let mut first = 0;
        for found in self.findings {
            let end = first + found.lines;
            let place = |at| Place {
                partition: None,
                at,
            };
            let mut here = places.range(place(first)..place(end)).peekable();
            if here.peek().is_some()
                && let Ok(segment) = self.archive.read_segment(found.ordinal, None)
            {
                for place in here {
                    let number = usize::try_from(place.at - first).unwrap_or(usize::MAX);
                    let Some(bytes) = segment.entry(number) else {
                        continue;
                    };
                    let before = number
                        .checked_sub(1)
                        .and_then(|number| segment.entry(number));
                    let again =
                        self.again(&mut reader, place.at, bytes, before.unwrap_or_default());
                    all.insert(*place, again);
                }
            }
            first = end;
        }
    }

    /// What can stand in the place of a digest before a first entry.
    pub(super) fn genesis_texts(&self) -> Vec<Vec<u8>> {
        let reader = EntryReader::new(Arc::clone(&self.profile));
        reader.genesis_texts().map(<[u8]>::to_vec).collect()
    }

    /// Whether an entry's digest comes out right with this digest before it.
    pub(super) fn holds_after(&self, entry: &Again, digest: &[u8]) -> bool {
        let mut reader = EntryReader::new(Arc::clone(&self.profile));
        let Some(own) = &entry.id else {
            return false;
        };
        let before = Before {
            digest,
            line: &entry.line_before,
        };
        reader.read(&entry.bytes).is_ok()
            && reader.check_own(&entry.bytes, own, before, self.key) == OwnDigest::Holds
    }
}
