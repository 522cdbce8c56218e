//! Whether a report's facts agree with each other.

use std::collections::BTreeSet;

use sealscope_model::Verdict;

use super::{Finding, ThisProgram};
use crate::content::{Content, Integrity};

/// Whether this very program made it.
pub(super) fn is_of(content: &Content, this: ThisProgram<'_>) -> bool {
    content.method.version == this.version && content.method.commit == this.commit
}

/// Names facts of which only one can be true.
pub(super) fn check(content: &Content) -> Finding {
    let wrong = [
        lists(content),
        worst_verdict(content),
        items(content),
        exhibits(content),
        cited(content),
    ];
    match wrong.into_iter().flatten().next() {
        None => Finding::ok("Verdicts, counts and references in the report agree."),
        Some(says) => Finding::broken(format!("The report contradicts itself: {says}.")),
    }
}

fn lists(content: &Content) -> Option<String> {
    let items = content.items.len();
    let (verdicts, books) = (content.integrity.len(), content.books.len());
    (verdicts != items || books != items)
        .then(|| format!("{items} items have {verdicts} verdicts and {books} accounts of bytes"))
}

fn worst_verdict(content: &Content) -> Option<String> {
    let mut worst = None;
    for (place, integrity) in content.integrity.iter().enumerate() {
        let label = content.item_label(place);
        let Some(verdict) = Verdict::from_word(&integrity.verdict) else {
            return Some(format!("item {label} has no verdict"));
        };
        if !counts_agree(integrity) {
            return Some(format!(
                "the entries of item {label} by verdict are not their sum"
            ));
        }
        worst = Some(worst.map_or(verdict, |worst: Verdict| worst.and(verdict)));
    }
    match (worst, Verdict::from_word(&content.verdict)) {
        (None, _) => None,
        (Some(worst), Some(stated)) if worst == stated => None,
        (Some(worst), _) => Some(format!(
            "its verdict is {:?}, but the worst of its items is {}",
            content.verdict,
            worst.word()
        )),
    }
}

fn counts_agree(integrity: &Integrity) -> bool {
    let counts = &integrity.counts;
    let parts = [
        counts.intact,
        counts.consistent,
        counts.unproven,
        counts.unsealed,
        counts.broken,
        counts.unchecked,
    ];
    let sum: u128 = parts.into_iter().map(u128::from).sum();
    sum == u128::from(counts.total)
}

fn items(content: &Content) -> Option<String> {
    let mut labels = BTreeSet::new();
    for item in &content.items {
        if !labels.insert(item.label.as_str()) {
            return Some(format!("two items are called {}", item.label));
        }
        if item.is_unchanged && item.sha256_after.is_some() && item.sha256 != item.sha256_after {
            let label = &item.label;
            return Some(format!(
                "item {label} is said to be unchanged, but has two SHA-256"
            ));
        }
    }
    None
}

fn exhibits(content: &Content) -> Option<String> {
    for (place, exhibit) in content.exhibits.iter().enumerate() {
        let number = exhibit.number;
        if u64::from(number) != place as u64 + 1 {
            return Some(format!("exhibit {} is numbered E{number}", place + 1));
        }
        if exhibit.item >= content.items.len() {
            return Some(format!("exhibit E{number} is of no item"));
        }
    }
    None
}

fn cited(content: &Content) -> Option<String> {
    let findings = content.findings.iter().map(|finding| &finding.exhibits);
    let queries = content.queries.iter().map(|query| &query.exhibits);
    let redactions = content.redactions.iter().map(|one| &one.exhibits);
    let count = content.exhibits.len();
    let mut all = findings.chain(queries).chain(redactions).flatten();
    let missing = all.find(|number| **number == 0 || **number as usize > count)?;
    Some(format!(
        "it cites exhibit E{missing}, which it does not have"
    ))
}
