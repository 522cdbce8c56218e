//! The values that cross between the shell and the page, and nothing else.
//!
//! Invariants: 1. Text that comes from a log crosses only as [`Shown`], escaped by Rust, or inside
//! a value whose documentation says `raw`; the page puts both into text nodes and nowhere else.
//! 2. Times cross as decimal strings of nanoseconds ([`Ns`]), counts and places as numbers below
//! 2^53 ([`Whole`]), digests as lower-case hex. 3. Field names are camelCase, words of an
//! enumeration kebab-case. 4. `ui/src/backend/bindings/wire.ts` is made from these types by
//! `bindings.rs` here; a test fails when it is stale.
//!
//! Commands take their arguments under the names that `ui/src/backend/tauri.ts` uses: a command
//! with a request structure takes it as `request`.

mod archive;
#[cfg(test)]
mod bindings;
mod case;
mod entry;
mod error;
mod facets;
mod number;
mod proof;
mod query;
mod report;
mod rows;
mod shown;
mod timeline;
mod trust;
mod verdict;
mod verification;

pub use archive::{
    ArchiveStatus, CacheInfo, CheckProgress, IndexProgress, Ledger, Phase, Recent, Startup, Status,
    TimeFieldCandidate, VerdictSoFar,
};
pub use case::{
    CaseForm, CaseItem, CaseView, CiteAnswer, CiteRequest, CitedForm, CitedView, CustodyForm,
    DepositForm, FindingForm, IdentityForm, PersonForm, PrecisionWord, QueryForm, RedactForm,
    RoleWord, ScopeForm, SectionForm, SignatoryForm, TemplateWord,
};
pub use entry::{
    BytesRequest, EntryAt, EntryDetail, EntryField, EntryTimes, FieldKind, RawBytes, RequestStage,
};
pub use error::CommandError;
pub use facets::{Facet, FacetField, FacetRequest, FacetState, FacetValue};
pub use number::{Ns, Whole};
pub use proof::{
    ChainKind, ChainLink, ChainNode, ChainRequest, ProofRequest, ProofStep, ProofView,
};
pub use query::{
    Completion, CompletionOption, Diagnostic, Fix, Pill, QueryCheck, RelaxedQuery, SearchRequest,
    SearchState, Sort,
};
pub use report::{
    CheckedAnswer, CheckedLine, CheckedReport, CheckedWord, ControlChoice, DeclarationChoice,
    ExportForm, ExportedView, MadeReport, PreviewView, ReportChoices, ReportForm, ReportPhase,
    ReportRequest, ReportState, ReportTask, SectionChoice, SigningKey, TemplateChoice,
};
pub use rows::{
    Column, Copied, CopyFormat, CopyRequest, FieldInfo, GotoAnswer, Page, PageRequest,
    ProblemPlace, ProblemRequest, Row, RowFlags, RowGap,
};
pub use shown::{Chip, Run, Shown};
pub use timeline::{
    Bucket, ClockStep, Histogram, HistogramRequest, SealSpan, TimeGap, TimelineBreak, Zone,
    ZoneOffset,
};
pub use trust::{
    ChainProfileView, GivenKind, GivenView, TrustAddRequest, TrustPreview, TrustPreviewRequest,
};
pub use verdict::{SeverityWord, VerdictWord};
pub use verification::{
    ArchiveReport, AspectView, BreakPage, BreakRequest, BreakView, CheckRow, CheckState,
    CountsView, DamageView, EndView, ObservationView, OutsideView, RangeView, SignerView,
    VerdictCard, VerificationReport,
};
