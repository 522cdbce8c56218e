//! Numbers as ECMAScript and Python print them, from their JSON tokens.
//!
//! Both print the shortest digits that read back as the same double; they differ in where they
//! use an exponent. ECMA-262 §6.1.6.1.20 (RFC 8785 §3.2.2.3 follows it); Python: `float.__repr__`.

use std::fmt::Write as _;

/// Digits of an integer that Python converts (`sys.int_info.default_max_str_digits`).
const PYTHON_DIGITS_MAX: usize = 4300;
/// As many significant digits always survive a double.
const SAFE_DIGITS: usize = 15;

/// A number that the language could not have printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoNumber;

/// Prints a number as `JSON.stringify(JSON.parse(token))` does; `None` for what is infinite.
pub(super) fn es(token: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if is_short_integer(token) {
        out.extend_from_slice(token);
        return Some(());
    }
    if let Some(text) = short_decimal(token, b"0.00000") {
        out.extend_from_slice(text);
        return Some(());
    }
    let value = parsed(token);
    if value == 0.0 {
        out.push(b'0');
        return Some(());
    }
    if !value.is_finite() {
        return None;
    }
    let shortest = Shortest::of(value);
    if value < 0.0 {
        out.push(b'-');
    }
    let (digits, point) = (shortest.digits(), shortest.point);
    if (-5..=21).contains(&point) {
        positional(digits, point, out);
    } else {
        exponential(digits, point, 1, out);
    }
    Some(())
}

/// Prints a number as `json.dumps(json.loads(token))` does.
pub(super) fn python(token: &[u8], out: &mut Vec<u8>) -> Result<(), NoNumber> {
    let is_integer = !token.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
    if is_integer {
        if token.len() > PYTHON_DIGITS_MAX {
            return Err(NoNumber);
        }
        out.extend_from_slice(if token == b"-0" { b"0" } else { token });
        return Ok(());
    }
    if let Some(text) = short_decimal(token, b"0.000") {
        out.extend_from_slice(token);
        if text.len() == token.len() || token.ends_with(b".0") {
            return Ok(());
        }
        out.truncate(out.len() - token.len());
    }
    let value = parsed(token);
    if value.is_sign_negative() {
        out.push(b'-');
    }
    if value == 0.0 {
        out.extend_from_slice(b"0.0");
        return Ok(());
    }
    if !value.is_finite() {
        out.extend_from_slice(b"Infinity");
        return Ok(());
    }
    let shortest = Shortest::of(value);
    let (digits, point) = (shortest.digits(), shortest.point);
    if (-3..=16).contains(&point) {
        positional(digits, point, out);
        if usize::try_from(point).is_ok_and(|point| digits.len() <= point) {
            out.extend_from_slice(b".0");
        }
    } else {
        exponential(digits, point, 2, out);
    }
    Ok(())
}

fn parsed(token: &[u8]) -> f64 {
    // The scanner has looked that it is a number.
    let text = std::str::from_utf8(token).unwrap_or_default();
    text.parse().unwrap_or(f64::NAN)
}

fn is_short_integer(token: &[u8]) -> bool {
    token.len() <= SAFE_DIGITS
        && token != b"-0"
        && !token.iter().any(|b| matches!(b, b'.' | b'e' | b'E'))
}

/// A decimal of few digits without an exponent is its own shortest form once zeros at its end are
/// gone: that form, or `None` where it takes more than looking.
fn short_decimal<'t>(token: &'t [u8], too_small: &[u8]) -> Option<&'t [u8]> {
    let unsigned = token.strip_prefix(b"-").unwrap_or(token);
    if token.len() > SAFE_DIGITS + 1
        || unsigned.starts_with(too_small)
        || token.iter().any(|byte| matches!(byte, b'e' | b'E'))
    {
        return None;
    }
    let point = token.iter().position(|byte| *byte == b'.')?;
    let zeros = token.iter().rev().take_while(|byte| **byte == b'0').count();
    let end = token.len() - zeros;
    let end = if end == point + 1 { point } else { end };
    let text = token.get(..end)?;
    // A zero has a sign in one language and none in the other.
    (!matches!(text, b"0" | b"-0")).then_some(text)
}

/// The shortest digits of a double, and where the point stands: value = 0.DIGITS × 10^point.
struct Shortest {
    text: Buffer,
    point: i32,
}

impl Shortest {
    fn of(value: f64) -> Self {
        let mut text = Buffer::default();
        // Rust prints the shortest digits that read back, and of those the closest.
        let _ = write!(text, "{:e}", value.abs());
        let written = text.as_bytes();
        let end = written.iter().position(|byte| *byte == b'e');
        let end = end.unwrap_or(written.len());
        let exponent = written.get(end + 1..).unwrap_or_default();
        let exponent = std::str::from_utf8(exponent).unwrap_or_default();
        let point = exponent.parse::<i32>().unwrap_or(0) + 1;
        // "d.ddd" becomes "dddd".
        let mut digits = Buffer::default();
        for byte in written.iter().take(end).filter(|byte| **byte != b'.') {
            digits.push(*byte);
        }
        Self {
            text: digits,
            point,
        }
    }

    fn digits(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// Room for the longest double in scientific form.
#[derive(Default)]
struct Buffer {
    bytes: [u8; 32],
    length: usize,
}

impl Buffer {
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl std::fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.bytes().for_each(|byte| self.push(byte));
        Ok(())
    }
}

fn positional(digits: &[u8], point: i32, out: &mut Vec<u8>) {
    let zeros = |count: usize, out: &mut Vec<u8>| out.extend(std::iter::repeat_n(b'0', count));
    match usize::try_from(point) {
        Ok(0) | Err(_) => {
            out.extend_from_slice(b"0.");
            zeros(usize::try_from(-point).unwrap_or(0), out);
            out.extend_from_slice(digits);
        }
        Ok(point) if digits.len() <= point => {
            out.extend_from_slice(digits);
            zeros(point - digits.len(), out);
        }
        Ok(point) => {
            let (whole, fraction) = digits.split_at(point);
            out.extend_from_slice(whole);
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
    }
}

fn exponential(digits: &[u8], point: i32, width: usize, out: &mut Vec<u8>) {
    let (first, rest) = digits.split_at(digits.len().min(1));
    out.extend_from_slice(first);
    if !rest.is_empty() {
        out.push(b'.');
        out.extend_from_slice(rest);
    }
    let exponent = point - 1;
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    let text = exponent.unsigned_abs().to_string();
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(text.len())));
    out.extend_from_slice(text.as_bytes());
}
