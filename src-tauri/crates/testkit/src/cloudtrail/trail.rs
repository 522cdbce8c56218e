use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use md5::Digest as _;
use sealscope_proof::sha256;
use serde_json::{Value, json};

use super::keys::RegionKey;

/// Whose names and hashes the digests have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// AWS CloudTrail.
    Aws,
    /// Huawei Cloud Trace Service: other names, MD5, hashes over the bytes as stored.
    Huawei,
}

/// One digest of a trail.
#[derive(Debug, Clone)]
pub struct Hour {
    /// How many hours after the first one it ends.
    pub number: i64,
    /// Log files that it lists.
    pub logs: usize,
    /// The key that signs it, see [`RegionKey::number`].
    pub key: usize,
    /// The bucket that it goes to.
    pub bucket: &'static str,
    /// It names no digest before it.
    pub starts_chain: bool,
    /// It belongs to the second chain, of hours that are sealed later.
    pub is_backfill: bool,
}

impl Hour {
    /// A plain hour.
    #[must_use]
    pub const fn new(number: i64, logs: usize) -> Self {
        Self {
            number,
            logs,
            key: 0,
            bucket: "trail-bucket",
            starts_chain: false,
            is_backfill: false,
        }
    }
}

/// A trail to be made.
#[derive(Debug, Clone)]
pub struct Trail {
    /// The digests, oldest first.
    pub hours: Vec<Hour>,
    /// What the keys in the bucket begin with, such as `logs/`.
    pub prefix: &'static str,
    /// The organisation, such as `o-example`.
    pub organisation: Option<&'static str>,
    /// Whose names and hashes.
    pub naming: Naming,
    /// Records in each log file.
    pub records: usize,
}

/// A folder: bytes by path. Each bucket is a folder in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// The files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Paths of the digests, in the order of the hours.
    pub digests: Vec<String>,
    /// Paths of the log files, in the order of the hours.
    pub logs: Vec<String>,
}

struct Before {
    bucket: String,
    object: String,
    text: Vec<u8>,
    stored: Vec<u8>,
    signature: String,
}

/// Packs bytes as one gzip member.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

impl Trail {
    /// This many hours with this many log files each.
    #[must_use]
    pub fn of_hours(hours: i64, logs: usize) -> Self {
        Self {
            hours: (0..hours).map(|number| Hour::new(number, logs)).collect(),
            prefix: "",
            organisation: None,
            naming: Naming::Aws,
            records: 1,
        }
    }

    /// Makes the folder, with the metadata of every digest beside it.
    #[must_use]
    pub fn make(&self) -> Made {
        let mut made = Made::default();
        let mut chains: [Option<Before>; 2] = [None, None];
        for hour in &self.hours {
            let logs: Vec<Value> = (0..hour.logs)
                .map(|n| self.log(hour, n, &mut made))
                .collect();
            let chain = &mut chains[usize::from(hour.is_backfill)];
            let before = chain.take().filter(|_| !hour.starts_chain);
            *chain = Some(self.digest(hour, before.as_ref(), &logs, &mut made));
        }
        made
    }

    fn key_of(&self, kind: &str, day: DateTime<Utc>, name: &str) -> String {
        let organisation = self
            .organisation
            .map_or(String::new(), |id| format!("{id}/"));
        let prefix = self.prefix;
        match self.naming {
            Naming::Aws => format!(
                "{prefix}AWSLogs/{organisation}{ACCOUNT}/{kind}/{REGION}/{}/{name}",
                day.format("%Y/%m/%d")
            ),
            Naming::Huawei => {
                let folder = if kind.ends_with("Digest") {
                    "Digest/ECS"
                } else {
                    "ECS"
                };
                format!(
                    "CloudTraces/{REGION}/{}/system/{folder}/{name}",
                    day.format("%Y/%-m/%-d")
                )
            }
        }
    }

    fn hash(&self, text: &[u8], stored: &[u8]) -> (String, &'static str) {
        match self.naming {
            Naming::Aws => (sha256(text).to_hex(), "SHA-256"),
            Naming::Huawei => {
                let hash = md5::Md5::digest(stored);
                (
                    hash.iter().map(|byte| format!("{byte:02x}")).collect(),
                    "MD5",
                )
            }
        }
    }

    fn log(&self, hour: &Hour, number: usize, made: &mut Made) -> Value {
        let at = end_of(hour) - TimeDelta::minutes(i64::try_from(number % 55).unwrap_or(0) + 2);
        let records: Vec<Value> = (0..self.records)
            .map(|record| event(at, hour.number, number, record))
            .collect();
        let text = json!({ "Records": records }).to_string().into_bytes();
        let stored = gzip(&text);
        let unique = &sha256(format!("{hour:?} {number}").as_bytes()).to_hex()[..16];
        let name = match self.naming {
            Naming::Aws => {
                let time = at.format("%Y%m%dT%H%MZ");
                format!("{ACCOUNT}_CloudTrail_{REGION}_{time}_{unique}.json.gz")
            }
            Naming::Huawei => {
                let time = at.format("%Y-%m-%dT%H-%M-%SZ");
                format!("made_CloudTrace_{REGION}_{time}_{unique}.json.gz")
            }
        };
        let object = self.key_of("CloudTrail", at, &name);
        let (hash, algorithm) = self.hash(&text, &stored);
        let path = format!("{}/{object}", hour.bucket);
        made.files.insert(path.clone(), stored);
        made.logs.push(path);
        match self.naming {
            Naming::Aws => json!({
                "s3Bucket": hour.bucket, "s3Object": object, "hashValue": hash,
                "hashAlgorithm": algorithm, "newestEventTime": iso(at), "oldestEventTime": iso(at),
            }),
            Naming::Huawei => json!({
                "bucket": hour.bucket, "object": object, "log_hash_value": hash,
                "log_hash_algorithm": algorithm,
            }),
        }
    }

    fn digest(
        &self,
        hour: &Hour,
        before: Option<&Before>,
        logs: &[Value],
        made: &mut Made,
    ) -> Before {
        let end = end_of(hour);
        let object = self.digest_object(hour);
        let document = self.document(hour, &object, before, logs);
        let text = document.to_string().into_bytes();
        let stored = gzip(&text);
        let (signed_hash, time) = match self.naming {
            Naming::Aws => (sha256(&text), iso(end)),
            Naming::Huawei => (sha256(&stored), dashed(end)),
        };
        let previous = before.map_or("null", |before| before.signature.as_str());
        let message = format!(
            "{time}\n{}/{object}\n{signed_hash}\n{previous}",
            hour.bucket
        );
        let signature = RegionKey::number(hour.key).sign(&message);
        let path = format!("{}/{object}", hour.bucket);
        let metadata = json!({ "Metadata": {
            "signature": signature, "signature-algorithm": "SHA256withRSA",
        }});
        made.files.insert(
            format!("{path}.head-object.json"),
            metadata.to_string().into_bytes(),
        );
        made.files.insert(path.clone(), stored.clone());
        made.digests.push(path);
        Before {
            bucket: hour.bucket.to_owned(),
            object,
            text,
            stored,
            signature,
        }
    }

    fn digest_object(&self, hour: &Hour) -> String {
        let end = end_of(hour);
        let name = match self.naming {
            Naming::Aws => {
                let backfill = if hour.is_backfill { "_backfill" } else { "" };
                let time = end.format("%Y%m%dT%H%M%SZ");
                format!(
                    "{ACCOUNT}_CloudTrail-Digest_{REGION}_made_{REGION}_{time}{backfill}.json.gz"
                )
            }
            Naming::Huawei => {
                format!("made_CloudTrace-Digest_{REGION}_{}.json.gz", dashed(end))
            }
        };
        self.key_of("CloudTrail-Digest", end, &name)
    }

    fn document(
        &self,
        hour: &Hour,
        object: &str,
        before: Option<&Before>,
        logs: &[Value],
    ) -> Value {
        let end = end_of(hour);
        let start = end - TimeDelta::hours(1);
        let hash = before.map(|before| self.hash(&before.text, &before.stored));
        let (value, algorithm) = (hash.as_ref().map(|h| &h.0), hash.as_ref().map(|h| h.1));
        let bucket = before.map(|before| &before.bucket);
        let previous = before.map(|before| &before.object);
        let signature = before.map(|before| &before.signature);
        match self.naming {
            Naming::Aws => json!({
                "awsAccountId": ACCOUNT, "digestStartTime": iso(start), "digestEndTime": iso(end),
                "digestS3Bucket": hour.bucket, "digestS3Object": object,
                "digestPublicKeyFingerprint": RegionKey::number(hour.key).fingerprint,
                "digestSignatureAlgorithm": "SHA256withRSA",
                "previousDigestS3Bucket": bucket, "previousDigestS3Object": previous,
                "previousDigestHashValue": value, "previousDigestHashAlgorithm": algorithm,
                "previousDigestSignature": signature, "logFiles": logs,
            }),
            Naming::Huawei => json!({
                "project_id": "made", "digest_start_time": dashed(start),
                "digest_end_time": dashed(end), "digest_bucket": hour.bucket,
                "digest_object": object, "digest_signature_algorithm": "SHA256withRSA",
                "digest_end": false, "previous_digest_bucket": bucket,
                "previous_digest_object": previous, "previous_digest_hash_value": value,
                "previous_digest_hash_algorithm": algorithm,
                "previous_digest_signature": signature, "log_files": logs,
            }),
        }
    }
}

impl Made {
    /// Writes all files below a folder.
    ///
    /// # Panics
    /// When the disk refuses.
    pub fn write(&self, folder: &Path) {
        for (path, bytes) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).expect("a folder");
            std::fs::write(path, bytes).expect("written");
        }
    }

    /// Gives a file another path.
    ///
    /// # Panics
    /// When it is not there.
    pub fn rename(&mut self, from: &str, to: &str) {
        let bytes = self.files.remove(from).expect("the file is there");
        self.files.insert(to.to_owned(), bytes);
    }

    /// Takes the metadata of a digest away.
    pub fn forget_signature(&mut self, digest: &str) {
        self.files.remove(&format!("{digest}.head-object.json"));
    }
}

/// The files of a Lake query result, in the current folder of a bucket.
#[must_use]
pub fn lake_result(tables: &[&str], key: usize) -> Made {
    let mut made = Made::default();
    let mut files = Vec::new();
    for (number, table) in tables.iter().enumerate() {
        let name = format!("result_{}.csv.gz", number + 1);
        let stored = gzip(table.as_bytes());
        files.push(json!({ "fileHashValue": sha256(&stored).to_hex(), "fileName": name }));
        made.files.insert(name.clone(), stored);
        made.logs.push(name);
    }
    let hashes: Vec<&str> = files
        .iter()
        .filter_map(|f| f["fileHashValue"].as_str())
        .collect();
    let key = RegionKey::number(key);
    let sign = json!({
        "version": "1.0", "region": REGION, "files": files, "hashAlgorithm": "SHA-256",
        "signatureAlgorithm": "SHA256withRSA", "queryCompleteTime": "2026-03-14T12:00:00Z",
        "hashSignature": key.sign(&hashes.join(" ")), "publicKeyFingerprint": key.fingerprint,
    });
    made.files
        .insert("result_sign.json".to_owned(), sign.to_string().into_bytes());
    made
}

fn end_of(hour: &Hour) -> DateTime<Utc> {
    // 14 March 2026, 01:09:48 UTC.
    let first = DateTime::from_timestamp(1_773_450_588, 0).unwrap_or_default();
    let shift = if hour.is_backfill { 20 * 60 } else { 0 };
    first + TimeDelta::hours(hour.number) + TimeDelta::seconds(shift)
}

fn iso(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn dashed(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H-%M-%SZ").to_string()
}

fn event(at: DateTime<Utc>, hour: i64, number: usize, record: usize) -> Value {
    const NAMES: [&str; 4] = [
        "DescribeInstances",
        "GetObject",
        "AssumeRole",
        "PutBucketPolicy",
    ];
    let id = sha256(format!("{hour} {number} {record}").as_bytes()).to_hex();
    json!({
        "eventVersion": "1.09", "eventTime": iso(at), "eventSource": "ec2.amazonaws.com",
        "eventName": NAMES[(number + record) % NAMES.len()], "awsRegion": REGION,
        "sourceIPAddress": format!("203.0.113.{}", (number * 7 + record) % 250),
        "userIdentity": { "type": "IAMUser", "userName": format!("user-{}", record % 5) },
        "requestID": &id[..36], "eventID": &id[28..64], "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
    })
}
