use std::sync::atomic::{AtomicUsize, Ordering};

use sealscope_fields::{Record, Value};

use super::*;
use crate::IndexError;
use crate::query::{FieldName, parse};
use crate::shard::ShardWriter;

fn index(rows: &[&[(&str, Value<'_>)]]) -> (Index, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = ShardWriter::create(folder.path()).unwrap();
    let mut record = Record::new();
    for (entry, fields) in (0_u32..).zip(rows) {
        record.clear();
        for (path, value) in *fields {
            record.push_raw(path, *value);
        }
        writer.add(entry, 0, &record).unwrap();
    }
    writer.finish().unwrap();
    let shard = Shard::open(folder.path()).unwrap();
    (
        Index::new(vec![ShardPlace {
            shard,
            archive: 0,
            first_position: 0,
        }]),
        folder,
    )
}

#[test]
fn a_field_that_no_source_has_is_said_with_what_may_be_meant() {
    let fields = [("user.name", Value::Text("a")), ("a b", Value::Text("b"))];
    let (index, _folder) = index(&[&fields]);
    let said = |query: &str| {
        let mentions = parse(query).unwrap().fields;
        let unknown = index.unknown_fields(&mentions);
        let said = unknown
            .iter()
            .map(|d| (d.message.clone(), d.fix.as_ref().map(|f| f.apply(query))));
        said.collect::<Vec<_>>()
    };
    assert_eq!(said("user.name:a user:* who:x a\\ b:b"), []);
    assert_eq!(
        said("user.nmae:a"),
        [(
            "The field user.nmae exists in no source.".to_owned(),
            Some("user.name:a".to_owned())
        )]
    );
    assert_eq!(
        said("NOT a\\ c:1"),
        [(
            "The field a c exists in no source.".to_owned(),
            Some("NOT a\\ b:1".to_owned())
        )]
    );
    assert_eq!(
        said("verb:a"),
        [("The field verb exists in no source.".to_owned(), None)]
    );
}

#[test]
fn completion_gives_the_most_frequent_values_with_their_counts() {
    let value = |text| [("verb", Value::Text(text))];
    let (get, list, log) = (value("get"), value("list"), value("log"));
    let (index, _folder) = index(&[&get, &list, &get, &log, &list, &list]);
    let complete = |prefix: &str, most| {
        let field = FieldName::Raw("verb".to_owned());
        let values = index
            .complete(&field, prefix, most, &Context::plain())
            .unwrap();
        values
            .into_iter()
            .map(|count| (count.value, count.rows))
            .collect::<Vec<_>>()
    };
    let pair = |text: &str, rows| (text.to_owned(), rows);
    assert_eq!(complete("", 2), [pair("list", 3), pair("get", 2)]);
    assert_eq!(complete("l", 9), [pair("list", 3), pair("log", 1)]);
    assert_eq!(complete("x", 9), []);
}

#[test]
fn a_search_that_is_cancelled_says_so() {
    let (index, _folder) = index(&[&[("verb", Value::Text("get"))]]);
    let asked = AtomicUsize::new(0);
    let cancelled = || asked.fetch_add(1, Ordering::Relaxed) > 0;
    let context = Context {
        cancelled: &cancelled,
        ..Context::plain()
    };
    let query = parse("verb:get AND NOT verb:/x.*/").unwrap().query;
    assert!(matches!(
        index.search(&query, &context),
        Err(IndexError::Cancelled)
    ));
}

#[test]
fn an_index_without_shards_answers_with_nothing() {
    let index = Index::new(Vec::new());
    let hits = index
        .search(&parse("a OR NOT b").unwrap().query, &Context::plain())
        .unwrap();
    assert_eq!((hits.count(), hits.times(), index.times()), (0, None, None));
    assert_eq!(hits.page(Sort::Time, 0, 10), []);
    let histogram = hits.histogram(0, 10, 3, &Context::plain()).unwrap();
    assert_eq!(histogram.buckets.len(), 4);
    assert!(matches!(
        hits.histogram(i64::MIN, i64::MAX, 1, &Context::plain()),
        Err(IndexError::Full { .. })
    ));
}

#[test]
fn a_phrase_of_a_rare_and_a_frequent_word_is_found_where_both_meet() {
    // Many different texts, so that their words go to the rows; the phrase is in few of them.
    let texts: Vec<String> = (0..3000)
        .map(|row| match row % 500 {
            7 => format!("w{row} the rare common"),
            8 => format!("w{row} rare the common rare"),
            _ => format!("w{row} common the common"),
        })
        .collect();
    let fields: Vec<[(&str, Value<'_>); 1]> = texts
        .iter()
        .map(|text| [("text", Value::Text(text))])
        .collect();
    let rows: Vec<&[(&str, Value<'_>)]> = fields.iter().map(|row| row.as_slice()).collect();
    let (index, _folder) = index(&rows);
    for (phrase, count) in [
        ("\"rare common\"", 6),
        ("\"common rare\"", 6),
        ("\"rare the common\"", 6),
        ("\"the rare common\"", 6),
        ("\"common the common\"", 2988),
        ("\"rare the rare\"", 0),
        ("\"w7 the rare\"", 1),
        ("rare", 12),
    ] {
        let query = parse(phrase).unwrap().query;
        assert_eq!(
            index.count(&query, &Context::plain()).unwrap(),
            count,
            "{phrase}"
        );
    }
}
