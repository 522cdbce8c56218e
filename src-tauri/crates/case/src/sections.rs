//! The sections of a report, and the templates that choose among them.

use serde::{Deserialize, Serialize};

/// What a report is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// Whether the archives are as they were sealed, and nothing else.
    Verification,
    /// What happened: entries, findings, exhibits.
    #[default]
    Investigation,
    /// Prepared questions of a control, each with its query.
    ControlAudit,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Verification, Self::Investigation, Self::ControlAudit];

    /// The name on the command line and in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::Investigation => "investigation",
            Self::ControlAudit => "control-audit",
        }
    }

    /// What it says under a report's title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Verification => "Verification report",
            Self::Investigation => "Investigation report",
            Self::ControlAudit => "Control audit report",
        }
    }

    /// That of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|template| template.name() == name)
    }
}

/// One section of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SectionId {
    /// Report, case and issuer.
    Identity,
    /// Who took part.
    People,
    /// The question and its limits.
    Scope,
    /// Archives, with their hashes.
    Items,
    /// Hands that the items went through.
    Custody,
    /// Tool, settings, rules.
    Method,
    /// Zones, precision, corrections.
    Time,
    /// Verdicts.
    Integrity,
    /// Where every byte went.
    Completeness,
    /// Queries and their counts.
    Queries,
    /// Activity over time.
    Timeline,
    /// Observation, inference, opinion.
    Findings,
    /// Cited entries.
    Exhibits,
    /// What was not found or not looked at.
    Limits,
    /// What was withheld.
    Redactions,
    /// How to make the report again.
    Reproduction,
    /// Declarations and signatures.
    Declarations,
    /// Files that belong to it.
    Attachments,
}

/// What is fixed about a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Which.
    pub id: SectionId,
    /// Its heading.
    pub heading: &'static str,
    /// It cannot be left out: without it the report says more than it shows.
    pub is_required: bool,
}

const fn section(id: SectionId, heading: &'static str, is_required: bool) -> Section {
    Section {
        id,
        heading,
        is_required,
    }
}

/// All sections in their usual order.
pub const SECTIONS: [Section; 18] = [
    section(SectionId::Identity, "Report and case", true),
    section(SectionId::People, "People", false),
    section(SectionId::Scope, "Instruction and scope", false),
    section(SectionId::Items, "Items examined", true),
    section(SectionId::Custody, "Chain of custody", false),
    section(SectionId::Integrity, "Result of the verification", true),
    section(SectionId::Completeness, "Completeness", true),
    section(SectionId::Findings, "Findings", false),
    section(SectionId::Timeline, "Timeline", false),
    section(SectionId::Queries, "Queries", true),
    section(SectionId::Exhibits, "Exhibits", true),
    section(SectionId::Redactions, "Redactions", true),
    section(SectionId::Method, "Method", true),
    section(SectionId::Time, "Times", true),
    section(SectionId::Limits, "Limits", true),
    section(
        SectionId::Reproduction,
        "How to make this report again",
        true,
    ),
    section(SectionId::Declarations, "Declarations", false),
    section(SectionId::Attachments, "Attachments", true),
];

impl SectionId {
    /// What is fixed about it.
    #[must_use]
    pub fn section(self) -> Section {
        let found = SECTIONS.into_iter().find(|section| section.id == self);
        found.unwrap_or(section(self, "", true))
    }
}

/// The sections of a template in order: the others are left out unless they are required or have
/// something to say.
#[must_use]
pub fn sections_of(template: Template) -> Vec<SectionId> {
    let is_left_out = |id: SectionId| {
        template == Template::Verification
            && matches!(
                id,
                SectionId::Findings | SectionId::Timeline | SectionId::Queries
            )
    };
    let ids = SECTIONS.iter().map(|section| section.id);
    ids.filter(|id| !is_left_out(*id)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_section_stands_once() {
        let ids: HashSet<_> = SECTIONS.iter().map(|section| section.id).collect();
        assert_eq!(ids.len(), SECTIONS.len());
        for section in SECTIONS {
            assert_eq!(section.id.section(), section);
        }
    }

    #[test]
    fn templates_are_found_by_name() {
        for template in Template::ALL {
            assert_eq!(Template::from_name(template.name()), Some(template));
        }
        assert_eq!(Template::from_name("court"), None);
    }
}
