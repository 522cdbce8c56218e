//! Turns verdicts, entries and proofs into documents that can be checked.
//!
//! A report is gathered once as a [`Content`] (by the engine, which has the archives) and rendered
//! in every form from it. `check` reads a form again, without the archive.

pub mod bag;
pub mod check;
pub mod content;
pub mod export;
pub mod html;
mod output;
mod package;
pub mod pdf;
pub mod sign;
pub mod stamp;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use content::Content;
pub use output::{Form, HtmlForm, OutputError, PdfForm, Written, write_report};
pub use package::{AttachedFile, Package, PackageError};
pub use sealscope_case as case;
