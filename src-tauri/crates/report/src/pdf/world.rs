//! All that the typesetter can see: our own template, our own fonts, and one report. It has no
//! files, no network, no packages and no clock.

use typst::diag::{FileError, FileResult};
use typst::foundations::{Array, Bytes, Datetime, Dict, Duration, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::{Library, LibraryExt as _, World};
use typst_utils::LazyHash;

use super::blocks::Paper;
use super::files::PdfFile;
use super::fonts::Fonts;

const MAIN: &str = "report.typ";
const TEMPLATE: [(&str, &str); 4] = [
    (MAIN, include_str!("template/report.typ")),
    ("text.typ", include_str!("template/text.typ")),
    ("blocks.typ", include_str!("template/blocks.typ")),
    ("drawings.typ", include_str!("template/drawings.typ")),
];

pub(super) struct ReportWorld {
    library: LazyHash<Library>,
    sources: Vec<Source>,
}

impl ReportWorld {
    /// `None` if our own template is not there, which a test rules out.
    pub(super) fn new(paper: &Paper, files: &[PdfFile]) -> Option<Self> {
        let bytes = files
            .iter()
            .map(|file| Value::Bytes(Bytes::new(file.bytes.clone())));
        let mut inputs = Dict::new();
        let json = serde_json::to_vec(paper).ok()?;
        inputs.insert("paper".into(), Value::Bytes(Bytes::new(json)));
        inputs.insert("files".into(), Value::Array(bytes.collect::<Array>()));
        let library = Library::builder().with_inputs(inputs).build();
        let sources: Option<Vec<Source>> = TEMPLATE
            .into_iter()
            .map(|(name, text)| Some(Source::new(id(name)?, text.to_owned())))
            .collect();
        Some(Self {
            library: LazyHash::new(library),
            sources: sources?,
        })
    }
}

fn id(name: &str) -> Option<FileId> {
    let path = VirtualPath::new(name).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &Fonts::get().book
    }

    fn main(&self) -> FileId {
        // Made in `new`, and of the same name.
        self.sources[0].id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.sources.iter().find(|source| source.id() == id);
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, _id: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        Fonts::get().fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
