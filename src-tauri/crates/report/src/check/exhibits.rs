//! Checks each exhibit by what the report holds: bytes, path, checkpoint, signature.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, Note, VerifierKey, check_inclusion, leaf_hash, sha256};
use sealscope_verify::{SignatureFinding, TrustStore, trusted_origin_name};

use super::{CheckOptions, ExhibitChecks, Finding};
use crate::content::{Content, Exhibit, Proof, ProofFile};
use crate::package::Package;

/// Checks all exhibits, in order.
pub(super) fn check(package: &Package, options: &CheckOptions<'_>) -> Vec<ExhibitChecks> {
    let content = package.content();
    let notes = content.checkpoints.iter();
    let notes: Vec<_> = notes
        .map(|note| SignedNote::read(note, options.trust))
        .collect();
    let mut checking = Checking {
        package,
        options,
        notes,
    };
    content
        .exhibits
        .iter()
        .map(|exhibit| checking.exhibit(exhibit))
        .collect()
}

/// A checkpoint note, read and judged once for all exhibits under it.
struct SignedNote {
    read: Result<(Checkpoint, Note), String>,
    trusted: Finding,
    /// Keys that reports named for it, and whether they made a signature.
    named: Vec<(String, Finding)>,
}

/// Keys named for one checkpoint that are tried: a note has at most 16 signatures.
const NAMED_MAX: usize = 64;

impl SignedNote {
    fn read(text: &str, trust: &TrustStore) -> Self {
        let read = Note::parse(text.as_bytes()).map_err(|error| error.to_string());
        let read = read.and_then(|note| {
            let checkpoint = Checkpoint::parse(&note.text).map_err(|error| error.to_string())?;
            // Another way to write the same: no byte of a note is left out of the comparison.
            match note.to_note() == text {
                true => Ok((checkpoint, note)),
                false => Err("the note is not in its one form".to_owned()),
            }
        });
        let trusted = match &read {
            Ok((checkpoint, note)) => judge(checkpoint, note, trust),
            Err(why) => Finding::broken(format!("The checkpoint does not parse: {why}.")),
        };
        Self {
            read,
            trusted,
            named: Vec::new(),
        }
    }

    /// Who signed it: by the keys trusted here, and by the key that the report names.
    fn signature(&mut self, vkey: Option<&str>) -> Finding {
        if self.read.is_err() || self.trusted.state == super::State::Broken {
            return self.trusted.clone();
        }
        let Some(vkey) = vkey else {
            return self.trusted.clone();
        };
        if let Some((_, finding)) = self.named.iter().find(|(named, _)| named == vkey) {
            return finding.clone();
        }
        let finding = self.named_key(vkey);
        if self.named.len() < NAMED_MAX {
            self.named.push((vkey.to_owned(), finding.clone()));
        }
        finding
    }

    fn named_key(&self, vkey: &str) -> Finding {
        let Ok((_, note)) = &self.read else {
            return self.trusted.clone();
        };
        let key = VerifierKey::parse(vkey).ok();
        let Some(key) = key.filter(|key| key.to_vkey() == vkey) else {
            return Finding::broken("The key that the report names for it is no key.");
        };
        let mut signatures = note.signatures.iter();
        let who = format!("{} ({})", key.name(), key.id_hex());
        if !signatures.any(|line| key.verifies(&note.text, line)) {
            return Finding::broken(format!(
                "{who}, whom the report names, did not sign the checkpoint."
            ));
        }
        match self.trusted.state {
            super::State::NotCheckable => Finding::not_checkable(format!(
                "The checkpoint is signed by {who}, a key that the report names; it is not \
                trusted here \
                 for this log."
            )),
            _ => self.trusted.clone(),
        }
    }
}

fn judge(checkpoint: &Checkpoint, note: &Note, trust: &TrustStore) -> Finding {
    let origin = trusted_origin_name(&checkpoint.origin);
    let mut finding = Finding::not_checkable("No key that is trusted here signed the checkpoint.");
    for line in &note.signatures {
        match trust.judge(&note.text, origin, line) {
            SignatureFinding::Trusted(key) => {
                return Finding::ok(format!(
                    "The checkpoint of {} entries is signed by {} ({}), which is trusted here.",
                    checkpoint.size,
                    key.name(),
                    key.id_hex()
                ));
            }
            SignatureFinding::OtherOrigin(key) if finding.state != super::State::Broken => {
                finding = Finding::not_checkable(format!(
                    "{} ({}), which signed the checkpoint, is trusted here for other logs only.",
                    key.name(),
                    key.id_hex()
                ));
            }
            SignatureFinding::Bad(key) => {
                finding = Finding::broken(format!(
                    "A signature names {} ({}), which is trusted here and did not make it.",
                    key.name(),
                    key.id_hex()
                ));
            }
            SignatureFinding::OtherOrigin(_) | SignatureFinding::Unknown => {}
        }
    }
    finding
}

struct Checking<'c> {
    package: &'c Package,
    options: &'c CheckOptions<'c>,
    notes: Vec<SignedNote>,
}

impl Checking<'_> {
    fn exhibit(&mut self, exhibit: &Exhibit) -> ExhibitChecks {
        let (proof, signature) = match &exhibit.proof {
            Proof::Merkle {
                checkpoint, vkey, ..
            } => match self.notes.get_mut(*checkpoint) {
                Some(note) => (
                    path(self.package.content(), exhibit, note),
                    note.signature(vkey.as_deref()),
                ),
                None => (
                    Finding::broken("It names a checkpoint that the report does not have."),
                    Finding::absent(""),
                ),
            },
            Proof::Files { files, .. } => (self.files(exhibit, files), Finding::absent("")),
            Proof::None { .. } => (unproven(exhibit), Finding::absent("")),
            Proof::Withheld { .. } => (
                Finding::not_checkable(
                    "Its proof is withheld, since it would give the redacted text away.",
                ),
                Finding::absent(""),
            ),
        };
        ExhibitChecks {
            number: exhibit.number,
            bytes: bytes(exhibit),
            proof,
            signature,
        }
    }

    /// The files must be there as listed; what they prove is for whoever knows their format.
    fn files(&self, exhibit: &Exhibit, files: &[ProofFile]) -> Finding {
        for file in files {
            let Some(bytes) = self.package.file(&file.name) else {
                return match self.package.files().is_empty() {
                    true => Finding::not_checkable("Its files are not in this one."),
                    false => Finding::broken("A file of its proof is missing."),
                };
            };
            if sha256(bytes).to_hex() != file.sha256 {
                return Finding::broken("A file of its proof has other bytes than stated.");
            }
        }
        match self.options.files {
            Some(judge) => judge(self.package, exhibit),
            None => Finding::not_checkable(
                "The files of its proof are as listed; what they prove was not judged here.",
            ),
        }
    }
}

/// Nothing proves it: fine where the report claims no more.
fn unproven(exhibit: &Exhibit) -> Finding {
    match exhibit.verdict.as_str() {
        "intact" | "consistent" => Finding::not_checkable(format!(
            "The report calls it {}, and holds no proof of that.",
            exhibit.verdict
        )),
        _ => Finding::absent("There is no proof, and the report claims none."),
    }
}

/// Whether the bytes give the leaf hash.
fn bytes(exhibit: &Exhibit) -> Finding {
    let Some(raw) = &exhibit.raw_base64 else {
        return match (&exhibit.leaf, exhibit.redacted.is_empty()) {
            (_, false) => Finding::not_checkable("Its bytes are redacted."),
            (_, true) => Finding::broken("Its bytes are missing, and nothing is redacted."),
        };
    };
    let Ok(raw) = BASE64.decode(raw) else {
        return Finding::broken("Its bytes are no base64.");
    };
    if raw.len() as u64 != exhibit.raw_bytes {
        return Finding::broken("It has another number of bytes than stated.");
    }
    match &exhibit.leaf {
        None => Finding::not_checkable("The report states no hash of its bytes."),
        Some(leaf) if *leaf == leaf_hash(&raw).to_hex() => {
            Finding::ok("Its bytes give the leaf hash stated.")
        }
        Some(_) => Finding::broken("Its bytes give another leaf hash than stated."),
    }
}

/// Lower-case hex only.
fn digest(text: &str) -> Option<Digest> {
    let read = Digest::from_hex(text).ok()?;
    (read.to_hex() == text).then_some(read)
}

/// Whether the path leads from the leaf to the checkpoint's root.
fn path(content: &Content, exhibit: &Exhibit, note: &SignedNote) -> Finding {
    let Proof::Merkle {
        index, size, path, ..
    } = &exhibit.proof
    else {
        return Finding::absent("");
    };
    let Ok((checkpoint, _)) = &note.read else {
        return Finding::broken("The checkpoint of its proof does not parse.");
    };
    let Some(leaf) = &exhibit.leaf else {
        return Finding::not_checkable("Its leaf hash is withheld.");
    };
    let hashes: Option<Vec<Digest>> = path.iter().map(|hash| digest(hash)).collect();
    let (Some(leaf), Some(hashes)) = (digest(leaf), hashes) else {
        return Finding::broken("Its leaf or its path is no list of digests.");
    };
    if *size != checkpoint.size {
        return Finding::broken("Its proof is for another size than its checkpoint's.");
    }
    let origin = content.items.get(exhibit.item).map(|item| &item.origin);
    if origin.is_some_and(|origin| !origin.is_empty() && *origin != checkpoint.origin) {
        return Finding::broken("Its checkpoint is of another log than its item.");
    }
    match check_inclusion(*index, *size, &leaf, &hashes, &checkpoint.root) {
        Ok(()) => Finding::ok(format!(
            "The path leads from its leaf to the root over {size} entries."
        )),
        Err(error) => Finding::broken(format!("Its proof does not hold: {error}.")),
    }
}
