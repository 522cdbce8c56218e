//! Looks at source text without parsing it wholly.

/// What decides how quotes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// A single quote holds one character or opens a lifetime.
    Rust,
    /// TypeScript, Svelte, CSS: a single quote opens a text.
    Page,
}

impl Language {
    /// The language of a file, by its ending.
    pub fn of(path: &str) -> Self {
        if path.ends_with(".rs") {
            Self::Rust
        } else {
            Self::Page
        }
    }
}

/// What the characters of a source text are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

/// A source with comments and the insides of string literals blanked out, line by line as before.
pub fn code_only(source: &str, language: Language) -> String {
    keep(source, language, |kind| kind == Kind::Code)
}

/// A source with everything but the insides of string literals blanked out.
pub fn text_only(source: &str, language: Language) -> String {
    keep(source, language, |kind| kind == Kind::Text)
}

fn keep(source: &str, language: Language, wanted: impl Fn(Kind) -> bool) -> String {
    let mut kept = String::with_capacity(source.len());
    for (c, kind) in kinds(source, language) {
        kept.push(if c == '\n' || wanted(kind) { c } else { ' ' });
    }
    kept
}

/// Enough of Rust, TypeScript and CSS for our rules: line and block comments, the three kinds of
/// quotes, Rust's raw strings, and Rust's characters told from lifetimes.
fn kinds(source: &str, language: Language) -> Vec<(char, Kind)> {
    let chars: Vec<char> = source.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let mut out = Vec::with_capacity(chars.len());
    let mut index = 0;
    while index < chars.len() {
        let end = match at(index) {
            '/' if at(index + 1) == '/' && at(index.wrapping_sub(1)) != ':' => push(
                &mut out,
                &chars,
                index,
                line_end(&chars, index),
                Kind::Comment,
            ),
            '/' if at(index + 1) == '*' => push(
                &mut out,
                &chars,
                index,
                after(&chars, index + 2, "*/"),
                Kind::Comment,
            ),
            'r' if !is_word(at(index.wrapping_sub(1)))
                && raw_hashes(&chars, index + 1).is_some() =>
            {
                let hashes = raw_hashes(&chars, index + 1).unwrap_or(0);
                let close = format!("\"{}", "#".repeat(hashes));
                let inside = index + 2 + hashes;
                push(&mut out, &chars, index, inside, Kind::Code);
                push(
                    &mut out,
                    &chars,
                    inside,
                    after(&chars, inside, &close),
                    Kind::Text,
                )
            }
            '\'' if language == Language::Rust && is_lifetime(&chars, index) => {
                push(&mut out, &chars, index, index + 1, Kind::Code)
            }
            quote @ ('"' | '\'' | '`') => {
                push(&mut out, &chars, index, index + 1, Kind::Code);
                push(
                    &mut out,
                    &chars,
                    index + 1,
                    closing(&chars, index + 1, quote),
                    Kind::Text,
                )
            }
            _ => push(&mut out, &chars, index, index + 1, Kind::Code),
        };
        index = end;
    }
    out
}

fn push(out: &mut Vec<(char, Kind)>, chars: &[char], from: usize, to: usize, kind: Kind) -> usize {
    let to = to.min(chars.len());
    out.extend(
        chars
            .iter()
            .skip(from)
            .take(to.saturating_sub(from))
            .map(|c| (*c, kind)),
    );
    to
}

fn line_end(chars: &[char], from: usize) -> usize {
    chars
        .iter()
        .skip(from)
        .position(|c| *c == '\n')
        .map_or(chars.len(), |found| from + found)
}

fn after(chars: &[char], from: usize, close: &str) -> usize {
    let close: Vec<char> = close.chars().collect();
    (from..chars.len())
        .find(|start| chars.get(*start..start + close.len()) == Some(close.as_slice()))
        .map_or(chars.len(), |start| start + close.len())
}

/// After the quote that closes, backslashes seen to. An ordinary quote does not span lines in
/// TypeScript; in Rust it may.
fn closing(chars: &[char], from: usize, quote: char) -> usize {
    let mut index = from;
    while let Some(c) = chars.get(index) {
        match *c {
            '\\' => index += 1,
            '\n' if quote == '\'' => return index,
            c if c == quote => return index + 1,
            _ => {}
        }
        index += 1;
    }
    chars.len()
}

fn raw_hashes(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars.iter().skip(from).take_while(|c| **c == '#').count();
    (chars.get(from + hashes) == Some(&'"')).then_some(hashes)
}

/// `'a` in `&'a str`, but not `'a'`.
fn is_lifetime(chars: &[char], quote: usize) -> bool {
    chars.get(quote + 1) != Some(&'\\') && chars.get(quote + 2) != Some(&'\'')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The identifiers of a line of code.
pub fn identifiers(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !is_word(c)).filter(|word| {
        word.chars()
            .next()
            .is_some_and(|first| !first.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_not_code() {
        let source = "let a = \"utils // no\"; // utils\n/* utils\n */ let b = 'x';";
        let code = code_only(source, Language::Rust);
        assert!(!code.contains("utils"), "{code}");
        assert!(code.contains("let a") && code.contains("let b"), "{code}");
        assert_eq!(code.lines().count(), source.lines().count());
    }

    #[test]
    fn texts_can_be_had_alone() {
        let text = text_only("say(`one ${n}`, 'two'); // three", Language::Page);
        assert!(text.contains("one") && text.contains("two"), "{text}");
        assert!(!text.contains("say") && !text.contains("three"), "{text}");
    }

    #[test]
    fn raw_strings_end_where_their_hashes_say() {
        let code = code_only("let a = r#\"a \" utils\"#; let b = utils;", Language::Rust);
        assert_eq!(
            identifiers(&code).filter(|word| *word == "utils").count(),
            1,
            "{code}"
        );
    }

    #[test]
    fn a_lifetime_opens_no_text() {
        let code = code_only(
            "fn a<'a>(x: &'a str) -> &'a str { utils(x) }",
            Language::Rust,
        );
        assert!(code.contains("utils"), "{code}");
        let code = code_only("impl Foo<'_> { let c = '\\''; utils(c) }", Language::Rust);
        assert!(code.contains("utils"), "{code}");
    }

    #[test]
    fn an_address_in_a_text_starts_no_comment() {
        let text = text_only("open('https://example.org/safe')", Language::Page);
        assert!(text.contains("safe"), "{text}");
    }

    #[test]
    fn identifiers_start_with_a_letter() {
        let found: Vec<&str> = identifiers("let a_1 = 2b + Manager::new();").collect();
        assert_eq!(found, ["let", "a_1", "Manager", "new"]);
    }
}
