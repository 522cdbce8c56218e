//! Timestamp tokens (RFC 3161) with every detail under control: a second, deliberately plain DER
//! encoder, so that each rule can be broken alone. Signed with ECDSA on P-256.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::{Digest as _, Sha256};

const EC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
const ECDSA_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const TIME_STAMPING: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];
const CODE_SIGNING: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03];
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
const DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01];
const TST_INFO: &[u8] = &[
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04,
];
const CONTENT_TYPE: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];
const CERTIFICATE_V2: &[u8] = &[
    0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F,
];

/// What a token shall be. The default keeps every rule.
#[derive(Debug, Clone)]
pub struct TokenPlan {
    /// The time stated, as GeneralizedTime.
    pub gen_time: String,
    /// Purposes of the signer's certificate: `timeStamping` where `None`.
    pub purposes: Option<Vec<&'static [u8]>>,
    /// Whether the extended key usage is critical.
    pub purposes_critical: bool,
    /// Validity of the signer's certificate, as GeneralizedTime.
    pub signer_validity: (String, String),
    /// Validity of the root.
    pub root_validity: (String, String),
    /// Validity of the authority between, where there is one.
    pub between_validity: Option<(String, String)>,
    /// pathLenConstraint of the root.
    pub root_depth: Option<u8>,
    /// Whether root and authority between are authorities by their basic constraints.
    pub is_authority: bool,
    /// Key usage of root and authority between, as the one byte of bits.
    pub authority_usage: u8,
    /// Whether the signed attributes state the right content type.
    pub states_timestamp: bool,
    /// Whether they name the signer's certificate: rightly, wrongly, not at all.
    pub names_certificate: Option<bool>,
    /// Whether they hold the digest of the timestamp.
    pub has_digest: bool,
    /// How often the signer stands in the token.
    pub signers: usize,
    /// Status of the response; a bare token where `None`.
    pub status: Option<u8>,
    /// Whether the certificates come with the token.
    pub with_certificates: bool,
    /// Whether the timestamp has a critical extension that nobody knows.
    pub critical_extension: bool,
}

impl Default for TokenPlan {
    fn default() -> Self {
        let always = || ("20200101000000Z".to_owned(), "20400101000000Z".to_owned());
        Self {
            gen_time: "20260314093000Z".to_owned(),
            purposes: None,
            purposes_critical: true,
            signer_validity: always(),
            root_validity: always(),
            between_validity: None,
            root_depth: None,
            is_authority: true,
            authority_usage: 0x04,
            states_timestamp: true,
            names_certificate: Some(true),
            has_digest: true,
            signers: 1,
            status: Some(0),
            with_certificates: true,
            critical_extension: false,
        }
    }
}

/// A purpose that is not for timestamps.
#[must_use]
pub const fn code_signing() -> &'static [u8] {
    CODE_SIGNING
}

/// The purpose that timestamps need.
#[must_use]
pub const fn time_stamping() -> &'static [u8] {
    TIME_STAMPING
}

/// A token and the certificates around it, in DER.
#[derive(Debug, Clone)]
pub struct MadeToken {
    /// The token.
    pub token: Vec<u8>,
    /// The root that vouches for it.
    pub root: Vec<u8>,
    /// The authority between, where there is one.
    pub between: Option<Vec<u8>>,
    /// The signer's certificate.
    pub signer: Vec<u8>,
}

impl TokenPlan {
    /// A token over these bytes.
    #[must_use]
    pub fn stamp(&self, bytes: &[u8]) -> MadeToken {
        let (root_key, between_key, signer_key) = (key(21), key(22), key(23));
        let root_name = name("Testkit root");
        let between_name = name("Testkit authority");
        let signer_name = name("Testkit TSA");
        let root = certificate(&Made {
            subject: &root_name,
            issuer: &root_name,
            key: &root_key,
            issuer_key: &root_key,
            validity: &self.root_validity,
            extensions: self.authority_extensions(self.root_depth),
            serial: 1,
        });
        let between = self.between_validity.as_ref().map(|validity| {
            certificate(&Made {
                subject: &between_name,
                issuer: &root_name,
                key: &between_key,
                issuer_key: &root_key,
                validity,
                extensions: self.authority_extensions(None),
                serial: 2,
            })
        });
        let (issuer, issuer_key) = match between {
            Some(_) => (&between_name, &between_key),
            None => (&root_name, &root_key),
        };
        let signer = certificate(&Made {
            subject: &signer_name,
            issuer,
            key: &signer_key,
            issuer_key,
            validity: &self.signer_validity,
            extensions: self.signer_extensions(),
            serial: 3,
        });
        let token = self.token(bytes, issuer, &signer, between.as_deref(), &signer_key);
        MadeToken {
            token,
            root,
            between,
            signer,
        }
    }

    fn authority_extensions(&self, depth: Option<u8>) -> Vec<u8> {
        let mut constraints = Vec::new();
        if self.is_authority {
            constraints.extend(tlv(0x01, &[0xFF]));
        }
        if let Some(depth) = depth {
            constraints.extend(tlv(0x02, &[depth]));
        }
        let mut all = extension(&[0x55, 0x1D, 0x13], true, &tlv(0x30, &constraints));
        let usage = tlv(0x03, &[0x00, self.authority_usage]);
        all.extend(extension(&[0x55, 0x1D, 0x0F], true, &usage));
        all
    }

    fn signer_extensions(&self) -> Vec<u8> {
        let purposes = self.purposes.clone();
        let purposes = purposes.unwrap_or_else(|| vec![TIME_STAMPING]);
        let list: Vec<u8> = purposes.iter().flat_map(|one| tlv(0x06, one)).collect();
        let mut all = extension(&[0x55, 0x1D, 0x0F], true, &tlv(0x03, &[0x07, 0x80]));
        if !list.is_empty() {
            let list = tlv(0x30, &list);
            all.extend(extension(
                &[0x55, 0x1D, 0x25],
                self.purposes_critical,
                &list,
            ));
        }
        all
    }

    fn token(
        &self,
        bytes: &[u8],
        issuer: &[u8],
        signer: &[u8],
        between: Option<&[u8]>,
        key: &SigningKey,
    ) -> Vec<u8> {
        let info = self.info(bytes);
        let attributes = self.attributes(&info, signer);
        let signature: Signature = key.sign(&tlv(0x31, &attributes));
        let one = tlv(
            0x30,
            &[
                tlv(0x02, &[1]),
                tlv(0x30, &[issuer.to_vec(), tlv(0x02, &[3])].concat()),
                algorithm(SHA256),
                tlv(0xA0, &attributes),
                algorithm(ECDSA_SHA256),
                tlv(0x04, signature.to_der().as_bytes()),
            ]
            .concat(),
        );
        let certificates = if self.with_certificates {
            tlv(0xA0, &[signer, between.unwrap_or_default()].concat())
        } else {
            Vec::new()
        };
        let signed = tlv(
            0x30,
            &[
                tlv(0x02, &[3]),
                tlv(0x31, &algorithm(SHA256)),
                tlv(
                    0x30,
                    &[tlv(0x06, TST_INFO), tlv(0xA0, &tlv(0x04, &info))].concat(),
                ),
                certificates,
                tlv(0x31, &one.repeat(self.signers)),
            ]
            .concat(),
        );
        let content = tlv(0x30, &[tlv(0x06, SIGNED_DATA), tlv(0xA0, &signed)].concat());
        match self.status {
            Some(status) => tlv(0x30, &[tlv(0x30, &tlv(0x02, &[status])), content].concat()),
            None => content,
        }
    }

    fn info(&self, bytes: &[u8]) -> Vec<u8> {
        let imprint = [algorithm(SHA256), tlv(0x04, &Sha256::digest(bytes))].concat();
        let mut parts = vec![
            tlv(0x02, &[1]),
            tlv(0x06, &[0x2A, 0x03, 0x04]),
            tlv(0x30, &imprint),
            tlv(0x02, &[0x2A]),
            tlv(0x18, self.gen_time.as_bytes()),
        ];
        if self.critical_extension {
            parts.push(tlv(0xA1, &extension(&[0x2A, 0x03, 0x05], true, b"x")));
        }
        tlv(0x30, &parts.concat())
    }

    fn attributes(&self, info: &[u8], signer: &[u8]) -> Vec<u8> {
        let stated = if self.states_timestamp {
            TST_INFO
        } else {
            DATA
        };
        let mut all = attribute(CONTENT_TYPE, &tlv(0x06, stated));
        if self.has_digest {
            all.extend(attribute(MESSAGE_DIGEST, &tlv(0x04, &Sha256::digest(info))));
        }
        if let Some(is_right) = self.names_certificate {
            let named = if is_right { signer } else { b"another" };
            let id = tlv(0x30, &tlv(0x04, &Sha256::digest(named)));
            let value = tlv(0x30, &tlv(0x30, &id));
            all.extend(attribute(CERTIFICATE_V2, &value));
        }
        all
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).expect("the scalar is in range")
}

struct Made<'m> {
    subject: &'m [u8],
    issuer: &'m [u8],
    key: &'m SigningKey,
    issuer_key: &'m SigningKey,
    validity: &'m (String, String),
    extensions: Vec<u8>,
    serial: u8,
}

fn certificate(made: &Made<'_>) -> Vec<u8> {
    let point = made.key.verifying_key().to_sec1_point(false);
    let kind = [tlv(0x06, EC_KEY), tlv(0x06, P256)].concat();
    let bits = [&[0x00], point.as_bytes()].concat();
    let (from, to) = made.validity;
    let signed = tlv(
        0x30,
        &[
            tlv(0xA0, &tlv(0x02, &[2])),
            tlv(0x02, &[made.serial]),
            algorithm(ECDSA_SHA256),
            made.issuer.to_vec(),
            tlv(
                0x30,
                &[tlv(0x18, from.as_bytes()), tlv(0x18, to.as_bytes())].concat(),
            ),
            made.subject.to_vec(),
            tlv(0x30, &[tlv(0x30, &kind), tlv(0x03, &bits)].concat()),
            tlv(0xA3, &tlv(0x30, &made.extensions)),
        ]
        .concat(),
    );
    let signature: Signature = made.issuer_key.sign(&signed);
    let bits = [&[0x00], signature.to_der().as_bytes()].concat();
    tlv(
        0x30,
        &[signed, algorithm(ECDSA_SHA256), tlv(0x03, &bits)].concat(),
    )
}

fn name(common: &str) -> Vec<u8> {
    let pair = [tlv(0x06, &[0x55, 0x04, 0x03]), tlv(0x0C, common.as_bytes())].concat();
    tlv(0x30, &tlv(0x31, &tlv(0x30, &pair)))
}

fn algorithm(id: &[u8]) -> Vec<u8> {
    tlv(0x30, &tlv(0x06, id))
}

fn attribute(id: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tlv(0x06, id), tlv(0x31, value)].concat())
}

fn extension(id: &[u8], is_critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if is_critical {
        tlv(0x01, &[0xFF])
    } else {
        Vec::new()
    };
    tlv(0x30, &[tlv(0x06, id), flag, tlv(0x04, value)].concat())
}

/// Tag, length and content.
fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match length {
        0..0x80 => bytes.push(length as u8),
        0x80..0x100 => bytes.extend([0x81, length as u8]),
        _ => bytes.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    bytes.extend_from_slice(content);
    bytes
}
