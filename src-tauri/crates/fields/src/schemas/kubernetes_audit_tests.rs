use super::*;
use crate::testing::{Said, read_one, utc};

/// An event with these members in place of the usual ones.
fn event(user: &str, verb: &str, object: &str, rest: &str) -> Said {
    let line = format!(
        r#"{{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","stage":"ResponseComplete","requestURI":"/api/v1/x?watch=1","verb":"{verb}","user":{{"username":"{user}","groups":["g1","g2"]}},"sourceIPs":["10.0.0.9","10.0.0.1"],"userAgent":"kubectl","objectRef":{object},"requestReceivedTimestamp":"2026-03-14T09:00:00.141391Z","stageTimestamp":"2026-03-14T09:00:02.000000Z"{rest}}}"#
    );
    read_one(&KubernetesAudit, line.as_bytes())
}

const EXEC: &str = r#"{"resource":"pods","namespace":"prod","name":"web-1","subresource":"exec"}"#;
const ALLOWED: &str = r#","responseStatus":{"metadata":{},"code":201},"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}"#;

#[test]
fn an_exec_answers_all_questions() {
    let said = event("anna@example.com", "create", EXEC, ALLOWED);
    assert_eq!(
        said.acts(),
        [
            "anna@example.com",
            "create",
            "pods/exec prod/web-1",
            "10.0.0.9",
            "201"
        ]
    );
    assert_eq!(said.decision.as_deref(), Some("allow"));
    assert_eq!(
        (said.severity, said.class),
        (Some(Severity::Info), Class::Privilege)
    );
    assert_eq!(
        said.time.map(|time| time.ns),
        Some(utc("2026-03-14T09:00:00.141391Z"))
    );
    assert_eq!(
        said.message,
        "anna@example.com create pods/exec prod/web-1: 201, allow"
    );
    assert!(said.notes.is_empty());
}

#[test]
fn raw_names_stay_as_they_are_written() {
    let said = event("anna", "create", EXEC, ALLOWED);
    assert_eq!(
        said.raw("annotations.authorization.k8s.io/decision"),
        Some("allow")
    );
    assert_eq!(
        said.raw("annotations.authorization.k8s.io/reason"),
        Some("")
    );
    assert_eq!(said.raw("objectRef.subresource"), Some("exec"));
    let ips: Vec<_> = said
        .raw
        .iter()
        .filter(|(path, _)| path == "sourceIPs")
        .collect();
    assert_eq!(ips.len(), 2);
    // An empty object is no field.
    assert_eq!(said.raw("responseStatus.metadata"), None);
}

#[test]
fn acting_as_another_keeps_both_names() {
    let rest = format!(r#","impersonatedUser":{{"username":"bob"}}{ALLOWED}"#);
    let said = event("anna", "get", r#"{"resource":"nodes","name":"n1"}"#, &rest);
    assert_eq!(said.who.as_deref(), Some("anna"));
    assert_eq!(said.message, "anna as bob get nodes n1: 201, allow");
    assert_eq!(said.class, Class::Privilege);
    assert_eq!(said.raw("impersonatedUser.username"), Some("bob"));
}

#[test]
fn what_was_allowed_can_have_failed_and_both_are_said() {
    let rest =
        r#","responseStatus":{"code":404},"annotations":{"authorization.k8s.io/decision":"allow"}"#;
    let said = event(
        "anna",
        "get",
        r#"{"resource":"secrets","namespace":"prod"}"#,
        rest,
    );
    assert_eq!(
        (said.outcome.as_deref(), said.decision.as_deref()),
        (Some("404"), Some("allow"))
    );
    assert_eq!(said.to_what.as_deref(), Some("secrets prod/"));
    assert_eq!(
        (said.severity, said.class),
        (Some(Severity::Info), Class::ApiRequest)
    );
}

#[test]
fn severity_follows_code_and_decision() {
    for (rest, severity) in [
        (r#","responseStatus":{"code":500}"#, Severity::Error),
        (r#","responseStatus":{"code":403}"#, Severity::Warning),
        (r#","responseStatus":{"code":401}"#, Severity::Warning),
        (
            r#","annotations":{"authorization.k8s.io/decision":"forbid"}"#,
            Severity::Warning,
        ),
        (r#","responseStatus":{"code":409}"#, Severity::Info),
        ("", Severity::Info),
    ] {
        assert_eq!(
            event("a", "get", EXEC, rest).severity,
            Some(severity),
            "{rest}"
        );
    }
}

#[test]
fn the_class_is_that_of_the_act() {
    for (verb, resource, subresource, class) in [
        ("create", "tokenreviews", "", Class::Authentication),
        ("create", "serviceaccounts", "token", Class::Authentication),
        ("get", "serviceaccounts", "token", Class::ApiRequest),
        ("get", "pods", "exec", Class::Privilege),
        ("create", "pods", "portforward", Class::Privilege),
        ("create", "clusterrolebindings", "", Class::Privilege),
        ("list", "clusterrolebindings", "", Class::ApiRequest),
        ("bind", "clusterroles", "", Class::Privilege),
        ("get", "secrets", "", Class::ApiRequest),
        ("patch", "secrets", "", Class::ConfigurationChange),
        ("create", "deployments", "", Class::ConfigurationChange),
        ("deletecollection", "events", "", Class::ApiRequest),
        ("update", "leases", "", Class::ApiRequest),
        ("patch", "nodes", "status", Class::ApiRequest),
        ("create", "subjectaccessreviews", "", Class::ApiRequest),
        ("create", "pods", "binding", Class::ApiRequest),
        ("watch", "pods", "", Class::ApiRequest),
    ] {
        let object = format!(r#"{{"resource":"{resource}","subresource":"{subresource}"}}"#);
        assert_eq!(
            event("a", verb, &object, "").class,
            class,
            "{verb} {resource}/{subresource}"
        );
    }
}

#[test]
fn without_an_object_the_path_asked_for_is_named() {
    let line = br#"{"auditID":"a","stage":"RequestReceived","verb":"get","requestURI":"/healthz?verbose","user":{"username":"u"},"stageTimestamp":"2026-03-14T09:00:00Z"}"#;
    let said = read_one(&KubernetesAudit, line);
    assert_eq!(said.acts(), ["u", "get", "/healthz", "-", "-"]);
    assert_eq!(said.message, "u get /healthz: RequestReceived");
    assert_eq!(
        said.time.map(|time| time.ns),
        Some(utc("2026-03-14T09:00:00Z"))
    );
}

#[test]
fn values_of_unexpected_types_are_no_trouble() {
    for line in [
        r#"{"verb":{"a":1},"user":"anna","objectRef":[],"sourceIPs":{},"requestReceivedTimestamp":5}"#,
        r#"{"verb":null,"user":{"username":["x"]},"responseStatus":{"code":"many"}}"#,
        "{}",
    ] {
        let said = read_one(&KubernetesAudit, line.as_bytes());
        assert_eq!(said.time, None, "{line}");
    }
}

#[test]
fn a_line_that_is_no_json_is_read_as_text_and_says_where() {
    let said = read_one(&KubernetesAudit, br#"{"kind":"Event","verb":get}"#);
    assert_eq!(said.message, r#"{"kind":"Event","verb":get}"#);
    assert_eq!(
        said.notes,
        ["Read as text, because the entry does not fit its schema at byte 23: expected a value."]
    );
    assert!(said.raw.is_empty());
}
