//! The texts of tokens: how long one is, and what a string means.

use std::borrow::Cow;

use memchr::memchr;

use super::Node;

/// Whether a byte does not simply stand for itself in a string.
const fn is_special(byte: u8) -> bool {
    byte < 32 || byte == b'"' || byte == b'\\' || byte >= 127
}

/// How many bytes from the beginning stand for themselves; `None` where all do.
pub(super) fn plain_run(text: &[u8]) -> Option<usize> {
    // Without an early end inside a chunk, the compiler looks at sixteen bytes at once.
    let is_plain = |chunk: &[u8]| {
        !chunk
            .iter()
            .fold(false, |found, byte| found | is_special(*byte))
    };
    let chunks = text.chunks_exact(16).take_while(|chunk| is_plain(chunk));
    let from = chunks.count() * 16;
    let rest = text.get(from..).unwrap_or_default();
    let place = rest.iter().position(|byte| is_special(*byte))?;
    Some(from + place)
}

pub(super) fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let space = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    at + space.count()
}

/// Length of the number that a text begins with (RFC 8259 §6).
pub(super) fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(at);
    if whole == 0 || (whole > 1 && text.get(at) == Some(&b'0')) {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

/// Length of the escape that a text begins with.
pub(super) fn escape_length(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = text.get(2..6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
}

/// What stands between a string's quotation marks, as written.
pub(in super::super) fn inside<'t>(text: &'t [u8], node: &Node) -> &'t [u8] {
    let range = node.start as usize + 1..(node.end as usize).saturating_sub(1);
    text.get(range).unwrap_or_default()
}

/// A token as written.
pub(in super::super) fn token<'t>(text: &'t [u8], node: &Node) -> &'t [u8] {
    text.get(node.start as usize..node.end as usize)
        .unwrap_or_default()
}

/// Calls `give` with every code point of a string's inside; half a surrogate pair that stands alone
/// is given as it is.
pub(in super::super) fn for_each_code(raw: &[u8], mut give: impl FnMut(u32)) {
    let mut rest = raw;
    while let Some(first) = rest.first() {
        if *first == b'\\' {
            let (code, length) = escaped_code(rest);
            give(code);
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        let run = memchr(b'\\', rest).unwrap_or(rest.len());
        let (plain, behind) = rest.split_at(run);
        // The scanner has looked that the text is UTF-8.
        for c in std::str::from_utf8(plain).unwrap_or_default().chars() {
            give(u32::from(c));
        }
        rest = behind;
    }
}

fn escaped_code(text: &[u8]) -> (u32, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4)?;
        let prefix = text.get(at - 2..at)?;
        let digits = std::str::from_utf8(digits).ok()?;
        (prefix == b"\\u").then(|| u32::from_str_radix(digits, 16).ok())?
    };
    match text.get(1) {
        Some(b'b') => (8, 2),
        Some(b'f') => (12, 2),
        Some(b'n') => (10, 2),
        Some(b'r') => (13, 2),
        Some(b't') => (9, 2),
        Some(b'u') => {
            let high = unit(2).unwrap_or(0xFFFD);
            match unit(8) {
                Some(low)
                    if (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low) =>
                {
                    (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), 12)
                }
                _ => (high, 6),
            }
        }
        Some(other) => (u32::from(*other), 2),
        None => (0xFFFD, 1),
    }
}

/// A string's inside as the text that it means; `None` where half a surrogate pair stands alone,
/// which no UTF-8 can hold.
pub(in super::super) fn unescaped(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    if memchr(b'\\', raw).is_none() {
        return Some(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    let mut is_whole = true;
    for_each_code(raw, |code| match char::from_u32(code) {
        Some(c) => text.push(c),
        None => is_whole = false,
    });
    is_whole.then(|| Cow::Owned(text.into_bytes()))
}
