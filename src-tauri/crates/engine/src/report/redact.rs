//! Withholding fields: their text goes out of every part of an exhibit.

use std::collections::BTreeSet;

use sealscope_case::Case;
use sealscope_report::content::{Exhibit, Proof, Redaction};

/// Texts shorter than this are replaced only where they are the whole value: everywhere else they
/// would stand by chance.
const SEARCHED_MIN: usize = 3;

/// Withheld texts that are looked for in the other exhibits at most.
const SEARCHED_MAX: usize = 200;
/// Exhibits that a warning names at most.
const NAMED_MAX: usize = 20;

/// Replaces the redacted fields. What was done is returned, one for each rule, and a warning
/// where a withheld text stands in an exhibit in which it was not replaced.
pub(super) fn redact(case: &Case, exhibits: &mut [Exhibit]) -> (Vec<Redaction>, Vec<String>) {
    let rules = case.redact.iter().filter(|rule| !rule.field.is_empty());
    let mut warnings = Vec::new();
    let redactions = rules
        .map(|rule| {
            let mut numbers = Vec::new();
            let mut secrets = BTreeSet::new();
            for exhibit in exhibits.iter_mut() {
                let gone = redact_one(exhibit, &rule.field, case.settings.proves_redacted);
                if !gone.is_empty() {
                    numbers.push(exhibit.number);
                    secrets.extend(gone.into_iter().filter(|text| text.len() >= SEARCHED_MIN));
                }
            }
            warnings.extend(left_over(&rule.field, &secrets, exhibits));
            Redaction {
                field: rule.field.clone(),
                reason: rule.reason.clone(),
                exhibits: numbers,
                withholds_proof: !case.settings.proves_redacted,
            }
        })
        .collect();
    if case.redact.iter().any(|rule| !rule.field.is_empty()) {
        for exhibit in exhibits.iter_mut() {
            withhold_shared_bytes(exhibit, case.settings.proves_redacted);
        }
    }
    (redactions, warnings)
}

/// The bytes of an entry are those of all its records: one without the field would give away that
/// of another.
fn withhold_shared_bytes(exhibit: &mut Exhibit, proves: bool) {
    if exhibit.records < 2 || exhibit.raw_base64.is_none() {
        return;
    }
    exhibit.raw_base64 = None;
    exhibit.notes.push(
        "The bytes are withheld: they hold other records of the same entry, whose redacted fields \
         they would show."
            .to_owned(),
    );
    exhibit
        .redacted
        .push("other records of the entry".to_owned());
    if !proves {
        withhold_proof(exhibit);
    }
}

fn withhold_proof(exhibit: &mut Exhibit) {
    exhibit.leaf = None;
    exhibit.proof = Proof::Withheld {
        says:
            "Hash and proof are withheld: a line of which most is known could be found by trying \
               until the hash fits."
                .to_owned(),
    };
}

/// A field is withheld, not a word: the examiner has to know where the word stands elsewhere.
fn left_over(field: &str, secrets: &BTreeSet<String>, exhibits: &[Exhibit]) -> Option<String> {
    let tells = |text: &str| {
        secrets
            .iter()
            .take(SEARCHED_MAX)
            .any(|secret| text.contains(secret))
    };
    let tells = exhibits.iter().filter(|exhibit| {
        exhibit.fields.iter().any(|value| tells(&value.text)) || tells(&exhibit.spine.message)
    });
    let names: Vec<String> = tells
        .map(|exhibit| format!("E{}", exhibit.number))
        .collect();
    let more = match names.len() > NAMED_MAX {
        true => format!(" and {} more", names.len() - NAMED_MAX),
        false => String::new(),
    };
    (!names.is_empty()).then(|| {
        format!(
            "A text that is withheld as the field {field:?} also stands in other fields, where it \
            is not \
             withheld: {}{more}.",
            names
                .iter()
                .take(NAMED_MAX)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ")
        )
    })
}

/// Returns the texts that were replaced; none where the exhibit has no such field.
fn redact_one(exhibit: &mut Exhibit, field: &str, proves: bool) -> Vec<String> {
    let mark = format!("[redacted: {field}]");
    let below = format!("{field}.");
    let mut gone: Vec<String> = Vec::new();
    for value in &mut exhibit.fields {
        if value.path == field || value.path.starts_with(&below) {
            gone.push(std::mem::replace(&mut value.text, mark.clone()));
        }
    }
    let spine = &mut exhibit.spine;
    let named = match field {
        "who" => Some(&mut spine.who),
        "did" => Some(&mut spine.did),
        "to_what" => Some(&mut spine.to_what),
        "from_where" => Some(&mut spine.from_where),
        "outcome" => Some(&mut spine.outcome),
        "decision" => Some(&mut spine.decision),
        _ => None,
    };
    if let Some(Some(text)) = named {
        gone.push(std::mem::replace(text, mark.clone()));
    }
    if field == "message" {
        gone.push(std::mem::replace(&mut spine.message, mark.clone()));
    }
    if gone.is_empty() {
        return gone;
    }
    gone.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let cover = |text: &mut String| {
        for secret in &gone {
            if text == secret {
                text.clone_from(&mark);
            } else if secret.len() >= SEARCHED_MIN && text.contains(secret.as_str()) {
                *text = text.replace(secret.as_str(), &mark);
            }
        }
    };
    for value in &mut exhibit.fields {
        cover(&mut value.text);
    }
    for text in [
        &mut spine.who,
        &mut spine.did,
        &mut spine.to_what,
        &mut spine.from_where,
        &mut spine.outcome,
        &mut spine.decision,
    ] {
        text.iter_mut().for_each(cover);
    }
    cover(&mut spine.message);
    exhibit.notes.iter_mut().for_each(cover);
    // A time is told thrice: as the entry writes it, in UTC and in the report's zone.
    let is_withheld = exhibit.time.as_ref().is_some_and(|time| {
        time.original
            .as_ref()
            .is_some_and(|text| gone.contains(text))
    });
    if is_withheld {
        exhibit.time = None;
        exhibit.notes.push(format!("The time is {mark}."));
    }
    exhibit.redacted.push(field.to_owned());
    exhibit.raw_base64 = None;
    if !proves {
        withhold_proof(exhibit);
    }
    gone
}
