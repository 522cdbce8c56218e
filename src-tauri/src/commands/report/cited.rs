//! Entries that the report cites.

use std::sync::Arc;

use sealscope_engine::case::{Case, Cited};
use sealscope_engine::times::format_time;
use sealscope_engine::{EXHIBITS_MAX, Row, RowPlace, Workspace, item_label};
use tauri::State;

use super::case::{too_many, view};
use super::desk::{Desk, is_same};
use crate::commands::rows::answer_of;
use crate::encode::{self, CELL_BYTES};
use crate::error::{Answer, could_not_read};
use crate::session::Session;
use crate::wire::{CiteAnswer, CiteRequest, CitedView, Shown, VerdictWord};

type Here<'a> = State<'a, Arc<Session>>;
type OnDesk<'a> = State<'a, Arc<Desk>>;

/// Rows read at once.
const PAGE_ROWS: u64 = 500;
/// Cited entries shown at once at most.
const SHOWN_MAX: usize = 200;

/// Adds entries to the report, at the end; those that are there already stay where they are.
#[tauri::command]
pub async fn cite_rows(
    session: Here<'_>,
    desk: OnDesk<'_>,
    request: CiteRequest,
) -> Answer<CiteAnswer> {
    let workspace = session.workspace()?;
    let new = asked_for(&session, &workspace, &request)?;
    let asked = new.len();
    let added = desk.change(&session.places, |case| add(case, new))?;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(CiteAnswer {
        added: number(added),
        already: number(asked - added),
        view: view(&session, &desk)?,
    })
}

fn asked_for(
    session: &Session,
    workspace: &Workspace,
    request: &CiteRequest,
) -> Answer<Vec<Cited>> {
    let ranges = || {
        request
            .ranges
            .iter()
            .map(|(from, to)| (from.get(), to.get()))
    };
    let hits: u64 = ranges().map(|(from, to)| to.saturating_sub(from)).sum();
    let asked = hits.saturating_add(request.entries.len() as u64);
    if asked > EXHIBITS_MAX {
        return Err(too_many(asked));
    }
    let mut new = Vec::new();
    let row_failed = |error| could_not_read(&error);
    if hits > 0 {
        let search = answer_of(session, request.search_id.get())?;
        for (from, to) in ranges() {
            let to = to.min(search.count());
            for first in (from..to).step_by(PAGE_ROWS as usize) {
                let count = usize::try_from(PAGE_ROWS.min(to - first)).unwrap_or(0);
                let page = search.page(first, count).map_err(row_failed)?;
                new.extend(page.rows.iter().map(|row| workspace.cite(row)));
            }
        }
    }
    for at in &request.entries {
        let place = RowPlace {
            archive: at.archive as usize,
            position: at.position.get(),
            record: at.record.unwrap_or(0),
        };
        new.push(workspace.cite(&workspace.row(place).map_err(row_failed)?));
    }
    Ok(new)
}

/// How many were added.
pub(super) fn add(case: &mut Case, new: Vec<Cited>) -> Answer<usize> {
    let key = |cited: &Cited| (cited.leaf.clone(), cited.position, cited.record);
    let mut known: std::collections::BTreeMap<_, Vec<Cited>> = std::collections::BTreeMap::new();
    for cited in &case.cited {
        known.entry(key(cited)).or_default().push(cited.clone());
    }
    let before = case.cited.len();
    for cited in new {
        let alike = known.entry(key(&cited)).or_default();
        if !alike.iter().any(|one| is_same(one, &cited)) {
            alike.push(cited.clone());
            case.cited.push(cited);
        }
    }
    match case.cited.len() as u64 {
        count if count > EXHIBITS_MAX => Err(too_many(count)),
        _ => Ok(case.cited.len() - before),
    }
}

/// Some of the cited entries as they are now, read and hashed again.
#[tauri::command]
pub async fn cited_views(
    session: Here<'_>,
    desk: OnDesk<'_>,
    first: u32,
    count: u32,
) -> Answer<Vec<CitedView>> {
    let cited: Vec<Cited> = desk.with_case(&session.places, |file| {
        let from = file.case.cited.iter().skip(first as usize);
        from.take(SHOWN_MAX.min(count as usize)).cloned().collect()
    })?;
    let workspace = session.state().workspace.clone();
    let view = |cited: &Cited| {
        let found = workspace.as_ref().map(|it| it.cited_row(cited));
        match found {
            Some(Ok(Some(row))) => shown(&session, &row),
            _ => not_there(),
        }
    };
    Ok(cited.iter().map(view).collect())
}

fn shown(session: &Session, row: &Row) -> CitedView {
    let zone = session.state().zone;
    let time = row.spine.time.map(|time| format_time(&time, zone));
    CitedView {
        there: true,
        label: item_label(row.archive),
        verdict: encode::verdict(row.verdict),
        time_text: time.unwrap_or_default(),
        message: encode::shown(&row.spine.message, CELL_BYTES),
    }
}

fn not_there() -> CitedView {
    CitedView {
        there: false,
        label: String::new(),
        verdict: VerdictWord::Unchecked,
        time_text: String::new(),
        message: Shown::plain(""),
    }
}
