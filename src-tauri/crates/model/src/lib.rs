//! The words of the domain as types.
//!
//! Nothing here reads, writes, asks the time or decides a verdict: the types only make wrong
//! statements hard to write. A digest read from an archive is [`Claimed`], one made from bytes is
//! [`Computed`], and [`agree`] is the one place where the two meet.
//!
//! The crate derives no serialization on purpose; each edge (command line, window, cache) writes
//! its own form.

mod aspect;
mod breaks;
mod damage;
mod digest;
mod observation;
mod ranges;
mod seal;
mod time;
mod verdict;

pub use aspect::{Aspect, AspectState, Aspects};
pub use breaks::{Break, BreakKind};
pub use damage::Damage;
pub use digest::{Claimed, Computed, Digest, DigestParseError, agree};
pub use observation::{Observation, ObservationKind};
pub use ranges::{CheckedRange, VerdictRanges};
pub use seal::{Base, End, Strength};
pub use time::{EntryTime, Precision, TimeParseError, ZoneOrigin};
pub use verdict::{EntryCounts, Verdict};

/// Number of an entry in its archive, from 0, in stored order. In a sealog archive it is the leaf
/// index, so control entries take numbers too.
pub type Position = u64;
