//! The journals under `tests/fixtures/journal` are those that the kit makes, and are judged as they
//! always were.
//!
//! `SEALSCOPE_WRITE_FIXTURES=1 cargo test -p sealscope-verify --test journal` writes them anew.

use sealscope_testkit::fixtures;
use sealscope_testkit::journal::{JournalFixture, SEAL_KEY, fixture_journals};

use crate::support::{judged, open};

fn write_anew(fixture: &JournalFixture, folder: &std::path::Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let origin = format!(
        "what = {:?}\nmade_by = \"sealscope-testkit, fixture_journals\"\nlicense = \"as the \
         repository\"\nkey = {SEAL_KEY:?}\nverdict = {:?}\n",
        fixture.what, fixture.verdict
    );
    std::fs::write(folder.join("origin.toml"), origin).expect("written");
    std::fs::write(folder.join("archive.journal"), &fixture.bytes).expect("written");
}

#[test]
fn every_fixture_is_as_it_is_made_and_has_its_verdict() {
    for fixture in fixture_journals() {
        let folder = fixtures()
            .join("journal")
            .join(fixture.state)
            .join(fixture.name);
        if std::env::var_os("SEALSCOPE_WRITE_FIXTURES").is_some() {
            write_anew(&fixture, &folder);
        }
        let path = folder.join("archive.journal");
        let stored = std::fs::read(&path).expect("the fixture is here");
        assert!(
            stored == fixture.bytes,
            "{}: not as it is made",
            fixture.name
        );
        let found = judged(&*open(&path).expect("it opens").archive, SEAL_KEY);
        assert_eq!(
            found.verdict.word(),
            fixture.verdict,
            "{}: {}",
            fixture.name,
            found.says
        );
    }
}
