//! Makes checked entries searchable; the only crate that knows tantivy.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable
    )
)]

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
