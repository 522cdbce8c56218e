//! Report, people, scope, items, custody, method, times.

use super::markup::Html;
use super::parts::{
    Facts, cell, close_table, code_cell, listed, number_cell, open_table, paragraph, remark,
};
use crate::content::{Content, Item};

pub(super) fn identity(html: &mut Html, content: &Content) {
    let identity = &content.identity;
    let mut facts = Facts::new(html);
    facts.text("Title", &identity.title);
    facts.with("Kind", |html| {
        html.raw(content.template.title());
    });
    facts.text("Case number", &identity.case_number);
    if identity.version > 0 {
        facts.number("Version", u64::from(identity.version));
    }
    facts.code("Replaces report", &identity.supersedes);
    facts.text("Issued by", &identity.organisation);
    facts.text("Address", &identity.address);
    facts.text("For", &identity.customer);
    facts.text("Classification", &identity.classification);
    facts.code("Report id", &content.report_id);
    facts.code("Made at", &content.made_at);
    facts.code("Form of the data", &content.schema);
    facts.end();
    remark(
        html,
        "The results relate only to the items listed in this report.",
    );
}

pub(super) fn people(html: &mut Html, content: &Content) {
    if content.people.is_empty() {
        remark(html, "Nobody is named.");
        return;
    }
    for person in &content.people {
        html.raw("<article>\n<h3>").data(&person.name);
        html.raw("</h3>\n");
        let mut facts = Facts::new(html);
        facts.with("Role", |html| {
            html.raw(person.role.title());
        });
        facts.text("Position", &person.title);
        facts.text("Contact", &person.contact);
        facts.text("Qualifications", &person.qualifications);
        facts.end();
        html.raw("</article>\n");
    }
}

pub(super) fn scope(html: &mut Html, content: &Content) {
    let scope = &content.scope;
    let facts = [
        ("Question", &scope.question),
        ("Authority", &scope.authority),
        ("Period from", &scope.period_from),
        ("Period to", &scope.period_to),
        ("In scope", &scope.in_scope),
        ("Out of scope", &scope.out_of_scope),
    ];
    if facts.iter().all(|(_, text)| text.is_empty()) {
        remark(html, "Nothing is stated about the instruction.");
    }
    let mut list = Facts::new(html);
    for (name, text) in facts {
        list.text(name, text);
    }
    list.end();
}

pub(super) fn items(html: &mut Html, content: &Content) {
    for item in &content.items {
        html.raw("<article>\n<h3><span class=\"label\">Item ");
        html.data(&item.label).raw("</span> ");
        html.data(&item.name).raw("</h3>\n");
        item_facts(html, item);
        files(html, item);
        html.raw("</article>\n");
    }
}

fn item_facts(html: &mut Html, item: &Item) {
    let mut facts = Facts::new(html);
    facts.text("Format", &item.format);
    facts.text("Written by", &item.producer);
    facts.code("Origin", &item.origin);
    facts.number("Bytes", item.bytes);
    facts.code("First SHA-256", item.sha256.as_deref().unwrap_or(""));
    facts.code("Last SHA-256", item.sha256_after.as_deref().unwrap_or(""));
    facts.with("First and last", |html| {
        html.raw(match item.is_unchanged {
            true => "the same",
            false => "<strong>not the same, or not compared</strong>",
        });
    });
    facts.code("SHA-512", item.sha512.as_deref().unwrap_or(""));
    facts.code(
        "SHA-256 over the list of files",
        item.files_sha256.as_deref().unwrap_or(""),
    );
    let stated = [
        ("Source", &item.source),
        ("Collected by", &item.collector),
        ("Received from", &item.received_from),
        ("Received at", &item.received_at),
        ("Condition", &item.condition),
        ("Medium", &item.medium),
        ("How the key was obtained", &item.key_obtained),
    ];
    for (name, text) in stated {
        facts.text(name, text);
    }
    facts.list("Keys", &item.keys);
    let missing: Vec<_> = stated.iter().filter(|(_, text)| text.is_empty()).collect();
    if !missing.is_empty() {
        facts.with("Not stated", |html| {
            for (place, (name, _)) in missing.iter().enumerate() {
                if place > 0 {
                    html.raw(", ");
                }
                html.words(&name.to_lowercase());
            }
        });
    }
    facts.end();
}

fn files(html: &mut Html, item: &Item) {
    if item.files.is_empty() && item.files_total == 0 {
        return;
    }
    open_table(html, "Files of the item", &["File", "#Bytes", "SHA-256"]);
    for file in &item.files {
        html.raw("<tr>");
        code_cell(html, &file.name);
        number_cell(html, file.bytes);
        code_cell(html, &file.sha256);
        html.raw("</tr>\n");
    }
    close_table(html);
    listed(html, item.files.len(), item.files_total);
}

pub(super) fn custody(html: &mut Html, content: &Content) {
    if content.custody.is_empty() {
        remark(html, "Nothing is stated about the way of the items.");
        return;
    }
    let columns = ["Item", "What", "When", "Who", "Why", "Where", "Hash then"];
    open_table(html, "Chain of custody", &columns);
    for step in &content.custody {
        html.raw("<tr>");
        cell(html, &step.item);
        cell(html, &step.action);
        cell(html, &step.time);
        cell(html, &step.who);
        cell(html, &step.why);
        cell(html, &step.place);
        code_cell(html, &step.hash);
        html.raw("</tr>\n");
    }
    close_table(html);
}

pub(super) fn method(html: &mut Html, content: &Content) {
    let method = &content.method;
    let mut facts = Facts::new(html);
    facts.text("Program", &method.tool);
    facts.text("Version", &method.version);
    facts.code("Commit", &method.commit);
    match method.binary_sha256.as_str() {
        "" => facts.with("SHA-256 of the program", |html| {
            html.raw("could not be read");
        }),
        hash => facts.code("SHA-256 of the program", hash),
    };
    facts.text("Platform", &method.platform);
    facts.text("Time zone data", &method.tz_data);
    match method.rule_packs.as_slice() {
        [] => facts.with("Rule packs", |html| {
            html.raw("none applied");
        }),
        packs => facts.list("Rule packs", packs),
    };
    match method.trust.as_slice() {
        [] => facts.with("Keys and anchors given", |html| {
            html.raw("none");
        }),
        keys => facts.list("Keys and anchors given", keys),
    };
    facts.list("Remembered checkpoints", &method.remembered);
    facts.text("Validation", &method.validation);
    facts.text("Departures", &method.deviations);
    facts.end();
    if !method.settings.is_empty() {
        open_table(html, "Settings", &["Setting", "Value"]);
        for setting in &method.settings {
            html.raw("<tr>");
            code_cell(html, &setting.name);
            code_cell(html, &setting.value);
            html.raw("</tr>\n");
        }
        close_table(html);
    }
    if !method.steps.is_empty() {
        html.raw("<h3>Steps</h3>\n<ol class=\"steps\">\n");
        for step in &method.steps {
            html.raw("<li>").lines(step).raw("</li>\n");
        }
        html.raw("</ol>\n");
    }
}

pub(super) fn time(html: &mut Html, content: &Content) {
    let time = &content.time;
    let mut facts = Facts::new(html);
    facts.text("Zone of shown times", &time.zone);
    facts.text("Corrections", &time.corrections);
    facts.end();
    if !time.sources.is_empty() {
        let columns = ["Item", "Earliest", "Latest", "Precision", "Zone"];
        open_table(html, "How times are written", &columns);
        for source in &time.sources {
            html.raw("<tr>");
            cell(html, content.item_label(source.item));
            code_cell(html, source.earliest.as_deref().unwrap_or("none"));
            code_cell(html, source.latest.as_deref().unwrap_or("none"));
            cell(html, &source.precision);
            cell(html, &source.zone);
            html.raw("</tr>\n");
        }
        close_table(html);
    }
    for text in &time.says {
        paragraph(html, text);
    }
}
