use std::fmt;

/// A SHA-256 digest: 32 bytes (FIPS 180-4).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Wraps 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// All 64 hex digits, lower case, as reports print them.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// The first 12 hex digits, as the window prints them.
    #[must_use]
    pub fn to_short_hex(&self) -> String {
        self.to_hex().chars().take(12).collect()
    }

    /// Reads exactly 64 hex digits of either case.
    ///
    /// # Errors
    /// When the text is not 64 hex digits.
    pub fn from_hex(text: &str) -> Result<Self, DigestParseError> {
        if text.len() != 64 || !text.is_ascii() {
            return Err(DigestParseError);
        }
        let mut bytes = [0u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let mut value = 0u8;
            for digit in pair {
                let nibble = (*digit as char).to_digit(16).ok_or(DigestParseError)?;
                value = value << 4 | u8::try_from(nibble).map_err(|_| DigestParseError)?;
            }
            *byte = value;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_short_hex())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// The text is not 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 digest is 64 hex digits")]
pub struct DigestParseError;

/// Something that an archive states about itself. Comes only from parsing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Claimed<T>(T);

impl<T> Claimed<T> {
    /// Marks a value as read from the archive.
    pub const fn parsed(value: T) -> Self {
        Self(value)
    }

    /// The value, still only a claim.
    pub const fn get(&self) -> &T {
        &self.0
    }
}

/// Something that was worked out from bytes. Comes only from hashing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Computed<T>(T);

impl<T> Computed<T> {
    /// Marks a value as made from bytes by this program.
    pub const fn hashed(value: T) -> Self {
        Self(value)
    }

    /// The value.
    pub const fn get(&self) -> &T {
        &self.0
    }
}

/// Whether what the archive states equals what its bytes give.
pub fn agree<T: PartialEq>(claimed: &Claimed<T>, computed: &Computed<T>) -> bool {
    claimed.0 == computed.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_there_and_back() {
        let digest = Digest::new(core::array::from_fn(|i| u8::try_from(i * 7).unwrap_or(255)));
        assert_eq!(Digest::from_hex(&digest.to_hex()), Ok(digest));
        assert_eq!(digest.to_short_hex().len(), 12);
    }

    #[test]
    fn what_is_not_64_hex_digits_is_refused() {
        for text in ["", "00", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert_eq!(Digest::from_hex(text), Err(DigestParseError), "{text}");
        }
    }

    #[test]
    fn a_claim_agrees_only_with_the_same_value() {
        let (one, two) = (Digest::new([1; 32]), Digest::new([2; 32]));
        assert!(agree(&Claimed::parsed(one), &Computed::hashed(one)));
        assert!(!agree(&Claimed::parsed(one), &Computed::hashed(two)));
    }
}
