//! Cited entries: what they say beside their bytes, and their proofs.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::markup::Html;
use super::parts::{Facts, close_table, list, look, mark, open_narrow_table, paragraph, remark};
use crate::content::{Content, Exhibit, ExhibitTime, Proof, Spine, ValueKind};

/// What holds for all of them.
pub(super) fn introduce(html: &mut Html, content: &Content) {
    if content.exhibits.is_empty() {
        remark(html, "No entry is cited.");
        return;
    }
    remark(
        html,
        "Text of entries is shown and never acted on: characters that hide, reorder or act stand \
         as their codes between ⟦ and ⟧, and addresses are no links. The leaf of an entry is the \
         SHA-256 of a zero byte and the entry\u{2019}s bytes (RFC 6962, 2.1).",
    );
}

/// One of them.
pub(super) fn exhibit(html: &mut Html, content: &Content, exhibit: &Exhibit) {
    let number = u64::from(exhibit.number);
    html.raw("<article class=\"exhibit\" id=\"E").bare(number);
    html.raw("\">\n<h3><span class=\"label\">E").bare(number);
    html.raw("</span> Item ")
        .data(content.item_label(exhibit.item));
    html.raw(", entry ").number(exhibit.position);
    if exhibit.records != 1 {
        html.raw(", record ").number(u64::from(exhibit.record) + 1);
        html.raw(" of ").number(u64::from(exhibit.records));
    }
    html.raw("</h3>\n");
    if exhibit.missing_before > 0 {
        html.raw("<p class=\"gap\">").number(exhibit.missing_before);
        html.raw(" sealed entries are missing right before this one.</p>\n");
    }
    html.raw("<p class=\"item-verdict\">");
    mark(html, look(&exhibit.verdict), &exhibit.title);
    html.raw("</p>\n");
    paragraph(html, &exhibit.says);
    if !exhibit.comment.is_empty() {
        html.raw("<p class=\"comment\"><strong>Examiner:</strong> ");
        html.lines(&exhibit.comment).raw("</p>\n");
    }
    if !exhibit.spine.message.is_empty() {
        html.raw("<p class=\"message\">")
            .data(&exhibit.spine.message);
        html.raw("</p>\n");
    }
    html.raw("<div class=\"pair\">\n<div>\n");
    says(html, exhibit);
    html.raw("</div>\n<div>\n");
    stored(html, exhibit);
    html.raw("</div>\n</div>\n");
    proof(html, exhibit);
    if !exhibit.notes.is_empty() {
        html.raw("<h4>Remarks about the text</h4>\n");
        list(html, &exhibit.notes);
    }
    // What the script replaces.
    html.raw("<p class=\"recheck off\" id=\"R").bare(number);
    html.raw("\">Not re-checked by this browser.</p>\n</article>\n");
}

fn says(html: &mut Html, exhibit: &Exhibit) {
    html.raw("<h4>What it says</h4>\n");
    if let Some(time) = &exhibit.time {
        when(html, time);
    } else {
        remark(html, "Without a time.");
    }
    spine(html, &exhibit.spine);
    if !exhibit.redacted.is_empty() {
        let mut facts = Facts::new(html);
        facts.list("Withheld fields", &exhibit.redacted);
        facts.end();
    }
    if exhibit.fields.is_empty() {
        return;
    }
    open_narrow_table(html, "Fields by their own names", &["Field", "Value"]);
    for field in &exhibit.fields {
        html.raw("<tr><th scope=\"row\">").code(&field.path);
        html.raw("</th><td>").code(&field.text);
        html.raw(match field.kind {
            ValueKind::Text => "",
            ValueKind::Number => " <small>number</small>",
            ValueKind::Bool => " <small>true or false</small>",
            ValueKind::Null => " <small>null</small>",
        });
        html.raw("</td></tr>\n");
    }
    close_table(html);
}

fn when(html: &mut Html, time: &ExhibitTime) {
    let mut facts = Facts::new(html);
    facts.text("Time", &time.shown);
    facts.code("In UTC", &time.utc);
    match &time.original {
        Some(original) => facts.code("As written", original),
        None => facts.with("As written", |html| {
            html.raw("a number, in the entry itself");
        }),
    };
    facts.text("Precision", &time.precision);
    facts.text("Zone", &time.zone);
    facts.end();
}

fn spine(html: &mut Html, spine: &Spine) {
    let mut facts = Facts::new(html);
    for (name, text) in [
        ("Who", &spine.who),
        ("Did", &spine.did),
        ("To what", &spine.to_what),
        ("From where", &spine.from_where),
        ("Outcome", &spine.outcome),
        ("Decision", &spine.decision),
        ("Severity", &spine.severity),
    ] {
        if let Some(text) = text {
            facts.with(name, |html| {
                html.data(text);
            });
        }
    }
    facts.text("Class", &spine.class);
    facts.end();
}

fn stored(html: &mut Html, exhibit: &Exhibit) {
    html.raw("<h4>As stored</h4>\n");
    let bytes = exhibit.raw_base64.as_deref().map(|raw| BASE64.decode(raw));
    match bytes {
        Some(Ok(bytes)) => {
            html.raw("<p class=\"raw\">").bytes(&bytes).raw("</p>\n");
        }
        Some(Err(_)) => remark(html, "The bytes in the report are not base64."),
        None => remark(html, "Withheld, since something in it is redacted."),
    }
    let mut facts = Facts::new(html);
    facts.number("Bytes", exhibit.raw_bytes);
    match &exhibit.leaf {
        Some(leaf) => facts.code("Leaf", leaf),
        None => facts.with("Leaf", |html| {
            html.raw("withheld");
        }),
    };
    facts.end();
}

fn proof(html: &mut Html, exhibit: &Exhibit) {
    html.raw("<h4>Proof</h4>\n");
    match &exhibit.proof {
        Proof::Merkle {
            checkpoint,
            index,
            size,
            path,
            vkey,
            says,
        } => {
            paragraph(html, says);
            let mut facts = Facts::new(html);
            facts.with("Checkpoint", |html| {
                let number = *checkpoint as u64 + 1;
                html.raw("<a href=\"#C").bare(number).raw("\">C");
                html.bare(number).raw("</a>");
            });
            facts.with("Leaf number", |html| {
                html.number(*index).raw(" of ").number(*size);
            });
            match vkey {
                Some(vkey) => facts.code("Trusted key", vkey),
                None => facts.with("Trusted key", |html| {
                    html.raw("none signed the checkpoint");
                }),
            };
            facts.with("Path", |html| hashes(html, path));
            facts.end();
        }
        Proof::Files {
            format,
            path,
            files,
            position,
            says,
        } => {
            paragraph(html, says);
            let mut facts = Facts::new(html);
            facts.text("Format", format);
            facts.code("Place among the attachments", path);
            match position {
                Some(position) => facts.number("Position in them", *position),
                None => facts.with("Position in them", |html| {
                    html.raw("none");
                }),
            };
            facts.end();
            open_narrow_table(html, "Files of the proof", &["File", "SHA-256"]);
            for file in files {
                html.raw("<tr><td>").code(&file.name).raw("</td><td>");
                html.code(&file.sha256).raw("</td></tr>\n");
            }
            close_table(html);
        }
        Proof::None { says } => {
            html.raw("<p><strong>None.</strong> ")
                .lines(says)
                .raw("</p>\n");
        }
        Proof::Withheld { says } => {
            html.raw("<p><strong>Withheld.</strong> ")
                .lines(says)
                .raw("</p>\n");
        }
    }
}

fn hashes(html: &mut Html, path: &[String]) {
    if path.is_empty() {
        html.raw("empty: the leaf is the root");
        return;
    }
    html.raw("<ol class=\"path\">");
    for hash in path {
        html.raw("<li>").code(hash).raw("</li>");
    }
    html.raw("</ol>");
}

/// The notes that proofs refer to.
pub(super) fn checkpoints(html: &mut Html, content: &Content) {
    for (place, note) in content.checkpoints.iter().enumerate() {
        let number = place as u64 + 1;
        html.raw("<article class=\"checkpoint\" id=\"C")
            .bare(number);
        html.raw("\">\n<h3><span class=\"label\">C").bare(number);
        html.raw("</span> Checkpoint, exactly as signed</h3>\n<p class=\"note\">");
        html.lines(note).raw("</p>\n</article>\n");
    }
}
