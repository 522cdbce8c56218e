//! What was examined, and where every byte of it went.

use serde::{Deserialize, Serialize};

/// One archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// `A`, `B`, … in the order of opening.
    pub label: String,
    /// Name of the file or folder, without its place on the examiner's computer.
    pub name: String,
    /// Bytes; of a folder, of all its files.
    pub bytes: u64,
    /// SHA-256 of the file in hex before it was read; `None` for a folder.
    pub sha256: Option<String>,
    /// The same, made again after everything was read.
    pub sha256_after: Option<String>,
    /// A second digest with another function (SHA-512, hex), as laboratories ask for two.
    pub sha512: Option<String>,
    /// Whether bytes and size were the same when first hashed and at last.
    pub is_unchanged: bool,
    /// The files of a folder, in the order of their names; the first ones, with the rest counted.
    pub files: Vec<ItemFile>,
    /// How many files there are in all.
    pub files_total: u64,
    /// SHA-256 over the lines `SHA-256␠␠NAME␊` of all files in the order of their names (as
    /// `sha256sum` prints them); `None` for a single file.
    pub files_sha256: Option<String>,
    /// Name of the format.
    pub format: String,
    /// Program that wrote it, as the archive states; empty where it does not.
    pub producer: String,
    /// Origin of the log with its uuid, where the archive has one.
    pub origin: String,
    /// System or device that it comes from, as the examiner says.
    pub source: String,
    /// Who collected it.
    pub collector: String,
    /// From whom it was received.
    pub received_from: String,
    /// When.
    pub received_at: String,
    /// Its condition on arrival.
    pub condition: String,
    /// The medium.
    pub medium: String,
    /// How the key was obtained.
    pub key_obtained: String,
    /// Fingerprints of the keys that took part, in words.
    pub keys: Vec<String>,
}

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemFile {
    /// Path below the folder.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// Where every byte of an item went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Bytes of the unpacked text.
    pub bytes: u64,
    /// Lines of it.
    pub lines: u64,
    /// Log entries.
    pub entries: u64,
    /// Control entries of the format.
    pub control: u64,
    /// Records of entries; `None` where entries were not read for their fields.
    pub rows: Option<u64>,
    /// Records without a time.
    pub undated: Option<u64>,
    /// Records that do not fit their schema and are read as text.
    pub unparsed: Option<u64>,
    /// Entries that hold an empty list.
    pub empty_entries: Option<u64>,
    /// Bytes that belong to no entry.
    pub rejected_bytes: u64,
    /// What was rejected; the first ones.
    pub rejected: Vec<Rejected>,
    /// How many in all.
    pub rejected_total: u64,
    /// Losses that the sealer declared, gaps in numbers, silences: in words.
    pub gaps: Vec<String>,
    /// Sums in words: whether they come out even.
    pub says: String,
}

/// Something that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// File, for formats made of files.
    pub file: Option<String>,
    /// Where.
    pub offset_bytes: u64,
    /// Why.
    pub reason: String,
}
