use std::fmt;
use std::ops::Range;

/// What is wrong or odd about a query, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the query can be answered all the same.
    pub kind: DiagnosticKind,
    /// Bytes of the query text concerned; on character boundaries, possibly empty at the end.
    pub span: Range<usize>,
    /// One sentence.
    pub message: String,
    /// A change that mends it, where one can be named.
    pub fix: Option<Fix>,
}

/// How grave a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosticKind {
    /// The query has no meaning.
    Error,
    /// The query is answered, but may not say what was meant.
    Hint,
}

/// A change of the query text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a button would say it.
    pub says: String,
    /// Bytes to replace.
    pub span: Range<usize>,
    /// What to put there.
    pub text: String,
}

impl Fix {
    /// The query text with the change made.
    #[must_use]
    pub fn apply(&self, query: &str) -> String {
        let before = query.get(..self.span.start).unwrap_or(query);
        let after = query.get(self.span.end..).unwrap_or("");
        format!("{before}{}{after}", self.text)
    }
}

impl Diagnostic {
    /// An error at a span.
    pub(crate) fn error(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            kind: DiagnosticKind::Error,
            span,
            message: message.into(),
            fix: None,
        }
    }

    /// A hint at a span.
    pub(crate) fn hint(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            kind: DiagnosticKind::Hint,
            span,
            message: message.into(),
            fix: None,
        }
    }

    /// The same with a fix.
    pub(crate) fn fix(
        mut self,
        says: impl Into<String>,
        span: Range<usize>,
        text: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix {
            says: says.into(),
            span,
            text: text.into(),
        });
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.fix {
            Some(fix) => write!(f, " {}", fix.says),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

/// The offset in UTF-16 units of a byte offset, for editors that count so. An offset inside a
/// character counts as the character's start, one beyond the end as the end.
#[must_use]
pub fn utf16_offset(text: &str, offset_bytes: usize) -> usize {
    text.char_indices()
        .take_while(|(at, character)| at + character.len_utf8() <= offset_bytes)
        .map(|(_, character)| character.len_utf16())
        .sum()
}

/// A span of bytes in UTF-16 units.
#[must_use]
pub fn utf16_span(text: &str, span: &Range<usize>) -> Range<usize> {
    utf16_offset(text, span.start)..utf16_offset(text, span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units() {
        let text = "aé😀b";
        for (bytes, units) in [(0, 0), (1, 1), (3, 2), (5, 2), (7, 4), (8, 5), (99, 5)] {
            assert_eq!(utf16_offset(text, bytes), units, "{bytes}");
        }
        assert_eq!(utf16_span(text, &(1..7)), 1..4);
    }
}
