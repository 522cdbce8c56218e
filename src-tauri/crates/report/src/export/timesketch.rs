//! JSON Lines for Timesketch, which needs `message`, `datetime` (ISO 8601) and `timestamp_desc`
//! and takes any other members. Values are flat text there: numbers keep their digits as text.

use std::io;

use serde::Serialize;

use super::row::ExportRow;
use super::safe_json::{Texts, write_json};
use super::vocabulary::{Seal, message};
use super::{Taken, jsonl, times};

#[derive(Serialize)]
struct Line<'a> {
    message: &'a str,
    datetime: String,
    timestamp: i64,
    timestamp_desc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'a str>,
    class: &'a str,
    data_type: String,
    #[serde(flatten)]
    seal: Seal<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_original: Option<&'a str>,
    fields: Texts<'a>,
    #[serde(flatten)]
    raw: jsonl::Raw<'a>,
}

/// The line of a row.
pub(super) fn line(row: &ExportRow<'_>, out: &mut Vec<u8>) -> io::Result<Taken> {
    let Some(time) = &row.time else {
        return Ok(Taken::Undated);
    };
    let spine = &row.spine;
    let line = Line {
        message: message(row),
        datetime: times::iso_micros(time.ns),
        timestamp: time.ns.div_euclid(1000),
        timestamp_desc: match times::inferred(Some(time)).as_slice() {
            [] => "Entry time",
            ["zone"] => "Entry time (zone inferred)",
            ["year"] => "Entry time (year inferred)",
            _ => "Entry time (zone and year inferred)",
        },
        user: spine.who,
        action: spine.did,
        target: spine.to_what,
        source: spine.from_where,
        outcome: spine.outcome,
        decision: spine.decision,
        severity: spine.severity,
        class: spine.class,
        data_type: format!("sealscope:{}", row.archive.schema),
        seal: Seal::of(row),
        time_original: spine.time_text,
        fields: Texts(&row.fields),
        raw: jsonl::Raw::of(row.raw),
    };
    write_json(&line, out)?;
    Ok(Taken::Written)
}

#[cfg(test)]
mod tests {
    use crate::export::testing::{BIG, HOSTILE, exported, lines};
    use crate::export::{ExportFormat, Taken};

    #[test]
    fn what_timesketch_needs_is_on_every_line() {
        let lines = lines(ExportFormat::Timesketch);
        assert_eq!(lines.len(), 3);
        for line in &lines {
            assert_eq!(line["datetime"], "2026-03-14T09:12:07.104200+00:00");
            assert_eq!(line["timestamp"], 1_773_479_527_104_200_i64);
            assert_eq!(line["timestamp_desc"], "Entry time");
            assert!(
                line["message"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            assert_eq!(line["sealscope_archive_sha256"], "ab".repeat(32));
        }
        assert_eq!(lines[1]["message"], HOSTILE);
        assert_eq!(lines[1]["sealscope_verdict"], "broken");
        assert_eq!(lines[1]["sealscope_position"], u64::MAX.to_string());
        assert_eq!(lines[0]["fields"]["n"], BIG);
    }

    #[test]
    fn a_row_without_a_time_is_handed_back() {
        for format in ExportFormat::ALL {
            let (_, taken) = exported(format);
            let wanted = if format.needs_time() {
                Taken::Undated
            } else {
                Taken::Written
            };
            assert_eq!(taken[3], wanted, "{format:?}");
            assert!(taken[..3].iter().all(|taken| *taken == Taken::Written));
        }
    }
}
