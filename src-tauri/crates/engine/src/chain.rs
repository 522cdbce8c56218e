//! The chain around an entry, as it is drawn: entries, control lines, checkpoints, and what is
//! missing or added between them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use sealscope_archive::SegmentSeal;
use sealscope_archive::sealog::{Control, Line};
use sealscope_model::{Break, BreakKind, Digest, Position, Verdict};
use sealscope_verify::{
    CheckedSegment, CheckpointState, SealedCheckpoint, SealedLog, Summary, grouped,
};

use crate::open_archive::OpenArchive;
use crate::rows::RowError;
use crate::sealed_places::{break_at, place_of, stored_for};
use crate::workspace::Workspace;

#[cfg(test)]
mod tests;

/// Nodes on either side of the middle at most.
pub const CHAIN_AROUND_MAX: usize = 20;
/// Breaks, and checkpoints, that are drawn between two entries; the rest is counted.
const BETWEEN_MAX: usize = 8;

/// Where the middle of the chain is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainCentre {
    /// The entry stored at this position.
    Stored(Position),
    /// The entry that was sealed at this index; where it is missing, the one after it.
    Sealed(Position),
}

/// One node of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainNode {
    /// What it is.
    pub kind: ChainKind,
    /// What is written in it: `1,204`, `12 missing`, `Checkpoint of 65,536`.
    pub label: String,
    /// Stored position; `None` where nothing is stored.
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
    /// A checkpoint.
    Checkpoint,
    /// Entries that are left out of the drawing.
    More,
}

/// How a node hangs on the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainLink {
    /// It is the first one.
    None,
    /// A root confirms that it follows.
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
        let wanted = match centre {
            ChainCentre::Stored(position) | ChainCentre::Sealed(position) => position,
        };
        let archive = self
            .archives()
            .get(archive)
            .ok_or(RowError::NoEntry(wanted))?;
        let log = archive.sealed_log(&self.trust_store());
        let (begin, end) = archive.stored_bounds();
        let middle = match (centre, &log) {
            (ChainCentre::Sealed(index), Some(log)) => {
                stored_for(archive.summary().as_deref(), log, index).unwrap_or(index)
            }
            _ => wanted,
        };
        let middle = middle.min(end.saturating_sub(1)).max(begin);
        if end <= begin {
            return Err(RowError::NoEntry(wanted));
        }
        let around = around.min(CHAIN_AROUND_MAX) as u64;
        let drawing = Drawing {
            archive,
            summary: archive.summary(),
            log,
            from: middle.saturating_sub(around).max(begin),
            to: middle.saturating_add(around + 1).min(end),
            bounds: (begin, end),
            middle,
            nodes: Vec::new(),
        };
        drawing.draw(&|ordinal| self.segments.get(archive, ordinal))
    }

    /// The stored position to show for a break; `None` where nothing is stored there.
    #[must_use]
    pub fn place_of_break(&self, archive: usize, found: &Break) -> Option<Position> {
        let archive = self.archives().get(archive)?;
        place_of(found, archive.sealed_log(&self.trust_store()).as_deref())
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

/// A chain in the making.
struct Drawing<'a> {
    archive: &'a OpenArchive,
    summary: Option<Arc<Summary>>,
    log: Option<Arc<SealedLog>>,
    /// Stored positions that are drawn.
    from: Position,
    to: Position,
    /// Stored positions that there are.
    bounds: (Position, Position),
    middle: Position,
    nodes: Vec<ChainNode>,
}

type ReadSegment<'r> = &'r dyn Fn(usize) -> Result<Arc<CheckedSegment>, RowError>;

/// A line as it was read again.
struct ReadLine {
    leaf: Digest,
    control: Option<Control>,
}

impl Drawing<'_> {
    fn draw(mut self, read: ReadSegment<'_>) -> Result<Vec<ChainNode>, RowError> {
        let lines = self.read_lines(read)?;
        self.more_before();
        let mut next_sealed = self.first_sealed();
        for (position, line) in &lines {
            let sealed = self.log.as_ref().and_then(|log| log.sealed_at(*position));
            if let Some(index) = sealed.or_else(|| self.replaced(*position)) {
                self.between(next_sealed, index);
                next_sealed = Some(index + 1);
            }
            self.entry(*position, line, sealed);
        }
        if self.to == self.bounds.1 {
            let end = self.log.as_ref().map(|log| log.end());
            // A checkpoint may stand right at the end.
            self.between(next_sealed, end.unwrap_or(0));
        } else {
            self.more(self.bounds.1 - self.to, "after");
        }
        self.join();
        Ok(self.nodes)
    }

    fn read_lines(&self, read: ReadSegment<'_>) -> Result<Vec<(Position, ReadLine)>, RowError> {
        let mut segments: BTreeMap<usize, Arc<CheckedSegment>> = BTreeMap::new();
        let mut lines = Vec::new();
        for position in self.from..self.to {
            let missing = || RowError::NoEntry(position);
            let (ordinal, number) = self.archive.locate(position).ok_or_else(missing)?;
            let checked = match segments.entry(ordinal) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unread) => unread.insert(read(ordinal)?),
            };
            let leaf = *checked.leaves().get(number as usize).ok_or_else(missing)?;
            let stored = checked.segment().entry(number as usize).unwrap_or_default();
            let is_sealog = matches!(checked.segment().seal, SegmentSeal::Frame { .. });
            let control = match Line::read(stored) {
                Line::Control(control) if is_sealog => Some(*control),
                _ => None,
            };
            lines.push((position, ReadLine { leaf, control }));
        }
        Ok(lines)
    }

    /// The sealed index that should come first in the drawing.
    fn first_sealed(&self) -> Option<Position> {
        let log = self.log.as_ref()?;
        if self.from == self.bounds.0 {
            return Some(log.start());
        }
        match log.sealed_around(self.from - 1) {
            (Some(before), _) => Some(before + 1),
            (None, _) => None,
        }
    }

    /// The sealed index of the entry that a changed one took the place of.
    fn replaced(&self, stored: Position) -> Option<Position> {
        let summary = self.summary.as_ref()?;
        let found = break_at(summary, self.log.as_deref(), stored)?;
        let is_in_place = found.kind == BreakKind::Modified && found.exact;
        let offset = stored.checked_sub(found.found.filter(|_| is_in_place)?)?;
        Some(found.position + offset)
    }

    fn more_before(&mut self) {
        if self.bounds.0 < self.from {
            self.more(self.from - self.bounds.0, "before");
        }
    }

    fn more(&mut self, count: u64, side: &str) {
        let what = if count == 1 { "entry" } else { "entries" };
        let label = format!("… {} {what} {side}", grouped(count));
        self.nodes.push(ChainNode::new(ChainKind::More, label));
    }

    /// Draws what stands between two sealed indexes: missing entries and checkpoints.
    fn between(&mut self, from: Option<Position>, to: Position) {
        let (Some(log), Some(mut at)) = (self.log.clone(), from) else {
            return;
        };
        let all = log.checkpoints();
        let first = all.partition_point(|one| one.size < at.max(1));
        let end = all.partition_point(|one| one.size <= to);
        let checkpoints = all.get(first..end).unwrap_or_default();
        for checkpoint in checkpoints.iter().take(BETWEEN_MAX) {
            self.missing(at, checkpoint.size);
            at = at.max(checkpoint.size);
            self.checkpoint(checkpoint);
        }
        self.rest(checkpoints.len(), "checkpoints");
        self.missing(at, to);
    }

    /// Draws sealed entries `from <= index < to` that do not stand in their place.
    fn missing(&mut self, from: Position, to: Position) {
        let Some(summary) = self.summary.clone().filter(|_| from < to) else {
            return;
        };
        let meets = |one: &&Break| {
            let end = one.position.saturating_add(one.count.max(1));
            one.position < to && from < end && one.count > 0
        };
        let away =
            |one: &&Break| !one.exact || matches!(one.kind, BreakKind::Removed | BreakKind::Moved);
        let breaks: Vec<&Break> = summary.breaks.iter().filter(meets).filter(away).collect();
        for found in breaks.iter().take(BETWEEN_MAX) {
            let first = found.position.max(from);
            let count = found.position.saturating_add(found.count).min(to) - first;
            let label = match (found.kind, found.exact) {
                (BreakKind::Removed, true) => format!("{} missing", grouped(count)),
                (BreakKind::Moved, true) => format!("{} moved away", grouped(count)),
                (_, false) => format!("{} to {}", grouped(first), grouped(first + count - 1)),
                _ => continue,
            };
            let note = found.says.clone();
            let digest = found
                .claimed
                .filter(|_| found.count == 1)
                .map(|digest| *digest.get());
            // Where a change is bounded only, the entries may well be there.
            let kind = if found.exact {
                ChainKind::Missing
            } else {
                ChainKind::More
            };
            self.nodes.push(ChainNode {
                kind,
                note,
                digest,
                ..ChainNode::missing(label)
            });
        }
        self.rest(breaks.len(), "breaks");
        if breaks.is_empty() {
            let label = format!("{} not found", grouped(to - from));
            self.nodes.push(ChainNode::missing(label));
        }
    }

    fn rest(&mut self, count: usize, what: &str) {
        if let Some(rest) = count.checked_sub(BETWEEN_MAX).filter(|rest| *rest > 0) {
            let label = format!("… {} more {what}", grouped(rest as u64));
            self.nodes.push(ChainNode::new(ChainKind::More, label));
        }
    }

    fn checkpoint(&mut self, checkpoint: &SealedCheckpoint) {
        let (verdict, link, note) = match checkpoint.state {
            CheckpointState::Held => (
                Some(Verdict::Intact),
                ChainLink::Ok,
                "root and signature hold",
            ),
            CheckpointState::NotTrusted => (
                Some(Verdict::Unproven),
                ChainLink::Ok,
                "root holds; no trusted key signed it",
            ),
            CheckpointState::Refuted => (
                Some(Verdict::Broken),
                ChainLink::Broken,
                "the entries do not have this root",
            ),
            CheckpointState::BadSignature => (
                Some(Verdict::Broken),
                ChainLink::Broken,
                "signature does not match",
            ),
            CheckpointState::NotCompared => (
                Some(Verdict::Unproven),
                ChainLink::Unknown,
                "could not be compared",
            ),
        };
        let label = format!("Checkpoint of {}", grouped(checkpoint.size));
        self.nodes.push(ChainNode {
            digest: Some(checkpoint.root),
            verdict,
            link,
            note: note.to_owned(),
            ..ChainNode::new(ChainKind::Checkpoint, label)
        });
    }

    fn entry(&mut self, position: Position, line: &ReadLine, sealed: Option<Position>) {
        let verdict = self.archive.verdict_at(position);
        let (kind, note) = self.kind_and_note(position, line, sealed, verdict);
        let is_confirmed = matches!(verdict, Some(Verdict::Intact | Verdict::Unproven));
        let link = match verdict {
            _ if self.is_relinked(sealed) => ChainLink::Broken,
            Some(Verdict::Broken) => ChainLink::Broken,
            _ if sealed.is_some() && is_confirmed => ChainLink::Ok,
            _ => ChainLink::Unknown,
        };
        self.nodes.push(ChainNode {
            position: Some(position),
            digest: Some(line.leaf),
            verdict,
            link,
            note,
            is_here: position == self.middle,
            ..ChainNode::new(kind, grouped(position))
        });
    }

    /// Whether the segment that begins here names another checkpoint than the one before it.
    fn is_relinked(&self, sealed: Option<Position>) -> bool {
        let breaks = self
            .summary
            .as_ref()
            .map(|summary| summary.breaks.as_slice());
        breaks
            .unwrap_or_default()
            .iter()
            .any(|found| found.kind == BreakKind::Relinked && sealed == Some(found.position))
    }

    fn kind_and_note(
        &self,
        position: Position,
        line: &ReadLine,
        sealed: Option<Position>,
        verdict: Option<Verdict>,
    ) -> (ChainKind, String) {
        let is_broken = verdict == Some(Verdict::Broken);
        let found = self
            .summary
            .as_ref()
            .filter(|_| is_broken)
            .and_then(|summary| break_at(summary, self.log.as_deref(), position).cloned());
        if let Some(found) = found {
            let kind = match found.kind {
                BreakKind::Inserted | BreakKind::Duplicated | BreakKind::Moved => ChainKind::Added,
                _ => ChainKind::Entry,
            };
            return (kind, note_of(&found));
        }
        let kind = if line.control.is_some() {
            ChainKind::Control
        } else {
            ChainKind::Entry
        };
        let note = match (&line.control, sealed) {
            (Some(control), _) => control_note(control),
            (None, Some(index)) if index != position => {
                format!("sealed as {}", grouped(index))
            }
            _ => String::new(),
        };
        (kind, note)
    }

    /// Nothing tells whether an entry follows one that is not as it was sealed.
    fn join(&mut self) {
        let mut before: Option<ChainLink> = None;
        for node in &mut self.nodes {
            let is_after_gap = before == Some(ChainLink::Broken) && node.link == ChainLink::Ok;
            let own = node.link;
            match before {
                None => node.link = ChainLink::None,
                Some(_) if is_after_gap => node.link = ChainLink::Unknown,
                Some(_) => {}
            }
            before = Some(own);
        }
    }
}

fn note_of(found: &Break) -> String {
    let sealed = found.claimed.map(|digest| digest.get().to_short_hex());
    match (found.kind, found.exact) {
        (BreakKind::Modified, true) => match sealed {
            Some(digest) => format!("content does not match: sealed {digest}"),
            None => "content does not match its seal".to_owned(),
        },
        (_, false) => "among entries that do not match".to_owned(),
        (BreakKind::Inserted, true) => "never sealed here".to_owned(),
        (BreakKind::Moved, true) => format!("sealed as {}", grouped(found.position)),
        (BreakKind::Duplicated, true) => format!("repeats {}", grouped(found.position)),
        (_, true) => found.says.clone(),
    }
}

fn control_note(control: &Control) -> String {
    match control {
        Control::Header(_) => "header of the archive".to_owned(),
        Control::Source { .. } => "a source begins".to_owned(),
        Control::SourceEnd { .. } => "a source ends".to_owned(),
        Control::Segment { .. } => "names the checkpoint before it".to_owned(),
        Control::Gap { .. } => "the writer declares a loss".to_owned(),
        Control::Close { .. } => "closes the log".to_owned(),
        Control::Line { .. } => String::new(),
    }
}
