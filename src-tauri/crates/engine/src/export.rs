//! Hits as a file for other programs: every row is read and hashed again on its way out.
//!
//! Invariants: 1. A file under its own name is whole: data are written under another name and
//! renamed at the end; what was stopped or failed leaves nothing. 2. Nothing is written over, and
//! nothing into a folder of evidence. 3. The order of the rows is that of the hits, whatever the
//! number of threads.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use sealscope_index::Sort;
use sealscope_model::Precision;
use sealscope_report::export::{
    ExportFile, ExportFormat, ExportHead, ExportRow, Hit, Manifest, RowSink, Taken, VerdictRows,
    sink, undated_name, write_json,
};

use crate::output_place::OutputPlace;
use crate::progress::{Cancel, Progress};
use crate::rows::RowError;
use crate::search::{RowPage, Search};
use crate::times::rfc3339_utc;

mod file;
mod plain;

use file::{Counted, Draft};
pub use plain::HitObject;
use plain::Rows;
pub(crate) use plain::field_refs;

/// Rows read at once at most.
const PAGE_ROWS_MAX: usize = 2048;
/// Rows read at first: an entry may be as large as 64 MB.
const PAGE_ROWS_FIRST: usize = 64;
/// Bytes of entries wanted in a page.
const PAGE_BYTES: usize = 8 << 20;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The form.
    pub format: ExportFormat,
    /// Where the data go. `OUT.manifest.json` is written beside it, and `OUT.undated.jsonl` where
    /// the form needs a time and rows have none.
    pub out: PathBuf,
    /// Folders that nothing may be written into, beside those of the open archives: what the
    /// examiner opened.
    pub evidence: Vec<PathBuf>,
    /// When the export is made, in nanoseconds since 1970: the engine has no clock.
    pub made_at_ns: i64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportReport {
    /// The data.
    pub file: ExportFile,
    /// Rows without a time, in a file of their own; on a stream they are only counted.
    pub undated: Option<ExportFile>,
    /// Word and count of each verdict.
    pub by_verdict: Vec<(&'static str, u64)>,
    /// The manifest, as it was written.
    pub manifest: Vec<u8>,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is a file of that name.
    #[error("{path} exists already and is never written over; give another name")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file would lie among evidence.
    #[error("{out} would lie inside the evidence {evidence}; put it somewhere else")]
    InsideEvidence {
        /// The file.
        out: PathBuf,
        /// The archive or folder.
        evidence: PathBuf,
    },
    /// A file cannot be made or written.
    #[error("{path} cannot be written: {error}")]
    Output {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Whoever takes the stream failed.
    #[error(transparent)]
    Stream(io::Error),
    /// The form is no text.
    #[error("{} is no text and goes into a file only", .0.word())]
    NotText(ExportFormat),
    /// Evidence could not be read, or has changed.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Rows are missing, because the index names others.
    #[error("the index named {0} rows that do not match: it is damaged and was dropped")]
    FalseHits(usize),
    /// It was asked to stop.
    #[error("exporting was stopped")]
    Stopped,
}

/// Who takes the rows.
struct Sinks<'s> {
    rows: Box<dyn RowSink + 's>,
    /// Where rows without a time go; `None`: nowhere, they are counted.
    undated: Option<&'s mut Draft>,
    written: u64,
    left: u64,
    by_verdict: VerdictRows,
    line: Vec<u8>,
}

impl Search {
    /// Writes all hits into a file, with a manifest beside it. `progress` counts rows as entries,
    /// and the bytes of their entries.
    ///
    /// # Errors
    /// See [`ExportError`]; no file is left behind then.
    pub fn export(
        &self,
        request: &ExportRequest,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<ExportReport, ExportError> {
        let out = &request.out;
        self.refuse_evidence(out, &request.evidence)?;
        let undated_path = beside(out, &undated_name(&name_of(out)));
        let manifest_path = beside(out, &format!("{}.manifest.json", name_of(out)));
        for path in [out, &undated_path, &manifest_path] {
            if path.symlink_metadata().is_ok() {
                return Err(ExportError::Exists { path: path.clone() });
            }
        }
        let rows = Rows::of(self.workspace());
        let head = self.export_head(&rows, request.made_at_ns);
        let mut data = Draft::create(out)?;
        let mut manifest = Draft::create(&manifest_path)?;
        let mut undated = Draft::when_needed(&undated_path);
        let kept = request.format.needs_time().then_some(&mut undated);
        let counts = self.pour(
            request.format,
            &head,
            &rows,
            &mut data,
            kept,
            progress,
            cancel,
        );
        let (written, left, by_verdict) = counts.map_err(|error| named(error, out))?;
        let report = ExportReport::of(&Manifest {
            head: &head,
            format: request.format,
            file: data.close(written)?.unwrap_or_default(),
            undated: undated.close(left)?,
            by_verdict,
        });
        let put = manifest.write_all(&report.manifest);
        put.map_err(|error| named(ExportError::Stream(error), &manifest_path))?;
        manifest.close(0)?;
        // All is on the disk: only names change from here on.
        undated.publish()?;
        manifest.publish()?;
        data.publish()?;
        Ok(report)
    }

    /// Writes all hits to a stream, for forms that are text. Rows that have no time are counted in
    /// [`ExportReport::undated`] where the form needs one, and are nowhere else.
    ///
    /// # Errors
    /// See [`ExportError`].
    pub fn export_to(
        &self,
        format: ExportFormat,
        made_at_ns: i64,
        out: &mut (dyn Write + Send),
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<ExportReport, ExportError> {
        if !format.is_text() {
            return Err(ExportError::NotText(format));
        }
        let rows = Rows::of(self.workspace());
        let head = self.export_head(&rows, made_at_ns);
        let mut out = Counted::new(out);
        let (written, left, by_verdict) =
            self.pour(format, &head, &rows, &mut out, None, progress, cancel)?;
        out.flush().map_err(ExportError::Stream)?;
        Ok(ExportReport::of(&Manifest {
            head: &head,
            format,
            file: out.finish("-", written),
            undated: (left > 0).then(|| ExportFile {
                rows: left,
                ..ExportFile::default()
            }),
            by_verdict,
        }))
    }

    fn refuse_evidence(&self, out: &Path, given: &[PathBuf]) -> Result<(), ExportError> {
        let place = OutputPlace::of(out);
        let archives = self.workspace().archives().iter();
        let opened = archives.map(|archive| archive.path().to_owned());
        for evidence in opened.chain(given.iter().cloned()) {
            let is_refused = match evidence.is_dir() {
                true => place.lies_inside(&evidence),
                false => place.is_same(&evidence),
            };
            if is_refused {
                return Err(ExportError::InsideEvidence {
                    out: out.to_owned(),
                    evidence,
                });
            }
        }
        Ok(())
    }

    fn export_head(&self, rows: &Rows, made_at_ns: i64) -> ExportHead {
        let spec = self.spec();
        let moment = |ns: i64| rfc3339_utc(ns, Precision::Nanoseconds);
        ExportHead {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: rfc3339_utc(made_at_ns, Precision::Seconds),
            query: spec.text.clone(),
            canonical: self.canonical(),
            from: spec.from_ns.map(moment),
            to: spec.to_ns.map(moment),
            sort: match spec.sort {
                Sort::Time => "time",
                Sort::TimeDown => "-time",
                Sort::Position => "position",
                Sort::PositionDown => "-position",
            },
            count: self.count(),
            searched: self.searched_rows(),
            is_exact: self.is_exact(),
            hints: self.hints().iter().map(ToString::to_string).collect(),
            archives: rows.archives().to_vec(),
        }
    }

    /// Reads page by page beside the writing. How many rows were written and left, and their
    /// verdicts.
    #[allow(clippy::too_many_arguments)] // Private, and each is one thing.
    fn pour(
        &self,
        format: ExportFormat,
        head: &ExportHead,
        rows: &Rows,
        out: &mut (dyn Write + Send),
        undated: Option<&mut Draft>,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<(u64, u64, VerdictRows), ExportError> {
        let mut sinks = Sinks {
            rows: sink(format, head, Box::new(out)).map_err(ExportError::Stream)?,
            undated,
            written: 0,
            left: 0,
            by_verdict: VerdictRows::default(),
            line: Vec::new(),
        };
        let (sender, receiver) = mpsc::sync_channel(1);
        std::thread::scope(|scope| {
            let sinks = &mut sinks;
            let writing = scope.spawn(move || {
                for page in receiver {
                    sinks.take_page(&page, rows, progress, cancel)?;
                }
                Ok(())
            });
            let read = self.read_pages(head.count, sender, cancel);
            // Where both failed, the writer did so first: the reader only ends then.
            match writing.join() {
                Ok(written) => written.and(read),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })?;
        if cancel.is_stopped() {
            return Err(ExportError::Stopped);
        }
        sinks.rows.finish().map_err(ExportError::Stream)?;
        Ok((sinks.written, sinks.left, sinks.by_verdict))
    }

    /// Sends the pages in order, and ends when nobody takes them.
    fn read_pages(
        &self,
        count: u64,
        sender: mpsc::SyncSender<RowPage>,
        cancel: &Cancel,
    ) -> Result<(), ExportError> {
        let (mut first, mut wanted) = (0, PAGE_ROWS_FIRST);
        while first < count && !cancel.is_stopped() {
            let rows = wanted.min(usize::try_from(count - first).unwrap_or(wanted));
            let page = self.page(first, rows)?;
            if page.false_hits > 0 {
                return Err(ExportError::FalseHits(page.false_hits));
            }
            let bytes: usize = page.rows.iter().map(|row| row.raw.len()).sum();
            if sender.send(page).is_err() {
                return Ok(());
            }
            first += rows as u64;
            // As many as fill a page at the size seen, and no jump from small entries to large
            // ones.
            let fitting = PAGE_BYTES / (bytes / rows.max(1)).max(1);
            wanted = fitting.clamp(1, PAGE_ROWS_MAX).min(wanted * 2);
        }
        Ok(())
    }
}

impl Sinks<'_> {
    fn take_page(
        &mut self,
        page: &RowPage,
        rows: &Rows,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<(), ExportError> {
        for row in &page.rows {
            if cancel.is_stopped() {
                return Err(ExportError::Stopped);
            }
            let taken = rows.with(row, |row| self.take(row));
            taken.map_err(ExportError::Stream)?;
            progress.add_bytes(row.raw.len() as u64);
        }
        progress.add_entries(page.rows.len() as u64);
        Ok(())
    }

    fn take(&mut self, row: &ExportRow<'_>) -> io::Result<()> {
        self.by_verdict.add(row.verdict);
        if self.rows.row(row)? == Taken::Written {
            self.written += 1;
            return Ok(());
        }
        self.left += 1;
        if let Some(undated) = &mut self.undated {
            self.line.clear();
            write_json(&Hit::of(row), &mut self.line)?;
            self.line.push(b'\n');
            undated.write_all(&self.line)?;
        }
        Ok(())
    }
}

impl ExportReport {
    fn of(manifest: &Manifest<'_>) -> Self {
        Self {
            file: manifest.file.clone(),
            undated: manifest.undated.clone(),
            by_verdict: manifest.by_verdict.iter().collect(),
            manifest: manifest.to_json(),
        }
    }
}

/// A failure to write, with the file's name.
fn named(error: ExportError, path: &Path) -> ExportError {
    match error {
        ExportError::Stream(error) => ExportError::Output {
            path: path.to_owned(),
            error,
        },
        other => other,
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn beside(path: &Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}

#[cfg(test)]
mod tests;
