//! The parts of a timestamp token: TimeStampResp and TSTInfo (RFC 3161 §2.4.2) in SignedData
//! (RFC 5652 §5).

use super::der::{Der, NotDer, Parse, Tlv, dotted, small, tag};
use super::moment::moment;

/// Bytes of a token that are looked at: what an SLTS frame may hold.
pub(crate) const TOKEN_BYTES_MAX: usize = 64 << 10;
/// Certificates of one token.
pub(crate) const CERTIFICATES_MAX: usize = 16;

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// A token as it was read; nothing of it is believed yet.
#[derive(Debug, Clone)]
pub(crate) struct Token<'a> {
    /// Contents of the AlgorithmIdentifiers that SignedData lists.
    pub(crate) digest_algorithms: Vec<&'a [u8]>,
    /// The octets that were signed about: the encoded TSTInfo.
    pub(crate) content: &'a [u8],
    pub(crate) info: TstInfo<'a>,
    /// Encoded certificates that came with it.
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) signer: SignerInfo<'a>,
}

/// What the authority states.
#[derive(Debug, Clone)]
pub(crate) struct TstInfo<'a> {
    pub(crate) policy: String,
    /// Content of the imprint's AlgorithmIdentifier.
    pub(crate) imprint_algorithm: &'a [u8],
    pub(crate) imprint: &'a [u8],
    pub(crate) serial: &'a [u8],
    pub(crate) gen_time_ns: i64,
    pub(crate) accuracy_ns: Option<u64>,
    pub(crate) nonce: Option<&'a [u8]>,
}

/// Who signed, and how.
#[derive(Debug, Clone)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) id: SignerId<'a>,
    pub(crate) digest_algorithm: &'a [u8],
    /// All bytes of the signed attributes, under their implicit tag.
    pub(crate) attributes: Tlv<'a>,
    pub(crate) signature_algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
}

/// How the signer's certificate is named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SignerId<'a> {
    IssuerAndSerial { issuer: &'a [u8], serial: &'a [u8] },
    SubjectKeyId(&'a [u8]),
}

/// Why there is no token to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoToken {
    NotDer(&'static str),
    Refused(String),
}

impl From<NotDer> for NoToken {
    fn from(NotDer(what): NotDer) -> Self {
        Self::NotDer(what)
    }
}

impl<'a> Token<'a> {
    /// Reads a TimeStampResp that was granted, or a bare ContentInfo.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, NoToken> {
        const WHAT: &str = "a timestamp token";
        if bytes.len() > TOKEN_BYTES_MAX {
            return Err(NoToken::NotDer("a timestamp token of at most 64 KiB"));
        }
        let mut outer = Der::new(bytes);
        let body = outer.inside(tag::SEQUENCE, WHAT)?;
        outer.end("a timestamp token with nothing behind it")?;
        let mut parts = body;
        if parts.next(WHAT)?.tag == tag::OID {
            return Self::parse_content_info(body);
        }
        let content = granted(body)?;
        Self::parse_content_info(Der::new(content.content))
    }

    fn parse_content_info(mut parts: Der<'a>) -> Result<Self, NoToken> {
        const WHAT: &str = "a CMS content";
        let kind = parts.expect(tag::OID, WHAT)?;
        if dotted(kind.content).as_deref() != Some(SIGNED_DATA) {
            return Err(NoToken::Refused("its content is no signed data".to_owned()));
        }
        let mut explicit = parts.inside(tag::context(0), WHAT)?;
        parts.end(WHAT)?;
        let signed = explicit.inside(tag::SEQUENCE, WHAT)?;
        explicit.end(WHAT)?;
        Self::parse_signed_data(signed)
    }

    fn parse_signed_data(mut parts: Der<'a>) -> Result<Self, NoToken> {
        const WHAT: &str = "the signed data of a token";
        let version = parts.expect(tag::INTEGER, WHAT)?;
        // RFC 5652 §5.1: content other than plain data makes it version 3 at least.
        if !matches!(small(version.content), Some(3..=5)) {
            return Err(NoToken::Refused(
                "its signed data is of another version than 3 to 5".to_owned(),
            ));
        }
        let mut algorithms = parts.inside(tag::SET, WHAT)?;
        let mut digest_algorithms = Vec::new();
        while !algorithms.is_empty() && digest_algorithms.len() < CERTIFICATES_MAX {
            digest_algorithms.push(algorithms.expect(tag::SEQUENCE, WHAT)?.content);
        }
        let content = encapsulated(parts.inside(tag::SEQUENCE, WHAT)?)?;
        let certificates = match parts.optional(tag::context(0), WHAT)? {
            Some(set) => certificates(Der::new(set.content))?,
            None => Vec::new(),
        };
        parts.optional(tag::context(1), WHAT)?;
        let mut signers = parts.inside(tag::SET, WHAT)?;
        parts.end(WHAT)?;
        let signer = signers.inside(tag::SEQUENCE, "a token with a signer")?;
        if !signers.is_empty() {
            return Err(NoToken::Refused("it has more than one signer".to_owned()));
        }
        Ok(Self {
            digest_algorithms,
            content,
            info: TstInfo::parse(content)?,
            certificates,
            signer: SignerInfo::parse(signer)?,
        })
    }
}

/// The token in a response that was granted.
fn granted(mut response: Der<'_>) -> Result<Tlv<'_>, NoToken> {
    refuse_ungranted(response.inside(tag::SEQUENCE, "the status of a response")?)?;
    let content = response.expect(tag::SEQUENCE, "a response with a token")?;
    response.end("a response with nothing behind its token")?;
    Ok(content)
}

/// The bare token: without the response around it, where there is one.
pub(crate) fn bare(bytes: &[u8]) -> Result<&[u8], NoToken> {
    Token::parse(bytes)?;
    let body = Der::new(bytes).inside(tag::SEQUENCE, "a timestamp token")?;
    let mut parts = body;
    if parts.next("a timestamp token")?.tag == tag::OID {
        Ok(bytes)
    } else {
        Ok(granted(body)?.raw)
    }
}

/// RFC 3161 §2.4.2: only granted (0) and granted with modifications (1) bring a token.
fn refuse_ungranted(mut status: Der<'_>) -> Result<(), NoToken> {
    let number = status.expect(tag::INTEGER, "the status of a response")?;
    match small(number.content) {
        Some(0 | 1) => Ok(()),
        Some(other) => Err(NoToken::Refused(format!(
            "the authority did not grant it (status {other})"
        ))),
        None => Err(NoToken::NotDer("the status of a response")),
    }
}

fn encapsulated(mut parts: Der<'_>) -> Result<&[u8], NoToken> {
    const WHAT: &str = "the content of a token";
    let kind = parts.expect(tag::OID, WHAT)?;
    if dotted(kind.content).as_deref() != Some(TST_INFO) {
        return Err(NoToken::Refused("what it signs is no timestamp".to_owned()));
    }
    let mut explicit = parts.inside(tag::context(0), WHAT)?;
    let content = explicit.expect(tag::OCTET_STRING, WHAT)?;
    explicit.end(WHAT)?;
    parts.end(WHAT)?;
    Ok(content.content)
}

/// Certificates of other kinds than X.509 are passed over.
fn certificates(mut set: Der<'_>) -> Result<Vec<&[u8]>, NoToken> {
    let mut found = Vec::new();
    while !set.is_empty() {
        let one = set.next("the certificates of a token")?;
        if one.tag != tag::SEQUENCE {
            continue;
        }
        if found.len() == CERTIFICATES_MAX {
            return Err(NoToken::Refused(format!(
                "it carries more than {CERTIFICATES_MAX} certificates"
            )));
        }
        found.push(one.raw);
    }
    Ok(found)
}

impl<'a> TstInfo<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, NoToken> {
        const WHAT: &str = "the timestamp in a token";
        let mut outer = Der::new(bytes);
        let mut parts = outer.inside(tag::SEQUENCE, WHAT)?;
        outer.end(WHAT)?;
        if small(parts.expect(tag::INTEGER, WHAT)?.content) != Some(1) {
            return Err(NoToken::Refused(
                "its timestamp is of another version than 1".to_owned(),
            ));
        }
        let policy = parts.expect(tag::OID, WHAT)?;
        let mut imprint = parts.inside(tag::SEQUENCE, WHAT)?;
        let imprint_algorithm = imprint.expect(tag::SEQUENCE, WHAT)?;
        let hash = imprint.expect(tag::OCTET_STRING, WHAT)?;
        imprint.end(WHAT)?;
        let serial = parts.expect(tag::INTEGER, WHAT)?;
        let time = parts.expect(tag::GENERALIZED_TIME, WHAT)?;
        let accuracy = parts.optional(tag::SEQUENCE, WHAT)?;
        parts.optional(tag::BOOLEAN, WHAT)?;
        let nonce = parts.optional(tag::INTEGER, WHAT)?;
        parts.optional(tag::context(0), WHAT)?;
        let extensions = parts.optional(tag::context(1), WHAT)?;
        parts.end(WHAT)?;
        if let Some(extensions) = extensions {
            refuse_critical(Der::new(extensions.content))?;
        }
        Ok(Self {
            policy: dotted(policy.content).ok_or(NotDer(WHAT))?,
            imprint_algorithm: imprint_algorithm.content,
            imprint: hash.content,
            serial: serial.content,
            gen_time_ns: moment(&time).ok_or(NotDer("the time of a timestamp"))?,
            accuracy_ns: match accuracy {
                Some(accuracy) => Some(accuracy_ns(Der::new(accuracy.content))?),
                None => None,
            },
            nonce: nonce.map(|nonce| nonce.content),
        })
    }
}

fn refuse_critical(mut list: Der<'_>) -> Result<(), NoToken> {
    const WHAT: &str = "the extensions of a timestamp";
    while !list.is_empty() {
        let mut extension = list.inside(tag::SEQUENCE, WHAT)?;
        extension.expect(tag::OID, WHAT)?;
        let critical = extension.optional(tag::BOOLEAN, WHAT)?;
        if critical.is_some_and(|flag| flag.content != [0]) {
            return Err(NoToken::Refused(
                "its timestamp has a critical extension, not understood here".to_owned(),
            ));
        }
    }
    Ok(())
}

/// Seconds, milliseconds (tag 0) and microseconds (tag 1), each optional.
fn accuracy_ns(mut parts: Der<'_>) -> Parse<u64> {
    const WHAT: &str = "the accuracy of a timestamp";
    let mut sum = 0u64;
    for (tag, unit_ns) in [
        (tag::INTEGER, 1_000_000_000),
        (tag::context_primitive(0), 1_000_000),
        (tag::context_primitive(1), 1_000),
    ] {
        if let Some(value) = parts.optional(tag, WHAT)? {
            let value = small(value.content).and_then(|value| value.checked_mul(unit_ns));
            sum = value
                .and_then(|value| sum.checked_add(value))
                .ok_or(NotDer(WHAT))?;
        }
    }
    parts.end(WHAT)?;
    Ok(sum)
}

impl<'a> SignerInfo<'a> {
    fn parse(mut parts: Der<'a>) -> Result<Self, NoToken> {
        const WHAT: &str = "the signer of a token";
        let version = small(parts.expect(tag::INTEGER, WHAT)?.content);
        let name = parts.next(WHAT)?;
        // RFC 5652 §5.3: the version follows from how the signer is named.
        let id = match (name.tag, version) {
            (tag::SEQUENCE, Some(1)) => {
                let mut both = Der::new(name.content);
                let issuer = both.expect(tag::SEQUENCE, WHAT)?.raw;
                let serial = both.expect(tag::INTEGER, WHAT)?.content;
                both.end(WHAT)?;
                SignerId::IssuerAndSerial { issuer, serial }
            }
            (0x80, Some(3)) => SignerId::SubjectKeyId(name.content),
            _ => {
                return Err(NoToken::Refused(
                    "its signer is not named as its version asks".to_owned(),
                ));
            }
        };
        let digest_algorithm = parts.expect(tag::SEQUENCE, WHAT)?.content;
        let Some(attributes) = parts.optional(tag::context(0), WHAT)? else {
            return Err(NoToken::Refused("it has no signed attributes".to_owned()));
        };
        let signature_algorithm = parts.expect(tag::SEQUENCE, WHAT)?.content;
        let signature = parts.expect(tag::OCTET_STRING, WHAT)?.content;
        parts.optional(tag::context(1), WHAT)?;
        parts.end(WHAT)?;
        Ok(Self {
            id,
            digest_algorithm,
            attributes,
            signature_algorithm,
            signature,
        })
    }
}
