use std::fmt::Write as _;

use super::super::HashAlg;
use super::*;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A chain whose digest is over what `preimage` makes of the digest before and the number.
fn chain(
    count: usize,
    genesis: &str,
    line: impl Fn(usize, &str, &str) -> String,
    preimage: impl Fn(usize, &str) -> String,
) -> String {
    let mut prev = genesis.to_owned();
    let mut text = String::new();
    for number in 0..count {
        let own = hex(HashAlg::Sha256
            .digest(preimage(number, &prev).as_bytes())
            .as_slice());
        text.push_str(&line(number, &prev, &own));
        text.push('\n');
        prev = own;
    }
    text
}

fn family_a(count: usize) -> String {
    chain(
        count,
        &"0".repeat(64),
        |n, prev, own| {
            format!("{{\"who\":\"jé\",\"n\":{n}.50,\"prev_hash\":\"{prev}\",\"hash\":\"{own}\"}}")
        },
        |n, prev| format!("{{\"n\":{n}.5,\"prev_hash\":\"{prev}\",\"who\":\"j\\u00e9\"}}"),
    )
}

#[test]
fn a_recipe_is_found_from_the_first_entries() {
    let (profile, origin) = detect_profile(family_a(20).as_bytes()).expect("it is found");
    assert_eq!(origin, ProfileOrigin::Detected);
    let toml = profile.to_toml();
    assert!(toml.contains("canon = \"py-compact\""), "{toml}");
    assert!(toml.contains("genesis = [\"0*64\"]"), "{toml}");
}

#[test]
fn fields_joined_by_bars_are_found() {
    let text = chain(
        12,
        "GENESIS",
        |n, prev, own| {
            format!("{{\"id\":{n},\"who\":\"a\",\"prevHash\":\"{prev}\",\"hash\":\"{own}\"}}")
        },
        |n, prev| format!("{prev}|{n}|a"),
    );
    let (profile, _) = detect_profile(text.as_bytes()).expect("it is found");
    assert!(profile.to_toml().contains("lit = \"|\""));
}

#[test]
fn lines_that_name_the_digest_of_the_line_before_are_found() {
    let (mut prev, mut text) = ("0".repeat(64), String::new());
    for n in 0..9 {
        let line = format!("{{\"n\":{n},\"prev\":\"{prev}\"}}");
        prev = hex(HashAlg::Sha256.digest(line.as_bytes()).as_slice());
        text.push_str(&line);
        text.push('\n');
    }
    let (profile, _) = detect_profile(text.as_bytes()).expect("it is found");
    assert!(!profile.has_own());
}

#[test]
fn two_entries_are_too_few_and_digests_without_a_chain_are_none() {
    assert_eq!(detect_profile(family_a(2).as_bytes()), None);
    let text = chain(
        30,
        "",
        |n, _, own| format!("{{\"n\":{n},\"sha256\":\"{own}\"}}"),
        |n, _| n.to_string(),
    );
    assert_eq!(detect_profile(text.as_bytes()), None);
    for text in ["", "x", "{", "[", "{}\n{}\n", "\t\t\n", "[[[[", "{\"a\":1}"] {
        assert_eq!(detect_profile(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn ways_that_give_the_same_bytes_stay_open() {
    let body = |n: usize, prev: &str| format!("\"n\":{n},\"prev\":\"{prev}\"");
    let text = chain(
        8,
        "",
        |n, prev, own| format!("{{{},\"hash\":\"{own}\"}}", body(n, prev)),
        |n, prev| format!("{{{}}}", body(n, prev)),
    );
    let (profile, _) = detect_profile(text.as_bytes()).expect("it is found");
    assert!(
        profile.to_toml().contains("\"jcs\", "),
        "{}",
        profile.to_toml()
    );
}

#[test]
fn no_log_of_the_samples_that_is_no_chain_is_taken_for_one() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    let mut looked = 0;
    let mut folders: Vec<_> = vec![data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && path.file_name() != Some("hash-chains".as_ref()) {
                folders.push(path);
                continue;
            }
            let Ok(mut bytes) = std::fs::read(&path) else {
                continue;
            };
            bytes.truncate(limits::SAMPLE_BYTES);
            let begun = std::time::Instant::now();
            let found = detect_profile(&bytes).map(|(profile, origin)| (profile.to_toml(), origin));
            assert_eq!(found, None, "{}", path.display());
            assert!(begun.elapsed().as_secs() < 5, "{}", path.display());
            looked += 1;
        }
    }
    assert!(looked > 500, "{looked} files");
}

#[test]
fn the_shipped_recipes_are_found_in_every_sample() {
    let Some(data) = sealscope_testkit::shared_data() else {
        return;
    };
    for profile in shipped_profiles() {
        let folder = data.join("hash-chains").join(profile.name());
        let mut count = 0;
        for entry in std::fs::read_dir(folder).expect("samples").flatten() {
            let path = entry.path();
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name == "expected" || name == "original-verifier-output" {
                continue;
            }
            let text = std::fs::read(&path).expect("it reads");
            let (found, origin) = detect_profile(&text).expect("it is found");
            assert_eq!(
                (found.name(), origin),
                (profile.name(), ProfileOrigin::Shipped)
            );
            // Every entry changed: only the shape tells.
            let text = String::from_utf8(text)
                .expect("UTF-8")
                .replace("action", "acti0n");
            let text = text.replace("\"acti0n\": \"", "\"action\": \"x");
            let (found, _) = detect_profile(text.as_bytes()).expect("it is found by shape");
            assert_eq!(found.name(), profile.name());
            count += 1;
        }
        assert_eq!(count, 8);
    }
}
