//! The verdict while it grows: how far the entries are proven already, and the first problem seen.
//!
//! It never says more than the final judgement will: it only counts spans whose recomputed root
//! equals a root with a trusted signature, from the first leaf on and without a hole.

use sealscope_archive::sealog::{Control, Header, SealogStructure};
use sealscope_model::Position;
use sealscope_proof::CompactRange;

use crate::check::SegmentFindings;
use crate::judge::first_start;
use crate::seals::{Seals, judge_seals};
use crate::summary::grouped;
use crate::trust::TrustStore;

/// A judgement in the making. Findings come in stored order.
#[derive(Debug, Default)]
pub struct LiveCheck {
    seals: Option<Seals>,
    tree: Option<CompactRange>,
    next_seal: usize,
    intact_to: Position,
    first_problem: Option<String>,
    is_refuted: bool,
}

impl LiveCheck {
    /// Starts before the first segment.
    #[must_use]
    pub fn new(structure: &SealogStructure) -> Self {
        Self {
            tree: first_start(structure, None).tree,
            ..Self::default()
        }
    }

    /// Takes the findings of the next segment.
    pub fn push(&mut self, found: &SegmentFindings, archive: &SealogStructure, trust: &TrustStore) {
        if self.first_problem.is_none()
            && let Some(damage) = found.damage.first()
        {
            self.first_problem = Some(damage.reason.clone());
        }
        if self.seals.is_none() {
            let seals = judge_seals(archive, header_of(found), trust);
            // Checkpoints from before the archive say nothing of its entries.
            let begin = found.range.begin();
            self.next_seal = seals.bounds.partition_point(|seal| seal.size <= begin);
            self.seals = Some(seals);
        }
        let joined = self
            .tree
            .as_mut()
            .is_some_and(|tree| tree.join(&found.range).is_ok());
        if !joined {
            self.tree = None;
            self.problem(format!(
                "The segment at byte {} does not follow from the one before it.",
                found.offset_bytes
            ));
            return;
        }
        self.compare();
    }

    fn compare(&mut self) {
        let (Some(tree), Some(seals)) = (&self.tree, &self.seals) else {
            return;
        };
        let Some(seal) = seals.bounds.get(self.next_seal) else {
            return;
        };
        if tree.end() < seal.size {
            return;
        }
        self.next_seal += 1;
        if tree.end() == seal.size && tree.root() == Some(seal.root) {
            if seal.trust.is_trusted() {
                self.intact_to = seal.size;
            }
            return;
        }
        let says = format!(
            "The entries before {} do not have the root that was signed.",
            grouped(seal.size)
        );
        self.tree = None;
        self.is_refuted = true;
        self.problem(says);
    }

    fn problem(&mut self, says: String) {
        self.first_problem.get_or_insert(says);
    }

    /// Entries before this position are proven to be as they were sealed.
    #[must_use]
    pub const fn intact_to(&self) -> Position {
        self.intact_to
    }

    /// Whether entries were seen whose root is not the one that a checkpoint states: what the final
    /// judgement calls broken. Damage alone is no such thing.
    #[must_use]
    pub const fn is_refuted(&self) -> bool {
        self.is_refuted
    }

    /// What was noticed first: damage, or entries that are not as sealed.
    #[must_use]
    pub fn first_problem(&self) -> Option<&str> {
        self.first_problem.as_deref()
    }
}

fn header_of(found: &SegmentFindings) -> Option<&Header> {
    match found.controls.first()? {
        (0, Control::Header(header)) => Some(header),
        _ => None,
    }
}
