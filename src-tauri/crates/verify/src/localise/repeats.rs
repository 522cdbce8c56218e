//! Inserted entries that are copies of sealed ones in frames that were compared as a whole.

use std::collections::HashMap;

use sealscope_archive::sealog::ListPlace;
use sealscope_model::{BreakKind, Digest, Position};

use super::{Work, count_of};
use crate::align::{Alignment, Edit};
use crate::prove::{LeavesAt, SealedFrame, leaves_of, range_of};

/// Inserted entries that are looked up among all sealed ones at most.
const LOOKED_UP_MAX: u64 = 1 << 17;

impl Work<'_> {
    pub(super) fn find_repeats(&self, alignment: &mut Alignment) {
        let mut wanted: HashMap<Digest, Option<Position>> = HashMap::new();
        let mut looked_up = Vec::new();
        let mut room = LOOKED_UP_MAX;
        let inserted = |edit: &Edit| edit.kind == BreakKind::Inserted;
        for (number, edit) in alignment.edits.iter().enumerate() {
            if !inserted(edit) {
                continue;
            }
            let Some(left) = room.checked_sub(edit.count) else {
                break;
            };
            room = left;
            let hashes = self.stored_hashes(edit);
            wanted.extend(hashes.iter().map(|hash| (*hash, None)));
            looked_up.push((number, hashes));
        }
        if wanted.is_empty() {
            return;
        }
        for frame in &self.scene.sealed.frames {
            let leaves = self.leaves_for_lookup(frame, &wanted).unwrap_or_default();
            for (leaf, at) in leaves.iter().zip(frame.range.begin()..) {
                if let Some(seen) = wanted.get_mut(leaf) {
                    seen.get_or_insert(at);
                }
            }
        }
        if wanted.values().all(Option::is_none) {
            return;
        }
        let mut looked_up = looked_up.into_iter().peekable();
        let before = std::mem::take(&mut alignment.edits);
        for (number, edit) in before.into_iter().enumerate() {
            match looked_up.next_if(|(at, _)| *at == number) {
                Some((_, hashes)) => {
                    alignment.edits.extend(told_apart(&edit, &hashes, &wanted));
                }
                None => alignment.edits.push(edit),
            }
        }
        alignment
            .edits
            .sort_by_key(|edit| (edit.position, edit.found));
    }

    /// The leaves of a frame. A leaf list at hand saves unpacking the lines; it is believed only
    /// after it folds to what was sealed.
    fn leaves_for_lookup(
        &self,
        frame: &SealedFrame,
        wanted: &HashMap<Digest, Option<Position>>,
    ) -> Option<Vec<Digest>> {
        if let Some(leaves) = self
            .list_of(frame)
            .and_then(|place| self.scene.archive.read_list(place).ok()?.ok())
            .map(|list| list.leaves)
            .filter(|leaves| leaves.len() as u64 == count_of(&frame.range))
        {
            let first = frame.range.begin();
            if !leaves.iter().any(|leaf| wanted.contains_key(leaf))
                || range_of(first, &leaves) == frame.range
            {
                return Some(leaves);
            }
        }
        match frame.leaves.as_ref()? {
            LeavesAt::Data(ordinal) => Some(leaves_of(self.scene.archive, *ordinal)),
            LeavesAt::List(_) => None,
        }
    }

    fn list_of<'s>(&'s self, frame: &'s SealedFrame) -> Option<&'s ListPlace> {
        match frame.leaves.as_ref()? {
            LeavesAt::List(place) => Some(place),
            LeavesAt::Data(ordinal) => {
                let frames = &self.scene.archive.structure().frames;
                frames.get(*ordinal)?.list.as_ref()
            }
        }
    }

    /// The hashes of a run of stored entries.
    fn stored_hashes(&self, edit: &Edit) -> Vec<Digest> {
        let Some(from) = edit.found else {
            return Vec::new();
        };
        if let (1, Some(hash)) = (edit.count, edit.stored) {
            return vec![hash];
        }
        let to = from + edit.count;
        let first = self.scene.stored_first;
        let mut hashes = Vec::new();
        let begin = first
            .partition_point(|first| *first <= from)
            .saturating_sub(1);
        for (first, found) in first.iter().zip(self.scene.findings).skip(begin) {
            if to <= *first {
                break;
            }
            let leaves = leaves_of(self.scene.archive, found.ordinal);
            let inside = leaves
                .into_iter()
                .zip(*first..)
                .filter(|(_, at)| from <= *at && *at < to);
            hashes.extend(inside.map(|(leaf, _)| leaf));
        }
        hashes
    }
}

/// Splits a run of inserted entries into those that are copies and those that are new.
fn told_apart(
    edit: &Edit,
    hashes: &[Digest],
    known: &HashMap<Digest, Option<Position>>,
) -> Vec<Edit> {
    let mut parts: Vec<Edit> = Vec::new();
    for (hash, offset) in hashes.iter().zip(0u64..) {
        let original = known.get(hash).copied().flatten();
        let one = Edit {
            kind: if original.is_some() {
                BreakKind::Duplicated
            } else {
                BreakKind::Inserted
            },
            position: original.unwrap_or(edit.position),
            count: 1,
            found: edit.found.map(|found| found + offset),
            sealed: original.map(|_| *hash),
            stored: Some(*hash),
            bound: None,
        };
        match parts.last_mut() {
            Some(last)
                if last.kind == one.kind
                    && one.found == last.found.map(|found| found + last.count)
                    && (one.kind == BreakKind::Inserted
                        || one.position == last.position + last.count) =>
            {
                last.count += 1;
                (last.sealed, last.stored) = (None, None);
            }
            _ => parts.push(one),
        }
    }
    parts
}
