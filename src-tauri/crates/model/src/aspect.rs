/// How one aspect of an archive came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AspectState {
    /// Checked, and it holds.
    Ok,
    /// Checked, and it does not hold.
    Broken,
    /// The archive has nothing of the kind.
    Absent,
    /// It is there, but what is needed to check it is not.
    NotCheckable,
}

impl AspectState {
    /// The word used in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Broken => "broken",
            Self::Absent => "absent",
            Self::NotCheckable => "not-checkable",
        }
    }
}

/// One aspect's state and, where it is not plainly ok, why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspect {
    /// How it came out.
    pub state: AspectState,
    /// Why, in a sentence.
    pub why: Option<String>,
}

impl Aspect {
    /// Checked, and it holds.
    pub const OK: Self = Self {
        state: AspectState::Ok,
        why: None,
    };

    /// A state with its reason.
    #[must_use]
    pub fn because(state: AspectState, why: impl Into<String>) -> Self {
        Self {
            state,
            why: Some(why.into()),
        }
    }
}

/// The six aspects that are reported one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aspects {
    /// The bytes of the entries.
    pub content: Aspect,
    /// Their order.
    pub order: Aspect,
    /// The seals themselves: their form and their links.
    pub seal: Aspect,
    /// Whose key it was.
    pub signer: Aspect,
    /// Proof of time from outside.
    pub time: Aspect,
    /// Whether both ends are fixed.
    pub completeness: Aspect,
}
