//! The work on a report: gathering, drawing, writing, checking. One task at a time, on a thread
//! of its own; the page asks how far it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use sealscope_engine::case::{Case, Template};
use sealscope_engine::documents::Package;
use sealscope_engine::{
    Cancel, ExportFormat, ExportRequest, FileHashes, Progress, ReportError, Search, Signer,
    TrustStore, VerifierKey, Workspace, build_of_this_program, shell_word,
};
use tauri::State;
use tauri::ipc::Response;

use super::desk::{Desk, Work};
use super::forms::{self, Pages};
use super::key::signer;
use crate::commands::rows::answer_of;
use crate::encode::{self, FIELD_BYTES};
use crate::error::{Answer, failed, nothing_open};
use crate::session::{Session, now_ns};
use crate::wire::{
    CheckedAnswer, CheckedLine, CheckedReport, CommandError, ExportForm, ExportedView, MadeReport,
    Phase, PreviewView, ReportForm, ReportPhase, ReportRequest, ReportState, ReportTask,
};

type Here<'a> = State<'a, Arc<Session>>;
type OnDesk<'a> = State<'a, Arc<Desk>>;

const SECOND_NS: i64 = 1_000_000_000;

/// Begins a task in the place of the one that is running; `false` when a dialog was cancelled.
#[tauri::command]
pub async fn report_begin(
    session: Here<'_>,
    desk: OnDesk<'_>,
    request: ReportRequest,
) -> Answer<bool> {
    let job = match request.task {
        ReportTask::Preview => Job::Preview,
        ReportTask::Make => {
            let signer = signer(&desk, request.passphrase)?;
            let name = desk.with_case(&session.places, |file| {
                format!("{}{}", file_name(&file.case), forms::ending(request.form))
            })?;
            let Some(path) = picked(session.dialogs.report_place(&name).await) else {
                return Ok(false);
            };
            refuse_evidence(&session, &path)?;
            Job::Make {
                form: request.form,
                path,
                signer: signer.map(Box::new),
            }
        }
        ReportTask::Check => {
            let made = desk.work().made.as_ref().map(|(path, _)| path.clone());
            let path = made.ok_or_else(|| {
                failed("no-report", "No report was made yet", "", "Make one first.")
            })?;
            Job::Check { path, is_own: true }
        }
        ReportTask::Export => {
            return Err(failed("no-search", "Name a search to export", "", ""));
        }
        ReportTask::CheckOther => match picked(session.dialogs.report_file().await) {
            Some(path) => Job::Check {
                path,
                is_own: false,
            },
            None => return Ok(false),
        },
    };
    begin(&session, &desk, request.task, job)?;
    Ok(true)
}

fn picked(paths: Vec<PathBuf>) -> Option<PathBuf> {
    paths.into_iter().next()
}

/// A name that every file system takes.
pub(super) fn file_name(case: &Case) -> String {
    let title = match case.identity.title.trim() {
        "" => case.template.title(),
        title => title,
    };
    let is_kept = |c: char| c.is_alphanumeric() || c == '-';
    let mut name = String::new();
    for c in title.chars().take(80) {
        match is_kept(c) {
            true => name.extend(c.to_lowercase()),
            false if !name.ends_with('-') && !name.is_empty() => name.push('-'),
            false => {}
        }
    }
    match name.trim_matches('-') {
        "" => "report".to_owned(),
        name => name.to_owned(),
    }
}

/// A report is not written over evidence or into it.
fn refuse_evidence(session: &Session, path: &Path) -> Answer<()> {
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    let file = path.canonicalize().ok();
    let state = session.state();
    let is_inside = state.paths.iter().any(|evidence| {
        let Ok(evidence) = evidence.canonicalize() else {
            return false;
        };
        file.as_ref()
            .is_some_and(|file| file.starts_with(&evidence))
            || (evidence.is_dir() && folder.as_ref().is_some_and(|it| it.starts_with(&evidence)))
    });
    match is_inside {
        false => Ok(()),
        true => Err(failed(
            "in-evidence",
            "This place lies in the evidence",
            encode::escaped(&path.to_string_lossy()),
            "Choose a folder of your own: nothing is written over evidence or into it.",
        )),
    }
}

/// Exports the hits of a search as data; `false` when the dialog was cancelled.
#[tauri::command]
pub async fn export_begin(
    session: Here<'_>,
    desk: OnDesk<'_>,
    search_id: u64,
    form: ExportForm,
) -> Answer<bool> {
    let search = answer_of(&session, search_id)?;
    let format = export_format(form);
    let name = format!("hits.{}", format.extension());
    let Some(path) = picked(session.dialogs.report_place(&name).await) else {
        return Ok(false);
    };
    desk.work().rows = search.count();
    let job = Job::Export {
        search,
        format,
        path,
    };
    begin(&session, &desk, ReportTask::Export, job)?;
    Ok(true)
}

const fn export_format(form: ExportForm) -> ExportFormat {
    match form {
        ExportForm::Csv => ExportFormat::Csv,
        ExportForm::JsonLines => ExportFormat::JsonLines,
        ExportForm::Timesketch => ExportFormat::Timesketch,
        ExportForm::Ecs => ExportFormat::Ecs,
        ExportForm::Ocsf => ExportFormat::Ocsf,
        ExportForm::Case => ExportFormat::Case,
        ExportForm::Parquet => ExportFormat::Parquet,
    }
}

/// What a thread is to do.
enum Job {
    Preview,
    Make {
        form: ReportForm,
        path: PathBuf,
        signer: Option<Box<Signer>>,
    },
    Check {
        path: PathBuf,
        /// It was made here, from what is open.
        is_own: bool,
    },
    Export {
        search: Arc<Search>,
        format: ExportFormat,
        path: PathBuf,
    },
}

/// What a thread brings back.
enum Brought {
    Preview(PreviewView, Option<Pages>),
    Made(PathBuf, MadeReport),
    Checked(CheckedReport),
    Exported(ExportedView),
}

/// A task with what it needs, apart from the session.
struct Task {
    desk: Arc<Desk>,
    number: u64,
    progress: Arc<Progress>,
    cancel: Cancel,
    session: Arc<Session>,
    case: Case,
    paths: Vec<PathBuf>,
    generation: u64,
}

fn begin(session: &Arc<Session>, desk: &Arc<Desk>, task: ReportTask, job: Job) -> Answer<()> {
    let case = desk.with_case(&session.places, |file| file.case.clone())?;
    let needs_archives = !matches!(job, Job::Check { .. });
    let is_export = matches!(job, Job::Export { .. });
    let workspace = session.state().workspace.clone();
    if needs_archives && workspace.is_none() {
        return Err(nothing_open());
    }
    let (trust, _) = session.trust()?;
    let (paths, generation) = {
        let state = session.state();
        (state.paths.clone(), state.generation)
    };
    let task = {
        let mut work = desk.work();
        if work.is_busy() && work.task != Some(ReportTask::Preview) {
            return Err(failed(
                "busy",
                "Something is being made already",
                "",
                "Wait until it is done, or cancel it.",
            ));
        }
        work.cancel.stop();
        work.number += 1;
        work.task = Some(task);
        work.error = None;
        work.progress = Arc::default();
        work.cancel = Cancel::default();
        work.phase = Some(match needs_archives {
            true => ReportPhase::Gathering,
            false => ReportPhase::Checking,
        });
        if matches!(job, Job::Make { .. }) {
            work.made = None;
        }
        if matches!(job, Job::Make { .. } | Job::Check { .. }) {
            work.checked = None;
        }
        if is_export {
            work.exported = None;
            work.phase = Some(ReportPhase::Writing);
        }
        Task {
            desk: Arc::clone(desk),
            number: work.number,
            progress: Arc::clone(&work.progress),
            cancel: work.cancel.clone(),
            session: Arc::clone(session),
            case,
            paths,
            generation,
        }
    };
    std::thread::spawn(move || {
        let brought = task.run(job, workspace, &trust);
        task.finish(brought);
    });
    Ok(())
}

impl Task {
    fn run(
        &self,
        job: Job,
        workspace: Option<Arc<Workspace>>,
        trust: &TrustStore,
    ) -> Answer<Brought> {
        let begun = Instant::now();
        match (job, workspace) {
            (Job::Check { path, is_own }, workspace) => {
                let is_checked = self.session.state().phase == Phase::Done;
                let workspace = workspace.filter(|_| is_own && is_checked);
                let examiners = self.desk.work().examiners.clone();
                checked(&path, trust, &examiners, workspace.as_deref()).map(Brought::Checked)
            }
            (
                Job::Export {
                    search,
                    format,
                    path,
                },
                _,
            ) => self.export(&search, format, path).map(Brought::Exported),
            (_, None) => Err(nothing_open()),
            (Job::Preview, Some(workspace)) => {
                let package = self.gather(&workspace)?;
                self.enter(ReportPhase::Writing);
                let pages = Pages::of(&package);
                let (pages, no_pages) = match pages {
                    Ok(pages) => (Some(pages), String::new()),
                    Err(says) => (None, encode::escaped(&format!("{says}."))),
                };
                let count = pages.as_ref().map_or(0, Pages::count);
                let view = PreviewView {
                    number: self.number.into(),
                    generation: self.generation.into(),
                    revision: self.case.revision.into(),
                    pages: u32::try_from(count).unwrap_or(u32::MAX),
                    no_pages,
                    warnings: warnings(&package),
                    exhibits: u32::try_from(package.content().exhibits.len()).unwrap_or(u32::MAX),
                    took_ms: u64::try_from(begun.elapsed().as_millis())
                        .unwrap_or(u64::MAX >> 16)
                        .into(),
                };
                Ok(Brought::Preview(view, pages))
            }
            (Job::Make { form, path, signer }, Some(workspace)) => {
                let package = self.gather(&workspace)?;
                self.enter(ReportPhase::Writing);
                if self.cancel.is_stopped() {
                    return Err(stopped());
                }
                let made = made(&package, form, &path, signer.as_deref())?;
                if let Some(signer) = signer {
                    // The key is the examiner's own: it came from them, and not from a report.
                    self.desk.work().examiners.push(signer.verifier().clone());
                }
                Ok(Brought::Made(path, made))
            }
        }
    }

    fn gather(&self, workspace: &Arc<Workspace>) -> Answer<Package> {
        // What is printed to the second is made to the second.
        let made_at_ns = now_ns() / SECOND_NS * SECOND_NS;
        let request = sealscope_engine::ReportRequest {
            case: &self.case,
            made_at_ns,
            build: build_of_this_program(),
            command: command(&self.paths, self.case.template, made_at_ns),
            settings: Vec::new(),
            before: self.hashes(),
            local: self.session.local,
        };
        workspace
            .report(&request, &self.progress, &self.cancel)
            .map_err(|error| not_gathered(&error))
    }

    /// Digests from when the folders were opened.
    fn hashes(&self) -> FileHashes {
        let hashing = self.session.state().hashing.clone();
        hashing.map_or_else(FileHashes::default, |hashing| hashing.wait(&self.cancel))
    }

    fn export(&self, search: &Search, format: ExportFormat, out: PathBuf) -> Answer<ExportedView> {
        let request = ExportRequest {
            format,
            out: out.clone(),
            evidence: self.paths.clone(),
            made_at_ns: now_ns() / SECOND_NS * SECOND_NS,
        };
        let report = search.export(&request, &self.progress, &self.cancel);
        let report = report.map_err(|error| {
            failed(
                "not-exported",
                "The hits could not be exported",
                encode::escaped(&format!("{error}.")),
                "Choose a new name in a folder of your own, on a disk with room.",
            )
        })?;
        Ok(ExportedView {
            path: encode::escaped(&out.to_string_lossy()),
            rows: report.file.rows.into(),
            bytes: report.file.bytes.into(),
            sha256: report.file.sha256,
            undated: report.undated.map_or(0, |undated| undated.rows).into(),
        })
    }

    fn enter(&self, phase: ReportPhase) {
        let mut work = self.desk.work();
        if work.number == self.number {
            work.phase = Some(phase);
        }
    }

    fn finish(&self, brought: Answer<Brought>) {
        let mut work = self.desk.work();
        if work.number != self.number {
            return;
        }
        work.phase = Some(match &brought {
            // What is on the disk is told, even where the wish to stop came too late.
            Ok(Brought::Made(..) | Brought::Exported(_)) => ReportPhase::Done,
            _ if self.cancel.is_stopped() => ReportPhase::Stopped,
            Ok(_) => ReportPhase::Done,
            Err(_) => ReportPhase::Failed,
        });
        match brought {
            Ok(Brought::Preview(view, pages)) => {
                work.preview = Some(view);
                work.pages = pages.map(Arc::new);
            }
            Ok(Brought::Made(path, made)) => work.made = Some((path, made)),
            Ok(Brought::Checked(checked)) => work.checked = Some(checked),
            Ok(Brought::Exported(exported)) => work.exported = Some(exported),
            Err(error) if !self.cancel.is_stopped() => work.error = Some(error),
            Err(_) => {}
        }
    }
}

/// A command line that reads the same archives; what the examiner wrote is in the case.
fn command(paths: &[PathBuf], template: Template, made_at_ns: i64) -> String {
    let paths = paths.iter().map(|path| {
        let name = path.file_name().unwrap_or(path.as_os_str());
        // A name with control characters is no word that could be typed.
        shell_word(&name.to_string_lossy()).unwrap_or_else(|| "PATH".to_owned())
    });
    let paths: Vec<String> = paths.collect();
    format!(
        "sealscope report {} --case CASE --template {} --at {} -o OUT",
        paths.join(" "),
        template.name(),
        sealscope_engine::times::rfc3339_utc(
            made_at_ns,
            sealscope_engine::model::Precision::Seconds
        )
    )
}

fn warnings(package: &Package) -> Vec<String> {
    let warnings = package.content().warnings.iter();
    warnings.map(|text| encode::escaped(text)).collect()
}

fn made(
    package: &Package,
    form: ReportForm,
    path: &Path,
    signer: Option<&Signer>,
) -> Answer<MadeReport> {
    let written = forms::write(package, form, path, signer).map_err(|says| {
        failed(
            "not-written",
            "The report could not be written",
            encode::escaped(&format!("{}: {says}.", path.display())),
            "Nothing is written over: choose a name that is free, on a disk with room.",
        )
    })?;
    let shown = |path: &Path| encode::escaped(&path.to_string_lossy());
    let signature = written.written.signature.as_deref();
    Ok(MadeReport {
        path: shown(&written.written.path),
        form,
        bytes: written.bytes.into(),
        sha256: written.sha256,
        sha256_of: written.sha256_of.to_owned(),
        content_sha256: written.written.content_sha256,
        signature: signature.map(shown).unwrap_or_default(),
        warnings: warnings(package),
    })
}

fn checked(
    path: &Path,
    trust: &TrustStore,
    examiners: &[VerifierKey],
    workspace: Option<&Workspace>,
) -> Answer<CheckedReport> {
    let checked = forms::check(path, trust, examiners, workspace);
    let (answer, lines) = checked.map_err(|says| {
        failed(
            "not-checked",
            "The report could not be looked at",
            encode::escaped(&format!("{}: {says}.", path.display())),
            "Check whether it is a report, and whether you may read it.",
        )
    })?;
    let title = match answer {
        CheckedAnswer::Holds => "This report holds.",
        CheckedAnswer::DoesNotHold => "This report does not hold.",
        CheckedAnswer::NotInFull => {
            "Nothing was found wrong, but this report could not be checked in full."
        }
    };
    let lines = lines.into_iter().map(|line| CheckedLine {
        what: encode::shown(&line.what, FIELD_BYTES),
        word: line.word,
        says: encode::shown(&line.says, FIELD_BYTES),
    });
    Ok(CheckedReport {
        path: encode::escaped(&path.to_string_lossy()),
        answer,
        title: title.to_owned(),
        lines: lines.collect(),
    })
}

fn stopped() -> CommandError {
    failed("stopped", "The report was stopped", "", "")
}

fn not_gathered(error: &ReportError) -> CommandError {
    let detail = encode::escaped(&format!("{error}."));
    let (title, hint) = match error {
        ReportError::Nothing => ("There is nothing to report on", "Open an archive first."),
        ReportError::Unchecked(_) => (
            "The archives are not checked yet",
            "Wait for the check, or start it again.",
        ),
        ReportError::Zone(_) => (
            "The zone of the report has no meaning",
            "Change it under Times.",
        ),
        ReportError::TooMany(_) => (
            "Too many entries for one report",
            "Narrow the queries, or let them bring fewer exhibits.",
        ),
        ReportError::Row(_) | ReportError::File { .. } => (
            "The evidence could not be read again",
            "Check it again: a report holds what the files hold now.",
        ),
        _ => ("The report could not be made", ""),
    };
    failed("not-gathered", title, detail, hint)
}

/// How far the work is, and what came of it.
#[tauri::command]
pub fn report_state(desk: OnDesk<'_>) -> Answer<ReportState> {
    Ok(state_of(&desk.work()))
}

fn state_of(work: &Work) -> ReportState {
    let (done, total) = match work.task {
        Some(ReportTask::Export) => (work.progress.entries(), work.rows),
        _ => (work.progress.bytes_done(), work.progress.bytes_total()),
    };
    ReportState {
        task: work.task,
        phase: work.phase.unwrap_or(ReportPhase::Idle),
        done: done.into(),
        total: total.into(),
        error: work.error.clone(),
        preview: work.preview.clone(),
        made: work.made.as_ref().map(|(_, made)| made.clone()),
        checked: work.checked.clone(),
        exported: work.exported.clone(),
    }
}

/// Asks the task to stop.
#[tauri::command]
pub fn report_cancel(desk: OnDesk<'_>) -> Answer<()> {
    desk.work().cancel.stop();
    Ok(())
}

/// A page of the newest preview as PNG, counted from 0.
#[tauri::command]
pub async fn report_page(desk: OnDesk<'_>, page: u32, pixels_per_point: f32) -> Answer<Response> {
    let pages = desk.work().pages.clone();
    let no_page = |says: String| {
        failed(
            "no-page",
            "This page cannot be shown",
            encode::escaped(&says),
            "Update the preview.",
        )
    };
    let pages = pages.ok_or_else(|| no_page("There is no preview.".to_owned()))?;
    let png = pages
        .png(page as usize, pixels_per_point)
        .map_err(|says| no_page(format!("{says}.")))?;
    Ok(Response::new(png))
}
