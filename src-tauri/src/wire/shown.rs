use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Text from a log, made safe to look at: runs of plain text and chips for what must not act.
///
/// Control, bidi, zero-width and invalid bytes never stand in a plain run. Plain runs are free of
/// line breaks, except in an entry's raw text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The runs in logical order.
    pub runs: Vec<Run>,
    /// The value goes on beyond what is shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub cut: bool,
}

/// A piece of shown text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Run {
    /// Plain text.
    Text(String),
    /// Something that would act or hide if it were printed.
    Chip(Chip),
}

/// What stands in the place of a character or byte that must not act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Chip {
    /// Its code: `U+202E`, `1B`, `FF`, or a symbol such as `␊`. Printed between ⟦ and ⟧.
    pub chip: String,
    /// Its name in words, for the tool tip and for screen readers.
    pub says: String,
}

impl Shown {
    /// Text that is known to hold nothing but plain characters.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            runs: vec![Run::Text(text.into())],
            cut: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_crosses_as_a_bare_string() {
        let json = serde_json::to_string(&Shown::plain("root")).unwrap_or_default();
        assert_eq!(json, r#"{"runs":["root"]}"#);
    }

    #[test]
    fn a_chip_is_told_apart_from_text() {
        let chip = Chip {
            chip: "U+202E".into(),
            says: "right-to-left override".into(),
        };
        let shown = Shown {
            runs: vec![Run::Text("a".into()), Run::Chip(chip)],
            cut: true,
        };
        let json = serde_json::to_string(&shown).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Shown>(&json).ok(), Some(shown));
        assert!(json.contains(r#"{"chip":"U+202E","says":"right-to-left override"}"#));
    }
}
