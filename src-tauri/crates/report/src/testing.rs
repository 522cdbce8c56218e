//! A report for tests: real tree, real signature, hostile text.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_case::{Case, Custody, Finding, Identity, Person, Role, Scope, declaration};
use sealscope_proof::{Checkpoint, Signer, leaf_hash, prove_inclusion, root_by_definition};

use crate::content::{
    Aspect, Attachment, Books, Bucket, Chain, ChainPiece, Content, Counts, Declaration, EndOf,
    Exhibit, ExhibitTime, FieldValue, FilterCount, FromOutside, Integrity, Item, Method, Problem,
    Proof, QueryRecord, RangeOf, Redaction, Reproduction, SCHEMA, SectionOf, Setting,
    Signer as Who, Spine, TimeSource, TimeStatement, Timeline, ValueKind,
};
use crate::package::{AttachedFile, Package};

/// Text that acts where it is not made safe.
pub const HOSTILE: &str = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \
    #eval(\"1\") $x$ *b* _i_ @ref \\ =cmd|' /C calc'!A0 \u{202e}gpj.exe \u{200b}\u{7} 日本語 한국어 \
    العربية עברית 😀 é";

/// The name and seed of the key that signs the sample.
pub fn signer() -> Signer {
    Signer::from_seed("logs.example/app", &[7; 32]).expect("a key")
}

/// A report with `count` exhibits.
pub fn package(count: u32) -> Package {
    let lines: Vec<String> = (0..count.max(1)).map(line).collect();
    let leaves: Vec<_> = lines
        .iter()
        .map(|line| leaf_hash(line.as_bytes()))
        .collect();
    let root = root_by_definition(&leaves);
    let size = leaves.len() as u64;
    let note = Checkpoint {
        origin: "logs.example/app/5f0c".to_owned(),
        size,
        root,
    }
    .to_text();
    let note = signer().sign(&note);
    let mut roots = BTreeMap::new();
    let exhibits = (0..count).map(|number| {
        let path = prove_inclusion(u64::from(number), size, &mut |from, to| {
            // Paths of one tree share their upper nodes.
            let root = roots
                .entry((from, to))
                .or_insert_with(|| root_by_definition(&leaves[from as usize..to as usize]));
            Some(*root)
        });
        exhibit(number, &lines[number as usize], size, path.expect("a path"))
    });
    let exhibits = exhibits.collect();
    let file = AttachedFile {
        name: "keys/logs.example.vkey".to_owned(),
        bytes: format!("{}\n", signer().verifier().to_vkey()).into_bytes(),
    };
    let attachment = Attachment::of(
        &file.name,
        "Public key that the examiner gave",
        "text/plain",
        &file.bytes,
    );
    Package::new(content(exhibits, note, attachment), vec![file]).expect("they belong together")
}

fn line(number: u32) -> String {
    let text = serde_json::to_string(HOSTILE).expect("text");
    format!(
        "{{\"time\":\"2026-03-14T09:{:02}:{:02}.104Z\",\"user\":\"anna\",\"verb\":\"delete\",\"n\":{number},\"what\":{text}}}",
        number / 60 % 60,
        number % 60
    )
}

fn exhibit(number: u32, line: &str, size: u64, path: Vec<sealscope_model::Digest>) -> Exhibit {
    let field = |path: &str, text: &str, kind| FieldValue {
        path: path.to_owned(),
        text: text.to_owned(),
        kind,
    };
    Exhibit {
        number: number + 1,
        position: u64::from(number),
        records: 1,
        verdict: "intact".to_owned(),
        title: "Intact".to_owned(),
        says: "The entry agrees with its seal.".to_owned(),
        time: Some(ExhibitTime {
            utc: format!(
                "2026-03-14T09:{:02}:{:02}.104Z",
                number / 60 % 60,
                number % 60
            ),
            shown: format!(
                "2026-03-14 10:{:02}:{:02}.104 +01:00",
                number / 60 % 60,
                number % 60
            ),
            original: Some(format!(
                "2026-03-14T09:{:02}:{:02}.104Z",
                number / 60 % 60,
                number % 60
            )),
            precision: "milliseconds".to_owned(),
            zone: "stated in the entry".to_owned(),
        }),
        spine: Spine {
            who: Some("anna".to_owned()),
            did: Some("delete".to_owned()),
            to_what: Some(HOSTILE.to_owned()),
            outcome: Some("200".to_owned()),
            class: "delete".to_owned(),
            message: format!("anna delete {HOSTILE}"),
            ..Spine::default()
        },
        fields: vec![
            field("time", "2026-03-14T09:00:00.104Z", ValueKind::Text),
            field("user", "anna", ValueKind::Text),
            field("verb", "delete", ValueKind::Text),
            field("n", &number.to_string(), ValueKind::Number),
            field("what", HOSTILE, ValueKind::Text),
        ],
        raw_base64: Some(BASE64.encode(line)),
        raw_bytes: line.len() as u64,
        leaf: Some(leaf_hash(line.as_bytes()).to_string()),
        proof: Proof::Merkle {
            checkpoint: 0,
            index: u64::from(number),
            size,
            path: path.iter().map(ToString::to_string).collect(),
            vkey: Some(signer().verifier().to_vkey()),
            says: "The entry is leaf of a checkpoint that a trusted key signed.".to_owned(),
        },
        comment: if number == 0 {
            HOSTILE.to_owned()
        } else {
            String::new()
        },
        ..Exhibit::default()
    }
}

fn content(exhibits: Vec<Exhibit>, note: String, attachment: Attachment) -> Content {
    let count = exhibits.len() as u64;
    let case = Case::default();
    let text = |text: &str| text.to_owned();
    let sections = case.section_order().into_iter().map(|id| SectionOf {
        id,
        heading: id.section().heading.to_owned(),
    });
    Content {
        schema: text(SCHEMA),
        report_id: text("5f0c0a1e-0000-4000-8000-000000000001"),
        made_at: text("2026-03-15T08:00:00Z"),
        template: case.template,
        sections: sections.collect(),
        headline: text("Broken at entry 7 of item A"),
        verdict: text("broken"),
        banner: Some(format!("EXTRACT – {count} of 30,112 records")),
        identity: Identity {
            title: text("Deleted secrets in the night of 14 March"),
            case_number: text("2026-017"),
            version: 1,
            organisation: text("Example Forensics"),
            address: text("1 Example Street, Example Town"),
            customer: text("Example Ltd"),
            classification: text("Confidential"),
            ..Identity::default()
        },
        people: vec![Person {
            role: Role::Examiner,
            name: text("A. Example"),
            title: text("Examiner"),
            contact: text("examiner@example.org"),
            qualifications: text("Ten years of log forensics"),
        }],
        scope: Scope {
            question: text("Who deleted the secrets of the name space pay?"),
            authority: text("Instruction of 14 March 2026"),
            period_from: text("2026-03-14"),
            period_to: text("2026-03-15"),
            in_scope: text("The audit log of one cluster"),
            out_of_scope: text("Host logs"),
        },
        items: vec![Item {
            label: text("A"),
            name: text("audit.sealog"),
            bytes: 1_234_567,
            sha256: Some("ab".repeat(32)),
            sha256_after: Some("ab".repeat(32)),
            sha512: Some("cd".repeat(64)),
            is_unchanged: true,
            format: text("sealog"),
            producer: text("sealscope 0.1.0"),
            origin: text("logs.example/app/5f0c"),
            keys: vec![signer().verifier().fingerprint()],
            ..Item::default()
        }],
        custody: vec![Custody {
            item: text("A"),
            action: text("received"),
            time: text("2026-03-14 15:02 UTC"),
            who: text("A. Example"),
            why: text("Examination"),
            place: text("Evidence store 2"),
            hash: "ab".repeat(32),
        }],
        method: Method {
            tool: text("Sealscope"),
            version: text("0.1.0"),
            commit: text("unknown"),
            binary_sha256: "ef".repeat(32),
            platform: text("linux x86_64"),
            tz_data: text("2026a"),
            settings: vec![Setting {
                name: text("zone"),
                value: text("UTC"),
            }],
            trust: vec![text("logs.example/app (key 7b…)")],
            steps: vec![text(
                "Each item was read once, hashed and checked against its seals.",
            )],
            ..Method::default()
        },
        time: TimeStatement {
            zone: text("Europe/Berlin"),
            sources: vec![TimeSource {
                item: 0,
                earliest: Some(text("2026-03-14T00:00:00Z")),
                latest: Some(text("2026-03-14T23:59:59Z")),
                precision: text("milliseconds"),
                zone: text("stated in the entries"),
            }],
            corrections: text("No correction was applied."),
            says: Vec::new(),
        },
        integrity: vec![integrity()],
        books: vec![Books {
            bytes: 1_000_000,
            lines: 30_112,
            entries: 30_112,
            rows: Some(30_112),
            undated: Some(0),
            says: text("All bytes belong to an entry."),
            ..Books::default()
        }],
        queries: vec![QueryRecord {
            title: text("Deletions by people"),
            text: text("verb:delete AND NOT user:system*"),
            canonical: text("(verb:delete AND NOT user:system*)"),
            sort: text("time"),
            count,
            searched: 30_112,
            is_exact: true,
            without: vec![FilterCount {
                filter: text("NOT user:system*"),
                count: 900,
            }],
            by_verdict: Counts {
                total: count,
                intact: count,
                ..Counts::default()
            },
            ..QueryRecord::default()
        }],
        timeline: Some(timeline()),
        findings: vec![Finding {
            title: text("One account deleted all secrets"),
            observation: format!("Anna deleted {HOSTILE}"),
            inference: text("The account was used by hand."),
            opinion: text("It was not a script."),
            alternatives: text("A stolen token."),
            exhibits: if count > 0 { vec![1] } else { Vec::new() },
        }],
        exhibits,
        printed_exhibits_max: 1000,
        warnings: vec![text("1 exhibit lies in an unproven range.")],
        limits: vec![text(
            "No entry of another account was found among the records verified.",
        )],
        redactions: vec![Redaction {
            field: text("password"),
            reason: text("Personal data"),
            exhibits: Vec::new(),
            withholds_proof: true,
        }],
        reproduction: Reproduction {
            command: text(
                "sealscope report audit.sealog -q 'verb:delete' --at 2026-03-15T08:00:00Z -o r.pdf",
            ),
            needs: vec![text("Sealscope 0.1.0")],
        },
        declarations: declaration("plain")
            .into_iter()
            .map(|form| Declaration {
                title: form.title.to_owned(),
                basis: form.basis.to_owned(),
                text: form.text.to_owned(),
                name: text("A. Example"),
                position: text("Examiner"),
                place: text("Example Town"),
            })
            .collect(),
        checkpoints: vec![note],
        attachments: vec![attachment],
    }
}

fn timeline() -> Timeline {
    let buckets = (0..24).map(|hour| Bucket {
        from: format!("2026-03-14 {hour:02}:00"),
        count: (hour * 7919 % 411) * 10,
        broken: u64::from(hour == 9),
        not_intact: if hour > 20 { 12 } else { 0 },
    });
    Timeline {
        says: "all records".to_owned(),
        width: "1 h".to_owned(),
        buckets: buckets.collect(),
        undated: 0,
        summary: "30,112 records, most at 09:00.".to_owned(),
    }
}

fn integrity() -> Integrity {
    let text = |text: &str| text.to_owned();
    Integrity {
        verdict: text("broken"),
        title: text("Broken at entry 7"),
        says: text("Entry 7 does not match its seal. All other entries do."),
        strength: text("signed"),
        head: EndOf {
            is_anchored: true,
            says: text("Fixed by the header."),
        },
        tail: EndOf {
            is_anchored: false,
            says: text("Open: later entries could have been cut off."),
        },
        counts: Counts {
            total: 30_112,
            intact: 30_111,
            broken: 1,
            ..Counts::default()
        },
        ranges: vec![
            RangeOf {
                from: 0,
                to: 7,
                verdict: text("intact"),
                strength: text("signed"),
            },
            RangeOf {
                from: 7,
                to: 8,
                verdict: text("broken"),
                strength: text("signed"),
            },
            RangeOf {
                from: 8,
                to: 30_112,
                verdict: text("intact"),
                strength: text("signed"),
            },
        ],
        ranges_total: 3,
        aspects: ["content", "order", "seal", "signer", "time", "completeness"]
            .map(|name| Aspect {
                name: text(name),
                state: text(if name == "content" { "broken" } else { "ok" }),
                why: text(if name == "content" {
                    "Entry 7 was changed."
                } else {
                    ""
                }),
            })
            .to_vec(),
        breaks: vec![Problem {
            kind: text("modified"),
            title: text("Broken at entry 7"),
            says: text("Entry 7 does not match its seal."),
            position: Some(7),
            count: 1,
            is_exact: true,
            claimed: Some("11".repeat(32)),
            computed: Some("22".repeat(32)),
            can_mean: vec![
                text("the entry was edited"),
                text("the storage or the copy is faulty"),
            ],
            does_not_tell: vec![text("who changed it, or when")],
            next_step: text("Compare with another copy."),
            ..Problem::default()
        }],
        breaks_total: 1,
        signers: vec![Who {
            name: text("logs.example/app"),
            key_id: signer().verifier().id_hex(),
            is_trusted: true,
            checkpoints: 3,
            vkey: Some(signer().verifier().to_vkey()),
        }],
        checkpoints: 3,
        checkpoints_held: 3,
        outside: vec![FromOutside {
            kind: text("timestamp"),
            state: text("ok"),
            says: text(
                "A timestamp of 2026-03-14T10:00:00Z covers the checkpoint of 30,112 entries.",
            ),
        }],
        chain: Some(Chain {
            says: text("Entries around the break, each with its leaf hash"),
            pieces: (4..11u64)
                .map(|number| ChainPiece {
                    label: format!("Entry {number}"),
                    verdict: text(if number == 7 { "broken" } else { "intact" }),
                    digest: format!("{number:02x}{number:02x}91bb"),
                    follows: Some(number != 7),
                    is_missing: false,
                })
                .collect(),
        }),
        ..Integrity::default()
    }
}

#[test]
fn the_sample_is_its_own_form() {
    let package = package(3);
    let bytes = package.content().to_json();
    assert_eq!(
        &Content::from_json(&bytes).expect("reads"),
        package.content()
    );
    let mut other = bytes.clone();
    other.insert(2, b' ');
    assert!(Content::from_json(&other).is_err(), "another form");
}
