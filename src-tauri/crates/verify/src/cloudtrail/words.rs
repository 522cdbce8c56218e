//! The answer for a folder, and its sentences.

use sealscope_archive::Archive;
use sealscope_archive::cloudtrail::{CloudTrailArchive, Form};
use sealscope_model::{
    Aspect, AspectState, Aspects, Base, Break, BreakKind, Damage, End, EntryCounts, Observation,
    ObservationKind, Strength, Verdict, VerdictRanges,
};

use super::chain::{Chain, Standing};
use super::digests::Digests;
use super::keys::{KeyRing, Signed};
use super::logs::{BY_MD5, Logs, last};
use crate::check::SegmentFindings;
use crate::checker::SealFindings;
use crate::outside::Outside;
use crate::summary::{SignerSummary, Summary, grouped};

struct Case<'a> {
    archive: &'a dyn Archive,
    sealed: &'a CloudTrailArchive,
    findings: &'a [SegmentFindings],
    ring: &'a KeyRing,
    chain: &'a Chain<'a>,
    logs: &'a Logs<'a>,
    is_partial: bool,
}

/// Judges a folder of log files and digests.
pub(super) fn summarise(
    archive: &dyn Archive,
    sealed: &CloudTrailArchive,
    findings: &[SegmentFindings],
    ring: &KeyRing,
) -> Summary {
    let chain = Chain::of(sealed, ring);
    let logs = Logs::of(sealed, &chain, findings);
    let digests = Digests::of(sealed, &chain, &logs);
    let is_partial = findings.len() < archive.segment_count();
    Case {
        archive,
        sealed,
        findings,
        ring,
        chain: &chain,
        logs: &logs,
        is_partial,
    }
    .summary(digests)
}

impl Case<'_> {
    fn summary(&self, digests: Digests) -> Summary {
        let (entries, ranges) = self.verdicts();
        let mut breaks = digests.breaks;
        breaks.extend(self.logs.breaks.iter().cloned());
        breaks.sort_by(|a, b| (a.position, a.kind, &a.file).cmp(&(b.position, b.kind, &b.file)));
        let verdict = self.verdict(&entries, &breaks);
        let mut observations = digests.observations;
        observations.extend(self.renamed());
        observations.extend(self.unlisted());
        observations.extend(self.keys_beside());
        observations.extend(self.doubtful_keys());
        let says = self.says(
            verdict,
            &entries,
            &breaks,
            (digests.reaches_to.as_deref(), digests.open_heads),
        );
        let mut notes = digests.notes;
        notes.extend(self.ring.notes.iter().cloned());
        notes.extend(self.further_notes());
        Summary {
            verdict,
            strength: self.strength(&entries),
            head: End::Open,
            tail: End::Open,
            says,
            aspects: self.aspects(&entries, &breaks, digests.open_heads),
            entries,
            ranges,
            damage: self.damage(),
            breaks,
            observations,
            signers: self.signers(),
            origin: None,
            checkpoints_held: self.proven(),
            checkpoints: self.sealed.digests().len() as u64,
            links: digests.links,
            outside: Outside::default(),
            notes,
        }
    }

    fn proven(&self) -> u64 {
        self.chain
            .nodes
            .iter()
            .filter(|node| node.is_proven())
            .count() as u64
    }

    fn verdicts(&self) -> (EntryCounts, VerdictRanges) {
        let mut entries = EntryCounts::default();
        let mut ranges = VerdictRanges::default();
        for (found, file) in self.findings.iter().zip(&self.logs.files) {
            let (from, count) = (ranges.end(), found.log_entries);
            entries.add(Some(file.verdict), count);
            ranges.push(from, from + count, Some(file.verdict), file.strength);
        }
        if self.is_partial {
            let rest = self
                .archive
                .segment_count()
                .saturating_sub(self.findings.len()) as u64;
            entries.add(None, rest);
            ranges.push(ranges.end(), ranges.end() + rest, None, Strength::NONE);
        }
        (entries, ranges)
    }

    /// The worst of the log files, with or without an entry, and of what is said of the digests.
    fn verdict(&self, entries: &EntryCounts, breaks: &[Break]) -> Verdict {
        if !breaks.is_empty() {
            return Verdict::Broken;
        }
        let worst = self.logs.files.iter().map(|file| file.verdict).max();
        let mut verdict = worst.unwrap_or(Verdict::Intact);
        if self.is_partial || self.findings.iter().any(|found| found.is_unreadable) {
            verdict = verdict.and(Verdict::Unproven);
        }
        for node in &self.chain.nodes {
            // The newest digest of a copy has no signature, as a rule; without log files it stands
            // for no entry, and the end is open anyway.
            let is_bare = node.own.is_none() && node.successors.is_empty();
            let stands_for_none = node.document.logs.is_empty() && entries.total > 0;
            if matches!(node.standing, Standing::Unproven(_)) && !(is_bare && stands_for_none) {
                verdict = verdict.and(Verdict::Unproven);
            }
        }
        if self.chain.nodes.is_empty() {
            verdict = verdict.and(Verdict::Unproven);
        }
        verdict
    }

    fn strength(&self, entries: &EntryCounts) -> Strength {
        if entries.total > 0 && entries.unsealed == entries.total {
            Strength::NONE
        } else if self.logs.files.iter().any(|file| file.strength == BY_MD5) {
            BY_MD5
        } else {
            Strength {
                base: Some(Base::Signed),
                ..Strength::NONE
            }
        }
    }

    fn damage(&self) -> Vec<Damage> {
        let mut damage = self.archive.damage().to_vec();
        damage.extend(
            self.findings
                .iter()
                .flat_map(|found| found.damage.iter().cloned()),
        );
        damage.sort_by(|a, b| (&a.file, a.offset_bytes).cmp(&(&b.file, b.offset_bytes)));
        damage
    }

    fn file(&self, number: usize) -> &str {
        self.sealed
            .logs()
            .get(number)
            .map_or("", |log| log.file.as_str())
    }

    fn renamed(&self) -> Vec<Observation> {
        let files = self.logs.files.iter().zip(&self.logs.positions).enumerate();
        files
            .filter_map(|(number, (file, position))| {
                let object = file.sealed_as.as_ref()?;
                let says = format!(
                    "The log file that is sealed as {object} is here as {}.",
                    self.file(number)
                );
                let kind = ObservationKind::RenamedFile;
                Some(Observation {
                    kind,
                    position: Some(*position),
                    says,
                })
            })
            .collect()
    }

    /// Log files that no digest lists: neighbours are told together.
    fn unlisted(&self) -> Vec<Observation> {
        let mut observations = Vec::new();
        let mut files = self
            .logs
            .files
            .iter()
            .zip(&self.logs.positions)
            .enumerate()
            .peekable();
        while let Some((number, (file, position))) = files.next() {
            if file.node.is_some() {
                continue;
            }
            let name = self.file(number);
            let says = if let Some(other) = &file.copy_of {
                format!("No digest lists the log file {name}; it has the bytes of {other}.")
            } else {
                let mut count = 1u64;
                let is_same = |next: &(usize, (&super::logs::LogFinding, &u64))| {
                    next.1.0.node.is_none() && next.1.0.copy_of.is_none()
                };
                while files.next_if(is_same).is_some() {
                    count += 1;
                }
                match count {
                    1 => format!("No digest lists the log file {name}."),
                    _ => format!(
                        "No digest lists the {} log files from {name} on.",
                        grouped(count)
                    ),
                }
            };
            let kind = ObservationKind::UnlistedFile;
            observations.push(Observation {
                kind,
                position: Some(*position),
                says,
            });
        }
        observations
    }

    /// Signatures that a key beside the evidence did not make, and keys outside of their time.
    fn doubtful_keys(&self) -> Vec<Observation> {
        let (mut beside, mut time) = (None, None);
        for node in &self.chain.nodes {
            let via = node.successors.iter().filter_map(|(_, s)| s.as_ref());
            for signed in node.own.iter().chain(via) {
                match signed {
                    Signed::NotByBeside(file) => {
                        beside.get_or_insert_with(|| not_by_key_beside(file));
                    }
                    Signed::OutOfTime(span) => {
                        let name = node.document.fingerprint.as_deref().unwrap_or("unnamed");
                        time.get_or_insert_with(|| {
                            out_of_time(name, span, &node.document.end_time)
                        });
                    }
                    _ => {}
                }
            }
        }
        beside.into_iter().chain(time).collect()
    }

    fn keys_beside(&self) -> Option<Observation> {
        let file = self.chain.nodes.iter().find_map(|node| {
            let mut signed = node
                .own
                .iter()
                .chain(node.successors.iter().filter_map(|(_, s)| s.as_ref()));
            signed.find_map(|signed| match signed {
                Signed::Beside(file) => Some(file),
                _ => None,
            })
        })?;
        let says = format!(
            "A key lies beside the evidence ({file}). The signatures match it, but whoever changed \
             the evidence could have put it there: get the keys from AWS and give them with --key."
        );
        Some(Observation {
            kind: ObservationKind::KeyBesideEvidence,
            position: None,
            says,
        })
    }

    fn further_notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.logs.outside > 0 {
            notes.push(format!(
                "{} listed log files lie outside of the folder that was opened; whether they are \
                 there was not looked at.",
                grouped(self.logs.outside)
            ));
        }
        if self.logs.uses_md5 {
            notes.push(
                "The digests state MD5 hashes. Two files with one MD5 can be made at will, so log \
                 files are at best consistent, although the digests are signed with SHA-256."
                    .to_owned(),
            );
        }
        if self.ring.has_given() && self.proven() > 0 {
            notes.push(
                "Public keys carry no certificate: their worth is that of where you got them."
                    .to_owned(),
            );
        }
        notes
    }

    fn signers(&self) -> Vec<SignerSummary> {
        let mut signers: Vec<SignerSummary> = Vec::new();
        for node in &self.chain.nodes {
            let name = node.document.fingerprint.clone();
            let name = name.unwrap_or_else(|| "key without a fingerprint".to_owned());
            let mut signed = node
                .own
                .iter()
                .chain(node.successors.iter().filter_map(|(_, s)| s.as_ref()));
            let is_trusted = signed.any(|signed| *signed == Signed::Given);
            match signers.iter_mut().find(|signer| signer.name == name) {
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
                    name,
                    is_trusted,
                    checkpoints: 1,
                    claimed_vkey: None,
                }),
            }
        }
        signers
    }

    fn says(
        &self,
        verdict: Verdict,
        entries: &EntryCounts,
        breaks: &[Break],
        digests: (Option<&str>, u64),
    ) -> String {
        let (reaches_to, open_heads) = digests;
        let mut parts = Vec::new();
        match (verdict, breaks) {
            (Verdict::Broken, [first, rest @ ..]) => {
                let name = first.file.as_deref().map_or("", last);
                parts.push(format!("{name}: {}", first.says));
                match rest.len() {
                    0 => {}
                    1 => parts.push("There is 1 more break.".to_owned()),
                    n => parts.push(format!("There are {} more breaks.", grouped(n as u64))),
                }
            }
            _ if entries.total == 0 => parts.push("The folder holds no log files.".to_owned()),
            _ => {}
        }
        parts.extend(counted(entries));
        if self.is_partial {
            parts.push("Not all of it was looked at.".to_owned());
        }
        if let Some(end) = reaches_to {
            parts.push(format!(
                "The evidence reaches to {end}, where the newest digest ends; later digests and \
                 log files could have been cut off unnoticed."
            ));
        }
        if open_heads > 0 {
            parts.push(
                "The beginning is open: the oldest digest names one before it that is not here."
                    .to_owned(),
            );
        }
        parts.join(" ")
    }

    fn aspects(&self, entries: &EntryCounts, breaks: &[Break], open_heads: u64) -> Aspects {
        use AspectState::{Absent, Broken, NotCheckable, Ok};
        use BreakKind as B;
        let first = |kinds: &[B]| breaks.iter().find(|found| kinds.contains(&found.kind));
        let or = |kinds: &[B], otherwise: Aspect| match first(kinds) {
            Some(found) => Aspect::because(Broken, found.says.clone()),
            None => otherwise,
        };
        let doubt = self.doubt(entries);
        let unless_doubt = || match &doubt {
            Some(why) => Aspect::because(NotCheckable, why.clone()),
            None => Aspect::OK,
        };
        let unproven = self
            .chain
            .nodes
            .iter()
            .find_map(|node| match &node.standing {
                Standing::Unproven(why) => Some(format!("{}: {why}.", node.file.file)),
                _ => None,
            });
        let proven = match &unproven {
            Some(why) => Aspect::because(NotCheckable, why.clone()),
            None => Aspect::OK,
        };
        let time = "No timestamp token proves when the digests were made; their own times are the \
                    service's.";
        let ends = if open_heads > 0 {
            "Both ends are open: digests before the oldest and after the newest could have been \
             cut off."
        } else {
            "The end is open: digests after the newest one could have been cut off."
        };
        Aspects {
            content: or(&[B::Modified, B::ReplacedFile], unless_doubt()),
            order: or(
                &[B::Relinked, B::ReplacedFile, B::MissingFile],
                proven.clone(),
            ),
            seal: or(
                &[B::BadSignature, B::Relinked],
                Aspect {
                    state: Ok,
                    why: None,
                },
            ),
            signer: or(&[B::BadSignature], proven),
            time: Aspect::because(Absent, time),
            completeness: or(&[B::MissingFile], Aspect::because(NotCheckable, ends)),
        }
    }

    /// Why the content of the log files is not known to be as sealed.
    fn doubt(&self, entries: &EntryCounts) -> Option<String> {
        let too_large = self.findings.iter().filter(|found| match &found.seal {
            SealFindings::LogFile(found) => matches!(found.form, Form::TooLarge { .. }),
            _ => false,
        });
        let counts = [
            (entries.unchecked, "not looked at"),
            (entries.unsealed, "listed by no digest"),
            (entries.unproven, "listed by digests that are not proven"),
            (entries.consistent, "bound by MD5 only"),
            (too_large.count() as u64, "too large to be read"),
        ];
        let (count, what) = counts.into_iter().find(|(count, _)| *count > 0)?;
        Some(format!("{} {what}.", are(count)))
    }
}

fn are(count: u64) -> String {
    match count {
        1 => "1 log file is".to_owned(),
        _ => format!("{} log files are", grouped(count)),
    }
}

fn counted(entries: &EntryCounts) -> Vec<String> {
    let mut parts = Vec::new();
    for (count, what) in [
        (entries.intact, "as the signed digests list it"),
        (
            entries.consistent,
            "as its digest lists it, but bound by MD5 only",
        ),
        (
            entries.unproven,
            "listed, but by digests that are not proven",
        ),
        (entries.unsealed, "listed by no digest"),
        (
            entries.broken,
            "not as sealed, or under a digest that does not hold",
        ),
    ] {
        if count > 0 {
            let what = if count == 1 {
                what.to_owned()
            } else {
                what.replace(" it", " them")
            };
            let what = if count == 1 {
                what
            } else {
                what.replace("its digest", "their digests")
            };
            parts.push(format!("{} {what}.", are(count)));
        }
    }
    parts
}

/// A signature that the key beside the evidence did not make.
pub(super) fn not_by_key_beside(file: &str) -> Observation {
    Observation {
        kind: ObservationKind::KeyBesideEvidence,
        position: None,
        says: format!(
            "The key found beside the evidence ({file}) does not verify a signature here. It can \
             be the wrong key, put there by anybody: get the keys of this region and time from AWS \
             and give them with --key."
        ),
    }
}

/// A signature by a key that was not in use when it should have been made.
pub(super) fn out_of_time(fingerprint: &str, span: &str, time: &str) -> Observation {
    Observation {
        kind: ObservationKind::KeyOutOfTime,
        position: None,
        says: format!(
            "The key {fingerprint} was in use {span}, by the list that you gave; it made the \
             signature over what is dated {time}. Such a signature is not taken as proof."
        ),
    }
}
