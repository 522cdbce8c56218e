use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use sealscope_archive::journal::hash;
use sealscope_verify::journal::SealKey;
use sha2::Sha256;

/// The verification key under which the journals are sealed: epochs of an hour, the first one from
/// 2026-01-01T00:00:00Z on. Of many seeds this is one whose primes are found at once, so that tests
/// can open thousands of journals.
pub const SEAL_KEY: &str = "001122334455667788990194/77d90-d693a400";

const ENTRIES_MAX: usize = 4096;

/// Form of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Compact objects.
    pub is_compact: bool,
    /// SipHash instead of Jenkins' hash.
    pub is_keyed: bool,
    /// A seal is promised for every epoch.
    pub is_continuous: bool,
    /// Payloads are packed with zstd.
    pub is_packed: bool,
    /// Whether the header says that the file is sealed.
    pub is_sealed: bool,
}

impl Layout {
    /// As systemd 252 writes: compact, keyed, sealed.
    pub const USUAL: Self = Self {
        is_compact: true,
        is_keyed: true,
        is_continuous: false,
        is_packed: false,
        is_sealed: true,
    };
}

/// What a seal says, where it is not what it should say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TagDraft {
    /// Its number.
    pub seqnum: Option<u64>,
    /// The epoch that it names and whose key makes it.
    pub epoch: u64,
}

/// Writes a journal object by object.
#[derive(Debug)]
pub struct JournalBuilder {
    bytes: Vec<u8>,
    layout: Layout,
    key: SealKey,
    file_id: [u8; 16],
    data: HashMap<Vec<u8>, u64>,
    array: usize,
    array_capacity: usize,
    entries: Vec<(u64, u64)>,
    next_seqnum: u64,
    tags: u64,
    counts: [u64; 8],
    /// Pieces of the file that the next seal covers.
    covered: Vec<Range<usize>>,
    last_object: usize,
    buckets: usize,
    /// Entries that hold each data object, by its offset; only where these are indexed.
    holders: Option<BTreeMap<u64, Vec<u64>>>,
}

impl JournalBuilder {
    /// Begins a journal; `number` makes its ids.
    ///
    /// # Panics
    /// Never: the key is one.
    #[must_use]
    pub fn new(layout: Layout, number: u8) -> Self {
        Self::with_capacity(layout, number, 64)
    }

    /// Begins a journal whose list has room for so many entries.
    ///
    /// # Panics
    /// Never: the key is one.
    #[must_use]
    pub fn with_capacity(layout: Layout, number: u8, entries: usize) -> Self {
        Self::begun(layout, number, entries, 4)
    }

    /// Begins a journal whose data can be found by [`index`](Self::index), as `journalctl --verify`
    /// asks for.
    ///
    /// # Panics
    /// Never: the key is one.
    #[must_use]
    pub fn indexed(layout: Layout, number: u8, entries: usize) -> Self {
        let mut journal = Self::begun(layout, number, entries, 2 * entries.max(2));
        journal.holders = Some(BTreeMap::new());
        journal
    }

    fn begun(layout: Layout, number: u8, entries: usize, buckets: usize) -> Self {
        let mut journal = Self {
            bytes: vec![0; 272],
            layout,
            key: SealKey::parse(SEAL_KEY.as_bytes()).expect("a key"),
            file_id: [number; 16],
            data: HashMap::new(),
            array: 0,
            array_capacity: entries.max(1),
            entries: Vec::new(),
            next_seqnum: 1,
            tags: 0,
            counts: [0; 8],
            covered: vec![0..16, 24..56, 72..96, 104..136],
            last_object: 0,
            buckets,
            holders: None,
        };
        journal.begin();
        journal
    }

    /// The seal key's epoch begin, in microseconds since 1970.
    #[must_use]
    pub fn epoch_start(&self, epoch: u64) -> u64 {
        self.key.epoch_start_usec(epoch).unwrap_or(0)
    }

    /// Sets the number of the next entry.
    pub fn set_next_seqnum(&mut self, seqnum: u64) {
        self.next_seqnum = seqnum;
    }

    fn begin(&mut self) {
        let layout = self.layout;
        self.bytes[..8].copy_from_slice(b"LPKSHHRH");
        let compatible = u32::from(layout.is_sealed) | u32::from(layout.is_continuous) << 2;
        let incompatible = u32::from(layout.is_keyed) << 2
            | u32::from(layout.is_packed) << 3
            | u32::from(layout.is_compact) << 4;
        self.bytes[8..12].copy_from_slice(&compatible.to_le_bytes());
        self.bytes[12..16].copy_from_slice(&incompatible.to_le_bytes());
        self.bytes[24..40].copy_from_slice(&self.file_id);
        self.bytes[40..56].copy_from_slice(&[0x5E; 16]);
        self.bytes[72..88].copy_from_slice(&[0x5C; 16]);
        self.put_number(88, 272);
        for (kind, offset, buckets) in [(5, 120, 4), (4, 104, self.buckets)] {
            let table = self.object(kind, 0, &vec![0; 16 * buckets]);
            self.put_number(offset, table as u64 + 16);
            self.put_number(offset + 8, 16 * buckets as u64);
        }
        let item = if layout.is_compact { 4 } else { 8 };
        self.array = self.object(6, 0, &vec![0; 8 + item * self.array_capacity]);
        self.put_number(176, self.array as u64);
    }

    fn put_number(&mut self, offset: usize, number: u64) {
        self.bytes[offset..offset + 8].copy_from_slice(&number.to_le_bytes());
    }

    /// Appends an object and notes which of its bytes the next seal covers.
    fn object(&mut self, kind: u8, flags: u8, content: &[u8]) -> usize {
        let begin = self.bytes.len();
        let size = 16 + content.len();
        self.bytes
            .extend_from_slice(&[kind, flags, 0, 0, 0, 0, 0, 0]);
        self.bytes.extend_from_slice(&(size as u64).to_le_bytes());
        self.bytes.extend_from_slice(content);
        let payload = if self.layout.is_compact { 72 } else { 64 };
        let parts = match kind {
            1 => [0..24, payload..size],
            2 => [0..24, 40..size],
            3 => [0..size, size..size],
            7 => [0..32, size..size],
            _ => [0..16, size..size],
        };
        for part in parts {
            self.covered.push(begin + part.start..begin + part.end);
        }
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        self.counts[usize::from(kind)] += 1;
        self.last_object = begin;
        begin
    }

    fn hash(&self, payload: &[u8]) -> u64 {
        if self.layout.is_keyed {
            hash::keyed(&self.file_id, payload)
        } else {
            hash::jenkins(payload)
        }
    }

    /// The data object of a payload, written where it is not there yet.
    ///
    /// # Panics
    /// When zstd cannot pack.
    pub fn data(&mut self, payload: &[u8]) -> u64 {
        if let Some(offset) = self.data.get(payload) {
            return *offset;
        }
        let hash = self.hash(payload);
        let mut content = hash.to_le_bytes().to_vec();
        content.resize(if self.layout.is_compact { 56 } else { 48 }, 0);
        let is_packed = self.layout.is_packed && payload.len() > 16;
        if is_packed {
            content.extend(zstd::bulk::compress(payload, 3).expect("zstd packs"));
        } else {
            content.extend_from_slice(payload);
        }
        let offset = self.object(1, if is_packed { 4 } else { 0 }, &content) as u64;
        self.data.insert(payload.to_vec(), offset);
        offset
    }

    /// Appends an entry with these fields (`NAME=value`) and gives its offset.
    pub fn entry(&mut self, realtime: u64, fields: &[&[u8]]) -> u64 {
        let mut items: Vec<u64> = fields.iter().map(|field| self.data(field)).collect();
        items.sort_unstable();
        items.dedup();
        let sum = fields
            .iter()
            .fold(0, |sum, field| sum ^ hash::jenkins(field));
        let data = items.clone();
        let mut content = Vec::new();
        let monotonic = realtime - self.epoch_start(0);
        for number in [self.next_seqnum, realtime, monotonic] {
            content.extend_from_slice(&number.to_le_bytes());
        }
        content.extend_from_slice(&[0xB0; 16]);
        content.extend_from_slice(&sum.to_le_bytes());
        for offset in items {
            if self.layout.is_compact {
                let offset = u32::try_from(offset).expect("small");
                content.extend_from_slice(&offset.to_le_bytes());
            } else {
                content.extend_from_slice(&offset.to_le_bytes());
                let at = usize::try_from(offset).expect("small") + 16;
                let hash: [u8; 8] = self.bytes[at..at + 8].try_into().expect("eight");
                content.extend_from_slice(&hash);
            }
        }
        let offset = self.object(3, 0, &content) as u64;
        if let Some(holders) = &mut self.holders {
            for item in data {
                holders.entry(item).or_default().push(offset);
            }
        }
        self.list(offset);
        self.entries.push((self.next_seqnum, realtime));
        self.next_seqnum += 1;
        offset
    }

    fn list(&mut self, offset: u64) {
        let number = self.entries.len();
        assert!(
            number < self.array_capacity.max(ENTRIES_MAX),
            "the list has room"
        );
        let item = if self.layout.is_compact { 4 } else { 8 };
        let at = self.array + 24 + item * number;
        if self.layout.is_compact {
            let offset = u32::try_from(offset).expect("small");
            self.bytes[at..at + 4].copy_from_slice(&offset.to_le_bytes());
        } else {
            self.put_number(at, offset);
        }
    }

    /// Fills the hash table of the data and writes for each which entries hold it; to be called
    /// once, before the last seal.
    ///
    /// # Panics
    /// Where the journal was not begun as one to be indexed.
    pub fn index(&mut self) {
        let holders = self.holders.take().expect("an indexed journal");
        let mut tails = vec![0; self.buckets];
        for (data, entries) in holders {
            let at = usize::try_from(data).expect("small");
            let hash: [u8; 8] = self.bytes[at + 16..at + 24].try_into().expect("eight");
            let bucket = usize::try_from(u64::from_le_bytes(hash) % self.buckets as u64);
            let bucket = bucket.expect("small");
            let slot = self.number(104) + 16 * bucket;
            match std::mem::replace(&mut tails[bucket], at) {
                0 => self.put_number(slot, data),
                before => self.put_number(before + 24, data),
            }
            self.put_number(slot + 8, data);
            self.put_number(at + 40, entries[0]);
            self.put_number(at + 56, entries.len() as u64);
            if entries.len() > 1 {
                let array = self.array_of(&entries[1..]);
                self.put_number(at + 48, array as u64);
            }
        }
    }

    fn array_of(&mut self, entries: &[u64]) -> usize {
        let mut content = vec![0; 8];
        for entry in entries {
            if self.layout.is_compact {
                content.extend(u32::try_from(*entry).expect("small").to_le_bytes());
            } else {
                content.extend(entry.to_le_bytes());
            }
        }
        self.object(6, 0, &content)
    }

    fn number(&self, offset: usize) -> usize {
        let bytes = self.bytes[offset..offset + 8].try_into().expect("eight");
        usize::try_from(u64::from_le_bytes(bytes)).expect("small")
    }

    /// Seals everything since the seal before, with the key of an epoch.
    pub fn seal(&mut self, epoch: u64) -> u64 {
        self.seal_as(TagDraft {
            seqnum: None,
            epoch,
        })
    }

    /// Seals, saying what the draft says.
    ///
    /// # Panics
    /// Never: a key of any length is taken.
    pub fn seal_as(&mut self, draft: TagDraft) -> u64 {
        self.tags += 1;
        let mut content = draft.seqnum.unwrap_or(self.tags).to_le_bytes().to_vec();
        content.extend_from_slice(&draft.epoch.to_le_bytes());
        content.extend_from_slice(&[0; 32]);
        let begin = self.object(7, 0, &content);
        let key = self.key.key_of_epoch(draft.epoch);
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
        for range in std::mem::take(&mut self.covered) {
            mac.update(&self.bytes[range]);
        }
        self.bytes[begin + 32..begin + 64].copy_from_slice(&mac.finalize().into_bytes());
        begin as u64
    }

    /// The file, its header's counters set.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let arena = self.bytes.len() as u64 - 272;
        let first = self.entries.first().copied().unwrap_or_default();
        let last = self.entries.last().copied().unwrap_or_default();
        let counts = self.counts;
        for (offset, number) in [
            (96, arena),
            (136, self.last_object as u64),
            (144, counts.iter().sum()),
            (152, counts[3]),
            (160, last.0),
            (168, first.0),
            (184, first.1),
            (192, last.1),
            (208, counts[1]),
            (216, counts[2]),
            (224, counts[7]),
            (232, counts[6]),
        ] {
            self.put_number(offset, number);
        }
        self.bytes
    }
}
