//! What a command fails with: a code that the page switches on, and words for people.

use sealscope_engine::{OpenFailure, RowError, SearchError};

use crate::wire::CommandError;

/// An answer to the page.
pub type Answer<T> = Result<T, CommandError>;

/// An error in the page's form.
#[must_use]
pub fn failed(code: &str, title: &str, detail: impl Into<String>, hint: &str) -> CommandError {
    CommandError {
        code: code.to_owned(),
        title: title.to_owned(),
        detail: detail.into(),
        hint: hint.to_owned(),
    }
}

/// Nothing is open, or no longer that.
#[must_use]
pub fn nothing_open() -> CommandError {
    failed(
        "nothing-open",
        "No archive is open",
        "",
        "Open an archive first.",
    )
}

/// The search was dropped for a newer one.
#[must_use]
pub fn no_such_search() -> CommandError {
    failed(
        "search-gone",
        "This search is over",
        "A newer one took its place.",
        "Search again.",
    )
}

/// A path that could not be looked at.
#[must_use]
pub fn could_not_open(failure: &OpenFailure) -> CommandError {
    let detail = sealscope_engine::escape_for_terminal(&format!("{}.", failure.error));
    failed(
        "open-failed",
        "This could not be opened",
        detail,
        failure.next_step(),
    )
}

/// A row that could not be read again.
#[must_use]
pub fn could_not_read(error: &RowError) -> CommandError {
    let detail = sealscope_engine::escape_for_terminal(&format!("{error}."));
    match error {
        RowError::Changed { .. } => failed(
            "changed-on-disk",
            "The file changed while it was open",
            detail,
            "Check it again: earlier results describe the earlier content.",
        ),
        RowError::Read(_) => failed(
            "read-failed",
            "The file could not be read",
            detail,
            "Check the medium, and take an image of it before trying again.",
        ),
        RowError::NoEntry(_) => failed("no-entry", "There is no such entry", detail, ""),
    }
}

/// A search that gave no answer.
#[must_use]
pub fn search_failed(error: &SearchError) -> CommandError {
    let detail = sealscope_engine::escape_for_terminal(&format!("{error}."));
    match error {
        SearchError::Row(error) => could_not_read(error),
        SearchError::Cancelled => failed("stopped", "The search was stopped", detail, ""),
        SearchError::Query(_) => failed("bad-query", "The query has no meaning", detail, ""),
        SearchError::Index(_) => failed(
            "index-failed",
            "The search index failed",
            detail,
            "Search again: the entries are then scanned.",
        ),
    }
}
