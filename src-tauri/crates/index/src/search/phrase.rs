//! Words one after the other.

use std::io;

use tantivy::index::InvertedIndexReader;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::{Fault, Stop};

/// Calls `each` with the documents that hold the words one right after the other, in order.
pub(crate) fn documents(
    index: &InvertedIndexReader,
    words: &[String],
    stop: &Stop<'_>,
    mut each: impl FnMut(u32),
) -> Result<(), Fault> {
    let Some(mut cursors) = Cursors::open(index, words)? else {
        return Ok(());
    };
    let mut seen = 0_u32;
    while let Some(document) = cursors.next_common() {
        seen += 1;
        if seen.is_multiple_of(1024) {
            stop.check()?;
        }
        if cursors.in_a_row() {
            each(document);
        }
    }
    Ok(())
}

/// The words' postings, rarest first, all moving together.
struct Cursors {
    words: Vec<Cursor>,
    started: bool,
    starts: Vec<u32>,
    places: Vec<u32>,
}

struct Cursor {
    postings: SegmentPostings,
    /// Place of the word in the phrase.
    offset: u32,
}

impl Cursors {
    /// `None` when a word does not occur at all.
    fn open(index: &InvertedIndexReader, words: &[String]) -> io::Result<Option<Self>> {
        let mut terms: Vec<(u32, TermInfo)> = Vec::with_capacity(words.len());
        for (offset, word) in (0_u32..).zip(words) {
            match index.terms().get(word.as_bytes())? {
                Some(term) => terms.push((offset, term)),
                None => return Ok(None),
            }
        }
        terms.sort_by_key(|(_, term)| term.doc_freq);
        let option = IndexRecordOption::WithFreqsAndPositions;
        let cursors: io::Result<Vec<Cursor>> = terms
            .into_iter()
            .map(|(offset, term)| {
                let postings = index.read_postings_from_terminfo(&term, option)?;
                Ok(Cursor { postings, offset })
            })
            .collect();
        Ok(Some(Self {
            words: cursors?,
            started: false,
            starts: Vec::new(),
            places: Vec::new(),
        }))
    }

    /// Moves to the next document that all words share.
    fn next_common(&mut self) -> Option<u32> {
        let (rarest, others) = self.words.split_first_mut()?;
        let mut candidate = match self.started {
            true => rarest.postings.advance(),
            false => rarest.postings.doc(),
        };
        self.started = true;
        'candidates: while candidate != TERMINATED {
            for other in others.iter_mut() {
                let at = if other.postings.doc() < candidate {
                    other.postings.seek(candidate)
                } else {
                    other.postings.doc()
                };
                if at == TERMINATED {
                    return None;
                }
                if at != candidate {
                    candidate = rarest.postings.seek(at);
                    continue 'candidates;
                }
            }
            return Some(candidate);
        }
        None
    }

    /// Whether the words stand in a row in the current document.
    fn in_a_row(&mut self) -> bool {
        self.starts.clear();
        for (number, word) in self.words.iter_mut().enumerate() {
            self.places.clear();
            word.postings
                .append_positions_with_offset(0, &mut self.places);
            // Where the phrase would begin for this word to be in its place.
            let begins = self
                .places
                .iter()
                .filter_map(|place| place.checked_sub(word.offset));
            if number == 0 {
                self.starts.extend(begins);
            } else {
                keep_common(&mut self.starts, begins);
            }
            if self.starts.is_empty() {
                return false;
            }
        }
        true
    }
}

/// Keeps what is in both ascending lists.
fn keep_common(kept: &mut Vec<u32>, mut others: impl Iterator<Item = u32>) {
    let mut other = others.next();
    kept.retain(|start| {
        while other.is_some_and(|other| other < *start) {
            other = others.next();
        }
        other == Some(*start)
    });
}
