//! Distinguished names as people read them, in the manner of RFC 4514.

use super::der::{Der, dotted, tag};

/// Characters of a name that are shown.
const NAME_CHARS_MAX: usize = 300;

/// The name in the order in which it is written: `O=Example, CN=Example TSA`. It is hostile text.
pub(crate) fn display(raw: &[u8]) -> String {
    let text = parts(raw).unwrap_or_default().join(", ");
    if text.is_empty() {
        return "(no name)".to_owned();
    }
    if text.chars().count() <= NAME_CHARS_MAX {
        return text;
    }
    let mut cut: String = text.chars().take(NAME_CHARS_MAX).collect();
    cut.push('…');
    cut
}

fn parts(raw: &[u8]) -> Option<Vec<String>> {
    let mut list = Der::new(raw).inside(tag::SEQUENCE, "").ok()?;
    let mut parts = Vec::new();
    while !list.is_empty() && parts.len() < 32 {
        let mut set = list.inside(tag::SET, "").ok()?;
        while !set.is_empty() && parts.len() < 32 {
            let mut pair = set.inside(tag::SEQUENCE, "").ok()?;
            let id = dotted(pair.expect(tag::OID, "").ok()?.content)?;
            let value = pair.next("").ok()?;
            parts.push(format!("{}={}", short(&id), text(value.tag, value.content)));
        }
    }
    Some(parts)
}

fn short(id: &str) -> &str {
    match id {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.97" => "organizationIdentifier",
        other => other,
    }
}

fn text(tag: u8, content: &[u8]) -> String {
    match tag {
        // BMPString.
        0x1E => {
            let (units, _) = content.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            String::from_utf16_lossy(&units)
        }
        _ => String::from_utf8_lossy(content).into_owned(),
    }
}
