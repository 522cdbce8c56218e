//! What is reported beside the verdict: damage, checkpoints that contradict, who signed.

use std::collections::HashMap;

use sealscope_archive::Archive as _;
use sealscope_model::{Break, BreakKind, Damage, Digest, VerdictRanges};
use sealscope_proof::CompactRange;

use super::Case;
use crate::prove::{LeavesAt, SealedFrame, SpanState, leaves_of};
use crate::seals::{Seal, SealTrust};
use crate::summary::{SignerSummary, entries};

impl Case<'_> {
    pub(super) fn damage(&self, ranges: &VerdictRanges, breaks: &[Break]) -> Vec<Damage> {
        let mut damage = self.archive.damage().to_vec();
        damage.extend(self.seals.damage.iter().cloned());
        damage.extend(
            self.unseen
                .iter()
                .flat_map(|found| found.damage.iter().cloned()),
        );
        for (place, found) in self.findings.iter().enumerate() {
            damage.extend(found.damage.iter().cloned());
            if !found.list_damage.is_empty() && self.is_damage_of_list(place, ranges) {
                damage.extend(found.list_damage.iter().cloned());
            }
        }
        damage.extend(self.orphan_lists(breaks));
        if self.located.breaks.is_empty() && !self.is_partial {
            damage.extend(self.index_damage());
            damage.extend(self.misplaced_checkpoints());
        }
        damage
    }

    /// A list that differs from a frame whose lines are as they were sealed is damage of the list;
    /// elsewhere the difference is a break, and named as one.
    fn is_damage_of_list(&self, place: usize, ranges: &VerdictRanges) -> bool {
        if self.located.breaks.is_empty() {
            return true;
        }
        let Some(found) = self.findings.get(place) else {
            return false;
        };
        // Lines that came from elsewhere, or left, are named as moved.
        let (from, first) = (self.stored_at(place), found.range.begin());
        let is_in_place = |offset: u64| self.sealed_of(from + offset) == first.checked_add(offset);
        super::ranges::broken(ranges, from, from + found.lines) == 0
            && is_in_place(0)
            && is_in_place(found.lines.saturating_sub(1))
            && self.listed_lines(place) == Some(found.lines)
    }

    fn listed_lines(&self, place: usize) -> Option<u64> {
        let frame = self.archive.structure().frames.get(place)?;
        Some(u64::from(frame.list.as_ref()?.count))
    }

    /// Leaf lists whose frame is elsewhere, unless just that frame is missing.
    fn orphan_lists(&self, breaks: &[Break]) -> Vec<Damage> {
        let lists = self.archive.structure().orphan_lists.iter();
        let is_explained = |first: u64| {
            breaks.iter().any(|found| {
                matches!(found.kind, BreakKind::Removed | BreakKind::Moved)
                    && found.position <= first
                    && first < found.position + found.count
            })
        };
        lists
            .filter(|list| !is_explained(list.first))
            .map(|list| {
                Damage::at(
                    list.offset_bytes,
                    "a leaf list that does not follow its data frame",
                )
            })
            .collect()
    }

    /// SLIX is a hint; one that does not fit an archive without breaks is damaged.
    fn index_damage(&self) -> Option<Damage> {
        let structure = self.archive.structure();
        let rows = structure.index.as_ref()?;
        let frames = structure.frames.iter().zip(self.findings);
        let fits = rows.len() == structure.frames.len()
            && rows.iter().zip(frames).all(|(row, (frame, found))| {
                let range = self.sealed.placed.get(&found.ordinal);
                let range = range.unwrap_or(&found.range);
                row.offset_bytes == frame.offset_bytes
                    && row.stored_bytes == frame.stored_bytes
                    && row.content_bytes == found.text_bytes
                    && row.first == range.begin()
                    && u64::from(row.count) == found.lines
                    && row.hashes.iter().copied().eq(range.hashes())
            });
        let at = structure.index_at.unwrap_or(0);
        (!fits).then(|| {
            Damage::at(
                at,
                "the SLIX frame does not describe the data frames of this file",
            )
        })
    }

    /// A checkpoint stands after the leaves that it is over.
    fn misplaced_checkpoints(&self) -> Vec<Damage> {
        let sound = self.seals.bounds.iter().chain(&self.seals.others);
        sound
            .filter(|seal| self.stored_at(seal.frames_before) != seal.size)
            .map(|seal| {
                let reason = format!(
                    "a checkpoint of {} stands after {}",
                    entries(seal.size),
                    entries(self.stored_at(seal.frames_before))
                );
                Damage::at(seal.offset_bytes, reason)
            })
            .collect()
    }

    /// Checkpoints that bound nothing must still agree with what is proven.
    pub(super) fn contradicting_checkpoints(&self) -> Vec<Break> {
        let mut roots = self.roots_at(self.seals.others.iter().map(|seal| seal.size).collect());
        let bounds = self.seals.bounds.iter();
        let by_size: HashMap<u64, Digest> = bounds.map(|seal| (seal.size, seal.root)).collect();
        let others = self.seals.others.iter().filter(|seal| {
            let root = roots.remove(&seal.size);
            let root = by_size.get(&seal.size).copied().or(root);
            root.is_some_and(|root| root != seal.root)
        });
        let breaks = others.filter(|seal| !seal.trust.is_trusted()).map(|seal| {
            let says = format!(
                "A checkpoint of {} by a key that you have not trusted states another root than \
                 these entries have.",
                entries(seal.size)
            );
            let mut other = Break::new(BreakKind::Resealed, seal.size, 0, says);
            other.offset_bytes = Some(seal.offset_bytes);
            other
        });
        let empty = self.sealed.spans.iter().zip(&self.seals.bounds);
        let at_start = empty
            .filter(|(span, _)| span.from == span.to && span.state == SpanState::Refuted)
            .map(|(_, seal)| self.refuted_start(seal));
        breaks.chain(at_start).collect()
    }

    fn refuted_start(&self, seal: &Seal) -> Break {
        let says = format!(
            "The checkpoint of {}, with which this archive begins, states another root than SLID.",
            entries(seal.size)
        );
        let mut other = Break::new(BreakKind::Resealed, seal.size, 0, says);
        other.offset_bytes = Some(seal.offset_bytes);
        other
    }

    /// The roots over the first so many sealed leaves, where the leaves up to there are proven.
    pub(super) fn roots_at(&self, mut sizes: Vec<u64>) -> HashMap<u64, Digest> {
        sizes.sort_unstable();
        sizes.dedup();
        let mut sizes = sizes.into_iter().peekable();
        let mut roots = HashMap::new();
        let Some(mut tree) = self.start.tree.clone() else {
            return roots;
        };
        for frame in &self.sealed.frames {
            if frame.range.begin() != tree.end() || sizes.peek().is_none() {
                break;
            }
            while let Some(size) = sizes.next_if(|size| *size < frame.range.end()) {
                if let Some(root) = self.root_inside(&tree, size, frame) {
                    roots.insert(size, root);
                }
            }
            if tree.join(&frame.range).is_err() {
                break;
            }
            if let (Some(size), Some(root)) =
                (sizes.next_if(|size| *size == tree.end()), tree.root())
            {
                roots.insert(size, root);
            }
        }
        roots
    }

    /// A root that ends inside of a frame, from the frame's lines.
    fn root_inside(&self, before: &CompactRange, size: u64, frame: &SealedFrame) -> Option<Digest> {
        let mut tree = before.clone();
        let count = usize::try_from(size.checked_sub(tree.end())?).ok()?;
        let leaves = match frame.leaves.as_ref()? {
            LeavesAt::Data(ordinal) => leaves_of(self.archive, *ordinal),
            LeavesAt::List(place) => self.archive.read_list(place).ok()?.ok()?.leaves,
        };
        leaves
            .get(..count)?
            .iter()
            .for_each(|leaf| tree.push(*leaf));
        tree.root()
    }

    pub(super) fn signers(&self) -> Vec<SignerSummary> {
        let claimed = self.header.map(|header| header.signer.clone());
        let mut signers: Vec<SignerSummary> = Vec::new();
        for seal in self.seals.all() {
            for (name, id) in &seal.signers {
                let key_id = format!("{id:08x}");
                let is_trusted = matches!(&seal.trust, SealTrust::Trusted(key)
                    if key.name() == name && key.id() == *id);
                let known = signers
                    .iter_mut()
                    .find(|s| s.name == *name && s.key_id == key_id);
                match known {
                    Some(signer) => {
                        signer.checkpoints += 1;
                        signer.is_trusted |= is_trusted;
                    }
                    None => signers.push(SignerSummary {
                        claimed_vkey: claimed
                            .clone()
                            .filter(|vkey| vkey.starts_with(&format!("{name}+{key_id}+"))),
                        name: name.clone(),
                        key_id,
                        is_trusted,
                        checkpoints: 1,
                    }),
                }
            }
        }
        signers
    }
}
