//! A report as a bag (BagIt 1.0, RFC 8493): a folder, or a zip file, that any tool can take apart.
//!
//! ```text
//! bagit.txt  bag-info.txt
//! data/report.json               the report: everything else follows from it
//! data/entries/E1.bin            an exhibit's bytes, as they stand in the archive
//! data/proofs/E1.tlog-proof      its path to a checkpoint (C2SP tlog-proof)
//! data/checkpoints/1.note        the checkpoint as signed (C2SP signed-note)
//! data/keys/0a1b2c3d.vkey        the key that a proof names
//! data/README.txt                how to check it by hand
//! data/…                         the report's files; report.html and report.pdf
//! manifest-sha256.txt            SHA-256 of all of data/
//! statement.dsse.json            the examiner's signature over that list and the report
//! examiner.vkey  statement.tsr   the examiner's public key; a timestamp over the statement
//! tagmanifest-sha256.txt         SHA-256 of all files beside data/
//! ```
//!
//! Invariants: 1. The same package gives the same bytes. 2. All but the report's files, its
//! renderings and what stands in `statement.*` and `examiner.vkey` follows from `report.json`, so
//! that a check can write it again and compare. 3. The statement stands beside `data/` and not in
//! it, since it signs the list of what is in it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;
use sealscope_proof::{Signer, VerifierKey, sha256, tlog_proof};

use crate::content::{Content, Proof};
use crate::package::{AttachedFile, Package};
use crate::sign::{self, Form, NamedDigest};

mod read;
mod words;
mod write;
mod zip;

pub(crate) use read::{BAG_BYTES_MAX, Found, ReadFault, read_folder};
pub use write::{WriteError, write_folder, write_zip};
pub(crate) use zip::{compare_zip, read_zip, write as write_zip_files};

/// The report itself.
pub(crate) const REPORT: &str = "data/report.json";
/// How to check it by hand.
pub(crate) const README: &str = "data/README.txt";
/// SHA-256 of all of `data/`.
pub(crate) const MANIFEST: &str = "manifest-sha256.txt";
/// SHA-256 of all beside `data/`.
pub(crate) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";
/// The examiner's signature.
pub(crate) const STATEMENT: &str = "statement.dsse.json";
/// The examiner's public key, as the bag claims it.
pub(crate) const EXAMINER: &str = "examiner.vkey";
/// A timestamp token over the statement.
pub(crate) const TOKEN: &str = "statement.tsr";
/// Renderings that a bag may hold, below `data/`.
pub(crate) const RENDERINGS: [&str; 2] = ["report.html", "report.pdf"];
/// RFC 8493, 2.1.1.
const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// Why a package makes no bag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BagError {
    /// Two files would have one name, or one would stand where another has its folder.
    #[error("the bag would have {0:?} twice, or as a file and as a folder")]
    Taken(String),
    /// A rendering with a name that bags do not have.
    #[error("{0:?} is no rendering that a bag can hold: report.html or report.pdf")]
    Rendering(String),
    /// A text that must stand on one line of `bag-info.txt` does not.
    #[error("the report's {0} is no plain short text, as bag-info.txt needs it")]
    Text(&'static str),
    /// A proof that cannot be written.
    #[error("the proof of exhibit E{0} does not parse: {1}")]
    Proof(u32, &'static str),
}

/// A bag in memory.
#[derive(Debug, Clone)]
pub struct Bag<'p> {
    content: &'p Content,
    /// By path; without the two lists that come last.
    files: BTreeMap<String, Cow<'p, [u8]>>,
    /// Of the files below `data/`.
    manifest: String,
    /// Of `report.json`.
    content_sha256: Digest,
}

impl<'p> Bag<'p> {
    /// Packs a report, with its renderings under the names `report.html` and `report.pdf`.
    ///
    /// # Errors
    /// See [`BagError`].
    pub fn new(package: &'p Package, renderings: &'p [AttachedFile]) -> Result<Self, BagError> {
        Self::with_readme(package, renderings, None)
    }

    /// The same with the text of another version in the place of `README.txt`.
    pub(crate) fn with_readme(
        package: &'p Package,
        renderings: &'p [AttachedFile],
        readme: Option<&[u8]>,
    ) -> Result<Self, BagError> {
        let content = package.content();
        let mut payload = Payload::default();
        let report = content.to_json();
        let content_sha256 = sha256(&report);
        payload.add("report.json", report)?;
        let readme = match readme {
            Some(text) => text.to_vec(),
            None => words::readme(content, &content_sha256.to_hex()).into_bytes(),
        };
        payload.add("README.txt", readme)?;
        payload.add_exhibits(content)?;
        payload.add_keys(content)?;
        for file in package.files() {
            payload.add(&file.name, file.bytes.as_slice())?;
        }
        for file in renderings {
            if !RENDERINGS.contains(&file.name.as_str()) {
                return Err(BagError::Rendering(file.name.clone()));
            }
            payload.add(&file.name, file.bytes.as_slice())?;
        }
        let mut files = payload.finish()?;
        let manifest = manifest(files.iter());
        let sizes = files.values().map(|bytes| bytes.len());
        let info = words::bag_info(content, &content_sha256, sizes)?;
        files.insert("bagit.txt".to_owned(), Cow::Borrowed(BAGIT.as_bytes()));
        files.insert("bag-info.txt".to_owned(), info.into_bytes().into());
        files.insert(MANIFEST.to_owned(), manifest.clone().into_bytes().into());
        Ok(Self {
            content,
            files,
            manifest,
            content_sha256,
        })
    }

    /// Adds the examiner's signature over the report and the list of all of `data/`.
    pub fn sign(&mut self, signer: &Signer) {
        let envelope = sign::envelope(&self.statement(), signer);
        self.put(STATEMENT, envelope);
        let vkey = format!("{}\n", signer.verifier().to_vkey());
        self.put(EXAMINER, vkey.into_bytes());
    }

    /// The signed statement, for which a timestamp can be asked; `None` before [`Bag::sign`].
    #[must_use]
    pub fn envelope(&self) -> Option<&[u8]> {
        self.files.get(STATEMENT).map(|bytes| &**bytes)
    }

    /// Adds a timestamp token (RFC 3161) over [`Bag::envelope`]. Whether it is one is not looked
    /// at.
    pub fn add_token(&mut self, token: Vec<u8>) {
        self.put(TOKEN, token);
    }

    /// What the examiner's statement says of this bag: the payload that is signed.
    #[must_use]
    pub fn statement(&self) -> Vec<u8> {
        let manifest = NamedDigest {
            name: MANIFEST,
            sha256: sha256(self.manifest.as_bytes()),
        };
        sign::statement(
            self.content,
            &self.content_sha256,
            Form::Bag,
            Some(&manifest),
        )
    }

    /// The text on how to check it by hand.
    pub(crate) fn readme(&self) -> &[u8] {
        self.files.get(README).map_or(&[], |bytes| bytes)
    }

    pub(crate) fn put(&mut self, name: &str, bytes: impl Into<Cow<'p, [u8]>>) {
        self.files.insert(name.to_owned(), bytes.into());
    }

    /// All files by path, the last list among them.
    #[must_use]
    pub fn finish(mut self) -> BTreeMap<String, Cow<'p, [u8]>> {
        let list = tag_manifest(&self.files);
        self.put(TAG_MANIFEST, list.into_bytes());
        self.files
    }

    /// Name of the folder that a zip file holds.
    #[must_use]
    pub fn folder_name(&self) -> String {
        folder_name(self.content)
    }
}

/// Name of the folder that a zip file of this report holds.
pub(crate) fn folder_name(content: &Content) -> String {
    format!("report-{}", content.report_id)
}

/// The list of the files beside `data/`.
pub(crate) fn tag_manifest(files: &BTreeMap<String, Cow<'_, [u8]>>) -> String {
    let is_beside = |name: &str| !name.starts_with("data/") && name != TAG_MANIFEST;
    manifest(files.iter().filter(|(name, _)| is_beside(name)))
}

/// `SHA-256␠␠PATH␊` by path, as `sha256sum` prints and reads it (RFC 8493, 2.1.3).
fn manifest<'a>(files: impl Iterator<Item = (&'a String, &'a Cow<'a, [u8]>)>) -> String {
    let mut list = String::new();
    for (name, bytes) in files {
        list.push_str(&sha256(bytes).to_hex());
        list.push_str("  ");
        list.push_str(name);
        list.push('\n');
    }
    list
}

/// Files below `data/` while they are gathered.
#[derive(Default)]
struct Payload<'p> {
    files: BTreeMap<String, Cow<'p, [u8]>>,
    /// In lower case: names that differ in case alone are one file on some systems.
    taken: BTreeSet<String>,
}

impl<'p> Payload<'p> {
    fn add(&mut self, name: &str, bytes: impl Into<Cow<'p, [u8]>>) -> Result<(), BagError> {
        if !self.taken.insert(name.to_ascii_lowercase()) {
            return Err(BagError::Taken(name.to_owned()));
        }
        self.files.insert(format!("data/{name}"), bytes.into());
        Ok(())
    }

    fn add_exhibits(&mut self, content: &Content) -> Result<(), BagError> {
        for (place, note) in content.checkpoints.iter().enumerate() {
            let name = format!("checkpoints/{}.note", place + 1);
            self.add(&name, note.clone().into_bytes())?;
        }
        for exhibit in &content.exhibits {
            let number = exhibit.number;
            if let Some(raw) = &exhibit.raw_base64 {
                let bytes = BASE64.decode(raw);
                let bytes = bytes.map_err(|_| BagError::Proof(number, "its bytes"))?;
                self.add(&format!("entries/E{number}.bin"), bytes)?;
            }
            if let Some(proof) = proof_text(content, &exhibit.proof) {
                let proof = proof.map_err(|what| BagError::Proof(number, what))?;
                self.add(&format!("proofs/E{number}.tlog-proof"), proof.into_bytes())?;
            }
        }
        Ok(())
    }

    /// The keys that proofs name, each in a file called by its id.
    fn add_keys(&mut self, content: &Content) -> Result<(), BagError> {
        let mut seen = BTreeSet::new();
        for exhibit in &content.exhibits {
            let Proof::Merkle {
                vkey: Some(vkey), ..
            } = &exhibit.proof
            else {
                continue;
            };
            if !seen.insert(vkey.as_str()) {
                continue;
            }
            let key = VerifierKey::parse(vkey);
            let key = key.map_err(|_| BagError::Proof(exhibit.number, "its key"))?;
            let id = key.id_hex();
            // Ids can collide.
            let mut name = format!("keys/{id}.vkey");
            let mut number = 2;
            while self.taken.contains(&name) {
                name = format!("keys/{id}-{number}.vkey");
                number += 1;
            }
            self.add(&name, format!("{}\n", key.to_vkey()).into_bytes())?;
        }
        Ok(())
    }

    /// All of them, once none stands where another has its folder.
    fn finish(self) -> Result<BTreeMap<String, Cow<'p, [u8]>>, BagError> {
        for name in &self.taken {
            for (place, _) in name.match_indices('/') {
                if let Some(folder) = name.get(..place)
                    && self.taken.contains(folder)
                {
                    return Err(BagError::Taken(folder.to_owned()));
                }
            }
        }
        Ok(self.files)
    }
}

/// The proof as a C2SP file; `None` for one that is no path in a tree.
pub(crate) fn proof_text(content: &Content, proof: &Proof) -> Option<Result<String, &'static str>> {
    let Proof::Merkle {
        checkpoint,
        index,
        path,
        ..
    } = proof
    else {
        return None;
    };
    let Some(note) = content.checkpoints.get(*checkpoint) else {
        return Some(Err("it names no checkpoint of the report"));
    };
    let path: Result<Vec<Digest>, _> = path.iter().map(|hash| Digest::from_hex(hash)).collect();
    let Ok(path) = path else {
        return Some(Err("its path is no list of digests"));
    };
    Some(Ok(tlog_proof(*index, &path, note)))
}

#[cfg(test)]
mod tests;
