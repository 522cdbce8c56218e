//! The burglary: a stolen pipeline token is tried from outside until a secret opens.

use chrono::TimeDelta;
use serde_json::json;

use super::event::Request;
use super::random::Random;

/// The account whose token was stolen.
const THIEF: &str = "system:serviceaccount:default:ci-runner";

/// From a range kept for documentation.
const FROM: &str = "203.0.113.66";

/// What kind of thing was planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// Secrets are asked for and denied, one after the other.
    DeniedSecrets,
    /// One of them opens.
    SecretRead,
    /// A shell in a pod.
    Exec,
    /// The thief makes themselves administrator.
    RoleBinding,
    /// What they then do as administrator.
    Plunder,
    /// The binding is deleted again.
    CoverUp,
    /// No entries for three quarters of an hour.
    Quiet,
    /// The clock goes back.
    ClockBack,
}

/// Something planted in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planted {
    /// What it is.
    pub story: Story,
    /// Line of its first entry in the log, from 0.
    pub line: u64,
    /// How many entries it has.
    pub count: u64,
}

/// One act of the story: a request, and the pause before it.
pub struct Act {
    pub story: Story,
    pub pause: TimeDelta,
    pub request: Request,
}

/// How many secrets are tried before one opens.
pub const DENIED: u64 = 38;

/// How many entries tell of the plunder.
pub const PLUNDER: u64 = 12;

/// The whole story in its order.
pub fn acts(random: &mut Random) -> Vec<Act> {
    let mut acts = Vec::new();
    let mut act = |story, seconds: i64, request| {
        let pause = TimeDelta::milliseconds(seconds * 1000 + random.below(900) as i64);
        acts.push(Act {
            story,
            pause,
            request,
        });
    };
    for number in 0..DENIED {
        let name = format!("{}-credentials", SECRETS[number as usize % SECRETS.len()]);
        act(Story::DeniedSecrets, 2, secret(&name, "payments", 403));
    }
    act(
        Story::SecretRead,
        4,
        secret("db-credentials", "payments", 200),
    );
    act(Story::Exec, 41, exec());
    act(Story::RoleBinding, 95, binding("create", 201));
    for number in 0..PLUNDER {
        let name = format!("{}-credentials", SECRETS[number as usize % SECRETS.len()]);
        let namespace = ["billing", "identity", "mail"][number as usize % 3];
        act(Story::Plunder, 3, secret(&name, namespace, 200));
    }
    act(Story::CoverUp, 130, binding("delete", 200));
    acts
}

const SECRETS: &[&str] = &[
    "api",
    "worker",
    "web",
    "cache",
    "scheduler",
    "gateway",
    "importer",
    "exporter",
    "sync",
    "ledger",
    "mailer",
    "vault",
];

fn base() -> Request {
    Request {
        user: THIEF.into(),
        groups: vec![
            "system:serviceaccounts".into(),
            "system:serviceaccounts:default".into(),
        ],
        ip: FROM.into(),
        agent: "curl/8.5.0".into(),
        because: "RBAC: allowed by RoleBinding \"ci-runner/payments\" of Role \"deployer\" to \
                  ServiceAccount \"ci-runner/default\""
            .into(),
        ..Request::default()
    }
}

fn secret(name: &str, namespace: &str, code: u16) -> Request {
    Request {
        verb: "get",
        resource: "secrets",
        namespace: namespace.into(),
        name: name.into(),
        code,
        ..base()
    }
}

fn exec() -> Request {
    Request {
        verb: "create",
        resource: "pods",
        subresource: "exec",
        namespace: "payments".into(),
        name: "db-0".into(),
        code: 101,
        // A direction control hides what the name ends in: shown as a chip, never obeyed.
        agent: "curl/8.5.0 (\u{202E}gnp.exe)".into(),
        ..base()
    }
}

fn binding(verb: &'static str, code: u16) -> Request {
    let object = json!({
        "kind": "ClusterRoleBinding",
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "metadata": { "name": "ci-runner-maintenance" },
        "subjects": [{ "kind": "ServiceAccount", "name": "ci-runner", "namespace": "default" }],
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"
        }
    });
    Request {
        verb,
        group: "rbac.authorization.k8s.io",
        resource: "clusterrolebindings",
        name: "ci-runner-maintenance".into(),
        code,
        object: (verb == "create").then_some(object),
        ..base()
    }
}
