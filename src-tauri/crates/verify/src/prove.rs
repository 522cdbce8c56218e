//! What was sealed: for each span between two checkpoints, the hashes that the signed root confirms.
//!
//! A span's hashes are claimed three times: by the lines that are stored, by the leaf lists, and by
//! SLIX. Whatever mixture of them folds to the root is what was sealed. Nothing here looks at where a
//! frame stands in the file.

use std::collections::BTreeMap;

use sealscope_archive::sealog::{IndexRow, ListPlace, SealogArchive};
use sealscope_model::Digest;
use sealscope_proof::CompactRange;

use crate::check::SegmentFindings;
use crate::seals::Seal;

/// One frame as it was sealed.
#[derive(Debug, Clone)]
pub(crate) struct SealedFrame {
    /// The hashes that stand for its leaves; begin and end are leaf indexes.
    pub(crate) range: CompactRange,
    /// Where its leaf hashes can be read, if anywhere.
    pub(crate) leaves: Option<LeavesAt>,
    /// Which span it is in.
    pub(crate) span: usize,
}

/// Where leaf hashes can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LeavesAt {
    /// From the stored lines of this segment.
    Data(usize),
    /// From this leaf list.
    List(ListPlace),
}

/// One span between two checkpoints.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) from: u64,
    pub(crate) to: u64,
    /// Whether the hashes of the span are confirmed by the root at its end.
    pub(crate) is_proven: bool,
    /// Whether the tree before the span was known by its own hashes, so that the root at the end of
    /// this span also speaks for the spans before it.
    pub(crate) is_linked: bool,
    /// Leaf indexes that no frame, list or index row claims, where that is why it is not proven.
    pub(crate) hole: Option<(u64, u64)>,
}

/// What was sealed, as far as it can be told.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    pub(crate) spans: Vec<Span>,
    /// The frames of the proven spans, in order.
    pub(crate) frames: Vec<SealedFrame>,
}

/// At most this many mixtures of claims are tried for one span.
const MIXTURES_MAX: usize = 4096;

/// Works out what was sealed under each of the seals, which are in order of size.
pub(crate) fn prove(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    seals: &[Seal],
    start: CompactRange,
) -> Sealed {
    let mut claims = Claims::gather(archive, findings);
    let mut sealed = Sealed::default();
    let mut tree = Some(start.clone());
    let mut from = start.end();
    for (number, seal) in seals.iter().enumerate() {
        if seal.size <= start.end() && seal.size <= from {
            sealed.spans.push(Span {
                from,
                to: from,
                is_proven: seal.size == from && start.root() == Some(seal.root),
                is_linked: true,
                hole: None,
            });
            continue;
        }
        let is_linked = tree.is_some();
        let outcome = match &tree {
            Some(tree) => claims.prove_span(tree, seal),
            None => Err(None),
        };
        let mut span = Span {
            from,
            to: seal.size,
            is_proven: outcome.is_ok(),
            is_linked,
            hole: None,
        };
        tree = match outcome {
            Ok((after, frames)) => {
                sealed.frames.extend(frames.into_iter().map(|mut frame| {
                    frame.span = number;
                    frame
                }));
                Some(after)
            }
            Err(hole) => {
                span.hole = hole;
                // A root over a power of two is itself the only hash of its tree.
                CompactRange::from_frontier(seal.size, &[seal.root])
            }
        };
        sealed.spans.push(span);
        from = seal.size;
    }
    sealed
}

/// Who claims what about the frame that begins at one leaf index.
#[derive(Debug, Default)]
struct Slot {
    /// Segments whose lines were hashed from here on.
    data: Vec<usize>,
    /// Leaf lists that state this first index.
    lists: Vec<ListPlace>,
    /// SLIX rows.
    rows: Vec<usize>,
}

/// One claim about one frame.
#[derive(Debug, Clone)]
struct Claim {
    range: CompactRange,
    leaves: Option<LeavesAt>,
}

struct Claims<'a> {
    archive: &'a SealogArchive,
    findings: &'a [SegmentFindings],
    rows: &'a [IndexRow],
    slots: BTreeMap<u64, Slot>,
    /// Claims already worked out, by first leaf index.
    known: BTreeMap<u64, Vec<Claim>>,
}

/// In which order claims are believed on trial.
#[derive(Debug, Clone, Copy)]
enum Prefer {
    Data,
    Lists,
    Index,
}

impl<'a> Claims<'a> {
    fn gather(archive: &'a SealogArchive, findings: &'a [SegmentFindings]) -> Self {
        let structure = archive.structure();
        let mut slots: BTreeMap<u64, Slot> = BTreeMap::new();
        for found in findings.iter().filter(|found| found.lines > 0) {
            slots
                .entry(found.range.begin())
                .or_default()
                .data
                .push(found.ordinal);
        }
        let lists = structure
            .frames
            .iter()
            .filter_map(|frame| frame.list.as_ref());
        for list in lists.chain(&structure.orphan_lists) {
            slots
                .entry(list.first)
                .or_default()
                .lists
                .push(list.clone());
        }
        let rows = structure.index.as_deref().unwrap_or_default();
        for (number, row) in rows.iter().enumerate() {
            slots.entry(row.first).or_default().rows.push(number);
        }
        Self {
            archive,
            findings,
            rows,
            slots,
            known: BTreeMap::new(),
        }
    }

    /// The tree after the span and its frames; otherwise the leaf indexes that nobody claims, where
    /// that is the reason.
    #[allow(clippy::type_complexity)]
    fn prove_span(
        &mut self,
        tree: &CompactRange,
        seal: &Seal,
    ) -> Result<(CompactRange, Vec<SealedFrame>), Option<(u64, u64)>> {
        if let Some(proven) = self.prove_from_data(tree, seal) {
            return Ok(proven);
        }
        let mut hole = None;
        for prefer in [Prefer::Data, Prefer::Lists, Prefer::Index] {
            let path = match self.path(tree.end(), seal.size, prefer) {
                Ok(path) => path,
                Err(gap) => {
                    hole = hole.or(Some(gap));
                    continue;
                }
            };
            hole = None;
            if let Some(proven) = try_mixtures(tree, seal, &path) {
                return Ok(proven);
            }
        }
        Err(hole)
    }

    /// The usual case: the stored lines alone, without reading a single list.
    fn prove_from_data(
        &self,
        tree: &CompactRange,
        seal: &Seal,
    ) -> Option<(CompactRange, Vec<SealedFrame>)> {
        let mut joined = tree.clone();
        let mut frames = Vec::new();
        while joined.end() < seal.size {
            let ordinal = *self.slots.get(&joined.end())?.data.first()?;
            let range = &self.findings.get(ordinal)?.range;
            joined.join(range).ok()?;
            frames.push(SealedFrame {
                range: range.clone(),
                leaves: Some(LeavesAt::Data(ordinal)),
                span: 0,
            });
        }
        (joined.end() == seal.size && joined.root() == Some(seal.root)).then_some((joined, frames))
    }

    /// The claims about each frame from `from` to `to`, the preferred one first; an error names the
    /// indexes that nobody claims.
    fn path(&mut self, from: u64, to: u64, prefer: Prefer) -> Result<Vec<Vec<Claim>>, (u64, u64)> {
        let mut path = Vec::new();
        let mut at = from;
        while at < to {
            let claims = self.claims_at(at, prefer);
            let Some(end) = claims
                .iter()
                .map(|claim| claim.range.end())
                .find(|end| *end <= to)
            else {
                let next = self.slots.range(at + 1..).map(|(first, _)| *first).next();
                return Err((at, next.unwrap_or(to).min(to)));
            };
            path.push(
                claims
                    .into_iter()
                    .filter(|claim| claim.range.end() == end)
                    .collect(),
            );
            at = end;
        }
        Ok(path)
    }

    fn claims_at(&mut self, at: u64, prefer: Prefer) -> Vec<Claim> {
        if !self.known.contains_key(&at) {
            let claims = self.work_out(at);
            self.known.insert(at, claims);
        }
        let mut claims = self.known.get(&at).cloned().unwrap_or_default();
        let rank = |claim: &Claim| match (&claim.leaves, prefer) {
            (Some(LeavesAt::Data(_)), Prefer::Data)
            | (Some(LeavesAt::List(_)), Prefer::Lists)
            | (None, Prefer::Index) => 0,
            (Some(LeavesAt::List(_)), _) => 1,
            (None, _) => 2,
            (Some(LeavesAt::Data(_)), _) => 3,
        };
        claims.sort_by_key(rank);
        claims
    }

    /// Every different claim about the frame that begins at `at`.
    fn work_out(&self, at: u64) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        let mut add = |claim: Claim| {
            match claims.iter_mut().find(|known| known.range == claim.range) {
                // Leaves at hand are worth more than the bare hashes.
                Some(known) if known.leaves.is_none() => known.leaves = claim.leaves,
                Some(_) => {}
                None => claims.push(claim),
            }
        };
        let Some(slot) = self.slots.get(&at) else {
            return claims;
        };
        for ordinal in &slot.data {
            if let Some(found) = self.findings.get(*ordinal) {
                let leaves = Some(LeavesAt::Data(*ordinal));
                add(Claim {
                    range: found.range.clone(),
                    leaves,
                });
            }
        }
        for place in &slot.lists {
            let Ok(Ok(list)) = self.archive.read_list(place) else {
                continue;
            };
            if list.first == at && !list.leaves.is_empty() {
                let range = range_of(at, &list.leaves);
                add(Claim {
                    range,
                    leaves: Some(LeavesAt::List(place.clone())),
                });
            }
        }
        for row in slot.rows.iter().filter_map(|number| self.rows.get(*number)) {
            if let Some(range) = range_of_row(row) {
                add(Claim {
                    range,
                    leaves: None,
                });
            }
        }
        claims
    }
}

/// The hashes that stand for leaves from `first` on.
pub(crate) fn range_of(first: u64, leaves: &[Digest]) -> CompactRange {
    let mut range = CompactRange::empty(first);
    leaves.iter().for_each(|leaf| range.push(*leaf));
    range
}

fn range_of_row(row: &IndexRow) -> Option<CompactRange> {
    CompactRange::from_hashes(row.first, row.first + u64::from(row.count), &row.hashes)
}

/// Tries every mixture of claims, up to a limit, until one folds to the root.
fn try_mixtures(
    tree: &CompactRange,
    seal: &Seal,
    path: &[Vec<Claim>],
) -> Option<(CompactRange, Vec<SealedFrame>)> {
    let mut choice = vec![0usize; path.len()];
    for _ in 0..MIXTURES_MAX {
        let chosen = || {
            path.iter()
                .zip(&choice)
                .filter_map(|(claims, pick)| claims.get(*pick))
        };
        let mut joined = tree.clone();
        if chosen().all(|claim| joined.join(&claim.range).is_ok())
            && joined.root() == Some(seal.root)
        {
            let frames = chosen()
                .map(|claim| SealedFrame {
                    range: claim.range.clone(),
                    leaves: claim.leaves.clone(),
                    span: 0,
                })
                .collect();
            return Some((joined, frames));
        }
        if !next_choice(&mut choice, path) {
            return None;
        }
    }
    None
}

/// Counts up like an odometer over the slots that have more than one claim.
fn next_choice(choice: &mut [usize], path: &[Vec<Claim>]) -> bool {
    for (pick, claims) in choice.iter_mut().zip(path) {
        if *pick + 1 < claims.len() {
            *pick += 1;
            return true;
        }
        *pick = 0;
    }
    false
}
