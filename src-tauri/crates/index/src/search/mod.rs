//! Queries on shards: sets of rows, and what is read off them.

mod counts;
mod evaluate;
mod facets;
mod histogram;
mod hits;
mod index;
mod order;
mod phrase;
mod plan;
mod terms;
#[cfg(test)]
mod tests;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use sealscope_model::VerdictRanges;

pub(crate) use crate::bits::Bits;
pub(crate) use evaluate::Evaluation;
pub use facets::{Facet, Facets, FieldInfo, ValueCount};
pub use histogram::{Bucket, Histogram, VerdictCounts};
pub use hits::{Hits, RowRef, Sort};
pub use index::{Index, ShardPlace};
pub use order::TimeOrder;
pub(crate) use plan::{FieldPlan, Plan, WordPlan};

use crate::IndexError;
use crate::shard::Shard;

/// What a search must know beside the index.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The verdicts of each archive, by archive number; rows of others are unchecked.
    pub verdicts: &'c [Arc<VerdictRanges>],
    /// The newest time, in nanoseconds since 1970, from which `@-2d` counts; `None`: the newest of
    /// the index.
    pub newest_ns: Option<i64>,
    /// Asked often and from several threads; once it says `true` the call ends with
    /// [`IndexError::Cancelled`].
    pub cancelled: &'c (dyn Fn() -> bool + Sync),
}

impl<'c> Context<'c> {
    /// A context without verdicts that is never cancelled.
    #[must_use]
    pub fn plain() -> Context<'static> {
        Context {
            verdicts: &[],
            newest_ns: None,
            cancelled: &|| false,
        }
    }

    pub(crate) fn stop(&self) -> Stop<'c> {
        Stop {
            cancelled: self.cancelled,
        }
    }

    pub(crate) fn verdicts_of(&self, archive: u32) -> Option<&'c VerdictRanges> {
        self.verdicts.get(archive as usize).map(|ranges| &**ranges)
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("newest_ns", &self.newest_ns)
            .finish_non_exhaustive()
    }
}

/// Why a search of a shard ended early.
#[derive(Debug)]
pub(crate) enum Fault {
    Io(io::Error),
    Cancelled,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

/// Asks whether to go on.
pub(crate) struct Stop<'c> {
    cancelled: &'c (dyn Fn() -> bool + Sync),
}

impl Stop<'_> {
    pub fn check(&self) -> Result<(), Fault> {
        if (self.cancelled)() {
            Err(Fault::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// Reads of a shard. tantivy panics where files do not add up; see [`Shard::open`] for why such
/// must end in an error here.
pub(crate) fn guarded<T>(
    shard: &Shard,
    read: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, IndexError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Fault::Cancelled)) => Err(IndexError::Cancelled),
        Ok(Err(Fault::Io(error))) => Err(IndexError::io(shard.dir(), error)),
        Err(_) => Err(IndexError::damaged(
            shard.dir(),
            "its files do not fit together",
        )),
    }
}
