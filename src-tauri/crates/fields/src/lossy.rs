//! Bytes that are not UTF-8, as text, and the way back from an offset in that text.

/// The text of bytes that are not all UTF-8, piece by piece, as `from_utf8_lossy` gives it.
pub(crate) struct Lossy<'e> {
    chunks: std::str::Utf8Chunks<'e>,
    replace: bool,
}

impl<'e> Lossy<'e> {
    pub fn new(entry: &'e [u8]) -> Self {
        Self {
            chunks: entry.utf8_chunks(),
            replace: false,
        }
    }
}

impl<'e> Iterator for Lossy<'e> {
    type Item = &'e str;

    fn next(&mut self) -> Option<&'e str> {
        if std::mem::take(&mut self.replace) {
            return Some("\u{FFFD}");
        }
        let chunk = self.chunks.next()?;
        self.replace = !chunk.invalid().is_empty();
        Some(chunk.valid())
    }
}

/// A place known both in the lossy text of an entry and in its bytes. Notes come in order, so
/// following on from the last one keeps an entry of many records linear.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Followed {
    lossy: usize,
    stored: usize,
}

impl Followed {
    /// Where in the entry as stored the byte stands that is at `offset` in its lossy text.
    pub fn stored_offset(&mut self, entry: &[u8], offset: usize) -> usize {
        if offset < self.lossy {
            *self = Self::default();
        }
        for chunk in entry.get(self.stored..).unwrap_or_default().utf8_chunks() {
            let valid = chunk.valid().len();
            if offset <= self.lossy + valid {
                break;
            }
            self.lossy += valid + '\u{FFFD}'.len_utf8();
            self.stored += valid + chunk.invalid().len();
        }
        self.stored + offset.saturating_sub(self.lossy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_in_lossy_text_are_found_again_in_the_bytes() {
        let entry = b"ab\xFF\xFEcd\xE2\x82ef";
        let lossy = String::from_utf8_lossy(entry);
        let mut followed = Followed::default();
        for (needle, at) in [("a", 0), ("c", 4), ("e", 8), ("f", 9), ("d", 5)] {
            let offset = lossy.find(needle).unwrap();
            assert_eq!(
                Followed::default().stored_offset(entry, offset),
                at,
                "{needle}"
            );
            assert_eq!(followed.stored_offset(entry, offset), at, "{needle}");
        }
    }
}
