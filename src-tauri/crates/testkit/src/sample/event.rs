use chrono::{DateTime, Utc};
use serde::Serialize;

/// One audit event (audit.k8s.io/v1), members in the order in which the API server writes them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    kind: &'static str,
    api_version: &'static str,
    level: &'static str,
    #[serde(rename = "auditID")]
    pub audit_id: String,
    pub stage: &'static str,
    #[serde(rename = "requestURI")]
    request_uri: String,
    verb: String,
    user: User,
    #[serde(rename = "sourceIPs")]
    source_ips: Vec<String>,
    user_agent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_ref: Option<ObjectRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_status: Option<ResponseStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_object: Option<serde_json::Value>,
    request_received_timestamp: String,
    stage_timestamp: String,
    annotations: Annotations,
}

#[derive(Debug, Clone, Serialize)]
struct User {
    username: String,
    groups: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct ObjectRef {
    resource: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    api_group: String,
    api_version: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    subresource: String,
}

#[derive(Debug, Clone, Serialize)]
struct ResponseStatus {
    metadata: serde_json::Map<String, serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    code: u16,
}

#[derive(Debug, Clone, Serialize)]
struct Annotations {
    #[serde(rename = "authorization.k8s.io/decision")]
    decision: &'static str,
    #[serde(rename = "authorization.k8s.io/reason")]
    reason: String,
}

/// A request, as the one who made it would tell it.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Who made it.
    pub user: String,
    /// The groups beside `system:authenticated`.
    pub groups: Vec<String>,
    /// Where it came from.
    pub ip: String,
    /// The program that made it.
    pub agent: String,
    /// `get`, `list`, `create`…
    pub verb: &'static str,
    /// API group, empty for the core group.
    pub group: &'static str,
    /// `pods`, `secrets`…
    pub resource: &'static str,
    /// `exec`, `log`, `status`…; empty for none.
    pub subresource: &'static str,
    /// Empty for what belongs to the cluster.
    pub namespace: String,
    /// Empty for lists.
    pub name: String,
    /// HTTP status.
    pub code: u16,
    /// What allowed it.
    pub because: String,
    /// The object sent, where the audit policy keeps it.
    pub object: Option<serde_json::Value>,
}

impl Event {
    /// The event of a finished request. `took_us` is how long it took, in microseconds.
    pub fn complete(request: &Request, id: String, received: DateTime<Utc>, took_us: i64) -> Self {
        let denied = request.code == 403;
        let reason = if denied {
            String::new()
        } else {
            request.because.clone()
        };
        let object_ref = ObjectRef {
            resource: request.resource.into(),
            namespace: request.namespace.clone(),
            name: request.name.clone(),
            api_group: request.group.into(),
            api_version: "v1".into(),
            subresource: request.subresource.into(),
        };
        let mut groups = request.groups.clone();
        groups.push("system:authenticated".into());
        Self {
            kind: "Event",
            api_version: "audit.k8s.io/v1",
            level: if request.object.is_some() {
                "Request"
            } else {
                "Metadata"
            },
            audit_id: id,
            stage: "ResponseComplete",
            request_uri: uri(request),
            verb: request.verb.into(),
            user: User {
                username: request.user.clone(),
                groups,
            },
            source_ips: vec![request.ip.clone()],
            user_agent: request.agent.clone(),
            object_ref: Some(object_ref),
            response_status: Some(status(request)),
            request_object: request.object.clone(),
            request_received_timestamp: stamp(received),
            stage_timestamp: stamp(received + chrono::TimeDelta::microseconds(took_us)),
            annotations: Annotations {
                decision: if denied { "forbid" } else { "allow" },
                reason,
            },
        }
    }

    /// The event at the start of a long request, of which `complete` is the end.
    pub fn started(complete: &Self) -> Self {
        let stage_timestamp = complete.request_received_timestamp.clone();
        Self {
            stage: "ResponseStarted",
            stage_timestamp,
            ..complete.clone()
        }
    }

    /// The event as one line, without its LF.
    ///
    /// # Errors
    ///
    /// None in practice: every member can be written as JSON.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

fn uri(request: &Request) -> String {
    let mut uri = match request.group {
        "" => "/api/v1".to_owned(),
        group => format!("/apis/{group}/v1"),
    };
    if !request.namespace.is_empty() {
        uri.push_str(&format!("/namespaces/{}", request.namespace));
    }
    for part in [request.resource, &request.name, request.subresource] {
        if !part.is_empty() {
            uri.push('/');
            uri.push_str(part);
        }
    }
    match (request.verb, request.subresource) {
        ("watch", _) => uri.push_str("?allowWatchBookmarks=true&watch=true"),
        ("list", _) => uri.push_str("?limit=500"),
        (_, "exec") => uri.push_str("?command=%2Fbin%2Fsh&stdin=true&stdout=true&tty=true"),
        _ => {}
    }
    uri
}

fn status(request: &Request) -> ResponseStatus {
    let (reason, what) = match request.code {
        401 => (Some("Unauthorized"), "Unauthorized".to_owned()),
        403 => (Some("Forbidden"), forbidden(request)),
        404 => (
            Some("NotFound"),
            format!("{} \"{}\" not found", request.resource, request.name),
        ),
        409 => (
            Some("Conflict"),
            "the object has been modified; please apply your changes to the latest version".into(),
        ),
        500 => (
            Some("InternalError"),
            "etcdserver: request timed out".into(),
        ),
        _ => (None, String::new()),
    };
    ResponseStatus {
        metadata: serde_json::Map::new(),
        status: reason.map(|_| "Failure"),
        message: reason.map(|_| what),
        reason,
        code: request.code,
    }
}

fn forbidden(request: &Request) -> String {
    format!(
        "{} \"{}\" is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" in the \
         namespace \"{}\"",
        request.resource,
        request.name,
        request.user,
        request.verb,
        request.resource,
        request.group,
        request.namespace
    )
}
