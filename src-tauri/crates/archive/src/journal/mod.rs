//! Journals of systemd, sealed (Forward Secure Sealing) or not.

/// A journal, or a rotated family of them, that is open.
#[derive(Debug)]
pub struct JournalArchive;

/// What a journal says of a run of entries: which seal covers them.
#[derive(Debug, Default)]
pub struct IntervalSeal;
