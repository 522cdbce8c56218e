//! Why a verb could not do its work, in words that name the place and the next step.

use std::io;

use sealscope_engine::{KeyFileError, TrustStoreError};

use crate::text::{escaped, sentence};

/// Why a verb ended early.
#[derive(Debug)]
pub enum Failure {
    /// Something could not be looked at or done.
    Said {
        /// What and where.
        says: String,
        /// What to do about it.
        next_step: Option<String>,
    },
    /// The same in words that were escaped before: line ends stay.
    LaidOut {
        /// What and where.
        says: String,
        /// What to do about it, on lines of its own.
        next_step: String,
    },
    /// The reader of standard output has closed it.
    NobodyReads,
    /// Asked to stop; the verb has said what it had.
    Interrupted,
}

impl Failure {
    /// A failure with a next step.
    pub fn new(says: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self::Said {
            says: says.into(),
            next_step: Some(next_step.into()),
        }
    }

    /// A failure in words that were escaped before and are laid out on several lines.
    pub fn laid_out(says: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self::LaidOut {
            says: says.into(),
            next_step: next_step.into(),
        }
    }

    /// A failure whose sentence holds the next step already.
    pub fn plain(says: impl Into<String>) -> Self {
        Self::Said {
            says: says.into(),
            next_step: None,
        }
    }
}

/// Writing to standard output failed.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::NobodyReads;
        }
        Self::new(
            format!("the output could not be written: {error}"),
            "Check the disk or the program that reads it.",
        )
    }
}

impl From<KeyFileError> for Failure {
    fn from(error: KeyFileError) -> Self {
        let next_step = match &error {
            KeyFileError::File { .. } => "Check the path and who may read it.",
            KeyFileError::NotPublic { .. } | KeyFileError::NoKey { .. } => {
                "Ask the key's owner for the .vkey file that `sealscope keygen` made."
            }
            KeyFileError::NotPrivate { .. } => "Name the .key file that `sealscope keygen` made.",
            _ => return Self::plain(error.to_string()),
        };
        Self::new(error.to_string(), next_step)
    }
}

impl From<TrustStoreError> for Failure {
    fn from(error: TrustStoreError) -> Self {
        match &error {
            TrustStoreError::File { .. } => Self::new(
                error.to_string(),
                "Check the path and who may read and write it.",
            ),
            TrustStoreError::Ambiguous { .. } => Self::new(
                error.to_string(),
                "Give more digits of the id or of the fingerprint.",
            ),
            _ => Self::plain(error.to_string()),
        }
    }
}

/// Tells a person, on standard error.
pub fn report(failure: &Failure) {
    match failure {
        Failure::Said { says, next_step } => complain(says, next_step.as_deref()),
        Failure::LaidOut { says, next_step } => {
            eprintln!("sealscope: {}\n  {next_step}", sentence(says));
        }
        Failure::NobodyReads | Failure::Interrupted => {}
    }
}

/// Writes one complaint to standard error: what and where, then the next step.
pub fn complain(says: &str, next_step: Option<&str>) {
    eprintln!("sealscope: {}", sentence(&escaped(says)));
    if let Some(next_step) = next_step {
        eprintln!("  {}", escaped(next_step));
    }
}
