//! What stands before the sections, and after the last.

use sealscope_case::SectionId;

use super::drawings;
use super::markup::Html;
use super::parts::{glyph, look};
use crate::content::Content;

/// Title, outcome of the check, verdict, warnings, contents.
pub(super) fn write(html: &mut Html, content: &Content, report_sha256: &str) {
    html.raw("\n");
    drawings::shapes(html);
    recheck(html);
    title(html, content);
    verdict(html, content);
    hash(html, content, report_sha256);
    contents(html, content);
}

/// What the script replaces. Without it these words stay, and say so.
fn recheck(html: &mut Html) {
    html.raw(
        "<section id=\"recheck\" class=\"off\" aria-label=\"Check of this page in the browser\">\n\
         <p id=\"recheck-title\" role=\"status\">Not re-checked by this browser</p>\n\
         <p id=\"recheck-says\">Scripts are off, or the check of this page could not start. \
         Everything can be read, but nothing of it was checked here. \
         The command <code>sealscope check</code> checks this file.</p>\n\
         <ul id=\"recheck-reasons\"></ul>\n\
         </section>\n",
    );
}

fn title(html: &mut Html, content: &Content) {
    let identity = &content.identity;
    html.raw("<header>\n<p class=\"kind\">")
        .raw(content.template.title());
    if !identity.classification.is_empty() {
        html.raw(" <span class=\"class\">");
        html.data(&identity.classification).raw("</span>");
    }
    html.raw("</p>\n<h1>");
    match identity.title.as_str() {
        "" => html.raw("Report without a title"),
        title => html.data(title),
    };
    html.raw("</h1>\n<p class=\"by\">");
    for (name, text) in [
        ("Case ", &identity.case_number),
        ("", &identity.organisation),
        ("for ", &identity.customer),
    ] {
        if !text.is_empty() {
            html.raw("<span>").raw(name).data(text).raw("</span> ");
        }
    }
    html.raw("<span>").data(&content.made_at).raw("</span>");
    html.raw("</p>\n");
    if let Some(banner) = &content.banner {
        html.raw("<p class=\"banner\">").data(banner).raw("</p>\n");
    }
    html.raw("</header>\n");
}

fn verdict(html: &mut Html, content: &Content) {
    let look = look(&content.verdict);
    html.raw("<section class=\"verdict ").raw(look);
    html.raw("\" aria-label=\"Verdict\">\n<p class=\"word\">");
    glyph(html, look);
    html.raw(" ");
    html.data(&capital(&content.verdict));
    html.raw("</p>\n<p class=\"headline\">")
        .lines(&content.headline);
    html.raw("</p>\n");
    if !content.warnings.is_empty() {
        html.raw("<ul class=\"warnings\">\n");
        for warning in &content.warnings {
            html.raw("<li>").lines(warning).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    html.raw("</section>\n");
}

/// `broken` at the begin of a line.
fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn hash(html: &mut Html, content: &Content, report_sha256: &str) {
    html.raw("<section class=\"hash\" aria-label=\"Content hash\">\n<dl>\n");
    html.raw("<div><dt>Report</dt><dd>")
        .code(&content.report_id);
    html.raw("</dd></div>\n<div><dt>Content hash</dt><dd><code dir=\"ltr\" id=\"content-hash\">");
    html.words(report_sha256)
        .raw("</code></dd></div>\n</dl>\n<p>");
    html.raw(
        "The content hash is the SHA-256 of the machine-readable report \
         (<code>report.json</code>) inside this page. This page can show that its parts agree \
         with each other. It cannot show that nobody wrote the whole file anew, check and all. \
         So compare the content hash with the one that the examiner gives you by another way, or \
         check the examiner\u{2019}s signature, and compare the public key under each exhibit with \
         the one that the owner of the log publishes.",
    );
    html.raw("</p>\n</section>\n");
}

fn contents(html: &mut Html, content: &Content) {
    html.raw("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ol>\n");
    for (place, section) in content.sections.iter().enumerate() {
        html.raw("<li><a href=\"#s").bare(place as u64 + 1);
        html.raw("\">").data(&section.heading).raw("</a>");
        let count = count(content, section.id);
        if count > 0 {
            html.raw(" <span class=\"count\">")
                .number(count as u64)
                .raw("</span>");
        }
        html.raw("</li>\n");
    }
    html.raw("</ol>\n</nav>\n");
}

/// How many there are of what a section lists; 0 where it lists nothing.
fn count(content: &Content, id: SectionId) -> usize {
    match id {
        SectionId::People => content.people.len(),
        SectionId::Items => content.items.len(),
        SectionId::Custody => content.custody.len(),
        SectionId::Queries => content.queries.len(),
        SectionId::Findings => content.findings.len(),
        SectionId::Exhibits => content.exhibits.len(),
        SectionId::Redactions => content.redactions.len(),
        SectionId::Attachments => content.attachments.len(),
        _ => 0,
    }
}

/// The clear end (ISO/IEC 17025:2017, 7.8.2.1 d).
pub(super) fn end(html: &mut Html, report_sha256: &str) {
    html.raw("\n<footer>\n<p class=\"end\">End of report</p>\n<p>Content hash <code dir=\"ltr\">");
    html.words(report_sha256).raw("</code></p>\n</footer>\n\n");
}
