//! Questions of controls, prepared, each with its query.
//!
//! They are starting points: what a control asks for is in its own text, and the examiner has to
//! check wording and query against it. No source of them is quoted.

use crate::work::KeptQuery;

/// A set of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlSet {
    /// Name on the command line and in files.
    pub name: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// What has to be checked before use.
    pub basis: &'static str,
    /// The questions.
    pub questions: &'static [ControlQuestion],
}

/// One question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ControlQuestion {
    /// The control: `A.8.15`.
    pub control: &'static str,
    /// What is asked of the log.
    pub question: &'static str,
    /// The query that finds the entries to look at.
    pub query: &'static str,
}

const fn question(
    control: &'static str,
    question: &'static str,
    query: &'static str,
) -> ControlQuestion {
    ControlQuestion {
        control,
        question,
        query,
    }
}

const BASIS: &str = "Questions to start from, in our own words. Whether they meet the control, \
and whether the \
                     queries fit this log, is for the examiner to check.";

/// Whatever was refused, in the words of several schemas.
const REFUSED: &str = "decision:deny* OR decision:forbid* OR outcome:denied OR outcome:failure OR \
outcome:failed OR outcome:>=400";
/// Changes of rights and accounts.
const RIGHTS: &str = "class:privilege OR did:*role* OR did:*policy* OR did:*grant* OR did:*user*";
/// Changes of settings.
const SETTINGS: &str =
    "class:configuration-change OR did:create* OR did:update* OR did:patch* OR did:delete*";
/// Logins.
const LOGINS: &str = "class:authentication OR did:*login* OR did:*logon*";
/// Whatever touches the log itself.
const LOG_ITSELF: &str = "did:*trail* OR did:*logging* OR did:*audit* OR message:\"log cleared\" \
OR message:\"audit log\"";

/// All sets.
pub const CONTROLS: [ControlSet; 4] = [
    ControlSet {
        name: "gdpr-32-33",
        title: "GDPR, Articles 32 and 33: security of processing, and breaches",
        basis: BASIS,
        questions: &[
            question(
                "Art. 32(1)(b)",
                "Is the log intact for the period, so that it can be relied on?",
                "NOT seal:intact",
            ),
            question("Art. 32(1)(b)", "Who was refused access?", REFUSED),
            question(
                "Art. 32(2)",
                "Which acts deleted or changed data or settings?",
                SETTINGS,
            ),
            question("Art. 32(4)", "Whose rights were changed?", RIGHTS),
            question(
                "Art. 33(3)(a)",
                "Which grave events does the log hold?",
                "severity:critical OR severity:error",
            ),
            question(
                "Art. 33(5)",
                "Was the log itself switched off, cleared or changed?",
                LOG_ITSELF,
            ),
        ],
    },
    ControlSet {
        name: "hipaa-164-312-b",
        title: "HIPAA, 45 CFR 164.312(b): audit controls",
        basis: BASIS,
        questions: &[
            question(
                "164.312(b)",
                "Does the log record who did what? Entries without a name:",
                "NOT who:*",
            ),
            question(
                "164.312(b)",
                "Which accesses and acts are recorded?",
                "did:*",
            ),
            question(
                "164.312(b)",
                "Which entries are not proven intact?",
                "NOT seal:intact",
            ),
            question("164.312(d)", "Which logins are recorded?", LOGINS),
            question("164.312(a)(1)", "Who was refused access?", REFUSED),
        ],
    },
    ControlSet {
        name: "iso-27001-a8",
        title: "ISO/IEC 27001:2022, A.8.15 to A.8.17: logging, monitoring, clocks",
        basis: BASIS,
        questions: &[
            question(
                "A.8.15",
                "Which entries are not proven intact?",
                "NOT seal:intact",
            ),
            question(
                "A.8.15",
                "Was the log itself switched off, cleared or changed?",
                LOG_ITSELF,
            ),
            question(
                "A.8.15",
                "Which acts of people with wide rights are recorded?",
                "class:privilege OR who:root OR who:*admin*",
            ),
            question(
                "A.8.16",
                "Which grave events does the log hold?",
                "severity:critical OR severity:error",
            ),
            question("A.8.16", "Who was refused access?", REFUSED),
            question(
                "A.8.17",
                "Which records have a time? (those without one are counted under completeness)",
                "*",
            ),
        ],
    },
    ControlSet {
        name: "pci-dss-10",
        title: "PCI DSS v4, requirement 10: log and monitor all access",
        basis: BASIS,
        questions: &[
            question(
                "10.2.1.2",
                "Which acts with administrative access are recorded?",
                "class:privilege OR who:root OR who:*admin*",
            ),
            question(
                "10.2.1.3",
                "Was the log itself read, switched off, cleared or changed?",
                LOG_ITSELF,
            ),
            question("10.2.1.4", "Which accesses were refused?", REFUSED),
            question(
                "10.2.1.5",
                "Which logins, and changes of accounts and rights, are recorded?",
                "class:authentication OR class:privilege OR did:*login* OR did:*role*",
            ),
            question(
                "10.2.2",
                "Which records do not say who it was?",
                "NOT who:*",
            ),
            question(
                "10.3.4",
                "Which entries are not proven intact?",
                "NOT seal:intact",
            ),
            question(
                "10.6.1",
                "Which records have a time? (those without one are counted under completeness)",
                "*",
            ),
        ],
    },
];

/// The set of a name.
#[must_use]
pub fn control_set(name: &str) -> Option<&'static ControlSet> {
    CONTROLS.iter().find(|set| set.name == name)
}

impl ControlSet {
    /// Its questions as queries of a case, each with so many hits as exhibits.
    #[must_use]
    pub fn queries(&self, exhibits_max: u64) -> Vec<KeptQuery> {
        let queries = self.questions.iter().map(|one| KeptQuery {
            title: one.question.to_owned(),
            control: format!("{} – {}", self.title, one.control),
            text: one.query.to_owned(),
            exhibits_max,
            ..KeptQuery::default()
        });
        queries.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_found_and_gives_its_queries() {
        for set in &CONTROLS {
            assert_eq!(control_set(set.name), Some(set));
            assert_eq!(set.queries(3).len(), set.questions.len());
        }
        assert_eq!(control_set("sox"), None);
    }
}
