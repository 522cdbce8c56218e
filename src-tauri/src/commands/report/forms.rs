//! Writes, draws and checks a report: the one place that calls the renderers.

use std::fs;
use std::path::Path;

use sealscope_engine::checked::{Answer, Finding, Outcome, State};
use sealscope_engine::documents::pdf;
use sealscope_engine::documents::{Form, Package, Written, write_report};
use sealscope_engine::{
    Places, Sha256Stream, Signer, TrustStore, VerifierKey, Workspace, check_report, grouped,
    hold_against_archives,
};

use crate::session::now_ns;
use crate::wire::{CheckedAnswer, CheckedWord, ReportForm};

/// Forms that this build writes.
pub(super) const FORMS: [ReportForm; 5] = [
    ReportForm::Pdf,
    ReportForm::Html,
    ReportForm::Bag,
    ReportForm::Zip,
    ReportForm::Json,
];

/// It can sign a report.
pub(super) const SIGNS: bool = true;

/// Exhibits that a check lists one by one; the others are counted.
const EXHIBITS_LISTED_MAX: usize = 20;

/// The file of a bag that covers all others.
const BAG_LIST: &str = "tagmanifest-sha256.txt";

const fn form_of(form: ReportForm) -> Form {
    match form {
        ReportForm::Pdf => Form::Pdf,
        ReportForm::Html => Form::Html,
        ReportForm::Bag => Form::Bag,
        ReportForm::Zip => Form::Zip,
        ReportForm::Json => Form::Json,
    }
}

/// The ending of a form's files.
pub(super) const fn ending(form: ReportForm) -> &'static str {
    match form {
        ReportForm::Pdf => ".pdf",
        ReportForm::Html => ".html",
        ReportForm::Bag => "",
        ReportForm::Zip => ".zip",
        ReportForm::Json => ".json",
    }
}

/// A report on the disk.
pub(super) struct OnDisk {
    /// What was written.
    pub written: Written,
    /// Its bytes; of a folder, those of all its files.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// What that is the digest of.
    pub sha256_of: &'static str,
}

/// Writes a report, whole or not at all, over nothing that is there.
///
/// # Errors
/// Why not, in words.
pub(super) fn write(
    package: &Package,
    form: ReportForm,
    path: &Path,
    signer: Option<&Signer>,
) -> Result<OnDisk, String> {
    let written = write_report(package, form_of(form), path, signer);
    let written = written.map_err(|error| error.to_string())?;
    let (sha256, sha256_of) = match &written.sha256 {
        Some(sha256) => (sha256.clone(), "the file"),
        None => {
            let list = fs::read(path.join(BAG_LIST)).map_err(|error| error.to_string())?;
            let mut stream = Sha256Stream::default();
            stream.update(&list);
            (stream.finish().get().to_hex(), BAG_LIST)
        }
    };
    Ok(OnDisk {
        bytes: bytes_of(path),
        sha256,
        sha256_of,
        written,
    })
}

/// Bytes of a file, or of the files of a folder that was written just now.
fn bytes_of(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else {
        return path.symlink_metadata().map_or(0, |data| data.len());
    };
    let entries = entries.filter_map(Result::ok);
    entries.map(|entry| bytes_of(&entry.path())).sum()
}

/// What was found about one part of a report.
pub(super) struct Line {
    /// What was checked.
    pub what: String,
    /// How it came out.
    pub word: CheckedWord,
    /// In a sentence.
    pub says: String,
}

/// Reads a report again and holds it against the keys that are trusted, and against the open
/// archives where they are given.
///
/// # Errors
/// Why it could not be looked at.
pub(super) fn check(
    path: &Path,
    trust: &TrustStore,
    examiners: &[VerifierKey],
    workspace: Option<&Workspace>,
) -> Result<(CheckedAnswer, Vec<Line>), String> {
    let own = match workspace {
        Some(workspace) => Some(workspace.places().clone()),
        None => Places::of_user(),
    };
    let places = own.ok_or("this user has no home folder")?;
    let checked = check_report(path, trust, examiners, &places, now_ns());
    let mut checked = checked.map_err(|error| error.to_string())?;
    if let Some(workspace) = workspace {
        hold_against_archives(&mut checked, workspace);
    }
    let answer = match checked.outcome.answer() {
        Answer::Holds => CheckedAnswer::Holds,
        Answer::DoesNotHold => CheckedAnswer::DoesNotHold,
        Answer::NotInFull => CheckedAnswer::NotInFull,
    };
    Ok((answer, lines(&checked.outcome)))
}

fn lines(outcome: &Outcome) -> Vec<Line> {
    let whole = outcome.checks.iter();
    let mut lines: Vec<Line> = whole
        .map(|check| line(&check.what, &check.finding))
        .collect();
    let all = outcome.exhibits.len();
    if all == 0 {
        return lines;
    }
    let others = || {
        let exhibits = outcome.exhibits.iter();
        exhibits.filter(|one| one.has(State::Broken) || one.has(State::NotCheckable))
    };
    let sound = all - others().count();
    lines.push(Line {
        what: "exhibits".to_owned(),
        word: match (
            sound == all,
            outcome.exhibits.iter().any(|one| one.has(State::Broken)),
        ) {
            (true, _) => CheckedWord::Ok,
            (false, true) => CheckedWord::Broken,
            (false, false) => CheckedWord::NotCheckable,
        },
        says: format!(
            "{} of {} have bytes, proof and signature as claimed.",
            grouped(sound as u64),
            grouped(all as u64)
        ),
    });
    // What does not hold must not be crowded out by what could not be checked.
    let broken = others().filter(|one| one.has(State::Broken));
    let unsure = others().filter(|one| !one.has(State::Broken));
    for exhibit in broken.chain(unsure).take(EXHIBITS_LISTED_MAX) {
        for (what, finding) in exhibit.all() {
            if matches!(finding.state, State::Broken | State::NotCheckable) {
                lines.push(line(&format!("E{} {what}", exhibit.number), finding));
            }
        }
    }
    lines
}

fn line(what: &str, finding: &Finding) -> Line {
    Line {
        what: what.to_owned(),
        word: match finding.state {
            State::Ok => CheckedWord::Ok,
            State::Broken => CheckedWord::Broken,
            State::NotCheckable => CheckedWord::NotCheckable,
            State::Absent => CheckedWord::Absent,
        },
        says: finding.says.clone().into_owned(),
    }
}

/// Pages of a report, set once and drawn when they are looked at.
pub(super) struct Pages(pdf::Pages);

impl Pages {
    /// Sets them.
    ///
    /// # Errors
    /// Why there are none, in words.
    pub(super) fn of(package: &Package) -> Result<Self, String> {
        let pages = pdf::Pages::of(package).map_err(|error| error.to_string())?;
        Ok(Self(pages))
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.count()
    }

    /// One of them as PNG, counted from 0.
    ///
    /// # Errors
    /// Why not, in words.
    pub(super) fn png(&self, page: usize, pixels_per_point: f32) -> Result<Vec<u8>, String> {
        let drawn = self.0.preview(page, pixels_per_point);
        drawn
            .map(|page| page.png)
            .map_err(|error| error.to_string())
    }
}
