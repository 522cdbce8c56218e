//! Who claims what about the frames of a span, and which mixture of claims has the signed root.

use std::collections::BTreeMap;

use sealscope_archive::sealog::{IndexRow, ListPlace, SealogArchive};
use sealscope_proof::CompactRange;

use super::{LeavesAt, Proven, SealedFrame, range_of};
use crate::check::SegmentFindings;
use crate::seals::Seal;

/// Mixtures of claims that are tried for one span at most.
const MIXTURES_MAX: usize = 4096;
/// Frames that are joined on trial in one archive at most: it bounds the time, whatever the file.
const JOINS_MAX: usize = 1 << 22;
/// Claims of each kind that are looked at for one leaf index at most.
const RIVALS_MAX: usize = 16;

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

/// One claim about one frame, and who makes it.
#[derive(Debug, Clone)]
struct Claim {
    range: CompactRange,
    leaves: Option<LeavesAt>,
    by_data: bool,
    by_list: bool,
    by_index: bool,
}

impl Claim {
    fn votes(&self) -> usize {
        [self.by_data, self.by_list, self.by_index]
            .into_iter()
            .filter(|by| *by)
            .count()
    }
}

/// In which order claims are believed on trial.
#[derive(Debug, Clone, Copy)]
enum Prefer {
    Data,
    Lists,
    Index,
    Votes,
}

/// All claims of an archive.
pub(super) struct Claims<'a> {
    archive: &'a SealogArchive,
    findings: &'a [SegmentFindings],
    rows: &'a [IndexRow],
    slots: BTreeMap<u64, Slot>,
    /// Claims already worked out, by first leaf index.
    known: BTreeMap<u64, Vec<Claim>>,
    joins_left: usize,
}

impl<'a> Claims<'a> {
    pub(super) fn gather(archive: &'a SealogArchive, findings: &'a [SegmentFindings]) -> Self {
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
            joins_left: JOINS_MAX,
        }
    }

    /// The tree after the span and its frames, where lines and leaf lists have the root.
    pub(super) fn prove_with_leaves(&mut self, tree: &CompactRange, seal: &Seal) -> Option<Proven> {
        self.known.clear();
        self.prove_from_data(tree, seal)
            .or_else(|| self.prove_by(&[Prefer::Data, Prefer::Lists], tree, seal))
    }

    /// The same, where SLIX is needed for it. Called after [`Claims::prove_with_leaves`].
    pub(super) fn prove_with_index(&mut self, tree: &CompactRange, seal: &Seal) -> Option<Proven> {
        self.prove_by(&[Prefer::Index, Prefer::Votes], tree, seal)
    }

    fn prove_by(&mut self, orders: &[Prefer], tree: &CompactRange, seal: &Seal) -> Option<Proven> {
        orders.iter().find_map(|prefer| {
            let path = self.path(tree.end(), seal.size, *prefer)?;
            self.try_mixtures(tree, seal, &path)
        })
    }

    /// The usual case: the stored lines alone, without reading a single list.
    fn prove_from_data(&self, tree: &CompactRange, seal: &Seal) -> Option<Proven> {
        let mut joined = tree.clone();
        let mut frames = Vec::new();
        while joined.end() < seal.size {
            let ordinal = *self.slots.get(&joined.end())?.data.first()?;
            let range = &self.findings.get(ordinal)?.range;
            joined.join(range).ok()?;
            frames.push(SealedFrame {
                range: range.clone(),
                leaves: Some(LeavesAt::Data(ordinal)),
            });
        }
        (joined.end() == seal.size && joined.root() == Some(seal.root)).then_some((joined, frames))
    }

    /// The claims about each frame from `from` to `to`, the preferred one first; `None` where
    /// nobody claims a leaf in between.
    fn path(&mut self, from: u64, to: u64, prefer: Prefer) -> Option<Vec<Vec<Claim>>> {
        let mut path = Vec::new();
        let mut at = from;
        while at < to {
            let claims = self.claims_at(at, prefer);
            let end = claims
                .iter()
                .map(|claim| claim.range.end())
                .find(|end| *end <= to)?;
            let of_this_frame = |claim: &Claim| claim.range.end() == end;
            path.push(claims.into_iter().filter(of_this_frame).collect());
            at = end;
        }
        Some(path)
    }

    fn claims_at(&mut self, at: u64, prefer: Prefer) -> Vec<Claim> {
        if !self.known.contains_key(&at) {
            let claims = self.work_out(at);
            self.known.insert(at, claims);
        }
        let mut claims = self.known.get(&at).cloned().unwrap_or_default();
        // While leaves may do, bare hashes must not end the search: they name no entry.
        if matches!(prefer, Prefer::Data | Prefer::Lists) {
            claims.retain(|claim| claim.leaves.is_some());
        }
        claims.sort_by_key(|claim| {
            let is_preferred = match prefer {
                Prefer::Data => claim.by_data,
                Prefer::Lists => claim.by_list,
                Prefer::Index => claim.by_index,
                Prefer::Votes => true,
            };
            (
                !is_preferred,
                std::cmp::Reverse(claim.votes()),
                claim.by_data,
            )
        });
        claims
    }

    /// Every different claim about the frame that begins at `at`.
    fn work_out(&self, at: u64) -> Vec<Claim> {
        let mut claims: Vec<Claim> = Vec::new();
        let mut add = |claim: Claim| match claims.iter_mut().find(|c| c.range == claim.range) {
            Some(same) => {
                same.by_data |= claim.by_data;
                same.by_list |= claim.by_list;
                same.by_index |= claim.by_index;
                // Leaves at hand are worth more than the bare hashes.
                same.leaves = same.leaves.take().or(claim.leaves);
            }
            None => claims.push(claim),
        };
        let Some(slot) = self.slots.get(&at) else {
            return claims;
        };
        let blank = Claim {
            range: CompactRange::empty(at),
            leaves: None,
            by_data: false,
            by_list: false,
            by_index: false,
        };
        for ordinal in slot.data.iter().take(RIVALS_MAX) {
            if let Some(found) = self.findings.get(*ordinal) {
                add(Claim {
                    range: found.range.clone(),
                    leaves: Some(LeavesAt::Data(*ordinal)),
                    by_data: true,
                    ..blank.clone()
                });
            }
        }
        for place in slot.lists.iter().take(RIVALS_MAX) {
            let Ok(Ok(list)) = self.archive.read_list(place) else {
                continue;
            };
            if list.first == at && !list.leaves.is_empty() {
                add(Claim {
                    range: range_of(at, &list.leaves),
                    leaves: Some(LeavesAt::List(place.clone())),
                    by_list: true,
                    ..blank.clone()
                });
            }
        }
        let rows = slot.rows.iter().take(RIVALS_MAX);
        for row in rows.filter_map(|number| self.rows.get(*number)) {
            if let Some(range) = range_of_row(row) {
                add(Claim {
                    range,
                    by_index: true,
                    ..blank.clone()
                });
            }
        }
        claims
    }

    /// Tries every mixture of claims, up to a limit, until one folds to the root.
    fn try_mixtures(
        &mut self,
        tree: &CompactRange,
        seal: &Seal,
        path: &[Vec<Claim>],
    ) -> Option<Proven> {
        let mut choice = vec![0usize; path.len()];
        for _ in 0..MIXTURES_MAX {
            self.joins_left = self.joins_left.checked_sub(path.len())?;
            let chosen = || {
                path.iter()
                    .zip(&choice)
                    .filter_map(|(claims, pick)| claims.get(*pick))
            };
            let mut joined = tree.clone();
            if chosen().all(|claim| joined.join(&claim.range).is_ok())
                && joined.end() == seal.size
                && joined.root() == Some(seal.root)
            {
                let frames = chosen().map(|claim| SealedFrame {
                    range: claim.range.clone(),
                    leaves: claim.leaves.clone(),
                });
                return Some((joined, frames.collect()));
            }
            if !next_choice(&mut choice, path) {
                return None;
            }
        }
        None
    }
}

fn range_of_row(row: &IndexRow) -> Option<CompactRange> {
    let end = row.first.checked_add(u64::from(row.count))?;
    CompactRange::from_hashes(row.first, end, &row.hashes)
        .filter(|range| range.begin() < range.end())
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
