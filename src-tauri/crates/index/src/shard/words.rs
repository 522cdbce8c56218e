//! Words of rows, gathered row by row and written word by word.

use std::io;

use sealscope_fields::tokens;
use tantivy::postings::FieldSerializer;

use super::intern::Interner;

/// Stands between two texts of a row, so that no phrase reaches from one into the other.
const GAP: u32 = u32::MAX;

/// The words of documents (rows, or listed values), with their places.
pub(crate) struct WordLog {
    words: Interner,
    /// Words and gaps, document after document.
    log: Vec<u32>,
    /// Documents that have words, with the end of their part of the log.
    ends: Vec<(u32, u32)>,
    full: bool,
}

impl WordLog {
    pub fn new() -> Self {
        Self {
            words: Interner::new(),
            log: Vec::new(),
            ends: Vec::new(),
            full: false,
        }
    }

    /// Adds a text of a document. Documents come in ascending order.
    pub fn add(&mut self, document: u32, text: &str) {
        let again = self.ends.last().is_some_and(|(last, _)| *last == document);
        if again {
            self.log.push(GAP);
        }
        let (words, log, full) = (&mut self.words, &mut self.log, &mut self.full);
        tokens(text, |word| match words.intern(0, word.as_bytes()) {
            Some(number) => log.push(number),
            None => *full = true,
        });
        let end = u32::try_from(self.log.len()).unwrap_or_else(|_| {
            self.full = true;
            u32::MAX
        });
        match self.ends.last_mut() {
            Some(last) if again => last.1 = end,
            _ => self.ends.push((document, end)),
        }
    }

    /// Whether more was added than fits.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Bytes of memory in use.
    pub fn bytes_in_use(&self) -> usize {
        self.words.bytes_in_use() + self.log.capacity() * 4 + self.ends.capacity() * 8
    }

    /// Number of words in all.
    pub fn count(&self) -> u64 {
        self.log.iter().filter(|word| **word != GAP).count() as u64
    }

    /// Writes all words with their documents and places.
    pub fn write(self, field: &mut FieldSerializer<'_>) -> io::Result<()> {
        let order = self.words.sorted();
        let Transposed {
            starts,
            documents,
            places,
        } = self.transpose();
        let mut deltas = Vec::new();
        for word in order {
            let Some((from, to)) = range_of(&starts, word) else {
                continue;
            };
            let documents = documents.get(from..to).unwrap_or_default();
            let places = places.get(from..to).unwrap_or_default();
            let frequency = documents.chunk_by(|one, other| one == other).count();
            let frequency = u32::try_from(frequency).unwrap_or(u32::MAX);
            field.new_term(self.words.text(word), frequency, true)?;
            let mut at = 0;
            for run in documents.chunk_by(|one, other| one == other) {
                let Some(document) = run.first() else {
                    continue;
                };
                deltas.clear();
                let mut before = 0;
                for place in places.get(at..at + run.len()).unwrap_or_default() {
                    deltas.push(place - before);
                    before = *place;
                }
                at += run.len();
                field.write_doc(*document, u32::try_from(run.len()).unwrap_or(1), &deltas);
            }
            field.close_term()?;
        }
        Ok(())
    }

    /// Turns the log around: per word, in the order of numbers, its documents and places.
    fn transpose(&self) -> Transposed {
        let mut starts = vec![0_usize; self.words.len() + 1];
        for word in self.log.iter().filter(|word| **word != GAP) {
            if let Some(count) = starts.get_mut(*word as usize + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let (mut documents, mut places) = (vec![0_u32; total], vec![0_u32; total]);
        let mut from = 0;
        for (document, end) in &self.ends {
            let part = self.log.get(from..*end as usize).unwrap_or_default();
            from = *end as usize;
            for (place, word) in (0_u32..).zip(part) {
                // A gap takes a place and leaves it empty.
                let Some(at) = next.get_mut(*word as usize).filter(|_| *word != GAP) else {
                    continue;
                };
                if let (Some(d), Some(p)) = (documents.get_mut(*at), places.get_mut(*at)) {
                    (*d, *p) = (*document, place);
                }
                *at += 1;
            }
        }
        Transposed {
            starts,
            documents,
            places,
        }
    }
}

struct Transposed {
    starts: Vec<usize>,
    documents: Vec<u32>,
    places: Vec<u32>,
}

/// Where a number's part lies, given where the parts start.
pub(crate) fn range_of(starts: &[usize], number: u32) -> Option<(usize, usize)> {
    let number = number as usize;
    Some((*starts.get(number)?, *starts.get(number + 1)?))
}
