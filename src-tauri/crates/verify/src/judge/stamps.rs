//! Timestamps and cosignatures of a sealog archive: which checkpoints they are about, and which
//! entries they reach through them.

use std::collections::HashMap;

use sealscope_model::{
    Aspect, AspectState, Damage, Digest, Observation, ObservationKind, Position, VerdictRanges,
};

use super::Case;
use super::ranges::strengthened;
use crate::anchors::Anchor;
use crate::outside::{CheckpointStatement, WitnessSummary};
use crate::seals::Seal;
use crate::summary::entries;
use crate::timestamp::{Stamped, TimestampFinding, TimestampState, TokenImprint, check_token};
use crate::trust::TrustStore;

/// SLTS frames of one archive that are judged: each takes some thousandths of a second.
const TIMESTAMPS_MAX: usize = 256;

/// What the tokens and cosignatures came to.
#[derive(Debug, Default)]
pub(super) struct Stamps {
    pub(super) findings: Vec<TimestampFinding>,
    pub(super) damage: Vec<Damage>,
    pub(super) observations: Vec<Observation>,
    pub(super) witnesses: Vec<WitnessSummary>,
    /// Checkpoints under a trusted token that the examiner gave.
    pub(super) given: Vec<CheckpointStatement>,
    /// Payload hashes of checkpoints under a trusted token.
    stamped: Vec<Digest>,
    /// Whether a token in the file does not hold.
    has_bad: bool,
}

impl Stamps {
    /// The aspect of time.
    pub(super) fn aspect(&self) -> Aspect {
        let of = |state: TimestampState| self.findings.iter().find(|found| found.state == state);
        if let Some(bad) = of(TimestampState::Bad) {
            Aspect::because(AspectState::Broken, bad.says.clone())
        } else if self.has_bad {
            let why = "A timestamp in the archive could not be read.";
            Aspect::because(AspectState::Broken, why)
        } else if of(TimestampState::Trusted).is_some() {
            Aspect::OK
        } else if let Some(untrusted) = of(TimestampState::Untrusted) {
            Aspect::because(AspectState::NotCheckable, untrusted.says.clone())
        } else {
            let why = "No timestamp token proves when the archive was sealed.";
            Aspect::because(AspectState::Absent, why)
        }
    }
}

impl Case<'_> {
    /// Judges the tokens in the archive, and those given that stamp one of its checkpoints.
    pub(super) fn judge_stamps(&self, trust: &TrustStore) -> Stamps {
        let mut stamps = Stamps {
            witnesses: self.witnesses(),
            ..Stamps::default()
        };
        let frames = &self.archive.structure().timestamps;
        let is_token = |anchor: &Anchor| matches!(anchor, Anchor::Token(_));
        if frames.is_empty() && !trust.anchors.iter().any(is_token) {
            return stamps;
        }
        let by_hash: HashMap<Digest, &Seal> = self
            .seals
            .all()
            .map(|seal| (seal.payload_hash, seal))
            .collect();
        for frame in frames.iter().take(TIMESTAMPS_MAX) {
            match self.archive.read_token(frame) {
                Ok(token) => {
                    let at = frame.offset_bytes;
                    self.take_own(&token, at, &by_hash, trust, &mut stamps);
                }
                Err(error) => {
                    let reason = format!("a timestamp that cannot be read: {error}");
                    stamps.damage.push(Damage::at(frame.offset_bytes, reason));
                    stamps.has_bad = true;
                }
            }
        }
        if let Some(first) = frames.get(TIMESTAMPS_MAX) {
            let reason = format!("more than {TIMESTAMPS_MAX} timestamps: these are not looked at");
            stamps.damage.push(Damage::at(first.offset_bytes, reason));
        }
        for anchor in &trust.anchors {
            if let Anchor::Token(token) = anchor
                && let Some(seal) = self.stamped_seal(token, &by_hash)
            {
                let finding = self.check(token, seal, trust);
                if finding.is_trusted() {
                    stamps.stamped.push(seal.payload_hash);
                    stamps.given.push(CheckpointStatement {
                        size: seal.size,
                        root: seal.root,
                    });
                } else if finding.state == TimestampState::Bad {
                    stamps.observations.push(bad(&finding));
                }
                stamps.findings.push(finding);
            }
        }
        stamps
    }

    /// A token in the archive stamps one of its checkpoints, or does not hold.
    fn take_own(
        &self,
        token: &[u8],
        at: u64,
        by_hash: &HashMap<Digest, &Seal>,
        trust: &TrustStore,
        stamps: &mut Stamps,
    ) {
        let seal = self.stamped_seal(token, by_hash);
        if seal.is_none() && self.is_partial {
            // Its checkpoint may be in what was not looked at.
            return;
        }
        let finding = match seal {
            Some(seal) => self.check(token, seal, trust),
            None => {
                // Against no bytes at all: it is said to stamp others, or why it is no token.
                let (none, roots) = (Stamped::Bytes(&[]), &trust.tsa_roots);
                check_token(token, none, "a checkpoint of this archive", roots, roots)
            }
        };
        match finding.state {
            TimestampState::Trusted => {
                stamps.stamped.extend(seal.map(|seal| seal.payload_hash));
            }
            TimestampState::Untrusted => {}
            TimestampState::Bad => {
                let why = finding.why.as_deref().unwrap_or("it is none");
                let reason = format!("a timestamp that does not hold: {why}");
                stamps.damage.push(Damage::at(at, reason));
                stamps.observations.push(bad(&finding));
            }
        }
        stamps.findings.push(finding);
    }

    /// The checkpoint whose first frame a token stamps.
    fn stamped_seal<'s>(
        &self,
        token: &[u8],
        by_hash: &HashMap<Digest, &'s Seal>,
    ) -> Option<&'s Seal> {
        let imprint = TokenImprint::of(token)?;
        if let Some(digest) = imprint.sha256() {
            return by_hash.get(&digest).copied();
        }
        // A longer digest takes the note itself.
        let mut frames = self.archive.structure().checkpoints.iter();
        let frame = frames.find(|frame| {
            let note = frame.note.as_ref().map(sealscope_proof::Note::to_note);
            note.is_ok_and(|note| {
                let is_it = sealscope_proof::sha256(note.as_bytes()) == frame.payload_hash;
                is_it && imprint.is_of(Stamped::Bytes(note.as_bytes()))
            })
        })?;
        by_hash.get(&frame.payload_hash).copied()
    }

    fn check(&self, token: &[u8], seal: &Seal, trust: &TrustStore) -> TimestampFinding {
        let what = format!("the checkpoint of {}", entries(seal.size));
        let roots = &trust.tsa_roots;
        // A longer digest than SHA-256 takes the note itself.
        let note = self.note_of(seal).unwrap_or_default();
        let stamped = if note.is_empty() {
            Stamped::Sha256(&seal.payload_hash)
        } else {
            Stamped::Bytes(note.as_bytes())
        };
        check_token(token, stamped, &what, roots, roots)
    }

    /// The note of a seal, byte for byte as its first frame holds it.
    fn note_of(&self, seal: &Seal) -> Option<String> {
        let mut frames = self.archive.structure().checkpoints.iter();
        let frame = frames.find(|frame| frame.payload_hash == seal.payload_hash)?;
        let note = frame.note.as_ref().ok()?.to_note();
        (sealscope_proof::sha256(note.as_bytes()) == seal.payload_hash).then_some(note)
    }

    /// The verdicts with what stamped and witnessed checkpoints add, as far as the spans below them
    /// are proven. Nothing is added to what is broken.
    pub(super) fn strengthen(&self, ranges: VerdictRanges, stamps: &Stamps) -> VerdictRanges {
        let mut ranges = ranges;
        let is_stamped = |seal: &Seal| stamps.stamped.contains(&seal.payload_hash);
        for (from, to) in self.reached(is_stamped) {
            ranges = strengthened(&ranges, self.start.at, from, to, |one| {
                one.timestamped = true;
            });
        }
        for (from, to) in self.reached(|seal| !seal.witnesses.is_empty()) {
            ranges = strengthened(&ranges, self.start.at, from, to, |one| one.witnessed = true);
        }
        ranges
    }

    /// The stored stretches below the picked checkpoints.
    fn reached(&self, is_picked: impl Fn(&Seal) -> bool) -> Vec<(Position, Position)> {
        let mut stretches = Vec::new();
        let mut is_reached = false;
        for (number, seal) in self.seals.bounds.iter().enumerate().rev() {
            let is_proven = self
                .sealed
                .spans
                .get(number)
                .is_some_and(|span| span.is_proven());
            is_reached = is_proven && (is_reached || is_picked(seal));
            if is_reached {
                let before = number
                    .checked_sub(1)
                    .and_then(|at| self.seals.bounds.get(at));
                let from = self.stored_at(before.map_or(0, |seal| seal.frames_before));
                stretches.push((from, self.stored_at(seal.frames_before)));
            }
        }
        stretches
    }

    fn witnesses(&self) -> Vec<WitnessSummary> {
        let mut witnesses: Vec<WitnessSummary> = Vec::new();
        for seal in self.seals.all() {
            for (name, key_id, time) in &seal.witnesses {
                let known = witnesses
                    .iter_mut()
                    .find(|one| one.name == *name && one.key_id == *key_id);
                match known {
                    Some(witness) => {
                        witness.checkpoints += 1;
                        witness.newest_time = witness.newest_time.max(*time);
                    }
                    None => witnesses.push(WitnessSummary {
                        name: name.clone(),
                        key_id: key_id.clone(),
                        checkpoints: 1,
                        newest_time: *time,
                    }),
                }
            }
        }
        witnesses
    }
}

fn bad(finding: &TimestampFinding) -> Observation {
    Observation {
        kind: ObservationKind::BadTimestamp,
        position: None,
        says: finding.says.clone(),
    }
}
