//! What one record of an entry says: its raw fields under their own names, and the spine.
//!
//! A [`Record`] is a buffer that a worker fills again and again, so that reading millions of
//! entries allocates next to nothing. Paths and values live in one arena; the accessors hand out
//! plain `&str`.

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
pub const SPINE_KEYWORDS: [&str; 8] =
    ["who", "did", "to_what", "from_where", "outcome", "decision", "severity", "class"];

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
