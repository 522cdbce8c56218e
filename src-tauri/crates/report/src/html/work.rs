//! Queries, timeline, findings, and what ends a report.

use super::drawings;
use super::markup::Html;
use super::parts::{
    Facts, cell, close_table, code_cell, counts, exhibit_links, list, number_cell, open_table,
    paragraph, remark,
};
use crate::content::{Content, Declaration, QueryRecord};

pub(super) fn queries(html: &mut Html, content: &Content) {
    if content.queries.is_empty() {
        remark(html, "Nothing was searched for.");
    }
    for (place, query) in content.queries.iter().enumerate() {
        html.raw("<article>\n<h3><span class=\"label\">Q");
        html.bare(place as u64 + 1).raw("</span> ");
        match query.title.as_str() {
            "" => html.raw("Query"),
            title => html.data(title),
        };
        html.raw("</h3>\n");
        query_facts(html, query);
        if query.trouble.is_none() {
            counts(html, "Hits by verdict", &query.by_verdict);
        }
        html.raw("</article>\n");
    }
}

fn query_facts(html: &mut Html, query: &QueryRecord) {
    let mut facts = Facts::new(html);
    facts.text("Control", &query.control);
    facts.code("As typed", &query.text);
    facts.code("As run", &query.canonical);
    facts.code("At or after", query.from.as_deref().unwrap_or(""));
    facts.code("Before", query.to.as_deref().unwrap_or(""));
    facts.text("Order", &query.sort);
    if let Some(trouble) = &query.trouble {
        facts.with("Could not be run", |html| {
            html.raw("<strong>").lines(trouble).raw("</strong>");
        });
    } else {
        facts.with("Hits", |html| {
            html.raw("<strong>").number(query.count).raw("</strong>");
            html.raw(if query.is_exact { "" } else { " at least" });
            html.raw(" of ").number(query.searched);
            html.raw(" records searched");
        });
    }
    for without in &query.without {
        facts.with("Without a filter", |html| {
            html.number(without.count).raw(" hits without ");
            html.code(&without.filter);
        });
    }
    if !query.exhibits.is_empty() {
        facts.with("Exhibits", |html| exhibit_links(html, &query.exhibits));
    }
    facts.list("Remarks", &query.hints);
    facts.text("Answer", &query.answer);
    facts.end();
}

pub(super) fn timeline(html: &mut Html, content: &Content) {
    let Some(timeline) = &content.timeline else {
        remark(html, "No timeline was made.");
        return;
    };
    html.raw("<p class=\"figure-says\">Counted: ")
        .data(&timeline.says);
    html.raw(", one bar for ").data(&timeline.width);
    html.raw(".</p>\n");
    drawings::bars(html, &timeline.buckets);
    paragraph(html, &timeline.summary);
    html.raw("<p class=\"remark\">Records without a time: ");
    html.number(timeline.undated).raw("</p>\n");
    html.raw(
        "<div class=\"twin\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline as a table\">",
    );
    html.raw(
        "<table>\n<caption>The same as a table</caption>\n<thead><tr><th scope=\"col\">From</th>",
    );
    html.raw("<th scope=\"col\" class=\"n\">Records</th><th scope=\"col\" class=\"n\">Broken</th>");
    html.raw("<th scope=\"col\" class=\"n\">Neither</th></tr></thead>\n<tbody>\n");
    for bucket in &timeline.buckets {
        html.raw("<tr><th scope=\"row\">").data(&bucket.from);
        html.raw("</th>");
        number_cell(html, bucket.count);
        number_cell(html, bucket.broken);
        number_cell(html, bucket.not_intact);
        html.raw("</tr>\n");
    }
    html.raw("</tbody>\n</table></div>\n");
}

pub(super) fn findings(html: &mut Html, content: &Content) {
    if content.findings.is_empty() {
        remark(html, "No finding is stated.");
    }
    for (place, finding) in content.findings.iter().enumerate() {
        html.raw("<article class=\"finding\">\n<h3><span class=\"label\">F");
        html.bare(place as u64 + 1).raw("</span> ");
        html.data(&finding.title).raw("</h3>\n");
        let mut facts = Facts::new(html);
        facts.text("Observation", &finding.observation);
        facts.text("Inference", &finding.inference);
        facts.text("Opinion", &finding.opinion);
        facts.text("Other explanations", &finding.alternatives);
        if finding.exhibits.is_empty() {
            facts.with("Rests on", |html| {
                html.raw("no exhibit");
            });
        } else {
            facts.with("Rests on", |html| exhibit_links(html, &finding.exhibits));
        }
        facts.end();
        html.raw("</article>\n");
    }
}

pub(super) fn limits(html: &mut Html, content: &Content) {
    if content.limits.is_empty() {
        remark(html, "No limit is stated.");
        return;
    }
    list(html, &content.limits);
}

pub(super) fn redactions(html: &mut Html, content: &Content) {
    if content.redactions.is_empty() {
        remark(html, "Nothing was withheld.");
        return;
    }
    let columns = ["Field", "Reason", "Exhibits", "Hash and proof"];
    open_table(html, "Redactions", &columns);
    for redaction in &content.redactions {
        html.raw("<tr>");
        code_cell(html, &redaction.field);
        cell(html, &redaction.reason);
        html.raw("<td>");
        match redaction.exhibits.as_slice() {
            [] => {
                html.raw("none");
            }
            numbers => exhibit_links(html, numbers),
        }
        html.raw("</td><td>").raw(match redaction.withholds_proof {
            true => "withheld: they would give the text away",
            false => "included",
        });
        html.raw("</td></tr>\n");
    }
    close_table(html);
}

pub(super) fn reproduction(html: &mut Html, content: &Content) {
    let reproduction = &content.reproduction;
    if !reproduction.command.is_empty() {
        html.raw("<p class=\"command\">")
            .code(&reproduction.command);
        html.raw("</p>\n");
    }
    let mut facts = Facts::new(html);
    facts.list("What has to be there", &reproduction.needs);
    facts.end();
}

pub(super) fn declarations(html: &mut Html, content: &Content) {
    if content.declarations.is_empty() {
        remark(html, "None is made.");
    }
    for declaration in &content.declarations {
        one_declaration(html, declaration);
    }
}

fn one_declaration(html: &mut Html, declaration: &Declaration) {
    html.raw("<article class=\"declaration\">\n<h3>")
        .data(&declaration.title);
    html.raw("</h3>\n");
    paragraph(html, &declaration.text);
    html.raw("<p class=\"sign\"><span class=\"rule\"></span>");
    html.data(match declaration.name.as_str() {
        "" => "(name not given)",
        name => name,
    });
    for text in [&declaration.position, &declaration.place] {
        if !text.is_empty() {
            html.raw(", ").data(text);
        }
    }
    html.raw("</p>\n<p class=\"remark\">")
        .lines(&declaration.basis);
    html.raw("</p>\n</article>\n");
}

pub(super) fn attachments(html: &mut Html, content: &Content) {
    if content.attachments.is_empty() {
        remark(html, "There are none besides report.json.");
    } else {
        let columns = ["File", "What it is", "Media type", "#Bytes", "SHA-256"];
        open_table(html, "Attachments", &columns);
        for attachment in &content.attachments {
            html.raw("<tr>");
            code_cell(html, &attachment.name);
            cell(html, &attachment.says);
            cell(html, &attachment.media_type);
            number_cell(html, attachment.bytes);
            code_cell(html, &attachment.sha256);
            html.raw("</tr>\n");
        }
        close_table(html);
    }
    remark(
        html,
        "They lie inside this page, in base64 behind the visible text, and report.json with them.",
    );
}
