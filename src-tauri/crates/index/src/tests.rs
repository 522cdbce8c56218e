//! The index against the plain evaluator: random rows, random queries, the same answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use sealscope_fields::{Class, Record, SPINE_KEYWORDS, Severity, Value};
use sealscope_model::{EntryTime, Precision, Strength, Verdict, VerdictRanges, ZoneOrigin};

use crate::query::{FieldName, Matcher, Query, RowView};
use crate::shard::Limits;
use crate::testing::{self, ERA_NS};
use crate::{Context, Facet, Hits, Index, RowRef, Shard, ShardPlace, ShardWriter, Sort, TimeOrder};

#[derive(Debug, Clone)]
enum Scalar {
    Text(String),
    Number(String),
    Bool(bool),
    Null,
}

impl Scalar {
    fn value(&self) -> Value<'_> {
        match self {
            Scalar::Text(text) => Value::Text(text),
            Scalar::Number(text) => Value::Number(text),
            Scalar::Bool(bool) => Value::Bool(*bool),
            Scalar::Null => Value::Null,
        }
    }
}

#[derive(Debug, Clone)]
struct Row {
    raw: Vec<(String, Scalar)>,
    who: Option<String>,
    outcome: Option<String>,
    severity: Option<Severity>,
    message: String,
    time_ns: Option<i64>,
}

impl Row {
    fn fill(&self, record: &mut Record) {
        record.clear();
        for (path, scalar) in &self.raw {
            record.push_raw(path, scalar.value());
        }
        if let Some(who) = &self.who {
            record.set_who(who);
        }
        if let Some(outcome) = &self.outcome {
            record.set_outcome(outcome);
        }
        if let Some(severity) = self.severity {
            record.set_severity(severity);
            record.set_class(Class::Privilege);
        }
        record.set_message(&self.message);
        let time = self.time_ns.map(|ns| EntryTime {
            ns,
            precision: Precision::Nanoseconds,
            zone: ZoneOrigin::Stated,
            year_inferred: false,
            offset_seconds: 0,
        });
        record.set_time(time, None);
    }
}

#[derive(Debug, Clone)]
struct Part {
    archive: u32,
    /// Entries left out before each entry, and the entry's records.
    entries: Vec<(u32, Vec<Row>)>,
    limits: (usize, u32, u32),
}

fn scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        6 => testing::text().prop_map(Scalar::Text),
        3 => prop::sample::select(vec![
            "0", "-0", "200", "403", "404", "1e3", "-5", "0.1", "1000.0", "9007199254740993",
            "1e999",
        ]).prop_map(|text| Scalar::Number(text.to_owned())),
        1 => any::<bool>().prop_map(Scalar::Bool),
        1 => Just(Scalar::Null),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let time = prop_oneof![
        1 => Just(None),
        3 => (-20_i64..20).prop_map(|seconds| Some(ERA_NS + seconds * 1_000_000_000)),
        1 => (-20_i64..20).prop_map(|ns| Some(ERA_NS + ns)),
    ];
    let severity = prop::sample::select(vec![Severity::Error, Severity::Info]);
    (
        prop::collection::vec((testing::path(), scalar()), 0..7),
        prop::option::of(testing::text()),
        prop::option::of(testing::text()),
        prop::option::of(severity),
        prop_oneof![3 => testing::text(), 2 => (testing::text(), testing::text())
            .prop_map(|(one, other)| format!("{one} did {other}"))],
        time,
    )
        .prop_map(|(raw, who, outcome, severity, message, time_ns)| Row {
            raw,
            who,
            outcome,
            severity,
            message,
            time_ns,
        })
}

fn part() -> impl Strategy<Value = Part> {
    let records = prop_oneof![
        6 => row().prop_map(|row| vec![row]),
        1 => prop::collection::vec(row(), 0..4),
    ];
    let gap = prop_oneof![4 => Just(0_u32), 1 => 1_u32..3];
    let limits = prop_oneof![
        Just((1025, 4096, 256)),
        Just((1025, 3, 2)),
        Just((4, 0, 0)),
        Just((300, 1, 1)),
    ];
    (
        0_u32..2,
        prop::collection::vec((gap, records), 0..25),
        limits,
    )
        .prop_map(|(archive, entries, limits)| Part {
            archive,
            entries,
            limits,
        })
}

/// A row where it lies.
struct Placed<'r> {
    archive: u32,
    position: u64,
    record: u32,
    row: &'r Row,
    verdict: Option<Verdict>,
}

/// Parts as an index, the rows in the order of position, and the verdicts of the archives.
struct World<'r> {
    index: Index,
    rows: Vec<Placed<'r>>,
    verdicts: Vec<Arc<VerdictRanges>>,
    _folder: tempfile::TempDir,
}

fn verdicts(ends: &[(u64, Option<Verdict>)]) -> Arc<VerdictRanges> {
    let mut ranges = VerdictRanges::default();
    for (length, verdict) in ends {
        ranges.push(
            ranges.end(),
            ranges.end() + length,
            *verdict,
            Strength::NONE,
        );
    }
    Arc::new(ranges)
}

fn write_part(part: &Part, dir: &Path, first: u64) -> (Arc<Shard>, u64, Vec<(u64, u32)>) {
    let (long_bytes_min, listed_max, listed_until_judged) = part.limits;
    let limits = Limits {
        long_bytes_min,
        listed_max,
        listed_until_judged,
    };
    let mut writer = ShardWriter::create_with(dir, limits).unwrap();
    let (mut entry, mut places, mut record) = (0, Vec::new(), Record::new());
    for (gap, records) in &part.entries {
        entry += gap;
        for (number, row) in (0_u32..).zip(records) {
            row.fill(&mut record);
            writer.add(entry, number, &record).unwrap();
            places.push((first + u64::from(entry), number));
        }
        entry += 1;
    }
    let info = writer.finish().unwrap();
    let shard = Shard::open(dir).unwrap();
    assert_eq!(*shard.info(), info);
    (shard, first + u64::from(entry), places)
}

fn world<'r>(parts: &'r [Part], ends: &[(u64, Option<Verdict>)], ordered: bool) -> World<'r> {
    let folder = tempfile::tempdir().unwrap();
    let verdicts = vec![verdicts(ends), verdicts(&ends[..ends.len() / 2])];
    let mut next = [0_u64, 5];
    let (mut shards, mut rows) = (Vec::new(), Vec::new());
    for (number, part) in parts.iter().enumerate() {
        let first_position = next[part.archive as usize];
        let dir = folder.path().join(number.to_string());
        let (shard, end, places) = write_part(part, &dir, first_position);
        next[part.archive as usize] = end;
        shards.push(ShardPlace {
            shard,
            archive: part.archive,
            first_position,
        });
        let records = part.entries.iter().flat_map(|(_, records)| records);
        for ((position, record), row) in places.into_iter().zip(records) {
            let verdict = verdicts[part.archive as usize].verdict_at(position);
            rows.push(Placed {
                archive: part.archive,
                position,
                record,
                row,
                verdict,
            });
        }
    }
    rows.sort_by_key(|row| (row.archive, row.position, row.record));
    let mut index = Index::new(shards);
    if ordered {
        let path = folder.path().join("order");
        let order = TimeOrder::build(&index, &path, &Context::plain()).unwrap();
        index = index.with_time_order(order);
        assert!(index.has_time_order());
    }
    World {
        index,
        rows,
        verdicts,
        _folder: folder,
    }
}

impl<'r> World<'r> {
    fn context(&self) -> Context<'_> {
        Context {
            verdicts: &self.verdicts,
            ..Context::plain()
        }
    }

    fn newest(&self) -> Option<i64> {
        self.rows
            .iter()
            .filter_map(|placed| placed.row.time_ns)
            .max()
    }

    /// Numbers of the rows that the plain evaluator finds.
    fn plain(&self, query: &Query) -> Vec<usize> {
        let matcher = Matcher::new(query, self.newest());
        let mut record = Record::new();
        (0..self.rows.len())
            .filter(|number| {
                let placed = &self.rows[*number];
                placed.row.fill(&mut record);
                let (position, verdict) = (placed.position, placed.verdict);
                matcher.matches(&RowView {
                    position,
                    verdict,
                    record: &record,
                })
            })
            .collect()
    }

    fn sorted(&self, rows: &[usize], sort: Sort) -> Vec<usize> {
        let mut rows = rows.to_vec();
        let time = |row: &usize| self.rows[*row].row.time_ns;
        match sort {
            Sort::Position => {}
            Sort::PositionDown => rows.reverse(),
            Sort::Time => rows.sort_by_key(|row| (time(row).is_none(), time(row))),
            Sort::TimeDown => {
                rows.sort_by_key(|row| (time(row).is_none(), std::cmp::Reverse(time(row))));
            }
        }
        rows
    }

    fn row_ref(&self, row: usize) -> RowRef {
        let placed = &self.rows[row];
        RowRef {
            archive: placed.archive,
            position: placed.position,
            record: placed.record,
            row: row as u64,
            time_ns: placed.row.time_ns,
        }
    }

    fn check_pages(&self, hits: &Hits, found: &[usize], at: usize) {
        for sort in [
            Sort::Position,
            Sort::PositionDown,
            Sort::Time,
            Sort::TimeDown,
        ] {
            let sorted = self.sorted(found, sort);
            let all: Vec<RowRef> = sorted.iter().map(|row| self.row_ref(*row)).collect();
            assert_eq!(hits.page(sort, 0, usize::MAX), all, "{sort:?}");
            let from = at.min(all.len());
            let to = (from + 7).min(all.len());
            assert_eq!(
                hits.page(sort, at as u64, 7),
                all[from..to],
                "{sort:?} from {at}"
            );
            for (ordinal, row) in sorted.iter().enumerate() {
                assert_eq!(
                    hits.ordinal_of(sort, *row as u64),
                    ordinal as u64,
                    "{sort:?}"
                );
            }
            let everything: Vec<usize> = (0..self.rows.len()).collect();
            let everything = self.sorted(&everything, sort);
            if let Some(place) = everything.get(at) {
                let before = everything[..at]
                    .iter()
                    .filter(|row| found.contains(row))
                    .count();
                assert_eq!(
                    hits.ordinal_of(sort, *place as u64),
                    before as u64,
                    "{sort:?}"
                );
            }
        }
        for row in 0..self.rows.len() {
            let placed = &self.rows[row];
            assert_eq!(hits.has(row as u64), found.contains(&row));
            let found = hits.row_at(placed.archive, placed.position, placed.record);
            assert_eq!(found, Some(row as u64));
        }
    }

    fn check_histogram(&self, hits: &Hits, found: &[usize], bucket_ns: i64) {
        let (from_ns, to_ns) = (ERA_NS - 11_000_000_000, ERA_NS + 9_000_000_000);
        let histogram = hits
            .histogram(from_ns, to_ns, bucket_ns, &self.context())
            .unwrap();
        let slots = Verdict::ALL.into_iter().map(Some).chain([None]);
        for verdict in slots {
            let of_verdict = || {
                let rows = found.iter().map(|row| &self.rows[*row]);
                rows.filter(move |placed| placed.verdict == verdict)
            };
            let count = |test: &dyn Fn(Option<i64>) -> bool| {
                of_verdict()
                    .filter(|placed| test(placed.row.time_ns))
                    .count() as u64
            };
            let end = from_ns + bucket_ns * histogram.buckets.len() as i64;
            assert!(end >= to_ns && end < to_ns + bucket_ns);
            assert_eq!(histogram.undated.of(verdict), count(&|time| time.is_none()));
            assert_eq!(
                histogram.before.of(verdict),
                count(&|time| time.is_some_and(|t| t < from_ns))
            );
            assert_eq!(
                histogram.after.of(verdict),
                count(&|time| time.is_some_and(|t| t >= end))
            );
            for (number, bucket) in histogram.buckets.iter().enumerate() {
                let start = from_ns + bucket_ns * number as i64;
                let inside = |t: i64| start <= t && t < start + bucket_ns;
                assert_eq!(bucket.of(verdict), count(&|time| time.is_some_and(inside)));
            }
            assert_eq!(
                hits.verdicts(&self.context()).of(verdict),
                of_verdict().count() as u64
            );
        }
        let times = found.iter().filter_map(|row| self.rows[*row].row.time_ns);
        let expected = times.clone().min().zip(times.max());
        assert_eq!(hits.times(), expected);
    }

    fn values_of(&self, row: &Row, field: &FieldName) -> BTreeSet<String> {
        let mut record = Record::new();
        row.fill(&mut record);
        match field {
            FieldName::Spine(name) => record
                .spine()
                .keyword(name)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            FieldName::Raw(path) => record
                .get(path)
                .map(|value| value.as_text().to_owned())
                .collect(),
        }
    }

    fn check_facet(&self, hits: &Hits, found: &[usize], field: &FieldName) {
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        for row in found {
            for value in self.values_of(self.rows[*row].row, field) {
                *expected.entry(value).or_default() += 1;
            }
        }
        let mut expected: Vec<(String, u64)> = expected.into_iter().collect();
        expected.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let facet = Facet::Field(field.clone());
        for most in [2, 1000] {
            let facets = hits.facet(&facet, most, &self.context()).unwrap();
            let values: Vec<(String, u64)> = facets
                .values
                .into_iter()
                .map(|count| (count.value, count.rows))
                .collect();
            assert_eq!(values, expected[..most.min(expected.len())], "{field:?}");
            assert_eq!(facets.distinct, expected.len() as u64);
        }
    }

    fn check_catalogue(&self) {
        let mut expected: BTreeMap<FieldName, (u64, bool)> = BTreeMap::new();
        for placed in &self.rows {
            let mut record = Record::new();
            placed.row.fill(&mut record);
            let mut fields: BTreeMap<FieldName, bool> = BTreeMap::new();
            for field in record.raw() {
                let number = matches!(field.value, Value::Number(_));
                *fields
                    .entry(FieldName::Raw(field.path.to_owned()))
                    .or_default() |= number;
            }
            for name in SPINE_KEYWORDS {
                if record.spine().keyword(name).is_some() {
                    fields.insert(FieldName::Spine(name), false);
                }
            }
            for (field, number) in fields {
                let sum = expected.entry(field).or_default();
                sum.0 += 1;
                sum.1 |= number;
            }
        }
        let found: BTreeMap<FieldName, (u64, bool)> = self
            .index
            .catalogue()
            .into_iter()
            .map(|info| (info.field, (info.rows, info.numbers)))
            .collect();
        assert_eq!(found, expected);
    }
}

fn ends() -> impl Strategy<Value = Vec<(u64, Option<Verdict>)>> {
    let verdict = prop::option::of(prop::sample::select(Verdict::ALL.to_vec()));
    prop::collection::vec((1_u64..12, verdict), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_index_answers_as_the_plain_evaluator_does(
        parts in prop::collection::vec(part(), 0..4),
        queries in prop::collection::vec(testing::query(), 1..40),
        ends in ends(),
        ordered in any::<bool>(),
        at in 0_usize..60,
        bucket_ns in prop::sample::select(vec![1_000_000_000_i64, 3_000_000_007, 1 << 40]),
    ) {
        let world = world(&parts, &ends, ordered);
        world.check_catalogue();
        for query in &queries {
            let found = world.plain(query);
            let hits = world.index.search(query, &world.context()).unwrap();
            let text = query.canonical();
            prop_assert_eq!(hits.count(), found.len() as u64, "{}", &text);
            let rows: Vec<u64> =
                hits.page(Sort::Position, 0, 10_000).iter().map(|row| row.row).collect();
            let expected: Vec<u64> = found.iter().map(|row| *row as u64).collect();
            prop_assert_eq!(rows, expected, "{}", &text);
            prop_assert_eq!(world.index.count(query, &world.context()).unwrap(), hits.count());
        }
        for query in queries.iter().take(3).chain([&Query::All]) {
            let found = world.plain(query);
            let hits = world.index.search(query, &world.context()).unwrap();
            world.check_pages(&hits, &found, at);
            world.check_histogram(&hits, &found, bucket_ns);
            for path in ["verb", "code", "user.groups", "who"] {
                world.check_facet(&hits, &found, &FieldName::Raw(path.to_owned()));
            }
            for name in ["who", "severity", "class"] {
                world.check_facet(&hits, &found, &FieldName::Spine(name));
            }
        }
    }
}
