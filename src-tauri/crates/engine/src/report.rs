//! Gathers what a report says from open archives and from what the examiner wrote.
//!
//! Everything comes from here: the renderers of `sealscope-report` only decide looks. Entries are
//! read and hashed again while they are gathered, and the archives' files once more at the end.

mod cite;
mod exhibits;
mod files;
mod foreign;
mod integrity;
mod limits;
mod proofs;
mod queries;
mod redact;
#[cfg(test)]
mod tests;
mod texts;

use std::sync::Arc;

use sealscope_archive::sealog::rfc3339;
use sealscope_case::{Case, SectionId, Template, declaration};
use sealscope_model::Verdict;
use sealscope_report::content::{
    Attachment, Content, Declaration, Method, Reproduction, SCHEMA, SectionOf, Setting, TimeSource,
    TimeStatement,
};
use sealscope_report::{AttachedFile, Package, PackageError};

use sealscope_verify::grouped;

use crate::explain::{archive_title, verdict_title};
use crate::progress::{Cancel, Progress};
use crate::rows::RowError;
use crate::search::SearchError;
use crate::times::{LocalZone, Zone};
use crate::workspace::Workspace;

pub use cite::kept_query;
pub(crate) use files::list_sha256;
pub use files::{FileHashes, HashedFile, hash_files, item_label};
pub use texts::{Build, build_of_this_program};

/// Exhibits of one report at most.
pub const EXHIBITS_MAX: u64 = 20_000;
/// Breaks, ranges, files and the like that are listed at most; all are counted.
const LISTED_MAX: usize = 500;

/// What a report is made from, beside the open archives.
#[derive(Debug)]
pub struct ReportRequest<'r> {
    /// What the examiner wrote and chose.
    pub case: &'r Case,
    /// When the report is made, in nanoseconds since 1970.
    pub made_at_ns: i64,
    /// The program that makes it.
    pub build: Build,
    /// A command line that makes it again; empty where there is none.
    pub command: String,
    /// Settings that change what is read or checked.
    pub settings: Vec<Setting>,
    /// Digests of the archives' files before they were opened; empty where nobody made them.
    pub before: FileHashes,
    /// Zone of this computer, for `local`.
    pub local: LocalZone,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No archive is open.
    #[error("no archive could be opened, so there is nothing to report on")]
    Nothing,
    /// An archive was not checked to its end.
    #[error("{0} was not checked to its end; a report needs a verdict")]
    Unchecked(String),
    /// A zone has no meaning.
    #[error("{0:?} is no time zone; write UTC, a name such as Europe/Berlin, source or local")]
    Zone(String),
    /// More than can be cited.
    #[error(
        "{0} entries are more than the {EXHIBITS_MAX} that one report can cite; narrow the query"
    )]
    TooMany(u64),
    /// The index named rows that do not match; it was dropped.
    #[error("the index named entries that do not match: it is damaged and was dropped")]
    Index,
    /// It was asked to stop.
    #[error("the report was stopped")]
    Stopped,
    /// The search failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// Evidence could not be read, or has changed.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A file of the evidence could not be read again.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The parts do not belong together: a fault of this program.
    #[error(transparent)]
    Package(#[from] PackageError),
}

/// What is gathered so far.
struct Gathering<'r> {
    workspace: &'r Arc<Workspace>,
    request: &'r ReportRequest<'r>,
    zone: Zone,
    cancel: &'r Cancel,
    files: Vec<AttachedFile>,
    /// Checkpoint notes, each once.
    checkpoints: Vec<String>,
    attachments: Vec<Attachment>,
    /// Entries that the case cites and that are not there.
    lost: u64,
}

impl Workspace {
    /// Gathers a report. The archives have to be checked; for queries and exhibits they are
    /// searched. Blocks; `progress` counts exhibits as bytes.
    ///
    /// # Errors
    /// See [`ReportError`].
    pub fn report(
        self: &Arc<Self>,
        request: &ReportRequest<'_>,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Package, ReportError> {
        if self.archives().is_empty() {
            return Err(ReportError::Nothing);
        }
        for archive in self.archives() {
            if !archive.live().is_checked || archive.is_being_checked() {
                return Err(ReportError::Unchecked(archive.name()));
            }
        }
        let zone = &request.case.settings.zone;
        let zone = Zone::parse(if zone.is_empty() { "UTC" } else { zone }, request.local)
            .ok_or_else(|| ReportError::Zone(zone.clone()))?;
        let mut gathering = Gathering {
            workspace: self,
            request,
            zone,
            cancel,
            files: Vec::new(),
            checkpoints: Vec::new(),
            attachments: Vec::new(),
            lost: 0,
        };
        let content = gathering.content(progress)?;
        Ok(Package::new(content, gathering.files)?)
    }
}

impl Gathering<'_> {
    fn content(&mut self, progress: &Progress) -> Result<Content, ReportError> {
        let case = self.request.case;
        let mut items = self.items()?;
        let integrity = self.integrity()?;
        let queries = self.queries()?;
        let cited = self.cited(&queries)?;
        let mut exhibits = self.exhibits(&cited, progress)?;
        let (redactions, left_over) = redact::redact(case, &mut exhibits);
        self.prove_by_files(&mut exhibits)?;
        let mut queries: Vec<_> = queries.into_iter().map(|asked| asked.record).collect();
        exhibits::note_origins(&mut queries, &exhibits, &cited);
        let timeline = match case.template {
            Template::Verification => None,
            _ => self.timeline()?,
        };
        let times = self.times(&exhibits);
        self.hash_again(&mut items)?;
        let banner = self.banner(exhibits.len() as u64);
        let verdict = self.workspace.verdict().unwrap_or(Verdict::Unproven);
        let mut content = Content {
            schema: SCHEMA.to_owned(),
            report_id: case.id.clone(),
            made_at: rfc3339(self.request.made_at_ns),
            template: case.template,
            sections: sections(case),
            headline: self.headline(verdict),
            verdict: verdict.word().to_owned(),
            banner,
            identity: case.identity.clone(),
            people: case.people.clone(),
            scope: case.scope.clone(),
            items,
            custody: case.custody.clone(),
            method: self.method(),
            time: times,
            books: self.books(),
            integrity,
            queries,
            timeline,
            findings: case.findings.clone(),
            exhibits,
            printed_exhibits_max: case.settings.printed_exhibits_max,
            warnings: Vec::new(),
            limits: Vec::new(),
            redactions,
            reproduction: self.reproduction(),
            declarations: declarations(case, &self.request.build),
            checkpoints: std::mem::take(&mut self.checkpoints),
            attachments: std::mem::take(&mut self.attachments),
        };
        if content.identity.title.is_empty() {
            content.identity.title = case.template.title().to_owned();
        }
        content.identity.version = content.identity.version.max(1);
        content.warnings = limits::warnings(&content);
        content.warnings.extend(left_over);
        content.limits = limits::limits(&content, self.workspace, case, self.lost);
        if content.report_id.is_empty() {
            content.report_id = id_of(&content);
        }
        Ok(content)
    }

    /// What stands on every page of a report that does not show all records (DFW-1299 of
    /// SOLVE-IT: a filtered timeline is presented as a full one).
    fn banner(&self, exhibits: u64) -> Option<String> {
        let ledger = self.workspace.ledger();
        let (all, noun) = match ledger.rows {
            Some(rows) => (rows, "records"),
            None => (ledger.entries, "entries"),
        };
        let is_extract = exhibits > 0 && exhibits < all;
        is_extract.then(|| format!("EXTRACT – {} of {} {noun}", grouped(exhibits), grouped(all)))
    }

    fn headline(&self, verdict: Verdict) -> String {
        match self.workspace.archives() {
            [only] => match only.summary() {
                Some(summary) => {
                    let title = archive_title(&summary, only.format());
                    // Of the other verdicts some entries may be worth more than the whole.
                    match verdict == Verdict::Intact {
                        true => format!("{title}: {} entries", grouped(only.ledger().entries)),
                        false => title,
                    }
                }
                None => verdict_title(None).to_owned(),
            },
            several => {
                let count = |wanted| {
                    let all = several.iter().filter_map(|archive| archive.summary());
                    all.filter(|summary| summary.verdict == wanted).count()
                };
                format!(
                    "{}: {} of {} items",
                    verdict_title(Some(verdict)),
                    count(verdict),
                    several.len()
                )
            }
        }
    }

    fn method(&self) -> Method {
        let build = &self.request.build;
        let notes = self.workspace.trust_notes();
        let archives = self.workspace.archives();
        let mut trust = texts::trusted(archives);
        trust.extend(notes);
        Method {
            tool: "Sealscope".to_owned(),
            version: build.version.clone(),
            commit: build.commit.clone(),
            binary_sha256: build.binary_sha256.clone(),
            platform: build.platform.clone(),
            tz_data: chrono_tz::IANA_TZDB_VERSION.to_owned(),
            rule_packs: Vec::new(),
            settings: self.request.settings.clone(),
            trust,
            remembered: texts::remembered(archives),
            steps: texts::steps(self.request.case.template, &self.request.before),
            validation: self.request.case.validation.clone(),
            deviations: self.request.case.deviations.clone(),
        }
    }

    fn times(&self, exhibits: &[sealscope_report::content::Exhibit]) -> TimeStatement {
        let archives = self.workspace.archives().iter().enumerate();
        let sources = archives.map(|(item, archive)| {
            let times = archive.times();
            let text = |ns: i64| Some(rfc3339(ns));
            TimeSource {
                item,
                earliest: times.and_then(|(oldest, _)| text(oldest)),
                latest: times.and_then(|(_, newest)| text(newest)),
                precision: texts::precisions(exhibits, item),
                zone: texts::zone_of(archive, exhibits, item),
            }
        });
        let clocks = &self.request.case.clocks;
        TimeStatement {
            zone: self.zone.label(),
            sources: sources.collect(),
            corrections: match clocks.is_empty() {
                true => "No correction was applied to any time.".to_owned(),
                false => format!("No correction was applied to any time. {clocks}"),
            },
            says: vec![
                texts::shown_times(self.request.case.settings.precision).to_owned(),
                "A time is what the source wrote; that the source's clock was right is not shown \
                 by a seal."
                    .to_owned(),
            ],
        }
    }

    fn reproduction(&self) -> Reproduction {
        let build = &self.request.build;
        let mut needs = vec![
            format!("Sealscope {} (commit {})", build.version, build.commit),
            "The items with the SHA-256 given, and the keys and anchors named under the method"
                .to_owned(),
        ];
        if !self.request.case.id.is_empty() {
            needs.push(format!(
                "The case file {} in its revision {}",
                self.request.case.id, self.request.case.revision
            ));
        }
        Reproduction {
            command: self.request.command.clone(),
            needs,
        }
    }
}

fn sections(case: &Case) -> Vec<SectionOf> {
    let order = case.section_order().into_iter();
    let has_something = |id: &SectionId| match id {
        SectionId::Declarations => !case.declarations.is_empty(),
        _ => true,
    };
    let sections = order.filter(has_something).map(|id| SectionOf {
        id,
        heading: id.section().heading.to_owned(),
    });
    sections.collect()
}

fn declarations(case: &Case, build: &Build) -> Vec<Declaration> {
    let forms = case
        .declarations
        .iter()
        .filter_map(|name| declaration(name));
    let signatory = &case.signatory;
    let or_line = |text: &str| match text.is_empty() {
        true => "____________________".to_owned(),
        false => text.to_owned(),
    };
    let forms = forms.map(|form| Declaration {
        title: form.title.to_owned(),
        basis: form.basis.to_owned(),
        text: form
            .text
            .replace("{tool}", &format!("Sealscope {}", build.version))
            .replace("{position}", &or_line(&signatory.position))
            .replace("{name}", &or_line(&signatory.name)),
        name: signatory.name.clone(),
        position: signatory.position.clone(),
        place: signatory.place.clone(),
    });
    forms.collect()
}

/// An id that the content decides, for reports without a case file (RFC 9562 §5.8: version 8).
fn id_of(content: &Content) -> String {
    let digest = sealscope_proof::sha256(&content.to_json());
    let mut bytes = [0u8; 16];
    for (byte, from) in bytes.iter_mut().zip(digest.as_bytes()) {
        *byte = *from;
    }
    let [.., v, _, r, _, _, _, _, _, _, _] = &mut bytes;
    *v = *v & 0x0F | 0x80;
    *r = *r & 0x3F | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut id = String::with_capacity(36);
    for (place, digit) in hex.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id
}
