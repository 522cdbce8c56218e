//! Judges the files that go with a report as the proof of its exhibits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sealscope_archive::chained_jsonl::ChainProfile;
use sealscope_model::Verdict;
use sealscope_report::Package;
use sealscope_report::check::Finding;
use sealscope_report::content::{Exhibit, Proof, ProofFile};
use sealscope_verify::TrustStore;

use crate::open::EntrySettings;
use crate::places::{Places, private_folder};
use crate::progress::{Cancel, Progress};
use crate::workspace::{OpenRequest, RunMode, Workspace};

/// Judges proofs that are files, each set of files once.
pub(crate) struct FilesJudge<'a> {
    trust: &'a TrustStore,
    places: &'a Places,
    now_ns: i64,
    judged: Mutex<BTreeMap<String, Arc<Judged>>>,
}

/// Verdicts by leaf in hex, or why there are none.
type Judged = Result<BTreeMap<String, Option<Verdict>>, String>;

impl<'a> FilesJudge<'a> {
    pub(crate) fn new(trust: &'a TrustStore, places: &'a Places, now_ns: i64) -> Self {
        Self {
            trust,
            places,
            now_ns,
            judged: Mutex::default(),
        }
    }

    /// What the files of an exhibit's proof say of it.
    pub(crate) fn judge(&self, package: &Package, exhibit: &Exhibit) -> Finding {
        let Proof::Files { path, files, .. } = &exhibit.proof else {
            return Finding::absent("Its proof is not made of files.");
        };
        let Some(leaf) = &exhibit.leaf else {
            return Finding::not_checkable(
                "Its hash is withheld, so it is not found in the files.",
            );
        };
        let judged = self.judged(package, path, files);
        let verdicts = match judged.as_ref() {
            Ok(verdicts) => verdicts,
            Err(why) => return Finding::not_checkable(format!("The files of its proof: {why}")),
        };
        let Some(found) = verdicts.get(leaf) else {
            return Finding::broken("The files of its proof do not hold this entry.");
        };
        let found = found.map_or("unchecked", Verdict::word);
        let stated = exhibit.verdict.as_str();
        let item = path.rsplit('/').next().unwrap_or_default();
        if let Some(text) = package.file(&format!("profiles/{item}.toml"))
            && !is_shipped(text)
        {
            // Whoever writes the recipe decides what a digest covers.
            return Finding::not_checkable(format!(
                "Judged again from the files of its proof, it is {found}, by a chain profile that \
                 comes with the report and is none of this program's: compare \
                 profiles/{item}.toml with the recipe of the program that wrote the log."
            ));
        }
        match (stated, found) {
            _ if stated == found && matches!(stated, "intact" | "broken" | "consistent") => {
                Finding::ok(format!(
                    "Judged again from the files of its proof, it is {found}."
                ))
            }
            _ if stated == found => Finding::not_checkable(format!(
                "The files of its proof hold the entry; judged again from them, it is {found}, as \
                the report says."
            )),
            (_, "broken") => Finding::broken(format!(
                "The report calls it {stated}; judged again from the files of its proof, it is \
                broken."
            )),
            _ => Finding::not_checkable(format!(
                "The report calls it {stated}; with the keys and anchors that are trusted here, \
                the files of its \
                 proof make it {found}."
            )),
        }
    }

    fn judged(&self, package: &Package, path: &str, files: &[ProofFile]) -> Arc<Judged> {
        let mut judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = judged.get(path) {
            return Arc::clone(known);
        }
        let leaves =
            package.content().exhibits.iter().filter(
                |one| matches!(&one.proof, Proof::Files { path: other, .. } if other == path),
            );
        let leaves = leaves.filter_map(|one| one.leaf.clone()).collect();
        let result = Arc::new(self.look(package, path, files, &leaves));
        judged.insert(path.to_owned(), Arc::clone(&result));
        result
    }

    fn look(
        &self,
        package: &Package,
        path: &str,
        files: &[ProofFile],
        leaves: &BTreeSet<String>,
    ) -> Judged {
        let io = |error: io::Error| format!("they cannot be unpacked: {error}");
        let unpacked = Unpacked::new(self.places).map_err(io)?;
        let mut only = None;
        for file in files {
            let bytes = package.file(&file.name).ok_or("one of them is missing")?;
            let name = file
                .name
                .strip_prefix(path)
                .and_then(|name| name.strip_prefix('/'));
            let name = name.ok_or("one of them lies elsewhere")?;
            // Names of a package are relative and lead nowhere else.
            let place = unpacked.path.join(name);
            fs::create_dir_all(place.parent().unwrap_or(&unpacked.path)).map_err(io)?;
            fs::write(&place, bytes).map_err(io)?;
            only = (files.len() == 1).then_some(place);
        }
        let item = path.rsplit('/').next().unwrap_or_default();
        let profile = package.file(&format!("profiles/{item}.toml"));
        let profile = profile.map(|bytes| {
            let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
            ChainProfile::from_toml(text).map_err(|error| error.to_string())
        });
        let profile = profile
            .transpose()
            .map_err(|error| format!("their chain profile does not read: {error}."))?;
        let workspace = Workspace::open(OpenRequest {
            paths: vec![only.unwrap_or_else(|| unpacked.path.clone())],
            trust: self.trust.clone(),
            trust_notes: Vec::new(),
            uses_memory: false,
            settings: EntrySettings {
                profile: profile.map(Arc::new),
                ..EntrySettings::default()
            },
            places: self.places.clone(),
            now_ns: self.now_ns,
        });
        let (progress, cancel) = (Progress::default(), Cancel::default());
        workspace.run(RunMode::Verify, self.now_ns, &progress, &cancel);
        let [archive] = workspace.archives() else {
            return Err("they make no archive that can be opened.".to_owned());
        };
        let mut verdicts = BTreeMap::new();
        for ordinal in 0..archive.archive().segment_count() {
            let segment = archive.reread(ordinal).map_err(|error| error.to_string())?;
            let first = archive.first_position_of(ordinal);
            for (number, leaf) in segment.leaves().iter().enumerate() {
                let leaf = leaf.to_hex();
                if leaves.contains(&leaf) {
                    let verdict = archive.verdict_at(first + number as u64);
                    // Of equal entries, the one that fares worst.
                    let known = verdicts.entry(leaf).or_insert(verdict);
                    *known = (*known).zip(verdict).map(|(a, b)| a.and(b));
                }
            }
        }
        Ok(verdicts)
    }
}

/// Whether it is a profile of this program.
fn is_shipped(text: &[u8]) -> bool {
    let shipped = sealscope_archive::chained_jsonl::shipped_profiles();
    shipped
        .iter()
        .any(|profile| profile.to_toml().as_bytes() == text)
}

/// A folder that goes away again.
struct Unpacked {
    path: PathBuf,
}

impl Unpacked {
    fn new(places: &Places) -> io::Result<Self> {
        let spool = places.spool()?;
        let mut salt = [0; 8];
        getrandom::fill(&mut salt).map_err(|error| io::Error::other(error.to_string()))?;
        let name = format!("check-{:016x}", u64::from_le_bytes(salt));
        let path: &Path = &spool.join(name);
        Ok(Self {
            path: private_folder(path)?,
        })
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}
