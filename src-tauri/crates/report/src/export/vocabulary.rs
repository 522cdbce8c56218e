//! What the schemas of others need to know of a row, read from its spine.

use std::net::IpAddr;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::row::ExportRow;

/// The seal of a row as flat members.
#[derive(Debug, Serialize)]
pub(super) struct Seal<'a> {
    sealscope_archive: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealscope_archive_sha256: Option<&'a str>,
    sealscope_position: String,
    sealscope_record: String,
    sealscope_verdict: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    sealscope_strength: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealscope_leaf: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealscope_missing_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealscope_notes: Option<String>,
}

impl<'a> Seal<'a> {
    pub(super) fn of(row: &'a ExportRow<'a>) -> Self {
        Self {
            sealscope_archive: &row.archive.name,
            sealscope_archive_sha256: row.archive.sha256.as_deref(),
            // Text: positions above 2^53 would be rounded by readers in JavaScript.
            sealscope_position: row.position.to_string(),
            sealscope_record: row.record.to_string(),
            sealscope_verdict: row.verdict,
            sealscope_strength: row.strength,
            sealscope_leaf: row.leaf,
            sealscope_missing_before: (row.missing_before > 0)
                .then(|| row.missing_before.to_string()),
            sealscope_notes: (!row.notes.is_empty()).then(|| row.notes.join(" ")),
        }
    }
}

/// The entry in one line; never empty, as readers demand one.
pub(super) fn message<'a>(row: &ExportRow<'a>) -> &'a str {
    let spine = &row.spine;
    [Some(spine.message), spine.did, Some(spine.class)]
        .into_iter()
        .flatten()
        .find(|text| !text.trim().is_empty())
        .unwrap_or("entry")
}

/// Bytes as hex digits of their SHA-256.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    sealscope_model::Digest::new(Sha256::digest(bytes).into()).to_string()
}

/// The address that a text is, where it is nothing but one.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok()
}

/// How something ended, as far as a word or an HTTP status tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Success,
    Failure,
    /// A word that is neither.
    Unmapped,
}

/// What an outcome means; `None` where the row has none.
pub(super) fn ending(row: &ExportRow<'_>) -> Option<Ending> {
    let outcome = row.spine.outcome?;
    if let Ok(status @ 100..=599) = outcome.parse::<u16>() {
        return Some(match status {
            400.. => Ending::Failure,
            200..=399 => Ending::Success,
            _ => Ending::Unmapped,
        });
    }
    Some(match outcome.to_ascii_lowercase().as_str() {
        "success" | "succeeded" | "ok" => Ending::Success,
        "failure" | "failed" | "fail" | "error" => Ending::Failure,
        _ => Ending::Unmapped,
    })
}

/// What a call does to its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Create,
    Read,
    Update,
    Delete,
    Other,
}

/// What a verb means, by its first word: `create`, `DescribeInstances`, `GET`.
pub(super) fn effect(did: &str) -> Effect {
    let word = did
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or("");
    let is_upper = |byte: u8| byte.is_ascii_uppercase();
    let next = word
        .bytes()
        .skip(1)
        .position(is_upper)
        .map(|place| place + 1);
    let first = match next {
        // The second word of `DescribeInstances`; `GET` is one word.
        Some(end) if !word.bytes().all(is_upper) => word.get(..end).unwrap_or(""),
        _ => word,
    };
    match first.to_ascii_lowercase().as_str() {
        "create" | "post" => Effect::Create,
        "get" | "list" | "watch" | "describe" | "head" | "read" | "lookup" => Effect::Read,
        "update" | "patch" | "put" | "modify" | "set" => Effect::Update,
        "delete" | "deletecollection" | "remove" => Effect::Delete,
        _ => Effect::Other,
    }
}

/// What an act of signing in or out is, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignOn {
    In,
    Out,
    Other,
}

/// What the words of an authentication say: `ConsoleLogin`, `Failed password`, `session closed`.
pub(super) fn sign_on(did: &str) -> SignOn {
    let did = did.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| did.contains(word));
    if says(&["logout", "logoff", "log off", "log out", "session closed"]) {
        SignOn::Out
    } else if says(&[
        "login",
        "logon",
        "log in",
        "accepted",
        "failed",
        "session opened",
    ]) {
        SignOn::In
    } else {
        SignOn::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_read_by_their_first_word() {
        for (did, wanted) in [
            ("create", Effect::Create),
            ("POST", Effect::Create),
            ("DescribeInstances", Effect::Read),
            ("GetObject", Effect::Read),
            ("GET /index.html", Effect::Read),
            ("PutObject", Effect::Update),
            ("deletecollection", Effect::Delete),
            ("DeleteUser", Effect::Delete),
            ("getaway", Effect::Other),
            ("RunInstances", Effect::Other),
            ("", Effect::Other),
            ("ß", Effect::Other),
        ] {
            assert_eq!(effect(did), wanted, "{did}");
        }
    }

    #[test]
    fn words_of_signing_in_are_told_from_those_of_signing_out() {
        for (did, wanted) in [
            ("ConsoleLogin", SignOn::In),
            ("Failed password", SignOn::In),
            ("session closed", SignOn::Out),
            ("AssumeRoleWithSAML", SignOn::Other),
        ] {
            assert_eq!(sign_on(did), wanted, "{did}");
        }
    }
}
