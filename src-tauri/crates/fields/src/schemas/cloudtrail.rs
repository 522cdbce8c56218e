//! AWS CloudTrail events: one event an entry, a document `{"Records": […]}`, or an array of events.
//!
//! Follows AWS's "CloudTrail record contents for management, data, and network activity events".
//!
//! | spine | from |
//! | --- | --- |
//! | time | `eventTime` |
//! | who | below `userIdentity`: `userName`, else `arn`, `invokedBy`, `principalId`, `accountId` |
//! | did | `eventName` |
//! | to what | the first `resources.ARN`, else see below |
//! | from where | `sourceIPAddress` (may be the name of a service) |
//! | outcome | `errorCode`, else see below |
//! | decision | `deny` when `errorCode` is a refusal |
//! | severity | warning: a refusal, a failed login; error: the service's own; else info |
//! | message | `anna DeleteTrail main-trail (cloudtrail.amazonaws.com): AccessDenied` |
//!
//! - **Who.** An assumed role is named by its ARN, session included; the role itself stays in the
//!   raw field `userIdentity.sessionContext.sessionIssuer.userName`.
//! - **To what.** Without an ARN: the bucket with its key, or what [`NAMES`] finds among the
//!   parameters of the request, or `eventSource`.
//! - **Outcome.** Without an error: `failure` or `success` as `responseElements.ConsoleLogin` or
//!   `.SwitchRole` says, else `success`.
//! - **Decision.** CloudTrail never says that something was allowed, so neither do we.
//!
//! A document gives a record for each element of `Records`, where that is the first key of the
//! root; what else stands in the root is one more record. Digest files are no logs.
//!
//! The class is that of the act, tried or done. The first of these that fits counts:
//!
//! 1. *Authentication*: `signin`; `sts`: `GetSessionToken`, `AssumeRoleWith…`.
//! 2. *Privilege*: `sts`: `AssumeRole`, `AssumeRoot`, `GetFederationToken`; what changes `iam`,
//!    `sso`, `identitystore`, `organizations`; `ssm`: `StartSession`, `ResumeSession`,
//!    `SendCommand`; `ec2-instance-connect`; `kms`: `CreateGrant`, `PutKeyPolicy`.
//! 3. *File access*: objects of `s3` (not its buckets) and blocks of `ebs`.
//! 4. *API request*: other data events; everything that only reads (`readOnly`, else by name),
//!    secrets too.
//! 5. *Configuration change*: everything else with a name.

use crate::json_reader::{self, Dialect};
use crate::record::{Record, Span};
use crate::schema::{Recognition, Schema};
use crate::schemas::{fill_time, holds_all, is_true, role_in};
use crate::settings::Settings;
use crate::value::{Class, Severity};

/// See the [module](self).
#[derive(Debug, Clone, Copy)]
pub struct CloudTrail;

impl Schema for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }

    fn describe(&self) -> &'static str {
        "AWS CloudTrail events"
    }

    fn recognize(&self, sample: &[&[u8]]) -> Recognition {
        let fitting = sample.iter().filter(|entry| is_cloudtrail(entry)).count();
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

fn is_cloudtrail(entry: &[u8]) -> bool {
    let entry = entry
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(entry)
        .trim_ascii_start();
    let Some(inside) = entry.strip_prefix(b"{") else {
        return entry.starts_with(b"[") && holds_event(entry);
    };
    let records = inside.trim_ascii_start().strip_prefix(b"\"Records\"");
    let colon = records.and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"));
    colon.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"[")) || holds_event(entry)
}

fn holds_event(entry: &[u8]) -> bool {
    holds_all(
        entry,
        &[
            "\"eventVersion\"",
            "\"eventSource\"",
            "\"eventName\"",
            "\"eventTime\"",
        ],
    )
}

static DIALECT: Dialect = Dialect {
    name: "cloudtrail",
    role: |path| role_in(&PATHS, path),
    records_key: Some("Records"),
    fill,
};

const PATHS: [&str; 42] = [
    "eventTime",
    "userIdentity.userName",
    "userIdentity.arn",
    "userIdentity.invokedBy",
    "userIdentity.principalId",
    "userIdentity.accountId",
    "eventName",
    "eventSource",
    "resources.ARN",
    "sourceIPAddress",
    "errorCode",
    "responseElements.ConsoleLogin",
    "responseElements.SwitchRole",
    "readOnly",
    "eventCategory",
    "requestParameters.bucketName",
    "requestParameters.key",
    // From here on in the order of `NAMES`.
    "requestParameters.roleName",
    "requestParameters.userName",
    "requestParameters.groupName",
    "requestParameters.roleArn",
    "requestParameters.policyArn",
    "requestParameters.policyName",
    "requestParameters.secretId",
    "requestParameters.instanceId",
    "requestParameters.instancesSet.items.instanceId",
    "requestParameters.functionName",
    "requestParameters.dBInstanceIdentifier",
    "requestParameters.dBSnapshotIdentifier",
    "requestParameters.snapshotId",
    "requestParameters.groupId",
    "requestParameters.keyId",
    "requestParameters.trailName",
    "requestParameters.name",
    "requestParameters.names",
    "requestParameters.resourceId",
    "requestParameters.resourceArn",
    "requestParameters.tableName",
    "requestParameters.target",
    "requestParameters.vpcId",
    "requestParameters.subnetId",
    "requestParameters.resourceName",
];
/// Parameters of requests that name what they are about, in this order, below
/// `requestParameters`.
pub const NAMES: &[&str] = match PATHS.split_at_checked(17) {
    Some((_, names)) => names,
    None => &[],
};

const TIME: u8 = 2;
const USER_NAME: u8 = 3;
const ARN: u8 = 4;
const INVOKED_BY: u8 = 5;
const PRINCIPAL: u8 = 6;
const ACCOUNT: u8 = 7;
const EVENT_NAME: u8 = 8;
const EVENT_SOURCE: u8 = 9;
const RESOURCE_ARN: u8 = 10;
const SOURCE_IP: u8 = 11;
const ERROR_CODE: u8 = 12;
const CONSOLE_LOGIN: u8 = 13;
const SWITCH_ROLE: u8 = 14;
const READ_ONLY: u8 = 15;
const CATEGORY: u8 = 16;
const BUCKET: u8 = 17;
const KEY: u8 = 18;
const FIRST_NAME: u8 = 19;
const LAST_NAME: u8 = 43;

fn fill(record: &mut Record, settings: &Settings) {
    fill_time(record, settings, &[TIME]);
    let who = [USER_NAME, ARN, INVOKED_BY, PRINCIPAL, ACCOUNT];
    record.spans.who = who.into_iter().find_map(|role| record.role_span(role));
    record.spans.did = record.role_span(EVENT_NAME);
    record.spans.from_where = record.role_span(SOURCE_IP);
    record.spans.to_what = to_what(record);
    record.spans.outcome = outcome(record);
    if is_refusal(record.role_text(ERROR_CODE).unwrap_or("")) {
        record.spans.decision = Some(record.keep("deny"));
    }
    record.spans.severity = Some(severity(record));
    record.spans.class = class(record);
    record.spans.message = Some(record.compose(write_message));
}

fn to_what(record: &mut Record) -> Option<Span> {
    if let Some(arn) = record.role_span(RESOURCE_ARN) {
        return Some(arn);
    }
    if let Some(bucket) = record.role_span(BUCKET) {
        let Some(key) = record.role_span(KEY) else {
            return Some(bucket);
        };
        return Some(record.compose(|record, to| {
            to.push_str(record.text(bucket));
            to.push('/');
            to.push_str(record.text(key));
        }));
    }
    let named = (FIRST_NAME..=LAST_NAME).find_map(|role| record.role_span(role));
    named.or_else(|| record.role_span(EVENT_SOURCE))
}

fn outcome(record: &mut Record) -> Option<Span> {
    if let Some(code) = record.role_span(ERROR_CODE) {
        return Some(code);
    }
    let said = record
        .role_text(CONSOLE_LOGIN)
        .or_else(|| record.role_text(SWITCH_ROLE));
    let failed = said.is_some_and(|said| said.eq_ignore_ascii_case("failure"));
    record.role_span(EVENT_NAME)?;
    Some(record.keep(if failed { "failure" } else { "success" }))
}

fn is_refusal(code: &str) -> bool {
    [
        "AccessDenied",
        "Unauthorized",
        "AuthFailure",
        "Forbidden",
        "NotAuthorized",
    ]
    .iter()
    .any(|word| code.contains(word))
}

fn severity(record: &Record) -> Severity {
    let code = record.role_text(ERROR_CODE).unwrap_or("");
    let outcome = record.spine().outcome;
    if is_refusal(code) || outcome == Some("failure") {
        return Severity::Warning;
    }
    let of_the_service = [
        "Server.",
        "Internal",
        "ServiceUnavailable",
        "ServiceException",
    ];
    if of_the_service.iter().any(|word| code.starts_with(word)) {
        return Severity::Error;
    }
    Severity::Info
}

fn class(record: &Record) -> Class {
    let name = record.role_text(EVENT_NAME).unwrap_or("");
    let source = record.role_text(EVENT_SOURCE).unwrap_or("");
    let service = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    let reads = is_true(record, READ_ONLY).unwrap_or_else(|| reads_by_name(name));
    let data = record.role_text(CATEGORY) == Some("Data");
    match (service, name) {
        (_, "") => Class::Other,
        ("signin", _) => Class::Authentication,
        ("sts", "GetSessionToken") => Class::Authentication,
        ("sts", _) if name.starts_with("AssumeRoleWith") => Class::Authentication,
        ("sts", "AssumeRole" | "AssumeRoot" | "GetFederationToken") => Class::Privilege,
        ("iam" | "sso" | "sso-directory" | "identitystore" | "organizations", _) if !reads => {
            Class::Privilege
        }
        ("ssm", "StartSession" | "ResumeSession" | "SendCommand") => Class::Privilege,
        ("ec2-instance-connect", _) | ("kms", "CreateGrant" | "PutKeyPolicy") => Class::Privilege,
        ("s3", _) if data || is_object_call(name) => Class::FileAccess,
        ("ebs", _) => Class::FileAccess,
        _ if data || reads => Class::ApiRequest,
        _ => Class::ConfigurationChange,
    }
}

/// Whether a call of S3 is about an object and not about how its bucket is set up.
fn is_object_call(name: &str) -> bool {
    let object = name.contains("Object") && !name.contains("ObjectLockConfiguration");
    object || name.contains("Multipart") || name.starts_with("UploadPart")
}

fn reads_by_name(name: &str) -> bool {
    const READING: [&str; 9] = [
        "Get", "List", "Describe", "Head", "Lookup", "Search", "BatchGet", "Check", "View",
    ];
    READING.iter().any(|word| name.starts_with(word))
}

fn write_message(record: &Record, to: &mut String) {
    let spine = record.spine();
    to.push_str(spine.who.unwrap_or("unknown"));
    for word in [spine.did, spine.to_what].into_iter().flatten() {
        to.push(' ');
        to.push_str(word);
    }
    let source = record
        .role_text(EVENT_SOURCE)
        .filter(|source| spine.to_what != Some(source));
    if let Some(source) = source {
        to.push_str(" (");
        to.push_str(source);
        to.push(')');
    }
    if let Some(outcome) = spine.outcome {
        to.push_str(": ");
        to.push_str(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Said, read_all, read_one, utc};

    fn event(source: &str, name: &str, rest: &str) -> Said {
        let line = format!(
            r#"{{"eventVersion":"1.08","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::1:user/anna","userName":"anna"}},"eventTime":"2026-03-14T09:00:00Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-central-1","sourceIPAddress":"10.0.0.1"{rest}}}"#
        );
        read_one(&CloudTrail, line.as_bytes())
    }

    #[test]
    fn a_refused_call_answers_all_questions() {
        let rest = r#","errorCode":"AccessDenied","requestParameters":{"name":"main-trail"},"readOnly":false"#;
        let said = event("cloudtrail", "DeleteTrail", rest);
        assert_eq!(
            said.acts(),
            [
                "anna",
                "DeleteTrail",
                "main-trail",
                "10.0.0.1",
                "AccessDenied"
            ]
        );
        assert_eq!(said.decision.as_deref(), Some("deny"));
        assert_eq!(said.severity, Some(Severity::Warning));
        assert_eq!(said.class, Class::ConfigurationChange);
        assert_eq!(
            said.time.map(|time| time.ns),
            Some(utc("2026-03-14T09:00:00Z"))
        );
        let message = "anna DeleteTrail main-trail (cloudtrail.amazonaws.com): AccessDenied";
        assert_eq!(said.message, message);
    }

    #[test]
    fn what_went_well_says_success_and_claims_no_decision() {
        let said = event("ec2", "DescribeInstances", r#","readOnly":true"#);
        assert_eq!(
            said.acts()[2..],
            ["ec2.amazonaws.com", "10.0.0.1", "success"]
        );
        assert_eq!((said.decision, said.severity), (None, Some(Severity::Info)));
        assert_eq!(
            said.message,
            "anna DescribeInstances ec2.amazonaws.com: success"
        );
    }

    #[test]
    fn a_failed_login_to_the_console_is_a_failure() {
        let rest = r#","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"}"#;
        let said = event("signin", "ConsoleLogin", rest);
        assert_eq!(said.outcome.as_deref(), Some("failure"));
        assert_eq!(
            (said.severity, said.class),
            (Some(Severity::Warning), Class::Authentication)
        );
    }

    #[test]
    fn an_assumed_role_is_named_with_its_session_and_the_role_stays_raw() {
        let line = br#"{"userIdentity":{"type":"AssumedRole","principalId":"AROA:s1","arn":"arn:aws:sts::1:assumed-role/admin/s1","sessionContext":{"sessionIssuer":{"userName":"admin"}}},"eventName":"GetObject","eventSource":"s3.amazonaws.com","requestParameters":{"bucketName":"b","key":"k/x"}}"#;
        let said = read_one(&CloudTrail, line);
        assert_eq!(
            said.who.as_deref(),
            Some("arn:aws:sts::1:assumed-role/admin/s1")
        );
        assert_eq!(
            said.raw("userIdentity.sessionContext.sessionIssuer.userName"),
            Some("admin")
        );
        assert_eq!(
            (said.to_what.as_deref(), said.class),
            (Some("b/k/x"), Class::FileAccess)
        );
    }

    #[test]
    fn the_class_is_that_of_the_act() {
        for (source, name, rest, class) in [
            (
                "iam",
                "CreateUser",
                r#","readOnly":false"#,
                Class::Privilege,
            ),
            ("iam", "GetUser", r#","readOnly":true"#, Class::ApiRequest),
            ("iam", "ListUsers", "", Class::ApiRequest),
            ("sts", "AssumeRole", r#","readOnly":true"#, Class::Privilege),
            ("sts", "AssumeRoleWithSAML", "", Class::Authentication),
            (
                "sts",
                "GetCallerIdentity",
                r#","readOnly":true"#,
                Class::ApiRequest,
            ),
            (
                "ssm",
                "StartSession",
                r#","readOnly":false"#,
                Class::Privilege,
            ),
            ("s3", "PutObject", r#","readOnly":false"#, Class::FileAccess),
            (
                "s3",
                "PutBucketPolicy",
                r#","readOnly":false"#,
                Class::ConfigurationChange,
            ),
            (
                "s3",
                "GetBucketAcl",
                r#","readOnly":true"#,
                Class::ApiRequest,
            ),
            (
                "secretsmanager",
                "GetSecretValue",
                r#","readOnly":true"#,
                Class::ApiRequest,
            ),
            (
                "lambda",
                "Invoke",
                r#","readOnly":false,"eventCategory":"Data""#,
                Class::ApiRequest,
            ),
            (
                "ec2",
                "RunInstances",
                r#","readOnly":false"#,
                Class::ConfigurationChange,
            ),
        ] {
            assert_eq!(event(source, name, rest).class, class, "{source} {name}");
        }
    }

    #[test]
    fn a_document_gives_its_records_and_what_stands_beside_them() {
        let document = r#"
            { "Records" : [
                {"eventName":"A"},
                {"eventName":"B"} ],
              "note": 1 }
        "#;
        let all = read_all(&CloudTrail, document.as_bytes());
        let names: Vec<_> = all.iter().map(|said| said.did.as_deref()).collect();
        assert_eq!(names, [Some("A"), Some("B"), None]);
        assert_eq!(all[2].raw, [("note".to_owned(), "1".to_owned())]);
        assert!(read_all(&CloudTrail, br#"{"Records":[]}"#).is_empty());
        assert_eq!(read_all(&CloudTrail, br#"[{"eventName":"A"}]"#).len(), 1);
    }

    #[test]
    fn a_document_against_the_grammar_keeps_what_came_before() {
        for (document, records, rest) in [
            (
                r#"{"Records":[{"eventName":"A"},{"eventVer"#,
                2,
                r#"{"eventVer"#,
            ),
            (r#"{"Records":[{"eventName":"A"}"#, 2, ""),
            (r#"{"Records":[{"eventName":"A"}],}"#, 2, ",}"),
            (r#"{"Records":[,]}"#, 1, ",]}"),
        ] {
            let all = read_all(&CloudTrail, document.as_bytes());
            assert_eq!(all.len(), records, "{document}");
            let last = &all[records - 1];
            assert_eq!(
                (last.message.as_str(), last.notes.len()),
                (rest, 1),
                "{document}"
            );
        }
    }

    #[test]
    fn records_of_wrong_types_are_all_listed() {
        let document = r#"{"Records": [{}, {"eventTime": 5}, null, "x",
            {"eventName": {"a": 1}, "userIdentity": []}, {"Records": [{"eventName": "nested"}]}]}"#;
        let all = read_all(&CloudTrail, document.as_bytes());
        assert_eq!(all.len(), 6);
        assert_eq!((all[1].time, all[1].notes.len()), (None, 1));
        assert_eq!(all[3].raw, [("value".to_owned(), "x".to_owned())]);
        assert_eq!(
            all[5].raw,
            [("Records.eventName".to_owned(), "nested".to_owned())]
        );
        assert_eq!(
            (all[0].outcome.as_deref(), all[0].class),
            (None, Class::Other)
        );
    }

    #[test]
    fn events_documents_and_arrays_are_recognised_and_digests_are_not() {
        let event = r#"{"eventVersion":"1","eventTime":"t","eventSource":"s","eventName":"n"}"#;
        let recognize = |entry: &str| CloudTrail.recognize(&[entry.as_bytes()]);
        assert_eq!(recognize(event), Recognition::Certain);
        assert_eq!(recognize(&format!("[ {event} ]")), Recognition::Certain);
        assert_eq!(recognize("{ \"Records\": [ {} ] }"), Recognition::Certain);
        assert_eq!(
            recognize(r#"{"awsAccountId":"1","digestEndTime":"t"}"#),
            Recognition::No
        );
        assert_eq!(recognize(r#"{"Records":7}"#), Recognition::No);
    }
}
