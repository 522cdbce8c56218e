//! The order in which the entries of a chain were sealed, from what they name as their
//! predecessors, and how the stored order differs from it.

use std::collections::{HashMap, HashSet};

use sealscope_archive::chained_jsonl::HashAlg;
use sealscope_model::{BreakKind, Digest, Position};

use super::findings::{Flaw, Link, Prev};
use super::nodes::Node;
use crate::align::{Edit, Known, Token, align};

/// Nodes that are followed to see which of two branches goes on.
const REACH_MAX: usize = 64;

/// What of a recipe matters for the order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Number of the first entry.
    pub(super) seq_start: Option<i64>,
    /// What each number adds; not 0.
    pub(super) seq_step: i64,
    /// A first entry may name anything.
    pub(super) begins_anywhere: bool,
    /// Entries hold digests of themselves.
    pub(super) has_own: bool,
}

/// One fact about the order, or about an entry; positions are numbers in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) kind: BreakKind,
    pub(super) sealed: Position,
    pub(super) count: u64,
    pub(super) found: Option<Position>,
    pub(super) exact: bool,
    pub(super) why: Why,
    pub(super) digests: Option<(Digest, Digest)>,
}

/// What a fact rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    /// The digests of the entries, and the order they give.
    Order,
    /// The bytes give another digest.
    Content,
    /// The bytes give another digest with the entry before; it may be the place that is wrong.
    ContentOrPlace,
    /// The entry cannot be read.
    Unreadable(String),
    /// The next entry names another digest.
    NamedOtherwise,
    /// The entry names a digest that no entry has; numbers say how many are missing.
    Numbers,
    /// The entry names a digest that no entry has; nothing says how many are missing.
    NoNumbers,
    /// The entry names a digest that no entry has, and no number is missing.
    NothingMissing,
    /// A chain begins anew where none should.
    BeginsAnew,
    /// More than is told apart.
    Lump,
}

/// The outcome for one chain.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) facts: Vec<Fact>,
    /// Stored entries `from..to` that do not hold, or whose place does not.
    pub(super) broken: Vec<(Position, Position)>,
    /// One past the last sealed index.
    pub(super) sealed_end: Position,
    /// Whether the first entry begins a chain.
    pub(super) has_head: bool,
}

/// How an item joins what is before it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Node(usize),
    /// So many are missing; whether numbers say so.
    Gap(u64, bool),
    /// The next node names what no entry has.
    Relink(Why),
}

struct Walk<'n> {
    nodes: &'n [Node],
    rules: Rules,
    followers: HashMap<Link, Vec<usize>>,
    ends: HashSet<Link>,
    used: Vec<bool>,
    /// What the nodes hold that have their place.
    held: HashSet<(Link, Link, u64)>,
    items: Vec<Item>,
    /// The last number seen, and entries since then.
    seq: Option<(i64, u64)>,
}

/// Tells what happened to a chain.
pub(super) fn explain(nodes: &[Node], rules: Rules) -> Outcome {
    let mut followers: HashMap<Link, Vec<usize>> = HashMap::new();
    let mut ends = HashSet::new();
    for (number, node) in nodes.iter().enumerate() {
        if let Prev::Link(link) = node.prev {
            followers.entry(link).or_default().push(number);
        }
        ends.extend(node.end_id);
        ends.extend(node.computed_id);
    }
    let mut walk = Walk {
        nodes,
        rules,
        followers,
        ends,
        used: vec![false; nodes.len()],
        held: HashSet::new(),
        items: Vec::new(),
        seq: None,
    };
    walk.go();
    walk.outcome()
}

impl Walk<'_> {
    fn go(&mut self) {
        let Some(first) = self.first() else {
            return;
        };
        self.begin(first);
        let mut at = first;
        loop {
            self.put(at);
            at = match self.follower(at) {
                Some(next) => next,
                None => match self.next_loose(at) {
                    Some(next) => {
                        self.join(at, next);
                        next
                    }
                    None => break,
                },
            };
        }
    }

    fn node(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    fn is_free(&self, at: usize) -> bool {
        self.used.get(at) == Some(&false)
    }

    fn put(&mut self, at: usize) {
        if let Some(slot) = self.used.get_mut(at) {
            *slot = true;
        }
        self.items.push(Item::Node(at));
        let is_told = self.trusts_number(at);
        let Some(node) = self.nodes.get(at) else {
            return;
        };
        self.held.extend(held_by(node));
        self.seq = match node.seq {
            Some((_, last)) if is_told => Some((last, 0)),
            _ => self.seq.map(|(last, since)| (last, since + node.count)),
        };
    }

    /// The node that the chain begins with: one that says so, or the first that follows none here.
    fn first(&self) -> Option<usize> {
        let begins = |at: &usize| {
            self.node(*at).is_some_and(|node| {
                node.flaw.is_none() && matches!(node.prev, Prev::Start | Prev::Reset)
            })
        };
        let all = 0..self.nodes.len();
        let longest = all
            .clone()
            .filter(begins)
            .max_by_key(|at| (self.reach(*at), std::cmp::Reverse(*at)));
        longest
            .or_else(|| all.clone().find(|at| self.is_dangling(*at)))
            .or_else(|| all.clone().next())
    }

    fn begin(&mut self, first: usize) {
        let Some(node) = self.node(first) else {
            return;
        };
        let is_begun = node.flaw.is_none() && matches!(node.prev, Prev::Start | Prev::Reset);
        if is_begun || (self.rules.begins_anywhere && node.flaw.is_none()) {
            return;
        }
        let missing = match (node.seq, self.rules.seq_start) {
            (Some((first, _)), Some(start)) => self.steps(start, first),
            _ => None,
        };
        let trusts_number = self.trusts_number(first);
        match missing {
            Some(count) if count > 0 && trusts_number => {
                self.items.push(Item::Gap(count.unsigned_abs(), true));
            }
            _ if node.flaw.is_some() => {}
            Some(_) => self.items.push(Item::Relink(Why::NothingMissing)),
            None => self.items.push(Item::Gap(1, false)),
        }
    }

    /// Whether a node's number tells its place: its entry holds, or may be held up only by what is
    /// missing before it, and then the entry that follows it has the next number.
    fn trusts_number(&self, at: usize) -> bool {
        let Some(node) = self.node(at) else {
            return false;
        };
        match node.flaw {
            None => true,
            Some(Flaw::OutOfPlace { .. }) => {
                let next = node.end_id.and_then(|id| self.followers.get(&id)?.first());
                let next = next.and_then(|next| self.node(*next)?.seq);
                let own = node
                    .seq
                    .and_then(|(_, last)| last.checked_add(self.rules.seq_step));
                next.is_none_or(|(first, _)| Some(first) == own)
            }
            Some(_) => false,
        }
    }

    /// Steps from one number to another.
    fn steps(&self, from: i64, to: i64) -> Option<i64> {
        to.checked_sub(from)?.checked_div(self.rules.seq_step)
    }

    /// Whether a node names what no node here ends with.
    fn is_dangling(&self, at: usize) -> bool {
        self.node(at).is_some_and(|node| match node.prev {
            Prev::Link(link) => !self.ends.contains(&link),
            Prev::Start | Prev::Reset | Prev::Unknown => true,
        })
    }

    /// The node that follows: of several, one that holds before one that does not, then the one
    /// that goes on longest, then the one that stands nearest.
    fn follower(&self, at: usize) -> Option<usize> {
        let node = self.node(at)?;
        let ids = [node.end_id, node.computed_id];
        let all = ids
            .into_iter()
            .flatten()
            .filter_map(|id| self.followers.get(&id));
        let free = all.flatten().copied().filter(|next| self.is_free(*next));
        free.max_by_key(|next| {
            let holds = self.node(*next).is_some_and(|node| node.flaw.is_none());
            let distance = next.abs_diff(at + 1);
            (holds, self.reach(*next), std::cmp::Reverse(distance))
        })
    }

    /// Entries that follow from a node on, as far as looking goes.
    fn reach(&self, from: usize) -> u64 {
        let (mut at, mut reach) = (from, 0u64);
        for _ in 0..REACH_MAX {
            let Some(node) = self.node(at) else {
                break;
            };
            reach += node.count;
            let next = node.end_id.and_then(|id| self.followers.get(&id));
            let next = next.and_then(|all| all.iter().find(|next| self.is_free(**next)));
            match next {
                Some(next) if *next != from => at = *next,
                _ => break,
            }
        }
        reach
    }

    /// Where a chain breaks off, it goes on with the next entries in the file that follow none
    /// here and stand nowhere else; or with earlier ones, if their numbers say so.
    fn next_loose(&self, at: usize) -> Option<usize> {
        let is_open = |next: &usize| {
            let held = self.node(*next).and_then(held_by);
            let is_copy = held.is_some_and(|held| self.held.contains(&held));
            self.is_free(*next) && self.is_dangling(*next) && !is_copy
        };
        let mut after = at + 1..self.nodes.len();
        let goes_on = |next: &usize| {
            let node = self.node(*next);
            let missing = node
                .filter(|node| !node.is_loose())
                .and_then(|node| self.missing(node));
            missing.is_some_and(|count| count >= 0)
        };
        let mut before = 0..at;
        after
            .find(is_open)
            .or_else(|| before.find(|next| is_open(next) && goes_on(next)))
    }

    /// How many numbers are left out before a node; `None` where it has none to go by.
    fn missing(&self, node: &Node) -> Option<i64> {
        let ((last, since), (first, _)) = self.seq.zip(node.seq)?;
        let steps = self.steps(last, first)?;
        steps
            .checked_sub(1)?
            .checked_sub(i64::try_from(since).ok()?)
    }

    /// What stands between the end of a chain and where it goes on.
    fn join(&mut self, at: usize, next: usize) {
        let (Some(last), Some(node)) = (self.node(at), self.node(next)) else {
            return;
        };
        let missing = self.missing(node);
        let trusts_number = self.trusts_number(next);
        let is_flawed = node.is_loose();
        let explains = last.flaw.is_some();
        match (node.prev, missing) {
            (Prev::Reset, _) => {}
            (_, Some(count)) if count > 0 && trusts_number => {
                self.items.push(Item::Gap(count.unsigned_abs(), true));
            }
            _ if is_flawed => {}
            (Prev::Start, _) => self.items.push(Item::Relink(Why::BeginsAnew)),
            _ if explains && missing.is_none_or(|count| count == 0) => {}
            (_, Some(0)) if !self.rules.has_own => {
                self.items.push(Item::Relink(Why::NamedOtherwise))
            }
            (_, Some(_)) => self.items.push(Item::Relink(Why::NothingMissing)),
            (_, None) => self.items.push(Item::Gap(1, false)),
        }
    }

    fn outcome(&self) -> Outcome {
        let mut outcome = Outcome::default();
        let mut sealed = Vec::new();
        let mut unsure: HashSet<Position> = HashSet::new();
        let mut at = 0;
        let mut last: Option<&Node> = None;
        for (place, item) in self.items.iter().enumerate() {
            match item {
                Item::Gap(count, is_sure) => {
                    if !is_sure {
                        unsure.insert(at);
                    }
                    sealed.push(Token {
                        key: key_of("gap", place),
                        at,
                        count: *count,
                        known: Known::Run,
                    });
                    at += count;
                }
                Item::Relink(why) => {
                    let next = match self.items.get(place + 1) {
                        Some(Item::Node(next)) => self.node(*next),
                        _ => None,
                    };
                    relink(&mut outcome, why, at, last, next);
                }
                Item::Node(number) => {
                    let Some(node) = self.node(*number) else {
                        continue;
                    };
                    if place == 0 {
                        outcome.has_head =
                            matches!(node.prev, Prev::Start | Prev::Reset) && node.flaw.is_none();
                    }
                    sealed.push(token(node, *number, at));
                    let is_behind_gap =
                        place > 0 && matches!(self.items.get(place - 1), Some(Item::Gap(..)));
                    flawed(&mut outcome, node, at, is_behind_gap);
                    at += node.count;
                    last = Some(node);
                }
            }
        }
        outcome.sealed_end = at;
        let stored = self.nodes.iter().enumerate();
        let stored: Vec<Token> = stored.map(|(n, node)| token(node, n, node.at)).collect();
        let alignment = align(&sealed, &stored, &[], at);
        for edit in alignment.edits {
            outcome.edit(&edit, &unsure);
        }
        outcome
            .facts
            .sort_by_key(|fact| (fact.sealed, fact.found, fact.kind));
        outcome
    }
}

impl Outcome {
    fn edit(&mut self, edit: &Edit, unsure: &HashSet<Position>) {
        let is_sure = edit.kind != BreakKind::Removed || !unsure.contains(&edit.position);
        if let Some(found) = edit.found {
            self.broken.push((found, found + edit.count));
        }
        self.facts.push(Fact {
            kind: edit.kind,
            sealed: edit.position,
            count: edit.count,
            found: edit.found,
            exact: is_sure,
            why: match edit.kind {
                BreakKind::Removed if is_sure => Why::Numbers,
                BreakKind::Removed => Why::NoNumbers,
                _ => Why::Order,
            },
            digests: None,
        });
    }
}

/// What tells a node that holds from all others.
fn held_by(node: &Node) -> Option<(Link, Link, u64)> {
    let (first, end) = node.first_id.zip(node.end_id)?;
    node.flaw.is_none().then_some((first, end, node.count))
}

/// The entry before, or the one that names it, is not what was sealed.
fn relink(
    outcome: &mut Outcome,
    why: &Why,
    sealed: Position,
    last: Option<&Node>,
    next: Option<&Node>,
) {
    let Some(next) = next else {
        return;
    };
    let before = last.map(|last| last.end().saturating_sub(1));
    if let Some(before) = before {
        outcome.broken.push((before, before + 1));
    }
    let is_content = *why == Why::NamedOtherwise;
    if !is_content {
        outcome.broken.push((next.at, next.at + 1));
    }
    outcome.facts.push(Fact {
        kind: if is_content {
            BreakKind::Modified
        } else {
            BreakKind::Relinked
        },
        sealed: if is_content {
            sealed.saturating_sub(1)
        } else {
            sealed
        },
        count: 1,
        found: if is_content { before } else { Some(next.at) },
        exact: is_content,
        why: why.clone(),
        digests: None,
    });
}

fn flawed(outcome: &mut Outcome, node: &Node, sealed: Position, is_behind_gap: bool) {
    let Some(flaw) = &node.flaw else {
        return;
    };
    outcome.broken.push((node.at, node.end()));
    let why = match flaw {
        Flaw::Differs { .. } => Why::Content,
        // The digest that it takes in is gone with the entries that are missing.
        Flaw::OutOfPlace { .. } if is_behind_gap => return,
        Flaw::OutOfPlace { .. } => Why::ContentOrPlace,
        Flaw::Unreadable(why) => Why::Unreadable(why.clone()),
        Flaw::Lump => Why::Lump,
    };
    outcome.facts.push(Fact {
        kind: BreakKind::Modified,
        sealed,
        count: node.count,
        found: Some(node.at),
        exact: match why {
            Why::Lump => false,
            Why::ContentOrPlace => node.seq.is_some(),
            _ => true,
        },
        why,
        digests: flaw.digests(),
    });
}

/// Nodes that hold are told by their digests, others by their number.
fn token(node: &Node, number: usize, at: Position) -> Token {
    let key = match (node.first_id, node.end_id, &node.flaw) {
        (Some(first), Some(end), None) => {
            let mut bytes = Vec::with_capacity(72);
            bytes.extend_from_slice(&first.bytes());
            bytes.extend_from_slice(&end.bytes());
            bytes.extend_from_slice(&node.count.to_be_bytes());
            digest_of(&bytes)
        }
        _ => key_of("node", number),
    };
    Token {
        key,
        at,
        count: node.count,
        known: Known::Run,
    }
}

fn key_of(kind: &str, number: usize) -> Digest {
    digest_of(format!("{kind} {number}").as_bytes())
}

fn digest_of(bytes: &[u8]) -> Digest {
    let digest = HashAlg::Sha256.digest(bytes);
    Digest::new(digest.as_slice().try_into().unwrap_or([0; 32]))
}
