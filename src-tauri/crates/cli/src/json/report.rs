//! `sealscope.report-made/1`: what `sealscope report --json` prints.

use sealscope_engine::documents::Written;
use serde::Serialize;

/// A report that was written.
#[derive(Serialize)]
pub struct MadeObject<'a> {
    schema: &'static str,
    path: String,
    form: &'static str,
    exhibits: u64,
    /// SHA-256 of the machine-readable report: the content hash on every page.
    content_sha256: &'a str,
    /// SHA-256 of the file; absent for a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
}

impl<'a> MadeObject<'a> {
    /// The object for a report.
    pub fn of(exhibits: u64, written: &'a Written) -> Self {
        let signature = written.signature.as_ref();
        Self {
            schema: "sealscope.report-made/1",
            path: written.path.to_string_lossy().into_owned(),
            form: written.form.name(),
            exhibits,
            content_sha256: &written.content_sha256,
            sha256: written.sha256.as_deref(),
            signature: signature.map(|path| path.to_string_lossy().into_owned()),
        }
    }
}
