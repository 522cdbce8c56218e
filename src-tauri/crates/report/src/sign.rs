//! The examiner's signature: an in-toto statement (v1) about a report, in a DSSE envelope.
//!
//! The statement follows from the report alone, so that whoever has the report writes it again
//! and compares all of it. It names the archives by their digests: a program that has one finds
//! the statements about it.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;
use sealscope_proof::{Signer, VerifierKey, sha256};
use serde::{Deserialize, Serialize};

use crate::content::{Content, Item};

/// Media type of the payload (in-toto Attestation Framework, envelope).
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// What our statements are about.
pub const PREDICATE_TYPE: &str = "urn:sealscope:report:v1";
/// Bytes of an envelope that are read: statements grow with the number of archives.
pub const ENVELOPE_BYTES_MAX: usize = 16 << 20;
/// Signatures of one envelope: examiner, reviewer, authoriser, and some more.
const SIGNATURES_MAX: usize = 16;

/// The form of a report that a signature is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A bag, by its list of files.
    Bag,
    /// A PDF file.
    Pdf,
    /// A page.
    Html,
    /// `report.json` by itself.
    Json,
}

impl Form {
    /// The name in statements and findings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bag => "bag",
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

/// A file that a statement is about, besides archives and `report.json`.
pub(crate) struct NamedDigest<'n> {
    pub name: &'n str,
    pub sha256: Digest,
}

#[derive(Serialize)]
struct Statement<'c> {
    #[serde(rename = "_type")]
    kind: &'static str,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: &'static str,
    predicate: Predicate<'c>,
}

#[derive(Serialize)]
struct Subject {
    name: String,
    digest: Sha256Of,
}

#[derive(Serialize)]
struct Sha256Of {
    sha256: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate<'c> {
    report_id: &'c str,
    content_sha256: String,
    made_at: &'c str,
    form: &'static str,
    tool: Tool<'c>,
    verdict: &'c str,
    headline: &'c str,
    items: Vec<Judged<'c>>,
}

#[derive(Serialize)]
struct Tool<'c> {
    name: &'c str,
    version: &'c str,
    commit: &'c str,
}

#[derive(Serialize)]
struct Judged<'c> {
    label: &'c str,
    name: &'c str,
    format: &'c str,
    verdict: &'c str,
}

/// The statement about a report: the payload that is signed.
pub(crate) fn statement(
    content: &Content,
    content_sha256: &Digest,
    form: Form,
    file: Option<&NamedDigest<'_>>,
) -> Vec<u8> {
    let content_sha256 = content_sha256.to_hex();
    let subject = |name: String, sha256: String| Subject {
        name,
        digest: Sha256Of { sha256 },
    };
    let mut subjects = vec![subject("report.json".to_owned(), content_sha256.clone())];
    subjects.extend(file.map(|file| subject(file.name.to_owned(), file.sha256.to_hex())));
    subjects.extend(content.items.iter().filter_map(|item| {
        let (name, sha256) = archive_subject(item)?;
        Some(subject(name, sha256))
    }));
    let items = content.items.iter().enumerate().map(|(place, item)| {
        let integrity = content.integrity.get(place);
        Judged {
            label: &item.label,
            name: &item.name,
            format: &item.format,
            verdict: integrity.map_or("", |integrity| integrity.verdict.as_str()),
        }
    });
    let statement = Statement {
        kind: "https://in-toto.io/Statement/v1",
        subject: subjects,
        predicate_type: PREDICATE_TYPE,
        predicate: Predicate {
            report_id: &content.report_id,
            content_sha256,
            made_at: &content.made_at,
            form: form.word(),
            tool: Tool {
                name: &content.method.tool,
                version: &content.method.version,
                commit: &content.method.commit,
            },
            verdict: &content.verdict,
            headline: &content.headline,
            items: items.collect(),
        },
    };
    // Only maps with keys that are no strings can fail, and there are none.
    serde_json::to_vec(&statement).unwrap_or_default()
}

/// Of a folder, the digest of the listing of its files as `sha256sum` prints it.
fn archive_subject(item: &Item) -> Option<(String, String)> {
    let name = format!("{}/{}", item.label, item.name);
    match (&item.sha256, &item.files_sha256) {
        (Some(sha256), _) => Some((name, sha256.clone())),
        (None, Some(sha256)) => Some((format!("{name}/SHA256SUMS"), sha256.clone())),
        (None, None) => None,
    }
}

/// The signature that stands beside a PDF, a page or `report.json`, as `NAME.dsse.json`.
#[must_use]
pub fn sign_file(content: &Content, form: Form, bytes: &[u8], signer: &Signer) -> Vec<u8> {
    envelope(&file_statement(content, form, bytes), signer)
}

/// The payload of [`sign_file`]. The file is called by its form: it may be renamed.
pub(crate) fn file_statement(content: &Content, form: Form, bytes: &[u8]) -> Vec<u8> {
    let content_sha256 = sha256(&content.to_json());
    let name = match form {
        Form::Pdf => "report.pdf",
        Form::Html => "report.html",
        Form::Json | Form::Bag => return statement(content, &content_sha256, form, None),
    };
    let sha256 = sha256(bytes);
    let file = NamedDigest { name, sha256 };
    statement(content, &content_sha256, form, Some(&file))
}

/// A DSSE envelope as it is written and read: members in this order, two spaces of indent, a line
/// feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Envelope {
    pub payload_type: String,
    pub payload: String,
    pub signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnvelopeSignature {
    /// Id of the vkey: a hint at who signed.
    pub keyid: String,
    pub sig: String,
}

/// An envelope taken apart, with nothing believed.
pub(crate) struct Opened {
    pub payload: Vec<u8>,
    /// Key id and signature.
    pub signatures: Vec<(String, Vec<u8>)>,
}

/// Signs a payload: the envelope's bytes.
pub(crate) fn envelope(payload: &[u8], signer: &Signer) -> Vec<u8> {
    let signature = signer.sign_dsse(PAYLOAD_TYPE, payload);
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: BASE64.encode(payload),
        signatures: vec![EnvelopeSignature {
            keyid: signer.verifier().id_hex(),
            sig: BASE64.encode(signature),
        }],
    };
    envelope.to_bytes()
}

impl Envelope {
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads an envelope in its one form.
    pub(crate) fn open(bytes: &[u8]) -> Result<Opened, &'static str> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err("it is too long");
        }
        let read: Self = serde_json::from_slice(bytes).map_err(|_| "it is no DSSE envelope")?;
        if read.payload_type != PAYLOAD_TYPE {
            return Err("its payload is no in-toto statement");
        }
        if read.signatures.is_empty() || read.signatures.len() > SIGNATURES_MAX {
            return Err("it has no signature, or too many");
        }
        if read.to_bytes() != bytes {
            return Err("it is not written as Sealscope writes it");
        }
        let decoded = |text: &str| BASE64.decode(text).map_err(|_| "its base64 does not parse");
        let signatures = read.signatures.iter();
        let signatures = signatures.map(|one| Ok((one.keyid.clone(), decoded(&one.sig)?)));
        Ok(Opened {
            payload: decoded(&read.payload)?,
            signatures: signatures.collect::<Result<_, &str>>()?,
        })
    }
}

impl Opened {
    /// Whether a key made the signature with this number.
    pub(crate) fn is_signed_by(&self, number: usize, key: &VerifierKey) -> bool {
        let signature = self.signatures.get(number);
        signature.is_some_and(|(_, bytes)| key.verifies_dsse(PAYLOAD_TYPE, &self.payload, bytes))
    }
}
