//! Lines of which each holds the digest of the one before, as a profile describes.

/// How the digests of a log are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainProfile;

/// A hash-chained log that is open.
#[derive(Debug)]
pub struct ChainedArchive;

/// What the lines of a segment say of their digests.
#[derive(Debug, Default)]
pub struct LinksSeal;
