//! Turns bytes into segments of entries with their seals and damage.
//!
//! One folder per format; [`FORMATS`] lists them. A format says what it found, never what it is
//! worth: verdicts are made in `verify`. Evidence is opened read-only ([`Source`]), limits and
//! their reasons stand in [`limits`], and bytes that do not parse are [`sealscope_model::Damage`],
//! not errors.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

pub mod chained_jsonl;
pub mod cloudtrail;
mod format;
mod formats;
pub mod input;
pub mod journal;
pub mod limits;
mod lines;
pub mod sealog;
mod segment;
mod source;

pub use format::{
    Archive, ArchiveFormat, FolderSample, OpenContext, OpenError, ReadError, Recognition, Sample,
    Structure, Watch,
};
pub use formats::{FORMATS, open, open_folder};
pub use segment::{Segment, SegmentSeal};
pub use source::{FileStamp, Source};
