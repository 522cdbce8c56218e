use crate::{Claimed, Computed, Digest, Position};

/// How a seal and the bytes disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BreakKind {
    /// The entry's bytes are not those that were sealed.
    Modified,
    /// A sealed entry is not in the archive.
    Removed,
    /// An entry is in the archive that was never sealed there.
    Inserted,
    /// A sealed entry stands at another place.
    Moved,
    /// A sealed entry is there more than once.
    Duplicated,
    /// The archive ends before a size that an anchor proves.
    Truncated,
    /// A seal names another predecessor than the one before it.
    Relinked,
    /// A range carries a seal that another key, or another run, put there.
    Resealed,
    /// A signature was not made by the key that it names over this content.
    BadSignature,
    /// Two histories of one log differ.
    Fork,
    /// A file that a seal lists is not there.
    MissingFile,
    /// A file holds the content of another one.
    ReplacedFile,
    /// A checksum does not match its bytes.
    Checksum,
}

impl BreakKind {
    /// All kinds.
    pub const ALL: [BreakKind; 13] = [
        Self::Modified,
        Self::Removed,
        Self::Inserted,
        Self::Moved,
        Self::Duplicated,
        Self::Truncated,
        Self::Relinked,
        Self::Resealed,
        Self::BadSignature,
        Self::Fork,
        Self::MissingFile,
        Self::ReplacedFile,
        Self::Checksum,
    ];

    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Modified => "modified",
            Self::Removed => "removed",
            Self::Inserted => "inserted",
            Self::Moved => "moved",
            Self::Duplicated => "duplicated",
            Self::Truncated => "truncated",
            Self::Relinked => "relinked",
            Self::Resealed => "resealed",
            Self::BadSignature => "bad-signature",
            Self::Fork => "fork",
            Self::MissingFile => "missing-file",
            Self::ReplacedFile => "replaced-file",
            Self::Checksum => "checksum",
        }
    }
}

/// One place where a seal and the bytes disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// How they disagree.
    pub kind: BreakKind,
    /// Sealed index of the first entry concerned; of an insertion, the sealed index that it stands
    /// before.
    pub position: Position,
    /// How many entries are concerned; at least 1 for entry-level kinds, 0 for seals without a
    /// range.
    pub count: u64,
    /// Stored index at which the entries stand, where it is another one or no sealed one.
    pub found: Option<Position>,
    /// What the seal says.
    pub claimed: Option<Claimed<Digest>>,
    /// What the bytes give.
    pub computed: Option<Computed<Digest>>,
    /// The file concerned, for archives made of several.
    pub file: Option<String>,
    /// Where in the file, in bytes from 0.
    pub offset_bytes: Option<u64>,
    /// Whether exactly these entries are concerned; otherwise the change lies somewhere in the
    /// range.
    pub exact: bool,
    /// The fact in a sentence.
    pub says: String,
}

impl Break {
    /// A break with nothing but kind, place and sentence.
    #[must_use]
    pub fn new(kind: BreakKind, position: Position, count: u64, says: impl Into<String>) -> Self {
        Self {
            kind,
            position,
            count,
            found: None,
            claimed: None,
            computed: None,
            file: None,
            offset_bytes: None,
            exact: false,
            says: says.into(),
        }
    }
}
