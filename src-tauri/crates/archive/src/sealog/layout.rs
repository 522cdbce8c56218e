//! The frames of a sealog file, byte by byte: made here, and read here.

use sealscope_model::Digest;
use sealscope_proof::sha256;

use crate::limits;

/// Magic of the sealog frames: a zstd skippable frame (RFC 8878 §3.1.2).
pub(crate) const SKIPPABLE_MAGIC: [u8; 4] = [0x5A, 0x2A, 0x4D, 0x18];
/// Magic of a zstd frame (RFC 8878 §3.1.1).
pub(crate) const DATA_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// First bytes of an SLID payload.
pub(crate) const FORMAT_MAGIC: [u8; 8] = *b"sealog/1";
/// Bytes of a sealog frame before its payload: magic, length, type, version, zeros, check.
pub(crate) const FRAME_HEAD_BYTES: usize = 24;
/// Fixed part of an SLTL payload.
pub(crate) const SLTL_FIXED_BYTES: usize = 52;
const VERSION: u8 = 1;

/// What a sealog frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameType {
    /// Identity of the archive.
    Id,
    /// Leaf list of the data frame before it.
    LeafList,
    /// Signed checkpoint.
    Checkpoint,
    /// Timestamp token.
    Timestamp,
    /// Index of the data frames.
    Index,
}

impl FrameType {
    const ALL: [FrameType; 5] = [
        Self::Id,
        Self::LeafList,
        Self::Checkpoint,
        Self::Timestamp,
        Self::Index,
    ];

    pub(crate) const fn tag(self) -> [u8; 4] {
        match self {
            Self::Id => *b"SLID",
            Self::LeafList => *b"SLTL",
            Self::Checkpoint => *b"SLCP",
            Self::Timestamp => *b"SLTS",
            Self::Index => *b"SLIX",
        }
    }

    /// The tag as text, for messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Id => "SLID",
            Self::LeafList => "SLTL",
            Self::Checkpoint => "SLCP",
            Self::Timestamp => "SLTS",
            Self::Index => "SLIX",
        }
    }

    pub(crate) const fn payload_bytes_max(self) -> usize {
        match self {
            Self::Id => limits::SLID_BYTES_MAX,
            Self::LeafList => limits::SLTL_BYTES_MAX,
            Self::Checkpoint => limits::SLCP_BYTES_MAX,
            Self::Timestamp => limits::SLTS_BYTES_MAX,
            Self::Index => limits::SLIX_BYTES_MAX,
        }
    }
}

/// The head of a sealog frame as found; the payload is not looked at yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHead {
    pub(crate) kind: FrameType,
    pub(crate) version: u8,
    pub(crate) payload_bytes: usize,
    check: [u8; 8],
}

impl FrameHead {
    /// Reads the 24 bytes before a payload.
    pub(crate) fn parse(head: &[u8; FRAME_HEAD_BYTES]) -> Result<Self, String> {
        let [
            m0,
            m1,
            m2,
            m3,
            l0,
            l1,
            l2,
            l3,
            t0,
            t1,
            t2,
            t3,
            version,
            z0,
            z1,
            z2,
            check @ ..,
        ] = *head;
        if [m0, m1, m2, m3] != SKIPPABLE_MAGIC {
            return Err("these bytes begin no sealog frame".to_owned());
        }
        let tag = [t0, t1, t2, t3];
        let kind = FrameType::ALL
            .into_iter()
            .find(|kind| kind.tag() == tag)
            .ok_or_else(|| {
                format!(
                    "frame type {:?} is not known",
                    tag.escape_ascii().to_string()
                )
            })?;
        if [z0, z1, z2] != [0; 3] {
            return Err(format!(
                "reserved bytes of this {} frame are not zero",
                kind.name()
            ));
        }
        let body = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let payload_bytes = body
            .checked_sub(FRAME_HEAD_BYTES - 8)
            .ok_or_else(|| format!("this {} frame is shorter than its own head", kind.name()))?;
        if payload_bytes > kind.payload_bytes_max() {
            return Err(format!(
                "this {} frame states {payload_bytes} bytes; the limit is {}",
                kind.name(),
                kind.payload_bytes_max()
            ));
        }
        Ok(Self {
            kind,
            version,
            payload_bytes,
            check,
        })
    }

    /// Whether the payload is the one that the head was written for, under a version known here.
    pub(crate) fn fits(&self, payload: &[u8]) -> bool {
        self.version == VERSION && self.hashes(payload)
    }

    /// Whether the payload has the hash that the head states.
    pub(crate) fn hashes(&self, payload: &[u8]) -> bool {
        let [a, b, c, d, e, f, g, h, ..] = *sha256(payload).as_bytes();
        self.check == [a, b, c, d, e, f, g, h]
    }
}

/// A whole sealog frame around a payload. The payload is within the limit of its type.
pub(crate) fn frame(kind: FrameType, payload: &[u8]) -> Vec<u8> {
    let body = u32::try_from(payload.len() + FRAME_HEAD_BYTES - 8).unwrap_or(u32::MAX);
    let [a, b, c, d, e, f, g, h, ..] = *sha256(payload).as_bytes();
    let mut bytes = Vec::with_capacity(FRAME_HEAD_BYTES + payload.len());
    bytes.extend_from_slice(&SKIPPABLE_MAGIC);
    bytes.extend_from_slice(&body.to_le_bytes());
    bytes.extend_from_slice(&kind.tag());
    bytes.extend_from_slice(&[VERSION, 0, 0, 0]);
    bytes.extend_from_slice(&[a, b, c, d, e, f, g, h]);
    bytes.extend_from_slice(payload);
    bytes
}

/// An SLTS frame around a timestamp token in DER; `None` when the token is longer than
/// [`limits::SLTS_BYTES_MAX`].
#[must_use]
pub fn timestamp_frame(token: &[u8]) -> Option<Vec<u8>> {
    (token.len() <= limits::SLTS_BYTES_MAX).then(|| frame(FrameType::Timestamp, token))
}

/// Reads fixed-size little-endian fields one after another.
struct Cursor<'b>(&'b [u8]);

impl<'b> Cursor<'b> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn digests(&mut self, count: usize) -> Option<Vec<Digest>> {
        let (hashes, rest) = self.0.split_at_checked(count.checked_mul(32)?)?;
        self.0 = rest;
        let (hashes, _) = hashes.as_chunks::<32>();
        Some(hashes.iter().map(|hash| Digest::new(*hash)).collect())
    }
}

/// Payload of SLID: which archive this is and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The archive's uuid.
    pub archive: [u8; 16],
    /// Leaf index of the first entry.
    pub start: u64,
    /// Roots of the complete subtrees before `start`: hints until a root proves them.
    pub frontier: Vec<Digest>,
}

impl Identity {
    pub(crate) fn to_payload(&self) -> Vec<u8> {
        let mut bytes = FORMAT_MAGIC.to_vec();
        bytes.extend_from_slice(&self.archive);
        bytes.extend_from_slice(&self.start.to_le_bytes());
        self.frontier
            .iter()
            .for_each(|hash| bytes.extend_from_slice(hash.as_bytes()));
        bytes
    }

    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(payload);
        if cursor.take::<8>()? != FORMAT_MAGIC {
            return None;
        }
        let archive = cursor.take::<16>()?;
        let start = cursor
            .u64()
            .filter(|start| *start < limits::LEAF_INDEX_MAX)?;
        let frontier = cursor.digests(start.count_ones() as usize)?;
        cursor.0.is_empty().then_some(Self {
            archive,
            start,
            frontier,
        })
    }
}

/// Payload of SLTL: what the data frame before it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafList {
    /// SHA-256 of the data frame as stored.
    pub frame: Digest,
    /// Leaf index of its first line.
    pub first: u64,
    /// Lines.
    pub count: u32,
    /// Bytes unpacked.
    pub content_bytes: u64,
    /// One hash a line, or none at all.
    pub leaves: Vec<Digest>,
}

impl LeafList {
    pub(crate) fn to_payload(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLTL_FIXED_BYTES + 32 * self.leaves.len());
        bytes.extend_from_slice(self.frame.as_bytes());
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.content_bytes.to_le_bytes());
        self.leaves
            .iter()
            .for_each(|hash| bytes.extend_from_slice(hash.as_bytes()));
        bytes
    }

    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(payload);
        let frame = Digest::new(cursor.take::<32>()?);
        let first = cursor
            .u64()
            .filter(|first| *first < limits::LEAF_INDEX_MAX)?;
        let count = cursor.u32()?;
        let content_bytes = cursor.u64()?;
        let leaves = if cursor.0.is_empty() {
            Vec::new()
        } else {
            cursor.digests(count as usize)?
        };
        let fits = cursor.0.is_empty() && 0 < count && count as usize <= limits::FRAME_ENTRIES_MAX;
        fits.then_some(Self {
            frame,
            first,
            count,
            content_bytes,
            leaves,
        })
    }
}

/// One data frame as SLIX lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexRow {
    /// Where the data frame begins in the file.
    pub offset_bytes: u64,
    /// Its bytes as stored.
    pub stored_bytes: u64,
    /// Its bytes unpacked.
    pub content_bytes: u64,
    /// Leaf index of its first line.
    pub first: u64,
    /// Lines.
    pub count: u32,
    /// Roots of the complete subtrees that cover its leaves.
    pub hashes: Vec<Digest>,
}

pub(crate) fn index_to_payload(rows: &[IndexRow]) -> Vec<u8> {
    let mut bytes = u32::try_from(rows.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes()
        .to_vec();
    for row in rows {
        for number in [
            row.offset_bytes,
            row.stored_bytes,
            row.content_bytes,
            row.first,
        ] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&row.count.to_le_bytes());
        let hashes = u32::try_from(row.hashes.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&hashes.to_le_bytes());
        row.hashes
            .iter()
            .for_each(|hash| bytes.extend_from_slice(hash.as_bytes()));
    }
    bytes
}

pub(crate) fn parse_index(payload: &[u8]) -> Option<Vec<IndexRow>> {
    const ROW_BYTES: usize = 40;
    let mut cursor = Cursor(payload);
    let count = cursor.u32()? as usize;
    // The stated count is believed only as far as the payload could hold it.
    let mut rows = Vec::with_capacity(count.min(payload.len() / ROW_BYTES));
    for _ in 0..count {
        let (offset_bytes, stored_bytes) = (cursor.u64()?, cursor.u64()?);
        let (content_bytes, first) = (cursor.u64()?, cursor.u64()?);
        let (count, hashes) = (cursor.u32()?, cursor.u32()?);
        if hashes > 64 || first >= limits::LEAF_INDEX_MAX {
            return None;
        }
        let hashes = cursor.digests(hashes as usize)?;
        rows.push(IndexRow {
            offset_bytes,
            stored_bytes,
            content_bytes,
            first,
            count,
            hashes,
        });
    }
    cursor.0.is_empty().then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_made() {
        let bytes = frame(FrameType::Checkpoint, b"note");
        let (head, payload) = bytes.split_first_chunk().expect("a head");
        let head = FrameHead::parse(head).expect("it parses");
        assert_eq!((head.kind, head.payload_bytes), (FrameType::Checkpoint, 4));
        assert!(head.fits(payload));
    }

    #[test]
    fn flipping_any_bit_of_a_frame_is_noticed() {
        let bytes = frame(FrameType::Checkpoint, b"note");
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let (head, payload) = flipped.split_first_chunk().expect("a head");
            let same = FrameHead::parse(head).is_ok_and(|head| {
                head.kind == FrameType::Checkpoint
                    && head.payload_bytes == payload.len()
                    && head.fits(payload)
            });
            assert!(!same, "bit {bit}");
        }
    }

    #[test]
    fn payloads_go_there_and_back() {
        let hashes = vec![Digest::new([1; 32]), Digest::new([2; 32])];
        let id = Identity {
            archive: [3; 16],
            start: 5,
            frontier: hashes.clone(),
        };
        assert_eq!(Identity::parse(&id.to_payload()), Some(id));
        let list = LeafList {
            frame: Digest::new([9; 32]),
            first: 8,
            count: 2,
            content_bytes: 77,
            leaves: hashes.clone(),
        };
        assert_eq!(LeafList::parse(&list.to_payload()), Some(list));
        let rows = vec![IndexRow {
            offset_bytes: 1,
            stored_bytes: 2,
            content_bytes: 3,
            first: 4,
            count: 5,
            hashes,
        }];
        assert_eq!(parse_index(&index_to_payload(&rows)), Some(rows));
    }

    #[test]
    fn a_payload_cut_anywhere_is_refused() {
        let id = Identity {
            archive: [3; 16],
            start: 1,
            frontier: vec![Digest::new([1; 32])],
        };
        let payload = id.to_payload();
        for length in 0..payload.len() {
            assert_eq!(Identity::parse(&payload[..length]), None, "{length}");
        }
    }
}
