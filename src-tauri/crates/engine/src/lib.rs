//! The one public interface: open, verify, search, page, prove.
//!
//! A [`Workspace`] holds the archives that are open together. [`Workspace::run`] makes the one pass
//! over each of them (see `ingest.rs`, which is the picture of the architecture in code); meanwhile
//! and afterwards [`Workspace::search`] answers questions, by the index where it is complete and by
//! scanning where it is not. Every row that leaves the engine was read and hashed again at that
//! moment.
//!
//! The engine has no clock and no terminal: times come in as arguments, progress and the wish to
//! stop are values ([`Progress`], [`Cancel`]).

pub mod cache;
mod chain;
mod clock;
mod columns;
mod compare;
mod copy;
pub mod explain;
mod export;
mod folder;
mod give_back;
mod given;
mod goto;
mod histogram;
mod info;
mod ingest;
mod keys;
mod ledger;
mod live_times;
mod memory;
mod open;
mod open_archive;
mod output_place;
mod outside;
mod places;
mod prefix;
mod progress;
mod proofs;
mod recent;
mod report;
mod report_check;
mod report_files;
mod rows;
mod scan;
mod seal;
mod sealed_places;
mod search;
mod search_job;
mod shifts;
mod stamp;
#[cfg(test)]
mod testing;
mod time_fields;
pub mod times;
mod trust_files;
mod trust_store;
mod workspace;

pub use chain::{CHAIN_AROUND_MAX, ChainCentre, ChainKind, ChainLink, ChainNode};
pub use clock::{CLOCK_STEPS_MAX, ClockStep};
pub use columns::{Column, FieldCount, cell, cell_text, columns, raw_column};
pub use compare::{CopiesCompared, compare_copies};
pub use copy::{COPY_BYTES_MAX, COPY_ROWS_MAX, Copied, CopyError, CopyForm};
pub use export::{ExportError, ExportReport, ExportRequest, HitObject};
pub use give_back::GiveBackError;
pub use given::{GivenError, GivenForRun, GivenItem, GivenKind};
pub use goto::{
    DIGEST_DIGITS_MIN, GotoAnswer, GotoContext, GotoError, GotoTarget, LeafSearch, parse_goto,
};
pub use histogram::{BucketOut, HistogramOut, bucket_for, verdict_slot};
pub use info::{ArchiveInfo, CheckpointInfo, GapInfo, SourceEnd, SourceInfo};
pub use keys::{
    KeyFileError, NewKey, Passphrase, is_exposed, keygen, load_signer, load_vkeys, needs_passphrase,
};
pub use ledger::Ledger;
pub use open::{EntrySettings, OpenFailure, SettingsError};
pub use open_archive::{LiveState, OpenArchive, Reading};
pub use outside::{OutsideFact, OutsideKind, outside_facts};
pub use places::Places;
pub use progress::{Cancel, Progress};
pub use proofs::{EntryProofView, ProofStep, shell_word, tlog_proof};
pub use recent::{RECENT_MAX, RecentArchive, forget_archive, recent_archives, remember_archive};
pub use report::{
    Build, EXHIBITS_MAX, FileHashes, HashedFile, ReportError, ReportRequest, build_of_this_program,
    hash_files, item_label, kept_query,
};
pub use report_check::{check_report, hold_against_archives};
pub use rows::{OwnedField, OwnedSpine, Row, RowError, RowPlace, ValueKind};
pub use scan::LISTED_HITS_MAX;
pub use seal::{
    Ending, SealError, SealInput, SealMode, SealReport, SealRequest, SealedSource, random_uuid,
    seal,
};
pub use sealscope_report::export::{ExportFile, ExportFormat};
pub use sealscope_shown as shown;
pub use sealscope_shown::{escape_bytes_for_terminal, escape_for_terminal};
pub use search::{FacetOut, RowPage, Search, SearchError, SearchSpec};
pub use search_job::{SearchJob, SearchProgress};
pub use stamp::{StampError, StampQuery, StampReport, add_stamp, stamp_query};
pub use time_fields::TimeFieldCandidate;
pub use trust_files::{Authority, RunTrust, TrustItem, load_trust, trust_for_this_run};
pub use trust_store::{StoredKey, StoredOther, TrustStoreError, TrustStoreFile};
pub use workspace::{OpenRequest, RunMode, RunOutcome, Workspace};

pub use sealscope_archive::chained_jsonl::{ChainProfile, ProfileOrigin};
pub use sealscope_archive::sealog::{
    Header, SourceForm, SourceName, SourceOutcome, SourceSink, safe_file_name,
};
pub use sealscope_archive::{ArchiveFormat, FORMATS, OpenError, ReadError, Watch};
pub use sealscope_case as case;
pub use sealscope_fields::{
    Class, SCHEMAS, Schema, Severity, Zone as EntryZone, by_name as schema_by_name,
};
pub use sealscope_index::{Context as SearchContext, Sort, ValueCount, query};
pub use sealscope_model as model;
pub use sealscope_proof::{Sha256Stream, Signer, VerifierKey};
pub use sealscope_report as documents;
pub use sealscope_report::check as checked;
pub use sealscope_verify::chained::{PROFILE_NOTE, profile_says};
pub use sealscope_verify::{
    Anchor, AnchorError, CheckpointStatement, Comparison, DIFFERENCES_MAX, Difference,
    DifferenceKind, GivenKey, HeldFinding, HeldKind, HeldState, Outside, TimestampFinding,
    TimestampState, TokenDetails, WitnessSummary,
};
pub use sealscope_verify::{
    EntryProof, OriginPattern, SealLink, SignerSummary, Summary, TrustStore, TrustedKey, grouped,
    trusted_origin_name,
};
