//! A content and the files that belong to it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::content::{Attachment, Content};

/// A report ready to be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    content: Content,
    files: Vec<AttachedFile>,
}

/// A file that belongs to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedFile {
    /// See [`Attachment::name`].
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why content and files do not belong together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// A name that could leave the folder, or act in a program that shows it.
    #[error("{0:?} is no name for an attachment")]
    Name(String),
    /// Named twice.
    #[error("the attachment {0:?} stands twice")]
    Twice(String),
    /// Listed, but not there.
    #[error("the attachment {0:?} is missing")]
    Missing(String),
    /// There, but not listed.
    #[error("the file {0:?} is not among the report's attachments")]
    Unlisted(String),
    /// Other bytes than listed.
    #[error("the attachment {0:?} has other bytes than the report says")]
    Differs(String),
}

impl Package {
    /// Puts the two together.
    ///
    /// # Errors
    /// When the files are not exactly those that the content lists.
    pub fn new(content: Content, files: Vec<AttachedFile>) -> Result<Self, PackageError> {
        let mut by_name = BTreeMap::new();
        for file in &files {
            if by_name.insert(file.name.as_str(), &file.bytes).is_some() {
                return Err(PackageError::Twice(file.name.clone()));
            }
        }
        let mut listed = BTreeSet::new();
        for attachment in &content.attachments {
            let name = attachment.name.as_str();
            if !is_name(name) {
                return Err(PackageError::Name(name.to_owned()));
            }
            // Names that differ in case alone are one file on some systems.
            if !listed.insert(name.to_ascii_lowercase()) {
                return Err(PackageError::Twice(name.to_owned()));
            }
            match by_name.remove(name) {
                None => return Err(PackageError::Missing(name.to_owned())),
                Some(bytes) if !matches(attachment, bytes) => {
                    return Err(PackageError::Differs(name.to_owned()));
                }
                Some(_) => {}
            }
        }
        if let Some(name) = by_name.keys().next() {
            return Err(PackageError::Unlisted((*name).to_owned()));
        }
        Ok(Self { content, files })
    }

    /// Lists files that are not here: for `report.json` by itself, which has none of them.
    pub(crate) fn with_listed(mut self, attachments: Vec<Attachment>) -> Self {
        self.content.attachments = attachments;
        self
    }

    /// What the report says.
    #[must_use]
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// Its files.
    #[must_use]
    pub fn files(&self) -> &[AttachedFile] {
        &self.files
    }

    /// One of them.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let file = self.files.iter().find(|file| file.name == name)?;
        Some(&file.bytes)
    }
}

impl Attachment {
    /// Whether a file may have this name in a report: relative, without a way out, and safe in
    /// every file system and viewer.
    #[must_use]
    pub fn is_name(name: &str) -> bool {
        is_name(name)
    }

    /// Lists a file.
    #[must_use]
    pub fn of(name: &str, says: &str, media_type: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            says: says.to_owned(),
            media_type: media_type.to_owned(),
            bytes: bytes.len() as u64,
            sha256: hex(bytes),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    sealscope_model::Digest::new(Sha256::digest(bytes).into()).to_string()
}

fn matches(listed: &Attachment, bytes: &[u8]) -> bool {
    listed.bytes == bytes.len() as u64 && listed.sha256 == hex(bytes)
}

/// Relative, without a way out, and safe in every file system and viewer.
pub(crate) fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.len() <= 200
            && !part.starts_with(['.', '-'])
            && !part.ends_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.len() <= 500 && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        for name in ["proofs/E1.tlog-proof", "report.json", "a-b_c/d"] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "", "/a", "a//b", "../a", "a/..", "a\\b", ".a", "-a", "a b", "a.", "ä", "a/",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
