//! The page as a browser reads it, and as `extract` does.

use std::collections::BTreeSet;

use dom_query::Document;
use proptest::prelude::*;
use sealscope_model::Digest;
use sha2::{Digest as _, Sha256};

use super::page::{SCRIPT, STYLE, source_hash};
use super::{HtmlError, extract, render};
use crate::content::{Content, Proof};
use crate::package::Package;
use crate::testing::{HOSTILE, package};

fn page(count: u32) -> String {
    String::from_utf8(render(&package(count))).expect("UTF-8")
}

/// The sample with the hostile text in every string, wherever the types allow any text.
fn hostile() -> Package {
    let sample = package(2);
    let mut json: serde_json::Value =
        serde_json::from_slice(&sample.content().to_json()).expect("JSON");
    let kept = json.clone();
    spoil(&mut json);
    for whole in ["schema", "template", "attachments", "checkpoints"] {
        json[whole] = kept[whole].clone();
    }
    json["sections"] = kept["sections"].clone();
    for section in json["sections"].as_array_mut().expect("a list") {
        section["heading"] = HOSTILE.into();
    }
    for (place, person) in kept["people"].as_array().into_iter().flatten().enumerate() {
        json["people"][place]["role"] = person["role"].clone();
    }
    for (place, exhibit) in kept["exhibits"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        json["exhibits"][place]["proof"]["kind"] = exhibit["proof"]["kind"].clone();
        let fields = exhibit["fields"].as_array().expect("a list");
        for (number, field) in fields.iter().enumerate() {
            json["exhibits"][place]["fields"][number]["kind"] = field["kind"].clone();
        }
    }
    let content: Content = serde_json::from_value(json).expect("a content");
    Package::new(content, sample.files().to_vec()).expect("they belong together")
}

fn spoil(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text) => HOSTILE.clone_into(text),
        serde_json::Value::Array(list) => list.iter_mut().for_each(spoil),
        serde_json::Value::Object(map) => map.values_mut().for_each(spoil),
        _ => {}
    }
}

/// Names of elements and attributes with their values, for those that a reader's text could have
/// made.
fn structure(page: &str) -> BTreeSet<String> {
    let document = Document::from(page);
    let mut found = BTreeSet::new();
    for node in document.select("*").nodes() {
        let name = node.node_name().map(|name| name.to_string());
        let name = name.unwrap_or_default();
        found.insert(format!("<{name}>"));
        for attribute in node.attrs() {
            found.insert(format!("{name} {}", attribute.name.local));
        }
    }
    found
}

#[test]
fn no_element_or_attribute_comes_from_a_text() {
    let page = String::from_utf8(render(&hostile())).expect("UTF-8");
    let document = Document::from(page.as_str());
    assert_eq!(
        document
            .select("img, iframe, object, embed, link, form, base")
            .length(),
        0
    );
    // The report, one file, the digests, the check.
    assert_eq!(document.select("script").length(), 4);
    assert_eq!(document.select("script:not([type])").length(), 1);
    let plain = structure(&self::page(2));
    let spoiled = structure(&page);
    let new: Vec<_> = spoiled.difference(&plain).collect();
    // Sections that the sample leaves empty may show; nothing else is new.
    assert!(new.is_empty(), "{new:?}");
    for node in document.select("*").nodes() {
        for attribute in node.attrs() {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            assert!(
                !name.starts_with("on") && name != "style" && name != "src",
                "{name}"
            );
            assert!(!value.contains("alert"), "{name}={value}");
            assert!(name != "href" || value.starts_with('#'), "{name}={value}");
        }
    }
    let seen = document.select("main").text();
    assert!(
        seen.contains("<img src=x onerror=alert(1)>"),
        "it stays readable"
    );
    assert!(
        seen.contains("⟦U+202E⟧gpj.exe"),
        "what turns text around is named"
    );
    assert!(!seen.contains('\u{202e}') && !seen.contains('\u{200b}'));
}

#[test]
fn the_policy_names_the_one_script_and_the_styles() {
    let page = page(1);
    let document = Document::from(page.as_str());
    let policy = document.select("meta[http-equiv=Content-Security-Policy]");
    let policy = policy.attr("content").expect("a policy").to_string();
    for part in [
        "default-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "img-src data:",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"));
    let script = document.select("script:not([type])").text();
    assert_eq!(&*script, SCRIPT);
    assert!(policy.contains(&format!("script-src '{}';", source_hash(&script))));
    let styles = document.select("style");
    assert_eq!(styles.length(), 2);
    for style in styles.iter() {
        assert!(policy.contains(&source_hash(&style.text())), "{policy}");
    }
}

#[test]
fn script_and_style_stand_in_their_elements_whole() {
    for text in [SCRIPT, STYLE] {
        assert!(!text.contains("</") && !text.contains("<!--"));
        // A parser turns these into line feeds, and the hash would be another.
        assert!(!text.contains('\r'));
    }
}

#[test]
fn what_is_written_is_what_a_parser_gives_back() {
    for package in [package(3), hostile()] {
        let page = String::from_utf8(render(&package)).expect("UTF-8");
        let document = Document::from(page.as_str());
        let inner = document.select("main").inner_html().to_string();
        let begin = page.find("<main>").expect("it begins") + "<main>".len();
        let end = page.find("</main>").expect("it ends");
        assert_eq!(inner, page[begin..end]);
        let digest = Digest::new(Sha256::digest(inner.as_bytes()).into()).to_string();
        let content = package.content().sha256();
        let digests = document.select("#digests").text();
        assert_eq!(
            *digests,
            format!("{{\"main\":\"{digest}\",\"report\":\"{content}\"}}")
        );
        let json: serde_json::Value =
            serde_json::from_str(&document.select("#report").text()).expect("JSON as it stands");
        assert_eq!(json["report_id"], package.content().report_id.as_str());
    }
}

#[test]
fn the_package_comes_back_and_gives_the_same_page() {
    for package in [package(0), package(5), hostile()] {
        let page = render(&package);
        let back = extract(&page).expect("it was made here");
        assert_eq!(back, package);
        assert_eq!(render(&back), page, "the same bytes");
    }
}

#[test]
fn every_section_and_exhibit_is_there_in_order() {
    let package = package(3);
    let page = String::from_utf8(render(&package)).expect("UTF-8");
    let document = Document::from(page.as_str());
    let headings = document.select("main > section.part > h2 bdi");
    let headings: Vec<String> = headings.iter().map(|h| h.text().to_string()).collect();
    let sections = package.content().sections.iter();
    let expected: Vec<String> = sections.map(|section| section.heading.clone()).collect();
    assert_eq!(headings, expected);
    assert_eq!(headings.len(), 18);
    for exhibit in &package.content().exhibits {
        let place = document.select(&format!("#E{}", exhibit.number));
        let text = place.text().to_string();
        assert!(text.contains(exhibit.leaf.as_deref().expect("a leaf")));
        let Proof::Merkle { path, .. } = &exhibit.proof else {
            panic!("the sample has paths");
        };
        assert!(path.iter().all(|hash| text.contains(hash.as_str())));
        assert!(
            text.contains("Not re-checked by this browser."),
            "before the script runs"
        );
    }
    let ids: Vec<String> = document
        .select("[id]")
        .iter()
        .map(|node| node.attr("id").expect("an id").to_string())
        .collect();
    assert_eq!(
        ids.iter().collect::<BTreeSet<_>>().len(),
        ids.len(),
        "ids stand once"
    );
    assert_eq!(document.select("h1").length(), 1);
    assert_eq!(document.select("th:not([scope])").length(), 0);
    for link in document.select("a").iter() {
        let target = link.attr("href").expect("a target").to_string();
        assert!(ids.iter().any(|id| format!("#{id}") == target), "{target}");
    }
}

/// As `check` does it: read, render again, compare. Where the same report is read, the same page
/// is rendered, so that this is done once and not for each byte.
#[test]
fn any_changed_byte_gives_another_page_or_an_error() {
    let package = package(1);
    let page = render(&package);
    assert!(extract(&page).is_ok_and(|read| read == package));
    assert!(render(&package) == page, "the same report, the same page");
    let half = page.len() / 2;
    let flip = |range: std::ops::Range<usize>| {
        let mut other = page.clone();
        for at in range {
            for bit in [1, 0x80] {
                other[at] ^= bit;
                if let Ok(read) = extract(&other)
                    && read != package
                {
                    assert!(render(&read) != other, "byte {at}, bit {bit}");
                }
                other[at] ^= bit;
            }
        }
    };
    std::thread::scope(|scope| {
        let first = scope.spawn(|| flip(0..half));
        flip(half..page.len());
        first.join().expect("each byte of the first half");
    });
}

#[test]
fn a_page_with_two_reports_or_none_is_refused() {
    assert!(matches!(extract(b""), Err(HtmlError::NoReport)));
    let page = render(&package(1));
    let twice = [page.as_slice(), page.as_slice()].concat();
    assert!(matches!(extract(&twice), Err(HtmlError::TwoReports)));
    for cut in (0..page.len()).step_by(997) {
        // The script behind the data is not read: `check` compares it.
        let read = extract(&page[..cut]);
        assert!(
            read.is_err() || cut > page.len() - SCRIPT.len() - 400,
            "cut at {cut}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        cut in 0_usize..100_000,
        junk in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let mut page = render(&package(1));
        let at = cut.min(page.len());
        page.splice(at..(at + junk.len()).min(page.len()), junk);
        let _ = extract(&page);
    }
}
