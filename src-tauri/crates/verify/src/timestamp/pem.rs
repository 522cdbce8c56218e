//! PEM (RFC 7468): base64 between BEGIN and END lines. Text around the blocks is passed over.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// Blocks of one file.
const BLOCKS_MAX: usize = 256;

/// One block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PemBlock {
    /// Such as `CERTIFICATE`.
    pub label: String,
    /// What it holds, in DER.
    pub der: Vec<u8>,
}

/// The blocks of a text, in order. `None` when there is none, a block does not end as it began, or
/// holds no base64.
#[must_use]
pub fn pem_blocks(bytes: &[u8]) -> Option<Vec<PemBlock>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines().map(str::trim_end) {
        let mark = |word: &str| {
            let label = line.strip_prefix("-----")?.strip_prefix(word)?;
            label.strip_suffix("-----")
        };
        match (&mut open, mark("BEGIN "), mark("END ")) {
            (None, Some(label), _) => open = Some((label.to_owned(), String::new())),
            (Some((label, body)), None, Some(end)) => {
                if label != end || blocks.len() == BLOCKS_MAX {
                    return None;
                }
                blocks.push(PemBlock {
                    label: label.clone(),
                    der: BASE64.decode(&*body).ok()?,
                });
                open = None;
            }
            (Some(_), Some(_), _) => return None,
            (Some((_, body)), None, None) => body.push_str(line.trim()),
            (None, None, _) => {}
        }
    }
    (open.is_none() && !blocks.is_empty()).then_some(blocks)
}
