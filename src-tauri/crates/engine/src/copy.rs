//! Rows as text for the clipboard: always with their seal, never able to act where they are pasted.

use sealscope_model::Verdict;
use sealscope_report::export::{Fields, Raw, write_json};
use serde::Serialize;

use crate::columns::cell_text;
use crate::explain::verdict_title;
use crate::export::field_refs;
use crate::progress::Cancel;
use crate::rows::{Row, RowError};
use crate::search::Search;
use crate::shown::tsv_cell;
use crate::times::{Zone, rfc3339_utc};

/// Rows that are copied at once at most.
pub const COPY_ROWS_MAX: u64 = 100_000;
/// Bytes of text that are copied at once at most.
pub const COPY_BYTES_MAX: usize = 32 << 20;
/// Rows that are read at once.
const PAGE_ROWS: u64 = 1000;

/// The form of copied rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyForm {
    /// Tab-separated text with a heading; columns by key.
    Tsv(Vec<String>),
    /// One JSON object a line, with exact text.
    JsonLines,
}

/// Copied rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// The text.
    pub text: String,
    /// How many rows it holds.
    pub rows: u64,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Too many rows.
    #[error("{0} rows are more than the {COPY_ROWS_MAX} that can be copied at once")]
    Rows(u64),
    /// Too much text.
    #[error("the rows are more than the 32 MB that can be copied at once")]
    Bytes,
    /// It was asked to stop.
    #[error("copying was stopped")]
    Stopped,
    /// Evidence could not be read.
    #[error(transparent)]
    Row(#[from] RowError),
}

impl Search {
    /// Copies the hits in half-open ranges of ordinals; each row is read and hashed again. `zone`
    /// is that of times in tab-separated text; JSON has UTC.
    ///
    /// # Errors
    /// See [`CopyError`].
    pub fn copy(
        &self,
        ranges: &[(u64, u64)],
        form: &CopyForm,
        zone: Zone,
        cancel: &Cancel,
    ) -> Result<Copied, CopyError> {
        let wanted = ranges
            .iter()
            .map(|(from, to)| (*to).min(self.count()).saturating_sub(*from))
            .fold(0u64, u64::saturating_add);
        if wanted > COPY_ROWS_MAX {
            return Err(CopyError::Rows(wanted));
        }
        let archives: Vec<String> = self
            .workspace()
            .archives()
            .iter()
            .map(|archive| archive.name())
            .collect();
        let mut writer = Writer {
            form,
            zone,
            archives: &archives,
            out: Copied::default(),
        };
        writer.heading();
        for (from, to) in ranges {
            let mut first = *from;
            let end = (*to).min(self.count());
            while first < end {
                if cancel.is_stopped() {
                    return Err(CopyError::Stopped);
                }
                let count = (end - first).min(PAGE_ROWS);
                let page = self.page(first, usize::try_from(count).unwrap_or(usize::MAX))?;
                for row in &page.rows {
                    writer.row(row)?;
                }
                first += count;
            }
        }
        Ok(writer.out)
    }
}

struct Writer<'a> {
    form: &'a CopyForm,
    zone: Zone,
    archives: &'a [String],
    out: Copied,
}

impl Writer<'_> {
    fn has_several_archives(&self) -> bool {
        self.archives.len() > 1
    }

    fn heading(&mut self) {
        let CopyForm::Tsv(columns) = self.form else {
            return;
        };
        let mut cells = vec!["Seal".to_owned(), "Entry".to_owned()];
        if self.has_several_archives() {
            cells.insert(1, "Archive".to_owned());
        }
        for key in columns.iter().filter(|key| *key != "archive") {
            cells.push(match key.as_str() {
                "time" => format!("time ({})", self.zone.label()),
                key => tsv_cell(key),
            });
        }
        self.out.text.push_str(&cells.join("\t"));
        self.out.text.push('\n');
    }

    fn row(&mut self, row: &Row) -> Result<(), CopyError> {
        match self.form {
            CopyForm::Tsv(columns) => self.tsv(row, columns),
            CopyForm::JsonLines => {
                let name = self.archives.get(row.archive).map_or("", String::as_str);
                json_line(row, name, &mut self.out.text);
            }
        }
        self.out.text.push('\n');
        self.out.rows += 1;
        if self.out.text.len() > COPY_BYTES_MAX {
            return Err(CopyError::Bytes);
        }
        Ok(())
    }

    fn tsv(&mut self, row: &Row, columns: &[String]) {
        let text = &mut self.out.text;
        text.push_str(verdict_title(row.verdict));
        if self.archives.len() > 1 {
            text.push('\t');
            text.push_str(&tsv_cell(
                self.archives.get(row.archive).map_or("", String::as_str),
            ));
        }
        text.push('\t');
        text.push_str(&row.position.to_string());
        if row.record > 0 {
            text.push_str(&format!(".{}", row.record));
        }
        for key in columns.iter().filter(|key| *key != "archive") {
            text.push('\t');
            text.push_str(&tsv_cell(&cell_text(row, key, self.zone)));
        }
    }
}

/// One row with the members of a hit of `sealscope search --json` that tell what the entry holds;
/// `record` is left out where it is 0.
#[derive(Serialize)]
struct CopiedHit<'r> {
    archive: &'r str,
    position: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    time: Option<String>,
    verdict: &'static str,
    leaf: String,
    fields: Fields<'r>,
    #[serde(flatten)]
    raw: Raw<'r>,
}

fn json_line(row: &Row, archive: &str, out: &mut String) {
    let fields = field_refs(row);
    let hit = CopiedHit {
        archive,
        position: row.position,
        record: (row.record > 0).then_some(row.record),
        time: row
            .spine
            .time
            .map(|time| rfc3339_utc(time.ns, time.precision)),
        verdict: row.verdict.map_or("unchecked", Verdict::word),
        leaf: row.leaf.to_hex(),
        fields: Fields(&fields),
        raw: Raw::of(&row.raw),
    };
    let mut json = Vec::new();
    // Memory takes every byte, and JSON is text.
    if write_json(&hit, &mut json).is_ok() {
        out.push_str(&String::from_utf8_lossy(&json));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::SearchSpec;
    use crate::shown::acts_or_hides;
    use crate::testing::{Opened, open_text};

    const LINES: &str = concat!(
        r#"{"time":"2026-03-14T09:12:07.104Z","user":"=cmd()","n":1.50,"tag":["a","b"]}"#,
        "\n",
        r#"{"time":"2026-03-14T09:12:08Z","user":"root\u202egpj","n":"x\ty"}"#,
        "\n"
    );

    fn search(opened: &Opened) -> Search {
        let spec = SearchSpec::new("*");
        opened
            .workspace
            .search(spec, &Cancel::default())
            .expect("an answer")
    }

    fn copied(form: &CopyForm) -> String {
        let opened = open_text("made.log", LINES.as_bytes());
        let all = [(0, u64::MAX)];
        let copied = search(&opened).copy(&all, form, Zone::Utc, &Cancel::default());
        copied.expect("copied").text
    }

    #[test]
    fn tab_separated_rows_have_their_seal_and_never_a_formula() {
        let keys = ["time", "user", "tag", "n"].map(str::to_owned).to_vec();
        assert_eq!(
            copied(&CopyForm::Tsv(keys)),
            "Seal\tEntry\ttime (UTC)\tuser\ttag\tn\n\
             Unsealed\t0\t2026-03-14 09:12:07.104\t'=cmd()\ta, b\t1.50\n\
             Unsealed\t1\t2026-03-14 09:12:08\troot⟦U+202E⟧gpj\t\tx⟦␉⟧y\n"
        );
    }

    #[test]
    fn json_lines_hold_the_exact_text_and_nothing_that_acts() {
        let text = copied(&CopyForm::JsonLines);
        assert!(!text.chars().any(|c| c != '\n' && acts_or_hides(c)));
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        assert_eq!(lines[0]["verdict"], "unsealed");
        assert_eq!(lines[0]["time"], "2026-03-14T09:12:07.104Z");
        assert_eq!(lines[0]["fields"]["tag"], serde_json::json!(["a", "b"]));
        assert!(
            text.contains("\"n\":1.50"),
            "digits are those of the source: {text}"
        );
        assert_eq!(lines[1]["fields"]["user"], "root\u{202e}gpj");
        assert_eq!(lines[1]["raw"].as_str(), LINES.lines().nth(1));
    }

    #[test]
    fn more_rows_than_the_limit_are_refused_before_anything_is_read() {
        let opened = open_text("made.log", "x\n".repeat(100_001).as_bytes());
        let search = search(&opened);
        let copy = |to| {
            search.copy(
                &[(0, to)],
                &CopyForm::JsonLines,
                Zone::Utc,
                &Cancel::default(),
            )
        };
        assert!(matches!(copy(100_001), Err(CopyError::Rows(100_001))));
        assert_eq!(copy(3).expect("copied").rows, 3);
    }

    #[test]
    fn more_text_than_the_limit_is_refused() {
        let line = format!("{}\n", "y".repeat(9 << 20));
        let opened = open_text("made.log", line.repeat(4).as_bytes());
        let all = [(0, 4)];
        let copied =
            search(&opened).copy(&all, &CopyForm::JsonLines, Zone::Utc, &Cancel::default());
        assert!(matches!(copied, Err(CopyError::Bytes)));
    }
}
