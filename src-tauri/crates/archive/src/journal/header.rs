//! The header of a journal file.

use std::io;

use super::object::{id_at, u64_at};
use crate::{OpenError, Source, limits};

/// First bytes of every journal.
pub(super) const MAGIC: &[u8; 8] = b"LPKSHHRH";
/// Bytes of the oldest header.
const HEADER_MIN: u64 = 208;
/// Header bytes that the first seal covers lie before this.
const COVERED_TO: usize = 136;

const SEALED: u32 = 1;
const SEALED_CONTINUOUS: u32 = 4;
const KEYED_HASH: u32 = 4;
const COMPACT: u32 = 16;
/// xz, lz4, keyed hash, zstd, compact.
const KNOWN_INCOMPATIBLE: u32 = 0x1F;

/// What a journal's header says. The first seal covers the flags, the ids, its own size and the
/// places of the hash tables; the counters and the state are covered by nothing.
#[derive(Debug, Clone)]
pub struct Header {
    /// Whether the writer says that it seals the file.
    pub is_sealed: bool,
    /// Whether the writer promises a seal for every epoch (systemd 255 and later).
    pub is_continuous: bool,
    /// Hashes are SipHash-2-4 under the file's id, else Jenkins' lookup3.
    pub is_keyed_hash: bool,
    /// The compact layout.
    pub is_compact: bool,
    /// 0: closed, 1: a writer had it open, 2: rotated.
    pub state: u8,
    /// Id of the file.
    pub file_id: [u8; 16],
    /// Id of the machine.
    pub machine_id: [u8; 16],
    /// Id of the run of sequence numbers, shared by rotated files.
    pub seqnum_id: [u8; 16],
    /// Bytes of the header.
    pub header_bytes: u64,
    /// Objects, as counted by the writer.
    pub objects: u64,
    /// Entries, as counted by the writer.
    pub entries: u64,
    /// Seals, as counted by the writer; `None` in headers older than sealing.
    pub tags: Option<u64>,
    /// Data objects, as counted by the writer.
    pub data: Option<u64>,
    /// Field objects, as counted by the writer.
    pub fields: Option<u64>,
    /// Entry arrays, as counted by the writer.
    pub entry_arrays: Option<u64>,
    /// Where the first entry array is; 0 for none.
    pub entry_array_offset: u64,
    /// Sequence number of the first entry.
    pub head_seqnum: u64,
    /// Sequence number of the last entry.
    pub tail_seqnum: u64,
    /// Time of the first entry, in microseconds since 1970.
    pub head_realtime: u64,
    /// Time of the last entry, in microseconds since 1970.
    pub tail_realtime: u64,
    /// Whether the first eight bytes are a journal's.
    pub has_magic: bool,
    /// Whether it states a size that a header can have.
    pub has_plain_size: bool,
    begin: [u8; COVERED_TO],
}

impl Header {
    /// Reads the header of a file.
    pub(super) fn read(source: &Source) -> io::Result<Self> {
        let mut bytes = vec![0; 272];
        source.read_at(0, &mut bytes)?;
        Ok(Self::parse(&bytes))
    }

    /// Reads a header from a file's first bytes; what is not there is 0.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let number = |offset| u64_at(bytes, offset);
        let stated = number(88);
        let has_plain_size =
            (HEADER_MIN..=limits::JOURNAL_HEADER_MAX).contains(&stated) && stated.is_multiple_of(8);
        let since = |size: u64, offset| (has_plain_size && stated >= size).then(|| number(offset));
        let flags = number(8);
        let compatible = (flags & 0xFFFF_FFFF) as u32;
        let incompatible = (flags >> 32) as u32;
        let mut begin = [0; COVERED_TO];
        for (to, from) in begin.iter_mut().zip(bytes) {
            *to = *from;
        }
        Self {
            is_sealed: compatible & SEALED != 0,
            is_continuous: compatible & SEALED_CONTINUOUS != 0,
            is_keyed_hash: incompatible & KEYED_HASH != 0,
            is_compact: incompatible & COMPACT != 0,
            state: bytes.get(16).copied().unwrap_or(0),
            file_id: id_at(bytes, 24),
            machine_id: id_at(bytes, 40),
            seqnum_id: id_at(bytes, 72),
            header_bytes: if has_plain_size { stated } else { HEADER_MIN },
            objects: number(144),
            entries: number(152),
            tail_seqnum: number(160),
            head_seqnum: number(168),
            entry_array_offset: number(176),
            head_realtime: number(184),
            tail_realtime: number(192),
            data: since(216, 208),
            fields: since(224, 216),
            tags: since(232, 224),
            entry_arrays: since(240, 232),
            has_magic: bytes.starts_with(MAGIC),
            has_plain_size,
            begin,
        }
    }

    /// Refuses what this version cannot read.
    pub(super) fn check(&self, path: &std::path::Path) -> Result<(), OpenError> {
        let incompatible = super::object::u32_at(&self.begin, 12);
        let unknown = incompatible & !KNOWN_INCOMPATIBLE;
        if unknown == 0 {
            return Ok(());
        }
        Err(OpenError::Unsupported {
            path: path.to_owned(),
            feature: format!("a form of systemd journal with the flags 0x{unknown:x}"),
            offset_bytes: 12,
        })
    }

    /// The bytes of the header that the first seal covers.
    pub(super) fn covered(&self) -> impl Iterator<Item = &[u8]> {
        [0..16, 24..56, 72..96, 104..136]
            .into_iter()
            .filter_map(|range| self.begin.get(range))
    }
}

/// Whether a file's first bytes look like a journal, its magic left aside.
pub(super) fn is_plausible(bytes: &[u8]) -> bool {
    let header = Header::parse(bytes);
    let layout = super::object::Layout {
        is_compact: header.is_compact,
    };
    let first = usize::try_from(header.header_bytes).unwrap_or(usize::MAX);
    let first = bytes.get(first..).unwrap_or_default();
    let near = bytes.iter().zip(MAGIC).filter(|(a, b)| a == b).count() >= 6;
    header.has_plain_size
        && near
        && header.state <= 2
        && first.len() >= 16
        && super::object::Head::parse(first, layout).is_ok_and(|head| head.is_usual(first))
}
