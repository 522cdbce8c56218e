//! What a digest file says.

use sealscope_model::{Claimed, Digest};
use serde::Deserialize;

/// Whose digest it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// AWS CloudTrail: hashes are over unpacked bytes.
    Aws,
    /// Huawei Cloud Trace Service: the documentation has hashes over the bytes as stored; a match
    /// with either is taken.
    Huawei,
}

/// A hash as a digest states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedHash {
    /// SHA-256.
    Sha256(Claimed<Digest>),
    /// MD5, which can be made to collide: it proves nothing against somebody who prepared for it.
    Md5([u8; 16]),
    /// Another algorithm, or no such hash.
    Unreadable,
}

impl ListedHash {
    fn read(value: Option<&str>, algorithm: Option<&str>) -> Self {
        let value = value.unwrap_or_default();
        match algorithm.unwrap_or("SHA-256") {
            "SHA-256" => Digest::from_hex(value).map_or(Self::Unreadable, |digest| {
                Self::Sha256(Claimed::parsed(digest))
            }),
            "MD5" => md5_from_hex(value).map_or(Self::Unreadable, Self::Md5),
            _ => Self::Unreadable,
        }
    }
}

fn md5_from_hex(text: &str) -> Option<[u8; 16]> {
    // A digest of twice the length has the same digits.
    let digest = Digest::from_hex(&format!("{text}{text}")).ok()?;
    digest.as_bytes().first_chunk::<16>().copied()
}

/// A log file that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLog {
    /// The bucket that it was delivered to.
    pub bucket: Box<str>,
    /// Its key in the bucket.
    pub object: Box<str>,
    /// Hash of its bytes.
    pub hash: ListedHash,
}

/// The digest before, as a digest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousDigest {
    /// Its bucket.
    pub bucket: String,
    /// Its key in the bucket.
    pub object: String,
    /// Hash of its bytes.
    pub hash: ListedHash,
}

/// A digest file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestDocument {
    /// Whose digest it is.
    pub flavour: Flavour,
    /// Where the hour begins, as written.
    pub start_time: String,
    /// Where the hour ends, as written: these very characters are signed.
    pub end_time: String,
    /// The bucket that it was delivered to.
    pub bucket: String,
    /// Its key in the bucket.
    pub object: String,
    /// Names the public key; Huawei's have none.
    pub fingerprint: Option<String>,
    /// How it is signed, as stated.
    pub signature_algorithm: Option<String>,
    /// The digest before; `None` where a chain begins.
    pub previous: Option<PreviousDigest>,
    /// The signature of the digest before, hex digits as written.
    pub previous_signature: Option<String>,
    /// The log files delivered in the hour.
    pub logs: Vec<ListedLog>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AwsDigest {
    digest_start_time: String,
    digest_end_time: String,
    digest_s3_bucket: String,
    digest_s3_object: String,
    digest_public_key_fingerprint: String,
    digest_signature_algorithm: Option<String>,
    previous_digest_s3_bucket: Option<String>,
    previous_digest_s3_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    #[serde(default)]
    log_files: Vec<AwsLog>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AwsLog {
    s3_bucket: Box<str>,
    s3_object: Box<str>,
    hash_value: String,
    hash_algorithm: Option<String>,
}

#[derive(Deserialize)]
struct HuaweiDigest {
    digest_start_time: String,
    digest_end_time: String,
    digest_bucket: String,
    digest_object: String,
    digest_signature_algorithm: Option<String>,
    previous_digest_bucket: Option<String>,
    previous_digest_object: Option<String>,
    previous_digest_hash_value: Option<String>,
    previous_digest_hash_algorithm: Option<String>,
    previous_digest_signature: Option<String>,
    #[serde(default)]
    log_files: Vec<HuaweiLog>,
}

#[derive(Deserialize)]
struct HuaweiLog {
    bucket: Box<str>,
    object: Box<str>,
    log_hash_value: String,
    log_hash_algorithm: Option<String>,
}

/// A text that is there and not empty: Huawei leaves empty what AWS sets to null.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn previous(
    bucket: Option<String>,
    object: Option<String>,
    value: Option<&str>,
    algorithm: Option<&str>,
) -> Option<PreviousDigest> {
    Some(PreviousDigest {
        object: filled(object)?,
        bucket: bucket.unwrap_or_default(),
        hash: ListedHash::read(value, algorithm),
    })
}

impl DigestDocument {
    /// Reads the unpacked bytes of a digest file.
    ///
    /// # Errors
    /// Why it is no digest, in a sentence. A member given twice is one reason: two readers could
    /// see two digests.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        match serde_json::from_slice::<AwsDigest>(bytes) {
            Ok(found) => Ok(found.into()),
            Err(why) => match serde_json::from_slice::<HuaweiDigest>(bytes) {
                Ok(found) => Ok(found.into()),
                Err(_) => Err(format!("it is no digest of the known form ({why})")),
            },
        }
    }

    /// The name of the trail's digests without their time: digests of one chain share it.
    #[must_use]
    pub fn stream(&self) -> String {
        let name = super::names::last(&self.object);
        let is_backfill = name.contains("_backfill.");
        let words = name
            .split('_')
            .filter(|word| super::names::time_in(word).is_none() && !word.starts_with("backfill."));
        let mut stream = words.collect::<Vec<_>>().join("_");
        if is_backfill {
            stream.push_str(" backfill");
        }
        stream
    }

    /// Whether it belongs to a chain of its own, made later for hours that had none.
    #[must_use]
    pub fn is_backfill(&self) -> bool {
        super::names::last(&self.object).contains("_backfill.")
    }
}

impl From<AwsDigest> for DigestDocument {
    fn from(found: AwsDigest) -> Self {
        let log = |log: AwsLog| ListedLog {
            hash: ListedHash::read(Some(&log.hash_value), log.hash_algorithm.as_deref()),
            bucket: log.s3_bucket,
            object: log.s3_object,
        };
        Self {
            flavour: Flavour::Aws,
            previous: previous(
                found.previous_digest_s3_bucket,
                found.previous_digest_s3_object,
                found.previous_digest_hash_value.as_deref(),
                found.previous_digest_hash_algorithm.as_deref(),
            ),
            start_time: found.digest_start_time,
            end_time: found.digest_end_time,
            bucket: found.digest_s3_bucket,
            object: found.digest_s3_object,
            fingerprint: Some(found.digest_public_key_fingerprint),
            signature_algorithm: found.digest_signature_algorithm,
            previous_signature: filled(found.previous_digest_signature),
            logs: found.log_files.into_iter().map(log).collect(),
        }
    }
}

impl From<HuaweiDigest> for DigestDocument {
    fn from(found: HuaweiDigest) -> Self {
        let log = |log: HuaweiLog| ListedLog {
            hash: ListedHash::read(Some(&log.log_hash_value), log.log_hash_algorithm.as_deref()),
            bucket: log.bucket,
            object: log.object,
        };
        Self {
            flavour: Flavour::Huawei,
            previous: previous(
                found.previous_digest_bucket,
                found.previous_digest_object,
                found.previous_digest_hash_value.as_deref(),
                found.previous_digest_hash_algorithm.as_deref(),
            ),
            start_time: found.digest_start_time,
            end_time: found.digest_end_time,
            bucket: found.digest_bucket,
            object: found.digest_object,
            fingerprint: None,
            signature_algorithm: found.digest_signature_algorithm,
            previous_signature: filled(found.previous_digest_signature),
            logs: found.log_files.into_iter().map(log).collect(),
        }
    }
}
