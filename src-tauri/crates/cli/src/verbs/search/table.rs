//! Hits in columns, for people.

use sealscope_engine::{Row, Workspace};

use crate::failure::Failure;
use crate::output::Output;
use crate::text::{escaped, shortened};
use crate::times;

/// Characters of a cell on a terminal; the message takes what is left of the line.
const CELL_CHARACTERS: usize = 36;
/// The last column on a terminal: enough to recognise an entry by.
const MESSAGE_CHARACTERS: usize = 100;

/// The columns, with widths taken from the first page.
pub struct Table {
    names_archives: bool,
    is_terminal: bool,
    widths: Option<Vec<usize>>,
}

impl Table {
    /// A table; with a column for the archive where there are several.
    pub const fn new(names_archives: bool, is_terminal: bool) -> Self {
        Self {
            names_archives,
            is_terminal,
            widths: None,
        }
    }

    /// Prints some rows.
    pub fn page(
        &mut self,
        rows: &[Row],
        workspace: &Workspace,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let lines: Vec<Vec<String>> = rows.iter().map(|row| self.cells(row, workspace)).collect();
        let is_first = self.widths.is_none();
        let widths = self
            .widths
            .take()
            .unwrap_or_else(|| widths(self.head(), &lines));
        if is_first && !lines.is_empty() {
            let head: Vec<String> = self.head().iter().map(|&word| word.to_owned()).collect();
            output.line(&joined(&head, &widths))?;
        }
        for (line, row) in lines.iter().zip(rows) {
            if row.missing_before > 0 {
                let missing = row.missing_before;
                output.line(&format!(
                    "… {missing} sealed before #{} missing",
                    row.position
                ))?;
            }
            output.line(&joined(line, &widths))?;
        }
        self.widths = Some(widths);
        Ok(())
    }

    const fn head(&self) -> &'static [&'static str] {
        if self.names_archives {
            &[
                "TIME", "SEAL", "ENTRY", "ARCHIVE", "WHO", "DID", "TO WHAT", "FROM", "RESULT",
                "MESSAGE",
            ]
        } else {
            &[
                "TIME", "SEAL", "ENTRY", "WHO", "DID", "TO WHAT", "FROM", "RESULT", "MESSAGE",
            ]
        }
    }

    fn cells(&self, row: &Row, workspace: &Workspace) -> Vec<String> {
        let spine = &row.spine;
        let verdict = row.verdict.map_or("unchecked", |verdict| verdict.word());
        let place = match row.records {
            0 | 1 => format!("#{}", row.position),
            _ => format!("#{}.{}", row.position, row.record),
        };
        let mut cells = vec![time_cell(row), verdict.to_owned(), place];
        if self.names_archives {
            let name = workspace
                .archives()
                .get(row.archive)
                .map(|archive| archive.name());
            cells.push(self.cell(name.as_deref()));
        }
        let texts = [
            &spine.who,
            &spine.did,
            &spine.to_what,
            &spine.from_where,
            &spine.outcome,
        ];
        cells.extend(texts.into_iter().map(|text| self.cell(text.as_deref())));
        let message = escaped(&spine.message);
        cells.push(match self.is_terminal {
            true => shortened(&message, MESSAGE_CHARACTERS),
            false => message,
        });
        cells
    }

    fn cell(&self, text: Option<&str>) -> String {
        let text = escaped(text.filter(|text| !text.is_empty()).unwrap_or("-"));
        if self.is_terminal {
            shortened(&text, CELL_CHARACTERS)
        } else {
            text
        }
    }
}

/// The time, marked where zone or year were inferred; the entry's own text where it is no time.
fn time_cell(row: &Row) -> String {
    match (row.spine.time, &row.spine.time_text) {
        (Some(time), _) => {
            let is_inferred =
                time.year_inferred || time.zone == sealscope_engine::model::ZoneOrigin::Inferred;
            format!(
                "{}{}",
                times::of_entry(time),
                if is_inferred { "?" } else { "" }
            )
        }
        (None, Some(text)) => format!("({})", shortened(&escaped(text), CELL_CHARACTERS)),
        (None, None) => "-".to_owned(),
    }
}

fn widths(head: &[&str], lines: &[Vec<String>]) -> Vec<usize> {
    let wide = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
            .min(CELL_CHARACTERS)
    };
    head.iter()
        .enumerate()
        .map(|(column, word)| wide(column).max(word.len()))
        .collect()
}

fn joined(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    let last = cells.len().saturating_sub(1);
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        line.push_str(cell);
        if column < last {
            let room = width.saturating_sub(cell.chars().count()) + 2;
            line.extend(std::iter::repeat_n(' ', room));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let lines = [
            vec!["a".to_owned(), "x".to_owned()],
            vec!["bbbb".to_owned(), "y".to_owned()],
        ];
        let widths = widths(&["H", "I"], &lines);
        assert_eq!(widths, [4, 1]);
        assert_eq!(joined(&lines[0], &widths), "a     x");
        assert_eq!(joined(&lines[1], &widths), "bbbb  y");
    }
}
