//! Real logs, read and counted.

use crate::common::{self, Log, check_counts};
use sealscope_fields::{Class, Record, SCHEMAS, Settings, Severity, Value};

#[test]
fn made_kubernetes_events_give_the_counts_that_their_maker_wrote_down() {
    let Some(log) = Log::lines("kubernetes/made/audit.log") else {
        return;
    };
    let expected = log.beside("audit.log.expected.json");
    assert_eq!(log.schema(), "kubernetes-audit");
    assert_eq!(log.rows.len() as u64, expected["lines"].as_u64().unwrap());
    check_counts(&log, &expected["by_verb"], |row| row.did.clone());
    check_counts(&log, &expected["by_code"], |row| row.outcome.clone());
    check_counts(&log, &expected["by_user"], |row| row.who.clone());
    let count =
        |test: &dyn Fn(&common::Row) -> bool| log.rows.iter().filter(|row| test(row)).count();
    let secrets = count(&|row| {
        row.has("objectRef.resource", "secrets")
            && (row.has("verb", "get") || row.has("verb", "list"))
    });
    assert_eq!(
        secrets as u64,
        expected["secrets_get_or_list"].as_u64().unwrap()
    );
    let execs = count(&|row| {
        row.has("objectRef.resource", "pods")
            && row.has("objectRef.subresource", "exec")
            && row.has("verb", "create")
    });
    assert_eq!(execs as u64, expected["pods_exec_create"].as_u64().unwrap());
    let privileged = "requestObject.spec.containers.securityContext.privileged";
    let pods = count(&|row| row.has(privileged, "true"));
    assert_eq!(pods as u64, expected["privileged_pods"].as_u64().unwrap());
    let times: Vec<_> = log
        .rows
        .iter()
        .filter_map(|row| row.time_text.as_deref())
        .collect();
    assert_eq!(times.len(), log.rows.len());
    assert_eq!(Some(*times.first().unwrap()), expected["first"].as_str());
    assert_eq!(Some(*times.last().unwrap()), expected["last"].as_str());
    // A refusal by the server is a warning whatever the decision says.
    let refused = count(&|row| row.outcome.as_deref() == Some("403"));
    assert_eq!(
        count(&|row| row.severity == Some(Severity::Warning)),
        refused
    );
}

#[test]
fn falco_events_are_all_dated_and_named() {
    let Some(logs) = Log::folder("kubernetes/falco", "json") else {
        return;
    };
    assert_eq!(logs.len(), 31);
    for log in &logs {
        assert_eq!(log.schema(), "kubernetes-audit", "{}", log.name);
        for row in &log.rows {
            assert!(
                row.time.is_some() && row.who.is_some() && row.did.is_some(),
                "{}",
                log.name
            );
            assert!(row.notes.is_empty(), "{}: {:?}", log.name, row.notes);
        }
    }
    let log = logs.iter().find(|log| log.name == "exec_pod.json").unwrap();
    let row = &log.rows[0];
    assert_eq!(
        row.to_what.as_deref(),
        Some("pods/exec default/nginx-deployment-7998647bdf-phvq7")
    );
    assert_eq!(
        (row.class, row.outcome.as_deref()),
        (Class::Privilege, Some("101"))
    );
    assert_eq!(row.from_where.as_deref(), Some("192.168.99.1"));
}

/// Every record of CloudTrail files as `serde_json` reads them, against ours.
fn check_cloudtrail(
    logs: &[Log],
    records_of: impl Fn(&serde_json::Value) -> Vec<serde_json::Value>,
) {
    let mut records = 0;
    for log in logs {
        assert_eq!(log.schema(), "cloudtrail", "{}", log.name);
        let document = serde_json::from_slice(&log.bytes).unwrap();
        let expected = records_of(&document);
        assert_eq!(log.rows.len(), expected.len(), "{}", log.name);
        for (row, event) in log.rows.iter().zip(&expected) {
            assert!(row.time.is_some(), "{}", log.name);
            assert_eq!(row.did.as_deref(), event["eventName"].as_str());
            assert_eq!(row.from_where.as_deref(), event["sourceIPAddress"].as_str());
            assert_eq!(row.time_text.as_deref(), event["eventTime"].as_str());
            let code = event["errorCode"].as_str().unwrap_or("success");
            assert_eq!(row.outcome.as_deref(), Some(code));
            if let Some(user) = event["userIdentity"]["userName"].as_str() {
                assert_eq!(row.who.as_deref(), Some(user));
            }
            assert!(row.who.is_some() && row.to_what.is_some() && row.class != Class::Other);
            assert!(row.notes.is_empty(), "{}: {:?}", log.name, row.notes);
            // We keep `1.688560107857E9` as it stands; serde_json writes numbers its own way.
            let [found, expected] = [row.raw.clone(), common::flatten(event)].map(common::normal);
            assert_eq!(found, expected, "{}", log.name);
        }
        records += expected.len();
    }
    assert!(records > 0);
}

#[test]
fn cloudtrail_documents_give_a_row_for_each_record() {
    let Some(logs) = Log::folder("cloudtrail/invictus", "json") else {
        return;
    };
    assert_eq!(logs.len(), 55);
    check_cloudtrail(&logs, |document| {
        document["Records"].as_array().unwrap().clone()
    });
}

#[test]
fn cloudtrail_arrays_give_a_row_for_each_record() {
    let Some(logs) = Log::folder("cloudtrail/stratus-red-team", "json") else {
        return;
    };
    assert_eq!(logs.len(), 24);
    check_cloudtrail(&logs, |document| document.as_array().unwrap().clone());
    let log = |name: &str| logs.iter().find(|log| log.name.contains(name)).unwrap();
    let stopped = &log("cloudtrail-stop").rows;
    let stop = stopped
        .iter()
        .find(|row| row.did.as_deref() == Some("StopLogging"))
        .unwrap();
    assert_eq!(stop.class, Class::ConfigurationChange);
    let login = &log("console-login-without-mfa").rows;
    assert!(login.iter().any(|row| row.class == Class::Authentication));
}

#[test]
fn auth_log_is_dated_throughout_and_counts_as_grep_does() {
    let Some(log) = Log::lines("linux/auth.log") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("syslog", 7121));
    let count =
        |test: &dyn Fn(&common::Row) -> bool| log.rows.iter().filter(|row| test(row)).count();
    assert_eq!(
        count(&|row| row.time.is_some_and(|time| time.year_inferred)),
        7121
    );
    assert_eq!(count(&|row| !row.notes.is_empty()), 0);
    let accepted = |row: &common::Row| {
        row.did
            .as_deref()
            .is_some_and(|did| did.starts_with("Accepted "))
    };
    assert_eq!(count(&accepted), log.grep(r": Accepted "));
    let failed = |row: &common::Row| row.did.as_deref() == Some("Failed password");
    assert_eq!(count(&failed), log.grep("Failed password for "));
    // Everyone who failed or got in has an address; only an empty name is no name.
    assert_eq!(
        count(&|row| (accepted(row) || failed(row)) && row.from_where.is_none()),
        0
    );
    assert_eq!(
        count(&|row| failed(row) && row.who.is_none()),
        log.grep("Failed password for invalid user  from ")
    );
    let invalid = |row: &common::Row| row.did.as_deref() == Some("Invalid user");
    assert_eq!(count(&invalid), log.grep(": Invalid user "));
    let sudo = |row: &common::Row| row.did.as_deref() == Some("sudo");
    assert_eq!(count(&sudo), log.grep("COMMAND="));
    assert_eq!(
        count(&|row| sudo(row) && row.class == Class::Privilege),
        186
    );
    assert_eq!(
        count(&|row| row.did.as_deref() == Some("new user")),
        log.grep("new user: name=")
    );
    assert_eq!(count(&|row| row.raw("app") == Some("CRON")), 1264);
    // Nearly every line says what was done.
    assert!(count(&|row| row.did.is_some()) * 10 > log.rows.len() * 9);
}

#[test]
fn loghub_samples_are_read_under_their_schemas() {
    for (name, schema, dated) in [
        ("OpenSSH_2k.log", "syslog", 2000),
        ("Linux_2k.log", "syslog", 2000),
        ("Apache_2k.log", "text", 2000),
        ("Windows_2k.log", "text", 2000),
    ] {
        let Some(log) = Log::lines(&format!("loghub/{name}")) else {
            return;
        };
        assert_eq!((log.schema(), log.rows.len()), (schema, 2000), "{name}");
        let count = log.rows.iter().filter(|row| row.time.is_some()).count();
        assert_eq!(count, dated, "{name}");
    }
    let Some(log) = Log::lines("loghub/OpenSSH_2k.log") else {
        return;
    };
    let failed = log
        .rows
        .iter()
        .filter(|row| row.did.as_deref() == Some("Failed password"));
    assert_eq!(failed.count(), log.grep("Failed password for "));
    let Some(log) = Log::lines("loghub/Linux_2k.log") else {
        return;
    };
    let failed = log
        .rows
        .iter()
        .filter(|row| row.did.as_deref() == Some("authentication failure"));
    assert_eq!(failed.count(), log.grep("authentication failure;"));
}

#[test]
fn access_logs_are_dated_and_split_throughout() {
    let Some(log) = Log::lines("web/apache_logs") else {
        return;
    };
    assert_eq!((log.schema(), log.rows.len()), ("access-log", 10_000));
    let count =
        |test: &dyn Fn(&common::Row) -> bool| log.rows.iter().filter(|row| test(row)).count();
    assert_eq!(count(&|row| row.time.is_some()), 10_000);
    assert_eq!(count(&|row| !row.notes.is_empty()), 0);
    for (status, rows) in [
        ("200", 9126),
        ("206", 45),
        ("301", 164),
        ("304", 445),
        ("403", 2),
        ("404", 213),
        ("416", 2),
        ("500", 3),
    ] {
        assert_eq!(
            count(&|row| row.outcome.as_deref() == Some(status)),
            rows,
            "{status}"
        );
    }
    for (method, rows) in [("GET", 9952), ("HEAD", 42), ("OPTIONS", 1), ("POST", 5)] {
        assert_eq!(
            count(&|row| row.did.as_deref() == Some(method)),
            rows,
            "{method}"
        );
    }
    assert_eq!(count(&|row| row.severity == Some(Severity::Error)), 3);
    let numbers = log.first(|record| record.get("status").next() == Some(Value::Number("200")));
    assert!(numbers);
}

#[test]
fn a_buffer_that_served_other_logs_says_the_same_as_a_new_one() {
    let lines = [
        r#"{"user":"anna","host":"h","level":"warn","ts":"2026-03-14T09:00:00Z","user":"eve"}"#,
        r#"{"host":"h","level":"info","timestamp":"2026-03-14T09:00:00Z","msg":"m"}"#,
        r#"[{"user":{"name":"x"}},{"user.name":"y"},7]"#,
        "Mar  7 09:01:02 host sshd[1]: Accepted password for anna from 10.0.0.1 port 2 ssh2",
        r#"<14>1 2026-03-07T09:01:02Z h a 1 - [user level="x"] m"#,
        r#"10.0.0.1 - anna [14/Mar/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x""#,
        r#"{"Records":[{"eventName":"A","user":"u"},{"eventName":"B"}]}"#,
        r#"{"auditID":"a","stage":"Panic","verb":"get","user":{"username":"u"}}"#,
        "",
    ];
    let plain = Settings {
        year: Some(2026),
        ..Settings::default()
    };
    let chosen = Settings {
        time_field: Some("timestamp".to_owned()),
        ..plain.clone()
    };
    let mut used = Record::new();
    // Many pairs in a fixed, uneven order.
    for step in 0..3000usize {
        let schema = SCHEMAS[(step * 7 + step / 5) % SCHEMAS.len()];
        let line = lines[(step * 5 + step / 11) % lines.len()];
        let settings = if step % 3 == 0 { &chosen } else { &plain };
        let read = |record: &mut Record| {
            let mut rows = Vec::new();
            schema.read(line.as_bytes(), settings, record, &mut |_, record| {
                rows.push(format!("{:?}", common::Row::of(record)));
            });
            rows
        };
        assert_eq!(
            read(&mut used),
            read(&mut Record::new()),
            "{}",
            schema.name()
        );
        if step % 13 == 0 {
            used.clear();
            used.push_raw("user", Value::Text("by hand"));
            used.push_raw("level", Value::Null);
        }
    }
}

#[test]
fn names_put_in_by_hand_take_no_part_from_those_that_are_read() {
    let schema = SCHEMAS
        .into_iter()
        .find(|schema| schema.name() == "json")
        .unwrap();
    let settings = Settings::default();
    let mut record = Record::new();
    schema.read(b"{}", &settings, &mut record, &mut |_, _| {});
    record.clear();
    record.push_raw("user", Value::Text("by hand"));
    let mut who = None;
    schema.read(
        br#"{"user":"anna"}"#,
        &settings,
        &mut record,
        &mut |_, record| {
            who = record.spine().who.map(str::to_owned);
        },
    );
    assert_eq!(who.as_deref(), Some("anna"));
}
