//! Rows with hostile text, for the tests of the writers.

use std::io::Write;
use std::sync::{Arc, Mutex};

use sealscope_model::{EntryTime, Precision, ZoneOrigin};

use super::row::{ExportArchive, ExportHead, ExportRow, FieldRef, SpineRef, ValueKind};
use super::{ExportFormat, Taken, sink};

/// Text that acts in spreadsheets, terminals, pages and readers of text.
pub(super) const HOSTILE: &str =
    "=cmd|' /C calc'!A0\",\"x\u{202e}gpj\n\r\u{1b}[31m\u{0}</script><b>\u{200b}é⟦";
/// Bytes that are not UTF-8.
pub(super) const BINARY: &[u8] = b"=\xff\xfe\x00 \x80 \"quoted\",\nend";
/// One more than JavaScript can count.
pub(super) const BIG: &str = "9007199254740993";

pub(super) fn head() -> ExportHead {
    ExportHead {
        tool_version: "0.1.0".to_owned(),
        made_at: "2026-03-15T10:00:00Z".to_owned(),
        query: "who:anna OR \u{202e}".to_owned(),
        canonical: "who:anna".to_owned(),
        sort: "time",
        count: 4,
        searched: 9,
        is_exact: true,
        archives: vec![archive()],
        ..ExportHead::default()
    }
}

pub(super) fn archive() -> ExportArchive {
    ExportArchive {
        name: "a\u{202e}.sealog".to_owned(),
        sha256: Some("ab".repeat(32)),
        bytes: 1234,
        format: "sealog".to_owned(),
        schema: "cloudtrail".to_owned(),
        verdict: "broken".to_owned(),
        strength: "signed".to_owned(),
        says: "One entry was changed.".to_owned(),
        entries: 9,
    }
}

pub(super) fn row<'a>(archive: &'a ExportArchive, leaf: &'a str) -> ExportRow<'a> {
    ExportRow {
        archive,
        position: 7,
        record: 0,
        records: 1,
        verdict: "intact",
        strength: "signed",
        leaf: Some(leaf),
        time: Some(EntryTime {
            ns: 1_773_479_527_104_200_300,
            precision: Precision::Nanoseconds,
            zone: ZoneOrigin::Stated,
            year_inferred: false,
            offset_seconds: 3600,
        }),
        spine: SpineRef {
            time_text: Some("2026-03-14T10:12:07.104200300+01:00"),
            who: Some("anna"),
            did: Some("CreateUser"),
            to_what: Some("user/bob"),
            from_where: Some("203.0.113.9"),
            outcome: Some("success"),
            decision: None,
            severity: Some("warning"),
            class: "configuration-change",
            message: "anna CreateUser user/bob",
        },
        fields: vec![
            FieldRef {
                path: "eventSource",
                text: "iam.amazonaws.com",
                kind: ValueKind::Text,
            },
            FieldRef {
                path: "n",
                text: BIG,
                kind: ValueKind::Number,
            },
        ],
        raw: b"{\"n\":9007199254740993}",
        notes: &[],
        missing_before: 0,
    }
}

/// A plain row, one of hostile text, one of bytes that are not UTF-8, one without a time.
pub(super) fn rows<'a>(archive: &'a ExportArchive, leaf: &'a str) -> Vec<ExportRow<'a>> {
    let plain = row(archive, leaf);
    let mut hostile = plain.clone();
    hostile.position = u64::MAX;
    hostile.verdict = "broken";
    hostile.leaf = None;
    hostile.spine = SpineRef {
        time_text: Some(HOSTILE),
        who: Some(HOSTILE),
        did: Some(HOSTILE),
        to_what: Some(HOSTILE),
        from_where: Some(HOSTILE),
        outcome: Some(HOSTILE),
        decision: Some(HOSTILE),
        severity: None,
        class: "authentication",
        message: HOSTILE,
    };
    hostile.fields.push(FieldRef {
        path: HOSTILE,
        text: HOSTILE,
        kind: ValueKind::Text,
    });
    hostile.raw = HOSTILE.as_bytes();
    let mut binary = plain.clone();
    binary.position = 8;
    binary.raw = BINARY;
    binary.records = 3;
    binary.record = 2;
    binary.spine.message = "";
    let mut undated = plain.clone();
    undated.position = 9;
    undated.time = None;
    undated.missing_before = 5;
    vec![plain, hostile, binary, undated]
}

/// The bytes of an export of [`rows`], and what became of each row.
pub(super) fn exported(format: ExportFormat) -> (Vec<u8>, Vec<Taken>) {
    let (head, leaf) = (head(), "cd".repeat(32));
    let archive = archive();
    written(format, &head, &rows(&archive, &leaf))
}

pub(super) fn written(
    format: ExportFormat,
    head: &ExportHead,
    rows: &[ExportRow<'_>],
) -> (Vec<u8>, Vec<Taken>) {
    let bytes = Shared::default();
    let mut sink = sink(format, head, Box::new(bytes.clone())).expect("memory");
    let taken = rows
        .iter()
        .map(|row| sink.row(row).expect("memory"))
        .collect();
    sink.finish().expect("memory");
    let bytes = bytes.0.lock().expect("whole").clone();
    (bytes, taken)
}

/// The lines of an export as JSON.
pub(super) fn lines(format: ExportFormat) -> Vec<serde_json::Value> {
    let text = String::from_utf8(exported(format).0).expect("text");
    assert!(
        !text
            .chars()
            .any(|c| c != '\n' && sealscope_shown::acts_or_hides(c)),
        "{text}"
    );
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("whole").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
