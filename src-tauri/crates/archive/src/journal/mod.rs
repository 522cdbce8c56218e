//! Journals of systemd, sealed (Forward Secure Sealing) or not.
//!
//! Follows systemd's "Journal File Format" and "Journal Export Formats"; read are files of systemd
//! 189 to 257: regular and compact, packed with zstd, lz4 or xz, keyed and Jenkins hashes. An entry
//! is the JSON object that `journalctl -o json --all` prints for it, its members in the order of
//! the file, one a line; entries stand in file order.
//!
//! Files are read along their objects as they stand, never along the indexes in them: those are
//! not sealed, and could hide entries. *Covered by seals*: of each object what does not change
//! while the file grows, since the seal before; the first seal also covers flags, ids and sizes in
//! the header. *Not covered*: the header's state and counters, hash chains and entry arrays, and
//! whatever follows the last seal. *Strength*: keyed; whoever holds the verification key, or had
//! the sealing key of that time, can make seals.
//!
//! Fixtures are made by the project's own writer; systemd's answers are held against ours in the
//! tests of `verify`.

mod archive;
mod arrays;
mod facts;
mod file;
pub mod hash;
mod header;
mod object;
mod open;
mod payload;
mod render;
mod scan;
mod text;
mod window;

pub use archive::{IntervalPart, IntervalSeal, JournalArchive};
pub use file::JournalFile;
pub use header::Header;
pub use open::Journal;
pub use render::{DataFault, EntryFact};
pub use scan::{Interval, Tag};
