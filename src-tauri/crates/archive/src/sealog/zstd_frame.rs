//! The outside of a zstd frame (RFC 8878 §3.1.1): where it ends and what its header states, without
//! unpacking it.

use std::io;

use super::layout::DATA_MAGIC;
use crate::{Source, limits};

/// Bytes of a block at most (RFC 8878 §3.1.1.2.4).
const BLOCK_BYTES_MAX: usize = 128 << 10;

/// What the headers of a frame say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameExtent {
    /// Bytes of the whole frame as stored.
    pub(super) stored_bytes: u64,
    /// Content size stated in the header.
    pub(super) content_bytes: Option<u64>,
    /// Whether a checksum of the content ends the frame.
    pub(super) has_checksum: bool,
}

/// Why a walk over block headers found no end.
#[derive(Debug)]
pub(super) enum WalkFault {
    /// The headers are no zstd frame as this format has them.
    Form(String),
    /// The frame would end beyond the file.
    BeyondEnd,
    /// The medium failed.
    Medium(io::Error),
}

impl From<io::Error> for WalkFault {
    fn from(error: io::Error) -> Self {
        Self::Medium(error)
    }
}

/// Follows the block headers of the frame at `offset_bytes`; `blocks` counts those looked at.
pub(super) fn extent(
    source: &Source,
    offset_bytes: u64,
    blocks: &mut u64,
) -> Result<FrameExtent, WalkFault> {
    let mut head = [0u8; 18];
    let read = source.read_at(offset_bytes, &mut head)?;
    let head = head.get(..read).unwrap_or_default();
    let header = FrameHeader::parse(head)?;
    let mut at = offset_bytes + header.bytes as u64;
    for number in 0.. {
        *blocks += 1;
        if number == limits::FRAME_BLOCKS_MAX {
            return Err(WalkFault::Form("it has too many blocks".to_owned()));
        }
        let mut block = [0u8; 3];
        if source.read_at(at, &mut block)? < block.len() {
            return Err(WalkFault::BeyondEnd);
        }
        let [a, b, c] = block;
        let word = u32::from_le_bytes([a, b, c, 0]);
        let size = (word >> 3) as usize;
        if size > BLOCK_BYTES_MAX {
            return Err(WalkFault::Form(format!(
                "a block of {size} bytes is too large"
            )));
        }
        at += 3 + match word >> 1 & 3 {
            0 | 2 => size as u64,
            1 => 1,
            _ => return Err(WalkFault::Form("a block of the reserved type".to_owned())),
        };
        if at > source.bytes() {
            return Err(WalkFault::BeyondEnd);
        }
        if word & 1 == 1 {
            break;
        }
    }
    at += if header.has_checksum { 4 } else { 0 };
    if at > source.bytes() {
        return Err(WalkFault::BeyondEnd);
    }
    Ok(FrameExtent {
        stored_bytes: at - offset_bytes,
        content_bytes: header.content_bytes,
        has_checksum: header.has_checksum,
    })
}

/// The header of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHeader {
    bytes: usize,
    pub(super) content_bytes: Option<u64>,
    has_checksum: bool,
}

impl FrameHeader {
    /// Reads magic and header; refuses dictionaries, reserved bits and windows over 8 MiB.
    fn parse(head: &[u8]) -> Result<Self, WalkFault> {
        let short = || WalkFault::BeyondEnd;
        let rest = head.strip_prefix(&DATA_MAGIC).ok_or_else(|| {
            if head.len() < 4 {
                short()
            } else {
                WalkFault::Form("no zstd magic".to_owned())
            }
        })?;
        let (descriptor, rest) = rest.split_first().ok_or_else(short)?;
        if descriptor & 0b1000 != 0 {
            return Err(WalkFault::Form(
                "the reserved bit of the frame header is set".to_owned(),
            ));
        }
        if descriptor & 0b11 != 0 {
            return Err(WalkFault::Form(
                "the frame asks for a dictionary".to_owned(),
            ));
        }
        let is_single = descriptor & 0b10_0000 != 0;
        let mut fields = rest;
        let mut window = 0u64;
        if !is_single {
            let (byte, after) = rest.split_first().ok_or_else(short)?;
            let base = 1u64 << (10 + u32::from(byte >> 3));
            window = base + base / 8 * u64::from(byte & 7);
            fields = after;
        }
        let size_bytes = match (descriptor >> 6, is_single) {
            (0, false) => 0,
            (0, true) => 1,
            (1, _) => 2,
            (2, _) => 4,
            _ => 8,
        };
        let field = fields.get(..size_bytes).ok_or_else(short)?;
        let number = field
            .iter()
            .rev()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let content_bytes = match size_bytes {
            0 => None,
            2 => Some(number + 256),
            _ => Some(number),
        };
        if is_single {
            window = content_bytes.unwrap_or(0);
        }
        if window > 1 << limits::FRAME_WINDOW_LOG_MAX {
            return Err(WalkFault::Form(format!(
                "a window of {window} bytes is too large"
            )));
        }
        Ok(Self {
            bytes: 5 + usize::from(!is_single) + size_bytes,
            content_bytes,
            has_checksum: descriptor & 0b100 != 0,
        })
    }
}
