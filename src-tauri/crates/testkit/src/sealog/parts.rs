use sealscope_model::Digest;
use sealscope_proof::{leaf_hash, sha256};

/// One frame of a sealog file, as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// SLID.
    Id(Id),
    /// A data frame: its lines without line feeds. Without any line it takes no bytes at all.
    Data(Vec<Vec<u8>>),
    /// SLTL.
    List(List),
    /// SLCP: the note.
    Checkpoint(Vec<u8>),
    /// SLTS: the token.
    Timestamp(Vec<u8>),
    /// SLIX.
    Index(Vec<Row>),
    /// Bytes as they are.
    Raw(Vec<u8>),
}

/// Payload of SLID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id {
    /// Uuid of the archive.
    pub archive: [u8; 16],
    /// Leaf index of the first line.
    pub start: u64,
    /// One hash for every 1 bit of `start`.
    pub frontier: Vec<Digest>,
}

/// Payload of SLTL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// SHA-256 of the data frame as stored.
    pub frame: Digest,
    /// Leaf index of its first line.
    pub first: u64,
    /// Lines.
    pub count: u32,
    /// Bytes unpacked.
    pub content_bytes: u64,
    /// One hash a line, or none.
    pub leaves: Vec<Digest>,
}

impl List {
    /// The list that belongs to these lines.
    #[must_use]
    pub fn of(lines: &[Vec<u8>], first: u64, with_leaves: bool) -> Self {
        let content: usize = lines.iter().map(|line| line.len() + 1).sum();
        Self {
            frame: sha256(&data_frame(lines)),
            first,
            count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            content_bytes: content as u64,
            leaves: if with_leaves {
                lines.iter().map(|line| leaf_hash(line)).collect()
            } else {
                Vec::new()
            },
        }
    }
}

/// One row of SLIX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
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
    /// Roots of the subtrees that cover its leaves.
    pub hashes: Vec<Digest>,
}

/// The whole file.
#[must_use]
pub fn to_bytes(parts: &[Part]) -> Vec<u8> {
    parts.iter().flat_map(Part::to_bytes).collect()
}

/// A zstd frame of lines, each with its line feed: content size and checksum in the frame.
///
/// # Panics
/// When zstd has no memory.
#[must_use]
pub fn data_frame(lines: &[Vec<u8>]) -> Vec<u8> {
    let text: Vec<u8> = lines
        .iter()
        .flat_map(|line| line.iter().copied().chain([b'\n']))
        .collect();
    made_of_raw(&text)
}

/// A zstd frame of any content, with content size and checksum.
///
/// # Panics
/// When zstd has no memory.
#[must_use]
pub fn made_of_raw(text: &[u8]) -> Vec<u8> {
    let mut compressor = zstd::bulk::Compressor::new(1).expect("zstd has this level");
    for parameter in [
        zstd::zstd_safe::CParameter::ChecksumFlag(true),
        zstd::zstd_safe::CParameter::ContentSizeFlag(true),
    ] {
        compressor.set_parameter(parameter).expect("zstd has it");
    }
    compressor.compress(text).expect("zstd has memory")
}

/// A sealog frame of any type around any payload.
#[must_use]
pub fn frame_of(tag: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len() + 16).unwrap_or(u32::MAX);
    let mut bytes = vec![0x5A, 0x2A, 0x4D, 0x18];
    bytes.extend(length.to_le_bytes());
    bytes.extend(tag);
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(&sha256(payload).as_bytes()[..8]);
    bytes.extend(payload);
    bytes
}

impl Part {
    /// The frame as it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Id(id) => frame_of(b"SLID", &id.payload()),
            Self::Data(lines) if lines.is_empty() => Vec::new(),
            Self::Data(lines) => data_frame(lines),
            Self::List(list) => frame_of(b"SLTL", &list.payload()),
            Self::Checkpoint(note) => frame_of(b"SLCP", note),
            Self::Timestamp(token) => frame_of(b"SLTS", token),
            Self::Index(rows) => frame_of(b"SLIX", &index_payload(rows)),
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

impl Id {
    fn payload(&self) -> Vec<u8> {
        let mut bytes = b"sealog/1".to_vec();
        bytes.extend(self.archive);
        bytes.extend(self.start.to_le_bytes());
        self.frontier
            .iter()
            .for_each(|hash| bytes.extend(hash.as_bytes()));
        bytes
    }
}

impl List {
    fn payload(&self) -> Vec<u8> {
        let mut bytes = self.frame.as_bytes().to_vec();
        bytes.extend(self.first.to_le_bytes());
        bytes.extend(self.count.to_le_bytes());
        bytes.extend(self.content_bytes.to_le_bytes());
        self.leaves
            .iter()
            .for_each(|hash| bytes.extend(hash.as_bytes()));
        bytes
    }
}

fn index_payload(rows: &[Row]) -> Vec<u8> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = number(rows.len()).to_vec();
    for row in rows {
        for value in [
            row.offset_bytes,
            row.stored_bytes,
            row.content_bytes,
            row.first,
        ] {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(row.count.to_le_bytes());
        bytes.extend(number(row.hashes.len()));
        row.hashes
            .iter()
            .for_each(|hash| bytes.extend(hash.as_bytes()));
    }
    bytes
}
