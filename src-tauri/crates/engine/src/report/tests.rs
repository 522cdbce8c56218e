use base64::Engine as _;
use sealscope_case::{Case, Cited, KeptQuery, Redact};
use sealscope_model::Digest;
use sealscope_proof::{Checkpoint, Note, VerifierKey, check_inclusion, leaf_hash};
use sealscope_report::content::Proof;
use sealscope_testkit::chains::{ChainFamily, chain_lines};
use sealscope_testkit::cloudtrail::{RegionKey, Trail};
use sealscope_testkit::sealog::{Plan, our_signer};
use sealscope_verify::{GivenKey, TrustStore};

use super::*;
use crate::testing::{Opened, open_made, open_path, open_text};
use crate::workspace::RunMode;

fn query(text: &str) -> KeptQuery {
    KeptQuery {
        text: text.to_owned(),
        exhibits_max: 100,
        ..KeptQuery::default()
    }
}

fn request(case: &Case) -> ReportRequest<'_> {
    ReportRequest {
        case,
        made_at_ns: 1_773_100_000_000_000_000,
        build: Build::default(),
        command: String::new(),
        settings: Vec::new(),
        before: FileHashes::default(),
        local: LocalZone::System,
    }
}

fn gathered(opened: &Opened, case: &Case) -> Package {
    let (progress, cancel) = (Progress::default(), Cancel::default());
    let report = opened.workspace.report(&request(case), &progress, &cancel);
    report.expect("a report")
}

const LINES: &str = concat!(
    r#"{"time":"2026-03-14T09:12:07.104Z","user":"anna","verb":"delete","secret":"s3cr3t"}"#,
    "\n",
    r#"{"time":"2026-03-14T09:12:08Z","user":"ben","verb":"get","secret":"none","note":"by s3cr3t"}"#,
    "\n",
    r#"{"time":"2026-03-14T10:00:00Z","user":"anna","verb":"delete","secret":"other"}"#,
    "\n",
);

#[test]
fn every_exhibit_is_proven_by_what_the_report_holds() {
    let opened = open_made(&Plan::new(3, 5).build());
    let case = Case {
        queries: vec![query("*")],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let content = package.content();
    assert!(!content.exhibits.is_empty());
    let key = our_signer().verifier().to_vkey();
    for exhibit in &content.exhibits {
        let Proof::Merkle {
            checkpoint,
            index,
            size,
            path,
            vkey,
            ..
        } = &exhibit.proof
        else {
            panic!("{:?}", exhibit.proof);
        };
        assert_eq!(vkey.as_ref(), Some(&key));
        let raw = exhibit.raw_base64.as_ref().expect("bytes");
        let raw = base64::engine::general_purpose::STANDARD
            .decode(raw)
            .expect("base64");
        let leaf = leaf_hash(&raw);
        assert_eq!(exhibit.leaf, Some(leaf.to_hex()));
        let note = Note::parse(content.checkpoints[*checkpoint].as_bytes()).expect("a note");
        let states = Checkpoint::parse(&note.text).expect("a checkpoint");
        let key = VerifierKey::parse(&key).expect("a key");
        assert!(
            note.signatures
                .iter()
                .any(|line| key.verifies(&note.text, line))
        );
        let path: Vec<_> = path
            .iter()
            .map(|hash| Digest::from_hex(hash).expect("a hash"))
            .collect();
        assert_eq!(*size, states.size);
        check_inclusion(*index, *size, &leaf, &path, &states.root).expect("it is in the tree");
    }
}

#[test]
fn the_same_case_gives_the_same_bytes_with_any_number_of_threads() {
    let opened = open_text("a.log", LINES.as_bytes());
    let case = Case {
        queries: vec![query("verb:delete user:anna")],
        ..Case::default()
    };
    let first = gathered(&opened, &case).content().to_json();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        let again = pool.install(|| gathered(&opened, &case).content().to_json());
        assert!(first == again, "{threads} threads");
    }
}

#[test]
fn a_query_is_counted_with_and_without_each_filter() {
    let opened = open_text("a.log", LINES.as_bytes());
    let case = Case {
        queries: vec![KeptQuery {
            from: "2026-03-14T09:30".to_owned(),
            ..query("verb:delete user:anna")
        }],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let content = package.content();
    let record = &content.queries[0];
    assert_eq!((record.count, record.searched), (1, 3));
    let without: Vec<(&str, u64)> = record
        .without
        .iter()
        .map(|one| (one.filter.as_str(), one.count))
        .collect();
    assert_eq!(
        without,
        [
            ("verb:delete", 1),
            ("user:anna", 1),
            ("from 2026-03-14T09:30:00Z", 2)
        ]
    );
    assert_eq!(record.exhibits, [1]);
    assert_eq!(content.banner.as_deref(), Some("EXTRACT – 1 of 3 entries"));
}

#[test]
fn what_is_redacted_is_nowhere_in_the_report() {
    let opened = open_text("a.log", LINES.as_bytes());
    let case = Case {
        queries: vec![query("*")],
        redact: vec![Redact {
            field: "secret".to_owned(),
            reason: "a password".to_owned(),
        }],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let content = package.content();
    let first = &content.exhibits[0];
    assert_eq!(
        (first.raw_base64.is_none(), first.leaf.is_none()),
        (true, true)
    );
    assert!(matches!(first.proof, Proof::Withheld { .. }));
    assert_eq!(first.redacted, ["secret"]);
    assert_eq!(content.redactions[0].exhibits, [1, 2, 3]);
    let told = |exhibit: &sealscope_report::content::Exhibit| {
        serde_json::to_string(exhibit)
            .expect("json")
            .contains("s3cr3t")
    };
    assert!(!told(first));
    // A field is withheld, not a word: where it stands elsewhere the examiner is warned.
    assert!(told(&content.exhibits[1]));
    let warns = |says: &String| says.contains("\"secret\"") && says.contains("E2");
    assert!(content.warnings.iter().any(warns), "{:?}", content.warnings);
    let case = Case {
        settings: sealscope_case::ReportSettings {
            proves_redacted: true,
            ..case.settings.clone()
        },
        ..case
    };
    let kept = gathered(&opened, &case);
    assert!(
        kept.content().exhibits[0].leaf.is_some(),
        "the examiner chose so"
    );
}

#[test]
fn a_cited_entry_is_found_by_its_leaf_or_left_out_and_said() {
    let opened = open_text("a.log", LINES.as_bytes());
    let archive = opened.workspace.archives()[0]
        .sha256()
        .expect("hashed")
        .to_hex();
    let line = LINES.lines().nth(1).expect("a line");
    let cite = |position, leaf: String| Cited {
        archive: archive.clone(),
        position,
        leaf,
        note: "see".to_owned(),
        ..Cited::default()
    };
    let case = Case {
        cited: vec![
            cite(1, leaf_hash(line.as_bytes()).to_hex()),
            cite(2, leaf_hash(line.as_bytes()).to_hex()),
            cite(99, leaf_hash(line.as_bytes()).to_hex()),
        ],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let content = package.content();
    assert_eq!(content.exhibits.len(), 1);
    assert_eq!(
        (
            content.exhibits[0].position,
            content.exhibits[0].comment.as_str()
        ),
        (1, "see")
    );
    assert!(
        content
            .limits
            .iter()
            .any(|says| says.starts_with("2 of the entries"))
    );
}

#[test]
fn the_books_and_the_hashes_are_those_of_the_file() {
    let opened = open_text("a.log", LINES.as_bytes());
    let package = gathered(&opened, &Case::default());
    let item = &package.content().items[0];
    let digest = sealscope_proof::sha256(LINES.as_bytes()).to_hex();
    assert_eq!(item.sha256.as_ref(), Some(&digest));
    assert_eq!(item.sha256_after.as_ref(), Some(&digest));
    assert!(item.is_unchanged);
    let books = &package.content().books[0];
    assert_eq!(
        (books.bytes, books.entries, books.rejected_bytes),
        (LINES.len() as u64, 3, 0)
    );
    // The file is changed behind the program's back.
    std::fs::write(opened.workspace.archives()[0].path(), "x\n").expect("write");
    let package = gathered(&opened, &Case::default());
    assert!(!package.content().items[0].is_unchanged);
    assert!(
        package
            .content()
            .warnings
            .iter()
            .any(|says| says.contains("changed while"))
    );
}

#[test]
fn a_query_that_means_nothing_is_told_and_stops_nothing() {
    let opened = open_text("a.log", LINES.as_bytes());
    let case = Case {
        queries: vec![query("verb:("), query("verb:none")],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let content = package.content();
    assert!(content.queries[0].trouble.is_some());
    assert!(
        content
            .limits
            .iter()
            .any(|says| says.starts_with("No record among the 3"))
    );
}

/// A chained log goes with the report, is judged again from it, and is withheld with a redaction.
#[test]
fn a_chain_is_proven_by_its_file() {
    let lines = chain_lines(ChainFamily::CanonicalBody, 60, "alice");
    let text = lines.join("\n") + "\n";
    let opened = open_text("chain.jsonl", text.as_bytes());
    let case = Case {
        queries: vec![query("#2..4")],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    assert!(!package.content().exhibits.is_empty());
    let Proof::Files { files, path, .. } = &package.content().exhibits[0].proof else {
        panic!("{:?}", package.content().exhibits[0].proof);
    };
    assert_eq!((files.len(), path.as_str()), (1, "evidence/A"));
    assert_eq!(package.file(&files[0].name), Some(text.as_bytes()));
    let places = crate::places::Places::under(opened.folder.path());
    let trust = opened.workspace.trust_store();
    let judge = crate::report_files::FilesJudge::new(&trust, &places, 1);
    for exhibit in &package.content().exhibits {
        let found = judge.judge(&package, exhibit);
        assert_eq!(exhibit.verdict, "consistent");
        // The recipe comes with the report: it may say anything of what a digest covers.
        assert_eq!(
            found.state,
            sealscope_report::check::State::NotCheckable,
            "{}",
            found.says
        );
        assert!(found.says.contains("profiles/A.toml"), "{}", found.says);
    }
    let mut claims_more = package.content().exhibits[0].clone();
    claims_more.verdict = "intact".to_owned();
    let found = judge.judge(&package, &claims_more);
    assert_eq!(found.state, sealscope_report::check::State::NotCheckable);
    claims_more.leaf = Some("00".repeat(32));
    let found = judge.judge(&package, &claims_more);
    assert_eq!(found.state, sealscope_report::check::State::Broken);
    let case = Case {
        redact: vec![Redact {
            field: "nothing".to_owned(),
            reason: String::new(),
        }],
        ..case
    };
    let package = gathered(&opened, &case);
    assert!(!package.content().exhibits.is_empty());
    for exhibit in &package.content().exhibits {
        assert!(matches!(exhibit.proof, Proof::Withheld { .. }));
    }
    assert!(
        package
            .files()
            .iter()
            .all(|file| !file.name.starts_with("evidence/"))
    );
}

#[test]
fn a_row_is_found_again_by_what_the_case_keeps_of_it() {
    let opened = open_text("a.log", LINES.as_bytes());
    let workspace = &opened.workspace;
    let search = workspace.search(crate::SearchSpec::new("*"), &Cancel::default());
    let page = search.expect("hits").page(1, 1).expect("a row");
    let cited = workspace.cite(&page.rows[0]);
    let row = workspace.cited_row(&cited).expect("it can be read");
    assert_eq!(row.expect("it is there").leaf, page.rows[0].leaf);
    for other in [
        Cited {
            position: cited.position + 1,
            ..cited.clone()
        },
        Cited {
            position: 1 << 40,
            ..cited.clone()
        },
        Cited {
            archive: "00".repeat(32),
            ..cited.clone()
        },
    ] {
        let row = workspace.cited_row(&other).expect("it can be read");
        assert!(row.is_none(), "{other:?}");
    }
}

#[test]
fn a_search_is_kept_with_its_range_and_answers_alike() {
    let opened = open_text("a.log", LINES.as_bytes());
    let spec = crate::SearchSpec {
        from_ns: Some(1_773_479_527_104_000_001),
        to_ns: Some(1_773_483_000_000_000_000),
        ..crate::SearchSpec::new("user:ben")
    };
    let kept = kept_query(&spec.text, spec.from_ns, spec.to_ns);
    let case = Case {
        queries: vec![kept],
        ..Case::default()
    };
    let hits = opened.workspace.search(spec, &Cancel::default());
    let package = gathered(&opened, &case);
    let record = &package.content().queries[0];
    assert_eq!(record.trouble, None);
    assert_eq!(record.count, hits.expect("hits").count());
    assert_eq!(record.count, 1);
}

#[test]
fn another_record_of_an_entry_does_not_give_a_redacted_field_away() {
    let line = concat!(
        r#"{"Records":[{"eventVersion":"1.08","eventTime":"2026-03-14T09:12:07Z","#,
        r#""eventSource":"s3.amazonaws.com","eventName":"A","awsRegion":"x","secret":"s3cr3t"},"#,
        r#"{"eventVersion":"1.08","eventTime":"2026-03-14T09:12:08Z","#,
        r#""eventSource":"s3.amazonaws.com","eventName":"B","awsRegion":"x"}]}"#,
        "\n"
    );
    let opened = open_text("trail.json", line.as_bytes());
    let case = Case {
        queries: vec![query("eventName:*")],
        redact: vec![Redact {
            field: "secret".to_owned(),
            reason: String::new(),
        }],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let exhibits = &package.content().exhibits;
    assert_eq!(exhibits.len(), 2, "a row for each record");
    for exhibit in exhibits {
        assert_eq!(exhibit.raw_base64, None, "E{}", exhibit.number);
        assert_eq!(exhibit.leaf, None);
        assert!(matches!(exhibit.proof, Proof::Withheld { .. }));
    }
}

/// A bucket of CloudTrail, with the keys of the region.
fn bucket() -> Opened {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bucket");
    Trail::of_hours(3, 1).make().write(&path);
    let mut trust = TrustStore::default();
    trust.given_keys.push(GivenKey {
        name: "keys".to_owned(),
        bytes: RegionKey::list(&[0, 1]),
    });
    open_path(folder, path, trust)
}

#[test]
fn a_folder_is_unchanged_only_where_every_file_was_hashed_before() {
    let opened = bucket();
    let case = Case::default();
    let path = opened.workspace.archives()[0].path().to_owned();
    let item = gathered(&opened, &case).content().items[0].clone();
    assert!(!item.is_unchanged, "nobody hashed it before");
    assert!(item.files_total > 0 && item.files_sha256.is_some());
    let before = hash_files(std::slice::from_ref(&path), &Cancel::default()).expect("not stopped");
    let item = |before: FileHashes| {
        let request = ReportRequest {
            before,
            ..request(&case)
        };
        let (progress, cancel) = (Progress::default(), Cancel::default());
        let report = opened.workspace.report(&request, &progress, &cancel);
        report.expect("a report").content().items[0].clone()
    };
    assert!(item(before.clone()).is_unchanged);
    let file = path.join(&item(before.clone()).files[0].name);
    let mut bytes = std::fs::read(&file).expect("there");
    bytes.push(b' ');
    std::fs::write(&file, bytes).expect("written");
    assert!(!item(before).is_unchanged);
}

#[test]
fn a_log_file_of_cloudtrail_goes_with_its_digests_and_is_judged_with_the_keys_of_whoever_checks() {
    let opened = bucket();
    let case = Case {
        queries: vec![KeptQuery {
            exhibits_max: 1,
            ..query("eventName:*")
        }],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let exhibit = &package.content().exhibits[0];
    assert_eq!(exhibit.verdict, "intact");
    let Proof::Files { files, .. } = &exhibit.proof else {
        panic!("{:?}", exhibit.proof);
    };
    let logs = files
        .iter()
        .filter(|file| file.name.contains("/CloudTrail/"));
    assert_eq!(logs.count(), 1, "only the cited log file: {files:#?}");
    let places = crate::places::Places::under(opened.folder.path());
    let judge = |trust: &TrustStore| {
        crate::report_files::FilesJudge::new(trust, &places, 1)
            .judge(&package, exhibit)
            .state
    };
    use sealscope_report::check::State;
    assert_eq!(judge(&opened.workspace.trust_store()), State::Ok);
    assert_eq!(judge(&TrustStore::default()), State::NotCheckable);
}

#[test]
fn what_the_index_says_is_cited_only_if_the_entry_says_so_too() {
    let opened = open_text("a.log", LINES.as_bytes());
    let other = open_text("a.log", LINES.replace("anna", "zoe").as_bytes());
    for one in [&opened, &other] {
        let (progress, cancel) = (Progress::default(), Cancel::default());
        one.workspace.run(RunMode::Index, 1, &progress, &cancel);
    }
    opened.workspace.take_index_of(&other.workspace);
    let case = Case {
        queries: vec![query("user:zoe")],
        ..Case::default()
    };
    let (progress, cancel) = (Progress::default(), Cancel::default());
    let report = opened.workspace.report(&request(&case), &progress, &cancel);
    assert!(matches!(report, Err(ReportError::Index)), "{report:?}");
}

#[test]
fn a_redacted_time_is_told_nowhere() {
    let opened = open_text("a.log", LINES.as_bytes());
    let case = Case {
        queries: vec![query("user:ben")],
        redact: vec![Redact {
            field: "time".to_owned(),
            reason: String::new(),
        }],
        ..Case::default()
    };
    let package = gathered(&opened, &case);
    let exhibit = &package.content().exhibits[0];
    assert_eq!(exhibit.redacted, ["time"]);
    let json = serde_json::to_string(exhibit).expect("json");
    assert!(!json.contains("09:12:08"), "{json}");
}

#[test]
fn a_folder_is_held_file_by_file_against_the_list_of_the_report() {
    use sealscope_report::check::State;
    let opened = bucket();
    let package = gathered(&opened, &Case::default());
    let path = opened.folder.path().join("report.json");
    std::fs::write(&path, package.content().to_json()).expect("written");
    let places = crate::places::Places::under(&opened.folder.path().join("other"));
    let compared = |workspace| {
        let trust = opened.workspace.trust_store();
        let checked = crate::check_report(&path, &trust, &[], &places, 1);
        let mut checked = checked.expect("it can be looked at");
        crate::hold_against_archives(&mut checked, workspace);
        let mut checks = checked.outcome.checks.into_iter();
        let found = checks.find(|check| check.what == "item A, archive");
        found.expect("the archive was compared").finding.state
    };
    assert_eq!(compared(&opened.workspace), State::Ok);
    // The same bucket, but for a byte behind the end of a packed log file.
    let other = bucket();
    let bucket = other.workspace.archives()[0].path();
    let file = bucket.join(&package.content().items[0].files[0].name);
    let mut bytes = std::fs::read(&file).expect("there");
    bytes.push(0);
    std::fs::write(&file, bytes).expect("written");
    assert_eq!(compared(&other.workspace), State::Broken);
}

#[test]
fn keys_above_a_folder_are_no_part_of_the_item() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bucket");
    Trail::of_hours(3, 1).make().write(&path);
    let keys = folder.path().join("keys.json");
    std::fs::write(keys, RegionKey::list(&[0, 1])).expect("written");
    let opened = open_path(folder, path, TrustStore::default());
    let read = opened.workspace.archives()[0].archive().files();
    assert!(
        read.iter().any(|(path, _)| path.ends_with("keys.json")),
        "it is read"
    );
    let package = gathered(&opened, &Case::default());
    let item = &package.content().items[0];
    assert_eq!(item.files_total, read.len() as u64 - 1);
    for file in &item.files {
        assert!(!file.name.starts_with(['/', '.']), "{}", file.name);
    }
}
