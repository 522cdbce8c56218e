//! The chain of an archive whose seals stand outside its entries: digests of hours, tags of a
//! journal, runs of lines. The seals are the chain; what the one in the middle covers stands under
//! it.

use std::ops::Range;

use sealscope_model::{Break, Position, Verdict};
use sealscope_verify::{SealLink, grouped};

use super::{ChainKind, ChainLink, ChainNode};
use crate::rows::RowError;

/// Entries on either side of the middle one at most: the seals are what is drawn.
const ENTRIES_AROUND_MAX: u64 = 3;

/// What the drawing is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// This entry.
    Entry(Position),
    /// The seal of this number, near this entry.
    Seal(usize, Position),
}

impl Place {
    /// An entry; the nearest one where there is none at the position.
    pub(super) fn of_entry(position: Position, (begin, end): (Position, Position)) -> Self {
        Self::Entry(position.min(end.saturating_sub(1)).max(begin))
    }

    /// The entry that a break is about; of one that is about a file, or about no entries, the seal.
    pub(super) fn of_break(
        found: &Break,
        links: &[SealLink],
        bounds: (Position, Position),
    ) -> Self {
        let stored = found.found.unwrap_or(found.position);
        let of_file = |link: &SealLink| found.file.is_some() && link.file == found.file;
        if let Some(number) = links.iter().position(of_file) {
            return Self::Seal(number, stored);
        }
        let near = [stored, stored.saturating_sub(1)].map(|position| covering(links, position));
        match near.into_iter().flatten().next() {
            Some(number) if found.count == 0 => Self::Seal(number, stored),
            _ => Self::of_entry(stored, bounds),
        }
    }
}

type ReadEntry<'r> = &'r dyn Fn(Position) -> Result<Vec<ChainNode>, RowError>;

/// Draws up to `around` seals on either side of the place, and under the one in the middle the
/// entries next to it. `read` gives the nodes of an entry, with what is missing before it.
pub(super) fn draw(
    links: &[SealLink],
    place: Place,
    around: usize,
    read: ReadEntry<'_>,
) -> Result<Vec<ChainNode>, RowError> {
    let (middle, position, is_entry) = match place {
        Place::Seal(number, position) => (Some(number), position, false),
        Place::Entry(position) => (covering(links, position), position, true),
    };
    // Entries under no seal stand after the seals of the entries before them.
    let gap = match middle {
        Some(_) => None,
        None => Some(first_after(links, position)),
    };
    let at = middle.or(gap).unwrap_or(0);
    let first = at.saturating_sub(around);
    let end = at
        .saturating_add(around + usize::from(gap.is_none()))
        .min(links.len());
    let mut nodes = Vec::new();
    nodes.extend(left_out(first, "before"));
    for (number, link) in links.iter().enumerate().take(end).skip(first) {
        if gap == Some(number) {
            under_no_seal(position, read, &mut nodes)?;
        }
        let mut node = seal(number, link);
        node.is_here = middle == Some(number) && !is_entry;
        nodes.push(node);
        if middle == Some(number) {
            let around = ENTRIES_AROUND_MAX.min(around as u64);
            under(&link.covers, position, around, is_entry, read, &mut nodes)?;
        }
    }
    if gap == Some(end) {
        under_no_seal(position, read, &mut nodes)?;
    }
    nodes.extend(left_out(links.len() - end, "after"));
    if let Some(node) = nodes.first_mut() {
        node.link = ChainLink::None;
    }
    Ok(nodes)
}

/// The number of the first seal over an entry.
fn covering(links: &[SealLink], position: Position) -> Option<usize> {
    links
        .iter()
        .position(|link| link.covers.iter().any(|range| range.contains(&position)))
}

/// The number of the seal before which an entry under no seal stands.
fn first_after(links: &[SealLink], position: Position) -> usize {
    let end_before = |link: &SealLink| {
        let ends = link.covers.iter().map(|range| range.end);
        ends.filter(|end| *end <= position).max()
    };
    let nearest = (0..links.len()).max_by_key(|number| links.get(*number).and_then(end_before));
    let is_before = |number: &usize| links.get(*number).and_then(end_before).is_some();
    nearest.filter(is_before).map_or(0, |number| number + 1)
}

fn left_out(count: usize, side: &str) -> Option<ChainNode> {
    let what = if count == 1 { "seal" } else { "seals" };
    let label = format!("… {} {what} {side}", grouped(count as u64));
    (count > 0).then(|| ChainNode {
        link: ChainLink::None,
        ..ChainNode::new(ChainKind::More, label)
    })
}

fn seal(number: usize, link: &SealLink) -> ChainNode {
    let count: u64 = link.covers.iter().map(length).sum();
    let covers = match count {
        0 => None,
        1 => Some("Covers 1 entry.".to_owned()),
        _ => Some(format!("Covers {} entries.", grouped(count))),
    };
    let note = Some(link.note.clone()).filter(|note| !note.is_empty());
    let note = covers.into_iter().chain(note).collect::<Vec<_>>().join(" ");
    if link.is_missing {
        return ChainNode {
            note,
            file: link.file.clone(),
            ..ChainNode::missing(link.label.clone())
        };
    }
    ChainNode {
        position: link.covers.iter().map(|range| range.start).min(),
        verdict: link.verdict,
        link: match link.follows {
            Some(true) => ChainLink::Ok,
            Some(false) => ChainLink::Broken,
            None if number == 0 => ChainLink::None,
            None => ChainLink::Unknown,
        },
        note,
        file: link.file.clone(),
        ..ChainNode::new(ChainKind::Checkpoint, link.label.clone())
    }
}

fn length(range: &Range<Position>) -> u64 {
    range.end.saturating_sub(range.start)
}

/// Draws entries of a seal: those next to `position`, the first ones where it covers none there.
fn under(
    covers: &[Range<Position>],
    position: Position,
    around: u64,
    is_entry: bool,
    read: ReadEntry<'_>,
    nodes: &mut Vec<ChainNode>,
) -> Result<(), RowError> {
    let mut covers = covers.to_vec();
    covers.sort_by_key(|range| range.start);
    let total: u64 = covers.iter().map(length).sum();
    let before = |range: &Range<Position>| length(&(range.start..range.end.min(position)));
    // How many of its entries stand before the place.
    let rank: u64 = covers.iter().map(before).sum();
    let first = rank.saturating_sub(around);
    let end = rank.saturating_add(around + 1).min(total);
    nodes.extend(more_entries(first, "before"));
    let mut skipped = 0;
    for range in &covers {
        let from = first.max(skipped) - skipped;
        let to = end.saturating_sub(skipped).min(length(range));
        for stored in (from..to).map(|offset| range.start + offset) {
            for mut node in read(stored)? {
                node.is_here = is_entry && node.position == Some(position);
                node.is_under = true;
                nodes.push(node);
            }
        }
        skipped += length(range);
    }
    nodes.extend(more_entries(total - end.max(first), "after"));
    Ok(())
}

fn more_entries(count: u64, side: &str) -> Option<ChainNode> {
    let what = if count == 1 { "entry" } else { "entries" };
    let label = format!("… {} more {what} {side}", grouped(count));
    (count > 0).then(|| ChainNode {
        link: ChainLink::None,
        is_under: true,
        ..ChainNode::new(ChainKind::More, label)
    })
}

/// Draws an entry that no seal covers.
fn under_no_seal(
    position: Position,
    read: ReadEntry<'_>,
    nodes: &mut Vec<ChainNode>,
) -> Result<(), RowError> {
    let head = ChainNode {
        link: ChainLink::None,
        verdict: Some(Verdict::Unsealed),
        ..ChainNode::new(ChainKind::More, "Under no seal".to_owned())
    };
    nodes.push(head);
    let entry = position..position.saturating_add(1);
    under(&[entry], position, 0, true, read, nodes)
}

#[cfg(test)]
#[allow(
    clippy::single_range_in_vec_init,
    reason = "a seal covers one range of entries here"
)]
mod tests {
    use super::*;

    fn link(label: &str, covers: &[Range<Position>]) -> SealLink {
        SealLink {
            label: label.to_owned(),
            covers: covers.to_vec(),
            verdict: Some(Verdict::Intact),
            follows: Some(true),
            is_missing: false,
            file: Some(format!("{label}.json.gz")),
            note: String::new(),
        }
    }

    fn entry(position: Position) -> Result<Vec<ChainNode>, RowError> {
        let node = ChainNode::new(ChainKind::Entry, grouped(position));
        Ok(vec![ChainNode {
            position: Some(position),
            link: ChainLink::None,
            ..node
        }])
    }

    /// The chain as a line of text; what stands under a seal is in brackets of its own.
    fn drawn(links: &[SealLink], place: Place, around: usize) -> String {
        let nodes = draw(links, place, around, &entry).expect("it is drawn");
        let draw = |node: &ChainNode| {
            let link = match node.link {
                ChainLink::None => "",
                ChainLink::Ok => "-- ",
                ChainLink::Broken => "xx ",
                ChainLink::Unknown => ".. ",
            };
            let here = if node.is_here { "*" } else { "" };
            match node.is_under {
                true => format!("{link}({}{here})", node.label),
                false => format!("{link}[{}{here}]", node.label),
            }
        };
        nodes.iter().map(draw).collect::<Vec<_>>().join(" ")
    }

    fn hours() -> Vec<SealLink> {
        let mut links = vec![
            link("A", &[0..10]),
            link("B", &[]),
            link("C", &[10..12, 20..30]),
            link("D", &[12..20]),
        ];
        links[0].follows = None;
        links
    }

    #[test]
    fn an_entry_stands_under_its_seal_between_its_neighbours() {
        assert_eq!(
            drawn(&hours(), Place::Entry(4), 1),
            "[A] (… 3 more entries before) (3) (4*) (5) (… 4 more entries after) -- [B] \
             [… 2 seals after]"
        );
    }

    #[test]
    fn neighbours_are_those_under_the_same_seal() {
        assert_eq!(
            drawn(&hours(), Place::Entry(20), 1),
            "[… 1 seal before] -- [B] -- [C] (… 1 more entry before) (11) (20*) (21) \
             (… 8 more entries after) -- [D]"
        );
    }

    #[test]
    fn a_break_of_a_file_is_drawn_at_its_seal() {
        let mut links = hours();
        links[1].is_missing = true;
        links[1].verdict = None;
        links[2].follows = None;
        let mut found = Break::new(sealscope_model::BreakKind::MissingFile, 10, 0, "");
        found.file = links[1].file.clone();
        let place = Place::of_break(&found, &links, (0, 30));
        assert_eq!(place, Place::Seal(1, 10));
        assert_eq!(
            drawn(&links, place, 1),
            "[A] xx [B*] .. [C] [… 1 seal after]"
        );
        let nodes = draw(&links, place, 1, &entry).expect("it is drawn");
        assert_eq!(nodes[1].kind, ChainKind::Missing);
    }

    #[test]
    fn a_break_without_entries_is_drawn_at_the_seal_there() {
        let found = Break::new(sealscope_model::BreakKind::MissingFile, 30, 0, "");
        let place = Place::of_break(&found, &hours(), (0, 30));
        assert_eq!(place, Place::Seal(2, 30));
        let text = drawn(&hours(), place, 0);
        assert_eq!(
            text,
            "[… 2 seals before] -- [C*] (… 12 more entries before) [… 1 seal after]"
        );
    }

    #[test]
    fn a_break_of_entries_is_drawn_at_the_first_of_them() {
        let found = Break::new(sealscope_model::BreakKind::Modified, 12, 8, "");
        assert_eq!(Place::of_break(&found, &hours(), (0, 30)), Place::Entry(12));
    }

    #[test]
    fn an_entry_under_no_seal_is_said_to_be_so() {
        assert_eq!(
            drawn(&hours(), Place::Entry(30), 1),
            "[… 2 seals before] -- [C] [Under no seal] (30*) -- [D]"
        );
        let tail = [link("A", &[0..4])];
        assert_eq!(drawn(&tail, Place::Entry(5), 3), "[A] [Under no seal] (5*)");
        let late = [link("A", &[2..4])];
        assert_eq!(
            drawn(&late, Place::Entry(0), 3),
            "[Under no seal] (0*) -- [A]"
        );
    }

    #[test]
    fn a_seal_says_how_much_it_covers_and_how_it_hangs() {
        let mut broken = link("A", &[0..1]);
        broken.follows = Some(false);
        broken.note = "Lists 2 log files.".to_owned();
        let node = seal(3, &broken);
        assert_eq!(node.note, "Covers 1 entry. Lists 2 log files.");
        assert_eq!((node.link, node.position), (ChainLink::Broken, Some(0)));
        broken.follows = None;
        assert_eq!(seal(3, &broken).link, ChainLink::Unknown);
    }

    #[test]
    fn an_archive_of_seals_without_entries_is_drawn() {
        let links = [link("A", &[]), link("B", &[])];
        assert_eq!(drawn(&links, Place::Seal(1, 0), 3), "[A] -- [B*]");
        let place = Place::of_entry(7, (0, 0));
        assert!(draw(&links, place, 3, &|at| Err(RowError::NoEntry(at))).is_err());
    }
}
