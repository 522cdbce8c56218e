//! Between what was sealed and what is stored: which break concerns an entry, and where a break
//! shows.

use std::sync::Arc;

use sealscope_archive::Structure;
use sealscope_model::{Break, BreakKind, Position};
use sealscope_verify::{EntrySeals, SealedLog, Summary, TrustStore};

use crate::open_archive::OpenArchive;

impl OpenArchive {
    /// What was sealed and where it stands now; `None` for a log without seals, and while it was
    /// not checked. Worked out once for each judgement.
    pub(crate) fn sealed_log(&self, trust: &TrustStore) -> Option<Arc<SealedLog>> {
        let Structure::Sealog(sealog) = self.archive().structure() else {
            return None;
        };
        let (summary, findings) = {
            let known = self.known();
            if let Some(log) = &known.sealed_log {
                return Some(Arc::clone(log));
            }
            (known.summary.clone()?, known.findings.clone())
        };
        let log = Arc::new(SealedLog::of(sealog, &findings, trust));
        let mut known = self.known();
        // Judged anew meanwhile: what was worked out is right for the question, not for the next.
        let is_current = known
            .summary
            .as_ref()
            .is_some_and(|now| Arc::ptr_eq(now, &summary));
        if is_current {
            known.sealed_log = Some(Arc::clone(&log));
        }
        Some(log)
    }

    /// What the seals of a format of others say of each entry; `None` while it was not checked.
    /// Worked out once for each judgement.
    pub(crate) fn entry_seals(&self, trust: &TrustStore) -> Option<Arc<EntrySeals>> {
        let (summary, findings) = {
            let known = self.known();
            if let Some(seals) = &known.entry_seals {
                return Some(Arc::clone(seals));
            }
            (known.summary.clone()?, known.findings.clone())
        };
        let seals = EntrySeals::of(self.archive(), &findings, trust, &summary);
        let seals = Arc::new(seals);
        let mut known = self.known();
        let is_current = known
            .summary
            .as_ref()
            .is_some_and(|now| Arc::ptr_eq(now, &summary));
        if is_current {
            known.entry_seals = Some(Arc::clone(&seals));
        }
        Some(seals)
    }
}

/// The break that concerns a stored entry, where there is one.
pub(crate) fn break_at<'s>(
    summary: &'s Summary,
    log: Option<&SealedLog>,
    stored: Position,
) -> Option<&'s Break> {
    let holds = |first: Position, count: u64| first <= stored && stored - first < count;
    let by_place = summary.breaks.iter().find(|one| {
        one.found.is_some_and(|found| holds(found, one.count)) && one.kind != BreakKind::Removed
    });
    by_place.or_else(|| match log {
        Some(log) => by_range(summary, log, stored),
        // Where nothing tells sealed from stored numbers, they are the same.
        None => summary.breaks.iter().find(|one| {
            let is_here = one.found.is_none() && holds(one.position, one.count);
            is_here && one.kind != BreakKind::Removed
        }),
    })
}

/// A break without places of its own: one over the entry's seal, or one whose sealed range meets
/// what is missing between the nearest entries that are as they were sealed.
fn by_range<'s>(summary: &'s Summary, log: &SealedLog, stored: Position) -> Option<&'s Break> {
    let index = log.sealed_at(stored);
    let (from, to) = match (index, log.sealed_around(stored)) {
        (Some(index), _) => (index, index + 1),
        (None, (before, after)) => {
            let from = before.map_or(0, |index| index + 1);
            (from, after.unwrap_or(Position::MAX).max(from + 1))
        }
    };
    summary.breaks.iter().find(|one| {
        let is_of_seal = matches!(
            one.kind,
            BreakKind::BadSignature | BreakKind::Fork | BreakKind::Resealed | BreakKind::Relinked
        );
        let is_gone = one.exact && one.kind == BreakKind::Removed;
        let meets = one.position < to && from < one.position.saturating_add(one.count);
        meets && !is_gone && (is_of_seal || index.is_none())
    })
}

/// Where the leaf that was sealed at an index stands, or what stands in its place, or what follows.
pub(crate) fn stored_for(
    summary: Option<&Summary>,
    log: &SealedLog,
    sealed: Position,
) -> Option<Position> {
    let changed = || {
        let found = summary?.breaks.iter().find(|one| {
            let is_single = matches!(one.kind, BreakKind::Modified | BreakKind::Moved);
            is_single && one.position <= sealed && sealed - one.position < one.count
        })?;
        Some(found.found? + (sealed - found.position))
    };
    log.stored_at(sealed)
        .or_else(changed)
        .or_else(|| log.stored_from(sealed))
}

/// The stored entry to look at for a break: the entry itself, else the one after what is missing.
/// `None` where nothing is stored there.
pub(crate) fn place_of(found: &Break, log: Option<&SealedLog>) -> Option<Position> {
    if let Some(stored) = found.found.filter(|_| found.kind != BreakKind::Removed) {
        return Some(stored);
    }
    let log = log?;
    log.stored_at(found.position)
        .or_else(|| log.stored_from(found.position))
        .or_else(|| log.stored_at(found.position.checked_sub(1)?))
}

/// The same for an archive in which nothing tells sealed from stored numbers; `bounds` are the
/// stored positions that there are. `None` where nothing is stored at all.
pub(crate) fn place_without_log(
    found: &Break,
    (begin, end): (Position, Position),
) -> Option<Position> {
    let last = end.checked_sub(1).filter(|last| begin <= *last)?;
    Some(found.found.unwrap_or(found.position).clamp(begin, last))
}

/// Sealed index of a stored entry: that of its seal, or that of the entry it took the place of.
pub(crate) fn sealed_index(
    summary: &Summary,
    log: &SealedLog,
    stored: Position,
) -> Option<Position> {
    log.sealed_at(stored).or_else(|| {
        let found = break_at(summary, Some(log), stored)?;
        let offset = stored.checked_sub(found.found?)?;
        (found.exact && found.kind != BreakKind::Inserted).then(|| found.position + offset)
    })
}
