//! Lines of which each holds the digest of the one before, as a profile describes.
//!
//! There is no one such format: some forty-five public recipes were read. A [`ChainProfile`] says
//! how a log's digests are made: where they stand, over which bytes, written how. It is given by
//! the examiner, shipped, or found from the first entries. *Covered by the seals:* what the profile
//! says goes into the digest, and through the links all before it. *Not covered:* the end (entries
//! cut off there leave a whole chain), and, without a key, everything against whoever makes the
//! chain anew. A torn last line is damage. The guide is `docs/chain-profiles.md`; fixtures stand in
//! `tests/fixtures/chained-jsonl`.

mod archive;
mod canon;
mod detect;
mod digest;
mod entry;
mod json;
mod number;
mod path;
mod profile;
mod shipped;
mod split;

use std::io::Read as _;

pub use archive::ChainedArchive;
pub use canon::{CANON_MODES, CanonMode};
pub use detect::detect_profile;
pub use digest::{DigestBytes, ENCODINGS, Encoding, HASH_ALGS, HashAlg};
pub use entry::{Before, EntryReader, Named, OwnDigest, Unreadable};
pub use path::Path;
pub use profile::{ChainProfile, ProfileError, Sequence, SignatureAlg, SignatureRule, SignedOver};
pub use shipped::shipped_profiles;

use crate::input::{AsFound, Content, Packing, Unpacker, look_at};
use crate::lines::{open_as_lines, sample_of};
use crate::{Archive, ArchiveFormat, OpenContext, OpenError, Recognition, Sample, Source, limits};

const NAME: &str = "chained-jsonl";

/// Where a profile comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileOrigin {
    /// It comes with the program, and reproduces the first entries.
    Shipped,
    /// It comes with the program; the entries have its shape, but do not hold under it.
    ShippedByShape,
    /// It was found from the first entries.
    Detected,
    /// The examiner gave it.
    Given,
}

/// What the lines of a segment say of their digests.
#[derive(Debug, Default)]
pub struct LinksSeal {
    /// The entry before the segment, where its digest goes into the first one's; empty where there
    /// is none or it does not matter.
    pub before: Vec<u8>,
}

/// The format `chained-jsonl`.
#[derive(Debug, Clone, Copy)]
pub struct ChainedJsonl;

impl ArchiveFormat for ChainedJsonl {
    fn name(&self) -> &'static str {
        NAME
    }

    fn describe(&self) -> &'static str {
        "Lines (JSON, TSV, CSV, text) of which each holds the digest of the one before, by profile"
    }

    fn recognize(&self, sample: &Sample<'_>) -> Recognition {
        let packing = Packing::of(sample.bytes);
        let unpacked;
        let bytes = if packing == Packing::Plain {
            sample.bytes
        } else {
            unpacked = first_bytes(sample.bytes, packing);
            &unpacked
        };
        match look_at(bytes) {
            Content::Text if detect_profile(bytes).is_some() => Recognition::Certain,
            _ => Recognition::No,
        }
    }

    fn open(&self, source: Source, context: &OpenContext) -> Result<Box<dyn Archive>, OpenError> {
        let path = source.path().to_owned();
        let lines = open_as_lines(source, context)?;
        let given = context.profile.clone();
        let found = match given {
            Some(profile) => Some((profile, ProfileOrigin::Given)),
            None => {
                let sample = sample_of(lines.text());
                let sample = sample.map_err(|error| OpenError::from_io(&path, error))?;
                detect_profile(&sample)
            }
        };
        match found {
            Some((profile, origin)) => Ok(Box::new(ChainedArchive::new(lines, profile, origin)?)),
            None => Err(OpenError::UnknownFormat {
                path,
                found: "no recipe of a hash chain is found in it; give one with --profile"
                    .to_owned(),
            }),
        }
    }
}

/// What a packed sample begins with.
fn first_bytes(packed: &[u8], packing: Packing) -> Vec<u8> {
    let mut bytes = vec![0; limits::SAMPLE_BYTES];
    let mut done = 0;
    if let Ok(mut unpacker) = Unpacker::new(AsFound::counting(packed.take(u64::MAX)), packing) {
        while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match unpacker.read(rest) {
                Ok(0) | Err(_) => break,
                Ok(count) => done += count,
            }
        }
    }
    bytes.truncate(done);
    bytes
}

#[cfg(test)]
mod tests;
