//! Words that a person may paste into a shell.

use std::path::Path;

use crate::text::escaped;

/// A word for a POSIX shell; `None` where it holds characters that cannot be shown as they are, so
/// that what is pasted would be another word.
pub fn shell_word(word: &str) -> Option<String> {
    if escaped(word) != word {
        return None;
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('-') {
        return Some(word.to_owned());
    }
    let quoted = format!("'{}'", word.replace('\'', r"'\''"));
    // A quoted dash is still an option.
    Some(if word.starts_with('-') {
        format!("./{quoted}")
    } else {
        quoted
    })
}

/// A path for a POSIX shell; the word `ARCHIVE` where it cannot be shown.
pub fn shell_path(path: &Path) -> String {
    path.to_str()
        .and_then(shell_word)
        .unwrap_or_else(|| "ARCHIVE".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        assert_eq!(
            shell_word("logs/audit-1.sealog").as_deref(),
            Some("logs/audit-1.sealog")
        );
    }

    #[test]
    fn what_a_shell_would_act_on_is_quoted() {
        for (word, quoted) in [
            ("", "''"),
            ("a b", "'a b'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", r"'it'\''s'"),
            ("*", "'*'"),
            ("-rf", "./'-rf'"),
        ] {
            assert_eq!(shell_word(word).as_deref(), Some(quoted));
        }
    }

    #[test]
    fn what_cannot_be_shown_is_never_offered_for_pasting() {
        for word in ["a\nreboot\n", "a\u{1b}[A", "a\u{202e}b"] {
            assert_eq!(shell_word(word), None, "{word:?}");
        }
    }
}
