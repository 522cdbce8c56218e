//! Query results of CloudTrail Lake: each result is some packed tables under one signature.

use sealscope_archive::Archive;
use sealscope_archive::cloudtrail::{Lake, QueryFile, QueryResult, SignDocument, SignedFile};
use sealscope_model::{
    Aspect, AspectState, Aspects, Break, BreakKind, End, EntryCounts, Observation, ObservationKind,
    Position, Strength, Verdict, VerdictRanges, agree,
};

use super::keys::{KeyRing, Signed};
use super::logs::last;
use super::words::not_by_key_beside;
use crate::check::SegmentFindings;
use crate::summary::{SealLink, SignerSummary, Summary, entries, grouped};

const NAMES: &str = "The signature is over the hashes of the files in their order. The names of \
                     the files, the query and its time are not signed.";

/// The results and what they say of the files beside them.
pub(super) struct Case<'a> {
    pub(super) lake: &'a Lake,
    ring: &'a KeyRing,
    /// Where each file's entries begin, and where the last one's end.
    starts: Vec<Position>,
    pub(super) verdicts: Vec<Verdict>,
    /// How each file is listed: by which result, and as what.
    pub(super) listed: Vec<Option<(usize, &'a SignedFile)>>,
    /// What each result's signature is; `None` where the result cannot be read.
    pub(super) signed: Vec<Option<Signed>>,
    breaks: Vec<Break>,
    observations: Vec<Observation>,
    links: Vec<SealLink>,
}

pub(super) fn judge(
    archive: &dyn Archive,
    lake: &Lake,
    findings: &[SegmentFindings],
    ring: &KeyRing,
) -> Summary {
    let case = Case::of(lake, findings, ring);
    let is_partial = findings.len() < archive.segment_count();
    case.summary(archive, findings, is_partial)
}

fn starts(lake: &Lake, findings: &[SegmentFindings]) -> Vec<Position> {
    let mut ends = vec![0];
    for found in findings {
        ends.push(ends.last().copied().unwrap_or(0) + found.log_entries);
    }
    let at = |segment: usize| ends.get(segment).or(ends.last()).copied().unwrap_or(0);
    let firsts = lake.files.iter().map(|file| at(file.first_segment));
    firsts.chain([at(usize::MAX)]).collect()
}

impl<'a> Case<'a> {
    /// Holds the files against the results that list them.
    pub(super) fn of(lake: &'a Lake, findings: &[SegmentFindings], ring: &'a KeyRing) -> Self {
        let mut case = Case {
            lake,
            ring,
            starts: starts(lake, findings),
            verdicts: vec![Verdict::Unsealed; lake.files.len()],
            listed: vec![None; lake.files.len()],
            signed: Vec::new(),
            breaks: Vec::new(),
            observations: Vec::new(),
            links: Vec::new(),
        };
        for result in &lake.results {
            case.take(result);
        }
        case.unlisted();
        case
    }

    fn start(&self, file: usize) -> Position {
        self.starts.get(file).copied().unwrap_or(0)
    }

    fn count(&self, file: usize) -> u64 {
        self.start(file + 1).saturating_sub(self.start(file))
    }

    fn file(&self, number: usize) -> Option<&QueryFile> {
        self.lake.files.get(number)
    }

    /// Judges the files of one result.
    fn take(&mut self, result: &'a QueryResult) {
        let document = match &result.document {
            Ok(document) => document,
            Err(reason) => {
                let says = format!("A signature file cannot be read: {reason}.");
                self.broken(BreakKind::Modified, 0, 0, &result.file, says);
                self.signed.push(None);
                return;
            }
        };
        let signed = self.signature(document);
        let worth = match &signed {
            Signed::Given => Verdict::Intact,
            Signed::Beside(file) => {
                let says = format!(
                    "A key lies beside the evidence ({file}). The signature matches it, but who \
                     changed the evidence could have put it there: get the keys from AWS and give \
                     them with --key."
                );
                let kind = ObservationKind::KeyBesideEvidence;
                self.observations.push(Observation {
                    kind,
                    position: None,
                    says,
                });
                Verdict::Unproven
            }
            Signed::NotByBeside(file) => {
                self.observations.push(not_by_key_beside(file));
                Verdict::Unproven
            }
            // A result states no time that is signed.
            Signed::NoKey | Signed::OutOfTime(_) => Verdict::Unproven,
            Signed::Bad | Signed::Malformed => {
                let says = "The signature of a query result was not made by the key that it names \
                            over these hashes."
                    .to_owned();
                self.broken(BreakKind::BadSignature, 0, 0, &result.file, says);
                Verdict::Broken
            }
        };
        let covers = self.hold(result, document, worth);
        let note = format!("Lists {} files.", grouped(document.files.len() as u64));
        self.links.push(SealLink {
            label: format!("Signature of {}", result.file),
            covers: covers
                .into_iter()
                .map(|n| self.start(n)..self.start(n + 1))
                .collect(),
            verdict: Some(worth),
            follows: None,
            is_missing: false,
            file: Some(result.file.clone()),
            note,
        });
        self.signed.push(Some(signed));
    }

    fn signature(&self, document: &SignDocument) -> Signed {
        let is = |stated: &Option<String>, name: &str| stated.as_deref().is_none_or(|s| s == name);
        let is_known = is(&document.hash_algorithm, "SHA-256")
            && is(&document.signature_algorithm, "SHA256withRSA");
        if !is_known {
            return Signed::NoKey;
        }
        let hashes: Vec<&str> = document
            .files
            .iter()
            .map(|f| f.file_hash_value.as_str())
            .collect();
        let message = hashes.join(" ");
        let fingerprint = Some(document.public_key_fingerprint.as_str());
        self.ring.judge(
            fingerprint,
            message.as_bytes(),
            &document.hash_signature,
            None,
        )
    }

    /// Holds the files beside a signature file against it; gives those that it covers.
    fn hold(
        &mut self,
        result: &'a QueryResult,
        document: &'a SignDocument,
        worth: Verdict,
    ) -> Vec<usize> {
        let folder = result
            .file
            .strip_suffix(last(&result.file))
            .unwrap_or_default()
            .to_owned();
        let lake = self.lake;
        let is_beside = |file: &QueryFile| {
            file.file
                .strip_prefix(&folder)
                .is_some_and(|name| !name.contains('/'))
        };
        let mut free: Vec<usize> = (0..lake.files.len())
            .filter(|n| lake.files.get(*n).is_some_and(is_beside))
            .collect();
        let mut covers = Vec::new();
        let mut left = Vec::new();
        // First by name and hash, then by hash: names are not signed.
        for by_name in [true, false] {
            let wanted: Vec<&'a SignedFile> = match by_name {
                true => document.files.iter().collect(),
                false => std::mem::take(&mut left),
            };
            for signed in wanted {
                let found = free.iter().position(|n| {
                    let file = lake.files.get(*n);
                    file.is_some_and(|file| {
                        let is_named = last(&file.file) == signed.file_name;
                        has_hash(file, signed) && (is_named || !by_name)
                    })
                });
                match found {
                    Some(place) => {
                        let number = free.remove(place);
                        self.matched(number, signed, worth);
                        covers.push(number);
                    }
                    None => left.push(signed),
                }
            }
        }
        for signed in left {
            covers.extend(self.unmatched(result, signed, &mut free));
        }
        covers.sort_unstable();
        covers
    }

    fn matched(&mut self, number: usize, signed: &'a SignedFile, worth: Verdict) {
        self.list(number, signed);
        let name = self
            .file(number)
            .map_or("", |file| last(&file.file))
            .to_owned();
        if name != signed.file_name {
            let says = format!(
                "The file that is listed as {} is here as {name}; names are not signed.",
                signed.file_name
            );
            let (kind, position) = (ObservationKind::RenamedFile, Some(self.start(number)));
            self.observations.push(Observation {
                kind,
                position,
                says,
            });
        }
        if let Some(verdict) = self.verdicts.get_mut(number) {
            *verdict = worth;
        }
    }

    /// A listed hash that no file has: the file of its name was changed, or it is not here.
    fn unmatched(
        &mut self,
        result: &QueryResult,
        signed: &'a SignedFile,
        free: &mut Vec<usize>,
    ) -> Option<usize> {
        let is_named = |n: &usize| {
            self.file(*n)
                .is_some_and(|file| last(&file.file) == signed.file_name)
        };
        let Some(place) = free.iter().position(is_named) else {
            let folder = result
                .file
                .strip_suffix(last(&result.file))
                .unwrap_or_default();
            let file = format!("{folder}{}", signed.file_name);
            let says = "A file that a query result lists is not here.".to_owned();
            self.broken(BreakKind::MissingFile, 0, 1, &file, says);
            if let Some(one) = self.breaks.last_mut() {
                one.claimed = signed.hash();
            }
            return None;
        };
        let number = free.remove(place);
        self.list(number, signed);
        let file = self
            .file(number)
            .map(|file| (file.file.clone(), file.stored_sha256));
        let (file, computed) = file.unwrap_or_default();
        let says = "The file's bytes are not those that the query result lists.".to_owned();
        let (from, count) = (self.start(number), self.count(number).max(1));
        self.broken(BreakKind::Modified, from, count, &file, says);
        if let Some(one) = self.breaks.last_mut() {
            one.claimed = signed.hash();
            one.computed = computed;
        }
        if let Some(verdict) = self.verdicts.get_mut(number) {
            *verdict = Verdict::Broken;
        }
        Some(number)
    }

    /// Notes that the result that is looked at lists a file.
    fn list(&mut self, file: usize, signed: &'a SignedFile) {
        let result = self.signed.len();
        if let Some(listed) = self.listed.get_mut(file) {
            *listed = Some((result, signed));
        }
    }

    fn broken(&mut self, kind: BreakKind, from: Position, count: u64, file: &str, says: String) {
        let mut one = Break::new(kind, from, count, says);
        one.file = Some(file.to_owned());
        self.breaks.push(one);
    }

    fn unlisted(&mut self) {
        for (number, file) in self.lake.files.iter().enumerate() {
            if self.verdicts.get(number) == Some(&Verdict::Unsealed) {
                let says = format!("No query result lists the file {}.", file.file);
                let (kind, position) = (ObservationKind::UnlistedFile, Some(self.start(number)));
                self.observations.push(Observation {
                    kind,
                    position,
                    says,
                });
            }
        }
    }

    fn summary(
        mut self,
        archive: &dyn Archive,
        findings: &[SegmentFindings],
        is_partial: bool,
    ) -> Summary {
        let mut counts = EntryCounts::default();
        let mut ranges = VerdictRanges::default();
        for (number, verdict) in self.verdicts.iter().enumerate() {
            let strength = match verdict {
                Verdict::Unsealed => Strength::NONE,
                _ => Strength::SIGNED,
            };
            counts.add(Some(*verdict), self.count(number));
            let (from, to) = (self.start(number), self.start(number + 1));
            ranges.push(from, to, Some(*verdict), strength);
        }
        let worst = self
            .verdicts
            .iter()
            .copied()
            .max()
            .unwrap_or(Verdict::Unproven);
        let mut verdict = if self.breaks.is_empty() {
            worst
        } else {
            Verdict::Broken
        };
        let is_unseen = findings.iter().any(|found| found.is_unreadable);
        if is_partial || is_unseen || self.signed.iter().any(|s| *s != Some(Signed::Given)) {
            verdict = verdict.and(Verdict::Unproven);
        }
        self.breaks
            .sort_by(|a, b| (a.position, &a.file).cmp(&(b.position, &b.file)));
        let mut damage = archive.damage().to_vec();
        damage.extend(
            findings
                .iter()
                .flat_map(|found| found.damage.iter().cloned()),
        );
        let mut notes = vec![NAMES.to_owned()];
        notes.extend(self.ring.notes.iter().cloned());
        Summary {
            verdict,
            strength: Strength::SIGNED,
            head: End::Open,
            tail: End::Open,
            says: self.says(&counts, is_partial),
            aspects: self.aspects(&counts),
            entries: counts,
            ranges,
            damage,
            signers: self.signers(),
            origin: None,
            checkpoints_held: self
                .signed
                .iter()
                .filter(|s| **s == Some(Signed::Given))
                .count() as u64,
            checkpoints: self.signed.len() as u64,
            breaks: self.breaks,
            observations: self.observations,
            links: self.links,
            outside: crate::outside::Outside::default(),
            notes,
        }
    }

    fn says(&self, counts: &EntryCounts, is_partial: bool) -> String {
        let mut parts = Vec::new();
        if let Some(first) = self.breaks.first() {
            let name = first.file.as_deref().map_or("", last);
            parts.push(format!("{name}: {}", first.says));
        }
        for (count, what) in [
            (counts.intact, "in files as they were signed"),
            (
                counts.unproven,
                "in signed files whose signature is not proven",
            ),
            (counts.unsealed, "in files that no query result lists"),
            (counts.broken, "in files that are not as signed"),
        ] {
            if count > 0 {
                let are = if count == 1 { "is" } else { "are" };
                parts.push(format!("{} {are} {what}.", entries(count)));
            }
        }
        if is_partial {
            parts.push("Not all of it was looked at.".to_owned());
        }
        parts
            .push("These are answers to a query: what it left out cannot be seen here.".to_owned());
        parts.join(" ")
    }

    fn aspects(&self, counts: &EntryCounts) -> Aspects {
        use AspectState::{Absent, Broken, NotCheckable};
        use BreakKind as B;
        let or = |kinds: &[B], otherwise: Aspect| match self
            .breaks
            .iter()
            .find(|found| kinds.contains(&found.kind))
        {
            Some(found) => Aspect::because(Broken, found.says.clone()),
            None => otherwise,
        };
        let is_proven = self
            .signed
            .iter()
            .all(|signed| *signed == Some(Signed::Given));
        let proven = match is_proven {
            true => Aspect::OK,
            false => Aspect::because(NotCheckable, "No key that you gave made the signature."),
        };
        let content = match counts.unsealed {
            0 => proven.clone(),
            _ => Aspect::because(NotCheckable, "Some files are in no query result."),
        };
        Aspects {
            content: or(&[B::Modified], content),
            order: proven.clone(),
            seal: or(&[B::BadSignature], Aspect::OK),
            signer: or(&[B::BadSignature], proven),
            time: Aspect::because(Absent, "The time of the query is not signed."),
            completeness: or(
                &[B::MissingFile],
                Aspect::because(
                    NotCheckable,
                    "A query result holds what the query asked for.",
                ),
            ),
        }
    }

    fn signers(&self) -> Vec<SignerSummary> {
        let mut signers: Vec<SignerSummary> = Vec::new();
        for (result, signed) in self.lake.results.iter().zip(&self.signed) {
            let Ok(document) = &result.document else {
                continue;
            };
            let name = &document.public_key_fingerprint;
            let is_trusted = *signed == Some(Signed::Given);
            match signers.iter_mut().find(|signer| signer.name == *name) {
                Some(signer) => {
                    signer.checkpoints += 1;
                    signer.is_trusted |= is_trusted;
                }
                None => signers.push(SignerSummary {
                    key_id: name
                        .chars()
                        .filter(char::is_ascii_hexdigit)
                        .take(8)
                        .collect(),
                    name: name.clone(),
                    is_trusted,
                    checkpoints: 1,
                    claimed_vkey: None,
                }),
            }
        }
        signers
    }
}

fn has_hash(file: &QueryFile, signed: &SignedFile) -> bool {
    let both = signed.hash().zip(file.stored_sha256);
    both.is_some_and(|(claimed, computed)| agree(&claimed, &computed))
}
