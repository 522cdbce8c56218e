//! Kubernetes API server audit events (`audit.k8s.io/v1`, also `v1beta1` and `v1alpha1`).
//!
//! <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>
//!
//! | spine | from |
//! | --- | --- |
//! | time | `requestReceivedTimestamp`, else `stageTimestamp`, else `timestamp` |
//! | who | `user.username`; see below |
//! | did | `verb` |
//! | to what | `objectRef`, see below; else the path of `requestURI` |
//! | from where | `sourceIPs`, the first |
//! | outcome | `responseStatus.code`; the stage `RequestReceived` has none |
//! | decision | the annotation `authorization.k8s.io/decision`: `allow`; `forbid` becomes `deny` |
//! | severity | error: code 500 and above, a panic; warning: 401, 403, `deny`; else info |
//! | message | `anna as bob create pods/exec prod/web-1: 201, allow` |
//!
//! - **Time.** All stages of a request carry the time at which it came, so that they stand
//!   together; the time of each stage is its `stageTimestamp`.
//! - **Who.** The one who asked. Whom they acted as (`impersonatedUser.username`) is in the message
//!   and in the raw fields.
//! - **To what.** `resource[/subresource] [namespace/][name]`: `pods/exec prod/web-1`, `nodes n1`;
//!   a whole namespace ends with its slash: `secrets prod/`.
//! - **Decision and outcome** are kept apart: what was allowed can still have failed.
//!
//! The class is that of the act, tried or done. The first of these that fits counts:
//!
//! 1. *Authentication*: `tokenreviews`, `selfsubjectreviews`; creating `serviceaccounts/token`.
//! 2. *Privilege*: `exec`, `attach`, `portforward`, `proxy`, `ephemeralcontainers`; acting as
//!    another; the verbs `bind`, `escalate`, `impersonate`, `approve`, `sign`.
//! 3. *API request*: everything that only reads, secrets too (what was read, *to what* says);
//!    questions that are created (`…accessreviews`); any `status`.
//! 4. *Privilege*: writing roles, bindings of roles, service accounts, certificate requests.
//! 5. *API request*: bookkeeping that is written all the time: `leases`, `events`, `endpoints`,
//!    `endpointslices`, `bindings`, `pods/binding`, `pods/eviction`.
//! 6. *Configuration change*: any other `create`, `update`, `patch`, `delete`, `deletecollection`.

use crate::json_reader::{self, Dialect};
use crate::record::Record;
use crate::schema::{Recognition, Schema};
use crate::schemas::{count_objects, fill_time, holds_all, role_in};
use crate::settings::Settings;
use crate::value::{Class, Severity};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct KubernetesAudit;

impl Schema for KubernetesAudit {
    fn name(&self) -> &'static str {
        "kubernetes-audit"
    }

    fn describe(&self) -> &'static str {
        "Kubernetes API server audit events"
    }

    fn recognize(&self, sample: &[&[u8]]) -> Recognition {
        let fitting = count_objects(sample, |entry| {
            holds_all(
                entry,
                &["\"auditID\"", "\"stage\"", "\"verb\"", "\"requestURI\""],
            )
        });
        Recognition::from_share(fitting, sample.len(), 99)
    }

    fn read(
        &self,
        entry: &[u8],
        settings: &Settings,
        record: &mut Record,
        each: &mut dyn FnMut(u32, &Record),
    ) {
        json_reader::read(&DIALECT, entry, settings, record, each);
    }
}

static DIALECT: Dialect = Dialect {
    name: "kubernetes-audit",
    role: |path| role_in(&PATHS, path),
    records_key: None,
    fill,
};

const PATHS: [&str; 15] = [
    "requestReceivedTimestamp",
    "stageTimestamp",
    "timestamp",
    "user.username",
    "impersonatedUser.username",
    "verb",
    "objectRef.resource",
    "objectRef.subresource",
    "objectRef.namespace",
    "objectRef.name",
    "requestURI",
    "sourceIPs",
    "responseStatus.code",
    "annotations.authorization.k8s.io/decision",
    "stage",
];
const RECEIVED: u8 = 2;
const STAGE_TIME: u8 = 3;
const TIMESTAMP: u8 = 4;
const USER: u8 = 5;
const IMPERSONATED: u8 = 6;
const VERB: u8 = 7;
const RESOURCE: u8 = 8;
const SUBRESOURCE: u8 = 9;
const NAMESPACE: u8 = 10;
const NAME: u8 = 11;
const URI: u8 = 12;
const SOURCE_IP: u8 = 13;
const CODE: u8 = 14;
const DECISION: u8 = 15;
const STAGE: u8 = 16;

fn fill(record: &mut Record, settings: &Settings) {
    fill_time(record, settings, &[RECEIVED, STAGE_TIME, TIMESTAMP]);
    record.spans.who = record.role_span(USER);
    record.spans.did = record.role_span(VERB);
    record.spans.from_where = record.role_span(SOURCE_IP);
    record.spans.outcome = record.role_span(CODE);
    record.spans.decision = match record.role_text(DECISION) {
        Some("forbid") => Some(record.keep("deny")),
        _ => record.role_span(DECISION),
    };
    record.spans.to_what = if record.role_span(RESOURCE).is_some() {
        Some(record.compose(write_object))
    } else {
        path_of_uri(record)
    };
    record.spans.severity = Some(severity(record));
    record.spans.class = class(record);
    record.spans.message = Some(record.compose(write_message));
}

fn write_object(record: &Record, to: &mut String) {
    to.push_str(record.role_text(RESOURCE).unwrap_or(""));
    if let Some(subresource) = record.role_text(SUBRESOURCE) {
        to.push('/');
        to.push_str(subresource);
    }
    let (namespace, name) = (record.role_text(NAMESPACE), record.role_text(NAME));
    if namespace.is_some() || name.is_some() {
        to.push(' ');
    }
    if let Some(namespace) = namespace {
        to.push_str(namespace);
        to.push('/');
    }
    to.push_str(name.unwrap_or(""));
}

fn path_of_uri(record: &Record) -> Option<crate::record::Span> {
    let uri = record.role_span(URI)?;
    let text = record.text(uri);
    Some(record.part(uri, 0, text.find('?').unwrap_or(text.len())))
}

fn write_message(record: &Record, to: &mut String) {
    let spine = record.spine();
    to.push_str(spine.who.unwrap_or("unknown"));
    if let Some(other) = record.role_text(IMPERSONATED) {
        to.push_str(" as ");
        to.push_str(other);
    }
    for word in [spine.did, spine.to_what].into_iter().flatten() {
        to.push(' ');
        to.push_str(word);
    }
    let stage = record
        .role_text(STAGE)
        .filter(|stage| *stage != "ResponseComplete");
    let mut separator = ": ";
    for word in [spine.outcome, spine.decision, stage].into_iter().flatten() {
        to.push_str(separator);
        to.push_str(word);
        separator = ", ";
    }
}

fn severity(record: &Record) -> Severity {
    let code = record
        .role_text(CODE)
        .and_then(|code| code.parse::<u32>().ok())
        .unwrap_or(0);
    let against = record
        .role_text(DECISION)
        .is_some_and(|decision| decision != "allow");
    if code >= 500 || record.role_text(STAGE) == Some("Panic") {
        Severity::Error
    } else if matches!(code, 401 | 403) || against {
        Severity::Warning
    } else {
        Severity::Info
    }
}

fn class(record: &Record) -> Class {
    let verb = record.role_text(VERB).unwrap_or("");
    let resource = record.role_text(RESOURCE).unwrap_or("");
    let subresource = record.role_text(SUBRESOURCE).unwrap_or("");
    let writes = matches!(
        verb,
        "create" | "update" | "patch" | "delete" | "deletecollection"
    );
    match (resource, subresource) {
        ("tokenreviews" | "selfsubjectreviews", _) => return Class::Authentication,
        ("serviceaccounts", "token") if verb == "create" => return Class::Authentication,
        (_, "exec" | "attach" | "portforward" | "proxy" | "ephemeralcontainers") => {
            return Class::Privilege;
        }
        _ => {}
    }
    if record.role(IMPERSONATED).is_some()
        || matches!(
            verb,
            "bind" | "escalate" | "impersonate" | "approve" | "sign"
        )
    {
        return Class::Privilege;
    }
    if !writes || subresource == "status" || resource.ends_with("accessreviews") {
        return Class::ApiRequest;
    }
    match resource {
        "roles"
        | "clusterroles"
        | "rolebindings"
        | "clusterrolebindings"
        | "serviceaccounts"
        | "certificatesigningrequests" => Class::Privilege,
        "leases" | "events" | "endpoints" | "endpointslices" | "bindings" => Class::ApiRequest,
        "pods" if matches!(subresource, "binding" | "eviction") => Class::ApiRequest,
        "" => Class::ApiRequest,
        _ => Class::ConfigurationChange,
    }
}

#[cfg(test)]
#[path = "kubernetes_audit_tests.rs"]
mod tests;
