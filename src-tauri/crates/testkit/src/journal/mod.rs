//! Journals of systemd made for tests: sealed by our own hand, small, and of any layout.
//!
//! They hold what readers along the objects need, and an entry array; hash tables stay empty and
//! chains unlinked, unless a journal is begun as one that is indexed.

mod build;
mod samples;

pub use build::{JournalBuilder, Layout, SEAL_KEY, TagDraft};
pub use samples::{JournalFixture, fixture_journals, sealed_epochs, write_epoch};
