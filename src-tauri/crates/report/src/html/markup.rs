//! The one place that writes markup.
//!
//! Invariants: 1. Markup is `&'static str`: no text of evidence, examiner or archive can become an
//! element or an attribute. 2. What is written is exactly what a browser gives back as `innerHTML`
//! (HTML Standard, 13.3, serialising fragments), so that the page can hash itself: no `<pre>`,
//! which eats a line feed; no attribute with `<`, `>`, `&` or a no-break space, which browsers
//! write differently.

use sealscope_shown::{FIELD_BYTES_MAX, Run, Shown, shown, shown_lines};

/// A piece of the page.
#[derive(Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// What was written so far; it begins anew.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Markup.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.text.push_str(markup);
        self
    }

    /// Words of this program.
    pub(super) fn words(&mut self, words: &str) -> &mut Self {
        for c in words.chars() {
            self.escaped(c);
        }
        self
    }

    /// A number as it stands in an attribute.
    pub(super) fn bare(&mut self, number: u64) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// A number for people: `30,112`.
    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        self.text.push_str(&thousands(number));
        self
    }

    /// A length in a drawing, two places behind the point.
    pub(super) fn length(&mut self, length: f64) -> &mut Self {
        self.text.push_str(&format!("{length:.2}"));
        self
    }

    /// Text from outside as one line, chips for whatever acts or hides.
    pub(super) fn data(&mut self, text: &str) -> &mut Self {
        self.raw("<bdi dir=\"ltr\">");
        self.runs(&shown(text, FIELD_BYTES_MAX));
        self.raw("</bdi>")
    }

    /// The same with its line feeds kept.
    pub(super) fn lines(&mut self, text: &str) -> &mut Self {
        self.raw("<bdi dir=\"ltr\" class=\"lines\">");
        self.runs(&shown_lines(text, FIELD_BYTES_MAX));
        self.raw("</bdi>")
    }

    /// Bytes as one line of code.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.raw("<code dir=\"ltr\">");
        self.runs(&shown(bytes, FIELD_BYTES_MAX));
        self.raw("</code>")
    }

    /// Text from outside as code: hashes, names, queries.
    pub(super) fn code(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    fn runs(&mut self, shown: &Shown) {
        for run in &shown.runs {
            match run {
                Run::Text(plain) => {
                    self.words(plain);
                }
                Run::Chip(chip) => {
                    self.raw("<span class=\"chip\" title=\"");
                    let title = chip.title.chars().filter(|c| is_plain(*c));
                    self.text.extend(title);
                    self.raw("\">⟦").words(&chip.label).raw("⟧</span>");
                }
            }
        }
        if shown.truncated {
            self.raw("<span class=\"cut\">… (cut here; whole in the embedded report.json)</span>");
        }
    }

    fn escaped(&mut self, c: char) {
        match c {
            '&' => self.text.push_str("&amp;"),
            '<' => self.text.push_str("&lt;"),
            '>' => self.text.push_str("&gt;"),
            '\u{A0}' => self.text.push_str("&nbsp;"),
            _ => self.text.push(c),
        }
    }
}

/// Stands in an attribute as itself.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || " ,.-+()".contains(c)
}

/// `30,112`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (30_112_090, "30,112,090"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn text_is_written_as_browsers_write_it() {
        let mut html = Html::default();
        html.data("a<b>&\"'\u{a0}\u{202e}");
        assert_eq!(
            html.take(),
            "<bdi dir=\"ltr\">a&lt;b&gt;&amp;\"'&nbsp;<span class=\"chip\" title=\"right-to-left \
             override (U+202E)\">⟦U+202E⟧</span></bdi>"
        );
    }
}
