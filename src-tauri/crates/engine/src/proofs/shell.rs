//! Commands that check an entry with nothing but zstd, coreutils and OpenSSL.
//!
//! They are written for bash, quote whatever comes from outside, and leave nothing behind but a
//! folder in the system's place for temporary files.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;
use sealscope_proof::{Note, VerifierKey};
use sealscope_verify::{CheckedSegment, EntryProof};

use crate::open_archive::OpenArchive;
use crate::shown::escape_for_terminal;

/// A word for a POSIX shell; `None` where it holds characters that cannot be shown as they are, so
/// that what is pasted would be another word.
#[must_use]
pub fn shell_word(word: &str) -> Option<String> {
    if escape_for_terminal(word) != word {
        return None;
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        return Some(word.to_owned());
    }
    let quoted = format!("'{}'", word.replace('\'', r"'\''"));
    // A quoted dash is still an option.
    Some(if word.starts_with('-') {
        format!("./{quoted}")
    } else {
        quoted
    })
}

fn archive_line(path: &Path) -> String {
    match path.to_str().and_then(shell_word) {
        Some(word) => format!("archive={word}\n"),
        None => "archive='write the path of the archive here'\n".to_owned(),
    }
}

/// The leaf hash of a stored line, counted from 0 in the archive.
fn leaf_line(line: u64) -> String {
    format!(
        "leaf=$({{ printf '\\0'; zstd -dcq \"$archive\" | LC_ALL=C sed -n '{}{{p;q;}}' \
         | tr -d '\\n'; }} | sha256sum | cut -c1-64)\n",
        line + 1
    )
}

/// A stored line of a sealog archive, where no root confirms it.
pub(super) fn of_line(path: &Path, line: u64, computed: &Digest) -> String {
    format!(
        "# The archive is an ordinary zstd file; this entry is line {} of it.\n{}{}\
         echo \"computed  $leaf\"\n# Sealscope computed {computed}.\n",
        line + 1,
        archive_line(path),
        leaf_line(line)
    )
}

/// A line of a plain log, where its bytes can be cut out of the file; empty where they cannot.
pub(super) fn of_plain_line(
    archive: &OpenArchive,
    segment: &CheckedSegment,
    number: usize,
    computed: &Digest,
) -> String {
    let Some(range) = segment.segment().entries.get(number) else {
        return String::new();
    };
    let Some(unpack) = unpacker(archive) else {
        return String::new();
    };
    let begin = segment.segment().offset_bytes + u64::from(range.start) + 1;
    let length = range.end.saturating_sub(range.start);
    format!(
        "# No seal covers this entry; its hash can be compared with another copy only.\n{}\
         {{ printf '\\0'; {unpack} \"$archive\" | tail -c +{begin} | head -c {length}; }} \
         | sha256sum | cut -c1-64\n# Sealscope computed {computed}.\n",
        archive_line(archive.path())
    )
}

/// The command that gives the text as it was divided into entries; `None` where none does.
fn unpacker(archive: &OpenArchive) -> Option<&'static str> {
    let mut magic = [0u8; 4];
    let read = archive
        .archive()
        .whole_file()?
        .read_at(0, &mut magic)
        .ok()?;
    match magic.get(..read)? {
        [0x1F, 0x8B, ..] => Some("gzip -dcq"),
        [0x28, 0xB5, 0x2F, 0xFD] => Some("zstd -dcq"),
        // UTF-16 was rewritten before it was divided.
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => None,
        _ => Some("cat"),
    }
}

/// The whole way from a stored line, counted from 0 in the archive, to the signature.
pub(super) fn of_proof(
    path: &Path,
    line: u64,
    proof: &EntryProof,
    key: Option<VerifierKey>,
) -> String {
    let mut text = format!(
        "#!/bin/bash\n# Checks entry {} without Sealscope. Needs zstd, coreutils and OpenSSL 3.\n{}\
         unhex() {{ printf '%b' \"$(sed 's/../\\\\x&/g' <<<\"$1\")\"; }}\n\
         node() {{ unhex \"01$1$2\" | sha256sum | cut -c1-64; }}\n\n\
         # 1. The archive is an ordinary zstd file; the entry is line {} of it. Leaf: RFC 6962.\n{}\
         echo \"leaf      $leaf\"\necho \"sealed    {}\"\n\n\
         # 2. From the leaf to the root.\nhash=$leaf\n",
        proof.index,
        archive_line(path),
        line + 1,
        leaf_line(line),
        proof.leaf
    );
    for (is_left, sibling) in sides(proof) {
        text.push_str(&if is_left {
            format!("hash=$(node {sibling} $hash)\n")
        } else {
            format!("hash=$(node $hash {sibling})\n")
        });
    }
    text.push_str("echo \"root      $hash\"\n\n");
    text.push_str(&checkpoint(proof));
    if let Some(signature) = key.and_then(|key| signature(proof, &key)) {
        text.push_str(&signature);
    }
    text
}

/// The siblings, leaf first, and whether each stands on the left (RFC 9162 §2.1.3.2).
fn sides(proof: &EntryProof) -> Vec<(bool, &Digest)> {
    let (mut node, mut last) = (proof.index, proof.size.saturating_sub(1));
    let mut sides = Vec::with_capacity(proof.path.len());
    for sibling in &proof.path {
        let is_left = node & 1 == 1 || node == last;
        if is_left {
            while node & 1 == 0 && node != 0 {
                (node, last) = (node >> 1, last >> 1);
            }
        }
        sides.push((is_left, sibling));
        (node, last) = (node >> 1, last >> 1);
    }
    sides
}

/// The checkpoint's text: its third line is the root in base64.
fn checkpoint(proof: &EntryProof) -> String {
    let Ok(note) = Note::parse(proof.note.as_bytes()) else {
        return String::new();
    };
    // In base64, so that no character of it is anything but text to the shell.
    format!(
        "# 3. The checkpoint as it was signed; its third line is the root.\n\
         work=$(mktemp -d)\nbase64 -d >\"$work/checkpoint\" <<<'{}'\n\
         echo \"signed    $(sed -n 3p \"$work/checkpoint\" | base64 -d | od -An -tx1 -v \
         | tr -d ' \\n')\"\n\n",
        BASE64.encode(note.text.as_bytes())
    )
}

/// The signature under a key, by OpenSSL.
fn signature(proof: &EntryProof, key: &VerifierKey) -> Option<String> {
    /// SubjectPublicKeyInfo of Ed25519 up to the key's 32 bytes (RFC 8410 §4).
    const SPKI: [u8; 12] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    let note = Note::parse(proof.note.as_bytes()).ok()?;
    let line = note
        .signatures
        .iter()
        .find(|line| key.verifies(&note.text, line))?;
    let vkey = key.to_vkey();
    let raw = BASE64.decode(vkey.rsplit_once('+')?.1).ok()?;
    let mut spki = SPKI.to_vec();
    spki.extend_from_slice(raw.get(1..)?);
    Some(format!(
        "# 4. The signature on it. Compare this key with the one that its owner gives out:\n\
         #    {}\n\
         base64 -d >\"$work/key.der\" <<<'{}'\nbase64 -d >\"$work/signature\" <<<'{}'\n\
         openssl pkeyutl -verify -pubin -keyform DER -inkey \"$work/key.der\" -rawin \
         -in \"$work/checkpoint\" -sigfile \"$work/signature\"\n",
        escape_for_terminal(&vkey),
        BASE64.encode(&spki),
        BASE64.encode(&line.bytes)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_act_on_is_quoted_or_refused() {
        for (word, quoted) in [
            ("logs/audit-1.sealog", Some("logs/audit-1.sealog")),
            ("a b", Some("'a b'")),
            ("$(reboot)", Some("'$(reboot)'")),
            ("it's", Some(r"'it'\''s'")),
            ("-rf", Some("./'-rf'")),
            ("a\nreboot\n", None),
            ("a\u{202e}b", None),
        ] {
            assert_eq!(shell_word(word).as_deref(), quoted, "{word:?}");
        }
    }
}
