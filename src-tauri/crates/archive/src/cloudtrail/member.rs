//! One gzip member, and nothing after it.

use std::io::Read;

use flate2::bufread::GzDecoder;
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

/// Unpacks the first gzip member of `stored` to the end of `out`, at most `limit` bytes; bytes that
/// are not packed are taken as they are. `out` gets nothing where there is no content.
pub fn unpack_member(stored: &[u8], out: &mut Vec<u8>, limit: usize) -> Form {
    let begin = out.len();
    let too_large = || Form::TooLarge {
        reason: format!("it unpacks to more than {limit} bytes, the most that is read"),
    };
    if !stored.starts_with(&[0x1F, 0x8B]) {
        if stored.len() > limit {
            return too_large();
        }
        out.extend_from_slice(stored);
        return Form::Plain;
    }
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
        Ok(count) if count > limit => too_large(),
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
}
