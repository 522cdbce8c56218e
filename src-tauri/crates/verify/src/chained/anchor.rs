//! A head hash with its count that the examiner has from elsewhere, held against the chain.

use std::collections::{BTreeSet, HashSet};

use sealscope_model::{BreakKind, Digest, Position};

use super::findings::Link;
use super::nodes::Chain;
use super::scan::{Place, Scene};
use super::walk::{Fact, Outcome, Why};
use super::words::UNUSABLE_ANCHOR;
use crate::anchors::Anchor;
use crate::outside::{HeldFinding, HeldKind, HeldState};
use crate::summary::{entries, grouped};
use crate::trust::TrustStore;

/// What the examiner's anchors say.
#[derive(Debug, Default)]
pub(super) struct Anchored {
    /// So many entries from the first one are as the examiner knows them.
    pub(super) entries: u64,
    /// Where an anchor and the chain disagree.
    pub(super) facts: Vec<Fact>,
    /// How each of them compares.
    pub(super) held: Vec<HeldFinding>,
    /// An anchor is there that a log of several chains cannot be held against.
    pub(super) is_unusable: bool,
}

fn heads(trust: &TrustStore) -> impl Iterator<Item = (u64, &Digest)> {
    trust.anchors.iter().filter_map(|anchor| match anchor {
        Anchor::Head { count, digest } if *count > 0 => Some((*count, digest)),
        _ => None,
    })
}

/// Holds the anchors against the chains.
pub(super) fn look(
    trust: &TrustStore,
    chains: &[Chain],
    outcomes: &[Outcome],
    scene: &Scene<'_>,
) -> Anchored {
    let mut anchored = Anchored::default();
    for (count, digest) in heads(trust) {
        let ([chain], [outcome]) = (chains, outcomes) else {
            anchored.is_unusable = true;
            let says = UNUSABLE_ANCHOR.to_owned();
            anchored.take(count, HeldState::NotCompared, says);
            continue;
        };
        let link = Link::of(&scene.profile.write_digest(digest.as_bytes()));
        let is_whole = outcome.facts.is_empty();
        if is_whole && id_at(chain, count - 1, scene) == Some(link) {
            anchored.entries = anchored.entries.max(count);
            let says = format!("After {} the chain has this digest.", entries(count));
            anchored.take(count, HeldState::Agrees, says);
            continue;
        }
        // Where entries are missing, moved or more than there were, the head stands elsewhere.
        let is_there = !is_whole && !scene.find(&HashSet::from([link])).is_empty();
        if is_there {
            let says = "The digest stands in the chain; entries before it are missing, changed or \
                        moved, so that it does not vouch for them.";
            anchored.take(count, HeldState::NotCompared, says.to_owned());
            continue;
        }
        let end = outcome.sealed_end;
        let says = if end < count {
            format!(
                "It is of {}; the chain ends after {}.",
                entries(count),
                grouped(end)
            )
        } else {
            format!("After {} the chain has another digest.", entries(count))
        };
        anchored.take(count, HeldState::Contradicts, says);
        anchored.facts.push(if end < count {
            fact(BreakKind::Truncated, end, count - end)
        } else {
            fact(BreakKind::Fork, count - 1, 1)
        });
    }
    anchored
}

impl Anchored {
    /// The anchors where there is no whole chain to hold them against.
    pub(super) fn of_no_chain(trust: &TrustStore) -> Self {
        let mut anchored = Self::default();
        for (count, _) in heads(trust) {
            let says = "There is no whole chain here to hold it against: the digests do not come \
                        out, or not all of it was looked at.";
            anchored.take(count, HeldState::NotCompared, says.to_owned());
        }
        anchored
    }

    fn take(&mut self, count: u64, state: HeldState, says: String) {
        self.held.push(HeldFinding {
            kind: HeldKind::Head,
            size: Some(count),
            state,
            says,
        });
    }
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
