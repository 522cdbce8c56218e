//! What lies on the examiner's desk: the case, and the work on its report.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealscope_engine::case::{Case, CaseFile, CaseFileError, Cited};
use sealscope_engine::{Cancel, Places, Progress, VerifierKey, random_uuid};

use super::forms::Pages;
use crate::encode;
use crate::error::{Answer, failed};
use crate::wire::{
    CheckedReport, CommandError, ExportedView, MadeReport, PreviewView, ReportPhase, ReportTask,
};

/// Ending of a case's file.
pub(super) const ENDING: &str = "sealcase";

/// The state of the report builder.
#[derive(Default)]
pub struct Desk {
    case: Mutex<Option<CaseFile>>,
    work: Mutex<Work>,
    key: Mutex<Option<PathBuf>>,
}

/// The work on reports, and what came of it.
#[derive(Default)]
pub(super) struct Work {
    /// Grows with each task; what an older one finds is dropped.
    pub number: u64,
    pub task: Option<ReportTask>,
    pub phase: Option<ReportPhase>,
    pub progress: Arc<Progress>,
    pub cancel: Cancel,
    pub error: Option<CommandError>,
    pub preview: Option<PreviewView>,
    pub pages: Option<Arc<Pages>>,
    pub made: Option<(PathBuf, MadeReport)>,
    pub checked: Option<CheckedReport>,
    pub exported: Option<ExportedView>,
    /// Rows of the export that is being made.
    pub rows: u64,
    /// Keys that signed reports here.
    pub examiners: Vec<VerifierKey>,
}

impl Work {
    /// Something is being done.
    pub(super) fn is_busy(&self) -> bool {
        matches!(
            self.phase,
            Some(ReportPhase::Gathering | ReportPhase::Writing | ReportPhase::Checking)
        )
    }
}

impl Desk {
    /// The work, for as long as the guard lives.
    pub(super) fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of the signing key.
    pub(super) fn key(&self) -> MutexGuard<'_, Option<PathBuf>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn case(&self) -> MutexGuard<'_, Option<CaseFile>> {
        self.case.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the case; the first one is made here, and has no file before something is written.
    pub(super) fn with_case<T>(
        &self,
        places: &Places,
        look: impl FnOnce(&CaseFile) -> T,
    ) -> Answer<T> {
        let mut case = self.case();
        if case.is_none() {
            *case = Some(new_case(places)?);
        }
        let Some(case) = case.as_ref() else {
            return Err(failed("no-case", "There is no case", "", ""));
        };
        Ok(look(case))
    }

    /// Changes the case and writes it. When that fails, nothing is changed.
    pub(super) fn change<T>(
        &self,
        places: &Places,
        change: impl FnOnce(&mut Case) -> Answer<T>,
    ) -> Answer<T> {
        self.with_case(places, |_| ())?;
        let mut case = self.case();
        let Some(file) = case.as_mut() else {
            return Err(failed("no-case", "There is no case", "", ""));
        };
        let before = file.case.clone();
        let outcome = change(&mut file.case);
        if outcome.is_err() {
            file.case = before;
        } else if file.case != before
            && let Err(error) = file.save()
        {
            file.case = before;
            return Err(not_kept(&error));
        }
        outcome
    }

    /// Puts another case on the desk.
    pub(super) fn put(&self, file: CaseFile) {
        *self.case() = Some(file);
        let mut work = self.work();
        work.cancel.stop();
        *work = Work {
            number: work.number + 1,
            ..Work::default()
        };
    }
}

/// A case without a file, in the examiner's own folder.
///
/// # Errors
/// When the folder cannot be made.
pub(super) fn new_case(places: &Places) -> Answer<CaseFile> {
    let no_place = |error: std::io::Error| {
        failed(
            "case",
            "A case cannot be begun",
            encode::escaped(&format!("{error}.")),
            "Check whether you may write to your own data folder.",
        )
    };
    let folder = places.cases().map_err(no_place)?;
    let id = uuid_text(&random_uuid().map_err(no_place)?);
    Ok(CaseFile::new(folder.join(format!("{id}.{ENDING}")), id))
}

fn uuid_text(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// A case that cannot be read or written.
pub(super) fn not_kept(error: &CaseFileError) -> CommandError {
    let detail = encode::escaped(&format!("{error}."));
    match error {
        CaseFileError::Io { .. } => failed(
            "case-io",
            "The case file cannot be read or written",
            detail,
            "Check the disk, then change something again: the case is written as a whole.",
        ),
        CaseFileError::Form { .. } => failed(
            "case-form",
            "This is no case file",
            detail,
            "Choose a file that Sealscope made.",
        ),
        CaseFileError::Changed { .. } => failed(
            "case-changed",
            "Another window wrote this case",
            detail,
            "Open the case again: what the other window wrote is in its file.",
        ),
    }
}

/// Whether two name the same record.
pub(super) fn is_same(one: &Cited, other: &Cited) -> bool {
    one.archive == other.archive
        && (!one.archive.is_empty() || one.path == other.path)
        && one.position == other.position
        && one.record == other.record
        && one.leaf == other.leaf
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_as_a_uuid() {
        let text = uuid_text(&[0xAB; 16]);
        assert_eq!(text, "abababab-abab-abab-abab-abababababab");
    }
}
