//! Cited entries, read and hashed again now.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_case::{Cited, ShownPrecision};
use sealscope_model::{EntryTime, Precision, Verdict, ZoneOrigin};
use sealscope_report::content::{
    Exhibit, ExhibitTime, FieldValue, QueryRecord, Spine, ValueKind as KindOut,
};

use super::queries::Asked;
use super::{EXHIBITS_MAX, Gathering, ReportError, proofs::Prover};
use crate::explain::explain_entry;
use crate::progress::Progress;
use crate::rows::{OwnedSpine, Row, RowPlace, ValueKind, read_rows};
use crate::sealed_places::break_at;
use crate::times::{format_time, rfc3339_utc};

/// Rows read at once.
const PAGE_ROWS: usize = 500;

/// An entry to cite, and where it comes from.
pub(super) struct ToCite {
    place: RowPlace,
    comment: String,
    /// Numbers of the queries that found it.
    queries: Vec<usize>,
}

impl Gathering<'_> {
    /// The entries of the case in its order, then the hits of its queries.
    pub(super) fn cited(&mut self, queries: &[Asked]) -> Result<Vec<ToCite>, ReportError> {
        let mut all: Vec<ToCite> = Vec::new();
        let mut places: BTreeMap<(usize, u64, u32), usize> = BTreeMap::new();
        let mut add = |place: RowPlace, comment: &str, query: Option<usize>| {
            let key = (place.archive, place.position, place.record);
            let number = *places.entry(key).or_insert_with(|| {
                all.push(ToCite {
                    place,
                    comment: comment.to_owned(),
                    queries: Vec::new(),
                });
                all.len() - 1
            });
            if let (Some(cited), Some(query)) = (all.get_mut(number), query) {
                cited.queries.push(query);
            }
        };
        let mut lost = 0;
        for cited in &self.request.case.cited {
            match self.place_of(cited)? {
                Some(place) => add(place, &cited.note, None),
                None => lost += 1,
            }
        }
        let mut wanted = self.request.case.cited.len() as u64;
        for (number, asked) in queries.iter().enumerate() {
            let Some(search) = &asked.search else {
                continue;
            };
            let count = search.count().min(asked.exhibits_max);
            wanted += count;
            if wanted > EXHIBITS_MAX {
                return Err(ReportError::TooMany(wanted));
            }
            let mut first = 0;
            while first < count {
                if self.cancel.is_stopped() {
                    return Err(ReportError::Stopped);
                }
                // By page: there each row is put to the query again, whatever the index says.
                let page = search.page(first, PAGE_ROWS.min((count - first) as usize))?;
                if page.false_hits > 0 {
                    return Err(ReportError::Index);
                }
                for row in &page.rows {
                    let place = RowPlace {
                        archive: row.archive,
                        position: row.position,
                        record: row.record,
                    };
                    add(place, "", Some(number));
                }
                first += PAGE_ROWS as u64;
            }
        }
        self.lost = lost;
        Ok(all)
    }

    fn place_of(&self, cited: &Cited) -> Result<Option<RowPlace>, ReportError> {
        let row = self.workspace.cited_row(cited)?;
        Ok(row.map(|row| RowPlace {
            archive: row.archive,
            position: row.position,
            record: row.record,
        }))
    }

    pub(super) fn exhibits(
        &mut self,
        cited: &[ToCite],
        progress: &Progress,
    ) -> Result<Vec<Exhibit>, ReportError> {
        progress.set_bytes_total(cited.len() as u64);
        let workspace = self.workspace;
        let mut prover = Prover::new(workspace);
        let mut exhibits: Vec<Exhibit> = Vec::with_capacity(cited.len());
        for page in cited.chunks(PAGE_ROWS) {
            if self.cancel.is_stopped() {
                return Err(ReportError::Stopped);
            }
            let places: Vec<RowPlace> = page.iter().map(|cited| cited.place).collect();
            let rows = read_rows(workspace.archives(), &workspace.segments, &places, 0)?;
            for (row, cited) in rows.iter().zip(page) {
                let number = u32::try_from(exhibits.len() + 1).unwrap_or(u32::MAX);
                let mut exhibit = self.exhibit(number, row);
                exhibit.comment.clone_from(&cited.comment);
                exhibit.proof = prover.proof(row, &mut self.checkpoints);
                exhibits.push(exhibit);
            }
            progress.add_bytes(page.len() as u64);
        }
        Ok(exhibits)
    }

    /// A time, to be written no finer than the report shows times.
    fn as_shown(&self, time: EntryTime) -> EntryTime {
        let wanted = self.request.case.settings.precision;
        EntryTime {
            precision: shown_precision(time.precision, wanted),
            ..time
        }
    }

    fn exhibit(&self, number: u32, row: &Row) -> Exhibit {
        let archive = self.workspace.archives().get(row.archive);
        let summary = archive.and_then(|archive| archive.summary());
        let found = match (&summary, archive) {
            (Some(summary), Some(archive)) if row.verdict == Some(Verdict::Broken) => {
                let log = archive.sealed_log(&self.workspace.trust_store());
                break_at(summary, log.as_deref(), row.position).cloned()
            }
            _ => None,
        };
        let format = archive.map_or("", |archive| archive.format());
        let words = explain_entry(row.verdict, found.as_ref(), summary.as_deref(), format);
        Exhibit {
            number,
            item: row.archive,
            position: row.position,
            record: row.record,
            records: row.records,
            verdict: row.verdict.map_or("unchecked", Verdict::word).to_owned(),
            title: words.headline,
            says: words.sentence,
            time: row.spine.time.map(|time| ExhibitTime {
                utc: rfc3339_utc(time.ns, time.precision),
                shown: format_time(&self.as_shown(time), self.zone),
                original: row.spine.time_text.clone(),
                precision: precision_word(time.precision).to_owned(),
                zone: match (time.zone, time.year_inferred) {
                    (ZoneOrigin::Stated, false) => "stated in the entry",
                    (ZoneOrigin::Stated, true) => "stated in the entry; the year is inferred",
                    (ZoneOrigin::Inferred, false) => "inferred: the entry states no zone",
                    (ZoneOrigin::Inferred, true) => {
                        "inferred: the entry states neither zone nor year"
                    }
                }
                .to_owned(),
            }),
            spine: spine(&row.spine),
            fields: row
                .fields
                .iter()
                .map(|field| FieldValue {
                    path: field.path.clone(),
                    text: field.text.clone(),
                    kind: match field.kind {
                        ValueKind::Text => KindOut::Text,
                        ValueKind::Number => KindOut::Number,
                        ValueKind::Bool => KindOut::Bool,
                        ValueKind::Null => KindOut::Null,
                    },
                })
                .collect(),
            raw_base64: Some(BASE64.encode(&row.raw)),
            raw_bytes: row.raw.len() as u64,
            leaf: Some(row.leaf.to_hex()),
            notes: row.notes.clone(),
            missing_before: row.missing_before,
            ..Exhibit::default()
        }
    }
}

/// The coarser one of what an entry writes and what the report is to show.
const fn shown_precision(written: Precision, wanted: ShownPrecision) -> Precision {
    match (wanted, written) {
        (ShownPrecision::AsWritten, _) => written,
        (ShownPrecision::Seconds, _) | (_, Precision::Seconds) => Precision::Seconds,
        (ShownPrecision::Milliseconds, _) | (_, Precision::Milliseconds) => Precision::Milliseconds,
        (ShownPrecision::Microseconds, _) => Precision::Microseconds,
    }
}

pub(super) const fn precision_word(precision: Precision) -> &'static str {
    match precision {
        Precision::Seconds => "seconds",
        Precision::Milliseconds => "milliseconds",
        Precision::Microseconds => "microseconds",
        Precision::Nanoseconds => "nanoseconds",
    }
}

fn spine(of: &OwnedSpine) -> Spine {
    Spine {
        who: of.who.clone(),
        did: of.did.clone(),
        to_what: of.to_what.clone(),
        from_where: of.from_where.clone(),
        outcome: of.outcome.clone(),
        decision: of.decision.clone(),
        severity: of.severity.map(|severity| severity.word().to_owned()),
        class: of.class.word().to_owned(),
        message: of.message.clone(),
    }
}

/// Writes into each query's record which exhibits come from it.
pub(super) fn note_origins(queries: &mut [QueryRecord], exhibits: &[Exhibit], cited: &[ToCite]) {
    let numbers: BTreeMap<(usize, u64, u32), u32> = exhibits
        .iter()
        .map(|one| ((one.item, one.position, one.record), one.number))
        .collect();
    let mut of_query: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); queries.len()];
    for one in cited {
        let place = (one.place.archive, one.place.position, one.place.record);
        let Some(number) = numbers.get(&place) else {
            continue;
        };
        for query in &one.queries {
            if let Some(list) = of_query.get_mut(*query) {
                list.insert(*number);
            }
        }
    }
    for (query, list) in queries.iter_mut().zip(of_query) {
        query.exhibits = list.into_iter().collect();
    }
}
