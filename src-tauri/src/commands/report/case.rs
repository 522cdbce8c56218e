//! The case: shown, written, opened.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use sealscope_engine::case::{
    CONTROLS, Case, CaseFile, DECLARATIONS, Deposit, SECTIONS, SectionChoice as Chosen, SectionId,
    Template, control_set, sections_of,
};
use sealscope_engine::{EXHIBITS_MAX, Places, Workspace, item_label, kept_query};
use serde_json::{Value, from_value, to_value};
use tauri::State;

use super::desk::{Desk, ENDING, new_case, not_kept};
use super::forms;
use crate::encode;
use crate::error::{Answer, failed};
use crate::session::Session;
use crate::wire::{
    CaseForm, CaseItem, CaseView, CommandError, ControlChoice, DeclarationChoice, Ns,
    ReportChoices, SectionChoice, SectionForm, TemplateChoice,
};

type Here<'a> = State<'a, Arc<Session>>;
type OnDesk<'a> = State<'a, Arc<Desk>>;

/// Exhibits that a prepared question brings.
const CONTROL_EXHIBITS: u64 = 20;

/// What a report can be made of.
#[tauri::command]
pub fn report_choices() -> Answer<ReportChoices> {
    let sections = SECTIONS.iter().map(|section| SectionChoice {
        id: word(section.id),
        heading: section.heading.to_owned(),
        required: section.is_required,
    });
    let templates = Template::ALL.into_iter().map(|template| {
        let has = sections_of(template);
        let others = SECTIONS.iter().map(|section| section.id);
        TemplateChoice {
            template: template.into(),
            title: template.title().to_owned(),
            leaves_out: others.filter(|id| !has.contains(id)).map(word).collect(),
        }
    });
    let declarations = DECLARATIONS.iter().map(|form| DeclarationChoice {
        name: form.name.to_owned(),
        title: form.title.to_owned(),
        basis: form.basis.to_owned(),
        text: form.text.to_owned(),
    });
    let controls = CONTROLS.iter().map(|set| ControlChoice {
        name: set.name.to_owned(),
        title: set.title.to_owned(),
        basis: set.basis.to_owned(),
        questions: u32::try_from(set.questions.len()).unwrap_or(u32::MAX),
    });
    Ok(ReportChoices {
        sections: sections.collect(),
        templates: templates.collect(),
        declarations: declarations.collect(),
        controls: controls.collect(),
        forms: forms::FORMS.to_vec(),
        signs: forms::SIGNS,
        exhibits_max: u32::try_from(EXHIBITS_MAX).unwrap_or(u32::MAX),
    })
}

/// The case as it is now.
#[tauri::command]
pub fn case_view(session: Here<'_>, desk: OnDesk<'_>) -> Answer<CaseView> {
    view(&session, &desk)
}

pub(super) fn view(session: &Session, desk: &Desk) -> Answer<CaseView> {
    let workspace = session.state().workspace.clone();
    desk.with_case(&session.places, |file| view_of(file, workspace.as_deref()))
}

pub(super) fn view_of(file: &CaseFile, workspace: Option<&Workspace>) -> CaseView {
    let case = &file.case;
    let (deposits, items) = deposits(&case.deposits, workspace);
    CaseView {
        id: case.id.clone(),
        path: encode::escaped(&file.path().to_string_lossy()),
        revision: case.revision.into(),
        form: form_of(case, deposits),
        items,
    }
}

/// A deposit for each archive that is open, then those of others.
fn deposits(known: &[Deposit], workspace: Option<&Workspace>) -> (Vec<Deposit>, Vec<CaseItem>) {
    let mut all = known.to_vec();
    let mut items = Vec::new();
    for archive in workspace.map(Workspace::archives).unwrap_or_default() {
        let sha256 = archive.sha256().map(|digest| digest.to_hex());
        let sha256 = sha256.unwrap_or_default();
        let is_of = |deposit: &&Deposit| match (sha256.is_empty(), deposit.sha256.is_empty()) {
            (false, false) => deposit.sha256 == sha256,
            _ => Path::new(&deposit.path) == archive.path(),
        };
        let place = match all.iter().position(|deposit| is_of(&deposit)) {
            Some(place) => place,
            None => {
                all.push(Deposit {
                    path: archive.path().to_string_lossy().into_owned(),
                    sha256: sha256.clone(),
                    ..Deposit::default()
                });
                all.len() - 1
            }
        };
        items.push(CaseItem {
            label: item_label(items.len()),
            name: encode::escaped(&archive.name()),
            sha256,
            deposit: u32::try_from(place).unwrap_or(u32::MAX),
        });
    }
    (all, items)
}

fn form_of(case: &Case, deposits: Vec<Deposit>) -> CaseForm {
    let case = case.clone();
    let printed = case.section_order();
    let left_out = SECTIONS.iter().map(|section| section.id);
    let left_out = left_out.filter(|id| !printed.contains(id));
    // What was left out stays where it was put.
    let mut sections: Vec<(SectionId, bool)> = printed.iter().map(|id| (*id, true)).collect();
    for id in left_out {
        let chosen = case.sections.iter().position(|choice| choice.id == id);
        let place = chosen.unwrap_or(sections.len()).min(sections.len());
        sections.insert(place, (id, false));
    }
    CaseForm {
        template: case.template.into(),
        identity: case.identity.into(),
        people: mapped(case.people),
        scope: case.scope.into(),
        deposits: mapped(deposits),
        custody: mapped(case.custody),
        queries: mapped(case.queries),
        cited: mapped(case.cited),
        findings: mapped(case.findings),
        limits: case.limits,
        validation: case.validation,
        deviations: case.deviations,
        clocks: case.clocks,
        redact: mapped(case.redact),
        declarations: case.declarations,
        signatory: case.signatory.into(),
        sections: sections
            .into_iter()
            .map(|(id, printed)| SectionForm {
                id: word(id),
                printed,
            })
            .collect(),
        zone: case.settings.zone,
        precision: case.settings.precision.into(),
        proves_redacted: case.settings.proves_redacted,
        printed_exhibits_max: case.settings.printed_exhibits_max,
    }
}

/// Puts what the page wrote into the case.
pub(super) fn write_into(case: &mut Case, form: CaseForm) -> Answer<()> {
    let chosen = |section: &SectionForm| {
        from_value::<SectionId>(Value::String(section.id.clone()))
            .map(|id| Chosen {
                id,
                is_printed: section.printed,
            })
            .map_err(|error| refused(error.to_string()))
    };
    let sections: Answer<Vec<Chosen>> = form.sections.iter().map(chosen).collect();
    if form.cited.len() as u64 > EXHIBITS_MAX {
        return Err(too_many(form.cited.len() as u64));
    }
    case.sections = sections?;
    case.template = form.template.into();
    case.identity = form.identity.into();
    case.people = mapped(form.people);
    case.scope = form.scope.into();
    case.deposits = mapped(form.deposits);
    case.custody = mapped(form.custody);
    case.queries = mapped(form.queries);
    case.cited = mapped(form.cited);
    case.findings = mapped(form.findings);
    case.limits = form.limits;
    case.validation = form.validation;
    case.deviations = form.deviations;
    case.clocks = form.clocks;
    case.redact = mapped(form.redact);
    case.declarations = form.declarations;
    case.signatory = form.signatory.into();
    case.settings.zone = form.zone;
    case.settings.precision = form.precision.into();
    case.settings.proves_redacted = form.proves_redacted;
    case.settings.printed_exhibits_max = form.printed_exhibits_max;
    Ok(())
}

fn mapped<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

/// The word of a section in case files and on the page.
fn word(id: SectionId) -> String {
    let value = to_value(id).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn refused(detail: String) -> CommandError {
    failed(
        "case-form",
        "This cannot be kept in the case",
        encode::escaped(&detail),
        "",
    )
}

pub(super) fn too_many(count: u64) -> CommandError {
    failed(
        "too-many",
        "Too many entries for one report",
        format!("{count} entries are more than the {EXHIBITS_MAX} that one report can cite."),
        "Select fewer, or add the search instead and let it bring some of its hits.",
    )
}

/// Writes the case; the page shows what was kept.
#[tauri::command]
pub fn case_write(session: Here<'_>, desk: OnDesk<'_>, form: CaseForm) -> Answer<CaseView> {
    desk.change(&session.places, |case| write_into(case, form))?;
    view(&session, &desk)
}

/// Begins a case; the one before stays in its file.
#[tauri::command]
pub fn case_new(session: Here<'_>, desk: OnDesk<'_>) -> Answer<CaseView> {
    desk.put(new_case(&session.places)?);
    view(&session, &desk)
}

/// Asks for a case's file and opens it; `None` when the dialog was cancelled.
#[tauri::command]
pub async fn case_open(session: Here<'_>, desk: OnDesk<'_>) -> Answer<Option<CaseView>> {
    let folder = session.places.cases().unwrap_or_default();
    let picked = session.dialogs.case_file(&folder).await;
    let Some(path) = picked.into_iter().next() else {
        return Ok(None);
    };
    desk.put(opened(&session.places, &path)?);
    view(&session, &desk).map(Some)
}

/// A case of the examiner's own folder, or a copy of one from elsewhere: nothing is written beside
/// evidence, and the file may lie there.
pub(super) fn opened(places: &Places, path: &Path) -> Answer<CaseFile> {
    let file = CaseFile::open(path).map_err(|error| not_kept(&error))?;
    let folder = places.cases().map_err(|error| refused(error.to_string()))?;
    let is_own = path
        .canonicalize()
        .is_ok_and(|path| folder.canonicalize().is_ok_and(|own| path.starts_with(own)));
    if is_own {
        return Ok(file);
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let id = &file.case.id;
    if id.is_empty() || id.len() > 64 || !id.chars().all(is_name) {
        return Err(refused(format!("Its id {id:?} is none.")));
    }
    let copy = folder.join(format!("{id}.{ENDING}"));
    if copy.exists() {
        return Err(failed(
            "case-known",
            "There is a case with this id already",
            encode::escaped(&copy.to_string_lossy()),
            "Open that one, or move it away first.",
        ));
    }
    let mut own = CaseFile::new(copy, id.clone());
    let mut case = file.case;
    // The copy is a file of its own, and counts from its beginning.
    case.revision = 0;
    own.case = case;
    own.save().map_err(|error| not_kept(&error))?;
    Ok(own)
}

/// Keeps a search as a query of the report.
#[tauri::command]
pub fn keep_query(
    session: Here<'_>,
    desk: OnDesk<'_>,
    text: String,
    from_ns: Option<Ns>,
    to_ns: Option<Ns>,
) -> Answer<CaseView> {
    let kept = kept_query(&text, from_ns.map(|ns| ns.0), to_ns.map(|ns| ns.0));
    desk.change(&session.places, |case| {
        case.queries.push(kept);
        Ok(())
    })?;
    view(&session, &desk)
}

/// Adds the prepared questions of a control; those that are there already are left as they are.
#[tauri::command]
pub fn keep_controls(session: Here<'_>, desk: OnDesk<'_>, name: String) -> Answer<CaseView> {
    let set = control_set(&name).ok_or_else(|| refused(format!("There is no set {name:?}.")))?;
    desk.change(&session.places, |case| {
        let mut known = BTreeSet::new();
        for query in &case.queries {
            known.insert((query.control.clone(), query.text.clone()));
        }
        for query in set.queries(CONTROL_EXHIBITS) {
            if !known.contains(&(query.control.clone(), query.text.clone())) {
                case.queries.push(query);
            }
        }
        Ok(())
    })?;
    view(&session, &desk)
}
