//! What the check of a segment finds, small enough to keep of every segment.

use sealscope_archive::chained_jsonl::HashAlg;
use sealscope_model::Digest;
use serde::{Deserialize, Serialize};

/// Runs that are kept of one segment. More of them come from no honest log; the rest is lumped.
pub(super) const RUNS_MAX: usize = 1024;
/// Entries, or runs of them, that are named in one segment for one reason.
pub(super) const NAMED_MAX: usize = 1024;

/// A digest as it is written in the log, told by its SHA-256: texts may have any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Link([u8; 32]);

impl Link {
    pub(super) fn of(text: &[u8]) -> Self {
        let digest = HashAlg::Sha256.digest(text);
        let mut bytes = [0; 32];
        for (slot, byte) in bytes.iter_mut().zip(digest.as_slice()) {
            *slot = *byte;
        }
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// What the check found of the digests of a segment's lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFindings {
    /// The entries, in runs of those that hold and follow each other; a partition's in its order.
    pub(super) runs: Vec<Run>,
    /// Entries whose digest came out of their bytes.
    pub(super) reproduced: u64,
    /// Entries whose digest needs a key that was not given.
    pub(super) keyless: u64,
    /// First entries whose digest takes in one that is not here.
    pub(super) headless: u64,
    /// Entries with a signature that holds.
    pub(super) signed: u64,
    /// Numbers of entries with a signature that does not hold.
    pub(super) bad_signatures: Vec<u32>,
    /// More of these than are named.
    pub(super) more_bad_signatures: u64,
    /// Runs `from..to` of entries without a signature that holds, by number.
    pub(super) unsigned: Vec<(u32, u32)>,
    /// Runs of entries that hold what no digest covers and the profile does not name.
    pub(super) uncovered: Vec<Uncovered>,
    /// The same of the last entry, where each is covered as a whole by the next one's digest.
    pub(super) uncovered_last: Option<Uncovered>,
    /// Numbers of entries whose own number does not follow the one before, though the digests do.
    pub(super) out_of_step: Vec<u32>,
}

/// Entries `from..to`, by number, that hold what no digest covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Uncovered {
    pub(super) from: u32,
    pub(super) to: u32,
    /// Entries of it that are known to.
    pub(super) count: u32,
    /// What it is, as a profile would name it.
    pub(super) members: Vec<String>,
}

/// Entries of one partition that hold and follow each other; or one that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    /// Number of its first entry in the segment.
    pub(super) first: u32,
    pub(super) count: u32,
    /// Whose chain it is in.
    pub(super) partition: Option<Link>,
    /// What its first entry follows.
    pub(super) prev: Prev,
    /// The digests of its first and of its last entry as written.
    pub(super) first_id: Option<Link>,
    pub(super) end_id: Option<Link>,
    /// The digest that the bytes of a single entry give, where it is another one.
    pub(super) computed_id: Option<Link>,
    /// The numbers of its first and of its last entry.
    pub(super) seq: Option<(i64, i64)>,
    pub(super) flaw: Option<Flaw>,
}

/// What the first entry of a run follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Prev {
    /// Nothing: a chain begins with it, where the profile says so.
    Start,
    /// Nothing, where the profile says that a chain begins anew.
    Reset,
    /// The entry with this digest.
    Link(Link),
    /// It does not say.
    Unknown,
}

/// Why an entry does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Flaw {
    /// Its bytes give another digest than the one it holds.
    Differs {
        claimed: Option<[u8; 32]>,
        computed: Option<[u8; 32]>,
    },
    /// So they do with the digest of the entry before it, which is not written in it: it may be
    /// the entry, or its place.
    OutOfPlace {
        claimed: Option<[u8; 32]>,
        computed: Option<[u8; 32]>,
    },
    /// It cannot be read or hashed.
    Unreadable(String),
    /// More runs than are kept: so many entries were not told apart.
    Lump,
}

impl Flaw {
    /// The digests claimed and computed, where they are SHA-256 or as long.
    pub(super) fn digests(&self) -> Option<(Digest, Digest)> {
        match self {
            Self::Differs { claimed, computed } | Self::OutOfPlace { claimed, computed } => {
                Some((Digest::new((*claimed)?), Digest::new((*computed)?)))
            }
            Self::Unreadable(_) | Self::Lump => None,
        }
    }
}
