//! Reads a package back out of a document.
//!
//! The document is a stranger's: sizes are bounded before anything is made of them, and nothing is
//! searched for; each part is where the part before says it is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::files::{REPORT, derived};
use super::object::{Dict, Reader, Value};
use crate::content::{Content, ContentError};
use crate::package::{AttachedFile, Package, PackageError};

/// Bytes of a document at most.
pub const PDF_BYTES_MAX: usize = 512 << 20;
/// Bytes of all files inside at most, unpacked.
const INSIDE_BYTES_MAX: usize = 512 << 20;
/// Files inside at most.
const FILES_MAX: usize = 200_000;
/// Bytes of an entry in the table of objects (ISO 32000-1, 7.5.4).
const ENTRY_BYTES: usize = 20;

/// Why no package can be read from a document.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// Too large to be looked at.
    #[error("the document has more than {} MiB", PDF_BYTES_MAX >> 20)]
    TooLarge,
    /// Its files are too large, unpacked.
    #[error("the files inside the document have more than {} MiB", INSIDE_BYTES_MAX >> 20)]
    FilesTooLarge,
    /// It is no PDF as Sealscope writes it, or was written again since.
    #[error(
        "this is no PDF in the form that Sealscope writes, or another program wrote it again: {0}"
    )]
    Form(&'static str),
    /// It holds no machine-readable report.
    #[error("the document holds no {REPORT}")]
    NoReport,
    /// The machine-readable report is none.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// A proof or checkpoint inside is not the one that follows from the report.
    #[error("the file {0:?} inside the document is not the one that its {REPORT} leads to")]
    Differs(String),
    /// Report and files do not belong together.
    #[error(transparent)]
    Package(#[from] PackageError),
}

/// What [`super::render`] put into a document.
///
/// # Errors
/// When the document is not in the form that [`super::render`] writes, is too large, or when its
/// files are not exactly those that its report leads to.
pub fn extract(pdf: &[u8]) -> Result<Package, ExtractError> {
    let mut inside = Document::open(pdf)?.files()?;
    let report = inside.remove(REPORT).ok_or(ExtractError::NoReport)?;
    let content = Content::from_json(&report)?;
    drop(report);
    for file in derived(&content) {
        if file.name == REPORT {
            continue;
        }
        match inside.remove(&file.name) {
            Some(bytes) if bytes == file.bytes => {}
            _ => return Err(ExtractError::Differs(file.name)),
        }
    }
    // In the order of the report's list; what it does not list is refused below.
    let mut files = Vec::new();
    for attachment in &content.attachments {
        if let Some(bytes) = inside.remove(&attachment.name) {
            let name = attachment.name.clone();
            files.push(AttachedFile { name, bytes });
        }
    }
    let unlisted = inside.into_iter();
    files.extend(unlisted.map(|(name, bytes)| AttachedFile { name, bytes }));
    Ok(Package::new(content, files)?)
}

/// A document and its table of objects.
struct Document<'a> {
    pdf: &'a [u8],
    entries: &'a [u8],
    trailer: Dict<'a>,
}

impl<'a> Document<'a> {
    fn open(pdf: &'a [u8]) -> Result<Self, ExtractError> {
        if pdf.len() > PDF_BYTES_MAX {
            return Err(ExtractError::TooLarge);
        }
        if !pdf.starts_with(b"%PDF-1.7\n") {
            return Err(ExtractError::Form("it does not begin as one"));
        }
        Self::table(pdf).ok_or(ExtractError::Form("its table of objects is not at its end"))
    }

    fn table(pdf: &'a [u8]) -> Option<Self> {
        let end = pdf.strip_suffix(b"\n%%EOF")?;
        let digits = end
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (before, digits) = end.split_at_checked(end.len().checked_sub(digits)?)?;
        let at = usize::try_from(Reader::new(digits).digits()?).ok()?;
        let before = before.strip_suffix(b"\nstartxref\n")?;
        let mut reader = Reader::new(before.get(at..)?);
        reader.expect(b"xref\n0 ")?;
        let count = usize::try_from(reader.digits()?).ok()?;
        reader.expect(b"\n")?;
        let (entries, rest) = reader
            .rest()
            .split_at_checked(count.checked_mul(ENTRY_BYTES)?)?;
        let mut reader = Reader::new(rest);
        reader.expect(b"trailer\n")?;
        let trailer = match reader.value()? {
            Value::Dict(trailer) if reader.rest().is_empty() => trailer,
            _ => return None,
        };
        // An earlier revision is not looked at, so there may be none.
        if trailer.get("Prev").is_some() || trailer.get("Encrypt").is_some() {
            return None;
        }
        Some(Self {
            pdf,
            entries,
            trailer,
        })
    }

    /// A dictionary by its number, and what comes after it.
    fn object(&self, number: usize) -> Option<(Dict<'a>, &'a [u8])> {
        let from = number.checked_mul(ENTRY_BYTES)?;
        let entry = self.entries.get(from..from.checked_add(ENTRY_BYTES)?)?;
        let mut reader = Reader::new(entry);
        let at = usize::try_from(reader.digits()?).ok()?;
        reader.expect(b" 00000 n\r\n")?;
        let mut reader = Reader::new(self.pdf.get(at..)?);
        if usize::try_from(reader.digits()?).ok()? != number {
            return None;
        }
        reader.expect(b" 0 obj\n")?;
        match reader.value()? {
            Value::Dict(dict) => Some((dict, reader.rest())),
            _ => None,
        }
    }

    /// The files inside by name.
    fn files(&self) -> Result<BTreeMap<String, Vec<u8>>, ExtractError> {
        let listed = self
            .listed()
            .ok_or(ExtractError::Form("it has no list of attached files"))?;
        let mut seen = BTreeSet::new();
        let mut left = INSIDE_BYTES_MAX;
        let mut files = BTreeMap::new();
        for (name, number) in listed {
            let form = ExtractError::Form("a file inside is not where it should be");
            let (packed, is_packed, stream) = self.stream(&name, number).ok_or(form)?;
            // A stream that many names share could be unpacked over and over.
            if !seen.insert(stream) {
                return Err(ExtractError::Form("two files inside are one"));
            }
            let bytes = match is_packed {
                true => unpacked(packed, left)?,
                false if packed.len() > left => return Err(ExtractError::FilesTooLarge),
                false => packed.to_vec(),
            };
            left = left.saturating_sub(bytes.len());
            if files.insert(name, bytes).is_some() {
                return Err(ExtractError::Form("two files inside have one name"));
            }
        }
        Ok(files)
    }

    /// Names of the files inside and the numbers of their descriptions.
    fn listed(&self) -> Option<Vec<(String, usize)>> {
        let (root, _) = self.object(self.trailer.reference("Root")?)?;
        let tree = root.dict("Names")?.dict("EmbeddedFiles")?;
        let Value::Array(names) = tree.get("Names")? else {
            return None;
        };
        if names.len() > 2 * FILES_MAX {
            return None;
        }
        let pair = |pair: &[Value<'_>]| match pair {
            [Value::Text(name), Value::Reference(number)] => {
                Some((String::from_utf8(name.clone()).ok()?, *number))
            }
            _ => None,
        };
        names.chunks(2).map(pair).collect()
    }

    /// Bytes of a described file, whether they are packed, and the number of their stream.
    fn stream(&self, name: &str, description: usize) -> Option<(&'a [u8], bool, usize)> {
        let (description, _) = self.object(description)?;
        // The name that a reader of documents shows.
        let Some(Value::Text(shown)) = description.get("UF") else {
            return None;
        };
        if shown != name.as_bytes() {
            return None;
        }
        let number = description.dict("EF")?.reference("F")?;
        let (dict, rest) = self.object(number)?;
        let is_packed = match dict.get("Filter") {
            None => false,
            Some(Value::Name(b"FlateDecode")) if dict.get("DecodeParms").is_none() => true,
            Some(_) => return None,
        };
        let mut reader = Reader::new(rest);
        reader.expect(b"\nstream\n")?;
        let (bytes, rest) = reader.rest().split_at_checked(dict.number("Length")?)?;
        rest.starts_with(b"\nendstream")
            .then_some((bytes, is_packed, number))
    }
}

/// Unpacks at most `bytes_max`.
fn unpacked(packed: &[u8], bytes_max: usize) -> Result<Vec<u8>, ExtractError> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    ZlibDecoder::new(packed)
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|_| ExtractError::Form("a file inside cannot be unpacked"))?;
    match bytes.len() > bytes_max {
        true => Err(ExtractError::FilesTooLarge),
        false => Ok(bytes),
    }
}
