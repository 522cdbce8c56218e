//! One page that checks itself: a single file, no network, readable without scripts.
//!
//! `<main>` holds all that is seen. After it come, as elements that no browser runs, `report.json`
//! with each `<` written as `\u003c` (still the same JSON), the attached files in base64, and the
//! SHA-256 of both `main` and `report.json`. The last element is the only script; the page's
//! policy names it by its hash.
//!
//! The script hashes `main.innerHTML` before it changes anything, so what is written here is
//! exactly the form in which browsers give it back (see [`markup`]).

mod background;
mod drawings;
mod exhibits;
mod extract;
mod front;
mod integrity;
mod markup;
mod page;
mod parts;
#[cfg(test)]
mod tests;
mod work;

use std::io;

pub use extract::{HtmlError, extract};

use crate::package::Package;

/// The page as bytes. The same package gives the same bytes.
#[must_use]
pub fn render(package: &Package) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory does not fail.
    let _ = page::write(package, &mut bytes);
    bytes
}

/// The same, written piece by piece; `out` should be buffered.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(package: &Package, out: impl io::Write) -> io::Result<()> {
    page::write(package, out)
}
