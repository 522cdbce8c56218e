//! Reads how many tests passed from what the runners print.

use std::collections::HashSet;

/// Tests by how they ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    /// Adds what another runner said.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The counts in what `cargo test` printed, all its programs together.
    ///
    /// A test that finds nothing to work on ends well after a line that starts with `skipped: `
    /// and its name: it is counted as skipped, not as passed.
    pub fn from_cargo(printed: &str) -> Self {
        let mut counts = Self::default();
        let mut skipped = HashSet::new();
        for line in printed.lines() {
            if let Some(summary) = line.trim_start().strip_prefix("test result: ") {
                counts.passed += number_before(summary, "passed");
                counts.failed += number_before(summary, "failed");
                counts.skipped += number_before(summary, "ignored");
            } else if let Some(at) = line.find("skipped: ") {
                // Beside other threads' output it may stand after the start of a line.
                skipped.insert(line.get(at..).unwrap_or(line));
            }
        }
        let early = skipped.len() as u64;
        counts.passed = counts.passed.saturating_sub(early);
        counts.skipped += early;
        counts
    }

    /// The counts in what `python3 -m unittest` printed: `Ran 52 tests in 17.9s`, then `OK
    /// (skipped=1)` or `FAILED (failures=1, errors=2)`.
    pub fn from_unittest(printed: &str, is_ok: bool) -> Self {
        let ran = printed.lines().rfind(|line| line.starts_with("Ran "));
        let ran = ran.map_or(0, |line| {
            number_before(line, "tests").max(number_before(line, "test"))
        });
        let last = printed
            .lines()
            .rfind(|line| line.starts_with("OK") || line.starts_with("FAILED"));
        let of = |name: &str| {
            let words = last.unwrap_or_default().split(['(', ')', ',', ' ']);
            let found = words.filter_map(|word| word.strip_prefix(name)?.strip_prefix('='));
            found.filter_map(|number| number.parse::<u64>().ok()).sum()
        };
        let skipped: u64 = of("skipped");
        let failed = (of("failures") + of("errors")).max(u64::from(!is_ok));
        Self {
            passed: ran.saturating_sub(failed + skipped),
            failed,
            skipped,
        }
    }

    /// The counts in vitest's summary: ` Tests  1 failed | 12 passed | 2 skipped (15)`.
    pub fn from_vitest(printed: &str) -> Self {
        let plain = without_colours(printed);
        let summary = plain
            .lines()
            .map(str::trim_start)
            .rfind(|line| line.starts_with("Tests "));
        let Some(summary) = summary else {
            return Self::default();
        };
        Self {
            passed: number_before(summary, "passed"),
            failed: number_before(summary, "failed"),
            skipped: number_before(summary, "skipped") + number_before(summary, "todo"),
        }
    }
}

/// The number that stands before a word, 0 without it.
fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line
        .split([' ', ';', '|', '.', '(', ')'])
        .filter(|w| !w.is_empty())
        .collect();
    words
        .windows(2)
        .find_map(|pair| match pair {
            [number, found] if *found == word => number.parse().ok(),
            _ => None,
        })
        .unwrap_or(0)
}

fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            rest.by_ref().find(|c| c.is_ascii_alphabetic());
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unittest_says_how_many_ran_and_how_they_ended() {
        let counts = |passed, failed, skipped| Counts {
            passed,
            failed,
            skipped,
        };
        let read = |text, is_ok| Counts::from_unittest(text, is_ok);
        assert_eq!(
            read("...\nRan 52 tests in 17.8s\n\nOK\n", true),
            counts(52, 0, 0)
        );
        let bad = "Ran 5 tests in 1s\n\nFAILED (failures=1, errors=1, skipped=1)\n";
        assert_eq!(read(bad, false), counts(2, 2, 1));
        assert_eq!(read("", false), counts(0, 1, 0));
    }

    #[test]
    fn every_program_that_cargo_ran_is_counted() {
        let printed = "
running 3 tests
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests sealscope_proof
test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 1.2s
";
        let expected = Counts {
            passed: 13,
            failed: 2,
            skipped: 1,
        };
        assert_eq!(Counts::from_cargo(printed), expected);
    }

    #[test]
    fn a_test_that_found_no_data_is_skipped_and_not_passed() {
        let printed = "
test a::reads_real_logs ... skipped: a::reads_real_logs: the sample data are not here
skipped: a::reads_real_logs: the sample data are not here
skipped: b::also: the sample data are not here
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        let expected = Counts {
            passed: 1,
            failed: 0,
            skipped: 2,
        };
        assert_eq!(Counts::from_cargo(printed), expected);
    }

    #[test]
    fn vitests_summary_is_read_with_and_without_colours() {
        let plain =
            " Test Files  4 passed (4)\n      Tests  1 failed | 12 passed | 2 skipped (15)\n";
        let expected = Counts {
            passed: 12,
            failed: 1,
            skipped: 2,
        };
        assert_eq!(Counts::from_vitest(plain), expected);
        let coloured =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m7 passed\u{1b}[39m\u{1b}[22m (7)";
        assert_eq!(
            Counts::from_vitest(coloured),
            Counts {
                passed: 7,
                failed: 0,
                skipped: 0
            }
        );
    }

    #[test]
    fn a_runner_that_said_nothing_counts_nothing() {
        assert_eq!(Counts::from_vitest("Error: no config"), Counts::default());
        assert_eq!(
            Counts::from_cargo("error: could not compile"),
            Counts::default()
        );
    }
}
