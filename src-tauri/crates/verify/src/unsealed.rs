//! The verdict of a plain log: nothing seals it, and that is what is said.

use sealscope_model::{
    Aspect, AspectState, Aspects, Damage, End, EntryCounts, Strength, Verdict, VerdictRanges,
};

use crate::check::SegmentFindings;
use crate::summary::Summary;

/// Judges a plain log. `outside` is damage that belongs to no segment; `is_partial` says that the
/// findings end before the log does.
#[must_use]
pub fn judge_unsealed(
    findings: &[SegmentFindings],
    outside: &[Damage],
    is_partial: bool,
) -> Summary {
    let total: u64 = findings.iter().map(|found| found.log_entries).sum();
    let mut entries = EntryCounts::default();
    entries.add(Some(Verdict::Unsealed), total);
    let mut ranges = VerdictRanges::default();
    ranges.push(0, total, Some(Verdict::Unsealed), Strength::NONE);
    let mut damage = outside.to_vec();
    damage.extend(
        findings
            .iter()
            .flat_map(|found| found.damage.iter().cloned()),
    );
    damage.sort_by_key(|one| one.offset_bytes);
    let absent = || Aspect::because(AspectState::Absent, "This source has no seals.");
    let mut says =
        "This source has no seals. It can be searched, but not checked for changes.".to_owned();
    if is_partial {
        says.push_str(" Not all of it was looked at.");
    }
    Summary {
        verdict: Verdict::Unsealed,
        strength: Strength::NONE,
        head: End::Open,
        tail: End::Open,
        says,
        entries,
        ranges,
        breaks: Vec::new(),
        damage,
        observations: Vec::new(),
        aspects: Aspects {
            content: absent(),
            order: absent(),
            seal: absent(),
            signer: absent(),
            time: absent(),
            completeness: absent(),
        },
        signers: Vec::new(),
        origin: None,
        checkpoints_held: 0,
        checkpoints: 0,
        links: Vec::new(),
        outside: crate::outside::Outside::default(),
        notes: Vec::new(),
    }
}
