//! The sentence of each change. It says what was observed, never why.

use sealscope_model::{Break, BreakKind, Claimed, Computed};

use super::Scene;
use crate::align::{Bound, Edit};
use crate::summary::{entries, grouped};

/// The break that an edit is.
pub(super) fn break_of(edit: &Edit, scene: &Scene<'_>) -> Break {
    let says = match edit.bound {
        Some(bound) => bounded(edit, bound),
        None => exact(edit),
    };
    let mut found = Break::new(edit.kind, edit.position, edit.count, says);
    let is_one = |bound: Bound| edit.count == 1 && bound.stored == 1;
    found.exact = edit.bound.is_none_or(is_one);
    found.found = edit.found;
    if edit.bound.is_none() {
        found.claimed = edit.sealed.map(Claimed::parsed);
        found.computed = edit.stored.map(Computed::hashed);
    }
    found.offset_bytes = edit.found.and_then(|found| {
        let after = scene.stored_first.partition_point(|first| *first <= found);
        let segment = scene.findings.get(after.checked_sub(1)?)?;
        Some(segment.offset_bytes)
    });
    found
}

/// "entry 5" or "entries 5 to 9".
fn named(first: u64, count: u64) -> String {
    match count {
        0 | 1 => format!("entry {}", grouped(first)),
        _ => format!(
            "entries {} to {}",
            grouped(first),
            grouped(first + count - 1)
        ),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn exact(edit: &Edit) -> String {
    let (first, count) = (edit.position, edit.count);
    let these = capital(&named(first, count));
    let found = grouped(edit.found.unwrap_or(first));
    let before = grouped(first);
    match (edit.kind, count) {
        (BreakKind::Modified, 1) => format!("{these} does not match its seal."),
        (BreakKind::Modified, _) => format!("{these} do not match their seals."),
        (BreakKind::Removed, _) => removed(first, count),
        (BreakKind::Inserted, 1) => format!(
            "No seal covers the entry stored at {found}; it stands before sealed entry {before}."
        ),
        (BreakKind::Inserted, _) => format!(
            "No seal covers {} stored from {found} on; they stand before sealed entry {before}.",
            entries(count)
        ),
        (BreakKind::Moved, 1) => {
            format!(
                "Sealed {} stands at {found}, not where it was sealed.",
                named(first, 1)
            )
        }
        (BreakKind::Moved, _) => format!(
            "Sealed {} stand from {found} on, not where they were sealed.",
            named(first, count)
        ),
        (_, 1) => format!("Sealed {} is repeated at {found}.", named(first, 1)),
        _ => format!(
            "Sealed {} are repeated from {found} on.",
            named(first, count)
        ),
    }
}

fn removed(first: u64, count: u64) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!(
        "The seals cover {} here that {verb} not in the file ({}).",
        entries(count),
        named(first, count)
    )
}

fn bounded(edit: &Edit, bound: Bound) -> String {
    let (first, count) = (edit.position, edit.count);
    let these = named(first, count);
    match edit.kind {
        BreakKind::Removed => format!(
            "Of {these}, which were sealed here, at least {} missing; the file does not tell \
             which.",
            match count - bound.stored {
                1 => "1 is".to_owned(),
                missing => format!("{} are", grouped(missing)),
            }
        ),
        _ if count == 1 && bound.stored == 1 => {
            format!("{} does not match its seal.", capital(&these))
        }
        _ if count == 1 => {
            format!(
                "What stands in the place of {these} does not match its seal; the file does not \
                 tell what was sealed there."
            )
        }
        _ => format!(
            "At least one of {these} does not match its seal; the file does not tell which."
        ),
    }
}
