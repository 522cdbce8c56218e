//! What the examiner writes. Texts are raw: the page puts them into fields to be edited, and
//! nowhere else.

use sealscope_engine::case;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Shown, VerdictWord, Whole};

/// A type of the page with the members of one of a case file, and the ways between both.
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident of $theirs:ty {
        $($(#[$member_doc:meta])* $member:ident: $kind:ty),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($(#[$member_doc])* pub $member: $kind),*
        }

        impl From<$theirs> for $name {
            fn from(theirs: $theirs) -> Self {
                Self { $($member: theirs.$member.into()),* }
            }
        }

        impl From<$name> for $theirs {
            fn from(ours: $name) -> Self {
                Self { $($member: ours.$member.into()),* }
            }
        }
    };
}

/// What a report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TemplateWord {
    /// Whether the archives are as they were sealed.
    Verification,
    /// What happened.
    Investigation,
    /// Prepared questions of a control.
    ControlAudit,
}

/// What somebody did for the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum RoleWord {
    /// Examined the items.
    Examiner,
    /// Looked the examination over.
    Reviewer,
    /// Released the report.
    Authoriser,
    /// Something else.
    Other,
}

/// How finely times are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PrecisionWord {
    /// As the entry writes it.
    AsWritten,
    /// To the second.
    Seconds,
    /// To the millisecond.
    Milliseconds,
    /// To the microsecond.
    Microseconds,
}

/// Both ways between two enumerations with the same members.
macro_rules! same_words {
    ($ours:ident, $theirs:ty, $($word:ident),*) => {
        impl From<$theirs> for $ours {
            fn from(theirs: $theirs) -> Self {
                match theirs { $(<$theirs>::$word => Self::$word),* }
            }
        }

        impl From<$ours> for $theirs {
            fn from(ours: $ours) -> Self {
                match ours { $($ours::$word => Self::$word),* }
            }
        }
    };
}

same_words!(
    TemplateWord,
    case::Template,
    Verification,
    Investigation,
    ControlAudit
);
same_words!(
    PrecisionWord,
    case::ShownPrecision,
    AsWritten,
    Seconds,
    Milliseconds,
    Microseconds
);
same_words!(RoleWord, case::Role, Examiner, Reviewer, Authoriser, Other);

mirrored! {
    /// What identifies a report.
    IdentityForm of case::Identity {
        /// Title of the report.
        title: String,
        /// The examiner's own number for the case.
        case_number: String,
        /// Number of this version, from 1; 0 where it was not given.
        version: u32,
        /// Id of the report that this one replaces.
        supersedes: String,
        /// Who issues it.
        organisation: String,
        /// Address of the issuer.
        address: String,
        /// For whom it is made.
        customer: String,
        /// How it is to be handled.
        classification: String,
    }
}

mirrored! {
    /// Somebody who took part.
    PersonForm of case::Person {
        /// What they did.
        role: RoleWord,
        /// Name.
        name: String,
        /// Position or title.
        title: String,
        /// Address, telephone or e-mail.
        contact: String,
        /// What makes them a qualified person.
        qualifications: String,
    }
}

mirrored! {
    /// What was asked.
    ScopeForm of case::Scope {
        /// The question.
        question: String,
        /// Authority or legal basis.
        authority: String,
        /// Begin of the period examined.
        period_from: String,
        /// Its end.
        period_to: String,
        /// What was looked at.
        in_scope: String,
        /// What was left out.
        out_of_scope: String,
    }
}

mirrored! {
    /// One archive, as the examiner knows it.
    DepositForm of case::Deposit {
        /// Where it was opened.
        path: String,
        /// SHA-256 in hex; empty for folders.
        sha256: String,
        /// System or device that it comes from.
        source: String,
        /// Who collected it.
        collector: String,
        /// From whom it was received.
        received_from: String,
        /// When, with its zone.
        received_at: String,
        /// Its condition on arrival.
        condition: String,
        /// The medium.
        medium: String,
        /// How the key that verifies it was obtained.
        key_obtained: String,
    }
}

mirrored! {
    /// One handling of an item.
    CustodyForm of case::Custody {
        /// Label of the item.
        item: String,
        /// What was done.
        action: String,
        /// When, with its zone.
        time: String,
        /// Who.
        who: String,
        /// Why.
        why: String,
        /// Where it is kept.
        place: String,
        /// Its hash then.
        hash: String,
    }
}

mirrored! {
    /// A query whose record goes into the report.
    QueryForm of case::KeptQuery {
        /// What it asks, for people.
        title: String,
        /// Control that it belongs to; empty for none.
        control: String,
        /// Text in the query language.
        text: String,
        /// Only entries at or after this time.
        from: String,
        /// Only entries before this time.
        to: String,
        /// What the examiner answers.
        answer: String,
        /// Hits become exhibits, up to this many.
        exhibits_max: Whole,
    }
}

mirrored! {
    /// An entry that the report cites.
    CitedForm of case::Cited {
        /// SHA-256 of its archive in hex; empty for a folder.
        archive: String,
        /// Where that archive was.
        path: String,
        /// Stored position.
        position: Whole,
        /// Number of the record in its entry.
        record: u32,
        /// Hash of its leaf in hex.
        leaf: String,
        /// What the examiner says of it.
        note: String,
    }
}

mirrored! {
    /// One finding.
    FindingForm of case::Finding {
        /// A few words.
        title: String,
        /// What the entries show.
        observation: String,
        /// What is concluded from it.
        inference: String,
        /// What the examiner thinks.
        opinion: String,
        /// What else could explain it.
        alternatives: String,
        /// Numbers of the exhibits that it rests on, from 1.
        exhibits: Vec<u32>,
    }
}

mirrored! {
    /// A field that is withheld in every exhibit.
    RedactForm of case::Redact {
        /// Its dotted path, or a field of the spine.
        field: String,
        /// Why.
        reason: String,
    }
}

mirrored! {
    /// Who signs.
    SignatoryForm of case::Signatory {
        /// Name.
        name: String,
        /// Position.
        position: String,
        /// Where.
        place: String,
    }
}

/// A section in the report's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SectionForm {
    /// Its id, as in [`super::ReportChoices`].
    pub id: String,
    /// It is printed.
    pub printed: bool,
}

/// All that the examiner writes and chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseForm {
    /// What the report is for.
    pub template: TemplateWord,
    /// What identifies it.
    pub identity: IdentityForm,
    /// Who took part.
    pub people: Vec<PersonForm>,
    /// What was asked.
    pub scope: ScopeForm,
    /// One for each archive that is open, then those of other archives.
    pub deposits: Vec<DepositForm>,
    /// Hands that they went through.
    pub custody: Vec<CustodyForm>,
    /// Queries.
    pub queries: Vec<QueryForm>,
    /// Cited entries in their order.
    pub cited: Vec<CitedForm>,
    /// What was found.
    pub findings: Vec<FindingForm>,
    /// Limits that the examiner adds.
    pub limits: Vec<String>,
    /// How the method was validated.
    pub validation: String,
    /// Where the examination departed from it.
    pub deviations: String,
    /// What is known about clocks.
    pub clocks: String,
    /// Fields whose values are withheld.
    pub redact: Vec<RedactForm>,
    /// Names of the declarations that are made.
    pub declarations: Vec<String>,
    /// Who makes them.
    pub signatory: SignatoryForm,
    /// All sections in order.
    pub sections: Vec<SectionForm>,
    /// Zone of the times that are shown.
    pub zone: String,
    /// How finely those times are shown.
    pub precision: PrecisionWord,
    /// Hash and proof of redacted entries are put in all the same.
    pub proves_redacted: bool,
    /// Exhibits printed in PDF at most.
    pub printed_exhibits_max: u32,
}

/// The case as it is now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseView {
    /// Id of the report, a UUID.
    pub id: String,
    /// Its file, escaped.
    pub path: String,
    /// How often it was written; 0: it has no file yet.
    pub revision: Whole,
    /// What was written and chosen.
    pub form: CaseForm,
    /// The archives that are open, in order.
    pub items: Vec<CaseItem>,
}

/// An archive that is open.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CaseItem {
    /// Its label in the report.
    pub label: String,
    /// Its name, escaped.
    pub name: String,
    /// SHA-256 in hex; empty for folders, and while it is not known yet.
    pub sha256: String,
    /// Number of its deposit in the form.
    pub deposit: u32,
}

/// A cited entry as it is now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CitedView {
    /// It was found, and is the one that was cited.
    pub there: bool,
    /// Label of its archive; empty where it was not found.
    pub label: String,
    /// Its verdict.
    pub verdict: VerdictWord,
    /// When, in the display zone.
    pub time_text: String,
    /// What it says, in short.
    pub message: Shown,
}

/// Entries to be cited: some of a search, or some by their place.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CiteRequest {
    /// The search.
    pub search_id: Whole,
    /// Half-open ranges of ordinals, in order.
    pub ranges: Vec<(Whole, Whole)>,
    /// Entries by their place.
    pub entries: Vec<super::EntryAt>,
}

/// What came of citing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CiteAnswer {
    /// How many were added, at the end of the list.
    pub added: u32,
    /// How many were there already.
    pub already: u32,
    /// The case afterwards.
    pub view: CaseView,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_gives_back_is_what_it_got() {
        let theirs = case::KeptQuery {
            title: "who".into(),
            text: "did:delete".into(),
            exhibits_max: 7,
            ..case::KeptQuery::default()
        };
        let back: case::KeptQuery = QueryForm::from(theirs.clone()).into();
        assert_eq!(back, theirs);
        for role in [case::Role::Examiner, case::Role::Other] {
            assert_eq!(case::Role::from(RoleWord::from(role)), role);
        }
    }
}
