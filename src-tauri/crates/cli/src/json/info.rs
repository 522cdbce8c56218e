//! `sealscope.info/1`.

use sealscope_engine::{
    ArchiveInfo, CheckpointInfo, GapInfo, Ledger, OpenArchive, SourceEnd, SourceInfo,
};
use serde::Serialize;

use super::seal::form_word;
use super::verify::DamageObject;
use crate::times;

/// One archive.
#[derive(Serialize)]
pub struct InfoObject<'a> {
    schema: &'static str,
    path: String,
    format: &'static str,
    sha256: Option<String>,
    bytes: u64,
    reading: ReadingObject<'a>,
    times: Option<TimesObject>,
    header: Option<HeaderObject<'a>>,
    segments: u64,
    leaf_lists: bool,
    checkpoints: Vec<CheckpointObject<'a>>,
    timestamps: u64,
    sources: Vec<SourceObject<'a>>,
    gaps: Vec<GapObject<'a>>,
    closed: Option<&'a str>,
    torn_tail: Option<u64>,
    ledger: LedgerObject<'a>,
}

impl<'a> InfoObject<'a> {
    /// The object for an archive.
    pub fn of(archive: &'a OpenArchive, info: &'a ArchiveInfo, ledger: &'a Ledger) -> Self {
        Self {
            schema: "sealscope.info/1",
            path: archive.path().to_string_lossy().into_owned(),
            format: archive.format(),
            sha256: archive.sha256().map(|digest| digest.to_hex()),
            bytes: archive.bytes(),
            reading: ReadingObject::of(archive),
            times: archive.times().map(|(oldest, newest)| TimesObject {
                first: times::of_ns(oldest),
                last: times::of_ns(newest),
            }),
            header: info.header.as_ref().map(HeaderObject::of),
            segments: info.segments,
            leaf_lists: info.has_leaf_lists,
            checkpoints: info.checkpoints.iter().map(CheckpointObject::of).collect(),
            timestamps: info.timestamps,
            sources: info.sources.iter().map(SourceObject::of).collect(),
            gaps: info.gaps.iter().map(GapObject::of).collect(),
            closed: info.closed.as_deref(),
            torn_tail: info.torn_tail,
            ledger: LedgerObject::of(ledger),
        }
    }
}

/// How entries are read.
#[derive(Serialize)]
struct ReadingObject<'a> {
    schema: &'static str,
    why: &'a str,
    guessed: bool,
    time_field: Option<&'a str>,
    zone: Option<String>,
    year: Option<i32>,
}

impl<'a> ReadingObject<'a> {
    fn of(archive: &'a OpenArchive) -> Self {
        let reading = archive.reading();
        Self {
            schema: reading.schema.name(),
            why: &reading.why,
            guessed: reading.is_guessed,
            time_field: reading.settings.time_field.as_deref(),
            zone: reading.settings.zone.map(|zone| zone.name()),
            year: reading.settings.year,
        }
    }
}

#[derive(Serialize)]
struct TimesObject {
    first: String,
    last: String,
}

#[derive(Serialize)]
struct HeaderObject<'a> {
    version: u64,
    archive: &'a str,
    origin: &'a str,
    log: &'a str,
    start: u64,
    schema: Option<&'a str>,
    signer: &'a str,
    previous: Option<&'a str>,
    tool: &'a str,
}

impl<'a> HeaderObject<'a> {
    fn of(header: &'a sealscope_engine::Header) -> Self {
        Self {
            version: header.version,
            archive: &header.archive,
            origin: &header.origin,
            log: &header.log,
            start: header.start,
            schema: header.schema.as_deref(),
            signer: &header.signer,
            previous: header.previous.as_deref(),
            tool: &header.tool,
        }
    }
}

#[derive(Serialize)]
struct CheckpointObject<'a> {
    offset_bytes: u64,
    size: Option<u64>,
    root: Option<String>,
    signers: Vec<NamedKey<'a>>,
}

#[derive(Serialize)]
struct NamedKey<'a> {
    name: &'a str,
    key_id: &'a str,
}

impl<'a> CheckpointObject<'a> {
    fn of(checkpoint: &'a CheckpointInfo) -> Self {
        let signers = checkpoint.signers.iter();
        Self {
            offset_bytes: checkpoint.offset_bytes,
            size: checkpoint.size,
            root: checkpoint.root.map(|root| root.to_hex()),
            signers: signers
                .map(|(name, key_id)| NamedKey { name, key_id })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct SourceObject<'a> {
    position: u64,
    name: &'a str,
    form: &'static str,
    modified: Option<&'a str>,
    end: Option<SourceEndObject<'a>>,
}

#[derive(Serialize)]
struct SourceEndObject<'a> {
    entries: u64,
    bytes: u64,
    sha256: &'a str,
    bytes_raw: u64,
    sha256_raw: &'a str,
}

impl<'a> SourceObject<'a> {
    fn of(source: &'a SourceInfo) -> Self {
        let end = |end: &'a SourceEnd| SourceEndObject {
            entries: end.entries,
            bytes: end.bytes,
            sha256: &end.sha256,
            bytes_raw: end.bytes_raw,
            sha256_raw: &end.sha256_raw,
        };
        Self {
            position: source.position,
            name: &source.name,
            form: form_word(source.form),
            modified: source.modified.as_deref(),
            end: source.end.as_ref().map(end),
        }
    }
}

#[derive(Serialize)]
struct GapObject<'a> {
    position: u64,
    reason: &'a str,
    count: Option<u64>,
}

impl<'a> GapObject<'a> {
    fn of(gap: &'a GapInfo) -> Self {
        Self {
            position: gap.position,
            reason: &gap.reason,
            count: gap.count,
        }
    }
}

/// Where every byte and every entry went.
#[derive(Serialize)]
struct LedgerObject<'a> {
    bytes: u64,
    lines: u64,
    entries: u64,
    control: u64,
    rows: Option<u64>,
    dated: Option<u64>,
    undated: Option<u64>,
    unparsed: Option<u64>,
    empty_entries: Option<u64>,
    rejected_bytes: u64,
    rejected_count: u64,
    rejected: Vec<DamageObject<'a>>,
}

impl<'a> LedgerObject<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let dated = ledger.rows.zip(ledger.undated);
        Self {
            bytes: ledger.bytes,
            lines: ledger.lines,
            entries: ledger.entries,
            control: ledger.control,
            rows: ledger.rows,
            dated: dated.map(|(rows, undated)| rows.saturating_sub(undated)),
            undated: ledger.undated,
            unparsed: ledger.unparsed,
            empty_entries: ledger.empty_entries,
            rejected_bytes: ledger.rejected_bytes,
            rejected_count: ledger.rejected_count,
            rejected: ledger.rejected.iter().map(DamageObject::of).collect(),
        }
    }
}
