//! What was sealed: for each span between two checkpoints, the hashes that the signed root
//! confirms.
//!
//! A span's hashes are claimed three times: by the lines that are stored, by the leaf lists, and by
//! SLIX. Whatever mixture of them folds to the root is what was sealed. Where a frame stands in the
//! file is a last hint only: its lines are hashed again at the place that its order gives.

mod claims;

use std::collections::HashMap;

use sealscope_archive::Archive as _;
use sealscope_archive::sealog::{ListPlace, SealogArchive};
use sealscope_model::Digest;
use sealscope_proof::CompactRange;

use crate::check::{SegmentFindings, check_segment};
use crate::seals::Seal;
use claims::Claims;

/// One frame as it was sealed.
#[derive(Debug, Clone)]
pub(crate) struct SealedFrame {
    /// The hashes that stand for its leaves; begin and end are leaf indexes.
    pub(crate) range: CompactRange,
    /// Where its leaf hashes can be read, if anywhere.
    pub(crate) leaves: Option<LeavesAt>,
}

/// Where leaf hashes can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeavesAt {
    /// From the stored lines of this segment.
    Data(usize),
    /// From this leaf list.
    List(ListPlace),
}

/// Whether the hashes of a span are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpanState {
    /// The root at its end confirms them.
    Proven,
    /// Nothing in the file has the root at its end, or the tree before it was refuted.
    Refuted,
    /// The tree before the archive is needed for the root, and cannot be read.
    Unknowable,
}

/// One span between two checkpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) state: SpanState,
}

impl Span {
    pub(crate) fn is_proven(&self) -> bool {
        self.state == SpanState::Proven
    }
}

/// What was sealed, as far as it can be told.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    /// One span for each seal, in order; spans of seals at or before the start are empty.
    pub(crate) spans: Vec<Span>,
    /// The frames of the proven spans, in order.
    pub(crate) frames: Vec<SealedFrame>,
    /// Segments that were hashed again at another leaf index than they state.
    pub(crate) placed: HashMap<usize, CompactRange>,
}

impl Sealed {
    /// One past the last leaf that a seal covers.
    pub(crate) fn end(&self, start: u64) -> u64 {
        self.spans.last().map_or(start, |span| span.to)
    }

    /// The span that holds a leaf index.
    pub(crate) fn span_at(&self, position: u64) -> Option<(usize, &Span)> {
        let number = self.spans.partition_point(|span| span.to <= position);
        let span = self.spans.get(number)?;
        (span.from <= position).then_some((number, span))
    }
}

/// Where an archive begins.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    /// Leaf index of the first line.
    pub(crate) at: u64,
    /// The tree before it; `None` where it cannot be read.
    pub(crate) tree: Option<CompactRange>,
}

/// Works out what was sealed under each of the seals, which are in order of size.
pub(crate) fn prove(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    seals: &[Seal],
    start: &Start,
) -> Sealed {
    let mut claims = Claims::gather(archive, findings);
    let mut sealed = Sealed::default();
    let mut known = match &start.tree {
        Some(tree) => Known::Tree(tree.clone()),
        None => Known::Nothing,
    };
    let (mut from, mut frames_before) = (start.at, 0);
    for seal in seals {
        if seal.size <= from {
            sealed.spans.push(Span {
                from,
                to: from,
                state: empty_span(&known, seal, from),
            });
            continue;
        }
        let proven = match &known {
            Known::Tree(tree) => {
                let segments = frames_before..seal.frames_before;
                claims
                    .prove_with_leaves(tree, seal)
                    .or_else(|| {
                        let placed = &mut sealed.placed;
                        prove_in_place(archive, findings, tree, seal, segments, placed)
                    })
                    .or_else(|| claims.prove_with_index(tree, seal))
            }
            Known::Refuted | Known::Nothing => None,
        };
        let state = match (&proven, &known) {
            (Some(_), _) => SpanState::Proven,
            (None, Known::Nothing) => SpanState::Unknowable,
            (None, _) => SpanState::Refuted,
        };
        sealed.spans.push(Span {
            from,
            to: seal.size,
            state,
        });
        known = match proven {
            Some((after, frames)) => {
                sealed.frames.extend(frames);
                Known::Tree(after)
            }
            // A root over a power of two is itself the only hash of its tree.
            None => match CompactRange::from_frontier(seal.size, &[seal.root]) {
                Some(tree) => Known::Tree(tree),
                None if state == SpanState::Unknowable => Known::Nothing,
                None => Known::Refuted,
            },
        };
        (from, frames_before) = (seal.size, seal.frames_before);
    }
    sealed
}

/// What is known of the tree before a span.
enum Known {
    Tree(CompactRange),
    Refuted,
    Nothing,
}

fn empty_span(known: &Known, seal: &Seal, from: u64) -> SpanState {
    match known {
        Known::Tree(tree) if seal.size == from && tree.end() == from => {
            if tree.root() == Some(seal.root) {
                SpanState::Proven
            } else {
                SpanState::Refuted
            }
        }
        // It speaks of entries before this archive.
        _ => SpanState::Unknowable,
    }
}

type Proven = (CompactRange, Vec<SealedFrame>);

/// Hashes the lines that stand between two checkpoints at the leaf indexes that their order gives.
fn prove_in_place(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    tree: &CompactRange,
    seal: &Seal,
    segments: std::ops::Range<usize>,
    placed: &mut HashMap<usize, CompactRange>,
) -> Option<Proven> {
    let between = findings.get(segments)?;
    let lines = between
        .iter()
        .try_fold(0u64, |sum, found| sum.checked_add(found.lines))?;
    let mut at = tree.end();
    let is_elsewhere = between.iter().any(|found| {
        let differs = found.lines > 0 && found.range.begin() != at;
        at = at.saturating_add(found.lines);
        differs
    });
    if !is_elsewhere || tree.end().checked_add(lines) != Some(seal.size) {
        return None;
    }
    let (mut joined, mut frames, mut moved) = (tree.clone(), Vec::new(), Vec::new());
    for found in between.iter().filter(|found| found.lines > 0) {
        let range = if found.range.begin() == joined.end() {
            found.range.clone()
        } else {
            let range = range_of(joined.end(), &leaves_of(archive, found.ordinal));
            moved.push((found.ordinal, range.clone()));
            range
        };
        joined.join(&range).ok()?;
        frames.push(SealedFrame {
            range,
            leaves: Some(LeavesAt::Data(found.ordinal)),
        });
    }
    let is_proven = joined.end() == seal.size && joined.root() == Some(seal.root);
    is_proven.then(|| {
        placed.extend(moved);
        (joined, frames)
    })
}

/// The hashes of the lines of a segment, read again.
pub(crate) fn leaves_of(archive: &SealogArchive, ordinal: usize) -> Vec<Digest> {
    match archive.read_segment(ordinal, None) {
        Ok(segment) => check_segment(segment, 0).leaves().to_vec(),
        // What could not be read was reported when it was first read.
        Err(_) => Vec::new(),
    }
}

/// The hashes that stand for leaves from `first` on.
pub(crate) fn range_of(first: u64, leaves: &[Digest]) -> CompactRange {
    let mut range = CompactRange::empty(first);
    leaves.iter().for_each(|leaf| range.push(*leaf));
    range
}
