use std::fmt;

/// Something about the text of an entry that the examiner should know. No seal failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// What kind of thing.
    pub kind: NoteKind,
    /// Where, in bytes from 0 in the entry as stored.
    pub offset_bytes: usize,
    /// More about it, in a few words; empty where the kind says all.
    pub detail: &'static str,
}

impl Note {
    /// Whether it says that the entry does not fit its schema and is read as text.
    #[must_use]
    pub fn is_unparsed(&self) -> bool {
        self.kind == NoteKind::NotTheSchema
    }

    /// A note whose kind says all.
    pub(crate) const fn at(kind: NoteKind, offset_bytes: usize) -> Self {
        Self {
            kind,
            offset_bytes,
            detail: "",
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind.says(), self.offset_bytes)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        f.write_str(".")
    }
}

/// The kinds of [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// The entry does not fit its schema and is read as text.
    NotTheSchema,
    /// Bytes that are not UTF-8; they are shown as U+FFFD.
    InvalidUtf8,
    /// Half of a UTF-16 pair (`\ud800`) alone; it is shown as U+FFFD.
    LoneSurrogate,
    /// A key stands twice in one object; both values are kept.
    DuplicateKey,
    /// A value is nested deeper than is read; its text is kept whole.
    TooDeep,
    /// There are too many fields, or their names outgrow the entry; what comes behind is kept as
    /// text under its parent.
    TooManyFields,
    /// There is a time, but it is no moment that this program reads; the entry is undated.
    TimeNotRead,
    /// The entry is longer than is read; the rest of it is not searched.
    Cut,
    /// More was noticed in this entry than is listed.
    More,
}

impl NoteKind {
    /// The fact in a few words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::NotTheSchema => "Read as text, because the entry does not fit its schema",
            Self::InvalidUtf8 => "Bytes that are not UTF-8",
            Self::LoneSurrogate => "Half of a surrogate pair",
            Self::DuplicateKey => "A key that stands twice in its object",
            Self::TooDeep => "A value that is nested too deeply, kept as text",
            Self::TooManyFields => "Too many fields, kept as text",
            Self::TimeNotRead => "A time that could not be read",
            Self::Cut => "The entry is longer than is read",
            Self::More => "More was noticed than is listed",
        }
    }
}
