//! X.509 certificates (RFC 5280), as far as a timestamp needs them.

use super::der::{Der, NotDer, Parse, dotted, small, tag, whole_bits};
use super::moment::moment;
use super::signature::PublicKey;

/// Bytes of a certificate that is looked at: the largest in use have some 4 KiB.
pub(crate) const CERTIFICATE_BYTES_MAX: usize = 16 << 10;
/// Extensions of one certificate.
const EXTENSIONS_MAX: usize = 64;

const BASIC_CONSTRAINTS: &str = "2.5.29.19";
const KEY_USAGE: &str = "2.5.29.15";
const EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
const ANY_EXTENDED_KEY_USAGE: &str = "2.5.29.37.0";
/// Extensions that may be critical and ask nothing of us: key identifiers, policies, other names.
const HARMLESS: [&str; 4] = ["2.5.29.14", "2.5.29.35", "2.5.29.32", "2.5.29.17"];

/// Bits of keyUsage (RFC 5280 §4.2.1.3), the first bit highest.
const DIGITAL_SIGNATURE: u8 = 0x80;
const NON_REPUDIATION: u8 = 0x40;
const KEY_CERT_SIGN: u8 = 0x04;

/// A certificate as it was read; nothing of it is believed yet.
#[derive(Debug, Clone)]
pub(crate) struct Certificate<'a> {
    /// All its bytes.
    pub(crate) raw: &'a [u8],
    /// What its issuer signed.
    pub(crate) signed: &'a [u8],
    /// Algorithm and bits of the signature.
    pub(crate) algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
    pub(crate) serial: &'a [u8],
    pub(crate) issuer: &'a [u8],
    pub(crate) subject: &'a [u8],
    /// Valid from and to, in nanoseconds since 1970; both ends belong to it. One beyond 2262 is the
    /// end of time.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    /// Content of SubjectPublicKeyInfo.
    key: &'a [u8],
    /// `None`: no basicConstraints; else whether it is an authority, and how many may be below it.
    authority: Option<(bool, Option<u64>)>,
    usage: Option<u8>,
    /// Whether the extension is critical, and the purposes.
    purposes: Option<(bool, Vec<String>)>,
    pub(crate) subject_key_id: Option<&'a [u8]>,
    /// A critical extension that is not understood here.
    not_understood: Option<String>,
}

impl<'a> Certificate<'a> {
    /// Reads one certificate and nothing behind it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Parse<Self> {
        const WHAT: &str = "a certificate";
        if bytes.len() > CERTIFICATE_BYTES_MAX {
            return Err(NotDer("a certificate of at most 16 KiB"));
        }
        let mut outer = Der::new(bytes);
        let mut parts = outer.inside(tag::SEQUENCE, WHAT)?;
        outer.end("a certificate with nothing behind it")?;
        let signed = parts.expect(tag::SEQUENCE, WHAT)?;
        let algorithm = parts.expect(tag::SEQUENCE, WHAT)?;
        let signature = parts.expect(tag::BIT_STRING, WHAT)?;
        parts.end(WHAT)?;
        let mut fields = Der::new(signed.content);
        let version = fields.optional(tag::context(0), WHAT)?;
        let serial = fields.expect(tag::INTEGER, WHAT)?;
        let inner_algorithm = fields.expect(tag::SEQUENCE, WHAT)?;
        // RFC 5280 §4.1.1.2: the two have to be the same.
        if inner_algorithm.raw != algorithm.raw {
            return Err(NotDer("a certificate that states one signature algorithm"));
        }
        let issuer = fields.expect(tag::SEQUENCE, WHAT)?;
        let mut validity = fields.inside(tag::SEQUENCE, WHAT)?;
        let (from, to) = (validity.next(WHAT)?, validity.next(WHAT)?);
        let subject = fields.expect(tag::SEQUENCE, WHAT)?;
        let key = fields.expect(tag::SEQUENCE, WHAT)?;
        for unique_id in [1, 2] {
            fields.optional(tag::context_primitive(unique_id), WHAT)?;
        }
        let extensions = fields.optional(tag::context(3), WHAT)?;
        fields.end(WHAT)?;
        let mut read = Self {
            raw: bytes,
            signed: signed.raw,
            algorithm: algorithm.content,
            signature: whole_bits(signature.content).ok_or(NotDer(WHAT))?,
            serial: serial.content,
            issuer: issuer.raw,
            subject: subject.raw,
            not_before: moment(&from).ok_or(NotDer("the validity of a certificate"))?,
            // RFC 5280 §4.1.2.5: 99991231235959Z is no end at all.
            not_after: moment(&to).unwrap_or(if to.content.len() == 15 { i64::MAX } else { 0 }),
            key: key.content,
            authority: None,
            usage: None,
            purposes: None,
            subject_key_id: None,
            not_understood: None,
        };
        if let Some(extensions) = extensions {
            let is_third = version.is_some_and(|version| version.content == [2, 1, 2]);
            if !is_third {
                return Err(NotDer("extensions in a certificate of version 3"));
            }
            read.take_extensions(Der::new(extensions.content))?;
        }
        Ok(read)
    }

    fn take_extensions(&mut self, mut outer: Der<'a>) -> Parse<()> {
        const WHAT: &str = "the extensions of a certificate";
        let mut list = outer.inside(tag::SEQUENCE, WHAT)?;
        outer.end(WHAT)?;
        let mut seen: Vec<String> = Vec::new();
        while !list.is_empty() {
            let mut extension = list.inside(tag::SEQUENCE, WHAT)?;
            let id = extension.expect(tag::OID, WHAT)?;
            let id = dotted(id.content).ok_or(NotDer(WHAT))?;
            let is_critical = match extension.optional(tag::BOOLEAN, WHAT)? {
                Some(value) => value.content != [0],
                None => false,
            };
            let value = extension.expect(tag::OCTET_STRING, WHAT)?;
            extension.end(WHAT)?;
            // RFC 5280 §4.2: no extension twice.
            if seen.contains(&id) || seen.len() == EXTENSIONS_MAX {
                return Err(NotDer(WHAT));
            }
            self.take_extension(&id, is_critical, value.content)?;
            seen.push(id);
        }
        Ok(())
    }

    fn take_extension(&mut self, id: &str, is_critical: bool, value: &'a [u8]) -> Parse<()> {
        const WHAT: &str = "an extension of a certificate";
        let mut value = Der::new(value);
        match id {
            BASIC_CONSTRAINTS => {
                let mut parts = value.inside(tag::SEQUENCE, WHAT)?;
                let flag = parts.optional(tag::BOOLEAN, WHAT)?;
                let depth = parts.optional(tag::INTEGER, WHAT)?;
                parts.end(WHAT)?;
                let depth = match depth {
                    Some(depth) => Some(small(depth.content).ok_or(NotDer(WHAT))?),
                    None => None,
                };
                let is_authority = flag.is_some_and(|flag| flag.content == [0xFF]);
                self.authority = Some((is_authority, depth));
            }
            KEY_USAGE => {
                let bits = value.expect(tag::BIT_STRING, WHAT)?;
                let first = bits.content.get(1).copied().unwrap_or(0);
                // The ninth bit (decipherOnly) makes no signature any better.
                let others = bits.content.get(2).is_some_and(|byte| *byte != 0);
                self.usage = Some(first | u8::from(others));
            }
            EXTENDED_KEY_USAGE => {
                let mut list = value.inside(tag::SEQUENCE, WHAT)?;
                let mut purposes = Vec::new();
                while !list.is_empty() && purposes.len() < EXTENSIONS_MAX {
                    let purpose = list.expect(tag::OID, WHAT)?;
                    purposes.push(dotted(purpose.content).ok_or(NotDer(WHAT))?);
                }
                self.purposes = Some((is_critical, purposes));
            }
            "2.5.29.14" => {
                self.subject_key_id = Some(value.expect(tag::OCTET_STRING, WHAT)?.content);
            }
            _ if is_critical && !HARMLESS.contains(&id) => {
                self.not_understood.get_or_insert_with(|| id.to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn public_key(&self) -> Result<PublicKey, String> {
        PublicKey::parse(self.key)
    }

    /// Whether it is valid at a moment.
    pub(crate) const fn is_valid_at(&self, at_ns: i64) -> bool {
        self.not_before <= at_ns && at_ns <= self.not_after
    }

    /// Why it may not sign timestamps (RFC 3161 §2.3); `None` where it may.
    pub(crate) fn fault_as_signer(&self) -> Option<String> {
        if let Some(id) = &self.not_understood {
            return Some(format!(
                "it has the critical extension {id}, not understood here"
            ));
        }
        match &self.purposes {
            None => return Some("it has no extended key usage".to_owned()),
            Some((is_critical, purposes)) => {
                let is_sole = matches!(purposes.as_slice(), [only] if only == TIME_STAMPING);
                if !is_sole {
                    return Some("its extended key usage is not timeStamping alone".to_owned());
                }
                if !is_critical {
                    return Some("its extended key usage is not critical".to_owned());
                }
            }
        }
        let signs = DIGITAL_SIGNATURE | NON_REPUDIATION;
        match self.usage {
            Some(usage) if usage & signs == 0 || usage & !signs != 0 => {
                Some("its key usage is not signing alone".to_owned())
            }
            _ => None,
        }
    }

    /// Why it may not issue certificates with so many authorities below it (RFC 5280 §6.1.4).
    pub(crate) fn fault_as_authority(&self, below: u64) -> Option<String> {
        if let Some(id) = &self.not_understood {
            return Some(format!(
                "it has the critical extension {id}, not understood here"
            ));
        }
        match self.authority {
            Some((true, Some(depth))) if depth < below => {
                return Some(format!(
                    "it allows {depth} authorities below it, and there are {below}"
                ));
            }
            Some((true, _)) => {}
            _ => return Some("its basic constraints do not make it an authority".to_owned()),
        }
        if self.usage.is_some_and(|usage| usage & KEY_CERT_SIGN == 0) {
            return Some("its key usage does not allow signing certificates".to_owned());
        }
        let serves =
            |purpose: &String| purpose == TIME_STAMPING || purpose == ANY_EXTENDED_KEY_USAGE;
        match &self.purposes {
            Some((_, purposes)) if !purposes.iter().any(serves) => {
                Some("its extended key usage does not allow timestamps".to_owned())
            }
            _ => None,
        }
    }
}
