//! The package inside a page.
//!
//! Invariants: 1. Bytes that this program did not write give an error, never a guess. 2. Nothing
//! is kept that is longer than the page. 3. What is found is only what the page claims: that the
//! visible text says the same, `check` finds by rendering it again.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::page::{CLOSE, DIGESTS_OPEN, FILE_OPEN, REPORT_OPEN};
use crate::content::{Content, ContentError};
use crate::package::{AttachedFile, Package, PackageError};

/// Bytes that a page may have.
const PAGE_BYTES_MAX: usize = 2 << 30;
/// Files that a page may hold.
const FILES_MAX: usize = 100_000;

/// Why bytes are no report page.
#[derive(Debug, thiserror::Error)]
pub enum HtmlError {
    /// Longer than a page may be.
    #[error("the page has more than {PAGE_BYTES_MAX} bytes")]
    TooLong,
    /// Nothing of a report in it.
    #[error("the page holds no report.json as Sealscope embeds it")]
    NoReport,
    /// Two of them: which one a reader sees is open.
    #[error("the page holds more than one report.json")]
    TwoReports,
    /// What follows the report is not as it is written.
    #[error("the data behind the report do not end as they are written, at byte {0}")]
    Form(usize),
    /// More files than a page may hold.
    #[error("the page holds more than {FILES_MAX} files")]
    TooManyFiles,
    /// No report of this form.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// Report and files do not belong together.
    #[error(transparent)]
    Package(#[from] PackageError),
}

/// Reads report and files out of a page that [`render`](super::render) made.
///
/// # Errors
/// When there is no report, more than one, or what is there is not in its one form.
pub fn extract(page: &[u8]) -> Result<Package, HtmlError> {
    if page.len() > PAGE_BYTES_MAX {
        return Err(HtmlError::TooLong);
    }
    let begin = find(page, REPORT_OPEN, 0).ok_or(HtmlError::NoReport)? + REPORT_OPEN.len();
    if find(page, REPORT_OPEN, begin).is_some() {
        return Err(HtmlError::TwoReports);
    }
    let mut rest = Rest { page, at: begin };
    let json = without_escapes(rest.until(CLOSE)?).ok_or(HtmlError::Form(begin))?;
    let content = Content::from_json(&json)?;
    drop(json);
    let mut files = Vec::new();
    while rest.skip(FILE_OPEN) {
        if files.len() == FILES_MAX {
            return Err(HtmlError::TooManyFiles);
        }
        files.push(rest.file()?);
    }
    if !rest.skip(DIGESTS_OPEN) {
        return Err(HtmlError::Form(rest.at));
    }
    Ok(Package::new(content, files)?)
}

/// The part of a page that is still to be read.
struct Rest<'a> {
    page: &'a [u8],
    at: usize,
}

impl<'a> Rest<'a> {
    fn left(&self) -> &'a [u8] {
        self.page.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, text: &str) -> bool {
        let is_there = self.left().starts_with(text.as_bytes());
        if is_there {
            self.at += text.len();
        }
        is_there
    }

    /// What stands before the next `end`, which is passed over.
    fn until(&mut self, end: &str) -> Result<&'a [u8], HtmlError> {
        let found = find(self.page, end, self.at).ok_or(HtmlError::Form(self.at))?;
        let bytes = self.page.get(self.at..found).unwrap_or_default();
        self.at = found + end.len();
        Ok(bytes)
    }

    fn file(&mut self) -> Result<AttachedFile, HtmlError> {
        let begin = self.at;
        let name = self.until("\">")?;
        let name = String::from_utf8(name.to_vec()).map_err(|_| HtmlError::Form(begin))?;
        let begin = self.at;
        let bytes = BASE64.decode(self.until(CLOSE)?);
        let bytes = bytes.map_err(|_| HtmlError::Form(begin))?;
        Ok(AttachedFile { name, bytes })
    }
}

/// Where `text` stands next.
fn find(page: &[u8], text: &str, from: usize) -> Option<usize> {
    let found = memchr::memmem::find(page.get(from..)?, text.as_bytes())?;
    Some(from + found)
}

/// `\u003c` back to `<`; `None` where a `<` stands for itself.
fn without_escapes(json: &[u8]) -> Option<Vec<u8>> {
    if json.contains(&b'<') {
        return None;
    }
    let mut out = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        // A backslash and the character after it belong together: `\\u003c` is no escaped `<`.
        rest = if let Some(after) = escape.strip_prefix(b"\\u003c") {
            out.push(b'<');
            after
        } else {
            let (pair, after) = escape.split_at_checked(2)?;
            out.extend_from_slice(pair);
            after
        };
    }
    out.extend_from_slice(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_escape_is_taken_back() {
        for (written, meant) in [
            (r#""a\u003cb""#, Some(r#""a<b""#)),
            (r#""\\u003c""#, Some(r#""\\u003c""#)),
            (r#""\\\u003c""#, Some(r#""\\<""#)),
            (r#""\"\n""#, Some(r#""\"\n""#)),
            (r#""a<b""#, None),
            (r#""\"#, None),
        ] {
            let read = without_escapes(written.as_bytes());
            assert_eq!(read.as_deref(), meant.map(str::as_bytes), "{written}");
        }
    }
}
