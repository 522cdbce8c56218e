//! The metadata of an object, kept in a file beside it: a copy loses what S3 keeps apart.

use serde::Deserialize;

/// What a file beside a digest says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sidecar {
    /// The file, in the folder.
    pub file: String,
    /// The signature, hex digits as written.
    pub signature: Option<String>,
    /// Its algorithm, where one is stated.
    pub algorithm: Option<String>,
    /// When a backfill digest was made, where that is stated.
    pub backfill_generated: Option<String>,
    /// Why it cannot be read, in a sentence.
    pub problem: Option<String>,
}

/// The output of `aws s3api head-object` or `get-object`, as far as it counts here.
#[derive(Deserialize)]
struct HeadObject {
    #[serde(rename = "Metadata")]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(alias = "meta-signature")]
    signature: Option<String>,
    #[serde(rename = "signature-algorithm")]
    algorithm: Option<String>,
    #[serde(rename = "backfill-generation-timestamp")]
    backfill_generated: Option<String>,
}

impl Sidecar {
    /// Reads the bytes of such a file; a name that ends in `.sig` holds nothing but the hex digits.
    pub(super) fn read(file: &str, bytes: &[u8]) -> Self {
        let mut sidecar = Self {
            file: file.to_owned(),
            ..Self::default()
        };
        if file.ends_with(".sig") {
            match std::str::from_utf8(bytes).map(str::trim) {
                Ok(hex) if !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    sidecar.signature = Some(hex.to_owned());
                }
                _ => sidecar.problem = Some("it holds no hex digits".to_owned()),
            }
            return sidecar;
        }
        match serde_json::from_slice::<HeadObject>(bytes) {
            Ok(HeadObject { metadata }) => {
                sidecar.signature = metadata.signature;
                sidecar.algorithm = metadata.algorithm;
                sidecar.backfill_generated = metadata.backfill_generated;
            }
            Err(error) => {
                sidecar.problem = Some(format!("it is no output of head-object ({error})"));
            }
        }
        sidecar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_head_object_is_read() {
        let json =
            br#"{"ETag":"x","Metadata":{"signature":"ab","signature-algorithm":"SHA256withRSA"}}"#;
        let sidecar = Sidecar::read("d.json.gz.head-object.json", json);
        assert_eq!(sidecar.signature.as_deref(), Some("ab"));
        assert_eq!(sidecar.algorithm.as_deref(), Some("SHA256withRSA"));
        assert_eq!(sidecar.problem, None);
        assert_eq!(
            Sidecar::read("d.sig", b"abcd\n").signature.as_deref(),
            Some("abcd")
        );
        assert!(Sidecar::read("d.sig", b"xyz").problem.is_some());
        assert!(Sidecar::read("d.head.json", b"{}").problem.is_some());
    }
}
