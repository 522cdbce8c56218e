//! The histogram with its seal lane.

use std::sync::Arc;

use sealscope_engine::model::Verdict;
use sealscope_engine::times::{Zone, clock_text, width_text};
use sealscope_engine::{HistogramOut, OpenArchive, RowPlace, Search, Workspace, grouped};
use tauri::State;

use super::rows::answer_of;
use crate::encode;
use crate::error::{Answer, search_failed};
use crate::session::Session;
use crate::wire::{
    Bucket, ClockStep, Histogram, HistogramRequest, Ns, SealSpan, TimeGap, TimelineBreak,
    VerdictWord, ZoneOffset,
};

type Here<'a> = State<'a, Arc<Session>>;

/// Buckets at most: one for every two pixels of a wide screen.
const BUCKETS_MAX: usize = 2000;
/// Breaks marked at most; the verification screen lists all.
const MARKS_MAX: usize = 200;

/// Counts of hits by time.
#[tauri::command]
pub async fn histogram(session: Here<'_>, request: HistogramRequest) -> Answer<Histogram> {
    let workspace = session.workspace()?;
    let search = answer_of(&session, request.search_id.get())?;
    let most = (request.max_buckets as usize).clamp(1, BUCKETS_MAX);
    let (from, to) = (request.from_ns.map(|ns| ns.0), request.to_ns.map(|ns| ns.0));
    let counted = search
        .histogram(from, to, most)
        .map_err(|error| search_failed(&error))?;
    let by_severity = search
        .by_severity(&counted)
        .map_err(|error| search_failed(&error))?;
    let zone = session.state().zone;
    Ok(encoded(&workspace, &search, &counted, &by_severity, zone))
}

fn encoded(
    workspace: &Workspace,
    search: &Search,
    counted: &HistogramOut,
    by_severity: &[[u64; 6]],
    zone: Zone,
) -> Histogram {
    let all = search.times().unwrap_or((0, 0));
    let end = counted.buckets.last().map_or(counted.from_ns, |last| {
        last.start_ns.saturating_add(counted.bucket_ns)
    });
    let buckets = counted
        .buckets
        .iter()
        .zip(by_severity)
        .map(|(bucket, severity)| Bucket {
            start_ns: Ns(bucket.start_ns),
            count: bucket.count.into(),
            by_verdict: bucket.by_verdict.map(Into::into),
            by_severity: severity.map(Into::into),
        });
    let dated = search.count().saturating_sub(counted.undated);
    Histogram {
        generation: workspace.generation().into(),
        from_ns: Ns(counted.from_ns),
        to_ns: Ns(end),
        from_all_ns: Ns(all.0),
        to_all_ns: Ns(all.1.saturating_add(1)),
        bucket_ns: Ns(counted.bucket_ns),
        bucket_text: width_text(u64::try_from(counted.bucket_ns).unwrap_or(0)),
        buckets: buckets.collect(),
        dated: dated.into(),
        undated: counted.undated.into(),
        exact: search.is_exact(),
        gaps: gaps(workspace, counted.from_ns, end),
        seal_lane: seal_lane(counted),
        breaks: breaks(workspace, counted.from_ns, end),
        clock_steps: clock_steps(workspace, counted.from_ns, end),
        zone_offsets: zone_offsets(zone, counted.from_ns, end),
        indexed_to_ns: None,
    }
}

fn zone_offsets(zone: Zone, from_ns: i64, to_ns: i64) -> Vec<ZoneOffset> {
    zone.offsets_between(from_ns, to_ns)
        .into_iter()
        .map(|(from, seconds)| ZoneOffset {
            from_ns: Ns(from),
            seconds,
        })
        .collect()
}

/// Runs of buckets that share their worst verdict.
fn seal_lane(counted: &HistogramOut) -> Vec<SealSpan> {
    let mut lane: Vec<SealSpan> = Vec::new();
    for bucket in counted.buckets.iter().filter(|bucket| bucket.count > 0) {
        let end = Ns(bucket.start_ns.saturating_add(counted.bucket_ns));
        let verdict = worst(&bucket.by_verdict);
        match lane.last_mut() {
            Some(last) if last.verdict == verdict => last.to_ns = end,
            _ => lane.push(SealSpan {
                from_ns: Ns(bucket.start_ns),
                to_ns: end,
                verdict,
            }),
        }
    }
    lane
}

fn worst(by_verdict: &[u64; 6]) -> VerdictWord {
    let unchecked = by_verdict.last().is_some_and(|count| *count > 0);
    let found = Verdict::ALL
        .into_iter()
        .zip(by_verdict)
        .rev()
        .find(|(_, count)| **count > 0)
        .map(|(verdict, _)| verdict);
    match found {
        Some(Verdict::Broken) => VerdictWord::Broken,
        _ if unchecked => VerdictWord::Unchecked,
        verdict => encode::verdict(verdict),
    }
}

/// Breaks by the time of the entry at which they show.
fn breaks(workspace: &Workspace, from_ns: i64, to_ns: i64) -> Vec<TimelineBreak> {
    let mut marks = Vec::new();
    for archive in workspace.archives() {
        let Some(summary) = archive.summary() else {
            continue;
        };
        for found in summary.breaks.iter().take(MARKS_MAX) {
            let stored = workspace.place_of_break(archive.id(), found);
            let Some(stored) = stored else { continue };
            let Some(time) = time_near(workspace, archive, stored) else {
                continue;
            };
            if (from_ns..to_ns).contains(&time) {
                marks.push(TimelineBreak {
                    time_ns: Ns(time),
                    archive: u32::try_from(archive.id()).unwrap_or(u32::MAX),
                    position: stored.into(),
                    count: found.count.into(),
                    label: encode::escaped(&found.says),
                });
            }
        }
    }
    marks
}

/// Where sealed entries are missing, from the time before them to the time after.
fn gaps(workspace: &Workspace, from_ns: i64, to_ns: i64) -> Vec<TimeGap> {
    let mut gaps = Vec::new();
    for archive in workspace.archives() {
        for (_, stored, missing) in archive.missing_runs().into_iter().take(MARKS_MAX) {
            let before = stored
                .checked_sub(1)
                .and_then(|position| time_near(workspace, archive, position));
            let after = time_near(workspace, archive, stored);
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            let (begin, end) = (before.min(after), before.max(after));
            if begin < to_ns && from_ns <= end {
                gaps.push(TimeGap {
                    from_ns: Ns(begin),
                    to_ns: Ns(end),
                    missing: missing.into(),
                });
            }
        }
    }
    gaps
}

fn clock_steps(workspace: &Workspace, from_ns: i64, to_ns: i64) -> Vec<ClockStep> {
    let steps = workspace.clock_steps();
    let within = steps
        .iter()
        .filter(|step| (from_ns..to_ns).contains(&step.time_ns));
    within
        .take(MARKS_MAX)
        .map(|step| ClockStep {
            time_ns: Ns(step.time_ns),
            position: step.position.into(),
            archive: u32::try_from(step.archive).unwrap_or(u32::MAX),
            label: format!(
                "The clock went back {} at entry {}.",
                clock_text(u64::try_from(step.back_ns).unwrap_or(0)),
                grouped(step.position)
            ),
        })
        .collect()
}

/// The time of the entry at a position, or of one close by.
fn time_near(workspace: &Workspace, archive: &OpenArchive, position: u64) -> Option<i64> {
    let near = [
        position,
        position.saturating_sub(1),
        position + 1,
        position.saturating_sub(2),
    ];
    near.into_iter().find_map(|position| {
        let place = RowPlace {
            archive: archive.id(),
            position,
            record: 0,
        };
        workspace.row(place).ok()?.spine.time.map(|time| time.ns)
    })
}
