use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use proptest::prelude::*;
use sealscope_proof::Signer;
use sealscope_verify::{OriginPattern, TrustedKey};

use super::*;
use crate::bag::{Bag, BagError, Found, write_folder, write_zip};
use crate::content::{Content, Proof};
use crate::package::AttachedFile;
use crate::sign::sign_file;
use crate::testing::{package, signer};

const THIS: ThisProgram<'static> = ThisProgram {
    version: "0.1.0",
    commit: "unknown",
};

fn examiner() -> Signer {
    Signer::from_seed("examiner.example", &[9; 32]).expect("a key")
}

/// The log's key, trusted for its log alone.
fn trust() -> TrustStore {
    TrustStore::new(vec![TrustedKey {
        key: signer().verifier().clone(),
        origin: OriginPattern::new("logs.example/*"),
    }])
}

/// A form of as few bytes as possible.
struct Page;

impl Renderer for Page {
    fn render(&self, package: &Package) -> Result<Vec<u8>, String> {
        let mut text = format!(
            "<!doctype html>\n<h1>{}</h1>\n{}\n",
            package.content().headline,
            BASE64.encode(package.content().to_json())
        );
        for file in package.files() {
            text.push_str(&format!("{} {}\n", file.name, BASE64.encode(&file.bytes)));
        }
        Ok(text.into_bytes())
    }

    fn extract(&self, bytes: &[u8]) -> Result<Package, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "no text")?;
        let mut lines = text.lines().skip(2);
        let decoded = |text: &str| BASE64.decode(text).map_err(|_| "no base64".to_owned());
        let content = decoded(lines.next().ok_or("too short")?)?;
        let content = Content::from_json(&content).map_err(|error| error.to_string())?;
        let mut files = Vec::new();
        for line in lines {
            let (name, bytes) = line.split_once(' ').ok_or("no file")?;
            files.push(AttachedFile {
                name: name.to_owned(),
                bytes: decoded(bytes)?,
            });
        }
        Package::new(content, files).map_err(|error| error.to_string())
    }
}

/// Checks with the keys of the sample.
fn options<'o>(trust: &'o TrustStore, examiners: &'o [VerifierKey]) -> CheckOptions<'o> {
    CheckOptions {
        trust,
        examiners,
        this: THIS,
        renderers: Renderers {
            html: Some(&Page),
            pdf: None,
        },
        files: None,
    }
}

type Files = BTreeMap<String, Vec<u8>>;

/// A report of little text.
fn small() -> Package {
    let sample = package(1);
    let mut content = sample.content().clone();
    content.findings.clear();
    content.timeline = None;
    content.queries.clear();
    content.declarations.clear();
    content.exhibits[0].fields.truncate(1);
    content.exhibits[0].comment.clear();
    content.exhibits[0].spine.message.clear();
    content.exhibits[0].spine.to_what = None;
    content.integrity[0].chain = None;
    Package::new(content, sample.files().to_vec()).expect("a package")
}

fn signed_bag(package: &Package) -> Result<Files, BagError> {
    let mut bag = Bag::new(package, &[])?;
    bag.sign(&examiner());
    let files = bag.finish().into_iter();
    Ok(files
        .map(|(name, bytes)| (name, bytes.into_owned()))
        .collect())
}

fn found(files: &Files) -> Result<Found<'_>, ReadFault> {
    let mut found = Found::default();
    for (name, bytes) in files {
        found.add(name, Cow::Borrowed(bytes))?;
    }
    Ok(found)
}

fn answer(files: &Files) -> Answer {
    let (trust, examiners) = (trust(), [examiner().verifier().clone()]);
    match found(files) {
        Ok(found) => bag::check(&found, None, &options(&trust, &examiners))
            .outcome
            .answer(),
        Err(_) => Answer::DoesNotHold,
    }
}

#[test]
fn a_signed_bag_holds_for_whoever_trusts_the_keys() {
    let files = signed_bag(&package(5)).expect("a bag");
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let found = found(&files).expect("a bag");
    let outcome = bag::check(&found, None, &options(&ours, &examiners)).outcome;
    assert_eq!(outcome.answer(), Answer::Holds, "{:#?}", outcome.checks);
    assert_eq!(outcome.exhibits.len(), 5);
    let nobody = TrustStore::default();
    for (trust, examiners) in [(&nobody, &examiners[..]), (&ours, &[][..])] {
        let outcome = bag::check(&found, None, &options(trust, examiners)).outcome;
        assert_eq!(outcome.answer(), Answer::NotInFull);
    }
}

#[test]
fn a_log_key_signs_no_reports_whatever_it_is_trusted_for() {
    let package = package(1);
    let mut bag = Bag::new(&package, &[]).expect("a bag");
    bag.sign(&signer());
    let files = bag.finish();
    let mut found = Found::default();
    for (name, bytes) in &files {
        found.add(name, Cow::Borrowed(bytes)).expect("a name");
    }
    let checked = |trust: &TrustStore| {
        let outcome = bag::check(&found, None, &options(trust, &[])).outcome;
        outcome.answer()
    };
    assert_eq!(checked(&trust()), Answer::NotInFull);
    let any = TrustStore::new(vec![TrustedKey {
        key: signer().verifier().clone(),
        origin: OriginPattern::any(),
    }]);
    assert_eq!(checked(&any), Answer::NotInFull);
}

#[test]
fn a_report_that_somebody_wrote_anew_as_a_whole_does_not_hold_in_full() {
    let mut content = package(2).content().clone();
    content.headline = "Intact".to_owned();
    let other = Package::new(content, package(2).files().to_vec()).expect("a package");
    let mut bag = Bag::new(&other, &[]).expect("a bag");
    bag.sign(&Signer::from_seed("examiner.example", &[10; 32]).expect("a key"));
    let files = bag.finish().into_iter();
    let files: Files = files
        .map(|(name, bytes)| (name, bytes.into_owned()))
        .collect();
    assert_eq!(answer(&files), Answer::NotInFull);
    let unsigned = Bag::new(&other, &[]).expect("a bag").finish();
    let unsigned = unsigned.into_iter();
    let mut unsigned: Files = unsigned
        .map(|(name, bytes)| (name, bytes.into_owned()))
        .collect();
    assert_eq!(answer(&unsigned), Answer::NotInFull);
    // The true statement beside another report, with its lists made to fit.
    let truth = signed_bag(&package(2)).expect("a bag");
    let mut bag = Bag::new(&other, &[]).expect("a bag");
    for name in ["statement.dsse.json", "examiner.vkey"] {
        bag.put(name, truth[name].clone());
        unsigned.insert(name.to_owned(), truth[name].clone());
    }
    let mixed = bag.finish().into_iter();
    let mixed: Files = mixed
        .map(|(name, bytes)| (name, bytes.into_owned()))
        .collect();
    assert_eq!(answer(&mixed), Answer::DoesNotHold);
    assert_eq!(answer(&unsigned), Answer::DoesNotHold);
}

/// Halves of the work on two threads.
fn all(count: usize, holds: impl Fn(usize) -> Option<String> + Sync) {
    std::thread::scope(|scope| {
        let run = |from: usize| (from..count).step_by(2).filter_map(&holds).next();
        let other = scope.spawn(move || run(1));
        let mine = run(0);
        let found = mine.or(other.join().expect("no panic"));
        assert_eq!(found, None, "a change that the check does not see");
    });
}

#[test]
fn every_changed_byte_of_a_bag_is_seen() {
    let files = signed_bag(&small()).expect("a bag");
    assert_eq!(answer(&files), Answer::Holds);
    let places: Vec<(&String, usize)> = files
        .iter()
        .flat_map(|(name, bytes)| (0..bytes.len()).map(move |place| (name, place)))
        .collect();
    all(places.len(), |number| {
        let (name, place) = places[number];
        let mut files = files.clone();
        files.get_mut(name).expect("there")[place] ^= 1 << (number % 8);
        let answer = answer(&files);
        (answer != Answer::DoesNotHold).then(|| format!("{name}, byte {place}: {answer:?}"))
    });
}

#[test]
fn every_missing_and_every_added_file_is_seen() {
    let files = signed_bag(&small()).expect("a bag");
    for name in files.keys() {
        let mut files = files.clone();
        files.remove(name);
        assert_ne!(answer(&files), Answer::Holds, "{name}");
    }
    for name in [
        "data/more.txt",
        "more.txt",
        "statement.tsr",
        "data/report.html",
    ] {
        let mut files = files.clone();
        files.insert(name.to_owned(), b"more".to_vec());
        assert_eq!(answer(&files), Answer::DoesNotHold, "{name}");
    }
}

#[test]
fn every_changed_byte_of_a_zip_file_is_seen() {
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bag.zip");
    let package = small();
    let mut bag = Bag::new(&package, &[]).expect("a bag");
    bag.sign(&examiner());
    let contents = bag.clone().finish();
    write_zip(bag, &path).expect("written");
    let checked = check_path(&path, &options(&ours, &examiners)).expect("looked at");
    assert_eq!(checked.outcome.answer(), Answer::Holds);
    let zip = std::fs::read(&path).expect("there");
    let is_content = |place: usize| {
        // Bytes of files are changed in the test above; here each 29th of them.
        let mut at = 0;
        for (name, bytes) in &contents {
            at += 30 + format!("report-{}/{name}", package.content().report_id).len();
            if (at..at + bytes.len()).contains(&place) {
                return true;
            }
            at += bytes.len();
        }
        false
    };
    let places = (0..zip.len()).filter(|place| place % 29 == 0 || !is_content(*place));
    let places: Vec<usize> = places.collect();
    all(places.len(), |number| {
        let place = places[number];
        let mut zip = zip.clone();
        zip[place] ^= 1 << (number % 8);
        let answer = match read_zip(&zip) {
            Ok(found) => {
                let checked = bag::check(&found, Some(&zip), &options(&ours, &examiners));
                checked.outcome.answer()
            }
            Err(_) => Answer::DoesNotHold,
        };
        (answer != Answer::DoesNotHold).then(|| format!("byte {place}: {answer:?}"))
    });
}

#[test]
fn every_changed_byte_of_a_page_and_of_its_signature_is_seen() {
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let package = small();
    let page = Page.render(&package).expect("a page");
    let envelope = sign_file(package.content(), Form::Html, &page, &examiner());
    let answer = |page: &[u8], envelope: &[u8]| {
        let beside = single::Beside {
            envelope: Some(envelope.to_vec()),
            token: None,
        };
        let checked = single::check(
            Form::Html,
            page.to_vec(),
            &beside,
            &options(&ours, &examiners),
        );
        checked.outcome.answer()
    };
    assert_eq!(answer(&page, &envelope), Answer::Holds);
    all(page.len() + envelope.len(), |number| {
        let (mut page, mut envelope) = (page.clone(), envelope.clone());
        match page.get_mut(number) {
            Some(byte) => *byte ^= 1 << (number % 8),
            None => envelope[number - page.len()] ^= 1 << (number % 8),
        }
        let answer = answer(&page, &envelope);
        (answer == Answer::Holds).then(|| format!("byte {number}"))
    });
}

#[test]
fn a_page_of_another_version_is_not_checked_in_full() {
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let package = small();
    let mut page = Page.render(&package).expect("a page");
    let place = page
        .iter()
        .position(|byte| *byte == b'B')
        .expect("a headline");
    page[place] = b'b';
    let beside = single::Beside {
        envelope: Some(sign_file(package.content(), Form::Html, &page, &examiner())),
        token: None,
    };
    let mut options = options(&ours, &examiners);
    let check = |options| single::check(Form::Html, page.clone(), &beside, &options).outcome;
    assert_eq!(check(options).answer(), Answer::DoesNotHold);
    options.this.version = "0.2.0";
    assert_eq!(check(options).answer(), Answer::NotInFull);
}

#[test]
fn facts_that_contradict_each_other_are_seen_even_when_signed() {
    type Change = fn(&mut Content);
    let changes: [(&str, Change); 9] = [
        ("the verdict", |c| c.verdict = "intact".to_owned()),
        ("a number", |c| c.exhibits[1].number = 7),
        ("an item", |c| c.exhibits[1].item = 9),
        ("a leaf", |c| c.exhibits[1].leaf = Some("00".repeat(32))),
        ("a length", |c| c.exhibits[1].raw_bytes += 1),
        ("an origin", |c| {
            c.items[0].origin = "logs.example/b/1".to_owned()
        }),
        ("a size", |c| {
            if let Proof::Merkle { size, .. } = &mut c.exhibits[1].proof {
                *size += 1;
            }
        }),
        ("a place", |c| {
            if let Proof::Merkle { index, .. } = &mut c.exhibits[1].proof {
                *index = 0;
            }
        }),
        ("a key", |c| {
            if let Proof::Merkle { vkey, .. } = &mut c.exhibits[1].proof {
                *vkey = Some(examiner().verifier().to_vkey());
            }
        }),
    ];
    let original = package(3);
    for (what, change) in changes {
        let mut content = original.content().clone();
        change(&mut content);
        let package = Package::new(content, original.files().to_vec()).expect("a package");
        let files = signed_bag(&package).expect("a bag");
        assert_eq!(answer(&files), Answer::DoesNotHold, "{what}");
    }
}

#[test]
fn links_and_strange_names_are_refused() {
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bag");
    let package = small();
    let mut bag = Bag::new(&package, &[]).expect("a bag");
    bag.sign(&examiner());
    write_folder(bag, &path).expect("written");
    let answer = || {
        let checked = check_path(&path, &options(&ours, &examiners)).expect("looked at");
        checked.outcome.answer()
    };
    assert_eq!(answer(), Answer::Holds);
    std::fs::write(path.join("data/a b"), b"").expect("written");
    assert_eq!(answer(), Answer::DoesNotHold);
    std::fs::remove_file(path.join("data/a b")).expect("removed");
    std::fs::create_dir(path.join("data/empty")).expect("made");
    assert_eq!(answer(), Answer::DoesNotHold);
    std::fs::remove_dir(path.join("data/empty")).expect("removed");
    #[cfg(unix)]
    {
        let (file, elsewhere) = (
            path.join("data/README.txt"),
            folder.path().join("elsewhere"),
        );
        std::fs::rename(&file, &elsewhere).expect("moved");
        std::os::unix::fs::symlink(&elsewhere, &file).expect("linked");
        assert_eq!(answer(), Answer::DoesNotHold);
    }
}

#[test]
fn a_report_json_by_itself_is_checked_without_its_files() {
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.json");
    let package = package(2);
    let json = package.content().to_json();
    std::fs::write(&path, &json).expect("written");
    let envelope = sign_file(package.content(), Form::Json, &json, &examiner());
    std::fs::write(folder.path().join("report.json.dsse.json"), envelope).expect("written");
    let outcome = check_path(&path, &options(&ours, &examiners))
        .expect("looked at")
        .outcome;
    assert_eq!(
        outcome.answer(),
        Answer::NotInFull,
        "its files are elsewhere"
    );
    assert!(outcome.is_signed);
    let state = |what: &str| {
        let check = outcome.checks.iter().find(|check| check.what == what);
        check.map(|check| check.finding.state)
    };
    assert_eq!(state("files"), Some(State::NotCheckable));
    assert_eq!(state("signature"), Some(State::Ok));
}

#[test]
fn what_is_no_report_could_not_be_looked_at() {
    let (ours, folder) = (trust(), tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, b"notes").expect("written");
    for path in [path.as_path(), folder.path()] {
        let checked = check_path(path, &options(&ours, &[]));
        assert!(matches!(checked, Err(CheckError::NoReport { .. })));
    }
    let checked = check_path(&folder.path().join("none"), &options(&ours, &[]));
    assert!(matches!(checked, Err(CheckError::Io { .. })));
}

/// Figures: `cargo test --release -p sealscope-report --lib figures -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes without optimisation"]
fn figures_of_ten_thousand_exhibits() {
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        line.unwrap_or_default().to_owned()
    };
    // In hundredths of a second: what counts where others use the computer too.
    let work = || {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let words = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let times = words.skip(11).take(2);
        times
            .filter_map(|time| time.parse::<u64>().ok())
            .sum::<u64>()
    };
    let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
    let folder = tempfile::tempdir().expect("a folder");
    let package = package(10_000);
    println!("package: {}", peak());
    let paths = [folder.path().join("bag"), folder.path().join("bag.zip")];
    for path in &paths {
        let (start, before) = (std::time::Instant::now(), work());
        let mut bag = Bag::new(&package, &[]).expect("a bag");
        bag.sign(&examiner());
        let written = match path.extension() {
            None => write_folder(bag, path),
            Some(_) => write_zip(bag, path),
        };
        written.expect("written");
        let (time, work) = (start.elapsed(), work() - before);
        println!(
            "write {:?}: {time:?}, {work} ticks, {}",
            path.file_name(),
            peak()
        );
    }
    drop(package);
    for path in &paths {
        let (start, before) = (std::time::Instant::now(), work());
        let checked = check_path(path, &options(&ours, &examiners)).expect("looked at");
        assert_eq!(checked.outcome.answer(), Answer::Holds);
        let (time, work) = (start.elapsed(), work() - before);
        println!(
            "check {:?}: {time:?}, {work} ticks, {}",
            path.file_name(),
            peak()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_mutated_zip_file_neither_panics_nor_holds(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..6),
    ) {
        static ZIP: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let (path, package) = (folder.path().join("bag.zip"), small());
            let mut bag = Bag::new(&package, &[]).expect("a bag");
            bag.sign(&examiner());
            write_zip(bag, &path).expect("written");
            std::fs::read(&path).expect("there")
        });
        let mut zip = ZIP.clone();
        for (place, byte, how) in changes {
            let place = place.index(zip.len());
            match how {
                0 => zip[place] = byte,
                1 => zip.truncate(place.max(1)),
                2 => zip.insert(place, byte),
                _ => {
                    let end = (place + usize::from(byte)).min(zip.len());
                    let part = zip[place..end].to_vec();
                    zip.splice(place..place, part);
                }
            }
        }
        prop_assume!(zip != *ZIP);
        let (ours, examiners) = (trust(), [examiner().verifier().clone()]);
        if let Ok(found) = read_zip(&zip) {
            let checked = bag::check(&found, Some(&zip), &options(&ours, &examiners));
            prop_assert_eq!(checked.outcome.answer(), Answer::DoesNotHold);
        }
    }
}
