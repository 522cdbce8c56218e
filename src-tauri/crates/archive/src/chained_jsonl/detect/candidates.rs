//! The recipes that are tried: what the public ones are made of, multiplied out.

use super::super::canon::CANON_MODES;
use super::super::digest::{HASH_ALGS, HashAlg};
use super::super::path::Path;
use super::super::profile::{
    ChainProfile, OneOrMore, RawChain, RawDigest, RawGenesis, RawPart, RawPlace, RawPreimage,
    RawProfile, RawSeq,
};
use super::members::{Pair, Shapes, form_of};
use super::names;

/// What sets the digest before apart from the rest.
const SEPARATORS: [&str; 4] = ["", "|", ":", "\n"];
/// What sets fields apart.
const FIELD_SEPARATORS: [&str; 5] = ["", "|", ":", "\n", ","];
/// Words that first entries name where there is no digest yet.
const GENESIS_WORDS: [&str; 7] = ["", "0*64", "GENESIS", "genesis", "0", "0*128", "null"];
/// Fields that are joined at most.
const FIELDS_MAX: usize = 32;

/// The candidates, in tiers: where one tier has a recipe, the next is not looked at, for it may say
/// the same in another way.
pub(super) fn tiers(
    framing: &'static str,
    shapes: &Shapes,
    _entries: &[&[u8]],
) -> impl Iterator<Item = Vec<RawProfile>> {
    let all = |make: fn(&Pair, &Shapes) -> Vec<Vec<RawPart>>| {
        let mut tier = Vec::new();
        for pair in &shapes.pairs {
            let preimages = make(pair, shapes);
            for (name, alg) in HASH_ALGS {
                if alg.output_bytes() == pair.form.bytes {
                    let profile = |parts| profile(framing, shapes, pair, (name, alg), parts);
                    tier.extend(preimages.iter().cloned().map(profile));
                }
            }
        }
        tier
    };
    [all(canonical), all(joined), all(raw_lines)].into_iter()
}

fn profile(
    framing: &str,
    shapes: &Shapes,
    pair: &Pair,
    (alg, _): (&str, HashAlg),
    parts: Vec<RawPart>,
) -> RawProfile {
    let place = |path: &Option<Path>| {
        path.as_ref().map(|path| RawPlace {
            path: path.to_string(),
        })
    };
    let word = |word: &str| RawGenesis::Word(word.to_owned());
    let genesis = match pair.prev {
        Some(_) => vec![word("any")],
        None => GENESIS_WORDS
            .iter()
            .map(|text| word(text))
            .chain([word("any")])
            .collect(),
    };
    RawProfile {
        chain: RawChain {
            name: "found from the first entries".to_owned(),
            about: None,
            framing: framing.to_owned(),
            pattern: None,
            header: false,
            seq: shapes.seq.as_ref().map(|(path, first)| RawSeq {
                path: path.to_string(),
                start: (0..=1).contains(first).then_some(*first),
                step: None,
            }),
            prev: place(&pair.prev),
            own: place(&pair.own),
            genesis,
            reset: None,
            partition: None,
            uncovered: Vec::new(),
        },
        digest: RawDigest {
            alg: Some(alg.to_owned()),
            key: None,
            encoding: Some(pair.form.encoding.name().to_owned()),
            prefix: (!pair.form.prefix.is_empty()).then(|| pair.form.prefix.clone()),
            prev_as: None,
        },
        preimage: RawPreimage { parts },
        signature: None,
        inner_digest: Vec::new(),
        shape: None,
    }
}

fn prev() -> RawPart {
    RawPart {
        prev: Some(true),
        ..RawPart::default()
    }
}

fn lit(text: &str) -> Option<RawPart> {
    (!text.is_empty()).then(|| RawPart {
        lit: Some(text.to_owned()),
        ..RawPart::default()
    })
}

/// The digest before, first or last, set apart from the rest.
fn with_prev(rest: &[RawPart]) -> Vec<Vec<RawPart>> {
    let mut all = Vec::new();
    for separator in SEPARATORS {
        let rest = rest.iter().cloned();
        all.push(
            [prev()]
                .into_iter()
                .chain(lit(separator))
                .chain(rest.clone())
                .collect(),
        );
        all.push(rest.chain(lit(separator)).chain([prev()]).collect());
    }
    all
}

/// Families A and B: canonical JSON with the digest before in it, or before it, or behind it.
fn canonical(pair: &Pair, shapes: &Shapes) -> Vec<Vec<RawPart>> {
    let Some(own) = &pair.own else {
        return Vec::new();
    };
    let is_seal = |name: &&String| {
        let lower = name.to_ascii_lowercase();
        ["sig", "mac"].iter().any(|part| lower.contains(part))
    };
    let seals: Vec<String> = shapes
        .names
        .iter()
        .filter(is_seal)
        .map(|name| format!("/{name}"))
        .collect();
    let seq: Vec<String> = shapes
        .seq
        .iter()
        .map(|(path, _)| path.to_string())
        .collect();
    let prev: Vec<String> = pair.prev.iter().map(Path::to_string).collect();
    let mut leave_out: Vec<Vec<String>> = vec![vec![own.to_string()]];
    for extra in [seals, seq, prev] {
        if extra.is_empty() || extra.contains(&own.to_string()) {
            continue;
        }
        let longer = leave_out.clone().into_iter().map(|mut list| {
            list.extend(extra.iter().cloned());
            list
        });
        leave_out.extend(longer.collect::<Vec<_>>());
    }
    let mut all = Vec::new();
    for (mode, _) in CANON_MODES {
        let canon = |at: Option<String>, minus: Option<Vec<String>>| RawPart {
            canon: Some(OneOrMore::One(mode.to_owned())),
            at,
            minus,
            ..RawPart::default()
        };
        for minus in &leave_out {
            let holds_prev = pair
                .prev
                .iter()
                .any(|prev| !minus.contains(&prev.to_string()));
            let body = canon(None, Some(minus.clone()));
            if holds_prev {
                all.push(vec![body.clone()]);
            }
            all.extend(with_prev(&[body]));
        }
        for name in &shapes.nested {
            all.extend(with_prev(&[canon(Some(format!("/{name}")), None)]));
        }
    }
    all
}

/// Family C: fields joined, in the order in which they stand.
fn joined(pair: &Pair, shapes: &Shapes) -> Vec<Vec<RawPart>> {
    let Some(own) = &pair.own else {
        return Vec::new();
    };
    let is_own = |name: &&String| format!("/{name}") != own.to_string();
    let is_prev = |name: &String| {
        let path = format!("/{name}");
        pair.prev.iter().any(|prev| prev.to_string() == path)
    };
    let fields: Vec<&String> = shapes
        .names
        .iter()
        .filter(is_own)
        .take(FIELDS_MAX)
        .collect();
    let field = |name: &&String| RawPart {
        field: Some(format!("/{name}")),
        ..RawPart::default()
    };
    let mut all = Vec::new();
    for separator in FIELD_SEPARATORS {
        let join = |parts: Vec<RawPart>| {
            let mut joined: Vec<RawPart> = Vec::new();
            for part in parts {
                if !joined.is_empty() {
                    joined.extend(lit(separator));
                }
                joined.push(part);
            }
            joined
        };
        if pair.prev.is_some() {
            all.push(join(fields.iter().map(field).collect()));
        }
        let others: Vec<RawPart> = fields
            .iter()
            .filter(|name| !is_prev(name))
            .map(field)
            .collect();
        all.push(join([prev()].into_iter().chain(others.clone()).collect()));
        all.push(join(others.into_iter().chain([prev()]).collect()));
    }
    all
}

/// Family D, and lines without their digest.
fn raw_lines(pair: &Pair, _: &Shapes) -> Vec<Vec<RawPart>> {
    let Some(own) = &pair.own else {
        let line = RawPart {
            raw_line: Some(true),
            ..RawPart::default()
        };
        return vec![
            vec![line.clone()],
            [line].into_iter().chain(lit("\n")).collect(),
        ];
    };
    let line = RawPart {
        raw_line_minus_member: Some(own.to_string()),
        ..RawPart::default()
    };
    let mut all = with_prev(std::slice::from_ref(&line));
    if pair.prev.is_some() {
        all.push(vec![line]);
    }
    all
}

/// The profile without what it says of how JSON is written.
pub(super) fn without_modes(raw: &RawProfile) -> RawProfile {
    let mut raw = raw.clone();
    for part in &mut raw.preimage.parts {
        if let Some(canon) = &mut part.canon {
            *canon = OneOrMore::More(Vec::new());
        }
    }
    raw
}

/// Leaves open the other's way of writing JSON too.
pub(super) fn add_modes(raw: &mut RawProfile, other: &RawProfile) {
    for (part, other) in raw.preimage.parts.iter_mut().zip(&other.preimage.parts) {
        if let (Some(canon), Some(other)) = (&mut part.canon, &other.canon) {
            let mut all = names(canon);
            all.extend(names(other));
            *canon = OneOrMore::More(all);
        }
    }
}

/// A text as a profile's word for what the first entry names; `None` where it is a digest.
pub(super) fn genesis_word(profile: &ChainProfile, text: &[u8]) -> Option<RawGenesis> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix(profile.raw.digest.prefix.as_deref().unwrap_or_default());
    let digits = digits.unwrap_or(text);
    let is_zeros = !digits.is_empty() && digits.bytes().all(|byte| byte == b'0');
    if is_zeros && digits.len() > 1 && digits.len() == text.len() {
        return Some(RawGenesis::Word(format!("0*{}", digits.len())));
    }
    if form_of(text).is_some() && !is_zeros {
        return None;
    }
    let is_word = text == "any" || text == "null" || text.contains('*');
    Some(if is_word {
        RawGenesis::Text(super::super::profile::RawText {
            text: text.to_owned(),
        })
    } else {
        RawGenesis::Word(text.to_owned())
    })
}
