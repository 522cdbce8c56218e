//! A report as a document to print, file and read aloud: PDF/A-3a and PDF/UA-1, with the
//! machine-readable report, its proofs and its files inside.
//!
//! Invariants: 1. What is said comes from the [`Content`](crate::Content) as data, never as
//! markup of the typesetter. 2. Each character of it is printed or stands as a chip with its
//! code; none turns or hides its neighbours. 3. The same package gives the same bytes. 4. What is
//! read back out of a document is what [`render`] put in, or an error.

mod blocks;
mod files;
mod fonts;
mod object;
mod paper;
mod read;
#[cfg(test)]
mod tests;
mod text;
mod typeset;
mod world;

pub use read::{ExtractError, PDF_BYTES_MAX, extract};
pub use typeset::{Pages, Preview};

use crate::package::Package;

/// Why a package cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A document says when it was made, and this is no time.
    #[error(
        "the report says that it was made at {0:?}, which is no time of the form \
         2026-03-15T08:00:00Z"
    )]
    MadeAt(String),
    /// Two files inside would have one name.
    #[error("an attached file has the name {0:?}, which the document needs for itself")]
    NameTaken(String),
    /// The typesetter gave up; its own words.
    #[error("the document could not be set: {0}")]
    Typeset(String),
    /// There is no such page.
    #[error("the document has {pages} pages, and no page {page}")]
    NoPage {
        /// The one asked for, from 0.
        page: usize,
        /// How many there are.
        pages: usize,
    },
    /// A scale that makes no picture, or one too large.
    #[error("a page cannot be drawn with {0} pixels per point")]
    Scale(f32),
}

/// The document.
///
/// # Errors
/// When the content has no time at which it was made, a file has a name that the document needs,
/// or the typesetter fails.
pub fn render(package: &Package) -> Result<Vec<u8>, PdfError> {
    Pages::of(package)?.pdf()
}

/// A picture of one page, counted from 0.
///
/// # Errors
/// As [`render`], and when there is no such page.
pub fn preview(package: &Package, page: usize, pixels_per_point: f32) -> Result<Preview, PdfError> {
    Pages::of(package)?.preview(page, pixels_per_point)
}
