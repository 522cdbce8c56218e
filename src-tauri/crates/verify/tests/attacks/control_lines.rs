//! Control lines that contradict each other or the seals, signed by the right key: a writer's
//! fault, or a thief of the key.

use sealscope_archive::sealog::{Control, SourceForm};
use sealscope_model::BreakKind::{Inserted, Relinked, Removed};
use sealscope_model::Verdict;
use sealscope_testkit::sealog::{Cover, Made, Part, Plan, control_line, judge, our_signer};
use sealscope_verify::Summary;

use crate::support::{assert_clean, breaks, broken_at, made, verdicts};

/// Changes lines and seals everything anew with the right key, lines as they are.
fn sealed_with(change: impl FnOnce(&mut Made)) -> Summary {
    let mut made = Plan::new(3, 8).build();
    change(&mut made);
    made.seal_as_is(&our_signer());
    judge(&made.bytes())
}

fn replace(made: &mut Made, at: usize, line: &[u8]) {
    made.edit(Cover::Nothing, |lines| lines[at].1 = line.to_vec());
}

#[test]
fn sealing_anew_what_is_unchanged_changes_nothing() {
    assert_clean(&sealed_with(|_| {}));
}

#[test]
fn a_segment_line_that_names_another_checkpoint_or_none_is_relinked() {
    for line in [
        &b"no segment line"[..],
        b"{\"@sealog\":\"segment\",\"number\":1,\"time\":\"t\",\"previous\":null}",
    ] {
        let summary = sealed_with(|made| replace(made, 9, line));
        assert_eq!(summary.verdict, Verdict::Broken);
        // The checkpoint after it is another one too, so that the next link is right or wrong on
        // its own account.
        assert!(
            breaks(&summary).contains(&(Relinked, 9, 0, None, true)),
            "{summary:#?}"
        );
        assert_eq!(verdicts(&summary), [(0, 28, "intact")]);
    }
}

#[test]
fn a_segment_line_in_the_middle_of_a_segment_is_relinked() {
    let line = control_line(&Control::Segment {
        number: 1,
        time: "t".to_owned(),
        previous: Some("00".repeat(32)),
    });
    let summary = sealed_with(|made| replace(made, 4, &line));
    assert!(
        breaks(&summary).contains(&(Relinked, 4, 0, None, true)),
        "{summary:#?}"
    );
}

#[test]
fn a_second_header_is_named() {
    let header = made().lines()[0].clone();
    let summary = sealed_with(|made| replace(made, 5, &header));
    assert_eq!(breaks(&summary), [(Relinked, 5, 0, None, true)]);
}

#[test]
fn a_first_leaf_that_is_no_header_is_named() {
    let summary = sealed_with(|made| replace(made, 0, b"an entry"));
    assert_eq!(breaks(&summary), [(Removed, 0, 1, None, true)]);
    assert!(!summary.head.is_anchored());
}

#[test]
fn a_header_that_claims_another_start_archive_log_or_origin_is_named() {
    let header = String::from_utf8(made().lines()[0].clone()).expect("it is text");
    for (from, to) in [
        ("\"start\":0", "\"start\":8"),
        ("\"archive\":\"61", "\"archive\":\"62"),
        ("\"log\":\"74", "\"log\":\"75"),
        ("example.org/audit", "example.org/other"),
    ] {
        let claimed = header.replacen(from, to, 1);
        assert_ne!(claimed, header, "{from}");
        let summary = sealed_with(|made| replace(made, 0, claimed.as_bytes()));
        assert_eq!(
            breaks(&summary),
            [(Relinked, 0, 0, None, true)],
            "{from}: {summary:#?}"
        );
        assert!(!summary.head.is_anchored());
    }
}

#[test]
fn a_close_of_another_size_is_named() {
    let close = control_line(&Control::Close {
        size: 20,
        reason: "complete".to_owned(),
    });
    let summary = sealed_with(|made| replace(made, 27, &close));
    assert_eq!(breaks(&summary), [(Relinked, 27, 0, None, true)]);
    assert!(!summary.tail.is_anchored());
}

#[test]
fn entries_after_close_are_broken_sealed_or_not() {
    let close = control_line(&Control::Close {
        size: 26,
        reason: "complete".to_owned(),
    });
    let summary = sealed_with(|made| {
        replace(made, 27, b"an entry");
        replace(made, 25, &close);
    });
    assert_eq!(breaks(&summary), [(Inserted, 26, 2, Some(26), true)]);
    assert_eq!(broken_at(&summary), [26, 27]);
    assert!(!summary.tail.is_anchored());

    let mut late = made();
    late.parts.pop();
    let data = Part::Data(vec![b"late".to_vec()]);
    late.parts.push(data);
    let summary = judge(&late.bytes());
    assert_eq!(summary.verdict, Verdict::Broken);
    assert!(
        breaks(&summary).contains(&(Inserted, 28, 1, Some(28), true)),
        "{summary:#?}"
    );
    assert_eq!(verdicts(&summary), [(0, 28, "intact"), (28, 29, "broken")]);
    assert!(!summary.tail.is_anchored());
}

#[test]
fn what_follows_the_last_checkpoint_without_naming_it_is_named() {
    let mut plan = Plan::new(2, 8);
    (plan.close, plan.index) = (false, false);
    let mut made = plan.build();
    made.parts.push(Part::Data(vec![b"late".to_vec()]));
    let summary = judge(&made.bytes());
    assert_eq!(breaks(&summary), [(Relinked, 18, 0, None, true)]);
    assert_eq!(
        verdicts(&summary),
        [(0, 18, "intact"), (18, 19, "unsealed")]
    );
}

#[test]
fn a_source_that_counts_otherwise_is_observed() {
    let source = control_line(&Control::Source {
        name: "audit.log".to_owned(),
        modified: None,
        form: SourceForm::Plain,
    });
    for (stated, observations) in [(3, 0), (4, 1)] {
        let end = control_line(&Control::SourceEnd {
            bytes: 1,
            sha256: "00".repeat(32),
            bytes_raw: 1,
            sha256_raw: "00".repeat(32),
            entries: stated,
            ends_with_lf: true,
        });
        let summary = sealed_with(|made| {
            replace(made, 2, &source);
            replace(made, 6, &end);
        });
        assert_eq!(summary.verdict, Verdict::Intact);
        assert_eq!(summary.observations.len(), observations, "{summary:#?}");
    }
    let twice = sealed_with(|made| {
        replace(made, 2, &source);
        replace(made, 4, &source);
    });
    assert_eq!(twice.observations.len(), 2, "{twice:#?}");
}

#[test]
fn a_gap_declared_by_the_writer_is_observed_once_and_excuses_its_source() {
    let source = control_line(&Control::Source {
        name: "audit.log".to_owned(),
        modified: None,
        form: SourceForm::Plain,
    });
    let gap = control_line(&Control::Gap {
        reason: "queue full".to_owned(),
        count: Some(1),
    });
    let summary = sealed_with(|made| {
        replace(made, 2, &source);
        replace(made, 4, &gap);
    });
    assert_eq!(summary.verdict, Verdict::Intact);
    let says: Vec<_> = summary
        .observations
        .iter()
        .map(|one| one.says.as_str())
        .collect();
    assert_eq!(
        says,
        ["The writer says that 1 entry is missing here: \"queue full\"."]
    );
}

#[test]
fn what_begins_like_a_control_line_and_is_none_is_an_entry_and_damage() {
    for line in [
        &b"{\"@sealog\":\"unknown\"}"[..],
        b"{\"@sealog\":",
        b"{\"@sealog\":\"close\"} x",
        b"{\"@sealog\":[\"gap\"]}",
        b"{\"@sealog\":\"gap\xff\"}",
        b"{\"@sealog\":\"line\",\"b64\":\"aGk=\"}",
        b"{\"@sealog\":\"line\",\"b64\":\"eyJAc2VhbG9nIjoxfQ\"}",
    ] {
        let summary = sealed_with(|made| replace(made, 5, line));
        assert_eq!(summary.verdict, Verdict::Intact);
        assert_eq!(summary.entries.total, 24);
        assert_eq!(summary.damage.len(), 1, "{}", line.escape_ascii());
    }
    let enveloped = b"{\"@sealog\":\"line\",\"b64\":\"eyJAc2VhbG9nIjoxfQ==\"}";
    let summary = sealed_with(|made| replace(made, 5, enveloped));
    assert_clean(&summary);
    assert_eq!(summary.entries.total, 24);
}
