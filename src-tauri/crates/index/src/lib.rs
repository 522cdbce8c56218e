//! Makes checked entries searchable; the only crate that knows tantivy.
//!
//! # Writing
//!
//! A *shard* covers a run of entries and is written once, by one worker, in a folder of its own:
//!
//! ```no_run
//! # use sealscope_index::{IndexError, ShardWriter};
//! # use sealscope_fields::{Record, Settings, by_name};
//! # fn write(entries: &[&[u8]]) -> Result<(), IndexError> {
//! # let (schema, settings) = (by_name("json").unwrap(), Settings::default());
//! let mut writer = ShardWriter::create("cache/17".as_ref())?;
//! let mut record = Record::new();
//! for (entry_in_shard, entry) in (0_u32..).zip(entries) {
//!     let mut added = Ok(());
//!     schema.read(entry, &settings, &mut record, &mut |number, record| {
//!         if added.is_ok() {
//!             added = writer.add(entry_in_shard, number, record);
//!         }
//!     });
//!     added?;
//! }
//! let info = writer.finish()?;
//! # Ok(())
//! # }
//! ```
//!
//! Control entries give no row but keep their number: `entry_in_shard` is a distance of positions.
//! [`ShardWriter::bytes_in_use`] tells when to end a shard early.
//!
//! # Searching
//!
//! [`Shard::open`] checks every file's digest. Any run of shards, of one archive or several, is an
//! [`Index`], a cheap snapshot; while an archive is being read, make a new one as shards finish.
//! [`Index::search`] gives [`Hits`]: numbers of rows, never text. Once all shards are there,
//! [`TimeOrder::build`] (later [`TimeOrder::open`]) makes pages sorted by time quick.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use sealscope_index::{Context, Index, IndexError, Shard, ShardPlace, Sort, query};
//! # fn search(verdicts: &[Arc<sealscope_model::VerdictRanges>]) -> Result<(), IndexError> {
//! let shard = Shard::open("cache/17".as_ref())?;
//! let index = Index::new(vec![ShardPlace { shard, archive: 0, first_position: 0 }]);
//! let parsed = query::parse("verb:get seal:broken").map_err(|error| println!("{error}"));
//! let Ok(parsed) = parsed else { return Ok(()) };
//! let context = Context { verdicts, newest_ns: None, cancelled: &|| false };
//! let hits = index.search(&parsed.query, &context)?;
//! println!("{} hits", hits.count());
//! for row in hits.page(Sort::TimeDown, 0, 100) {
//!     println!("archive {} position {} record {}", row.archive, row.position, row.record);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What is shown is read again from the archive, and [`query::Matcher`] is asked about it again, so
//! that a forged index can hide rows but never make one up. Until the index is complete the same
//! matcher answers alone; [`query::Prefilter`] spares it most entries.
//!
//! Invariants:
//! 1. The index answers as the plain evaluator does, row for row.
//! 2. Nothing here is shown: no text of an entry leaves the index but keywords as facets.
//! 3. A folder that is not exactly what was written is refused ([`IndexError::Damaged`]), and
//!    tantivy's panics end here.
//! 4. Verdicts are not in the index; they come with each question ([`Context`]).

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable
    )
)]

mod bits;
mod error;
pub mod query;
mod search;
mod shard;

pub use error::IndexError;
pub use search::{
    Bucket, Context, Facet, Facets, FieldInfo, Histogram, Hits, Index, RowRef, ShardPlace, Sort,
    TimeOrder, ValueCount, VerdictCounts,
};
pub use shard::{SHARD_ROWS_MAX, Shard, ShardInfo, ShardWriter};

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
