//! One JSON object a line: the members of a hit of `sealscope search --json`, and the archive's
//! digest.

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;

use super::row::{ExportRow, SpineRef};
use super::safe_json::{Fields, write_json};
use super::{Taken, times};

/// One hit.
#[derive(Debug, Serialize)]
pub struct Hit<'a> {
    archive: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    archive_sha256: Option<&'a str>,
    position: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    time: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inferred: Vec<&'static str>,
    verdict: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    strength: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<&'a str>,
    fields: Fields<'a>,
    spine: SpineObject<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "is_zero")]
    missing_before: u64,
    #[serde(flatten)]
    raw: Raw<'a>,
}

impl<'a> Hit<'a> {
    /// The object for a row.
    #[must_use]
    pub fn of(row: &'a ExportRow<'a>) -> Self {
        Self {
            archive: &row.archive.name,
            archive_sha256: row.archive.sha256.as_deref(),
            position: row.position,
            record: (row.records > 1).then_some(row.record),
            time: row.time.as_ref().map(times::rfc3339),
            inferred: times::inferred(row.time.as_ref()),
            verdict: row.verdict,
            strength: row.strength,
            leaf: row.leaf,
            fields: Fields(&row.fields),
            spine: SpineObject::of(&row.spine),
            notes: row.notes,
            missing_before: row.missing_before,
            raw: Raw::of(row.raw),
        }
    }
}

/// The bytes of an entry: as text where they are UTF-8, else in base64 (RFC 4648, section 4).
#[derive(Debug, Serialize)]
pub enum Raw<'a> {
    /// As text.
    #[serde(rename = "raw")]
    Text(&'a str),
    /// In base64.
    #[serde(rename = "raw_base64")]
    Base64(String),
}

impl<'a> Raw<'a> {
    /// The member for some bytes.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Base64(BASE64.encode(bytes)),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The form that serde calls.
pub(super) const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Debug, Serialize)]
struct SpineObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_where: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'a str>,
    class: &'a str,
    message: &'a str,
}

impl<'a> SpineObject<'a> {
    const fn of(spine: &SpineRef<'a>) -> Self {
        Self {
            who: spine.who,
            did: spine.did,
            to_what: spine.to_what,
            from_where: spine.from_where,
            outcome: spine.outcome,
            decision: spine.decision,
            severity: spine.severity,
            class: spine.class,
            message: spine.message,
        }
    }
}

/// The line of a row.
pub(super) fn line(row: &ExportRow<'_>, out: &mut Vec<u8>) -> io::Result<Taken> {
    write_json(&Hit::of(row), out)?;
    Ok(Taken::Written)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use crate::export::ExportFormat;
    use crate::export::testing::{BIG, BINARY, HOSTILE, exported, lines};

    #[test]
    fn hits_hold_exact_text_and_their_seal() {
        let lines = lines(ExportFormat::JsonLines);
        assert_eq!(lines.len(), 4, "undated rows too");
        assert_eq!(lines[0]["archive_sha256"], "ab".repeat(32));
        assert_eq!(lines[0]["verdict"], "intact");
        assert_eq!(lines[0]["leaf"], "cd".repeat(32));
        assert_eq!(lines[1]["fields"][HOSTILE], HOSTILE);
        assert_eq!(lines[1]["raw"], HOSTILE);
        assert_eq!(lines[2]["record"], 2);
        let raw = lines[2]["raw_base64"].as_str().expect("base64");
        assert_eq!(super::BASE64.decode(raw).expect("base64"), BINARY);
        assert!(lines[3]["time"].is_null());
        assert_eq!(lines[3]["missing_before"], 5);
        let text = String::from_utf8(exported(ExportFormat::JsonLines).0).expect("text");
        assert!(text.contains(&format!("\"n\":{BIG}")), "{text}");
    }
}
