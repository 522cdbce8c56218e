//! Anchors from outside: timestamps of a real authority (OpenSSL's), checkpoints, head hashes, the
//! memory, and two copies side by side.

use std::path::Path;
use std::process::Command;

use crate::world::{World, made_log};

const CONFIG: &str = "\
[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[dn]
[req]
distinguished_name = dn
";

/// A timestamping authority with a root of its own; `None` where there is no OpenSSL.
struct Authority<'w>(&'w World);

impl<'w> Authority<'w> {
    fn new(world: &'w World, key: &[&str]) -> Option<Self> {
        world.file("tsa.cnf", CONFIG);
        world.file("serial", "01\n");
        let authority = Self(world);
        let mut version = Command::new("openssl");
        if version.arg("version").output().is_err() {
            eprintln!("skipped: there is no openssl here");
            return None;
        }
        for name in ["root", "leaf"] {
            let file = format!("{name}.key");
            let mut all = vec!["genpkey", "-out", &file];
            all.extend(key);
            authority.openssl(&all);
        }
        authority.openssl(&[
            "req",
            "-new",
            "-x509",
            "-config",
            "tsa.cnf",
            "-extensions",
            "root",
            "-key",
            "root.key",
            "-subj",
            "/O=Test/CN=Root",
            "-days",
            "3650",
            "-out",
            "root.pem",
        ]);
        authority.openssl(&[
            "req",
            "-new",
            "-config",
            "tsa.cnf",
            "-key",
            "leaf.key",
            "-subj",
            "/O=Test/CN=TSA",
            "-out",
            "leaf.csr",
        ]);
        authority.openssl(&[
            "x509",
            "-req",
            "-in",
            "leaf.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-extfile",
            "tsa.cnf",
            "-extensions",
            "leaf",
            "-days",
            "3000",
            "-out",
            "leaf.pem",
        ]);
        Some(authority)
    }

    fn openssl(&self, arguments: &[&str]) {
        let mut command = Command::new("openssl");
        let ran = command
            .args(arguments)
            .current_dir(self.0.path(""))
            .output();
        let ran = ran.expect("openssl runs");
        let says = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "openssl {arguments:?}: {says}");
    }

    fn reply(&self, query: &str, reply: &str) {
        self.openssl(&[
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-section",
            "here",
            "-queryfile",
            query,
            "-signer",
            "leaf.pem",
            "-inkey",
            "leaf.key",
            "-out",
            reply,
        ]);
    }
}

fn authorities() -> [&'static [&'static str]; 3] {
    [
        &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ]
}

#[test]
fn an_archive_is_stamped_by_a_real_authority() {
    for key in authorities() {
        let world = World::new();
        let Some(authority) = Authority::new(&world, key) else {
            return;
        };
        let archive = world.seal("audit", made_log(50));
        world.trust();
        world.expect(0, &["stamp", "audit.sealog", "--query", "q.tsq"]);
        // A query is never written over.
        world.expect(2, &["stamp", "audit.sealog", "--query", "q.tsq"]);
        authority.reply("q.tsq", "r.tsr");
        let added = world.expect(0, &["stamp", "audit.sealog", "--token", "r.tsr", "--json"]);
        assert_eq!(added.json()["timestamp"]["state"], "untrusted");
        let found = world.verified(&archive);
        assert_eq!(
            (&found["verdict"], &found["also"]),
            (&"intact".into(), &serde_json::json!([]))
        );
        assert_eq!(found["aspects"]["time"]["state"], "not-checkable");
        world.expect(0, &["trust", "add", "root.pem"]);
        let found = world.verified(&archive);
        assert_eq!(found["also"], serde_json::json!(["timestamped"]));
        assert_eq!(found["aspects"]["time"]["state"], "ok");
        assert_eq!(found["timestamps"][0]["authority"], "O=Test, CN=TSA");
        assert_eq!(found["damage"], serde_json::json!([]));
        // The log can be gone on with, and the token still holds.
        let listed = world.expect(0, &["trust", "list", "--json"]).json();
        assert_eq!(listed["others"][0]["kind"], "timestamping authority");
        let id = listed["others"][0]["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        world.expect(0, &["trust", "remove", &id]);
        assert_eq!(world.verified(&archive)["also"], serde_json::json!([]));
    }
}

#[test]
fn a_token_over_a_whole_file_anchors_any_format() {
    for key in authorities() {
        let world = World::new();
        let Some(authority) = Authority::new(&world, key) else {
            return;
        };
        world.file("plain.log", made_log(20));
        world.expect(3, &["verify", "plain.log"]);
        authority.openssl(&[
            "ts",
            "-query",
            "-data",
            "plain.log",
            "-sha256",
            "-cert",
            "-out",
            "q.tsq",
        ]);
        authority.reply("q.tsq", "r.tsr");
        let anchored = ["verify", "plain.log", "--anchor", "r.tsr", "--json"];
        let found = world.expect(3, &anchored).json();
        assert_eq!(found["verdict"], "unsealed");
        let trusting = [&anchored[..], &["--trust", "root.pem"]].concat();
        let found = world.expect(0, &trusting).json();
        assert_eq!(
            (&found["verdict"], &found["tail"]["by"]),
            (&"intact".into(), &"token".into())
        );
        assert_eq!(found["also"], serde_json::json!(["timestamped"]));
        assert_eq!(found["entries"]["intact"], 20);
        let mut log = made_log(20);
        log.push_str("one more\n");
        world.file("plain.log", log);
        let found = world.expect(3, &trusting).json();
        assert_eq!(found["verdict"], "unsealed");
        assert_eq!(found["observations"][0]["kind"], "bad-timestamp");
    }
}

#[test]
fn a_signed_report_is_stamped_by_a_real_authority() {
    let world = World::new();
    let [_, key, _] = authorities();
    let Some(authority) = Authority::new(&world, key) else {
        return;
    };
    world.seal("audit", made_log(50));
    world.trust();
    world.expect(0, &["keygen", "examiner", "--name", "examiner.example"]);
    for out in ["r.pdf", "r.html", "r.json", "r.zip", "bag"] {
        let made = ["report", "audit.sealog", "-q", "code:403", "-o", out];
        world.expect(0, &made);
        let refused = world.expect(2, &["stamp", out, "--query", "none.tsq"]);
        assert!(refused.err.contains("is not signed"), "{}", refused.err);
        remove(&world, out);
        world.expect(0, &[&made[..], &["--sign", "examiner.key"]].concat());
        let (query, token) = (format!("{out}.tsq"), format!("{out}.tsr"));
        let asked = world.expect(0, &["stamp", out, "--query", &query, "--json"]);
        assert!(asked.json()["size"].is_null());
        authority.reply(&query, &token);
        let add = ["stamp", out, "--token", &token, "--json"];
        let added = world.expect(0, &add).json();
        assert_eq!(
            (&added["added"], &added["timestamp"]["state"]),
            (&true.into(), &"untrusted".into())
        );
        assert_eq!(world.expect(0, &add).json()["added"], false, "{out}");

        let check = ["check", out, "--key", "examiner.vkey", "--json"];
        assert_eq!(timestamp(&world.expect(3, &check).json()), "not-checkable");
        let trusting = [&check[..], &["--trust", "root.pem"]].concat();
        assert_eq!(timestamp(&world.expect(0, &trusting).json()), "ok", "{out}");
        // A second authority's answer does not push out the first one's.
        authority.reply(&query, "second.tsr");
        let second = world.expect(2, &["stamp", out, "--token", "second.tsr"]);
        assert!(second.err.contains("another timestamp"), "{}", second.err);
    }
    // A token of one report says nothing of another one.
    world.expect(2, &["stamp", "bag", "--token", "r.zip.tsr"]);
    let inside = world.path("bag/statement.tsr");
    let other = world.path("r.zip.tsr");
    std::fs::copy(other, &inside).expect("it is copied");
    let check = [
        "check",
        "bag",
        "--key",
        "examiner.vkey",
        "--trust",
        "root.pem",
        "--json",
    ];
    assert_eq!(timestamp(&world.expect(1, &check).json()), "broken");
}

/// How a check found the timestamp.
fn timestamp(answer: &serde_json::Value) -> String {
    let checks = answer["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["what"] == "timestamp");
    let state = found.and_then(|check| check["state"].as_str());
    state
        .unwrap_or_else(|| panic!("no timestamp: {answer:#}"))
        .to_owned()
}

fn remove(world: &World, name: &str) {
    let path = world.path(name);
    let removed = match path.is_dir() {
        true => std::fs::remove_dir_all(path),
        false => std::fs::remove_file(path),
    };
    removed.expect("it is removed");
}

fn append(world: &World, name: &str, log: &str) {
    world.file(name, log);
    let archive = "audit.sealog";
    world.expect(
        0,
        &[
            "seal",
            name,
            "-o",
            archive,
            "--append",
            "--key",
            "acme.key",
            "--leave-open",
        ],
    );
}

fn open_archive(world: &World) {
    world.key();
    world.file("a.log", made_log(30));
    world.expect(
        0,
        &[
            "seal",
            "a.log",
            "-o",
            "audit.sealog",
            "--origin",
            "example.org/audit",
            "--key",
            "acme.key",
            "--leave-open",
        ],
    );
    world.trust();
}

fn copy(world: &World, from: &str, to: &str) {
    std::fs::copy(world.path(from), world.path(to)).expect("it is copied");
}

/// Size and root of the newest checkpoint, as one line of an anchor.
fn head(world: &World, archive: &str) -> String {
    let info = world.expect(0, &["info", archive, "--json"]).json();
    let all = info["checkpoints"].as_array().expect("a list");
    let last = all.last().expect("a checkpoint");
    format!(
        "{} {}\n",
        last["size"],
        last["root"].as_str().expect("a root")
    )
}

#[test]
fn a_rollback_is_noticed_and_the_memory_can_be_left_out() {
    let world = World::new();
    open_archive(&world);
    copy(&world, "audit.sealog", "old.sealog");
    append(&world, "b.log", "one more\n");
    assert_eq!(
        world.verified(&world.path("audit.sealog"))["verdict"],
        "intact"
    );
    let old = world.verified(&world.path("old.sealog"));
    assert_eq!(old["verdict"], "intact");
    assert_eq!(old["observations"][0]["kind"], "longer-state-known");
    assert!(old["remembered"]["size"].as_u64() > Some(30));
    let without = ["verify", "old.sealog", "--json", "--no-memory"];
    let without = world.expect(0, &without).json();
    assert_eq!(without["observations"], serde_json::json!([]));
    assert!(without.get("remembered").is_none());
    // With the checkpoint itself it is truncated.
    world.file("head.txt", head(&world, "audit.sealog"));
    let anchored = [
        "verify",
        "old.sealog",
        "--json",
        "--no-memory",
        "--anchor",
        "head.txt",
    ];
    let cut = world.expect(1, &anchored).json();
    assert_eq!(cut["breaks"][0]["kind"], "truncated");
    let whole = ["verify", "audit.sealog", "--json", "--anchor", "head.txt"];
    let whole = world.expect(0, &whole).json();
    assert_eq!(whole["tail"]["by"], "examiner");
    assert!(
        !has_something_beside(&world.path("")),
        "nothing lies beside the evidence"
    );
}

fn has_something_beside(folder: &Path) -> bool {
    let names = std::fs::read_dir(folder).expect("a folder");
    names
        .map(|entry| entry.expect("an entry").file_name())
        .any(|name| name.to_string_lossy().contains("checkpoints"))
}

#[test]
fn two_histories_of_one_log_are_a_fork() {
    let world = World::new();
    open_archive(&world);
    copy(&world, "audit.sealog", "other.sealog");
    append(&world, "b.log", "one more\n");
    copy(&world, "audit.sealog", "first.sealog");
    copy(&world, "other.sealog", "audit.sealog");
    append(&world, "b.log", "another one\n");
    assert_eq!(
        world.verified(&world.path("first.sealog"))["verdict"],
        "intact"
    );
    let forked = world
        .expect(1, &["verify", "audit.sealog", "--json"])
        .json();
    assert_eq!(forked["breaks"][0]["kind"], "fork");
    let compare = [
        "compare",
        "first.sealog",
        "audit.sealog",
        "--json",
        "--no-memory",
    ];
    let compared = world.expect(1, &compare).json();
    let at = compared["fork"].as_u64().expect("a fork");
    assert!(at > 30, "{compared}");
    assert_eq!(compared["first_difference"], serde_json::json!([at, at]));
    assert_eq!(compared["one_log"], true);
    // With the memory, the second one would be broken already.
    let text = world
        .expect(
            1,
            &["compare", "first.sealog", "audit.sealog", "--no-memory"],
        )
        .text();
    assert!(text.contains("two histories"), "{text}");
}

#[test]
fn plain_copies_are_compared_by_their_lines() {
    let world = World::new();
    world.file("a.log", "one\ntwo\nthree\nfour\n");
    world.file("b.log", "one\n2\nfour\nfive\n");
    let found = world
        .expect(1, &["compare", "a.log", "b.log", "--json"])
        .json();
    let counts = &found["counts"];
    assert_eq!(counts["changed"], 1, "{found}");
    assert_eq!(
        (&counts["removed"], &counts["added"]),
        (&1.into(), &1.into())
    );
    world.expect(0, &["compare", "a.log", "a.log"]);
    world.expect(2, &["compare", "a.log", "absent.log"]);
}

#[test]
fn what_is_no_anchor_is_said() {
    let world = World::new();
    world.file("a.log", "one\n");
    world.file("no.txt", "hello\n");
    let ran = world.run(&["verify", "a.log", "--anchor", "no.txt"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("COUNT HEX"), "{}", ran.err);
    let ran = world.run(&["verify", "a.log", "--trust", "no.txt"]);
    assert_eq!(ran.code, Some(2));
}
