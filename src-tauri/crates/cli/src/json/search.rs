//! `sealscope.search/1`: the stable contract of `sealscope search --json`.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_engine::model::ZoneOrigin;
use sealscope_engine::{
    BucketOut, FacetOut, HistogramOut, OwnedField, OwnedSpine, Row, Search, ValueKind, Workspace,
};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;

use crate::times;

/// What stands before the hits.
#[derive(serde::Serialize)]
pub struct SearchHead<'a> {
    schema: &'static str,
    query: &'a str,
    canonical: String,
    count: u64,
    exact: bool,
}

impl<'a> SearchHead<'a> {
    /// The members for an answer.
    pub fn of(query: &'a str, search: &Search) -> Self {
        Self {
            schema: "sealscope.search/1",
            query,
            canonical: search.canonical(),
            count: search.count(),
            exact: search.is_exact(),
        }
    }
}

/// What stands behind the hits.
#[derive(serde::Serialize)]
pub struct Figures<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    buckets: Option<Vec<BucketObject>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undated: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<ValueObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    distinct: Option<u64>,
}

impl<'a> Figures<'a> {
    /// The members for the figures that were asked for.
    pub fn of(
        histogram: Option<&HistogramOut>,
        facet: Option<&'a FacetOut>,
        field: Option<&'a str>,
    ) -> Self {
        Self {
            buckets: histogram.map(|all| all.buckets.iter().map(BucketObject::of).collect()),
            bucket_ns: histogram.map(|all| all.bucket_ns),
            undated: histogram.map(|all| all.undated),
            values: facet.map(|facet| {
                facet
                    .values
                    .iter()
                    .map(|(value, count)| ValueObject::of(value, *count))
                    .collect()
            }),
            field: facet.and(field),
            distinct: facet.map(|facet| facet.distinct),
        }
    }
}

/// One bucket of a histogram.
#[derive(serde::Serialize)]
pub struct BucketObject {
    start: String,
    count: u64,
    by_verdict: ByVerdict,
}

#[derive(serde::Serialize)]
struct ByVerdict {
    intact: u64,
    consistent: u64,
    unproven: u64,
    unsealed: u64,
    broken: u64,
    unchecked: u64,
}

impl BucketObject {
    /// The object for a bucket.
    pub fn of(bucket: &BucketOut) -> Self {
        let [intact, consistent, unproven, unsealed, broken, unchecked] = bucket.by_verdict;
        Self {
            start: times::of_ns(bucket.start_ns),
            count: bucket.count,
            by_verdict: ByVerdict {
                intact,
                consistent,
                unproven,
                unsealed,
                broken,
                unchecked,
            },
        }
    }
}

/// One value of a facet.
#[derive(serde::Serialize)]
pub struct ValueObject<'a> {
    value: &'a str,
    count: u64,
}

impl<'a> ValueObject<'a> {
    /// The object for a value.
    pub const fn of(value: &'a str, count: u64) -> Self {
        Self { value, count }
    }
}

/// One hit.
#[derive(serde::Serialize)]
pub struct HitObject<'a> {
    archive: String,
    position: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u32>,
    time: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inferred: Vec<&'static str>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<String>,
    fields: Fields<'a>,
    spine: SpineObject<'a>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    #[serde(skip_serializing_if = "is_zero")]
    missing_before: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_base64: Option<String>,
}

impl<'a> HitObject<'a> {
    /// The object for a row.
    pub fn of(row: &'a Row, workspace: &Workspace) -> Self {
        let archive = workspace.archives().get(row.archive);
        let has_leaf = archive.is_some_and(|archive| archive.format() == "sealog");
        let raw = std::str::from_utf8(&row.raw).ok();
        Self {
            archive: archive.map_or_else(String::new, |archive| {
                archive.path().to_string_lossy().into_owned()
            }),
            position: row.position,
            record: (row.records > 1).then_some(row.record),
            time: row.spine.time.map(times::of_entry),
            inferred: inferred(&row.spine),
            verdict: row.verdict.map_or("unchecked", |verdict| verdict.word()),
            leaf: has_leaf.then(|| row.leaf.to_hex()),
            fields: Fields(&row.fields),
            spine: SpineObject::of(&row.spine),
            notes: &row.notes,
            missing_before: row.missing_before,
            raw,
            raw_base64: raw.is_none().then(|| BASE64.encode(&row.raw)),
        }
    }
}

/// What of the time the entry does not state.
fn inferred(spine: &OwnedSpine) -> Vec<&'static str> {
    let Some(time) = spine.time else {
        return Vec::new();
    };
    let zone = (time.zone == ZoneOrigin::Inferred).then_some("zone");
    let year = time.year_inferred.then_some("year");
    zone.into_iter().chain(year).collect()
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The form that serde calls.
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(serde::Serialize)]
struct SpineObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_where: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    class: &'static str,
    message: &'a str,
}

impl<'a> SpineObject<'a> {
    fn of(spine: &'a OwnedSpine) -> Self {
        Self {
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
}

/// Raw fields by path, in the order of the entry; a path with several values has a list of them.
struct Fields<'a>(&'a [OwnedField]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(self.0.len());
        let mut grouped: Vec<(&str, Vec<FieldValue<'_>>)> = Vec::with_capacity(self.0.len());
        for field in self.0 {
            let place = *places.entry(&field.path).or_insert(grouped.len());
            match grouped.get_mut(place) {
                Some((_, values)) => values.push(FieldValue(field)),
                None => grouped.push((&field.path, vec![FieldValue(field)])),
            }
        }
        let mut map = serializer.serialize_map(Some(grouped.len()))?;
        for (path, values) in &grouped {
            match values.as_slice() {
                [only] => map.serialize_entry(path, only)?,
                several => map.serialize_entry(path, several)?,
            }
        }
        map.end()
    }
}

struct FieldValue<'a>(&'a OwnedField);

impl Serialize for FieldValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = &self.0.text;
        match self.0.kind {
            ValueKind::Text => serializer.serialize_str(text),
            ValueKind::Bool => serializer.serialize_bool(text == "true"),
            ValueKind::Null => serializer.serialize_unit(),
            // The digits of the entry, never rounded.
            ValueKind::Number => match RawValue::from_string(text.clone()) {
                Ok(digits) => digits.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(path: &str, text: &str, kind: ValueKind) -> OwnedField {
        OwnedField {
            path: path.to_owned(),
            text: text.to_owned(),
            kind,
        }
    }

    fn written(fields: &[OwnedField]) -> String {
        serde_json::to_string(&Fields(fields)).expect("it serialises")
    }

    #[test]
    fn numbers_keep_their_digits() {
        let big = "123456789012345678901234567890.10";
        assert_eq!(
            written(&[field("n", big, ValueKind::Number)]),
            format!("{{\"n\":{big}}}")
        );
    }

    #[test]
    fn a_number_that_json_has_no_form_for_becomes_a_string() {
        assert_eq!(
            written(&[field("n", "0x1F", ValueKind::Number)]),
            r#"{"n":"0x1F"}"#
        );
    }

    #[test]
    fn values_of_one_path_become_a_list_at_its_first_place() {
        let fields = [
            field("a", "1", ValueKind::Number),
            field("b", "x", ValueKind::Text),
            field("a", "true", ValueKind::Bool),
            field("a", "null", ValueKind::Null),
        ];
        assert_eq!(written(&fields), r#"{"a":[1,true,null],"b":"x"}"#);
    }
}
