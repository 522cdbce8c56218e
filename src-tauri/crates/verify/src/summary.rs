//! The answer for a whole archive.

use std::ops::Range;

use sealscope_model::{
    Aspects, Break, Damage, End, EntryCounts, Observation, Position, Strength, Verdict,
    VerdictRanges,
};

use crate::outside::Outside;

/// Whose key signed, and whether the examiner trusts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerSummary {
    /// Name on the signature lines.
    pub name: String,
    /// Key id, eight hex digits.
    pub key_id: String,
    /// Whether a trusted key made the signatures, for this origin.
    pub is_trusted: bool,
    /// Checkpoints with a signature line of this name and id.
    pub checkpoints: u64,
    /// The key as the archive claims it, for comparing and pinning.
    pub claimed_vkey: Option<String>,
}

/// One seal in a chain of seals: a digest file, a tag of a journal, the digests of a run of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealLink {
    /// What it is, in a few words: `Digest of 11:09 to 12:09`, `Seal 12, epoch 40`. No markup;
    /// names that come from the archive are not escaped here.
    pub label: String,
    /// Stored positions of the entries that it covers.
    pub covers: Vec<Range<Position>>,
    /// What came of checking the seal itself; `None` where it was not checked.
    pub verdict: Option<Verdict>,
    /// Whether it follows from the one before; `None` where nothing tells, or it is the first.
    pub follows: Option<bool>,
    /// It is named by its neighbours, but not there.
    pub is_missing: bool,
    /// The file that holds it, for archives made of several.
    pub file: Option<String>,
    /// What is to be said under it, as a short phrase or sentence; empty for nothing.
    pub note: String,
}

/// What was found about an archive. Made only in this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The archive's verdict: the worst of its ranges and breaks.
    pub verdict: Verdict,
    /// What its seals can prove, at the weakest sealed range.
    pub strength: Strength,
    /// Whether entries could have been cut off before the first one.
    pub head: End,
    /// Whether entries could have been cut off after the last one.
    pub tail: End,
    /// The finding in one or two sentences.
    pub says: String,
    /// Counts of log entries.
    pub entries: EntryCounts,
    /// Verdicts by stored position; control lines take positions too.
    pub ranges: VerdictRanges,
    /// Where seals and bytes disagree, by sealed index.
    pub breaks: Vec<Break>,
    /// What does not parse, by offset.
    pub damage: Vec<Damage>,
    /// Facts that are no seal failure.
    pub observations: Vec<Observation>,
    /// The six aspects.
    pub aspects: Aspects,
    /// Who signed.
    pub signers: Vec<SignerSummary>,
    /// Origin of the log with its uuid, where the archive has one.
    pub origin: Option<String>,
    /// Checkpoints whose root and trusted signature hold.
    pub checkpoints_held: u64,
    /// Checkpoints in the file.
    pub checkpoints: u64,
    /// The chain of seals in its order, for formats whose seals stand outside the entries; it is
    /// drawn around an entry or a break. Empty for sealog, whose checkpoints are among the lines.
    pub links: Vec<SealLink>,
    /// What was known from outside, and what came of it.
    pub outside: Outside,
    /// Remarks for the reader, such as keys that were given for this run only.
    pub notes: Vec<String>,
}

impl Summary {
    /// The same of a file that is no longer the one that was opened: what was hashed first and
    /// last need never have been there together, so the whole is at best unproven, and both ends
    /// are open.
    #[must_use]
    pub fn of_changing_file(mut self) -> Self {
        self.verdict = self.verdict.and(Verdict::Unproven);
        self.head = End::Open;
        self.tail = End::Open;
        self.says = format!(
            "The file is no longer the one that was opened: check it again. Of what was read: {}",
            self.says
        );
        self
    }
}

/// Numbers with thousands separated, as sentences print them.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 entry", "2 entries", with thousands separated.
pub(crate) fn entries(count: u64) -> String {
    match count {
        1 => "1 entry".to_owned(),
        _ => format!("{} entries", grouped(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (30_112_090, "30,112,090"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
