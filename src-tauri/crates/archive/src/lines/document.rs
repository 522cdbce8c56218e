//! Tells whether a file is one JSON document over many lines.

use std::io;

use memchr::memchr;
use sealscope_model::Damage;
use serde::de::IgnoredAny;

use crate::{Source, limits};

/// What was found of a file that begins like a JSON document.
pub(super) struct Found {
    /// Whether the file is read as one entry.
    pub(super) is_whole: bool,
    pub(super) damage: Option<Damage>,
    pub(super) note: Option<String>,
}

/// Looks whether the text is one JSON document rather than a line each; `None` where it is not.
pub(super) fn look_for(text: &Source, sample: &[u8]) -> io::Result<Option<Found>> {
    let sample = sample.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(sample);
    let begun = sample.trim_ascii_start();
    if !matches!(begun.first(), Some(b'{' | b'[')) {
        return Ok(None);
    }
    let first_line = memchr(b'\n', begun).and_then(|end| begun.get(..end));
    // One document a line is the common form; then the first line is whole by itself.
    if first_line.is_some_and(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok()) {
        return Ok(None);
    }
    if text.bytes() > limits::ENTRY_BYTES_MAX as u64 {
        let begins_well = serde_json::from_slice::<IgnoredAny>(begun).is_err_and(|e| e.is_eof());
        let note = format!(
            "The file seems to be one JSON document of {} bytes. A document of more than {} bytes \
             is read line by line; divide it into one record a line to read its fields.",
            text.bytes(),
            limits::ENTRY_BYTES_MAX
        );
        return Ok(begins_well.then_some(Found {
            is_whole: false,
            damage: None,
            note: Some(note),
        }));
    }
    let mut all = Vec::new();
    text.read_into(0, usize::try_from(text.bytes()).unwrap_or(0), &mut all)?;
    let document = all.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&all);
    Ok(match serde_json::from_slice::<IgnoredAny>(document) {
        Ok(_) => Some(Found {
            is_whole: true,
            damage: None,
            note: None,
        }),
        Err(error) if error.is_eof() => Some(Found {
            is_whole: true,
            damage: Some(Damage::at(
                text.bytes(),
                "the JSON document breaks off: the file ends before it does",
            )),
            note: None,
        }),
        Err(_) => None,
    })
}
