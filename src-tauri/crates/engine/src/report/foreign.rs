//! Proofs for formats without a tree: the files that `sealscope verify` judges by themselves.
//!
//! A digest of CloudTrail speaks for whole log files, a seal of a journal for an interval under a
//! secret key, a chain for all lines before a head. None of them can be cut down to one entry, so
//! the smallest set of files that can be judged goes with the report, as far as it is small
//! enough.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sealscope_archive::Structure;
use sealscope_report::AttachedFile;
use sealscope_report::content::{Attachment, Exhibit, Proof, ProofFile};
use sealscope_verify::grouped;

use super::{Gathering, ReportError};
use crate::open_archive::OpenArchive;

/// Bytes of evidence that one report carries as proofs at most: journals of usual sizes go along,
/// and the report can still be passed on.
const PROOF_BYTES_MAX: u64 = 64 << 20;
/// Files of one archive that a report carries at most.
const PROOF_FILES_MAX: usize = 5000;

impl Gathering<'_> {
    /// Gives the exhibits of other formats their proofs, and the report the files that these need.
    pub(super) fn prove_by_files(&mut self, exhibits: &mut [Exhibit]) -> Result<(), ReportError> {
        let mut cited: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for exhibit in exhibits.iter() {
            cited
                .entry(exhibit.item)
                .or_default()
                .insert(exhibit.position);
        }
        let mut room = PROOF_BYTES_MAX;
        for (item, positions) in cited {
            let workspace = self.workspace;
            let Some(archive) = workspace.archives().get(item) else {
                continue;
            };
            let Some(worth) = worth(archive) else {
                continue;
            };
            let folder = format!("evidence/{}", super::files::item_label(item));
            if !self.request.case.redact.is_empty() {
                // The files hold the withheld fields of every entry, cited or not.
                let says =
                    "The files that prove it are withheld: they hold the redacted fields in full.";
                let of_item = exhibits.iter_mut().filter(|one| one.item == item);
                for exhibit in of_item.filter(|one| one.redacted.is_empty()) {
                    exhibit.proof = Proof::Withheld {
                        says: says.to_owned(),
                    };
                }
                continue;
            }
            let proof = match self.take_files(archive, &positions, &folder, &mut room)? {
                Ok(files) => Proof::Files {
                    format: archive.format().to_owned(),
                    path: folder,
                    files,
                    position: None,
                    says: worth.to_owned(),
                },
                Err(why) => Proof::None {
                    says: format!("{worth} {why}"),
                },
            };
            for exhibit in exhibits.iter_mut().filter(|one| one.item == item) {
                exhibit.proof = proof.clone();
            }
        }
        Ok(())
    }

    /// `Ok(Err(_))`: they do not go with the report, and why.
    fn take_files(
        &mut self,
        archive: &OpenArchive,
        positions: &BTreeSet<u64>,
        folder: &str,
        room: &mut u64,
    ) -> Result<Result<Vec<ProofFile>, String>, ReportError> {
        let wanted = wanted(archive, positions);
        let bytes: u64 = wanted.values().map(|(_, bytes)| *bytes).sum();
        if bytes > *room || wanted.len() > PROOF_FILES_MAX {
            return Ok(Err(format!(
                "The files that are needed have {} bytes and do not go with this report.",
                grouped(bytes)
            )));
        }
        let is_name = |name: &str| Attachment::is_name(&format!("{folder}/{name}"));
        if let Some(name) = wanted.keys().find(|name| !is_name(name)) {
            return Ok(Err(format!(
                "A file that is needed has a name that is not passed on: {name}."
            )));
        }
        let mut files = Vec::new();
        for (name, (path, _)) in wanted {
            let read = std::fs::read(&path).map_err(|source| ReportError::File {
                path: path.display().to_string(),
                source,
            })?;
            let says = format!("Evidence file {name}, as it was");
            let name = format!("{folder}/{name}");
            let attachment = Attachment::of(&name, &says, "application/octet-stream", &read);
            files.push(ProofFile {
                name: name.clone(),
                sha256: attachment.sha256.clone(),
            });
            self.attachments.push(attachment);
            self.files.push(AttachedFile { name, bytes: read });
        }
        if let Some((profile, _)) = archive.chain_profile() {
            let name = format!(
                "profiles/{}.toml",
                folder.rsplit('/').next().unwrap_or_default()
            );
            let bytes = profile.to_toml().into_bytes();
            let says = "Chain profile by which the log was read";
            self.attachments
                .push(Attachment::of(&name, says, "application/toml", &bytes));
            self.files.push(AttachedFile { name, bytes });
        }
        *room = room.saturating_sub(bytes);
        Ok(Ok(files))
    }
}

/// What the files of a format prove; `None` for formats with proofs of their own, or none at all.
fn worth(archive: &OpenArchive) -> Option<&'static str> {
    Some(match archive.archive().structure() {
        Structure::Sealog(_) | Structure::Unsealed => return None,
        Structure::CloudTrail(_) => {
            "The log file of this entry and the chain of signed digest files: a digest lists the \
            SHA-256 of the \
             log file as a whole, and its signature holds under AWS's public key for the region, \
             which whoever \
             checks has to obtain from AWS."
        }
        Structure::Journal(_) => {
            "The journal file: the seal over the interval of this entry holds under a \
            verification key that is \
             secret, and whoever has that key can check it, and could also have made it."
        }
        Structure::Chained(_) => {
            "The log with its chain of digests: they hold from the first line to the last, which \
            proves the \
             entry to whoever knows the digest at the end, or a key, from elsewhere."
        }
    })
}

/// The files that are needed, by their name in the archive, with place and bytes.
fn wanted(
    archive: &OpenArchive,
    positions: &BTreeSet<u64>,
) -> BTreeMap<String, (std::path::PathBuf, u64)> {
    let files = archive.archive().files().into_iter().map(|(path, stamp)| {
        let name = path.strip_prefix(archive.path()).unwrap_or(Path::new(""));
        let name = match name.as_os_str().is_empty() {
            true => path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy(),
            false => name.to_string_lossy(),
        };
        (name.into_owned(), (path.clone(), stamp.bytes))
    });
    let mut files: BTreeMap<_, _> = files.collect();
    if let Structure::CloudTrail(trail) = archive.archive().structure() {
        let cited: BTreeSet<usize> = positions
            .iter()
            .filter_map(|position| Some(archive.locate(*position)?.0))
            .collect();
        for (number, log) in trail.logs().iter().enumerate() {
            if !cited.contains(&number) {
                files.remove(&log.file);
            }
        }
    }
    files
}
