//! One entry, taken apart as a profile says, and the digests over it.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memchr_iter;
use regex::bytes::CaptureLocations;

use super::canon::{CanonMode, Members, NotCanonical, Writer};
use super::digest::DigestBytes;
use super::json::{Kind, Tape, inside, token, unescaped};
use super::number;
use super::path::Path;
use super::profile::{ChainProfile, DigestRule, Framing, Genesis, Number, Part};

/// How many ways of writing the JSON a profile may leave open at once.
const WAYS_MAX: usize = 13;

/// Why an entry cannot be taken apart, or hashed, in a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl From<NotCanonical> for Unreadable {
    fn from(why: NotCanonical) -> Self {
        Self(why.0.to_owned())
    }
}

/// What an entry names as the digest before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named<'e> {
    /// The member is `null`, or not there.
    Nothing,
    /// This text.
    Text(Cow<'e, [u8]>),
}

impl Named<'_> {
    /// The text; empty where nothing is named.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        match self {
            Self::Nothing => b"",
            Self::Text(text) => text,
        }
    }
}

/// What stands before an entry in its chain.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before<'b> {
    /// The digest before, as written.
    pub digest: &'b [u8],
    /// The line before.
    pub line: &'b [u8],
}

/// What came of hashing an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnDigest {
    /// It gives the digest that the entry holds.
    Holds,
    /// It gives another one, this.
    Differs(DigestBytes),
    /// It cannot be hashed.
    Impossible(Unreadable),
}

/// Takes entries apart; its memory serves the next entry.
#[derive(Debug, Clone)]
pub struct EntryReader {
    profile: Arc<ChainProfile>,
    tape: Tape,
    columns: Vec<(u32, u32)>,
    groups: Option<CaptureLocations>,
    hasher: Hasher,
}

#[derive(Debug, Clone, Default)]
struct Hasher {
    writer: Writer,
    preimage: Vec<u8>,
    written: Vec<u8>,
    skip: Vec<u32>,
}

impl EntryReader {
    /// A reader for entries of this recipe.
    #[must_use]
    pub fn new(profile: Arc<ChainProfile>) -> Self {
        let groups = match &profile.framing {
            Framing::Text(pattern) => Some(pattern.capture_locations()),
            _ => None,
        };
        Self {
            profile,
            tape: Tape::default(),
            columns: Vec::new(),
            groups,
            hasher: Hasher::default(),
        }
    }

    /// Takes an entry apart. The other methods speak of the entry last read, and are given it
    /// again.
    ///
    /// # Errors
    /// When it is not what the profile's framing says.
    pub fn read(&mut self, entry: &[u8]) -> Result<(), Unreadable> {
        let text = body(entry);
        match &self.profile.framing {
            Framing::Jsonl | Framing::JsonArray => {
                self.tape.scan(text).map_err(|fault| {
                    Unreadable(format!("{} (byte {})", fault.reason, fault.offset_bytes))
                })?;
                match self.tape.node(0).map(|node| node.kind) {
                    Some(Kind::Object) => Ok(()),
                    _ => Err(Unreadable("it is no JSON object".to_owned())),
                }
            }
            Framing::Csv { .. } => self.divide_csv(text),
            Framing::Tsv => {
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                self.columns.clear();
                let mut begin = 0;
                for end in memchr_iter(b'\t', text).chain([text.len()]) {
                    self.columns.push((offset(begin), offset(end)));
                    begin = end + 1;
                }
                self.has_columns()
            }
            Framing::Text(pattern) => {
                let text = text.strip_suffix(b"\r").unwrap_or(text);
                let groups = self
                    .groups
                    .get_or_insert_with(|| pattern.capture_locations());
                match pattern.captures_read(groups, text) {
                    Some(_) => Ok(()),
                    None => Err(Unreadable("the pattern does not fit it".to_owned())),
                }
            }
        }
    }

    /// The columns that the profile names for the chain have to be there.
    fn has_columns(&self) -> Result<(), Unreadable> {
        let profile = &self.profile;
        let places = [&profile.own, &profile.prev].into_iter().flatten();
        let last = places.filter_map(Path::column).max().unwrap_or(0);
        if last < self.columns.len() {
            Ok(())
        } else {
            let count = self.columns.len();
            Err(Unreadable(format!(
                "it has {count} columns where column /{last} is needed"
            )))
        }
    }

    fn divide_csv(&mut self, text: &[u8]) -> Result<(), Unreadable> {
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        self.columns.clear();
        let (mut begin, mut is_quoted) = (0, false);
        for (at, byte) in text.iter().enumerate() {
            match byte {
                b'"' => is_quoted = !is_quoted,
                b',' if !is_quoted => {
                    self.columns.push((offset(begin), offset(at)));
                    begin = at + 1;
                }
                _ => {}
            }
        }
        if is_quoted {
            return Err(Unreadable("a quotation mark has no partner".to_owned()));
        }
        self.columns.push((offset(begin), offset(text.len())));
        self.has_columns()
    }

    pub(super) fn profile(&self) -> &ChainProfile {
        &self.profile
    }

    pub(super) const fn column_count(&self) -> usize {
        self.columns.len()
    }

    pub(super) fn has_json_members(&self, entry: &[u8], names: &[String]) -> bool {
        let mut names = names.iter();
        names.all(|name| self.tape.member(body(entry), 0, name.as_bytes()).is_some())
    }

    /// The digest that the entry names as its predecessor's.
    #[must_use]
    pub fn prev<'e>(&self, entry: &'e [u8]) -> Named<'e> {
        let path = self.profile.prev.as_ref();
        match path.and_then(|path| self.text_at(body(entry), path)) {
            Some(text) => Named::Text(text),
            None => Named::Nothing,
        }
    }

    /// The digest of itself that the entry holds.
    #[must_use]
    pub fn own<'e>(&self, entry: &'e [u8]) -> Option<Cow<'e, [u8]>> {
        self.text_at(body(entry), self.profile.own.as_ref()?)
    }

    /// The entry's number.
    #[must_use]
    pub fn seq(&self, entry: &[u8]) -> Option<i64> {
        let text = self.text_at(body(entry), &self.profile.seq.as_ref()?.path)?;
        std::str::from_utf8(&text).ok()?.parse().ok()
    }

    /// What the entry says of the partition whose chain it belongs to.
    #[must_use]
    pub fn partition<'e>(&self, entry: &'e [u8]) -> Option<Cow<'e, [u8]>> {
        self.text_at(body(entry), self.profile.partition.as_ref()?)
    }

    /// The entry's signature: its bytes, `None` where it has none, or what is written there is not
    /// in the encoding.
    #[must_use]
    pub fn signature(&self, entry: &[u8]) -> Option<Result<Vec<u8>, Unreadable>> {
        let rule = self.profile.signature.as_ref()?;
        let text = self.text_at(body(entry), &rule.path)?;
        let bytes = text.strip_prefix(rule.prefix.as_slice());
        let bytes = bytes.and_then(|text| rule.encoding.read(text));
        Some(bytes.ok_or_else(|| Unreadable("its signature is not written as one".to_owned())))
    }

    /// Whether the profile says that a chain begins with this entry.
    #[must_use]
    pub fn is_reset(&self, entry: &[u8]) -> bool {
        let Some(reset) = &self.profile.reset else {
            return false;
        };
        self.text_at(body(entry), &reset.path)
            .is_some_and(|text| *text == *reset.is)
    }

    /// Whether a chain may begin with what the entry names as its predecessor. Where entries name
    /// none, the digest has to tell ([`EntryReader::genesis_texts`]).
    #[must_use]
    pub fn may_begin(&self, named: &Named<'_>) -> bool {
        self.profile.prev.is_some()
            && self
                .profile
                .genesis
                .iter()
                .any(|genesis| match (genesis, named) {
                    (Genesis::Any, _) | (Genesis::Null, Named::Nothing) => true,
                    (Genesis::Text(text), Named::Text(named)) => **text == **named,
                    _ => false,
                })
    }

    /// What can stand in the place of a digest before the first entry.
    pub fn genesis_texts(&self) -> impl Iterator<Item = &[u8]> {
        self.profile
            .genesis
            .iter()
            .filter_map(|genesis| match genesis {
                Genesis::Text(text) => Some(text.as_slice()),
                Genesis::Null => Some(&b""[..]),
                Genesis::Any => None,
            })
    }

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
        use super::profile::SignedOver;
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

    fn is_json(&self) -> bool {
        matches!(self.profile.framing, Framing::Jsonl | Framing::JsonArray)
    }

    fn node_at(&self, text: &[u8], path: &Path) -> Option<u32> {
        self.is_json().then(|| self.node_below(text, 0, path))?
    }

    fn node_below(&self, text: &[u8], from: u32, path: &Path) -> Option<u32> {
        let mut names = path.names().iter();
        names.try_fold(from, |at, name| match self.tape.node(at)?.kind {
            Kind::Array => {
                let number: usize = std::str::from_utf8(name).ok()?.parse().ok()?;
                self.tape
                    .elements(at)
                    .nth(number)
                    .map(|(element, _)| element)
            }
            _ => self.tape.member(text, at, name),
        })
    }

    /// The text of a value: a string's content, any other token as written; `None` for `null` and
    /// what is not there.
    fn text_at<'e>(&self, text: &'e [u8], path: &Path) -> Option<Cow<'e, [u8]>> {
        match &self.profile.framing {
            Framing::Jsonl | Framing::JsonArray => {
                let node = self.tape.node(self.node_below(text, 0, path)?)?;
                match node.kind {
                    Kind::Null => None,
                    Kind::String => unescaped(inside(text, node)),
                    _ => Some(Cow::Borrowed(token(text, node))),
                }
            }
            Framing::Tsv => self.column(text, path).map(Cow::Borrowed),
            Framing::Csv { .. } => {
                let raw = self.column(text, path)?;
                let quoted = raw
                    .strip_prefix(b"\"")
                    .and_then(|raw| raw.strip_suffix(b"\""));
                Some(match quoted {
                    None => Cow::Borrowed(raw),
                    Some(inside) if !inside.contains(&b'"') => Cow::Borrowed(inside),
                    Some(inside) => {
                        let mut value = Vec::with_capacity(inside.len());
                        let mut bytes = inside.iter().peekable();
                        while let Some(byte) = bytes.next() {
                            value.push(*byte);
                            if *byte == b'"' {
                                bytes.next_if_eq(&&b'"');
                            }
                        }
                        Cow::Owned(value)
                    }
                })
            }
            Framing::Text(pattern) => {
                let name = path.names().first()?;
                let mut names = pattern.capture_names();
                let group = names.position(|group| group.map(str::as_bytes) == Some(name))?;
                let (from, to) = self.groups.as_ref()?.get(group)?;
                text.get(from..to).map(Cow::Borrowed)
            }
        }
    }

    fn column<'e>(&self, text: &'e [u8], path: &Path) -> Option<&'e [u8]> {
        let (from, to) = self.columns.get(path.column()?)?;
        text.get(*from as usize..*to as usize)
    }
}

/// Whether a text is a digest, written as the rule says.
fn is_written(rule: &DigestRule, written: &mut Vec<u8>, digest: &DigestBytes, text: &[u8]) -> bool {
    written.clear();
    written.extend_from_slice(&rule.prefix);
    rule.encoding.write(digest.as_slice(), written);
    written.as_slice() == text
}

/// The entry without the byte order mark that a first one may have.
fn body(entry: &[u8]) -> &[u8] {
    entry.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(entry)
}

/// An entry is shorter than 4 GiB.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
