//! Checks a report in one file.

use sealscope_proof::sha256;

use super::signature::{Signed, check_signature};
use super::{CheckOptions, Checked, Finding, Outcome, exhibits, facts};
use crate::content::Content;
use crate::package::{AttachedFile, Package};
use crate::sign::{Form, file_statement};

/// What stands beside the file.
pub(super) struct Beside {
    pub envelope: Option<Vec<u8>>,
    pub token: Option<Vec<u8>>,
}

/// Checks a PDF, a page or `report.json`.
pub(super) fn check(
    form: Form,
    bytes: Vec<u8>,
    beside: &Beside,
    options: &CheckOptions<'_>,
) -> Checked {
    let mut outcome = Outcome::of(form);
    let package = match form {
        Form::Json => read_json(&bytes, &mut outcome),
        _ => extract(form, &bytes, options, &mut outcome),
    };
    let Some(package) = package else {
        return Checked {
            outcome,
            package: None,
        };
    };
    let content = package.content();
    outcome.claim(content, content.sha256());
    outcome.add("facts", facts::check(content));
    if form != Form::Json {
        outcome.add("pages", compare_rendering(form, &bytes, &package, options));
    }
    let payload = file_statement(content, form, &bytes);
    drop(bytes);
    let signed = Signed {
        envelope: beside.envelope.as_deref(),
        payload: &payload,
        examiner: None,
        token: beside.token.as_deref(),
    };
    check_signature(&signed, options, &mut outcome);
    outcome.exhibits = exhibits::check(&package, options);
    Checked {
        outcome,
        package: Some(package),
    }
}

/// `report.json` by itself has none of the files that belong to it.
fn read_json(bytes: &[u8], outcome: &mut Outcome) -> Option<Package> {
    let mut content = match Content::from_json(bytes) {
        Ok(content) => content,
        Err(error) => {
            outcome.add("report", Finding::broken(format!("{error}.")));
            return None;
        }
    };
    outcome.add("report", Finding::ok("It reads, and is in its one form."));
    // A package without files: the list is put back below.
    let attachments = std::mem::take(&mut content.attachments);
    if !attachments.is_empty() {
        let says = format!(
            "{} files belong to the report and are not in this one: they were not checked.",
            attachments.len()
        );
        outcome.add("files", Finding::not_checkable(says));
    }
    match Package::without_files(content, attachments) {
        Ok(package) => Some(package),
        Err(error) => {
            outcome.add("files", Finding::broken(format!("{error}.")));
            None
        }
    }
}

fn extract(
    form: Form,
    bytes: &[u8],
    options: &CheckOptions<'_>,
    outcome: &mut Outcome,
) -> Option<Package> {
    let Some(renderer) = options.renderers.of(form) else {
        let says = "This program cannot read this form.";
        outcome.add("report", Finding::not_checkable(says));
        return None;
    };
    match renderer.extract(bytes) {
        Ok(package) => {
            let says = "The report and the files inside read, and belong together.";
            outcome.add("report", Finding::ok(says));
            Some(package)
        }
        Err(why) => {
            outcome.add("report", Finding::broken(format!("{why}.")));
            None
        }
    }
}

/// Writes the form again and compares: what people read is then what `report.json` says, to the
/// byte.
pub(super) fn compare_rendering(
    form: Form,
    bytes: &[u8],
    package: &Package,
    options: &CheckOptions<'_>,
) -> Finding {
    let Some(renderer) = options.renderers.of(form) else {
        return Finding::not_checkable(
            "This program cannot write this form: what its pages say was not compared.",
        );
    };
    let is_same_program = facts::is_of(package.content(), options.this);
    match renderer.render(package) {
        Ok(again) if sha256(&again) == sha256(bytes) => {
            Finding::ok("Written again from the data inside, it has the same bytes.")
        }
        Ok(_) if is_same_program => Finding::broken(
            "Written again from the data inside, it has other bytes: what its pages say was \
            changed.",
        ),
        Err(why) if is_same_program => Finding::broken(format!(
            "The data inside cannot be written in this form: {why}."
        )),
        // Another version may lay pages out otherwise: the data inside can still be held against
        // the report.
        Ok(_) | Err(_) => match renderer.extract(bytes) {
            Ok(inside) if &inside == package => Finding::not_checkable(format!(
                "{} {} made it: what its pages say was not compared, only the data inside.",
                package.content().method.tool,
                package.content().method.version
            )),
            Ok(_) => Finding::broken("It holds another report than this one."),
            Err(why) => Finding::broken(format!("The report inside does not read: {why}.")),
        },
    }
}

impl Package {
    /// A report whose files are elsewhere: for `report.json` by itself.
    fn without_files(
        content: Content,
        attachments: Vec<crate::content::Attachment>,
    ) -> Result<Self, crate::package::PackageError> {
        let package = Self::new(content, Vec::<AttachedFile>::new())?;
        Ok(package.with_listed(attachments))
    }
}
