//! JSON Lines in the Elastic Common Schema 8.17: `@timestamp`, `event.*`, `user.*`, `source.*`,
//! and the seal under `labels.sealscope_*`. Fields of the source stand under `sealscope.fields`,
//! which ECS leaves to its users; map it as `flattened`.

use std::io;
use std::net::IpAddr;

use serde::Serialize;

use super::row::ExportRow;
use super::safe_json::{Fields, write_json};
use super::vocabulary::{Effect, Ending, Seal, SignOn};
use super::vocabulary::{address, effect, ending, message, sha256_hex, sign_on};
use super::{Taken, jsonl, times};

const VERSION: &str = "8.17.0";

#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "@timestamp")]
    timestamp: String,
    ecs: Ecs,
    message: &'a str,
    event: Event<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Log<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<User<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source<'a>>,
    labels: Seal<'a>,
    sealscope: Own<'a>,
}

#[derive(Serialize)]
struct Ecs {
    version: &'static str,
}

#[derive(Serialize)]
struct Event<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    r#type: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    outcome: &'static str,
    module: &'static str,
    dataset: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<&'a str>,
    hash: String,
}

#[derive(Serialize)]
struct Log<'a> {
    level: &'a str,
}

#[derive(Serialize)]
struct User<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Source<'a> {
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
}

/// What ECS has no field for.
#[derive(Serialize)]
struct Own<'a> {
    class: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_original: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_inferred: Vec<&'static str>,
    fields: Fields<'a>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    raw: Option<jsonl::Raw<'a>>,
}

/// The line of a row.
pub(super) fn line(row: &ExportRow<'_>, out: &mut Vec<u8>) -> io::Result<Taken> {
    let Some(time) = &row.time else {
        return Ok(Taken::Undated);
    };
    let spine = &row.spine;
    let original = std::str::from_utf8(row.raw).ok();
    let line = Line {
        timestamp: times::rfc3339(time),
        ecs: Ecs { version: VERSION },
        message: message(row),
        event: Event {
            kind: "event",
            category: category(spine.class).map(|category| [category]),
            r#type: types(row),
            action: spine.did,
            outcome: match ending(row) {
                Some(Ending::Success) => "success",
                Some(Ending::Failure) => "failure",
                Some(Ending::Unmapped) | None => "unknown",
            },
            module: "sealscope",
            dataset: format!("sealscope.{}", row.archive.schema),
            original,
            hash: sha256_hex(row.raw),
        },
        log: spine.severity.map(|level| Log { level }),
        user: spine.who.map(|name| User { name }),
        source: spine.from_where.map(|from| Source {
            address: from,
            ip: address(from),
        }),
        labels: Seal::of(row),
        sealscope: Own {
            class: spine.class,
            to_what: spine.to_what,
            outcome: spine.outcome,
            decision: spine.decision,
            time_original: spine.time_text,
            time_inferred: times::inferred(Some(time)),
            fields: Fields(&row.fields),
            raw: original.is_none().then(|| jsonl::Raw::of(row.raw)),
        },
    };
    write_json(&line, out)?;
    Ok(Taken::Written)
}

/// The allowed value of `event.category` for a class.
fn category(class: &str) -> Option<&'static str> {
    Some(match class {
        "authentication" => "authentication",
        "privilege" => "iam",
        "file-access" => "file",
        "configuration-change" => "configuration",
        "api-request" => "api",
        _ => return None,
    })
}

/// Values of `event.type` that ECS expects in the category; none without one.
fn types(row: &ExportRow<'_>) -> Vec<&'static str> {
    let Some(category) = category(row.spine.class) else {
        return Vec::new();
    };
    let did = row.spine.did.unwrap_or("");
    if category == "authentication" {
        return vec![match sign_on(did) {
            SignOn::In => "start",
            SignOn::Out => "end",
            SignOn::Other => "info",
        }];
    }
    let mut types = vec![match effect(did) {
        Effect::Create => "creation",
        Effect::Update => "change",
        Effect::Delete => "deletion",
        Effect::Read if category != "iam" => "access",
        Effect::Read | Effect::Other => "info",
    }];
    if category == "api" {
        types.extend(match row.spine.decision {
            Some("allow") => Some("allowed"),
            Some("deny" | "forbid") => Some("denied"),
            _ => None,
        });
    }
    types
}

#[cfg(test)]
mod tests {
    use crate::export::ExportFormat;
    use crate::export::testing::{BIG, BINARY, HOSTILE, exported, lines};
    use crate::export::vocabulary::sha256_hex;

    #[test]
    fn events_have_the_fields_and_allowed_values_of_ecs() {
        let lines = lines(ExportFormat::Ecs);
        assert_eq!(lines.len(), 3);
        let plain = &lines[0];
        assert_eq!(plain["@timestamp"], "2026-03-14T09:12:07.104200300Z");
        assert_eq!(plain["ecs"]["version"], "8.17.0");
        assert_eq!(plain["event"]["kind"], "event");
        assert_eq!(plain["event"]["category"][0], "configuration");
        assert_eq!(plain["event"]["type"][0], "creation");
        assert_eq!(plain["event"]["outcome"], "success");
        assert_eq!(
            plain["event"]["hash"],
            sha256_hex(b"{\"n\":9007199254740993}")
        );
        assert_eq!(plain["user"]["name"], "anna");
        assert_eq!(plain["source"]["ip"], "203.0.113.9");
        assert_eq!(plain["labels"]["sealscope_verdict"], "intact");
        assert_eq!(plain["labels"]["sealscope_leaf"], "cd".repeat(32));
        let labels = plain["labels"].as_object().expect("labels");
        assert!(
            labels.values().all(serde_json::Value::is_string),
            "labels are keywords"
        );
        let hostile = &lines[1];
        assert_eq!(hostile["event"]["outcome"], "unknown");
        assert_eq!(hostile["source"]["address"], HOSTILE);
        assert!(hostile["source"].get("ip").is_none());
        assert_eq!(hostile["event"]["original"], HOSTILE);
        let binary = &lines[2];
        assert!(binary["event"].get("original").is_none());
        assert!(binary["sealscope"]["raw_base64"].is_string());
        assert_eq!(binary["event"]["hash"], sha256_hex(BINARY));
        let text = String::from_utf8(exported(ExportFormat::Ecs).0).expect("text");
        assert!(text.contains(&format!("\"n\":{BIG}")), "{text}");
    }
}
