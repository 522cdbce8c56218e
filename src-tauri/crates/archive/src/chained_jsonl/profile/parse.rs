//! From TOML to a profile that can be followed.

use std::sync::Arc;

use regex::bytes::RegexBuilder;

use super::pattern;
use super::raw::{OneOrMore, RawDigest, RawGenesis, RawInner, RawPart, RawProfile, RawSignature};
use super::{
    ChainProfile, DigestRule, Framing, Genesis, InnerDigest, Number, Part, ProfileError, Reset,
    Sequence, SignatureAlg, SignatureRule, SignedOver,
};
use crate::chained_jsonl::canon::{CANON_MODES, CanonMode};
use crate::chained_jsonl::digest::{ENCODINGS, Encoding, HASH_ALGS, HashAlg};
use crate::chained_jsonl::path::Path;

/// Bytes of a profile: many times what anybody writes.
const PROFILE_BYTES_MAX: usize = 64 << 10;
/// Parts of what is hashed.
const PARTS_MAX: usize = 256;
/// Memory that a compiled pattern may take.
const PATTERN_BYTES_MAX: usize = 4 << 20;

type Read<T> = Result<T, ProfileError>;

fn wrong<T>(what: impl Into<String>) -> Read<T> {
    Err(ProfileError {
        line: None,
        what: what.into(),
    })
}

/// Reads the TOML; unknown keys are errors.
pub(in super::super) fn read_raw(text: &str) -> Read<RawProfile> {
    if text.len() > PROFILE_BYTES_MAX {
        return wrong(format!("a profile has at most {PROFILE_BYTES_MAX} bytes"));
    }
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        ProfileError {
            line: before.map(|before| before.matches('\n').count() + 1),
            what: error.message().to_owned(),
        }
    })
}

fn one_of<T>(key: &str, name: &str, found: Option<T>, known: &[&str]) -> Read<T> {
    match found {
        Some(found) => Ok(found),
        None => wrong(format!(
            "{key}: `{name}` is not known here; use one of {}",
            known.join(", ")
        )),
    }
}

fn path(key: &str, text: &str) -> Read<Path> {
    match Path::parse(text) {
        Some(path) => Ok(path),
        None => wrong(format!("{key}: `{text}` is no path; it begins with /")),
    }
}

fn alg(key: &str, name: Option<&str>) -> Read<HashAlg> {
    let name = name.unwrap_or("sha256");
    one_of(
        key,
        name,
        HashAlg::named(name),
        &HASH_ALGS.map(|(name, _)| name),
    )
}

fn encoding(key: &str, name: Option<&str>) -> Read<Encoding> {
    let name = name.unwrap_or("hex-lower");
    one_of(
        key,
        name,
        Encoding::named(name),
        &ENCODINGS.map(|(name, _)| name),
    )
}

impl ChainProfile {
    pub(in super::super) fn from_raw(raw: RawProfile) -> Read<Self> {
        if raw.chain.name.trim().is_empty() {
            return wrong("chain.name: give the recipe a name");
        }
        let place = |key: &str, place: &Option<super::raw::RawPlace>| match place {
            Some(place) => path(key, &place.path).map(Some),
            None => Ok(None),
        };
        let prev = place("chain.prev.path", &raw.chain.prev)?;
        let own = place("chain.own.path", &raw.chain.own)?;
        if prev.is_none() && own.is_none() {
            return wrong("chain: say where the digests stand, with own, prev or both");
        }
        let digest = digest_rule(&raw.digest)?;
        let mut parts = parts("preimage.parts", &raw.preimage.parts)?;
        if own.is_none() {
            // Without a digest of itself, an entry is hashed by the one behind it.
            for part in &mut parts {
                if matches!(part, Part::PrevRawLine) {
                    *part = Part::RawLine;
                }
            }
        }
        let profile = Self {
            framing: framing(&raw)?,
            seq: sequence(&raw)?,
            prev,
            own,
            genesis: genesis(&raw, &digest)?,
            reset: reset(&raw)?,
            partition: match &raw.chain.partition {
                Some(text) => Some(path("chain.partition", text)?),
                None => None,
            },
            uncovered: uncovered(&raw)?,
            has_loose_text: raw.chain.framing == "text"
                && !pattern::is_fixed(raw.chain.pattern.as_deref().unwrap_or_default()),
            covers_all: false,
            is_keyed: is_keyed(&raw.digest)?,
            prev_as_bytes: prev_as_bytes(&raw.digest)?,
            digest,
            parts,
            signature: raw.signature.as_ref().map(signature).transpose()?,
            inner: raw.inner_digest.iter().map(inner).collect::<Read<_>>()?,
            raw,
        };
        profile.checked()
    }

    /// Looks for what each key says well and all together cannot mean.
    fn checked(mut self) -> Read<Self> {
        let has = |wanted: fn(&Part) -> bool| self.parts.iter().any(wanted);
        let names_prev = has(|part| matches!(part, Part::Prev | Part::PrevRawLine));
        if self.prev.is_none() && !names_prev {
            return wrong(
                "preimage.parts: no entry holds the digest before it (chain.prev is absent), so \
                 the parts need {prev = true} or {prev-raw-line = true}",
            );
        }
        if self.own.is_none() && has(|part| matches!(part, Part::Prev)) && self.prev.is_none() {
            return wrong("chain.own: the digest of an entry has to stand somewhere");
        }
        let needs_json = |parts: &[Part]| {
            let is_json =
                |part: &Part| matches!(part, Part::Canon { .. } | Part::RawLineMinusMember(_));
            parts.iter().any(is_json)
        };
        let is_json = matches!(self.framing, Framing::Jsonl | Framing::JsonArray);
        if !is_json && (needs_json(&self.parts) || self.inner.iter().any(|i| needs_json(&i.parts)))
        {
            return wrong("preimage.parts: canon and raw-line-minus-member need JSON entries");
        }
        if self.partition.is_some() && self.needs_line_before() {
            return wrong("chain.partition: it does not go with prev-raw-line");
        }
        let is_table = matches!(self.framing, Framing::Csv { .. } | Framing::Tsv);
        for path in [&self.prev, &self.own, &self.partition]
            .into_iter()
            .flatten()
        {
            if is_table && path.column().is_none() {
                return wrong(format!(
                    "chain: `{path}` is no column; columns are /0, /1 and so on"
                ));
            }
        }
        self.check_uncovered()?;
        self.covers_all = self.covers_all();
        Ok(self)
    }

    /// What is named as covered by no digest has to be a place, and none that a digest covers.
    fn check_uncovered(&self) -> Read<()> {
        for path in &self.uncovered {
            let is_place = match &self.framing {
                Framing::Jsonl | Framing::JsonArray => true,
                Framing::Csv { .. } | Framing::Tsv => path.column().is_some(),
                Framing::Text(pattern) => {
                    let mut groups = pattern.capture_names().flatten();
                    path.is_outside() || groups.any(|group| path.is_group(group))
                }
            };
            if !is_place {
                return wrong(format!(
                    "chain.uncovered: `{path}` is no column, and no group of the pattern"
                ));
            }
            if self.covers(path) {
                return wrong(format!(
                    "chain.uncovered: `{path}` goes into a digest, or is a digest or signature \
                     itself; name only what none covers"
                ));
            }
        }
        Ok(())
    }
}

fn uncovered(raw: &RawProfile) -> Read<Vec<Path>> {
    let names = &raw.chain.uncovered;
    if names.len() > PARTS_MAX {
        return wrong(format!("chain.uncovered: at most {PARTS_MAX} are named"));
    }
    let one = |text: &String| match path("chain.uncovered", text)? {
        path if path.names().is_empty() => {
            wrong("chain.uncovered: name the members, not the whole entry")
        }
        path => Ok(path),
    };
    names.iter().map(one).collect()
}

fn framing(raw: &RawProfile) -> Read<Framing> {
    let name = raw.chain.framing.as_str();
    let is_text = name == "text";
    if !is_text && raw.chain.pattern.is_some() {
        return wrong("chain.pattern: only framing = \"text\" has one");
    }
    if name != "csv" && raw.chain.header {
        return wrong("chain.header: only framing = \"csv\" has one");
    }
    let found = match name {
        "jsonl" => Some(Framing::Jsonl),
        "json-array" => Some(Framing::JsonArray),
        "csv" => Some(Framing::Csv {
            header: raw.chain.header,
        }),
        "tsv" => Some(Framing::Tsv),
        "text" => {
            let Some(pattern) = &raw.chain.pattern else {
                return wrong(
                    "chain.pattern: framing = \"text\" needs a pattern with named groups",
                );
            };
            let built = RegexBuilder::new(pattern)
                .size_limit(PATTERN_BYTES_MAX)
                .build();
            match built {
                Ok(regex) => Some(Framing::Text(Arc::new(regex))),
                Err(error) => return wrong(format!("chain.pattern: {error}")),
            }
        }
        _ => None,
    };
    let known = ["jsonl", "json-array", "csv", "tsv", "text"];
    one_of("chain.framing", name, found, &known)
}

fn sequence(raw: &RawProfile) -> Read<Option<Sequence>> {
    let Some(seq) = &raw.chain.seq else {
        return Ok(None);
    };
    let step = seq.step.unwrap_or(1);
    if step == 0 {
        return wrong("chain.seq.step: numbers that count up do not step by 0");
    }
    Ok(Some(Sequence {
        path: path("chain.seq.path", &seq.path)?,
        start: seq.start,
        step,
    }))
}

fn genesis(raw: &RawProfile, digest: &DigestRule) -> Read<Vec<Genesis>> {
    let written = |text: &str| {
        let mut out = digest.prefix.clone();
        let bytes = digest.alg.digest(text.as_bytes());
        digest.encoding.write(bytes.as_slice(), &mut out);
        out
    };
    if raw.chain.genesis.is_empty() {
        return wrong(
            "chain.genesis: say what the first entry names as its predecessor, such as \"0*64\", \
             \"\", \"null\" or \"any\"",
        );
    }
    let one = |value: &RawGenesis| match value {
        RawGenesis::Word(word) if word == "any" => Ok(Genesis::Any),
        RawGenesis::Word(word) if word == "null" => Ok(Genesis::Null),
        RawGenesis::Word(word) => match word.split_once('*') {
            Some((text, count)) if !count.is_empty() => match count.parse::<usize>() {
                Ok(count) if count <= 1024 => Ok(Genesis::Text(text.repeat(count).into_bytes())),
                _ => Ok(Genesis::Text(word.clone().into_bytes())),
            },
            _ => Ok(Genesis::Text(word.clone().into_bytes())),
        },
        RawGenesis::Text(text) => Ok(Genesis::Text(text.text.clone().into_bytes())),
        RawGenesis::HashOf(of) => Ok(Genesis::Text(written(&of.hash_of))),
    };
    raw.chain.genesis.iter().map(one).collect()
}

/// `/type=='chain_start'`: a path, two equals signs, a text in single quotation marks or a word.
fn reset(raw: &RawProfile) -> Read<Option<Reset>> {
    let Some(reset) = &raw.chain.reset else {
        return Ok(None);
    };
    let Some((left, right)) = reset.on.split_once("==") else {
        return wrong("chain.reset.on: write it as \"/type=='chain_start'\"");
    };
    let right = right.trim();
    let quoted = right
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    Ok(Some(Reset {
        path: path("chain.reset.on", left.trim())?,
        is: quoted.unwrap_or(right).as_bytes().to_vec(),
    }))
}

fn digest_rule(raw: &RawDigest) -> Read<DigestRule> {
    Ok(DigestRule {
        alg: alg("digest.alg", raw.alg.as_deref())?,
        encoding: encoding("digest.encoding", raw.encoding.as_deref())?,
        prefix: raw.prefix.clone().unwrap_or_default().into_bytes(),
    })
}

fn is_keyed(raw: &RawDigest) -> Read<bool> {
    let name = raw.key.as_deref().unwrap_or("none");
    let found = match name {
        "none" => Some(false),
        "hmac" => Some(true),
        _ => None,
    };
    one_of("digest.key", name, found, &["none", "hmac"])
}

fn prev_as_bytes(raw: &RawDigest) -> Read<bool> {
    let name = raw.prev_as.as_deref().unwrap_or("text");
    let found = match name {
        "text" => Some(false),
        "raw" => Some(true),
        _ => None,
    };
    one_of("digest.prev_as", name, found, &["text", "raw"])
}

fn parts(key: &str, raw: &[RawPart]) -> Read<Vec<Part>> {
    if raw.is_empty() || raw.len() > PARTS_MAX {
        return wrong(format!("{key}: between 1 and {PARTS_MAX} parts are hashed"));
    }
    let numbered = raw.iter().enumerate();
    numbered
        .map(|(number, raw)| part(&format!("{key}[{number}]"), raw))
        .collect()
}

fn part(key: &str, raw: &RawPart) -> Read<Part> {
    let kinds = [
        ("prev", raw.prev.is_some()),
        ("lit", raw.lit.is_some()),
        ("field", raw.field.is_some()),
        ("canon", raw.canon.is_some()),
        ("raw-line", raw.raw_line.is_some()),
        ("raw-line-minus-member", raw.raw_line_minus_member.is_some()),
        ("prev-raw-line", raw.prev_raw_line.is_some()),
    ];
    let named: Vec<&str> = kinds
        .iter()
        .filter(|(_, is)| *is)
        .map(|(name, _)| *name)
        .collect();
    let [kind] = named.as_slice() else {
        let known = kinds.map(|(name, _)| name).join(", ");
        return wrong(format!("{key}: a part is exactly one of {known}"));
    };
    let extras = [
        ("null", raw.null.is_some(), "field"),
        ("bool", raw.bool.is_some(), "field"),
        ("num", raw.num.is_some(), "field"),
        ("at", raw.at.is_some(), "canon"),
        ("minus", raw.minus.is_some(), "canon"),
        ("only", raw.only.is_some(), "canon"),
    ];
    if let Some((name, _, of)) = extras.iter().find(|(_, is, of)| *is && of != kind) {
        return wrong(format!("{key}: `{name}` belongs to {of}, not to {kind}"));
    }
    if [raw.prev, raw.raw_line, raw.prev_raw_line].contains(&Some(false)) {
        return wrong(format!("{key}: leave out what is not hashed"));
    }
    Ok(match *kind {
        "prev" => Part::Prev,
        "lit" => Part::Lit(raw.lit.clone().unwrap_or_default().into_bytes()),
        "field" => field(key, raw)?,
        "canon" => canon(key, raw)?,
        "raw-line" => Part::RawLine,
        "prev-raw-line" => Part::PrevRawLine,
        _ => {
            let text = raw.raw_line_minus_member.clone().unwrap_or_default();
            Part::RawLineMinusMember(path(key, &text)?)
        }
    })
}

fn field(key: &str, raw: &RawPart) -> Read<Part> {
    let words = raw.bool.as_deref().unwrap_or("json");
    let pair: Option<[&'static [u8]; 2]> = match words {
        "json" => Some([b"false", b"true"]),
        "python" => Some([b"False", b"True"]),
        "01" => Some([b"0", b"1"]),
        _ => None,
    };
    let num = raw.num.as_deref().unwrap_or("raw");
    let number = match num {
        "raw" => Some(Number::Raw),
        "js" => Some(Number::Es),
        "python" => Some(Number::Python),
        _ => None,
    };
    Ok(Part::Field {
        path: path(key, raw.field.as_deref().unwrap_or_default())?,
        null: raw.null.clone().unwrap_or_default().into_bytes(),
        words: one_of(
            &format!("{key}.bool"),
            words,
            pair,
            &["json", "python", "01"],
        )?,
        num: one_of(&format!("{key}.num"), num, number, &["raw", "js", "python"])?,
    })
}

fn canon(key: &str, raw: &RawPart) -> Read<Part> {
    let names = raw.canon.as_ref().map(OneOrMore::names).unwrap_or_default();
    if names.is_empty() {
        return wrong(format!("{key}.canon: name how the JSON is written"));
    }
    let mode = |name: &String| {
        let known = CANON_MODES.map(|(name, _)| name);
        one_of(
            &format!("{key}.canon"),
            name,
            CanonMode::named(name),
            &known,
        )
    };
    let paths = |name: &str, list: &Option<Vec<String>>| {
        let list = list.as_deref().unwrap_or_default();
        let read = list.iter().map(|text| path(&format!("{key}.{name}"), text));
        read.collect::<Read<Vec<Path>>>()
    };
    let only = paths("only", &raw.only)?;
    if only.iter().any(|path| path.names().len() != 1) {
        return wrong(format!(
            "{key}.only: it names members at the top of the value"
        ));
    }
    if !only.is_empty() && raw.minus.is_some() {
        return wrong(format!("{key}: use minus or only, not both"));
    }
    Ok(Part::Canon {
        modes: names.iter().map(mode).collect::<Read<_>>()?,
        at: path(&format!("{key}.at"), raw.at.as_deref().unwrap_or_default())?,
        minus: paths("minus", &raw.minus)?,
        only,
    })
}

fn signature(raw: &RawSignature) -> Read<SignatureRule> {
    let over = raw.over.as_deref().unwrap_or("own");
    let signed = match over {
        "own" => Some(SignedOver::Own),
        "own-raw" => Some(SignedOver::OwnBytes),
        "preimage" => Some(SignedOver::Preimage),
        _ => None,
    };
    let alg = match raw.alg.as_str() {
        "ed25519" => Some(SignatureAlg::Ed25519),
        name => name
            .strip_prefix("hmac-")
            .and_then(HashAlg::named)
            .map(SignatureAlg::Hmac),
    };
    Ok(SignatureRule {
        path: path("signature.path", &raw.path)?,
        over: one_of(
            "signature.over",
            over,
            signed,
            &["own", "own-raw", "preimage"],
        )?,
        alg: one_of(
            "signature.alg",
            &raw.alg,
            alg,
            &["ed25519", "hmac-sha256", "hmac-sha512"],
        )?,
        encoding: encoding("signature.encoding", raw.encoding.as_deref())?,
        prefix: raw.prefix.clone().unwrap_or_default().into_bytes(),
    })
}

fn inner(raw: &RawInner) -> Read<InnerDigest> {
    let parts = parts("inner_digest.parts", &raw.parts)?;
    if parts
        .iter()
        .any(|part| matches!(part, Part::Prev | Part::PrevRawLine))
    {
        return wrong("inner_digest.parts: a digest of a part does not take in the one before");
    }
    Ok(InnerDigest {
        path: path("inner_digest.path", &raw.path)?,
        digest: DigestRule {
            alg: alg("inner_digest.alg", raw.alg.as_deref())?,
            encoding: encoding("inner_digest.encoding", raw.encoding.as_deref())?,
            prefix: raw.prefix.clone().unwrap_or_default().into_bytes(),
        },
        parts,
    })
}
