//! The digests that chains are made of, and how they are written down.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{KeyInit as _, Mac as _, SimpleHmac};
use sha2::Digest as _;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashAlg {
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SHA-384 (FIPS 180-4).
    Sha384,
    /// SHA-512 (FIPS 180-4).
    Sha512,
    /// SHA3-256 (FIPS 202).
    Sha3256,
    /// SHA3-512 (FIPS 202).
    Sha3512,
    /// BLAKE2b with 32 bytes of output (RFC 7693).
    Blake2b256,
    /// BLAKE3, 32 bytes.
    Blake3,
}

/// Every hash function with its name in a profile.
pub const HASH_ALGS: [(&str, HashAlg); 7] = [
    ("sha256", HashAlg::Sha256),
    ("sha384", HashAlg::Sha384),
    ("sha512", HashAlg::Sha512),
    ("sha3-256", HashAlg::Sha3256),
    ("sha3-512", HashAlg::Sha3512),
    ("blake2b-256", HashAlg::Blake2b256),
    ("blake3", HashAlg::Blake3),
];

type Blake2b256 = blake2::Blake2b<blake2::digest::consts::U32>;

/// The bytes of a digest: up to 64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DigestBytes {
    bytes: [u8; 64],
    length: usize,
}

impl DigestBytes {
    fn new(from: &[u8]) -> Self {
        let mut bytes = [0; 64];
        for (slot, byte) in bytes.iter_mut().zip(from) {
            *slot = *byte;
        }
        Self {
            bytes,
            length: from.len().min(64),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl std::fmt::Debug for DigestBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in self.as_slice() {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl HashAlg {
    /// The function that a profile names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut algs = HASH_ALGS.iter();
        algs.find(|(known, _)| *known == name).map(|(_, alg)| *alg)
    }

    /// Its name in a profile.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut algs = HASH_ALGS.iter();
        algs.find(|(_, alg)| *alg == self)
            .map_or("", |(name, _)| name)
    }

    /// Bytes of its output.
    #[must_use]
    pub const fn output_bytes(self) -> usize {
        match self {
            Self::Sha256 | Self::Sha3256 | Self::Blake2b256 | Self::Blake3 => 32,
            Self::Sha384 => 48,
            Self::Sha512 | Self::Sha3512 => 64,
        }
    }

    /// Hashes bytes.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> DigestBytes {
        match self {
            Self::Sha256 => DigestBytes::new(&sha2::Sha256::digest(data)),
            Self::Sha384 => DigestBytes::new(&sha2::Sha384::digest(data)),
            Self::Sha512 => DigestBytes::new(&sha2::Sha512::digest(data)),
            Self::Sha3256 => DigestBytes::new(&sha3::Sha3_256::digest(data)),
            Self::Sha3512 => DigestBytes::new(&sha3::Sha3_512::digest(data)),
            Self::Blake2b256 => DigestBytes::new(&Blake2b256::digest(data)),
            Self::Blake3 => DigestBytes::new(blake3::hash(data).as_bytes()),
        }
    }

    /// The message authentication code of bytes (HMAC, RFC 2104; BLAKE3 in its keyed mode where the
    /// key has 32 bytes, which is the only one that it knows).
    #[must_use]
    pub fn mac(self, key: &[u8], data: &[u8]) -> Option<DigestBytes> {
        macro_rules! hmac {
            ($hash:ty) => {{
                let mut mac = SimpleHmac::<$hash>::new_from_slice(key).ok()?;
                mac.update(data);
                DigestBytes::new(&mac.finalize().into_bytes())
            }};
        }
        Some(match self {
            Self::Sha256 => hmac!(sha2::Sha256),
            Self::Sha384 => hmac!(sha2::Sha384),
            Self::Sha512 => hmac!(sha2::Sha512),
            Self::Sha3256 => hmac!(sha3::Sha3_256),
            Self::Sha3512 => hmac!(sha3::Sha3_512),
            Self::Blake2b256 => hmac!(Blake2b256),
            Self::Blake3 => {
                let key: &[u8; 32] = key.try_into().ok()?;
                DigestBytes::new(blake3::keyed_hash(key, data).as_bytes())
            }
        })
    }
}

/// How the bytes of a digest are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hex digits.
    HexLower,
    /// Upper-case hex digits.
    HexUpper,
    /// Base64 with padding (RFC 4648 §4).
    Base64,
    /// Base64 for URLs (RFC 4648 §5), without padding.
    Base64Url,
}

/// Every encoding with its name in a profile.
pub const ENCODINGS: [(&str, Encoding); 4] = [
    ("hex-lower", Encoding::HexLower),
    ("hex-upper", Encoding::HexUpper),
    ("base64", Encoding::Base64),
    ("base64url", Encoding::Base64Url),
];

impl Encoding {
    /// The encoding that a profile names.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = ENCODINGS.iter();
        all.find(|(known, _)| *known == name).map(|(_, one)| *one)
    }

    /// Its name in a profile.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mut all = ENCODINGS.iter();
        all.find(|(_, one)| *one == self)
            .map_or("", |(name, _)| name)
    }

    /// Appends the bytes as text.
    pub fn write(self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut hex = |digits: &[u8; 16]| {
            for byte in bytes {
                for nibble in [byte >> 4, byte & 15] {
                    out.extend(digits.get(usize::from(nibble)));
                }
            }
        };
        match self {
            Self::HexLower => hex(b"0123456789abcdef"),
            Self::HexUpper => hex(b"0123456789ABCDEF"),
            Self::Base64 => out.extend_from_slice(STANDARD.encode(bytes).as_bytes()),
            Self::Base64Url => out.extend_from_slice(URL_SAFE_NO_PAD.encode(bytes).as_bytes()),
        }
    }

    /// The bytes that a text stands for. Hex digits of either case and base64 with or without
    /// padding are read.
    #[must_use]
    pub fn read(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::HexLower | Self::HexUpper => {
                let nibble = |byte: u8| u8::try_from((byte as char).to_digit(16)?).ok();
                let (pairs, rest) = text.as_chunks::<2>();
                let byte = |[high, low]: &[u8; 2]| Some(nibble(*high)? << 4 | nibble(*low)?);
                rest.is_empty().then(|| pairs.iter().map(byte).collect())?
            }
            Self::Base64 => STANDARD
                .decode(text)
                .or_else(|_| STANDARD_NO_PAD.decode(text))
                .ok(),
            Self::Base64Url => URL_SAFE_NO_PAD
                .decode(text)
                .or_else(|_| URL_SAFE.decode(text))
                .ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests of "abc" as the standards, `openssl dgst` and `b3sum` print them.
    #[test]
    fn every_function_gives_its_published_digest() {
        for (name, begins) in [
            ("sha256", "ba7816bf8f01cfea"),
            ("sha384", "cb00753f45a35e8b"),
            ("sha512", "ddaf35a193617aba"),
            ("sha3-256", "3a985da74fe225b2"),
            ("sha3-512", "b751850b1a57168a"),
            ("blake2b-256", "bddd813c63423972"),
            ("blake3", "6437b3ac38465133"),
        ] {
            let alg = HashAlg::named(name).expect(name);
            let digest = alg.digest(b"abc");
            assert!(
                format!("{digest:?}").starts_with(begins),
                "{name}: {digest:?}"
            );
            assert_eq!(digest.as_slice().len(), alg.output_bytes());
        }
        // RFC 4231 §4.3.
        let mac = HashAlg::Sha256.mac(b"Jefe", b"what do ya want for nothing?");
        assert!(format!("{:?}", mac.expect("a code")).starts_with("5bdcc146bf60754e"));
    }

    #[test]
    fn encodings_go_there_and_back() {
        for (name, encoding) in ENCODINGS {
            let bytes: Vec<u8> = (0..=255).collect();
            let mut text = Vec::new();
            encoding.write(&bytes, &mut text);
            assert_eq!(encoding.read(&text), Some(bytes), "{name}");
        }
        assert_eq!(Encoding::HexLower.read(b"0g"), None);
        assert_eq!(Encoding::HexLower.read(b"012"), None);
    }
}
