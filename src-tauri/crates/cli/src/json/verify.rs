//! `sealscope.verify/1`: the stable contract of `sealscope verify --json`.

use sealscope_engine::model::{
    Aspect, Aspects, Break, CheckedRange, Damage, End, EntryCounts, Observation, Strength, Verdict,
};
use sealscope_engine::{OpenArchive, SignerSummary, Summary};
use serde::Serialize;

use super::outside::{RememberedObject, TimestampObject, WitnessObject};

/// One archive.
#[derive(Serialize)]
pub struct VerifyObject<'a> {
    schema: &'static str,
    path: String,
    format: &'static str,
    sha256: Option<String>,
    bytes: u64,
    verdict: &'static str,
    strength: Option<&'static str>,
    also: Vec<&'static str>,
    tail: EndObject,
    head: EndObject,
    says: &'a str,
    entries: EntriesObject,
    ranges: Vec<RangeObject>,
    breaks: Vec<BreakObject<'a>>,
    damage: Vec<DamageObject<'a>>,
    observations: Vec<ObservationObject<'a>>,
    aspects: AspectsObject<'a>,
    signers: Vec<SignerObject<'a>>,
    timestamps: Vec<TimestampObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<WitnessObject<'a>>,
    /// The remembered checkpoint that the archive was held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    remembered: Option<RememberedObject<'a>>,
    notes: Vec<&'a str>,
}

impl<'a> VerifyObject<'a> {
    /// The object for an archive; `notes` are those of the run.
    pub fn of(archive: &OpenArchive, summary: &'a Summary, notes: &'a [String]) -> Self {
        let outside = &summary.outside;
        Self {
            schema: "sealscope.verify/1",
            path: archive.path().to_string_lossy().into_owned(),
            format: archive.format(),
            sha256: archive.sha256().map(|digest| digest.to_hex()),
            bytes: archive.bytes(),
            verdict: summary.verdict.word(),
            strength: base(summary.strength),
            also: summary.strength.additions(),
            tail: EndObject::of(&summary.tail),
            head: EndObject::of(&summary.head),
            says: &summary.says,
            entries: EntriesObject::of(&summary.entries),
            ranges: summary
                .ranges
                .as_slice()
                .iter()
                .map(RangeObject::of)
                .collect(),
            breaks: summary.breaks.iter().map(BreakObject::of).collect(),
            damage: summary.damage.iter().map(DamageObject::of).collect(),
            observations: summary
                .observations
                .iter()
                .map(ObservationObject::of)
                .collect(),
            aspects: AspectsObject::of(&summary.aspects),
            signers: summary.signers.iter().map(SignerObject::of).collect(),
            timestamps: outside.timestamps.iter().map(TimestampObject::of).collect(),
            witnesses: outside.witnesses.iter().map(WitnessObject::of).collect(),
            remembered: outside.remembered.as_ref().map(RememberedObject::of),
            notes: summary
                .notes
                .iter()
                .chain(notes)
                .map(String::as_str)
                .collect(),
        }
    }
}

fn base(strength: Strength) -> Option<&'static str> {
    strength.base.map(|base| base.word())
}

#[derive(Serialize)]
struct EndObject {
    anchored: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
}

impl EndObject {
    fn of(end: &End) -> Self {
        match end {
            End::Open => Self {
                anchored: false,
                by: None,
            },
            End::Anchored { by } => Self {
                anchored: true,
                by: Some(by),
            },
        }
    }
}

#[derive(Serialize)]
struct EntriesObject {
    total: u64,
    control: u64,
    intact: u64,
    consistent: u64,
    unproven: u64,
    unsealed: u64,
    broken: u64,
    unchecked: u64,
}

impl EntriesObject {
    const fn of(counts: &EntryCounts) -> Self {
        Self {
            total: counts.total,
            control: counts.control,
            intact: counts.intact,
            consistent: counts.consistent,
            unproven: counts.unproven,
            unsealed: counts.unsealed,
            broken: counts.broken,
            unchecked: counts.unchecked,
        }
    }
}

#[derive(Serialize)]
struct RangeObject {
    from: u64,
    to: u64,
    verdict: &'static str,
    strength: Option<&'static str>,
}

impl RangeObject {
    fn of(range: &CheckedRange) -> Self {
        Self {
            from: range.from,
            to: range.to,
            verdict: range.verdict.map_or("unchecked", Verdict::word),
            strength: base(range.strength),
        }
    }
}

#[derive(Serialize)]
struct BreakObject<'a> {
    kind: &'static str,
    position: u64,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    computed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_bytes: Option<u64>,
    exact: bool,
    says: &'a str,
}

impl<'a> BreakObject<'a> {
    fn of(found: &'a Break) -> Self {
        Self {
            kind: found.kind.word(),
            position: found.position,
            count: found.count,
            found: found.found,
            claimed: found.claimed.map(|digest| digest.get().to_hex()),
            computed: found.computed.map(|digest| digest.get().to_hex()),
            file: found.file.as_deref(),
            offset_bytes: found.offset_bytes,
            exact: found.exact,
            says: &found.says,
        }
    }
}

/// Bytes that do not parse; in the ledger too.
#[derive(Serialize)]
pub struct DamageObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    offset_bytes: u64,
    reason: &'a str,
}

impl<'a> DamageObject<'a> {
    /// The object for a damage.
    pub fn of(damage: &'a Damage) -> Self {
        Self {
            file: damage.file.as_deref(),
            offset_bytes: damage.offset_bytes,
            reason: &damage.reason,
        }
    }
}

#[derive(Serialize)]
struct ObservationObject<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    says: &'a str,
}

impl<'a> ObservationObject<'a> {
    fn of(observation: &'a Observation) -> Self {
        Self {
            kind: observation.kind.word(),
            position: observation.position,
            says: &observation.says,
        }
    }
}

#[derive(Serialize)]
struct AspectsObject<'a> {
    content: AspectObject<'a>,
    order: AspectObject<'a>,
    seal: AspectObject<'a>,
    signer: AspectObject<'a>,
    time: AspectObject<'a>,
    completeness: AspectObject<'a>,
}

impl<'a> AspectsObject<'a> {
    fn of(aspects: &'a Aspects) -> Self {
        Self {
            content: AspectObject::of(&aspects.content),
            order: AspectObject::of(&aspects.order),
            seal: AspectObject::of(&aspects.seal),
            signer: AspectObject::of(&aspects.signer),
            time: AspectObject::of(&aspects.time),
            completeness: AspectObject::of(&aspects.completeness),
        }
    }
}

#[derive(Serialize)]
struct AspectObject<'a> {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

impl<'a> AspectObject<'a> {
    fn of(aspect: &'a Aspect) -> Self {
        Self {
            state: aspect.state.word(),
            why: aspect.why.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct SignerObject<'a> {
    name: &'a str,
    key_id: &'a str,
    trusted: bool,
    checkpoints: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_vkey: Option<&'a str>,
}

impl<'a> SignerObject<'a> {
    fn of(signer: &'a SignerSummary) -> Self {
        Self {
            name: &signer.name,
            key_id: &signer.key_id,
            trusted: signer.is_trusted,
            checkpoints: signer.checkpoints,
            claimed_vkey: signer.claimed_vkey.as_deref(),
        }
    }
}
