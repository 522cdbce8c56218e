//! A bag in one file: zip (APPNOTE 6.3.10) with stored files, fixed times and sorted names, so
//! that the same bag is the same file and nothing is unpacked when it is read. Zip64 is not used:
//! 65,535 files, 4 GiB.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use flate2::Crc;

use super::{Found, ReadFault};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// "Needs version 1.0": stored files only.
const NEEDS: u16 = 10;
/// Made on a Unix, version 2.0 of the specification.
const MADE_BY: u16 = 3 << 8 | 20;
/// 1980-01-01 00:00, the first moment that a zip file can state.
const DATE: u16 = 0x21;
/// A regular file that all may read and its owner write.
const MODE: u32 = 0o100_644 << 16;
/// Bytes of a local header before the name.
const LOCAL_BYTES: usize = 30;

/// Writes files as a zip, each below `folder/`.
pub(crate) fn write(
    folder: &str,
    files: &BTreeMap<String, Cow<'_, [u8]>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let too_large = |_| io::Error::new(io::ErrorKind::InvalidInput, TOO_LARGE);
    let count = u16::try_from(files.len()).map_err(too_large)?;
    let (mut offset, mut central) = (0u32, Vec::new());
    for (name, bytes) in files {
        let name = format!("{folder}/{name}");
        let size = u32::try_from(bytes.len()).map_err(too_large)?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let shared = shared(crc.sum(), size, name.len() as u16);
        out.write_all(&LOCAL.to_le_bytes())?;
        out.write_all(&shared)?;
        out.write_all(name.as_bytes())?;
        out.write_all(bytes)?;
        central.extend_from_slice(&CENTRAL.to_le_bytes());
        central.extend_from_slice(&MADE_BY.to_le_bytes());
        central.extend_from_slice(&shared);
        // Comment, disk, internal attributes.
        central.extend_from_slice(&[0; 6]);
        central.extend_from_slice(&MODE.to_le_bytes());
        central.extend_from_slice(&offset.to_le_bytes());
        central.extend_from_slice(name.as_bytes());
        let next = u64::from(offset) + (LOCAL_BYTES + name.len()) as u64 + u64::from(size);
        offset = u32::try_from(next).map_err(too_large)?;
    }
    out.write_all(&central)?;
    out.write_all(&END.to_le_bytes())?;
    out.write_all(&[0; 4])?;
    out.write_all(&count.to_le_bytes())?;
    out.write_all(&count.to_le_bytes())?;
    let size = u32::try_from(central.len()).map_err(too_large)?;
    out.write_all(&size.to_le_bytes())?;
    out.write_all(&offset.to_le_bytes())?;
    out.write_all(&[0; 2])
}

const TOO_LARGE: &str = "the bag is too large for a zip file (65,535 files, 4 GiB): write a folder";

/// What local and central header share: from "version needed" to the length of the extra field.
fn shared(crc: u32, size: u32, name: u16) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(26);
    // Needs; flags, method "stored", time.
    bytes.extend_from_slice(&NEEDS.to_le_bytes());
    bytes.extend_from_slice(&[0; 6]);
    bytes.extend_from_slice(&DATE.to_le_bytes());
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&name.to_le_bytes());
    bytes.extend_from_slice(&[0; 2]);
    bytes
}

/// Reads the files of a zip that [`write()`] made; names come without the folder. Only the records
/// in front of the files are read: whether all else is as it should be is for [`compare_zip`].
pub(crate) fn read_zip(bytes: &[u8]) -> Result<Found<'_>, ReadFault> {
    let mut found = Found::default();
    let (mut rest, mut folder) = (bytes, None);
    while let Some((head, after)) = rest.split_first_chunk::<LOCAL_BYTES>() {
        if number(head, 0) != LOCAL {
            break;
        }
        let [flags, method] = [number(head, 6) & 0xffff, number(head, 8) & 0xffff];
        let (packed, size) = (number(head, 18), number(head, 22));
        let [name, extra] = [number(head, 26) & 0xffff, number(head, 26) >> 16];
        if flags != 0 || method != 0 || packed != size || extra != 0 {
            return Err(ReadFault::Form(
                "the zip file is not as Sealscope writes it; unpack it and check the folder"
                    .to_owned(),
            ));
        }
        let cut = || ReadFault::Form("the zip file ends within a file".to_owned());
        let (name, after) = after.split_at_checked(name as usize).ok_or_else(cut)?;
        let (content, after) = after.split_at_checked(size as usize).ok_or_else(cut)?;
        let name = std::str::from_utf8(name).ok();
        let Some((top, name)) = name.and_then(|name| name.split_once('/')) else {
            return Err(ReadFault::Form(
                "a name in the zip file has no folder".to_owned(),
            ));
        };
        if *folder.get_or_insert(top) != top {
            return Err(ReadFault::Form(
                "the zip file holds more than one folder".to_owned(),
            ));
        }
        found.add(name, Cow::Borrowed(content))?;
        rest = after;
    }
    found.folder = folder.unwrap_or_default().to_owned();
    Ok(found)
}

/// Four bytes of a header, little endian.
fn number(head: &[u8; LOCAL_BYTES], place: usize) -> u32 {
    let bytes = head.get(place..place + 4);
    let bytes = bytes.and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    bytes.map_or(0, u32::from_le_bytes)
}

/// Whether a zip file is exactly the one that these files make.
pub(crate) fn compare_zip(
    bytes: &[u8],
    folder: &str,
    files: &BTreeMap<String, Cow<'_, [u8]>>,
) -> bool {
    let mut comparing = Comparing { rest: bytes };
    write(folder, files, &mut comparing).is_ok() && comparing.rest.is_empty()
}

/// Fails at the first byte that differs.
struct Comparing<'b> {
    rest: &'b [u8],
}

impl Write for Comparing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => {
                self.rest = rest;
                Ok(bytes.len())
            }
            None => Err(io::Error::other("it differs")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
