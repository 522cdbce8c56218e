//! What the checkpoints of a sealog archive are worth, before any root is compared.

use std::collections::HashMap;

use sealscope_archive::sealog::{CheckpointFrame, Header, SealogStructure};
use sealscope_model::{Break, BreakKind, Damage, Digest};
use sealscope_proof::{Checkpoint, Note, VerifierKey};

use crate::summary::entries;
use crate::trust::{OriginPattern, SignatureFinding, TrustStore, TrustedKey, WitnessFinding};

/// What the signatures of a checkpoint are worth, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SealTrust {
    /// A key trusted for this origin signed it.
    Trusted(VerifierKey),
    /// A trusted key signed it, which is not trusted for this origin.
    OtherOrigin(VerifierKey),
    /// Nobody known signed it.
    Unknown,
    /// A line names a known key that did not make it.
    Bad(VerifierKey),
}

impl SealTrust {
    pub(crate) const fn is_trusted(&self) -> bool {
        matches!(self, Self::Trusted(_))
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Trusted(_) => 0,
            Self::OtherOrigin(_) => 1,
            Self::Unknown => 2,
            Self::Bad(_) => 3,
        }
    }
}

/// A checkpoint that bounds a span of entries.
#[derive(Debug, Clone)]
pub(crate) struct Seal {
    pub(crate) size: u64,
    pub(crate) root: Digest,
    pub(crate) trust: SealTrust,
    /// SHA-256 of the payload of the first frame of this text: what the chain links to.
    pub(crate) payload_hash: Digest,
    pub(crate) offset_bytes: u64,
    /// Data frames before it in the file.
    pub(crate) frames_before: usize,
    /// Names and ids on its signature lines, but for cosignatures of trusted witnesses.
    pub(crate) signers: Vec<(String, u32)>,
    /// Trusted witnesses that cosigned it: name, key id, time in seconds since 1970.
    pub(crate) witnesses: Vec<(String, String, u64)>,
}

/// The checkpoints of an archive, judged.
#[derive(Debug, Default)]
pub(crate) struct Seals {
    /// Those that bound spans, by size: the trusted ones, then unknown ones beyond them.
    pub(crate) bounds: Vec<Seal>,
    /// Sound checkpoints that bound nothing: unknown ones below a trusted one, second roots.
    pub(crate) others: Vec<Seal>,
    /// Checkpoints that only a false signature of a known key speaks for.
    pub(crate) bad: Vec<Seal>,
    /// The origin of the log, with its uuid.
    pub(crate) origin: Option<String>,
    /// Checkpoints of other logs, and second histories.
    pub(crate) breaks: Vec<Break>,
    pub(crate) damage: Vec<Damage>,
}

impl Seals {
    /// All checkpoints of this log.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Seal> {
        self.bounds.iter().chain(&self.others).chain(&self.bad)
    }
}

/// Splits a checkpoint's origin into the name that keys are trusted for and the log's uuid.
pub(crate) fn origin_name(origin: &str) -> &str {
    origin.rsplit_once('/').map_or(origin, |(name, _)| name)
}

/// Judges every checkpoint of the file.
pub(crate) fn judge_seals(
    structure: &SealogStructure,
    header: Option<&Header>,
    trust: &TrustStore,
) -> Seals {
    let claimed = claimed_key(header);
    let mut seals = Seals::default();
    let mut sound: Vec<(&str, Seal)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for frame in &structure.checkpoints {
        let (note, checkpoint) = match (&frame.note, &frame.checkpoint) {
            (Ok(note), Ok(checkpoint)) => (note, checkpoint),
            (Err(why), _) | (_, Err(why)) => {
                let reason = format!("a checkpoint frame that states nothing: {why}");
                seals.damage.push(Damage::at(frame.offset_bytes, reason));
                continue;
            }
        };
        let (seal, bad, bad_witness) = seal_of(frame, note, checkpoint, trust, claimed.as_ref());
        if !frame.is_undamaged && !seal.trust.is_trusted() {
            // Already reported as damage: a frame that is not as written states nothing.
            continue;
        }
        if let Some(key) = bad.filter(|_| !matches!(seal.trust, SealTrust::Bad(_))) {
            let reason = format!(
                "a signature line names the key {} ({}), which did not make it",
                key.name(),
                key.id_hex()
            );
            seals.damage.push(Damage::at(frame.offset_bytes, reason));
        }
        if let Some(name) = bad_witness {
            let reason =
                format!("a signature line names the witness {name}, which did not make it");
            seals.damage.push(Damage::at(frame.offset_bytes, reason));
        }
        match known.get(note.text.as_str()).copied() {
            Some(place) => {
                if let Some((_, first)) = sound.get_mut(place) {
                    add_cosignature(first, seal);
                }
            }
            None => {
                known.insert(&note.text, sound.len());
                sound.push((&note.text, seal));
            }
        }
    }
    seals.origin = main_origin(&sound, header);
    sort_out(sound, &mut seals);
    seals
}

fn claimed_key(header: Option<&Header>) -> Option<TrustStore> {
    let key = VerifierKey::parse(&header?.signer).ok()?;
    Some(TrustStore::new(vec![TrustedKey {
        key,
        origin: OriginPattern::any(),
    }]))
}

/// A checkpoint's worth, a key that one of its lines names and that did not make it, and a trusted
/// witness of whom the same is true.
fn seal_of(
    frame: &CheckpointFrame,
    note: &Note,
    checkpoint: &Checkpoint,
    trust: &TrustStore,
    claimed: Option<&TrustStore>,
) -> (Seal, Option<VerifierKey>, Option<String>) {
    let name = origin_name(&checkpoint.origin);
    let mut best = SealTrust::Unknown;
    let (mut bad, mut claimed_bad) = (None, None);
    let (mut signers, mut witnesses, mut bad_witness) = (Vec::new(), Vec::new(), None);
    for line in &note.signatures {
        match trust.judge_cosignature(&note.text, line) {
            Some(WitnessFinding::Holds(key, time)) => {
                witnesses.push((key.name().to_owned(), key.id_hex(), time));
                continue;
            }
            Some(WitnessFinding::Bad(key)) => {
                bad_witness = Some(key.name().to_owned());
                continue;
            }
            None => signers.push((line.name.clone(), line.key_id)),
        }
        let found = match trust.judge(&note.text, name, line) {
            SignatureFinding::Trusted(key) => SealTrust::Trusted(key),
            SignatureFinding::OtherOrigin(key) => SealTrust::OtherOrigin(key),
            SignatureFinding::Bad(key) => {
                bad = Some(key);
                continue;
            }
            SignatureFinding::Unknown => {
                // The header's key is only a claim: it shows that a signature is false, and makes
                // none worth anything.
                if let Some(SignatureFinding::Bad(key)) =
                    claimed.map(|one| one.judge(&note.text, name, line))
                {
                    claimed_bad = Some(key);
                }
                SealTrust::Unknown
            }
        };
        if found.rank() < best.rank() {
            best = found;
        }
    }
    let trust = match (&best, &bad) {
        (SealTrust::Trusted(_), _) | (_, None) => best,
        (_, Some(key)) => SealTrust::Bad(key.clone()),
    };
    let seal = Seal {
        size: checkpoint.size,
        root: checkpoint.root,
        trust,
        payload_hash: frame.payload_hash,
        offset_bytes: frame.offset_bytes,
        frames_before: frame.frames_before,
        signers,
        witnesses,
    };
    (seal, bad.or(claimed_bad), bad_witness)
}

/// A later frame with the same text adds signatures; what links to the seal names the first.
fn add_cosignature(first: &mut Seal, later: Seal) {
    for signer in later.signers {
        if !first.signers.contains(&signer) {
            first.signers.push(signer);
        }
    }
    first.witnesses.extend(later.witnesses);
    let is_false = |seal: &SealTrust| matches!(seal, SealTrust::Bad(_));
    // As within one frame: a trusted signature holds whatever stands beside it, and a false one
    // outweighs unknown ones.
    let outweighs = later.trust.is_trusted()
        || !first.trust.is_trusted()
            && !is_false(&first.trust)
            && (is_false(&later.trust) || later.trust.rank() < first.trust.rank());
    if outweighs {
        first.trust = later.trust;
    }
}

/// The origin that a trusted checkpoint states (the header's, if it is among them), else the
/// header's, else the first.
fn main_origin(sound: &[(&str, Seal)], header: Option<&Header>) -> Option<String> {
    let claimed = header.map(Header::checkpoint_origin);
    let of = |(text, _): &(&str, Seal)| text.lines().next().unwrap_or_default().to_owned();
    let mut trusted = sound.iter().filter(|(_, seal)| seal.trust.is_trusted());
    match (claimed, trusted.clone().next()) {
        (Some(claimed), None) => Some(claimed),
        (Some(claimed), Some(_)) if trusted.clone().any(|seal| of(seal) == claimed) => {
            Some(claimed)
        }
        _ => trusted.next().or(sound.first()).map(of),
    }
}

fn sort_out(sound: Vec<(&str, Seal)>, seals: &mut Seals) {
    let mut usable: Vec<Seal> = Vec::new();
    for (number, (text, seal)) in sound.into_iter().enumerate() {
        let origin = text.lines().next().unwrap_or_default();
        if seals.origin.as_deref() != Some(origin) {
            let says = format!(
                "Checkpoint {} in the file is of the log {origin:?}, not of the log of this \
                 archive.",
                number + 1
            );
            let mut other = Break::new(BreakKind::Resealed, seal.size, 0, says);
            other.offset_bytes = Some(seal.offset_bytes);
            seals.breaks.push(other);
        } else if matches!(seal.trust, SealTrust::Bad(_)) {
            seals.bad.push(seal);
        } else {
            usable.push(seal);
        }
    }
    let trusted_to = usable
        .iter()
        .filter(|s| s.trust.is_trusted())
        .map(|s| s.size)
        .max();
    // By size; of one size the most trusted first.
    usable.sort_by_key(|seal| (seal.size, seal.trust.rank(), seal.offset_bytes));
    for seal in usable {
        let bounds = seal.trust.is_trusted() || trusted_to.is_none_or(|size| seal.size > size);
        match seals.bounds.last() {
            Some(last) if bounds && last.size == seal.size => {
                if last.trust.is_trusted() && seal.trust.is_trusted() {
                    seals.breaks.push(fork(&seal));
                }
                seals.others.push(seal);
            }
            _ if bounds => seals.bounds.push(seal),
            _ => seals.others.push(seal),
        }
    }
}

fn fork(second: &Seal) -> Break {
    let says = format!(
        "Two checkpoints of {}, both signed by keys that you trust, state different roots: the \
         log has two histories.",
        entries(second.size)
    );
    let mut fork = Break::new(BreakKind::Fork, second.size, 0, says);
    fork.offset_bytes = Some(second.offset_bytes);
    fork
}
