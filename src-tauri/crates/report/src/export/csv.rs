//! Comma-separated values (RFC 4180, line feeds as line ends).
//!
//! Cells are made to be looked at: what acts or hides and bytes that are not UTF-8 stand as
//! ⟦codes⟧, and a cell that a spreadsheet would compute begins with an apostrophe. Whoever needs
//! exact text takes JSON Lines or Parquet.

use std::io::{self, Write};

use sealscope_shown::{csv_cell, escape_bytes_for_terminal};

use super::row::{ExportRow, ValueKind};
use super::{KEPT_BYTES_MAX, RowSink, Taken, times};

const COLUMNS: &str = "archive,archive_sha256,position,record,verdict,strength,leaf,time,time_inferred,\
                       time_text,who,did,to_what,from_where,outcome,decision,severity,class,message,\
                       fields,notes,missing_before,raw";

/// Writes the names of the columns.
pub(super) fn heading(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{COLUMNS}")
}

/// The rows of a table.
pub(super) struct Csv<'w> {
    out: Box<dyn Write + Send + 'w>,
    line: String,
}

impl<'w> Csv<'w> {
    pub(super) fn new(out: Box<dyn Write + Send + 'w>) -> Self {
        let line = String::new();
        Self { out, line }
    }

    fn cell(&mut self, text: &str) {
        if !self.line.is_empty() {
            self.line.push(',');
        }
        self.line.push_str(&csv_cell(text));
    }
}

impl RowSink for Csv<'_> {
    fn row(&mut self, row: &ExportRow<'_>) -> io::Result<Taken> {
        self.line.clear();
        self.line.shrink_to(KEPT_BYTES_MAX);
        // The first cell is never empty: an archive has a name.
        self.cell(&row.archive.name);
        self.cell(row.archive.sha256.as_deref().unwrap_or(""));
        self.cell(&row.position.to_string());
        self.cell(&row.record.to_string());
        self.cell(row.verdict);
        self.cell(row.strength);
        self.cell(row.leaf.unwrap_or(""));
        self.cell(&row.time.as_ref().map(times::rfc3339).unwrap_or_default());
        self.cell(&times::inferred(row.time.as_ref()).join(" "));
        let spine = &row.spine;
        for text in [
            spine.time_text,
            spine.who,
            spine.did,
            spine.to_what,
            spine.from_where,
            spine.outcome,
            spine.decision,
            spine.severity,
            Some(spine.class),
            Some(spine.message),
        ] {
            self.cell(text.unwrap_or(""));
        }
        self.cell(&fields(row));
        self.cell(&row.notes.join(" "));
        self.cell(&row.missing_before.to_string());
        // Escaped twice would show brackets as codes: text that is UTF-8 goes as it is.
        match std::str::from_utf8(row.raw) {
            Ok(text) => self.cell(text),
            Err(_) => {
                let text = escape_bytes_for_terminal(row.raw);
                self.line.push(',');
                self.line.push_str(&quoted(&text));
            }
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())?;
        Ok(Taken::Written)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

/// A cell of bytes that were escaped already; quoted always, with the guard of [`csv_cell`].
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// The fields as `path=value`, one behind the other; exact text is in the other formats.
fn fields(row: &ExportRow<'_>) -> String {
    let mut text = String::new();
    for field in &row.fields {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(field.path);
        text.push('=');
        match field.kind {
            ValueKind::Text if field.text.contains(['"', ';']) => {
                text.push('"');
                text.push_str(&field.text.replace('"', "\\\""));
                text.push('"');
            }
            _ => text.push_str(field.text),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::export::ExportFormat;
    use crate::export::testing::exported;

    /// The cells of RFC 4180.
    fn cells(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if quoted && chars.peek() == Some(&'"') => {
                    chars.next();
                    cell.push('"');
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut cell)),
                '\n' if !quoted => {
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                c => cell.push(c),
            }
        }
        assert!(!quoted && cell.is_empty() && row.is_empty());
        rows
    }

    #[test]
    fn every_row_has_every_column_and_nothing_acts() {
        let (bytes, _) = exported(ExportFormat::Csv);
        let text = String::from_utf8(bytes).expect("text");
        assert_eq!(text.lines().count(), 5, "no cell holds a line end");
        let rows = cells(&text);
        let columns = &rows[0];
        assert!(rows.iter().all(|row| row.len() == columns.len()));
        let at = |row: usize, name: &str| {
            let place = columns.iter().position(|column| column == name);
            rows[row][place.expect("a column")].as_str()
        };
        assert_eq!(at(1, "verdict"), "intact");
        assert_eq!(at(1, "leaf"), "cd".repeat(32));
        assert_eq!(at(1, "time"), "2026-03-14T09:12:07.104200300Z");
        assert_eq!(
            at(1, "fields"),
            "eventSource=iam.amazonaws.com; n=9007199254740993"
        );
        assert_eq!(at(2, "position"), u64::MAX.to_string());
        assert_eq!(at(2, "archive"), "a⟦U+202E⟧.sealog");
        for column in ["who", "message", "raw"] {
            assert!(
                at(2, column).starts_with("'=cmd|"),
                "{column}: {}",
                at(2, column)
            );
        }
        assert!(
            at(2, "raw").contains("x⟦U+202E⟧gpj⟦␊⟧⟦␍⟧⟦1B⟧[31m⟦00⟧"),
            "{}",
            at(2, "raw")
        );
        assert_eq!(at(3, "raw"), "'=⟦FF⟧⟦FE⟧⟦00⟧ ⟦80⟧ \"quoted\",⟦␊⟧end");
        assert_eq!(at(4, "time"), "");
        assert_eq!(at(4, "missing_before"), "5");
        let is_safe = |c: char| c == '\n' || !sealscope_shown::acts_or_hides(c);
        assert!(text.chars().all(is_safe));
    }
}
