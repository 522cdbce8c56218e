//! Reports with one thing changed, as a file system fault or a forger would leave them.

use anyhow::Context;
use sealscope_report::{Content, Package, html, testing};

/// A page and what has to be said of it.
pub struct Changed {
    /// What was changed.
    pub what: &'static str,
    /// The page.
    pub page: Vec<u8>,
    /// Words that the reasons hold.
    pub says: &'static str,
}

/// A page with three exhibits, as it was made.
pub fn intact() -> Vec<u8> {
    html::render(&testing::package(3))
}

/// Pages with a single byte changed.
pub fn single_bytes() -> anyhow::Result<Vec<Changed>> {
    let places: [(&str, &[&str], &str); 10] = [
        (
            "the bytes of an entry",
            &["\"number\": 2", "\"raw_base64\": \"AAAAAAAA"],
            "Exhibit E2: the bytes of the entry do not have the stated leaf hash",
        ),
        (
            "a hash of a proof",
            &["\"number\": 3", "\"path\": [", "\""],
            "Exhibit E3: entry and path do not lead to the root of the checkpoint",
        ),
        (
            "the root in the checkpoint",
            &["\"checkpoints\": [", "\\n3\\n"],
            "Exhibit E1: entry and path do not lead to the root of the checkpoint",
        ),
        (
            "the signature of the checkpoint",
            &[
                "\"checkpoints\": [",
                "\u{2014} logs.example/app AAAAAAAAAAAA",
            ],
            "Exhibit E1: the key in the report did not sign the checkpoint",
        ),
        (
            "the verdict that is seen",
            &["<p class=\"word\">", "Broke"],
            "The visible text was changed",
        ),
        (
            "the verdict of an exhibit that is seen",
            &["id=\"E2\"", "Inta"],
            "The visible text was changed",
        ),
        (
            "the verdict in the data",
            &["\"verdict\": \"broke"],
            "The embedded report.json was changed",
        ),
        (
            "the printed content hash",
            &["id=\"content-hash\">"],
            "The content hash printed above is not that of the embedded report.json",
        ),
        (
            "an attached file",
            &["data-name=\"keys/logs.example.vkey\">AAAA"],
            "The attached file keys/logs.example.vkey is not the one",
        ),
        (
            "a digest of the page",
            &["id=\"digests\">{\"main\":\""],
            "The visible text was changed",
        ),
    ];
    let changed = places.into_iter().map(|(what, marks, says)| {
        let page = with_one_byte_changed(marks).context(what)?;
        Ok(Changed { what, page, says })
    });
    changed.collect()
}

/// Changes the byte behind the marks, each looked for behind the one before. An `A` at the end of
/// a mark stands for any byte.
fn with_one_byte_changed(marks: &[&str]) -> anyhow::Result<Vec<u8>> {
    let mut page = intact();
    let mut at = 0;
    for mark in marks {
        let any = mark.len() - mark.trim_end_matches('A').len();
        let mark = mark.trim_end_matches('A').as_bytes();
        let rest = page.get(at..).context("past the end")?;
        let found = rest.windows(mark.len()).position(|window| window == mark);
        at += found.context("the mark is not in the page")? + mark.len() + any;
    }
    let byte = page.get_mut(at).context("past the end")?;
    // Stays a letter or digit of its kind: hex, base64, text.
    *byte = match *byte {
        b'9' => b'8',
        b'f' => b'e',
        b'z' | b'Z' => b'a',
        other => other + 1,
    };
    Ok(page)
}

/// Pages by somebody who made all hashes of the page anew.
pub fn made_anew() -> anyhow::Result<Vec<Changed>> {
    let entry = from_changed(|content| {
        let exhibit = &mut content.exhibits[1];
        exhibit.raw_base64 = Some("eyJ1c2VyIjoiYmVydGEifQ==".to_owned());
        exhibit.raw_bytes = 16;
        let leaf = sealscope_proof::leaf_hash(b"{\"user\":\"berta\"}");
        exhibit.leaf = Some(leaf.to_string());
    })?;
    let key = from_changed(|content| {
        let other = sealscope_proof::Signer::from_seed("logs.example/app", &[8; 32]);
        let other = other.expect("a key").verifier().to_vkey();
        for exhibit in &mut content.exhibits {
            if let sealscope_report::content::Proof::Merkle { vkey, .. } = &mut exhibit.proof {
                *vkey = Some(other.clone());
            }
        }
    })?;
    Ok(vec![
        Changed {
            what: "an entry with its leaf, and all hashes of the page",
            page: entry,
            says: "Exhibit E2: entry and path do not lead to the root of the checkpoint",
        },
        Changed {
            what: "the key, and all hashes of the page",
            page: key,
            says: "Exhibit E3: the key in the report did not sign the checkpoint",
        },
    ])
}

fn from_changed(change: impl FnOnce(&mut Content)) -> anyhow::Result<Vec<u8>> {
    let sample = testing::package(3);
    let mut content = sample.content().clone();
    change(&mut content);
    let package = Package::new(content, sample.files().to_vec())?;
    Ok(html::render(&package))
}
