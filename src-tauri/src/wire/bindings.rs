//! Writes the types of this folder as TypeScript.
//!
//! `SEALSCOPE_WRITE_BINDINGS=1 cargo test -p sealscope-desktop bindings` writes the file anew.

use super::*;
use std::{fs, path::PathBuf};
use ts_rs::{Config, TS};

/// Declarations of the listed types, in order.
macro_rules! declarations {
    ($config:expr, $($type:ty),* $(,)?) => {
        vec![$(declaration::<$type>($config)),*]
    };
}

/// One type with its documentation.
fn declaration<T: TS>(config: &Config) -> String {
    format!(
        "{}export {}",
        T::docs().unwrap_or_default(),
        T::decl(config)
    )
}

/// The whole file, ready to be written.
fn bindings() -> String {
    let config = Config::new().with_large_int("number");
    let groups: [fn(&Config) -> Vec<String>; 7] = [
        status_types,
        search_types,
        timeline_types,
        entry_types,
        verification_types,
        case_types,
        report_types,
    ];
    let types: Vec<String> = groups.iter().flat_map(|group| group(&config)).collect();
    let head = "// Made from src-tauri/src/wire by its own test. Do not edit.\n\n";
    let body = types.join("\n\n");
    // The generator leaves blanks at the ends of lines.
    let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
    format!("{head}{}\n", lines.join("\n"))
}

/// What the page asks while archives are opened and checked.
fn status_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        Whole,
        Ns,
        CommandError,
        Chip,
        Run,
        Shown,
        VerdictWord,
        SeverityWord,
        Startup,
        Recent,
        Phase,
        Status,
        ArchiveStatus,
        CheckProgress,
        IndexProgress,
        VerdictSoFar,
        Ledger,
        TimeFieldCandidate,
        CacheInfo
    )
}

/// Queries, searches, rows and facets.
fn search_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        QueryCheck,
        Diagnostic,
        Fix,
        Pill,
        Completion,
        CompletionOption,
        SearchRequest,
        Sort,
        SearchState,
        RelaxedQuery,
        Column,
        FieldInfo,
        PageRequest,
        Page,
        Row,
        RowFlags,
        RowGap,
        GotoAnswer,
        ProblemRequest,
        ProblemPlace,
        CopyRequest,
        CopyFormat,
        Copied,
        FacetField,
        FacetRequest,
        Facet,
        FacetState,
        FacetValue
    )
}

/// The histogram and its seal lane.
fn timeline_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        Zone,
        HistogramRequest,
        Histogram,
        Bucket,
        TimeGap,
        SealSpan,
        TimelineBreak,
        ClockStep,
        ZoneOffset
    )
}

/// One entry with its proof.
fn entry_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        EntryAt,
        EntryDetail,
        EntryField,
        FieldKind,
        EntryTimes,
        RequestStage,
        BytesRequest,
        RawBytes,
        ProofRequest,
        ProofView,
        ProofStep,
        ChainRequest,
        ChainNode,
        ChainKind,
        ChainLink
    )
}

/// The verification screen and trusting a key.
fn verification_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        VerificationReport,
        ArchiveReport,
        EndView,
        SignerView,
        CountsView,
        RangeView,
        BreakRequest,
        BreakPage,
        BreakView,
        DamageView,
        ObservationView,
        AspectView,
        CheckRow,
        CheckState,
        TrustPreviewRequest,
        GivenKind,
        GivenView,
        ChainProfileView,
        OutsideView,
        VerdictCard,
        TrustPreview,
        TrustAddRequest
    )
}

/// What the examiner writes.
fn case_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        TemplateWord,
        PrecisionWord,
        RoleWord,
        IdentityForm,
        PersonForm,
        ScopeForm,
        DepositForm,
        CustodyForm,
        QueryForm,
        CitedForm,
        FindingForm,
        RedactForm,
        SignatoryForm,
        SectionForm,
        CaseForm,
        CaseView,
        CaseItem,
        CitedView,
        CiteRequest,
        CiteAnswer
    )
}

/// Making and checking reports.
fn report_types(config: &Config) -> Vec<String> {
    declarations!(
        config,
        ReportChoices,
        SectionChoice,
        TemplateChoice,
        DeclarationChoice,
        ControlChoice,
        ReportForm,
        ReportTask,
        ReportRequest,
        ReportPhase,
        ReportState,
        PreviewView,
        MadeReport,
        CheckedWord,
        CheckedAnswer,
        CheckedReport,
        CheckedLine,
        ExportForm,
        ExportedView,
        SigningKey
    )
}

#[test]
fn the_bindings_of_the_page_are_fresh() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("../ui/src/backend/bindings/wire.ts");
    let fresh = bindings();
    if std::env::var_os("SEALSCOPE_WRITE_BINDINGS").is_some() {
        fs::write(&file, &fresh).expect("the bindings folder can be written");
    }
    let stored = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        stored == fresh,
        "ui/src/backend/bindings/wire.ts is stale; see wire/bindings.rs"
    );
}
