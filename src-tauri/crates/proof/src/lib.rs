//! RFC 6962 trees, inclusion and consistency proofs, and signed notes: each with its make and its
//! check side by side. Pure: no input or output, no clock, no randomness but what is passed in.
//!
//! ```
//! use sealscope_proof::{CompactRange, check_inclusion, leaf_hash, prove_inclusion,
//! root_by_definition};
//!
//! let leaves: Vec<_> = ["a", "b", "c"].iter().map(|line| leaf_hash(line.as_bytes())).collect();
//! let mut tree = CompactRange::empty(0);
//! leaves.iter().for_each(|leaf| tree.push(*leaf));
//! let root = tree.root().unwrap();
//!
//! let proof = prove_inclusion(1, 3, &mut |from, to| {
//!     Some(root_by_definition(&leaves[from as usize..to as usize]))
//! }).unwrap();
//! assert!(check_inclusion(1, 3, &leaves[1], &proof, &root).is_ok());
//! assert!(check_inclusion(1, 3, &leaves[2], &proof, &root).is_err());
//! ```
//!
//! What this crate does not do: it trusts no key and knows no archive. Sources: RFC 6962 section
//! 2.1, RFC 9162 section 2.1, C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof,
//! DSSE.

mod checkpoint;
mod cosignature;
mod dsse;
mod inclusion;
mod note;
mod range;
mod tlog_proof;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{Witness, WitnessKey};
pub use dsse::dsse_pae;
pub use inclusion::{
    ProofError, check_consistency, check_inclusion, prove_consistency, prove_inclusion,
};
pub use note::{
    KeyError, NOTE_SIGNATURES_MAX, Note, NoteError, NoteSignature, Signer, VerifierKey,
};
pub use range::{CompactRange, RangeGap};
pub use tlog_proof::tlog_proof;
pub use tree::{Sha256Stream, empty_root, leaf_hash, node_hash, root_by_definition, sha256};
