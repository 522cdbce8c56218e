/// What kind of seal binds the entries, from weakest to strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Base {
    /// A checksum without a key, for accidents only.
    Checksum,
    /// Digests that include the one before them, without a key.
    Chain,
    /// A message authentication code under a secret key.
    Keyed,
    /// A signature that the owner of a private key made.
    Signed,
}

impl Base {
    /// The word used in JSON and on screen.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checksum => "checksum",
            Self::Chain => "chain",
            Self::Keyed => "keyed",
            Self::Signed => "signed",
        }
    }
}

/// What a seal can prove: a base, or none, and what was added from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Strength {
    /// The kind of seal; `None` where nothing seals the entries.
    pub base: Option<Base>,
    /// A trusted timestamp token (RFC 3161) covers the seal.
    pub timestamped: bool,
    /// A trusted witness has cosigned the seal.
    pub witnessed: bool,
}

impl Strength {
    /// No seal at all.
    pub const NONE: Self = Self {
        base: None,
        timestamped: false,
        witnessed: false,
    };
    /// A plain signature.
    pub const SIGNED: Self = Self {
        base: Some(Base::Signed),
        timestamped: false,
        witnessed: false,
    };

    /// The additions in words, in the order in which JSON lists them under `also`.
    #[must_use]
    pub fn additions(&self) -> Vec<&'static str> {
        let mut words = Vec::new();
        if self.timestamped {
            words.push("timestamped");
        }
        if self.witnessed {
            words.push("witnessed");
        }
        words
    }
}

/// Whether one end of an archive is fixed, so that a cut there would show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Entries beyond this end could have been cut off unnoticed.
    Open,
    /// A cut would show; `by` says what fixes the end: `close`, `header`, `checkpoint`, `examiner`.
    Anchored {
        /// What fixes the end.
        by: &'static str,
    },
}

impl End {
    /// Whether a cut at this end would show.
    #[must_use]
    pub const fn is_anchored(&self) -> bool {
        matches!(self, Self::Anchored { .. })
    }
}
