use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs1v15::SigningKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::{PrivateKey, sha2::Sha256};
use serde_json::{Value, json};

use crate::sample::random::Random;

/// A key as a region of the service has one. Two exist; they are the same in every run and protect
/// nothing.
#[derive(Debug)]
pub struct RegionKey {
    signing: SigningKey<Sha256>,
    der: Vec<u8>,
    /// Names the key, 32 hex digits.
    pub fingerprint: String,
}

/// For keys that have to be the same in every run.
struct Repeatable(Random);

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.0.next() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes
            .iter_mut()
            .for_each(|byte| *byte = (self.0.next() >> 56) as u8);
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

impl RegionKey {
    /// The first key (0) or the second (any other number).
    ///
    /// # Panics
    /// Never: making a key of this size does not fail.
    #[must_use]
    pub fn number(number: usize) -> &'static Self {
        static KEYS: [OnceLock<RegionKey>; 2] = [OnceLock::new(), OnceLock::new()];
        let number = number.min(1);
        KEYS[number].get_or_init(|| {
            let mut random = Repeatable(Random::new(0xC10D_0000 + number as u64));
            let private = PrivateKey::new(&mut random, 2048).expect("a key");
            let der = private
                .to_public_key()
                .to_pkcs1_der()
                .expect("DER")
                .as_bytes()
                .to_vec();
            let fingerprint = sealscope_proof::sha256(&der)
                .to_hex()
                .chars()
                .take(32)
                .collect();
            Self {
                signing: SigningKey::new(private),
                der,
                fingerprint,
            }
        })
    }

    /// A signature, hex digits.
    #[must_use]
    pub fn sign(&self, message: &str) -> String {
        let signature = self.signing.sign(message.as_bytes()).to_bytes();
        signature.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// The key as `list-public-keys` gives it.
    #[must_use]
    pub fn listed(&self) -> Value {
        json!({
            "Value": STANDARD.encode(&self.der),
            "ValidityStartTime": 1_767_225_600.0,
            "ValidityEndTime": 1_798_761_600.0,
            "Fingerprint": self.fingerprint,
        })
    }

    /// The key as PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        format!("-----BEGIN RSA PUBLIC KEY-----\n{text}\n-----END RSA PUBLIC KEY-----\n")
    }

    /// The output of `list-public-keys` with these keys.
    #[must_use]
    pub fn list(numbers: &[usize]) -> Vec<u8> {
        let keys: Vec<Value> = numbers.iter().map(|n| Self::number(*n).listed()).collect();
        let text = serde_json::to_string_pretty(&json!({ "PublicKeyList": keys }));
        text.unwrap_or_default().into_bytes()
    }
}
