//! Real logs: the index answers as the plain evaluator does, for questions taken from the logs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sealscope_fields::{Detected, Record, Settings, detect, tokens};
use sealscope_index::query::{FieldName, Matcher, Prefilter, Query, RowView, parse, quoted};
use sealscope_index::{Context, Facet, Hits, Index, Shard, ShardPlace, ShardWriter, Sort};

/// Small, so that a log of some thousand entries has several shards.
const SHARD_ENTRIES: usize = 1500;

struct Log {
    entries: Vec<Vec<u8>>,
    detected: Detected,
    settings: Settings,
    index: Index,
    _folder: tempfile::TempDir,
}

impl Log {
    fn new(entries: Vec<Vec<u8>>) -> Self {
        let sample: Vec<&[u8]> = entries.iter().take(100).map(Vec::as_slice).collect();
        let detected = detect(&sample);
        let time_field = detected.time_field.clone();
        let settings = Settings {
            time_field,
            ..Settings::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let mut places = Vec::new();
        for (number, part) in entries.chunks(SHARD_ENTRIES).enumerate() {
            let dir = folder.path().join(number.to_string());
            let mut writer = ShardWriter::create(&dir).unwrap();
            let mut buffer = Record::new();
            for (entry, bytes) in (0_u32..).zip(part) {
                detected
                    .schema
                    .read(bytes, &settings, &mut buffer, &mut |number, record| {
                        writer.add(entry, number, record).unwrap();
                    });
            }
            writer.finish().unwrap();
            let first_position = (number * SHARD_ENTRIES) as u64;
            let shard = Shard::open(&dir).unwrap();
            places.push(ShardPlace {
                shard,
                archive: 0,
                first_position,
            });
        }
        Self {
            entries,
            detected,
            settings,
            index: Index::new(places),
            _folder: folder,
        }
    }

    fn each_record(&self, mut each: impl FnMut(u64, u32, &Record)) {
        let mut buffer = Record::new();
        for (position, bytes) in (0_u64..).zip(&self.entries) {
            let each = &mut |number, record: &Record| each(position, number, record);
            self.detected
                .schema
                .read(bytes, &self.settings, &mut buffer, each);
        }
    }

    fn plain(&self, query: &Query) -> Vec<(u64, u32)> {
        let matcher = Matcher::new(query, self.index.times().map(|(_, newest)| newest));
        let mut found = Vec::new();
        self.each_record(|position, number, record| {
            if matcher.matches(&RowView {
                position,
                verdict: None,
                record,
            }) {
                found.push((position, number));
            }
        });
        found
    }

    fn search(&self, query: &Query) -> Hits {
        self.index.search(query, &Context::plain()).unwrap()
    }

    /// Checks one question, and gives the number of hits.
    fn check(&self, query: &Query) -> u64 {
        let hits = self.search(query);
        let rows = hits.page(Sort::Position, 0, usize::MAX);
        let rows: Vec<(u64, u32)> = rows.iter().map(|row| (row.position, row.record)).collect();
        let expected = self.plain(query);
        assert_eq!(rows, expected, "{}", query.canonical());
        // The filter speaks of JSON only.
        let json =
            ["kubernetes-audit", "cloudtrail", "json"].contains(&self.detected.schema.name());
        if let Some(filter) = Prefilter::new(query).filter(|_| json) {
            for (position, _) in &expected {
                let entry = &self.entries[usize::try_from(*position).unwrap()];
                assert!(filter.may_match(entry), "{} dismissed", query.canonical());
            }
        }
        hits.count()
    }

    fn check_text(&self, text: &str) -> u64 {
        self.check(
            &parse(text)
                .unwrap_or_else(|error| panic!("{text}: {error}"))
                .query,
        )
    }

    /// Questions about the values of every field.
    fn check_fields(&self) {
        let all = self.index.everything();
        let catalogue = self.index.catalogue();
        let step = catalogue.len().div_ceil(15);
        for info in catalogue.iter().step_by(step) {
            let facet = Facet::Field(info.field.clone());
            let facets = all.facet(&facet, usize::MAX, &Context::plain()).unwrap();
            assert_eq!(facets.distinct, facets.values.len() as u64);
            let values = facets.values.iter().take(2).chain(facets.values.last());
            for count in values {
                let query = Query::field_is(info.field.clone(), &count.value);
                assert_eq!(self.check(&query), count.rows, "{}", query.canonical());
            }
            if let FieldName::Raw(path) = &info.field {
                let exists = parse(&format!("{}:*", sealscope_index::query::escaped(path)));
                // A field may also be the object of others.
                assert!(self.check(&exists.unwrap().query) >= info.rows, "{path}");
            }
        }
    }

    /// Questions about words that stand in messages and values.
    fn check_words(&self) {
        let mut words: BTreeSet<String> = BTreeSet::new();
        let mut pairs: BTreeSet<String> = BTreeSet::new();
        self.each_record(|position, _, record| {
            if position % 397 != 5 {
                return;
            }
            record.for_each_text(|text| {
                let mut of_text = Vec::new();
                tokens(text, |word| of_text.push(word.to_owned()));
                pairs.extend(
                    of_text
                        .windows(2)
                        .take(3)
                        .map(|pair| quoted(&pair.join(" "))),
                );
                words.extend(of_text.into_iter().take(4));
            });
        });
        assert!(!words.is_empty());
        let step = words.len().div_ceil(10);
        for word in words.iter().step_by(step) {
            assert!(self.check_text(&quoted(word)) > 0);
            let front: String = word.chars().take(3).collect();
            assert!(self.check_text(&format!("{front}*")) > 0);
            self.check_text(&format!("message:{}", quoted(word)));
            self.check_text(&format!("NOT {} code:*", quoted(word)));
        }
        let step = pairs.len().div_ceil(10).max(1);
        for pair in pairs.iter().step_by(step) {
            assert!(self.check_text(pair) > 0);
            self.check_text(&format!("message:{pair}"));
        }
    }
}

fn lines(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|l| !l.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// A file an entry.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "json"));
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn check_log(entries: Vec<Vec<u8>>, schema: &str) {
    let log = Log::new(entries);
    assert_eq!(log.detected.schema.name(), schema);
    log.check_fields();
    log.check_words();
}

#[test]
fn kubernetes_audit_lines() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    check_log(
        lines(&data.join("kubernetes/made/audit.log")),
        "kubernetes-audit",
    );
}

#[test]
fn cloudtrail_files_with_many_records_each() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    check_log(
        files(&data.join("cloudtrail/stratus-red-team")),
        "cloudtrail",
    );
}

#[test]
fn syslog_lines_of_logins() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    check_log(lines(&data.join("linux/auth.log")), "syslog");
}

#[test]
fn access_log_lines() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let mut entries = lines(&data.join("web/apache_logs"));
    entries.truncate(3200);
    check_log(entries, "access-log");
}
