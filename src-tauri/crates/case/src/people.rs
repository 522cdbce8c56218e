//! Who asked, who examined, and through whose hands the evidence went.

use serde::{Deserialize, Serialize};

/// What identifies a report. All texts are the examiner's; empty where not given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identity {
    /// Title of the report.
    pub title: String,
    /// The examiner's own number for the case.
    pub case_number: String,
    /// Number of this version of the report, from 1.
    pub version: u32,
    /// Id of the report that this one replaces.
    pub supersedes: String,
    /// Who issues it.
    pub organisation: String,
    /// Address of the issuer (ISO/IEC 17025:2017, 7.8.2.1 b).
    pub address: String,
    /// For whom it is made (7.8.2.1 e).
    pub customer: String,
    /// How it is to be handled: `confidential`, `TLP:AMBER`.
    pub classification: String,
}

/// What somebody did for the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Examined the items.
    #[default]
    Examiner,
    /// Looked the examination over.
    Reviewer,
    /// Released the report (7.8.2.1 o).
    Authoriser,
    /// Something else, said in the title.
    Other,
}

impl Role {
    /// In a word, for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Examiner => "Examiner",
            Self::Reviewer => "Reviewer",
            Self::Authoriser => "Authorised by",
            Self::Other => "Other",
        }
    }
}

/// Somebody who took part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// What they did.
    pub role: Role,
    /// Name.
    pub name: String,
    /// Position or title.
    pub title: String,
    /// Address, telephone or e-mail.
    pub contact: String,
    /// What makes them a qualified person (FRE 902(11), 902(13)).
    pub qualifications: String,
}

/// What was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// The question.
    pub question: String,
    /// Authority or legal basis.
    pub authority: String,
    /// Begin of the period examined, as the examiner wrote it.
    pub period_from: String,
    /// Its end.
    pub period_to: String,
    /// What was looked at.
    pub in_scope: String,
    /// What was left out.
    pub out_of_scope: String,
}

/// One handling of an item (NIST SP 800-61, evidence log).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custody {
    /// Label of the item: `A`.
    pub item: String,
    /// `collected`, `received`, `transferred`, `accessed`, `exported`.
    pub action: String,
    /// When, with its zone, as the examiner wrote it.
    pub time: String,
    /// Who.
    pub who: String,
    /// Why.
    pub why: String,
    /// Where it is kept.
    pub place: String,
    /// Its hash then, where noted.
    pub hash: String,
}
