use std::fs;

use sealscope_proof::Sha256Stream;
use serde_json::Value;

use super::*;
use crate::search::SearchSpec;
use crate::testing::{Opened, open_text};

const LINES: &str = concat!(
    r#"{"time":"2026-03-14T09:12:07.104Z","user":"=cmd()","n":9007199254740993}"#,
    "\n",
    r#"{"user":"anna","n":1.50}"#,
    "\n",
    r#"{"time":"2026-03-14T09:12:08Z","user":"root\u202egpj"}"#,
    "\n"
);

fn search(opened: &Opened) -> Search {
    let spec = SearchSpec::new("*");
    let found = opened.workspace.search(spec, &Cancel::default());
    found.expect("an answer")
}

fn request(opened: &Opened, format: ExportFormat, name: &str) -> ExportRequest {
    ExportRequest {
        format,
        out: opened.folder.path().join(name),
        evidence: Vec::new(),
        made_at_ns: 1_773_000_000_000_000_000,
    }
}

fn export(opened: &Opened, request: &ExportRequest) -> Result<ExportReport, ExportError> {
    search(opened).export(request, &Progress::default(), &Cancel::default())
}

fn sha256(bytes: &[u8]) -> String {
    let mut hash = Sha256Stream::default();
    hash.update(bytes);
    hash.finish().get().to_hex()
}

#[test]
fn every_format_is_written_with_a_manifest_that_holds() {
    let opened = open_text("made.log", LINES.as_bytes());
    for format in ExportFormat::ALL {
        let request = request(&opened, format, &format!("out.{}", format.word()));
        let report = export(&opened, &request).expect("exported");
        let bytes = fs::read(&request.out).expect("written");
        let manifest = beside(&request.out, &format!("{}.manifest.json", report.file.name));
        let manifest: Value =
            serde_json::from_slice(&fs::read(manifest).expect("written")).expect("JSON");
        assert_eq!(manifest["file"]["sha256"], sha256(&bytes), "{format:?}");
        assert_eq!(manifest["file"]["bytes"], bytes.len());
        assert_eq!(manifest["query"]["count"], 3);
        assert_eq!(manifest["rows_by_verdict"]["unsealed"], 3);
        assert_eq!(manifest["archives"][0]["sha256"], sha256(LINES.as_bytes()));
        let undated = beside(&request.out, &undated_name(&report.file.name));
        assert_eq!(undated.exists(), format.needs_time(), "{format:?}");
        if format.needs_time() {
            assert_eq!(
                (report.file.rows, manifest["undated"]["rows"].as_u64()),
                (2, Some(1))
            );
            let text = fs::read_to_string(undated).expect("written");
            assert_eq!(manifest["undated"]["sha256"], sha256(text.as_bytes()));
            assert!(
                text.contains("\"n\":1.50") && text.lines().count() == 1,
                "{text}"
            );
        } else {
            assert_eq!((report.file.rows, manifest["undated"].is_null()), (3, true));
        }
    }
    let left: Vec<_> = fs::read_dir(opened.folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name())
        .filter(|name| name.to_string_lossy().contains("partial"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn two_runs_on_one_or_two_threads_give_the_same_bytes() {
    let lines: String = (0..5000)
        .map(|n| {
            format!(
                "{{\"time\":\"2026-03-14T09:{:02}:{:02}Z\",\"n\":{n}}}\n",
                n / 60 % 60,
                n % 60
            )
        })
        .collect();
    let opened = open_text("made.log", lines.as_bytes());
    for format in ExportFormat::ALL {
        let bytes = |name: &str, threads| {
            let request = request(&opened, format, name);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let pool = pool.expect("threads");
            pool.install(|| export(&opened, &request))
                .expect("exported");
            fs::read(&request.out).expect("written")
        };
        let word = format.word();
        let first = bytes(&format!("a.{word}"), 1);
        assert_eq!(first, bytes(&format!("b.{word}"), 2), "{word}");
    }
}

#[test]
fn nothing_is_written_over_and_nothing_into_evidence() {
    let opened = open_text("made.log", LINES.as_bytes());
    let mut request = request(&opened, ExportFormat::Csv, "out.csv");
    for taken in [
        "out.csv",
        "out.csv.manifest.json",
        "out.csv.undated.jsonl",
        "out.csv.partial",
    ] {
        let path = opened.folder.path().join(taken);
        fs::write(&path, "mine").expect("written");
        let refused = export(&opened, &request);
        assert!(
            matches!(refused, Err(ExportError::Exists { .. })),
            "{taken}: {refused:?}"
        );
        assert_eq!(fs::read_to_string(&path).expect("there"), "mine");
        fs::remove_file(&path).expect("removed");
    }
    request.out = opened.folder.path().join("evidence/out.csv");
    request.evidence = vec![opened.folder.path().join("evidence")];
    let refused = export(&opened, &request);
    assert!(
        matches!(refused, Err(ExportError::InsideEvidence { .. })),
        "{refused:?}"
    );
    request.evidence.clear();
    request.out = opened.folder.path().join("evidence/made.log");
    let refused = export(&opened, &request);
    assert!(
        matches!(refused, Err(ExportError::InsideEvidence { .. })),
        "{refused:?}"
    );
    let files = fs::read_dir(opened.folder.path().join("evidence")).expect("a folder");
    assert_eq!(files.count(), 1);
}

#[test]
fn a_stopped_export_leaves_nothing() {
    let opened = open_text("made.log", LINES.as_bytes());
    let request = request(&opened, ExportFormat::Parquet, "out.parquet");
    let cancel = Cancel::default();
    let search = search(&opened);
    cancel.stop();
    let stopped = search.export(&request, &Progress::default(), &cancel);
    assert!(matches!(stopped, Err(ExportError::Stopped)), "{stopped:?}");
    let names = fs::read_dir(opened.folder.path()).expect("a folder");
    let left = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    assert!(left.into_iter().all(|name| !name.starts_with("out")));
}

#[test]
fn evidence_that_changed_is_not_exported() {
    let opened = open_text("made.log", LINES.as_bytes());
    let path = opened.folder.path().join("evidence/made.log");
    let search = search(&opened);
    fs::write(&path, LINES.replace("anna", "mara")).expect("written");
    let request = request(&opened, ExportFormat::JsonLines, "out.jsonl");
    let refused = search.export(&request, &Progress::default(), &Cancel::default());
    assert!(matches!(refused, Err(ExportError::Row(_))), "{refused:?}");
    assert!(!request.out.exists());
}

#[test]
fn a_stream_takes_text_and_counts_what_it_cannot_take() {
    let opened = open_text("made.log", LINES.as_bytes());
    let search = search(&opened);
    let mut bytes = Vec::new();
    let mut to = |format| {
        bytes.clear();
        search.export_to(
            format,
            0,
            &mut bytes,
            &Progress::default(),
            &Cancel::default(),
        )
    };
    let report = to(ExportFormat::Timesketch).expect("exported");
    assert_eq!(report.undated.map(|left| left.rows), Some(1));
    assert!(matches!(
        to(ExportFormat::Parquet),
        Err(ExportError::NotText(ExportFormat::Parquet))
    ));
    let report = to(ExportFormat::Csv).expect("exported");
    assert_eq!((report.file.rows, report.undated), (3, None));
    assert_eq!(report.file.sha256, sha256(&bytes));
}
