//! Texts of a bag.

use sealscope_model::Digest;

use super::BagError;
use crate::content::Content;

/// `bag-info.txt` (RFC 8493, 2.2.2): fixed keys, a line each.
pub(super) fn bag_info(
    content: &Content,
    content_sha256: &Digest,
    sizes: impl Iterator<Item = usize>,
) -> Result<String, BagError> {
    let (mut bytes, mut count) = (0u64, 0u64);
    for size in sizes {
        bytes += size as u64;
        count += 1;
    }
    let method = &content.method;
    let tool = line(&method.tool, "tool")?;
    let version = line(&method.version, "version")?;
    let id = line(&content.report_id, "id")?;
    if !id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Err(BagError::Text("id"));
    }
    let date = date(&content.made_at).ok_or(BagError::Text("time"))?;
    let hash = content_sha256.to_hex();
    Ok(format!(
        "Bag-Software-Agent: {tool} {version}\nBagging-Date: {date}\n\
         External-Description: Verified report\nExternal-Identifier: urn:uuid:{id}\n\
         Payload-Oxum: {bytes}.{count}\nSealscope-Content-SHA256: {hash}\n"
    ))
}

/// Printable ASCII on one line.
fn line<'t>(text: &'t str, what: &'static str) -> Result<&'t str, BagError> {
    let is_plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    let is_short = (1..=100).contains(&text.len());
    (is_plain && is_short && text.trim() == text)
        .then_some(text)
        .ok_or(BagError::Text(what))
}

/// The day of an RFC 3339 time.
fn date(time: &str) -> Option<&str> {
    let (date, _) = time.split_once('T')?;
    let shape = date.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (shape && date.len() == 10).then_some(date)
}

/// `README.txt`: how to check the bag without the program that made it.
pub(super) fn readme(content: &Content, content_sha256: &str) -> String {
    README
        .replace("{id}", &content.report_id)
        .replace("{hash}", content_sha256)
}

const README: &str = "\
VERIFIED REPORT {id}
Content hash (SHA-256 of data/report.json): {hash}

This folder is a bag (BagIt 1.0, RFC 8493). It can be checked with `sealscope check FOLDER`, and \
without
that program by the commands below, run in this folder with a POSIX shell, OpenSSL 3 and Python 3.

1. All files are as listed, and none is missing.

    sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt
    find data -type f | wc -l; wc -l < manifest-sha256.txt      # two equal numbers

   Whoever changes a file can change the lists as well. What shows that is the signature (3), or \
   the content hash
   above compared with one that you got another way.

2. Each exhibit is an entry of the log that a checkpoint was signed for.

   data/entries/E1.bin has the entry's bytes, data/proofs/E1.tlog-proof the path from its leaf to \
   the root of a
   checkpoint (C2SP tlog-proof). The leaf hash, which data/report.json states too, is that of

    { printf '\\0'; cat data/entries/E1.bin; } | sha256sum

   How leaf and path give the root stands in RFC 9162, 2.1.3.2. The checkpoint's signature is \
   Ed25519 over the text
   before its last blank line (C2SP signed-note). The public keys in data/keys are those that the \
   report names:
   compare them with keys that you got from the owner of the log. The script \
   tests/independent/check_bag.py
   among Sealscope's sources does all of this; it is written from the standards alone:

    python3 check_bag.py FOLDER --trust LOG.vkey --signer EXAMINER.vkey

3. The examiner signed the report (where there is a statement.dsse.json: an in-toto statement in \
a DSSE envelope).
   EXAMINER.vkey is the examiner's public key as you got it from the examiner, not the one beside \
   this file.

export DIR=$(mktemp -d)
python3 - EXAMINER.vkey <<'END'
import base64, json, os, sys
def put(name, content): open(os.path.join(os.environ['DIR'], name), 'wb').write(content)
envelope = json.load(open('statement.dsse.json'))
kind, payload = envelope['payloadType'].encode(), base64.b64decode(envelope['payload'])
put('signed', b'DSSEv1 %d %s %d %s' % (len(kind), kind, len(payload), payload))
put('signature', base64.b64decode(envelope['signatures'][0]['sig']))
key = base64.b64decode(open(sys.argv[1]).read().split('+', 2)[2])[1:]
put('key', bytes.fromhex('302a300506032b6570032100') + key)
print(json.dumps(json.loads(payload), indent=1))
END
openssl pkeyutl -verify -pubin -keyform DER -inkey $DIR/key -rawin -in $DIR/signed -sigfile \
$DIR/signature

   The statement printed names the SHA-256 of data/report.json, of manifest-sha256.txt (and by it \
   all of data),
   and of the archives that were examined. Compare the first two:

    sha256sum data/report.json manifest-sha256.txt

4. A timestamp (where there is a statement.tsr; RFC 3161) shows since when the signed statement \
exists.

    openssl ts -verify -data statement.dsse.json -in statement.tsr -CAfile AUTHORITY.pem

What this does not show: that the verdicts of the archives are right, which takes the archives; \
that the log
recorded what happened, or all of it; that a key was not in other hands.
";
