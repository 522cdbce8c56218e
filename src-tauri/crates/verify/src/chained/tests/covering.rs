//! What no digest covers is never intact nor consistent, and what the profile says that none
//! covers is said with every verdict.

use std::path::PathBuf;
use std::sync::Arc;

use sealscope_archive::chained_jsonl::{ChainProfile, HashAlg, detect_profile, shipped_profiles};
use sealscope_model::{AspectState, ObservationKind, Verdict};
use sealscope_testkit::chains::{ChainFamily, chain_lines};
use sealscope_testkit::shared_data;

use super::{Given, of_text};
use crate::summary::Summary;

const HMAC_KEY: &str = "sealscope-test-hmac-key";

fn samples() -> Vec<(Arc<ChainProfile>, Vec<String>)> {
    let Some(data) = shared_data() else {
        return Vec::new();
    };
    let intact = |profile: &Arc<ChainProfile>| {
        let folder = data.join("hash-chains").join(profile.name());
        let files = std::fs::read_dir(folder).expect("samples").flatten();
        let mut paths = files.map(|entry| entry.path());
        let path: PathBuf = paths
            .find(|path| path.file_stem() == Some("intact".as_ref()))
            .expect("a sample");
        let text = std::fs::read_to_string(path).expect("it reads");
        (
            Arc::clone(profile),
            text.lines().map(str::to_owned).collect(),
        )
    };
    shipped_profiles().iter().map(intact).collect()
}

fn judged(lines: &[String], profile: Option<Arc<ChainProfile>>) -> Summary {
    let given = Given {
        key: Some(HMAC_KEY),
        profile,
        ..Given::default()
    };
    of_text((lines.join("\n") + "\n").as_bytes(), &given).expect("it opens")
}

/// The line with a member more, or a column.
fn with_more(line: &str, member: &str) -> String {
    match line.strip_suffix('}') {
        Some(rest) => format!("{rest},{member}}}"),
        None => format!("{line}\tx"),
    }
}

fn names(summary: &Summary, position: u64, part: &str) -> bool {
    let mut seen = summary.observations.iter();
    seen.any(|seen| {
        seen.kind == ObservationKind::Uncovered
            && seen.position == Some(position)
            && seen.says.contains(part)
    })
}

#[test]
fn a_member_more_is_never_intact_nor_consistent_in_any_sample() {
    for (profile, lines) in samples() {
        let whole = judged(&lines, None);
        assert!(whole.verdict <= Verdict::Consistent, "{}", whole.says);
        for at in 0..lines.len() {
            for given in [None, Some(Arc::clone(&profile))] {
                let mut more = lines.clone();
                more[at] = with_more(&lines[at], "\"evil\":\"x\"");
                let summary = judged(&more, given);
                let name = profile.name();
                assert!(
                    summary.verdict >= Verdict::Unproven,
                    "{name} {at}: {}",
                    summary.says
                );
                if summary.verdict == Verdict::Unproven {
                    assert!(summary.says.contains("uncovered = ["), "{}", summary.says);
                    assert!(!summary.says.contains("no key"), "{}", summary.says);
                    assert!(names(&summary, at as u64, "/"), "{name} {at}: {summary:#?}");
                    assert_eq!(summary.entries.unproven, 1, "{name} {at}");
                }
            }
        }
    }
}

#[test]
fn a_member_more_is_never_consistent_in_a_made_chain() {
    for family in ChainFamily::ALL {
        let lines = chain_lines(family, 12, "e");
        let toml = family.profile(true);
        let profile = Arc::new(ChainProfile::from_toml(&toml).expect("a profile"));
        for at in 0..lines.len() {
            for given in [None, Some(Arc::clone(&profile))] {
                let mut more = lines.clone();
                more[at] = with_more(&lines[at], "\"evil\":[{\"a\":1}]");
                let summary = judged(&more, given);
                assert!(
                    summary.verdict >= Verdict::Unproven,
                    "{family:?} {at}: {}",
                    summary.says
                );
            }
        }
    }
}

#[test]
fn what_the_profile_says_that_no_digest_covers_is_said_with_every_verdict() {
    for (profile, lines) in samples() {
        let summary = judged(&lines, None);
        let seen: Vec<_> = summary
            .observations
            .iter()
            .filter(|seen| seen.kind == ObservationKind::Uncovered)
            .collect();
        if profile.uncovered().is_empty() {
            assert!(seen.is_empty(), "{}: {seen:?}", profile.name());
            continue;
        }
        let content = &summary.aspects.content;
        assert_eq!(content.state, AspectState::Ok);
        for name in profile.uncovered() {
            let says = [
                &summary.says,
                &seen[0].says,
                content.why.as_ref().expect("a reason"),
            ];
            assert!(
                says.iter().all(|says| says.contains(name.as_str())),
                "{says:?}"
            );
        }
        assert!(
            summary
                .notes
                .iter()
                .any(|note| note.contains("\nuncovered = ["))
        );
    }
}

#[test]
fn an_entry_without_its_signature_is_not_intact() {
    for (_, lines) in samples().iter().filter(|(p, _)| p.signature().is_some()) {
        for at in 0..lines.len() {
            let mut less = lines.clone();
            let mut entry: serde_json::Value = serde_json::from_str(&lines[at]).expect("JSON");
            entry
                .as_object_mut()
                .expect("an object")
                .remove("signature");
            less[at] = entry.to_string();
            let summary = judged(&less, None);
            assert_eq!(
                summary.verdict,
                Verdict::Consistent,
                "{at}: {}",
                summary.says
            );
            assert_eq!(summary.entries.consistent, 1);
            assert!(
                names(&summary, at as u64, "has no signature"),
                "{summary:#?}"
            );
        }
    }
}

#[test]
fn a_member_that_stands_twice_breaks_its_entry() {
    for (profile, lines) in samples() {
        for member in [
            "\"timestamp\":1",
            "\"evil\":1,\"evil\":2",
            "\"\\u0074s\":1,\"ts\":1",
        ] {
            let mut more = lines.clone();
            more[3] = with_more(&lines[3], member);
            let summary = judged(&more, Some(Arc::clone(&profile)));
            assert!(
                summary.verdict >= Verdict::Unproven,
                "{} {member}",
                profile.name()
            );
        }
        let Some(object) = lines[3].strip_prefix('{').filter(|_| profile.has_members()) else {
            continue;
        };
        for key in object.split('"').skip(1).step_by(2).take(1) {
            let mut more = lines.clone();
            more[3] = with_more(&lines[3], &format!("\"{key}\":0"));
            let summary = judged(&more, Some(Arc::clone(&profile)));
            assert_eq!(summary.verdict, Verdict::Broken, "{} {key}", profile.name());
        }
    }
}

fn hex(text: &str) -> String {
    let digest = HashAlg::Sha256.digest(text.as_bytes());
    digest
        .as_slice()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Twelve entries of `line`, whose digest is over what `preimage` gives.
fn chain(
    preimage: impl Fn(&str, u32) -> String,
    line: impl Fn(&str, u32, &str) -> String,
) -> Vec<String> {
    let mut prev = "start".to_owned();
    let make = |n: u32| {
        let own = hex(&preimage(&prev, n));
        let line = line(&prev, n, &own);
        prev = own;
        line
    };
    (0..12).map(make).collect()
}

fn verdict(toml: &str, lines: &[String]) -> (Verdict, String) {
    let profile = ChainProfile::from_toml(toml).expect(toml);
    let given = Given {
        profile: Some(Arc::new(profile)),
        ..Given::default()
    };
    let summary = of_text((lines.join("\n") + "\n").as_bytes(), &given).expect("it opens");
    (summary.verdict, summary.says)
}

const HEAD: &str = "[chain]\nname = \"t\"\nprev = { path = \"/p\" }\nown = { path = \"/h\" }\n\
                    genesis = [\"start\"]\n";

#[test]
fn numbers_and_links_that_are_not_hashed_hold_nothing_up() {
    let lines = chain(
        |_, n| format!("w{n}"),
        |p, n, h| format!("{{\"n\":{n},\"w\":\"w{n}\",\"p\":\"{p}\",\"h\":\"{h}\"}}"),
    );
    let parts = "[preimage]\nparts = [{ field = \"/w\" }]\n";
    let seq = "seq = { path = \"/n\", start = 0 }\n";
    let (found, says) = verdict(&format!("{HEAD}{seq}{parts}"), &lines);
    assert_eq!(found, Verdict::Unproven);
    assert!(says.contains("[\"/n\", \"/p\"]"), "{says}");
    let known = "uncovered = [\"/n\", \"/p\"]\n";
    let (found, says) = verdict(&format!("{HEAD}{known}{parts}"), &lines);
    assert_eq!(found, Verdict::Consistent);
    assert!(
        says.contains("No digest covers the members /n and /p"),
        "{says}"
    );
}

#[test]
fn parts_of_a_member_and_inner_digests_cover_what_they_take_in() {
    let lines = chain(
        |p, n| format!("{p}a{n}{}", hex(&format!("c{n}"))),
        |p, n, h| {
            let inner = hex(&format!("c{n}"));
            format!(
                "{{\"d\":{{\"a\":\"a{n}\",\"b\":[1]}},\"c\":\"c{n}\",\"i\":\"{inner}\",\
                 \"p\":\"{p}\",\"h\":\"{h}\"}}"
            )
        },
    );
    let outer = "[preimage]\nparts = [{ prev = true }, { field = \"/d/a\" }, { field = \"/i\" }]\n";
    let inner = "[[inner_digest]]\npath = \"/i\"\nparts = [{ field = \"/c\" }]\n";
    let (found, says) = verdict(&format!("{HEAD}{outer}{inner}"), &lines);
    assert!(
        found == Verdict::Unproven && says.contains("[\"/d/b\"]"),
        "{says}"
    );
    let (_, says) = verdict(&format!("{HEAD}{outer}"), &lines);
    assert!(says.contains("[\"/d/b\", \"/c\"]"), "{says}");
    let known = "uncovered = [\"/d/b\"]\n";
    let (found, _) = verdict(&format!("{HEAD}{known}{outer}{inner}"), &lines);
    assert_eq!(found, Verdict::Consistent);
    // An inner digest that nothing covers covers nothing.
    let outer = outer.replace(", { field = \"/i\" }", "");
    let lines = chain(
        |p, n| format!("{p}a{n}"),
        |p, n, h| {
            let inner = hex(&format!("c{n}"));
            format!(
                "{{\"d\":{{\"a\":\"a{n}\"}},\"c\":\"c{n}\",\"i\":\"{inner}\",\"p\":\"{p}\",\
                 \"h\":\"{h}\"}}"
            )
        },
    );
    let (found, says) = verdict(&format!("{HEAD}{outer}{inner}"), &lines);
    assert!(
        found == Verdict::Unproven && says.contains("[\"/c\", \"/i\"]"),
        "{says}"
    );
}

#[test]
fn columns_groups_and_text_that_are_not_hashed_are_told() {
    let csv = "[chain]\nname = \"t\"\nframing = \"csv\"\nown = { path = \"/1\" }\n\
               genesis = [\"start\"]\nUNCOVERED[preimage]\n\
               parts = [{ prev = true }, { field = \"/0\" }]\n";
    let rows = chain(
        |p, n| format!("{p}w{n}"),
        |_, n, h| format!("w{n},{h},\"x\""),
    );
    let none = csv.replace("UNCOVERED", "");
    let (found, says) = verdict(&none, &rows);
    assert!(
        found == Verdict::Unproven && says.contains("[\"/2\"]"),
        "{says}"
    );
    let known = csv.replace("UNCOVERED", "uncovered = [\"/2\"]\n");
    assert_eq!(verdict(&known, &rows).0, Verdict::Consistent);
    let text = |pattern: &str, uncovered: &str| {
        format!(
            "[chain]\nname = \"t\"\nframing = \"text\"\npattern = '{pattern}'\n\
             own = {{ path = \"/h\" }}\ngenesis = [\"start\"]\n{uncovered}[preimage]\n\
             parts = [{{ prev = true }}, {{ field = \"/w\" }}]\n"
        )
    };
    let lines = chain(
        |p, n| format!("{p}w{n}"),
        |_, n, h| format!("INFO w{n} {h}"),
    );
    let fixed = "^INFO (?<w>\\S+) (?<h>[0-9a-f]{64})$";
    assert_eq!(verdict(&text(fixed, ""), &lines).0, Verdict::Consistent);
    let loose = "^\\S+ (?<w>\\S+) (?<h>[0-9a-f]{64})$";
    let (found, says) = verdict(&text(loose, ""), &lines);
    assert!(
        found == Verdict::Unproven && says.contains("[\"/\"]"),
        "{says}"
    );
    let known = text(loose, "uncovered = [\"/\"]\n");
    assert_eq!(verdict(&known, &lines).0, Verdict::Consistent);
    let group = "^(?<l>\\S+) (?<w>\\S+) (?<h>[0-9a-f]{64})$";
    let (_, says) = verdict(&text(group, ""), &lines);
    assert!(says.contains("[\"/l\"]"), "{says}");
}

#[test]
fn a_proposal_names_what_it_leaves_out_of_every_entry_and_excuses_nothing_else() {
    let lines = chain(
        |p, n| format!("{p}{{\"w\":\"w{n}\"}}"),
        |p, n, h| {
            format!("{{\"at\":\"t{n}\",\"d\":{{\"w\":\"w{n}\"}},\"p\":\"{p}\",\"h\":\"{h}\"}}")
        },
    );
    let text = lines.join("\n") + "\n";
    let (profile, _) = detect_profile(text.as_bytes()).expect("it is found");
    assert_eq!(profile.uncovered(), ["/at"]);
    let summary = of_text(text.as_bytes(), &Given::default()).expect("it opens");
    assert_eq!(summary.verdict, Verdict::Consistent);
    assert!(
        summary.says.contains("No digest covers the member /at"),
        "{}",
        summary.says
    );
    for at in 0..lines.len() {
        let mut more = lines.clone();
        more[at] = with_more(&lines[at], "\"evil\":1");
        let summary = of_text((more.join("\n") + "\n").as_bytes(), &Given::default());
        let summary = summary.expect("it opens");
        assert_eq!(summary.verdict, Verdict::Unproven, "{at}: {}", summary.says);
    }
}

#[test]
fn a_head_from_elsewhere_does_not_speak_for_what_no_digest_covers() {
    let mut lines = chain_lines(ChainFamily::JoinedFields, 12, "e");
    let last: serde_json::Value = serde_json::from_str(&lines[11]).expect("JSON");
    let digest = sealscope_model::Digest::from_hex(last["hash"].as_str().expect("a digest"));
    lines[5] = with_more(&lines[5], "\"evil\":1");
    let profile = ChainProfile::from_toml(&ChainFamily::JoinedFields.profile(true));
    let given = Given {
        head: Some((12, digest.expect("a digest"))),
        profile: Some(Arc::new(profile.expect("a profile"))),
        ..Given::default()
    };
    let summary = of_text((lines.join("\n") + "\n").as_bytes(), &given).expect("it opens");
    assert_eq!((summary.entries.intact, summary.entries.unproven), (11, 1));
    assert_eq!(summary.verdict, Verdict::Unproven, "{}", summary.says);
}

#[test]
fn a_head_from_elsewhere_does_not_speak_for_digests_that_need_a_key() {
    let lines = chain_lines(ChainFamily::CanonicalBody, 12, "e");
    let last: serde_json::Value = serde_json::from_str(&lines[11]).expect("JSON");
    let digest = sealscope_model::Digest::from_hex(last["hash"].as_str().expect("a digest"));
    let toml = ChainFamily::CanonicalBody.profile(true);
    let toml = toml.replace("[preimage]", "[digest]\nkey = \"hmac\"\n[preimage]");
    let given = Given {
        head: Some((12, digest.expect("a digest"))),
        profile: Some(Arc::new(ChainProfile::from_toml(&toml).expect("a profile"))),
        ..Given::default()
    };
    let summary = of_text((lines.join("\n") + "\n").as_bytes(), &given).expect("it opens");
    assert_eq!(summary.verdict, Verdict::Unproven, "{}", summary.says);
}

#[test]
fn runs_of_them_are_bounded_and_none_is_lost() {
    let mut lines = chain_lines(ChainFamily::JoinedFields, 9000, "e");
    for at in (0..9000).step_by(3) {
        lines[at] = with_more(&lines[at], &format!("\"evil{at}\":1"));
    }
    let profile = ChainProfile::from_toml(&ChainFamily::JoinedFields.profile(true));
    let summary = judged(&lines, Some(Arc::new(profile.expect("a profile"))));
    assert_eq!(summary.verdict, Verdict::Unproven);
    assert!(summary.observations.len() < 200);
    for at in (0..9000u64).step_by(3) {
        assert_eq!(
            summary.ranges.verdict_at(at),
            Some(Verdict::Unproven),
            "{at}"
        );
    }
    assert!(
        summary.says.contains("3,000 entries hold"),
        "{}",
        summary.says
    );
}
