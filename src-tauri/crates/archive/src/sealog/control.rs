//! Control lines: what a sealog archive says about itself among its entries.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use crate::limits;

/// How a control line begins. An ordinary line that begins so is enveloped.
pub(crate) const CONTROL_PREFIX: &[u8] = b"{\"@sealog\":";

/// A control line, parsed. The members are those of the format's page, section 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@sealog", rename_all = "kebab-case")]
pub enum Control {
    /// First leaf of every archive.
    Header(Header),
    /// Opens an input.
    Source {
        /// Its name as given, never used as a path unchanged.
        name: String,
        /// Its modification time, RFC 3339.
        modified: Option<String>,
        /// How it was stored.
        form: SourceForm,
    },
    /// Closes an input.
    SourceEnd {
        /// Bytes as found.
        bytes: u64,
        /// SHA-256 of the bytes as found, in hex.
        sha256: String,
        /// Bytes unpacked.
        bytes_raw: u64,
        /// SHA-256 of the unpacked bytes, in hex.
        sha256_raw: String,
        /// Log entries since the source was opened.
        entries: u64,
        /// Whether the last line ended in LF.
        ends_with_lf: bool,
    },
    /// First leaf after a checkpoint.
    Segment {
        /// Number in the archive, from 1.
        number: u64,
        /// Wall time of the writer, RFC 3339.
        time: String,
        /// SHA-256 of the payload of the checkpoint before, in hex.
        previous: Option<String>,
    },
    /// The writer says that something is missing here.
    Gap {
        /// Why.
        reason: String,
        /// How many entries, where known.
        count: Option<u64>,
    },
    /// Last leaf of a finished archive.
    Close {
        /// Leaf index of this line plus 1.
        size: u64,
        /// Why it was closed.
        reason: String,
    },
    /// A log entry that began like a control line.
    Line {
        /// The original line in base64.
        b64: String,
    },
}

/// What the header states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Format version: 1.
    pub version: u64,
    /// The archive's uuid.
    pub archive: String,
    /// Name under which logs are sealed; the checkpoints' origin is this, a slash and `log`.
    pub origin: String,
    /// The log's uuid.
    pub log: String,
    /// Leaf index of the header itself.
    pub start: u64,
    /// Schema of the entries, where the sealer knew it.
    pub schema: Option<String>,
    /// The signer's vkey: a claim.
    pub signer: String,
    /// SHA-256 of the payload of the last checkpoint of the archive before, in hex.
    pub previous: Option<String>,
    /// Program and version that sealed.
    pub tool: String,
}

impl Header {
    /// The origin that the checkpoints of this log carry.
    #[must_use]
    pub fn checkpoint_origin(&self) -> String {
        format!("{}/{}", self.origin, self.log)
    }
}

/// How an input was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceForm {
    /// As it is.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// zstd (RFC 8878).
    Zstd,
    /// Standard input.
    Stdin,
}

/// What a stored line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A log entry, as it is.
    Entry,
    /// A log entry in an envelope: its original bytes.
    Enveloped(Vec<u8>),
    /// A control line.
    Control(Box<Control>),
    /// It begins like a control line and is none: a log entry, with what is wrong.
    Malformed(String),
}

impl Line {
    /// Tells what a stored line is.
    #[must_use]
    pub fn read(line: &[u8]) -> Self {
        if !line.starts_with(CONTROL_PREFIX) {
            return Self::Entry;
        }
        if line.len() > limits::CONTROL_BYTES_MAX && !line.starts_with(b"{\"@sealog\":\"line\"") {
            return Self::Malformed("a control line longer than its limit".to_owned());
        }
        match serde_json::from_slice::<Control>(line) {
            Ok(Control::Line { b64 }) => match BASE64.decode(&b64) {
                Ok(original) if original.starts_with(CONTROL_PREFIX) => Self::Enveloped(original),
                Ok(_) => Self::Malformed("an envelope around a line that needs none".to_owned()),
                Err(_) => Self::Malformed("an envelope that is no canonical base64".to_owned()),
            },
            Ok(control) => Self::Control(Box::new(control)),
            Err(error) => Self::Malformed(format!("a control line that does not parse: {error}")),
        }
    }

    /// Whether the line is a log entry.
    #[must_use]
    pub const fn is_log_entry(&self) -> bool {
        !matches!(self, Self::Control(_))
    }
}

/// The stored form of a log line: enveloped when it begins like a control line.
pub(crate) fn stored_form(line: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if line.starts_with(CONTROL_PREFIX) {
        let control = Control::Line {
            b64: BASE64.encode(line),
        };
        std::borrow::Cow::Owned(control.to_line())
    } else {
        std::borrow::Cow::Borrowed(line)
    }
}

impl Control {
    /// The stored line, without LF.
    pub(crate) fn to_line(&self) -> Vec<u8> {
        // Serialising strings and numbers into memory cannot fail; an empty line would show.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_line_begins_with_the_prefix_and_reads_back() {
        let control = Control::Close {
            size: 9,
            reason: "complete".to_owned(),
        };
        let line = control.to_line();
        assert!(line.starts_with(CONTROL_PREFIX));
        assert_eq!(Line::read(&line), Line::Control(Box::new(control)));
    }

    #[test]
    fn a_line_that_looks_like_control_is_enveloped_and_given_back() {
        let original = b"{\"@sealog\":\"close\",\"size\":1,\"reason\":\"forged\"}";
        let stored = stored_form(original);
        assert_eq!(Line::read(&stored), Line::Enveloped(original.to_vec()));
        assert!(Line::read(&stored).is_log_entry());
    }

    #[test]
    fn what_is_no_control_line_is_a_log_entry() {
        for line in [
            &b"{\"@sealog\":\"what\"}"[..],
            b"{\"@sealog\":",
            b"{\"@sealog\":\"line\",\"b64\":\"!\"}",
        ] {
            assert!(Line::read(line).is_log_entry());
            assert!(matches!(Line::read(line), Line::Malformed(_)));
        }
        assert_eq!(Line::read(b"{\"a\":1}"), Line::Entry);
    }
}
