//! What the examiner knows of an archive from outside.

use sealscope_model::Digest;

/// One thing that the examiner holds against an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// A checkpoint: a signed note.
    Checkpoint(String),
    /// The digest that stands for the first `count` entries: a tree's root, or a chain's last one.
    Head {
        /// Entries it stands for.
        count: u64,
        /// The digest.
        digest: Digest,
    },
    /// A timestamp token (RFC 3161), DER.
    Token(Vec<u8>),
}

/// Why a file is no anchor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnchorError(pub String);
