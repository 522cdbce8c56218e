//! What an export is, in a file beside it: query, counts, verdicts and the digest of the data.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::ExportFormat;
use super::row::{ExportArchive, ExportHead, VerdictRows};
use super::safe_json::pretty_json;

/// The manifest of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest<'a> {
    /// The facts of the whole.
    pub head: &'a ExportHead,
    /// The form.
    pub format: ExportFormat,
    /// The data.
    pub file: ExportFile,
    /// Rows without a time, where the form cannot take them and there are some.
    pub undated: Option<ExportFile>,
    /// Rows by verdict, in both files.
    pub by_verdict: VerdictRows,
}

/// A file of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ExportFile {
    /// Its name, without a folder; `-` for standard output.
    pub name: String,
    /// Rows in it.
    pub rows: u64,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 of them in hex.
    pub sha256: String,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    made_at: &'a str,
    format: &'static str,
    follows: &'static str,
    file: &'a ExportFile,
    undated: Option<&'a ExportFile>,
    query: Query<'a>,
    archives: Vec<Archive<'a>>,
    rows_by_verdict: ByVerdict,
    says: &'static str,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

/// The question and how often it was answered.
#[derive(Serialize)]
pub(super) struct Query<'a> {
    text: &'a str,
    canonical: &'a str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    sort: &'static str,
    count: u64,
    searched: u64,
    is_exact: bool,
    hints: &'a [String],
}

/// An archive and its verdict.
#[derive(Serialize)]
pub(super) struct Archive<'a> {
    name: &'a str,
    sha256: Option<&'a str>,
    bytes: u64,
    format: &'a str,
    schema: &'a str,
    verdict: &'a str,
    strength: &'a str,
    says: &'a str,
    entries: u64,
}

struct ByVerdict(VerdictRows);

impl Serialize for ByVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (word, count) in self.0.iter() {
            map.serialize_entry(word, &count)?;
        }
        map.end()
    }
}

/// What the digest of an unsigned file is good for.
const SAYS: &str = "The verdicts are those found when the rows were read for this export. The \
digests show \
                    whether the files still hold what was written then; this manifest is not \
                    signed, so \
                    keep its own digest where nobody else can change it.";

impl ExportHead {
    pub(super) fn query_object(&self) -> Query<'_> {
        Query {
            text: &self.query,
            canonical: &self.canonical,
            from: self.from.as_deref(),
            to: self.to.as_deref(),
            sort: self.sort,
            count: self.count,
            searched: self.searched,
            is_exact: self.is_exact,
            hints: &self.hints,
        }
    }

    pub(super) fn archive_objects<'a>(&'a self) -> Vec<Archive<'a>> {
        let object = |archive: &'a ExportArchive| Archive {
            name: &archive.name,
            sha256: archive.sha256.as_deref(),
            bytes: archive.bytes,
            format: &archive.format,
            schema: &archive.schema,
            verdict: &archive.verdict,
            strength: &archive.strength,
            says: &archive.says,
            entries: archive.entries,
        };
        self.archives.iter().map(object).collect()
    }
}

impl Manifest<'_> {
    /// The manifest as JSON, a member a line.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let document = Document {
            schema: "sealscope.export/1",
            tool: Tool {
                name: "sealscope",
                version: &self.head.tool_version,
            },
            made_at: &self.head.made_at,
            format: self.format.word(),
            follows: self.format.follows(),
            file: &self.file,
            undated: self.undated.as_ref(),
            query: self.head.query_object(),
            archives: self.head.archive_objects(),
            rows_by_verdict: ByVerdict(self.by_verdict),
            says: SAYS,
        };
        let mut json = pretty_json(&document);
        json.push('\n');
        json.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::testing::head;

    #[test]
    fn a_manifest_says_what_the_export_is() {
        let head = head();
        let mut by_verdict = VerdictRows::default();
        by_verdict.add("broken");
        by_verdict.add("no word of ours");
        let manifest = Manifest {
            head: &head,
            format: ExportFormat::Timesketch,
            file: ExportFile {
                name: "out.jsonl".to_owned(),
                rows: 1,
                bytes: 2,
                sha256: "ef".repeat(32),
            },
            undated: None,
            by_verdict,
        };
        let json = manifest.to_json();
        assert_eq!(json, manifest.to_json());
        let text = String::from_utf8(json).expect("text");
        assert!(!text.contains('\u{202e}'), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read["schema"], "sealscope.export/1");
        assert_eq!(read["query"]["text"], "who:anna OR \u{202e}");
        assert_eq!(read["file"]["sha256"], "ef".repeat(32));
        assert_eq!(read["archives"][0]["verdict"], "broken");
        assert_eq!(read["rows_by_verdict"]["broken"], 1);
        assert_eq!(read["rows_by_verdict"]["unchecked"], 1);
    }
}
