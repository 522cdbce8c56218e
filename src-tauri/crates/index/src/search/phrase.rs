//! Words one after the other.

use tantivy::positions::PositionReader;
use tantivy::postings::{Postings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::{Fault, Stop};
use crate::shard::WordsField;

/// A word so many times as frequent as the phrase's candidates is looked up document by document;
/// a rarer one is read from end to end, which costs less for each place.
const SEEK_FACTOR: usize = 8;

/// A document and a place in it, as one number that sorts by both.
type Spot = u64;

fn spot(document: u32, place: u32) -> Spot {
    u64::from(document) << 32 | u64::from(place)
}

fn document_of(spot: Spot) -> u32 {
    u32::try_from(spot >> 32).unwrap_or(u32::MAX)
}

/// Calls `each` with the documents that hold the words one right after the other, in order.
pub(crate) fn documents(
    field: &WordsField,
    words: &[String],
    stop: &Stop<'_>,
    mut each: impl FnMut(u32),
) -> Result<(), Fault> {
    let mut terms: Vec<(u32, TermInfo)> = Vec::with_capacity(words.len());
    for (offset, word) in (0_u32..).zip(words) {
        match field.index.terms().get(word.as_bytes())? {
            Some(term) => terms.push((offset, term)),
            None => return Ok(()),
        }
    }
    // The rarest word leaves the fewest candidates for the others.
    terms.sort_by_key(|(_, term)| term.doc_freq);
    let mut starts: Option<Vec<Spot>> = None;
    for (offset, term) in &terms {
        let kept = match starts.take() {
            None => {
                let mut starts = Vec::new();
                each_spot(field, term, stop, |spot| {
                    starts.extend(start_of(spot, *offset))
                })?;
                starts
            }
            Some(starts) if starts.len() * SEEK_FACTOR < term.doc_freq as usize => {
                keep_by_seeking(field, term, *offset, starts, stop)?
            }
            Some(starts) => keep_by_reading(field, term, *offset, starts, stop)?,
        };
        if kept.is_empty() {
            return Ok(());
        }
        starts = Some(kept);
    }
    let mut last = None;
    for start in starts.unwrap_or_default() {
        let document = document_of(start);
        if last != Some(document) {
            each(document);
            last = Some(document);
        }
    }
    Ok(())
}

/// Where a phrase begins whose word number `offset` stands here; `None` where it cannot.
fn start_of(spot: Spot, offset: u32) -> Option<Spot> {
    let place = spot & u64::from(u32::MAX);
    place
        .checked_sub(u64::from(offset))
        .map(|_| spot - u64::from(offset))
}

/// Calls `each` with every place of a word, in order.
fn each_spot(
    field: &WordsField,
    term: &TermInfo,
    stop: &Stop<'_>,
    mut each: impl FnMut(Spot),
) -> Result<(), Fault> {
    let option = IndexRecordOption::WithFreqs;
    let mut block = field
        .index
        .read_block_postings_from_terminfo(term, option)?;
    let mut reader = PositionReader::open(
        field
            .positions
            .slice(term.positions_range.clone())
            .read_bytes()?,
    )?;
    let mut deltas: Vec<u32> = Vec::new();
    let mut offset = 0;
    while !block.docs().is_empty() {
        stop.check()?;
        let (documents, frequencies) = (block.docs(), block.freqs());
        let places: usize = frequencies
            .iter()
            .take(documents.len())
            .map(|f| *f as usize)
            .sum();
        deltas.resize(places, 0);
        reader.read(offset, &mut deltas);
        offset += places as u64;
        let mut deltas = deltas.iter();
        for (document, frequency) in documents.iter().zip(frequencies) {
            let mut place = 0_u32;
            for delta in deltas.by_ref().take(*frequency as usize) {
                place = place.wrapping_add(*delta);
                each(spot(*document, place));
            }
        }
        block.advance();
    }
    Ok(())
}

/// Keeps the starts for which the word stands in its place, reading all its places.
fn keep_by_reading(
    field: &WordsField,
    term: &TermInfo,
    offset: u32,
    starts: Vec<Spot>,
    stop: &Stop<'_>,
) -> Result<Vec<Spot>, Fault> {
    let mut kept = Vec::new();
    let mut starts = starts.into_iter().peekable();
    each_spot(field, term, stop, |spot| {
        let Some(wanted) = start_of(spot, offset) else {
            return;
        };
        while starts.next_if(|start| *start < wanted).is_some() {}
        kept.extend(starts.next_if_eq(&wanted));
    })?;
    Ok(kept)
}

/// The same, looking only at the documents of the starts.
fn keep_by_seeking(
    field: &WordsField,
    term: &TermInfo,
    offset: u32,
    starts: Vec<Spot>,
    stop: &Stop<'_>,
) -> Result<Vec<Spot>, Fault> {
    let option = IndexRecordOption::WithFreqsAndPositions;
    let mut postings = field.index.read_postings_from_terminfo(term, option)?;
    let mut places = Vec::new();
    let mut kept = Vec::new();
    let same_document = |one: &Spot, other: &Spot| document_of(*one) == document_of(*other);
    for (number, run) in starts.chunk_by(same_document).enumerate() {
        if number % 1024 == 0 {
            stop.check()?;
        }
        let Some(document) = run.first().map(|start| document_of(*start)) else {
            continue;
        };
        if postings.doc() < document && postings.seek(document) == TERMINATED {
            break;
        }
        if postings.doc() != document {
            continue;
        }
        places.clear();
        postings.append_positions_with_offset(0, &mut places);
        // Places ascend, so that a binary search finds the word's place of each start.
        kept.extend(run.iter().filter(|start| {
            let wanted = (**start & u64::from(u32::MAX)) + u64::from(offset);
            u32::try_from(wanted).is_ok_and(|place| places.binary_search(&place).is_ok())
        }));
    }
    Ok(kept)
}
