/// Bytes that do not parse. A crash or a bad disk leaves damage; it is no sign of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file, for archives made of several.
    pub file: Option<String>,
    /// Where the bytes begin, in bytes from 0 in the file as stored.
    pub offset_bytes: u64,
    /// What was expected and what was found, in a sentence.
    pub reason: String,
}

impl Damage {
    /// Damage in an archive that is one file.
    #[must_use]
    pub fn at(offset_bytes: u64, reason: impl Into<String>) -> Self {
        Self {
            file: None,
            offset_bytes,
            reason: reason.into(),
        }
    }
}
