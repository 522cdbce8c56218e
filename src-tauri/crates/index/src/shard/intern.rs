//! Texts that are kept once and named by number.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Texts under a tag, each kept once. Numbers count from 0 in the order of arrival.
pub(crate) struct Interner {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Open addressing over numbers plus 1; 0 is free. The length is a power of two.
    slots: Vec<u32>,
    seed: [u64; 2],
}

#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    length: u32,
    tag: u32,
    hash: u32,
}

impl Interner {
    pub fn new() -> Self {
        // Keyed and random: the texts come from the evidence and must not collide on purpose.
        let random = || RandomState::new().build_hasher().finish() | 1;
        Self {
            bytes: Vec::new(),
            entries: Vec::new(),
            slots: vec![0; 1024],
            seed: [random(), random()],
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of memory in use.
    pub fn bytes_in_use(&self) -> usize {
        self.bytes.capacity()
            + self.entries.capacity() * size_of::<Entry>()
            + self.slots.capacity() * size_of::<u32>()
    }

    /// The text of a number.
    pub fn text(&self, number: u32) -> &[u8] {
        let Some(entry) = self.entries.get(number as usize) else {
            return &[];
        };
        let start = entry.start as usize;
        self.bytes
            .get(start..start + entry.length as usize)
            .unwrap_or_default()
    }

    /// The tag of a number.
    pub fn tag(&self, number: u32) -> u32 {
        self.entries
            .get(number as usize)
            .map_or(0, |entry| entry.tag)
    }

    /// The number of a text, if it is known.
    pub fn find(&self, tag: u32, text: &[u8]) -> Result<u32, Place> {
        let hash = self.hash(tag, text);
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = hash as usize & mask;
        loop {
            let number = match self.slots.get(slot) {
                None | Some(0) => return Err(Place { slot, hash }),
                Some(number) => number - 1,
            };
            if let Some(entry) = self.entries.get(number as usize)
                && entry.hash == hash
                && entry.tag == tag
                && self.text(number) == text
            {
                return Ok(number);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Keeps a text that [`Self::find`] has just not found. `None` when there is no room: texts
    /// take at most 4 GiB.
    pub fn add(&mut self, place: Place, tag: u32, text: &[u8]) -> Option<u32> {
        let number = u32::try_from(self.entries.len())
            .ok()
            .filter(|number| *number < LAST)?;
        let start = u32::try_from(self.bytes.len()).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        start.checked_add(length)?;
        self.bytes.extend_from_slice(text);
        self.entries.push(Entry {
            start,
            length,
            tag,
            hash: place.hash,
        });
        if let Some(slot) = self.slots.get_mut(place.slot) {
            *slot = number + 1;
        }
        if self.entries.len() * 2 > self.slots.len() {
            self.grow();
        }
        Some(number)
    }

    /// The number of a text, which is kept if it is new.
    pub fn intern(&mut self, tag: u32, text: &[u8]) -> Option<u32> {
        match self.find(tag, text) {
            Ok(number) => Some(number),
            Err(place) => self.add(place, tag, text),
        }
    }

    /// All numbers in the order of tag, then text.
    pub fn sorted(&self) -> Vec<u32> {
        // The first eight bytes decide most comparisons without a look at the text.
        let mut keys: Vec<(u32, u64, u32)> = (0..self.entries.len())
            .filter_map(|number| u32::try_from(number).ok())
            .map(|number| (self.tag(number), front(self.text(number)), number))
            .collect();
        keys.sort_unstable_by(|one, other| {
            (one.0, one.1)
                .cmp(&(other.0, other.1))
                .then_with(|| self.text(one.2).cmp(self.text(other.2)))
        });
        keys.into_iter().map(|(_, _, number)| number).collect()
    }

    fn grow(&mut self) {
        let length = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(length, 0);
        for (number, entry) in self.entries.iter().enumerate() {
            let mut slot = entry.hash as usize & (length - 1);
            while let Some(place) = self.slots.get_mut(slot) {
                if *place == 0 {
                    *place = u32::try_from(number + 1).unwrap_or(0);
                    break;
                }
                slot = (slot + 1) & (length - 1);
            }
        }
    }

    fn hash(&self, tag: u32, text: &[u8]) -> u32 {
        let [one, two] = self.seed;
        let mut state = one ^ u64::from(tag);
        let (words, rest) = text.as_chunks::<8>();
        for word in words {
            state = fold(state ^ u64::from_le_bytes(*word), two);
        }
        let mut tail = [0; 8];
        for (place, byte) in tail.iter_mut().zip(rest) {
            *place = *byte;
        }
        state = fold(state ^ u64::from_le_bytes(tail), two);
        let hash = fold(state ^ text.len() as u64, one);
        // Both halves went into every bit; the lower one is as good as the upper.
        (hash & 0xFFFF_FFFF) as u32
    }
}

/// Numbers stay below this, so that plus 1 fits and the top value is free for marks.
const LAST: u32 = u32::MAX - 1;

/// Where a text that is not known would stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    slot: usize,
    hash: u32,
}

fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    ((product >> 64) as u64) ^ (product as u64)
}

/// The first eight bytes, so that comparing them compares the texts.
fn front(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (place, byte) in bytes.iter_mut().zip(text) {
        *place = *byte;
    }
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_kept_once_and_found_again() {
        let mut interner = Interner::new();
        let texts: Vec<String> = (0..20_000)
            .map(|n| format!("{}", n * 7919 % 10_007))
            .collect();
        let numbers: Vec<u32> = texts
            .iter()
            .map(|text| interner.intern(3, text.as_bytes()).unwrap())
            .collect();
        assert_eq!(interner.len(), 10_007);
        for (text, number) in texts.iter().zip(numbers) {
            assert_eq!(interner.text(number), text.as_bytes());
            assert_eq!(interner.find(3, text.as_bytes()).ok(), Some(number));
        }
        assert!(interner.find(4, b"1").is_err());
    }

    #[test]
    fn sorting_is_by_tag_and_then_by_bytes() {
        let mut interner = Interner::new();
        let texts = [
            (2, "b"),
            (1, "prefix12b"),
            (1, "prefix12a"),
            (1, ""),
            (1, "p"),
            (1, "p\0"),
        ];
        for (tag, text) in texts {
            interner.intern(tag, text.as_bytes()).unwrap();
        }
        let sorted: Vec<_> = interner
            .sorted()
            .into_iter()
            .map(|number| (interner.tag(number), interner.text(number).to_vec()))
            .collect();
        let mut expected: Vec<_> = texts
            .iter()
            .map(|(tag, text)| (*tag, text.as_bytes().to_vec()))
            .collect();
        expected.sort();
        assert_eq!(sorted, expected);
    }
}
