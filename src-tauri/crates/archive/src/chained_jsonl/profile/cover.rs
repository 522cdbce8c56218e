//! What of an entry the digests of a recipe cover, as far as its profile tells without an entry.

use super::{ChainProfile, Framing, Part};
use crate::chained_jsonl::path::Path;

impl ChainProfile {
    /// Places that the check itself holds against something: the entry's own digest, its signature,
    /// and the digest before where it goes into the entry's own.
    pub(in super::super) fn held(&self) -> impl Iterator<Item = &Path> {
        let takes_prev = self.parts.iter().any(|part| matches!(part, Part::Prev));
        let prev = self.prev.iter().filter(move |_| takes_prev);
        let signature = self.signature.iter().map(|rule| &rule.path);
        self.own.iter().chain(prev).chain(signature)
    }

    /// Whether a digest of the recipe covers whatever stands at a place.
    pub(super) fn covers(&self, path: &Path) -> bool {
        let is_hashed = |path: &Path| {
            self.held().any(|held| path.is_within(held))
                || self.parts.iter().any(|part| part.covers(path))
        };
        // A digest of a part covers it only where it is covered itself, and is checked with the
        // entry's own.
        let inner = self.inner.iter();
        let mut inner = inner.filter(|inner| self.own.is_some() && is_hashed(&inner.path));
        is_hashed(path) || inner.any(|inner| inner.parts.iter().any(|part| part.covers(path)))
    }

    /// Whether no entry can hold anything that is not covered, held or named in `uncovered`.
    pub(super) fn covers_all(&self) -> bool {
        let is_json = matches!(self.framing, Framing::Jsonl | Framing::JsonArray);
        let is_told = |path: &Path| {
            self.held().any(|held| path.is_within(held))
                || self.uncovered.iter().any(|known| path.is_within(known))
        };
        self.parts.iter().any(|part| match part {
            Part::RawLine => true,
            Part::RawLineMinusMember(path) => is_json && is_told(path),
            Part::Canon {
                at, minus, only, ..
            } => at.names().is_empty() && only.is_empty() && minus.iter().all(is_told),
            _ => false,
        })
    }
}

impl Part {
    fn covers(&self, path: &Path) -> bool {
        match self {
            Self::RawLine => true,
            Self::RawLineMinusMember(left_out) => !path.is_within(left_out),
            Self::Field { path: field, .. } => path.is_within(field),
            Self::Canon {
                at, minus, only, ..
            } => {
                let below = path.names().get(at.names().len()..).unwrap_or_default();
                let is_kept = |only: &Path| below.starts_with(only.names());
                path.is_within(at)
                    && !minus.iter().any(|left_out| path.is_within(left_out))
                    && (only.is_empty() || only.iter().any(is_kept))
            }
            Self::Prev | Self::Lit(_) | Self::PrevRawLine => false,
        }
    }
}
