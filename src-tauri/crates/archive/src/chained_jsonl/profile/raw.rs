//! A profile as its TOML says it, before anything is believed.

use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in super::super) struct RawProfile {
    pub(in super::super) chain: RawChain,
    #[serde(default)]
    pub(in super::super) digest: RawDigest,
    pub(in super::super) preimage: RawPreimage,
    pub(in super::super) signature: Option<RawSignature>,
    #[serde(default, rename = "inner_digest")]
    pub(in super::super) inner_digest: Vec<RawInner>,
    pub(in super::super) shape: Option<RawShape>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in super::super) struct RawChain {
    pub(in super::super) name: String,
    pub(in super::super) about: Option<String>,
    #[serde(default = "jsonl")]
    pub(in super::super) framing: String,
    pub(in super::super) pattern: Option<String>,
    #[serde(default)]
    pub(in super::super) header: bool,
    pub(in super::super) seq: Option<RawSeq>,
    pub(in super::super) prev: Option<RawPlace>,
    pub(in super::super) own: Option<RawPlace>,
    #[serde(default)]
    pub(in super::super) genesis: Vec<RawGenesis>,
    pub(in super::super) reset: Option<RawReset>,
    pub(in super::super) partition: Option<String>,
    #[serde(default)]
    pub(in super::super) uncovered: Vec<String>,
}

fn jsonl() -> String {
    "jsonl".to_owned()
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawSeq {
    pub(in super::super) path: String,
    pub(in super::super) start: Option<i64>,
    pub(in super::super) step: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawPlace {
    pub(in super::super) path: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawReset {
    pub(in super::super) on: String,
}

/// A word with a meaning (`null`, `any`, `0*64`) or a text; or a text that could be mistaken for
/// one of the words; or a text whose digest it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(in super::super) enum RawGenesis {
    Word(String),
    Text(RawText),
    HashOf(RawHashOf),
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawText {
    pub(in super::super) text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in super::super) struct RawHashOf {
    pub(in super::super) hash_of: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawDigest {
    pub(in super::super) alg: Option<String>,
    pub(in super::super) key: Option<String>,
    pub(in super::super) encoding: Option<String>,
    pub(in super::super) prefix: Option<String>,
    pub(in super::super) prev_as: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawPreimage {
    pub(in super::super) parts: Vec<RawPart>,
}

/// One name, or several of which any may be the right one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(in super::super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    pub(in super::super) fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::More(names) => names,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in super::super) struct RawPart {
    pub(in super::super) prev: Option<bool>,
    pub(in super::super) lit: Option<String>,
    pub(in super::super) field: Option<String>,
    pub(in super::super) null: Option<String>,
    pub(in super::super) bool: Option<String>,
    pub(in super::super) num: Option<String>,
    pub(in super::super) canon: Option<OneOrMore>,
    pub(in super::super) at: Option<String>,
    pub(in super::super) minus: Option<Vec<String>>,
    pub(in super::super) only: Option<Vec<String>>,
    pub(in super::super) raw_line: Option<bool>,
    pub(in super::super) raw_line_minus_member: Option<String>,
    pub(in super::super) prev_raw_line: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawSignature {
    pub(in super::super) path: String,
    pub(in super::super) over: Option<String>,
    pub(in super::super) alg: String,
    pub(in super::super) encoding: Option<String>,
    pub(in super::super) prefix: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawInner {
    pub(in super::super) path: String,
    pub(in super::super) alg: Option<String>,
    pub(in super::super) encoding: Option<String>,
    pub(in super::super) prefix: Option<String>,
    pub(in super::super) parts: Vec<RawPart>,
}

/// What entries of this recipe look like, to recognise them by.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct RawShape {
    pub(in super::super) members: Vec<String>,
}
