//! Words for people: numbers, sentences, and text from outside made harmless.

use sealscope_engine::shown::{escape_bytes_for_terminal, escape_for_terminal};

pub use sealscope_engine::grouped;

/// Text from outside for a terminal: what would steer it, reorder it or hide in it is spelled out.
pub fn escaped(text: &str) -> String {
    escape_for_terminal(text)
}

/// Bytes from outside for a terminal; what is not UTF-8 is spelled out too.
pub fn escaped_bytes(bytes: &[u8]) -> String {
    escape_bytes_for_terminal(bytes)
}

/// The text with a period at its end.
pub fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// `1 entry`, `2 entries`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// Bytes in the unit that a person reads: `999 B`, `1.4 GB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64;
    let mut unit = "B";
    for name in UNITS {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = name;
    }
    format!("{value:.1} {unit}")
}

/// Lines of at most so many characters, broken at spaces; a longer word stays whole.
pub fn wrapped(text: &str, characters_max: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = characters_max;
    for word in text.split(' ') {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room -= 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = characters_max;
            }
        }
        room = room.saturating_sub(length);
    }
    lines
}

/// At most so many characters, with an ellipsis where something was cut.
pub fn shortened(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text
                .chars()
                .take(characters_max.saturating_sub(1))
                .collect();
            format!("{kept}…")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_never_steered() {
        let hostile = "a\u{1b}[31mred\u{7}\r\u{202e}txt.exe\u{200b}\u{9b}2J";
        let shown = escaped(hostile);
        assert!(
            !shown
                .chars()
                .any(|c| c.is_control() || matches!(c, '\u{202e}' | '\u{200b}')),
            "{shown:?}"
        );
        assert!(shown.contains("red") && shown.contains("txt.exe"));
    }

    #[test]
    fn sentences_end_once() {
        assert_eq!(sentence("x is not there"), "x is not there.");
        assert_eq!(sentence("Done."), "Done.");
    }

    #[test]
    fn counts_are_singular_or_plural() {
        assert_eq!(counted(1, "entry", "entries"), "1 entry");
        assert_eq!(counted(0, "entry", "entries"), "0 entries");
        assert_eq!(counted(12_000, "entry", "entries"), "12,000 entries");
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (1_390_000_000, "1.4 GB"),
            (u64::MAX, "18446.7 PB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    #[test]
    fn sentences_are_broken_at_spaces() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("incomprehensible x", 7), ["incomprehensible", "x"]);
        assert_eq!(wrapped("", 7), [""]);
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
    }
}
