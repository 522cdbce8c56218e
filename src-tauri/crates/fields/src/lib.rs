//! Reads what one entry says.
//!
//! Every log answers the same questions in its own words. A [`Schema`] reads one entry and hands
//! out a [`Record`] for each record of it: the raw fields under the names that the log itself
//! uses, and beside them the [`Spine`]: time, who, did, to what, from where, outcome, decision,
//! severity, class, message. Decision ("allowed") and outcome ("404") are kept apart.
//!
//! ```
//! use sealscope_fields::{Record, Settings, by_name};
//!
//! let schema = by_name("json").expect("a schema of this crate");
//! let entry = br#"{"ts":"2026-03-14T09:00:00Z","user":"anna","msg":"hello"}"#;
//! let mut record = Record::new();
//! schema.read(entry, &Settings::default(), &mut record, &mut |number, record| {
//!     assert_eq!(number, 0);
//!     assert_eq!(record.spine().who, Some("anna"));
//!     assert_eq!(record.spine().message, "hello");
//! });
//! ```
//!
//! Invariants:
//! 1. An entry is never lost: what does not fit its schema is read as text, with a [`Note`].
//! 2. Entries are untrusted: nothing here panics, and memory is bounded by a small multiple of the
//!    entry's length (see [`record`]).
//! 3. What a record says depends on the entry and the settings alone, never on entries read before
//!    it: index and evaluator must agree.
//! 4. No clock, no files, no network: what must be known from outside is in [`Settings`].

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable
    )
)]

mod json_reader;
mod json_scan;
mod lossy;
mod note;
mod paths;
pub mod record;
mod schema;
pub mod schemas;
mod settings;
#[cfg(test)]
mod testing;
pub mod time;
mod tokens;
mod value;

pub use note::{Note, NoteKind};
pub use record::Record;
pub use schema::{Detected, Recognition, SCHEMAS, Schema, by_name, detect};
pub use settings::{Settings, Zone};
pub use tokens::{TOKEN_BYTES_MAX, lowered, tokens};
pub use value::{Class, Field, SPINE_KEYWORDS, Severity, Spine, Value};
