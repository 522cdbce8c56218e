//! Why an entry has its verdict: made again from its bytes, step by step, and in a form that
//! others can check without this program.

use std::sync::Arc;

use sealscope_archive::{SegmentSeal, Structure};
use sealscope_model::{
    AspectState, Break, BreakKind, Claimed, Computed, Digest, Position, Verdict, agree,
};
use sealscope_verify::{
    CheckedSegment, CheckpointState, EntryPlace, EntryProof, EntrySeal, LeafFrom, SealedLog,
    Summary, grouped,
};

use crate::explain::explain_entry;
use crate::open_archive::OpenArchive;
use crate::rows::RowError;
use crate::sealed_places::{break_at, sealed_index};
use crate::workspace::Workspace;

mod export;
#[cfg(test)]
mod others_tests;
mod shell;
mod steps;
#[cfg(test)]
mod tests;

pub use export::tlog_proof;
pub use shell::shell_word;

/// The proof of one entry, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryProofView {
    /// Position of the entry.
    pub position: Position,
    /// Its verdict; `None` while it was not checked.
    pub verdict: Option<Verdict>,
    /// The verdict in a few words.
    pub headline: String,
    /// The verdict in a sentence.
    pub sentence: String,
    /// What its bytes give, hashed just now; `None` where no digest stands for one entry.
    pub computed: Option<Digest>,
    /// What was hashed: `SHA-256 of 0x00 and 412 bytes`; empty for nothing.
    pub leaf_input: String,
    /// What the seal says; `None` where none speaks of this entry.
    pub claimed: Option<Digest>,
    /// Where the claimed value stands; empty for none.
    pub claimed_from: String,
    /// The checks, in order.
    pub steps: Vec<ProofStep>,
    /// What the seal of a format of others is worth; empty for sealog, whose steps say it.
    pub worth: String,
    /// The path from the leaf that was sealed here to a signed root; `None` where none confirms it.
    pub proof: Option<EntryProof>,
    /// Commands that check the same without this program; empty where there is nothing to check.
    pub shell_commands: String,
    /// The proof as a C2SP `.tlog-proof` file; where there is none, the finding in words.
    pub export_text: String,
}

/// One check of a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofStep {
    /// What was checked.
    pub label: &'static str,
    /// How it came out.
    pub state: AspectState,
    /// Details in a sentence.
    pub detail: String,
}

impl Workspace {
    /// The proof of the entry stored at a position. Its segment is read and hashed again now.
    ///
    /// # Errors
    /// When evidence cannot be read or has changed since it was checked, or there is no such entry.
    pub fn proof(&self, archive: usize, position: Position) -> Result<EntryProofView, RowError> {
        let archive = self
            .archives()
            .get(archive)
            .ok_or(RowError::NoEntry(position))?;
        let trust = self.trust_store();
        let log = archive.sealed_log(&trust);
        let line = StoredLine::read(archive, position)?;
        let summary = archive.summary();
        let seals = archive.entry_seals(&trust);
        let seal = seals.and_then(|seals| {
            let place = EntryPlace {
                segment: line.segment.segment(),
                number: line.number,
                position,
                verdict: archive.verdict_at(position),
            };
            seals.entry(archive.archive(), place)
        });
        Ok(Telling {
            archive,
            position,
            line,
            log,
            summary,
            seal,
        }
        .view())
    }
}

/// A stored line, read and hashed just now.
struct StoredLine {
    segment: CheckedSegment,
    number: usize,
    leaf: Computed<Digest>,
    bytes: usize,
}

impl StoredLine {
    fn read(archive: &OpenArchive, position: Position) -> Result<Self, RowError> {
        let missing = || RowError::NoEntry(position);
        let (ordinal, number) = archive.locate(position).ok_or_else(missing)?;
        let segment = archive.reread(ordinal)?;
        let number = number as usize;
        let leaf = *segment.leaves().get(number).ok_or_else(missing)?;
        let bytes = segment.segment().entry(number).ok_or_else(missing)?.len();
        Ok(Self {
            leaf: Computed::hashed(leaf),
            segment,
            number,
            bytes,
        })
    }

    fn is_of_sealog(&self) -> bool {
        matches!(self.segment.segment().seal, SegmentSeal::Frame { .. })
    }
}

/// Everything that the view is told from.
struct Telling<'a> {
    archive: &'a OpenArchive,
    position: Position,
    line: StoredLine,
    log: Option<Arc<SealedLog>>,
    summary: Option<Arc<Summary>>,
    /// What seals it in a format of others.
    seal: Option<EntrySeal>,
}

impl Telling<'_> {
    fn view(&self) -> EntryProofView {
        let verdict = self.archive.verdict_at(self.position);
        let found = self.found(verdict);
        let proof = self.proof();
        let words = explain_entry(
            verdict,
            found.as_ref(),
            self.summary.as_deref(),
            self.archive.format(),
        );
        let (claimed, claimed_from) = self.claimed(found.as_ref(), proof.as_ref());
        let is_proven = proof.as_ref().is_some_and(|proof| self.agrees(proof));
        let (computed, leaf_input) = self.computed();
        let steps = self.steps(found.as_ref(), proof.as_ref());
        let worth = self.seal.as_ref().map(|seal| seal.worth.clone());
        let worth = worth.unwrap_or_default();
        let export_text = match &proof {
            Some(proof) if is_proven => tlog_proof(proof),
            _ => export::finding(&export::Finding {
                archive: self.archive,
                position: self.position,
                words: &words,
                computed,
                claimed,
                steps: if self.seal.is_some() { &steps } else { &[] },
                worth: &worth,
            }),
        };
        EntryProofView {
            position: self.position,
            verdict,
            headline: words.headline,
            sentence: words.sentence,
            computed,
            leaf_input,
            claimed,
            claimed_from,
            steps,
            worth,
            shell_commands: self.shell_commands(proof.as_ref().filter(|_| is_proven)),
            export_text,
            proof,
        }
    }

    /// What the bytes give that a seal could state, and what was hashed for it.
    fn computed(&self) -> (Option<Digest>, String) {
        match &self.seal {
            Some(seal) => {
                let computed = seal.computed.map(|computed| *computed.get());
                (computed, seal.hashed.clone())
            }
            None => {
                let bytes = grouped(self.line.bytes as u64);
                let input = format!("SHA-256 of 0x00 and {bytes} bytes");
                (Some(*self.line.leaf.get()), input)
            }
        }
    }

    fn found(&self, verdict: Option<Verdict>) -> Option<Break> {
        let summary = self
            .summary
            .as_ref()
            .filter(|_| verdict == Some(Verdict::Broken))?;
        break_at(summary, self.log.as_deref(), self.position).cloned()
    }

    /// The proof of the leaf that was sealed where this line stands.
    fn proof(&self) -> Option<EntryProof> {
        let Structure::Sealog(sealog) = self.archive.archive().structure() else {
            return None;
        };
        let (log, summary) = (self.log.as_ref()?, self.summary.as_ref()?);
        log.prove(sealog, sealed_index(summary, log, self.position)?)
    }

    /// Whether the line read now is the leaf that the proof is about.
    fn agrees(&self, proof: &EntryProof) -> bool {
        agree(&Claimed::parsed(proof.leaf), &self.line.leaf)
    }

    fn claimed(
        &self,
        found: Option<&Break>,
        proof: Option<&EntryProof>,
    ) -> (Option<Digest>, String) {
        if let Some(seal) = &self.seal {
            let claimed = seal.claimed.map(|claimed| *claimed.get());
            return (claimed, seal.claimed_from.clone());
        }
        if let Some(proof) = proof {
            let root = format!(
                "the root of the checkpoint of {} entries",
                grouped(proof.size)
            );
            let from = match proof.leaf_from {
                LeafFrom::StoredLine => format!("Confirmed by {root}."),
                LeafFrom::LeafList { offset_bytes } => format!(
                    "The leaf list at byte {}, confirmed by {root}.",
                    grouped(offset_bytes)
                ),
            };
            return (Some(proof.leaf), from);
        }
        match found.and_then(|found| found.claimed.filter(|_| found.count == 1)) {
            Some(claimed) => (Some(*claimed.get()), "The seals of the archive.".to_owned()),
            None => (None, String::new()),
        }
    }

    fn shell_commands(&self, proof: Option<&EntryProof>) -> String {
        let key = proof.and_then(|proof| match &proof.trusted_by {
            Some(key) => Some(key.clone()),
            None => self.claimed_key(),
        });
        let first = self.archive.stored_bounds().0;
        match (proof, self.line.is_of_sealog()) {
            (Some(proof), _) => {
                shell::of_proof(self.archive.path(), self.position - first, proof, key)
            }
            (None, true) => shell::of_line(
                self.archive.path(),
                self.position.saturating_sub(first),
                self.line.leaf.get(),
            ),
            (None, false) => shell::of_plain_line(
                self.archive,
                &self.line.segment,
                self.line.number,
                self.line.leaf.get(),
            ),
        }
    }

    /// The key that the archive itself claims: to compare, not to trust.
    fn claimed_key(&self) -> Option<sealscope_proof::VerifierKey> {
        let summary = self.summary.as_ref()?;
        let claimed = summary
            .signers
            .iter()
            .find_map(|signer| signer.claimed_vkey.as_deref());
        sealscope_proof::VerifierKey::parse(claimed?).ok()
    }
}
