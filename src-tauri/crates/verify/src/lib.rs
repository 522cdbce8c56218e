//! Judges segments; the only place where a verdict is made.
//!
//! A [`sealscope_archive::Segment`] is hashed by [`check_segment`] and becomes a
//! [`CheckedSegment`]; only those are handed on. Their [`SegmentFindings`] are held against the
//! seals of the archive and the keys that the examiner gave, by [`judge_sealog`] (or
//! [`judge_unsealed`] for plain logs), and the outcome is a [`Summary`]: verdict, strength, ends,
//! ranges, breaks and damage, each with its sentence.
//!
//! What this crate does not do: read files on its own account, keep keys, or know a clock.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

mod align;
mod anchors;
pub mod chained;
mod check;
mod checker;
pub mod cloudtrail;
mod compare;
mod entry_seal;
mod grammar;
pub mod journal;
mod judge;
mod live;
mod localise;
mod outside;
mod prove;
mod recheck;
mod seals;
mod summary;
mod timestamp;
mod trust;
mod unsealed;
mod words;

pub use anchors::{ANCHOR_BYTES_MAX, Anchor, AnchorError, apply_file_token, hold_against_file};
pub use check::{CheckedEntry, CheckedSegment, SegmentFindings, check_segment};
pub use checker::{Checker, SealFindings, judge};
pub use compare::{Comparison, DIFFERENCES_MAX, Difference, DifferenceKind, compare_leaves};
pub use entry_seal::{EntryPlace, EntrySeal, EntrySeals, SealStep};
pub use judge::{
    CheckpointState, EntryProof, KnownHashes, LeafFrom, SealedCheckpoint, SealedLog, judge_sealog,
    trusted_origin_name,
};
pub use live::LiveCheck;
pub use outside::{
    CheckpointStatement, HeldFinding, HeldKind, HeldState, Outside, REMEMBERED_CHECKPOINTS_MAX,
    RememberedLog, WitnessSummary,
};
pub use recheck::{RecheckedLines, recheck_lines};
pub use summary::{SealLink, SignerSummary, Summary, grouped};
pub use timestamp::{
    PemBlock, Stamped, TimestampFinding, TimestampState, TokenDetails, TokenImprint, bare_token,
    certificate_name, check_token, is_token, pem_blocks,
};
pub use trust::{GivenKey, OriginPattern, SignatureFinding, TrustStore, TrustedKey};
pub use unsealed::judge_unsealed;
