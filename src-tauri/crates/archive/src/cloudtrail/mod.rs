//! AWS CloudTrail log files with the digest files that seal them, as `aws s3 sync` leaves them.
//!
//! Specification: "CloudTrail digest file structure" and "Custom implementations of CloudTrail log
//! file integrity validation" in the CloudTrail user guide. Every hour a digest file lists the log
//! files that were delivered, with the SHA-256 of their *unpacked* bytes, and names the digest
//! before it; a signature over it stands in the metadata of the object and, an hour later, in the
//! next digest. *Covered by seals:* the bytes of every listed log file, and which files there are.
//! *Left out:* log files that no digest lists, how files are packed, and what came after the newest
//! digest. Strength: signed.
//!
//! Huawei's Cloud Trace Service does the same with other names and, in its documentation, MD5.
//! Query results of CloudTrail Lake are signed by one file of their own, `result_sign.json`.
//!
//! An entry is one log file, unpacked; digests, their metadata and keys are no entries. Of a Lake
//! result, an entry is a line. Fixtures are made by the testkit's own generator.

mod archive;
mod document;
mod folder;
mod lake;
mod member;
mod names;
mod sidecar;

pub use archive::{CloudTrailArchive, DigestFile, KeyFile, LogFile, LogFileSeal, OtherHashes};
pub use document::{DigestDocument, Flavour, ListedHash, ListedLog, PreviousDigest};
pub use lake::{Lake, QueryFile, QueryResult, SignDocument, SignedFile};
pub use member::{Form, unpack_member};
pub use sidecar::Sidecar;

use crate::{
    Archive, ArchiveFormat, FolderSample, OpenContext, OpenError, Recognition, Sample, Source,
};

/// The format `cloudtrail`.
#[derive(Debug, Clone, Copy)]
pub struct CloudTrail;

impl ArchiveFormat for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }

    fn describe(&self) -> &'static str {
        "AWS CloudTrail log files with their digest files, as a folder; CloudTrail Lake query \
         results; Huawei CTS; signed by the service"
    }

    fn recognize(&self, _sample: &Sample<'_>) -> Recognition {
        Recognition::No
    }

    fn open(&self, source: Source, _context: &OpenContext) -> Result<Box<dyn Archive>, OpenError> {
        Err(OpenError::UnknownFormat {
            path: source.path().to_owned(),
            found: "a CloudTrail archive is a folder; open the folder that holds the digests"
                .to_owned(),
        })
    }

    fn recognize_folder(&self, folder: &FolderSample<'_>) -> Recognition {
        let names = names::Names::of(folder.root);
        let seals = |file: &std::path::PathBuf| {
            let relative = names.relative(file);
            names.is_digest(&relative) || names::Names::is_sign_file(&relative)
        };
        if folder.files.iter().any(seals) {
            Recognition::Certain
        } else {
            Recognition::No
        }
    }

    fn open_folder(
        &self,
        folder: &FolderSample<'_>,
        context: &OpenContext,
    ) -> Result<Box<dyn Archive>, OpenError> {
        let names = names::Names::of(folder.root);
        if folder
            .files
            .iter()
            .any(|file| names.is_digest(&names.relative(file)))
        {
            Ok(Box::new(archive::open(folder, &names, context)?))
        } else {
            Ok(Box::new(lake::open(folder, &names, context)?))
        }
    }
}
