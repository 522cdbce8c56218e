//! Digests and signatures of timestamps. The algorithms come from reviewed crates; here is only
//! which of them an identifier names, and which are too weak to prove anything.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::PublicKey as RsaPublicKey;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::signature::Verifier as _;
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::der::{Der, NotDer, Parse, dotted, small, tag, whole_bits};

/// Bits of an RSA modulus: fewer are too weak (NIST SP 800-131A), more only cost time.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// A digest that is strong enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HashAlgorithm {
    Sha256,
    Sha384,
    Sha512,
}

impl HashAlgorithm {
    const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
            Self::Sha512 => "2.16.840.1.101.3.4.2.3",
        }
    }

    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// Reads the content of an AlgorithmIdentifier. The inner error names an algorithm that proves
    /// nothing here.
    pub(crate) fn parse(content: &[u8]) -> Parse<Result<Self, String>> {
        let (id, parameters) = identifier(content)?;
        if !has_no_parameters(parameters) {
            return Err(NotDer("a digest algorithm without parameters"));
        }
        Ok(Self::of(&id))
    }

    fn of(id: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.id() == id);
        known.ok_or_else(|| match id {
            "1.3.14.3.2.26" => "SHA-1 is too weak".to_owned(),
            "1.2.840.113549.2.5" => "MD5 is too weak".to_owned(),
            _ => format!("the digest {id} is not known here"),
        })
    }
}

/// An AlgorithmIdentifier's own identifier, and what stands behind it.
fn identifier(content: &[u8]) -> Parse<(String, Der<'_>)> {
    const WHAT: &str = "an algorithm identifier";
    let mut parts = Der::new(content);
    let id = parts.expect(tag::OID, WHAT)?;
    Ok((dotted(id.content).ok_or(NotDer(WHAT))?, parts))
}

/// Absent or NULL.
fn has_no_parameters(mut parameters: Der<'_>) -> bool {
    parameters.is_empty()
        || parameters
            .expect(tag::NULL, "")
            .is_ok_and(|null| null.content.is_empty())
            && parameters.is_empty()
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    RsaPkcs1,
    RsaPss { salt_bytes: usize },
    Ecdsa,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1 => "RSA PKCS#1 v1.5",
            Self::RsaPss { .. } => "RSA PSS",
            Self::Ecdsa => "ECDSA",
        }
    }
}

/// A signature algorithm with its digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignatureAlgorithm {
    scheme: Scheme,
    hash: HashAlgorithm,
}

impl SignatureAlgorithm {
    /// Reads the content of an AlgorithmIdentifier. `stated` is the digest that stands beside it in
    /// a SignerInfo: the plain RSA identifier leaves it open, all others have to agree.
    pub(crate) fn parse(content: &[u8], stated: Option<HashAlgorithm>) -> Result<Self, String> {
        let (id, parameters) = identifier(content).map_err(|NotDer(what)| no(what))?;
        let of = |scheme, hash| Ok(Self { scheme, hash });
        use HashAlgorithm::{Sha256, Sha384, Sha512};
        let read = match id.as_str() {
            "1.2.840.113549.1.1.10" => Self::parse_pss(parameters),
            _ if !has_no_parameters(parameters) => {
                Err("the signature algorithm has parameters".to_owned())
            }
            "1.2.840.113549.1.1.1" => match stated {
                Some(hash) => of(Scheme::RsaPkcs1, hash),
                None => Err("the signature algorithm states no digest".to_owned()),
            },
            "1.2.840.113549.1.1.11" => of(Scheme::RsaPkcs1, Sha256),
            "1.2.840.113549.1.1.12" => of(Scheme::RsaPkcs1, Sha384),
            "1.2.840.113549.1.1.13" => of(Scheme::RsaPkcs1, Sha512),
            "1.2.840.10045.4.3.2" => of(Scheme::Ecdsa, Sha256),
            "1.2.840.10045.4.3.3" => of(Scheme::Ecdsa, Sha384),
            "1.2.840.10045.4.3.4" => of(Scheme::Ecdsa, Sha512),
            "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" => Err("SHA-1 is too weak".to_owned()),
            "1.2.840.113549.1.1.4" => Err("MD5 is too weak".to_owned()),
            _ => Err(format!("the signature algorithm {id} is not known here")),
        }?;
        if stated.is_some_and(|stated| stated != read.hash) {
            return Err("the signature algorithm names another digest than its signer".to_owned());
        }
        Ok(read)
    }

    /// RSASSA-PSS-params (RFC 4055 §3.1), with MGF1 over the same digest.
    fn parse_pss(mut parameters: Der<'_>) -> Result<Self, String> {
        let read = |parameters: &mut Der<'_>| -> Option<Self> {
            let mut parts = parameters.inside(tag::SEQUENCE, "").ok()?;
            let mut hash = parts.inside(tag::context(0), "").ok()?;
            let hash = hash.expect(tag::SEQUENCE, "").ok()?;
            let hash = HashAlgorithm::parse(hash.content).ok()?.ok()?;
            let mut mask = parts.inside(tag::context(1), "").ok()?;
            let (id, mut inner) = identifier(mask.expect(tag::SEQUENCE, "").ok()?.content).ok()?;
            let inner = inner.expect(tag::SEQUENCE, "").ok()?;
            let is_same = HashAlgorithm::parse(inner.content).ok()? == Ok(hash);
            let mut salt = parts.inside(tag::context(2), "").ok()?;
            let salt = small(salt.expect(tag::INTEGER, "").ok()?.content)?;
            let is_plain = parts.is_empty() && parameters.is_empty();
            let salt_bytes = usize::try_from(salt).ok().filter(|bytes| *bytes <= 128)?;
            (id == "1.2.840.113549.1.1.8" && is_same && is_plain).then_some(Self {
                scheme: Scheme::RsaPss { salt_bytes },
                hash,
            })
        };
        read(&mut parameters)
            .ok_or_else(|| "these parameters of RSA PSS are not known here".to_owned())
    }

    /// In words.
    pub(crate) fn name(self) -> String {
        format!("{} with {}", self.scheme.name(), self.hash.name())
    }
}

fn no(what: &str) -> String {
    format!("{what} does not parse")
}

/// A public key of a kind that is known here.
#[derive(Debug, Clone)]
pub(crate) enum PublicKey {
    Rsa(Box<RsaPublicKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads the content of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    pub(crate) fn parse(content: &[u8]) -> Result<Self, String> {
        const WHAT: &str = "a public key";
        let read = |content| -> Parse<(String, Der<'_>, &[u8])> {
            let mut parts = Der::new(content);
            let algorithm = parts.expect(tag::SEQUENCE, WHAT)?;
            let bits = parts.expect(tag::BIT_STRING, WHAT)?;
            parts.end(WHAT)?;
            let (id, parameters) = identifier(algorithm.content)?;
            Ok((
                id,
                parameters,
                whole_bits(bits.content).ok_or(NotDer(WHAT))?,
            ))
        };
        let (id, mut parameters, bits) = read(content).map_err(|NotDer(what)| no(what))?;
        match id.as_str() {
            // The second allows nothing but PSS; its own parameters only restrict it.
            "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => Self::rsa(bits),
            "1.2.840.10045.2.1" => {
                let curve = parameters.expect(tag::OID, WHAT);
                let curve = curve.ok().and_then(|curve| dotted(curve.content));
                Self::on_curve(curve.as_deref(), bits)
            }
            _ => Err(format!("the key algorithm {id} is not known here")),
        }
    }

    fn rsa(bits: &[u8]) -> Result<Self, String> {
        let key = RsaPublicKey::from_pkcs1_der(bits).map_err(|_| no("an RSA key"))?;
        let width = key.n().bit_width();
        if RSA_BITS.contains(&width) {
            Ok(Self::Rsa(Box::new(key)))
        } else {
            Err(format!(
                "an RSA key of {width} bits is not used; {} to {} are",
                RSA_BITS.start(),
                RSA_BITS.end()
            ))
        }
    }

    fn on_curve(curve: Option<&str>, point: &[u8]) -> Result<Self, String> {
        match curve {
            Some("1.2.840.10045.3.1.7") => p256::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| Self::P256(Box::new(key)))
                .map_err(|_| no("a P-256 key")),
            Some("1.3.132.0.34") => p384::ecdsa::VerifyingKey::from_sec1_bytes(point)
                .map(|key| Self::P384(Box::new(key)))
                .map_err(|_| no("a P-384 key")),
            _ => Err("the curve of the key is not known here".to_owned()),
        }
    }

    /// Whether this key made the signature over the bytes.
    pub(crate) fn verifies(
        &self,
        algorithm: SignatureAlgorithm,
        bytes: &[u8],
        signature: &[u8],
    ) -> bool {
        let SignatureAlgorithm { scheme, hash } = algorithm;
        match (self, scheme) {
            (Self::Rsa(key), Scheme::RsaPkcs1) => match hash {
                HashAlgorithm::Sha256 => pkcs1::<Sha256>(key, bytes, signature),
                HashAlgorithm::Sha384 => pkcs1::<Sha384>(key, bytes, signature),
                HashAlgorithm::Sha512 => pkcs1::<Sha512>(key, bytes, signature),
            },
            (Self::Rsa(key), Scheme::RsaPss { salt_bytes }) => match hash {
                HashAlgorithm::Sha256 => pss::<Sha256>(key, salt_bytes, bytes, signature),
                HashAlgorithm::Sha384 => pss::<Sha384>(key, salt_bytes, bytes, signature),
                HashAlgorithm::Sha512 => pss::<Sha512>(key, salt_bytes, bytes, signature),
            },
            (Self::P256(key), Scheme::Ecdsa) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hash.digest(bytes), &signature).is_ok()),
            (Self::P384(key), Scheme::Ecdsa) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hash.digest(bytes), &signature).is_ok()),
            _ => false,
        }
    }
}

fn pkcs1<D>(key: &RsaPublicKey, bytes: &[u8], signature: &[u8]) -> bool
where
    D: sha2::Digest + rsa::pkcs8::AssociatedOid,
{
    let Ok(signature) = rsa::pkcs1v15::Signature::try_from(signature) else {
        return false;
    };
    let verifier = rsa::pkcs1v15::VerifyingKey::<D>::new(key.clone());
    verifier.verify(bytes, &signature).is_ok()
}

fn pss<D>(key: &RsaPublicKey, salt_bytes: usize, bytes: &[u8], signature: &[u8]) -> bool
where
    D: sha2::Digest + sha2::digest::FixedOutputReset,
{
    let Ok(signature) = rsa::pss::Signature::try_from(signature) else {
        return false;
    };
    let verifier = rsa::pss::VerifyingKey::<D>::new_with_salt_len(key.clone(), salt_bytes);
    verifier.verify(bytes, &signature).is_ok()
}
