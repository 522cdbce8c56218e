use sealscope_model::{Aspect, Aspects, End, EntryCounts, Strength, VerdictRanges};
use sealscope_verify::SignerSummary;

use super::*;

const OBSERVATIONS: [ObservationKind; 10] = [
    ObservationKind::ClockReversed,
    ObservationKind::RenamedFile,
    ObservationKind::SequenceGap,
    ObservationKind::Silence,
    ObservationKind::LongerStateKnown,
    ObservationKind::UnlistedFile,
    ObservationKind::BadTimestamp,
    ObservationKind::KeyBesideEvidence,
    ObservationKind::SchemaGuessed,
    ObservationKind::ZoneInferred,
];

/// Every finding that there can be, in every shape.
fn all_findings() -> Vec<Explanation> {
    let mut all = Vec::new();
    for kind in BreakKind::ALL {
        for exact in [true, false] {
            for (position, count) in [(0, 0), (0, 1), (1204, 1), (1204, 12), (u64::MAX, u64::MAX)] {
                let mut found = Break::new(kind, position, count, "A fact");
                found.exact = exact;
                all.push(explain_break(&found));
            }
        }
    }
    for kind in OBSERVATIONS {
        let seen = Observation {
            kind,
            position: None,
            says: "A fact.".to_owned(),
        };
        all.push(explain_observation(&seen));
    }
    all.push(explain_damage(&Damage::at(5, "the frame ends early")));
    all
}

fn summary(verdict: Verdict) -> Summary {
    Summary {
        verdict,
        strength: Strength::NONE,
        head: End::Open,
        tail: End::Open,
        says: String::new(),
        entries: EntryCounts::default(),
        ranges: VerdictRanges::default(),
        breaks: Vec::new(),
        damage: Vec::new(),
        observations: Vec::new(),
        aspects: Aspects {
            content: Aspect::OK,
            order: Aspect::OK,
            seal: Aspect::OK,
            signer: Aspect::OK,
            time: Aspect::OK,
            completeness: Aspect::OK,
        },
        signers: Vec::new(),
        origin: None,
        checkpoints_held: 0,
        checkpoints: 0,
        links: Vec::new(),
        notes: Vec::new(),
    }
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
        let words = explain_entry(verdict, None, None);
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
        explain_break(&one).title
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
    assert_eq!(archive_title(&broken), "Broken at entry 1,204");
    let mut open = summary(Verdict::Unsealed);
    open.ranges
        .push(0, 9_999_989, Some(Verdict::Intact), Strength::SIGNED);
    open.ranges.push(
        9_999_989,
        10_000_001,
        Some(Verdict::Unsealed),
        Strength::NONE,
    );
    assert_eq!(archive_title(&open), "Intact to entry 9,999,988");
    assert_eq!(archive_title(&summary(Verdict::Unsealed)), "Unsealed");
    let mut strange = summary(Verdict::Unproven);
    assert_eq!(archive_title(&strange), "Could not be proven");
    strange.signers.push(SignerSummary {
        name: "acme".to_owned(),
        key_id: "9f3a00c1".to_owned(),
        is_trusted: false,
        checkpoints: 1,
        claimed_vkey: None,
    });
    assert_eq!(
        archive_title(&strange),
        "Signed by a key you have not trusted"
    );
    let mut partial = summary(Verdict::Intact);
    partial.entries.unchecked = 5;
    assert_eq!(archive_title(&partial), "Checked in part");
}

#[test]
fn a_broken_entry_says_how_it_is_broken() {
    let say = |kind, exact| {
        let mut found = Break::new(kind, 4096, 4096, "The log has two histories");
        found.exact = exact;
        explain_entry(Some(Verdict::Broken), Some(&found), None).sentence
    };
    assert!(say(BreakKind::Modified, true).contains("content does not match its seal"));
    assert!(say(BreakKind::Modified, false).contains("4,096 to 8,191"));
    assert!(say(BreakKind::Inserted, true).contains("never sealed"));
    assert!(say(BreakKind::Moved, true).contains("sealed as number 4,096"));
    assert_eq!(say(BreakKind::Fork, true), "The log has two histories.");
}
