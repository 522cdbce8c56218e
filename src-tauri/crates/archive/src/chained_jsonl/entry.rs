//! One entry, taken apart as a profile says.
//!
//! What is hashed of it is put together in `hashing`, where its values stand is told by `places`.

mod cover;
mod hashing;
mod places;

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memchr_iter;
use regex::bytes::CaptureLocations;

use super::canon::NotCanonical;
use super::digest::DigestBytes;
use super::json::{Kind, Tape};
use super::path::Path;
use super::profile::{ChainProfile, Framing, Genesis};
use hashing::Hasher;

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
    covered: Vec<bool>,
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
            covered: Vec::new(),
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
}

/// The entry without the byte order mark that a first one may have.
fn body(entry: &[u8]) -> &[u8] {
    entry.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(entry)
}

/// An entry is shorter than 4 GiB.
fn offset(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
