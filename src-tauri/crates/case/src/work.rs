//! The case itself.

use serde::{Deserialize, Serialize};

use crate::people::{Custody, Identity, Person, Scope};
use crate::sections::{SectionId, Template};

/// Form and version of a case file.
pub const SCHEMA: &str = "sealscope.case/1";
/// Members of one list at most: a case is written by people.
pub const LISTS_MAX: usize = 100_000;

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Case {
    /// [`SCHEMA`]; a file must say it.
    #[serde(default = "String::new")]
    pub schema: String,
    /// Id of the report, a UUID; all versions of it have this one.
    pub id: String,
    /// Counts up with each writing; a file is not replaced by one that did not see it.
    pub revision: u64,
    /// What the report is for.
    pub template: Template,
    /// What identifies it.
    pub identity: Identity,
    /// Who took part.
    pub people: Vec<Person>,
    /// What was asked.
    pub scope: Scope,
    /// The archives.
    pub deposits: Vec<Deposit>,
    /// Hands that they went through.
    pub custody: Vec<Custody>,
    /// Queries whose record goes into the report.
    pub queries: Vec<KeptQuery>,
    /// Cited entries in their order.
    pub cited: Vec<Cited>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Limits that the examiner adds.
    pub limits: Vec<String>,
    /// How the method was validated, and its known rates of error.
    pub validation: String,
    /// Where the examination departed from the method.
    pub deviations: String,
    /// What the examiner says about clocks: offsets, and how they were measured.
    pub clocks: String,
    /// Fields whose values are withheld.
    pub redact: Vec<Redact>,
    /// Names of the declarations that are made (see [`crate::DECLARATIONS`]).
    pub declarations: Vec<String>,
    /// Who makes them.
    pub signatory: Signatory,
    /// Sections in order, with those left out.
    pub sections: Vec<SectionChoice>,
    /// How times are shown, and other choices.
    pub settings: ReportSettings,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            id: String::new(),
            revision: 0,
            template: Template::default(),
            identity: Identity::default(),
            people: Vec::new(),
            scope: Scope::default(),
            deposits: Vec::new(),
            custody: Vec::new(),
            queries: Vec::new(),
            cited: Vec::new(),
            findings: Vec::new(),
            limits: Vec::new(),
            validation: String::new(),
            deviations: String::new(),
            clocks: String::new(),
            redact: Vec::new(),
            declarations: Vec::new(),
            signatory: Signatory::default(),
            sections: Vec::new(),
            settings: ReportSettings::default(),
        }
    }
}

/// One archive, as the examiner knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deposit {
    /// Where it was opened.
    pub path: String,
    /// SHA-256 in hex; empty for folders, whose files have theirs.
    pub sha256: String,
    /// System or device that it comes from.
    pub source: String,
    /// Who collected it.
    pub collector: String,
    /// From whom it was received.
    pub received_from: String,
    /// When, with its zone.
    pub received_at: String,
    /// Its condition on arrival.
    pub condition: String,
    /// The medium.
    pub medium: String,
    /// How the key that verifies it was obtained.
    pub key_obtained: String,
}

/// A query whose record goes into the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptQuery {
    /// What it asks, for people.
    pub title: String,
    /// Control that it belongs to: `PCI DSS 10.2.1.5`; empty for none.
    pub control: String,
    /// Text in the query language.
    pub text: String,
    /// Only entries at or after this time; as in `--from`.
    pub from: String,
    /// Only entries before this time.
    pub to: String,
    /// What the examiner answers.
    pub answer: String,
    /// Hits become exhibits, up to this many.
    pub exhibits_max: u64,
}

/// An entry that the report cites.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cited {
    /// SHA-256 of its archive in hex; empty for a folder, which `path` names.
    pub archive: String,
    /// Where that archive was.
    pub path: String,
    /// Stored position; a hint, `leaf` decides.
    pub position: u64,
    /// Number of the record in its entry.
    pub record: u32,
    /// Hash of its leaf in hex.
    pub leaf: String,
    /// What the examiner says of it.
    pub note: String,
}

/// One finding, with fact, conclusion and opinion apart (ISO/IEC 17025:2017, 7.8.7).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// A few words.
    pub title: String,
    /// What the entries show.
    pub observation: String,
    /// What is concluded from it.
    pub inference: String,
    /// What the examiner thinks.
    pub opinion: String,
    /// What else could explain it.
    pub alternatives: String,
    /// Numbers of the exhibits that it rests on, from 1.
    pub exhibits: Vec<u32>,
}

/// A field that is withheld in every exhibit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Redact {
    /// Its dotted path, or a field of the spine.
    pub field: String,
    /// Why.
    pub reason: String,
}

/// Who signs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signatory {
    /// Name.
    pub name: String,
    /// Position.
    pub position: String,
    /// Where.
    pub place: String,
}

/// A section in the report's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionChoice {
    /// Which.
    pub id: SectionId,
    /// Whether it is printed; what is required is printed in any case.
    pub is_printed: bool,
}

/// How finely times are shown in the report's zone; never finer than an entry writes them. The
/// entry's own text and the time in UTC keep all digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownPrecision {
    /// As the entry writes it.
    #[default]
    AsWritten,
    /// To the second.
    Seconds,
    /// To the millisecond.
    Milliseconds,
    /// To the microsecond.
    Microseconds,
}

impl ShownPrecision {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::AsWritten,
        Self::Seconds,
        Self::Milliseconds,
        Self::Microseconds,
    ];

    /// Its name in case files and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AsWritten => "as-written",
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
        }
    }

    /// That of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// Choices that change how a report looks, not what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportSettings {
    /// Zone of the times that are shown beside the original text: `UTC`, `Europe/Berlin`, `+02:00`.
    pub zone: String,
    /// How finely those times are shown.
    pub precision: ShownPrecision,
    /// Proof and hash of redacted entries are put in all the same, after a warning: a line of which
    /// most is known can be found by trying.
    pub proves_redacted: bool,
    /// Exhibits printed in PDF at most; the others are attached.
    pub printed_exhibits_max: u32,
}

impl Default for ReportSettings {
    fn default() -> Self {
        Self {
            zone: "UTC".to_owned(),
            precision: ShownPrecision::default(),
            proves_redacted: false,
            printed_exhibits_max: 1000,
        }
    }
}

impl Case {
    /// The sections in their order: those chosen, then those of the template that are not
    /// mentioned; required ones are always printed.
    #[must_use]
    pub fn section_order(&self) -> Vec<SectionId> {
        let mut order: Vec<SectionId> = Vec::new();
        let mut left_out = Vec::new();
        for choice in &self.sections {
            if order.contains(&choice.id) || left_out.contains(&choice.id) {
                continue;
            }
            match choice.is_printed || choice.id.section().is_required {
                true => order.push(choice.id),
                false => left_out.push(choice.id),
            }
        }
        let of_template = crate::sections_of(self.template);
        let required = crate::SECTIONS.iter().filter(|section| section.is_required);
        let others = of_template
            .into_iter()
            .chain(required.map(|section| section.id));
        for id in others {
            if !order.contains(&id) && !left_out.contains(&id) {
                order.push(id);
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(id: SectionId, is_printed: bool) -> SectionChoice {
        SectionChoice { id, is_printed }
    }

    #[test]
    fn required_sections_cannot_be_left_out() {
        let case = Case {
            sections: crate::SECTIONS
                .iter()
                .map(|section| choice(section.id, false))
                .collect(),
            ..Case::default()
        };
        let order = case.section_order();
        for section in crate::SECTIONS {
            assert_eq!(
                order.contains(&section.id),
                section.is_required,
                "{section:?}"
            );
        }
    }

    #[test]
    fn the_chosen_order_comes_first_and_nothing_stands_twice() {
        let case = Case {
            sections: vec![
                choice(SectionId::Exhibits, true),
                choice(SectionId::People, false),
                choice(SectionId::Exhibits, false),
                choice(SectionId::People, true),
            ],
            ..Case::default()
        };
        let order = case.section_order();
        assert_eq!(order.first(), Some(&SectionId::Exhibits));
        assert!(!order.contains(&SectionId::People));
        for (place, id) in order.iter().enumerate() {
            assert!(!order[..place].contains(id));
        }
    }

    #[test]
    fn members_that_a_file_leaves_out_are_empty() {
        let case: Case = serde_json::from_str("{\"schema\":\"sealscope.case/1\"}").expect("a case");
        assert_eq!(case, Case::default());
    }
}
