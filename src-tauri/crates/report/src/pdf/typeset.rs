//! From blocks to pages, and from pages to a document or a picture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use typst_render::RenderOptions;

use super::PdfError;
use super::files::files;
use super::paper::paper;
use super::world::ReportWorld;
use crate::package::Package;

/// Pixels per point of a preview at most: A4 is then 2,380 by 3,368 pixels.
const PIXELS_PER_POINT_MAX: f32 = 4.0;

/// A report set in pages, to look at or to write.
pub struct Pages {
    document: PagedDocument,
    report_id: String,
    program: String,
    made_at: Timestamp,
}

/// A picture of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The picture as PNG.
    pub png: Vec<u8>,
    /// How many pages the document has.
    pub pages: usize,
}

impl Pages {
    /// Sets the pages.
    ///
    /// # Errors
    /// See [`super::render`].
    pub fn of(package: &Package) -> Result<Self, PdfError> {
        let content = package.content();
        let made_at = timestamp(&content.made_at)
            .ok_or_else(|| PdfError::MadeAt(content.made_at.chars().take(64).collect()))?;
        let files = files(package)?;
        let paper = paper(content, &content.sha256(), &files);
        let world = ReportWorld::new(&paper, &files)
            .ok_or_else(|| PdfError::Typeset("the template is missing".to_owned()))?;
        let document = guarded(|| {
            typst::compile::<PagedDocument>(&world)
                .output
                .map_err(first)
        })?;
        // What the typesetter remembers is of no use for another report.
        comemo::evict(0);
        Ok(Self {
            document,
            report_id: content.report_id.clone(),
            program: format!("{} {}", content.method.tool, content.method.version),
            made_at,
        })
    }

    #[cfg(test)]
    pub(super) const fn document(&self) -> &PagedDocument {
        &self.document
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// The document.
    ///
    /// # Errors
    /// When the typesetter fails.
    pub fn pdf(&self) -> Result<Vec<u8>, PdfError> {
        let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
            .map_err(|error| PdfError::Typeset(error.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(self.report_id.clone()),
            creator: Smart::Custom(Some(super::text::flat(&self.program))),
            timestamp: Some(self.made_at),
            page_ranges: None,
            standards,
            tagged: true,
            pretty: false,
        };
        guarded(|| typst_pdf::pdf(&self.document, &options).map_err(first))
    }

    /// A picture of one page, counted from 0.
    ///
    /// # Errors
    /// When there is no such page, or the scale is not above 0 and at most 4.
    pub fn preview(&self, page: usize, pixels_per_point: f32) -> Result<Preview, PdfError> {
        let pages = self.count();
        let found = self.document.pages().get(page);
        let found = found.ok_or(PdfError::NoPage { page, pages })?;
        if !(pixels_per_point > 0.0 && pixels_per_point <= PIXELS_PER_POINT_MAX) {
            return Err(PdfError::Scale(pixels_per_point));
        }
        let options = RenderOptions {
            pixel_per_pt: f64::from(pixels_per_point).into(),
            render_bleed: false,
        };
        let png = guarded(|| {
            let picture = typst_render::render(found, &options);
            picture
                .encode_png()
                .map_err(|error| PdfError::Typeset(error.to_string()))
        })?;
        Ok(Preview { png, pages })
    }
}

/// A report may come from a stranger's file: what goes wrong in the typesetter must not end the
/// program.
fn guarded<T>(run: impl FnOnce() -> Result<T, PdfError>) -> Result<T, PdfError> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(PdfError::Typeset("the typesetter stopped".to_owned())))
}

fn first(errors: impl IntoIterator<Item = SourceDiagnostic>) -> PdfError {
    let first = errors.into_iter().next();
    PdfError::Typeset(first.map_or_else(String::new, |error| {
        let hints: Vec<String> = error.hints.iter().map(|hint| hint.v.to_string()).collect();
        match hints.is_empty() {
            true => error.message.to_string(),
            false => format!("{} ({})", error.message, hints.join("; ")),
        }
    }))
}

/// `2026-03-15T08:00:00Z`, with or without parts of a second; other zones are none that a report
/// is made in.
fn timestamp(made_at: &str) -> Option<Timestamp> {
    let text = made_at.strip_suffix('Z')?;
    let (date, time) = text.split_once('T')?;
    let time = match time.split_once('.') {
        Some((time, parts)) if parts.bytes().all(|byte| byte.is_ascii_digit()) => time,
        Some(_) => return None,
        None => time,
    };
    let number = |text: Option<&str>, digits: usize| {
        let text = text.filter(|text| text.len() == digits)?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u16>().ok()).flatten()
    };
    let mut date = date.splitn(3, '-');
    let year = number(date.next(), 4)?;
    let month = number(date.next(), 2)?.try_into().ok()?;
    let day = number(date.next(), 2)?.try_into().ok()?;
    let mut time = time.splitn(3, ':');
    let hour = number(time.next(), 2)?.try_into().ok()?;
    let minute = number(time.next(), 2)?.try_into().ok()?;
    let second = number(time.next(), 2)?.try_into().ok()?;
    let at = Datetime::from_ymd_hms(i32::from(year), month, day, hour, minute, second)?;
    Some(Timestamp::new_utc(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_in_utc_are_times() {
        for text in ["2026-03-15T08:00:00Z", "2026-03-15T08:00:00.123Z"] {
            assert!(timestamp(text).is_some(), "{text}");
        }
        for text in [
            "",
            "2026-03-15",
            "2026-02-30T08:00:00Z",
            "2026-03-15T08:00:00+01:00",
            "+026-03-15T08:00:00Z",
        ] {
            assert!(timestamp(text).is_none(), "{text}");
        }
    }
}
