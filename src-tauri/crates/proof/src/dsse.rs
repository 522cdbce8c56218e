//! Signatures over documents (DSSE, Dead Simple Signing Envelope, protocol version 1).
//!
//! What is signed begins with `DSSEv1` and lengths and has no line feed at its end, so that it
//! can never be read as a signed note, nor a note as it: one key may serve for both.

use ed25519_dalek::{Signature, Signer as _};

use crate::note::{Signer, VerifierKey};

/// The bytes that are signed: the pre-authentication encoding of a payload with its media type
/// (PAE).
#[must_use]
pub fn dsse_pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Signer {
    /// Signs a document: 64 bytes of Ed25519 (RFC 8032 §5.1.6).
    #[must_use]
    pub fn sign_dsse(&self, payload_type: &str, payload: &[u8]) -> [u8; 64] {
        self.key().sign(&dsse_pae(payload_type, payload)).to_bytes()
    }
}

impl VerifierKey {
    /// Whether this key made a signature over a document. Strict, as for notes.
    #[must_use]
    pub fn verifies_dsse(&self, payload_type: &str, payload: &[u8], signature: &[u8]) -> bool {
        let Ok(bytes) = <[u8; 64]>::try_from(signature) else {
            return false;
        };
        let signed = dsse_pae(payload_type, payload);
        let signature = Signature::from_bytes(&bytes);
        self.key().verify_strict(&signed, &signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        // The example of the DSSE protocol page.
        let signed = dsse_pae("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            signed,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn a_signature_is_for_its_type_and_payload_and_key() {
        let signer = Signer::from_seed("a", &[7; 32]).expect("a key");
        let signature = signer.sign_dsse("t", b"payload");
        let key = signer.verifier();
        assert!(key.verifies_dsse("t", b"payload", &signature));
        assert!(!key.verifies_dsse("u", b"payload", &signature));
        assert!(!key.verifies_dsse("t", b"payloae", &signature));
        assert!(!key.verifies_dsse("t", b"payload", &signature[..63]));
        let other = Signer::from_seed("a", &[8; 32]).expect("a key");
        assert!(!other.verifier().verifies_dsse("t", b"payload", &signature));
    }
}
