//! From a report's content to what the typesetter is given.

mod exhibits;
mod findings;
mod integrity;
mod items;
mod wholes;

use sealscope_case::SectionId;

use super::blocks::{
    Block, EveryPage, FileInside, FirstPage, Paper, PrintedSection, Rows, VerdictBlock, glyph,
    verdict_word,
};
use super::files::PdfFile;
use super::fonts::Fonts;
use super::text::{Runs, flat, line, line_up_to, lines};
use crate::content::Content;

/// Sections and exhibits from which on the contents are listed.
const CONTENTS_FROM_EXHIBITS: usize = 12;
/// Bytes of a text that stands on every page.
const EVERY_PAGE_BYTES_MAX: usize = 90;

pub(super) fn paper(content: &Content, hash: &str, files: &[PdfFile]) -> Paper {
    let sections = content.sections.iter().map(|section| PrintedSection {
        heading: line(&section.heading),
        blocks: blocks(content, hash, section.id),
    });
    let examiners = content.people.iter().map(|person| flat(&person.name));
    Paper {
        faces: Fonts::get().families(),
        name: flat(title(content)),
        authors: examiners.filter(|name| !name.is_empty()).collect(),
        every: EveryPage {
            classification: line_up_to(&content.identity.classification, EVERY_PAGE_BYTES_MAX),
            banner: line_up_to(
                content.banner.as_deref().unwrap_or_default(),
                EVERY_PAGE_BYTES_MAX,
            ),
            report_id: line_up_to(&content.report_id, EVERY_PAGE_BYTES_MAX),
            hash: hash.chars().take(16).collect(),
        },
        first: first_page(content),
        has_contents: content.exhibits.len() + content.items.len() >= CONTENTS_FROM_EXHIBITS,
        sections: sections.collect(),
        files: files.iter().map(inside).collect(),
    }
}

fn inside(file: &PdfFile) -> FileInside {
    FileInside {
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        says: flat(&file.says),
        relation: file.relation,
    }
}

/// A document needs a title (ISO 14289-1, 7.1).
fn title(content: &Content) -> &str {
    match content.identity.title.trim() {
        "" => content.template.title(),
        title => title,
    }
}

fn first_page(content: &Content) -> FirstPage {
    let identity = &content.identity;
    let mut facts = Rows::default();
    let case_number = &identity.case_number;
    facts
        .stated("Case", case_number)
        .put("Version", Runs::own(identity.version.to_string()))
        .stated("Made for", &identity.customer)
        .put("Made at", line(&content.made_at));
    for person in &content.people {
        facts.put(person.role.title(), wholes::name_and_title(person));
    }
    if content.people.is_empty() {
        facts.put("Examiner", Runs::not_stated());
    }
    let items = content.items.iter().zip(&content.integrity);
    for (item, integrity) in items.take(20) {
        let verdict = Runs::own(": ").then(verdict_word(&integrity.verdict));
        facts.put(
            "Item",
            line(&item.label)
                .then(Runs::own(" · "))
                .then(line(&item.name))
                .then(verdict),
        );
    }
    FirstPage {
        template: content.template.title(),
        title: lines(title(content)),
        issuer: match identity.organisation.trim() {
            "" => Runs::own("Issuer: ").then(Runs::not_stated()),
            name => line(name),
        },
        verdict: VerdictBlock {
            glyph: glyph(&content.verdict),
            word: verdict_word(&content.verdict),
            title: lines(&content.headline),
            says: worst(content),
        },
        warnings: content.warnings.iter().map(|text| lines(text)).collect(),
        facts: facts.0,
    }
}

/// The sentence of the first item that has the verdict over all.
fn worst(content: &Content) -> Runs {
    let items = content.items.iter().zip(&content.integrity);
    let mut items = items.filter(|(_, integrity)| integrity.verdict == content.verdict);
    match items.next() {
        None => Runs::none(),
        Some((_, integrity)) if content.items.len() == 1 => lines(&integrity.says),
        Some((item, integrity)) => Runs::own("Item ")
            .then(line(&item.label))
            .then(Runs::own(": "))
            .then(lines(&integrity.says)),
    }
}

fn blocks(content: &Content, hash: &str, id: SectionId) -> Vec<Block> {
    match id {
        SectionId::Identity => wholes::identity(content, hash),
        SectionId::People => wholes::people(content),
        SectionId::Scope => wholes::scope(content),
        SectionId::Items => items::items(content),
        SectionId::Custody => wholes::custody(content),
        SectionId::Method => wholes::method(content),
        SectionId::Time => wholes::time(content),
        SectionId::Integrity => integrity::integrity(content),
        SectionId::Completeness => items::completeness(content),
        SectionId::Queries => findings::queries(content),
        SectionId::Timeline => findings::timeline(content),
        SectionId::Findings => findings::findings(content),
        SectionId::Exhibits => exhibits::exhibits(content),
        SectionId::Limits => wholes::limits(content),
        SectionId::Redactions => wholes::redactions(content),
        SectionId::Reproduction => wholes::reproduction(content, hash),
        SectionId::Declarations => wholes::declarations(content),
        SectionId::Attachments => wholes::attachments(content),
    }
}

/// `A · audit.sealog`.
fn item_name(content: &Content, place: usize) -> Runs {
    match content.items.get(place) {
        None => Runs::own("?"),
        Some(item) => line(&item.label)
            .then(Runs::own(" · "))
            .then(line(&item.name)),
    }
}

/// `E1, E2, E3`.
fn exhibit_names(numbers: &[u32]) -> Runs {
    let names: Vec<String> = numbers.iter().map(|number| format!("E{number}")).collect();
    match names.is_empty() {
        true => Runs::own("none"),
        false => Runs::own(names.join(", ")),
    }
}
