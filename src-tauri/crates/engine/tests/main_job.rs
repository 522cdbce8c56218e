//! The main job, from a log to a searched timeline: seal, check, index, search, page.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealscope_engine::model::{BreakKind, Verdict};
use sealscope_engine::{
    Cancel, ChainProfile, Ending, EntrySettings, OpenRequest, OriginPattern, Places, Progress,
    RunMode, RunOutcome, SealInput, SealMode, SealRequest, Search, SearchSpec, Sort, TrustStore,
    TrustedKey, Workspace, keygen, load_signer, seal,
};

use sealscope_testkit::chains::{ChainFamily, chain_lines};

const NOW_NS: i64 = 1_773_500_000_000_000_000;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn places(&self) -> Places {
        Places::under(&self.path("home"))
    }

    /// A made-up Kubernetes audit log; the verb and code of each entry follow from its number.
    fn write_log(&self, name: &str, entries: usize) -> PathBuf {
        let mut text = String::new();
        for n in 0..entries {
            let (verb, code) = (
                ["get", "list", "delete"][n % 3],
                [200, 200, 403, 404][n % 4],
            );
            text.push_str(&format!(
                "{{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\
                 \"auditID\":\"id-{}\",\"stage\":\"ResponseComplete\",\"verb\":\"{verb}\",\
                 \"requestURI\":\"/api/v1/secrets\",\
                 \"user\":{{\"username\":\"user{}@example.org\"}},\"sourceIPs\":[\"10.0.0.{}\"],\
                 \"objectRef\":{{\"resource\":\"secrets\",\"namespace\":\"ns{}\",\"name\":\"s-{n}\"}},\
                 \"responseStatus\":{{\"code\":{code}}},\
                 \"requestReceivedTimestamp\":\"2026-03-14T{:02}:{:02}:{:02}.000000Z\",\
                 \"annotations\":{{\"authorization.k8s.io/decision\":\"allow\"}}}}\n",
                n / 2,
                n % 17,
                n % 250,
                n % 5,
                n / 3600 % 24,
                n / 60 % 60,
                n % 60,
            ));
        }
        let path = self.path(name);
        fs::write(&path, text).expect("written");
        path
    }

    fn seal(&self, log: &Path) -> (PathBuf, TrustStore) {
        let key = keygen(&self.path("key"), "example.org/sealer", None).expect("a key");
        let signer = load_signer(&key.key_path, None).expect("it loads");
        let out = self.path("log.sealog");
        let request = SealRequest {
            inputs: vec![SealInput::Path(log.to_owned())],
            out: out.clone(),
            mode: SealMode::New,
            origin: Some("example.org/audit".to_owned()),
            signer: &signer,
            leaf_lists: true,
            ending: Ending::Close,
            schema: None,
            tool: "test".to_owned(),
            now: &|| NOW_NS,
            uuid: &|| [7; 16],
            threads: 0,
        };
        seal(request, &Progress::default(), &Cancel::default()).expect("sealed");
        let trusted = TrustedKey {
            key: key.verifier,
            origin: OriginPattern::any(),
        };
        (out, TrustStore::new(vec![trusted]))
    }

    fn open(&self, path: &Path, trust: TrustStore) -> Arc<Workspace> {
        self.open_with(path, trust, EntrySettings::default())
    }

    fn open_with(&self, path: &Path, trust: TrustStore, settings: EntrySettings) -> Arc<Workspace> {
        Arc::new(Workspace::open(OpenRequest {
            paths: vec![path.to_owned()],
            trust,
            trust_notes: Vec::new(),
            uses_memory: true,
            settings,
            places: self.places(),
            now_ns: NOW_NS,
        }))
    }
}

fn run(workspace: &Workspace, mode: RunMode) {
    let outcome = workspace.run(mode, NOW_NS, &Progress::default(), &Cancel::default());
    assert_eq!(outcome, RunOutcome::Finished);
}

fn search(workspace: &Arc<Workspace>, text: &str, no_index: bool) -> Search {
    let spec = SearchSpec {
        no_index,
        sort: Sort::Time,
        ..SearchSpec::new(text)
    };
    workspace
        .search(spec, &Cancel::default())
        .expect("an answer")
}

#[test]
fn a_sealed_log_is_intact_and_every_entry_is_found() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 10_000));
    let workspace = bench.open(&archive, trust);
    run(&workspace, RunMode::Index);
    let summary = workspace.archives()[0].summary().expect("judged");
    assert_eq!(summary.verdict, Verdict::Intact, "{summary:#?}");
    assert_eq!(summary.entries.total, 10_000);
    assert_eq!(workspace.exit_code(true), 0);
    assert!(
        workspace.is_indexed(),
        "{:?}",
        workspace.archives()[0].live()
    );
    for no_index in [false, true] {
        assert_eq!(search(&workspace, "*", no_index).count(), 10_000);
        assert_eq!(search(&workspace, "verb:delete", no_index).count(), 3333);
        assert_eq!(
            search(&workspace, "responseStatus.code:>=400", no_index).count(),
            5000
        );
        assert_eq!(search(&workspace, "seal:intact", no_index).count(), 10_000);
        assert_eq!(
            search(&workspace, "user.username:user3@example.org", no_index).count(),
            589
        );
        let found = search(
            &workspace,
            "verb:delete AND NOT responseStatus.code:200",
            no_index,
        );
        let page = found.page(10, 20).expect("a page");
        assert_eq!((page.rows.len(), page.false_hits), (20, 0));
        for row in &page.rows {
            assert!(String::from_utf8_lossy(&row.raw).contains("\"verb\":\"delete\""));
            assert_eq!(row.verdict, Some(Verdict::Intact));
        }
        let facet = found.facet("responseStatus.code", 10).expect("values");
        assert_eq!(facet.distinct, 2);
        let histogram = found.histogram(None, None, 100).expect("counts");
        assert_eq!(
            histogram.buckets.iter().map(|b| b.count).sum::<u64>(),
            found.count()
        );
    }
}

#[test]
fn the_books_add_up() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 5000);
    let bytes = fs::metadata(&log).expect("there").len();
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Index);
    let ledger = workspace.ledger();
    assert_eq!(
        (ledger.bytes, ledger.lines, ledger.entries),
        (bytes, 5000, 5000)
    );
    assert_eq!(ledger.rows, Some(5000));
    assert_eq!(
        (ledger.undated, ledger.unparsed, ledger.rejected_bytes),
        (Some(0), Some(0), 0)
    );
    assert_eq!(workspace.verdict(), Some(Verdict::Unsealed));
    assert_eq!(workspace.exit_code(false), 3);
}

#[test]
fn a_second_opening_uses_the_cache_and_says_when_it_was_checked() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 9000));
    run(&bench.open(&archive, trust.clone()), RunMode::Index);
    let again = bench.open(&archive, trust);
    run(&again, RunMode::Index);
    let live = again.archives()[0].live();
    assert!(live.from_cache);
    assert_eq!(live.checked_at_ns, Some(NOW_NS));
    assert_eq!(again.verdict(), Some(Verdict::Intact));
    assert_eq!(search(&again, "verb:list", false).count(), 3000);
    let untrusting = bench.open(&archive, TrustStore::default());
    run(&untrusting, RunMode::Index);
    assert_eq!(
        untrusting.verdict(),
        Some(Verdict::Unproven),
        "trust is not cached"
    );
}

#[test]
fn findings_made_under_one_chain_profile_do_not_serve_another() {
    let bench = Bench::new();
    let log = bench.path("chain.jsonl");
    let family = ChainFamily::JoinedFields;
    fs::write(&log, chain_lines(family, 6000, "e").join("\n") + "\n").expect("written");
    let right = family.profile(true);
    let other = right.replace("lit = \"|\"", "lit = \":\"");
    assert_ne!(right, other);
    let open = |toml: &str| {
        let profile = ChainProfile::from_toml(toml).expect("a profile");
        let workspace = bench.open_with(
            &log,
            TrustStore::default(),
            EntrySettings {
                profile: Some(Arc::new(profile)),
                ..EntrySettings::default()
            },
        );
        run(&workspace, RunMode::Index);
        let live = workspace.archives()[0].live();
        (live.from_cache, workspace.verdict())
    };
    assert_eq!(open(&right), (false, Some(Verdict::Consistent)));
    assert_eq!(open(&other), (false, Some(Verdict::Unproven)));
    assert_eq!(open(&right), (true, Some(Verdict::Consistent)));
    assert_eq!(open(&other), (true, Some(Verdict::Unproven)));
}

#[test]
fn a_damaged_cache_is_noticed_and_built_again() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 6000));
    run(&bench.open(&archive, trust.clone()), RunMode::Index);
    let mut files = Vec::new();
    files_below(&bench.places().cache.join("index"), &mut files);
    assert!(files.len() > 3);
    for file in files {
        let Ok(mut bytes) = fs::read(&file) else {
            continue;
        };
        let Some(middle) = (!bytes.is_empty()).then_some(bytes.len() / 2) else {
            continue;
        };
        bytes[middle] ^= 1;
        fs::write(&file, &bytes).expect("written");
        let workspace = bench.open(&archive, trust.clone());
        run(&workspace, RunMode::Index);
        let found = search(&workspace, "verb:delete", false);
        assert_eq!(found.count(), 2000, "{}", file.display());
        assert_eq!(
            found.page(0, 50).expect("rows").rows.len(),
            50,
            "{}",
            file.display()
        );
        // The next opening finds a whole entry again.
        run(&bench.open(&archive, trust.clone()), RunMode::Index);
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_below(&path, files)
        } else {
            files.push(path)
        }
    }
}

#[test]
fn a_changed_file_is_noticed_and_its_rows_are_not_shown() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 3000);
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Index);
    let text = fs::read_to_string(&log)
        .expect("text")
        .replace("user3@", "user9@");
    fs::write(&log, text).expect("written");
    assert!(workspace.archives()[0].has_changed());
    assert!(search(&workspace, "*", false).page(0, 10).is_err());
    // Counts of a scan would speak of bytes that nobody checked.
    let spec = SearchSpec {
        no_index: true,
        ..SearchSpec::new("verb:get")
    };
    assert!(workspace.search(spec, &Cancel::default()).is_err());
}

#[test]
fn a_file_that_is_replaced_while_it_is_open_is_never_called_intact() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 5000));
    let workspace = bench.open(&archive, trust.clone());
    let bytes = fs::read(&archive).expect("bytes");
    fs::remove_file(&archive).expect("removed");
    fs::write(&archive, &bytes[..bytes.len() / 2]).expect("written");
    run(&workspace, RunMode::Verify);
    let summary = workspace.archives()[0].summary().expect("judged");
    assert_eq!(summary.verdict, Verdict::Unproven, "{}", summary.says);
    assert!(!summary.tail.is_anchored());
    assert_eq!(workspace.exit_code(false), 3);
    workspace.rejudge(trust, Vec::new());
    assert_eq!(workspace.verdict(), Some(Verdict::Unproven));
}

#[test]
fn stopping_leaves_the_rest_unchecked() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 9000));
    let workspace = bench.open(&archive, trust);
    let cancel = Cancel::default();
    cancel.stop();
    let outcome = workspace.run(RunMode::Index, NOW_NS, &Progress::default(), &cancel);
    assert_eq!(outcome, RunOutcome::Cancelled);
    let summary = workspace.archives()[0]
        .summary()
        .expect("a partial judgement");
    assert_ne!(summary.verdict, Verdict::Intact);
    assert_eq!(summary.entries.intact, 0);
}

#[test]
fn a_byte_changed_in_a_sealed_log_breaks_it_and_nothing_else() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 9000));
    let mut bytes = fs::read(&archive).expect("bytes");
    // Somewhere in the second data frame.
    let frame = memchr::memmem::find_iter(&bytes, &[0x28, 0xB5, 0x2F, 0xFD])
        .nth(1)
        .expect("two");
    bytes[frame + 2000] ^= 4;
    fs::write(&archive, bytes).expect("written");
    let workspace = bench.open(&archive, trust);
    run(&workspace, RunMode::Index);
    let summary = workspace.archives()[0].summary().expect("judged");
    assert_eq!(summary.verdict, Verdict::Broken);
    assert!(!summary.damage.is_empty());
    assert!(summary.entries.intact >= 4900, "{:?}", summary.entries);
    let kinds = [BreakKind::Modified, BreakKind::Removed, BreakKind::Inserted];
    assert!(
        summary
            .breaks
            .iter()
            .all(|found| kinds.contains(&found.kind))
    );
    assert_eq!(workspace.exit_code(false), 1);
}

#[test]
fn rows_joined_by_a_field_count_once() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 2000);
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Index);
    let spec = SearchSpec {
        join: Some("auditID".to_owned()),
        ..SearchSpec::new("*")
    };
    let joined = workspace
        .search(spec, &Cancel::default())
        .expect("an answer");
    assert_eq!(joined.count(), 1000);
    assert_eq!([0, 999].map(|ordinal| joined.joined_at(ordinal)), [1, 1]);
}

#[test]
fn severities_are_counted_alike_with_and_without_an_index() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 4000);
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Index);
    let split = |no_index| {
        let found = search(&workspace, "NOT verb:get", no_index);
        let counted = found.histogram(None, None, 50).expect("counts");
        let split = found.by_severity(&counted).expect("counts");
        for (counts, bucket) in split.iter().zip(&counted.buckets) {
            assert_eq!(counts.iter().sum::<u64>(), bucket.count);
        }
        split
    };
    let by_index = split(false);
    assert!(
        by_index.iter().any(|counts| counts[2] > 0),
        "403 is a warning"
    );
    assert_eq!(by_index, split(true));
}

#[test]
fn what_was_read_so_far_is_counted_by_time_before_there_is_an_index() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 60_000);
    let workspace = bench.open(&log, TrustStore::default());
    let cancel = Cancel::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while workspace.archives()[0].live().entries == 0 {
                std::thread::yield_now();
            }
            cancel.stop();
        });
        workspace.run(RunMode::Index, NOW_NS, &Progress::default(), &cancel);
    });
    assert!(!workspace.is_indexed());
    let found = search(&workspace, "*", false);
    let counted = found.histogram(None, None, 50).expect("counts");
    let rows: u64 = counted.buckets.iter().map(|bucket| bucket.count).sum();
    // Segments out of turn are counted too: there may be more than rows that can be shown.
    assert!(rows + counted.undated + counted.outside >= found.count() && rows > 0);
    assert!(found.count() > 0 && !found.is_exact());
    let split = found.by_severity(&counted).expect("counts");
    for (counts, bucket) in split.iter().zip(&counted.buckets) {
        assert_eq!(counts.iter().sum::<u64>(), bucket.count);
    }
}

#[test]
fn a_clock_that_went_back_is_found_where_it_did() {
    let bench = Bench::new();
    let log = bench.path("clock.log");
    let lines = [
        r#"{"time":"2026-03-14T09:00:10Z","msg":"a"}"#,
        r#"{"time":"2026-03-14T09:00:09.500Z","msg":"half a second is no step"}"#,
        r#"{"msg":"undated"}"#,
        r#"{"time":"2026-03-14T08:57:00Z","msg":"back"}"#,
        r#"{"time":"2026-03-14T09:00:11Z","msg":"on"}"#,
    ];
    fs::write(&log, lines.join("\n")).expect("written");
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Index);
    let steps = workspace.clock_steps();
    let found: Vec<_> = steps
        .iter()
        .map(|step| (step.position, step.back_ns))
        .collect();
    assert_eq!(found, [(3, 189_500_000_000)]);
}

#[test]
fn rows_are_shown_before_anything_is_indexed() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 12_000);
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Verify);
    assert!(!workspace.is_indexed());
    let job = workspace
        .start_search(SearchSpec::new("*"))
        .expect("a query");
    assert_eq!(job.progress().count, 12_000);
    let search = job.outcome().expect("at once").expect("an answer");
    assert!(!search.is_exact());
    let rows = search.page(7000, 3).expect("rows").rows;
    let positions: Vec<u64> = rows.iter().map(|row| row.position).collect();
    assert_eq!(positions, [7000, 7001, 7002]);
}

#[test]
fn a_search_in_the_background_ends_with_the_same_answer() {
    let bench = Bench::new();
    let log = bench.write_log("audit.log", 9000);
    let workspace = bench.open(&log, TrustStore::default());
    run(&workspace, RunMode::Verify);
    let job = workspace
        .start_search(SearchSpec::new("verb:delete"))
        .expect("a query");
    while job.progress().is_running {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(
        (job.progress().count, job.progress().is_exact),
        (3000, true)
    );
    assert!(
        workspace
            .start_search(SearchSpec::new("verb:[a TO"))
            .is_err()
    );
}

#[test]
fn a_check_that_stops_half_way_never_calls_the_archive_intact() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 140_000));
    for _ in 0..20 {
        let workspace = bench.open(&archive, trust.clone());
        let cancel = Cancel::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while workspace.archives()[0].live().intact_to < 60_000 {
                    std::thread::yield_now();
                }
                cancel.stop();
            });
            workspace.run(RunMode::Verify, NOW_NS, &Progress::default(), &cancel);
        });
        let summary = workspace.archives()[0].summary().expect("judged");
        if summary.entries.unchecked > 0 {
            assert_eq!(summary.verdict, Verdict::Unproven, "{}", summary.says);
            assert!(summary.entries.intact >= 60_000);
            assert_eq!(workspace.exit_code(false), 3);
            return;
        }
    }
    panic!("no check was stopped half way");
}

#[test]
fn rows_of_many_frames_are_hashed_again_too() {
    let bench = Bench::new();
    let (archive, trust) = bench.seal(&bench.write_log("audit.log", 60_000));
    let workspace = bench.open(&archive, trust);
    run(&workspace, RunMode::Index);
    let places: Vec<String> = (0..14).map(|n| format!("#{}", n * 4096 + 100)).collect();
    let found = search(&workspace, &places.join(" OR "), false);
    let rows = found.page(0, 20).expect("rows").rows;
    assert_eq!(rows.len(), 14);
    for row in &rows {
        assert_eq!(row.position % 4096, 100);
        let leaf = sealscope_proof::leaf_hash(&row.raw);
        assert_eq!(row.leaf, leaf);
    }
    // The same lines after the file was changed under us are not shown.
    let mut bytes = fs::read(&archive).expect("bytes");
    let frame = memchr::memmem::find_iter(&bytes, &[0x28, 0xB5, 0x2F, 0xFD])
        .nth(5)
        .expect("six");
    for byte in bytes[frame + 200..].iter_mut().step_by(97).take(100) {
        *byte ^= 4;
    }
    fs::write(&archive, bytes).expect("written");
    assert!(
        search(&workspace, &places.join(" OR "), false)
            .page(0, 20)
            .is_err()
    );
}
