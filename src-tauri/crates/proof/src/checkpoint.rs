//! Checkpoints (C2SP tlog-checkpoint): origin, decimal size and base64 root, a line each.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;

/// What a checkpoint states: that the first `size` leaves of a log have this root.
///
/// ```text
/// example.org/audit/5f0c…
/// 65536
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the log.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Digest,
}

/// Why a text is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not three lines.
    #[error("a checkpoint has three lines: origin, size, root")]
    Lines,
    /// An empty origin.
    #[error("the origin is empty")]
    Origin,
    /// The size is not a decimal number without leading zeros below 2^63.
    #[error("the size is no plain decimal number")]
    Size,
    /// The root is not base64 of 32 bytes.
    #[error("the root is not base64 of 32 bytes")]
    Root,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            BASE64.encode(self.root.as_bytes())
        )
    }

    /// Reads the text of a note; extension lines are refused, since sealog writes none.
    ///
    /// # Errors
    /// See [`CheckpointError`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text
            .strip_suffix('\n')
            .ok_or(CheckpointError::Lines)?
            .split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        if origin.is_empty() {
            return Err(CheckpointError::Origin);
        }
        let size: u64 = match size.parse() {
            Ok(number) if u64::to_string(&number) == size && number < 1 << 63 => number,
            _ => return Err(CheckpointError::Size),
        };
        let root = BASE64.decode(root).map_err(|_| CheckpointError::Root)?;
        let root: [u8; 32] = root.try_into().map_err(|_| CheckpointError::Root)?;
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root: Digest::new(root),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_goes_to_text_and_back() {
        let checkpoint = Checkpoint {
            origin: "example.org/audit".to_owned(),
            size: 65_536,
            root: Digest::new([9; 32]),
        };
        assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
    }

    #[test]
    fn other_forms_of_the_same_statement_are_refused() {
        let root = BASE64.encode([9; 32]);
        for (text, why) in [
            (format!("o\n065536\n{root}\n"), CheckpointError::Size),
            (format!("o\n+1\n{root}\n"), CheckpointError::Size),
            (format!("o\n1\n{root}\nmore\n"), CheckpointError::Lines),
            (format!("o\n1\n{root}"), CheckpointError::Lines),
            (format!("\n1\n{root}\n"), CheckpointError::Origin),
            ("o\n1\nAAAA\n".to_owned(), CheckpointError::Root),
        ] {
            assert_eq!(Checkpoint::parse(&text), Err(why), "{text:?}");
        }
    }
}
