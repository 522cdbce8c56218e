//! The verdict of a chained log.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use sealscope_archive::Archive;
use sealscope_archive::chained_jsonl::{ChainedArchive, ProfileOrigin, SignatureAlg};
use sealscope_model::{
    Base, Break, BreakKind, Damage, End, EntryCounts, Observation, ObservationKind, Position,
    Strength, Verdict, VerdictRanges,
};

use super::anchor::{self, Anchored};
use super::findings::LinkFindings;
use super::keys::Keys;
use super::nodes::{self, Chain};
use super::scan::{Place, Scene};
use super::uncovered::span;
use super::walk::{self, Fact, Outcome, Rules};
use super::words::{self, Facts};
use crate::check::SegmentFindings;
use crate::checker::SealFindings;
use crate::outside::Outside;
use crate::summary::{SignerSummary, Summary, entries};
use crate::trust::TrustStore;

/// Breaks that are told; more are counted.
const BREAKS_MAX: usize = 10_000;
/// Observations of one kind that are told.
pub(super) const STEPS_TOLD_MAX: usize = 100;

/// Sums over all segments.
#[derive(Debug, Default)]
pub(super) struct Sums {
    pub(super) total: u64,
    pub(super) reproduced: u64,
    pub(super) keyless: u64,
    pub(super) headless: u64,
    pub(super) signed: u64,
    pub(super) bad_signatures: u64,
    pub(super) unsigned: u64,
    /// Entries that hold what no digest covers and the profile does not name.
    pub(super) uncovered: u64,
    /// Entries whose digest needs none here to be the first of its chain, where digests of the
    /// entries themselves are not held.
    pub(super) chains: u64,
}

/// Judges the archive from what was found in its segments, from the first one on, in order.
pub(crate) fn judge(
    archive: &dyn Archive,
    sealed: &ChainedArchive,
    findings: &[SegmentFindings],
    trust: &TrustStore,
) -> Summary {
    let seen = findings.iter().position(|found| found.is_unreadable);
    let (findings, unseen) = findings.split_at(seen.unwrap_or(findings.len()));
    let case = Case {
        archive,
        sealed,
        findings,
        unseen,
        keys: Keys::new(sealed, trust),
        is_partial: findings.len() < archive.segment_count(),
    };
    case.summarise(trust)
}

pub(super) struct Case<'a> {
    archive: &'a dyn Archive,
    sealed: &'a ChainedArchive,
    pub(super) findings: &'a [SegmentFindings],
    unseen: &'a [SegmentFindings],
    pub(super) keys: Keys,
    is_partial: bool,
}

/// What was found of the whole.
struct Told {
    sums: Sums,
    fits: bool,
    anchored: Anchored,
    breaks: Vec<Break>,
    broken: Vec<(Position, Position)>,
    has_head: bool,
}

impl Case<'_> {
    pub(super) fn links(&self) -> impl Iterator<Item = (&SegmentFindings, &LinkFindings)> {
        self.findings.iter().filter_map(|found| match &found.seal {
            SealFindings::Links(links) => Some((found, links)),
            _ => None,
        })
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums {
            total: self.findings.iter().map(|found| found.log_entries).sum(),
            ..Sums::default()
        };
        for (_, links) in self.links() {
            sums.reproduced += links.reproduced;
            sums.keyless += links.keyless;
            sums.headless += links.headless;
            sums.signed += links.signed;
            sums.bad_signatures += links.bad_signatures.len() as u64 + links.more_bad_signatures;
            let unsigned = links.unsigned.iter().map(|(from, to)| u64::from(to - from));
            sums.unsigned += unsigned.sum::<u64>();
        }
        let uncovered = self.uncovered();
        sums.uncovered = uncovered.map(|(_, found)| u64::from(found.count)).sum();
        sums
    }

    /// What the entries are worth where nothing is broken.
    fn worth(&self, sums: &Sums) -> (Verdict, Strength) {
        let profile = &self.keys.profile;
        let of = |base| Strength {
            base: Some(base),
            ..Strength::NONE
        };
        let chain = of(Base::Chain);
        let needs_some = if profile.has_own() { 1 } else { 2 };
        if sums.keyless > 0 {
            return (Verdict::Unproven, of(Base::Keyed));
        }
        if sums.headless > 0 || (sums.reproduced == 0 && sums.total >= needs_some) {
            return (Verdict::Unproven, chain);
        }
        if profile.is_keyed() {
            return (Verdict::Intact, of(Base::Keyed));
        }
        match (profile.signature(), &self.keys.signature_key) {
            (Some(rule), Some(_)) => {
                let base = match rule.alg {
                    SignatureAlg::Ed25519 => Base::Signed,
                    SignatureAlg::Hmac(_) => Base::Keyed,
                };
                (Verdict::Intact, of(base))
            }
            (Some(_), None) if self.keys.any_given => (Verdict::Unproven, chain),
            _ => (Verdict::Consistent, chain),
        }
    }

    fn summarise(&self, trust: &TrustStore) -> Summary {
        let mut sums = self.sums();
        let scene = Scene {
            archive: self.archive,
            profile: Arc::clone(&self.keys.profile),
            findings: self.findings,
            key: self.keys.digest_secret(),
        };
        let fits = sums.reproduced > 0 || sums.keyless > 0 || sums.total < 2;
        let can_link = self.keys.profile.has_own() || sums.keyless == 0;
        let mut chains = if fits && can_link {
            nodes::chains(self.findings)
        } else {
            Vec::new()
        };
        sums.chains = chains.len() as u64;
        let outcomes = self.outcomes(&mut chains, &scene);
        // An end that was not looked at is no end.
        let anchored = if chains.is_empty() || self.is_partial {
            Anchored::of_no_chain(trust)
        } else {
            anchor::look(trust, &chains, &outcomes, &scene)
        };
        let mut breaks = self.breaks(&chains, &outcomes, &scene);
        let anchor_breaks = anchored.facts.iter();
        breaks.extend(anchor_breaks.map(|fact| words::break_of(fact, None)));
        breaks.extend(self.signature_breaks());
        breaks.sort_by_key(|found| (found.position, found.found, found.kind));
        let broken = self.broken(&chains, &outcomes, &scene);
        let has_head = matches!(outcomes.as_slice(), [one] if one.has_head);
        self.tell(Told {
            sums,
            fits,
            anchored,
            breaks,
            broken,
            has_head,
        })
    }

    /// Makes the answer from what was found.
    fn tell(&self, told: Told) -> Summary {
        let sums = &told.sums;
        let breaks = told.breaks;
        let (mut worth, mut strength) = self.worth(sums);
        // A head speaks for entries whose digests were computed, not for what they claim.
        let is_computed = sums.keyless == 0 && sums.headless == 0;
        let is_whole = breaks.is_empty() && !self.is_partial && is_computed;
        let is_anchored = is_whole && told.anchored.entries > 0;
        let is_closed = is_anchored && told.anchored.entries == sums.total;
        if is_closed {
            worth = Verdict::Intact;
            strength.base = strength.base.max(Some(Base::Chain));
        }
        let prefix = if is_anchored {
            told.anchored.entries
        } else {
            0
        };
        let ranges = self.ranges((worth, strength), &told.broken, prefix, sums.total);
        let counts = counts(&ranges, sums.total);
        let verdict = self.verdict(&counts, &breaks);
        let end = |is_fixed, by| {
            if is_fixed {
                End::Anchored { by }
            } else {
                End::Open
            }
        };
        let is_begun = told.has_head && !self.keys.profile.begins_anywhere();
        let (head, tail) = (end(is_begun, "genesis"), end(is_closed, "examiner"));
        let damage = self.damage();
        let facts = Facts {
            verdict,
            sums,
            fits: told.fits,
            profile: &self.keys.profile,
            origin: self.sealed.profile_origin(),
            keys: &self.keys,
            breaks: &breaks,
            damage: &damage,
            counts: &counts,
            head: &head,
            tail: &tail,
            anchored: prefix,
            is_partial: self.is_partial,
            uncovered: self.uncovered().next(),
        };
        let mut notes = words::notes(&facts);
        if told.anchored.entries > 0 && !is_computed {
            notes.push(words::UNCOMPUTED_ANCHOR.to_owned());
        }
        if told.anchored.is_unusable {
            notes.push(words::UNUSABLE_ANCHOR.to_owned());
        }
        Summary {
            verdict,
            strength: self.strength(&ranges),
            says: words::sentence(&facts),
            aspects: words::aspects(&facts),
            head,
            tail,
            entries: counts,
            ranges,
            breaks,
            damage,
            observations: self.observations(sums, told.fits),
            signers: self.signers(sums),
            origin: None,
            checkpoints_held: 0,
            checkpoints: 0,
            links: Vec::new(),
            outside: Outside {
                held: told.anchored.held,
                ..Outside::default()
            },
            notes,
        }
    }

    fn outcomes(&self, chains: &mut [Chain], scene: &Scene<'_>) -> Vec<Outcome> {
        let profile = &self.keys.profile;
        let sequence = profile.sequence();
        let rules = Rules {
            seq_start: sequence.and_then(|sequence| sequence.start),
            seq_step: sequence.map_or(1, |sequence| sequence.step),
            begins_anywhere: profile.begins_anywhere(),
            has_own: profile.has_own(),
        };
        let is_whole = |chain: &Chain| {
            chain.is_whole() || (rules.begins_anywhere && chain.nodes.len() == 1 && is_good(chain))
        };
        if !chains.iter().all(is_whole) {
            nodes::take_apart(chains, scene);
        }
        chains
            .iter()
            .map(|chain| walk::explain(&chain.nodes, rules))
            .collect()
    }

    /// The breaks of all chains, by position.
    fn breaks(&self, chains: &[Chain], outcomes: &[Outcome], scene: &Scene<'_>) -> Vec<Break> {
        let mut facts: Vec<(&Chain, &Fact)> = Vec::new();
        for (chain, outcome) in chains.iter().zip(outcomes) {
            facts.extend(outcome.facts.iter().map(|fact| (chain, fact)));
        }
        facts.truncate(BREAKS_MAX);
        if !self.keys.profile.has_partitions() {
            let breaks = facts.into_iter();
            return breaks
                .map(|(_, fact)| words::break_of(fact, None))
                .collect();
        }
        // A chain among others has numbers of its own: positions are those of the file.
        let place = |chain: &Chain, at: u64| Place {
            partition: chain.partition,
            at,
        };
        let at = |chain: &Chain, fact: &Fact| {
            let last = chain.count.saturating_sub(1);
            place(chain, fact.found.unwrap_or(fact.sealed).min(last))
        };
        let wanted: BTreeSet<Place> = facts.iter().map(|(chain, fact)| at(chain, fact)).collect();
        let places = scene.entries_at(&wanted);
        let breaks = facts.into_iter().map(|(chain, fact)| {
            let stored = places.get(&at(chain, fact)).map(|again| again.stored);
            words::break_of(fact, Some(stored.unwrap_or(fact.sealed)))
        });
        breaks.collect()
    }

    fn signature_breaks(&self) -> Vec<Break> {
        let mut breaks = Vec::new();
        let mut first = 0;
        for (found, links) in self.links() {
            for number in &links.bad_signatures {
                let position = first + u64::from(*number);
                let says = words::bad_signature(position, &self.keys);
                let mut bad = Break::new(BreakKind::BadSignature, position, 1, says);
                bad.exact = true;
                bad.found = Some(position);
                breaks.push(bad);
            }
            first += found.lines;
        }
        breaks.truncate(BREAKS_MAX);
        breaks
    }

    /// Stored positions that do not hold, in order and without overlap.
    fn broken(
        &self,
        chains: &[Chain],
        outcomes: &[Outcome],
        scene: &Scene<'_>,
    ) -> Vec<(Position, Position)> {
        let mut broken: Vec<(Position, Position)> = Vec::new();
        if self.keys.profile.has_partitions() {
            let mut wanted = BTreeSet::new();
            for (chain, outcome) in chains.iter().zip(outcomes) {
                for at in outcome.broken.iter().flat_map(|(from, to)| *from..*to) {
                    wanted.insert(Place {
                        partition: chain.partition,
                        at,
                    });
                }
            }
            let found: HashMap<Place, _> = scene.entries_at(&wanted);
            broken.extend(found.values().map(|again| (again.stored, again.stored + 1)));
        } else {
            broken.extend(
                outcomes
                    .iter()
                    .flat_map(|outcome| outcome.broken.iter().copied()),
            );
        }
        let mut first = 0;
        for (found, links) in self.links() {
            let bad = links.bad_signatures.iter();
            broken.extend(bad.map(|n| (first + u64::from(*n), first + u64::from(*n) + 1)));
            if links.more_bad_signatures > 0 {
                broken.push((first, first + found.lines));
            }
            first += found.lines;
        }
        broken.sort_unstable();
        broken
    }

    fn ranges(
        &self,
        (worth, strength): (Verdict, Strength),
        broken: &[(Position, Position)],
        prefix: u64,
        total: u64,
    ) -> VerdictRanges {
        let chain = Strength {
            base: Some(Base::Chain),
            ..Strength::NONE
        };
        let mut marks: Vec<(Position, Position, Verdict, Strength)> = Vec::new();
        let is_signed = worth == Verdict::Intact && self.keys.signature_key.is_some();
        let mut first = 0;
        for (found, links) in self.links() {
            if is_signed && prefix < total {
                for (from, to) in &links.unsigned {
                    let (from, to) = (first + u64::from(*from), first + u64::from(*to));
                    marks.push((from, to, Verdict::Consistent, chain));
                }
            }
            first += found.lines;
        }
        if worth != Verdict::Intact && prefix > 0 {
            marks.push((0, prefix, Verdict::Intact, chain));
        }
        // Without digests of themselves, entries are sealed by the next one: the last is not.
        let has_own = self.keys.profile.has_own();
        if !has_own && total > 0 && prefix < total && !self.is_partial {
            marks.push((total - 1, total, Verdict::Unsealed, Strength::NONE));
        }
        let mut ranges = VerdictRanges::default();
        marks.sort_by_key(|mark| (mark.0, mark.1));
        for (from, to, verdict, strength_of) in marks {
            ranges.push(ranges.end(), from, Some(worth), strength);
            ranges.push(from, to, Some(verdict), strength_of);
        }
        ranges.push(ranges.end(), total, Some(worth), strength);
        // No key and no anchor speaks for what goes into no digest.
        let uncovered = self.uncovered();
        let uncovered: Vec<_> = uncovered.map(|(at, found)| span(at, found)).collect();
        let ranges = with_worse(&ranges, &uncovered, Verdict::Unproven, total);
        with_worse(&ranges, broken, Verdict::Broken, total)
    }

    fn verdict(&self, counts: &EntryCounts, breaks: &[Break]) -> Verdict {
        if !breaks.is_empty() {
            return Verdict::Broken;
        }
        let mut worst_first = Verdict::ALL.into_iter().rev();
        let worst = worst_first.find(|verdict| counts.of(*verdict) > 0);
        let verdict = worst.unwrap_or(Verdict::Unsealed);
        if self.is_partial {
            verdict.and(Verdict::Unproven)
        } else {
            verdict
        }
    }

    fn strength(&self, ranges: &VerdictRanges) -> Strength {
        let sealed = ranges.as_slice().iter();
        let sealed = sealed.filter(|range| range.strength.base.is_some());
        sealed
            .map(|range| range.strength)
            .min()
            .unwrap_or(Strength::NONE)
    }

    fn damage(&self) -> Vec<Damage> {
        let mut damage = self.archive.damage().to_vec();
        let found = self.findings.iter().chain(self.unseen);
        damage.extend(found.flat_map(|found| found.damage.iter().cloned()));
        damage.sort_by_key(|one| one.offset_bytes);
        damage
    }

    fn observations(&self, sums: &Sums, fits: bool) -> Vec<Observation> {
        let mut observations = Vec::new();
        let mut first = 0;
        for (found, links) in self.links() {
            for number in &links.out_of_step {
                let position = first + u64::from(*number);
                observations.push(Observation {
                    kind: ObservationKind::SequenceGap,
                    position: Some(position),
                    says: words::out_of_step(position),
                });
            }
            first += found.lines;
        }
        observations.truncate(STEPS_TOLD_MAX);
        if fits {
            observations.extend(self.uncovered_observations());
        }
        if self.sealed.profile_origin() == ProfileOrigin::Detected {
            observations.push(Observation {
                kind: ObservationKind::SchemaGuessed,
                position: None,
                says: format!(
                    "The recipe of the digests was found from the first entries; {} come out right \
                     under it.",
                    entries(sums.reproduced)
                ),
            });
        } else if !fits {
            observations.push(Observation {
                kind: ObservationKind::SchemaGuessed,
                position: None,
                says: "The recipe of the digests does not fit a single entry.".to_owned(),
            });
        }
        observations
    }

    fn signers(&self, sums: &Sums) -> Vec<SignerSummary> {
        let signature = self
            .keys
            .signature_key
            .as_ref()
            .map(|(_, name)| (name, sums.signed));
        let digest = self
            .keys
            .digest_key
            .as_ref()
            .map(|(_, name)| (name, sums.reproduced));
        let named = signature.or(digest);
        named
            .map(|(name, checkpoints)| SignerSummary {
                name: name.clone(),
                key_id: String::new(),
                is_trusted: true,
                checkpoints,
                claimed_vkey: None,
            })
            .into_iter()
            .collect()
    }
}

fn is_good(chain: &Chain) -> bool {
    chain.nodes.iter().all(|node| node.flaw.is_none())
}

/// The same ranges, with some entries (in order) that are no better than a verdict.
fn with_worse(
    ranges: &VerdictRanges,
    worse: &[(Position, Position)],
    verdict: Verdict,
    total: u64,
) -> VerdictRanges {
    let mut out = VerdictRanges::default();
    let copy = |out: &mut VerdictRanges, to: Position, worse: Option<Verdict>| {
        let from = out.end();
        let begin = ranges.as_slice().partition_point(|range| range.to <= from);
        for range in ranges
            .as_slice()
            .iter()
            .skip(begin)
            .take_while(|range| range.from < to)
        {
            let verdict = range.verdict.map(|verdict| match worse {
                Some(worse) => verdict.and(worse),
                None => verdict,
            });
            out.push(
                range.from.max(from),
                range.to.min(to),
                verdict,
                range.strength,
            );
        }
    };
    for (from, to) in worse {
        copy(&mut out, (*from).min(total), None);
        copy(&mut out, (*to).min(total), Some(verdict));
    }
    copy(&mut out, total, None);
    out
}

fn counts(ranges: &VerdictRanges, total: u64) -> EntryCounts {
    let mut counts = EntryCounts::default();
    for range in ranges.as_slice() {
        counts.add(range.verdict, range.to - range.from);
    }
    debug_assert_eq!(counts.total, total, "every entry has a verdict");
    counts
}
