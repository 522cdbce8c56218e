use std::fmt;

/// The answer for a range of entries, from best to worst. An archive's answer is its worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The bytes agree with a seal whose key, or with an anchor, that the examiner gave.
    Intact,
    /// Chain or checksums agree, but anybody could have recomputed them.
    Consistent,
    /// Sealed, but what is needed to check is missing or not trusted.
    Unproven,
    /// No seal covers these entries.
    Unsealed,
    /// A seal and the bytes disagree.
    Broken,
}

impl Verdict {
    /// All verdicts, best first.
    pub const ALL: [Verdict; 5] = [
        Self::Intact,
        Self::Consistent,
        Self::Unproven,
        Self::Unsealed,
        Self::Broken,
    ];

    /// The worse of two: what is said of two ranges together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }

    /// The word used on the command line, in JSON and in queries (`seal:broken`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Intact => "intact",
            Self::Consistent => "consistent",
            Self::Unproven => "unproven",
            Self::Unsealed => "unsealed",
            Self::Broken => "broken",
        }
    }

    /// The verdict that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.word() == word)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How many entries have which verdict. `unchecked` is no verdict: nobody looked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntryCounts {
    /// Log entries in all: the sum of the counts below.
    pub total: u64,
    /// Control entries of the format, counted beside the log entries.
    pub control: u64,
    /// See [`Verdict::Intact`].
    pub intact: u64,
    /// See [`Verdict::Consistent`].
    pub consistent: u64,
    /// See [`Verdict::Unproven`].
    pub unproven: u64,
    /// See [`Verdict::Unsealed`].
    pub unsealed: u64,
    /// See [`Verdict::Broken`].
    pub broken: u64,
    /// Entries that were not looked at.
    pub unchecked: u64,
}

impl EntryCounts {
    /// Counts `count` log entries, with a verdict or, when `None`, as unchecked.
    pub fn add(&mut self, verdict: Option<Verdict>, count: u64) {
        self.total += count;
        match verdict {
            Some(Verdict::Intact) => self.intact += count,
            Some(Verdict::Consistent) => self.consistent += count,
            Some(Verdict::Unproven) => self.unproven += count,
            Some(Verdict::Unsealed) => self.unsealed += count,
            Some(Verdict::Broken) => self.broken += count,
            None => self.unchecked += count,
        }
    }

    /// How many entries have this verdict.
    #[must_use]
    pub const fn of(&self, verdict: Verdict) -> u64 {
        match verdict {
            Verdict::Intact => self.intact,
            Verdict::Consistent => self.consistent,
            Verdict::Unproven => self.unproven,
            Verdict::Unsealed => self.unsealed,
            Verdict::Broken => self.broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn together_two_ranges_are_as_bad_as_the_worse_one() {
        for (i, a) in Verdict::ALL.into_iter().enumerate() {
            for (j, b) in Verdict::ALL.into_iter().enumerate() {
                assert_eq!(Some(a.and(b)), Verdict::ALL.get(i.max(j)).copied());
            }
        }
    }

    #[test]
    fn every_word_names_its_verdict() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        }
        assert_eq!(Verdict::from_word("safe"), None);
    }

    #[test]
    fn the_total_is_the_sum_of_the_counts() {
        let mut counts = EntryCounts::default();
        for (n, verdict) in Verdict::ALL.into_iter().enumerate() {
            counts.add(Some(verdict), n as u64 + 1);
        }
        counts.add(None, 6);
        assert_eq!(counts.total, 21);
        assert_eq!(
            Verdict::ALL.into_iter().map(|v| counts.of(v)).sum::<u64>() + counts.unchecked,
            21
        );
    }
}
