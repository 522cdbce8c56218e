//! The table: columns, pages, and where to scroll to.

use std::sync::Arc;

use sealscope_engine::times::format_time;
use sealscope_engine::{
    Cancel, CopyForm, GotoContext, Row as EngineRow, Search, cell, grouped, parse_goto,
};
use tauri::State;

use crate::encode::{self, CELL_BYTES};
use crate::error::{Answer, could_not_read, failed, no_such_search, search_failed};
use crate::session::Session;
use crate::wire::{
    Column, Copied, CopyFormat, CopyRequest, EntryAt, FieldInfo, GotoAnswer, Ns, Page, PageRequest,
    ProblemPlace, ProblemRequest, Row, RowFlags, RowGap, Whole,
};

type Here<'a> = State<'a, Arc<Session>>;

/// Rows of one page at most.
const PAGE_ROWS_MAX: u32 = 512;
/// Missing runs listed at most.
const GAPS_MAX: usize = 1000;
/// Fields offered as columns at most.
const FIELDS_MAX: usize = 2000;

/// The columns of the table.
#[tauri::command]
pub fn columns(session: Here<'_>) -> Answer<Vec<Column>> {
    let workspace = session.workspace()?;
    Ok(workspace
        .columns()
        .into_iter()
        .map(|column| Column {
            title: encode::escaped(&column.title),
            key: column.key,
            mono: column.is_mono,
            width: column.width,
            default_visible: column.is_default,
        })
        .collect())
}

/// Raw fields that at least one entry has.
#[tauri::command]
pub async fn fields_available(session: Here<'_>) -> Answer<Vec<FieldInfo>> {
    let workspace = session.workspace()?;
    Ok(workspace
        .fields()
        .into_iter()
        .take(FIELDS_MAX)
        .map(|field| FieldInfo {
            title: encode::escaped(&field.key),
            key: field.key,
            rows: Some(field.rows.into()),
        })
        .collect())
}

/// The answer of a search that is done.
///
/// # Errors
/// It is not done, or failed.
pub(crate) fn answer_of(session: &Session, search_id: u64) -> Answer<Arc<Search>> {
    let job = session.search(search_id)?;
    match job.outcome() {
        Some(Ok(search)) => Ok(search),
        Some(Err(error)) => Err(search_failed(&error)),
        None => Err(failed(
            "still-searching",
            "The search is still running",
            "",
            "Wait a moment.",
        )),
    }
}

/// Rows read again from the archive and hashed again.
#[tauri::command]
pub async fn page(session: Here<'_>, request: PageRequest) -> Answer<Page> {
    let workspace = session.workspace()?;
    let job = session.search(request.search_id.get())?;
    let generation = workspace.generation() * 2 + u64::from(!job.progress().is_running);
    let Some(Ok(search)) = job.outcome() else {
        let nothing = Whole::default();
        let generation = generation.into();
        return Ok(Page {
            generation,
            first: request.first,
            count: nothing,
            rows: Vec::new(),
        });
    };
    let count = request.count.min(PAGE_ROWS_MAX) as usize;
    let read = search
        .page(request.first.get(), count)
        .map_err(|error| could_not_read(&error))?;
    let zone = session.state().zone;
    let names: Vec<String> = workspace
        .archives()
        .iter()
        .map(|archive| archive.name())
        .collect();
    let rows = read.rows.iter().map(|row| {
        let cells = request.columns.iter().map(|key| {
            let archive = names.get(row.archive).map_or("", String::as_str);
            encode::of_engine(cell(row, key, zone, archive))
        });
        row_of(row, cells.collect(), search.joined_at(row.ordinal), zone)
    });
    Ok(Page {
        generation: generation.into(),
        first: request.first,
        count: search.count().into(),
        rows: rows.collect(),
    })
}

fn row_of(
    row: &EngineRow,
    cells: Vec<crate::wire::Shown>,
    joined: u32,
    zone: sealscope_engine::times::Zone,
) -> Row {
    let time = row.spine.time;
    let holds = sealscope_engine::shown::shown(&row.raw, CELL_BYTES * 8).holds;
    Row {
        ordinal: row.ordinal.into(),
        archive: u32::try_from(row.archive).unwrap_or(u32::MAX),
        position: row.position.into(),
        record: (row.record > 0).then_some(row.record),
        verdict: encode::verdict(row.verdict),
        severity: row.spine.severity.map(encode::severity),
        time_ns: time.map(|time| Ns(time.ns)),
        time_text: time
            .map(|time| format_time(&time, zone))
            .unwrap_or_default(),
        cells,
        flags: RowFlags {
            time_inferred: time.is_some_and(|time| {
                time.year_inferred || time.zone == sealscope_engine::model::ZoneOrigin::Inferred
            }),
            controls: holds.controls,
            bidi: holds.hidden,
            invalid_utf8: std::str::from_utf8(&row.raw).is_err(),
            unparsed: row.is_unparsed,
            unreadable: false,
            missing_before: row.missing_before.into(),
            joined,
        },
    }
}

/// Missing entries between the rows of an unfiltered search in stored order.
#[tauri::command]
pub fn row_gaps(session: Here<'_>, search_id: u64) -> Answer<Vec<RowGap>> {
    let workspace = session.workspace()?;
    let search = answer_of(&session, search_id)?;
    if search.canonical() != "*" || search.spec().sort != sealscope_engine::Sort::Position {
        return Ok(Vec::new());
    }
    let mut gaps = Vec::new();
    for archive in workspace.archives() {
        for (sealed, stored, missing) in archive.missing_runs().into_iter().take(GAPS_MAX) {
            gaps.push(RowGap {
                before_ordinal: search.ordinal_of(archive.id(), stored).into(),
                missing: missing.into(),
                archive: u32::try_from(archive.id()).unwrap_or(u32::MAX),
                position: sealed.into(),
            });
        }
    }
    gaps.truncate(GAPS_MAX);
    Ok(gaps)
}

/// The first hit at or after a moment.
#[tauri::command]
pub async fn ordinal_at_time(session: Here<'_>, search_id: u64, ns: Ns) -> Answer<Option<Whole>> {
    let search = answer_of(&session, search_id)?;
    let ordinal = search.ordinal_at_time(ns.0);
    Ok((ordinal < search.count()).then(|| ordinal.into()))
}

/// Goes to a position, a time, a step from the newest entry, or the first digits of a leaf hash.
#[tauri::command]
pub async fn goto(session: Here<'_>, search_id: u64, text: String) -> Answer<GotoAnswer> {
    let workspace = session.workspace()?;
    let search = answer_of(&session, search_id)?;
    let zone = session.state().zone;
    let newest_ns = workspace.times().map(|(_, newest)| newest);
    let context = GotoContext {
        zone,
        here_ns: None,
        newest_ns,
    };
    let target = match parse_goto(&text, &context) {
        Err(error) => {
            return Ok(GotoAnswer {
                ordinal: None,
                message: error.to_string(),
            });
        }
        Ok(target) => target,
    };
    let found = search.goto(0, &target, zone, &Cancel::default());
    let found = found.map_err(|error| could_not_read(&error))?;
    Ok(GotoAnswer {
        ordinal: found.ordinal.map(Into::into),
        message: encode::escaped(&found.says),
    })
}

/// Where an entry stands among the hits.
#[tauri::command]
pub async fn ordinal_of(session: Here<'_>, search_id: u64, at: EntryAt) -> Answer<Option<Whole>> {
    let search = answer_of(&session, search_id)?;
    let ordinal = search.ordinal_of(at.archive as usize, at.position.get());
    let places = search
        .places(ordinal, 1)
        .map_err(|error| could_not_read(&error))?;
    let is_there = places.first().is_some_and(|place| {
        place.archive == at.archive as usize && place.position == at.position.get()
    });
    Ok(is_there.then(|| ordinal.into()))
}

/// The next seal problem, or the one before; after the last one comes the first one.
#[tauri::command]
pub async fn next_problem(
    session: Here<'_>,
    request: ProblemRequest,
) -> Answer<Option<ProblemPlace>> {
    let workspace = session.workspace()?;
    let search = answer_of(&session, request.search_id.get()).map_err(|_| no_such_search())?;
    let mut problems = Vec::new();
    for archive in workspace.archives() {
        let Some(summary) = archive.summary() else {
            continue;
        };
        for found in &summary.breaks {
            let Some(place) = workspace.place_of_break(archive.id(), found) else {
                continue;
            };
            problems.push((archive.id(), place, found.says.clone()));
        }
    }
    problems.sort_by_key(|(archive, place, _)| (*archive, *place));
    if problems.is_empty() {
        return Ok(None);
    }
    let here = (request.archive as usize, request.position.map(Whole::get));
    let is_after = |(archive, place, _): &(usize, u64, String)| match here.1 {
        None => true,
        Some(position) => (*archive, *place) > (here.0, position),
    };
    let is_before = |problem: &(usize, u64, String)| match here.1 {
        None => true,
        Some(position) => (problem.0, problem.1) < (here.0, position),
    };
    let number = if request.backward {
        problems
            .iter()
            .rposition(is_before)
            .unwrap_or(problems.len() - 1)
    } else {
        problems.iter().position(is_after).unwrap_or(0)
    };
    let Some((archive, position, says)) = problems.get(number) else {
        return Ok(None);
    };
    let ordinal = search.ordinal_of(*archive, *position);
    Ok(Some(ProblemPlace {
        archive: u32::try_from(*archive).unwrap_or(u32::MAX),
        position: (*position).into(),
        ordinal: (ordinal < search.count()).then(|| ordinal.into()),
        says: format!(
            "Problem {} of {}: {}",
            grouped(number as u64 + 1),
            grouped(problems.len() as u64),
            encode::escaped(says)
        ),
    }))
}

/// Rows as text for the clipboard, each with its seal state.
#[tauri::command]
pub async fn copy_rows(session: Here<'_>, request: CopyRequest) -> Answer<Copied> {
    let search = answer_of(&session, request.search_id.get())?;
    let zone = session.state().zone;
    let ranges: Vec<(u64, u64)> = request
        .ranges
        .iter()
        .map(|(from, to)| (from.get(), to.get()))
        .collect();
    let form = match request.format {
        CopyFormat::Tsv => CopyForm::Tsv(request.columns),
        CopyFormat::Jsonl => CopyForm::JsonLines,
    };
    let copied = search
        .copy(&ranges, &form, zone, &Cancel::default())
        .map_err(|error| {
            failed(
                "copy",
                "These rows cannot be copied",
                error.to_string(),
                "Select fewer rows.",
            )
        })?;
    Ok(Copied {
        text: copied.text,
        rows: copied.rows.into(),
    })
}
