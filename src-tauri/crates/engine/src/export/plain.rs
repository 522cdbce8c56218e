//! Rows of the engine in the plain form that writers take.

use std::borrow::Cow;

use sealscope_model::{Strength, Verdict, VerdictRanges};
use sealscope_report::export::{ExportArchive, ExportRow, FieldRef, Hit, SpineRef, ValueKind};
use serde::{Serialize, Serializer};

use crate::open_archive::OpenArchive;
use crate::rows::{OwnedSpine, Row, ValueKind as OwnedKind};
use crate::workspace::Workspace;

/// What is known of the archives that rows come from.
#[derive(Debug)]
pub(super) struct Rows {
    archives: Vec<ExportArchive>,
    ranges: Vec<VerdictRanges>,
    nowhere: ExportArchive,
}

impl Rows {
    pub(super) fn of(workspace: &Workspace) -> Self {
        let archives = workspace.archives();
        Self {
            archives: archives.iter().map(|archive| plain(archive)).collect(),
            ranges: archives.iter().map(|archive| archive.ranges()).collect(),
            nowhere: ExportArchive::default(),
        }
    }

    pub(super) fn archives(&self) -> &[ExportArchive] {
        &self.archives
    }

    /// Shows a row in plain form.
    pub(super) fn with<T>(&self, row: &Row, take: impl FnOnce(&ExportRow<'_>) -> T) -> T {
        let archive = self.archives.get(row.archive).unwrap_or(&self.nowhere);
        let ranges = self.ranges.get(row.archive);
        let range = ranges.and_then(|ranges| ranges.at(row.position));
        let strength = range.map_or(Cow::Borrowed(""), |range| strength_words(range.strength));
        let leaf = (archive.format == "sealog").then(|| row.leaf.to_hex());
        take(&ExportRow {
            strength: &strength,
            ..exported(row, archive, leaf.as_deref())
        })
    }
}

fn plain(archive: &OpenArchive) -> ExportArchive {
    let summary = archive.summary();
    ExportArchive {
        name: archive.name(),
        sha256: archive.sha256().map(|digest| digest.to_hex()),
        bytes: archive.bytes(),
        format: archive.format().to_owned(),
        schema: archive.reading().schema.name().to_owned(),
        verdict: summary
            .as_ref()
            .map_or("unchecked", |summary| summary.verdict.word())
            .to_owned(),
        strength: summary
            .as_ref()
            .map_or(Cow::Borrowed(""), |summary| {
                strength_words(summary.strength)
            })
            .into_owned(),
        says: summary
            .as_ref()
            .map_or_else(String::new, |summary| summary.says.clone()),
        entries: summary.as_ref().map_or(0, |summary| summary.entries.total),
    }
}

/// `signed`, `signed, timestamped`; empty for nothing.
fn strength_words(strength: Strength) -> Cow<'static, str> {
    let base = strength.base.map_or("", |base| base.word());
    let additions = strength.additions();
    if additions.is_empty() {
        return Cow::Borrowed(base);
    }
    let words: Vec<&str> = std::iter::once(base)
        .filter(|base| !base.is_empty())
        .chain(additions)
        .collect();
    Cow::Owned(words.join(", "))
}

/// The fields of a row.
pub(crate) fn field_refs(row: &Row) -> Vec<FieldRef<'_>> {
    row.fields
        .iter()
        .map(|field| FieldRef {
            path: &field.path,
            text: &field.text,
            kind: match field.kind {
                OwnedKind::Text => ValueKind::Text,
                OwnedKind::Number => ValueKind::Number,
                OwnedKind::Bool => ValueKind::Bool,
                OwnedKind::Null => ValueKind::Null,
            },
        })
        .collect()
}

fn exported<'a>(row: &'a Row, archive: &'a ExportArchive, leaf: Option<&'a str>) -> ExportRow<'a> {
    ExportRow {
        archive,
        position: row.position,
        record: row.record,
        records: row.records,
        verdict: row.verdict.map_or("unchecked", Verdict::word),
        strength: "",
        leaf,
        time: row.spine.time,
        spine: spine(&row.spine),
        fields: field_refs(row),
        raw: &row.raw,
        notes: &row.notes,
        missing_before: row.missing_before,
    }
}

fn spine(spine: &OwnedSpine) -> SpineRef<'_> {
    SpineRef {
        time_text: spine.time_text.as_deref(),
        who: spine.who.as_deref(),
        did: spine.did.as_deref(),
        to_what: spine.to_what.as_deref(),
        from_where: spine.from_where.as_deref(),
        outcome: spine.outcome.as_deref(),
        decision: spine.decision.as_deref(),
        severity: spine.severity.map(|severity| severity.word()),
        class: spine.class.word(),
        message: &spine.message,
    }
}

/// A row as a hit of `sealscope search --json`, its archive under its path.
#[derive(Debug)]
pub struct HitObject<'a> {
    row: &'a Row,
    workspace: &'a Workspace,
}

impl<'a> HitObject<'a> {
    /// The object for a row.
    #[must_use]
    pub const fn of(row: &'a Row, workspace: &'a Workspace) -> Self {
        Self { row, workspace }
    }
}

impl Serialize for HitObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let archive = self.workspace.archives().get(self.row.archive);
        let has_leaf = archive.is_some_and(|archive| archive.format() == "sealog");
        let named = ExportArchive {
            name: archive.map_or_else(String::new, |archive| {
                archive.path().to_string_lossy().into_owned()
            }),
            ..ExportArchive::default()
        };
        let leaf = has_leaf.then(|| self.row.leaf.to_hex());
        Hit::of(&exported(self.row, &named, leaf.as_deref())).serialize(serializer)
    }
}
