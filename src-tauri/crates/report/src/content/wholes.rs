//! The whole, and the parts of it that stand once.

use std::io;

use sealscope_case::{Custody, Finding, Identity, Person, Scope, SectionId, Template};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Books, Exhibit, Integrity, Item, QueryRecord, Timeline};

/// Form and version of a machine-readable report.
pub const SCHEMA: &str = "sealscope.report/1";

/// Everything that a report says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// [`SCHEMA`].
    pub schema: String,
    /// Id of the report, a UUID.
    pub report_id: String,
    /// When it was made, RFC 3339 in UTC: given by whoever makes it.
    pub made_at: String,
    /// What it is for.
    pub template: Template,
    /// Its sections in order.
    pub sections: Vec<SectionOf>,
    /// The verdict over all items in a few words, and in a sentence.
    pub headline: String,
    /// The worst verdict of the items: `intact`, `consistent`, `unproven`, `unsealed`, `broken`.
    pub verdict: String,
    /// `EXTRACT – 12 of 30,112,090 records` where the exhibits are not all records; printed on
    /// every page.
    pub banner: Option<String>,
    /// What identifies it.
    pub identity: Identity,
    /// Who took part.
    pub people: Vec<Person>,
    /// What was asked.
    pub scope: Scope,
    /// Archives examined, in order; other parts name them by their place in this list.
    pub items: Vec<Item>,
    /// Their way.
    pub custody: Vec<Custody>,
    /// How it was done.
    pub method: Method,
    /// How times are to be read.
    pub time: TimeStatement,
    /// Verdicts, one for each item in the same order.
    pub integrity: Vec<Integrity>,
    /// Where every byte went, one for each item in the same order.
    pub books: Vec<Books>,
    /// What was searched for.
    pub queries: Vec<QueryRecord>,
    /// Activity over time.
    pub timeline: Option<Timeline>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Cited entries in order.
    pub exhibits: Vec<Exhibit>,
    /// Exhibits that PDF prints at most; the others are attached.
    pub printed_exhibits_max: u32,
    /// What warns the reader: `4 exhibits lie in an unproven range.`
    pub warnings: Vec<String>,
    /// What was not found, not checked or not looked at.
    pub limits: Vec<String>,
    /// What was withheld.
    pub redactions: Vec<Redaction>,
    /// How to make it again.
    pub reproduction: Reproduction,
    /// Declarations.
    pub declarations: Vec<Declaration>,
    /// Checkpoint notes that proofs refer to, exactly as signed; a proof names its place in this
    /// list.
    pub checkpoints: Vec<String>,
    /// Files that belong to the report.
    pub attachments: Vec<Attachment>,
}

/// A section and its heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionOf {
    /// Which.
    pub id: SectionId,
    /// Its heading.
    pub heading: String,
}

/// How it was done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// `Sealscope`.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// Commit that it was built from; `unknown` where the build did not know.
    pub commit: String,
    /// SHA-256 of the program's file in hex; empty where it could not be read.
    pub binary_sha256: String,
    /// Operating system and architecture.
    pub platform: String,
    /// Release of the time zone data.
    pub tz_data: String,
    /// Packs of rules with their versions; none are applied so far.
    pub rule_packs: Vec<String>,
    /// Settings that change what is read or checked.
    pub settings: Vec<Setting>,
    /// Keys and anchors that the examiner gave, in words.
    pub trust: Vec<String>,
    /// Remembered checkpoints that archives were held against, in words.
    pub remembered: Vec<String>,
    /// What was done, in sentences.
    pub steps: Vec<String>,
    /// How the method was validated, as the examiner says.
    pub validation: String,
    /// Departures from the method, as the examiner says.
    pub deviations: String,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// How times are to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeStatement {
    /// Zone of shown times: `UTC`, `Europe/Berlin`.
    pub zone: String,
    /// Sources of times, one for each kind that occurs in an item.
    pub sources: Vec<TimeSource>,
    /// About corrections of clocks.
    pub corrections: String,
    /// Further sentences.
    pub says: Vec<String>,
}

/// How the times of an item are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeSource {
    /// Place of the item in the list of items.
    pub item: usize,
    /// Earliest time, RFC 3339 in UTC.
    pub earliest: Option<String>,
    /// Latest time.
    pub latest: Option<String>,
    /// How finely its times are written: `seconds`, `milliseconds`; several, with commas.
    pub precision: String,
    /// Where their zone comes from, in words: stated, inferred, assumed.
    pub zone: String,
}

/// What was withheld.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// The field.
    pub field: String,
    /// Why.
    pub reason: String,
    /// Numbers of the exhibits in which it was replaced.
    pub exhibits: Vec<u32>,
    /// Whether their proofs and hashes are withheld too.
    pub withholds_proof: bool,
}

/// How to make it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reproduction {
    /// A command line.
    pub command: String,
    /// What has to be there for it.
    pub needs: Vec<String>,
}

/// A declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declaration {
    /// Heading.
    pub title: String,
    /// Where the form comes from.
    pub basis: String,
    /// The text, filled in.
    pub text: String,
    /// Who makes it; empty where not given.
    pub name: String,
    /// Position of the signatory.
    pub position: String,
    /// Place.
    pub place: String,
}

/// A file that belongs to the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Path in a bag below `data/`, and name of the attachment in a PDF: letters, digits, `-`,
    /// `_`, `.` and `/` only.
    pub name: String,
    /// What it is.
    pub says: String,
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

/// Why bytes are no content.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// No JSON of this form.
    #[error("the machine-readable report does not parse: {0}")]
    Form(#[from] serde_json::Error),
    /// Another form or a later version.
    #[error("the machine-readable report has the schema {0:?}, not {SCHEMA:?}")]
    Schema(String),
    /// It parses, but is not written as this program writes it.
    #[error("the machine-readable report is not in its one form: written again it has other bytes")]
    NotCanonical,
}

impl Content {
    /// The one form: JSON with members in the order of the types, two spaces of indent, and a
    /// line feed at the end.
    /// `report.json` in every form has exactly these bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Only maps with keys that are no strings can fail, and there are none.
        let _ = self.write_json(&mut bytes);
        bytes
    }

    /// The same, written piece by piece: many exhibits make many megabytes.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write_json(&self, mut out: impl io::Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Reads what [`Content::to_json`] made.
    ///
    /// # Errors
    /// When it has another form, or any byte differs from the one form.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ContentError> {
        let content: Self = serde_json::from_slice(bytes)?;
        if content.schema != SCHEMA {
            return Err(ContentError::Schema(content.schema));
        }
        match content.to_json() == bytes {
            true => Ok(content),
            false => Err(ContentError::NotCanonical),
        }
    }

    /// SHA-256 of [`Content::to_json`] in hex: the content hash that stands on each page.
    #[must_use]
    pub fn sha256(&self) -> String {
        let mut sha256 = Hashing(Sha256::new());
        let _ = self.write_json(&mut sha256);
        sealscope_model::Digest::new(sha256.0.finalize().into()).to_string()
    }

    /// The label of an item by its place: `A`, … `Z`, `AA`.
    #[must_use]
    pub fn item_label(&self, place: usize) -> &str {
        self.items
            .get(place)
            .map_or("?", |item| item.label.as_str())
    }
}

/// Hashes what is written to it.
struct Hashing(Sha256);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
