//! The answer for a whole archive.

use sealscope_model::{
    Aspects, Break, Damage, End, EntryCounts, Observation, Strength, Verdict, VerdictRanges,
};

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
