//! Who works in the cluster, and what each usually does.

use super::event::Request;
use super::random::Random;

const NAMESPACES: &[&str] = &[
    "payments",
    "orders",
    "catalog",
    "search",
    "billing",
    "identity",
    "mail",
    "reports",
    "monitoring",
    "logging",
    "ingress-nginx",
    "cert-manager",
    "argocd",
    "default",
];

const APPS: &[&str] = &[
    "api",
    "worker",
    "web",
    "cache",
    "scheduler",
    "gateway",
    "importer",
    "exporter",
    "sync",
    "db",
];

const NODES: &[&str] = &[
    "node-a1", "node-a2", "node-a3", "node-b1", "node-b2", "node-b3",
];

const KUBECTL: &str = "kubectl/v1.31.2 (linux/amd64) kubernetes/1b3f0e9";

/// People: name, group, address of their desk.
const PEOPLE: &[(&str, &str, &str)] = &[
    ("amara.okafor@acme.example", "acme:platform", "192.0.2.11"),
    ("ben.lindqvist@acme.example", "acme:platform", "192.0.2.12"),
    ("chiara.rossi@acme.example", "acme:payments", "192.0.2.23"),
    ("dmitri.volkov@acme.example", "acme:payments", "192.0.2.24"),
    ("elif.demir@acme.example", "acme:data", "192.0.2.31"),
    ("fatou.ndiaye@acme.example", "acme:data", "192.0.2.32"),
    ("goran.petrovic@acme.example", "acme:support", "192.0.2.40"),
    ("hana.sato@acme.example", "acme:support", "192.0.2.41"),
    ("ines.garcia@acme.example", "acme:security", "192.0.2.50"),
    ("jonas.meyer@acme.example", "acme:platform", "192.0.2.13"),
];

/// Something that talks to the API server.
#[derive(Debug, Clone, Copy)]
enum Actor {
    Node,
    Controller,
    Scheduler,
    Delivery,
    Monitoring,
    Certificates,
    Pipeline,
    Person,
}

/// At night people sleep and machines do not.
const BY_DAY: &[(u32, Actor)] = &[
    (30, Actor::Node),
    (20, Actor::Controller),
    (8, Actor::Scheduler),
    (12, Actor::Delivery),
    (9, Actor::Monitoring),
    (2, Actor::Certificates),
    (6, Actor::Pipeline),
    (13, Actor::Person),
];

const BY_NIGHT: &[(u32, Actor)] = &[
    (44, Actor::Node),
    (27, Actor::Controller),
    (6, Actor::Scheduler),
    (9, Actor::Delivery),
    (12, Actor::Monitoring),
    (1, Actor::Certificates),
    (1, Actor::Pipeline),
];

/// An ordinary request at this hour of the day (0 to 23).
pub fn ordinary(random: &mut Random, hour: u32) -> Request {
    let actors = if (7..19).contains(&hour) {
        BY_DAY
    } else {
        BY_NIGHT
    };
    let mut request = match random.weighted(actors) {
        Actor::Node => node(random),
        Actor::Controller => controller(random),
        Actor::Scheduler => scheduler(random),
        Actor::Delivery => delivery(random),
        Actor::Monitoring => monitoring(random),
        Actor::Certificates => certificates(random),
        Actor::Pipeline => pipeline(random),
        Actor::Person => person(random),
    };
    if request.code == 0 {
        request.code = usual_code(random, request.verb);
    }
    request
}

/// Most things go well.
fn usual_code(random: &mut Random, verb: &str) -> u16 {
    let well = if verb == "create" { 201 } else { 200 };
    *random.weighted(&[
        (970, well),
        (14, 404),
        (9, 409),
        (5, 403),
        (1, 500),
        (1, 401),
    ])
}

fn pod(random: &mut Random, app: &str) -> String {
    let tag = random.next();
    format!("{app}-{:08x}-{:05x}", tag >> 32 & 0xFFFF, tag & 0xF_FFFF)
}

fn system(user: &str, group: &str, agent: &str, ip: String) -> Request {
    Request {
        user: user.into(),
        groups: vec![group.into()],
        agent: agent.into(),
        ip,
        because: format!(
            "RBAC: allowed by ClusterRoleBinding \"{user}\" of ClusterRole \"{user}\""
        ),
        ..Request::default()
    }
}

fn service(namespace: &str, account: &str, agent: &str, ip: &str) -> Request {
    Request {
        user: format!("system:serviceaccount:{namespace}:{account}"),
        groups: vec![
            "system:serviceaccounts".into(),
            format!("system:serviceaccounts:{namespace}"),
        ],
        agent: agent.into(),
        ip: ip.into(),
        because: format!(
            "RBAC: allowed by ClusterRoleBinding \"{account}\" of ClusterRole \"{account}\" to \
             ServiceAccount \"{account}/{namespace}\""
        ),
        ..Request::default()
    }
}

fn node(random: &mut Random) -> Request {
    let number = random.below(NODES.len() as u64);
    let name = NODES[number as usize];
    let agent = "kubelet/v1.31.2 (linux/amd64) kubernetes/1b3f0e9";
    let ip = format!("10.20.0.{}", 11 + number);
    let base = system(&format!("system:node:{name}"), "system:nodes", agent, ip);
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let app = *random.pick(APPS);
    match random.below(10) {
        0..4 => Request {
            verb: "update",
            group: "coordination.k8s.io",
            resource: "leases",
            namespace: "kube-node-lease".into(),
            name: name.into(),
            ..base
        },
        4..6 => Request {
            verb: "patch",
            resource: "nodes",
            subresource: "status",
            name: name.into(),
            ..base
        },
        6..8 => Request {
            verb: "patch",
            resource: "pods",
            subresource: "status",
            namespace,
            name: pod(random, app),
            ..base
        },
        8 => Request {
            verb: "watch",
            resource: "configmaps",
            namespace,
            ..base
        },
        _ => Request {
            verb: "get",
            resource: "secrets",
            namespace,
            name: format!("{app}-tls"),
            ..base
        },
    }
}

fn controller(random: &mut Random) -> Request {
    let agent = "kube-controller-manager/v1.31.2 (linux/amd64) kubernetes/1b3f0e9/leader-election";
    let user = "system:kube-controller-manager";
    let base = system(user, "system:masters", agent, "10.20.0.2".into());
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let app = *random.pick(APPS);
    match random.below(8) {
        0..3 => Request {
            verb: "update",
            group: "coordination.k8s.io",
            resource: "leases",
            namespace: "kube-system".into(),
            name: "kube-controller-manager".into(),
            ..base
        },
        3 => Request {
            verb: "update",
            group: "apps",
            resource: "replicasets",
            subresource: "status",
            namespace,
            name: format!("{app}-{:08x}", random.next() >> 48),
            ..base
        },
        4 => Request {
            verb: "create",
            resource: "pods",
            namespace,
            ..base
        },
        5 => Request {
            verb: "delete",
            resource: "pods",
            namespace,
            name: pod(random, app),
            ..base
        },
        6 => Request {
            verb: "update",
            group: "discovery.k8s.io",
            resource: "endpointslices",
            namespace,
            name: format!("{app}-{:05x}", random.next() >> 44),
            ..base
        },
        _ => Request {
            verb: "list",
            group: "batch",
            resource: "jobs",
            ..base
        },
    }
}

fn scheduler(random: &mut Random) -> Request {
    let agent = "kube-scheduler/v1.31.2 (linux/amd64) kubernetes/1b3f0e9/scheduler";
    let base = system(
        "system:kube-scheduler",
        "system:masters",
        agent,
        "10.20.0.2".into(),
    );
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let app = *random.pick(APPS);
    if random.chance(0.4) {
        return Request {
            verb: "create",
            resource: "pods",
            subresource: "binding",
            namespace,
            name: pod(random, app),
            ..base
        };
    }
    Request {
        verb: "watch",
        resource: "pods",
        ..base
    }
}

fn delivery(random: &mut Random) -> Request {
    let agent = "argocd-application-controller/v2.13.1 (linux/amd64) kubernetes/$Format";
    let base = service(
        "argocd",
        "argocd-application-controller",
        agent,
        "10.20.4.18",
    );
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let name = (*random.pick(APPS)).to_owned();
    let (verb, group, resource) = *random.pick(&[
        ("get", "apps", "deployments"),
        ("patch", "apps", "deployments"),
        ("list", "apps", "statefulsets"),
        ("get", "", "configmaps"),
        ("patch", "", "configmaps"),
        ("get", "", "services"),
        ("watch", "networking.k8s.io", "ingresses"),
        ("get", "rbac.authorization.k8s.io", "rolebindings"),
    ]);
    let name = if matches!(verb, "list" | "watch") {
        String::new()
    } else {
        name
    };
    Request {
        verb,
        group,
        resource,
        namespace,
        name,
        ..base
    }
}

fn monitoring(random: &mut Random) -> Request {
    let base = service("monitoring", "prometheus", "Prometheus/2.55.1", "10.20.6.9");
    let (verb, resource) = *random.pick(&[
        ("list", "pods"),
        ("watch", "endpoints"),
        ("list", "nodes"),
        ("get", "services"),
    ]);
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let name = if verb == "get" {
        (*random.pick(APPS)).to_owned()
    } else {
        String::new()
    };
    Request {
        verb,
        resource,
        namespace,
        name,
        ..base
    }
}

fn certificates(random: &mut Random) -> Request {
    let agent = "cert-manager-certificates-issuing/v1.16.2";
    let base = service("cert-manager", "cert-manager", agent, "10.20.5.7");
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let name = format!("{}-tls", random.pick(APPS));
    let verb = *random.pick(&["get", "update"]);
    Request {
        verb,
        resource: "secrets",
        namespace,
        name,
        ..base
    }
}

fn pipeline(random: &mut Random) -> Request {
    let base = service("default", "ci-runner", "helm/v3.16.3", "10.20.9.33");
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let name = (*random.pick(APPS)).to_owned();
    let (verb, group, resource) = *random.pick(&[
        ("get", "", "configmaps"),
        ("create", "", "configmaps"),
        ("patch", "apps", "deployments"),
        ("create", "batch", "jobs"),
        ("get", "batch", "jobs"),
    ]);
    Request {
        verb,
        group,
        resource,
        namespace,
        name,
        ..base
    }
}

fn person(random: &mut Random) -> Request {
    let (user, group, ip) = *random.pick(PEOPLE);
    let namespace = (*random.pick(NAMESPACES)).to_owned();
    let app = *random.pick(APPS);
    let base = Request {
        user: user.into(),
        groups: vec![group.into()],
        ip: ip.into(),
        agent: (*random.weighted(&[(7, KUBECTL), (2, "k9s/v0.32.7"), (1, "Lens/2024.11.13")]))
            .into(),
        because: format!(
            "RBAC: allowed by RoleBinding \"{group}/{namespace}\" of Role \"developer\""
        ),
        namespace,
        ..Request::default()
    };
    match random.below(12) {
        0..4 => Request {
            verb: "list",
            resource: "pods",
            ..base
        },
        4..6 => Request {
            verb: "get",
            resource: "pods",
            name: pod(random, app),
            ..base
        },
        6..8 => Request {
            verb: "get",
            resource: "pods",
            subresource: "log",
            name: pod(random, app),
            ..base
        },
        8 => Request {
            verb: "list",
            resource: "events",
            ..base
        },
        9 => Request {
            verb: "get",
            group: "apps",
            resource: "deployments",
            name: app.into(),
            ..base
        },
        10 => Request {
            verb: "patch",
            group: "apps",
            resource: "deployments",
            subresource: "scale",
            name: app.into(),
            ..base
        },
        // Curiosity that the rules do not allow.
        _ => Request {
            verb: "get",
            resource: "secrets",
            name: format!("{app}-credentials"),
            code: if random.chance(0.7) { 403 } else { 200 },
            ..base
        },
    }
}
