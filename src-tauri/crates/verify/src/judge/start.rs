//! Where an archive begins, by SLID and by its header: both are claims that a root confirms or not.

use sealscope_archive::sealog::{Control, Header, SealogArchive, SealogStructure};
use sealscope_proof::CompactRange;

use crate::check::SegmentFindings;
use crate::prove::{Sealed, SpanState, Start, prove};
use crate::seals::Seal;

/// The header, where it is the first line.
pub(super) fn first_header(findings: &[SegmentFindings]) -> Option<&Header> {
    match findings.first()?.controls.first()? {
        (0, Control::Header(header)) => Some(header),
        _ => None,
    }
}

/// Where the archive begins by what can be read of it: SLID, else its header, else leaf 0.
pub(crate) fn first_start(structure: &SealogStructure, header: Option<&Header>) -> Start {
    match &structure.identity {
        Some(identity) => Start {
            at: identity.start,
            tree: CompactRange::from_frontier(identity.start, &identity.frontier),
        },
        None => {
            // Beyond this, sums could overflow; no log is that long.
            let claimed = header.map_or(0, |header| header.start);
            let at = if claimed < 1 << 62 { claimed } else { 0 };
            Start {
                at,
                tree: (at == 0).then(|| CompactRange::empty(0)),
            }
        }
    }
}

/// What was sealed, from the start that the roots confirm.
pub(super) fn prove_from_start(
    archive: &SealogArchive,
    findings: &[SegmentFindings],
    bounds: &[Seal],
    header: Option<&Header>,
) -> (Start, Sealed) {
    let start = first_start(archive.structure(), header);
    let sealed = prove(archive, findings, bounds, &start);
    let at_zero = header.is_some_and(|header| header.start == 0);
    if start.at == 0 || !at_zero || first_state(&sealed) != Some(SpanState::Refuted) {
        return (start, sealed);
    }
    // SLID is protected by nothing. A header at leaf 0 needs no hint at all.
    let other = Start {
        at: 0,
        tree: Some(CompactRange::empty(0)),
    };
    let from_zero = prove(archive, findings, bounds, &other);
    if first_state(&from_zero) == Some(SpanState::Proven) {
        (other, from_zero)
    } else {
        (start, sealed)
    }
}

fn first_state(sealed: &Sealed) -> Option<SpanState> {
    let mut spans = sealed.spans.iter();
    spans
        .find(|span| span.from < span.to)
        .map(|span| span.state)
}
