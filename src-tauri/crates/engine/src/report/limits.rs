//! What a report warns of, and what it does not say.

use sealscope_case::Case;
use sealscope_report::content::Content;
use sealscope_verify::grouped;

use crate::explain::verdict_title;
use crate::workspace::Workspace;
use sealscope_model::Verdict;

/// What the reader has to know before the exhibits.
pub(super) fn warnings(content: &Content) -> Vec<String> {
    let mut says = Vec::new();
    for verdict in Verdict::ALL.into_iter().filter(|v| *v != Verdict::Intact) {
        let exhibits = content.exhibits.iter();
        let count = exhibits.filter(|one| one.verdict == verdict.word()).count() as u64;
        if count > 0 {
            let what = match verdict {
                Verdict::Broken => "in a place where a seal and the bytes disagree",
                Verdict::Unsealed => "covered by no seal",
                Verdict::Unproven => "in a range that could not be proven",
                _ => "consistent only: anyone able to rewrite the whole archive could have made it",
            };
            says.push(format!(
                "{} of {} exhibits: {what} ({}).",
                grouped(count),
                grouped(content.exhibits.len() as u64),
                verdict_title(Some(verdict))
            ));
        }
    }
    for item in content.items.iter().filter(|item| !item.is_unchanged) {
        says.push(match item.files_total > 1 || item.sha256.is_none() {
            false => format!(
                "Item {} changed while it was examined: its bytes before and after differ.",
                item.label
            ),
            true => format!(
                "Item {}: not every file was shown to be the same before and after: it changed, or \
                 there is no hash from before.",
                item.label
            ),
        });
    }
    let missing = content
        .exhibits
        .iter()
        .filter(|one| one.missing_before > 0)
        .count() as u64;
    if missing > 0 {
        says.push(format!(
            "Sealed entries are missing right before {} of the exhibits.",
            grouped(missing)
        ));
    }
    for query in &content.queries {
        if let Some(trouble) = &query.trouble {
            says.push(format!(
                "The query {:?} could not be run: {trouble}",
                query.text
            ));
        }
    }
    says
}

/// What was not found, not checked or not looked at.
/// `lost`: entries that the case cites and that were not found.
pub(super) fn limits(
    content: &Content,
    workspace: &Workspace,
    case: &Case,
    lost: u64,
) -> Vec<String> {
    let mut says = vec![
        "The results relate only to the items listed, as they were when their hashes were \
        made."
            .to_owned(),
        "A seal shows that entries were not changed after they were sealed. It does not show that \
        they are \
         true, that everything that happened was logged, or that nobody else had the key."
            .to_owned(),
    ];
    for (item, integrity) in content.items.iter().zip(&content.integrity) {
        if !integrity.tail.is_anchored {
            says.push(format!("Item {}: {}", item.label, integrity.tail.says));
        }
        let counts = &integrity.counts;
        let weak = counts.total - counts.intact;
        if weak > 0 {
            says.push(format!(
                "Item {}: {} of {} entries are not proven intact.",
                item.label,
                grouped(weak),
                grouped(counts.total)
            ));
        }
    }
    for (item, books) in content.items.iter().zip(&content.books) {
        if let Some(undated) = books.undated.filter(|count| *count > 0) {
            says.push(format!(
                "Item {}: {} records have no time; a search by time does not find them.",
                item.label,
                grouped(undated)
            ));
        }
        if books.rejected_bytes > 0 {
            says.push(format!("Item {}: {}", item.label, books.says));
        }
    }
    for query in content
        .queries
        .iter()
        .filter(|query| query.trouble.is_none())
    {
        if query.count == 0 {
            let when = match (&query.from, &query.to) {
                (None, None) => String::new(),
                (from, to) => format!(
                    " for the period from {} to {}",
                    from.as_deref().unwrap_or("the first time"),
                    to.as_deref().unwrap_or("the last")
                ),
            };
            says.push(format!(
                "No record among the {} that were searched{when} matches the query {}. This says \
                nothing of \
                 records that are not in the items.",
                grouped(query.searched),
                query.canonical
            ));
        }
        if !query.is_exact {
            says.push(format!(
                "The count of the query {} is not exact: not every entry could be searched.",
                query.canonical
            ));
        }
    }
    for failure in workspace.failures() {
        says.push(format!(
            "{} could not be examined: {}",
            failure
                .path
                .file_name()
                .unwrap_or(failure.path.as_os_str())
                .to_string_lossy(),
            failure.error
        ));
    }
    if lost > 0 {
        says.push(format!(
            "{} of the entries that the case cites are not in the items as they are now, and are \
            left out.",
            grouped(lost)
        ));
    }
    says.extend(case.limits.iter().cloned());
    says
}
