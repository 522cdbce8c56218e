//! Hash chains of the four families of recipes, each with its profile.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// How the digests of a chain are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFamily {
    /// Over canonical JSON of the entry with the digest before in it.
    CanonicalBody,
    /// Over the digest before and canonical JSON of the payload.
    PrefixedPayload,
    /// The same, but the digest before is not written in the entry.
    Implicit,
    /// Over fields joined by bars.
    JoinedFields,
    /// Entries hold the digest of the line before and none of themselves.
    LineBefore,
}

impl ChainFamily {
    /// All families.
    pub const ALL: [Self; 5] = [
        Self::CanonicalBody,
        Self::PrefixedPayload,
        Self::Implicit,
        Self::JoinedFields,
        Self::LineBefore,
    ];

    /// A profile for chains of this family, with or without the number that counts entries.
    #[must_use]
    pub fn profile(self, has_seq: bool) -> String {
        let seq = if has_seq {
            "seq = { path = \"/seq\", start = 0 }\n"
        } else {
            ""
        };
        let own = "own = { path = \"/hash\" }\n";
        let prev = "prev = { path = \"/prev\" }\n";
        let (places, genesis, parts) = match self {
            Self::CanonicalBody => (
                [own, prev].concat(),
                "0*64",
                "{ canon = \"jcs\", minus = [\"/hash\"] }",
            ),
            Self::PrefixedPayload => (
                [own, prev].concat(),
                "GENESIS",
                "{ prev = true }, { lit = \"|\" }, \
                 { canon = \"jcs\", minus = [\"/hash\", \"/prev\"] }",
            ),
            Self::Implicit => (
                own.to_owned(),
                "GENESIS",
                "{ prev = true }, { canon = \"jcs\", minus = [\"/hash\"] }",
            ),
            Self::JoinedFields => (
                [own, prev].concat(),
                "",
                "{ field = \"/who\" }, { lit = \"|\" }, { field = \"/seq\" }, { lit = \"|\" }, \
                 { prev = true }",
            ),
            Self::LineBefore => (prev.to_owned(), "0*64", "{ raw-line = true }"),
        };
        format!(
            "[chain]\nname = \"made\"\n{seq}{places}genesis = [\"{genesis}\"]\n\n\
             [preimage]\nparts = [{parts}]\n"
        )
    }

    const fn genesis(self) -> &'static str {
        match self {
            Self::CanonicalBody | Self::LineBefore => {
                "0000000000000000000000000000000000000000000000000000000000000000"
            }
            Self::PrefixedPayload | Self::Implicit => "GENESIS",
            Self::JoinedFields => "",
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A chain on its way.
#[derive(Debug, Clone)]
pub struct ChainMaker {
    family: ChainFamily,
    prev: String,
}

impl ChainMaker {
    /// A chain that begins.
    #[must_use]
    pub fn new(family: ChainFamily) -> Self {
        Self {
            family,
            prev: family.genesis().to_owned(),
        }
    }

    /// The next line, of an entry with this number and this name in it.
    pub fn line(&mut self, seq: u64, who: &str) -> String {
        let prev = self.prev.clone();
        let body = format!("\"seq\":{seq},\"who\":\"{who}\"");
        let with_prev = format!("{{\"prev\":\"{prev}\",{body}}}");
        let preimage = match self.family {
            ChainFamily::CanonicalBody | ChainFamily::LineBefore => with_prev.clone(),
            ChainFamily::PrefixedPayload => format!("{prev}|{{{body}}}"),
            ChainFamily::Implicit => format!("{prev}{{{body}}}"),
            ChainFamily::JoinedFields => format!("{who}|{seq}|{prev}"),
        };
        let own = hex(preimage.as_bytes());
        let line = match self.family {
            ChainFamily::LineBefore => with_prev,
            ChainFamily::Implicit => format!("{{{body},\"hash\":\"{own}\"}}"),
            _ => format!("{{{body},\"prev\":\"{prev}\",\"hash\":\"{own}\"}}"),
        };
        self.prev = own;
        line
    }
}

/// Lines of a whole chain, numbered from 0; `word` goes into every entry.
#[must_use]
pub fn chain_lines(family: ChainFamily, count: u64, word: &str) -> Vec<String> {
    let mut maker = ChainMaker::new(family);
    (0..count)
        .map(|seq| maker.line(seq, &format!("{word}{seq}")))
        .collect()
}
