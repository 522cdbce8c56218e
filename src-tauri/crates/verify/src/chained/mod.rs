//! Hash-chained logs: the digests of a segment's entries, and the verdict from them.
//!
//! Of every entry two things are looked at, each on its own: whether its digest comes out of its
//! bytes (content), and whether it names the digest of the entry before it (order). What holds is
//! kept as runs; only where a run ends there is anything to explain. Invariants: 1. Without a key
//! and without an anchor no entry is better than consistent. 2. A digest that was not computed
//! counts for nothing. 3. Where nothing reproduces a single digest, the recipe is in doubt, not the
//! log: unproven. 4. Any break makes the archive broken.

mod anchor;
mod check;
mod entry;
mod findings;
mod keys;
mod nodes;
mod scan;
mod summarise;
mod uncovered;
mod walk;
mod words;

pub(crate) use entry::LineSeals;
pub use findings::LinkFindings;
pub(crate) use keys::Keys;
pub(crate) use summarise::judge;
pub use words::{PROFILE_NOTE, profile_says};

#[cfg(test)]
mod tests;
