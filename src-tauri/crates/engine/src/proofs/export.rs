//! A proof as text.

use sealscope_model::{Digest, Position};
use sealscope_verify::EntryProof;

use crate::explain::EntryWords;
use crate::open_archive::OpenArchive;
use crate::proofs::ProofStep;
use crate::shown::escape_for_terminal;

/// The proof as a C2SP `tlog-proof`: index, path and checkpoint note. Whoever has the entry's bytes
/// checks it with any program that knows the standard.
#[must_use]
pub fn tlog_proof(proof: &EntryProof) -> String {
    sealscope_proof::tlog_proof(proof.index, &proof.path, &proof.note)
}

/// What is told where there is no proof to give out.
pub(super) struct Finding<'a> {
    pub(super) archive: &'a OpenArchive,
    pub(super) position: Position,
    pub(super) words: &'a EntryWords,
    pub(super) computed: Option<Digest>,
    pub(super) claimed: Option<Digest>,
    pub(super) steps: &'a [ProofStep],
    pub(super) worth: &'a str,
}

/// The finding in words.
pub(super) fn finding(told: &Finding<'_>) -> String {
    let mut text = format!(
        "Archive   {}\nEntry     {}\nFinding   {}\n          {}\n",
        escape_for_terminal(&told.archive.name()),
        told.position,
        told.words.headline,
        escape_for_terminal(&told.words.sentence),
    );
    if let Some(computed) = told.computed {
        text.push_str(&format!("Computed  {computed}\n"));
    }
    if let Some(claimed) = told.claimed {
        text.push_str(&format!("Sealed    {claimed}\n"));
    }
    for step in told.steps {
        let detail = escape_for_terminal(&step.detail);
        let state = step.state.word();
        text.push_str(&format!("{} ({state})\n          {detail}\n", step.label));
    }
    if !told.worth.is_empty() {
        text.push_str(&format!("What it is worth\n          {}\n", told.worth));
    }
    text
}
