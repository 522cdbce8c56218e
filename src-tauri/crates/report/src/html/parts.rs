//! Pieces that several sections are made of.

use super::markup::Html;
use crate::content::{Counts, Problem};

/// Verdict words with the shape and colour class of each; shapes tell them apart in grey.
pub(super) const fn look(verdict: &str) -> &'static str {
    match verdict.as_bytes() {
        b"intact" => "intact",
        b"consistent" => "consistent",
        b"unproven" => "unproven",
        b"unsealed" => "unsealed",
        b"broken" => "broken",
        _ => "unchecked",
    }
}

/// State words of aspects and of what comes from outside.
pub(super) const fn state_look(state: &str) -> &'static str {
    match state.as_bytes() {
        b"ok" => "intact",
        b"broken" => "broken",
        b"absent" => "unsealed",
        _ => "unproven",
    }
}

/// The shape of a verdict; its word stands beside it.
pub(super) fn glyph(html: &mut Html, look: &'static str) {
    html.raw("<svg class=\"glyph ").raw(look);
    html.raw("\" aria-hidden=\"true\" focusable=\"false\"><use href=\"#g-");
    html.raw(look).raw("\"></use></svg>");
}

/// Shape and word.
pub(super) fn mark(html: &mut Html, look: &'static str, word: &str) {
    html.raw("<span class=\"mark ").raw(look).raw("\">");
    glyph(html, look);
    html.raw(" ");
    html.data(word).raw("</span>");
}

/// A list of facts; those without a text are left out.
pub(super) struct Facts<'a> {
    html: &'a mut Html,
    is_open: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn new(html: &'a mut Html) -> Self {
        Self {
            html,
            is_open: false,
        }
    }

    /// A fact whose value the caller writes.
    pub(super) fn with(&mut self, name: &'static str, value: impl FnOnce(&mut Html)) -> &mut Self {
        if !self.is_open {
            self.html.raw("<dl>\n");
            self.is_open = true;
        }
        self.html.raw("<div><dt>").raw(name).raw("</dt><dd>");
        value(self.html);
        self.html.raw("</dd></div>\n");
        self
    }

    pub(super) fn text(&mut self, name: &'static str, text: &str) -> &mut Self {
        match text {
            "" => self,
            _ => self.with(name, |html| {
                html.lines(text);
            }),
        }
    }

    pub(super) fn code(&mut self, name: &'static str, text: &str) -> &mut Self {
        match text {
            "" => self,
            _ => self.with(name, |html| {
                html.code(text);
            }),
        }
    }

    pub(super) fn number(&mut self, name: &'static str, number: u64) -> &mut Self {
        self.with(name, |html| {
            html.number(number);
        })
    }

    pub(super) fn list(&mut self, name: &'static str, items: &[String]) -> &mut Self {
        match items {
            [] => self,
            _ => self.with(name, |html| list(html, items)),
        }
    }

    pub(super) fn end(&mut self) {
        if self.is_open {
            self.html.raw("</dl>\n");
            self.is_open = false;
        }
    }
}

/// A plain list.
pub(super) fn list(html: &mut Html, items: &[String]) {
    html.raw("<ul>\n");
    for item in items {
        html.raw("<li>").lines(item).raw("</li>\n");
    }
    html.raw("</ul>\n");
}

/// A paragraph, unless there is nothing to say.
pub(super) fn paragraph(html: &mut Html, text: &str) {
    if !text.is_empty() {
        html.raw("<p>").lines(text).raw("</p>\n");
    }
}

/// A paragraph of this program's words.
pub(super) fn remark(html: &mut Html, words: &str) {
    html.raw("<p class=\"remark\">").words(words).raw("</p>\n");
}

/// The head of a table that can be wider than the page, and is then moved by itself; with a
/// caption for whoever cannot see what it stands under.
pub(super) fn open_table(html: &mut Html, caption: &'static str, columns: &[&'static str]) {
    html.raw("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    html.raw(caption).raw("\">");
    table_head(html, caption, columns);
}

/// The head of a table that is never wider: ten thousand of them must not each be a stop of the
/// Tab key.
pub(super) fn open_narrow_table(html: &mut Html, caption: &'static str, columns: &[&'static str]) {
    html.raw("<div class=\"narrow\">");
    table_head(html, caption, columns);
}

fn table_head(html: &mut Html, caption: &'static str, columns: &[&'static str]) {
    html.raw("<table>\n<caption>").raw(caption);
    html.raw("</caption>\n<thead><tr>");
    for column in columns {
        // A name that begins with `#` heads numbers.
        match column.strip_prefix('#') {
            Some(name) => html.raw("<th scope=\"col\" class=\"n\">").raw(name),
            None => html.raw("<th scope=\"col\">").raw(column),
        };
        html.raw("</th>");
    }
    html.raw("</tr></thead>\n<tbody>\n");
}

pub(super) fn close_table(html: &mut Html) {
    html.raw("</tbody>\n</table></div>\n");
}

/// A cell with a number.
pub(super) fn number_cell(html: &mut Html, number: u64) {
    html.raw("<td class=\"n\">").number(number).raw("</td>");
}

/// A cell with text.
pub(super) fn cell(html: &mut Html, text: &str) {
    html.raw("<td>").lines(text).raw("</td>");
}

/// A cell with code.
pub(super) fn code_cell(html: &mut Html, text: &str) {
    html.raw("<td class=\"c\">").code(text).raw("</td>");
}

/// `The first 100 of 2,345 are listed.` where not all are.
pub(super) fn listed(html: &mut Html, listed: usize, total: u64) {
    if listed as u64 != total {
        html.raw("<p class=\"remark\">The first ")
            .number(listed as u64);
        html.raw(" of ").number(total).raw(" are listed.</p>\n");
    }
}

/// Links to exhibits.
pub(super) fn exhibit_links(html: &mut Html, numbers: &[u32]) {
    for (place, number) in numbers.iter().enumerate() {
        if place > 0 {
            html.raw(", ");
        }
        html.raw("<a href=\"#E").bare(u64::from(*number));
        html.raw("\">E").bare(u64::from(*number)).raw("</a>");
    }
}

/// Entries by verdict as a table of one row.
pub(super) fn counts(html: &mut Html, caption: &'static str, counts: &Counts) {
    let columns = [
        ("#Total", "unchecked", counts.total),
        ("#Intact", "intact", counts.intact),
        ("#Consistent", "consistent", counts.consistent),
        ("#Unproven", "unproven", counts.unproven),
        ("#Unsealed", "unsealed", counts.unsealed),
        ("#Broken", "broken", counts.broken),
        ("#Not checked", "unchecked", counts.unchecked),
    ];
    let kept = columns.iter().enumerate();
    let kept: Vec<_> = kept
        .filter(|(place, (_, _, count))| *place == 0 || *count > 0)
        .map(|(_, column)| column)
        .collect();
    let names: Vec<&'static str> = kept.iter().map(|(name, _, _)| *name).collect();
    open_table(html, caption, &names);
    html.raw("<tr>");
    for (_, _, count) in kept {
        number_cell(html, *count);
    }
    html.raw("</tr>\n");
    close_table(html);
    if counts.control > 0 {
        html.raw("<p class=\"remark\">Beside them: ")
            .number(counts.control);
        html.raw(" control entries of the format.</p>\n");
    }
}

/// A finding of the verification, explained.
pub(super) fn problem(html: &mut Html, problem: &Problem, look: &'static str) {
    html.raw("<article class=\"problem ").raw(look).raw("\">\n");
    html.raw("<h4>");
    mark(html, look, &problem.title);
    html.raw("</h4>\n");
    paragraph(html, &problem.says);
    let mut facts = Facts::new(html);
    facts.code("Kind", &problem.kind);
    if let Some(position) = problem.position {
        facts.number("Position", position);
    }
    if problem.count != 1 {
        facts.number("Entries", problem.count);
    }
    if !problem.is_exact {
        facts.with("Place", |html| {
            html.raw("not exact");
        });
    }
    facts.code("Digest claimed", problem.claimed.as_deref().unwrap_or(""));
    facts.code("Digest computed", problem.computed.as_deref().unwrap_or(""));
    facts.code("File", problem.file.as_deref().unwrap_or(""));
    if let Some(offset) = problem.offset_bytes {
        facts.number("Offset in bytes", offset);
    }
    facts.list("Can mean", &problem.can_mean);
    facts.list("Does not tell", &problem.does_not_tell);
    facts.text("Next step", &problem.next_step);
    facts.end();
    html.raw("</article>\n");
}
