use super::{Ns, VerdictWord, Whole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The zone in which times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// Coordinated universal time.
    Utc,
    /// The zone of this computer.
    Local,
    /// The zone that each entry states.
    Source,
}

/// Which histogram is wanted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistogramRequest {
    /// The search.
    pub search_id: Whole,
    /// Begin of the view; `None` for the first hit.
    #[ts(optional)]
    pub from_ns: Option<Ns>,
    /// End of the view; `None` for after the last hit.
    #[ts(optional)]
    pub to_ns: Option<Ns>,
    /// At most so many buckets, up to 600.
    pub max_buckets: u32,
}

/// Hits over time. Buckets without hits may be left out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    /// Generation of the search.
    pub generation: Whole,
    /// Begin of the view.
    pub from_ns: Ns,
    /// End of the view, half-open.
    pub to_ns: Ns,
    /// First hit of the whole search; equals `to_all_ns` where no hit is dated.
    pub from_all_ns: Ns,
    /// One past the last hit of the whole search.
    pub to_all_ns: Ns,
    /// Width of a bucket in nanoseconds, from a ladder of round widths.
    pub bucket_ns: Ns,
    /// Width in words, such as `5 min`.
    pub bucket_text: String,
    /// In order of time.
    pub buckets: Vec<Bucket>,
    /// Dated hits in the view.
    pub dated: Whole,
    /// Hits without a time, in the whole search.
    pub undated: Whole,
    /// Every entry was counted; otherwise more may come.
    pub exact: bool,
    /// Time without entries, and entries that are missing.
    pub gaps: Vec<TimeGap>,
    /// The verdicts along time, placed by entry order; at most 600.
    pub seal_lane: Vec<SealSpan>,
    /// The breaks in the view, gathered per bucket; at most 600.
    pub breaks: Vec<TimelineBreak>,
    /// Where the clock went back; the largest 100.
    pub clock_steps: Vec<ClockStep>,
    /// Offsets of the display zone from UTC in and around the view, in order of time, at least
    /// one; the page writes times of this chart with them and knows no zones of its own.
    pub zone_offsets: Vec<ZoneOffset>,
    /// The time up to which entries are indexed; what lies after is hatched. `None` when complete.
    pub indexed_to_ns: Option<Ns>,
}

/// The display zone's offset from one moment on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ZoneOffset {
    /// From this moment on; the first one also holds before.
    pub from_ns: Ns,
    /// Seconds east of UTC; 0 where the display zone is that of each source.
    pub seconds: i32,
}

/// The hits of one stretch of time.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// Where it begins.
    pub start_ns: Ns,
    /// Hits.
    pub count: Whole,
    /// Hits by verdict: intact, consistent, unproven, unsealed, broken, unchecked.
    pub by_verdict: [Whole; 6],
    /// Hits by severity: critical, error, warning, info, debug, none.
    pub by_severity: [Whole; 6],
}

/// A stretch of time without entries.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimeGap {
    /// Where it begins.
    pub from_ns: Ns,
    /// Where it ends.
    pub to_ns: Ns,
    /// How many sealed entries are missing there; 0 for plain silence.
    pub missing: Whole,
}

/// A stretch of the seal lane with one verdict.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SealSpan {
    /// Where it begins.
    pub from_ns: Ns,
    /// Where it ends.
    pub to_ns: Ns,
    /// Its worst verdict, except that breaks are drawn as marks.
    pub verdict: VerdictWord,
}

/// One or several breaks at one place of the timeline.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineBreak {
    /// Where to draw it.
    pub time_ns: Ns,
    /// Archive's number.
    pub archive: u32,
    /// Stored position of the first.
    pub position: Whole,
    /// How many are gathered here.
    pub count: Whole,
    /// What it is, such as `Broken at entry 1,204`.
    pub label: String,
}

/// A place where the clock went back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClockStep {
    /// The earlier time that follows.
    pub time_ns: Ns,
    /// Position of the entry that is earlier than the one before.
    pub position: Whole,
    /// Archive's number.
    pub archive: u32,
    /// What it is, such as `clock went back 00:03:12`.
    pub label: String,
}
