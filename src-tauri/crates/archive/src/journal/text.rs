//! How values are written: JSON and export format as `journalctl -o json --all` and `-o export`
//! write them (systemd, "Journal Export Formats").

/// Whether journalctl writes it as text: UTF-8 without control characters but tab and line feed,
/// and without code points that are no characters.
pub(super) fn is_printable(bytes: &[u8], with_line_feed: bool) -> bool {
    let plain =
        |byte: &u8| matches!(byte, 0x20..=0x7E | b'\t') || (*byte == b'\n' && with_line_feed);
    if bytes.iter().all(plain) {
        return true;
    }
    std::str::from_utf8(bytes).is_ok_and(|text| {
        text.chars().all(|c| match u32::from(c) {
            0x09 => true,
            0x0A => with_line_feed,
            0..=0x1F | 0x7F..=0x9F | 0xFDD0..=0xFDEF => false,
            other => other & 0xFFFE != 0xFFFE,
        })
    })
}

/// Writes a value as JSON: text, or a list of its bytes.
pub(super) fn write_json_value(value: &[u8], to: &mut Vec<u8>) {
    if is_printable(value, true) {
        write_json_text(value, to);
        return;
    }
    to.push(b'[');
    for (number, byte) in value.iter().enumerate() {
        if number > 0 {
            to.push(b',');
        }
        write_decimal(u64::from(*byte), to);
    }
    to.push(b']');
}

/// Writes text with its quotes; it holds no control characters but tab and line feed, or they are
/// escaped.
pub(super) fn write_json_text(text: &[u8], to: &mut Vec<u8>) {
    to.push(b'"');
    let mut rest = text;
    while let Some(place) = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
    {
        let (plain, after) = rest.split_at(place);
        to.extend_from_slice(plain);
        let Some((byte, after)) = after.split_first() else {
            break;
        };
        match byte {
            b'"' => to.extend_from_slice(b"\\\""),
            b'\\' => to.extend_from_slice(b"\\\\"),
            b'\n' => to.extend_from_slice(b"\\n"),
            b'\t' => to.extend_from_slice(b"\\t"),
            _ => {
                to.extend_from_slice(b"\\u00");
                write_hex_byte(*byte, to);
            }
        }
        rest = after;
    }
    to.extend_from_slice(rest);
    to.push(b'"');
}

/// Writes a field in export format: `NAME=value` and a line feed, or, where the value is no plain
/// line, the name, a line feed, the length in eight bytes, the value and a line feed.
pub(super) fn write_export_field(payload: &[u8], to: &mut Vec<u8>) {
    if is_printable(payload, false) {
        to.extend_from_slice(payload);
    } else {
        let equals = payload.iter().position(|byte| *byte == b'=');
        let (name, value) = payload.split_at(equals.unwrap_or(payload.len()));
        let value = value.get(1..).unwrap_or_default();
        to.extend_from_slice(name);
        to.push(b'\n');
        to.extend_from_slice(&(value.len() as u64).to_le_bytes());
        to.extend_from_slice(value);
    }
    to.push(b'\n');
}

/// Writes a number in decimal.
pub(super) fn write_decimal(number: u64, to: &mut Vec<u8>) {
    write_number(number, 10, to);
}

/// Writes a number in hex, lower case, without leading zeros.
pub(super) fn write_hex(number: u64, to: &mut Vec<u8>) {
    write_number(number, 16, to);
}

fn write_number(mut number: u64, base: u64, to: &mut Vec<u8>) {
    let mut digits = [0u8; 20];
    let mut begin = digits.len();
    loop {
        begin -= 1;
        if let Some(place) = digits.get_mut(begin) {
            *place = digit((number % base) as u8);
        }
        number /= base;
        if number == 0 {
            break;
        }
    }
    to.extend_from_slice(digits.get(begin..).unwrap_or_default());
}

/// Writes an id as 32 hex digits.
pub(super) fn write_id(id: &[u8; 16], to: &mut Vec<u8>) {
    for byte in id {
        write_hex_byte(*byte, to);
    }
}

fn write_hex_byte(byte: u8, to: &mut Vec<u8>) {
    to.push(digit(byte >> 4));
    to.push(digit(byte & 15));
}

const fn digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ => b'a' + value - 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: &[u8]) -> String {
        let mut text = Vec::new();
        write_json_value(value, &mut text);
        String::from_utf8(text).expect("JSON is text")
    }

    #[test]
    fn what_is_no_plain_text_is_a_list_of_bytes() {
        for (value, written) in [
            (&b""[..], r#""""#),
            (b"plain", r#""plain""#),
            (b"a\"b\\c\td\ne", r#""a\"b\\c\td\ne""#),
            ("höst 🦀".as_bytes(), "\"höst 🦀\""),
            (b"nul\0", "[110,117,108,0]"),
            (b"\xFF\xFE", "[255,254]"),
            ("\u{85}".as_bytes(), "[194,133]"),
            ("\u{FFFE}".as_bytes(), "[239,191,190]"),
            (b"\x1B[2J", "[27,91,50,74]"),
        ] {
            assert_eq!(json(value), written);
        }
    }

    #[test]
    fn a_line_feed_makes_a_field_binary_in_export_format() {
        let mut text = Vec::new();
        write_export_field(b"A=1", &mut text);
        write_export_field(b"B=x\ny", &mut text);
        assert_eq!(text, b"A=1\nB\n\x03\0\0\0\0\0\0\0x\ny\n");
    }

    #[test]
    fn numbers_have_no_leading_zeros() {
        let mut text = Vec::new();
        write_decimal(0, &mut text);
        write_decimal(u64::MAX, &mut text);
        write_hex(0xA0, &mut text);
        assert_eq!(text, b"018446744073709551615a0");
    }
}
