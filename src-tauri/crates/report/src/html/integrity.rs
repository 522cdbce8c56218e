//! Verdicts with what they rest on, and where every byte went.

use super::drawings;
use super::markup::Html;
use super::parts::{
    Facts, cell, close_table, code_cell, counts, list, listed, look, mark, number_cell, open_table,
    paragraph, problem, remark, state_look,
};
use crate::content::{Books, Content, Integrity, Problem};

pub(super) fn integrity(html: &mut Html, content: &Content) {
    for (place, integrity) in content.integrity.iter().enumerate() {
        item_heading(html, content, place);
        let look = look(&integrity.verdict);
        html.raw("<p class=\"item-verdict\">");
        mark(html, look, &integrity.title);
        html.raw("</p>\n");
        paragraph(html, &integrity.says);
        drawings::range_bar(html, integrity);
        counts(html, "Entries by verdict", &integrity.counts);
        basis(html, integrity);
        aspects(html, integrity);
        if let Some(chain) = &integrity.chain {
            html.raw("<h4>Chain of seals</h4>\n");
            drawings::chain(html, chain);
        }
        let broken = (integrity.breaks.as_slice(), integrity.breaks_total);
        problems(html, "Where seals and bytes disagree", broken, "broken");
        let damage = (integrity.damage.as_slice(), integrity.damage_total);
        problems(html, "What does not parse", damage, "unproven");
        let seen = (
            integrity.observations.as_slice(),
            integrity.observations_total,
        );
        problems(html, "Observations", seen, "unsealed");
        ranges(html, integrity);
        signers(html, integrity);
        outside(html, integrity);
        meaning(html, integrity);
        html.raw("</article>\n");
    }
}

fn item_heading(html: &mut Html, content: &Content, place: usize) {
    html.raw("<article>\n<h3><span class=\"label\">Item ");
    html.data(content.item_label(place)).raw("</span> ");
    if let Some(item) = content.items.get(place) {
        html.data(&item.name);
    }
    html.raw("</h3>\n");
}

fn basis(html: &mut Html, integrity: &Integrity) {
    let mut facts = Facts::new(html);
    facts.code("Verdict word", &integrity.verdict);
    facts.text("What the seals can prove", &integrity.strength);
    for (name, end) in [("Begin", &integrity.head), ("End", &integrity.tail)] {
        facts.with(name, |html| {
            let (look, word) = match end.is_anchored {
                true => ("intact", "fixed"),
                false => ("unproven", "open"),
            };
            mark(html, look, word);
            if !end.says.is_empty() {
                html.raw(". ").lines(&end.says);
            }
        });
    }
    facts.with("Checkpoints", |html| {
        html.number(integrity.checkpoints).raw(" in the archive, ");
        html.number(integrity.checkpoints_held)
            .raw(" hold under a trusted key");
    });
    facts.end();
}

fn aspects(html: &mut Html, integrity: &Integrity) {
    if integrity.aspects.is_empty() {
        return;
    }
    open_table(html, "What was checked", &["Aspect", "State", "Why"]);
    for aspect in &integrity.aspects {
        html.raw("<tr><th scope=\"row\">").data(&aspect.name);
        html.raw("</th><td>");
        mark(html, state_look(&aspect.state), &aspect.state);
        html.raw("</td>");
        cell(html, &aspect.why);
        html.raw("</tr>\n");
    }
    close_table(html);
}

fn problems(
    html: &mut Html,
    heading: &'static str,
    (problems, total): (&[Problem], u64),
    look: &'static str,
) {
    if problems.is_empty() && total == 0 {
        return;
    }
    html.raw("<h4>").raw(heading).raw("</h4>\n");
    for found in problems {
        problem(html, found, look);
    }
    listed(html, problems.len(), total);
}

fn ranges(html: &mut Html, integrity: &Integrity) {
    if integrity.ranges.is_empty() && integrity.ranges_total == 0 {
        return;
    }
    let columns = ["#From position", "#Up to, without", "Verdict", "Strength"];
    open_table(html, "Ranges", &columns);
    for range in &integrity.ranges {
        html.raw("<tr>");
        number_cell(html, range.from);
        number_cell(html, range.to);
        html.raw("<td>");
        mark(html, look(&range.verdict), &range.verdict);
        html.raw("</td>");
        cell(html, &range.strength);
        html.raw("</tr>\n");
    }
    close_table(html);
    listed(html, integrity.ranges.len(), integrity.ranges_total);
}

fn signers(html: &mut Html, integrity: &Integrity) {
    if integrity.signers.is_empty() {
        return;
    }
    let columns = ["Name", "Key id", "Trusted", "#Checkpoints", "Public key"];
    open_table(html, "Who signed", &columns);
    for signer in &integrity.signers {
        html.raw("<tr>");
        code_cell(html, &signer.name);
        code_cell(html, &signer.key_id);
        html.raw("<td>").raw(match signer.is_trusted {
            true => "by the examiner",
            false => "no",
        });
        html.raw("</td>");
        number_cell(html, signer.checkpoints);
        code_cell(html, signer.vkey.as_deref().unwrap_or("not in the archive"));
        html.raw("</tr>\n");
    }
    close_table(html);
}

fn outside(html: &mut Html, integrity: &Integrity) {
    if integrity.outside.is_empty() {
        return;
    }
    open_table(html, "Known from outside", &["Kind", "State", "What"]);
    for fact in &integrity.outside {
        html.raw("<tr>");
        cell(html, &fact.kind);
        html.raw("<td>");
        mark(html, state_look(&fact.state), &fact.state);
        html.raw("</td>");
        cell(html, &fact.says);
        html.raw("</tr>\n");
    }
    close_table(html);
}

fn meaning(html: &mut Html, integrity: &Integrity) {
    let mut facts = Facts::new(html);
    facts.list("Can mean", &integrity.can_mean);
    facts.list("Does not tell", &integrity.does_not_tell);
    facts.text("Next step", &integrity.next_step);
    facts.list("Remarks", &integrity.notes);
    facts.end();
}

pub(super) fn completeness(html: &mut Html, content: &Content) {
    for (place, books) in content.books.iter().enumerate() {
        item_heading(html, content, place);
        paragraph(html, &books.says);
        sums(html, books);
        rejected(html, books);
        if !books.gaps.is_empty() {
            html.raw("<h4>Gaps</h4>\n");
            list(html, &books.gaps);
        }
        html.raw("</article>\n");
    }
}

fn sums(html: &mut Html, books: &Books) {
    open_table(html, "Sums", &["What", "#Number"]);
    let sums = [
        ("Bytes of the unpacked text", Some(books.bytes)),
        ("Lines", Some(books.lines)),
        ("Log entries", Some(books.entries)),
        ("Control entries of the format", Some(books.control)),
        ("Records of entries", books.rows),
        ("Records without a time", books.undated),
        (
            "Records that do not fit their schema, read as text",
            books.unparsed,
        ),
        ("Entries that hold an empty list", books.empty_entries),
        ("Bytes that belong to no entry", Some(books.rejected_bytes)),
    ];
    for (name, count) in sums {
        html.raw("<tr><th scope=\"row\">").raw(name).raw("</th>");
        match count {
            Some(count) => number_cell(html, count),
            None => {
                html.raw("<td class=\"n\">not counted</td>");
            }
        }
        html.raw("</tr>\n");
    }
    close_table(html);
}

fn rejected(html: &mut Html, books: &Books) {
    if books.rejected.is_empty() && books.rejected_total == 0 {
        remark(html, "Nothing was rejected.");
        return;
    }
    let columns = ["File", "#Offset in bytes", "Reason"];
    open_table(html, "Rejected", &columns);
    for rejected in &books.rejected {
        html.raw("<tr>");
        code_cell(html, rejected.file.as_deref().unwrap_or(""));
        number_cell(html, rejected.offset_bytes);
        cell(html, &rejected.reason);
        html.raw("</tr>\n");
    }
    close_table(html);
    listed(html, books.rejected.len(), books.rejected_total);
}
