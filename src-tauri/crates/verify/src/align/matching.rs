//! The longest common subsequence of two token sequences, by weight in leaves.
//!
//! Of several, the one with most leaves at their own index, then the one that ends first in the
//! file: so that a change is always told the same way, and the way a person would tell it.

use std::collections::HashMap;
use std::ops::Range;

use sealscope_model::Digest;

use super::Token;

/// Above this many pairs of equal tokens, a token that repeats is only paired with those of about
/// the same turn: work and memory stay bounded.
const PAIRS_MAX: usize = 1 << 21;
/// How many turns aside are looked at then.
const TURNS_ASIDE: usize = 2;

/// Pairs of indexes whose tokens are equal, increasing on both sides.
pub(super) fn matched_pairs(sealed: &[Token], stored: &[Token]) -> Vec<(usize, usize)> {
    let (mut s, mut t) = (0..sealed.len(), 0..stored.len());
    let mut pairs = Vec::new();
    let same = |s: usize, t: usize| {
        matches!((sealed.get(s), stored.get(t)),
            (Some(a), Some(b)) if a.key == b.key && a.known.is_known())
    };
    while s.start < s.end && t.start < t.end && same(s.start, t.start) {
        pairs.push((s.start, t.start));
        (s.start, t.start) = (s.start + 1, t.start + 1);
    }
    let mut behind = Vec::new();
    while s.start < s.end && t.start < t.end && same(s.end - 1, t.end - 1) {
        (s.end, t.end) = (s.end - 1, t.end - 1);
        behind.push((s.end, t.end));
    }
    if !s.is_empty() && !t.is_empty() {
        pairs.extend(Chains::longest(sealed, stored, s, t));
    }
    pairs.extend(behind.into_iter().rev());
    pairs
}

/// How good a chain of pairs is: the greater the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Score {
    /// Leaves in it.
    leaves: u64,
    /// Leaves in it that stand at their own index.
    in_place: u64,
    /// The earlier it ends in the file, the greater.
    ends_first: std::cmp::Reverse<usize>,
}

/// A pair and the one before it in its chain.
struct Link {
    s: usize,
    t: usize,
    before: Option<usize>,
}

type End = (Score, Option<usize>);

/// A Fenwick tree of the best chain that ends at or before each sealed token.
struct Chains {
    best: Vec<End>,
    links: Vec<Link>,
}

impl Chains {
    fn longest(
        sealed: &[Token],
        stored: &[Token],
        s: Range<usize>,
        t: Range<usize>,
    ) -> Vec<(usize, usize)> {
        let places = Places::of(sealed, stored, &s, &t);
        let mut chains = Self {
            best: vec![End::default(); s.len() + 1],
            links: Vec::new(),
        };
        let at = |tokens: &[Token], index: usize| tokens.get(index).map_or(0, |token| token.at);
        let (s_origin, t_origin) = (at(sealed, s.start), at(stored, t.start));
        let mut turns: HashMap<Digest, usize> = HashMap::new();
        let mut found = Vec::new();
        for t_at in t {
            let Some(token) = stored.get(t_at) else {
                continue;
            };
            for s_at in places.candidates(&token.key, &mut turns) {
                let node = s_at - s.start;
                let (score, before) = chains.best_before(node);
                let is_own = at(sealed, *s_at) - s_origin == token.at - t_origin;
                let score = Score {
                    leaves: score.leaves + token.count,
                    in_place: score.in_place + if is_own { token.count } else { 0 },
                    ends_first: std::cmp::Reverse(t_at),
                };
                found.push((node, score));
                chains.links.push(Link {
                    s: *s_at,
                    t: t_at,
                    before,
                });
            }
            // Only now: a chain has no two pairs with one stored token.
            let first = chains.links.len() - found.len();
            for ((node, score), link) in found.drain(..).zip(first..) {
                chains.offer(node, (score, Some(link)));
            }
        }
        chains.unwind(s.len())
    }

    /// The best chain that ends before this node.
    fn best_before(&self, node: usize) -> End {
        let (mut node, mut top) = (node, End::default());
        while node > 0 {
            let end = self.best.get(node).copied().unwrap_or_default();
            if end.0 > top.0 {
                top = end;
            }
            node &= node - 1;
        }
        top
    }

    fn offer(&mut self, node: usize, end: End) {
        let mut node = node + 1;
        while let Some(slot) = self.best.get_mut(node) {
            if end.0 > slot.0 {
                *slot = end;
            }
            node += node & node.wrapping_neg();
        }
    }

    fn unwind(&self, width: usize) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut at = self.best_before(width).1;
        while let Some(link) = at.and_then(|at| self.links.get(at)) {
            pairs.push((link.s, link.t));
            at = link.before;
        }
        pairs.reverse();
        pairs
    }
}

/// Where each sealed token of a range stands.
struct Places {
    of: HashMap<Digest, Vec<usize>>,
    are_many: bool,
}

impl Places {
    fn of(sealed: &[Token], stored: &[Token], s: &Range<usize>, t: &Range<usize>) -> Self {
        let wanted = stored.get(t.clone()).unwrap_or_default();
        let mut of: HashMap<Digest, Vec<usize>> = HashMap::new();
        for token in wanted {
            of.entry(token.key).or_default();
        }
        for s_at in s.clone() {
            match sealed.get(s_at) {
                Some(token) if token.known.is_known() => {
                    if let Some(list) = of.get_mut(&token.key) {
                        list.push(s_at);
                    }
                }
                _ => {}
            }
        }
        let pairs = wanted
            .iter()
            .map(|token| of.get(&token.key).map_or(0, Vec::len));
        let are_many = pairs.sum::<usize>() > PAIRS_MAX;
        Self { of, are_many }
    }

    fn candidates(&self, key: &Digest, turns: &mut HashMap<Digest, usize>) -> &[usize] {
        let Some(list) = self.of.get(key) else {
            return &[];
        };
        if !self.are_many || list.len() <= 1 {
            return list;
        }
        let turn = turns.entry(*key).or_default();
        let from = turn.saturating_sub(TURNS_ASIDE).min(list.len());
        let to = (*turn + TURNS_ASIDE + 1).min(list.len());
        *turn += 1;
        list.get(from..to).unwrap_or_default()
    }
}
