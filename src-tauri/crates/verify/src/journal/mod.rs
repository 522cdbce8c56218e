//! Journals of systemd: Forward Secure Sealing.
//!
//! A seal covers what was written since the one before it, so that intervals are checked apart and
//! at once; the rules that join them (order, epochs, times) are held afterwards.
//!
//! Invariants: 1. Entries are intact only where HMAC-SHA256 under the key of the seal's epoch
//! matches every covered byte, the epoch fits their times, and every field that they name stands
//! under a seal that holds as well. 2. A rule that fails is told, and the check goes on. 3. Nothing
//! is read from the file's own indexes.

mod aspects;
mod check;
mod collect;
mod entry;
mod fsprg;
mod judge;
mod key;
mod links;
mod rules;
mod words;

pub(crate) use check::Keys;
pub use check::{EntryMark, IntervalFindings, PartFindings, SealCheck};
pub(crate) use entry::FileSeals;
pub(crate) use judge::judge;
pub(crate) use key::ReadyKeys;
pub use key::{SealKey, SealKeyError};
