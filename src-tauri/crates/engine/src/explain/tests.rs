use sealscope_model::Strength;
use sealscope_verify::SignerSummary;

use super::*;
use crate::testing::summary;

const OBSERVATIONS: [ObservationKind; 12] = [
    ObservationKind::ClockReversed,
    ObservationKind::RenamedFile,
    ObservationKind::SequenceGap,
    ObservationKind::Silence,
    ObservationKind::LongerStateKnown,
    ObservationKind::UnlistedFile,
    ObservationKind::BadTimestamp,
    ObservationKind::KeyBesideEvidence,
    ObservationKind::KeyOutOfTime,
    ObservationKind::SchemaGuessed,
    ObservationKind::Uncovered,
    ObservationKind::ZoneInferred,
];

/// Every finding that there can be, in every shape.
fn all_findings() -> Vec<Explanation> {
    let mut all = Vec::new();
    for (kind, format) in BreakKind::ALL
        .into_iter()
        .flat_map(|kind| Sealing::ALL.map(|format| (kind, format)))
    {
        for exact in [true, false] {
            for (position, count) in [(0, 0), (0, 1), (1204, 1), (1204, 12), (u64::MAX, u64::MAX)] {
                let mut found = Break::new(kind, position, count, "A fact");
                found.exact = exact;
                all.push(explain_break(&found, format));
                for file in [
                    "AWSLogs/1/CloudTrail-Digest/x.gz",
                    "AWSLogs/1/CloudTrail/x.gz",
                ] {
                    found.file = Some(file.to_owned());
                    all.push(explain_break(&found, format));
                }
            }
        }
    }
    for kind in OBSERVATIONS {
        let seen = Observation {
            kind,
            position: None,
            says: "A fact.".to_owned(),
        };
        all.extend(Sealing::ALL.map(|format| explain_observation(&seen, format)));
    }
    all.push(explain_damage(&Damage::at(5, "the frame ends early")));
    let verdicts = every_verdict().into_iter();
    all.extend(verdicts.filter_map(|(one, format)| Some(explain_verdict(&one, format)?.words)));
    all
}

/// Archives of each verdict in each format, sealed and not.
fn every_verdict() -> Vec<(Summary, &'static str)> {
    let mut all = Vec::new();
    for format in Sealing::ALL {
        for verdict in Verdict::ALL {
            for strength in [Strength::NONE, Strength::SIGNED] {
                let mut one = summary(verdict);
                one.strength = strength;
                one.says = "A finding.".to_owned();
                all.push((one, format));
            }
        }
    }
    all
}

#[test]
fn every_finding_is_explained_in_full() {
    for one in all_findings() {
        assert!(
            !one.title.is_empty() && !one.title.ends_with('.'),
            "{one:?}"
        );
        assert!(
            one.title.starts_with(char::is_uppercase)
                || one.title.starts_with(|c: char| c.is_ascii_digit())
        );
        assert!(
            one.sentence.ends_with('.') && one.next_step.ends_with('.'),
            "{one:?}"
        );
        assert!(
            !one.can_mean.is_empty() && !one.does_not_tell.is_empty(),
            "{one:?}"
        );
        for reason in one.can_mean.iter().chain(one.does_not_tell) {
            assert!(
                reason.starts_with(char::is_lowercase) && !reason.ends_with('.'),
                "{reason}"
            );
        }
    }
}

#[test]
fn no_finding_uses_a_word_that_concludes_or_promises() {
    let forbidden = [
        "tamper",
        "secure",
        "safe",
        "guarantee",
        "100 %",
        "100%",
        "hacked",
        "forged",
    ];
    let mut texts = Vec::new();
    for one in all_findings() {
        texts.extend([one.title, one.sentence, one.next_step.to_owned()]);
        texts.extend(
            one.can_mean
                .iter()
                .chain(one.does_not_tell)
                .map(|&text| text.to_owned()),
        );
    }
    for verdict in Verdict::ALL.into_iter().map(Some).chain([None]) {
        texts.push(verdict_title(verdict).to_owned());
        let words = explain_entry(verdict, None, None, "sealog");
        texts.extend([words.headline, words.sentence]);
    }
    for text in texts {
        let lower = text.to_lowercase();
        assert!(!forbidden.iter().any(|word| lower.contains(word)), "{text}");
    }
}

#[test]
fn titles_name_kind_and_place() {
    let title = |kind, position, count, found: Option<u64>, exact| {
        let mut one = Break::new(kind, position, count, "");
        (one.found, one.exact) = (found, exact);
        explain_break(&one, "sealog").title
    };
    use BreakKind::{Duplicated, Inserted, Modified, Moved, Removed};
    for (got, wanted) in [
        (
            title(Modified, 1204, 1, Some(1204), true),
            "Broken at entry 1,204",
        ),
        (
            title(Modified, 4096, 4096, None, false),
            "Broken between 4,096 and 8,191",
        ),
        (
            title(Removed, 1207, 12, None, true),
            "12 entries missing after 1,206",
        ),
        (
            title(Removed, 0, 3, None, true),
            "3 entries missing at the beginning",
        ),
        (
            title(Inserted, 30, 2, Some(31), true),
            "2 entries added at 31",
        ),
        (title(Moved, 5, 1, Some(9), true), "Entry 5 stands at 9"),
        (
            title(Duplicated, 5, 1, Some(9), true),
            "Entry 5 is repeated at 9",
        ),
    ] {
        assert_eq!(got, wanted);
    }
}

#[test]
fn an_archive_is_headed_by_its_first_break_or_by_how_far_it_is_intact() {
    let mut broken = summary(Verdict::Broken);
    broken.breaks.push(Break::new(
        BreakKind::Modified,
        1204,
        1,
        "Entry 1204 does not match.",
    ));
    assert_eq!(archive_title(&broken, "sealog"), "Broken at entry 1,204");
    let mut open = summary(Verdict::Unsealed);
    open.ranges
        .push(0, 9_999_989, Some(Verdict::Intact), Strength::SIGNED);
    open.ranges.push(
        9_999_989,
        10_000_001,
        Some(Verdict::Unsealed),
        Strength::NONE,
    );
    assert_eq!(archive_title(&open, "sealog"), "Intact to entry 9,999,988");
    assert_eq!(
        archive_title(&summary(Verdict::Unsealed), "sealog"),
        "Unsealed"
    );
    let mut strange = summary(Verdict::Unproven);
    assert_eq!(archive_title(&strange, "sealog"), "Could not be proven");
    strange.signers.push(SignerSummary {
        name: "acme".to_owned(),
        key_id: "9f3a00c1".to_owned(),
        is_trusted: false,
        checkpoints: 1,
        claimed_vkey: None,
    });
    assert_eq!(
        archive_title(&strange, "sealog"),
        "Signed by a key you have not trusted"
    );
    let mut partial = summary(Verdict::Intact);
    partial.entries.unchecked = 5;
    assert_eq!(archive_title(&partial, "sealog"), "Checked in part");
}

#[test]
fn a_broken_entry_says_how_it_is_broken() {
    let say = |kind, exact| {
        let mut found = Break::new(kind, 4096, 4096, "The log has two histories");
        found.exact = exact;
        explain_entry(Some(Verdict::Broken), Some(&found), None, "sealog").sentence
    };
    assert!(say(BreakKind::Modified, true).contains("content does not match its seal"));
    assert!(say(BreakKind::Modified, false).contains("4,096 to 8,191"));
    assert!(say(BreakKind::Inserted, true).contains("never sealed"));
    assert!(say(BreakKind::Moved, true).contains("sealed as number 4,096"));
    assert_eq!(say(BreakKind::Fork, true), "The log has two histories.");
}

#[test]
fn a_finding_is_told_in_the_words_of_its_format() {
    let title = |kind, count, file: Option<&str>, format| {
        let mut one = Break::new(kind, 10, count, "");
        one.file = file.map(str::to_owned);
        explain_break(&one, format).title
    };
    use BreakKind::{BadSignature, MissingFile, Modified, Relinked};
    let digest = Some("AWSLogs/1/CloudTrail-Digest/eu/1_CloudTrail-Digest_eu.json.gz");
    let log = Some("AWSLogs/1/CloudTrail/eu/1_CloudTrail_eu.json.gz");
    for (got, wanted) in [
        (
            title(MissingFile, 0, digest, "cloudtrail"),
            "Digest file missing",
        ),
        (title(MissingFile, 0, log, "cloudtrail"), "Log file missing"),
        (
            title(Modified, 3, log, "cloudtrail"),
            "Log file is not as it was delivered: 3 entries from 10 on",
        ),
        (
            title(Modified, 5, None, "journal"),
            "Seal over entries 10 to 14 does not match",
        ),
        (
            title(BadSignature, 0, None, "journal"),
            "Seal does not match",
        ),
        (
            title(Modified, 1, None, "chained-jsonl"),
            "Entry 10 does not match its digest",
        ),
        (
            title(Relinked, 0, None, "chained-jsonl"),
            "Entry 10 does not follow from the one before",
        ),
        (
            title(Relinked, 0, None, "sealog"),
            "Broken link at entry 10",
        ),
    ] {
        assert_eq!(got, wanted);
    }
    let mut broken = summary(Verdict::Broken);
    let mut missing = Break::new(MissingFile, 0, 0, "A fact.");
    missing.file = log.map(str::to_owned);
    broken.breaks.push(missing);
    assert_eq!(archive_title(&broken, "cloudtrail"), "Log file missing");
}

#[test]
fn what_is_missing_for_a_proof_is_asked_for() {
    let asked = |verdict, strength, format| {
        let mut one = summary(verdict);
        one.strength = strength;
        explain_verdict(&one, format).map(|words| {
            (
                words.wants_key,
                words.wants_anchor,
                words.recipe.is_some(),
                words.words.next_step,
            )
        })
    };
    let unproven = asked(Verdict::Unproven, Strength::SIGNED, "cloudtrail").expect("explained");
    assert!(unproven.0 && unproven.2 && unproven.3.contains("public-keys.json"));
    let journal = asked(Verdict::Unproven, Strength::NONE, "journal").expect("explained");
    assert!(journal.0 && !journal.2 && journal.3.contains("--setup-keys"));
    let chain = asked(Verdict::Consistent, Strength::NONE, "chained-jsonl").expect("explained");
    assert!(chain.0 && chain.1 && chain.3.contains("last digest"));
    let open = asked(Verdict::Intact, Strength::SIGNED, "journal").expect("an open end");
    assert!(!open.0 && open.1);
    assert_eq!(asked(Verdict::Broken, Strength::SIGNED, "journal"), None);
    // Trusting the key of a sealog archive has a dialog of its own.
    assert_eq!(asked(Verdict::Unproven, Strength::SIGNED, "sealog"), None);
    assert_eq!(asked(Verdict::Intact, Strength::SIGNED, "sealog"), None);
}
