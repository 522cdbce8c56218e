//! A medium that fails is no sign of a change, and no reason to vouch for what nobody saw.

use sealscope_model::Verdict;
use sealscope_testkit::sealog::{Plan, findings_of, open, our_signer, trust_in};
use sealscope_verify::{SegmentFindings, judge_sealog};

#[test]
fn whichever_segment_cannot_be_read_nothing_is_called_removed_and_the_whole_is_not_intact() {
    for (has_lists, has_index) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut plan = Plan::new(3, 8);
        plan.leaf_lists = has_lists;
        plan.index = has_index;
        let archive = open(&plan.build().bytes()).expect("it opens");
        let trust = trust_in(our_signer().verifier());
        let whole = findings_of(&archive);
        assert_eq!(
            judge_sealog(&archive, &whole, &trust).verdict,
            Verdict::Intact
        );
        for lost in 0..whole.len() {
            let mut findings = whole.clone();
            let (first, at) = (whole[lost].range.begin(), whole[lost].offset_bytes);
            findings[lost] = SegmentFindings::unreadable(lost, first, at, "bad sector".to_owned());
            let summary = judge_sealog(&archive, &findings, &trust);
            assert!(summary.breaks.is_empty(), "{lost}: {:?}", summary.breaks);
            assert!(summary.verdict >= Verdict::Unproven, "{lost}");
            assert_ne!(summary.verdict, Verdict::Broken, "{lost}");
            assert!(!summary.tail.is_anchored(), "{lost}");
            assert!(summary.damage.iter().any(|one| one.reason == "bad sector"));
            let before = summary.ranges.end().min(first);
            let is_vouched =
                |position| summary.ranges.verdict_at(position) == Some(Verdict::Intact);
            assert!(
                (first..summary.ranges.end()).all(|at| !is_vouched(at)),
                "{lost} {before}"
            );
        }
    }
}
