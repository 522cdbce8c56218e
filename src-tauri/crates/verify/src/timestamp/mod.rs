//! Timestamp tokens (RFC 3161): whether one proves that bytes existed at a time.
//!
//! Pure: bytes in, finding out; no clock, no network, no file. Revocation is not looked at, and
//! every finding says so.
//!
//! A token is *trusted* when all of these hold: it is a granted response or a bare token in DER;
//! its imprint is the digest of the bytes at hand; it has one signer, whose signed attributes state
//! a timestamp, its digest and the signer's certificate (ESS, version 1 or 2); the signature over
//! them holds, under algorithms that agree with each other and are strong enough; the certificate
//! may sign timestamps and nothing else; and a chain leads from it to a root that the examiner
//! trusts, every certificate of it valid at the time stated.

mod attributes;
mod certificate;
mod chain;
mod der;
mod moment;
mod name;
mod pem;
mod signature;
#[cfg(test)]
mod tests;
mod token;

pub(crate) use moment::of_rfc3339;
use sealscope_archive::sealog::rfc3339;
use sealscope_model::Digest;
use sealscope_proof::sha256;

pub use pem::{PemBlock, pem_blocks};

use attributes::Attributes;
use certificate::Certificate;
use chain::Chain;
use der::NotDer;
use signature::{HashAlgorithm, SignatureAlgorithm};
use token::{NoToken, SignerId, Token};

/// What a token is to be held against.
#[derive(Debug, Clone, Copy)]
pub enum Stamped<'a> {
    /// The bytes themselves.
    Bytes(&'a [u8]),
    /// Their SHA-256, where the bytes are too many to have at hand.
    Sha256(&'a Digest),
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimestampState {
    /// All rules hold, and a root that the examiner trusts vouches for its signer.
    Trusted,
    /// What can be checked without a root holds; no trusted root vouches for its signer.
    Untrusted,
    /// A rule does not hold: it proves nothing, whoever made it.
    Bad,
}

/// What a token states about itself. Claims, but for the finding that they stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenDetails {
    /// The time stated, in nanoseconds since 1970.
    pub gen_time_ns: i64,
    /// How far the time may be off; `None` where the token does not say.
    pub accuracy_ns: Option<u64>,
    /// Policy of the authority, dotted.
    pub policy: String,
    /// Serial number, in hex as encoded.
    pub serial: String,
    /// Name of the digest of the imprint, such as `SHA-256`.
    pub imprint_algorithm: String,
    /// The imprint, in hex.
    pub imprint: String,
    /// Nonce, in hex as encoded, where there is one.
    pub nonce: Option<String>,
}

/// What was found about a token. Made only here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampFinding {
    /// What it is worth.
    pub state: TimestampState,
    /// What it states; `None` where it does not parse.
    pub details: Option<TokenDetails>,
    /// Subject of the signer's certificate: hostile text.
    pub authority: Option<String>,
    /// Subject of the trusted root.
    pub root: Option<String>,
    /// How it was signed, such as `RSA PKCS#1 v1.5 with SHA-256`.
    pub signature_algorithm: Option<String>,
    /// SHA-256 of the token, which tells one from another.
    pub token_sha256: Digest,
    /// Why it is not trusted; `None` where it is.
    pub why: Option<String>,
    /// What it stamps, in words that a sentence can use: set by whoever asked.
    pub stamps: String,
    /// The finding in a sentence or two.
    pub says: String,
}

impl TimestampFinding {
    /// Whether it proves its time.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.state == TimestampState::Trusted
    }

    /// The time stated, RFC 3339 in UTC.
    #[must_use]
    pub fn time(&self) -> Option<String> {
        let details = self.details.as_ref()?;
        Some(rfc3339(details.gen_time_ns))
    }
}

/// Which bytes a token stamps, by its own statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenImprint {
    algorithm: HashAlgorithm,
    hash: Vec<u8>,
}

impl TokenImprint {
    /// Reads the imprint of a token; `None` where there is none that could be compared.
    #[must_use]
    pub fn of(token: &[u8]) -> Option<Self> {
        let token = Token::parse(token).ok()?;
        let algorithm = HashAlgorithm::parse(token.info.imprint_algorithm).ok()?;
        Some(Self {
            algorithm: algorithm.ok()?,
            hash: token.info.imprint.to_vec(),
        })
    }

    /// The imprint, where it is made with SHA-256.
    #[must_use]
    pub fn sha256(&self) -> Option<Digest> {
        let is_it = self.algorithm == HashAlgorithm::Sha256;
        let hash = <[u8; 32]>::try_from(self.hash.as_slice()).ok();
        hash.filter(|_| is_it).map(Digest::new)
    }

    /// Whether it is that of what is at hand. Of bytes whose SHA-256 alone is known, a longer
    /// imprint says nothing.
    #[must_use]
    pub fn is_of(&self, stamped: Stamped<'_>) -> bool {
        match stamped {
            Stamped::Bytes(bytes) => self.hash == self.algorithm.digest(bytes),
            Stamped::Sha256(digest) => {
                self.algorithm == HashAlgorithm::Sha256 && self.hash == digest.as_bytes()
            }
        }
    }
}

/// Whether bytes are a token in DER, by their shape alone.
#[must_use]
pub fn is_token(bytes: &[u8]) -> bool {
    !matches!(Token::parse(bytes), Err(NoToken::NotDer(_)))
}

/// The bare token in bytes that are one, or a response that brings one; `None` for other bytes.
#[must_use]
pub fn bare_token(bytes: &[u8]) -> Option<&[u8]> {
    token::bare(bytes).ok()
}

/// Whether bytes are one certificate in DER, and what it is called; the name is hostile text.
///
/// # Errors
/// What does not parse, in words.
pub fn certificate_name(der: &[u8]) -> Result<String, String> {
    let read = Certificate::parse(der).map_err(|NotDer(what)| format!("this is not {what}"))?;
    read.public_key()?;
    Ok(name::display(read.subject))
}

/// Holds a token against what it is said to stamp. `what` names that in sentences ("this file").
/// `roots` are the certificates that the examiner trusts, `extra` such as may stand in a chain.
#[must_use]
pub fn check_token(
    token: &[u8],
    stamped: Stamped<'_>,
    what: &str,
    roots: &[Vec<u8>],
    extra: &[Vec<u8>],
) -> TimestampFinding {
    let mut finding = TimestampFinding {
        state: TimestampState::Bad,
        details: None,
        authority: None,
        root: None,
        signature_algorithm: None,
        token_sha256: sha256(token),
        why: None,
        stamps: what.to_owned(),
        says: String::new(),
    };
    let outcome = match Token::parse(token) {
        Err(NoToken::NotDer(expected)) => Err(format!("it is not {expected} in DER")),
        Err(NoToken::Refused(why)) => Err(why),
        Ok(read) => {
            finding.details = Some(details_of(&read));
            Judging {
                token: &read,
                finding: &mut finding,
            }
            .judge(stamped, roots, extra)
        }
    };
    match outcome {
        Err(why) => finding.why = Some(why),
        Ok(Chain::Trusted { root }) => {
            finding.state = TimestampState::Trusted;
            finding.root = Some(root);
        }
        Ok(Chain::Faulty { why }) => finding.why = Some(why),
        Ok(Chain::Untrusted { why }) => {
            finding.state = TimestampState::Untrusted;
            finding.why = Some(why);
        }
    }
    finding.says = says(&finding);
    finding
}

fn says(finding: &TimestampFinding) -> String {
    let (what, time) = (&finding.stamps, finding.time());
    let why = finding.why.as_deref().unwrap_or_default();
    let who = finding.authority.as_deref().unwrap_or("an authority");
    match (finding.state, time) {
        (TimestampState::Trusted, Some(time)) => format!(
            "{who} stamped {what} at {time}: it existed then. Whether the certificate was revoked \
             was not checked."
        ),
        (TimestampState::Untrusted, Some(time)) => format!(
            "A timestamp states that {what} existed at {time}, but {why}: it proves nothing until \
             you trust that authority."
        ),
        (_, Some(time)) => {
            format!("A timestamp that states {time} for {what} does not hold: {why}.")
        }
        (_, None) => format!("What should be a timestamp for {what} is none: {why}."),
    }
}

fn details_of(token: &Token<'_>) -> TokenDetails {
    let info = &token.info;
    let algorithm = HashAlgorithm::parse(info.imprint_algorithm);
    TokenDetails {
        gen_time_ns: info.gen_time_ns,
        accuracy_ns: info.accuracy_ns,
        policy: info.policy.clone(),
        serial: hex(info.serial),
        imprint_algorithm: match algorithm {
            Ok(Ok(known)) => known.name().to_owned(),
            _ => "a digest that is not used here".to_owned(),
        },
        imprint: hex(info.imprint),
        nonce: info.nonce.map(hex),
    }
}

fn hex(bytes: &[u8]) -> String {
    let shown = bytes.iter().take(128);
    shown.map(|byte| format!("{byte:02x}")).collect()
}

struct Judging<'t, 'f> {
    token: &'t Token<'t>,
    finding: &'f mut TimestampFinding,
}

impl Judging<'_, '_> {
    /// The rules, one after another: the first that does not hold is named.
    fn judge(
        &mut self,
        stamped: Stamped<'_>,
        roots: &[Vec<u8>],
        extra: &[Vec<u8>],
    ) -> Result<Chain, String> {
        self.compare_imprint(stamped)?;
        let token = self.token;
        // What does not parse among certificates vouches for nobody.
        let roots = certificates(roots.iter().map(Vec::as_slice));
        let own = token.certificates.iter().copied();
        let others = certificates(own.chain(extra.iter().map(Vec::as_slice)));
        let signer = self.signer(&others, &roots)?;
        self.finding.authority = Some(name::display(signer.subject));
        self.check_signature(signer)?;
        if let Some(why) = signer.fault_as_signer() {
            return Err(format!("of the signer's certificate: {why}"));
        }
        let at_ns = token.info.gen_time_ns;
        if !signer.is_valid_at(at_ns) {
            return Err("the signer's certificate was not valid at the time stated".to_owned());
        }
        Ok(chain::find(signer, &others, &roots, at_ns))
    }

    fn compare_imprint(&self, stamped: Stamped<'_>) -> Result<(), String> {
        let info = &self.token.info;
        let algorithm = HashAlgorithm::parse(info.imprint_algorithm)
            .map_err(|NotDer(what)| format!("its imprint does not state {what}"))?
            .map_err(|why| format!("its imprint is not used: {why}"))?;
        let imprint = TokenImprint {
            algorithm,
            hash: info.imprint.to_vec(),
        };
        if imprint.is_of(stamped) {
            return Ok(());
        }
        let is_comparable =
            matches!(stamped, Stamped::Bytes(_)) || algorithm == HashAlgorithm::Sha256;
        Err(if is_comparable {
            "it stamps other bytes".to_owned()
        } else {
            format!(
                "its imprint is made with {}, and only SHA-256 was made here",
                algorithm.name()
            )
        })
    }

    /// The certificate that the signer is named by.
    fn signer<'c>(
        &self,
        others: &'c [Certificate<'c>],
        roots: &'c [Certificate<'c>],
    ) -> Result<&'c Certificate<'c>, String> {
        let is_named = |one: &&Certificate<'_>| match self.token.signer.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                one.issuer == issuer && one.serial == serial
            }
            SignerId::SubjectKeyId(id) => one.subject_key_id == Some(id),
        };
        let mut all = others.iter().chain(roots);
        all.find(is_named).ok_or_else(|| {
            "the signer's certificate is neither in the token nor among those given".to_owned()
        })
    }

    fn check_signature(&mut self, signer: &Certificate<'_>) -> Result<(), String> {
        let token = self.token;
        let info = &token.signer;
        let hash = HashAlgorithm::parse(info.digest_algorithm)
            .map_err(|NotDer(what)| format!("its signer does not state {what}"))?
            .map_err(|why| format!("its signature is not used: {why}"))?;
        let is_listed = token
            .digest_algorithms
            .iter()
            .any(|listed| HashAlgorithm::parse(listed) == Ok(Ok(hash)));
        if !is_listed {
            return Err("its signer uses a digest that the token does not list".to_owned());
        }
        let attributes = Attributes::parse(info.attributes.content)
            .map_err(|NotDer(what)| format!("{what} do not parse"))?;
        if let Some(why) = attributes.fault_about(token.content, hash) {
            return Err(why.to_owned());
        }
        if let Some(why) = attributes.fault_about_signer(signer) {
            return Err(why.to_owned());
        }
        let algorithm = SignatureAlgorithm::parse(info.signature_algorithm, Some(hash))
            .map_err(|why| format!("its signature is not used: {why}"))?;
        let key = signer
            .public_key()
            .map_err(|why| format!("the signer's key is not used: {why}"))?;
        // RFC 5652 §5.4: what is signed is the set under its own tag, not the implicit one.
        let mut signed = info.attributes.raw.to_vec();
        if let Some(first) = signed.first_mut() {
            *first = der::tag::SET;
        }
        if !key.verifies(algorithm, &signed, info.signature) {
            return Err("its signature was not made by the key of its signer".to_owned());
        }
        self.finding.signature_algorithm = Some(algorithm.name());
        Ok(())
    }
}

/// Those that parse.
fn certificates<'c>(raw: impl Iterator<Item = &'c [u8]>) -> Vec<Certificate<'c>> {
    raw.filter_map(|one| Certificate::parse(one).ok()).collect()
}
