//! The verdict of a sealog archive, from what was hashed and what the examiner trusts.
//!
//! Invariants: 1. An entry is intact only when its hash is under a root that was recomputed from hashes
//! and signed by a key trusted for this origin. 2. Any break makes the archive broken. 3. The order of
//! segments is the file's. 4. What was not looked at is unchecked, never intact.

use sealscope_archive::Archive as _;
use sealscope_archive::sealog::{Control, Header, SealogArchive};
use sealscope_model::{
    Break, BreakKind, Damage, End, EntryCounts, Position, Strength, Verdict, VerdictRanges,
};
use sealscope_proof::CompactRange;

use crate::check::SegmentFindings;
use crate::grammar::{Grammar, PlacedControl, Surroundings, check_controls};
use crate::localise::{Localised, localise};
use crate::prove::{Sealed, prove};
use crate::seals::{Seal, SealTrust, Seals, judge_seals, origin_name};
use crate::summary::{SignerSummary, Summary};
use crate::trust::TrustStore;
use crate::words;

/// Judges a sealog archive. `findings` are those of its segments from the first on, in order; where
/// they end early (the check was cancelled), what follows is unchecked.
#[must_use]
pub fn judge_sealog(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    trust: &TrustStore,
) -> Summary {
    let structure = archive.structure();
    let start = structure
        .identity
        .as_ref()
        .map_or(0, |identity| identity.start);
    let stored_first = stored_positions(start, findings);
    let header = first_header(findings);
    let is_partial = findings.len() < structure.frames.len();
    let mut seals = judge_seals(structure, header, trust);
    if is_partial {
        seals
            .bounds
            .retain(|seal| seal.frames_before <= findings.len());
        seals
            .bad
            .retain(|seal| seal.frames_before <= findings.len());
    }
    let sealed = prove(archive, findings, &seals.bounds, first_tree(archive, start));
    let tail_from = seals.bounds.last().map_or(0, |seal| seal.frames_before);
    let located = localise(archive, findings, &stored_first, &sealed, tail_from);
    let case = Case {
        archive,
        findings,
        stored_first,
        start,
        header,
        seals,
        sealed,
        located,
        is_partial,
    };
    case.summarise()
}

/// Everything that the answer is made from.
struct Case<'a> {
    archive: &'a SealogArchive,
    findings: &'a [SegmentFindings],
    stored_first: Vec<Position>,
    start: Position,
    header: Option<&'a Header>,
    seals: Seals,
    sealed: Sealed,
    located: Localised,
    is_partial: bool,
}

fn stored_positions(start: Position, findings: &[SegmentFindings]) -> Vec<Position> {
    let mut next = start;
    findings
        .iter()
        .map(|found| {
            let first = next;
            next += found.lines;
            first
        })
        .collect()
}

fn first_header(findings: &[SegmentFindings]) -> Option<&Header> {
    match findings.first()?.controls.first()? {
        (0, Control::Header(header)) => Some(header),
        _ => None,
    }
}

/// The tree before the first leaf, from SLID's hints; a root proves them or does not.
fn first_tree(archive: &SealogArchive, start: Position) -> CompactRange {
    archive
        .structure()
        .identity
        .as_ref()
        .and_then(|identity| CompactRange::from_frontier(start, &identity.frontier))
        .unwrap_or(CompactRange::empty(0))
}

impl Case<'_> {
    fn summarise(self) -> Summary {
        let verdicts = self.verdicts_by_position();
        let controls = self.placed_controls(&verdicts);
        let grammar = self.check_grammar(&controls);
        let mut breaks = self.breaks(&grammar);
        breaks.sort_by_key(|found| (found.position, found.found, found.kind));
        let ranges = verdicts;
        let entries = self.count(&ranges, &controls);
        let worst = ranges
            .as_slice()
            .iter()
            .filter_map(|range| range.verdict)
            .max();
        let verdict = match worst {
            _ if !breaks.is_empty() => Verdict::Broken,
            Some(verdict) => verdict,
            // An archive without a single entry: what seals it is all there is.
            None => self.verdict_of_nothing(),
        };
        let strength = self.strength(&ranges);
        let (head, tail) = self.ends(&ranges, &grammar);
        let damage = self.damage();
        let observations = grammar.observations;
        let signers = self.signers();
        let held = self.checkpoints_held();
        let aspects = words::aspects(&words::Facts {
            verdict,
            breaks: &breaks,
            damage: &damage,
            signers: &signers,
            seals: self.seals.bounds.len(),
            timestamps: self.archive.structure().timestamps.len(),
            head: &head,
            tail: &tail,
            entries: &entries,
        });
        let says = words::sentence(verdict, &entries, &breaks, &signers, &tail, &ranges);
        Summary {
            verdict,
            strength,
            head,
            tail,
            says,
            entries,
            ranges,
            breaks,
            damage,
            observations,
            aspects,
            signers,
            origin: self.seals.origin.clone(),
            checkpoints_held: held,
            checkpoints: self.archive.structure().checkpoints.len() as u64,
            notes: Vec::new(),
        }
    }

    fn stored_end(&self) -> Position {
        match (self.stored_first.last(), self.findings.last()) {
            (Some(first), Some(found)) => first + found.lines,
            _ => self.start,
        }
    }

    /// What a sealed leaf in a span is worth, by the best signature that vouches for it.
    fn span_verdicts(&self) -> Vec<Verdict> {
        let mut worth = vec![Verdict::Broken; self.sealed.spans.len()];
        let mut vouched = false;
        for (number, (span, seal)) in self
            .sealed
            .spans
            .iter()
            .zip(&self.seals.bounds)
            .enumerate()
            .rev()
        {
            // A later root speaks for this span only if the tree between them is known by its own
            // hashes.
            vouched = span.is_proven && (vouched || seal.trust.is_trusted());
            if let Some(slot) = worth.get_mut(number).filter(|_| span.is_proven) {
                *slot = if vouched {
                    Verdict::Intact
                } else {
                    Verdict::Unproven
                };
            }
            vouched = vouched && span.is_linked;
        }
        worth
    }

    fn verdicts_by_position(&self) -> VerdictRanges {
        let worth = self.span_verdicts();
        let worth_at = |position: Position| {
            let number = self
                .sealed
                .spans
                .partition_point(|span| span.to <= position);
            worth.get(number).copied().unwrap_or(Verdict::Broken)
        };
        let mut marks: Vec<(Position, Position, Verdict)> = Vec::new();
        for kept in &self.located.kept {
            marks.push((
                kept.stored_at,
                kept.stored_at + kept.count,
                worth_at(kept.sealed_at),
            ));
        }
        for place in &self.located.apart {
            if let (Some(first), Some(found)) =
                (self.stored_first.get(*place), self.findings.get(*place))
            {
                marks.push((*first, first + found.lines, self.verdict_apart(*place)));
            }
        }
        marks.sort_unstable();
        let mut ranges = VerdictRanges::starting_at(self.start);
        for (from, to, verdict) in marks {
            // What no mark covers was changed, added or moved.
            ranges.push(ranges.end(), from, Some(Verdict::Broken), Strength::SIGNED);
            let strength = if verdict == Verdict::Unsealed {
                Strength::NONE
            } else {
                Strength::SIGNED
            };
            ranges.push(from, to, Some(verdict), strength);
        }
        ranges.push(
            ranges.end(),
            self.stored_end(),
            Some(Verdict::Broken),
            Strength::SIGNED,
        );
        if self.is_partial {
            let rest = self.unchecked_end();
            ranges.push(ranges.end(), rest, None, Strength::NONE);
        }
        ranges
    }

    /// The verdict of a segment that takes no part in the alignment.
    fn verdict_apart(&self, place: usize) -> Verdict {
        let sealed_end = self.sealed.spans.last().map_or(self.start, |span| span.to);
        let first = self
            .findings
            .get(place)
            .map_or(0, |found| found.range.begin());
        if first < sealed_end {
            return Verdict::Broken;
        }
        // A seal with a false signature over these entries is a seal that disagrees.
        let is_badly_sealed = self.seals.bad.iter().any(|seal| first < seal.size);
        if is_badly_sealed {
            Verdict::Broken
        } else {
            Verdict::Unsealed
        }
    }

    /// Where the archive would end if what was not read is as its leaf lists state.
    fn unchecked_end(&self) -> Position {
        let frames = self
            .archive
            .structure()
            .frames
            .iter()
            .skip(self.findings.len());
        let lines = frames.map(|frame| frame.list.as_ref().map_or(0, |list| u64::from(list.count)));
        self.stored_end() + lines.sum::<u64>()
    }

    fn placed_controls(&self, ranges: &VerdictRanges) -> Vec<PlacedControl> {
        let mut kept = self.located.kept.clone();
        kept.sort_unstable_by_key(|run| run.stored_at);
        let sealed_of = |stored: Position| {
            let after = kept.partition_point(|run| run.stored_at <= stored);
            let run = kept.get(after.checked_sub(1)?)?;
            (stored < run.stored_at + run.count).then(|| run.sealed_at + (stored - run.stored_at))
        };
        let holds = |stored: Position| {
            matches!(
                ranges.verdict_at(stored),
                Some(Verdict::Intact | Verdict::Unproven)
            )
        };
        let mut placed = Vec::new();
        for (first, found) in self.stored_first.iter().zip(self.findings) {
            for (number, control) in &found.controls {
                let stored = first + u64::from(*number);
                placed.push(PlacedControl {
                    stored,
                    sealed: sealed_of(stored).filter(|_| holds(stored)),
                    control: control.clone(),
                });
            }
        }
        placed
    }

    fn check_grammar(&self, controls: &[PlacedControl]) -> Grammar {
        let sealed_end = self.sealed.spans.last().map_or(self.start, |span| span.to);
        let kept = &self.located.kept;
        let is_kept = |sealed: Position| {
            let after = kept.partition_point(|run| run.sealed_at <= sealed);
            after
                .checked_sub(1)
                .and_then(|place| kept.get(place))
                .is_some_and(|run| sealed < run.sealed_at + run.count)
        };
        let is_unchanged = self.located.breaks.is_empty()
            && self.sealed.spans.iter().all(|span| span.is_proven)
            && !self.is_partial;
        check_controls(
            controls,
            &Surroundings {
                identity: self.archive.structure().identity.as_ref(),
                start: self.start,
                seals: &self.seals,
                sealed_end,
                stored_end: self.stored_end(),
                is_kept: &is_kept,
                is_unchanged,
            },
        )
    }

    fn breaks(&self, grammar: &Grammar) -> Vec<Break> {
        let mut breaks = self.seals.breaks.clone();
        // A false signature harms nothing where a later trusted root covers the same entries.
        let intact_to = self.proven_to();
        breaks.retain(|found| {
            found.kind != BreakKind::BadSignature
                || found.position > intact_to
                || !self.has_trusted()
        });
        for found in breaks
            .iter_mut()
            .filter(|found| found.kind == BreakKind::BadSignature)
        {
            let from = self.sealed.spans.last().map_or(self.start, |span| span.to);
            if from < found.position {
                (found.count, found.position) = (found.position - from, from);
            }
        }
        breaks.extend(self.located.breaks.iter().cloned());
        breaks.extend(grammar.breaks.iter().cloned());
        breaks.extend(self.bounded_breaks());
        breaks
    }

    fn has_trusted(&self) -> bool {
        self.seals.bounds.iter().any(|seal| seal.trust.is_trusted())
    }

    /// One past the last leaf of the last proven span.
    fn proven_to(&self) -> Position {
        self.sealed
            .spans
            .iter()
            .filter(|span| span.is_proven)
            .map(|span| span.to)
            .max()
            .unwrap_or(0)
    }

    /// Spans that nothing confirms, neighbours together.
    fn bounded_breaks(&self) -> Vec<Break> {
        let mut bounded: Vec<Break> = Vec::new();
        let mut run: Option<(Position, Position)> = None;
        let spans = self
            .sealed
            .spans
            .iter()
            .filter(|span| span.from < span.to || !span.is_proven);
        for span in spans {
            if span.is_proven {
                bounded.extend(run.take().map(|(from, to)| self.bounded(from, to)));
                continue;
            }
            if let Some((from, to)) = span.hole {
                let says = format!(
                    "Nothing in the file stands for entries {from} to {}, which a checkpoint covers.",
                    to.saturating_sub(1)
                );
                bounded.push(Break::new(BreakKind::Removed, from, to - from, says));
            }
            run = Some((run.map_or(span.from, |(from, _)| from), span.to));
        }
        bounded.extend(run.map(|(from, to)| self.bounded(from, to)));
        bounded
    }

    fn bounded(&self, from: Position, to: Position) -> Break {
        let says = format!(
            "Between entry {from} and entry {}, the entries do not have the root that was signed; \
             which of them changed cannot be told.",
            to.saturating_sub(1)
        );
        Break::new(BreakKind::Modified, from, to - from, says)
    }

    fn count(&self, ranges: &VerdictRanges, controls: &[PlacedControl]) -> EntryCounts {
        let mut counts = EntryCounts {
            control: controls.len() as u64,
            ..EntryCounts::default()
        };
        for range in ranges.as_slice() {
            let from = controls.partition_point(|placed| placed.stored < range.from);
            let to = controls.partition_point(|placed| placed.stored < range.to);
            let log_entries = range.to - range.from - (to - from) as u64;
            counts.add(range.verdict, log_entries);
        }
        counts
    }

    fn verdict_of_nothing(&self) -> Verdict {
        match self.seals.bounds.last().map(|seal| &seal.trust) {
            Some(SealTrust::Trusted(_)) => Verdict::Intact,
            Some(_) => Verdict::Unproven,
            None => Verdict::Unsealed,
        }
    }

    fn strength(&self, ranges: &VerdictRanges) -> Strength {
        let is_sealed = ranges
            .as_slice()
            .iter()
            .any(|range| range.strength.base.is_some());
        if is_sealed {
            Strength::SIGNED
        } else {
            Strength::NONE
        }
    }

    fn ends(&self, ranges: &VerdictRanges, grammar: &Grammar) -> (End, End) {
        let verdict_at = |position: Option<Position>| position.and_then(|at| ranges.verdict_at(at));
        let first = verdict_at(Some(self.start));
        let head = if self.start == 0 && grammar.has_sound_header && first == Some(Verdict::Intact)
        {
            End::Anchored { by: "header" }
        } else {
            End::Open
        };
        let last = verdict_at(self.stored_end().checked_sub(1));
        let is_closed = grammar.is_closed && last == Some(Verdict::Intact) && !self.is_partial;
        (
            head,
            if is_closed {
                End::Anchored { by: "close" }
            } else {
                End::Open
            },
        )
    }

    fn damage(&self) -> Vec<Damage> {
        let mut damage = self.archive.damage().to_vec();
        damage.extend(self.seals.damage.iter().cloned());
        for (place, found) in self.findings.iter().enumerate() {
            damage.extend(found.damage.iter().cloned());
            // A list that differs from a frame that is as sealed is damage of the list; elsewhere
            // the difference is a break, and named as one.
            if self.located.whole.contains(&found.ordinal) || self.located.apart.contains(&place) {
                damage.extend(found.list_damage.iter().cloned());
            }
        }
        damage.extend(self.index_damage());
        damage.extend(self.second_opinions());
        damage.sort_by_key(|one| one.offset_bytes);
        damage
    }

    /// SLIX is a hint; one that does not fit an archive without breaks is damaged.
    fn index_damage(&self) -> Option<Damage> {
        let structure = self.archive.structure();
        let rows = structure.index.as_ref().filter(|_| !self.is_partial)?;
        if !self.located.breaks.is_empty() {
            return None;
        }
        let fits = rows.len() == structure.frames.len()
            && rows.iter().zip(&structure.frames).zip(self.findings).all(
                |((row, frame), found)| {
                    row.offset_bytes == frame.offset_bytes
                        && row.stored_bytes == frame.stored_bytes
                        && row.content_bytes == found.text_bytes
                        && row.first == found.range.begin()
                        && u64::from(row.count) == found.lines
                        && row.hashes.iter().copied().eq(found.range.hashes())
                },
            );
        let at = structure.index_offset_bytes.unwrap_or(0);
        (!fits).then(|| {
            Damage::at(
                at,
                "the SLIX frame does not describe the frames of this file",
            )
        })
    }

    /// Checkpoints that bound nothing must still agree with what is proven.
    fn second_opinions(&self) -> Vec<Damage> {
        let agrees = |seal: &Seal| {
            self.seals
                .bounds
                .iter()
                .any(|one| one.size == seal.size && one.root == seal.root)
        };
        let others = self.seals.others.iter().filter(|seal| !agrees(seal));
        others
            .filter(|seal| self.root_at(seal.size).is_some_and(|root| root != seal.root))
            .map(|seal| {
                let reason = format!(
                    "a checkpoint of {} entries by an unknown key states another root than they have",
                    seal.size
                );
                Damage::at(seal.offset_bytes, reason)
            })
            .collect()
    }

    /// The root over the first `size` sealed leaves, where a frame ends there.
    fn root_at(&self, size: u64) -> Option<sealscope_model::Digest> {
        let mut tree = first_tree(self.archive, self.start);
        for frame in self
            .sealed
            .frames
            .iter()
            .take_while(|frame| frame.range.end() <= size)
        {
            tree.join(&frame.range).ok()?;
        }
        (tree.end() == size).then(|| tree.root()).flatten()
    }

    fn signers(&self) -> Vec<SignerSummary> {
        let claimed = self.header.map(|header| header.signer.clone());
        let mut signers: Vec<SignerSummary> = Vec::new();
        let all = self
            .seals
            .bounds
            .iter()
            .chain(&self.seals.others)
            .chain(&self.seals.bad);
        for seal in all {
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

    fn checkpoints_held(&self) -> u64 {
        let held = self.sealed.spans.iter().zip(&self.seals.bounds);
        held.filter(|(span, seal)| span.is_proven && seal.trust.is_trusted())
            .count() as u64
    }
}

/// The name, without the log's uuid, that a key has to be trusted for to speak for this archive.
#[must_use]
pub fn trusted_origin_name(checkpoint_origin: &str) -> &str {
    origin_name(checkpoint_origin)
}
