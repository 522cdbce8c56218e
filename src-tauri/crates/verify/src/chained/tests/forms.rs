//! Framings, partitions, resets, keys and signatures: each form that a profile can describe.

use std::sync::Arc;

use sealscope_archive::chained_jsonl::{ChainProfile, HashAlg};
use sealscope_model::{Base, BreakKind, Verdict};
use sealscope_testkit::chains::{ChainFamily, chain_lines};

use super::{Given, of_text};
use crate::summary::Summary;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha(text: &str) -> String {
    hex(HashAlg::Sha256.digest(text.as_bytes()).as_slice())
}

fn judged(toml: &str, text: &str, key: Option<&'static str>) -> Summary {
    let given = Given {
        profile: Some(Arc::new(ChainProfile::from_toml(toml).expect(toml))),
        key,
        ..Given::default()
    };
    of_text(text.as_bytes(), &given).expect("it opens")
}

fn told(summary: &Summary) -> Vec<(BreakKind, u64)> {
    summary
        .breaks
        .iter()
        .map(|b| (b.kind, b.position))
        .collect()
}

#[test]
fn the_elements_of_an_array_are_entries() {
    let lines = chain_lines(ChainFamily::CanonicalBody, 9, "a");
    let family = ChainFamily::CanonicalBody.profile(true);
    let toml = family.replace(
        "name = \"made\"",
        "name = \"made\"\nframing = \"json-array\"",
    );
    let whole = format!("[\n  {}\n]\n", lines.join(",\n  "));
    let summary = judged(&toml, &whole, None);
    assert_eq!(
        (summary.verdict, summary.entries.total),
        (Verdict::Consistent, 9)
    );
    assert!(summary.damage.is_empty());
    let torn = &whole[..whole.len() - 30];
    let summary = judged(&toml, torn, None);
    assert_eq!(
        (summary.verdict, summary.entries.total),
        (Verdict::Consistent, 8)
    );
    assert_eq!(summary.damage.len(), 1);
    let mut less = lines.clone();
    less.remove(4);
    let summary = judged(&toml, &format!("[{}]", less.join(",")), None);
    assert_eq!(told(&summary), [(BreakKind::Removed, 4)]);
    // Found without a profile too.
    let summary = of_text(whole.as_bytes(), &Given::default()).expect("it opens");
    assert_eq!(summary.verdict, Verdict::Consistent);
}

#[test]
fn tables_and_text_lines_hold_chains() {
    let csv = "[chain]\nname = \"t\"\nframing = \"csv\"\nheader = true\nseq = { path = \"/0\" }\n\
               own = { path = \"/2\" }\ngenesis = [\"start\"]\n[preimage]\n\
               parts = [{ prev = true }, { field = \"/0\" }, { field = \"/1\" }]\n";
    let text = "[chain]\nname = \"x\"\nframing = \"text\"\n\
                pattern = '^(?<n>\\d+) (?<msg>.*) \\[(?<h>[0-9a-f]{64})\\]$'\n\
                seq = { path = \"/n\" }\nown = { path = \"/h\" }\ngenesis = [\"start\"]\n\
                [preimage]\nparts = [{ prev = true }, { field = \"/n\" }, { field = \"/msg\" }]\n";
    let (mut rows, mut lines) = (vec!["no,what,hash".to_owned()], Vec::new());
    let mut prev = "start".to_owned();
    for n in 0..7 {
        let what = format!("say \"hi\",\nline {n}");
        let own = sha(&format!("{prev}{n}{what}"));
        rows.push(format!("{n},\"{}\",{own}", what.replace('"', "\"\"")));
        prev = own;
    }
    prev = "start".to_owned();
    for n in 0..7 {
        let own = sha(&format!("{prev}{n}it went well"));
        lines.push(format!("{n} it went well [{own}]"));
        prev = own;
    }
    for (toml, all, first) in [(csv, &rows, 1), (text, &lines, 0)] {
        let summary = judged(toml, &(all.join("\n") + "\n"), None);
        assert_eq!(
            (summary.verdict, summary.entries.total),
            (Verdict::Consistent, 7),
            "{toml}"
        );
        let mut less = all.clone();
        less.remove(first + 3);
        let summary = judged(toml, &(less.join("\n") + "\n"), None);
        assert_eq!(told(&summary), [(BreakKind::Removed, 3)], "{toml}");
    }
}

#[test]
fn chains_among_each_other_are_told_apart() {
    for is_implicit in [false, true] {
        let prev = if is_implicit {
            ""
        } else {
            "prev = { path = \"/p\" }\n"
        };
        let toml = format!(
            "[chain]\nname = \"t\"\npartition = \"/t\"\nseq = {{ path = \"/n\", start = 0 }}\n\
             own = {{ path = \"/h\" }}\n{prev}genesis = [\"start\"]\n[preimage]\n\
             parts = [{{ prev = true }}, {{ field = \"/t\" }}, {{ field = \"/n\" }}]\n"
        );
        let mut prev = ["start".to_owned(), "start".to_owned(), "start".to_owned()];
        let mut count = [0, 0, 0];
        let mut lines = Vec::new();
        for k in [0, 1, 0, 2, 2, 1, 0, 1, 2, 0, 0, 1] {
            let own = sha(&format!("{}{k}{}", prev[k], count[k]));
            let named = if is_implicit {
                String::new()
            } else {
                format!("\"p\":\"{}\",", prev[k])
            };
            lines.push(format!(
                "{{\"t\":{k},\"n\":{},{named}\"h\":\"{own}\"}}",
                count[k]
            ));
            prev[k] = own;
            count[k] += 1;
        }
        let summary = judged(&toml, &(lines.join("\n") + "\n"), None);
        assert_eq!(
            (summary.verdict, summary.entries.consistent),
            (Verdict::Consistent, 12)
        );
        // The third line of the first chain: the one after it stands at 9, then at 8.
        let mut less = lines.clone();
        less.remove(6);
        let summary = judged(&toml, &(less.join("\n") + "\n"), None);
        assert_eq!(summary.breaks.len(), 1, "{:?}", summary.breaks);
        assert_eq!(summary.breaks[0].kind, BreakKind::Removed);
        assert!(
            summary.breaks[0]
                .says
                .contains("(entry 2). Numbers here are those of its own chain")
        );
        let mut changed = lines.clone();
        changed[5] = changed[5].replace("\"n\":1", "\"n\":7");
        let summary = judged(&toml, &(changed.join("\n") + "\n"), None);
        assert!(
            told(&summary).contains(&(BreakKind::Modified, 5)),
            "{:?}",
            summary.breaks
        );
        assert_eq!(summary.ranges.verdict_at(5), Some(Verdict::Broken));
    }
}

#[test]
fn a_chain_that_begins_anew_does_so_only_where_the_profile_says() {
    let make = |word: &str| {
        let mut prev = "start".to_owned();
        let line = |n: u32| {
            let kind = if n == 0 { "open" } else { "entry" };
            let own = sha(&format!("{prev}{kind}{word}{n}"));
            let line = format!(
                "{{\"kind\":\"{kind}\",\"what\":\"{word}{n}\",\"p\":\"{prev}\",\"h\":\"{own}\"}}\n"
            );
            prev = own;
            line
        };
        (0..5).map(line).collect::<String>()
    };
    let text = make("a") + &make("b");
    let toml = |reset: &str| {
        format!(
            "[chain]\nname = \"t\"\n{reset}own = {{ path = \"/h\" }}\nprev = {{ path = \"/p\" }}\n\
             genesis = [\"start\"]\n[preimage]\n\
             parts = [{{ prev = true }}, {{ field = \"/kind\" }}, {{ field = \"/what\" }}]\n"
        )
    };
    let with = judged(&toml("reset = { on = \"/kind=='open'\" }\n"), &text, None);
    assert_eq!((with.verdict, with.breaks.len()), (Verdict::Consistent, 0));
    assert!(with.notes.iter().any(|note| note.contains("begin anew")));
    let without = judged(&toml(""), &text, None);
    assert_eq!(told(&without), [(BreakKind::Relinked, 5)]);
}

#[test]
fn keyed_digests_need_their_key() {
    let toml = "[chain]\nname = \"t\"\nown = { path = \"/h\" }\nprev = { path = \"/p\" }\n\
                genesis = [\"\"]\n[digest]\nkey = \"hmac\"\nencoding = \"base64\"\n[preimage]\n\
                parts = [{ prev = true }, { field = \"/n\" }]\n";
    let mut prev = String::new();
    let mut lines = Vec::new();
    for n in 0..6 {
        let mac = HashAlg::Sha256.mac(b"secret", format!("{prev}{n}").as_bytes());
        let mut own = Vec::new();
        let base64 = sealscope_archive::chained_jsonl::Encoding::Base64;
        base64.write(mac.expect("a code").as_slice(), &mut own);
        let own = String::from_utf8(own).expect("text");
        lines.push(format!("{{\"n\":{n},\"p\":\"{prev}\",\"h\":\"{own}\"}}"));
        prev = own;
    }
    let text = lines.join("\n") + "\n";
    let right = judged(toml, &text, Some("secret"));
    assert_eq!(
        (right.verdict, right.strength.base),
        (Verdict::Intact, Some(Base::Keyed))
    );
    assert_eq!(judged(toml, &text, None).verdict, Verdict::Unproven);
    assert_eq!(
        judged(toml, &text, Some("other")).verdict,
        Verdict::Unproven
    );
    let changed = text.replace("\"n\":3", "\"n\":4");
    assert_eq!(
        told(&judged(toml, &changed, Some("secret"))),
        [(BreakKind::Modified, 3)]
    );
    assert_eq!(judged(toml, &changed, None).verdict, Verdict::Unproven);
}

#[test]
fn signatures_make_a_chain_signed_where_they_are() {
    use ed25519_dalek::{Signer as _, SigningKey};
    let toml = "[chain]\nname = \"t\"\nown = { path = \"/h\" }\nprev = { path = \"/p\" }\n\
                genesis = [\"\"]\n[preimage]\nparts = [{ prev = true }, { field = \"/n\" }]\n\
                [signature]\npath = \"/s\"\nalg = \"ed25519\"\nover = \"own-raw\"\n";
    let key = SigningKey::from_bytes(&[9; 32]);
    let public: &'static str = hex(key.verifying_key().as_bytes()).leak();
    let make = |unsigned: &[u32], bad: &[u32]| {
        let mut prev = String::new();
        let line = |n: u32| {
            let digest = HashAlg::Sha256.digest(format!("{prev}{n}").as_bytes());
            let own = hex(digest.as_slice());
            let mut signature = key.sign(digest.as_slice()).to_bytes();
            signature[0] ^= u8::from(bad.contains(&n));
            let signature = match unsigned.contains(&n) {
                true => "null".to_owned(),
                false => format!("\"{}\"", hex(&signature)),
            };
            let line =
                format!("{{\"n\":{n},\"p\":\"{prev}\",\"h\":\"{own}\",\"s\":{signature}}}\n");
            prev = own;
            line
        };
        (0..6).map(line).collect::<String>()
    };
    let all = judged(toml, &make(&[], &[]), Some(public));
    assert_eq!(
        (all.verdict, all.strength.base),
        (Verdict::Intact, Some(Base::Signed))
    );
    let some = judged(toml, &make(&[2, 3], &[]), Some(public));
    assert_eq!(some.verdict, Verdict::Consistent);
    assert_eq!((some.entries.intact, some.entries.consistent), (4, 2));
    let bad = judged(toml, &make(&[], &[4]), Some(public));
    assert_eq!(told(&bad), [(BreakKind::BadSignature, 4)]);
    assert_eq!(
        judged(toml, &make(&[], &[]), None).verdict,
        Verdict::Consistent
    );
}

#[test]
fn a_chain_over_several_segments_is_one_chain() {
    let wide = "w".repeat(700);
    for family in ChainFamily::ALL {
        let lines = chain_lines(family, 14_000, &wide);
        let toml = family.profile(true);
        let expected = match family {
            ChainFamily::LineBefore => Verdict::Unsealed,
            _ => Verdict::Consistent,
        };
        let summary = judged(&toml, &(lines.join("\n") + "\n"), None);
        assert_eq!(summary.verdict, expected, "{family:?}: {}", summary.says);
        let mut changed = lines.clone();
        changed.swap(3, 13_000);
        changed.remove(7000);
        let summary = judged(&toml, &(changed.join("\n") + "\n"), None);
        let expected = [
            (BreakKind::Moved, 3),
            (BreakKind::Removed, 7000),
            (BreakKind::Moved, 13_000),
        ];
        assert_eq!(told(&summary), expected, "{family:?}");
    }
}
