//! What the typesetter is given: blocks in the order of reading.

use serde::Serialize;

use super::text::{Piece, Runs, line, lines, mono, mono_up_to};

/// A whole report.
#[derive(Debug, Serialize)]
pub(super) struct Paper {
    /// Families of the fonts by place.
    pub faces: Vec<&'static str>,
    /// Title of the document, without layout.
    pub name: String,
    /// Who made it, without layout.
    pub authors: Vec<String>,
    /// What stands on every page.
    pub every: EveryPage,
    /// What stands before the sections.
    pub first: FirstPage,
    /// Whether the contents are listed.
    pub has_contents: bool,
    /// The sections.
    pub sections: Vec<PrintedSection>,
    /// Files inside, in the order of `files`.
    pub files: Vec<FileInside>,
}

/// What stands on every page.
#[derive(Debug, Serialize)]
pub(super) struct EveryPage {
    /// How it is to be handled.
    pub classification: Runs,
    /// `EXTRACT – …`.
    pub banner: Runs,
    /// Id of the report.
    pub report_id: Runs,
    /// Begin of the content hash.
    pub hash: String,
}

/// Title, verdict, and whose report it is.
#[derive(Debug, Serialize)]
pub(super) struct FirstPage {
    /// What the report is for.
    pub template: &'static str,
    /// Title.
    pub title: Runs,
    /// Issuer.
    pub issuer: Runs,
    /// The verdict over all.
    pub verdict: VerdictBlock,
    /// What warns the reader.
    pub warnings: Vec<Runs>,
    /// Facts.
    pub facts: Vec<(Runs, Runs)>,
}

/// A verdict: glyph, word, sentence.
#[derive(Debug, Serialize)]
pub(super) struct VerdictBlock {
    /// Name of the glyph.
    pub glyph: &'static str,
    /// The word.
    pub word: Runs,
    /// In a few words.
    pub title: Runs,
    /// In a sentence.
    pub says: Runs,
}

/// A section.
#[derive(Debug, Serialize)]
pub(super) struct PrintedSection {
    /// Its heading.
    pub heading: Runs,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A file inside.
#[derive(Debug, Serialize)]
pub(super) struct FileInside {
    /// Its name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// What it is.
    pub says: String,
    /// `data` or `supplement`.
    pub relation: &'static str,
}

/// A block.
#[derive(Debug, Serialize)]
#[serde(tag = "k", rename_all = "kebab-case")]
pub(super) enum Block {
    /// A heading below that of a section.
    Heading {
        /// Its text.
        t: Runs,
    },
    /// A smaller heading, not numbered.
    Minor {
        /// Its text.
        t: Runs,
    },
    /// A paragraph.
    Text {
        /// Its text.
        t: Runs,
    },
    /// A remark in small print.
    Remark {
        /// Its text.
        t: Runs,
    },
    /// Points.
    List {
        /// Each.
        items: Vec<Runs>,
    },
    /// Labels with values.
    Facts {
        /// Each.
        rows: Vec<(Runs, Runs)>,
    },
    /// A table with a head.
    Table {
        /// Widths: `0` as wide as the text needs, otherwise a share of the rest.
        widths: Vec<u8>,
        /// Columns set to the right.
        right: Vec<bool>,
        /// The head.
        head: Vec<&'static str>,
        /// The rows.
        rows: Vec<Vec<Runs>>,
    },
    /// The verdict of an item.
    Verdict {
        /// Which.
        v: VerdictBlock,
    },
    /// A chain of seals.
    Chain {
        /// What it shows, in words.
        alt: String,
        /// The boxes.
        pieces: Vec<Link>,
    },
    /// Verdicts along positions.
    Bar {
        /// What it shows, in words.
        alt: String,
        /// First position.
        from: Runs,
        /// Last.
        to: Runs,
        /// The runs.
        parts: Vec<BarPart>,
        /// Verdicts that occur, for the key: glyph and word.
        key: Vec<(&'static str, Runs)>,
    },
    /// Activity over time.
    Histogram {
        /// What it shows, in words.
        alt: String,
        /// Bars: shares of the greatest count in thousandths: all, of them not intact, of them
        /// broken.
        bars: Vec<(u32, u32, u32)>,
        /// Greatest count.
        top: Runs,
        /// First bucket.
        from: Runs,
        /// Last bucket.
        to: Runs,
    },
    /// A cited entry.
    Exhibit(Box<PrintedExhibit>),
    /// A declaration with room to sign.
    Declaration {
        /// Heading.
        title: Runs,
        /// Where the form comes from.
        basis: Runs,
        /// Text.
        t: Runs,
        /// Who and where.
        rows: Vec<(Runs, Runs)>,
    },
}

/// A box of a chain.
#[derive(Debug, Serialize)]
pub(super) struct Link {
    /// Glyph of its verdict.
    pub glyph: &'static str,
    /// What stands in it.
    pub label: Runs,
    /// Begin of its digest.
    pub digest: Runs,
    /// `none` for the first, `yes`, `no`, `unknown`: whether it follows from the one before.
    pub follows: &'static str,
    /// It is not there.
    pub is_missing: bool,
}

/// A run of a bar.
#[derive(Debug, Serialize)]
pub(super) struct BarPart {
    /// Its begin in thousandths of the whole.
    pub at: u32,
    /// Its length in thousandths.
    pub length: u32,
    /// Glyph of its verdict.
    pub glyph: &'static str,
}

/// A cited entry.
#[derive(Debug, Serialize)]
pub(super) struct PrintedExhibit {
    /// `E1`.
    pub name: String,
    /// Where it stands.
    pub place: Runs,
    /// Glyph of its verdict.
    pub glyph: &'static str,
    /// Its verdict.
    pub word: Runs,
    /// Whether the bytes stand beside what they say, and not below it.
    pub beside: bool,
    /// Why.
    pub says: Runs,
    /// Labels with values: time and who did what.
    pub spine: Vec<(Runs, Runs)>,
    /// Fields under their own names.
    pub fields: Vec<(Runs, Runs)>,
    /// Heading of the bytes.
    pub raw_says: Runs,
    /// The bytes in lines.
    pub raw: Runs,
    /// Leaf, proof and remarks.
    pub proof: Vec<(Runs, Runs)>,
    /// What the examiner says.
    pub comment: Option<Runs>,
}

/// Rows of labels and values.
#[derive(Default)]
pub(super) struct Rows(pub Vec<(Runs, Runs)>);

impl Rows {
    pub(super) fn put(&mut self, label: &str, value: Runs) -> &mut Self {
        self.0.push((Runs::own(label), value));
        self
    }

    /// A text of people: said to be missing where it is.
    pub(super) fn stated(&mut self, label: &str, value: &str) -> &mut Self {
        self.put(label, stated(value))
    }

    /// Only where there is one.
    pub(super) fn given(&mut self, label: &str, value: &str) -> &mut Self {
        match value.is_empty() {
            true => self,
            false => self.put(label, lines(value)),
        }
    }

    /// A digest or key.
    pub(super) fn digest(&mut self, label: &str, value: &str) -> &mut Self {
        match value.is_empty() {
            true => self.put(label, Runs::not_stated()),
            false => self.put(label, digest(value)),
        }
    }

    pub(super) fn count(&mut self, label: &str, value: u64) -> &mut Self {
        self.put(label, Runs::own(count(value)))
    }

    pub(super) fn block(&mut self) -> Block {
        Block::Facts {
            rows: std::mem::take(&mut self.0),
        }
    }
}

pub(super) fn stated(value: &str) -> Runs {
    match value.trim().is_empty() {
        true => Runs::not_stated(),
        false => lines(value),
    }
}

/// A digest, in lines of 64 digits.
pub(super) fn digest(value: &str) -> Runs {
    if value.len() <= 64 || !value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return mono(value);
    }
    let mut pieces = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let (part, more) = rest.split_at(rest.len().min(64));
        if !pieces.is_empty() {
            pieces.push(Piece::Mark(super::text::LINE));
        }
        pieces.extend(mono(part).into_pieces());
        rest = more;
    }
    Runs::Pieces(pieces)
}

/// The begin of a digest.
pub(super) fn short(value: &str) -> Runs {
    let begin: String = value.chars().take(16).collect();
    mono_up_to(&begin, 64)
}

/// `30,112`.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `yes` or `no`.
pub(super) fn yes(value: bool) -> Runs {
    Runs::own(if value { "yes" } else { "no" })
}

/// One sentence after another.
pub(super) fn list(items: &[String]) -> Block {
    Block::List {
        items: items.iter().map(|item| lines(item)).collect(),
    }
}

pub(super) fn text(value: &str) -> Block {
    Block::Text { t: lines(value) }
}

pub(super) fn remark(value: impl Into<String>) -> Block {
    Block::Remark {
        t: Runs::own(value),
    }
}

pub(super) fn heading(value: impl Into<String>) -> Block {
    Block::Heading {
        t: Runs::own(value),
    }
}

pub(super) fn minor(value: &str) -> Block {
    Block::Minor { t: line(value) }
}

/// Name of the glyph of a verdict word; of a word that is none, that of what was not checked.
pub(super) fn glyph(verdict: &str) -> &'static str {
    const GLYPHS: [&str; 5] = ["intact", "consistent", "unproven", "unsealed", "broken"];
    let found = GLYPHS.into_iter().find(|glyph| *glyph == verdict);
    found.unwrap_or("unchecked")
}

/// The word of a verdict with a capital: `Intact`.
pub(super) fn verdict_word(verdict: &str) -> Runs {
    match verdict {
        "intact" => Runs::own("Intact"),
        "consistent" => Runs::own("Consistent"),
        "unproven" => Runs::own("Unproven"),
        "unsealed" => Runs::own("Unsealed"),
        "broken" => Runs::own("Broken"),
        "unchecked" => Runs::own("Not checked"),
        other => line(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_thousands_apart() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(count(value), text);
        }
    }

    #[test]
    fn long_digests_are_two_lines() {
        let text = serde_json::to_string(&digest(&"ab".repeat(64))).expect("json");
        assert_eq!(text.matches("\"m\"").count(), 2);
    }
}
