//! What is hashed of an entry, put together part by part, and the digests over it.

use std::sync::Arc;

use super::super::canon::{CanonMode, Members, Writer};
use super::super::digest::DigestBytes;
use super::super::json::{Kind, inside, token, unescaped};
use super::super::number;
use super::super::path::Path;
use super::super::profile::{DigestRule, Number, Part, SignedOver};
use super::{Before, EntryReader, OwnDigest, Unreadable, body};

/// How many ways of writing the JSON a profile may leave open at once.
const WAYS_MAX: usize = 13;

#[derive(Debug, Clone, Default)]
pub(super) struct Hasher {
    writer: Writer,
    preimage: Vec<u8>,
    written: Vec<u8>,
    skip: Vec<u32>,
}

impl EntryReader {
    /// Hashes the entry and compares with the digest that it holds; inner digests too. `key` is the
    /// secret of a keyed recipe.
    pub fn check_own(
        &mut self,
        entry: &[u8],
        own: &[u8],
        before: Before<'_>,
        key: Option<&[u8]>,
    ) -> OwnDigest {
        let mut first = None;
        for way in 0..self.ways() {
            let digest = self.digest(entry, before, key, way);
            if let Ok(digest) = &digest
                && self.is_written(digest, own)
            {
                return self.check_inner(entry);
            }
            first.get_or_insert(digest);
        }
        match first {
            Some(Ok(digest)) => OwnDigest::Differs(digest),
            Some(Err(why)) => OwnDigest::Impossible(why),
            None => OwnDigest::Impossible(Unreadable("nothing is hashed".to_owned())),
        }
    }

    /// The digest by which the next entry knows this one, where entries hold none of themselves.
    ///
    /// # Errors
    /// When the entry cannot be hashed.
    pub fn link_digest(
        &mut self,
        entry: &[u8],
        key: Option<&[u8]>,
    ) -> Result<DigestBytes, Unreadable> {
        let named = self.prev(entry);
        let before = Before {
            digest: named.text(),
            line: b"",
        };
        self.digest(entry, before, key, 0)
    }

    /// What the signature is over; `own` is the entry's digest as written.
    ///
    /// # Errors
    /// When the entry cannot be hashed.
    pub fn signed_bytes(
        &mut self,
        entry: &[u8],
        own: &[u8],
        before: Before<'_>,
    ) -> Result<&[u8], Unreadable> {
        let over = self.profile.signature.as_ref().map(|rule| rule.over);
        match over {
            Some(SignedOver::OwnBytes) => {
                let bytes = self.profile.read_digest(own);
                self.hasher.preimage = bytes
                    .ok_or_else(|| Unreadable("its digest is not written as one".to_owned()))?;
            }
            Some(SignedOver::Preimage) => self.assemble(entry, before, 0)?,
            Some(SignedOver::Own) | None => {
                self.hasher.preimage.clear();
                self.hasher.preimage.extend_from_slice(own);
            }
        }
        Ok(&self.hasher.preimage)
    }

    /// Ways of writing JSON that the profile leaves open.
    fn ways(&self) -> usize {
        let parts = self.profile.parts.iter();
        let ways = parts.map(|part| match part {
            Part::Canon { modes, .. } => modes.len(),
            _ => 1,
        });
        ways.max().unwrap_or(1).min(WAYS_MAX)
    }

    fn digest(
        &mut self,
        entry: &[u8],
        before: Before<'_>,
        key: Option<&[u8]>,
        way: usize,
    ) -> Result<DigestBytes, Unreadable> {
        self.assemble(entry, before, way)?;
        let alg = self.profile.digest.alg;
        match (self.profile.is_keyed, key) {
            (false, _) => Ok(alg.digest(&self.hasher.preimage)),
            (true, Some(key)) => alg
                .mac(key, &self.hasher.preimage)
                .ok_or_else(|| Unreadable("the key has the wrong length".to_owned())),
            (true, None) => Err(Unreadable("its key is not given".to_owned())),
        }
    }

    fn assemble(&mut self, entry: &[u8], before: Before<'_>, way: usize) -> Result<(), Unreadable> {
        let profile = Arc::clone(&self.profile);
        let mut hasher = std::mem::take(&mut self.hasher);
        hasher.preimage.clear();
        let parts = profile.parts.iter();
        let mut parts = parts.map(|part| self.append(&mut hasher, part, entry, before, way));
        let outcome = parts.find(Result::is_err).unwrap_or(Ok(()));
        self.hasher = hasher;
        outcome
    }

    fn is_written(&mut self, digest: &DigestBytes, text: &[u8]) -> bool {
        is_written(&self.profile.digest, &mut self.hasher.written, digest, text)
    }

    /// Whether the digests over parts of the entry hold.
    fn check_inner(&mut self, entry: &[u8]) -> OwnDigest {
        let profile = Arc::clone(&self.profile);
        for inner in &profile.inner {
            let Some(text) = self.text_at(body(entry), &inner.path) else {
                let why = format!("it has no digest at {}", inner.path);
                return OwnDigest::Impossible(Unreadable(why));
            };
            let mut hasher = std::mem::take(&mut self.hasher);
            hasher.preimage.clear();
            let parts = inner.parts.iter();
            let mut parts =
                parts.map(|part| self.append(&mut hasher, part, entry, Before::default(), 0));
            let failed = parts.find_map(Result::err);
            let digest = inner.digest.alg.digest(&hasher.preimage);
            let holds = is_written(&inner.digest, &mut hasher.written, &digest, &text);
            self.hasher = hasher;
            match failed {
                Some(why) => return OwnDigest::Impossible(why),
                None if !holds => return OwnDigest::Differs(digest),
                None => {}
            }
        }
        OwnDigest::Holds
    }

    fn append(
        &self,
        hasher: &mut Hasher,
        part: &Part,
        entry: &[u8],
        before: Before<'_>,
        way: usize,
    ) -> Result<(), Unreadable> {
        let text = body(entry);
        let out = &mut hasher.preimage;
        match part {
            Part::Prev if self.profile.prev_as_bytes => {
                match self.profile.read_digest(before.digest) {
                    Some(bytes) => out.extend_from_slice(&bytes),
                    // A first entry names no digest, but a word.
                    None => out.extend_from_slice(before.digest),
                }
            }
            Part::Prev => out.extend_from_slice(before.digest),
            Part::Lit(lit) => out.extend_from_slice(lit),
            Part::RawLine => out.extend_from_slice(entry),
            Part::PrevRawLine => out.extend_from_slice(before.line),
            Part::RawLineMinusMember(path) => self.without_member(text, path, out)?,
            Part::Field {
                path,
                null,
                words,
                num,
            } => self.field(text, (path, null, *words, *num), out)?,
            Part::Canon {
                modes,
                at,
                minus,
                only,
            } => {
                let mode = modes.get(way).or(modes.last()).copied();
                let mode = mode.unwrap_or(CanonMode::Jcs);
                let Some(value) = self.node_at(text, at) else {
                    return Err(Unreadable(format!("it has no value at {at}")));
                };
                let is_only = !only.is_empty();
                hasher.skip.clear();
                for path in if is_only { only } else { minus } {
                    // Members to keep are named from the value on, those to leave out from the top.
                    let from = if is_only { value } else { 0 };
                    hasher.skip.extend(self.node_below(text, from, path));
                }
                let members = if is_only {
                    Members::Only(&hasher.skip)
                } else {
                    Members::AllBut(&hasher.skip)
                };
                hasher
                    .writer
                    .write(mode, (&self.tape, text), value, members, out)?;
            }
        }
        Ok(())
    }

    fn field(
        &self,
        text: &[u8],
        (path, null, words, num): (&Path, &[u8], [&[u8]; 2], Number),
        out: &mut Vec<u8>,
    ) -> Result<(), Unreadable> {
        let kind = self.node_at(text, path).and_then(|at| self.tape.node(at));
        let Some(node) = kind.filter(|_| self.is_json()) else {
            match self.text_at(text, path).filter(|_| !self.is_json()) {
                Some(value) => out.extend_from_slice(&value),
                None => out.extend_from_slice(null),
            }
            return Ok(());
        };
        let raw = token(text, node);
        let [no, yes] = words;
        match (node.kind, num) {
            (Kind::Null, _) => out.extend_from_slice(null),
            (Kind::True, _) => out.extend_from_slice(yes),
            (Kind::False, _) => out.extend_from_slice(no),
            (Kind::Number, Number::Es) => number::es(raw, out)
                .ok_or_else(|| Unreadable("it holds a number too large for a double".to_owned()))?,
            (Kind::Number, Number::Python) => number::python(raw, out)
                .map_err(|_| Unreadable("it holds more digits than Python converts".to_owned()))?,
            (Kind::String, _) => match unescaped(inside(text, node)) {
                Some(value) => out.extend_from_slice(&value),
                None => return Err(Unreadable("a text holds half a character".to_owned())),
            },
            _ => out.extend_from_slice(raw),
        }
        Ok(())
    }

    /// The line without one member, and without the comma that set it apart.
    fn without_member(
        &self,
        text: &[u8],
        path: &Path,
        out: &mut Vec<u8>,
    ) -> Result<(), Unreadable> {
        let missing = || Unreadable(format!("it has no member {path}"));
        let (name, above) = path.names().split_last().ok_or_else(missing)?;
        let mut object = 0;
        for step in above {
            object = self.tape.member(text, object, step).ok_or_else(missing)?;
        }
        let value = self.tape.member(text, object, name).ok_or_else(missing)?;
        let members: Vec<(u32, u32)> = self.tape.members(object).collect();
        let place = members.iter().position(|(_, at)| *at == value);
        let place = place.ok_or_else(missing)?;
        let start = |at: u32| self.tape.node(at).map_or(0, |node| node.start as usize);
        let end = |at: u32| self.tape.node(at).map_or(0, |node| node.end as usize);
        let (key, _) = members.get(place).copied().ok_or_else(missing)?;
        let before = place.checked_sub(1).and_then(|before| members.get(before));
        let (from, to) = match (before, members.get(place + 1)) {
            (Some((_, before)), _) => (end(*before), end(value)),
            (None, Some((next, _))) => (start(key), start(*next)),
            (None, None) => (start(key), end(value)),
        };
        out.extend_from_slice(text.get(..from).unwrap_or_default());
        out.extend_from_slice(text.get(to..).unwrap_or_default());
        Ok(())
    }
}

/// Whether a text is a digest, written as the rule says.
fn is_written(rule: &DigestRule, written: &mut Vec<u8>, digest: &DigestBytes, text: &[u8]) -> bool {
    written.clear();
    written.extend_from_slice(&rule.prefix);
    rule.encoding.write(digest.as_slice(), written);
    written.as_slice() == text
}
