//! Text as pieces that a typesetter only has to put side by side: nothing in it is markup, acts,
//! hides or reorders its neighbours, and each piece is in a font that can print it.

use sealscope_shown::{Run, shown, shown_lines};
use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;

use super::fonts::{Fonts, MONO, SANS};

/// Printed text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Runs {
    /// In the face that stands around it.
    Plain(String),
    /// Side by side.
    Pieces(Vec<Piece>),
}

/// One piece.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Piece {
    /// In the face that stands around it.
    Text(String),
    /// [`BREAK`], [`LINE`] or [`GAP`].
    Mark(u8),
    /// What cannot stand as itself.
    Chip {
        /// Its code.
        c: String,
    },
    /// In another font, by its place.
    Other {
        /// The place.
        f: usize,
        /// The text.
        t: String,
        /// Whether it runs from right to left; then it stands in a box of its own.
        #[serde(skip_serializing_if = "is_false")]
        r: bool,
    },
    /// Quiet words of our own: `not stated`.
    Quiet {
        /// The words.
        q: &'static str,
    },
    /// In the face for bytes.
    Mono {
        /// What.
        m: Box<Runs>,
    },
}

/// The line may break here.
pub(super) const BREAK: u8 = 0;
/// The line ends here.
pub(super) const LINE: u8 = 1;
/// A little room.
pub(super) const GAP: u8 = 2;
/// Words longer than this many letters may break inside.
const WORD_MAX: usize = 16;
/// And then after each of this many.
const BREAK_AFTER: usize = 8;
/// Letters that run back in one box at most: a box does not break.
const BOX_MAX: usize = 16;
/// Bytes of a sentence, name or note that are printed.
pub(super) const TEXT_BYTES_MAX: usize = 16 << 10;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Runs {
    /// Words of our own.
    pub(super) fn own(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// `not stated`.
    pub(super) fn not_stated() -> Self {
        Self::quiet("not stated")
    }

    /// Words of our own that step back.
    pub(super) fn quiet(words: &'static str) -> Self {
        Self::Pieces(vec![Piece::Quiet { q: words }])
    }

    /// Nothing.
    pub(super) const fn none() -> Self {
        Self::Pieces(Vec::new())
    }

    /// The same with a quiet word of our own behind it.
    pub(super) fn with_quiet(self, words: &'static str) -> Self {
        let mut pieces = self.into_pieces();
        pieces.push(Piece::Mark(GAP));
        pieces.push(Piece::Quiet { q: words });
        Self::Pieces(pieces)
    }

    /// Puts another text behind this one.
    pub(super) fn then(self, other: Self) -> Self {
        let mut pieces = self.into_pieces();
        pieces.extend(other.into_pieces());
        Self::Pieces(pieces)
    }

    /// Bytes of text, and sixteen for each piece.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Plain(text) => text.len(),
            Self::Pieces(pieces) => pieces.iter().map(Piece::size).sum(),
        }
    }

    pub(super) fn into_pieces(self) -> Vec<Piece> {
        match self {
            Self::Plain(text) if text.is_empty() => Vec::new(),
            Self::Plain(text) => vec![Piece::Text(text)],
            Self::Pieces(pieces) => pieces,
        }
    }
}

impl Piece {
    fn size(&self) -> usize {
        let text = match self {
            Self::Text(text) | Self::Other { t: text, .. } => text.len(),
            Self::Mono { m } => m.size(),
            Self::Mark(_) | Self::Chip { .. } | Self::Quiet { .. } => 0,
        };
        text + 16
    }
}

/// Text of one line in the text face.
pub(super) fn line(text: &str) -> Runs {
    Run::runs(&shown(text, TEXT_BYTES_MAX), SANS)
}

/// Text of one line in the text face, no more than the first bytes of it.
pub(super) fn line_up_to(text: &str, bytes_max: usize) -> Runs {
    Run::runs(&shown(text, bytes_max), SANS)
}

/// Text of several lines in the text face.
pub(super) fn lines(text: &str) -> Runs {
    Run::runs(&shown_lines(text, TEXT_BYTES_MAX), SANS)
}

/// Text of one line in the face for bytes.
pub(super) fn mono(text: &str) -> Runs {
    mono_up_to(text, TEXT_BYTES_MAX)
}

/// The same, no more than the first bytes of it.
pub(super) fn mono_up_to(text: &str, bytes_max: usize) -> Runs {
    let runs = Run::runs(&shown(text, bytes_max), MONO);
    Runs::Pieces(vec![Piece::Mono { m: Box::new(runs) }])
}

/// Text of several lines in the face for bytes.
pub(super) fn mono_lines(text: &str) -> Runs {
    let runs = Run::runs(&shown_lines(text, TEXT_BYTES_MAX), MONO);
    Runs::Pieces(vec![Piece::Mono { m: Box::new(runs) }])
}

/// Text without a layout: for text alternatives.
pub(super) fn flat(text: &str) -> String {
    shown(text, 4096).to_text()
}

/// What of bytes fits into lines of `width` em of the face for bytes; line ends of the text are
/// chips, so that each printed line break is one of ours.
pub(super) fn wrapped(bytes: &[u8], bytes_max: usize, width: f64) -> Runs {
    let mut lines = Lines {
        out: Pieces::new(MONO),
        width,
        used: 0.0,
        word: Vec::new(),
    };
    for run in &shown(bytes, bytes_max).runs {
        each(run, MONO, &mut |item| lines.put(item));
        lines.end_word();
    }
    lines.out.end()
}

/// Breaks lines.
struct Lines {
    out: Pieces,
    width: f64,
    used: f64,
    /// Letters that run back and may join: with their fonts.
    word: Vec<(String, usize)>,
}

impl Lines {
    fn put(&mut self, item: Item<'_>) {
        match item {
            Item::Cluster(cluster, place) if cluster.chars().any(runs_back) => {
                self.word.push((cluster.to_owned(), place));
            }
            Item::Cluster(cluster, place) => {
                self.end_word();
                self.make_room(Fonts::get().width(cluster, place));
                self.out.put(item);
            }
            Item::Chip(label) => {
                self.end_word();
                self.make_room(chip_width(label));
                self.out.put(item);
            }
        }
    }

    /// A word whose letters join is torn only where it is longer than a line.
    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        let of = |(cluster, place): &(String, usize)| Fonts::get().width(cluster, *place);
        let whole: f64 = word.iter().map(of).sum();
        if whole <= self.width {
            self.make_room(whole);
        }
        for letter in &word {
            if whole > self.width {
                self.make_room(of(letter));
            }
            self.out.put(Item::Cluster(&letter.0, letter.1));
        }
    }

    fn make_room(&mut self, wide: f64) {
        if self.used + wide > self.width && self.used > 0.0 {
            self.out.mark(LINE);
            self.used = 0.0;
        }
        self.used += wide;
    }
}

/// A chip in em of the face for bytes: its letters, its brackets and its padding.
fn chip_width(label: &str) -> f64 {
    let letters = u32::try_from(label.chars().count()).unwrap_or(u32::MAX);
    0.85 * (0.6 * f64::from(letters) + 1.0) + 0.6
}

trait Printed {
    fn runs(shown: &sealscope_shown::Shown, face: usize) -> Runs;
}

impl Printed for Run {
    fn runs(shown: &sealscope_shown::Shown, face: usize) -> Runs {
        let mut out = Pieces::new(face);
        let mut word = 0;
        for run in &shown.runs {
            each(run, face, &mut |item| {
                match &item {
                    Item::Cluster("\n", _) => {
                        word = 0;
                        out.mark(LINE);
                        return;
                    }
                    // Letters that run back may join: a break would tear them.
                    Item::Cluster(cluster, _)
                        if !cluster.starts_with(' ') && !cluster.chars().any(runs_back) =>
                    {
                        word += 1;
                    }
                    _ => word = 0,
                }
                let is_break = word > WORD_MAX && word % BREAK_AFTER == 1;
                if is_break {
                    out.mark(BREAK);
                }
                out.put(item);
            });
        }
        if shown.truncated {
            out.put(Item::Cluster("…", face));
        }
        out.end()
    }
}

/// What stands in a line.
enum Item<'a> {
    Chip(&'a str),
    Cluster(&'a str, usize),
}

/// Goes through a run; what no font can print is a chip with its code.
fn each(run: &Run, face: usize, put: &mut dyn FnMut(Item<'_>)) {
    let text = match run {
        Run::Chip(chip) => return put(Item::Chip(&chip.label)),
        Run::Text(text) => text,
    };
    let fonts = Fonts::get();
    for cluster in text.graphemes(true) {
        if cluster == "\n" {
            put(Item::Cluster(cluster, face));
        } else if let Some(place) = fonts.of(cluster, face) {
            put(Item::Cluster(cluster, place));
        } else {
            let mut part = [0; 4];
            for (number, c) in cluster.chars().enumerate() {
                let part = c.encode_utf8(&mut part);
                match fonts.of(part, face).filter(|_| number == 0) {
                    Some(place) => put(Item::Cluster(part, place)),
                    None => put(Item::Chip(&format!("U+{:04X}", u32::from(c)))),
                }
            }
        }
    }
}

/// Collects pieces and joins what belongs together.
struct Pieces {
    face: usize,
    out: Vec<Piece>,
    text: String,
    place: usize,
    runs_back: bool,
}

impl Pieces {
    const fn new(face: usize) -> Self {
        Self {
            face,
            out: Vec::new(),
            text: String::new(),
            place: face,
            runs_back: false,
        }
    }

    fn put(&mut self, item: Item<'_>) {
        match item {
            Item::Chip(label) => {
                self.end_piece();
                self.out.push(Piece::Chip {
                    c: label.to_owned(),
                });
            }
            Item::Cluster(cluster, place) => {
                let runs_back = cluster.chars().any(runs_back);
                let is_full = runs_back && self.text.chars().count() >= BOX_MAX;
                if place != self.place || runs_back != self.runs_back || is_full {
                    self.end_piece();
                    (self.place, self.runs_back) = (place, runs_back);
                }
                self.text.push_str(cluster);
            }
        }
    }

    fn mark(&mut self, mark: u8) {
        self.end_piece();
        self.out.push(Piece::Mark(mark));
    }

    fn end_piece(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        self.out
            .push(if self.place == self.face && !self.runs_back {
                Piece::Text(text)
            } else {
                Piece::Other {
                    f: self.place,
                    t: text,
                    r: self.runs_back,
                }
            });
    }

    fn end(mut self) -> Runs {
        self.end_piece();
        join_words(&mut self.out);
        match self.out.pop() {
            Some(Piece::Text(only)) if self.out.is_empty() => Runs::Plain(only),
            Some(last) => {
                self.out.push(last);
                Runs::Pieces(self.out)
            }
            None => Runs::none(),
        }
    }
}

/// Words of one script with a space between them are one piece, so that they are read in the
/// script's own direction.
fn join_words(pieces: &mut Vec<Piece>) {
    let mut place = 0;
    while place + 2 < pieces.len() {
        let joined = match pieces.get(place..place + 3) {
            Some(
                [
                    Piece::Other { f, t, r: true },
                    Piece::Text(space),
                    Piece::Other {
                        f: next,
                        t: more,
                        r: true,
                    },
                ],
            ) if space == " "
                && f == next
                && t.chars().count() + more.chars().count() < BOX_MAX =>
            {
                Some(Piece::Other {
                    f: *f,
                    t: format!("{t} {more}"),
                    r: true,
                })
            }
            _ => None,
        };
        match joined {
            Some(piece) => {
                pieces.splice(place..place + 3, [piece]);
            }
            None => place += 1,
        }
    }
}

/// Letters that run from right to left, and marks of them (Unicode, `DerivedBidiClass`).
const fn runs_back(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(runs: &Runs) -> String {
        serde_json::to_string(runs).expect("json")
    }

    #[test]
    fn plain_text_stays_one_string() {
        assert_eq!(json(&line("anna deleted it")), "\"anna deleted it\"");
        assert_eq!(json(&line("")), "[]");
    }

    #[test]
    fn what_acts_is_a_chip_and_what_no_font_prints_too() {
        let text = json(&line("a\u{202e}b\u{13000}c"));
        assert_eq!(text, r#"["a",{"c":"U+202E"},"b",{"c":"U+13000"},"c"]"#);
    }

    #[test]
    fn letters_from_right_to_left_are_pieces_of_their_own() {
        let text = json(&line("x שלום עולם 12 y"));
        assert_eq!(text, r#"["x ",{"f":4,"t":"שלום עולם","r":true}," 12 y"]"#);
    }

    #[test]
    fn no_box_is_wider_than_a_column() {
        let Runs::Pieces(pieces) = line(&"ש".repeat(1000)) else {
            panic!("pieces");
        };
        assert_eq!(pieces.len(), 1000_usize.div_ceil(BOX_MAX));
    }

    #[test]
    fn a_mark_that_no_font_joins_to_its_letter_is_a_chip() {
        let text = json(&line("日\u{0e31}"));
        assert!(text.contains("U+0E31"), "{text}");
    }

    #[test]
    fn long_words_may_break() {
        let text = json(&line(&"a".repeat(40)));
        assert!(text.contains("\"aaaaaaaa\",0,"), "{text}");
    }

    #[test]
    fn a_word_of_letters_that_join_is_not_torn() {
        let text = json(&wrapped("aaaa العربية".as_bytes(), 4096, 4.0));
        assert!(
            text.contains(r#"["aaaa ",1,{"f":3,"t":"العربية","r":true}]"#),
            "{text}"
        );
    }

    #[test]
    fn bytes_are_broken_into_lines_that_fit() {
        let Runs::Pieces(pieces) = wrapped("日本x\n\u{1}".repeat(30).as_bytes(), 4096, 20.0)
        else {
            panic!("pieces");
        };
        assert!(
            pieces
                .iter()
                .filter(|piece| **piece == Piece::Mark(LINE))
                .count()
                > 5
        );
        assert!(pieces.contains(&Piece::Chip {
            c: "␊".to_owned()
        }));
    }
}
