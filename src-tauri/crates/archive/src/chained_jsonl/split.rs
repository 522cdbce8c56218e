//! Entries that are no lines: the elements of a JSON array, and rows of a table whose quoted cells
//! may hold line ends.

use std::io;
use std::ops::Range;

use crate::{Source, limits};

/// Bytes scanned at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// What is set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Elements of one array.
    Elements,
    /// Rows; line ends in quotation marks do not end them.
    Rows,
}

/// Goes through bytes and tells where units stand.
#[derive(Debug, Clone)]
pub(super) struct Splitter {
    units: Units,
    depth: u32,
    is_in_text: bool,
    is_escaped: bool,
    /// Where the unit begins that is not ended yet, and one past its last byte that is no blank.
    open: Option<Range<u64>>,
    /// The array has ended.
    is_done: bool,
    /// Where something stands that is no part of the array.
    pub(super) stray: Option<u64>,
}

impl Splitter {
    /// At the beginning of a text.
    pub(super) const fn new(units: Units) -> Self {
        Self {
            units,
            depth: 0,
            is_in_text: false,
            is_escaped: false,
            open: None,
            is_done: false,
            stray: None,
        }
    }

    /// Between two units.
    pub(super) const fn inside(units: Units) -> Self {
        let mut splitter = Self::new(units);
        splitter.depth = 1;
        splitter
    }

    /// The unit that the text breaks off in.
    pub(super) fn unfinished(&self) -> Option<Range<u64>> {
        self.open.clone()
    }

    /// Whether the text has ended where it should.
    pub(super) fn is_whole(&self) -> bool {
        match self.units {
            Units::Elements => self.is_done,
            Units::Rows => !self.is_in_text,
        }
    }

    /// Takes bytes that stand at `base`; calls `give` with each unit that ends in them.
    pub(super) fn feed(&mut self, bytes: &[u8], base: u64, mut give: impl FnMut(Range<u64>)) {
        for (byte, at) in bytes.iter().zip(base..) {
            match self.units {
                Units::Elements => self.element_byte(*byte, at, &mut give),
                Units::Rows => self.row_byte(*byte, at, &mut give),
            }
        }
    }

    fn row_byte(&mut self, byte: u8, at: u64, give: &mut impl FnMut(Range<u64>)) {
        match byte {
            b'"' => self.is_in_text = !self.is_in_text,
            b'\n' if !self.is_in_text => {
                give(self.open.take().map_or(at..at, |open| open.start..at));
                return;
            }
            _ => {}
        }
        self.extend(at);
    }

    fn element_byte(&mut self, byte: u8, at: u64, give: &mut impl FnMut(Range<u64>)) {
        if self.is_in_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_text = false,
                _ => {}
            }
            self.extend(at);
            return;
        }
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => return,
            _ if self.is_done => {
                self.stray.get_or_insert(at);
                return;
            }
            b'[' if self.depth == 0 => {
                self.depth = 1;
                return;
            }
            _ if self.depth == 0 => {
                self.stray.get_or_insert(at);
                return;
            }
            b',' if self.depth == 1 => {
                self.open.take().into_iter().for_each(give);
                return;
            }
            b']' if self.depth == 1 => {
                self.open.take().into_iter().for_each(give);
                self.is_done = true;
                return;
            }
            b'"' => self.is_in_text = true,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => self.depth = self.depth.saturating_sub(1).max(1),
            _ => {}
        }
        self.extend(at);
    }

    fn extend(&mut self, at: u64) {
        match &mut self.open {
            Some(open) => open.end = at + 1,
            None => self.open = Some(at..at + 1),
        }
    }
}

/// A run of units that is read as one segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands.
    pub(super) bytes: Range<u64>,
    /// Where the unit before it stands.
    pub(super) before: Option<Range<u64>>,
}

/// Divides a text into pieces of whole units. A table's first row is left out where it is a
/// header.
pub(super) fn pieces(text: &Source, units: Units, has_header: bool) -> io::Result<Vec<Piece>> {
    let mut splitter = Splitter::new(units);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last: Option<Range<u64>> = None;
    let mut is_header = has_header;
    let mut at = 0;
    let mut take = |unit: Range<u64>, pieces: &mut Vec<Piece>| {
        if std::mem::take(&mut is_header) {
            return;
        }
        match pieces.last_mut() {
            Some(piece) if unit.end - piece.bytes.start <= limits::PIECE_BYTES as u64 => {
                piece.bytes.end = unit.end;
            }
            _ => pieces.push(Piece {
                bytes: unit.clone(),
                before: last.clone(),
            }),
        }
        last = Some(unit);
    };
    loop {
        let count = text.read_at(at, &mut chunk)?;
        if count == 0 {
            break;
        }
        let bytes = chunk.get(..count).unwrap_or_default();
        splitter.feed(bytes, at, |unit| take(unit, &mut pieces));
        at += count as u64;
    }
    if let Some(unit) = splitter.unfinished() {
        take(unit, &mut pieces);
    }
    // What stands behind the last unit is looked at with it.
    match pieces.last_mut() {
        Some(piece) => piece.bytes.end = at,
        None => pieces.push(Piece {
            bytes: 0..at,
            before: None,
        }),
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(units: Units, text: &str) -> (Vec<String>, bool, Option<u64>) {
        let mut splitter = Splitter::new(units);
        let mut found = Vec::new();
        // Byte by byte: a unit may be cut anywhere.
        for (at, byte) in text.bytes().enumerate() {
            splitter.feed(&[byte], at as u64, |unit| {
                let unit = unit.start as usize..unit.end as usize;
                found.push(text[unit].to_owned());
            });
        }
        (found, splitter.is_whole(), splitter.stray)
    }

    #[test]
    fn elements_are_told_apart_whatever_stands_in_them() {
        let text = r#" [ {"a":"]\",["} , [1,[2]],"x,y" , 7 ] "#;
        let (found, is_whole, stray) = units(Units::Elements, text);
        assert_eq!(found, [r#"{"a":"]\",["}"#, "[1,[2]]", "\"x,y\"", "7"]);
        assert!(is_whole && stray.is_none());
        let (found, is_whole, stray) = units(Units::Elements, "[1] x");
        assert_eq!((found.len(), is_whole, stray), (1, true, Some(4)));
        let (found, is_whole, _) = units(Units::Elements, "[1,{\"a\":");
        assert_eq!((found.len(), is_whole), (1, false));
    }

    #[test]
    fn a_line_end_in_quotation_marks_ends_no_row() {
        let (found, is_whole, _) = units(Units::Rows, "a,b\n\"x\ny\",\"\"\"\"\n\nc");
        assert_eq!(found, ["a,b", "\"x\ny\",\"\"\"\"", ""]);
        assert!(is_whole);
    }
}
