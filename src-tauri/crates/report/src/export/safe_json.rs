//! JSON with exact text in which nothing acts or hides: the one place for clipboard and exports.

use std::collections::HashMap;
use std::io::{self, Write};

use sealscope_shown::acts_or_hides;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::ser::Formatter;
use serde_json::value::RawValue;

use super::row::{FieldRef, ValueKind};

/// Writes one JSON value. Characters that would act or hide are written as `\uXXXX`: the text
/// read back is the same.
///
/// # Errors
/// When whoever takes the bytes fails.
pub fn write_json(value: &impl Serialize, out: impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Safe);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

struct Safe;

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return out.write_all(fragment.as_bytes());
        }
        out.write_all(escaped(fragment).as_bytes())
    }
}

/// Text inside a JSON string with `\uXXXX` for what acts or hides; line feeds stay.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c != '\n' && acts_or_hides(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// One JSON value, a member a line; as safe as [`write_json`].
pub(super) fn pretty_json(value: &impl Serialize) -> String {
    // All that is not ASCII stands inside of strings, where an escape means the same.
    escaped(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Raw fields by path, in the order of the entry; a path with several values has a list of them.
#[derive(Debug, Clone, Copy)]
pub struct Fields<'a>(pub &'a [FieldRef<'a>]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        each_path(self.0, serializer, |field| Exact(*field))
    }
}

/// The same with the text of every value: for formats whose readers round numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'a>(pub &'a [FieldRef<'a>]);

impl Serialize for Texts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        each_path(self.0, serializer, |field| field.text)
    }
}

fn each_path<'a, S: Serializer, T: Serialize>(
    fields: &'a [FieldRef<'a>],
    serializer: S,
    value: impl Fn(&'a FieldRef<'a>) -> T,
) -> Result<S::Ok, S::Error> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(fields.len());
    let mut grouped: Vec<(&str, Vec<T>)> = Vec::with_capacity(fields.len());
    for field in fields {
        let place = *places.entry(field.path).or_insert(grouped.len());
        match grouped.get_mut(place) {
            Some((_, values)) => values.push(value(field)),
            None => grouped.push((field.path, vec![value(field)])),
        }
    }
    let mut map = serializer.serialize_map(Some(grouped.len()))?;
    for (path, values) in &grouped {
        match values.as_slice() {
            [only] => map.serialize_entry(path, only)?,
            several => map.serialize_entry(path, several)?,
        }
    }
    map.end()
}

/// A value as it stands in its entry.
struct Exact<'a>(FieldRef<'a>);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.text;
        match self.0.kind {
            ValueKind::Text => serializer.serialize_str(text),
            ValueKind::Bool => serializer.serialize_bool(text == "true"),
            ValueKind::Null => serializer.serialize_unit(),
            // The digits of the entry, never rounded.
            ValueKind::Number => match serde_json::from_str::<&RawValue>(text) {
                Ok(digits) => digits.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field<'a>(path: &'a str, text: &'a str, kind: ValueKind) -> FieldRef<'a> {
        FieldRef { path, text, kind }
    }

    fn written(value: &impl Serialize) -> String {
        let mut bytes = Vec::new();
        write_json(value, &mut bytes).expect("memory");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn numbers_keep_their_digits() {
        for digits in [
            "123456789012345678901234567890.10",
            "9007199254740993",
            "1.50",
        ] {
            let fields = [field("n", digits, ValueKind::Number)];
            assert_eq!(written(&Fields(&fields)), format!("{{\"n\":{digits}}}"));
            assert_eq!(written(&Texts(&fields)), format!("{{\"n\":\"{digits}\"}}"));
        }
    }

    #[test]
    fn a_number_that_json_has_no_form_for_becomes_a_string() {
        let fields = [field("n", "0x1F", ValueKind::Number)];
        assert_eq!(written(&Fields(&fields)), r#"{"n":"0x1F"}"#);
    }

    #[test]
    fn values_of_one_path_become_a_list_at_its_first_place() {
        let fields = [
            field("a", "1", ValueKind::Number),
            field("b", "x", ValueKind::Text),
            field("a", "true", ValueKind::Bool),
            field("a", "null", ValueKind::Null),
        ];
        assert_eq!(written(&Fields(&fields)), r#"{"a":[1,true,null],"b":"x"}"#);
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_as_it_was_and_nothing_acts(
            text in prop::collection::vec(any::<char>(), 0..50),
        ) {
            let text: String = text.into_iter().collect();
            let json = written(&text);
            prop_assert!(!json.chars().any(acts_or_hides));
            prop_assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
        }
    }
}
