//! What the members of the first entries look like: which hold digests, which repeat the digest
//! before, which count up.

use std::collections::{BTreeMap, HashSet};

use super::super::digest::Encoding;
use super::super::json::{Kind, Tape, inside, token};
use super::super::path::Path;

/// Names of members that hold an entry's own digest, where nothing else tells.
const OWN_NAMES: [&str; 14] = [
    "hash",
    "entry_hash",
    "entryHash",
    "row_hash",
    "event_hash",
    "eventHash",
    "current_hash",
    "currentHash",
    "chain_hash",
    "record_hash",
    "recordHash",
    "this_hash",
    "content_hash",
    "cch",
];
/// Names of members that count entries, best first.
const SEQ_NAMES: [&str; 8] = [
    "seq",
    "sequence",
    "sequence_number",
    "sequenceNumber",
    "seq_no",
    "index",
    "id",
    "n",
];
/// Pairs of digest members that are followed up.
const PAIRS_MAX: usize = 4;

/// How a member's digest is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) prefix: String,
    pub(super) encoding: Encoding,
    pub(super) bytes: usize,
}

/// A member that may hold an entry's own digest, and one that may hold the digest before.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub(super) own: Option<Path>,
    pub(super) prev: Option<Path>,
    pub(super) form: Form,
}

/// What was seen.
#[derive(Debug, Clone)]
pub(super) struct Shapes {
    pub(super) pairs: Vec<Pair>,
    /// The member that counts entries up, and its first number.
    pub(super) seq: Option<(Path, i64)>,
    /// Names of all members at the top, in the order of the first entry.
    pub(super) names: Vec<String>,
    /// Those of them that hold objects or arrays.
    pub(super) nested: Vec<String>,
}

struct Values {
    /// By path, the text of each entry's string members; by entry.
    texts: BTreeMap<String, Vec<Option<String>>>,
    numbers: BTreeMap<String, Vec<Option<i64>>>,
}

/// Looks at the members; `None` where none of them holds digests.
pub(super) fn look_at(entries: &[&[u8]]) -> Option<Shapes> {
    let mut values = Values {
        texts: BTreeMap::new(),
        numbers: BTreeMap::new(),
    };
    let (mut names, mut nested) = (Vec::new(), Vec::new());
    let mut tape = Tape::default();
    for (number, entry) in entries.iter().enumerate() {
        if tape.scan(entry).is_err() {
            continue;
        }
        values.take(&tape, entry, (0, ""), number, entries.len());
        if names.is_empty() {
            for (key, value) in tape.members(0) {
                let (Some(key), Some(value)) = (tape.node(key), tape.node(value)) else {
                    continue;
                };
                let name = String::from_utf8_lossy(inside(entry, key)).into_owned();
                if matches!(value.kind, Kind::Object | Kind::Array) {
                    nested.push(name.clone());
                }
                names.push(name);
            }
        }
    }
    let digests = values.digests(entries.len());
    if digests.is_empty() {
        return None;
    }
    Some(Shapes {
        pairs: values.pairs(&digests),
        seq: values.counter(entries.len()),
        names,
        nested,
    })
}

impl Values {
    /// Takes the members of an object, and those of objects in it.
    fn take(
        &mut self,
        tape: &Tape,
        entry: &[u8],
        (at, above): (u32, &str),
        number: usize,
        of: usize,
    ) {
        for (key, value) in tape.members(at) {
            let (Some(key), Some(node)) = (tape.node(key), tape.node(value)) else {
                continue;
            };
            let name = String::from_utf8_lossy(inside(entry, key));
            let name = name.replace('~', "~0").replace('/', "~1");
            let path = format!("{above}/{name}");
            match node.kind {
                Kind::String if !node.is_escaped => {
                    let text = String::from_utf8_lossy(inside(entry, node)).into_owned();
                    put(&mut self.texts, path, number, of, text);
                }
                Kind::Number => {
                    let text = String::from_utf8_lossy(token(entry, node)).into_owned();
                    if let Ok(count) = text.parse::<i64>() {
                        put(&mut self.numbers, path.clone(), number, of, count);
                    }
                    put(&mut self.texts, path, number, of, text);
                }
                Kind::Object if above.is_empty() => {
                    self.take(tape, entry, (value, &path), number, of);
                }
                _ => {}
            }
        }
    }

    /// The members that hold digests in most entries, all written alike.
    fn digests(&self, of: usize) -> Vec<(&String, Form)> {
        let mut found = Vec::new();
        for (path, texts) in &self.texts {
            let forms: Vec<Form> = texts
                .iter()
                .flatten()
                .filter_map(|text| form_of(text))
                .collect();
            if let Some(first) = forms.last()
                && forms.iter().filter(|form| *form == first).count() * 2 > of
            {
                found.push((path, first.clone()));
            }
        }
        found
    }

    fn pairs(&self, digests: &[(&String, Form)]) -> Vec<Pair> {
        let path = |text: &str| Path::parse(text);
        let mut pairs = Vec::new();
        for (own, form) in digests {
            let Some(own_texts) = self.texts.get(*own) else {
                continue;
            };
            let distinct: HashSet<&String> = own_texts.iter().flatten().collect();
            if distinct.len() * 2 <= own_texts.len() {
                continue;
            }
            let mut is_linked = false;
            for (prev, texts) in &self.texts {
                let follows = texts.iter().skip(1).zip(own_texts);
                let follows = follows.filter(|(prev, own)| prev.is_some() && prev == own);
                if prev != *own && follows.count() * 2 >= own_texts.len().saturating_sub(1).max(2) {
                    is_linked = true;
                    pairs.push(Pair {
                        own: path(own),
                        prev: path(prev),
                        form: form.clone(),
                    });
                }
            }
            let name = own.rsplit('/').next().unwrap_or_default();
            if !is_linked && OWN_NAMES.contains(&name) {
                pairs.push(Pair {
                    own: path(own),
                    prev: None,
                    form: form.clone(),
                });
            }
            if !is_linked {
                pairs.push(Pair {
                    own: None,
                    prev: path(own),
                    form: form.clone(),
                });
            }
        }
        pairs.truncate(PAIRS_MAX);
        pairs
    }

    fn counter(&self, of: usize) -> Option<(Path, i64)> {
        let counts = |numbers: &Vec<Option<i64>>| {
            let steps = numbers.iter().zip(numbers.iter().skip(1));
            let steps = steps.filter(
                |(a, b)| matches!((a, b), (Some(a), Some(b)) if a.checked_add(1) == Some(*b)),
            );
            steps.count() * 2 >= of.saturating_sub(1).max(2)
        };
        let mut counters: Vec<&String> = self
            .numbers
            .iter()
            .filter(|(path, numbers)| path.matches('/').count() == 1 && counts(numbers))
            .map(|(path, _)| path)
            .collect();
        let rank = |path: &&String| {
            let name = path.trim_start_matches('/');
            SEQ_NAMES
                .iter()
                .position(|known| *known == name)
                .unwrap_or(SEQ_NAMES.len())
        };
        counters.sort_by_key(rank);
        // A number that happens to count up is no counter unless it is called one.
        let path = *counters
            .first()
            .filter(|path| rank(path) < SEQ_NAMES.len())?;
        let first = self.numbers.get(path)?.first().copied().flatten()?;
        Some((Path::parse(path)?, first))
    }
}

fn put<T: Clone>(
    all: &mut BTreeMap<String, Vec<Option<T>>>,
    path: String,
    number: usize,
    of: usize,
    value: T,
) {
    let list = all.entry(path).or_insert_with(|| vec![None; of]);
    if let Some(slot) = list.get_mut(number) {
        *slot = Some(value);
    }
}

/// How a text is written if it is a digest.
pub(super) fn form_of(text: &str) -> Option<Form> {
    let (prefix, digits) = match (text.strip_prefix("0x"), text.split_once(':')) {
        (Some(rest), _) => ("0x", rest),
        (None, Some((prefix, rest))) if prefix.len() <= 16 => {
            (text.get(..prefix.len() + 1).unwrap_or_default(), rest)
        }
        _ => ("", text),
    };
    let form = |encoding, bytes| {
        Some(Form {
            prefix: prefix.to_owned(),
            encoding,
            bytes,
        })
    };
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has = |wanted: fn(&u8) -> bool| digits.as_bytes().iter().any(wanted);
    match digits.len() {
        64 | 96 | 128 if is_hex => {
            let (lower, upper) = (has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase));
            match (lower, upper) {
                (true, true) => None,
                (false, true) => form(Encoding::HexUpper, digits.len() / 2),
                _ => form(Encoding::HexLower, digits.len() / 2),
            }
        }
        44 | 64 | 88 if !is_hex => {
            let bytes = Encoding::Base64.read(digits.as_bytes())?.len();
            matches!(bytes, 32 | 48 | 64).then(|| form(Encoding::Base64, bytes))?
        }
        43 | 86 => {
            let bytes = Encoding::Base64Url.read(digits.as_bytes())?.len();
            matches!(bytes, 32 | 64).then(|| form(Encoding::Base64Url, bytes))?
        }
        _ => None,
    }
}
