//! Chain profiles: how the digests of a log are made, said in TOML.
//!
//! The guide for people who write one is `docs/chain-profiles.md`. What cannot be meant is an error
//! that names the key; nothing is guessed.

mod cover;
mod parse;
mod pattern;
mod print;
mod raw;

use std::sync::Arc;

use regex::bytes::Regex;

use super::canon::CanonMode;
use super::digest::{Encoding, HashAlg};
use super::path::Path;

pub(super) use parse::read_raw;
pub(super) use raw::{
    OneOrMore, RawChain, RawDigest, RawGenesis, RawPart, RawPlace, RawPreimage, RawProfile, RawSeq,
    RawText,
};

/// How the digests of a log are made.
#[derive(Debug, Clone)]
pub struct ChainProfile {
    pub(super) raw: RawProfile,
    pub(super) framing: Framing,
    pub(super) seq: Option<Sequence>,
    pub(super) prev: Option<Path>,
    pub(super) own: Option<Path>,
    pub(super) genesis: Vec<Genesis>,
    pub(super) reset: Option<Reset>,
    pub(super) partition: Option<Path>,
    /// What is known to be covered by no digest.
    pub(super) uncovered: Vec<Path>,
    /// Text outside of the pattern's groups can be one thing or another.
    pub(super) has_loose_text: bool,
    /// Whatever an entry holds goes into a digest, or is named in `uncovered`.
    pub(super) covers_all: bool,
    pub(super) digest: DigestRule,
    pub(super) is_keyed: bool,
    pub(super) prev_as_bytes: bool,
    pub(super) parts: Vec<Part>,
    pub(super) signature: Option<SignatureRule>,
    pub(super) inner: Vec<InnerDigest>,
}

impl PartialEq for ChainProfile {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for ChainProfile {}

/// How entries stand in the file.
#[derive(Debug, Clone)]
pub(super) enum Framing {
    /// A JSON object a line.
    Jsonl,
    /// The elements of one JSON array.
    JsonArray,
    /// RFC 4180, with or without a first row of names.
    Csv { header: bool },
    /// Columns set apart by tabulators.
    Tsv,
    /// Lines that a pattern takes apart.
    Text(Arc<Regex>),
}

/// Numbers that count the entries up.
#[derive(Debug, Clone)]
pub struct Sequence {
    pub(super) path: Path,
    /// The number of the first entry of a chain, where the recipe has one.
    pub start: Option<i64>,
    /// What each adds; never 0.
    pub step: i64,
}

/// What a first entry may name as its predecessor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Genesis {
    /// Anything: the log goes on from a file that is not here.
    Any,
    /// JSON `null`, or no such member.
    Null,
    /// This text.
    Text(Vec<u8>),
}

/// Entries that begin a chain anew.
#[derive(Debug, Clone)]
pub(super) struct Reset {
    pub(super) path: Path,
    pub(super) is: Vec<u8>,
}

/// A hash function and how its output is written.
#[derive(Debug, Clone)]
pub(super) struct DigestRule {
    pub(super) alg: HashAlg,
    pub(super) encoding: Encoding,
    pub(super) prefix: Vec<u8>,
}

/// A piece of what is hashed.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Prev,
    Lit(Vec<u8>),
    Field {
        path: Path,
        null: Vec<u8>,
        words: [&'static [u8]; 2],
        num: Number,
    },
    Canon {
        modes: Vec<CanonMode>,
        at: Path,
        minus: Vec<Path>,
        only: Vec<Path>,
    },
    RawLine,
    RawLineMinusMember(Path),
    PrevRawLine,
}

/// How a number goes into what is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Raw,
    Es,
    Python,
}

/// What an entry's signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedOver {
    /// The entry's own digest as written.
    Own,
    /// The bytes of that digest.
    OwnBytes,
    /// What the digest is over.
    Preimage,
}

/// Who can have made a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlg {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// HMAC under a secret that writer and examiner share.
    Hmac(HashAlg),
}

/// The signature of each entry.
#[derive(Debug, Clone)]
pub struct SignatureRule {
    pub(super) path: Path,
    /// What it is over.
    pub over: SignedOver,
    /// How it is made.
    pub alg: SignatureAlg,
    pub(super) encoding: Encoding,
    pub(super) prefix: Vec<u8>,
}

/// A digest inside an entry over a part of it.
#[derive(Debug, Clone)]
pub(super) struct InnerDigest {
    pub(super) path: Path,
    pub(super) digest: DigestRule,
    pub(super) parts: Vec<Part>,
}

/// Why a text is no chain profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", .line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct ProfileError {
    /// Line of the text, from 1, where it can be told.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl ChainProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// When it is no TOML, has a key that means nothing, or says what cannot be.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        Self::from_raw(read_raw(text)?)
    }

    /// The profile as TOML, as it would be given with `--profile`.
    #[must_use]
    pub fn to_toml(&self) -> String {
        print::toml(&self.raw)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.raw.chain.name
    }

    /// The numbers that count entries up.
    #[must_use]
    pub const fn sequence(&self) -> Option<&Sequence> {
        self.seq.as_ref()
    }

    /// Whether entries hold a digest of themselves; otherwise each is sealed by the next one only.
    #[must_use]
    pub const fn has_own(&self) -> bool {
        self.own.is_some()
    }

    /// Whether entries hold the digest before them; otherwise it only goes into their own.
    #[must_use]
    pub const fn has_prev(&self) -> bool {
        self.prev.is_some()
    }

    /// Whether entries are JSON objects with members; otherwise rows with columns, or lines.
    #[must_use]
    pub const fn has_members(&self) -> bool {
        matches!(self.framing, Framing::Jsonl | Framing::JsonArray)
    }

    /// Whether the digests need a secret key (HMAC).
    #[must_use]
    pub const fn is_keyed(&self) -> bool {
        self.is_keyed
    }

    /// The signature of each entry.
    #[must_use]
    pub const fn signature(&self) -> Option<&SignatureRule> {
        self.signature.as_ref()
    }

    /// Whether chains of several partitions stand among each other.
    #[must_use]
    pub const fn has_partitions(&self) -> bool {
        self.partition.is_some()
    }

    /// Whether chains begin anew inside the log.
    #[must_use]
    pub const fn has_resets(&self) -> bool {
        self.reset.is_some()
    }

    /// Whether a first entry may name any predecessor, so that a cut before it does not show.
    #[must_use]
    pub fn begins_anywhere(&self) -> bool {
        self.genesis.contains(&Genesis::Any)
    }

    /// The members of entries that are known to be covered by no digest, as the profile names them.
    #[must_use]
    pub fn uncovered(&self) -> &[String] {
        &self.raw.chain.uncovered
    }

    /// Whether each entry is covered as a whole by the digest of the next one, so that only the
    /// last one can hold what no digest covers.
    #[must_use]
    pub fn is_covered_by_next(&self) -> bool {
        self.own.is_some() && self.needs_line_before()
    }

    /// Whether what is hashed takes in the line before as a whole.
    pub(super) fn needs_line_before(&self) -> bool {
        let mut parts = self.parts.iter();
        parts.any(|part| matches!(part, Part::PrevRawLine))
    }

    /// How a digest is written in this chain.
    #[must_use]
    pub fn write_digest(&self, bytes: &[u8]) -> Vec<u8> {
        let mut text = self.digest.prefix.clone();
        self.digest.encoding.write(bytes, &mut text);
        text
    }

    /// The bytes of a digest as written in this chain; `None` where it is none.
    #[must_use]
    pub fn read_digest(&self, text: &[u8]) -> Option<Vec<u8>> {
        let text = text.strip_prefix(self.digest.prefix.as_slice())?;
        let bytes = self.digest.encoding.read(text)?;
        (bytes.len() == self.digest.alg.output_bytes()).then_some(bytes)
    }
}

#[cfg(test)]
mod tests;
