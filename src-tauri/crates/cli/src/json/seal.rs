//! `sealscope.seal/1`.

use sealscope_engine::{SealReport, SealedSource, SourceForm};
use serde::Serialize;

use crate::verbs::seal::digest_of;

/// What was sealed.
#[derive(Serialize)]
pub struct SealObject<'a> {
    schema: &'static str,
    path: String,
    origin: &'a str,
    entries: u64,
    bytes_raw: u64,
    bytes: u64,
    checkpoints: u64,
    size: u64,
    root: String,
    vkey: &'a str,
    closed: bool,
    stopped: bool,
    sources: Vec<SourceObject<'a>>,
    skipped: Vec<SkippedObject<'a>>,
}

#[derive(Serialize)]
struct SourceObject<'a> {
    name: &'a str,
    form: &'static str,
    entries: u64,
    bytes: u64,
    sha256: Option<String>,
    bytes_raw: u64,
    sha256_raw: Option<String>,
    gaps: &'a [String],
    changed: bool,
}

#[derive(Serialize)]
struct SkippedObject<'a> {
    path: String,
    reason: &'a str,
}

impl<'a> SealObject<'a> {
    /// The object for a report.
    pub fn of(report: &'a SealReport) -> Self {
        let skipped = report.skipped.iter().map(|skipped| SkippedObject {
            path: skipped.path.to_string_lossy().into_owned(),
            reason: &skipped.reason,
        });
        Self {
            schema: "sealscope.seal/1",
            path: report.out.to_string_lossy().into_owned(),
            origin: &report.origin,
            entries: report.entries,
            bytes_raw: report.bytes_raw,
            bytes: report.archive_bytes,
            checkpoints: report.checkpoints,
            size: report.size,
            root: report.root.to_hex(),
            vkey: &report.vkey,
            closed: report.is_closed,
            stopped: report.is_stopped,
            sources: report.sources.iter().map(SourceObject::of).collect(),
            skipped: skipped.collect(),
        }
    }
}

impl<'a> SourceObject<'a> {
    fn of(source: &'a SealedSource) -> Self {
        Self {
            name: &source.name,
            form: form_word(source.form),
            entries: source.entries,
            bytes: source.bytes,
            sha256: digest_of(source).map(|sha256| sha256.to_hex()),
            bytes_raw: source.bytes_raw,
            sha256_raw: digest_of(source).map(|_| source.sha256_raw.to_hex()),
            gaps: &source.gaps,
            changed: source.has_changed,
        }
    }
}

/// How an input was stored, in one word.
pub const fn form_word(form: SourceForm) -> &'static str {
    match form {
        SourceForm::Plain => "plain",
        SourceForm::Gzip => "gzip",
        SourceForm::Zstd => "zstd",
        SourceForm::Stdin => "stdin",
    }
}
