//! The runs of all segments, joined: one list of nodes for each chain.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::findings::{Flaw, Link, Prev};
use super::scan::{Place, Scene};
use crate::check::SegmentFindings;
use crate::checker::SealFindings;

/// Nodes of a chain up to which each is told from the others; more come from no honest log.
const NODES_MAX: usize = 1 << 17;
/// Entries whose place is looked for by trying what they could follow.
const LOOSE_MAX: usize = 256;
/// Nodes on either side of such an entry that it may follow.
const TRIED_ASIDE: usize = 32;
/// Entries at the end of the node before it that it may follow.
const TRIED_INSIDE: u64 = 16;

/// Entries of one chain that hold and follow each other, or one that does not hold.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Number of its first entry in its chain, in stored order.
    pub(super) at: u64,
    pub(super) count: u64,
    pub(super) prev: Prev,
    pub(super) first_id: Option<Link>,
    pub(super) end_id: Option<Link>,
    pub(super) computed_id: Option<Link>,
    pub(super) seq: Option<(i64, i64)>,
    pub(super) flaw: Option<Flaw>,
}

impl Node {
    pub(super) const fn end(&self) -> u64 {
        self.at + self.count
    }

    /// Whether nothing in it tells where it belongs.
    pub(super) fn is_loose(&self) -> bool {
        self.flaw.is_some() || self.prev == Prev::Unknown
    }
}

/// The entries of one partition, in stored order.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    pub(super) partition: Option<Link>,
    pub(super) nodes: Vec<Node>,
    pub(super) count: u64,
}

impl Chain {
    fn push(&mut self, node: Node) {
        self.count += node.count;
        if let Some(last) = self.nodes.last_mut()
            && last.flaw.is_none()
            && node.flaw.is_none()
            && let (Some(end), Prev::Link(prev)) = (last.end_id, node.prev)
            && end == prev
        {
            last.count += node.count;
            last.end_id = node.end_id;
            last.seq = last.seq.zip(node.seq).map(|(a, b)| (a.0, b.1));
            return;
        }
        let is_full = self.nodes.len() >= NODES_MAX;
        match self.nodes.last_mut() {
            Some(last) if is_full => {
                last.count += node.count;
                last.flaw = Some(Flaw::Lump);
            }
            _ => self.nodes.push(node),
        }
    }

    /// Whether every entry holds, follows the one before, and the first one begins a chain.
    pub(super) fn is_whole(&self) -> bool {
        let mut nodes = self.nodes.iter();
        let first = nodes.next();
        first.is_none_or(|node| {
            node.flaw.is_none() && matches!(node.prev, Prev::Start | Prev::Reset)
        }) && nodes.all(|node| node.flaw.is_none() && node.prev == Prev::Reset)
    }

    fn node_at(&self, at: u64) -> Option<&Node> {
        let after = self.nodes.partition_point(|node| node.at <= at);
        let node = self.nodes.get(after.checked_sub(1)?)?;
        (at < node.end()).then_some(node)
    }
}

/// The chains of an archive, in order of their first entries.
pub(super) fn chains(findings: &[SegmentFindings]) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut numbers: HashMap<Option<Link>, usize> = HashMap::new();
    for found in findings {
        let SealFindings::Links(links) = &found.seal else {
            continue;
        };
        for run in &links.runs {
            let number = *numbers.entry(run.partition).or_insert_with(|| {
                chains.push(Chain {
                    partition: run.partition,
                    ..Chain::default()
                });
                chains.len() - 1
            });
            let Some(chain) = chains.get_mut(number) else {
                continue;
            };
            chain.push(Node {
                at: chain.count,
                count: u64::from(run.count),
                prev: run.prev,
                first_id: run.first_id,
                end_id: run.end_id,
                computed_id: run.computed_id,
                seq: run.seq,
                flaw: run.flaw.clone(),
            });
        }
    }
    chains
}

/// Divides nodes wherever an entry stands that another node follows, begins or ends with, and finds
/// what entries follow that do not say it. After this, whatever was moved, repeated or put in is a
/// node of its own.
pub(super) fn take_apart(chains: &mut [Chain], scene: &Scene<'_>) {
    let mut wanted: HashSet<Link> = HashSet::new();
    for node in chains
        .iter()
        .filter(|chain| !chain.is_whole())
        .flat_map(|chain| &chain.nodes)
    {
        wanted.extend([node.first_id, node.end_id].into_iter().flatten());
        if let Prev::Link(link) = node.prev {
            wanted.insert(link);
        }
    }
    let hits = scene.find(&wanted);
    for chain in chains.iter_mut().filter(|chain| !chain.is_whole()) {
        let mut cuts: BTreeSet<u64> = BTreeSet::new();
        let own = |places: &Vec<Place>| -> Vec<u64> {
            let own = places
                .iter()
                .filter(|place| place.partition == chain.partition);
            own.map(|place| place.at).collect()
        };
        for node in &chain.nodes {
            let places = |link: Option<Link>| link.and_then(|link| hits.get(&link)).map(own);
            cuts.extend(places(node.first_id).unwrap_or_default());
            let ends = [
                node.end_id,
                match node.prev {
                    Prev::Link(link) => Some(link),
                    _ => None,
                },
            ];
            for at in ends.into_iter().filter_map(places).flatten() {
                cuts.insert(at + 1);
            }
        }
        cuts.retain(|at| chain.node_at(*at).is_some_and(|node| node.at < *at));
        cut(chain, &cuts, scene);
        find_places(chain, scene);
    }
}

fn cut(chain: &mut Chain, cuts: &BTreeSet<u64>, scene: &Scene<'_>) {
    let partition = chain.partition;
    let place = |at: u64| Place { partition, at };
    let around = cuts
        .iter()
        .flat_map(|at| [place(at.saturating_sub(1)), place(*at)]);
    let around = scene.entries_at(&around.collect());
    let mut nodes = Vec::with_capacity(chain.nodes.len() + cuts.len());
    for node in std::mem::take(&mut chain.nodes) {
        let mut rest = node;
        for at in cuts.range(rest.at + 1..rest.end()) {
            let (Some(last), Some(first)) = (
                at.checked_sub(1).and_then(|at| around.get(&place(at))),
                around.get(&place(*at)),
            ) else {
                continue;
            };
            let end_id = last.id.as_deref().map(Link::of);
            let mut left = rest.clone();
            left.count = at - rest.at;
            left.end_id = end_id;
            left.seq = rest.seq.zip(last.seq).map(|(seq, last)| (seq.0, last));
            rest.count -= left.count;
            rest.at = *at;
            rest.prev = end_id.map_or(Prev::Unknown, Prev::Link);
            rest.first_id = first.id.as_deref().map(Link::of);
            rest.seq = rest.seq.zip(first.seq).map(|(seq, first)| (first, seq.1));
            nodes.push(left);
        }
        nodes.push(rest);
    }
    chain.nodes = nodes;
}

/// Entries that hold no digest of the one before are tried with those that they could follow.
fn find_places(chain: &mut Chain, scene: &Scene<'_>) {
    let is_out = |node: &Node| matches!(node.flaw, Some(Flaw::OutOfPlace { .. }));
    let numbers = chain.nodes.iter().enumerate();
    let loose: Vec<usize> = numbers
        .filter(|(_, node)| is_out(node))
        .map(|(number, _)| number)
        .take(LOOSE_MAX)
        .collect();
    if loose.is_empty() {
        return;
    }
    let tries: Vec<Vec<u64>> = loose
        .iter()
        .map(|number| could_follow(chain, *number))
        .collect();
    let partition = chain.partition;
    let place = |at: u64| Place { partition, at };
    let firsts = loose
        .iter()
        .filter_map(|number| chain.nodes.get(*number).map(|node| node.at));
    let wanted: BTreeSet<Place> = tries
        .iter()
        .flatten()
        .copied()
        .chain(firsts)
        .map(place)
        .collect();
    let entries = scene.entries_at(&wanted);
    let mut cuts = BTreeSet::new();
    for (number, tries) in loose.iter().zip(&tries) {
        let Some(node) = chain.nodes.get_mut(*number) else {
            continue;
        };
        let Some(entry) = entries.get(&place(node.at)) else {
            continue;
        };
        let ids = tries.iter().filter_map(|at| {
            let id = entries.get(&place(*at))?.id.clone()?;
            let link = Link::of(&id);
            Some((id, Prev::Link(link), Some(*at)))
        });
        let begins = scene.genesis_texts().into_iter();
        let begins = begins.map(|text| (text, Prev::Start, None));
        if let Some((_, prev, at)) = ids
            .chain(begins)
            .find(|(id, ..)| scene.holds_after(entry, id))
        {
            node.prev = prev;
            node.flaw = None;
            node.computed_id = None;
            cuts.extend(at.map(|at| at + 1));
        }
    }
    cuts.retain(|at| chain.node_at(*at).is_some_and(|node| node.at < *at));
    cut(chain, &cuts, scene);
}

/// Entries that a node could follow: the last ones of the nodes around it, and the last few of the
/// one before it, behind which others may have been put in.
fn could_follow(chain: &Chain, number: usize) -> Vec<u64> {
    let from = number.saturating_sub(TRIED_ASIDE);
    let to = (number + TRIED_ASIDE + 1).min(chain.nodes.len());
    let ends = (from..to).filter(|other| *other != number);
    let ends = ends.filter_map(|other| Some(chain.nodes.get(other)?.end().saturating_sub(1)));
    let before = number
        .checked_sub(1)
        .and_then(|before| chain.nodes.get(before));
    let inside = before.map_or(0..0, |node| {
        node.end().saturating_sub(TRIED_INSIDE).max(node.at)..node.end()
    });
    ends.chain(inside.rev()).collect()
}
