//! Every limit of the readers, each with its reason. Memory follows these, never the archive.

/// Bytes of one entry. Longer lines are cut into damage; the longest real audit lines are some MiB.
pub const ENTRY_BYTES_MAX: usize = 64 << 20;
/// Entries of one sealog data frame: sixteen C2SP level-0 tiles.
pub const FRAME_ENTRIES_MAX: usize = 4096;
/// Lines of one sealog data frame that are read: lines added to a full frame are shown and named,
/// and millions of empty ones do not take their multiple in memory.
pub const FRAME_LINES_READ_MAX: usize = 1 << 16;
/// Bytes of a data frame with more than one line: one worker holds one frame.
pub const FRAME_BYTES_MAX: usize = 8 << 20;
/// zstd window of a data frame, as a power of two: the memory that unpacking may ask for.
pub const FRAME_WINDOW_LOG_MAX: u32 = 23;
/// Payload of an SLID frame: at most 63 frontier hashes.
pub const SLID_BYTES_MAX: usize = 32 + 64 * 32;
/// Payload of an SLTL frame: fixed part and 4,096 leaf hashes.
pub const SLTL_BYTES_MAX: usize = 52 + 32 * FRAME_ENTRIES_MAX;
/// Payload of an SLCP frame: sixteen signatures fit many times.
pub const SLCP_BYTES_MAX: usize = 64 << 10;
/// Payload of an SLTS frame: a token with its certificate chain.
pub const SLTS_BYTES_MAX: usize = 64 << 10;
/// Payload of an SLIX frame: more than 600,000 data frames.
pub const SLIX_BYTES_MAX: usize = 64 << 20;
/// Data frames of one archive: 17 thousand million entries in full frames.
pub const FRAMES_MAX: usize = 1 << 22;
/// Checkpoint frames of one archive that are kept: one a minute for two years.
pub const CHECKPOINTS_MAX: usize = 1 << 20;
/// Bytes of all checkpoint notes of one archive that are kept.
pub const CHECKPOINT_BYTES_MAX: usize = 512 << 20;
/// Blocks of one data frame: enough for the largest frame in blocks of 1 KiB.
pub const FRAME_BLOCKS_MAX: u64 = 1 << 16;
/// Leaf indexes stay below this, so that sums never overflow.
pub const LEAF_INDEX_MAX: u64 = 1 << 62;
/// Damage records kept of one archive; what lies beyond is counted only.
pub const DAMAGE_MAX: usize = 10_000;
/// Bytes of a plain log that are read as one segment.
pub const PIECE_BYTES: usize = 4 << 20;
/// Bytes of a control line that are parsed; longer ones are log entries with damage.
pub const CONTROL_BYTES_MAX: usize = 64 << 10;
/// Input bytes looked at to recognise a format or a schema.
pub const SAMPLE_BYTES: usize = 256 << 10;
/// Files that a folder given as one input may hold.
pub const FOLDER_FILES_MAX: usize = 100_000;
/// Depth of folders followed.
pub const FOLDER_DEPTH_MAX: usize = 32;
/// Unpacked bytes of one compressed plain log: its copy has to fit the cache disk.
pub const UNPACKED_BYTES_MAX: u64 = 1 << 40;
/// How many times its stored size a compressed log may unpack to: real logs reach some hundreds.
pub const UNPACKED_RATIO_MAX: u64 = 1000;
/// Unpacked bytes that need no regard to the ratio: short inputs of one repeated line are no bomb.
pub const UNPACKED_BYTES_FREE: u64 = 64 << 20;
/// Window that a compressed plain log may ask for, as a power of two: what `zstd --long` makes.
pub const UNPACK_WINDOW_LOG_MAX: u32 = 27;
/// Stored bytes of one CloudTrail log file or Lake result that are read at once.
pub const LOG_STORED_BYTES_MAX: u64 = 64 << 20;
/// Unpacked bytes of one CloudTrail digest: more than 20,000 listed log files.
pub const DIGEST_BYTES_MAX: usize = 8 << 20;
/// Log files that all digests of a folder may list: some years of a busy organisation.
pub const LISTED_FILES_MAX: usize = 2_000_000;
/// Bytes of a file that holds a digest's metadata, or public keys.
pub const SIDECAR_BYTES_MAX: u64 = 4 << 20;
/// Files with keys that are read beside an archive.
pub const KEY_FILES_MAX: usize = 16;
/// Stored bytes of a journal that are read as one segment, but for a single larger object.
pub const JOURNAL_PIECE_BYTES: u64 = 2 << 20;
/// Entries of a journal that are read as one segment: what one worker holds.
pub const JOURNAL_PIECE_ENTRIES: u32 = 2048;
/// Rendered bytes of one segment of a journal; a field that many entries share counts each time.
pub const JOURNAL_TEXT_MAX: usize = 128 << 20;
/// Rendered fields of a journal that are kept while a segment is read.
pub const JOURNAL_MEMO_BYTES: usize = 32 << 20;
/// Seals of one journal file: one a minute for two years.
pub const JOURNAL_TAGS_MAX: usize = 1 << 20;
/// Header of a journal file: 272 bytes today.
pub const JOURNAL_HEADER_MAX: u64 = 4096;
/// Files of one family of journals.
pub const JOURNAL_FILES_MAX: usize = 4096;
/// Bytes of journals that are kept in memory for entries that share fields: one block is 64 KiB.
pub const JOURNAL_BLOCKS_MAX: usize = 1024;
/// Memory in KiB that unpacking one xz field may ask for: what `xz -9` needs.
pub const JOURNAL_XZ_KIB_MAX: u32 = 128 << 10;
