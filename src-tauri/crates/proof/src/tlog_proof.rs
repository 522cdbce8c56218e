//! Inclusion proofs as text (C2SP tlog-proof).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sealscope_model::Digest;

/// The proof that a leaf stands under a checkpoint, as a C2SP `.tlog-proof` file: index, path
/// from the leaf upwards, and the checkpoint's note exactly as signed.
///
/// ```text
/// c2sp.org/tlog-proof@v1
/// index 41
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// example.org/audit/5f0c
/// 65536
/// …
/// ```
#[must_use]
pub fn tlog_proof(index: u64, path: &[Digest], note: &str) -> String {
    let mut text = format!("c2sp.org/tlog-proof@v1\nindex {index}\n");
    for hash in path {
        text.push_str(&BASE64.encode(hash.as_bytes()));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(note);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_has_its_lines_in_order() {
        let hash = Digest::new([0; 32]);
        let zeros = BASE64.encode([0; 32]);
        assert_eq!(
            tlog_proof(7, &[hash, hash], "o\n8\nx\n\n\u{2014} k AAAA\n"),
            format!(
                "c2sp.org/tlog-proof@v1\nindex 7\n{zeros}\n{zeros}\n\no\n8\nx\n\n\u{2014} k AAAA\n"
            )
        );
    }
}
