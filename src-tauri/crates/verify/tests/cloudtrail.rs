//! CloudTrail folders against the verdicts that are known to be right.

use std::path::Path;

use sealscope_archive::input::list_folder;
use sealscope_archive::{FolderSample, OpenContext, open_folder};
use sealscope_model::{BreakKind, End, ObservationKind, Verdict};
use sealscope_testkit::shared_data;
use sealscope_verify::{Checker, GivenKey, Summary, TrustStore, judge};

fn judged(root: &Path, keys: &[&Path]) -> Summary {
    let mut trust = TrustStore::default();
    for key in keys {
        let name = key.display().to_string();
        let bytes = std::fs::read(key).expect("the keys are read");
        trust.given_keys.push(GivenKey { name, bytes });
    }
    let files = list_folder(root).expect("the folder is listed").files;
    let sample = FolderSample {
        root,
        files: &files,
    };
    let spool = tempfile::tempdir().expect("a folder");
    let archive = open_folder(&sample, &OpenContext::new(spool.path()))
        .expect("it opens")
        .expect("it is claimed whole");
    let checker = Checker::new(archive.as_ref(), &trust);
    let mut position = 0;
    let findings: Vec<_> = (0..archive.segment_count())
        .map(|ordinal| {
            let segment = archive.read_segment(ordinal, None).expect("it reads");
            let findings = checker.check(segment, position).findings();
            position += findings.lines;
            findings
        })
        .collect();
    judge(archive.as_ref(), &findings, &trust)
}

fn has_break(summary: &Summary, kinds: &[BreakKind]) -> bool {
    summary
        .breaks
        .iter()
        .any(|found| kinds.contains(&found.kind))
}

#[test]
fn every_sample_gets_its_verdict() {
    let Some(data) = shared_data() else { return };
    let table = std::fs::read_to_string(data.join("verdicts.tsv")).expect("it is there");
    let mut rows = 0;
    let mut wrong = Vec::new();
    for row in table
        .lines()
        .filter(|row| row.starts_with("cloudtrail-digests/"))
    {
        let [sample, key, verdicts, tail, _note] = row.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row of five: {row}");
        };
        rows += 1;
        let case = data.join(sample);
        for root in [case.join("bucket"), case.clone()] {
            let summary = judged(&root, &[&case.join(key)]);
            let is_right = verdicts
                .split('|')
                .any(|word| word == summary.verdict.word());
            if !is_right || (tail == "open" && summary.tail != End::Open) {
                wrong.push(format!(
                    "{row}\n  {} {:#?}",
                    summary.verdict, summary.breaks
                ));
            }
            if std::env::var_os("SHOW").is_some() {
                println!("== {sample}: {}\n   {}", summary.verdict, summary.says);
                for found in &summary.breaks {
                    println!(
                        "   {:?} at {} x{} {:?}: {}",
                        found.kind, found.position, found.count, found.file, found.says
                    );
                }
                for found in &summary.observations {
                    println!("   {:?} {:?}: {}", found.kind, found.position, found.says);
                }
                for note in &summary.notes {
                    println!("   note: {note}");
                }
            }
        }
    }
    assert!(rows >= 23, "the table lists {rows} samples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn samples_show_what_their_notes_say() {
    use BreakKind as B;
    let Some(data) = shared_data() else { return };
    let of = |case: &str| {
        let case = data.join("cloudtrail-digests").join(case);
        judged(&case.join("bucket"), &[&case.join("public-keys.json")])
    };
    let observes = |summary: &Summary, kind: ObservationKind| {
        summary.observations.iter().any(|seen| seen.kind == kind)
    };
    for (case, kinds, count) in [
        ("02-log-modified", &[B::Modified, B::ReplacedFile][..], 1),
        ("03-log-deleted", &[B::MissingFile], 1),
        ("04-digest-modified", &[B::BadSignature], 1),
        ("05-digest-deleted", &[B::MissingFile], 1),
        ("06-signature-broken", &[B::BadSignature], 1),
        ("07-log-replaced-by-another", &[B::ReplacedFile], 1),
        ("09b-backfill-log-modified", &[B::Modified], 1),
        ("12-log-trailing-data", &[B::Modified], 1),
        ("12b-log-second-gzip-member", &[B::Modified], 1),
        ("13-log-not-gzip", &[B::Modified], 1),
        ("20-digest-truncated-gzip", &[B::Modified], 1),
    ] {
        let summary = of(case);
        assert!(has_break(&summary, kinds), "{case}: {:#?}", summary.breaks);
        assert_eq!(summary.breaks.len(), count, "{case}: {:#?}", summary.breaks);
        assert!(
            summary.breaks.iter().all(|found| found.file.is_some()),
            "{case}"
        );
    }
    let deleted = of("05-digest-deleted");
    assert_eq!((deleted.entries.unsealed, deleted.entries.intact), (14, 4));
    let planted = of("10-extra-log-not-in-any-digest");
    assert_eq!((planted.entries.unsealed, planted.entries.intact), (1, 18));
    assert!(observes(&planted, ObservationKind::UnlistedFile));
    let cut = of("20-digest-truncated-gzip");
    assert_eq!((cut.entries.unsealed, cut.damage.len()), (4, 1));
    assert!(observes(&of("14-logging-gap"), ObservationKind::Silence));
    assert!(observes(
        &of("17-digest-renamed"),
        ObservationKind::RenamedFile
    ));
    assert!(
        of("18-newest-digests-deleted")
            .says
            .contains("2023-07-10T13:09:48Z")
    );
    assert_eq!(of("08-start-mid-chain").head, End::Open);
    assert_eq!(of("16-public-key-missing").entries.unproven, 14);
    assert!(of("13-log-not-gzip").breaks[0].says.contains("not packed"));
    let both = of("06-signature-broken");
    assert!(
        both.breaks[0].says.contains("successor"),
        "{}",
        both.breaks[0].says
    );
    assert_eq!(
        both.entries.intact, 18,
        "the successor proves what that digest lists"
    );
}

#[test]
fn keys_that_lie_beside_the_evidence_prove_nothing() {
    let Some(data) = shared_data() else { return };
    let case = data.join("cloudtrail-digests/01-intact");
    for root in [case.join("bucket"), case] {
        let summary = judged(&root, &[]);
        assert_eq!(summary.verdict, Verdict::Unproven);
        let kinds: Vec<_> = summary.observations.iter().map(|seen| seen.kind).collect();
        assert_eq!(kinds, [ObservationKind::KeyBesideEvidence]);
    }
}

#[test]
fn a_folder_inside_of_the_bucket_is_judged_by_what_it_holds() {
    let Some(data) = shared_data() else { return };
    let case = data.join("cloudtrail-digests/01-intact");
    let account = case.join("bucket/AWSLogs/218007301253");
    let keys = case.join("public-keys.json");
    let whole = judged(&account, &[&keys]);
    assert_eq!((whole.verdict, whole.entries.intact), (Verdict::Intact, 18));
    let digests = judged(&account.join("CloudTrail-Digest"), &[&keys]);
    assert_eq!(digests.verdict, Verdict::Intact, "{:#?}", digests.breaks);
    assert_eq!(digests.entries.total, 0);
    assert!(digests.notes.iter().any(|note| note.contains("outside")));
}
