//! Tokens that others made, held against what OpenSSL said of them, and against changes.

use std::collections::HashMap;
use std::path::Path;

use sealscope_testkit::shared_data;

use super::*;

/// Certificates of a PEM file.
fn chain_of(path: &Path) -> Vec<Vec<u8>> {
    let text = std::fs::read(path).expect("the sample is there");
    let blocks = pem_blocks(&text).expect("it is PEM");
    blocks.into_iter().map(|block| block.der).collect()
}

/// One command of a `verdicts.txt` and its exit code.
#[derive(Debug)]
struct Row {
    title: String,
    options: HashMap<String, String>,
    is_ok: bool,
}

/// Sections begin with `## title`; those with an exit code only are of OpenSSL's `ts -verify`.
fn rows(folder: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(folder.join("verdicts.txt")).expect("the sample is there");
    let sections = text.split("\n## ").map(|one| one.trim_start_matches("## "));
    let mut rows = Vec::new();
    for section in sections {
        let mut lines = section.lines();
        let title = lines.next().unwrap_or_default().to_owned();
        let command = lines.next().unwrap_or_default();
        let mut options = HashMap::new();
        let words: Vec<&str> = command.split(' ').skip(3).collect();
        for (place, word) in words.iter().enumerate() {
            if let Some(name) = word.strip_prefix('-') {
                let value = words.get(place + 1).copied().unwrap_or_default();
                options.insert(name.to_owned(), value.to_owned());
            }
        }
        let is_ok = section.lines().any(|line| line == "exit 0");
        rows.push(Row {
            title,
            options,
            is_ok,
        });
    }
    rows
}

/// Rows that OpenSSL fails for a reason that does not concern the evidence: the token holds at the
/// time that it states.
const HOLDS_AT_ITS_TIME: [(&str, &str); 6] = [
    (
        "signed-then-expired-checked-now",
        "the certificate has expired since; it was valid when the token was made",
    ),
    (
        "./response-expired.tsr",
        "the whole chain has expired since; it was valid when the token was made",
    ),
    (
        "./response-sha256.tsr",
        "OpenSSL held it against a query with SHA-512; the bytes are the stamped ones",
    ),
    (
        "./response-sha384.tsr",
        "OpenSSL held it against a query with SHA-512; the bytes are the stamped ones",
    ),
    (
        "./response-sha512.tsr",
        "OpenSSL held it against another query's nonce; the bytes are the stamped ones",
    ),
    (
        "./response-no-embedded-cert.tsr",
        "OpenSSL held it against a query with SHA-512; the bytes are the stamped ones",
    ),
];

fn folders(data: &Path) -> [std::path::PathBuf; 3] {
    [
        "rfc3161/local-tsa",
        "rfc3161/rfc3161-client/sigstage",
        "rfc3161/rfc3161-client/sigstore.mock",
    ]
    .map(|folder| data.join(folder))
}

/// The bytes that the token of a row is held against.
fn stamped_of(folder: &Path, row: &Row) -> Vec<u8> {
    match row.options.get("data") {
        Some(file) => std::fs::read(folder.join(file)).expect("the sample is there"),
        None if folder.ends_with("local-tsa") => {
            std::fs::read(folder.join("archive.log")).expect("the sample is there")
        }
        // Its README: echo -n "hello".
        None => b"hello".to_vec(),
    }
}

fn finding_of(folder: &Path, row: &Row) -> TimestampFinding {
    let token = std::fs::read(folder.join(&row.options["in"])).expect("the sample is there");
    let roots = chain_of(&folder.join(&row.options["CAfile"]));
    let extra = row.options.get("untrusted");
    let extra = extra.map_or_else(Vec::new, |file| chain_of(&folder.join(file)));
    let bytes = stamped_of(folder, row);
    check_token(&token, Stamped::Bytes(&bytes), "this file", &roots, &extra)
}

#[test]
fn every_token_is_judged_as_openssl_judged_it_or_for_a_reason_that_is_written_down() {
    let Some(data) = shared_data() else { return };
    let mut explained = 0;
    for folder in folders(&data) {
        for row in rows(&folder) {
            let finding = finding_of(&folder, &row);
            let reason = HOLDS_AT_ITS_TIME
                .iter()
                .find(|(title, _)| *title == row.title);
            explained += usize::from(reason.is_some());
            assert_eq!(
                finding.is_trusted(),
                row.is_ok || reason.is_some(),
                "{}: {finding:#?}",
                row.title
            );
        }
    }
    assert_eq!(explained, HOLDS_AT_ITS_TIME.len());
}

#[test]
fn each_fault_is_named() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("rfc3161/local-tsa");
    let mut seen = 0;
    for row in rows(&folder) {
        let finding = finding_of(&folder, &row);
        let expected = match row.title.as_str() {
            "valid-no-cert-without-untrusted" => "neither in the token nor among those given",
            "wrong-data" | "other-data" => "it stamps other bytes",
            "signed-while-expired" => "was not valid at the time stated",
            "untrusted-ca" => "no trusted root vouches for",
            "signature-flipped" => "was not made by the key of its signer",
            "imprint-edited" | "gentime-edited" => "it stamps other bytes|digest was signed",
            "truncated" => "it is not a timestamp token in DER",
            _ => continue,
        };
        seen += 1;
        let why = finding.why.clone().unwrap_or_default();
        assert!(
            expected.split('|').any(|one| why.contains(one)),
            "{}: {why}",
            row.title
        );
    }
    assert_eq!(seen, 9);
}

#[test]
fn what_a_token_states_is_read() {
    let Some(data) = shared_data() else { return };
    let folder = data.join("rfc3161/local-tsa");
    let rows = rows(&folder);
    let finding = finding_of(&folder, &rows[0]);
    assert_eq!(finding.time().as_deref(), Some("2025-05-05T12:00:00.000Z"));
    let details = finding.details.expect("it parses");
    assert_eq!(details.accuracy_ns, Some(1_000_000_000));
    assert_eq!(details.policy, "1.3.6.1.4.1.99999.1.1");
    assert_eq!(details.serial, "02");
    assert_eq!(details.nonce.as_deref(), Some("00990f2a3ed649a339"));
    assert_eq!(
        finding.authority.as_deref(),
        Some("O=Sealscope test, CN=Test TSA")
    );
    assert_eq!(
        finding.root.as_deref(),
        Some("O=Sealscope test, CN=Test TSA root 1")
    );
    assert_eq!(
        finding.signature_algorithm.as_deref(),
        Some("RSA PKCS#1 v1.5 with SHA-256")
    );
}

/// A small generator (xorshift64*): the places are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        usize::try_from(drawn >> 33).unwrap_or(0) % end
    }
}

#[test]
fn a_changed_token_is_never_worth_more_than_the_true_one() {
    let Some(data) = shared_data() else { return };
    let mut random = Random(0x5EA1_5C0B_E000_0001);
    for folder in folders(&data) {
        for row in rows(&folder) {
            // One bit of these was changed already: changing it back makes the true token.
            if row.title.ends_with("edited") || row.title.ends_with("flipped") {
                continue;
            }
            let token = std::fs::read(folder.join(&row.options["in"])).expect("it is there");
            let roots = chain_of(&folder.join(&row.options["CAfile"]));
            let bytes = stamped_of(&folder, &row);
            let judge = |token: &[u8]| {
                check_token(token, Stamped::Bytes(&bytes), "this file", &roots, &roots)
            };
            let truth = judge(&token);
            for end in 0..token.len() {
                let cut = judge(&token[..end]);
                assert_eq!(cut.state, TimestampState::Bad, "{} cut at {end}", row.title);
            }
            for _ in 0..100 {
                let mut changed = token.clone();
                let at = random.below(changed.len());
                changed[at] ^= 1 << random.below(8);
                let found = judge(&changed);
                // Bytes that nothing signs (status text, certificates that stand by) may change.
                assert!(
                    found.state >= truth.state,
                    "{} at {at}: {found:#?}",
                    row.title
                );
                let stated = |one: &TimestampFinding| one.details.clone();
                assert!(
                    !found.is_trusted() || stated(&found) == stated(&truth),
                    "{} at {at}: another statement is trusted",
                    row.title
                );
            }
        }
    }
}
