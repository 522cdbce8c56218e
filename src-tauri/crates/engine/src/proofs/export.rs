//! A proof as text.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::{Computed, Digest, Position};
use sealscope_verify::EntryProof;

use crate::explain::EntryWords;
use crate::open_archive::OpenArchive;
use crate::shown::escape_for_terminal;

/// The proof as a C2SP `tlog-proof`: index, path and checkpoint note. Whoever has the entry's bytes
/// checks it with any program that knows the standard.
#[must_use]
pub fn tlog_proof(proof: &EntryProof) -> String {
    let mut text = format!("c2sp.org/tlog-proof@v1\nindex {}\n", proof.index);
    for hash in &proof.path {
        text.push_str(&BASE64.encode(hash.as_bytes()));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&proof.note);
    text
}

/// The finding in words, where there is no proof to give out.
pub(super) fn finding(
    archive: &OpenArchive,
    position: Position,
    words: &EntryWords,
    computed: &Computed<Digest>,
    claimed: Option<Digest>,
) -> String {
    let mut text = format!(
        "Archive   {}\nEntry     {position}\nFinding   {}\n          {}\nComputed  {}\n",
        escape_for_terminal(&archive.name()),
        words.headline,
        escape_for_terminal(&words.sentence),
        computed.get()
    );
    if let Some(claimed) = claimed {
        text.push_str(&format!("Sealed    {claimed}\n"));
    }
    text
}
