//! Finds the recipe of a chain from its first entries.
//!
//! A recipe is proposed only when it reproduces the digests of most of them, three at least, and
//! none other does: a digest does not come out right by chance. Ways of writing JSON that give the
//! same bytes for all entries looked at stay open side by side in the proposal. Where nothing
//! reproduces them, a shipped recipe is still told by the shape of the entries, so that a chain
//! whose first entries were changed opens.

mod candidates;
mod members;

use std::sync::Arc;

use super::entry::{Before, EntryReader, Named, OwnDigest};
use super::profile::{ChainProfile, Framing, OneOrMore, RawGenesis, RawProfile};
use super::split::{Splitter, Units};
use super::{ProfileOrigin, shipped_profiles};
use crate::limits;

/// Entries that are looked at.
const ENTRIES: usize = 64;
/// Entries that a proposal reproduces at least.
const REPRODUCED_MIN: usize = 3;
/// Entries that a candidate is tried on before it is tried on all.
const PROBES: usize = 4;
/// Members that a proposal names as covered by no digest.
const LEFT_OUT_MAX: usize = 64;
/// Bytes of an entry that is looked at: longer ones would make the search long.
const ENTRY_BYTES: usize = 16 << 10;

/// Finds the recipe of a chain from the beginning of its text; `None` where the text is no chain
/// that can be told.
#[must_use]
pub fn detect_profile(text: &[u8]) -> Option<(Arc<ChainProfile>, ProfileOrigin)> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let (framing, entries) = first_entries(text)?;
    let fits = |profile: &&Arc<ChainProfile>| profile.raw.chain.framing == framing;
    let shipped: Vec<&Arc<ChainProfile>> = shipped_profiles().iter().filter(fits).collect();
    for profile in &shipped {
        if has_shape(profile, &entries, 1) > 0 && reproduced(profile, &entries, 1) > 0 {
            return Some((Arc::clone(profile), ProfileOrigin::Shipped));
        }
    }
    if framing != "tsv"
        && let Some(profile) = search(framing, &entries)
    {
        return Some((Arc::new(profile), ProfileOrigin::Detected));
    }
    let mut alike = shipped
        .into_iter()
        .filter(|profile| has_shape(profile, &entries, ENTRIES) * 2 > entries.len());
    let one = alike.next()?;
    match alike.next() {
        None => Some((Arc::clone(one), ProfileOrigin::ShippedByShape)),
        Some(_) => None,
    }
}

/// The framing of a text by its first bytes, and its first entries.
fn first_entries(text: &[u8]) -> Option<(&'static str, Vec<&[u8]>)> {
    let begun = text.trim_ascii_start();
    let mut entries = Vec::new();
    let framing = match begun.first()? {
        b'[' => {
            let mut splitter = Splitter::new(Units::Elements);
            splitter.feed(begun, 0, |unit| {
                let range = usize::try_from(unit.start)
                    .ok()
                    .zip(usize::try_from(unit.end).ok());
                if entries.len() < ENTRIES {
                    entries.extend(range.and_then(|(from, to)| begun.get(from..to)));
                }
            });
            "json-array"
        }
        first => {
            // A sample may end inside a line.
            let end = if text.len() >= limits::SAMPLE_BYTES {
                memchr::memrchr(b'\n', text)?
            } else {
                text.len()
            };
            let lines = text.get(..end)?.split(|byte| *byte == b'\n');
            let lines = lines.filter(|line| !line.trim_ascii().is_empty());
            entries.extend(lines.take(ENTRIES));
            let has_tabs = entries.first().is_some_and(|line| line.contains(&b'\t'));
            match first {
                b'{' if !has_tabs || is_json(entries.first()?) => "jsonl",
                _ if has_tabs => "tsv",
                _ => return None,
            }
        }
    };
    entries.retain(|entry| entry.len() <= ENTRY_BYTES);
    (!entries.is_empty()).then_some((framing, entries))
}

fn is_json(line: &[u8]) -> bool {
    super::json::Tape::default().scan(line).is_ok()
}

/// How many entries hold under a recipe, up to `enough`.
fn reproduced(profile: &Arc<ChainProfile>, entries: &[&[u8]], enough: usize) -> usize {
    let mut reader = EntryReader::new(Arc::clone(profile));
    let mut before: Option<(Vec<u8>, &[u8])> = None;
    let mut count = 0;
    for entry in entries {
        let holds = holds(&mut reader, entry, before.as_ref());
        let digest = if profile.has_own() {
            reader.own(entry).map(std::borrow::Cow::into_owned)
        } else {
            let digest = reader.link_digest(entry, None).ok();
            digest.map(|digest| profile.write_digest(digest.as_slice()))
        };
        before = digest.map(|digest| (digest, *entry));
        count += usize::from(holds);
        if count >= enough {
            break;
        }
    }
    count
}

/// Whether an entry's digest is reproduced; of a recipe without digests of the entries themselves,
/// whether it names the line before.
fn holds(reader: &mut EntryReader, entry: &[u8], before: Option<&(Vec<u8>, &[u8])>) -> bool {
    if reader.read(entry).is_err() {
        return false;
    }
    let named = reader.prev(entry);
    let Some(own) = reader.own(entry) else {
        let named = match &named {
            Named::Text(text) => Some(&**text),
            Named::Nothing => None,
        };
        return before.is_some_and(|(digest, _)| named == Some(digest));
    };
    let own = own.into_owned();
    let line = before.map_or(&b""[..], |(_, line)| line);
    let mut tries: Vec<Vec<u8>> = Vec::new();
    match (&named, before) {
        (Named::Text(text), _) => tries.push(text.to_vec()),
        (Named::Nothing, Some((digest, _))) => tries.push(digest.clone()),
        (Named::Nothing, None) => tries.extend(reader.genesis_texts().map(<[u8]>::to_vec)),
    }
    if tries.is_empty() {
        tries.push(Vec::new());
    }
    tries.iter().any(|digest| {
        let before = Before { digest, line };
        reader.check_own(entry, &own, before, None) == OwnDigest::Holds
    })
}

/// How many entries look like those of a recipe: its members are there, and what should be a
/// digest is written as one; up to `enough`.
fn has_shape(profile: &Arc<ChainProfile>, entries: &[&[u8]], enough: usize) -> usize {
    let Some(shape) = &profile.raw.shape else {
        return 0;
    };
    let mut reader = EntryReader::new(Arc::clone(profile));
    let fits = |entry: &&&[u8]| {
        if reader.read(entry).is_err() {
            return false;
        }
        let own = reader.own(entry);
        let is_digest = own.is_some_and(|own| profile.read_digest(&own).is_some());
        let named = reader.prev(entry);
        let names_digest = !profile.has_prev()
            || reader.may_begin(&named)
            || profile.read_digest(named.text()).is_some();
        let has_number = profile.sequence().is_none() || reader.seq(entry).is_some();
        is_digest && names_digest && has_number && reader.has_members(entry, &shape.members)
    };
    entries.iter().filter(fits).take(enough).count()
}

/// Tries the bounded product of what recipes are made of.
fn search(framing: &'static str, entries: &[&[u8]]) -> Option<ChainProfile> {
    if entries.len() < REPRODUCED_MIN {
        return None;
    }
    let shapes = members::look_at(entries)?;
    let needed = (entries.len() / 2 + 1).max(REPRODUCED_MIN);
    for tier in candidates::tiers(framing, &shapes, entries) {
        let mut found: Vec<(RawProfile, usize)> = Vec::new();
        for raw in tier {
            let Ok(profile) = ChainProfile::from_raw(raw) else {
                continue;
            };
            let profile = Arc::new(profile);
            if is_worth_a_try(&profile, entries) {
                let count = reproduced(&profile, entries, ENTRIES);
                if count >= needed {
                    found.push((profile.raw.clone(), count));
                }
            }
        }
        if !found.is_empty() {
            return the_one(found, entries);
        }
    }
    None
}

/// Whether any of a few neighbouring pairs holds.
fn is_worth_a_try(profile: &Arc<ChainProfile>, entries: &[&[u8]]) -> bool {
    let step = (entries.len() / PROBES).max(1);
    let mut pairs = entries.windows(2).step_by(step).take(PROBES);
    pairs.any(|pair| {
        let mut reader = EntryReader::new(Arc::clone(profile));
        let [first, second] = pair else {
            return false;
        };
        if reader.read(first).is_err() {
            return false;
        }
        let digest = if profile.has_own() {
            reader.own(first).map(std::borrow::Cow::into_owned)
        } else {
            let digest = reader.link_digest(first, None).ok();
            digest.map(|digest| profile.write_digest(digest.as_slice()))
        };
        let before = digest.map(|digest| (digest, *first));
        holds(&mut reader, second, before.as_ref())
    })
}

/// The one recipe, if all that reproduce most entries are one but for how JSON is written.
fn the_one(found: Vec<(RawProfile, usize)>, entries: &[&[u8]]) -> Option<ChainProfile> {
    let best = found.iter().map(|(_, count)| *count).max()?;
    let mut found = found.into_iter().filter(|(_, count)| *count == best);
    let (mut one, _) = found.next()?;
    let blank = candidates::without_modes(&one);
    for (other, _) in found {
        if candidates::without_modes(&other) != blank {
            return None;
        }
        candidates::add_modes(&mut one, &other);
    }
    one.chain.genesis = vec![first_named(&one, entries)];
    one.chain.uncovered = left_out(&one, entries);
    ChainProfile::from_raw(one).ok()
}

/// What the recipe leaves out of every entry looked at: it belongs to the log's form, and is named
/// in the proposal. What only some entries hold may have been put there, and is not excused.
fn left_out(raw: &RawProfile, entries: &[&[u8]]) -> Vec<String> {
    let Ok(profile) = ChainProfile::from_raw(raw.clone()) else {
        return Vec::new();
    };
    let mut reader = EntryReader::new(Arc::new(profile));
    let mut all: Option<Vec<String>> = None;
    for entry in entries {
        if reader.read(entry).is_err() {
            continue;
        }
        let names = reader.uncovered_up_to(entry, LEFT_OUT_MAX);
        match &mut all {
            Some(all) => all.retain(|name| names.contains(name)),
            None => all = Some(names),
        }
    }
    all.unwrap_or_default()
}

/// What the first entry names as its predecessor, if it is no digest; else anything may stand
/// there, for the log goes on from another file.
fn first_named(raw: &RawProfile, entries: &[&[u8]]) -> RawGenesis {
    let any = RawGenesis::Word("any".to_owned());
    let (Ok(profile), Some(first)) = (ChainProfile::from_raw(raw.clone()), entries.first()) else {
        return any;
    };
    let profile = Arc::new(profile);
    let mut reader = EntryReader::new(Arc::clone(&profile));
    if reader.read(first).is_err() {
        return any;
    }
    if profile.has_prev() {
        return match reader.prev(first) {
            Named::Nothing => RawGenesis::Word("null".to_owned()),
            Named::Text(text) => candidates::genesis_word(&profile, &text).unwrap_or(any),
        };
    }
    let own = reader
        .own(first)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default();
    let texts: Vec<Vec<u8>> = reader.genesis_texts().map(<[u8]>::to_vec).collect();
    let fits = texts.iter().find(|digest| {
        let before = Before { digest, line: b"" };
        reader.check_own(first, &own, before, None) == OwnDigest::Holds
    });
    fits.and_then(|text| candidates::genesis_word(&profile, text))
        .unwrap_or(any)
}

impl EntryReader {
    /// Whether an entry has all these members at its top, or a table's row these columns.
    fn has_members(&self, entry: &[u8], members: &[String]) -> bool {
        match &self.profile().framing {
            Framing::Tsv | Framing::Csv { .. } => self.column_count() == members.len(),
            _ => self.has_json_members(entry, members),
        }
    }
}

/// The names of canonical forms in a list.
fn names(canon: &OneOrMore) -> Vec<String> {
    canon.names().to_vec()
}

#[cfg(test)]
mod tests;
