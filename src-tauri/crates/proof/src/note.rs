//! Signed notes (C2SP signed-note): a text, a blank line, and signature lines
//! `— <name> base64(key id || signature)`. Only Ed25519 (type 0x01) is signed and verified here;
//! signatures of other types and unknown keys are carried and named.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::tree::sha256;

/// Signature lines that a note may have. The specification asks for at least 16.
pub const NOTE_SIGNATURES_MAX: usize = 16;
/// Bytes that a note may have.
const NOTE_BYTES_MAX: usize = 1_000_000;
const ED25519: u8 = 0x01;
const DASH: &str = "\u{2014} ";

/// Why a text is no signed note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than a note may be.
    #[error("the note is longer than {NOTE_BYTES_MAX} bytes")]
    TooLong,
    /// Not UTF-8.
    #[error("the note is not UTF-8")]
    Encoding,
    /// A control character other than a line feed.
    #[error("the note holds a control character")]
    Control,
    /// No blank line between text and signatures, or no line feed at the end.
    #[error("the note has no blank line between its text and its signatures")]
    Shape,
    /// A line after the blank one is no signature line.
    #[error("line {0} of the signatures is no signature line")]
    SignatureLine(usize),
    /// More signatures than allowed.
    #[error("the note has more than {NOTE_SIGNATURES_MAX} signatures")]
    TooManySignatures,
}

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `name+8 hex digits+base64`.
    #[error("a verifier key reads NAME+HEX8+BASE64")]
    Shape,
    /// An empty name, or one with a space or a plus sign.
    #[error("a key name is not empty and has neither spaces nor plus signs")]
    Name,
    /// The key is of a type that is not supported.
    #[error("key type {0} is not supported here; a signer is type 1 (Ed25519), a witness type 4")]
    Type(u8),
    /// The key id is not that of name and key.
    #[error("the key id does not belong to this name and key")]
    Id,
    /// No Ed25519 public key.
    #[error("these 32 bytes are no Ed25519 public key")]
    Point,
}

/// A public key and the name it signs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl VerifierKey {
    /// The key under a name.
    ///
    /// # Errors
    /// When the name is empty or holds a space or a plus sign.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, KeyError> {
        if !name_is_valid(name) {
            return Err(KeyError::Name);
        }
        let id = id_of(name, ED25519, &key);
        Ok(Self {
            name: name.to_owned(),
            id,
            key,
        })
    }

    /// Reads `NAME+HEX8+BASE64(type || key)`.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, id, key) = split_vkey(text, ED25519)?;
        let read = Self::new(name, key)?;
        if read.id == id {
            Ok(read)
        } else {
            Err(KeyError::Id)
        }
    }

    /// The name that the key signs under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of `SHA256(name || 0x0A || type || key)`, big endian. Ids can collide: only
    /// a signature tells keys apart.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// The id as eight hex digits.
    #[must_use]
    pub fn id_hex(&self) -> String {
        format!("{:08x}", self.id)
    }

    /// What two people compare: SHA-256 of `type || key`, in hex.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        sha256(&bytes).to_hex()
    }

    /// The 32 bytes of the key (RFC 8032 §5.1.5).
    #[must_use]
    pub fn public_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    pub(crate) const fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The key in its text form.
    #[must_use]
    pub fn to_vkey(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        format!("{}+{}+{}", self.name, self.id_hex(), BASE64.encode(bytes))
    }

    /// Whether this key could have made the signature: same name and id.
    #[must_use]
    pub fn is_named_by(&self, signature: &NoteSignature) -> bool {
        signature.name == self.name && signature.key_id == self.id
    }

    /// Whether this key made the signature over the text.
    ///
    /// Strict: small-order keys and non-canonical encodings are refused (RFC 8032 §5.1.7).
    #[must_use]
    pub fn verifies(&self, text: &str, signature: &NoteSignature) -> bool {
        let Ok(bytes) = <[u8; 64]>::try_from(signature.bytes.as_slice()) else {
            return false;
        };
        self.is_named_by(signature)
            && self
                .key
                .verify_strict(text.as_bytes(), &Signature::from_bytes(&bytes))
                .is_ok()
    }
}

/// A private key and the name it signs under. Its `Debug` form does not show the key.
pub struct Signer {
    key: SigningKey,
    public: VerifierKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer")
            .field(&self.public.to_vkey())
            .finish()
    }
}

impl Signer {
    /// The signer with this 32-byte seed (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// When the name is empty or holds a space or a plus sign.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, key.verifying_key())?;
        Ok(Self { key, public })
    }

    /// The public half.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    pub(crate) const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Signs a text that ends in a line feed: the whole note.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let mut bytes = self.public.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!(
            "{text}\n{DASH}{} {}\n",
            self.public.name,
            BASE64.encode(bytes)
        )
    }
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The name on the line.
    pub name: String,
    /// The key id on the line.
    pub key_id: u32,
    /// What follows the key id: 64 bytes for Ed25519.
    pub bytes: Vec<u8>,
}

/// A text with its signatures, not verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, which ends in a line feed.
    pub text: String,
    /// The signature lines, in order; at least one.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Splits a note into text and signatures; the last blank line divides them.
    ///
    /// # Errors
    /// See [`NoteError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Encoding)?;
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Control);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Shape)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteError::Shape)?;
        let mut parsed = Vec::new();
        for (number, line) in lines.split('\n').enumerate() {
            if parsed.len() == NOTE_SIGNATURES_MAX {
                return Err(NoteError::TooManySignatures);
            }
            parsed.push(parse_signature(line).ok_or(NoteError::SignatureLine(number + 1))?);
        }
        Ok(Self {
            text: format!("{text}\n"),
            signatures: parsed,
        })
    }

    /// The note as it is written: the text, a blank line and the signature lines.
    #[must_use]
    pub fn to_note(&self) -> String {
        let mut note = format!("{}\n", self.text);
        for line in &self.signatures {
            let mut bytes = line.key_id.to_be_bytes().to_vec();
            bytes.extend_from_slice(&line.bytes);
            note.push_str(&format!("{DASH}{} {}\n", line.name, BASE64.encode(bytes)));
        }
        note
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(DASH)?.split_once(' ')?;
    if !name_is_valid(name) {
        return None;
    }
    let bytes = BASE64.decode(encoded).ok()?;
    let (id, rest) = bytes.split_first_chunk::<4>()?;
    if rest.is_empty() {
        return None;
    }
    Some(NoteSignature {
        name: name.to_owned(),
        key_id: u32::from_be_bytes(*id),
        bytes: rest.to_vec(),
    })
}

/// Splits `NAME+HEX8+BASE64(type || key)` into its parts; the id is not compared yet.
pub(crate) fn split_vkey(text: &str, kind: u8) -> Result<(&str, u32, VerifyingKey), KeyError> {
    let mut parts = text.trim_end_matches(['\n', '\r']).splitn(3, '+');
    let (Some(name), Some(hex), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyError::Shape);
    };
    let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hex.len() != 8 || !hex.bytes().all(lower_hex) {
        return Err(KeyError::Shape);
    }
    let id = u32::from_str_radix(hex, 16).map_err(|_| KeyError::Shape)?;
    let bytes = BASE64.decode(encoded).map_err(|_| KeyError::Shape)?;
    let (found, key) = bytes.split_first().ok_or(KeyError::Shape)?;
    if *found != kind {
        return Err(KeyError::Type(*found));
    }
    let key: [u8; 32] = key.try_into().map_err(|_| KeyError::Shape)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| KeyError::Point)?;
    Ok((name, id, key))
}

pub(crate) fn name_is_valid(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

/// The key id (C2SP signed-note): a hint at who signed, which can collide.
pub(crate) fn id_of(name: &str, kind: u8, key: &VerifyingKey) -> u32 {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend_from_slice(&[b'\n', kind]);
    bytes.extend_from_slice(key.as_bytes());
    let [a, b, c, d, ..] = *sha256(&bytes).as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::from_seed("example.org/log", &[7; 32]).expect("the name is valid")
    }

    #[test]
    fn a_note_is_verified_by_its_key_and_by_no_other() {
        let note = Note::parse(signer().sign("one\ntwo\n").as_bytes()).expect("it parses");
        assert_eq!(note.text, "one\ntwo\n");
        assert!(
            signer()
                .verifier()
                .verifies(&note.text, &note.signatures[0])
        );
        assert!(
            !signer()
                .verifier()
                .verifies("one\ntwo\nthree\n", &note.signatures[0])
        );
        let other = Signer::from_seed("example.org/log", &[8; 32]).expect("the name is valid");
        assert!(!other.verifier().verifies(&note.text, &note.signatures[0]));
    }

    #[test]
    fn a_note_is_written_as_it_was_read() {
        let note = signer().sign("one\n\ntwo\n");
        let read = Note::parse(note.as_bytes()).expect("it parses");
        assert_eq!(read.to_note(), note);
    }

    #[test]
    fn a_key_goes_to_text_and_back() {
        let key = signer().verifier().clone();
        assert_eq!(VerifierKey::parse(&key.to_vkey()), Ok(key));
    }

    #[test]
    fn a_key_with_another_name_or_id_is_refused() {
        let vkey = signer().verifier().to_vkey();
        let renamed = vkey.replace("example.org", "example.net");
        assert_eq!(VerifierKey::parse(&renamed), Err(KeyError::Id));
        assert_eq!(VerifierKey::parse("a+b"), Err(KeyError::Shape));
    }

    #[test]
    fn seventeen_signatures_are_one_too_many() {
        let note = signer().sign("text\n");
        let line = note.lines().last().expect("there is a signature");
        let sixteen = format!("text\n\n{}", format!("{line}\n").repeat(16));
        assert_eq!(
            Note::parse(sixteen.as_bytes()).map(|note| note.signatures.len()),
            Ok(16)
        );
        let more = format!("{sixteen}{line}\n");
        assert_eq!(
            Note::parse(more.as_bytes()),
            Err(NoteError::TooManySignatures)
        );
    }

    #[test]
    fn a_text_with_blank_lines_is_divided_at_the_last_one() {
        let note = Note::parse(signer().sign("a\n\nb\n").as_bytes()).expect("it parses");
        assert_eq!(note.text, "a\n\nb\n");
    }
}
