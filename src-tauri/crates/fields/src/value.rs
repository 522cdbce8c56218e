//! What one record of an entry says, as types: values, fields, severity, class and the spine.

use sealscope_model::EntryTime;

/// One scalar value as the entry's own text gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'r> {
    /// A string, unescaped. Invalid UTF-8 is shown as U+FFFD.
    Text(&'r str),
    /// A number, in the digits of the source: never rounded.
    Number(&'r str),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl<'r> Value<'r> {
    /// The keyword under which the value is indexed, searched and shown.
    #[must_use]
    pub fn as_text(&self) -> &'r str {
        match self {
            Self::Text(text) | Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Null => "null",
        }
    }

    /// The number, where the value is one (a string of digits is not) and is finite.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(text) => text.parse::<f64>().ok().filter(|number| number.is_finite()),
            _ => None,
        }
    }
}

/// One raw field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'r> {
    /// Dotted path from the root (`objectRef.resource`, `sourceIPs`); elements of an array share
    /// the path of the array.
    pub path: &'r str,
    /// The value.
    pub value: Value<'r>,
}

/// How grave an entry is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Emergency, alert, critical.
    Critical,
    /// Error.
    Error,
    /// Warning.
    Warning,
    /// Notice, informational.
    Info,
    /// Debug, trace.
    Debug,
}

impl Severity {
    /// The word under which it is searched (`severity:error`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }

    /// The severity that a logger's word means, in any case of letters.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Severity); 22] = [
            ("emerg", Severity::Critical),
            ("emergency", Severity::Critical),
            ("alert", Severity::Critical),
            ("crit", Severity::Critical),
            ("critical", Severity::Critical),
            ("fatal", Severity::Critical),
            ("panic", Severity::Critical),
            ("err", Severity::Error),
            ("error", Severity::Error),
            ("severe", Severity::Error),
            ("warn", Severity::Warning),
            ("warning", Severity::Warning),
            ("notice", Severity::Info),
            ("info", Severity::Info),
            ("information", Severity::Info),
            ("informational", Severity::Info),
            ("debug", Severity::Debug),
            ("trace", Severity::Debug),
            ("verbose", Severity::Debug),
            ("fine", Severity::Debug),
            ("finer", Severity::Debug),
            ("finest", Severity::Debug),
        ];
        let found = WORDS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word));
        found.map(|(_, severity)| *severity)
    }

    /// The severity of a syslog number (RFC 5424, table 2): 0 to 7.
    #[must_use]
    pub const fn from_syslog(number: u8) -> Option<Self> {
        match number {
            0..=2 => Some(Self::Critical),
            3 => Some(Self::Error),
            4 => Some(Self::Warning),
            5 | 6 => Some(Self::Info),
            7 => Some(Self::Debug),
            _ => None,
        }
    }
}

/// What kind of act an entry records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Class {
    /// Logging in and out, and failing to.
    Authentication,
    /// Gaining or granting rights.
    Privilege,
    /// Reading or writing files and stored objects.
    FileAccess,
    /// Changing how a system behaves.
    ConfigurationChange,
    /// Any other call of an interface.
    ApiRequest,
    /// Anything else.
    #[default]
    Other,
}

impl Class {
    /// The word under which it is searched (`class:privilege`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Privilege => "privilege",
            Self::FileAccess => "file-access",
            Self::ConfigurationChange => "configuration-change",
            Self::ApiRequest => "api-request",
            Self::Other => "other",
        }
    }
}

/// The spine: the questions that every log answers in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spine<'r> {
    /// When it happened; `None` for undated entries.
    pub time: Option<EntryTime>,
    /// The time as the entry writes it.
    pub time_text: Option<&'r str>,
    /// Who did it.
    pub who: Option<&'r str>,
    /// What was done.
    pub did: Option<&'r str>,
    /// To what.
    pub to_what: Option<&'r str>,
    /// From which address or host.
    pub from_where: Option<&'r str>,
    /// How it ended (`success`, `failure`, a status code): the result.
    pub outcome: Option<&'r str>,
    /// Whether it was allowed (`allow`, `deny`): the decision, kept apart from the result.
    pub decision: Option<&'r str>,
    /// How grave it is.
    pub severity: Option<Severity>,
    /// What kind of act it is.
    pub class: Class,
    /// The entry in one readable line.
    pub message: &'r str,
}

/// Spine fields that hold keywords, by the names under which they are searched.
pub const SPINE_KEYWORDS: [&str; 8] = [
    "who",
    "did",
    "to_what",
    "from_where",
    "outcome",
    "decision",
    "severity",
    "class",
];

impl<'r> Spine<'r> {
    /// The keyword of a spine field named in [`SPINE_KEYWORDS`].
    #[must_use]
    pub fn keyword(&self, name: &str) -> Option<&'r str> {
        match name {
            "who" => self.who,
            "did" => self.did,
            "to_what" => self.to_what,
            "from_where" => self.from_where,
            "outcome" => self.outcome,
            "decision" => self.decision,
            "severity" => self.severity.map(Severity::word),
            "class" => Some(self.class.word()),
            _ => None,
        }
    }
}
