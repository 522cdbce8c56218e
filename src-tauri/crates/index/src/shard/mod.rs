//! A shard: the index of one run of entries, written once by one worker.
//!
//! Rows are numbered from 0 in stored order; the number is tantivy's document id. What is kept:
//!
//! - *Listed values.* While a field has few different values, each (field, kind, text) is a term of
//!   `keywords` with the rows that hold it. Their words are kept once per value, in `value_words`,
//!   whose "documents" are the ordinals of those terms: `GET` in a million rows is cut once.
//! - *Spilled values.* Once a field turns out to have many different values, new ones go to a
//!   dictionary-encoded column of the field, and their words, with positions, to `row_words`. A
//!   value that is exactly one word (a hexadecimal id) is found in the column's dictionary and
//!   needs no word entry.
//! - *Long values* (more than 1 KiB) are kept compressed in `long`; their words are in `row_words`.
//! - The message is treated as a field of its own; once spilled, its words go to `message_words`.
//! - Columns: time, entry in the shard, record of the entry.
//!
//! Every value is in exactly one of the three places within a shard, so nothing counts twice.
//!
//! Invariants:
//! 1. A shard's folder is complete when its manifest is there; the manifest is written last.
//! 2. Nothing here is ever shown to anybody: rows are read again from the archive.

mod intern;
mod layout;
mod manifest;
mod open;
mod values;
mod words;
mod writer;

pub(crate) use layout::{FieldId, Kind, column_name, keyword_key, keyword_prefix, keyword_text};
pub use open::Shard;
pub(crate) use open::{StringColumn, WordsField};
#[cfg(test)]
pub(crate) use values::Limits;
pub(crate) use writer::is_one_word;
pub use writer::{SHARD_ROWS_MAX, ShardInfo, ShardWriter};
