use regex::{Regex, RegexBuilder};

/// A pattern of `*` and `?`, anchored at both ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wildcard {
    parts: Vec<WildcardPart>,
}

/// A part of a [`Wildcard`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WildcardPart {
    /// These characters; never empty.
    Literal(String),
    /// Exactly one character (`?`).
    One,
    /// Any run of characters, also none (`*`).
    Any,
}

impl Wildcard {
    /// Puts parts together: neighbouring literals become one, and so do neighbouring stars.
    #[must_use]
    pub fn new(parts: impl IntoIterator<Item = WildcardPart>) -> Self {
        let mut joined: Vec<WildcardPart> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (_, WildcardPart::Literal(text)) if text.is_empty() => {}
                (Some(WildcardPart::Literal(before)), WildcardPart::Literal(text)) => {
                    before.push_str(&text);
                }
                (Some(WildcardPart::Any), WildcardPart::Any) => {}
                (_, part) => joined.push(part),
            }
        }
        Self { parts: joined }
    }

    /// The parts in order.
    #[must_use]
    pub fn parts(&self) -> &[WildcardPart] {
        &self.parts
    }

    /// Whether it is a lone `*`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.parts == [WildcardPart::Any]
    }

    /// The text that every match begins with; empty when it begins with `*` or `?`.
    pub(crate) fn prefix(&self) -> &str {
        match self.parts.first() {
            Some(WildcardPart::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether it is a literal and one `*` at the end: then the prefix says all.
    pub(crate) fn is_prefix_only(&self) -> bool {
        matches!(
            self.parts.as_slice(),
            [WildcardPart::Literal(_), WildcardPart::Any]
        )
    }

    /// Whether the pattern fits the whole of `text`. The time is at most the product of both
    /// lengths, and near the text's length for patterns without `?`.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let mut rest = text;
        let mut runs = self.parts.split(|part| *part == WildcardPart::Any);
        let Some(first) = runs.next() else {
            return text.is_empty();
        };
        let Some(after) = take(first, rest) else {
            return false;
        };
        rest = after;
        let mut runs: Vec<&[WildcardPart]> = runs.collect();
        let Some(last) = runs.pop() else {
            return rest.is_empty();
        };
        // Between stars the leftmost place is always as good as any later one.
        for run in runs {
            match find(run, rest) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        ends_with(last, rest)
    }
}

/// What is left of `text` once `run` (no stars) was taken from its front.
fn take<'t>(run: &[WildcardPart], text: &'t str) -> Option<&'t str> {
    let mut rest = text;
    for part in run {
        rest = match part {
            WildcardPart::Literal(literal) => rest.strip_prefix(literal.as_str())?,
            _ => {
                let mut characters = rest.chars();
                characters.next()?;
                characters.as_str()
            }
        };
    }
    Some(rest)
}

/// What is left after the leftmost place where `run` fits.
fn find<'t>(run: &[WildcardPart], text: &'t str) -> Option<&'t str> {
    match run {
        [] => Some(text),
        [WildcardPart::Literal(literal)] => {
            let at = memchr::memmem::find(text.as_bytes(), literal.as_bytes())?;
            text.get(at + literal.len()..)
        }
        _ => text
            .char_indices()
            .map(|(at, _)| at)
            .find_map(|at| text.get(at..).and_then(|rest| take(run, rest))),
    }
}

/// Whether `run` fits the end of `text`.
fn ends_with(run: &[WildcardPart], text: &str) -> bool {
    let mut rest = text;
    for part in run.iter().rev() {
        match part {
            WildcardPart::Literal(literal) => match rest.strip_suffix(literal.as_str()) {
                Some(before) => rest = before,
                None => return false,
            },
            _ => {
                let mut characters = rest.chars();
                if characters.next_back().is_none() {
                    return false;
                }
                rest = characters.as_str();
            }
        }
    }
    true
}

/// Memory that one compiled expression may take, in bytes: enough for people, not for bombs.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// Compiles an expression so that it matches whole texts only.
pub(crate) fn anchored(pattern: &str) -> Result<Regex, regex::Error> {
    // Alone first: `a)|(b` must not become valid by being wrapped.
    build(pattern)?;
    // A trailing comment of `(?x)` would swallow the wrapping; a line end stops it.
    build(&format!(r"\A(?:{pattern})\z")).or_else(|_| build(&format!("\\A(?:{pattern}\n)\\z")))
}

fn build(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .nest_limit(100)
        .build()
}

/// A compiled test of one text.
#[derive(Debug, Clone)]
pub(crate) enum TextTest {
    /// Exactly this.
    Equals(String),
    /// Fits the pattern.
    Wildcard(Wildcard),
    /// Matched from end to end.
    Regex(Box<Regex>),
    /// Nothing: the expression did not compile. The parser refuses such, a hand-made tree may not.
    Never,
}

impl TextTest {
    pub(crate) fn regex(pattern: &str) -> Self {
        anchored(pattern).map_or(Self::Never, |regex| Self::Regex(Box::new(regex)))
    }

    /// The text that everything it holds for begins with.
    pub(crate) fn prefix(&self) -> &str {
        match self {
            Self::Equals(exactly) => exactly,
            Self::Wildcard(wildcard) => wildcard.prefix(),
            Self::Regex(_) | Self::Never => "",
        }
    }

    /// Whether it holds for everything that begins with the prefix.
    pub(crate) fn is_prefix(&self) -> bool {
        matches!(self, Self::Wildcard(wildcard) if wildcard.is_prefix_only())
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Equals(exactly) => text == exactly,
            Self::Wildcard(wildcard) => wildcard.fits(text),
            Self::Regex(regex) => regex.is_match(text),
            Self::Never => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wildcard(pattern: &str) -> Wildcard {
        Wildcard::new(pattern.chars().map(|character| match character {
            '*' => WildcardPart::Any,
            '?' => WildcardPart::One,
            other => WildcardPart::Literal(other.to_string()),
        }))
    }

    #[test]
    fn wildcards_are_anchored_at_both_ends() {
        for (pattern, text, fits) in [
            ("get*", "get", true),
            ("get*", "getAll", true),
            ("get*", "forget", false),
            ("*get", "forget", true),
            ("*o*e*", "forget", true),
            ("f?rget", "forget", true),
            ("f?rget", "frget", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*ab", "aab", true),
            ("*?b*", "b", false),
            ("*?b*", "ab", true),
            ("?", "é", true),
            ("?", "", false),
            ("a*?", "a", false),
            ("a*?", "ab", true),
            ("*", "", true),
        ] {
            assert_eq!(wildcard(pattern).fits(text), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn a_regex_matches_whole_texts_only() {
        for (pattern, text, fits) in [
            ("a|ab", "ab", true),
            ("a|ab", "abc", false),
            ("", "", true),
            ("", "a", false),
            ("(?i)get", "GET", true),
            ("(?x) a b # comment", "ab", true),
            ("a$", "a\n", false),
            (".*", "a\nb", false),
            ("(?s).*", "a\nb", true),
        ] {
            assert_eq!(
                TextTest::regex(pattern).holds(text),
                fits,
                "{pattern} on {text:?}"
            );
        }
        assert!(anchored("a)|(b").is_err());
        assert!(anchored("(a{1000}){1000}").is_err());
    }

    proptest! {
        #[test]
        fn wildcards_agree_with_the_same_regex(pattern in "[ab*?é]{0,8}", text in "[abé]{0,8}") {
            let regex: String = pattern.chars().map(|c| match c {
                '*' => "(?s:.*)".to_owned(),
                '?' => "(?s:.)".to_owned(),
                other => other.to_string(),
            }).collect();
            prop_assert_eq!(wildcard(&pattern).fits(&text), TextTest::regex(&regex).holds(&text));
        }
    }
}
