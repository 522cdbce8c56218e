//! The chains under `tests/fixtures/chained-jsonl` are judged as they always were.
//!
//! `SEALSCOPE_WRITE_FIXTURES=1 cargo test -p sealscope-verify fixtures` writes them anew.

use std::sync::Arc;

use sealscope_archive::chained_jsonl::ChainProfile;
use sealscope_testkit::chains::{ChainFamily, chain_lines};
use sealscope_testkit::fixtures;

use super::{Given, opened};

/// Folder, what was done, family, and how the lines were changed.
type Made = (
    &'static str,
    &'static str,
    ChainFamily,
    fn(&mut Vec<String>),
);

const MADE: [Made; 8] = [
    (
        "intact/canonical-body",
        "Nothing was changed.",
        ChainFamily::CanonicalBody,
        |_| {},
    ),
    (
        "intact/implicit",
        "Nothing was changed.",
        ChainFamily::Implicit,
        |_| {},
    ),
    (
        "intact/line-before",
        "Nothing was changed.",
        ChainFamily::LineBefore,
        |_| {},
    ),
    (
        "tampered/modified",
        "Entry 5 was changed, its digest kept.",
        ChainFamily::PrefixedPayload,
        |lines| {
            lines[5] = lines[5].replacen("e5", "e6", 1);
        },
    ),
    (
        "tampered/removed",
        "Entries 5 and 6 were removed.",
        ChainFamily::Implicit,
        |lines| {
            lines.drain(5..7);
        },
    ),
    (
        "tampered/inserted",
        "An entry of another chain stands at 4.",
        ChainFamily::JoinedFields,
        |lines| {
            lines.insert(4, chain_lines(ChainFamily::JoinedFields, 9, "x")[8].clone());
        },
    ),
    (
        "tampered/moved",
        "Entries 3 and 8 changed places.",
        ChainFamily::LineBefore,
        |lines| {
            lines.swap(3, 8);
        },
    ),
    (
        "tampered/repeated",
        "Entry 2 stands once more before entry 7.",
        ChainFamily::CanonicalBody,
        |lines| {
            lines.insert(7, lines[2].clone());
        },
    ),
];

#[test]
fn the_fixtures_are_judged_as_they_always_were() {
    let is_writing = std::env::var_os("SEALSCOPE_WRITE_FIXTURES").is_some();
    for (name, what, family, change) in MADE {
        let folder = fixtures().join("chained-jsonl").join(name);
        let mut lines = chain_lines(family, 12, "e");
        change(&mut lines);
        let text = lines.join("\n") + "\n";
        if is_writing {
            std::fs::create_dir_all(&folder).expect("a folder");
            let origin = format!(
                "what = \"{what}\"\nmade_by = \"sealscope-testkit, chains\"\n\
                 license = \"as the repository\"\n"
            );
            std::fs::write(folder.join("chain.jsonl"), &text).expect("written");
            std::fs::write(folder.join("profile.toml"), family.profile(true)).expect("written");
            std::fs::write(folder.join("origin.toml"), origin).expect("written");
        }
        let stored = std::fs::read_to_string(folder.join("chain.jsonl")).expect("a chain");
        assert_eq!(stored, text, "{name}");
        let profile = std::fs::read_to_string(folder.join("profile.toml")).expect("a profile");
        let given = Given {
            profile: Some(Arc::new(
                ChainProfile::from_toml(&profile).expect("a profile"),
            )),
            ..Given::default()
        };
        let summary = opened(&folder.join("chain.jsonl"), &given).expect("it opens");
        let mut told = format!("{}\n{}\n", summary.verdict, summary.says);
        for found in &summary.breaks {
            told.push_str(&format!(
                "{} at {}, {}, found {:?}: {}\n",
                found.kind.word(),
                found.position,
                found.count,
                found.found,
                found.says
            ));
        }
        if is_writing {
            std::fs::write(folder.join("expected.txt"), &told).expect("written");
        }
        let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("an answer");
        assert_eq!(told, expected, "{name}");
    }
}
