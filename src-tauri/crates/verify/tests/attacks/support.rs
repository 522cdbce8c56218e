use sealscope_model::{BreakKind, Verdict};
use sealscope_testkit::sealog::{Made, Plan};
use sealscope_verify::Summary;

/// Leaves of [`made`].
pub const LEAVES: usize = 28;

/// Three segments of eight entries.
pub fn made() -> Made {
    Plan::new(3, 8).build()
}

/// Without SLIX: nothing but leaf lists helps.
pub fn made_without_index() -> Made {
    let mut plan = Plan::new(3, 8);
    plan.index = false;
    plan.build()
}

/// A break in short: kind, sealed index, count, stored index, exact.
pub type Short = (BreakKind, u64, u64, Option<u64>, bool);

pub fn breaks(summary: &Summary) -> Vec<Short> {
    let breaks = summary.breaks.iter();
    breaks
        .map(|found| {
            (
                found.kind,
                found.position,
                found.count,
                found.found,
                found.exact,
            )
        })
        .collect()
}

pub fn kinds(summary: &Summary) -> Vec<BreakKind> {
    summary.breaks.iter().map(|found| found.kind).collect()
}

/// Verdicts of the stored lines, in words.
pub fn verdicts(summary: &Summary) -> Vec<(u64, u64, &'static str)> {
    let ranges = summary.ranges.as_slice().iter();
    ranges
        .map(|range| {
            let word = range.verdict.map_or("unchecked", Verdict::word);
            (range.from, range.to, word)
        })
        .collect()
}

/// Stored positions that are broken.
pub fn broken_at(summary: &Summary) -> Vec<u64> {
    let ranges = summary.ranges.as_slice().iter();
    ranges
        .filter(|range| range.verdict == Some(Verdict::Broken))
        .flat_map(|range| range.from..range.to)
        .collect()
}

/// Stored positions that are intact.
pub fn intact_count(summary: &Summary) -> u64 {
    let ranges = summary.ranges.as_slice().iter();
    ranges
        .filter(|range| range.verdict == Some(Verdict::Intact))
        .map(|range| range.to - range.from)
        .sum()
}

pub fn damage(summary: &Summary) -> Vec<&str> {
    summary
        .damage
        .iter()
        .map(|one| one.reason.as_str())
        .collect()
}

/// Nothing at all was found.
#[track_caller]
pub fn assert_clean(summary: &Summary) {
    assert_eq!(summary.verdict, Verdict::Intact, "{summary:#?}");
    assert_eq!(breaks(summary), []);
    assert_eq!(damage(summary), [""; 0]);
    assert_eq!(summary.observations, []);
}
