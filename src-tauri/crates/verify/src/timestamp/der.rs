//! Reads DER (X.690 §10) as slices: what is signed is then the bytes as they stand, never bytes
//! that were encoded again.
//!
//! Strict on purpose: definite and shortest lengths, tags of one byte. Whatever is otherwise does
//! not parse.

/// Why something does not parse: what it should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotDer(pub(crate) &'static str);

pub(crate) type Parse<T> = Result<T, NotDer>;

/// Tags of X.680 that are used here.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// A constructed context-specific tag.
    pub(crate) const fn context(number: u8) -> u8 {
        0xA0 | number
    }

    /// A primitive context-specific tag.
    pub(crate) const fn context_primitive(number: u8) -> u8 {
        0x80 | number
    }
}

/// One value: tag, all its bytes, and its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) raw: &'a [u8],
    pub(crate) content: &'a [u8],
}

/// Reads values one after another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value; `what` names it in the error.
    pub(crate) fn next(&mut self, what: &'static str) -> Parse<Tlv<'a>> {
        let (value, rest) = split(self.0).ok_or(NotDer(what))?;
        self.0 = rest;
        Ok(value)
    }

    /// The next value, which has this tag.
    pub(crate) fn expect(&mut self, tag: u8, what: &'static str) -> Parse<Tlv<'a>> {
        let value = self.next(what)?;
        if value.tag == tag {
            Ok(value)
        } else {
            Err(NotDer(what))
        }
    }

    /// The next value if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8, what: &'static str) -> Parse<Option<Tlv<'a>>> {
        if self.0.first() == Some(&tag) {
            self.next(what).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The values inside of the next one, which has this tag.
    pub(crate) fn inside(&mut self, tag: u8, what: &'static str) -> Parse<Der<'a>> {
        Ok(Der(self.expect(tag, what)?.content))
    }

    /// Nothing may be left.
    pub(crate) const fn end(&self, what: &'static str) -> Parse<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(NotDer(what))
        }
    }
}

fn split(bytes: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    let (&tag, after_tag) = bytes.split_first()?;
    if tag & 0x1F == 0x1F {
        return None;
    }
    let (&first, after_first) = after_tag.split_first()?;
    let (length, after_length) = if first < 0x80 {
        (usize::from(first), after_first)
    } else {
        let count = usize::from(first & 0x7F);
        if count == 0 || count > 4 {
            return None;
        }
        let (digits, rest) = after_first.split_at_checked(count)?;
        let length = digits
            .iter()
            .fold(0u64, |sum, digit| sum << 8 | u64::from(*digit));
        let is_shortest = length >= 0x80 && digits.first() != Some(&0);
        (
            is_shortest
                .then(|| usize::try_from(length).ok())
                .flatten()?,
            rest,
        )
    };
    let (content, rest) = after_length.split_at_checked(length)?;
    let raw = bytes.get(..bytes.len() - rest.len())?;
    Some((Tlv { tag, raw, content }, rest))
}

/// A small number that is not negative.
pub(crate) fn small(content: &[u8]) -> Option<u64> {
    let is_shortest = match content {
        [] => false,
        [0, second, ..] => second & 0x80 != 0,
        [first, ..] => first & 0x80 == 0,
    };
    if !is_shortest || content.len() > 9 || content.len() == 9 && content.first() != Some(&0) {
        return None;
    }
    Some(
        content
            .iter()
            .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte)),
    )
}

/// An object identifier in dotted form; `None` where it is longer than any in use.
pub(crate) fn dotted(content: &[u8]) -> Option<String> {
    if content.is_empty() || content.len() > 64 {
        return None;
    }
    let mut text = String::new();
    let (mut arc, mut is_first, mut is_inside) = (0u64, true, false);
    for byte in content {
        if !is_inside && *byte == 0x80 {
            return None;
        }
        arc = arc.checked_mul(128)?.checked_add(u64::from(byte & 0x7F))?;
        is_inside = byte & 0x80 != 0;
        if is_inside {
            continue;
        }
        if is_first {
            let top = (arc / 40).min(2);
            text.push_str(&format!("{top}.{}", arc - 40 * top));
            is_first = false;
        } else {
            text.push_str(&format!(".{arc}"));
        }
        arc = 0;
    }
    (!is_inside).then_some(text)
}

/// A BIT STRING of whole bytes.
pub(crate) fn whole_bits(content: &[u8]) -> Option<&[u8]> {
    match content.split_first() {
        Some((0, bits)) => Some(bits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_are_not_the_shortest_do_not_parse() {
        for (bytes, fits) in [
            (&[0x04, 0x01, 0xAA][..], true),
            (&[0x04, 0x81, 0x01, 0xAA], false),
            (&[0x04, 0x80, 0x00, 0x00], false),
            (&[0x04, 0x02, 0xAA], false),
            (&[0x1F, 0x01, 0xAA], false),
            (&[0x04, 0x85, 0, 0, 0, 0, 1, 0xAA], false),
            (&[0x04], false),
            (&[], false),
        ] {
            assert_eq!(Der::new(bytes).next("x").is_ok(), fits, "{bytes:02x?}");
        }
    }

    #[test]
    fn object_identifiers_read_as_people_write_them() {
        assert_eq!(
            dotted(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]).as_deref(),
            Some("1.2.840.113549.1.1.11")
        );
        assert_eq!(dotted(&[0x88, 0x37, 0x03]).as_deref(), Some("2.999.3"));
        assert_eq!(dotted(&[0x2A, 0x80, 0x01]), None);
        assert_eq!(dotted(&[0x2A, 0x86]), None);
    }

    #[test]
    fn numbers_are_small_and_not_negative() {
        for (content, number) in [
            (&[0x01][..], Some(1)),
            (&[0x00, 0x80], Some(128)),
            (&[0x80], None),
            (&[0x00, 0x01], None),
            (&[], None),
            (
                &[0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
                Some(u64::MAX),
            ),
            (&[0x01, 0, 0, 0, 0, 0, 0, 0, 0], None),
        ] {
            assert_eq!(small(content), number, "{content:02x?}");
        }
    }
}
