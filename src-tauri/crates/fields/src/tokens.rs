//! The one way of cutting text into words, used by index and evaluator alike.
//!
//! A word is a run of letters and digits (Unicode `Alphabetic`, `Nd`, `Nl`, `No`), lower-cased
//! character by character with the simple mapping, so that a word cut again gives itself. In
//! scripts that are written without spaces every character is a word. Everything else separates.

/// Longest word in bytes; what goes beyond it is cut off at a character.
pub const TOKEN_BYTES_MAX: usize = 256;

/// Calls `each` for every word of `text`, in order. Allocates nothing.
pub fn tokens(text: &str, mut each: impl FnMut(&str)) {
    let mut word = Word::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte < 0x80 {
            if !byte.is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let (end, plain) = ascii_run(bytes, at);
            if bytes.get(end).is_none_or(|next| *next < 0x80) {
                match text.get(at..end) {
                    Some(run) if plain && run.len() <= TOKEN_BYTES_MAX => each(run),
                    Some(run) => {
                        word.push_ascii(run.as_bytes());
                        word.flush(&mut each);
                    }
                    None => {}
                }
                at = end;
                continue;
            }
        }
        at = mixed_run(text, at, &mut word, &mut each);
    }
}

/// Text lower-cased exactly as [`tokens`] does it, separators kept: for patterns over words.
#[must_use]
pub fn lowered(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// End of the run of ASCII letters and digits at `from`, and whether it has no capital.
fn ascii_run(bytes: &[u8], from: usize) -> (usize, bool) {
    let run = bytes.get(from..).unwrap_or_default();
    let mut plain = true;
    let mut length = 0;
    for byte in run {
        if !byte.is_ascii_alphanumeric() {
            break;
        }
        plain &= !byte.is_ascii_uppercase();
        length += 1;
    }
    (from + length, plain)
}

/// Reads a run that holds characters beyond ASCII, or skips one character that separates; gives
/// where to go on.
fn mixed_run(text: &str, from: usize, word: &mut Word, each: &mut impl FnMut(&str)) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    for (offset, character) in rest.char_indices() {
        if !character.is_alphanumeric() {
            word.flush(each);
            return from + offset + character.len_utf8();
        }
        if stands_alone(character) {
            word.flush(each);
            word.push(character);
            word.flush(each);
        } else {
            word.push(lower(character));
        }
    }
    word.flush(each);
    text.len()
}

/// Simple lower case. Only U+0130 has a longer mapping; its simple one is the first character.
fn lower(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    character.to_lowercase().next().unwrap_or(character)
}

/// Whether the character belongs to a script that puts no spaces between words.
fn stands_alone(character: char) -> bool {
    matches!(character,
        '\u{0E00}'..='\u{0EFF}'         // Thai, Lao
        | '\u{1000}'..='\u{109F}'       // Myanmar
        | '\u{1100}'..='\u{11FF}'       // Hangul letters
        | '\u{1780}'..='\u{17FF}'       // Khmer
        | '\u{2E80}'..='\u{2FDF}'       // Han radicals
        | '\u{3005}'..='\u{3007}'       // Han iteration mark, closing mark, zero
        | '\u{3021}'..='\u{3029}'       // Han numerals
        | '\u{3040}'..='\u{30FF}'       // Hiragana, Katakana
        | '\u{3130}'..='\u{318F}'       // Hangul letters
        | '\u{31F0}'..='\u{31FF}'       // Katakana
        | '\u{3400}'..='\u{4DBF}'       // Han
        | '\u{4E00}'..='\u{9FFF}'       // Han
        | '\u{A960}'..='\u{A97F}'       // Hangul letters
        | '\u{AC00}'..='\u{D7FF}'       // Hangul
        | '\u{F900}'..='\u{FAFF}'       // Han
        | '\u{FF66}'..='\u{FFDC}'       // half-width Katakana, Hangul
        | '\u{20000}'..='\u{323AF}') // Han
}

/// The word being put together.
struct Word {
    bytes: [u8; TOKEN_BYTES_MAX],
    length: usize,
    full: bool,
}

impl Word {
    const fn new() -> Self {
        Self {
            bytes: [0; TOKEN_BYTES_MAX],
            length: 0,
            full: false,
        }
    }

    fn push(&mut self, character: char) {
        let mut buffer = [0; 4];
        let encoded = character.encode_utf8(&mut buffer).as_bytes();
        let end = self.length + encoded.len();
        match self.bytes.get_mut(self.length..end) {
            // A word that is full stays full: a shorter character must not slip in behind the cut.
            Some(place) if !self.full => {
                place.copy_from_slice(encoded);
                self.length = end;
            }
            _ => self.full = true,
        }
    }

    fn push_ascii(&mut self, run: &[u8]) {
        for (place, byte) in self.bytes.iter_mut().skip(self.length).zip(run) {
            *place = byte.to_ascii_lowercase();
            self.length += 1;
        }
    }

    fn flush(&mut self, each: &mut impl FnMut(&str)) {
        let word = self.bytes.get(..self.length).unwrap_or_default();
        if let (Ok(word), false) = (std::str::from_utf8(word), word.is_empty()) {
            each(word);
        }
        self.length = 0;
        self.full = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        tokens(text, |word| all.push(word.to_owned()));
        all
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(words(text), expected, "{text}");
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_lower_case() {
        check(
            "Failed password for root from 10.0.0.1 port 22",
            &[
                "failed", "password", "for", "root", "from", "10", "0", "0", "1", "port", "22",
            ],
        );
        check(
            "pods/exec: kube-system_x=Y",
            &["pods", "exec", "kube", "system", "x", "y"],
        );
        check("", &[]);
        check(" ..- ", &[]);
    }

    #[test]
    fn letters_beyond_ascii_join_their_neighbours() {
        check(
            "Müller GRÜSSE naïveTEST",
            &["müller", "grüsse", "naïvetest"],
        );
        check("abcÉ", &["abcé"]);
        check("Éabc-Ω1", &["éabc", "ω1"]);
        check("p\u{0430}ypal", &["p\u{0430}ypal"]);
    }

    #[test]
    fn scripts_without_spaces_give_a_word_per_character() {
        check("登録ok失敗", &["登", "録", "ok", "失", "敗"]);
        check("カナかな", &["カ", "ナ", "か", "な"]);
        check("로그", &["로", "그"]);
        check("กข", &["ก", "ข"]);
    }

    #[test]
    fn a_dotted_capital_i_becomes_one_letter() {
        check("\u{130}stanbul", &["istanbul"]);
    }

    #[test]
    fn invisible_characters_separate() {
        check("zero\u{200B}width", &["zero", "width"]);
        check("a\u{202E}b", &["a", "b"]);
        check("a\0b", &["a", "b"]);
    }

    #[test]
    fn a_word_is_cut_at_256_bytes_and_at_a_character() {
        check(&"A".repeat(300), &[&"a".repeat(256)]);
        check(&"a".repeat(300), &[&"a".repeat(256)]);
        check(
            &format!("x{}", "é".repeat(200)),
            &[&format!("x{}", "é".repeat(127))],
        );
        // The cut leaves a byte free that a later letter would fit.
        check(
            &format!("x{}y z", "é".repeat(128)),
            &[&format!("x{}", "é".repeat(127)), "z"],
        );
    }

    /// The same by the book: slow, but plain to read.
    fn slowly(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        let mut word = String::new();
        let mut full = false;
        for character in text.chars().chain([' ']) {
            if !character.is_alphanumeric() || stands_alone(character) {
                if !word.is_empty() {
                    all.push(std::mem::take(&mut word));
                }
                full = false;
                if character.is_alphanumeric() {
                    all.push(character.to_string());
                }
                continue;
            }
            let character = lower(character);
            full |= word.len() + character.len_utf8() > TOKEN_BYTES_MAX;
            if !full {
                word.push(character);
            }
        }
        all
    }

    proptest! {
        #[test]
        fn the_fast_way_and_the_plain_way_agree(text in ".*") {
            prop_assert_eq!(words(&text), slowly(&text));
        }

        #[test]
        fn runs_of_any_length_agree_too(
            text in "([a-zA-Z0-9]{1,300}|[éÉ登 ]{1,140}|[ -~]{1,9}){0,6}",
        ) {
            prop_assert_eq!(words(&text), slowly(&text));
        }

        #[test]
        fn a_word_cut_again_gives_itself(text in "\\PC*") {
            for word in words(&text) {
                prop_assert_eq!(words(&word), vec![word.clone()]);
            }
        }
    }
}
