//! The most frequent values of fields.

use std::sync::Arc;

use sealscope_engine::Search;
use sealscope_engine::query::{FieldName, Query, parse};
use tauri::State;

use super::rows::answer_of;
use crate::encode;
use crate::error::Answer;
use crate::session::Session;
use crate::wire::{Facet, FacetField, FacetRequest, FacetState, FacetValue};

type Here<'a> = State<'a, Arc<Session>>;

/// Values of one facet at most.
const VALUES_MAX: usize = 200;
/// Values looked through for a filter at most.
const LOOKED_THROUGH_MAX: usize = 20_000;

/// The fields that are worth breaking down, for the schemas that are open.
#[tauri::command]
pub fn facet_fields(session: Here<'_>) -> Answer<Vec<FacetField>> {
    let workspace = session.workspace()?;
    let mut fields = vec![
        ("seal", true),
        ("severity", true),
        ("who", true),
        ("did", true),
    ];
    fields.extend([("outcome", false), ("decision", false), ("class", false)]);
    fields.extend([("to_what", false), ("from_where", false)]);
    let schemas = workspace
        .archives()
        .iter()
        .map(|archive| archive.reading().schema.name());
    for schema in schemas {
        let raw: &[&str] = match schema {
            "kubernetes-audit" => &["objectRef.resource", "objectRef.namespace", "stage"],
            "cloudtrail" => &["eventSource", "awsRegion", "errorCode", "userIdentity.type"],
            "syslog" => &["host", "app"],
            "journal" => &["SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "_HOSTNAME"],
            "access-log" => &["status", "method"],
            _ => &[],
        };
        fields.extend(raw.iter().map(|name| (*name, false)));
    }
    if workspace.archives().len() > 1 {
        fields.push(("archive", true));
    }
    let mut seen = std::collections::BTreeSet::new();
    fields.retain(|(name, _)| seen.insert(*name));
    let known = workspace.index().map(|index| index.catalogue());
    let exists = |name: &str| {
        matches!(name, "seal" | "archive")
            || known.as_ref().is_none_or(|known| {
                known
                    .iter()
                    .any(|field| field.rows > 0 && field.field.in_query() == name)
            })
    };
    Ok(fields
        .into_iter()
        .filter(|(name, _)| exists(name))
        .map(|(name, open)| FacetField {
            field: name.to_owned(),
            title: title_of(name),
            open,
        })
        .collect())
}

fn title_of(field: &str) -> String {
    match field {
        "seal" => "Seal",
        "severity" => "Severity",
        "who" => "Who",
        "did" => "Did",
        "to_what" => "To what",
        "from_where" => "From where",
        "outcome" => "Outcome",
        "decision" => "Decision",
        "class" => "Class",
        "archive" => "Archive",
        raw => return encode::escaped(raw),
    }
    .to_owned()
}

/// Counts the values of fields among the hits.
#[tauri::command]
pub async fn facets(session: Here<'_>, request: FacetRequest) -> Answer<Vec<Facet>> {
    let search = answer_of(&session, request.search_id.get())?;
    let top = (request.top as usize).min(VALUES_MAX);
    Ok(request
        .fields
        .iter()
        .map(|field| facet(&search, field, top, request.filter.as_deref()))
        .collect())
}

fn facet(search: &Search, field: &str, top: usize, filter: Option<&str>) -> Facet {
    let state = if search.is_exact() {
        FacetState::Exact
    } else {
        FacetState::Partial
    };
    let wanted = filter.map(str::to_lowercase);
    let most = if wanted.is_some() {
        LOOKED_THROUGH_MAX
    } else {
        top
    };
    let counted = match search.facet(field, most) {
        Ok(counted) => counted,
        Err(error) => {
            return Facet {
                field: field.to_owned(),
                title: title_of(field),
                state,
                distinct: None,
                values: Vec::new(),
                error: Some(encode::escaped(&error.to_string())),
            };
        }
    };
    let asked = asked_for(search);
    let fits = |value: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| value.to_lowercase().contains(wanted.as_str()))
    };
    let mut values: Vec<(String, u64)> = counted
        .values
        .into_iter()
        .filter(|(value, _)| fits(value))
        .collect();
    if field == "seal" {
        let order = [
            "intact",
            "consistent",
            "unproven",
            "unsealed",
            "broken",
            "unchecked",
        ];
        values.sort_by_key(|(value, _)| order.iter().position(|word| word == value));
    }
    values.truncate(top);
    let value = |(value, count): (String, u64)| {
        let condition = condition(field, &value);
        FacetValue {
            value: encode::shown(&value, encode::CELL_BYTES),
            included: asked.contains(&condition),
            excluded: asked.contains(&format!("NOT {condition}")),
            condition,
            count: count.into(),
        }
    };
    Facet {
        field: field.to_owned(),
        title: title_of(field),
        state,
        distinct: (state == FacetState::Exact).then(|| counted.distinct.into()),
        values: values.into_iter().map(value).collect(),
        error: None,
    }
}

fn condition(field: &str, value: &str) -> String {
    match field {
        "seal" => format!("seal:{value}"),
        name => Query::field_is(FieldName::from_query(name), value).canonical(),
    }
}

/// The conditions that the query joins by AND, in their one form.
fn asked_for(search: &Search) -> Vec<String> {
    match parse(&search.spec().text).map(|parsed| parsed.query) {
        Ok(Query::And(parts)) => parts.iter().map(Query::canonical).collect(),
        Ok(one) => vec![one.canonical()],
        Err(_) => Vec::new(),
    }
}
