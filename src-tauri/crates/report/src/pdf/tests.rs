//! What a document must hold, whatever is put into it.

use sealscope_shown::shown;
use serde_json::Value;
use typst::layout::{Frame, FrameItem};

use super::object::Reader;
use super::{ExtractError, Pages, PdfError, extract, preview, render};
use crate::content::{Content, Proof};
use crate::package::{AttachedFile, Package};
use crate::testing::{HOSTILE, package};

fn with(change: impl FnOnce(&mut Content)) -> Package {
    let package = package(2);
    let mut content = package.content().clone();
    change(&mut content);
    Package::new(content, package.files().to_vec()).expect("they belong together")
}

#[test]
fn what_was_put_in_is_read_out() {
    let package = package(3);
    let pdf = render(&package).expect("a document");
    let again = extract(&pdf).expect("a package");
    assert_eq!(again, package);
    assert_eq!(render(&again).expect("again"), pdf);
}

#[test]
fn the_number_of_threads_does_not_show() {
    let package = package(2);
    let with_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads")
            .install(|| render(&package).expect("a document"))
    };
    let one = with_threads(1);
    assert!(one == with_threads(2) && one == with_threads(2));
}

#[test]
fn a_document_holds_its_standards_its_tags_and_every_file() {
    let package = package(3);
    let pdf = render(&package).expect("a document");
    let holds = |part: &str| {
        pdf.windows(part.len())
            .any(|window| window == part.as_bytes())
    };
    for part in [
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "/StructTreeRoot",
        "/MarkInfo<</Marked true",
        "/Lang(en)",
        "/AFRelationship/Data",
        "/F(report.json)",
        "/F(proofs/E3.tlog-proof)",
        "/F(checkpoints/1.note)",
        "/F(keys/logs.example.vkey)",
        "/CreationDate(D:20260315080000Z)",
        "/Alt(",
    ] {
        assert!(holds(part), "{part}");
    }
    for part in [
        "/JavaScript",
        "/JS",
        "/URI",
        "/Launch",
        "/OpenAction",
        "/AA",
        "/SubmitForm",
    ] {
        assert!(!holds(part), "{part}");
    }
}

#[test]
fn a_changed_document_is_no_longer_the_same() {
    let package = package(1);
    let pdf = render(&package).expect("a document");
    let place = pdf
        .windows(8)
        .position(|window| window == b"index 0\n")
        .expect("a proof that is not packed");
    let mut changed = pdf.clone();
    changed[place + 6] = b'1';
    assert!(matches!(extract(&changed), Err(ExtractError::Differs(_))));
    let mut longer = pdf.clone();
    longer.push(b'\n');
    assert!(matches!(extract(&longer), Err(ExtractError::Form(_))));
}

#[test]
fn broken_documents_are_refused_and_nothing_panics() {
    let pdf = render(&package(1)).expect("a document");
    assert!(extract(b"").is_err());
    for cut in (0..pdf.len()).step_by(997) {
        assert!(extract(&pdf[..cut]).is_err());
    }
    let end = pdf.len().saturating_sub(3000);
    for place in (0..pdf.len()).step_by(251).chain(end..pdf.len()) {
        let mut changed = pdf.clone();
        changed[place] ^= 0x15;
        if let Ok(package) = extract(&changed) {
            assert_eq!(package, self::package(1), "what is read is what was put in");
        }
    }
    assert!(Reader::new(b"<<").value().is_none());
}

#[test]
fn hostile_text_everywhere_is_only_text() {
    let package = with(|content| {
        let hostile = || HOSTILE.to_owned();
        content.identity.title = hostile();
        content.identity.classification = hostile();
        content.banner = Some(hostile());
        content.report_id = hostile();
        content.headline = hostile();
        content.verdict = hostile();
        content.items[0].name = hostile();
        content.items[0].label = hostile();
        content.items[0].sha512 = Some(hostile());
        content.integrity[0].ranges[0].verdict = hostile();
        content.integrity[0].aspects[0].state = hostile();
        content.sections[0].heading = hostile();
        content.people[0].name = "\u{0}\u{10ffff}\u{e000}\u{feff}".to_owned();
        content.queries[0].text = "\u{300}".repeat(300);
        content.attachments[0].media_type = hostile();
        content.attachments[0].says = hostile();
        content.exhibits[0].raw_base64 = Some("no base64".to_owned());
        content.exhibits[1].raw_base64 = Some("////AAECAwQFBgcICQoLDA0ODw==".to_owned());
        content.exhibits[1].item = usize::MAX;
        content.exhibits[1].record = u32::MAX;
        content.exhibits[1].records = u32::MAX;
        if let Proof::Merkle {
            checkpoint, index, ..
        } = &mut content.exhibits[1].proof
        {
            (*checkpoint, *index) = (usize::MAX, u64::MAX);
        }
    });
    let pdf = render(&package).expect("a document all the same");
    assert_eq!(extract(&pdf).expect("a package"), package);
}

/// The text of each page as it was set, without spaces.
fn texts(package: &Package) -> Vec<String> {
    fn collect(frame: &Frame, text: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => collect(&group.frame, text),
                FrameItem::Text(item) => text.push_str(&item.text),
                _ => {}
            }
        }
    }
    let pages = Pages::of(package).expect("pages");
    let text = |page: &typst_layout::Page| {
        let mut text = String::new();
        collect(&page.frame, &mut text);
        without_space(&text)
    };
    pages.document().pages().iter().map(text).collect()
}

/// Where each piece of text begins from the left, in the order of the page.
fn places(package: &Package) -> Vec<(f64, String)> {
    fn collect(frame: &Frame, left: f64, found: &mut Vec<(f64, String)>) {
        for (at, item) in frame.items() {
            let left = left + at.x.to_pt();
            match item {
                FrameItem::Group(group) => collect(&group.frame, left, found),
                FrameItem::Text(item) => found.push((left, item.text.to_string())),
                _ => {}
            }
        }
    }
    let pages = Pages::of(package).expect("pages");
    let mut found = Vec::new();
    for page in pages.document().pages() {
        collect(&page.frame, 0.0, &mut found);
    }
    found
}

#[test]
fn letters_that_run_back_reorder_nothing_beside_them() {
    let package = with(|content| content.scope.question = "שלום: 12, العربية (34) א/b".to_owned());
    let places = places(&package);
    let first = places.iter().position(|(_, text)| text.contains("שלום"));
    let line: Vec<_> = places
        .iter()
        .skip(first.expect("printed"))
        .take(6)
        .collect();
    let parts = ["שלום", ": 12, ", "العربية", " (34) ", "א", "/b"];
    for (place, part) in line.iter().zip(parts) {
        assert_eq!(place.1.trim(), part.trim(), "{line:?}");
    }
    assert!(line.is_sorted_by(|one, next| one.0 < next.0), "{line:?}");
    let invisible =
        |(_, text): &(f64, String)| text.contains(|c| ('\u{202a}'..='\u{2069}').contains(&c));
    assert!(!places.iter().any(invisible));
}

/// Letters that run back are set in parts, so their order in a line is the typesetter's.
fn without_space(text: &str) -> String {
    let keeps = |c: &char| !c.is_whitespace() && !('\u{590}'..='\u{6ff}').contains(c);
    text.chars().filter(keeps).collect()
}

/// The members that are printed in another way than as they are, or only begun.
const NOT_PRINTED: [&str; 14] = [
    "schema",
    "template",
    "sections",
    "role",
    "kind",
    "state",
    "raw_base64",
    "path",
    "vkey",
    "media_type",
    "sha256",
    "verdict",
    "digest",
    "note",
];

fn leaves<'a>(name: &str, value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if !NOT_PRINTED.contains(&name) => found.push(text),
        Value::Array(items) if !NOT_PRINTED.contains(&name) => {
            items.iter().for_each(|item| leaves(name, item, found));
        }
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, value)| leaves(name, value, found));
        }
        _ => {}
    }
}

#[test]
fn every_fact_is_printed() {
    let package = package(3);
    let pages = texts(&package);
    // What stands on every page is not part of the text between.
    let text = pages.concat();
    let json: Value = serde_json::from_slice(&package.content().to_json()).expect("json");
    let mut facts = Vec::new();
    leaves("", &json, &mut facts);
    assert!(facts.len() > 200, "{}", facts.len());
    for fact in facts {
        let printed = without_space(&shown(fact.trim_end(), usize::MAX).to_text());
        let printed = printed.replace("⟦␊⟧", "");
        assert!(text.contains(&printed), "{printed}");
    }
    for exhibit in &package.content().exhibits {
        let raw = exhibit.raw_base64.as_deref().unwrap_or_default();
        let raw = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, raw);
        let printed = without_space(&shown(raw.expect("base64"), usize::MAX).to_text());
        assert!(text.contains(&printed), "{printed}");
    }
}

#[test]
fn each_page_says_whose_it_is_and_the_last_one_that_it_is_the_last() {
    let package = package(15);
    let pages = texts(&package);
    let hash: String = package.content().sha256().chars().take(16).collect();
    for (place, page) in pages.iter().enumerate() {
        let number = format!("page{}of{}", place + 1, pages.len());
        for part in [&number, &hash, "Confidential", "EXTRACT–15of30,112records"] {
            assert!(page.contains(part), "{part} on page {}", place + 1);
        }
        assert!(page.contains(&package.content().report_id));
        assert_eq!(page.contains("ENDOFREPORT"), place + 1 == pages.len());
    }
    assert!(pages[0].contains("Contents"));
}

#[test]
fn exhibits_that_are_not_printed_are_inside_and_said_to_be() {
    let package = with(|content| content.printed_exhibits_max = 1);
    let text = texts(&package).concat();
    assert!(text.contains("1of2exhibitsareprinted"));
    assert!(text.contains("E1·item") && !text.contains("E2·item"));
    let pdf = render(&package).expect("a document");
    assert_eq!(extract(&pdf).expect("a package"), package);
}

#[test]
fn many_exhibits_stand_in_one_column_and_say_the_same() {
    let package = crate::testing::package(401);
    let text = texts(&package).concat();
    assert!(text.contains("Below:itsbytes") && !text.contains("Right:itsbytes"));
    for exhibit in package.content().exhibits.iter().rev().take(3) {
        let leaf = exhibit.leaf.as_deref().expect("a leaf");
        assert!(text.contains(leaf), "{leaf}");
        assert!(text.contains(&format!("E{}·item", exhibit.number)));
    }
    let pdf = render(&package).expect("a document that keeps the standards");
    assert_eq!(extract(&pdf).expect("a package"), package);
}

#[test]
fn a_report_with_nothing_in_it_says_so() {
    let package = with(|content| {
        *content = Content {
            sections: std::mem::take(&mut content.sections),
            schema: std::mem::take(&mut content.schema),
            made_at: std::mem::take(&mut content.made_at),
            attachments: std::mem::take(&mut content.attachments),
            ..empty()
        };
    });
    assert!(Pages::of(&package).expect("pages").count() > 1);
    render(&package).expect("a document");
}

fn empty() -> Content {
    let json = r#"{"schema":"","report_id":"","made_at":"","template":"verification","sections":[],
        "headline":"","verdict":"","banner":null,"identity":{},"people":[],"scope":{},"items":[],
        "custody":[],"method":{"tool":"","version":"","commit":"","binary_sha256":"","platform":"",
        "tz_data":"","rule_packs":[],"settings":[],"trust":[],"remembered":[],"steps":[],
        "validation":"","deviations":""},"time":{"zone":"","sources":[],"corrections":"","says":[]},
        "integrity":[],"books":[],"queries":[],"timeline":null,"findings":[],"exhibits":[],
        "printed_exhibits_max":0,"warnings":[],"limits":[],"redactions":[],
       
        "reproduction":{"command":"","needs":[]},"declarations":[],"checkpoints":[],"attachments":[]}"#;
    serde_json::from_str(json).expect("a content")
}

#[test]
fn a_time_and_names_that_cannot_be_are_errors() {
    let no_time = with(|content| content.made_at = "yesterday".to_owned());
    assert!(matches!(render(&no_time), Err(PdfError::MadeAt(_))));
    let taken = package(1);
    let mut content = taken.content().clone();
    content.attachments[0].name = "REPORT.json".to_owned();
    let bytes = taken.files()[0].bytes.clone();
    let name = "REPORT.json".to_owned();
    let taken = Package::new(content, vec![AttachedFile { name, bytes }]).expect("a package");
    assert!(matches!(render(&taken), Err(PdfError::NameTaken(_))));
}

#[test]
fn a_page_can_be_looked_at() {
    let package = package(1);
    let first = preview(&package, 0, 1.0).expect("a page");
    assert!(first.png.starts_with(b"\x89PNG"));
    assert!(first.pages > 3);
    assert!(matches!(
        preview(&package, 999, 1.0),
        Err(PdfError::NoPage { .. })
    ));
    for scale in [0.0, -1.0, f32::NAN, 100.0] {
        assert!(matches!(
            preview(&package, 0, scale),
            Err(PdfError::Scale(_))
        ));
    }
}

/// `SEALSCOPE_EXHIBITS=1000 SEALSCOPE_PDF=out.pdf cargo test --release -p sealscope-report --lib
/// how_long -- --ignored --nocapture`
#[test]
#[ignore = "measures, and writes a sample to look at"]
fn how_long_a_document_takes() {
    let number = std::env::var("SEALSCOPE_EXHIBITS").ok();
    let exhibits = number.and_then(|text| text.parse().ok()).unwrap_or(100);
    let package = package(exhibits);
    let start = std::time::Instant::now();
    let pages = Pages::of(&package).expect("pages");
    let set = start.elapsed();
    let pdf = pages.pdf().expect("a document");
    let written = start.elapsed();
    assert_eq!(extract(&pdf).expect("a package"), package);
    println!(
        "{exhibits} exhibits, {} pages, {} bytes: set in {set:?}, written after {written:?}, \
         read again after {:?}",
        pages.count(),
        pdf.len(),
        start.elapsed()
    );
    if let Some(path) = std::env::var_os("SEALSCOPE_PDF") {
        std::fs::write(path, pdf).expect("written");
    }
}
