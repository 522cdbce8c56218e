//! A head hash with its count that the examiner has from elsewhere, held against the chain.

use std::collections::{BTreeSet, HashSet};

use sealscope_model::{BreakKind, Position};

use super::findings::Link;
use super::nodes::Chain;
use super::scan::{Place, Scene};
use super::walk::{Fact, Outcome, Why};
use crate::anchors::Anchor;
use crate::trust::TrustStore;

/// What the examiner's anchors say.
#[derive(Debug, Default)]
pub(super) struct Anchored {
    /// So many entries from the first one are as the examiner knows them.
    pub(super) entries: u64,
    /// Where an anchor and the chain disagree.
    pub(super) facts: Vec<Fact>,
    /// An anchor is there that a log of several chains cannot be held against.
    pub(super) is_unusable: bool,
}

/// Holds the anchors against the chains.
pub(super) fn look(
    trust: &TrustStore,
    chains: &[Chain],
    outcomes: &[Outcome],
    scene: &Scene<'_>,
) -> Anchored {
    let mut anchored = Anchored::default();
    let heads = trust.anchors.iter().filter_map(|anchor| match anchor {
        Anchor::Head { count, digest } if *count > 0 => Some((*count, digest)),
        _ => None,
    });
    for (count, digest) in heads {
        let ([chain], [outcome]) = (chains, outcomes) else {
            anchored.is_unusable = true;
            continue;
        };
        let link = Link::of(&scene.profile.write_digest(digest.as_bytes()));
        let is_whole = outcome.facts.is_empty();
        if is_whole && id_at(chain, count - 1, scene) == Some(link) {
            anchored.entries = anchored.entries.max(count);
            continue;
        }
        // Where entries are missing, moved or more than there were, the head stands elsewhere.
        let is_there = !is_whole && !scene.find(&HashSet::from([link])).is_empty();
        if is_there {
            continue;
        }
        let end = outcome.sealed_end;
        anchored.facts.push(if end < count {
            fact(BreakKind::Truncated, end, count - end)
        } else {
            fact(BreakKind::Fork, count - 1, 1)
        });
    }
    anchored
}

const fn fact(kind: BreakKind, sealed: Position, count: u64) -> Fact {
    Fact {
        kind,
        sealed,
        count,
        found: None,
        exact: true,
        why: Why::Order,
        digests: None,
    }
}

/// The digest by which an entry is known.
fn id_at(chain: &Chain, at: Position, scene: &Scene<'_>) -> Option<Link> {
    if at + 1 == chain.count {
        return chain.nodes.last()?.end_id;
    }
    let place = Place {
        partition: chain.partition,
        at,
    };
    let found = scene.entries_at(&BTreeSet::from([place]));
    found.get(&place)?.id.as_deref().map(Link::of)
}
