//! CloudTrail folders against the verdicts that are known to be right.

use std::path::Path;

use sealscope_archive::cloudtrail::{Form, unpack_member};
use sealscope_model::{AspectState, BreakKind, End, ObservationKind, Verdict};
use sealscope_testkit::cloudtrail::{RegionKey, Trail, cases, judge_folder, judge_folder_on};
use sealscope_testkit::shared_data;
use sealscope_verify::Summary;

fn judged(root: &Path, keys: &[&Path]) -> Summary {
    let read = |key: &&Path| std::fs::read(key).expect("the keys are read");
    judge_folder(root, &keys.iter().map(read).collect::<Vec<_>>())
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

#[test]
fn every_made_folder_gets_its_verdict() {
    let mut wrong = Vec::new();
    for case in cases() {
        let folder = tempfile::tempdir().expect("a folder");
        case.made.write(folder.path());
        let summary = judge_folder(folder.path(), &case.given_keys());
        if summary.verdict.word() != case.verdict {
            wrong.push(format!("{}: {}: {summary:#?}", case.name, summary.verdict));
        }
        let again = judge_folder(folder.path(), &case.given_keys());
        assert_eq!(
            summary, again,
            "{}: the same folder, the same answer",
            case.name
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A number from 0 to 4: intact is best.
fn rank(summary: &Summary) -> usize {
    let place = Verdict::ALL
        .iter()
        .position(|verdict| *verdict == summary.verdict);
    place.expect("all verdicts are listed")
}

fn all_files(root: &Path) -> Vec<std::path::PathBuf> {
    sealscope_archive::input::list_folder(root)
        .expect("the folder is listed")
        .files
}

fn copy(from: &Path, to: &Path) {
    for file in all_files(from) {
        let target = to.join(file.strip_prefix(from).expect("it is below"));
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("made");
        std::fs::copy(file, target).expect("copied");
    }
}

/// The next of numbers that look random.
fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 1).expect("64 bits")
}

/// Changes a file, judges, and puts it back.
fn never_better(root: &Path, file: &Path, keys: &[Vec<u8>], truth: usize, changed: &[u8]) {
    let original = std::fs::read(file).expect("it reads");
    std::fs::write(file, changed).expect("written");
    let summary = judge_folder(root, keys);
    std::fs::write(file, original).expect("written");
    let word = summary.verdict;
    assert!(
        rank(&summary) >= truth,
        "{} gives {word}: {summary:#?}",
        file.display()
    );
    let sum: u64 = Verdict::ALL
        .iter()
        .map(|verdict| summary.entries.of(*verdict))
        .sum();
    assert_eq!(sum + summary.entries.unchecked, summary.entries.total);
}

#[test]
fn samples_cut_or_flipped_anywhere_are_never_judged_better() {
    let Some(data) = shared_data() else { return };
    let mut cases: Vec<_> = std::fs::read_dir(data.join("cloudtrail-digests"))
        .expect("the samples are here")
        .map(|case| case.expect("a folder").path())
        .collect();
    cases.sort();
    let flips = 2000 / cases.len() + 1;
    std::thread::scope(|scope| {
        for half in [0, 1] {
            let cases = cases.iter().skip(half).step_by(2);
            scope.spawn(move || cases.for_each(|case| cut_and_flip(case, flips)));
        }
    });
}

fn cut_and_flip(case: &Path, flips: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&case.join("bucket"), folder.path());
    let keys = [std::fs::read(case.join("public-keys.json")).expect("keys")];
    let truth = judge_folder(folder.path(), &keys);
    let mut files = all_files(folder.path());
    if case.ends_with("06-signature-broken") {
        // Its only break is a wrong signature in a file of metadata. Where that is destroyed, what
        // is left is as good as 19-signature-metadata-lost.
        files.retain(|file| {
            !file
                .to_string_lossy()
                .contains("120948Z.json.gz.head-object")
        });
    }
    for file in &files {
        let bytes = std::fs::read(file).expect("it reads");
        let inside = file.strip_prefix(folder.path()).expect("it is below");
        let plain = case.with_file_name("01-intact").join("bucket").join(inside);
        // Nothing is better than intact: what the first sample has too is cut there.
        let is_repeated = std::fs::read(plain).is_ok_and(|other| other == bytes);
        if truth.verdict == Verdict::Intact && is_repeated && !case.ends_with("01-intact") {
            continue;
        }
        for end in (0..bytes.len()).step_by(512) {
            never_better(folder.path(), file, &keys, rank(&truth), &bytes[..end]);
        }
    }
    let mut state = 0x5EA1_5C0D_E000_0001 ^ sum_of(&case.to_string_lossy());
    for _ in 0..flips {
        let file = &files[next(&mut state) % files.len()];
        let mut bytes = std::fs::read(file).expect("it reads");
        let place = next(&mut state) % bytes.len();
        bytes[place] ^= 1 << (next(&mut state) % 8);
        never_better(folder.path(), file, &keys, rank(&truth), &bytes);
    }
}

/// A seed of its own for each sample.
fn sum_of(name: &str) -> u64 {
    name.bytes().map(u64::from).sum()
}

fn unpacked(stored: &[u8]) -> (Form, Vec<u8>) {
    let mut content = Vec::new();
    let form = unpack_member(stored, &mut content, 1 << 20);
    (form, content)
}

#[test]
fn any_byte_changed_in_a_small_trail_is_noticed_or_changes_no_content() {
    use sealscope_testkit::cloudtrail::{RegionKey, Trail};
    let folder = tempfile::tempdir().expect("a folder");
    Trail::of_hours(3, 1).make().write(folder.path());
    let keys = [RegionKey::list(&[0])];
    let sealed = judge_folder(folder.path(), &keys);
    assert_eq!(sealed.verdict, Verdict::Intact);
    for file in all_files(folder.path()) {
        let original = std::fs::read(&file).expect("it reads");
        for place in 0..original.len() {
            let mut bytes = original.clone();
            bytes[place] ^= 1 << (place % 8);
            std::fs::write(&file, &bytes).expect("written");
            let summary = judge_folder(folder.path(), &keys);
            // How a content is packed, and metadata that is not the signature, are under no seal.
            let is_same = unpacked(&bytes) == unpacked(&original);
            let is_metadata = file.to_string_lossy().ends_with(".head-object.json");
            let is_noticed = summary.verdict == Verdict::Broken || !summary.damage.is_empty();
            assert!(
                is_noticed || is_same || is_metadata,
                "{} byte {place}: {}",
                file.display(),
                summary.verdict
            );
        }
        std::fs::write(&file, original).expect("written");
    }
}

/// `cargo test --release -p sealscope-verify --test cloudtrail -- --ignored --nocapture` prints the
/// rates that docs/performance.md states.
#[test]
#[ignore = "measures, and takes its time"]
fn rates() {
    use sealscope_testkit::cloudtrail::{RegionKey, Trail};
    let keys = [RegionKey::list(&[0])];
    for (hours, logs, records) in [(200, 10, 4), (100, 50, 45)] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut trail = Trail::of_hours(hours, logs);
        trail.records = records;
        trail.make().write(folder.path());
        for threads in [1, 2] {
            let begin = std::time::Instant::now();
            let (summary, bytes) = judge_folder_on(folder.path(), &keys, threads);
            let seconds = begin.elapsed().as_secs_f64();
            assert_eq!(summary.verdict, Verdict::Intact);
            println!(
                "{hours} digests, {} log files, {bytes} bytes unpacked, {threads} threads: \
                 {seconds:.3} s",
                summary.entries.total
            );
        }
        if let Some(keep) = std::env::var_os("SEALSCOPE_KEEP") {
            copy(folder.path(), &Path::new(&keep).join(format!("{hours}")));
            std::fs::write(Path::new(&keep).join("keys.json"), &keys[0]).expect("written");
        }
    }
}

#[test]
fn a_single_key_in_pem_does_and_another_one_proves_nothing() {
    use sealscope_testkit::cloudtrail::{RegionKey, Trail};
    let folder = tempfile::tempdir().expect("a folder");
    Trail::of_hours(3, 1).make().write(folder.path());
    let with = |number| {
        let pem = RegionKey::number(number).pem().into_bytes();
        judge_folder(folder.path(), &[pem])
    };
    assert_eq!(with(0).verdict, Verdict::Intact);
    assert_eq!(with(1).verdict, Verdict::Unproven);
    assert!(
        with(1).breaks.is_empty(),
        "the wrong key is no sign of a change"
    );
}

#[test]
fn what_was_looked_at_in_part_is_at_best_unproven() {
    use sealscope_archive::{FolderSample, OpenContext, open_folder};
    use sealscope_testkit::cloudtrail::{RegionKey, Trail};
    use sealscope_verify::{Checker, GivenKey, TrustStore, judge};
    let folder = tempfile::tempdir().expect("a folder");
    Trail::of_hours(3, 1).make().write(folder.path());
    let (root, files) = (folder.path(), all_files(folder.path()));
    let sample = FolderSample {
        root,
        files: &files,
    };
    let archive = open_folder(&sample, &OpenContext::new(root)).expect("it opens");
    let archive = archive.expect("it is claimed");
    let mut trust = TrustStore::default();
    let (name, bytes) = ("keys".to_owned(), RegionKey::list(&[0]));
    trust.given_keys.push(GivenKey { name, bytes });
    let checker = Checker::new(archive.as_ref(), &trust);
    let segment = archive.read_segment(0, None).expect("it reads");
    let findings = [checker.check(segment, 0).findings()];
    let summary = judge(archive.as_ref(), &findings, &trust);
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert_eq!((summary.entries.intact, summary.entries.unchecked), (1, 2));
    assert!(
        summary.breaks.is_empty(),
        "what was not looked at is not missing"
    );
}

/// A made trail in a folder, with keys beside it.
fn trail_with(keys: Option<&[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    Trail::of_hours(4, 2).make().write(folder.path());
    if let Some(keys) = keys {
        std::fs::write(folder.path().join("public-keys.json"), keys).expect("written");
    }
    folder
}

#[test]
fn a_planted_key_breaks_nothing() {
    let genuine = RegionKey::list(&[0]);
    let mut planted: serde_json::Value = serde_json::from_slice(&genuine).expect("JSON");
    let other: serde_json::Value = serde_json::from_slice(&RegionKey::list(&[1])).expect("JSON");
    planted["PublicKeyList"][0]["Value"] = other["PublicKeyList"][0]["Value"].clone();
    let planted = planted.to_string().into_bytes();
    let folder = trail_with(Some(&planted));
    let summary = judge_folder(folder.path(), &[]);
    assert_eq!(summary.verdict, Verdict::Unproven, "{:#?}", summary.breaks);
    let says = "found beside the evidence";
    let mut seen = summary.observations.iter();
    assert!(
        seen.any(|seen| {
            seen.kind == ObservationKind::KeyBesideEvidence && seen.says.contains(says)
        }),
        "{:#?}",
        summary.observations
    );
    // The right key, given, outweighs it; the wrong one, given, is a break.
    let right = judge_folder(folder.path(), &[genuine]);
    assert_eq!(right.verdict, Verdict::Intact, "{:#?}", right.breaks);
    let wrong = judge_folder(folder.path(), &[planted]);
    assert_eq!(wrong.verdict, Verdict::Broken);
}

#[test]
fn a_lone_planted_key_breaks_nothing() {
    let folder = trail_with(None);
    let pem = RegionKey::number(1).pem();
    std::fs::write(folder.path().join("public-key.pem"), pem).expect("written");
    assert_eq!(judge_folder(folder.path(), &[]).verdict, Verdict::Unproven);
}

#[test]
fn a_key_proves_only_what_was_signed_in_its_time() {
    let folder = trail_with(None);
    let list = |from: serde_json::Value, to: serde_json::Value| {
        let mut list: serde_json::Value =
            serde_json::from_slice(&RegionKey::list(&[0])).expect("JSON");
        list["PublicKeyList"][0]["ValidityStartTime"] = from;
        list["PublicKeyList"][0]["ValidityEndTime"] = to;
        list.to_string().into_bytes()
    };
    let null = || serde_json::Value::Null;
    for (from, to, expected) in [
        (null(), null(), Verdict::Intact),
        (
            "2000-01-01T00:00:00+00:00".into(),
            "2100-01-01T00:00:00Z".into(),
            Verdict::Intact,
        ),
        (
            "2000-01-01T00:00:00Z".into(),
            "2001-01-01T00:00:00Z".into(),
            Verdict::Unproven,
        ),
        (4_000_000_000u64.into(), null(), Verdict::Unproven),
        (null(), 946_684_800.0.into(), Verdict::Unproven),
    ] {
        let summary = judge_folder(folder.path(), &[list(from, to)]);
        assert_eq!(summary.verdict, expected, "{}", summary.says);
        let kinds = summary.observations.iter().map(|seen| seen.kind);
        let is_told = kinds
            .into_iter()
            .any(|kind| kind == ObservationKind::KeyOutOfTime);
        assert_eq!(is_told, expected != Verdict::Intact);
        let is_ok = summary.aspects.signer.state == AspectState::Ok;
        assert_eq!(
            is_ok,
            expected == Verdict::Intact,
            "{:?}",
            summary.aspects.signer
        );
    }
}
