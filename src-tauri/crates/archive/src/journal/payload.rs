//! Reads one data object by its offset: from the stretch at hand, else through the blocks that are
//! kept, unpacked where the writer packed it.

use std::io::{self, Read as _};

use super::file::JournalFile;
use super::object::{HEAD_BYTES, Head, Kind, u64_at};
use super::window::Stretch;
use crate::limits;

const XZ: u8 = 1;
const LZ4: u8 = 2;
const ZSTD: u8 = 4;

/// A data object: a field with its value.
#[derive(Debug)]
pub(super) struct Data<'r> {
    /// `NAME=value`, unpacked.
    pub(super) payload: &'r [u8],
    /// The hash that stands beside it.
    pub(super) hash: u64,
}

/// Reads data objects of one file.
pub(super) struct DataReader<'f, 'b> {
    file: &'f JournalFile,
    stretch: Stretch<'b>,
    stored: Vec<u8>,
    unpacked: Vec<u8>,
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl<'f, 'b> DataReader<'f, 'b> {
    pub(super) const fn new(file: &'f JournalFile, stretch: Stretch<'b>) -> Self {
        Self {
            file,
            stretch,
            stored: Vec::new(),
            unpacked: Vec::new(),
            zstd: None,
        }
    }

    /// Reads the data object at an offset, which has to stand before `before`. The inner error says
    /// why there is none.
    pub(super) fn read(
        &mut self,
        offset: u64,
        before: u64,
    ) -> io::Result<Result<Data<'_>, String>> {
        let header_bytes = self.file.header.header_bytes;
        if !offset.is_multiple_of(8) || offset < header_bytes || offset >= before {
            return Ok(Err(format!(
                "an entry names data at byte {offset}, where none can stand"
            )));
        }
        self.stored.clear();
        let layout = self.file.layout;
        let object = match self.in_stretch(offset) {
            Some(object) => object,
            None => {
                let least = usize::try_from(layout.payload()).unwrap_or(72);
                self.file.read_block(offset, least, &mut self.stored)?;
                let head = data_head(&self.stored, layout);
                let Some(head) = head.filter(|head| head.size <= limits::ENTRY_BYTES_MAX as u64)
                else {
                    return Ok(Err(no_data(offset)));
                };
                let size = usize::try_from(head.size).unwrap_or(0);
                let rest = size.saturating_sub(least);
                self.file
                    .read_block(offset + least as u64, rest, &mut self.stored)?;
                if self.stored.len() < size {
                    return Ok(Err(no_data(offset)));
                }
                &self.stored
            }
        };
        let Some(head) = data_head(object, layout) else {
            return Ok(Err(no_data(offset)));
        };
        let begin = usize::try_from(layout.payload()).unwrap_or(usize::MAX);
        let packed = object.get(begin..).unwrap_or_default();
        let hash = u64_at(object, 16);
        if head.flags == 0 {
            return Ok(Ok(Data {
                payload: packed,
                hash,
            }));
        }
        let unpacked = &mut self.unpacked;
        unpacked.clear();
        let done = match head.flags {
            XZ => unpack_xz(packed, unpacked),
            LZ4 => unpack_lz4(packed, unpacked),
            ZSTD => unpack_zstd(packed, &mut self.zstd, unpacked),
            _ => Err("in a way that is not known".to_owned()),
        };
        Ok(match done {
            Ok(()) => Ok(Data {
                payload: unpacked,
                hash,
            }),
            Err(why) => Err(format!(
                "the data object at byte {offset} is packed {why}; the field is left out"
            )),
        })
    }

    fn in_stretch(&self, offset: u64) -> Option<&'b [u8]> {
        let begin = usize::try_from(offset.checked_sub(self.stretch.from)?).ok()?;
        let rest = self.stretch.bytes.get(begin..)?;
        let size = u64_at(rest.get(..16)?, 8);
        rest.get(..usize::try_from(size).ok()?)
    }
}

fn data_head(object: &[u8], layout: super::object::Layout) -> Option<Head> {
    let head = object.get(..usize::try_from(HEAD_BYTES).ok()?)?;
    let head = Head::parse(head, layout).ok()?;
    (head.kind == Kind::Data).then_some(head)
}

fn no_data(offset: u64) -> String {
    format!("there is no data object at byte {offset}, which an entry names; the field is left out")
}

fn too_large() -> String {
    format!("and larger than {} bytes unpacked", limits::ENTRY_BYTES_MAX)
}

fn unpack_xz(packed: &[u8], to: &mut Vec<u8>) -> Result<(), String> {
    let reader = lzma_rust2::XzReader::new_mem_limit(packed, false, limits::JOURNAL_XZ_KIB_MAX);
    let mut reader = reader.take(limits::ENTRY_BYTES_MAX as u64 + 1);
    match reader.read_to_end(to) {
        Ok(count) if count > limits::ENTRY_BYTES_MAX => Err(too_large()),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("with xz and cannot be unpacked ({error})")),
    }
}

fn unpack_lz4(packed: &[u8], to: &mut Vec<u8>) -> Result<(), String> {
    // Eight bytes of size, then one block, which grows at most 255 times.
    let size = u64_at(packed, 0);
    let block = packed.get(8..).unwrap_or_default();
    if size > limits::ENTRY_BYTES_MAX as u64 {
        return Err(too_large());
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if size / 256 > block.len() {
        return Err("with lz4 and cannot be unpacked (its size is none)".to_owned());
    }
    to.resize(size, 0);
    match lz4_flex::block::decompress_into(block, to) {
        Ok(count) if count == size => Ok(()),
        Ok(_) => Err("with lz4 and cannot be unpacked (its size is another)".to_owned()),
        Err(error) => Err(format!("with lz4 and cannot be unpacked ({error})")),
    }
}

fn unpack_zstd(
    packed: &[u8],
    keep: &mut Option<zstd::bulk::Decompressor<'static>>,
    to: &mut Vec<u8>,
) -> Result<(), String> {
    let failed = |error: io::Error| format!("with zstd and cannot be unpacked ({error})");
    let stated = zstd::zstd_safe::get_frame_content_size(packed)
        .ok()
        .flatten();
    let Some(size) = stated else {
        let decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(failed)?;
        let mut decoder = decoder.take(limits::ENTRY_BYTES_MAX as u64 + 1);
        let count = decoder.read_to_end(to).map_err(failed)?;
        return if count > limits::ENTRY_BYTES_MAX {
            Err(too_large())
        } else {
            Ok(())
        };
    };
    if size > limits::ENTRY_BYTES_MAX as u64 {
        return Err(too_large());
    }
    let zstd = match keep {
        Some(zstd) => zstd,
        None => keep.insert(zstd::bulk::Decompressor::new().map_err(failed)?),
    };
    to.reserve(usize::try_from(size).unwrap_or(0));
    zstd.decompress_to_buffer(packed, to).map_err(failed)?;
    Ok(())
}
