//! The commands that collect a trail with its signatures.

/// How to collect a trail so that it can be checked: for the help and the explain card.
///
/// Commands of the AWS CLI version 2; the names in capitals are to be replaced.
pub const COLLECTING: &str = r#"
# Copying a trail so that its signatures come along. A plain copy loses the metadata of the
# objects, and with it the signature of the newest digest.
BUCKET=NAME-OF-THE-BUCKET  REGION=us-east-1  FROM=2026-01-01T00:00:00Z  TO=2026-02-01T00:00:00Z

aws s3 sync "s3://$BUCKET" bucket --exclude '*' --include '*AWSLogs/*/CloudTrail*'

# The metadata of every digest, beside it.
find bucket -path '*/CloudTrail-Digest/*' -name '*.json.gz' | while read -r file; do
  aws s3api head-object --bucket "$BUCKET" --key "${file#bucket/}" > "$file.head-object.json"
done

# The public keys for the time, from AWS itself: keep them apart from the evidence.
aws cloudtrail list-public-keys --region "$REGION" --start-time "$FROM" --end-time "$TO" \
  > public-keys.json

sealscope verify bucket --key public-keys.json
"#;
