//! Rows as data for other programs: one writer a format, over the same plain rows.
//!
//! Invariants: 1. Every row carries its seal: verdict, SHA-256 of its archive, position and leaf.
//! 2. A writer holds one row, or one bounded group of rows, and never the export. 3. The same
//! rows under the same head give the same bytes. 4. Digits of numbers are those of the source. 5.
//! No time is made up: a format that cannot do without one hands undated rows back
//! ([`Taken::Undated`]).

mod case;
mod csv;
mod ecs;
mod jsonl;
mod manifest;
mod ocsf;
mod parquet;
mod row;
mod safe_json;
#[cfg(test)]
mod testing;
mod times;
mod timesketch;
mod vocabulary;

use std::io::{self, Write};

pub use jsonl::{Hit, Raw};
pub use manifest::{ExportFile, Manifest};
pub use row::{
    ExportArchive, ExportHead, ExportRow, FieldRef, SpineRef, ValueKind, VerdictRows, undated_name,
};
pub use safe_json::{Fields, write_json};

/// A form in which rows are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// One JSON object a line, with the members of a hit of `sealscope search --json`.
    JsonLines,
    /// JSON Lines as Timesketch imports them.
    Timesketch,
    /// JSON Lines in the Elastic Common Schema.
    Ecs,
    /// JSON Lines in the Open Cybersecurity Schema Framework.
    Ocsf,
    /// A CASE/UCO bundle in JSON-LD.
    Case,
    /// Apache Parquet, columns named as in OCSF.
    Parquet,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Csv,
        Self::JsonLines,
        Self::Timesketch,
        Self::Ecs,
        Self::Ocsf,
        Self::Case,
        Self::Parquet,
    ];

    /// The word used on the command line and in manifests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Timesketch => "timesketch",
            Self::Ecs => "ecs",
            Self::Ocsf => "ocsf",
            Self::Case => "case",
            Self::Parquet => "parquet",
        }
    }

    /// What the rows follow, with its version.
    #[must_use]
    pub const fn follows(self) -> &'static str {
        match self {
            Self::Csv => "RFC 4180, UTF-8, line feeds",
            Self::JsonLines => "sealscope.search/1, hits",
            Self::Timesketch => "Timesketch JSON Lines (message, datetime, timestamp_desc)",
            Self::Ecs => "Elastic Common Schema 8.17.0",
            Self::Ocsf => "OCSF 1.8.0",
            Self::Case => "CASE 1.4.0, UCO 1.4.0, JSON-LD 1.1",
            Self::Parquet => "Apache Parquet, columns of OCSF 1.8.0",
        }
    }

    /// The usual ending of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines | Self::Timesketch | Self::Ecs | Self::Ocsf => "jsonl",
            Self::Case => "jsonld",
            Self::Parquet => "parquet",
        }
    }

    /// Whether the bytes are text, which a pipe can take.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Parquet)
    }

    /// Whether every row has to have a time.
    #[must_use]
    pub const fn needs_time(self) -> bool {
        matches!(self, Self::Timesketch | Self::Ecs | Self::Ocsf)
    }
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was written.
    Written,
    /// It has no time and the format needs one: nothing was written.
    Undated,
}

/// Writes rows in one format.
pub trait RowSink: Send {
    /// Writes one row.
    ///
    /// # Errors
    /// When whoever takes the bytes fails.
    fn row(&mut self, row: &ExportRow<'_>) -> io::Result<Taken>;

    /// Writes what stands behind the rows.
    ///
    /// # Errors
    /// When whoever takes the bytes fails.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// A writer for rows; what stands before them is written at once.
///
/// # Errors
/// When whoever takes the bytes fails.
pub fn sink<'w>(
    format: ExportFormat,
    head: &'w ExportHead,
    mut out: Box<dyn Write + Send + 'w>,
) -> io::Result<Box<dyn RowSink + 'w>> {
    Ok(match format {
        ExportFormat::Csv => {
            csv::heading(&mut out)?;
            Box::new(csv::Csv::new(out))
        }
        ExportFormat::JsonLines => Box::new(Lines::new(out, jsonl::line)),
        ExportFormat::Timesketch => Box::new(Lines::new(out, timesketch::line)),
        ExportFormat::Ecs => Box::new(Lines::new(out, ecs::line)),
        ExportFormat::Ocsf => Box::new(Lines::new(out, ocsf::line)),
        ExportFormat::Case => Box::new(case::Bundle::new(head, out)?),
        ExportFormat::Parquet => Box::new(parquet::Table::new(head, out)?),
    })
}

/// Puts one row into a line, or does nothing where it has no time and needs one.
type LineOf = fn(&ExportRow<'_>, &mut Vec<u8>) -> io::Result<Taken>;

/// One line a row.
struct Lines<'w> {
    out: Box<dyn Write + Send + 'w>,
    line_of: LineOf,
    line: Vec<u8>,
}

/// Capacity of a line that is kept for the next one, in bytes.
const KEPT_BYTES_MAX: usize = 1 << 20;

impl<'w> Lines<'w> {
    fn new(out: Box<dyn Write + Send + 'w>, line_of: LineOf) -> Self {
        let line = Vec::new();
        Self { out, line_of, line }
    }
}

impl RowSink for Lines<'_> {
    fn row(&mut self, row: &ExportRow<'_>) -> io::Result<Taken> {
        self.line.clear();
        self.line.shrink_to(KEPT_BYTES_MAX);
        let taken = (self.line_of)(row, &mut self.line)?;
        if taken == Taken::Written {
            self.line.push(b'\n');
            self.out.write_all(&self.line)?;
        }
        Ok(taken)
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testing::exported;

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        for format in ExportFormat::ALL {
            assert_eq!(exported(format), exported(format), "{format:?}");
        }
    }
}
