//! Checks a bag: what follows from `report.json` is made again and compared.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sealscope_proof::sha256;

use super::signature::{Signed, check_signature};
use super::single::compare_rendering;
use super::{CheckOptions, Checked, Finding, Outcome, exhibits, facts};
use crate::bag::{
    Bag, EXAMINER, Found, MANIFEST, README, RENDERINGS, REPORT, STATEMENT, TAG_MANIFEST, TOKEN,
    compare_zip,
};
use crate::content::Content;
use crate::package::{AttachedFile, Package};
use crate::sign::Form;

/// Names that a finding lists.
const LISTED_MAX: usize = 8;

type Files<'b> = BTreeMap<String, Cow<'b, [u8]>>;

/// Checks the files of a bag; `zip` is the file that they came in.
pub(super) fn check(found: &Found<'_>, zip: Option<&[u8]>, options: &CheckOptions<'_>) -> Checked {
    let mut outcome = Outcome::of(Form::Bag);
    outcome.add("files as listed", check_lists(&found.files));
    let package = match read_package(&found.files) {
        Ok(package) => package,
        Err(says) => {
            outcome.add("report", Finding::broken(says));
            return Checked {
                outcome,
                package: None,
            };
        }
    };
    let report = found.files.get(REPORT).map_or(&[][..], |bytes| bytes);
    let content = package.content();
    outcome.claim(content, sha256(report).to_hex());
    outcome.add(
        "report",
        Finding::ok("report.json reads, and is in its one form."),
    );
    outcome.add("facts", facts::check(content));
    let renderings = renderings(&found.files);
    check_derived(&package, &renderings, found, zip, options, &mut outcome);
    for file in &renderings {
        let form = match file.name.as_str() {
            "report.pdf" => Form::Pdf,
            _ => Form::Html,
        };
        let finding = compare_rendering(form, &file.bytes, &package, options);
        outcome.add(format!("data/{}", file.name), finding);
    }
    outcome.exhibits = exhibits::check(&package, options);
    Checked {
        outcome,
        package: Some(package),
    }
}

/// Compares with the bag that `report.json` makes, and checks the signature over it.
fn check_derived(
    package: &Package,
    renderings: &[AttachedFile],
    found: &Found<'_>,
    zip: Option<&[u8]>,
    options: &CheckOptions<'_>,
    outcome: &mut Outcome,
) {
    let mut bag = match Bag::new(package, renderings) {
        Ok(bag) => bag,
        Err(error) => {
            let says = format!("The report cannot be made a bag of: {error}.");
            outcome.add("derived files", Finding::broken(says));
            return;
        }
    };
    let is_same_program = facts::is_of(package.content(), options.this);
    if let Some(readme) = found.files.get(README)
        && !is_same_program
        && bag.readme() != &**readme
        && let Ok(other) = Bag::with_readme(package, renderings, Some(readme))
    {
        bag = other;
        outcome.add(
            README,
            Finding::not_checkable(
                "It was written by another version: that its text says the right things was not \
                 checked.",
            ),
        );
    }
    let payload = bag.statement();
    for name in [STATEMENT, EXAMINER, TOKEN] {
        if let Some(bytes) = found.files.get(name) {
            bag.put(name, bytes.to_vec());
        }
    }
    let folder = bag.folder_name();
    let expected = bag.finish();
    outcome.add("derived files", compare(&expected, &found.files));
    if let Some(zip) = zip {
        outcome.add(
            "zip file",
            match compare_zip(zip, &folder, &expected) {
                true => Finding::ok("It is byte for byte the one that these files make."),
                false => Finding::broken("It is not the one that these files make."),
            },
        );
    }
    let bytes_of = |name: &str| found.files.get(name).map(|bytes| &**bytes);
    let signed = Signed {
        envelope: bytes_of(STATEMENT),
        payload: &payload,
        examiner: Some(bytes_of(EXAMINER)),
        token: bytes_of(TOKEN),
    };
    check_signature(&signed, options, outcome);
}

fn read_package(files: &Files<'_>) -> Result<Package, String> {
    let Some(report) = files.get(REPORT) else {
        return Err("The bag has no data/report.json.".to_owned());
    };
    let content = Content::from_json(report).map_err(|error| format!("{error}."))?;
    let mut attached = Vec::new();
    for attachment in &content.attachments {
        let Some(bytes) = files.get(&format!("data/{}", attachment.name)) else {
            return Err(format!("The bag has no data/{}.", attachment.name));
        };
        attached.push(AttachedFile {
            name: attachment.name.clone(),
            bytes: bytes.to_vec(),
        });
    }
    Package::new(content, attached).map_err(|error| format!("{error}."))
}

fn renderings(files: &Files<'_>) -> Vec<AttachedFile> {
    let found = RENDERINGS.iter().filter_map(|name| {
        let bytes = files.get(&format!("data/{name}"))?;
        Some(AttachedFile {
            name: (*name).to_owned(),
            bytes: bytes.to_vec(),
        })
    });
    found.collect()
}

/// The two lists, as `sha256sum -c` reads them: which files are not as listed.
fn check_lists(files: &Files<'_>) -> Finding {
    let mut wrong = Vec::new();
    let mut listed = 0;
    for list in [MANIFEST, TAG_MANIFEST] {
        let Some(text) = files
            .get(list)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
        else {
            wrong.push(format!("{list} is missing, or no text"));
            continue;
        };
        for line in text.lines() {
            let Some((digest, name)) = line.split_once("  ") else {
                wrong.push(format!("a line of {list} is none of a list"));
                continue;
            };
            listed += 1;
            match files.get(name) {
                None => wrong.push(format!("{name} is missing")),
                Some(bytes) if sha256(bytes).to_hex() != digest => {
                    wrong.push(format!("{name} has other bytes"));
                }
                Some(_) => {}
            }
        }
    }
    if wrong.is_empty() {
        return Finding::ok(format!(
            "{listed} files have the SHA-256 that the bag's lists state."
        ));
    }
    Finding::broken(format!("Not as listed: {}.", some_of(&wrong)))
}

/// Names what is missing, added or other than it should be.
fn compare(expected: &Files<'_>, found: &Files<'_>) -> Finding {
    let mut wrong = Vec::new();
    for (name, bytes) in expected {
        match found.get(name) {
            None => wrong.push(format!("{name} is missing")),
            Some(other) if other != bytes => wrong.push(format!("{name} is another")),
            Some(_) => {}
        }
    }
    for name in found.keys() {
        if !expected.contains_key(name) {
            wrong.push(format!("{name} does not belong to it"));
        }
    }
    if wrong.is_empty() {
        return Finding::ok(format!(
            "All {} files are, byte for byte, those that report.json makes.",
            expected.len()
        ));
    }
    Finding::broken(format!("Not what report.json makes: {}.", some_of(&wrong)))
}

fn some_of(wrong: &[String]) -> String {
    let more = wrong.len().saturating_sub(LISTED_MAX);
    let listed = wrong.get(..LISTED_MAX).unwrap_or(wrong).join("; ");
    match more {
        0 => listed,
        more => format!("{listed}; and {more} more"),
    }
}
