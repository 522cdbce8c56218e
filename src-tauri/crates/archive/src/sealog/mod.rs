//! The native format: a range of one transparency log in an ordinary multi-frame zstd file.
//!
//! The page `src-tauri/docs/sealog.md` is the specification. *Covered by the seals:* the bytes of
//! every line and their order, through RFC 6962 roots in signed checkpoints. *Not covered:* SLID
//! and SLIX (hints that a root proves), the form in which frames are compressed, and lines after
//! the last checkpoint. *Strength:* signed. Fixtures are made by the writer in this folder.

mod control;
mod layout;
mod reader;
mod sources;
mod structure;
mod walk;
mod writer;
mod zstd_frame;

pub use control::{Control, Header, Line, SourceForm};
pub use layout::{Identity, IndexRow, LeafList, timestamp_frame};
pub use reader::{Sealog, SealogArchive};
pub use sources::{SourceBytes, SourceName, SourceOutcome, SourceSink, safe_file_name};
pub use structure::{CheckpointFrame, DataFrame, ListPlace, SealogStructure, TimestampFrame};
pub use writer::{
    Beginning, CHECKPOINT_ENTRIES, CHECKPOINT_NS, Committer, FrameDraft, INTERRUPTED, LogState,
    NewArchive, Now, PackedFrame, Packer, SealogOutput, SealogWriter, SourceTotals, StateError,
    Step, TakeSteps, WriteError, WriteSummary, WriterSettings, is_barely_begun, rfc3339,
};
