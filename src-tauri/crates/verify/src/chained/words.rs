//! The sentences about a chained log: facts, by what they rest on.

use sealscope_archive::chained_jsonl::{ChainProfile, ProfileOrigin};
use sealscope_model::{
    Aspect, AspectState, Aspects, Break, BreakKind, Claimed, Computed, Damage, End, EntryCounts,
    Position, Verdict,
};

use super::findings::Uncovered;
use super::keys::Keys;
use super::summarise::Sums;
use super::walk::{Fact, Why};
use crate::summary::{entries, grouped};

/// Said where an anchor cannot be used.
pub(super) const UNUSABLE_ANCHOR: &str = "The head hash that you gave was not used: this log holds \
     several chains, and a head with its count is of one.";

/// Said where an anchor stands for digests that were not computed.
pub(super) const UNCOMPUTED_ANCHOR: &str = "The head hash that you gave agrees with what the \
     entries say; it proves nothing, for not all of their digests could be computed.";
/// Members that a sentence names; the rest are counted.
const NAMED_MAX: usize = 12;

/// What is told about.
pub(super) struct Facts<'a> {
    pub(super) verdict: Verdict,
    pub(super) sums: &'a Sums,
    /// The recipe reproduces a digest.
    pub(super) fits: bool,
    pub(super) profile: &'a ChainProfile,
    pub(super) origin: ProfileOrigin,
    pub(super) keys: &'a Keys,
    pub(super) breaks: &'a [Break],
    pub(super) damage: &'a [Damage],
    pub(super) counts: &'a EntryCounts,
    pub(super) head: &'a End,
    pub(super) tail: &'a End,
    /// Entries that an anchor of the examiner's vouches for.
    pub(super) anchored: u64,
    pub(super) is_partial: bool,
    /// The first entries that hold what no digest covers and the profile does not name.
    pub(super) uncovered: Option<(Position, &'a Uncovered)>,
}

/// "/a", "/a and /b", "/a, /b and /c".
fn joined(names: &[String]) -> String {
    let shown = names.iter().take(NAMED_MAX).cloned();
    let mut shown: Vec<String> = shown.collect();
    match names.len().saturating_sub(NAMED_MAX) {
        0 => {}
        rest => shown.push(format!("{} more", grouped(rest as u64))),
    }
    match shown.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// What stands in an entry, in a word: a table has columns.
fn member_noun(profile: &ChainProfile, count: usize) -> &'static str {
    match (profile.has_members(), count) {
        (true, 1) => "the member",
        (true, _) => "the members",
        (false, 1) => "the part",
        (false, _) => "the parts",
    }
}

/// What the profile says that no digest covers; `None` where it names none.
pub(super) fn known_uncovered(profile: &ChainProfile) -> Option<String> {
    let names = profile.uncovered();
    let noun = member_noun(profile, names.len());
    let it = if names.len() == 1 { "it" } else { "they" };
    (!names.is_empty()).then(|| {
        format!(
            "No digest covers {noun} {}: {it} could have been changed at any time.",
            joined(names)
        )
    })
}

/// What of some entries no digest covers, though the profile does not say so.
pub(super) fn uncovered(from: Position, to: Position, found: &Uncovered) -> String {
    let these = named(from, to - from);
    let names = joined(&found.members);
    match (to - from, u64::from(found.count)) {
        (all, count) if all == count => format!(
            "No digest covers {names} in {these}: this could have been added or changed at any \
             time."
        ),
        (_, count) => format!(
            "In {} of {these} there is something that no digest covers, such as {names}: there are \
             too many to be told apart.",
            grouped(count)
        ),
    }
}

pub(super) fn more_uncovered(count: u64) -> String {
    match count {
        1 => "At 1 more place no digest covers all of the entry.".to_owned(),
        _ => format!(
            "At {} more places no digest covers all of the entry.",
            grouped(count)
        ),
    }
}

pub(super) fn unsigned(from: Position, count: u64) -> String {
    let these = capital(&named(from, count));
    match count {
        1 => format!("{these} has no signature, though the recipe gives each entry one."),
        _ => format!("{these} have no signature, though the recipe gives each entry one."),
    }
}

/// The entries with what no digest covers, and what to do if that is known of the writer.
fn beyond_profile(facts: &Facts<'_>) -> Option<String> {
    let (first, found) = facts.uncovered.filter(|_| facts.fits)?;
    let count = facts.sums.uncovered;
    let (hold, holds) = match count {
        1 => ("1 entry holds".to_owned(), "what it says there"),
        _ => (format!("{} hold", entries(count)), "what they say there"),
    };
    let names = joined(&found.members);
    let at = named(first + u64::from(found.from), 1);
    let listed: Vec<String> = found
        .members
        .iter()
        .map(|name| format!("{name:?}"))
        .collect();
    Some(format!(
        "But {hold} what no digest covers, {names} in {at} first: {holds} could have been added or \
         changed at any time. If the writer is known to leave it out, name it in the profile, as \
         uncovered = [{}].",
        listed.join(", ")
    ))
}

/// "entry 5" or "entries 5 to 9".
fn named(first: Position, count: u64) -> String {
    match count {
        0 | 1 => format!("entry {}", grouped(first)),
        _ => format!(
            "entries {} to {}",
            grouped(first),
            grouped(first + count - 1)
        ),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The break that a fact is. `stored` is where it is in the file, where several chains stand among
/// each other and the fact speaks in numbers of its own.
pub(super) fn break_of(fact: &Fact, stored: Option<Position>) -> Break {
    let mut says = match fact.kind {
        BreakKind::Modified => modified(fact),
        BreakKind::Removed => removed(fact),
        BreakKind::Relinked => relinked(fact),
        BreakKind::Truncated => format!(
            "The chain ends after {}; the head that you gave stands for {}: {} missing at the end.",
            entries(fact.sealed),
            grouped(fact.sealed + fact.count),
            are(fact.count)
        ),
        BreakKind::Fork => format!(
            "{} does not have the digest that you gave for it, nor has any other entry.",
            capital(&named(fact.sealed, 1))
        ),
        _ => moved(fact),
    };
    if let Some(stored) = stored {
        says.push_str(&format!(
            " Numbers here are those of its own chain; in the file this is at {}.",
            grouped(stored)
        ));
    }
    let mut found = Break::new(fact.kind, stored.unwrap_or(fact.sealed), fact.count, says);
    found.found = match stored {
        Some(stored) => fact.found.map(|_| stored),
        None => fact.found,
    };
    found.exact = fact.exact;
    if let Some((claimed, computed)) = fact.digests {
        found.claimed = Some(Claimed::parsed(claimed));
        found.computed = Some(Computed::hashed(computed));
    }
    found
}

fn are(count: u64) -> String {
    match count {
        1 => "1 is".to_owned(),
        _ => format!("{} are", grouped(count)),
    }
}

fn modified(fact: &Fact) -> String {
    let this = capital(&named(fact.sealed, fact.count));
    match &fact.why {
        Why::ContentOrPlace => format!(
            "{this} does not give its digest together with the entry before it: its own bytes, or \
             what stood before it, are not what was hashed."
        ),
        Why::Unreadable(why) => format!("{this} cannot be hashed: {why}."),
        Why::NamedOtherwise => {
            format!("{this} does not have the digest that the entry after it names.")
        }
        Why::Lump => {
            format!("{this} are not told apart: more of them do not hold than can be kept.")
        }
        _ if fact.count == 1 => format!("{this} does not match its digest."),
        _ => format!("{this} do not match their digests."),
    }
}

fn removed(fact: &Fact) -> String {
    let next = capital(&named(fact.sealed + fact.count, 1));
    match fact.why {
        Why::NoNumbers => format!(
            "{} follows an entry that is not in the file: one or more entries are missing before \
             it, or the one before it was written anew with a new digest. Nothing says how many.",
            capital(&named(fact.sealed, 1))
        ),
        _ => format!(
            "{next} follows an entry that is not in the file; by its number, {} missing before it \
             ({}).",
            are(fact.count),
            named(fact.sealed, fact.count)
        ),
    }
}

fn relinked(fact: &Fact) -> String {
    let this = capital(&named(fact.sealed, 1));
    match fact.why {
        Why::BeginsAnew => {
            format!("{this} begins a chain anew; nothing joins it to the entries before it.")
        }
        _ if fact.sealed == 0 => format!(
            "{this} does not begin the chain as the recipe says, though its number is the first."
        ),
        _ => format!(
            "{this} names a digest that no entry has, and no number is missing: the entry before \
             it was written anew with a new digest, or another stands in its place."
        ),
    }
}

fn moved(fact: &Fact) -> String {
    let (first, count) = (fact.sealed, fact.count);
    let these = named(first, count);
    let found = grouped(fact.found.unwrap_or(first));
    match (fact.kind, count) {
        (BreakKind::Inserted, 1) => format!(
            "The entry stored at {found} has no place in the chain; it stands before sealed entry \
             {}.",
            grouped(first)
        ),
        (BreakKind::Inserted, _) => format!(
            "{} stored from {found} on have no place in the chain; they stand before sealed entry \
             {}.",
            capital(&entries(count)),
            grouped(first)
        ),
        (BreakKind::Moved, 1) => {
            format!("Sealed {these} stands at {found}, not where it was sealed.")
        }
        (BreakKind::Moved, _) => {
            format!("Sealed {these} stand from {found} on, not where they were sealed.")
        }
        (_, 1) => format!("Sealed {these} is repeated at {found}."),
        _ => format!("Sealed {these} are repeated from {found} on."),
    }
}

pub(super) fn bad_signature(position: Position, keys: &Keys) -> String {
    let name = keys
        .signature_key
        .as_ref()
        .map_or("", |(_, name)| name.as_str());
    format!(
        "The signature of entry {} was not made over its digest with the key that made others \
         here ({name}).",
        grouped(position)
    )
}

pub(super) fn out_of_step(position: Position) -> String {
    format!(
        "The number in entry {} does not follow the one before it, though their digests do.",
        grouped(position)
    )
}

/// How the note begins that holds the whole profile.
pub const PROFILE_NOTE: &str = "Profile:\n";

/// By which profile a log was checked, and where it comes from.
#[must_use]
pub fn profile_says(name: &str, origin: ProfileOrigin) -> String {
    match origin {
        ProfileOrigin::Given => {
            format!("The digests were checked by the profile you gave, {name}.")
        }
        ProfileOrigin::Shipped => {
            format!("The digests were checked by the profile {name}, which comes with Sealscope.")
        }
        ProfileOrigin::ShippedByShape => format!(
            "The entries look like those of the profile {name}, which comes with Sealscope; the \
             first ones do not hold under it."
        ),
        ProfileOrigin::Detected => {
            "The digests were checked by a profile that was found from the first entries."
                .to_owned()
        }
    }
}

/// Remarks: the recipe, and what it does not cover.
pub(super) fn notes(facts: &Facts<'_>) -> Vec<String> {
    let from = profile_says(facts.profile.name(), facts.origin);
    let profile = format!("{PROFILE_NOTE}{}", facts.profile.to_toml());
    let mut notes = vec![from, profile];
    if facts.profile.has_resets() {
        notes.push(
            "Chains begin anew inside this log, as its profile says: entries cut off before such a \
             place do not show."
                .to_owned(),
        );
    }
    if facts.profile.has_partitions() {
        notes.push(format!(
            "The log holds {} chains; each has an end of its own, where entries cut off do not \
             show.",
            grouped(facts.sums.chains)
        ));
    }
    if let Some((_, key)) = &facts.keys.digest_key {
        notes.push(format!("The digests are keyed; the key used: {key}."));
    }
    if let Some((_, key)) = &facts.keys.signature_key {
        notes.push(format!("The key used for the signatures: {key}."));
    }
    notes
}

/// The finding in a few sentences.
pub(super) fn sentence(facts: &Facts<'_>) -> String {
    let mut parts = match facts.verdict {
        Verdict::Broken => vec![broken(facts)],
        Verdict::Intact => vec![intact(facts), ends(facts)],
        Verdict::Consistent => vec![consistent(facts), ends(facts)],
        Verdict::Unproven => vec![unproven(facts)],
        Verdict::Unsealed => vec![unsealed(facts)],
    };
    if matches!(facts.verdict, Verdict::Intact | Verdict::Consistent) {
        parts.extend(known_uncovered(facts.profile));
    }
    parts.extend(beyond_profile(facts));
    match facts.damage.len() {
        0 => {}
        1 => parts.push("Damage was found at 1 place in the file.".to_owned()),
        some => parts.push(format!(
            "Damage was found at {} places in the file.",
            grouped(some as u64)
        )),
    }
    if facts.is_partial {
        parts.push("Not all of the file was looked at.".to_owned());
    }
    parts.join(" ")
}

fn intact(facts: &Facts<'_>) -> String {
    let all = entries(facts.counts.total);
    if facts.tail.is_anchored() && facts.keys.signature_key.is_none() && !facts.profile.is_keyed() {
        return format!("All {all} lead to the head that you gave.");
    }
    let key = facts.keys.signature_key.as_ref().map(|(_, name)| name);
    let key = key.or(facts.keys.digest_key.as_ref().map(|(_, name)| name));
    match key {
        Some(name) => format!("All {all} hold under the key you gave ({name})."),
        None => format!("All {all} hold."),
    }
}

fn consistent(facts: &Facts<'_>) -> String {
    let counts = facts.counts;
    let without = "anyone able to write the file could have made the whole chain anew";
    if facts.anchored > 0 {
        return format!(
            "The first {} lead to the head that you gave; the {} after it only follow each other, \
             and {without}.",
            entries(facts.anchored),
            grouped(counts.total - facts.anchored)
        );
    }
    if counts.intact > 0 {
        return format!(
            "{} hold under the key you gave; {} without a signature only follow from the chain.",
            entries(counts.intact),
            grouped(counts.consistent)
        );
    }
    format!(
        "The {} follow each other and match their digests, but {without}: without the head's \
         digest from elsewhere this proves no more.",
        entries(counts.total)
    )
}

fn unproven(facts: &Facts<'_>) -> String {
    let all = entries(facts.counts.total);
    if !facts.fits {
        return format!(
            "Not one of {all} matches its digest under this recipe. Either it is not the recipe \
             that the log was made by, or every entry was changed."
        );
    }
    if facts.sums.keyless > 0 {
        return match facts.keys.any_given {
            true => format!(
                "No key that you gave makes the digests of these {all}: it is another key, or the \
                 chain was made anew with another."
            ),
            false => {
                format!("The digests of these {all} need a secret key that you have not given.")
            }
        };
    }
    if facts.sums.headless > 0 {
        return format!(
            "The first entry's digest takes in that of an entry in an earlier file; the other {} \
             follow from it.",
            grouped(facts.counts.total.saturating_sub(1))
        );
    }
    let has_key = facts.keys.signature_key.is_some();
    if facts.profile.signature().is_some() && facts.keys.any_given && !has_key {
        return format!(
            "The {all} follow each other and match their digests, but no key that you gave made \
             their signatures: it is another key, or they were made anew with another."
        );
    }
    if facts.uncovered.is_some() {
        return format!("The {all} follow each other and match their digests.");
    }
    format!("Of {all}, what was looked at follows and matches its digests.")
}

fn unsealed(facts: &Facts<'_>) -> String {
    match facts.counts.total {
        0 => "There are no entries.".to_owned(),
        1 => "The only entry is sealed by none after it.".to_owned(),
        total => format!(
            "The first {} are named by the entries after them; the last one is sealed by none.",
            entries(total - 1)
        ),
    }
}

fn broken(facts: &Facts<'_>) -> String {
    let first = facts.breaks.first().map(|found| found.says.clone());
    let mut parts: Vec<String> = first.into_iter().collect();
    match facts.breaks.len() {
        0 | 1 => {}
        2 => parts.push("There is 1 more break.".to_owned()),
        some => parts.push(format!(
            "There are {} more breaks.",
            grouped(some as u64 - 1)
        )),
    }
    let rest = facts.counts.consistent + facts.counts.intact;
    if rest > 0 {
        let (match_, their) = if rest == 1 {
            ("matches", "its")
        } else {
            ("match", "their")
        };
        let doubt = if facts.counts.intact > 0 {
            ""
        } else {
            ", which anyone able to write the file could have made anew"
        };
        if facts.sums.keyless == 0 {
            parts.push(format!(
                "{} {match_} {their} digests{doubt}.",
                capital(&entries(rest))
            ));
        }
    }
    parts.join(" ")
}

fn ends(facts: &Facts<'_>) -> String {
    match (facts.head.is_anchored(), facts.tail.is_anchored()) {
        (true, true) => "Beginning and end are fixed.".to_owned(),
        (true, false) => OPEN_END.to_owned(),
        (false, true) => OPEN_HEAD.to_owned(),
        (false, false) => format!("{OPEN_END} {OPEN_HEAD}"),
    }
}

const OPEN_END: &str = "The end is open: later entries could have been cut off.";
const OPEN_HEAD: &str = "The beginning is open: earlier entries could have been cut off.";

/// The six aspects.
pub(super) fn aspects(facts: &Facts<'_>) -> Aspects {
    use AspectState::{Absent, Broken, NotCheckable};
    use BreakKind as B;
    let or = |kinds: &[BreakKind], otherwise: Aspect| {
        let mut breaks = facts.breaks.iter();
        match breaks.find(|found| kinds.contains(&found.kind)) {
            Some(found) => Aspect::because(Broken, found.says.clone()),
            None => otherwise,
        }
    };
    let is_unproven = matches!(facts.verdict, Verdict::Unproven | Verdict::Unsealed);
    let whole = if is_unproven {
        Aspect::because(NotCheckable, sentence(facts))
    } else {
        Aspect::OK
    };
    let content = match known_uncovered(facts.profile) {
        Some(says) if !is_unproven => Aspect::because(AspectState::Ok, says),
        Some(says) => Aspect {
            why: whole.why.as_ref().map(|why| format!("{why} {says}")),
            state: whole.state,
        },
        None => whole.clone(),
    };
    let has_key = facts.keys.signature_key.is_some() || facts.keys.digest_key.is_some();
    let has_seal = facts.profile.is_keyed() || facts.profile.signature().is_some();
    let signer = match (has_seal, has_key) {
        (false, _) => Aspect::because(
            Absent,
            "The chain has no key: it does not tell who made it.",
        ),
        (true, true) => Aspect::OK,
        (true, false) => Aspect::because(NotCheckable, "No key that you gave made the seals."),
    };
    Aspects {
        content: or(&[B::Modified, B::Inserted], content),
        order: or(
            &[B::Moved, B::Duplicated, B::Removed, B::Inserted],
            whole.clone(),
        ),
        seal: or(&[B::Relinked, B::BadSignature, B::Fork], whole),
        signer: or(&[B::BadSignature], signer),
        time: Aspect::because(Absent, "Nothing proves when the chain was made."),
        completeness: or(
            &[B::Removed, B::Truncated],
            match (facts.head.is_anchored(), facts.tail.is_anchored()) {
                (true, true) => Aspect::OK,
                _ => Aspect::because(NotCheckable, ends(facts)),
            },
        ),
    }
}
