//! One entry: what it says, its bytes, its proof and the chain around it.

use std::sync::Arc;

use sealscope_engine::model::{Precision, ZoneOrigin};
use sealscope_engine::times::{Zone, format_time};
use sealscope_engine::{
    Cancel, ChainCentre, OpenArchive, Row, RowPlace, SearchSpec, Sort, ValueKind, Workspace,
    explain,
    query::{FieldName, Query},
};
use tauri::State;

use crate::encode::{self, FIELD_BYTES};
use crate::error::{Answer, could_not_read, nothing_open};
use crate::session::Session;
use crate::wire::{
    BytesRequest, ChainNode, ChainRequest, EntryAt, EntryDetail, EntryField, EntryTimes, FieldKind,
    ProofRequest, ProofView, RawBytes, RequestStage, Shown,
};

type Here<'a> = State<'a, Arc<Session>>;

/// Fields listed at most.
const FIELDS_MAX: usize = 2000;
/// Stages of one request listed at most.
const STAGES_MAX: usize = 50;
/// Bytes read at once at most.
const BYTES_MAX: u32 = 64 << 10;

fn archive_of(workspace: &Workspace, id: u32) -> Answer<Arc<OpenArchive>> {
    workspace
        .archives()
        .get(id as usize)
        .cloned()
        .ok_or_else(nothing_open)
}

fn row_at(workspace: &Workspace, at: &EntryAt) -> Answer<Row> {
    let place = RowPlace {
        archive: at.archive as usize,
        position: at.position.get(),
        record: at.record.unwrap_or(0),
    };
    workspace.row(place).map_err(|error| could_not_read(&error))
}

/// All that one entry says, read and hashed again.
#[tauri::command]
pub async fn entry(session: Here<'_>, request: EntryAt) -> Answer<EntryDetail> {
    let workspace = session.workspace()?;
    let row = row_at(&workspace, &request)?;
    let archive = archive_of(&workspace, request.archive)?;
    let summary = archive.summary();
    let found = workspace.break_at(archive.id(), row.position);
    let words = explain::explain_entry(
        row.verdict,
        found.as_ref(),
        summary.as_deref(),
        archive.format(),
    );
    let fields = fields_of(&row);
    let left_out = fields.len().saturating_sub(FIELDS_MAX);
    let raw = encode::shown_lines(&row.raw, FIELD_BYTES);
    let local = session.local;
    Ok(EntryDetail {
        at: request,
        verdict: encode::verdict(row.verdict),
        headline: words.headline,
        sentence: encode::escaped(&words.sentence),
        fields: fields.into_iter().take(FIELDS_MAX).collect(),
        fields_left_out: left_out.into(),
        raw_truncated: raw.cut,
        raw_text: raw,
        bytes_total: row.raw.len().into(),
        encoding_note: encoding_note(&row.raw),
        notes: row.notes.iter().map(|note| encode::escaped(note)).collect(),
        times: times_of(&row, Zone::Local(local)),
        stages: stages_of(&session, &workspace, &archive, &row),
    })
}

/// The rows of the same request, in order of time, where the schema writes a request in stages.
fn stages_of(
    session: &Session,
    workspace: &Arc<Workspace>,
    archive: &OpenArchive,
    row: &Row,
) -> Vec<RequestStage> {
    let field = |row: &Row, path: &str| {
        let found = row.fields.iter().find(|field| field.path == path);
        found.map(|field| field.text.clone())
    };
    let is_staged = archive.reading().schema.name() == "kubernetes-audit";
    // Without an index this would read the whole archive for one entry.
    let Some(id) = field(row, "auditID").filter(|_| is_staged && workspace.is_indexed()) else {
        return Vec::new();
    };
    let condition = Query::field_is(FieldName::Raw("auditID".to_owned()), &id);
    let spec = SearchSpec {
        sort: Sort::Time,
        ..SearchSpec::new(&condition.canonical())
    };
    let found = workspace.search(spec, &Cancel::default()).ok();
    let page = found.and_then(|found| found.page(0, STAGES_MAX).ok());
    let zone = session.state().zone;
    let rows = page.unwrap_or_default().rows.into_iter();
    let stages = rows.map(|one| RequestStage {
        at: EntryAt {
            archive: u32::try_from(one.archive).unwrap_or(u32::MAX),
            position: one.position.into(),
            record: (one.record > 0).then_some(one.record),
        },
        stage: encode::escaped(&field(&one, "stage").unwrap_or_default()),
        time_text: one
            .spine
            .time
            .map(|time| format_time(&time, zone))
            .unwrap_or_default(),
        verdict: encode::verdict(one.verdict),
        here: one.archive == row.archive && one.position == row.position,
    });
    stages.collect()
}

fn encoding_note(raw: &[u8]) -> String {
    let invalid: usize = raw.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    match invalid {
        0 => "UTF-8".to_owned(),
        1 => "UTF-8, 1 invalid byte shown as a chip".to_owned(),
        n => format!("UTF-8, {n} invalid bytes shown as chips"),
    }
}

fn fields_of(row: &Row) -> Vec<EntryField> {
    let spine = &row.spine;
    let severity = spine.severity.map(|severity| severity.word().to_owned());
    let keywords = [
        ("who", "Who", spine.who.clone()),
        ("did", "Did", spine.did.clone()),
        ("to_what", "To what", spine.to_what.clone()),
        ("from_where", "From where", spine.from_where.clone()),
        ("outcome", "Outcome", spine.outcome.clone()),
        ("decision", "Decision", spine.decision.clone()),
        ("severity", "Severity", severity),
        ("class", "Class", Some(spine.class.word().to_owned())),
    ];
    let mut fields = vec![EntryField {
        key: "message".to_owned(),
        name: Shown::plain("Message"),
        shown: encode::shown(&spine.message, FIELD_BYTES),
        kind: FieldKind::Text,
        spine: true,
        condition: None,
        copy: encode::escaped(&spine.message),
    }];
    for (key, name, value) in keywords {
        let Some(value) = value else { continue };
        let mut field = field(key, &value, FieldKind::Text, FieldName::from_query(key));
        field.name = Shown::plain(name);
        field.spine = true;
        fields.push(field);
    }
    for raw in &row.fields {
        let kind = match raw.kind {
            ValueKind::Text => FieldKind::Text,
            ValueKind::Number => FieldKind::Number,
            ValueKind::Bool => FieldKind::Bool,
            ValueKind::Null => FieldKind::Null,
        };
        fields.push(field(
            &raw.path,
            &raw.text,
            kind,
            FieldName::Raw(raw.path.clone()),
        ));
    }
    fields
}

fn field(key: &str, value: &str, kind: FieldKind, name: FieldName) -> EntryField {
    EntryField {
        key: name.in_query(),
        name: encode::shown(key, encode::CELL_BYTES),
        shown: encode::shown(value, FIELD_BYTES),
        kind,
        spine: false,
        condition: (value.len() <= 1024).then(|| Query::field_is(name, value).canonical()),
        copy: encode::escaped(value),
    }
}

fn times_of(row: &Row, local: Zone) -> Option<EntryTimes> {
    let time = row.spine.time?;
    let precision = match time.precision {
        Precision::Seconds => "seconds",
        Precision::Milliseconds => "milliseconds",
        Precision::Microseconds => "microseconds",
        Precision::Nanoseconds => "nanoseconds",
    };
    let zone_note = match (time.zone, time.year_inferred) {
        (ZoneOrigin::Stated, false) => "",
        (ZoneOrigin::Stated, true) => "The year is inferred: the entry states none.",
        (ZoneOrigin::Inferred, false) => "The zone is inferred: the entry states none.",
        (ZoneOrigin::Inferred, true) => "Zone and year are inferred: the entry states neither.",
    };
    let text = row.spine.time_text.clone().unwrap_or_default();
    let field = row
        .fields
        .iter()
        .find(|field| !text.is_empty() && field.text == text);
    Some(EntryTimes {
        source: format_time(&time, Zone::Source),
        utc: format_time(&time, Zone::Utc),
        local: format_time(&time, local),
        precision: precision.to_owned(),
        zone_note: zone_note.to_owned(),
        original_text: encode::shown(&text, encode::CELL_BYTES),
        field: field
            .map(|field| encode::escaped(&field.path))
            .unwrap_or_default(),
    })
}

/// Bytes of an entry.
#[tauri::command]
pub async fn read_bytes(session: Here<'_>, request: BytesRequest) -> Answer<RawBytes> {
    let workspace = session.workspace()?;
    let at = EntryAt {
        archive: request.archive,
        position: request.position,
        record: None,
    };
    let row = row_at(&workspace, &at)?;
    let from = usize::try_from(request.offset.get())
        .unwrap_or(usize::MAX)
        .min(row.raw.len());
    let to = from
        .saturating_add(request.len.min(BYTES_MAX) as usize)
        .min(row.raw.len());
    let bytes = row.raw.get(from..to).unwrap_or_default();
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(RawBytes {
        offset: from.into(),
        hex,
        total: row.raw.len().into(),
    })
}

/// The proof of one entry.
#[tauri::command]
pub async fn proof(session: Here<'_>, request: ProofRequest) -> Answer<ProofView> {
    let workspace = session.workspace()?;
    let place = (request.archive as usize, request.position.get());
    let proof = workspace
        .proof(place.0, place.1)
        .map_err(|error| could_not_read(&error))?;
    Ok(encode::proof(&proof))
}

/// The chain around a position.
#[tauri::command]
pub async fn chain_window(session: Here<'_>, request: ChainRequest) -> Answer<Vec<ChainNode>> {
    let workspace = session.workspace()?;
    let centre = match request.problem {
        Some(number) => ChainCentre::Break(usize::try_from(number.get()).unwrap_or(usize::MAX)),
        None => ChainCentre::Sealed(request.position.get()),
    };
    let chain = workspace.chain(request.archive as usize, centre, request.around as usize);
    let nodes = chain.map_err(|error| could_not_read(&error))?;
    Ok(nodes.iter().map(encode::chain_node).collect())
}
