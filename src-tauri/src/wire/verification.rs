use super::{ChainProfileView, Ledger, VerdictWord, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the verification screen shows.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerificationReport {
    /// One per archive, in their order.
    pub archives: Vec<ArchiveReport>,
    /// Where every byte went.
    pub ledger: Ledger,
    /// The check is still going on; counts grow.
    pub running: bool,
}

/// The verdict of one archive with its grounds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveReport {
    /// Archive's number.
    pub id: u32,
    /// File or folder name, escaped.
    pub name: String,
    /// Format, such as `sealog`.
    pub format: String,
    /// Verdict; `unchecked` while incomplete.
    pub verdict: VerdictWord,
    /// Such as `Broken at entry 1,204`.
    pub title: String,
    /// One or more sentences.
    pub sentence: String,
    /// Base of the seals: `checksum`, `chain`, `keyed`, `signed`; empty for none.
    pub strength: String,
    /// Additions: `timestamped`, `witnessed`.
    pub also: Vec<String>,
    /// The end.
    pub tail: EndView,
    /// The beginning.
    pub head: EndView,
    /// When checked, as text in the display zone.
    pub checked_at_text: String,
    /// SHA-256 of the file, hex; empty where not computed.
    pub sha256: String,
    /// Whose keys.
    pub signers: Vec<SignerView>,
    /// Entries by verdict.
    pub counts: CountsView,
    /// The first 1,000 ranges.
    pub ranges: Vec<RangeView>,
    /// How many ranges there are.
    pub ranges_total: Whole,
    /// The first 500 breaks; further ones by the command `breaks`.
    pub breaks: Vec<BreakView>,
    /// How many breaks there are.
    pub breaks_total: Whole,
    /// Bytes that do not parse, the first 500.
    pub damage: Vec<DamageView>,
    /// How many pieces of damage there are.
    pub damage_total: Whole,
    /// Facts that are no seal failure, the first 500.
    pub observations: Vec<ObservationView>,
    /// How many observations there are.
    pub observations_total: Whole,
    /// Content, order, seal, signer, time, completeness.
    pub aspects: Vec<AspectView>,
    /// The checks performed.
    pub checks: Vec<CheckRow>,
    /// What the verdict means and what would prove more; `None` where breaks say it, or nothing is
    /// left to prove.
    pub card: Option<VerdictCard>,
    /// What is known from outside: timestamps, witnesses, what was seen before, anchors.
    pub outside: Vec<OutsideView>,
    /// How the digests of a chained log are made; `None` for other formats.
    pub profile: Option<ChainProfileView>,
    /// Remarks, such as what was given for this run only; escaped.
    pub notes: Vec<String>,
}

/// One thing known from outside, and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutsideView {
    /// Such as `Timestamp`, `Anchor you gave`.
    pub title: String,
    /// How it came out.
    pub state: CheckState,
    /// That in a word or two, such as `trusted`.
    pub worth: String,
    /// The fact on one line; escaped.
    pub line: String,
    /// More of it, in sentences; empty for nothing. Escaped.
    pub why: String,
}

/// What a verdict that is neither broken nor proven to both ends means.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerdictCard {
    /// What it can mean.
    pub can_mean: Vec<String>,
    /// What it does not tell.
    pub does_not_tell: Vec<String>,
    /// What to do next.
    pub next_step: String,
    /// Commands that collect what is missing; line breaks are kept.
    pub recipe: Option<String>,
    /// A key given for this run can change the verdict.
    pub wants_key: bool,
    /// An anchor given for this run can change it, or what it rests on.
    pub wants_anchor: bool,
}

/// Whether a cut at one end would show.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EndView {
    /// It would.
    pub anchored: bool,
    /// By what; empty when open.
    pub by: String,
    /// A sentence.
    pub says: String,
}

/// A key that signed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignerView {
    /// Key name, escaped.
    pub name: String,
    /// Key id, hex.
    pub key_id: String,
    /// SHA-256 of the public key, hex.
    pub fingerprint: String,
    /// Verifier key in the signed-note form, escaped.
    pub vkey: String,
    /// The examiner trusts it for this origin.
    pub trusted: bool,
    /// Origin of the log, escaped.
    pub origin: String,
    /// Checkpoints that it signed.
    pub checkpoints: Whole,
    /// Such as `trusted since 2026-01-02` or `found in the archive itself`.
    pub says: String,
}

/// Entries by verdict.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CountsView {
    /// Sum of the verdicts below.
    pub total: Whole,
    /// Control entries, beside the total.
    pub control: Whole,
    /// Intact.
    pub intact: Whole,
    /// Consistent.
    pub consistent: Whole,
    /// Unproven.
    pub unproven: Whole,
    /// Unsealed.
    pub unsealed: Whole,
    /// Broken.
    pub broken: Whole,
    /// Not looked at.
    pub unchecked: Whole,
}

/// Entries `from <= position < to` with one verdict.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RangeView {
    /// First position.
    pub from: Whole,
    /// One past the last.
    pub to: Whole,
    /// Their verdict.
    pub verdict: VerdictWord,
    /// Base of their seal; empty for none.
    pub strength: String,
}

/// Which breaks are wanted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakRequest {
    /// Archive's number.
    pub archive: u32,
    /// First break, from 0.
    pub first: Whole,
    /// How many, at most 500.
    pub count: u32,
}

/// Some of the breaks.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakPage {
    /// Number of the first.
    pub first: Whole,
    /// How many there are in all.
    pub total: Whole,
    /// The breaks.
    pub breaks: Vec<BreakView>,
}

/// One break, explained.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BreakView {
    /// Kind: `modified`, `removed`, …
    pub kind: String,
    /// Such as `12 entries missing after 1,206`.
    pub title: String,
    /// Sealed position of the first entry concerned.
    pub position: Whole,
    /// How many entries.
    pub count: Whole,
    /// Stored position, where it is another one.
    pub found: Option<Whole>,
    /// Stored position to show in the table; `None` where nothing is stored nearby.
    pub stored: Option<Whole>,
    /// What the seal says, hex.
    pub claimed: Option<String>,
    /// What the bytes give, hex.
    pub computed: Option<String>,
    /// The file, where the archive is several; escaped.
    pub file: Option<String>,
    /// Where in the file.
    pub offset_bytes: Option<Whole>,
    /// Exactly these entries; otherwise somewhere in the range.
    pub exact: bool,
    /// The fact in a sentence.
    pub sentence: String,
    /// What it can mean.
    pub can_mean: Vec<String>,
    /// What it does not tell.
    pub does_not_tell: Vec<String>,
    /// What to do next.
    pub next_step: String,
}

/// Bytes that do not parse.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DamageView {
    /// The file, where the archive is several; escaped.
    pub file: Option<String>,
    /// Where the bytes begin.
    pub offset_bytes: Whole,
    /// What was expected and found, in a sentence.
    pub reason: String,
}

/// A fact that is no seal failure.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObservationView {
    /// Kind: `clock-reversed`, …
    pub kind: String,
    /// Kind in words, such as `Clock went back`.
    pub title: String,
    /// The entry, where there is one.
    pub position: Option<Whole>,
    /// The fact in a sentence.
    pub says: String,
    /// What it can mean.
    pub can_mean: Vec<String>,
    /// What it does not tell.
    pub does_not_tell: Vec<String>,
    /// What to do next.
    pub next_step: String,
}

/// One of the six aspects.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AspectView {
    /// `Content`, `Order`, `Seal`, `Signer`, `Time`, `Completeness`.
    pub name: String,
    /// How it came out.
    pub state: CheckState,
    /// Why; empty where it is plainly ok.
    pub why: String,
}

/// One line of the table of checks.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckRow {
    /// Such as `Checkpoint signatures`.
    pub name: String,
    /// How it came out.
    pub state: CheckState,
    /// Such as `1 of 212`.
    pub result: String,
    /// Over what, such as `30,112,090 entries`.
    pub scope: String,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// It holds.
    Ok,
    /// It does not hold.
    Broken,
    /// There is nothing of the kind.
    Absent,
    /// What is needed to check is missing.
    NotCheckable,
}
