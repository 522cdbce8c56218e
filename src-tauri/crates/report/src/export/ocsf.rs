//! JSON Lines in OCSF 1.8.0, and the mapping that Parquet shares.
//!
//! - Authentication, with who, and a service or host: class 3002 Authentication, activity 1 Logon
//!   or 2 Logoff.
//! - An API request, or any call of Kubernetes or CloudTrail, with who, did and from where: class
//!   6003 API Activity, activity 1 Create, 2 Read, 3 Update or 4 Delete.
//! - Anything else: class 0 Base Event.
//!
//! Activities that do not map are 99 Other under their own name, or 0 Unknown where the row says
//! nothing;
//! `type_uid = class_uid * 100 + activity_id`. A class whose required attributes a row lacks is
//! not claimed.
//!
//! The seal enriches `raw_data_hash`. The profile `record_integrity` (after 1.8.0) is not used: its
//! attestation covers the event in OCSF's form, and a seal covers the bytes of the source.

use std::io;
use std::net::IpAddr;

use sealscope_model::ZoneOrigin;
use serde::Serialize;

use super::row::ExportRow;
use super::safe_json::{Texts, write_json};
use super::vocabulary::{Effect, Ending, Seal, SignOn};
use super::vocabulary::{address, effect, ending, message, sha256_hex, sign_on};
use super::{Taken, jsonl, times};

/// Version of the schema.
pub(super) const VERSION: &str = "1.8.0";
const MILLISECOND_NS: i64 = 1_000_000;

/// A class of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Base,
    Authentication,
    Api,
}

impl Class {
    const fn uid(self) -> u32 {
        match self {
            Self::Base => 0,
            Self::Authentication => 3002,
            Self::Api => 6003,
        }
    }

    const fn category_uid(self) -> u32 {
        self.uid() / 1000
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Base => "Base Event",
            Self::Authentication => "Authentication",
            Self::Api => "API Activity",
        }
    }
}

/// The attributes of an event that come from the spine.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mapped<'a> {
    pub(super) class_uid: u32,
    pub(super) class_name: &'static str,
    pub(super) category_uid: u32,
    pub(super) activity_id: u32,
    pub(super) activity_name: Option<&'a str>,
    pub(super) type_uid: u32,
    pub(super) severity_id: u32,
    pub(super) severity: &'static str,
    pub(super) status_id: Option<u32>,
    pub(super) status: Option<&'a str>,
    pub(super) status_code: Option<&'a str>,
    pub(super) service: Option<&'a str>,
    pub(super) host: Option<&'a str>,
    class: Class,
}

impl<'a> Mapped<'a> {
    pub(super) fn of(row: &ExportRow<'a>) -> Self {
        let service = ["eventSource", "service"]
            .into_iter()
            .find_map(|path| row.field(path));
        let host = ["host", "hostname", "_HOSTNAME"]
            .into_iter()
            .find_map(|path| row.field(path));
        let class = class_of(row, service.is_some() || host.is_some());
        let (activity_id, activity_name) = activity(class, row.spine.did);
        let (severity_id, severity) = severity(row.spine.severity);
        let (status_id, status) = match ending(row) {
            Some(Ending::Success) => (Some(1), Some("Success")),
            Some(Ending::Failure) => (Some(2), Some("Failure")),
            Some(Ending::Unmapped) => (Some(99), row.spine.outcome),
            None => (None, None),
        };
        Self {
            class_uid: class.uid(),
            class_name: class.name(),
            category_uid: class.category_uid(),
            activity_id,
            activity_name,
            type_uid: class.uid() * 100 + activity_id,
            severity_id,
            severity,
            status_id,
            status,
            status_code: row.spine.outcome,
            service,
            host,
            class,
        }
    }
}

fn class_of(row: &ExportRow<'_>, has_target: bool) -> Class {
    let spine = &row.spine;
    let is_call = spine.class == "api-request"
        || matches!(
            row.archive.schema.as_str(),
            "kubernetes-audit" | "cloudtrail"
        );
    let has_parts = spine.who.is_some() && spine.did.is_some() && spine.from_where.is_some();
    if spine.class == "authentication" && spine.who.is_some() && has_target {
        Class::Authentication
    } else if is_call && has_parts {
        Class::Api
    } else {
        Class::Base
    }
}

/// Id and caption; an activity that does not map keeps its own name.
fn activity(class: Class, did: Option<&str>) -> (u32, Option<&str>) {
    let Some(did) = did.filter(|did| !did.is_empty()) else {
        return (0, Some("Unknown"));
    };
    match class {
        Class::Base => (99, Some(did)),
        Class::Authentication => match sign_on(did) {
            SignOn::In => (1, Some("Logon")),
            SignOn::Out => (2, Some("Logoff")),
            SignOn::Other => (99, Some(did)),
        },
        Class::Api => match effect(did) {
            Effect::Create => (1, Some("Create")),
            Effect::Read => (2, Some("Read")),
            Effect::Update => (3, Some("Update")),
            Effect::Delete => (4, Some("Delete")),
            Effect::Other => (99, Some(did)),
        },
    }
}

fn severity(word: Option<&str>) -> (u32, &'static str) {
    match word {
        Some("critical") => (5, "Critical"),
        Some("error") => (4, "High"),
        Some("warning") => (3, "Medium"),
        Some("info" | "debug") => (1, "Informational"),
        _ => (0, "Unknown"),
    }
}

/// Milliseconds since 1970.
pub(super) fn time_ms(ns: i64) -> i64 {
    ns.div_euclid(MILLISECOND_NS)
}

#[derive(Serialize)]
struct Event<'a> {
    activity_id: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    activity_name: Option<&'a str>,
    category_uid: u32,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone_offset: Option<i32>,
    severity_id: u32,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<&'a str>,
    message: &'a str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Actor<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<Api<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    src_endpoint: Option<Endpoint<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dst_endpoint: Option<Host<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<[Named<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_data: Option<&'a str>,
    raw_data_size: usize,
    raw_data_hash: Fingerprint,
    enrichments: [Enrichment<'a>; 1],
    unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    product: Product,
    log_name: &'a str,
    log_format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_level: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_time: Option<&'a str>,
    uid: String,
}

#[derive(Serialize)]
struct Product {
    name: &'static str,
    vendor_name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Actor<'a> {
    user: Named<'a>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Api<'a> {
    operation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Named<'a>>,
}

#[derive(Serialize)]
struct Endpoint<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Host<'a> {
    hostname: &'a str,
}

#[derive(Serialize)]
struct Fingerprint {
    algorithm: &'static str,
    algorithm_id: u32,
    value: String,
}

/// The seal says something of the bytes under this hash.
#[derive(Serialize)]
struct Enrichment<'a> {
    name: &'static str,
    value: String,
    r#type: &'static str,
    provider: &'static str,
    data: Seal<'a>,
}

#[derive(Serialize)]
struct Unmapped<'a> {
    class: &'a str,
    time: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    time_inferred: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    did: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_what: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_where: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a str>,
    fields: Texts<'a>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    raw: Option<jsonl::Raw<'a>>,
}

/// The name of an event: its archive and its place in it.
pub(super) fn event_uid(row: &ExportRow<'_>) -> String {
    let archive = row.archive.sha256.as_deref().unwrap_or(&row.archive.name);
    format!("{archive}:{}.{}", row.position, row.record)
}

/// The line of a row.
pub(super) fn line(row: &ExportRow<'_>, out: &mut Vec<u8>) -> io::Result<Taken> {
    let Some(time) = &row.time else {
        return Ok(Taken::Undated);
    };
    let hash = sha256_hex(row.raw);
    let event = event(row, &Mapped::of(row), time, &hash);
    write_json(&event, out)?;
    Ok(Taken::Written)
}

fn event<'a>(
    row: &'a ExportRow<'a>,
    mapped: &Mapped<'a>,
    time: &sealscope_model::EntryTime,
    hash: &str,
) -> Event<'a> {
    let spine = &row.spine;
    let raw_data = std::str::from_utf8(row.raw).ok();
    let named = |name: Option<&'a str>| name.map(|name| Named { name });
    let is = |class| mapped.class == class;
    let source = spine.from_where.filter(|_| !is(Class::Base));
    Event {
        activity_id: mapped.activity_id,
        activity_name: mapped.activity_name,
        category_uid: mapped.category_uid,
        class_uid: mapped.class_uid,
        class_name: mapped.class_name,
        type_uid: mapped.type_uid,
        time: time_ms(time.ns),
        timezone_offset: (time.zone == ZoneOrigin::Stated).then_some(time.offset_seconds / 60),
        severity_id: mapped.severity_id,
        severity: mapped.severity,
        status_id: mapped.status_id,
        status: mapped.status,
        status_code: mapped.status_code,
        message: message(row),
        metadata: Metadata {
            version: VERSION,
            product: Product {
                name: "Sealscope",
                vendor_name: "Sealscope",
                version: env!("CARGO_PKG_VERSION"),
            },
            log_name: &row.archive.name,
            log_format: &row.archive.schema,
            log_level: spine.severity,
            original_time: spine.time_text,
            uid: event_uid(row),
        },
        actor: named(spine.who.filter(|_| is(Class::Api))).map(|user| Actor { user }),
        user: named(spine.who.filter(|_| is(Class::Authentication))),
        api: spine.did.filter(|_| is(Class::Api)).map(|operation| Api {
            operation,
            service: named(mapped.service),
        }),
        service: named(mapped.service.filter(|_| is(Class::Authentication))),
        src_endpoint: source.map(|from| {
            let ip = address(from);
            Endpoint {
                ip,
                name: ip.is_none().then_some(from),
            }
        }),
        dst_endpoint: mapped
            .host
            .filter(|_| is(Class::Authentication))
            .map(|hostname| Host { hostname }),
        resources: named(spine.to_what.filter(|_| is(Class::Api))).map(|one| [one]),
        raw_data,
        raw_data_size: row.raw.len(),
        raw_data_hash: Fingerprint {
            algorithm: "SHA-256",
            algorithm_id: 3,
            value: hash.to_owned(),
        },
        enrichments: [Enrichment {
            name: "raw_data_hash.value",
            value: hash.to_owned(),
            r#type: "seal",
            provider: "Sealscope",
            data: Seal::of(row),
        }],
        unmapped: unmapped(row, time, raw_data.is_none()),
    }
}

fn unmapped<'a>(
    row: &'a ExportRow<'a>,
    time: &sealscope_model::EntryTime,
    is_binary: bool,
) -> Unmapped<'a> {
    let spine = &row.spine;
    Unmapped {
        class: spine.class,
        time: times::rfc3339(time),
        time_inferred: times::inferred(Some(time)),
        who: spine.who,
        did: spine.did,
        to_what: spine.to_what,
        from_where: spine.from_where,
        decision: spine.decision,
        fields: Texts(&row.fields),
        raw: is_binary.then(|| jsonl::Raw::of(row.raw)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::export::ExportArchive;
    use crate::export::testing::{BIG, HOSTILE, archive, lines, row, written};
    use crate::export::{ExportFormat, testing};

    /// What classes of OCSF 1.8.0 require, as this module's page has it; paths with dots.
    fn complaints(event: &Value) -> Vec<String> {
        let at = |path: &str| {
            path.split('.')
                .try_fold(event, |value, name| value.get(name))
        };
        let number = |path: &str| at(path).and_then(Value::as_u64);
        let class = number("class_uid").unwrap_or(u64::MAX);
        let (required, any_of, activities): (&[&str], &[&str], &[u64]) = match class {
            0 => (&[], &["time"], &[0, 99]),
            3002 => (
                &["user.name"],
                &["service.name", "dst_endpoint.hostname"],
                &[0, 1, 2, 99],
            ),
            6003 => (
                &["actor.user.name", "api.operation", "src_endpoint"],
                &["src_endpoint.ip", "src_endpoint.name"],
                &[0, 1, 2, 3, 4, 99],
            ),
            other => return vec![format!("no class {other}")],
        };
        let base = [
            "activity_id",
            "category_uid",
            "class_uid",
            "type_uid",
            "time",
            "severity_id",
            "metadata.version",
            "metadata.product.name",
            "raw_data_hash.algorithm_id",
            "raw_data_hash.value",
        ];
        let missing = base
            .iter()
            .chain(required)
            .filter(|path| at(path).is_none());
        let mut found: Vec<String> = missing.map(|path| format!("{path} is missing")).collect();
        let activity = number("activity_id").unwrap_or(u64::MAX);
        let mut hold = |holds: bool, says: &str| {
            if !holds {
                found.push(says.to_owned());
            }
        };
        hold(any_of.iter().any(|path| at(path).is_some()), "at_least_one");
        hold(activities.contains(&activity), "activity_id");
        hold(
            number("type_uid") == Some(class * 100 + activity),
            "type_uid",
        );
        hold(number("category_uid") == Some(class / 1000), "category_uid");
        hold(
            activity != 99 || at("activity_name").is_some(),
            "activity_name",
        );
        hold(
            number("status_id") != Some(99) || at("status").is_some(),
            "status",
        );
        hold(
            number("severity_id").is_some_and(|id| id <= 6),
            "severity_id",
        );
        found
    }

    #[test]
    fn events_have_what_their_class_requires() {
        let lines = lines(ExportFormat::Ocsf);
        assert_eq!(lines.len(), 3);
        for line in &lines {
            assert_eq!(complaints(line), Vec::<String>::new(), "{line}");
        }
        assert_eq!(lines[0]["type_uid"], 600_301);
        assert_eq!(lines[0]["time"], 1_773_479_527_104_i64);
        assert_eq!(lines[0]["timezone_offset"], 60);
        assert_eq!(lines[0]["severity_id"], 3);
        assert_eq!(lines[0]["unmapped"]["fields"]["n"], BIG);
        assert_eq!(lines[1]["class_uid"], 3002);
        assert_eq!(lines[1]["status_id"], 99);
        assert_eq!(lines[1]["user"]["name"], HOSTILE);
        for line in &lines {
            let enriched = &line["enrichments"][0];
            assert_eq!(enriched["value"], line["raw_data_hash"]["value"]);
            assert_eq!(
                enriched["data"]["sealscope_archive_sha256"],
                "ab".repeat(32)
            );
        }
    }

    #[test]
    fn a_class_is_claimed_only_with_its_required_attributes() {
        let archive = archive();
        for (class, who, did, from, wanted) in [
            (
                "api-request",
                Some("a"),
                Some("get"),
                Some("10.0.0.1"),
                6003,
            ),
            ("api-request", None, Some("get"), Some("10.0.0.1"), 0),
            ("api-request", Some("a"), None, Some("10.0.0.1"), 0),
            ("api-request", Some("a"), Some("get"), None, 0),
            (
                "authentication",
                Some("a"),
                Some("ConsoleLogin"),
                None,
                3002,
            ),
            ("authentication", None, Some("ConsoleLogin"), None, 0),
            ("other", None, None, None, 0),
        ] {
            let mut row = row(&archive, "");
            row.spine.class = class;
            (row.spine.who, row.spine.did, row.spine.from_where) = (who, did, from);
            let (bytes, _) = written(ExportFormat::Ocsf, &testing::head(), &[row]);
            let event: Value = serde_json::from_slice(&bytes).expect("JSON");
            assert_eq!(event["class_uid"], wanted, "{event}");
            assert_eq!(complaints(&event), Vec::<String>::new(), "{event}");
        }
    }

    #[test]
    fn calls_outside_of_known_interfaces_are_no_api_activity() {
        let archive = ExportArchive {
            schema: "json".to_owned(),
            ..archive()
        };
        let row = row(&archive, "");
        assert_eq!(Mapped::of(&row).class_uid, 0);
        assert_eq!(Mapped::of(&row).activity_id, 99);
    }
}
