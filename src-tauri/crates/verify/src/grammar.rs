//! The rules that control lines keep among themselves (`sealog.md`, sections 2, 4 and 7).
//!
//! Only lines that are as they were sealed are held to them: a changed line was already named.

use std::collections::{HashMap, HashSet};

use sealscope_archive::sealog::{Control, Header, Identity};
use sealscope_model::{Break, BreakKind, Digest, Observation, ObservationKind, Position, Verdict};

use crate::seals::Seals;
use crate::summary::{entries, grouped};

/// A control line with its places.
#[derive(Debug, Clone)]
pub(crate) struct PlacedControl {
    /// Where it is stored.
    pub(crate) stored: Position,
    /// Its leaf index: where it was sealed, or after the last seal the one that it would have.
    /// `None` when it is not as it was sealed.
    pub(crate) place: Option<Position>,
    pub(crate) control: Control,
}

/// What the rules found.
#[derive(Debug, Default)]
pub(crate) struct Grammar {
    pub(crate) breaks: Vec<Break>,
    pub(crate) observations: Vec<Observation>,
    /// Whether a `close` of its own size is the last line.
    pub(crate) is_closed: bool,
    /// Where the first `close` is stored that has lines after it.
    pub(crate) closed_at: Option<Position>,
    /// Whether the first leaf is a header that agrees with the rest.
    pub(crate) has_sound_header: bool,
}

/// What the rules are held against.
pub(crate) struct Surroundings<'a> {
    pub(crate) identity: Option<&'a Identity>,
    pub(crate) start: Position,
    /// The verdict of the first line; `None` where there is none.
    pub(crate) first: Option<Verdict>,
    pub(crate) seals: &'a Seals,
    /// One past the last leaf that a seal covers.
    pub(crate) sealed_end: Position,
    /// One past the last leaf stored.
    pub(crate) stored_end: Position,
    /// Where the leaf of an index is stored, if it is there in order and unchanged.
    pub(crate) stored_of: &'a dyn Fn(Position) -> Option<Position>,
    /// Whether bytes that do not parse stand before the segment of a stored line.
    pub(crate) is_torn_before: &'a dyn Fn(Position) -> bool,
    /// How many lines from a stored index on are not broken.
    pub(crate) not_broken_from: &'a dyn Fn(Position) -> u64,
    /// Whether it is named already that the first leaf is not as it was sealed.
    pub(crate) has_lost_head: bool,
    /// Whether no entry was changed, so that counts can be held against each other.
    pub(crate) is_unchanged: bool,
}

/// Holds the control lines against each other and against the seals.
pub(crate) fn check_controls(controls: &[PlacedControl], around: &Surroundings<'_>) -> Grammar {
    let mut grammar = Grammar::default();
    check_header(controls, around, &mut grammar);
    check_links(controls, around, &mut grammar);
    check_close(controls, around, &mut grammar);
    check_sources(controls, around, &mut grammar);
    grammar
}

fn named(kind: BreakKind, position: Position, count: u64, says: String) -> Break {
    let mut named = Break::new(kind, position, count, says);
    named.exact = true;
    named
}

fn relinked(position: Position, says: String) -> Break {
    named(BreakKind::Relinked, position, 0, says)
}

fn check_header(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    let headers = controls.iter().filter_map(|placed| match &placed.control {
        Control::Header(header) => Some((placed, header)),
        _ => None,
    });
    let mut has_first = false;
    for (placed, header) in headers {
        if placed.place.unwrap_or(placed.stored) == around.start {
            has_first = true;
            if let Some(place) = placed.place {
                let before = grammar.breaks.len();
                compare_header(header, place, around, grammar);
                grammar.has_sound_header = grammar.breaks.len() == before;
            }
        } else if let Some(place) = placed.place {
            let says = format!("Entry {} is a second header.", grouped(place));
            grammar.breaks.push(relinked(place, says));
        }
    }
    let is_as_sealed = around
        .first
        .is_some_and(|verdict| verdict != Verdict::Broken);
    if !has_first && is_as_sealed && !around.has_lost_head {
        let count = around.start.max(1);
        let says = "The archive has lost its head: its first entry is not the header that every \
                    archive begins with.";
        grammar
            .breaks
            .push(named(BreakKind::Removed, 0, count, says.to_owned()));
    }
}

fn compare_header(
    header: &Header,
    place: Position,
    around: &Surroundings<'_>,
    grammar: &mut Grammar,
) {
    let mut differs = |what: String| {
        let says = format!("The header states {what}.");
        grammar.breaks.push(relinked(place, says));
    };
    if header.start != place {
        differs(format!(
            "that the archive begins with entry {}, and is itself entry {}",
            grouped(header.start),
            grouped(place)
        ));
    }
    if let Some(identity) = around.identity {
        if identity.start != header.start && header.start == place {
            differs(format!(
                "that the archive begins with entry {}, SLID states entry {}",
                grouped(header.start),
                grouped(identity.start)
            ));
        }
        if uuid_text(&identity.archive) != header.archive.to_lowercase() {
            differs("another archive uuid than SLID".to_owned());
        }
    }
    let claimed = header.checkpoint_origin();
    match &around.seals.origin {
        Some(origin) if *origin != claimed => {
            differs(format!("the log {claimed:?}, the checkpoints {origin:?}"));
        }
        _ => {}
    }
}

/// The text form of a uuid (RFC 9562 §4).
pub(crate) fn uuid_text(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (number, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&number) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// Every leaf after a checkpoint is a `segment` that names it, and no other leaf is one: this is
/// the chain of seals.
fn check_links(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    let mut links: HashMap<Position, Vec<Digest>> = HashMap::new();
    for seal in around.seals.all() {
        links.entry(seal.size).or_default().push(seal.payload_hash);
    }
    let mut linked = HashSet::new();
    let mut number = 0;
    for placed in controls {
        let (
            Some(at),
            Control::Segment {
                previous,
                number: stated,
                ..
            },
        ) = (placed.place, &placed.control)
        else {
            continue;
        };
        number += 1;
        linked.insert(at);
        let claimed = previous.as_ref().and_then(|hex| Digest::from_hex(hex).ok());
        let names_it =
            claimed.is_some_and(|hash| links.get(&at).is_some_and(|all| all.contains(&hash)));
        if !names_it {
            if !(around.is_torn_before)(placed.stored) {
                let says = format!(
                    "Segment {}, at entry {}, does not continue from the checkpoint before it: it \
                     names one that is not in the file.",
                    grouped(*stated),
                    grouped(at)
                );
                grammar.breaks.push(relinked(at, says));
            }
        } else if around.is_unchanged && *stated != number {
            let says = format!(
                "The segment at entry {} has number {}; by its place it is number {}.",
                grouped(at),
                grouped(*stated),
                grouped(number)
            );
            grammar.breaks.push(relinked(at, says));
        }
    }
    let mut sizes: Vec<Position> = links.into_keys().collect();
    sizes.sort_unstable();
    for size in sizes.into_iter().filter(|size| *size > around.start) {
        let stored = (around.stored_of)(size).filter(|_| !linked.contains(&size));
        if stored.is_some_and(|stored| !(around.is_torn_before)(stored)) {
            let says = format!(
                "Entry {} follows a checkpoint and does not name it.",
                grouped(size)
            );
            grammar.breaks.push(relinked(size, says));
        }
    }
}

fn check_close(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    for placed in controls {
        let (Some(at), Control::Close { size, .. }) = (placed.place, &placed.control) else {
            continue;
        };
        if *size != at + 1 {
            let says = format!(
                "The log was closed at {}, but its close is entry {}.",
                entries(*size),
                grouped(at)
            );
            grammar.breaks.push(relinked(at, says));
        }
        let is_last = placed.stored + 1 == around.stored_end && around.sealed_end <= at + 1;
        grammar.is_closed = *size == at + 1 && is_last;
        // What was added after it and is named already is not named again.
        let after = (around.not_broken_from)(placed.stored + 1);
        if after > 0 && grammar.closed_at.is_none() {
            grammar.closed_at = Some(placed.stored);
            let stands = if after == 1 { "stands" } else { "stand" };
            let says = format!(
                "{} {stands} after entry {}, which closes the log.",
                entries(after),
                grouped(at)
            );
            let mut late = named(BreakKind::Inserted, at + 1, after, says);
            late.found = Some(placed.stored + 1);
            grammar.breaks.push(late);
        }
    }
}

fn check_sources(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    let mut open: Option<(Position, &str)> = None;
    let (mut controls_inside, mut is_excused) = (0, false);
    let mut observe = |position: Position, says: String| {
        grammar.observations.push(Observation {
            kind: ObservationKind::SequenceGap,
            position: Some(position),
            says,
        });
    };
    for placed in controls {
        match &placed.control {
            Control::Source { name, .. } => {
                if let Some((at, before)) = open.filter(|_| !is_excused) {
                    observe(at, format!("The source {before:?} was never finished."));
                }
                open = Some((placed.stored, name));
                (controls_inside, is_excused) = (0, false);
            }
            Control::SourceEnd {
                entries: stated, ..
            } => match open.take() {
                None => observe(placed.stored, "A source ends that never began.".to_owned()),
                Some((at, name)) if around.is_unchanged => {
                    let there = placed.stored - at - 1 - controls_inside;
                    if there != *stated {
                        let says = format!(
                            "The source {name:?} is said to have {}; the file has {there}.",
                            entries(*stated)
                        );
                        observe(placed.stored, says);
                    }
                }
                Some(_) => {}
            },
            Control::Gap { reason, count } => {
                let lost = match count {
                    None => "entries are missing here, it is not known how many".to_owned(),
                    Some(1) => "1 entry is missing here".to_owned(),
                    Some(count) => format!("{} are missing here", entries(*count)),
                };
                observe(
                    placed.stored,
                    format!("The writer says that {lost}: {reason:?}."),
                );
                // A source that was left open is ended by a gap.
                is_excused = true;
                controls_inside += 1;
            }
            Control::Segment { .. } | Control::Header(_) | Control::Close { .. } => {
                controls_inside += 1;
            }
            Control::Line { .. } => {}
        }
    }
    if let Some((at, name)) = open.filter(|_| !is_excused) {
        observe(at, format!("The source {name:?} was never finished."));
    }
}
