//! What came of a check, in words.

use std::borrow::Cow;

use crate::content::Content;
use crate::sign::Form;

/// How one check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Ok,
    /// It does not.
    Broken,
    /// Something needed is missing, or not trusted here.
    NotCheckable,
    /// The report claims nothing here.
    Absent,
}

impl State {
    /// As printed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Broken => "broken",
            Self::NotCheckable => "not-checkable",
            Self::Absent => "absent",
        }
    }
}

/// A state and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How it came out.
    pub state: State,
    /// In a sentence: may hold text of the report.
    pub says: Cow<'static, str>,
}

impl Finding {
    /// It holds.
    pub fn ok(says: impl Into<Cow<'static, str>>) -> Self {
        Self::new(State::Ok, says)
    }

    /// It does not.
    pub fn broken(says: impl Into<Cow<'static, str>>) -> Self {
        Self::new(State::Broken, says)
    }

    /// It could not be checked.
    pub fn not_checkable(says: impl Into<Cow<'static, str>>) -> Self {
        Self::new(State::NotCheckable, says)
    }

    /// There is nothing to check.
    pub fn absent(says: impl Into<Cow<'static, str>>) -> Self {
        Self::new(State::Absent, says)
    }

    fn new(state: State, says: impl Into<Cow<'static, str>>) -> Self {
        Self {
            state,
            says: says.into(),
        }
    }
}

/// One check of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub what: Cow<'static, str>,
    /// What was found.
    pub finding: Finding,
}

/// What was found of one exhibit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExhibitChecks {
    /// Its number in the report.
    pub number: u32,
    /// Whether its bytes give the leaf hash that the report states.
    pub bytes: Finding,
    /// Whether its proof leads from the leaf to the checkpoint.
    pub proof: Finding,
    /// Who signed the checkpoint.
    pub signature: Finding,
}

impl ExhibitChecks {
    /// The checks and what they are called.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &Finding); 3] {
        [
            ("bytes", &self.bytes),
            ("proof", &self.proof),
            ("signature", &self.signature),
        ]
    }

    /// Whether one of them is in a state.
    #[must_use]
    pub fn has(&self, state: State) -> bool {
        self.all().iter().any(|(_, finding)| finding.state == state)
    }
}

/// The answer to "does this report hold?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// All that it claims and that can be checked without the archive holds, and a trusted
    /// examiner signed it.
    Holds,
    /// Something in it is not as claimed.
    DoesNotHold,
    /// Nothing was found wrong, but something could not be checked.
    NotInFull,
}

impl Answer {
    /// As printed.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotInFull => "could not be checked in full",
        }
    }
}

/// What a report claims about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub report_id: String,
    /// When it was made.
    pub made_at: String,
    /// Its verdict, and in words.
    pub verdict: String,
    /// See `verdict`.
    pub headline: String,
    /// Program and version that made it.
    pub tool: String,
    /// SHA-256 of its `report.json`: computed here.
    pub content_sha256: String,
}

/// What was found about a report.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its form.
    pub form: Form,
    /// What it claims; `None` where it could not be read.
    pub claimed: Option<Claimed>,
    /// The checks of the whole, in order.
    pub checks: Vec<Check>,
    /// The checks of the exhibits, in order.
    pub exhibits: Vec<ExhibitChecks>,
    /// What a check of this form does not show.
    pub limits: Vec<&'static str>,
    /// Whether a trusted examiner signed it.
    pub is_signed: bool,
}

const LIMITS: [&str; 3] = [
    "Whether the archives were judged rightly is not part of this check: it takes the archives \
    (--archive).",
    "That the fields of an exhibit are read rightly from its bytes was not checked; the bytes \
    stand beside them.",
    "A seal shows that nothing changed after sealing, not that the log recorded what happened, or \
    all of it.",
];

impl Outcome {
    pub(crate) fn of(form: Form) -> Self {
        Self {
            form,
            claimed: None,
            checks: Vec::new(),
            exhibits: Vec::new(),
            limits: LIMITS.to_vec(),
            is_signed: false,
        }
    }

    /// Adds a check of the whole.
    pub fn add(&mut self, what: impl Into<Cow<'static, str>>, finding: Finding) {
        self.checks.push(Check {
            what: what.into(),
            finding,
        });
    }

    pub(crate) fn claim(&mut self, content: &Content, content_sha256: String) {
        self.claimed = Some(Claimed {
            report_id: content.report_id.clone(),
            made_at: content.made_at.clone(),
            verdict: content.verdict.clone(),
            headline: content.headline.clone(),
            tool: format!("{} {}", content.method.tool, content.method.version),
            content_sha256,
        });
    }

    /// Whether the report holds.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let has = |state| {
            self.checks.iter().any(|check| check.finding.state == state)
                || self.exhibits.iter().any(|checks| checks.has(state))
        };
        if has(State::Broken) {
            Answer::DoesNotHold
        } else if has(State::NotCheckable) || !self.is_signed || self.claimed.is_none() {
            Answer::NotInFull
        } else {
            Answer::Holds
        }
    }
}
