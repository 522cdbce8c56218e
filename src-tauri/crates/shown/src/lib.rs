//! Text from outside made safe to look at: the one place for table, inspector, clipboard, terminal
//! and reports.
//!
//! Invariants: 1. A [`Run::Text`] holds no character that acts, hides or reorders its neighbours;
//! each of those stands as a [`Run::Chip`] in its place. 2. Nothing is dropped: runs read one
//! after another give the text back, up to the limit that `truncated` tells of. 3. Brackets that
//! would look like those around a chip are chips themselves, so that printed text has one
//! reading.

use std::borrow::Cow;

use unicode_normalization::char::{is_combining_mark, is_public_assigned};

mod mixed;
mod names;
#[cfg(test)]
mod tests;

pub use mixed::mixed_scripts;

/// Bytes of one cell of a table at most.
pub const CELL_BYTES_MAX: usize = 512;
/// Bytes of one field in the inspector at most; the rest is loaded on request.
pub const FIELD_BYTES_MAX: usize = 64 << 10;
/// Chips of one text at most: a page of nothing but control bytes must not drown the window.
const CHIPS_MAX: usize = 4096;
/// Combining marks on one letter that are printed; more would paint over other rows.
const MARKS_MAX: usize = 8;

/// Text made safe to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// Pieces in logical order.
    pub runs: Vec<Run>,
    /// Whether the text goes on beyond what is shown.
    pub truncated: bool,
    /// What the shown part holds besides plain text.
    pub holds: Holds,
}

/// A piece of shown text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Plain text; never empty.
    Text(String),
    /// Something that would act or hide if it were printed.
    Chip(Chip),
}

/// What stands in the place of a character or byte that must not act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Its code: `U+202E`, two hex digits for a byte or an ASCII control (`1B`, `FF`), or one of
    /// `␊`, `␍`, `␉`. Printed between ⟦ and ⟧.
    pub label: String,
    /// Its name in words.
    pub title: String,
}

/// What a shown text holds besides plain text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holds {
    /// Control characters.
    pub controls: bool,
    /// Characters that turn the direction of text, or that cannot be seen.
    pub hidden: bool,
    /// Bytes that are not UTF-8.
    pub invalid_utf8: bool,
}

/// Text as one line: line breaks are chips. At most `bytes_max` bytes of it, cut between
/// characters.
#[must_use]
pub fn shown(text: impl AsRef<[u8]>, bytes_max: usize) -> Shown {
    Showing::new(false).take(text.as_ref(), bytes_max)
}

/// Text of several lines: line feeds stay in the plain runs, everything else is as in [`shown`].
#[must_use]
pub fn shown_lines(text: impl AsRef<[u8]>, bytes_max: usize) -> Shown {
    Showing::new(true).take(text.as_ref(), bytes_max)
}

/// Text for a terminal, whole and as one line: chips are printed between ⟦ and ⟧.
#[must_use]
pub fn escape_for_terminal(text: &str) -> String {
    escape_bytes_for_terminal(text.as_bytes())
}

/// Bytes for a terminal; what is not UTF-8 is printed as a chip too.
#[must_use]
pub fn escape_bytes_for_terminal(bytes: &[u8]) -> String {
    if bytes.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut out = String::with_capacity(bytes.len() + 16);
    each_piece(bytes, false, &mut |piece| {
        match piece {
            Piece::Plain(c) => out.push(c),
            Piece::Chip(cause) => {
                out.push('⟦');
                out.push_str(&cause.label());
                out.push('⟧');
            }
        }
        true
    });
    out
}

/// A cell of tab-separated text: one line, escaped, and disarmed where a spreadsheet would
/// compute it.
#[must_use]
pub fn tsv_cell(text: &str) -> String {
    disarmed(escape_for_terminal(text))
}

/// A cell of comma-separated text (RFC 4180): as [`tsv_cell`], in quotes where needed.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    let cell = tsv_cell(text);
    let needs_quotes = cell.contains([',', ';', '"']) || cell.trim() != cell;
    if needs_quotes {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

/// Spreadsheets compute cells that begin so; the wide forms count in some of them.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

fn disarmed(cell: String) -> String {
    let is_formula = cell.starts_with(FORMULA_STARTS) && !is_plain_number(&cell);
    if is_formula { format!("'{cell}") } else { cell }
}

/// `-12.5` computes to itself.
fn is_plain_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
        && digits.matches('.').count() <= 1
}

impl Shown {
    /// The text with its chips in brackets, as a terminal prints it.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for run in &self.runs {
            match run {
                Run::Text(plain) => text.push_str(plain),
                Run::Chip(chip) => {
                    text.push('⟦');
                    text.push_str(&chip.label);
                    text.push('⟧');
                }
            }
        }
        if self.truncated {
            text.push('…');
        }
        text
    }
}

/// One character as it is shown.
enum Piece {
    Plain(char),
    Chip(Cause),
}

/// Why something is shown as a chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// A byte that is no part of UTF-8.
    Byte(u8),
    /// A control character.
    Control(char),
    /// A character that hides, reorders, joins or has no meaning.
    Hidden(char),
    /// A combining mark too many, or without a letter.
    Mark(char),
    /// A bracket that would look like those around a chip.
    Bracket(char),
}

impl Cause {
    fn label(self) -> Cow<'static, str> {
        match self {
            Self::Byte(byte) => format!("{byte:02X}").into(),
            Self::Control('\n') => "␊".into(),
            Self::Control('\r') => "␍".into(),
            Self::Control('\t') => "␉".into(),
            Self::Control(c) if c.is_ascii() => format!("{:02X}", u32::from(c)).into(),
            Self::Control(c) | Self::Hidden(c) | Self::Mark(c) | Self::Bracket(c) => {
                format!("U+{:04X}", u32::from(c)).into()
            }
        }
    }

    fn title(self) -> String {
        match self {
            Self::Byte(byte) => format!("byte {byte:02X}, no part of UTF-8 text"),
            Self::Control(c) => names::control(c),
            Self::Hidden(c) => names::hidden(c),
            Self::Mark(_) => "combining mark, too many or without a letter".to_owned(),
            Self::Bracket(_) => "bracket, as printed around codes".to_owned(),
        }
    }
}

/// Collects runs.
struct Showing {
    out: Shown,
    text: String,
    chips: usize,
    keeps_lines: bool,
}

impl Showing {
    fn new(keeps_lines: bool) -> Self {
        Self {
            out: Shown::default(),
            text: String::new(),
            chips: 0,
            keeps_lines,
        }
    }

    fn take(mut self, bytes: &[u8], bytes_max: usize) -> Shown {
        let kept = cut_between_characters(bytes, bytes_max);
        let was_whole = each_piece(kept, self.keeps_lines, &mut |piece| self.push(piece));
        self.out.truncated = kept.len() < bytes.len() || !was_whole;
        self.end_text();
        self.out
    }

    /// `false` when there are too many chips.
    fn push(&mut self, piece: Piece) -> bool {
        let cause = match piece {
            Piece::Plain(c) => {
                self.text.push(c);
                return true;
            }
            Piece::Chip(cause) => cause,
        };
        if self.chips == CHIPS_MAX {
            return false;
        }
        self.chips += 1;
        match cause {
            Cause::Byte(_) => self.out.holds.invalid_utf8 = true,
            Cause::Control(_) => self.out.holds.controls = true,
            Cause::Hidden(_) | Cause::Mark(_) => self.out.holds.hidden = true,
            Cause::Bracket(_) => {}
        }
        self.end_text();
        self.out.runs.push(Run::Chip(Chip {
            label: cause.label().into_owned(),
            title: cause.title(),
        }));
        true
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.out
                .runs
                .push(Run::Text(std::mem::take(&mut self.text)));
        }
    }
}

/// The longest beginning of at most `bytes_max` bytes that ends between two characters.
fn cut_between_characters(bytes: &[u8], bytes_max: usize) -> &[u8] {
    let Some(cut) = bytes.get(..bytes_max).filter(|_| bytes_max < bytes.len()) else {
        return bytes;
    };
    // A character has at most four bytes: step back over the ones that continue it.
    let is_continued = |end: usize| bytes.get(end).is_some_and(|byte| byte & 0xC0 == 0x80);
    let mut end = bytes_max;
    while is_continued(end) && bytes_max - end < 3 && end > 0 {
        end -= 1;
    }
    if is_continued(end) {
        // No character at all: any place is as good.
        return cut;
    }
    bytes.get(..end).unwrap_or(cut)
}

/// Calls `each` for every character or stray byte; stops and returns `false` when it says so.
fn each_piece(bytes: &[u8], keeps_lines: bool, each: &mut dyn FnMut(Piece) -> bool) -> bool {
    let mut around = Around::default();
    for chunk in bytes.utf8_chunks() {
        let mut chars = chunk.valid().chars().peekable();
        while let Some(c) = chars.next() {
            let piece = if keeps_lines && c == '\n' {
                around = Around::default();
                Piece::Plain(c)
            } else {
                around.piece(c, chars.peek().copied())
            };
            if !each(piece) {
                return false;
            }
        }
        for byte in chunk.invalid() {
            around = Around::default();
            if !each(Piece::Chip(Cause::Byte(*byte))) {
                return false;
            }
        }
    }
    true
}

/// What came before a character, as far as it decides how the next one is shown.
#[derive(Default)]
struct Around {
    /// The last plain character; `None` at the beginning and after a chip.
    before: Option<char>,
    marks: usize,
}

impl Around {
    fn piece(&mut self, c: char, next: Option<char>) -> Piece {
        match self.cause(c, next) {
            None => {
                if !is_combining_mark(c) && !is_variation_selector(c) {
                    self.marks = 0;
                }
                self.before = Some(c);
                Piece::Plain(c)
            }
            Some(cause) => {
                self.before = None;
                Piece::Chip(cause)
            }
        }
    }

    fn cause(&mut self, c: char, next: Option<char>) -> Option<Cause> {
        match c {
            ' '..='~' => None,
            '⟦' | '⟧' => Some(Cause::Bracket(c)),
            _ if c.is_control() => Some(Cause::Control(c)),
            '\u{FE0E}' | '\u{FE0F}' => {
                let is_emoji = self.before.is_some_and(|base| is_emoji_base(base, next));
                (!is_emoji).then_some(Cause::Hidden(c))
            }
            _ if is_hidden(c) => Some(Cause::Hidden(c)),
            _ if is_combining_mark(c) => {
                self.marks += 1;
                let stands_alone = self.before.is_none();
                (stands_alone || self.marks > MARKS_MAX).then_some(Cause::Mark(c))
            }
            _ => None,
        }
    }
}

const fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Whether a character acts, cannot be seen, reorders text, or has no agreed meaning, wherever it
/// stands.
pub fn acts_or_hides(c: char) -> bool {
    !matches!(c, ' '..='~') && (c.is_control() || is_hidden(c))
}

/// Whether a character cannot be seen, reorders text, or has no agreed meaning.
fn is_hidden(c: char) -> bool {
    // Default_Ignorable_Code_Point, bidi controls, line and paragraph separators, annotations and
    // the blank that looks like a space (Unicode Character Database).
    let is_listed = matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}');
    is_listed || is_variation_selector(c) || !is_public_assigned(c)
}

/// Whether a variation selector after this character chooses between text and picture.
fn is_emoji_base(c: char, next: Option<char>) -> bool {
    match c {
        // Keycaps: the digit, the selector, the enclosing key.
        '#' | '*' | '0'..='9' => next == Some('\u{20E3}'),
        '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | 'Ⓜ' | '〰' | '〽' | '㊗' | '㊙' => true,
        '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}' => true,
        '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' => true,
        _ => false,
    }
}
