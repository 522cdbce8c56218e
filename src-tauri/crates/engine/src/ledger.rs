//! Where every byte went: nothing is lost silently.

use sealscope_model::Damage;

/// The books of one archive, or of several together.
///
/// `bytes = bytes in entries (with line ends) + rejected_bytes` over the unpacked text, and
/// `entries = dated + undated` counted by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Bytes of the unpacked text.
    pub bytes: u64,
    /// Lines of the unpacked text.
    pub lines: u64,
    /// Log entries.
    pub entries: u64,
    /// Rows: records of entries. Known once the entries were read for their fields.
    pub rows: Option<u64>,
    /// Control entries of the format.
    pub control: u64,
    /// Rows without a time.
    pub undated: Option<u64>,
    /// Rows that do not fit their schema and are read as text.
    pub unparsed: Option<u64>,
    /// Entries that hold an empty list, and so give no row.
    pub empty_entries: Option<u64>,
    /// Bytes of the unpacked text that belong to no entry.
    pub rejected_bytes: u64,
    /// What was rejected, with offset and reason; the first ones, with the rest counted.
    pub rejected: Vec<Damage>,
    /// How many there are in all.
    pub rejected_count: u64,
}

/// Rejected parts that are kept word for word.
pub(crate) const REJECTED_KEPT: usize = 1000;

impl Ledger {
    /// Adds the books of another archive.
    pub fn add(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.lines += other.lines;
        self.entries += other.entries;
        self.control += other.control;
        self.rejected_bytes += other.rejected_bytes;
        self.rejected_count += other.rejected_count;
        let sum = |a: &mut Option<u64>, b: Option<u64>| *a = a.zip(b).map(|(a, b)| a + b);
        sum(&mut self.rows, other.rows);
        sum(&mut self.undated, other.undated);
        sum(&mut self.unparsed, other.unparsed);
        sum(&mut self.empty_entries, other.empty_entries);
        let room = REJECTED_KEPT.saturating_sub(self.rejected.len());
        self.rejected
            .extend(other.rejected.iter().take(room).cloned());
    }

    /// The books of no archive: all counts known to be nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            rows: Some(0),
            undated: Some(0),
            unparsed: Some(0),
            empty_entries: Some(0),
            ..Self::default()
        }
    }
}
