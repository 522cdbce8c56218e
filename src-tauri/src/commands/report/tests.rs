use std::path::Path;

use sealscope_engine::Places;
use sealscope_engine::case::{Case, CaseFile, Cited, KeptQuery, SectionId};

use super::case::{opened, view_of, write_into};
use super::cited::add;
use super::desk::Desk;
use super::work::file_name;

fn cited(position: u64, leaf: &str) -> Cited {
    Cited {
        archive: "ab".repeat(32),
        path: "/evidence/a.sealog".to_owned(),
        position,
        leaf: leaf.to_owned(),
        ..Cited::default()
    }
}

fn desk() -> (tempfile::TempDir, Places, Desk) {
    let folder = tempfile::tempdir().expect("a folder");
    let places = Places::under(folder.path());
    (folder, places, Desk::default())
}

#[test]
fn what_the_page_writes_comes_back_as_it_was() {
    let (_folder, places, desk) = desk();
    let queries = vec![KeptQuery {
        text: "did:delete".to_owned(),
        exhibits_max: 3,
        ..KeptQuery::default()
    }];
    desk.change(&places, |case| {
        case.queries.clone_from(&queries);
        case.cited = vec![cited(7, "00")];
        Ok(())
    })
    .expect("it is kept");
    let view = desk
        .with_case(&places, |file| view_of(file, None))
        .expect("a view");
    assert_eq!(view.revision.get(), 1);
    let mut again = Case::default();
    write_into(&mut again, view.form.clone()).expect("a form");
    assert_eq!(again.queries, queries);
    assert_eq!(again.cited, vec![cited(7, "00")]);
    let mut file = CaseFile::new("x".into(), "x".into());
    file.case = again;
    assert_eq!(view_of(&file, None).form, view.form);
}

#[test]
fn a_section_that_is_left_out_stays_where_it_was_put() {
    let (_folder, places, desk) = desk();
    let mut form = desk
        .with_case(&places, |file| view_of(file, None).form)
        .expect("a view");
    assert_eq!(form.sections.len(), sealscope_engine::case::SECTIONS.len());
    let people = form.sections.iter().position(|it| it.id == "people");
    let mut section = form.sections.remove(people.expect("people"));
    section.printed = false;
    form.sections.insert(4, section);
    desk.change(&places, |case| write_into(case, form.clone()))
        .expect("it is kept");
    let after = desk
        .with_case(&places, |file| view_of(file, None).form)
        .expect("a view");
    assert_eq!(after.sections, form.sections);
    let order = desk.with_case(&places, |file| file.case.section_order());
    assert!(!order.expect("an order").contains(&SectionId::People));
}

#[test]
fn a_form_of_another_kind_changes_nothing() {
    let (_folder, places, desk) = desk();
    let mut form = desk
        .with_case(&places, |file| view_of(file, None).form)
        .expect("a view");
    form.sections[0].id = "nothing".to_owned();
    form.validation = "changed".to_owned();
    let refused = desk.change(&places, |case| write_into(case, form));
    assert_eq!(refused.expect_err("it is none").code, "case-form");
    let kept = desk.with_case(&places, |file| file.case.validation.clone());
    assert_eq!(kept.expect("a case"), "");
}

#[test]
fn an_entry_is_cited_once() {
    let mut case = Case::default();
    let mut moved = cited(1, "01");
    moved.path = "/elsewhere".to_owned();
    let added = add(&mut case, vec![cited(1, "01"), cited(2, "02"), moved]);
    assert_eq!(added.expect("few"), 2);
    let again = add(&mut case, vec![cited(2, "02"), cited(2, "03")]);
    assert_eq!(again.expect("few"), 1, "other bytes at the same place");
}

#[test]
fn more_entries_than_a_report_can_cite_are_refused() {
    let mut case = Case::default();
    let many = (0..=sealscope_engine::EXHIBITS_MAX).map(|at| cited(at, "00"));
    let refused = add(&mut case, many.collect());
    assert_eq!(refused.expect_err("too many").code, "too-many");
}

#[test]
fn a_case_from_elsewhere_is_copied_and_left_as_it_was() {
    let (folder, places, _) = desk();
    let evidence = folder.path().join("evidence");
    let mut file = CaseFile::new(evidence.join("a.sealcase"), "0a-1".to_owned());
    file.case.validation = "mine".to_owned();
    file.save().expect("saved");
    file.save().expect("saved");
    let bytes = std::fs::read(file.path()).expect("bytes");
    let mut own = opened(&places, file.path()).expect("a copy");
    assert!(own.path().starts_with(places.cases().expect("a folder")));
    assert_eq!(own.case.validation, "mine");
    own.save().expect("it can be written");
    assert_eq!(std::fs::read(file.path()).expect("bytes"), bytes);
    let twice = opened(&places, file.path()).expect_err("it is known");
    assert_eq!(twice.code, "case-known");
    let again = opened(&places, own.path()).expect("its own file opens in its place");
    assert_eq!(again.path(), own.path());
}

#[test]
fn an_id_that_leads_out_of_the_folder_is_refused() {
    let (folder, places, _) = desk();
    let path = folder.path().join("evil.sealcase");
    let mut file = CaseFile::new(path.clone(), "../../evil".to_owned());
    file.save().expect("saved");
    assert_eq!(opened(&places, &path).expect_err("no id").code, "case-form");
    assert!(opened(&places, Path::new("/nowhere/x")).is_err());
}

#[test]
fn a_title_makes_a_name_that_every_file_system_takes() {
    let mut case = Case::default();
    assert_eq!(file_name(&case), "investigation-report");
    case.identity.title = "../Vorfall: Büro/März\u{202E} 2026".to_owned();
    assert_eq!(file_name(&case), "vorfall-büro-märz-2026");
    case.identity.title = "…".to_owned();
    assert_eq!(file_name(&case), "report");
}
