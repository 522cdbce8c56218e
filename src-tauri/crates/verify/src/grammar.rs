//! The rules that control lines keep among themselves (`sealog.md`, sections 2, 4 and 7).
//!
//! Only lines that are as they were sealed are held to them: a changed line was already named.

use sealscope_archive::sealog::{Control, Header, Identity};
use sealscope_model::{Break, BreakKind, Digest, Observation, ObservationKind, Position};

use crate::seals::Seals;

/// A control line with its places.
#[derive(Debug, Clone)]
pub(crate) struct PlacedControl {
    /// Where it is stored.
    pub(crate) stored: Position,
    /// Where it was sealed; `None` when it is not as it was sealed, or not sealed at all.
    pub(crate) sealed: Option<Position>,
    pub(crate) control: Control,
}

/// What the rules found.
#[derive(Debug, Default)]
pub(crate) struct Grammar {
    pub(crate) breaks: Vec<Break>,
    pub(crate) observations: Vec<Observation>,
    /// Whether a sealed `close` is the last sealed leaf.
    pub(crate) is_closed: bool,
    /// Whether the first leaf is a sealed header that agrees with the rest.
    pub(crate) has_sound_header: bool,
    /// How the log ends by its own words.
    pub(crate) gaps: u64,
}

/// What the rules are held against.
pub(crate) struct Surroundings<'a> {
    pub(crate) identity: Option<&'a Identity>,
    pub(crate) start: Position,
    pub(crate) seals: &'a Seals,
    /// One past the last leaf that a usable seal covers.
    pub(crate) sealed_end: Position,
    /// One past the last leaf stored.
    pub(crate) stored_end: Position,
    /// Whether the sealed leaf at an index is stored where it was sealed or elsewhere, unchanged.
    pub(crate) is_kept: &'a dyn Fn(Position) -> bool,
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

fn check_header(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    let mut headers = controls.iter().filter_map(|placed| match &placed.control {
        Control::Header(header) => Some((placed, header)),
        _ => None,
    });
    let first = headers
        .next()
        .filter(|(placed, _)| placed.stored == around.start);
    match first {
        Some((placed, header)) => {
            let before = grammar.breaks.len();
            if let Some(sealed_at) = placed.sealed {
                compare_header(header, sealed_at, around, grammar);
            }
            grammar.has_sound_header = placed.sealed.is_some() && grammar.breaks.len() == before;
        }
        None if around.start > 0 => grammar.breaks.push(named(
            BreakKind::Removed,
            0,
            around.start,
            format!(
                "The archive has lost its head: its first entry, {}, is not its header.",
                around.start
            ),
        )),
        None if (around.is_kept)(0) => grammar.breaks.push(named(
            BreakKind::Modified,
            0,
            1,
            "The first entry is not the header that every archive begins with.".to_owned(),
        )),
        // Its change or removal is named where entries are compared.
        None => {}
    }
    for (placed, _) in headers {
        if let Some(position) = placed.sealed {
            grammar.breaks.push(named(
                BreakKind::Inserted,
                position,
                1,
                format!("Entry {position} is a second header."),
            ));
        }
    }
}

fn compare_header(
    header: &Header,
    sealed_at: Position,
    around: &Surroundings<'_>,
    grammar: &mut Grammar,
) {
    let mut differs = |what: &str| {
        let says = format!("The header states {what}.");
        grammar
            .breaks
            .push(named(BreakKind::Modified, sealed_at, 0, says));
    };
    if header.start != sealed_at {
        differs(&format!(
            "start {}, but stands at {sealed_at}",
            header.start
        ));
    }
    if let Some(identity) = around.identity {
        if identity.start != header.start {
            differs(&format!(
                "start {}, SLID states {}",
                header.start, identity.start
            ));
        }
        if uuid_text(&identity.archive) != header.archive.to_lowercase() {
            differs("another archive uuid than SLID");
        }
    }
    match &around.seals.origin {
        Some(origin) if *origin != header.checkpoint_origin() => {
            differs(&format!(
                "the log {}, the checkpoints {origin}",
                header.checkpoint_origin()
            ));
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

/// Every leaf after a checkpoint is a `segment` that names it: the chain of seals.
fn check_links(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    let all = around
        .seals
        .bounds
        .iter()
        .chain(&around.seals.others)
        .chain(&around.seals.bad);
    let seals: Vec<_> = all.collect();
    let mut number = 0;
    for placed in controls {
        let (
            Some(at),
            Control::Segment {
                previous,
                number: stated,
                ..
            },
        ) = (placed.sealed, &placed.control)
        else {
            continue;
        };
        number += 1;
        let claimed = previous.as_ref().and_then(|hex| Digest::from_hex(hex).ok());
        let is_linked = match claimed {
            Some(hash) => seals
                .iter()
                .any(|seal| seal.size == at && seal.payload_hash == hash),
            None => previous.is_none() && at <= around.start + 1,
        };
        if !is_linked {
            grammar.breaks.push(named(
                BreakKind::Relinked,
                at,
                0,
                format!(
                    "Segment {stated}, at entry {at}, names a checkpoint before it that is not in \
                     the file as it was then."
                ),
            ));
        } else if around.is_unchanged && *stated != number {
            grammar.breaks.push(named(
                BreakKind::Relinked,
                at,
                0,
                format!("The segment at entry {at} has number {stated}; it is the {number}th."),
            ));
        }
    }
    for seal in around
        .seals
        .bounds
        .iter()
        .filter(|seal| seal.size < around.sealed_end)
    {
        let has_link = controls.iter().any(|placed| {
            placed.sealed == Some(seal.size) && matches!(placed.control, Control::Segment { .. })
        });
        if !has_link && (around.is_kept)(seal.size) {
            grammar.breaks.push(named(
                BreakKind::Relinked,
                seal.size,
                0,
                format!(
                    "Entry {} follows a checkpoint and does not name it.",
                    seal.size
                ),
            ));
        }
    }
}

fn check_close(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    for placed in controls {
        let (Some(at), Control::Close { size, .. }) = (placed.sealed, &placed.control) else {
            continue;
        };
        if *size != at + 1 {
            grammar.breaks.push(named(
                BreakKind::Modified,
                at,
                0,
                format!("The log was closed at {size} entries, but its close is entry {at}."),
            ));
        }
        let after = around.sealed_end.saturating_sub(at + 1);
        let stored_after = around.stored_end.saturating_sub(placed.stored + 1);
        if after > 0 || stored_after > 0 {
            grammar.breaks.push(named(
                BreakKind::Inserted,
                at + 1,
                after.max(stored_after),
                format!(
                    "{} entries stand after entry {at}, which closes the log.",
                    after.max(stored_after)
                ),
            ));
        }
        grammar.is_closed = *size == at + 1 && after == 0 && stored_after == 0;
    }
}

fn check_sources(controls: &[PlacedControl], around: &Surroundings<'_>, grammar: &mut Grammar) {
    let mut open: Option<(Position, &str)> = None;
    let (mut controls_inside, mut excused) = (0, false);
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
                if let Some((at, before)) = open.filter(|_| !excused) {
                    observe(at, format!("The source {before:?} was never finished."));
                }
                open = Some((placed.stored, name));
                (controls_inside, excused) = (0, false);
            }
            Control::SourceEnd { entries, .. } => match open.take() {
                None => observe(placed.stored, "A source ends that never began.".to_owned()),
                Some((at, name)) if around.is_unchanged => {
                    let there = placed.stored - at - 1 - controls_inside;
                    if there != *entries {
                        let says = format!(
                            "The source {name:?} is said to have {entries} entries; {there} \
                                 are here."
                        );
                        observe(placed.stored, says);
                    }
                }
                Some(_) => {}
            },
            Control::Gap { reason, count } => {
                grammar.gaps += 1;
                let lost =
                    count.map_or_else(|| "an unknown number of".to_owned(), |n| n.to_string());
                observe(
                    placed.stored,
                    format!("The writer says that {lost} entries are missing here: {reason}"),
                );
                // A source that was left open is ended by a gap.
                excused = true;
                controls_inside += 1;
            }
            Control::Segment { .. } | Control::Header(_) | Control::Close { .. } => {
                controls_inside += 1;
            }
            Control::Line { .. } => {}
        }
    }
    if let Some((at, name)) = open.filter(|_| !excused) {
        observe(at, format!("The source {name:?} was never finished."));
    }
}
