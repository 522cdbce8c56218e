//! A hint where one word mixes scripts: `pаypal` with a Cyrillic `а` reads like another word.

use unicode_script::{Script, UnicodeScript as _};
use unicode_security::{MixedScript as _, RestrictionLevel, RestrictionLevelDetection as _};

use super::shown;

/// Bytes of a text that are looked at.
const LOOKED_AT_MAX: usize = 64 << 10;
/// Bytes of a word that are repeated in the hint.
const WORD_BYTES_MAX: usize = 64;

/// Says of the first word that mixes scripts which ones; `None` where none does. Latin beside
/// Chinese, Japanese or Korean is usual and passes (Unicode UTS 39, "highly restrictive").
#[must_use]
pub fn mixed_scripts(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let end = text.floor_char_boundary(LOOKED_AT_MAX);
    let word = text
        .get(..end)?
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| is_suspicious(word))?;
    let mut scripts: Vec<&str> = Vec::new();
    for script in word.chars().map(|c| c.script()) {
        let is_common = matches!(script, Script::Common | Script::Inherited | Script::Unknown);
        if !is_common && !scripts.contains(&script.full_name()) {
            scripts.push(script.full_name());
        }
    }
    let (last, rest) = scripts.split_last()?;
    (!rest.is_empty()).then(|| {
        let word = shown(word, WORD_BYTES_MAX).to_text();
        format!(
            "The word {word} mixes letters of {} and {last}: it may not be what it looks like.",
            rest.join(", ")
        )
    })
}

fn is_suspicious(word: &str) -> bool {
    !word.is_ascii()
        && !word.is_single_script()
        && !word.check_restriction_level(RestrictionLevel::HighlyRestrictive)
}
