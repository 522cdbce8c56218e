//! `sealscope.cat/1`: the files that `cat --raw -o DIR` wrote.

use std::path::Path;

use sealscope_engine::SourceOutcome;
use serde::Serialize;

use super::seal::form_word;

/// What was given back.
#[derive(Serialize)]
pub struct CatObject<'a> {
    schema: &'static str,
    path: String,
    files: Vec<FileObject<'a>>,
}

impl<'a> CatObject<'a> {
    /// The object for an archive.
    pub fn of(path: &Path, files: Vec<FileObject<'a>>) -> Self {
        let path = path.to_string_lossy().into_owned();
        Self {
            schema: "sealscope.cat/1",
            path,
            files,
        }
    }
}

/// One file.
#[derive(Serialize)]
pub struct FileObject<'a> {
    file: String,
    source: u64,
    name: &'a str,
    form: &'static str,
    bytes: u64,
    sha256: String,
    sealed_sha256: Option<String>,
    same: bool,
    gaps: &'a [String],
}

impl<'a> FileObject<'a> {
    /// The object for a file.
    pub fn of(path: &Path, outcome: &'a SourceOutcome) -> Self {
        Self {
            file: path.to_string_lossy().into_owned(),
            source: outcome.source.number,
            name: &outcome.source.name,
            form: form_word(outcome.source.form),
            bytes: outcome.bytes,
            sha256: outcome.computed.to_hex(),
            sealed_sha256: outcome.claimed.map(|digest| digest.to_hex()),
            same: outcome.is_same,
            gaps: &outcome.gaps,
        }
    }
}
