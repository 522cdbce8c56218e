//! The chain of a log whose seals stand among its lines.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use sealscope_archive::sealog::{Control, Line};
use sealscope_archive::{SegmentSeal, Structure};
use sealscope_model::{Break, BreakKind, Digest, Position, Verdict};
use sealscope_verify::{
    CheckedSegment, CheckpointState, SealedCheckpoint, SealedLog, Summary, grouped,
};

use super::{ChainKind, ChainLink, ChainNode, ReadSegment};
use crate::open_archive::OpenArchive;
use crate::rows::RowError;
use crate::sealed_places::break_at;

/// Breaks, and checkpoints, that are drawn between two entries; the rest is counted.
const BETWEEN_MAX: usize = 8;

/// A chain in the making.
pub(super) struct Drawing<'a> {
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

/// A line as it was read again.
struct ReadLine {
    leaf: Digest,
    control: Option<Control>,
}

impl<'a> Drawing<'a> {
    /// A drawing of the entries around one that is there.
    pub(super) fn new(
        archive: &'a OpenArchive,
        log: Option<Arc<SealedLog>>,
        middle: Position,
        around: u64,
    ) -> Self {
        let bounds = archive.stored_bounds();
        Self {
            archive,
            summary: archive.summary(),
            log,
            from: middle.saturating_sub(around).max(bounds.0),
            to: middle.saturating_add(around + 1).min(bounds.1),
            bounds,
            middle,
            nodes: Vec::new(),
        }
    }

    pub(super) fn draw(mut self, read: ReadSegment<'_>) -> Result<Vec<ChainNode>, RowError> {
        let lines = self.read_lines(read)?;
        self.more_before();
        let mut next_sealed = self.first_sealed();
        for (position, line) in &lines {
            let sealed = self.log.as_ref().and_then(|log| log.sealed_at(*position));
            if let Some(index) = sealed.or_else(|| self.replaced(*position)) {
                self.between(next_sealed, index);
                next_sealed = Some(index + 1);
            }
            if self.log.is_none() {
                self.nodes.extend(missing_before(self.archive, *position));
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
            _ if self.log.is_none() => {
                link_of_line(self.archive, self.summary.as_deref(), position)
            }
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
            let note = match &self.log {
                Some(_) => note_of(&found),
                None => note_of_others(&found),
            };
            return (kind_of(Some(&found)), note);
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

/// The same where the seals are of others: what they state is no leaf, and must not stand beside
/// one as if the two could be compared.
fn note_of_others(found: &Break) -> String {
    match (found.kind, found.exact) {
        (BreakKind::Modified, true) => "does not match what was sealed".to_owned(),
        _ => note_of(found),
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

/// Reads single entries again for a drawing in which they stand under seals.
pub(super) struct Entries<'a> {
    archive: &'a OpenArchive,
    summary: &'a Summary,
    read: ReadSegment<'a>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(
        archive: &'a OpenArchive,
        summary: &'a Summary,
        read: ReadSegment<'a>,
    ) -> Self {
        Self {
            archive,
            summary,
            read,
        }
    }

    /// What is missing before an entry, and the entry, read and hashed again.
    pub(super) fn nodes(&self, position: Position) -> Result<Vec<ChainNode>, RowError> {
        let none = || RowError::NoEntry(position);
        let (ordinal, number) = self.archive.locate(position).ok_or_else(none)?;
        let checked = (self.read)(ordinal)?;
        let leaf = *checked.leaves().get(number as usize).ok_or_else(none)?;
        let verdict = self.archive.verdict_at(position);
        let is_broken = verdict == Some(Verdict::Broken);
        let found = break_at(self.summary, None, position).filter(|_| is_broken);
        let link = match self.archive.archive().structure() {
            Structure::Chained(_) => link_of_line(self.archive, Some(self.summary), position),
            // Within a seal the entries hang together by the seal alone.
            _ => ChainLink::None,
        };
        let node = ChainNode {
            position: Some(position),
            digest: Some(leaf),
            verdict,
            link,
            note: found.map(note_of_others).unwrap_or_default(),
            ..ChainNode::new(kind_of(found), grouped(position))
        };
        Ok(missing_before(self.archive, position)
            .into_iter()
            .chain([node])
            .collect())
    }
}

fn kind_of(found: Option<&Break>) -> ChainKind {
    match found.map(|found| found.kind) {
        Some(BreakKind::Inserted | BreakKind::Duplicated | BreakKind::Moved) => ChainKind::Added,
        _ => ChainKind::Entry,
    }
}

/// What is missing right before an entry, where sealed and stored numbers are told apart by nothing
/// but the breaks.
fn missing_before(archive: &OpenArchive, position: Position) -> Option<ChainNode> {
    let count = archive.missing_before(position);
    (count > 0).then(|| ChainNode::missing(format!("{} missing", grouped(count))))
}

/// How a line of a chained log hangs on the line before it.
fn link_of_line(archive: &OpenArchive, summary: Option<&Summary>, position: Position) -> ChainLink {
    if !matches!(archive.archive().structure(), Structure::Chained(_)) {
        return ChainLink::Unknown;
    }
    let is_of_link = |one: &Break| {
        let stored = one.found.unwrap_or(one.position);
        let is_link = !matches!(one.kind, BreakKind::Modified | BreakKind::Checksum);
        is_link && stored == position
    };
    let breaks = summary.map_or(&[][..], |summary| summary.breaks.as_slice());
    match archive.verdict_at(position) {
        _ if breaks.iter().any(is_of_link) => ChainLink::Broken,
        Some(Verdict::Intact | Verdict::Consistent) => ChainLink::Ok,
        Some(Verdict::Broken) => ChainLink::Broken,
        _ => ChainLink::Unknown,
    }
}
