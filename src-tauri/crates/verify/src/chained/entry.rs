//! One line's place in its chain, made again from the lines around it.

use std::borrow::Cow;
use std::sync::Arc;

use sealscope_archive::chained_jsonl::{Before, ChainedArchive, EntryReader, Named, OwnDigest};
use sealscope_archive::{Archive, Segment};
use sealscope_model::{AspectState, Claimed, Computed, Digest, Verdict};

use super::check;
use super::keys::Keys;
use crate::entry_seal::{EntryPlace, EntrySeal, SealStep};
use crate::outside::{HeldFinding, HeldKind, HeldState};
use crate::summary::{entries, grouped};
use crate::trust::TrustStore;

/// Lines before and after one that are looked through for those of its own chain.
const LOOKED_THROUGH_MAX: usize = 4096;
/// Characters of a name or number from the log that are repeated.
const REPEATED_MAX: usize = 80;

/// The keys and heads that the examiner gave, ready for single lines.
#[derive(Debug)]
pub(crate) struct LineSeals {
    keys: Keys,
    /// Heads that agree with the chain, by number of entries.
    heads: Vec<u64>,
    /// Whether any head was given.
    has_heads: bool,
}

/// A line of the same chain.
struct Neighbour {
    line: Vec<u8>,
    /// The digest by which the next line knows it.
    id: Option<Vec<u8>>,
    /// The digest that it names as the one before it.
    named: Vec<u8>,
}

/// Whether there is a line beside this one.
enum Beside {
    There(Box<Neighbour>),
    /// The file begins or ends here.
    Nothing,
    /// It stands too far away, or cannot be read.
    Unknown,
}

/// One line, taken apart.
struct Line<'a> {
    bytes: &'a [u8],
    named: Named<'a>,
    own: Option<Vec<u8>>,
    before: Beside,
    after: Beside,
    is_reset: bool,
    may_begin: bool,
    verdict: Option<Verdict>,
}

impl LineSeals {
    pub(crate) fn of(archive: &ChainedArchive, trust: &TrustStore, held: &[HeldFinding]) -> Self {
        let given = held.iter().filter(|one| one.kind == HeldKind::Head);
        let agreeing = given.clone().filter(|one| one.state == HeldState::Agrees);
        let mut heads: Vec<u64> = agreeing.filter_map(|one| one.size).collect();
        heads.sort_unstable();
        Self {
            keys: Keys::new(archive, trust),
            heads,
            has_heads: given.count() > 0,
        }
    }

    pub(crate) fn entry(&self, archive: &dyn Archive, place: EntryPlace<'_>) -> EntrySeal {
        let mut seal = EntrySeal {
            worth: self.worth(place).to_owned(),
            ..EntrySeal::default()
        };
        let bytes = place.segment.entry(place.number).unwrap_or_default();
        let mut reader = EntryReader::new(Arc::clone(&self.keys.profile));
        if let Err(why) = reader.read(bytes) {
            let detail = format!("The line is not as the chain profile describes: {}.", why.0);
            seal.steps.push(SealStep::new(
                "Digest of the line",
                AspectState::NotCheckable,
                detail,
            ));
            return seal;
        }
        let about = stands_at(&reader, bytes, place);
        let line = Line {
            bytes,
            named: reader.prev(bytes),
            own: reader.own(bytes).map(Cow::into_owned),
            is_reset: reader.is_reset(bytes),
            may_begin: reader.may_begin(&reader.prev(bytes)),
            before: self.beside(archive, place, Direction::Before),
            after: self.beside(archive, place, Direction::After),
            verdict: place.verdict,
        };
        if self.keys.profile.has_own() {
            let step = self.own(&mut reader, &line, &mut seal);
            seal.steps.push(step);
        }
        seal.steps.push(self.link_before(&line));
        if let Some(first) = seal.steps.first_mut() {
            *first = first.clone().about(&about);
        }
        seal.steps.push(self.link_after(&mut reader, &line));
        seal.steps.extend(self.signature(place));
        seal.steps.push(self.head(place));
        seal
    }

    /// The line of the same chain before or after one.
    fn beside(&self, archive: &dyn Archive, place: EntryPlace<'_>, to: Direction) -> Beside {
        let segment = place.segment;
        let found = match to {
            Direction::Before => {
                let numbers = (0..place.number).rev().take(LOOKED_THROUGH_MAX);
                self.first_of_chain(segment, numbers, place)
            }
            Direction::After => {
                let numbers = (place.number + 1..segment.entries.len()).take(LOOKED_THROUGH_MAX);
                self.first_of_chain(segment, numbers, place)
            }
        };
        if let Some(found) = found {
            return Beside::There(Box::new(found));
        }
        let next = match to {
            Direction::Before => segment.ordinal.checked_sub(1),
            Direction::After => {
                Some(segment.ordinal + 1).filter(|at| *at < archive.segment_count())
            }
        };
        let Some(ordinal) = next else {
            return Beside::Nothing;
        };
        let Ok(other) = archive.read_segment(ordinal, None) else {
            return Beside::Unknown;
        };
        let count = other.entries.len();
        let found = match to {
            Direction::Before => {
                let numbers = (0..count).rev().take(LOOKED_THROUGH_MAX);
                self.first_of_chain(&other, numbers, place)
            }
            Direction::After => {
                self.first_of_chain(&other, (0..count).take(LOOKED_THROUGH_MAX), place)
            }
        };
        found.map_or(Beside::Unknown, |found| Beside::There(Box::new(found)))
    }

    fn first_of_chain(
        &self,
        segment: &Segment,
        numbers: impl Iterator<Item = usize>,
        place: EntryPlace<'_>,
    ) -> Option<Neighbour> {
        let mut reader = EntryReader::new(Arc::clone(&self.keys.profile));
        let own = place.segment.entry(place.number)?;
        let mut of = |bytes: &[u8]| {
            reader.read(bytes).ok()?;
            Some(reader.partition(bytes).map(Cow::into_owned))
        };
        let wanted = of(own)?;
        let bytes = numbers
            .filter_map(|number| segment.entry(number))
            .find(|bytes| of(bytes).as_ref() == Some(&wanted))?;
        reader.read(bytes).ok()?;
        let named = reader.prev(bytes).text().to_vec();
        let own = reader.own(bytes).map(Cow::into_owned);
        let id = match own {
            Some(own) => Some(own),
            None if self.keys.profile.has_own() => None,
            None => self.link_id(&mut reader, bytes),
        };
        Some(Neighbour {
            line: bytes.to_vec(),
            id,
            named,
        })
    }

    /// The digest by which the next line knows one that holds none of itself.
    fn link_id(&self, reader: &mut EntryReader, bytes: &[u8]) -> Option<Vec<u8>> {
        let key = self.keys.digest_secret();
        if self.keys.profile.is_keyed() && key.is_none() {
            return None;
        }
        let digest = reader.link_digest(bytes, key).ok()?;
        Some(self.keys.profile.write_digest(digest.as_slice()))
    }

    /// The line's digest of itself, made again.
    fn own(&self, reader: &mut EntryReader, line: &Line<'_>, seal: &mut EntrySeal) -> SealStep {
        const LABEL: &str = "Digest of the line";
        let step = |state, detail: &str| SealStep::new(LABEL, state, detail);
        let Some(own) = &line.own else {
            let detail = "The line holds no digest of itself where the chain profile says.";
            return step(AspectState::NotCheckable, detail);
        };
        let key = self.keys.digest_secret();
        if self.keys.profile.is_keyed() && key.is_none() {
            let detail = "The digest is made with a secret key, which was not given.";
            return step(AspectState::NotCheckable, detail);
        }
        let claimed = self.keys.profile.read_digest(own);
        let claimed: Option<[u8; 32]> = claimed.and_then(|bytes| bytes.try_into().ok());
        let made = self.make_own(reader, line, own, key);
        if let Some(claimed) = claimed {
            let computed = match &made {
                Some(OwnDigest::Holds) => Some(claimed),
                Some(OwnDigest::Differs(digest)) => digest.as_slice().try_into().ok(),
                _ => None,
            };
            // Where it takes in a line that is not here, another digest tells nothing.
            if computed == Some(claimed) || line.verdict == Some(Verdict::Broken) {
                seal.hashed = "Digest of the line, made by the chain profile".to_owned();
                seal.claimed = Some(Claimed::parsed(Digest::new(claimed)));
                seal.claimed_from = "Written in the line itself.".to_owned();
                seal.computed = computed.map(|bytes| Computed::hashed(Digest::new(bytes)));
            }
        }
        match made {
            Some(OwnDigest::Holds) => step(
                AspectState::Ok,
                "The line's bytes, with the digest before it where that goes in, give the digest \
                 that is written in it.",
            ),
            Some(OwnDigest::Differs(_)) if line.verdict == Some(Verdict::Broken) => step(
                AspectState::Broken,
                "The line's bytes, with the digest before it where that goes in, give another \
                 digest than the one written in it.",
            ),
            Some(OwnDigest::Impossible(why)) => SealStep::new(
                LABEL,
                AspectState::NotCheckable,
                format!("It cannot be made: {}.", why.0),
            ),
            Some(OwnDigest::Differs(_)) | None => step(
                AspectState::NotCheckable,
                "It cannot be made again from the lines at hand: it takes in a line that is not \
                 here or not beside this one.",
            ),
        }
    }

    fn make_own(
        &self,
        reader: &mut EntryReader,
        line: &Line<'_>,
        own: &[u8],
        key: Option<&[u8]>,
    ) -> Option<OwnDigest> {
        let (before_line, before_id) = match &line.before {
            Beside::There(before) => (before.line.as_slice(), before.id.clone()),
            Beside::Nothing | Beside::Unknown => (&[][..], None),
        };
        if self.keys.profile.has_prev() {
            let before = Before {
                digest: line.named.text(),
                line: before_line,
            };
            return Some(reader.check_own(line.bytes, own, before, key));
        }
        let mut tries: Vec<Vec<u8>> = Vec::new();
        if !line.is_reset {
            tries.extend(before_id);
        }
        if line.is_reset || matches!(line.before, Beside::Nothing) {
            tries.extend(reader.genesis_texts().map(<[u8]>::to_vec));
        }
        let mut first = None;
        for digest in &tries {
            let before = Before {
                digest,
                line: before_line,
            };
            let made = reader.check_own(line.bytes, own, before, key);
            if made == OwnDigest::Holds {
                return Some(made);
            }
            first.get_or_insert(made);
        }
        first
    }

    fn link_before(&self, line: &Line<'_>) -> SealStep {
        let (state, detail) = if !self.keys.profile.has_prev() {
            (
                AspectState::Absent,
                "It is not written in the line: it goes into the line's own digest.",
            )
        } else {
            match &line.before {
                Beside::There(before) if before.id.as_deref() == Some(line.named.text()) => (
                    AspectState::Ok,
                    "The line names the digest of the line that stands before it.",
                ),
                Beside::There(_) if line.is_reset => (
                    AspectState::Absent,
                    "A chain begins anew here, as the chain profile allows: lines that stood \
                     before and were cut off do not show.",
                ),
                Beside::There(before) if before.id.is_some() => (
                    AspectState::Broken,
                    "The line names another digest than that of the line that stands before it: \
                     between the two, something was changed, removed, put in or moved.",
                ),
                Beside::There(_) => (
                    AspectState::NotCheckable,
                    "The digest of the line before it cannot be made.",
                ),
                Beside::Nothing if line.may_begin => (
                    AspectState::Ok,
                    "It is the first line, and what it names may stand at the beginning of a \
                     chain.",
                ),
                Beside::Nothing => (
                    AspectState::NotCheckable,
                    "It is the first line here, but names a line before it that is not here.",
                ),
                Beside::Unknown => (
                    AspectState::NotCheckable,
                    "The line before it of the same chain is too far away to be read again here; \
                     the whole chain was looked at for the verdict.",
                ),
            }
        };
        SealStep::new("Link to the line before", state, detail)
    }

    fn link_after(&self, reader: &mut EntryReader, line: &Line<'_>) -> SealStep {
        const LABEL: &str = "Link from the line after";
        if !self.keys.profile.has_prev() {
            let detail = "The line after it does not name this one: it takes its digest in.";
            return SealStep::new(LABEL, AspectState::Absent, detail);
        }
        let id = match &line.own {
            Some(own) => Some(own.clone()),
            None => {
                // Asking for another line made the reader speak of that one.
                let is_read = reader.read(line.bytes).is_ok();
                is_read.then(|| self.link_id(reader, line.bytes)).flatten()
            }
        };
        let (state, detail) = match (&line.after, id) {
            (Beside::There(after), Some(id)) if after.named == id => (
                AspectState::Ok,
                "The line after it names this line's digest.",
            ),
            (Beside::There(_), Some(_)) => (
                AspectState::NotCheckable,
                "The line after it does not name this line's digest: a chain begins there, or \
                 something was changed, removed, put in or moved between the two.",
            ),
            (Beside::There(_), None) => (
                AspectState::NotCheckable,
                "This line's digest cannot be made, so that it cannot be compared.",
            ),
            (Beside::Nothing, _) => (
                AspectState::Absent,
                "No line follows: nothing later in the file holds this one in place.",
            ),
            (Beside::Unknown, _) => (
                AspectState::NotCheckable,
                "The next line of the same chain is too far away to be read again here.",
            ),
        };
        SealStep::new(LABEL, state, detail)
    }

    fn signature(&self, place: EntryPlace<'_>) -> Option<SealStep> {
        const LABEL: &str = "Signature";
        self.keys.profile.signature()?;
        let Some((_, name)) = &self.keys.signature_key else {
            let detail = "Lines of this log are signed; no key that you gave made a signature.";
            return Some(SealStep::new(LABEL, AspectState::NotCheckable, detail));
        };
        let found = check::check(&self.keys, place.segment);
        let number = u32::try_from(place.number).unwrap_or(u32::MAX);
        let mut unsigned = found.unsigned.iter();
        let (state, detail) = if found.bad_signatures.contains(&number) {
            (
                AspectState::Broken,
                format!("The key {name} did not make the signature of this line."),
            )
        } else if unsigned.any(|(from, to)| *from <= number && number < *to) {
            (
                AspectState::Absent,
                format!("No signature that the key {name} made is on this line."),
            )
        } else {
            (
                AspectState::Ok,
                format!("The key that you gave, {name}, made the signature of this line."),
            )
        };
        Some(SealStep::new(LABEL, state, detail))
    }

    fn head(&self, place: EntryPlace<'_>) -> SealStep {
        let covering = self.heads.iter().find(|count| **count > place.position);
        let (state, detail) = match (covering, self.heads.last()) {
            (Some(count), _) => (
                AspectState::Ok,
                format!(
                    "The head after {} that you gave agrees with the chain, and this line is among \
                     them.",
                    entries(*count)
                ),
            ),
            (None, Some(count)) => (
                AspectState::Absent,
                format!(
                    "The nearest head that you gave and that agrees is after {}, before this line.",
                    entries(*count)
                ),
            ),
            (None, None) if self.has_heads => (
                AspectState::NotCheckable,
                "No head that you gave agrees with the chain.".to_owned(),
            ),
            (None, None) => (
                AspectState::Absent,
                "No digest known from elsewhere was given to hold the chain against.".to_owned(),
            ),
        };
        SealStep::new("Nearest anchored head", state, detail)
    }

    fn worth(&self, place: EntryPlace<'_>) -> &'static str {
        let is_anchored = self.heads.iter().any(|count| *count > place.position);
        match place.verdict {
            Some(Verdict::Intact) if is_anchored => {
                "The line is as it was when the digest that you gave was made, as far as that \
                 digest came to you by another way than the log."
            }
            Some(Verdict::Intact) => {
                "The line is as the holder of the key made it. Whoever has the key can make a line \
                 and its digest anew."
            }
            Some(Verdict::Consistent) => {
                "The digests fit each other, which shows careless changes. No secret goes into \
                 them: whoever could write the file could have made all of them anew, so that they \
                 fit again."
            }
            Some(Verdict::Unproven) => {
                "The line could not be held against its digest, so that nothing is proven either \
                 way."
            }
            Some(Verdict::Unsealed) => {
                "Nothing seals this line yet: the next one would have named its digest."
            }
            Some(Verdict::Broken) => {
                "The line, or its place, is not as the digests say. That does not tell who changed \
                 it, when, or whether on purpose."
            }
            None => "It was not checked so far.",
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Direction {
    Before,
    After,
}

/// Where the line stands, as it says itself.
fn stands_at(reader: &EntryReader, bytes: &[u8], place: EntryPlace<'_>) -> String {
    let mut detail = format!("Entry {} of the log", grouped(place.position));
    if let Some(number) = reader.seq(bytes) {
        detail.push_str(&format!("; the number written in it is {number}"));
    }
    if let Some(partition) = reader.partition(bytes) {
        let name = String::from_utf8_lossy(&partition);
        let name: String = name.chars().take(REPEATED_MAX).collect();
        detail.push_str(&format!(
            "; of the chain {name:?}, one of several in the log"
        ));
    }
    detail.push('.');
    detail
}
