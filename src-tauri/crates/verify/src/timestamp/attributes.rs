//! The signed attributes of a token (RFC 5652 §11, RFC 2634 §5.4, RFC 5035 §3).

use sha1::{Digest as _, Sha1};

use super::certificate::Certificate;
use super::der::{Der, NotDer, Parse, dotted, tag};
use super::signature::HashAlgorithm;

const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
/// Attributes of one token.
const ATTRIBUTES_MAX: usize = 64;

/// The attributes that count: the content of the one value of each.
#[derive(Debug, Default)]
pub(crate) struct Attributes<'a> {
    content_type: Option<&'a [u8]>,
    message_digest: Option<&'a [u8]>,
    certificate_v1: Option<&'a [u8]>,
    certificate_v2: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    /// Reads the content of the set.
    pub(crate) fn parse(content: &'a [u8]) -> Parse<Self> {
        const WHAT: &str = "the signed attributes";
        let mut read = Self::default();
        let mut set = Der::new(content);
        let mut count = 0;
        while !set.is_empty() {
            count += 1;
            if count > ATTRIBUTES_MAX {
                return Err(NotDer(WHAT));
            }
            let mut attribute = set.inside(tag::SEQUENCE, WHAT)?;
            let id = attribute.expect(tag::OID, WHAT)?;
            let mut values = attribute.inside(tag::SET, WHAT)?;
            attribute.end(WHAT)?;
            let (slot, expected) = match dotted(id.content).as_deref() {
                Some(CONTENT_TYPE) => (&mut read.content_type, tag::OID),
                Some(MESSAGE_DIGEST) => (&mut read.message_digest, tag::OCTET_STRING),
                Some(SIGNING_CERTIFICATE) => (&mut read.certificate_v1, tag::SEQUENCE),
                Some(SIGNING_CERTIFICATE_V2) => (&mut read.certificate_v2, tag::SEQUENCE),
                _ => continue,
            };
            let value = values.expect(expected, WHAT)?;
            // RFC 5652 §11: one value, and the attribute only once.
            values.end(WHAT)?;
            if slot.replace(value.content).is_some() {
                return Err(NotDer(WHAT));
            }
        }
        Ok(read)
    }

    /// Why the attributes do not bind this content; `None` where they do.
    pub(crate) fn fault_about(&self, content: &[u8], hash: HashAlgorithm) -> Option<&'static str> {
        if self.content_type.and_then(dotted).as_deref() != Some(TST_INFO) {
            return Some("its signed attributes do not state that it is a timestamp");
        }
        match self.message_digest {
            None => Some("its signed attributes have no digest of the timestamp"),
            Some(digest) if digest != hash.digest(content) => {
                Some("the timestamp is not the one whose digest was signed")
            }
            Some(_) => None,
        }
    }

    /// Why the attributes do not bind this certificate; `None` where they do.
    pub(crate) fn fault_about_signer(&self, signer: &Certificate<'_>) -> Option<&'static str> {
        if self.certificate_v1.is_none() && self.certificate_v2.is_none() {
            return Some("its signed attributes do not name the signer's certificate");
        }
        let v1 = self.certificate_v1.map(|content| names_v1(content, signer));
        let v2 = self.certificate_v2.map(|content| names_v2(content, signer));
        let holds =
            v1.unwrap_or(Some(true)) == Some(true) && v2.unwrap_or(Some(true)) == Some(true);
        (!holds).then_some("its signed attributes name another certificate than the signer's")
    }
}

/// The first of the certificates listed is the signer's (RFC 2634 §5.4).
fn names_v1(content: &[u8], signer: &Certificate<'_>) -> Option<bool> {
    let mut list = Der::new(content).inside(tag::SEQUENCE, "").ok()?;
    let mut first = list.inside(tag::SEQUENCE, "").ok()?;
    let hash = first.expect(tag::OCTET_STRING, "").ok()?;
    // The version 1 attribute knows only SHA-1; the signature over it is what counts.
    let is_it = hash.content == Sha1::digest(signer.raw).as_slice();
    Some(is_it && names_issuer(first, signer)?)
}

fn names_v2(content: &[u8], signer: &Certificate<'_>) -> Option<bool> {
    let mut list = Der::new(content).inside(tag::SEQUENCE, "").ok()?;
    let mut first = list.inside(tag::SEQUENCE, "").ok()?;
    let algorithm = match first.optional(tag::SEQUENCE, "").ok()? {
        Some(algorithm) => HashAlgorithm::parse(algorithm.content).ok()?.ok()?,
        None => HashAlgorithm::Sha256,
    };
    let hash = first.expect(tag::OCTET_STRING, "").ok()?;
    let is_it = hash.content == algorithm.digest(signer.raw);
    Some(is_it && names_issuer(first, signer)?)
}

/// issuerSerial is optional; where it stands it has to fit.
fn names_issuer(mut rest: Der<'_>, signer: &Certificate<'_>) -> Option<bool> {
    if rest.is_empty() {
        return Some(true);
    }
    let mut both = rest.inside(tag::SEQUENCE, "").ok()?;
    let mut names = both.inside(tag::SEQUENCE, "").ok()?;
    let serial = both.expect(tag::INTEGER, "").ok()?;
    let mut directory = names.inside(tag::context(4), "").ok()?;
    let issuer = directory.expect(tag::SEQUENCE, "").ok()?;
    Some(serial.content == signer.serial && issuer.raw == signer.issuer)
}
