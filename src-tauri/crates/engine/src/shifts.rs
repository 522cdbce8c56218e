//! From sealed to stored indexes: where a removed entry would stand.

use sealscope_model::{Break, BreakKind, Position};

/// Sealed entries that are missing right before the entry stored at `position`.
pub(crate) fn missing_before(breaks: &[Break], position: Position) -> u64 {
    let mut shift: i128 = 0;
    let mut missing = 0;
    // Breaks are in order of sealed index.
    for found in breaks.iter().filter(|found| found.exact) {
        let count = i128::from(found.count);
        match found.kind {
            BreakKind::Removed => {
                let stored = i128::from(found.position) + shift;
                if stored == i128::from(position) {
                    missing += found.count;
                }
                shift -= count;
            }
            BreakKind::Inserted => shift += count,
            _ => {}
        }
    }
    missing
}

/// Where each removed run would stand among what is stored: its sealed index, the stored index of
/// the entry after it, and how many are missing.
pub(crate) fn missing_runs(breaks: &[Break]) -> Vec<(Position, Position, u64)> {
    let mut shift: i128 = 0;
    let mut runs = Vec::new();
    for found in breaks.iter().filter(|found| found.exact) {
        let count = i128::from(found.count);
        match found.kind {
            BreakKind::Removed => {
                let stored = u64::try_from(i128::from(found.position) + shift).unwrap_or(0);
                runs.push((found.position, stored, found.count));
                shift -= count;
            }
            BreakKind::Inserted => shift += count,
            _ => {}
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(kind: BreakKind, position: u64, count: u64) -> Break {
        let mut one = Break::new(kind, position, count, "");
        one.exact = true;
        one
    }

    #[test]
    fn a_removed_run_is_missing_before_the_entry_that_took_its_place() {
        let breaks = [
            exact(BreakKind::Removed, 10, 3),
            exact(BreakKind::Removed, 20, 1),
        ];
        assert_eq!(missing_before(&breaks, 10), 3);
        assert_eq!(missing_before(&breaks, 11), 0);
        // Three entries before are gone, so what was sealed as 20 would stand at 17.
        assert_eq!(missing_before(&breaks, 17), 1);
    }

    #[test]
    fn entries_added_before_shift_it_the_other_way() {
        let breaks = [
            exact(BreakKind::Inserted, 5, 2),
            exact(BreakKind::Removed, 10, 1),
        ];
        assert_eq!(missing_before(&breaks, 12), 1);
    }
}
