//! Asking: checking a query while it is typed, and searching.

use std::sync::Arc;

use sealscope_engine::query::{FieldName, Query, parse};
use sealscope_engine::{SearchSpec, Sort as EngineSort, Workspace, grouped};
use tauri::State;

use crate::encode;
use crate::error::Answer;
use crate::session::Session;
use crate::wire::{
    Completion, CompletionOption, Diagnostic, Pill, QueryCheck, RelaxedQuery, SearchRequest,
    SearchState, Sort,
};

type Here<'a> = State<'a, Arc<Session>>;

/// Completions offered at once.
const OPTIONS_MAX: usize = 50;

/// What the one parser says about a query.
#[tauri::command]
pub fn query_check(session: Here<'_>, text: String) -> Answer<QueryCheck> {
    let workspace = session.state().workspace.clone();
    Ok(check(&text, workspace.as_deref()))
}

fn check(text: &str, workspace: Option<&Workspace>) -> QueryCheck {
    match parse(text) {
        Err(error) => QueryCheck {
            canonical: None,
            diagnostics: vec![encode::diagnostic(text, &error)],
            pills: Vec::new(),
        },
        Ok(parsed) => {
            let mut hints = parsed.hints;
            hints.extend(
                workspace
                    .map(|w| w.unknown_fields(text))
                    .unwrap_or_default(),
            );
            QueryCheck {
                canonical: Some(parsed.query.canonical()),
                diagnostics: hints
                    .iter()
                    .map(|hint| encode::diagnostic(text, hint))
                    .collect(),
                pills: pills(text, &parsed.query),
            }
        }
    }
}

/// The conditions that AND joins at the top.
fn conditions(query: &Query) -> Vec<Query> {
    match query {
        Query::All => Vec::new(),
        Query::And(parts) => parts.clone(),
        one => vec![one.clone()],
    }
}

fn pills(text: &str, query: &Query) -> Vec<Pill> {
    let parts = conditions(query);
    let without = |number: usize| {
        let others = parts.iter().enumerate().filter(|(n, _)| *n != number);
        Query::all_of(others.map(|(_, part)| part.clone()).collect()).canonical()
    };
    let inverted = |number: usize| {
        let turned = parts.iter().enumerate().map(|(n, part)| match part {
            Query::Not(inner) if n == number => (**inner).clone(),
            part if n == number => Query::not(part.clone()),
            part => part.clone(),
        });
        Query::all_of(turned.collect()).canonical()
    };
    let pill = |(number, part): (usize, &Query)| {
        let (negated, inner) = match part {
            Query::Not(inner) => (true, inner.canonical()),
            part => (false, part.canonical()),
        };
        let (from, to) = place_of(text, &part.canonical());
        Pill {
            text: encode::escaped(&inner),
            negated,
            from_utf16: from,
            to_utf16: to,
            without: without(number),
            inverted: inverted(number),
        }
    };
    parts.iter().enumerate().map(pill).collect()
}

/// Where a condition stands in the text as typed, when it stands there in its one form.
fn place_of(text: &str, part: &str) -> (u32, u32) {
    let Some(at) = text.find(part) else {
        return (0, 0);
    };
    let units = |bytes: usize| {
        let before = text.get(..bytes).unwrap_or_default();
        u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
    };
    (units(at), units(at + part.len()))
}

/// Names and values that could be written at the caret.
#[tauri::command]
pub async fn query_complete(
    session: Here<'_>,
    text: String,
    caret_utf16: u32,
) -> Answer<Completion> {
    let workspace = session.workspace()?;
    let caret = byte_of(&text, caret_utf16);
    let before = text.get(..caret).unwrap_or_default();
    let begin = before.rfind([' ', '(', ')']).map_or(0, |at| at + 1);
    let word = before.get(begin..).unwrap_or_default();
    let (from, options) = match word.split_once(':') {
        Some((field, value)) => {
            let begin = begin + field.len() + 1;
            (
                begin,
                values(&workspace, field, value.trim_start_matches('"')),
            )
        }
        None => (begin, fields(&workspace, word)),
    };
    let before = text.get(..from).unwrap_or_default();
    let from_utf16 = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
    Ok(Completion {
        from_utf16,
        options,
    })
}

fn byte_of(text: &str, caret_utf16: u32) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= caret_utf16 as usize {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

fn fields(workspace: &Workspace, word: &str) -> Vec<CompletionOption> {
    let Some(index) = workspace.index() else {
        return Vec::new();
    };
    let wanted = word.to_lowercase();
    let mut found: Vec<_> = index
        .catalogue()
        .into_iter()
        .map(|field| (field.field.in_query(), field.rows))
        .filter(|(name, _)| name.to_lowercase().contains(&wanted))
        .collect();
    found.sort_by_key(|(name, rows)| {
        (
            !name.to_lowercase().starts_with(&wanted),
            std::cmp::Reverse(*rows),
        )
    });
    let option = |(name, rows): (String, u64)| CompletionOption {
        label: encode::escaped(&name),
        detail: grouped(rows),
        apply: format!("{}:", sealscope_engine::query::escaped(&name)),
        field: true,
    };
    found.into_iter().take(OPTIONS_MAX).map(option).collect()
}

fn values(workspace: &Workspace, field: &str, prefix: &str) -> Vec<CompletionOption> {
    if field == "seal" {
        let words = [
            "intact",
            "consistent",
            "unproven",
            "unsealed",
            "broken",
            "unchecked",
        ];
        let fits = words.into_iter().filter(|word| word.starts_with(prefix));
        let option = |word: &str| CompletionOption {
            label: word.to_owned(),
            detail: "verdict".to_owned(),
            apply: word.to_owned(),
            field: false,
        };
        return fits.map(option).collect();
    }
    let Some(index) = workspace.index() else {
        return Vec::new();
    };
    let name = FieldName::from_query(field);
    let context = sealscope_engine::SearchContext::plain();
    let counted = index
        .complete(&name, prefix, OPTIONS_MAX, &context)
        .unwrap_or_default();
    let option = |value: sealscope_engine::ValueCount| CompletionOption {
        label: encode::escaped(&value.value),
        detail: grouped(value.rows),
        apply: value_in_query(&name, &value.value),
        field: false,
    };
    counted.into_iter().map(option).collect()
}

/// A value as it is written after `field:`.
pub(crate) fn value_in_query(field: &FieldName, value: &str) -> String {
    let condition = Query::field_is(field.clone(), value).canonical();
    let prefix = format!("{}:", sealscope_engine::query::escaped(&field.in_query()));
    condition
        .strip_prefix(&prefix)
        .map_or(condition.clone(), str::to_owned)
}

/// The order of hits in the engine's words.
#[must_use]
pub const fn sort_of(sort: Sort) -> EngineSort {
    match sort {
        Sort::Position => EngineSort::Position,
        Sort::PositionDown => EngineSort::PositionDown,
        Sort::Time => EngineSort::Time,
        Sort::TimeDown => EngineSort::TimeDown,
    }
}

/// Begins a search. A query with errors does not run.
#[tauri::command]
pub async fn search(session: Here<'_>, request: SearchRequest) -> Answer<SearchState> {
    let workspace = session.workspace()?;
    let checked = check(&request.text, Some(&workspace));
    if checked
        .diagnostics
        .iter()
        .any(|diagnostic| diagnostic.error)
    {
        return Ok(not_run(checked.diagnostics));
    }
    let spec = SearchSpec {
        sort: sort_of(request.sort),
        from_ns: request.from_ns.map(|ns| ns.0),
        to_ns: request.to_ns.map(|ns| ns.0),
        join: request.join.then(|| "auditID".to_owned()),
        ..SearchSpec::new(&request.text)
    };
    match workspace.start_search(spec) {
        Ok(job) => {
            let id = session.keep_search(job);
            state_of(&session, id)
        }
        Err(error) => Err(crate::error::search_failed(&error)),
    }
}

fn not_run(diagnostics: Vec<Diagnostic>) -> SearchState {
    SearchState {
        search_id: None,
        generation: 0u64.into(),
        count: 0u64.into(),
        exact: true,
        searched: 0u64.into(),
        total: 0u64.into(),
        running: false,
        canonical: String::new(),
        diagnostics,
        eta_text: String::new(),
    }
}

/// How far a search is.
#[tauri::command]
pub fn search_state(session: Here<'_>, search_id: u64) -> Answer<SearchState> {
    state_of(&session, search_id)
}

fn state_of(session: &Session, id: u64) -> Answer<SearchState> {
    let job = session.search(id)?;
    let progress = job.progress();
    let outcome = job.outcome();
    if let Some(Err(error)) = &outcome {
        return Err(crate::error::search_failed(error));
    }
    let workspace = session.workspace()?;
    let search = outcome.and_then(Result::ok);
    // Rows that are only added behind leave the generation as it is.
    let generation = workspace.generation() * 2 + u64::from(!progress.is_running);
    Ok(SearchState {
        search_id: Some(id.into()),
        generation: generation.into(),
        count: progress.count.into(),
        exact: progress.is_exact,
        searched: progress.searched.into(),
        total: progress.total.into(),
        running: progress.is_running,
        canonical: search
            .as_ref()
            .map(|search| search.canonical())
            .unwrap_or_default(),
        diagnostics: search
            .as_ref()
            .map(|s| {
                s.hints()
                    .iter()
                    .map(|h| encode::diagnostic(&s.spec().text, h))
                    .collect()
            })
            .unwrap_or_default(),
        eta_text: String::new(),
    })
}

/// For a query without hits: what each condition takes away, most hits first.
#[tauri::command]
pub async fn relaxed(session: Here<'_>, search_id: u64) -> Answer<Vec<RelaxedQuery>> {
    let workspace = session.workspace()?;
    let job = session.search(search_id)?;
    let Some(Ok(search)) = job.outcome() else {
        return Ok(Vec::new());
    };
    let Ok(parsed) = parse(&search.spec().text) else {
        return Ok(Vec::new());
    };
    if !workspace.is_indexed() {
        return Ok(Vec::new());
    }
    let mut relaxed = Vec::new();
    for pill in pills(&search.spec().text, &parsed.query)
        .into_iter()
        .take(16)
    {
        let spec = SearchSpec {
            text: pill.without.clone(),
            ..search.spec().clone()
        };
        let found = workspace.search(spec, &sealscope_engine::Cancel::default());
        let count = found
            .map_err(|error| crate::error::search_failed(&error))?
            .count();
        relaxed.push(RelaxedQuery {
            without: pill.text,
            text: pill.without,
            count: count.into(),
        });
    }
    relaxed.sort_by_key(|one| std::cmp::Reverse(one.count));
    Ok(relaxed)
}
