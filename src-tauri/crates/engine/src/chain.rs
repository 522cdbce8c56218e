//! The chain around an entry, as it is drawn: entries, control lines, checkpoints, and what is
//! missing or added between them.

use std::sync::Arc;

use sealscope_model::{Break, Digest, Position, Verdict};
use sealscope_verify::CheckedSegment;

use crate::open_archive::OpenArchive;
use crate::rows::RowError;
use crate::sealed_places::{break_at, place_of, place_without_log, stored_for};
use crate::workspace::Workspace;

mod lines;
mod seals;
#[cfg(test)]
mod tests;

/// Nodes on either side of the middle at most.
pub const CHAIN_AROUND_MAX: usize = 20;

/// Where the middle of the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainCentre {
    /// The entry stored at this position.
    Stored(Position),
    /// The entry that was sealed at this index; where it is missing, the one after it.
    Sealed(Position),
    /// What the break of this number is about, in the summary's order from 0.
    Break(usize),
}

/// One node of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainNode {
    /// What it is.
    pub kind: ChainKind,
    /// What is written in it: `1,204`, `12 missing`, `Checkpoint of 65,536`. Labels of seals that
    /// stand outside the entries can hold text from the archive, which is not escaped here.
    pub label: String,
    /// Stored position, of a seal that stands outside the entries that of the first one under it;
    /// `None` where nothing is stored.
    pub position: Option<Position>,
    /// Digest of the leaf, or root of the checkpoint.
    pub digest: Option<Digest>,
    /// Verdict of the entry; of a checkpoint, of its signature and root.
    pub verdict: Option<Verdict>,
    /// How it hangs on the node before.
    pub link: ChainLink,
    /// What is to be said under it, as a short phrase or sentence; empty for nothing.
    pub note: String,
    /// Whether it is the one in the middle.
    pub is_here: bool,
    /// Whether it stands under the last node that does not, instead of beside it: an entry under
    /// the seal that covers it.
    pub is_under: bool,
    /// The file that holds a seal, where it has one of its own; not escaped.
    pub file: Option<String>,
}

impl ChainNode {
    fn new(kind: ChainKind, label: String) -> Self {
        Self {
            kind,
            label,
            position: None,
            digest: None,
            verdict: None,
            link: ChainLink::Unknown,
            note: String::new(),
            is_here: false,
            is_under: false,
            file: None,
        }
    }

    fn missing(label: String) -> Self {
        Self {
            verdict: Some(Verdict::Broken),
            link: ChainLink::Broken,
            ..Self::new(ChainKind::Missing, label)
        }
    }
}

/// What a node of the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainKind {
    /// A log entry.
    Entry,
    /// A control entry of the format.
    Control,
    /// Sealed entries that are not there.
    Missing,
    /// An entry that was not sealed there.
    Added,
    /// A checkpoint, or another seal that stands outside the entries.
    Checkpoint,
    /// Entries or seals that are left out of the drawing, or stand under no seal.
    More,
}

/// How a node hangs on the one before; a seal that stands outside the entries, on the seal before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainLink {
    /// It is the first one, or hangs on nothing.
    None,
    /// A seal confirms that it follows.
    Ok,
    /// It does not follow as it was sealed.
    Broken,
    /// Nothing tells.
    Unknown,
}

impl Workspace {
    /// The chain around an entry; the entries are read and hashed again.
    ///
    /// # Errors
    /// When evidence cannot be read or has changed, or there is no such entry.
    pub fn chain(
        &self,
        archive: usize,
        centre: ChainCentre,
        around: usize,
    ) -> Result<Vec<ChainNode>, RowError> {
        let archive = self.archives().get(archive).ok_or(RowError::NoEntry(0))?;
        let summary = archive.summary();
        let log = archive.sealed_log(&self.trust_store());
        let bounds = archive.stored_bounds();
        let found = match centre {
            ChainCentre::Break(number) => summary.as_ref().and_then(|s| s.breaks.get(number)),
            _ => None,
        };
        let wanted = match centre {
            ChainCentre::Stored(position) | ChainCentre::Sealed(position) => position,
            ChainCentre::Break(_) => found.map_or(bounds.0, |found| found.position),
        };
        let read: ReadSegment<'_> = &|ordinal| self.segments.get(archive, ordinal);
        let around = around.min(CHAIN_AROUND_MAX);
        if let Some(summary) = summary.as_deref().filter(|s| !s.links.is_empty()) {
            let place = match found {
                Some(found) => seals::Place::of_break(found, &summary.links, bounds),
                None => seals::Place::of_entry(wanted, bounds),
            };
            let entries = lines::Entries::new(archive, summary, read);
            return seals::draw(&summary.links, place, around, &|position| {
                entries.nodes(position)
            });
        }
        if bounds.1 <= bounds.0 {
            return Err(RowError::NoEntry(wanted));
        }
        let middle = match (centre, &log) {
            (ChainCentre::Stored(position), _) => position,
            (_, Some(log)) => stored_for(summary.as_deref(), log, wanted).unwrap_or(wanted),
            (_, None) => found.and_then(|found| found.found).unwrap_or(wanted),
        };
        let middle = middle.min(bounds.1 - 1).max(bounds.0);
        lines::Drawing::new(archive, log, middle, around as u64).draw(read)
    }

    /// The stored position to show for a break; `None` where nothing is stored there.
    #[must_use]
    pub fn place_of_break(&self, archive: usize, found: &Break) -> Option<Position> {
        let archive = self.archives().get(archive)?;
        match archive.sealed_log(&self.trust_store()) {
            Some(log) => place_of(found, Some(&log)),
            None => place_without_log(found, archive.stored_bounds()),
        }
    }

    /// The break that concerns a stored entry, where there is one.
    #[must_use]
    pub fn break_at(&self, archive: usize, position: Position) -> Option<Break> {
        let archive = self.archives().get(archive)?;
        let is_broken = archive.verdict_at(position) == Some(Verdict::Broken);
        let summary = archive.summary().filter(|_| is_broken)?;
        let log = archive.sealed_log(&self.trust_store());
        break_at(&summary, log.as_deref(), position).cloned()
    }
}

impl OpenArchive {
    /// First stored position, and one past the last one known so far.
    pub(crate) fn stored_bounds(&self) -> (Position, Position) {
        let known = self.known();
        let first = known.first_positions.first().copied().unwrap_or(0);
        (
            first,
            known.first_positions.last().copied().unwrap_or(first),
        )
    }
}

type ReadSegment<'r> = &'r dyn Fn(usize) -> Result<Arc<CheckedSegment>, RowError>;
