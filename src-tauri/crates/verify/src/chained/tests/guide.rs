//! The worked example of `docs/chain-profiles.md`. Its lines were made with Python, not here.

use std::sync::Arc;

use sealscope_archive::chained_jsonl::{CANON_MODES, ChainProfile, ENCODINGS, HASH_ALGS};
use sealscope_model::{BreakKind, Verdict};

use super::{Given, of_text};

const GUIDE: &str = include_str!("../../../../../docs/chain-profiles.md");

fn block(kind: &str) -> &'static str {
    let begun = GUIDE
        .split_once(&format!("```{kind}\n"))
        .expect("it is there")
        .1;
    begun.split_once("```").expect("it ends").0
}

#[test]
fn the_example_of_the_guide_holds_and_a_change_to_it_shows() {
    let profile = ChainProfile::from_toml(block("toml")).expect("a profile");
    assert_eq!(
        ChainProfile::from_toml(&profile.to_toml()),
        Ok(profile.clone())
    );
    let given = Given {
        profile: Some(Arc::new(profile)),
        ..Given::default()
    };
    let lines = block("jsonl");
    let summary = of_text(lines.as_bytes(), &given).expect("it opens");
    assert_eq!(
        (summary.verdict, summary.entries.consistent),
        (Verdict::Consistent, 5)
    );
    let changed = lines.replacen("\"open\": false", "\"open\": true", 1);
    let summary = of_text(changed.as_bytes(), &given).expect("it opens");
    let told: Vec<_> = summary
        .breaks
        .iter()
        .map(|b| (b.kind, b.position))
        .collect();
    assert_eq!(told, [(BreakKind::Modified, 1)]);
    let gone: String = lines
        .split_inclusive('\n')
        .enumerate()
        .filter(|(n, _)| *n != 2)
        .map(|(_, l)| l)
        .collect();
    let summary = of_text(gone.as_bytes(), &given).expect("it opens");
    let told: Vec<_> = summary
        .breaks
        .iter()
        .map(|b| (b.kind, b.position, b.count))
        .collect();
    assert_eq!(told, [(BreakKind::Removed, 2, 1)]);
}

#[test]
fn the_guide_names_every_word_of_a_profile() {
    let algs = HASH_ALGS.iter().map(|(name, _)| *name);
    let encodings = ENCODINGS.iter().map(|(name, _)| *name);
    let modes = CANON_MODES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !name.ends_with("-ordered"));
    for word in algs.chain(encodings).chain(modes) {
        assert!(GUIDE.contains(&format!("`{word}`")), "{word}");
    }
}
