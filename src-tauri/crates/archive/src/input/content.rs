//! What the first bytes of a file look like: text, or something that is no log of lines.

/// What a file seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Lines of text, in whatever encoding that has ASCII in it.
    Text,
    /// UTF-16 with a byte order mark.
    Utf16 {
        /// Whether the first byte of a unit is the high one.
        big_endian: bool,
    },
    /// Something that this program does not read as lines.
    Other {
        /// What it is, with its article.
        what: &'static str,
        /// What to do with it.
        next: &'static str,
    },
}

const UNPACK: &str = "unpack it and open what is inside";
const EXPORT: &str = "export it as text, one entry a line, and open that";
const LATER: &str = "this version does not read it; see `sealscope formats`";
const NO_LOG: &str = "it is no log; open the log itself";

/// First bytes, what they mean, what to do.
const MAGICS: [(&[u8], &str, &str); 26] = [
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", UNPACK),
    (b"PK\x07\x08", "a zip archive in several parts", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (b"\xFD7zXZ\x00", "an xz file", UNPACK),
    (b"BZh", "a bzip2 file", UNPACK),
    (b"\x04\x22\x4D\x18", "an lz4 file", UNPACK),
    (b"LPKSHHRH", "a systemd journal", LATER),
    (b"ElfFile\0", "a Windows event log (EVTX)", LATER),
    (b"regf", "a Windows registry hive", NO_LOG),
    (b"SQLite format 3\0", "an SQLite database", EXPORT),
    (b"PAR1", "a Parquet file", EXPORT),
    (b"Obj\x01", "an Avro file", EXPORT),
    (b"\xD4\xC3\xB2\xA1", "a packet capture", EXPORT),
    (b"\xA1\xB2\xC3\xD4", "a packet capture", EXPORT),
    (b"\x0A\x0D\x0D\x0A", "a packet capture (pcapng)", EXPORT),
    (b"\x89PNG\r\n\x1A\n", "a PNG picture", NO_LOG),
    (b"\xFF\xD8\xFF", "a JPEG picture", NO_LOG),
    (b"GIF8", "a GIF picture", NO_LOG),
    (b"%PDF-", "a PDF document", EXPORT),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old Office document",
        EXPORT,
    ),
    (b"\x7FELF", "a program", NO_LOG),
    (b"\xCA\xFE\xBA\xBE", "a program", NO_LOG),
    (b"\0asm", "a WebAssembly program", NO_LOG),
    (
        b"\xFF\xFE\0\0",
        "text in UTF-32",
        "convert it to UTF-8 and open that",
    ),
];

/// Tells what a file seems to hold from its first bytes, after unpacking.
#[must_use]
pub fn look_at(sample: &[u8]) -> Content {
    let magic = MAGICS.iter().find(|(magic, ..)| sample.starts_with(magic));
    if let Some((_, what, next)) = magic {
        return Content::Other { what, next };
    }
    if sample.get(257..262) == Some(b"ustar") {
        return Content::Other {
            what: "a tar archive",
            next: UNPACK,
        };
    }
    if sample.starts_with(b"MZ") && sample.contains(&0) {
        return Content::Other {
            what: "a Windows program",
            next: NO_LOG,
        };
    }
    match sample {
        [0xFF, 0xFE, ..] => Content::Utf16 { big_endian: false },
        [0xFE, 0xFF, ..] => Content::Utf16 { big_endian: true },
        _ if is_binary(sample) => Content::Other {
            what: "binary data",
            next: EXPORT,
        },
        _ => Content::Text,
    }
}

/// Control characters tell binary data from text in any encoding. NUL is left out: a power loss
/// leaves long runs of it in sound logs.
fn is_binary(sample: &[u8]) -> bool {
    const BYTES_MIN: usize = 64;
    let is_odd = |byte: &&u8| matches!(byte, 0x01..=0x07 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F);
    let written = sample.iter().filter(|byte| **byte != 0).count();
    let odd = sample.iter().filter(is_odd).count();
    // Random bytes have a tenth of them, and compressed data are as good as random.
    written >= BYTES_MIN && odd * 20 > written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_any_old_encoding_is_text() {
        let cyrillic: Vec<u8> = (0xC0..=0xFFu8).cycle().take(500).collect();
        for text in [
            b"plain\nlines\n".as_slice(),
            &cyrillic,
            b"\xEF\xBB\xBFwith a mark\n",
            b"\xFF",
            &[0; 4096],
            b"\x1B[31mred\x1B[0m\x1B]0;title\x07 and a line that goes on for some time after it\n",
        ] {
            assert_eq!(
                look_at(text),
                Content::Text,
                "{:?}",
                text.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        // A linear congruence gives bytes that look random.
        let mut state = 1u32;
        let random: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(4096)
        .collect();
        for (bytes, what) in [
            (b"PK\x03\x04rest".to_vec(), "zip"),
            (b"LPKSHHRH\0\0".to_vec(), "journal"),
            (b"ElfFile\0\0".to_vec(), "EVTX"),
            ([&[b'a'; 257][..], b"ustar\0"].concat(), "tar"),
            (random, "binary"),
        ] {
            let Content::Other { what: found, .. } = look_at(&bytes) else {
                panic!("{what} is not text");
            };
            assert!(found.contains(what), "{found}");
        }
    }

    #[test]
    fn a_byte_order_mark_tells_utf_16() {
        assert_eq!(
            look_at(b"\xFF\xFEa\0"),
            Content::Utf16 { big_endian: false }
        );
        assert_eq!(look_at(b"\xFE\xFF\0a"), Content::Utf16 { big_endian: true });
    }
}
