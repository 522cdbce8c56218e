//! The files inside a printed report.

use std::collections::BTreeSet;

use sealscope_model::Digest;
use sealscope_proof::tlog_proof;

use super::PdfError;
use crate::content::{Content, Exhibit, Proof};
use crate::package::Package;

/// Name of the machine-readable report.
pub(super) const REPORT: &str = "report.json";

/// A file inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PdfFile {
    /// Its name.
    pub name: String,
    /// What it is.
    pub says: String,
    /// Media type.
    pub media_type: String,
    /// What it is to the document (ISO 32000-2, 7.11.3): `data`, `supplement`.
    pub relation: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// All of them in their order.
pub(super) fn files(package: &Package) -> Result<Vec<PdfFile>, PdfError> {
    let content = package.content();
    let mut files = derived(content);
    for (attachment, file) in content.attachments.iter().zip(package.files()) {
        // Files stand in the order of their list, or are found by name.
        let bytes = match file.name == attachment.name {
            true => Some(file.bytes.as_slice()),
            false => package.file(&attachment.name),
        };
        files.push(PdfFile {
            name: attachment.name.clone(),
            says: attachment.says.clone(),
            media_type: media_type(&attachment.media_type),
            relation: "supplement",
            bytes: bytes.unwrap_or_default().to_vec(),
        });
    }
    let mut names = BTreeSet::new();
    for file in &files {
        if !names.insert(file.name.to_ascii_lowercase()) {
            return Err(PdfError::NameTaken(file.name.clone()));
        }
    }
    Ok(files)
}

/// Those that follow from the content alone.
pub(super) fn derived(content: &Content) -> Vec<PdfFile> {
    let mut files = vec![PdfFile {
        name: REPORT.to_owned(),
        says: "The machine-readable report".to_owned(),
        media_type: "application/json".to_owned(),
        relation: "data",
        bytes: content.to_json(),
    }];
    for (place, note) in content.checkpoints.iter().enumerate() {
        files.push(PdfFile {
            name: format!("checkpoints/{}.note", place + 1),
            says: format!("Checkpoint {}, as signed", place + 1),
            media_type: "text/plain".to_owned(),
            relation: "supplement",
            bytes: note.clone().into_bytes(),
        });
    }
    for exhibit in &content.exhibits {
        if let Some(proof) = proof_of(content, exhibit) {
            files.push(PdfFile {
                name: format!("proofs/E{}.tlog-proof", exhibit.number),
                says: format!("Proof of exhibit E{}", exhibit.number),
                media_type: "text/plain".to_owned(),
                relation: "supplement",
                bytes: proof.into_bytes(),
            });
        }
    }
    files
}

/// The proof of an exhibit as a file; `None` where it has none, or one that is out of form.
fn proof_of(content: &Content, exhibit: &Exhibit) -> Option<String> {
    let Proof::Merkle {
        checkpoint,
        index,
        path,
        ..
    } = &exhibit.proof
    else {
        return None;
    };
    let note = content.checkpoints.get(*checkpoint)?;
    let path: Option<Vec<Digest>> = path
        .iter()
        .map(|hash| Digest::from_hex(hash).ok())
        .collect();
    Some(tlog_proof(*index, &path?, note))
}

/// A media type that can stand in a document (RFC 6838, 4.2).
fn media_type(stated: &str) -> String {
    let is_part = |part: &str| {
        (1..=64).contains(&part.len())
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    match stated.split_once('/') {
        Some((kind, form)) if is_part(kind) && is_part(form) => stated.to_owned(),
        _ => "application/octet-stream".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_media_type_is_bytes() {
        assert_eq!(media_type("text/plain"), "text/plain");
        for stated in ["", "text", "a/b/c", "text/pl ain", "/x", "text/\u{202e}"] {
            assert_eq!(media_type(stated), "application/octet-stream");
        }
    }
}
