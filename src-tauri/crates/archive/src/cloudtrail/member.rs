//! One gzip member, and nothing after it.
//!
//! Two ways give the same answer: `whole` inflates in one step into room of the stated size and
//! answers only where all is as it should be; `streamed` takes whatever else there is.

use std::io::Read;

use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use serde::{Deserialize, Serialize};

/// How a file is packed, as found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Exactly one gzip member (RFC 1952), as the service delivers it.
    #[default]
    Member,
    /// Not packed.
    Plain,
    /// One member, and bytes after its end.
    Trailing {
        /// Where they begin, in bytes from 0.
        at: u64,
        /// Whether they begin like another member.
        is_member: bool,
    },
    /// It cannot be unpacked.
    Faulty {
        /// Why, in a sentence.
        reason: String,
    },
    /// It is larger than what is unpacked here: nothing is known of it.
    TooLarge {
        /// Which limit, with its number.
        reason: String,
    },
}

impl Form {
    /// Whether the content could be had.
    #[must_use]
    pub const fn has_content(&self) -> bool {
        matches!(self, Self::Member | Self::Plain | Self::Trailing { .. })
    }
}

fn too_large(limit: usize) -> Form {
    Form::TooLarge {
        reason: format!("it unpacks to more than {limit} bytes, the most that is read"),
    }
}

/// Unpacks the first gzip member of `stored` to the end of `out`, at most `limit` bytes; bytes that
/// are not packed are taken as they are. `out` gets nothing where there is no content.
pub fn unpack_member(stored: &[u8], out: &mut Vec<u8>, limit: usize) -> Form {
    let begin = out.len();
    if !stored.starts_with(&[0x1F, 0x8B]) {
        if stored.len() > limit {
            return too_large(limit);
        }
        out.extend_from_slice(stored);
        return Form::Plain;
    }
    if whole(stored, out, limit) {
        return Form::Member;
    }
    out.truncate(begin);
    streamed(stored, out, limit)
}

/// The bytes of a member's header (RFC 1952, 2.3) where it is of the usual kind: no optional field,
/// or only the file's name.
fn usual_header(stored: &[u8]) -> Option<usize> {
    const FIXED: usize = 10;
    const NAME: u8 = 8;
    const NAME_MAX: usize = 1024;
    let (header, rest) = stored.split_at_checked(FIXED)?;
    match header {
        [0x1F, 0x8B, 8, 0, ..] => Some(FIXED),
        [0x1F, 0x8B, 8, NAME, ..] => {
            let name = rest.get(..NAME_MAX).unwrap_or(rest);
            Some(FIXED + memchr::memchr(0, name)? + 1)
        }
        _ => None,
    }
}

/// Unpacks `stored` where it is exactly one sound member of a usual form and its content, of at
/// most `limit` bytes, has the length that its end states. Otherwise what `out` got is of no use.
fn whole(stored: &[u8], out: &mut Vec<u8>, limit: usize) -> bool {
    const TRAILER: usize = 8;
    let parts = usual_header(stored).and_then(|header| stored.get(header..)?.split_last_chunk());
    let Some((stream, &[c0, c1, c2, c3, l0, l1, l2, l3])): Option<(_, &[u8; TRAILER])> = parts
    else {
        return false;
    };
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    // Deflate shrinks to 1/1032 at most: a larger claim is false, and no memory is taken for it.
    if length > limit || length / 1032 > stream.len() {
        return false;
    }
    let begin = out.len();
    // One byte more, so that a content that is longer than stated does not fit by chance.
    out.reserve_exact(length + 1);
    let mut inflate = Decompress::new(false);
    let status = inflate.decompress_vec(stream, out, FlushDecompress::Finish);
    let content = out.get(begin..).unwrap_or_default();
    matches!(status, Ok(Status::StreamEnd))
        && inflate.total_in() == stream.len() as u64
        && content.len() == length
        && crc32fast::hash(content) == u32::from_le_bytes([c0, c1, c2, c3])
}

fn streamed(stored: &[u8], out: &mut Vec<u8>, limit: usize) -> Form {
    let begin = out.len();
    // RFC 1952 ends a member with its length; a wrong one costs nothing but a second allocation.
    let claimed = stored
        .last_chunk::<4>()
        .map_or(0, |end| u32::from_le_bytes(*end));
    let room = (claimed as usize)
        .min(limit)
        .min(stored.len().saturating_mul(64));
    out.reserve_exact(room + 64);
    let mut decoder = GzDecoder::new(stored);
    let read = (&mut decoder).take(limit as u64 + 1).read_to_end(out);
    let form = match read {
        Ok(count) if count > limit => too_large(limit),
        Ok(_) => match decoder.into_inner() {
            [] => Form::Member,
            rest => Form::Trailing {
                at: (stored.len() - rest.len()) as u64,
                is_member: rest.starts_with(&[0x1F, 0x8B]),
            },
        },
        Err(error) => Form::Faulty {
            reason: match error.kind() {
                std::io::ErrorKind::UnexpectedEof => "its gzip stream is cut off".to_owned(),
                _ => format!("its gzip stream is damaged ({error})"),
            },
        },
    };
    if !form.has_content() {
        out.truncate(begin);
    }
    form
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("memory does not fail");
        encoder.finish().expect("memory does not fail")
    }

    fn unpack(stored: &[u8], limit: usize) -> (Form, Vec<u8>) {
        let mut out = Vec::new();
        let form = unpack_member(stored, &mut out, limit);
        (form, out)
    }

    #[test]
    fn one_member_is_unpacked_and_what_follows_is_told() {
        let one = gzip(b"one");
        assert_eq!(unpack(&one, 9), (Form::Member, b"one".to_vec()));
        assert_eq!(unpack(b"one", 9), (Form::Plain, b"one".to_vec()));
        for (rest, is_member) in [
            (b"x".to_vec(), false),
            (gzip(b"two"), true),
            (vec![0], false),
        ] {
            let (form, out) = unpack(&[one.clone(), rest].concat(), 9);
            assert_eq!(
                form,
                Form::Trailing {
                    at: one.len() as u64,
                    is_member
                }
            );
            assert_eq!(out, b"one");
        }
    }

    #[test]
    fn what_is_cut_damaged_or_too_large_gives_nothing() {
        let one = gzip(&[b'a'; 5000]);
        for length in 2..one.len() {
            let (form, out) = unpack(&one[..length], 9000);
            assert!(matches!(form, Form::Faulty { .. }), "{length}: {form:?}");
            assert_eq!(out, b"");
        }
        assert!(matches!(unpack(&one, 4999), (Form::TooLarge { .. }, _)));
        assert_eq!(unpack(&one, 5000).0, Form::Member);
    }

    /// What the slow and obvious way gives.
    fn unpack_streamed(stored: &[u8], limit: usize) -> (Form, Vec<u8>) {
        let mut out = Vec::new();
        let form = streamed(stored, &mut out, limit);
        (form, out)
    }

    fn gzip_named(bytes: &[u8], level: u32, name: Option<&str>, extra: bool) -> Vec<u8> {
        let mut builder = flate2::GzBuilder::new();
        if let Some(name) = name {
            builder = builder.filename(name);
        }
        if extra {
            builder = builder.extra(b"more".to_vec()).comment("c");
        }
        let mut encoder = builder.write(Vec::new(), flate2::Compression::new(level));
        encoder.write_all(bytes).expect("memory does not fail");
        encoder.finish().expect("memory does not fail")
    }

    /// Text that shrinks in parts and does not in others.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            (any::<u8>(), 0..3000usize).prop_map(|(byte, count)| vec![byte; count]),
            Just(br#"{"eventName":"GetObject","userIdentity":{"type":"Root"}},"#.repeat(20)),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn both_ways_give_the_same_answer(
            content in content(),
            level in 0u32..=9,
            name in prop_oneof![Just(None), Just(Some("a.json")), Just(Some(""))],
            extra in prop::bool::weighted(0.2),
            limit in prop_oneof![Just(1usize << 20), 0..4000usize],
            rest in prop_oneof![
                Just(Vec::new()),
                prop::collection::vec(any::<u8>(), 1..40),
                content().prop_map(|second| gzip(&second)),
            ],
            ends_alike in any::<bool>(),
            cut in prop::option::weighted(0.3, any::<prop::sample::Index>()),
            flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8u8), 0..3),
        ) {
            let mut stored = gzip_named(&content, level, name, extra);
            // The dearest deceit: what follows ends like the member itself.
            let trailer = *stored.last_chunk::<8>().expect("a member ends with eight bytes");
            let has_rest = !rest.is_empty();
            stored.extend(rest);
            if has_rest && ends_alike {
                stored.extend(trailer);
            }
            if let Some(cut) = cut {
                stored.truncate(cut.index(stored.len()));
            }
            for (place, bit) in flips {
                let place = place.index(stored.len().max(1));
                if let Some(byte) = stored.get_mut(place) {
                    *byte ^= 1 << bit;
                }
            }
            if stored.starts_with(&[0x1F, 0x8B]) {
                prop_assert_eq!(unpack(&stored, limit), unpack_streamed(&stored, limit));
            }
        }
    }

    #[test]
    fn both_ways_agree_at_every_cut_and_every_changed_bit() {
        let text = br#"{"Records":[{"eventName":"PutObject"}]}"#.repeat(9);
        let stored = gzip_named(&text, 6, Some("log.json"), false);
        assert!(
            whole(&stored, &mut Vec::new(), 1 << 20),
            "the quick way takes it"
        );
        for end in 2..stored.len() {
            assert_eq!(
                unpack(&stored[..end], 9000),
                unpack_streamed(&stored[..end], 9000)
            );
        }
        for bit in 16..8 * stored.len() {
            let mut changed = stored.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                unpack(&changed, 9000),
                unpack_streamed(&changed, 9000),
                "{bit}"
            );
        }
    }

    #[test]
    fn what_stands_before_in_the_buffer_stays() {
        for stored in [gzip(b"one"), [gzip(b"one"), vec![7]].concat()] {
            let mut out = b"before ".to_vec();
            assert!(unpack_member(&stored, &mut out, 9).has_content());
            assert_eq!(out, b"before one");
        }
        let mut out = b"before ".to_vec();
        unpack_member(&gzip(b"one")[..9], &mut out, 9);
        assert_eq!(out, b"before ");
    }
}
